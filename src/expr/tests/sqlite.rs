//! SQLite computes of the printed text what PostgreSQL's semantics ask for.

use rusqlite::Connection;
use rusqlite::types::Value;

use super::*;

fn database() -> Connection {
    let connection = Connection::open_in_memory().unwrap();
    connection
        .execute_batch(
            "CREATE TABLE o (whole, whole2, dec, flt, txt, name, flag, day, day2, at, doc, nil);
             INSERT INTO o VALUES (7, 2, 5.5, 0.25, '12.5', 'Ab%c', 1, '2026-01-31', '2025-12-29',
                '2026-02-15 13:45:10', '{\"a\":{\"b\":\"x\"},\"t\":true,\"n\":12.5,\"l\":[1,2],\"z\":null}', NULL);",
        )
        .unwrap();
    connection
}

#[test]
fn computes_what_postgres_computes() {
    let database = database();
    let check = |text: &str, expected: Value| {
        let expr = read(Kind::Row, text).unwrap_or_else(|errors| panic!("{text}: {errors:?}"));
        let printed =
            print(&expr, Dialect::Sqlite).unwrap_or_else(|found| panic!("{text}: {found:?}"));
        let sql = format!("SELECT {printed} FROM o");
        let found: Value = database
            .query_row(&sql, [], |row| row.get(0))
            .unwrap_or_else(|error| panic!("{sql}: {error}"));
        assert_eq!(found, expected, "{sql}");
    };
    let text = |content: &str| Value::Text(content.to_owned());
    let (yes, no) = (Value::Integer(1), Value::Integer(0));

    // Division and rounding.
    check("whole / whole2", Value::Real(3.5));
    check("whole / 0", Value::Null);
    check("whole / nil", Value::Null);
    check("whole % whole2", Value::Integer(1));
    check("whole % 0", Value::Null);
    check("round(whole / whole2)", Value::Real(4.0));
    check("dec::int", Value::Integer(6));
    check("(-dec)::int", Value::Integer(-6));
    check("txt::numeric", Value::Real(12.5));
    check("whole::numeric(5, 1)", Value::Real(7.0));
    check("trunc(dec)", Value::Integer(5));

    // NULL.
    check("greatest(whole, nil)", Value::Integer(7));
    check("greatest(nil, whole, whole2)", Value::Integer(7));
    check("least(nil, 3, whole)", Value::Integer(3));
    check("least(nil, nil)", Value::Null);
    check("concat('a', nil, 'b')", text("ab"));
    check("'a' || nil", Value::Null);
    check("nil IS DISTINCT FROM 1", yes.clone());
    check("nil IS NOT DISTINCT FROM NULL", yes.clone());
    check("(nil = 1) IS UNKNOWN", yes.clone());
    check("(nil = 1) IS NOT TRUE", yes.clone());

    // Patterns.
    check("name LIKE 'ab%'", no.clone());
    check("name LIKE 'Ab%'", yes.clone());
    check("name LIKE 'A_!%c' ESCAPE '!'", yes.clone());
    check("name LIKE 'Ab!%' ESCAPE '!'", no.clone());
    check("name NOT LIKE 'Ab_c'", no.clone());
    check("name ILIKE 'AB%C'", yes.clone());
    check("'a*b' LIKE 'a*_'", yes.clone());
    check("'axb' LIKE 'a*_'", no.clone());
    check("'[x' LIKE '[%'", yes.clone());
    check("nil LIKE 'a'", Value::Null);

    // Dates.
    check("date_trunc('month', at)", text("2026-02-01 00:00:00"));
    check("date_trunc('hour', at)", text("2026-02-15 13:00:00"));
    check("date_trunc('week', at)::date", text("2026-02-09"));
    check("date_trunc('week', day2)::date", text("2025-12-29"));
    check(
        "date_trunc('week', DATE '2026-02-01')::date",
        text("2026-01-26"),
    );
    check("date_trunc('quarter', day2)::date", text("2025-10-01"));
    check("date_trunc('quarter', at)", text("2026-01-01 00:00:00"));
    check(
        "date_trunc('year', day2::timestamp)::date",
        text("2025-01-01"),
    );
    check("date_trunc('day', day)::date", text("2026-01-31"));
    check("at::date", text("2026-02-15"));
    check("day::timestamp", text("2026-01-31 00:00:00"));
    check("day - day2", Value::Integer(33));
    check("day + 1", text("2026-02-01"));
    check("day - whole", text("2026-01-24"));
    check("extract(year FROM at)", Value::Integer(2026));
    check("extract(quarter FROM day2)", Value::Integer(4));
    check("extract(week FROM day2)", Value::Integer(1));
    check("extract(isoyear FROM day2)", Value::Integer(2026));
    check("extract(week FROM DATE '2027-01-03')", Value::Integer(53));
    check("extract(dow FROM DATE '2026-02-01')", Value::Integer(0));
    check("extract(isodow FROM DATE '2026-02-01')", Value::Integer(7));
    check("extract(isodow FROM DATE '2026-02-02')", Value::Integer(1));
    check("extract(doy FROM at)", Value::Integer(46));
    check(
        "extract(epoch FROM TIMESTAMP '1970-01-02 00:00')",
        Value::Integer(86_400),
    );
    check(
        "to_char(at, 'YYYY-MM-DD HH24:MI:SS')",
        text("2026-02-15 13:45:10"),
    );
    check("nil::date", Value::Null);

    // Text.
    check("left(name, 2)", text("Ab"));
    check("right(name, 2)", text("%c"));
    check("substring(name FROM 2 FOR 2)", text("b%"));
    check("position('%' IN name)", Value::Integer(3));
    check("trim(both 'A' from name)", text("b%c"));
    check("name::varchar(2)", text("Ab"));

    // JSON.
    check("doc -> 'a' ->> 'b'", text("x"));
    check("doc ->> 't'", text("true"));
    check("doc ->> 'n'", text("12.5"));
    check("(doc ->> 'n')::numeric", Value::Real(12.5));
    check("doc #>> '{a,b}'", text("x"));
    check("doc -> 'l' ->> -1", text("2"));
    check("doc ->> 'z'", Value::Null);
    check("doc ->> 'missing'", Value::Null);
    check("jsonb_extract_path_text(doc, 'a', 'b')", text("x"));
    check("jsonb_array_length(doc -> 'l')", Value::Integer(2));
}

