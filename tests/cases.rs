//! Every hand-worked case on a real PostgreSQL, rows compared.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use measurand::{Compiler, Dialect};
use measurand_tests::support::case::{Case, Expected, cases};
use measurand_tests::support::rows::{database, execute, normalised, rows};
use postgres::Client;

#[test]
fn cases_hold_on_postgresql() {
    let all = cases("cases");
    let mut clients: BTreeMap<String, Client> = BTreeMap::new();
    let mut compilers: BTreeMap<String, Compiler> = BTreeMap::new();
    let mut failures = String::new();
    for case in &all {
        let client = clients
            .entry(case.catalog.clone())
            .or_insert_with(|| database(&case.catalog, &case.catalog));
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

fn run(case: &Case, compiler: &Compiler, client: &mut Client) -> Result<(), String> {
    let query = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| case.checked(compiler)))
        .map_err(|e| e.downcast_ref::<String>().cloned().unwrap_or_default())?
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
