//! Dates worked out by hand from the calendar and from the published changes of clocks.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that meets what it does not expect must fail"
)]

use measurand::{
    Date, DateRange, DateRangeError, Grain, Moment, Month, Periods, Preset, Timestamp, Weekday,
    Zone,
};
use proptest::prelude::*;

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

#[test]
fn presets_on_a_friday() {
    // 2026-11-20 is a Friday; its week from Monday began on the 16th.
    for (name, expected) in [
        ("today", "2026-11-20..2026-11-21"),
        ("yesterday", "2026-11-19..2026-11-20"),
        ("this_week", "2026-11-16..2026-11-23"),
        ("last_week", "2026-11-09..2026-11-16"),
        ("this_month", "2026-11-01..2026-12-01"),
        ("last_month", "2026-10-01..2026-11-01"),
        ("this_quarter", "2026-10-01..2027-01-01"),
        ("last_quarter", "2026-07-01..2026-10-01"),
        ("this_year", "2026-01-01..2027-01-01"),
        ("last_year", "2025-01-01..2026-01-01"),
        ("month_to_date", "2026-11-01..2026-11-21"),
        ("quarter_to_date", "2026-10-01..2026-11-21"),
        ("year_to_date", "2026-01-01..2026-11-21"),
        ("last_1_days", "2026-11-20..2026-11-21"),
        ("last_7_days", "2026-11-14..2026-11-21"),
        ("last_30_days", "2026-10-22..2026-11-21"),
        ("last_1_weeks", "2026-11-09..2026-11-16"),
        ("last_4_weeks", "2026-10-19..2026-11-16"),
        ("last_1_months", "2026-10-01..2026-11-01"),
        ("last_12_months", "2025-11-01..2026-11-01"),
        ("last_9999_days", "1999-07-07..2026-11-21"),
    ] {
        let dates = preset(name, "2026-11-20T10:00:00Z", "UTC", Weekday::Monday);
        assert_eq!(dates, expected, "{name}");
    }
}

#[test]
fn presets_count_the_days_of_the_zone() {
    // 03:00 in UTC is 22:00 of the day before in New York, and 16:00 in Auckland (UTC+13).
    for (now, zone_name, name, expected) in [
        (
            "2026-11-20T03:00:00Z",
            "America/New_York",
            "today",
            "2026-11-19..2026-11-20",
        ),
        (
            "2026-11-20T03:00:00Z",
            "America/New_York",
            "last_2_days",
            "2026-11-18..2026-11-20",
        ),
        (
            "2026-11-20T03:00:00Z",
            "Pacific/Auckland",
            "today",
            "2026-11-20..2026-11-21",
        ),
        (
            "2026-11-20T11:00:00Z",
            "Pacific/Auckland",
            "today",
            "2026-11-21..2026-11-22",
        ),
        (
            "2026-12-01T04:59:59Z",
            "America/New_York",
            "this_month",
            "2026-11-01..2026-12-01",
        ),
        (
            "2026-12-01T05:00:00Z",
            "America/New_York",
            "this_month",
            "2026-12-01..2027-01-01",
        ),
        (
            "2027-01-01T04:59:59Z",
            "America/New_York",
            "last_year",
            "2025-01-01..2026-01-01",
        ),
        (
            "2026-12-31T15:00:00Z",
            "Asia/Tokyo",
            "this_year",
            "2027-01-01..2028-01-01",
        ),
        (
            "2026-11-20T03:00:00Z",
            "UTC",
            "today",
            "2026-11-20..2026-11-21",
        ),
        // In summer the day in New York starts at 04:00 in UTC, an hour earlier than in winter.
        (
            "2026-07-01T03:59:59Z",
            "America/New_York",
            "today",
            "2026-06-30..2026-07-01",
        ),
        (
            "2026-07-01T04:00:00Z",
            "America/New_York",
            "today",
            "2026-07-01..2026-07-02",
        ),
    ] {
        let dates = preset(name, now, zone_name, Weekday::Monday);
        assert_eq!(dates, expected, "{name} at {now} in {zone_name}");
    }
}

