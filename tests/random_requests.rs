//! Random requests over a whole catalog: none panics, and what compiles is one query that another
//! parser reads alike and that both databases take. (The other parser lacks forms of SQLite.)

use measurand_tests::checker::Checked;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use measurand::{CompiledQuery, Compiler, Context, Dialect, Limits, Request};
use measurand_tests::support::case::{catalog, catalog_folder};
use measurand_tests::support::literal;
use measurand_tests::support::random::Random;
use measurand_tests::support::rows::{self, describe};
use measurand_tests::support::sqlite;
use serde_json::{Value, json};
use sqlparser::ast::{Expr, Query, Select, SelectItem, SetExpr, Statement, TableFactor};
use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::parser::Parser;

const REQUESTS: u64 = 3_000;

const MATH: [&str; 3] = [
    "no such function: pow",
    "no such function: ln",
    "no such function: sqrt",
];

/// What a catalog offers, as its file says.
struct Offer {
    /// Metrics and dimensions by source.
    sources: Vec<(String, Vec<String>, Vec<String>)>,
    /// Type and grains by dimension.
    dimensions: BTreeMap<String, (String, bool)>,
    toggles: Vec<(String, Vec<String>)>,
}

#[test]
fn what_compiles_is_one_query_that_others_read_alike() {
    let offer = offer();
    let limits = Limits::default();
    let compilers = [Dialect::Postgres, Dialect::Sqlite]
        .map(|dialect| Compiler::new(catalog("payments"), dialect));
    let mut client = rows::database("random", "payments");
    let connection = sqlite::database("payments");
    let mut random = Random::new(7);
    let mut compiled = [0, 0];
    for number in 0..REQUESTS {
        let (request, context) = (
            random_request(&offer, &mut random),
            random_context(&mut random),
        );
        let parsed = Request::from_json(&request.to_string(), &limits)
            .unwrap_or_else(|errors| panic!("{errors}\n{request}"));
        let context = Context::from_json(&context.to_string(), &limits)
            .unwrap_or_else(|errors| panic!("{errors}\n{context}"));
        for (at, compiler) in compilers.iter().enumerate() {
            let query = match compiler.checked(&parsed, &context) {
                Ok(query) => query,
                Err(errors) => {
                    let is_ours = errors
                        .iter()
                        .any(|error| error.code().as_str() == "unverified");
                    assert!(!is_ours, "{errors}\n{request}");
                    continue;
                }
            };
            compiled[at] += 1;
            if at == 0 {
                check_parsed(&query);
            }
            // Planning costs most of the time, so not every statement goes to the databases.
            if at == 0 && number % 4 == 0 {
                let _ = client.simple_query("DEALLOCATE ALL");
                let values: Vec<String> = query.params().iter().map(literal::postgres).collect();
                let arguments = if values.is_empty() {
                    String::new()
                } else {
                    format!("({})", values.join(", "))
                };
                for statement in [
                    format!("PREPARE statement AS {}", query.sql()),
                    format!("EXPLAIN EXECUTE statement{arguments}"),
                ] {
                    if let Err(error) = client.simple_query(&statement) {
                        panic!("{}\n{request}\n{}", describe(&error), query.sql());
                    }
                }
            }
            if at == 1 {
                match sqlite::execute(&query, &connection) {
                    Ok(found) => {
                        assert!(found.iter().all(|row| row.len() == query.columns().len()));
                    }
                    // Powers, roots and logarithms are an option of SQLite's build.
                    Err(error) if MATH.iter().any(|name| error.contains(name)) => {}
                    Err(error) => panic!("{error}\n{request}\n{}", query.sql()),
                }
            }
        }
    }
    assert!(
        compiled[0] > 1_000 && compiled[1] > 500,
        "only {compiled:?} of {REQUESTS} compile"
    );
}

fn offer() -> Offer {
    let text = fs::read_to_string(catalog_folder("payments").join("catalog.json")).unwrap();
    let catalog: Value = serde_json::from_str(&text).unwrap();
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let keys = |items: &Value, field: &str| -> Vec<String> {
        let key = |item: &Value| {
            if item.is_string() {
                text(item)
            } else {
                text(&item[field])
            }
        };
        list(items).iter().map(key).collect()
    };
    Offer {
        sources: list(&catalog["data_sources"])
            .iter()
            .map(|source| {
                let key = text(&source["source_key"]);
                (
                    key,
                    keys(&source["metrics"], "metric"),
                    keys(&source["dimensions"], "dimension"),
                )
            })
            .collect(),
        dimensions: list(&catalog["dimensions"])
            .iter()
            .map(|dimension| {
                let value_type = match &dimension["value_type"] {
                    Value::Null => &dimension["data_type"],
                    value_type => value_type,
                };
                let is_labelled = !dimension["join_table"].is_null();
                (
                    text(&dimension["dimension_key"]),
                    (text(value_type), is_labelled),
                )
            })
            .collect(),
        toggles: list(&catalog["toggles"])
            .iter()
            .map(|toggle| {
                (
                    text(&toggle["toggle_key"]),
                    keys(&toggle["options"], "option_key"),
                )
            })
            .collect(),
    }
}

