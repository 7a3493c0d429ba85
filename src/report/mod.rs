//! What a report builder keeps beside its catalog: what reports show, what users change of them, when they
//! run, and the rows of its own tables.
//!
//! In: report templates of a catalog, and what users have saved, as rows or JSON. Out: plain data, compiled
//! statements, and statements on the report builder's own tables. This side of the library rests on the
//! compiler, never the other way round (`tests/layering.rs`). Codes: `cron-syntax`, `cron-schedule`,
//! `schedule-day`, `widget-request`, `widget-module`, `chart-setting`, `chart-key`, `template-needs`,
//! `unknown-template`, `unknown-widget`, `access-in-layer`, `foreign-row`, `no-effect`, those that `tables`,
//! `user_tables` and `export` list, and those of any document, of a catalog's keys and of a request. Next to read:
//! `builder.rs`, `schedule.rs`, `tables/mod.rs`.

mod access;
mod account;
mod builder;
mod compiled;
mod cron;
mod dashboard;
mod dynamic_tables;
mod export;
mod layer;
mod layer_read;
mod layout;
mod layout_read;
mod merge;
mod schedule;
mod sharing;
mod tables;
mod toggles;
mod user_tables;

pub use access::{AuditAction, AuditEntry, RuleVersion};
pub use account::{
    AccessAccount, RuleAccount, RuleEffect, SourceAccount, SourceStanding, ValuesShown,
};
pub use builder::ReportBuilder;
pub use compiled::{Report, ReportWidget};
pub use dashboard::Dashboard;
pub use dynamic_tables::{
    DynamicTable, DynamicTables, FieldKind, MAX_SLUG, RecordIds, RecordReader, RecordStore, Rollup,
    RollupFunction, TableField, TableSettings,
};
pub use export::{
    CellFormat, CellType, ChildGroup, ExportColumn, ExportColumnKind, ExportDefinition,
    ExportEntity, ExportPart, ExportRequest, ExportStatement, Exporter, FieldTag, FileColumn,
    MAX_CHILDREN, TAG_SLOTS,
};
pub use layer::{
    CompareChoice, FilterPreset, Layer, Layers, LayoutOverrides, Owner, SavedView,
    TemplateReference,
};
pub use layout::{
    Axis, Chart, ChartKind, LayerPart, Layout, Position, Section, Series, Stacking, Widget,
    WidgetKind,
};
pub use schedule::{Frequency, Schedule, TimeOfDay};
pub use sharing::{TableSharing, Visibility};
pub use tables::{
    Actor, Change, ColumnKind, ColumnWriter, ExportOutcome, JsonShape, Lease, Listing, NewRow,
    Scheduled, Table, TableColumn, TableStatement, USER_DATA_TABLES, claim_due, claim_exports,
    clone_table, finish_due, finish_export, start_export,
};
pub use user_tables::{
    AggregateChoice, CacheEntry, ColumnChoice, CompiledTable, Delivery, DeliveryFormat,
    Destination, DestinationKind, FilterChoice, FilterCondition, FilterOperator, ShownColumn,
    SortChoice, StoredTable, TableDefinition, TableOrigin, TablePage,
};
