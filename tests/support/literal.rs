//! Parameters as SQL text, so that a test can run a statement through `EXECUTE` and read text back.

use measurand::{Param, Value};

/// A parameter as a quoted constant for PostgreSQL.
pub fn postgres(param: &Param) -> String {
    match param {
        Param::Scalar(value) => quoted(&value.to_string()),
        Param::List(list) => {
            let items: Vec<String> = list.values().iter().map(element).collect();
            quoted(&format!("{{{}}}", items.join(",")))
        }
    }
}

/// An element of an array constant.
fn element(value: &Value) -> String {
    let text = value.to_string().replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{text}\"")
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
