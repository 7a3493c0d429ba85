//! Relation names: checked patterns into which at most the tenant enters (R25).

use crate::context::Tenant;
use crate::dialect::MAX_IDENTIFIER_BYTES;
use crate::error::CatalogError;
use crate::expr::ident::quote_identifier;

/// The token that stands for the tenant.
const TOKEN: &str = "{client_id}";

/// The physical name of a relation, with the tenant in it or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RelationPattern {
    /// Schema and name, or only a name.
    parts: Vec<Part>,
    /// The finished text, where the tenant is not part of it.
    fixed: Option<Box<str>>,
}

/// A part of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    /// Without the tenant: as it is, and as written in SQL.
    Fixed { name: Box<str>, sql: Box<str> },
    /// Split around the token.
    Tenant(Vec<Box<str>>),
}

impl RelationPattern {
    /// Reads `schema.name` or `name`, with `{client_id}` anywhere in either.
    pub(crate) fn parse(text: &str) -> Result<Self, CatalogError> {
        let invalid = |reason| CatalogError::InvalidRelation {
            name: crate::path::echo(text),
            reason,
        };
        let mut parts = Vec::new();
        for part in text.split('.') {
            let pieces: Vec<Box<str>> = part.split(TOKEN).map(Box::from).collect();
            let plain = |piece: &str| {
                piece
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'_')
            };
            if text.is_empty() {
                return Err(invalid("is empty"));
            }
            if part.is_empty() || !pieces.iter().all(|piece| plain(piece)) {
                return Err(invalid(
                    "is not one or two names of letters, digits and underscores",
                ));
            }
            if pieces.len() == 1 && part.starts_with(|c: char| c.is_ascii_digit()) {
                return Err(invalid("starts with a digit"));
            }
            if part.len() - TOKEN.len() * (pieces.len() - 1) > MAX_IDENTIFIER_BYTES {
                return Err(invalid("is longer than 63 bytes"));
            }
            parts.push(if pieces.len() == 1 {
                let mut sql = String::new();
                quote_identifier(part, &mut sql);
                Part::Fixed {
                    name: part.into(),
                    sql: sql.into(),
                }
            } else {
                Part::Tenant(pieces)
            });
        }
        if parts.len() > 2 {
            return Err(invalid("has more than two parts"));
        }
        if !text.contains(['.', '{']) && names_a_step(text) {
            return Err(invalid(
                "is the name of a step of statements too: write its schema in front",
            ));
        }
        let mut pattern = Self { parts, fixed: None };
        if !pattern.has_tenant() {
            let mut text = String::new();
            pattern.print("", &mut text);
            pattern.fixed = Some(text.into());
        }
        Ok(pattern)
    }

    /// Whether the tenant is part of the name.
    pub(crate) fn has_tenant(&self) -> bool {
        self.parts
            .iter()
            .any(|part| matches!(part, Part::Tenant(_)))
    }

    /// The last part, as fragments may use it to qualify columns; only of a fixed name.
    pub(crate) fn qualifier(&self) -> String {
        match self.parts.last() {
            Some(Part::Fixed { name, .. }) => name.to_string(),
            Some(Part::Tenant(pieces)) => pieces.concat(),
            None => String::new(),
        }
    }

    /// The name with the token in it, for people.
    pub(crate) fn describe(&self) -> String {
        let in_words = |part: &Part| match part {
            Part::Fixed { name, .. } => name.to_string(),
            Part::Tenant(pieces) => pieces.join(TOKEN),
        };
        let parts: Vec<String> = self.parts.iter().map(in_words).collect();
        parts.join(".")
    }

    /// Whether the database tells the name for a tenant from longer ones: cut, two tenants could be one.
    pub(crate) fn fits(&self, tenant: &Tenant) -> bool {
        let tenant = tenant.as_str().len();
        self.parts.iter().all(|part| match part {
            // Checked when it was read.
            Part::Fixed { .. } => true,
            Part::Tenant(pieces) => {
                let plain: usize = pieces.iter().map(|piece| piece.len()).sum();
                plain + (pieces.len() - 1) * tenant <= MAX_IDENTIFIER_BYTES
            }
        })
    }

    /// Whether the name for a tenant would be taken for a step of the statement that reads it.
    pub(crate) fn is_a_step(&self, tenant: &Tenant) -> bool {
        match self.parts.as_slice() {
            [Part::Tenant(pieces)] => names_a_step(&pieces.join(tenant.as_str())),
            // Checked when it was read.
            _ => false,
        }
    }

    /// Writes the name for a tenant.
    pub(crate) fn write(&self, tenant: &Tenant, out: &mut String) {
        match &self.fixed {
            Some(text) => out.push_str(text),
            None => self.print(tenant.as_str(), out),
        }
    }

    fn print(&self, tenant: &str, out: &mut String) {
        for (index, part) in self.parts.iter().enumerate() {
            if index > 0 {
                out.push('.');
            }
            match part {
                Part::Fixed { sql, .. } => out.push_str(sql),
                Part::Tenant(pieces) => quote_identifier(&pieces.join(tenant), out),
            }
        }
    }
}

