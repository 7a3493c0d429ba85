//! Random expressions of a catalog.

use crate::generate::world::{AMOUNT, CAMPAIGN, COLUMNS, COST, FLAG, KIND, QTY, constant, value};
use crate::reference::expression::Expr;
use crate::reference::model::{DAY, Type};
use crate::reference::value::Value;
use crate::support::random::Random;

const COMPARISONS: [&str; 6] = ["=", "<>", "<", "<=", ">", ">="];

pub fn binary(operator: char, left: Expr, right: Expr) -> Expr {
    Expr::Arithmetic(operator, Box::new(left), Box::new(right))
}

/// A constant of the fragments: a number that is not negative, or any other value.
pub fn literal(random: &mut Random, of: Type) -> Expr {
    Expr::Constant(match value(random, of) {
        Value::Number(number) => Value::Number(number.absolute()),
        value => value,
    })
}

/// A number of a row.
pub fn amount(random: &mut Random, depth: usize) -> Expr {
    let column = *random.pick(&[QTY, AMOUNT, COST]);
    if depth == 0 {
        return Expr::Reference(column);
    }
    numeric(
        random,
        depth,
        &mut |random, depth| match random.once_in(5) {
            true => literal(random, COLUMNS[column].1),
            false => amount(random, depth),
        },
    )
}

/// A number computed from others.
pub fn numeric(
    random: &mut Random,
    depth: usize,
    part: &mut dyn FnMut(&mut Random, usize) -> Expr,
) -> Expr {
    let below = depth - 1;
    let small = |random: &mut Random| constant(i64::try_from(random.below(4)).expect("small"));
    match random.below(12) {
        0..3 => {
            let operator = *random.pick(&['+', '-']);
            binary(operator, part(random, below), part(random, below))
        }
        3 | 4 => binary('/', part(random, below), part(random, below)),
        5 => binary('*', part(random, below), part(random, 0)),
        6 => {
            let name = *random.pick(&["COALESCE", "GREATEST", "LEAST"]);
            Expr::Call(name, vec![part(random, below), part(random, 0)])
        }
        7 => Expr::Call("NULLIF", vec![part(random, below), constant(0)]),
        8 => Expr::Call("ROUND", vec![part(random, below), small(random)]),
        9 => Expr::Negate(Box::new(Expr::Call("ABS", vec![part(random, below)]))),
        10 => {
            let operator = *random.pick(&COMPARISONS);
            let [left, right] = [part(random, 0), part(random, 0)].map(Box::new);
            let test = Expr::Compare(operator, left, right);
            let other = (!random.once_in(3)).then(|| Box::new(part(random, 0)));
            Expr::Case(vec![(test, part(random, below))], other)
        }
        _ => binary('%', part(random, 0), small(random)),
    }
}

/// A text of a row.
pub fn text(random: &mut Random, depth: usize) -> Expr {
    let kind = Expr::Reference(KIND);
    match random.below(3) {
        0 => Expr::Call("LOWER", vec![kind]),
        1 => Expr::Call("COALESCE", vec![kind, literal(random, "text")]),
        _ => {
            let branches = (0..depth).map(|_| (condition(random, 1), literal(random, "text")));
            let branches = branches.collect();
            Expr::Case(branches, random.once_in(2).then(|| Box::new(kind)))
        }
    }
}

/// A truth about a row.
pub fn condition(random: &mut Random, depth: usize) -> Expr {
    if depth > 0 && random.once_in(2) {
        let parts = vec![condition(random, depth - 1), condition(random, depth - 1)];
        return match random.below(3) {
            0 => Expr::And(parts),
            1 => Expr::Or(parts),
            _ => Expr::Not(Box::new(Expr::Or(parts))),
        };
    }
    let column = *random.pick(&[FLAG, KIND, QTY, AMOUNT, COST, DAY, CAMPAIGN]);
    let of = COLUMNS[column].1;
    let reference = Box::new(Expr::Reference(column));
    let form = random.below(7);
    let found = match form {
        _ if of == "boolean" && form < 4 => return *reference,
        0 | 1 => {
            let operator = *random.pick(&COMPARISONS);
            return Expr::Compare(operator, reference, Box::new(literal(random, of)));
        }
        2 => Expr::IsNull(reference),
        3 | 4 if of == "boolean" => Expr::IsTrue(reference),
        3 => {
            let less = Expr::Compare("<", reference, Box::new(literal(random, of)));
            Expr::IsTrue(Box::new(less))
        }
        4 => Expr::IsDistinct(reference, Box::new(literal(random, of))),
        5 => {
            let [low, high] = [literal(random, of), literal(random, of)].map(Box::new);
            Expr::Between(reference, low, high)
        }
        _ => {
            let items = (0..1 + random.below(3)).map(|_| literal(random, of));
            let values = items.filter_map(|item| match item {
                Expr::Constant(value) => Some(value),
                _ => None,
            });
            Expr::In(reference, values.collect())
        }
    };
    match random.once_in(3) {
        true => Expr::Not(Box::new(found)),
        false => found,
    }
}
