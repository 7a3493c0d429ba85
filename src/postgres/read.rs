//! The values of a result: from the binary forms of PostgreSQL's types.
//!
//! In: the bytes of the wire. Out: [`Value`]. Guaranteed: numbers come out with all of their digits;
//! what is no value of its type, such as `NaN`, comes out as the text that PostgreSQL shows. Codes:
//! none. Next to read: `value/mod.rs`.

use postgres_types::{FromSql, Kind, Type};

use super::{Failure, epoch};
use crate::value::{Decimal, Float, Moment, Timestamp, Uuid, Value};

/// Reads a column of a result, whatever its type; `Option<Value>` reads NULL too.
///
/// Whole numbers of any width are [`Value::Integer`]. JSON comes out as [`Value::Text`] with the text of
/// it, and a list as the text of a JSON list. So do `NaN` and the infinite, as words, since no value of
/// a request is one of them.
///
/// ```no_run
/// # async fn run(client: tokio_postgres::Client, query: measurand::CompiledQuery)
/// # -> Result<(), tokio_postgres::Error> {
/// use measurand::Value;
/// use tokio_postgres::types::ToSql;
///
/// let params = query.params().iter().map(|param| param as &(dyn ToSql + Sync));
/// for row in client.query(query.sql(), &params.collect::<Vec<_>>()).await? {
///     for at in 0..query.columns().len() {
///         let value: Option<Value> = row.try_get(at)?;
///         println!("{}", value.map_or("NULL".to_owned(), |value| value.to_string()));
///     }
/// }
/// # Ok(())
/// # }
/// ```
impl<'a> FromSql<'a> for Value {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Self, Failure> {
        match ty.kind() {
            Kind::Array(element) => {
                let list = list(element, raw)?;
                Ok(Value::Text(serde_json::to_string(&list)?.into()))
            }
            _ => scalar(ty, raw),
        }
    }

    fn accepts(ty: &Type) -> bool {
        match ty.kind() {
            Kind::Array(element) => READ.contains(element),
            _ => READ.contains(ty),
        }
    }
}

/// The types that are read.
const READ: [Type; 17] = [
    Type::INT2,
    Type::INT4,
    Type::INT8,
    Type::NUMERIC,
    Type::FLOAT4,
    Type::FLOAT8,
    Type::TEXT,
    Type::VARCHAR,
    Type::BPCHAR,
    Type::NAME,
    Type::BOOL,
    Type::DATE,
    Type::TIMESTAMP,
    Type::TIMESTAMPTZ,
    Type::UUID,
    Type::JSON,
    Type::JSONB,
];

fn scalar(ty: &Type, raw: &[u8]) -> Result<Value, Failure> {
    Ok(match *ty {
        Type::INT2 => Value::Integer(i16::from_be_bytes(raw.try_into()?).into()),
        Type::INT4 => Value::Integer(i32::from_be_bytes(raw.try_into()?).into()),
        Type::INT8 => Value::Integer(i64::from_be_bytes(raw.try_into()?)),
        Type::NUMERIC => numeric(raw)?,
        Type::FLOAT4 => float(f32::from_be_bytes(raw.try_into()?).into()),
        Type::FLOAT8 => float(f64::from_be_bytes(raw.try_into()?)),
        Type::BOOL => Value::Boolean(raw != [0]),
        Type::DATE => date(i32::from_be_bytes(raw.try_into()?))?,
        Type::TIMESTAMP => match time(i64::from_be_bytes(raw.try_into()?))? {
            Ok(time) => Value::Timestamp(time),
            Err(infinite) => infinite,
        },
        Type::TIMESTAMPTZ => match time(i64::from_be_bytes(raw.try_into()?))? {
            Ok(time) => Value::Timestamptz(Moment::from_utc(time)),
            Err(infinite) => infinite,
        },
        Type::UUID => Value::Uuid(Uuid::from_bytes(raw.try_into()?)),
        // The binary form of `jsonb` is its text behind the number of the form.
        Type::JSONB => match raw.split_first() {
            Some((1, text)) => word(std::str::from_utf8(text)?),
            _ => return Err("another form of jsonb than the first".into()),
        },
        _ => word(std::str::from_utf8(raw)?),
    })
}

fn word(text: &str) -> Value {
    Value::Text(text.into())
}

fn infinite(is_negative: bool) -> Value {
    word(if is_negative { "-infinity" } else { "infinity" })
}

