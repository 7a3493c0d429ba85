//! How groups stand among all groups: the step that has shares and ranks.

use crate::plan::{Placed, Term};

use super::Emitter;
use super::select::{BELOW, sql_name};

impl<'p, 'c> Emitter<'p, 'c> {
    /// Writes the step that looks at all groups that pass, before any page is cut from them.
    pub(super) fn placed(&mut self) {
        let plan = self.plan;
        if plan.placed.is_empty() {
            return;
        }
        self.push(",");
        self.line(0);
        self.push("placed AS (");
        self.line(2);
        self.push("SELECT");
        let mut first = true;
        self.carried_keys(&mut first);
        self.carried_above(plan.levels, &mut first);
        for placed in &plan.placed {
            self.item(&mut first);
            match placed.share {
                Some(_) => self.share(placed),
                None => self.rank(placed),
            }
            self.named(&placed.name.sql);
        }
        self.line(2);
        self.push("FROM ");
        self.step_name(plan.levels);
        self.push(" AS ");
        self.push(BELOW);
        self.group_conditions(2);
        self.line(0);
        self.push(")");
    }

    /// What is computed on a level or below and is needed above it.
    pub(super) fn carried_above(&mut self, level: usize, first: &mut bool) {
        let plan = self.plan;
        for (position, measure) in plan.measures.iter().enumerate() {
            if measure.last_use > level {
                self.carried(Term::Measure(position), first);
            }
        }
        for (position, computed) in plan.computed.iter().enumerate() {
            if computed.last_use > level {
                self.carried(Term::Computed(position), first);
            }
        }
    }

    /// The number over the sum of all groups; rows of totals are no groups.
    fn share(&mut self, placed: &'p Placed<'c>) {
        let plan = self.plan;
        let Some(text) = placed.share else {
            return;
        };
        text.write(&mut self.out, |hole, out| {
            let column = |out: &mut String| {
                out.push_str(BELOW);
                out.push('.');
                out.push_str(sql_name(plan, placed.of));
            };
            if hole == 0 {
                return column(out);
            }
            out.push_str("sum(");
            column(out);
            out.push(')');
            if let Some(totals) = &plan.totals {
                out.push_str(" FILTER (WHERE ");
                out.push_str(BELOW);
                out.push('.');
                out.push_str(&totals.level.sql);
                out.push_str(" = 0)");
            }
            out.push_str(" OVER ()");
        });
    }

    /// The rank among the groups that are data, of those that have a number.
    fn rank(&mut self, placed: &'p Placed<'c>) {
        let plan = self.plan;
        let level = plan.totals.as_ref().map(|totals| (&*totals.level.sql, "0"));
        let kept = plan.kept().map(|(kept, _)| (&*kept.sql, "1"));
        self.push("CASE WHEN ");
        for (name, number) in level.into_iter().chain(kept) {
            self.column_of(BELOW, name);
            self.push(" = ");
            self.push(number);
            self.push(" AND ");
        }
        self.term(placed.of, BELOW);
        self.push(" IS NOT NULL THEN rank() OVER (");
        for (index, (name, _)) in level.into_iter().chain(kept).enumerate() {
            self.push(if index == 0 { "PARTITION BY " } else { ", " });
            self.column_of(BELOW, name);
        }
        if level.is_some() || kept.is_some() {
            self.push(" ");
        }
        self.push("ORDER BY ");
        self.term(placed.of, BELOW);
        self.push(" DESC NULLS LAST) END");
    }
}
