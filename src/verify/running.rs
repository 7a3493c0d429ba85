//! Reads windows that run: periods are summed up, and then each with those before it.

use crate::catalog::fragment::Again;
use crate::dialect::Dialect;
use crate::expr::lex::TokenKind;
use crate::plan::{BindId, Leg, LegWindows, Measure, RunningNames};

use super::BELOW;
use super::columns::Rows;
use super::combine::BOTH;
use super::reader::{Read, Reader, failure};
use super::windows::WINDOW;

/// The alias of the combinations of the other keys.
const OTHERS: &str = "k";
/// The alias of running sums.
const RUNNING: &str = "b";

impl<'a> Reader<'a> {
    /// The sums of periods, and what each adds up to with those before it in its window.
    pub(super) fn running(
        &mut self,
        position: usize,
        leg: &'a Leg<'a>,
        (windows, along, first): (LegWindows, usize, BindId),
    ) -> Read<()> {
        let plan = self.plan();
        let Some(names) = &plan.running else {
            return failure("windows run without names for it");
        };
        self.adds_up(position, leg)?;
        let (Some(key), Some(value)) = (plan.keys.get(along), leg.keys.get(along)) else {
            return failure("windows run along a key that is not there");
        };
        let rows = Rows::outside(&leg.scan);
        self.sums(position, leg, along, |reader| {
            reader.word(match plan.dialect {
                Dialect::Postgres => "greatest",
                Dialect::Sqlite => "max",
            })?;
            reader.open()?;
            reader.dimension(value, key.grain, rows.of_dimension())?;
            reader.kind(TokenKind::Comma)?;
            reader.value(first, windows.every.periods.element)?;
            reader.close()
        })?;
        self.word("SELECT")?;
        let keys = plan.keys.iter().map(|key| &*key.name.sql);
        let measures = plan.measures_of(position);
        let measures = measures.map(|(_, measure)| &*measure.name.sql);
        let names_of_all: Vec<&str> = keys.chain(measures).collect();
        let mut is_first = true;
        for name in &names_of_all {
            self.next_item(&mut is_first)?;
            self.exact_column(RUNNING, name)?;
            self.word("AS")?;
            self.exact_name(name)?;
        }
        self.words("FROM (")?;
        self.runs_over(position, (windows, along), names, &names_of_all)?;
        self.words(") AS")?;
        self.exact_name(RUNNING)?;
        self.word("WHERE")?;
        self.exact_column(RUNNING, &names.present.sql)?;
        self.words("= 1")?;
        self.close()
    }

    /// What parts of the rows come to can be made into what all of them come to.
    pub(super) fn adds_up(&self, position: usize, leg: &Leg<'_>) -> Read<()> {
        let plan = self.plan();
        let is_apart = plan.totals.is_some() || plan.top.is_some() || self.passing.is_some();
        let mut measures = plan.measures_of(position);
        let is_sound = plan.measures_of(position).next().is_some()
            && measures.all(|(_, measure)| measure.fragment.again.is_some())
            && leg.pick.is_none()
            && leg.scan.moved.is_none()
            && leg.keys.len() == plan.keys.len();
        match is_apart || !is_sound {
            true => failure("windows are of sums of what does not add up"),
            false => Ok(()),
        }
    }

    /// The step that sums up shorter periods, and the beginning of the next.
    pub(super) fn sums(
        &mut self,
        position: usize,
        leg: &'a Leg<'a>,
        along: usize,
        cut: impl Fn(&mut Self) -> Read<()>,
    ) -> Read<()> {
        let plan = self.plan();
        let rows = Rows::outside(&leg.scan);
        self.summed_name(position)?;
        self.words("AS ( SELECT")?;
        let mut is_first = true;
        for (at, (key, value)) in plan.keys.iter().zip(&leg.keys).enumerate() {
            self.next_item(&mut is_first)?;
            match at == along {
                true => cut(self)?,
                false => match plan.pivot.as_ref().filter(|pivot| pivot.key == at) {
                    Some(pivot) => self.position(pivot, leg, rows.of_dimension())?,
                    None => self.dimension(value, key.grain, rows.of_dimension())?,
                },
            }
            self.word("AS")?;
            self.exact_name(&key.name.sql)?;
        }
        for (_, measure) in plan.measures_of(position) {
            self.next_item(&mut is_first)?;
            self.fragment(measure.text, rows)?;
            self.word("AS")?;
            self.exact_name(&measure.name.sql)?;
        }
        self.rows_of(position, leg, None)?;
        self.grouped_by(1..=plan.keys.len())?;
        self.close()?;
        self.kind(TokenKind::Comma)?;
        self.leg_name(position)?;
        self.words("AS (")
    }

