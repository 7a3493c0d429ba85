//! Resolve: binds a request and a context to the catalog.
//!
//! In: `&Catalog`, `&Request`, `&Context`. Out: [`ResolvedQuery`]. Guaranteed afterwards: every key is
//! one that this context may know, values have the types of their columns, each metric has the source
//! that answers it, and every access rule is expressed on each of them or exempt. Codes: those of `ResolveError`. Next to read:
//! `resolved.rs`, then the steps in the order in which `resolve` calls them.

mod access;
mod columns;
mod dates;
mod far;
mod filters;
mod frames;
mod gaps;
mod keys;
mod legs;
mod members;
mod order;
mod pivot;
mod resolved;
mod row_order;
mod rows;
mod search;
mod selection;
mod source;
mod standing;
mod toggles;
mod top;
mod totals;

pub(crate) use frames::{Frame, FrameDates, Frames, Windows};
pub(crate) use gaps::Gaps;
pub(crate) use pivot::ResolvedPivot;
pub use resolved::ResolvedQuery;
pub(crate) use resolved::{
    Anchor, Bucket, Check, Comparator, Condition, DateBounds, FarRead, OrderBy, OrderKey,
    ResolvedLeg, ResolvedMembers, ResolvedRows, RowItem, RowOrder, Rule, Subject, Test,
};
pub(crate) use top::ResolvedTop;

use std::sync::Arc;

use crate::calendar::{Grain, Month, Periods, Weekday, Zone};
use crate::catalog::dimension::DimensionInfo;
use crate::catalog::reach::DimensionKey;
use crate::catalog::source::Source;
use crate::catalog::spelling::KeySpelling;
use crate::catalog::toggle::Selection;
use crate::catalog::{Catalog, DimensionId, MetricId, ToggleOption};
use crate::context::Context;
use crate::error::{Error, Errors, Findings, Help, Kind, ResolveError};
use crate::format::Currency;
use crate::output::Note;
use crate::path::{At, Path, echo};
use crate::provenance::Placements;
use crate::request::{Request, RequestKind};

