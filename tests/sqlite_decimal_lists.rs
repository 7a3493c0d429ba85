//! A list of decimals reaches SQLite as texts in a JSON array. A computed value has no affinity that
//! would make numbers of them, and then no row is among them: a filter loses rows, and a rule that
//! hides rows shows them.

#[path = "../examples/quickstart/binding.rs"]
mod binding;

use measurand::{Catalog, Compiler, Context, Dialect, Limits, Request};
use measurand_tests::checker::Checked;
use rusqlite::{Connection, params_from_iter};

const CATALOG: &str = r#"{
  "data_sources": [{"source_key": "orders", "view_pattern": "orders", "date_column": null,
    "columns": [{"name": "client_id", "data_type": "integer"}, {"name": "id", "data_type": "integer"},
                {"name": "price", "data_type": "decimal"}],
    "metrics": "*", "dimensions": "*"}],
  "metrics": [{"metric_key": "ids", "sql_expression": "SUM(id)"}],
  "dimensions": [
    {"dimension_key": "price", "column_expression": "price", "data_type": "decimal"},
    {"dimension_key": "double", "column_expression": "price * 2", "data_type": "decimal"}]
}"#;

/// The sum of the ids, which are powers of two and so tell which rows were seen.
fn seen(filters: &str, access: &str) -> i64 {
    let connection = Connection::open_in_memory().expect("SQLite opens");
    connection
        .execute_batch(
            "CREATE TABLE orders (client_id INTEGER, id INTEGER, price NUMERIC);
             INSERT INTO orders VALUES (1, 1, 24.50), (1, 2, 10.25), (1, 4, 7), (1, 8, NULL)",
        )
        .expect("the rows fit");
    let limits = Limits::default();
    let catalog = Catalog::from_json(CATALOG).expect("a sound catalog");
    let request = format!(r#"{{"metrics": ["ids"], "filters": {filters}}}"#);
    let context = format!(r#"{{"client_id": 1, "access": {access}}}"#);
    let request = Request::from_json(&request, &limits).expect("a sound request");
    let context = Context::from_json(&context, &limits).expect("a sound context");
    let query = Compiler::new(catalog, Dialect::Sqlite)
        .checked(&request, &context)
        .unwrap_or_else(|errors| panic!("{errors}"));
    let params: Vec<_> = query
        .params()
        .iter()
        .map(|param| binding::bound(param).expect("every parameter binds"))
        .collect();
    let sum = connection.query_row(query.sql(), params_from_iter(params), |row| {
        row.get::<_, Option<i64>>(0)
    });
    sum.unwrap_or_else(|error| panic!("{error}\n{}", query.sql()))
        .unwrap_or_default()
}

#[test]
fn filters_find_computed_decimals() {
    for (dimension, values, others) in [
        ("price", r#"["24.50", 7.00]"#, 8 + 2),
        ("double", r#"["49.00", 14.0]"#, 8 + 2),
    ] {
        let filter = |op: &str| {
            format!(r#"{{"dimension": "{dimension}", "op": "{op}", "values": {values}}}"#)
        };
        assert_eq!(seen(&filter("in"), "[]"), 1 + 4, "{dimension}");
        assert_eq!(seen(&filter("not_in"), "[]"), others, "{dimension}");
    }
}

#[test]
fn rules_hide_computed_decimals() {
    for (access_type, expected) in [("include", 1 + 4), ("exclude", 2)] {
        for (dimension, values) in [
            ("price", r#"["24.50", 7]"#),
            ("double", r#"[49.00, "14.0"]"#),
        ] {
            let rule = format!(
                r#"[{{"dimension": "{dimension}", "access_type": "{access_type}",
                      "allowed_values": {values}}}]"#
            );
            assert_eq!(seen("[]", &rule), expected, "{access_type} {dimension}");
        }
        // More values than are written one way.
        let many: Vec<String> = (0..20).map(|n| format!("\"{}.5\"", 1000 + n)).collect();
        let rule = format!(
            r#"[{{"dimension": "double", "access_type": "{access_type}",
                  "allowed_values": [49, 14, {}]}}]"#,
            many.join(", ")
        );
        assert_eq!(seen("[]", &rule), expected, "{access_type} of many");
    }
}
