//! Every case of the files beside this one, on both databases.

use std::fmt::Write as _;

use measurand::report::{CompiledTable, RecordReader, TablePage};
use measurand::{CompiledQuery, Dialect, ErrorCode};
use measurand_tests::support::rows::{Rows, execute, normalised, rows};
use measurand_tests::support::sqlite;
use serde::Deserialize;

use super::world::{compiled, context, database, sqlite as database_of_sqlite, tables};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    about: String,
    query: String,
    workspace: Option<String>,
    /// The rules of the reader.
    access: Option<String>,
    labels: Option<Vec<String>>,
    limit: Option<u64>,
    offset: Option<u64>,
    /// What has to come out, in SQL of PostgreSQL.
    sql: String,
    /// That SQLite says that it cannot.
    #[serde(default)]
    not_on_sqlite: bool,
}

fn cases() -> Vec<Case> {
    let texts = [
        include_str!("fields.toml"),
        include_str!("groups.toml"),
        include_str!("related.toml"),
    ];
    let read = |text: &str| -> Cases { toml::from_str(text).expect("cases") };
    texts.iter().flat_map(|text| read(text).case).collect()
}

/// The columns that the table shows.
pub fn shown(table: &CompiledTable, rows: Rows) -> Rows {
    let positions = table.columns().iter();
    let positions: Vec<usize> = positions.map(|column| column.value).collect();
    let row = |row: Vec<String>| positions.iter().map(|at| row[*at].clone()).collect();
    normalised(rows.into_iter().map(row).collect())
}

fn run(
    case: &Case,
    dialect: Dialect,
    expected: &Rows,
    mut execute: impl FnMut(&CompiledQuery) -> Result<Rows, String>,
) -> Result<(), String> {
    let tables = tables(dialect);
    let context = context(1, case.access.as_deref().unwrap_or("[]"));
    let page = TablePage {
        limit: case.limit,
        offset: case.offset,
        after: None,
    };
    let reader = RecordReader {
        context: &context,
        workspace: case.workspace.as_deref(),
    };
    let found = match compiled(&tables, &case.query, &reader, &page) {
        Err(errors) if case.not_on_sqlite && dialect == Dialect::Sqlite => {
            let is_said = errors.has(ErrorCode::DialectUnsupported);
            return is_said.then_some(()).ok_or_else(|| errors.to_string());
        }
        Err(errors) => return Err(errors.to_string()),
        Ok(_) if case.not_on_sqlite && dialect == Dialect::Sqlite => {
            return Err("SQLite can".to_owned());
        }
        Ok(found) => found,
    };
    if let Some(labels) = &case.labels {
        let columns = found.columns().iter();
        let columns: Vec<&String> = columns.map(|column| &column.label).collect();
        if columns != labels.iter().collect::<Vec<_>>() {
            return Err(format!("labels {columns:?}"));
        }
    }
    let query = found.query();
    let answer = execute(query).map_err(|error| format!("{error}\n{}", query.sql()))?;
    let answer = shown(&found, answer);
    match answer == *expected {
        true => Ok(()),
        false => Err(format!(
            "expected {expected:?}\nfound {answer:?}\n{}",
            query.sql()
        )),
    }
}

#[test]
fn tables_show_what_sql_by_hand_shows() {
    let mut client = database("dynamic_tables");
    let connection = database_of_sqlite();
    let mut failures = String::new();
    let all = cases();
    for case in &all {
        let expected = rows(client.simple_query(&case.sql));
        let expected = expected.unwrap_or_else(|error| panic!("{error}\n{}", case.sql));
        let expected = normalised(expected);
        let postgres = run(case, Dialect::Postgres, &expected, |query| {
            execute(query, &mut client)
        });
        // Truth is a number there.
        let of_sqlite = expected
            .iter()
            .map(|row| row.iter().map(|cell| as_sqlite(cell)).collect());
        let lite = run(case, Dialect::Sqlite, &of_sqlite.collect(), |query| {
            sqlite::execute(query, &connection)
        });
        for (dialect, result) in [("PostgreSQL", postgres), ("SQLite", lite)] {
            if let Err(failure) = result {
                let _ = writeln!(failures, "\n== {} on {dialect}\n{failure}", case.about);
            }
        }
    }
    assert!(failures.is_empty(), "{failures}");
    assert!(all.len() >= 40, "only {} cases", all.len());
}

fn as_sqlite(cell: &str) -> String {
    match cell {
        "t" => "1".to_owned(),
        "f" => "0".to_owned(),
        other => other.to_owned(),
    }
}
