//! Shifts: how far back a comparison looks, counted by the calendar (R18).

use super::{DateRange, Grain, Zone};
use crate::value::{Date, Moment, Timestamp};

/// A way back in time: calendar months first, then days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Shift {
    pub(crate) months: i32,
    pub(crate) days: i32,
}

impl Shift {
    /// So many periods back; `None` for hours, which dates do not have.
    pub(crate) fn back(count: i32, grain: Grain) -> Option<Self> {
        let (months, days) = match grain {
            Grain::Hour => return None,
            Grain::Day => (0, count),
            Grain::Week => (0, count.checked_mul(7)?),
            Grain::Month => (count, 0),
            Grain::Quarter | Grain::FiscalQuarter => (count.checked_mul(3)?, 0),
            Grain::Year | Grain::FiscalYear => (count.checked_mul(12)?, 0),
        };
        Some(Self { months, days })
    }

    /// To the period before a range: whole months go back by whole months, other ranges by their own
    /// length in days. `None` for a range without an end.
    pub(crate) fn to_previous(range: DateRange) -> Option<Self> {
        let (from, until) = (range.from()?, range.until()?);
        match whole_months(from, until) {
            Some(months) => Some(Self { months, days: 0 }),
            None => Some(Self {
                months: 0,
                days: until.days_since(from),
            }),
        }
    }

    /// Both ways one after the other: months with months, and then days with days.
    pub(crate) fn and(self, other: Self) -> Self {
        Self {
            months: self.months.saturating_add(other.months),
            days: self.days.saturating_add(other.days),
        }
    }

    /// A range so far back. A last date that ends its month stays one, others are clamped to the month
    /// they fall into. `None` beyond the first year.
    pub(crate) fn apply(self, range: DateRange) -> Option<DateRange> {
        let from = match range.from() {
            Some(from) => Some(self.date(from)?),
            None => None,
        };
        let until = match range.until() {
            Some(until) => Some(self.end(until)?),
            None => None,
        };
        Some(DateRange::in_order(from, until))
    }

    /// A time so far back; the start of a day is moved like the end of a range.
    pub(crate) fn time(self, time: Timestamp) -> Option<Timestamp> {
        match time == Timestamp::midnight(time.date()) {
            true => self.end(time.date()).map(Timestamp::midnight),
            false => self.date(time.date()).map(|date| time.on(date)),
        }
    }

    /// A moment so far back by the clocks of a zone.
    pub(crate) fn moment(self, moment: Moment, zone: &Zone) -> Option<Moment> {
        let date = zone.date_at(moment);
        match moment == zone.start_of(date) {
            true => self.end(date).map(|date| zone.start_of(date)),
            false => self
                .time(zone.time_at(moment))
                .map(|time| zone.moment_near(time)),
        }
    }

    /// A date so far back, clamped to the month that it falls into.
    pub(super) fn date(self, date: Date) -> Option<Date> {
        let shifted = Grain::Month.shift(date, self.months.checked_neg()?)?;
        Grain::Day.shift(shifted, self.days.checked_neg()?)
    }

    /// The end of a range so far back; a last date that ends its month stays one.
    pub(crate) fn end(self, until: Date) -> Option<Date> {
        if is_first_of_month(until) {
            return self.date(until);
        }
        let last = Grain::Day.shift(until, -1)?;
        Grain::Day.shift(self.date(last)?, 1)
    }
}

/// The number of months where a range is made of whole ones.
fn whole_months(from: Date, until: Date) -> Option<i32> {
    if !is_first_of_month(from) || !is_first_of_month(until) {
        return None;
    }
    let months = |date: Date| {
        let date = date.civil();
        i32::from(date.year()) * 12 + i32::from(date.month())
    };
    Some(months(until) - months(from))
}

fn is_first_of_month(date: Date) -> bool {
    date.civil().day() == 1
}

#[cfg(test)]
mod tests {
    use super::Shift;
    use crate::calendar::{DateRange, Grain};

    #[track_caller]
    fn check(
        range: (&str, &str),
        shift: impl Fn(DateRange) -> Option<Shift>,
        expected: (&str, &str),
    ) {
        let read = |(from, to)| DateRange::inclusive(Some(from), Some(to)).unwrap();
        let range = read(range);
        let found = shift(range).and_then(|shift| shift.apply(range));
        assert_eq!(found, Some(read(expected)));
    }

    #[test]
    fn whole_months_go_back_by_months() {
        let previous = Shift::to_previous;
        check(
            ("2026-02-01", "2026-02-28"),
            previous,
            ("2026-01-01", "2026-01-31"),
        );
        check(
            ("2024-02-01", "2024-02-29"),
            previous,
            ("2024-01-01", "2024-01-31"),
        );
        check(
            ("2026-01-01", "2026-03-31"),
            previous,
            ("2025-10-01", "2025-12-31"),
        );
        check(
            ("2024-01-01", "2024-12-31"),
            previous,
            ("2023-01-01", "2023-12-31"),
        );
    }

    #[test]
    fn other_ranges_go_back_by_their_days() {
        let previous = Shift::to_previous;
        check(
            ("2026-03-02", "2026-03-08"),
            previous,
            ("2026-02-23", "2026-03-01"),
        );
        check(
            ("2026-03-31", "2026-03-31"),
            previous,
            ("2026-03-30", "2026-03-30"),
        );
    }

    #[test]
    fn ends_are_clamped() {
        let month = |_| Shift::back(1, Grain::Month);
        check(
            ("2026-03-15", "2026-03-30"),
            month,
            ("2026-02-15", "2026-02-28"),
        );
        check(
            ("2026-03-31", "2026-03-31"),
            month,
            ("2026-02-28", "2026-02-28"),
        );
        check(
            ("2026-02-01", "2026-02-28"),
            month,
            ("2026-01-01", "2026-01-31"),
        );
        let year = |_| Shift::back(1, Grain::Year);
        check(
            ("2024-02-29", "2024-02-29"),
            year,
            ("2023-02-28", "2023-02-28"),
        );
        check(
            ("2024-02-01", "2024-02-29"),
            year,
            ("2023-02-01", "2023-02-28"),
        );
    }

    #[test]
    fn a_range_without_an_end_has_none_before_it() {
        let open = DateRange::inclusive(Some("2026-01-01"), None).unwrap();
        assert_eq!(Shift::to_previous(open), None);
        let first = DateRange::inclusive(Some("0001-01-01"), None).unwrap();
        assert_eq!(Shift::back(1, Grain::Day).unwrap().apply(first), None);
        assert_eq!(Shift::back(1, Grain::Hour), None);
    }
}
