//! `YYYY-MM-DD HH:mm`: parts of a date and time, and what stands between them.

use std::fmt;

use super::locale::Locale;
use super::reader::Reader;
use super::{PatternError, digits};
use crate::value::Timestamp;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DatePattern(Vec<DatePiece>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DatePiece {
    Part(DatePart),
    Between(char),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DatePart {
    Year,
    ShortYear,
    Month,
    Day,
    Hour,
    Minute,
    Second,
}

impl DatePart {
    /// Each with its spelling, longest first.
    const ALL: [(&'static str, DatePart); 7] = [
        ("YYYY", DatePart::Year),
        ("YY", DatePart::ShortYear),
        ("MM", DatePart::Month),
        ("DD", DatePart::Day),
        ("HH", DatePart::Hour),
        ("mm", DatePart::Minute),
        ("ss", DatePart::Second),
    ];

    pub(super) fn as_str(self) -> &'static str {
        let found = Self::ALL.iter().find(|(_, part)| *part == self);
        found.map_or("", |(word, _)| word)
    }

    /// Where it stands in `YYYY-MM-DD HH:MM:SS`.
    fn place(self) -> std::ops::Range<usize> {
        match self {
            DatePart::Year => 0..4,
            DatePart::ShortYear => 2..4,
            DatePart::Month => 5..7,
            DatePart::Day => 8..10,
            DatePart::Hour => 11..13,
            DatePart::Minute => 14..16,
            DatePart::Second => 17..19,
        }
    }
}

const HELP: &str = "write YYYY, YY, MM, DD, HH, mm and ss, such as `YYYY-MM-DD`";

impl DatePattern {
    pub(super) fn parse(text: &str) -> Result<Self, PatternError> {
        let mut pieces = Vec::new();
        let mut reader = Reader::new(text);
        while let Some(next) = reader.peek() {
            let start = reader.at();
            let found = DatePart::ALL.iter().find(|(word, _)| reader.eat(word));
            if let Some((_, part)) = found {
                let last = part.as_str().chars().next();
                if reader.peek() == last {
                    let rest = reader.run(|c| Some(c) == last);
                    let end = start + part.as_str().len() + rest.len();
                    let error =
                        PatternError::new(start..end, "no part of a date has so many letters");
                    return Err(error.with_help(HELP));
                }
                pieces.push(DatePiece::Part(*part));
            } else if next == 'T' || !(next.is_alphanumeric() || matches!(next, '"' | '\\')) {
                reader.next();
                pieces.push(DatePiece::Between(next));
            } else {
                let word = reader.run(char::is_alphanumeric);
                let end = start + word.len().max(1);
                let error = PatternError::new(start..end, "no part of a date");
                return Err(error.with_help(HELP));
            }
        }
        if !pieces
            .iter()
            .any(|piece| matches!(piece, DatePiece::Part(_)))
        {
            let error = PatternError::new(0..text.len(), "no part of a date in the pattern");
            return Err(error.with_help(HELP));
        }
        Ok(Self(pieces))
    }

    pub(super) fn pieces(&self) -> &[DatePiece] {
        &self.0
    }

    pub(super) fn write(&self, time: Timestamp, locale: &Locale) -> String {
        let text = time.to_string();
        let mut out = String::new();
        for piece in &self.0 {
            match piece {
                DatePiece::Part(part) => {
                    let shown = text.get(part.place()).unwrap_or_default();
                    out.extend(shown.bytes().map(|digit| digits::shown(digit, locale)));
                }
                DatePiece::Between(character) => out.push(*character),
            }
        }
        out
    }
}

impl fmt::Display for DatePattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for piece in &self.0 {
            match piece {
                DatePiece::Part(part) => f.write_str(part.as_str())?,
                DatePiece::Between(character) => write!(f, "{character}")?,
            }
        }
        Ok(())
    }
}
