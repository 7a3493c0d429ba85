//! The parser: tokens into [`Expr`], by PostgreSQL's precedences.
//!
//! In: the text of a fragment or a formula, limited in bytes and tokens before anything is parsed.
//! Out: one expression, up to the end of the text. Guaranteed afterwards: what [`super`] promises, and
//! that aggregates stand where the kind of fragment has them. Where PostgreSQL's grammar is subtle
//! (chains of comparisons, `NOT` behind an operator) parentheses are asked for instead. Next to read:
//! `primary.rs`, the operands.
//!
//! Finished operands lie on a stack of the parser, not on the call stack, so that a level of nesting
//! costs a few small frames.

use std::ops::Range;

use super::functions::{Function, UserFunctions};
use super::lex::{LexError, Lexer, Operator, TextKind, Token, TokenKind};
use super::operands::Operand;
use super::primary::Keyword;
use super::{BinaryOp, Expr, FragmentError, Test, Written, literal};
use crate::error::{CatalogError, Help};
use crate::limits::Limits;

/// What a fragment is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FragmentKind {
    /// The SQL of a metric: aggregates of columns.
    Metric,
    /// A value of one row: a dimension, a filter.
    Row,
    /// The condition that joins a lookup: a row's, with `{value}` and `{client_id}`.
    JoinCondition,
}

/// Reads a fragment.
///
/// # Errors
/// `limit-exceeded`, `fragment-syntax`, `fragment-forbidden`, `unknown-function`,
/// `misplaced-aggregate`, `missing-aggregate`: all that are found up to the first that hides the rest.
pub(crate) fn parse_fragment(
    text: &str,
    kind: FragmentKind,
    functions: &UserFunctions,
    limits: &Limits,
) -> Result<Expr<Written>, Vec<FragmentError>> {
    let mut parser = Parser::new(text, Grammar::Fragment(kind), functions, limits)?;
    let parsed = parser.whole();
    parser.finish(parsed)
}

/// Reads the formula of a derived metric: an expression over keys of metrics, which are taken as
/// written, perhaps with `metric =` in front.
///
/// # Errors
/// As [`parse_fragment`], and `formula-target` if another name is in front of the `=`.
pub(crate) fn parse_formula(
    text: &str,
    metric: &str,
    limits: &Limits,
) -> Result<Expr<Written>, Vec<FragmentError>> {
    let functions = UserFunctions::default();
    let mut parser = Parser::new(text, Grammar::Formula, &functions, limits)?;
    let parsed = parser.target(metric).and_then(|()| parser.whole());
    parser.finish(parsed)
}

/// What may be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Grammar {
    Fragment(FragmentKind),
    Formula,
}

/// That parsing cannot go on; what is wrong is among the parser's errors.
pub(super) struct Stop;

pub(super) type Parsed<T = ()> = Result<T, Stop>;

/// A token and the keyword that it is, if it is one.
#[derive(Clone, Copy)]
pub(super) struct Lexeme<'t> {
    pub(super) token: Token<'t>,
    pub(super) keyword: Option<Keyword>,
}

pub(super) struct Parser<'t, 'c> {
    pub(super) lexemes: Vec<Lexeme<'t>>,
    pub(super) at: usize,
    /// The length of the text.
    pub(super) length: usize,
    pub(super) grammar: Grammar,
    pub(super) functions: &'c UserFunctions,
    pub(super) limits: &'c Limits,
    pub(super) operands: Vec<Operand>,
    pub(super) nodes: usize,
    nesting: usize,
    /// The aggregate whose arguments are being read.
    pub(super) aggregate: Option<Function>,
    pub(super) has_aggregate: bool,
    /// Whether the arguments of a call are read that is already reported.
    pub(super) is_reported: bool,
    pub(super) errors: Vec<FragmentError>,
}

