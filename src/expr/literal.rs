//! Literals with a meaning of their own: dates and intervals, units of time, time zones, patterns.
//!
//! Only spellings that every setting of the database reads alike are accepted; `01/02/2026`
//! (DateStyle) and `today` (the clock) are not.

use jiff::civil::{Date, Time};

use super::{BaseType, DateField};
use crate::calendar::Zone;

/// The canonical text of a typed constant.
///
/// # Errors
/// The spelling that would be right.
pub(super) fn canonical(base: BaseType, text: &str) -> Result<Box<str>, &'static str> {
    let (found, expected) = match base {
        BaseType::Date => (date(text), "a date is written `2026-01-31`"),
        BaseType::Time => (time(text), "a time is written `23:59:00`"),
        BaseType::Timestamp => (
            timestamp(text),
            "a timestamp is written `2026-01-31 23:59:00`",
        ),
        BaseType::Timestamptz => (
            timestamptz(text),
            "a timestamp with a zone is written `2026-01-31 23:59:00+00`",
        ),
        BaseType::Interval => (interval(text), "an interval is written `1 month 2 days`"),
        _ => (None, "a constant of this type is written with a cast"),
    };
    found.map(String::into_boxed_str).ok_or(expected)
}

/// A number of exactly `length` digits in front of the text, and the rest.
fn digits(text: &str, length: usize) -> Option<(i16, &str)> {
    let number = text.get(..length)?;
    if !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some((number.parse().ok()?, text.get(length..)?))
}

fn date(text: &str) -> Option<String> {
    let (year, rest) = digits(text, 4)?;
    let (month, rest) = digits(rest.strip_prefix('-')?, 2)?;
    let (day, rest) = digits(rest.strip_prefix('-')?, 2)?;
    let is_date = year > 0 && Date::new(year, month.try_into().ok()?, day.try_into().ok()?).is_ok();
    (is_date && rest.is_empty()).then(|| text.to_owned())
}

fn time(text: &str) -> Option<String> {
    let (hour, rest) = digits(text, 2)?;
    let (minute, rest) = digits(rest.strip_prefix(':')?, 2)?;
    let (second, rest) = match rest.strip_prefix(':') {
        Some(seconds) => digits(seconds, 2)?,
        None => (0, rest),
    };
    // Jiff takes second 60 for no time, which is as it should be here.
    Time::new(
        hour.try_into().ok()?,
        minute.try_into().ok()?,
        second.try_into().ok()?,
        0,
    )
    .ok()?;
    let fraction = match rest.strip_prefix('.') {
        Some(fraction) => fraction,
        None if rest.is_empty() => return Some(format!("{hour:02}:{minute:02}:{second:02}")),
        None => return None,
    };
    let is_fraction =
        (1..=6).contains(&fraction.len()) && fraction.bytes().all(|byte| byte.is_ascii_digit());
    is_fraction.then(|| format!("{hour:02}:{minute:02}:{second:02}.{fraction}"))
}

fn timestamp(text: &str) -> Option<String> {
    let date = date(text.get(..10)?)?;
    let rest = text.get(10..)?;
    if rest.is_empty() {
        return Some(format!("{date} 00:00:00"));
    }
    let time = time(rest.strip_prefix([' ', 'T'])?)?;
    Some(format!("{date} {time}"))
}

fn timestamptz(text: &str) -> Option<String> {
    if let Some(utc) = text.strip_suffix('Z') {
        return Some(format!("{}+00:00", timestamp(utc)?));
    }
    let sign_at = text.get(10..)?.rfind(['+', '-'])? + 10;
    let (local, offset) = (text.get(..sign_at)?, text.get(sign_at..)?);
    let (hours, rest) = digits(offset.get(1..)?, 2)?;
    let (minutes, rest) = match rest.strip_prefix(':') {
        Some(minutes) => digits(minutes, 2)?,
        None => (0, rest),
    };
    let is_offset = hours <= 14 && minutes < 60 && rest.is_empty();
    let sign = offset.get(..1)?;
    let local = timestamp(local)?;
    is_offset.then(|| format!("{local}{sign}{hours:02}:{minutes:02}"))
}

/// Counts and units, `1 month 2 days`. A sign is accepted on a single count only: what a sign in
/// front of several counts means is a setting (IntervalStyle).
fn interval(text: &str) -> Option<String> {
    const UNITS: [(&str, &str); 10] = [
        ("year", "year"),
        ("month", "month"),
        ("mon", "month"),
        ("week", "week"),
        ("day", "day"),
        ("hour", "hour"),
        ("minute", "minute"),
        ("min", "minute"),
        ("second", "second"),
        ("sec", "second"),
    ];
    let mut words = text.split(' ').filter(|word| !word.is_empty());
    let mut out = String::new();
    let mut is_signed = false;
    while let Some(count) = words.next() {
        let unsigned = count.strip_prefix(['+', '-']).unwrap_or(count);
        is_signed |= unsigned.len() < count.len();
        let is_count =
            (1..=9).contains(&unsigned.len()) && unsigned.bytes().all(|byte| byte.is_ascii_digit());
        if !is_count || (is_signed && !out.is_empty()) {
            return None;
        }
        let unit = words.next()?.to_ascii_lowercase();
        let singular = unit.strip_suffix('s').unwrap_or(&unit);
        let (_, unit) = UNITS.iter().find(|(word, _)| *word == singular)?;
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(count.strip_prefix('+').unwrap_or(count));
        out.push(' ');
        out.push_str(unit);
    }
    (!out.is_empty()).then_some(out)
}

