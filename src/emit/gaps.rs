//! The periods that groups lack: every one of them for every combination of the other keys (R19), at every level
//! of totals that is by them.

use crate::dialect::Dialect;
use crate::plan::{FilledGaps, Level};

use super::Emitter;
use super::combine::BOTH;
use super::select::BELOW;

/// The alias of the periods.
const PERIODS: &str = "s";
/// The alias of the combinations of the other keys.
const OTHERS: &str = "k";

impl Emitter<'_, '_> {
    /// Writes the step that adds the periods without a row.
    ///
    /// Grouped by the keys, what is there takes the place of what is added, whatever its members are.
    pub(super) fn filled(&mut self, gaps: FilledGaps) {
        let plan = self.plan;
        self.push(",");
        self.line(0);
        self.push("filled AS (");
        self.one_of_each();
        self.line(2);
        self.push("FROM (");
        self.line(4);
        self.push("SELECT ");
        self.listed_columns(|_| Some(BELOW), Some(BELOW));
        self.push(" FROM ");
        self.below_filled();
        self.line(4);
        self.push("UNION ALL SELECT ");
        let period = |key: usize| (key != gaps.key).then_some(OTHERS);
        self.listed_columns(period, None);
        self.push(" FROM ");
        self.periods(gaps);
        if plan.keys.len() > 1 {
            self.line(4);
            self.push("CROSS JOIN (SELECT ");
            let others = plan.keys.iter().enumerate();
            let others = others.filter(|(position, _)| *position != gaps.key);
            for (index, (_, key)) in others.enumerate() {
                self.push(if index > 0 { ", " } else { "" });
                self.column_of(BELOW, &key.name.sql);
                self.named(&key.name.sql);
            }
            if let Some((kept, _)) = plan.kept() {
                self.push(", ");
                self.column_of(BELOW, &kept.sql);
                self.named(&kept.sql);
            }
            self.filled_level(gaps);
            self.push(" FROM ");
            self.below_filled();
            self.at_filled_levels(gaps);
            self.push(" ");
            let level = usize::from(plan.totals.is_some());
            self.group_by_inline(1..self.key_columns() + level);
            self.push(") AS ");
            self.push(OTHERS);
        }
        self.line(2);
        self.push(") AS ");
        self.push(BOTH);
        self.group_by(1..=self.key_columns() + usize::from(plan.totals.is_some()));
        self.line(0);
        self.push(")");
    }

    /// The level that combinations are filled at: their own, but for those of the grand total. It is there though
    /// no row is, and stands for the one combination of a level by the periods alone.
    fn filled_level(&mut self, gaps: FilledGaps) {
        let Some(totals) = &self.plan.totals else {
            return;
        };
        self.push(", ");
        match (by_periods_alone(&totals.levels, gaps), totals.levels.last()) {
            (Some(alone), Some(total)) => {
                self.push("CASE ");
                self.column_of(BELOW, &totals.level.sql);
                self.push(" WHEN ");
                self.push(&total.number.to_string());
                self.push(" THEN ");
                self.push(&alone.number.to_string());
                self.push(" ELSE ");
                self.column_of(BELOW, &totals.level.sql);
                self.push(" END");
            }
            _ => self.column_of(BELOW, &totals.level.sql),
        }
        self.named(&totals.level.sql);
    }

    /// Combinations are those of levels that are by the periods and by something else besides.
    fn at_filled_levels(&mut self, gaps: FilledGaps) {
        let Some(totals) = &self.plan.totals else {
            return;
        };
        self.push(" WHERE ");
        self.column_of(BELOW, &totals.level.sql);
        self.push(" IN (");
        let alone = by_periods_alone(&totals.levels, gaps);
        let shared = |level: &&Level| level.by.contains(&gaps.key) && level.by.len() > 1;
        let total = totals.levels.last().filter(|_| alone.is_some());
        let levels = totals.levels.iter().filter(shared).chain(total);
        for (index, level) in levels.enumerate() {
            self.push(if index > 0 { ", " } else { "" });
            self.push(&level.number.to_string());
        }
        self.push(")");
    }

    /// Keys behind the aliases that they have, or the period; measures behind theirs, or NULL.
    fn listed_columns(
        &mut self,
        key_of: impl Fn(usize) -> Option<&'static str>,
        measures: Option<&str>,
    ) {
        let plan = self.plan;
        for (position, key) in plan.keys.iter().enumerate() {
            self.push(if position > 0 { ", " } else { "" });
            match key_of(position) {
                Some(alias) => self.column_of(alias, &key.name.sql),
                None => self.column_of(PERIODS, "period"),
            }
            self.named(&key.name.sql);
        }
        if let Some((kept, _)) = plan.kept() {
            self.push(", ");
            self.column_of(measures.unwrap_or(OTHERS), &kept.sql);
            self.named(&kept.sql);
        }
        if let Some(totals) = &plan.totals {
            self.push(", ");
            match (measures, plan.keys.len()) {
                // By the periods alone the data is all that is filled.
                (None, 1) => self.push("0"),
                (alias, _) => self.column_of(alias.unwrap_or(OTHERS), &totals.level.sql),
            }
            self.named(&totals.level.sql);
        }
        for measure in &plan.measures {
            self.push(", ");
            match measures {
                Some(alias) => self.column_of(alias, &measure.name.sql),
                None => self.push("NULL"),
            }
            self.named(&measure.name.sql);
        }
    }

    fn periods(&mut self, gaps: FilledGaps) {
        let number = self.number(gaps.periods.values);
        match self.plan.dialect {
            Dialect::Postgres => {
                self.push("(SELECT unnest(");
                self.placeholder('$', number);
                self.push("::");
                self.push(gaps.periods.element.postgres_cast());
                self.push("[]) AS period) AS ");
            }
            Dialect::Sqlite => {
                self.push("(SELECT value AS period FROM json_each(");
                self.placeholder('?', number);
                self.push(")) AS ");
            }
        }
        self.push(PERIODS);
    }

    fn below_filled(&mut self) {
        if self.plan.legs.len() > 1 {
            self.push("combined");
        } else {
            self.leg_name(0);
        }
        self.push(" AS ");
        self.push(BELOW);
    }
}

/// The level of subtotals by the periods and nothing else.
fn by_periods_alone(levels: &[Level], gaps: FilledGaps) -> Option<&Level> {
    let mut subtotals = levels.iter().skip(1);
    subtotals.find(|level| level.by == [gaps.key])
}
