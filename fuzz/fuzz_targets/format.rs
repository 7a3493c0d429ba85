//! Text as a pattern of each kind: refused inside of it, or a pattern whose spelling reads back as the same and
//! that writes every number, negative ones never like positive ones.
#![no_main]

use libfuzzer_sys::fuzz_target;
use measurand::format::{Currency, FormatPattern, Meaning, PatternKind, PercentScale, Style};
use measurand::{Decimal, Timestamp, Value};
use measurand_fuzz::budget::within_budget;

fuzz_target!(|bytes: &[u8]| within_budget(bytes.len(), || {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let kinds = [
        FormatPattern::parse,
        FormatPattern::number,
        FormatPattern::date,
        FormatPattern::duration,
        FormatPattern::boolean,
    ];
    for read in kinds {
        match read(text) {
            Ok(pattern) => holds(&pattern, read),
            Err(error) => assert!(text.get(error.span()).is_some(), "{error}"),
        }
    }
}));

fn holds(pattern: &FormatPattern, read: fn(&str) -> Result<FormatPattern, measurand::format::PatternError>) {
    let printed = pattern.to_string();
    // A spelling may be longer than what was written, by its quotes.
    if printed.len() <= measurand::format::MAX_PATTERN_BYTES {
        assert_eq!(read(&printed).as_ref(), Ok(pattern), "{printed}");
    }
    let meaning = Meaning {
        percent_scale: Some(PercentScale::Points),
        currency: Currency::parse("EUR"),
    };
    let style = Style::default();
    let write = |value: &Value| pattern.write(value, meaning, &style);
    match pattern.kind() {
        PatternKind::Number | PatternKind::Duration => {
            let number = |text: &str| Value::Decimal(Decimal::parse(text).expect("a number"));
            let large = "987654321987654321";
            let (negative, positive) = (number(&format!("-{large}")), number(large));
            assert_ne!(write(&negative), write(&positive));
            for value in ["0", "-0.0000001", "0.5", "-99999.995"] {
                assert!(write(&number(value)).is_some());
            }
        }
        PatternKind::Date => {
            let time = Timestamp::parse("2026-03-09 08:05:07").expect("a time");
            assert!(write(&Value::Timestamp(time)).is_some());
        }
        PatternKind::Boolean => {
            assert_ne!(write(&Value::Boolean(true)), write(&Value::Boolean(false)));
        }
    }
    let _ = (pattern.intl(meaning), pattern.d3(meaning), pattern.spreadsheet(meaning));
}
