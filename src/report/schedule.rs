//! Schedules: when a report runs next, on the clocks of a place.

use std::fmt;

use crate::calendar::{Grain, Weekday, Zone, day_of_month};
use crate::error::{Error, Errors, Help, ReadError, ReportError};
use crate::json::{Bound, Document, Node, Object};
use crate::limits::Limits;
use crate::value::{Date, Moment, Timestamp};

/// When a report runs: daily, weekly or monthly, at a time that clocks in a zone show.
///
/// Every day, week or month has one run. Where clocks skip the time, the run is at the first moment
/// behind the gap; where they show it twice, at the earlier one. A month that is too short for the
/// day has its run on its last day. Runs that fall together are one.
///
/// ```
/// use measurand::report::{Frequency, Schedule, TimeOfDay};
/// use measurand::{Moment, Zone};
///
/// let schedule = Schedule {
///     frequency: Frequency::Monthly(31),
///     time: TimeOfDay::parse("08:00").ok_or("no time")?,
///     zone: Zone::parse("America/New_York").ok_or("no zone")?,
/// };
/// let now = Moment::parse("2026-01-31T13:00:00Z").ok_or("no moment")?;
/// let next = schedule.next_after(now).ok_or("no next run")?;
/// assert_eq!(next.to_string(), "2026-02-28 13:00:00+00");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Source
/// `scheduled_reports` of the report builder, and the schedules of user tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// How often, and on which day.
    pub frequency: Frequency,
    /// The time on the clocks of the zone.
    pub time: TimeOfDay,
    /// Whose clocks.
    pub zone: Zone,
}

/// How often a report runs, and on which day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Frequency {
    /// Every day.
    Daily,
    /// Every week on a day.
    Weekly(Weekday),
    /// Every month on a day from 1 to 31, or on its last where it has no such day. What lies beyond
    /// is taken for the nearest of these.
    Monthly(u8),
}

/// A time that clocks show, to the second.
///
/// ```
/// use measurand::report::TimeOfDay;
/// assert_eq!(TimeOfDay::parse("08:30"), TimeOfDay::new(8, 30, 0));
/// assert_eq!(TimeOfDay::parse("08:30:05").map(|time| time.to_string()).as_deref(), Some("08:30:05"));
/// assert_eq!(TimeOfDay::parse("24:00"), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
// Invariant: a day has it.
pub struct TimeOfDay {
    hour: u8,
    minute: u8,
    second: u8,
}

impl TimeOfDay {
    /// Eight in the morning: what a schedule takes that states no time.
    pub const DEFAULT: TimeOfDay = TimeOfDay {
        hour: 8,
        minute: 0,
        second: 0,
    };

    /// The time, if a day has it: hours to 23, minutes and seconds to 59.
    pub fn new(hour: u8, minute: u8, second: u8) -> Option<Self> {
        (hour < 24 && minute < 60 && second < 60).then_some(Self {
            hour,
            minute,
            second,
        })
    }

    /// Reads `HH:MM` or `HH:MM:SS`, and nothing else.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split(':').map(two_digits);
        let (hour, minute) = (parts.next()??, parts.next()??);
        let second = parts.next().unwrap_or(Some(0))?;
        match parts.next() {
            None => Self::new(hour, minute, second),
            Some(_) => None,
        }
    }

    /// The hour, 0 to 23.
    pub fn hour(self) -> u8 {
        self.hour
    }

    /// The minute, 0 to 59.
    pub fn minute(self) -> u8 {
        self.minute
    }

    /// The second, 0 to 59.
    pub fn second(self) -> u8 {
        self.second
    }

    fn on(self, date: Date) -> Option<Timestamp> {
        let part = |part: u8| i8::try_from(part).ok();
        Timestamp::new(
            date,
            part(self.hour)?,
            part(self.minute)?,
            part(self.second)?,
            0,
        )
    }
}

impl Default for TimeOfDay {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}:{:02}", self.hour, self.minute, self.second)
    }
}

fn two_digits(text: &str) -> Option<u8> {
    let is_plain = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    is_plain.then(|| text.parse().ok()).flatten()
}

