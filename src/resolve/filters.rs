//! Binds filters: operator against type, values without loss, rows apart from groups (R12, R16).

use crate::catalog::MetricId;
use crate::catalog::metric::MetricType;
use crate::catalog::source::Source;
use crate::catalog::toggle::Selection;
use crate::error::{Error, Help, Kind, ResolveError};
use crate::path::At;
use crate::request::{Comparison, FilterRequest, Subject as Written};
use crate::value::{DataType, Scalar, Value};

use super::{
    Anchor, AskedDimension, Check, Chosen, Comparator, Condition, REQUEST, ResolvedLeg, Resolver,
    Subject, Test,
};

/// The operators of a comparison.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Op {
    Compare(Comparator),
    In { negated: bool },
    Between,
    Like { anchor: Anchor, negated: bool },
    Null { negated: bool },
}

const OPS: [(&str, Op); 15] = [
    ("eq", Op::Compare(Comparator::Equal)),
    ("neq", Op::Compare(Comparator::NotEqual)),
    ("in", Op::In { negated: false }),
    ("not_in", Op::In { negated: true }),
    ("gt", Op::Compare(Comparator::Greater)),
    ("gte", Op::Compare(Comparator::GreaterOrEqual)),
    ("lt", Op::Compare(Comparator::Less)),
    ("lte", Op::Compare(Comparator::LessOrEqual)),
    ("between", Op::Between),
    (
        "contains",
        Op::Like {
            anchor: Anchor::Anywhere,
            negated: false,
        },
    ),
    (
        "not_contains",
        Op::Like {
            anchor: Anchor::Anywhere,
            negated: true,
        },
    ),
    (
        "starts_with",
        Op::Like {
            anchor: Anchor::Start,
            negated: false,
        },
    ),
    (
        "ends_with",
        Op::Like {
            anchor: Anchor::End,
            negated: false,
        },
    ),
    ("is_null", Op::Null { negated: false }),
    ("is_not_null", Op::Null { negated: true }),
];

/// What a condition may look at.
#[derive(Clone, Copy)]
struct Scope<'a, 'c> {
    /// `None` where no source answers; then only what is wrong anyway is looked for.
    source: Option<&'c Source>,
    chosen: &'a Chosen<'c>,
    selection: &'a Selection,
    asked: &'a [AskedDimension<'c>],
    /// Whether the condition is about groups and not about rows.
    is_of_groups: bool,
}

