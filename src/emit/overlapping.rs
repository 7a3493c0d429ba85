//! Windows that overlap: days are summed up, and then those of each window (R19).

use crate::calendar::Grain;
use crate::plan::{Leg, WindowLists};

use super::Emitter;
use super::select::{BELOW, key_scope};
use super::windows::WINDOW;

/// The alias of the days that have a row.
const DAYS: &str = "d";
/// The alias of these beside each window that they are in.
const BESIDE: &str = "b";

impl<'p, 'c> Emitter<'p, 'c> {
    /// Writes the two steps of a leg whose windows overlap.
    ///
    /// A row would be summed up as often as there are windows around it. Days meet windows apart from what is
    /// summed up of them, so that sums are found by their day however many windows there are.
    pub(super) fn overlapping(
        &mut self,
        position: usize,
        leg: &'p Leg<'c>,
        (along, days): (usize, WindowLists),
    ) {
        let plan = self.plan;
        self.sums((position, leg, along), |emitter, key, value| {
            emitter.row_value(key.grain.map(|_| Grain::Day), value, key_scope(leg));
        });
        let Some(day) = plan.keys.get(along).map(|key| &*key.name.sql) else {
            return;
        };
        self.leg_name(position);
        self.push(" AS (");
        self.line(2);
        self.push("SELECT");
        let mut is_first = true;
        for (at, key) in plan.keys.iter().enumerate() {
            self.item(&mut is_first);
            match at == along {
                true => self.column_of(BESIDE, "period"),
                false => self.column_of(BELOW, &key.name.sql),
            }
            self.named(&key.name.sql);
        }
        for (_, measure) in plan.measures_of(position) {
            self.item(&mut is_first);
            self.again(measure, |emitter| {
                emitter.column_of(BELOW, &measure.name.sql);
                emitter.push(")");
            });
        }
        self.line(2);
        self.push("FROM ");
        self.summed(position);
        self.line(2);
        self.push("JOIN (");
        self.line(4);
        self.push("SELECT ");
        self.column_of(DAYS, "day");
        self.named("day");
        self.push(", ");
        self.column_of(WINDOW, "period");
        self.named("period");
        self.line(4);
        self.push("FROM (SELECT ");
        self.column_of(BELOW, day);
        self.named("day");
        self.push(" FROM ");
        self.summed(position);
        self.push(" ");
        self.group_by_inline(1..=1);
        self.push(") AS ");
        self.push(DAYS);
        self.line(4);
        self.push("JOIN ");
        self.window_lists(&days);
        self.push(" ON ");
        if days.since.is_some() {
            self.column_of(DAYS, "day");
            self.push(" >= ");
            self.column_of(WINDOW, "since");
            self.push(" AND ");
        }
        self.column_of(DAYS, "day");
        self.push(" < ");
        self.column_of(WINDOW, "until");
        self.line(2);
        self.push(") AS ");
        self.push(BESIDE);
        self.push(" ON ");
        self.column_of(BESIDE, "day");
        self.push(" = ");
        self.column_of(BELOW, day);
        self.group_by(1..=plan.keys.len());
        self.line(0);
        self.push(")");
    }
}
