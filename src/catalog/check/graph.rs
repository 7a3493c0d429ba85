//! Checks the graph of derived metrics: acyclic under every selection, bounded, complete (R4, R8).

use std::collections::HashSet;

use crate::error::{CatalogError, Error, Help};
use crate::hash::CatalogMap;
use crate::path::Path;

use super::super::metric::{Calculation, Definition, Metric, Variant};
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
            self.report_limit(first, "variants", "variant_combinations", bound);
            return true;
        };
        for selection in selections {
            if let Some(cycle) = find_cycle(metrics, group, &selection) {
                self.report_cycle(metrics, &cycle, &selection, toggles);
                return true;
            }
        }
        false
    }

    /// Reports a cycle at the definition that its first metric has under the selection.
    fn report_cycle(
        &mut self,
        metrics: &[Metric],
        cycle: &[MetricId],
        selection: &[(ToggleId, OptionId)],
        toggles: &[Toggle],
    ) {
        /// No chain of metrics that is allowed is longer, and nobody reads on.
        const MOST_NAMES: usize = 100;
        let on_cycle: Vec<&Metric> = cycle.iter().filter_map(|id| at(metrics, *id)).collect();
        let Some(first) = on_cycle.first() else {
            return;
        };
        let mut names: Vec<&str> = on_cycle.iter().map(|metric| metric.key.as_str()).collect();
        if names.len() > MOST_NAMES {
            names.truncate(MOST_NAMES);
            names.push("…");
        }
        names.push(first.key.as_str());
        let needed = needed_options(metrics, cycle, selection);
        let when = match needed.is_empty() {
            true => String::new(),
            false => format!(" under {}", in_words(&needed, toggles)),
        };
        let error = CatalogError::MetricCycle {
            metric: first.key.to_string(),
            cycle: names.join(" -> "),
            when,
        };
        let places: Vec<Path> = on_cycle
            .iter()
            .take(MOST_NAMES)
            .filter_map(|metric| self.definition_path(metric, selection, toggles))
            .collect();
        let mut places = places.into_iter();
        if let Some(path) = places.next() {
            let help = Help::advice("take one of these metrics out of the formula of another");
            let error = Error::new(path, error).with_help(help);
            self.findings.push(places.fold(error, Error::with_related));
        }
    }

    /// Where the definition stands that a metric has under a selection.
    fn definition_path(
        &self,
        metric: &Metric,
        selection: &[(ToggleId, OptionId)],
        toggles: &[Toggle],
    ) -> Option<Path> {
        let index = *self.index.metrics.get(&metric.key)?;
        let position = *self.order.metrics.get(index.0 as usize)?;
        let written = self.spec.metrics.get(position)?;
        let variant = variant_under(metric, selection).and_then(|variant| {
            let option_of = |(toggle, option): &(ToggleId, OptionId)| {
                let toggle = toggles.get(usize::from(toggle.0))?;
                Some((toggle.key.as_str(), toggle.option(*option)?.key.as_str()))
            };
            let when: Vec<_> = variant.when.iter().filter_map(option_of).collect();
            written.variants.iter().find(|written| {
                written.when.len() == when.len()
                    && when.iter().all(|(toggle, option)| {
                        written.when.get(*toggle).is_some_and(|o| o == option)
                    })
            })
        });
        let origin = variant.map_or(&written.origin, |variant| &variant.origin);
        Some(origin.path("derived_formula"))
    }

    fn report_limit(&mut self, metric: &Metric, field: &str, limit: &'static str, bound: usize) {
        let position = self.index.metrics.get(&metric.key);
        let position = position.and_then(|id| self.order.metrics.get(id.0 as usize));
        let Some(written) = position.and_then(|at| self.spec.metrics.get(*at)) else {
            return;
        };
        self.report(&written.origin, field, CatalogError::limit(limit, bound));
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
            // What rests on a metric that is too deep is not reported again.
            if depth == self.limits.formula_depth + 1 {
                let bound = self.limits.formula_depth;
                self.report_limit(metric, "derived_formula", "formula_depth", bound);
            }
        }
        let heavy: Vec<usize> = metrics.iter().map(formula_nodes).collect();
        let bound = self.limits.formula_nodes;
        if heavy.iter().sum::<usize>() <= bound {
            return;
        }
        // What a metric rests on is part of what rests on it, so that the tops tell of all below.
        let mut is_component = vec![false; metrics.len()];
        for id in groups.iter().flatten() {
            for component in edges(metrics, *id) {
                if let Some(flag) = is_component.get_mut(component.0 as usize) {
                    *flag = true;
                }
            }
        }
        let mut walk = RestingWalk::new(metrics, heavy);
        for id in groups.iter().flatten() {
            let is_top = depths.get(id).is_some_and(|depth| *depth > 0)
                && is_component.get(id.0 as usize) == Some(&false);
            if is_top
                && walk.exceeds(*id, bound)
                && let Some(metric) = at(metrics, *id)
            {
                self.report_limit(metric, "derived_formula", "formula_nodes", bound);
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
                for component in definitions.into_iter().flat_map(Definition::components) {
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

/// What a metric rests on under some selection.
fn edges(metrics: &[Metric], id: MetricId) -> impl Iterator<Item = MetricId> {
    at(metrics, id)
        .into_iter()
        .flat_map(Metric::definitions)
        .flat_map(Definition::components)
        .copied()
}

/// The variant that a metric has under one selection.
fn variant_under<'m>(
    metric: &'m Metric,
    selection: &[(ToggleId, OptionId)],
) -> Option<&'m Variant> {
    let mut variants = metric.variants.iter();
    variants.find(|variant| variant.when.iter().all(|each| selection.contains(each)))
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
    let variant = variant_under(metric, selection);
    let definition = variant.map_or(&metric.base, |variant| &variant.definition);
    definition.components()
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

/// A cycle among the metrics of a group under one selection, in the order of resting, from the
/// metric whose key is first.
fn find_cycle(
    metrics: &[Metric],
    group: &[MetricId],
    selection: &[(ToggleId, OptionId)],
) -> Option<Vec<MetricId>> {
    let members: HashSet<MetricId> = group.iter().copied().collect();
    // Metrics that were met, and whether all below them is known to be free of cycles.
    let mut met: CatalogMap<MetricId, bool> = CatalogMap::default();
    for root in group {
        if met.contains_key(root) {
            continue;
        }
        met.insert(*root, false);
        let mut walk = vec![(*root, edges_under(metrics, *root, selection).iter())];
        while let Some((id, rest)) = walk.last_mut() {
            let Some(next) = rest.find(|next| members.contains(next)) else {
                met.insert(*id, true);
                walk.pop();
                continue;
            };
            match met.insert(*next, false) {
                None => walk.push((*next, edges_under(metrics, *next, selection).iter())),
                Some(true) => {
                    met.insert(*next, true);
                }
                Some(false) => {
                    let start = walk.iter().position(|(id, _)| id == next)?;
                    let cycle = walk.split_off(start);
                    let mut cycle: Vec<MetricId> = cycle.into_iter().map(|(id, _)| id).collect();
                    let least = cycle.iter().enumerate().min_by_key(|(_, id)| **id)?.0;
                    cycle.rotate_left(least);
                    return Some(cycle);
                }
            }
        }
    }
    None
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
        .filter_map(|metric| variant_under(metric, selection))
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
            Calculation::Aggregate { above, .. } | Calculation::OfColumn { above, .. } => {
                above.as_ref().map_or(1, |above| above.nodes)
            }
        })
        .max()
        .unwrap_or(1)
}

