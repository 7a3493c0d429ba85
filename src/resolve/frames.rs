//! Binds which rows in time numbers are of: those of the period that is asked for, of an earlier one, of a
//! window, or of one date (R18, R19).

use std::cmp::Ordering;

use crate::calendar::{DateRange, Grain, Shift, Window};
use crate::catalog::MetricId;
use crate::catalog::metric::{Definition, Pick, Timing};
use crate::catalog::toggle::Selection;
use crate::error::{Error, Help, ResolveError};
use crate::value::{DataType, Date, Timestamp, Value, ValueList};

use super::dates::{AskedRange, ComparedPeriod};
use super::gaps::{Dated, dated_bucket, reads_dates};
use super::{Bucket, Chosen, DateBounds, REQUEST, ResolvedLeg, Resolver};

/// Which rows in time a number is of.
#[derive(Clone, Copy, Default, PartialEq)]
pub(crate) struct Frame<'c> {
    /// How far back they lie.
    pub(crate) shift: Option<Shift>,
    /// Whether they are of the period that is compared with.
    pub(crate) is_previous: bool,
    /// How far they reach back from the end of each period.
    pub(crate) window: Option<Window>,
    /// The one date of each group that they are of.
    pub(crate) pick: Option<&'c Pick>,
}

impl<'c> Frame<'c> {
    /// The frame of a metric that is asked for within this one.
    pub(crate) fn of(self, timing: &'c Timing) -> Self {
        let shift = match (self.shift, timing.shift()) {
            (Some(outer), Some(own)) => Some(outer.and(own)),
            (outer, own) => outer.or(own),
        };
        Self {
            shift,
            is_previous: self.is_previous,
            window: self.window.or(timing.window),
            pick: timing.pick.as_ref().or(self.pick),
        }
    }
}

/// The frames of a request; the first is that of the period itself, and most often the only one.
#[derive(Default)]
pub(crate) struct Frames<'c>(Vec<Frame<'c>>);

impl<'c> Frames<'c> {
    pub(crate) fn len(&self) -> usize {
        self.0.len() + 1
    }

    pub(crate) fn get(&self, position: usize) -> Frame<'c> {
        let other = position.checked_sub(1).and_then(|at| self.0.get(at));
        other.copied().unwrap_or_default()
    }

    pub(crate) fn position(&self, frame: &Frame<'c>) -> Option<usize> {
        if *frame == Frame::default() {
            return Some(0);
        }
        self.0
            .iter()
            .position(|known| known == frame)
            .map(|at| at + 1)
    }

    /// The first frame of the period that is compared with.
    pub(crate) fn previous(&self) -> Option<usize> {
        self.0
            .iter()
            .position(|frame| frame.is_previous)
            .map(|at| at + 1)
    }

    /// Whether any metric has a frame of its own, beside the periods that are compared.
    pub(crate) fn are_timed(&self) -> bool {
        self.len() > 1 + usize::from(self.previous().is_some())
    }

    /// Puts frames into one order, whatever asks for them; where each of them is now.
    fn sort(&mut self) -> Vec<usize> {
        let key = |frame: &Frame<'c>| (frame.is_previous, frame.window, frame.pick, frame.shift);
        let mut order: Vec<usize> = (0..self.0.len()).collect();
        order.sort_by(|one, other| {
            let of = |at: &usize| self.0.get(*at).map(key);
            of(one).cmp(&of(other))
        });
        let sorted = order.iter().filter_map(|at| self.0.get(*at).copied());
        self.0 = sorted.collect();
        let mut places = vec![0; order.len() + 1];
        for (place, at) in order.into_iter().enumerate() {
            if let Some(known) = places.get_mut(at + 1) {
                *known = place + 1;
            }
        }
        places
    }

    fn add(&mut self, frame: Frame<'c>) -> usize {
        self.position(&frame).unwrap_or_else(|| {
            self.0.push(frame);
            self.0.len()
        })
    }
}

/// The rows of a frame on a source.
pub(crate) struct FrameDates {
    pub(crate) dates: Option<DateBounds>,
    pub(crate) windows: Option<Windows>,
}

