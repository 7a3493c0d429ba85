//! When scheduled reports run, around changes of the clocks and ends of months, worked out by hand from the
//! offsets that the zones had or will have; and the cron form of schedules.

use measurand::report::{Frequency, Schedule, TimeOfDay};
use measurand::{ErrorCode, Grain, Limits, Moment, Weekday, Zone};
use proptest::prelude::*;

/// A zone, a frequency, a time, a moment, and the runs after it (UTC).
type Row = (
    &'static str,
    Frequency,
    &'static str,
    &'static str,
    &'static [&'static str],
);

const DAILY: Frequency = Frequency::Daily;
const SUNDAYS: Frequency = Frequency::Weekly(Weekday::Sunday);

const TABLE: [Row; 22] = [
    // New York: 02:00 to 03:00 on 2026-03-08, from UTC-5 to UTC-4; 02:00 to 01:00 on 2026-11-01.
    (
        "America/New_York",
        DAILY,
        "08:00",
        "2026-03-07T00:00:00Z",
        &["03-07 13:00", "03-08 12:00", "03-09 12:00"],
    ),
    (
        "America/New_York",
        DAILY,
        "02:30",
        "2026-03-07T00:00:00Z",
        &["03-07 07:30", "03-08 07:00", "03-09 06:30"],
    ),
    (
        "America/New_York",
        DAILY,
        "02:00",
        "2026-03-08T00:00:00Z",
        &["03-08 07:00", "03-09 06:00"],
    ),
    (
        "America/New_York",
        DAILY,
        "03:00",
        "2026-03-07T09:00:00Z",
        &["03-08 07:00", "03-09 07:00"],
    ),
    (
        "America/New_York",
        SUNDAYS,
        "02:30",
        "2026-03-01T07:29:59Z",
        &["03-01 07:30", "03-08 07:00", "03-15 06:30"],
    ),
    (
        "America/New_York",
        DAILY,
        "01:30",
        "2026-10-31T00:00:00Z",
        &["10-31 05:30", "11-01 05:30", "11-02 06:30"],
    ),
    // Between the two times at which clocks show 01:30, the run of that day is over.
    (
        "America/New_York",
        DAILY,
        "01:30",
        "2026-11-01T05:45:00Z",
        &["11-02 06:30"],
    ),
    (
        "America/New_York",
        SUNDAYS,
        "01:00",
        "2026-10-26T00:00:00Z",
        &["11-01 05:00", "11-08 06:00"],
    ),
    // Berlin: 02:00 to 03:00 on 2026-03-29, from UTC+1 to UTC+2; 03:00 to 02:00 on 2026-10-25.
    (
        "Europe/Berlin",
        DAILY,
        "02:30",
        "2026-03-28T00:00:00Z",
        &["03-28 01:30", "03-29 01:00", "03-30 00:30"],
    ),
    (
        "Europe/Berlin",
        DAILY,
        "02:30",
        "2026-10-24T00:00:00Z",
        &["10-24 00:30", "10-25 00:30", "10-26 01:30"],
    ),
    (
        "Europe/Berlin",
        Frequency::Monthly(29),
        "02:00",
        "2026-02-01T00:00:00Z",
        &["02-28 01:00", "03-29 01:00", "04-29 00:00"],
    ),
    (
        "Europe/Berlin",
        Frequency::Weekly(Weekday::Monday),
        "00:00",
        "2026-03-23T00:00:00Z",
        &["03-29 22:00", "04-05 22:00"],
    ),
    // Lord Howe: half an hour back from 02:00 on 2026-04-05, from UTC+11; half an hour on from 02:00 on 2026-10-04.
    (
        "Australia/Lord_Howe",
        DAILY,
        "01:45",
        "2026-04-03T12:00:00Z",
        &["04-03 14:45", "04-04 14:45", "04-05 15:15"],
    ),
    (
        "Australia/Lord_Howe",
        DAILY,
        "02:15",
        "2026-10-02T12:00:00Z",
        &["10-02 15:45", "10-03 15:30", "10-04 15:15"],
    ),
    // São Paulo: midnight itself was skipped on 2018-11-04, from UTC-3 to UTC-2.
    (
        "America/Sao_Paulo",
        DAILY,
        "00:00",
        "2018-11-03T12:00:00Z",
        &["11-04 03:00", "11-05 02:00"],
    ),
    (
        "America/Sao_Paulo",
        DAILY,
        "00:30",
        "2018-11-03T12:00:00Z",
        &["11-04 03:00", "11-05 02:30"],
    ),
    // Apia had no 2011-12-30; that day's run was with the first moment of the 31st, from UTC-10 to UTC+14.
    (
        "Pacific/Apia",
        DAILY,
        "08:00",
        "2011-12-29T12:00:00Z",
        &["12-29 18:00", "12-30 10:00", "12-30 18:00", "12-31 18:00"],
    ),
    (
        "Pacific/Apia",
        DAILY,
        "00:00",
        "2011-12-29T09:00:00Z",
        &["12-29 10:00", "12-30 10:00", "12-31 10:00"],
    ),
    // Months without the day have their run on their last.
    (
        "America/New_York",
        Frequency::Monthly(31),
        "08:00",
        "2026-01-31T13:00:00Z",
        &["02-28 13:00", "03-31 12:00", "04-30 12:00"],
    ),
    (
        "America/New_York",
        Frequency::Monthly(30),
        "23:59:59",
        "2028-01-31T12:00:00Z",
        &["03-01 04:59:59", "03-31 03:59:59"],
    ),
    (
        "UTC",
        Frequency::Monthly(29),
        "00:00",
        "2027-02-01T00:00:00Z",
        &["02-28 00:00", "03-29 00:00"],
    ),
    (
        "UTC",
        Frequency::Monthly(29),
        "00:00",
        "2028-02-01T00:00:00Z",
        &["02-29 00:00", "03-29 00:00"],
    ),
];

