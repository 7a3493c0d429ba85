//! Reads members as columns: which member a row is of, and the step that turns groups into columns.

use crate::dialect::Dialect;
use crate::expr::lex::{Operator, TokenKind};
use crate::plan::{Leg, Output, OutputTerm, Pivot, Term};

use super::BELOW;
use super::columns::Rows;
use super::reader::{Read, Reader, failure};

/// The step that has the columns.
pub(super) const STEP: &str = "pivoted";

impl<'a> Reader<'a> {
    /// The position of the member that a row is of. What is missing is no member but the missing one.
    pub(super) fn position(
        &mut self,
        pivot: &'a Pivot,
        leg: &'a Leg<'a>,
        rows: Rows<'a>,
    ) -> Read<()> {
        let (Some(value), Some(key)) = (leg.keys.get(pivot.key), self.plan().keys.get(pivot.key))
        else {
            return failure("the plan names a column that it lacks");
        };
        let missing = pivot.members.iter().position(Option::is_none);
        if let Some(at) = missing {
            self.words("CASE WHEN")?;
            self.dimension(value, key.grain, rows)?;
            self.words("IS NULL THEN")?;
            self.number(&(at + 1).to_string())?;
            self.word("ELSE")?;
        }
        let is_compared = pivot.members.iter().any(Option::is_some);
        if is_compared {
            self.word("CASE")?;
            self.dimension(value, key.grain, rows)?;
            for (at, member) in pivot.members.iter().enumerate() {
                let Some(member) = *member else { continue };
                self.word("WHEN")?;
                self.value(member, pivot.data_type)?;
                self.word("THEN")?;
                self.number(&(at + 1).to_string())?;
            }
            self.word("ELSE")?;
        }
        self.number("0")?;
        for _ in 0..usize::from(is_compared) + usize::from(missing.is_some()) {
            self.word("END")?;
        }
        Ok(())
    }

    /// One row for every combination of the other keys, and in it each cell from the one group that has it.
    pub(super) fn pivoted(&mut self, pivot: &'a Pivot) -> Read<()> {
        self.sound_pivot(pivot)?;
        let plan = self.plan();
        self.exact_name(STEP)?;
        self.words("AS ( SELECT")?;
        let mut first = true;
        for at in (0..plan.keys.len()).filter(|at| *at != pivot.key) {
            self.carried(Term::Key(at), &mut first)?;
        }
        self.carried_kept(BELOW, &mut first)?;
        let along = self.term_name(Term::Key(pivot.key))?;
        for cell in &pivot.cells {
            self.next_item(&mut first)?;
            let picks_truth = cell.is_boolean && plan.dialect == Dialect::Postgres;
            self.word(if picks_truth { "bool_or" } else { "max" })?;
            self.words("( CASE WHEN")?;
            self.exact_column(BELOW, along)?;
            self.kind(TokenKind::Operator(Operator::Equal))?;
            self.number(&cell.position.to_string())?;
            self.word("THEN")?;
            let name = self.term_name(cell.term)?;
            self.exact_column(BELOW, name)?;
            self.words("END ) AS")?;
            self.exact_name(&cell.name.sql)?;
        }
        self.last_metrics()?;
        self.grouped_by(1..self.key_columns())?;
        self.close()
    }

    /// Every cell is shown, under its own name, in the order of the members, and nothing tells groups apart that
    /// a row has several of.
    fn sound_pivot(&self, pivot: &Pivot) -> Read<()> {
        let plan = self.plan();
        let shows_other = pivot.width == pivot.members.len() + 1;
        let position = |at: usize| match at % pivot.width.max(1) {
            last if last == pivot.members.len() => 0,
            member => member + 1,
        };
        let cells = pivot.cells.iter().enumerate();
        let are_in_order = cells
            .clone()
            .all(|(at, cell)| cell.position == position(at));
        let shown = |output: &Output<'_>| match output.what {
            OutputTerm::Cell(at) => pivot
                .cells
                .get(at)
                .is_some_and(|cell| cell.name.alias == output.alias.alias),
            OutputTerm::Term(Term::Key(key)) | OutputTerm::Label(key) => key != pivot.key,
            OutputTerm::Term(_) | OutputTerm::Count => false,
            OutputTerm::RowKind | OutputTerm::RowBy => true,
        };
        let are_shown = plan.outputs.iter().all(shown);
        let is_whole = pivot.key + 1 == plan.keys.len()
            && (shows_other || pivot.width == pivot.members.len())
            && pivot.cells.len().is_multiple_of(pivot.width.max(1))
            && plan.totals.is_none()
            && plan.group_predicates.is_empty()
            && plan.passing.is_none();
        match are_in_order && are_shown && is_whole {
            true => Ok(()),
            false => failure("other columns are shown than members have"),
        }
    }
}
