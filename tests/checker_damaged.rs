//! Damaged statements: whatever is done to one, the checker refuses it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that meets what it does not expect must fail"
)]

use std::collections::BTreeMap;

use measurand::{
    CompiledQuery, Context, Dialect, Limits, Param, Request, RequestKind, Value, ValueList,
};
use measurand_tests::checker::{Checked, Emitted, check_emitted};
use measurand_tests::support::case::{Case, Expected, cases};
use measurand_tests::support::damage::damages;

/// A statement of a case, with what it was made from.
struct Intact {
    case: Case,
    request: Request,
    context: Context,
    query: CompiledQuery,
}

fn intact() -> Vec<Intact> {
    let limits = Limits::default();
    let cases = cases("cases").into_iter();
    let cases = cases.filter(|case| !matches!(case.expected, Expected::Errors(_)));
    cases
        .map(|case| {
            let request = Request::from_json(&case.request, &limits).unwrap();
            let context = Context::from_json(&case.context, &limits).unwrap();
            let compiler = case.compiler(Dialect::Postgres);
            let query = compiler.checked(&request, &context).expect("it compiles");
            Intact {
                case,
                request,
                context,
                query,
            }
        })
        .collect()
}

impl Intact {
    /// Whether the checker refuses this text with these parameters.
    fn refuses(&self, sql: &str, params: &[Param], context: &Context) -> bool {
        self.refuses_for(sql, params, &self.request, context)
    }

    fn refuses_for(
        &self,
        sql: &str,
        params: &[Param],
        request: &Request,
        context: &Context,
    ) -> bool {
        self.faults(sql, params, request, context).is_err()
    }

    fn faults(
        &self,
        sql: &str,
        params: &[Param],
        request: &Request,
        context: &Context,
    ) -> Result<(), Vec<String>> {
        let sources = self.query.sources();
        let sources: Vec<&str> = sources.iter().map(|name| name.as_str()).collect();
        let aliases: Vec<&str> = self
            .query
            .columns()
            .iter()
            .map(|column| column.alias())
            .collect();
        let emitted = Emitted {
            sql,
            params,
            dialect: Dialect::Postgres,
            sources: &sources,
            aliases: &aliases,
        };
        let catalog = measurand_tests::support::case::catalog(&self.case.catalog);
        check_emitted(emitted, &catalog, request, context)
    }
}

/// How many there were of each kind, and what was accepted.
#[derive(Default)]
struct Tally {
    refused: BTreeMap<&'static str, usize>,
    accepted: Vec<String>,
}

impl Tally {
    fn note(&mut self, name: &'static str, is_refused: bool, what: impl FnOnce() -> String) {
        if is_refused {
            *self.refused.entry(name).or_default() += 1;
        } else {
            self.accepted.push(format!("{name}: {}", what()));
        }
    }

    /// Every kind at least so often, all together at least so often, and none accepted.
    fn check(&self, each: usize, all: usize) {
        let total: usize = self.refused.values().sum();
        let shown = &self.accepted[..self.accepted.len().min(12)];
        assert!(
            self.accepted.is_empty(),
            "{} accepted of {}:\n{}",
            self.accepted.len(),
            total + self.accepted.len(),
            shown.join("\n\n")
        );
        let rare: Vec<_> = self
            .refused
            .iter()
            .filter(|(_, count)| **count < each)
            .collect();
        assert!(
            rare.is_empty() && total >= all,
            "{total} in all; rare: {rare:?}"
        );
    }
}

