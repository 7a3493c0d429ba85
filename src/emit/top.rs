//! The members that are shown: how they are ranked, and which rows are theirs.

use crate::plan::{Leg, Level, Top};

use super::select::BELOW;
use super::{Emitter, ROWS, Scope};

/// The step that has the members.
const STEP: &str = "top";
/// Its alias.
pub(super) const ALIAS: &str = "q";

impl<'p, 'c> Emitter<'p, 'c> {
    /// Writes the steps that rank the members of a key, and the one that has the first of them.
    pub(super) fn top(&mut self, top: &'p Top<'c>) {
        let whole = self.plan;
        if let (Some(_), Some(leg)) = (&top.sums, whole.legs.first()) {
            self.sum_members(leg);
            self.ranks = Some(whole);
        }
        self.plan = &top.plan;
        self.prefix = "ranked_";
        self.steps();
        self.ranks = None;
        self.push(",");
        self.line(0);
        self.push(STEP);
        self.push(" AS (");
        self.line(2);
        self.push("SELECT ");
        for key in &top.plan.keys {
            self.column_of(BELOW, &key.name.sql);
            self.named(&key.name.sql);
        }
        if let Some(kept) = &top.kept {
            self.push(", 1");
            self.named(&kept.sql);
        }
        self.last_step(2);
        self.line(2);
        self.push("ORDER BY ");
        let start = self.out.len();
        self.order(start, |emitter, what| emitter.output(what));
        self.page(2);
        self.line(0);
        self.push("),");
        self.line(0);
        self.plan = whole;
        self.prefix = "";
    }

    /// Whether the rows of a level are by the members that are ranked.
    pub(super) fn is_by_top(&self, level: Option<&Level>) -> Option<&'p Top<'c>> {
        let top = self.plan.top.as_ref()?;
        level
            .is_none_or(|level| level.by.contains(&top.key))
            .then_some(top)
    }

    /// The value of a key in a group: of what is ranked, the member that is shown, or none.
    pub(super) fn group_value(&mut self, leg: &'p Leg<'c>, at: usize, scope: Scope) {
        let top = self.plan.top.as_ref().filter(|top| top.key == at);
        match (top, self.plan.keys.get(at)) {
            (Some(_), Some(key)) => self.column_of(ALIAS, &key.name.sql),
            (None, Some(key)) if self.plan.is_summed_by(leg, at) => {
                self.column_of(ROWS, &key.name.sql);
            }
            _ => self.key_value(self.plan, leg, at, scope),
        }
    }

    /// Writes, as one more column of groups, whether the member is one that is shown.
    pub(super) fn kept_column(&mut self, level: Option<&Level>, first: &mut bool) {
        let Some((kept, _)) = self.plan.kept() else {
            return;
        };
        self.item(first);
        match self.is_by_top(level) {
            Some(_) => self.column_of(ALIAS, &kept.sql),
            None => self.push("NULL"),
        }
        self.named(&kept.sql);
    }

    /// Rows meet the members that are shown: those of the others are left out, or have none.
    pub(super) fn join_top(
        &mut self,
        top: &'p Top<'c>,
        leg: &'p Leg<'c>,
        scope: Scope,
        indent: usize,
    ) {
        let Some(key) = self.plan.keys.get(top.key) else {
            return;
        };
        self.line(indent);
        self.push(if top.kept.is_some() {
            "LEFT JOIN "
        } else {
            "JOIN "
        });
        self.push(STEP);
        self.push(" AS ");
        self.push(ALIAS);
        self.line(indent + 2);
        self.push("ON ");
        let plan = self.plan;
        self.meets(
            top.key_type,
            |emitter| match top.sums {
                Some(_) => emitter.column_of(ROWS, &key.name.sql),
                None => emitter.key_value(plan, leg, top.key, scope),
            },
            |emitter| emitter.column_of(ALIAS, &key.name.sql),
        );
    }

    /// Leaves rows of the other members out of a result that has them for what is of all.
    pub(super) fn without_other(&mut self, indent: usize) {
        let plan = self.plan;
        let hidden = plan.top.as_ref().filter(|top| !top.shows_other);
        let (Some(_), Some((kept, key))) = (hidden, plan.kept()) else {
            return;
        };
        self.line(indent);
        self.push("WHERE ");
        if let Some(totals) = &plan.totals {
            self.push("CASE ");
            self.column_of(BELOW, &totals.level.sql);
            for level in totals.levels.iter().filter(|level| level.by.contains(&key)) {
                self.push(" WHEN ");
                self.push(&level.number.to_string());
                self.push(" THEN ");
                self.column_of(BELOW, &kept.sql);
            }
            self.push(" ELSE 1 END");
        } else {
            self.column_of(BELOW, &kept.sql);
        }
        self.push(" = 1");
    }

    /// Begins an order: rows of the other members come behind those that are shown.
    pub(super) fn other_last(&mut self, start: usize, alias: &str) {
        let shows_other = self.plan.top.as_ref().is_some_and(|top| top.shows_other);
        if let (true, Some((kept, _))) = (shows_other, self.plan.kept()) {
            self.push(if self.out.len() > start { ", " } else { "" });
            self.column_of(alias, &kept.sql);
            self.push(" NULLS LAST");
        }
    }
}
