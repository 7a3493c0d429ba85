//! What the request's conditions have to look like, with the values that have to be bound (R12, R13).

use std::sync::Arc;

use measurand::{
    Comparison, DataType, Date, DateSpan, FilterRequest, Moment, Param, Scalar, Subject, Timestamp,
    Value, Zone,
};

use super::bucket::followed_value;
use super::lower::Lowered;
use super::meaning::Known;
use super::metrics::Metrics;
use super::normal::normal;
use super::parameters::list_of;
use super::tree::{Head, Tree};

/// What a condition looks at: rows of the source, or groups.
pub struct Conditions<'k, 'a> {
    pub known: &'k Known<'a>,
    pub metrics: &'k Metrics<'k, 'a>,
    pub of_groups: bool,
}

fn bound(value: Value) -> Tree {
    Tree::Bound(Arc::new(Param::Scalar(value)))
}

fn not_true(tree: Tree) -> Tree {
    Tree::node(Head::Is("not true"), [tree])
}

/// What is compared, and the type of its values.
struct Compared {
    value: Tree,
    of: Option<DataType>,
    /// The dimension whose lookup has the label that is compared instead.
    label_of: Option<String>,
}

impl<'a> Known<'a> {
    /// The conditions on rows that a request states, beside one another.
    pub fn row_conditions(&self, metrics: &Metrics<'_, 'a>) -> Lowered<Vec<Tree>> {
        let conditions = Conditions {
            known: self,
            metrics,
            of_groups: false,
        };
        let mut found = Vec::new();
        for filter in each(self.request.filters.as_ref()) {
            if !names_metric(filter) {
                found.push(conditions.condition(filter)?);
            }
        }
        found.extend(self.search_condition(&conditions)?);
        found.extend(self.date_conditions()?);
        found.extend(self.picked_filter()?);
        Ok(flat(found))
    }

    /// What a request for values searches for: in the rows where there are labels, else in the groups.
    fn search_condition(&self, conditions: &Conditions<'_, 'a>) -> Lowered<Option<Tree>> {
        let Some(text) = self.search_text() else {
            return Ok(None);
        };
        let asked = self.asked()?;
        let dimension = &asked.first().ok_or("values of nothing")?.dimension;
        let has_label = dimension.lookup.is_some();
        if has_label == conditions.of_groups {
            return Ok(None);
        }
        let key = &dimension.spec.dimension_key;
        let comparison = Comparison {
            subject: Subject::Dimension(key.clone()),
            op: "contains".to_owned(),
            values: vec![Scalar::Text(text.into())],
            on_label: has_label,
            case_sensitive: false,
        };
        let value = followed_value(self, dimension);
        let of = Some(DataType::Text);
        let found = match has_label {
            true => {
                let label_of = Some(key.clone());
                let compared = Compared {
                    value,
                    of,
                    label_of,
                };
                conditions.label_test(&comparison, &compared, key)
            }
            false => {
                let value = Tree::Form(super::form::form(&value, self.is_sqlite));
                conditions.test(&comparison, &value, of)
            }
        };
        found.map(Some)
    }

    /// Whether a condition on groups looks at their members: beside a metric, or as a search by value.
    pub fn tests_members(&self) -> Lowered<bool> {
        let beside = each(self.request.filters.as_ref()).into_iter();
        let of_groups = beside
            .filter(|filter| names_metric(filter))
            .chain(each(self.request.metric_filters.as_ref()));
        let by_value = match self.search_text() {
            Some(_) => self
                .asked()?
                .iter()
                .any(|asked| asked.dimension.lookup.is_none()),
            None => false,
        };
        Ok(by_value || of_groups.into_iter().any(names_dimension))
    }

    /// The conditions on groups that a request states, beside one another.
    pub fn group_conditions(&self, metrics: &Metrics<'_, 'a>) -> Lowered<Vec<Tree>> {
        let conditions = Conditions {
            known: self,
            metrics,
            of_groups: true,
        };
        let mut found = Vec::new();
        for filter in each(self.request.filters.as_ref()) {
            if names_metric(filter) {
                found.push(conditions.condition(filter)?);
            }
        }
        for filter in each(self.request.metric_filters.as_ref()) {
            found.push(conditions.condition(filter)?);
        }
        found.extend(self.search_condition(&conditions)?);
        Ok(flat(found))
    }

