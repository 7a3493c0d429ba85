//! Names: the one grammar that every key of a catalog obeys.

use std::borrow::Borrow;
use std::fmt;
use std::sync::Arc;

/// The longest key, in bytes; the width of the key columns in the report builder's tables.
pub const MAX_NAME_BYTES: usize = 100;

/// A key of the catalog: an ASCII letter or underscore, then letters, digits and underscores.
///
/// Cheap to clone. Comparison is by bytes, so `Revenue` and `revenue` are two names.
///
/// ```
/// use measurand::Name;
/// assert!(Name::new("approval_rate").is_some());
/// assert!(Name::new("approval rate").is_none());
/// assert!(Name::new("1st").is_none());
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(Arc<str>);

impl Name {
    /// The name, if `text` obeys the grammar.
    pub fn new(text: &str) -> Option<Self> {
        is_name(text).then(|| Self(text.into()))
    }

    /// Stands in a catalog that is going to be refused because of the name.
    pub(crate) fn placeholder() -> Self {
        Self("_".into())
    }

    /// The name of a column, which need not obey the grammar; it is never a key.
    pub(crate) fn of_column(text: &str) -> Self {
        Self(text.into())
    }

    /// The text of the name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether `text` obeys the grammar of names.
pub(crate) fn is_name(text: &str) -> bool {
    let mut bytes = text.bytes();
    text.len() <= MAX_NAME_BYTES
        && bytes
            .next()
            .is_some_and(|first| first.is_ascii_alphabetic() || first == b'_')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// A key in words, for a label where none is given: `approval_rate` is `Approval rate`.
pub(crate) fn in_words(key: &str) -> String {
    let spaced = key.replace(['_', '-'], " ");
    let spaced = spaced.trim();
    let mut chars = spaced.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => key.to_owned(),
    }
}

impl Borrow<str> for Name {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for Name {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", &*self.0)
    }
}

impl serde::Serialize for Name {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}
