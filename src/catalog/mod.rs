//! The catalog: everything an administrator defines; checked once, immutable, shared by threads.
//!
//! In: JSON text in either spelling. Out: [`Catalog`], which can only be had by checking.
//! Guaranteed afterwards: references resolve, fragments are within the subset and printed for every
//! dialect, metrics are acyclic under every selection, and no selection matches two variants
//! equally. Codes: those of `ReadError` and `CatalogError`. Next to read: `spec.rs`, then `check/`.

pub mod spec;

mod fields;
mod read;
mod rows;
mod shown_type;
#[cfg(test)]
mod tests;
mod write_rows;

pub(crate) mod aggregate;
pub(crate) mod columns;
pub(crate) mod dimension;
pub(crate) mod fragment;
pub(crate) mod metric;
pub(crate) mod reach;
pub(crate) mod relation;
pub(crate) mod source;
pub(crate) mod spelling;
pub(crate) mod template;
pub(crate) mod toggle;

mod check;
mod digest;
mod lint;
pub mod sql;

use std::fmt;

pub use crate::format::PercentScale;
pub(crate) use digest::hexadecimal;
pub use dimension::{Dimension, DimensionInfo};
pub use lint::Lint;
pub use metric::{Additivity, Metric, MetricInfo, MetricType};
pub use source::Source;
pub use template::Template;
pub(crate) use template::is_template_key;
pub use toggle::{Toggle, ToggleOption};

use crate::error::Errors;
use crate::hash::CatalogMap;
use crate::limits::Limits;
use crate::name::Name;
use crate::request::ColumnAggregate;
use columns::{ColumnId, ColumnNames};
use fragment::Fragment;
use reach::Route;
use spec::CatalogSpec;
use toggle::Selection;

/// The position of a source in the catalog.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct SourceId(pub(crate) u32);
/// The position of a metric in the catalog.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct MetricId(pub(crate) u32);
/// The position of a dimension in the catalog.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct DimensionId(pub(crate) u32);
/// The position of a toggle in the catalog.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct ToggleId(pub(crate) u16);
/// The position of an option in its toggle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct OptionId(pub(crate) u16);
/// The position of a distinct aggregate in the catalog.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct MeasureId(pub(crate) u32);

/// A checked catalog. Cheap to share by reference or in an `Arc`; nothing in it changes.
///
/// It can only be had by checking, so what it holds is consistent: references resolve, expressions are
/// within the accepted subset, and no selection of options leads to a cycle or to two definitions. Two
/// catalogs are equal when they define the same, whatever the spelling and the order.
///
/// ```
/// use measurand::Catalog;
///
/// let catalog = Catalog::from_json(r#"{
///   "data_sources": [{"source_key": "orders", "view_pattern": "reporting.orders_{client_id}",
///                     "metrics": "*", "dimensions": "*"}],
///   "metrics": [{"metric_key": "revenue", "sql_expression": "SUM(revenue)"}],
///   "dimensions": [{"dimension_key": "channel", "column_expression": "channel"}]
/// }"#)?;
/// assert_eq!(catalog.metrics().len(), 1);
/// # Ok::<(), measurand::Errors>(())
/// ```
pub struct Catalog {
    pub(crate) limits: Limits,
    pub(crate) columns: ColumnNames,
    pub(crate) sources: Vec<Source>,
    pub(crate) metrics: Vec<Metric>,
    pub(crate) dimensions: Vec<Dimension>,
    pub(crate) toggles: Vec<Toggle>,
    pub(crate) templates: Vec<Template>,
    pub(crate) measures: Vec<Fragment>,
    pub(crate) defaults: Selection,
    /// The catalog's own functions, sorted.
    pub(crate) functions: Vec<String>,
    pub(crate) index: KeyIndex,
    /// The keys by which sources reach dimensions of others.
    pub(crate) routes: CatalogMap<Box<str>, Route>,
    /// The sources that offer each metric, in their order.
    pub(crate) offering: Vec<Vec<SourceId>>,
    pub(crate) digest: [u8; 32],
    lints: Vec<Lint>,
    /// What all of it was made from.
    definitions: CatalogSpec,
}

