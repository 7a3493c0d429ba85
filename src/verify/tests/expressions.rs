//! The grammar of expressions by itself: what no expression may hold, whatever a plan says.

use super::{Subject, catalog};
use crate::dialect::Dialect;
use crate::verify::Claim;
use crate::verify::reader::Reader;

/// With two parameters: a number, and a list of numbers.
const REQUEST: (&str, &str, &str) = (
    "",
    r#"{"source": "sales", "metrics": ["attempts"]}"#,
    r#"[{"dimension": "campaign", "access_type": "include", "allowed_values": [1, 2]}]"#,
);

fn is_expression(dialect: Dialect, text: &str) -> bool {
    let catalog = catalog();
    let subject = Subject::new(&catalog, dialect, &REQUEST);
    let claim = Claim {
        plan: &subject.plan,
        sql: text,
        certificate: &subject.statement.certificate,
        order: &subject.statement.order,
        types: &subject.types,
        aliases: &[],
        functions: subject.functions,
    };
    let Ok(mut reader) = Reader::new(&claim) else {
        return false;
    };
    reader.expression("o").is_ok() && reader.at == reader.end
}

#[test]
fn what_catalogs_may_compute_is_an_expression() {
    const BOTH: [&str; 42] = [
        "1",
        "'text'",
        "NULL",
        "true",
        "o.amount",
        "o.\"Sent On\"",
        "- + -o.amount",
        "NOT o.is_open",
        "(o.a + o.b * 2 - 1)",
        "(o.a AND o.b OR NOT o.c)",
        "o.a || o.b || 'x'",
        "DATE '2024-01-01'",
        "o.at + interval '1 day'",
        "sum(o.amount)",
        "SUM(DISTINCT o.amount)",
        "count(*)",
        "count(*) FILTER (WHERE o.a > 1 AND o.b)",
        "fiscal_month()",
        "fiscal_month() FILTER (WHERE o.a)",
        "\"index\"(o.a, 'x')",
        "coalesce(o.a, (o.b), sum(o.c))",
        "sum(coalesce(o.a, 0)) FILTER (WHERE (o.b))",
        "CASE WHEN o.a AND o.b THEN 1 WHEN o.c THEN 2 ELSE 3 END",
        "CASE o.a WHEN 1 THEN 2 END + 1",
        "(CASE WHEN o.a BETWEEN 1 AND 2 AND o.b THEN 1 END)",
        "CAST(o.a AS numeric(10, 2))",
        "CAST(o.a + 1 AS varchar(5))",
        "o.a IS NULL",
        "o.a IS NOT NULL",
        "(o.a > 1) IS NOT TRUE",
        "o.a IS FALSE",
        "o.a IS UNKNOWN = TRUE",
        "o.a BETWEEN o.b AND o.c",
        "o.a NOT BETWEEN 1 AND 2",
        "o.a IN (1)",
        "o.a NOT IN (1, 2, o.b)",
        "o.a LIKE 'x%' ESCAPE '!'",
        "o.a NOT LIKE o.b",
        "o.a GLOB 'x'",
        "o.a -> 'x' ->> 'y'",
        "extract(YEAR FROM o.at)",
        "(((((o.a)))))",
    ];
    const POSTGRES: [&str; 12] = [
        "o.a::bigint",
        "o.a::double precision::text",
        "o.a::numeric(10, 2)",
        "o.a IS DISTINCT FROM o.b",
        "o.a IS NOT DISTINCT FROM (o.b)",
        "o.at AT TIME ZONE 'UTC' + 1",
        "o.a NOT ILIKE 'x'",
        "percentile_cont(0.5) WITHIN GROUP (ORDER BY o.a DESC)",
        "percentile_cont(0.5) WITHIN GROUP (ORDER BY o.a) FILTER (WHERE o.b)",
        "o.a = $1::bigint",
        "(o.a = ANY ($2::bigint[])) IS NOT TRUE",
        "o.a IN (SELECT unnest($2::bigint[])) IS NULL",
    ];
    const SQLITE: [&str; 3] = [
        "o.a IS o.b",
        "o.a = ?1",
        "o.a IN (SELECT value FROM json_each(?2)) = 1",
    ];
    // The second parameter is the list, and it may only be used behind the first.
    let in_order = |text: &str| match text.contains('2') && text.contains(['$', '?']) {
        true => format!(
            "{} + {text}",
            if text.contains('$') {
                "$1::bigint"
            } else {
                "?1"
            }
        ),
        false => text.to_owned(),
    };
    for text in BOTH.iter().chain(&POSTGRES) {
        assert!(is_expression(Dialect::Postgres, &in_order(text)), "{text}");
    }
    for text in BOTH.iter().chain(&SQLITE) {
        assert!(is_expression(Dialect::Sqlite, &in_order(text)), "{text}");
    }
}