impl<'c> Resolver<'c, '_> {
    /// The conditions on the rows of each leg, which are added to it, and those on groups.
    pub(super) fn bind_filters(
        &mut self,
        chosen: &Chosen<'c>,
        selection: &Selection,
        asked: &[AskedDimension<'c>],
        legs: &mut [ResolvedLeg<'c>],
    ) -> Vec<Condition<'c>> {
        let request = self.request;
        let mut groups = Vec::new();
        if !self.check_size() {
            return groups;
        }
        let row_scope = Scope {
            source: chosen.sources.first().copied(),
            chosen,
            selection,
            asked,
            is_of_groups: false,
        };
        let group_scope = Scope {
            is_of_groups: true,
            ..row_scope
        };
        if let Some(filters) = &request.filters {
            let at = REQUEST.key("filters");
            self.each_conjunct(filters, &at, &mut |resolver, filter, at| {
                if names_metric(filter) {
                    groups.extend(resolver.condition(filter, at, group_scope));
                } else if chosen.sources.is_empty() {
                    resolver.condition(filter, at, row_scope);
                }
                for leg in legs.iter_mut().filter(|_| !names_metric(filter)) {
                    let source = Some(leg.source);
                    let scope = Scope {
                        source,
                        ..row_scope
                    };
                    leg.row_conditions
                        .extend(resolver.condition(filter, at, scope));
                }
            });
        }
        if let Some(filters) = &request.metric_filters {
            let at = REQUEST.key("metric_filters");
            self.each_conjunct(filters, &at, &mut |resolver, filter, at| {
                groups.extend(resolver.condition(filter, at, group_scope));
            });
        }
        groups
    }

    /// Bounds depth and number before anything recurses; requests can be built without a reader.
    fn check_size(&mut self) -> bool {
        let limits = &self.catalog.limits;
        let request = self.request;
        let filters = request.filters.iter().chain(&request.metric_filters);
        let mut waiting: Vec<(&FilterRequest, usize)> = Vec::with_capacity(16);
        waiting.extend(filters.map(|filter| (filter, 1)));
        let mut nodes = 0;
        while let Some((filter, depth)) = waiting.pop() {
            nodes += 1;
            let nests = !matches!(filter, FilterRequest::Compare(_));
            let is_deep = nests && depth > limits.filter_depth;
            let too = match (is_deep, nodes > limits.filter_nodes) {
                (true, _) => Some(("filter_depth", limits.filter_depth)),
                (_, true) => Some(("filter_nodes", limits.filter_nodes)),
                _ => None,
            };
            if let Some((limit, bound)) = too {
                self.report_limit(REQUEST.key("filters").path(), limit, bound);
                return false;
            }
            match filter {
                FilterRequest::And(parts)
                | FilterRequest::List(parts)
                | FilterRequest::Or(parts) => {
                    waiting.extend(parts.iter().map(|part| (part, depth + 1)));
                }
                FilterRequest::Not(part) => waiting.push((part, depth + 1)),
                FilterRequest::Compare(_) => {}
            }
        }
        true
    }

    /// Visits the parts that all have to hold.
    fn each_conjunct(
        &mut self,
        filter: &FilterRequest,
        at: &At<'_>,
        visit: &mut dyn FnMut(&mut Self, &FilterRequest, &At<'_>),
    ) {
        match filter {
            FilterRequest::And(parts) => {
                let at = at.key("and");
                for (index, part) in parts.iter().enumerate() {
                    self.each_conjunct(part, &at.index(index), visit);
                }
            }
            FilterRequest::List(parts) => {
                for (index, part) in parts.iter().enumerate() {
                    self.each_conjunct(part, &at.index(index), visit);
                }
            }
            _ => visit(self, filter, at),
        }
    }

    fn condition(
        &mut self,
        filter: &FilterRequest,
        at: &At<'_>,
        scope: Scope<'_, 'c>,
    ) -> Option<Condition<'c>> {
        match filter {
            FilterRequest::And(parts) => self
                .conditions(parts, &at.key("and"), scope)
                .map(Condition::All),
            FilterRequest::List(parts) => self.conditions(parts, at, scope).map(Condition::All),
            FilterRequest::Or(parts) => self
                .conditions(parts, &at.key("or"), scope)
                .map(Condition::Any),
            FilterRequest::Not(part) => {
                let inner = self.condition(part, &at.key("not"), scope)?;
                Some(Condition::Not(Box::new(inner)))
            }
            FilterRequest::Compare(comparison) => {
                self.comparison(comparison, at, scope).map(Condition::Test)
            }
        }
    }

    /// Binds every part, so that all findings are reported.
    fn conditions(
        &mut self,
        parts: &[FilterRequest],
        at: &At<'_>,
        scope: Scope<'_, 'c>,
    ) -> Option<Vec<Condition<'c>>> {
        let bound: Vec<Option<Condition<'c>>> = parts
            .iter()
            .enumerate()
            .map(|(index, part)| self.condition(part, &at.index(index), scope))
            .collect();
        bound.into_iter().collect()
    }

    fn comparison(
        &mut self,
        written: &Comparison,
        at: &At<'_>,
        scope: Scope<'_, 'c>,
    ) -> Option<Test<'c>> {
        let Some((name, op)) = OPS.iter().find(|(name, _)| *name == written.op) else {
            let subject = format!("operator `{}`", crate::path::echo(&written.op));
            let error = Error::new(at.key("op").path(), ResolveError::WrongValue { subject });
            let help = self
                .findings
                .nearest(&written.op, OPS.map(|(name, _)| name));
            let all = || Help::OneOf(OPS.map(|(name, _)| name.to_owned()).to_vec());
            self.findings
                .push(error.with_help(help.unwrap_or_else(all)));
            return None;
        };
        let found = match &written.subject {
            Written::Dimension(key) => self.dimension_subject(key, written.on_label, at, scope),
            Written::Metric(key) => self.metric_subject(key, at, scope),
        };
        let fits = found
            .as_ref()
            .is_some_and(|(_, tested)| self.check_type(name, *op, tested, at));
        let is_complete = self.check_arity(name, *op, written.values.len(), at);
        let (subject, tested) = found.filter(|_| fits && is_complete)?;
        let check = self.check(written, *op, &tested, at)?;
        Some(Test { subject, check })
    }

    /// Whether the operator applies to the type.
    fn check_type(&mut self, name: &'static str, op: Op, tested: &Tested, at: &At<'_>) -> bool {
        let applies = op.applies_to(tested.data_type);
        if !applies {
            let error = ResolveError::OperatorType {
                op: name,
                kind: tested.kind,
                name: tested.name.to_owned(),
                data_type: tested.data_type.map_or("unknown", DataType::as_str),
            };
            let wants_label = matches!(op, Op::Like { .. }) && tested.has_label;
            let applying = OPS.iter().filter(|(_, op)| op.applies_to(tested.data_type));
            let help = match wants_label {
                true => Some(Help::advice(
                    "say `\"on\": \"label\"` to look at the label instead",
                )),
                false => Help::one_of(applying.map(|(name, _)| *name)),
            };
            self.findings
                .push(Error::new(at.key("op").path(), error).with_help(help));
        }
        applies
    }

    /// Whether the operator has as many values as it takes.
    fn check_arity(&mut self, name: &'static str, op: Op, found: usize, at: &At<'_>) -> bool {
        let takes = match op {
            Op::Compare(_) | Op::Like { .. } => (found != 1).then_some("one value"),
            Op::Between => (found != 2).then_some("two values"),
            Op::Null { .. } => (found != 0).then_some("no values"),
            Op::In { .. } => None,
        };
        if let Some(takes) = takes {
            let error = ResolveError::OperatorArity {
                op: name,
                takes,
                found,
            };
            let help = match op {
                Op::Compare(Comparator::Equal) => Some("write `in` for one of several values"),
                Op::Compare(Comparator::NotEqual) => {
                    Some("write `not_in` for none of several values")
                }
                _ => None,
            };
            let help = help.filter(|_| found > 1).map(Help::advice);
            self.findings
                .push(Error::new(at.key("values").path(), error).with_help(help));
        }
        takes.is_none()
    }

    fn dimension_subject(
        &mut self,
        key: &str,
        on_label: bool,
        at: &At<'_>,
        scope: Scope<'_, 'c>,
    ) -> Option<(Subject<'c>, Tested<'c>)> {
        let found = self.find_dimension(key, || at.key("dimension").path())?;
        let asked = self.catalog.dimension_by_id(found.id)?;
        let found = self.switched_key(found, scope.selection);
        let dimension = self.catalog.dimension_by_id(found.id)?;
        if let Some(refused) = [asked, dimension].iter().find(|d| !d.is_filterable) {
            let name = refused.key.to_string();
            self.report(
                at.key("dimension").path(),
                ResolveError::NotFilterable { name },
            );
            return None;
        }
        let source = scope.source?;
        let Some(on_source) = source.express(found).one() else {
            self.report_dimension_unavailable(source, found, at.key("dimension").path());
            return None;
        };
        let name = dimension.key.as_str();
        if on_label && on_source.lookup.is_none() {
            self.report_no_label(name, at);
            return None;
        }
        let data_type = if on_label {
            Some(dimension.info.data_type)
        } else {
            on_source.value_type
        };
        let tested = Tested {
            kind: Kind::Dimension,
            name,
            data_type,
            has_label: on_source.lookup.is_some() && !on_label,
        };
        let subject = match scope.is_of_groups {
            false if on_label => Subject::Label(on_source),
            false => Subject::Value(on_source),
            true => {
                let is_it = |asked: &AskedDimension<'c>| {
                    let on = source.express(asked.key).one();
                    on.is_some_and(|on| std::ptr::eq(on, on_source))
                };
                let grouped = scope
                    .asked
                    .iter()
                    .position(|asked| asked.grain.is_none() && is_it(asked));
                let Some(bucket) = grouped.filter(|_| !on_label) else {
                    self.report_mixed(tested.name.to_owned(), grouped.is_some(), at);
                    return None;
                };
                Subject::Bucket(bucket)
            }
        };
        Some((subject, tested))
    }

    fn report_no_label(&mut self, name: &str, at: &At<'_>) {
        let subject = format!("the label of dimension `{name}`");
        let error = Error::new(at.key("on").path(), ResolveError::WrongValue { subject });
        let help = Help::advice("the dimension has no label apart from its value");
        self.findings.push(error.with_help(help));
    }

    fn report_mixed(&mut self, name: String, is_grouped: bool, at: &At<'_>) {
        let advice = match is_grouped {
            true => "groups are told apart by the value: leave `\"on\": \"label\"` out",
            false => "group by the dimension, or move its condition out of the `or` or `not`",
        };
        let error = ResolveError::MixedFilter { name };
        self.findings
            .push(Error::new(at.key("dimension").path(), error).with_help(Help::advice(advice)));
    }

    fn metric_subject(
        &mut self,
        key: &str,
        at: &At<'_>,
        scope: Scope<'_, 'c>,
    ) -> Option<(Subject<'c>, Tested<'c>)> {
        let id = self.find_metric(key, || at.key("metric").path())?;
        self.check_answered(scope.chosen, id, || at.key("metric").path())?;
        let data_type = Some(self.metric_value_type(id, scope));
        let tested = Tested {
            kind: Kind::Metric,
            name: self.catalog.metric_by_id(id)?.key.as_str(),
            data_type,
            has_label: false,
        };
        Some((Subject::Metric(id), tested))
    }

    /// The type that a metric is compared as; every kind of number is compared exactly.
    fn metric_value_type(&self, id: MetricId, scope: Scope<'_, 'c>) -> DataType {
        let leg = scope.chosen.placements.leg_of(id);
        let source = leg.and_then(|leg| scope.chosen.sources.get(leg).copied());
        let definition = self.catalog.definition(id, source, scope.selection);
        match definition.map(|definition| definition.info.data_type) {
            Some(MetricType::Text) => DataType::Text,
            Some(MetricType::Date) => DataType::Date,
            Some(MetricType::Boolean) => DataType::Boolean,
            _ => DataType::Decimal,
        }
    }

    /// What the operator and its values say, for a subject of a type that it applies to.
    fn check(
        &mut self,
        written: &Comparison,
        op: Op,
        tested: &Tested<'_>,
        at: &At<'_>,
    ) -> Option<Check> {
        let values = &written.values;
        let at = at.key("values");
        match op {
            Op::Null { negated } => Some(Check::Null { negated }),
            Op::In { negated } => {
                let list = self.convert_list(values, tested.data_type, &at)?;
                Some(Check::In {
                    list,
                    with_null: values.contains(&Scalar::Null),
                    negated,
                })
            }
            Op::Compare(Comparator::Equal) if values.first() == Some(&Scalar::Null) => {
                Some(Check::Null { negated: false })
            }
            Op::Compare(Comparator::NotEqual) if values.first() == Some(&Scalar::Null) => {
                Some(Check::Null { negated: true })
            }
            Op::Compare(comparator) => {
                let value = self.convert_one(values, 0, tested, &at)?;
                Some(Check::Compare(comparator, value))
            }
            Op::Between => {
                let low = self.convert_one(values, 0, tested, &at);
                let high = self.convert_one(values, 1, tested, &at);
                low.zip(high).map(|(low, high)| Check::Between(low, high))
            }
            Op::Like { anchor, negated } => {
                let text = Tested {
                    data_type: Some(DataType::Text),
                    ..*tested
                };
                let Value::Text(text) = self.convert_one(values, 0, &text, &at)? else {
                    return None;
                };
                let case_sensitive = written.case_sensitive;
                Some(Check::Like {
                    text,
                    anchor,
                    case_sensitive,
                    negated,
                })
            }
        }
    }

    fn convert_one(
        &mut self,
        values: &[Scalar],
        index: usize,
        tested: &Tested<'_>,
        at: &At<'_>,
    ) -> Option<Value> {
        let scalar = values.get(index)?;
        let data_type = tested
            .data_type
            .or_else(|| DataType::infer([scalar]))
            .unwrap_or(DataType::Text);
        match Value::convert(scalar, data_type, &self.zone) {
            Ok(value) => Some(value),
            Err(expected) => {
                let expected = expected.phrase();
                self.report(at.index(index).path(), ResolveError::ValueType { expected });
                None
            }
        }
    }
}

