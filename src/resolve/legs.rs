//! Spreads the metrics of a request over several sources, where no source has all (R14).

use std::collections::HashSet;

use crate::catalog::MetricId;
use crate::catalog::metric::Calculation;
use crate::catalog::source::Source;
use crate::catalog::toggle::Selection;
use crate::provenance::Placements;

use super::access::RuledDimension;
use super::source::{FilteredItems, asked_path, has_dimensions, has_dimensions_itself};
use super::{AskedDimension, AskedMetric, Chosen, Resolver};

/// What the sources have to answer.
pub(super) struct Wanted<'a, 'c> {
    pub(super) selection: &'a Selection,
    pub(super) metrics: &'a [AskedMetric],
    pub(super) asked: &'a [AskedDimension<'c>],
    pub(super) filtered: &'a FilteredItems<'c>,
    pub(super) ruled: &'a [RuledDimension],
}

/// A metric, and the sources that could answer it alone; none where it is derived over several.
struct Candidates<'c> {
    metric: MetricId,
    sources: Vec<&'c Source>,
}

/// What was found so far.
#[derive(Default)]
struct Found<'c> {
    candidates: Vec<Candidates<'c>>,
    /// The metrics among them.
    seen: HashSet<MetricId>,
}

impl<'c> Found<'c> {
    fn push(&mut self, metric: MetricId, sources: Vec<&'c Source>) {
        self.candidates.push(Candidates { metric, sources });
    }
}

impl<'c> Resolver<'c, '_> {
    /// Finds a source for every metric by itself, each with all the dimensions.
    ///
    /// A metric that no source has is answered where it is derived from metrics that sources have. Where
    /// several could answer one metric equally well, a source that answers another one anyway does.
    pub(super) fn choose_several(&mut self, wanted: &Wanted<'_, 'c>) -> Option<Chosen<'c>> {
        let hidden = wanted.filtered.metrics.iter().copied();
        let shown = wanted.metrics.iter().map(|metric| metric.id);
        let mut found = Found::default();
        let (mut is_answered, mut lacking) = (true, Vec::new());
        for metric in shown.chain(hidden) {
            if !self.find_candidates(metric, wanted, &mut found) {
                is_answered = false;
                lacking.extend(wanted.metrics.iter().filter(|asked| asked.id == metric));
            }
        }
        if !is_answered || found.candidates.is_empty() {
            let lacking = match lacking.is_empty() {
                true => wanted.metrics.iter().collect(),
                false => lacking,
            };
            self.report_no_source(&lacking, wanted.asked);
            return None;
        }
        let chosen = self.settle(found.candidates, wanted)?;
        let bound = self.catalog.limits.sources;
        if chosen.sources.len() > bound {
            let path = asked_path(wanted.metrics, wanted.asked);
            self.report_limit(path, "sources", bound);
            return None;
        }
        if chosen.sources.is_empty() {
            // Formulas of constants alone rest on no rows.
            let all: Vec<&AskedMetric> = wanted.metrics.iter().collect();
            self.report_no_source(&all, wanted.asked);
            return None;
        }
        Some(chosen)
    }

    /// Collects the candidates for a metric and, where it has none, for what it is derived from.
    ///
    /// Recursion is as deep as metrics rest on each other, which the catalog bounds; each is visited once.
    fn find_candidates(
        &self,
        metric: MetricId,
        wanted: &Wanted<'_, 'c>,
        found: &mut Found<'c>,
    ) -> bool {
        if found.seen.contains(&metric) {
            return true;
        }
        let needs_dates = self.needs_dates();
        let answers = |source: &&Source| {
            has_dimensions(source, wanted.asked, wanted.filtered)
                && (!needs_dates || source.date_column.is_some())
        };
        let sources: Vec<&Source> = self.catalog.offering(metric).filter(answers).collect();
        if !sources.is_empty() {
            found.seen.insert(metric);
            let has_itself =
                |source: &Source| has_dimensions_itself(source, wanted.asked, wanted.filtered);
            found.push(metric, self.prefer(sources, wanted.ruled, &has_itself));
            return true;
        }
        let definition = self.catalog.definition(metric, None, wanted.selection);
        let Some(Calculation::Derived { components, .. }) = definition.map(|d| &d.calculation)
        else {
            return false;
        };
        let all = components
            .iter()
            .all(|component| self.find_candidates(*component, wanted, found));
        if all && found.seen.insert(metric) {
            found.push(metric, Vec::new());
        }
        all
    }

    /// One source for each metric: first where there is no choice, then where there is.
    fn settle(
        &mut self,
        found: Vec<Candidates<'c>>,
        wanted: &Wanted<'_, 'c>,
    ) -> Option<Chosen<'c>> {
        let certain = found
            .iter()
            .filter_map(|candidates| match candidates.sources.as_slice() {
                [source] => Some(source.id),
                _ => None,
            });
        let certain: Vec<_> = certain.collect();
        let mut chosen = Chosen::default();
        let mut placements = Vec::with_capacity(found.len());
        for Candidates {
            metric,
            mut sources,
        } in found
        {
            if sources.len() > 1 && sources.iter().any(|source| certain.contains(&source.id)) {
                sources.retain(|source| certain.contains(&source.id));
            }
            if sources.len() > 1 {
                let asked = wanted.metrics.iter().find(|asked| asked.id == metric);
                let path = asked.map(|asked| asked.place.path());
                let path = path.unwrap_or_else(|| asked_path(wanted.metrics, wanted.asked));
                self.report_ambiguous(&sources, path);
                return None;
            }
            let leg = sources.first().map(|source| {
                let known = chosen.sources.iter().position(|each| each.id == source.id);
                known.unwrap_or_else(|| {
                    chosen.sources.push(source);
                    chosen.sources.len() - 1
                })
            });
            placements.push((metric, leg));
        }
        chosen.placements = Placements::new(placements);
        Some(chosen)
    }
}
