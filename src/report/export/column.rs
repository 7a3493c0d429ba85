//! The plan of a file's columns: what each is, where it comes from, how its cells are written.

use super::cell::CellFormat;

/// A column of an export's result. As JSON it is what a job keeps of its columns.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct ExportColumn {
    /// The name, which is that of the result's column too.
    pub name: String,
    /// What people call it.
    pub label: String,
    /// Where it comes from.
    #[serde(flatten)]
    pub kind: ExportColumnKind,
    /// The type of the result's column, such as `decimal` or `text[]`.
    pub data_type: &'static str,
    /// How its cells are written; as the value is where absent.
    pub format: Option<CellFormat>,
}

/// Where a column of an export comes from.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
#[non_exhaustive]
pub enum ExportColumnKind {
    /// The row itself.
    Core,
    /// A row of another source beside it.
    Child {
        /// The prefix of the group.
        group: String,
        /// Which row it is, from 1 up.
        number: u8,
    },
    /// How many rows of another source there are.
    Count {
        /// The prefix of the group.
        group: String,
    },
    /// A tag.
    Tag {
        /// Its slot.
        slot: u8,
    },
    /// What the next page comes after: no column of the file.
    PageKey,
}

impl ExportColumn {
    /// Whether it is a column of the file, and not there for the next page alone.
    pub fn is_in_file(&self) -> bool {
        self.kind != ExportColumnKind::PageKey
    }
}