fn float(number: f64) -> Value {
    match Float::new(number) {
        Some(float) => Value::Float(float),
        None if number.is_nan() => word("NaN"),
        None => infinite(number < 0.0),
    }
}

fn date(days: i32) -> Result<Value, Failure> {
    if days == i32::MAX || days == i32::MIN {
        return Ok(infinite(days < 0));
    }
    const DAY: i64 = 86_400_000_000;
    let time = Timestamp::midnight(epoch()?).plus_microseconds(i64::from(days) * DAY);
    time.map(|time| Value::Date(time.date()))
        .ok_or_else(outside)
}

/// The time, or the word for the one that never comes.
fn time(microseconds: i64) -> Result<Result<Timestamp, Value>, Failure> {
    if microseconds == i64::MAX || microseconds == i64::MIN {
        return Ok(Err(infinite(microseconds < 0)));
    }
    let time = Timestamp::midnight(epoch()?).plus_microseconds(microseconds);
    time.map(Ok).ok_or_else(outside)
}

fn outside() -> Failure {
    "a date outside of the years 1 to 9999".into()
}

/// `numeric`: digits in base 10,000 from the power of the first one down, and how many decimal places
/// there are.
///
/// # Source
/// `numeric_recv` in PostgreSQL's `src/backend/utils/adt/numeric.c`.
fn numeric(raw: &[u8]) -> Result<Value, Failure> {
    const NEGATIVE: u16 = 0x4000;
    const NOT_A_NUMBER: u16 = 0xC000;
    const INFINITE: u16 = 0xD000;
    const NEGATIVE_INFINITE: u16 = 0xF000;

    let mut bytes = Bytes(raw);
    let count = bytes.number()?;
    let weight = i32::from(i16::from_be_bytes(bytes.number()?.to_be_bytes()));
    let sign = bytes.number()?;
    let places = usize::from(bytes.number()?);
    match sign {
        NOT_A_NUMBER => return Ok(word("NaN")),
        INFINITE | NEGATIVE_INFINITE => return Ok(infinite(sign == NEGATIVE_INFINITE)),
        _ => {}
    }
    let mut text = String::new();
    let mut fraction = String::new();
    // Digits that are zero in front of the first or behind the last one are not sent.
    for _ in weight + 1..0 {
        fraction.push_str("0000");
    }
    let mut power = weight;
    for _ in 0..count {
        let digit = bytes.number()?;
        let part = if power >= 0 { &mut text } else { &mut fraction };
        part.push_str(&format!("{digit:04}"));
        power -= 1;
    }
    while power >= 0 {
        text.push_str("0000");
        power -= 1;
    }
    fraction.truncate(places);
    let whole = text.trim_start_matches('0');
    let sign = if sign == NEGATIVE { "-" } else { "" };
    let whole = if whole.is_empty() { "0" } else { whole };
    let point = if fraction.is_empty() { "" } else { "." };
    let written = format!("{sign}{whole}{point}{fraction}");
    // A number of more digits than a decimal has is a text with all of them.
    Ok(Decimal::parse(&written).map_or_else(|| word(&written), Value::Decimal))
}

/// The members of an array of one dimension.
///
/// # Source
/// `array_recv` in PostgreSQL's `src/backend/utils/adt/arrayfuncs.c`.
fn list(element: &Type, raw: &[u8]) -> Result<Vec<Option<Value>>, Failure> {
    let mut bytes = Bytes(raw);
    let dimensions = bytes.long()?;
    let (_has_nulls, _element) = (bytes.long()?, bytes.long()?);
    if dimensions == 0 {
        return Ok(Vec::new());
    }
    if dimensions != 1 {
        return Err("a list of lists".into());
    }
    let (count, _first) = (bytes.long()?, bytes.long()?);
    let members = (0..count).map(|_| match usize::try_from(bytes.long()?) {
        Ok(length) => Ok(Some(scalar(element, bytes.take(length)?)?)),
        // The length of NULL is -1.
        Err(_) => Ok(None),
    });
    members.collect()
}

/// The bytes that are still to be read.
struct Bytes<'b>(&'b [u8]);

impl<'b> Bytes<'b> {
    fn take(&mut self, count: usize) -> Result<&'b [u8], Failure> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or("too few bytes")?;
        self.0 = rest;
        Ok(taken)
    }

    fn number(&mut self) -> Result<u16, Failure> {
        Ok(u16::from_be_bytes(self.take(2)?.try_into()?))
    }

    fn long(&mut self) -> Result<i32, Failure> {
        Ok(i32::from_be_bytes(self.take(4)?.try_into()?))
    }
}
