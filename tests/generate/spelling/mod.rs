//! The model's catalogs, questions and contexts as the library reads them.

mod catalog;
mod context;
mod request;

pub use catalog::{Reading, metric_key};
pub use context::context;
pub use request::request;

use serde_json::{Value as Json, json};

use crate::generate::said::{date_text, digits};
use crate::reference::value::Value;

/// What opens what is gated.
const MODULE: &str = "extra";

/// The column that numbers rows.
const NUMBER: &str = "row_number";

const SOURCES: [&str; 2] = ["facts", "others"];

fn toggle_key(position: usize) -> String {
    format!("toggle_{position}")
}

fn option(position: usize) -> String {
    format!("option_{position}")
}

pub fn written(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Boolean(truth) => json!(truth),
        Value::Number(number) => {
            let digits = digits(*number);
            let whole = digits.parse().map(|whole: i64| json!(whole));
            whole.unwrap_or_else(|_| json!(digits))
        }
        Value::Text(text) => json!(text),
        Value::Date(days) => json!(date_text(*days)),
    }
}
