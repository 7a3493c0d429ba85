//! The statement: groups, levels of computed columns, and the result.

use crate::dialect::Dialect;
use crate::plan::{Computed, Leg, OutputTerm, Plan, Scan, Term};
use crate::value::DataType;

use super::params::push_number;
use super::{Emitter, ROWS, Scope};

/// The alias of the step below.
pub(super) const BELOW: &str = "g";

impl<'p, 'c> Emitter<'p, 'c> {
    /// Writes the whole statement.
    pub(super) fn statement(&mut self) {
        self.push("WITH ");
        if let Some(rows) = &self.plan.rows {
            return self.detail(rows);
        }
        for (position, leg) in self.plan.legs.iter().enumerate() {
            if position > 0 {
                self.push(",");
                self.line(0);
            }
            self.leg_name(position);
            self.push(" AS (");
            self.grouped(position, leg);
            self.line(0);
            self.push(")");
        }
        if self.plan.legs.len() > 1 {
            self.combined();
        }
        if let Some(gaps) = self.plan.gaps {
            self.filled(gaps);
        }
        for level in 1..=self.plan.levels {
            self.level(level);
        }
        self.result();
    }

    /// One row per combination of the keys, with each distinct aggregate once.
    fn grouped(&mut self, position: usize, leg: &'p Leg<'c>) {
        let plan = self.plan;
        self.scan = Some(&leg.scan);
        self.line(2);
        self.push("SELECT");
        let mut first = true;
        let scope = Scope {
            moves_date: leg.is_previous,
            ..Scope::OUTSIDE.of_dimension()
        };
        for (key, on_source) in plan.keys.iter().zip(&leg.keys) {
            self.item(&mut first);
            // The plan is not made where the dialect lacks the expression.
            if let Ok(text) = on_source.value.printed.get(plan.dialect) {
                self.dimension_value(on_source, text, key.grain, scope);
            }
            self.named(&key.name.sql);
        }
        for (_, measure) in plan.measures_of(position) {
            self.item(&mut first);
            self.fragment(measure.text, Scope::OUTSIDE);
            self.named(&measure.name.sql);
        }
        if plan.groups_by_nothing(position) {
            // Without an aggregate there would be a row for each of the facts.
            self.item(&mut first);
            self.push("count(*) AS present");
        }
        self.line(2);
        self.push("FROM ");
        self.facts(&leg.scan, 2);
        self.push(" AS ");
        self.push(ROWS);
        self.outer_conditions(&leg.scan);
        self.group_by(plan.keys.len());
    }

    /// The conditions on rows that can raise, outside the fence.
    pub(super) fn outer_conditions(&mut self, scan: &'p Scan<'c>) {
        for (index, predicate) in scan.outer.iter().enumerate() {
            self.line(if index == 0 { 2 } else { 4 });
            self.push(if index == 0 { "WHERE " } else { "AND " });
            self.predicate(predicate, Scope::OUTSIDE);
        }
    }

    /// Groups by the first columns, if any.
    pub(super) fn group_by(&mut self, keys: usize) {
        if keys > 0 {
            self.line(2);
            self.group_by_inline(keys);
        }
    }

    pub(super) fn group_by_inline(&mut self, keys: usize) {
        for position in 1..=keys {
            self.push(if position == 1 { "GROUP BY " } else { ", " });
            self.count(position);
        }
    }

    pub(super) fn item(&mut self, first: &mut bool) {
        self.push(if *first { "" } else { "," });
        *first = false;
        self.line(4);
    }

    pub(super) fn named(&mut self, name: &str) {
        self.push(" AS ");
        self.push(name);
    }

    /// The columns of one level: what is needed above it, carried or computed.
    fn level(&mut self, level: usize) {
        let plan = self.plan;
        self.push(",");
        self.line(0);
        self.level_name(level);
        self.push(" AS (");
        self.line(2);
        self.push("SELECT");
        let mut first = true;
        for position in 0..plan.keys.len() {
            self.carried(Term::Key(position), &mut first);
        }
        for (position, measure) in plan.measures.iter().enumerate() {
            if measure.last_use > level {
                self.carried(Term::Measure(position), &mut first);
            }
        }
        for (position, computed) in plan.computed.iter().enumerate() {
            if computed.level < level && computed.last_use > level {
                self.carried(Term::Computed(position), &mut first);
            } else if computed.level == level {
                self.item(&mut first);
                self.formula(computed);
                self.named(&computed.name.sql);
            }
        }
        self.line(2);
        self.push("FROM ");
        self.step_name(level - 1);
        self.push(" AS ");
        self.push(BELOW);
        // What is used twice above is computed once: without a fence the database would expand it.
        if plan
            .computed
            .iter()
            .any(|computed| computed.level == level && computed.uses > 1)
        {
            self.fence(2);
        }
        self.line(0);
        self.push(")");
    }

    fn carried(&mut self, term: Term, first: &mut bool) {
        self.item(first);
        self.term(term, BELOW);
        self.push(" AS ");
        self.term_name(term);
    }

