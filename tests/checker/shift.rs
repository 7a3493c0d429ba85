//! How far back a comparison looks (R18), by arithmetic of its own.

use std::sync::Arc;

use measurand::{
    CompareRequest, DataType, Date, DateRange, DateSpan, Grain, Moment, Month, Param, Periods,
    Preset, Value, Weekday, Zone,
};

use jiff::civil;

use super::frames::Window;
use super::lower::Lowered;
use super::meaning::Known;
use super::tree::{Head, Tree};

/// Months back, then days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shift {
    months: i64,
    days: i64,
}

/// The number of a day, counted in years that begin in March, so that a leap day ends one.
fn number(date: Date) -> Option<i64> {
    let (year, month, day) = parts(date)?;
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let leap_days = year / 4 - year / 100 + year / 400;
    Some(365 * year + leap_days + (153 * month + 2) / 5 + day)
}

/// Year, month and day.
fn parts(date: Date) -> Option<(i64, i64, i64)> {
    let text = date.to_string();
    let mut parts = text.splitn(3, '-').map(|part| part.parse().ok());
    Some((parts.next()??, parts.next()??, parts.next()??))
}

fn date(year: i64, month: i64, day: i64) -> Option<Date> {
    Date::parse(&format!("{year:04}-{month:02}-{day:02}"))
}

