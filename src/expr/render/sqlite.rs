//! SQLite's spelling: where a form has no equal with the same result, it is refused.
//!
//! Dates are text there (`2026-01-31`, `2026-01-31 23:59:00`), and truth values are 0 and 1.

use super::{Printed, Printer, postgres};
use crate::dialect::Dialect;
use crate::expr::functions::{Callee, Function};
use crate::expr::literal::{PatternPart, pattern};
use crate::expr::types::Type;
use crate::expr::{BaseType, BinaryOp, Call, DateField, Expr, TypeName};
use crate::value::DataType;

impl Printer<'_> {
    pub(super) fn sqlite_binary(
        &mut self,
        operator: BinaryOp,
        left: &Expr<u32>,
        right: &Expr<u32>,
    ) -> Printed {
        debug_assert_eq!(self.dialect, Dialect::Sqlite);
        match operator {
            BinaryOp::Add | BinaryOp::Subtract => self.sqlite_sum(operator, left, right),
            BinaryOp::Divide => {
                match left {
                    Expr::Number(digits) if digits.contains('.') => {
                        self.around("(", left, " / ")?
                    }
                    _ => self.around("(CAST(", left, " AS REAL) / ")?,
                }
                self.divisor(right)?;
                self.put(")");
                Ok(())
            }
            // The operator `%` cuts its operands to whole numbers.
            BinaryOp::Remainder => {
                let integer = Some(Type::Data(DataType::Integer));
                let is_whole = self.type_of(left) == integer && self.type_of(right) == integer;
                let is_short =
                    |operand: &Expr<u32>| matches!(operand, Expr::Reference(_) | Expr::Number(_));
                // Not every SQLite has `mod`; the operands stand twice, so they have to be short.
                if !is_whole {
                    if !is_short(left) || !is_short(right) {
                        return self.refuse("`%` of computed numbers");
                    }
                    self.around("(", left, " - ")?;
                    self.divisor(right)?;
                    self.around(" * CAST(", left, " / ")?;
                    self.divisor(right)?;
                    self.put(" AS INTEGER))");
                    return Ok(());
                }
                self.around("(", left, " % ")?;
                self.divisor(right)?;
                self.put(")");
                Ok(())
            }
            BinaryOp::IsDistinctFrom => self.infix(left, "IS NOT", right),
            BinaryOp::IsNotDistinctFrom => self.infix(left, "IS", right),
            BinaryOp::JsonField | BinaryOp::JsonPath => match path_of(operator, left, right) {
                Ok((base, path)) => self.sqlite_json(base, &path),
                Err(construct) => self.refuse(construct),
            },
            BinaryOp::JsonText | BinaryOp::JsonPathText => match path_of(operator, left, right) {
                Ok((base, path)) => self.sqlite_json_text(base, &path),
                Err(construct) => self.refuse(construct),
            },
            BinaryOp::Contains => self.refuse("`@>`"),
            BinaryOp::Matches | BinaryOp::MatchesIgnoringCase => {
                self.refuse("a regular expression")
            }
            _ => self.infix(left, postgres::operator(operator), right),
        }
    }

    /// `+` and `-`; on texts SQLite would compute with the digits in front.
    fn sqlite_sum(&mut self, operator: BinaryOp, left: &Expr<u32>, right: &Expr<u32>) -> Printed {
        let is_plus = operator == BinaryOp::Add;
        let date = Type::Data(DataType::Date);
        let integer = Type::Data(DataType::Integer);
        match (self.type_of(left), self.type_of(right)) {
            (Some(left_type), Some(right_type)) if left_type == date && right_type == integer => {
                self.around("date(", left, ", (")?;
                self.around(if is_plus { "" } else { "-" }, right, ") || ' days')")
            }
            (Some(left_type), Some(right_type))
                if left_type == date && right_type == date && !is_plus =>
            {
                self.around("CAST(julianday(", left, ") - ")?;
                self.around("julianday(", right, ") AS INTEGER)")
            }
            (left_type, right_type)
                if [left_type, right_type]
                    .into_iter()
                    .flatten()
                    .any(Type::is_temporal) =>
            {
                self.refuse("this arithmetic with dates and times")
            }
            _ => self.infix(left, postgres::operator(operator), right),
        }
    }

    fn sqlite_json(&mut self, base: &Expr<u32>, path: &str) -> Printed {
        self.around("(", base, " -> ")?;
        self.string(path);
        self.put(")");
        Ok(())
    }

    /// A JSON value as PostgreSQL's text of it: truth values are words there.
    fn sqlite_json_text(&mut self, base: &Expr<u32>, path: &str) -> Printed {
        self.around("(CASE json_type(", base, ", ")?;
        self.string(path);
        self.put(") WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' ELSE CAST(");
        self.around("(", base, " ->> ")?;
        self.string(path);
        self.put(") AS TEXT) END)");
        Ok(())
    }

    /// `GLOB` minds case whatever `PRAGMA case_sensitive_like` says.
    pub(super) fn sqlite_like(
        &mut self,
        operand: &Expr<u32>,
        pattern: &Expr<u32>,
        escape: Option<char>,
        ignores_case: bool,
        negated: bool,
    ) -> Printed {
        let Expr::Text(pattern) = pattern else {
            return self.refuse("`LIKE` with a pattern that is no string");
        };
        let mut glob = glob(pattern, escape);
        if ignores_case {
            glob.make_ascii_lowercase();
        }
        let (open, close) = if ignores_case {
            ("(lower(", ")")
        } else {
            ("(", "")
        };
        self.around(open, operand, close)?;
        self.put(if negated { " NOT GLOB " } else { " GLOB " });
        self.string(&glob);
        self.put(")");
        Ok(())
    }

    pub(super) fn sqlite_cast(&mut self, operand: &Expr<u32>, type_name: TypeName) -> Printed {
        let from = self.type_of(operand);
        match type_name.base {
            BaseType::Smallint | BaseType::Integer | BaseType::Bigint => match from {
                Some(Type::Data(DataType::Integer | DataType::Boolean)) => {
                    self.around("CAST(", operand, " AS INTEGER)")
                }
                Some(found) if found.is_temporal() => self.refuse("this cast"),
                // PostgreSQL rounds where SQLite would cut.
                _ => self.around("CAST(round(", operand, ") AS INTEGER)"),
            },
            BaseType::Numeric => match type_name.modifiers {
                (None, _) => self.around("CAST(", operand, " AS NUMERIC)"),
                (Some(_), digits) => {
                    self.around("round(CAST(", operand, " AS NUMERIC), ")?;
                    self.put(&digits.unwrap_or(0).to_string());
                    self.put(")");
                    Ok(())
                }
            },
            BaseType::Real | BaseType::Double => self.around("CAST(", operand, " AS REAL)"),
            BaseType::Text | BaseType::Varchar => {
                if from == Some(Type::Data(DataType::Boolean)) {
                    return self.refuse("a truth value as text");
                }
                match type_name.modifiers.0 {
                    None => self.around("CAST(", operand, " AS TEXT)"),
                    Some(length) => {
                        self.around("substr(CAST(", operand, " AS TEXT), 1, ")?;
                        self.put(&length.to_string());
                        self.put(")");
                        Ok(())
                    }
                }
            }
            BaseType::Boolean => match from {
                Some(Type::Data(DataType::Integer | DataType::Boolean)) => {
                    self.around("(", operand, " <> 0)")
                }
                _ => self.refuse("a cast to `boolean`"),
            },
            BaseType::Date => match operand {
                Expr::Call(call) if call.function == Callee::Known(Function::DateTrunc) => {
                    self.sqlite_date_trunc(call, true)
                }
                _ => self.around("date(", operand, ")"),
            },
            BaseType::Time => self.around("time(", operand, ")"),
            BaseType::Timestamp => self.around("datetime(", operand, ")"),
            BaseType::Json | BaseType::Jsonb => self.around("json(", operand, ")"),
            BaseType::Timestamptz => self.refuse("a moment with a time zone"),
            BaseType::Interval => self.refuse("an interval"),
            BaseType::Uuid => self.refuse("a cast to `uuid`"),
        }
    }

    /// The start of a period, as a timestamp or, for `date_trunc(..)::date`, as a date.
    fn sqlite_date_trunc(&mut self, call: &Call<u32>, as_date: bool) -> Printed {
        let [Expr::Text(unit), argument] = call.arguments.as_slice() else {
            return self.refuse("this form of `date_trunc`");
        };
        // The functions below read a date and a timestamp alike.
        let argument = match argument {
            Expr::Cast(inner, type_name) if type_name.base == BaseType::Timestamp => inner,
            other => other,
        };
        let Some(unit) = DateField::parse(unit) else {
            return self.refuse("this form of `date_trunc`");
        };
        let hours = match unit {
            DateField::Hour => "%H:00:00",
            DateField::Minute => "%H:%M:00",
            DateField::Second => "%H:%M:%S",
            _ => "00:00:00",
        };
        if as_date {
            self.around("date(", argument, "")?;
        } else {
            self.put("strftime('%Y-%m-%d ");
            self.put(hours);
            self.around("', ", argument, "")?;
        }
        match unit {
            DateField::Year => self.put(", 'start of year'"),
            DateField::Month => self.put(", 'start of month'"),
            DateField::Quarter => {
                self.put(", 'start of month', '-' || ((");
                self.around("strftime('%m', ", argument, ") - 1) % 3) || ' months'")?;
            }
            // Forward to the Sunday that ends the week, and back to its Monday.
            DateField::Week => self.put(", 'weekday 0', '-6 days'"),
            _ => {}
        }
        self.put(")");
        Ok(())
    }

    pub(super) fn sqlite_extract(&mut self, field: DateField, operand: &Expr<u32>) -> Printed {
        if self.type_of(operand) == Some(Type::Interval) {
            return self.refuse("an interval");
        }
        let (before, behind) = match field {
            DateField::Epoch => ("CAST(strftime('%s', ", ") AS INTEGER)"),
            DateField::Second => ("CAST(strftime('%f', ", ") AS REAL)"),
            DateField::Minute => ("CAST(strftime('%M', ", ") AS INTEGER)"),
            DateField::Hour => ("CAST(strftime('%H', ", ") AS INTEGER)"),
            DateField::Day => ("CAST(strftime('%d', ", ") AS INTEGER)"),
            DateField::Month => ("CAST(strftime('%m', ", ") AS INTEGER)"),
            DateField::Year => ("CAST(strftime('%Y', ", ") AS INTEGER)"),
            DateField::DayOfYear => ("CAST(strftime('%j', ", ") AS INTEGER)"),
            DateField::DayOfWeek => ("CAST(strftime('%w', ", ") AS INTEGER)"),
            DateField::IsoDayOfWeek => ("((strftime('%w', ", ") + 6) % 7 + 1)"),
            DateField::Quarter => ("((strftime('%m', ", ") + 2) / 3)"),
            // The Thursday of an ISO week lies in the year that the week belongs to.
            DateField::Week => (
                "((strftime('%j', ",
                ", '-3 days', 'weekday 4') - 1) / 7 + 1)",
            ),
            DateField::IsoYear => (
                "CAST(strftime('%Y', ",
                ", '-3 days', 'weekday 4') AS INTEGER)",
            ),
        };
        self.around(before, operand, behind)
    }

    /// A call; each form has its own function, so that this frame stays small.
    pub(super) fn sqlite_call(&mut self, function: Function, call: &Call<u32>) -> Printed {
        match function {
            Function::Coalesce | Function::Greatest | Function::Least
                if call.arguments.len() == 1 =>
            {
                self.joined("(", &call.arguments, "", ")")
            }
            Function::Greatest => self.extreme("max(", &call.arguments),
            Function::Least => self.extreme("min(", &call.arguments),
            Function::Coalesce => self.plain_call("COALESCE", call),
            Function::Nullif => self.plain_call("NULLIF", call),
            Function::BoolAnd => self.joined("min(", &call.arguments, "", " <> 0)"),
            Function::BoolOr => self.joined("max(", &call.arguments, "", " <> 0)"),
            Function::Round => self.sqlite_round(call),
            Function::Trunc => self.sqlite_trunc(call),
            Function::Btrim => self.plain_call("trim", call),
            Function::Strpos => self.plain_call("instr", call),
            Function::Substr => self.sqlite_substr(call),
            Function::Left | Function::Right => self.sqlite_side(function, call),
            Function::Concat => self.sqlite_concat(call),
            Function::DateTrunc => self.sqlite_date_trunc(call, false),
            Function::ToChar => self.sqlite_to_char(call),
            Function::JsonbExtractPathText | Function::JsonExtractPathText => {
                self.sqlite_extract_path(call)
            }
            Function::JsonbArrayLength | Function::JsonArrayLength => {
                self.plain_call("json_array_length", call)
            }
            Function::Sum
            | Function::Count
            | Function::Avg
            | Function::Min
            | Function::Max
            | Function::Abs
            | Function::Sign
            | Function::Upper
            | Function::Lower
            | Function::Ltrim
            | Function::Rtrim
            | Function::Length
            | Function::Replace => self.plain_call(function.name(), call),
            Function::StddevSamp
            | Function::StddevPop
            | Function::VarSamp
            | Function::VarPop
            | Function::PercentileCont
            | Function::PercentileDisc
            // SQLite has these only where it was built with its functions for mathematics.
            | Function::Floor
            | Function::Ceil
            | Function::Power
            | Function::Sqrt
            | Function::Ln
            | Function::Exp
            | Function::Mod
            | Function::ConcatWs
            | Function::SplitPart
            | Function::Lpad
            | Function::Rpad
            | Function::Md5
            | Function::DatePart
            | Function::MakeDate
            | Function::JsonbTypeof
            | Function::JsonTypeof => self.refuse(&format!("`{}`", function.name())),
        }
    }

    fn sqlite_round(&mut self, call: &Call<u32>) -> Printed {
        if !matches!(call.arguments.get(1), None | Some(Expr::Number(_))) {
            return self.refuse("`round` to a number of digits that is no literal");
        }
        self.plain_call("round", call)
    }

    fn sqlite_trunc(&mut self, call: &Call<u32>) -> Printed {
        if call.arguments.len() != 1 {
            return self.refuse("`trunc` to a number of digits");
        }
        self.joined("CAST(", &call.arguments, "", " AS INTEGER)")
    }

    /// A place before the first character means something else in SQLite.
    fn sqlite_substr(&mut self, call: &Call<u32>) -> Printed {
        let places = call.arguments.get(1..).unwrap_or_default();
        let is_plain =
            |place: &Expr<u32>| matches!(place, Expr::Number(digits) if !digits.contains('.'));
        let is_positive = places.first().is_some_and(|first| !first.is_zero());
        if !is_positive || !places.iter().all(is_plain) {
            return self.refuse("`substr` with places that are no positive literals");
        }
        self.plain_call("substr", call)
    }

    /// `left(x, 2)` and `right(x, 2)`.
    fn sqlite_side(&mut self, function: Function, call: &Call<u32>) -> Printed {
        let [text, length @ Expr::Number(_)] = call.arguments.as_slice() else {
            return self.refuse("`left` or `right` with a length that is no literal");
        };
        let is_left = function == Function::Left;
        if !is_left && length.is_zero() {
            return self.refuse("`right` of no characters");
        }
        self.around("substr(", text, if is_left { ", 1, " } else { ", -" })?;
        self.around("", length, ")")
    }

    fn sqlite_concat(&mut self, call: &Call<u32>) -> Printed {
        self.put("(");
        for (index, argument) in call.arguments.iter().enumerate() {
            self.put(if index == 0 { "" } else { " || " });
            match argument {
                Expr::Text(text) => self.string(text),
                _ => self.around("COALESCE(", argument, ", '')")?,
            }
        }
        self.put(")");
        Ok(())
    }

    fn sqlite_extract_path(&mut self, call: &Call<u32>) -> Printed {
        let [base, steps @ ..] = call.arguments.as_slice() else {
            return self.refuse("this JSON path");
        };
        match path_of_steps(steps) {
            Ok(path) => self.sqlite_json_text(base, &path),
            Err(construct) => self.refuse(construct),
        }
    }

    /// The largest or the smallest argument that is not NULL: SQLite's own functions give NULL as soon
    /// as one argument is, so that each argument is backed by the others.
    fn extreme(&mut self, open: &str, arguments: &[Expr<u32>]) -> Printed {
        self.put(open);
        for (index, argument) in arguments.iter().enumerate() {
            if index > 0 {
                self.put(", ");
            }
            if matches!(argument, Expr::Number(_) | Expr::Text(_) | Expr::Typed(..)) {
                self.expr(argument)?;
                continue;
            }
            self.around("COALESCE(", argument, "")?;
            for (_, other) in arguments
                .iter()
                .enumerate()
                .filter(|(other, _)| *other != index)
            {
                self.around(", ", other, "")?;
            }
            self.put(")");
        }
        self.put(")");
        Ok(())
    }

    fn sqlite_to_char(&mut self, call: &Call<u32>) -> Printed {
        let [argument, Expr::Text(text)] = call.arguments.as_slice() else {
            return self.refuse("this form of `to_char`");
        };
        let mut format = String::new();
        for part in pattern(text).unwrap_or_default() {
            match part {
                PatternPart::Strftime(letter) => {
                    format.push('%');
                    format.push(letter);
                }
                PatternPart::Verbatim(verbatim) => format.push_str(verbatim),
                PatternPart::PostgresOnly => {
                    return self
                        .refuse("a pattern of `to_char` beyond `YYYY MM DD DDD HH24 MI SS`");
                }
            }
        }
        self.put("strftime(");
        self.string(&format);
        self.around(", ", argument, ")")
    }
}

