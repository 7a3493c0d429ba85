//! The catalog of the payments example, and its relations, empty, in a database of their own.

use std::sync::{Arc, LazyLock};

use measurand::{Catalog, Compiler, Dialect};
use postgres::Client;
use serde_json::Value;

use super::cluster::cluster;

/// The catalog as written.
pub const TEXT: &str = include_str!("../../examples/payments/catalog.json");

/// The relations of the catalog for tenant 1.
pub const TABLES: &str = include_str!("../../sql/payments_tables.sql");

/// An administrator of tenant 1.
pub const ADMINISTRATOR: &str = r#"{"client_id": 1, "access": [], "now": "2026-11-20T10:00:00Z"}"#;

/// The catalog, loaded once.
pub fn catalog() -> Arc<Catalog> {
    static LOADED: LazyLock<Arc<Catalog>> = LazyLock::new(|| {
        let catalog = Catalog::from_json(TEXT);
        Arc::new(catalog.unwrap_or_else(|errors| panic!("{errors}")))
    });
    LOADED.clone()
}

/// A compiler for the catalog.
pub fn compiler(dialect: Dialect) -> Compiler {
    Compiler::new(catalog(), dialect)
}

/// The catalog as plain JSON, for what the checked catalog does not list.
pub fn document() -> Value {
    serde_json::from_str(TEXT).expect("the catalog is JSON")
}

/// A new database with the empty relations.
pub fn database(name: &str) -> Client {
    let mut client = cluster().fresh_database(name);
    client
        .batch_execute(TABLES)
        .unwrap_or_else(|error| panic!("{error}"));
    client
}
