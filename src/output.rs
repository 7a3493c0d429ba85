//! What a compilation hands back: the statement, its parameters, and how to read its result.

use std::sync::Arc;

use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::calendar::Grain;
use crate::catalog::reach::PathId;
use crate::catalog::spelling::KeySpelling;
use crate::catalog::{DimensionInfo, MetricInfo, MetricType, PercentScale};
use crate::certificate::Certificate;
use crate::dialect::Dialect;
use crate::name::Name;
use crate::provenance::{Lineage, Provenance};
use crate::value::{DataType, Param, Value};

/// A verified statement, its parameters, and the metadata to show its result.
///
/// Run [`sql`](Self::sql) with [`params`](Self::params) in their order; the result has exactly
/// [`columns`](Self::columns). It serializes as one object with the fields `sql`, `dialect`, `params`,
/// `columns`, `sources`, `certificate`, `provenance`, `toggles`, `notes` and `fingerprint`, and `page` for
/// a page of detail rows. Its `Debug` form leaves the parameters out, since they hold values of users and of access rules.
///
/// ```
/// # use measurand::{AccessRule, Catalog, Compiler, Context, Dialect, Request, Tenant};
/// # let catalog = Catalog::from_json(r#"{
/// #   "data_sources": [{"source_key": "orders", "view_pattern": "reporting.orders_{client_id}",
/// #                     "metrics": "*", "dimensions": "*"}],
/// #   "metrics": [{"metric_key": "revenue", "sql_expression": "SUM(revenue)", "currency": "USD"}],
/// #   "dimensions": [{"dimension_key": "channel", "column_expression": "channel"}]
/// # }"#)?;
/// # let compiler = Compiler::new(catalog, Dialect::Postgres);
/// # let context = Context::new(Tenant::number(1).expect("a tenant"), Vec::new());
/// let query = compiler.compile(&Request::new().metric("revenue").dimension("channel"), &context)?;
/// let [channel, revenue] = query.columns() else { panic!("two columns") };
/// assert_eq!((channel.key(), channel.data_type()), ("channel", "text"));
/// assert_eq!(revenue.format().currency, Some("USD"));
/// assert_eq!(query.certificate().to_string(), "reporting.orders_1: tenant t.client_id = $1");
/// assert_eq!(query.provenance()[1].sentence, "revenue is SUM(revenue) on source orders");
/// # Ok::<(), measurand::Errors>(())
/// ```
#[derive(Clone)]
pub struct CompiledQuery {
    pub(crate) sql: Arc<str>,
    pub(crate) dialect: Dialect,
    pub(crate) params: Vec<Param>,
    pub(crate) columns: Vec<Column>,
    pub(crate) certificate: Certificate,
    pub(crate) notes: Vec<Note>,
    pub(crate) lineage: Lineage,
    pub(crate) page: Option<Page>,
    pub(crate) fingerprint: [u8; 32],
}

impl CompiledQuery {
    /// The statement: one `SELECT`, without a value of the request or the context in it.
    pub fn sql(&self) -> &str {
        &self.sql
    }

    /// The database that the statement is written for.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// What stands in `$1`, `$2` and so on (`?1`, `?2` on SQLite), in that order; never NULL.
    ///
    /// Each has the type that its placeholder is cast to. A list is one array; on SQLite it is bound as
    /// the text of a JSON array, which is how it serializes.
    pub fn params(&self) -> &[Param] {
        &self.params
    }

    /// The columns of the result, in order.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The source that answers, where one alone does.
    pub(crate) fn only_source(&self) -> Option<&Name> {
        self.lineage.only_source()
    }

    /// The keys of the sources that answer, and then of those that are read beside them. Of values from a lookup
    /// alone, the one that says how the dimension is looked up, whose rows are not read.
    pub fn sources(&self) -> Vec<&Name> {
        self.lineage.source_keys()
    }

    /// What a page of detail rows is: how many rows it has, and what the next one comes after. `None`
    /// for other requests, and without a limit.
    pub fn page(&self) -> Option<&Page> {
        self.page.as_ref()
    }

    /// The guard of every scanned relation, as proved against the text.
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// Where each column comes from, in the order of the columns; made when asked for.
    pub fn provenance(&self) -> Vec<Provenance> {
        self.columns
            .iter()
            .map(|column| self.lineage.provenance(column))
            .collect()
    }