/// Binds a request and a context to the catalog: the first stage of a compilation, by itself.
///
/// One source or several answer, values have the types of their columns, and every access rule is expressed on
/// each of them or the source is exempt from it.
///
/// # Errors
/// All that is wrong with the request and the context, at once; the codes of
/// [`ResolveError`](crate::ResolveError), such as `unknown-metric`, `value-type` or
/// `access-dimension-unavailable`.
pub fn resolve<'c>(
    catalog: &'c Catalog,
    request: &Request,
    context: &Context,
) -> Result<ResolvedQuery<'c>, Errors> {
    let mut resolver = Resolver::new(catalog, request, context);
    let selection = resolver.settle_toggles();
    if resolver.asks_for_rows() {
        return resolver.rows(selection);
    }
    if resolver.asks_for_members() {
        return resolver.members(selection);
    }
    resolver.refuse_columns();
    let metrics = resolver.select_metrics();
    let mut asked = resolver.select_dimensions(&selection);
    let pivoted = resolver.select_pivot(&selection, &mut asked);
    // What rows are by; what is pivoted stands behind.
    let (shown, _) = asked.split_at(asked.len() - usize::from(pivoted));
    let filtered = resolver.filtered_items(&selection);
    let ruled = resolver.ruled_dimensions();
    let chosen = resolver.choose_sources(&selection, &metrics, &asked, &filtered, &ruled);
    let Some(chosen) = chosen else {
        resolver.check_without_source(&selection, shown);
        return Err(resolver.into_errors());
    };
    let mut buckets = resolver.bind_buckets(&chosen.sources, &asked);
    let legs = chosen.sources.iter();
    let mut legs: Vec<ResolvedLeg<'c>> = legs.map(|source| ResolvedLeg::new(source)).collect();
    let mut group_conditions = resolver.bind_filters(&chosen, &selection, shown, &mut legs);
    resolver.bind_search(&asked, &mut legs, &mut group_conditions);
    let range = resolver.bind_range();
    let comparison = resolver.bind_comparison(range);
    let dates = range.map(|range| range.dates);
    for leg in &mut legs {
        let source = leg.source;
        let date_column = resolver.date_column(source, &selection);
        resolver.check_comparison(source, date_column);
        leg.buckets = resolver.bucket_values(source, &asked);
        leg.date_column = date_column;
        leg.dates = resolver.bind_dates(source, date_column, dates);
        leg.rules = resolver.bind_rules(source, &ruled);
    }
    let is_count = request.kind == RequestKind::Count;
    for leg in &mut legs {
        resolver.bind_far(leg, (&[], true), &ruled);
    }
    let tested = filtered.metrics.len();
    let mut named = filtered.metrics;
    named.extend(metrics.iter().map(|asked| asked.id));
    let frames = resolver.bind_frames(
        &chosen,
        &selection,
        &named,
        (range, comparison),
        (&buckets, &mut legs),
    );
    named.drain(..tested);
    let metrics = named;
    let currency = resolver.bind_currency(&chosen, &selection, &metrics);
    let gaps = resolver.bind_gaps(&buckets, &legs, dates);
    let tests_groups = !group_conditions.is_empty();
    let order = resolver.bind_order(&chosen, &selection, shown);
    let totals = resolver.bind_totals(&selection, shown);
    let top = resolver.bind_top(&chosen, &selection, shown);
    let pivot = resolver.bind_pivot(pivoted, &legs, gaps.as_ref(), tests_groups);
    resolver.check_top_and_gaps(top.as_ref(), gaps.as_ref(), tests_groups);
    resolver.check_top_and_windows(top.as_ref(), &legs);
    resolver.check_totals_and_gaps(totals.as_deref(), gaps.as_ref(), tests_groups);
    let standings = resolver.bind_standings(&chosen, &selection);
    let standings = resolver.shown_standings(standings, top.as_ref(), buckets.len());
    let (limit, offset) = resolver.bind_page();
    for source in &chosen.sources {
        resolver.check_tenant(source);
    }
    if let Some(pivot) = pivot.as_ref().filter(|_| is_count) {
        // Rows are counted, and none of them is by what is pivoted.
        buckets.truncate(pivot.bucket);
        legs.iter_mut()
            .for_each(|leg| leg.buckets.truncate(pivot.bucket));
    }
    let (findings, query) = resolver.into_query(selection);
    findings.finish(ResolvedQuery {
        is_count,
        legs,
        placements: chosen.placements,
        buckets,
        metrics,
        standings,
        frames,
        gaps,
        group_conditions,
        totals,
        top,
        pivot: pivot.filter(|_| !is_count),
        order,
        limit,
        offset,
        currency,
        ..query
    })
}

/// The top of a request's paths.
const REQUEST: At<'static> = At::root("request");
/// The top of a context's paths.
const CONTEXT: At<'static> = At::root("context");

/// The sources that answer, and which metric each answers.
#[derive(Default)]
struct Chosen<'c> {
    /// None where no source answers.
    sources: Vec<&'c Source>,
    placements: Placements,
}

impl<'c> Chosen<'c> {
    fn one(source: &'c Source) -> Self {
        Self {
            sources: vec![source],
            placements: Placements::default(),
        }
    }
}

/// What the steps share.
struct Resolver<'c, 'r> {
    catalog: &'c Catalog,
    request: &'r Request,
    context: &'r Context,
    findings: Findings,
    zone: Zone,
    periods: Periods,
    /// The currency of the context.
    currency: Option<Currency>,
    notes: Vec<Note>,
}

/// A metric that the request selects.
struct AskedMetric {
    id: MetricId,
    place: Place,
}

/// A dimension that the request selects, after switches.
struct AskedDimension<'c> {
    key: DimensionKey<'c>,
    place: Place,
    grain: Option<Grain>,
    value: &'c KeySpelling,
    label: &'c KeySpelling,
    info: &'c Arc<DimensionInfo>,
}

/// A place in a request, as a path only when an error needs it.
#[derive(Clone, Copy)]
enum Place {
    Metrics(usize),
    /// And whether it is written as an object, with a grain.
    Dimensions(usize, bool),
    /// The one dimension of a request for values.
    Dimension(bool),
    /// The dimension whose members are columns.
    Pivot(bool),
    /// A column of detail rows.
    Columns(usize, bool),
    /// The number of rows of each value.
    Counts,
}

