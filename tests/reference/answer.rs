//! What has to come out of a question.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::expression::{Expr, extreme, holds, number};
use super::model::{
    Aggregate, AggregateKind, Condition, DAY, Definition, Lookup, Named, OrderBy, PAID, Question,
    Rule, Subject, Table, Test, World,
};
use super::number::{Number, Undecided};
use super::value::{Value, civil, days_of};

type Row = Vec<Value>;

/// One group: its members, their labels, and the rows in it.
struct Member<'w> {
    values: Vec<Value>,
    labels: Vec<Value>,
    rows: Vec<&'w Row>,
}

/// The rows that the question has to give, cell by cell.
pub fn answer(world: &World, question: &Question) -> Result<Vec<Row>, Undecided> {
    Asked { world, question }.answer()
}

struct Asked<'w> {
    world: &'w World,
    question: &'w Question,
}

impl<'w> Asked<'w> {
    fn answer(&self) -> Result<Vec<Row>, Undecided> {
        let question = self.question;
        let mut conditions = Vec::new();
        question
            .filters
            .iter()
            .for_each(|f| flatten(f, &mut conditions));
        let (of_groups, of_rows): (Vec<_>, Vec<_>) =
            conditions.into_iter().partition(|c| names_metric(c));
        let mut rows = Vec::new();
        for row in &self.world.rows {
            if self.is_visible(row)? && self.is_in_range(row) && self.passes(row, &of_rows)? {
                rows.push(row);
            }
        }
        let mut found = Vec::new();
        for member in self.members(rows)? {
            let mut passes = true;
            for condition in of_groups.iter().copied().chain(&question.metric_filters) {
                passes &= self.holds(condition, &mut |subject| match subject {
                    Subject::Metric(metric) => self.metric(metric, &member.rows),
                    Subject::Value(dimension) => self.member_of(&member, dimension),
                    Subject::Label(_) => panic!("groups are told apart by values"),
                })?;
            }
            if passes {
                found.push((self.cells(&member)?, self.order_keys(&member)?));
            }
        }
        for (at, (_, left)) in found.iter().enumerate() {
            for (_, right) in &found[at + 1..] {
                compare_keys(left, right)?;
            }
        }
        found.sort_by(|(_, left), (_, right)| {
            compare_keys(left, right).expect("every pair is decided")
        });
        let rows = found.into_iter().map(|(cells, _)| cells);
        Ok(rows
            .skip(question.offset.unwrap_or(0))
            .take(question.limit.unwrap_or(usize::MAX))
            .collect())
    }

    /// The tenant's own rows, without what the source leaves out, within every rule.
    fn is_visible(&self, row: &Row) -> Result<bool, Undecided> {
        let mut visible = row[0] == Value::integer(self.question.tenant);
        if let Some(filter) = &self.world.base_filter {
            visible &= of_row(filter, row)? == Value::Boolean(true);
        }
        for rule in &self.question.rules {
            // The date that an option brings never moves a rule.
            let value = of_row(&self.world.dimensions[rule.dimension].value, row)?;
            visible &= allows(rule, &value)?;
        }
        Ok(visible)
    }

    fn is_in_range(&self, row: &Row) -> bool {
        match (self.question.range, &row[self.date()]) {
            (None, _) => true,
            (Some((from, to)), Value::Date(day)) => (from..=to).contains(day),
            (Some(_), _) => false,
        }
    }

    fn passes(&self, row: &Row, conditions: &[&Condition]) -> Result<bool, Undecided> {
        let mut passes = true;
        for condition in conditions {
            passes &= self.holds(condition, &mut |subject| match subject {
                Subject::Value(dimension) => self.value(self.switched(dimension), row),
                Subject::Label(dimension) => {
                    let dimension = self.switched(dimension);
                    self.label(dimension, &self.value(dimension, row)?)
                }
                Subject::Metric(_) => panic!("a row has no metrics"),
            })?;
        }
        Ok(passes)
    }

    fn value(&self, dimension: usize, row: &Row) -> Result<Value, Undecided> {
        let value = &self.world.dimensions[dimension].value;
        value.value(&mut |column| {
            let column = if column == DAY { self.date() } else { column };
            Ok(row[column].clone())
        })
    }

    /// The column of dates that ranges, groups and filters mean, however a dimension uses it.
    fn date(&self) -> usize {
        let is_last = self.question.options[1] + 1 == self.world.toggles[1];
        if self.world.last_is_paid && is_last {
            PAID
        } else {
            DAY
        }
    }

