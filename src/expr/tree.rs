//! Walks over expressions. Each recurses as deep as the tree, in small frames.

use super::functions::{Callee, Function};
use super::{Call, Expr};

/// What a rewriting does with the nodes that it may replace.
pub(super) trait Rewrite<R, S, E> {
    /// What stands instead of a reference.
    fn reference(&mut self, reference: R) -> Result<Expr<S>, E>;

    /// What stands instead of a call; a call that is kept has its parts rewritten.
    fn call(&mut self, call: Call<R>) -> Result<Replaced<R, S>, E> {
        Ok(Replaced::Kept(call))
    }
}

/// What became of a call.
pub(super) enum Replaced<R, S> {
    /// It is replaced.
    Done(Expr<S>),
    /// It stays.
    Kept(Call<R>),
}

struct Substitution<'f, R, S, E>(&'f mut dyn FnMut(R) -> Result<Expr<S>, E>);

impl<R, S, E> Rewrite<R, S, E> for Substitution<'_, R, S, E> {
    fn reference(&mut self, reference: R) -> Result<Expr<S>, E> {
        (self.0)(reference)
    }
}

impl<R> Expr<R> {
    /// Visits the direct parts, from left to right.
    pub(crate) fn for_each_part<'e>(&'e self, visit: &mut dyn FnMut(&'e Expr<R>)) {
        match self {
            Expr::Reference(_)
            | Expr::Null
            | Expr::Boolean(_)
            | Expr::Number(_)
            | Expr::Text(_)
            | Expr::Typed(..) => {}
            Expr::Negate(operand)
            | Expr::Not(operand)
            | Expr::Cast(operand, _)
            | Expr::Extract(_, operand)
            | Expr::Is { operand, .. } => visit(operand),
            Expr::And(operands) | Expr::Or(operands) => operands.iter().for_each(visit),
            Expr::Binary(_, left, right) | Expr::AtTimeZone(left, right) => {
                visit(left);
                visit(right);
            }
            Expr::Between {
                operand, low, high, ..
            } => {
                visit(operand);
                visit(low);
                visit(high);
            }
            Expr::In { operand, list, .. } => {
                visit(operand);
                list.iter().for_each(visit);
            }
            Expr::Like {
                operand, pattern, ..
            } => {
                visit(operand);
                visit(pattern);
            }
            Expr::Case {
                operand,
                branches,
                otherwise,
            } => {
                operand.as_deref().into_iter().for_each(&mut *visit);
                for (condition, result) in branches {
                    visit(condition);
                    visit(result);
                }
                otherwise.as_deref().into_iter().for_each(visit);
            }
            Expr::Call(call) => {
                call.arguments.iter().for_each(&mut *visit);
                call.filter.as_deref().into_iter().for_each(&mut *visit);
                if let Some((order, _)) = &call.within_group {
                    visit(order);
                }
            }
        }
    }

    /// Visits every reference, from left to right.
    pub(crate) fn for_each_reference<'e>(&'e self, visit: &mut dyn FnMut(&'e R)) {
        if let Expr::Reference(reference) = self {
            visit(reference);
        }
        self.for_each_part(&mut |part| part.for_each_reference(visit));
    }

    /// Visits every call, the outer before the inner.
    pub(crate) fn for_each_call<'e>(&'e self, visit: &mut dyn FnMut(&'e Call<R>)) {
        if let Expr::Call(call) = self {
            visit(call);
        }
        self.for_each_part(&mut |part| part.for_each_call(visit));
    }

    /// The number of nodes, this one included.
    pub(crate) fn nodes(&self) -> usize {
        let mut count = 1;
        self.for_each_part(&mut |part| count += part.nodes());
        count
    }

    /// The number of nodes on the longest way down, this one included.
    pub(crate) fn depth(&self) -> usize {
        let mut deepest = 0;
        self.for_each_part(&mut |part| deepest = deepest.max(part.depth()));
        deepest + 1
    }

    /// Whether it is the literal zero, in any spelling.
    pub(crate) fn is_zero(&self) -> bool {
        matches!(self, Expr::Number(digits) if digits.bytes().all(|byte| matches!(byte, b'0' | b'.')))
    }