    /// Every period of every combination, with what it and those before it in its window add up to.
    fn runs_over(
        &mut self,
        position: usize,
        (windows, along): (LegWindows, usize),
        names: &RunningNames<'_>,
        names_of_all: &[&str],
    ) -> Read<()> {
        let plan = self.plan();
        let since = windows.every.since;
        self.word("SELECT")?;
        for key in &plan.keys {
            self.exact_column(BOTH, &key.name.sql)?;
            self.word("AS")?;
            self.exact_name(&key.name.sql)?;
            self.kind(TokenKind::Comma)?;
        }
        for (_, measure) in plan.measures_of(position) {
            let (function, is_count) = again(measure)?;
            let is_cast = is_count && plan.dialect == Dialect::Postgres;
            self.words(if is_cast { "(" } else { "" })?;
            self.of_window(function, &measure.name.sql, (windows, along), names)?;
            self.words(if is_cast { ")::bigint" } else { "" })?;
            self.word("AS")?;
            self.exact_name(&measure.name.sql)?;
            self.kind(TokenKind::Comma)?;
        }
        self.of_window("max", &names.present.sql, (windows, along), names)?;
        self.word("AS")?;
        self.exact_name(&names.present.sql)?;
        self.words("FROM ( SELECT")?;
        for name in names_of_all {
            self.exact_column(BELOW, name)?;
            self.word("AS")?;
            self.exact_name(name)?;
            self.kind(TokenKind::Comma)?;
        }
        self.words("1 AS")?;
        self.exact_name(&names.present.sql)?;
        if since.is_some() {
            self.words(", NULL AS")?;
            self.exact_name(&names.since.sql)?;
        }
        self.summed(position)?;
        self.words("UNION ALL SELECT")?;
        for (at, key) in plan.keys.iter().enumerate() {
            match at == along {
                true => self.period()?,
                false => self.exact_column(OTHERS, &key.name.sql)?,
            }
            self.word("AS")?;
            self.exact_name(&key.name.sql)?;
            self.kind(TokenKind::Comma)?;
        }
        for (_, measure) in plan.measures_of(position) {
            self.words("NULL AS")?;
            self.exact_name(&measure.name.sql)?;
            self.kind(TokenKind::Comma)?;
        }
        self.words("NULL AS")?;
        self.exact_name(&names.present.sql)?;
        if since.is_some() {
            self.kind(TokenKind::Comma)?;
            self.exact_column(WINDOW, "since")?;
            self.word("AS")?;
            self.exact_name(&names.since.sql)?;
        }
        self.word("FROM")?;
        self.lists(&[("period", Some(windows.every.periods)), ("since", since)])?;
        if plan.keys.len() > 1 {
            self.words("CROSS JOIN ( SELECT")?;
            let mut is_first = true;
            let others = plan.keys.iter().enumerate().filter(|(at, _)| *at != along);
            for (_, key) in others {
                self.next_item(&mut is_first)?;
                self.exact_column(BELOW, &key.name.sql)?;
                self.word("AS")?;
                self.exact_name(&key.name.sql)?;
            }
            self.summed(position)?;
            self.grouped_by(1..plan.keys.len())?;
            self.words(") AS")?;
            self.exact_name(OTHERS)?;
        }
        self.words(") AS")?;
        self.exact_name(BOTH)?;
        self.grouped_by(1..=plan.keys.len())
    }

    /// `sum(max(u.name)) OVER (PARTITION BY u.key, max(u.since) ORDER BY u.period)`.
    fn of_window(
        &mut self,
        function: &str,
        name: &str,
        (windows, along): (LegWindows, usize),
        names: &RunningNames<'_>,
    ) -> Read<()> {
        let plan = self.plan();
        self.word(function)?;
        self.words("( max (")?;
        self.exact_column(BOTH, name)?;
        self.words(") ) OVER (")?;
        let others = plan.keys.iter().enumerate().filter(|(at, _)| *at != along);
        let mut is_first = true;
        for (_, key) in others {
            self.words(if is_first { "PARTITION BY" } else { "," })?;
            is_first = false;
            self.exact_column(BOTH, &key.name.sql)?;
        }
        if windows.every.since.is_some() {
            self.words(if is_first { "PARTITION BY" } else { "," })?;
            self.words("max (")?;
            self.exact_column(BOTH, &names.since.sql)?;
            self.close()?;
        }
        self.words("ORDER BY")?;
        match plan.keys.get(along) {
            Some(key) => self.exact_column(BOTH, &key.name.sql)?,
            None => return failure("windows run along a key that is not there"),
        }
        self.close()
    }

    pub(super) fn summed(&mut self, position: usize) -> Read<()> {
        self.word("FROM")?;
        self.summed_name(position)?;
        self.word("AS")?;
        self.exact_name(BELOW)
    }

    fn summed_name(&mut self, position: usize) -> Read<()> {
        match position {
            0 => self.prefixed("summed"),
            _ => self.prefixed(&format!("summed_{}", position + 1)),
        }
    }
}

/// The aggregate over what a measure is of parts of the rows, and whether these are counts.
pub(super) fn again(measure: &Measure<'_>) -> Read<(&'static str, bool)> {
    Ok(match measure.fragment.again {
        Some(Again::Sum) => ("sum", false),
        Some(Again::Count) => ("sum", true),
        Some(Again::Least) => ("min", false),
        Some(Again::Greatest) => ("max", false),
        None => return failure("windows are of sums of what does not add up"),
    })
}
