//! Requests: what an end user asks, not yet bound to a catalog.
//!
//! In: JSON text or calls of the builder. Out: [`Request`], plain data. Guaranteed afterwards: the
//! shape is right and within the limits; keys may not exist and values have no type yet. Codes:
//! those of `ReadError`. Next to read: `resolve/mod.rs`.

mod aggregate;
mod build;
mod bundle;
mod read;
#[cfg(test)]
mod tests;

pub use aggregate::ColumnAggregate;
pub use bundle::{Bundle, BundleValues};
pub(crate) use read::{compare, condition, date_range, request, scalar, toggles};

use crate::calendar::Grain;
use crate::value::Scalar;

/// What an end user asks; untrusted.
///
/// The dimensions and metrics are the columns of the result, dimensions first, unless it is only counted
/// or asks for detail rows. Without a dimension there is one row; without a metric, the groups alone.
/// Absent fields restrict nothing. It is read from JSON by [`Request::from_json`] or written by the
/// builder below.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Request {
    /// What the answer is.
    pub kind: RequestKind,
    /// The source to ask; chosen by the library where absent.
    pub source: Option<String>,
    /// Keys of the metrics, in output order; `amount.sum` is the sum of a column that the source declares.
    pub metrics: Vec<String>,
    /// Of these metrics, also the share that each group has of the total over all groups that pass, whatever the
    /// page is: `revenue.share`, a fraction. On rows of totals it is that of the groups in them.
    pub shares: Vec<String>,
    /// Of these metrics, also the rank of each group among all groups that pass, whatever the page is:
    /// `revenue.rank`, 1 for the largest. Groups of one value have one rank, and the next one is as much further
    /// down as they are many. What is missing has none, and neither have rows that are no data.
    pub ranks: Vec<String>,
    /// The dimensions, in output order.
    pub dimensions: Vec<DimensionRequest>,
    /// The columns of detail rows, in output order: dimensions, or columns that the source declares. A
    /// dimension comes before a column of the same name.
    pub columns: Vec<DimensionRequest>,
    /// Options by toggle, in the order written; a toggle that is absent has its default.
    pub toggles: Vec<(String, String)>,
    /// What rows count; conditions on metrics in it are about groups.
    pub filters: Option<FilterRequest>,
    /// What groups are kept.
    pub metric_filters: Option<FilterRequest>,
    /// The dates that count.
    pub date_range: Option<DateRangeRequest>,
    /// The period that every metric is compared with.
    pub compare: Option<CompareRequest>,
    /// Whether every period of the range is shown for every combination of the other dimensions that
    /// occurs, also where it has no row.
    pub fill_gaps: bool,
    /// The rows beside the groups that sum them up; none where absent.
    pub totals: Option<TotalsRequest>,
    /// The members of one dimension that are shown, the first by a metric; all where absent.
    pub top: Option<TopRequest>,
    /// The dimension whose members are columns instead of rows; none where absent.
    pub pivot: Option<PivotRequest>,
    /// The order of the result.
    pub order_by: Vec<OrderRequest>,
    /// The most rows to return; [`Limits::max_limit`](crate::Limits::max_limit) bounds it.
    pub limit: Option<u64>,
    /// The rows to skip.
    pub offset: Option<u64>,
    /// Of detail rows, those behind this one: what the row has in the columns that
    /// [`Page::after_columns`](crate::Page::after_columns) names, in that order.
    pub after: Option<Vec<Scalar>>,
}

/// What the answer to a request is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RequestKind {
    /// Metrics by dimensions.
    #[default]
    Aggregate,
    /// How many rows the same request has, on all its pages: one row with one number. With `columns` the
    /// detail rows are counted, else the groups.
    Count,
    /// The rows of one source as they are, not grouped: of each, the `columns` that are asked for.
    Rows,
    /// The members of the one dimension that is asked for, as a filter bar lists them; metrics beside it
    /// say something of each.
    Values {
        /// A part of the label, or of the value where there is no label, in upper or lower case. An empty
        /// text restricts nothing.
        search: Option<String>,
        /// Where the members are read from.
        from: ValuesFrom,
        /// Whether each member comes with the number of its rows, in a column `count` behind all others.
        counts: bool,
    },
}

