//! The lexer: text into tokens that borrow from it.
//!
//! In: the text of a fragment, a formula or an emitted statement. Out: [`Token`]s with their places.
//! Guaranteed afterwards: PostgreSQL reads the same tokens in the text whatever its settings. What it
//! reads in several ways is refused: prefixed strings, dollar quotes, backslashes, strings in a row,
//! names beyond ASCII, numbers with letters behind them.

use std::borrow::Cow;
use std::ops::Range;

/// What the text is; a few tokens exist in one of them only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TextKind {
    /// A fragment or formula of a catalog: template tokens and comments, no placeholders, no brackets.
    Fragment,
    /// An emitted statement: placeholders and brackets, no template tokens, no comments.
    Statement,
}

/// A token, as it stands in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token<'t> {
    /// What it is.
    pub(crate) kind: TokenKind,
    /// The text, quotes and braces included.
    pub(crate) text: &'t str,
    /// The byte where it begins.
    pub(crate) start: usize,
}

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// A keyword or a name without quotes, case as written.
    Word,
    /// `"name"`.
    Quoted,
    /// `12`, `0.5`, `.5`.
    Number,
    /// `'text'`.
    Text,
    /// `$1` or `?1`.
    Placeholder,
    /// `{token}`.
    Template,
    /// An operator of the list.
    Operator(Operator),
    /// `(`
    Open,
    /// `)`
    Close,
    /// `[`
    OpenBracket,
    /// `]`
    CloseBracket,
    /// `,`
    Comma,
    /// `.`
    Dot,
}

/// The operators that exist; any other run of operator characters is an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    Plus,
    Minus,
    Star,
    Slash,
    Percent,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Concat,
    /// `->`
    Arrow,
    /// `->>`
    ArrowText,
    /// `#>`
    PathArrow,
    /// `#>>`
    PathArrowText,
    /// `@>`
    Contains,
    /// `~`
    Tilde,
    /// `~*`
    TildeStar,
    /// `::`
    Cast,
}

/// Why a text is no sequence of tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LexError {
    /// Whether it is known but not allowed (else it is no token at all).
    pub(crate) is_forbidden: bool,
    /// What is wrong; for what is forbidden, the construct.
    pub(crate) reason: &'static str,
    /// The way out.
    pub(crate) help: Option<&'static str>,
    /// Where.
    pub(crate) span: Range<usize>,
}

impl<'t> Token<'t> {
    /// The bytes of the token.
    pub(crate) fn span(&self) -> Range<usize> {
        self.start..self.end()
    }

    /// The byte behind the token.
    pub(crate) fn end(&self) -> usize {
        self.start + self.text.len()
    }

    /// Whether it is this word without quotes, in any case.
    pub(crate) fn is_word(&self, word: &str) -> bool {
        self.kind == TokenKind::Word && self.text.eq_ignore_ascii_case(word)
    }

    /// The text without the quotes or braces around it, doubled quotes made single.
    pub(crate) fn content(&self) -> Cow<'t, str> {
        let inner_end = self.text.len().saturating_sub(1);
        let inner = self.text.get(1..inner_end).unwrap_or_default();
        let (doubled, single) = match self.kind {
            TokenKind::Quoted => ("\"\"", "\""),
            TokenKind::Text => ("''", "'"),
            TokenKind::Template => return Cow::Borrowed(inner),
            _ => return Cow::Borrowed(self.text),
        };
        if inner.contains(doubled) {
            Cow::Owned(inner.replace(doubled, single))
        } else {
            Cow::Borrowed(inner)
        }
    }
}

/// An iterator over the tokens of a text; it ends with the text or after the first error.
#[derive(Debug, Clone)]
pub(crate) struct Lexer<'t> {
    text: &'t str,
    at: usize,
    kind: TextKind,
    /// Whether the last token was a string: PostgreSQL joins strings across a line break.
    is_after_text: bool,
}

impl<'t> Lexer<'t> {
    /// The tokens of a text.
    pub(crate) fn new(text: &'t str, kind: TextKind) -> Self {
        Self {
            text,
            at: 0,
            kind,
            is_after_text: false,
        }
    }

