//! Small catalogs written in tests, and what is found in them.

use crate::checker::Checked;
use measurand::{Catalog, CompiledQuery, Compiler, Context, Dialect, Errors, Limits, Request};
use serde_json::{Value, json};

/// A catalog of a source without declared columns that offers everything, and these definitions.
pub fn catalog(definitions: Value) -> Value {
    let mut catalog = json!({
        "data_sources": [{"source_key": "orders", "view_pattern": "reporting.orders_{client_id}",
                          "metrics": "*", "dimensions": "*"}],
    });
    let fields = definitions.as_object().expect("an object").clone();
    catalog.as_object_mut().expect("an object").extend(fields);
    catalog
}

/// Loads a catalog.
pub fn load(catalog: &Value) -> Result<Catalog, Errors> {
    Catalog::from_json(&catalog.to_string())
}

/// What is found, as `code path`.
pub fn findings(loaded: Result<Catalog, Errors>) -> Vec<String> {
    let errors = match loaded {
        Ok(_) => return Vec::new(),
        Err(errors) => errors,
    };
    errors
        .iter()
        .map(|error| format!("{} {}", error.code(), error.path().as_str()))
        .collect()
}

/// Compares what is found in these definitions.
#[track_caller]
pub fn check(definitions: Value, expected: &[&str]) {
    assert_eq!(findings(load(&catalog(definitions))), expected);
}

/// The catalog of these definitions, in which nothing is found.
#[track_caller]
pub fn loads(definitions: Value) -> Catalog {
    load(&catalog(definitions)).unwrap_or_else(|errors| panic!("{errors}"))
}

/// Compiles a request of tenant 7 for PostgreSQL.
pub fn compile(catalog: Catalog, request: Value, access: Value) -> Result<CompiledQuery, Errors> {
    let limits = Limits::default();
    let context = json!({"client_id": 7, "access": access});
    let request = Request::from_json(&request.to_string(), &limits)?;
    let context = Context::from_json(&context.to_string(), &limits)?;
    Compiler::new(catalog, Dialect::Postgres).checked(&request, &context)
}

/// A metric to rest on.
pub fn base() -> Value {
    json!({"metric_key": "revenue", "sql_expression": "SUM(amount)"})
}