    /// The dimension that stands for another under the chosen option of the switch.
    fn switched(&self, dimension: usize) -> usize {
        let switch = &self.world.switch;
        match switch.first() {
            Some(default) if *default == dimension => switch[*self.chosen()],
            _ => dimension,
        }
    }

    fn chosen(&self) -> &usize {
        self.question
            .options
            .last()
            .expect("an option of the switch")
    }

    /// The least label of a value among the rows of the lookup that count.
    fn label(&self, dimension: usize, value: &Value) -> Result<Value, Undecided> {
        let Some(Lookup {
            table, only_live, ..
        }) = self.world.dimensions[dimension].lookup
        else {
            return Ok(Value::Null);
        };
        let rows = match table {
            Table::Campaigns => &self.world.campaigns,
            Table::Sellers => &self.world.sellers,
        };
        let mut labels = Vec::new();
        for row in rows {
            let is_own = table == Table::Sellers || row.tenant == self.question.tenant;
            let counts = !only_live || row.is_live == Value::Boolean(true);
            if is_own && counts && row.key.compare(value)? == Some(Ordering::Equal) {
                labels.push(&row.label);
            }
        }
        extreme(
            labels.into_iter().filter(|label| !label.is_null()),
            Ordering::Less,
        )
    }

    /// The dimension that each group shows, after the switch, which a grain keeps away.
    fn shown(&self, position: usize) -> usize {
        let group = self.question.groups[position];
        match group.dimension {
            Named::Switch => self.world.switch[*self.chosen()],
            Named::Dimension(dimension) if group.grain.is_some() => dimension,
            Named::Dimension(dimension) => self.switched(dimension),
        }
    }

