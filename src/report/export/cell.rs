//! Cells: what a column of a file holds, and how a value of it is written.

use crate::calendar::Zone;
use crate::format::{FormatPattern, Meaning, PatternError, Style};
use crate::value::{DataType, Value};

/// What a column of a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CellType {
    /// Text, as it is.
    Text,
    /// A number.
    Number,
    /// A date, or a moment.
    Date,
    /// Truth.
    Boolean,
    /// An amount of money, in major units.
    Currency,
    /// A fraction, 0.25 for a quarter.
    Percentage,
}

impl CellType {
    /// Every type.
    pub const ALL: [CellType; 6] = [
        CellType::Text,
        CellType::Number,
        CellType::Date,
        CellType::Boolean,
        CellType::Currency,
        CellType::Percentage,
    ];

    /// The name, such as `currency`.
    pub fn as_str(self) -> &'static str {
        match self {
            CellType::Text => "text",
            CellType::Number => "number",
            CellType::Date => "date",
            CellType::Boolean => "boolean",
            CellType::Currency => "currency",
            CellType::Percentage => "percentage",
        }
    }

    /// The type with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cell| cell.as_str() == name)
    }

    /// What is read for it out of JSON.
    pub(super) fn stored(self) -> DataType {
        match self {
            CellType::Text => DataType::Text,
            CellType::Number | CellType::Currency | CellType::Percentage => DataType::Decimal,
            CellType::Date => DataType::Date,
            CellType::Boolean => DataType::Boolean,
        }
    }
}

/// How the cells of a column are written: by a pattern, as [`format`](crate::format) reads it, and in English.
///
/// ```
/// use measurand::report::{CellFormat, CellType};
/// use measurand::{Decimal, Value, Zone};
///
/// let format = CellFormat::new(CellType::Currency, Some("$#,##0.00"))?;
/// let amount = Value::Decimal(Decimal::parse("-1234567.895").ok_or("no number")?);
/// assert_eq!(format.write(Some(&amount), &Zone::utc()), "-$1,234,567.90");
/// assert_eq!(format.write(None, &Zone::utc()), "");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellFormat {
    cell: CellType,
    pattern: Option<String>,
    read: Option<FormatPattern>,
}

impl CellFormat {
    /// The format of a type by a pattern, or without one by the usual: `#,##0.00` of money, `0.00%` of
    /// percentages, `YYYY-MM-DD` of dates, values as they are of all others.
    ///
    /// # Errors
    /// What is wrong with the pattern, and where; text has none.
    pub fn new(cell: CellType, pattern: Option<&str>) -> Result<Self, PatternError> {
        let usual = match cell {
            CellType::Currency => Some("#,##0.00"),
            CellType::Percentage => Some("0.00%"),
            CellType::Date => Some("YYYY-MM-DD"),
            CellType::Text | CellType::Number | CellType::Boolean => None,
        };
        let pattern = pattern.or(usual);
        let read = pattern.map(|text| match cell {
            CellType::Text => Err(PatternError::of_text(text)),
            CellType::Number => {
                FormatPattern::parse(text).and_then(|read| match read.is_of_numbers() {
                    true => Ok(read),
                    false => FormatPattern::number(text),
                })
            }
            CellType::Currency | CellType::Percentage => FormatPattern::number(text),
            CellType::Date => FormatPattern::date(text),
            CellType::Boolean => FormatPattern::boolean(text),
        });
        let read = read.transpose()?;
        if read.as_ref().is_some_and(FormatPattern::has_currency_sign) {
            // A cell's amounts have no currency that is known.
            return Err(PatternError::without_currency(pattern.unwrap_or_default()));
        }
        Ok(Self {
            cell,
            pattern: pattern.map(str::to_owned),
            read,
        })
    }

    /// What the column holds.
    pub fn cell(&self) -> CellType {
        self.cell
    }

    /// The pattern, be it the usual one.
    pub fn pattern(&self) -> Option<&str> {
        self.pattern.as_deref()
    }

    /// A cell as text: nothing for a missing value. Moments are shown on the clocks of the zone. A value that
    /// the pattern has no way to show is written as it is.
    pub fn write(&self, value: Option<&Value>, zone: &Zone) -> String {
        match (&self.read, value) {
            (_, None) => String::new(),
            (None, Some(value)) => value.to_string(),
            (Some(read), value) => {
                let style = Style::default().zone(zone.clone());
                read.write_or_null(value, Meaning::default(), &style)
            }
        }
    }
}

/// As JSON: the type and the pattern.
impl serde::Serialize for CellFormat {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        let mut out = serializer.serialize_struct("CellFormat", 2)?;
        out.serialize_field("type", &self.cell)?;
        out.serialize_field("pattern", &self.pattern)?;
        out.end()
    }
}
