//! Checks the graph of derived metrics: acyclic under every selection, bounded, complete (R4, R8).

use std::collections::HashSet;

use crate::error::{CatalogError, Error, Help};
use crate::hash::CatalogMap;

use super::super::metric::{Calculation, Definition, Metric};
use super::super::source::Source;
use super::super::toggle::Toggle;
use super::super::{MetricId, OptionId, ToggleId};
use super::Checker;
use super::variants::{Selections, in_words, involved_toggles};

impl Checker<'_> {
    /// Reports cycles, graphs beyond the limits, and components that a source does not offer.
    pub(super) fn check_graph(
        &mut self,
        metrics: &[Metric],
        sources: &[Source],
        toggles: &[Toggle],
    ) {
        let groups = strongly_connected(metrics);
        let mut has_cycle = false;
        for group in &groups {
            let refers_to_itself = group.first().is_some_and(|id| {
                group.len() > 1 || edges(metrics, *id).any(|component| component == *id)
            });
            if refers_to_itself {
                has_cycle |= self.check_group(metrics, group, toggles);
            }
        }
        if !has_cycle {
            self.check_sizes(metrics, &groups);
            self.check_components(metrics, sources);
        }
    }

    /// Looks for a selection under which the metrics of a connected group form a cycle.
    fn check_group(&mut self, metrics: &[Metric], group: &[MetricId], toggles: &[Toggle]) -> bool {
        let members: Vec<&Metric> = group.iter().filter_map(|id| at(metrics, *id)).collect();
        let involved = involved_toggles(members.iter().flat_map(|metric| metric.variants.iter()));
        let bound = self.limits.variant_combinations;
        let Some(first) = members.first() else {
            return false;
        };
        let Some(selections) = Selections::new(&involved, toggles, bound) else {
            let error = CatalogError::LimitExceeded {
                limit: "variant_combinations",
                bound: u64::try_from(bound).unwrap_or(u64::MAX),
            };
            self.report_on(first, error);
            return true;
        };
        for selection in selections {
            if let Some(cycle) = find_cycle(metrics, group, &selection) {
                let names: Vec<&str> = cycle
                    .iter()
                    .chain(cycle.first())
                    .filter_map(|id| at(metrics, *id))
                    .map(|metric| metric.key.as_str())
                    .collect();
                let needed = needed_options(metrics, &cycle, &selection);
                let when = match needed.is_empty() {
                    true => String::new(),
                    false => format!(" under {}", in_words(&needed, toggles)),
                };
                let metric = names.first().copied().unwrap_or_default().to_owned();
                let cycle = names.join(" -> ");
                self.report_on(
                    first,
                    CatalogError::MetricCycle {
                        metric,
                        cycle,
                        when,
                    },
                );
                return true;
            }
        }
        false
    }

    fn report_on(&mut self, metric: &Metric, error: CatalogError) {
        let written = self
            .spec
            .metrics
            .iter()
            .find(|each| each.metric_key == metric.key.as_str());
        if let Some(written) = written {
            self.findings
                .push(Error::new(written.origin.path("derived_formula"), error));
        }
    }

    /// Bounds what one metric rests on: levels, and nodes of all formulas, each counted once.
    fn check_sizes(&mut self, metrics: &[Metric], groups: &[Vec<MetricId>]) {
        let mut depths: CatalogMap<MetricId, usize> = CatalogMap::default();
        // Components come before what rests on them in this order.
        for id in groups.iter().flatten() {
            let below = edges(metrics, *id)
                .filter_map(|component| depths.get(&component))
                .max();
            let depth = below.map_or(0, |below| below + 1);
            depths.insert(*id, depth);
            let Some(metric) = at(metrics, *id) else {
                continue;
            };
            if depth > self.limits.formula_depth {
                let bound = u64::try_from(self.limits.formula_depth).unwrap_or(u64::MAX);
                self.report_on(
                    metric,
                    CatalogError::LimitExceeded {
                        limit: "formula_depth",
                        bound,
                    },
                );
                return;
            }
        }
        let heavy: Vec<usize> = metrics.iter().map(formula_nodes).collect();
        if heavy.iter().sum::<usize>() <= self.limits.formula_nodes {
            return;
        }
        for id in groups.iter().flatten() {
            if depths.get(id).is_none_or(|depth| *depth == 0) {
                continue;
            }
            if resting_nodes(metrics, *id, &heavy) > self.limits.formula_nodes {
                let Some(metric) = at(metrics, *id) else {
                    continue;
                };
                let bound = u64::try_from(self.limits.formula_nodes).unwrap_or(u64::MAX);
                self.report_on(
                    metric,
                    CatalogError::LimitExceeded {
                        limit: "formula_nodes",
                        bound,
                    },
                );
                return;
            }
        }
    }

    /// Reports derived metrics that a source offers without all of their components.
    fn check_components(&mut self, metrics: &[Metric], sources: &[Source]) {
        for source in sources {
            let mut offered: Vec<(&MetricId, &Option<Definition>)> =
                source.metrics.iter().collect();
            offered.sort_by_key(|(id, _)| **id);
            for (id, own) in offered {
                let Some(metric) = at(metrics, *id) else {
                    continue;
                };
                let definitions = match own {
                    Some(own) => std::iter::once(own)
                        .chain(metric.variants.iter().map(|variant| &variant.definition))
                        .collect::<Vec<_>>(),
                    None => metric.definitions().collect(),
                };
                for component in definitions.into_iter().flat_map(components) {
                    if !source.metrics.contains_key(component) {
                        self.report_component(source, metric, at(metrics, *component));
                    }
                }
            }
        }
    }

    fn report_component(&mut self, source: &Source, metric: &Metric, component: Option<&Metric>) {
        let Some(component) = component else { return };
        let key = source.key.as_str();
        let Some(written) = self.spec.data_sources.iter().find(|s| s.source_key == key) else {
            return;
        };
        let error = CatalogError::MissingComponent {
            metric: metric.key.to_string(),
            component: component.key.to_string(),
            source_key: key.to_owned(),
        };
        let help = Help::advice(format!(
            "offer `{}` there too, or take `{}` away",
            component.key, metric.key
        ));
        self.findings
            .push(Error::new(written.origin.path("metrics"), error).with_help(help));
    }
}

