//! Windows: the lists that say from when to when each is, worked out again, and how rows meet them (R19).

use std::sync::Arc;

use jiff::civil;
use jiff::tz::TimeZone;
use measurand::{DataType, Date, Grain, Moment, Param, Timestamp, Value, ValueList, Zone};

use super::bucket::key_value;
use super::frames::Window;
use super::gaps::{along, starts};
use super::lower::Lowered;
use super::meaning::{Known, columns};
use super::normal::normal;
use super::shape::Pass;
use super::shift::Shift;
use super::totals::By;
use super::tree::{From, Running, Select, Tree};

/// The lists of `unnest(..) AS w (..)`.
pub fn unnested(call: &Tree, names: &[&str], alias: String) -> Lowered<From> {
    let lists = call
        .as_call("unnest")
        .filter(|lists| lists.len() == names.len());
    let lists = lists.ok_or("a function in FROM of another form")?;
    let named = names.iter().map(|name| (*name).to_owned());
    let lists = named.zip(lists.iter().cloned()).collect();
    Ok(From::Lists { lists, alias })
}

/// The lists of `(SELECT value AS .., json_extract(.., '$[' || key || ']') AS .. FROM json_each(..) LIMIT -1
/// OFFSET 0) AS w`.
pub fn extracted(select: &Select, alias: String) -> Lowered<From> {
    let wrong = || "windows of another form".to_owned();
    let Some(From::Call(call)) = &select.from else {
        return Err(wrong());
    };
    let [first] = call.as_call("json_each").ok_or_else(wrong)? else {
        return Err(wrong());
    };
    let plain = Select {
        targets: select.targets.clone(),
        from: select.from.clone(),
        limit: Some(Tree::Number("-1".to_owned())),
        offset: Some(Tree::Number("0".to_owned())),
        ..Select::EMPTY
    };
    if *select != plain {
        return Err(wrong());
    }
    let text = |text: &str| Tree::Text(text.to_owned());
    let place = Tree::operator("||", text("$["), Tree::column("", "key"));
    let place = Tree::operator("||", place, text("]"));
    let mut lists = Vec::new();
    for (position, (name, tree)) in select.targets.iter().enumerate() {
        let name = name.clone().ok_or_else(wrong)?;
        let list = match (position, tree.as_call("json_extract")) {
            (0, None) if *tree == Tree::column("", "value") => first,
            (1.., Some([list, at])) if *at == place => list,
            _ => return Err(wrong()),
        };
        lists.push((name, list.clone()));
    }
    Ok(From::Lists { lists, alias })
}

/// Replaces the placeholders of lists by what is bound, in its order.
pub fn bind(select: &mut Select, params: &[Param]) {
    if let Some(both) = &mut select.both {
        bind(&mut both.0, params);
        bind(&mut both.1, params);
    }
    for (_, step) in &mut select.steps {
        bind(step, params);
    }
    if let Some(from) = &mut select.from {
        bind_from(from, params);
    }
}

fn bind_from(from: &mut From, params: &[Param]) {
    match from {
        // What is beside is taken apart later.
        From::Relation { .. } | From::Call(_) | From::Beside(_) => {}
        From::Rows { select, .. } => bind(select, params),
        From::LeftJoin { left, right, .. }
        | From::Join { left, right, .. }
        | From::CrossJoin { left, right } => {
            bind_from(left, params);
            bind_from(right, params);
        }
        From::Lists { lists, .. } => {
            for (_, list) in lists {
                let number = match &*list {
                    Tree::Param(number) => Some(*number),
                    tree => match tree.as_cast() {
                        Some((Tree::Param(number), _)) => Some(*number),
                        _ => None,
                    },
                };
                let at = number.and_then(|number| usize::try_from(number).ok()?.checked_sub(1));
                if let Some(param) = at.and_then(|at| params.get(at)) {
                    *list = Tree::Bound(Arc::new(param.clone()));
                }
            }
        }
    }
}

/// The windows of a frame on a source.
pub struct Windows {
    /// The position of the dimension that the periods are of.
    pub along: usize,
    element: DataType,
    bounds: DataType,
    /// Start of the period, first moment of the window unless it is since ever, first moment after it.
    each: Vec<(Value, Option<Value>, Value)>,
    /// The first day of each window and the first behind it, where the periods begin with days.
    days: Vec<(Option<Value>, Value)>,
}

impl Windows {
    /// The bounds of all windows together.
    pub fn ends(&self) -> (Option<Value>, Option<Value>) {
        let first = self.each.first().and_then(|(_, since, _)| since.clone());
        (first, self.each.last().map(|(_, _, until)| until.clone()))
    }
}

