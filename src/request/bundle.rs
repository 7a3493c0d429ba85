//! Bundles: what a screen needs of one request, asked at once.

use super::read::request;
use super::{
    DimensionRequest, FilterRequest, Request, RequestKind, Subject, TotalsRequest, ValuesFrom,
};
use crate::error::Errors;
use crate::json::{Bound, Document, JsonKind, Node};
use crate::limits::Limits;

/// A request, and which answers a screen needs of it.
///
/// ```
/// use measurand::{Bundle, Request};
/// let request = Request::new().metric("revenue").dimension("channel").limit(20);
/// let bundle = Bundle::new(request).data().totals().count().values("channel");
/// assert!(bundle.totals && bundle.values.len() == 1);
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Bundle {
    /// What all answers are about.
    pub request: Request,
    /// The answer to the request itself: one page of it, where it has a limit.
    pub data: bool,
    /// The metrics over all groups that pass, whatever the page is, in one row of the kind `total`, or in the only
    /// row where no row kinds are told.
    pub totals: bool,
    /// How many rows the request has on all its pages.
    pub count: bool,
    /// The members of these dimensions among the rows of the request.
    pub values: Vec<BundleValues>,
}

/// The members of a dimension that a bundle asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BundleValues {
    /// The key of the dimension.
    pub dimension: String,
    /// A part of the label, or of the value where there is no label.
    pub search: Option<String>,
    /// The most members to return.
    pub limit: Option<u64>,
    /// Whether each comes with the number of its rows.
    pub counts: bool,
}

impl Bundle {
    /// Nothing of a request yet.
    pub fn new(request: Request) -> Self {
        Self {
            request,
            ..Self::default()
        }
    }

    /// Asks for the answer itself.
    pub fn data(mut self) -> Self {
        self.data = true;
        self
    }

    /// Asks for the totals.
    pub fn totals(mut self) -> Self {
        self.totals = true;
        self
    }

    /// Asks for the number of rows.
    pub fn count(mut self) -> Self {
        self.count = true;
        self
    }

    /// Asks for the members of a dimension.
    pub fn values(mut self, dimension: impl Into<String>) -> Self {
        self.values.push(BundleValues {
            dimension: dimension.into(),
            ..BundleValues::default()
        });
        self
    }

    /// Reads a bundle: `{"request": {..}, "data": true, "totals": true, "count": true, "values": [..]}`, where each
    /// of the values is a key or `{"dimension", "search", "limit", "counts"}`.
    ///
    /// # Errors
    /// As [`Request::from_json`].
    ///
    /// ```
    /// use measurand::{Bundle, Limits};
    /// let bundle = Bundle::from_json(
    ///     r#"{"request": {"metrics": ["revenue"], "dimensions": ["channel"], "limit": 20}, "data": true,
    ///         "count": true, "values": ["channel", {"dimension": "region", "search": "no", "limit": 10}]}"#,
    ///     &Limits::default())?;
    /// assert!(bundle.data && !bundle.totals);
    /// assert_eq!(bundle.values[1].limit, Some(10));
    /// # Ok::<(), measurand::Errors>(())
    /// ```
    pub fn from_json(text: &str, limits: &Limits) -> Result<Self, Errors> {
        let bytes = Bound {
            limit: "request_bytes",
            bound: limits.request_bytes,
        };
        let document = Document::read("bundle", text, bytes, limits.json_depth)?;
        let bundle = bundle(&document.root(), limits).unwrap_or_default();
        document.finish(bundle)
    }

    /// The totals, where one source answers: the one row without dimensions is what they are, unless conditions
    /// say which groups count; then no group is shown, and the row behind all of them.
    pub(crate) fn totals_request(&self, source: Option<&str>) -> Request {
        let request = &self.request;
        let tests_groups = request.metric_filters.is_some()
            || request.filters.as_ref().is_some_and(metric_is_named);
        let mut totals = Request {
            kind: match &request.kind {
                RequestKind::Count if request.columns.is_empty() => RequestKind::Aggregate,
                kind => kind.clone(),
            },
            fill_gaps: false,
            top: None,
            // A total has no rank.
            ranks: Vec::new(),
            order_by: Vec::new(),
            limit: None,
            offset: None,
            totals: None,
            ..request.clone()
        };
        let is_one_row = source.is_some() && !tests_groups && totals.kind == RequestKind::Aggregate;
        if is_one_row && !request.metrics.is_empty() {
            totals.source = source.map(str::to_owned);
            totals.dimensions.clear();
        } else {
            totals.totals = Some(TotalsRequest::default());
            totals.limit = (totals.kind == RequestKind::Aggregate).then_some(0);
        }
        totals
    }