/// Whether the text names a time zone of the IANA database that no setting gives another meaning:
/// PostgreSQL looks abbreviations such as `CET` up in `timezone_abbreviations` first.
pub(super) fn is_time_zone(text: &str) -> bool {
    text == "UTC" || (text.contains('/') && Zone::parse(text).is_some())
}

impl DateField {
    const ALL: [DateField; 13] = [
        DateField::Epoch,
        DateField::Second,
        DateField::Minute,
        DateField::Hour,
        DateField::Day,
        DateField::Week,
        DateField::Month,
        DateField::Quarter,
        DateField::Year,
        DateField::IsoYear,
        DateField::DayOfWeek,
        DateField::IsoDayOfWeek,
        DateField::DayOfYear,
    ];

    /// PostgreSQL's word for it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            DateField::Epoch => "epoch",
            DateField::Second => "second",
            DateField::Minute => "minute",
            DateField::Hour => "hour",
            DateField::Day => "day",
            DateField::Week => "week",
            DateField::Month => "month",
            DateField::Quarter => "quarter",
            DateField::Year => "year",
            DateField::IsoYear => "isoyear",
            DateField::DayOfWeek => "dow",
            DateField::IsoDayOfWeek => "isodow",
            DateField::DayOfYear => "doy",
        }
    }

    /// Every word, for suggestions.
    pub(super) fn names() -> impl Iterator<Item = &'static str> + Clone {
        Self::ALL.into_iter().map(Self::as_str)
    }

    /// The field with this name, in any case.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|field| field.as_str().eq_ignore_ascii_case(text))
    }

    /// Whether dates can be truncated to it.
    pub(crate) fn is_grain(self) -> bool {
        matches!(
            self,
            DateField::Second
                | DateField::Minute
                | DateField::Hour
                | DateField::Day
                | DateField::Week
                | DateField::Month
                | DateField::Quarter
                | DateField::Year
        )
    }
}

/// A piece of a pattern of `to_char`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PatternPart<'p> {
    /// What `strftime` has a code for: the letter.
    Strftime(char),
    /// What only PostgreSQL knows.
    PostgresOnly,
    /// Text as it stands.
    Verbatim(&'p str),
}

/// The pieces of a pattern for dates, or `None` where a piece is unknown.
pub(super) fn pattern(text: &str) -> Option<Vec<PatternPart<'_>>> {
    /// The longest first; letters of `strftime`, where it has them.
    const WORDS: [(&str, Option<char>); 21] = [
        ("SSSSS", None),
        ("SSSS", None),
        ("YYYY", Some('Y')),
        ("IYYY", None),
        ("HH24", Some('H')),
        ("HH12", None),
        ("Month", None),
        ("DDD", Some('j')),
        ("Mon", None),
        ("Day", None),
        ("YY", None),
        ("MM", Some('m')),
        ("MI", Some('M')),
        ("DD", Some('d')),
        ("SS", Some('S')),
        ("Dy", None),
        ("ID", None),
        ("IW", None),
        ("FM", None),
        ("Q", None),
        ("D", None),
    ];
    let mut rest = text;
    let mut parts = Vec::new();
    while !rest.is_empty() {
        if let Some(quoted) = rest.strip_prefix('"') {
            let (verbatim, behind) = quoted.split_once('"')?;
            let is_plain = verbatim
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b" _-".contains(&byte));
            if !is_plain {
                return None;
            }
            parts.push(PatternPart::Verbatim(verbatim));
            rest = behind;
            continue;
        }
        if rest.starts_with(['-', '/', ':', '.', ',', ' ', '_']) {
            let (separator, behind) = rest.split_at_checked(1)?;
            parts.push(PatternPart::Verbatim(separator));
            rest = behind;
            continue;
        }
        let (word, letter) = WORDS.iter().find(|(word, _)| {
            rest.get(..word.len())
                .is_some_and(|start| is_spelling(start, word))
        })?;
        parts.push(letter.map_or(PatternPart::PostgresOnly, PatternPart::Strftime));
        rest = rest.get(word.len()..)?;
    }
    (!parts.is_empty()).then_some(parts)
}

/// Whether PostgreSQL knows the word in this case: all upper, all lower, or as in the list.
fn is_spelling(written: &str, word: &str) -> bool {
    written.eq_ignore_ascii_case(word)
        && (written == word
            || !written.bytes().any(|byte| byte.is_ascii_lowercase())
            || !written.bytes().any(|byte| byte.is_ascii_uppercase()))
}
