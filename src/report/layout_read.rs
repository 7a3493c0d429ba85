//! The JSON form of layouts.
//!
//! In: the layout of a template, or the configuration of a pinned widget, as JSON. Out: [`Layout`],
//! [`Widget`]. Guaranteed afterwards: ids are unique, positions lie on the grid, and a widget's request is of
//! a kind that it can show. Codes: those of any document, `invalid-name`, `duplicate-key`, `widget-request`,
//! `chart-setting`. Next to read: `builder.rs`.

use super::layout::{
    Axis, Chart, ChartKind, LayerPart, Layout, Position, Section, Series, Stacking, Widget,
    WidgetKind,
};
use crate::catalog::is_template_key;
use crate::error::{CatalogError, Error, Errors, Help, ReadError, ReportError};
use crate::json::{Bound, Document, Node, Object};
use crate::limits::Limits;
use crate::path::echo;
use crate::request::{Request, RequestKind, request};

impl Layout {
    /// Reads a layout. What its requests ask for is looked at by [`ReportBuilder`](super::ReportBuilder).
    ///
    /// ```
    /// use measurand::Limits;
    /// use measurand::report::Layout;
    ///
    /// let layout = Layout::from_json(
    ///     r#"{"sections": [{"title": "Today", "widgets": [
    ///         {"id": "revenue", "type": "metric_card", "title": "Revenue",
    ///          "request": {"metrics": ["revenue"]}, "position": {"x": 0, "y": 0, "w": 3, "h": 2}}]}]}"#,
    ///     &Limits::default(),
    /// )?;
    /// assert_eq!(layout.sections[0].widgets[0].id, "revenue");
    ///
    /// let errors = Layout::from_json(r#"{"section": []}"#, &Limits::default()).unwrap_err();
    /// assert_eq!(
    ///     errors.to_string(),
    ///     "error[unknown-field]: unknown field `section`\n  at layout.section\n  help: did you mean `sections`?",
    /// );
    /// # Ok::<(), measurand::Errors>(())
    /// ```
    ///
    /// # Errors
    /// `json-syntax`, `limit-exceeded`, `unknown-field`, `duplicate-field`, `missing-field`,
    /// `wrong-type`, `wrong-value`, `invalid-name`, `duplicate-key`, `widget-request`, `chart-setting`,
    /// and `not-supported` for the parts of a request that this version does not answer.
    pub fn from_json(text: &str, limits: &Limits) -> Result<Self, Errors> {
        let bytes = Bound {
            limit: "catalog_bytes",
            bound: limits.catalog_bytes,
        };
        let document = Document::read("layout", text, bytes, limits.json_depth)?;
        let layout = read(&document.root(), limits).unwrap_or_default();
        document.finish(layout)
    }
}

/// The bound on the widgets of a report.
pub(super) fn widgets(limits: &Limits) -> Bound {
    Bound {
        limit: "widgets",
        bound: limits.widgets,
    }
}

fn read(root: &Node<'_>, limits: &Limits) -> Option<Layout> {
    let object = root.object()?;
    let mut ids = Ids {
        seen: Vec::new(),
        limits,
    };
    let filter_bar = object.list_within("filter_bar", widgets(limits), |node, _| {
        ids.widget(&node, WidgetKind::Filter)
    });
    let sections = object.list_within("sections", widgets(limits), |node, _| {
        let object = node.object()?;
        let section = Section {
            title: object.required_text("title"),
            module: object.text("module"),
            widgets: match object.required("widgets") {
                Some(node) => node
                    .each_within(widgets(limits), |node, _| ids.placed(&node))
                    .unwrap_or_default(),
                None => Vec::new(),
            },
        };
        object.finish();
        Some(section)
    });
    object.finish();
    Some(Layout {
        filter_bar: filter_bar.unwrap_or_default(),
        sections: sections.unwrap_or_default(),
    })
}

/// Reads widgets and keeps their ids, of which each is there once in a report.
struct Ids<'l> {
    seen: Vec<String>,
    limits: &'l Limits,
}