/// How tightly operators bind, from PostgreSQL's `gram.y`.
pub(super) mod level {
    pub(in super::super) const OR: u8 = 10;
    pub(in super::super) const AND: u8 = 20;
    pub(in super::super) const NOT: u8 = 30;
    pub(in super::super) const IS: u8 = 40;
    pub(in super::super) const COMPARISON: u8 = 50;
    pub(in super::super) const MATCH: u8 = 60;
    pub(in super::super) const OTHER: u8 = 70;
    pub(in super::super) const SUM: u8 = 80;
    pub(in super::super) const PRODUCT: u8 = 90;
    pub(in super::super) const ZONE: u8 = 100;
    pub(in super::super) const SIGN: u8 = 110;
    pub(in super::super) const CAST: u8 = 120;
}

/// What an expression stands in, weighed by the stack that reading it takes: an operand and the
/// parentheses around it, like an argument, are about one level of the tree.
#[derive(Clone, Copy)]
pub(super) enum Nesting {
    Parenthesis = 1,
    Operand = 2,
    Argument = 3,
}

/// What may follow an operand.
#[derive(Clone, Copy)]
enum Infix {
    Or,
    And,
    Is,
    Binary(BinaryOp),
    /// `BETWEEN`, `IN`, `LIKE`, `ILIKE`, with or without a `NOT` in front.
    Match(Keyword, bool),
    Zone,
    Cast,
}

impl<'t, 'c> Parser<'t, 'c> {
    fn new(
        text: &'t str,
        grammar: Grammar,
        functions: &'c UserFunctions,
        limits: &'c Limits,
    ) -> Result<Self, Vec<FragmentError>> {
        if text.len() > limits.fragment_bytes {
            return Err(vec![limit(
                "fragment_bytes",
                limits.fragment_bytes,
                0..text.len(),
            )]);
        }
        // A node takes few tokens of its own; redundant parentheses count as well.
        let max_tokens = limits.fragment_nodes.saturating_mul(8);
        let mut lexemes = Vec::with_capacity(text.len() / 4 + 2);
        for token in Lexer::new(text, TextKind::Fragment) {
            let token = token.map_err(|error| vec![error.into()])?;
            if lexemes.len() >= max_tokens {
                return Err(vec![limit(
                    "fragment_nodes",
                    limits.fragment_nodes,
                    token.span(),
                )]);
            }
            let keyword = match token.kind {
                TokenKind::Word => Keyword::find(token.text),
                _ => None,
            };
            lexemes.push(Lexeme { token, keyword });
        }
        Ok(Self {
            lexemes,
            at: 0,
            length: text.len(),
            grammar,
            functions,
            limits,
            operands: Vec::with_capacity(8),
            nodes: 0,
            nesting: 0,
            aggregate: None,
            has_aggregate: false,
            is_reported: false,
            errors: Vec::new(),
        })
    }

    /// `metric =` in front of a formula.
    fn target(&mut self, metric: &str) -> Parsed {
        let (Some(name), Some(equals)) = (self.peek(), self.peek_at(1)) else {
            return Ok(());
        };
        let is_name = matches!(name.token.kind, TokenKind::Word | TokenKind::Quoted);
        if !is_name || equals.token.kind != TokenKind::Operator(Operator::Equal) {
            return Ok(());
        }
        let target = name.token.content();
        self.at += 2;
        if target == metric {
            return Ok(());
        }
        let error = CatalogError::FormulaTarget {
            metric: crate::path::echo(metric),
            target: crate::path::echo(&target),
        };
        let help = Help::advice("to compare two metrics, put the comparison into parentheses");
        self.report(error, name.token.span(), Some(help));
        Err(Stop)
    }

    /// One expression up to the end of the text.
    fn whole(&mut self) -> Parsed {
        self.expression(0, Nesting::Argument)?;
        if let Some(lexeme) = self.peek() {
            return self.unexpected(lexeme, "the end of the expression");
        }
        let needs_aggregate = self.grammar == Grammar::Fragment(FragmentKind::Metric);
        if needs_aggregate && !self.has_aggregate && self.errors.is_empty() {
            self.report(CatalogError::MissingAggregate, 0..self.length, None);
        }
        Ok(())
    }

