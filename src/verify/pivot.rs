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
        let totals = plan.shown_totals();
        if let Some(totals) = totals {
            self.next_item(&mut first)?;
            self.exact_column(BELOW, &totals.level.sql)?;
            self.kind(TokenKind::Operator(Operator::Slash))?;
            self.number("2")?;
            self.word("AS")?;
            self.exact_name(&totals.level.sql)?;
        }
        let along = self.term_name(Term::Key(pivot.key))?;
        for cell in &pivot.cells {
            self.next_item(&mut first)?;
            let picks_truth = cell.is_boolean && plan.dialect == Dialect::Postgres;
            self.word(if picks_truth { "bool_or" } else { "max" })?;
            self.words("( CASE WHEN")?;
            self.exact_column(BELOW, along)?;
            match cell.position {
                Some(position) => {
                    self.kind(TokenKind::Operator(Operator::Equal))?;
                    self.number(&position.to_string())?;
                }
                None => self.words("IS NULL")?,
            }
            self.word("THEN")?;
            let name = self.term_name(cell.term)?;
            self.exact_column(BELOW, name)?;
            self.words("END ) AS")?;
            self.exact_name(&cell.name.sql)?;
        }
        self.last_metrics()?;
        self.grouped_by(1..self.key_columns() + usize::from(totals.is_some()))?;
        self.close()
    }

    /// Every cell is shown, under its own name, in the order of the members, and nothing tells groups apart that
    /// a row has several of.
    fn sound_pivot(&self, pivot: &Pivot) -> Read<()> {
        let plan = self.plan();
        let mut wanted: Vec<Option<usize>> = (1..=pivot.members.len()).map(Some).collect();
        wanted.extend(pivot.shows_other.then_some(Some(0)));
        wanted.extend(pivot.shows_total.then_some(None));
        let width = wanted.len();
        let mut of_each = pivot.cells.chunks(width.max(1));
        let are_in_order = of_each.all(|cells| {
            let found = cells.iter().map(|cell| cell.position);
            found.eq(wanted.iter().copied())
        });
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
        // What is of all members is of levels, which the groups have then.
        let has_levels = plan.totals.is_some();
        let is_whole = pivot.key + 1 == plan.keys.len()
            && (has_levels || !pivot.shows_total)
            && plan.group_predicates.is_empty()
            && plan.passing.is_none();
        match are_in_order && are_shown && is_whole {
            true => Ok(()),
            false => failure("other columns are shown than members have"),
        }
    }
}
