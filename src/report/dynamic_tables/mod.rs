//! Dynamic tables: tables that users define, whose records lie as documents in one relation.
//!
//! In: rows of `table_defs` and `table_columns`, where records are kept, and queries of users. Out:
//! [`DynamicTables`], which is a catalog of its own: every table a source over the one relation, read through a guard
//! of its company, its table and the soft delete. Guaranteed: what is stored can be anything, and is NULL where it is
//! no value of its column; nothing of a user is in a text but slugs, options and literals of formulas, which are
//! checked. Codes: those of any document and of a request, `slug`, `duplicate-slug`, `column-setting`,
//! `formula-type`, `formula-cycle`, `unknown-table`, `table-field`. Next to read: `definition.rs`, `check.rs`,
//! `lower.rs`, `tables.rs`.

mod check;
mod definition;
mod fields;
mod formula;
mod lower;
mod read;
mod slug;
mod store;
mod tables;

pub use definition::{DynamicTable, FieldKind, Rollup, RollupFunction, TableField, TableSettings};
pub use slug::MAX_SLUG;
pub use store::{RecordIds, RecordStore};
pub use tables::{DynamicTables, RecordReader};
