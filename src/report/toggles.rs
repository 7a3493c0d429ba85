//! The toggles that change the answer to a request.

use std::collections::BTreeSet;

use crate::catalog::toggle::Toggle;
use crate::catalog::{Catalog, MetricId, ToggleId};
use crate::request::{FilterRequest, Request, Subject};

/// The keys of the toggles that can change the answer: those that a metric of the request has a variant for,
/// be it deep below it, those that put another dimension in the place of one that is asked for, and those
/// that move the dates of the source.
pub(super) fn toggles_of<'c>(catalog: &'c Catalog, request: &Request) -> Vec<&'c str> {
    let names = Names::of(request);
    let varied = varied(catalog, &names.metrics);
    let toggles = (0_u16..).zip(&catalog.toggles);
    let used = toggles.filter(|(id, toggle)| {
        varied.contains(&ToggleId(*id))
            || switches(catalog, toggle, &names)
            || moves_dates(catalog, toggle, request)
    });
    used.map(|(_, toggle)| toggle.key.as_str()).collect()
}

/// What a request names, wherever it does.
#[derive(Default)]
struct Names<'r> {
    metrics: BTreeSet<&'r str>,
    /// Those that are asked for at no grain of their own, which no toggle changes.
    dimensions: BTreeSet<&'r str>,
}

impl<'r> Names<'r> {
    fn of(request: &'r Request) -> Self {
        // Every field is named, so that one that is added is looked at here.
        let Request {
            kind: _,
            source: _,
            metrics,
            // What stands beside metrics is of these.
            shares: _,
            ranks: _,
            dimensions,
            columns,
            toggles: _,
            filters,
            metric_filters,
            date_range: _,
            compare: _,
            fill_gaps: _,
            totals: _,
            top,
            pivot,
            order_by,
            limit: _,
            offset: _,
            after: _,
        } = request;
        let mut names = Self::default();
        names.metrics.extend(metrics.iter().map(String::as_str));
        names.metrics.extend(top.iter().map(|top| &*top.by));
        let pivoted = pivot.iter().map(|pivot| &pivot.dimension);
        let asked = dimensions.iter().chain(columns).chain(pivoted);
        let plain = asked.filter(|asked| asked.grain.is_none());
        names
            .dimensions
            .extend(plain.map(|asked| &*asked.dimension));
        for order in order_by {
            let key = order.key.split('.').next().unwrap_or_default();
            names.metrics.insert(key);
        }
        let mut waiting: Vec<&FilterRequest> = Vec::new();
        waiting.extend(filters);
        waiting.extend(metric_filters);
        while let Some(condition) = waiting.pop() {
            match condition {
                FilterRequest::And(all) | FilterRequest::List(all) | FilterRequest::Or(all) => {
                    waiting.extend(all);
                }
                FilterRequest::Not(inner) => waiting.push(inner),
                FilterRequest::Compare(comparison) => match &comparison.subject {
                    Subject::Dimension(key) => {
                        names.dimensions.insert(key);
                    }
                    Subject::Metric(key) => {
                        names.metrics.insert(key);
                    }
                },
            }
        }
        names
    }
}

/// The toggles that a definition of these metrics, or of one that they rest on, is under.
fn varied(catalog: &Catalog, metrics: &BTreeSet<&str>) -> BTreeSet<ToggleId> {
    let known = metrics
        .iter()
        .filter_map(|key| catalog.index.metrics.get(*key));
    let mut waiting: Vec<MetricId> = known.copied().collect();
    let mut seen: BTreeSet<MetricId> = waiting.iter().copied().collect();
    let mut toggles = BTreeSet::new();
    while let Some(id) = waiting.pop() {
        let Some(metric) = catalog.metric_by_id(id) else {
            continue;
        };
        for variant in &metric.variants {
            toggles.extend(variant.when.iter().map(|(toggle, _)| *toggle));
        }
        let own = catalog
            .sources
            .iter()
            .filter_map(|source| source.metrics.get(&id)?.as_ref());
        for definition in metric.definitions().chain(own) {
            let components = definition.components().iter().copied();
            waiting.extend(components.filter(|component| seen.insert(*component)));
        }
    }
    toggles
}

/// Whether a switch stands behind one of the dimensions.
fn switches(catalog: &Catalog, toggle: &Toggle, names: &Names<'_>) -> bool {
    let switched = toggle.default_option().and_then(|option| option.dimension);
    let switched = switched.and_then(|id| catalog.dimension_by_id(id));
    let is_switched = switched.is_some_and(|each| names.dimensions.contains(each.key.as_str()));
    toggle.is_switch && (is_switched || names.dimensions.contains(toggle.key.as_str()))
}

/// Whether an option has another date column for a source that may answer.
fn moves_dates(catalog: &Catalog, toggle: &Toggle, request: &Request) -> bool {
    let columns = toggle
        .options
        .iter()
        .filter_map(|option| option.date_column);
    let mut sources = catalog.sources.iter().filter(|source| {
        let asked = request.source.as_deref();
        asked.is_none_or(|asked| asked == source.key.as_str())
    });
    let columns: Vec<_> = columns.collect();
    sources.any(|source| {
        source.declares_columns() && columns.iter().any(|column| source.may_have(*column))
    })
}
