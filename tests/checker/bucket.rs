//! Values in time: what a dimension at a grain has to look like.

use std::sync::Arc;

use measurand::{DataType, Grain, Month, Param, Value, Weekday};

use super::meaning::{Known, OnSource};
use super::normal::normal;
use super::tree::{Head, Tree};

impl Known<'_> {
    /// The value of a dimension as buckets and filters see it: a date-basis option may bring another
    /// column. Dimensions of dates take it as what it is, any other value as what it expects.
    ///
    /// `moves` where a date of the earlier period counts as the one that it is compared with.
    pub fn followed(&self, dimension: &OnSource<'_>, moves: bool) -> (Tree, Option<DataType>) {
        let stored = dimension.time.map(|(stored, _)| stored);
        // A far date is the far row's own, whatever is chosen or compared here.
        let dates = self.date_columns().filter(|_| dimension.path.is_none());
        let Some((chosen, own)) = dates else {
            return (dimension.value.clone(), stored);
        };
        let type_of = |column| self.column_type(column).unwrap_or(DataType::Date);
        let moved = self
            .frame
            .shift
            .filter(|_| moves && self.frame.window.is_none());
        let brought = match moved {
            Some(shift) => {
                let zone = self.bound_zone();
                shift.forward(Tree::column("", chosen), type_of(chosen), &zone)
            }
            None => Tree::column("", chosen),
        };
        match &dimension.value {
            Tree::Column(_, name) if name == own && stored == Some(DataType::Date) => {
                (normal(brought), Some(type_of(chosen)))
            }
            value => {
                let (from, to) = (type_of(chosen), type_of(own));
                let converted = self.converted(brought.clone(), from, to);
                let value = value.clone().rewrite(&mut |tree| match tree {
                    Tree::Column(_, name) if name == own => converted.clone(),
                    Tree::Column(_, name) if name == chosen => brought.clone(),
                    other => other,
                });
                (normal(value), stored)
            }
        }
    }

    /// A date or time of one type as one of another, by the clock of the context's zone.
    fn converted(&self, value: Tree, from: DataType, to: DataType) -> Tree {
        use DataType::{Date, Timestamp, Timestamptz};
        let on_clock = |value| {
            let head = Head::call("form timezone");
            Tree::node(head, [self.bound_zone(), value])
        };
        match (from, to) {
            (Timestamptz, Date) => Tree::cast(on_clock(value), "date"),
            (Timestamptz, Timestamp) | (Timestamp, Timestamptz) => on_clock(value),
            (Date, Timestamptz) => on_clock(Tree::cast(value, "timestamp")),
            (Timestamp, Date) => Tree::cast(value, "date"),
            (Date, Timestamp) => Tree::cast(value, "timestamp"),
            _ => value,
        }
    }

    fn bound_zone(&self) -> Tree {
        Tree::Bound(Arc::new(Param::Scalar(Value::Text(self.zone().into()))))
    }
}

/// What the value of a dimension has to look like at a grain, in normal form.
pub fn value(known: &Known<'_>, dimension: &OnSource<'_>, grain: Option<Grain>) -> Tree {
    let own = dimension.time.map(|(stored, _)| stored);
    form(known, dimension, grain, (&dimension.value, own))
}

/// The same for a value that follows a date-basis option, as a condition sees it.
pub fn followed_value(known: &Known<'_>, dimension: &OnSource<'_>) -> Tree {
    let (value, stored) = known.followed(dimension, false);
    form(known, dimension, None, (&value, stored))
}

/// The same as a key of the groups, which is where a comparison moves dates.
pub fn key_value(known: &Known<'_>, dimension: &OnSource<'_>, grain: Option<Grain>) -> Tree {
    let (value, stored) = known.followed(dimension, true);
    form(known, dimension, grain, (&value, stored))
}

