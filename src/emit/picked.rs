//! The one date of each group whose rows count: semi-additive metrics (R19).

use crate::dialect::Dialect;
use crate::plan::{Leg, LegPick, Level, PickedNames};

use super::select::key_scope;
use super::top::ALIAS as TOP;
use super::{Emitter, Scope};

/// The alias of groups by their keys and their dates.
const DATED: &str = "d";
/// The alias of the same beside the date that is picked.
const BESIDE: &str = "b";

impl<'p, 'c> Emitter<'p, 'c> {
    /// Writes the groups of a leg that has one date of each.
    ///
    /// Rows are grouped by the keys and by the date: whatever aggregates has all rows of one date before it,
    /// and one of these groups is left for each combination of the keys.
    pub(super) fn picked(
        &mut self,
        position: usize,
        leg: &'p Leg<'c>,
        pick: &'p LegPick<'c>,
        level: Option<&'p Level>,
    ) {
        let plan = self.plan;
        let Some(names) = &plan.picked else { return };
        let is_by = |at: usize| level.is_none_or(|level| level.by.contains(&at));
        self.line(2);
        self.push("SELECT");
        let mut first = true;
        for (at, key) in plan.keys.iter().enumerate() {
            self.item(&mut first);
            match is_by(at) {
                true => self.column_of(BESIDE, &key.name.sql),
                false => self.push("NULL"),
            }
            self.named(&key.name.sql);
        }
        if let Some((kept, key)) = plan.kept() {
            self.item(&mut first);
            match is_by(key) {
                true => self.column_of(BESIDE, &kept.sql),
                false => self.push("NULL"),
            }
            self.named(&kept.sql);
        }
        if let Some(totals) = &plan.totals {
            self.item(&mut first);
            self.level_of_row(totals, level, leg, key_scope(leg));
            self.named(&totals.level.sql);
        }
        for (_, measure) in plan.measures_of(position) {
            self.item(&mut first);
            // There is one value per group, of a type that `max` may not know.
            let is_boolean = measure.fragment.is_boolean && plan.dialect == Dialect::Postgres;
            self.push(if is_boolean { "bool_or(" } else { "max(" });
            self.column_of(BESIDE, &measure.name.sql);
            self.push(")");
            self.named(&measure.name.sql);
        }
        self.present(position, &mut first);
        self.line(2);
        self.push("FROM (");
        self.dated(position, leg, (pick, names), level);
        self.line(2);
        self.push(") AS ");
        self.push(BESIDE);
        self.line(2);
        self.push("WHERE ");
        self.column_of(BESIDE, &names.dated.sql);
        self.push(" = ");
        self.column_of(BESIDE, &names.picked.sql);
        match level {
            Some(level) => self.group_by(self.grouped_by(level)),
            None => self.group_by(1..=self.key_columns()),
        }
    }

    /// The groups by keys and dates, beside the date that is picked of those with the same keys.
    fn dated(
        &mut self,
        position: usize,
        leg: &'p Leg<'c>,
        (pick, names): (&'p LegPick<'c>, &'p PickedNames<'c>),
        level: Option<&'p Level>,
    ) {
        let plan = self.plan;
        let is_by = |at: usize| level.is_none_or(|level| level.by.contains(&at));
        let keys = plan.keys.iter().enumerate().filter(|(at, _)| is_by(*at));
        let kept = plan.kept().filter(|(_, key)| is_by(*key));
        let kept = kept.map(|(kept, _)| &*kept.sql);
        let names_of_keys = keys.clone().map(|(_, key)| &*key.name.sql).chain(kept);
        self.line(4);
        self.push("SELECT ");
        for name in names_of_keys.clone() {
            self.column_of(DATED, name);
            self.named(name);
            self.push(", ");
        }
        self.column_of(DATED, &names.dated.sql);
        self.named(&names.dated.sql);
        self.push(if pick.first { ", min(" } else { ", max(" });
        self.column_of(DATED, &names.dated.sql);
        self.push(") OVER (");
        for (index, name) in names_of_keys.clone().enumerate() {
            self.push(if index > 0 { ", " } else { "PARTITION BY " });
            self.column_of(DATED, name);
        }
        self.push(")");
        self.named(&names.picked.sql);
        for (_, measure) in plan.measures_of(position) {
            self.push(", ");
            self.column_of(DATED, &measure.name.sql);
            self.named(&measure.name.sql);
        }
        self.line(4);
        self.push("FROM (");
        self.line(6);
        self.push("SELECT");
        let mut first = true;
        for (at, key) in keys {
            self.beside(&mut first);
            self.group_value(leg, at, key_scope(leg));
            self.named(&key.name.sql);
        }
        if let Some(kept) = kept {
            self.beside(&mut first);
            self.column_of(TOP, kept);
            self.named(kept);
        }
        self.beside(&mut first);
        // The plan is not made where the dialect lacks the expression.
        if let Ok(text) = pick.over.value.printed.get(plan.dialect) {
            self.dimension_value(pick.over, text, None, Scope::OUTSIDE.of_dimension());
        }
        self.named(&names.dated.sql);
        for (_, measure) in plan.measures_of(position) {
            self.push(", ");
            self.fragment(measure.text, Scope::OUTSIDE);
            self.named(&measure.name.sql);
        }
        self.rows_of((position, leg), level, 6);
        self.line(6);
        self.group_by_inline(1..=names_of_keys.count() + 1);
        self.line(4);
        self.push(") AS ");
        self.push(DATED);
    }

    /// Begins the next of several columns on one line.
    fn beside(&mut self, first: &mut bool) {
        self.push(if *first { " " } else { ", " });
        *first = false;
    }
}
