//! Dates worked out by hand from the calendar and from the published changes of clocks.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that meets what it does not expect must fail"
)]

mod anything;
mod names;
mod periods;
mod presets;

use measurand::{Date, DateRange, Moment, Month, Periods, Preset, Weekday, Zone};

fn date(text: &str) -> Date {
    Date::parse(text).unwrap_or_else(|| panic!("{text} is no date"))
}

fn zone(name: &str) -> Zone {
    Zone::parse(name).unwrap_or_else(|| panic!("{name} is no zone"))
}

fn moment(text: &str) -> Moment {
    Moment::parse(text).unwrap_or_else(|| panic!("{text} is no moment"))
}

/// `from..until`, with nothing where the range is not bounded.
fn written(range: DateRange) -> String {
    let end = |date: Option<Date>| date.map(|date| date.to_string()).unwrap_or_default();
    format!("{}..{}", end(range.from()), end(range.until()))
}

fn preset(name: &str, now: &str, zone_name: &str, week_start: Weekday) -> String {
    let preset = Preset::parse(name).unwrap_or_else(|| panic!("{name} is no preset"));
    let periods = weeks_from(week_start);
    written(preset.dates(moment(now), &zone(zone_name), periods))
}

fn weeks_from(week_start: Weekday) -> Periods {
    Periods {
        week_start,
        ..Periods::default()
    }
}

fn fiscal_years_from(fiscal_year_start: Month) -> Periods {
    Periods {
        fiscal_year_start,
        ..Periods::default()
    }
}
