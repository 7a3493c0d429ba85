//! Rows that users keep, as JSON: the columns of a table of the report builder under their names.

use measurand::Value;
use measurand::report::{ColumnKind, Table};
use serde::ser::{Error as _, Serialize, SerializeMap, Serializer};
use serde_json::value::RawValue;
use tokio_postgres::Row;

/// A row of a table of the report builder. As JSON it is what the library reads back:
/// `SavedView::from_json` and its like.
pub struct KeptRow<'r> {
    table: Table,
    row: &'r Row,
    inside: Option<(&'static str, Vec<KeptRow<'r>>)>,
}

impl<'r> KeptRow<'r> {
    /// A row that a statement on the table has read.
    pub fn new(table: Table, row: &'r Row) -> Self {
        let inside = None;
        Self { table, row, inside }
    }

    /// All rows that a statement on the table has read.
    pub fn all(table: Table, rows: &'r [Row]) -> Vec<Self> {
        rows.iter().map(|row| Self::new(table, row)).collect()
    }

    /// The row with a further field: the rows that belong to it.
    pub fn with(mut self, field: &'static str, rows: Vec<KeptRow<'r>>) -> Self {
        self.inside = Some((field, rows));
        self
    }
}

impl Serialize for KeptRow<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_map(None)?;
        for column in self.table.columns() {
            let name = column.name();
            match column.kind() {
                ColumnKind::Texts => {
                    let texts: Vec<String> = self.row.try_get(name).map_err(S::Error::custom)?;
                    out.serialize_entry(name, &texts)?;
                }
                // As the database has it: numbers keep all of their digits.
                ColumnKind::Json(_) => {
                    let text: Option<String> = self.row.try_get(name).map_err(S::Error::custom)?;
                    let json = text.map(RawValue::from_string).transpose();
                    out.serialize_entry(name, &json.map_err(S::Error::custom)?)?;
                }
                _ => {
                    let value: Option<Value> = self.row.try_get(name).map_err(S::Error::custom)?;
                    out.serialize_entry(name, &value)?;
                }
            }
        }
        if let Some((field, rows)) = &self.inside {
            out.serialize_entry(field, rows)?;
        }
        out.end()
    }
}
