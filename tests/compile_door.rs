//! The `compile` example: one answer for each line, whatever the line is.

#[path = "support/door.rs"]
mod door;

use measurand_tests::checker::Checked;
use std::fs;
use std::io::BufReader;
use std::path::PathBuf;

use door::{answers, ask, parsed, run, start};
use measurand::catalog::spec::CatalogSpec;
use measurand::{Context, Dialect, Limits, Request};
use measurand_tests::support::payments;
use serde_json::{Value, json};

const CATALOG: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../examples/payments/catalog.json"
);

const REQUEST: &str = r#"{"source": "order_summary", "metrics": ["approvals", "approval_rate"],
    "dimensions": ["campaign_name"], "toggles": {"approval_mode": "organic"}}"#;

const CONTEXT: &str = r#"{"client_id": 1, "user_id": "usr_123", "access": [
    {"dimension": "campaign_name", "access_type": "include", "allowed_values": [101, 205]}]}"#;

/// A catalog of one metric.
const SMALL: &str = r#"{"data_sources": [{"source_key": "orders", "view_pattern": "orders_{client_id}",
    "columns": [{"name": "client_id", "data_type": "integer"}, {"name": "date", "data_type": "date"},
                {"name": "price", "data_type": "decimal"}, {"name": "id", "data_type": "integer"}],
    "metrics": "*", "dimensions": "*"}],
    "metrics": [{"metric_key": "total", "sql_expression": "SUM(price)"}],
    "dimensions": [{"dimension_key": "price", "column_expression": "price", "data_type": "decimal"},
                   {"dimension_key": "id", "column_expression": "id", "data_type": "integer"}]}"#;

/// A line with these fields, in the text they are given in.
fn line(fields: &[(&str, &str)]) -> Vec<u8> {
    let fields: Vec<String> = fields
        .iter()
        .map(|(name, text)| format!("\"{name}\": {}", text.replace('\n', " ")))
        .collect();
    format!("{{{}}}\n", fields.join(", ")).into_bytes()
}

fn sound(id: &str) -> Vec<u8> {
    line(&[("id", id), ("request", REQUEST), ("context", CONTEXT)])
}

/// What the library itself says.
fn expected(dialect: Dialect) -> Value {
    let limits = Limits::default();
    let request = Request::from_json(REQUEST, &limits).expect("a sound request");
    let context = Context::from_json(CONTEXT, &limits).expect("a sound context");
    let query = payments::compiler(dialect).checked(&request, &context);
    serde_json::to_value(query.expect("it compiles")).expect("it serializes")
}

fn code(answer: &Value) -> &str {
    assert_eq!(answer.get("ok"), None, "{answer}");
    answer["errors"][0]["code"].as_str().expect("a code")
}

/// A file of this test process, removed when the test ends.
struct TemporaryFile(PathBuf);