#[test]
fn aggregates_compute_what_postgres_computes() {
    let database = Connection::open_in_memory().unwrap();
    database
        .execute_batch(
            "CREATE TABLE o (a, ok); INSERT INTO o VALUES (1, 1), (2, NULL), (4, 0), (NULL, 1);",
        )
        .unwrap();
    let check = |text: &str, expected: Value| {
        let printed = print(&read(Kind::Metric, text).unwrap(), Dialect::Sqlite).unwrap();
        let sql = format!("SELECT {printed} FROM o");
        let found: Value = database.query_row(&sql, [], |row| row.get(0)).unwrap();
        assert_eq!(found, expected, "{sql}");
    };
    check("SUM(a) / COUNT(*)", Value::Real(1.75));
    check("COUNT(a)", Value::Integer(3));
    check("COUNT(*) FILTER (WHERE a > 1)", Value::Integer(2));
    check("SUM(a) FILTER (WHERE a > 10)", Value::Null);
    check("BOOL_AND(ok)", Value::Integer(0));
    check("BOOL_OR(ok)", Value::Integer(1));
    check("BOOL_AND(ok) FILTER (WHERE a = 1)", Value::Integer(1));
    check("COUNT(DISTINCT ok)", Value::Integer(2));
    check(
        "GREATEST(MIN(a), SUM(a) FILTER (WHERE a > 10))",
        Value::Integer(1),
    );
    check("SUM(CASE WHEN ok THEN a ELSE 0 END)", Value::Integer(1));
}
