//! Patterns: what is read, what is refused and where, and what is written.

use proptest::prelude::*;

use super::{Currency, FormatPattern, Locale, Meaning, PatternKind, PercentScale, Style};
use crate::calendar::Zone;
use crate::value::{Decimal, Moment, Timestamp, Value};

fn value(number: &str) -> Value {
    Value::Decimal(Decimal::parse(number).unwrap())
}

fn written(pattern: &str, number: &str) -> String {
    let pattern = FormatPattern::parse(pattern).unwrap();
    let text = pattern.write(&value(number), Meaning::default(), &Style::default());
    text.unwrap()
}

#[test]
fn numbers_are_rounded_exactly_and_grouped() {
    let cases = [
        ("$#,##0.00", "0", "$0.00"),
        ("$#,##0.00", "1234567.894999", "$1,234,567.89"),
        ("$#,##0.00", "-1234567.895", "-$1,234,567.90"),
        ("$#,##0.00", "999999.995", "$1,000,000.00"),
        ("#,##0", "999", "999"),
        ("#,##0", "1000", "1,000"),
        ("#,##0", "-0.4", "0"),
        ("#,##0", "0.5", "1"),
        ("0.0##", "2.5", "2.5"),
        ("0.0##", "2.12345", "2.123"),
        ("0.0##", "2", "2.0"),
        ("000", "7", "007"),
        ("#.##", "0.5", ".5"),
        ("#.##", "0", "0"),
        ("0.00%", "0.2512", "25.12%"),
        ("0%", "0.255", "26%"),
        ("0.0 %", "1", "100.0 %"),
        ("0.00 EUR", "12.3", "12.30 EUR"),
        (
            "#,##0.00",
            "123456789012345678901234567890.005",
            "123,456,789,012,345,678,901,234,567,890.01",
        ),
        // Commas at the end divide by thousands.
        ("0.0,\"K\"", "1250", "1.3K"),
        ("#,##0,,", "1499999999", "1,500"),
        ("0.00,,,", "-4999999", "0.00"),
        // Sections: what is rounded to nothing has no sign, and nothing is what it is exactly.
        ("0.00;(0.00)", "-1.005", "(1.01)"),
        ("0.00;(0.00)", "-0.004", "0.00"),
        ("0;-0;\"none\"", "0", "none"),
        ("0;-0;\"none\"", "0.4", "0"),
        ("0.0\"h\"", "7.25", "7.3h"),
        ("\\##,##0", "5", "#5"),
    ];
    for (pattern, number, expected) in cases {
        assert_eq!(written(pattern, number), expected, "{pattern} of {number}");
    }
}

#[test]
fn what_is_no_pattern_is_refused_where_it_is_wrong() {
    for (pattern, start, end, reason) in [
        ("", 0, 0, "an empty pattern"),
        ("$", 0, 1, "no digits in the pattern"),
        ("abc", 0, 3, "no digits in the pattern"),
        (
            "#,#0",
            1,
            2,
            "a comma that is not before the last three digits",
        ),
        (
            "#,##0,000",
            5,
            6,
            "a second comma; one says that digits are grouped",
        ),
        (
            ",000",
            0,
            1,
            "a comma that is not before the last three digits",
        ),
        ("0#", 1, 2, "a `#` behind a `0`"),
        ("0.", 1, 2, "no digit behind the point"),
        ("0.#0", 2, 3, "a `#` before a `0` behind the point"),
        ("$0.0.0", 4, 5, "a second point in one number"),
        ("0%%", 2, 3, "a second percent sign"),
        ("%0%", 2, 3, "a second percent sign"),
        ("1 0", 0, 1, "a digit that is not one of the number's"),
        ("0;0", 2, 3, "negative numbers that look like positive ones"),
        (
            "+0;0",
            3,
            4,
            "negative numbers that look like positive ones",
        ),
        ("0;;0", 2, 2, "an empty section, which would hide numbers"),
        ("0;\"-\"", 2, 5, "no digits for negative numbers"),
        (
            "0;-0,",
            0,
            5,
            "negative numbers in another scale than positive ones",
        ),
        ("0;-0;0;0", 6, 7, "a fourth section"),
        ("-0", 0, 2, "a minus before numbers that are not negative"),
        ("0\n", 1, 2, "a control character"),
        ("0 \"m", 2, 4, "a quote that does not end"),
        ("0\\", 1, 2, "a backslash before nothing"),
        (
            "\"1\"0",
            0,
            3,
            "text that would be read as part of the number",
        ),
        ("0 0", 2, 3, "a second number in one section"),
        ("0E+0", 1, 2, "numbers with an exponent are not written"),
        ("0,,,,,", 1, 6, "more than four commas at the end"),
        ("# ?/?", 2, 3, "a sign that has no meaning here"),
        ("_(0", 0, 1, "a sign that has no meaning here"),
        ("¤0¤", 3, 5, "a second sign for the currency"),
    ] {
        let error = FormatPattern::number(pattern).unwrap_err();
        assert_eq!(
            (error.span(), error.reason()),
            (start..end, reason),
            "{pattern:?}"
        );
    }
    let long = format!("0.{}", "0".repeat(31));
    let error = FormatPattern::number(&long).unwrap_err();
    assert_eq!(
        (error.span(), error.reason()),
        (2..33, "more than 30 digits behind the point")
    );
    let error = FormatPattern::number(&"0".repeat(101)).unwrap_err();
    assert_eq!(
        (error.span(), error.reason()),
        (0..101, "a pattern of more than 100 bytes")
    );
}

