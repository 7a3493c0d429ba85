//! Every name in every place that takes one: an error repeats it short and plain, or it changes nothing.

use measurand::{Catalog, Dialect, Errors};

use super::corpus::{Entry, compile, compiler, entries};

const CONTEXT: &str =
    r#"{"client_id": 1, "access": [], "now": "2026-11-20T10:00:00Z", "timezone": "UTC"}"#;

/// Places of a request, where `<k>` is a name as JSON and `"things"` is asked for otherwise.
const REQUESTS: [&str; 30] = [
    r#"{"source": <k>, "metrics": ["things"]}"#,
    r#"{"metrics": [<k>]}"#,
    r#"{"metrics": ["things", <k>, <k>]}"#,
    r#"{"metrics": ["things"], "dimensions": [<k>]}"#,
    r#"{"metrics": ["things"], "dimensions": [{"dimension": <k>}]}"#,
    r#"{"metrics": ["things"], "dimensions": [{"dimension": <k>, "grain": "month"}]}"#,
    r#"{"metrics": ["things"], "dimensions": [{"dimension": "day", "grain": <k>}]}"#,
    r#"{"metrics": ["things"], "toggles": {<k>: "plain"}}"#,
    r#"{"metrics": ["things"], "toggles": {"mode": <k>}}"#,
    r#"{"metrics": ["things"], "filters": {"dimension": <k>, "op": "is_null"}}"#,
    r#"{"metrics": ["things"], "filters": {"or": [{"not": {"dimension": <k>, "op": "eq", "values": ["secret"]}}]}}"#,
    r#"{"metrics": ["things"], "filters": {"dimension": "word", "op": <k>, "values": ["secret"]}}"#,
    r#"{"metrics": ["things"], "filters": {"dimension": "named", "op": "eq", "values": ["secret"], "on": <k>}}"#,
    r#"{"metrics": ["things"], "metric_filters": {"metric": <k>, "op": "gt", "values": [1]}}"#,
    r#"{"metrics": ["things"], "order_by": [{"key": <k>}]}"#,
    r#"{"metrics": ["things"], "order_by": [{"key": "things", "direction": <k>}]}"#,
    r#"{"metrics": ["things"], "order_by": [{"key": "things", "nulls": <k>}]}"#,
    r#"{"metrics": ["things"], "date_range": {"preset": <k>}}"#,
    r#"{"metrics": ["things"], "kind": <k>}"#,
    r#"{"metrics": ["things"], "totals": [<k>]}"#,
    r#"{"metrics": ["things"], <k>: 1}"#,
    r#"{"metrics": ["things"], <k>: 1, <k>: 2}"#,
    r#"{"metrics": ["things"], "filters": {"dimension": "word", "op": "is_null", <k>: "secret"}}"#,
    r#"{"metrics": ["things"], "date_range": {"from": "2026-01-01", <k>: "2026-01-02"}}"#,
    r#"{"metrics": ["things"], "order_by": [{"key": "things", <k>: true}]}"#,
    r#"{"metrics": ["things"], "dimensions": [{"dimension": "day", <k>: "month"}]}"#,
    r#"{"kind": "rows", "source": "things", "columns": [<k>]}"#,
    r#"{"kind": "rows", "columns": [<k>, "document"]}"#,
    r#"{"kind": "rows", "source": "things", "columns": [{"dimension": <k>, "grain": "month"}]}"#,
    r#"{"kind": "rows", "source": "things", "columns": ["document"], "order_by": [{"key": <k>}]}"#,
];

/// Places of a context.
const CONTEXTS: [&str; 7] = [
    r#"{"client_id": 1, "access": [{"dimension": <k>, "access_type": "include", "allowed_values": ["secret"]}]}"#,
    r#"{"client_id": 1, "access": [{"dimension": "word", "access_type": <k>, "allowed_values": ["secret"]}]}"#,
    r#"{"client_id": 1, "access": [{"dimension": "word", "allowed_values": ["secret"], "nulls": <k>}]}"#,
    r#"{"client_id": 1, "access": [{"dimension": "word", "allowed_values": ["secret"], <k>: {}}]}"#,
    r#"{"client_id": 1, "access": [], "timezone": <k>}"#,
    r#"{"client_id": 1, "access": [], "week_start": <k>}"#,
    r#"{"client_id": 1, "access": [], <k>: 1}"#,
];

/// Places where any name may stand, since it means nothing to a statement.
const HARMLESS: [&str; 2] = [
    r#"{"client_id": 1, "access": [], "modules": [<k>]}"#,
    r#"{"client_id": 1, "access": [], "user_id": <k>}"#,
];

