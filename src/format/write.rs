//! Values as text.

use super::digits::Digits;
use super::number::{NumberPattern, Piece, Section};
use super::style::{NegativeStyle, Style};
use super::{Form, FormatPattern, Meaning, PercentScale};
use crate::value::{Decimal, Timestamp, Value};

/// Compact numbers have a letter for every three digits.
const LETTERS: [&str; 4] = ["K", "M", "B", "T"];

impl FormatPattern {
    /// A value as text; nothing where the pattern has no way to show it.
    pub fn write(&self, value: &Value, meaning: Meaning, style: &Style) -> Option<String> {
        match &self.0 {
            Form::Number(pattern) => Some(pattern.write(&number(value)?, meaning, style)),
            Form::Duration(pattern) => Some(pattern.write(&number(value)?, style)),
            Form::Date(pattern) => Some(pattern.write(clock(value, style)?, &style.locale)),
            Form::Boolean(pattern) => match value {
                Value::Boolean(truth) => Some(pattern.write(*truth).to_owned()),
                _ => None,
            },
        }
    }

    /// A value as text: that of the style for a missing one, and a value that the pattern has no way to show
    /// as it is.
    pub fn write_or_null(&self, value: Option<&Value>, meaning: Meaning, style: &Style) -> String {
        let Some(value) = value else {
            return style.null.to_string();
        };
        let written = self.write(value, meaning, style);
        written.unwrap_or_else(|| value.to_string())
    }
}

/// A number in its exact digits.
fn number(value: &Value) -> Option<Decimal> {
    match value {
        Value::Integer(number) => Some(Decimal::from(*number)),
        Value::Decimal(number) => Some(number.clone()),
        Value::Float(number) => Decimal::parse(&number.to_string()),
        _ => None,
    }
}

/// What clocks and calendars show.
fn clock(value: &Value, style: &Style) -> Option<Timestamp> {
    match value {
        Value::Date(date) => Some(Timestamp::midnight(*date)),
        Value::Timestamp(time) => Some(*time),
        Value::Timestamptz(moment) => Some(style.zone.clock_at(*moment)),
        _ => None,
    }
}

impl NumberPattern {
    fn write(&self, number: &Decimal, meaning: Meaning, style: &Style) -> String {
        let (is_negative, ..) = number.parts();
        let is_zero = number.as_str() == "0";
        let own = match &self.zero {
            Some(zero) if is_zero => zero,
            _ if is_negative => self.negative.as_ref().unwrap_or(&self.positive),
            _ => &self.positive,
        };
        let (digits, letter) = own.digits(number, meaning, style);
        let rounds_to_nothing = digits.as_ref().is_some_and(Digits::is_zero);
        if is_negative && rounds_to_nothing {
            // What is rounded to nothing has no sign.
            let (digits, _) = self.positive.digits(number, meaning, style);
            return self.positive.write(digits, "", meaning, style);
        }
        let text = own.write(digits, letter, meaning, style);
        if !is_negative || self.negative.is_some() {
            return text;
        }
        let (before, behind) = match style.negative {
            NegativeStyle::Minus => style.locale.minus(),
            NegativeStyle::Parentheses => ("(", ")"),
        };
        format!("{before}{text}{behind}")
    }
}

impl Section {
    /// The digits that are shown, and the letter behind them.
    fn digits(
        &self,
        number: &Decimal,
        meaning: Meaning,
        style: &Style,
    ) -> (Option<Digits>, &'static str) {
        let Some(body) = &self.body else {
            return (None, "");
        };
        let in_hundredths =
            self.has_percent() && meaning.percent_scale != Some(PercentScale::Points);
        let places = if in_hundredths { 2 } else { 0 } - 3 * i32::from(body.thousands);
        if style.is_compact
            && style.locale.is_english()
            && body.thousands == 0
            && !self.has_percent()
            && let Some((digits, letter)) = compact(number)
        {
            return (Some(digits), letter);
        }
        let mut digits = Digits::of(number, places);
        digits.round(usize::from(body.most));
        digits.pad(usize::from(body.whole), usize::from(body.least));
        (Some(digits), "")
    }

    fn write(
        &self,
        digits: Option<Digits>,
        letter: &str,
        meaning: Meaning,
        style: &Style,
    ) -> String {
        let mut out = String::new();
        pieces(&self.prefix, true, meaning, &mut out);
        if let (Some(digits), Some(body)) = (digits, &self.body) {
            digits.write(body.is_grouped, &style.locale, &mut out);
            out.push_str(letter);
        }
        pieces(&self.suffix, false, meaning, &mut out);
        out
    }
}

/// What stands around the digits.
fn pieces(pieces: &[Piece], is_in_front: bool, meaning: Meaning, out: &mut String) {
    for piece in pieces {
        match piece {
            Piece::Text(text) => out.push_str(text),
            Piece::Percent => out.push('%'),
            Piece::Currency => match meaning.currency {
                None => out.push('¤'),
                Some(currency) => match currency.sign() {
                    Some(sign) => out.push_str(sign),
                    // A code is a word of its own.
                    None if is_in_front => {
                        out.push_str(currency.as_str());
                        out.push('\u{a0}');
                    }
                    None => {
                        if !out.ends_with([' ', '\u{a0}']) {
                            out.push('\u{a0}');
                        }
                        out.push_str(currency.as_str());
                    }
                },
            },
        }
    }
}

/// A number of a thousand or more in two or three digits and a letter: `1.2M`, `12M`, `123M`.
fn compact(number: &Decimal) -> Option<(Digits, &'static str)> {
    let mut step = Digits::of(number, 0).whole.len().checked_sub(1)? / 3;
    if step == 0 {
        return None;
    }
    loop {
        step = step.min(LETTERS.len());
        let mut digits = Digits::of(number, -3 * i32::try_from(step).ok()?);
        let places = usize::from(digits.whole.len() == 1);
        digits.round(places);
        if digits.whole.len() == 2 {
            // What was rounded up to ten has no digit behind the point either.
            digits.round(0);
        }
        // What was rounded up to a thousand has the next letter.
        if digits.whole.len() > 3 && step < LETTERS.len() {
            step += 1;
            continue;
        }
        digits.pad(1, 0);
        let letter = LETTERS.get(step.checked_sub(1)?)?;
        return Some((digits, letter));
    }
}
