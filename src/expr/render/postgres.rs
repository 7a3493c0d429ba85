//! PostgreSQL's spelling.

use super::{Printed, Printer};
use crate::expr::functions::{Callee, Function};
use crate::expr::types::Type;
use crate::expr::{BaseType, BinaryOp, Call, Expr, TypeName};
use crate::value::DataType;

/// An operator between two operands; those that need more are printed elsewhere.
pub(super) fn operator(operator: BinaryOp) -> &'static str {
    match operator {
        BinaryOp::Add => "+",
        BinaryOp::Subtract => "-",
        BinaryOp::Multiply => "*",
        BinaryOp::Divide => "/",
        BinaryOp::Remainder => "%",
        BinaryOp::Concat => "||",
        BinaryOp::Equal => "=",
        BinaryOp::NotEqual => "<>",
        BinaryOp::Less => "<",
        BinaryOp::LessOrEqual => "<=",
        BinaryOp::Greater => ">",
        BinaryOp::GreaterOrEqual => ">=",
        BinaryOp::IsDistinctFrom => "IS DISTINCT FROM",
        BinaryOp::IsNotDistinctFrom => "IS NOT DISTINCT FROM",
        BinaryOp::JsonField => "->",
        BinaryOp::JsonText => "->>",
        BinaryOp::JsonPath => "#>",
        BinaryOp::JsonPathText => "#>>",
        BinaryOp::Contains => "@>",
        BinaryOp::Matches => "~",
        BinaryOp::MatchesIgnoringCase => "~*",
    }
}

/// What stands in front of the string of a typed constant.
pub(super) fn constant_prefix(base: BaseType) -> &'static str {
    match base {
        BaseType::Date => "DATE ",
        BaseType::Time => "TIME ",
        BaseType::Timestamptz => "TIMESTAMPTZ ",
        BaseType::Interval => "INTERVAL ",
        // The parser makes constants of temporal types only.
        _ => "TIMESTAMP ",
    }
}

impl BaseType {
    fn postgres(self) -> &'static str {
        match self {
            BaseType::Smallint => "smallint",
            BaseType::Integer => "integer",
            BaseType::Bigint => "bigint",
            BaseType::Numeric => "numeric",
            BaseType::Real => "real",
            BaseType::Double => "double precision",
            BaseType::Text => "text",
            BaseType::Varchar => "varchar",
            BaseType::Boolean => "boolean",
            BaseType::Date => "date",
            BaseType::Time => "time",
            BaseType::Timestamp => "timestamp",
            BaseType::Timestamptz => "timestamptz",
            BaseType::Interval => "interval",
            BaseType::Json => "json",
            BaseType::Jsonb => "jsonb",
            BaseType::Uuid => "uuid",
        }
    }
}

impl TypeName {
    /// The type as casts name it.
    pub(super) fn postgres(self) -> String {
        let mut text = self.base.postgres().to_owned();
        match self.modifiers {
            (Some(first), Some(second)) => text.push_str(&format!("({first}, {second})")),
            (Some(first), None) => text.push_str(&format!("({first})")),
            (None, _) => {}
        }
        text
    }
}

