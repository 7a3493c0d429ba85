//! Formats: how a number, a date, a duration or a truth is shown.
//!
//! In: the text of a pattern, a subset of the number formats of spreadsheets (`docs/formats.md` has its grammar).
//! Out: [`FormatPattern`], which writes values as text and says the same to other programs: options of a
//! browser's `Intl`, specifiers of d3, codes of spreadsheets. Guaranteed afterwards: a pattern shows every
//! number that it is given, rounded and never cut, and no number passes through binary floating point; a
//! translation says exactly the same, or there is none. Codes: `format-pattern`, reported by those who read
//! patterns. Next to read: `number.rs`, `write.rs`.

mod boolean;
mod currency;
mod d3;
mod date;
mod digits;
mod duration;
mod intl;
mod locale;
mod number;
mod reader;
mod spreadsheet;
mod style;
#[cfg(test)]
mod tests;
mod write;

use std::fmt;
use std::ops::Range;

pub use currency::Currency;
pub use d3::D3Format;
pub use intl::{IntlFormat, IntlOptions};
pub use locale::Locale;
pub use style::{NegativeStyle, Style};

use boolean::BooleanPattern;
use date::DatePattern;
use duration::DurationPattern;
use number::NumberPattern;

/// The most bytes of a pattern.
pub const MAX_PATTERN_BYTES: usize = 100;

/// How a percentage is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum PercentScale {
    /// 0.25 is shown as 25 %.
    Fraction,
    /// 25 is shown as 25 %.
    Points,
}

/// What the values are that a pattern shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Meaning {
    /// Whether a percentage is stored as a fraction, which it is where nothing is said, or in points.
    pub percent_scale: Option<PercentScale>,
    /// The currency of an amount, for the sign `¤`.
    pub currency: Option<Currency>,
}

/// A pattern, read and checked.
///
/// ```
/// use measurand::format::{FormatPattern, Meaning, Style};
/// use measurand::{Decimal, Value};
///
/// let pattern = FormatPattern::parse("$#,##0.00;($#,##0.00)")?;
/// let amount = Value::Decimal(Decimal::parse("-1234567.895").ok_or("no number")?);
/// let style = Style::default();
/// assert_eq!(pattern.write(&amount, Meaning::default(), &style), Some("($1,234,567.90)".to_owned()));
///
/// let error = FormatPattern::parse("#,##0.0.0").unwrap_err();
/// assert_eq!((error.span(), error.reason()), (7..8, "a second point in one number"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormatPattern(Form);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Form {
    Number(NumberPattern),
    Date(DatePattern),
    Duration(DurationPattern),
    Boolean(BooleanPattern),
}

/// What values a pattern shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PatternKind {
    /// Numbers.
    Number,
    /// Dates and times.
    Date,
    /// Numbers of seconds, as hours, minutes and seconds.
    Duration,
    /// Truth.
    Boolean,
}