    /// The option that each toggle of the catalog has, by key.
    pub fn toggles(&self) -> Vec<(&Name, &Name)> {
        self.lineage.toggles()
    }

    /// What a reader of the result should know; never a substitute for an error.
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// A cache key for rows and columns, in lower-case hexadecimal: two queries with the same
    /// fingerprint have the same rows on the same data and show them alike. It covers the version, the
    /// catalog, the dialect, the tenant, the text, every parameter and every column, and so the
    /// effective access rules, toggles, dates and zone.
    pub fn fingerprint(&self) -> String {
        crate::fingerprint::hexadecimal(&self.fingerprint)
    }
}

impl std::fmt::Debug for CompiledQuery {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Parameters hold values of users; they are left out on purpose.
        f.debug_struct("CompiledQuery")
            .field("sql", &self.sql)
            .field("params", &self.params.len())
            .field("columns", &self.columns.len())
            .finish_non_exhaustive()
    }
}

impl Serialize for CompiledQuery {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let toggles: std::collections::BTreeMap<&str, &str> = self
            .toggles()
            .into_iter()
            .map(|(toggle, option)| (toggle.as_str(), option.as_str()))
            .collect();
        let fields = 10 + usize::from(self.page.is_some());
        let mut out = serializer.serialize_struct("CompiledQuery", fields)?;
        out.serialize_field("sql", self.sql())?;
        out.serialize_field("dialect", &self.dialect)?;
        out.serialize_field("params", &self.params)?;
        out.serialize_field("columns", &self.columns)?;
        if let Some(page) = self.page() {
            out.serialize_field("page", page)?;
        }
        out.serialize_field("sources", &self.sources())?;
        out.serialize_field("certificate", &self.certificate)?;
        out.serialize_field("provenance", &self.provenance())?;
        out.serialize_field("toggles", &toggles)?;
        out.serialize_field("notes", &self.notes)?;
        out.serialize_field("fingerprint", &self.fingerprint())?;
        out.end()
    }
}

/// A page of detail rows.
///
/// The statement asks for one row more than the page has: if it comes, there are more, and it is not
/// shown. The next page comes after the last row that is shown.
///
/// ```
/// # use measurand::{Catalog, Compiler, Context, Dialect, Request, Tenant};
/// # let catalog = Catalog::from_json(r#"{
/// #   "data_sources": [{"source_key": "orders", "view_pattern": "reporting.orders_{client_id}",
/// #     "columns": [{"name": "client_id", "data_type": "integer"}, {"name": "id", "data_type": "integer"},
/// #       {"name": "date", "data_type": "date"}], "primary_key": ["id"], "dimensions": []}],
/// #   "metrics": [], "dimensions": []
/// # }"#)?;
/// # let compiler = Compiler::new(catalog, Dialect::Postgres);
/// # let context = Context::new(Tenant::number(1).expect("a tenant"), Vec::new());
/// let request = Request::rows(["id"]).descending("date").limit(50);
/// let query = compiler.compile(&request, &context)?;
/// let page = query.page().ok_or("a page")?;
/// assert_eq!(page.limit(), 50);
/// // What the order needs stands behind what was asked for.
/// let keys: Vec<&str> = query.columns().iter().map(|column| column.key()).collect();
/// assert_eq!(keys, ["id", "date"]);
/// assert_eq!(page.after_columns(), Some(&[1, 0][..]));
///
/// // The last row that was shown is of the 5th of March and has the id 812.
/// let next = compiler.compile(&request.after(["2026-03-05", "812"]), &context)?;
/// assert!(next.sql().contains("WHERE (g.date < $2::date OR g.date IS NULL OR"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Page {
    pub(crate) limit: u64,
    pub(crate) after_columns: Option<Vec<usize>>,
}

impl Page {
    /// How many rows the page has at most: the limit that was asked for, or that the service sets. The
    /// statement returns one more where there are more.
    pub fn limit(&self) -> u64 {
        self.limit
    }

