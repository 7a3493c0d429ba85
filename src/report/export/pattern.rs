//! Patterns of cells: numbers, dates, truth; exact, without binary floating point.

use crate::value::{Decimal, Timestamp};

/// The most bytes of a pattern.
const MAX_PATTERN: usize = 100;

/// The most digits behind the point that a pattern shows.
const MAX_FRACTION: usize = 30;

/// `$#,##0.00`: what stands in front, digits, what stands behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NumberPattern {
    prefix: String,
    suffix: String,
    is_grouped: bool,
    /// Digits before the point that are always there.
    whole: usize,
    /// Digits behind the point that are always there, and how many there may be.
    fraction: (usize, usize),
    /// Whether a fraction is shown in hundredths.
    is_percent: bool,
}

impl NumberPattern {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let is_digit = |c: char| matches!(c, '#' | '0' | ',' | '.');
        if text.len() > MAX_PATTERN || text.contains(['"', '\\', ';']) || has_control(text) {
            return None;
        }
        let start = text.find(is_digit)?;
        let (prefix, rest) = text.split_at(start);
        let end = rest.find(|c| !is_digit(c)).unwrap_or(rest.len());
        let (body, suffix) = rest.split_at(end);
        // Digits of the pattern's own beside those of the number would be read as part of it.
        let is_sound = |text: &str| !text.contains(|c: char| c.is_ascii_digit() || is_digit(c));
        let percents = prefix.matches('%').count() + suffix.matches('%').count();
        if !is_sound(prefix) || !is_sound(suffix) || percents > 1 {
            return None;
        }
        let (whole, fraction) = match body.split_once('.') {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (body, None),
        };
        let (digits, is_grouped) = match whole.split_once(',') {
            None => (whole.to_owned(), false),
            // One comma, three digits behind it: groups are of three wherever they are.
            Some((front, group)) if group.len() == 3 && !group.contains(',') => {
                (format!("{front}{group}"), !front.is_empty())
            }
            Some(_) => return None,
        };
        if whole.contains(',') && !is_grouped {
            return None;
        }
        let kept = digits.trim_start_matches('#');
        let least = kept.len();
        if kept.contains('#') || digits.is_empty() {
            return None;
        }
        let fraction = match fraction {
            None => (0, 0),
            Some(fraction) => {
                let always = fraction.trim_end_matches('#');
                let is_plain = always.bytes().all(|byte| byte == b'0');
                let fits = !fraction.is_empty() && fraction.len() <= MAX_FRACTION;
                (is_plain && fits).then_some((always.len(), fraction.len()))?
            }
        };
        Some(Self {
            prefix: prefix.to_owned(),
            suffix: suffix.to_owned(),
            is_grouped,
            whole: least,
            fraction,
            is_percent: percents == 1,
        })
    }

    pub(super) fn write(&self, number: &Decimal) -> String {
        let (is_negative, whole, fraction) = number.parts();
        let (least, most) = self.fraction;
        let shift = if self.is_percent { 2 } else { 0 };
        let (mut digits, fraction) = shifted(whole, fraction, shift);
        let kept = fraction.get(..most).unwrap_or(&fraction);
        let mut behind: Vec<u8> = kept.to_vec();
        let rounds_up = fraction.get(most).is_some_and(|digit| *digit >= b'5');
        if rounds_up {
            carry(&mut digits, &mut behind);
        }
        while behind.len() > least && behind.last() == Some(&b'0') {
            behind.pop();
        }
        behind.resize(behind.len().max(least), b'0');
        let zeros = digits.iter().take_while(|digit| **digit == b'0').count();
        digits.drain(..zeros);
        let is_zero = digits.is_empty() && behind.iter().all(|digit| *digit == b'0');
        let missing = self.whole.saturating_sub(digits.len());
        digits.splice(0..0, std::iter::repeat_n(b'0', missing));
        let mut out = String::new();
        // What is rounded to nothing has no sign.
        out.push_str(if is_negative && !is_zero { "-" } else { "" });
        out.push_str(&self.prefix);
        let count = digits.len();
        for (at, digit) in digits.iter().enumerate() {
            if self.is_grouped && at > 0 && (count - at) % 3 == 0 {
                out.push(',');
            }
            out.push(char::from(*digit));
        }
        if digits.is_empty() && behind.is_empty() {
            out.push('0');
        }
        if !behind.is_empty() {
            out.push('.');
            out.extend(behind.iter().map(|digit| char::from(*digit)));
        }
        out.push_str(&self.suffix);
        out
    }
}

/// The digits before and behind the point, with the point so many places further.
fn shifted(whole: &str, fraction: &str, places: usize) -> (Vec<u8>, Vec<u8>) {
    let mut digits: Vec<u8> = whole.bytes().collect();
    let mut behind = fraction.bytes();
    for _ in 0..places {
        digits.push(behind.next().unwrap_or(b'0'));
    }
    (digits, behind.collect())
}

/// Adds one in the last place.
fn carry(digits: &mut Vec<u8>, behind: &mut [u8]) {
    for digit in behind.iter_mut().rev().chain(digits.iter_mut().rev()) {
        if *digit < b'9' {
            *digit += 1;
            return;
        }
        *digit = b'0';
    }
    digits.insert(0, b'1');
}

/// `YYYY-MM-DD HH:mm`: parts of a date and time, and what stands between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DatePattern(Vec<DatePart>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum DatePart {
    /// Where it stands in `YYYY-MM-DD HH:MM:SS`, and how long it is.
    Digits(usize, usize),
    Between(char),
}