    fn finish(mut self, parsed: Parsed) -> Result<Expr<Written>, Vec<FragmentError>> {
        match (parsed, self.operands.pop()) {
            (Ok(()), Some(operand)) if self.errors.is_empty() => Ok(operand.expr),
            _ => {
                if self.errors.is_empty() {
                    let end = self.length;
                    self.syntax("no expression", end..end);
                }
                self.errors.sort_by_key(|error| error.span.start);
                Err(self.errors)
            }
        }
    }

    /// An expression whose operators bind at least as tightly as `least`; its value is pushed.
    pub(super) fn expression(&mut self, least: u8, nesting: Nesting) -> Parsed {
        let outer = self.nesting;
        self.nesting += nesting as usize;
        if self.nesting
            > self
                .limits
                .fragment_depth
                .saturating_mul(Nesting::Argument as usize)
        {
            return self.too_deep();
        }
        let start = self.here();
        self.operand(least)?;
        // The level of the operator that was last, if two of its level do not chain.
        let mut closed = 0;
        while let Some((infix, binding, words)) = self.infix()? {
            if binding < least {
                break;
            }
            if binding == closed {
                return self.chained();
            }
            let is_chaining = !matches!(binding, level::IS | level::COMPARISON | level::MATCH);
            closed = if is_chaining { 0 } else { binding };
            self.at += words;
            self.apply(infix, binding, start)?;
        }
        self.nesting = outer;
        Ok(())
    }

    /// The operator at the current place, how tightly it binds, and its number of tokens.
    fn infix(&mut self) -> Parsed<Option<(Infix, u8, usize)>> {
        let Some(lexeme) = self.peek() else {
            return Ok(None);
        };
        if let TokenKind::Operator(operator) = lexeme.token.kind {
            let (infix, binding) = infix_operator(operator);
            return Ok(Some((infix, binding, 1)));
        }
        let Some(keyword) = lexeme.keyword else {
            return Ok(None);
        };
        Ok(Some(match keyword {
            Keyword::Or => (Infix::Or, level::OR, 1),
            Keyword::And => (Infix::And, level::AND, 1),
            Keyword::Is => (Infix::Is, level::IS, 1),
            Keyword::Between | Keyword::In | Keyword::Like | Keyword::Ilike => {
                (Infix::Match(keyword, false), level::MATCH, 1)
            }
            Keyword::Not => match self.peek_at(1).and_then(|next| next.keyword) {
                Some(next @ (Keyword::Between | Keyword::In | Keyword::Like | Keyword::Ilike)) => {
                    (Infix::Match(next, true), level::MATCH, 2)
                }
                _ => return Ok(None),
            },
            Keyword::At => (Infix::Zone, level::ZONE, 1),
            _ => return Ok(None),
        }))
    }

    /// Reads what follows an operator and joins it with the operand before.
    fn apply(&mut self, infix: Infix, binding: u8, start: usize) -> Parsed {
        match infix {
            Infix::Or | Infix::And => {
                self.expression(binding + 1, Nesting::Operand)?;
                self.join_flat(matches!(infix, Infix::And), start)
            }
            Infix::Binary(operator) => {
                self.check_operator(operator)?;
                self.expression(binding + 1, Nesting::Operand)?;
                self.join(operator, start)
            }
            Infix::Is => self.is_test(start),
            Infix::Match(Keyword::Between, negated) => self.between(negated, start),
            Infix::Match(Keyword::In, negated) => self.in_list(negated, start),
            Infix::Match(keyword, negated) => self.like(keyword == Keyword::Ilike, negated, start),
            Infix::Zone => self.at_time_zone(start),
            Infix::Cast => self.double_colon(start),
        }
    }