#[test]
fn presets_around_the_new_year_and_leap_days() {
    for (name, now, week_start, expected) in [
        // 2026-01-01 is a Thursday.
        (
            "this_week",
            "2026-01-01T12:00:00Z",
            Weekday::Monday,
            "2025-12-29..2026-01-05",
        ),
        (
            "this_week",
            "2026-01-01T12:00:00Z",
            Weekday::Sunday,
            "2025-12-28..2026-01-04",
        ),
        (
            "this_week",
            "2026-01-01T12:00:00Z",
            Weekday::Saturday,
            "2025-12-27..2026-01-03",
        ),
        (
            "this_week",
            "2026-01-01T12:00:00Z",
            Weekday::Thursday,
            "2026-01-01..2026-01-08",
        ),
        (
            "this_week",
            "2026-01-01T12:00:00Z",
            Weekday::Friday,
            "2025-12-26..2026-01-02",
        ),
        (
            "last_week",
            "2026-01-01T12:00:00Z",
            Weekday::Monday,
            "2025-12-22..2025-12-29",
        ),
        (
            "last_week",
            "2026-01-01T12:00:00Z",
            Weekday::Sunday,
            "2025-12-21..2025-12-28",
        ),
        // The first and the last day of a week.
        (
            "this_week",
            "2026-01-04T23:59:59Z",
            Weekday::Monday,
            "2025-12-29..2026-01-05",
        ),
        (
            "this_week",
            "2026-01-04T23:59:59Z",
            Weekday::Sunday,
            "2026-01-04..2026-01-11",
        ),
        (
            "this_week",
            "2026-01-05T00:00:00Z",
            Weekday::Monday,
            "2026-01-05..2026-01-12",
        ),
        (
            "last_month",
            "2026-01-15T12:00:00Z",
            Weekday::Monday,
            "2025-12-01..2026-01-01",
        ),
        (
            "last_quarter",
            "2026-01-15T12:00:00Z",
            Weekday::Monday,
            "2025-10-01..2026-01-01",
        ),
        (
            "last_2_days",
            "2024-03-01T12:00:00Z",
            Weekday::Monday,
            "2024-02-29..2024-03-02",
        ),
        (
            "last_month",
            "2024-03-31T12:00:00Z",
            Weekday::Monday,
            "2024-02-01..2024-03-01",
        ),
        (
            "last_3_months",
            "2024-05-31T12:00:00Z",
            Weekday::Monday,
            "2024-02-01..2024-05-01",
        ),
        (
            "last_year",
            "2024-02-29T12:00:00Z",
            Weekday::Monday,
            "2023-01-01..2024-01-01",
        ),
    ] {
        let dates = preset(name, now, "UTC", week_start);
        assert_eq!(dates, expected, "{name} at {now}, weeks from {week_start}");
    }
}