/// The pattern of `GLOB` for a pattern of `LIKE`.
fn glob(pattern: &str, escape: Option<char>) -> String {
    let mut out = String::with_capacity(pattern.len());
    let mut characters = pattern.chars();
    while let Some(character) = characters.next() {
        let literal = match character {
            escaping if Some(escaping) == escape => characters.next(),
            '%' => {
                out.push('*');
                None
            }
            '_' => {
                out.push('?');
                None
            }
            other => Some(other),
        };
        match literal {
            Some(special @ ('*' | '?' | '[')) => {
                out.push('[');
                out.push(special);
                out.push(']');
            }
            Some(plain) => out.push(plain),
            None => {}
        }
    }
    out
}

/// The JSON value that steps start from, and the steps as a path of SQLite.
fn path_of<'e>(
    operator: BinaryOp,
    left: &'e Expr<u32>,
    right: &Expr<u32>,
) -> Result<(&'e Expr<u32>, String), &'static str> {
    // A chain of steps is one path; its length is bounded by the depth of the tree.
    let mut base = left;
    let mut steps = vec![(operator, right)];
    while let Expr::Binary(step @ (BinaryOp::JsonField | BinaryOp::JsonPath), inner, key) = base {
        steps.push((*step, key));
        base = inner;
    }
    let mut path = String::from("$");
    for (step, key) in steps.into_iter().rev() {
        match (step, key) {
            (BinaryOp::JsonPath | BinaryOp::JsonPathText, Expr::Text(list)) => {
                push_list(list, &mut path)?;
            }
            (BinaryOp::JsonField | BinaryOp::JsonText, key) => push_step(key, &mut path)?,
            _ => return Err("a JSON path that is no string"),
        }
    }
    Ok((base, path))
}

/// The path of a function's steps.
fn path_of_steps(steps: &[Expr<u32>]) -> Result<String, &'static str> {
    let mut path = String::from("$");
    for step in steps {
        match step {
            // Such a step is a key of an object or a place in an array.
            Expr::Text(step) if step.parse::<i64>().is_ok() => return Err("this JSON path"),
            Expr::Text(_) => push_step(step, &mut path)?,
            _ => return Err("a JSON key that is no literal"),
        }
    }
    Ok(path)
}

