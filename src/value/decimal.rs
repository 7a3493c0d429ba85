//! Exact decimal numbers, kept as their digits.

use std::cmp::Ordering;
use std::fmt;

/// The most digits that a decimal is written with. PostgreSQL's `numeric` holds far more on either
/// side of the point; nobody's money does.
const MAX_DIGITS: usize = 1_000;

/// An exact decimal number of up to 1,000 digits; it never passes through binary floating point.
///
/// Zeros at the end of the fraction are dropped and there is one zero, so equality of decimals is
/// equality of the numbers. Order is by number.
///
/// ```
/// use measurand::Decimal;
/// let price = Decimal::parse("12.50");
/// assert_eq!(price.as_ref().map(Decimal::as_str), Some("12.5"));
/// assert_eq!(price, Decimal::parse("12.500"));
/// assert!(price > Decimal::parse("-0.001"));
/// assert_eq!(Decimal::parse("1e3"), None);
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
// Invariant: `-?(0|[1-9][0-9]*)(\.[0-9]*[1-9])?`, and not `-0`.
pub struct Decimal(Box<str>);

impl Decimal {
    /// Reads a number in plain digits as JSON writes it: an optional `-`, no zeros in front, and a
    /// fraction only with digits on both sides of the point. No exponent, no `+`.
    pub fn parse(text: &str) -> Option<Self> {
        // Before anything that looks at every byte: sign, digits and point.
        if text.len() > MAX_DIGITS + 2 {
            return None;
        }
        let (negative, digits) = match text.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, text),
        };
        let (whole, fraction) = match digits.split_once('.') {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (digits, None),
        };
        let right = is_digits(whole)
            && (whole == "0" || !whole.starts_with('0'))
            && fraction.is_none_or(is_digits)
            && whole.len() + fraction.map_or(0, str::len) <= MAX_DIGITS;
        if !right {
            return None;
        }
        let fraction = fraction.unwrap_or("").trim_end_matches('0');
        let is_zero = whole == "0" && fraction.is_empty();
        let sign = if negative && !is_zero { "-" } else { "" };
        let point = if fraction.is_empty() { "" } else { "." };
        Some(Self(format!("{sign}{whole}{point}{fraction}").into()))
    }

    /// The number in plain digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the number is below zero, the digits before the point, and those after it.
    pub(crate) fn parts(&self) -> (bool, &str, &str) {
        let (negative, digits) = match self.0.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, &*self.0),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        (negative, whole, fraction)
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

impl From<i64> for Decimal {
    fn from(number: i64) -> Self {
        Self(number.to_string().into())
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        let (negative, whole, fraction) = self.parts();
        let (other_negative, other_whole, other_fraction) = other.parts();
        // Without zeros in front, more digits before the point are more; behind the point, text
        // order is the order of the numbers.
        let size =
            (whole.len(), whole, fraction).cmp(&(other_whole.len(), other_whole, other_fraction));
        match (negative, other_negative) {
            (false, false) => size,
            (true, true) => size.reverse(),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
        }
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(written: &str, expected: Option<&str>) {
        let read = Decimal::parse(written);
        assert_eq!(read.as_ref().map(Decimal::as_str), expected, "{written:?}");
    }

    #[test]
    fn one_number_has_one_form() {
        for (written, expected) in [
            ("0", "0"),
            ("-0", "0"),
            ("-0.000", "0"),
            ("0.10", "0.1"),
            ("100", "100"),
            ("100.00", "100"),
            ("-0.001", "-0.001"),
            ("-12.340", "-12.34"),
            ("9223372036854775808", "9223372036854775808"),
        ] {
            check(written, Some(expected));
        }
    }

    #[test]
    fn nothing_but_plain_digits_is_read() {
        for written in [
            "", "-", "+1", "--1", "01", "00", "-01", "1.", ".5", "-.5", "1.2.3", "1e2", "1E2",
            " 1", "1 ", "1,5", "1_000", "NaN", "Infinity", "0x10", "१", "١",
        ] {
            check(written, None);
        }
    }

    #[test]
    fn digits_are_bounded() {
        let most = "9".repeat(MAX_DIGITS);
        check(&most, Some(&most));
        check(&format!("-{most}"), Some(&format!("-{most}")));
        check(&format!("{most}9"), None);
        check(&format!("0.{}", "1".repeat(MAX_DIGITS)), None);
        let longest_fraction = format!("-0.{}1", "0".repeat(MAX_DIGITS - 2));
        check(&longest_fraction, Some(&longest_fraction));
        check(&"1".repeat(50_000_000), None);
    }

    #[test]
    fn order_is_by_number() {
        let ascending = [
            "-100", "-20.5", "-20.49", "-3", "-0.1", "-0.01", "0", "0.009", "0.01", "0.1", "0.11",
            "9", "10", "10.05", "10.5", "100",
        ];
        let numbers: Vec<Decimal> = ascending
            .iter()
            .map(|text| Decimal::parse(text).unwrap())
            .collect();
        assert!(numbers.is_sorted_by(|left, right| left < right));
        let mut reversed: Vec<_> = numbers.iter().rev().cloned().collect();
        reversed.sort();
        assert_eq!(reversed, numbers);
    }
}
