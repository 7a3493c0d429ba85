//! Flat files: the rows of a source, one line each, with columns that are filled from JSON and with the first
//! rows of other sources beside them.
//!
//! In: a catalog, the definition of an export, the tags of an organisation; then requests and contexts. Out:
//! [`ExportStatement`]: one verified statement, its parameters, and the plan of its columns, which says of
//! each how its cells are written. Guaranteed: every relation is read through the guard that the compiler
//! proved, one line stands for one row, and the columns are those of the plan, in its order. Codes: those of
//! any document and of a request, `duplicate-slot`, `duplicate-tag`, `tag-entity`, `tag-path`,
//! `tag-template`, `format-pattern`, `child-relationship`, `export-key`, `foreign-row`. Next to read:
//! `definition.rs`, `exporter.rs`, `lower.rs`, `assemble.rs`, `compose.rs`, `proof.rs`.

mod assemble;
mod cell;
mod column;
mod compose;
mod definition;
mod exporter;
mod lower;
mod proof;
mod read;
mod request;
mod statement;
mod tag;
#[cfg(test)]
mod tests;

pub use cell::{CellFormat, CellType};
pub use column::{ExportColumn, ExportColumnKind};
pub use definition::{ChildGroup, ExportDefinition, ExportEntity, FileColumn};
pub use exporter::Exporter;
pub use request::ExportRequest;
pub use statement::{ExportPart, ExportStatement};
pub use tag::FieldTag;

/// The number of slots that an organisation has for tags.
pub const TAG_SLOTS: u8 = 20;

/// How many rows of another source have columns beside a row.
pub const MAX_CHILDREN: u8 = 10;
