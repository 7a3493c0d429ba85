//! The members of an object: read by name, then checked for what nobody asked for.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};

use super::{Bound, Document, Node};
use crate::error::{Error, Help, ReadError};
use crate::path::{At, echo};

/// An object whose fields are read by name.
///
/// Each name may be asked for once. [`finish`](Self::finish) reports the members that were not asked
/// for, with the nearest of the names that were. A field that is `null` counts as absent unless it is
/// asked for by a method that says otherwise.
pub(crate) struct Object<'a> {
    node: Node<'a>,
    fields: Fields,
}

/// The members of one object and the names that were asked for. Objects are many, and so their
/// documents keep the memory of those that are done for the next ones.
#[derive(Default)]
pub(super) struct Fields {
    members: Vec<Member>,
    asked: RefCell<Vec<&'static str>>,
    /// One bit for each mark of a member, so that most absent names cost no search.
    marks: u64,
}

struct Member {
    key: u32,
    value: u32,
    mark: u32,
    is_known: Cell<bool>,
}

impl<'a> Object<'a> {
    pub(super) fn new(node: Node<'a>) -> Self {
        let document = node.document();
        let mut fields = document.spare.borrow_mut().pop().unwrap_or_default();
        for (key, value) in node.members() {
            let mark = mark(&document.unescaped(key));
            fields.marks |= bit(mark);
            fields.members.push(Member {
                key,
                value,
                mark,
                is_known: Cell::new(false),
            });
        }
        Self { node, fields }
    }

