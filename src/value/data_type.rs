//! The types that columns, dimensions and parameters can have.

use std::fmt;

/// The type of a column, of a dimension's value and of a parameter's elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum DataType {
    /// A whole number of up to 64 bits (`int8`).
    Integer,
    /// An exact decimal number (`numeric`).
    Decimal,
    /// A binary floating-point number (`float8`).
    Float,
    /// Text.
    Text,
    /// True or false.
    Boolean,
    /// A calendar date without a zone.
    Date,
    /// A date and time without a zone.
    Timestamp,
    /// A moment (`timestamptz`).
    Timestamptz,
    /// JSON as text (`json`).
    Json,
    /// Binary JSON (`jsonb`).
    Jsonb,
    /// A UUID.
    Uuid,
}

impl DataType {
    /// Every type, in the order of the documentation.
    pub const ALL: [DataType; 11] = [
        DataType::Integer,
        DataType::Decimal,
        DataType::Float,
        DataType::Text,
        DataType::Boolean,
        DataType::Date,
        DataType::Timestamp,
        DataType::Timestamptz,
        DataType::Json,
        DataType::Jsonb,
        DataType::Uuid,
    ];

    /// The name in a catalog.
    pub fn as_str(self) -> &'static str {
        match self {
            DataType::Integer => "integer",
            DataType::Decimal => "decimal",
            DataType::Float => "float",
            DataType::Text => "text",
            DataType::Boolean => "boolean",
            DataType::Date => "date",
            DataType::Timestamp => "timestamp",
            DataType::Timestamptz => "timestamptz",
            DataType::Json => "json",
            DataType::Jsonb => "jsonb",
            DataType::Uuid => "uuid",
        }
    }

    /// The type with this name in a catalog.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|data_type| data_type.as_str() == name)
    }

    /// The name in PostgreSQL's casts, such as `bigint`.
    pub fn postgres_cast(self) -> &'static str {
        match self {
            DataType::Integer => "bigint",
            DataType::Decimal => "numeric",
            DataType::Float => "double precision",
            DataType::Text => "text",
            DataType::Boolean => "boolean",
            DataType::Date => "date",
            DataType::Timestamp => "timestamp",
            DataType::Timestamptz => "timestamptz",
            DataType::Json => "json",
            DataType::Jsonb => "jsonb",
            DataType::Uuid => "uuid",
        }
    }

    /// PostgreSQL's own short name of the type, such as `int8`.
    pub fn postgres_name(self) -> &'static str {
        match self {
            DataType::Integer => "int8",
            DataType::Decimal => "numeric",
            DataType::Float => "float8",
            DataType::Boolean => "bool",
            other => other.as_str(),
        }
    }

    /// Whether the type is a date or a point in time.
    pub fn is_temporal(self) -> bool {
        matches!(
            self,
            DataType::Date | DataType::Timestamp | DataType::Timestamptz
        )
    }

    /// Whether the type is a number.
    pub fn is_numeric(self) -> bool {
        matches!(
            self,
            DataType::Integer | DataType::Decimal | DataType::Float
        )
    }
}

impl fmt::Display for DataType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The type of a declared column: a scalar or an array of scalars.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ColumnType {
    /// The type of the value, or of the elements.
    pub element: DataType,
    /// Whether the column holds an array.
    pub is_array: bool,
}

impl ColumnType {
    /// The type written as `integer` or `integer[]`.
    pub fn parse(text: &str) -> Option<Self> {
        let (element, is_array) = match text.strip_suffix("[]") {
            Some(element) => (element, true),
            None => (text, false),
        };
        Some(Self {
            element: DataType::parse(element)?,
            is_array,
        })
    }
}

impl ColumnType {
    /// The type as a catalog writes it: `integer` or `integer[]`.
    pub fn as_str(self) -> &'static str {
        match (self.is_array, self.element) {
            (false, element) => element.as_str(),
            (true, DataType::Integer) => "integer[]",
            (true, DataType::Decimal) => "decimal[]",
            (true, DataType::Float) => "float[]",
            (true, DataType::Text) => "text[]",
            (true, DataType::Boolean) => "boolean[]",
            (true, DataType::Date) => "date[]",
            (true, DataType::Timestamp) => "timestamp[]",
            (true, DataType::Timestamptz) => "timestamptz[]",
            (true, DataType::Json) => "json[]",
            (true, DataType::Jsonb) => "jsonb[]",
            (true, DataType::Uuid) => "uuid[]",
        }
    }
}

impl fmt::Display for ColumnType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