/// From keys to positions.
#[derive(Default)]
pub(crate) struct KeyIndex {
    pub(crate) sources: CatalogMap<Name, SourceId>,
    pub(crate) metrics: CatalogMap<Name, MetricId>,
    pub(crate) dimensions: CatalogMap<Name, DimensionId>,
    pub(crate) toggles: CatalogMap<Name, ToggleId>,
}

impl Catalog {
    /// Loads and checks a catalog in the nested spelling, within the default limits.
    ///
    /// # Errors
    /// Everything that is wrong, at once: the codes of `ReadError` if the text is malformed, else
    /// those of `CatalogError`.
    pub fn from_json(text: &str) -> Result<Self, Errors> {
        Self::from_json_within(text, Limits::default())
    }

    /// Loads and checks a catalog in the rows spelling (the tables of the report builder as JSON),
    /// within the default limits.
    ///
    /// # Errors
    /// As [`Catalog::from_json`].
    pub fn from_rows_json(text: &str) -> Result<Self, Errors> {
        Self::from_rows_json_within(text, Limits::default())
    }

    /// Loads and checks a catalog in the nested spelling, within these limits.
    ///
    /// # Errors
    /// As [`Catalog::from_json`], and `limit-exceeded`.
    pub fn from_json_within(text: &str, limits: Limits) -> Result<Self, Errors> {
        Self::check_owned(CatalogSpec::from_json(text, &limits)?, limits)
    }

    /// Loads and checks a catalog in the rows spelling, within these limits.
    ///
    /// # Errors
    /// As [`Catalog::from_json`], and `limit-exceeded`.
    pub fn from_rows_json_within(text: &str, limits: Limits) -> Result<Self, Errors> {
        Self::check_owned(CatalogSpec::from_rows_json(text, &limits)?, limits)
    }

    /// Checks a catalog that was read or built.
    ///
    /// # Errors
    /// The codes of `CatalogError`, all findings at once.
    pub fn check(spec: &CatalogSpec, limits: Limits) -> Result<Self, Errors> {
        Ok(Self {
            definitions: spec.clone(),
            ..check::check(spec, limits)?
        })
    }

    fn check_owned(spec: CatalogSpec, limits: Limits) -> Result<Self, Errors> {
        let catalog = check::check(&spec, limits)?;
        Ok(Self {
            definitions: spec,
            ..catalog
        })
    }

    /// The definitions as they were written: to show them, to write them as rows, or to compare what
    /// was compiled with what was meant.
    ///
    /// ```
    /// # let catalog = measurand::Catalog::from_json(r#"{
    /// #   "data_sources": [{"source_key": "orders", "view_pattern": "reporting.orders",
    /// #                     "metrics": "*"}],
    /// #   "metrics": [{"metric_key": "revenue", "sql_expression": "SUM(revenue)"}]
    /// # }"#)?;
    /// let [revenue] = catalog.definitions().metrics.as_slice() else { panic!("one metric") };
    /// assert_eq!(revenue.sql_expression.as_deref(), Some("SUM(revenue)"));
    /// # Ok::<(), measurand::Errors>(())
    /// ```
    pub fn definitions(&self) -> &CatalogSpec {
        &self.definitions
    }

    /// What is suspicious without being wrong (R6), sorted by kind and key; empty for most catalogs.
    ///
    /// ```
    /// # let catalog = measurand::Catalog::from_json(r#"{
    /// #   "data_sources": [{"source_key": "orders", "view_pattern": "reporting.orders",
    /// #                     "metrics": "*"}],
    /// #   "metrics": [{"metric_key": "revenue", "sql_expression": "SUM(revenue)"}]
    /// # }"#)?;
    /// let lints: Vec<String> = catalog.lints().iter().map(ToString::to_string).collect();
    /// assert_eq!(lints, ["source `orders` does not declare its columns"]);
    /// # Ok::<(), measurand::Errors>(())
    /// ```
    pub fn lints(&self) -> &[Lint] {
        &self.lints
    }

    /// The limits that hold for the catalog and its requests.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The sources, by key.
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// The metrics, by key.
    pub fn metrics(&self) -> &[Metric] {
        &self.metrics
    }

    /// The dimensions, by key.
    pub fn dimensions(&self) -> &[Dimension] {
        &self.dimensions
    }

    /// The toggles, by key.
    pub fn toggles(&self) -> &[Toggle] {
        &self.toggles
    }