/// Where the members of a dimension are read from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum ValuesFrom {
    /// The rows of a source: members that the lookup lacks and the missing one are there, those without a row
    /// are not.
    #[default]
    Facts,
    /// The lookup alone: all that it has, whether any row has it or not. Nothing that rows are needed for can be
    /// asked beside it.
    Lookup,
}

/// A dimension of a request, or a column of detail rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DimensionRequest {
    /// The key of a dimension, or of a `dimension_switch` toggle; of detail rows also the name of a column.
    pub dimension: String,
    /// The grain of a date dimension, as written.
    pub grain: Option<String>,
}

/// A condition of a request.
///
/// Conditions that are read from JSON nest no deeper than the limit on the depth of filters. One that
/// is built in Rust is dropped, cloned and compared by recursion, so a service must not build it as
/// deep as somebody else's data says.
#[derive(Debug, Clone, PartialEq)]
pub enum FilterRequest {
    /// All of these hold. An empty list holds.
    And(Vec<FilterRequest>),
    /// The same, written as a plain list; errors point into it as one.
    List(Vec<FilterRequest>),
    /// One of these holds. An empty list does not hold.
    Or(Vec<FilterRequest>),
    /// This is false or unknown.
    Not(Box<FilterRequest>),
    /// A comparison.
    Compare(Comparison),
}

/// A comparison of a dimension or a metric with values.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// What is compared.
    pub subject: Subject,
    /// The operator, as written.
    pub op: String,
    /// The values, as written.
    pub values: Vec<Scalar>,
    /// Whether to look at the label instead of the value.
    pub on_label: bool,
    /// Whether `contains` and its kind tell upper from lower case.
    pub case_sensitive: bool,
}

/// What a comparison is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// A dimension, by key.
    Dimension(String),
    /// A metric, by key.
    Metric(String),
}

/// The dates of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DateRangeRequest {
    /// The dates.
    pub span: DateSpan,
    /// Whether a source without a date column ignores the range instead of being an error.
    pub if_supported: bool,
}

/// The dates of a request: a named range, or two dates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DateSpan {
    /// A preset, such as `last_30_days`, as written.
    Preset(String),
    /// Two dates, both included, either of which may be absent; as written.
    Between {
        /// The first date.
        from: Option<String>,
        /// The last date.
        to: Option<String>,
    },
}

/// The period that a request compares with.
///
/// The comparison drops no filter and no guard; it moves the date range, by the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CompareRequest {
    /// The period right before: of whole months for whole months, the same days of the month before for
    /// `month_to_date` and its kind, else as many days.
    PreviousPeriod,
    /// The same dates a year before.
    PreviousYear,
    /// The same dates so many periods before.
    Back {
        /// How many.
        offset: u32,
        /// Of what length; not hours.
        grain: Grain,
    },
}

/// The rows of a result that stand for more than one group: the grand total, and subtotals.
///
/// Each is the row that the same request has with those dimensions alone: every metric is computed from the
/// rows that count, and none is a sum of what is shown. Where conditions test groups, the rows that count are
/// those of the groups that pass. Totals are there whatever the page is, behind the data: finer levels first,
/// the grand total last. A first column, `@row`, says what a row is, and where there are subtotals a second
/// one, `@by`, by which dimensions. Without dimensions the one row is the total already, and nothing is added.
///
/// ```
/// # use measurand::{Catalog, Compiler, Context, Dialect, Limits, Request, Tenant};
/// # let catalog = Catalog::from_json(r#"{
/// #   "data_sources": [{"source_key": "orders", "view_pattern": "reporting.orders_{client_id}",
/// #                     "metrics": "*", "dimensions": "*"}],
/// #   "metrics": [{"metric_key": "buyers", "sql_expression": "COUNT(DISTINCT buyer_id)"}],
/// #   "dimensions": [{"dimension_key": "channel", "column_expression": "channel"},
/// #                  {"dimension_key": "country", "column_expression": "country"}]
/// # }"#)?;
/// # let compiler = Compiler::new(catalog, Dialect::Postgres);
/// # let context = Context::new(Tenant::number(1).expect("a tenant"), Vec::new());
/// let request = Request::from_json(
///     r#"{"metrics": ["buyers"], "dimensions": ["channel", "country"], "totals": ["channel"]}"#,
///     &Limits::default(),
/// )?;
/// let query = compiler.compile(&request, &context)?;
/// let keys: Vec<&str> = query.columns().iter().map(|column| column.key()).collect();
/// assert_eq!(keys, ["@row", "@by", "channel", "country", "buyers"]);
/// // Every group, every channel, and all of them, each with buyers counted once.
/// assert!(query.sql().contains("GROUP BY GROUPING SETS ((1, 2), (1), ())"));
/// # Ok::<(), measurand::Errors>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TotalsRequest {
    /// The subtotals beside the grand total, which is always there.
    pub by: Vec<SubtotalRequest>,
}

