//! Types and values as the grammar names them.

use measurand::DataType;

/// The type that a name of PostgreSQL's grammar stands for.
pub trait PostgresType: Sized {
    fn of_postgres(name: &str) -> Option<Self>;
}

impl PostgresType for DataType {
    fn of_postgres(name: &str) -> Option<Self> {
        match name {
            "int8" => Some(DataType::Integer),
            "numeric" => Some(DataType::Decimal),
            "float8" => Some(DataType::Float),
            "text" => Some(DataType::Text),
            "bool" => Some(DataType::Boolean),
            "date" => Some(DataType::Date),
            "timestamp" => Some(DataType::Timestamp),
            "timestamptz" => Some(DataType::Timestamptz),
            "uuid" => Some(DataType::Uuid),
            _ => None,
        }
    }
}