#[test]
fn presets_of_fiscal_years() {
    for (name, month, now, expected) in [
        (
            "this_fiscal_year",
            Month::April,
            "2026-03-31",
            "2025-04-01..2026-04-01",
        ),
        (
            "this_fiscal_year",
            Month::April,
            "2026-04-01",
            "2026-04-01..2027-04-01",
        ),
        (
            "this_fiscal_year",
            Month::January,
            "2026-04-01",
            "2026-01-01..2027-01-01",
        ),
        (
            "last_fiscal_year",
            Month::October,
            "2026-11-20",
            "2025-10-01..2026-10-01",
        ),
        (
            "last_2_fiscal_years",
            Month::October,
            "2026-11-20",
            "2024-10-01..2026-10-01",
        ),
        (
            "fiscal_year_to_date",
            Month::July,
            "2026-02-28",
            "2025-07-01..2026-03-01",
        ),
        (
            "this_fiscal_quarter",
            Month::February,
            "2026-01-31",
            "2025-11-01..2026-02-01",
        ),
        (
            "last_fiscal_quarter",
            Month::February,
            "2026-01-31",
            "2025-08-01..2025-11-01",
        ),
        (
            "last_3_fiscal_quarters",
            Month::February,
            "2026-01-31",
            "2025-02-01..2025-11-01",
        ),
        (
            "fiscal_quarter_to_date",
            Month::March,
            "2026-02-14",
            "2025-12-01..2026-02-15",
        ),
        (
            "last_3_quarters",
            Month::February,
            "2026-01-31",
            "2025-04-01..2026-01-01",
        ),
        (
            "last_2_years",
            Month::February,
            "2026-01-31",
            "2024-01-01..2026-01-01",
        ),
        (
            "week_to_date",
            Month::January,
            "2026-01-01",
            "2025-12-29..2026-01-02",
        ),
    ] {
        let found = Preset::parse(name).unwrap_or_else(|| panic!("{name} is no preset"));
        let now = moment(&format!("{now}T12:00:00Z"));
        let dates = found.dates(now, &zone("UTC"), fiscal_years_from(month));
        assert_eq!(written(dates), expected, "{name} at {now} from {month}");
    }
}

#[test]
fn presets_at_the_ends_of_the_calendar_are_open() {
    for (name, now, expected) in [
        ("today", "9999-12-31T12:00:00Z", "9999-12-31.."),
        ("this_year", "9999-12-31T12:00:00Z", "9999-01-01.."),
        ("yesterday", "0001-01-01T12:00:00Z", "..0001-01-01"),
        ("last_9999_months", "0100-05-05T12:00:00Z", "..0100-05-01"),
    ] {
        let dates = preset(name, now, "UTC", Weekday::Monday);
        assert_eq!(dates, expected, "{name} at {now}");
    }
    // Beyond the calendar of ours, its last date stands for the day after.
    let dates = preset(
        "today",
        "9999-12-31T23:00:00Z",
        "Asia/Tokyo",
        Weekday::Monday,
    );
    assert_eq!(dates, "9999-12-31..");
    let dates = preset(
        "today",
        "0001-01-01T00:00:00Z",
        "America/New_York",
        Weekday::Monday,
    );
    assert_eq!(dates, "0001-01-01..0001-01-02");
}

#[test]
fn unknown_presets_are_refused_with_what_was_meant() {
    for (name, expected) in [
        ("last_30_day", Some("last_30_days")),
        ("last_07_days", Some("last_7_days")),
        ("last_0_days", None),
        ("last_10000_days", None),
        ("last_N_days", None),
        ("Today", Some("today")),
        ("last_3_month", Some("last_3_months")),
        ("last_3_quarter", Some("last_3_quarters")),
        ("last_2_fiscal_year", Some("last_2_fiscal_years")),
        ("last_3_hours", Some("last_3_years")),
        ("lastmonth", Some("last_month")),
        ("last_-1_days", Some("last_1_days")),
        ("last_+7_days", Some("last_7_days")),
        ("", None),
        ("yeserday", Some("yesterday")),
    ] {
        assert_eq!(Preset::parse(name), None, "{name}");
        assert_eq!(Preset::suggest(name).as_deref(), expected, "{name}");
    }
    assert!(Preset::names().any(|name| name == "last_N_weeks"));
}

