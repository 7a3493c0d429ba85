//! Types of expressions, as far as they are known, and what depends on settings of a session.
//!
//! Nothing here is needed for a right statement of a well-typed fragment: the database checks types.
//! It tells what can raise an error, what has another form in another dialect, and what would give
//! another result in another session.

use super::functions::{Callee, Function};
use super::tree::{Walk, case_results};
use super::{BaseType, BinaryOp, Call, DateField, Expr};
use crate::value::DataType;

/// How to learn the declared type of a reference; `None` where it is not declared.
pub(crate) type ColumnTypes<'c, R> = &'c dyn Fn(&R) -> Option<DataType>;

/// The type of an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Type {
    /// A type that columns can have.
    Data(DataType),
    /// A time of day.
    Time,
    /// A span of time.
    Interval,
}

impl Type {
    const BOOLEAN: Option<Type> = Some(Type::Data(DataType::Boolean));
    const INTEGER: Option<Type> = Some(Type::Data(DataType::Integer));
    const DECIMAL: Option<Type> = Some(Type::Data(DataType::Decimal));
    const TEXT: Option<Type> = Some(Type::Data(DataType::Text));
    const TIMESTAMP: Option<Type> = Some(Type::Data(DataType::Timestamp));

    /// Whether it is a date, a time or a span of time.
    pub(super) fn is_temporal(self) -> bool {
        match self {
            Type::Data(data_type) => data_type.is_temporal(),
            Type::Time | Type::Interval => true,
        }
    }

    fn is_float(self) -> bool {
        self == Type::Data(DataType::Float)
    }
}

impl BaseType {
    /// The type of a cast to it.
    pub(crate) fn value_type(self) -> Type {
        Type::Data(match self {
            BaseType::Smallint | BaseType::Integer | BaseType::Bigint => DataType::Integer,
            BaseType::Numeric => DataType::Decimal,
            BaseType::Real | BaseType::Double => DataType::Float,
            BaseType::Text | BaseType::Varchar => DataType::Text,
            BaseType::Boolean => DataType::Boolean,
            BaseType::Date => DataType::Date,
            BaseType::Time => return Type::Time,
            BaseType::Timestamp => DataType::Timestamp,
            BaseType::Timestamptz => DataType::Timestamptz,
            BaseType::Interval => return Type::Interval,
            BaseType::Json => DataType::Json,
            BaseType::Jsonb => DataType::Jsonb,
            BaseType::Uuid => DataType::Uuid,
        })
    }
}

/// The type of an expression in PostgreSQL, or `None` where it is not known.
///
/// A plain string has no type of its own there, and so none here.
pub(crate) fn type_of<R>(expr: &Expr<R>, columns: ColumnTypes<'_, R>) -> Option<Type> {
    match expr {
        Expr::Reference(reference) => columns(reference).map(Type::Data),
        Expr::Null | Expr::Text(_) => None,
        Expr::Number(digits) => Some(Type::Data(if digits.contains('.') || digits.len() > 18 {
            DataType::Decimal
        } else {
            DataType::Integer
        })),
        Expr::Boolean(_)
        | Expr::Not(_)
        | Expr::And(_)
        | Expr::Or(_)
        | Expr::Is { .. }
        | Expr::Between { .. }
        | Expr::In { .. }
        | Expr::Like { .. } => Type::BOOLEAN,
        Expr::Typed(type_name, _) | Expr::Cast(_, type_name) => Some(type_name.base.value_type()),
        Expr::Negate(operand) => type_of(operand, columns),
        Expr::Binary(operator, left, right) => binary(*operator, left, right, columns),
        Expr::Case {
            branches,
            otherwise,
            ..
        } => {
            case_results(branches, otherwise.as_deref()).find_map(|result| type_of(result, columns))
        }
        Expr::AtTimeZone(operand, _) => match type_of(operand, columns)? {
            Type::Data(DataType::Timestamptz) => Type::TIMESTAMP,
            Type::Data(DataType::Timestamp) => Some(Type::Data(DataType::Timestamptz)),
            _ => None,
        },
        Expr::Extract(..) => Type::DECIMAL,
        Expr::Call(call) => call_type(call, columns),
    }
}

