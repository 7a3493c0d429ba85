//! The JSON form of a request.
//!
//! In: JSON text. Out: [`Request`]. Guaranteed afterwards: the shape is right, everything is within
//! its limit, and nothing was asked for that this version does not answer. Codes: those of
//! `ReadError`, `not-supported`. Next to read: `resolve/mod.rs`.

use serde::de::Error as _;
use serde_json::value::RawValue;

use super::{
    ColumnAggregate, CompareRequest, Comparison, DateRangeRequest, DateSpan, DimensionRequest,
    FilterRequest, OrderRequest, PivotRequest, Request, RequestKind, Subject, SubtotalRequest,
    TopRequest, TotalsRequest, ValuesFrom,
};
use crate::calendar::Grain;
use crate::error::{Errors, Help, ResolveError};
use crate::json::{Bound, Document, JsonKind, Node, Object};
use crate::limits::Limits;
use crate::value::Scalar;

impl Request {
    /// Reads a request. Everything that is wrong is reported at once; values are never repeated.
    ///
    /// A field that is `null` counts as absent.
    ///
    /// ```
    /// use measurand::{Limits, Request};
    ///
    /// let request = Request::from_json(
    ///     r#"{"metrics": ["revenue"], "dimensions": [{"dimension": "date", "grain": "month"}],
    ///         "filters": {"dimension": "campaign_name", "op": "in", "values": [101, 205]}}"#,
    ///     &Limits::default(),
    /// )?;
    /// assert_eq!(request.metrics, ["revenue"]);
    ///
    /// let errors = Request::from_json(r#"{"metric": ["revenue"]}"#, &Limits::default()).unwrap_err();
    /// assert_eq!(
    ///     errors.to_string(),
    ///     "error[unknown-field]: unknown field `metric`\n  \
    ///      at request.metric\n  \
    ///      help: did you mean `metrics`?",
    /// );
    /// # Ok::<(), measurand::Errors>(())
    /// ```
    ///
    /// # Errors
    /// `json-syntax`, `limit-exceeded`, `unknown-field`, `duplicate-field`, `missing-field`,
    /// `wrong-type`, `wrong-value`, and `not-supported` for the parts of a request that this version
    /// does not answer.
    pub fn from_json(text: &str, limits: &Limits) -> Result<Self, Errors> {
        let bytes = Bound {
            limit: "request_bytes",
            bound: limits.request_bytes,
        };
        let document = Document::read("request", text, bytes, limits.json_depth)?;
        let request = request(&document.root(), limits).unwrap_or_default();
        document.finish(request)
    }
}

/// Reads a request as a part of a service's own document, with the default limits.
///
/// The form is that of [`Request::from_json`], whose errors become the deserializer's message. It
/// needs `serde_json`, and a place that keeps the text: no `#[serde(flatten)]` and no untagged or
/// internally tagged enum around it.
impl<'de> serde::Deserialize<'de> for Request {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        Request::from_json(raw.get(), &Limits::default()).map_err(D::Error::custom)
    }
}

/// What a request may ask for.
const KINDS: [&str; 4] = ["aggregate", "count", "values", "rows"];

/// Reads the request that a value of any document is.
pub(crate) fn request(root: &Node<'_>, limits: &Limits) -> Option<Request> {
    let object = root.object()?;
    let kind = kind(&object);
    let selected = Bound {
        limit: "selected_items",
        bound: limits.selected_items,
    };
    let dimensions = match kind {
        RequestKind::Values { .. } => dimension_of_values(&object),
        _ => object
            .list_within("dimensions", selected, |node, _| dimension(&node))
            .unwrap_or_default(),
    };
    let (columns, after) = match kind {
        RequestKind::Rows | RequestKind::Count => detail(&object, &kind, limits),
        _ => (Vec::new(), None),
    };
    let mut filters = Filters { limits, nodes: 0 };
    let request = Request {
        kind,
        source: object.text("source"),
        metrics: object
            .list_within("metrics", selected, |node, _| metric(&node))
            .unwrap_or_default(),
        shares: object
            .list_within("shares", selected, |node, _| node.text())
            .unwrap_or_default(),
        ranks: object
            .list_within("ranks", selected, |node, _| node.text())
            .unwrap_or_default(),
        dimensions,
        columns,
        toggles: object
            .get("toggles")
            .and_then(|node| toggles(&node, selected))
            .unwrap_or_default(),
        filters: object
            .get("filters")
            .and_then(|node| filters.condition(&node, 0)),
        metric_filters: object
            .get("metric_filters")
            .and_then(|node| filters.condition(&node, 0)),
        date_range: object.get("date_range").and_then(|node| date_range(&node)),
        compare: object.get("compare").and_then(|node| compare(&node)),
        fill_gaps: object.flag("fill_gaps").unwrap_or(false),
        totals: object.get("totals").and_then(|node| totals(&node, limits)),
        top: object.get("top").and_then(|node| top(&node)),
        pivot: object.get("pivot").and_then(|node| pivot(&node, limits)),
        order_by: object
            .list_within("order_by", selected, |node, _| order(&node))
            .unwrap_or_default(),
        limit: object.natural("limit"),
        offset: object.natural("offset"),
        after,
    };
    object.finish();
    Some(request)
}

