//! How values are written, beside what their patterns say.

use super::locale::Locale;
use crate::calendar::Zone;

/// How negative numbers are told from others, where a pattern has no section for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum NegativeStyle {
    /// By the minus sign of the locale.
    #[default]
    Minus,
    /// By parentheses: `(1,234)`.
    Parentheses,
}

/// How values are written, beside what their patterns say: the locale, the zone of moments, what is written for
/// NULL, how negative numbers are told, and whether large numbers are written short.
///
/// ```
/// use measurand::format::{FormatPattern, Locale, Meaning, Style};
/// use measurand::Value;
///
/// let style = Style::new(Locale::english()).null("–").parentheses().compact();
/// let pattern = FormatPattern::parse("$#,##0.00")?;
/// let written = |value| pattern.write_or_null(value, Meaning::default(), &style);
/// assert_eq!(written(Some(&Value::Integer(-1_234_567))), "($1.2M)");
/// assert_eq!(written(None), "–");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Style {
    pub(super) locale: Locale,
    pub(super) zone: Zone,
    pub(super) null: Box<str>,
    pub(super) negative: NegativeStyle,
    pub(super) is_compact: bool,
}

impl Style {
    /// Numbers as a locale writes them, moments in UTC, nothing for NULL.
    pub fn new(locale: Locale) -> Self {
        Self {
            locale,
            zone: Zone::utc(),
            null: "".into(),
            negative: NegativeStyle::Minus,
            is_compact: false,
        }
    }

    /// What is written for NULL.
    pub fn null_text(&self) -> &str {
        &self.null
    }

    /// Shows moments on the clocks of a zone.
    pub fn zone(mut self, zone: Zone) -> Self {
        self.zone = zone;
        self
    }

    /// Writes this for NULL.
    pub fn null(mut self, text: &str) -> Self {
        self.null = text.into();
        self
    }

    /// Writes negative numbers in parentheses.
    pub fn parentheses(mut self) -> Self {
        self.negative = NegativeStyle::Parentheses;
        self
    }

    /// Writes numbers of a thousand and more short, in English: `1.2K`, `3.4M`, `5.6B`, `7.8T`. Percentages,
    /// durations and patterns that scale by themselves stay as they are, and so do numbers in other languages,
    /// which have other words.
    pub fn compact(mut self) -> Self {
        self.is_compact = true;
        self
    }
}

impl Default for Style {
    fn default() -> Self {
        Self::new(Locale::english())
    }
}
