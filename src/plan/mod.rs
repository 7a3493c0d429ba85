//! Plan: decides how a resolved query is answered; the catalog is last seen here.
//!
//! In: `&Catalog`, [`ResolvedQuery`], the dialect. Out: [`Plan`]. Guaranteed afterwards: each distinct
//! aggregate stands once, shared levels are fenced, what can raise is outside the guard, and the
//! dialect can say all of it. Codes: `dialect-unsupported`, `not-supported`. Next to read: `node.rs`,
//! then the steps in the order in which `plan` calls them.

mod compare;
mod explain;
mod frames;
mod joins;
mod measures;
mod members;
mod names;
mod nesting;
mod node;
mod outline;
mod passing;
mod pivot;
mod predicates;
mod rows;
mod scan;
mod standing;
mod summed;
#[cfg(test)]
mod tests;
mod top;
mod totals;

pub(crate) use crate::resolve::Comparator;
pub(crate) use joins::{Join, Through};
pub(crate) use members::Members;
pub use node::Plan;
pub(crate) use node::{
    BaseFilter, BindId, Comparison, Computed, DateCheck, DetailOrder, DetailRows, FilledGaps, Key,
    Leg, LegPick, LegWindows, ListBind, Measure, Operand, OrderItem, Output, OutputTerm,
    PickedNames, Predicate, RuleCheck, RuleShape, RunningNames, Scan, TenantCheck, Term,
    WindowLists, cut,
};
pub(crate) use passing::{KeyType, Passing};
pub(crate) use pivot::Pivot;
pub(crate) use standing::Placed;
pub(crate) use summed::Summed;
pub(crate) use top::Top;
pub(crate) use totals::{Level, Totals};

use std::collections::BTreeSet;

use crate::calendar::{Grain, Periods};
use crate::catalog::Catalog;
use crate::catalog::MetricId;
use crate::catalog::dimension::SourceDimension;
use crate::catalog::fragment::Printed;
use crate::catalog::metric::Timing;
use crate::catalog::reach::PathId;
use crate::catalog::spelling::KeySpelling;
use crate::context::Tenant;
use crate::dialect::Dialect;
use crate::error::{Error, Errors, Findings, Kind, ResolveError};
use crate::expr::render::Rendered;
use crate::name::Name;
use crate::output::{Column, ColumnRole, Shown};
use crate::path::At;
use crate::resolve::{Bucket, Frames, Gaps, OrderBy, ResolvedLeg, ResolvedQuery};
use crate::value::{DataType, Param, Value};

use measures::MetricColumns;
use names::Names;