fn kind(object: &Object<'_>) -> RequestKind {
    let Some(node) = object.get("kind") else {
        return RequestKind::default();
    };
    match node.word(&KINDS.map(|kind| (kind, kind))) {
        Some("count") => RequestKind::Count,
        Some("rows") => RequestKind::Rows,
        Some("values") => RequestKind::Values {
            search: object.text("search"),
            from: values_from(object),
            counts: object.flag("counts").unwrap_or(false),
        },
        _ => RequestKind::default(),
    }
}

/// The columns of detail rows, and the row that a page comes after.
fn detail(
    object: &Object<'_>,
    kind: &RequestKind,
    limits: &Limits,
) -> (Vec<DimensionRequest>, Option<Vec<Scalar>>) {
    let selected = Bound {
        limit: "selected_items",
        bound: limits.selected_items,
    };
    if *kind == RequestKind::Rows {
        object.required("columns");
    }
    let columns = object.list_within("columns", selected, |node, _| dimension(&node));
    // What comes behind a row nests one condition per key.
    let nested = Bound {
        limit: "filter_depth",
        bound: limits.filter_depth,
    };
    let after = object.get("after");
    let after = after.and_then(|node| node.each_within(nested, |node, _| scalar(&node)));
    (columns.unwrap_or_default(), after)
}

/// Where the members of a dimension are read from.
fn values_from(object: &Object<'_>) -> ValuesFrom {
    let from = object.get("from").and_then(|node| {
        node.word(&[("facts", ValuesFrom::Facts), ("lookup", ValuesFrom::Lookup)])
    });
    from.unwrap_or_default()
}

/// The dimension of a request for values.
fn dimension_of_values(object: &Object<'_>) -> Vec<DimensionRequest> {
    let asked = object.required("dimension");
    asked
        .and_then(|node| dimension(&node))
        .into_iter()
        .collect()
}

/// The key of a metric, or an aggregate of a column: `{"column": "amount", "aggregate": "sum"}`.
fn metric(node: &Node<'_>) -> Option<String> {
    match node.kind() {
        JsonKind::Text => node.text(),
        JsonKind::Object => {
            let object = node.object()?;
            let column = object.required_text("column");
            let aggregate = object.required("aggregate");
            let aggregate = aggregate.and_then(|node| node.word(&ColumnAggregate::ALL));
            object.finish();
            Some(format!("{column}.{}", aggregate?.as_str()))
        }
        _ => {
            node.wrong_type("a string or an object");
            None
        }
    }
}

fn dimension(node: &Node<'_>) -> Option<DimensionRequest> {
    match node.kind() {
        JsonKind::Text => Some(DimensionRequest {
            dimension: node.text()?,
            grain: None,
        }),
        JsonKind::Object => {
            let object = node.object()?;
            let dimension = object.required_text("dimension");
            let grain = object.text("grain");
            object.finish();
            Some(DimensionRequest { dimension, grain })
        }
        _ => {
            node.wrong_type("a string or an object");
            None
        }
    }
}

/// An option for each of some toggles, in the order written.
pub(crate) fn toggles(node: &Node<'_>, selected: Bound) -> Option<Vec<(String, String)>> {
    let object = node.object()?;
    let mut toggles = Vec::new();
    object.each(|toggle, option| {
        if toggles.len() <= selected.bound {
            toggles.push((toggle.to_owned(), option.text().unwrap_or_default()));
        }
    });
    if toggles.len() > selected.bound {
        node.report(selected.exceeded());
    }
    Some(toggles)
}

pub(crate) fn date_range(node: &Node<'_>) -> Option<DateRangeRequest> {
    let object = node.object()?;
    let form = object.either(
        &["preset", "from"],
        "a range is either a `preset`, or `from` and `to`",
    );
    let span = match form {
        Some("preset") => object.text("preset").map(DateSpan::Preset),
        _ => {
            let from = object.text("from");
            let to = object.get("to");
            if form.is_none() && to.is_none() {
                let error = object.missing_error("preset");
                let forms = ["preset", "from", "to"].map(str::to_owned).to_vec();
                object.report(error.with_help(Help::OneOf(forms)));
            }
            let to = to.and_then(|node| node.text());
            Some(DateSpan::Between { from, to })
        }
    };
    let if_supported = object.flag("if_supported").unwrap_or(false);
    object.finish();
    Some(DateRangeRequest {
        span: span?,
        if_supported,
    })
}