    /// The same expression with other references, or the first error of `change`.
    pub(crate) fn try_map<S, E>(
        self,
        change: &mut dyn FnMut(R) -> Result<S, E>,
    ) -> Result<Expr<S>, E> {
        self.substitute(&mut |reference| Ok(Expr::Reference(change(reference)?)))
    }

    /// The same expression with other references.
    pub(crate) fn map_references<S>(&self, change: &mut dyn FnMut(&R) -> S) -> Expr<S>
    where
        R: Clone,
    {
        let mapped: Result<_, std::convert::Infallible> = self
            .clone()
            .try_map(&mut |reference| Ok(change(&reference)));
        match mapped {
            Ok(mapped) => mapped,
        }
    }

    /// The expression, or `default` where it is NULL.
    pub(crate) fn or_default(self, default: Option<&Expr<R>>) -> Self
    where
        R: Clone,
    {
        let Some(default) = default else { return self };
        Expr::Call(Call {
            function: Callee::Known(Function::Coalesce),
            arguments: vec![self, default.clone()],
            is_star: false,
            is_distinct: false,
            filter: None,
            within_group: None,
        })
    }

    /// The same expression with every reference replaced by an expression, or the first error.
    ///
    /// The depth of the result is at most the sum of the depths; a caller who substitutes again and
    /// again has to bound it.
    pub(crate) fn substitute<S, E>(
        self,
        replace: &mut dyn FnMut(R) -> Result<Expr<S>, E>,
    ) -> Result<Expr<S>, E> {
        self.rewrite(&mut Substitution(replace))
    }

    /// The same expression rewritten from the leaves, or the first error.
    pub(super) fn rewrite<S, E>(self, replace: &mut dyn Rewrite<R, S, E>) -> Result<Expr<S>, E> {
        // One function per arm: without optimization a function's frame holds the temporaries of
        // all its arms, and this one is on the stack once per level.
        match self {
            Expr::Reference(reference) => replace.reference(reference),
            Expr::Null => Ok(Expr::Null),
            Expr::Boolean(value) => Ok(Expr::Boolean(value)),
            Expr::Number(digits) => Ok(Expr::Number(digits)),
            Expr::Text(text) => Ok(Expr::Text(text)),
            Expr::Typed(type_name, text) => Ok(Expr::Typed(type_name, text)),
            Expr::Negate(operand) => around(operand, replace, Expr::Negate),
            Expr::Not(operand) => around(operand, replace, Expr::Not),
            Expr::And(operands) => Ok(Expr::And(each(operands, replace)?)),
            Expr::Or(operands) => Ok(Expr::Or(each(operands, replace)?)),
            Expr::Binary(operator, left, right) => between(left, right, replace, |left, right| {
                Expr::Binary(operator, left, right)
            }),
            Expr::Is {
                operand,
                test,
                negated,
            } => around(operand, replace, |operand| Expr::Is {
                operand,
                test,
                negated,
            }),
            Expr::Between {
                operand,
                low,
                high,
                negated,
            } => substitute_between(operand, low, high, negated, replace),
            Expr::In {
                operand,
                list,
                negated,
            } => substitute_in(operand, list, negated, replace),
            Expr::Like {
                operand,
                pattern,
                escape,
                ignores_case,
                negated,
            } => between(operand, pattern, replace, |operand, pattern| Expr::Like {
                operand,
                pattern,
                escape,
                ignores_case,
                negated,
            }),
            Expr::Case {
                operand,
                branches,
                otherwise,
            } => substitute_case(operand, branches, otherwise, replace),
            Expr::Cast(operand, type_name) => {
                around(operand, replace, |operand| Expr::Cast(operand, type_name))
            }
            Expr::AtTimeZone(operand, zone) => between(operand, zone, replace, Expr::AtTimeZone),
            Expr::Extract(field, operand) => {
                around(operand, replace, |operand| Expr::Extract(field, operand))
            }
            Expr::Call(call) => substitute_call(call, replace),
        }
    }
}

impl<R> Call<R> {
    /// The same call with other references, or the first error of `change`.
    pub(crate) fn try_map<S, E>(
        self,
        change: &mut dyn FnMut(R) -> Result<S, E>,
    ) -> Result<Call<S>, E> {
        self.substitute(&mut |reference| Ok(Expr::Reference(change(reference)?)))
    }

