//! Patterns as options of a browser's `Intl`.

use super::date::DatePattern;
use super::number::{Body, NumberPattern, Piece, Section};
use super::{Meaning, PercentScale};

/// A format for a browser.
///
/// Numbers take the locale of their reader; in English they are what the pattern says, in other languages the
/// signs of percentages and currencies stand where those have them. Give numbers as text, which
/// `Intl.NumberFormat` reads exactly. Dates have the locale whose order of parts is the pattern's, and are given as
/// moments whose clock in UTC shows them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum IntlFormat {
    /// `new Intl.NumberFormat(readersLocale, options)`.
    Number {
        /// The options.
        options: IntlOptions,
    },
    /// `new Intl.DateTimeFormat(locale, options)`.
    Date {
        /// The locale that has the pattern's order of parts.
        locale: &'static str,
        /// The options.
        options: IntlOptions,
    },
}

/// The options of `Intl.NumberFormat` and `Intl.DateTimeFormat`, with their names and values; it serializes as the
/// object that they take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct IntlOptions {
    /// `percent`, `currency` or `unit`; decimal where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub style: Option<&'static str>,
    /// The code of the currency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<super::Currency>,
    /// `narrowSymbol`, so that a dollar is a `$` wherever it is from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency_display: Option<&'static str>,
    /// `accounting` where negative amounts are in parentheses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency_sign: Option<&'static str>,
    /// `percent` where a percentage is stored in points.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<&'static str>,
    /// Digits before the point that are always there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minimum_integer_digits: Option<u8>,
    /// Digits behind the point that are always there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minimum_fraction_digits: Option<u8>,
    /// The most digits behind the point.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub maximum_fraction_digits: Option<u8>,
    /// Whether digits are grouped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub use_grouping: Option<bool>,
    /// `negative`: what is rounded to nothing has no sign.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sign_display: Option<&'static str>,
    /// `numeric` or `2-digit`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub year: Option<&'static str>,
    /// `2-digit`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub month: Option<&'static str>,
    /// `2-digit`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub day: Option<&'static str>,
    /// `2-digit`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hour: Option<&'static str>,
    /// `2-digit`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minute: Option<&'static str>,
    /// `2-digit`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub second: Option<&'static str>,
    /// `h23`: midnight is 00.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hour_cycle: Option<&'static str>,
    /// `UTC`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<&'static str>,
}

/// The digits that every browser of today takes.
const MAX_DIGITS: u8 = 20;

pub(super) fn of_number(pattern: &NumberPattern, meaning: Meaning) -> Option<IntlFormat> {
    if pattern.zero.is_some() {
        return None;
    }
    let section = &pattern.positive;
    let body = section.body?;
    let mut options = digits(body)?;
    match (&*section.prefix, &*section.suffix) {
        ([], []) => {}
        ([], [Piece::Percent]) if meaning.percent_scale == Some(PercentScale::Points) => {
            options.style = Some("unit");
            options.unit = Some("percent");
        }
        ([], [Piece::Percent]) => options.style = Some("percent"),
        ([sign], []) => {
            let currency = meaning.currency?;
            let is_shown = match sign {
                Piece::Currency => true,
                Piece::Text(text) => currency.sign() == Some(text),
                Piece::Percent => false,
            };
            if !is_shown {
                return None;
            }
            options.style = Some("currency");
            options.currency = Some(currency);
            options.currency_display = Some("narrowSymbol");
        }
        _ => return None,
    }
    match &pattern.negative {
        None => {}
        Some(negative) if *negative == section.with_minus() => {}
        Some(negative) if *negative == section.in_parentheses() && options.currency.is_some() => {
            options.currency_sign = Some("accounting");
        }
        Some(_) => return None,
    }
    Some(IntlFormat::Number { options })
}

