//! Pieces of SQL in a catalog: hostile ones are refused in every field that takes one, and tricky ones
//! mean on PostgreSQL what they say.

use std::fs;

use measurand::{Catalog, Dialect, Errors};
use measurand_tests::support::cluster::cluster;
use measurand_tests::support::{root, rows};
use serde_json::{Value, json};

use super::corpus::compile;

/// The lines of a file, each with so many parts between bars; the last is taken as it is.
pub fn lines(file: &str, parts: usize) -> Vec<Vec<String>> {
    let path = root().join("tests/hostile/fragments").join(file);
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{file}: {error}"));
    let lines = text
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    let lines: Vec<Vec<String>> = lines
        .map(|line| line.splitn(parts, " | ").map(str::to_owned).collect())
        .collect();
    for line in &lines {
        assert_eq!(line.len(), parts, "{file}: {line:?}");
    }
    assert!(!lines.is_empty(), "{file} is empty");
    lines
}

/// A catalog with one definition of every kind, into which fragments are put.
fn catalog() -> Value {
    json!({
        "data_sources": [
            {"source_key": "orders", "view_pattern": "orders", "base_filter": "live",
             "primary_key": [], "metrics": [{"metric": "revenue", "sql_expression": "SUM(amount)"}],
             "dimensions": [{"dimension": "flag", "column_expression": "flag",
                             "join_condition": "{value} = t.id AND t.client_id = {client_id}"}]}],
        "metrics": [
            {"metric_key": "revenue", "sql_expression": "SUM(amount)", "filter": "live",
             "variants": [{"when": {"mode": "other"}, "sql_expression": "SUM(other)"}]},
            {"metric_key": "rate", "derived_formula": "revenue / 2",
             "variants": [{"when": {"mode": "other"}, "derived_formula": "revenue / 3"}]},
        ],
        "dimensions": [{"dimension_key": "flag", "column_expression": "flag", "join_table": "t", "display_column": "name",
                        "join_condition": "{value} = t.id AND t.client_id = {client_id}"}],
        "toggles": [{"toggle_key": "mode", "options": [{"option_key": "plain", "is_default": true}, {"option_key": "other"}]}],
    })
}

/// Fields that take a condition or a value of one row; `<f>` is the fragment.
const ROWS: [(&str, &str); 9] = [
    ("/data_sources/0/base_filter", "<f>"),
    ("/data_sources/0/dimensions/0/column_expression", "<f>"),
    ("/metrics/0/filter", "<f>"),
    ("/dimensions/0/column_expression", "<f>"),
    ("/metrics/0/sql_expression", "COUNT(*) FILTER (WHERE <f>)"),
    (
        "/metrics/0/variants/0/sql_expression",
        "SUM(CASE WHEN <f> THEN 1 END)",
    ),
    (
        "/data_sources/0/metrics/0/sql_expression",
        "COUNT(*) FILTER (WHERE <f>)",
    ),
    (
        "/dimensions/0/join_condition",
        "{value} = t.id AND t.client_id = {client_id} AND <f>",
    ),
    (
        "/data_sources/0/dimensions/0/join_condition",
        "{value} = t.id AND t.client_id = {client_id} AND <f>",
    ),
];

const METRICS: [&str; 3] = [
    "/metrics/0/sql_expression",
    "/metrics/0/variants/0/sql_expression",
    "/data_sources/0/metrics/0/sql_expression",
];

const FORMULAS: [&str; 2] = [
    "/metrics/1/derived_formula",
    "/metrics/1/variants/0/derived_formula",
];

/// The fields that take the name of a relation or a column, with the code that refuses it.
const NAMES: [(&str, &str); 5] = [
    ("/data_sources/0/view_pattern", "invalid-relation"),
    ("/dimensions/0/join_table", "invalid-relation"),
    ("/data_sources/0/client_id_column", "unknown-column"),
    ("/data_sources/0/date_column", "unknown-column"),
    ("/data_sources/0/primary_key/0", "unknown-column"),
];