impl Ids<'_> {
    /// A widget that says what it is.
    fn placed(&mut self, node: &Node<'_>) -> Option<Widget> {
        let object = node.object()?;
        let kind = object.required("type");
        let kind = kind.and_then(|node| node.word(&WidgetKind::PLACED));
        self.read(&object, kind)
    }

    /// A widget that is what its place says.
    fn widget(&mut self, node: &Node<'_>, kind: WidgetKind) -> Option<Widget> {
        self.read(&node.object()?, Some(kind))
    }

    fn read(&mut self, object: &Object<'_>, kind: Option<WidgetKind>) -> Option<Widget> {
        let id = object.required("id").and_then(|node| self.id(&node));
        let title = object.required_text("title");
        let position = match kind {
            Some(WidgetKind::Filter) => None,
            _ => object.required("position").and_then(|node| position(&node)),
        };
        let parts = parts(object, kind, self.limits);
        object.finish();
        Some(Widget {
            id: id?,
            title,
            position,
            ..parts?
        })
    }

    fn id(&mut self, node: &Node<'_>) -> Option<String> {
        let id = node.text()?;
        if self.seen.len() == self.limits.widgets {
            node.report(widgets(self.limits).exceeded());
        }
        if !is_template_key(&id) {
            let (kind, name) = ("widget", echo(&id));
            node.report(CatalogError::InvalidName { kind, name });
        } else if self.seen.contains(&id) {
            let (kind, name) = ("widget", echo(&id));
            node.report(CatalogError::DuplicateKey { kind, name });
        }
        self.seen.push(id.clone());
        Some(id)
    }
}

/// What a widget of a layout and one that is pinned to a dashboard have in common, without id, title and
/// position.
pub(super) fn parts(
    object: &Object<'_>,
    kind: Option<WidgetKind>,
    limits: &Limits,
) -> Option<Widget> {
    let description = object.text("description");
    let module = object.text("module");
    let fixed = object.list("fixed", |node, _| node.word(&LayerPart::ALL));
    let asked = object.required("request");
    let request = asked.as_ref().and_then(|node| request(node, limits));
    if let (Some(node), Some(request), Some(kind)) = (&asked, &request, kind) {
        check_request(node, request, kind);
    }
    let chart = match kind {
        Some(WidgetKind::Chart) => match object.required("chart") {
            Some(node) => Some(chart(&node, limits)?),
            None => None,
        },
        // What a widget is has been reported already, and so its other fields are not held against it.
        None => {
            object.ignore(&["chart"]);
            None
        }
        Some(_) => None,
    };
    let drawn = chart
        .as_ref()
        .map(|chart| 1 + usize::from(chart.split_by.is_some()));
    let asked = request.as_ref().map(|request| request.dimensions.len());
    if drawn.is_some_and(|drawn| asked.is_some_and(|asked| asked > drawn)) {
        let reason = "a chart draws one dimension along it, and one as `split_by`";
        let path = object.at().key("chart").path();
        object.report(Error::new(path, ReportError::ChartSetting { reason }));
    }
    Some(Widget {
        id: String::new(),
        kind: kind?,
        title: String::new(),
        description,
        module,
        request: request?,
        fixed: fixed.unwrap_or_default(),
        position: None,
        chart,
    })
}

/// A widget shows answers of one form.
fn check_request(node: &Node<'_>, request: &Request, kind: WidgetKind) {
    let is_list = matches!(request.kind, RequestKind::Values { .. });
    let (fits, expected) = match kind {
        WidgetKind::MetricCard => {
            let is_row = request.kind == RequestKind::Aggregate && request.dimensions.is_empty();
            let fits = is_row || request.kind == RequestKind::Count;
            (fits, "metrics without dimensions, or a count")
        }
        WidgetKind::Chart => {
            let groups = request.kind == RequestKind::Aggregate || is_list;
            let fits = groups && !request.dimensions.is_empty() && request.totals.is_none();
            (fits, "metrics by a dimension, without totals")
        }
        WidgetKind::DataTable => {
            let fits = matches!(request.kind, RequestKind::Aggregate | RequestKind::Rows);
            (fits, "metrics by dimensions, or detail rows")
        }
        WidgetKind::Filter => (is_list, "the values of a dimension"),
    };
    if !fits {
        let widget = kind.as_str();
        let error = ReportError::WidgetRequest { widget };
        node.report_with_help(error, Help::advice(format!("ask for {expected}")));
    }
}