fn binary<R>(
    operator: BinaryOp,
    left: &Expr<R>,
    right: &Expr<R>,
    columns: ColumnTypes<'_, R>,
) -> Option<Type> {
    match operator {
        BinaryOp::Add
        | BinaryOp::Subtract
        | BinaryOp::Multiply
        | BinaryOp::Divide
        | BinaryOp::Remainder => {
            let left = type_of(left, columns)?;
            arithmetic(operator, left, type_of(right, columns)?)
        }
        BinaryOp::Concat => match type_of(left, columns) {
            Some(Type::Data(DataType::Text)) => Type::TEXT,
            _ => None,
        },
        BinaryOp::Equal
        | BinaryOp::NotEqual
        | BinaryOp::Less
        | BinaryOp::LessOrEqual
        | BinaryOp::Greater
        | BinaryOp::GreaterOrEqual
        | BinaryOp::IsDistinctFrom
        | BinaryOp::IsNotDistinctFrom
        | BinaryOp::Contains
        | BinaryOp::Matches
        | BinaryOp::MatchesIgnoringCase => Type::BOOLEAN,
        BinaryOp::JsonField | BinaryOp::JsonPath => match type_of(left, columns) {
            Some(Type::Data(DataType::Json)) => Some(Type::Data(DataType::Json)),
            _ => Some(Type::Data(DataType::Jsonb)),
        },
        BinaryOp::JsonText | BinaryOp::JsonPathText => Type::TEXT,
    }
}

fn arithmetic(operator: BinaryOp, left: Type, right: Type) -> Option<Type> {
    use DataType::{Date, Decimal, Float, Integer, Timestamp, Timestamptz};
    let is_sum = matches!(operator, BinaryOp::Add | BinaryOp::Subtract);
    match (left, right) {
        (Type::Data(Date), Type::Data(Integer)) if is_sum => Some(Type::Data(Date)),
        (Type::Data(Date), Type::Data(Date)) => Type::INTEGER,
        (Type::Data(Date | Timestamp), Type::Interval) => Type::TIMESTAMP,
        (Type::Data(Timestamptz), Type::Interval) => Some(Type::Data(Timestamptz)),
        (Type::Data(Timestamp | Timestamptz), Type::Data(Timestamp | Timestamptz))
        | (Type::Interval, _) => Some(Type::Interval),
        (Type::Data(left), Type::Data(right)) if left.is_numeric() && right.is_numeric() => {
            Some(Type::Data(match (left, right) {
                (Float, _) | (_, Float) => Float,
                (Integer, Integer) if operator != BinaryOp::Divide => Integer,
                _ => Decimal,
            }))
        }
        _ => None,
    }
}

