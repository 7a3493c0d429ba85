//! Walks over expressions, with a stack of their own where a walk is no plain look.
//!
//! A composed formula can be deeper than a fragment, and a frame of an unoptimized build holds the
//! temporaries of every arm of a `match`; so the walks that build and visit do not recurse.

use super::functions::{Callee, Function};
use super::{Call, Expr};

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
            Expr::Call(call) => call.for_each_part(visit),
        }
    }

    /// Visits every node, a node before its parts, from left to right, until a visit says to stop.
    pub(crate) fn visit<'e>(&'e self, visit: &mut dyn FnMut(&'e Expr<R>) -> Walk) {
        let mut ahead = vec![self];
        while let Some(expr) = ahead.pop() {
            if visit(expr) == Walk::Stop {
                return;
            }
            let first = ahead.len();
            expr.for_each_part(&mut |part| ahead.push(part));
            if let Some(parts) = ahead.get_mut(first..) {
                parts.reverse();
            }
        }
    }

    /// Visits every reference, from left to right.
    pub(crate) fn for_each_reference<'e>(&'e self, visit: &mut dyn FnMut(&'e R)) {
        self.visit(&mut |expr| {
            if let Expr::Reference(reference) = expr {
                visit(reference);
            }
            Walk::On
        });
    }

    /// The number of nodes, this one included.
    pub(crate) fn nodes(&self) -> usize {
        let mut count = 0;
        self.visit(&mut |_| {
            count += 1;
            Walk::On
        });
        count
    }

    /// The number of nodes on the longest way down, this one included.
    #[cfg(test)]
    pub(crate) fn depth(&self) -> usize {
        let mut deepest = 0;
        let mut ahead = vec![(self, 1)];
        while let Some((expr, depth)) = ahead.pop() {
            deepest = deepest.max(depth);
            expr.for_each_part(&mut |part| ahead.push((part, depth + 1)));
        }
        deepest
    }

    /// Whether it is the literal zero, in any spelling.
    pub(crate) fn is_zero(&self) -> bool {
        matches!(self, Expr::Number(digits) if digits.bytes().all(|byte| matches!(byte, b'0' | b'.')))
    }

    /// The same expression with other references, or the first error of `change`.
    pub(crate) fn try_map<S, E>(
        &self,
        change: &mut dyn FnMut(&R) -> Result<S, E>,
    ) -> Result<Expr<S>, E> {
        self.substitute(&mut |reference| Ok(Expr::Reference(change(reference)?)))
    }

    /// The same expression with other references.
    pub(crate) fn map_references<S>(&self, change: &mut dyn FnMut(&R) -> S) -> Expr<S> {
        let mapped: Result<_, std::convert::Infallible> =
            self.try_map(&mut |reference| Ok(change(reference)));
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
    /// again has to bound it, because printing and dropping recurse.
    pub(crate) fn substitute<S, E>(
        &self,
        replace: &mut dyn FnMut(&R) -> Result<Expr<S>, E>,
    ) -> Result<Expr<S>, E> {
        self.rewrite(&mut |expr| match expr {
            Expr::Reference(reference) => replace(reference).map(Some),
            _ => Ok(None),
        })
    }

    /// The same expression with the nodes replaced for which `replace` gives something, the outer
    /// before the inner; it has to give something for references.
    pub(super) fn rewrite<S, E>(&self, replace: Replace<'_, R, S, E>) -> Result<Expr<S>, E> {
        let mut ahead = vec![Step::Visit(self)];
        let mut done = Done(Vec::new());
        while let Some(step) = ahead.pop() {
            let expr = match step {
                Step::Visit(expr) => expr,
                Step::Build(expr) => {
                    done.build(expr);
                    continue;
                }
            };
            if let Some(replaced) = replace(expr)? {
                done.0.push(replaced);
                continue;
            }
            ahead.push(Step::Build(expr));
            let first = ahead.len();
            expr.for_each_part(&mut |part| ahead.push(Step::Visit(part)));
            if let Some(parts) = ahead.get_mut(first..) {
                parts.reverse();
            }
        }
        Ok(done.pop())
    }
}

/// What a `CASE` can give: the results of its branches, then that of its `ELSE`.
pub(super) fn case_results<'e, R>(
    branches: &'e [(Expr<R>, Expr<R>)],
    otherwise: Option<&'e Expr<R>>,
) -> impl Iterator<Item = &'e Expr<R>> {
    branches.iter().map(|(_, result)| result).chain(otherwise)
}

/// What stands instead of a node, or nothing where its parts are to be rewritten.
type Replace<'f, R, S, E> = &'f mut dyn FnMut(&Expr<R>) -> Result<Option<Expr<S>>, E>;

/// Whether a walk goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Walk {
    On,
    Stop,
}

