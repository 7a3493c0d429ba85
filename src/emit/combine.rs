//! The groups of several sources as one: each key once, and every measure beside it (R14).

use crate::dialect::Dialect;

use super::Emitter;
use super::select::BELOW;

/// The alias of rows that a union gives.
pub(super) const BOTH: &str = "u";

impl Emitter<'_, '_> {
    /// Writes the step that combines the groups of all legs.
    ///
    /// A union grouped by the keys is safe for NULL keys, loses no group of either side, and keeps every
    /// measure as it is, since each has one row per key.
    pub(super) fn combined(&mut self) {
        let plan = self.plan;
        self.push(",");
        self.line(0);
        self.push(self.prefix);
        self.push("combined AS (");
        self.one_of_each();
        self.line(2);
        self.push("FROM ");
        self.union();
        self.group_by(1..=self.key_columns() + usize::from(plan.totals.is_some()));
        self.line(0);
        self.push(")");
    }

    /// The keys, and the one value that each measure has in a group.
    pub(super) fn one_of_each(&mut self) {
        let plan = self.plan;
        self.line(2);
        self.push("SELECT");
        let mut first = true;
        for key in &plan.keys {
            self.item(&mut first);
            self.column_of(BOTH, &key.name.sql);
            self.named(&key.name.sql);
        }
        if let Some((kept, _)) = plan.kept() {
            self.item(&mut first);
            self.column_of(BOTH, &kept.sql);
            self.named(&kept.sql);
        }
        if let Some(totals) = &plan.totals {
            self.item(&mut first);
            self.column_of(BOTH, &totals.level.sql);
            self.named(&totals.level.sql);
        }
        for measure in &plan.measures {
            self.item(&mut first);
            // There is one value per group, of a type that `max` may not know.
            let is_boolean = measure.fragment.is_boolean && plan.dialect == Dialect::Postgres;
            self.push(if is_boolean { "bool_or(" } else { "max(" });
            self.column_of(BOTH, &measure.name.sql);
            self.push(")");
            self.named(&measure.name.sql);
        }
    }

    /// Two at a time, so that a NULL always meets the column whose type it takes.
    fn union(&mut self) {
        let last = self.plan.legs.len().saturating_sub(1);
        for leg in (1..=last).rev() {
            self.push("(");
            self.line(4);
            if leg > 1 {
                self.side(leg, |other| other < leg, BOTH);
                self.push(" FROM ");
            }
        }
        for leg in 1..=last {
            if leg == 1 {
                self.side(1, |other| other == 0, BELOW);
                self.push(" FROM ");
                self.leg_name(0);
                self.push(" AS ");
                self.push(BELOW);
            }
            self.line(4);
            self.push("UNION ALL ");
            self.side(leg, |other| other == leg, BELOW);
            self.push(" FROM ");
            self.leg_name(leg);
            self.push(" AS ");
            self.push(BELOW);
            self.line(2);
            self.push(") AS ");
            self.push(BOTH);
        }
    }

    /// The keys, and the measures of the legs up to one: those that this side has, and NULL.
    fn side(&mut self, up_to: usize, has: impl Fn(usize) -> bool, alias: &str) {
        let plan = self.plan;
        self.push("SELECT ");
        let mut first = true;
        let names = plan.keys.iter().map(|key| (&key.name, true));
        let kept = plan.kept().map(|(kept, _)| (kept, true));
        let level = plan.totals.iter().map(|totals| (&totals.level, true));
        let measures = plan.measures.iter().filter(|measure| measure.leg <= up_to);
        let measures = measures.map(|measure| (&measure.name, has(measure.leg)));
        for (name, is_had) in names.chain(kept).chain(level).chain(measures) {
            self.push(if first { "" } else { ", " });
            first = false;
            if is_had {
                self.column_of(alias, &name.sql);
            } else {
                self.push("NULL");
            }
            self.named(&name.sql);
        }
    }

    pub(super) fn column_of(&mut self, alias: &str, name: &str) {
        self.push(alias);
        self.push(".");
        self.push(name);
    }
}
