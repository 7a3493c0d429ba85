//! Currencies: a code, and the sign that stands for it.

use std::fmt;

/// The code of a currency in the shape of ISO 4217: three capital letters.
///
/// ```
/// use measurand::format::Currency;
/// assert_eq!(Currency::parse("EUR").map(|euro| euro.to_string()), Some("EUR".to_owned()));
/// assert_eq!(Currency::parse("eur"), None);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Currency([u8; 3]);

/// The currencies that are shown by a sign; all others are shown by their codes. These are the narrow signs that
/// English has for them.
const SIGNS: [(&[u8; 3], &str); 25] = [
    (b"AUD", "$"),
    (b"BRL", "R$"),
    (b"CAD", "$"),
    (b"CNY", "¥"),
    (b"EUR", "€"),
    (b"GBP", "£"),
    (b"HKD", "$"),
    (b"ILS", "₪"),
    (b"INR", "₹"),
    (b"JPY", "¥"),
    (b"KRW", "₩"),
    (b"KZT", "₸"),
    (b"MXN", "$"),
    (b"NGN", "₦"),
    (b"NZD", "$"),
    (b"PHP", "₱"),
    (b"PYG", "₲"),
    (b"RUB", "₽"),
    (b"SGD", "$"),
    (b"THB", "฿"),
    (b"TRY", "₺"),
    (b"TWD", "$"),
    (b"UAH", "₴"),
    (b"USD", "$"),
    (b"VND", "₫"),
];

impl Currency {
    /// The currency with this code.
    pub fn parse(code: &str) -> Option<Self> {
        let letters: [u8; 3] = code.as_bytes().try_into().ok()?;
        letters
            .iter()
            .all(u8::is_ascii_uppercase)
            .then_some(Self(letters))
    }

    /// The code.
    pub fn as_str(&self) -> &str {
        // Three capital letters are text.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The sign that stands for it, such as `$`; nothing where the code does.
    pub fn sign(self) -> Option<&'static str> {
        SIGNS
            .iter()
            .find(|(code, _)| **code == self.0)
            .map(|(_, sign)| *sign)
    }
}

/// The longest sign of a currency that stands in a text.
pub(super) fn sign_in(text: &str) -> Option<&'static str> {
    SIGNS
        .iter()
        .map(|(_, sign)| *sign)
        .filter(|sign| text.contains(sign))
        .max_by_key(|sign| sign.len())
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl serde::Serialize for Currency {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
