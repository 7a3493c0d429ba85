//! What holds on any date, in any zone.

use measurand::{Date, DateRange, Grain, Moment, Month, Periods, Preset, Weekday, Zone};
use proptest::prelude::*;

use super::{date, zone};

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
