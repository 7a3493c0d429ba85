//! `$#,##0.00;($#,##0.00);"-"`: sections for positive numbers, negative ones and zero; in each what stands in
//! front, digits, and what stands behind.

use std::fmt;

use super::reader::Reader;
use super::{PatternError, currency};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NumberPattern {
    pub(super) positive: Section,
    /// Without one, negative numbers are the positive ones with a sign in front.
    pub(super) negative: Option<Section>,
    pub(super) zero: Option<Section>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Section {
    pub(super) prefix: Vec<Piece>,
    /// None where zero is shown as a text alone.
    pub(super) body: Option<Body>,
    pub(super) suffix: Vec<Piece>,
}

/// What stands beside the digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    Text(String),
    Percent,
    Currency,
}

/// `#,##0.00,,`: how digits are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Body {
    pub(super) is_grouped: bool,
    /// Digits before the point that are always there.
    pub(super) whole: u8,
    /// Digits behind the point that are always there, and how many there may be.
    pub(super) least: u8,
    pub(super) most: u8,
    /// How often the number is divided by a thousand.
    pub(super) thousands: u8,
}

/// The most digits behind the point that a pattern shows.
const MAX_FRACTION: usize = 30;

/// The most commas at the end: trillions.
const MAX_THOUSANDS: usize = 4;

const DIGITS_HELP: &str = "write digits as `#,##0.00`, and what stands in front and behind";
const QUOTE_HELP: &str = "put what is text in quotes, such as `0 \"m2\"`";

impl NumberPattern {
    pub(super) fn parse(text: &str) -> Result<Self, PatternError> {
        let mut reader = Reader::new(text);
        let positive = Section::parse(&mut reader)?;
        positive.check_sign(0..reader.at())?;
        let Some(first) = positive.body else {
            let error = PatternError::new(0..reader.at(), "no digits in the pattern");
            return Err(error.with_help(DIGITS_HELP));
        };
        let negative = match reader.eat(";") {
            true => Some(negative(&mut reader, &positive)?),
            false => None,
        };
        let zero = match reader.eat(";") {
            true => {
                let start = reader.at();
                let zero = Section::parse(&mut reader)?;
                zero.check_sign(start..reader.at())?;
                Some(zero)
            }
            false => None,
        };
        if reader.peek().is_some() {
            let error = PatternError::new(reader.next_span(), "a fourth section");
            return Err(
                error.with_help("write sections for positive numbers, negative ones and zero")
            );
        }
        let scaled = negative.as_ref().and_then(|section| section.body);
        let percents = negative.as_ref().map(Section::has_percent);
        if scaled.is_some_and(|body| body.thousands != first.thousands)
            || percents.is_some_and(|has| has != positive.has_percent())
        {
            let reason = "negative numbers in another scale than positive ones";
            return Err(PatternError::new(0..text.len(), reason));
        }
        Ok(Self {
            positive,
            negative,
            zero,
        })
    }

    fn sections(&self) -> impl Iterator<Item = &Section> {
        [
            Some(&self.positive),
            self.negative.as_ref(),
            self.zero.as_ref(),
        ]
        .into_iter()
        .flatten()
    }

    pub(super) fn has_percent(&self) -> bool {
        self.positive.has_percent()
    }

    pub(super) fn has_currency_sign(&self) -> bool {
        self.sections()
            .any(|section| section.pieces().any(|piece| *piece == Piece::Currency))
    }

    pub(super) fn fixed_currency_sign(&self) -> Option<&'static str> {
        self.sections()
            .flat_map(Section::pieces)
            .find_map(|piece| match piece {
                Piece::Text(text) => currency::sign_in(text),
                Piece::Percent | Piece::Currency => None,
            })
    }
}

fn negative(reader: &mut Reader<'_>, positive: &Section) -> Result<Section, PatternError> {
    let start = reader.at();
    let section = Section::parse(reader)?;
    if section.body.is_none() {
        let error = PatternError::new(start..reader.at(), "no digits for negative numbers");
        return Err(error.with_help(DIGITS_HELP));
    }
    // A sign, a parenthesis or a word, and not what positive numbers have too.
    let tells = |piece: &Piece| match piece {
        Piece::Text(text) => {
            text.contains(|c: char| matches!(c, '-' | '\u{2212}' | '(') || c.is_alphabetic())
        }
        Piece::Percent | Piece::Currency => false,
    };
    let is_like_positive = section.prefix == positive.prefix && section.suffix == positive.suffix;
    if is_like_positive || !section.pieces().any(tells) {
        let reason = "negative numbers that look like positive ones";
        let error = PatternError::new(start..reader.at(), reason);
        return Err(error.with_help("write a sign or parentheses, such as `0;(0)`"));
    }
    Ok(section)
}

