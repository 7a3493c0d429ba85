//! Where records are kept: the one relation of all tables, and what its columns are.

use crate::value::DataType;

/// Where the records of all tables are kept: one relation, a document for each record.
///
/// It has the columns `id`, `company_id`, `table_id`, `data` (`jsonb`), `created_at` (`timestamptz`) and `deleted_at`;
/// the others are there as the fields say.
///
/// ```
/// use measurand::report::{RecordIds, RecordStore};
/// let store = RecordStore { ids: RecordIds::Uuid, has_workspace: true, ..RecordStore::default() };
/// assert_eq!(store.relation, "table_records");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordStore {
    /// The relation, perhaps with its schema in front.
    pub relation: String,
    /// What the ids of records, tables, companies and workspaces are.
    pub ids: RecordIds,
    /// Whether records have a `workspace_id`. It has to be that of their table then: none where the table has none.
    pub has_workspace: bool,
    /// Whether records have an `updated_at`, a `timestamptz`.
    pub has_updated_at: bool,
    /// Whether records have a `created_by`, an id.
    pub has_created_by: bool,
}

impl Default for RecordStore {
    fn default() -> Self {
        Self {
            relation: "table_records".to_owned(),
            ids: RecordIds::Integer,
            has_workspace: false,
            has_updated_at: false,
            has_created_by: false,
        }
    }
}

/// What ids are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RecordIds {
    /// Whole numbers, `bigint`.
    Integer,
    /// UUIDs.
    Uuid,
}

impl RecordIds {
    pub(super) fn data_type(self) -> DataType {
        match self {
            Self::Integer => DataType::Integer,
            Self::Uuid => DataType::Uuid,
        }
    }
}

/// The columns of the relation that every record has for its readers.
pub(super) const SHOWN: [&str; 4] = ["id", "created_at", "updated_at", "created_by"];

/// The columns that protect records, or hold what fields are cut out of: no field is called so, and none is shown.
pub(super) const HIDDEN: [&str; 5] = [
    "company_id",
    "table_id",
    "workspace_id",
    "data",
    "deleted_at",
];

impl RecordStore {
    /// Whether the relation has a column that readers see.
    pub(super) fn shows(&self, column: &str) -> bool {
        match column {
            "id" | "created_at" => true,
            "updated_at" => self.has_updated_at,
            "created_by" => self.has_created_by,
            _ => false,
        }
    }
}