impl Place {
    fn path(self) -> Path {
        match self {
            Place::Counts => REQUEST.key("counts").path(),
            Place::Metrics(index) => REQUEST.key("metrics").index(index).path(),
            Place::Dimensions(index, false) => REQUEST.key("dimensions").index(index).path(),
            Place::Dimension(false) => REQUEST.key("dimension").path(),
            Place::Dimension(true) => REQUEST.key("dimension").key("dimension").path(),
            Place::Pivot(false) => REQUEST.key("pivot").key("dimension").path(),
            Place::Pivot(true) => {
                let at = REQUEST.key("pivot");
                at.key("dimension").key("dimension").path()
            }
            Place::Dimensions(index, true) => {
                let at = REQUEST.key("dimensions");
                at.index(index).key("dimension").path()
            }
            Place::Columns(index, false) => REQUEST.key("columns").index(index).path(),
            Place::Columns(index, true) => {
                let at = REQUEST.key("columns");
                at.index(index).key("dimension").path()
            }
        }
    }

    fn grain_path(self) -> Path {
        match self {
            Place::Dimensions(index, true) => {
                let at = REQUEST.key("dimensions");
                at.index(index).key("grain").path()
            }
            Place::Dimension(true) => REQUEST.key("dimension").key("grain").path(),
            Place::Pivot(true) => {
                let at = REQUEST.key("pivot");
                at.key("dimension").key("grain").path()
            }
            Place::Columns(index, true) => {
                let at = REQUEST.key("columns");
                at.index(index).key("grain").path()
            }
            place => place.path(),
        }
    }
}

impl<'c, 'r> Resolver<'c, 'r> {
    fn new(catalog: &'c Catalog, request: &'r Request, context: &'r Context) -> Self {
        let mut resolver = Self {
            catalog,
            request,
            context,
            findings: Findings::default(),
            zone: Zone::utc(),
            periods: Periods::default(),
            currency: None,
            notes: Vec::new(),
        };
        if let Some(zone) = &context.timezone {
            match Zone::parse(zone) {
                Some(zone) => resolver.zone = zone,
                None => {
                    let path = CONTEXT.key("timezone").path();
                    resolver.findings.push(Zone::unknown(zone, path));
                }
            }
        }
        if let Some(day) = &context.week_start {
            let found = Weekday::parse(day);
            let days = Weekday::ALL.map(Weekday::as_str);
            resolver.periods.week_start = resolver.named(found, "week_start", day, &days);
        }
        if let Some(month) = &context.fiscal_year_start {
            let found = Month::parse(month);
            let months = Month::ALL.map(Month::as_str);
            resolver.periods.fiscal_year_start =
                resolver.named(found, "fiscal_year_start", month, &months);
        }
        if let Some(code) = &context.currency {
            resolver.currency = Currency::parse(code);
            if resolver.currency.is_none() {
                let subject = format!("`{}`", echo(code));
                let path = CONTEXT.key("currency").path();
                let error = Error::new(path, ResolveError::WrongValue { subject });
                let help = Help::advice("write a code of ISO 4217, such as `USD`");
                resolver.findings.push(error.with_help(help));
            }
        }
        resolver
    }

    /// The currency of the context, where a metric is in it.
    fn bind_currency(
        &mut self,
        chosen: &Chosen<'c>,
        selection: &Selection,
        metrics: &[MetricId],
    ) -> Option<Currency> {
        let mut takes_it = false;
        for id in metrics {
            let sources = chosen.sources.iter().map(|source| Some(*source));
            let definitions = sources
                .chain([None])
                .filter_map(|source| self.catalog.definition(*id, source, selection));
            let mut infos = definitions.map(|definition| &definition.info);
            let Some(info) = infos.find(|info| info.takes_currency) else {
                continue;
            };
            takes_it = true;
            if self.context.currency.is_none() {
                let metric = info.spelling.key.to_string();
                let error = ResolveError::MissingCurrency { metric };
                self.report(CONTEXT.key("currency").path(), error);
            }
        }
        self.currency.filter(|_| takes_it)
    }

