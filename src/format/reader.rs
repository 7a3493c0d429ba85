//! The text of a pattern, character by character.

use std::ops::Range;

use super::{MAX_PATTERN_BYTES, PatternError, PatternKind};

/// A place in the text of a pattern.
pub(super) struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Reader<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, at: 0 }
    }

    /// What has not been read.
    pub(super) fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// How many bytes have been read.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// The range of the next character, which is empty at the end.
    pub(super) fn next_span(&self) -> Range<usize> {
        self.at..self.at + self.peek().map_or(0, char::len_utf8)
    }

    /// Reads one character.
    pub(super) fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        Some(next)
    }

    /// Reads a word, if it is the next.
    pub(super) fn eat(&mut self, word: &str) -> bool {
        let is_next = self.rest().starts_with(word);
        if is_next {
            self.at += word.len();
        }
        is_next
    }

    /// Reads as long as characters are of a kind.
    pub(super) fn run(&mut self, of: impl Fn(char) -> bool) -> &'t str {
        let rest = self.rest();
        let end = rest.find(|c| !of(c)).unwrap_or(rest.len());
        self.at += end;
        rest.get(..end).unwrap_or_default()
    }

    /// Reads text in quotes or behind a backslash, if that is the next.
    pub(super) fn literal(&mut self) -> Result<Option<&'t str>, PatternError> {
        let start = self.at;
        if self.eat("\"") {
            let text = self.run(|c| c != '"');
            return match self.next() {
                Some(_) => Ok(Some(text)),
                None => Err(PatternError::new(
                    start..self.at,
                    "a quote that does not end",
                )),
            };
        }
        if self.eat("\\") {
            let rest = self.rest();
            return match self.next() {
                Some(escaped) => Ok(rest.get(..escaped.len_utf8())),
                None => Err(PatternError::new(
                    start..self.at,
                    "a backslash before nothing",
                )),
            };
        }
        Ok(None)
    }
}

/// Refuses what is longer than any pattern has to be, and characters that nobody sees.
pub(super) fn check_size(text: &str) -> Result<(), PatternError> {
    if text.is_empty() {
        return Err(PatternError::new(0..0, "an empty pattern"));
    }
    if text.len() > MAX_PATTERN_BYTES {
        return Err(PatternError::new(
            0..text.len(),
            "a pattern of more than 100 bytes",
        ));
    }
    match text.char_indices().find(|(_, c)| c.is_control()) {
        Some((at, c)) => Err(PatternError::new(
            at..at + c.len_utf8(),
            "a control character",
        )),
        None => Ok(()),
    }
}

/// What a pattern is of, as far as its letters tell.
pub(super) fn kind_of(text: &str) -> PatternKind {
    let mut reader = Reader::new(text);
    let mut kind = PatternKind::Number;
    loop {
        if let Ok(Some(_)) = reader.literal() {
            continue;
        }
        match reader.next() {
            Some('[') => return PatternKind::Duration,
            Some('0' | '#') => return PatternKind::Number,
            Some('Y' | 'M' | 'D' | 'H' | 'm' | 's' | 'y' | 'd' | 'h') => kind = PatternKind::Date,
            Some(_) => {}
            None => return kind,
        }
    }
}