/// The zone of a schedule that states none, as `scheduled_reports` has it.
const DEFAULT_ZONE: &str = "America/New_York";

/// Runs of days before this many are over: no clocks have been moved by more than a day.
const DAYS_BACK: i32 = -2;

impl Schedule {
    /// Reads a schedule: `frequency` (`daily`, `weekly`, `monthly`), `day_of_week` (0, which is
    /// Sunday, to 6) of a weekly and `day_of_month` (1 to 31) of a monthly one, `time_of_day`
    /// (`08:00` where absent) and `timezone` (`America/New_York` where absent).
    ///
    /// ```
    /// use measurand::Limits;
    /// use measurand::report::Schedule;
    ///
    /// let text = r#"{"frequency": "weekly", "day_of_week": 1, "timezone": "Europe/Berlin"}"#;
    /// let schedule = Schedule::from_json(text, &Limits::default())?;
    /// assert_eq!(schedule.cron(), ["0 0 8 * * 1"]);
    /// # Ok::<(), measurand::Errors>(())
    /// ```
    ///
    /// # Errors
    /// `json-syntax`, `limit-exceeded`, `unknown-field`, `duplicate-field`, `missing-field`,
    /// `wrong-type`, `wrong-value`, `schedule-day`, `unknown-zone`.
    pub fn from_json(text: &str, limits: &Limits) -> Result<Self, Errors> {
        let bytes = Bound {
            limit: "request_bytes",
            bound: limits.request_bytes,
        };
        let document = Document::read("schedule", text, bytes, limits.json_depth)?;
        let schedule = read(&document.root());
        // A schedule is only given up over something that has been reported.
        let missing = ReadError::MissingField { field: "frequency" };
        let nothing = Error::new(document.root().at().path(), missing);
        document.finish(schedule)?.ok_or_else(|| nothing.into())
    }

    /// The first run after a moment; `None` where the calendar ends before it.
    pub fn next_after(&self, moment: Moment) -> Option<Moment> {
        let around = self.zone.date_at(moment);
        let from = Grain::Day.shift(around, DAYS_BACK).unwrap_or(Date::MIN);
        let mut dates = self.dates_from(from);
        dates.find_map(|date| {
            let run = self.zone.first_at(self.time.on(date)?);
            (run > moment).then_some(run)
        })
    }

    /// The runs after a moment, one after the other.
    ///
    /// ```
    /// use measurand::report::{Frequency, Schedule, TimeOfDay};
    /// use measurand::{Moment, Zone};
    ///
    /// // In Berlin the clocks go from 02:00 to 03:00 on 2026-03-29.
    /// let schedule = Schedule {
    ///     frequency: Frequency::Daily,
    ///     time: TimeOfDay::parse("02:30").ok_or("no time")?,
    ///     zone: Zone::parse("Europe/Berlin").ok_or("no zone")?,
    /// };
    /// let start = Moment::parse("2026-03-28T00:00:00Z").ok_or("no moment")?;
    /// let runs: Vec<String> = schedule.runs_after(start).take(3).map(|run| run.to_string()).collect();
    /// assert_eq!(runs, ["2026-03-28 01:30:00+00", "2026-03-29 01:00:00+00", "2026-03-30 00:30:00+00"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn runs_after(&self, moment: Moment) -> impl Iterator<Item = Moment> {
        let first = self.next_after(moment);
        std::iter::successors(first, |run| self.next_after(*run))
    }

    /// The dates of the runs of the day, week or month that a date lies in, and of those behind it.
    fn dates_from(&self, from: Date) -> impl Iterator<Item = Date> {
        let frequency = self.frequency;
        let (start, grain) = match frequency {
            Frequency::Daily => (Some(from), Grain::Day),
            Frequency::Weekly(day) => (day.on_or_after(from), Grain::Week),
            Frequency::Monthly(_) => (day_of_month(from, 1), Grain::Month),
        };
        let each = std::iter::successors(start, move |date| grain.shift(*date, 1));
        each.filter_map(move |date| match frequency {
            Frequency::Monthly(day) => day_of_month(date, day),
            Frequency::Daily | Frequency::Weekly(_) => Some(date),
        })
    }
}

