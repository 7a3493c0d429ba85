//! Binds what is shown of the standing of metrics: their share of the total, and their rank.

use crate::catalog::MetricId;
use crate::catalog::metric::{Additivity, Calculation};
use crate::catalog::toggle::Selection;
use crate::error::{Error, Help, Kind, ResolveError};
use crate::output::Standing;
use crate::path::echo;
use crate::request::RequestKind;

use super::{Chosen, REQUEST, Resolver};

impl<'c> Resolver<'c, '_> {
    /// The metrics whose share or rank is asked for, as the request names them.
    pub(super) fn bind_standings(
        &mut self,
        chosen: &Chosen<'c>,
        selection: &Selection,
    ) -> Vec<(MetricId, Standing)> {
        let request = self.request;
        let mut found = Vec::new();
        for (standing, field, keys) in [
            (Standing::Share, "shares", &request.shares),
            (Standing::Rank, "ranks", &request.ranks),
        ] {
            let at = REQUEST.key(field);
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
        // A count shows no metric.
        match request.kind {
            RequestKind::Count => Vec::new(),
            _ => found,
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
        let metric = self.catalog.metric_by_id(id)?;
        let is_of_window = metric.timing.window.is_some();
        if definition.info.adds_up && definition.info.data_type.is_numeric() && !is_of_window {
            return None;
        }
        let declared = metric.additivity();
        Some(match (&definition.calculation, declared) {
            _ if !definition.info.data_type.is_numeric() => "it is no number",
            _ if is_of_window => "it is of a window in time",
            (_, Additivity::SemiAdditive) => "it adds up over some dimensions alone",
            (Calculation::Derived { .. }, _) => "it is derived from other metrics",
            _ => "it is neither one sum nor one count of rows",
        })
    }
}
