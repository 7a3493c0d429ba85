//! Formulas over the columns of a record: read, checked for types, and printed from their trees.
//!
//! In: the text of a formula, and what its names are. Out: [`Computed`]: the type, the size, and the text of a
//! fragment. Guaranteed afterwards: only the operators and functions listed here, each with operands of its types,
//! so that no record makes the database refuse it. Next to read: `check.rs`.

use crate::error::ReportError;
use crate::expr::functions::{Callee, Function};
use crate::expr::{BaseType, BinaryOp, Call, Expr, Test, Written, WrittenName};

/// How many values a formula may multiply or divide, over all the formulas that it rests on: numbers have at most
/// 1,300 digits, and what a hundred of them make is more than a database keeps.
const FACTORS: usize = 64;

/// The type of a formula or a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Number,
    Text,
    Boolean,
    Date,
    /// `NULL` alone.
    Unknown,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Kind::Number => "a number",
            Kind::Text => "a text",
            Kind::Boolean => "true or false",
            Kind::Date => "a date",
            Kind::Unknown => "nothing",
        }
    }
}

/// What a name or an expression comes to.
#[derive(Debug, Clone)]
pub(super) struct Computed {
    pub(super) kind: Kind,
    /// The text, in parentheses where it is more than one operand.
    pub(super) text: String,
    pub(super) nodes: usize,
    pub(super) depth: usize,
    factors: usize,
}

impl Computed {
    /// A column of the relation.
    pub(super) fn column(name: &str, kind: Kind) -> Self {
        Self::leaf(format!("\"{name}\""), kind)
    }

    /// A column of whole numbers. What is computed of it may have more digits than whole numbers have.
    pub(super) fn whole(name: &str) -> Self {
        Self::leaf(exact(&format!("\"{name}\"")), Kind::Number)
    }

    fn leaf(text: String, kind: Kind) -> Self {
        Self {
            kind,
            text,
            nodes: 1,
            depth: 1,
            factors: 1,
        }
    }
}

type Checked = Result<Computed, ReportError>;

/// What a name of a formula is; an error where it is nothing that formulas may use.
pub(super) type Names<'n> = &'n dyn Fn(&str) -> Checked;

/// The name that a reference is; columns of other relations are none.
pub(super) fn name_of(written: &Written) -> Option<&str> {
    match &written.name {
        WrittenName::Column {
            qualifier: None,
            name,
        } => Some(name),
        _ => None,
    }
}

/// Checks a tree and prints it. The recursion is as deep as the tree, which the parser bounds.
pub(super) fn computed(expr: &Expr<Written>, names: Names<'_>) -> Checked {
    let found = Printer { names }.of(expr)?;
    if found.factors > FACTORS {
        return wrong("it multiplies or divides more than 64 values");
    }
    Ok(found)
}

struct Printer<'n> {
    names: Names<'n>,
}

