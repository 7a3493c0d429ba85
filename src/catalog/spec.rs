//! `CatalogSpec`: a catalog as written, without meaning; one form for both spellings.
//!
//! In: JSON text, read by `read.rs` (nested) or `rows.rs` (table rows). Out: these plain structs, in
//! which cross-references are still names. Guaranteed afterwards: the shape and the JSON types are
//! right; inactive and deleted rows are gone, and references to them are left as names that no
//! longer resolve. Codes: those of `ReadError`. Next to read: `check/mod.rs`.

use std::collections::BTreeMap;

use crate::path::{At, Path};
use crate::value::ColumnType;

/// A catalog as written.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CatalogSpec {
    /// The logical fact relations.
    pub data_sources: Vec<SourceSpec>,
    /// The metrics.
    pub metrics: Vec<MetricSpec>,
    /// The dimensions.
    pub dimensions: Vec<DimensionSpec>,
    /// The toggles.
    pub toggles: Vec<ToggleSpec>,
    /// The report templates.
    pub templates: Vec<TemplateSpec>,
    /// User-defined SQL functions that fragments may call.
    pub functions: Vec<String>,
}

/// A data source as written.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SourceSpec {
    /// The place in the document, for errors.
    pub origin: Origin,
    /// The key.
    pub source_key: String,
    /// The label; the key in words where absent.
    pub display_name: Option<String>,
    /// The physical name with `{client_id}` where it varies by tenant.
    pub view_pattern: String,
    /// The date column; `None` where the source has none.
    pub date_column: Option<String>,
    /// The tenant column; `None` where the source is shared by all tenants, on purpose.
    pub client_id_column: Option<String>,
    /// Minutes between refreshes.
    pub refresh_frequency_minutes: Option<i64>,
    /// What the source holds.
    pub description: Option<String>,
    /// Declared columns; `None` where the source does not declare them.
    pub columns: Option<Vec<ColumnSpec>>,
    /// The columns that tell rows apart.
    pub primary_key: Vec<String>,
    /// The columns by which rows are added up to one each; none where rows are as they are. What is added up is
    /// in the columns that say so by `rollup`, and nothing else of the rows is seen.
    pub rollup_by: Vec<String>,
    /// A standing SQL predicate, such as a soft delete.
    pub base_filter: Option<String>,
    /// Preference when several sources can answer; higher wins.
    pub priority: i64,
    /// Paths to other sources.
    pub relationships: Vec<RelationshipSpec>,
    /// Dimensions whose access rules do not apply here, on purpose.
    pub access_exempt: Vec<String>,
    /// The metrics offered here.
    pub metrics: Offer<SourceMetricSpec>,
    /// The dimensions offered here.
    pub dimensions: Offer<SourceDimensionSpec>,
}

/// Where a definition stands in its document: the array, and the index in it, in that spelling.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// The array, such as `data_sources`.
    pub table: &'static str,
    /// The position in the array, inactive entries counted.
    pub index: usize,
    /// The row's id in the rows spelling.
    pub id: Option<i64>,
    /// The array and the position of the definition that this one is written inside of, in the
    /// nested spelling: `metrics` and 3 for a variant of the fourth metric.
    pub parent: Option<(&'static str, usize)>,
}

impl Origin {
    /// The place of the definition, such as `catalog.metrics[3].variants[0]`.
    pub(crate) fn here(&self) -> Path {
        self.visit(|at| at.path())
    }

    /// The place of one of its fields, such as `catalog.metrics[3].filter`.
    pub(crate) fn path(&self, field: &str) -> Path {
        self.visit(|at| at.key(field).path())
    }

