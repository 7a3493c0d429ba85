//! Windows: how far a number reaches back from the end of a period (R19).

use super::{Grain, Periods, Shift, Zone};
use crate::value::{Date, Moment, Timestamp};

/// How far back from the end of a period the rows lie that a number is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Window {
    /// Since ever.
    Cumulative,
    /// So many periods.
    Rolling { count: i32, grain: Grain },
    /// To the start of the period that the last day lies in.
    ToDate(Grain),
}

impl Window {
    /// The first date of the window that ends before a date: none since ever, and the first of the
    /// calendar where it would begin before that.
    ///
    /// Months are counted from the last day of the window, and a last day that ends its month takes whole
    /// months: the month up to March 31 begins on March 1, and so does the one up to March 30 of a year
    /// whose February has 28 days.
    pub(crate) fn first(self, until: Date, periods: Periods) -> Option<Date> {
        let first = match self {
            Window::Cumulative => return None,
            Window::Rolling { count, grain } => {
                Shift::back(count, grain).and_then(|shift| shift.end(until))
            }
            Window::ToDate(grain) => {
                let last = Grain::Day.shift(until, -1);
                last.and_then(|last| grain.start(last, periods))
            }
        };
        Some(first.unwrap_or(Date::MIN))
    }

    /// The same for a window that ends at a time of a day, not necessarily at its start.
    pub(crate) fn first_time(self, until: Timestamp, periods: Periods) -> Option<Timestamp> {
        if until == Timestamp::midnight(until.date()) {
            return self.first(until.date(), periods).map(Timestamp::midnight);
        }
        Some(match self {
            Window::Cumulative => return None,
            Window::Rolling { count, grain } => {
                let date = Shift::back(count, grain).and_then(|shift| shift.date(until.date()));
                date.map_or(Timestamp::midnight(Date::MIN), |date| until.on(date))
            }
            Window::ToDate(grain) => {
                let first = grain.start(until.date(), periods);
                Timestamp::midnight(first.unwrap_or(Date::MIN))
            }
        })
    }

    /// The same by the clocks of a zone.
    pub(crate) fn first_moment(
        self,
        until: Moment,
        zone: &Zone,
        periods: Periods,
    ) -> Option<Moment> {
        let last = zone.date_at(until);
        if until == zone.start_of(last) {
            return self.first(last, periods).map(|first| zone.start_of(first));
        }
        let first = self.first_time(zone.time_at(until), periods)?;
        Some(match first == Timestamp::midnight(first.date()) {
            true => zone.start_of(first.date()),
            false => zone.moment_near(first),
        })
    }
}
