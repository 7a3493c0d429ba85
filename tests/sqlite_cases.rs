//! Every hand-worked case that makes sense on SQLite runs there too, and has the same rows.
//!
//! SQLite has neither booleans nor exact decimals: truth is 1 or 0, and quotients are binary floats.
//! So truth is compared as PostgreSQL writes it, numbers that are not whole to nine significant
//! digits, and everything else as text.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use measurand::{CompiledQuery, Compiler, Dialect};
use measurand_tests::support::case::{Case, Expected, cases};
use measurand_tests::support::rows::{self, NULL, Rows};
use measurand_tests::support::sqlite;
use postgres::Client;
use rusqlite::Connection;

/// Everything that cases of one catalog need.
struct Stage {
    compiler: Compiler,
    connection: Connection,
    /// Says what the hand-written queries of the cases give.
    judge: Client,
}

#[test]
fn cases_hold_on_sqlite() {
    let mut stages: BTreeMap<String, Stage> = BTreeMap::new();
    let mut failures = String::new();
    let mut count = 0;
    for case in cases("cases").iter().filter(|case| case.sqlite) {
        count += 1;
        let stage = stages.entry(case.catalog.clone()).or_insert_with(|| Stage {
            compiler: case.compiler(Dialect::Sqlite),
            connection: sqlite::database(&case.catalog),
            judge: rows::database(&case.catalog, &case.catalog),
        });
        if let Err(failure) = run(case, stage) {
            let _ = writeln!(
                failures,
                "\n== {}\n{}\n{failure}",
                case.name,
                case.about.trim()
            );
        }
    }
    assert!(failures.is_empty(), "{failures}");
    assert!(count >= 300, "only {count} cases make sense on SQLite");
}

fn run(case: &Case, stage: &mut Stage) -> Result<(), String> {
    let query = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        case.checked(&stage.compiler)
    }))
    .map_err(|e| e.downcast_ref::<String>().cloned().unwrap_or_default())?
    .map_err(|errors| errors.to_string())?;
    let found = sqlite::execute(&query, &stage.connection)
        .map_err(|error| format!("{error}\n{}", query.sql()))?;
    let expected = match &case.expected {
        Expected::Rows(rows) => rows.clone(),
        Expected::Check(check) => rows::rows(stage.judge.simple_query(check))?,
        Expected::Errors(_) => return Err("a case here expects rows".to_owned()),
    };
    let (found, expected) = (comparable(found, &query), comparable(expected, &query));
    if found == expected {
        return Ok(());
    }
    Err(format!(
        "expected {expected:?}\nfound    {found:?}\n{}\n{:?}",
        query.sql(),
        query.params()
    ))
}

/// Cells in the form in which both databases write them, by the type of their column.
fn comparable(rows: Rows, query: &CompiledQuery) -> Rows {
    let types: Vec<&str> = query
        .columns()
        .iter()
        .map(|column| column.data_type())
        .collect();
    let cell = |(at, text): (usize, String)| match types.get(at).copied() {
        _ if text == NULL => text,
        Some("boolean") => truth(text),
        Some("text" | "date" | "timestamp" | "timestamptz" | "uuid") => text,
        _ => number(text),
    };
    rows.into_iter()
        .map(|row| row.into_iter().enumerate().map(cell).collect())
        .collect()
}

fn truth(text: String) -> String {
    match text.as_str() {
        "1" => "t".to_owned(),
        "0" => "f".to_owned(),
        _ => text,
    }
}

/// Nine significant digits of a number that is not whole, and no point in one that is.
fn number(text: String) -> String {
    match text.parse::<f64>() {
        // Both write whole numbers in full, so these are compared as they are.
        Ok(number) if number.fract() != 0.0 => format!("{number:.8e}"),
        Ok(number) if text.contains('.') => format!("{number:.0}"),
        _ => text,
    }
}
