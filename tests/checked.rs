//! Every statement of the hand-worked cases, in both dialects, read by the checker.
#![allow(
    clippy::unwrap_used,
    reason = "a test that meets what it does not expect must fail"
)]

use measurand::{Context, Dialect, Limits, Request};
use measurand_tests::checker::check;
use measurand_tests::support::case::{Expected, cases};

/// The statements that pass, of those that are emitted.
fn read(dialect: Dialect) -> usize {
    let limits = Limits::default();
    let (mut passed, mut refused) = (0, Vec::new());
    for case in cases("cases") {
        if matches!(case.expected, Expected::Errors(_)) {
            continue;
        }
        let compiler = case.compiler(dialect);
        let request = Request::from_json(&case.request, &limits).unwrap();
        let context = Context::from_json(&case.context, &limits).unwrap();
        let Ok(query) = compiler.compile(&request, &context) else {
            assert_eq!(dialect, Dialect::Sqlite, "{}", case.name);
            continue;
        };
        match check(&query, compiler.catalog(), &request, &context) {
            Ok(()) => passed += 1,
            Err(faults) => {
                let faults = faults.join("\n  ");
                refused.push(format!("{}\n  {faults}\n{}", case.name, query.sql()));
            }
        }
    }
    assert!(
        refused.is_empty(),
        "{} refused:\n{}",
        refused.len(),
        refused.join("\n\n")
    );
    passed
}

#[test]
fn postgres_statements_pass() {
    assert!(read(Dialect::Postgres) > 400);
}

#[test]
fn sqlite_statements_pass() {
    assert!(read(Dialect::Sqlite) > 300);
}
