//! What an expression can raise when a row is read that the guard would have hidden (R20).

use super::functions::{Callee, Function};
use super::tree::{Walk, case_results};
use super::types::{ColumnTypes, Type, type_of};
use super::{BaseType, BinaryOp, Call, Expr, TypeName};
use crate::value::DataType;

/// The worst that evaluating an expression can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Hazard {
    /// It never raises an error.
    Never,
    /// It may raise an error whose text names no value: out of range, a zero to a negative power.
    Overflow,
    /// It may raise an error whose text shows a value of the row.
    Value,
}

/// The worst that the expression can do, in PostgreSQL, as it is printed.
///
/// Types that are not known count as the worst.
pub(crate) fn hazard<R>(expr: &Expr<R>, columns: ColumnTypes<'_, R>) -> Hazard {
    let mut worst = Hazard::Never;
    expr.visit(&mut |node| {
        worst = worst.max(own_hazard(node, columns));
        if worst == Hazard::Value {
            Walk::Stop
        } else {
            Walk::On
        }
    });
    worst
}

/// What the outermost node adds to its parts.
fn own_hazard<R>(expr: &Expr<R>, columns: ColumnTypes<'_, R>) -> Hazard {
    match expr {
        Expr::Reference(_)
        | Expr::Null
        | Expr::Boolean(_)
        | Expr::Number(_)
        | Expr::Text(_)
        | Expr::Typed(..)
        | Expr::Not(_)
        | Expr::And(_)
        | Expr::Or(_)
        | Expr::Is { .. }
        | Expr::Between { .. }
        | Expr::In { .. }
        | Expr::Case { .. } => Hazard::Never,
        // The smallest integer has no opposite.
        Expr::Negate(operand) if matches!(**operand, Expr::Number(_)) => Hazard::Never,
        Expr::Negate(_) => Hazard::Overflow,
        Expr::Binary(BinaryOp::Divide, left, _) => number_cast(left, columns).max(Hazard::Overflow),
        // Beside a binary fraction the other operand is printed with a cast, and whether one is may be
        // known from another source's declarations alone.
        Expr::Binary(BinaryOp::Remainder, left, right) if !are_numbers(left, right) => {
            let casts = number_cast(left, columns).max(number_cast(right, columns));
            casts.max(Hazard::Overflow)
        }
        Expr::Binary(operator, left, right) => binary(*operator, left, right),
        // A pattern must not end with its escape character; the parser holds literals to that.
        Expr::Like { pattern, .. } if matches!(**pattern, Expr::Text(_)) => Hazard::Never,
        Expr::Like { .. } => Hazard::Overflow,
        Expr::Cast(operand, type_name) => cast(operand, *type_name, columns),
        Expr::AtTimeZone(..) | Expr::Extract(..) => Hazard::Overflow,
        Expr::Call(call) => of_call(call, columns),
    }
}

/// What the cast to `numeric` adds that is printed around the dividend and around arguments of
/// numeric functions: nothing for numbers, but a text in its place is shown by the error.
fn number_cast<R>(operand: &Expr<R>, columns: ColumnTypes<'_, R>) -> Hazard {
    match type_of(operand, columns) {
        Some(Type::Data(data_type)) if data_type.is_numeric() => return Hazard::Overflow,
        // A cast that does not exist fails before any row is read.
        Some(Type::Interval | Type::Time) => return Hazard::Overflow,
        Some(_) => return Hazard::Value,
        None => {}
    }
    match operand {
        Expr::Null | Expr::Text(_) => Hazard::Never,
        Expr::Negate(_)
        | Expr::Binary(
            BinaryOp::Add
            | BinaryOp::Subtract
            | BinaryOp::Multiply
            | BinaryOp::Divide
            | BinaryOp::Remainder,
            ..,
        ) => Hazard::Overflow,
        Expr::Case {
            branches,
            otherwise,
            ..
        } => case_results(branches, otherwise.as_deref())
            .map(|result| number_cast(result, columns))
            .max()
            .unwrap_or(Hazard::Never),
        Expr::Call(call) => match &call.function {
            Callee::Known(
                Function::Sum
                | Function::Avg
                | Function::Abs
                | Function::StddevSamp
                | Function::StddevPop
                | Function::VarSamp
                | Function::VarPop
                | Function::PercentileCont,
            ) => Hazard::Overflow,
            Callee::Known(
                Function::Coalesce | Function::Nullif | Function::Greatest | Function::Least,
            ) => call
                .arguments
                .iter()
                .map(|argument| number_cast(argument, columns))
                .max()
                .unwrap_or(Hazard::Never),
            _ => Hazard::Value,
        },
        _ => Hazard::Value,
    }
}

