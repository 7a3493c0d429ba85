//! Values convert without loss or not at all, and every value has one written form.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that meets what it does not expect must fail"
)]

use measurand::{
    DataType, Date, Decimal, Float, Moment, Param, Scalar, Timestamp, Uuid, Value, ValueList, Zone,
};
use proptest::prelude::*;

fn number(written: &str) -> Scalar {
    Scalar::Number(written.into())
}

fn text(written: &str) -> Scalar {
    Scalar::Text(written.into())
}

fn new_york() -> Zone {
    Zone::parse("America/New_York").unwrap()
}

/// What a scalar converts to, as text, in New York.
fn converted(scalar: &Scalar, to: DataType) -> Option<String> {
    let value = Value::convert(scalar, to, &new_york()).ok()?;
    assert_eq!(value.data_type(), to);
    Some(value.to_string())
}

/// Each scalar converts to what is written beside it; where nothing is, it does not convert.
fn check(to: DataType, cases: &[(Scalar, Option<&str>)]) {
    for (scalar, expected) in cases {
        assert_eq!(
            converted(scalar, to).as_deref(),
            *expected,
            "{scalar:?} to {to}"
        );
    }
}

fn refused(to: DataType, scalars: &[Scalar]) {
    for scalar in scalars {
        assert_eq!(converted(scalar, to), None, "{scalar:?} to {to}");
    }
}

#[test]
fn integers() {
    check(
        DataType::Integer,
        &[
            (number("101"), Some("101")),
            (number("-5"), Some("-5")),
            (number("0"), Some("0")),
            (number("9007199254740993"), Some("9007199254740993")),
            (number("9223372036854775807"), Some("9223372036854775807")),
            (number("-9223372036854775808"), Some("-9223372036854775808")),
            (text("101"), Some("101")),
            (text("-5"), Some("-5")),
            (number("9223372036854775808"), None),
            (number("-9223372036854775809"), None),
            (number("1e2"), None),
            (number("101.0"), None),
            (number("-0"), None),
        ],
    );
    refused(
        DataType::Integer,
        &[
            "101 ", " 101", "+5", "0101", "-0", "1e2", "101.0", "", "-", "0x10", "1_000", "１",
            "null",
        ]
        .map(text),
    );
    refused(
        DataType::Integer,
        &[
            Scalar::Null,
            Scalar::Boolean(true),
            text(&"1".repeat(1_000_000)),
        ],
    );
}

#[test]
fn decimals() {
    let long = "1234567890123456789012345678901234567890.12345678901234567891";
    check(
        DataType::Decimal,
        &[
            (number("0.1"), Some("0.1")),
            (number("19.90"), Some("19.9")),
            (number("-0.0"), Some("0")),
            (number("100"), Some("100")),
            (text("100.10"), Some("100.1")),
            (text(long), Some(long)),
            (number("1e2"), None),
            (number("1E-2"), None),
            (text("1e2"), None),
            (text("1,5"), None),
            (text("NaN"), None),
            (text("Infinity"), None),
            (text("+1"), None),
            (text("01.5"), None),
            (text(""), None),
            (Scalar::Boolean(false), None),
            (Scalar::Null, None),
        ],
    );
}

#[test]
fn floats() {
    check(
        DataType::Float,
        &[
            (number("0.1"), Some("0.1")),
            (number("2"), Some("2.0")),
            (number("1e2"), Some("100.0")),
            (number("1.5E-3"), Some("0.0015")),
            (number("-0.0"), Some("0.0")),
            (number("0e999999"), Some("0.0")),
            (text("-2.5"), Some("-2.5")),
            (
                number("1.7976931348623157e308"),
                Some("1.7976931348623157e308"),
            ),
            (number("5e-324"), Some("5e-324")),
            // 2^53 is held, the whole number after it is not.
            (number("9007199254740992"), Some("9007199254740992.0")),
            (number("9007199254740993"), None),
            (number("1e400"), None),
            (number("-1e400"), None),
            (number("1e-400"), None),
            (Scalar::Boolean(true), None),
            (Scalar::Null, None),
        ],
    );
    refused(
        DataType::Float,
        &[
            "NaN", "inf", "Infinity", "-inf", "+1", ".5", "5.", "1e", "1e+", "01", " 1", "", "-",
        ]
        .map(text),
    );
    refused(DataType::Float, &[number(&"1".repeat(1_000_000))]);
}