/// `{"to": "previous_year"}`, or `{"to": {"offset": 2, "grain": "month"}}`.
pub(crate) fn compare(node: &Node<'_>) -> Option<CompareRequest> {
    let object = node.object()?;
    let to = object.required("to");
    object.finish();
    let to = to?;
    if to.kind() == JsonKind::Text {
        return to.word(&[
            ("previous_period", CompareRequest::PreviousPeriod),
            ("previous_year", CompareRequest::PreviousYear),
        ]);
    }
    let object = to.object()?;
    let offset = object.required("offset").and_then(|node| offset(&node));
    let grains = Grain::ALL.map(|grain| (grain.as_str(), grain));
    let grains = grains.get(1..).unwrap_or_default();
    let grain = object.required("grain").and_then(|node| node.word(grains));
    object.finish();
    Some(CompareRequest::Back {
        offset: offset?,
        grain: grain?,
    })
}

/// `true` for the grand total, or a list of what subtotals are by; nothing where none are wanted.
fn totals(node: &Node<'_>, limits: &Limits) -> Option<TotalsRequest> {
    let levels = Bound {
        limit: "totals_levels",
        bound: limits.totals_levels,
    };
    let selected = Bound {
        limit: "selected_items",
        bound: limits.selected_items,
    };
    match node.kind() {
        JsonKind::Boolean => node.flag()?.then(TotalsRequest::default),
        JsonKind::List => {
            let by = node.each_within(levels, |node, _| subtotal(&node, selected))?;
            (!by.is_empty()).then_some(TotalsRequest { by })
        }
        _ => {
            node.wrong_type("true, false or a list of dimensions");
            None
        }
    }
}

/// `{"n": 10, "by": "revenue"}`.
fn top(node: &Node<'_>) -> Option<TopRequest> {
    let object = node.object()?;
    object.required("n");
    let n = object.natural("n");
    let by = object.required_text("by");
    let dimension = object.text("dimension");
    let ascending = object
        .get("direction")
        .and_then(|node| node.word(&[("desc", false), ("asc", true)]));
    let other = object.flag("other").unwrap_or(false);
    object.finish();
    Some(TopRequest {
        n: n?,
        by,
        dimension,
        ascending: ascending.unwrap_or(false),
        other,
    })
}

/// `{"dimension": "status", "values": ["paid", null]}`.
fn pivot(node: &Node<'_>, limits: &Limits) -> Option<PivotRequest> {
    let members = Bound {
        limit: "pivot_members",
        bound: limits.pivot_members,
    };
    let object = node.object()?;
    let dimension = object.required("dimension");
    let dimension = dimension.and_then(|node| self::dimension(&node));
    let values = object.required("values");
    let values = values.and_then(|node| node.each_within(members, |node, _| scalar(&node)));
    let other = object.flag("other").unwrap_or(false);
    let total = object.flag("total").unwrap_or(false);
    object.finish();
    Some(PivotRequest {
        dimension: dimension?,
        values: values?,
        other,
        total,
    })
}

fn subtotal(node: &Node<'_>, selected: Bound) -> Option<SubtotalRequest> {
    match node.kind() {
        JsonKind::Text => node.text().map(SubtotalRequest::By),
        JsonKind::List => {
            let together = node.each_within(selected, |node, _| node.text())?;
            Some(SubtotalRequest::Together(together))
        }
        _ => {
            node.wrong_type("a dimension or a list of dimensions");
            None
        }
    }
}

/// The most periods that a comparison goes back.
const MAX_OFFSET: u32 = 9_999;

fn offset(node: &Node<'_>) -> Option<u32> {
    let number = node.natural()?;
    let offset = u32::try_from(number).ok();
    let offset = offset.filter(|offset| (1..=MAX_OFFSET).contains(offset));
    if offset.is_none() {
        let subject = "a number that is not from 1 to 9999".to_owned();
        node.report(ResolveError::WrongValue { subject });
    }
    offset
}

fn order(node: &Node<'_>) -> Option<OrderRequest> {
    let object = node.object()?;
    let key = object.required_text("key");
    let descending = object
        .get("direction")
        .and_then(|node| node.word(&[("asc", false), ("desc", true)]));
    let nulls_first = object
        .get("nulls")
        .and_then(|node| node.word(&[("first", true), ("last", false)]));
    object.finish();
    Some(OrderRequest {
        key,
        descending: descending.unwrap_or(false),
        nulls_first: nulls_first.unwrap_or(false),
    })
}

