//! What databases say, next to what the model says.

use crate::reference::model::Row;
use crate::reference::number::Number;
use crate::reference::value::{Value, date_text};
use crate::support::rows::{NULL, Rows};

/// Whether the rows of a database are those of the model.
pub fn agree(expected: &[Row], found: &Rows) -> bool {
    let same = |left: &Row, right: &Vec<String>| {
        let mut cells = left.iter().zip(right);
        left.len() == right.len() && cells.all(|(value, text)| says(text, value))
    };
    let mut rows = expected.iter().zip(found);
    expected.len() == found.len() && rows.all(|(left, right)| same(left, right))
}

fn says(text: &str, value: &Value) -> bool {
    match value {
        Value::Null => text == NULL,
        Value::Boolean(true) => ["t", "1"].contains(&text),
        Value::Boolean(false) => ["f", "0"].contains(&text),
        Value::Number(number) => number.is_said_by(text),
        Value::Text(own) => text == own,
        Value::Date(days) => text == date_text(*days),
    }
}

/// The model's rows for a message.
pub fn shown(rows: &[Row]) -> String {
    let cell = |value: &Value| match value {
        Value::Number(number) if number.is_rounded => format!("~{}", number.approximately()),
        Value::Number(number) => Number::digits(*number),
        Value::Date(days) => date_text(*days),
        other => format!("{other:?}"),
    };
    let row = |row: &Row| row.iter().map(cell).collect::<Vec<_>>().join(", ");
    rows.iter().map(row).collect::<Vec<_>>().join(" | ")
}