/// A place as findings write it: `/metrics/0/filter` is `catalog.metrics[0].filter`.
fn path(pointer: &str) -> String {
    let mut path = "catalog".to_owned();
    for step in pointer.split('/').skip(1) {
        match step.parse::<usize>() {
            Ok(index) => path.push_str(&format!("[{index}]")),
            Err(_) => path.push_str(&format!(".{step}")),
        }
    }
    path
}

fn load(catalog: &Value) -> Result<Catalog, Errors> {
    Catalog::from_json(&catalog.to_string())
}

/// The catalog with a fragment in a field.
fn with(pointer: &str, text: &str) -> Value {
    let mut catalog = catalog();
    *catalog
        .pointer_mut(pointer)
        .unwrap_or_else(|| panic!("no {pointer}")) = json!(text);
    catalog
}

/// What a fragment got other than the code that it should.
fn complaint(pointer: &str, text: &str, code: &str) -> Option<String> {
    let errors = match load(&with(pointer, text)) {
        Ok(_) => return Some(format!("{pointer}: {text:?} is accepted, not {code}")),
        Err(errors) => errors,
    };
    let path = path(pointer);
    let is_there = errors
        .iter()
        .any(|error| error.code().as_str() == code && error.path().as_str() == path);
    (!is_there).then(|| format!("{pointer}: {text:?} is not {code}:\n{errors}"))
}

