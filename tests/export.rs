//! Flat files, run on PostgreSQL and SQLite against hand-written SQL, and what is refused.

#[path = "export/cases.rs"]
mod cases;
#[path = "export/plan.rs"]
mod plan;
#[path = "export/refused.rs"]
mod refused;

use std::sync::Arc;

use measurand::report::{ExportStatement, Exporter};
use measurand::{Catalog, Context, Dialect, Limits, Param, Value};
use measurand_tests::support::case::catalog;
use measurand_tests::support::exports::exporter;
use measurand_tests::support::literal;
use measurand_tests::support::rows::{NULL, Rows, execute_text, normalised};
use postgres::Client;
use rusqlite::Connection;
use rusqlite::types::{Value as Stored, ValueRef};

/// The definition of the exports of all tests.
pub const DEFINITION: &str = include_str!("export/definition.json");

/// The tags of the first tenant.
pub const TAGS: &str = include_str!("export/tags.json");

/// The catalog of cases and their investigations.
pub fn cases_catalog() -> Arc<Catalog> {
    catalog("cases")
}

/// The exporter of the first tenant.
pub fn stock(dialect: Dialect) -> Exporter {
    let exporter = exporter(&cases_catalog(), DEFINITION, TAGS, dialect);
    exporter.unwrap_or_else(|errors| panic!("{errors}"))
}

/// A context of a tenant with these rules.
pub fn context(tenant: u32, access: &str) -> Context {
    let text = format!(
        r#"{{"client_id": {tenant}, "access": [{access}], "now": "2026-03-15T10:00:00Z", "modules": ["reserves"]}}"#
    );
    Context::from_json(&text, &Limits::default()).unwrap_or_else(|errors| panic!("{errors}"))
}

/// The lines of a file on PostgreSQL; the names of the result's columns have to be those of the plan.
pub fn on_postgres(export: &ExportStatement, client: &mut Client) -> Rows {
    let prepared = client.prepare(export.sql());
    let prepared = prepared.unwrap_or_else(|error| panic!("{error:?}\n{}", export.sql()));
    let names: Vec<&str> = prepared
        .columns()
        .iter()
        .map(|column| column.name())
        .collect();
    let planned: Vec<&str> = (export.columns().iter())
        .map(|column| &*column.name)
        .collect();
    assert_eq!(names, planned);
    let values: Vec<String> = export.params().iter().map(literal::postgres).collect();
    let rows = execute_text(export.sql(), &values, client);
    normalised(rows.unwrap_or_else(|error| panic!("{error}\n{}", export.sql())))
}

/// The lines of a file on SQLite.
pub fn on_sqlite(export: &ExportStatement, connection: &Connection) -> Rows {
    let params: Vec<Stored> = export.params().iter().map(stored).collect();
    let statement = connection.prepare(export.sql());
    let mut statement = statement.unwrap_or_else(|error| panic!("{error}\n{}", export.sql()));
    let width = statement.column_count();
    let mut found = statement
        .query(rusqlite::params_from_iter(&params))
        .expect("rows");
    let mut rows = Rows::new();
    while let Some(row) = found.next().expect("a row") {
        let cell = |at| match row.get_ref(at).expect("a cell") {
            ValueRef::Null => NULL.to_owned(),
            ValueRef::Integer(number) => number.to_string(),
            ValueRef::Real(number) => number.to_string(),
            ValueRef::Text(text) | ValueRef::Blob(text) => {
                String::from_utf8_lossy(text).into_owned()
            }
        };
        rows.push((0..width).map(cell).collect());
    }
    normalised(rows)
}

fn stored(param: &Param) -> Stored {
    match param {
        Param::List(list) => Stored::Text(serde_json::to_string(list).expect("a JSON array")),
        Param::Scalar(Value::Integer(number)) => Stored::Integer(*number),
        Param::Scalar(Value::Boolean(truth)) => Stored::Integer(i64::from(*truth)),
        Param::Scalar(value) => Stored::Text(value.to_string()),
    }
}
