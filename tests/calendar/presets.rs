//! Presets: the dates that they are on a given day, in a zone.

use measurand::{Month, Preset, Weekday};

use super::{fiscal_years_from, moment, preset, written, zone};

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
