//! Calls: which function, which arguments, and what stands around them.

use super::cursor::{OPERAND, SUBQUERY_HELP, echo};
use super::functions::{self, Callee, FORMULA_FUNCTIONS, Function, Level};
use super::lex::{Operator, Token, TokenKind};
use super::parse::{FragmentKind, Grammar, Nesting, Parsed, Parser, Stop};
use super::primary::Keyword;
use super::{BinaryOp, Call, Expr, Written, ident, literal};
use crate::error::{CatalogError, Help};

impl<'t> Parser<'t, '_> {
    /// A call of a function by name.
    pub(super) fn call(&mut self, name: Token<'t>) -> Parsed {
        let Some(callee) = self.callee(name)? else {
            return self.reported_call(name);
        };
        let outer = self.aggregate;
        self.at += 2;
        let first = self.pushed();
        let level = match callee {
            Callee::Known(function) => function.level(),
            Callee::User(_) => Level::Scalar,
        };
        if let (Callee::Known(function), true) = (&callee, level != Level::Scalar) {
            self.enter_aggregate(*function, name);
        }
        let is_distinct = self.distinct(level)?;
        let is_star = self.take_kind(TokenKind::Operator(Operator::Star));
        if is_star {
            self.check_star(&callee, is_distinct)?;
            self.expect_kind(TokenKind::Close, "`)`")?;
        } else if !self.take_kind(TokenKind::Close) {
            self.list()?;
        }
        let has_order = self.within_group(level)?;
        let has_filter = self.filter_clause(level)?;
        self.aggregate = outer;
        let marks = Marks {
            is_star,
            is_distinct,
            has_order,
            has_filter,
        };
        self.build_marked(callee, marks, first, name.start)
    }

    /// A call whose name is reported; its arguments may hold more to report.
    fn reported_call(&mut self, name: Token<'t>) -> Parsed {
        self.at += 2;
        self.take(Keyword::Distinct);
        let first = self.pushed();
        let outer = std::mem::replace(&mut self.is_reported, true);
        if self.take_kind(TokenKind::Operator(Operator::Star)) {
            self.expect_kind(TokenKind::Close, "`)`")?;
        } else if !self.take_kind(TokenKind::Close) {
            self.list()?;
        }
        self.is_reported = outer;
        // Left on the stack, they would be taken for arguments of the call around.
        self.pop_from(first);
        let follows = self.peek().and_then(|lexeme| lexeme.keyword);
        if let Some(Keyword::Filter | Keyword::Within | Keyword::Over) = follows {
            return Err(Stop);
        }
        self.push(Expr::Null, 0, name.start)
    }

    /// The function that a name calls; `None` if it is reported.
    fn callee(&mut self, name: Token<'_>) -> Parsed<Option<Callee>> {
        let span = name.span();
        let folded = name.text.to_ascii_lowercase();
        let is_formula = self.grammar == Grammar::Formula;
        if let Some(function) = Function::find(&folded) {
            if !is_formula || function.is_in_formulas() {
                return Ok(Some(Callee::Known(function)));
            }
            if function.level() != Level::Scalar {
                let help = Help::advice("a formula names metrics; aggregates stand in their SQL");
                let error = CatalogError::MisplacedAggregate { function: folded };
                self.report(error, span, Some(help));
            } else {
                let names = FORMULA_FUNCTIONS
                    .iter()
                    .map(|function| function.name().to_owned());
                let help = Help::OneOf(names.collect());
                let construct = format!("the function `{folded}`");
                self.report(
                    CatalogError::FragmentForbidden { construct },
                    span,
                    Some(help),
                );
            }
            return Ok(None);
        }
        if self.functions.contains(&folded) {
            return Ok(Some(Callee::User(folded.into())));
        }
        if let Some(advice) = functions::refusal(&folded) {
            self.forbidden(format!("`{folded}`"), span, advice);
            return Ok(None);
        }
        if matches!(
            folded.as_str(),
            "exists" | "any" | "some" | "all" | "array" | "row"
        ) {
            return self.stop_forbidden("a subquery, an array or a row", span, SUBQUERY_HELP);
        }
        if ident::is_no_bare_column(&folded) {
            self.expected(OPERAND)?;
        }
        let help = if is_formula {
            let names = FORMULA_FUNCTIONS.iter().map(|function| function.name());
            Help::nearest(&folded, names)
        } else {
            Help::nearest(&folded, Function::names().chain(self.functions.names()))
        };
        let name = echo(&folded);
        self.report(CatalogError::UnknownFunction { name }, span, help);
        Ok(None)
    }

    fn enter_aggregate(&mut self, function: Function, name: Token<'_>) {
        let is_metric = self.grammar == Grammar::Fragment(FragmentKind::Metric);
        let advice = match self.aggregate {
            Some(_) => "an aggregate of an aggregate has no meaning in one grouping",
            None => "this is evaluated for each row, before anything is grouped",
        };
        if !is_metric || self.aggregate.is_some() {
            let error = CatalogError::MisplacedAggregate {
                function: function.name().to_owned(),
            };
            self.report(error, name.span(), Some(Help::advice(advice)));
        }
        self.aggregate = Some(function);
        self.has_aggregate = true;
    }

    fn distinct(&mut self, level: Level) -> Parsed<bool> {
        if !self.take(Keyword::Distinct) {
            return Ok(false);
        }
        if level != Level::Aggregate {
            let span = self.last_span();
            return self.stop_forbidden("`DISTINCT`", span, "only plain aggregates take it");
        }
        Ok(true)
    }

    fn check_star(&mut self, callee: &Callee, is_distinct: bool) -> Parsed {
        if *callee == Callee::Known(Function::Count) && !is_distinct {
            return Ok(());
        }
        let span = self.last_span();
        let advice = "only `count(*)` takes a star; name the columns";
        self.stop_forbidden("`*`", span, advice)
    }

    /// `WITHIN GROUP (ORDER BY x [DESC])`: pushes the expression; whether it is there, descending.
    fn within_group(&mut self, level: Level) -> Parsed<Option<bool>> {
        if !self.is_keyword(Keyword::Within) {
            if level == Level::OrderedSet {
                self.expected("`WITHIN GROUP (ORDER BY ..)`")?;
            }
            return Ok(None);
        }
        if level != Level::OrderedSet {
            let span = self.here()..self.here() + "within".len();
            return self.stop_forbidden("`WITHIN GROUP`", span, "only percentiles take it");
        }
        self.at += 1;
        self.expect(Keyword::Group, "`GROUP`")?;
        self.expect_kind(TokenKind::Open, "`(`")?;
        self.expect(Keyword::Order, "`ORDER`")?;
        self.expect(Keyword::By, "`BY`")?;
        self.expression(0, Nesting::Argument)?;
        let is_descending = self.take(Keyword::Desc);
        if !is_descending {
            self.take(Keyword::Asc);
        }
        self.expect_kind(TokenKind::Close, "`)`")?;
        Ok(Some(is_descending))
    }

    /// `FILTER (WHERE condition)`: pushes the condition; whether it is there.
    fn filter_clause(&mut self, level: Level) -> Parsed<bool> {
        if !self.is_keyword(Keyword::Filter) || !self.is_kind(1, TokenKind::Open) {
            return Ok(false);
        }
        if level == Level::Scalar {
            let span = self.here()..self.here() + "filter".len();
            return self.stop_forbidden("`FILTER`", span, "only aggregates take it");
        }
        self.at += 2;
        self.expect(Keyword::Where, "`WHERE`")?;
        self.expression(0, Nesting::Argument)?;
        self.condition_above(0, "FILTER")?;
        self.expect_kind(TokenKind::Close, "`)`")?;
        Ok(true)
    }

    pub(super) fn build_call(&mut self, function: Function, first: usize, start: usize) -> Parsed {
        self.build_marked(Callee::Known(function), Marks::default(), first, start)
    }

    fn build_marked(&mut self, callee: Callee, marks: Marks, first: usize, start: usize) -> Parsed {
        let (mut arguments, depth) = self.pop_from(first);
        let filter = if marks.has_filter {
            arguments.pop()
        } else {
            None
        };
        let order = match marks.has_order {
            Some(is_descending) => arguments
                .pop()
                .map(|order| (Box::new(order), is_descending)),
            None => None,
        };
        if let Callee::Known(function) = callee {
            self.check_arguments(function, &arguments, marks.is_star, start)?;
            match function {
                // One spelling of the unit, so that equal calls are found.
                Function::DateTrunc => {
                    if let Some(Expr::Text(unit)) = arguments.first_mut() {
                        unit.make_ascii_lowercase();
                    }
                }
                Function::Mod => return self.build_remainder(arguments, depth, start),
                Function::DatePart => return self.build_date_part(arguments, depth, start),
                _ => {}
            }
        }
        let call = Call {
            function: callee,
            arguments,
            is_star: marks.is_star,
            is_distinct: marks.is_distinct,
            filter: filter.map(Box::new),
            within_group: order,
        };
        self.push(Expr::Call(call), depth, start)
    }

    fn build_remainder(
        &mut self,
        arguments: Vec<Expr<Written>>,
        depth: usize,
        start: usize,
    ) -> Parsed {
        let mut arguments = arguments.into_iter().map(Box::new);
        let (Some(left), Some(right)) = (arguments.next(), arguments.next()) else {
            return Err(Stop);
        };
        self.push(Expr::Binary(BinaryOp::Remainder, left, right), depth, start)
    }

    fn build_date_part(
        &mut self,
        arguments: Vec<Expr<Written>>,
        depth: usize,
        start: usize,
    ) -> Parsed {
        let mut arguments = arguments.into_iter();
        let (Some(Expr::Text(word)), Some(operand)) = (arguments.next(), arguments.next()) else {
            return Err(Stop);
        };
        let span = self.span_from(start);
        let field = self.date_field(&word, span, false)?;
        self.push(Expr::Extract(field, Box::new(operand)), depth, start)
    }

    /// The number of arguments, and the literals that have to be literals.
    fn check_arguments(
        &mut self,
        function: Function,
        arguments: &[Expr<Written>],
        is_star: bool,
        start: usize,
    ) -> Parsed {
        let span = self.span_from(start);
        let name = function.name();
        let (least, most) = function.arity();
        if !is_star && !(least..=most).contains(&arguments.len()) {
            let count = match (least, most) {
                (1, 1) => "one argument".to_owned(),
                (least, most) if least == most => format!("{least} arguments"),
                (1, usize::MAX) => "at least one argument".to_owned(),
                (least, usize::MAX) => format!("at least {least} arguments"),
                (least, most) => format!("{least} to {most} arguments"),
            };
            let found = arguments.len();
            self.syntax(format!("`{name}` takes {count}, and has {found}"), span);
            return Err(Stop);
        }
        match (function, arguments) {
            (Function::DateTrunc, [Expr::Text(word), _]) => {
                self.date_field(word, span, true)?;
            }
            (Function::DatePart, [Expr::Text(_), _]) => {}
            (Function::DateTrunc | Function::DatePart, _) => {
                self.syntax(
                    format!("the unit of `{name}` is a string such as 'month'"),
                    span,
                );
            }
            (Function::ToChar, [_, Expr::Text(text)]) if literal::pattern(text).is_some() => {}
            (Function::ToChar, _) => {
                let help = Help::advice(
                    "numbers are formatted by `format_pattern`; for dates `YYYY-MM-DD HH24:MI:SS`, `Q`, `IW`, `Mon`",
                );
                let reason = "the pattern of `to_char` is a string with parts of a date".to_owned();
                self.report(CatalogError::FragmentSyntax { reason }, span, Some(help));
            }
            (Function::PercentileCont | Function::PercentileDisc, [Expr::Number(digits)])
                if is_fraction(digits) => {}
            (Function::PercentileCont | Function::PercentileDisc, _) => {
                self.syntax(format!("`{name}` takes a number from 0 to 1"), span);
            }
            (Function::Substr, [_, Expr::Text(_), ..]) => {
                let advice = "write the place as a number";
                self.forbidden("a pattern in `substring`", span, advice);
            }
            _ => {}
        }
        Ok(())
    }
}

/// What stands around the arguments of a call.
#[derive(Default)]
struct Marks {
    is_star: bool,
    is_distinct: bool,
    has_order: Option<bool>,
    has_filter: bool,
}

/// Whether a number without sign is at most 1.
fn is_fraction(digits: &str) -> bool {
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    match whole.trim_start_matches('0') {
        "" => true,
        "1" => fraction.bytes().all(|digit| digit == b'0'),
        _ => false,
    }
}
