//! Members as columns: which member a row is of, and the step that turns groups into columns.

use crate::dialect::Dialect;
use crate::plan::{Leg, Pivot};

use super::select::BELOW;
use super::{Emitter, Scope};

/// The step that has the columns.
pub(super) const STEP: &str = "pivoted";

impl<'p, 'c> Emitter<'p, 'c> {
    /// Writes the position of the member that a row is of: 0 for those that are no column.
    pub(super) fn position(&mut self, pivot: &'p Pivot, leg: &'p Leg<'c>, scope: Scope) {
        let (Some(key), Some(value)) = (self.plan.keys.get(pivot.key), leg.keys.get(pivot.key))
        else {
            return;
        };
        let missing = pivot.members.iter().position(Option::is_none);
        if let Some(at) = missing {
            self.push("CASE WHEN ");
            self.row_value(key.grain, value, scope);
            self.push(" IS NULL THEN ");
            self.count(at + 1);
            self.push(" ELSE ");
        }
        let listed = pivot.members.iter().enumerate();
        let listed = listed.filter_map(|(at, member)| Some((at, (*member)?)));
        let is_listed = listed.clone().next().is_some();
        if is_listed {
            self.push("CASE ");
            self.row_value(key.grain, value, scope);
            for (at, member) in listed {
                self.push(" WHEN ");
                self.value(member, pivot.data_type);
                self.push(" THEN ");
                self.count(at + 1);
            }
            self.push(" ELSE ");
        }
        self.push("0");
        self.push(if is_listed { " END" } else { "" });
        self.push(if missing.is_some() { " END" } else { "" });
    }

    /// Writes the step that has a row for every combination of the other keys at each level, and a column for
    /// every member of each metric. Of each there is one group at most, so that the largest is the only one; the
    /// key is missing in the group of all members alone, since those that are no columns are 0.
    pub(super) fn pivoted(&mut self, pivot: &'p Pivot) {
        let plan = self.plan;
        let Some(along) = plan.keys.get(pivot.key) else {
            return;
        };
        self.push(",");
        self.line(0);
        self.push(STEP);
        self.push(" AS (");
        self.line(2);
        self.push("SELECT");
        let mut first = true;
        let rows = plan.keys.iter().enumerate();
        let rows = rows.filter(|(at, _)| *at != pivot.key);
        let mut columns = 0;
        let kept = plan.kept().map(|(kept, _)| kept);
        for name in rows.map(|(_, key)| &key.name).chain(kept) {
            self.item(&mut first);
            self.column_of(BELOW, &name.sql);
            self.named(&name.sql);
            columns += 1;
        }
        if let Some(totals) = plan.shown_totals() {
            self.item(&mut first);
            self.column_of(BELOW, &totals.level.sql);
            self.push(" / 2");
            self.named(&totals.level.sql);
            columns += 1;
        }
        for cell in &pivot.cells {
            self.item(&mut first);
            let is_boolean = cell.is_boolean && plan.dialect == Dialect::Postgres;
            self.push(if is_boolean { "bool_or(" } else { "max(" });
            self.push("CASE WHEN ");
            self.column_of(BELOW, &along.name.sql);
            match cell.position {
                Some(position) => {
                    self.push(" = ");
                    self.count(position);
                }
                None => self.push(" IS NULL"),
            }
            self.push(" THEN ");
            self.term(cell.term, BELOW);
            self.push(" END)");
            self.named(&cell.name.sql);
        }
        self.last_metrics(2);
        self.group_by(1..=columns);
        self.line(0);
        self.push(")");
    }
}
