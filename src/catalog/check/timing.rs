//! Checks which rows in time metrics are of: windows, offsets, and the one date of a group.

use std::sync::Arc;

use crate::calendar::{Grain, Shift, Window};
use crate::error::{CatalogError, Error, Help};
use crate::expr::Expr;
use crate::name::Name;

use super::super::columns::ColumnId;
use super::super::metric::{Calculation, Definition, Metric, Pick, SharedFilter, Timing};
use super::super::source::Source;
use super::super::spec::{AdditivitySpec, GrainCount, MetricSpec, WindowSpec};
use super::super::{DimensionId, MetricId};
use super::Checker;

impl<'s> Checker<'s> {
    /// Which rows in time a metric is of.
    pub(super) fn timing(&mut self, spec: &'s MetricSpec, filter: Option<SharedFilter>) -> Timing {
        let offset = spec.offset.as_ref();
        let offset = offset.and_then(|offset| self.grain_count(spec, "offset", offset));
        let window = spec.window.as_ref().and_then(|window| match window {
            WindowSpec::Cumulative => Some(Window::Cumulative),
            WindowSpec::Rolling(window) => {
                let (count, grain) = self.grain_count(spec, "window", window)?;
                Some(Window::Rolling { count, grain })
            }
            WindowSpec::ToDate(grain) => {
                Some(Window::ToDate(self.day_grain(spec, "window", grain)?))
            }
        });
        let pick = match &spec.additivity {
            Some(AdditivitySpec::SemiAdditive { over, pick }) => self
                .picked_dimension(spec, over, pick)
                .map(|(over, first)| Pick {
                    over,
                    first,
                    filter,
                }),
            _ => None,
        };
        Timing {
            offset,
            window,
            pick,
        }
    }

    /// So many periods, at least one.
    fn grain_count(
        &mut self,
        spec: &MetricSpec,
        field: &str,
        written: &GrainCount,
    ) -> Option<(i32, Grain)> {
        let grain = self.day_grain(spec, field, &written.grain);
        let count = i32::try_from(written.n).ok().filter(|count| *count > 0);
        // What is too far back for the calendar says so here.
        let count =
            count.filter(|count| Shift::back(*count, grain.unwrap_or(Grain::Day)).is_some());
        if count.is_none() {
            let subject = format!("a number of periods of {}", written.n);
            self.report(&spec.origin, field, CatalogError::WrongValue { subject });
        }
        Some((count?, grain?))
    }

    /// A grain of whole days.
    fn day_grain(&mut self, spec: &MetricSpec, field: &str, written: &str) -> Option<Grain> {
        let known = Grain::parse(written).filter(|grain| *grain != Grain::Hour);
        if known.is_none() {
            let subject = format!("`{}`", crate::path::echo(written));
            let error = CatalogError::WrongValue { subject };
            let known = Grain::ALL.iter().filter(|grain| **grain != Grain::Hour);
            let help = self
                .findings
                .nearest(written, known.map(|grain| grain.as_str()));
            self.findings
                .push(Error::new(spec.origin.path(field), error).with_help(help));
        }
        known
    }

    /// The dimension that a semi-additive metric has one date of, and whether that is the first.
    fn picked_dimension(
        &mut self,
        spec: &MetricSpec,
        over: &str,
        pick: &str,
    ) -> Option<(DimensionId, bool)> {
        let path = || spec.origin.path("additivity");
        let picks = ["first", "last"];
        let first = picks.contains(&pick).then_some(pick == "first");
        if first.is_none() {
            let subject = format!("`{}`", crate::path::echo(pick));
            let help = self.findings.nearest(pick, picks);
            let error = Error::new(path(), CatalogError::WrongValue { subject });
            self.findings.push(error.with_help(help));
        }
        let found = self.index.dimensions.get(over).copied();
        if found.is_none() {
            let name = crate::path::echo(over);
            let error = CatalogError::UnknownReference {
                kind: "dimension",
                name,
            };
            let keys = self.index.dimensions.keys().map(Name::as_str);
            let help = self.findings.nearest(over, keys);
            self.findings
                .push(Error::new(path(), error).with_help(help));
        }
        let variants = spec.variants.iter();
        let mut formulas = variants.map(|variant| &variant.derived_formula);
        if spec.derived_formula.is_some() || formulas.any(Option::is_some) {
            let subject = "a semi-additive metric with a formula".to_owned();
            let error = Error::new(path(), CatalogError::WrongValue { subject });
            let help = Help::advice("make the metrics that the formula uses semi-additive");
            self.findings.push(error.with_help(help));
        }
        Some((found?, first?))
    }

