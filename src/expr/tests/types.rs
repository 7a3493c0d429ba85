//! Types of expressions, as far as they are known.

use super::*;
use crate::expr::types::{Plain, Type, outermost, type_of};

/// An expression, and its type in PostgreSQL; `?` where its columns have none.
const ROWS: [(&str, &str); 76] = [
    ("NULL", "?"),
    ("'x'", "?"),
    ("TRUE", "boolean"),
    ("1", "integer"),
    ("999999999999999999", "integer"),
    // Beyond what surely fits 64 bits.
    ("1000000000000000000", "decimal"),
    ("1.5", "decimal"),
    ("0.1234567890123456789", "decimal"),
    ("a", "?"),
    ("whole", "integer"),
    ("-dec", "decimal"),
    ("-a", "?"),
    ("DATE '2026-01-31'", "date"),
    ("INTERVAL '1 day'", "interval"),
    ("a::time", "time"),
    ("a::numeric(3, 1)", "decimal"),
    ("moment AT TIME ZONE 'UTC'", "timestamp"),
    ("at AT TIME ZONE 'UTC'", "timestamptz"),
    ("a AT TIME ZONE 'UTC'", "?"),
    ("extract(year FROM day)", "decimal"),
    ("a = 1", "boolean"),
    ("NOT a", "boolean"),
    ("a IS NULL", "boolean"),
    ("a IN (1)", "boolean"),
    ("a IS DISTINCT FROM 1", "boolean"),
    ("doc @> '{}'", "boolean"),
    ("txt ~ 'x'", "boolean"),
    ("whole + 1", "integer"),
    ("whole * whole2", "integer"),
    ("whole % 2", "integer"),
    ("whole / 2", "decimal"),
    ("whole - dec", "decimal"),
    ("dec / dec", "decimal"),
    ("flt + dec", "float"),
    ("whole * flt", "float"),
    ("flt / flt", "float"),
    ("a + 1", "?"),
    ("1 + a", "?"),
    ("txt + 1", "?"),
    ("1 + txt", "?"),
    ("day + 1", "date"),
    ("day - 1", "date"),
    ("day * 1", "?"),
    ("day - day2", "integer"),
    ("day + INTERVAL '1 day'", "timestamp"),
    ("at - INTERVAL '1 day'", "timestamp"),
    ("moment - INTERVAL '1 day'", "timestamptz"),
    ("at - at", "interval"),
    ("moment - moment", "interval"),
    ("INTERVAL '1 day' * 2", "interval"),
    ("txt || 'x'", "text"),
    ("a || 'x'", "?"),
    ("doc || doc", "?"),
    ("doc -> 'a'", "jsonb"),
    ("doc #> '{a}'", "jsonb"),
    ("old_doc -> 'a'", "json"),
    ("old_doc ->> 'a'", "text"),
    ("doc #>> '{a}'", "text"),
    ("CASE WHEN flag THEN NULL ELSE day END", "date"),
    ("coalesce(NULL, whole)", "integer"),
    ("nullif(txt, 'x')", "text"),
    ("abs(flt)", "float"),
    ("round(whole)", "decimal"),
    ("length(a)", "integer"),
    ("upper(a)", "text"),
    ("date_trunc('month', day)", "timestamp"),
    ("SUM(whole)", "decimal"),
    ("SUM(flt)", "float"),
    ("AVG(a)", "?"),
    ("STDDEV_SAMP(whole)", "decimal"),
    ("STDDEV_SAMP(flt)", "float"),
    (
        "PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY whole)",
        "float",
    ),
    (
        "PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY at - at)",
        "interval",
    ),
    (
        "PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY whole)",
        "integer",
    ),
    ("COUNT(*)", "integer"),
    ("BOOL_OR(flag)", "boolean"),
];

/// A row where it can be one, else a metric.
fn parsed(text: &str) -> Expr<WrittenName> {
    read(Kind::Row, text)
        .or_else(|_| read(Kind::Metric, text))
        .unwrap_or_else(|errors| panic!("{text}: {errors:?}"))
}

#[test]
fn expressions_have_the_types_of_postgres() {
    for (text, expected) in ROWS {
        let found = match type_of(&parsed(text), &declared) {
            Some(Type::Data(data_type)) => data_type.to_string(),
            Some(Type::Time) => "time".to_owned(),
            Some(Type::Interval) => "interval".to_owned(),
            None => "?".to_owned(),
        };
        assert_eq!(found, expected, "{text}");
    }
}

/// What is plain to see whatever the columns are; it decides what is refused before any type is declared.
#[test]
fn some_expressions_are_plain_without_their_columns() {
    let check = |expected: Option<Plain>, texts: &[&str]| {
        for text in texts {
            assert_eq!(outermost(&parsed(text)), expected, "{text}");
        }
    };
    check(
        Some(Plain::Condition),
        &[
            "TRUE",
            "NOT a",
            "a = 1",
            "a LIKE 'x'",
            "a ~ 'x'",
            "doc @> '{}'",
            "BOOL_AND(a)",
            "a::boolean",
        ],
    );
    check(
        Some(Plain::Number),
        &[
            "1",
            "-a",
            "a + b",
            "a % b",
            "a::date",
            "a::interval",
            "SUM(a)",
            "AVG(a)",
            "COUNT(*)",
            "length(a)",
            "extract(year FROM a)",
            "PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY a)",
        ],
    );
    check(
        Some(Plain::Text),
        &["'x'", "a ->> 'b'", "a #>> '{b}'", "lower(a)", "a::text"],
    );
    check(
        None,
        &[
            "a",
            "NULL",
            "a || b",
            "a -> 'b'",
            "a #> '{b}'",
            "a::jsonb",
            "a::json",
            "a::uuid",
            "a AT TIME ZONE 'UTC'",
            "TIMESTAMP '2026-01-31 00:00:00' AT TIME ZONE 'UTC'",
            "CASE WHEN a THEN 1 END",
            "coalesce(a, 1)",
            "nullif(1, 2)",
            "greatest(1, 2)",
            "MIN(1)",
            "MAX(a)",
            "PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY 1)",
            "net_revenue(a)",
        ],
    );
}