#[test]
fn damaged_texts_are_refused() {
    let mut tally = Tally::default();
    let mut still_sql = 0;
    for intact in intact() {
        let query = &intact.query;
        for (name, sql) in damages(query.sql(), 1) {
            if name == "placeholders swapped" && swaps_equal_values(query, &sql) {
                continue;
            }
            // Nothing refers to the name of a group that is only counted.
            if name == "name of a column changed" && intact.request.kind == RequestKind::Count {
                continue;
            }
            let faults = intact.faults(&sql, query.params(), &intact.request, &intact.context);
            let is_sql =
                |faults: &Vec<String>| faults.iter().all(|fault| !fault.starts_with("no SQL"));
            still_sql += usize::from(faults.as_ref().err().is_none_or(is_sql));
            tally.note(name, faults.is_err(), || {
                format!("{}\n{sql}", intact.case.name)
            });
        }
    }
    tally.check(3, 10_000);
    // What the grammar alone refuses would say little of the checker.
    assert!(
        still_sql > 8_000,
        "{still_sql} of the damaged texts are SQL"
    );
}

/// Whether the two placeholders that changed places are bound to one value: then nothing has changed.
fn swaps_equal_values(query: &CompiledQuery, damaged: &str) -> bool {
    let numbers = |sql: &str| -> Vec<usize> {
        let pieces = sql.split('$').skip(1);
        let digits = pieces.map(|piece| piece.split(|c: char| !c.is_ascii_digit()).next());
        digits.filter_map(|digits| digits?.parse().ok()).collect()
    };
    let (before, after) = (numbers(query.sql()), numbers(damaged));
    let param = |number: usize| query.params().get(number - 1);
    before
        .iter()
        .zip(&after)
        .all(|(before, after)| param(*before) == param(*after))
}

/// Whether two lists are compared with one value, each by a condition of its own: conditions commute.
fn commute(query: &CompiledQuery, first: usize, second: usize) -> bool {
    let line = |position: usize| {
        let mark = format!("${}::", position + 1);
        let lines = query.sql().lines().filter(|line| line.contains(&mark));
        let shapes = lines.map(|line| line.trim_start().replace(&mark, ""));
        shapes.collect::<Vec<_>>()
    };
    line(first) == line(second)
}

/// Values that a parameter could be mistaken for: another one, one less, one more, none.
fn changed(param: &Param) -> Vec<Param> {
    match param {
        Param::Scalar(value) => other(value).into_iter().map(Param::Scalar).collect(),
        Param::List(list) => {
            let values = list.values();
            let mut lists = vec![values[1..].to_vec(), Vec::new()];
            if let Some(more) = values.first().and_then(other)
                && !values.contains(&more)
            {
                {
                    lists.push([values, &[more]].concat());
                }
            }
            // A value that the list has twice may go once.
            lists.retain(|list| list.len() != values.len() - 1 || !list.contains(&values[0]));
            let lists = lists.into_iter();
            lists
                .filter_map(|values| ValueList::new(list.element(), values))
                .map(Param::List)
                .collect()
        }
    }
}

fn other(value: &Value) -> Option<Value> {
    Some(match value {
        Value::Integer(number) => Value::Integer(number.checked_add(1)?),
        Value::Text(text) => Value::Text(format!("{text}x").into()),
        Value::Boolean(truth) => Value::Boolean(!truth),
        Value::Date(date) => {
            let later = measurand::Date::new(date.year() + 1, date.month(), 1)?;
            Value::Date(later)
        }
        Value::Decimal(number) => {
            let longer = format!("{}1", number.as_str());
            Value::Decimal(measurand::Decimal::parse(&longer)?)
        }
        _ => return None,
    })
}