fn call_type<R>(call: &Call<R>, columns: ColumnTypes<'_, R>) -> Option<Type> {
    let Callee::Known(function) = &call.function else {
        return None;
    };
    let of_argument = || {
        let mut arguments = call.arguments.iter();
        arguments.find_map(|argument| type_of(argument, columns))
    };
    match function {
        Function::Coalesce
        | Function::Nullif
        | Function::Greatest
        | Function::Least
        | Function::Abs
        | Function::Min
        | Function::Max => of_argument(),
        Function::Sum | Function::Avg => match of_argument()? {
            Type::Data(DataType::Integer) => Type::DECIMAL,
            other => Some(other),
        },
        Function::StddevSamp | Function::StddevPop | Function::VarSamp | Function::VarPop => {
            match of_argument()? {
                float if float.is_float() => Some(float),
                _ => Type::DECIMAL,
            }
        }
        Function::PercentileCont | Function::PercentileDisc => {
            let (order, _) = call.within_group.as_ref()?;
            match type_of(order, columns)? {
                Type::Data(data_type)
                    if data_type.is_numeric() && *function == Function::PercentileCont =>
                {
                    Some(Type::Data(DataType::Float))
                }
                other => Some(other),
            }
        }
        Function::BoolAnd | Function::BoolOr => Type::BOOLEAN,
        Function::Count
        | Function::Length
        | Function::Strpos
        | Function::JsonbArrayLength
        | Function::JsonArrayLength => Type::INTEGER,
        Function::Round
        | Function::Floor
        | Function::Ceil
        | Function::Trunc
        | Function::Sign
        | Function::Power
        | Function::Sqrt
        | Function::Ln
        | Function::Exp
        | Function::Mod
        | Function::DatePart => Type::DECIMAL,
        Function::Upper
        | Function::Lower
        | Function::Btrim
        | Function::Ltrim
        | Function::Rtrim
        | Function::Substr
        | Function::Left
        | Function::Right
        | Function::Replace
        | Function::Concat
        | Function::ConcatWs
        | Function::SplitPart
        | Function::Lpad
        | Function::Rpad
        | Function::Md5
        | Function::ToChar
        | Function::JsonbExtractPathText
        | Function::JsonExtractPathText
        | Function::JsonbTypeof
        | Function::JsonTypeof => Type::TEXT,
        Function::DateTrunc => Type::TIMESTAMP,
        Function::MakeDate => Some(Type::Data(DataType::Date)),
    }
}

/// What in the expression would give another result in another session, as far as the types are
/// known: the session's time zone, or its way of writing dates.
pub(crate) fn session_dependence<R>(
    expr: &Expr<R>,
    columns: ColumnTypes<'_, R>,
) -> Option<&'static str> {
    let mut found = None;
    expr.visit(&mut |node| {
        found = own_dependence(node, columns);
        if found.is_some() {
            Walk::Stop
        } else {
            Walk::On
        }
    });
    found
}

const ZONE_CAST: &str = "a conversion between a moment and a local time without `AT TIME ZONE`";
const DATE_AS_TEXT: &str = "a date or time turned into text without `TO_CHAR`";
const FLOAT_AS_TEXT: &str = "a floating-point number turned into text";

/// Why the text of a value depends on the session: DateStyle, IntervalStyle, extra_float_digits.
fn text_dependence(found: Type) -> Option<&'static str> {
    if found.is_temporal() {
        return Some(DATE_AS_TEXT);
    }
    found.is_float().then_some(FLOAT_AS_TEXT)
}