    fn members(&self, rows: Vec<&'w Row>) -> Result<Vec<Member<'w>>, Undecided> {
        let groups = &self.question.groups;
        let mut members: Vec<Member<'w>> = Vec::new();
        if groups.is_empty() {
            let (values, labels) = (Vec::new(), Vec::new());
            return Ok(vec![Member {
                values,
                labels,
                rows,
            }]);
        }
        for row in rows {
            let mut values = Vec::new();
            for (position, group) in groups.iter().enumerate() {
                let value = self.value(self.shown(position), row)?;
                values.push(match (group.grain, value) {
                    (Some(grain), Value::Date(day)) => {
                        Value::Date(cut(day, grain, self.question.week_start))
                    }
                    (_, value) => value,
                });
            }
            let mut known = None;
            for (at, member) in members.iter().enumerate() {
                let mut same = true;
                for (left, right) in member.values.iter().zip(&values) {
                    same &= left.is_same(right)?;
                }
                known = known.or(same.then_some(at));
            }
            match known {
                Some(at) => members[at].rows.push(row),
                None => {
                    let labels: Result<Vec<Value>, Undecided> = values
                        .iter()
                        .enumerate()
                        .map(|(position, value)| self.label(self.shown(position), value))
                        .collect();
                    let (labels, rows) = (labels?, vec![row]);
                    members.push(Member {
                        values,
                        labels,
                        rows,
                    });
                }
            }
        }
        Ok(members)
    }

    fn member_of(&self, member: &Member<'_>, dimension: usize) -> Result<Value, Undecided> {
        let dimension = self.switched(dimension);
        let groups = self.question.groups.iter().enumerate();
        let mut plain = groups.filter(|(_, group)| group.grain.is_none());
        let found = plain.find(|(position, _)| self.shown(*position) == dimension);
        let (position, _) = found.expect("a condition on groups names a grouped dimension");
        Ok(member.values[position].clone())
    }

    fn cells(&self, member: &Member<'_>) -> Result<Row, Undecided> {
        let mut cells = Vec::new();
        for (position, value) in member.values.iter().enumerate() {
            cells.push(value.clone());
            if self.world.dimensions[self.shown(position)].lookup.is_some() {
                cells.push(member.labels[position].clone());
            }
        }
        for metric in &self.question.metrics {
            cells.push(self.metric(*metric, &member.rows)?);
        }
        Ok(cells)
    }

    /// What the rows are ordered by: as asked, then label and value of each group.
    fn order_keys(&self, member: &Member<'_>) -> Result<Vec<OrderKey>, Undecided> {
        let mut keys = Vec::new();
        for order in &self.question.order {
            let values = match order.by {
                OrderBy::Metric(metric) => vec![self.metric(metric, &member.rows)?],
                OrderBy::Label(at) => vec![member.labels[at].clone()],
                OrderBy::Group(at) => vec![member.labels[at].clone(), member.values[at].clone()],
            };
            keys.extend(values.into_iter().map(|value| OrderKey {
                value,
                is_descending: order.is_descending,
                nulls_first: order.nulls_first,
            }));
        }
        for (label, value) in member.labels.iter().zip(&member.values) {
            keys.extend([label, value].map(|value| OrderKey {
                value: value.clone(),
                is_descending: false,
                nulls_first: false,
            }));
        }
        Ok(keys)
    }

    /// A metric over the rows of one group, by the definition that the options choose.
    fn metric(&self, position: usize, rows: &[&Row]) -> Result<Value, Undecided> {
        self.metric_with(position, rows, &mut BTreeMap::new())
    }

    fn metric_with(
        &self,
        position: usize,
        rows: &[&Row],
        known: &mut BTreeMap<usize, Value>,
    ) -> Result<Value, Undecided> {
        if let Some(value) = known.get(&position) {
            return Ok(value.clone());
        }
        let metric = &self.world.metrics[position];
        let matching = metric.variants.iter().filter(|(when, _)| {
            let mut options = when.iter();
            options.all(|(toggle, option)| self.question.options[*toggle] == *option)
        });
        let variant = matching.max_by_key(|(when, _)| when.len());
        let base = metric.of_source.as_ref().unwrap_or(&metric.definition);
        let value = match variant.map_or(base, |(_, definition)| definition) {
            Definition::Formula(formula) => {
                formula.value(&mut |part| self.metric_with(part, rows, known))?
            }
            Definition::Aggregates(aggregates, above) => above
                .value(&mut |part| aggregate(&aggregates[part], metric.filter.as_ref(), rows))?,
        };
        let value = match (value, metric.null_as) {
            (Value::Null, Some(instead)) => Value::Number(instead),
            (value, _) => value,
        };
        known.insert(position, value.clone());
        Ok(value)
    }

    fn holds(
        &self,
        condition: &Condition,
        subject: &mut dyn FnMut(Subject) -> Result<Value, Undecided>,
    ) -> Result<bool, Undecided> {
        Ok(match condition {
            Condition::All(parts) => {
                let mut all = true;
                for part in parts {
                    all &= self.holds(part, subject)?;
                }
                all
            }
            Condition::Any(parts) => {
                let mut any = false;
                for part in parts {
                    any |= self.holds(part, subject)?;
                }
                any
            }
            Condition::Not(part) => !self.holds(part, subject)?,
            Condition::Test(of, test) => passes(test, &subject(*of)?)?,
        })
    }
}

/// A comparison of a filter. It never has a third outcome: unknown is false, and what is negated is the
/// complement.
fn passes(test: &Test, value: &Value) -> Result<bool, Undecided> {
    let compared = |operator: &str, other: &Value| -> Result<bool, Undecided> {
        Ok(value
            .compare(other)?
            .is_some_and(|order| holds(operator, order)))
    };
    let first = test.values.first().unwrap_or(&Value::Null);
    Ok(match test.op {
        "is_null" => value.is_null(),
        "is_not_null" => !value.is_null(),
        "eq" => value.is_same(first)?,
        "neq" => !value.is_same(first)?,
        "gt" => compared(">", first)?,
        "gte" => compared(">=", first)?,
        "lt" => compared("<", first)?,
        "lte" => compared("<=", first)?,
        "between" => compared(">=", first)? & compared("<=", &test.values[1])?,
        "in" | "not_in" => {
            let mut found = false;
            for item in &test.values {
                found |= value.is_same(item)?;
            }
            found == (test.op == "in")
        }
        _ => {
            let Value::Text(wanted) = first else {
                panic!("{} looks for text", test.op)
            };
            let found = match value {
                Value::Text(text) => finds(test, text, wanted),
                _ => false,
            };
            found != (test.op == "not_contains")
        }
    })
}

fn finds(test: &Test, text: &str, wanted: &str) -> bool {
    let fold = |text: &str| match test.is_case_sensitive {
        true => text.to_owned(),
        false => text.to_lowercase(),
    };
    let (text, wanted) = (fold(text), fold(wanted));
    match test.op {
        "starts_with" => text.starts_with(&wanted),
        "ends_with" => text.ends_with(&wanted),
        _ => text.contains(&wanted),
    }
}

fn allows(rule: &Rule, value: &Value) -> Result<bool, Undecided> {
    let lists_null = rule.values.contains(&Value::Null);
    if rule.values.is_empty() {
        return Ok(!rule.is_include);
    }
    if value.is_null() {
        return Ok(match rule.is_include {
            true => lists_null || rule.nulls_visible,
            false => !lists_null && rule.nulls_visible,
        });
    }
    let mut listed = false;
    for item in &rule.values {
        listed |= value.is_same(item)?;
    }
    Ok(listed == rule.is_include)
}

fn of_row(expr: &Expr, row: &Row) -> Result<Value, Undecided> {
    expr.value(&mut |column| Ok(row[column].clone()))
}

fn aggregate(
    aggregate: &Aggregate,
    filter: Option<&Expr>,
    rows: &[&Row],
) -> Result<Value, Undecided> {
    let mut values: Vec<Value> = Vec::new();
    for row in rows {
        let mut counts = true;
        for filter in filter.into_iter().chain(&aggregate.filter) {
            counts &= of_row(filter, row)? == Value::Boolean(true);
        }
        let value = match &aggregate.argument {
            Some(argument) => of_row(argument, row)?,
            None => Value::Boolean(true),
        };
        if counts && !value.is_null() {
            values.push(value);
        }
    }
    use AggregateKind::{Average, Count, CountDistinct, Greatest, Least, Sum, SumDistinct};
    if matches!(aggregate.kind, CountDistinct | SumDistinct) {
        let mut distinct: Vec<Value> = Vec::new();
        for value in values {
            let mut known = false;
            for other in &distinct {
                known |= value.is_same(other)?;
            }
            if !known {
                distinct.push(value);
            }
        }
        values = distinct;
    }
    let count = Number::integer(i128::try_from(values.len()).expect("few rows"));
    match aggregate.kind {
        Count | CountDistinct => Ok(Value::Number(count)),
        Least => extreme(values.iter(), Ordering::Less),
        Greatest => extreme(values.iter(), Ordering::Greater),
        Sum | SumDistinct | Average if values.is_empty() => Ok(Value::Null),
        Sum | SumDistinct | Average => {
            let mut sum = Number::ZERO;
            for value in &values {
                sum = sum.plus(number(value).unwrap_or(Number::ZERO))?;
            }
            let total = match aggregate.kind {
                Average => sum.divide(count)?,
                _ => Some(sum),
            };
            Ok(total.map_or(Value::Null, Value::Number))
        }
    }
}

/// The first day of a day's period.
fn cut(day: i64, grain: &str, week_start: i64) -> i64 {
    let (year, month, _) = civil(day);
    match grain {
        "day" => day,
        // The first of January 1970 was a Thursday, three days after a Monday.
        "week" => day - (day + 3 - week_start).rem_euclid(7),
        "month" => days_of(year, month, 1),
        "quarter" => days_of(year, (month - 1) / 3 * 3 + 1, 1),
        "year" => days_of(year, 1, 1),
        _ => panic!("no grain {grain}"),
    }
}

struct OrderKey {
    value: Value,
    is_descending: bool,
    nulls_first: bool,
}

fn compare_keys(left: &[OrderKey], right: &[OrderKey]) -> Result<Ordering, Undecided> {
    for (left, right) in left.iter().zip(right) {
        let nulls = if left.nulls_first {
            Ordering::Less
        } else {
            Ordering::Greater
        };
        let order = match (left.value.is_null(), right.value.is_null()) {
            (true, true) => Ordering::Equal,
            (true, false) => nulls,
            (false, true) => nulls.reverse(),
            (false, false) => {
                let order = left.value.compare(&right.value)?.unwrap_or(Ordering::Equal);
                if left.is_descending {
                    order.reverse()
                } else {
                    order
                }
            }
        };
        if order.is_ne() {
            return Ok(order);
        }
    }
    Ok(Ordering::Equal)
}

/// The conditions that all have to hold, each by itself.
fn flatten<'c>(condition: &'c Condition, found: &mut Vec<&'c Condition>) {
    match condition {
        Condition::All(parts) => parts.iter().for_each(|part| flatten(part, found)),
        other => found.push(other),
    }
}

fn names_metric(condition: &Condition) -> bool {
    match condition {
        Condition::All(parts) | Condition::Any(parts) => parts.iter().any(names_metric),
        Condition::Not(part) => names_metric(part),
        Condition::Test(subject, _) => matches!(subject, Subject::Metric(_)),
    }
}
