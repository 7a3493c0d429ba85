//! The groups that pass, known before rows are summed up: totals are of the rows in them (R17).

use crate::catalog::dimension::SourceDimension;
use crate::error::{Error, Help, ResolveError};
use crate::path::At;
use crate::resolve::{Condition, ResolvedQuery};
use crate::value::DataType;

use super::measures::MetricColumns;
use super::{Key, Leg, Plan, Planner, Predicate, Scan, cut, tests_keys, value_type};

/// The groups that pass: steps of their own, with what the conditions look at and nothing else.
pub(crate) struct Passing<'c> {
    /// Groups of the same keys over the same rows, with the conditions on them.
    pub(crate) plan: Box<Plan<'c>>,
    /// What is known of each key's type.
    pub(crate) types: Vec<KeyType>,
}

/// What is known of the type of a key when its values are compared with those of groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum KeyType {
    /// One expression gives both sides, of whatever type.
    Same,
    /// One expression gives both sides, and it is no array.
    SameScalar,
    /// Sources give the sides, which are made this type.
    Cast(DataType),
}

/// Conditions on groups, and the columns that they look at.
pub(super) struct Tested<'c> {
    predicates: Vec<Predicate<'c>>,
    pub(super) metrics: MetricColumns<'c>,
    levels: usize,
}

impl<'c> Planner<'c> {
    /// The conditions on groups, with names of their own.
    pub(super) fn tested(
        &mut self,
        conditions: Vec<Condition<'c>>,
        query: &ResolvedQuery<'c>,
    ) -> Tested<'c> {
        let names = std::mem::take(&mut self.names);
        self.names = self.key_names.clone().unwrap_or_default();
        let mut metrics = MetricColumns::default();
        let predicates = self.group_predicates(conditions, query, &mut metrics);
        let levels = self.finish_metrics(&mut metrics, &[], &[], &predicates);
        self.names = names;
        Tested {
            predicates,
            metrics,
            levels,
        }
    }

    /// The same groups of the same rows as the plan has, with what the conditions look at.
    pub(super) fn passing(
        &self,
        tested: Tested<'c>,
        types: Vec<KeyType>,
        plan: &Plan<'c>,
    ) -> Passing<'c> {
        let measures = tested.metrics.measures;
        let tests = tested.predicates.iter().any(tests_keys);
        let own = plan.legs.iter().enumerate().map(|(position, leg)| {
            let own = || measures.iter().filter(|measure| measure.leg == position);
            let mut leg = leg.clone();
            let keys = leg.keys.clone();
            self.fit(&mut leg, &keys, own, tests, &[]);
            leg
        });
        let groups = Plan {
            legs: own.collect(),
            measures,
            computed: tested.metrics.computed,
            levels: tested.levels,
            group_predicates: tested.predicates,
            keys: plan.keys.clone(),
            ..plan.ahead()
        };
        Passing {
            plan: Box::new(groups),
            types,
        }
    }

    /// Values of several sources are compared as one type, which all of them have to state.
    pub(super) fn key_types(&mut self, legs: &[Leg<'c>], keys: &[Key<'c>]) -> Vec<KeyType> {
        let part = "`totals` or `top` beside conditions on groups";
        let keys = keys.iter().enumerate();
        keys.map(|(position, key)| self.key_type(legs, position, key, part))
            .collect()
    }

    /// As what values of one key are compared, for what the request asks for with `part`.
    pub(super) fn key_type(
        &mut self,
        legs: &[Leg<'c>],
        position: usize,
        key: &Key<'c>,
        part: &str,
    ) -> KeyType {
        let first = legs.first().map(|leg| leg.scan.source.id);
        let are_several = legs.iter().any(|leg| Some(leg.scan.source.id) != first);
        let mut all = legs
            .iter()
            .map(|leg| known_type(&leg.scan, leg.keys.get(position)?, key));
        let first = all.next().flatten();
        let known = first.filter(|first| all.all(|other| other == Some(*first)));
        match (are_several, known) {
            (false, Some(_)) => KeyType::SameScalar,
            (false, None) => KeyType::Same,
            (true, Some(data_type)) => KeyType::Cast(data_type),
            (true, None) => {
                self.report_types(&key.name.key, part);
                KeyType::Same
            }
        }
    }

    fn report_types(&mut self, key: &str, part: &str) {
        let part = format!(
            "{part} on metrics of several sources by `{key}`, of which they do not declare one type,"
        );
        let error = Error::new(
            At::root("request").path(),
            ResolveError::NotSupported { part },
        );
        let help = Help::advice("ask for metrics of one source, or declare the columns of all");
        self.findings.push(error.with_help(help));
    }
}

/// The type that the values of a key surely have: that of a declared column, or of what is cut.
fn known_type(scan: &Scan<'_>, value: &SourceDimension, key: &Key<'_>) -> Option<DataType> {
    match cut(value, key.grain) {
        Some(_) => Some(value_type(value, key.grain)),
        None => scan.rows_of(value).source.column_type(value.value.bare?),
    }
}
