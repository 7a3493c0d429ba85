//! One wrong input per error code, with the exact findings: what people get to read.

use measurand_tests::checker::Checked;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use measurand::report::{
    Actor, Change, Dashboard, DynamicTables, FilterPreset, Layer, Layers, NewRow, RecordStore,
    Report, ReportBuilder, SavedView, Schedule, StoredTable, Table as KeptTable, TableDefinition,
    TablePage,
};
use measurand::{
    Catalog, Compiler, Context, Dialect, Error, ErrorCode, Errors, Limits, Moment, Request, Zone,
};
use measurand_tests::support::reports::check;
use measurand_tests::support::{case, exports, limits, root, tables};
use toml::{Table, Value};

/// Codes that no input provokes, each with the reason.
const NOT_PROVOKED: [(ErrorCode, &str); 1] = [(
    ErrorCode::Unverified,
    "only a fault of this library leads to it; `src/verify/tests` provoke it with statements of their own",
)];

/// The fields of a file.
const FIELDS: [&str; 26] = [
    "about",
    "catalog",
    "catalog_json",
    "catalog_rows_json",
    "request",
    "context",
    "schedule",
    "cron",
    "template",
    "view",
    "preset",
    "layer",
    "dashboard",
    "export_definition",
    "tags",
    "export",
    "table",
    "new_row",
    "change",
    "definition",
    "stored",
    "tables",
    "dialect",
    "limits",
    "errors",
    "rendered",
];

