//! The members that are shown: the first by a metric, which is computed by their dimension alone.

use std::borrow::Cow;

use crate::catalog::spelling::KeySpelling;
use crate::resolve::{ResolvedQuery, ResolvedTop};
use crate::value::{Param, Value};

use super::measures::MetricColumns;
use super::{BindId, Key, KeyType, Leg, Measure, OrderItem, OutputTerm, Plan, Planner, Side, Term};

/// The members of one key that are shown, where not all are.
pub(crate) struct Top<'c> {
    /// Groups by that key alone over the same rows, with the metric that ranks them: its order is theirs, its
    /// limit how many are shown.
    pub(crate) plan: Box<Plan<'c>>,
    /// The position of the key.
    pub(crate) key: usize,
    pub(crate) key_type: KeyType,
    /// The column of the steps that is 1 for members that are shown, and missing for the others; absent where
    /// rows of the others are not read at all.
    pub(crate) kept: Option<Cow<'c, KeySpelling>>,
    /// Whether the others are shown as one member more.
    pub(crate) shows_other: bool,
    /// Of each measure that ranks, the position of the same one among those of the whole, where members are summed
    /// up once and ranked by these sums.
    pub(crate) sums: Option<Vec<usize>>,
}

/// The ranking, and how rows meet it, as far as they are known.
pub(super) struct Ranked<'c> {
    key: usize,
    key_type: KeyType,
    kept: Option<Cow<'c, KeySpelling>>,
    shows_other: bool,
    pub(super) metrics: MetricColumns<'c>,
    levels: usize,
    order: Vec<OrderItem>,
    count: BindId,
}

impl<'c> Planner<'c> {
    /// The metric that ranks, with names of its own; none where the dialect cannot say it.
    pub(super) fn ranked(
        &mut self,
        top: ResolvedTop,
        query: &ResolvedQuery<'c>,
    ) -> Option<Ranked<'c>> {
        let names = std::mem::take(&mut self.names);
        self.names = self.key_names.clone().unwrap_or_default();
        let mut metrics = MetricColumns::default();
        let side = Side::current(top.metric, query);
        let planned = self.metric(top.metric, side, query, &mut metrics);
        self.names = names;
        let (metric, _) = planned?;
        // The member breaks ties, so that the same rows give the same members.
        let order = [(metric, top.descending), (Term::Key(0), false)];
        let order = order.map(|(term, descending)| OrderItem {
            what: OutputTerm::Term(term),
            descending,
            nulls_first: false,
        });
        let order = Vec::from(order);
        let levels = self.finish_metrics(&mut metrics, &[], &order, &[]);
        Some(Ranked {
            key: top.bucket,
            key_type: KeyType::Same,
            kept: None,
            shows_other: top.shows_other,
            metrics,
            levels,
            order,
            count: self.bind(Param::Scalar(Value::Integer(top.count))),
        })
    }

    /// The same with how rows meet the members. Rows of the others are needed where they are shown, or where
    /// something else is of them too.
    pub(super) fn kept(
        &mut self,
        mut ranked: Ranked<'c>,
        needs_others: bool,
        legs: &[Leg<'c>],
        keys: &[Key<'c>],
    ) -> Ranked<'c> {
        if let Some(key) = keys.get(ranked.key) {
            ranked.key_type = self.key_type(legs, ranked.key, key, "`top`");
        }
        if ranked.shows_other || needs_others {
            ranked.kept = Some(self.names.take_owned(KeySpelling::new("kept")));
        }
        ranked
    }

    /// Groups by the one key, of the same rows as the plan has.
    pub(super) fn top(&self, ranked: Ranked<'c>, plan: &Plan<'c>) -> Top<'c> {
        let measures = ranked.metrics.measures;
        let own = plan.legs.iter().enumerate().map(|(position, leg)| {
            let own = || measures.iter().filter(|measure| measure.leg == position);
            let key: Vec<_> = leg.keys.get(ranked.key).copied().into_iter().collect();
            let mut own_leg = Leg {
                keys: key,
                windows: leg.windows.map(|windows| windows.for_key(ranked.key)),
                ..leg.clone()
            };
            match plan.passing {
                // Rows meet the groups that pass by all keys.
                Some(_) => self.fit(&mut own_leg, &leg.keys, own, true, &self.met_grains),
                None => {
                    let keys = own_leg.keys.clone();
                    self.fit(&mut own_leg, &keys, own, false, &[]);
                }
            }
            own_leg
        });
        let groups = Plan {
            legs: own.collect(),
            measures,
            computed: ranked.metrics.computed,
            levels: ranked.levels,
            keys: plan.keys.get(ranked.key).cloned().into_iter().collect(),
            order: ranked.order,
            limit: Some(ranked.count),
            ..plan.ahead()
        };
        Top {
            sums: shared_sums(&groups, plan),
            plan: Box::new(groups),
            key: ranked.key,
            key_type: ranked.key_type,
            kept: ranked.kept,
            shows_other: ranked.shows_other,
        }
    }
}

/// The measures of the whole that rank, where its groups are sums of those of members: rows of one source in one
/// period, by the members alone, of which everything adds up to the last digit.
fn shared_sums(ranked: &Plan<'_>, whole: &Plan<'_>) -> Option<Vec<usize>> {
    let ([leg], [_]) = (whole.legs.as_slice(), whole.keys.as_slice()) else {
        return None;
    };
    let scan = &leg.scan;
    let looks_at_rows =
        leg.windows.is_some() || leg.pick.is_some() || scan.is_fenced || !scan.outer.is_empty();
    let is_apart = whole.passing.is_some() || whole.totals.is_some() || whole.pivot.is_some();
    let mut measures = whole.measures.iter();
    if looks_at_rows || is_apart || !measures.all(|one| one.fragment.adds_up_exactly(whole.dialect))
    {
        return None;
    }
    let of_whole = |measure: &Measure<'_>| {
        let mut all = whole.measures.iter();
        all.position(|one| std::ptr::eq(one.text, measure.text))
    };
    ranked.measures.iter().map(of_whole).collect()
}
