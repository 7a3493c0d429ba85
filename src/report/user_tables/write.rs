//! A definition as a row of `user_data_tables`.

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::value::RawValue;

use super::definition::{
    AggregateChoice, ColumnChoice, Delivery, Destination, FilterChoice, FilterCondition,
    SortChoice, TableDefinition,
};
use crate::error::Errors;
use crate::limits::Limits;
use crate::report::schedule::Frequency;
use crate::report::tables::{Change, NewRow, Table};
use crate::value::Scalar;

impl TableDefinition {
    /// The row that keeps the table.
    ///
    /// ```
    /// use measurand::report::{Actor, TableDefinition};
    /// use measurand::{Limits, Moment};
    ///
    /// let limits = Limits::default();
    /// let text = r#"{"name": "States", "dataSources": ["cases"], "columns": ["status"]}"#;
    /// let table = TableDefinition::from_json(text, &limits)?;
    /// let now = Moment::parse("2026-11-20T10:00:00Z").ok_or("no moment")?;
    /// let statement = table.new_row(&limits)?.insert(&Actor::new(1, "ann", now));
    /// assert!(statement.sql().starts_with("INSERT INTO report_builder.user_data_tables"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`NewRow::from_json`]: `missing-field` of a table without a name, `text-length`.
    pub fn new_row(&self, limits: &Limits) -> Result<NewRow, Errors> {
        NewRow::from_json(Table::UserDataTables, &self.row(Purpose::New), limits)
    }

    /// The change that makes a table that is kept say what this one says. How it came about stays.
    ///
    /// # Errors
    /// As [`Change::from_json`].
    pub fn change(&self, limits: &Limits) -> Result<Change, Errors> {
        Change::from_json(Table::UserDataTables, &self.row(Purpose::Change), limits)
    }

    fn row(&self, purpose: Purpose) -> String {
        let row = Row {
            table: self,
            purpose,
        };
        // Keys are texts, and the digits of a number are JSON or become a text.
        serde_json::to_string(&row).unwrap_or_default()
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Purpose {
    New,
    Change,
}

struct Row<'t> {
    table: &'t TableDefinition,
    purpose: Purpose,
}

impl Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let table = self.table;
        let mut out = serializer.serialize_map(None)?;
        if let Some(name) = &table.name {
            out.serialize_entry("name", name)?;
        }
        out.serialize_entry("description", &table.description)?;
        if self.purpose == Purpose::New {
            out.serialize_entry("created_via", table.created_via.as_str())?;
            out.serialize_entry("ai_prompt", &table.ai_prompt)?;
        }
        out.serialize_entry("data_sources", &table.data_sources)?;
        out.serialize_entry("columns", &table.columns)?;
        out.serialize_entry("filters", &table.filters)?;
        out.serialize_entry("group_by", &table.group_by)?;
        out.serialize_entry("aggregates", &table.aggregates)?;
        out.serialize_entry("sort_by", &table.sort_by)?;
        out.serialize_entry("destinations", &table.destinations)?;
        out.serialize_entry("visibility", table.visibility.as_str())?;
        out.serialize_entry("shared_with_teams", &table.shared_with_teams)?;
        out.serialize_entry("shared_with_users", &table.shared_with_users)?;
        out.serialize_entry("schedule_config", &table.delivery)?;
        out.end()
    }
}

impl Serialize for ColumnChoice {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_map(None)?;
        out.serialize_entry("field", &self.field)?;
        optional(&mut out, "label", self.label.as_deref())?;
        out.end()
    }
}

impl Serialize for AggregateChoice {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_map(None)?;
        let (alias, label) = match self {
            Self::Metric {
                metric,
                alias,
                label,
            } => {
                out.serialize_entry("metric", metric)?;
                (alias, label)
            }
            Self::Column {
                field,
                function,
                alias,
                label,
            } => {
                optional(&mut out, "field", field.as_deref())?;
                out.serialize_entry("function", function.as_str())?;
                (alias, label)
            }
        };
        optional(&mut out, "alias", alias.as_deref())?;
        optional(&mut out, "label", label.as_deref())?;
        out.end()
    }
}

impl Serialize for FilterChoice {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = match self {
            Self::Compare(condition) => return condition.serialize(serializer),
            _ => serializer.serialize_map(Some(1))?,
        };
        match self {
            Self::And(parts) => out.serialize_entry("and", parts)?,
            Self::Or(parts) => out.serialize_entry("or", parts)?,
            Self::Not(part) => out.serialize_entry("not", part)?,
            Self::Compare(_) => {}
        }
        out.end()
    }
}

impl Serialize for FilterCondition {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_map(None)?;
        out.serialize_entry("field", &self.field)?;
        out.serialize_entry("operator", self.operator.as_str())?;
        if !self.operator.takes_nothing() || !self.values.is_empty() {
            let values: Vec<Written<'_>> = self.values.iter().map(Written).collect();
            out.serialize_entry("values", &values)?;
        }
        if self.on_label {
            out.serialize_entry("on", "label")?;
        }
        if self.case_sensitive {
            out.serialize_entry("caseSensitive", &true)?;
        }
        out.end()
    }
}

/// A value in the digits that it was written in.
struct Written<'s>(&'s Scalar);

impl Serialize for Written<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Scalar::Null => serializer.serialize_unit(),
            Scalar::Boolean(value) => serializer.serialize_bool(*value),
            Scalar::Number(digits) => match RawValue::from_string(digits.to_string()) {
                Ok(number) => number.serialize(serializer),
                Err(_) => serializer.serialize_str(digits),
            },
            Scalar::Text(text) => serializer.serialize_str(text),
        }
    }
}

impl Serialize for SortChoice {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_map(Some(2))?;
        out.serialize_entry("field", &self.field)?;
        let direction = if self.descending { "desc" } else { "asc" };
        out.serialize_entry("direction", direction)?;
        out.end()
    }
}

impl Serialize for Destination {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_map(None)?;
        out.serialize_entry("type", self.kind.as_str())?;
        optional(&mut out, "id", self.id.as_deref())?;
        out.end()
    }
}

impl Destination {
    /// A list of this one alone, as JSON.
    pub(in crate::report) fn as_list(&self) -> String {
        // Keys are texts, so there is nothing that JSON could not say.
        serde_json::to_string(&[self]).unwrap_or_default()
    }
}

impl Serialize for Delivery {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_map(None)?;
        match self.schedule.frequency {
            Frequency::Daily => out.serialize_entry("frequency", "daily")?,
            Frequency::Weekly(day) => {
                out.serialize_entry("frequency", "weekly")?;
                out.serialize_entry("day_of_week", &day.number())?;
            }
            Frequency::Monthly(day) => {
                out.serialize_entry("frequency", "monthly")?;
                out.serialize_entry("day_of_month", &day)?;
            }
        }
        out.serialize_entry("time_of_day", &self.schedule.time.to_string())?;
        out.serialize_entry("timezone", &self.schedule.zone.to_string())?;
        out.serialize_entry("recipients", &self.recipients)?;
        out.serialize_entry("format", self.format.as_str())?;
        out.end()
    }
}

fn optional<M: SerializeMap>(
    out: &mut M,
    key: &'static str,
    value: Option<&str>,
) -> Result<(), M::Error> {
    match value {
        Some(value) => out.serialize_entry(key, value),
        None => Ok(()),
    }
}