#[test]
fn messages_are_what_they_should_be() {
    let mut failures = String::new();
    for (name, table) in files() {
        let errors = findings(&name, &table);
        let found: Vec<Value> = errors.iter().map(as_toml).collect();
        let expected = table.get("errors").and_then(Value::as_array);
        if expected != Some(&found) {
            let _ = writeln!(failures, "\n== {name}\n{}", as_text(&found));
        }
        let rendered = table.get("rendered").and_then(Value::as_str);
        if rendered.is_some_and(|rendered| rendered.trim_end() != errors.to_string()) {
            let _ = writeln!(failures, "\n== {name}, rendered\n{errors}");
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

#[test]
fn every_code_has_a_file_that_shows_it() {
    let mut shown = BTreeSet::new();
    for (name, table) in files() {
        let codes = table.get("errors").and_then(Value::as_array);
        let codes: Vec<&str> = codes
            .into_iter()
            .flatten()
            .filter_map(|error| error.get("code").and_then(Value::as_str))
            .collect();
        let own = codes
            .iter()
            .filter(|code| {
                let rest = name.strip_prefix(**code);
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
            })
            .max_by_key(|code| code.len());
        let own = own.unwrap_or_else(|| panic!("{name} is not named after a code that it shows"));
        shown.insert((*own).to_owned());
    }
    for code in ErrorCode::ALL {
        let is_exempt = NOT_PROVOKED.iter().any(|(exempt, _)| exempt == code);
        assert_ne!(shown.contains(code.as_str()), is_exempt, "{code}");
    }
}

#[test]
fn messages_have_one_style() {
    for (name, table) in files() {
        for error in &findings(&name, &table) {
            let message = error.message();
            let words = outside_backticks(&message);
            assert!(!message.contains(['\n', '\r']), "{name}: {message:?}");
            assert!(!message.ends_with(['.', '!']), "{name}: {message}");
            assert!(
                message.starts_with(|c: char| c.is_lowercase() || c == '`'),
                "{name}: {message}"
            );
            assert!(message.matches('`').count() % 2 == 0, "{name}: {message}");
            for word in ["Some(", "None", "::", "Vec", "String", "{", "}"] {
                assert!(!words.contains(word), "{name}: {message}");
            }
            if let Some(help) = error.help() {
                let help = help.to_string();
                assert!(!help.contains(['\n', '\r']), "{name}: {help:?}");
                assert!(!help.ends_with('.'), "{name}: {help}");
                assert!(!help.is_empty(), "{name}");
            }
        }
    }
}

#[test]
fn the_form_for_machines_says_the_same() {
    for (name, table) in files() {
        let errors = findings(&name, &table);
        let json = serde_json::to_value(&errors).expect("findings serialize");
        for (json, error) in json.as_array().expect("a list").iter().zip(&errors) {
            assert_eq!(json["code"], error.code().as_str(), "{name}");
            assert_eq!(json["path"], error.path().to_string(), "{name}");
            assert_eq!(json["message"], error.message(), "{name}");
            let help = error.help().map(ToString::to_string);
            assert_eq!(json["help"], serde_json::json!(help), "{name}");
            assert_eq!(
                json["related"].as_array().map(Vec::len),
                Some(error.related().len())
            );
        }
    }
}

fn outside_backticks(text: &str) -> String {
    text.split('`').step_by(2).collect()
}

fn files() -> Vec<(String, Table)> {
    let folder = root().join("tests/diagnostics");
    let entries = fs::read_dir(folder).expect("the folder of diagnostics");
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.expect("an entry").path())
        .collect();
    files.sort();
    files.iter().map(|file| read(file)).collect()
}

fn read(file: &Path) -> (String, Table) {
    let name = file.file_stem().and_then(|name| name.to_str());
    let name = name.expect("a plain name").to_owned();
    let text = fs::read_to_string(file).expect("a readable file");
    let table: Table = text
        .parse()
        .unwrap_or_else(|error| panic!("{name}: {error}"));
    for field in table.keys() {
        assert!(
            FIELDS.contains(&field.as_str()),
            "{name}: unknown field `{field}`"
        );
    }
    assert!(
        table.contains_key("about"),
        "{name} says nothing about itself"
    );
    (name, table)
}

/// What is found in a file's input.
fn findings(name: &str, table: &Table) -> Errors {
    let kept = findings_of_schedule(table).or_else(|| findings_of_row(table));
    if let Some(errors) = kept {
        return errors;
    }
    if table.contains_key("export_definition") {
        return findings_of_export(name, table);
    }
    if table.contains_key("template") || table.contains_key("dashboard") {
        let report = report(name, table);
        return report.map_or_else(|errors| errors, |report| findings_of_report(&report));
    }
    if let Some(text) = table.get("tables").and_then(Value::as_str) {
        return findings_of_tables(name, text, &limits_of(name, table));
    }
    if table.contains_key("definition") || table.contains_key("stored") {
        return user_table(name, table).expect_err("a table that is none");
    }
    match compile(name, table) {
        Err(errors) => errors,
        Ok(sql) => panic!("{name} compiles to\n{sql}"),
    }
}

/// What is found in tables that users define over one relation.
fn findings_of_tables(name: &str, text: &str, limits: &Limits) -> Errors {
    let store = RecordStore::default();
    match DynamicTables::from_json(text, &store, Dialect::Postgres, limits) {
        Err(errors) => errors,
        Ok(_) => panic!("{name} has nothing wrong"),
    }
}

/// What is found in the definition of an export, in its tags, or in a request for it.
fn findings_of_export(name: &str, table: &Table) -> Errors {
    let text = |field: &str| table.get(field).and_then(Value::as_str);
    let catalog = catalog(name, table).unwrap_or_else(|errors| panic!("{name}: {errors}"));
    let (definition, tags) = (text("export_definition"), text("tags"));
    let (definition, tags) = (definition.expect("a text"), tags.unwrap_or("[]"));
    let exporter = match exports::exporter(&catalog, definition, tags, Dialect::Postgres) {
        Err(errors) => return errors,
        Ok(exporter) => exporter,
    };
    let context = text("context").unwrap_or(r#"{"client_id": 1, "access": []}"#);
    let context = Context::from_json(context, &Limits::default());
    let context = context.unwrap_or_else(|errors| panic!("{name}: {errors}"));
    let request = text("export").unwrap_or("{}");
    let found = exports::export(&exporter, request, &context);
    found.expect_err("an export that is refused")
}

/// What is found in a schedule, as JSON or as cron patterns, where a file has one.
fn findings_of_schedule(table: &Table) -> Option<Errors> {
    let read = match (table.get("schedule"), table.get("cron")) {
        (Some(text), _) => Schedule::from_json(text.as_str()?, &Limits::default()),
        (None, Some(patterns)) => {
            let patterns = patterns.as_array()?.iter().filter_map(Value::as_str);
            Schedule::from_cron(patterns, Zone::utc())
        }
        (None, None) => return None,
    };
    Some(read.expect_err("a schedule that is none"))
}

/// What is found in the layers, else in the first widget that has something.
fn findings_of_report(report: &Report) -> Errors {
    let of_widgets = report.widgets().iter().map(|widget| report.query(widget));
    let first = of_widgets.filter_map(Result::err).next();
    let found = report.errors().cloned().or(first);
    found.expect("something that is wrong")
}

/// The report of a file: a template under layers, or a dashboard.
fn report(name: &str, table: &Table) -> Result<Report, Errors> {
    let text = |field: &str| table.get(field).and_then(Value::as_str);
    let limits = limits_of(name, table);
    let reports = ReportBuilder::new(Compiler::new(catalog(name, table)?, Dialect::Postgres))?;
    let live = "a row that is live";
    let view = text("view").map(|text| SavedView::from_json(text, &limits));
    let view = view.transpose()?.map(|view| view.expect(live));
    let preset = text("preset").map(|text| FilterPreset::from_json(text, &limits));
    let preset = preset.transpose()?.map(|preset| preset.expect(live));
    let layer = text("layer").map(|text| Layer::from_json(text, &limits));
    let layer = layer.transpose()?;
    let layers = Layers {
        view: view.as_ref(),
        preset: preset.as_ref(),
        request: layer.as_ref(),
    };
    let context = text("context").unwrap_or(r#"{"client_id": 1, "access": []}"#);
    let context = Context::from_json(context, &limits)?;
    let report = match (text("template"), text("dashboard")) {
        (Some(template), None) => reports.compile_report(template, &layers, &context),
        (None, Some(text)) => {
            let dashboard = Dashboard::from_json(text, &limits)?.expect(live);
            reports.compile_dashboard(&dashboard, &layers, &context)
        }
        _ => panic!("{name} has one report"),
    };
    if let Ok(report) = &report {
        check(&reports, report, &context);
    }
    report
}

/// What is found in a row of one of the report builder's tables, or a change of one, where a file has it.
fn findings_of_row(table: &Table) -> Option<Errors> {
    let text = |field: &str| table.get(field).and_then(Value::as_str);
    let mut tables = KeptTable::ALL.into_iter();
    let kept = tables.find(|kept| Some(kept.name()) == text("table"))?;
    let limits = Limits::default();
    let read = match (text("new_row"), text("change")) {
        (Some(row), _) => NewRow::from_json(kept, row, &limits).map(drop),
        (None, change) => Change::from_json(kept, change?, &limits).map(drop),
    };
    Some(read.expect_err("a row that is none"))
}

/// The table of a user that a file has: a definition, or a row for the user `bob` of tenant 1.
fn user_table(name: &str, table: &Table) -> Result<(), Errors> {
    let text = |field: &str| table.get(field).and_then(Value::as_str);
    let limits = limits_of(name, table);
    let compiler = Compiler::new(catalog(name, table)?, Dialect::Postgres);
    let context =
        r#"{"client_id": 1, "user_id": "bob", "access": [], "now": "2026-11-20T10:00:00Z"}"#;
    let context = Context::from_json(text("context").unwrap_or(context), &limits)?;
    let page = TablePage::default();
    let compiled = match (text("definition"), text("stored")) {
        (Some(definition), None) => {
            let definition = TableDefinition::from_json(definition, &limits)?;
            definition.compile_for(&compiler, &context, &page)?
        }
        (None, Some(row)) => {
            let row = StoredTable::from_json(row, &limits)?.expect("a live row");
            let now = Moment::parse("2026-11-20T10:00:00Z").expect("a moment");
            row.compile_for(&compiler, &Actor::new(1, "bob", now), &context, &page)?
        }
        _ => panic!("{name} has one table"),
    };
    tables::check(&compiled, &compiler, &context);
    Ok(())
}

fn compile(name: &str, table: &Table) -> Result<String, Errors> {
    let text = |field: &str| table.get(field).and_then(Value::as_str);
    let limits = limits_of(name, table);
    let catalog = catalog(name, table)?;
    let dialect = match text("dialect") {
        None => Dialect::Postgres,
        Some("sqlite") => Dialect::Sqlite,
        Some(other) => panic!("{name}: unknown dialect {other}"),
    };
    let request = text("request").unwrap_or_else(|| panic!("{name}: the catalog loads"));
    let context = text("context").unwrap_or(r#"{"client_id": 1, "access": []}"#);
    let request = Request::from_json(request, &limits)?;
    let context = Context::from_json(context, &limits)?;
    let query = Compiler::new(catalog, dialect).checked(&request, &context)?;
    Ok(query.sql().to_owned())
}

fn catalog(name: &str, table: &Table) -> Result<Arc<Catalog>, Errors> {
    let text = |field: &str| table.get(field).and_then(Value::as_str);
    let limits = limits_of(name, table);
    Ok(
        match (
            text("catalog"),
            text("catalog_json"),
            text("catalog_rows_json"),
        ) {
            (Some(folder), None, None) if limits == Limits::default() => case::catalog(folder),
            (Some(folder), None, None) => {
                let file = case::catalog_folder(folder).join("catalog.json");
                let text = fs::read_to_string(file).expect("a readable catalog");
                Arc::new(Catalog::from_json_within(&text, limits.clone())?)
            }
            (None, Some(json), None) => Arc::new(Catalog::from_json_within(json, limits.clone())?),
            (None, None, Some(json)) => {
                Arc::new(Catalog::from_rows_json_within(json, limits.clone())?)
            }
            _ => panic!("{name} has one catalog"),
        },
    )
}

fn limits_of(name: &str, table: &Table) -> Limits {
    let mut limits = Limits::default();
    let written = table.get("limits").and_then(Value::as_table);
    for (limit, bound) in written.into_iter().flatten() {
        let bound = bound
            .as_integer()
            .and_then(|bound| usize::try_from(bound).ok());
        let bound = bound.unwrap_or_else(|| panic!("{name}: {limit} is no bound"));
        limits::set(&mut limits, limit, bound)
            .unwrap_or_else(|| panic!("{name}: unknown limit `{limit}`"));
    }
    limits
}

fn as_toml(error: &Error) -> Value {
    let mut table = Table::new();
    table.insert("code".into(), error.code().as_str().into());
    table.insert("path".into(), error.path().to_string().into());
    table.insert("message".into(), error.message().into());
    if let Some(help) = error.help() {
        table.insert("help".into(), help.to_string().into());
    }
    Value::Table(table)
}

/// The findings as a file says them.
fn as_text(found: &[Value]) -> String {
    let mut text = String::new();
    for error in found {
        text.push_str("\n[[errors]]\n");
        for field in ["code", "path", "message", "help"] {
            if let Some(value) = error.get(field) {
                let _ = writeln!(text, "{field} = {value}");
            }
        }
    }
    text
}
