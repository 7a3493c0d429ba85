//! What is asked of an export: dates, filters, which columns, which page.

use super::read::{either, open};
use crate::error::Errors;
use crate::json::{Bound, Node, Object};
use crate::limits::Limits;
use crate::request::{DateRangeRequest, DateSpan, date_range, scalar};
use crate::value::Scalar;

/// What an end user asks of an export; untrusted.
#[derive(Debug, Clone, PartialEq)]
pub struct ExportRequest {
    /// The dates of the rows, by the date column of their source.
    pub date_range: Option<DateRangeRequest>,
    /// What the rows are one of, by the name of the filter. A filter without a value is met by no row.
    pub filters: Vec<(String, Vec<Scalar>)>,
    /// How many rows of a group are beside each row, by prefix; none is 0.
    pub children: Vec<(String, u8)>,
    /// Whether there are columns of rows beside, and their numbers.
    pub has_children: bool,
    /// Whether there are columns of tags.
    pub has_tags: bool,
    /// Whether there are the columns that the definition calls overflow.
    pub has_overflow: bool,
    /// The only columns, by name, in the order of the plan; all where absent.
    pub columns: Option<Vec<String>>,
    /// The most rows of a page.
    pub limit: Option<u64>,
    /// What the page comes after: what the last row has in the columns that
    /// [`ExportStatement::page`](super::ExportStatement::page) names.
    pub after: Option<Vec<Scalar>>,
}

impl Default for ExportRequest {
    fn default() -> Self {
        Self {
            date_range: None,
            filters: Vec::new(),
            children: Vec::new(),
            has_children: true,
            has_tags: true,
            has_overflow: false,
            columns: None,
            limit: None,
            after: None,
        }
    }
}

impl ExportRequest {
    /// Reads a request: `date_range` as in any request, or as `{"start", "end"}`; `filters`, an object of
    /// lists; `children`, an object of numbers; `include_children`, `include_tags` (both true where absent),
    /// `include_overflow`, `columns`, `limit`, `after`.
    ///
    /// ```
    /// use measurand::Limits;
    /// use measurand::report::ExportRequest;
    ///
    /// let request = ExportRequest::from_json(r#"{"filters": {"statuses": ["open", "closed"]},
    ///   "date_range": {"start": "2026-01-01", "end": "2026-03-31"}, "children": {"inv": 5}}"#, &Limits::default())?;
    /// assert_eq!(request.children, [("inv".to_owned(), 5)]);
    /// # Ok::<(), measurand::Errors>(())
    /// ```
    ///
    /// # Errors
    /// `json-syntax`, `limit-exceeded`, `unknown-field`, `duplicate-field`, `missing-field`, `wrong-type`,
    /// `wrong-value`.
    pub fn from_json(text: &str, limits: &Limits) -> Result<Self, Errors> {
        let document = open("export", text, limits)?;
        let request = document.root().object().map(|row| read(&row, limits));
        document.finish(request.unwrap_or_default())
    }
}

fn read(row: &Object<'_>, limits: &Limits) -> ExportRequest {
    let dates = either(row, ["date_range", "dateRange"]);
    let request = ExportRequest {
        date_range: dates.and_then(|node| dates_of(&node)),
        filters: lists(row.get("filters"), limits),
        children: numbers(row.get("children")),
        has_children: row.flag("include_children").unwrap_or(true),
        has_tags: row.flag("include_tags").unwrap_or(true),
        has_overflow: row.flag("include_overflow").unwrap_or(false),
        columns: row.texts("columns"),
        limit: row.natural("limit"),
        after: row
            .get("after")
            .and_then(|node| node.each_within(depth(limits), |node, _| scalar(&node))),
    };
    row.finish();
    request
}

fn depth(limits: &Limits) -> Bound {
    Bound {
        limit: "filter_depth",
        bound: limits.filter_depth,
    }
}

/// A range as in any request, or the first and the last day by the names of export jobs.
fn dates_of(node: &Node<'_>) -> Option<DateRangeRequest> {
    let object = node.object()?;
    if object.get("start").is_none() && object.get("end").is_none() {
        return date_range(node);
    }
    let span = DateSpan::Between {
        from: object.text("start"),
        to: object.text("end"),
    };
    object.finish();
    Some(DateRangeRequest {
        span,
        if_supported: false,
    })
}

fn lists(node: Option<Node<'_>>, limits: &Limits) -> Vec<(String, Vec<Scalar>)> {
    let mut lists = Vec::new();
    let Some(object) = node.and_then(|node| node.object()) else {
        return lists;
    };
    let bound = Bound {
        limit: "list_values",
        bound: limits.list_values,
    };
    object.each(|name, node| {
        let values = node.each_within(bound, |node, _| scalar(&node));
        lists.push((name.to_owned(), values.unwrap_or_default()));
    });
    lists
}

fn numbers(node: Option<Node<'_>>) -> Vec<(String, u8)> {
    let mut numbers = Vec::new();
    let Some(object) = node.and_then(|node| node.object()) else {
        return numbers;
    };
    object.each(|name, node| {
        // What is more than a byte is more than there may be, which the exporter says.
        let number = node.natural().unwrap_or_default();
        numbers.push((name.to_owned(), u8::try_from(number).unwrap_or(u8::MAX)));
    });
    numbers
}