/// The window of every period along a bucket.
pub(crate) struct Windows {
    /// The position of the bucket.
    pub(crate) bucket: usize,
    /// The first moment of each period, in the type of the bucket.
    pub(crate) periods: ValueList,
    /// The first moment of each window, in the type of the date column; none since ever.
    pub(crate) since: Option<ValueList>,
    /// The first moment after each.
    pub(crate) until: ValueList,
    /// Whether windows of one beginning are each the one before and one period more.
    pub(crate) are_running: bool,
    /// The first day of each window and the first behind it, where days are in several windows.
    pub(crate) days: Option<(Option<ValueList>, ValueList)>,
}

impl<'c> Resolver<'c, '_> {
    /// The frames of what is asked for, and the rows of each on the sources that answer in it.
    pub(super) fn bind_frames(
        &mut self,
        chosen: &Chosen<'c>,
        selection: &Selection,
        metrics: &[MetricId],
        asked: (Option<AskedRange>, Option<ComparedPeriod>),
        (buckets, legs): (&[Bucket<'c>], &mut [ResolvedLeg<'c>]),
    ) -> Frames<'c> {
        let (range, comparison) = asked;
        let mut frames = Frames::default();
        let previous = comparison.map(|comparison| Frame {
            shift: Some(comparison.shift),
            is_previous: true,
            ..Frame::default()
        });
        frames.0.extend(previous);
        let is_timed = |id: &MetricId| {
            let metric = self.catalog.metric_by_id(*id);
            metric.is_some_and(|metric| metric.is_timed)
        };
        if metrics.iter().any(is_timed) {
            let found = self.find_frames(chosen, selection, metrics, &mut frames);
            let bound = self.catalog.limits.frames;
            if frames.len() > bound {
                self.report_limit(REQUEST.key("metrics").path(), "frames", bound);
                return Frames::default();
            }
            let places = frames.sort();
            for (leg, answered) in legs.iter_mut().zip(found) {
                let answered: Vec<usize> = answered
                    .iter()
                    .filter_map(|at| places.get(*at).copied())
                    .collect();
                for place in 1..frames.len() {
                    let frame = frames.get(place);
                    let bound = match answered.contains(&place) {
                        true => self.frame_dates(leg, frame, buckets, range),
                        false => None,
                    };
                    leg.framed.push(bound);
                }
            }
        } else if previous.is_some() {
            for leg in legs {
                let dates = comparison.and_then(|comparison| comparison.dates);
                let dates = self.bind_dates(leg.source, leg.date_column, dates);
                leg.framed.push(Some(FrameDates {
                    dates,
                    windows: None,
                }));
            }
        }
        frames
    }

    /// Collects the frames of metrics and of all that they rest on; which of them each source answers in.
    fn find_frames(
        &self,
        chosen: &Chosen<'c>,
        selection: &Selection,
        metrics: &[MetricId],
        frames: &mut Frames<'c>,
    ) -> Vec<Vec<usize>> {
        let mut answered = vec![Vec::new(); chosen.sources.len()];
        let sides = (0..frames.len()).flat_map(|frame| metrics.iter().map(move |id| (*id, frame)));
        let mut waiting: Vec<(MetricId, Option<usize>, usize)> = sides
            .map(|(id, frame)| (id, chosen.placements.leg_of(id), frame))
            .collect();
        let mut met = std::collections::BTreeSet::new();
        while let Some((id, leg, outer)) = waiting.pop() {
            // An aggregate of a column is of the rows that it stands beside.
            let frame = match self.catalog.metric_by_id(id) {
                Some(metric) => frames.add(frames.get(outer).of(&metric.timing)),
                None => outer,
            };
            // More frames than the limit allows are as many as it takes to say so.
            if frames.len() > self.catalog.limits.frames || !met.insert((id, leg, frame)) {
                continue;
            }
            let source = leg.and_then(|leg| chosen.sources.get(leg)).copied();
            let definition = self.catalog.definition(id, source, selection);
            let components = definition.map_or(&[][..], Definition::components);
            waiting.extend(components.iter().map(|component| {
                let leg = leg.or_else(|| chosen.placements.leg_of(*component));
                (*component, leg, frame)
            }));
            if components.is_empty() {
                let answered = leg.and_then(|leg| answered.get_mut(leg));
                answered.into_iter().for_each(|frames| frames.push(frame));
            }
        }
        answered
    }

    /// The rows of a frame on a source.
    fn frame_dates(
        &mut self,
        leg: &ResolvedLeg<'c>,
        frame: Frame<'c>,
        buckets: &[Bucket<'c>],
        range: Option<AskedRange>,
    ) -> Option<FrameDates> {
        let range = range.map(|range| range.dates);
        let Some(window) = frame.window else {
            let dates = match (range, frame.shift) {
                (Some(range), Some(shift)) => Some(self.earlier(shift.apply(range))?),
                (range, _) => range,
            };
            let dates = self.bind_dates(leg.source, leg.date_column, dates);
            return Some(FrameDates {
                dates,
                windows: None,
            });
        };
        let column = leg.date_column?;
        let along = match dated_bucket(buckets, std::slice::from_ref(leg)) {
            Ok(along) => Some(along),
            Err("none") => None,
            Err(_) => return self.report_window_dates(),
        };
        let mut others = leg.buckets.iter().enumerate();
        let is_along = |position| along.is_some_and(|along| along.bucket == position);
        if others.any(|(position, value)| !is_along(position) && reads_dates(leg, value)) {
            return self.report_window_dates();
        }
        let ends_with_calendar =
            range.is_some_and(|range| range.until().is_none()) && self.has_end();
        if ends_with_calendar {
            let subject = "a window up to the last day of the calendar".to_owned();
            self.report(
                REQUEST.key("date_range").path(),
                ResolveError::WrongValue { subject },
            );
            return None;
        }
        let Some(along) = along else {
            let until = match range.and_then(DateRange::until) {
                Some(until) => Some(until),
                None if window == Window::Cumulative => None,
                None => {
                    let now = self.now()?;
                    Grain::Day.shift(self.zone.date_at(now), 1)
                }
            };
            let until = match (until, frame.shift) {
                (Some(until), Some(shift)) => Some(self.earlier(shift.end(until))?),
                (until, _) => until,
            };
            let first = until.and_then(|until| window.first(until, self.periods));
            let dates = DateRange::half_open(first, until).filter(|_| until.is_some());
            let dates = dates.map(|dates| self.bounds(leg.source, column, dates, true));
            return Some(FrameDates {
                dates,
                windows: None,
            });
        };
        let Some((from, until)) = range.and_then(|range| range.from().zip(range.until())) else {
            // What is wrong with a range was said of the range.
            if range.is_some() || self.request.date_range.is_none() {
                let error = Error::new(
                    REQUEST.key("metrics").path(),
                    ResolveError::WindowWithoutRange,
                );
                let help = Help::advice("give the range both a `from` and a `to`, or a preset");
                self.findings.push(error.with_help(help));
            }
            return None;
        };
        self.windows(leg, (window, frame.shift), along, (from, until))
    }

    /// The windows of all periods between two dates.
    fn windows(
        &mut self,
        leg: &ResolvedLeg<'c>,
        (window, shift): (Window, Option<Shift>),
        along: Dated,
        (from, until): (Date, Date),
    ) -> Option<FrameDates> {
        let column = leg.date_column?;
        let data_type = leg.source.date_type(column);
        let bound = self.catalog.limits.periods;
        let most = bound.saturating_add(1);
        let (element, periods) = self.periods_of((from, until), along, most);
        if periods.len() > bound {
            self.report_limit(REQUEST.key("metrics").path(), "periods", bound);
            return None;
        }
        if along.grain == Grain::Hour && along.stored != data_type {
            let part = "a window by the hour along dates of another type".to_owned();
            self.report(
                REQUEST.key("metrics").path(),
                ResolveError::NotSupported { part },
            );
            return None;
        }
        let ends = periods.iter().skip(1).cloned();
        let end = match element {
            DataType::Timestamptz => Value::Timestamptz(self.zone.start_of(until)),
            DataType::Timestamp => Value::Timestamp(Timestamp::midnight(until)),
            _ => Value::Date(until),
        };
        let (mut all_since, mut all_until) = (Vec::new(), Vec::with_capacity(periods.len()));
        let mut days: Vec<(Option<Date>, Date)> = Vec::with_capacity(periods.len());
        for end in ends.chain([end]) {
            let (since, until) = match end {
                Value::Date(until) => {
                    let until = match shift {
                        Some(shift) => self.earlier(shift.end(until))?,
                        None => until,
                    };
                    let since = window.first(until, self.periods);
                    days.push((since, until));
                    let typed = |date| self.typed(date, data_type);
                    (since.map(typed), typed(until))
                }
                Value::Timestamp(until) => {
                    let until = match shift {
                        Some(shift) => self.earlier(shift.time(until))?,
                        None => until,
                    };
                    let since = window.first_time(until, self.periods);
                    (since.map(Value::Timestamp), Value::Timestamp(until))
                }
                Value::Timestamptz(until) => {
                    let until = match shift {
                        Some(shift) => self.earlier(shift.moment(until, &self.zone))?,
                        None => until,
                    };
                    let since = window.first_moment(until, &self.zone, self.periods);
                    (since.map(Value::Timestamptz), Value::Timestamptz(until))
                }
                _ => continue,
            };
            all_since.extend(since);
            all_until.push(until);
        }
        let dates = DateBounds {
            column,
            from: all_since.first().cloned(),
            until: all_until.last().cloned(),
            last: None,
        };
        // A period begins where the window of the one before it ends.
        let begins_with_a_period =
            |since: &Value| Some(since) == all_since.first() || all_until.contains(since);
        let are_running = match window {
            Window::Cumulative | Window::ToDate(_) => shift.is_none(),
            Window::Rolling { .. } => false,
        };
        let are_running = are_running && all_since.iter().all(begins_with_a_period);
        let is_switched = leg.source.date_column != Some(column);
        let cuts_days = along.stored == data_type || is_switched && along.stored == DataType::Date;
        let cuts_days = cuts_days && days.len() == periods.len() && overlap(&days);
        Some(FrameDates {
            dates: Some(dates),
            windows: Some(Windows {
                are_running,
                days: match cuts_days && !are_running {
                    true => day_lists(&days),
                    false => None,
                },
                bucket: along.bucket,
                periods: ValueList::new(element, periods)?,
                since: match all_since.is_empty() {
                    true => None,
                    false => Some(ValueList::new(data_type, all_since)?),
                },
                until: ValueList::new(data_type, all_until)?,
            }),
        })
    }

    /// The start of a date, in the type of a date column.
    fn typed(&self, date: Date, data_type: DataType) -> Value {
        match data_type {
            DataType::Timestamptz => Value::Timestamptz(self.zone.start_of(date)),
            DataType::Timestamp => Value::Timestamp(Timestamp::midnight(date)),
            _ => Value::Date(date),
        }
    }

    /// What is so far back, or a report that the calendar does not reach there.
    fn earlier<T>(&mut self, found: Option<T>) -> Option<T> {
        if found.is_none() {
            let subject = "a period before the first year".to_owned();
            self.report(
                REQUEST.key("metrics").path(),
                ResolveError::WrongValue { subject },
            );
        }
        found
    }

    fn report_window_dates<T>(&mut self) -> Option<T> {
        let error = Error::new(REQUEST.key("metrics").path(), ResolveError::WindowDates);
        let help = Help::advice("ask for one dimension of the date column, at one grain");
        self.findings.push(error.with_help(help));
        None
    }
}

/// Whether days between the first window and the last are each in one of them, and some in several.
fn overlap(days: &[(Option<Date>, Date)]) -> bool {
    let next = || days.iter().zip(days.iter().skip(1));
    let mut gaps = next().map(|((_, until), (since, _))| since.map(|since| since.cmp(until)));
    gaps.all(|gap| gap.is_none_or(Ordering::is_le))
        && next().any(|((_, until), (since, _))| since.is_none_or(|since| since < *until))
}

/// The bounds of windows as lists of days.
fn day_lists(days: &[(Option<Date>, Date)]) -> Option<(Option<ValueList>, ValueList)> {
    let since: Option<Vec<Value>> = days
        .iter()
        .map(|(since, _)| since.map(Value::Date))
        .collect();
    let until = days.iter().map(|(_, until)| Value::Date(*until)).collect();
    let since = since.and_then(|since| ValueList::new(DataType::Date, since));
    Some((since, ValueList::new(DataType::Date, until)?))
}
