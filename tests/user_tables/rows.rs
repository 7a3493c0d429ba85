//! Every case of the files beside this one, on both databases.

use std::fmt::Write as _;

use measurand::report::{CompiledTable, TablePage};
use measurand::{CompiledQuery, Dialect, ErrorCode};
use measurand_tests::support::rows::{Rows, database, execute, normalised, rows};
use measurand_tests::support::{sqlite, tables};
use rusqlite::types::ValueRef;
use serde::Deserialize;

use super::world::{compiler, definition, reader};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    about: String,
    reader: Option<String>,
    definition: String,
    labels: Option<Vec<String>>,
    limit: Option<u64>,
    offset: Option<u64>,
    /// What has to come out, in SQL of both databases.
    sql: String,
    /// In SQL of SQLite, where it has another.
    sqlite: Option<String>,
    #[serde(default)]
    not_on_sqlite: bool,
}

fn cases() -> Vec<Case> {
    let texts = [include_str!("rows.toml"), include_str!("groups.toml")];
    let read = |text: &str| -> Cases { toml::from_str(text).expect("cases") };
    texts.iter().flat_map(|text| read(text).case).collect()
}

/// The columns that the table shows, each value and then its label.
fn shown(table: &CompiledTable, rows: Rows) -> Rows {
    let positions = table.columns().iter();
    let positions: Vec<usize> = positions
        .flat_map(|column| [Some(column.value), column.value_label])
        .flatten()
        .collect();
    let row = |row: Vec<String>| positions.iter().map(|at| row[*at].clone()).collect();
    normalised(rows.into_iter().map(row).collect())
}

fn run(
    case: &Case,
    dialect: Dialect,
    expected: Result<Rows, String>,
    mut execute: impl FnMut(&CompiledQuery) -> Result<Rows, String>,
) -> Result<(), String> {
    let table = definition(&case.definition);
    let context = reader(case.reader.as_deref().unwrap_or("all"));
    let page = TablePage {
        limit: case.limit,
        offset: case.offset,
        after: None,
    };
    let compiled = tables::compiled(&table, &compiler(dialect), &context, &page);
    let compiled = match compiled {
        Err(errors) if case.not_on_sqlite && dialect == Dialect::Sqlite => {
            let is_said = errors.has(ErrorCode::DialectUnsupported);
            return is_said.then_some(()).ok_or_else(|| errors.to_string());
        }
        Err(errors) => return Err(errors.to_string()),
        Ok(_) if case.not_on_sqlite && dialect == Dialect::Sqlite => {
            return Err("SQLite can".to_owned());
        }
        Ok(compiled) => compiled,
    };
    if let Some(labels) = &case.labels {
        let found = compiled.columns().iter();
        let found: Vec<&String> = found.map(|column| &column.label).collect();
        if found != labels.iter().collect::<Vec<_>>() {
            return Err(format!("labels {found:?}"));
        }
    }
    let query = compiled.query();
    let found = execute(query).map_err(|error| format!("{error}\n{}", query.sql()))?;
    let (found, expected) = (shown(&compiled, found), normalised(expected?));
    match found == expected {
        true => Ok(()),
        false => Err(format!(
            "expected {expected:?}\nfound {found:?}\n{}",
            query.sql()
        )),
    }
}

fn report(failures: &mut String, case: &Case, result: Result<(), String>) {
    if let Err(failure) = result {
        let _ = writeln!(failures, "\n== {}\n{failure}", case.about);
    }
}

#[test]
fn tables_show_what_sql_by_hand_shows_on_postgresql() {
    let mut client = database("user_tables", "casework");
    let mut failures = String::new();
    let all = cases();
    for case in &all {
        let expected = rows(client.simple_query(&case.sql));
        let result = run(case, Dialect::Postgres, expected, |query| {
            execute(query, &mut client)
        });
        report(&mut failures, case, result);
    }
    assert!(failures.is_empty(), "{failures}");
    assert!(all.len() >= 40, "only {} cases", all.len());
}

#[test]
fn tables_show_what_sql_by_hand_shows_on_sqlite() {
    let connection = sqlite::database("casework");
    let by_hand = |sql: &str| -> rusqlite::Result<Rows> {
        let mut statement = connection.prepare(sql)?;
        let width = statement.column_count();
        let mut found = statement.query([])?;
        let mut rows = Rows::new();
        while let Some(row) = found.next()? {
            let cells = (0..width).map(|at| row.get_ref(at).map(text));
            rows.push(cells.collect::<rusqlite::Result<_>>()?);
        }
        Ok(rows)
    };
    let mut failures = String::new();
    for case in &cases() {
        let sql = case.sqlite.as_deref().unwrap_or(&case.sql);
        let expected = match case.not_on_sqlite {
            true => Ok(Rows::new()),
            false => by_hand(sql).map_err(|error| format!("{error}\n{sql}")),
        };
        let result = run(case, Dialect::Sqlite, expected, |query| {
            sqlite::execute(query, &connection)
        });
        report(&mut failures, case, result);
    }
    assert!(failures.is_empty(), "{failures}");
}

fn text(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => measurand_tests::support::rows::NULL.to_owned(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Text(text) | ValueRef::Blob(text) => String::from_utf8_lossy(text).into_owned(),
    }
}
