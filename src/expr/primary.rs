//! Operands: literals, references, calls and the forms that SQL spells with words.

use super::cursor::{OPERAND, SUBQUERY_HELP, echo};
use super::functions::{self, Function};
use super::lex::{Operator, Token, TokenKind};
use super::parse::{
    FORMULA_HELP, FragmentKind, Grammar, Lexeme, Nesting, Parsed, Parser, Stop, level,
};
use super::{DateField, Expr, Written, WrittenName, ident};
use crate::dialect::MAX_IDENTIFIER_BYTES;
use crate::error::{CatalogError, Help};

macro_rules! keywords {
    ($($keyword:ident = $word:literal,)*) => {
        /// A word with a part in the grammar.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Keyword {
            $($keyword,)*
        }

        /// The words in the order of the enum, which is alphabetical.
        const WORDS: &[(&str, Keyword)] = &[$(($word, Keyword::$keyword),)*];
    };
}

keywords! {
    And = "and",
    As = "as",
    Asc = "asc",
    At = "at",
    Between = "between",
    Both = "both",
    By = "by",
    Case = "case",
    Cast = "cast",
    Desc = "desc",
    Distinct = "distinct",
    Else = "else",
    End = "end",
    Escape = "escape",
    Extract = "extract",
    False = "false",
    Filter = "filter",
    For = "for",
    From = "from",
    Group = "group",
    Ilike = "ilike",
    In = "in",
    Is = "is",
    Leading = "leading",
    Like = "like",
    Not = "not",
    Null = "null",
    Or = "or",
    Order = "order",
    Over = "over",
    Position = "position",
    Substring = "substring",
    Then = "then",
    Time = "time",
    Trailing = "trailing",
    Trim = "trim",
    True = "true",
    Unknown = "unknown",
    When = "when",
    Where = "where",
    With = "with",
    Within = "within",
    Without = "without",
    Zone = "zone",
}

/// The longest keyword has ten letters, the longest function's name twenty-three.
pub(super) const MAX_WORD: usize = 24;

/// The word in lower case, in the buffer, if it is short enough to be known.
pub(super) fn lower<'b>(word: &str, buffer: &'b mut [u8; MAX_WORD]) -> Option<&'b str> {
    let lowered = buffer.get_mut(..word.len())?;
    lowered.copy_from_slice(word.as_bytes());
    lowered.make_ascii_lowercase();
    std::str::from_utf8(lowered).ok()
}

impl Keyword {
    pub(super) fn find(word: &str) -> Option<Self> {
        let mut buffer = [0; MAX_WORD];
        let word = lower(word, &mut buffer)?;
        let index = WORDS
            .binary_search_by(|(candidate, _)| (*candidate).cmp(word))
            .ok()?;
        WORDS.get(index).map(|(_, keyword)| *keyword)
    }
}

