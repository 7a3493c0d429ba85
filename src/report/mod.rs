//! What a report builder keeps beside its catalog: when reports run.
//!
//! In: what users have saved, as rows or JSON. Out: plain data. This side of the library rests on the
//! compiler, never the other way round (`tests/layering.rs`). Codes: `cron-syntax`, `cron-schedule`,
//! `schedule-day`, and those of any document. Next to read: `schedule.rs`.

mod cron;
mod schedule;

pub use schedule::{Frequency, Schedule, TimeOfDay};