    /// The date range, half-open, typed as the date column.
    fn date_conditions(&self) -> Lowered<Vec<Tree>> {
        let Some((column, _)) = self.date_columns() else {
            return Ok(Vec::new());
        };
        if let Some(windows) = self.windows()? {
            let (since, until) = windows.ends();
            let conditions = [(">=", since), ("<", until)].into_iter();
            let conditions = conditions.filter_map(|(sign, end)| {
                Some(Tree::operator(sign, Tree::column("", column), bound(end?)))
            });
            return Ok(conditions.collect());
        }
        let is_window = self.frame.window.is_some();
        if self.request.date_range.is_none() && !is_window {
            return Ok(Vec::new());
        }
        let zone = Zone::parse(self.zone()).ok_or("no zone")?;
        let Some(range) = self.leg_range()? else {
            return Ok(Vec::new());
        };
        let ends = match self.column_type(column).unwrap_or(DataType::Date) {
            DataType::Timestamptz => {
                let moments = range.moments(&zone);
                [moments.from, moments.until].map(|end| end.map(Value::Timestamptz))
            }
            DataType::Timestamp => [range.from(), range.until()]
                .map(|end| end.map(|date| Value::Timestamp(Timestamp::midnight(date)))),
            _ => [range.from(), range.until()].map(|end| end.map(Value::Date)),
        };
        // No date comes after the last one, which a range that ends with it names instead.
        let asked = self.request.date_range.as_ref();
        let is_open =
            asked.is_some_and(|asked| matches!(asked.span, DateSpan::Between { to: None, .. }));
        let [from, until] = ends;
        let (sign, until) = match until {
            None if !is_open => ("<=", last(self.column_type(column))),
            until => ("<", until),
        };
        let conditions = [(">=", from), (sign, until)];
        let conditions = conditions.into_iter().filter_map(|(sign, end)| {
            Some(Tree::operator(sign, Tree::column("", column), bound(end?)))
        });
        Ok(conditions.collect())
    }
}

/// The last value of a date column that a statement names.
fn last(of: Option<DataType>) -> Option<Value> {
    match of.unwrap_or(DataType::Date) {
        DataType::Timestamptz => {
            Moment::parse("9999-12-31T23:59:59.999999Z").map(Value::Timestamptz)
        }
        DataType::Timestamp => Timestamp::parse("9999-12-31T23:59:59.999999").map(Value::Timestamp),
        _ => Date::parse("9999-12-31").map(Value::Date),
    }
}

/// The filters that all have to hold.
fn each(filter: Option<&FilterRequest>) -> Vec<&FilterRequest> {
    match filter {
        None => Vec::new(),
        Some(FilterRequest::And(parts) | FilterRequest::List(parts)) => {
            parts.iter().flat_map(|part| each(Some(part))).collect()
        }
        Some(other) => vec![other],
    }
}

fn names_dimension(filter: &FilterRequest) -> bool {
    match filter {
        FilterRequest::And(parts) | FilterRequest::List(parts) | FilterRequest::Or(parts) => {
            parts.iter().any(names_dimension)
        }
        FilterRequest::Not(part) => names_dimension(part),
        FilterRequest::Compare(comparison) => matches!(comparison.subject, Subject::Dimension(_)),
    }
}

fn names_metric(filter: &FilterRequest) -> bool {
    match filter {
        FilterRequest::And(parts) | FilterRequest::List(parts) | FilterRequest::Or(parts) => {
            parts.iter().any(names_metric)
        }
        FilterRequest::Not(part) => names_metric(part),
        FilterRequest::Compare(comparison) => matches!(comparison.subject, Subject::Metric(_)),
    }
}

fn flat(conditions: Vec<Tree>) -> Vec<Tree> {
    let normal = conditions.into_iter().map(normal).collect::<Vec<_>>();
    let parts = normal.iter().flat_map(Tree::conjuncts);
    parts.cloned().collect()
}

