//! Every statement of the hand-worked cases, in both dialects, read by the checker.
#![allow(
    clippy::unwrap_used,
    reason = "a test that meets what it does not expect must fail"
)]

use measurand::{Catalog, Compiler, Context, Dialect, Limits, Request};
use measurand_tests::checker::{Checked, Emitted, check, check_emitted};
use measurand_tests::support::case::{Expected, cases};
use measurand_tests::support::root;

#[path = "../src/verify/tests/statements/mod.rs"]
mod statements;

/// The statements that pass, of those that are emitted.
fn read(dialect: Dialect) -> usize {
    let limits = Limits::default();
    let mut passed = 0;
    for case in cases("cases") {
        if matches!(case.expected, Expected::Errors(_)) {
            continue;
        }
        let compiler = case.compiler(dialect);
        let request = Request::from_json(&case.request, &limits).unwrap();
        let context = Context::from_json(&case.context, &limits).unwrap();
        let Ok(query) = compiler.checked(&request, &context) else {
            assert_eq!(dialect, Dialect::Sqlite, "{}", case.name);
            continue;
        };
        assert_eq!(
            check(&query, compiler.catalog(), &request, &context),
            Ok(())
        );
        passed += 1;
    }
    passed
}

#[test]
fn postgres_statements_pass() {
    assert!(read(Dialect::Postgres) > 400);
}

#[test]
fn sqlite_statements_pass() {
    assert!(read(Dialect::Sqlite) > 300);
}

/// What the library's own tests of its verifier emit.
#[test]
fn statements_of_unit_tests_pass() {
    let limits = Limits::default();
    for (catalog, both, postgres_alone) in statements::ALL {
        for dialect in [Dialect::Postgres, Dialect::Sqlite] {
            let compiler = Compiler::new(Catalog::from_json(catalog).unwrap(), dialect);
            let alone = match dialect {
                Dialect::Postgres => postgres_alone,
                Dialect::Sqlite => &[],
            };
            for (name, request, access) in both.iter().chain(alone) {
                let context = format!(r#"{{"client_id": 1, "access": {access}}}"#);
                let request = Request::from_json(request, &limits).unwrap();
                let context = Context::from_json(&context, &limits).unwrap();
                let query = compiler.checked(&request, &context);
                query.unwrap_or_else(|errors| panic!("{name}\n{errors}"));
            }
        }
    }
}

/// Two metrics that are one aggregate order once, and what stands behind them keeps its place.
#[test]
fn orders_by_one_aggregate_twice_pass() {
    const CATALOG: &str = r#"{
      "data_sources": [{"source_key": "orders", "view_pattern": "reporting.orders_{client_id}",
                        "metrics": "*", "dimensions": "*"}],
      "metrics": [{"metric_key": "revenue", "sql_expression": "SUM(revenue)"},
                  {"metric_key": "turnover", "sql_expression": "SUM(revenue)"},
                  {"metric_key": "cost", "sql_expression": "SUM(cost)"}],
      "dimensions": [{"dimension_key": "channel", "column_expression": "channel"}]
    }"#;
    const REQUEST: &str = r#"{"metrics": ["cost"], "dimensions": ["channel"],
      "order_by": [{"key": "revenue", "direction": "desc"}, {"key": "turnover", "direction": "asc"},
                   {"key": "cost", "direction": "asc"}]}"#;
    let limits = Limits::default();
    let request = Request::from_json(REQUEST, &limits).unwrap();
    let context = Context::from_json(r#"{"client_id": 1, "access": []}"#, &limits).unwrap();
    for dialect in [Dialect::Postgres, Dialect::Sqlite] {
        let compiler = Compiler::new(Catalog::from_json(CATALOG).unwrap(), dialect);
        let query = compiler.checked(&request, &context).unwrap();
        let (_, order) = query.sql().rsplit_once("ORDER BY ").unwrap();
        assert_eq!(order.matches(',').count(), 2, "{order}");
    }
}

/// A catalog of the orders with one metric, one dimension and a filter.
fn orders(dimension: &str, filter: &str) -> String {
    format!(
        r#"{{"data_sources": [{{"source_key": "orders", "view_pattern": "reporting.orders_{{client_id}}",
                             "base_filter": "{filter}", "metrics": "*", "dimensions": "*"}}],
            "metrics": [{{"metric_key": "revenue", "sql_expression": "SUM(x)"}}],
            "dimensions": [{{"dimension_key": "channel", "column_expression": "{dimension}"}}]}}"#
    )
}

