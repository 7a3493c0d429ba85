//! Values: what a column, a dimension and a parameter can be.
//!
//! In: values as written in JSON. Out: [`Value`], typed and without loss, and [`Param`], what a
//! placeholder stands for. Guaranteed afterwards: one value has one form, so equality is equality
//! of the values; no money or count has passed through binary floating point. Codes: `value-type`.
//! Next to read: `convert.rs`.

mod convert;
mod data_type;
mod decimal;
mod float;
mod param;
mod scalar;
mod time;
mod uuid;

use std::fmt;

pub use convert::Expected;
pub use data_type::{ColumnType, DataType};
pub use decimal::Decimal;
pub use float::Float;
pub use param::{Param, ValueList};
pub use scalar::Scalar;
pub use time::{Date, Moment, Timestamp};
pub use uuid::Uuid;

/// One value, not null, in the one form that its type has for it.
///
/// Values of one type order as the database orders them, but for text, which orders by code point.
///
/// ```
/// use measurand::{DataType, Date, Value};
/// let value = Value::Date(Date::new(2026, 1, 31).ok_or("no such day")?);
/// assert_eq!(value.to_string(), "2026-01-31");
/// assert_eq!(value.data_type(), DataType::Date);
/// assert_eq!(serde_json::to_string(&value)?, r#""2026-01-31""#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Value {
    /// A whole number.
    Integer(i64),
    /// An exact decimal number.
    Decimal(Decimal),
    /// A finite binary floating-point number.
    Float(Float),
    /// Text without the character NUL, which PostgreSQL cannot store.
    Text(Box<str>),
    /// True or false.
    Boolean(bool),
    /// A calendar date.
    Date(Date),
    /// A date and time without a zone.
    Timestamp(Timestamp),
    /// A moment.
    Timestamptz(Moment),
    /// A UUID.
    Uuid(Uuid),
}

impl Value {
    /// The type of the value.
    pub fn data_type(&self) -> DataType {
        match self {
            Value::Integer(_) => DataType::Integer,
            Value::Decimal(_) => DataType::Decimal,
            Value::Float(_) => DataType::Float,
            Value::Text(_) => DataType::Text,
            Value::Boolean(_) => DataType::Boolean,
            Value::Date(_) => DataType::Date,
            Value::Timestamp(_) => DataType::Timestamp,
            Value::Timestamptz(_) => DataType::Timestamptz,
            Value::Uuid(_) => DataType::Uuid,
        }
    }

    /// The size that counts towards [`Limits::parameter_bytes`](crate::Limits::parameter_bytes):
    /// bytes of text, digits of a decimal, or the width of the type.
    pub fn size_bytes(&self) -> usize {
        match self {
            Value::Integer(_) | Value::Float(_) | Value::Timestamp(_) | Value::Timestamptz(_) => 8,
            Value::Decimal(decimal) => decimal.as_str().len(),
            Value::Text(text) => text.len(),
            Value::Boolean(_) => 1,
            Value::Date(_) => 4,
            Value::Uuid(_) => 16,
        }
    }
}

/// The text that reads back as the same value: ISO forms for dates and moments.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Integer(number) => number.fmt(f),
            Value::Decimal(decimal) => decimal.fmt(f),
            Value::Float(float) => float.fmt(f),
            Value::Text(text) => f.write_str(text),
            Value::Boolean(truth) => truth.fmt(f),
            Value::Date(date) => date.fmt(f),
            Value::Timestamp(timestamp) => timestamp.fmt(f),
            Value::Timestamptz(moment) => moment.fmt(f),
            Value::Uuid(uuid) => uuid.fmt(f),
        }
    }
}

/// Whole numbers as JSON integers, also beyond 2^53; floats as JSON numbers; truth as a boolean; all
/// else, decimals included, as a string, so that no reader rounds it.
impl serde::Serialize for Value {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Value::Integer(number) => serializer.serialize_i64(*number),
            Value::Float(float) => serializer.serialize_f64(float.get()),
            Value::Boolean(truth) => serializer.serialize_bool(*truth),
            Value::Decimal(decimal) => serializer.serialize_str(decimal.as_str()),
            Value::Text(text) => serializer.serialize_str(text),
            Value::Date(_) | Value::Timestamp(_) | Value::Timestamptz(_) | Value::Uuid(_) => {
                serializer.collect_str(self)
            }
        }
    }
}