    /// Refuses operators that formulas do not have.
    fn check_operator(&mut self, operator: BinaryOp) -> Parsed {
        let is_beyond_formulas = matches!(
            operator,
            BinaryOp::Concat
                | BinaryOp::JsonField
                | BinaryOp::JsonText
                | BinaryOp::JsonPath
                | BinaryOp::JsonPathText
                | BinaryOp::Contains
                | BinaryOp::Matches
                | BinaryOp::MatchesIgnoringCase
        );
        if self.grammar == Grammar::Formula && is_beyond_formulas {
            let span = self.last_span();
            return self.stop_forbidden("this operator", span, FORMULA_HELP);
        }
        Ok(())
    }

    fn join_flat(&mut self, is_and: bool, start: usize) -> Parsed {
        let word = if is_and { "AND" } else { "OR" };
        self.condition_above(1, word)?;
        self.condition_above(0, word)?;
        let (left, right) = self.pop_two()?;
        // Equal operators nest without a need: they are associative, and flat lists are not deep.
        let (mut operands, left_depth) = self.flat(left, is_and);
        let (more, right_depth) = self.flat(right, is_and);
        operands.extend(more);
        let expr = if is_and {
            Expr::And(operands)
        } else {
            Expr::Or(operands)
        };
        self.push(expr, left_depth.max(right_depth), start)
    }

    /// The operands of an `AND` (or `OR`), which stops to be a node, and the depth of the deepest; for
    /// another expression, itself.
    fn flat(&mut self, operand: Operand, is_and: bool) -> (Vec<Expr<Written>>, usize) {
        match operand.expr {
            Expr::And(operands) if is_and => {
                self.nodes -= 1;
                (operands, operand.depth - 1)
            }
            Expr::Or(operands) if !is_and => {
                self.nodes -= 1;
                (operands, operand.depth - 1)
            }
            expr => (vec![expr], operand.depth),
        }
    }

    fn join(&mut self, operator: BinaryOp, start: usize) -> Parsed {
        let is_arithmetic = matches!(
            operator,
            BinaryOp::Add
                | BinaryOp::Subtract
                | BinaryOp::Multiply
                | BinaryOp::Divide
                | BinaryOp::Remainder
        );
        if is_arithmetic {
            self.number_above(1)?;
            self.number_above(0)?;
        }
        let (left, right) = self.pop_two()?;
        let depth = left.depth.max(right.depth);
        let expr = Expr::Binary(operator, Box::new(left.expr), Box::new(right.expr));
        self.push(expr, depth, start)
    }

    /// `IS [NOT] NULL`, `TRUE`, `FALSE`, `UNKNOWN`, `DISTINCT FROM x`.
    fn is_test(&mut self, start: usize) -> Parsed {
        let negated = self.take(Keyword::Not);
        let test = match self.peek().and_then(|lexeme| lexeme.keyword) {
            Some(Keyword::Null) => Test::Null,
            Some(Keyword::True) => Test::True,
            Some(Keyword::False) => Test::False,
            Some(Keyword::Unknown) => Test::Unknown,
            Some(Keyword::Distinct) => {
                self.at += 1;
                self.expect(Keyword::From, "`FROM`")?;
                self.expression(level::IS + 1, Nesting::Operand)?;
                return self.join(
                    if negated {
                        BinaryOp::IsNotDistinctFrom
                    } else {
                        BinaryOp::IsDistinctFrom
                    },
                    start,
                );
            }
            _ => return self.expected("`NULL`, `TRUE`, `FALSE`, `UNKNOWN` or `DISTINCT FROM`"),
        };
        self.at += 1;
        let operand = self.pop()?;
        let expr = Expr::Is {
            operand: Box::new(operand.expr),
            test,
            negated,
        };
        self.push(expr, operand.depth, start)
    }

    fn between(&mut self, negated: bool, start: usize) -> Parsed {
        self.expression(level::MATCH + 1, Nesting::Operand)?;
        self.expect(Keyword::And, "`AND`")?;
        self.expression(level::MATCH + 1, Nesting::Operand)?;
        self.build_between(negated, start)
    }

