//! The members of a key that are columns: what each column of the result is a cell of.

use crate::catalog::MetricType;
use crate::catalog::spelling::KeySpelling;
use crate::error::{Error, ResolveError};
use crate::output::{Column, ColumnMember};
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
    /// How many columns each metric has.
    pub(crate) width: usize,
}

/// A metric of the rows of one member.
pub(crate) struct Cell {
    pub(crate) term: Term,
    /// What the key is in the group that has it: 0 for all other members.
    pub(crate) position: usize,
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
        let members = pivot.members.len();
        let width = members + usize::from(pivot.shows_other);
        let mut planned = Pivot {
            key: pivot.bucket,
            members: Vec::with_capacity(members),
            data_type: pivot.data_type,
            cells: Vec::new(),
            width,
        };
        let is_metric = |output: &Output<'_>| {
            matches!(
                output.what,
                OutputTerm::Term(Term::Measure(_) | Term::Computed(_))
            )
        };
        let count = outputs.iter().filter(|output| is_metric(output)).count();
        let bound = self.catalog.limits.pivot_columns;
        if count.saturating_mul(width) > bound {
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
            for at in 0..width {
                let value = pivot.members.get(at);
                let position = value.map(|_| at + 1);
                let key = match position {
                    Some(position) => format!("{}.{position}", column.spelling.key),
                    None => format!("{}.other", column.spelling.key),
                };
                let alias = self.names.take_owned(KeySpelling::new(&key));
                let member = ColumnMember::new(
                    bucket.dimension.key.clone(),
                    position,
                    value.cloned().flatten(),
                    column.label(),
                );
                planned.cells.push(Cell {
                    term,
                    position: position.unwrap_or(0),
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
        let first = usize::from(pivot.width == pivot.members.len());
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
    /// The cell of a metric, by the position of its column among those of the metric.
    pub(super) fn cell_of(&self, term: Term, member: usize) -> Option<OutputTerm> {
        let first = self.cells.iter().position(|cell| cell.term == term)?;
        (member < self.width).then_some(OutputTerm::Cell(first + member))
    }
}
