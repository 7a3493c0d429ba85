//! One text for JSON that says the same: a database that stores `jsonb` keeps neither the order of
//! keys nor blanks.

use serde_json::Value;

/// The same JSON without blanks and with the keys of every object in order.
pub(crate) fn canonical(text: &str) -> String {
    match serde_json::from_str::<Value>(text) {
        Ok(value) => sorted(value).to_string(),
        // A text that is no JSON cannot come from a reader; it stands for itself.
        Err(_) => text.to_owned(),
    }
}

/// Sorts also where `serde_json` keeps the order of keys, which another crate may ask of it. Recurses
/// as deep as its reader lets a document nest.
fn sorted(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(sorted).collect(),
        Value::Object(fields) => {
            let mut fields: Vec<(String, Value)> = fields
                .into_iter()
                .map(|(name, value)| (name, sorted(value)))
                .collect();
            fields.sort_by(|a, b| a.0.cmp(&b.0));
            Value::Object(fields.into_iter().collect())
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::canonical;

    #[test]
    fn order_and_blanks_do_not_count() {
        let written = r#"{ "b": [1, {"z": null, "a": "x  y"}], "a": 1.50 }"#;
        let stored = r#"{"a": 1.50, "b": [1, {"a": "x  y", "z": null}]}"#;
        assert_eq!(canonical(written), canonical(stored));
        assert_ne!(canonical("[1, 2]"), canonical("[2, 1]"));
        assert_eq!(canonical("no JSON"), "no JSON");
    }
}
