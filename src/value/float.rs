//! Finite binary floating-point numbers.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

/// A finite 64-bit floating-point number; there is one zero, so that equal numbers are one value.
///
/// ```
/// use measurand::Float;
/// assert_eq!(Float::new(-0.0), Float::new(0.0));
/// assert_eq!(Float::new(f64::NAN), None);
/// assert_eq!(Float::new(2.5).map(Float::get), Some(2.5));
/// ```
#[derive(Clone, Copy)]
// Invariant: finite, and not the negative zero.
pub struct Float(f64);

impl Float {
    /// The number, unless it is infinite or not a number.
    pub fn new(number: f64) -> Option<Self> {
        // Adding the positive zero turns the negative one into it and leaves all else alone.
        number.is_finite().then_some(Self(number + 0.0))
    }

    /// The number as the language has it.
    pub fn get(self) -> f64 {
        self.0
    }
}

impl Ord for Float {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl PartialOrd for Float {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Float {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Float {}

impl Hash for Float {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.to_bits().hash(state);
    }
}

/// The shortest digits that read back as the same number.
impl fmt::Display for Float {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // `Debug` of a float is the short form: it has an exponent where plain digits would be long.
        fmt::Debug::fmt(&self.0, f)
    }
}

impl fmt::Debug for Float {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}
