//! Errors: what every stage reports, with a stable code, a place, a fact and a way out.
//!
//! In: the typed findings of a stage. Out: [`Errors`], never empty, in the order of the input.
//! A message names keys and places, never a filter value or an allowed value.
//! The register of codes is [`ErrorCode`]; next to read: `code.rs`.

mod catalog;
mod code;
mod read;
mod render;
mod report;
mod resolve;
mod verify;

use std::fmt;

pub use catalog::CatalogError;
pub use code::ErrorCode;
pub use read::ReadError;
pub use report::ReportError;
pub use resolve::{Kind, ResolveError};
pub use verify::VerifyError;

use crate::path::Path;

/// More findings than this help nobody, and a hostile input could have millions.
const MAX_FINDINGS: usize = 1_000;

/// Near names are looked for this often: each look costs the size of a catalog.
const MAX_SUGGESTIONS: usize = 30;

/// What a stage found wrong; one variant per stage.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The text of a document is malformed, whatever the document.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The definitions of a catalog contradict each other or a rule.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// A request or a context asks for what is not there or cannot be answered.
    #[error(transparent)]
    Resolve(#[from] ResolveError),
    /// What a report builder keeps is not what it has to be.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// A statement failed its own verification: always a fault of this library.
    #[error(transparent)]
    Verify(#[from] VerifyError),
}

impl ErrorKind {
    /// The stable code of the finding.
    pub fn code(&self) -> ErrorCode {
        match self {
            ErrorKind::Read(error) => error.code(),
            ErrorKind::Catalog(error) => error.code(),
            ErrorKind::Resolve(error) => error.code(),
            ErrorKind::Report(error) => error.code(),
            ErrorKind::Verify(error) => error.code(),
        }
    }
}

/// The way out of an error.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Help {
    /// A name that exists and is near the one that was written.
    DidYouMean(String),
    /// The names that would have been right.
    OneOf(Vec<String>),
    /// A sentence.
    Advice(String),
}

impl Help {
    /// A sentence, from fixed or composed text.
    pub(crate) fn advice(text: impl Into<String>) -> Self {
        Help::Advice(text.into())
    }

    /// The names that would have been right, if there are any.
    pub(crate) fn one_of<'a>(names: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        let names: Vec<String> = names.into_iter().map(str::to_owned).collect();
        (!names.is_empty()).then_some(Help::OneOf(names))
    }

    /// The sources that would have been right, if there are any.
    pub(crate) fn one_of_sources<'a>(keys: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        let keys: Vec<String> = keys.into_iter().map(|key| format!("`{key}`")).collect();
        (!keys.is_empty()).then(|| Help::Advice(format!("ask source {}", keys.join(" or "))))
    }

    /// The nearest of the candidates, or all of them where none is near and they are few.
    pub(crate) fn nearest<'a>(
        written: &str,
        candidates: impl IntoIterator<Item = &'a str> + Clone,
    ) -> Option<Self> {
        /// More names than this are no help to read.
        const FEW: usize = 12;
        if let Some(near) = crate::suggest::nearest(written, candidates.clone()) {
            return Some(Help::DidYouMean(near.to_owned()));
        }
        let mut all: Vec<String> = candidates
            .into_iter()
            .take(FEW + 1)
            .map(str::to_owned)
            .collect();
        all.sort();
        (!all.is_empty() && all.len() <= FEW).then_some(Help::OneOf(all))
    }
}

impl fmt::Display for Help {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Help::DidYouMean(name) => write!(f, "did you mean `{name}`?"),
            Help::OneOf(names) => {
                f.write_str("one of ")?;
                for (index, name) in names.iter().enumerate() {
                    let separator = if index == 0 { "" } else { ", " };
                    write!(f, "{separator}`{name}`")?;
                }
                Ok(())
            }
            Help::Advice(text) => f.write_str(text),
        }
    }
}

