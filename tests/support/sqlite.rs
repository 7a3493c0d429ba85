//! Statements run on SQLite in memory, and their rows as text.

use std::fs;

use measurand::{CompiledQuery, Param, Value};
use rusqlite::Connection;
use rusqlite::types::{Value as Stored, ValueRef};

use super::case::catalog_folder;
use super::rows::{NULL, Rows, without_unexpected_null};

/// A database in memory with the schema and the rows of a catalog.
pub fn database(catalog: &str) -> Connection {
    let connection = Connection::open_in_memory().expect("a database in memory");
    for schema in ["reporting", "public"] {
        let attach = format!("ATTACH ':memory:' AS {schema}");
        connection
            .execute_batch(&attach)
            .expect("a second database");
    }
    for file in ["schema.sqlite.sql", "rows.sql"] {
        let text = fs::read_to_string(catalog_folder(catalog).join(file)).expect("a script");
        connection
            .execute_batch(&text)
            .unwrap_or_else(|error| panic!("{catalog}/{file}: {error}"));
    }
    connection
}

/// Runs a compiled statement.
pub fn execute(query: &CompiledQuery, connection: &Connection) -> Result<Rows, String> {
    let params: Vec<Stored> = query.params().iter().map(stored).collect();
    let run = || -> rusqlite::Result<Rows> {
        let mut statement = connection.prepare(query.sql())?;
        let width = statement.column_count();
        let mut found = statement.query(rusqlite::params_from_iter(&params))?;
        let mut rows = Rows::new();
        while let Some(row) = found.next()? {
            let cells = (0..width).map(|at| row.get_ref(at).map(text));
            rows.push(cells.collect::<rusqlite::Result<_>>()?);
        }
        Ok(rows)
    };
    without_unexpected_null(query, run().map_err(|error| error.to_string())?)
}

/// A parameter as SQLite takes it: a list as a JSON array, what it has no type for as text.
fn stored(param: &Param) -> Stored {
    match param {
        Param::List(list) => Stored::Text(serde_json::to_string(list).expect("a JSON array")),
        Param::Scalar(Value::Integer(number)) => Stored::Integer(*number),
        Param::Scalar(Value::Float(number)) => Stored::Real(number.get()),
        Param::Scalar(Value::Boolean(truth)) => Stored::Integer(i64::from(*truth)),
        Param::Scalar(value) => Stored::Text(value.to_string()),
    }
}

fn text(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => NULL.to_owned(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Text(text) | ValueRef::Blob(text) => String::from_utf8_lossy(text).into_owned(),
    }
}