fn random_request(offer: &Offer, random: &mut Random) -> Value {
    let (source, metrics, dimensions) = random.pick(&offer.sources);
    let some = |random: &mut Random, items: &[String], most: usize| {
        let count = random.below(most + 1);
        let chosen: BTreeSet<&String> = (0..count).map(|_| random.pick(items)).collect();
        chosen.into_iter().cloned().collect::<Vec<_>>()
    };
    let mut chosen = some(random, metrics, 4);
    if chosen.is_empty() {
        chosen.push(random.pick(metrics).clone());
    }
    let grouped: Vec<Value> = some(random, dimensions, 3)
        .into_iter()
        .map(|key| {
            let is_date = offer
                .dimensions
                .get(&key)
                .is_some_and(|(kind, _)| kind.starts_with("date") || kind.starts_with("timestamp"));
            let grain = *random.pick(&["hour", "day", "week", "month", "quarter", "year"]);
            match is_date && random.once_in(2) {
                true => json!({"dimension": key, "grain": grain}),
                false => json!(key),
            }
        })
        .collect();
    let mut request = json!({"metrics": chosen, "dimensions": grouped});
    if random.below(3) > 0 {
        request["source"] = json!(source);
    }
    if random.once_in(2) {
        let depth = random.below(3);
        request["filters"] = json!([random_filter(offer, dimensions, depth, random)]);
    }
    if random.once_in(4) {
        let op = *random.pick(&["gt", "lte", "eq", "neq", "is_null", "in"]);
        let values = if op == "is_null" {
            json!([])
        } else {
            json!([random.below(100)])
        };
        request["metric_filters"] =
            json!({"metric": random.pick(metrics), "op": op, "values": values});
    }
    if random.once_in(3) {
        request["date_range"] = match random.once_in(2) {
            true => {
                json!({"preset": random.pick(&["today", "last_7_days", "this_month", "last_quarter", "year_to_date"]), "if_supported": true})
            }
            false => json!({"from": "2024-01-01", "to": "2024-06-30", "if_supported": true}),
        };
    }
    if random.once_in(3) {
        let (toggle, options) = random.pick(&offer.toggles);
        let option = random.pick(options);
        request["toggles"] = json!({ toggle: option });
    }
    if random.once_in(3) {
        let key = chosen_key(&request, random);
        request["order_by"] = json!([{"key": key, "direction": random.pick(&["asc", "desc"]), "nulls": random.pick(&["first", "last"])}]);
    }
    if random.once_in(3) {
        request["limit"] = json!(random.below(50));
    }
    if random.once_in(4) {
        request["offset"] = json!(random.below(5));
    }
    request
}

fn chosen_key(request: &Value, random: &mut Random) -> Value {
    let keys = if random.once_in(2) {
        "metrics"
    } else {
        "dimensions"
    };
    let keys = request[keys].as_array().filter(|keys| !keys.is_empty());
    let key = random
        .pick(keys.or(request["metrics"].as_array()).unwrap())
        .clone();
    match (key["dimension"].as_str(), key["grain"].as_str()) {
        (Some(dimension), Some(grain)) => json!(format!("{dimension}.{grain}")),
        _ => key,
    }
}

fn random_filter(offer: &Offer, dimensions: &[String], depth: usize, random: &mut Random) -> Value {
    if depth > 0 {
        let parts: Vec<Value> = (0..random.below(4))
            .map(|_| random_filter(offer, dimensions, depth - 1, random))
            .collect();
        return match random.below(3) {
            0 => json!({"and": parts}),
            1 => json!({"or": parts}),
            _ => json!({"not": random_filter(offer, dimensions, depth - 1, random)}),
        };
    }
    let key = random.pick(dimensions);
    let (kind, is_labelled) = offer.dimensions.get(key).cloned().unwrap_or_default();
    let on_label = is_labelled && random.once_in(2);
    let kind = if on_label { "text".to_owned() } else { kind };
    let value = |random: &mut Random| match kind.as_str() {
        "integer" => json!(100 + random.below(12)),
        "decimal" => json!(format!("{}.95", random.below(60))),
        "boolean" => json!(random.once_in(2)),
        "date" | "timestamp" | "timestamptz" => {
            json!(format!("2024-{:02}-15", 1 + random.below(12)))
        }
        "uuid" => json!("00000000-0000-4000-8000-000000000001"),
        _ => json!(random.pick(&[
            "aff1",
            "a%b",
            "o'neil",
            "Initials",
            "",
            "Summer Push",
            "411111"
        ])),
    };
    const ALL: [&str; 6] = ["eq", "neq", "in", "not_in", "is_null", "is_not_null"];
    const ORDERED: [&str; 5] = ["gt", "gte", "lt", "lte", "between"];
    const TEXTS: [&str; 4] = ["contains", "not_contains", "starts_with", "ends_with"];
    let op = match (kind.as_str(), random.below(3)) {
        ("text", 0) => *random.pick(&TEXTS),
        (other, 1) if other != "boolean" && other != "uuid" => *random.pick(&ORDERED),
        _ => *random.pick(&ALL),
    };
    let count = match op {
        "is_null" | "is_not_null" => 0,
        "between" => 2,
        "in" | "not_in" => random.below(13),
        _ => 1,
    };
    let mut values: Vec<Value> = (0..count).map(|_| value(random)).collect();
    if (op == "in" || op == "not_in") && random.once_in(3) {
        values.push(Value::Null);
    }
    let mut filter = json!({"dimension": key, "op": op, "values": values});
    if on_label {
        filter["on"] = json!("label");
    }
    if TEXTS.contains(&op) && random.once_in(2) {
        filter["case_sensitive"] = json!(true);
    }
    filter
}

