//! Ranges of days by name, and the day that a clock shows, worked out again from the rules.

use crate::reference::model::Shift;
use crate::reference::value::{Periods, civil, days_of, start};

/// A range as a request says it (R13).
#[derive(Debug, Clone, Copy)]
pub enum Range {
    /// First and last day.
    Days(Option<i64>, Option<i64>),
    /// `this_month`, `today`.
    This(&'static str),
    /// `last_3_months`, `last_week`, `yesterday`.
    Last(i64, &'static str),
    /// `last_7_days`.
    LastDays(i64),
    /// `month_to_date`.
    ToDate(&'static str),
}

/// What a context says of time.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    /// Seconds since 1970-01-01 in UTC.
    pub now: i64,
    pub zone: Zone,
    pub periods: Periods,
}

impl Range {
    /// The first and the last day.
    pub fn days(self, clock: Clock) -> (Option<i64>, Option<i64>) {
        let today = clock.zone.day(clock.now);
        let first = |grain: &str, later: i64| {
            let (year, month, _) = civil(start(today, grain, clock.periods));
            let months = |count: i64| {
                let at = year * 12 + month - 1 + count * later;
                days_of(at.div_euclid(12), at.rem_euclid(12) + 1, 1)
            };
            match grain {
                "day" => today + later,
                "week" => start(today, grain, clock.periods) + 7 * later,
                "month" => months(1),
                "quarter" | "fiscal_quarter" => months(3),
                _ => months(12),
            }
        };
        match self {
            Self::Days(from, to) => (from, to),
            Self::This(grain) => (Some(first(grain, 0)), Some(first(grain, 1) - 1)),
            Self::Last(count, grain) => (Some(first(grain, -count)), Some(first(grain, 0) - 1)),
            Self::LastDays(count) => (Some(today - count + 1), Some(today)),
            Self::ToDate(grain) => (Some(first(grain, 0)), Some(today)),
        }
    }

    /// The way back to the period right before: of whole months by months, of a part of a period by the
    /// whole period, of anything else by days. There is none before a range without an end (R18).
    pub fn before(self, clock: Clock) -> Option<Shift> {
        let months = |months| Some(Shift { months, days: 0 });
        match self {
            Self::ToDate("week") => return Some(Shift { months: 0, days: 7 }),
            Self::ToDate("month") => return months(1),
            Self::ToDate("quarter" | "fiscal_quarter") => return months(3),
            Self::ToDate(_) => return months(12),
            _ => {}
        }
        let (from, to) = self.days(clock);
        let (from, until) = (from?, to? + 1);
        let [first, last] = [from, until].map(civil);
        match (first, last) {
            ((year, month, 1), (last_year, last_month, 1)) => {
                months((last_year - year) * 12 + last_month - month)
            }
            _ => Some(Shift {
                months: 0,
                days: until - from,
            }),
        }
    }

    /// The name of a preset.
    pub fn preset(self) -> Option<String> {
        Some(match self {
            Self::Days(..) => return None,
            Self::This("day") => "today".to_owned(),
            Self::This(grain) => format!("this_{grain}"),
            Self::Last(1, "day") => "yesterday".to_owned(),
            Self::Last(1, grain) => format!("last_{grain}"),
            Self::Last(count, grain) => format!("last_{count}_{grain}s"),
            Self::LastDays(count) => format!("last_{count}_days"),
            Self::ToDate(grain) => format!("{grain}_to_date"),
        })
    }
}

/// A zone by name: so many minutes ahead of UTC, an hour more in the summer of the United States.
///
/// # Source
/// United States Code, title 15, section 260a: from the second Sunday of March to the first Sunday of
/// November, at two o'clock by the clock in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Zone {
    pub name: &'static str,
    pub minutes: i64,
    pub has_summer: bool,
}

impl Zone {
    /// The day that a clock in the zone shows at a moment, given in seconds since 1970-01-01 in UTC.
    pub fn day(self, moment: i64) -> i64 {
        const HOUR: i64 = 3_600;
        let standard = moment + self.minutes * 60;
        let (year, _, _) = civil(standard.div_euclid(24 * HOUR));
        let sundays = Periods {
            week: 6,
            fiscal_year: 0,
        };
        let sunday = |month, day| start(days_of(year, month, day) + 6, "week", sundays) * 24 * HOUR;
        let summer = sunday(3, 8) + 2 * HOUR..sunday(11, 1) + HOUR;
        let ahead = i64::from(self.has_summer && summer.contains(&standard));
        (standard + ahead * HOUR).div_euclid(24 * HOUR)
    }
}