/// A time on a calendar without zones.
type Local = civil::DateTime;

impl Known<'_> {
    /// The windows of every period, where the frame has a window and the request periods.
    pub fn windows(&self) -> Lowered<Option<Windows>> {
        let Some(window) = self.frame.window else {
            return Ok(None);
        };
        let whole = Known {
            request: self.whole,
            ..*self
        };
        let asked = whole.asked()?;
        let (chosen, own) = self.date_columns().ok_or("a window without dates")?;
        let reads = |tree: &Tree| {
            columns(tree)
                .iter()
                .any(|name| *name == chosen || *name == own)
        };
        let mut reading = (0..asked.len()).filter(|at| reads(&asked[*at].dimension.value));
        let Some(position) = reading.next() else {
            return Ok(None);
        };
        let found = along(std::slice::from_ref(&whole))?;
        if found.position != position || reading.next().is_some() {
            return Err("a window along several dimensions".to_owned());
        }
        let range = self.asked_range()?.ok_or("windows without a range")?;
        let ends = range.from().zip(range.until());
        let (from, until) = ends.ok_or("windows without an end")?;
        let (element, periods) = starts(self, &found, (from, until))?;
        let bounds = self.column_type(chosen).unwrap_or(DataType::Date);
        let zone = TimeZone::get(self.zone()).map_err(|error| error.to_string())?;
        let last = local(until)?;
        let (mut each, mut days) = (Vec::new(), Vec::new());
        for (position, start) in periods.iter().enumerate() {
            // The end as clocks show it, and the very moment where it is no start of a day.
            let (end, moment) = match periods.get(position + 1) {
                None => (last, None),
                Some(Value::Date(next)) => (local(*next)?, None),
                Some(Value::Timestamp(next)) => (time(*next)?, None),
                Some(Value::Timestamptz(next)) => {
                    let instant = instant(*next)?;
                    (zone.to_datetime(instant), Some(*next))
                }
                _ => return Err("a period of no time".to_owned()),
            };
            let moment = moment.filter(|_| self.frame.shift.is_none());
            let end = match self.frame.shift {
                Some(shift) => earlier_end(shift, end)?,
                None => end,
            };
            let since = self.first_of(window, end)?;
            if element == DataType::Date {
                let day = |at: Local| date(at.date()).map(Value::Date);
                days.push((since.map(day).transpose()?, day(end)?));
            }
            let typed = |at: Local| typed(at, bounds, &zone);
            let until = match moment {
                Some(moment) => Value::Timestamptz(moment),
                None => typed(end)?,
            };
            each.push((start.clone(), since.map(typed).transpose()?, until));
        }
        Ok(Some(Windows {
            along: position,
            element,
            bounds,
            each,
            days,
        }))
    }

    /// The first moment of the window that ends at a time.
    pub fn first_of(&self, window: Window, end: Local) -> Lowered<Option<Local>> {
        let day = date(end.date())?;
        let is_midnight = end.time() == civil::Time::midnight();
        let first = match window {
            Window::Cumulative => return Ok(None),
            Window::Rolling(count, grain) => {
                let back = Shift::back(count, grain).ok_or("a window of nothing")?;
                return match is_midnight {
                    true => back.end(day).map_or(Ok(first_local()), local).map(Some),
                    false => {
                        let day = back.date(day).map_or(Ok(first_local()), local)?;
                        Ok(Some(day.date().to_datetime(end.time())))
                    }
                };
            }
            Window::ToDate(grain) => {
                let last = if is_midnight {
                    Grain::Day.shift(day, -1)
                } else {
                    Some(day)
                };
                let periods = self.periods()?;
                last.and_then(|last| grain.start(last, periods))
            }
        };
        first.map_or(Ok(first_local()), local).map(Some)
    }

    /// Rows are beside the windows that their dates lie in: those of all periods, or the last one where the
    /// groups are not by periods.
    pub fn meets_windows(&self, pass: &Pass<'_>, by: Option<&By>) -> Lowered<()> {
        let windows = self.windows()?;
        if let Some(running) = &pass.grouped.running {
            let windows = windows.ok_or("windows that run where there are none")?;
            return match &running.first {
                Some(first) => self.runs(pass, (running, first), by, &windows),
                None => self.overlap(pass, running, by, &windows),
            };
        }
        let (lists, on, windows) = match (&pass.windows, windows) {
            (None, None) => return Ok(()),
            (Some((lists, on)), Some(windows)) => (lists, on, windows),
            _ => return Err("windows where there are none, or the other way round".to_owned()),
        };
        let is_by_periods = match (self.period()?, by) {
            (Some(at), Some(by)) => by.contains(&at),
            (at, None) => at.is_some(),
            (None, _) => false,
        };
        let each = match is_by_periods {
            true => windows.each.as_slice(),
            false => &windows.each[windows.each.len().saturating_sub(1)..],
        };
        let list = |element: DataType, values: Vec<Value>| {
            let list = ValueList::new(element, values).ok_or("a list of nothing")?;
            Ok::<_, String>(Tree::Bound(Arc::new(Param::List(list))))
        };
        let periods = each.iter().map(|(period, ..)| period.clone()).collect();
        let since: Vec<Value> = each
            .iter()
            .filter_map(|(_, since, _)| since.clone())
            .collect();
        let until = each.iter().map(|(.., until)| until.clone()).collect();
        let mut wanted = vec![("period".to_owned(), list(windows.element, periods)?)];
        let (chosen, _) = self.date_columns().ok_or("a window without dates")?;
        let bound = |sign: &str, name: &str| {
            Tree::operator(sign, Tree::column("o", chosen), Tree::column("w", name))
        };
        let mut conditions = Vec::new();
        if !since.is_empty() {
            wanted.push(("since".to_owned(), list(windows.bounds, since)?));
            conditions.push(bound(">=", "since"));
        }
        wanted.push(("until".to_owned(), list(windows.bounds, until)?));
        conditions.push(bound("<", "until"));
        if **lists != wanted {
            return Err("other windows than those of the periods".to_owned());
        }
        match on.conjuncts().into_iter().eq(&conditions) {
            true => Ok(()),
            false => Err("rows meet windows in another way".to_owned()),
        }
    }

    /// Windows run where each is the one before of the same beginning and the rows of one period more: those before
    /// the first period are of the first window, and a window begins there or where a period does.
    fn runs(
        &self,
        pass: &Pass<'_>,
        (running, cut_at): (&Running, &Tree),
        by: Option<&By>,
        windows: &Windows,
    ) -> Lowered<()> {
        let is_alone = is_alone(pass, by) && self.frame.shift.is_none();
        let first = windows.each.first().ok_or("no window")?;
        let ends: Vec<&Value> = windows.each.iter().map(|(.., until)| until).collect();
        let begin = windows
            .each
            .iter()
            .enumerate()
            .all(|(at, (_, since, _))| match since {
                None => first.1.is_none(),
                Some(since) => Some(since) == first.1.as_ref() || ends[..at].contains(&since),
            });
        let asked = self.asked()?;
        let period = asked.get(windows.along).ok_or("periods of nothing")?;
        let is_cut = self.is_same(&normal(running.cut.clone()), &period.value);
        let is_first = *cut_at == Tree::Bound(Arc::new(Param::Scalar(first.0.clone())));
        let list = |element: DataType, values: Vec<Value>| {
            let list = ValueList::new(element, values).ok_or("a list of nothing")?;
            Ok::<_, String>(Tree::Bound(Arc::new(Param::List(list))))
        };
        let periods = windows.each.iter().map(|(period, ..)| period.clone());
        let mut wanted = vec![(
            "period".to_owned(),
            list(windows.element, periods.collect())?,
        )];
        let since = windows
            .each
            .iter()
            .filter_map(|(_, since, _)| since.clone());
        let since: Vec<Value> = since.collect();
        if !since.is_empty() {
            wanted.push(("since".to_owned(), list(windows.bounds, since)?));
        }
        match is_alone && begin && is_cut && is_first && running.lists == wanted {
            true => Ok(()),
            false => Err("windows that do not run as they are said to".to_owned()),
        }
    }

    /// Windows overlap where sums of days are in each whose days they are of: windows of days are those of the rows.
    fn overlap(
        &self,
        pass: &Pass<'_>,
        running: &Running,
        by: Option<&By>,
        windows: &Windows,
    ) -> Lowered<()> {
        if windows.days.len() != windows.each.len() {
            return Err("days in windows that begin within them".to_owned());
        }
        let asked = self.asked()?;
        let period = asked.get(windows.along).ok_or("periods of nothing")?;
        let day = key_value(self, &period.dimension, period.grain.map(|_| Grain::Day));
        let (_, stored) = self.followed(&period.dimension, true);
        let is_cut = stored == Some(windows.bounds)
            && self.is_same(&normal(running.cut.clone()), &normal(day));
        let list = |element: DataType, values: Vec<Value>| {
            let list = ValueList::new(element, values).ok_or("a list of nothing")?;
            Ok::<_, String>(Tree::Bound(Arc::new(Param::List(list))))
        };
        let periods = windows.each.iter().map(|(period, ..)| period.clone());
        let periods = list(windows.element, periods.collect())?;
        let mut wanted = vec![("period".to_owned(), periods)];
        let days = windows.days.iter();
        let since: Vec<Value> = days
            .clone()
            .filter_map(|(since, _)| since.clone())
            .collect();
        if !since.is_empty() {
            wanted.push(("since".to_owned(), list(DataType::Date, since)?));
        }
        let until = days.map(|(_, until)| until.clone()).collect();
        wanted.push(("until".to_owned(), list(DataType::Date, until)?));
        match is_alone(pass, by) && is_cut && running.lists == wanted {
            true => Ok(()),
            false => Err("sums of days in other windows".to_owned()),
        }
    }

    /// The position of the dimension whose value is that of a window.
    pub fn period(&self) -> Lowered<Option<usize>> {
        let Some(windows) = self.windows()? else {
            return Ok(None);
        };
        if std::ptr::eq(self.request, self.whole) {
            return Ok(Some(windows.along));
        }
        // Of what is ranked, the one dimension may be that of the periods.
        let own = self.request.dimensions.first();
        Ok((own == self.whole.dimensions.get(windows.along)).then_some(0))
    }
}