#[test]
fn dates_are_written_part_by_part() {
    let time = Value::Timestamp(Timestamp::parse("2026-03-09 08:05:07.25").unwrap());
    for (pattern, expected) in [
        ("YYYY-MM-DD", "2026-03-09"),
        ("DD.MM.YY", "09.03.26"),
        ("MM/DD/YYYY HH:mm", "03/09/2026 08:05"),
        ("YYYY-MM-DDTHH:mm:ss", "2026-03-09T08:05:07"),
    ] {
        let pattern = FormatPattern::parse(pattern).unwrap();
        assert_eq!(pattern.kind(), PatternKind::Date);
        let text = pattern.write(&time, Meaning::default(), &Style::default());
        assert_eq!(text.as_deref(), Some(expected));
    }
    for (pattern, start, end) in [
        ("", 0, 0),
        ("yyyy-mm-dd", 0, 4),
        ("YYYYY", 0, 5),
        ("D/M/YYYY", 0, 1),
        ("MMM", 0, 3),
        ("--", 0, 2),
        ("YYYY-MM-dd", 8, 10),
    ] {
        let error = FormatPattern::date(pattern).unwrap_err();
        assert_eq!(error.span(), start..end, "{pattern:?}");
    }
    let moment = Value::Timestamptz(Moment::parse("2026-03-09T02:30:00Z").unwrap());
    let style = Style::default().zone(Zone::parse("America/New_York").unwrap());
    let pattern = FormatPattern::date("YYYY-MM-DD HH:mm").unwrap();
    let text = pattern.write(&moment, Meaning::default(), &style);
    assert_eq!(text.as_deref(), Some("2026-03-08 22:30"));
}

#[test]
fn durations_are_whole_seconds_cut_to_their_units() {
    for (pattern, seconds, expected) in [
        ("[h]:mm:ss", "0", "0:00:00"),
        ("[h]:mm:ss", "125", "0:02:05"),
        ("[h]:mm:ss", "359999.5", "100:00:00"),
        ("[hh]:mm", "3659", "01:00"),
        ("[m]:ss", "-61.5", "-1:02"),
        ("[h]:mm", "-59", "0:00"),
        ("[s]", "86400", "86400"),
        ("[h]\"h \"mm\"m\"", "5400", "1h 30m"),
        (
            "[h]:mm:ss",
            "123456789012345678901234567890",
            "34293552503429355250342935:31:30",
        ),
    ] {
        assert_eq!(
            written(pattern, seconds),
            expected,
            "{pattern} of {seconds}"
        );
    }
    for (pattern, start, end, reason) in [
        ("[d]", 0, 3, "no unit of a duration"),
        ("[h", 0, 2, "a bracket that does not end"),
        (
            "[h]:ss",
            4,
            6,
            "a part that does not follow the unit before it",
        ),
        ("[h]:[m]", 4, 7, "a second unit in brackets"),
        (
            "mm:ss",
            0,
            2,
            "a part that does not follow the unit before it",
        ),
        ("[h]x", 3, 4, "no part of a duration"),
        ("[h]#", 3, 4, "a sign that stands between no parts"),
        ("::", 0, 2, "no unit in brackets"),
    ] {
        let error = FormatPattern::duration(pattern).unwrap_err();
        assert_eq!(
            (error.span(), error.reason()),
            (start..end, reason),
            "{pattern:?}"
        );
    }
}