/// What the cast to `timestamp` adds that is printed around the argument of date functions.
fn timestamp_cast<R>(operand: Option<&Expr<R>>, columns: ColumnTypes<'_, R>) -> Hazard {
    match operand.map(|operand| type_of(operand, columns)) {
        Some(Some(Type::Data(DataType::Date | DataType::Timestamp))) => Hazard::Never,
        Some(Some(Type::Data(DataType::Timestamptz))) => Hazard::Overflow,
        _ => Hazard::Value,
    }
}

fn are_numbers<R>(left: &Expr<R>, right: &Expr<R>) -> bool {
    matches!((left, right), (Expr::Number(_), Expr::Number(_)))
}

fn binary<R>(operator: BinaryOp, left: &Expr<R>, right: &Expr<R>) -> Hazard {
    match operator {
        BinaryOp::Add
        | BinaryOp::Subtract
        | BinaryOp::Multiply
        | BinaryOp::Divide
        | BinaryOp::Remainder => {
            if are_numbers(left, right) {
                Hazard::Never
            } else {
                Hazard::Overflow
            }
        }
        BinaryOp::Matches | BinaryOp::MatchesIgnoringCase => match right {
            Expr::Text(_) => Hazard::Never,
            _ => Hazard::Value,
        },
        // A literal beside `@>` is read as JSON or as an array once, not row by row.
        BinaryOp::Concat
        | BinaryOp::Equal
        | BinaryOp::NotEqual
        | BinaryOp::Less
        | BinaryOp::LessOrEqual
        | BinaryOp::Greater
        | BinaryOp::GreaterOrEqual
        | BinaryOp::IsDistinctFrom
        | BinaryOp::IsNotDistinctFrom
        | BinaryOp::JsonField
        | BinaryOp::JsonText
        | BinaryOp::JsonPath
        | BinaryOp::JsonPathText
        | BinaryOp::Contains => Hazard::Never,
    }
}

fn cast<R>(operand: &Expr<R>, to: TypeName, columns: ColumnTypes<'_, R>) -> Hazard {
    use DataType::{Boolean, Date, Decimal, Float, Integer, Timestamp, Timestamptz};
    let is_literal = matches!(
        operand,
        Expr::Null | Expr::Text(_) | Expr::Number(_) | Expr::Boolean(_) | Expr::Typed(..)
    );
    if is_literal {
        return Hazard::Never;
    }
    if matches!(to.base, BaseType::Text | BaseType::Varchar) {
        return Hazard::Never;
    }
    let Some(Type::Data(from)) = type_of(operand, columns) else {
        return Hazard::Value;
    };
    let is_narrow = matches!(to.base, BaseType::Smallint | BaseType::Integer);
    match (from, to.base) {
        (Integer | Decimal, BaseType::Numeric) if to.modifiers.0.is_none() => Hazard::Never,
        (Integer, BaseType::Bigint) if is_stored(operand) => Hazard::Never,
        (Integer, BaseType::Double | BaseType::Real) if is_stored(operand) => Hazard::Never,
        (Boolean, BaseType::Boolean) => Hazard::Never,
        (Boolean, BaseType::Integer) => Hazard::Never,
        (Integer, BaseType::Boolean) => Hazard::Never,
        // A date lies beyond the range of timestamps only where nobody has dates.
        (Date | Timestamp, BaseType::Date | BaseType::Timestamp) => Hazard::Never,
        (Timestamp | Timestamptz, BaseType::Time) => Hazard::Never,
        (DataType::Jsonb, BaseType::Jsonb) | (DataType::Json, BaseType::Json) => Hazard::Never,
        (DataType::Uuid, BaseType::Uuid) => Hazard::Never,
        (Timestamptz, BaseType::Date | BaseType::Timestamp)
        | (Date | Timestamp, BaseType::Timestamptz) => Hazard::Overflow,
        (Integer | Decimal | Float, BaseType::Numeric) => Hazard::Overflow,
        (Integer | Decimal | Float, base) if is_narrow || base == BaseType::Bigint => {
            Hazard::Overflow
        }
        (Integer, BaseType::Double | BaseType::Real) => Hazard::Overflow,
        // The message of `numeric` to `double precision` shows the number; a float's does not.
        (Float, BaseType::Double | BaseType::Real) => Hazard::Overflow,
        _ => Hazard::Value,
    }
}

