//! Parameters for SQLite: one function, which a service with another driver writes just so.

use measurand::{Param, Value};
use rusqlite::types::Value as Bound;

/// A parameter as SQLite takes it: a list as the text of a JSON array, and decimals, dates and
/// moments as text, so that nothing is rounded on the way.
///
/// # Errors
/// None that a list of values can cause; writing JSON could fail in general.
pub(crate) fn bound(param: &Param) -> Result<Bound, serde_json::Error> {
    Ok(match param {
        Param::List(list) => Bound::Text(serde_json::to_string(list)?),
        Param::Scalar(Value::Integer(number)) => Bound::Integer(*number),
        Param::Scalar(Value::Float(number)) => Bound::Real(number.get()),
        Param::Scalar(Value::Boolean(truth)) => Bound::Integer(i64::from(*truth)),
        Param::Scalar(other) => Bound::Text(other.to_string()),
    })
}