#[test]
fn the_start_of_a_day_is_its_first_moment() {
    for (zone_name, day, expected) in [
        // Forward at 02:00 on March 8, back at 02:00 on November 1: midnight is not touched.
        ("America/New_York", "2026-03-08", "2026-03-08 05:00:00+00"),
        ("America/New_York", "2026-03-09", "2026-03-09 04:00:00+00"),
        ("America/New_York", "2026-11-01", "2026-11-01 04:00:00+00"),
        ("America/New_York", "2026-11-02", "2026-11-02 05:00:00+00"),
        // From -03 to -02 at midnight, which the clocks skip.
        ("America/Sao_Paulo", "2018-11-03", "2018-11-03 03:00:00+00"),
        ("America/Sao_Paulo", "2018-11-04", "2018-11-04 03:00:00+00"),
        ("America/Sao_Paulo", "2018-11-05", "2018-11-05 02:00:00+00"),
        // Back from 00:00 to 23:00 of the 17th: the 17th has 25 hours.
        ("America/Sao_Paulo", "2018-02-17", "2018-02-17 02:00:00+00"),
        ("America/Sao_Paulo", "2018-02-18", "2018-02-18 03:00:00+00"),
        // From +02 to +03 at midnight of the last Friday of April.
        ("Africa/Cairo", "2024-04-25", "2024-04-24 22:00:00+00"),
        ("Africa/Cairo", "2024-04-26", "2024-04-25 22:00:00+00"),
        ("Africa/Cairo", "2024-04-27", "2024-04-26 21:00:00+00"),
        // From +02 to +03 at midnight of the last Sunday of March.
        ("Asia/Beirut", "2022-03-27", "2022-03-26 22:00:00+00"),
        ("Asia/Beirut", "2022-03-28", "2022-03-27 21:00:00+00"),
        // Back from 01:00 to 00:00, from -04 to -05: midnight is shown twice.
        ("America/Havana", "2025-11-02", "2025-11-02 04:00:00+00"),
        ("America/Havana", "2025-11-03", "2025-11-03 05:00:00+00"),
        // Forward from 23:30 to 00:30, from -05 to -04: the gap starts the day before.
        ("America/Toronto", "1919-03-31", "1919-03-31 04:30:00+00"),
        ("America/Toronto", "1919-04-01", "1919-04-01 04:00:00+00"),
        // Samoa left out December 30 altogether.
        ("Pacific/Apia", "2011-12-29", "2011-12-29 10:00:00+00"),
        ("Pacific/Apia", "2011-12-30", "2011-12-30 10:00:00+00"),
        ("Pacific/Apia", "2011-12-31", "2011-12-30 10:00:00+00"),
        ("Pacific/Apia", "2012-01-01", "2011-12-31 10:00:00+00"),
        // The ends of the calendar.
        ("UTC", "9999-12-31", "9999-12-31 00:00:00+00"),
        ("America/New_York", "9999-12-31", "9999-12-31 05:00:00+00"),
        ("Asia/Tokyo", "9999-12-31", "9999-12-30 15:00:00+00"),
        ("Asia/Tokyo", "0001-01-01", "0001-01-01 00:00:00+00"),
    ] {
        let start = zone(zone_name).start_of(date(day));
        assert_eq!(start.to_string(), expected, "{day} in {zone_name}");
    }
}

#[test]
fn a_range_has_the_hours_that_the_clocks_gave_it() {
    for (zone_name, from, to, hours) in [
        ("America/New_York", "2026-03-08", "2026-03-08", 23),
        ("America/New_York", "2026-11-01", "2026-11-01", 25),
        ("America/New_York", "2026-03-01", "2026-03-31", 31 * 24 - 1),
        ("America/Sao_Paulo", "2018-11-04", "2018-11-04", 23),
        ("America/Havana", "2025-11-02", "2025-11-02", 25),
        ("Asia/Kolkata", "2026-03-08", "2026-03-08", 24),
        ("Pacific/Apia", "2011-12-29", "2011-12-31", 48),
    ] {
        let range = DateRange::inclusive(Some(from), Some(to)).unwrap();
        let moments = range.moments(&zone(zone_name));
        let (from, until) = (moments.from.unwrap(), moments.until.unwrap());
        let length = until.to_utc().microseconds_since(from.to_utc());
        assert_eq!(length, hours * 3_600_000_000, "{zone_name}");
    }
}