/// Decides how a resolved query is answered: the second stage of a compilation, by itself.
///
/// # Errors
/// `dialect-unsupported` where the dialect cannot say it, `not-supported` for metrics that this
/// version loads but does not compute.
pub fn plan<'c>(
    catalog: &'c Catalog,
    mut query: ResolvedQuery<'c>,
    dialect: Dialect,
) -> Result<Plan<'c>, Errors> {
    let mut planner = Planner::new(catalog, dialect);
    if let Some(rows) = query.rows.take() {
        return planner.detail(query, rows);
    }
    if let Some(members) = query.members.take() {
        return planner.members(query, members);
    }
    planner.shares_lists = query.legs.len() > 1 || query.reads_far();
    let zone = planner.bind(Param::Scalar(Value::Text(query.zone.as_str().into())));
    let mut keys = planner.keys(&query);
    let picked = planner.picked_names(&query);
    let running = planner.running_names(&query);
    let tests_apart = query.totals.is_some() || query.top.is_some();
    planner.key_names = tests_apart.then(|| planner.names.clone());
    for leg in &query.legs {
        planner.check_keys(leg, &query.buckets);
    }
    let mut outputs = Vec::with_capacity(keys.len() * 2 + query.metrics.len());
    let mut columns = Vec::with_capacity(outputs.capacity());
    let mut metrics = MetricColumns::with_capacity(query.metrics.len() * 2);
    let mut order = Vec::new();
    let mut pivot = None;
    if query.is_count {
        metrics.legs = planner.counted_legs(&query, &keys);
        keys.iter_mut().for_each(|key| key.lookup = None);
        outputs.push(Output::count());
        columns.push(Column::count());
        (query.limit, query.offset) = (None, None);
    } else {
        planner.row_outputs(&query, &mut outputs, &mut columns);
        planner.dimension_outputs(&query, &keys, &mut outputs, &mut columns);
        planner.metric_outputs(&query, &mut metrics, &mut outputs, &mut columns);
        if let Some(resolved) = query.pivot.take() {
            let shown = (&mut outputs, &mut columns);
            pivot = Some(planner.pivot(resolved, (&query, &metrics), shown));
        }
        order = planner.order(&query, &keys, (&mut metrics, pivot.as_ref()));
    }
    for column in &mut columns {
        column.currency = query.currency;
    }
    let group_conditions = std::mem::take(&mut query.group_conditions);
    let (group_predicates, mut tested) = match tests_apart && !group_conditions.is_empty() {
        // What sums up groups is of the rows in those that pass, which has to be known before.
        true => (Vec::new(), Some(planner.tested(group_conditions, &query))),
        false => {
            let predicates = planner.group_predicates(group_conditions, &query, &mut metrics);
            (predicates, None)
        }
    };
    let has_top = query.top.is_some();
    let ranked = query.top.take();
    let mut ranked = ranked.and_then(|top| planner.ranked(top, &query));
    let meets_steps = tested.is_some() || ranked.is_some();
    planner.tests_keys = meets_steps || group_predicates.iter().any(tests_keys);
    if meets_steps {
        planner.met_grains = keys.iter().map(|key| key.grain).collect();
    }
    let levels = planner.finish_metrics(&mut metrics, &outputs, &order, &group_predicates);
    let mut gaps = query.gaps.take().and_then(|gaps| planner.gaps(gaps));
    if let Some(pivot) = &pivot {
        let cells = pivot.cells.iter();
        cells.for_each(|cell| metrics.note_use(cell.term, levels + 1, 1));
        gaps = planner.filled_members(pivot, levels);
    }
    let limit = query
        .limit
        .map(|limit| planner.bind(Param::Scalar(Value::Integer(limit))));
    let offset = query
        .offset
        .map(|offset| planner.bind(Param::Scalar(Value::Integer(offset))));
    let tenant = query.tenant.clone();
    let subtotals = query.totals.take();
    let has_totals = subtotals.is_some();
    // All rows of whatever member are levels of their own, though there are no rows of totals.
    let has_levels = has_totals || pivot.as_ref().is_some_and(|pivot| pivot.shows_total);
    let frames = std::mem::take(&mut query.frames);
    let looks_at_rows = tested.is_some() || has_top;
    let mut legs = planner.legs(
        (query.legs, &frames),
        &tenant,
        &mut metrics,
        [
            tested.as_mut().map(|tested| &mut tested.metrics),
            ranked.as_mut().map(|ranked| &mut ranked.metrics),
        ],
        has_levels || has_top,
    );
    if !looks_at_rows {
        let said = (dialect, &catalog.columns);
        summed::sum_first(&mut legs, &keys, &metrics.measures, said);
    }
    let totals = has_levels.then(|| planner.totals(subtotals, pivot.as_ref(), &keys, &legs));
    // Totals and shares are of the others too.
    let needs_others = has_totals || metrics.placed.iter().any(|p| p.share.is_some());
    let ranked = ranked.map(|ranked| planner.kept(ranked, needs_others, &legs, &keys));
    let tested = tested.map(|tested| (tested, planner.key_types(&legs, &keys)));
    let mut plan = Plan {
        legs,
        keys,
        measures: metrics.measures,
        gaps,
        computed: metrics.computed,
        levels,
        placed: metrics.placed,
        group_predicates,
        pivot,
        totals,
        outputs,
        columns,
        order,
        limit,
        offset,
        picked,
        running,
        ..planner.blank(tenant, (query.periods, zone))
    };
    plan.passing = tested.map(|(tested, types)| planner.passing(tested, types, &plan));
    plan.top = ranked.map(|ranked| planner.top(ranked, &plan));
    if dialect == Dialect::Sqlite {
        planner.check_nesting(&plan);
    }
    planner.findings.finish(plan)
}

/// Whose number a metric is: that of a source or of several, in which frame of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Side {
    /// `None` where the metric is derived over several sources.
    source: Option<usize>,
    /// The position among the frames of the query.
    frame: usize,
    /// Whether it is of the period that is compared with.
    is_previous: bool,
}

impl Side {
    fn current(metric: MetricId, query: &ResolvedQuery<'_>) -> Self {
        Self {
            source: query.placements.leg_of(metric),
            frame: 0,
            is_previous: false,
        }
    }

    fn previous(metric: MetricId, query: &ResolvedQuery<'_>) -> Option<Self> {
        Some(Self {
            frame: query.frames.previous()?,
            is_previous: true,
            ..Self::current(metric, query)
        })
    }

