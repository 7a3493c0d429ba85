//! The parser's stack of finished operands, on which nodes and depth are counted.

use super::parse::{Parsed, Parser, Stop, limit};
use super::types::{Plain, outermost};
use super::{Expr, Written};

/// A finished operand.
pub(super) struct Operand {
    pub(super) expr: Expr<Written>,
    pub(super) depth: usize,
    /// The byte where it begins.
    pub(super) start: usize,
    /// The byte behind it.
    pub(super) end: usize,
}

impl Parser<'_, '_> {
    /// Pushes a node above parts of this depth.
    pub(super) fn push(&mut self, expr: Expr<Written>, parts_depth: usize, start: usize) -> Parsed {
        self.nodes += 1;
        if self.nodes > self.limits.fragment_nodes {
            let bound = self.limits.fragment_nodes;
            let error = limit("fragment_nodes", bound, self.span_from(start));
            self.errors.push(error);
            return Err(Stop);
        }
        let depth = parts_depth + 1;
        if depth > self.limits.fragment_depth {
            return self.too_deep();
        }
        let end = self.last_span().end.max(start);
        self.operands.push(Operand {
            expr,
            depth,
            start,
            end,
        });
        Ok(())
    }

    /// The last operand and the depth of its tree.
    pub(super) fn pop_expr(&mut self) -> Parsed<(Expr<Written>, usize)> {
        let operand = self.pop()?;
        Ok((operand.expr, operand.depth))
    }

    pub(super) fn pop(&mut self) -> Parsed<Operand> {
        self.operands.pop().ok_or(Stop)
    }

    pub(super) fn pop_two(&mut self) -> Parsed<(Operand, Operand)> {
        let right = self.pop()?;
        let left = self.pop()?;
        Ok((left, right))
    }

    /// The operands from a position on, and the depth of the deepest.
    pub(super) fn pop_from(&mut self, first: usize) -> (Vec<Expr<Written>>, usize) {
        let mut deepest = 0;
        let popped = self.operands.drain(first.min(self.operands.len())..);
        let exprs = popped
            .map(|operand| {
                deepest = deepest.max(operand.depth);
                operand.expr
            })
            .collect();
        (exprs, deepest)
    }

    /// How many operands are pushed.
    pub(super) fn pushed(&self) -> usize {
        self.operands.len()
    }

    /// Reports the operand `below` the last one if it is plainly no condition.
    pub(super) fn condition_above(&mut self, below: usize, word: &str) -> Parsed {
        self.check_operand(below, Plain::Condition, || {
            format!("`{word}` takes conditions, and this is none")
        })
    }

    /// Reports the operand `below` the last one if it is plainly no number and no date.
    pub(super) fn number_above(&mut self, below: usize) -> Parsed {
        self.check_operand(below, Plain::Number, || {
            "arithmetic takes numbers, and this is none".to_owned()
        })
    }

    fn check_operand(
        &mut self,
        below: usize,
        wanted: Plain,
        reason: impl FnOnce() -> String,
    ) -> Parsed {
        let index = self.operands.len().saturating_sub(below + 1);
        let Some(operand) = self.operands.get(index) else {
            return Err(Stop);
        };
        if outermost(&operand.expr).is_none_or(|found| found == wanted) {
            return Ok(());
        }
        let span = operand.start..operand.end;
        self.syntax(reason(), span);
        Ok(())
    }

    pub(super) fn too_deep(&mut self) -> Parsed {
        let bound = self.limits.fragment_depth;
        let error = limit("fragment_depth", bound, self.span_from(self.here()));
        self.errors.push(error);
        Err(Stop)
    }
}
