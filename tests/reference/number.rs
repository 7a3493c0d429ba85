//! Exact fractions, and where a database may see them otherwise.

use std::cell::Cell;
use std::cmp::Ordering;

thread_local! {
    /// Whether the database in question holds what is no integer as binary fractions, so that decimal
    /// arithmetic is off by a little.
    pub static BINARY: Cell<bool> = const { Cell::new(false) };
    static DOUBT: Cell<bool> = const { Cell::new(false) };
}

/// Notes that a database may decide otherwise: an order or an equality of quotients that it cuts off
/// somewhere, or a number beyond 128 bits. An answer that rests on a doubt says nothing.
pub fn doubt() {
    DOUBT.set(true);
}

/// Whether there was a doubt since this was asked last.
pub fn take_doubt() -> bool {
    DOUBT.take()
}

/// A fraction in lowest terms with a positive denominator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Number {
    top: i128,
    bottom: i128,
    /// Whether a quotient without end went into it, which a database cuts off somewhere.
    pub is_rounded: bool,
}

/// A database keeps this many digits behind the point of any quotient here.
const SURE_DIGITS: i128 = 100_000_000;

impl Number {
    pub const ZERO: Self = Self::integer(0);

    const fn new(top: i128, bottom: i128, is_rounded: bool) -> Self {
        Self {
            top,
            bottom,
            is_rounded,
        }
    }

    pub const fn integer(value: i128) -> Self {
        Self::new(value, 1, false)
    }

    fn reduced(top: i128, bottom: i128, is_rounded: bool) -> Self {
        let divisor = greatest_divisor(top, bottom) * bottom.signum();
        Self::new(top / divisor, bottom / divisor, is_rounded)
    }

    /// Whether what is computed from it may be off by a little.
    pub fn is_shaky(self) -> bool {
        self.is_rounded || BINARY.get() && self.bottom != 1
    }

    pub fn plus(self, other: Self) -> Self {
        let (left, right) = (times(self.top, other.bottom), times(other.top, self.bottom));
        let is_rounded = self.is_shaky() || other.is_shaky();
        let top = sure(left.checked_add(right));
        let sum = Self::reduced(top, times(self.bottom, other.bottom), is_rounded);
        // What is left of two roundings that nearly cancel out has few digits to rely on.
        let largest = self.approximately().abs().max(other.approximately().abs());
        if is_rounded && sum.approximately().abs() < largest / 1_000.0 {
            doubt();
        }
        sum
    }

    pub fn negated(self) -> Self {
        Self::new(-self.top, self.bottom, self.is_rounded)
    }

    pub fn absolute(self) -> Self {
        Self::new(self.top.abs(), self.bottom, self.is_rounded)
    }

    pub fn times(self, other: Self) -> Self {
        let is_rounded = self.is_shaky() || other.is_shaky();
        Self::reduced(
            times(self.top, other.top),
            times(self.bottom, other.bottom),
            is_rounded,
        )
    }

    /// The true quotient; `None` by zero (R7).
    pub fn over(self, other: Self) -> Option<Self> {
        other.doubt_if_close(Self::ZERO);
        if other.top == 0 {
            return None;
        }
        let is_rounded = self.is_shaky() || other.is_shaky();
        let (top, bottom) = (times(self.top, other.bottom), times(self.bottom, other.top));
        let quotient = Self::reduced(top, bottom, is_rounded);
        let has_end = SURE_DIGITS % quotient.bottom == 0;
        Some(Self::new(
            quotient.top,
            quotient.bottom,
            is_rounded || !has_end,
        ))
    }

    /// What remains of a division towards zero; `None` by zero.
    pub fn remainder(self, other: Self) -> Option<Self> {
        let quotient = self.over(other)?;
        if self.is_rounded || other.is_rounded {
            doubt();
        }
        let whole = Self::integer(quotient.top / quotient.bottom);
        Some(self.plus(whole.times(other).negated()))
    }

    /// Rounded to a number of digits, halves away from zero.
    pub fn rounded(self, digits: Self) -> Self {
        let scale = 10_i128.pow(u32::try_from(digits.top).unwrap_or(0));
        let scaled = times(self.top.abs(), scale);
        let (whole, rest) = (scaled / self.bottom, scaled % self.bottom);
        let to_half = Self::reduced(times(rest, 2) - self.bottom, self.bottom, false);
        if self.is_shaky() && to_half.approximately().abs() < 1e-6 {
            doubt();
        }
        let away = i128::from(to_half.top >= 0);
        let mut rounded = Self::reduced((whole + away) * self.top.signum(), scale, false);
        // Binary fractions do not hold decimal digits exactly.
        rounded.is_rounded = BINARY.get() && rounded.is_shaky();
        rounded
    }

    pub fn doubt_if_close(self, other: Self) {
        let (left, right) = (self.approximately(), other.approximately());
        if (self.is_rounded || other.is_rounded) && is_close(left, right) {
            doubt();
        }
    }

    /// The order, by whole parts and then by what is left, so that nothing outgrows 128 bits.
    pub fn exact_order(self, other: Self) -> Ordering {
        let [left, right] = [self, other].map(|of| of.top.div_euclid(of.bottom));
        match [self, other].map(|of| of.top.rem_euclid(of.bottom)) {
            _ if left != right => left.cmp(&right),
            [left, right] if left == 0 || right == 0 => left.cmp(&right),
            // Of two fractions below one, that is greater whose inverse is less.
            [left, right] => Self::new(other.bottom, right, false).exact_order(Self::new(
                self.bottom,
                left,
                false,
            )),
        }
    }

    pub fn approximately(self) -> f64 {
        self.top as f64 / self.bottom as f64
    }

    /// The numerator and the denominator, in lowest terms.
    pub fn parts(self) -> (i128, i128) {
        (self.top, self.bottom)
    }
}

/// Twelve digits at least are the same; near zero, twelve behind the point.
pub fn is_close(left: f64, right: f64) -> bool {
    (left - right).abs() <= 1e-12 * left.abs().max(right.abs()).max(1.0)
}

fn times(left: i128, right: i128) -> i128 {
    sure(left.checked_mul(right))
}

fn sure(number: Option<i128>) -> i128 {
    number.unwrap_or_else(|| {
        doubt();
        1
    })
}

fn greatest_divisor(left: i128, right: i128) -> i128 {
    let (mut left, mut right) = (left.abs(), right.abs());
    while right != 0 {
        (left, right) = (right, left % right);
    }
    left
}
