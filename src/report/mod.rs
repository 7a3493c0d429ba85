//! What a report builder keeps beside its catalog: what reports show, what users change of them, when they run.
//!
//! In: report templates of a catalog, and what users have saved, as rows or JSON. Out: plain data, and
//! compiled statements. This side of the library rests on the compiler, never the other way round
//! (`tests/layering.rs`). Codes: `cron-syntax`, `cron-schedule`, `schedule-day`, `widget-request`,
//! `widget-module`, `chart-setting`, `chart-key`, `template-needs`, `unknown-template`, `unknown-widget`,
//! `access-in-layer`, `foreign-row`, `no-effect`, and those of any document, of a catalog's keys and of a
//! request. Next to read: `builder.rs`, `schedule.rs`.

mod builder;
mod compiled;
mod cron;
mod dashboard;
mod layer;
mod layer_read;
mod layout;
mod layout_read;
mod merge;
mod schedule;
mod toggles;

pub use builder::ReportBuilder;
pub use compiled::{Report, ReportWidget};
pub use dashboard::Dashboard;
pub use layer::{
    CompareChoice, FilterPreset, Layer, Layers, LayoutOverrides, Owner, SavedView,
    TemplateReference,
};
pub use layout::{
    Axis, Chart, ChartKind, LayerPart, Layout, Position, Section, Series, Stacking, Widget,
    WidgetKind,
};
pub use schedule::{Frequency, Schedule, TimeOfDay};
