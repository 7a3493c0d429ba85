//! Binds a request for the members that a lookup has: no row of a source is read.

use crate::catalog::DimensionId;
use crate::catalog::dimension::{Lookup, SourceDimension};
use crate::catalog::source::Source;
use crate::catalog::toggle::Selection;
use crate::dialect::Dialect;
use crate::error::{Error, Errors, Help, ResolveError};
use crate::path::Path;
use crate::request::{RequestKind, ValuesFrom};

use super::access::RuledDimension;
use super::rows::restricts;
use super::{
    AskedDimension, CONTEXT, Chosen, OrderBy, REQUEST, ResolvedMembers, ResolvedQuery, Resolver,
    Rule,
};

impl<'c> Resolver<'c, '_> {
    /// Whether the request asks for the members of a lookup.
    pub(super) fn asks_for_members(&self) -> bool {
        let lookup = ValuesFrom::Lookup;
        matches!(self.request.kind, RequestKind::Values { from, .. } if from == lookup)
    }

    /// Binds the whole request.
    pub(super) fn members(mut self, selection: Selection) -> Result<ResolvedQuery<'c>, Errors> {
        self.refuse_columns();
        self.refuse_rows();
        let asked = self.select_dimensions(&selection);
        self.check_one_dimension();
        let ruled = self.ruled_dimensions();
        let (limit, offset) = self.bind_page();
        let found = match asked.first() {
            Some(asked) => self.lookup_source(asked),
            None => None,
        };
        let Some((source, lookup)) = found else {
            return Err(self.into_errors());
        };
        let bound = self.bind_members(source, lookup, &asked, &ruled);
        let order = self.bind_order(&Chosen::one(source), &selection, &asked);
        for (index, key) in order.iter().enumerate() {
            if !matches!(key.by, OrderBy::Bucket(_) | OrderBy::Label(_)) {
                let path = REQUEST.key("order_by").index(index).key("key").path();
                self.report_rows_needed(path, "an order by a metric");
            }
        }
        self.check_tenant(source);
        let buckets = self.bind_buckets(&[source], &asked);
        let fits = lookup.relation.fits(&self.context.tenant);
        if !fits || lookup.relation.is_a_step(&self.context.tenant) {
            let source_key = source.key.to_string();
            let error = ResolveError::RelationTooLong { source_key };
            self.report(CONTEXT.key("client_id").path(), error);
        }
        if bound.is_none() {
            return Err(self.into_errors());
        }
        let (findings, query) = self.into_query(selection);
        findings.finish(ResolvedQuery {
            members: bound,
            buckets,
            order,
            limit,
            offset,
            ..query
        })
    }

    /// A lookup knows neither rows nor dates, so what is about them would be ignored.
    fn refuse_rows(&mut self) {
        let request = self.request;
        let parts = [
            (
                "filters",
                request.filters.as_ref().is_some_and(restricts),
                "`filters`",
            ),
            ("date_range", request.date_range.is_some(), "a `date_range`"),
            ("metrics", !request.metrics.is_empty(), "`metrics`"),
            ("counts", self.asks_for_counts(), "`counts`"),
            (
                "metric_filters",
                request.metric_filters.as_ref().is_some_and(restricts),
                "`metric_filters`",
            ),
            ("compare", request.compare.is_some(), "a comparison"),
            ("fill_gaps", request.fill_gaps, "`fill_gaps`"),
            ("totals", request.totals.is_some(), "`totals`"),
            ("top", request.top.is_some(), "`top`"),
            ("shares", !request.shares.is_empty(), "`shares`"),
            ("ranks", !request.ranks.is_empty(), "`ranks`"),
            ("pivot", request.pivot.is_some(), "`pivot`"),
        ];
        for (field, is_there, part) in parts {
            if is_there {
                self.report_rows_needed(REQUEST.key(field).path(), part);
            }
        }
    }

    fn report_rows_needed(&mut self, path: Path, part: &'static str) {
        let error = Error::new(path, ResolveError::RowsNeeded { part });
        let help = Help::advice("ask for the values `from` the `facts`");
        self.findings.push(error.with_help(help));
    }

    /// The source that says how the dimension is looked up: the one that is named, else one of the highest
    /// priority. Several that say the same are one.
    fn lookup_source(&mut self, asked: &AskedDimension<'c>) -> Option<(&'c Source, &'c Lookup)> {
        let on = |source: &'c Source| source.express(asked.key).one();
        let lookup = |source: &'c Source| on(source).and_then(|on| on.lookup.as_deref());
        if let Some(key) = &self.request.source {
            let source = self.named_source(key)?;
            if on(source).is_none() {
                self.report_dimension_unavailable(source, asked.key, asked.place.path());
                return None;
            }
            if lookup(source).is_none() {
                self.report_no_lookup(asked);
            }
            return Some((source, lookup(source)?));
        }
        let sources = self.catalog.sources.iter();
        let offering: Vec<&'c Source> = sources.filter(|source| on(source).is_some()).collect();
        if offering.is_empty() {
            self.report(asked.place.path(), ResolveError::NoSource);
            return None;
        }
        let with_lookup = offering.into_iter();
        let mut best: Vec<&'c Source> = with_lookup
            .filter(|source| lookup(source).is_some())
            .collect();
        let highest = best.iter().map(|source| source.priority).max();
        best.retain(|source| Some(source.priority) == highest);
        let Some(first) = best.first().copied() else {
            self.report_no_lookup(asked);
            return None;
        };
        let type_of = |source: &'c Source| on(source).and_then(|on| on.value_type);
        let says_the_same = |source: &&'c Source| {
            let both = lookup(first).zip(lookup(source));
            type_of(source) == type_of(first) && both.is_some_and(|(a, b)| is_same(a, b))
        };
        if !best.iter().all(says_the_same) {
            self.report_ambiguous(&best, asked.place.path());
            return None;
        }
        Some((first, lookup(first)?))
    }

    fn report_no_lookup(&mut self, asked: &AskedDimension<'c>) {
        let name = asked.value.key.to_string();
        let error = Error::new(asked.place.path(), ResolveError::NoLookup { name });
        let help = Help::advice("ask for the values `from` the `facts`");
        self.findings.push(error.with_help(help));
    }

    /// The rules on the dimension hold on the lookup's key, also where the source is exempt from them: that is
    /// said of its rows. A rule on another dimension is about rows.
    fn bind_members(
        &mut self,
        source: &'c Source,
        lookup: &'c Lookup,
        asked: &[AskedDimension<'c>],
        ruled: &[RuledDimension],
    ) -> Option<ResolvedMembers<'c>> {
        let key = asked.first()?.key;
        let dimension = self.catalog.dimension_by_id(key.id)?;
        let on_source = source.express(key).one()?;
        let rules = self.member_rules((key.id, on_source), ruled);
        let RequestKind::Values { search, .. } = &self.request.kind else {
            return None;
        };
        let search = search.as_deref().filter(|text| !text.is_empty());
        if search.is_some() {
            self.check_searched(dimension, Some(on_source));
        }
        Some(ResolvedMembers {
            source,
            on_source,
            lookup,
            dimension,
            rules,
            search: search.map(Into::into),
        })
    }

    fn member_rules(
        &mut self,
        (id, on_source): (DimensionId, &'c SourceDimension),
        ruled: &[RuledDimension],
    ) -> Vec<Rule<'c>> {
        let mut rules = Vec::with_capacity(ruled.len());
        for rule in ruled {
            if rule.id == id {
                rules.extend(self.rule_on(on_source, rule));
            } else {
                let path = CONTEXT.key("access").index(rule.index).path();
                self.report_rows_needed(path, "a rule on another dimension");
            }
        }
        rules
    }
}

/// Whether two lookups read the same in the same way.
fn is_same(a: &Lookup, b: &Lookup) -> bool {
    let printed = |lookup: &Lookup| {
        let parts = [&lookup.key, &lookup.label];
        let parts = parts.into_iter().chain(&lookup.conditions);
        let parts = parts.map(|part| part.printed.get(Dialect::Postgres).cloned().ok());
        parts.collect::<Vec<_>>()
    };
    std::ptr::eq(a, b)
        || a.relation == b.relation
            && a.tenant_column == b.tenant_column
            && a.is_unique == b.is_unique
            && printed(a) == printed(b)
}