/// Whether a value of an integer type is surely one that fits 64 bits: a column, or what has one's type.
fn is_stored<R>(operand: &Expr<R>) -> bool {
    matches!(operand, Expr::Reference(_) | Expr::Cast(..))
}

fn of_call<R>(call: &Call<R>, columns: ColumnTypes<'_, R>) -> Hazard {
    let number_casts = || {
        call.arguments
            .iter()
            .map(|argument| number_cast(argument, columns))
            .fold(Hazard::Overflow, Hazard::max)
    };
    let Callee::Known(function) = &call.function else {
        return Hazard::Value;
    };
    match function {
        Function::Count
        | Function::Min
        | Function::Max
        | Function::BoolAnd
        | Function::BoolOr
        | Function::PercentileDisc
        | Function::Coalesce
        | Function::Nullif
        | Function::Greatest
        | Function::Least
        | Function::Upper
        | Function::Lower
        | Function::Btrim
        | Function::Ltrim
        | Function::Rtrim
        | Function::Length
        | Function::Left
        | Function::Right
        | Function::Replace
        | Function::Concat
        | Function::ConcatWs
        | Function::Strpos
        | Function::Md5
        | Function::JsonbExtractPathText
        | Function::JsonExtractPathText
        | Function::JsonbTypeof
        | Function::JsonTypeof => Hazard::Never,
        Function::Substr => match call.arguments.get(2) {
            // A negative length is an error.
            None | Some(Expr::Number(_)) => Hazard::Never,
            Some(_) => Hazard::Overflow,
        },
        Function::SplitPart => match call.arguments.get(2) {
            Some(Expr::Number(digits)) if digits.bytes().any(|digit| digit != b'0') => {
                Hazard::Never
            }
            _ => Hazard::Value,
        },
        // The pattern is one of the list.
        Function::ToChar => timestamp_cast(call.arguments.first(), columns),
        Function::DateTrunc => timestamp_cast(call.arguments.get(1), columns),
        Function::Floor
        | Function::Ceil
        | Function::Sign
        | Function::Power
        | Function::Sqrt
        | Function::Ln
        | Function::Exp
        | Function::Round
        | Function::Trunc => number_casts(),
        Function::Sum
        | Function::Avg
        | Function::StddevSamp
        | Function::StddevPop
        | Function::VarSamp
        | Function::VarPop
        | Function::Abs
        | Function::Mod
        | Function::DatePart
        | Function::Lpad
        | Function::Rpad
        | Function::JsonbArrayLength
        | Function::JsonArrayLength => Hazard::Overflow,
        // An interpolation goes through binary floating point, whose range errors show the number.
        Function::PercentileCont | Function::MakeDate => Hazard::Value,
    }
}
