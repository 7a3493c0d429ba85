//! `[h]:mm:ss`: a number of seconds as hours, minutes and seconds.

use std::fmt;

use super::digits::Digits;
use super::reader::Reader;
use super::style::{NegativeStyle, Style};
use super::{PatternError, digits};
use crate::value::Decimal;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DurationPattern(Vec<DurationPiece>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum DurationPiece {
    /// All of it in whole units, in at least so many digits.
    Elapsed(Unit, usize),
    /// What is left of the next larger unit, in two digits.
    Rest(Unit),
    Between(char),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Unit {
    Hours,
    Minutes,
    Seconds,
}

impl Unit {
    fn letter(self) -> char {
        match self {
            Unit::Hours => 'h',
            Unit::Minutes => 'm',
            Unit::Seconds => 's',
        }
    }

    /// The next smaller one.
    fn next(self) -> Option<Self> {
        match self {
            Unit::Hours => Some(Unit::Minutes),
            Unit::Minutes => Some(Unit::Seconds),
            Unit::Seconds => None,
        }
    }
}

/// What stands between parts without quotes.
const BETWEEN: [char; 4] = [':', ' ', '.', '\''];

const HELP: &str = "write `[h]:mm:ss`, `[h]:mm`, `[m]:ss` or `[s]`";

impl DurationPattern {
    pub(super) fn parse(text: &str) -> Result<Self, PatternError> {
        let mut pieces = Vec::new();
        let mut reader = Reader::new(text);
        let mut last: Option<Unit> = None;
        while let Some(next) = reader.peek() {
            let start = reader.at();
            let refuse =
                |end: usize, reason| Err(PatternError::new(start..end, reason).with_help(HELP));
            if let Some(literal) = reader.literal()? {
                pieces.extend(literal.chars().map(DurationPiece::Between));
            } else if next == '[' {
                reader.next();
                let word = reader.run(char::is_alphabetic);
                let is_closed = reader.eat("]");
                let end = reader.at();
                let unit = match word {
                    "h" | "hh" => Unit::Hours,
                    "m" | "mm" => Unit::Minutes,
                    "s" | "ss" => Unit::Seconds,
                    _ => return refuse(end.max(start + 1), "no unit of a duration"),
                };
                if !is_closed {
                    return refuse(end, "a bracket that does not end");
                }
                if last.is_some() {
                    return refuse(end, "a second unit in brackets");
                }
                last = Some(unit);
                pieces.push(DurationPiece::Elapsed(unit, word.len()));
            } else if next.is_alphanumeric() {
                let word = reader.run(char::is_alphanumeric);
                let end = reader.at();
                let unit = match word {
                    "mm" => Unit::Minutes,
                    "ss" => Unit::Seconds,
                    _ => return refuse(end, "no part of a duration"),
                };
                if last.and_then(Unit::next) != Some(unit) {
                    return refuse(end, "a part that does not follow the unit before it");
                }
                last = Some(unit);
                pieces.push(DurationPiece::Rest(unit));
            } else if BETWEEN.contains(&next) {
                reader.next();
                pieces.push(DurationPiece::Between(next));
            } else {
                return refuse(
                    start + next.len_utf8(),
                    "a sign that stands between no parts",
                );
            }
        }
        if last.is_none() {
            let error = PatternError::new(0..text.len(), "no unit in brackets");
            return Err(error.with_help(HELP));
        }
        Ok(Self(pieces))
    }

    /// A number of seconds, rounded to whole ones; units that are not shown are cut, as clocks do.
    pub(super) fn write(&self, number: &Decimal, style: &Style) -> String {
        let mut seconds = Digits::of(number, 0);
        seconds.round(0);
        let (minutes, second) = divided(&seconds.whole);
        let (hours, minute) = divided(&minutes);
        let mut out = String::new();
        let mut is_nothing = true;
        for piece in &self.0 {
            let two;
            let (digits, least) = match piece {
                DurationPiece::Elapsed(Unit::Hours, least) => (&*hours, *least),
                DurationPiece::Elapsed(Unit::Minutes, least) => (&*minutes, *least),
                DurationPiece::Elapsed(Unit::Seconds, least) => (&*seconds.whole, *least),
                DurationPiece::Rest(unit) => {
                    let rest = if *unit == Unit::Minutes {
                        minute
                    } else {
                        second
                    };
                    two = [b'0' + rest / 10, b'0' + rest % 10];
                    (&two[..], 2)
                }
                DurationPiece::Between(character) => {
                    out.push(*character);
                    continue;
                }
            };
            is_nothing &= digits.iter().all(|digit| *digit == b'0');
            let zeros = std::iter::repeat_n(b'0', least.saturating_sub(digits.len()));
            let all = zeros.chain(digits.iter().copied());
            out.extend(all.map(|digit| digits::shown(digit, &style.locale)));
        }
        let (is_negative, ..) = number.parts();
        if !is_negative || is_nothing {
            return out;
        }
        let (before, behind) = match style.negative {
            NegativeStyle::Minus => style.locale.minus(),
            NegativeStyle::Parentheses => ("(", ")"),
        };
        format!("{before}{out}{behind}")
    }
}

impl fmt::Display for DurationPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for piece in &self.0 {
            match piece {
                DurationPiece::Elapsed(unit, least) => {
                    let word = unit.letter().to_string().repeat(*least);
                    write!(f, "[{word}]")?;
                }
                DurationPiece::Rest(unit) => write!(f, "{0}{0}", unit.letter())?,
                DurationPiece::Between(character) if BETWEEN.contains(character) => {
                    write!(f, "{character}")?;
                }
                DurationPiece::Between(character) => write!(f, "\\{character}")?,
            }
        }
        Ok(())
    }
}

/// A number in digits divided by sixty, and what is left.
fn divided(digits: &[u8]) -> (Vec<u8>, u8) {
    let mut quotient = Vec::with_capacity(digits.len());
    let mut rest: u16 = 0;
    for digit in digits {
        let number = rest * 10 + u16::from(digit.wrapping_sub(b'0'));
        let next = u8::try_from(number / 60).unwrap_or_default();
        if next > 0 || !quotient.is_empty() {
            quotient.push(b'0' + next);
        }
        rest = number % 60;
    }
    (quotient, u8::try_from(rest).unwrap_or_default())
}