/// What is compared, for messages and for types.
#[derive(Clone, Copy)]
struct Tested<'c> {
    kind: Kind,
    name: &'c str,
    /// `None` where neither the dimension nor the source says; then the values say.
    data_type: Option<DataType>,
    /// Whether there is a label to look at instead.
    has_label: bool,
}

impl Op {
    fn applies_to(self, data_type: Option<DataType>) -> bool {
        let Some(data_type) = data_type else {
            return true;
        };
        match self {
            Op::Null { .. } => true,
            Op::Like { .. } => data_type == DataType::Text,
            Op::In { .. } | Op::Compare(Comparator::Equal | Comparator::NotEqual) => {
                !matches!(data_type, DataType::Json | DataType::Jsonb)
            }
            Op::Compare(_) | Op::Between => {
                data_type.is_numeric() || data_type.is_temporal() || data_type == DataType::Text
            }
        }
    }
}

/// Whether a metric is named anywhere in a condition, whose depth is within the limit by now.
fn names_metric(filter: &FilterRequest) -> bool {
    match filter {
        FilterRequest::And(parts) | FilterRequest::List(parts) | FilterRequest::Or(parts) => {
            parts.iter().any(names_metric)
        }
        FilterRequest::Not(part) => names_metric(part),
        FilterRequest::Compare(comparison) => matches!(comparison.subject, Written::Metric(_)),
    }
}