/// Whether a relation of this name, without a schema, would be hidden by a step of an emitted statement.
/// SQLite does not tell upper from lower case in names, so neither does this.
pub(crate) fn names_a_step(name: &str) -> bool {
    const ALONE: [&str; 9] = [
        "combined", "filled", "passing", "top", "placed", "pivoted", "shown", "detail", "page",
    ];
    const COUNTED: [&str; 3] = ["grouped", "derived", "summed"];
    let name = name.to_ascii_lowercase();
    let own = ["tested_", "ranked_"];
    let own = own.iter().find_map(|prefix| name.strip_prefix(prefix));
    let name = own.unwrap_or(&name);
    let is_counted = |stem: &&str| {
        let count = name.strip_prefix(*stem);
        count.is_some_and(|count| {
            let digits = count.strip_prefix('_').unwrap_or(count);
            digits.bytes().all(|byte| byte.is_ascii_digit())
        })
    };
    ALONE.contains(&name) || COUNTED.iter().any(is_counted)
}

#[cfg(test)]
mod tests {
    use super::RelationPattern;
    use crate::context::Tenant;

    fn written(pattern: &str, tenant: &Tenant) -> String {
        let mut out = String::new();
        let pattern = RelationPattern::parse(pattern).unwrap();
        assert!(pattern.fits(tenant));
        pattern.write(tenant, &mut out);
        out
    }

    #[test]
    fn the_tenant_enters_in_its_canonical_form() {
        let one = Tenant::number(1).unwrap();
        assert_eq!(
            written("reporting.order_summary_{client_id}", &one),
            "reporting.order_summary_1"
        );
        assert_eq!(
            written("tenant_{client_id}.orders", &one),
            "tenant_1.orders"
        );
        assert_eq!(written("{client_id}_orders", &one), "\"1_orders\"");
        assert_eq!(
            written("Reporting.Orders", &one),
            "\"Reporting\".\"Orders\""
        );
    }

    #[test]
    fn anything_but_plain_names_is_refused() {
        for pattern in [
            "",
            "a.b.c",
            "a.",
            ".a",
            "a b",
            "a;b",
            "a\"b",
            "1a",
            "a--b",
            "{tenant}",
            "a.{client_id",
            "é",
        ] {
            assert!(RelationPattern::parse(pattern).is_err(), "{pattern}");
        }
        assert!(RelationPattern::parse(&"x".repeat(64)).is_err());
    }

    #[test]
    fn a_name_that_a_step_would_hide_is_refused() {
        for pattern in [
            "grouped",
            "Grouped_2",
            "derived_17",
            "Summed_2",
            "combined",
            "tested_grouped_3",
            "page",
        ] {
            assert!(RelationPattern::parse(pattern).is_err(), "{pattern}");
            let qualified = format!("public.{pattern}");
            assert!(RelationPattern::parse(&qualified).is_ok(), "{pattern}");
        }
        for pattern in ["grouped_orders", "page_2", "pages", "tested", "regrouped"] {
            assert!(RelationPattern::parse(pattern).is_ok(), "{pattern}");
        }
        let (two, word) = (Tenant::number(2).unwrap(), Tenant::word("grouped").unwrap());
        for (pattern, tenant, is_a_step) in [
            ("grouped_{client_id}", &two, true),
            ("public.grouped_{client_id}", &two, false),
            ("orders_{client_id}", &two, false),
            ("{client_id}", &word, true),
            ("{client_id}_2", &word, true),
            ("{client_id}.orders", &word, false),
        ] {
            let pattern = RelationPattern::parse(pattern).unwrap();
            assert_eq!(pattern.is_a_step(tenant), is_a_step, "{pattern:?}");
        }
    }

    #[test]
    fn a_name_that_the_database_would_cut_is_refused() {
        let pattern = RelationPattern::parse(&format!("{}_{{client_id}}", "x".repeat(50))).unwrap();
        let word = Tenant::word(&"y".repeat(32)).unwrap();
        assert!(!pattern.fits(&word));
        assert!(pattern.fits(&Tenant::word("short").unwrap()));
    }
}