    /// The byte `ahead` of the current place; 0 behind the end. A NUL in the text is refused where
    /// it begins a token, and ends none.
    fn byte(&self, ahead: usize) -> u8 {
        let bytes = self.text.as_bytes();
        bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn is_fragment(&self) -> bool {
        self.kind == TextKind::Fragment
    }

    /// The token of `length` bytes at the current place; moves behind it.
    fn token(&mut self, kind: TokenKind, length: usize) -> Token<'t> {
        let start = self.at;
        self.at = start + length;
        Token {
            kind,
            text: self.text.get(start..self.at).unwrap_or_default(),
            start,
        }
    }

    /// What is wrong with the next `length` bytes.
    fn wrong(&self, length: usize, reason: &'static str) -> LexError {
        let mut end = (self.at + length).min(self.text.len());
        while !self.text.is_char_boundary(end) {
            end += 1;
        }
        LexError {
            is_forbidden: false,
            reason,
            help: None,
            span: self.at..end,
        }
    }

    fn forbidden(&self, length: usize, construct: &'static str) -> LexError {
        LexError {
            is_forbidden: true,
            ..self.wrong(length, construct)
        }
    }

    /// Moves behind blanks and comments.
    fn skip_blank(&mut self) -> Result<(), LexError> {
        loop {
            match (self.byte(0), self.byte(1)) {
                (b' ' | b'\t' | b'\n' | b'\r', _) => self.at += 1,
                (b'-', b'-') => {
                    self.check_comment(2)?;
                    let rest = self.text.get(self.at..).unwrap_or_default();
                    let length = rest.find(['\n', '\r']).unwrap_or(rest.len());
                    self.skip_comment(length)?;
                }
                (b'/', b'*') => {
                    self.check_comment(2)?;
                    self.skip_comment(self.block_comment()?)?;
                }
                _ => return Ok(()),
            }
        }
    }

    fn check_comment(&self, length: usize) -> Result<(), LexError> {
        if self.is_fragment() {
            return Ok(());
        }
        Err(self.forbidden(length, "a comment"))
    }

    /// PostgreSQL reads no text with a NUL in it, wherever it is.
    fn skip_comment(&mut self, length: usize) -> Result<(), LexError> {
        let comment = self.text.get(self.at..).and_then(|rest| rest.get(..length));
        if comment.is_some_and(|comment| comment.contains('\0')) {
            return Err(self.forbidden(length, "a NUL in a comment"));
        }
        self.at += length;
        Ok(())
    }

    /// The length of the block comment at the current place; block comments nest.
    fn block_comment(&self) -> Result<usize, LexError> {
        let mut depth = 0_usize;
        let mut length = 0;
        loop {
            match (self.byte(length), self.byte(length + 1)) {
                (b'/', b'*') => {
                    depth += 1;
                    length += 2;
                }
                (b'*', b'/') => {
                    depth -= 1;
                    length += 2;
                    if depth == 0 {
                        return Ok(length);
                    }
                }
                _ if self.at + length >= self.text.len() => {
                    return Err(self.wrong(2, "this comment does not end"));
                }
                _ => length += 1,
            }
        }
    }