/// One finding: a code, a place, a fact, and where possible a way out.
///
/// Its `Display` is one line; [`Errors`] has a form of several lines for people.
#[derive(Clone, PartialEq, Eq)]
pub struct Error(Box<Finding>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Finding {
    kind: ErrorKind,
    path: Path,
    help: Option<Help>,
    related: Vec<Path>,
}

impl Error {
    /// A finding at a place.
    pub(crate) fn new(path: Path, kind: impl Into<ErrorKind>) -> Self {
        Self(Box::new(Finding {
            kind: kind.into(),
            path,
            help: None,
            related: Vec::new(),
        }))
    }

    /// The same finding with a way out.
    pub(crate) fn with_help(mut self, help: impl Into<Option<Help>>) -> Self {
        self.0.help = help.into();
        self
    }

    /// The same finding with another place that has a part in it.
    pub(crate) fn with_related(mut self, related: Path) -> Self {
        self.0.related.push(related);
        self
    }

    /// The same finding at another place.
    pub(crate) fn moved(mut self, path: Path) -> Self {
        self.0.path = path;
        self
    }

    /// The stable code, such as `unknown-metric`.
    pub fn code(&self) -> ErrorCode {
        self.0.kind.code()
    }

    /// The typed finding.
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }

    /// The place in the document.
    pub fn path(&self) -> &Path {
        &self.0.path
    }

    /// The fact, in lower case, on one line; never a filter value or an allowed value.
    pub fn message(&self) -> String {
        self.0.kind.to_string()
    }

    /// The way out, if one is known.
    pub fn help(&self) -> Option<&Help> {
        self.0.help.as_ref()
    }

    /// Other places that have a part in the finding.
    pub fn related(&self) -> &[Path] {
        &self.0.related
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} ({})", self.code(), self.message(), self.path())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Error {}

impl serde::Serialize for Error {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        let mut out = serializer.serialize_struct("Error", 5)?;
        out.serialize_field("code", self.code().as_str())?;
        out.serialize_field("path", self.path())?;
        out.serialize_field("message", &self.message())?;
        out.serialize_field("help", &self.help().map(ToString::to_string))?;
        out.serialize_field("related", self.related())?;
        out.end()
    }
}

/// All that a stage found, at least one finding, in the order of the input and without duplicates.
#[derive(Clone, PartialEq, Eq)]
pub struct Errors(Vec<Error>);

impl Errors {
    /// The findings.
    pub fn iter(&self) -> std::slice::Iter<'_, Error> {
        self.0.iter()
    }

    /// Whether one of the findings has this code.
    pub fn has(&self, code: ErrorCode) -> bool {
        self.iter().any(|error| error.code() == code)
    }
}

impl From<Error> for Errors {
    fn from(error: Error) -> Self {
        Self(vec![error])
    }
}

impl<'a> IntoIterator for &'a Errors {
    type Item = &'a Error;
    type IntoIter = std::slice::Iter<'a, Error>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl IntoIterator for Errors {
    type Item = Error;
    type IntoIter = std::vec::IntoIter<Error>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl fmt::Display for Errors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        render::render(&self.0, f)
    }
}

impl fmt::Debug for Errors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Errors {}

impl serde::Serialize for Errors {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(&self.0)
    }
}

/// Collects findings while a stage goes on looking; there is a limit to how many are kept.
#[derive(Default)]
pub(crate) struct Findings {
    errors: Vec<Error>,
    /// How often something was found, repetitions included.
    found: usize,
}

impl Findings {
    /// Adds a finding; the same finding twice is kept once.
    pub(crate) fn push(&mut self, error: Error) {
        if !self.is_full() && !self.errors.contains(&error) {
            self.errors.push(error);
        }
        self.found += 1;
    }

    /// Counts a finding that is not worth building any more, as [`is_full`](Self::is_full) told.
    pub(crate) fn count(&mut self) {
        self.found += 1;
    }

    /// Whether further findings are no longer collected, so that a stage may stop looking.
    pub(crate) fn is_full(&self) -> bool {
        self.found >= MAX_FINDINGS
    }

    /// Whether there are so few findings that near names are still worth looking for.
    pub(crate) fn are_few(&self) -> bool {
        self.found < MAX_SUGGESTIONS
    }

    /// [`Help::nearest`], as long as there are few findings.
    pub(crate) fn nearest<'a>(
        &self,
        written: &str,
        candidates: impl IntoIterator<Item = &'a str> + Clone,
    ) -> Option<Help> {
        self.are_few()
            .then(|| Help::nearest(written, candidates))
            .flatten()
    }

    /// Puts the findings into the order of their places; those of one place stay as they are.
    pub(crate) fn sort_by_place<K: Ord>(&mut self, place: impl Fn(&Path) -> K) {
        self.errors.sort_by_cached_key(|error| place(error.path()));
    }

    /// The findings so far.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Error> {
        self.errors.iter()
    }

    /// The value, if nothing was found.
    pub(crate) fn finish<T>(self, value: T) -> Result<T, Errors> {
        match self.into_errors() {
            None => Ok(value),
            Some(errors) => Err(errors),
        }
    }

    /// The findings, if there are any; for a stage that has no value to give.
    pub(crate) fn into_errors(self) -> Option<Errors> {
        let is_full = self.is_full();
        let mut errors = self.errors;
        let document = errors.first()?.path().document();
        if is_full {
            let cut_off = ReadError::LimitExceeded {
                limit: "findings",
                bound: MAX_FINDINGS as u64,
            };
            errors.push(Error::new(document, cut_off));
        }
        Some(Errors(errors))
    }
}