impl Section {
    fn parse(reader: &mut Reader<'_>) -> Result<Self, PatternError> {
        let start = reader.at();
        let mut section = Section {
            prefix: Vec::new(),
            body: None,
            suffix: Vec::new(),
        };
        while let Some(next) = reader.peek() {
            let span = reader.next_span();
            let refuse =
                |reason| Err(PatternError::new(span.clone(), reason).with_help(QUOTE_HELP));
            if let Some(literal) = reader.literal()? {
                section.quoted(literal, reader, span.start)?;
                continue;
            }
            match next {
                ';' => break,
                '#' | '0' | ',' | '.' => section.read_digits(reader)?,
                '1'..='9' => return refuse("a digit that is not one of the number's"),
                '?' | '*' | '_' | '@' | '[' | ']' => {
                    return refuse("a sign that has no meaning here");
                }
                'E' | 'e' if section.is_behind_digits() && is_exponent(reader.rest()) => {
                    return refuse("numbers with an exponent are not written");
                }
                '%' if section.has_percent() => return refuse("a second percent sign"),
                '%' => section.push(Piece::Percent, reader),
                '¤' if section.pieces().any(|piece| *piece == Piece::Currency) => {
                    return refuse("a second sign for the currency");
                }
                '¤' => section.push(Piece::Currency, reader),
                _ => {
                    reader.next();
                    section.text(next);
                }
            }
        }
        if reader.at() == start {
            let reason = "an empty section, which would hide numbers";
            return Err(PatternError::new(start..start, reason).with_help(DIGITS_HELP));
        }
        Ok(section)
    }

    fn side(&mut self) -> &mut Vec<Piece> {
        match self.body {
            None => &mut self.prefix,
            Some(_) => &mut self.suffix,
        }
    }

    fn push(&mut self, piece: Piece, reader: &mut Reader<'_>) {
        reader.next();
        self.side().push(piece);
    }

    fn text(&mut self, character: char) {
        let side = self.side();
        match side.last_mut() {
            Some(Piece::Text(text)) => text.push(character),
            _ => side.push(Piece::Text(character.to_string())),
        }
    }

    /// Text in quotes. Digits of its own beside those of the number would be read as part of it.
    fn quoted(
        &mut self,
        text: &str,
        reader: &Reader<'_>,
        start: usize,
    ) -> Result<(), PatternError> {
        let is_part = |c: Option<char>| c.is_some_and(is_part_of_number);
        let follows = self.is_behind_digits() && is_part(text.chars().next());
        let leads = self.body.is_none()
            && is_part(text.chars().next_back())
            && matches!(reader.peek(), Some('#' | '0' | ',' | '.'));
        if follows || leads {
            let reason = "text that would be read as part of the number";
            let error = PatternError::new(start..reader.at(), reason);
            return Err(error.with_help("put a space between the text and the number"));
        }
        text.chars().for_each(|character| self.text(character));
        Ok(())
    }

    fn is_behind_digits(&self) -> bool {
        self.body.is_some() && self.suffix.is_empty()
    }

    fn read_digits(&mut self, reader: &mut Reader<'_>) -> Result<(), PatternError> {
        let start = reader.at();
        if self.body.is_some() {
            let error = PatternError::new(reader.next_span(), "a second number in one section");
            return Err(error.with_help(QUOTE_HELP));
        }
        let text = reader.run(|c| matches!(c, '#' | '0' | ',' | '.'));
        self.body = Some(Body::parse(text, start)?);
        Ok(())
    }

    /// A minus before the digits says that a number is negative, which those of other sections are not.
    fn check_sign(&self, span: std::ops::Range<usize>) -> Result<(), PatternError> {
        let Some(Piece::Text(text)) = self.prefix.last() else {
            return Ok(());
        };
        if self.body.is_some() && text.ends_with(['-', '\u{2212}']) {
            let reason = "a minus before numbers that are not negative";
            let error = PatternError::new(span, reason);
            return Err(error.with_help("negative numbers get their sign by themselves"));
        }
        Ok(())
    }

    pub(super) fn pieces(&self) -> impl Iterator<Item = &Piece> {
        self.prefix.iter().chain(&self.suffix)
    }

    pub(super) fn has_percent(&self) -> bool {
        self.pieces().any(|piece| *piece == Piece::Percent)
    }
}

fn is_part_of_number(character: char) -> bool {
    character.is_numeric() || matches!(character, '.' | ',')
}

/// Whether it is `E+` or `E-`, in either case.
fn is_exponent(text: &str) -> bool {
    text.chars()
        .nth(1)
        .is_some_and(|next| matches!(next, '+' | '-'))
}