impl<'t> Parser<'t, '_> {
    /// An operand, with the signs and the `NOT` in front of it.
    pub(super) fn operand(&mut self, least: u8) -> Parsed {
        let Some(lexeme) = self.peek() else {
            return self.expected(OPERAND);
        };
        let start = lexeme.token.start;
        match lexeme.token.kind {
            TokenKind::Number => {
                self.at += 1;
                self.number(lexeme.token)
            }
            TokenKind::Text => {
                self.at += 1;
                self.text(lexeme.token)
            }
            TokenKind::Open => self.parenthesized(),
            TokenKind::Template => {
                self.at += 1;
                self.template(lexeme.token)
            }
            TokenKind::Quoted => self.name(lexeme),
            TokenKind::Word => self.word(lexeme, least),
            TokenKind::Operator(Operator::Minus) => {
                self.at += 1;
                self.expression(level::SIGN, Nesting::Operand)?;
                self.number_above(0)?;
                self.wrap(start, Expr::Negate)
            }
            TokenKind::Operator(Operator::Plus) => {
                self.syntax("a sign `+` in front says nothing", lexeme.token.span());
                Err(Stop)
            }
            TokenKind::Operator(Operator::Star) => {
                let advice = "only `count(*)` takes a star; name the columns";
                self.stop_forbidden("`*`", lexeme.token.span(), advice)
            }
            _ => self.expected(OPERAND),
        }
    }

    /// Puts a node around the last operand.
    fn wrap(&mut self, start: usize, build: fn(Box<Expr<Written>>) -> Expr<Written>) -> Parsed {
        let (operand, depth) = self.pop_expr()?;
        self.push(build(Box::new(operand)), depth, start)
    }

    fn number(&mut self, token: Token<'_>) -> Parsed {
        // `.5` and `0.5` are one number and one node, so that equal aggregates are found.
        let digits: Box<str> = if token.text.starts_with('.') {
            format!("0{}", token.text).into()
        } else {
            token.text.into()
        };
        self.push(Expr::Number(digits), 0, token.start)
    }

    fn text(&mut self, token: Token<'_>) -> Parsed {
        self.push(Expr::Text(token.content().into()), 0, token.start)
    }

    fn parenthesized(&mut self) -> Parsed {
        self.at += 1;
        self.expression(0, Nesting::Parenthesis)?;
        if self.is_kind(0, TokenKind::Comma) {
            let span = self.peek().map_or(0..0, |lexeme| lexeme.token.span());
            return self.stop_forbidden("a row of several values", span, "compare one by one");
        }
        self.expect_kind(TokenKind::Close, "`)`")?;
        if self.is_kind(0, TokenKind::Dot) {
            let span = self.here()..self.here() + 1;
            return self.stop_forbidden("a field of a composite value", span, SUBQUERY_HELP);
        }
        Ok(())
    }

    /// `{source}.column`, `{value}`, `{client_id}`.
    fn template(&mut self, token: Token<'_>) -> Parsed {
        let content = token.content();
        let is_join = self.grammar == Grammar::Fragment(FragmentKind::JoinCondition);
        let name = match &*content {
            "source" if self.grammar != Grammar::Formula => {
                self.expect_kind(TokenKind::Dot, "`.` and a column")?;
                let column = self.column_name()?;
                WrittenName::SourceColumn(column)
            }
            "value" if is_join => WrittenName::Value,
            "client_id" if is_join => WrittenName::ClientId,
            _ => {
                let construct = format!("the template token `{}`", echo(token.text));
                let advice = match self.grammar {
                    Grammar::Formula => FORMULA_HELP,
                    Grammar::Fragment(FragmentKind::JoinCondition) => {
                        "a join condition has `{source}.column`, `{value}` and `{client_id}`"
                    }
                    Grammar::Fragment(_) => "the only token here is `{source}.column`",
                };
                return self.stop_forbidden(&construct, token.span(), advice);
            }
        };
        self.reference(name, token.start)
    }

    /// A column's name behind a dot.
    fn column_name(&mut self) -> Parsed<Box<str>> {
        match self.peek() {
            Some(lexeme) if matches!(lexeme.token.kind, TokenKind::Word | TokenKind::Quoted) => {
                self.at += 1;
                self.folded(lexeme.token)
            }
            Some(lexeme) if lexeme.token.kind == TokenKind::Operator(Operator::Star) => {
                let span = lexeme.token.span();
                self.stop_forbidden("a whole row", span, "name the columns")
            }
            _ => {
                self.expected("a column")?;
                Err(Stop)
            }
        }
    }

    /// A name as PostgreSQL folds it: to lower case unless quoted. In formulas, as written.
    fn folded(&mut self, token: Token<'_>) -> Parsed<Box<str>> {
        let is_formula = self.grammar == Grammar::Formula;
        let longest = if is_formula {
            crate::name::MAX_NAME_BYTES
        } else {
            MAX_IDENTIFIER_BYTES
        };
        let mut name: Box<str> = token.content().into();
        if name.len() > longest {
            let reason = format!(
                "the name `{}..` is longer than {longest} bytes",
                echo(&name)
            );
            self.syntax(reason, token.span());
            return Err(Stop);
        }
        if token.kind == TokenKind::Word && !is_formula {
            name.make_ascii_lowercase();
        }
        Ok(name)
    }

    /// Pushes a reference, if one may stand here.
    fn reference(&mut self, name: WrittenName, start: usize) -> Parsed {
        let span = self.span_from(start);
        let column = match &name {
            WrittenName::Column { name, .. } | WrittenName::SourceColumn(name) => &**name,
            WrittenName::Value | WrittenName::ClientId => "",
        };
        let is_system = matches!(
            column,
            "ctid" | "xmin" | "xmax" | "cmin" | "cmax" | "tableoid" | "oid"
        );
        if is_system && self.grammar != Grammar::Formula {
            let construct = format!("the system column `{column}`");
            self.forbidden(construct, span.clone(), "name a column of the source");
        }
        let is_metric = self.grammar == Grammar::Fragment(FragmentKind::Metric);
        if is_metric && self.aggregate.is_none() && !self.is_reported {
            let column = echo(column);
            let help = Help::advice(format!("write `SUM({column})` or another aggregate"));
            self.report(CatalogError::MissingAggregate, span.clone(), Some(help));
        }
        let written = Written {
            name,
            span: (span.start, span.end),
        };
        self.push(Expr::Reference(written), 0, start)
    }

    /// A name, perhaps behind a relation's: `column`, `lookup.column`.
    fn name(&mut self, lexeme: Lexeme<'_>) -> Parsed {
        let start = lexeme.token.start;
        self.at += 1;
        if self.is_kind(0, TokenKind::Open) {
            let advice = "functions are called by their plain names";
            return self.stop_forbidden("a quoted function name", lexeme.token.span(), advice);
        }
        let first = self.folded(lexeme.token)?;
        if !self.is_kind(0, TokenKind::Dot) {
            let name = WrittenName::Column {
                qualifier: None,
                name: first,
            };
            return self.reference(name, start);
        }
        if self.grammar == Grammar::Formula {
            let span = self.here()..self.here() + 1;
            return self.stop_forbidden("a qualified name", span, "name the metric alone");
        }
        self.at += 1;
        let column = self.column_name()?;
        if self.is_kind(0, TokenKind::Open) {
            let span = self.span_from(start);
            let advice = "functions are called by their plain names";
            return self.stop_forbidden("a schema-qualified call", span, advice);
        }
        if self.is_kind(0, TokenKind::Dot) {
            let span = self.here()..self.here() + 1;
            let advice = "a column is written `column` or `lookup.column`";
            return self.stop_forbidden("a name of three parts", span, advice);
        }
        let name = WrittenName::Column {
            qualifier: Some(first),
            name: column,
        };
        self.reference(name, start)
    }

    /// A keyword's form, a typed constant, a call or a name.
    fn word(&mut self, lexeme: Lexeme<'t>, least: u8) -> Parsed {
        let start = lexeme.token.start;
        let is_call = self.is_kind(1, TokenKind::Open);
        match lexeme.keyword {
            Some(keyword @ (Keyword::Null | Keyword::True | Keyword::False)) => {
                return self.constant(keyword, start);
            }
            Some(Keyword::Not) => return self.not(least),
            Some(Keyword::Case) => {
                self.at += 1;
                return self.case(start);
            }
            Some(
                keyword @ (Keyword::Cast
                | Keyword::Extract
                | Keyword::Trim
                | Keyword::Substring
                | Keyword::Position),
            ) if is_call => {
                if self.grammar == Grammar::Formula {
                    return self.no_form(lexeme);
                }
                self.at += 2;
                return self.form(keyword, start);
            }
            _ => {}
        }
        if is_call {
            return self.call(lexeme.token);
        }
        if self.is_typed_constant() {
            return self.typed_constant(start);
        }
        self.bare_name(lexeme)
    }

    fn no_form(&mut self, lexeme: Lexeme<'_>) -> Parsed {
        let construct = format!("`{}`", lexeme.token.text.to_ascii_lowercase());
        self.stop_forbidden(&construct, lexeme.token.span(), FORMULA_HELP)
    }

    fn constant(&mut self, keyword: Keyword, start: usize) -> Parsed {
        self.at += 1;
        let expr = match keyword {
            Keyword::Null => Expr::Null,
            other => Expr::Boolean(other == Keyword::True),
        };
        self.push(expr, 0, start)
    }

    fn not(&mut self, least: u8) -> Parsed {
        let start = self.here();
        self.at += 1;
        if least > level::NOT {
            let span = self.last_span();
            self.syntax("`NOT` behind an operator needs parentheses", span);
            return Err(Stop);
        }
        self.expression(level::NOT, Nesting::Operand)?;
        self.condition_above(0, "NOT")?;
        self.wrap(start, Expr::Not)
    }

    /// A word that stands for a column or a metric.
    fn bare_name(&mut self, lexeme: Lexeme<'_>) -> Parsed {
        let mut buffer = [0; MAX_WORD];
        let word = lower(lexeme.token.text, &mut buffer).unwrap_or_default();
        if self.grammar == Grammar::Formula {
            // Keys of metrics may be words that are reserved in SQL, but not those of formulas.
            let is_free = match lexeme.keyword {
                None => !matches!(word, "select"),
                Some(
                    Keyword::And
                    | Keyword::Or
                    | Keyword::When
                    | Keyword::Then
                    | Keyword::Else
                    | Keyword::End
                    | Keyword::In
                    | Keyword::Is
                    | Keyword::Between
                    | Keyword::Like
                    | Keyword::Ilike,
                ) => false,
                Some(_) => true,
            };
            return if is_free {
                self.name(lexeme)
            } else {
                self.expected(OPERAND)
            };
        }
        if ident::is_no_bare_column(word) {
            if let Some(advice) = functions::refusal(word) {
                let construct = format!("`{word}`");
                return self.stop_forbidden(&construct, lexeme.token.span(), advice);
            }
            return self.expected(OPERAND);
        }
        self.name(lexeme)
    }

    /// `[operand] WHEN .. THEN .. [ELSE ..] END`, behind `CASE`.
    fn case(&mut self, start: usize) -> Parsed {
        let first = self.pushed();
        let has_operand = !self.is_keyword(Keyword::When);
        if has_operand {
            self.expression(0, Nesting::Argument)?;
        }
        self.expect(Keyword::When, "`WHEN`")?;
        loop {
            self.expression(0, Nesting::Argument)?;
            if !has_operand {
                self.condition_above(0, "WHEN")?;
            }
            self.expect(Keyword::Then, "`THEN`")?;
            self.expression(0, Nesting::Argument)?;
            if !self.take(Keyword::When) {
                break;
            }
        }
        let has_else = self.take(Keyword::Else);
        if has_else {
            self.expression(0, Nesting::Argument)?;
        }
        self.expect(Keyword::End, "`WHEN`, `ELSE` or `END`")?;
        self.build_case(first, has_operand, has_else, start)
    }

    fn build_case(
        &mut self,
        first: usize,
        has_operand: bool,
        has_else: bool,
        start: usize,
    ) -> Parsed {
        let (mut parts, depth) = self.pop_from(first);
        let otherwise = if has_else { parts.pop() } else { None };
        let mut parts = parts.into_iter();
        let operand = if has_operand { parts.next() } else { None };
        let mut branches = Vec::with_capacity(parts.len() / 2);
        while let (Some(condition), Some(result)) = (parts.next(), parts.next()) {
            branches.push((condition, result));
        }
        let expr = Expr::Case {
            operand: operand.map(Box::new),
            branches,
            otherwise: otherwise.map(Box::new),
        };
        self.push(expr, depth, start)
    }

    /// The forms with words between the arguments, behind the opening parenthesis.
    fn form(&mut self, keyword: Keyword, start: usize) -> Parsed {
        match keyword {
            Keyword::Cast => {
                self.expression(0, Nesting::Argument)?;
                self.expect(Keyword::As, "`AS`")?;
                let type_name = self.type_name()?;
                self.expect_kind(TokenKind::Close, "`)`")?;
                self.build_cast(type_name, start)
            }
            Keyword::Extract => self.extract(start),
            Keyword::Trim => self.trim(start),
            Keyword::Substring => self.substring(start),
            _ => self.position(start),
        }
    }

    fn extract(&mut self, start: usize) -> Parsed {
        let field = match self.peek() {
            Some(lexeme) if matches!(lexeme.token.kind, TokenKind::Word | TokenKind::Text) => {
                self.at += 1;
                self.date_field(&lexeme.token.content(), lexeme.token.span(), false)?
            }
            _ => return self.expected("a field such as `year`"),
        };
        self.expect(Keyword::From, "`FROM`")?;
        self.expression(0, Nesting::Argument)?;
        self.expect_kind(TokenKind::Close, "`)`")?;
        self.build_extract(field, start)
    }

    fn build_extract(&mut self, field: DateField, start: usize) -> Parsed {
        let (operand, depth) = self.pop_expr()?;
        self.push(Expr::Extract(field, Box::new(operand)), depth, start)
    }

    pub(super) fn date_field(
        &mut self,
        word: &str,
        span: std::ops::Range<usize>,
        needs_grain: bool,
    ) -> Parsed<DateField> {
        match DateField::parse(word) {
            Some(field) if field.is_grain() || !needs_grain => Ok(field),
            _ => {
                let reason = format!("`{}` is no unit of dates here", echo(word));
                let known = DateField::names().filter(|name| {
                    !needs_grain || DateField::parse(name).is_some_and(DateField::is_grain)
                });
                let help = Help::nearest(word, known);
                self.report(CatalogError::FragmentSyntax { reason }, span, help);
                Err(Stop)
            }
        }
    }

    /// `TRIM([BOTH | LEADING | TRAILING] [characters] FROM x)` and `TRIM(x [, characters])`.
    fn trim(&mut self, start: usize) -> Parsed {
        let function = if self.take(Keyword::Leading) {
            Function::Ltrim
        } else if self.take(Keyword::Trailing) {
            Function::Rtrim
        } else {
            self.take(Keyword::Both);
            Function::Btrim
        };
        let first = self.pushed();
        let is_plain = self.take(Keyword::From);
        self.expression(0, Nesting::Argument)?;
        if !is_plain && self.take(Keyword::From) {
            let characters = self.pop_expr()?;
            self.expression(0, Nesting::Argument)?;
            self.push_again(characters)?;
            self.expect_kind(TokenKind::Close, "`)`")?;
        } else if self.take_kind(TokenKind::Comma) {
            self.list()?;
        } else {
            self.expect_kind(TokenKind::Close, "`FROM`, `,` or `)`")?;
        }
        self.build_call(function, first, start)
    }

    fn push_again(&mut self, (expr, depth): (Expr<Written>, usize)) -> Parsed {
        let start = self.here();
        self.push(expr, depth.saturating_sub(1), start)
    }

    /// `SUBSTRING(x FROM a [FOR b])` and `SUBSTRING(x, a [, b])`.
    fn substring(&mut self, start: usize) -> Parsed {
        let first = self.pushed();
        self.expression(0, Nesting::Argument)?;
        if self.take(Keyword::From) {
            self.expression(0, Nesting::Argument)?;
            if self.take(Keyword::For) {
                self.expression(0, Nesting::Argument)?;
            }
            self.expect_kind(TokenKind::Close, "`FOR` or `)`")?;
        } else {
            self.expect_kind(TokenKind::Comma, "`FROM` or `,`")?;
            self.list()?;
        }
        self.build_call(Function::Substr, first, start)
    }

    /// `POSITION(part IN whole)`.
    fn position(&mut self, start: usize) -> Parsed {
        let first = self.pushed();
        self.expression(level::MATCH + 1, Nesting::Operand)?;
        self.expect(Keyword::In, "`IN`")?;
        let part = self.pop_expr()?;
        self.expression(level::MATCH + 1, Nesting::Operand)?;
        self.push_again(part)?;
        self.expect_kind(TokenKind::Close, "`)`")?;
        self.build_call(Function::Strpos, first, start)
    }
}

#[cfg(test)]
mod tests {
    use super::WORDS;

    #[test]
    fn keywords_are_sorted() {
        assert!(WORDS.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }
}
