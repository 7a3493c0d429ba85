//! Printing: an expression as text of a dialect, with holes where references stand.
//!
//! In: a checked [`Expr`] over numbers that the caller gives meaning to. Out: [`Rendered`] pieces,
//! made once at load. Guaranteed afterwards: what is not an atom or a call is in parentheses, the
//! outermost node too; division is true division and never fails on zero (R7); nothing depends on a
//! setting of the session; the text is linear in the tree, and where a part has to stand twice, bounded.
//! What a dialect cannot say is [`Unsupported`]. Next to read: `postgres.rs`, `sqlite.rs`.

mod postgres;
mod sqlite;

use super::functions::{Callee, Function};
use super::ident::quote_identifier;
use super::types::{ColumnTypes, Type, type_of};
use super::{BaseType, BinaryOp, Call, Expr, Test, TypeName};
use crate::dialect::Dialect;

/// The longest text of one expression, in bytes. A fragment of the default limits stays far below it
/// unless forms that print a part twice nest.
const MAX_RENDERED_BYTES: usize = 128 << 10;

/// An expression as text with holes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rendered {
    text: Box<str>,
    /// Where in the text a reference stands, in ascending order, and which.
    holes: Box<[(usize, u32)]>,
}

/// What a dialect cannot say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unsupported {
    /// The construct, in words for a message.
    pub(crate) construct: String,
}

impl Rendered {
    /// Appends the text; `hole` writes each reference, as an atom such as `o.column`.
    pub(crate) fn write(&self, out: &mut String, mut hole: impl FnMut(u32, &mut String)) {
        for (piece, reference) in self.pieces() {
            out.push_str(piece);
            if let Some(reference) = reference {
                hole(reference, out);
            }
        }
    }

    /// The pieces of text, each with the reference that stands behind it; none does behind the last.
    pub(crate) fn pieces(&self) -> impl Iterator<Item = (&str, Option<u32>)> {
        let ends = self
            .holes
            .iter()
            .map(|(at, reference)| (*at, Some(*reference)));
        let mut from = 0;
        ends.chain([(self.text.len(), None)])
            .map(move |(end, reference)| {
                let piece = self.text.get(from..end).unwrap_or_default();
                from = end;
                (piece, reference)
            })
    }

    /// The references in the order of the text; one that the text repeats is repeated.
    #[cfg(test)]
    pub(crate) fn references(&self) -> impl Iterator<Item = u32> + '_ {
        self.holes.iter().map(|(_, reference)| *reference)
    }
}

/// Prints an expression.
///
/// `columns` tells the declared types of references; where they are unknown, what needs them in this
/// dialect is refused.
///
/// # Errors
/// What the dialect cannot say, or an expression that becomes too long.
pub(crate) fn render(
    expr: &Expr<u32>,
    dialect: Dialect,
    columns: ColumnTypes<'_, u32>,
) -> Result<Rendered, Unsupported> {
    let mut printer = Printer {
        dialect,
        columns,
        text: String::with_capacity(64),
        holes: Vec::new(),
        refused: String::new(),
    };
    match printer.expr(expr) {
        Ok(()) => Ok(Rendered {
            text: printer.text.into(),
            holes: printer.holes.into(),
        }),
        Err(Refused) => Err(Unsupported {
            construct: printer.refused,
        }),
    }
}

/// That the dialect has no way to say it; what, is noted in the printer. A result without contents
/// keeps the frames of this recursion small.
struct Refused;

type Printed = Result<(), Refused>;

struct Printer<'c> {
    dialect: Dialect,
    columns: ColumnTypes<'c, u32>,
    text: String,
    holes: Vec<(usize, u32)>,
    /// What the dialect cannot say.
    refused: String,
}

