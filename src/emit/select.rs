//! The statement: groups, levels of computed columns, and the result.

use crate::calendar::Grain;
use crate::catalog::dimension::SourceDimension;
use crate::dialect::Dialect;
use crate::plan::{Computed, Leg, Level, OutputTerm, Plan, Scan, Term};
use crate::value::DataType;

use super::params::push_number;
use super::windows::WINDOW;
use super::{Emitter, Scope};

/// The alias of the step below.
pub(super) const BELOW: &str = "g";

impl<'p, 'c> Emitter<'p, 'c> {
    /// Writes the whole statement.
    pub(super) fn statement(&mut self) {
        if let Some(members) = &self.plan.members {
            return self.members(members);
        }
        if let Some(rows) = self.plan.rows.as_ref().filter(|rows| rows.is_inside) {
            return self.detail_inside(rows);
        }
        self.push("WITH ");
        if let Some(rows) = &self.plan.rows {
            return self.detail(rows);
        }
        if let Some(passing) = &self.plan.passing {
            self.passing(passing);
        }
        if let Some(top) = &self.plan.top {
            self.top(top);
        }
        self.steps();
        if let Some(pivot) = &self.plan.pivot {
            self.pivoted(pivot);
        }
        match &self.plan.totals {
            Some(totals) if self.plan.has_page() => self.paged(totals),
            _ => self.result(),
        }
    }