#[test]
fn ranges_are_half_open_and_in_order() {
    let check = |from, to, expected: Result<&str, DateRangeError>| {
        let range = DateRange::inclusive(from, to).map(written);
        assert_eq!(
            range.as_deref().map_err(|error| *error),
            expected,
            "{from:?} {to:?}"
        );
    };
    check(
        Some("2026-01-01"),
        Some("2026-01-31"),
        Ok("2026-01-01..2026-02-01"),
    );
    check(
        Some("2026-01-31"),
        Some("2026-01-31"),
        Ok("2026-01-31..2026-02-01"),
    );
    check(
        Some("2024-02-28"),
        Some("2024-02-28"),
        Ok("2024-02-28..2024-02-29"),
    );
    check(Some("2026-01-01"), None, Ok("2026-01-01.."));
    check(None, Some("2026-12-31"), Ok("..2027-01-01"));
    check(None, None, Ok(".."));
    check(Some("9999-12-31"), Some("9999-12-31"), Ok("9999-12-31.."));
    check(
        Some("2026-02-01"),
        Some("2026-01-31"),
        Err(DateRangeError::Order),
    );
    check(
        Some("2026-02-30"),
        Some("2026-01-31"),
        Err(DateRangeError::From),
    );
    check(
        Some("2026-01-01"),
        Some("2026-1-31"),
        Err(DateRangeError::To),
    );
    check(None, Some("2026-01-31T00:00:00"), Err(DateRangeError::To));
    check(Some("0000-01-01"), None, Err(DateRangeError::From));
    check(Some(""), None, Err(DateRangeError::From));
    assert_eq!(
        DateRange::half_open(Some(date("2026-01-01")), Some(date("2026-01-01"))),
        None
    );
}

#[test]
fn periods_start_and_shift_by_the_calendar() {
    for (grain, day, start) in [
        (Grain::Hour, "2026-05-17", "2026-05-17"),
        (Grain::Day, "2026-05-17", "2026-05-17"),
        (Grain::Week, "2026-05-17", "2026-05-11"),
        (Grain::Month, "2026-05-17", "2026-05-01"),
        (Grain::Quarter, "2026-05-17", "2026-04-01"),
        (Grain::Quarter, "2026-03-31", "2026-01-01"),
        (Grain::Quarter, "2026-12-31", "2026-10-01"),
        (Grain::Year, "2026-05-17", "2026-01-01"),
    ] {
        let found = grain.start(date(day), Periods::default());
        assert_eq!(found, Some(date(start)), "{grain} of {day}");
    }
    for (grain, month, day, start) in [
        (
            Grain::FiscalYear,
            Month::January,
            "2026-05-17",
            "2026-01-01",
        ),
        (Grain::FiscalYear, Month::April, "2026-03-31", "2025-04-01"),
        (Grain::FiscalYear, Month::April, "2026-04-01", "2026-04-01"),
        (
            Grain::FiscalYear,
            Month::October,
            "2026-12-31",
            "2026-10-01",
        ),
        (
            Grain::FiscalYear,
            Month::December,
            "2026-11-30",
            "2025-12-01",
        ),
        (
            Grain::FiscalQuarter,
            Month::April,
            "2026-02-14",
            "2026-01-01",
        ),
        (
            Grain::FiscalQuarter,
            Month::February,
            "2026-01-31",
            "2025-11-01",
        ),
        (
            Grain::FiscalQuarter,
            Month::February,
            "2026-04-30",
            "2026-02-01",
        ),
        (
            Grain::FiscalQuarter,
            Month::December,
            "2026-08-31",
            "2026-06-01",
        ),
        (Grain::Quarter, Month::February, "2026-01-31", "2026-01-01"),
        (Grain::Year, Month::April, "2026-01-31", "2026-01-01"),
    ] {
        let found = grain.start(date(day), fiscal_years_from(month));
        assert_eq!(found, Some(date(start)), "{grain} of {day} from {month}");
    }
    assert_eq!(
        Grain::FiscalYear.start(Date::MIN, fiscal_years_from(Month::April)),
        None
    );
    for (grain, day, count, expected) in [
        (Grain::Month, "2026-01-31", 1, Some("2026-02-28")),
        (Grain::Month, "2024-01-31", 1, Some("2024-02-29")),
        (Grain::Month, "2026-03-31", -1, Some("2026-02-28")),
        (Grain::Month, "2026-01-31", -2, Some("2025-11-30")),
        (Grain::Quarter, "2025-11-30", 1, Some("2026-02-28")),
        (Grain::Year, "2024-02-29", 1, Some("2025-02-28")),
        (Grain::Year, "2024-02-29", -4, Some("2020-02-29")),
        (Grain::Week, "2026-01-01", -1, Some("2025-12-25")),
        (Grain::Day, "2024-02-28", 2, Some("2024-03-01")),
        (Grain::Day, "9999-12-31", 1, None),
        (Grain::Day, "0001-01-01", -1, None),
        (Grain::Year, "2026-01-01", i32::MAX, None),
        (Grain::Year, "2026-01-01", i32::MIN, None),
        (Grain::Week, "2026-01-01", i32::MIN, None),
    ] {
        let found = grain.shift(date(day), count);
        assert_eq!(found, expected.map(date), "{day} and {count} {grain}");
    }
    // 0001-01-01 is a Monday.
    assert_eq!(
        Grain::Week.start(Date::MIN, weeks_from(Weekday::Monday)),
        Some(Date::MIN)
    );
    assert_eq!(
        Grain::Week.start(Date::MIN, weeks_from(Weekday::Sunday)),
        None
    );
}