impl TemporaryFile {
    fn new(name: &str, bytes: &[u8]) -> Self {
        let name = format!("measurand-{}-{name}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::write(&path, bytes).expect("a temporary file");
        Self(path)
    }

    fn path(&self) -> &str {
        self.0.to_str().expect("a plain path")
    }
}

impl Drop for TemporaryFile {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

#[test]
fn a_line_is_answered_as_the_library_answers() {
    let found = answers(&[CATALOG], &sound("7"));
    assert_eq!(found, [json!({"id": 7, "ok": expected(Dialect::Postgres)})]);
    assert_eq!(
        found[0]["ok"]["params"],
        json!([{"type": "int8", "value": 1}, {"type": "int8[]", "value": [101, 205]}])
    );
    let found = answers(&["--dialect", "sqlite", CATALOG], &sound("8"));
    assert_eq!(found, [json!({"id": 8, "ok": expected(Dialect::Sqlite)})]);
}

#[test]
fn a_catalog_may_come_as_rows_or_with_the_line() {
    let spec = CatalogSpec::from_json(payments::TEXT, &Limits::default()).expect("it is sound");
    let rows = spec.to_rows_json();
    let ok = json!({"id": 1, "ok": expected(Dialect::Postgres)});

    let file = TemporaryFile::new("rows.json", rows.as_bytes());
    let found = answers(&["--rows", file.path()], &sound("1"));
    assert_eq!(found, std::slice::from_ref(&ok));

    let fields = [("id", "1"), ("request", REQUEST), ("context", CONTEXT)];
    let nested = line(&[&fields[..], &[("catalog", payments::TEXT)]].concat());
    let as_rows = line(&[&fields[..], &[("catalog_rows", &rows)]].concat());
    // The same catalogs again and again, by turns with a third.
    let small = line(&[
        ("id", "2"),
        ("catalog", SMALL),
        ("request", r#"{"metrics": ["total"]}"#),
        ("context", r#"{"client_id": 1, "access": []}"#),
    ]);
    let input = [&nested[..], &as_rows, &small, &nested, &small, &as_rows].concat();
    let found = answers(&[], &input);
    for at in [0, 1, 3, 5] {
        assert_eq!(found[at], ok, "line {at}");
    }
    for at in [2, 4] {
        assert_eq!(found[at]["ok"]["sources"], json!(["orders"]), "line {at}");
    }
}

#[test]
fn bad_lines_are_answered_and_do_not_end_the_program() {
    let bad: [(&[u8], Value, &str, &str); 16] = [
        (b"{\"id\": 1, \"request\": {", Value::Null, "json-syntax", "line"),
        (b"nonsense", Value::Null, "json-syntax", "line"),
        (b"{\"id\": \"\xff\"}", Value::Null, "json-syntax", "line"),
        (b"{} {}", Value::Null, "json-syntax", "line"),
        (b"[1, 2]", Value::Null, "wrong-type", "line"),
        (b"null", Value::Null, "wrong-type", "line"),
        (b"{}", Value::Null, "missing-field", "line.request"),
        (b"{\"id\": 2, \"context\": {\"client_id\": 1, \"access\": []}}", json!(2), "missing-field", "line.request"),
        (b"{\"id\": 3, \"request\": {\"metrics\": [\"revenue\"]}}", json!(3), "missing-field", "line.context"),
        (b"{\"id\": 4, \"request\": null, \"context\": null}", json!(4), "missing-field", "line.request"),
        (b"{\"id\": 5, \"reqest\": {}}", json!(5), "unknown-field", "line"),
        (b"{\"id\": 6, \"id\": 7}", json!(6), "duplicate-field", "line.id"),
        (b"{\"id\": 8, \"request\": [], \"context\": {\"client_id\": 1, \"access\": []}}", json!(8), "wrong-type", "request"),
        (b"{\"id\": 9, \"request\": {\"metrics\": [\"revenu\"]}, \"context\": {\"client_id\": 1}}", json!(9), "missing-access", "context.access"),
        (b"{\"id\": 10, \"request\": {\"source\": \"order_summary\", \"metrics\": [\"revenu\"]}, \"context\": {\"client_id\": 1, \"access\": []}}", json!(10), "unknown-metric", "request.metrics[0]"),
        (b"{\"id\": 11, \"catalog\": {}, \"catalog_rows\": {}}", json!(11), "wrong-value", "line.catalog_rows"),
    ];
    let mut input = Vec::new();
    for (line, ..) in &bad {
        input.extend_from_slice(line);
        // Blank lines between them are no lines, and a carriage return is a blank.
        input.extend_from_slice(b"\n\n  \r\n");
    }
    input.extend(sound("\"last\""));
    let found = answers(&[CATALOG], &input);
    assert_eq!(found.len(), bad.len() + 1);
    for ((line, id, expected, path), answer) in bad.iter().zip(&found) {
        let line = String::from_utf8_lossy(line);
        assert_eq!((&answer["id"], code(answer)), (id, *expected), "{line}");
        assert_eq!(answer["errors"][0]["path"], *path, "{line}");
        assert!(answer["errors"][0]["message"].is_string(), "{line}");
        assert!(answer["errors"][0].get("help").is_some(), "{line}");
    }
    assert_eq!(found[bad.len()]["id"], "last");
    assert!(found[bad.len()]["ok"].is_object());
}

#[test]
fn a_line_over_the_bound_is_skipped() {
    let mut input = sound("1");
    input.extend(b"{\"id\": 2, \"request\": \"");
    input.resize(input.len() + (68 << 20), b'x');
    input.extend(b"\"}\n");
    // The last line needs no end.
    input.extend(sound("3").strip_suffix(b"\n").expect("a line"));
    let found = answers(&[CATALOG], &input);
    assert_eq!(found.len(), 3);
    assert!(found[0]["ok"].is_object());
    assert_eq!(
        (&found[1]["id"], code(&found[1])),
        (&Value::Null, "limit-exceeded")
    );
    assert!(found[2]["ok"].is_object());
}

/// Deep nesting neither overflows the stack nor hides the id.
#[test]
fn deep_nesting_is_answered() {
    let deep = format!("{}{}", "[".repeat(200_000), "]".repeat(200_000));
    let as_request = line(&[("id", "1"), ("request", &deep), ("context", CONTEXT)]);
    let as_id = sound(&deep);
    let as_unknown = line(&[("id", "3"), ("other", &deep)]);
    let output = run(&[CATALOG], &[&as_request[..], &as_id, &as_unknown].concat());
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 3);
    assert!(
        lines[0].starts_with(r#"{"id":1,"errors":[{"code":"limit-exceeded""#),
        "{}",
        lines[0]
    );
    assert!(lines[1].starts_with(&format!("{{\"id\":{deep},\"ok\"")));
    assert!(
        lines[2].starts_with(r#"{"id":3,"errors":[{"code":"unknown-field""#),
        "{}",
        lines[2]
    );
}

#[test]
fn ids_come_back_as_written() {
    for id in [
        "1e2",
        "12345678901234567890123",
        "\"a\\u0062\"",
        "{\"n\":  1.50}",
        "[null]",
        "null",
        "-0.0",
    ] {
        let output = run(&[CATALOG], &sound(id));
        let text = String::from_utf8(output.stdout).expect("UTF-8");
        assert!(
            text.starts_with(&format!("{{\"id\":{id},\"ok\":")),
            "{id}: {text}"
        );
    }
}

#[test]
fn numbers_keep_their_digits() {
    let request = r#"{"metrics": ["total"], "filters": [
        {"dimension": "price", "op": "eq", "values": [0.1000000000000000000000001]},
        {"dimension": "id", "op": "eq", "values": [9007199254740993]}]}"#;
    let context = r#"{"client_id": 9007199254740993, "access": [
        {"dimension": "id", "access_type": "exclude", "allowed_values": [9223372036854775807]}]}"#;
    let input = line(&[
        ("catalog", SMALL),
        ("request", request),
        ("context", context),
    ]);
    let found = answers(&[], &input);
    assert_eq!(found[0]["id"], Value::Null);
    let params = found[0]["ok"]["params"].as_array().expect("parameters");
    for expected in [
        json!({"type": "int8", "value": 9_007_199_254_740_993_i64}),
        json!({"type": "int8[]", "value": [i64::MAX]}),
        json!({"type": "numeric", "value": "0.1000000000000000000000001"}),
    ] {
        assert!(params.contains(&expected), "{expected} in {params:?}");
    }
}

#[test]
fn a_catalog_that_does_not_load_answers_every_line() {
    let broken = payments::TEXT.replacen("SUM(revenue)", "SUM(revenue", 1);
    assert_ne!(broken, payments::TEXT);
    let file = TemporaryFile::new("broken.json", broken.as_bytes());
    let own = line(&[
        ("id", "3"),
        ("catalog", SMALL),
        ("request", r#"{"metrics": ["total"]}"#),
        ("context", r#"{"client_id": 1, "access": []}"#),
    ]);
    let input = [sound("1"), sound("2"), own].concat();
    let found = answers(&[file.path()], &input);
    for (answer, id) in found.iter().zip([1, 2]) {
        assert_eq!(answer["id"], id);
        let path = answer["errors"][0]["path"].as_str().expect("a path");
        assert!(path.starts_with("catalog.metrics["), "{path}");
    }
    assert!(
        found[2]["ok"].is_object(),
        "a line with its own catalog is answered"
    );

    let with_broken = line(&[
        ("id", "1"),
        ("catalog", &broken),
        ("request", REQUEST),
        ("context", CONTEXT),
    ]);
    let found = answers(&[], &[&with_broken[..], &with_broken].concat());
    assert_eq!(found[0], found[1]);
    let path = found[0]["errors"][0]["path"].as_str().expect("a path");
    assert!(path.starts_with("catalog.metrics["), "{path}");

    let nowhere = run(&["no/such/file.json"], &sound("1"));
    assert!(nowhere.status.success());
    assert_eq!(code(&parsed(&nowhere)[0]), "catalog-unreadable");
    assert!(!nowhere.stderr.is_empty());

    let found = answers(&[], &sound("1"));
    assert_eq!(code(&found[0]), "missing-field");
    assert_eq!(found[0]["errors"][0]["path"], "line.catalog");
}

#[test]
fn each_answer_is_there_before_the_next_line() {
    let mut child = start(&[CATALOG]);
    let mut out = BufReader::new(child.stdout.take().expect("a pipe"));
    for id in ["1", "2", "3"] {
        let line = String::from_utf8(sound(id)).expect("UTF-8");
        let answer = ask(&mut child, &mut out, line.trim_end());
        assert!(
            answer.starts_with(&format!("{{\"id\":{id},\"ok\":")),
            "{answer}"
        );
    }
    drop(child.stdin.take());
    assert!(child.wait().expect("it ends").success());
}

#[test]
fn a_closed_pipe_ends_it_quietly() {
    let mut child = start(&[CATALOG]);
    drop(child.stdout.take());
    let mut stdin = child.stdin.take().expect("a pipe");
    let input = sound("1").repeat(1_000);
    // Once the program has gone, the rest of the input has no reader either.
    let _ = std::io::Write::write_all(&mut stdin, &input);
    drop(stdin);
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success(), "{}", output.status);
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn the_command_line_is_checked() {
    for words in [
        &["--unknown"][..],
        &["-x"],
        &["--dialect"],
        &["--dialect", "oracle"],
        &["a.json", "b.json"],
        &["--rows"],
    ] {
        let output = run(words, b"");
        assert_eq!(output.status.code(), Some(2), "{words:?}");
        assert!(output.stdout.is_empty(), "{words:?}");
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(
            complaint.contains("usage: compile"),
            "{words:?}: {complaint}"
        );
    }
    let help = run(&["--help"], b"");
    assert!(help.status.success() && help.stderr.is_empty());
    let text = String::from_utf8_lossy(&help.stdout);
    for word in [
        "CATALOG.json",
        "--rows",
        "--dialect",
        "catalog_rows",
        "\"errors\"",
    ] {
        assert!(text.contains(word), "{word}");
    }
}