    fn next_token(&mut self) -> Result<Option<Token<'t>>, LexError> {
        self.skip_blank()?;
        if self.at >= self.text.len() {
            return Ok(None);
        }
        let was_after_text = std::mem::take(&mut self.is_after_text);
        let token = match self.byte(0) {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => self.word()?,
            b'0'..=b'9' => self.number()?,
            b'.' if self.byte(1).is_ascii_digit() => self.number()?,
            b'\'' => {
                let length = self.quoted(b'\'', "this string does not end")?;
                if was_after_text {
                    let mut error = self.wrong(length, "a string follows a string");
                    error.help = Some("join strings with `||`, or write one string");
                    return Err(error);
                }
                self.is_after_text = true;
                self.token(TokenKind::Text, length)
            }
            b'"' => {
                let length = self.quoted(b'"', "this quoted name does not end")?;
                if length == 2 {
                    return Err(self.wrong(length, "a quoted name is empty"));
                }
                self.token(TokenKind::Quoted, length)
            }
            b'(' => self.token(TokenKind::Open, 1),
            b')' => self.token(TokenKind::Close, 1),
            b',' => self.token(TokenKind::Comma, 1),
            b'.' => self.token(TokenKind::Dot, 1),
            b'$' => self.dollar()?,
            b'?' if self.is_fragment() => return Err(self.placeholder(1)),
            b'?' if self.byte(1).is_ascii_digit() => {
                let length = self.placeholder_length()?;
                self.token(TokenKind::Placeholder, length)
            }
            b'{' if self.is_fragment() => self.template()?,
            b':' if self.byte(1) == b':' => self.token(TokenKind::Operator(Operator::Cast), 2),
            b':' => return Err(self.placeholder(1)),
            b'[' if !self.is_fragment() => self.token(TokenKind::OpenBracket, 1),
            b']' if !self.is_fragment() => self.token(TokenKind::CloseBracket, 1),
            b'[' | b']' => return Err(self.forbidden(1, "a bracket")),
            b';' => return Err(self.forbidden(1, "a semicolon")),
            b'`' => {
                let mut error = self.forbidden(1, "a backtick");
                error.help = Some("quote names with double quotes");
                return Err(error);
            }
            byte if is_operator_byte(byte) => self.operator()?,
            _ => return Err(self.stray()),
        };
        Ok(Some(token))
    }

    /// What to say about a character that begins no token.
    fn stray(&self) -> LexError {
        let rest = self.text.get(self.at..).unwrap_or_default();
        match rest.chars().next() {
            Some(stray) if !stray.is_ascii() => {
                let mut error = self.wrong(1, "a character beyond ASCII stands outside of quotes");
                error.help = Some("put names with such characters into double quotes");
                error
            }
            Some(stray) if stray.is_control() => self.wrong(1, "a control character"),
            _ => self.wrong(1, "this character has no meaning here"),
        }
    }

    fn word(&mut self) -> Result<Token<'t>, LexError> {
        let mut length = 1;
        while is_word_byte(self.byte(length)) {
            length += 1;
        }
        match (self.byte(length), self.byte(length + 1)) {
            // PostgreSQL reads the dollar sign as a part of the name.
            (b'$', _) => return Err(self.wrong(length + 1, "a name holds a dollar sign")),
            (b'\'', _) if length == 1 && b"eEbBxXnN".contains(&self.byte(0)) => {
                let mut error = self.forbidden(length + 1, "a string with a letter in front");
                error.help = Some("write a plain string in single quotes");
                return Err(error);
            }
            (b'&', b'\'' | b'"') if length == 1 && b"uU".contains(&self.byte(0)) => {
                let mut error = self.forbidden(length + 2, "a string or name with `U&` in front");
                error.help = Some("write the characters as they are");
                return Err(error);
            }
            _ => {}
        }
        Ok(self.token(TokenKind::Word, length))
    }

    fn number(&mut self) -> Result<Token<'t>, LexError> {
        let mut length = 0;
        while self.byte(length).is_ascii_digit() {
            length += 1;
        }
        if self.byte(length) == b'.' {
            length += 1;
            if !self.byte(length).is_ascii_digit() {
                return Err(self.wrong(length, "digits have to follow the decimal point"));
            }
            while self.byte(length).is_ascii_digit() {
                length += 1;
            }
        }
        let behind = self.byte(length);
        if is_word_byte(behind) || behind == b'.' || behind == b'$' {
            let mut end = length;
            while is_word_byte(self.byte(end)) {
                end += 1;
            }
            let mut error = self.wrong(end.max(length + 1), "this is no decimal number");
            error.help = Some("write digits and at most one decimal point");
            return Err(error);
        }
        Ok(self.token(TokenKind::Number, length))
    }

    /// The length of the quoted text at the current place.
    fn quoted(&self, quote: u8, endless: &'static str) -> Result<usize, LexError> {
        let bytes = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let mut length = 1;
        loop {
            match bytes.get(length) {
                None => return Err(self.wrong(1, endless)),
                Some(&byte) if byte == quote => {
                    length += 1;
                    if bytes.get(length) != Some(&quote) {
                        break;
                    }
                    length += 1;
                }
                Some(b'\\') if quote == b'\'' => {
                    let mut error = self.forbidden(length + 1, "a backslash in a string");
                    error.help = Some("its meaning depends on a setting of the database");
                    return Err(error);
                }
                Some(0..=31 | 127) => {
                    return Err(self.forbidden(length + 1, "a control character in quotes"));
                }
                // The C1 control characters are `C2 80` to `C2 9F` in UTF-8.
                Some(0xC2) if matches!(bytes.get(length + 1), Some(0x80..=0x9F)) => {
                    return Err(self.forbidden(length + 2, "a control character in quotes"));
                }
                Some(_) => length += 1,
            }
        }
        Ok(length)
    }

    fn dollar(&mut self) -> Result<Token<'t>, LexError> {
        if !self.byte(1).is_ascii_digit() {
            let mut error = self.forbidden(1, "a dollar sign");
            error.help = Some("write strings in single quotes");
            return Err(error);
        }
        if self.is_fragment() {
            return Err(self.placeholder(2));
        }
        let length = self.placeholder_length()?;
        Ok(self.token(TokenKind::Placeholder, length))
    }

    fn placeholder_length(&self) -> Result<usize, LexError> {
        let mut length = 1;
        while self.byte(length).is_ascii_digit() {
            length += 1;
        }
        let behind = self.byte(length);
        if is_word_byte(behind) || behind == b'$' {
            return Err(self.wrong(length + 1, "a placeholder runs into something else"));
        }
        Ok(length)
    }

    fn placeholder(&self, length: usize) -> LexError {
        let mut error = self.forbidden(length, "a placeholder");
        error.help = Some("values come from requests, never from a fragment");
        error
    }

    fn template(&mut self) -> Result<Token<'t>, LexError> {
        let mut length = 1;
        while is_word_byte(self.byte(length)) {
            length += 1;
        }
        if length == 1 || self.byte(length) != b'}' {
            return Err(self.wrong(length, "a template token is one word in braces"));
        }
        Ok(self.token(TokenKind::Template, length + 1))
    }

    /// PostgreSQL's rule: the longest run of operator characters up to a comment; a run of several
    /// ends in `+` or `-` only if it holds one of the characters that SQL's own operators lack.
    /// # Source: PostgreSQL manual, 4.1.3 (Operators).
    fn operator(&mut self) -> Result<Token<'t>, LexError> {
        let mut length = 0;
        let mut is_special = false;
        loop {
            let byte = self.byte(length);
            let is_comment = matches!((byte, self.byte(length + 1)), (b'-', b'-') | (b'/', b'*'));
            if !is_operator_byte(byte) || is_comment {
                break;
            }
            is_special |= b"~!@#%^&|`?".contains(&byte);
            length += 1;
        }
        while length > 1 && !is_special && matches!(self.byte(length - 1), b'+' | b'-') {
            length -= 1;
        }
        let run = self.text.get(self.at..self.at + length).unwrap_or_default();
        match Operator::parse(run) {
            Some(operator) => Ok(self.token(TokenKind::Operator(operator), length)),
            None => {
                let mut error = self.wrong(length, "this operator does not exist here");
                error.help = match run {
                    "^" => Some("write `POWER(x, y)`"),
                    "==" => Some("write `=`"),
                    "&&" => Some("write `AND`"),
                    _ => Some("put a blank between two operators"),
                };
                Err(error)
            }
        }
    }
}

