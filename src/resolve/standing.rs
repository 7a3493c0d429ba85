//! Binds what is shown of the standing of metrics: their share of the total, and their rank.

use crate::catalog::MetricId;
use crate::catalog::metric::{Additivity, Calculation, Metric};
use crate::catalog::toggle::Selection;
use crate::error::{Error, Help, Kind, ResolveError};
use crate::output::Standing;
use crate::path::echo;
use crate::request::{Request, RequestKind};

use super::{Chosen, REQUEST, ResolvedTop, Resolver};

/// The field of a request that asks for it, and the keys of metrics that are in it.
fn asked(request: &Request, standing: Standing) -> (&'static str, &[String]) {
    match standing {
        Standing::Share => ("shares", &request.shares),
        Standing::Rank => ("ranks", &request.ranks),
    }
}

impl<'c> Resolver<'c, '_> {
    /// The metrics whose share or rank is asked for, as the request names them.
    pub(super) fn bind_standings(
        &mut self,
        chosen: &Chosen<'c>,
        selection: &Selection,
    ) -> Vec<(MetricId, Standing)> {
        let request = self.request;
        let mut found = Vec::new();
        for standing in Standing::ALL {
            let (field, keys) = asked(request, standing);
            let at = REQUEST.key(field);
            if let (RequestKind::Values { .. }, false) = (&request.kind, keys.is_empty()) {
                let part = format!("`{field}` of a request that is no `aggregate`");
                let advice = "ask for `aggregate` with the same dimensions";
                self.report_unsupported(at.path(), &part, advice);
                continue;
            }
            let bound = self.catalog.limits.selected_items;
            if keys.len() > bound {
                self.report_limit(at.path(), "selected_items", bound);
                continue;
            }
            for (index, key) in keys.iter().enumerate() {
                let path = || at.index(index).path();
                let Some(id) = self.find_metric(key, path) else {
                    continue;
                };
                if keys.iter().take(index).any(|before| before == key) {
                    let (kind, name) = (Kind::Metric, echo(key));
                    self.report(path(), ResolveError::Duplicate { kind, name });
                } else if !request.metrics.contains(key) {
                    let name = echo(key);
                    let error = Error::new(path(), ResolveError::NotSelected { name });
                    let help = Help::advice(format!("add `{}` to the `metrics`", echo(key)));
                    self.findings.push(error.with_help(help));
                } else if standing == Standing::Share
                    && let Some(reason) = self.not_a_part(chosen, id, selection)
                {
                    let name = echo(key);
                    let error = ResolveError::NotAdditive { name, reason };
                    let help =
                        "a metric that adds up is one `SUM` or `COUNT`, or declared `additive`";
                    let error = Error::new(path(), error).with_help(Help::advice(help));
                    self.findings.push(error);
                } else {
                    found.push((id, standing));
                }
            }
        }
        found
    }

    /// What is shown of them. A rank is among all groups; where `top` folds most of them into one, it is known only of
    /// the metric by which `top` keeps the first, in groups that nothing else cuts apart.
    pub(super) fn shown_standings(
        &mut self,
        standings: Vec<(MetricId, Standing)>,
        top: Option<&ResolvedTop>,
        dimensions: usize,
    ) -> Vec<(MetricId, Standing)> {
        let is_hidden = |id: MetricId| {
            top.is_some_and(|top| dimensions != 1 || !top.descending || top.metric != id)
        };
        let mut ranks = standings.iter().filter(|(_, of)| *of == Standing::Rank);
        if ranks.any(|(id, _)| is_hidden(*id)) {
            self.report_unsupported(
                REQUEST.key("ranks").path(),
                "a rank beside `top` by another metric, in ascending order or in groups by several dimensions",
                "ask with a `limit` instead of `top`",
            );
        }
        // A count shows no metric.
        match self.request.kind {
            RequestKind::Count => Vec::new(),
            _ => standings,
        }
    }

    /// Why the numbers of groups do not add up to a whole that each is a part of, if they do not.
    fn not_a_part(
        &self,
        chosen: &Chosen<'c>,
        id: MetricId,
        selection: &Selection,
    ) -> Option<&'static str> {
        let leg = chosen.placements.leg_of(id);
        let source = leg.and_then(|leg| chosen.sources.get(leg)).copied();
        let definition = self.catalog.definition(id, source, selection)?;
        let metric = self.catalog.metric_by_id(id);
        let is_of_window = metric.is_some_and(|metric| metric.timing.window.is_some());
        if definition.info.adds_up && definition.info.data_type.is_numeric() && !is_of_window {
            return None;
        }
        let declared = metric.map(Metric::additivity);
        Some(match (&definition.calculation, declared) {
            _ if !definition.info.data_type.is_numeric() => "it is no number",
            _ if is_of_window => "it is of a window in time",
            (_, Some(Additivity::SemiAdditive)) => "it adds up over some dimensions alone",
            (Calculation::Derived { .. }, _) => "it is derived from other metrics",
            _ => "it is neither one sum nor one count of rows",
        })
    }
}