/// What one level of subtotals is by; the other dimensions are rolled up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SubtotalRequest {
    /// One of the dimensions that are asked for, by its output key, such as `campaign_name` or `date.month`.
    By(String),
    /// Several of them together.
    Together(Vec<String>),
}

/// The members of one dimension that are shown: the first so many by a metric.
///
/// Members are ranked by what the metric is for all the rows that each has: the metric is computed by that
/// dimension alone, under the same filters, range, toggles and rules, of the period that is asked for, and of
/// the groups that pass where conditions test groups. The largest come first; a metric that is missing comes
/// last, and ties are broken by the member, the least first and the missing one last. What is ranked by need
/// not be shown.
///
/// With [`other`](Self::other) the rows of all other members are one member more, for each combination of the
/// other dimensions: every metric is computed from those rows, and none is a difference. Such a row comes
/// behind the data and before totals; its first column, `@row`, says `other`, since a member may be missing too.
/// Where nothing is left there is no such row. Totals are over all, whatever is shown.
///
/// ```
/// # use measurand::{Catalog, Compiler, Context, Dialect, Limits, Request, Tenant};
/// # let catalog = Catalog::from_json(r#"{
/// #   "data_sources": [{"source_key": "orders", "view_pattern": "reporting.orders_{client_id}",
/// #                     "metrics": "*", "dimensions": "*"}],
/// #   "metrics": [{"metric_key": "buyers", "sql_expression": "COUNT(DISTINCT buyer_id)"}],
/// #   "dimensions": [{"dimension_key": "channel", "column_expression": "channel"}]
/// # }"#)?;
/// # let compiler = Compiler::new(catalog, Dialect::Postgres);
/// # let context = Context::new(Tenant::number(1).expect("a tenant"), Vec::new());
/// let request = Request::from_json(
///     r#"{"metrics": ["buyers"], "dimensions": ["channel"],
///         "top": {"n": 10, "by": "buyers", "other": true}}"#,
///     &Limits::default(),
/// )?;
/// let query = compiler.compile(&request, &context)?;
/// let keys: Vec<&str> = query.columns().iter().map(|column| column.key()).collect();
/// assert_eq!(keys, ["@row", "channel", "buyers"]);
/// # Ok::<(), measurand::Errors>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopRequest {
    /// How many members are shown; at least one. [`Limits::top_members`](crate::Limits::top_members) bounds it.
    pub n: u64,
    /// The key of the metric that ranks them.
    pub by: String,
    /// The output key of the dimension, such as `campaign_name` or `date.month`; may be absent where there is
    /// one dimension alone.
    pub dimension: Option<String>,
    /// Whether the smallest come first.
    pub ascending: bool,
    /// Whether the rows of the other members are shown as one member more.
    pub other: bool,
}

impl TopRequest {
    /// The first so many members of the only dimension, the largest by a metric first.
    pub fn new(n: u64, by: impl Into<String>) -> Self {
        Self {
            n,
            by: by.into(),
            dimension: None,
            ascending: false,
            other: false,
        }
    }

    /// Ranks the members of this dimension, which is named by its output key.
    pub fn of(mut self, dimension: impl Into<String>) -> Self {
        self.dimension = Some(dimension.into());
        self
    }

    /// Shows the smallest.
    pub fn ascending(mut self) -> Self {
        self.ascending = true;
        self
    }

    /// Shows the rows of the other members as one member more.
    pub fn with_other(mut self) -> Self {
        self.other = true;
        self
    }
}