fn at(metrics: &[Metric], id: MetricId) -> Option<&Metric> {
    metrics.get(id.0 as usize)
}

fn components(definition: &Definition) -> &[MetricId] {
    match &definition.calculation {
        Calculation::Derived { components, .. } => components,
        Calculation::Aggregate { .. } => &[],
    }
}

/// What a metric rests on under some selection.
fn edges(metrics: &[Metric], id: MetricId) -> impl Iterator<Item = MetricId> {
    at(metrics, id)
        .into_iter()
        .flat_map(Metric::definitions)
        .flat_map(components)
        .copied()
}

/// What a metric rests on under one selection.
fn edges_under<'m>(
    metrics: &'m [Metric],
    id: MetricId,
    selection: &[(ToggleId, OptionId)],
) -> &'m [MetricId] {
    let Some(metric) = at(metrics, id) else {
        return &[];
    };
    let variant = metric
        .variants
        .iter()
        .find(|variant| variant.when.iter().all(|each| selection.contains(each)));
    components(variant.map_or(&metric.base, |variant| &variant.definition))
}

/// The groups of metrics that rest on each other, components first.
///
/// # Source
/// R. Tarjan, "Depth-first search and linear graph algorithms", 1972; iterative here.
fn strongly_connected(metrics: &[Metric]) -> Vec<Vec<MetricId>> {
    struct Visit {
        id: MetricId,
        rest: std::vec::IntoIter<MetricId>,
    }
    let mut index: CatalogMap<MetricId, usize> = CatalogMap::default();
    let mut low: CatalogMap<MetricId, usize> = CatalogMap::default();
    let mut stack: Vec<MetricId> = Vec::new();
    let mut on_stack: CatalogMap<MetricId, bool> = CatalogMap::default();
    let mut groups = Vec::new();
    let lower = |low: &mut CatalogMap<MetricId, usize>, id: MetricId, value: usize| {
        low.entry(id)
            .and_modify(|known| *known = (*known).min(value))
            .or_insert(value);
    };
    for root in (0u32..).take(metrics.len()).map(MetricId) {
        if index.contains_key(&root) {
            continue;
        }
        let mut path: Vec<Visit> = Vec::new();
        let mut entering = Some(root);
        loop {
            if let Some(id) = entering.take() {
                let number = index.len();
                index.insert(id, number);
                low.insert(id, number);
                stack.push(id);
                on_stack.insert(id, true);
                let rest: Vec<MetricId> = edges(metrics, id).collect();
                path.push(Visit {
                    id,
                    rest: rest.into_iter(),
                });
            }
            let Some(visit) = path.last_mut() else { break };
            let id = visit.id;
            if let Some(next) = visit.rest.next() {
                match index.get(&next) {
                    None => entering = Some(next),
                    Some(number) if on_stack.get(&next) == Some(&true) => {
                        lower(&mut low, id, *number);
                    }
                    Some(_) => {}
                }
                continue;
            }
            path.pop();
            let reached = low.get(&id).copied().unwrap_or_default();
            if let Some(above) = path.last() {
                lower(&mut low, above.id, reached);
            }
            if index.get(&id) == Some(&reached) {
                let mut group = Vec::new();
                while let Some(member) = stack.pop() {
                    on_stack.insert(member, false);
                    group.push(member);
                    if member == id {
                        break;
                    }
                }
                group.sort_unstable();
                groups.push(group);
            }
        }
    }
    groups
}

