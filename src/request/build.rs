//! The builder: a request written in Rust.

use super::{
    ColumnAggregate, CompareRequest, Comparison, DateRangeRequest, DateSpan, DimensionRequest,
    FilterRequest, OrderRequest, PivotRequest, Request, RequestKind, Subject, SubtotalRequest,
    TopRequest, ValuesFrom,
};
use crate::value::Scalar;

/// The builder. A request may as well be made by setting its fields.
///
/// ```
/// use measurand::{FilterRequest, Request};
///
/// let request = Request::new()
///     .metric("approvals")
///     .metric("approval_rate")
///     .dimension("campaign_name")
///     .dimension_at("date", "month")
///     .toggle("approval_mode", "organic")
///     .filter(FilterRequest::is_in("campaign_name", [101, 205]))
///     .filter(FilterRequest::dimension("affid", "contains", ["news"]).on_label())
///     .metric_filter(FilterRequest::metric("attempts", "gt", [100]))
///     .preset("last_30_days")
///     .descending("approvals")
///     .limit(50);
///
/// assert_eq!(request.metrics, ["approvals", "approval_rate"]);
/// assert!(matches!(request.filters, Some(FilterRequest::And(both)) if both.len() == 2));
/// ```
impl Request {
    /// A request that asks for nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks for the members of a dimension, with their labels.
    ///
    /// ```
    /// use measurand::{Request, RequestKind};
    /// let request = Request::values("campaign_name").search("summer").limit(20);
    /// assert!(matches!(request.kind, RequestKind::Values { search: Some(_), .. }));
    /// ```
    pub fn values(dimension: impl Into<String>) -> Self {
        Self {
            kind: RequestKind::Values {
                search: None,
                from: ValuesFrom::Facts,
                counts: false,
            },
            ..Self::new().dimension(dimension)
        }
    }

    /// Asks for the members of a dimension that its lookup has, whether any row has them or not.
    ///
    /// ```
    /// use measurand::Request;
    /// let request = Request::lookup_values("campaign_name").search("summer").limit(20);
    /// assert_eq!(request.dimensions.len(), 1);
    /// ```
    pub fn lookup_values(dimension: impl Into<String>) -> Self {
        Self {
            kind: RequestKind::Values {
                search: None,
                from: ValuesFrom::Lookup,
                counts: false,
            },
            ..Self::new().dimension(dimension)
        }
    }

    /// Asks for the members alone that have this text in their label, or in their value where they have
    /// no label.
    pub fn search(mut self, text: impl Into<String>) -> Self {
        let (from, counts) = self.values_of();
        let search = Some(text.into());
        self.kind = RequestKind::Values {
            search,
            from,
            counts,
        };
        self
    }

    /// Asks for the number of rows of each member too.
    ///
    /// ```
    /// use measurand::Request;
    /// let request = Request::values("campaign_name").counts().descending("count").limit(20);
    /// assert_eq!(request.order_by.len(), 1);
    /// ```
    pub fn counts(mut self) -> Self {
        let (from, _) = self.values_of();
        let search = match self.kind {
            RequestKind::Values { search, .. } => search,
            _ => None,
        };
        self.kind = RequestKind::Values {
            search,
            from,
            counts: true,
        };
        self
    }

    fn values_of(&self) -> (ValuesFrom, bool) {
        match self.kind {
            RequestKind::Values { from, counts, .. } => (from, counts),
            _ => (ValuesFrom::Facts, false),
        }
    }

    /// Asks for the rows of a source as they are, with these of its columns and dimensions.
    ///
    /// ```
    /// use measurand::{Request, RequestKind};
    /// let request = Request::rows(["order_id", "campaign_name"]).descending("date").limit(50);
    /// assert_eq!(request.kind, RequestKind::Rows);
    /// ```
    pub fn rows<T: Into<String>>(columns: impl IntoIterator<Item = T>) -> Self {
        let request = Self {
            kind: RequestKind::Rows,
            ..Self::new()
        };
        columns.into_iter().fold(request, Self::column)
    }

    /// Adds a column to detail rows.
    pub fn column(mut self, key: impl Into<String>) -> Self {
        self.columns.push(DimensionRequest {
            dimension: key.into(),
            grain: None,
        });
        self
    }

    /// Adds a date dimension at a grain to detail rows.
    pub fn column_at(mut self, key: impl Into<String>, grain: impl Into<String>) -> Self {
        self.columns.push(DimensionRequest {
            dimension: key.into(),
            grain: Some(grain.into()),
        });
        self
    }

    /// Asks for the detail rows behind the one with these values of the order.
    pub fn after<T: Into<Scalar>>(mut self, values: impl IntoIterator<Item = T>) -> Self {
        self.after = Some(values.into_iter().map(Into::into).collect());
        self
    }

    /// Asks how many rows there are, instead of asking for them.
    pub fn count(mut self) -> Self {
        self.kind = RequestKind::Count;
        self
    }

