//! Compiled statements on a real PostgreSQL, with every cell as text.

use measurand::CompiledQuery;
use postgres::{Client, SimpleQueryMessage};

use super::literal;

/// What stands for NULL.
pub(crate) const NULL: &str = "∅";

/// Rows, every cell as text.
pub(crate) type Rows = Vec<Vec<String>>;

/// Runs a compiled statement through `PREPARE` and `EXECUTE`, so that every column comes as text.
pub(crate) fn execute(query: &CompiledQuery, client: &mut Client) -> Result<Rows, String> {
    let _ = client.simple_query("DEALLOCATE ALL");
    let prepare = format!("PREPARE statement AS {}", query.sql());
    client
        .simple_query(&prepare)
        .map_err(|error| describe(&error))?;
    let values: Vec<String> = query.params().iter().map(literal::postgres).collect();
    let arguments = match values.is_empty() {
        true => String::new(),
        false => format!("({})", values.join(", ")),
    };
    rows(client.simple_query(&format!("EXECUTE statement{arguments}")))
}

/// What the server says is wrong.
pub(crate) fn describe(error: &postgres::Error) -> String {
    error
        .as_db_error()
        .map_or_else(|| error.to_string(), |error| error.message().to_owned())
}

/// The rows of an answer, every cell as text.
pub(crate) fn rows(
    answer: Result<Vec<SimpleQueryMessage>, postgres::Error>,
) -> Result<Rows, String> {
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