    /// The positions of the columns whose values in the last row are the `after` of the next page, in
    /// that order. `None` where the source declares no primary key: only an offset leads on then.
    ///
    /// The values are written as those of filters are: dates as `YYYY-MM-DD`, moments by RFC 3339, a
    /// missing one as null. They have to be exact, so a number of 32 bits is not read from its text; what
    /// is no value of a request (NaN, an infinite date) has no page after it.
    pub fn after_columns(&self) -> Option<&[usize]> {
        self.after_columns.as_deref()
    }
}

/// A column of a result: what it is called, what it shows, and how.
///
/// The columns of a result are its dimensions in the order of the request, each value followed by its
/// label where it has one, and then its metrics in the order of the request, each followed by its
/// comparisons where the request compares, and by its share and rank where they are asked for. With a pivot each
/// metric and comparison has a column for every member instead. With totals, what a row is stands in front of all.
/// Of detail rows
/// they are what was asked for, in that order, and behind it what the next page needs.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    pub(crate) spelling: KeySpelling,
    pub(crate) role: ColumnRole,
    pub(crate) shown: Shown,
    /// The member that it is of, where the request has a pivot.
    pub(crate) member: Option<Box<ColumnMember>>,
}

/// The member of a pivot that a column is of.
///
/// It serializes as an object with the fields `dimension`, `position` and `value`; the position is null for all
/// members that are not listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnMember {
    pub(crate) dimension: Name,
    pub(crate) position: Option<usize>,
    pub(crate) value: Option<Value>,
    pub(crate) label: Box<str>,
}

impl ColumnMember {
    /// A member, and what the column is called that shows a metric of this name for it.
    pub(crate) fn new(
        dimension: Name,
        position: Option<usize>,
        value: Option<Value>,
        of: &str,
    ) -> Self {
        let label = match (position, &value) {
            (None, _) => format!("{of}: other"),
            (Some(_), None) => format!("{of}: missing"),
            (Some(_), Some(value)) => format!("{of}: {value}"),
        };
        Self {
            dimension,
            position,
            value,
            label: label.into(),
        }
    }

    /// The dimension; after a switch, the one that was chosen.
    pub fn dimension(&self) -> &Name {
        &self.dimension
    }

    /// Its position among the members of the request, from 1 up; `None` for all that are not among them.
    pub fn position(&self) -> Option<usize> {
        self.position
    }

    /// Its value; `None` where it is the missing one, and for all that are not listed.
    pub fn value(&self) -> Option<&Value> {
        self.value.as_ref()
    }
}

impl Serialize for ColumnMember {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("ColumnMember", 3)?;
        out.serialize_field("dimension", &self.dimension)?;
        out.serialize_field("position", &self.position)?;
        out.serialize_field("value", &self.value)?;
        out.end()
    }
}

pub(crate) use crate::catalog::aggregate::COUNT;

/// What a column shows.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Shown {
    Count,
    Row(RowColumn),
    Metric {
        info: Arc<MetricInfo>,
        /// None where it is the aggregate of a column.
        metric: Option<Name>,
        /// Whether a group may lack it, which it does where another source or period alone has the group.
        is_nullable: bool,
    },
    Comparison {
        info: Arc<MetricInfo>,
        metric: Option<Name>,
        compared: Compared,
        label: Box<str>,
    },
    Standing {
        info: Arc<MetricInfo>,
        metric: Option<Name>,
        standing: Standing,
        label: Box<str>,
    },
    Dimension {
        info: Arc<DimensionInfo>,
        dimension: Name,
        grain: Option<Grain>,
        data_type: DataType,
        /// The path of the first source to the rows that have it, where they are not its own.
        path: Option<PathId>,
    },
    Column {
        name: Box<str>,
        label: Box<str>,
        data_type: &'static str,
        /// Whether the primary key says that it is there in every row.
        is_present: bool,
    },
}

/// The columns that say what a row is where not all are data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RowColumn {
    /// `data`, `other`, `subtotal` or `total`.
    Kind,
    /// The keys of the dimensions that the row is by.
    By,
}

impl RowColumn {
    /// The output key.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Kind => "@row",
            Self::By => "@by",
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::Kind => "Row",
            Self::By => "By",
        }
    }

    /// What it says, as a sentence of its provenance.
    pub(crate) fn sentence(self) -> &'static str {
        match self {
            Self::Kind => "@row is what a row is: data, other, subtotal or total",
            Self::By => {
                "@by is the keys of the dimensions that a row is by; the others are rolled up"
            }
        }
    }
}

