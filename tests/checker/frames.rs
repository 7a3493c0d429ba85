//! Which rows in time a metric is of, by what the catalog says of it and of what it rests on (R18, R19).

use std::collections::BTreeSet;

use measurand::catalog::spec::{AdditivitySpec, CatalogSpec, GrainCount, MetricSpec, WindowSpec};
use measurand::{FilterRequest, Grain, Subject};

use super::fragment::normal_fragment;
use super::lower::Lowered;
use super::meaning::Known;
use super::metrics::Metrics;
use super::shift::Shift;
use super::tree::Tree;

/// Which rows in time a number is of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Frame<'a> {
    /// Whether they are of the period that is compared with.
    pub is_previous: bool,
    pub window: Option<Window>,
    pub pick: Option<Pick<'a>>,
    /// How far back they lie.
    pub shift: Option<Shift>,
}

/// How far back from the end of a period rows are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Window {
    Cumulative,
    Rolling(i64, Grain),
    ToDate(Grain),
}

/// The one date of a group that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pick<'a> {
    pub over: &'a str,
    pub first: bool,
    /// The metric that says what rows have to be: the first of those that say the same.
    pub filter_of: Option<(&'a str, &'a str)>,
}

impl<'a> Frame<'a> {
    /// The frame of a metric that is asked for within this one.
    fn of(self, spec: &'a CatalogSpec, metric: &'a MetricSpec) -> Lowered<Self> {
        let grain = |name: &str| Grain::parse(name).ok_or("no grain".to_owned());
        let count = |count: &GrainCount| Ok::<_, String>((count.n, grain(&count.grain)?));
        let own = match &metric.offset {
            Some(offset) => {
                let (count, grain) = count(offset)?;
                Some(Shift::back(count, grain).ok_or("an offset by nothing")?)
            }
            None => None,
        };
        let window = match &metric.window {
            None => None,
            Some(WindowSpec::Cumulative) => Some(Window::Cumulative),
            Some(WindowSpec::Rolling(window)) => {
                let (count, grain) = count(window)?;
                Some(Window::Rolling(count, grain))
            }
            Some(WindowSpec::ToDate(name)) => Some(Window::ToDate(grain(name)?)),
        };
        if self.window.is_some() && window.is_some() {
            return Err("a window over a window".to_owned());
        }
        let pick = match &metric.additivity {
            Some(AdditivitySpec::SemiAdditive { over, pick }) => Some(Pick {
                over,
                first: pick == "first",
                filter_of: first_of_filter(spec, metric)?,
            }),
            _ => None,
        };
        Ok(Self {
            is_previous: self.is_previous,
            window: self.window.or(window),
            pick: pick.or(self.pick),
            shift: match (self.shift, own) {
                (Some(outer), Some(own)) => Some(outer.and(own)),
                (outer, own) => outer.or(own),
            },
        })
    }

    pub fn is_usual(&self) -> bool {
        *self == Self::default()
    }
}

/// The filter of a semi-additive metric, under the first metric that says the same.
fn first_of_filter<'a>(
    spec: &'a CatalogSpec,
    metric: &'a MetricSpec,
) -> Lowered<Option<(&'a str, &'a str)>> {
    let Some(filter) = metric.filter.as_deref() else {
        return Ok(None);
    };
    let wanted = normal_fragment(filter)?;
    let is_same = |other: &&MetricSpec| {
        let is_picked = matches!(other.additivity, Some(AdditivitySpec::SemiAdditive { .. }));
        let filter = other.filter.as_deref().filter(|_| is_picked);
        filter.is_some_and(|filter| normal_fragment(filter).as_ref() == Ok(&wanted))
    };
    let same = spec.metrics.iter().filter(is_same);
    let first = same.min_by_key(|metric| &metric.metric_key);
    Ok(first.map(|metric| (metric.metric_key.as_str(), filter)))
}

impl<'a> Metrics<'_, 'a> {
    /// The frame of a metric that is asked for within another one.
    pub fn frame_of(&self, metric: &'a MetricSpec, outer: Frame<'a>) -> Lowered<Frame<'a>> {
        outer.of(self.known().spec, metric)
    }

    /// Every frame of the request: that of the period, those of the earlier one, and those of what they rest on.
    pub fn frames(&self, compared: Option<Shift>) -> Lowered<Vec<Frame<'a>>> {
        let request = self.known().request;
        let mut keys: Vec<String> = request.metrics.clone();
        let mut waiting: Vec<&FilterRequest> = request
            .filters
            .iter()
            .chain(&request.metric_filters)
            .collect();
        while let Some(filter) = waiting.pop() {
            match filter {
                FilterRequest::And(parts)
                | FilterRequest::List(parts)
                | FilterRequest::Or(parts) => waiting.extend(parts),
                FilterRequest::Not(part) => waiting.push(part),
                FilterRequest::Compare(comparison) => {
                    if let Subject::Metric(key) = &comparison.subject {
                        keys.push(key.clone());
                    }
                }
            }
        }
        for order in &request.order_by {
            let metric = order
                .key
                .split_once('.')
                .map_or(&*order.key, |(metric, _)| metric);
            keys.extend([order.key.clone(), metric.to_owned()]);
        }
        keys.extend(request.top.iter().map(|top| top.by.clone()));
        let is_metric = |key: &String| {
            self.known()
                .spec
                .metrics
                .iter()
                .any(|m| m.metric_key == *key)
        };
        keys.retain(is_metric);
        let previous = compared.map(|shift| Frame {
            is_previous: true,
            shift: Some(shift),
            ..Frame::default()
        });
        let outer: Vec<Frame<'a>> = [Frame::default()].into_iter().chain(previous).collect();
        let mut found: BTreeSet<Frame<'a>> = outer.iter().copied().collect();
        let mut met = BTreeSet::new();
        let mut waiting: Vec<(String, Option<usize>, Frame<'a>)> = Vec::new();
        for key in keys {
            let leg = self.leg(&key)?;
            waiting.extend(outer.iter().map(|frame| (key.clone(), leg, *frame)));
        }
        while let Some((key, leg, frame)) = waiting.pop() {
            if !met.insert((key.clone(), leg, frame)) {
                continue;
            }
            let (definition, frame) = self.framed(&key, leg, frame)?;
            found.insert(frame);
            for component in self.components(&key, &definition)? {
                let leg = match leg {
                    Some(leg) => Some(leg),
                    None => self.leg(&component)?,
                };
                waiting.push((component, leg, frame));
            }
        }
        Ok(found.into_iter().collect())
    }
}

impl<'a> Known<'a> {
    /// What rows have to be before one date of them is picked, in parts.
    pub fn picked_filter(&self) -> Lowered<Vec<Tree>> {
        match self.frame.pick.and_then(|pick| pick.filter_of) {
            Some((_, filter)) => {
                let filter = normal_fragment(filter)?;
                Ok(filter.conjuncts().into_iter().cloned().collect())
            }
            None => Ok(Vec::new()),
        }
    }
}
