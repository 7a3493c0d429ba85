//! Casts, typed constants and the names of types.

use super::cursor::echo;
use super::lex::TokenKind;
use super::parse::{FORMULA_HELP, Grammar, Parsed, Parser, Stop};
use super::primary::{Keyword, MAX_WORD, lower};
use super::{BaseType, Expr, TypeName, literal};
use crate::error::{CatalogError, Help};

impl Parser<'_, '_> {
    /// Whether a type and a string follow: `DATE '2026-01-31'`.
    pub(super) fn is_typed_constant(&self) -> bool {
        self.is_kind(1, TokenKind::Text)
            || matches!(
                self.peek_at(1).and_then(|lexeme| lexeme.keyword),
                Some(Keyword::With | Keyword::Without)
            ) && self.is_kind(4, TokenKind::Text)
    }

    pub(super) fn typed_constant(&mut self, start: usize) -> Parsed {
        if self.grammar == Grammar::Formula {
            let span = self.peek().map_or(0..0, |lexeme| lexeme.token.span());
            return self.stop_forbidden("a typed constant", span, FORMULA_HELP);
        }
        let type_name = self.type_name()?;
        let token = self.expect_text("a string")?;
        let text = token.content();
        self.push(Expr::Text(text.into()), 0, token.start)?;
        self.build_cast(type_name, start)
    }

    /// Puts a cast around the last operand. A string of a temporal type becomes a constant, so that
    /// its text is checked and `'now'` stays out.
    pub(super) fn build_cast(&mut self, type_name: TypeName, start: usize) -> Parsed {
        let (operand, depth) = self.pop_expr()?;
        let is_temporal = matches!(
            type_name.base,
            BaseType::Date
                | BaseType::Time
                | BaseType::Timestamp
                | BaseType::Timestamptz
                | BaseType::Interval
        );
        match operand {
            Expr::Text(text) if is_temporal => match literal::canonical(type_name.base, &text) {
                Ok(canonical) => self.push(Expr::Typed(type_name, canonical), 0, start),
                Err(advice) => {
                    let reason =
                        "this is no constant that every setting of the database reads alike";
                    let error = CatalogError::FragmentSyntax {
                        reason: reason.to_owned(),
                    };
                    let span = self.span_from(start);
                    self.report(error, span, Some(Help::advice(advice)));
                    Err(Stop)
                }
            },
            _ if type_name.base == BaseType::Timestamptz => {
                let span = self.span_from(start);
                let advice = "the zone would be the session's; write `x AT TIME ZONE 'UTC'`";
                self.stop_forbidden("a cast to `timestamptz`", span, advice)
            }
            operand => self.push(Expr::Cast(Box::new(operand), type_name), depth, start),
        }
    }

    /// The name of a type from the closed list, with its numbers.
    pub(super) fn type_name(&mut self) -> Parsed<TypeName> {
        let Some(lexeme) = self.peek() else {
            self.expected("a type")?;
            return Err(Stop);
        };
        if lexeme.token.kind != TokenKind::Word {
            self.expected("a type")?;
        }
        let start = lexeme.token.start;
        self.at += 1;
        let mut buffer = [0; MAX_WORD];
        let word = lower(lexeme.token.text, &mut buffer).unwrap_or_default();
        let base = match word {
            "smallint" | "int2" => BaseType::Smallint,
            "integer" | "int" | "int4" => BaseType::Integer,
            "bigint" | "int8" => BaseType::Bigint,
            "numeric" | "decimal" | "dec" => BaseType::Numeric,
            "real" | "float4" => BaseType::Real,
            "float" | "float8" => BaseType::Double,
            "double" if self.take_word("precision") => BaseType::Double,
            "text" => BaseType::Text,
            "varchar" => BaseType::Varchar,
            "character" if self.take_word("varying") => BaseType::Varchar,
            "boolean" | "bool" => BaseType::Boolean,
            "date" => BaseType::Date,
            "time" if !self.zone_suffix(false)? => BaseType::Time,
            "timestamp" if self.zone_suffix(true)? => BaseType::Timestamptz,
            "timestamp" => BaseType::Timestamp,
            "timestamptz" => BaseType::Timestamptz,
            "interval" => BaseType::Interval,
            "json" => BaseType::Json,
            "jsonb" => BaseType::Jsonb,
            "uuid" => BaseType::Uuid,
            _ => {
                let construct = format!("the type `{}`", echo(lexeme.token.text));
                let span = self.span_from(start);
                let error = CatalogError::FragmentForbidden { construct };
                let help = Help::nearest(word, TYPE_NAMES.iter().copied());
                self.report(error, span, help);
                return Err(Stop);
            }
        };
        let modifiers = self.modifiers(base)?;
        Ok(TypeName { base, modifiers })
    }

    fn take_word(&mut self, word: &str) -> bool {
        let is_next = self.peek().is_some_and(|lexeme| lexeme.token.is_word(word));
        self.at += usize::from(is_next);
        is_next
    }

    /// `WITH TIME ZONE` (true) or `WITHOUT TIME ZONE` (false), where it is written.
    fn zone_suffix(&mut self, is_timestamp: bool) -> Parsed<bool> {
        let is_with = self.is_keyword(Keyword::With);
        if !is_with && !self.is_keyword(Keyword::Without) {
            return Ok(false);
        }
        self.at += 1;
        self.expect(Keyword::Time, "`TIME`")?;
        self.expect(Keyword::Zone, "`ZONE`")?;
        if is_with && !is_timestamp {
            let span = self.last_span();
            return self.stop_forbidden("the type `time with time zone`", span, "write `time`");
        }
        Ok(is_with)
    }

    /// `(12, 2)` behind `numeric`, `(40)` behind `varchar`.
    fn modifiers(&mut self, base: BaseType) -> Parsed<(Option<u16>, Option<u16>)> {
        if !self.is_kind(0, TokenKind::Open) {
            return Ok((None, None));
        }
        if !matches!(base, BaseType::Numeric | BaseType::Varchar) {
            self.expected("no length here")?;
        }
        self.at += 1;
        let first = self.modifier(1..=1000)?;
        let mut second = None;
        if base == BaseType::Numeric && self.take_kind(TokenKind::Comma) {
            second = Some(self.modifier(0..=first)?);
        }
        self.expect_kind(TokenKind::Close, "`)`")?;
        Ok((Some(first), second))
    }

    fn modifier(&mut self, range: std::ops::RangeInclusive<u16>) -> Parsed<u16> {
        let number = self
            .peek()
            .and_then(|lexeme| lexeme.token.text.parse().ok());
        match number {
            Some(number) if range.contains(&number) => {
                self.at += 1;
                Ok(number)
            }
            _ => {
                let (least, most) = range.into_inner();
                self.expected(&format!("a number from {least} to {most}"))?;
                Err(Stop)
            }
        }
    }
}

/// The types that casts may name, for suggestions.
const TYPE_NAMES: &[&str] = &[
    "bigint",
    "boolean",
    "date",
    "double precision",
    "integer",
    "interval",
    "json",
    "jsonb",
    "numeric",
    "real",
    "smallint",
    "text",
    "time",
    "timestamp",
    "uuid",
    "varchar",
];
