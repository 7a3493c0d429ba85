//! What has to come out of a question.

use std::cell::RefCell;
use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::expression::{Expr, holds};
use super::model::{
    Aggregate, Choice, Condition, DAY, Definition, OrderBy, Question, Range, Row, Rule, Subject,
    TENANT, Test, World,
};
use super::number::{Number, take_doubt};
use super::value::{Value, extreme, start};

/// Why a question has no answer here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoAnswer {
    /// The library has to refuse it with this code.
    Refused(&'static str),
    /// It rests on digits that databases may see in different ways.
    Doubtful,
}

/// The rows that the question has to give, cell by cell.
pub fn answer(world: &World, question: &Question) -> Result<Vec<Row>, NoAnswer> {
    take_doubt();
    let asked = Asked { world, question };
    if let Some(code) = asked.refusal() {
        return Err(NoAnswer::Refused(code));
    }
    let rows = asked.rows();
    match take_doubt() {
        true => Err(NoAnswer::Doubtful),
        false => Ok(rows),
    }
}

/// Whether the caller may see a row: the tenant's own rows, without what the source leaves out, within
/// every rule (R20, R21).
pub fn is_visible(world: &World, question: &Question, row: &Row) -> bool {
    let filter = world.base_filter.as_ref();
    row[TENANT] == Value::integer(question.tenant)
        && filter.is_none_or(|filter| filter.of_row(row) == Value::Boolean(true))
        && question.rules.iter().all(|rule| {
            let dimension = &world.dimensions[rule.dimension];
            // The date that an option brings never moves a rule (R23).
            dimension.is_exempt || allows(rule, &dimension.value.of_row(row))
        })
}

/// One group: its members, their labels, the rows in it, and what is known of its metrics.
struct Member<'w> {
    values: Vec<Value>,
    labels: Vec<Value>,
    rows: Vec<&'w Row>,
    known: RefCell<BTreeMap<usize, Value>>,
}

struct Asked<'w> {
    world: &'w World,
    question: &'w Question,
}