    fn build_between(&mut self, negated: bool, start: usize) -> Parsed {
        let (low, high) = self.pop_two()?;
        let operand = self.pop()?;
        let depth = operand.depth.max(low.depth).max(high.depth);
        let expr = Expr::Between {
            operand: Box::new(operand.expr),
            low: Box::new(low.expr),
            high: Box::new(high.expr),
            negated,
        };
        self.push(expr, depth, start)
    }

    fn in_list(&mut self, negated: bool, start: usize) -> Parsed {
        self.expect_kind(TokenKind::Open, "`(`")?;
        let first = self.operands.len();
        self.list()?;
        self.build_in(first, negated, start)
    }

    /// Expressions up to the closing parenthesis, at least one.
    pub(super) fn list(&mut self) -> Parsed {
        loop {
            self.expression(0, Nesting::Argument)?;
            if !self.take_kind(TokenKind::Comma) {
                return self.expect_kind(TokenKind::Close, "`,` or `)`");
            }
        }
    }

    fn build_in(&mut self, first: usize, negated: bool, start: usize) -> Parsed {
        let (list, list_depth) = self.pop_from(first);
        if list.iter().any(|item| matches!(item, Expr::Null)) {
            let span = self.span_from(start);
            let advice = "`x NOT IN (.., NULL)` is never true; write `x IS NULL` beside it";
            return self.stop_forbidden("`NULL` in a list", span, advice);
        }
        let operand = self.pop()?;
        let expr = Expr::In {
            operand: Box::new(operand.expr),
            list,
            negated,
        };
        self.push(expr, operand.depth.max(list_depth), start)
    }

    fn like(&mut self, ignores_case: bool, negated: bool, start: usize) -> Parsed {
        if self.grammar == Grammar::Formula {
            let span = self.last_span();
            return self.stop_forbidden("`LIKE`", span, FORMULA_HELP);
        }
        self.expression(level::MATCH + 1, Nesting::Operand)?;
        let escape = self.escape()?;
        self.build_like(escape, ignores_case, negated, start)
    }

    /// `ESCAPE 'c'`.
    fn escape(&mut self) -> Parsed<Option<char>> {
        if !self.take(Keyword::Escape) {
            return Ok(None);
        }
        let text = self.expect_text("one character in quotes")?;
        self.refuse_tighter(level::MATCH)?;
        let content = text.content();
        let mut characters = content.chars();
        match (characters.next(), characters.next()) {
            (Some(character), None) => Ok(Some(character)),
            _ => {
                self.syntax("`ESCAPE` takes one character", text.span());
                Err(Stop)
            }
        }
    }

    /// Refuses an operator behind a literal of another operator that PostgreSQL would read as the
    /// literal's: `x AT TIME ZONE 'UTC'::date` casts the name of the zone.
    fn refuse_tighter(&mut self, binding: u8) -> Parsed {
        match self.infix()? {
            Some((_, tighter, _)) if tighter > binding => self.chained(),
            _ => Ok(()),
        }
    }

    fn build_like(
        &mut self,
        escape: Option<char>,
        ignores_case: bool,
        negated: bool,
        start: usize,
    ) -> Parsed {
        let (operand, pattern) = self.pop_two()?;
        if let (Expr::Text(text), Some(escape)) = (&pattern.expr, escape) {
            let trailing = text
                .chars()
                .rev()
                .take_while(|last| *last == escape)
                .count();
            if trailing % 2 == 1 {
                let span = pattern.start..pattern.end;
                self.syntax("the pattern ends with its escape character", span);
                return Err(Stop);
            }
        }
        let depth = operand.depth.max(pattern.depth);
        let expr = Expr::Like {
            operand: Box::new(operand.expr),
            pattern: Box::new(pattern.expr),
            escape,
            ignores_case,
            negated,
        };
        self.push(expr, depth, start)
    }

