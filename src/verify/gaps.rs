//! Reads the step that adds the periods without a row.

use crate::dialect::Dialect;
use crate::expr::lex::TokenKind;
use crate::plan::{FilledGaps, Totals};

use super::BELOW;
use super::combine::BOTH;
use super::reader::{Read, Reader, failure};

/// The alias of the periods.
const PERIODS: &str = "s";
/// The alias of the combinations of the other keys.
const OTHERS: &str = "k";

impl Reader<'_> {
    /// Each key and measure once, over the groups and, for every combination of the other keys, every
    /// period with nothing beside it.
    pub(super) fn filled(&mut self, gaps: FilledGaps) -> Read<()> {
        let plan = self.plan();
        self.exact_name("filled")?;
        self.words("AS (")?;
        self.one_of_each()?;
        self.words("FROM (SELECT")?;
        let mut first = true;
        let keys = plan.keys.iter().map(|key| &*key.name.sql);
        let measures = plan.measures.iter().map(|measure| &*measure.name.sql);
        let kept = plan.kept().map(|(kept, _)| &*kept.sql);
        let level = plan.totals.as_ref().map(|totals| &*totals.level.sql);
        for name in keys
            .clone()
            .chain(kept)
            .chain(level)
            .chain(measures.clone())
        {
            self.next_item(&mut first)?;
            self.exact_column(BELOW, name)?;
            self.word("AS")?;
            self.exact_name(name)?;
        }
        self.below_filled()?;
        self.words("UNION ALL SELECT")?;
        let mut first = true;
        for (position, name) in keys.clone().enumerate() {
            self.next_item(&mut first)?;
            if position == gaps.key {
                self.exact_column(PERIODS, "period")?;
            } else {
                self.exact_column(OTHERS, name)?;
            }
            self.word("AS")?;
            self.exact_name(name)?;
        }
        self.carried_kept(OTHERS, &mut first)?;
        if let Some(level) = level {
            self.kind(TokenKind::Comma)?;
            match plan.keys.len() {
                1 => self.number("0")?,
                _ => self.exact_column(OTHERS, level)?,
            }
            self.word("AS")?;
            self.exact_name(level)?;
        }
        for name in measures {
            self.words(", NULL AS")?;
            self.exact_name(name)?;
        }
        self.periods(gaps)?;
        let others = keys
            .enumerate()
            .filter(|(position, _)| *position != gaps.key);
        if plan.keys.len() > 1 {
            self.words("CROSS JOIN (SELECT")?;
            let mut first = true;
            for (_, name) in others {
                self.next_item(&mut first)?;
                self.exact_column(BELOW, name)?;
                self.word("AS")?;
                self.exact_name(name)?;
            }
            self.carried_kept(BELOW, &mut first)?;
            let levels = match &plan.totals {
                Some(totals) => Some(self.filled_level(totals, gaps)?),
                None => None,
            };
            self.below_filled()?;
            if let (Some(totals), Some(levels)) = (&plan.totals, &levels) {
                self.word("WHERE")?;
                self.exact_column(BELOW, &totals.level.sql)?;
                self.words("IN (")?;
                let mut first = true;
                for level in levels {
                    self.next_item(&mut first)?;
                    self.number(&level.to_string())?;
                }
                self.close()?;
            }
            self.grouped_by(1..self.key_columns() + usize::from(levels.is_some()))?;
            self.words(") AS")?;
            self.exact_name(OTHERS)?;
        }
        self.words(") AS")?;
        self.exact_name(BOTH)?;
        self.grouped_by(1..=self.key_columns() + usize::from(plan.totals.is_some()))?;
        self.close()
    }

    /// Each combination stays at the level that it is of; that of the grand total, which is there though no row
    /// is, becomes the one of a level by the periods alone. Gives the levels whose combinations are read.
    fn filled_level(&mut self, totals: &Totals<'_>, gaps: FilledGaps) -> Read<Vec<usize>> {
        let level = &*totals.level.sql;
        let mut read = Vec::with_capacity(totals.levels.len());
        let mut alone = None;
        for found in &totals.levels {
            match found.by.as_slice() {
                [only] if *only == gaps.key => alone = Some(found.number),
                [] if alone.is_some() => read.push(found.number),
                by if by.contains(&gaps.key) => read.push(found.number),
                _ => {}
            }
        }
        self.kind(TokenKind::Comma)?;
        match (alone, totals.levels.last()) {
            (Some(alone), Some(total)) => {
                self.word("CASE")?;
                self.exact_column(BELOW, level)?;
                self.word("WHEN")?;
                self.number(&total.number.to_string())?;
                self.word("THEN")?;
                self.number(&alone.to_string())?;
                self.word("ELSE")?;
                self.exact_column(BELOW, level)?;
                self.word("END")?;
            }
            _ => self.exact_column(BELOW, level)?,
        }
        self.word("AS")?;
        self.exact_name(level)?;
        Ok(read)
    }

    fn periods(&mut self, gaps: FilledGaps) -> Read<()> {
        let (before, behind) = match self.plan().dialect {
            Dialect::Postgres => ("FROM (SELECT unnest(", ") AS period) AS"),
            Dialect::Sqlite => ("FROM (SELECT value AS period FROM json_each(", ")) AS"),
        };
        self.words(before)?;
        let (at, element) = self.placeholder(true)?;
        let is_planned = self.claim.order.get(at) == Some(&gaps.periods.values);
        if element != gaps.periods.element || !is_planned {
            return failure("other periods are filled than planned");
        }
        self.words(behind)?;
        self.exact_name(PERIODS)
    }

    fn below_filled(&mut self) -> Read<()> {
        self.word("FROM")?;
        if self.plan().legs.len() > 1 {
            self.exact_name("combined")?;
        } else {
            self.leg_name(0)?;
        }
        self.word("AS")?;
        self.exact_name(BELOW)
    }
}
