//! Binds the periods that a result shows, also where they have no row (R19).

use crate::calendar::{DateRange, Grain, Zone};
use crate::catalog::dimension::SourceDimension;
use crate::error::{Error, Help, ResolveError};
use crate::value::{DataType, Date, Moment, Value, ValueList};

use super::{Bucket, REQUEST, ResolvedLeg, Resolver};

/// The periods that a bucket shows.
pub(crate) struct Gaps {
    /// The position of the bucket.
    pub(crate) bucket: usize,
    /// The first moment of each, in the type of the bucket.
    pub(crate) periods: ValueList,
}

impl<'c> Resolver<'c, '_> {
    /// The periods between the ends of the range, where gaps are to be filled.
    pub(super) fn bind_gaps(
        &mut self,
        buckets: &[Bucket<'c>],
        legs: &[ResolvedLeg<'c>],
        range: Option<DateRange>,
    ) -> Option<Gaps> {
        if !self.request.fill_gaps {
            return None;
        }
        let ends = range.and_then(|range| range.from().zip(range.until()));
        let along = match dated_bucket(buckets, legs) {
            Ok(along) => along,
            Err(found) => {
                let advice = "ask for one dimension of the date column, at one grain";
                let error = ResolveError::GapsWithoutDates { found };
                self.report_gaps(error, advice);
                return None;
            }
        };
        let Some((from, until)) = ends else {
            // What is wrong with a range was said of the range.
            if range.is_some() || self.request.date_range.is_none() {
                let advice = "give the range both a `from` and a `to`, or a preset";
                self.report_gaps(ResolveError::GapsWithoutRange, advice);
            }
            return None;
        };
        let bound = self.catalog.limits.periods;
        let most = bound.saturating_add(1);
        let (element, values) = self.periods_of((from, until), along, most);
        if values.len() > bound {
            self.report_limit(REQUEST.key("fill_gaps").path(), "periods", bound);
            return None;
        }
        Some(Gaps {
            bucket: along.bucket,
            periods: ValueList::new(element, values)?,
        })
    }

    fn report_gaps(&mut self, error: ResolveError, advice: &'static str) {
        let error = Error::new(REQUEST.key("fill_gaps").path(), error);
        self.findings.push(error.with_help(Help::advice(advice)));
    }

    /// The starts of all periods between two dates, at most so many.
    pub(super) fn periods_of(
        &self,
        (from, until): (Date, Date),
        along: Dated,
        most: usize,
    ) -> (DataType, Vec<Value>) {
        let Dated { grain, stored, .. } = along;
        match (grain, stored) {
            (Grain::Hour, DataType::Timestamptz) => {
                let hours = self.zone.hours(from, until).map(Value::Timestamptz);
                (DataType::Timestamptz, hours.take(most).collect())
            }
            (Grain::Hour, _) => {
                // Local times are counted like those of a zone without changes.
                let clock = Zone::utc();
                let hours = clock.hours(from, until).map(Moment::to_utc);
                let hours = hours.map(Value::Timestamp).take(most);
                (DataType::Timestamp, hours.collect())
            }
            _ => {
                let first = grain.start(from, self.periods);
                let next = |date: &Date| grain.shift(*date, 1);
                let dates = std::iter::successors(first, next).take_while(|date| *date < until);
                (DataType::Date, dates.map(Value::Date).take(most).collect())
            }
        }
    }
}

/// The bucket along which a result has periods.
#[derive(Clone, Copy)]
pub(super) struct Dated {
    /// The position of the bucket.
    pub(super) bucket: usize,
    pub(super) grain: Grain,
    /// The type of what is cut.
    pub(super) stored: DataType,
}

/// The one bucket of the dates that the range bounds, or how many there are instead.
pub(super) fn dated_bucket(
    buckets: &[Bucket<'_>],
    legs: &[ResolvedLeg<'_>],
) -> Result<Dated, &'static str> {
    let mut dated = buckets.iter().enumerate().filter_map(|(position, asked)| {
        let mut values = legs.iter();
        let all = values.all(|leg| {
            let value = leg.buckets.get(position);
            value.is_some_and(|value| is_of_the_range(leg, value))
        });
        let value = legs.first()?.buckets.get(position)?;
        let grain = asked.grain.or_else(|| days(value))?;
        all.then_some(Dated {
            bucket: position,
            grain,
            stored: value.time?.stored,
        })
    });
    match (dated.next(), dated.next()) {
        (Some(found), None) => Ok(found),
        (None, _) => Err("none"),
        _ => Err("several"),
    }
}

/// Whether a bucket is computed from the dates that the range bounds.
pub(super) fn reads_dates(leg: &ResolvedLeg<'_>, value: &SourceDimension) -> bool {
    let mut columns = value.value.columns.iter();
    columns
        .any(|column| leg.source.date_column == Some(*column) || leg.date_column == Some(*column))
}

/// Whether a bucket cuts the column that the range bounds, or what an option brings instead of it.
fn is_of_the_range(leg: &ResolvedLeg<'_>, value: &SourceDimension) -> bool {
    let brought = |column| match leg.source.date_column == Some(column) {
        true => leg.date_column,
        false => Some(column),
    };
    leg.date_column.is_some()
        && value.path.is_none()
        && value.value.bare.and_then(brought) == leg.date_column
}

/// Dates that nobody cuts are days.
fn days(value: &SourceDimension) -> Option<Grain> {
    let time = value.time?;
    (time.is_day || time.stored == DataType::Date).then_some(Grain::Day)
}