    fn formula(&mut self, computed: &Computed<'c>) {
        let plan = self.plan;
        computed.text.write(&mut self.out, |hole, out| {
            let argument = usize::try_from(hole)
                .ok()
                .and_then(|at| computed.arguments.get(at));
            if let Some(argument) = argument {
                out.push_str(BELOW);
                out.push('.');
                out.push_str(sql_name(plan, *argument));
            }
        });
    }

    pub(super) fn leg_name(&mut self, position: usize) {
        self.push("grouped");
        if position > 0 {
            self.push("_");
            self.count(position + 1);
        }
    }

    fn level_name(&mut self, level: usize) {
        self.push("derived");
        if level > 1 {
            self.push("_");
            self.count(level);
        }
    }

    /// The name of the step that gives the columns of a level.
    fn step_name(&mut self, level: usize) {
        match (level, self.plan.legs.len()) {
            (0, _) if self.plan.gaps.is_some() => self.push("filled"),
            (0, 0 | 1) => self.leg_name(0),
            (0, _) => self.push("combined"),
            _ => self.level_name(level),
        }
    }

    /// Writes a column of a group, behind the alias of the step that gives it.
    pub(super) fn term(&mut self, term: Term, alias: &str) {
        self.push(alias);
        self.push(".");
        self.term_name(term);
    }

    fn term_name(&mut self, term: Term) {
        let plan = self.plan;
        self.push(sql_name(plan, term));
    }

    /// The columns of the result, the labels joined, the order and the page.
    fn result(&mut self) {
        let plan = self.plan;
        self.outputs();
        self.line(0);
        self.push("FROM ");
        self.step_name(plan.levels);
        self.push(" AS ");
        self.push(BELOW);
        self.labels();
        for (index, predicate) in plan.group_predicates.iter().enumerate() {
            self.line(if index == 0 { 0 } else { 2 });
            self.push(if index == 0 { "WHERE " } else { "AND " });
            self.predicate(
                predicate,
                Scope {
                    alias: BELOW,
                    ..Scope::OUTSIDE
                },
            );
        }
        self.order();
        self.page(0);
    }

    /// The columns of the result.
    pub(super) fn outputs(&mut self) {
        self.line(0);
        self.push("SELECT");
        let mut first = true;
        for output in &self.plan.outputs {
            self.push(if first { "" } else { "," });
            first = false;
            self.line(2);
            self.output(output.what);
            self.named(&output.alias.sql);
        }
    }

    /// The labels, joined beside the step below.
    pub(super) fn labels(&mut self) {
        let plan = self.plan;
        for (position, key) in plan.keys.iter().enumerate() {
            let Some((lookup, dimension)) = key.lookup else {
                continue;
            };
            self.line(0);
            self.push("LEFT JOIN ");
            self.lookup(lookup, dimension, 0);
            self.push(" AS ");
            self.label_alias(position);
            self.push(" ON ");
            self.label_alias(position);
            self.push(".key = ");
            self.term(Term::Key(position), BELOW);
        }
    }

    /// The page.
    pub(super) fn page(&mut self, indent: usize) {
        let plan = self.plan;
        if let Some(limit) = plan.limit {
            self.line(indent);
            self.push("LIMIT ");
            self.value(limit, DataType::Integer);
        }
        if let Some(offset) = plan.offset {
            self.line(indent);
            let needs_limit = plan.limit.is_none() && plan.dialect == Dialect::Sqlite;
            self.push(if needs_limit {
                "LIMIT -1 OFFSET "
            } else {
                "OFFSET "
            });
            self.value(offset, DataType::Integer);
        }
    }

    fn order(&mut self) {
        let plan = self.plan;
        for (index, item) in plan.order.iter().enumerate() {
            if index == 0 {
                self.line(0);
                self.push("ORDER BY ");
            } else {
                self.push(", ");
            }
            self.output(item.what);
            self.push(if item.descending { " DESC" } else { "" });
            self.push(if item.nulls_first {
                " NULLS FIRST"
            } else {
                " NULLS LAST"
            });
        }
    }

    fn output(&mut self, what: OutputTerm) {
        match what {
            OutputTerm::Term(term) => self.term(term, BELOW),
            OutputTerm::Label(position) => {
                self.label_alias(position);
                self.push(".label");
            }
            OutputTerm::Count => self.push("count(*)"),
        }
    }

    fn label_alias(&mut self, position: usize) {
        self.push("l");
        self.count(position + 1);
    }

    /// Writes a position or a level, which the limits keep small.
    fn count(&mut self, number: usize) {
        push_number(u16::try_from(number).unwrap_or(u16::MAX), &mut self.out);
    }
}

/// The name of a column of a group, as written in SQL.
fn sql_name<'p>(plan: &'p Plan<'_>, term: Term) -> &'p str {
    match term {
        Term::Key(at) => plan.keys.get(at).map_or("", |key| &key.name.sql),
        Term::Measure(at) => plan
            .measures
            .get(at)
            .map_or("", |measure| &measure.name.sql),
        Term::Computed(at) => plan
            .computed
            .get(at)
            .map_or("", |computed| &computed.name.sql),
    }
}