    /// Asks this source instead of the one that the library would choose.
    pub fn source(mut self, key: impl Into<String>) -> Self {
        self.source = Some(key.into());
        self
    }

    /// Adds a metric.
    pub fn metric(mut self, key: impl Into<String>) -> Self {
        self.metrics.push(key.into());
        self
    }

    /// Adds the aggregate of a column that the source declares; its key is that of the column, a dot and the word of
    /// the aggregate.
    ///
    /// ```
    /// use measurand::{ColumnAggregate, Request};
    /// let request = Request::new().aggregate(ColumnAggregate::Sum, "amount").descending("amount.sum");
    /// assert_eq!(request.metrics, ["amount.sum"]);
    /// ```
    pub fn aggregate(self, aggregate: ColumnAggregate, column: impl Into<String>) -> Self {
        let mut key: String = column.into();
        key.push('.');
        key.push_str(aggregate.as_str());
        self.metric(key)
    }

    /// Adds the share that each group has of a metric that is asked for.
    ///
    /// ```
    /// use measurand::Request;
    /// let request = Request::new().dimension("channel").metric("revenue").share("revenue").rank("revenue");
    /// let request = request.ascending("revenue.rank");
    /// assert_eq!(request.shares, ["revenue"]);
    /// ```
    pub fn share(mut self, key: impl Into<String>) -> Self {
        self.shares.push(key.into());
        self
    }

    /// Adds the rank that each group has by a metric that is asked for.
    pub fn rank(mut self, key: impl Into<String>) -> Self {
        self.ranks.push(key.into());
        self
    }

    /// Adds a dimension.
    pub fn dimension(mut self, key: impl Into<String>) -> Self {
        self.dimensions.push(DimensionRequest {
            dimension: key.into(),
            grain: None,
        });
        self
    }

    /// Adds a date dimension at a grain, such as `date` at `month`.
    pub fn dimension_at(mut self, key: impl Into<String>, grain: impl Into<String>) -> Self {
        self.dimensions.push(DimensionRequest {
            dimension: key.into(),
            grain: Some(grain.into()),
        });
        self
    }

    /// Sets a toggle to one of its options.
    pub fn toggle(mut self, toggle: impl Into<String>, option: impl Into<String>) -> Self {
        self.toggles.push((toggle.into(), option.into()));
        self
    }

    /// Adds a condition on rows; all conditions have to hold.
    pub fn filter(mut self, condition: impl Into<FilterRequest>) -> Self {
        self.filters = Some(and(self.filters, condition.into()));
        self
    }

    /// Adds a condition on groups; all conditions have to hold.
    pub fn metric_filter(mut self, condition: impl Into<FilterRequest>) -> Self {
        self.metric_filters = Some(and(self.metric_filters, condition.into()));
        self
    }

    /// Counts the dates of a preset, such as `last_30_days`.
    pub fn preset(mut self, preset: impl Into<String>) -> Self {
        self.date_range = Some(DateRangeRequest {
            span: DateSpan::Preset(preset.into()),
            if_supported: false,
        });
        self
    }

    /// Counts the dates from one to another, both included, written as `YYYY-MM-DD`.
    pub fn between(mut self, from: impl Into<String>, to: impl Into<String>) -> Self {
        self.date_range = Some(DateRangeRequest {
            span: DateSpan::Between {
                from: Some(from.into()),
                to: Some(to.into()),
            },
            if_supported: false,
        });
        self
    }

    /// Compares every metric with another period.
    pub fn compare(mut self, with: CompareRequest) -> Self {
        self.compare = Some(with);
        self
    }

    /// Adds the grand total.
    ///
    /// ```
    /// use measurand::Request;
    /// let request = Request::new().metric("revenue").dimension("channel").totals();
    /// assert!(request.totals.is_some_and(|totals| totals.by.is_empty()));
    /// ```
    pub fn totals(mut self) -> Self {
        self.totals.get_or_insert_default();
        self
    }

    /// Adds subtotals by these dimensions together, and the grand total.
    ///
    /// ```
    /// use measurand::Request;
    /// let request = Request::new().metric("revenue").dimension("channel").dimension_at("date", "month");
    /// let request = request.subtotals(["channel"]).subtotals(["date.month"]);
    /// assert!(request.totals.is_some_and(|totals| totals.by.len() == 2));
    /// ```
    pub fn subtotals<T: Into<String>>(mut self, by: impl IntoIterator<Item = T>) -> Self {
        let by = by.into_iter().map(Into::into).collect();
        let totals = self.totals.get_or_insert_default();
        totals.by.push(SubtotalRequest::Together(by));
        self
    }

    /// Shows the first members of a dimension by a metric.
    ///
    /// ```
    /// use measurand::{Request, TopRequest};
    /// let request = Request::new().metric("revenue").dimension("channel").dimension_at("date", "month");
    /// let request = request.top(TopRequest::new(5, "revenue").of("channel").with_other());
    /// assert!(request.top.is_some_and(|top| top.other));
    /// ```
    pub fn top(mut self, top: TopRequest) -> Self {
        self.top = Some(top);
        self
    }