#[test]
fn truth_has_two_words() {
    let pattern = FormatPattern::boolean("Yes/No").unwrap();
    let written = |truth| {
        let value = Value::Boolean(truth);
        pattern.write(&value, Meaning::default(), &Style::default())
    };
    assert_eq!(
        (written(true).unwrap(), written(false).unwrap()),
        ("Yes".into(), "No".into())
    );
    for pattern in ["", "Yes", "a/b/c", "same/same"] {
        assert!(FormatPattern::boolean(pattern).is_err(), "{pattern:?}");
    }
}

#[test]
fn a_percentage_in_points_is_not_multiplied() {
    let pattern = FormatPattern::parse("0.00%").unwrap();
    let shown = |percent_scale| {
        let meaning = Meaning {
            percent_scale,
            ..Meaning::default()
        };
        pattern
            .write(&value("85.12"), meaning, &Style::default())
            .unwrap()
    };
    assert_eq!(shown(Some(PercentScale::Points)), "85.12%");
    assert_eq!(shown(Some(PercentScale::Fraction)), "8512.00%");
    assert_eq!(shown(None), "8512.00%");
}

#[test]
fn the_sign_is_that_of_the_currency() {
    let shown = |pattern: &str, code: Option<&str>| {
        let meaning = Meaning {
            currency: code.map(|code| Currency::parse(code).unwrap()),
            ..Meaning::default()
        };
        let pattern = FormatPattern::parse(pattern).unwrap();
        pattern
            .write(&value("-12.5"), meaning, &Style::default())
            .unwrap()
    };
    assert_eq!(shown("¤#,##0.00", Some("EUR")), "-€12.50");
    assert_eq!(shown("#,##0.00 ¤", Some("EUR")), "-12.50 €");
    assert_eq!(shown("¤#,##0.00", Some("CHF")), "-CHF\u{a0}12.50");
    assert_eq!(shown("#,##0.00¤", Some("CHF")), "-12.50\u{a0}CHF");
    assert_eq!(shown("¤0", None), "-¤13");
}

#[test]
fn large_numbers_can_be_written_short() {
    let style = Style::default().compact();
    let shown = |pattern: &str, number: &str| {
        let pattern = FormatPattern::parse(pattern).unwrap();
        pattern
            .write(&value(number), Meaning::default(), &style)
            .unwrap()
    };
    for (pattern, number, expected) in [
        ("$#,##0.00", "999.996", "$1,000.00"),
        ("$#,##0.00", "1000", "$1K"),
        ("$#,##0.00", "1250", "$1.3K"),
        ("#,##0", "9949", "9.9K"),
        ("#,##0", "9950", "10K"),
        ("#,##0", "999499", "999K"),
        ("#,##0", "999500", "1M"),
        ("#,##0", "-1234567890", "-1.2B"),
        ("#,##0", "98765432109876", "99T"),
        ("#,##0", "9876543210987654", "9,877T"),
        // Percentages and patterns that scale by themselves stay.
        ("0.0%", "12.345", "1234.5%"),
        ("0.0,\"K\"", "1234567", "1234.6K"),
    ] {
        assert_eq!(shown(pattern, number), expected, "{pattern} of {number}");
    }
}

#[test]
fn negative_numbers_and_null_are_written_as_the_style_says() {
    let style = Style::new(Locale::english()).parentheses().null("–");
    let pattern = FormatPattern::parse("$#,##0.00").unwrap();
    let shown = |value: Option<&Value>| pattern.write_or_null(value, Meaning::default(), &style);
    assert_eq!(shown(Some(&Value::Integer(-5))), "($5.00)");
    assert_eq!(shown(Some(&value("-0.001"))), "$0.00");
    assert_eq!(shown(None), "–");
    // What a pattern has no way to show is shown as it is.
    assert_eq!(shown(Some(&Value::Text("n/a".into()))), "n/a");
    // A section of its own says how negative numbers are written.
    let own = FormatPattern::parse("0;-0").unwrap();
    assert_eq!(
        own.write(&Value::Integer(-5), Meaning::default(), &style)
            .unwrap(),
        "-5"
    );
}