impl Printer<'_> {
    fn of(&self, expr: &Expr<Written>) -> Checked {
        match expr {
            Expr::Reference(written) => match name_of(written) {
                Some(name) => (self.names)(name),
                None => wrong("it looks at something else than columns of the record"),
            },
            Expr::Null => Ok(Computed::leaf("NULL".to_owned(), Kind::Unknown)),
            Expr::Boolean(true) => Ok(Computed::leaf("TRUE".to_owned(), Kind::Boolean)),
            Expr::Boolean(false) => Ok(Computed::leaf("FALSE".to_owned(), Kind::Boolean)),
            Expr::Number(digits) if digits.len() <= 40 => {
                Ok(Computed::leaf(exact(digits), Kind::Number))
            }
            Expr::Number(_) => wrong("a number of it has more than 40 digits"),
            Expr::Text(text) => Ok(Computed::leaf(quoted(text), Kind::Text)),
            Expr::Typed(of, text) if of.base == BaseType::Date => {
                let text = format!("DATE {}", quoted(text));
                Ok(Computed::leaf(text, Kind::Date))
            }
            Expr::Negate(operand) => {
                self.joined(Kind::Number, "(- ", &[(operand, Kind::Number)], ")")
            }
            Expr::Not(operand) => {
                self.joined(Kind::Boolean, "(NOT ", &[(operand, Kind::Boolean)], ")")
            }
            Expr::And(parts) => self.chain(parts, " AND "),
            Expr::Or(parts) => self.chain(parts, " OR "),
            Expr::Binary(operator, left, right) => self.binary(*operator, left, right),
            Expr::Is {
                operand,
                test,
                negated,
            } => self.is(operand, *test, *negated),
            Expr::Between {
                operand,
                low,
                high,
                negated,
            } => {
                let between = if *negated {
                    " NOT BETWEEN "
                } else {
                    " BETWEEN "
                };
                let parts = self.alike(&[operand, low, high])?;
                let [operand, low, high] = parts.as_slice() else {
                    return wrong(NOT_ALLOWED);
                };
                let text = format!("({}{between}{} AND {})", operand.text, low.text, high.text);
                Ok(around(Kind::Boolean, text, &parts))
            }
            Expr::In {
                operand,
                list,
                negated,
            } => {
                let mut all: Vec<&Expr<Written>> = vec![operand];
                all.extend(list);
                let parts = self.alike(&all)?;
                let among = if *negated { " NOT IN (" } else { " IN (" };
                let mut texts = parts.iter().map(|part| part.text.as_str());
                let operand = texts.next().unwrap_or_default();
                let list: Vec<&str> = texts.collect();
                let text = format!("({operand}{among}{}))", list.join(", "));
                Ok(around(Kind::Boolean, text, &parts))
            }
            Expr::Case {
                operand,
                branches,
                otherwise,
            } => self.case(operand.as_deref(), branches, otherwise.as_deref()),
            Expr::Call(call) => self.call(call),
            Expr::Typed(..)
            | Expr::Like { .. }
            | Expr::Cast(..)
            | Expr::AtTimeZone(..)
            | Expr::Extract(..) => wrong(NOT_ALLOWED),
        }
    }

    /// An operand of a type.
    fn operand(&self, expr: &Expr<Written>, kind: Kind) -> Checked {
        let found = self.of(expr)?;
        if found.kind != kind && found.kind != Kind::Unknown {
            let reason = format!(
                "{} stands where {} is needed",
                found.kind.word(),
                kind.word()
            );
            return Err(ReportError::FormulaType { reason });
        }
        Ok(found)
    }

    fn joined(
        &self,
        kind: Kind,
        before: &str,
        operands: &[(&Expr<Written>, Kind)],
        behind: &str,
    ) -> Checked {
        let parts = operands
            .iter()
            .map(|(expr, kind)| self.operand(expr, *kind));
        let parts: Vec<Computed> = parts.collect::<Result<_, _>>()?;
        let texts: Vec<&str> = parts.iter().map(|part| part.text.as_str()).collect();
        let text = format!("{before}{}{behind}", texts.join(", "));
        Ok(around(kind, text, &parts))
    }

    fn chain(&self, parts: &[Expr<Written>], between: &str) -> Checked {
        let parts = parts.iter().map(|part| self.operand(part, Kind::Boolean));
        let parts: Vec<Computed> = parts.collect::<Result<_, _>>()?;
        let texts: Vec<&str> = parts.iter().map(|part| part.text.as_str()).collect();
        Ok(around(
            Kind::Boolean,
            format!("({})", texts.join(between)),
            &parts,
        ))
    }

    fn binary(&self, operator: BinaryOp, left: &Expr<Written>, right: &Expr<Written>) -> Checked {
        use BinaryOp as Op;
        let (sign, operands, kind) = match operator {
            Op::Add => ("+", Kind::Number, Kind::Number),
            Op::Subtract => ("-", Kind::Number, Kind::Number),
            Op::Multiply => ("*", Kind::Number, Kind::Number),
            Op::Divide => ("/", Kind::Number, Kind::Number),
            Op::Remainder => ("%", Kind::Number, Kind::Number),
            Op::Concat => ("||", Kind::Text, Kind::Text),
            Op::Equal
            | Op::NotEqual
            | Op::Less
            | Op::LessOrEqual
            | Op::Greater
            | Op::GreaterOrEqual => {
                let parts = self.alike(&[left, right])?;
                let [left, right] = parts.as_slice() else {
                    return wrong(NOT_ALLOWED);
                };
                let sign = match operator {
                    Op::Equal => "=",
                    Op::NotEqual => "<>",
                    Op::Less => "<",
                    Op::LessOrEqual => "<=",
                    Op::Greater => ">",
                    _ => ">=",
                };
                let text = format!("({} {sign} {})", left.text, right.text);
                return Ok(around(Kind::Boolean, text, &parts));
            }
            _ => return wrong(NOT_ALLOWED),
        };
        let parts = [
            self.operand(left, operands)?,
            self.operand(right, operands)?,
        ];
        let [left, right] = &parts;
        let text = format!("({} {sign} {})", left.text, right.text);
        let mut found = around(kind, text, &parts);
        if matches!(operator, Op::Multiply | Op::Divide) {
            found.factors = left.factors.saturating_add(right.factors);
        }
        Ok(found)
    }

    fn is(&self, operand: &Expr<Written>, test: Test, negated: bool) -> Checked {
        let found = match test {
            Test::Null => self.of(operand)?,
            _ => self.operand(operand, Kind::Boolean)?,
        };
        let word = match test {
            Test::Null => "NULL",
            Test::True => "TRUE",
            Test::False => "FALSE",
            Test::Unknown => "UNKNOWN",
        };
        let not = if negated { "NOT " } else { "" };
        let text = format!("({} IS {not}{word})", found.text);
        Ok(around(Kind::Boolean, text, &[found]))
    }

    /// Operands that are all of one type.
    fn alike(&self, all: &[&Expr<Written>]) -> Result<Vec<Computed>, ReportError> {
        let parts: Vec<Computed> = all
            .iter()
            .map(|expr| self.of(expr))
            .collect::<Result<_, _>>()?;
        one_kind(parts.iter().map(|part| part.kind))?;
        Ok(parts)
    }

    fn case(
        &self,
        operand: Option<&Expr<Written>>,
        branches: &[(Expr<Written>, Expr<Written>)],
        otherwise: Option<&Expr<Written>>,
    ) -> Checked {
        let mut text = "(CASE".to_owned();
        let mut parts: Vec<Computed> = Vec::new();
        let mut tested: Vec<Kind> = Vec::new();
        let mut results: Vec<Kind> = Vec::new();
        if let Some(operand) = operand {
            let operand = self.of(operand)?;
            text.push(' ');
            text.push_str(&operand.text);
            tested.push(operand.kind);
            parts.push(operand);
        }
        for (condition, result) in branches {
            let condition = match operand {
                Some(_) => self.of(condition)?,
                None => self.operand(condition, Kind::Boolean)?,
            };
            let result = self.of(result)?;
            text.push_str(&format!(" WHEN {} THEN {}", condition.text, result.text));
            tested.push(condition.kind);
            results.push(result.kind);
            parts.extend([condition, result]);
        }
        if let Some(otherwise) = otherwise {
            let otherwise = self.of(otherwise)?;
            text.push_str(&format!(" ELSE {}", otherwise.text));
            results.push(otherwise.kind);
            parts.push(otherwise);
        }
        text.push_str(" END)");
        one_kind(tested.into_iter())?;
        Ok(around(one_kind(results.into_iter())?, text, &parts))
    }

    fn call(&self, call: &Call<Written>) -> Checked {
        let Callee::Known(function) = &call.function else {
            return wrong(NOT_ALLOWED);
        };
        let all: Vec<&Expr<Written>> = call.arguments.iter().collect();
        let (parts, kind) = match (function, all.as_slice()) {
            (Function::Abs | Function::Floor | Function::Ceil, [one]) => {
                (vec![self.operand(one, Kind::Number)?], Kind::Number)
            }
            (Function::Round, [one]) => (vec![self.operand(one, Kind::Number)?], Kind::Number),
            (Function::Round, [one, digits]) => {
                if !matches!(digits, Expr::Number(text) if matches!(text.parse(), Ok(0u8..=10))) {
                    return wrong("the digits to round to are no whole number up to 10");
                }
                let mut digits = self.of(digits)?;
                digits.text = written_digits(call);
                (vec![self.operand(one, Kind::Number)?, digits], Kind::Number)
            }
            (Function::Upper | Function::Lower | Function::Btrim, [one]) => {
                (vec![self.operand(one, Kind::Text)?], Kind::Text)
            }
            (Function::Length, [one]) => (vec![self.operand(one, Kind::Text)?], Kind::Number),
            (Function::Concat, all) => {
                let parts = all.iter().map(|one| self.operand(one, Kind::Text));
                (parts.collect::<Result<_, _>>()?, Kind::Text)
            }
            (Function::Coalesce | Function::Nullif | Function::Greatest | Function::Least, all) => {
                let parts = self.alike(all)?;
                let kind = one_kind(parts.iter().map(|part| part.kind))?;
                let has_order = !matches!(function, Function::Greatest | Function::Least);
                if kind == Kind::Boolean && !has_order {
                    return wrong("true and false have no greatest");
                }
                (parts, kind)
            }
            _ => return wrong(NOT_ALLOWED),
        };
        let texts: Vec<&str> = parts.iter().map(|part| part.text.as_str()).collect();
        let mut text = format!(
            "{}({})",
            function.name().to_ascii_uppercase(),
            texts.join(", ")
        );
        if *function == Function::Length {
            text = exact(&text);
        }
        Ok(around(kind, text, &parts))
    }
}