#[test]
fn changed_parameters_are_refused() {
    let mut tally = Tally::default();
    for intact in intact() {
        let query = &intact.query;
        for (position, param) in query.params().iter().enumerate() {
            for changed in changed(param) {
                let mut params = query.params().to_vec();
                params[position] = changed;
                let is_refused = intact.refuses(query.sql(), &params, &intact.context);
                let what = || {
                    format!(
                        "{}, parameter {}\n{}",
                        intact.case.name,
                        position + 1,
                        query.sql()
                    )
                };
                tally.note("value changed", is_refused, what);
            }
            let mut params = query.params().to_vec();
            params.remove(position);
            let is_refused = intact.refuses(query.sql(), &params, &intact.context);
            tally.note("parameter missing", is_refused, || intact.case.name.clone());
            let mut params = query.params().to_vec();
            params.insert(position, Param::Scalar(Value::Integer(1)));
            let is_refused = intact.refuses(query.sql(), &params, &intact.context);
            tally.note("parameter too many", is_refused, || {
                intact.case.name.clone()
            });
            for next in position + 1..query.params().len() {
                if query.params()[next] != *param && !commute(query, position, next) {
                    let mut params = query.params().to_vec();
                    params.swap(position, next);
                    let is_refused = intact.refuses(query.sql(), &params, &intact.context);
                    tally.note("values swapped", is_refused, || {
                        format!("{}, {} and {}", intact.case.name, position + 1, next + 1)
                    });
                }
            }
        }
        let mut params = query.params().to_vec();
        params.push(Param::Scalar(Value::Boolean(true)));
        let is_refused = intact.refuses(query.sql(), &params, &intact.context);
        tally.note("parameter too many", is_refused, || {
            intact.case.name.clone()
        });
    }
    tally.check(100, 2_500);
}

/// The statement of one context is none of another: another tenant, a rule more, a rule less, a rule of
/// other values.
#[test]
fn statements_of_another_context_are_refused() {
    let mut tally = Tally::default();
    for intact in intact() {
        let query = &intact.query;
        let context = &intact.context;
        let mut note = |name, changed: &Context| {
            let is_refused = intact.refuses(query.sql(), query.params(), changed);
            tally.note(name, is_refused, || {
                format!("{}\n{}", intact.case.name, query.sql())
            });
        };
        let mut other = context.clone();
        let number = context.tenant.as_number().unwrap_or(0);
        other.tenant = measurand::Tenant::number(number + 1).unwrap();
        if !is_shared(query) {
            note("another tenant", &other);
        }
        for position in 0..context.access.len() {
            let rule = &context.access[position];
            let lists = rule
                .values
                .iter()
                .any(|value| *value != measurand::Scalar::Null);
            let is_exempt = !query.notes().is_empty();
            let mut more = context.clone();
            more.access.push(rule.clone());
            let mut less = context.clone();
            less.access.remove(position);
            let mut visible = context.clone();
            visible.access[position].nulls_visible ^= true;
            let mut turned = context.clone();
            turned.access[position].access_type = match rule.access_type {
                measurand::AccessType::Include => measurand::AccessType::Exclude,
                measurand::AccessType::Exclude => measurand::AccessType::Include,
            };
            let mut fewer = context.clone();
            fewer.access[position].values.clear();
            if !lists || is_exempt {
                continue;
            }
            note("a rule more", &more);
            note("a rule less", &less);
            note("a rule turned around", &turned);
            note("a rule without values", &fewer);
            if !rule.values.contains(&measurand::Scalar::Null) {
                note("a rule on NULL", &visible);
            }
        }
    }
    tally.check(20, 500);
}

/// Whether nothing in the statement depends on the tenant.
fn is_shared(query: &CompiledQuery) -> bool {
    query
        .certificate()
        .scans
        .iter()
        .all(|scan| scan.tenant.is_none())
}

/// The statement of one request is none of another.
#[test]
fn statements_of_another_request_are_refused() {
    let mut tally = Tally::default();
    let all = intact();
    for pair in all.windows(2) {
        let (intact, other) = (&pair[0], &pair[1]);
        if intact.case.catalog != other.case.catalog || intact.request == other.request {
            continue;
        }
        let (sql, params) = (intact.query.sql(), intact.query.params());
        // Two ways to ask one thing.
        let compiler = intact.case.compiler(Dialect::Postgres);
        let same = compiler.checked(&other.request, &intact.context);
        if same.is_ok_and(|same| same.sql() == sql && same.params() == params) {
            continue;
        }
        let is_refused = intact.refuses_for(sql, params, &other.request, &intact.context);
        tally.note("another request", is_refused, || {
            format!("{} for {}", intact.case.name, other.case.name)
        });
    }
    tally.check(100, 100);
}
