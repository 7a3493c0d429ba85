//! Every hand-worked case on a real PostgreSQL (and on SQLite where it makes sense), rows compared.

mod support;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

use measurand::{Compiler, Dialect};
use postgres::Client;
use support::case::{Case, Expected, cases, catalog_folder};
use support::cluster::cluster;
use support::execute::{Rows, execute, rows};

#[test]
fn cases_hold_on_postgresql() {
    let all = cases("cases");
    let mut clients: BTreeMap<String, Client> = BTreeMap::new();
    let mut compilers: BTreeMap<String, Compiler> = BTreeMap::new();
    let mut failures = String::new();
    for case in &all {
        let client = clients
            .entry(case.catalog.clone())
            .or_insert_with(|| database(&case.catalog));
        let compiler = compilers
            .entry(case.catalog.clone())
            .or_insert_with(|| case.compiler(Dialect::Postgres));
        if let Err(failure) = run(case, compiler, client) {
            let _ = writeln!(
                failures,
                "\n== {}\n{}\n{failure}",
                case.name,
                case.about.trim()
            );
        }
    }
    assert!(failures.is_empty(), "{failures}");
    assert!(all.len() >= 150, "only {} cases", all.len());
}

fn database(catalog: &str) -> Client {
    let mut client = cluster().fresh_database(catalog);
    for file in ["schema.sql", "rows.sql"] {
        let text = fs::read_to_string(catalog_folder(catalog).join(file)).expect("a script");
        client
            .batch_execute(&text)
            .unwrap_or_else(|error| panic!("{catalog}/{file}: {error}"));
    }
    client
}

fn run(case: &Case, compiler: &Compiler, client: &mut Client) -> Result<(), String> {
    let query = case
        .compile(compiler)
        .map_err(|errors| errors.to_string())?;
    let found = execute(&query, client).map_err(|error| format!("{error}\n{}", query.sql()))?;
    let expected = match &case.expected {
        Expected::Rows(rows) => normalised(rows.clone()),
        Expected::Check(check) => normalised(rows(client.simple_query(check))?),
        Expected::Errors(_) => return Err("a case here expects rows".to_owned()),
    };
    let found = normalised(found);
    if found == expected {
        return Ok(());
    }
    Err(format!(
        "expected {expected:#?}\nfound {found:#?}\n{}\n{:?}",
        query.sql(),
        query.params()
    ))
}

/// Numbers without the zeros behind the point, which say nothing.
fn normalised(rows: Rows) -> Rows {
    let cell = |text: String| {
        let digits = text.strip_prefix('-').unwrap_or(&text);
        let is_decimal = digits.contains('.')
            && digits
                .bytes()
                .all(|byte| byte.is_ascii_digit() || byte == b'.');
        match is_decimal {
            true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
            false => text,
        }
    };
    rows.into_iter()
        .map(|row| row.into_iter().map(cell).collect())
        .collect()
}
