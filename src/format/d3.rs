//! Patterns as specifiers of d3.

use super::date::{DatePart, DatePattern, DatePiece};
use super::number::{NumberPattern, Piece};
use super::{Meaning, PercentScale};

/// A format for d3.
///
/// d3 takes its minus and its currency from its own locale: its default writes the minus as U+2212 and the dollar
/// for every currency. Numbers are binary there, so a half that is none in binary is rounded down.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(tag = "type", content = "specifier", rename_all = "snake_case")]
pub enum D3Format {
    /// A specifier of d3-format, such as `$,.2f`.
    Number(String),
    /// A specifier of d3-time-format, such as `%Y-%m-%d`, for `utcFormat` and the clock in UTC.
    Time(String),
}

pub(super) fn of_number(pattern: &NumberPattern, meaning: Meaning) -> Option<D3Format> {
    if pattern.zero.is_some() {
        return None;
    }
    let section = &pattern.positive;
    let body = section.body?;
    let has_one_digit = body.whole == 1 || (body.whole == 0 && body.most == 0);
    // `~` drops all zeros at the end, or none is dropped.
    let trim = match body.least {
        least if least == body.most => "",
        0 => "~",
        _ => return None,
    };
    if !has_one_digit || body.thousands > 0 || body.most > 20 {
        return None;
    }
    let is_dollar = match (&*section.prefix, meaning.currency) {
        ([], _) => false,
        ([Piece::Text(sign)], currency) if sign == "$" => {
            if currency.is_some_and(|currency| currency.sign() != Some("$")) {
                return None;
            }
            true
        }
        ([Piece::Currency], Some(currency)) if currency.sign() == Some("$") => true,
        _ => return None,
    };
    let is_percent = match &*section.suffix {
        [] => false,
        // There, a percentage is always a fraction.
        [Piece::Percent] if meaning.percent_scale != Some(PercentScale::Points) => true,
        _ => return None,
    };
    let sign = match &pattern.negative {
        None => "",
        Some(negative) if *negative == section.with_minus() => "",
        Some(negative) if *negative == section.in_parentheses() => "(",
        Some(_) => return None,
    };
    let dollar = if is_dollar { "$" } else { "" };
    let comma = if body.is_grouped { "," } else { "" };
    let kind = if is_percent { "%" } else { "f" };
    let most = body.most;
    Some(D3Format::Number(format!(
        "{sign}{dollar}{comma}.{most}{trim}{kind}"
    )))
}

pub(super) fn of_date(pattern: &DatePattern) -> D3Format {
    let mut out = String::new();
    for piece in pattern.pieces() {
        match piece {
            DatePiece::Part(part) => out.push_str(match part {
                DatePart::Year => "%Y",
                DatePart::ShortYear => "%y",
                DatePart::Month => "%m",
                DatePart::Day => "%d",
                DatePart::Hour => "%H",
                DatePart::Minute => "%M",
                DatePart::Second => "%S",
            }),
            DatePiece::Between('%') => out.push_str("%%"),
            DatePiece::Between(character) => out.push(*character),
        }
    }
    D3Format::Time(out)
}
