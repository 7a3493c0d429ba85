//! What an export is: its source, its columns, the rows of other sources beside, its filters.

use super::cell::CellType;
use crate::request::OrderRequest;

/// The definition of an export, as a service has it for all of its organisations.
///
/// What it names is checked by [`Exporter::new`](super::Exporter::new).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExportDefinition {
    /// The source: each of its rows is a line of the file. It has to declare a primary key.
    pub source: String,
    /// What tags call the rows of the source.
    pub entity: ExportEntity,
    /// The core columns, in the order of the file.
    pub columns: Vec<FileColumn>,
    /// The rows of other sources beside each row, behind the core columns.
    pub children: Vec<ChildGroup>,
    /// What a request may filter by: the name in requests, and the dimension.
    pub filters: Vec<(String, String)>,
    /// The order of the lines, before the primary key.
    pub order_by: Vec<OrderRequest>,
}

/// What tags say of rows: by which word, in which documents, under which template.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExportEntity {
    /// The word, such as `CASE`; without one no tag is about these rows.
    pub name: Option<String>,
    /// What a path may begin with, and the JSON column that it leads into.
    pub documents: Vec<(String, String)>,
    /// The column that says which template a row was filled in by.
    pub template: Option<String>,
}

/// A column of the file that the definition has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileColumn {
    /// The name in the file: lower-case letters, digits and underscores, of 50 bytes at most. Of rows beside,
    /// what follows `inv_1_`.
    pub name: String,
    /// What people call it; the name in words where absent.
    pub label: Option<String>,
    /// A dimension, or a column that the source declares.
    pub column: String,
    /// Whether it shows the label of the dimension rather than its value.
    pub shows_label: bool,
    /// How cells are written; as the value is where absent.
    pub cell: Option<CellType>,
    /// The pattern of a cell; that of its type where absent.
    pub pattern: Option<String>,
    /// Whether it is there only for requests that ask for overflow.
    pub is_overflow: bool,
}

/// The first rows of another source beside each row: `inv_1_status`, `inv_2_status` and so on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChildGroup {
    /// What the names of its columns begin with.
    pub prefix: String,
    /// The relationship of the source that leads to these rows: one to many, or one to one.
    pub relationship: String,
    /// What tags call these rows.
    pub entity: ExportEntity,
    /// Which come first; ties are broken by the primary key of their source.
    pub order_by: Vec<OrderRequest>,
    /// What is shown of each.
    pub columns: Vec<FileColumn>,
    /// The name of a column with the number of all of them, shown or not.
    pub count: Option<String>,
    /// How many are shown where a request does not say, up to [`MAX_CHILDREN`](super::MAX_CHILDREN).
    pub shown: u8,
}
