//! Every statement of the hand-worked cases, read by a parser that is not ours.
#![allow(
    clippy::unwrap_used,
    reason = "a test that meets what it does not expect must fail"
)]

use measurand::Dialect;
use measurand_tests::support::case::cases;
use sqlparser::ast::{SetExpr, Statement};
use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::parser::Parser;

/// One query, whose body is one plain `SELECT`, and which says the same when it is printed and read again.
fn check(name: &str, sql: &str) {
    let read = |sql: &str| Parser::parse_sql(&PostgreSqlDialect {}, sql);
    let statements = read(sql).unwrap_or_else(|error| panic!("{name}: {error}\n{sql}"));
    let [Statement::Query(query)] = statements.as_slice() else {
        panic!("{name}: not one query\n{sql}");
    };
    assert!(matches!(*query.body, SetExpr::Select(_)), "{name}\n{sql}");
    assert!(query.locks.is_empty() && query.with.is_some(), "{name}");
    assert_eq!(read(&query.to_string()).unwrap(), statements, "{name}");
}

#[test]
fn every_statement_is_one_select() {
    let cases = cases("cases");
    for case in &cases {
        let query = case.checked(&case.compiler(Dialect::Postgres)).unwrap();
        check(&case.name, query.sql());
    }
    assert!(cases.len() > 400, "only {} statements", cases.len());
}