/// A cycle among the metrics of a group under one selection, in the order of resting.
fn find_cycle(
    metrics: &[Metric],
    group: &[MetricId],
    selection: &[(ToggleId, OptionId)],
) -> Option<Vec<MetricId>> {
    // Metrics that rest on nothing left in the group cannot be part of a cycle; take them away.
    let mut left: Vec<MetricId> = group.to_vec();
    loop {
        let before = left.len();
        let remaining = left.clone();
        left.retain(|id| {
            edges_under(metrics, *id, selection)
                .iter()
                .any(|to| remaining.contains(to))
        });
        if left.len() == before {
            break;
        }
    }
    // Every metric that is left rests on another one that is left: follow until one repeats.
    let mut walk = vec![*left.first()?];
    loop {
        let last = *walk.last()?;
        let next = *edges_under(metrics, last, selection)
            .iter()
            .find(|to| left.contains(to))?;
        if let Some(start) = walk.iter().position(|id| *id == next) {
            return Some(walk.split_off(start));
        }
        walk.push(next);
    }
}

/// The options of a selection that the definitions on a cycle depend on.
fn needed_options(
    metrics: &[Metric],
    cycle: &[MetricId],
    selection: &[(ToggleId, OptionId)],
) -> Vec<(ToggleId, OptionId)> {
    let mut needed: Vec<(ToggleId, OptionId)> = cycle
        .iter()
        .filter_map(|id| at(metrics, *id))
        .filter_map(|metric| {
            metric
                .variants
                .iter()
                .find(|variant| variant.when.iter().all(|each| selection.contains(each)))
        })
        .flat_map(|variant| variant.when.iter().copied())
        .collect();
    needed.sort_unstable();
    needed.dedup();
    needed
}

/// The nodes of a metric's largest formula.
fn formula_nodes(metric: &Metric) -> usize {
    metric
        .definitions()
        .map(|definition| match &definition.calculation {
            Calculation::Derived { formula, .. } => formula.nodes,
            Calculation::Aggregate { above, .. } => above.as_ref().map_or(1, |above| above.nodes),
        })
        .max()
        .unwrap_or(1)
}

/// The nodes of all that a metric rests on, each metric counted once.
fn resting_nodes(metrics: &[Metric], id: MetricId, heavy: &[usize]) -> usize {
    let mut seen: HashSet<MetricId> = HashSet::new();
    let mut waiting = vec![id];
    let mut total = 0;
    while let Some(id) = waiting.pop() {
        if seen.insert(id) {
            total += heavy.get(id.0 as usize).copied().unwrap_or_default();
            waiting.extend(edges(metrics, id));
        }
    }
    total
}