    /// The side of a metric of this timing that is asked for on this one.
    fn within<'c>(self, timing: &'c Timing, query: &ResolvedQuery<'c>) -> Option<Self> {
        let frame = query.frames.get(self.frame).of(timing);
        Some(Self {
            frame: query.frames.position(&frame)?,
            ..self
        })
    }

    /// Whether it is the number that a request for the metric shows, of now or of before.
    fn is_own(self, metric: MetricId, query: &ResolvedQuery<'_>) -> bool {
        let placed = query.placements.leg_of(metric);
        let frame = match self.is_previous {
            false => Some(0),
            true => query.frames.previous(),
        };
        frame == Some(self.frame) && (placed.is_none() || placed == self.source)
    }

    /// The leg of the plan: the sources in their order, and again for every further frame.
    fn leg(self, query: &ResolvedQuery<'_>) -> Option<usize> {
        Some(self.source? + self.frame * query.legs.len())
    }
}

/// What the steps share.
struct Planner<'c> {
    catalog: &'c Catalog,
    dialect: Dialect,
    findings: Findings,
    names: Names<'c>,
    binds: Vec<Param>,
    /// The tenant as a number and as text, where it is compared as that.
    tenants: [Option<BindId>; 3],
    /// The lists of access rules, by position in the context and by type, where sources share them.
    rule_lists: Vec<(usize, ListBind)>,
    shares_lists: bool,
    /// Whether a condition on groups looks at their members.
    tests_keys: bool,
    /// The grains of all keys, where rows are held to groups by them.
    met_grains: Vec<Option<Grain>>,
    /// The names that keys have taken, where steps are written for the groups that pass.
    key_names: Option<Names<'c>>,
}

impl<'c> Planner<'c> {
    fn new(catalog: &'c Catalog, dialect: Dialect) -> Self {
        Self {
            catalog,
            dialect,
            findings: Findings::default(),
            names: Names::with_capacity(16),
            binds: Vec::with_capacity(16),
            tenants: [None; 3],
            rule_lists: Vec::new(),
            shares_lists: false,
            tests_keys: false,
            met_grains: Vec::new(),
            key_names: None,
        }
    }

    fn bind(&mut self, param: Param) -> BindId {
        self.binds.push(param);
        BindId(self.binds.len() - 1)
    }

