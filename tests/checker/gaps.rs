//! The step that adds the periods without a row: every period of the range, worked out again, for every
//! combination of the other members, at every level of totals that is by them (R19).

use jiff::tz::TimeZone;
use jiff::{Timestamp as Instant, ToSpan};
use measurand::{DataType, Date, Grain, Moment, Periods, Timestamp, Value};

use super::combined::{BOTH, Side, one_of_each, united};
use super::lower::Lowered;
use super::meaning::Known;
use super::outside::Columns;
use super::parameters::list_of;
use super::shape::{check_groups, check_step_read, rows};
use super::totals::{By, LEVEL, Levels};
use super::tree::{From, Head, Select, Tree};

/// Takes the step apart; `below` is the step that it fills, with its columns.
pub fn filled(
    step: &Select,
    below: (&str, &Columns),
    keys: &[u64],
    (legs, levels): (&[Known<'_>], &Levels),
) -> Lowered<Columns> {
    if step.condition.is_some() {
        return Err("the step that fills gaps filters".to_owned());
    }
    let (filled, periods) = periods(legs)?;
    let union = rows(step.from.as_ref(), BOTH)?;
    let Some((groups, gaps)) = union.both.as_deref() else {
        return Err("gaps are filled with nothing".to_owned());
    };
    let groups = carried(groups, "g", below)?;
    let gaps = added(gaps, below, keys, (filled, levels), &periods)?;
    check_groups(step, keys.len())?;
    one_of_each(step, &united(groups, gaps, keys)?, keys)
}

/// Nothing but columns of a step, as what they are.
fn carried(select: &Select, alias: &str, (name, columns): (&str, &Columns)) -> Lowered<Side> {
    let plain = Select {
        targets: select.targets.clone(),
        from: select.from.clone(),
        groups: select.groups.clone(),
        ..Select::EMPTY
    };
    if *select != plain {
        return Err("groups that are filled with a clause of their own".to_owned());
    }
    check_step_read(select.from.as_ref(), name)?;
    let target = |(name, tree): &(Option<String>, Tree)| {
        let form = match tree {
            Tree::Column(of, column) if of == alias => columns.get(column),
            _ => None,
        };
        let name = name.clone().ok_or("a column without a name")?;
        Ok((name, Some(*form.ok_or("a column of nothing is filled")?)))
    };
    select.targets.iter().map(target).collect()
}

/// The periods, each with every combination of the other members, and no aggregate.
fn added(
    select: &Select,
    below: (&str, &Columns),
    keys: &[u64],
    (filled, levels): (usize, &Levels),
    periods: &Tree,
) -> Lowered<Side> {
    let plain = Select {
        targets: select.targets.clone(),
        from: select.from.clone(),
        ..Select::EMPTY
    };
    if *select != plain {
        return Err("periods with a clause of their own".to_owned());
    }
    let told = usize::from(levels.are_there());
    let (read, others) = match select.from.as_ref() {
        Some(From::CrossJoin { left, right }) if keys.len() - told > 1 => {
            let others = rows(Some(right), "k")?;
            check_groups(others, keys.len() - 1)?;
            let others = match told {
                0 => carried(others, "g", below)?,
                _ => carried(&of_own_levels(others, below.1, filled, levels)?, "g", below)?,
            };
            (Some(&**left), others)
        }
        from if keys.len() - told == 1 => (from, Vec::new()),
        _ => return Err("periods without what they are for".to_owned()),
    };
    let mut forms: Vec<u64> = others.iter().filter_map(|(_, form)| *form).collect();
    let mut wanted = keys.to_vec();
    wanted.remove(filled);
    if keys.len() - told == 1 {
        wanted.clear();
    }
    forms.sort_unstable();
    wanted.sort_unstable();
    if forms != wanted {
        return Err("other members than the other keys are filled".to_owned());
    }
    check_periods(rows(read, "s")?, periods)?;
    let target = |(name, tree): &(Option<String>, Tree)| {
        let form = match tree {
            Tree::Null => None,
            // By the periods alone, the data is all that is filled.
            Tree::Number(zero) if told == 1 && keys.len() == 2 && zero == "0" => Some(*LEVEL),
            Tree::Column(alias, column) if alias == "s" && column == "period" => {
                keys.get(filled).copied()
            }
            Tree::Column(alias, column) if alias == "k" => {
                let known = others.iter().find(|(known, _)| known == column);
                known.ok_or("a member of nothing is filled")?.1
            }
            _ => return Err("something is filled with a value".to_owned()),
        };
        Ok((name.clone().ok_or("a column without a name")?, form))
    };
    select.targets.iter().map(target).collect()
}

/// The combinations at the levels by the periods, as if each were read at its own: the only one of a level by the
/// periods alone is that of the grand total, which there always is.
fn of_own_levels(
    others: &Select,
    below: &Columns,
    filled: usize,
    levels: &Levels,
) -> Lowered<Select> {
    let mut named = below.iter().filter(|(_, form)| **form == *LEVEL);
    let (level, _) = named.next().ok_or("groups that do not say their level")?;
    let level = Tree::column("g", level);
    let number = |number: &u32| Tree::Number(number.to_string());
    let find = |wanted: &By| {
        let mut all = levels.numbers.iter();
        all.find(|(_, by)| *by == wanted).map(|(found, _)| found)
    };
    let alone = find(&By::from([filled]));
    let total = find(&By::new());
    let is_read = |by: &By| match alone {
        Some(_) if by.is_empty() => true,
        _ => by.contains(&filled) && by.len() > 1,
    };
    let read = levels.numbers.iter().filter(|(_, by)| is_read(by));
    let read = read.map(|(found, _)| number(found));
    let wanted: Vec<Tree> = [level.clone()].into_iter().chain(read).collect();
    if others.condition != Some(Tree::Node(Head::In { negated: false }, wanted)) {
        return Err("periods at other levels than those that are by them".to_owned());
    }
    let own = match alone {
        None => level.clone(),
        Some(alone) => {
            let head = Head::Case {
                has_operand: true,
                has_else: true,
            };
            let total = total.ok_or("no grand total")?;
            let parts = [level.clone(), number(total), number(alone), level.clone()];
            Tree::node(head, parts)
        }
    };
    let mut plain = Select {
        condition: None,
        ..others.clone()
    };
    let mut is_told = false;
    for (_, tree) in plain.targets.iter_mut().filter(|(_, tree)| *tree == own) {
        (*tree, is_told) = (level.clone(), true);
    }
    match is_told {
        true => Ok(plain),
        false => Err("periods that are filled at another level".to_owned()),
    }
}

/// The elements of the one list that holds the periods.
fn check_periods(select: &Select, periods: &Tree) -> Lowered<()> {
    let plain = Select {
        targets: select.targets.clone(),
        from: select.from.clone(),
        ..Select::EMPTY
    };
    let [(Some(name), tree)] = select.targets.as_slice() else {
        return Err("periods of several columns".to_owned());
    };
    let list = match &select.from {
        None => tree.as_call("unnest"),
        Some(From::Call(call)) if *tree == Tree::column("", "value") => call.as_call("json_each"),
        Some(_) => None,
    };
    match list {
        Some([list]) if name == "period" && *select == plain && list == periods => Ok(()),
        _ => Err("other periods are filled than those of the range".to_owned()),
    }
}

/// The dimension that periods are of.
#[derive(Clone, Copy)]
pub struct Along {
    pub position: usize,
    pub grain: Grain,
    /// The type of what is cut.
    pub stored: DataType,
}

/// The one dimension that cuts the dates of the range.
pub fn along(legs: &[Known<'_>]) -> Lowered<Along> {
    let known = legs.first().ok_or("no source")?;
    let mut dated = Vec::new();
    for (position, asked) in known.asked()?.iter().enumerate() {
        let Some((stored, is_day)) = asked.dimension.time else {
            continue;
        };
        let days = (is_day || stored == DataType::Date).then_some(Grain::Day);
        let mut follows = true;
        for leg in legs {
            let asked = leg.asked()?;
            let value = asked.get(position).map(|asked| &asked.dimension.value);
            follows &= matches!((value, leg.date_columns()), (Some(Tree::Column(_, name)), Some((chosen, own)))
                if name == chosen || name == own);
        }
        if let (true, Some(grain)) = (follows, asked.grain.or(days)) {
            dated.push(Along {
                position,
                grain,
                stored,
            });
        }
    }
    match dated[..] {
        [found] => Ok(found),
        _ => Err("periods along no dimension, or several".to_owned()),
    }
}

/// The starts of the periods between two dates, and their type.
pub fn starts(
    known: &Known<'_>,
    along: &Along,
    (from, until): (Date, Date),
) -> Lowered<(DataType, Vec<Value>)> {
    Ok(match (along.grain, along.stored) {
        (Grain::Hour, DataType::Timestamptz) => {
            let hours = hours(known.zone(), from, until)?.into_iter();
            let hours = hours.map(|hour| Value::Timestamptz(Moment::from_utc(hour)));
            (DataType::Timestamptz, hours.collect())
        }
        (Grain::Hour, _) => {
            let hours = hours("UTC", from, until)?.into_iter();
            (DataType::Timestamp, hours.map(Value::Timestamp).collect())
        }
        _ => (
            DataType::Date,
            dates(along.grain, known.periods()?, from, until)?,
        ),
    })
}

/// The position of the dimension that is filled, and the starts of its periods in the range.
fn periods(legs: &[Known<'_>]) -> Lowered<(usize, Tree)> {
    let known = legs.first().ok_or("no source")?;
    if let Some(pivot) = known.pivot {
        let members = Tree::Bound(std::sync::Arc::new(pivot.filled()));
        let last = known.request.dimensions.len().checked_sub(1);
        return Ok((last.ok_or("no dimension is pivoted")?, members));
    }
    let along = along(legs)?;
    let range = known
        .asked_range()?
        .ok_or("gaps are filled without a range")?;
    let (Some(from), Some(until)) = (range.from(), range.until()) else {
        return Err("gaps are filled without an end".to_owned());
    };
    let (element, values) = starts(known, &along, (from, until))?;
    Ok((
        along.position,
        Tree::Bound(std::sync::Arc::new(list_of(element, values))),
    ))
}

/// The first dates of the periods of all days between two.
fn dates(grain: Grain, periods: Periods, from: Date, until: Date) -> Lowered<Vec<Value>> {
    let mut found = Vec::new();
    let mut day = from;
    while day < until {
        let start = grain
            .start(day, periods)
            .ok_or("a period before the calendar")?;
        if found.last() != Some(&Value::Date(start)) {
            found.push(Value::Date(start));
        }
        day = Grain::Day
            .shift(day, 1)
            .ok_or("a day behind the calendar")?;
    }
    Ok(found)
}

/// The moments in UTC at which a clock in the zone shows a new hour, between two dates: looked for
/// every quarter of an hour.
fn hours(zone: &str, from: Date, until: Date) -> Lowered<Vec<Timestamp>> {
    let zone = TimeZone::get(zone).map_err(|error| error.to_string())?;
    let first = |date: Date| {
        let date: jiff::civil::Date = date.to_string().parse().map_err(|_| "no date")?;
        let start = date
            .to_zoned(zone.clone())
            .map_err(|_| "no start of a day")?;
        Ok::<Instant, &str>(start.timestamp())
    };
    let (mut at, end) = (first(from)?, first(until)?);
    let mut found = Vec::new();
    while at < end {
        let shown = zone.to_datetime(at);
        let into = i64::from(shown.minute()) * 60 + i64::from(shown.second());
        let hour = at.checked_sub(into.seconds()).map_err(|_| "no such hour")?;
        let text = TimeZone::UTC
            .to_datetime(hour)
            .strftime("%Y-%m-%d %H:%M:%S");
        let hour = Timestamp::parse(&text.to_string()).ok_or("no time")?;
        if found.last() != Some(&hour) {
            found.push(hour);
        }
        at = at.checked_add(15.minutes()).map_err(|_| "no such hour")?;
    }
    Ok(found)
}