impl FormatPattern {
    /// Reads a pattern of numbers, dates or durations; which it is, the pattern itself tells: durations have a
    /// `[`, numbers a `0` or a `#`, dates neither.
    ///
    /// # Errors
    /// What is wrong with the text, and where.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        match reader::kind_of(text) {
            PatternKind::Duration => Self::duration(text),
            PatternKind::Date => Self::date(text),
            PatternKind::Number | PatternKind::Boolean => Self::number(text),
        }
    }

    /// Reads a pattern of numbers, such as `#,##0.00`.
    ///
    /// # Errors
    /// What is wrong with the text, and where.
    pub fn number(text: &str) -> Result<Self, PatternError> {
        reader::check_size(text)?;
        NumberPattern::parse(text).map(|pattern| Self(Form::Number(pattern)))
    }

    /// Reads a pattern of dates and times, such as `YYYY-MM-DD HH:mm`.
    ///
    /// # Errors
    /// What is wrong with the text, and where.
    pub fn date(text: &str) -> Result<Self, PatternError> {
        reader::check_size(text)?;
        DatePattern::parse(text).map(|pattern| Self(Form::Date(pattern)))
    }

    /// Reads a pattern of durations, such as `[h]:mm:ss`.
    ///
    /// # Errors
    /// What is wrong with the text, and where.
    pub fn duration(text: &str) -> Result<Self, PatternError> {
        reader::check_size(text)?;
        DurationPattern::parse(text).map(|pattern| Self(Form::Duration(pattern)))
    }

    /// Reads a pattern of truth: a word for true, a `/`, a word for false.
    ///
    /// # Errors
    /// What is wrong with the text, and where.
    pub fn boolean(text: &str) -> Result<Self, PatternError> {
        reader::check_size(text)?;
        BooleanPattern::parse(text).map(|pattern| Self(Form::Boolean(pattern)))
    }

    /// What values it shows.
    pub fn kind(&self) -> PatternKind {
        match &self.0 {
            Form::Number(_) => PatternKind::Number,
            Form::Date(_) => PatternKind::Date,
            Form::Duration(_) => PatternKind::Duration,
            Form::Boolean(_) => PatternKind::Boolean,
        }
    }

    /// Whether it shows numbers, be it as durations.
    pub fn is_of_numbers(&self) -> bool {
        matches!(self.kind(), PatternKind::Number | PatternKind::Duration)
    }

    /// Whether a number is shown in hundredths.
    pub fn has_percent(&self) -> bool {
        matches!(&self.0, Form::Number(pattern) if pattern.has_percent())
    }

    /// Whether it has the sign `¤`, in whose place the sign of the currency is shown.
    pub fn has_currency_sign(&self) -> bool {
        matches!(&self.0, Form::Number(pattern) if pattern.has_currency_sign())
    }

    /// The sign of a certain currency that stands in it, such as `$`.
    pub fn fixed_currency_sign(&self) -> Option<&'static str> {
        match &self.0 {
            Form::Number(pattern) => pattern.fixed_currency_sign(),
            _ => None,
        }
    }

    /// The same for a browser: the options of `Intl.NumberFormat` or `Intl.DateTimeFormat`; nothing where no
    /// options say exactly the same.
    pub fn intl(&self, meaning: Meaning) -> Option<IntlFormat> {
        match &self.0 {
            Form::Number(pattern) => intl::of_number(pattern, meaning),
            Form::Date(pattern) => intl::of_date(pattern),
            Form::Duration(_) | Form::Boolean(_) => None,
        }
    }

    /// The same for d3: a specifier of d3-format or d3-time-format; nothing where none says exactly the same.
    pub fn d3(&self, meaning: Meaning) -> Option<D3Format> {
        match &self.0 {
            Form::Number(pattern) => d3::of_number(pattern, meaning),
            Form::Date(pattern) => Some(d3::of_date(pattern)),
            Form::Duration(_) | Form::Boolean(_) => None,
        }
    }

    /// The same as the number format code of a spreadsheet; nothing where none says exactly the same.
    pub fn spreadsheet(&self, meaning: Meaning) -> Option<String> {
        match &self.0 {
            Form::Number(pattern) => spreadsheet::of_number(pattern, meaning),
            Form::Date(pattern) => spreadsheet::of_date(pattern),
            Form::Duration(_) | Form::Boolean(_) => None,
        }
    }
}

/// The pattern in its one spelling, which reads back as the same pattern.
impl fmt::Display for FormatPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Form::Number(pattern) => pattern.fmt(f),
            Form::Date(pattern) => pattern.fmt(f),
            Form::Duration(pattern) => pattern.fmt(f),
            Form::Boolean(pattern) => pattern.fmt(f),
        }
    }
}

/// What is wrong with a pattern, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatternError {
    span: Range<usize>,
    reason: &'static str,
    help: Option<&'static str>,
}

impl PatternError {
    fn new(span: Range<usize>, reason: &'static str) -> Self {
        Self {
            span,
            reason,
            help: None,
        }
    }

    /// That text has no pattern.
    pub(crate) fn of_text(text: &str) -> Self {
        Self::new(0..text.len(), "text has no pattern")
    }

    /// That no currency is known for the sign `¤` in a text.
    pub(crate) fn without_currency(text: &str) -> Self {
        let at = text.find('¤').unwrap_or_default();
        let span = at..text.len().min(at + '¤'.len_utf8());
        let error = Self::new(span, "the sign of a currency that is not stated");
        error.with_help("write the sign of the currency itself, such as `$`")
    }

    fn with_help(mut self, help: &'static str) -> Self {
        self.help = Some(help);
        self
    }

    /// The range of bytes that is wrong.
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// What is wrong with it, in lower case.
    pub fn reason(&self) -> &'static str {
        self.reason
    }

    /// What to write, where that is known.
    pub fn help(&self) -> Option<&'static str> {
        self.help
    }
}

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Range { start, end } = self.span;
        write!(f, "{} at {start}..{end}", self.reason)
    }
}

impl std::error::Error for PatternError {}