fn own_dependence<R>(expr: &Expr<R>, columns: ColumnTypes<'_, R>) -> Option<&'static str> {
    let known = |part: &Expr<R>| type_of(part, columns);
    let is_moment = |part: &Expr<R>| known(part) == Some(Type::Data(DataType::Timestamptz));
    match expr {
        Expr::Cast(operand, type_name) => {
            let from = known(operand)?;
            let to = type_name.base.value_type();
            let moment = Type::Data(DataType::Timestamptz);
            if to == Type::Data(DataType::Text) {
                return text_dependence(from);
            }
            let crosses = (from == moment) != (to == moment);
            (crosses && from.is_temporal() && to.is_temporal()).then_some(ZONE_CAST)
        }
        // PostgreSQL turns a date into a moment first, by the session's zone.
        Expr::AtTimeZone(operand, _) => {
            (known(operand)? == Type::Data(DataType::Date)).then_some(ZONE_CAST)
        }
        Expr::Extract(field, operand) => {
            (*field != DateField::Epoch && is_moment(operand)).then_some(ZONE_CAST)
        }
        Expr::Call(call) => call_dependence(call, columns),
        Expr::Binary(BinaryOp::Concat, left, right) => [left, right]
            .into_iter()
            .find_map(|part| text_dependence(known(part)?)),
        Expr::Binary(_, left, right) => crosses_zone([&**left, &**right].into_iter(), columns),
        Expr::Between {
            operand, low, high, ..
        } => crosses_zone([&**operand, &**low, &**high].into_iter(), columns),
        Expr::In { operand, list, .. } => {
            crosses_zone(std::iter::once(&**operand).chain(list), columns)
        }
        _ => None,
    }
}

fn call_dependence<R>(call: &Call<R>, columns: ColumnTypes<'_, R>) -> Option<&'static str> {
    let Callee::Known(function) = &call.function else {
        return None;
    };
    let any = |test: fn(Type) -> bool| {
        let mut arguments = call.arguments.iter();
        arguments.any(|argument| type_of(argument, columns).is_some_and(test))
    };
    match function {
        Function::DateTrunc | Function::ToChar => {
            any(|found| found == Type::Data(DataType::Timestamptz)).then_some(ZONE_CAST)
        }
        Function::Concat | Function::ConcatWs => {
            let mut arguments = call.arguments.iter();
            arguments.find_map(|argument| text_dependence(type_of(argument, columns)?))
        }
        Function::Coalesce | Function::Nullif | Function::Greatest | Function::Least => {
            crosses_zone(call.arguments.iter(), columns)
        }
        _ => None,
    }
}

/// Moments next to local times, or next to an interval: a day is not always 24 hours.
fn crosses_zone<'e, R: 'e>(
    parts: impl Iterator<Item = &'e Expr<R>>,
    columns: ColumnTypes<'_, R>,
) -> Option<&'static str> {
    let (mut moments, mut others) = (false, false);
    for part in parts {
        match type_of(part, columns) {
            Some(Type::Data(DataType::Timestamptz)) => moments = true,
            Some(Type::Data(DataType::Date | DataType::Timestamp) | Type::Interval) => {
                others = true
            }
            _ => {}
        }
    }
    (moments && others).then_some(ZONE_CAST)
}

/// What an expression is without a doubt, whatever its columns are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Plain {
    Condition,
    /// A number, a date or a span of time.
    Number,
    Text,
}

/// What the outermost node alone tells.
pub(super) fn outermost<R>(expr: &Expr<R>) -> Option<Plain> {
    match expr {
        Expr::Text(_) => Some(Plain::Text),
        Expr::Negate(_) => Some(Plain::Number),
        Expr::Binary(operator, ..) => match operator {
            BinaryOp::Add
            | BinaryOp::Subtract
            | BinaryOp::Multiply
            | BinaryOp::Divide
            | BinaryOp::Remainder => Some(Plain::Number),
            BinaryOp::JsonText | BinaryOp::JsonPathText => Some(Plain::Text),
            BinaryOp::Concat | BinaryOp::JsonField | BinaryOp::JsonPath => None,
            _ => Some(Plain::Condition),
        },
        Expr::Case { .. } | Expr::AtTimeZone(..) => None,
        Expr::Call(call) if is_of_argument_type(call) => None,
        Expr::Call(Call {
            function: Callee::User(_),
            ..
        }) => None,
        _ => match type_of(expr, &|_| None) {
            Some(Type::Data(DataType::Boolean)) => Some(Plain::Condition),
            Some(Type::Data(DataType::Text)) => Some(Plain::Text),
            Some(Type::Data(DataType::Json | DataType::Jsonb | DataType::Uuid)) => None,
            Some(_) => Some(Plain::Number),
            // Sums and their kind have a type only with that of their argument.
            None if matches!(expr, Expr::Call(_)) => Some(Plain::Number),
            None => None,
        },
    }
}

fn is_of_argument_type<R>(call: &Call<R>) -> bool {
    matches!(
        call.function,
        Callee::Known(
            Function::Coalesce
                | Function::Nullif
                | Function::Greatest
                | Function::Least
                | Function::Min
                | Function::Max
                | Function::PercentileDisc
        )
    )
}
