//! Days, ranges of them, and the periods that they are in.

use measurand::{Date, DateRange, DateRangeError, Grain, Month, Periods, Weekday};

use super::{date, fiscal_years_from, weeks_from, written, zone};

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
