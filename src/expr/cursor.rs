//! The parser's place among the tokens, and its findings.

use std::ops::Range;

use super::lex::{Token, TokenKind};
use super::parse::{Lexeme, Parsed, Parser, Stop};
use super::primary::Keyword;
use super::{FragmentError, ident};
use crate::error::{CatalogError, Help};

/// Findings that do not stop the parser are reported up to this number.
const MAX_ERRORS: usize = 20;

/// No message repeats more of the text than this, in characters.
const MAX_ECHO: usize = 40;

impl<'t> Parser<'t, '_> {
    /// The next token.
    pub(super) fn peek(&self) -> Option<Lexeme<'t>> {
        self.peek_at(0)
    }

    /// The token after `ahead` others.
    pub(super) fn peek_at(&self, ahead: usize) -> Option<Lexeme<'t>> {
        self.lexemes.get(self.at + ahead).copied()
    }

    /// Whether the token after `ahead` others is of this kind.
    pub(super) fn is_kind(&self, ahead: usize, kind: TokenKind) -> bool {
        self.peek_at(ahead)
            .is_some_and(|lexeme| lexeme.token.kind == kind)
    }

    /// Whether the next token is this keyword.
    pub(super) fn is_keyword(&self, keyword: Keyword) -> bool {
        self.peek().and_then(|lexeme| lexeme.keyword) == Some(keyword)
    }

    /// Moves behind the keyword, if it is next.
    pub(super) fn take(&mut self, keyword: Keyword) -> bool {
        let is_next = self.is_keyword(keyword);
        self.at += usize::from(is_next);
        is_next
    }

    /// Moves behind a token of the kind, if it is next.
    pub(super) fn take_kind(&mut self, kind: TokenKind) -> bool {
        let is_next = self.is_kind(0, kind);
        self.at += usize::from(is_next);
        is_next
    }

    /// Moves behind the keyword.
    pub(super) fn expect(&mut self, keyword: Keyword, wanted: &str) -> Parsed {
        if self.take(keyword) {
            return Ok(());
        }
        self.expected(wanted)
    }

    /// Moves behind a token of the kind.
    pub(super) fn expect_kind(&mut self, kind: TokenKind, wanted: &str) -> Parsed {
        if self.take_kind(kind) {
            return Ok(());
        }
        self.expected(wanted)
    }

    /// Moves behind a string and gives it.
    pub(super) fn expect_text(&mut self, wanted: &str) -> Parsed<Token<'t>> {
        match self.peek() {
            Some(lexeme) if lexeme.token.kind == TokenKind::Text => {
                self.at += 1;
                Ok(lexeme.token)
            }
            _ => {
                self.expected(wanted)?;
                Err(Stop)
            }
        }
    }

    /// The byte where the next token begins, or the end of the text.
    pub(super) fn here(&self) -> usize {
        self.peek().map_or(self.length, |lexeme| lexeme.token.start)
    }

    /// The bytes of the last token.
    pub(super) fn last_span(&self) -> Range<usize> {
        let last = self.at.checked_sub(1).and_then(|at| self.lexemes.get(at));
        last.map_or(0..0, |lexeme| lexeme.token.span())
    }

    /// The bytes from a place to the end of the last token.
    pub(super) fn span_from(&self, start: usize) -> Range<usize> {
        start..self.last_span().end.max(start)
    }

    /// Adds a finding.
    pub(super) fn report(&mut self, error: CatalogError, span: Range<usize>, help: Option<Help>) {
        if self.errors.len() < MAX_ERRORS {
            self.errors.push(FragmentError { error, span, help });
        }
    }

    /// Adds a finding about the syntax.
    pub(super) fn syntax(&mut self, reason: impl Into<String>, span: Range<usize>) {
        let reason = reason.into();
        self.report(CatalogError::FragmentSyntax { reason }, span, None);
    }

    /// Adds a finding about what may not be used.
    pub(super) fn forbidden(
        &mut self,
        construct: impl Into<String>,
        span: Range<usize>,
        advice: &str,
    ) {
        let error = CatalogError::FragmentForbidden {
            construct: construct.into(),
        };
        self.report(error, span, Some(Help::advice(advice)));
    }

    /// Adds a finding about what may not be used, and stops.
    pub(super) fn stop_forbidden<T>(
        &mut self,
        construct: &str,
        span: Range<usize>,
        advice: &str,
    ) -> Parsed<T> {
        self.forbidden(construct, span, advice);
        Err(Stop)
    }

    /// Stops at the next token, in whose place something else should be.
    pub(super) fn expected(&mut self, wanted: &str) -> Parsed {
        match self.peek() {
            Some(lexeme) => self.unexpected(lexeme, wanted),
            None => {
                let end = self.length;
                self.syntax(format!("expected {wanted}, found the end"), end..end);
                Err(Stop)
            }
        }
    }

    /// Stops at a token, in whose place something else should be.
    pub(super) fn unexpected(&mut self, lexeme: Lexeme<'_>, wanted: &str) -> Parsed {
        let span = lexeme.token.span();
        // Quoted, a word keeps its quotes and is none of these.
        let word = lexeme.token.text.to_ascii_lowercase();
        match word.as_str() {
            "select" | "with" | "exists" | "union" | "from" | "where" | "any" | "some"
                if wanted == OPERAND =>
            {
                return self.stop_forbidden("a subquery", span, SUBQUERY_HELP);
            }
            "select" | "union" | "intersect" | "except" | "from" | "where" | "join" => {
                return self.stop_forbidden("a statement", span, "write one expression");
            }
            "over" | "window" => {
                return self.stop_forbidden("a window (`OVER`)", span, WINDOW_HELP);
            }
            "collate" => {
                let advice = "collations are the database's own";
                return self.stop_forbidden("`COLLATE`", span, advice);
            }
            "similar" => {
                return self.stop_forbidden("`SIMILAR TO`", span, "write `LIKE` or `~`");
            }
            _ => {}
        }
        let found = describe(lexeme.token);
        let reason = format!("expected {wanted}, found {found}");
        let help = (wanted == OPERAND && ident::is_no_bare_column(&word))
            .then(|| Help::advice(format!("a column of this name is written \"{word}\"")));
        self.report(CatalogError::FragmentSyntax { reason }, span, help);
        Err(Stop)
    }

    /// Stops at an operator that does not chain with the one before.
    pub(super) fn chained(&mut self) -> Parsed {
        let span = self.peek().map_or(0..0, |lexeme| lexeme.token.span());
        let help = Help::advice("put what belongs together into parentheses");
        let error = CatalogError::FragmentSyntax {
            reason: "operators like these do not chain".to_owned(),
        };
        self.report(error, span, Some(help));
        Err(Stop)
    }
}

/// What is wanted where an expression begins.
pub(super) const OPERAND: &str = "an expression";

pub(super) const SUBQUERY_HELP: &str = "a fragment reads the columns of its own source only";

pub(super) const WINDOW_HELP: &str = "windows come from a metric's `window` and from `compare`";

/// A token in words, on one line.
fn describe(token: Token<'_>) -> String {
    match token.kind {
        // Strings may be what a dashboard compares with; a place is told, the text is not needed.
        TokenKind::Text => "a string".to_owned(),
        _ => format!("`{}`", echo(token.text)),
    }
}

/// The beginning of a text that may be long, made fit for a message.
pub(super) fn echo(text: &str) -> String {
    let end = text.char_indices().nth(MAX_ECHO).map(|(end, _)| end);
    crate::path::echo(text.get(..end.unwrap_or(text.len())).unwrap_or_default())
}