fn form(
    known: &Known<'_>,
    dimension: &OnSource<'_>,
    grain: Option<Grain>,
    (value, stored): (&Tree, Option<DataType>),
) -> Tree {
    let (Some((own, is_day)), Some(stored)) = (dimension.time, stored) else {
        return value.clone();
    };
    let means_days = is_day || own == DataType::Date && stored != DataType::Date;
    let Some(grain) = grain.or(means_days.then_some(Grain::Day)) else {
        return value.clone();
    };
    let week_start = known.context.week_start.as_deref().unwrap_or("monday");
    let back = Weekday::parse(week_start).map_or(0, Weekday::days_after_monday);
    let fiscal = known.context.fiscal_year_start.as_deref();
    let fiscal = fiscal.and_then(Month::parse).map_or(1, Month::number);
    let months = match grain {
        Grain::FiscalQuarter => (fiscal - 1) % 3,
        Grain::FiscalYear => fiscal - 1,
        _ => 0,
    };
    if known.is_sqlite {
        return normal(sqlite(value.clone(), grain, back, months));
    }
    let zone = known.bound_zone();
    let local = match stored {
        DataType::Timestamptz if grain == Grain::Hour => {
            let unit = Tree::Text("hour".to_owned());
            return Tree::node(Head::call("date_trunc"), [unit, value.clone(), zone]);
        }
        DataType::Timestamptz => Tree::node(Head::call("form timezone"), [zone, value.clone()]),
        DataType::Timestamp => value.clone(),
        _ => Tree::cast(value.clone(), "timestamp"),
    };
    normal(postgres(
        value.clone(),
        &local,
        stored,
        grain,
        (back, months),
    ))
}

fn postgres(
    value: Tree,
    local: &Tree,
    stored: DataType,
    grain: Grain,
    (after_monday, months): (u8, u8),
) -> Tree {
    let unit = grain.as_str().trim_start_matches("fiscal_");
    let unit = Tree::Text(unit.to_owned());
    let cut = |time: Tree| Tree::node(Head::call("date_trunc"), [unit.clone(), time]);
    match grain {
        Grain::Day if stored == DataType::Date => value,
        Grain::Day => Tree::cast(local.clone(), "date"),
        Grain::Hour => cut(local.clone()),
        Grain::Week if after_monday > 0 => {
            let days = (7 - after_monday) % 7;
            let span = Tree::cast(Tree::Text(format!("{days} days")), "interval");
            let shifted = Tree::operator("+", local.clone(), span);
            let number = Tree::Number(days.to_string());
            Tree::operator("-", Tree::cast(cut(shifted), "date"), number)
        }
        _ if months > 0 => {
            let span = Tree::cast(Tree::Text(format!("{months} months")), "interval");
            let cut = cut(Tree::operator("-", local.clone(), span.clone()));
            Tree::cast(Tree::operator("+", cut, span), "date")
        }
        _ => Tree::cast(cut(local.clone()), "date"),
    }
}

fn sqlite(value: Tree, grain: Grain, after_monday: u8, months: u8) -> Tree {
    let text = |text: &str| Tree::Text(text.to_owned());
    let date = |rest: Vec<Tree>| {
        let parts = std::iter::once(value.clone()).chain(rest);
        Tree::node(Head::call("date"), parts)
    };
    match grain {
        Grain::Hour => {
            let parts = [text("%Y-%m-%d %H:00:00"), value.clone()];
            Tree::node(Head::call("strftime"), parts)
        }
        Grain::Day => date(Vec::new()),
        Grain::Week => {
            let last = format!("weekday {}", after_monday % 7);
            date(vec![text(&last), text("-6 days")])
        }
        Grain::Month => date(vec![text("start of month")]),
        Grain::Year => date(vec![text("start of year")]),
        Grain::Quarter | Grain::FiscalQuarter | Grain::FiscalYear => {
            let month = Tree::node(Head::call("strftime"), [text("%m"), value.clone()]);
            let number = |number: u8| Tree::Number(number.to_string());
            let length = if grain == Grain::FiscalYear { 12 } else { 3 };
            let ahead = Tree::operator("+", month, number(11 - months));
            let into = Tree::operator("%", ahead, number(length));
            let back = Tree::operator("||", text("-"), into);
            let back = Tree::operator("||", back, text(" months"));
            date(vec![text("start of month"), back])
        }
    }
}