    /// The same call with every reference replaced by an expression, or the first error.
    pub(crate) fn substitute<S, E>(
        self,
        replace: &mut dyn FnMut(R) -> Result<Expr<S>, E>,
    ) -> Result<Call<S>, E> {
        self.rewrite(&mut Substitution(replace))
    }

    fn rewrite<S, E>(self, replace: &mut dyn Rewrite<R, S, E>) -> Result<Call<S>, E> {
        let arguments = each(self.arguments, replace)?;
        let filter = self
            .filter
            .map(|filter| boxed(filter, replace))
            .transpose()?;
        let within_group = match self.within_group {
            Some((order, is_descending)) => Some((boxed(order, replace)?, is_descending)),
            None => None,
        };
        Ok(Call {
            function: self.function,
            arguments,
            is_star: self.is_star,
            is_distinct: self.is_distinct,
            filter,
            within_group,
        })
    }
}

type Replace<'f, R, S, E> = &'f mut dyn Rewrite<R, S, E>;

fn boxed<R, S, E>(part: Box<Expr<R>>, replace: Replace<'_, R, S, E>) -> Result<Box<Expr<S>>, E> {
    (*part).rewrite(replace).map(Box::new)
}

fn each<R, S, E>(parts: Vec<Expr<R>>, replace: Replace<'_, R, S, E>) -> Result<Vec<Expr<S>>, E> {
    parts
        .into_iter()
        .map(|part| part.rewrite(replace))
        .collect()
}

fn around<R, S, E>(
    operand: Box<Expr<R>>,
    replace: Replace<'_, R, S, E>,
    build: impl FnOnce(Box<Expr<S>>) -> Expr<S>,
) -> Result<Expr<S>, E> {
    boxed(operand, replace).map(build)
}

fn between<R, S, E>(
    left: Box<Expr<R>>,
    right: Box<Expr<R>>,
    replace: Replace<'_, R, S, E>,
    build: impl FnOnce(Box<Expr<S>>, Box<Expr<S>>) -> Expr<S>,
) -> Result<Expr<S>, E> {
    let left = boxed(left, replace)?;
    let right = boxed(right, replace)?;
    Ok(build(left, right))
}

fn substitute_between<R, S, E>(
    operand: Box<Expr<R>>,
    low: Box<Expr<R>>,
    high: Box<Expr<R>>,
    negated: bool,
    replace: Replace<'_, R, S, E>,
) -> Result<Expr<S>, E> {
    Ok(Expr::Between {
        operand: boxed(operand, replace)?,
        low: boxed(low, replace)?,
        high: boxed(high, replace)?,
        negated,
    })
}

fn substitute_in<R, S, E>(
    operand: Box<Expr<R>>,
    list: Vec<Expr<R>>,
    negated: bool,
    replace: Replace<'_, R, S, E>,
) -> Result<Expr<S>, E> {
    Ok(Expr::In {
        operand: boxed(operand, replace)?,
        list: each(list, replace)?,
        negated,
    })
}

#[expect(
    clippy::type_complexity,
    reason = "the parts of one variant, taken apart"
)]
fn substitute_case<R, S, E>(
    operand: Option<Box<Expr<R>>>,
    branches: Vec<(Expr<R>, Expr<R>)>,
    otherwise: Option<Box<Expr<R>>>,
    replace: Replace<'_, R, S, E>,
) -> Result<Expr<S>, E> {
    let operand = operand.map(|part| boxed(part, replace)).transpose()?;
    let branches = branches
        .into_iter()
        .map(|(condition, result)| Ok((condition.rewrite(replace)?, result.rewrite(replace)?)))
        .collect::<Result<Vec<_>, E>>()?;
    let otherwise = otherwise.map(|part| boxed(part, replace)).transpose()?;
    Ok(Expr::Case {
        operand,
        branches,
        otherwise,
    })
}

fn substitute_call<R, S, E>(call: Call<R>, replace: Replace<'_, R, S, E>) -> Result<Expr<S>, E> {
    match replace.call(call)? {
        Replaced::Done(expr) => Ok(expr),
        Replaced::Kept(call) => call.rewrite(replace).map(Expr::Call),
    }
}
