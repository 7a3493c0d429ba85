//! Results as a table in plain text: columns aligned, numbers by the pattern of their metric.

use std::fmt::Write as _;

use measurand::{Column, ColumnRole};
use rusqlite::types::Value;

/// What stands for a missing value.
const MISSING: &str = "-";

/// The table of some rows, one line each below a line of labels.
pub(crate) fn table(columns: &[Column], rows: &[Vec<Value>]) -> String {
    let mut lines: Vec<Vec<String>> = vec![columns.iter().map(|c| heading(c, columns)).collect()];
    for row in rows {
        let cells = row.iter().zip(columns);
        lines.push(cells.map(|(value, column)| cell(value, column)).collect());
    }
    let width = |at: usize| {
        let cells = lines.iter().filter_map(|line| line.get(at));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns.len()).map(width).collect();
    let mut out = String::new();
    for line in &lines {
        let mut text = String::new();
        for ((cell, column), width) in line.iter().zip(columns).zip(&widths) {
            // Writing to a string cannot fail.
            let _ = match column.role() {
                ColumnRole::Metric => write!(text, "{cell:>width$}  "),
                _ => write!(text, "{cell:<width$}  "),
            };
        }
        out.push_str(text.trim_end());
        out.push('\n');
    }
    out
}

fn cell(value: &Value, column: &Column) -> String {
    match value {
        Value::Null => MISSING.to_owned(),
        Value::Text(text) => text.clone(),
        Value::Blob(bytes) => format!("{} bytes", bytes.len()),
        Value::Integer(number) => match column.format().pattern {
            Some(pattern) => formatted(*number as f64, pattern),
            None => number.to_string(),
        },
        Value::Real(number) => match column.format().pattern {
            Some(pattern) => formatted(*number, pattern),
            None => number.to_string(),
        },
    }
}

/// The label of a column; a value that has a label beside it is an id.
fn heading(column: &Column, columns: &[Column]) -> String {
    let is_value = column.role() == ColumnRole::DimensionValue;
    let has_label = columns.iter().any(|other| {
        other.role() == ColumnRole::DimensionLabel && other.definition() == column.definition()
    });
    match is_value && has_label {
        true => format!("{} (id)", column.label()),
        false => column.label().to_owned(),
    }
}

/// A number by a pattern such as `$#,##0.00`: what stands in front, thousands where there is a
/// comma, as many decimals as there are zeros behind the point, and a hundredfold before `%`.
///
/// The catalog's percentages are fractions; a column in points would say so in its format.
fn formatted(number: f64, pattern: &str) -> String {
    let is_digit = |c: char| matches!(c, '#' | '0' | ',' | '.');
    let prefix = pattern.split(is_digit).next().unwrap_or_default();
    let suffix = pattern.rsplit(is_digit).next().unwrap_or_default();
    let decimals = pattern.split_once('.').map_or(0, |(_, behind)| {
        behind.chars().take_while(|c| *c == '0').count()
    });
    let scale = if suffix.contains('%') { 100.0 } else { 1.0 };
    let digits = format!("{:.decimals$}", (number * scale).abs());
    let sign = if number < 0.0 { "-" } else { "" };
    let (whole, fraction) = digits.split_at(digits.find('.').unwrap_or(digits.len()));
    let whole = match pattern.contains(',') {
        true => thousands(whole),
        false => whole.to_owned(),
    };
    format!("{sign}{prefix}{whole}{fraction}{suffix}")
}

/// `1234567` as `1,234,567`.
fn thousands(digits: &str) -> String {
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