impl<'w> Asked<'w> {
    /// What is gated is unknown without its module (R23, R25b), in questions though not in rules; and a
    /// rule that the source can neither express nor is exempt from is never ignored (R22).
    fn refusal(&self) -> Option<&'static str> {
        let (world, question) = (self.world, self.question);
        let is_hidden = |of: &Subject| match *of {
            Subject::Metric(at) => world.metrics[at].is_gated && !question.has_module,
            Subject::Value(at) | Subject::Label(at) => {
                world.dimensions[at].is_gated && !question.has_module
            }
            Subject::Toggle(_) => false,
        };
        for (default, chosen) in self.choices() {
            let switched = chosen.dimension.map(Subject::Value);
            if default != chosen && switched.as_ref().is_some_and(is_hidden) {
                return Some("unknown-option");
            }
        }
        if let Some(of) = question.subjects().iter().find(|of| is_hidden(of)) {
            let is_metric = matches!(of, Subject::Metric(_));
            return Some(if is_metric {
                "unknown-metric"
            } else {
                "unknown-dimension"
            });
        }
        for order in &question.order {
            if matches!(order.by, OrderBy::Metric(at) if is_hidden(&Subject::Metric(at))) {
                return Some("unknown-key");
            }
        }
        let mut ruled = question
            .rules
            .iter()
            .map(|rule| &world.dimensions[rule.dimension]);
        let is_ignored = ruled.any(|dimension| !dimension.is_offered && !dimension.is_exempt);
        is_ignored.then_some("access-dimension-unavailable")
    }

    fn rows(&self) -> Vec<Row> {
        let question = self.question;
        let mut conditions = Vec::new();
        question
            .filters
            .iter()
            .for_each(|filter| flatten(filter, &mut conditions));
        // What names a metric is about groups, whatever else it names (R16).
        let names_metric = |condition: &&Condition| {
            let mut subjects = condition.subjects().into_iter();
            subjects.any(|of| matches!(of, Subject::Metric(_)))
        };
        let (mut of_groups, of_rows): (Vec<_>, Vec<_>) =
            conditions.into_iter().partition(names_metric);
        of_groups.extend(&question.metric_filters);
        let rows = self.world.rows.iter().filter(|row| {
            is_visible(self.world, question, row)
                && self.is_in_range(row)
                && of_rows.iter().all(|part| self.row_passes(part, row))
        });
        let mut found: Vec<(Vec<OrderKey>, Row)> = Vec::new();
        for member in self.members(rows.collect()) {
            if of_groups
                .iter()
                .all(|part| self.member_passes(part, &member))
            {
                found.push((self.order_keys(&member), self.cells(&member)));
            }
        }
        found.sort_by(|(left, _), (right, _)| compare_keys(left, right));
        let rows = found.into_iter().map(|(_, cells)| cells);
        let rows = rows.skip(question.offset.unwrap_or(0));
        rows.take(question.limit.unwrap_or(usize::MAX)).collect()
    }

    /// Whether the row's day is in the range, both ends included (R13).
    fn is_in_range(&self, row: &Row) -> bool {
        let Some(range) = self.question.range else {
            return true;
        };
        let today = self.question.zone.day(self.question.now);
        let first = |grain, later| start(today, grain, self.question.week_start, later);
        let (from, to) = match range {
            Range::Days(from, to) => (from, to),
            Range::This(grain) => (Some(first(grain, 0)), Some(first(grain, 1) - 1)),
            Range::Last(count, grain) => (Some(first(grain, -count)), Some(first(grain, 0) - 1)),
            Range::LastDays(count) => (Some(today - count + 1), Some(today)),
            Range::ToDate(grain) => (Some(first(grain, 0)), Some(today)),
        };
        match row[self.date()] {
            Value::Date(day) => from.unwrap_or(day) <= day && day <= to.unwrap_or(day),
            _ => false,
        }
    }

    fn row_passes(&self, condition: &Condition, row: &Row) -> bool {
        passes(condition, &mut |subject| match subject {
            Subject::Value(dimension) => self.value(self.switched(dimension), row),
            Subject::Label(dimension) => {
                let dimension = self.switched(dimension);
                self.label(dimension, &self.value(dimension, row))
            }
            _ => panic!("a row has values and labels"),
        })
    }

    fn member_passes(&self, condition: &Condition, member: &Member<'_>) -> bool {
        passes(condition, &mut |subject| match subject {
            Subject::Metric(metric) => self.metric(metric, member),
            Subject::Value(dimension) => {
                let dimension = self.switched(dimension);
                let groups = self.question.groups.iter().enumerate();
                let mut plain = groups.filter(|(_, group)| group.grain.is_none());
                let found = plain.find(|(at, _)| self.shown(*at) == dimension);
                let (at, _) = found.expect("a condition on groups names a grouped dimension");
                member.values[at].clone()
            }
            _ => panic!("a group has values and metrics"),
        })
    }

    fn value(&self, dimension: usize, row: &Row) -> Value {
        self.world.dimensions[dimension].value.value(&mut |column| {
            let column = if column == DAY { self.date() } else { column };
            row[column].clone()
        })
    }

    /// The chosen option of each toggle, next to the default.
    fn choices(&self) -> impl Iterator<Item = (&Choice, &Choice)> {
        let toggles = self.world.toggles.iter().zip(&self.question.options);
        toggles.map(|(choices, at)| (&choices[0], &choices[*at]))
    }

    /// The column of dates that ranges, groups and filters mean, however a dimension uses it.
    fn date(&self) -> usize {
        let mut brought = self.choices().filter_map(|(_, chosen)| chosen.date_column);
        brought.next().unwrap_or(DAY)
    }

    /// The dimension that stands for another under the chosen option of a switch (R10).
    fn switched(&self, dimension: usize) -> usize {
        let mut switches = self.choices();
        let found = switches.find(|(default, _)| default.dimension == Some(dimension));
        let chosen = found.and_then(|(_, chosen)| chosen.dimension);
        chosen.unwrap_or(dimension)
    }

    /// The dimension that each group shows, after switches, which a grain keeps away.
    fn shown(&self, position: usize) -> usize {
        let group = self.question.groups[position];
        match group.of {
            Subject::Toggle(at) => {
                let chosen = self.world.toggles[at][self.question.options[at]];
                chosen.dimension.expect("a toggle that switches")
            }
            Subject::Value(dimension) if group.grain.is_some() => dimension,
            Subject::Value(dimension) => self.switched(dimension),
            _ => panic!("dimensions are grouped"),
        }
    }

    /// The least label of a value among the rows of the lookup that count (R11, R20).
    fn label(&self, dimension: usize, value: &Value) -> Value {
        let Some(lookup) = self.world.dimensions[dimension].lookup else {
            return Value::Null;
        };
        let rows = self.world.lookups[lookup.table].iter();
        let own = rows.filter(|row| {
            (lookup.table == 1 || row[TENANT] == Value::integer(self.question.tenant))
                && (!lookup.only_live || row[3] == Value::Boolean(true))
                && row[1].compare(value) == Some(Ordering::Equal)
        });
        extreme(own.map(|row| &row[2]), Ordering::Less)
    }

    /// The rows by their members; without groups all rows are one, even if there are none.
    fn members(&self, rows: Vec<&'w Row>) -> Vec<Member<'w>> {
        let member = |values: Vec<Value>, rows| {
            let shown = values.iter().enumerate();
            let labels = shown.map(|(at, value)| self.label(self.shown(at), value));
            Member {
                labels: labels.collect(),
                values,
                rows,
                known: RefCell::default(),
            }
        };
        let groups = &self.question.groups;
        if groups.is_empty() {
            return vec![member(Vec::new(), rows)];
        }
        let mut members: Vec<Member<'w>> = Vec::new();
        for row in rows {
            let mut values = Vec::new();
            for (at, group) in groups.iter().enumerate() {
                values.push(match (group.grain, self.value(self.shown(at), row)) {
                    (Some(grain), Value::Date(day)) => {
                        Value::Date(start(day, grain, self.question.week_start, 0))
                    }
                    (_, value) => value,
                });
            }
            let mut known = members.iter_mut();
            let is_same = |(left, right): (&Value, &Value)| left.is_same(right);
            match known.find(|member| member.values.iter().zip(&values).all(is_same)) {
                Some(member) => member.rows.push(row),
                None => members.push(member(values, vec![row])),
            }
        }
        members
    }

    /// Values with their labels, then metrics.
    fn cells(&self, member: &Member<'_>) -> Row {
        let mut cells = Vec::new();
        for (position, value) in member.values.iter().enumerate() {
            cells.push(value.clone());
            if self.world.dimensions[self.shown(position)].lookup.is_some() {
                cells.push(member.labels[position].clone());
            }
        }
        let metrics = self.question.metrics.iter();
        cells.extend(metrics.map(|metric| self.metric(*metric, member)));
        cells
    }

    /// What the rows are ordered by: as asked, then label and value of each group (R15).
    fn order_keys(&self, member: &Member<'_>) -> Vec<OrderKey> {
        let mut keys = Vec::new();
        for order in &self.question.order {
            let mut add = |value: Value| keys.push((value, order.is_descending, order.nulls_first));
            match order.by {
                OrderBy::Metric(metric) => add(self.metric(metric, member)),
                OrderBy::Label(at) => add(member.labels[at].clone()),
                OrderBy::Group(at) => {
                    add(member.labels[at].clone());
                    add(member.values[at].clone());
                }
            }
        }
        for at in 0..member.values.len() {
            keys.push((member.labels[at].clone(), false, false));
            keys.push((member.values[at].clone(), false, false));
        }
        keys
    }

    /// A metric over the rows of one group, by the definition that the options choose: the most specific
    /// variant, else what the source says, else the metric's own (R9); parts before the whole (R8).
    fn metric(&self, position: usize, member: &Member<'_>) -> Value {
        if let Some(value) = member.known.borrow().get(&position) {
            return value.clone();
        }
        let metric = &self.world.metrics[position];
        let matching = metric.variants.iter().filter(|(when, _)| {
            let mut options = when.iter();
            options.all(|(toggle, option)| self.question.options[*toggle] == *option)
        });
        let variant = matching.max_by_key(|(when, _)| when.len());
        let base = metric.of_source.as_ref().unwrap_or(&metric.definition);
        let value = match variant.map_or(base, |(_, definition)| definition) {
            Definition::Formula(formula) => formula.value(&mut |part| self.metric(part, member)),
            Definition::Aggregates(parts, above) => {
                let filter = metric.filter.as_ref();
                above.value(&mut |part| aggregate(&parts[part], filter, &member.rows))
            }
        };
        let value = match (value, metric.null_as) {
            (Value::Null, Some(instead)) => Value::Number(instead),
            (value, _) => value,
        };
        member.known.borrow_mut().insert(position, value.clone());
        value
    }
}

