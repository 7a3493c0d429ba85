//! The cron form of schedules, and back.

use std::ops::RangeInclusive;

use super::schedule::{Frequency, Schedule, TimeOfDay};
use crate::calendar::{Weekday, Zone};
use crate::error::{Error, Errors, Findings, Help, ReportError};
use crate::path::At;

/// The days of a month that some months lack.
const SHORT_OF: RangeInclusive<u8> = 29..=31;

/// One more than a schedule has, so that there are too many.
const MAX_PATTERNS: usize = 3;

/// The names of days that patterns may have for their numbers, from Sunday.
const DAY_NAMES: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

impl Schedule {
    /// The schedule as cron patterns of six fields, from seconds to days of the week, for a scheduler
    /// that is told the zone beside them.
    ///
    /// There are two patterns for the 29th and the 30th of a month, since cron skips a month that is
    /// too short: the second is for February. `L` is the last day of a month, which most schedulers
    /// know beyond the classic crontab. What happens at times that clocks skip or show twice is the
    /// scheduler's affair; [`next_after`](Schedule::next_after) says what a schedule means.
    ///
    /// ```
    /// use measurand::report::{Frequency, Schedule, TimeOfDay};
    /// use measurand::{Weekday, Zone};
    ///
    /// let cron = |frequency| Schedule { frequency, time: TimeOfDay::DEFAULT, zone: Zone::utc() }.cron();
    /// assert_eq!(cron(Frequency::Daily), ["0 0 8 * * *"]);
    /// assert_eq!(cron(Frequency::Weekly(Weekday::Monday)), ["0 0 8 * * 1"]);
    /// assert_eq!(cron(Frequency::Monthly(1)), ["0 0 8 1 * *"]);
    /// assert_eq!(cron(Frequency::Monthly(30)), ["0 0 8 30 1,3-12 *", "0 0 8 L 2 *"]);
    /// assert_eq!(cron(Frequency::Monthly(31)), ["0 0 8 L * *"]);
    /// ```
    pub fn cron(&self) -> Vec<String> {
        let (second, minute, hour) = (self.time.second(), self.time.minute(), self.time.hour());
        let pattern = |days: &str| format!("{second} {minute} {hour} {days}");
        match self.frequency {
            Frequency::Daily => vec![pattern("* * *")],
            Frequency::Weekly(day) => vec![pattern(&format!("* * {}", day.number()))],
            Frequency::Monthly(day) => match day.clamp(1, 31) {
                31 => vec![pattern("L * *")],
                day if SHORT_OF.contains(&day) => {
                    vec![pattern(&format!("{day} 1,3-12 *")), pattern("L 2 *")]
                }
                day => vec![pattern(&format!("{day} * *"))],
            },
        }
    }

    /// The schedule that cron patterns say, of five or six fields.
    ///
    /// Days of the week are numbers from 0 to 7, Sunday being either end, or the first three letters of
    /// their names; `?` is taken for `*`.
    ///
    /// ```
    /// use measurand::report::{Frequency, Schedule};
    /// use measurand::{Weekday, Zone};
    ///
    /// let schedule = Schedule::from_cron(["30 6 * * FRI"], Zone::utc())?;
    /// assert_eq!(schedule.frequency, Frequency::Weekly(Weekday::Friday));
    /// assert_eq!(schedule.cron(), ["0 30 6 * * 5"]);
    /// assert!(Schedule::from_cron(["*/5 * * * *"], Zone::utc()).is_err());
    /// # Ok::<(), measurand::Errors>(())
    /// ```
    ///
    /// # Errors
    /// `cron-syntax` where a field holds what no schedule has in it, `cron-schedule` where the fields
    /// together are those of no schedule: a day from 29 to 31 alone, which cron skips where a month
    /// lacks it and a schedule does not.
    pub fn from_cron<'a>(
        patterns: impl IntoIterator<Item = &'a str>,
        zone: Zone,
    ) -> Result<Self, Errors> {
        let mut findings = Findings::default();
        let mut read = Vec::new();
        for (index, pattern) in patterns.into_iter().take(MAX_PATTERNS).enumerate() {
            match Pattern::read(pattern) {
                Ok(pattern) => read.push(pattern),
                Err(error) => {
                    let path = At::root("cron").index(index).path();
                    findings.push(Error::new(path, error));
                }
            }
        }
        let read = findings.finish(read)?;
        let (frequency, time) = schedule(&read).ok_or_else(|| {
            let error = Error::new(At::root("cron").path(), ReportError::CronSchedule);
            error.with_help(Help::advice(
                "write one time, and every day, one day of the week or one day of the month; `L` is the last \
                 day of each month, and the 29th and 30th have a second pattern for February",
            ))
        })?;
        Ok(Schedule {
            frequency,
            time,
            zone,
        })
    }
}

