//! Binds the metrics and dimensions that a request selects.

use std::sync::Arc;

use crate::calendar::Grain;
use crate::catalog::MetricId;
use crate::catalog::aggregate::COUNT;
use crate::catalog::dimension::{DimensionInfo, SourceDimension};
use crate::catalog::reach::DimensionKey;
use crate::catalog::source::Source;
use crate::catalog::spelling::KeySpelling;
use crate::catalog::toggle::Selection;
use crate::error::{Error, Help, Kind, ResolveError};
use crate::path::{Path, echo};
use crate::request::{DimensionRequest, RequestKind};

use super::{AskedDimension, AskedMetric, Bucket, Place, REQUEST, Resolver};

/// What a key asks for, and what is shown of it.
pub(super) struct Found<'c> {
    pub(super) key: DimensionKey<'c>,
    pub(super) value: &'c KeySpelling,
    pub(super) label: &'c KeySpelling,
    pub(super) info: &'c Arc<DimensionInfo>,
}

impl<'c> Resolver<'c, '_> {
    /// The selected metrics, in order.
    pub(super) fn select_metrics(&mut self) -> Vec<AskedMetric> {
        let request = self.request;
        let at = REQUEST.key("metrics");
        let bound = self.catalog.limits.selected_items;
        if request.metrics.len() > bound {
            self.report_limit(at.path(), "selected_items", bound);
            return Vec::new();
        }
        if request.metrics.is_empty() && request.dimensions.is_empty() {
            self.report(REQUEST.path(), ResolveError::EmptyRequest);
        }
        let mut asked: Vec<AskedMetric> = Vec::with_capacity(request.metrics.len());
        for (index, key) in request.metrics.iter().enumerate() {
            let Some(id) = self.find_metric(key, || at.index(index).path()) else {
                continue;
            };
            if asked.iter().any(|other| other.id == id) {
                let name = echo(key);
                let error = ResolveError::Duplicate {
                    kind: Kind::Metric,
                    name,
                };
                self.report(at.index(index).path(), error);
                continue;
            }
            asked.push(AskedMetric {
                id,
                place: Place::Metrics(index),
            });
        }
        if self.asks_for_counts() {
            let (id, place) = (MetricId::ROWS, Place::Counts);
            asked.push(AskedMetric { id, place });
        }
        asked
    }

    /// The metric with this key, if this context may know it.
    pub(super) fn known_metric(&self, key: &str) -> Option<MetricId> {
        let found = self.catalog.index.metrics.get(key).copied();
        let found = found.filter(|id| self.knows_metric(*id));
        found
            .or_else(|| (key == COUNT && self.asks_for_counts()).then_some(MetricId::ROWS))
            .or_else(|| self.known_aggregate(key))
    }

    /// The metric with this key; one that this context may not know is reported.
    pub(super) fn find_metric(
        &mut self,
        key: &str,
        mut path: impl FnMut() -> Path,
    ) -> Option<MetricId> {
        let known = self.known_metric(key);
        if known.is_none() && !self.report_aggregate(key, &mut path) {
            let visible = self
                .catalog
                .metrics
                .iter()
                .filter(|metric| self.knows(metric.module.as_ref()))
                .map(|metric| metric.key.as_str());
            let help = self.findings.nearest(key, visible);
            self.report_unknown(path(), Kind::Metric, key, help);
        }
        known
    }

    /// The selected dimensions after switches, in order.
    pub(super) fn select_dimensions(&mut self, selection: &Selection) -> Vec<AskedDimension<'c>> {
        let request = self.request;
        let at = REQUEST.key("dimensions");
        let bound = self.catalog.limits.selected_items;
        if request.dimensions.len() > bound {
            self.report_limit(at.path(), "selected_items", bound);
            return Vec::new();
        }
        let mut asked: Vec<AskedDimension<'c>> = Vec::with_capacity(request.dimensions.len());
        for (index, written) in request.dimensions.iter().enumerate() {
            let has_grain = written.grain.is_some();
            let place = match request.kind {
                RequestKind::Values { .. } if index == 0 => Place::Dimension(has_grain),
                _ => Place::Dimensions(index, has_grain),
            };
            let Some(found) = self.select_dimension(written, selection, place) else {
                continue;
            };
            if asked.iter().any(|other| other.is_also(&found)) {
                let name = echo(&written.dimension);
                let error = ResolveError::Duplicate {
                    kind: Kind::Dimension,
                    name,
                };
                self.report(at.index(index).path(), error);
                continue;
            }
            asked.push(found);
        }
        asked
    }

    pub(super) fn select_dimension(
        &mut self,
        written: &DimensionRequest,
        selection: &Selection,
        place: Place,
    ) -> Option<AskedDimension<'c>> {
        let path = || place.path();
        let grain = match &written.grain {
            None => None,
            Some(word) => match Grain::parse(word) {
                Some(grain) => Some(grain),
                None => {
                    let error = ResolveError::GrainUnavailable {
                        name: echo(&written.dimension),
                        grain: echo(word),
                    };
                    let help = self.findings.nearest(word, Grain::ALL.map(Grain::as_str));
                    self.findings
                        .push(Error::new(place.grain_path(), error).with_help(help));
                    return None;
                }
            },
        };
        let found = self.find_bucket(&written.dimension, grain, selection, path)?;
        let dimension = self.catalog.dimension_by_id(found.key.id)?;
        if !dimension.is_groupable {
            let name = dimension.key.to_string();
            self.report(path(), ResolveError::NotGroupable { name });
            return None;
        }
        if let Some(grain) = grain.filter(|grain| !dimension.grains.contains(grain)) {
            let error = ResolveError::GrainUnavailable {
                name: dimension.key.to_string(),
                grain: grain.as_str().to_owned(),
            };
            let grains = dimension.grains.iter().map(|grain| grain.as_str());
            let help = Help::one_of(grains)
                .unwrap_or_else(|| Help::advice("only dates and times have grains"));
            self.findings
                .push(Error::new(place.grain_path(), error).with_help(help));
            return None;
        }
        Some(AskedDimension {
            key: found.key,
            place,
            grain,
            value: found.value,
            label: found.label,
            info: found.info,
        })
    }

    /// What a key asks to group by: a dimension, or the dimension that a switch has chosen.
    fn find_bucket(
        &mut self,
        key: &str,
        grain: Option<Grain>,
        selection: &Selection,
        path: impl FnOnce() -> Path,
    ) -> Option<Found<'c>> {
        if let Some(found) = self.switch_bucket(key, grain, selection) {
            return Some(found);
        }
        let asked = self.find_dimension(key, path)?;
        self.named_bucket(asked, grain, selection)
    }

    /// What a key asks for, after switches.
    pub(super) fn named_bucket(
        &self,
        asked: DimensionKey<'c>,
        grain: Option<Grain>,
        selection: &Selection,
    ) -> Option<Found<'c>> {
        let spelled = self.shown(asked)?;
        // A grain that is asked for by name says more than a switch.
        let key = match grain {
            Some(_) => asked,
            None => self.switched_key(asked, selection),
        };
        let info = match key == asked {
            true => spelled,
            false => self.shown(key)?,
        };
        Some(Found {
            key,
            value: spelled.spelling(grain),
            label: &spelled.label,
            info,
        })
    }

    /// The dimension that a switch has chosen, if the key is that of a switch.
    pub(super) fn switch_bucket(
        &self,
        key: &str,
        grain: Option<Grain>,
        selection: &Selection,
    ) -> Option<Found<'c>> {
        if grain.is_some() || self.catalog.index.dimensions.contains_key(key) {
            return None;
        }
        let toggle_id = *self.catalog.index.toggles.get(key)?;
        let toggle = self
            .catalog
            .toggle_by_id(toggle_id)
            .filter(|toggle| toggle.is_switch)?;
        let option = toggle.option(selection.get(toggle_id)?)?;
        let id = option.dimension.filter(|_| self.knows_option(option))?;
        let key = DimensionKey::plain(id);
        Some(Found {
            key,
            value: &toggle.value,
            label: &toggle.label,
            info: self.shown(key)?,
        })
    }

    /// The selected dimensions as one of the chosen sources expresses them.
    pub(super) fn bucket_values(
        &self,
        source: &'c Source,
        asked: &[AskedDimension<'c>],
    ) -> Vec<&'c SourceDimension> {
        asked
            .iter()
            .filter_map(|asked| self.expressed(source, asked.key).one())
            .collect()
    }

    /// Two keys that lead to one dimension at one grain are it twice.
    fn check_ways(&mut self, sources: &[&'c Source], asked: &[AskedDimension<'c>]) {
        let Some(source) = sources.first().copied() else {
            return;
        };
        for (at, one) in asked.iter().enumerate() {
            let Some(route) = one.key.route else { continue };
            let leads = |key| self.expressed(source, key).one();
            let Some(on_source) = leads(one.key) else {
                continue;
            };
            let is_same = |(other_at, other): (usize, &AskedDimension<'c>)| {
                let is_before = other_at < at || other.key.route.is_none();
                let found = leads(other.key).filter(|_| other_at != at && is_before);
                other.grain == one.grain && found.is_some_and(|on| std::ptr::eq(on, on_source))
            };
            if asked.iter().enumerate().any(is_same) {
                let (kind, name) = (Kind::Dimension, route.to_owned());
                self.report(one.place.path(), ResolveError::Duplicate { kind, name });
            }
        }
    }

    /// The selected dimensions, which every chosen source has to have at the grain asked for.
    pub(super) fn bind_buckets(
        &mut self,
        sources: &[&'c Source],
        asked: &[AskedDimension<'c>],
    ) -> Vec<Bucket<'c>> {
        let mut buckets = Vec::with_capacity(asked.len());
        self.check_ways(sources, asked);
        for asked in asked {
            let Some(dimension) = self.catalog.dimension_by_id(asked.key.id) else {
                continue;
            };
            let mut on_sources = sources
                .iter()
                .map(|source| self.expressed(source, asked.key).one());
            let has_time = |on_source: Option<&SourceDimension>| {
                on_source.is_none_or(|on_source| on_source.time.is_some())
            };
            if asked.grain.is_some() && !on_sources.all(has_time) {
                let error = ResolveError::GrainUnavailable {
                    name: dimension.key.to_string(),
                    grain: asked.grain.map_or("", Grain::as_str).to_owned(),
                };
                let help = Help::advice("only dates and times have grains");
                self.findings
                    .push(Error::new(asked.place.grain_path(), error).with_help(help));
                continue;
            }
            buckets.push(Bucket {
                dimension,
                grain: asked.grain,
                value: asked.value,
                label: asked.label,
                info: asked.info,
            });
        }
        buckets
    }
}