    /// The place of the object.
    pub(crate) fn at(&self) -> &At<'a> {
        self.node.at()
    }

    /// The document that the object is part of.
    pub(crate) fn document(&self) -> &'a Document<'a> {
        self.node.document()
    }

    /// Reports a finding.
    pub(crate) fn report(&self, error: Error) {
        self.node.document().report(error);
    }

    /// The field, be it `null`.
    pub(crate) fn get_or_null(&self, name: &'static str) -> Option<Node<'_>> {
        self.fields.asked.borrow_mut().push(name);
        self.find(name)
    }

    /// The field, unless it is `null`.
    pub(crate) fn get(&self, name: &'static str) -> Option<Node<'_>> {
        self.get_or_null(name).filter(|node| !node.is_null())
    }

    /// The field, reported if it is absent.
    pub(crate) fn required(&self, name: &'static str) -> Option<Node<'_>> {
        let found = self.get_or_null(name);
        if found.is_none() {
            self.missing(name);
        }
        found
    }

    /// Reports that a field is absent.
    pub(crate) fn missing(&self, name: &'static str) {
        self.report(self.missing_error(name));
    }

    /// The error of an absent field.
    pub(crate) fn missing_error(&self, name: &'static str) -> Error {
        Error::new(
            self.at().key(name).path(),
            ReadError::MissingField { field: name },
        )
    }

    /// Reads all members, whatever their names; a name that is written twice is reported.
    pub(crate) fn each(&self, mut read: impl FnMut(&str, Node<'_>)) {
        let mut keys: Vec<Cow<'_, str>> = Vec::with_capacity(self.fields.members.len());
        for member in &self.fields.members {
            if self.document().is_full() {
                return;
            }
            member.is_known.set(true);
            let key = self.document().unescaped(member.key);
            read(&key, self.member(member, self.at().key(&key)));
            keys.push(key);
        }
        keys.sort_unstable();
        for (key, next) in keys.iter().zip(keys.iter().skip(1)) {
            if key == next {
                self.twice(key);
            }
        }
    }

    /// Which of the fields is there, where one excludes the others: the first, the others being
    /// reported as fields that do not belong here.
    pub(crate) fn either(
        &self,
        names: &[&'static str],
        advice: &'static str,
    ) -> Option<&'static str> {
        self.fields.asked.borrow_mut().extend(names);
        let mut chosen = None;
        for name in names {
            let Some(member) = self.search(name) else {
                continue;
            };
            if self.member(member, *self.at()).is_null() {
                member.is_known.set(true);
            } else if chosen.is_none() {
                chosen = Some(*name);
            } else {
                member.is_known.set(true);
                let error = self.unknown_error(name);
                self.report(error.with_help(Help::advice(advice)));
            }
        }
        chosen
    }

    /// Fields that may be there and mean nothing to the reader.
    pub(crate) fn ignore(&self, names: &[&str]) {
        for name in names {
            if let Some(member) = self.search(name) {
                member.is_known.set(true);
            }
        }
    }

    /// Reports the members that were not asked for, and those that are there twice.
    pub(crate) fn finish(&self) {
        for member in &self.fields.members {
            if member.is_known.get() {
                continue;
            }
            if self.document().is_full() {
                return;
            }
            let key = self.document().unescaped(member.key);
            // Reading takes the first member of a name, which is another one then.
            if self.search(&key).is_some_and(|first| first.is_known.get()) {
                self.twice(&key);
                continue;
            }
            let mut asked = self.fields.asked.borrow_mut();
            asked.sort_unstable();
            asked.dedup();
            let help = Help::nearest(&key, asked.iter().copied());
            self.report(self.unknown_error(&key).with_help(help));
        }
    }

    fn find(&self, name: &'static str) -> Option<Node<'_>> {
        let member = self.search(name)?;
        member.is_known.set(true);
        Some(self.member(member, self.at().key(name)))
    }

    /// The first member of this name.
    fn search(&self, name: &str) -> Option<&Member> {
        let mark = mark(name);
        if self.fields.marks & bit(mark) == 0 {
            return None;
        }
        let is_named =
            |member: &&Member| member.mark == mark && self.document().unescaped(member.key) == name;
        self.fields.members.iter().find(is_named)
    }

    fn member<'b>(&'b self, member: &Member, at: At<'b>) -> Node<'b> {
        Node::new(self.node.document(), member.value, at)
    }

    fn twice(&self, name: &str) {
        let field = echo(name);
        self.report(Error::new(
            self.at().key(name).path(),
            ReadError::DuplicateField { field },
        ));
    }

    fn unknown_error(&self, name: &str) -> Error {
        let field = echo(name);
        Error::new(
            self.at().key(name).path(),
            ReadError::UnknownField { field },
        )
    }
}

impl Drop for Object<'_> {
    fn drop(&mut self) {
        let mut fields = std::mem::take(&mut self.fields);
        fields.members.clear();
        fields.asked.get_mut().clear();
        fields.marks = 0;
        self.document().spare.borrow_mut().push(fields);
    }
}

/// A number that tells most names apart: the length, the first byte and the last two.
fn mark(name: &str) -> u32 {
    let bytes = name.as_bytes();
    let byte = |at: usize| bytes.get(at).copied().unwrap_or_default();
    let length = bytes.len();
    u32::from_le_bytes([
        byte(0),
        byte(length.wrapping_sub(2)),
        byte(length.wrapping_sub(1)),
        length as u8,
    ])
}

/// The bit of a mark among 64.
fn bit(mark: u32) -> u64 {
    1 << (mark.wrapping_mul(0x9e37_79b1) >> 26)
}

/// Typed fields. A required one that is absent or wrong is reported and stands as an empty value.
impl Object<'_> {
    /// A string.
    pub(crate) fn text(&self, name: &'static str) -> Option<String> {
        self.get(name)?.text()
    }

    /// A string that has to be there.
    pub(crate) fn required_text(&self, name: &'static str) -> String {
        self.required(name)
            .and_then(|node| node.text())
            .unwrap_or_default()
    }

    /// A boolean.
    pub(crate) fn flag(&self, name: &'static str) -> Option<bool> {
        self.get(name)?.flag()
    }

    /// A whole number.
    pub(crate) fn integer(&self, name: &'static str) -> Option<i64> {
        self.get(name)?.integer()
    }

    /// A whole number that has to be there.
    pub(crate) fn required_integer(&self, name: &'static str) -> Option<i64> {
        self.required(name)?.integer()
    }

    /// A whole number from zero up.
    pub(crate) fn natural(&self, name: &'static str) -> Option<u64> {
        self.get(name)?.natural()
    }

    /// A list of whatever `read` makes of its elements and their positions.
    pub(crate) fn list<T>(
        &self,
        name: &'static str,
        read: impl FnMut(Node<'_>, usize) -> Option<T>,
    ) -> Option<Vec<T>> {
        self.get(name)?.each(read)
    }

    /// The same with a bound on its length.
    pub(crate) fn list_within<T>(
        &self,
        name: &'static str,
        bound: Bound,
        read: impl FnMut(Node<'_>, usize) -> Option<T>,
    ) -> Option<Vec<T>> {
        self.get(name)?.each_within(bound, read)
    }

    /// A list of strings.
    pub(crate) fn texts(&self, name: &'static str) -> Option<Vec<String>> {
        self.list(name, |node, _| node.text())
    }
}
