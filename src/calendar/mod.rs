//! The calendar: grains, weeks, zones, and the dates that a request is about.
//!
//! In: the words of a request and of a context. Out: [`Grain`], [`Periods`], [`Zone`], [`Preset`]
//! and [`DateRange`]. Guaranteed afterwards: ranges are half-open and in order, and no arithmetic
//! counts hours where the calendar counts days. Codes: `unknown-preset`, `invalid-date`,
//! `range-order`, `unknown-zone`. Next to read: `range.rs`.

mod periods;
mod preset;
mod range;
mod shift;
mod window;
mod zone;

use std::fmt;

use jiff::Span;

pub use periods::{Month, Periods, Weekday};
pub use preset::Preset;
pub use range::{DateRange, DateRangeError, MomentRange};
pub(crate) use shift::Shift;
pub(crate) use window::Window;
pub use zone::Zone;

use crate::value::Date;

/// A calendar unit that dates and moments are grouped by, from fine to coarse.
///
/// The order is by length; a week is finer than a month although months do not consist of weeks, and
/// among those of one length the calendar's own comes first.
///
/// ```
/// use measurand::{Date, Grain, Periods};
/// let date = Date::parse("2026-02-14").ok_or("no date")?;
/// let month = Grain::Month.start(date, Periods::default());
/// assert_eq!(month, Date::parse("2026-02-01"));
/// assert!(Grain::Day.is_finer_than(Grain::Week));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Grain {
    /// An hour; dates have none.
    Hour,
    /// A calendar day, of 23 to 25 hours.
    Day,
    /// Seven days from the [`Weekday`].
    Week,
    /// A calendar month.
    Month,
    /// Three calendar months from January, April, July or October.
    Quarter,
    /// Three months of a fiscal year, the first from the month that a context says.
    FiscalQuarter,
    /// A calendar year.
    Year,
    /// Twelve months from the month that a context says; a calendar year where it says none.
    FiscalYear,
}

impl Grain {
    /// Every grain, from fine to coarse.
    pub const ALL: [Grain; 8] = [
        Grain::Hour,
        Grain::Day,
        Grain::Week,
        Grain::Month,
        Grain::Quarter,
        Grain::FiscalQuarter,
        Grain::Year,
        Grain::FiscalYear,
    ];

    /// The name in catalogs, requests and SQL.
    pub fn as_str(self) -> &'static str {
        match self {
            Grain::Hour => "hour",
            Grain::Day => "day",
            Grain::Week => "week",
            Grain::Month => "month",
            Grain::Quarter => "quarter",
            Grain::FiscalQuarter => "fiscal_quarter",
            Grain::Year => "year",
            Grain::FiscalYear => "fiscal_year",
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
    /// only for a period that starts before 0001-01-01.
    ///
    /// # Source
    /// ISO 8601 for weeks from Monday; other week starts shift the same seven days.
    pub fn start(self, date: Date, periods: Periods) -> Option<Date> {
        let day = date.civil();
        Date::from_civil(match self {
            Grain::Hour | Grain::Day => day,
            Grain::Week => {
                let weekday = i64::from(day.weekday().to_monday_zero_offset());
                let into =
                    (weekday - i64::from(periods.week_start.days_after_monday())).rem_euclid(7);
                day.checked_sub(days(into)?).ok()?
            }
            Grain::Month => day.first_of_month(),
            Grain::Quarter | Grain::FiscalQuarter | Grain::Year | Grain::FiscalYear => {
                let into_year = i64::from(day.month()) - 1;
                let (length, begins) = match self {
                    Grain::Quarter => (3, 0),
                    Grain::FiscalQuarter => (3, periods.months_before_fiscal_year()),
                    Grain::Year => (12, 0),
                    _ => (12, periods.months_before_fiscal_year()),
                };
                let into = (into_year - i64::from(begins)).rem_euclid(length);
                day.first_of_month().checked_sub(months(into)?).ok()?
            }
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
            Grain::Quarter | Grain::FiscalQuarter => months(count * 3)?,
            Grain::Year | Grain::FiscalYear => months(count * 12)?,
        };
        Date::from_civil(date.civil().checked_add(span).ok()?)
    }
}

/// The day with a number in the month of a date, or its last where the month has no such day.
pub(crate) fn day_of_month(date: Date, day: u8) -> Option<Date> {
    let last = date.civil().days_in_month();
    let day = i8::try_from(day).unwrap_or(last).clamp(1, last);
    Date::new(date.year(), date.month(), day)
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