#[test]
fn names_of_grains_days_and_zones() {
    assert!(Grain::ALL.is_sorted_by(|fine, coarse| fine.is_finer_than(*coarse)));
    for grain in Grain::ALL {
        assert_eq!(Grain::parse(grain.as_str()), Some(grain));
    }
    assert_eq!(Grain::parse("second"), None);
    for (month, number) in Month::ALL.into_iter().zip(1..) {
        assert_eq!(Month::parse(month.as_str()), Some(month));
        assert_eq!(
            (month.number(), month.to_string()),
            (number, month.as_str().to_owned())
        );
    }
    assert_eq!(Month::parse("January"), None);
    for (index, day) in Weekday::ALL.into_iter().enumerate() {
        assert_eq!(Weekday::parse(day.as_str()), Some(day));
        assert_eq!(usize::from(day.days_after_monday()), index);
    }
    for name in ["Monday", "mon", "", "1"] {
        assert_eq!(Weekday::parse(name), None, "{name:?}");
    }
    for (name, canonical) in [
        ("utc", "UTC"),
        ("UTC", "UTC"),
        ("europe/berlin", "Europe/Berlin"),
        ("US/Eastern", "US/Eastern"),
        (
            "America/Argentina/Buenos_Aires",
            "America/Argentina/Buenos_Aires",
        ),
        ("Etc/GMT+5", "Etc/GMT+5"),
    ] {
        assert_eq!(zone(name).as_str(), canonical);
    }
    for name in [
        "",
        "+02:00",
        "-05",
        "Z",
        "EST",
        "CET",
        "EST5EDT",
        "Etc/Unknown",
        "America/NewYork",
        "America/New York",
        "America/New_York ",
        "../etc/passwd",
        "/etc/localtime",
        "localtime",
        "posix/UTC",
        "Europe/Berlin'; --",
        "America/\0",
        "/",
        "<+03>-3/x",
    ] {
        assert_eq!(Zone::parse(name), None, "{name:?}");
    }
    assert_eq!(
        Zone::parse(&format!("America/{}", "x".repeat(10_000_000))),
        None
    );
}