/// The parts, longest first, and where each stands in a timestamp's text.
const DATE_PARTS: [(&str, usize, usize); 7] = [
    ("YYYY", 0, 4),
    ("YY", 2, 2),
    ("MM", 5, 2),
    ("DD", 8, 2),
    ("HH", 11, 2),
    ("mm", 14, 2),
    ("ss", 17, 2),
];

impl DatePattern {
    pub(super) fn parse(text: &str) -> Option<Self> {
        if text.len() > MAX_PATTERN || has_control(text) {
            return None;
        }
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(next) = rest.chars().next() {
            let found = DATE_PARTS
                .iter()
                .find_map(|(word, at, length)| Some((rest.strip_prefix(word)?, *at, *length)));
            match found {
                Some((behind, at, length)) => {
                    // A part that runs on, such as a fifth `Y`, is no part.
                    let last = rest.chars().nth(length - 1);
                    if behind.chars().next() == last {
                        return None;
                    }
                    parts.push(DatePart::Digits(at, length));
                    rest = behind;
                }
                None if next == 'T' || !next.is_alphanumeric() => {
                    parts.push(DatePart::Between(next));
                    rest = rest.get(next.len_utf8()..).unwrap_or_default();
                }
                None => return None,
            }
        }
        let has_digits = parts
            .iter()
            .any(|part| matches!(part, DatePart::Digits(..)));
        has_digits.then_some(Self(parts))
    }

    pub(super) fn write(&self, time: Timestamp) -> String {
        let text = time.to_string();
        let mut out = String::new();
        for part in &self.0 {
            match *part {
                DatePart::Digits(at, length) => {
                    out.push_str(text.get(at..at + length).unwrap_or_default());
                }
                DatePart::Between(character) => out.push(character),
            }
        }
        out
    }
}

/// `Yes/No`: a word for true and one for false.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BooleanPattern {
    yes: String,
    no: String,
}

impl BooleanPattern {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (yes, no) = text.split_once('/')?;
        let is_sound = text.len() <= MAX_PATTERN && !no.contains('/') && !has_control(text);
        (is_sound && yes != no).then(|| Self {
            yes: yes.to_owned(),
            no: no.to_owned(),
        })
    }

    pub(super) fn write(&self, truth: bool) -> &str {
        if truth { &self.yes } else { &self.no }
    }
}

fn has_control(text: &str) -> bool {
    text.contains(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::{BooleanPattern, DatePattern, NumberPattern};
    use crate::value::{Decimal, Timestamp};

    fn written(pattern: &str, number: &str) -> String {
        let pattern = NumberPattern::parse(pattern).unwrap();
        pattern.write(&Decimal::parse(number).unwrap())
    }

    #[test]
    fn numbers_are_rounded_exactly_and_grouped_by_three() {
        let cases = [
            ("$#,##0.00", "0", "$0.00"),
            ("$#,##0.00", "1234567.894999", "$1,234,567.89"),
            ("$#,##0.00", "-1234567.895", "-$1,234,567.90"),
            ("$#,##0.00", "999999.995", "$1,000,000.00"),
            ("#,##0", "999", "999"),
            ("#,##0", "1000", "1,000"),
            ("#,##0", "-0.4", "0"),
            ("#,##0", "0.5", "1"),
            ("0.0##", "2.5", "2.5"),
            ("0.0##", "2.12345", "2.123"),
            ("0.0##", "2", "2.0"),
            ("000", "7", "007"),
            ("#.##", "0.5", ".5"),
            ("#.##", "0", "0"),
            ("0.00%", "0.2512", "25.12%"),
            ("0%", "0.255", "26%"),
            ("0.0 %", "1", "100.0 %"),
            ("0.00 EUR", "12.3", "12.30 EUR"),
            (
                "#,##0.00",
                "123456789012345678901234567890.005",
                "123,456,789,012,345,678,901,234,567,890.01",
            ),
        ];
        for (pattern, number, expected) in cases {
            assert_eq!(written(pattern, number), expected, "{pattern} of {number}");
        }
    }

    #[test]
    fn what_is_no_pattern_of_a_number_is_refused() {
        for pattern in [
            "",
            "$",
            "abc",
            "#,#0",
            "#,##0,000",
            ",000",
            "0#",
            "0.",
            "0.#0",
            "0.0.0",
            "0%%",
            "%0%",
            "1 0",
            "0;0",
            "0\n",
            "\"x\"0",
        ] {
            assert_eq!(NumberPattern::parse(pattern), None, "{pattern:?}");
        }
    }

    #[test]
    fn dates_are_written_part_by_part() {
        let time = Timestamp::parse("2026-03-09 08:05:07.25").unwrap();
        for (pattern, expected) in [
            ("YYYY-MM-DD", "2026-03-09"),
            ("DD.MM.YY", "09.03.26"),
            ("MM/DD/YYYY HH:mm", "03/09/2026 08:05"),
            ("YYYY-MM-DDTHH:mm:ss", "2026-03-09T08:05:07"),
        ] {
            let pattern = DatePattern::parse(pattern).unwrap();
            assert_eq!(pattern.write(time), expected);
        }
        for pattern in ["", "yyyy-mm-dd", "YYYYY", "D/M/YYYY", "MMM", "--", "dd"] {
            assert_eq!(DatePattern::parse(pattern), None, "{pattern:?}");
        }
    }

    #[test]
    fn truth_has_two_words() {
        let pattern = BooleanPattern::parse("Yes/No").unwrap();
        assert_eq!((pattern.write(true), pattern.write(false)), ("Yes", "No"));
        for pattern in ["", "Yes", "a/b/c", "same/same"] {
            assert_eq!(BooleanPattern::parse(pattern), None, "{pattern:?}");
        }
    }
}