/// What a column is in a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ColumnRole {
    /// The value of a dimension: what filters compare with.
    DimensionValue,
    /// The label of a dimension: what people read.
    DimensionLabel,
    /// A metric.
    Metric,
    /// A metric of the period that is compared with, or its change since.
    Comparison,
    /// The share that a group has of a metric, or its rank by it.
    Standing,
    /// How many rows a request has, or a member that values are listed of.
    Count,
    /// What a row is, in a result of which not all rows are data: `@row` is `data`, `other`, `subtotal` or `total`, and where there are
    /// subtotals `@by` is the keys of the dimensions that the row is by, with commas between them.
    Grouping,
    /// A column of the source, in detail rows.
    Column,
    /// What detail rows are ordered by though it was not asked for: it is there for the next page, as
    /// [`Page::after_columns`] says, and not to be shown.
    PageKey,
}

/// What a comparison shows of a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Compared {
    /// The metric in the earlier period.
    Previous,
    /// The metric less what it was before; NULL where a side is missing.
    Change,
    /// The change as a fraction of the absolute value before, 0.25 for a quarter more; NULL where that is
    /// zero or a side is missing.
    ChangePct,
}

impl Compared {
    /// Each, in the order of the columns.
    pub const ALL: [Compared; 3] = [Compared::Previous, Compared::Change, Compared::ChangePct];

    /// What follows the metric's key and a dot in the column's key.
    pub fn as_str(self) -> &'static str {
        match self {
            Compared::Previous => "previous",
            Compared::Change => "change",
            Compared::ChangePct => "change_pct",
        }
    }

    /// What follows the metric's label in the column's.
    fn in_words(self) -> &'static str {
        match self {
            Compared::Previous => "previous",
            Compared::Change => "change",
            Compared::ChangePct => "change in %",
        }
    }
}

/// What is shown of how a group stands among all groups by a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// The metric as a fraction of the sum over all groups; NULL where a side is missing or the sum is zero.
    Share,
    /// 1 for the largest; NULL where the metric is missing, and on rows that are no data.
    Rank,
}

impl Standing {
    /// Each, in the order of the columns.
    pub const ALL: [Standing; 2] = [Standing::Share, Standing::Rank];

    /// What follows the metric's key and a dot in the column's key.
    pub fn as_str(self) -> &'static str {
        match self {
            Standing::Share => "share",
            Standing::Rank => "rank",
        }
    }
}

impl Shown {
    /// The standing of groups by a metric.
    pub(crate) fn standing(
        info: Arc<MetricInfo>,
        metric: Option<Name>,
        standing: Standing,
    ) -> Self {
        let label = format!("{} ({})", info.display_name, standing.as_str()).into();
        Self::Standing {
            info,
            metric,
            standing,
            label,
        }
    }

    /// A comparison of a metric.
    pub(crate) fn comparison(
        info: Arc<MetricInfo>,
        metric: Option<Name>,
        compared: Compared,
    ) -> Self {
        let label = format!("{} ({})", info.display_name, compared.in_words()).into();
        Self::Comparison {
            info,
            metric,
            compared,
            label,
        }
    }
}

/// How a number or a date is shown: the catalog's pattern and what it rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Format<'c> {
    /// The pattern, as the catalog has it.
    pub pattern: Option<&'c str>,
    /// Whether a percentage is stored as a fraction or in points.
    pub percent_scale: Option<PercentScale>,
    /// ISO 4217 code; amounts are in major units.
    pub currency: Option<&'c str>,
}

impl Column {
    /// How many rows there are.
    pub(crate) fn count() -> Self {
        Self {
            spelling: KeySpelling::new(COUNT),
            role: ColumnRole::Count,
            shown: Shown::Count,
            member: None,
        }
    }

    /// What a row is.
    pub(crate) fn row(spelling: KeySpelling, column: RowColumn) -> Self {
        Self {
            spelling,
            role: ColumnRole::Grouping,
            shown: Shown::Row(column),
            member: None,
        }
    }

