//! The members of a key that are columns: what each column of the result is a cell of.

use crate::catalog::MetricType;
use crate::catalog::spelling::KeySpelling;
use crate::error::{Error, ResolveError};
use crate::output::{Column, ColumnMember, MemberPart};
use crate::path::At;
use crate::resolve::{ResolvedPivot, ResolvedQuery};
use crate::value::{DataType, Param, Value, ValueList};

use super::measures::MetricColumns;
use super::{BindId, FilledGaps, Output, OutputTerm, Planner, Term};

/// The members of the last key that are columns.
///
/// In groups the key is the position of the member, from 1 up, and 0 for all others, so that other members are one
/// group however many there are.
pub(crate) struct Pivot {
    /// The position of the key.
    pub(crate) key: usize,
    /// What each member is compared with; nothing where it is the missing one.
    pub(crate) members: Vec<Option<BindId>>,
    /// The type of all of them.
    pub(crate) data_type: DataType,
    /// The columns of the result that show a metric of a member.
    pub(crate) cells: Vec<Cell>,
    /// Whether all other members have a column of each metric.
    pub(crate) shows_other: bool,
    /// Whether all rows have one, which are groups of their own.
    pub(crate) shows_total: bool,
}

/// A metric of the rows of one member.
pub(crate) struct Cell {
    pub(crate) term: Term,
    /// What the key is in the group that has it: 0 for all other members, nothing where it is rolled up.
    pub(crate) position: Option<usize>,
    /// Whether it is true or false, of which PostgreSQL knows no largest.
    pub(crate) is_boolean: bool,
    pub(crate) name: KeySpelling,
}

impl<'c> Planner<'c> {
    /// The columns of the result, with one for every member in the place of each metric.
    pub(super) fn pivot(
        &mut self,
        pivot: ResolvedPivot,
        (query, metrics): (&ResolvedQuery<'c>, &MetricColumns<'c>),
        (outputs, columns): (&mut Vec<Output<'c>>, &mut Vec<Column>),
    ) -> Pivot {
        let mut planned = Pivot {
            key: pivot.bucket,
            members: Vec::with_capacity(pivot.members.len()),
            data_type: pivot.data_type,
            cells: Vec::new(),
            shows_other: pivot.shows_other,
            shows_total: pivot.shows_total,
        };
        let positions = planned.positions(pivot.members.len());
        let is_metric = |output: &Output<'_>| {
            matches!(
                output.what,
                OutputTerm::Term(Term::Measure(_) | Term::Computed(_))
            )
        };
        let count = outputs.iter().filter(|output| is_metric(output)).count();
        let bound = self.catalog.limits.pivot_columns;
        if count.saturating_mul(positions.clone().count()) > bound {
            let path = At::root("request").key("pivot").path();
            let error = ResolveError::limit("pivot_columns", bound);
            self.findings.push(Error::new(path, error));
            return planned;
        }
        let Some(bucket) = query.buckets.get(pivot.bucket) else {
            return planned;
        };
        let shown = std::mem::take(outputs).into_iter();
        for (output, column) in shown.zip(std::mem::take(columns)) {
            let term = match output.what {
                OutputTerm::Term(Term::Key(key)) if key == pivot.bucket => continue,
                OutputTerm::Term(term) if is_metric(&output) => term,
                _ => {
                    outputs.push(output);
                    columns.push(column);
                    continue;
                }
            };
            let is_declared_boolean = column.data_type() == MetricType::Boolean.as_str();
            for position in positions.clone() {
                let (of, name) = match position {
                    None => (MemberPart::Total, "total".to_owned()),
                    Some(0) => (MemberPart::Other, "other".to_owned()),
                    Some(position) => {
                        let value = pivot.members.get(position - 1).cloned().flatten();
                        let of = MemberPart::Listed { position, value };
                        (of, position.to_string())
                    }
                };
                let key = format!("{}.{name}", column.spelling.key);
                let alias = self.names.take_owned(KeySpelling::new(&key));
                let member = ColumnMember::new(bucket.dimension.key.clone(), of, column.label());
                planned.cells.push(Cell {
                    term,
                    position,
                    is_boolean: metrics.is_boolean(term) || is_declared_boolean,
                    name: KeySpelling::clone(&alias),
                });
                columns.push(Column {
                    spelling: KeySpelling::clone(&alias),
                    role: column.role,
                    shown: column.shown.clone(),
                    member: Some(Box::new(member)),
                    currency: None,
                });
                outputs.push(Output {
                    what: OutputTerm::Cell(planned.cells.len() - 1),
                    alias,
                });
            }
        }
        let values = pivot.members.into_iter();
        planned.members = values
            .map(|member| member.map(|value| self.bind(Param::Scalar(value))))
            .collect();
        planned
    }

    /// Every member for every combination of the other keys, where what is above an aggregate may be something
    /// though there is no row.
    pub(super) fn filled_members(&mut self, pivot: &Pivot, levels: usize) -> Option<FilledGaps> {
        if levels == 0 {
            return None;
        }
        let first = usize::from(!pivot.shows_other);
        let positions = (first..=pivot.members.len()).filter_map(|at| i64::try_from(at).ok());
        let positions = positions.map(Value::Integer).collect();
        let periods = self.list(ValueList::new(DataType::Integer, positions)?)?;
        Some(FilledGaps {
            key: pivot.key,
            periods,
        })
    }
}

impl Pivot {
    /// What the key is in the groups that each metric has columns of, in the order of these.
    pub(crate) fn positions(
        &self,
        members: usize,
    ) -> impl Iterator<Item = Option<usize>> + Clone + use<> {
        let other = self.shows_other.then_some(Some(0));
        let total = self.shows_total.then_some(None);
        (1..=members).map(Some).chain(other).chain(total)
    }

    /// The cell of a metric, by the position of its column among those of the metric.
    pub(super) fn cell_of(&self, term: Term, member: usize) -> Option<OutputTerm> {
        let first = self.cells.iter().position(|cell| cell.term == term)?;
        let width = self.positions(self.members.len()).count();
        (member < width).then_some(OutputTerm::Cell(first + member))
    }
}
