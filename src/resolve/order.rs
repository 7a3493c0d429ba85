//! Binds the order and the page.

use crate::catalog::MetricId;
use crate::catalog::aggregate::COUNT;
use crate::catalog::reach::DimensionKey;
use crate::catalog::toggle::Selection;
use crate::error::{Error, Help, Kind, ResolveError};
use crate::output::{Compared, Standing};

use super::{AskedDimension, Chosen, OrderBy, OrderKey, REQUEST, Resolver};

impl<'c> Resolver<'c, '_> {
    /// The order, as asked; what makes it total is added by the plan.
    pub(super) fn bind_order(
        &mut self,
        chosen: &Chosen<'c>,
        selection: &Selection,
        asked: &[AskedDimension<'c>],
    ) -> Vec<OrderKey> {
        let at = REQUEST.key("order_by");
        let bound = self.catalog.limits.selected_items;
        if self.request.order_by.len() > bound {
            self.report_limit(at.path(), "selected_items", bound);
            return Vec::new();
        }
        let mut order = Vec::with_capacity(self.request.order_by.len());
        for (index, written) in self.request.order_by.iter().enumerate() {
            let (key, member) = self.pivoted_key(&written.key);
            let found = self.order_target(key, selection, asked);
            if self.is_of_no_member(found.as_ref().ok(), member) {
                let path = at.index(index).key("key").path();
                let part = "an order by a metric of which `pivot` shows several columns";
                let advice = "name one of its columns, such as `revenue.1`";
                self.report_unsupported(path, part, advice);
                continue;
            }
            match found {
                Ok(by) => {
                    if let OrderBy::Metric(id)
                    | OrderBy::Compared(id, _)
                    | OrderBy::Standing(id, _) = by
                    {
                        self.check_answered(chosen, id, || at.index(index).key("key").path());
                    }
                    order.push(OrderKey {
                        by,
                        member,
                        descending: written.descending,
                        nulls_first: written.nulls_first,
                    });
                }
                Err(error) => {
                    let path = at.index(index).key("key").path();
                    let help = match error {
                        ResolveError::AmbiguousKey { .. } => {
                            Some(Help::advice("leave one of the two out of the request"))
                        }
                        _ => self.order_help(&written.key, chosen, asked),
                    };
                    self.findings.push(Error::new(path, error).with_help(help));
                }
            }
        }
        order
    }

    /// A near key among all that the source could order by, else what is selected.
    fn order_help(
        &self,
        key: &str,
        chosen: &Chosen<'c>,
        asked: &[AskedDimension<'c>],
    ) -> Option<Help> {
        if !self.findings.are_few() {
            return None;
        }
        let offered = (0u32..)
            .zip(&self.catalog.metrics)
            .filter(|(id, metric)| {
                self.knows(metric.module.as_ref())
                    && match chosen.sources.as_slice() {
                        [source] => source.metrics.contains_key(&MetricId(*id)),
                        _ => true,
                    }
            })
            .map(|(_, metric)| metric.key.as_str());
        let grouped = asked.iter().map(|asked| &*asked.value.key);
        let mut compared = self.compared_names();
        let (shares, ranks) = (&self.request.shares, &self.request.ranks);
        compared.extend(shares.iter().map(|metric| format!("{metric}.share")));
        compared.extend(ranks.iter().map(|metric| format!("{metric}.rank")));
        let compared = compared.iter().map(String::as_str);
        let all = grouped.clone().chain(compared).chain(offered.clone());
        if let Some(near) = crate::suggest::nearest(key, all) {
            return Some(Help::DidYouMean(near.to_owned()));
        }
        let is_selected = |offered: &&str| self.request.metrics.iter().any(|key| key == offered);
        Help::nearest(key, grouped.chain(offered.filter(is_selected)))
    }

    /// What a comparison shows of the selected metrics, by key.
    fn compared_names(&self) -> Vec<String> {
        let is_compared = self.request.compare.is_some();
        let metrics = self.request.metrics.iter().filter(|_| is_compared);
        let each = metrics.flat_map(|metric| {
            Compared::ALL.map(|compared| format!("{metric}.{}", compared.as_str()))
        });
        each.filter(|key| self.compared_key(key).is_some())
            .collect()
    }

    fn order_target(
        &self,
        key: &str,
        selection: &Selection,
        asked: &[AskedDimension<'c>],
    ) -> Result<OrderBy, ResolveError> {
        let bucket = self
            .bucket_named(key, selection, asked)
            .map(OrderBy::Bucket)
            .or_else(|| {
                asked
                    .iter()
                    .position(|a| &*a.label.key == key)
                    .map(OrderBy::Label)
            });
        let beside = self.compared_key(key).or_else(|| self.standing_key(key));
        if let Some(beside) = beside.filter(|_| bucket.is_none()) {
            return Ok(beside);
        }
        let metric = self.known_metric(key);
        // A metric of the catalog may be called as the number of rows is.
        if self.asks_for_counts() && key == COUNT && metric != Some(MetricId::ROWS) {
            let name = crate::path::echo(key);
            return Err(ResolveError::AmbiguousKey { name });
        }
        let is_selected = self.request.metrics.iter().any(|metric| metric == key);
        match (bucket, metric) {
            (Some(_), Some(_)) if is_selected => Err(ResolveError::AmbiguousKey {
                name: crate::path::echo(key),
            }),
            (Some(bucket), _) => Ok(bucket),
            (None, Some(metric)) => Ok(OrderBy::Metric(metric)),
            (None, None) => Err(ResolveError::Unknown {
                kind: Kind::Key,
                name: crate::path::echo(key),
            }),
        }
    }

    /// The bucket with this output key, or that a switch has put in the place of the dimension with it.
    pub(super) fn bucket_named(
        &self,
        key: &str,
        selection: &Selection,
        asked: &[AskedDimension<'c>],
    ) -> Option<usize> {
        asked
            .iter()
            .position(|asked| &*asked.value.key == key)
            .or_else(|| self.switched_bucket(key, selection, asked))
    }

    /// `revenue.change` and its kind, where the request compares.
    fn compared_key(&self, key: &str) -> Option<OrderBy> {
        self.request.compare?;
        let (metric, word) = key.rsplit_once('.')?;
        let compared = Compared::ALL
            .into_iter()
            .find(|each| each.as_str() == word)?;
        let id = self.known_metric(metric)?;
        let changes = match self.catalog.metric_by_id(id) {
            Some(metric) => metric.info().data_type.is_numeric(),
            None => self.changes(id),
        };
        (changes || compared == Compared::Previous).then_some(OrderBy::Compared(id, compared))
    }

    /// `revenue.share` and its kind, where that is shown.
    fn standing_key(&self, key: &str) -> Option<OrderBy> {
        let (metric, word) = key.rsplit_once('.')?;
        let standing = Standing::ALL
            .into_iter()
            .find(|each| each.as_str() == word)?;
        let shown = match standing {
            Standing::Share => &self.request.shares,
            Standing::Rank => &self.request.ranks,
        };
        let is_shown = shown.iter().any(|shown| shown == metric);
        let id = self.known_metric(metric).filter(|_| is_shown)?;
        Some(OrderBy::Standing(id, standing))
    }

    /// The bucket that a switch has put in the place of the dimension with this key, or that the
    /// switch with this key has chosen.
    fn switched_bucket(
        &self,
        key: &str,
        selection: &Selection,
        asked: &[AskedDimension<'c>],
    ) -> Option<usize> {
        let id = match self.catalog.index.dimensions.get(key) {
            Some(id) => self.switched(*id, selection),
            None => {
                let toggle_id = *self.catalog.index.toggles.get(key)?;
                let toggle = self
                    .catalog
                    .toggle_by_id(toggle_id)
                    .filter(|t| t.is_switch)?;
                toggle.option(selection.get(toggle_id)?)?.dimension?
            }
        };
        asked
            .iter()
            .position(|asked| asked.key == DimensionKey::plain(id) && asked.grain.is_none())
    }

    /// The limit and the offset, within what the service allows.
    pub(super) fn bind_page(&mut self) -> (Option<i64>, Option<i64>) {
        let cap = self.catalog.limits.max_limit;
        let limit = match (self.request.limit, cap) {
            (Some(limit), Some(cap)) if limit > cap => {
                let error = ResolveError::LimitExceeded {
                    limit: "max_limit",
                    bound: cap,
                };
                self.report(REQUEST.key("limit").path(), error);
                None
            }
            (limit, cap) => limit.or(cap),
        };
        (
            self.page_number("limit", limit),
            self.page_number("offset", self.request.offset),
        )
    }

    fn page_number(&mut self, field: &str, number: Option<u64>) -> Option<i64> {
        let number = number?;
        let fits = i64::try_from(number).ok();
        if fits.is_none() {
            let subject = "a number beyond 64 bits".to_owned();
            self.report(
                REQUEST.key(field).path(),
                ResolveError::WrongValue { subject },
            );
        }
        fits
    }
}