    /// The output key: `revenue`, `campaign_name`, `campaign_name.label` or `date.month`.
    ///
    /// After a switch it is the key that was asked for; [`definition`](Self::definition) names what it
    /// became. A metric and a dimension may have one key; their [`role`](Self::role) differs.
    pub fn key(&self) -> &str {
        &self.spelling.key
    }

    /// The name of the column in the result, such as `campaign_name__label`: the key with `__` for each
    /// `.`, unique in the result, ignoring case, and of at most 63 bytes.
    pub fn alias(&self) -> &str {
        &self.spelling.alias
    }

    /// What the column is.
    pub fn role(&self) -> ColumnRole {
        self.role
    }

    /// What people call it: the catalog's `display_name`, that of the variant that applies; of a pivot with the
    /// member behind it.
    pub fn label(&self) -> &str {
        if let Some(member) = &self.member {
            return &member.label;
        }
        match &self.shown {
            Shown::Metric { info, .. } => &info.display_name,
            Shown::Comparison { label, .. } | Shown::Standing { label, .. } => label,
            Shown::Count => "Count",
            Shown::Row(column) => column.label(),
            Shown::Column { label, .. } => label,
            Shown::Dimension { info, .. } => &info.display_name,
        }
    }

    /// What it means.
    pub fn description(&self) -> Option<&str> {
        match &self.shown {
            Shown::Metric { info, .. }
            | Shown::Comparison { info, .. }
            | Shown::Standing { info, .. } => info.description.as_deref(),
            Shown::Dimension { info, .. } => info.description.as_deref(),
            Shown::Count | Shown::Column { .. } | Shown::Row(_) => None,
        }
    }