#[test]
fn texts_and_booleans() {
    check(
        DataType::Text,
        &[
            (text(""), Some("")),
            (text("4"), Some("4")),
            (text("Ünïcode ' \" \\ 🦀"), Some("Ünïcode ' \" \\ 🦀")),
            (text("nul\0"), None),
            (number("4"), None),
            (Scalar::Boolean(true), None),
            (Scalar::Null, None),
        ],
    );
    check(
        DataType::Boolean,
        &[
            (Scalar::Boolean(true), Some("true")),
            (Scalar::Boolean(false), Some("false")),
            (text("true"), None),
            (number("1"), None),
            (Scalar::Null, None),
        ],
    );
}

#[test]
fn dates_and_times() {
    check(
        DataType::Date,
        &[
            (text("2026-01-31"), Some("2026-01-31")),
            (text("2024-02-29"), Some("2024-02-29")),
            (text("2000-02-29"), Some("2000-02-29")),
            (text("0001-01-01"), Some("0001-01-01")),
            (text("9999-12-31"), Some("9999-12-31")),
            (number("20260131"), None),
            (Scalar::Null, None),
        ],
    );
    refused(
        DataType::Date,
        &[
            "2026-02-29",
            "1900-02-29",
            "2026-04-31",
            "2026-13-01",
            "2026-00-01",
            "2026-01-00",
            "0000-01-01",
            "10000-01-01",
            "-0001-01-01",
            "+2026-01-01",
            "2026-1-1",
            "2026-01-1",
            "20260131",
            "2026/01/31",
            "31-01-2026",
            "2026-01-31 ",
            " 2026-01-31",
            "2026-W05-6",
            "2026-01-31T00:00:00",
            "２０２６-01-31",
            "today",
            "infinity",
            "",
        ]
        .map(text),
    );
    check(
        DataType::Timestamp,
        &[
            (text("2026-01-31"), Some("2026-01-31 00:00:00")),
            (text("2026-01-31T10:00"), Some("2026-01-31 10:00:00")),
            (text("2026-01-31 10:00"), Some("2026-01-31 10:00:00")),
            (
                text("2026-01-31T23:59:59.999999"),
                Some("2026-01-31 23:59:59.999999"),
            ),
            (
                text("2026-01-31T10:00:00.500"),
                Some("2026-01-31 10:00:00.5"),
            ),
            (
                text("2026-01-31T10:00:00.000001"),
                Some("2026-01-31 10:00:00.000001"),
            ),
            // A local time that no clock in New York shows is still a time without a zone.
            (text("2026-03-08T02:30"), Some("2026-03-08 02:30:00")),
            (number("1769853600"), None),
        ],
    );
    refused(
        DataType::Timestamp,
        &[
            "2026-01-31T24:00",
            "2026-01-31T10:60",
            "2026-01-31T10:00:60",
            "2026-01-31T10",
            "2026-01-31T1:00",
            "2026-01-31t10:00",
            "2026-01-31  10:00",
            "2026-01-31T10:00:00.",
            "2026-01-31T10:00:00.1234567",
            "2026-01-31T10:00:00Z",
            "2026-01-31T10:00:00+00:00",
            "2026-02-30T10:00",
            "10:00",
            "",
        ]
        .map(text),
    );
}

