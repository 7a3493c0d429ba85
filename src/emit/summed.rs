//! Sums that are taken before rows of another source are joined to them, and those of members that are ranked.

use crate::catalog::fragment::Again;
use crate::dialect::Dialect;
use crate::plan::{Leg, Measure, Plan, Summed};

use super::select::{BELOW, key_scope};
use super::{Emitter, ROWS, Scope};

/// The step that has the sums of members, where they are ranked by these.
const MEMBERS: &str = "summed";

impl<'p, 'c> Emitter<'p, 'c> {
    /// Writes the sums of a leg, with the rows of other sources beside them, as what groups are of.
    ///
    /// Rows are joined by few different values, as long as many of them lead to each row of the other source.
    pub(super) fn joined_sums(
        &mut self,
        (position, leg): (usize, &'p Leg<'c>),
        summed: &'p Summed,
        indent: usize,
    ) {
        let plan = self.plan;
        self.push("(");
        self.line(indent + 2);
        self.push("SELECT ");
        let mut first = true;
        let keys = plan.own_keys(leg).map(|(_, key)| &*key.name.sql);
        let measures = plan.measures_of(position);
        let measures = measures.map(|(_, measure)| &*measure.name.sql);
        for name in keys.chain(measures) {
            self.push(if first { "" } else { ", " });
            first = false;
            self.column_of(ROWS, name);
        }
        self.shown_of_joins(&leg.scan, &mut first);
        self.line(indent + 2);
        self.push("FROM ");
        self.sums_by_links((position, leg), summed, indent + 2);
        self.push(" AS ");
        self.push(ROWS);
        self.joins(&leg.scan, Some(summed), indent);
        self.line(indent);
        self.push(") AS ");
        self.push(ROWS);
    }

    fn sums_by_links(
        &mut self,
        (position, leg): (usize, &'p Leg<'c>),
        summed: &'p Summed,
        indent: usize,
    ) {
        let plan = self.plan;
        self.push("(");
        self.line(indent + 2);
        self.push("SELECT ");
        let mut groups = 0;
        for (at, key) in plan.own_keys(leg) {
            self.push(if groups == 0 { "" } else { ", " });
            groups += 1;
            self.key_value(plan, leg, at, key_scope(leg));
            self.named(&key.name.sql);
        }
        for (column, name) in &summed.links {
            self.push(if groups == 0 { "" } else { ", " });
            groups += 1;
            self.column(*column, Scope::OUTSIDE);
            self.named(&name.sql);
        }
        for (_, measure) in plan.measures_of(position) {
            self.push(", ");
            self.fragment(measure.text, Scope::OUTSIDE);
            self.named(&measure.name.sql);
        }
        self.line(indent + 2);
        self.push("FROM ");
        self.facts(&leg.scan, indent + 2);
        self.push(" AS ");
        self.push(ROWS);
        self.line(indent + 2);
        self.group_by_inline(1..=groups);
        self.line(indent);
        self.push(")");
    }

    /// A measure of a group, of what it is of the sums in it.
    pub(super) fn of_sums(&mut self, measure: &'p Measure<'c>) {
        let name = &measure.name.sql;
        if measure.fragment.again != Some(Again::Count) {
            return self.again(measure, |emitter| {
                emitter.column_of(ROWS, name);
                emitter.push(")");
            });
        }
        // Where there is no row a count is zero, and the sum of no counts is none.
        self.push("COALESCE(sum(");
        self.column_of(ROWS, name);
        self.push("), 0)");
        // The sum of numbers of PostgreSQL's `bigint` is none.
        let is_cast = self.plan.dialect == Dialect::Postgres;
        self.push(if is_cast { "::bigint" } else { "" });
        self.named(name);
    }

    /// Writes the step that has the sums of every member.
    pub(super) fn sum_members(&mut self, leg: &'p Leg<'c>) {
        let plan = self.plan;
        self.scan = Some(&leg.scan);
        self.push(MEMBERS);
        self.push(" AS (");
        self.line(2);
        self.push("SELECT");
        let mut first = true;
        for (at, key) in plan.keys.iter().enumerate() {
            self.item(&mut first);
            self.key_value(plan, leg, at, key_scope(leg));
            self.named(&key.name.sql);
        }
        for measure in &plan.measures {
            self.item(&mut first);
            self.fragment(measure.text, Scope::OUTSIDE);
            self.named(&measure.name.sql);
        }
        self.line(2);
        self.push("FROM ");
        self.rows(&leg.scan, 2);
        self.group_by(1..=plan.keys.len());
        self.line(0);
        self.push("),");
        self.line(0);
    }

    /// Writes that step as what groups are of.
    pub(super) fn members_summed(&mut self) {
        self.push(MEMBERS);
        self.push(" AS ");
        self.push(ROWS);
    }

    /// Writes what ranks members, of the sums that the whole is of.
    pub(super) fn sums_of_members(&mut self, whole: &'p Plan<'c>) {
        let plan = self.plan;
        self.leg_name(0);
        self.push(" AS (");
        self.line(2);
        self.push("SELECT");
        let mut first = true;
        for key in &plan.keys {
            self.item(&mut first);
            self.column_of(BELOW, &key.name.sql);
            self.named(&key.name.sql);
        }
        let sums = whole.top.iter().flat_map(|top| &top.sums).flatten();
        let sums = sums.filter_map(|at| whole.measures.get(*at));
        for (measure, sum) in plan.measures.iter().zip(sums) {
            self.item(&mut first);
            self.column_of(BELOW, &sum.name.sql);
            self.named(&measure.name.sql);
        }
        self.line(2);
        self.push("FROM ");
        self.push(MEMBERS);
        self.push(" AS ");
        self.push(BELOW);
        self.line(0);
        self.push(")");
    }
}
