//! UUIDs.

use std::fmt;

/// A UUID.
///
/// ```
/// use measurand::Uuid;
/// let uuid = Uuid::parse("A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11");
/// assert_eq!(
///     uuid.map(|uuid| uuid.to_string()).as_deref(),
///     Some("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
/// );
/// assert_eq!(Uuid::parse("a0eebc999c0b4ef8bb6d6bb9bd380a11"), None);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uuid([u8; 16]);

/// The number of hexadecimal digits in each group of the written form.
const GROUPS: [usize; 5] = [8, 4, 4, 4, 12];

impl Uuid {
    /// The UUID with these bytes, the first written first.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The bytes, the first written first.
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// Reads the form with four hyphens, in either case; no braces, no other grouping.
    pub fn parse(text: &str) -> Option<Self> {
        let mut groups = text.split('-');
        for length in GROUPS {
            let group = groups.next()?;
            if group.len() != length || !group.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                return None;
            }
        }
        if groups.next().is_some() {
            return None;
        }
        let number = text
            .chars()
            .filter_map(|character| character.to_digit(16))
            .fold(0, |number, digit| number << 4 | u128::from(digit));
        Some(Self(number.to_be_bytes()))
    }
}

/// The form with four hyphens, in lower case (RFC 9562).
impl fmt::Display for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, byte) in self.0.iter().enumerate() {
            if matches!(index, 4 | 6 | 8 | 10) {
                f.write_str("-")?;
            }
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