#[test]
fn moments() {
    check(
        DataType::Timestamptz,
        &[
            (text("2026-01-31T10:00:00Z"), Some("2026-01-31 10:00:00+00")),
            (text("2026-01-31t10:00:00z"), Some("2026-01-31 10:00:00+00")),
            (
                text("2026-01-31T10:00:00+05:30"),
                Some("2026-01-31 04:30:00+00"),
            ),
            (
                text("2026-01-31T23:00:00-05:00"),
                Some("2026-02-01 04:00:00+00"),
            ),
            (
                text("2026-01-31T10:00:00.250000000Z"),
                Some("2026-01-31 10:00:00.25+00"),
            ),
            (
                text("2026-01-31T10:00:00-00:00"),
                Some("2026-01-31 10:00:00+00"),
            ),
            // Without an offset, as the clocks in New York show it.
            (text("2026-01-31"), Some("2026-01-31 05:00:00+00")),
            (text("2026-07-31"), Some("2026-07-31 04:00:00+00")),
            (text("2026-01-31T10:00"), Some("2026-01-31 15:00:00+00")),
            (text("2026-07-31 10:00:00"), Some("2026-07-31 14:00:00+00")),
            // They skip half past two on March 8, and show half past one twice on November 1.
            (text("2026-03-08T02:30"), None),
            (text("2026-11-01T01:30"), None),
            (
                text("2026-11-01T01:30:00-04:00"),
                Some("2026-11-01 05:30:00+00"),
            ),
            (
                text("2026-11-01T01:30:00-05:00"),
                Some("2026-11-01 06:30:00+00"),
            ),
            (number("1769853600"), None),
            (Scalar::Null, None),
        ],
    );
    refused(
        DataType::Timestamptz,
        &[
            "2026-01-31T10:00Z",
            "2026-01-31T10:00:00+05",
            "2026-01-31T10:00:00+0530",
            "2026-01-31T10:00:00+24:00",
            "2026-01-31T10:00:00+05:60",
            "2026-01-31T23:59:60Z",
            "2026-01-31T10:00:00.1234567Z",
            "2026-01-31T10:00:00 Z",
            "2026-01-31 10:00:00Z",
            "0001-01-01T00:00:00+00:01",
            "9999-12-31T23:59:59-00:01",
            "now",
            "",
            "2026-01-31T10:00:00[America/New_York]",
            "2026-01-31T10:00:00Z[UTC]",
        ]
        .map(text),
    );
    let last = "9999-12-31T23:59:59.999999Z";
    let last = Moment::parse(last).map(|moment| moment.to_string());
    assert_eq!(last.as_deref(), Some("9999-12-31 23:59:59.999999+00"));
}

#[test]
fn uuids_and_documents() {
    let uuid = "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11";
    check(
        DataType::Uuid,
        &[
            (text(uuid), Some(uuid)),
            (text(&uuid.to_uppercase()), Some(uuid)),
            (
                text("00000000-0000-0000-0000-000000000000"),
                Some("00000000-0000-0000-0000-000000000000"),
            ),
            (Scalar::Null, None),
        ],
    );
    refused(
        DataType::Uuid,
        &[
            "{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}",
            "a0eebc999c0b4ef8bb6d6bb9bd380a11",
            "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1",
            "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a111",
            "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1g",
            "a0eebc9-99c0b-4ef8-bb6d-6bb9bd380a11",
            "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11-",
            "",
            "----",
        ]
        .map(text),
    );
    for document in [DataType::Json, DataType::Jsonb] {
        refused(
            document,
            &[text("{}"), number("1"), Scalar::Boolean(true), Scalar::Null],
        );
    }
}

#[test]
fn a_type_is_inferred_only_if_all_agree() {
    let truth = Scalar::Boolean(true);
    for (scalars, expected) in [
        (vec![number("101"), number("-5")], Some(DataType::Integer)),
        (vec![text("101"), text("x")], Some(DataType::Text)),
        (vec![truth.clone()], Some(DataType::Boolean)),
        (
            vec![Scalar::Null, number("1"), Scalar::Null],
            Some(DataType::Integer),
        ),
        (vec![number("101"), text("101")], None),
        (vec![number("1"), truth], None),
        (vec![number("1.5")], None),
        (vec![number("1e2")], None),
        (vec![number("9223372036854775808")], None),
        (vec![Scalar::Null], None),
        (vec![], None),
    ] {
        assert_eq!(DataType::infer(&scalars), expected, "{scalars:?}");
    }
}

#[test]
fn parameters_as_json() {
    let list = |element, values| Param::List(ValueList::new(element, values).unwrap());
    let decimal = |written| Value::Decimal(Decimal::parse(written).unwrap());
    for (param, expected) in [
        (
            Param::Scalar(Value::Integer(9_007_199_254_740_993)),
            r#"{"type":"int8","value":9007199254740993}"#,
        ),
        (
            list(
                DataType::Integer,
                vec![Value::Integer(101), Value::Integer(205)],
            ),
            r#"{"type":"int8[]","value":[101,205]}"#,
        ),
        (
            list(DataType::Text, vec![]),
            r#"{"type":"text[]","value":[]}"#,
        ),
        (
            Param::Scalar(decimal("0.10")),
            r#"{"type":"numeric","value":"0.1"}"#,
        ),
        (
            list(DataType::Decimal, vec![decimal("1")]),
            r#"{"type":"numeric[]","value":["1"]}"#,
        ),
        (
            Param::Scalar(Value::Float(Float::new(2.0).unwrap())),
            r#"{"type":"float8","value":2.0}"#,
        ),
        (
            Param::Scalar(Value::Text("a\"b".into())),
            r#"{"type":"text","value":"a\"b"}"#,
        ),
        (
            Param::Scalar(Value::Boolean(true)),
            r#"{"type":"bool","value":true}"#,
        ),
        (
            Param::Scalar(Value::Date(Date::new(2026, 1, 31).unwrap())),
            r#"{"type":"date","value":"2026-01-31"}"#,
        ),
        (
            Param::Scalar(Value::Timestamp(
                Timestamp::parse("2026-01-31 10:00").unwrap(),
            )),
            r#"{"type":"timestamp","value":"2026-01-31 10:00:00"}"#,
        ),
        (
            Param::Scalar(Value::Timestamptz(
                Moment::parse("2026-01-31T10:00:00Z").unwrap(),
            )),
            r#"{"type":"timestamptz","value":"2026-01-31 10:00:00+00"}"#,
        ),
        (
            Param::Scalar(Value::Uuid(Uuid::from_bytes([17; 16]))),
            r#"{"type":"uuid","value":"11111111-1111-1111-1111-111111111111"}"#,
        ),
    ] {
        assert_eq!(serde_json::to_string(&param).unwrap(), expected);
    }
}