fn read(root: &Node<'_>) -> Option<Schedule> {
    let object = root.object()?;
    let schedule = schedule(&object, UnstatedDay::Missing);
    object.finish();
    schedule
}

/// What becomes of a weekly or monthly schedule that does not say on which day.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum UnstatedDay {
    /// The day is missing.
    Missing,
    /// It runs on Mondays, or on the first of the month.
    First,
}

/// The schedule that an object states, beside whatever else it says.
pub(super) fn schedule(object: &Object<'_>, unstated: UnstatedDay) -> Option<Schedule> {
    let kind = match object.required("frequency") {
        Some(node) => node.word(&[
            ("daily", Kind::Daily),
            ("weekly", Kind::Weekly),
            ("monthly", Kind::Monthly),
        ]),
        None => None,
    };
    let weekday = day(object, "day_of_week", 0..=6);
    let month_day = day(object, "day_of_month", 1..=31);
    let frequency = kind.and_then(|kind| frequency(object, kind, weekday, month_day, unstated));
    let time = match object.get("time_of_day") {
        Some(node) => time(&node),
        None => Some(TimeOfDay::DEFAULT),
    };
    let zone = match object.get("timezone") {
        Some(node) => zone(&node),
        None => Zone::parse(DEFAULT_ZONE),
    };
    Some(Schedule {
        frequency: frequency?,
        time: time?,
        zone: zone?,
    })
}

#[derive(Clone, Copy)]
enum Kind {
    Daily,
    Weekly,
    Monthly,
}

/// A day that a frequency has must be there, and one that it has not may not.
fn frequency(
    object: &Object<'_>,
    kind: Kind,
    weekday: Option<u8>,
    month_day: Option<u8>,
    unstated: UnstatedDay,
) -> Option<Frequency> {
    let other = |field: &'static str, day: Option<u8>| {
        let error = ReportError::ScheduleDay { field };
        if day.is_some() {
            object.report(Error::new(object.at().key(field).path(), error));
        }
    };
    let needed = |field: &'static str, day: Option<u8>| {
        if day.is_some() || object.get(field).is_some() {
            return day;
        }
        match unstated {
            // Monday and the first are the same number.
            UnstatedDay::First => Some(1),
            UnstatedDay::Missing => {
                object.missing(field);
                None
            }
        }
    };
    match kind {
        Kind::Daily => {
            other("day_of_week", weekday);
            other("day_of_month", month_day);
            Some(Frequency::Daily)
        }
        Kind::Weekly => {
            other("day_of_month", month_day);
            let day = needed("day_of_week", weekday)?;
            Weekday::of_number(day).map(Frequency::Weekly)
        }
        Kind::Monthly => {
            other("day_of_week", weekday);
            needed("day_of_month", month_day).map(Frequency::Monthly)
        }
    }
}

fn day(object: &Object<'_>, field: &'static str, days: std::ops::RangeInclusive<u8>) -> Option<u8> {
    let node = object.get(field)?;
    let number = node.integer()?;
    let day = u8::try_from(number).ok().filter(|day| days.contains(day));
    if day.is_none() {
        let subject = number.to_string();
        let help = format!("write a day from {} to {}", days.start(), days.end());
        node.report_with_help(ReadError::WrongValue { subject }, Help::advice(help));
    }
    day
}

fn time(node: &Node<'_>) -> Option<TimeOfDay> {
    let text = node.text()?;
    let time = TimeOfDay::parse(&text);
    if time.is_none() {
        let subject = "this time".to_owned();
        let help = Help::advice("write `HH:MM` or `HH:MM:SS`");
        node.report_with_help(ReadError::WrongValue { subject }, help);
    }
    time
}

fn zone(node: &Node<'_>) -> Option<Zone> {
    let text = node.text()?;
    let zone = Zone::parse(&text);
    if zone.is_none() {
        let path = node.at().path();
        node.document().report(Zone::unknown(&text, path));
    }
    zone
}