/// A tree is cloned as deep as it may be, on any stack.
impl<R: Clone> Clone for Expr<R> {
    fn clone(&self) -> Self {
        let cloned =
            self.try_map(&mut |reference| Ok::<_, std::convert::Infallible>(reference.clone()));
        match cloned {
            Ok(expr) => expr,
            Err(never) => match never {},
        }
    }
}

impl<R> Call<R> {
    /// Visits the arguments, the filter and the order, in this order.
    pub(crate) fn for_each_part<'e>(&'e self, visit: &mut dyn FnMut(&'e Expr<R>)) {
        self.arguments.iter().for_each(&mut *visit);
        self.filter.as_deref().into_iter().for_each(&mut *visit);
        if let Some((order, _)) = &self.within_group {
            visit(order);
        }
    }
}

enum Step<'e, R> {
    /// The node and its parts are still to be done.
    Visit(&'e Expr<R>),
    /// The parts are done.
    Build(&'e Expr<R>),
}

/// Finished parts, the last of the next node on top.
struct Done<S>(Vec<Expr<S>>);

impl<S> Done<S> {
    /// The last part. There is one for each part that was visited.
    fn pop(&mut self) -> Expr<S> {
        self.0.pop().unwrap_or(Expr::Null)
    }

    fn pop_box(&mut self) -> Box<Expr<S>> {
        Box::new(self.pop())
    }

    fn pop_list(&mut self, length: usize) -> Vec<Expr<S>> {
        self.0.split_off(self.0.len().saturating_sub(length))
    }

    /// Pushes the node again, above the parts on top.
    fn build<R>(&mut self, expr: &Expr<R>) {
        let built = match expr {
            // A reference that nobody replaced; `rewrite` asks for all of them to be.
            Expr::Reference(_) | Expr::Null => Expr::Null,
            Expr::Boolean(value) => Expr::Boolean(*value),
            Expr::Number(digits) => Expr::Number(digits.clone()),
            Expr::Text(text) => Expr::Text(text.clone()),
            Expr::Typed(type_name, text) => Expr::Typed(*type_name, text.clone()),
            Expr::Negate(_) => Expr::Negate(self.pop_box()),
            Expr::Not(_) => Expr::Not(self.pop_box()),
            Expr::And(operands) => Expr::And(self.pop_list(operands.len())),
            Expr::Or(operands) => Expr::Or(self.pop_list(operands.len())),
            Expr::Binary(operator, ..) => {
                let right = self.pop_box();
                Expr::Binary(*operator, self.pop_box(), right)
            }
            Expr::Is { test, negated, .. } => Expr::Is {
                operand: self.pop_box(),
                test: *test,
                negated: *negated,
            },
            Expr::Between { negated, .. } => {
                let (high, low) = (self.pop_box(), self.pop_box());
                Expr::Between {
                    operand: self.pop_box(),
                    low,
                    high,
                    negated: *negated,
                }
            }
            Expr::In { list, negated, .. } => {
                let list = self.pop_list(list.len());
                Expr::In {
                    operand: self.pop_box(),
                    list,
                    negated: *negated,
                }
            }
            Expr::Like {
                escape,
                ignores_case,
                negated,
                ..
            } => {
                let pattern = self.pop_box();
                Expr::Like {
                    operand: self.pop_box(),
                    pattern,
                    escape: *escape,
                    ignores_case: *ignores_case,
                    negated: *negated,
                }
            }
            Expr::Case {
                operand,
                branches,
                otherwise,
            } => {
                let otherwise = otherwise.as_ref().map(|_| self.pop_box());
                let mut parts = self.pop_list(branches.len() * 2).into_iter();
                let mut pairs = Vec::with_capacity(branches.len());
                while let (Some(condition), Some(result)) = (parts.next(), parts.next()) {
                    pairs.push((condition, result));
                }
                Expr::Case {
                    operand: operand.as_ref().map(|_| self.pop_box()),
                    branches: pairs,
                    otherwise,
                }
            }
            Expr::Cast(_, type_name) => Expr::Cast(self.pop_box(), *type_name),
            Expr::AtTimeZone(..) => {
                let zone = self.pop_box();
                Expr::AtTimeZone(self.pop_box(), zone)
            }
            Expr::Extract(field, _) => Expr::Extract(*field, self.pop_box()),
            Expr::Call(call) => Expr::Call(self.call(call)),
        };
        self.0.push(built);
    }

    fn call<R>(&mut self, call: &Call<R>) -> Call<S> {
        let order = call.within_group.as_ref();
        let within_group = order.map(|(_, is_descending)| (self.pop_box(), *is_descending));
        let filter = call.filter.as_ref().map(|_| self.pop_box());
        Call {
            function: call.function.clone(),
            arguments: self.pop_list(call.arguments.len()),
            is_star: call.is_star,
            is_distinct: call.is_distinct,
            filter,
            within_group,
        }
    }
}
