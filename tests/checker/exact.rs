//! Numbers are exact, and nothing is divided by zero (R7): what the normal form takes away has to be
//! there, in every expression of the statement.

use measurand::DataType;

use super::lower::Lowered;
use super::tree::{Head, Tree};

/// What the types of columns are; `None` where nobody says.
type Types<'t> = &'t dyn Fn(&str) -> Option<DataType>;

/// Looks at the outermost node of an expression as it is written.
pub fn check_node(tree: &Tree, types: Types<'_>) -> Lowered<()> {
    let Tree::Node(head, parts) = tree else {
        return Ok(());
    };
    match head {
        Head::Operator(name) if matches!(name.as_str(), "/" | "%") => {
            let [left, right] = parts.as_slice() else {
                return Err("a division of one operand".to_owned());
            };
            if !is_never_zero(right) {
                return Err("a division by what may be zero".to_owned());
            }
            if name == "/" && !is_fractional(left) {
                return Err("a division of what may be a whole number".to_owned());
            }
            Ok(())
        }
        Head::Call { name, .. } => check_call(name, parts, types),
        _ => Ok(()),
    }
}

fn check_call(name: &str, parts: &[Tree], types: Types<'_>) -> Lowered<()> {
    let exact = match (name, parts) {
        ("round" | "trunc" | "floor" | "ceil" | "sign" | "exp" | "sqrt", [number, ..]) => {
            is_numeric(number)
        }
        ("power", [base, exponent]) => is_numeric(base) && is_numeric(exponent),
        ("ln", [argument]) => {
            let guarded = argument.as_cast().filter(|(_, to)| *to == "numeric");
            matches!(guarded, Some((Tree::Node(Head::Nullif, inner), _))
                if matches!(inner.first(), Some(Tree::Node(Head::Greatest, _)))
                    && inner.get(1).is_some_and(is_zero))
        }
        ("date_trunc", [_, time]) | ("to_char", [time, _]) => is_local_time(time, types),
        _ => true,
    };
    match exact {
        true => Ok(()),
        false => Err(format!(
            "`{name}` of what may be no exact number, or no local time"
        )),
    }
}

fn is_zero(tree: &Tree) -> bool {
    matches!(tree, Tree::Number(digits) if !digits.bytes().any(|digit| matches!(digit, b'1'..=b'9')))
}

fn is_never_zero(tree: &Tree) -> bool {
    match tree {
        Tree::Number(_) => !is_zero(tree),
        Tree::Node(Head::Nullif, parts) => parts.get(1).is_some_and(is_zero),
        _ => tree
            .as_cast()
            .is_some_and(|(operand, to)| to == "numeric" && is_never_zero(operand)),
    }
}

fn is_numeric(tree: &Tree) -> bool {
    match tree {
        Tree::Number(digits) => digits.contains('.'),
        Tree::Node(Head::Cast(to), _) => to == "numeric" || to.starts_with("numeric("),
        Tree::Node(Head::Call { name, .. }, _) => matches!(
            name.as_str(),
            "round" | "trunc" | "floor" | "ceil" | "sign" | "exp" | "power" | "ln"
        ),
        _ => false,
    }
}

/// What surely does not truncate when it is divided: a number with a fraction, or a span of time.
fn is_fractional(tree: &Tree) -> bool {
    match tree {
        Tree::Node(Head::Operator(name), parts) => match (name.as_str(), parts.as_slice()) {
            ("/", _) => true,
            ("-", [one]) => is_fractional(one),
            ("+" | "-" | "*", [left, right]) => {
                is_fractional(left) || is_fractional(right) || is_time(left) && is_time(right)
            }
            _ => false,
        },
        Tree::Node(Head::Cast(to), _)
            if matches!(to.as_str(), "float4" | "float8" | "interval") =>
        {
            true
        }
        _ => is_numeric(tree),
    }
}

/// A time, of which two make a span.
fn is_time(tree: &Tree) -> bool {
    match tree {
        Tree::Node(Head::Cast(to), _) => {
            matches!(to.as_str(), "timestamp" | "timestamptz" | "time")
        }
        Tree::Node(Head::Call { name, .. }, _) => {
            matches!(name.as_str(), "date_trunc" | "form timezone")
        }
        _ => false,
    }
}

/// What has no zone of the session in it; with a third argument, `date_trunc` has a zone of its own.
/// What nobody declares otherwise is taken for the timestamp that the dimension says it is.
fn is_local_time(tree: &Tree, types: Types<'_>) -> bool {
    match tree {
        Tree::Column(_, name) => types(name).is_none_or(|of| of == DataType::Timestamp),
        Tree::Node(Head::Operator(name), parts) if matches!(name.as_str(), "+" | "-") => {
            parts.first().is_some_and(|part| is_local_time(part, types))
        }
        Tree::Node(Head::Cast(_), _) => is_time(tree),
        _ => true,
    }
}
