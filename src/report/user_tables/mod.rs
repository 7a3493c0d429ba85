//! Tables that users define: read, lowered to a request, compiled for whoever looks.
//!
//! In: JSON of a screen or a row of `user_data_tables`, a compiler, and the reader's context. Out:
//! [`CompiledTable`]: one statement, its columns under the names that the user gave them, and a cache key.
//! Guaranteed: nothing of a context is in a definition, and no source is read that it does not list, but for
//! those on the way to one that it lists. Codes: those of any document and of a request, `table-source`,
//! `table-field`, `unknown-table`. Next to read: `definition.rs`, `lower.rs`.

mod compiled;
mod definition;
mod field;
mod filters;
mod grouped;
mod lower;
mod operator;
mod places;
mod read;
mod stored;
mod write;

pub use compiled::{CacheEntry, CompiledTable, ShownColumn, TablePage};
pub use definition::{
    AggregateChoice, ColumnChoice, Delivery, DeliveryFormat, Destination, DestinationKind,
    FilterChoice, FilterCondition, SortChoice, TableDefinition, TableOrigin,
};
pub use operator::FilterOperator;
pub use stored::StoredTable;