/// Places of a catalog.
const CATALOGS: [&str; 39] = [
    r#"{<k>: []}"#,
    r#"{"metrics": [{"metric_key": <k>, "sql_expression": "SUM(a)"}]}"#,
    r#"{"metrics": [{"metric_key": "m", "sql_expression": "SUM(a)", <k>: 1}]}"#,
    r#"{"metrics": [{"metric_key": "m", "sql_expression": "SUM(a)", "data_type": <k>}]}"#,
    r#"{"metrics": [{"metric_key": "m", "sql_expression": "SUM(a)", "module": <k>}]}"#,
    r#"{"metrics": [{"metric_key": "m", "sql_expression": "SUM(a)",
        "variants": [{"when": {<k>: "a"}, "sql_expression": "SUM(b)"}]}]}"#,
    r#"{"dimensions": [{"dimension_key": <k>, "column_expression": "a"}]}"#,
    r#"{"dimensions": [{"dimension_key": "d", "column_expression": "a", "data_type": <k>}]}"#,
    r#"{"dimensions": [{"dimension_key": "d", "column_expression": "a", "grains": [<k>]}]}"#,
    r#"{"toggles": [{"toggle_key": <k>, "options": []}]}"#,
    r#"{"toggles": [{"toggle_key": <k>, "options": [{"option_key": "a", "is_default": true}]}]}"#,
    r#"{"toggles": [{"toggle_key": "t", "options": [{"option_key": <k>, "is_default": true}]}]}"#,
    r#"{"data_sources": [{"source_key": <k>, "view_pattern": "a"}]}"#,
    r#"{"data_sources": [{"source_key": "s", "view_pattern": "a", "metrics": [<k>]}]}"#,
    r#"{"data_sources": [{"source_key": "s", "view_pattern": "a", "columns": [{"name": "a", "data_type": <k>}]}]}"#,
    r#"{"templates": [{"template_key": "t", "name": "x", "layout": {}, "required_toggles": [<k>]}]}"#,
    r#"{"functions": [<k>]}"#,
    r#"{"data_sources": [{"source_key": "s", "view_pattern": <k>}]}"#,
    r#"{"data_sources": [{"source_key": "s", "view_pattern": "a", "columns": [{"name": <k>, "data_type": "text"},
        {"name": "client_id", "data_type": "text"}], "date_column": null}]}"#,
    r#"{"data_sources": [{"source_key": "s", "view_pattern": "a", "date_column": <k>, "columns": []}]}"#,
    r#"{"data_sources": [{"source_key": "s", "view_pattern": "a", "client_id_column": <k>, "columns": []}]}"#,
    r#"{"data_sources": [{"source_key": "s", "view_pattern": "a", "primary_key": [<k>], "columns": []}]}"#,
    r#"{"data_sources": [{"source_key": "s", "view_pattern": "a", "access_exempt": [<k>]}]}"#,
    r#"{"data_sources": [{"source_key": "s", "view_pattern": "a", "dimensions": [<k>]}]}"#,
    r#"{"data_sources": [{"source_key": "s", "view_pattern": "a", "base_filter": "\"<i>\" = 1", "columns": []}]}"#,
    r#"{"data_sources": [{"source_key": "s", "view_pattern": "a",
        "relationships": [{"name": <k>, "to": <k>, "on": [[<k>, <k>]], "cardinality": <k>}]}]}"#,
    r#"{"metrics": [{"metric_key": "m", "sql_expression": "\"<i>\"(a)"}]}"#,
    r#"{"metrics": [{"metric_key": "m", "sql_expression": "SUM(\"<i>\".a)"}]}"#,
    r#"{"metrics": [{"metric_key": "m", "sql_expression": "\"<i>\" + 1"}]}"#,
    r#"{"dimensions": [{"dimension_key": "d", "column_expression": "a = \"<i>\" \"<i>\""}]}"#,
    r#"{"metrics": [{"metric_key": "m", "sql_expression": "SUM(a::\"<i>\")"}]}"#,
    r#"{"metrics": [{"metric_key": "m", "sql_expression": "SUM({<i>})"}]}"#,
    r#"{"metrics": [{"metric_key": "m", "derived_formula": "\"<i>\" + 1"}]}"#,
    r#"{"metrics": [{"metric_key": "m", "derived_formula": "\"<i>\" = 1"}]}"#,
    r#"{"dimensions": [{"dimension_key": "d", "column_expression": "a", "join_table": <k>, "display_column": "b",
        "join_condition": "{value} = t.id", "join_global": true}]}"#,
    r#"{"dimensions": [{"dimension_key": "d", "column_expression": "a", "join_table": "t", "display_column": "b",
        "join_condition": "{value} = t.id AND \"<i>\".x", "join_global": true}]}"#,
    r#"{"toggles": [{"toggle_key": "t", "options": [{"option_key": "a", "is_default": true, "dimension_key": <k>}]}]}"#,
    r#"{"toggles": [{"toggle_key": "t", "toggle_type": "dimension_switch",
        "options": [{"option_key": "a", "is_default": true, "dimension_key": <k>}]}]}"#,
    r#"{"toggles": [{"toggle_key": "t", "toggle_type": <k>, "options": [{"option_key": "a", "is_default": true}]}]}"#,
];