/// The condition that a value of any document is.
pub(crate) fn condition(node: &Node<'_>, limits: &Limits) -> Option<FilterRequest> {
    Filters { limits, nodes: 0 }.condition(node, 0)
}

/// The forms of a condition.
const FORMS: [&str; 5] = ["dimension", "metric", "and", "or", "not"];

/// Reads conditions and counts them.
struct Filters<'l> {
    limits: &'l Limits,
    nodes: usize,
}

impl Filters<'_> {
    /// A condition inside of `depth` others.
    ///
    /// The recursion goes no deeper than the limit on the depth of filters.
    fn condition(&mut self, node: &Node<'_>, depth: usize) -> Option<FilterRequest> {
        if !self.count(node) {
            return None;
        }
        if node.kind() == JsonKind::List {
            let all = self.conditions(node, depth)?;
            return Some(FilterRequest::List(all));
        }
        let object = node.object()?;
        let form = object.either(
            &FORMS,
            "a condition is either a comparison, or one of `and`, `or` and `not`",
        );
        let condition = match form {
            None => {
                let error = object.missing_error("dimension");
                let forms = FORMS.map(str::to_owned).to_vec();
                object.report(error.with_help(Help::OneOf(forms)));
                // What else is there belongs to a comparison, most likely.
                comparison(&object, Subject::Dimension(String::new()), self.limits)
            }
            Some("and") => object
                .get("and")
                .and_then(|node| self.conditions(&node, depth))
                .map(FilterRequest::And),
            Some("or") => object
                .get("or")
                .and_then(|node| self.conditions(&node, depth))
                .map(FilterRequest::Or),
            Some("not") => object.get("not").and_then(|node| {
                if !self.may_nest(&node, depth) {
                    return None;
                }
                let inner = self.condition(&node, depth + 1)?;
                Some(FilterRequest::Not(Box::new(inner)))
            }),
            Some("metric") => {
                let key = object.required_text("metric");
                comparison(&object, Subject::Metric(key), self.limits)
            }
            Some(_) => {
                let key = object.required_text("dimension");
                comparison(&object, Subject::Dimension(key), self.limits)
            }
        };
        object.finish();
        condition
    }

    fn conditions(&mut self, node: &Node<'_>, depth: usize) -> Option<Vec<FilterRequest>> {
        if !self.may_nest(node, depth) {
            return None;
        }
        node.each(|node, _| self.condition(&node, depth + 1))
    }

    fn may_nest(&self, node: &Node<'_>, depth: usize) -> bool {
        let bound = Bound {
            limit: "filter_depth",
            bound: self.limits.filter_depth,
        };
        let is_within = depth < bound.bound;
        if !is_within {
            node.report(bound.exceeded());
        }
        is_within
    }

    /// Counts a condition; the first beyond the limit is reported, and none is read from there on.
    fn count(&mut self, node: &Node<'_>) -> bool {
        let bound = Bound {
            limit: "filter_nodes",
            bound: self.limits.filter_nodes,
        };
        self.nodes += 1;
        if self.nodes == bound.bound + 1 {
            node.report(bound.exceeded());
        }
        self.nodes <= bound.bound
    }
}

fn comparison(object: &Object<'_>, subject: Subject, limits: &Limits) -> Option<FilterRequest> {
    let op = object.required_text("op");
    let bound = Bound {
        limit: "list_values",
        bound: limits.list_values,
    };
    // An absent list is no empty one: `in` without its values would silently match nothing.
    let node = if op == "is_null" || op == "is_not_null" {
        object.get("values")
    } else {
        object.required("values")
    };
    let values = node.and_then(|node| node.each_within(bound, |node, _| scalar(&node)));
    let on_label = object
        .get("on")
        .and_then(|node| node.word(&[("value", false), ("label", true)]));
    let case_sensitive = object.flag("case_sensitive");
    Some(FilterRequest::Compare(Comparison {
        subject,
        op,
        values: values.unwrap_or_default(),
        on_label: on_label.unwrap_or(false),
        case_sensitive: case_sensitive.unwrap_or(false),
    }))
}

/// A value of a filter or an access rule.
pub(crate) fn scalar(node: &Node<'_>) -> Option<Scalar> {
    match node.kind() {
        JsonKind::Null => Some(Scalar::Null),
        JsonKind::Boolean => node.flag().map(Scalar::Boolean),
        JsonKind::Number => node.number().map(|digits| Scalar::Number(digits.into())),
        JsonKind::Text => node.str().map(|text| Scalar::Text(text.into())),
        JsonKind::List | JsonKind::Object => {
            node.wrong_type("a string, a number, a boolean or null");
            None
        }
    }
}
