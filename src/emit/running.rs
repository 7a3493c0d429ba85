//! Windows that run: periods are summed up, and then each with those before it (R19).

use crate::catalog::dimension::SourceDimension;
use crate::catalog::fragment::Again;
use crate::dialect::Dialect;
use crate::plan::{BindId, Key, Leg, LegWindows, Measure, RunningNames};

use super::combine::BOTH;
use super::select::{BELOW, key_scope};
use super::windows::WINDOW;
use super::{Emitter, Scope};

/// The alias of the combinations of the other keys.
const OTHERS: &str = "k";
/// The alias of running sums.
const RUNNING: &str = "b";

impl<'p, 'c> Emitter<'p, 'c> {
    /// Writes the two steps of a leg whose windows run.
    ///
    /// Joined with all its windows a row would be read as often as there are periods behind it; a running total of a
    /// year by days took twenty times as long.
    pub(super) fn running(
        &mut self,
        position: usize,
        leg: &'p Leg<'c>,
        (windows, along, first): (LegWindows, usize, BindId),
    ) {
        let plan = self.plan;
        let Some(names) = &plan.running else { return };
        self.sums((position, leg, along), |emitter, key, value| {
            emitter.push(match plan.dialect {
                Dialect::Postgres => "greatest(",
                Dialect::Sqlite => "max(",
            });
            emitter.row_value(key.grain, value, key_scope(leg));
            emitter.push(", ");
            emitter.value(first, windows.every.periods.element);
            emitter.push(")");
        });
        self.leg_name(position);
        self.push(" AS (");
        self.line(2);
        self.push("SELECT");
        let mut is_first = true;
        let keys = plan.keys.iter().map(|key| &*key.name.sql);
        let measures = plan.measures_of(position);
        let measures = measures.map(|(_, measure)| &*measure.name.sql);
        for name in keys.chain(measures) {
            self.item(&mut is_first);
            self.column_of(RUNNING, name);
            self.named(name);
        }
        self.line(2);
        self.push("FROM (");
        self.run(position, (windows, along), names);
        self.line(2);
        self.push(") AS ");
        self.push(RUNNING);
        self.line(2);
        self.push("WHERE ");
        self.column_of(RUNNING, &names.present.sql);
        self.push(" = 1");
        self.line(0);
        self.push(")");
    }