/// Texts that are often almost patterns.
fn texts() -> impl Strategy<Value = String> {
    let sign = prop_oneof![
        4 => prop::sample::select(vec!["0", "#", ",", ".", "#,##0", "0.00", ",", ";", "%", "$", "-", "(", ")"]),
        1 => prop::sample::select(vec!["\"", "\\", " ", "¤", "€", "x", "[h]", ":mm", ":ss", "YYYY", "MM", "DD", "E", "1"]),
    ];
    prop::collection::vec(sign, 0..12).prop_map(|signs| signs.concat())
}

/// Patterns of numbers.
fn patterns() -> impl Strategy<Value = String> {
    let body = prop::sample::select(vec![
        "0", "#,##0", "#,##0.00", "0.0##", "#.##", "000", "0,000.0", "0.00,", "#,##0,,", "#",
    ]);
    let prefix = prop::sample::select(vec!["", "$", "(", "\"x \"", "¤", "+"]);
    let suffix = prop::sample::select(vec!["", "%", ")", " \"h\"", " EUR", "\\%"]);
    (prefix, body, suffix, any::<bool>(), any::<bool>()).prop_map(
        |(prefix, body, suffix, negative, zero)| {
            let mut text = format!("{prefix}{body}{suffix}");
            if negative || zero {
                text.push_str(&format!(";-{prefix}{body}{suffix}"));
            }
            if zero {
                text.push_str(";\"nothing\"");
            }
            text
        },
    )
}

fn numbers() -> impl Strategy<Value = String> {
    "-?(0|[1-9][0-9]{0,20})(\\.[0-9]{1,8})?"
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused_inside_of_it(text in prop_oneof![texts(), ".{0,20}"]) {
        for read in [
            FormatPattern::parse(&text), FormatPattern::number(&text), FormatPattern::date(&text),
            FormatPattern::duration(&text), FormatPattern::boolean(&text),
        ] {
            match read {
                Ok(pattern) => {
                    let _ = pattern.write(&Value::Integer(-5), Meaning::default(), &Style::default());
                }
                Err(error) => prop_assert!(text.get(error.span()).is_some(), "{error} in {text:?}"),
            }
        }
    }

    #[test]
    fn what_is_printed_reads_back(text in prop_oneof![texts(), patterns()], number in numbers()) {
        if let Ok(pattern) = FormatPattern::parse(&text) {
            let printed = pattern.to_string();
            let read = FormatPattern::parse(&printed);
            prop_assert_eq!(read.as_ref(), Ok(&pattern), "{} of {}", printed, text);
            prop_assert_eq!(read.unwrap().to_string(), printed);
            prop_assert!(pattern.write(&value(&number), Meaning::default(), &Style::default()).is_some()
                || pattern.kind() == PatternKind::Date);
        }
    }

    #[test]
    fn no_digit_is_lost_beyond_the_pattern(number in numbers(), places in 0_usize..6) {
        let body = if places == 0 { "#,##0".to_owned() } else { format!("#,##0.{}", "0".repeat(places)) };
        let text = written(&body, &number);
        let plain = Decimal::parse(&text.replace(',', "")).unwrap();
        let exact = Decimal::parse(&number).unwrap();
        // What was rounded away is at most half of the last digit that is shown: shown in units of a place
        // further, the difference is at most five.
        let scaled = |number: &Decimal| -> i128 {
            let (negative, whole, fraction) = number.parts();
            let digits = format!("{whole}{fraction:0<9}");
            let size: i128 = digits.parse().unwrap();
            if negative { -size } else { size }
        };
        let difference = (scaled(&plain) - scaled(&exact)).abs();
        prop_assert!(2 * difference <= 10_i128.pow(9 - u32::try_from(places).unwrap()), "{} of {}", text, number);
    }
}
