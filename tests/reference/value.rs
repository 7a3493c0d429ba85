//! What a cell holds, and how values compare.

use std::cmp::Ordering;

use super::number::{Number, Undecided};

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
    pub fn text(text: &str) -> Self {
        Self::Text(text.to_owned())
    }

    pub fn integer(value: i64) -> Self {
        Self::Number(Number::integer(i128::from(value)))
    }

    pub fn is_null(&self) -> bool {
        *self == Self::Null
    }

    /// The order of two values of one type; `None` if one of them is NULL.
    pub fn compare(&self, other: &Self) -> Result<Option<Ordering>, Undecided> {
        Ok(match (self, other) {
            (Self::Null, _) | (_, Self::Null) => None,
            (Self::Boolean(left), Self::Boolean(right)) => Some(left.cmp(right)),
            (Self::Number(left), Self::Number(right)) => Some(left.compare(*right)?),
            (Self::Text(left), Self::Text(right)) => Some(left.cmp(right)),
            (Self::Date(left), Self::Date(right)) => Some(left.cmp(right)),
            _ => panic!("{self:?} and {other:?} are of two types"),
        })
    }

    /// Whether two values are the same member, NULL being one too.
    pub fn is_same(&self, other: &Self) -> Result<bool, Undecided> {
        match (self, other) {
            (Self::Null, Self::Null) => Ok(true),
            _ => Ok(self.compare(other)? == Some(Ordering::Equal)),
        }
    }

    /// Whether a database's text, `∅` for NULL, says this value.
    pub fn is_said_by(&self, text: &str, null: &str) -> bool {
        match self {
            Self::Null => text == null,
            Self::Boolean(truth) => [
                if *truth { "t" } else { "f" },
                if *truth { "1" } else { "0" },
            ]
            .contains(&text),
            Self::Number(number) => number.is_said_by(text),
            Self::Text(own) => text == own,
            Self::Date(days) => text == date_text(*days),
        }
    }
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
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    (era * 400 + year + i64::from(month <= 2), month, day)
}

/// The way back, by search: dates here are few and near.
pub fn days_of(year: i64, month: i64, day: i64) -> i64 {
    let guess = (year - 1970) * 365 + (month - 1) * 30 + day;
    (guess - 10..guess + 40)
        .find(|days| civil(*days) == (year, month, day))
        .unwrap_or_else(|| panic!("{year}-{month}-{day} is no date"))
}

pub fn date_text(days: i64) -> String {
    let (year, month, day) = civil(days);
    format!("{year:04}-{month:02}-{day:02}")
}