/// Places of a catalog where any name may stand that the database can have.
const COLUMNS: [&str; 6] = [
    "\"columns\": [{\"name\": <k>",
    "\"date_column\": <k>",
    "\"client_id_column\": <k>",
    "\"primary_key\": [<k>]",
    "\"base_filter\": \"",
    "\"view_pattern\": <k>",
];

/// What a message may hold of a foreign name: little, in one line, and nothing that hides or reorders.
fn check_plain(errors: &Errors, entry: &Entry, place: &str) {
    for error in errors {
        let path = error.path().to_string();
        let help = error.help().map(ToString::to_string).unwrap_or_default();
        for part in [error.message(), path, help] {
            let said = || format!("{} ({})\n{place}\n{part:?}", entry.reason, entry.written);
            let strange = part.chars().find(|c| {
                c.is_control() || HIDDEN.iter().any(|range| range.contains(&(*c as u32)))
            });
            assert_eq!(strange, None, "{}", said());
            assert!(part.chars().count() < 500, "{}", said());
            assert!(part.matches('`').count() % 2 == 0, "{}", said());
            assert!(!part.contains("secret"), "{}", said());
        }
    }
    let json = serde_json::to_value(errors).expect("findings serialize");
    assert!(json.as_array().is_some_and(|list| !list.is_empty()));
}

/// Characters that show nothing or move what is around them (Unicode's format characters and fillers).
const HIDDEN: [std::ops::RangeInclusive<u32>; 16] = [
    0x00AD..=0x00AD,
    0x034F..=0x034F,
    0x061C..=0x061C,
    0x115F..=0x1160,
    0x17B4..=0x17B5,
    0x180B..=0x180F,
    0x200B..=0x200F,
    0x2028..=0x202E,
    0x2060..=0x206F,
    0x3164..=0x3164,
    0xFE00..=0xFE0F,
    0xFEFF..=0xFEFF,
    0xFFA0..=0xFFA0,
    0xFFF0..=0xFFFB,
    0x1D173..=0x1D17A,
    0xE0000..=0xE0FFF,
];

#[test]
fn names_are_repeated_short_and_plain() {
    let corpus = entries("keys.txt");
    assert!(corpus.len() > 55);
    for dialect in [Dialect::Postgres, Dialect::Sqlite] {
        let compiler = compiler(dialect);
        let tame = |request: &str, context: &str| {
            compile(&compiler, request, context).map(|query| query.sql().to_owned())
        };
        for entry in &corpus {
            for place in REQUESTS {
                let request = place.replace("<k>", &entry.written);
                // Detail rows show every column that the source declares, and what has no label stands for it.
                let is_shown = place.contains(r#""rows""#) && entry.written == r#""client_id""#;
                let is_label =
                    place.contains(r#""order_by""#) && entry.written == r#""word.label""#;
                match compile(&compiler, &request, CONTEXT) {
                    Err(errors) => check_plain(&errors, entry, place),
                    Ok(query) if is_shown => assert!(query.sql().contains("o.client_id AS")),
                    Ok(query) if is_label => assert!(query.sql().contains("ORDER BY g.word NULLS")),
                    Ok(query) => panic!("{}: {request}\n{}", entry.reason, query.sql()),
                }
            }
            let request = r#"{"metrics": ["things"]}"#;
            for place in CONTEXTS {
                let context = place.replace("<k>", &entry.written);
                match compile(&compiler, request, &context) {
                    Err(errors) => check_plain(&errors, entry, place),
                    Ok(query) => panic!("{}: {context}\n{}", entry.reason, query.sql()),
                }
            }
            for place in HARMLESS {
                let context = place.replace("<k>", &entry.written);
                match compile(&compiler, request, &context) {
                    Err(errors) => check_plain(&errors, entry, place),
                    Ok(query) => assert_eq!(Ok(query.sql().to_owned()), tame(request, CONTEXT)),
                }
            }
        }
    }
}

#[test]
fn names_in_catalogs_are_repeated_short_and_plain() {
    for entry in entries("keys.txt") {
        for place in CATALOGS {
            // A quote in a quoted name is doubled.
            let inside = entry
                .written
                .get(1..entry.written.len() - 1)
                .unwrap_or_default();
            let inside = inside.replace(r#"\""#, r#"\"\""#);
            let catalog = place.replace("<k>", &entry.written).replace("<i>", &inside);
            match Catalog::from_json(&catalog) {
                Err(errors) => check_plain(&errors, &entry, place),
                // Names that obey the grammar are names; nothing else is.
                Ok(_) => {
                    let key = entry.text.as_deref().unwrap_or_default();
                    let is_name = key.len() <= 100
                        && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
                    let is_name = is_name && !key.starts_with(|c: char| c.is_ascii_digit());
                    let is_empty_list = place.starts_with("{<k>") && key == "metrics";
                    let is_column = COLUMNS.iter().any(|column| place.contains(column));
                    assert!(
                        is_name && !key.is_empty() || is_empty_list || is_column,
                        "{}: {catalog}",
                        entry.reason
                    );
                }
            }
        }
    }
}
