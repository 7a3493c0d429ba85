//! Comparisons: every metric again in an earlier period, and its change since (R18).

use std::collections::BTreeSet;
use std::sync::LazyLock;

use crate::calendar::Shift;
use crate::catalog::MetricId;
use crate::catalog::metric::{Definition, Formula};
use crate::catalog::spelling::KeySpelling;
use crate::context::Tenant;
use crate::error::Kind;
use crate::expr::functions::{Callee, Function};
use crate::expr::{BinaryOp, Call, Expr};
use crate::output::{Column, ColumnRole, Compared, Shown};
use crate::resolve::{ResolvedLeg, ResolvedQuery};
use crate::value::{Param, Value};

use super::measures::MetricColumns;
use super::{BindId, Leg, Measure, Output, OutputTerm, Planner, Side, Term};

/// The number less what it was.
static CHANGE: LazyLock<Formula> = LazyLock::new(|| Formula::new(&difference(), 2));

/// The change against the absolute value of what it was; division gives NULL for zero.
static CHANGE_PCT: LazyLock<Formula> = LazyLock::new(|| {
    let size = Expr::Call(Call {
        function: Callee::Known(Function::Abs),
        arguments: vec![Expr::Reference(1)],
        is_star: false,
        is_distinct: false,
        filter: None,
        within_group: None,
    });
    let share = Expr::Binary(BinaryOp::Divide, Box::new(difference()), Box::new(size));
    Formula::new(&share, 2)
});

fn difference() -> Expr<u32> {
    let (now, before) = (Expr::Reference(0), Expr::Reference(1));
    Expr::Binary(BinaryOp::Subtract, Box::new(now), Box::new(before))
}

impl<'c> Planner<'c> {
    /// The parameters by which dates are moved: months, then days.
    pub(super) fn shift(&mut self, shift: Shift) -> (BindId, BindId) {
        let [months, days] = [shift.months, shift.days]
            .map(|count| self.bind(Param::Scalar(Value::Integer(i64::from(count)))));
        (months, days)
    }

    /// The legs of every source, and again for the period that is compared with, where the source answers
    /// anything there.
    pub(super) fn legs(
        &mut self,
        resolved: Vec<ResolvedLeg<'c>>,
        tenant: &Tenant,
        measures: &mut [Measure<'c>],
        is_compared: bool,
        answering: &BTreeSet<usize>,
    ) -> Vec<Leg<'c>> {
        let count = resolved.len();
        let mut legs = Vec::with_capacity(if is_compared { count * 2 } else { count });
        let mut earlier = Vec::new();
        for (position, mut leg) in resolved.into_iter().enumerate() {
            let previous_dates = leg.previous_dates.take();
            let keys = std::mem::take(&mut leg.buckets);
            let both = [position, position + count];
            let both = both
                .get(..if is_compared { 2 } else { 1 })
                .unwrap_or_default();
            let scan = self.scan(leg, tenant, both, &keys, measures);
            let earlier_leg = position + count;
            if answering.contains(&earlier_leg) {
                let place = count + earlier.len();
                let moved = measures
                    .iter_mut()
                    .filter(|measure| measure.leg == earlier_leg);
                moved.for_each(|measure| measure.leg = place);
                let moves = keys.iter().any(|key| self.moves(key, &scan));
                if moves {
                    self.check_moved(scan.source);
                }
                let mut previous = self.previous_scan(&scan, previous_dates);
                // Moving a date raises at the ends of the calendar.
                previous.is_fenced |= moves && self.tests_keys;
                earlier.push(Leg {
                    is_previous: true,
                    scan: previous,
                    keys: keys.clone(),
                });
            }
            legs.push(Leg {
                is_previous: false,
                scan,
                keys,
            });
        }
        legs.append(&mut earlier);
        if measures.is_empty() && legs.iter().all(|leg| leg.keys.is_empty()) {
            // Constants alone are one row, whichever source says so.
            legs.truncate(1);
        }
        legs
    }

    /// The columns that show a metric in the earlier period and its change since.
    pub(super) fn comparison_outputs(
        &mut self,
        id: MetricId,
        query: &ResolvedQuery<'c>,
        metrics: &mut MetricColumns<'c>,
        outputs: &mut Vec<Output<'c>>,
        columns: &mut Vec<Column>,
    ) {
        for compared in Compared::ALL {
            let planned = self.compared(id, compared, query, metrics);
            let Some((term, definition)) = planned else {
                continue;
            };
            let key = format!("{}.{}", definition.info.spelling.key, compared.as_str());
            let alias = match metrics.name_of(term) {
                Some(name) if *name.key == *key => name.clone(),
                _ => self.names.take_owned(KeySpelling::new(&key)),
            };
            columns.push(Column {
                spelling: KeySpelling::clone(&alias),
                role: ColumnRole::Comparison,
                shown: Shown::comparison(definition.info.clone(), self.metric_name(id), compared),
            });
            let what = OutputTerm::Term(term);
            outputs.push(Output { what, alias });
        }
    }

    /// The column of what a comparison shows of a metric; what is no number has no change.
    pub(super) fn compared(
        &mut self,
        id: MetricId,
        compared: Compared,
        query: &ResolvedQuery<'c>,
        metrics: &mut MetricColumns<'c>,
    ) -> Option<(Term, &'c Definition)> {
        if let Some(known) = metrics.compared_terms.get(&(id, compared)) {
            return Some(*known);
        }
        let (before, _) = self.metric(id, Side::previous(id, query), query, metrics)?;
        let (now, definition) = self.metric(id, Side::current(id, query), query, metrics)?;
        let formula: &'static Formula = match compared {
            Compared::Previous => return Some((before, definition)),
            Compared::Change => &CHANGE,
            Compared::ChangePct => &CHANGE_PCT,
        };
        if !definition.info.data_type.is_numeric() {
            return None;
        }
        let spelling = &definition.info.spelling;
        let text = self.printed(&formula.printed, Kind::Metric, &spelling.key)?;
        let name = self.names.take_compared(spelling, compared);
        let term = metrics.compute(formula, text, vec![now, before], name);
        metrics
            .compared_terms
            .insert((id, compared), (term, definition));
        Some((term, definition))
    }
}
