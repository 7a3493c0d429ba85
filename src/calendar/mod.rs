//! The calendar: grains, weeks, zones, and the dates that a request is about.
//!
//! In: the words of a request and of a context. Out: [`Grain`], [`WeekStart`], [`Zone`], [`Preset`]
//! and [`DateRange`]. Guaranteed afterwards: ranges are half-open and in order, and no arithmetic
//! counts hours where the calendar counts days. Codes: `unknown-preset`, `invalid-date`,
//! `range-order`, `unknown-zone`. Next to read: `range.rs`.

mod preset;
mod range;
mod shift;
mod zone;

use std::fmt;

use jiff::Span;
use jiff::civil;

pub use preset::Preset;
pub use range::{DateRange, DateRangeError, MomentRange};
pub(crate) use shift::Shift;
pub use zone::Zone;

use crate::value::Date;

/// A calendar unit that dates and moments are grouped by, from fine to coarse.
///
/// The order is by length; a week is finer than a month although months do not consist of weeks.
///
/// ```
/// use measurand::{Date, Grain, WeekStart};
/// let date = Date::parse("2026-02-14").ok_or("no date")?;
/// let month = Grain::Month.start(date, WeekStart::Monday);
/// assert_eq!(month, Date::parse("2026-02-01"));
/// assert!(Grain::Day.is_finer_than(Grain::Week));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Grain {
    /// An hour; dates have none.
    Hour,
    /// A calendar day, of 23 to 25 hours.
    Day,
    /// Seven days from the [`WeekStart`].
    Week,
    /// A calendar month.
    Month,
    /// Three calendar months from January, April, July or October.
    Quarter,
    /// A calendar year.
    Year,
}

impl Grain {
    /// Every grain, from fine to coarse.
    pub const ALL: [Grain; 6] = [
        Grain::Hour,
        Grain::Day,
        Grain::Week,
        Grain::Month,
        Grain::Quarter,
        Grain::Year,
    ];

    /// The name in catalogs, requests and SQL.
    pub fn as_str(self) -> &'static str {
        match self {
            Grain::Hour => "hour",
            Grain::Day => "day",
            Grain::Week => "week",
            Grain::Month => "month",
            Grain::Quarter => "quarter",
            Grain::Year => "year",
        }
    }

    /// The grain with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|grain| grain.as_str() == name)
    }

    /// Whether this grain is shorter than the other.
    pub fn is_finer_than(self, other: Grain) -> bool {
        self < other
    }

    /// The first date of the period that a date lies in; the date itself for hours and days. `None`
    /// only for the week that starts before 0001-01-01.
    ///
    /// # Source
    /// ISO 8601 for weeks from Monday; other week starts shift the same seven days.
    pub fn start(self, date: Date, week_start: WeekStart) -> Option<Date> {
        let day = date.civil();
        Date::from_civil(match self {
            Grain::Hour | Grain::Day => day,
            Grain::Week => {
                let weekday = i64::from(day.weekday().to_monday_zero_offset());
                let into = (weekday - i64::from(week_start.days_after_monday())).rem_euclid(7);
                day.checked_sub(days(into)?).ok()?
            }
            Grain::Month => day.first_of_month(),
            Grain::Quarter => {
                let month = (day.month() - 1) / 3 * 3 + 1;
                civil::Date::new(day.year(), month, 1).ok()?
            }
            Grain::Year => day.first_of_year(),
        })
    }

    /// The date so many periods later, or earlier if `count` is negative. Where the month has no such
    /// day, its last day: a month after January 31 is the last day of February, a year after a leap
    /// day is February 28. Hours leave the date as it is. `None` beyond the years 0001 to 9999.
    ///
    /// ```
    /// use measurand::{Date, Grain};
    /// let date = Date::parse("2024-01-31").ok_or("no date")?;
    /// assert_eq!(Grain::Month.shift(date, 1), Date::parse("2024-02-29"));
    /// assert_eq!(Grain::Week.shift(date, -1), Date::parse("2024-01-24"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn shift(self, date: Date, count: i32) -> Option<Date> {
        let count = i64::from(count);
        let span = match self {
            Grain::Hour => return Some(date),
            Grain::Day => days(count)?,
            Grain::Week => days(count * 7)?,
            Grain::Month => months(count)?,
            Grain::Quarter => months(count * 3)?,
            Grain::Year => months(count * 12)?,
        };
        Date::from_civil(date.civil().checked_add(span).ok()?)
    }
}

fn days(count: i64) -> Option<Span> {
    Span::new().try_days(count).ok()
}

fn months(count: i64) -> Option<Span> {
    Span::new().try_months(count).ok()
}

impl fmt::Display for Grain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The first day of a week; Monday unless a context says otherwise.
///
/// ```
/// use measurand::WeekStart;
/// assert_eq!(WeekStart::parse("sunday"), Some(WeekStart::Sunday));
/// assert_eq!(WeekStart::Sunday.days_after_monday(), 6);
/// assert_eq!(WeekStart::parse("Sun"), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum WeekStart {
    /// As in ISO 8601.
    #[default]
    Monday,
    /// Tuesday.
    Tuesday,
    /// Wednesday.
    Wednesday,
    /// Thursday.
    Thursday,
    /// Friday.
    Friday,
    /// Saturday.
    Saturday,
    /// Sunday.
    Sunday,
}

impl WeekStart {
    /// Every day, from Monday.
    pub const ALL: [WeekStart; 7] = [
        WeekStart::Monday,
        WeekStart::Tuesday,
        WeekStart::Wednesday,
        WeekStart::Thursday,
        WeekStart::Friday,
        WeekStart::Saturday,
        WeekStart::Sunday,
    ];

    /// The English name in lower case.
    pub fn as_str(self) -> &'static str {
        match self {
            WeekStart::Monday => "monday",
            WeekStart::Tuesday => "tuesday",
            WeekStart::Wednesday => "wednesday",
            WeekStart::Thursday => "thursday",
            WeekStart::Friday => "friday",
            WeekStart::Saturday => "saturday",
            WeekStart::Sunday => "sunday",
        }
    }

    /// The day with this English name in lower case.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|day| day.as_str() == name)
    }

    /// How many days after Monday a week starts, 0 to 6.
    pub fn days_after_monday(self) -> u8 {
        self as u8
    }
}

impl fmt::Display for WeekStart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
