//! Chooses the source that answers (R14).

use crate::catalog::MetricId;
use crate::catalog::reach::{DimensionKey, Expressed};
use crate::catalog::source::Source;
use crate::catalog::toggle::Selection;
use crate::error::{Error, ErrorCode, Help, Kind, ResolveError};
use crate::path::Path;
use crate::provenance::Placements;
use crate::request::{FilterRequest, Subject};

use super::access::RuledDimension;
use super::legs::Wanted;
use super::{AskedDimension, AskedMetric, Chosen, Place, REQUEST, Resolver};

/// What filters and the order name beyond the selection.
pub(super) struct FilteredItems<'c> {
    pub(super) dimensions: Vec<DimensionKey<'c>>,
    pub(super) metrics: Vec<MetricId>,
}

impl<'c> Resolver<'c, '_> {
    /// What filters and the order name; unknown keys are reported where they are bound. What the
    /// context may not know must not change which source answers either (R25b).
    pub(super) fn filtered_items(&self, selection: &Selection) -> FilteredItems<'c> {
        let request = self.request;
        let mut items = FilteredItems {
            dimensions: Vec::new(),
            // Those that are shown are put behind them.
            metrics: Vec::with_capacity(request.metrics.len() + request.order_by.len()),
        };
        let mut waiting: Vec<&FilterRequest> = Vec::with_capacity(16);
        waiting.extend(request.filters.iter().chain(&request.metric_filters));
        while let Some(filter) = waiting.pop() {
            match filter {
                FilterRequest::And(parts)
                | FilterRequest::List(parts)
                | FilterRequest::Or(parts) => waiting.extend(parts),
                FilterRequest::Not(part) => waiting.push(part),
                FilterRequest::Compare(comparison) => match &comparison.subject {
                    Subject::Dimension(key) => {
                        let found = self.known_dimension(key);
                        items
                            .dimensions
                            .extend(found.map(|key| self.switched_key(key, selection)));
                    }
                    Subject::Metric(key) => items.metrics.extend(self.known_metric(key)),
                },
            }
        }
        for order in &request.order_by {
            let compared = order.key.rsplit_once('.').map(|(metric, _)| metric);
            let compared = compared.filter(|_| self.request.compare.is_some());
            let metric = self.known_metric(&order.key);
            let metric = metric.or_else(|| self.known_metric(compared?));
            items
                .metrics
                .extend(metric.filter(|_| self.known_dimension(&order.key).is_none()));
        }
        let ranking = request.top.as_ref();
        items
            .metrics
            .extend(ranking.and_then(|top| self.known_metric(&top.by)));
        items
    }

    /// The sources that answer, or a report why there are none: one that has all, else those that
    /// `legs.rs` finds. Where a part of the selection is not known, nothing is said of a choice that
    /// rests on the other parts alone.
    pub(super) fn choose_sources(
        &mut self,
        selection: &Selection,
        metrics: &[AskedMetric],
        asked: &[AskedDimension<'c>],
        filtered: &FilteredItems<'c>,
        ruled: &[RuledDimension],
    ) -> Option<Chosen<'c>> {
        if let Some(key) = &self.request.source {
            let source = self.named_source(key)?;
            let wanted = Wanted {
                selection,
                metrics,
                asked,
                filtered,
                ruled,
                around: Some(source),
            };
            if let Some(chosen) = self.choose_around(source, &wanted) {
                return chosen;
            }
            self.report_unavailable(source, metrics, asked);
            return Some(Chosen::one(source));
        }
        let answers = |source: &&'c Source| {
            metrics.iter().all(|metric| self.offers(source, metric.id))
                && filtered.metrics.iter().all(|id| self.offers(source, *id))
                && self.has_dimensions(source, asked, filtered)
        };
        let is_certain = self.findings.iter().all(|error| {
            let code = error.code();
            code == ErrorCode::DuplicateMetric || code == ErrorCode::DuplicateDimension
        });
        // Few sources offer any one metric, however many there are.
        let mut candidates: Vec<&'c Source> = match metrics.first() {
            Some(metric) => self.offering(metric.id).filter(answers).collect(),
            None => self.catalog.sources.iter().filter(answers).collect(),
        };
        let Some(first) = candidates.first().copied() else {
            if !is_certain {
                return None;
            }
            let wanted = Wanted {
                selection,
                metrics,
                asked,
                filtered,
                ruled,
                around: None,
            };
            return self.choose_several(&wanted);
        };
        if self.needs_dates() {
            candidates.retain(|source| source.date_column.is_some());
            if candidates.is_empty() {
                if is_certain {
                    self.report_no_date_column(first);
                }
                return None;
            }
        }
        let has_itself = |source: &Source| has_dimensions_itself(source, asked, filtered);
        let mut best = self.prefer(candidates, ruled, &has_itself);
        if is_certain && best.len() > 1 {
            self.report_ambiguous(&best, asked_path(metrics, asked));
            return None;
        }
        best.truncate(1);
        let placements = Placements::default();
        (!best.is_empty()).then_some(Chosen {
            sources: best,
            placements,
        })
    }

    /// Whether a source has every dimension of a request.
    pub(super) fn has_dimensions(
        &self,
        source: &'c Source,
        asked: &[AskedDimension<'c>],
        filtered: &FilteredItems<'c>,
    ) -> bool {
        let asked = asked.iter().map(|asked| asked.key);
        let mut all = asked.chain(filtered.dimensions.iter().copied());
        all.all(|key| self.is_expressed(source, key))
    }

    /// The source that the request names; one that does not exist is reported.
    pub(super) fn named_source(&mut self, key: &str) -> Option<&'c Source> {
        let catalog = self.catalog;
        let found = catalog.source(key);
        if found.is_none() {
            let keys = catalog.sources.iter().map(|source| source.key.as_str());
            let help = self.findings.nearest(key, keys);
            self.report_unknown(REQUEST.key("source").path(), Kind::Source, key, help);
        }
        found
    }

    pub(super) fn needs_dates(&self) -> bool {
        let range = self.request.date_range.as_ref();
        range.is_some_and(|range| !range.if_supported) || self.request.compare.is_some()
    }

    /// The best of the sources that could answer: one that enforces every rule in force, of the
    /// highest priority. Several are left if nothing tells them apart.
    pub(super) fn prefer(
        &self,
        candidates: Vec<&'c Source>,
        ruled: &[RuledDimension],
        has_itself: &dyn Fn(&Source) -> bool,
    ) -> Vec<&'c Source> {
        let exempt = |source: &Source| {
            ruled
                .iter()
                .any(|rule| source.access_exempt.binary_search(&rule.id).is_ok())
        };
        let expresses = |source: &Source| {
            ruled.iter().all(|rule| {
                source.ruled(rule.id).is_some()
                    || source.access_exempt.binary_search(&rule.id).is_ok()
                    || self.way_to(source, rule.id).is_ok()
            })
        };
        let mut best = candidates;
        let is_held = |source: &Source| !exempt(source);
        for fit in [&expresses as &dyn Fn(&Source) -> bool, &is_held, has_itself] {
            if best.iter().any(|source| fit(source)) {
                best.retain(|source| fit(source));
            }
        }
        let highest = best.iter().map(|source| source.priority).max();
        best.retain(|source| Some(source.priority) == highest);
        best
    }

    /// Reports that several sources answer equally well.
    pub(super) fn report_ambiguous(&mut self, best: &[&Source], path: Path) {
        let keys: Vec<String> = best
            .iter()
            .map(|source| format!("`{}`", source.key))
            .collect();
        let error = ResolveError::AmbiguousSource {
            sources: keys.join(", "),
        };
        let help = Help::advice("name the `source`, or give the sources different priorities");
        self.findings.push(Error::new(path, error).with_help(help));
    }

    /// Reports what the named source does not offer, and who offers it.
    fn report_unavailable(
        &mut self,
        source: &'c Source,
        metrics: &[AskedMetric],
        asked: &[AskedDimension<'c>],
    ) {
        for metric in metrics
            .iter()
            .filter(|metric| !self.offers(source, metric.id))
            .collect::<Vec<_>>()
        {
            self.report_metric_unavailable(source, metric.id, metric.place.path());
        }
        for dimension in asked.iter().filter(|asked| !source.has(asked.key)) {
            self.report_dimension_unavailable(source, dimension.key, dimension.place.path());
        }
    }

    /// Whether the chosen sources answer a metric, or a report that they do not.
    pub(super) fn check_answered(
        &mut self,
        chosen: &Chosen<'c>,
        id: MetricId,
        path: impl FnOnce() -> Path,
    ) -> Option<()> {
        match chosen.sources.as_slice() {
            [] => None,
            // What was placed has its sources, even where all of it is on one.
            [source] if chosen.placements.is_empty() && !self.offers(source, id) => {
                self.report_metric_unavailable(source, id, path());
                None
            }
            _ => Some(()),
        }
    }

    fn report_metric_unavailable(&mut self, source: &Source, id: MetricId, path: Path) {
        let help = Help::one_of_sources(self.offering(id).map(|s| s.key.as_str()));
        let name = self.metric_key(id);
        self.report_not_offered(source, (Kind::Metric, name.as_str()), path, help);
    }

    pub(super) fn report_not_offered(
        &mut self,
        source: &Source,
        (kind, name): (Kind, &str),
        path: Path,
        help: Option<Help>,
    ) {
        let error = ResolveError::Unavailable {
            source_key: source.key.to_string(),
            kind,
            name: name.to_owned(),
        };
        self.findings.push(Error::new(path, error).with_help(help));
    }

    /// Reports what a source that has the metrics would need to be told: keys that several paths end with.
    fn report_paths(&mut self, metrics: &[&AskedMetric], wanted: &Wanted<'_, 'c>) -> bool {
        let catalog = self.catalog;
        let filtered = wanted.filtered.dimensions.iter().copied();
        let keys = || {
            wanted
                .asked
                .iter()
                .map(|asked| asked.key)
                .chain(filtered.clone())
        };
        let is_open = |source: &Source, key| matches!(source.express(key), Expressed::Several(_));
        let mut sources = catalog.sources.iter();
        let found = sources.find(|source| {
            let has_metric = |metric: &&AskedMetric| self.offers(source, metric.id);
            metrics.iter().all(has_metric)
                && keys().all(|key| source.has(key) || is_open(source, key))
                && keys().any(|key| is_open(source, key))
        });
        let Some(source) = found else {
            return false;
        };
        for asked in wanted
            .asked
            .iter()
            .filter(|asked| is_open(source, asked.key))
        {
            self.report_dimension_unavailable(source, asked.key, asked.place.path());
        }
        for key in filtered.filter(|key| is_open(source, *key)) {
            self.report_dimension_unavailable(source, key, REQUEST.key("filters").path());
        }
        true
    }

    /// Reports that no source has all, naming the one that misses least.
    pub(super) fn report_no_source(&mut self, metrics: &[&AskedMetric], wanted: &Wanted<'_, 'c>) {
        let asked = wanted.asked;
        if metrics.is_empty() && asked.is_empty() || self.report_paths(metrics, wanted) {
            return;
        }
        let missing = |source: &&'c Source| {
            metrics
                .iter()
                .filter(|metric| !self.offers(source, metric.id))
                .count()
                + asked.iter().filter(|asked| !source.has(asked.key)).count()
        };
        let nearest = self.catalog.sources.iter().min_by_key(missing);
        let help = nearest.filter(|source| missing(source) > 0).map(|source| {
            let metrics = metrics
                .iter()
                .filter(|metric| !self.offers(source, metric.id))
                .map(|metric| self.metric_key(metric.id));
            let dimensions = asked
                .iter()
                .filter(|asked| !source.has(asked.key))
                .map(|asked| asked.value.key.to_string());
            let lacking: Vec<String> = metrics
                .chain(dimensions)
                .map(|key| format!("`{key}`"))
                .collect();
            Help::advice(format!(
                "source `{}` lacks only {}",
                source.key,
                lacking.join(", ")
            ))
        });
        let path = first_path(metrics.first().map(|metric| metric.place), asked);
        self.findings
            .push(Error::new(path, ResolveError::NoSource).with_help(help));
    }
}

/// Whether a source has every dimension of a request itself.
pub(super) fn has_dimensions_itself(
    source: &Source,
    asked: &[AskedDimension<'_>],
    filtered: &FilteredItems<'_>,
) -> bool {
    let asked = asked.iter().map(|asked| asked.key);
    let mut all = asked.chain(filtered.dimensions.iter().copied());
    all.all(|key| key.route.is_none() && source.dimensions.contains_key(&key.id))
}

/// The place that the choice of a source is about: what is asked for first.
pub(super) fn asked_path(metrics: &[AskedMetric], asked: &[AskedDimension<'_>]) -> Path {
    first_path(metrics.first().map(|metric| metric.place), asked)
}

fn first_path(metric: Option<Place>, asked: &[AskedDimension<'_>]) -> Path {
    let place = metric.or_else(|| asked.first().map(|dimension| dimension.place));
    place.map_or_else(|| REQUEST.path(), Place::path)
}