#[test]
fn nothing_else_is_an_expression() {
    const REFUSED: [&str; 97] = [
        "",
        "()",
        ",",
        "o.a o.b",
        "o.a 1",
        "(o.a",
        "o.a)",
        "(o.a))",
        "o.a,",
        "o.a, o.b",
        "(o.a, o.b)",
        "o.a AND o.b",
        "o.a OR o.b",
        "o.a +",
        "* o.a",
        "o.*",
        "o.",
        "o.'a'",
        "o.a.b",
        "x.a",
        "a",
        "\"a\"",
        "[o.a]",
        "{value}",
        "o.a;",
        "o.a AS b",
        "o.a DESC",
        "(o.a DESC)",
        "sum(o.a DESC)",
        "SELECT 1",
        "(SELECT 1)",
        "sum((SELECT 1))",
        "o.a IN (SELECT 1)",
        "o.a IN (SELECT s.key FROM public.campaigns AS s)",
        "EXISTS (SELECT 1)",
        "ANY (o.a)",
        "o.a = ANY (1)",
        "o.a = ANY $2",
        "o.a IN 1",
        "o.a IN ()",
        "o.a NOT 1",
        "o.a NOT NULL",
        "o.a NOT = 1",
        "o.a NOT IS NULL",
        "NOT",
        "o.a IS",
        "o.a IS NOT",
        "o.a BETWEEN 1",
        "o.a BETWEEN 1 OR 2",
        "(o.a BETWEEN 1)",
        "(o.a BETWEEN 1) AND 2",
        "o.a LIKE",
        "o.a ESCAPE o.b",
        "o.a AT 'UTC'",
        "o.a AT TIME 'UTC'",
        "sum",
        "sum o.a",
        "sum(",
        "sum()  )",
        "sum(o.a",
        "sum(o.a,)",
        "sum(o.a o.b)",
        "sum(*, 1)",
        "sum(* ",
        "sum(AND)",
        "sum(o.a AND o.b)",
        "sum(o.a) OVER (ORDER BY o.b)",
        "sum(o.a) WITHIN (ORDER BY o.b)",
        "sum(o.a) WITHIN GROUP (o.b)",
        "sum(o.a) WITHIN GROUP (ORDER BY o.b, o.c)",
        "sum(o.a) FILTER (o.b)",
        "sum(o.a) FILTER WHERE o.b",
        "o.a FILTER (WHERE o.b)",
        "(o.a) FILTER (WHERE o.b)",
        "o.a WITHIN GROUP (ORDER BY o.b)",
        "o.a + 1 FILTER (WHERE o.b)",
        "pg_sleep(1)",
        "\"sum\"(o.a)",
        "\"null\"",
        "\"not\" o.a",
        "\"case\" WHEN o.a THEN 1 END",
        "\"Index\"(o.a)",
        "current_user",
        "date",
        "secret '2024-01-01'",
        "\"date\" '2024-01-01'",
        "CASE",
        "CASE END",
        "CASE WHEN o.a THEN 1",
        "CASE WHEN o.a THEN END",
        "(CASE WHEN o.a THEN 1) END",
        "o.a WHEN 1",
        "o.a END",
        "CAST(o.a)",
        "CAST(o.a AS oid)",
        "extract(secret FROM o.at)",
        "extract(year, o.at)",
    ];
    const POSTGRES: [&str; 28] = [
        "CAST(o.a, bigint)",
        "CAST(o.a AS bigint",
        "CAST(o.a AS bigint, 1)",
        "o.a::",
        "o.a::oid",
        "o.a::regclass",
        "o.a::double",
        "o.a::numeric(",
        "o.a::numeric(o.b)",
        "o.a::numeric(10, )",
        "o.a::numeric(10 2)",
        "o.a IS o.b",
        "o.a IS DISTINCT o.b",
        "o.a IS 1",
        "?1",
        "$",
        "$0::bigint",
        "$01::bigint",
        "$3::bigint",
        "$9::bigint",
        "$1",
        "$1::text",
        "$1::bigint[]",
        "$2::bigint[]",
        "$1::bigint + $2::bigint",
        "$1::bigint = ANY ($1::bigint[])",
        "o.a IN (SELECT unnest($1::bigint))",
        "$1::bigint IN (SELECT unnest($2::bigint[]), 1)",
    ];
    const SQLITE: [&str; 10] = [
        "$1",
        "?3",
        "?",
        "o.a IN (SELECT unnest(?2))",
        "?1 IN (SELECT key FROM json_each(?2))",
        "?1 IN (SELECT CAST(value AS NUMERIC) FROM json_each(?2))",
        "?1 IN (SELECT value FROM json_tree(?2))",
        "?1 IN (SELECT value FROM json_each(?2)",
        "?1 IN (SELECT value FROM json_each(?2) WHERE TRUE)",
        "?1 IN (SELECT value FROM json_each(?1))",
    ];
    for text in REFUSED.iter().chain(&POSTGRES) {
        assert!(!is_expression(Dialect::Postgres, text), "{text}");
    }
    for text in REFUSED.iter().chain(&SQLITE) {
        assert!(!is_expression(Dialect::Sqlite, text), "{text}");
    }
    // A parameter has its number by first use.
    assert!(!is_expression(
        Dialect::Postgres,
        "o.a = ANY ($2::bigint[])"
    ));
}
