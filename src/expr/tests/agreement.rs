//! Agreement with another parser of PostgreSQL's expressions.

use proptest::prelude::*;
use sqlparser::ast::{Expr as Foreign, UnaryOperator};
use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::parser::Parser;
use sqlparser::tokenizer::Token;

use super::*;

/// The other parser's tree, if it takes the whole text.
fn foreign(text: &str) -> Result<Foreign, String> {
    let dialect = PostgreSqlDialect {};
    let mut parser = Parser::new(&dialect)
        .try_with_sql(text)
        .map_err(|error| error.to_string())?;
    let expr = parser.parse_expr().map_err(|error| error.to_string())?;
    match parser.peek_token().token {
        Token::EOF => Ok(expr),
        rest => Err(format!("`{rest}` is left")),
    }
}

/// The other parser's tree as text with parentheses around every operator.
fn bracketed(expr: &Foreign) -> String {
    let infix = |left: &Foreign, word: &str, right: &Foreign| {
        format!("({} {word} {})", bracketed(left), bracketed(right))
    };
    let not = |negated: bool| if negated { "NOT " } else { "" };
    match expr {
        Foreign::Nested(inner) => bracketed(inner),
        Foreign::BinaryOp { left, op, right } => infix(left, &op.to_string(), right),
        Foreign::UnaryOp { op, expr } => match op {
            UnaryOperator::Not => format!("(NOT {})", bracketed(expr)),
            other => format!("({other}{})", bracketed(expr)),
        },
        Foreign::IsNull(inner) => format!("({} IS NULL)", bracketed(inner)),
        Foreign::IsNotNull(inner) => format!("({} IS NOT NULL)", bracketed(inner)),
        Foreign::IsTrue(inner) => format!("({} IS TRUE)", bracketed(inner)),
        Foreign::IsNotTrue(inner) => format!("({} IS NOT TRUE)", bracketed(inner)),
        Foreign::IsDistinctFrom(left, right) => infix(left, "IS DISTINCT FROM", right),
        Foreign::IsNotDistinctFrom(left, right) => infix(left, "IS NOT DISTINCT FROM", right),
        Foreign::InList {
            expr,
            list,
            negated,
        } => {
            let list: Vec<_> = list.iter().map(bracketed).collect();
            format!(
                "({} {}IN ({}))",
                bracketed(expr),
                not(*negated),
                list.join(", ")
            )
        }
        Foreign::Between {
            expr,
            negated,
            low,
            high,
        } => format!(
            "({} {}BETWEEN {} AND {})",
            bracketed(expr),
            not(*negated),
            bracketed(low),
            bracketed(high)
        ),
        Foreign::Like {
            negated,
            expr,
            pattern,
            ..
        } => infix(expr, &format!("{}LIKE", not(*negated)), pattern),
        Foreign::ILike {
            negated,
            expr,
            pattern,
            ..
        } => infix(expr, &format!("{}ILIKE", not(*negated)), pattern),
        Foreign::Cast {
            expr, data_type, ..
        } => format!("({}::{data_type})", bracketed(expr)),
        Foreign::AtTimeZone {
            timestamp,
            time_zone,
        } => infix(timestamp, "AT TIME ZONE", time_zone),
        other => other.to_string(),
    }
}

#[test]
fn the_other_parser_reads_what_is_printed() {
    let mut count = 0;
    for block in blocks(ACCEPTED) {
        let printed = postgres(block.kind, block.text);
        let tree = foreign(&printed).unwrap_or_else(|error| panic!("{printed}: {error}"));
        if !matches!(block.kind, Kind::Metric | Kind::Row) || printed.contains("sqrt(") {
            continue;
        }
        // What it prints of its tree is read here as what was printed here.
        let theirs = tree.to_string();
        assert_eq!(postgres(block.kind, &theirs), printed, "{theirs}");
        count += 1;
    }
    assert!(count > 200);
}

/// Operators with their operands to the right, over all levels of precedence.
const TAILS: &[&str] = &[
    " OR b",
    " AND b",
    " = b",
    " <> b",
    " < b",
    " >= b",
    " + b",
    " - b",
    " * b",
    " / b",
    " % b",
    " || b",
    " -> 'k'",
    " ->> 'k'",
    " @> b",
    " IS NULL",
    " IS NOT TRUE",
    " IS DISTINCT FROM b",
    " IN (b, 1)",
    " NOT IN (b)",
    " LIKE b",
    " NOT LIKE b",
    " ILIKE b",
    " BETWEEN b AND c",
    " NOT BETWEEN b AND c",
    "::int",
    "::text",
    " AT TIME ZONE 'UTC'",
    " + -b",
    " * - b::int",
    " AND NOT b",
    " OR NOT b",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn operators_bind_as_for_the_other_parser(
        head in prop::sample::select(vec!["a", "NOT a", "-a", "- - a", "NOT NOT a"]),
        tails in prop::collection::vec(prop::sample::select(TAILS.to_vec()), 1..5),
    ) {
        let text = format!("{head}{}", tails.concat());
        // Chains that PostgreSQL refuses, and operands that are plainly of the wrong kind, are
        // refused here; the other parser takes them.
        // The other parser gives a sign too wide a reach: in PostgreSQL's grammar it binds more
        // tightly than `AT TIME ZONE`.
        let is_known_slip = text.contains('-') && text.contains("AT TIME");
        if let (Ok(ours), false) = (read(Kind::Row, &text), is_known_slip) {
            let theirs = foreign(&text).map_err(|error| {
                TestCaseError::fail(format!("{text}: {error}"))
            })?;
            let theirs = bracketed(&theirs);
            let again = read(Kind::Row, &theirs).map_err(|errors| {
                TestCaseError::fail(format!("{text}: {theirs}: {errors:?}"))
            })?;
            prop_assert_eq!(ours, again, "{}: {}", text, theirs);
        }
    }
}
