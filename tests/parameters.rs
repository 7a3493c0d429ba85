//! What PostgreSQL reads from the binary forms of parameters, type by type.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that meets what it does not expect must fail"
)]

use measurand::{DataType, Date, Decimal, Float, Moment, Param, Timestamp, Uuid, Value, ValueList};
use measurand_tests::support::cluster::cluster;
use postgres::Client;
use postgres::types::ToSql;

fn client() -> Client {
    let mut client = cluster().connect("postgres");
    client
        .batch_execute(
            "SET timezone = 'UTC'; SET datestyle = 'ISO, YMD'; SET extra_float_digits = 1",
        )
        .unwrap();
    client
}

/// What the server makes of a parameter, as text.
fn shown(client: &mut Client, param: &Param) -> String {
    let element = param.data_type().postgres_cast();
    let brackets = if param.is_list() { "[]" } else { "" };
    let sql = format!("SELECT ($1::{element}{brackets})::text");
    let row = client
        .query_one(&sql, &[param as &(dyn ToSql + Sync)])
        .unwrap_or_else(|error| panic!("{param:?}: {error:?}"));
    row.get(0)
}

/// Every value by itself, there and back, then all of them as one array that the server takes apart again.
fn check(values: Vec<(Value, String)>) {
    let mut client = client();
    for (value, expected) in &values {
        assert_eq!(&shown(&mut client, &Param::Scalar(value.clone())), expected);
        let sql = format!("SELECT $1::{}", value.data_type().postgres_cast());
        let row = client.query_one(&sql, &[value]).unwrap();
        assert_eq!(&row.get::<_, Value>(0), value);
    }
    let (values, expected): (Vec<Value>, Vec<String>) = values.into_iter().unzip();
    let element = values[0].data_type();
    let list = Param::List(ValueList::new(element, values).unwrap());
    let cast = element.postgres_cast();
    let sql =
        format!("SELECT v::text FROM unnest($1::{cast}[]) WITH ORDINALITY AS u (v, n) ORDER BY n");
    let rows = client.query(&sql, &[&list]).unwrap();
    let found: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    assert_eq!(found, expected);

    let empty = Param::List(ValueList::new(element, Vec::new()).unwrap());
    assert_eq!(shown(&mut client, &empty), "{}");
}

#[test]
fn integers() {
    let numbers = [0, 1, -1, 101, 9_007_199_254_740_993, i64::MAX, i64::MIN];
    check(numbers.map(|n| (Value::Integer(n), n.to_string())).to_vec());
}

#[test]
fn decimals() {
    let mut written: Vec<String> = [
        "0",
        "1",
        "-1",
        "10",
        "9999",
        "10000",
        "10001",
        "100000000",
        "-10000",
        "0.1",
        "-0.001",
        "0.0001",
        "0.00001",
        "0.00010001",
        "1.0001",
        "12345.6789",
        "10000.0001",
        "0.00000000000000000001",
        "-0.00000000000000000001",
        "9223372036854775808",
        "1234567890123456789012345678901234567890",
        "1234567890123456789012345678901234567890.0123456789012345678901234567890123456789",
        "100000000000000000000.00000000000000000001",
        "999999999999.9999",
        "0.5",
        "120000",
        "0.00012",
    ]
    .map(str::to_owned)
    .to_vec();
    written.push("9".repeat(1_000));
    written.push(format!("-0.{}1", "0".repeat(998)));
    // Every place of the first digit against every number of decimals.
    for zeros in 0..10 {
        for places in 1..10 {
            written.push(format!(
                "-7{}.{}3",
                "0".repeat(zeros),
                "0".repeat(places - 1)
            ));
            written.push(format!("12{}", "0".repeat(zeros)));
            written.push(format!("0.{}12", "0".repeat(places)));
        }
    }
    let values = written.into_iter().map(|text| {
        let decimal = Decimal::parse(&text).unwrap();
        assert_eq!(decimal.as_str(), text);
        (Value::Decimal(decimal), text)
    });
    check(values.collect());
}

/// The server computes with what it was sent, it does not only print it.
#[test]
fn decimals_are_numbers() {
    let mut client = client();
    for (left, right) in [("0.1", "0.2"), ("-0.001", "10000"), ("99999999.99", "0.01")] {
        let sql =
            format!("SELECT $1::numeric + $2::numeric = {left} + {right} AND $1::numeric = {left}");
        let [left, right] = [left, right].map(|text| Value::Decimal(Decimal::parse(text).unwrap()));
        let row = client.query_one(&sql, &[&left, &right]).unwrap();
        assert!(row.get::<_, bool>(0), "{left} + {right}");
    }
}

#[test]
fn floats() {
    let cases = [
        (0.0, "0"),
        (-0.0, "0"),
        (0.1, "0.1"),
        (-2.5, "-2.5"),
        (1e300, "1e+300"),
        (5e-324, "5e-324"),
        (f64::MAX, "1.7976931348623157e+308"),
    ];
    let float = |number| Value::Float(Float::new(number).unwrap());
    check(cases.map(|(n, text)| (float(n), text.to_owned())).to_vec());
}

#[test]
fn texts() {
    let texts = [
        "",
        "a",
        "NULL",
        "{a,b}",
        "\"",
        "\\",
        "'; DROP TABLE t; --",
        "é 🦀",
        "a\nb\t",
        "%_!",
    ];
    check(
        texts
            .map(|text| (Value::Text(text.into()), text.to_owned()))
            .to_vec(),
    );
    let long = "x".repeat(100_000);
    check(vec![(Value::Text(long.as_str().into()), long)]);
}

