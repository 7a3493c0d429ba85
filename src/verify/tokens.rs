//! Reads tokens one by one: words, names, numbers, signs, and the few phrases that all steps share.

use crate::dialect::Dialect;
use crate::expr::lex::{Operator, Token, TokenKind};

use super::reader::{Read, Reader, Run, failure};

impl<'a> Reader<'a> {
    /// The word in front of a conjunct.
    pub(super) fn conjunct_word(&mut self, index: usize) -> Read<()> {
        self.word(if index == 0 { "WHERE" } else { "AND" })
    }

    /// What nothing outside is evaluated before.
    pub(super) fn fence(&mut self) -> Read<()> {
        if self.plan().dialect == Dialect::Sqlite {
            self.no_limit()?;
        }
        self.word("OFFSET")?;
        self.number("0")
    }

    /// `LIMIT -1`, which SQLite wants in front of `OFFSET`.
    pub(super) fn no_limit(&mut self) -> Read<()> {
        self.word("LIMIT")?;
        self.kind(TokenKind::Operator(Operator::Minus))?;
        self.number("1")
    }

    /// A column behind this alias; its name as written.
    pub(super) fn column(&mut self, alias: &str) -> Read<Token<'a>> {
        if !self.peek().is_some_and(|token| token.is_word(alias)) {
            return failure("a column comes from rows that are not read here");
        }
        self.at += 1;
        self.kind(TokenKind::Dot)?;
        match self.peek().copied() {
            Some(name) if matches!(name.kind, TokenKind::Word | TokenKind::Quoted) => {
                self.at += 1;
                Ok(name)
            }
            _ => failure("a name was expected"),
        }
    }

    pub(super) fn exact_column(&mut self, alias: &str, name: &str) -> Read<()> {
        self.exact_name(alias)?;
        self.kind(TokenKind::Dot)?;
        self.exact_name(name)
    }

    /// This name as the library writes it; without quotes, case does not matter.
    pub(super) fn exact_name(&mut self, name: &str) -> Read<()> {
        let found = self.peek().is_some_and(|token| match token.kind {
            TokenKind::Word => token.text.eq_ignore_ascii_case(name),
            TokenKind::Quoted => token.text == name,
            _ => false,
        });
        if found {
            self.at += 1;
            Ok(())
        } else {
            failure("another name was expected")
        }
    }

    pub(super) fn run(&self, (start, end): Run) -> &[Token<'a>] {
        self.tokens.get(start..end).unwrap_or_default()
    }

    pub(super) fn peek(&self) -> Option<&Token<'a>> {
        self.token_ahead(0)
    }

    pub(super) fn token_ahead(&self, ahead: usize) -> Option<&Token<'a>> {
        let at = self.at + ahead;
        (at < self.end).then(|| self.tokens.get(at)).flatten()
    }

    pub(super) fn kind_ahead(&self, ahead: usize) -> Option<TokenKind> {
        self.token_ahead(ahead).map(|token| token.kind)
    }

    pub(super) fn is_word(&self, word: &str) -> bool {
        self.peek().is_some_and(|token| token.is_word(word))
    }

    pub(super) fn word(&mut self, word: &str) -> Read<()> {
        if !self.is_word(word) {
            return failure(format!("`{word}` was expected"));
        }
        self.at += 1;
        Ok(())
    }

    pub(super) fn number(&mut self, number: &str) -> Read<()> {
        match self.peek() {
            Some(token) if token.kind == TokenKind::Number && token.text == number => {
                self.at += 1;
                Ok(())
            }
            _ => failure(format!("`{number}` was expected")),
        }
    }

    pub(super) fn open(&mut self) -> Read<()> {
        self.kind(TokenKind::Open)
    }

    pub(super) fn close(&mut self) -> Read<()> {
        self.kind(TokenKind::Close)
    }

    pub(super) fn is_kind(&self, kind: TokenKind) -> bool {
        self.peek().is_some_and(|token| token.kind == kind)
    }

    pub(super) fn kind(&mut self, kind: TokenKind) -> Read<()> {
        if !self.is_kind(kind) {
            return failure("the text is not of the form that the library writes");
        }
        self.at += 1;
        Ok(())
    }

    pub(super) fn comma(&mut self) -> bool {
        let found = self.is_kind(TokenKind::Comma);
        self.at += usize::from(found);
        found
    }
}