impl Conditions<'_, '_> {
    fn condition(&self, filter: &FilterRequest) -> Lowered<Tree> {
        let joined = |head: Head, parts: &[FilterRequest], empty: bool| {
            let mut parts = parts
                .iter()
                .map(|part| self.condition(part))
                .collect::<Lowered<Vec<_>>>()?;
            Ok(match parts.len() {
                0 => Tree::Boolean(empty),
                1 => parts.remove(0),
                _ => Tree::Node(head, parts),
            })
        };
        match filter {
            FilterRequest::And(parts) | FilterRequest::List(parts) => {
                joined(Head::And, parts, true)
            }
            FilterRequest::Or(parts) => joined(Head::Or, parts, false),
            FilterRequest::Not(part) => Ok(not_true(self.condition(part)?)),
            FilterRequest::Compare(comparison) => self.comparison(comparison),
        }
    }

    fn compared(&self, comparison: &Comparison) -> Lowered<Compared> {
        match &comparison.subject {
            Subject::Metric(key) => {
                let (definition, _) = self.metrics.definition(key)?;
                Ok(Compared {
                    value: Tree::Form(self.metrics.form(key, false)?),
                    of: Some(match definition.data_type {
                        Some("text") => DataType::Text,
                        Some("date") => DataType::Date,
                        Some("boolean") => DataType::Boolean,
                        _ => DataType::Decimal,
                    }),
                    label_of: None,
                })
            }
            Subject::Dimension(key) => {
                // A filter names a dimension, never a switch.
                self.known
                    .dimension(key.rsplit('.').next().unwrap_or(key))?;
                let dimension = self.known.meant(key, false)?;
                let spec = dimension.spec;
                let value = followed_value(self.known, &dimension);
                let stated = spec.data_type.as_deref().and_then(DataType::parse);
                Ok(Compared {
                    value: match self.of_groups {
                        true => Tree::Form(super::form::form(&value, self.known.is_sqlite)),
                        false => value,
                    },
                    of: match comparison.on_label {
                        true => Some(stated.unwrap_or(DataType::Text)),
                        false => dimension.value_type,
                    },
                    label_of: comparison.on_label.then(|| spec.dimension_key.clone()),
                })
            }
        }
    }

    fn comparison(&self, comparison: &Comparison) -> Lowered<Tree> {
        let compared = self.compared(comparison)?;
        match &compared.label_of {
            None => self.test(comparison, &compared.value, compared.of),
            Some(key) => self.label_test(comparison, &compared, key),
        }
    }

    fn one(&self, comparison: &Comparison, at: usize, of: Option<DataType>) -> Lowered<Tree> {
        let scalar = comparison.values.get(at).ok_or("a value is missing")?;
        let of = of
            .or_else(|| DataType::infer([scalar]))
            .unwrap_or(DataType::Text);
        let values = self.known.values(std::slice::from_ref(scalar), of)?;
        let value = values.into_iter().next().ok_or("a value is missing")?;
        Ok(bound(value))
    }

    fn test(&self, comparison: &Comparison, value: &Tree, of: Option<DataType>) -> Lowered<Tree> {
        let is_null = |negated| Tree::node(Head::IsNull { negated }, [value.clone()]);
        let with = |sign: &str, at: usize| {
            let right = self.one(comparison, at, of)?;
            Ok::<_, String>(Tree::operator(sign, value.clone(), right))
        };
        let compares_null = comparison.values.first() == Some(&Scalar::Null);
        Ok(match comparison.op.as_str() {
            "is_null" => is_null(false),
            "is_not_null" => is_null(true),
            "eq" if compares_null => is_null(false),
            "neq" if compares_null => is_null(true),
            "eq" => with("=", 0)?,
            "neq" => {
                let parts = [value.clone(), self.one(comparison, 0, of)?];
                Tree::node(Head::DistinctFrom { negated: false }, parts)
            }
            "gt" => with(">", 0)?,
            "gte" => with(">=", 0)?,
            "lt" => with("<", 0)?,
            "lte" => with("<=", 0)?,
            "between" => Tree::node(Head::And, [with(">=", 0)?, with("<=", 1)?]),
            "in" | "not_in" => {
                let negated = comparison.op == "not_in";
                let list = self.listed(comparison, value, of)?;
                let with_null = comparison.values.contains(&Scalar::Null);
                match (list, with_null, negated) {
                    (None, true, _) => is_null(negated),
                    (None, false, _) => Tree::Boolean(negated),
                    (Some(list), false, false) => list,
                    (Some(list), false, true) => not_true(list),
                    (Some(list), true, false) => Tree::node(Head::Or, [list, is_null(false)]),
                    (Some(list), true, true) => {
                        Tree::node(Head::And, [not_true(list), is_null(true)])
                    }
                }
            }
            op => self.like(comparison, op, value)?,
        })
    }

