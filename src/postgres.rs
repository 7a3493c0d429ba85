//! Parameters go straight to `tokio-postgres` and `postgres`: the binary forms of PostgreSQL's types.
//!
//! In: [`Param`] and [`Value`]. Out: the bytes of the wire. Guaranteed: only a type that holds the
//! value exactly is accepted, so nothing is rounded or cut on the way. Codes: none. Next to read:
//! `postgres/read.rs`, the way back.

mod read;

use std::error::Error;

use bytes::{BufMut, BytesMut};
use postgres_types::{IsNull, Kind, ToSql, Type, to_sql_checked};

use crate::value::{DataType, Date, Decimal, Param, Timestamp, Value};

type Failure = Box<dyn Error + Sync + Send>;

/// Binds as the one type that the value has; text also as `varchar`, `char(n)` and `name`.
///
/// ```no_run
/// # async fn run(client: tokio_postgres::Client) -> Result<(), tokio_postgres::Error> {
/// use measurand::{Param, Value};
/// let params = [Param::Scalar(Value::Integer(1))];
/// let rows = client.query_raw("SELECT $1::bigint", &params).await?;
/// # drop(rows);
/// # Ok(())
/// # }
/// ```
impl ToSql for Param {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Failure> {
        match self {
            Param::Scalar(value) => value.to_sql(ty, out),
            Param::List(list) => match ty.kind() {
                Kind::Array(element) if holds(element, list.element()) => {
                    array(list.values(), element, out)?;
                    Ok(IsNull::No)
                }
                _ => Err(mismatch(&self.type_name(), ty)),
            },
        }
    }

    fn accepts(ty: &Type) -> bool {
        match ty.kind() {
            Kind::Array(element) => Value::accepts(element),
            _ => Value::accepts(ty),
        }
    }

    to_sql_checked!();
}

/// Binds as the one type that the value has; text also as `varchar`, `char(n)` and `name`.
impl ToSql for Value {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Failure> {
        if !holds(ty, self.data_type()) {
            return Err(mismatch(self.data_type().postgres_name(), ty));
        }
        scalar(self, out)?;
        Ok(IsNull::No)
    }

    fn accepts(ty: &Type) -> bool {
        DataType::ALL
            .into_iter()
            .any(|data_type| holds(ty, data_type))
    }

    to_sql_checked!();
}

/// Whether a type of the database takes values of a type exactly.
fn holds(ty: &Type, data_type: DataType) -> bool {
    match data_type {
        DataType::Integer => *ty == Type::INT8,
        DataType::Decimal => *ty == Type::NUMERIC,
        DataType::Float => *ty == Type::FLOAT8,
        DataType::Text => [
            Type::TEXT,
            Type::VARCHAR,
            Type::BPCHAR,
            Type::NAME,
            Type::UNKNOWN,
        ]
        .contains(ty),
        DataType::Boolean => *ty == Type::BOOL,
        DataType::Date => *ty == Type::DATE,
        DataType::Timestamp => *ty == Type::TIMESTAMP,
        DataType::Timestamptz => *ty == Type::TIMESTAMPTZ,
        DataType::Uuid => *ty == Type::UUID,
        // No value has these types.
        DataType::Json | DataType::Jsonb => false,
    }
}

/// A message without the value, which may be what an access rule hides.
fn mismatch(have: &str, want: &Type) -> Failure {
    format!("a parameter of type {have} cannot be bound as {want}").into()
}

fn scalar(value: &Value, out: &mut BytesMut) -> Result<(), Failure> {
    match value {
        Value::Integer(number) => out.put_i64(*number),
        Value::Decimal(decimal) => numeric(decimal, out)?,
        Value::Float(float) => out.put_f64(float.get()),
        Value::Text(text) => out.put_slice(text.as_bytes()),
        Value::Boolean(truth) => out.put_u8(u8::from(*truth)),
        Value::Date(date) => out.put_i32(date.days_since(epoch()?)),
        Value::Timestamp(timestamp) => out.put_i64(microseconds(*timestamp)?),
        Value::Timestamptz(moment) => out.put_i64(microseconds(moment.to_utc())?),
        Value::Uuid(uuid) => out.put_slice(uuid.as_bytes()),
    }
    Ok(())
}

/// The day that PostgreSQL counts from.
fn epoch() -> Result<Date, Failure> {
    Date::new(2000, 1, 1).ok_or_else(|| "the calendar has no year 2000".into())
}

fn microseconds(timestamp: Timestamp) -> Result<i64, Failure> {
    Ok(timestamp.microseconds_since(Timestamp::midnight(epoch()?)))
}

/// `numeric`: digits in base 10,000, the power of the first one, the sign, and how many decimal
/// places to show.
///
/// # Source
/// `numeric_send` in PostgreSQL's `src/backend/utils/adt/numeric.c`.
fn numeric(decimal: &Decimal, out: &mut BytesMut) -> Result<(), Failure> {
    const POSITIVE: u16 = 0x0000;
    const NEGATIVE: u16 = 0x4000;
    /// Decimal places in one digit of base 10,000.
    const PLACES: usize = 4;

    let (negative, whole, fraction) = decimal.parts();
    // Digits are grouped in fours outwards from the point.
    let padding = whole.len().next_multiple_of(PLACES) - whole.len();
    let padded = std::iter::repeat_n(b'0', padding)
        .chain(whole.bytes())
        .chain(fraction.bytes());
    let mut digits: Vec<u16> = Vec::with_capacity((whole.len() + fraction.len()) / PLACES + 2);
    let mut group = 0;
    let mut places = 0;
    for digit in padded {
        group = group * 10 + u16::from(digit - b'0');
        places += 1;
        if places == PLACES {
            digits.push(group);
            (group, places) = (0, 0);
        }
    }
    if places > 0 {
        digits.push(group * 10u16.pow((PLACES - places) as u32));
    }
    let mut weight = i16::try_from((whole.len() + padding) / PLACES)? - 1;
    let leading = digits.iter().take_while(|digit| **digit == 0).count();
    digits.drain(..leading);
    weight -= i16::try_from(leading)?;
    while digits.last() == Some(&0) {
        digits.pop();
    }
    if digits.is_empty() {
        weight = 0;
    }
    out.put_i16(i16::try_from(digits.len())?);
    out.put_i16(weight);
    out.put_u16(if negative { NEGATIVE } else { POSITIVE });
    out.put_i16(i16::try_from(fraction.len())?);
    for digit in digits {
        out.put_u16(digit);
    }
    Ok(())
}

/// An array of one dimension, counted from one, without nulls.
///
/// # Source
/// `array_send` in PostgreSQL's `src/backend/utils/adt/arrayfuncs.c`.
fn array(values: &[Value], element: &Type, out: &mut BytesMut) -> Result<(), Failure> {
    let dimensions = i32::from(!values.is_empty());
    out.put_i32(dimensions);
    out.put_i32(0);
    out.put_u32(element.oid());
    if values.is_empty() {
        return Ok(());
    }
    out.put_i32(i32::try_from(values.len())?);
    out.put_i32(1);
    let mut bytes = BytesMut::new();
    for value in values {
        bytes.clear();
        scalar(value, &mut bytes)?;
        out.put_i32(i32::try_from(bytes.len())?);
        out.put_slice(&bytes);
    }
    Ok(())
}
