//! How much a database reads where it writes every step anew at each place that reads it.

use crate::error::Kind;

use super::{Leg, Operand, Plan, Planner, Predicate};

/// The most relations and subselects of such a statement. SQLite, which writes steps out, refuses a statement of
/// a thousand, and what it gives itself besides is not known here.
const MOST: usize = 900;

/// A guarded relation: the rows outside, the subselect, and one more where there is a fence inside.
const GUARDED: usize = 3;

impl<'c> Planner<'c> {
    /// Refuses what SQLite would, before it does: levels of totals over groups of groups of many sources.
    pub(super) fn check_nesting(&mut self, plan: &Plan<'c>) {
        if plan.totals.is_none() && plan.top.is_none() && plan.legs.len() == 1 {
            return;
        }
        if written_out(plan) > MOST {
            let construct = "so many steps that rest on each other".to_owned();
            let source = plan.legs.first().map(|leg| leg.scan.source.key.as_str());
            self.report_dialect(construct, Kind::Source, source.unwrap_or_default());
        }
    }
}

/// All relations and subselects that a plan reads, each step as often as it is read.
fn written_out(plan: &Plan<'_>) -> usize {
    let passing = plan.passing.as_ref();
    let passing = passing.map_or(0, |passing| 2 + last_step(&passing.plan, 0, 0));
    let top = plan.top.as_ref();
    let top = top.map_or(0, |top| 2 + last_step(&top.plan, passing, 0));
    let labels = plan.keys.iter().filter(|key| key.lookup.is_some()).count();
    let result = add(last_step(plan, passing, top), 1 + labels * GUARDED);
    match plan.shown_totals().is_some() && plan.has_page() {
        true => add(result, add(result, 4)),
        false => result,
    }
}

/// The same of the last step of a plan whose rows meet others.
fn last_step(plan: &Plan<'_>, passing: usize, top: usize) -> usize {
    let leg = |leg: &Leg<'_>| {
        let scan = leg.scan.inner.iter().chain(&leg.scan.outer);
        let searched: usize = scan.map(searched).sum();
        let rows = add(GUARDED * (1 + searched), add(passing, top));
        plan.passes().saturating_mul(rows)
    };
    let legs = plan.legs.iter().map(leg).fold(0, add);
    let mut steps = match plan.legs.len() {
        1 => legs,
        count => add(legs, 2 * count),
    };
    if plan.gaps.is_some() {
        steps = add(steps, add(steps, 6));
    }
    add(steps, plan.levels)
}

/// How often a condition looks at labels. It is as deep as the limit on filters lets it be.
fn searched(predicate: &Predicate<'_>) -> usize {
    match predicate {
        Predicate::All(parts) | Predicate::Any(parts) => parts.iter().map(searched).sum(),
        Predicate::Not(part) => searched(part),
        Predicate::Test(Operand::Label(..), _) => 1,
        Predicate::Test(..) => 0,
    }
}

fn add(one: usize, other: usize) -> usize {
    one.saturating_add(other)
}