/// Adds up the nodes of all that a metric rests on, each metric counted once.
struct RestingWalk {
    /// What each metric rests on, each component once.
    components: Vec<Vec<MetricId>>,
    heavy: Vec<usize>,
    /// The number of the walk that met a metric last.
    met: Vec<usize>,
    walks: usize,
}

impl RestingWalk {
    fn new(metrics: &[Metric], heavy: Vec<usize>) -> Self {
        let distinct = |id| {
            let mut components: Vec<MetricId> = edges(metrics, id).collect();
            components.sort_unstable();
            components.dedup();
            components
        };
        let ids = (0u32..).take(metrics.len()).map(MetricId);
        Self {
            components: ids.map(distinct).collect(),
            met: vec![0; heavy.len()],
            heavy,
            walks: 0,
        }
    }

    /// Whether the nodes are more than `bound`; the walk ends where they are, so that no metric
    /// costs more than the bound allows.
    fn exceeds(&mut self, id: MetricId, bound: usize) -> bool {
        self.walks += 1;
        let mut waiting = vec![id];
        let mut total = 0;
        while let Some(MetricId(id)) = waiting.pop() {
            let id = id as usize;
            let Some(met) = self.met.get_mut(id).filter(|met| **met < self.walks) else {
                continue;
            };
            *met = self.walks;
            total += self.heavy.get(id).copied().unwrap_or_default();
            if total > bound {
                return true;
            }
            waiting.extend(self.components.get(id).into_iter().flatten());
        }
        false
    }
}