/// Compiles the one question to the orders, and has the statement checked, as it is and as `damage` leaves it.
fn ask(
    dialect: Dialect,
    catalog: &str,
    damage: impl Fn(&str) -> String,
) -> Result<(), Vec<String>> {
    let limits = Limits::default();
    let request = r#"{"metrics": ["revenue"], "dimensions": ["channel"]}"#;
    let request = Request::from_json(request, &limits).unwrap();
    let context = Context::from_json(r#"{"client_id": 1, "access": []}"#, &limits).unwrap();
    let compiler = Compiler::new(Catalog::from_json(catalog).unwrap(), dialect);
    let query = compiler.checked(&request, &context).unwrap();
    let sql = damage(query.sql());
    let aliases: Vec<&str> = query
        .columns()
        .iter()
        .map(|column| column.alias())
        .collect();
    let emitted = Emitted {
        sql: &sql,
        params: query.params(),
        dialect,
        sources: &["orders"],
        aliases: &aliases,
    };
    check_emitted(emitted, compiler.catalog(), &request, &context)
}

/// A remainder of two literals is computed before any row is read, so nothing of it has to wait.
#[test]
fn remainders_of_literals_pass() {
    for filter in ["2 < 0 % 1", "1 = 5 % 0"] {
        for dialect in [Dialect::Postgres, Dialect::Sqlite] {
            assert_eq!(ask(dialect, &orders("c", filter), str::to_owned), Ok(()));
        }
    }
    let unfenced = ask(Dialect::Postgres, &orders("c", "1 = a % 2"), |sql| {
        let unfenced = sql.replacen("      OFFSET 0\n", "", 1);
        assert_ne!(unfenced, sql);
        unfenced
    });
    assert!(unfenced.is_err());
}

/// Words in a text that a formula holds are no metrics, whatever they are called.
#[test]
fn texts_in_formulas_pass() {
    let formula = r#"{"metric_key": "margin", "derived_formula": "CASE WHEN revenue > 1 THEN 'no revenue, it''s low' END"}"#;
    for dialect in [Dialect::Postgres, Dialect::Sqlite] {
        let catalog = orders("c", "flag").replace(
            r#""metrics": [{"metric_key": "revenue""#,
            &format!(r#""metrics": [{formula}, {{"metric_key": "revenue""#),
        );
        let limits = Limits::default();
        let compiler = Compiler::new(Catalog::from_json(&catalog).unwrap(), dialect);
        let request = Request::from_json(r#"{"metrics": ["margin"]}"#, &limits).unwrap();
        let context = Context::from_json(r#"{"client_id": 1, "access": []}"#, &limits).unwrap();
        let query = compiler.checked(&request, &context).unwrap();
        assert!(query.sql().contains("'no revenue, it''s low'"));
    }
}

/// What a function counts is a number, so that no message about a division of it shows a value.
#[test]
fn divisions_of_what_functions_count_pass() {
    for metric in [
        "SUM(json_array_length(a) / b)",
        "MAX(jsonb_array_length(a)::numeric)",
        "AVG(length(a) / b)",
    ] {
        let catalog = orders("c", "flag").replace("SUM(x)", metric);
        assert_eq!(ask(Dialect::Postgres, &catalog, str::to_owned), Ok(()));
    }
}

/// A number is the same with and without the zero in front of its point.
#[test]
fn numbers_that_begin_with_a_point_pass() {
    let filter = "0 > -.54%1 AND a > .5 AND a < -.5";
    let checked = ask(Dialect::Postgres, &orders("c", filter), str::to_owned);
    assert_eq!(checked, Ok(()));
}

/// What SQLite says in other words than PostgreSQL, though it reads no column.
#[test]
fn literals_that_sqlite_computes_otherwise_pass() {
    for dimension in [
        "11 / 2",
        "20 < 4 / 01",
        "0.75 % 0.5",
        "DATE '2024-01-31'",
        "'7'::int",
        "GREATEST(c)",
        "COALESCE(LEAST(c))",
        "00->>000",
        "'{}' -> 'a'",
    ] {
        for dialect in [Dialect::Postgres, Dialect::Sqlite] {
            assert_eq!(
                ask(dialect, &orders(dimension, "flag"), str::to_owned),
                Ok(())
            );
        }
    }
}

/// And one that has other literals, another order of them or another comparison does not pass.
#[test]
fn other_literals_do_not_pass() {
    let catalog = orders("c", "11 / 2 < 5 / 4");
    for (from, to) in [
        ("11", "12"),
        ("CAST(5 AS REAL) / 4", "CAST(4 AS REAL) / 5"),
        (" < ", " > "),
        ("(CAST(5 AS REAL) / 4)", "5"),
    ] {
        let damaged = ask(Dialect::Sqlite, &catalog, |sql| {
            let damaged = sql.replacen(from, to, 1);
            assert_ne!(damaged, sql);
            damaged
        });
        assert!(damaged.is_err(), "{to}");
    }
}

/// SQLite's functions whose names are a type or a form of their own in PostgreSQL's grammar.
#[test]
fn functions_that_the_grammar_reads_otherwise_pass() {
    for filter in [
        "a::time IS NOT NULL",
        "trim(c) = 'b'",
        "btrim(c, 'x') = 'b'",
        "j = jsonb '[1]'",
        "c::json IS NOT NULL",
    ] {
        assert_eq!(
            ask(Dialect::Sqlite, &orders("c", filter), str::to_owned),
            Ok(())
        );
    }
}

/// A backslash in a quoted name is a letter like others, whatever the settings.
#[test]
fn names_with_a_backslash_pass() {
    const CATALOG: &str = r#"{
      "data_sources": [{"source_key": "orders", "view_pattern": "reporting.orders_{client_id}",
                        "metrics": "*", "dimensions": "*"}],
      "metrics": [{"metric_key": "revenue", "sql_expression": "SUM(x)", "filter": "\"r\\\""}],
      "dimensions": [{"dimension_key": "channel", "column_expression": "\"\\c\\\\\""}]
    }"#;
    const REQUEST: &str = r#"{"metrics": ["revenue"], "dimensions": ["channel"]}"#;
    let limits = Limits::default();
    let request = Request::from_json(REQUEST, &limits).unwrap();
    let context = Context::from_json(r#"{"client_id": 1, "access": []}"#, &limits).unwrap();
    for dialect in [Dialect::Postgres, Dialect::Sqlite] {
        let compiler = Compiler::new(Catalog::from_json(CATALOG).unwrap(), dialect);
        let query = compiler.checked(&request, &context).unwrap();
        assert!(
            query.sql().contains(r#"FILTER (WHERE o."r\")"#),
            "{}",
            query.sql()
        );
        assert!(query.sql().contains(r#"t."\c\\""#), "{}", query.sql());
    }
}

/// What the examples of the documentation emit: the README's, and the one of `Compiler` and
/// `CompiledQuery`.
#[test]
fn documented_statements_pass() {
    const CATALOG: &str = r#"{
      "data_sources": [{"source_key": "orders", "view_pattern": "reporting.orders_{client_id}",
                        "metrics": "*", "dimensions": "*"}],
      "metrics": [{"metric_key": "revenue", "sql_expression": "SUM(revenue)"}],
      "dimensions": [{"dimension_key": "channel", "column_expression": "channel"}]
    }"#;
    const REQUEST: &str = r#"{"metrics": ["revenue"], "dimensions": ["channel"]}"#;
    const CONTEXT: &str = r#"{"client_id": 1, "access": []}"#;
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let pieces: Vec<&str> = readme.split("r#\"").skip(1).collect();
    let texts: Vec<&str> = pieces
        .iter()
        .filter_map(|piece| piece.split("\"#").next())
        .collect();
    let limits = Limits::default();
    for [catalog, request, context] in [[texts[0], texts[1], texts[2]], [CATALOG, REQUEST, CONTEXT]]
    {
        let compiler = Compiler::new(Catalog::from_json(catalog).unwrap(), Dialect::Postgres);
        let request = Request::from_json(request, &limits).unwrap();
        let context = Context::from_json(context, &limits).unwrap();
        let query = compiler.checked(&request, &context).unwrap();
        assert!(query.sql().starts_with("WITH grouped"));
    }
}