#[test]
fn runs_are_those_worked_out_by_hand() {
    for (zone, frequency, time, after, expected) in TABLE {
        let schedule = Schedule {
            frequency,
            time: TimeOfDay::parse(time).expect("a time"),
            zone: Zone::parse(zone).expect("a zone"),
        };
        let after = Moment::parse(after).expect("a moment");
        let runs = schedule.runs_after(after).take(expected.len());
        let runs: Vec<String> = runs.map(|run| short(&run.to_string())).collect();
        assert_eq!(runs, expected, "{schedule:?} after {after}");
    }
}

/// Without the year, the zone, and seconds that are zero.
fn short(moment: &str) -> String {
    let moment = moment.strip_suffix("+00").expect("UTC");
    let moment = moment.strip_suffix(":00").unwrap_or(moment);
    moment.get(5..).expect("a year").to_owned()
}

#[test]
fn the_end_of_the_calendar_ends_the_runs() {
    let schedule = |frequency| Schedule {
        frequency,
        time: TimeOfDay::DEFAULT,
        zone: Zone::utc(),
    };
    let late = Moment::parse("9999-12-30T08:00:00Z").expect("a moment");
    let runs: Vec<String> = schedule(DAILY)
        .runs_after(late)
        .map(|run| run.to_string())
        .collect();
    assert_eq!(runs, ["9999-12-31 08:00:00+00"]);
    for frequency in [SUNDAYS, Frequency::Monthly(1)] {
        assert_eq!(schedule(frequency).next_after(late), None);
    }
    let first = Moment::parse("0001-01-01T00:00:00Z").expect("a moment");
    let next = schedule(DAILY).next_after(first).expect("a run");
    assert_eq!(next.to_string(), "0001-01-01 08:00:00+00");
}