    /// The steps that give the groups with their metrics.
    pub(super) fn steps(&mut self) {
        for (position, leg) in self.plan.legs.iter().enumerate() {
            if position > 0 {
                self.push(",");
                self.line(0);
            }
            if let Some(whole) = self.ranks {
                self.sums_of_members(whole);
                continue;
            }
            if let Some(running) = self.plan.runs(leg) {
                self.running(position, leg, running);
                continue;
            }
            if let Some(overlapping) = self.plan.overlaps(leg) {
                self.overlapping(position, leg, overlapping);
                continue;
            }
            self.leg_name(position);
            self.push(" AS (");
            self.groups(position, leg);
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
        self.placed();
    }

    /// The groups of a leg at every level.
    fn groups(&mut self, position: usize, leg: &'p Leg<'c>) {
        let Some(totals) = self
            .plan
            .totals
            .as_ref()
            .filter(|totals| !totals.in_one_pass)
        else {
            self.grouped(position, leg, None);
            return;
        };
        for (index, level) in totals.levels.iter().enumerate() {
            if index > 0 {
                self.line(2);
                self.push("UNION ALL");
            }
            self.grouped(position, leg, Some(level));
        }
    }

    /// One row per combination of the keys, or of those that a level is by, with each distinct aggregate once.
    fn grouped(&mut self, position: usize, leg: &'p Leg<'c>, level: Option<&'p Level>) {
        let plan = self.plan;
        self.scan = Some(&leg.scan);
        if let Some(pick) = &leg.pick {
            return self.picked(position, leg, pick, level);
        }
        self.line(2);
        self.push("SELECT");
        let mut first = true;
        let scope = key_scope(leg);
        for (at, key) in plan.keys.iter().enumerate() {
            self.item(&mut first);
            match level {
                Some(level) if !level.by.contains(&at) => self.push("NULL"),
                _ => self.group_value(leg, at, scope),
            }
            self.named(&key.name.sql);
        }
        self.kept_column(level, &mut first);
        if let Some(totals) = &plan.totals {
            self.item(&mut first);
            self.level_of_row(totals, level, leg, scope);
            self.named(&totals.level.sql);
        }
        for (_, measure) in plan.measures_of(position) {
            self.item(&mut first);
            match leg.summed.is_some() || plan.sums_members() {
                true => self.of_sums(measure),
                false => {
                    self.fragment(measure.text, Scope::OUTSIDE);
                    self.named(&measure.name.sql);
                }
            }
        }
        self.present(position, &mut first);
        self.rows_of((position, leg), level, 2);
        match (&plan.totals, level) {
            (_, Some(level)) => self.group_by(self.grouped_by(level)),
            (Some(totals), None) => self.grouping_sets(totals),
            (None, None) => self.group_by(1..=self.key_columns()),
        }
    }

    /// Without a key and an aggregate there would be a row for each of the facts.
    pub(super) fn present(&mut self, position: usize, first: &mut bool) {
        if self.plan.groups_by_nothing(position) {
            self.item(first);
            self.push("count(*) AS present");
        }
    }

    /// The rows of a leg: those of the guard, in windows, of groups that pass, of members that are shown, under the
    /// conditions that can raise.
    pub(super) fn rows_of(
        &mut self,
        (position, leg): (usize, &'p Leg<'c>),
        level: Option<&'p Level>,
        indent: usize,
    ) {
        let scope = key_scope(leg);
        self.line(indent);
        self.push("FROM ");
        match &leg.summed {
            Some(summed) => self.joined_sums((position, leg), summed, indent),
            None if self.plan.sums_members() => self.members_summed(),
            None => self.rows(&leg.scan, indent),
        }
        if let Some(windows) = leg.windows.as_ref().filter(|windows| windows.join_rows()) {
            self.join_windows(windows, leg, level, indent);
        }
        if let Some(passing) = self.passing {
            self.join_passing(passing, position, scope, indent);
        }
        if let Some(top) = self.is_by_top(level) {
            self.join_top(top, leg, scope, indent);
        }
        self.outer_conditions(&leg.scan, indent);
        if let Some((_, filter)) = leg.pick.as_ref().and_then(|pick| pick.filter) {
            self.conjunct(leg.scan.outer.len(), indent);
            self.fragment(filter, Scope::OUTSIDE);
        }
    }

    /// The conditions on rows that can raise, outside the fence.
    pub(super) fn outer_conditions(&mut self, scan: &'p Scan<'c>, indent: usize) {
        for (index, predicate) in scan.outer.iter().enumerate() {
            self.conjunct(index, indent);
            self.predicate(predicate, Scope::OUTSIDE);
        }
    }

    fn conjunct(&mut self, index: usize, indent: usize) {
        self.line(if index == 0 { indent } else { indent + 2 });
        self.push(if index == 0 { "WHERE " } else { "AND " });
    }

    /// The number of columns that groups are by.
    pub(super) fn key_columns(&self) -> usize {
        self.plan.keys.len() + usize::from(self.plan.kept().is_some())
    }

    /// The positions of the columns that a level is by.
    pub(super) fn grouped_by(&self, level: &'p Level) -> impl Iterator<Item = usize> + use<'p, 'c> {
        let kept = self.plan.kept().filter(|(_, key)| level.by.contains(key));
        let kept = kept.map(|_| self.plan.keys.len() + 1);
        level.by.iter().map(|at| at + 1).chain(kept)
    }

    /// The value of a key of a plan on a leg of it.
    pub(super) fn key_value(
        &mut self,
        plan: &'p Plan<'c>,
        leg: &'p Leg<'c>,
        at: usize,
        scope: Scope,
    ) {
        let (Some(key), Some(on_source)) = (plan.keys.get(at), leg.keys.get(at)) else {
            return;
        };
        if let Some(pivot) = plan.pivot.as_ref().filter(|pivot| pivot.key == at) {
            return self.position(pivot, leg, scope);
        }
        if leg
            .windows
            .as_ref()
            .is_some_and(|windows| windows.key == Some(at))
        {
            return self.column_of(WINDOW, "period");
        }
        self.row_value(key.grain, on_source, scope);
    }

    /// The value of a dimension on the rows of a leg.
    pub(super) fn row_value(
        &mut self,
        grain: Option<Grain>,
        on_source: &'p SourceDimension,
        scope: Scope,
    ) {
        let plan = self.plan;
        // The plan is not made where the dialect lacks the expression.
        if let Ok(text) = on_source.value.printed.get(plan.dialect) {
            self.dimension_value(on_source, text, grain, scope);
        }
    }

    /// Groups by columns, if any.
    pub(super) fn group_by(&mut self, columns: impl Iterator<Item = usize>) {
        let mut columns = columns.peekable();
        if columns.peek().is_some() {
            self.line(2);
            self.group_by_inline(columns);
        }
    }

    pub(super) fn group_by_inline(&mut self, columns: impl Iterator<Item = usize>) {
        for (index, position) in columns.enumerate() {
            self.push(if index == 0 { "GROUP BY " } else { ", " });
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
        self.carried_keys(&mut first);
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

    /// The keys, and what tells others and levels apart.
    pub(super) fn carried_keys(&mut self, first: &mut bool) {
        let plan = self.plan;
        for position in 0..plan.keys.len() {
            self.carried(Term::Key(position), first);
        }
        let kept = plan.kept().map(|(kept, _)| kept);
        let level = plan.totals.as_ref().map(|totals| &totals.level);
        for name in kept.into_iter().chain(level) {
            self.item(first);
            self.column_of(BELOW, &name.sql);
            self.named(&name.sql);
        }
    }

    pub(super) fn carried(&mut self, term: Term, first: &mut bool) {
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
        self.numbered("grouped", position);
    }

    /// A step of a leg: its name, and behind the first the number.
    pub(super) fn numbered(&mut self, name: &str, position: usize) {
        self.push(self.prefix);
        self.push(name);
        if position > 0 {
            self.push("_");
            self.count(position + 1);
        }
    }

    fn level_name(&mut self, level: usize) {
        self.push(self.prefix);
        self.push("derived");
        if level > 1 {
            self.push("_");
            self.count(level);
        }
    }

    /// The name of the step that gives the columns of a level.
    pub(super) fn step_name(&mut self, level: usize) {
        match (level, self.plan.legs.len()) {
            (0, _) if self.plan.gaps.is_some() => {
                self.push(self.prefix);
                self.push("filled");
            }
            (0, 0 | 1) => self.leg_name(0),
            (0, _) => {
                self.push(self.prefix);
                self.push("combined");
            }
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
        self.last_step(0);
        self.labels(0);
        if plan.placed.is_empty() {
            self.group_conditions(0);
        }
        self.without_other(0);
        if !plan.order.is_empty() {
            self.line(0);
            self.push("ORDER BY ");
            let start = self.out.len();
            if let Some(totals) = &plan.totals {
                self.column_of(BELOW, &totals.level.sql);
            }
            self.other_last(start, BELOW);
            self.order(start, |emitter, what| emitter.output(what));
        }
        self.page(0);
    }

    /// The columns of the result.
    pub(super) fn outputs(&mut self) {
        self.line(0);
        self.select_outputs();
    }

    /// The same, where the statement begins.
    pub(super) fn select_outputs(&mut self) {
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

    /// The last step is read.
    pub(super) fn last_step(&mut self, indent: usize) {
        if self.plan.pivot.is_none() {
            return self.last_metrics(indent);
        }
        self.line(indent);
        self.push("FROM ");
        self.push(super::pivot::STEP);
        self.push(" AS ");
        self.push(BELOW);
    }

    /// The last step is read that has the metrics of groups.
    pub(super) fn last_metrics(&mut self, indent: usize) {
        self.line(indent);
        self.push("FROM ");
        match self.plan.placed.is_empty() {
            true => self.step_name(self.plan.levels),
            false => self.push("placed"),
        }
        self.push(" AS ");
        self.push(BELOW);
    }

    /// The labels, joined beside the step below.
    pub(super) fn labels(&mut self, indent: usize) {
        let plan = self.plan;
        for (position, key) in plan.keys.iter().enumerate() {
            let Some((lookup, dimension)) = key.lookup else {
                continue;
            };
            self.line(indent);
            self.push("LEFT JOIN ");
            self.lookup(lookup, dimension, indent);
            self.push(" AS ");
            self.label_alias(position);
            self.push(" ON ");
            self.label_alias(position);
            self.push(".key = ");
            self.term(Term::Key(position), BELOW);
        }
    }

    /// The conditions on groups.
    pub(super) fn group_conditions(&mut self, indent: usize) {
        let plan = self.plan;
        for (index, predicate) in plan.group_predicates.iter().enumerate() {
            self.line(if index == 0 { indent } else { indent + 2 });
            self.push(if index == 0 { "WHERE " } else { "AND " });
            self.predicate(
                predicate,
                Scope {
                    alias: BELOW,
                    ..Scope::OUTSIDE
                },
            );
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

    /// The items of the order, behind what stands there from `start` on.
    pub(super) fn order(&mut self, start: usize, mut write: impl FnMut(&mut Self, OutputTerm)) {
        let plan = self.plan;
        for item in &plan.order {
            if self.out.len() > start {
                self.push(", ");
            }
            write(self, item.what);
            self.push(if item.descending { " DESC" } else { "" });
            self.push(if item.nulls_first {
                " NULLS FIRST"
            } else {
                " NULLS LAST"
            });
        }
    }

    pub(super) fn output(&mut self, what: OutputTerm) {
        match what {
            OutputTerm::Term(term) => self.term(term, BELOW),
            OutputTerm::Label(position) => {
                self.label_alias(position);
                self.push(".label");
            }
            OutputTerm::Cell(at) => {
                let cells = self.plan.pivot.as_ref().map(|pivot| &pivot.cells);
                if let Some(cell) = cells.and_then(|cells| cells.get(at)) {
                    self.column_of(BELOW, &cell.name.sql);
                }
            }
            OutputTerm::Count => self.push("count(*)"),
            OutputTerm::RowKind => self.row_kind(),
            OutputTerm::RowBy => self.row_by(),
        }
    }

    fn label_alias(&mut self, position: usize) {
        self.push("l");
        self.count(position + 1);
    }

    /// Writes a position or a level, which the limits keep small.
    pub(super) fn count(&mut self, number: usize) {
        push_number(u16::try_from(number).unwrap_or(u16::MAX), &mut self.out);
    }
}

/// How keys are written on a leg: dates where they are shown.
pub(super) fn key_scope(leg: &Leg<'_>) -> Scope {
    Scope {
        moves_date: leg.scan.moved.is_some(),
        ..Scope::OUTSIDE.of_dimension()
    }
}

/// The name of a column of a group, as written in SQL.
pub(super) fn sql_name<'p>(plan: &'p Plan<'_>, term: Term) -> &'p str {
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
        Term::Placed(at) => plan.placed.get(at).map_or("", |placed| &placed.name.sql),
    }
}