    /// The report templates, by key.
    pub fn templates(&self) -> &[Template] {
        &self.templates
    }

    /// The source with this key.
    pub fn source(&self, key: &str) -> Option<&Source> {
        self.source_by_id(*self.index.sources.get(key)?)
    }

    /// The metric with this key.
    pub fn metric(&self, key: &str) -> Option<&Metric> {
        self.metric_by_id(*self.index.metrics.get(key)?)
    }

    /// The dimension with this key.
    pub fn dimension(&self, key: &str) -> Option<&Dimension> {
        self.dimension_by_id(*self.index.dimensions.get(key)?)
    }

    /// The toggle with this key.
    pub fn toggle(&self, key: &str) -> Option<&Toggle> {
        self.toggle_by_id(*self.index.toggles.get(key)?)
    }

    /// Whether a source offers a metric; `false` for keys that do not exist.
    pub fn offers_metric(&self, source: &str, metric: &str) -> bool {
        self.source(source)
            .zip(self.index.metrics.get(metric))
            .is_some_and(|(source, id)| source.metrics.contains_key(id))
    }

    /// Whether a source offers a dimension; `false` for keys that do not exist.
    pub fn offers_dimension(&self, source: &str, dimension: &str) -> bool {
        self.source(source)
            .zip(self.index.dimensions.get(dimension))
            .is_some_and(|(source, id)| source.dimensions.contains_key(id))
    }

    /// A digest of all that the catalog defines: SHA-256, in lower-case hexadecimal.
    pub fn digest(&self) -> String {
        digest::hexadecimal(&self.digest)
    }

    pub(crate) fn source_by_id(&self, id: SourceId) -> Option<&Source> {
        self.sources.get(id.0 as usize)
    }

    pub(crate) fn metric_by_id(&self, id: MetricId) -> Option<&Metric> {
        self.metrics.get(id.0 as usize)
    }

    pub(crate) fn dimension_by_id(&self, id: DimensionId) -> Option<&Dimension> {
        self.dimensions.get(id.0 as usize)
    }

    pub(crate) fn toggle_by_id(&self, id: ToggleId) -> Option<&Toggle> {
        self.toggles.get(usize::from(id.0))
    }

    /// The sources that offer a metric, in their order.
    pub(crate) fn offering(&self, id: MetricId) -> impl Iterator<Item = &Source> {
        let ids = self
            .offering
            .get(id.0 as usize)
            .map_or(&[][..], Vec::as_slice);
        ids.iter().filter_map(|id| self.source_by_id(*id))
    }

    pub(crate) fn measure(&self, id: MeasureId) -> Option<&Fragment> {
        self.measures.get(id.0 as usize)
    }

    /// The aggregate of a column that an output key names, whether any source has it or not.
    pub(crate) fn aggregate_named(&self, key: &str) -> Option<(ColumnId, ColumnAggregate)> {
        let (column, word) = key.rsplit_once('.')?;
        let aggregate = ColumnAggregate::parse(word)?;
        Some((self.columns.find(column)?, aggregate))
    }

    /// The definition of a metric on a source under a selection: the variant that applies, else the
    /// source's own, else the base (R9).
    pub(crate) fn definition<'c>(
        &'c self,
        metric: MetricId,
        source: Option<&'c Source>,
        selection: &Selection,
    ) -> Option<&'c metric::Definition> {
        if let Some((column, aggregate)) = metric.column() {
            return source?.row_columns.get(&column)?.metric(aggregate);
        }
        if metric == MetricId::ROWS {
            return Some(aggregate::rows());
        }
        let found = self.metric_by_id(metric)?;
        match found.variant(selection) {
            Some(variant) => Some(&variant.definition),
            None => match source.and_then(|source| source.metrics.get(&metric)) {
                Some(Some(own)) => Some(own),
                _ => Some(&found.base),
            },
        }
    }
}

impl PartialEq for Catalog {
    fn eq(&self, other: &Self) -> bool {
        self.digest == other.digest
    }
}

impl Eq for Catalog {}

impl fmt::Debug for Catalog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Catalog")
            .field("sources", &self.sources.len())
            .field("metrics", &self.metrics.len())
            .field("dimensions", &self.dimensions.len())
            .field("toggles", &self.toggles.len())
            .field("digest", &self.digest())
            .finish()
    }
}
