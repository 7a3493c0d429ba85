//! A metric's expression as its aggregates and what is computed from them (R8).

use super::{Call, Expr};

/// Takes a metric's expression apart: the expression above the aggregates, whose references are
/// positions in the list, and the aggregates, equal ones once, in the order of first use.
///
/// `None` if a reference stands outside of every aggregate, which no checked metric has.
pub(crate) fn split<R: Clone + Eq>(expr: &Expr<R>) -> Option<(Expr<u32>, Vec<Call<R>>)> {
    let mut calls: Vec<Call<R>> = Vec::new();
    let above = expr.rewrite(&mut |node| match node {
        Expr::Call(call) if call.function.is_aggregate() => {
            // Few metrics have more than a handful of aggregates.
            let known = calls.iter().position(|known| known == call);
            let position = known.unwrap_or(calls.len());
            if known.is_none() {
                calls.push(call.clone());
            }
            let position = u32::try_from(position).map_err(|_| OutsideOfAggregates)?;
            Ok(Some(Expr::Reference(position)))
        }
        Expr::Reference(_) => Err(OutsideOfAggregates),
        _ => Ok(None),
    });
    Some((above.ok()?, calls))
}

struct OutsideOfAggregates;

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