#[test]
fn a_local_time_is_a_moment_only_if_it_is_shown_once() {
    let new_york = zone("America/New_York");
    for (time, expected) in [
        (
            "2026-03-08 01:59:59.999999",
            Some("2026-03-08 06:59:59.999999+00"),
        ),
        ("2026-03-08 02:00", None),
        ("2026-03-08 02:59:59.999999", None),
        ("2026-03-08 03:00", Some("2026-03-08 07:00:00+00")),
        ("2026-11-01 00:59:59", Some("2026-11-01 04:59:59+00")),
        ("2026-11-01 01:00", None),
        ("2026-11-01 01:59:59.999999", None),
        ("2026-11-01 02:00", Some("2026-11-01 07:00:00+00")),
        ("9999-12-31 23:00", None),
    ] {
        let found = new_york.moment_of(Timestamp::parse(time).unwrap());
        assert_eq!(
            found.map(|at| at.to_string()).as_deref(),
            expected,
            "{time}"
        );
    }
}

fn any_zone() -> impl Strategy<Value = Zone> {
    prop::sample::select(vec![
        "UTC",
        "America/New_York",
        "America/Sao_Paulo",
        "Africa/Cairo",
        "Asia/Beirut",
        "America/Havana",
        "Pacific/Apia",
        "Asia/Kolkata",
        "America/St_Johns",
        "Africa/Casablanca",
        "Australia/Lord_Howe",
        "Atlantic/Azores",
        "America/Asuncion",
        "Asia/Tehran",
    ])
    .prop_map(zone)
}

fn any_date() -> impl Strategy<Value = Date> {
    let last = Date::MAX.days_since(Date::MIN);
    let anywhere = (0..=last).prop_map(|days| Grain::Day.shift(Date::MIN, days).unwrap());
    let recent = (0..60_000).prop_map(|days| Grain::Day.shift(date("1900-01-01"), days).unwrap());
    prop_oneof![anywhere, recent.clone(), recent]
}

fn any_periods() -> impl Strategy<Value = Periods> {
    let days = prop::sample::select(Weekday::ALL.to_vec());
    let months = prop::sample::select(Month::ALL.to_vec());
    (days, months).prop_map(|(week_start, fiscal_year_start)| Periods {
        week_start,
        fiscal_year_start,
    })
}

proptest! {
    #[test]
    fn text_that_is_no_name_never_panics(text in "\\PC{0,40}") {
        let _ = (Zone::parse(&text), Preset::parse(&text), Preset::suggest(&text));
        let _ = (Grain::parse(&text), Weekday::parse(&text));
        let _ = DateRange::inclusive(Some(&text), Some(&text));
    }

    #[test]
    fn near_presets_never_panic_and_suggestions_exist(text in "(last|this)_[0-9a-z_]{0,12}_?(day|week|month)s?") {
        if let Some(suggestion) = Preset::suggest(&text) {
            prop_assert!(Preset::parse(&suggestion).is_some());
        }
    }

    /// Days never overlap, and the moment a day starts at belongs to it (or to the next one that
    /// exists, where the zone left the day out).
    #[test]
    fn days_follow_each_other(day in any_date(), zone in any_zone()) {
        let start = zone.start_of(day);
        prop_assert!(zone.date_at(start) >= day || start == Moment::MIN);
        if let Some(next) = Grain::Day.shift(day, 1) {
            prop_assert!(start <= zone.start_of(next));
        }
    }

    #[test]
    fn a_period_contains_its_date(day in any_date(), periods in any_periods()) {
        for grain in Grain::ALL {
            let Some(start) = grain.start(day, periods) else { continue };
            prop_assert!(start <= day);
            prop_assert_eq!(grain.start(start, periods), Some(start));
            if let (true, Some(next)) = (grain != Grain::Hour, grain.shift(start, 1)) {
                prop_assert!(day < next);
                prop_assert_eq!(grain.start(next, periods), Some(next));
            }
        }
    }

    #[test]
    fn every_preset_is_a_range_in_order(
        day in any_date(),
        zone in any_zone(),
        periods in any_periods(),
        count in 1..=9_999_i32,
    ) {
        let now = zone.start_of(day);
        for name in Preset::names() {
            let preset = Preset::parse(&name.replace('N', &count.to_string())).unwrap();
            let range = preset.dates(now, &zone, periods);
            prop_assert!(DateRange::half_open(range.from(), range.until()).is_some());
        }
    }
}
