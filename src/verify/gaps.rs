//! Reads the step that adds the periods without a row.

use crate::dialect::Dialect;
use crate::plan::FilledGaps;

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
        for name in keys.clone().chain(kept).chain(measures.clone()) {
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
            self.below_filled()?;
            self.grouped_by(1..self.key_columns())?;
            self.words(") AS")?;
            self.exact_name(OTHERS)?;
        }
        self.words(") AS")?;
        self.exact_name(BOTH)?;
        self.grouped_by(1..=self.key_columns())?;
        self.close()
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
