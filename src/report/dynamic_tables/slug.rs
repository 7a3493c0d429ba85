//! What slugs may be. They come from end users and stand in statements as names and keys, so the rule is hard.

use super::store::{HIDDEN, SHOWN};
use crate::error::ReportError;
use crate::path::echo;

/// The most characters of a slug. A key is made of two of them and a word, and keys are bounded.
pub const MAX_SLUG: usize = 40;

const LENGTH: &str = "is empty or longer than 40 characters";
const FORM: &str =
    "is not lower-case letters, digits and single separators between them, a letter first";
const TAKEN: &str = "is what every record has by itself";

/// A slug of a table: lower-case letters, digits, and single `_` or `-` between them, a letter first.
pub(super) fn table_slug(slug: &str) -> Result<(), ReportError> {
    check(slug, &['_', '-'])
}

/// A slug of a column: the same without `-`, and nothing that the relation has itself.
pub(super) fn column_slug(slug: &str) -> Result<(), ReportError> {
    check(slug, &['_'])?;
    if HIDDEN.contains(&slug) || SHOWN.contains(&slug) {
        return wrong(slug, TAKEN);
    }
    Ok(())
}

fn check(slug: &str, separators: &[char]) -> Result<(), ReportError> {
    if slug.is_empty() || slug.len() > MAX_SLUG {
        return wrong(slug, LENGTH);
    }
    // An empty part is a separator in front, behind, or twice.
    let is_part = |part: &str| {
        let mut bytes = part.bytes();
        !part.is_empty() && bytes.all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    let starts = slug.starts_with(|first: char| first.is_ascii_lowercase());
    if !starts || !slug.split(separators).all(is_part) {
        return wrong(slug, FORM);
    }
    Ok(())
}

fn wrong(slug: &str, reason: &'static str) -> Result<(), ReportError> {
    let slug = echo(slug);
    Err(ReportError::Slug { slug, reason })
}

/// The key of the source that a table is.
pub(super) fn source_key(slug: &str) -> String {
    slug.replace('-', "_")
}

#[cfg(test)]
mod tests {
    use super::{column_slug, source_key, table_slug};

    #[test]
    fn slugs_are_words_and_nothing_else() {
        for right in ["orders", "sales-orders", "a", "q4_2026", "a-b_c"] {
            assert!(table_slug(right).is_ok(), "{right}");
        }
        let long = "a".repeat(41);
        for wrong in [
            "", "1st", "Orders", "a b", "a'b", "a\"b", "a;b", "a--b", "a__b", "_a", "a_", "-a",
            "a-", "ä", "a.b", "a\\b", "a\u{0}b", &long,
        ] {
            assert!(table_slug(wrong).is_err(), "{wrong:?}");
            assert!(column_slug(wrong).is_err(), "{wrong:?}");
        }
        for taken in ["id", "data", "company_id", "deleted_at", "created_at"] {
            assert!(column_slug(taken).is_err(), "{taken}");
            assert!(table_slug(taken).is_ok(), "{taken}");
        }
        assert!(column_slug("a-b").is_err());
        assert_eq!(source_key("sales-orders"), "sales_orders");
    }
}
