//! What expressions can raise, and what of them depends on a session.

use super::*;
use crate::expr::hazard::{Hazard, hazard};
use crate::expr::types::session_dependence;

fn check(kind: Kind, expected: Hazard, texts: &[&str]) {
    for text in texts {
        let expr = read(kind, text).unwrap_or_else(|errors| panic!("{text}: {errors:?}"));
        assert_eq!(hazard(&expr, &declared), expected, "{text}");
    }
}

#[test]
fn comparisons_and_text_never_raise() {
    check(
        Kind::Row,
        Hazard::Never,
        &[
            "a",
            "NULL",
            "TRUE",
            "12",
            "12 % 5",
            "'x'",
            "DATE '2026-01-31'",
            "a = b AND NOT c OR d < 1",
            "a IS NULL",
            "a IN (1, 2)",
            "a BETWEEN 1 AND 2",
            "a LIKE 'x%'",
            "a ILIKE '%x'",
            "a ~ '^x'",
            "a IS DISTINCT FROM b",
            "coalesce(a, b)",
            "nullif(a, '')",
            "greatest(a, b)",
            "CASE WHEN a = 1 THEN b ELSE c END",
            "lower(trim(a)) || 'x'",
            "concat(a, b)",
            "left(a, 3)",
            "substr(a, 1, 3)",
            "split_part(a, '-', 2)",
            "replace(a, 'x', 'y')",
            "doc -> 'a' ->> 'b'",
            "doc #>> '{a,b}'",
            "doc @> '{\"a\": 1}'",
            "a::text",
            "whole::varchar(3)",
            "date_trunc('month', day)",
            "date_trunc('month', day)::date",
            "date_trunc('month', at)::date",
            "date_trunc('month', day::timestamp)::date",
            "day::timestamp",
            "at::date",
            "whole::bigint",
            "whole::numeric",
            "whole::float8",
            "flag::int",
            "to_char(day, 'YYYY-MM')",
            "length(a) = 3",
            "-1",
            "1 + 2",
            "'12'::int",
            "flag::boolean",
            "whole::boolean",
            "at::time",
            "moment::time",
            "doc::jsonb",
            "old_doc::json",
            "uid::uuid",
        ],
    );
}

#[test]
fn arithmetic_raises_without_showing_values() {
    check(
        Kind::Row,
        Hazard::Overflow,
        &[
            "a + 1",
            "a * b",
            "-a",
            "abs(a)",
            "whole / 2",
            "dec / whole",
            "(a + b) / c",
            "whole % 7",
            "dec % whole",
            "round(whole, 1)",
            "ln(dec)",
            "sqrt(whole)",
            "power(whole, 2)",
            "extract(year FROM a)",
            "a LIKE b",
            "substr(a, 1, n)",
            "lpad(a, 3)",
            "whole::int",
            "dec::int",
            "flt::numeric",
            "whole::numeric(5, 2)",
            "at AT TIME ZONE 'UTC'",
            "moment::date",
            "length(a) + 1",
            "jsonb_array_length(doc)",
            "CASE WHEN a = 1 THEN b + 1 END",
            "coalesce(a, b * 2)",
            "length(a) / 2",
            "coalesce(whole, 0) / 2",
            "NULL / whole",
            "round(NULL)",
            "(CASE WHEN flag THEN a + 1 END) / 2",
            "coalesce(a + 1, b * 2) / 2",
            "date_trunc('month', moment)",
            "flt::float8",
            "flt::real",
            "(whole + 1)::float8",
            // The type is that of the first result; the second one fits no integer.
            "(CASE WHEN flag THEN 1 ELSE 99999999999999999999 END)::bigint",
            "(CASE WHEN flag THEN 1 ELSE 99999999999999999999 END)::float8",
            // The zero makes the database refuse a text beside it.
            "round(coalesce(a, 0))",
        ],
    );
    check(
        Kind::Metric,
        Hazard::Overflow,
        &[
            "SUM(a) / SUM(b)",
            "AVG(whole)",
            "ROUND(SUM(a) / COUNT(*), 2)",
        ],
    );
    check(
        Kind::Metric,
        Hazard::Never,
        &["COUNT(*)", "MAX(a)", "BOOL_OR(a)"],
    );
}

#[test]
fn conversions_show_values() {
    check(
        Kind::Row,
        Hazard::Value,
        &[
            "a::int",
            "txt::date",
            "a::date",
            "a::timestamp",
            "(doc ->> 'a')::numeric",
            "doc::int",
            "a::jsonb",
            "a::uuid",
            "txt::boolean",
            "net_revenue(a)",
            "a ~ b",
            "dec::float8",
            "split_part(a, '-', 0)",
            "split_part(a, '-', n)",
            "make_date(a, b, 1)",
            // An undeclared column may hold text, which the printed casts would show.
            "date_trunc('month', a)",
            "to_char(a, 'YYYY')",
            "a / b",
            "txt / 2",
            "a % 7",
            "7 % a",
            "a % flt",
            "round(a)",
            "round(coalesce(a, b))",
            "CASE WHEN a = 1 THEN b::int END",
            "a IN (b::int)",
        ],
    );
}

#[test]
fn tells_what_depends_on_the_session() {
    let find = |text: &str| session_dependence(&read(Kind::Row, text).unwrap(), &declared);
    for text in [
        "moment::date",
        "moment::timestamp",
        "moment::text",
        "date_trunc('day', moment)",
        "to_char(moment, 'YYYY')",
        "extract(hour FROM moment)",
        "moment > at",
        "moment >= day",
        "moment + INTERVAL '1 day'",
        "day AT TIME ZONE 'UTC'",
        "day::text",
        "at::varchar(10)",
        "'on ' || day",
        "concat(day, '')",
        "flt::text",
        "coalesce(moment, at)",
        "moment BETWEEN day AND day2",
        "moment IN (at)",
        "lower(day::text) = 'x'",
        "INTERVAL '1 day'::text",
        "concat_ws('-', flt, a)",
        "moment > DATE '2026-01-31'",
    ] {
        assert!(find(text).is_some(), "{text}");
    }
    for text in [
        "(moment AT TIME ZONE 'UTC')::date",
        "date_trunc('day', moment AT TIME ZONE 'UTC')",
        "day::timestamp",
        "date_trunc('month', day)::date",
        "to_char(day, 'YYYY-MM')",
        "extract(epoch FROM moment)",
        "moment > TIMESTAMPTZ '2026-01-31 00:00:00+00'",
        "whole::text",
        "day + 1",
        "at + INTERVAL '1 day'",
        "a::text",
        "a = b",
        "moment = moment",
        "day = day2",
        "txt || 'x'",
        "moment > '2026-01-31 00:00:00+00'",
    ] {
        assert_eq!(find(text), None, "{text}");
    }
}
