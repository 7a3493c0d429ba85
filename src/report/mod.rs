//! What a report builder keeps beside its catalog: when reports run, and the rows of its own tables.
//!
//! In: what users have saved, as rows or JSON. Out: plain data, and statements on the report builder's
//! tables. This side of the library rests on the compiler, never the other way round
//! (`tests/layering.rs`). Codes: `cron-syntax`, `cron-schedule`, `schedule-day`, those that `tables`
//! lists, and those of any document. Next to read: `schedule.rs`, `tables/mod.rs`.

mod access;
mod account;
mod cron;
mod schedule;
mod sharing;
mod tables;

pub use access::{AuditAction, AuditEntry, RuleVersion};
pub use account::{
    AccessAccount, RuleAccount, RuleEffect, SourceAccount, SourceStanding, ValuesShown,
};
pub use schedule::{Frequency, Schedule, TimeOfDay};
pub use sharing::{TableSharing, Visibility};
pub use tables::{
    Actor, Change, ColumnKind, ColumnWriter, ExportOutcome, JsonShape, Lease, Listing, NewRow,
    Scheduled, Table, TableColumn, TableStatement, USER_DATA_TABLES, claim_due, claim_exports,
    clone_table, finish_due, finish_export,
};