fn digits(body: Body) -> Option<IntlOptions> {
    let fits = body.whole <= MAX_DIGITS && body.most <= MAX_DIGITS;
    // A fraction always has a digit before its point there.
    let has_whole = body.whole > 0 || body.most == 0;
    (fits && has_whole && body.thousands == 0).then(|| IntlOptions {
        minimum_integer_digits: (body.whole > 1).then_some(body.whole),
        minimum_fraction_digits: Some(body.least),
        maximum_fraction_digits: Some(body.most),
        use_grouping: Some(body.is_grouped),
        sign_display: Some("negative"),
        ..IntlOptions::default()
    })
}

impl Section {
    /// What negative numbers look like without a section of their own.
    pub(super) fn with_minus(&self) -> Section {
        self.around("-", "")
    }

    /// What negative amounts look like in accounts.
    pub(super) fn in_parentheses(&self) -> Section {
        self.around("(", ")")
    }

    fn around(&self, before: &str, behind: &str) -> Section {
        let mut section = self.clone();
        match section.prefix.first_mut() {
            Some(Piece::Text(text)) => text.insert_str(0, before),
            _ => section.prefix.insert(0, Piece::Text(before.to_owned())),
        }
        match section.suffix.last_mut() {
            _ if behind.is_empty() => {}
            Some(Piece::Text(text)) => text.push_str(behind),
            _ => section.suffix.push(Piece::Text(behind.to_owned())),
        }
        section
    }
}

/// The patterns of dates that some locale has, exactly.
const DATES: [(&str, &str); 30] = [
    ("YYYY-MM-DD", "sv-SE"),
    ("YY-MM-DD", "sv-SE"),
    ("YYYY-MM", "sv-SE"),
    ("YYYY-MM-DD HH:mm", "sv-SE"),
    ("YYYY-MM-DD HH:mm:ss", "sv-SE"),
    ("DD.MM.YYYY", "de-DE"),
    ("DD.MM.YY", "de-DE"),
    ("DD.MM.YYYY, HH:mm", "de-DE"),
    ("DD.MM.YYYY, HH:mm:ss", "de-DE"),
    ("DD/MM/YYYY", "en-GB"),
    ("DD/MM/YY", "en-GB"),
    ("DD/MM", "en-GB"),
    ("DD/MM/YYYY, HH:mm", "en-GB"),
    ("DD/MM/YYYY, HH:mm:ss", "en-GB"),
    ("MM/DD/YYYY", "en-US"),
    ("MM/DD/YY", "en-US"),
    ("MM/DD", "en-US"),
    ("MM/YYYY", "en-US"),
    ("MM/DD/YYYY, HH:mm", "en-US"),
    ("MM/DD/YYYY, HH:mm:ss", "en-US"),
    ("YYYY/MM/DD", "ja-JP"),
    ("YYYY/MM/DD HH:mm", "ja-JP"),
    ("YYYY/MM/DD HH:mm:ss", "ja-JP"),
    ("DD-MM-YYYY", "nl-NL"),
    ("DD-MM-YY", "nl-NL"),
    ("DD-MM", "nl-NL"),
    ("MM-YYYY", "nl-NL"),
    ("YYYY", "en-US"),
    ("HH:mm", "en-GB"),
    ("HH:mm:ss", "en-GB"),
];

pub(super) fn of_date(pattern: &DatePattern) -> Option<IntlFormat> {
    let text = pattern.to_string();
    let (_, locale) = DATES.iter().find(|(each, _)| *each == text)?;
    let two = |part: &str| text.contains(part).then_some("2-digit");
    let year = if text.contains("YYYY") {
        Some("numeric")
    } else {
        two("YY")
    };
    let options = IntlOptions {
        year,
        month: two("MM"),
        day: two("DD"),
        hour: two("HH"),
        minute: two("mm"),
        second: two("ss"),
        hour_cycle: text.contains("HH").then_some("h23"),
        time_zone: Some("UTC"),
        ..IntlOptions::default()
    };
    Some(IntlFormat::Date { locale, options })
}
