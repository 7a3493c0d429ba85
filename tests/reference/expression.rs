//! What catalogs compute: one kind of tree for rows, for aggregates and for metrics.

use std::cmp::Ordering;

use super::number::{Number, Undecided};
use super::value::Value;

/// An expression whose references are positions: of columns, of aggregates, or of metrics.
#[derive(Debug, Clone, PartialEq)]
pub enum Expr {
    Reference(usize),
    Constant(Value),
    Negate(Box<Expr>),
    Arithmetic(char, Box<Expr>, Box<Expr>),
    Compare(&'static str, Box<Expr>, Box<Expr>),
    IsNull(Box<Expr>, bool),
    /// `IS TRUE` or, negated, `IS NOT TRUE`.
    IsTrue(Box<Expr>, bool),
    /// `IS DISTINCT FROM` or, negated, `IS NOT DISTINCT FROM`.
    IsDistinct(Box<Expr>, Box<Expr>, bool),
    Between(Box<Expr>, Box<Expr>, Box<Expr>, bool),
    In(Box<Expr>, Vec<Value>, bool),
    And(Vec<Expr>),
    Or(Vec<Expr>),
    Not(Box<Expr>),
    /// Branches of condition and result, and what holds otherwise.
    Case(Vec<(Expr, Expr)>, Option<Box<Expr>>),
    Call(&'static str, Vec<Expr>),
}

type Outcome = Result<Value, Undecided>;

impl Expr {
    /// The value, given those of its references.
    pub fn value(&self, reference: &mut dyn FnMut(usize) -> Outcome) -> Outcome {
        match self {
            Self::Reference(position) => reference(*position),
            Self::Constant(value) => Ok(value.clone()),
            Self::Negate(inner) => Ok(match number(&inner.value(reference)?) {
                Some(number) => Value::Number(number.negated()),
                None => Value::Null,
            }),
            Self::Arithmetic(operator, left, right) => {
                let (left, right) = (left.value(reference)?, right.value(reference)?);
                arithmetic(*operator, &left, &right)
            }
            Self::Compare(operator, left, right) => {
                let (left, right) = (left.value(reference)?, right.value(reference)?);
                let order = left.compare(&right)?;
                Ok(truth(order.map(|order| holds(operator, order))))
            }
            Self::IsNull(inner, is_negated) => {
                let is_null = inner.value(reference)?.is_null();
                Ok(Value::Boolean(is_null != *is_negated))
            }
            Self::IsTrue(inner, is_negated) => {
                let is_true = inner.is_true(reference)?;
                Ok(Value::Boolean(is_true != *is_negated))
            }
            Self::IsDistinct(left, right, is_negated) => {
                let is_same = left.value(reference)?.is_same(&right.value(reference)?)?;
                Ok(Value::Boolean(is_same == *is_negated))
            }
            Self::Between(inner, low, high, is_negated) => {
                let value = inner.value(reference)?;
                let below = value.compare(&low.value(reference)?)?.map(Ordering::is_lt);
                let above = value.compare(&high.value(reference)?)?.map(Ordering::is_gt);
                let outside = either(below, above);
                Ok(truth(outside.map(|outside| outside == *is_negated)))
            }
            Self::In(inner, list, is_negated) => {
                let value = inner.value(reference)?;
                let mut found = Some(false);
                for item in list {
                    let order = value.compare(item)?;
                    found = either(found, order.map(Ordering::is_eq));
                }
                Ok(truth(found.map(|found| found != *is_negated)))
            }
            Self::And(parts) => {
                // None of the parts is left out: what is undecided stays so.
                let mut all = Some(true);
                for part in parts {
                    let part = as_truth(&part.value(reference)?);
                    all = either(all.map(|a| !a), part.map(|p| !p)).map(|none| !none);
                }
                Ok(truth(all))
            }
            Self::Or(parts) => {
                let mut any = Some(false);
                for part in parts {
                    any = either(any, as_truth(&part.value(reference)?));
                }
                Ok(truth(any))
            }
            Self::Not(inner) => Ok(truth(as_truth(&inner.value(reference)?).map(|t| !t))),
            Self::Case(branches, otherwise) => {
                for (condition, result) in branches {
                    if condition.is_true(reference)? {
                        return result.value(reference);
                    }
                }
                otherwise
                    .as_ref()
                    .map_or(Ok(Value::Null), |other| other.value(reference))
            }
            Self::Call(name, arguments) => {
                let values: Result<Vec<Value>, Undecided> =
                    arguments.iter().map(|each| each.value(reference)).collect();
                call(name, &values?)
            }
        }
    }

    pub fn is_true(&self, reference: &mut dyn FnMut(usize) -> Outcome) -> Result<bool, Undecided> {
        Ok(self.value(reference)? == Value::Boolean(true))
    }
}

fn arithmetic(operator: char, left: &Value, right: &Value) -> Outcome {
    let (Some(left), Some(right)) = (number(left), number(right)) else {
        return Ok(Value::Null);
    };
    let result = match operator {
        '+' => Some(left.plus(right)?),
        '-' => Some(left.plus(right.negated())?),
        '*' => Some(left.multiply(right)?),
        '/' => left.divide(right)?,
        '%' => left.remainder(right)?,
        _ => panic!("no operator {operator}"),
    };
    Ok(result.map_or(Value::Null, Value::Number))
}

fn call(name: &str, values: &[Value]) -> Outcome {
    let first = values.first().expect("an argument");
    let second = values.get(1);
    match name {
        "COALESCE" => {
            let found = values.iter().find(|value| !value.is_null());
            Ok(found.cloned().unwrap_or(Value::Null))
        }
        "NULLIF" => {
            let equal = first.compare(second.expect("two arguments"))? == Some(Ordering::Equal);
            Ok(if equal { Value::Null } else { first.clone() })
        }
        "GREATEST" => extreme(values.iter().filter(|v| !v.is_null()), Ordering::Greater),
        "LEAST" => extreme(values.iter().filter(|v| !v.is_null()), Ordering::Less),
        _ if first.is_null() => Ok(Value::Null),
        "LOWER" => match first {
            Value::Text(text) => Ok(Value::Text(text.to_lowercase())),
            other => panic!("{other:?} is no text"),
        },
        "ABS" => Ok(number(first).map_or(Value::Null, |n| Value::Number(n.absolute()))),
        "ROUND" => {
            let digits = match second {
                Some(Value::Number(digits)) => digits.digits().parse().expect("few digits"),
                _ => 0,
            };
            let rounded = number(first).map(|number| number.rounded(digits));
            Ok(rounded.transpose()?.map_or(Value::Null, Value::Number))
        }
        _ => panic!("no function {name}"),
    }
}

/// The least or the greatest; of nothing, NULL.
pub fn extreme<'v>(
    values: impl Iterator<Item = &'v Value>,
    wanted: Ordering,
) -> Result<Value, Undecided> {
    let mut best = Value::Null;
    for value in values {
        let is_better = match value.compare(&best) {
            Ok(order) => order.is_none_or(|order| order == wanted),
            // Two roundings of one number: either stands for both.
            Err(Undecided) => false,
        };
        if is_better {
            best = value.clone();
        }
    }
    Ok(best)
}

pub fn number(value: &Value) -> Option<Number> {
    match value {
        Value::Null => None,
        Value::Number(number) => Some(*number),
        other => panic!("{other:?} is no number"),
    }
}

pub fn holds(operator: &str, order: Ordering) -> bool {
    match operator {
        "=" => order.is_eq(),
        "<>" => order.is_ne(),
        "<" => order.is_lt(),
        "<=" => order.is_le(),
        ">" => order.is_gt(),
        ">=" => order.is_ge(),
        _ => panic!("no comparison {operator}"),
    }
}

/// `OR` with three values.
fn either(left: Option<bool>, right: Option<bool>) -> Option<bool> {
    match (left, right) {
        (Some(true), _) | (_, Some(true)) => Some(true),
        (Some(false), Some(false)) => Some(false),
        _ => None,
    }
}

fn truth(known: Option<bool>) -> Value {
    known.map_or(Value::Null, Value::Boolean)
}

fn as_truth(value: &Value) -> Option<bool> {
    match value {
        Value::Null => None,
        Value::Boolean(truth) => Some(*truth),
        other => panic!("{other:?} is no truth"),
    }
}