    /// The number of rows, of groups or of detail rows.
    pub(crate) fn count_request(&self) -> Request {
        Request {
            kind: RequestKind::Count,
            totals: None,
            ..self.request.clone()
        }
    }

    /// The members of a dimension among the rows of the request. Its own conditions are left out where they stand
    /// beside the others, so that other members can be chosen; conditions on groups are about other groups.
    pub(crate) fn values_request(&self, of: &BundleValues, source: Option<&str>) -> Request {
        let request = &self.request;
        let dimension = DimensionRequest {
            dimension: of.dimension.clone(),
            grain: None,
        };
        let filters = request.filters.as_ref();
        Request {
            kind: RequestKind::Values {
                search: of.search.clone(),
                from: ValuesFrom::Facts,
                counts: of.counts,
            },
            source: source.map(str::to_owned).or_else(|| request.source.clone()),
            dimensions: vec![dimension],
            toggles: request.toggles.clone(),
            filters: filters.and_then(|filters| others(filters, &of.dimension)),
            date_range: request.date_range.clone(),
            limit: of.limit,
            ..Request::default()
        }
    }
}

/// The conditions beside those on a dimension, and beside those on groups.
fn others(filter: &FilterRequest, dimension: &str) -> Option<FilterRequest> {
    let all = |parts: &[FilterRequest]| {
        let parts = parts.iter().filter_map(|part| others(part, dimension));
        parts.collect::<Vec<_>>()
    };
    match filter {
        FilterRequest::And(parts) => Some(FilterRequest::And(all(parts))),
        FilterRequest::List(parts) => Some(FilterRequest::List(all(parts))),
        FilterRequest::Compare(comparison) => {
            let is_own = matches!(&comparison.subject, Subject::Dimension(key) if key == dimension);
            let is_other = !is_own && !metric_is_named(filter);
            is_other.then(|| filter.clone())
        }
        other => (!metric_is_named(other)).then(|| other.clone()),
    }
}

/// Whether a condition names a metric anywhere, so that it is about groups.
fn metric_is_named(filter: &FilterRequest) -> bool {
    let mut waiting = vec![filter];
    while let Some(filter) = waiting.pop() {
        match filter {
            FilterRequest::And(parts) | FilterRequest::List(parts) | FilterRequest::Or(parts) => {
                waiting.extend(parts);
            }
            FilterRequest::Not(part) => waiting.push(part),
            FilterRequest::Compare(comparison) => {
                if matches!(comparison.subject, Subject::Metric(_)) {
                    return true;
                }
            }
        }
    }
    false
}

fn bundle(root: &Node<'_>, limits: &Limits) -> Option<Bundle> {
    let object = root.object()?;
    let asked = object.required("request");
    let asked = asked.and_then(|node| request(&node, limits));
    let flag = |name| object.flag(name).unwrap_or(false);
    let selected = Bound {
        limit: "selected_items",
        bound: limits.selected_items,
    };
    let bundle = Bundle {
        request: asked.unwrap_or_default(),
        data: flag("data"),
        totals: flag("totals"),
        count: flag("count"),
        values: object
            .list_within("values", selected, |node, _| values(&node))
            .unwrap_or_default(),
    };
    object.finish();
    Some(bundle)
}

fn values(node: &Node<'_>) -> Option<BundleValues> {
    match node.kind() {
        JsonKind::Text => Some(BundleValues {
            dimension: node.text()?,
            ..BundleValues::default()
        }),
        JsonKind::Object => {
            let object = node.object()?;
            let values = BundleValues {
                dimension: object.required_text("dimension"),
                search: object.text("search"),
                limit: object.natural("limit"),
                counts: object.flag("counts").unwrap_or(false),
            };
            object.finish();
            Some(values)
        }
        _ => {
            node.wrong_type("a string or an object");
            None
        }
    }
}
