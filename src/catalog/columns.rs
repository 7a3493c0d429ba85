//! Column names: each distinct name of the catalog once, quoted once.

use crate::dialect::MAX_IDENTIFIER_BYTES;
use crate::expr::ident::quote_identifier;
use crate::hash::CatalogMap;

/// Whether a relation can have a column of this name: a longer one would be cut, and one could be taken
/// for another; a control character is in no statement.
pub(crate) fn is_column(name: &str) -> bool {
    (1..=MAX_IDENTIFIER_BYTES).contains(&name.len()) && !name.chars().any(char::is_control)
}

/// A distinct column name of the catalog, whatever the relations that have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct ColumnId(pub(crate) u32);

/// A column name and its spelling in SQL.
pub(crate) struct ColumnName {
    /// The name as the database knows it.
    pub(crate) name: Box<str>,
    /// The name quoted where needed.
    pub(crate) sql: Box<str>,
}

/// All column names of a catalog.
#[derive(Default)]
pub(crate) struct ColumnNames {
    names: Vec<ColumnName>,
    ids: CatalogMap<Box<str>, ColumnId>,
}

impl ColumnNames {
    /// The id of a name, new or known.
    pub(crate) fn intern(&mut self, name: &str) -> ColumnId {
        if let Some(id) = self.ids.get(name) {
            return *id;
        }
        // The number of names is bounded by the bytes of a catalog, far below 2^32.
        let id = ColumnId(u32::try_from(self.names.len()).unwrap_or(u32::MAX));
        let mut sql = String::new();
        quote_identifier(name, &mut sql);
        self.names.push(ColumnName {
            name: name.into(),
            sql: sql.into(),
        });
        self.ids.insert(name.into(), id);
        id
    }

    /// The id of a known name.
    pub(crate) fn find(&self, name: &str) -> Option<ColumnId> {
        self.ids.get(name).copied()
    }

    /// The spelling of a column in SQL.
    pub(crate) fn sql(&self, id: ColumnId) -> &str {
        self.names.get(id.0 as usize).map_or("", |name| &name.sql)
    }

    /// The name of a column.
    pub(crate) fn name(&self, id: ColumnId) -> &str {
        self.names.get(id.0 as usize).map_or("", |name| &name.name)
    }
}