    /// A value that the context says by its name, or the usual one where the name is not known.
    fn named<T: Default>(
        &mut self,
        found: Option<T>,
        field: &'static str,
        written: &str,
        names: &[&'static str],
    ) -> T {
        found.unwrap_or_else(|| {
            let subject = format!("`{}`", echo(written));
            let error = ResolveError::WrongValue { subject };
            let error = Error::new(CONTEXT.key(field).path(), error);
            let help = self.findings.nearest(written, names.iter().copied());
            self.findings.push(error.with_help(help));
            T::default()
        })
    }

    fn report(&mut self, path: Path, error: ResolveError) {
        self.findings.push(Error::new(path, error));
    }

    /// Reports a key that does not exist, or not for this context: one message for both (R25b).
    fn report_unknown(&mut self, path: Path, kind: Kind, key: &str, help: Option<Help>) {
        let name = echo(key);
        let error = ResolveError::Unknown { kind, name };
        self.findings.push(Error::new(path, error).with_help(help));
    }

    fn report_limit(&mut self, path: Path, limit: &'static str, bound: usize) {
        self.report(path, ResolveError::limit(limit, bound));
    }

    /// Whether the context has the module that gates an item.
    fn knows(&self, module: Option<&String>) -> bool {
        module.is_none_or(|module| self.context.modules.contains(module))
    }

    fn knows_metric(&self, id: MetricId) -> bool {
        let metric = self.catalog.metric_by_id(id);
        metric.is_some_and(|metric| self.knows(metric.module.as_ref()))
    }

    fn knows_dimension(&self, id: DimensionId) -> bool {
        let dimension = self.catalog.dimension_by_id(id);
        dimension.is_some_and(|dimension| self.knows(dimension.module.as_ref()))
    }

    /// An option that leads to a dimension is known where the dimension is.
    fn knows_option(&self, option: &ToggleOption) -> bool {
        option.dimension.is_none_or(|id| self.knows_dimension(id))
    }

    /// The dimension that a switch puts in the place of another one, and is itself if none does.
    fn switched(&self, id: DimensionId, selection: &Selection) -> DimensionId {
        for (toggle, chosen) in self.catalog.toggles.iter().zip(selection.0.iter()) {
            if !toggle.is_switch || toggle.default == *chosen {
                continue;
            }
            let dimension_of = |option| toggle.option(option).and_then(|option| option.dimension);
            if dimension_of(toggle.default) == Some(id) {
                return dimension_of(*chosen).unwrap_or(id);
            }
        }
        id
    }

    /// Looks for what is wrong whatever source would answer, when none does.
    fn check_without_source(&mut self, selection: &Selection, asked: &[AskedDimension<'c>]) {
        let nothing = Chosen::default();
        self.bind_filters(&nothing, selection, asked, &mut []);
        let range = self.bind_range();
        self.bind_comparison(range);
        self.bind_standings(&nothing, selection);
        self.bind_order(&nothing, selection, asked);
        self.bind_totals(selection, asked);
        self.bind_top(&nothing, selection, asked);
        self.bind_page();
    }

    /// The errors of a request that cannot be followed further.
    fn into_errors(self) -> Errors {
        let fallback = || Errors::from(Error::new(REQUEST.path(), ResolveError::NoSource));
        self.findings.into_errors().unwrap_or_else(fallback)
    }

    /// What was found, and a query of nothing, which what was bound is put into.
    fn into_query(self, selection: Selection) -> (Findings, ResolvedQuery<'c>) {
        let query = ResolvedQuery {
            is_count: false,
            rows: None,
            members: None,
            legs: Vec::new(),
            placements: Placements::default(),
            selection,
            buckets: Vec::new(),
            metrics: Vec::new(),
            standings: Vec::new(),
            frames: Frames::default(),
            gaps: None,
            group_conditions: Vec::new(),
            totals: None,
            top: None,
            pivot: None,
            order: Vec::new(),
            limit: None,
            offset: None,
            tenant: self.context.tenant.clone(),
            zone: self.zone,
            periods: self.periods,
            currency: None,
            notes: self.notes,
        };
        (self.findings, query)
    }
}
