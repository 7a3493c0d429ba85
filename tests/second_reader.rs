//! Every statement of the hand-worked cases, read by a parser that is not ours.
#![allow(
    clippy::unwrap_used,
    reason = "a test that meets what it does not expect must fail"
)]

use measurand::{CompiledQuery, Dialect, ScanPurpose};
use measurand_tests::support::case::cases;
use sqlparser::ast::{SetExpr, Statement};
use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::parser::Parser;

/// One query, whose body is one plain `SELECT`, and which says the same when it is printed and read again.
fn check(name: &str, query: &CompiledQuery) {
    let sql = query.sql();
    let read = |sql: &str| Parser::parse_sql(&PostgreSqlDialect {}, sql);
    let statements = read(sql).unwrap_or_else(|error| panic!("{name}: {error}\n{sql}"));
    let [Statement::Query(parsed)] = statements.as_slice() else {
        panic!("{name}: not one query\n{sql}");
    };
    assert!(matches!(*parsed.body, SetExpr::Select(_)), "{name}\n{sql}");
    assert!(parsed.locks.is_empty(), "{name}");
    // Only what a lookup alone answers has no steps.
    let scans = query.certificate().scans.iter();
    let reads_lookup_alone = scans
        .map(|scan| &scan.purpose)
        .all(|purpose| matches!(purpose, ScanPurpose::Lookup(_)));
    assert_eq!(parsed.with.is_none(), reads_lookup_alone, "{name}\n{sql}");
    assert_eq!(read(&parsed.to_string()).unwrap(), statements, "{name}");
}

#[test]
fn every_statement_is_one_select() {
    let cases = cases("cases");
    for case in &cases {
        let query = case.checked(&case.compiler(Dialect::Postgres)).unwrap();
        check(&case.name, &query);
    }
    assert!(cases.len() > 400, "only {} statements", cases.len());
}
