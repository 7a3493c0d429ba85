//! The members of a lookup: what protects it, what is shown of it.

use crate::catalog::dimension::Lookup;
use crate::catalog::source::Source;
use crate::error::Errors;
use crate::name::Name;
use crate::output::ColumnRole;
use crate::resolve::{Anchor, Check, ResolvedMembers, ResolvedQuery};
use crate::value::{DataType, Param, Value};

use super::{
    Comparison, Key, MetricColumns, Output, OutputTerm, Plan, Planner, RuleCheck, Term,
    dimension_column,
};

/// The members that a lookup has, where no row of a source is read.
pub(crate) struct Members<'c> {
    /// The source that says how the dimension is looked up.
    pub(crate) source: &'c Source,
    pub(crate) lookup: &'c Lookup,
    pub(crate) dimension: &'c Name,
    /// All hold on the lookup's key.
    pub(crate) rules: Vec<RuleCheck<'c>>,
    /// What a label has to pass.
    pub(crate) search: Option<Comparison>,
}

impl<'c> Planner<'c> {
    /// The plan of what a lookup has.
    pub(super) fn members(
        mut self,
        query: ResolvedQuery<'c>,
        members: ResolvedMembers<'c>,
    ) -> Result<Plan<'c>, Errors> {
        let zone = self.bind(Param::Scalar(Value::Text(query.zone.as_str().into())));
        let dimension = &members.dimension.key;
        self.check_lookup(members.lookup, dimension.as_str());
        let (mut keys, mut outputs, mut columns) = (Vec::new(), Vec::new(), Vec::new());
        if let Some(bucket) = query.buckets.first() {
            let value_type = members.on_source.value_type;
            let name = self.names.take(bucket.value);
            let label = self.names.take(bucket.label);
            let value_type = value_type.unwrap_or(DataType::Text);
            let label_type = bucket.dimension.info.data_type;
            let shown = [
                (&name, ColumnRole::DimensionValue, value_type),
                (&label, ColumnRole::DimensionLabel, label_type),
            ];
            let path = members.on_source.path;
            columns.extend(shown.map(|(name, role, of_type)| {
                dimension_column(bucket, name, role, (of_type, path))
            }));
            let term = OutputTerm::Term(Term::Key(0));
            outputs.push((term, name.clone()));
            outputs.push((OutputTerm::Label(0), label));
            keys.push(Key {
                grain: None,
                name,
                lookup: Some((members.lookup, dimension)),
            });
        }
        let outputs = outputs.into_iter();
        let outputs = outputs.map(|(what, alias)| Output { what, alias });
        let order = self.order(&query, &keys, (&mut MetricColumns::default(), None));
        let rules = members.rules.into_iter();
        let rules = rules.map(|rule| self.rule(rule, members.source)).collect();
        let search = members.search.map(|text| {
            self.comparison(Check::Like {
                text,
                anchor: Anchor::Anywhere,
                case_sensitive: false,
                negated: false,
            })
        });
        let [limit, offset] = [query.limit, query.offset]
            .map(|number| number.map(|number| self.bind(Param::Scalar(Value::Integer(number)))));
        let plan = Plan {
            keys,
            members: Some(Members {
                source: members.source,
                lookup: members.lookup,
                dimension,
                rules,
                search,
            }),
            outputs: outputs.collect(),
            columns,
            order,
            limit,
            offset,
            ..self.blank(query.tenant, (query.periods, zone))
        };
        self.findings.finish(plan)
    }
}
