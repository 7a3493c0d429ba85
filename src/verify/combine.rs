//! Reads the step that combines the groups of several sources.

use crate::dialect::Dialect;
use crate::expr::lex::TokenKind;

use super::BELOW;
use super::reader::{Read, Reader};

/// The alias of rows that a union gives.
pub(super) const BOTH: &str = "u";

impl Reader<'_> {
    /// Every key as it is, every measure once, over the union of all legs.
    pub(super) fn combined(&mut self) -> Read<()> {
        let plan = self.plan();
        self.prefixed("combined")?;
        self.word("AS")?;
        self.open()?;
        self.one_of_each()?;
        self.word("FROM")?;
        self.union(plan.legs.len().saturating_sub(1))?;
        self.grouped_by(1..=self.key_columns() + usize::from(plan.totals.is_some()))?;
        self.close()
    }

    pub(super) fn one_of_each(&mut self) -> Read<()> {
        let plan = self.plan();
        self.word("SELECT")?;
        let mut first = true;
        for key in &plan.keys {
            self.next_item(&mut first)?;
            self.exact_column(BOTH, &key.name.sql)?;
            self.word("AS")?;
            self.exact_name(&key.name.sql)?;
        }
        self.carried_kept(BOTH, &mut first)?;
        if let Some(totals) = &plan.totals {
            self.next_item(&mut first)?;
            self.exact_column(BOTH, &totals.level.sql)?;
            self.word("AS")?;
            self.exact_name(&totals.level.sql)?;
        }
        for measure in &plan.measures {
            self.next_item(&mut first)?;
            let picks_truth = measure.fragment.is_boolean && plan.dialect == Dialect::Postgres;
            self.word(if picks_truth { "bool_or" } else { "max" })?;
            self.open()?;
            self.exact_column(BOTH, &measure.name.sql)?;
            self.close()?;
            self.word("AS")?;
            self.exact_name(&measure.name.sql)?;
        }
        Ok(())
    }

    /// The groups of the legs up to one. Recursion is as deep as there are legs, which the limits bound.
    fn union(&mut self, leg: usize) -> Read<()> {
        self.open()?;
        if leg > 1 {
            self.side(leg, &|other| other < leg, BOTH)?;
            self.word("FROM")?;
            self.union(leg - 1)?;
        } else {
            self.side(leg, &|other| other == 0, BELOW)?;
            self.below_leg(0)?;
        }
        self.word("UNION")?;
        self.word("ALL")?;
        self.side(leg, &|other| other == leg, BELOW)?;
        self.below_leg(leg)?;
        self.close()?;
        self.word("AS")?;
        self.exact_name(BOTH)
    }

    fn below_leg(&mut self, leg: usize) -> Read<()> {
        self.word("FROM")?;
        self.leg_name(leg)?;
        self.word("AS")?;
        self.exact_name(BELOW)
    }

    fn side(&mut self, up_to: usize, has: &dyn Fn(usize) -> bool, alias: &str) -> Read<()> {
        let plan = self.plan();
        self.word("SELECT")?;
        let mut first = true;
        let keys = plan.keys.iter().map(|key| (&*key.name.sql, true));
        let measures = plan.measures.iter().filter(|measure| measure.leg <= up_to);
        let measures = measures.map(|measure| (&*measure.name.sql, has(measure.leg)));
        let kept = plan.kept().map(|(kept, _)| (&*kept.sql, true));
        let level = plan.totals.iter().map(|totals| (&*totals.level.sql, true));
        for (name, is_had) in keys.chain(kept).chain(level).chain(measures) {
            if !std::mem::take(&mut first) {
                self.kind(TokenKind::Comma)?;
            }
            if is_had {
                self.exact_column(alias, name)?;
            } else {
                self.word("NULL")?;
            }
            self.word("AS")?;
            self.exact_name(name)?;
        }
        Ok(())
    }
}
