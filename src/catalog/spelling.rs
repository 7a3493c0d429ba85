//! Spellings: a key of the catalog as it stands in results and in SQL.

use std::ops::Deref;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::hexadecimal;
use crate::dialect::MAX_IDENTIFIER_BYTES;
use crate::expr::ident::quote_identifier;

/// An output key, the alias made of it, and the alias as written in SQL; cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeySpelling(Arc<Spelling>);

/// The texts of a key.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Spelling {
    /// `campaign_name.label`.
    pub(crate) key: Box<str>,
    /// `campaign_name__label`; at most as long as the database tells names apart.
    pub(crate) alias: Box<str>,
    /// The alias, quoted where needed.
    pub(crate) sql: Box<str>,
}

impl Deref for KeySpelling {
    type Target = Spelling;

    fn deref(&self) -> &Spelling {
        &self.0
    }
}

impl KeySpelling {
    /// The spelling of an output key.
    pub(crate) fn new(key: &str) -> Self {
        let alias = shorten(key.replace('.', "__"), key);
        Self::with_alias(key.into(), alias)
    }

    /// The same key under another alias, where the first is taken.
    pub(crate) fn numbered(&self, number: usize) -> Self {
        let suffix = format!("_{number}");
        let room = MAX_IDENTIFIER_BYTES - suffix.len();
        // Names of columns need not be ASCII.
        let alias = format!("{}{suffix}", beginning(&self.alias, room));
        Self::with_alias(self.key.clone(), alias)
    }

    fn with_alias(key: Box<str>, alias: String) -> Self {
        let mut sql = String::new();
        quote_identifier(&alias, &mut sql);
        Self(Arc::new(Spelling {
            key,
            alias: alias.into(),
            sql: sql.into(),
        }))
    }
}

/// Long aliases end in a digest of the key, so that two of them never become one when cut.
fn shorten(alias: String, key: &str) -> String {
    let bound = MAX_IDENTIFIER_BYTES;
    if alias.len() <= bound {
        return alias;
    }
    let digest = Sha256::digest(key.as_bytes());
    let mark = hexadecimal(digest.get(..5).unwrap_or_default());
    let kept = beginning(&alias, bound - mark.len() - 1);
    format!("{kept}_{mark}")
}

/// As much of the beginning as fits so many bytes.
fn beginning(text: &str, bytes: usize) -> &str {
    let boundary = (0..=bytes.min(text.len())).rev();
    let kept = boundary.filter_map(|at| text.get(..at)).next();
    kept.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::KeySpelling;

    #[test]
    fn long_aliases_stay_apart() {
        let stem = "x".repeat(70);
        let one = KeySpelling::new(&format!("{stem}_1"));
        let two = KeySpelling::new(&format!("{stem}_2"));
        assert_eq!(one.alias.len(), 63);
        assert_ne!(one.alias, two.alias);
        assert_eq!(one.numbered(2).alias.len(), 63);
    }

    #[test]
    fn names_of_columns_are_cut_between_letters() {
        let name = format!("{}é.{}", "x".repeat(50), "y".repeat(8));
        let (one, two) = (KeySpelling::new(&name), KeySpelling::new(&"é".repeat(31)));
        assert!(one.alias.starts_with(&"x".repeat(50)) && one.alias.len() <= 63);
        assert_eq!(&*two.numbered(2).alias, format!("{}_2", "é".repeat(30)));
    }

    #[test]
    fn reserved_words_are_quoted() {
        assert_eq!(&*KeySpelling::new("order").sql, "\"order\"");
        assert_eq!(&*KeySpelling::new("date.month").sql, "date__month");
    }
}
