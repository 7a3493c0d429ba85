//! The members of an object: read by name, then checked for what nobody asked for.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};

use super::node::unescape;
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
    members: Vec<Member<'a>>,
    asked: RefCell<Vec<&'static str>>,
}

struct Member<'a> {
    key: Cow<'a, str>,
    value: u32,
    is_known: Cell<bool>,
}

impl<'a> Object<'a> {
    pub(super) fn new(node: Node<'a>) -> Self {
        let mut members = Vec::with_capacity(16);
        members.extend(node.members().map(|(key, value)| Member {
            key: unescape(node.document().slice(key)),
            value,
            is_known: Cell::new(false),
        }));
        Self {
            node,
            members,
            asked: RefCell::new(Vec::with_capacity(32)),
        }
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
        self.asked.borrow_mut().push(name);
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

    /// All members, whatever their names, a name that is written twice being reported.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (&str, Node<'_>)> {
        let mut keys: Vec<&str> = self.members.iter().map(|member| &*member.key).collect();
        keys.sort_unstable();
        for (key, next) in keys.iter().zip(keys.iter().skip(1)) {
            if key == next {
                self.twice(key);
            }
        }
        self.members.iter().map(|member| {
            member.is_known.set(true);
            let at = self.node.at().key(&member.key);
            let node = Node::new(self.node.document(), member.value, at);
            (&*member.key, node)
        })
    }

    /// Which of the fields is there, where one excludes the others: the first, the others being
    /// reported as fields that do not belong here.
    pub(crate) fn either(
        &self,
        names: &[&'static str],
        advice: &'static str,
    ) -> Option<&'static str> {
        self.asked.borrow_mut().extend(names);
        let mut chosen = None;
        for name in names {
            let Some(member) = self.members.iter().find(|member| member.key == *name) else {
                continue;
            };
            let node = Node::new(self.node.document(), member.value, *self.node.at());
            if node.is_null() {
                self.ignore(&[name]);
            } else if chosen.is_none() {
                chosen = Some(*name);
            } else {
                self.ignore(&[name]);
                let error = self.unknown_error(name);
                self.report(error.with_help(Help::advice(advice)));
            }
        }
        chosen
    }

    /// Fields that may be there and mean nothing to the reader.
    pub(crate) fn ignore(&self, names: &[&str]) {
        for name in names {
            for member in self.members.iter().filter(|member| member.key == *name) {
                member.is_known.set(true);
            }
        }
    }

    /// Reports the members that were not asked for.
    pub(crate) fn finish(&self) {
        for member in &self.members {
            if member.is_known.get() {
                continue;
            }
            if self.node.document().is_full() {
                return;
            }
            let mut asked = self.asked.borrow_mut();
            asked.sort_unstable();
            asked.dedup();
            let help = Help::nearest(&member.key, asked.iter().copied());
            let error = self.unknown_error(&member.key);
            self.report(error.with_help(help));
        }
    }

    fn find(&self, name: &'static str) -> Option<Node<'_>> {
        let mut found = None;
        for member in &self.members {
            if member.key == name {
                member.is_known.set(true);
                match found {
                    None => found = Some(member.value),
                    Some(_) => self.twice(name),
                }
            }
        }
        found.map(|value| Node::new(self.node.document(), value, self.node.at().key(name)))
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
