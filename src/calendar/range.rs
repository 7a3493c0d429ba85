//! Date ranges: half-open, in order, and free of the last second of a day.

use std::fmt;

use super::{Grain, Zone};
use crate::error::ResolveError;
use crate::value::{Date, Moment};

/// Dates from `from` up to but not including `until`; an end that is absent does not bound.
///
/// ```
/// use measurand::{Date, DateRange};
/// let january = DateRange::inclusive(Some("2026-01-01"), Some("2026-01-31"))?;
/// assert_eq!(january.from(), Date::parse("2026-01-01"));
/// assert_eq!(january.until(), Date::parse("2026-02-01"));
/// assert_eq!(january.days(), Some(31));
/// # Ok::<(), measurand::DateRangeError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
// Invariant: where both are present, `from` is before `until`.
pub struct DateRange {
    from: Option<Date>,
    until: Option<Date>,
}

/// Moments from `from` up to but not including `until`; an end that is absent does not bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MomentRange {
    /// The first moment.
    pub from: Option<Moment>,
    /// The first moment after the range.
    pub until: Option<Moment>,
}

/// Two dates that are no range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum DateRangeError {
    /// The first date is not a date of the form `YYYY-MM-DD`.
    From,
    /// The last date is not a date of the form `YYYY-MM-DD`.
    To,
    /// The last date is before the first.
    Order,
}

impl DateRange {
    /// The range between two written dates, both included, either of which may be absent.
    ///
    /// After 9999-12-31 there is no date, so a range up to it has no end.
    ///
    /// # Errors
    /// `invalid-date` for a text that is no date, `range-order` for a range that ends before it
    /// starts.
    pub fn inclusive(from: Option<&str>, to: Option<&str>) -> Result<Self, DateRangeError> {
        let read =
            |text: Option<&str>, error| text.map(|text| Date::parse(text).ok_or(error)).transpose();
        let from = read(from, DateRangeError::From)?;
        let to = read(to, DateRangeError::To)?;
        if from.zip(to).is_some_and(|(from, to)| to < from) {
            return Err(DateRangeError::Order);
        }
        Ok(Self::through(from, to))
    }

    /// The range from a date up to but not including another; `None` if it would be empty.
    pub fn half_open(from: Option<Date>, until: Option<Date>) -> Option<Self> {
        let is_empty = from.zip(until).is_some_and(|(from, until)| until <= from);
        (!is_empty).then_some(Self { from, until })
    }

    /// The range between two dates, both included, that are in order.
    fn through(from: Option<Date>, to: Option<Date>) -> Self {
        Self {
            from,
            until: to.and_then(|to| Grain::Day.shift(to, 1)),
        }
    }

    /// The range between two dates that are in order by the way they were found.
    pub(super) fn in_order(from: Option<Date>, until: Option<Date>) -> Self {
        Self { from, until }
    }

    /// The first date.
    pub fn from(self) -> Option<Date> {
        self.from
    }

    /// The first date after the range.
    pub fn until(self) -> Option<Date> {
        self.until
    }

    /// The number of dates, if the range is bounded on both sides.
    pub fn days(self) -> Option<i32> {
        Some(self.until?.days_since(self.from?))
    }

    /// The moments at which the dates start in a zone.
    ///
    /// ```
    /// use measurand::{DateRange, Zone};
    /// let zone = Zone::parse("America/New_York").ok_or("no such zone")?;
    /// // The clocks go forward on March 8, which has 23 hours.
    /// let moments = DateRange::inclusive(Some("2026-03-08"), Some("2026-03-08"))?.moments(&zone);
    /// let text = |moment: Option<measurand::Moment>| moment.map(|moment| moment.to_string());
    /// assert_eq!(text(moments.from).as_deref(), Some("2026-03-08 05:00:00+00"));
    /// assert_eq!(text(moments.until).as_deref(), Some("2026-03-09 04:00:00+00"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn moments(self, zone: &Zone) -> MomentRange {
        MomentRange {
            from: self.from.map(|date| zone.start_of(date)),
            until: self.until.map(|date| zone.start_of(date)),
        }
    }
}

impl fmt::Display for DateRangeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        ResolveError::from(*self).fmt(f)
    }
}

impl std::error::Error for DateRangeError {}

impl From<DateRangeError> for ResolveError {
    fn from(error: DateRangeError) -> Self {
        match error {
            DateRangeError::From | DateRangeError::To => ResolveError::InvalidDate,
            DateRangeError::Order => ResolveError::RangeOrder,
        }
    }
}
