//! Where the periods of a calendar begin: weeks on a day, fiscal years in a month.

use std::fmt;

use super::Grain;
use crate::value::Date;

/// Where the periods begin that calendars do not agree on.
///
/// ```
/// use measurand::{Date, Grain, Month, Periods};
/// let periods = Periods { fiscal_year_start: Month::April, ..Periods::default() };
/// let date = Date::parse("2026-02-14").ok_or("no date")?;
/// assert_eq!(Grain::FiscalYear.start(date, periods), Date::parse("2025-04-01"));
/// assert_eq!(Grain::FiscalQuarter.start(date, periods), Date::parse("2026-01-01"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Periods {
    /// The first day of a week.
    pub week_start: Weekday,
    /// The first month of a fiscal year.
    pub fiscal_year_start: Month,
}

impl Periods {
    /// The months of a calendar year before the first of a fiscal one, 0 to 11.
    pub(crate) fn months_before_fiscal_year(self) -> u8 {
        self.fiscal_year_start.number() - 1
    }

    /// The months of a calendar quarter before the first of a fiscal one, 0 to 2.
    pub(crate) fn months_before_fiscal_quarter(self) -> u8 {
        self.months_before_fiscal_year() % 3
    }
}

/// A month of the year.
///
/// ```
/// use measurand::Month;
/// assert_eq!(Month::parse("april"), Some(Month::April));
/// assert_eq!(Month::April.number(), 4);
/// assert_eq!(Month::parse("Apr"), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Month {
    /// January.
    #[default]
    January,
    /// February.
    February,
    /// March.
    March,
    /// April.
    April,
    /// May.
    May,
    /// June.
    June,
    /// July.
    July,
    /// August.
    August,
    /// September.
    September,
    /// October.
    October,
    /// November.
    November,
    /// December.
    December,
}

impl Month {
    /// Every month, in order.
    pub const ALL: [Month; 12] = [
        Month::January,
        Month::February,
        Month::March,
        Month::April,
        Month::May,
        Month::June,
        Month::July,
        Month::August,
        Month::September,
        Month::October,
        Month::November,
        Month::December,
    ];

    /// The English name in lower case.
    pub fn as_str(self) -> &'static str {
        match self {
            Month::January => "january",
            Month::February => "february",
            Month::March => "march",
            Month::April => "april",
            Month::May => "may",
            Month::June => "june",
            Month::July => "july",
            Month::August => "august",
            Month::September => "september",
            Month::October => "october",
            Month::November => "november",
            Month::December => "december",
        }
    }

    /// The month with this English name in lower case.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|month| month.as_str() == name)
    }

    /// The number, 1 to 12.
    pub fn number(self) -> u8 {
        self as u8 + 1
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A day of the week. Weeks begin on Monday unless a context says otherwise.
///
/// ```
/// use measurand::Weekday;
/// assert_eq!(Weekday::parse("sunday"), Some(Weekday::Sunday));
/// assert_eq!(Weekday::Sunday.days_after_monday(), 6);
/// assert_eq!(Weekday::parse("Sun"), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Weekday {
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

impl Weekday {
    /// Every day, from Monday.
    pub const ALL: [Weekday; 7] = [
        Weekday::Monday,
        Weekday::Tuesday,
        Weekday::Wednesday,
        Weekday::Thursday,
        Weekday::Friday,
        Weekday::Saturday,
        Weekday::Sunday,
    ];

    /// The English name in lower case.
    pub fn as_str(self) -> &'static str {
        match self {
            Weekday::Monday => "monday",
            Weekday::Tuesday => "tuesday",
            Weekday::Wednesday => "wednesday",
            Weekday::Thursday => "thursday",
            Weekday::Friday => "friday",
            Weekday::Saturday => "saturday",
            Weekday::Sunday => "sunday",
        }
    }

    /// The day with this English name in lower case.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|day| day.as_str() == name)
    }

    /// How many days after Monday it is, 0 to 6.
    pub fn days_after_monday(self) -> u8 {
        self as u8
    }

    /// The number that schedules and cron have for it: 0 for Sunday to 6 for Saturday.
    pub fn number(self) -> u8 {
        (self.days_after_monday() + 1) % 7
    }

    /// The day with this number.
    pub fn of_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|day| day.number() == number)
    }

    /// The first date from a date on that is this day; `None` where the calendar ends before it.
    pub(crate) fn on_or_after(self, date: Date) -> Option<Date> {
        let today = date.civil().weekday().to_monday_zero_offset();
        let ahead = (i32::from(self.days_after_monday()) - i32::from(today)).rem_euclid(7);
        Grain::Day.shift(date, ahead)
    }
}

impl fmt::Display for Weekday {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
