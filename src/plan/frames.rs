//! Legs: what each source answers in each frame of time (R18, R19).

use crate::calendar::{Grain, Shift};
use crate::catalog::columns::ColumnId;
use crate::catalog::dimension::SourceDimension;
use crate::catalog::source::Source;
use crate::catalog::spelling::KeySpelling;
use crate::context::Tenant;
use crate::error::{Error, Kind, ResolveError};
use crate::path::At;
use crate::resolve::{Frame, FrameDates, ResolvedLeg, ResolvedQuery, Windows};
use crate::value::{Param, Value, ValueList};

use super::joins::carry;
use super::measures::MetricColumns;
use super::scan::{can_raise, is_waited_for, needed_columns};
use super::{
    BindId, Frames, Leg, LegPick, LegWindows, Measure, PickedNames, Planner, RunningNames, Scan,
    WindowLists,
};

impl<'c> Planner<'c> {
    /// The names that a pick needs, where a metric has one.
    pub(super) fn picked_names(&mut self, query: &ResolvedQuery<'c>) -> Option<PickedNames<'c>> {
        let mut frames = (1..query.frames.len()).map(|frame| query.frames.get(frame));
        frames
            .any(|frame| frame.pick.is_some())
            .then(|| PickedNames {
                dated: self.names.take_owned(KeySpelling::new("dated")),
                picked: self.names.take_owned(KeySpelling::new("picked")),
            })
    }

    /// The names that running windows need, where a metric has a window.
    pub(super) fn running_names(&mut self, query: &ResolvedQuery<'c>) -> Option<RunningNames<'c>> {
        let mut frames = (1..query.frames.len()).map(|frame| query.frames.get(frame));
        let has_window = frames.any(|frame| frame.window.is_some());
        has_window.then(|| RunningNames {
            since: self.names.take_owned(KeySpelling::new("since")),
            present: self.names.take_owned(KeySpelling::new("present")),
        })
    }

    /// The parameters by which dates are moved: months, then days.
    fn moved_by(&mut self, shift: Shift) -> (BindId, BindId) {
        let [months, days] = [shift.months, shift.days]
            .map(|count| self.bind(Param::Scalar(Value::Integer(i64::from(count)))));
        (months, days)
    }

    /// The legs of every source, and again for every further frame, where the source answers anything there.
    pub(super) fn legs(
        &mut self,
        (resolved, frames): (Vec<ResolvedLeg<'c>>, &Frames<'c>),
        tenant: &Tenant,
        metrics: &mut MetricColumns<'c>,
        apart: [Option<&mut MetricColumns<'c>>; 2],
        sums_up: bool,
    ) -> Vec<Leg<'c>> {
        let may_run = !sums_up && apart.iter().all(Option::is_none);
        let MetricColumns {
            measures,
            legs: answering,
            ..
        } = metrics;
        answering.extend(apart.iter().flatten().flat_map(|apart| &apart.legs));
        let count = resolved.len();
        let shifts: Vec<_> = (1..frames.len())
            .map(|frame| {
                let frame = frames.get(frame);
                let shift = frame.shift.filter(|_| frame.window.is_none());
                shift.map(|shift| self.moved_by(shift))
            })
            .collect();
        // A request that asks for usual metrics alone has a leg of every source that it names.
        let keeps_all = !frames.are_timed() || answering.is_empty();
        let mut legs: Vec<(usize, Leg<'c>)> = Vec::with_capacity(count);
        for (position, mut leg) in resolved.into_iter().enumerate() {
            let framed = std::mem::take(&mut leg.framed);
            let keys = std::mem::take(&mut leg.buckets);
            let previous = frames.previous().filter(|_| frames.get(1).is_previous);
            let same_rows = [position, position + previous.unwrap_or_default() * count];
            let scan = self.scan(leg, tenant, &same_rows, &keys, measures);
            for (frame, dates) in (1..frames.len()).zip(framed) {
                let place = position + frame * count;
                if !answering.contains(&place) {
                    continue;
                }
                let Some(dates) = dates else {
                    // Rows without bounds would be other rows.
                    let part = "a metric in a frame that was not resolved".to_owned();
                    let path = At::root("request").key("metrics").path();
                    let error = ResolveError::NotSupported { part };
                    self.findings.push(Error::new(path, error));
                    continue;
                };
                let moved = shifts.get(frame - 1).copied().flatten();
                let own: Vec<&Measure<'c>> = measures
                    .iter()
                    .filter(|measure| measure.leg == place)
                    .collect();
                let is_usual = Some(frame) == previous;
                let leg = self.framed_leg(
                    (&scan, &keys, frames.get(frame)),
                    (dates, moved),
                    (!is_usual).then_some(&own),
                    sums_up,
                );
                legs.push((place, leg));
            }
            if keeps_all || answering.contains(&position) {
                let leg = Leg {
                    is_previous: false,
                    scan,
                    keys,
                    windows: None,
                    pick: None,
                    summed: None,
                };
                legs.push((position, leg));
            }
        }
        legs.sort_by_key(|(place, _)| *place);
        let has_measures = |place: usize| measures.iter().any(|measure| measure.leg == place);
        if legs.iter().all(|(_, leg)| leg.keys.is_empty()) && !measures.is_empty() {
            // One row is there, whichever leg has nothing to give to it.
            legs.retain(|(place, _)| has_measures(*place));
        }
        let apart = apart.into_iter().flatten();
        let apart = apart.flat_map(|apart| &mut apart.measures);
        for measure in measures.iter_mut().chain(apart) {
            let found = legs.iter().position(|(place, _)| *place == measure.leg);
            measure.leg = found.unwrap_or(measure.leg);
        }
        let mut legs: Vec<Leg<'c>> = legs.into_iter().map(|(_, leg)| leg).collect();
        for (position, leg) in legs.iter_mut().enumerate() {
            let mut own = measures.iter().filter(|measure| measure.leg == position);
            let adds =
                own.clone().next().is_some() && own.all(|measure| measure.fragment.again.is_some());
            if let Some(windows) = leg
                .windows
                .as_mut()
                .filter(|_| !(may_run && adds && leg.pick.is_none()))
            {
                (windows.running, windows.days) = (None, None);
            }
        }
        if measures.is_empty() && legs.iter().all(|leg| leg.keys.is_empty()) {
            // Constants alone are one row, whichever source says so.
            legs.truncate(1);
        }
        legs
    }

    /// The leg of a source in a frame: the same guard over other dates. `measures` are those of the leg, where
    /// it has others than the scan.
    fn framed_leg(
        &mut self,
        (scan, keys, frame): (&Scan<'c>, &[&'c SourceDimension], Frame<'c>),
        (bound, moved): (FrameDates, Option<(BindId, BindId)>),
        measures: Option<&Vec<&Measure<'c>>>,
        sums_up: bool,
    ) -> Leg<'c> {
        let FrameDates { dates, windows } = bound;
        let moves = moved.is_some() && keys.iter().any(|key| self.moves(key, scan));
        if moves {
            self.check_moved(scan.source);
        }
        if frame.window.is_some() && scan.dates.is_none() {
            self.check_date_column(scan.source, scan.date_column);
        }
        let dates = dates.map(|dates| self.date_check(scan.source, dates));
        let mut scan = Scan {
            dates,
            moved,
            ..scan.clone()
        };
        let pick = frame.pick.and_then(|pick| self.leg_pick(pick, scan.source));
        let windows = windows.and_then(|windows| self.leg_windows(windows, sums_up));
        // Moving a date raises at the ends of the calendar.
        scan.is_fenced |= moves && self.tests_keys;
        let mut leg = Leg {
            is_previous: frame.is_previous,
            scan,
            keys: keys.to_vec(),
            windows,
            pick,
            summed: None,
        };
        if let Some(measures) = measures {
            self.fit(
                &mut leg,
                keys,
                || measures.iter().copied(),
                self.tests_keys,
                &self.met_grains,
            );
        }
        leg
    }

    /// Reads what a leg with these keys and measures needs, and fences where it can raise.
    pub(super) fn fit<'a, M: Iterator<Item = &'a Measure<'c>>>(
        &self,
        leg: &mut Leg<'c>,
        keys: &[&'c SourceDimension],
        measures: impl Fn() -> M,
        tests_keys: bool,
        met: &[Option<Grain>],
    ) where
        'c: 'a,
    {
        let scan = &mut leg.scan;
        let mut needed = needed_columns(scan, keys, measures());
        let mut add = |column: ColumnId| {
            if !needed.contains(&column) {
                needed.push(column);
            }
        };
        scan.date_column
            .filter(|_| leg.windows.is_some())
            .into_iter()
            .for_each(&mut add);
        if let Some(pick) = &leg.pick {
            let chosen = |column: &ColumnId| match scan.date_switch {
                Some((own, chosen)) if own == *column => chosen,
                _ => *column,
            };
            pick.over
                .value
                .columns
                .iter()
                .map(chosen)
                .for_each(&mut add);
            let filter = pick.filter.iter();
            let columns = filter.flat_map(|(filter, _)| filter.columns.iter());
            columns.copied().for_each(&mut add);
        }
        let moves = scan.moved.is_some() && keys.iter().any(|key| self.moves(key, scan));
        scan.is_fenced = is_waited_for(scan, keys, measures(), tests_keys, met)
            || moves && tests_keys
            || leg.pick.as_ref().is_some_and(|pick| can_raise(scan, pick));
        carry(scan, needed, keys, &self.catalog.columns);
    }

    fn leg_windows(&mut self, windows: Windows, sums_up: bool) -> Option<LegWindows> {
        let Windows {
            bucket,
            periods,
            since,
            until,
            are_running,
            days,
        } = windows;
        let first = periods.values().first().filter(|_| are_running).cloned();
        let running = first.map(|first| self.bind(Param::Scalar(first)));
        let last = sums_up.then(|| {
            let last =
                [Some(&periods), since.as_ref(), Some(&until)].map(|list| list.and_then(last_of));
            let [periods, since, until] = last;
            Some((periods?, since, until?))
        });
        let every = self.window_lists((periods, since, until))?;
        Some(LegWindows {
            key: Some(bucket),
            running,
            every,
            days: match days {
                Some((since, until)) => Some(WindowLists {
                    periods: every.periods,
                    since: since.and_then(|since| self.list(since)),
                    until: self.list(until)?,
                }),
                None => None,
            },
            last: match last.flatten() {
                Some(last) => Some(self.window_lists(last)?),
                None => None,
            },
        })
    }

    fn window_lists(
        &mut self,
        (periods, since, until): (ValueList, Option<ValueList>, ValueList),
    ) -> Option<WindowLists> {
        Some(WindowLists {
            periods: self.list(periods)?,
            since: match since {
                Some(since) => Some(self.list(since)?),
                None => None,
            },
            until: self.list(until)?,
        })
    }

    fn leg_pick(
        &mut self,
        pick: &'c crate::catalog::metric::Pick,
        source: &'c Source,
    ) -> Option<LegPick<'c>> {
        // A catalog offers no metric where the dimension that it picks over is missing.
        let over = source.dimensions.get(&pick.over)?;
        let name = over.key.as_str();
        self.printed(&over.value.printed, Kind::Dimension, name)?;
        self.check_moments(over, name);
        let filter = match &pick.filter {
            Some(filter) => {
                let fragment = &*filter.fragment;
                let text = self.printed(&fragment.printed, Kind::Source, source.key.as_str())?;
                Some((fragment, text))
            }
            None => None,
        };
        Some(LegPick {
            over,
            first: pick.first,
            filter,
        })
    }
}

/// The last item of a list, as a list.
fn last_of(list: &ValueList) -> Option<ValueList> {
    ValueList::new(list.element(), vec![list.values().last()?.clone()])
}