fn days_of(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn is_first(date: Date) -> bool {
    matches!(parts(date), Some((_, _, 1)))
}

impl Shift {
    fn months(months: i64) -> Self {
        Self { months, days: 0 }
    }

    /// So many periods; none of hours.
    pub fn back(count: i64, grain: Grain) -> Option<Self> {
        match grain {
            Grain::Day => Some((0, count)),
            Grain::Week => Some((0, 7 * count)),
            Grain::Month => Some((count, 0)),
            Grain::Quarter | Grain::FiscalQuarter => Some((3 * count, 0)),
            Grain::Year | Grain::FiscalYear => Some((12 * count, 0)),
            Grain::Hour => None,
        }
        .map(|(months, days)| Self { months, days })
    }

    /// One way after the other: months with months, days with days.
    pub fn and(self, other: Self) -> Self {
        Self {
            months: self.months + other.months,
            days: self.days + other.days,
        }
    }

    pub fn date(self, from: Date) -> Option<Date> {
        let (year, month, day) = parts(from)?;
        let months = 12 * year + month - 1 - self.months;
        let (year, month) = (months.div_euclid(12), months.rem_euclid(12) + 1);
        let moved = date(year, month, day.min(days_of(year, month)))?;
        back(moved, self.days)
    }

    /// The end of a half-open range: one that ends a month stays one.
    pub fn end(self, until: Date) -> Option<Date> {
        match is_first(until) {
            true => self.date(until),
            false => back(self.date(back(until, 1)?)?, -1),
        }
    }

    /// The date of an earlier row as the date that it is compared with.
    pub fn forward(self, column: Tree, of: DataType, zone: &Tree) -> Tree {
        let on_clock = |time: Tree| Tree::node(Head::call("form timezone"), [zone.clone(), time]);
        let is_moment = of == DataType::Timestamptz;
        let mut time = if is_moment { on_clock(column) } else { column };
        for (count, unit) in [(self.months, "1 month"), (self.days, "1 day")] {
            let count = Tree::Bound(Arc::new(Param::Scalar(Value::Integer(count))));
            let span = Tree::cast(Tree::Text(unit.to_owned()), "interval");
            time = Tree::operator("+", time, Tree::operator("*", count, span));
        }
        match of {
            DataType::Timestamptz => on_clock(time),
            DataType::Timestamp => time,
            _ => Tree::cast(time, "date"),
        }
    }
}

/// So many days before.
fn back(from: Date, days: i64) -> Option<Date> {
    let wanted = number(from)? - days;
    let (mut year, mut month, _) = parts(from)?;
    loop {
        match number(date(year, month, 1)?)? {
            first if first > wanted => {
                let before = 12 * year + month - 2;
                (year, month) = (before.div_euclid(12), before.rem_euclid(12) + 1);
            }
            first if wanted - first >= days_of(year, month) => {
                let after = 12 * year + month;
                (year, month) = (after.div_euclid(12), after.rem_euclid(12) + 1);
            }
            first => return date(year, month, wanted - first + 1),
        }
    }
}

impl Known<'_> {
    /// The dates that the request asks for, before any shift.
    pub fn asked_range(&self) -> Lowered<Option<DateRange>> {
        let Some(asked) = &self.request.date_range else {
            return Ok(None);
        };
        let zone = Zone::parse(self.zone()).ok_or("no zone")?;
        let range = match &asked.span {
            DateSpan::Between { from, to } => {
                DateRange::inclusive(from.as_deref(), to.as_deref()).map_err(|_| "no range")?
            }
            DateSpan::Preset(name) => {
                let now = self.context.now.as_deref().and_then(Moment::parse_clock);
                let periods = self.periods()?;
                let preset = Preset::parse(name).ok_or("no preset")?;
                preset.dates(now.ok_or("no clock")?, &zone, periods)
            }
        };
        Ok(Some(range))
    }

    /// Where weeks and fiscal years begin.
    pub fn periods(&self) -> Lowered<Periods> {
        let week_start = self.context.week_start.as_deref().unwrap_or("monday");
        let fiscal = self.context.fiscal_year_start.as_deref();
        Ok(Periods {
            week_start: Weekday::parse(week_start).ok_or("no start of weeks")?,
            fiscal_year_start: Month::parse(fiscal.unwrap_or("january"))
                .ok_or("no start of fiscal years")?,
        })
    }

    /// How far back the request's comparison looks.
    pub fn shift(&self) -> Lowered<Option<Shift>> {
        let Some(compare) = self.request.compare else {
            return Ok(None);
        };
        let preset = match self.request.date_range.as_ref().map(|range| &range.span) {
            Some(DateSpan::Preset(name)) => name.as_str(),
            _ => "",
        };
        let shift = match (compare, preset) {
            (CompareRequest::PreviousYear, _) => Some(Shift::months(12)),
            (CompareRequest::Back { offset, grain }, _) => Shift::back(offset.into(), grain),
            (_, "week_to_date") => Shift::back(1, Grain::Week),
            (_, "month_to_date") => Shift::back(1, Grain::Month),
            (_, "quarter_to_date" | "fiscal_quarter_to_date") => Shift::back(1, Grain::Quarter),
            (_, "year_to_date" | "fiscal_year_to_date") => Shift::back(1, Grain::Year),
            _ => {
                let range = self.asked_range()?;
                let ends = range.and_then(|range| Some((range.from()?, range.until()?)));
                let (from, until) = ends.ok_or("a comparison of a range without ends")?;
                whole(from, until)
            }
        };
        shift
            .map(Some)
            .ok_or_else(|| "a comparison by nothing".to_owned())
    }

    /// The range of this leg: that of the request, or the one before.
    pub fn leg_range(&self) -> Lowered<Option<DateRange>> {
        if let Some(window) = self.frame.window {
            return self.window_range(window);
        }
        let (Some(range), Some(shift)) = (self.asked_range()?, self.frame.shift) else {
            return self.asked_range();
        };
        let lost = || "a range before the calendar".to_owned();
        let from = range.from().map(|from| shift.date(from).ok_or_else(lost));
        let until = range.until().map(|until| shift.end(until).ok_or_else(lost));
        let (from, until) = (from.transpose()?, until.transpose()?);
        half_open(from, until)
    }

    /// The range of the one window that a request without periods has: up to the end of its range, else of today.
    fn window_range(&self, window: Window) -> Lowered<Option<DateRange>> {
        let until = match self.asked_range()?.and_then(DateRange::until) {
            Some(until) => Some(until),
            None if window == Window::Cumulative => None,
            None => {
                let now = self.context.now.as_deref().and_then(Moment::parse_clock);
                let zone = Zone::parse(self.zone()).ok_or("no zone")?;
                back(zone.date_at(now.ok_or("no clock")?), -1)
            }
        };
        let Some(until) = until else {
            return Ok(None);
        };
        let until = match self.frame.shift {
            Some(shift) => shift.end(until).ok_or("a window before the calendar")?,
            None => until,
        };
        let end: civil::Date = until.to_string().parse().map_err(|_| "no date")?;
        let first = self.first_of(window, end.at(0, 0, 0, 0))?;
        let first = first.and_then(|first| Date::parse(&first.date().to_string()));
        half_open(first, Some(until))
    }
}

/// The dates from one up to but not including another.
fn half_open(from: Option<Date>, until: Option<Date>) -> Lowered<Option<DateRange>> {
    let last = until.and_then(|until| back(until, 1));
    let [from, to] = [from, last].map(|date| date.map(|date| date.to_string()));
    let range = DateRange::inclusive(from.as_deref(), to.as_deref());
    range
        .map(Some)
        .map_err(|_| "a range before the calendar".to_owned())
}

/// The period right before: whole months by months, anything else by days.
fn whole(from: Date, until: Date) -> Option<Shift> {
    let months = |date: Date| parts(date).map(|(year, month, _)| 12 * year + month);
    match is_first(from) && is_first(until) {
        true => Some(Shift::months(months(until)? - months(from)?)),
        false => Some(Shift {
            months: 0,
            days: number(until)? - number(from)?,
        }),
    }
}