/// A condition never has a third outcome: unknown is false, and `not` is the complement (R12).
fn passes(condition: &Condition, subject: &mut dyn FnMut(Subject) -> Value) -> bool {
    match condition {
        Condition::All(parts) => parts.iter().all(|part| passes(part, subject)),
        Condition::Any(parts) => parts.iter().any(|part| passes(part, subject)),
        Condition::Not(part) => !passes(part, subject),
        Condition::Test(test) => test_passes(test, &subject(test.of)),
    }
}

/// "Is not" keeps NULL, which a list may have as a member (R12).
fn test_passes(test: &Test, value: &Value) -> bool {
    let compared = |operator: &str, other: &Value| {
        let order = value.compare(other);
        order.is_some_and(|order| holds(operator, order))
    };
    let first = test.values.first().unwrap_or(&Value::Null);
    let is_listed = || test.values.iter().any(|item| value.is_same(item));
    match test.op {
        "is_null" => value.is_null(),
        "is_not_null" => !value.is_null(),
        "eq" => value.is_same(first),
        "neq" => !value.is_same(first),
        "gt" => compared(">", first),
        "gte" => compared(">=", first),
        "lt" => compared("<", first),
        "lte" => compared("<=", first),
        "between" => compared(">=", first) && compared("<=", &test.values[1]),
        "in" => is_listed(),
        "not_in" => !is_listed(),
        "not_contains" => !finds(test, value, first),
        _ => finds(test, value, first),
    }
}