/// A place on the grid.
pub(super) fn position(node: &Node<'_>) -> Option<Position> {
    let object = node.object()?;
    let position = coordinates(&object);
    object.finish();
    position
}

/// The four numbers of a place, in an object that may have others.
pub(super) fn coordinates(object: &Object<'_>) -> Option<Position> {
    let number = |name: &'static str, least: u32, most: u32| {
        let node = object.required(name)?;
        let number = node.natural()?;
        let found = u32::try_from(number).ok();
        let found = found.filter(|number| (least..=most).contains(number));
        if found.is_none() {
            let subject = format!("`{name}` of {number}");
            let help = Help::advice(format!("write a number from {least} to {most}"));
            node.report_with_help(ReadError::WrongValue { subject }, help);
        }
        found
    };
    let x = number("x", 0, Position::COLUMNS - 1);
    let y = number("y", 0, Position::MAX_ROWS);
    let w = number("w", 1, Position::COLUMNS);
    let h = number("h", 1, Position::MAX_ROWS);
    let position = Position {
        x: x?,
        y: y?,
        w: w?,
        h: h?,
    };
    if position.x + position.w > Position::COLUMNS {
        let subject = "a widget that ends beyond the last column".to_owned();
        let error = Error::new(object.at().path(), ReadError::WrongValue { subject });
        let help = format!("the grid has {} columns", Position::COLUMNS);
        object.report(error.with_help(Help::advice(help)));
        return None;
    }
    Some(position)
}

fn chart(node: &Node<'_>, limits: &Limits) -> Option<Chart> {
    let object = node.object()?;
    let kind = object.required("type");
    let kind = kind.and_then(|node| node.word(&ChartKind::ALL));
    let x = object.required_text("x");
    let split_by = object.text("split_by");
    let selected = Bound {
        limit: "selected_items",
        bound: limits.selected_items,
    };
    let series = match object.required("series") {
        Some(node) => node.each_within(selected, |node, _| series(&node)),
        None => None,
    };
    let stacking = match object.get("stacking") {
        Some(node) => node.word(&[
            ("none", Stacking::None),
            ("stacked", Stacking::Stacked),
            ("percent", Stacking::Percent),
        ]),
        None => Some(Stacking::None),
    };
    let axes = object.get("axes").and_then(|node| node.object());
    let title = |side| axes.as_ref().and_then(|axes| axes.text(side));
    let (left_title, right_title) = (title("left"), title("right"));
    if let Some(axes) = &axes {
        axes.finish();
    }
    object.finish();
    let chart = Chart {
        kind: kind?,
        x,
        split_by,
        series: series?,
        stacking: stacking?,
        left_title,
        right_title,
    };
    let wrong = |field: &'static str, reason: &'static str| {
        let error = ReportError::ChartSetting { reason };
        object.report(Error::new(object.at().key(field).path(), error));
    };
    if chart.series.is_empty() {
        wrong("series", "a chart draws at least one series");
    }
    let each = |at: usize| chart.series.iter().skip(at + 1);
    let twice = |(at, one): (usize, &Series)| each(at).any(|other| other.key == one.key);
    if chart.series.iter().enumerate().any(twice) {
        wrong("series", "one key is drawn twice");
    }
    if chart.kind.is_round() && (chart.series.len() > 1 || chart.split_by.is_some()) {
        wrong("series", "a pie or a donut has one series");
    }
    let is_of_parts = |kind| matches!(kind, ChartKind::Area | ChartKind::Bar);
    if chart.stacking != Stacking::None && !is_of_parts(chart.kind) {
        wrong("stacking", "only areas and bars are stacked");
    }
    let is_mixed = |series: &Series| series.kind.is_some_and(ChartKind::is_round);
    if chart.series.iter().any(is_mixed) {
        wrong("series", "a pie or a donut is the form of a whole chart");
    }
    Some(chart)
}

fn series(node: &Node<'_>) -> Option<Series> {
    let object = node.object()?;
    let key = object.required_text("key");
    let kind = object.get("type");
    let kind = kind.and_then(|node| node.word(&ChartKind::ALL));
    let axis = object.get("axis");
    let axis = axis.and_then(|node| node.word(&[("left", Axis::Left), ("right", Axis::Right)]));
    object.finish();
    Some(Series {
        key,
        kind,
        axis: axis.unwrap_or_default(),
    })
}
