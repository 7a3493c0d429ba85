//! Binds the order and the page.

use crate::catalog::source::Source;
use crate::catalog::toggle::Selection;
use crate::error::{Error, Help, Kind, ResolveError};

use super::{AskedDimension, OrderBy, OrderKey, REQUEST, Resolver};

impl<'c> Resolver<'c, '_> {
    /// The order, as asked; what makes it total is added by the plan.
    pub(super) fn bind_order(
        &mut self,
        source: &'c Source,
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
            let found = self.order_target(&written.key, selection, asked);
            match found {
                Ok(OrderBy::Metric(id)) if !source.metrics.contains_key(&id) => {
                    let path = at.index(index).key("key").path();
                    self.report_metric_unavailable(source, id, path);
                }
                Ok(by) => order.push(OrderKey {
                    by,
                    descending: written.descending,
                    nulls_first: written.nulls_first,
                }),
                Err(Some(error)) => {
                    let path = at.index(index).key("key").path();
                    let keys = asked.iter().map(|asked| &*asked.value.key);
                    let metrics = self.request.metrics.iter().map(String::as_str);
                    let help = Help::nearest(&written.key, keys.chain(metrics));
                    self.findings.push(Error::new(path, error).with_help(help));
                }
                Err(None) => {}
            }
        }
        order
    }

    fn order_target(
        &self,
        key: &str,
        selection: &Selection,
        asked: &[AskedDimension<'c>],
    ) -> Result<OrderBy, Option<ResolveError>> {
        let bucket = asked
            .iter()
            .position(|asked| &*asked.value.key == key)
            .or_else(|| self.switched_bucket(key, selection, asked))
            .map(OrderBy::Bucket)
            .or_else(|| {
                asked
                    .iter()
                    .position(|a| &*a.label.key == key)
                    .map(OrderBy::Label)
            });
        let metric = self.catalog.index.metrics.get(key).copied();
        let metric = metric.filter(|id| self.knows_metric(*id));
        let is_selected = self.request.metrics.iter().any(|metric| metric == key);
        match (bucket, metric) {
            (Some(_), Some(_)) if is_selected => Err(Some(ResolveError::AmbiguousKey {
                name: crate::path::echo(key),
            })),
            (Some(bucket), _) => Ok(bucket),
            (None, Some(metric)) => Ok(OrderBy::Metric(metric)),
            (None, None) => Err(Some(ResolveError::Unknown {
                kind: Kind::Key,
                name: crate::path::echo(key),
            })),
        }
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
            .position(|asked| asked.id == id && asked.grain.is_none())
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
