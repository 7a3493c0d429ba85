//! Exact fractions, and which of them a database cannot hold exactly.

use std::cell::Cell;
use std::cmp::Ordering;

/// What the model does not decide: an order or an equality of quotients that a database rounds, or a
/// number that outgrows 128 bits. Such a case says nothing and is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Undecided;

thread_local! {
    /// Whether the database in question holds what is no integer as binary fractions, so that decimal
    /// arithmetic is off by a little.
    pub static BINARY: Cell<bool> = const { Cell::new(false) };
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

    pub const fn integer(value: i128) -> Self {
        Self {
            top: value,
            bottom: 1,
            is_rounded: false,
        }
    }

    /// So many hundredths.
    pub fn hundredths(value: i128) -> Self {
        Self::reduced(value, 100, false)
    }

    fn reduced(top: i128, bottom: i128, is_rounded: bool) -> Self {
        let divisor = greatest_divisor(top, bottom).max(1) * bottom.signum();
        Self {
            top: top / divisor,
            bottom: bottom / divisor,
            is_rounded,
        }
    }

    /// Whether what is computed from it may be off by a little.
    fn is_shaky(self) -> bool {
        self.is_rounded || BINARY.get() && !self.is_whole()
    }

    pub fn is_whole(self) -> bool {
        self.bottom == 1
    }

    pub fn is_zero(self) -> Result<bool, Undecided> {
        Ok(self.compare(Self::ZERO)? == Ordering::Equal)
    }

    pub fn plus(self, other: Self) -> Result<Self, Undecided> {
        let left = self.top.checked_mul(other.bottom).ok_or(Undecided)?;
        let right = other.top.checked_mul(self.bottom).ok_or(Undecided)?;
        let top = left.checked_add(right).ok_or(Undecided)?;
        let bottom = self.bottom.checked_mul(other.bottom).ok_or(Undecided)?;
        let is_rounded = self.is_shaky() || other.is_shaky();
        let sum = Self::reduced(top, bottom, is_rounded);
        // What is left of two roundings that nearly cancel out has few digits to rely on.
        let largest = self.approximately().abs().max(other.approximately().abs());
        if is_rounded && sum.approximately().abs() < largest / 1_000.0 {
            return Err(Undecided);
        }
        Ok(sum)
    }

    pub fn negated(self) -> Self {
        Self {
            top: -self.top,
            ..self
        }
    }

    pub fn multiply(self, other: Self) -> Result<Self, Undecided> {
        let top = self.top.checked_mul(other.top).ok_or(Undecided)?;
        let bottom = self.bottom.checked_mul(other.bottom).ok_or(Undecided)?;
        Ok(Self::reduced(
            top,
            bottom,
            self.is_shaky() || other.is_shaky(),
        ))
    }

    /// The quotient; `None` by zero.
    pub fn divide(self, other: Self) -> Result<Option<Self>, Undecided> {
        if other.is_zero()? {
            return Ok(None);
        }
        let inverse = Self {
            top: other.bottom * other.top.signum(),
            bottom: other.top.abs(),
            is_rounded: other.is_shaky(),
        };
        let mut quotient = self.multiply(inverse)?;
        quotient.is_rounded |= SURE_DIGITS % quotient.bottom != 0;
        Ok(Some(quotient))
    }

    /// What remains of a division towards zero; `None` by zero.
    pub fn remainder(self, other: Self) -> Result<Option<Self>, Undecided> {
        let Some(quotient) = self.divide(other)? else {
            return Ok(None);
        };
        if self.is_rounded || other.is_rounded {
            return Err(Undecided);
        }
        let whole = Self::integer(quotient.top / quotient.bottom);
        self.plus(whole.multiply(other)?.negated()).map(Some)
    }

    pub fn absolute(self) -> Self {
        Self {
            top: self.top.abs(),
            ..self
        }
    }

    /// Rounded to a number of digits, halves away from zero.
    pub fn rounded(self, digits: u32) -> Result<Self, Undecided> {
        let scale = 10_i128.pow(digits);
        let scaled = self.top.checked_mul(scale).ok_or(Undecided)?.abs();
        let (whole, rest) = (scaled / self.bottom, scaled % self.bottom);
        let twice = rest.checked_mul(2).ok_or(Undecided)?;
        let to_half = Self::reduced(twice - self.bottom, self.bottom, false);
        if self.is_shaky() && to_half.approximately().abs() < 1e-6 {
            return Err(Undecided);
        }
        let away = i128::from(twice >= self.bottom);
        let mut rounded = Self::reduced((whole + away) * self.top.signum(), scale, false);
        // Binary fractions do not hold decimal digits exactly.
        rounded.is_rounded = BINARY.get() && rounded.is_shaky();
        Ok(rounded)
    }

    /// The order, where a database surely sees the same.
    pub fn compare(self, other: Self) -> Result<Ordering, Undecided> {
        if self.is_rounded || other.is_rounded {
            let (left, right) = (self.approximately(), other.approximately());
            if is_close(left, right) {
                return Err(Undecided);
            }
        }
        let left = self.top.checked_mul(other.bottom).ok_or(Undecided)?;
        let right = other.top.checked_mul(self.bottom).ok_or(Undecided)?;
        Ok(left.cmp(&right))
    }

    #[allow(clippy::cast_precision_loss, reason = "an approximation")]
    pub fn approximately(self) -> f64 {
        self.top as f64 / self.bottom as f64
    }

    /// Whether a database's text says this number, exactly unless it was rounded.
    pub fn is_said_by(self, text: &str) -> bool {
        if self.is_rounded {
            return text
                .parse()
                .is_ok_and(|found| is_close(self.approximately(), found));
        }
        if BINARY.get() && !self.is_whole() {
            return text
                .parse()
                .is_ok_and(|found| is_close(self.approximately(), found));
        }
        parse(text).is_some_and(|found| (found.top, found.bottom) == (self.top, self.bottom))
    }

    /// Decimal digits, for a number that has an end.
    pub fn digits(self) -> String {
        let scaled = self.top * (SURE_DIGITS / self.bottom);
        let (whole, rest) = (scaled.abs() / SURE_DIGITS, scaled.abs() % SURE_DIGITS);
        let sign = if scaled < 0 { "-" } else { "" };
        let text = format!("{sign}{whole}.{rest:08}");
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    }
}

/// Twelve digits at least are the same; near zero, twelve behind the point.
fn is_close(left: f64, right: f64) -> bool {
    (left - right).abs() <= 1e-12 * left.abs().max(right.abs()).max(1.0)
}

fn parse(text: &str) -> Option<Number> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let fraction = fraction.trim_end_matches('0');
    let digits: i128 = format!("{whole}{fraction}").parse().ok()?;
    let scale = 10_i128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    Some(Number::reduced(digits, scale, false))
}

fn greatest_divisor(left: i128, right: i128) -> i128 {
    let (mut left, mut right) = (left.abs(), right.abs());
    while right != 0 {
        (left, right) = (right, left % right);
    }
    left
}
