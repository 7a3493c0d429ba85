//! Dimensions: what results are grouped and filtered by.

use std::sync::Arc;

use crate::calendar::Grain;
use crate::name::Name;
use crate::value::DataType;

use super::columns::ColumnId;
use super::fragment::Fragment;
use super::reach::PathId;
use super::relation::RelationPattern;
use super::spelling::KeySpelling;

/// A dimension: a value on the source and, optionally, a label looked up by it.
///
/// ```
/// use measurand::{Catalog, DataType};
///
/// let catalog = Catalog::from_json(r#"{"dimensions": [
///   {"dimension_key": "ordered_on", "column_expression": "date", "data_type": "date",
///    "synonyms": ["day"], "is_filterable": false}
/// ]}"#)?;
/// let day = catalog.dimension("ordered_on").ok_or("no such dimension")?;
/// assert_eq!(day.info().display_name, "Ordered on");
/// assert_eq!(day.info().data_type, DataType::Date);
/// assert_eq!(day.synonyms(), ["day"]);
/// assert!(day.is_groupable() && !day.is_filterable());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Dimension {
    pub(crate) key: Name,
    pub(crate) info: Arc<DimensionInfo>,
    pub(crate) row_id: Option<i64>,
    pub(crate) is_groupable: bool,
    pub(crate) is_filterable: bool,
    /// The grains it may be asked at; empty where it is no date.
    pub(crate) grains: Vec<Grain>,
    pub(crate) synonyms: Vec<String>,
    pub(crate) module: Option<String>,
}

/// What is shown of a dimension; shared with every column that shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct DimensionInfo {
    pub(crate) value: KeySpelling,
    pub(crate) label: KeySpelling,
    /// In the order of `Grain::ALL`.
    pub(crate) at_grain: Vec<KeySpelling>,
    /// The label of the dimension itself.
    pub display_name: String,
    /// What it represents.
    pub description: Option<String>,
    /// The type of what is shown.
    pub data_type: DataType,
    /// The group in a filter bar.
    pub category: Option<String>,
    /// The order in a filter bar.
    pub sort_order: i64,
    /// How a filter bar shows it.
    pub filter_type: String,
    /// The expression that gives its value, as the catalog has it.
    pub expression: String,
}

/// A dimension as one source expresses it; cheap to clone.
#[derive(Clone)]
pub(crate) struct SourceDimension {
    pub(crate) key: Name,
    pub(crate) value: Arc<Fragment>,
    /// The type of the value; `None` where neither the dimension nor the source says.
    pub(crate) value_type: Option<DataType>,
    /// How the value lies in time, if it does.
    pub(crate) time: Option<TimeValue>,
    pub(crate) lookup: Option<Arc<Lookup>>,
    /// Whether it is a column as it is, which no date-basis option replaces.
    pub(crate) is_column: bool,
    /// The path that leads to the rows that have it; none where they are the source's own.
    pub(crate) path: Option<PathId>,
}

impl SourceDimension {
    /// The grain that a value is cut to: the one asked for, else days where days are meant.
    pub(crate) fn cut(&self, grain: Option<Grain>) -> Option<(TimeValue, Grain)> {
        let time = self.time?;
        match grain {
            Some(grain) => Some((time, grain)),
            None => time.is_day.then_some((time, Grain::Day)),
        }
    }
}

/// A value that lies in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TimeValue {
    /// The type of the expression.
    pub(crate) stored: DataType,
    /// Whether days are meant although moments are stored.
    pub(crate) is_day: bool,
}

/// The relation that gives a dimension its label.
pub(crate) struct Lookup {
    pub(crate) relation: RelationPattern,
    /// What equals the dimension's value.
    pub(crate) key: Fragment,
    /// What is shown.
    pub(crate) label: Fragment,
    /// `None` only for a lookup that is shared by all tenants, on purpose.
    pub(crate) tenant_column: Option<ColumnId>,
    /// Further conditions on the lookup's own columns.
    pub(crate) conditions: Vec<Fragment>,
    /// Whether the relation has one row per key by itself.
    pub(crate) is_unique: bool,
}

impl Dimension {
    /// The key.
    pub fn key(&self) -> &Name {
        &self.key
    }

    /// The id of its row, which access rules name; none in a catalog that was not loaded from rows.
    pub fn row_id(&self) -> Option<i64> {
        self.row_id
    }

    /// The module that gates it: unknown to a context without it.
    pub fn module(&self) -> Option<&str> {
        self.module.as_deref()
    }

    /// What is shown of it.
    pub fn info(&self) -> &DimensionInfo {
        &self.info
    }

    /// Whether results may be grouped by it.
    pub fn is_groupable(&self) -> bool {
        self.is_groupable
    }

    /// Whether requests may filter by it. Access rules hold on it either way.
    pub fn is_filterable(&self) -> bool {
        self.is_filterable
    }

    /// Other words for it.
    pub fn synonyms(&self) -> &[String] {
        &self.synonyms
    }
}

impl DimensionInfo {
    /// The spelling at a grain, or of the plain value.
    pub(crate) fn spelling(&self, grain: Option<Grain>) -> &KeySpelling {
        grain
            .and_then(|grain| Grain::ALL.iter().position(|each| *each == grain))
            .and_then(|index| self.at_grain.get(index))
            .unwrap_or(&self.value)
    }
}