    fn visit(&self, then: impl FnOnce(&At<'_>) -> Path) -> Path {
        let root = At::root("catalog");
        match self.parent {
            None => then(&root.key(self.table).index(self.index)),
            Some((table, index)) => {
                let parent = root.key(table);
                let parent = parent.index(index);
                then(&parent.key(self.table).index(self.index))
            }
        }
    }
}

/// What a source offers: everything, or a list.
#[derive(Debug, Clone, PartialEq)]
pub enum Offer<T> {
    /// Written as `"*"`.
    All,
    /// The listed items.
    Listed(Vec<T>),
}

impl<T> Default for Offer<T> {
    fn default() -> Self {
        Offer::Listed(Vec::new())
    }
}

/// A declared column.
#[derive(Debug, Clone, PartialEq)]
pub struct ColumnSpec {
    /// The name that fragments use.
    pub name: String,
    /// The type.
    pub data_type: ColumnType,
    /// The path inside a JSON column, outermost key first.
    pub path: Option<Vec<String>>,
    /// The JSON column that the path goes into.
    pub column: Option<String>,
    /// The aggregate that the column is, of a source whose rows are added up by `rollup_by`.
    pub rollup: Option<String>,
}

/// A way from one source to another.
#[derive(Debug, Clone, PartialEq)]
pub struct RelationshipSpec {
    /// The name; dimensions behind it are `name.dimension`.
    pub name: String,
    /// The key of the other source.
    pub to: String,
    /// Pairs of columns: here, there.
    pub on: Vec<(String, String)>,
    /// How many rows meet how many.
    pub cardinality: Cardinality,
}

/// How many rows of one source meet how many of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cardinality {
    /// Many rows here, at most one there.
    ManyToOne,
    /// At most one on either side.
    OneToOne,
    /// One row here, many there.
    OneToMany,
}

/// A metric offered by a source.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SourceMetricSpec {
    /// The place in the document, for errors; in the nested spelling the index within the source.
    pub origin: Origin,
    /// The metric's key.
    pub metric: String,
    /// The override of its SQL for this source.
    pub sql_expression: Option<String>,
}

/// A dimension offered by a source.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SourceDimensionSpec {
    /// The place in the document, for errors; in the nested spelling the index within the source.
    pub origin: Origin,
    /// The dimension's key.
    pub dimension: String,
    /// The override of its value expression for this source.
    pub column_expression: Option<String>,
    /// The override of its join condition for this source.
    pub join_condition: Option<String>,
}

/// A metric as written.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MetricSpec {
    /// The place in the document, for errors.
    pub origin: Origin,
    /// The key.
    pub metric_key: String,
    /// The label; the key in words where absent.
    pub display_name: Option<String>,
    /// What it measures.
    pub description: Option<String>,
    /// The aggregate; ignored where there is a formula.
    pub sql_expression: Option<String>,
    /// The output type: `number`, `integer`, `decimal`, `currency`, `percentage`, `text`, `date`, `boolean`.
    pub data_type: Option<String>,
    /// The display format.
    pub format_pattern: Option<String>,
    /// The group in a metric picker.
    pub category: Option<String>,
    /// How it aggregates: `sum`, `count`, `avg`, `min`, `max`, `ratio`, `custom`.
    pub aggregation_type: Option<String>,
    /// Whether it is calculated from other metrics.
    pub is_derived: bool,
    /// The formula over other metrics.
    pub derived_formula: Option<String>,
    /// The order within the category.
    pub sort_order: i64,
    /// Whether higher is worse.
    pub is_invertable: bool,
    /// A row predicate that holds for the metric and its variants.
    pub filter: Option<String>,
    /// How it may be added up.
    pub additivity: Option<AdditivitySpec>,
    /// A window over time.
    pub window: Option<WindowSpec>,
    /// A shift in time.
    pub offset: Option<GrainCount>,
    /// The number shown instead of NULL, as written.
    pub null_as: Option<String>,
    /// ISO 4217 code.
    pub currency: Option<String>,
    /// `fraction` or `points`.
    pub percent_scale: Option<String>,
    /// The module that gates it.
    pub module: Option<String>,
    /// Its overrides under options of toggles.
    pub variants: Vec<VariantSpec>,
}

/// How a metric may be added up, as written.
#[derive(Debug, Clone, PartialEq)]
pub enum AdditivitySpec {
    /// Over every dimension.
    Additive,
    /// Over none.
    NonAdditive,
    /// Over all but one, of which one value is picked.
    SemiAdditive {
        /// The dimension that it may not be added over.
        over: String,
        /// `first` or `last`.
        pick: String,
    },
}

/// A window over time, as written.
#[derive(Debug, Clone, PartialEq)]
pub enum WindowSpec {
    /// Since ever.
    Cumulative,
    /// The last `n` periods.
    Rolling(GrainCount),
    /// From the start of the period.
    ToDate(String),
}

/// A number of periods, as written.
#[derive(Debug, Clone, PartialEq)]
pub struct GrainCount {
    /// How many.
    pub n: i64,
    /// Of what: a grain.
    pub grain: String,
}