/// A dimension whose members are columns: for every metric, one for each member that is listed.
///
/// Rows are the groups by the other dimensions, those without any of the members too. Each column has what the
/// metric is for the rows of its group and member, as the same request shows it in a row where the dimension is one
/// of its own; where there is no such row, nothing was counted, and the metric is NULL or its `null_as`. The columns
/// of `revenue` are `revenue.1`, `revenue.2` and so on, in the order of the members, and with
/// [`other`](Self::other) `revenue.other` behind them, of the rows of all other members together; with
/// [`total`](Self::total) `revenue.total` is the last, of all rows. An order names columns by these keys.
/// [`Request::totals`] are rows in which each cell is of all groups that are summed up.
///
/// ```
/// # use measurand::{Catalog, Compiler, Context, Dialect, Limits, Request, Tenant};
/// # let catalog = Catalog::from_json(r#"{
/// #   "data_sources": [{"source_key": "orders", "view_pattern": "reporting.orders_{client_id}",
/// #                     "metrics": "*", "dimensions": "*"}],
/// #   "metrics": [{"metric_key": "buyers", "sql_expression": "COUNT(DISTINCT buyer_id)"}],
/// #   "dimensions": [{"dimension_key": "channel", "column_expression": "channel"},
/// #                  {"dimension_key": "status", "column_expression": "status"}]
/// # }"#)?;
/// # let compiler = Compiler::new(catalog, Dialect::Postgres);
/// # let context = Context::new(Tenant::number(1).expect("a tenant"), Vec::new());
/// let request = Request::from_json(
///     r#"{"metrics": ["buyers"], "dimensions": ["channel"],
///         "pivot": {"dimension": "status", "values": ["paid", "open", null], "other": true}}"#,
///     &Limits::default(),
/// )?;
/// let query = compiler.compile(&request, &context)?;
/// let keys: Vec<&str> = query.columns().iter().map(|column| column.key()).collect();
/// assert_eq!(keys, ["channel", "buyers.1", "buyers.2", "buyers.3", "buyers.other"]);
/// assert_eq!(query.columns()[1].label(), "Buyers: paid");
/// // Members are parameters, like all values.
/// assert!(!query.sql().contains("paid"));
/// # Ok::<(), measurand::Errors>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct PivotRequest {
    /// The dimension, which is not also one of [`Request::dimensions`].
    pub dimension: DimensionRequest,
    /// Its members, each once; NULL is the missing one. At a grain, a member is the first day of its period.
    /// [`Limits::pivot_members`](crate::Limits::pivot_members) bounds them.
    pub values: Vec<Scalar>,
    /// Whether the rows of all other members have a column as well.
    pub other: bool,
    /// Whether all rows of a group, of whatever member, have a column as well.
    pub total: bool,
}

impl PivotRequest {
    /// The members of a dimension as columns.
    pub fn new<V: Into<Scalar>>(
        dimension: impl Into<String>,
        values: impl IntoIterator<Item = V>,
    ) -> Self {
        Self {
            dimension: DimensionRequest {
                dimension: dimension.into(),
                grain: None,
            },
            values: values.into_iter().map(Into::into).collect(),
            other: false,
            total: false,
        }
    }

    /// Cuts dates to periods of this grain.
    pub fn at(mut self, grain: impl Into<String>) -> Self {
        self.dimension.grain = Some(grain.into());
        self
    }

    /// Shows the rows of all other members in a column as well.
    pub fn with_other(mut self) -> Self {
        self.other = true;
        self
    }

    /// Shows all rows of a group, of whatever member, in a column as well.
    pub fn with_total(mut self) -> Self {
        self.total = true;
        self
    }
}

/// One key of the order of a result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderRequest {
    /// The key of a metric, a dimension, `dimension.label`, `date.month`, or with a comparison
    /// `metric.previous`, `metric.change` or `metric.change_pct`, or where that is shown `metric.share` or
    /// `metric.rank`. Of detail rows, a dimension, its label or a column, shown or not.
    pub key: String,
    /// Whether the largest comes first.
    pub descending: bool,
    /// Whether missing values come first; last where absent.
    pub nulls_first: bool,
}