/// Nothing else decides which rows are in which groups.
fn is_alone(pass: &Pass<'_>, by: Option<&By>) -> bool {
    pass.windows.is_none()
        && pass.joined.is_none()
        && pass.topped.is_none()
        && pass.grouped.picked.is_none()
        && by.is_none()
}

/// The period of a window.
pub fn is_period(tree: &Tree) -> bool {
    *tree == Tree::column("w", "period")
}

/// The end of a period so far back: the start of a day is moved like the end of a range.
fn earlier_end(shift: Shift, end: Local) -> Lowered<Local> {
    let lost = || "a window before the calendar".to_owned();
    let day = date(end.date())?;
    match end.time() == civil::Time::midnight() {
        true => local(shift.end(day).ok_or_else(lost)?),
        false => {
            let day = local(shift.date(day).ok_or_else(lost)?)?;
            Ok(day.date().to_datetime(end.time()))
        }
    }
}

fn first_local() -> Local {
    civil::date(1, 1, 1).at(0, 0, 0, 0)
}

fn local(date: Date) -> Lowered<Local> {
    let date: civil::Date = date.to_string().parse().map_err(|_| "no date")?;
    Ok(date.to_datetime(civil::Time::midnight()))
}

fn time(time: Timestamp) -> Lowered<Local> {
    let text = time.to_string().replace(' ', "T");
    text.parse().map_err(|_| "no time".to_owned())
}