fn check(complaints: impl Iterator<Item = Option<String>>) {
    let complaints: Vec<String> = complaints.flatten().collect();
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn what_the_fragments_are_put_into_is_fine() {
    load(&catalog()).unwrap_or_else(|errors| panic!("{errors}"));
}

#[test]
fn hostile_conditions_are_refused_in_every_field() {
    let lines = lines("rows_refused.txt", 3);
    assert!(lines.len() > 75, "{}", lines.len());
    check(lines.iter().flat_map(|line| {
        ROWS.iter()
            .map(|(pointer, around)| complaint(pointer, &around.replace("<f>", &line[2]), &line[0]))
    }));
}

#[test]
fn hostile_metrics_and_formulas_are_refused_in_every_field() {
    check(lines("metrics_refused.txt", 3).iter().flat_map(|line| {
        METRICS
            .iter()
            .map(|pointer| complaint(pointer, &line[2], &line[0]))
    }));
    check(lines("formulas_refused.txt", 3).iter().flat_map(|line| {
        FORMULAS
            .iter()
            .map(|pointer| complaint(pointer, &line[2], &line[0]))
    }));
}

/// A hostile name is refused where relations are named; as a column it is no column of the source.
#[test]
fn hostile_names_are_refused_in_every_field() {
    check(lines("names_refused.txt", 2).iter().flat_map(|line| {
        NAMES.iter().map(|(pointer, code)| {
            let mut catalog = catalog();
            if *code == "unknown-column" {
                let source = &mut catalog["data_sources"][0];
                source["columns"] = json!([{"name": "client_id", "data_type": "integer"}, {"name": "date", "data_type": "date"},
                    {"name": "live", "data_type": "boolean"}, {"name": "amount", "data_type": "integer"},
                    {"name": "flag", "data_type": "integer"}]);
                source["client_id_column"] = json!("client_id");
                source["date_column"] = json!("date");
                source["primary_key"] = json!(["flag"]);
                catalog["metrics"][0]["variants"] = json!([]);
            }
            *catalog.pointer_mut(pointer).unwrap_or_else(|| panic!("no {pointer}")) = json!(line[1]);
            let place = path(pointer.trim_end_matches("/0"));
            match load(&catalog) {
                Ok(_) => Some(format!("{pointer}: {:?} is accepted", line[1])),
                Err(errors) => {
                    let found = errors.iter().any(|error| {
                        let code_fits = error.code().as_str() == *code || error.code().as_str() == "invalid-name";
                        code_fits && error.path().as_str() == place
                    });
                    (!found).then(|| format!("{pointer}: {:?}: {errors}", line[1]))
                }
            }
        })
    }));
}

/// The table that tricky fragments read.
const TABLE: &str = r#"
CREATE TABLE public.facts (client_id integer, word text, note text, n integer, amount numeric, flag boolean, day date,
    at timestamp, data jsonb, "Mixed Case" text, "select" text, "quo""te" text, "a--b" text);
INSERT INTO public.facts
SELECT tenant, word, note, n, amount, flag, DATE '2026-01-01' + n, TIMESTAMP '2026-01-31 23:30' + n * INTERVAL '1 hour',
    jsonb_build_object('outer', jsonb_build_object('inner', word), 'list', jsonb_build_array(n, word), 'count', n::text),
    'Mixed ' || word, 'select ' || word, 'quote ' || word, 'comment ' || word
FROM (VALUES ('a--b', 'x', 1, 1.50, true), ('a;b', NULL, 2, 2.25, false), ('{client_id}', '', 3, -7.125, NULL),
             ('/*', 'it''s', NULL, 4, true), ('$1', '"', 1, NULL, false), ('O''Brien', ';', 2, 0.05, true),
             ('a"b', NULL, 3, 100, NULL), ('ü', 'ü', 0, -0.5, true), ('', ' ', 5, 12.345, false),
             (NULL, '--', 1, 9, true), ('a%', NULL, 2, 3.3, true), ('B', 'b', 3, 8, false)) AS v (word, note, n, amount, flag),
     (VALUES (1), (2), (3)) AS t (tenant)
"#;

#[test]
fn tricky_fragments_mean_what_they_say() {
    let mut client = cluster().fresh_database("hostile_fragments");
    client
        .batch_execute(TABLE)
        .unwrap_or_else(|error| panic!("{error}"));
    let lines = lines("accepted.txt", 3);
    assert!(lines.len() > 70, "{}", lines.len());
    let mut wrong = Vec::new();
    for line in &lines {
        let (kind, text) = (line[0].as_str(), line[2].as_str());
        let (definitions, request, by_hand) = match kind {
            "row" => (
                json!({"dimension_key": "d", "column_expression": text}),
                json!({"metrics": ["facts"], "dimensions": ["d"]}),
                format!(
                    "SELECT ({text}\n) AS d, count(*) FROM public.facts WHERE client_id = 1 GROUP BY 1 ORDER BY 1 NULLS LAST"
                ),
            ),
            _ => (
                json!({"dimension_key": "d", "column_expression": "n"}),
                json!({"metrics": ["m"], "dimensions": ["d"]}),
                format!(
                    "SELECT n, {text}\nFROM public.facts WHERE client_id = 1 GROUP BY 1 ORDER BY 1 NULLS LAST"
                ),
            ),
        };
        let metric = if kind == "metric" { text } else { "COUNT(*)" };
        let catalog = json!({
            "data_sources": [{"source_key": "facts", "view_pattern": "public.facts", "date_column": null,
                              "metrics": "*", "dimensions": "*"}],
            "metrics": [{"metric_key": "facts", "sql_expression": "COUNT(*)"}, {"metric_key": "m", "sql_expression": metric}],
            "dimensions": [definitions],
        });
        let loaded = match load(&catalog) {
            Ok(loaded) => loaded,
            Err(errors) => {
                wrong.push(format!("{text}\n{errors}"));
                continue;
            }
        };
        let compiler = measurand::Compiler::new(loaded, Dialect::Postgres);
        let query = compile(
            &compiler,
            &request.to_string(),
            r#"{"client_id": 1, "access": []}"#,
        );
        let query = query.unwrap_or_else(|errors| panic!("{text}\n{errors}"));
        let found = rows::execute(&query, &mut client).map(rows::normalised);
        let expected = rows::rows(client.simple_query(&by_hand)).map(rows::normalised);
        if expected.is_err() || found != expected {
            wrong.push(format!("{text}\n{}\n{found:?}\n{expected:?}", query.sql()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
