//! Values as written in JSON become values of a type, without loss or not at all (R24).

use std::fmt;

use super::{DataType, Date, Decimal, Float, Moment, Scalar, Timestamp, Uuid, Value};
use crate::calendar::Zone;
use crate::error::ResolveError;

/// The longest number that is looked at; no type here takes more digits.
const MAX_NUMBER_BYTES: usize = 1_100;

/// What a value should have been. It does not repeat the value.
///
/// ```
/// use measurand::{DataType, Scalar, Value, Zone};
/// let expected = Value::convert(&Scalar::Boolean(true), DataType::Integer, &Zone::utc());
/// assert_eq!(expected.map_err(|expected| expected.phrase()), Err("a whole number"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expected(DataType);

impl Expected {
    /// What was expected, with its article, such as `a whole number`.
    pub fn phrase(self) -> &'static str {
        match self.0 {
            DataType::Integer => "a whole number",
            DataType::Decimal => "a decimal number in plain digits",
            DataType::Float => "a number that a 64-bit float holds",
            DataType::Text => "a text",
            DataType::Boolean => "true or false",
            DataType::Date => "a date of the form YYYY-MM-DD",
            DataType::Timestamp => "a date, or a date and time without an offset",
            DataType::Timestamptz => "a date, or a date and time whose offset is clear",
            DataType::Json | DataType::Jsonb => "of a type that values can be compared with",
            DataType::Uuid => "a UUID",
        }
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.phrase())
    }
}

impl From<Expected> for ResolveError {
    fn from(expected: Expected) -> Self {
        ResolveError::ValueType {
            expected: expected.phrase(),
        }
    }
}

impl Value {
    /// The value of a type that `scalar` stands for, if nothing is lost or guessed.
    ///
    /// * integer: a JSON integer, or its digits as text; no `+`, no zeros in front, no `-0`, no
    ///   fraction even of zeros, no exponent, nothing beyond 64 bits;
    /// * decimal: a number in plain digits, as a JSON number or as text; no exponent;
    /// * float: a JSON number, or the same as text; a whole number must be held exactly, and a number
    ///   that is not zero must not become zero;
    /// * text: a string without the character NUL; a number is not text;
    /// * boolean: `true` or `false`, not as text;
    /// * date: `YYYY-MM-DD`;
    /// * timestamp: as [`Timestamp::parse`], or a date, which is its midnight;
    /// * timestamptz: as [`Moment::parse`]; or a date, which is the start of that day in `zone`; or a
    ///   timestamp, which is read in `zone` if the clocks there show it exactly once;
    /// * UUID: as [`Uuid::parse`];
    /// * JSON: nothing, since values are not compared with documents.
    ///
    /// Null converts to nothing: it is no value, and the caller says what it means.
    ///
    /// ```
    /// use measurand::{DataType, Scalar, Value, Zone};
    /// let zone = Zone::utc();
    /// let text = |text: &str| Scalar::Text(text.into());
    /// assert_eq!(Value::convert(&text("101"), DataType::Integer, &zone), Ok(Value::Integer(101)));
    /// assert!(Value::convert(&text("101 "), DataType::Integer, &zone).is_err());
    /// assert!(Value::convert(&text("2026-02-30"), DataType::Date, &zone).is_err());
    /// ```
    ///
    /// # Errors
    /// What was expected instead; its code is `value-type`.
    pub fn convert(scalar: &Scalar, to: DataType, zone: &Zone) -> Result<Value, Expected> {
        let value = match (to, scalar) {
            (DataType::Integer, Scalar::Number(written) | Scalar::Text(written)) => {
                integer(written).map(Value::Integer)
            }
            (DataType::Decimal, Scalar::Number(written) | Scalar::Text(written)) => {
                Decimal::parse(written).map(Value::Decimal)
            }
            (DataType::Float, Scalar::Number(written) | Scalar::Text(written)) => {
                float(written).map(Value::Float)
            }
            (DataType::Text, Scalar::Text(text)) => {
                (!text.contains('\0')).then(|| Value::Text(text.clone()))
            }
            (DataType::Boolean, Scalar::Boolean(truth)) => Some(Value::Boolean(*truth)),
            (DataType::Date, Scalar::Text(written)) => Date::parse(written).map(Value::Date),
            (DataType::Timestamp, Scalar::Text(written)) => Date::parse(written)
                .map(Timestamp::midnight)
                .or_else(|| Timestamp::parse(written))
                .map(Value::Timestamp),
            (DataType::Timestamptz, Scalar::Text(written)) => {
                moment(written, zone).map(Value::Timestamptz)
            }
            (DataType::Uuid, Scalar::Text(written)) => Uuid::parse(written).map(Value::Uuid),
            _ => None,
        };
        value.ok_or(Expected(to))
    }
}

impl DataType {
    /// The type of values whose dimension does not say it: that of all of them, if they are all whole
    /// numbers, all texts, or all booleans. Nulls say nothing; nothing but nulls has no type.
    ///
    /// ```
    /// use measurand::{DataType, Scalar};
    /// let (number, text) = (Scalar::Number("101".into()), Scalar::Text("101".into()));
    /// assert_eq!(DataType::infer([&number, &Scalar::Null]), Some(DataType::Integer));
    /// assert_eq!(DataType::infer([&number, &text]), None);
    /// ```
    pub fn infer<'a>(scalars: impl IntoIterator<Item = &'a Scalar>) -> Option<DataType> {
        let mut inferred = None;
        for scalar in scalars {
            let found = match scalar {
                Scalar::Null => continue,
                Scalar::Boolean(_) => DataType::Boolean,
                Scalar::Text(_) => DataType::Text,
                Scalar::Number(written) => integer(written).map(|_| DataType::Integer)?,
            };
            if inferred.is_some_and(|before| before != found) {
                return None;
            }
            inferred = Some(found);
        }
        inferred
    }
}

/// A whole number in the one way to write it.
fn integer(written: &str) -> Option<i64> {
    // The standard reads `+5`, `007` and `-0` too; what prints differently is not canonical.
    let is_canonical = match written.strip_prefix('-').unwrap_or(written).as_bytes() {
        [b'0'] => written == "0",
        [b'1'..=b'9', ..] => true,
        _ => false,
    };
    is_canonical.then(|| written.parse().ok()).flatten()
}

fn float(written: &str) -> Option<Float> {
    if written.len() > MAX_NUMBER_BYTES || !is_json_number(written) {
        return None;
    }
    let float = Float::new(written.parse().ok()?)?;
    let mantissa = written.split(['e', 'E']).next()?;
    let is_zero = !mantissa.bytes().any(|byte| matches!(byte, b'1'..=b'9'));
    if is_zero != (float.get() == 0.0) {
        return None;
    }
    let is_whole = written
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'-');
    // With no digits of a fraction asked for, the exact integer is printed.
    let is_exact = !is_whole || is_zero || format!("{:.0}", float.get()) == written;
    is_exact.then_some(float)
}

/// Whether the text is a number by JSON's grammar (RFC 8259, section 6).
fn is_json_number(text: &str) -> bool {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let digits = mantissa.strip_prefix('-').unwrap_or(mantissa);
    let (whole, fraction) = match digits.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (digits, None),
    };
    is_digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(is_digits)
        && exponent.is_none_or(|text| is_digits(text.strip_prefix(['+', '-']).unwrap_or(text)))
}

fn moment(written: &str, zone: &Zone) -> Option<Moment> {
    Moment::parse(written)
        .or_else(|| Some(zone.start_of(Date::parse(written)?)))
        .or_else(|| zone.moment_of(Timestamp::parse(written)?))
}