/// A variant as written.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct VariantSpec {
    /// The place in the document, for errors; in the nested spelling the index within the metric.
    pub origin: Origin,
    /// The options under all of which it applies: toggle to option.
    pub when: BTreeMap<String, String>,
    /// The aggregate under these options; ignored where there is a formula.
    pub sql_expression: Option<String>,
    /// The formula over other metrics under these options.
    pub derived_formula: Option<String>,
    /// The label under these options.
    pub display_name: Option<String>,
    /// The output type under these options.
    pub data_type: Option<String>,
    /// The display format under these options.
    pub format_pattern: Option<String>,
    /// The currency under these options.
    pub currency: Option<String>,
}

/// A dimension as written.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DimensionSpec {
    /// The place in the document, for errors.
    pub origin: Origin,
    /// The key.
    pub dimension_key: String,
    /// The label; the key in words where absent.
    pub display_name: Option<String>,
    /// What it represents.
    pub description: Option<String>,
    /// The value expression on the source.
    pub column_expression: String,
    /// The label's column in the lookup.
    pub display_column: Option<String>,
    /// The lookup's relation, `{client_id}` allowed.
    pub join_table: Option<String>,
    /// The condition that joins the lookup.
    pub join_condition: Option<String>,
    /// The type of what is shown.
    pub data_type: Option<String>,
    /// How a filter bar shows it.
    pub filter_type: Option<String>,
    /// Whether results may be grouped by it; `true` where absent.
    pub is_groupable: bool,
    /// Whether requests may filter by it; `true` where absent.
    pub is_filterable: bool,
    /// The group in a filter bar.
    pub category: Option<String>,
    /// The order in a filter bar.
    pub sort_order: i64,
    /// The lookup's tenant column, where `join_condition` does not say it.
    pub join_tenant_column: Option<String>,
    /// Whether the lookup is shared by all tenants, on purpose.
    pub join_global: bool,
    /// Whether the lookup has one row per key.
    pub join_unique: bool,
    /// The type of `column_expression`, where it differs from the label's.
    pub value_type: Option<String>,
    /// The grains it may be asked at.
    pub grains: Option<Vec<String>>,
    /// Other words for it.
    pub synonyms: Vec<String>,
    /// The module that gates it.
    pub module: Option<String>,
}

/// A toggle as written.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ToggleSpec {
    /// The place in the document, for errors.
    pub origin: Origin,
    /// The key.
    pub toggle_key: String,
    /// The label; the key in words where absent.
    pub display_name: Option<String>,
    /// What it controls.
    pub description: Option<String>,
    /// `metric_variant` (where absent) or `dimension_switch`.
    pub toggle_type: Option<String>,
    /// How it is shown.
    pub ui_component: Option<String>,
    /// The order in a filter bar.
    pub sort_order: i64,
    /// Its options.
    pub options: Vec<OptionSpec>,
}

/// An option of a toggle as written.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct OptionSpec {
    /// The place in the document, for errors; in the nested spelling the index within the toggle.
    pub origin: Origin,
    /// The key, unique within the toggle.
    pub option_key: String,
    /// The label; the key in words where absent.
    pub display_name: Option<String>,
    /// What it does.
    pub description: Option<String>,
    /// Whether it holds where a request says nothing.
    pub is_default: bool,
    /// The order within the toggle.
    pub sort_order: i64,
    /// The dimension that a `dimension_switch` switches to.
    pub dimension_key: Option<String>,
    /// The date column under this option.
    pub date_column: Option<String>,
    /// The display format of what the toggle changes.
    pub format_pattern: Option<String>,
}

/// A report template as written.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TemplateSpec {
    /// The place in the document, for errors.
    pub origin: Origin,
    /// The key: a name that may hold hyphens.
    pub template_key: String,
    /// The name shown.
    pub name: String,
    /// What it reports.
    pub description: Option<String>,
    /// The group.
    pub category: Option<String>,
    /// The layout, as JSON text.
    pub layout: String,
    /// The default filters, as JSON text.
    pub default_filters: Option<String>,
    /// The default preset of the date range.
    pub default_date_range: Option<String>,
    /// Keys of the sources it needs.
    pub required_data_sources: Vec<String>,
    /// Keys of the toggles it uses.
    pub required_toggles: Vec<String>,
    /// The section of the navigation.
    pub nav_section: Option<String>,
    /// The order within the section.
    pub nav_order: i64,
    /// The icon.
    pub nav_icon: Option<String>,
    /// The module that gates it.
    pub module: Option<String>,
    /// Who created it.
    pub created_by: Option<String>,
}
