//! Names of grains, days and zones, and local times.

use measurand::{Grain, Month, Timestamp, Weekday, Zone};

use super::zone;

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