impl Body {
    /// Reads a run of `#`, `0`, `,` and `.` that begins at `start`.
    fn parse(text: &str, start: usize) -> Result<Self, PatternError> {
        let refuse = |at: usize, length: usize, reason| {
            let error = PatternError::new(start + at..start + at + length, reason);
            Err(error.with_help(DIGITS_HELP))
        };
        let shown = text.trim_end_matches(',');
        let thousands = text.len() - shown.len();
        if thousands > MAX_THOUSANDS {
            return refuse(shown.len(), thousands, "more than four commas at the end");
        }
        let (whole, fraction) = match shown.split_once('.') {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (shown, None),
        };
        let (digits, is_grouped) = match whole.split_once(',') {
            None => (whole.to_owned(), false),
            // One comma, three digits behind it: groups are those of the locale wherever they are.
            Some((front, group)) => {
                if let Some(second) = group.find(',') {
                    let at = front.len() + 1 + second;
                    return refuse(at, 1, "a second comma; one says that digits are grouped");
                }
                if front.is_empty() || group.len() != 3 {
                    return refuse(
                        front.len(),
                        1,
                        "a comma that is not before the last three digits",
                    );
                }
                (format!("{front}{group}"), true)
            }
        };
        let always = digits.trim_start_matches('#');
        if let Some(at) = always.find('#') {
            let at = whole.len().saturating_sub(always.len() - at);
            return refuse(at, 1, "a `#` behind a `0`");
        }
        if digits.is_empty() {
            return refuse(0, text.len(), "no digit before the point");
        }
        let (least, most) = match fraction {
            None => (0, 0),
            Some(fraction) => Self::fraction(fraction, start + whole.len() + 1)?,
        };
        // A pattern has at most a hundred bytes.
        let small = |count: usize| u8::try_from(count).unwrap_or(u8::MAX);
        Ok(Self {
            is_grouped,
            whole: small(always.len()),
            least: small(least),
            most: small(most),
            thousands: small(thousands),
        })
    }

    /// The digits behind the point, which begin at `start`.
    fn fraction(text: &str, start: usize) -> Result<(usize, usize), PatternError> {
        let refuse = |at: usize, length: usize, reason| {
            let error = PatternError::new(start + at..start + at + length, reason);
            Err(error.with_help(DIGITS_HELP))
        };
        if let Some(at) = text.find('.') {
            return refuse(at, 1, "a second point in one number");
        }
        if let Some(at) = text.find(',') {
            return refuse(at, 1, "a comma behind the point");
        }
        if text.is_empty() {
            return Err(
                PatternError::new(start - 1..start, "no digit behind the point")
                    .with_help(DIGITS_HELP),
            );
        }
        if text.len() > MAX_FRACTION {
            return refuse(0, text.len(), "more than 30 digits behind the point");
        }
        let always = text.trim_end_matches('#');
        match always.find('#') {
            Some(at) => refuse(at, 1, "a `#` before a `0` behind the point"),
            None => Ok((always.len(), text.len())),
        }
    }
}

impl fmt::Display for NumberPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, section) in self.sections().enumerate() {
            if at > 0 {
                f.write_str(";")?;
            }
            section.fmt(f)?;
        }
        Ok(())
    }
}

impl fmt::Display for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (side, is_in_front) in [(&self.prefix, true), (&self.suffix, false)] {
            for piece in side {
                match piece {
                    Piece::Percent => f.write_str("%")?,
                    Piece::Currency => f.write_str("¤")?,
                    Piece::Text(text) => write_text(text, f)?,
                }
            }
            if let (true, Some(body)) = (is_in_front, &self.body) {
                body.fmt(f)?;
            }
        }
        Ok(())
    }
}

/// Text in quotes, but for signs that need none.
fn write_text(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let is_plain = |c: char| matches!(c, '$' | '€' | '£' | '¥' | '(' | ')' | '+' | '-' | ' ');
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let (run, behind) = match is_plain(next) {
            true => rest.split_at(rest.find(|c| !is_plain(c)).unwrap_or(rest.len())),
            false => rest.split_at(rest.find(is_plain).unwrap_or(rest.len())),
        };
        rest = behind;
        if is_plain(next) {
            f.write_str(run)?;
            continue;
        }
        for (at, part) in run.split('"').enumerate() {
            if at > 0 {
                f.write_str("\\\"")?;
            }
            if !part.is_empty() {
                write!(f, "\"{part}\"")?;
            }
        }
    }
    Ok(())
}

impl fmt::Display for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = usize::from(self.whole);
        match (self.is_grouped, whole) {
            (false, 0) => f.write_str("#")?,
            (false, _) => f.write_str(&"0".repeat(whole))?,
            (true, 0..=3) => write!(f, "#,{:#>1$}{2}", "", 3 - whole, "0".repeat(whole))?,
            (true, _) => write!(f, "{},000", "0".repeat(whole - 3))?,
        }
        if self.most > 0 {
            let least = usize::from(self.least);
            let others = usize::from(self.most).saturating_sub(least);
            write!(f, ".{}{}", "0".repeat(least), "#".repeat(others))?;
        }
        f.write_str(&",".repeat(usize::from(self.thousands)))
    }
}