/// What one pattern says.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Pattern {
    time: TimeOfDay,
    month_day: MonthDay,
    months: Months,
    weekday: Option<Weekday>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum MonthDay {
    Every,
    Last,
    Number(u8),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Months {
    Every,
    February,
    NotFebruary,
}

impl Pattern {
    fn read(text: &str) -> Result<Self, ReportError> {
        let mut fields: Vec<&str> = text.split_ascii_whitespace().take(7).collect();
        if fields.len() == 5 {
            fields.insert(0, "0");
        }
        let wrong = |expected| ReportError::CronSyntax { expected };
        let [second, minute, hour, month_day, months, weekday] = fields.as_slice() else {
            return Err(wrong("five or six fields"));
        };
        let second = number(second, 0..=59).ok_or(wrong("one second from 0 to 59"))?;
        let minute = number(minute, 0..=59).ok_or(wrong("one minute from 0 to 59"))?;
        let hour = number(hour, 0..=23).ok_or(wrong("one hour from 0 to 23"))?;
        let month_day = match *month_day {
            "*" | "?" => MonthDay::Every,
            "L" => MonthDay::Last,
            day => {
                let day = number(day, 1..=31).ok_or(wrong("`*`, `L` or one day of the month"))?;
                MonthDay::Number(day)
            }
        };
        let months = match *months {
            "*" => Months::Every,
            "2" => Months::February,
            "1,3-12" => Months::NotFebruary,
            _ => return Err(wrong("`*` for the months")),
        };
        let weekday = match *weekday {
            "*" | "?" => None,
            day => Some(weekday_of(day).ok_or(wrong("`*` or one day of the week"))?),
        };
        let time = TimeOfDay::new(hour, minute, second).ok_or(wrong("one hour from 0 to 23"))?;
        Ok(Self {
            time,
            month_day,
            months,
            weekday,
        })
    }
}

/// A number of one or two digits, in a range.
fn number(text: &str, range: RangeInclusive<u8>) -> Option<u8> {
    let is_plain = (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = is_plain.then(|| text.parse().ok()).flatten()?;
    range.contains(&number).then_some(number)
}

fn weekday_of(text: &str) -> Option<Weekday> {
    let named = DAY_NAMES
        .iter()
        .position(|name| name.eq_ignore_ascii_case(text));
    match named {
        Some(at) => Weekday::of_number(u8::try_from(at).ok()?),
        None => Weekday::of_number(number(text, 0..=7)? % 7),
    }
}

/// The schedule that has these patterns.
fn schedule(patterns: &[Pattern]) -> Option<(Frequency, TimeOfDay)> {
    let (first, others) = patterns.split_first()?;
    let february = Pattern {
        month_day: MonthDay::Last,
        months: Months::February,
        weekday: None,
        ..*first
    };
    let frequency = match (first.month_day, first.months, first.weekday, others) {
        (MonthDay::Every, Months::Every, None, []) => Frequency::Daily,
        (MonthDay::Every, Months::Every, Some(day), []) => Frequency::Weekly(day),
        (MonthDay::Last, Months::Every, None, []) => Frequency::Monthly(31),
        (MonthDay::Number(day), Months::Every, None, []) if !SHORT_OF.contains(&day) => {
            Frequency::Monthly(day)
        }
        (MonthDay::Number(day @ 29..=30), Months::NotFebruary, None, [other])
            if *other == february =>
        {
            Frequency::Monthly(day)
        }
        _ => return None,
    };
    Some((frequency, first.time))
}