impl Printer<'_> {
    /// True division: whole numbers would truncate (R7).
    pub(super) fn postgres_quotient(&mut self, left: &Expr<u32>, right: &Expr<u32>) -> Printed {
        self.put("(");
        self.expr(left)?;
        // A span of time divides by a number as it is.
        if !is_fractional(left) && self.type_of(left) != Some(Type::Interval) {
            self.put("::numeric");
        }
        self.put(" / ");
        self.divisor(right)?;
        self.put(")");
        Ok(())
    }

    /// The operator is missing for `double precision`.
    pub(super) fn postgres_remainder(&mut self, left: &Expr<u32>, right: &Expr<u32>) -> Printed {
        let float = Some(Type::Data(DataType::Float));
        let is_exact = self.type_of(left) != float && self.type_of(right) != float;
        let needs_cast = |operand: &Expr<u32>| {
            !is_exact && !matches!(operand, Expr::Number(_)) && !is_numeric(operand)
        };
        self.put("(");
        self.expr(left)?;
        self.put(if needs_cast(left) {
            "::numeric % "
        } else {
            " % "
        });
        if needs_cast(right) {
            return self.around("NULLIF(", right, "::numeric, 0))");
        }
        self.divisor(right)?;
        self.put(")");
        Ok(())
    }

    /// An argument of a function that exists for `numeric` and for `double precision`: whole numbers
    /// would become binary floating point (R7), and `round(x, n)` is missing for that.
    fn numeric(&mut self, argument: &Expr<u32>) -> Printed {
        self.expr(argument)?;
        if !is_numeric(argument) {
            self.put("::numeric");
        }
        Ok(())
    }

    /// An argument that is to be a local time: a date would become a moment of the session's zone.
    fn timestamp(&mut self, argument: &Expr<u32>) -> Printed {
        self.expr(argument)?;
        let is_timestamp = match argument {
            Expr::Cast(_, type_name) | Expr::Typed(type_name, _) => {
                type_name.base == BaseType::Timestamp
            }
            Expr::Call(call) => call.function == Callee::Known(Function::DateTrunc),
            _ => false,
        };
        if !is_timestamp {
            self.put("::timestamp");
        }
        Ok(())
    }

    /// A call; each form has its own function, so that this frame stays small.
    pub(super) fn postgres_call(&mut self, function: Function, call: &Call<u32>) -> Printed {
        match function {
            Function::Coalesce => self.plain_call("COALESCE", call),
            Function::Nullif => self.plain_call("NULLIF", call),
            Function::Greatest => self.plain_call("GREATEST", call),
            Function::Least => self.plain_call("LEAST", call),
            Function::Ln => self.postgres_ln(call),
            Function::Sqrt => self.postgres_sqrt(call),
            Function::Round
            | Function::Trunc
            | Function::Floor
            | Function::Ceil
            | Function::Sign
            | Function::Exp
            | Function::Power => self.numeric_call(function, call),
            Function::DateTrunc => self.postgres_date_trunc(call),
            Function::ToChar => self.postgres_to_char(call),
            _ => {
                self.plain_call(function.name(), call)?;
                self.within_group(call)
            }
        }
    }

    fn within_group(&mut self, call: &Call<u32>) -> Printed {
        let Some((order, is_descending)) = &call.within_group else {
            return Ok(());
        };
        let end = if *is_descending { " DESC)" } else { ")" };
        self.around(" WITHIN GROUP (ORDER BY ", order, end)
    }

    /// The first argument as `numeric`; both of `power`, but not the digits of `round`.
    fn numeric_call(&mut self, function: Function, call: &Call<u32>) -> Printed {
        self.put(function.name());
        for (index, argument) in call.arguments.iter().enumerate() {
            self.put(if index == 0 { "(" } else { ", " });
            if index == 0 || function == Function::Power {
                self.numeric(argument)?;
            } else {
                self.expr(argument)?;
            }
        }
        self.put(")");
        Ok(())
    }

    fn postgres_date_trunc(&mut self, call: &Call<u32>) -> Printed {
        let [unit, argument] = call.arguments.as_slice() else {
            return self.plain_call("date_trunc", call);
        };
        self.around("date_trunc(", unit, ", ")?;
        self.timestamp(argument)?;
        self.put(")");
        Ok(())
    }

    fn postgres_to_char(&mut self, call: &Call<u32>) -> Printed {
        let [argument, pattern] = call.arguments.as_slice() else {
            return self.plain_call("to_char", call);
        };
        self.put("to_char(");
        self.timestamp(argument)?;
        self.around(", ", pattern, ")")
    }

    /// NULL where there is no logarithm; the argument stands once, so that nesting stays linear.
    fn postgres_ln(&mut self, call: &Call<u32>) -> Printed {
        let [argument] = call.arguments.as_slice() else {
            return self.plain_call("ln", call);
        };
        self.put("ln(");
        if is_logarithm_guard(argument) {
            self.expr(argument)?;
        } else {
            self.around("NULLIF(GREATEST(", argument, ", 0), 0)::numeric")?;
        }
        self.put(")");
        Ok(())
    }

    /// NULL where there is no root.
    fn postgres_sqrt(&mut self, call: &Call<u32>) -> Printed {
        let [argument] = call.arguments.as_slice() else {
            return self.plain_call("sqrt", call);
        };
        let is_never_negative = match argument {
            Expr::Number(_) => true,
            Expr::Call(call) => call.function == Callee::Known(Function::Abs),
            _ => false,
        };
        if !is_never_negative {
            self.around("(CASE WHEN (", argument, " >= 0) THEN ")?;
        }
        self.put("sqrt(");
        self.numeric(argument)?;
        self.put(if is_never_negative { ")" } else { ") END)" });
        Ok(())
    }
}

/// Whether the division by anything is surely no division of whole numbers.
fn is_fractional(expr: &Expr<u32>) -> bool {
    match expr {
        Expr::Negate(operand) => is_fractional(operand),
        Expr::Cast(_, type_name) => {
            matches!(type_name.base, BaseType::Real | BaseType::Double) || is_numeric(expr)
        }
        Expr::Binary(BinaryOp::Divide, ..) => true,
        Expr::Binary(BinaryOp::Add | BinaryOp::Subtract | BinaryOp::Multiply, left, right) => {
            is_fractional(left) || is_fractional(right)
        }
        _ => is_numeric(expr),
    }
}

/// Whether the expression is surely of the type `numeric`.
fn is_numeric(expr: &Expr<u32>) -> bool {
    match expr {
        Expr::Number(digits) => digits.contains('.'),
        Expr::Cast(_, type_name) => type_name.base == BaseType::Numeric,
        Expr::Call(call) => matches!(
            call.function,
            Callee::Known(
                Function::Round
                    | Function::Trunc
                    | Function::Floor
                    | Function::Ceil
                    | Function::Sign
                    | Function::Exp
                    | Function::Power
                    | Function::Ln
            )
        ),
        _ => false,
    }
}

/// Whether the argument is what [`Printer::postgres_ln`] makes of one.
fn is_logarithm_guard(argument: &Expr<u32>) -> bool {
    let Expr::Cast(guarded, type_name) = argument else {
        return false;
    };
    let is_guard_call = |expr: &Expr<u32>, function: Function| match expr {
        Expr::Call(call) => {
            call.function == Callee::Known(function)
                && call.arguments.len() == 2
                && call.arguments.get(1).is_some_and(Expr::is_zero)
        }
        _ => false,
    };
    let Expr::Call(nullif) = &**guarded else {
        return false;
    };
    type_name.base == BaseType::Numeric
        && is_guard_call(guarded, Function::Nullif)
        && nullif
            .arguments
            .first()
            .is_some_and(|greatest| is_guard_call(greatest, Function::Greatest))
}
