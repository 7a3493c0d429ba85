//! What a cell holds, how values compare, and the calendar.

use std::cmp::Ordering;

use super::number::Number;

#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Null,
    Boolean(bool),
    Number(Number),
    Text(String),
    /// Days since 1970-01-01.
    Date(i64),
}

impl Value {
    pub fn integer(value: i64) -> Self {
        Self::Number(Number::integer(i128::from(value)))
    }

    pub fn is_null(&self) -> bool {
        *self == Self::Null
    }

    /// The number of a value, `None` for NULL.
    pub fn number(&self) -> Option<Number> {
        match self {
            Self::Null => None,
            Self::Number(number) => Some(*number),
            other => panic!("{other:?} is no number"),
        }
    }

    /// The truth of a value, `None` for unknown.
    pub fn truth(&self) -> Option<bool> {
        match self {
            Self::Null => None,
            Self::Boolean(truth) => Some(*truth),
            other => panic!("{other:?} is no truth"),
        }
    }

    /// The order of two values of one type; `None` if one of them is NULL.
    pub fn compare(&self, other: &Self) -> Option<Ordering> {
        if let (Self::Number(left), Self::Number(right)) = (self, other) {
            left.doubt_if_close(*right);
        }
        self.exact_order(other)
    }

    /// The same where either of two roundings of one number may stand for both.
    pub fn exact_order(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Null, _) | (_, Self::Null) => None,
            (Self::Boolean(left), Self::Boolean(right)) => Some(left.cmp(right)),
            (Self::Number(left), Self::Number(right)) => Some(left.exact_order(*right)),
            (Self::Text(left), Self::Text(right)) => Some(left.cmp(right)),
            (Self::Date(left), Self::Date(right)) => Some(left.cmp(right)),
            _ => panic!("{self:?} and {other:?} are of two types"),
        }
    }

    /// Whether two values are the same member, NULL being one too.
    pub fn is_same(&self, other: &Self) -> bool {
        self.is_null() && other.is_null() || self.compare(other) == Some(Ordering::Equal)
    }
}

/// The least or the greatest; of nothing, NULL.
pub fn extreme<'v>(values: impl Iterator<Item = &'v Value>, wanted: Ordering) -> Value {
    let known = values.filter(|value| !value.is_null());
    let best = known.reduce(|best, value| match value.exact_order(best) {
        Some(order) if order == wanted => value,
        // Of two equal ones, a database may find the rounded one beyond the other.
        Some(Ordering::Equal) if matches!(value, Value::Number(n) if n.is_rounded) => value,
        _ => best,
    });
    best.cloned().unwrap_or(Value::Null)
}

/// Where periods begin: weeks so many days after Monday, fiscal years so many months after January.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Periods {
    pub week: i64,
    pub fiscal_year: i64,
}

/// The first day of a day's period.
pub fn start(day: i64, grain: &str, periods: Periods) -> i64 {
    let (year, month, _) = civil(day);
    let since = |begins: i64, length: i64| {
        let into = (month - 1 - begins).rem_euclid(length);
        months_later(days_of(year, month, 1), -into)
    };
    match grain {
        "day" => day,
        // The first of January 1970 was a Thursday, three days after a Monday.
        "week" => day - (day + 3 - periods.week).rem_euclid(7),
        "month" => since(0, 1),
        "quarter" => since(0, 3),
        "fiscal_quarter" => since(periods.fiscal_year, 3),
        "year" => since(0, 12),
        "fiscal_year" => since(periods.fiscal_year, 12),
        _ => panic!("no grain {grain}"),
    }
}

/// The same day so many months later, or the last of a month that does not have it.
pub fn months_later(day: i64, months: i64) -> i64 {
    let (year, month, of_month) = civil(day);
    let first = |months: i64| {
        let at = year * 12 + month - 1 + months;
        days_of(at.div_euclid(12), at.rem_euclid(12) + 1, 1)
    };
    (first(months) + of_month - 1).min(first(months + 1) - 1)
}

/// Year, month and day of a number of days since 1970-01-01.
///
/// # Source
/// Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`.
pub fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = (shifted_month + 2) % 12 + 1;
    (era * 400 + year + i64::from(month <= 2), month, day)
}

/// The way back, by search: dates here are few and near.
pub fn days_of(year: i64, month: i64, day: i64) -> i64 {
    let guess = (year - 1970) * 365 + (month - 1) * 30 + day;
    (guess - 10..guess + 40)
        .find(|days| civil(*days) == (year, month, day))
        .unwrap_or_else(|| panic!("{year}-{month}-{day} is no date"))
}