    fn at_time_zone(&mut self, start: usize) -> Parsed {
        if self.grammar == Grammar::Formula {
            let span = self.last_span();
            return self.stop_forbidden("`AT TIME ZONE`", span, FORMULA_HELP);
        }
        self.expect(Keyword::Time, "`TIME`")?;
        self.expect(Keyword::Zone, "`ZONE`")?;
        let zone = self.expect_text("the name of a time zone in quotes")?;
        self.refuse_tighter(level::ZONE)?;
        let name = zone.content();
        if !literal::is_time_zone(&name) {
            let help = Help::advice("write a name such as `America/New_York` or `UTC`");
            let error = CatalogError::FragmentSyntax {
                reason: "this is no time zone of the IANA database".to_owned(),
            };
            self.report(error, zone.span(), Some(help));
            return Err(Stop);
        }
        let operand = self.pop()?;
        self.push(Expr::Text(name.into()), 0, zone.start)?;
        let zone = self.pop()?;
        let expr = Expr::AtTimeZone(Box::new(operand.expr), Box::new(zone.expr));
        self.push(expr, operand.depth.max(zone.depth), start)
    }

    fn double_colon(&mut self, start: usize) -> Parsed {
        if self.grammar == Grammar::Formula {
            let span = self.last_span();
            return self.stop_forbidden("a cast", span, FORMULA_HELP);
        }
        let type_name = self.type_name()?;
        self.build_cast(type_name, start)
    }
}

pub(super) const FORMULA_HELP: &str =
    "a formula has numbers, metrics, `+ - * / %`, comparisons, `CASE` and a few functions";

fn infix_operator(operator: Operator) -> (Infix, u8) {
    let (binary, binding) = match operator {
        Operator::Cast => return (Infix::Cast, level::CAST),
        Operator::Plus => (BinaryOp::Add, level::SUM),
        Operator::Minus => (BinaryOp::Subtract, level::SUM),
        Operator::Star => (BinaryOp::Multiply, level::PRODUCT),
        Operator::Slash => (BinaryOp::Divide, level::PRODUCT),
        Operator::Percent => (BinaryOp::Remainder, level::PRODUCT),
        Operator::Equal => (BinaryOp::Equal, level::COMPARISON),
        Operator::NotEqual => (BinaryOp::NotEqual, level::COMPARISON),
        Operator::Less => (BinaryOp::Less, level::COMPARISON),
        Operator::LessOrEqual => (BinaryOp::LessOrEqual, level::COMPARISON),
        Operator::Greater => (BinaryOp::Greater, level::COMPARISON),
        Operator::GreaterOrEqual => (BinaryOp::GreaterOrEqual, level::COMPARISON),
        Operator::Concat => (BinaryOp::Concat, level::OTHER),
        Operator::Arrow => (BinaryOp::JsonField, level::OTHER),
        Operator::ArrowText => (BinaryOp::JsonText, level::OTHER),
        Operator::PathArrow => (BinaryOp::JsonPath, level::OTHER),
        Operator::PathArrowText => (BinaryOp::JsonPathText, level::OTHER),
        Operator::Contains => (BinaryOp::Contains, level::OTHER),
        Operator::Tilde => (BinaryOp::Matches, level::OTHER),
        Operator::TildeStar => (BinaryOp::MatchesIgnoringCase, level::OTHER),
    };
    (Infix::Binary(binary), binding)
}

pub(super) fn limit(name: &'static str, bound: usize, span: Range<usize>) -> FragmentError {
    FragmentError {
        error: CatalogError::limit(name, bound),
        span,
        help: None,
    }
}

impl From<LexError> for FragmentError {
    fn from(error: LexError) -> Self {
        let reason = error.reason.to_owned();
        Self {
            error: if error.is_forbidden {
                CatalogError::FragmentForbidden { construct: reason }
            } else {
                CatalogError::FragmentSyntax { reason }
            },
            span: error.span,
            help: error.help.map(Help::advice),
        }
    }
}
