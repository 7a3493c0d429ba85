//! A value of a document together with its place.

use std::borrow::Cow;

use super::{Bound, Document, Object};
use crate::error::{Error, ErrorKind, Help, ReadError};
use crate::path::{At, echo};

/// The JSON type of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum JsonKind {
    Null,
    Boolean,
    Number,
    Text,
    List,
    Object,
}

impl JsonKind {
    fn found(self) -> &'static str {
        match self {
            JsonKind::Null => "null",
            JsonKind::Boolean => "a boolean",
            JsonKind::Number => "a number",
            JsonKind::Text => "a string",
            JsonKind::List => "a list",
            JsonKind::Object => "an object",
        }
    }
}

/// A value of a document together with its place.
///
/// The reading methods report a value of another type and give nothing then; the document is at
/// fault by that, so what stands in for the value is never seen.
#[derive(Clone, Copy)]
pub(crate) struct Node<'a> {
    document: &'a Document<'a>,
    token: u32,
    at: At<'a>,
}

impl<'a> Node<'a> {
    pub(super) fn new(document: &'a Document<'a>, token: u32, at: At<'a>) -> Self {
        Self {
            document,
            token,
            at,
        }
    }

    /// The document that the value is part of.
    pub(crate) fn document(&self) -> &'a Document<'a> {
        self.document
    }

