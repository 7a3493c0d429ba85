//! What catalogs compute: one kind of tree for rows, for aggregates and for metrics.

use std::cmp::Ordering;

use super::number::Number;
use super::value::{Value, extreme};

/// An expression whose references are positions: of columns, of aggregates, or of metrics.
#[derive(Debug, Clone, PartialEq)]
pub enum Expr {
    Reference(usize),
    Constant(Value),
    Negate(Box<Expr>),
    Arithmetic(char, Box<Expr>, Box<Expr>),
    Compare(&'static str, Box<Expr>, Box<Expr>),
    IsNull(Box<Expr>),
    IsTrue(Box<Expr>),
    IsDistinct(Box<Expr>, Box<Expr>),
    Between(Box<Expr>, Box<Expr>, Box<Expr>),
    In(Box<Expr>, Vec<Value>),
    And(Vec<Expr>),
    Or(Vec<Expr>),
    Not(Box<Expr>),
    /// Branches of condition and result, and what holds otherwise.
    Case(Vec<(Expr, Expr)>, Option<Box<Expr>>),
    Call(&'static str, Vec<Expr>),
}

impl Expr {
    /// The value, given those of its references.
    pub fn value(&self, reference: &mut dyn FnMut(usize) -> Value) -> Value {
        let mut of = |inner: &Self| inner.value(reference);
        match self {
            Self::Reference(position) => reference(*position),
            Self::Constant(value) => value.clone(),
            Self::Negate(inner) => number(of(inner).number().map(Number::negated)),
            Self::Arithmetic(operator, left, right) => {
                let (left, right) = (of(left).number(), of(right).number());
                number(left.zip(right).and_then(|(left, right)| match operator {
                    '+' => Some(left.plus(right)),
                    '-' => Some(left.plus(right.negated())),
                    '*' => Some(left.times(right)),
                    '/' => left.over(right),
                    '%' => left.remainder(right),
                    _ => panic!("no operator {operator}"),
                }))
            }
            Self::Compare(operator, left, right) => {
                let order = of(left).compare(&of(right));
                truth(order.map(|order| match *operator {
                    "=" => order.is_eq(),
                    "<>" => order.is_ne(),
                    "<" => order.is_lt(),
                    "<=" => order.is_le(),
                    ">" => order.is_gt(),
                    ">=" => order.is_ge(),
                    _ => panic!("no comparison {operator}"),
                }))
            }
            Self::IsNull(inner) => Value::Boolean(of(inner).is_null()),
            Self::IsTrue(inner) => Value::Boolean(of(inner).truth() == Some(true)),
            Self::IsDistinct(left, right) => Value::Boolean(!of(left).is_same(&of(right))),
            Self::Between(inner, low, high) => {
                let value = of(inner);
                let below = value.compare(&of(low)).map(Ordering::is_lt);
                let above = value.compare(&of(high)).map(Ordering::is_gt);
                truth(any([below, above]).map(|outside| !outside))
            }
            Self::In(inner, list) => {
                let value = of(inner);
                let orders = list.iter().map(|item| value.compare(item));
                truth(any(orders.map(|order| order.map(Ordering::is_eq))))
            }
            Self::And(parts) => {
                let fails = |part: &Self| of(part).truth().map(|holds| !holds);
                truth(any(parts.iter().map(fails)).map(|fails| !fails))
            }
            Self::Or(parts) => truth(any(parts.iter().map(|part| of(part).truth()))),
            Self::Not(inner) => truth(of(inner).truth().map(|holds| !holds)),
            Self::Case(branches, otherwise) => {
                let mut branches = branches.iter();
                let found = branches.find(|(when, _)| of(when).truth() == Some(true));
                let result = found.map(|(_, result)| result).or(otherwise.as_deref());
                result.map_or(Value::Null, of)
            }
            Self::Call(name, parts) => call(name, &parts.iter().map(of).collect::<Vec<_>>()),
        }
    }

    /// Every position that it refers to, whatever the values are.
    pub fn references(&self) -> Vec<usize> {
        let mut inner: Vec<&Self> = Vec::new();
        match self {
            Self::Reference(position) => return vec![*position],
            Self::Constant(_) => {}
            Self::Negate(one) | Self::IsNull(one) | Self::IsTrue(one) | Self::Not(one) => {
                inner.push(one);
            }
            Self::In(one, _) => inner.push(one),
            Self::Arithmetic(_, left, right)
            | Self::Compare(_, left, right)
            | Self::IsDistinct(left, right) => inner.extend([&**left, &**right]),
            Self::Between(one, low, high) => inner.extend([&**one, &**low, &**high]),
            Self::And(parts) | Self::Or(parts) | Self::Call(_, parts) => inner.extend(parts),
            Self::Case(branches, otherwise) => {
                inner.extend(branches.iter().flat_map(|(when, then)| [when, then]));
                inner.extend(otherwise.as_deref());
            }
        }
        inner.into_iter().flat_map(Self::references).collect()
    }

    /// The value for a row, given by its columns.
    pub fn of_row(&self, row: &[Value]) -> Value {
        self.value(&mut |column| row[column].clone())
    }
}

fn call(name: &str, values: &[Value]) -> Value {
    let first = &values[0];
    let mut known = values.iter().filter(|value| !value.is_null());
    match name {
        "COALESCE" => known.next().unwrap_or(first).clone(),
        "NULLIF" if first.compare(&values[1]) == Some(Ordering::Equal) => Value::Null,
        "NULLIF" => first.clone(),
        "GREATEST" => extreme(known, Ordering::Greater),
        "LEAST" => extreme(known, Ordering::Less),
        "LOWER" => match first {
            Value::Text(text) => Value::Text(text.to_lowercase()),
            _ => Value::Null,
        },
        "ABS" => number(first.number().map(Number::absolute)),
        "ROUND" => {
            let digits = values[1].number().unwrap_or(Number::ZERO);
            number(first.number().map(|number| number.rounded(digits)))
        }
        _ => panic!("no function {name}"),
    }
}

/// `OR` with three values: true if one is, unknown if one is and none is true.
fn any(truths: impl IntoIterator<Item = Option<bool>>) -> Option<bool> {
    let mut found = Some(false);
    for truth in truths {
        if truth == Some(true) {
            return truth;
        }
        found = found.and(truth);
    }
    found
}

fn truth(known: Option<bool>) -> Value {
    known.map_or(Value::Null, Value::Boolean)
}

fn number(known: Option<Number>) -> Value {
    known.map_or(Value::Null, Value::Number)
}