#[test]
fn json_has_the_defaults_of_the_table() {
    let read = |text: &str| Schedule::from_json(text, &Limits::default());
    let daily = read(r#"{"frequency": "daily", "day_of_week": null, "time_of_day": null}"#);
    let new_york = Zone::parse("America/New_York").expect("a zone");
    let expected = Schedule {
        frequency: DAILY,
        time: TimeOfDay::DEFAULT,
        zone: new_york,
    };
    assert_eq!(daily.expect("a schedule"), expected);
    let monthly = read(
        r#"{"frequency": "monthly", "day_of_month": 31, "time_of_day": "06:30:15", "timezone": "UTC"}"#,
    );
    let expected = Schedule {
        frequency: Frequency::Monthly(31),
        time: TimeOfDay::new(6, 30, 15).expect("a time"),
        zone: Zone::utc(),
    };
    assert_eq!(monthly.expect("a schedule"), expected);
}

#[test]
fn json_is_refused_where_it_says_no_schedule() {
    const WRONG: [(&str, ErrorCode, &str); 9] = [
        ("{}", ErrorCode::MissingField, "schedule.frequency"),
        (
            r#"{"frequency": "hourly"}"#,
            ErrorCode::WrongValue,
            "schedule.frequency",
        ),
        (
            r#"{"frequency": "weekly"}"#,
            ErrorCode::MissingField,
            "schedule.day_of_week",
        ),
        (
            r#"{"frequency": "weekly", "day_of_week": 7}"#,
            ErrorCode::WrongValue,
            "schedule.day_of_week",
        ),
        (
            r#"{"frequency": "monthly", "day_of_month": 0}"#,
            ErrorCode::WrongValue,
            "schedule.day_of_month",
        ),
        (
            r#"{"frequency": "daily", "day_of_month": 3}"#,
            ErrorCode::ScheduleDay,
            "schedule.day_of_month",
        ),
        (
            r#"{"frequency": "daily", "time_of_day": "8:00"}"#,
            ErrorCode::WrongValue,
            "schedule.time_of_day",
        ),
        (
            r#"{"frequency": "daily", "timezone": "New York"}"#,
            ErrorCode::UnknownZone,
            "schedule.timezone",
        ),
        ("[]", ErrorCode::WrongType, "schedule"),
    ];
    for (text, code, path) in WRONG {
        let errors = Schedule::from_json(text, &Limits::default()).expect_err(text);
        let found: Vec<(ErrorCode, String)> = errors
            .iter()
            .map(|error| (error.code(), error.path().to_string()))
            .collect();
        assert_eq!(found, [(code, path.to_owned())], "{text}");
    }
}

#[test]
fn patterns_that_say_no_schedule_are_refused() {
    const WRONG: [(&[&str], ErrorCode, &str); 12] = [
        (&[], ErrorCode::CronSchedule, "cron"),
        (&["* * * * *"], ErrorCode::CronSyntax, "cron[0]"),
        (&["0 8 * *"], ErrorCode::CronSyntax, "cron[0]"),
        (&["0 0 8 * * * *"], ErrorCode::CronSyntax, "cron[0]"),
        (&["0 24 * * *"], ErrorCode::CronSyntax, "cron[0]"),
        (&["60 8 * * *"], ErrorCode::CronSyntax, "cron[0]"),
        (&["0 8 32 * *"], ErrorCode::CronSyntax, "cron[0]"),
        (&["0 8 * * 8"], ErrorCode::CronSyntax, "cron[0]"),
        // Cron skips February here, and a schedule does not.
        (&["0 8 31 * *"], ErrorCode::CronSchedule, "cron"),
        // Cron runs on either day here.
        (&["0 8 1 * 1"], ErrorCode::CronSchedule, "cron"),
        (
            &["0 8 30 1,3-12 *", "1 8 L 2 *"],
            ErrorCode::CronSchedule,
            "cron",
        ),
        (&["0 8 * * 1", "0 8 * * 2"], ErrorCode::CronSchedule, "cron"),
    ];
    for (patterns, code, path) in WRONG {
        let errors = Schedule::from_cron(patterns.iter().copied(), Zone::utc());
        let errors = errors.expect_err("no schedule");
        let found: Vec<(ErrorCode, String)> = errors
            .iter()
            .map(|error| (error.code(), error.path().to_string()))
            .collect();
        assert_eq!(found, [(code, path.to_owned())], "{patterns:?}");
    }
}

fn schedules() -> impl Strategy<Value = Schedule> {
    let frequency = prop_oneof![
        Just(Frequency::Daily),
        (0..7_u8).prop_map(|day| Frequency::Weekly(Weekday::of_number(day).expect("a day"))),
        (1..=31_u8).prop_map(Frequency::Monthly),
    ];
    let time = (0..24_u8, 0..60_u8, 0..60_u8)
        .prop_map(|(hour, minute, second)| TimeOfDay::new(hour, minute, second).expect("a time"));
    let zones = [
        "UTC",
        "America/New_York",
        "Europe/Berlin",
        "Australia/Lord_Howe",
        "Asia/Kathmandu",
    ];
    let zone =
        prop::sample::select(zones.to_vec()).prop_map(|zone| Zone::parse(zone).expect("a zone"));
    (frequency, time, zone).prop_map(|(frequency, time, zone)| Schedule {
        frequency,
        time,
        zone,
    })
}

proptest! {
    #[test]
    fn cron_comes_back(schedule in schedules()) {
        let patterns = schedule.cron();
        let back = Schedule::from_cron(patterns.iter().map(String::as_str), schedule.zone.clone());
        prop_assert_eq!(back.expect("its own patterns"), schedule);
    }

    #[test]
    fn every_period_has_one_run(schedule in schedules(), day in 0..20_000_i32, second in 0..86_400_i64) {
        let epoch = measurand::Date::parse("1990-01-01").expect("a date");
        let date = Grain::Day.shift(epoch, day).expect("a date");
        let hour = second / 3_600;
        let text = format!("{date}T{hour:02}:{:02}:{:02}Z", second / 60 % 60, second % 60);
        let after = Moment::parse(&text).expect("a moment");
        let runs: Vec<Moment> = schedule.runs_after(after).take(14).collect();
        prop_assert!(runs.first().is_some_and(|first| *first > after));
        prop_assert!(runs.is_sorted_by(|one, next| one < next));
        // None is left out and none is doubled: dates of runs follow each other by one period.
        let dates: Vec<_> = runs.iter().map(|run| schedule.zone.date_at(*run)).collect();
        for pair in dates.windows(2) {
            let [one, next] = pair else { continue };
            match schedule.frequency {
                Frequency::Daily => prop_assert_eq!(next.days_since(*one), 1),
                Frequency::Weekly(_) => prop_assert_eq!(next.days_since(*one), 7),
                Frequency::Monthly(day) => {
                    let months = |date: &measurand::Date| i32::from(date.year()) * 12 + i32::from(date.month());
                    prop_assert_eq!(months(next) - months(one), 1);
                    let is_last = Grain::Day.shift(*next, 1).is_some_and(|after| after.day() == 1);
                    let number = i16::from(next.day());
                    prop_assert!(number == i16::from(day) || is_last && number < i16::from(day));
                }
            }
        }
        // None was left out before the first: runs from long before come to the same.
        let long_before = Grain::Day.shift(date, -70).expect("a date");
        let mut from_before = schedule.runs_after(schedule.zone.start_of(long_before));
        prop_assert_eq!(from_before.find(|run| *run > after), runs.first().copied());
    }
}