    /// Shows the members of a dimension as columns.
    ///
    /// ```
    /// use measurand::{PivotRequest, Request};
    /// let request = Request::new().metric("revenue").dimension("channel");
    /// let request = request.pivot(PivotRequest::new("status", ["paid", "open"]).with_other());
    /// assert!(request.pivot.is_some_and(|pivot| pivot.values.len() == 2));
    /// ```
    pub fn pivot(mut self, pivot: PivotRequest) -> Self {
        self.pivot = Some(pivot);
        self
    }

    /// Shows every period of the range for every combination of the other dimensions that occurs.
    ///
    /// ```
    /// use measurand::Request;
    /// let request = Request::new().metric("revenue").dimension_at("date", "month");
    /// let request = request.between("2026-01-01", "2026-06-30").fill_gaps();
    /// assert!(request.fill_gaps);
    /// ```
    pub fn fill_gaps(mut self) -> Self {
        self.fill_gaps = true;
        self
    }

    /// Adds a key to the order, the smallest first and missing values last.
    pub fn ascending(self, key: impl Into<String>) -> Self {
        self.order(key.into(), false)
    }

    /// Adds a key to the order, the largest first and missing values last.
    pub fn descending(self, key: impl Into<String>) -> Self {
        self.order(key.into(), true)
    }

    /// Returns at most this many rows.
    pub fn limit(mut self, rows: u64) -> Self {
        self.limit = Some(rows);
        self
    }

    /// Skips this many rows.
    pub fn offset(mut self, rows: u64) -> Self {
        self.offset = Some(rows);
        self
    }

    fn order(mut self, key: String, descending: bool) -> Self {
        self.order_by.push(OrderRequest {
            key,
            descending,
            nulls_first: false,
        });
        self
    }
}

fn and(before: Option<FilterRequest>, condition: FilterRequest) -> FilterRequest {
    match before {
        None => condition,
        Some(FilterRequest::And(mut all)) => {
            all.push(condition);
            FilterRequest::And(all)
        }
        Some(other) => FilterRequest::And(vec![other, condition]),
    }
}

impl FilterRequest {
    /// A comparison of a dimension: `FilterRequest::dimension("price", "between", [10, 20])`.
    pub fn dimension<T: Into<Scalar>>(
        key: impl Into<String>,
        op: impl Into<String>,
        values: impl IntoIterator<Item = T>,
    ) -> Comparison {
        Comparison::new(Subject::Dimension(key.into()), op.into(), values)
    }

    /// A comparison of a metric: `FilterRequest::metric("revenue", "gt", [100])`.
    pub fn metric<T: Into<Scalar>>(
        key: impl Into<String>,
        op: impl Into<String>,
        values: impl IntoIterator<Item = T>,
    ) -> Comparison {
        Comparison::new(Subject::Metric(key.into()), op.into(), values)
    }

    /// The dimension has one of these values; no row has one of none.
    pub fn is_in<T: Into<Scalar>>(
        key: impl Into<String>,
        values: impl IntoIterator<Item = T>,
    ) -> Comparison {
        Self::dimension(key, "in", values)
    }

    /// The dimension has none of these values; a missing value is none of them.
    pub fn is_not_in<T: Into<Scalar>>(
        key: impl Into<String>,
        values: impl IntoIterator<Item = T>,
    ) -> Comparison {
        Self::dimension(key, "not_in", values)
    }

    /// The dimension has no value.
    pub fn is_null(key: impl Into<String>) -> Comparison {
        Self::dimension(key, "is_null", [Scalar::Null; 0])
    }

    /// All of these hold.
    pub fn all<T: Into<FilterRequest>>(conditions: impl IntoIterator<Item = T>) -> Self {
        Self::And(conditions.into_iter().map(Into::into).collect())
    }

    /// One of these holds.
    pub fn any<T: Into<FilterRequest>>(conditions: impl IntoIterator<Item = T>) -> Self {
        Self::Or(conditions.into_iter().map(Into::into).collect())
    }

    /// The condition is false or unknown.
    pub fn none_of(condition: impl Into<FilterRequest>) -> Self {
        Self::Not(Box::new(condition.into()))
    }
}

impl Comparison {
    fn new<T: Into<Scalar>>(
        subject: Subject,
        op: String,
        values: impl IntoIterator<Item = T>,
    ) -> Self {
        Self {
            subject,
            op,
            values: values.into_iter().map(Into::into).collect(),
            on_label: false,
            case_sensitive: false,
        }
    }

    /// Looks at the dimension's label instead of its value.
    pub fn on_label(mut self) -> Self {
        self.on_label = true;
        self
    }

    /// Tells upper from lower case.
    pub fn case_sensitive(mut self) -> Self {
        self.case_sensitive = true;
        self
    }
}

impl From<Comparison> for FilterRequest {
    fn from(comparison: Comparison) -> Self {
        FilterRequest::Compare(comparison)
    }
}
