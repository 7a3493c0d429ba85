//! What databases say, next to what the model says.

use crate::reference::model::Row;
use crate::reference::number::{Number, is_close};
use crate::reference::value::{Value, civil};
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
        Value::Number(number) => number_says(text, *number),
        Value::Text(own) => text == own,
        Value::Date(days) => text == date_text(*days),
    }
}

/// Whether a text says a number, exactly unless it was rounded.
fn number_says(text: &str, number: Number) -> bool {
    if number.is_shaky() {
        let found = text.parse();
        return found.is_ok_and(|found| is_close(number.approximately(), found));
    }
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let fraction = fraction.trim_end_matches('0');
    let scale = u32::try_from(fraction.len())
        .ok()
        .and_then(|digits| 10_i128.checked_pow(digits));
    let (top, bottom) = number.parts();
    let found = format!("{whole}{fraction}").parse().ok().zip(scale);
    found.is_some_and(|(found, scale): (i128, i128)| {
        scale % bottom == 0 && found == top * (scale / bottom)
    })
}

/// Decimal digits, for a number that has an end.
pub fn digits(number: Number) -> String {
    const DIGITS: i128 = 100_000_000;
    let (top, bottom) = number.parts();
    let scaled = top * (DIGITS / bottom);
    let (whole, rest) = (scaled.abs() / DIGITS, scaled.abs() % DIGITS);
    let sign = if scaled < 0 { "-" } else { "" };
    let text = format!("{sign}{whole}.{rest:08}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

pub fn date_text(days: i64) -> String {
    let (year, month, day) = civil(days);
    format!("{year:04}-{month:02}-{day:02}")
}

/// The model's rows for a message.
pub fn shown(rows: &[Row]) -> String {
    let cell = |value: &Value| match value {
        Value::Number(number) if number.is_rounded => format!("~{}", number.approximately()),
        Value::Number(number) => digits(*number),
        Value::Date(days) => date_text(*days),
        other => format!("{other:?}"),
    };
    let row = |row: &Row| row.iter().map(cell).collect::<Vec<_>>().join(", ");
    rows.iter().map(row).collect::<Vec<_>>().join(" | ")
}