fn date(date: civil::Date) -> Lowered<Date> {
    Date::parse(&date.to_string()).ok_or_else(|| "no date".to_owned())
}

fn instant(moment: Moment) -> Lowered<jiff::Timestamp> {
    let text = moment.to_utc().to_string().replace(' ', "T");
    format!("{text}Z")
        .parse()
        .map_err(|_| "no moment".to_owned())
}

/// A time as the date column has it; the first moment of a day where it is the start of one.
fn typed(at: Local, of: DataType, zone: &TimeZone) -> Lowered<Value> {
    let is_midnight = at.time() == civil::Time::midnight();
    let day = date(at.date())?;
    let text = at.strftime("%Y-%m-%d %H:%M:%S").to_string();
    Ok(match of {
        DataType::Timestamptz if is_midnight => {
            let name = zone.iana_name().unwrap_or("UTC");
            Value::Timestamptz(Zone::parse(name).ok_or("no zone")?.start_of(day))
        }
        DataType::Timestamptz => {
            let at = zone
                .to_ambiguous_timestamp(at)
                .compatible()
                .map_err(|_| "no moment")?;
            let text = TimeZone::UTC.to_datetime(at).strftime("%Y-%m-%d %H:%M:%S");
            let utc = Timestamp::parse(&text.to_string()).ok_or("no time")?;
            Value::Timestamptz(Moment::from_utc(utc))
        }
        DataType::Timestamp => Value::Timestamp(Timestamp::parse(&text).ok_or("no time")?),
        _ => Value::Date(day),
    })
}
