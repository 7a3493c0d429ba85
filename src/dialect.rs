//! Dialects: the databases that statements are written for.

use std::fmt;
use std::str::FromStr;

/// The longest identifier that every database tells apart, in bytes. PostgreSQL cuts longer ones; SQLite
/// sets no bound, and one for all keeps names the same in every dialect.
pub(crate) const MAX_IDENTIFIER_BYTES: usize = 63;

/// A database's SQL. Fragments of a catalog are written in PostgreSQL's spelling and printed for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Dialect {
    /// PostgreSQL 13 and later.
    #[default]
    Postgres,
    /// SQLite 3.39 and later. Numbers that are not integers are binary floating point there.
    Sqlite,
}

impl Dialect {
    /// Every dialect, in a fixed order.
    pub const ALL: [Dialect; 2] = [Dialect::Postgres, Dialect::Sqlite];

    /// The name used in options and messages: `postgres` or `sqlite`.
    pub fn as_str(self) -> &'static str {
        match self {
            Dialect::Postgres => "postgres",
            Dialect::Sqlite => "sqlite",
        }
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Dialect {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "postgres" => Ok(Dialect::Postgres),
            "sqlite" => Ok(Dialect::Sqlite),
            _ => Err("the dialect is `postgres` or `sqlite`".to_owned()),
        }
    }
}
