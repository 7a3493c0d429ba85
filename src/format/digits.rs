//! The digits of a number: moved, rounded and grouped, exactly.

use super::locale::Locale;
use crate::value::Decimal;

/// Digits before and behind the point, in ASCII.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Digits {
    /// Without zeros in front.
    pub(super) whole: Vec<u8>,
    pub(super) fraction: Vec<u8>,
}

impl Digits {
    /// The digits of a number times ten to the power of `places`.
    pub(super) fn of(number: &Decimal, places: i32) -> Self {
        let (_, whole, fraction) = number.parts();
        let mut whole: Vec<u8> = whole.bytes().collect();
        let mut fraction: Vec<u8> = fraction.bytes().collect();
        let steps = usize::try_from(places.unsigned_abs()).unwrap_or_default();
        if places >= 0 {
            let taken = fraction.len().min(steps);
            whole.extend(fraction.drain(..taken));
            whole.resize(whole.len() + (steps - taken), b'0');
        } else {
            let moved = whole.split_off(whole.len().saturating_sub(steps));
            let missing = steps - moved.len();
            fraction.splice(0..0, moved);
            fraction.splice(0..0, std::iter::repeat_n(b'0', missing));
        }
        let mut digits = Self { whole, fraction };
        digits.trim();
        digits
    }

    /// Rounds to so many digits behind the point, halves away from zero.
    pub(super) fn round(&mut self, places: usize) {
        let rounds_up = self
            .fraction
            .get(places)
            .is_some_and(|digit| *digit >= b'5');
        self.fraction.truncate(places);
        if rounds_up {
            self.add_one();
        }
    }

    /// Adds one in the last place.
    fn add_one(&mut self) {
        let places = self
            .fraction
            .iter_mut()
            .rev()
            .chain(self.whole.iter_mut().rev());
        for digit in places {
            if *digit < b'9' {
                *digit += 1;
                return;
            }
            *digit = b'0';
        }
        self.whole.insert(0, b'1');
    }

    fn trim(&mut self) {
        let zeros = self
            .whole
            .iter()
            .take_while(|digit| **digit == b'0')
            .count();
        self.whole.drain(..zeros);
    }

    pub(super) fn is_zero(&self) -> bool {
        let mut all = self.whole.iter().chain(&self.fraction);
        all.all(|digit| *digit == b'0')
    }

    /// Brings both sides to the digits that are always there, and drops zeros at the end beyond them.
    pub(super) fn pad(&mut self, whole: usize, fraction: usize) {
        while self.fraction.len() > fraction && self.fraction.last() == Some(&b'0') {
            self.fraction.pop();
        }
        self.fraction
            .resize(self.fraction.len().max(fraction), b'0');
        let missing = whole.saturating_sub(self.whole.len());
        self.whole.splice(0..0, std::iter::repeat_n(b'0', missing));
        if self.whole.is_empty() && self.fraction.is_empty() {
            self.whole.push(b'0');
        }
    }

    /// As text, with the signs of a locale.
    pub(super) fn write(&self, is_grouped: bool, locale: &Locale, out: &mut String) {
        let count = self.whole.len();
        let groups = locale.groups();
        for (at, digit) in self.whole.iter().enumerate() {
            if is_grouped && at > 0 && groups.is_boundary(count - at) {
                out.push_str(locale.group());
            }
            out.push(shown(*digit, locale));
        }
        if !self.fraction.is_empty() {
            out.push_str(locale.decimal());
            out.extend(self.fraction.iter().map(|digit| shown(*digit, locale)));
        }
    }
}

/// A digit as the locale writes it.
pub(super) fn shown(digit: u8, locale: &Locale) -> char {
    let value = usize::from(digit.wrapping_sub(b'0'));
    locale
        .digits()
        .get(value)
        .copied()
        .unwrap_or(char::from(digit))
}
