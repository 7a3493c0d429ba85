//! Strict reading of JSON documents, with the place of everything that is wrong.
//!
//! In: text. Out: a [`Document`] whose [`Node`]s and [`Object`]s the readers of catalogs, requests
//! and contexts walk. Guaranteed afterwards: the text is JSON within its limits of bytes and depth,
//! and every finding has been collected, not only the first. Codes: those of `ReadError`. Next to
//! read: `object.rs`.
//!
//! Syntax and escapes are `serde_json`'s; this module owns shape, places and findings. One pass
//! without recursion finds where values start and end (`index.rs`) and stops at the limit of depth,
//! before anything else looks at the text. Numbers are seen in the digits that were written.

mod canonical;
mod index;
mod node;
mod object;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::cell::RefCell;

pub(crate) use canonical::canonical;
use index::{Index, Token};
pub(crate) use node::{JsonKind, Node};
pub(crate) use object::Object;

use crate::error::{Error, ErrorKind, Errors, Findings, ReadError};
use crate::path::At;

/// A bound on the bytes or the number of something, with its name among the limits.
#[derive(Clone, Copy)]
pub(crate) struct Bound {
    /// The name of the limit.
    pub(crate) limit: &'static str,
    /// Its bound.
    pub(crate) bound: usize,
}

impl Bound {
    /// The error of hitting the bound.
    pub(crate) fn exceeded(self) -> ReadError {
        ReadError::LimitExceeded {
            limit: self.limit,
            bound: self.bound as u64,
        }
    }
}

/// A text that is JSON, and what its readers found wrong so far.
pub(crate) struct Document<'t> {
    name: &'static str,
    text: &'t str,
    index: Index,
    depth: usize,
    spare: RefCell<Vec<object::Fields>>,
    findings: RefCell<Findings>,
}

impl<'t> Document<'t> {
    /// Checks size, depth and syntax, in this order. `name` is the first word of every path.
    pub(crate) fn read(
        name: &'static str,
        text: &'t str,
        bytes: Bound,
        depth: usize,
    ) -> Result<Self, Errors> {
        let error = |kind: ReadError| Errors::from(Error::new(At::root(name).path(), kind));
        let bytes = Bound {
            bound: bytes.bound.min(u32::MAX as usize - 1),
            ..bytes
        };
        if text.len() > bytes.bound {
            return Err(error(bytes.exceeded()));
        }
        let index = read_index(text, depth).map_err(error)?;
        Ok(Self {
            name,
            text,
            index,
            depth,
            spare: RefCell::default(),
            findings: RefCell::default(),
        })
    }

    /// The value that the document is.
    pub(crate) fn root(&self) -> Node<'_> {
        Node::new(self, 0, At::root(self.name))
    }

    /// Adds a finding.
    pub(crate) fn report(&self, error: Error) {
        self.findings.borrow_mut().push(error);
    }

    /// Whether further findings are no longer collected, so that readers may stop.
    pub(crate) fn is_full(&self) -> bool {
        self.findings.borrow().is_full()
    }

    /// The value that was read, if nothing was found.
    pub(crate) fn finish<T>(self, value: T) -> Result<T, Errors> {
        self.findings.into_inner().finish(value)
    }

    /// Reports something at a place.
    fn report_at(&self, at: At<'_>, kind: impl Into<ErrorKind>) {
        // The path is not built for a finding that is not collected.
        if self.is_full() {
            self.findings.borrow_mut().count();
        } else {
            self.report(Error::new(at.path(), kind));
        }
    }

    fn token(&self, token: u32) -> Token {
        // Tokens come from the index of the same document; an empty one stands for the impossible.
        let found = self.index.tokens.get(token as usize);
        found.copied().unwrap_or(Token {
            start: 0,
            end: 0,
            next: token + 1,
        })
    }

    fn first_byte(&self, token: u32) -> Option<u8> {
        let start = self.token(token).start as usize;
        self.text.as_bytes().get(start).copied()
    }

    fn slice(&self, token: u32) -> &str {
        let token = self.token(token);
        self.text
            .get(token.start as usize..token.end as usize)
            .unwrap_or_default()
    }

    /// The content of a string.
    fn unescaped(&self, token: u32) -> Cow<'_, str> {
        if self.index.escaped.binary_search(&token).is_ok() {
            // The document was refused if one of its strings could not be unescaped.
            Cow::Owned(serde_json::from_str(self.slice(token)).unwrap_or_default())
        } else {
            let Token { start, end, .. } = self.token(token);
            let inside = start as usize + 1..(end as usize).saturating_sub(1);
            Cow::Borrowed(self.text.get(inside).unwrap_or_default())
        }
    }
}

/// The text of a JSON value without the spaces between its parts, or what is wrong with it.
pub(crate) fn compact(text: &str, depth: usize) -> Result<String, ReadError> {
    let mut out = String::with_capacity(text.len());
    let index = read_index(text, depth)?;
    // Between two tokens stand only spaces and punctuation, so both are copied and spaces are not.
    let mut copied = 0;
    let between = |out: &mut String, from: usize, to: usize| {
        let gap = text.get(from..to).unwrap_or_default();
        out.extend(gap.chars().filter(|c| !c.is_ascii_whitespace()));
    };
    for token in &index.tokens {
        let start = token.start as usize;
        let is_container = text
            .get(start..)
            .is_some_and(|rest| rest.starts_with(['{', '[']));
        let end = if is_container {
            start + 1
        } else {
            token.end as usize
        };
        between(&mut out, copied, start);
        out.push_str(text.get(start..end).unwrap_or_default());
        copied = end;
    }
    between(&mut out, copied, text.len());
    Ok(out)
}

fn read_index(text: &str, depth: usize) -> Result<Index, ReadError> {
    let index = index::index(text, depth).ok_or(ReadError::LimitExceeded {
        limit: "json_depth",
        bound: depth as u64,
    })?;
    let syntax = |reason: String| ReadError::Syntax { reason };
    if text.starts_with('\u{feff}') {
        return Err(syntax("a byte order mark stands in front".to_owned()));
    }
    // `IgnoredAny` is read without recursion and without allocation.
    serde_json::from_str::<serde::de::IgnoredAny>(text)
        .map_err(|error| syntax(error.to_string()))?;
    // Half of a surrogate pair is the one fault that only shows when a string is unescaped.
    for token in index
        .escaped
        .iter()
        .filter_map(|token| index.tokens.get(*token as usize))
    {
        let string = text
            .get(token.start as usize..token.end as usize)
            .unwrap_or_default();
        if string.contains("\\u") && serde_json::from_str::<String>(string).is_err() {
            let before = text.get(..token.start as usize).unwrap_or_default();
            let line = before.matches('\n').count() + 1;
            let column = before.rsplit('\n').next().map_or(0, str::len) + 1;
            return Err(syntax(format!(
                "half of a surrogate pair in the string at line {line} column {column}"
            )));
        }
    }
    Ok(index)
}