    /// The step of a leg that has the sums of shorter periods; `cut` writes the period of a row.
    pub(super) fn sums(
        &mut self,
        (position, leg, along): (usize, &'p Leg<'c>, usize),
        cut: impl FnOnce(&mut Self, &'p Key<'c>, &'p SourceDimension),
    ) {
        let plan = self.plan;
        self.scan = Some(&leg.scan);
        self.numbered("summed", position);
        self.push(" AS (");
        self.line(2);
        self.push("SELECT");
        let mut is_first = true;
        let mut cut = Some(cut);
        for (at, (key, value)) in plan.keys.iter().zip(&leg.keys).enumerate() {
            self.item(&mut is_first);
            match cut.take_if(|_| at == along) {
                Some(cut) => cut(self, key, value),
                None => self.key_value(plan, leg, at, key_scope(leg)),
            }
            self.named(&key.name.sql);
        }
        for (_, measure) in plan.measures_of(position) {
            self.item(&mut is_first);
            self.fragment(measure.text, Scope::OUTSIDE);
            self.named(&measure.name.sql);
        }
        self.rows_of((position, leg), None, 2);
        self.group_by(1..=plan.keys.len());
        self.line(0);
        self.push("),");
        self.line(0);
    }

    /// A measure over several parts of the rows, of what it is over each, which `of` writes.
    pub(super) fn again(&mut self, measure: &Measure<'c>, of: impl FnOnce(&mut Self)) {
        let again = measure.fragment.again;
        // The sum of numbers of PostgreSQL's `bigint` is none.
        let is_cast = again == Some(Again::Count) && self.plan.dialect == Dialect::Postgres;
        self.push(if is_cast { "(" } else { "" });
        self.push(match again {
            Some(Again::Least) => "min(",
            Some(Again::Greatest) => "max(",
            _ => "sum(",
        });
        of(self);
        self.push(if is_cast { ")::bigint" } else { "" });
        self.named(&measure.name.sql);
    }

    /// Every period of every combination, with what it and those before it in its window add up to.
    fn run(
        &mut self,
        position: usize,
        (windows, along): (LegWindows, usize),
        names: &'p RunningNames<'c>,
    ) {
        let plan = self.plan;
        self.line(4);
        self.push("SELECT ");
        for key in &plan.keys {
            self.column_of(BOTH, &key.name.sql);
            self.named(&key.name.sql);
            self.push(", ");
        }
        for (_, measure) in plan.measures_of(position) {
            self.again(measure, |emitter| {
                emitter.over(&measure.name.sql, (windows, along), names);
            });
            self.push(", ");
        }
        self.push("max(");
        self.over(&names.present.sql, (windows, along), names);
        self.named(&names.present.sql);
        self.line(4);
        self.push("FROM (");
        self.line(6);
        self.push("SELECT ");
        let keys = plan.keys.iter().map(|key| &*key.name.sql);
        let measures = plan.measures_of(position);
        let measures = measures.map(|(_, measure)| &*measure.name.sql);
        for name in keys.chain(measures) {
            self.column_of(BELOW, name);
            self.named(name);
            self.push(", ");
        }
        self.push("1");
        self.named(&names.present.sql);
        if windows.every.since.is_some() {
            self.push(", NULL");
            self.named(&names.since.sql);
        }
        self.push(" FROM ");
        self.summed(position);
        self.line(6);
        self.push("UNION ALL SELECT ");
        for (at, key) in plan.keys.iter().enumerate() {
            match at == along {
                true => self.column_of(WINDOW, "period"),
                false => self.column_of(OTHERS, &key.name.sql),
            }
            self.named(&key.name.sql);
            self.push(", ");
        }
        for (_, measure) in plan.measures_of(position) {
            self.push("NULL");
            self.named(&measure.name.sql);
            self.push(", ");
        }
        self.push("NULL");
        self.named(&names.present.sql);
        if windows.every.since.is_some() {
            self.push(", ");
            self.column_of(WINDOW, "since");
            self.named(&names.since.sql);
        }
        self.push(" FROM ");
        let lists = windows.every;
        self.lists(&[("period", Some(lists.periods)), ("since", lists.since)]);
        if plan.keys.len() > 1 {
            self.line(6);
            self.push("CROSS JOIN (SELECT ");
            let others = plan.keys.iter().enumerate();
            let others = others.filter(|(at, _)| *at != along);
            for (index, (_, key)) in others.enumerate() {
                self.push(if index > 0 { ", " } else { "" });
                self.column_of(BELOW, &key.name.sql);
                self.named(&key.name.sql);
            }
            self.push(" FROM ");
            self.summed(position);
            self.push(" ");
            self.group_by_inline(1..plan.keys.len());
            self.push(") AS ");
            self.push(OTHERS);
        }
        self.line(4);
        self.push(") AS ");
        self.push(BOTH);
        self.line(4);
        self.group_by_inline(1..=plan.keys.len());
    }

    /// The one value of a period, behind the aggregate over it and those before it that has been begun.
    fn over(
        &mut self,
        name: &str,
        (windows, along): (LegWindows, usize),
        names: &'p RunningNames<'c>,
    ) {
        let plan = self.plan;
        self.push("max(");
        self.column_of(BOTH, name);
        self.push(")) OVER (");
        let others = plan.keys.iter().enumerate().filter(|(at, _)| *at != along);
        let mut is_first = true;
        for (_, key) in others {
            self.push(if is_first { "PARTITION BY " } else { ", " });
            is_first = false;
            self.column_of(BOTH, &key.name.sql);
        }
        if windows.every.since.is_some() {
            self.push(if is_first {
                "PARTITION BY max("
            } else {
                ", max("
            });
            is_first = false;
            self.column_of(BOTH, &names.since.sql);
            self.push(")");
        }
        self.push(if is_first { "ORDER BY " } else { " ORDER BY " });
        if let Some(key) = plan.keys.get(along) {
            self.column_of(BOTH, &key.name.sql);
        }
        self.push(")");
    }

    pub(super) fn summed(&mut self, position: usize) {
        self.numbered("summed", position);
        self.push(" AS ");
        self.push(BELOW);
    }
}