impl<'t> Iterator for Lexer<'t> {
    type Item = Result<Token<'t>, LexError>;

    fn next(&mut self) -> Option<Self::Item> {
        let found = self.next_token();
        if found.is_err() {
            self.at = self.text.len();
        }
        found.transpose()
    }
}

impl Operator {
    fn parse(run: &str) -> Option<Self> {
        Some(match run {
            "+" => Operator::Plus,
            "-" => Operator::Minus,
            "*" => Operator::Star,
            "/" => Operator::Slash,
            "%" => Operator::Percent,
            "=" => Operator::Equal,
            "<>" | "!=" => Operator::NotEqual,
            "<" => Operator::Less,
            "<=" => Operator::LessOrEqual,
            ">" => Operator::Greater,
            ">=" => Operator::GreaterOrEqual,
            "||" => Operator::Concat,
            "->" => Operator::Arrow,
            "->>" => Operator::ArrowText,
            "#>" => Operator::PathArrow,
            "#>>" => Operator::PathArrowText,
            "@>" => Operator::Contains,
            "~" => Operator::Tilde,
            "~*" => Operator::TildeStar,
            _ => return None,
        })
    }
}

fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn is_operator_byte(byte: u8) -> bool {
    b"+-*/<>=~!@#%^&|?".contains(&byte)
}
