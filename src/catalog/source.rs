//! Data sources: the logical fact relations.

use crate::hash::CatalogMap;
use crate::name::Name;
use crate::value::{ColumnType, DataType};

use super::aggregate::PreparedAggregates;
use super::columns::ColumnId;
use super::dimension::SourceDimension;
use super::fragment::Fragment;
use super::metric::Definition;
use super::reach::Reach;
use super::relation::RelationPattern;
use super::spelling::KeySpelling;
use super::{DimensionId, MetricId, SourceId};

/// A logical fact relation.
///
/// ```
/// use measurand::Catalog;
///
/// let catalog = Catalog::from_json(r#"{
///   "data_sources": [{"source_key": "orders", "view_pattern": "reporting.orders_{client_id}",
///                     "metrics": ["revenue"]}],
///   "metrics": [{"metric_key": "revenue", "sql_expression": "SUM(revenue)"},
///               {"metric_key": "cost", "sql_expression": "SUM(cost)"}]
/// }"#)?;
/// let orders = catalog.source("orders").ok_or("no such source")?;
/// assert_eq!((orders.display_name(), orders.metric_count()), ("Orders", 1));
/// assert_eq!(orders.column_count(), None);
/// assert!(catalog.offers_metric("orders", "revenue") && !catalog.offers_metric("orders", "cost"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Source {
    pub(crate) id: SourceId,
    pub(crate) key: Name,
    pub(crate) display_name: String,
    pub(crate) description: Option<String>,
    pub(crate) refresh_frequency_minutes: Option<i64>,
    pub(crate) relation: RelationPattern,
    pub(crate) date_column: Option<ColumnId>,
    /// `None` only where the source is shared by all tenants, on purpose.
    pub(crate) tenant_column: Option<ColumnId>,
    /// `None` where the source declares no columns.
    pub(crate) columns: Option<CatalogMap<ColumnId, SourceColumn>>,
    /// The columns that tell rows apart; none where the source does not say.
    pub(crate) primary_key: Box<[ColumnId]>,
    /// What detail rows can show: the declared columns, and those of the primary key in any case.
    pub(crate) row_columns: CatalogMap<ColumnId, RowColumn>,
    pub(crate) base_filter: Option<Fragment>,
    /// How rows are added up to one each; none where they are as they are.
    pub(crate) rollup: Option<SourceRollup>,
    pub(crate) priority: i64,
    /// Sorted.
    pub(crate) access_exempt: Vec<DimensionId>,
    /// What it offers, with its own definition where it overrides the metric's.
    pub(crate) metrics: CatalogMap<MetricId, Option<Definition>>,
    pub(crate) dimensions: CatalogMap<DimensionId, SourceDimension>,
    /// The dimensions of other sources that its relationships lead to.
    pub(crate) reach: Reach,
}

/// How the rows of a source are added up inside its guard.
pub(crate) struct SourceRollup {
    /// The columns that rows are added up by, at least one: the primary key.
    pub(crate) by: Box<[ColumnId]>,
    /// The columns that are aggregates of the relation's own.
    pub(crate) columns: CatalogMap<ColumnId, Fragment>,
    /// What access rules can look at and nobody else: dimensions of the rows that are added up.
    pub(crate) inside: CatalogMap<DimensionId, SourceDimension>,
}

/// A declared column of a source.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SourceColumn {
    pub(crate) data_type: ColumnType,
    /// Where the value lies inside a JSON column.
    pub(crate) path: Option<JsonPath>,
}

/// A column of a source as detail rows show it.
pub(crate) struct RowColumn {
    pub(crate) spelling: KeySpelling,
    /// What people call it: its name in words.
    pub(crate) label: Box<str>,
    /// The column as a dimension has its value.
    pub(crate) value: SourceDimension,
    /// `None` where the source declares no columns.
    pub(crate) data_type: Option<ColumnType>,
    pub(crate) aggregates: PreparedAggregates,
}

impl RowColumn {
    /// Whether rows can be ordered by it: documents and arrays have no order that pages could follow.
    pub(crate) fn is_ordered(&self) -> bool {
        self.data_type.is_none_or(|data_type| {
            !data_type.is_array && !matches!(data_type.element, DataType::Json | DataType::Jsonb)
        })
    }
}

/// A path into a JSON column.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct JsonPath {
    pub(crate) column: ColumnId,
    pub(crate) keys: Vec<String>,
}

impl Source {
    /// The key.
    pub fn key(&self) -> &Name {
        &self.key
    }

    /// The label.
    pub fn display_name(&self) -> &str {
        &self.display_name
    }

    /// What the source holds.
    pub fn description(&self) -> Option<&str> {
        self.description.as_deref()
    }

    /// Minutes between refreshes.
    pub fn refresh_frequency_minutes(&self) -> Option<i64> {
        self.refresh_frequency_minutes
    }

    /// The number of declared columns; `None` where the source declares none.
    pub fn column_count(&self) -> Option<usize> {
        self.columns.as_ref().map(CatalogMap::len)
    }

    /// The number of metrics it offers.
    pub fn metric_count(&self) -> usize {
        self.metrics.len()
    }

    /// The number of dimensions it offers.
    pub fn dimension_count(&self) -> usize {
        self.dimensions.len()
    }

    /// Whether the source declares its columns.
    pub(crate) fn declares_columns(&self) -> bool {
        self.columns.is_some()
    }

    /// Whether the source can have the column: declared, or no columns are.
    pub(crate) fn may_have(&self, column: ColumnId) -> bool {
        self.columns
            .as_ref()
            .is_none_or(|columns| columns.contains_key(&column))
    }

    /// Whether a column is seen outside the guard: of rows that are added up, what they are added up by and to.
    pub(crate) fn hands_out(&self, column: ColumnId) -> bool {
        match &self.rollup {
            None => self.may_have(column),
            Some(rollup) => rollup.by.contains(&column) || rollup.columns.contains_key(&column),
        }
    }

    /// The declared scalar type of a column.
    pub(crate) fn column_type(&self, column: ColumnId) -> Option<DataType> {
        let column = self.columns.as_ref()?.get(&column)?;
        (!column.data_type.is_array).then_some(column.data_type.element)
    }

    /// The aggregate that a column is.
    pub(crate) fn rolled_up(&self, column: ColumnId) -> Option<&Fragment> {
        self.rollup.as_ref()?.columns.get(&column)
    }

    /// The source's own expression of a dimension that a rule is about; none where it has to be added up first.
    pub(crate) fn ruled(&self, id: DimensionId) -> Option<&SourceDimension> {
        let Some(rollup) = &self.rollup else {
            return self.dimensions.get(&id);
        };
        let own = self.dimensions.get(&id);
        let is_added_up = |on: &&SourceDimension| {
            let mut columns = on.value.columns.iter();
            columns.any(|column| rollup.columns.contains_key(column))
        };
        own.filter(|on| !is_added_up(on))
            .or_else(|| rollup.inside.get(&id))
    }

    /// The path of a column that lies inside JSON.
    pub(crate) fn json_path(&self, column: ColumnId) -> Option<(&JsonPath, DataType)> {
        let column = self.columns.as_ref()?.get(&column)?;
        column
            .path
            .as_ref()
            .map(|path| (path, column.data_type.element))
    }

    /// The type of a column that holds dates; an undeclared one is taken for a `date`.
    pub(crate) fn date_type(&self, column: ColumnId) -> DataType {
        self.column_type(column).unwrap_or(DataType::Date)
    }
}