    /// What rows have to be for a metric, shared with every metric of the same filter.
    pub(super) fn shared_filter(&mut self, filter: Expr<ColumnId>) -> SharedFilter {
        if let Some(known) = self.filters.get(&filter) {
            return known.clone();
        }
        let shared = SharedFilter {
            number: self.filters.len(),
            fragment: Arc::new(self.fragment(&filter)),
        };
        self.filters.insert(filter, shared.clone());
        shared
    }

    /// Notes which metrics rest on a timing, and reports windows over windows.
    pub(super) fn spread_timing(&mut self, metrics: &mut [Metric]) {
        let own = |metric: &Metric| !metric.timing.is_usual();
        let timed = resting_on(metrics, own);
        let windowed = resting_on(metrics, |metric| metric.timing.window.is_some());
        for (metric, is_timed) in metrics.iter_mut().zip(&timed) {
            metric.is_timed = *is_timed;
        }
        for metric in metrics
            .iter()
            .filter(|metric| metric.timing.window.is_some())
        {
            let mut components = metric.definitions().flat_map(Definition::components);
            let is_nested = components.any(|id| windowed.get(id.0 as usize) == Some(&true));
            let position = self.index.metrics.get(&metric.key).copied();
            let position = position.and_then(|id| self.order.metrics.get(id.0 as usize));
            let written = position.and_then(|at| self.spec.metrics.get(*at));
            if let Some(written) = written.filter(|_| is_nested) {
                let subject = "a window over a metric that has one".to_owned();
                self.report(
                    &written.origin,
                    "window",
                    CatalogError::WrongValue { subject },
                );
            }
        }
    }

    /// Reports what a source lists and cannot place in time.
    pub(super) fn check_timing(&mut self, metrics: &[Metric], sources: &[Source]) {
        for source in sources {
            let mut offered: Vec<&MetricId> = source.metrics.keys().collect();
            offered.sort_unstable();
            for id in offered {
                let Some(metric) = metrics.get(id.0 as usize) else {
                    continue;
                };
                match unplaced(source, metric) {
                    None => {}
                    Some(Unplaced::Dates) => {
                        let advice = format!(
                            "metric `{}` moves along it; or take the metric away",
                            metric.key
                        );
                        self.report_unplaced(source, "no date column".to_owned(), advice);
                    }
                    Some(Unplaced::Over(over)) => {
                        let over = self.index.dimensions.iter().find(|(_, id)| **id == over);
                        let over = over.map_or("", |(key, _)| key.as_str());
                        let subject = format!("no dimension `{over}` of dates");
                        let advice = format!("metric `{}` is semi-additive over it", metric.key);
                        self.report_unplaced(source, subject, advice);
                    }
                }
            }
        }
    }

    fn report_unplaced(&mut self, source: &Source, subject: String, advice: String) {
        let key = source.key.as_str();
        let written = self.spec.data_sources.iter().find(|s| s.source_key == key);
        let Some(written) = written else { return };
        let path = written.origin.path("metrics");
        let error = Error::new(path, CatalogError::WrongValue { subject });
        self.findings.push(error.with_help(Help::advice(advice)));
    }
}

/// What a source lacks to place a metric in time.
pub(super) enum Unplaced {
    /// A date column.
    Dates,
    /// The dimension that has the one date.
    Over(DimensionId),
}

/// What a source lacks to place a metric in time, if it lacks anything.
pub(super) fn unplaced(source: &Source, metric: &Metric) -> Option<Unplaced> {
    if metric.timing.needs_dates() && source.date_column.is_none() {
        return Some(Unplaced::Dates);
    }
    let over = metric.timing.pick.as_ref()?.over;
    let found = source.dimensions.get(&over);
    let is_date = found.is_some_and(|found| found.time.is_some());
    (!is_date).then_some(Unplaced::Over(over))
}

/// Which metrics are such, or rest on one that is under some options.
fn resting_on(metrics: &[Metric], is_such: impl Fn(&Metric) -> bool) -> Vec<bool> {
    let mut above: Vec<Vec<usize>> = vec![Vec::new(); metrics.len()];
    for (position, metric) in metrics.iter().enumerate() {
        let definitions = metric
            .definitions()
            .map(|definition| &definition.calculation);
        for calculation in definitions {
            let Calculation::Derived { components, .. } = calculation else {
                continue;
            };
            for component in components {
                if let Some(above) = above.get_mut(component.0 as usize) {
                    above.push(position);
                }
            }
        }
    }
    let mut found: Vec<bool> = metrics.iter().map(is_such).collect();
    let all = found.iter().enumerate();
    let mut waiting: Vec<usize> = all.filter(|(_, is)| **is).map(|(at, _)| at).collect();
    while let Some(position) = waiting.pop() {
        for above in above.get(position).into_iter().flatten() {
            if let Some(known) = found.get_mut(*above).filter(|known| !**known) {
                *known = true;
                waiting.push(*above);
            }
        }
    }
    found
}
