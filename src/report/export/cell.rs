//! Cells: what a column of a file holds, and how a value of it is written.

use super::pattern::{BooleanPattern, DatePattern, NumberPattern};
use crate::calendar::Zone;
use crate::value::{DataType, Decimal, Timestamp, Value};

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

/// How the cells of a column are written.
///
/// * number, currency, percentage: what stands in front, then `#,##0.00` (`,` groups the digits by three,
///   `0` is a digit that is always there, `#` one that is there where it is needed), then what stands
///   behind. With a `%`, a fraction is shown in hundredths. The last digit is rounded, halves away from zero.
/// * date: `YYYY`, `YY`, `MM`, `DD`, `HH`, `mm`, `ss`, and anything between them that is no letter but a `T`.
/// * boolean: the word for true, a `/`, the word for false.
/// * text: none.
///
/// ```
/// use measurand::report::{CellFormat, CellType};
/// use measurand::{Decimal, Value, Zone};
///
/// let format = CellFormat::new(CellType::Currency, Some("$#,##0.00")).ok_or("no pattern")?;
/// let amount = Value::Decimal(Decimal::parse("-1234567.895").ok_or("no number")?);
/// assert_eq!(format.write(Some(&amount), &Zone::utc()), "-$1,234,567.90");
/// assert_eq!(format.write(None, &Zone::utc()), "");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellFormat {
    cell: CellType,
    pattern: Option<String>,
    parsed: Parsed,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Parsed {
    Plain,
    Number(NumberPattern),
    Date(DatePattern),
    Boolean(BooleanPattern),
}

impl CellFormat {
    /// The format of a type by a pattern, or without one by the usual: `#,##0.00` of money, `0.00%` of
    /// percentages, `YYYY-MM-DD` of dates, values as they are of all others. Nothing where the pattern is none
    /// of the type.
    pub fn new(cell: CellType, pattern: Option<&str>) -> Option<Self> {
        let usual = match cell {
            CellType::Currency => Some("#,##0.00"),
            CellType::Percentage => Some("0.00%"),
            CellType::Date => Some("YYYY-MM-DD"),
            CellType::Text | CellType::Number | CellType::Boolean => None,
        };
        let parsed = match pattern.or(usual) {
            None => Parsed::Plain,
            Some(text) => match cell {
                CellType::Text => return None,
                CellType::Number | CellType::Currency | CellType::Percentage => {
                    Parsed::Number(NumberPattern::parse(text)?)
                }
                CellType::Date => Parsed::Date(DatePattern::parse(text)?),
                CellType::Boolean => Parsed::Boolean(BooleanPattern::parse(text)?),
            },
        };
        Some(Self {
            cell,
            pattern: pattern.or(usual).map(str::to_owned),
            parsed,
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
        let Some(value) = value else {
            return String::new();
        };
        let written = match &self.parsed {
            Parsed::Plain => None,
            Parsed::Number(pattern) => number(value).map(|number| pattern.write(&number)),
            Parsed::Date(pattern) => clock(value, zone).map(|time| pattern.write(time)),
            Parsed::Boolean(pattern) => match value {
                Value::Boolean(truth) => Some(pattern.write(*truth).to_owned()),
                _ => None,
            },
        };
        written.unwrap_or_else(|| value.to_string())
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

/// A number in its exact digits.
fn number(value: &Value) -> Option<Decimal> {
    match value {
        Value::Integer(number) => Some(Decimal::from(*number)),
        Value::Decimal(number) => Some(number.clone()),
        Value::Float(number) => Decimal::parse(&number.to_string()),
        _ => None,
    }
}

/// What clocks and calendars show.
fn clock(value: &Value, zone: &Zone) -> Option<Timestamp> {
    match value {
        Value::Date(date) => Some(Timestamp::midnight(*date)),
        Value::Timestamp(time) => Some(*time),
        Value::Timestamptz(moment) => Some(zone.clock_at(*moment)),
        _ => None,
    }
}