    /// The type: of a metric as the catalog says (`currency`), of a dimension that of its values, of a column
    /// as it is declared (`integer`, `text[]`).
    pub fn data_type(&self) -> &'static str {
        match &self.shown {
            Shown::Comparison {
                compared: Compared::ChangePct,
                ..
            } => MetricType::Percentage.as_str(),
            Shown::Standing {
                standing: Standing::Share,
                ..
            } => MetricType::Percentage.as_str(),
            Shown::Standing { .. } => MetricType::Integer.as_str(),
            Shown::Metric { info, .. } | Shown::Comparison { info, .. } => info.data_type.as_str(),
            Shown::Dimension { data_type, .. } => data_type.as_str(),
            Shown::Count => DataType::Integer.as_str(),
            Shown::Row(_) => DataType::Text.as_str(),
            Shown::Column { data_type, .. } => data_type,
        }
    }

    /// Whether a row may have NULL in it. Dimensions may: rows without a value are a group.
    pub fn is_nullable(&self) -> bool {
        match &self.shown {
            Shown::Metric { is_nullable, .. } => *is_nullable,
            Shown::Comparison { .. } | Shown::Standing { .. } | Shown::Dimension { .. } => true,
            Shown::Column { is_present, .. } => !is_present,
            Shown::Count | Shown::Row(_) => false,
        }
    }

    /// How it is shown, as the catalog says; a variant may say otherwise than its metric. Nothing is set
    /// for dimensions.
    pub fn format(&self) -> Format<'_> {
        match &self.shown {
            Shown::Comparison {
                compared: Compared::ChangePct,
                ..
            }
            | Shown::Standing {
                standing: Standing::Share,
                ..
            } => Format {
                pattern: Some("0.00%"),
                percent_scale: Some(PercentScale::Fraction),
                currency: None,
            },
            Shown::Standing { .. } => Format {
                pattern: Some("#,##0"),
                percent_scale: None,
                currency: None,
            },
            Shown::Metric { info, .. } | Shown::Comparison { info, .. } => Format {
                pattern: info.format_pattern.as_deref(),
                percent_scale: info.percent_scale,
                currency: info.currency.as_deref(),
            },
            Shown::Dimension { .. } | Shown::Column { .. } | Shown::Count | Shown::Row(_) => {
                Format {
                    pattern: None,
                    percent_scale: None,
                    currency: None,
                }
            }
        }
    }

    /// Whether higher is worse; `false` for dimensions.
    pub fn is_invertable(&self) -> bool {
        match &self.shown {
            Shown::Metric { info, .. } | Shown::Comparison { info, .. } => info.is_invertable,
            // The first is the first, whether that is good or bad.
            Shown::Standing {
                info,
                standing: Standing::Share,
                ..
            } => info.is_invertable,
            Shown::Standing { .. } => false,
            Shown::Dimension { .. } | Shown::Column { .. } | Shown::Count | Shown::Row(_) => false,
        }
    }

    /// The group in a picker.
    pub fn category(&self) -> Option<&str> {
        match &self.shown {
            Shown::Metric { info, .. }
            | Shown::Comparison { info, .. }
            | Shown::Standing { info, .. } => Some(&info.category),
            Shown::Dimension { info, .. } => info.category.as_deref(),
            Shown::Count | Shown::Column { .. } | Shown::Row(_) => None,
        }
    }

    /// The order within the group.
    pub fn sort_order(&self) -> i64 {
        match &self.shown {
            Shown::Metric { info, .. }
            | Shown::Comparison { info, .. }
            | Shown::Standing { info, .. } => info.sort_order,
            Shown::Dimension { info, .. } => info.sort_order,
            Shown::Count | Shown::Column { .. } | Shown::Row(_) => 0,
        }
    }

    /// How a filter bar shows the dimension; `None` for metrics.
    pub fn filter_type(&self) -> Option<&str> {
        match &self.shown {
            Shown::Metric { .. }
            | Shown::Comparison { .. }
            | Shown::Standing { .. }
            | Shown::Column { .. }
            | Shown::Count
            | Shown::Row(_) => None,
            Shown::Dimension { info, .. } => Some(&info.filter_type),
        }
    }

    /// The metric or dimension behind the column; after a switch, the dimension that was chosen. `None`
    /// for a count of rows, for a column of the source or an aggregate of one, and for what a row is.
    pub fn definition(&self) -> Option<&Name> {
        match &self.shown {
            Shown::Metric { metric, .. }
            | Shown::Comparison { metric, .. }
            | Shown::Standing { metric, .. } => metric.as_ref(),
            Shown::Dimension { dimension, .. } => Some(dimension),
            Shown::Count | Shown::Column { .. } | Shown::Row(_) => None,
        }
    }

    /// The member of a pivot that the column is of; `None` where the request has none, and for dimensions.
    pub fn member(&self) -> Option<&ColumnMember> {
        self.member.as_deref()
    }

    /// The grain of a date, if one was asked for.
    pub fn grain(&self) -> Option<Grain> {
        match &self.shown {
            Shown::Metric { .. }
            | Shown::Comparison { .. }
            | Shown::Standing { .. }
            | Shown::Column { .. }
            | Shown::Count
            | Shown::Row(_) => None,
            Shown::Dimension { grain, .. } => *grain,
        }
    }
}

impl Serialize for Column {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let fields = 14 + usize::from(self.member.is_some());
        let mut out = serializer.serialize_struct("Column", fields)?;
        out.serialize_field("key", self.key())?;
        out.serialize_field("alias", self.alias())?;
        out.serialize_field("label", self.label())?;
        out.serialize_field("role", &self.role)?;
        out.serialize_field("data_type", self.data_type())?;
        out.serialize_field("nullable", &self.is_nullable())?;
        out.serialize_field("format", &self.format())?;
        out.serialize_field("is_invertable", &self.is_invertable())?;
        out.serialize_field("category", &self.category())?;
        out.serialize_field("description", &self.description())?;
        out.serialize_field("sort_order", &self.sort_order())?;
        out.serialize_field("filter_type", &self.filter_type())?;
        out.serialize_field("definition", &self.definition())?;
        out.serialize_field("grain", &self.grain().map(Grain::as_str))?;
        if let Some(member) = self.member() {
            out.serialize_field("member", member)?;
        }
        out.end()
    }
}

/// What a reader of a result should know.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(tag = "note", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Note {
    /// The source has no date column, and the request said that the range may be ignored.
    DateRangeIgnored {
        /// The source.
        source: Name,
    },
    /// A rule does not apply to the source, which the catalog says on purpose.
    AccessExempt {
        /// The source.
        source: Name,
        /// The dimension of the rule.
        dimension: Name,
    },
    /// An include list is empty, so no row is seen.
    EmptyInclude {
        /// The dimension of the rule.
        dimension: Name,
    },
}