fn push_step(key: &Expr<u32>, path: &mut String) -> Result<(), &'static str> {
    match key {
        Expr::Text(name) if !name.contains('"') => {
            path.push_str(".\"");
            path.push_str(name);
            path.push('"');
            Ok(())
        }
        Expr::Number(index) if !index.contains('.') => {
            path.push('[');
            path.push_str(index);
            path.push(']');
            Ok(())
        }
        Expr::Negate(index) => match &**index {
            Expr::Number(index) if !index.contains('.') => {
                path.push_str("[#-");
                path.push_str(index);
                path.push(']');
                Ok(())
            }
            _ => Err("a JSON key that is no literal"),
        },
        _ => Err("a JSON key that is no literal"),
    }
}

/// `{a,b}`: the steps of `#>`. A number could be a key or a place there.
fn push_list(list: &str, path: &mut String) -> Result<(), &'static str> {
    let steps = list
        .strip_prefix('{')
        .and_then(|rest| rest.strip_suffix('}'))
        .filter(|inner| !inner.is_empty());
    let Some(steps) = steps else {
        return Err("this JSON path");
    };
    for step in steps.split(',') {
        if !crate::name::is_name(step) || step.eq_ignore_ascii_case("null") {
            return Err("this JSON path");
        }
        path.push_str(".\"");
        path.push_str(step);
        path.push('"');
    }
    Ok(())
}
