//! Reads the groups of a source: their keys, their aggregates, the rows that they are of.

use crate::expr::lex::{Operator, TokenKind};
use crate::plan::{Leg, Level, Plan};

use super::columns::Rows;
use super::reader::{Read, Reader, failure};

impl<'a> Reader<'a> {
    /// Guarded rows of a source in groups, of one level where levels have passes of their own.
    pub(super) fn groups(
        &mut self,
        position: usize,
        leg: &'a Leg<'a>,
        level: Option<&Level>,
    ) -> Read<()> {
        let plan = self.plan();
        if leg.keys.len() != plan.keys.len() {
            return failure("a source has more or fewer keys than the others");
        }
        if let Some(pick) = &leg.pick {
            return self.picked(position, leg, pick, level);
        }
        self.word("SELECT")?;
        let mut first = true;
        for (at, key) in plan.keys.iter().enumerate() {
            self.next_item(&mut first)?;
            match level {
                Some(level) if !level.by.contains(&at) => self.word("NULL")?,
                _ => self.group_value(leg, at)?,
            }
            self.word("AS")?;
            self.exact_name(&key.name.sql)?;
        }
        self.kept_column(level, &mut first)?;
        if let Some(totals) = &plan.totals {
            self.next_item(&mut first)?;
            self.level_of_row(totals, level, leg)?;
            self.word("AS")?;
            self.exact_name(&totals.level.sql)?;
        }
        for (_, measure) in plan.measures_of(position) {
            self.next_item(&mut first)?;
            match leg.summed.is_some() || plan.sums_members() {
                true => self.of_sums(measure)?,
                false => self.fragment(measure.text, Rows::outside(&leg.scan))?,
            }
            self.word("AS")?;
            self.exact_name(&measure.name.sql)?;
        }
        if plan.groups_by_nothing(position) {
            self.counted_rows()?;
        }
        self.rows_of(position, leg, level)?;
        match (&plan.totals, level) {
            (_, Some(level)) => self.grouped_by(self.columns_of(level)),
            (Some(totals), None) => self.grouping_sets(totals),
            (None, None) => self.grouped_by(1..=self.key_columns()),
        }
    }

    /// What a key of a plan is on a leg of it: the period that a window belongs to, or the value of a row.
    pub(super) fn key(&mut self, plan: &'a Plan<'a>, leg: &'a Leg<'a>, at: usize) -> Read<()> {
        let windows = leg.windows.as_ref();
        if windows.is_some_and(|windows| windows.key == Some(at)) {
            return self.period();
        }
        let (Some(value), Some(key)) = (leg.keys.get(at), plan.keys.get(at)) else {
            return failure("the plan names a column that it lacks");
        };
        let rows = Rows::of_keys(&leg.scan);
        match plan.pivot.as_ref().filter(|pivot| pivot.key == at) {
            Some(pivot) => self.position(pivot, leg, rows),
            None => self.dimension(value, key.grain, rows),
        }
    }

    /// The rows of a leg: those of its guard, in their windows, of groups that pass, of members that are shown,
    /// under what can raise.
    pub(super) fn rows_of(
        &mut self,
        position: usize,
        leg: &'a Leg<'a>,
        level: Option<&Level>,
    ) -> Read<()> {
        let rows = Rows::outside(&leg.scan);
        self.word("FROM")?;
        match &leg.summed {
            Some(summed) => self.joined_sums(position, leg, summed)?,
            None if self.plan().sums_members() => self.words("summed AS o")?,
            None => self.rows(&leg.scan)?,
        }
        let joined = leg.windows.as_ref();
        if let Some(windows) = joined.filter(|windows| windows.join_rows()) {
            self.joined_windows(windows, leg, level)?;
        }
        if let Some(passing) = self.passing {
            self.joined_passing(passing, position)?;
        }
        if let Some(top) = self.top_of(level) {
            self.joined_top(top, leg)?;
        }
        self.conditions(0, &leg.scan.outer, rows)?;
        match leg.pick.as_ref().and_then(|pick| pick.filter) {
            None => Ok(()),
            Some((_, filter)) => {
                self.conjunct_word(leg.scan.outer.len())?;
                self.fragment(filter, rows)
            }
        }
    }

    /// How many columns groups are by.
    pub(super) fn key_columns(&self) -> usize {
        self.plan().keys.len() + usize::from(self.plan().kept().is_some())
    }

    /// The columns that a level is by, by position: its keys, and what tells members of the one that is ranked.
    pub(super) fn columns_of(&self, level: &Level) -> impl Iterator<Item = usize> + use<> {
        let mut columns: Vec<usize> = level.by.iter().map(|at| at + 1).collect();
        if self
            .plan()
            .kept()
            .is_some_and(|(_, key)| level.by.contains(&key))
        {
            columns.push(self.plan().keys.len() + 1);
        }
        columns.into_iter()
    }

    /// `GROUP BY 1, 2`: these columns; nothing where there are none.
    pub(super) fn grouped_by(&mut self, columns: impl Iterator<Item = usize>) -> Read<()> {
        for (index, position) in columns.enumerate() {
            if index == 0 {
                self.word("GROUP")?;
                self.word("BY")?;
            } else {
                self.kind(TokenKind::Comma)?;
            }
            self.number(&position.to_string())?;
        }
        Ok(())
    }

    /// Without a key and an aggregate, counting is what makes one row of all.
    pub(super) fn counted_rows(&mut self) -> Read<()> {
        self.count_of_rows()?;
        self.word("AS")?;
        self.exact_name("present")
    }

    pub(super) fn count_of_rows(&mut self) -> Read<()> {
        self.word("count")?;
        self.open()?;
        self.kind(TokenKind::Operator(Operator::Star))?;
        self.close()
    }
}
