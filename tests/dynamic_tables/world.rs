//! Tables of a company, those who read them, and what they ask.

use measurand::report::{
    CompiledTable, DynamicTables, RecordReader, RecordStore, TableDefinition, TablePage,
};
use measurand::{Context, Dialect, Errors, Limits};
use measurand_tests::support::cluster::cluster;
use measurand_tests::support::tables::check;
use postgres::Client;
use rusqlite::Connection;

const TABLES: &str = include_str!("tables.json");

/// Where the records of these tests are.
pub fn store() -> RecordStore {
    RecordStore {
        has_workspace: true,
        ..RecordStore::default()
    }
}

/// The tables of a document.
pub fn read(text: &str, dialect: Dialect) -> Result<DynamicTables, Errors> {
    DynamicTables::from_json(text, &store(), dialect, &Limits::default())
}

/// The tables of the company.
pub fn tables(dialect: Dialect) -> DynamicTables {
    read(TABLES, dialect).unwrap_or_else(|errors| panic!("{errors}"))
}

pub fn definition(text: &str) -> TableDefinition {
    let read = TableDefinition::from_json(text, &Limits::default());
    read.unwrap_or_else(|errors| panic!("{errors}\n{text}"))
}

/// A reader of a company, under these rules.
pub fn context(company: i64, access: &str) -> Context {
    let text =
        format!(r#"{{"client_id": {company}, "access": {access}, "now": "2026-11-20T10:00:00Z"}}"#);
    Context::from_json(&text, &Limits::default()).unwrap_or_else(|errors| panic!("{errors}"))
}

/// A query compiled for a reader; its statement is read by the checker as well.
pub fn compiled(
    tables: &DynamicTables,
    text: &str,
    reader: &RecordReader<'_>,
    page: &TablePage,
) -> Result<CompiledTable, Errors> {
    let compiled = tables.compile_for(&definition(text), reader, page)?;
    check(&compiled, tables.compiler(), reader.context);
    Ok(compiled)
}

pub fn database(name: &str) -> Client {
    let mut client = cluster().fresh_database(name);
    for text in [include_str!("schema.sql"), include_str!("rows.sql")] {
        client
            .batch_execute(text)
            .unwrap_or_else(|error| panic!("{error}"));
    }
    client
}

pub fn sqlite() -> Connection {
    let connection = Connection::open_in_memory().expect("a database");
    for text in [include_str!("schema.sqlite.sql"), include_str!("rows.sql")] {
        connection
            .execute_batch(text)
            .unwrap_or_else(|error| panic!("{error}"));
    }
    connection
}
