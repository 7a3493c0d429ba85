//! Totals: the levels of groups, what says of a row which it is, and the page that leaves totals alone (R17).

use crate::plan::{Leg, Level, OutputTerm, Totals};

use super::select::{BELOW, sql_name};
use super::{Emitter, Scope};

/// The alias of rows that have the columns of the result.
const SHOWN: &str = "r";

impl<'p, 'c> Emitter<'p, 'c> {
    /// Writes which level a row of groups is of.
    ///
    /// Keys are told from NULL members by `grouping`, whose bits are the number of the level.
    pub(super) fn level_of_row(
        &mut self,
        totals: &'p Totals<'c>,
        level: Option<&Level>,
        leg: &'p Leg<'c>,
        scope: Scope,
    ) {
        let Some(level) = level else {
            self.push("grouping(");
            for (index, mark) in totals.marks.iter().enumerate() {
                self.push(if index > 0 { ", " } else { "" });
                self.group_value(leg, *mark, scope);
            }
            self.push(")");
            return;
        };
        if level.by.is_empty() {
            // What counts is one row, though no other aggregate makes it one.
            self.push("count(*) * 0 + ");
        }
        self.push(&level.number.to_string());
    }

    /// Groups by the keys of every level, in one pass.
    pub(super) fn grouping_sets(&mut self, totals: &'p Totals<'c>) {
        self.line(2);
        self.push("GROUP BY GROUPING SETS (");
        for (index, level) in totals.levels.iter().enumerate() {
            self.push(if index > 0 { ", (" } else { "(" });
            for (place, position) in self.grouped_by(level).enumerate() {
                self.push(if place > 0 { ", " } else { "" });
                self.count(position);
            }
            self.push(")");
        }
        self.push(")");
    }

    /// Writes what a row is.
    pub(super) fn row_kind(&mut self) {
        let plan = self.plan;
        let other = plan.top.as_ref().filter(|top| top.shows_other);
        let other = other.and_then(|_| plan.kept());
        if let (None, Some((kept, _))) = (plan.shown_totals(), other) {
            return self.unless_other("data", &kept.sql);
        }
        self.by_level(|emitter, level| {
            let kind = match (level.number, level.by.is_empty()) {
                (0, _) => "data",
                (_, true) => "total",
                (_, false) => "subtotal",
            };
            match other.filter(|(_, key)| level.by.contains(key)) {
                Some((kept, _)) => emitter.unless_other(kind, &kept.sql),
                None => emitter.text(kind),
            }
        });
    }

    /// What a row is whose member is shown, else that it is of the others.
    fn unless_other(&mut self, kind: &str, kept: &str) {
        self.push("CASE ");
        self.column_of(BELOW, kept);
        self.push(" WHEN 1 THEN ");
        self.text(kind);
        self.push(" ELSE ");
        self.text("other");
        self.push(" END");
    }

    fn text(&mut self, text: &str) {
        self.push("'");
        self.push(text);
        self.push("'");
    }

    /// Writes the output keys that a row is by. They are names of the catalog, which hold no quotes.
    pub(super) fn row_by(&mut self) {
        let plan = self.plan;
        self.by_level(|emitter, level| {
            let keys = level.by.iter().filter_map(|at| plan.keys.get(*at));
            let keys: Vec<&str> = keys.map(|key| &*key.name.key).collect();
            emitter.text(&keys.join(","));
        });
    }

    /// One text for each level; the last stands for all that is left.
    fn by_level(&mut self, text: impl Fn(&mut Self, &Level)) {
        let Some(totals) = self.plan.shown_totals() else {
            return;
        };
        self.push("CASE ");
        self.column_of(BELOW, &totals.level.sql);
        for (index, level) in totals.shown().iter().enumerate() {
            if index + 1 < totals.shown().len() {
                self.push(" WHEN ");
                self.push(&level.number.to_string());
                self.push(" THEN ");
            } else {
                self.push(" ELSE ");
            }
            text(self, level);
        }
        self.push(" END");
    }

    /// Writes the result where it has pages: the page is one of the groups alone, and totals stand behind it
    /// whichever it is.
    pub(super) fn paged(&mut self, totals: &'p Totals<'c>) {
        let plan = self.plan;
        self.push(",");
        self.line(0);
        self.push("shown AS (");
        self.line(2);
        self.push("SELECT");
        let mut first = true;
        for output in &plan.outputs {
            self.item(&mut first);
            self.output(output.what);
            self.named(&output.alias.sql);
        }
        self.item(&mut first);
        self.column_of(BELOW, &totals.level.sql);
        self.named(&totals.level.sql);
        let other = plan.top.as_ref().filter(|top| top.shows_other);
        if let Some(kept) = other.and_then(|top| top.kept.as_ref()) {
            self.item(&mut first);
            self.column_of(BELOW, &kept.sql);
            self.named(&kept.sql);
        }
        for what in plan.hidden_order() {
            self.item(&mut first);
            self.output(what);
            if let OutputTerm::Term(term) = what {
                self.named(sql_name(plan, term));
            }
        }
        self.last_step(2);
        self.labels(2);
        self.without_other(2);
        self.line(0);
        self.push(")");
        self.line(0);
        self.push("SELECT");
        let mut first = true;
        for output in &plan.outputs {
            self.push(if first { "" } else { "," });
            first = false;
            self.line(2);
            self.column_of(SHOWN, &output.alias.sql);
            self.named(&output.alias.sql);
        }
        self.line(0);
        self.push("FROM (");
        self.line(2);
        self.push("SELECT * FROM (");
        self.line(4);
        self.push("SELECT * FROM shown AS ");
        self.push(SHOWN);
        self.push(" WHERE ");
        self.column_of(SHOWN, &totals.level.sql);
        self.push(" = 0");
        self.line(4);
        self.push("ORDER BY ");
        let start = self.out.len();
        self.other_last(start, SHOWN);
        self.order(start, |emitter, what| emitter.shown(what));
        self.page(4);
        self.line(2);
        self.push(") AS ");
        self.push(SHOWN);
        self.line(2);
        self.push("UNION ALL SELECT * FROM shown AS ");
        self.push(SHOWN);
        self.push(" WHERE ");
        self.column_of(SHOWN, &totals.level.sql);
        self.push(" > 0");
        self.line(0);
        self.push(") AS ");
        self.push(SHOWN);
        self.line(0);
        self.push("ORDER BY ");
        let start = self.out.len();
        self.column_of(SHOWN, &totals.level.sql);
        self.other_last(start, SHOWN);
        self.order(start, |emitter, what| emitter.shown(what));
    }

    /// Writes the column that shows something, or that is there for the order alone.
    fn shown(&mut self, what: OutputTerm) {
        let plan = self.plan;
        let output = plan.outputs.iter().find(|output| output.what == what);
        match (output, what) {
            (Some(output), _) => self.column_of(SHOWN, &output.alias.sql),
            (None, OutputTerm::Term(term)) => self.column_of(SHOWN, sql_name(plan, term)),
            (None, _) => {}
        }
    }
}
