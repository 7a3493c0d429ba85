//! A metric's expression as its aggregates and what is computed from them (R8).

use super::tree::{Replaced, Rewrite};
use super::{Call, Expr};

/// Takes a metric's expression apart: the expression above the aggregates, whose references are
/// positions in the list, and the aggregates, equal ones once, in the order of first use.
///
/// `None` if a reference stands outside of every aggregate, which no checked metric has.
pub(crate) fn split<R: Eq>(expr: Expr<R>) -> Option<(Expr<u32>, Vec<Call<R>>)> {
    let mut lift = Lift(Vec::new());
    let above = expr.rewrite(&mut lift).ok()?;
    Some((above, lift.0))
}

/// Replaces aggregates by their positions in the list.
struct Lift<R>(Vec<Call<R>>);

impl<R: Eq> Rewrite<R, u32, ()> for Lift<R> {
    fn reference(&mut self, _: R) -> Result<Expr<u32>, ()> {
        Err(())
    }

    fn call(&mut self, call: Call<R>) -> Result<Replaced<R, u32>, ()> {
        if !call.function.is_aggregate() {
            return Ok(Replaced::Kept(call));
        }
        // Few metrics have more than a handful of aggregates.
        let known = self.0.iter().position(|known| *known == call);
        let position = known.unwrap_or(self.0.len());
        if known.is_none() {
            self.0.push(call);
        }
        let position = u32::try_from(position).map_err(|_| ())?;
        Ok(Replaced::Done(Expr::Reference(position)))
    }
}

/// Adds a row predicate to the rows that an aggregate takes: to its `FILTER`, for `count(*)` too.
pub(crate) fn restrict<R>(call: &mut Call<R>, predicate: Expr<R>) {
    let filter = match call.filter.take() {
        None => predicate,
        Some(filter) => conjunction(*filter, predicate),
    };
    call.filter = Some(Box::new(filter));
}

/// Both conditions, as one flat `AND`.
pub(crate) fn conjunction<R>(left: Expr<R>, right: Expr<R>) -> Expr<R> {
    let mut operands = match left {
        Expr::And(operands) => operands,
        other => vec![other],
    };
    match right {
        Expr::And(more) => operands.extend(more),
        other => operands.push(other),
    }
    Expr::And(operands)
}