#[test]
fn booleans() {
    check(
        [true, false]
            .map(|truth| (Value::Boolean(truth), truth.to_string()))
            .to_vec(),
    );
}

#[test]
fn dates() {
    let dates = [
        "0001-01-01",
        "0004-02-29",
        "1582-10-15",
        "1970-01-01",
        "1999-12-31",
        "2000-01-01",
        "2000-02-29",
        "2026-01-31",
        "9999-12-31",
    ];
    check(
        dates
            .map(|text| (Value::Date(Date::parse(text).unwrap()), text.to_owned()))
            .to_vec(),
    );
}

#[test]
fn timestamps_and_moments() {
    let times = [
        "0001-01-01 00:00:00",
        "1969-12-31 23:59:59.999999",
        "1999-12-31 23:59:59.5",
        "2000-01-01 00:00:00",
        "2026-03-08 02:30:00",
        "2026-01-31 10:00:00.000001",
        "9999-12-31 23:59:59.999999",
    ];
    let time = |text| Timestamp::parse(text).unwrap();
    check(
        times
            .map(|text| (Value::Timestamp(time(text)), text.to_owned()))
            .to_vec(),
    );
    let moment = |text| Value::Timestamptz(Moment::from_utc(time(text)));
    check(
        times
            .map(|text| (moment(text), format!("{text}+00")))
            .to_vec(),
    );
}

#[test]
fn uuids() {
    let uuids = [
        "00000000-0000-0000-0000-000000000000",
        "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
        "ffffffff-ffff-ffff-ffff-ffffffffffff",
    ];
    check(
        uuids
            .map(|text| (Value::Uuid(Uuid::parse(text).unwrap()), text.to_owned()))
            .to_vec(),
    );
}

/// What is read, as its JSON.
fn read(client: &mut Client, expression: &str) -> String {
    let row = client.query_one(&format!("SELECT {expression}"), &[]);
    let value: Option<Value> = row.unwrap().try_get(0).unwrap();
    serde_json::to_string(&value).unwrap()
}

/// Types that parameters do not have, and values that no request can state.
#[test]
fn results_are_read_whatever_their_type() {
    let mut client = client();
    for (expression, expected) in [
        ("NULL::numeric", "null"),
        ("(-32768)::smallint", "-32768"),
        ("2147483647::integer", "2147483647"),
        ("0.5::real", "0.5"),
        ("'NaN'::numeric", "\"NaN\""),
        ("'-Infinity'::float8", "\"-infinity\""),
        ("'infinity'::date", "\"infinity\""),
        ("'-infinity'::timestamptz", "\"-infinity\""),
        ("0.000::numeric", "\"0\""),
        ("100000000::numeric * 10000", "\"1000000000000\""),
        ("'12.3400'::numeric(10, 4)", "\"12.34\""),
        ("'ab '::char(3)", "\"ab \""),
        ("'{\"a\":  1}'::json", "\"{\\\"a\\\":  1}\""),
        ("'{\"a\":  1}'::jsonb", "\"{\\\"a\\\": 1}\""),
        (
            "ARRAY['a', NULL, 'b,c']::text[]",
            r#""[\"a\",null,\"b,c\"]""#,
        ),
        ("'{}'::int[]", "\"[]\""),
    ] {
        assert_eq!(read(&mut client, expression), expected, "{expression}");
    }
    // More digits than a decimal is written with are still all there.
    let expected = format!("\"1{}\"", "0".repeat(1_200));
    assert_eq!(read(&mut client, "10::numeric ^ 1200"), expected);
    let lists = client.query_one("SELECT '{{1},{2}}'::int[]", &[]).unwrap();
    assert!(lists.try_get::<_, Value>(0).is_err());
    let far = client.query_one("SELECT '10000-01-01'::date", &[]).unwrap();
    assert!(far.try_get::<_, Value>(0).is_err());
}

#[test]
fn texts_bind_as_the_other_text_types() {
    let mut client = client();
    let value = Value::Text("abc".into());
    for cast in ["varchar", "char(3)", "name"] {
        let row = client
            .query_one(&format!("SELECT ($1::{cast})::text"), &[&value])
            .unwrap();
        assert_eq!(row.get::<_, String>(0), "abc", "{cast}");
    }
    let list = Param::List(ValueList::new(DataType::Text, vec![value]).unwrap());
    let row = client
        .query_one("SELECT ($1::varchar[])::text", &[&list])
        .unwrap();
    assert_eq!(row.get::<_, String>(0), "{abc}");
}

#[test]
fn a_type_that_is_not_the_values_own_is_refused() {
    let mut client = client();
    let one = Param::Scalar(Value::Integer(1));
    let secret = Param::Scalar(Value::Text("secret".into()));
    let dates = Param::List(ValueList::new(DataType::Date, Vec::new()).unwrap());
    for (cast, param) in [
        ("integer", &one),
        ("numeric", &one),
        ("text", &one),
        ("bigint[]", &one),
        ("bigint", &secret),
        ("date", &dates),
        ("timestamp[]", &dates),
        ("json", &secret),
    ] {
        let error = client
            .query_one(&format!("SELECT $1::{cast}"), &[param])
            .expect_err(cast);
        assert!(!format!("{error:?}").contains("secret"), "{cast}");
    }
}