fn random_context(random: &mut Random) -> Value {
    let mut access = Vec::new();
    for _ in 0..random.below(3) {
        let ids: Vec<Value> = (0..random.below(12))
            .map(|_| json!(100 + random.below(12)))
            .collect();
        let kind = *random.pick(&["include", "exclude"]);
        let rule = match random.below(4) {
            0 => {
                json!({"dimension": "product_name", "access_type": kind, "allowed_values": ids, "nulls": "visible"})
            }
            1 => {
                json!({"dimension": "campaign_name", "access_type": kind, "allowed_values": [null, 101]})
            }
            _ => json!({"dimension": "campaign_name", "access_type": kind, "allowed_values": ids}),
        };
        access.push(rule);
    }
    json!({
        "client_id": 1, "access": access, "now": "2024-03-31T12:00:00Z",
        "timezone": random.pick(&["UTC", "America/New_York", "Asia/Kathmandu"]),
        "week_start": random.pick(&["monday", "sunday", "saturday"]),
        "modules": if random.once_in(2) { json!(["high_risk"]) } else { json!([]) }
    })
}

/// One query in the eyes of another parser, over the relations of the certificate.
fn check_parsed(query: &CompiledQuery) {
    let statements = Parser::parse_sql(&PostgreSqlDialect {}, query.sql())
        .unwrap_or_else(|error| panic!("{error}\n{}", query.sql()));
    let [Statement::Query(parsed)] = statements.as_slice() else {
        panic!("not one query: {}", query.sql());
    };
    let mut found = Vec::new();
    relations(parsed, &mut found);
    let steps: BTreeSet<String> = parsed
        .with
        .iter()
        .flat_map(|with| &with.cte_tables)
        .map(|step| step.alias.name.to_string())
        .collect();
    found.retain(|relation| !steps.contains(relation));
    let mut promised: Vec<String> = query
        .certificate()
        .scans
        .iter()
        .map(|scan| scan.relation.clone())
        .collect();
    found.sort();
    promised.sort();
    assert_eq!(found, promised, "{}", query.sql());
}

/// Every relation that a query reads, once for each place.
fn relations(query: &Query, found: &mut Vec<String>) {
    for step in query.with.iter().flat_map(|with| &with.cte_tables) {
        relations(&step.query, found);
    }
    let SetExpr::Select(select) = &*query.body else {
        panic!("not a SELECT: {query}");
    };
    of_select(select, found);
}

fn of_select(select: &Select, found: &mut Vec<String>) {
    for table in &select.from {
        of_table(&table.relation, found);
        for join in &table.joins {
            of_table(&join.relation, found);
        }
    }
    for item in &select.projection {
        match item {
            SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. } => {
                of_expr(expr, found);
            }
            _ => panic!("a wildcard: {item}"),
        }
    }
    if let Some(condition) = &select.selection {
        of_expr(condition, found);
    }
}

fn of_table(table: &TableFactor, found: &mut Vec<String>) {
    match table {
        TableFactor::Table { name, .. } => found.push(name.to_string()),
        TableFactor::Derived { subquery, .. } => relations(subquery, found),
        other => panic!("an unknown item of FROM: {other}"),
    }
}

/// Subselects stand behind `IN`, which stands under conjunctions and negations.
fn of_expr(expr: &Expr, found: &mut Vec<String>) {
    match expr {
        Expr::InSubquery { expr, subquery, .. } => {
            of_expr(expr, found);
            relations(subquery, found);
        }
        Expr::BinaryOp { left, right, .. } => {
            of_expr(left, found);
            of_expr(right, found);
        }
        Expr::Nested(inner)
        | Expr::UnaryOp { expr: inner, .. }
        | Expr::IsNotTrue(inner)
        | Expr::IsNull(inner)
        | Expr::IsNotNull(inner) => of_expr(inner, found),
        Expr::Subquery(_) | Expr::Exists { .. } => panic!("a subselect elsewhere: {expr}"),
        _ => {}
    }
}
