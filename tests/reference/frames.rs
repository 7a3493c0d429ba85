//! Which rows in time a metric is of: those of an earlier period, of windows, or of one date of a group.

use std::collections::BTreeSet;

use super::answer::Asked;
use super::expression::Expr;
use super::model::{DAY, Metric, Row, Shift, Timing, Window};
use super::value::{Value, civil, months_later, start};

/// The rows in time that a number is of. Two metrics that pick by one filter share a frame in the library and
/// have one of their own here, which changes no number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Frame {
    /// Whether they are of the period that is compared with.
    pub is_before: bool,
    pub shift: Option<Shift>,
    pub window: Option<Window>,
    /// The metric that picks one date of each group.
    pub picks: Option<usize>,
}

impl Frame {
    /// The frame of a metric that is asked for within this one.
    pub fn of(self, position: usize, metric: &Metric) -> Self {
        let Timing {
            offset,
            window,
            pick,
        } = metric.timing;
        let own = offset.map(|(count, grain)| back(count, grain));
        let shift = match (self.shift, own) {
            (Some(outer), Some(own)) => Some(Shift {
                months: outer.months + own.months,
                days: outer.days + own.days,
            }),
            (outer, own) => outer.or(own),
        };
        Self {
            is_before: self.is_before,
            shift,
            window: self.window.or(window),
            picks: pick.map(|_| position).or(self.picks),
        }
    }
}

/// So many periods as months and days.
pub fn back(count: i64, grain: &str) -> Shift {
    let (months, days) = match grain {
        "day" => (0, count),
        "week" => (0, 7 * count),
        "month" => (count, 0),
        "quarter" | "fiscal_quarter" => (3 * count, 0),
        _ => (12 * count, 0),
    };
    Shift { months, days }
}

fn earlier(day: i64, shift: Shift) -> i64 {
    months_later(day, -shift.months) - shift.days
}

/// The day before which a range ends that ended before this one: the first of a month stays one.
fn earlier_end(until: i64, shift: Shift) -> i64 {
    match civil(until) {
        (_, _, 1) => earlier(until, shift),
        _ => earlier(until - 1, shift) + 1,
    }
}

/// First and last day of a range, either of which may be missing, so far back.
pub fn earlier_range(
    range: (Option<i64>, Option<i64>),
    shift: Shift,
) -> (Option<i64>, Option<i64>) {
    let (from, to) = range;
    let to = to.map(|to| earlier_end(to + 1, shift) - 1);
    (from.map(|from| earlier(from, shift)), to)
}

impl<'w> Asked<'w> {
    /// The group that is the day of the range, if one is.
    pub fn dated(&self) -> Option<usize> {
        let mut dated = (0..self.question.groups.len()).filter(|at| self.is_dated(*at));
        dated.next()
    }

    /// Whether a group is computed from the day of the range.
    pub fn is_dated(&self, at: usize) -> bool {
        let value = &self.world.dimensions[self.shown(at)].value;
        let read = value.references();
        read.contains(&DAY) || read.contains(&self.date())
    }

    /// Whether windows have one group of days at most, and that one is nothing but the day.
    pub fn may_move(&self) -> bool {
        let dated: Vec<usize> = (0..self.question.groups.len())
            .filter(|at| self.is_dated(*at))
            .collect();
        let is_plain = |at: &usize| {
            let value = &self.world.dimensions[self.shown(*at)].value;
            matches!(value, Expr::Reference(column) if *column == DAY || *column == self.date())
        };
        dated.len() <= 1 && dated.iter().all(is_plain)
    }

    /// The windows of a frame: the period that each belongs to, its first day, and the first day after it.
    pub fn windows(
        &self,
        window: Window,
        shift: Option<Shift>,
    ) -> Vec<(Option<i64>, Option<i64>, Option<i64>)> {
        let question = self.question;
        let one = |until: Option<i64>, period: Option<i64>| {
            let until = until.map(|until| shift.map_or(until, |shift| earlier_end(until, shift)));
            let first = until.and_then(|until| match window {
                Window::Cumulative => None,
                Window::Rolling(count, grain) => Some(earlier_end(until, back(count, grain))),
                Window::ToDate(grain) => Some(start(until - 1, grain, question.periods)),
            });
            (period, first, until)
        };
        let Some(at) = self.dated() else {
            let end = question.range.and_then(|(_, to)| to).map(|to| to + 1);
            let end = match (end, window) {
                (None, Window::Cumulative) => None,
                (end, _) => Some(end.unwrap_or(question.today + 1)),
            };
            return vec![one(end, None)];
        };
        let Some((Some(from), Some(to))) = question.range else {
            panic!("windows move between two days");
        };
        let grain = question.groups[at].grain.unwrap_or("day");
        let days = from..=to;
        let periods: BTreeSet<i64> = days
            .map(|day| start(day, grain, question.periods))
            .collect();
        let ends = periods.iter().skip(1).copied().chain([to + 1]);
        periods
            .iter()
            .zip(ends)
            .map(|(period, end)| one(Some(end), Some(*period)))
            .collect()
    }

    /// The periods whose windows a row is in; of the one window without a period, nothing.
    pub fn periods_of(&self, row: &Row, frame: Frame) -> Vec<Option<i64>> {
        let window = frame.window.expect("a window");
        let is_in = |first: Option<i64>, until: Option<i64>| match (&row[self.date()], first, until)
        {
            (_, None, None) => true,
            (Value::Date(day), first, until) => {
                first.is_none_or(|first| first <= *day) && until.is_none_or(|until| *day < until)
            }
            _ => false,
        };
        let windows = self.windows(window, frame.shift).into_iter();
        let of = windows.filter(|(_, first, until)| is_in(*first, *until));
        of.map(|(period, ..)| period).collect()
    }

    /// Whether a row counts before one date of its group is picked: it has one, and passes the metric's filter.
    pub fn may_be_picked(&self, row: &Row, frame: Frame) -> bool {
        frame.picks.is_none_or(|metric| {
            let filter = self.world.metrics[metric].filter.as_ref();
            let passes = filter.is_none_or(|filter| filter.of_row(row) == Value::Boolean(true));
            passes && !self.picked_over(row, metric).is_null()
        })
    }

    /// The date of a row that a metric picks by.
    fn picked_over(&self, row: &Row, metric: usize) -> Value {
        let (over, _) = self.world.metrics[metric].timing.pick.expect("a pick");
        self.value(over, row, None)
    }

    /// The rows of the one date that counts.
    pub fn picked(&self, rows: Vec<&'w Row>, frame: Frame) -> Vec<&'w Row> {
        let Some(metric) = frame.picks else {
            return rows;
        };
        let (_, is_first) = self.world.metrics[metric].timing.pick.expect("a pick");
        let day = |row: &Row| match self.picked_over(row, metric) {
            Value::Date(day) => day,
            other => panic!("{other:?} is no date"),
        };
        let days = rows.iter().map(|row| day(row));
        let wanted = if is_first { days.min() } else { days.max() };
        rows.into_iter()
            .filter(|row| Some(day(row)) == wanted)
            .collect()
    }

    /// Whether any metric that is named, or what it rests on, has a window.
    pub fn has_windows(&self) -> bool {
        self.sides().iter().any(|side| side.frame.window.is_some())
    }
}