#[test]
fn a_list_holds_one_type_and_knows_its_size() {
    let mixed = vec![Value::Integer(1), Value::Text("1".into())];
    assert_eq!(ValueList::new(DataType::Integer, mixed), None);
    let texts = vec![Value::Text("abc".into()), Value::Text("é".into())];
    let texts = Param::List(ValueList::new(DataType::Text, texts).unwrap());
    assert_eq!(texts.size_bytes(), (3 + 4) + (2 + 4));
    assert_eq!(Param::Scalar(Value::Integer(1)).size_bytes(), 8);
}

fn any_type() -> impl Strategy<Value = DataType> {
    prop::sample::select(DataType::ALL.to_vec())
}

/// Texts that are near to something that converts.
fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{0,40}",
        "[-+]?[0-9]{0,25}(\\.[0-9]{0,25})?([eE][-+]?[0-9]{0,4})?",
        "[0-9]{4}-[01][0-9]-[0-3][0-9]",
        "[0-9]{4}-[01][0-9]-[0-3][0-9][T ][0-2][0-9]:[0-5][0-9](:[0-5][0-9](\\.[0-9]{0,10})?)?(Z|[-+][0-2][0-9]:[0-5][0-9])?",
        "[0-9a-fA-F]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
    ]
}

/// How a value is written when it is asked for again.
fn written_again(value: &Value) -> Scalar {
    match value {
        Value::Boolean(truth) => Scalar::Boolean(*truth),
        // The short form of a moment has no minutes of its offset, nor a `T`.
        Value::Timestamptz(moment) => text(&format!("{}Z", moment.to_utc()).replace(' ', "T")),
        other => text(&other.to_string()),
    }
}

proptest! {
    #[test]
    fn what_converts_is_stable(written in any_text(), is_number in any::<bool>(), to in any_type()) {
        let scalar = if is_number { number(&written) } else { text(&written) };
        if let Ok(value) = Value::convert(&scalar, to, &new_york()) {
            let again = Value::convert(&written_again(&value), to, &new_york());
            prop_assert_eq!(again, Ok(value));
        }
    }

    #[test]
    fn every_integer_converts(integer in any::<i64>()) {
        let written = integer.to_string();
        prop_assert_eq!(converted(&number(&written), DataType::Integer), Some(written.clone()));
        prop_assert_eq!(converted(&text(&written), DataType::Integer), Some(written.clone()));
        prop_assert_eq!(converted(&number(&written), DataType::Decimal), Some(written));
    }

    #[test]
    fn decimals_order_as_numbers(left in -1_000_000_i64..1_000_000, right in -1_000_000_i64..1_000_000) {
        let thousandths = |number: i64| {
            let sign = if number < 0 { "-" } else { "" };
            let size = number.unsigned_abs();
            Decimal::parse(&format!("{sign}{}.{:03}", size / 1_000, size % 1_000)).unwrap()
        };
        prop_assert_eq!(thousandths(left).cmp(&thousandths(right)), left.cmp(&right));
    }

    #[test]
    fn every_finite_float_is_written_so_that_it_reads_back(bits in any::<u64>()) {
        if let Some(float) = Float::new(f64::from_bits(bits)) {
            prop_assert_eq!(float.to_string().parse::<f64>().ok().and_then(Float::new), Some(float));
        }
    }
}