    /// A plan without steps, with all that was bound for them: no more is bound behind it.
    fn blank(&mut self, tenant: Tenant, (periods, zone): (Periods, BindId)) -> Plan<'c> {
        let lookup_tenant = self.lookup_tenant(&tenant);
        Plan {
            binds: std::mem::take(&mut self.binds),
            ..Plan::of(
                (self.dialect, &self.catalog.columns),
                (tenant, lookup_tenant),
                (periods, zone),
            )
        }
    }

    /// The periods as one parameter.
    fn gaps(&mut self, gaps: Gaps) -> Option<FilledGaps> {
        let periods = self.list(gaps.periods)?;
        Some(FilledGaps {
            key: gaps.bucket,
            periods,
        })
    }

    /// The pieces of an expression in the dialect, or a report that it has none.
    fn printed(&mut self, printed: &'c Printed, kind: Kind, name: &str) -> Option<&'c Rendered> {
        match printed.get(self.dialect) {
            Ok(rendered) => Some(rendered),
            Err(unsupported) => {
                self.report_dialect(unsupported.construct.clone(), kind, name);
                None
            }
        }
    }

    fn report_dialect(&mut self, construct: String, kind: Kind, name: &str) {
        let error = ResolveError::DialectUnsupported {
            dialect: self.dialect.as_str(),
            construct,
            kind,
            name: name.to_owned(),
        };
        self.findings
            .push(Error::new(At::root("request").path(), error));
    }

    /// The columns that results are grouped by.
    fn keys(&mut self, query: &ResolvedQuery<'c>) -> Vec<Key<'c>> {
        let mut keys = Vec::with_capacity(query.buckets.len());
        let pivoted = query.pivot.as_ref().map(|pivot| pivot.bucket);
        for (position, bucket) in query.buckets.iter().enumerate() {
            let lookup = query.lookup(position).filter(|_| pivoted != Some(position));
            if let Some(lookup) = lookup {
                self.check_lookup(lookup, bucket.dimension.key.as_str());
            }
            keys.push(Key {
                grain: bucket.grain,
                name: self.names.take(bucket.value),
                lookup: lookup.map(|lookup| (lookup, &bucket.dimension.key)),
            });
        }
        keys
    }

    /// What the keys are on one source has to exist in the dialect.
    fn check_keys(&mut self, leg: &ResolvedLeg<'c>, buckets: &[Bucket<'c>]) {
        for (value, bucket) in leg.buckets.iter().zip(buckets) {
            let name = bucket.dimension.key.as_str();
            self.printed(&value.value.printed, Kind::Dimension, name);
            self.check_moments(value, name);
        }
    }

    /// Every expression of a lookup has to exist in the dialect.
    fn check_lookup(&mut self, lookup: &'c crate::catalog::dimension::Lookup, name: &str) {
        let parts = [&lookup.key, &lookup.label]
            .into_iter()
            .chain(&lookup.conditions);
        for part in parts {
            self.printed(&part.printed, Kind::Dimension, name);
        }
    }

    /// The legs that have groups of a request that is only counted: those of all that it asks for,
    /// though none of it is computed.
    fn counted_legs(&mut self, query: &ResolvedQuery<'c>, keys: &[Key<'c>]) -> BTreeSet<usize> {
        let names = self.names.clone();
        let mut metrics = MetricColumns::default();
        self.metric_outputs(query, &mut metrics, &mut Vec::new(), &mut Vec::new());
        self.order(query, keys, (&mut metrics, None));
        self.names = names;
        metrics.legs
    }

    /// The value and, where there is one, the label of every key.
    fn dimension_outputs(
        &mut self,
        query: &ResolvedQuery<'c>,
        keys: &[Key<'c>],
        outputs: &mut Vec<Output<'c>>,
        columns: &mut Vec<Column>,
    ) {
        for (position, (key, bucket)) in keys.iter().zip(&query.buckets).enumerate() {
            let what = OutputTerm::Term(Term::Key(position));
            outputs.push(Output {
                what,
                alias: key.name.clone(),
            });
            let on_source = query.legs.first().and_then(|leg| leg.buckets.get(position));
            let value_type = on_source.map_or(DataType::Text, |value| value_type(value, key.grain));
            let path = on_source.and_then(|value| value.path);
            columns.push(dimension_column(
                bucket,
                &key.name,
                ColumnRole::DimensionValue,
                (value_type, path),
            ));
            if key.lookup.is_some() {
                let alias = self.names.take(bucket.label);
                let label_type = bucket.dimension.info.data_type;
                columns.push(dimension_column(
                    bucket,
                    &alias,
                    ColumnRole::DimensionLabel,
                    (label_type, path),
                ));
                outputs.push(Output {
                    what: OutputTerm::Label(position),
                    alias,
                });
            }
        }
    }

    /// The column of every metric that is asked for.
    fn metric_outputs(
        &mut self,
        query: &ResolvedQuery<'c>,
        metrics: &mut MetricColumns<'c>,
        outputs: &mut Vec<Output<'c>>,
        columns: &mut Vec<Column>,
    ) {
        let has_sides = query.legs.len() > 1 || query.frames.len() > 1;
        let has_gaps =
            query.gaps.is_some() || query.pivot.is_some() || has_sides && !query.buckets.is_empty();
        for id in &query.metrics {
            let planned = self.metric(*id, Side::current(*id, query), query, metrics);
            let Some((term, definition)) = planned else {
                continue;
            };
            let metric = self.catalog.metric_by_id(*id);
            let is_picked = metric.is_some_and(|metric| metric.timing.pick.is_some());
            let spelling = &definition.info.spelling;
            // The column inside the statement and the one of the result have one name where they can.
            let alias = match metrics.name_of(term) {
                Some(name) if name.key == spelling.key && !is_shown(outputs, name) => name.clone(),
                _ => self.names.take(spelling),
            };
            columns.push(Column {
                spelling: KeySpelling::clone(&alias),
                role: match *id {
                    MetricId::ROWS => ColumnRole::Count,
                    _ => ColumnRole::Metric,
                },
                member: None,
                currency: None,
                shown: Shown::Metric {
                    info: definition.info.clone(),
                    metric: self.metric_name(*id),
                    // A count alone is NULL for a group that its source lacks; what is above it says so.
                    is_nullable: definition.info.is_nullable
                        || matches!(term, Term::Measure(_)) && (has_gaps || is_picked),
                },
            });
            outputs.push(Output {
                what: OutputTerm::Term(term),
                alias,
            });
            if query.frames.previous().is_some() {
                self.comparison_outputs(*id, query, metrics, outputs, columns);
            }
            if !query.standings.is_empty() {
                self.standing_outputs(*id, query, metrics, outputs, columns);
            }
        }
    }

    /// The key of a metric of the catalog.
    fn metric_name(&self, id: MetricId) -> Option<Name> {
        let metric = self.catalog.metric_by_id(id);
        metric.map(|metric| metric.key.clone())
    }

    /// The order as asked, made total by the dimensions that it does not name (R15).
    fn order(
        &mut self,
        query: &ResolvedQuery<'c>,
        keys: &[Key<'c>],
        (metrics, pivot): (&mut MetricColumns<'c>, Option<&Pivot>),
    ) -> Vec<OrderItem> {
        let mut order: Vec<OrderItem> = Vec::with_capacity(query.order.len() + keys.len() * 2);
        for asked in &query.order {
            let mut add = |what| add_order(&mut order, what, asked.descending, asked.nulls_first);
            match asked.by {
                OrderBy::Bucket(position) => {
                    if keys.get(position).is_some_and(|key| key.lookup.is_some()) {
                        add(OutputTerm::Label(position));
                    }
                    add(OutputTerm::Term(Term::Key(position)));
                }
                // What has no label is ordered by itself.
                OrderBy::Label(position) => match keys.get(position) {
                    Some(key) if key.lookup.is_some() => add(OutputTerm::Label(position)),
                    _ => add(OutputTerm::Term(Term::Key(position))),
                },
                OrderBy::Metric(id) => {
                    let planned = self.metric(id, Side::current(id, query), query, metrics);
                    if let Some((term, _)) = planned {
                        add(cell_or_term(pivot, term, asked.member));
                    }
                }
                OrderBy::Standing(id, standing) => {
                    let position = metrics.standing_terms.get(&(id, standing));
                    if let Some(position) = position {
                        add(OutputTerm::Term(Term::Placed(*position)));
                    }
                }
                OrderBy::Compared(id, compared) => {
                    if let Some((term, _)) = self.compared(id, compared, query, metrics) {
                        add(cell_or_term(pivot, term, asked.member));
                    }
                }
            }
        }
        let rows = keys.iter().enumerate();
        for (position, key) in rows.filter(|(at, _)| pivot.is_none_or(|pivot| pivot.key != *at)) {
            if key.lookup.is_some() && !names_key(&order, position) {
                add_order(&mut order, OutputTerm::Label(position), false, false);
            }
            add_order(
                &mut order,
                OutputTerm::Term(Term::Key(position)),
                false,
                false,
            );
        }
        // Without a key there is one row, which has no order.
        if keys.len() == usize::from(pivot.is_some()) {
            order.clear();
        }
        order
    }
}

/// A metric where it is shown: in a column of its own, or in that of a member.
fn cell_or_term(pivot: Option<&Pivot>, term: Term, member: Option<usize>) -> OutputTerm {
    let cell = pivot
        .zip(member)
        .and_then(|(pivot, member)| pivot.cell_of(term, member));
    cell.unwrap_or(OutputTerm::Term(term))
}

/// Whether a condition on groups looks at a member; it is as deep as the limit on filters lets it be.
fn tests_keys(predicate: &Predicate<'_>) -> bool {
    match predicate {
        Predicate::All(parts) | Predicate::Any(parts) => parts.iter().any(tests_keys),
        Predicate::Not(part) => tests_keys(part),
        Predicate::Test(operand, _) => matches!(operand, Operand::Term(Term::Key(_))),
    }
}

fn is_shown(outputs: &[Output<'_>], name: &KeySpelling) -> bool {
    outputs
        .iter()
        .any(|output| output.alias.alias == name.alias)
}

fn names_key(order: &[OrderItem], position: usize) -> bool {
    order
        .iter()
        .any(|item| item.what == OutputTerm::Term(Term::Key(position)))
}

/// What is named twice orders by its first naming alone.
fn add_order(order: &mut Vec<OrderItem>, what: OutputTerm, descending: bool, nulls_first: bool) {
    if !order.iter().any(|item| item.what == what) {
        order.push(OrderItem {
            what,
            descending,
            nulls_first,
        });
    }
}

fn dimension_column(
    bucket: &Bucket<'_>,
    spelling: &KeySpelling,
    role: ColumnRole,
    (data_type, path): (DataType, Option<PathId>),
) -> Column {
    Column {
        spelling: spelling.clone(),
        role,
        member: None,
        currency: None,
        shown: Shown::Dimension {
            info: bucket.info.clone(),
            dimension: bucket.dimension.key.clone(),
            grain: bucket.grain,
            data_type,
            path,
        },
    }
}

/// The type of the values of a bucket: dates from days up, moments for hours.
fn value_type(on_source: &SourceDimension, grain: Option<Grain>) -> DataType {
    match cut(on_source, grain) {
        Some((time, Grain::Hour)) if time.stored == DataType::Timestamptz => DataType::Timestamptz,
        Some((_, Grain::Hour)) => DataType::Timestamp,
        Some(_) => DataType::Date,
        None => on_source.value_type.unwrap_or(DataType::Text),
    }
}