/// A whole number as an exact one, which has no end that a computation could pass.
fn exact(text: &str) -> String {
    format!("CAST({text} AS numeric)")
}

/// The digits that a number is rounded to, as they are written: a database takes whole numbers alone.
fn written_digits(call: &Call<Written>) -> String {
    match call.arguments.get(1) {
        Some(Expr::Number(digits)) => digits.to_string(),
        _ => "0".to_owned(),
    }
}

const NOT_ALLOWED: &str = "it uses an operator or a function that formulas of records do not have";

fn wrong<T>(reason: &str) -> Result<T, ReportError> {
    let reason = reason.to_owned();
    Err(ReportError::FormulaType { reason })
}

/// The one type of several operands.
fn one_kind(all: impl Iterator<Item = Kind>) -> Result<Kind, ReportError> {
    let mut found = Kind::Unknown;
    for kind in all.filter(|kind| *kind != Kind::Unknown) {
        if found != Kind::Unknown && found != kind {
            let reason = format!("{} stands beside {}", found.word(), kind.word());
            return Err(ReportError::FormulaType { reason });
        }
        found = kind;
    }
    Ok(found)
}

fn around(kind: Kind, text: String, parts: &[Computed]) -> Computed {
    let nodes = parts
        .iter()
        .fold(1usize, |sum, part| sum.saturating_add(part.nodes));
    let deepest = parts.iter().map(|part| part.depth).max();
    let factors = parts.iter().map(|part| part.factors).max();
    Computed {
        kind,
        text,
        nodes,
        depth: deepest.unwrap_or_default().saturating_add(1),
        factors: factors.unwrap_or(1),
    }
}

/// A text as fragments have it: the parser takes none with a backslash or a control character.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