impl Printer<'_> {
    fn refuse(&mut self, construct: &str) -> Printed {
        construct.clone_into(&mut self.refused);
        Err(Refused)
    }

    fn put(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// A string in quotes. No backslash is in it, so no setting gives it another meaning.
    fn string(&mut self, content: &str) {
        self.text.push('\'');
        for (index, part) in content.split('\'').enumerate() {
            if index > 0 {
                self.text.push_str("''");
            }
            self.text.push_str(part);
        }
        self.text.push('\'');
    }

    fn type_of(&self, expr: &Expr<u32>) -> Option<Type> {
        type_of(expr, self.columns)
    }

    /// An expression, in parentheses unless it is an atom or a call.
    fn expr(&mut self, expr: &Expr<u32>) -> Printed {
        if self.text.len() > MAX_RENDERED_BYTES {
            return self.refuse("an expression that becomes this long");
        }
        match expr {
            Expr::Reference(reference) => self.holes.push((self.text.len(), *reference)),
            Expr::Null => self.put("NULL"),
            Expr::Boolean(true) => self.put("TRUE"),
            Expr::Boolean(false) => self.put("FALSE"),
            Expr::Number(digits) => self.put(digits),
            Expr::Text(content) => self.string(content),
            Expr::Typed(type_name, content) => return self.typed(*type_name, content),
            Expr::Negate(operand) => return self.around("(-", operand, ")"),
            Expr::Not(operand) => return self.around("(NOT ", operand, ")"),
            Expr::And(operands) => return self.joined("(", operands, " AND ", ")"),
            Expr::Or(operands) => return self.joined("(", operands, " OR ", ")"),
            Expr::Binary(operator, left, right) => return self.binary(*operator, left, right),
            Expr::Is {
                operand,
                test,
                negated,
            } => return self.around("(", operand, self.test(*test, *negated)),
            Expr::Between {
                operand,
                low,
                high,
                negated,
            } => {
                let word = if *negated {
                    " NOT BETWEEN "
                } else {
                    " BETWEEN "
                };
                self.around("(", operand, word)?;
                self.around("", low, " AND ")?;
                return self.around("", high, ")");
            }
            Expr::In {
                operand,
                list,
                negated,
            } => {
                let word = if *negated { " NOT IN " } else { " IN " };
                self.around("(", operand, word)?;
                return self.joined("(", list, ", ", "))");
            }
            Expr::Like {
                operand,
                pattern,
                escape,
                ignores_case,
                negated,
            } => return self.like(operand, pattern, *escape, *ignores_case, *negated),
            Expr::Case {
                operand,
                branches,
                otherwise,
            } => return self.case(operand.as_deref(), branches, otherwise.as_deref()),
            Expr::Cast(operand, type_name) => return self.cast(operand, *type_name),
            Expr::AtTimeZone(operand, zone) => return self.at_time_zone(operand, zone),
            Expr::Extract(field, operand) => match self.dialect {
                Dialect::Postgres => {
                    self.put("extract(");
                    self.put(field.as_str());
                    return self.around(" FROM ", operand, ")");
                }
                Dialect::Sqlite => return self.sqlite_extract(*field, operand),
            },
            Expr::Call(call) => return self.call(call),
        }
        Ok(())
    }

    fn around(&mut self, before: &str, expr: &Expr<u32>, behind: &str) -> Printed {
        self.put(before);
        self.expr(expr)?;
        self.put(behind);
        Ok(())
    }

    fn joined(&mut self, before: &str, parts: &[Expr<u32>], mark: &str, behind: &str) -> Printed {
        self.put(before);
        for (index, part) in parts.iter().enumerate() {
            if index > 0 {
                self.put(mark);
            }
            self.expr(part)?;
        }
        self.put(behind);
        Ok(())
    }

    fn test(&self, test: Test, negated: bool) -> &'static str {
        match (test, negated) {
            (Test::Null, false) => " IS NULL)",
            (Test::Null, true) => " IS NOT NULL)",
            (Test::True, false) => " IS TRUE)",
            (Test::True, true) => " IS NOT TRUE)",
            (Test::False, false) => " IS FALSE)",
            (Test::False, true) => " IS NOT FALSE)",
            // SQLite has truth values but no word for the unknown one.
            (Test::Unknown, false) if self.dialect == Dialect::Sqlite => " IS NULL)",
            (Test::Unknown, true) if self.dialect == Dialect::Sqlite => " IS NOT NULL)",
            (Test::Unknown, false) => " IS UNKNOWN)",
            (Test::Unknown, true) => " IS NOT UNKNOWN)",
        }
    }

    fn case(
        &mut self,
        operand: Option<&Expr<u32>>,
        branches: &[(Expr<u32>, Expr<u32>)],
        otherwise: Option<&Expr<u32>>,
    ) -> Printed {
        self.put("(CASE");
        if let Some(operand) = operand {
            self.around(" ", operand, "")?;
        }
        for (condition, result) in branches {
            self.around(" WHEN ", condition, " THEN ")?;
            self.expr(result)?;
        }
        if let Some(otherwise) = otherwise {
            self.around(" ELSE ", otherwise, "")?;
        }
        self.put(" END)");
        Ok(())
    }

    fn binary(&mut self, operator: BinaryOp, left: &Expr<u32>, right: &Expr<u32>) -> Printed {
        match (operator, self.dialect) {
            (BinaryOp::Divide, Dialect::Postgres) => self.postgres_quotient(left, right),
            (BinaryOp::Remainder, Dialect::Postgres) => self.postgres_remainder(left, right),
            (_, Dialect::Postgres) => self.infix(left, postgres::operator(operator), right),
            (_, Dialect::Sqlite) => self.sqlite_binary(operator, left, right),
        }
    }

    fn infix(&mut self, left: &Expr<u32>, operator: &str, right: &Expr<u32>) -> Printed {
        self.around("(", left, " ")?;
        self.put(operator);
        self.around(" ", right, ")")
    }

    /// What is divided by: NULL instead of zero.
    fn divisor(&mut self, divisor: &Expr<u32>) -> Printed {
        let is_guarded = match divisor {
            Expr::Number(_) => !divisor.is_zero(),
            Expr::Call(call) => {
                call.function == Callee::Known(Function::Nullif)
                    && call.arguments.get(1).is_some_and(Expr::is_zero)
            }
            _ => false,
        };
        if is_guarded {
            return self.expr(divisor);
        }
        self.around("NULLIF(", divisor, ", 0)")
    }

    fn typed(&mut self, type_name: TypeName, content: &str) -> Printed {
        match self.dialect {
            Dialect::Postgres => {
                self.put(postgres::constant_prefix(type_name.base));
                self.string(content);
            }
            Dialect::Sqlite => match type_name.base {
                BaseType::Date | BaseType::Time | BaseType::Timestamp => self.string(content),
                BaseType::Interval => return self.refuse("an interval"),
                _ => return self.refuse("a moment with a time zone"),
            },
        }
        Ok(())
    }

    fn at_time_zone(&mut self, operand: &Expr<u32>, zone: &Expr<u32>) -> Printed {
        if self.dialect == Dialect::Sqlite {
            return self.refuse("`AT TIME ZONE`");
        }
        self.infix(operand, "AT TIME ZONE", zone)
    }

    fn like(
        &mut self,
        operand: &Expr<u32>,
        pattern: &Expr<u32>,
        escape: Option<char>,
        ignores_case: bool,
        negated: bool,
    ) -> Printed {
        match self.dialect {
            Dialect::Postgres => {
                let word = match (ignores_case, negated) {
                    (false, false) => " LIKE ",
                    (false, true) => " NOT LIKE ",
                    (true, false) => " ILIKE ",
                    (true, true) => " NOT ILIKE ",
                };
                self.around("(", operand, word)?;
                self.expr(pattern)?;
                if let Some(escape) = escape {
                    self.put(" ESCAPE ");
                    self.string(escape.encode_utf8(&mut [0; 4]));
                }
                self.put(")");
                Ok(())
            }
            Dialect::Sqlite => self.sqlite_like(operand, pattern, escape, ignores_case, negated),
        }
    }

    fn cast(&mut self, operand: &Expr<u32>, type_name: TypeName) -> Printed {
        match self.dialect {
            Dialect::Postgres => {
                self.around("", operand, "::")?;
                self.text.push_str(&type_name.postgres());
                Ok(())
            }
            Dialect::Sqlite => self.sqlite_cast(operand, type_name),
        }
    }

    fn call(&mut self, call: &Call<u32>) -> Printed {
        let function = match &call.function {
            Callee::Known(function) => *function,
            Callee::User(name) => {
                quote_identifier(name, &mut self.text);
                return self.joined("(", &call.arguments, ", ", ")");
            }
        };
        match self.dialect {
            Dialect::Postgres => self.postgres_call(function, call)?,
            Dialect::Sqlite => self.sqlite_call(function, call)?,
        }
        if let Some(filter) = &call.filter {
            self.around(" FILTER (WHERE ", filter, ")")?;
        }
        Ok(())
    }

    /// `name(arguments)`, with a star or `DISTINCT` where the call has it.
    fn plain_call(&mut self, name: &str, call: &Call<u32>) -> Printed {
        self.put(name);
        if call.is_star {
            self.put("(*)");
            return Ok(());
        }
        let open = if call.is_distinct { "(DISTINCT " } else { "(" };
        self.joined(open, &call.arguments, ", ", ")")
    }
}

#[cfg(test)]
mod tests {
    use super::{Expr, MAX_RENDERED_BYTES, render};
    use crate::dialect::Dialect;

    #[test]
    fn no_part_begins_behind_the_longest_text() {
        let begins_at = |at: usize| {
            let text = "x".repeat(at - "('' AND ".len());
            let both = Expr::And(vec![Expr::Text(text.into()), Expr::Null]);
            render(&both, Dialect::Postgres, &|_| None).is_ok()
        };
        assert!(begins_at(MAX_RENDERED_BYTES));
        assert!(!begins_at(MAX_RENDERED_BYTES + 1));
    }
}