    fn listed(
        &self,
        comparison: &Comparison,
        value: &Tree,
        of: Option<DataType>,
    ) -> Lowered<Option<Tree>> {
        let of = of
            .or_else(|| DataType::infer(&comparison.values))
            .unwrap_or(DataType::Text);
        let values = self.known.values(&comparison.values, of)?;
        let list = Tree::Bound(Arc::new(list_of(of, values.clone())));
        let listed = || Tree::node(Head::Listed, [value.clone(), list]);
        Ok((!values.is_empty()).then(listed))
    }

    fn like(&self, comparison: &Comparison, op: &str, value: &Tree) -> Lowered<Tree> {
        let (front, behind) = match op {
            "contains" | "not_contains" => (true, true),
            "starts_with" => (false, true),
            "ends_with" => (true, false),
            other => return Err(format!("the operator `{other}`")),
        };
        let Some(Scalar::Text(text)) = comparison.values.first() else {
            return Err("a pattern that is no text".to_owned());
        };
        let is_glob = self.known.is_sqlite && comparison.case_sensitive;
        let any = if is_glob { "*" } else { "%" };
        let mut pattern = String::new();
        pattern.push_str(if front { any } else { "" });
        for letter in text.chars() {
            match letter {
                '*' | '?' | '[' if is_glob => pattern.push_str(&format!("[{letter}]")),
                '%' | '_' | '!' if !is_glob => pattern.push_str(&format!("!{letter}")),
                letter => pattern.push(letter),
            }
        }
        pattern.push_str(if behind { any } else { "" });
        let pattern = bound(Value::Text(pattern.into()));
        let test = if is_glob {
            Tree::operator("~@~", value.clone(), pattern)
        } else {
            let escape = Tree::Text("!".to_owned());
            let pattern = Tree::node(Head::call("form like_escape"), [pattern, escape]);
            let head = Head::Like {
                ignores_case: !comparison.case_sensitive && !self.known.is_sqlite,
                negated: false,
            };
            Tree::node(head, [value.clone(), pattern])
        };
        Ok(match op {
            "not_contains" => not_true(test),
            _ => test,
        })
    }

    /// A label is searched in its lookup; what is not found there has no label.
    fn label_test(&self, comparison: &Comparison, compared: &Compared, key: &str) -> Lowered<Tree> {
        let label = Tree::column("", "label");
        let searched = |test: Tree| {
            Tree::node(
                Head::Searched(key.to_owned()),
                [compared.value.clone(), test],
            )
        };
        let has_label = || searched(Tree::node(Head::IsNull { negated: true }, [label.clone()]));
        let positive = |op: &str| {
            let positive = Comparison {
                op: op.to_owned(),
                ..comparison.clone()
            };
            Ok::<_, String>(searched(self.test(&positive, &label, compared.of)?))
        };
        let compares_null = comparison.values.first() == Some(&Scalar::Null);
        Ok(match comparison.op.as_str() {
            "is_null" => not_true(has_label()),
            "is_not_null" => has_label(),
            "eq" if compares_null => not_true(has_label()),
            "neq" if compares_null => has_label(),
            "neq" => not_true(positive("eq")?),
            "not_contains" => not_true(positive("contains")?),
            "in" | "not_in" => {
                let negated = comparison.op == "not_in";
                let listed = self.listed(comparison, &label, compared.of)?;
                let listed = searched(listed.unwrap_or(Tree::Boolean(false)));
                let with_null = comparison.values.contains(&Scalar::Null);
                match (with_null, negated) {
                    (false, false) => listed,
                    (false, true) => not_true(listed),
                    (true, false) => Tree::node(Head::Or, [listed, not_true(has_label())]),
                    (true, true) => Tree::node(Head::And, [not_true(listed), has_label()]),
                }
            }
            op => positive(op)?,
        })
    }
}
