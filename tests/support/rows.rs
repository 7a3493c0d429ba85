//! Statements run on PostgreSQL, and their rows as text.

use std::fs;

use measurand::CompiledQuery;
use postgres::{Client, SimpleQueryMessage};

use super::case::catalog_folder;
use super::cluster::cluster;
use super::literal;

/// What stands for NULL in a case file.
pub const NULL: &str = "∅";

/// Rows of cells as text.
pub type Rows = Vec<Vec<String>>;

/// A new database of this name with the schema and the rows of a catalog.
pub fn database(name: &str, catalog: &str) -> Client {
    let mut client = cluster().fresh_database(name);
    for file in ["schema.sql", "rows.sql"] {
        let text = fs::read_to_string(catalog_folder(catalog).join(file)).expect("a script");
        client
            .batch_execute(&text)
            .unwrap_or_else(|error| panic!("{catalog}/{file}: {error}"));
    }
    client
}

/// Runs a compiled statement through `PREPARE` and `EXECUTE`, so that every column comes as text.
pub fn execute(query: &CompiledQuery, client: &mut Client) -> Result<Rows, String> {
    let values: Vec<String> = query.params().iter().map(literal::postgres).collect();
    without_unexpected_null(query, execute_text(query.sql(), &values, client)?)
}

/// The rows, if no column has NULL that the statement says has none.
pub fn without_unexpected_null(query: &CompiledQuery, rows: Rows) -> Result<Rows, String> {
    for row in &rows {
        for (column, cell) in query.columns().iter().zip(row) {
            if cell == NULL && !column.is_nullable() {
                return Err(format!("`{}` is NULL and should never be", column.key()));
            }
        }
    }
    Ok(rows)
}

/// The same for a text and its parameters as quoted constants.
pub fn execute_text(sql: &str, values: &[String], client: &mut Client) -> Result<Rows, String> {
    let _ = client.simple_query("DEALLOCATE ALL");
    let prepare = format!("PREPARE statement AS {sql}");
    client
        .simple_query(&prepare)
        .map_err(|error| describe(&error))?;
    let arguments = match values.is_empty() {
        true => String::new(),
        false => format!("({})", values.join(", ")),
    };
    rows(client.simple_query(&format!("EXECUTE statement{arguments}")))
}

/// The message of an error, with what the server adds to it.
pub fn describe(error: &postgres::Error) -> String {
    error.as_db_error().map_or_else(
        || error.to_string(),
        |error| {
            let parts = [Some(error.message()), error.detail(), error.where_()];
            parts.into_iter().flatten().collect::<Vec<_>>().join("\n")
        },
    )
}

/// The rows of an answer as text.
pub fn rows(answer: Result<Vec<SimpleQueryMessage>, postgres::Error>) -> Result<Rows, String> {
    let messages = answer.map_err(|error| describe(&error))?;
    let mut rows = Rows::new();
    for message in messages {
        if let SimpleQueryMessage::Row(row) = message {
            let cell = |at| row.get(at).map_or_else(|| NULL.to_owned(), str::to_owned);
            rows.push((0..row.len()).map(cell).collect());
        }
    }
    Ok(rows)
}

/// Numbers without the zeros behind the point, which say nothing.
pub fn normalised(rows: Rows) -> Rows {
    let cell = |text: String| {
        let digits = text.strip_prefix('-').unwrap_or(&text);
        let is_decimal = digits.contains('.')
            && digits
                .bytes()
                .all(|byte| byte.is_ascii_digit() || byte == b'.');
        match is_decimal {
            true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
            false => text,
        }
    };
    rows.into_iter()
        .map(|row| row.into_iter().map(cell).collect())
        .collect()
}