fn finds(test: &Test, value: &Value, wanted: &Value) -> bool {
    let (Value::Text(text), Value::Text(wanted)) = (value, wanted) else {
        return false;
    };
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

/// Include shows what is listed, exclude the rest; an empty list means what it says, and what has no
/// value is hidden unless it is listed or said to be visible (R21).
fn allows(rule: &Rule, value: &Value) -> bool {
    let lists_null = rule.values.contains(&Value::Null);
    match (rule.is_include, value.is_null()) {
        _ if rule.values.is_empty() => !rule.is_include,
        (true, true) => lists_null || rule.nulls_visible,
        (false, true) => !lists_null && rule.nulls_visible,
        (is_include, false) => rule.values.iter().any(|item| value.is_same(item)) == is_include,
    }
}

fn aggregate(aggregate: &Aggregate, filter: Option<&Expr>, rows: &[&Row]) -> Value {
    let is_distinct = aggregate.kind.ends_with(" DISTINCT");
    let mut values: Vec<Value> = Vec::new();
    for row in rows {
        let mut filters = filter.into_iter().chain(&aggregate.filter);
        let counts = filters.all(|filter| filter.of_row(row) == Value::Boolean(true));
        let argument = aggregate.argument.as_ref();
        let value = argument.map_or(Value::Boolean(true), |argument| argument.of_row(row));
        let is_known = is_distinct && values.iter().any(|other| value.is_same(other));
        if counts && !value.is_null() && !is_known {
            values.push(value);
        }
    }
    let count = Number::integer(i128::try_from(values.len()).expect("few rows"));
    let numbers = values.iter().map_while(Value::number);
    let number = match aggregate.kind {
        "MIN" => return extreme(values.iter(), Ordering::Less),
        "MAX" => return extreme(values.iter(), Ordering::Greater),
        "COUNT" | "COUNT DISTINCT" => Some(count),
        "AVG" => numbers.reduce(Number::plus).and_then(|sum| sum.over(count)),
        _ => numbers.reduce(Number::plus),
    };
    number.map_or(Value::Null, Value::Number)
}

/// A value to order by, whether from the greatest down, and whether NULL comes first.
type OrderKey = (Value, bool, bool);

fn compare_keys(left: &[OrderKey], right: &[OrderKey]) -> Ordering {
    let orders = left.iter().zip(right).map(|(left, right)| {
        let by_null = left.0.is_null().cmp(&right.0.is_null());
        let order = left.0.compare(&right.0).unwrap_or(Ordering::Equal);
        let by_null = if left.2 { by_null.reverse() } else { by_null };
        by_null.then(if left.1 { order.reverse() } else { order })
    });
    orders.fold(Ordering::Equal, Ordering::then)
}

/// The conditions that all have to hold, each by itself.
fn flatten<'c>(condition: &'c Condition, found: &mut Vec<&'c Condition>) {
    match condition {
        Condition::All(parts) => parts.iter().for_each(|part| flatten(part, found)),
        other => found.push(other),
    }
}
