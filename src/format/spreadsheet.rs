//! Patterns as number format codes of spreadsheets.

use super::date::{DatePart, DatePattern, DatePiece};
use super::number::{NumberPattern, Piece, Section};
use super::{Meaning, PercentScale};

pub(super) fn of_number(pattern: &NumberPattern, meaning: Meaning) -> Option<String> {
    let mut out = section(&pattern.positive, meaning)?;
    let others = match (&pattern.negative, &pattern.zero) {
        (None, None) => return Some(out),
        (negative, zero) => [negative, zero],
    };
    for other in others.into_iter().flatten() {
        out.push(';');
        out.push_str(&section(other, meaning)?);
    }
    Some(out)
}

fn section(section: &Section, meaning: Meaning) -> Option<String> {
    let mut out = String::new();
    pieces(&section.prefix, true, meaning, &mut out)?;
    if let Some(body) = &section.body {
        // Without a digit that is always there, a spreadsheet shows an empty cell or a bare point.
        let shows_nothing = body.whole == 0 && body.least == 0;
        let shows_bare_point = body.least == 0 && body.most > 0;
        if shows_nothing || shows_bare_point {
            return None;
        }
        out.push_str(&body.to_string());
    }
    pieces(&section.suffix, false, meaning, &mut out)?;
    Some(out)
}

fn pieces(pieces: &[Piece], is_in_front: bool, meaning: Meaning, out: &mut String) -> Option<()> {
    for piece in pieces {
        match piece {
            Piece::Text(text) => write_text(text, out),
            // As text it does not move the point.
            Piece::Percent if meaning.percent_scale == Some(PercentScale::Points) => {
                out.push_str("\"%\"");
            }
            Piece::Percent => out.push('%'),
            Piece::Currency => {
                let currency = meaning.currency?;
                match currency.sign() {
                    Some(sign) => write_text(sign, out),
                    None if is_in_front => write_text(&format!("{currency}\u{a0}"), out),
                    None => write_text(&format!("\u{a0}{currency}"), out),
                }
            }
        }
    }
    Some(())
}

/// Text in quotes, but for signs that have no other meaning in any spreadsheet.
fn write_text(text: &str, out: &mut String) {
    for character in text.chars() {
        match character {
            '$' | '(' | ')' | '+' | '-' | ' ' => out.push(character),
            _ if character.is_ascii() => {
                out.push('\\');
                out.push(character);
            }
            _ => out.extend(['"', character, '"']),
        }
    }
}

pub(super) fn of_date(pattern: &DatePattern) -> Option<String> {
    let mut out = String::new();
    let parts: Vec<DatePart> = pattern
        .pieces()
        .iter()
        .filter_map(|piece| match piece {
            DatePiece::Part(part) => Some(*part),
            DatePiece::Between(_) => None,
        })
        .collect();
    // There, `mm` is minutes behind hours or before seconds, and months everywhere else.
    for (at, part) in parts.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| parts.get(at));
        let is_read_as_minutes =
            before == Some(&DatePart::Hour) || parts.get(at + 1) == Some(&DatePart::Second);
        match part {
            DatePart::Minute if !is_read_as_minutes => return None,
            DatePart::Month if is_read_as_minutes => return None,
            _ => {}
        }
    }
    for piece in pattern.pieces() {
        match piece {
            DatePiece::Part(part) => out.push_str(match part {
                DatePart::Year => "yyyy",
                DatePart::ShortYear => "yy",
                DatePart::Month => "mm",
                DatePart::Day => "dd",
                DatePart::Hour => "hh",
                DatePart::Minute => "mm",
                DatePart::Second => "ss",
            }),
            DatePiece::Between(character @ (':' | '-' | ' ')) => out.push(*character),
            DatePiece::Between(character) => write_text(&character.to_string(), &mut out),
        }
    }
    Some(out)
}