    /// The place of the value.
    pub(crate) fn at(&self) -> &At<'a> {
        &self.at
    }

    /// The text as written, strings with their quotes and escapes.
    pub(crate) fn written(&self) -> &'a str {
        self.document.slice(self.token)
    }

    /// The JSON type.
    pub(crate) fn kind(&self) -> JsonKind {
        match self.document.first_byte(self.token) {
            Some(b'{') => JsonKind::Object,
            Some(b'[') => JsonKind::List,
            Some(b'"') => JsonKind::Text,
            Some(b't' | b'f') => JsonKind::Boolean,
            Some(b'n') => JsonKind::Null,
            _ => JsonKind::Number,
        }
    }

    /// Whether the value is `null`.
    pub(crate) fn is_null(&self) -> bool {
        self.kind() == JsonKind::Null
    }

    /// Reports something at this place.
    pub(crate) fn report(&self, kind: impl Into<ErrorKind>) {
        self.document.report_at(self.at, kind);
    }

    /// Reports something at this place, with a way out.
    pub(crate) fn report_with_help(
        &self,
        kind: impl Into<ErrorKind>,
        help: impl Into<Option<Help>>,
    ) {
        self.document
            .report(Error::new(self.at.path(), kind).with_help(help));
    }

    /// Reports that another JSON type was expected.
    pub(crate) fn wrong_type(&self, expected: &'static str) {
        self.wrong_type_found(expected, self.kind().found());
    }

    fn wrong_type_found(&self, expected: &'static str, found: &'static str) {
        self.report(ReadError::WrongType { expected, found });
    }

    /// The members, if the value is an object.
    pub(crate) fn object(&self) -> Option<Object<'a>> {
        if self.kind() != JsonKind::Object {
            self.wrong_type("an object");
            return None;
        }
        Some(Object::new(*self))
    }

    /// The string, if the value is one.
    pub(crate) fn str(&self) -> Option<Cow<'a, str>> {
        if self.kind() != JsonKind::Text {
            self.wrong_type("a string");
            return None;
        }
        Some(self.document.unescaped(self.token))
    }

    /// The string, if the value is one.
    pub(crate) fn text(&self) -> Option<String> {
        self.str().map(Cow::into_owned)
    }

    /// The boolean, if the value is one.
    pub(crate) fn flag(&self) -> Option<bool> {
        match self.written() {
            "true" => Some(true),
            "false" => Some(false),
            _ => {
                self.wrong_type("true or false");
                None
            }
        }
    }

    /// The whole number, if the value is one of 64 bits.
    pub(crate) fn integer(&self) -> Option<i64> {
        self.whole("a whole number")
    }

    /// The whole number, if the value is one from zero up.
    pub(crate) fn natural(&self) -> Option<u64> {
        self.whole("a whole number from zero up")
    }

    fn whole<T: std::str::FromStr>(&self, expected: &'static str) -> Option<T> {
        if self.kind() != JsonKind::Number {
            self.wrong_type(expected);
            return None;
        }
        let written = self.written();
        let number = written.parse().ok();
        if number.is_none() {
            if written.contains(['.', 'e', 'E']) {
                self.wrong_type_found(expected, "a number with a fraction or an exponent");
            } else {
                let subject = match written.starts_with('-') {
                    true => "a number that is too small",
                    false => "a number that is too large",
                };
                let subject = subject.to_owned();
                let help = Help::advice(format!("write {expected}, of at most 64 bits"));
                self.report_with_help(ReadError::WrongValue { subject }, help);
            }
        }
        number
    }

    /// The number in the digits that were written, if the value is a number.
    pub(crate) fn number(&self) -> Option<&'a str> {
        if self.kind() != JsonKind::Number {
            self.wrong_type("a number");
            return None;
        }
        Some(self.written())
    }

    /// What the word stands for, if the value is one of these words.
    pub(crate) fn word<T: Copy>(&self, words: &[(&'static str, T)]) -> Option<T> {
        let written = self.str()?;
        let found = words.iter().find(|(word, _)| *word == written);
        if found.is_none() {
            self.wrong_word(&written, words.iter().map(|(word, _)| *word));
        }
        found.map(|(_, meaning)| *meaning)
    }

    /// Reports a word that the field does not take.
    pub(crate) fn wrong_word(
        &self,
        written: &str,
        words: impl IntoIterator<Item = &'static str> + Clone,
    ) {
        let subject = format!("`{}`", echo(written));
        self.report_with_help(
            ReadError::WrongValue { subject },
            Help::nearest(written, words),
        );
    }

    /// What `read` makes of each element with its position, if the value is a list.
    pub(crate) fn each<T>(&self, read: impl FnMut(Node<'_>, usize) -> Option<T>) -> Option<Vec<T>> {
        self.each_within(None, read)
    }

    /// The same for a list that may not be longer than the bound.
    pub(crate) fn each_within<T>(
        &self,
        bound: impl Into<Option<Bound>>,
        mut read: impl FnMut(Node<'_>, usize) -> Option<T>,
    ) -> Option<Vec<T>> {
        if self.kind() != JsonKind::List {
            self.wrong_type("a list");
            return None;
        }
        let bound = bound.into();
        let mut out = Vec::new();
        let end = self.document.token(self.token).next;
        let mut token = self.token + 1;
        let mut index = 0;
        while token < end && !self.document.is_full() {
            if let Some(bound) = bound.filter(|bound| index >= bound.bound) {
                self.report(bound.exceeded());
                break;
            }
            let item = Node::new(self.document, token, self.at.index(index));
            out.extend(read(item, index));
            token = self.document.token(token).next;
            index += 1;
        }
        Some(out)
    }

    /// The value as JSON text without spaces. A string is taken for such a text itself, as a
    /// database driver hands out JSON columns.
    pub(crate) fn json_text(&self) -> Option<String> {
        if self.is_null() {
            self.wrong_type("a JSON value");
            return None;
        }
        let text = if self.kind() == JsonKind::Text {
            self.document.unescaped(self.token)
        } else {
            Cow::Borrowed(self.written())
        };
        match super::compact(&text, self.document.depth) {
            Ok(text) => Some(text),
            Err(error) => {
                self.report(error);
                None
            }
        }
    }

    /// The members of an object: token of the key, token of the value.
    pub(super) fn members(&self) -> impl Iterator<Item = (u32, u32)> + use<'a> {
        let document = self.document;
        let end = document.token(self.token).next;
        let mut key = self.token + 1;
        std::iter::from_fn(move || {
            let value = key + 1;
            if value >= end {
                return None;
            }
            let member = (key, value);
            key = document.token(value).next;
            Some(member)
        })
    }
}
