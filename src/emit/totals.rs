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
                self.key_value(leg, *mark, scope);
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
    pub(super) fn grouping_sets(&mut self, totals: &Totals<'_>) {
        self.line(2);
        self.push("GROUP BY GROUPING SETS (");
        for (index, level) in totals.levels.iter().enumerate() {
            self.push(if index > 0 { ", (" } else { "(" });
            for (place, at) in level.by.iter().enumerate() {
                self.push(if place > 0 { ", " } else { "" });
                self.count(at + 1);
            }
            self.push(")");
        }
        self.push(")");
    }

    /// Writes what a row is.
    pub(super) fn row_kind(&mut self) {
        self.by_level(|level| match (level.number, level.by.is_empty()) {
            (0, _) => "data".to_owned(),
            (_, true) => "total".to_owned(),
            (_, false) => "subtotal".to_owned(),
        });
    }

    /// Writes the output keys that a row is by. They are names of the catalog, which hold no quotes.
    pub(super) fn row_by(&mut self) {
        let plan = self.plan;
        self.by_level(|level| {
            let keys = level.by.iter().filter_map(|at| plan.keys.get(*at));
            let keys: Vec<&str> = keys.map(|key| &*key.name.key).collect();
            keys.join(",")
        });
    }

    /// One text for each level; the last stands for all that is left.
    fn by_level(&mut self, text: impl Fn(&Level) -> String) {
        let Some(totals) = &self.plan.totals else {
            return;
        };
        self.push("CASE ");
        self.column_of(BELOW, &totals.level.sql);
        for (index, level) in totals.levels.iter().enumerate() {
            if index + 1 < totals.levels.len() {
                self.push(" WHEN ");
                self.push(&level.number.to_string());
                self.push(" THEN '");
            } else {
                self.push(" ELSE '");
            }
            self.push(&text(level));
            self.push("'");
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
        for what in plan.hidden_order() {
            self.item(&mut first);
            self.output(what);
            if let OutputTerm::Term(term) = what {
                self.named(sql_name(plan, term));
            }
        }
        self.last_step(2);
        self.labels(2);
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
