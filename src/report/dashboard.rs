//! Personal dashboards: widgets that a user has pinned.

use super::builder::PlacedWidget;
use super::layer::Owner;
use super::layer_read::{is_clean, is_live, open, owner};
use super::layout::{Position, Widget, WidgetKind};
use super::layout_read::{coordinates, parts, position, widgets};
use crate::error::{CatalogError, Errors, Findings, ReportError};
use crate::json::{Node, Object};
use crate::limits::Limits;
use crate::path::At;
use crate::request::Request;

/// A dashboard of one user: a row of `dashboards`, with its rows of `dashboard_widgets` as `widgets`.
///
/// A row of a widget has its `widget_type`, its `position`, its `title` (else the one of its configuration) and
/// as `widget_config` what a widget of a [`Layout`](super::Layout) has besides: `request`, `chart`,
/// `description`, `module`, `fixed`. The dashboard's `layout` is a list of places, `{"i": "12", "x": 0, "y": 0,
/// "w": 3, "h": 2}`, each of which takes the place of the row's. What is wrong with one row is an error of that
/// widget.
///
/// ```
/// use measurand::Limits;
/// use measurand::report::Dashboard;
///
/// let dashboard = Dashboard::from_json(
///     r#"{"user_id": "usr_123", "client_id": 1, "name": "Mine", "layout": [],
///         "widgets": [{"id": 12, "widget_type": "metric_card", "title": "Revenue",
///                      "widget_config": {"request": {"metrics": ["revenue"]}},
///                      "position": {"x": 0, "y": 0, "w": 3, "h": 2}, "sort_order": 1}]}"#,
///     &Limits::default(),
/// )?;
/// assert_eq!(dashboard.map(|dashboard| dashboard.len()), Some(1));
/// # Ok::<(), measurand::Errors>(())
/// ```
pub struct Dashboard {
    pub(super) owner: Owner,
    pub(super) name: String,
    description: Option<String>,
    is_default: bool,
    /// The live ones, by `sort_order`, then by id.
    pub(super) widgets: Vec<PinnedWidget>,
    pub(super) positions: Vec<(String, Position)>,
}

/// A widget of a dashboard, or what is wrong with its row.
pub(super) struct PinnedWidget {
    pub(super) placed: PlacedWidget,
    pub(super) errors: Option<Errors>,
    order: (i64, i64),
}

impl Dashboard {
    /// Reads a dashboard with its widgets; nothing where it is inactive or deleted.
    ///
    /// # Errors
    /// `json-syntax`, `limit-exceeded`, `unknown-field`, `duplicate-field`, `missing-field`, `wrong-type`,
    /// `wrong-value`, `tenant-invalid`, `duplicate-key`. What is wrong inside the row of a widget shows when
    /// the dashboard is compiled.
    pub fn from_json(text: &str, limits: &Limits) -> Result<Option<Self>, Errors> {
        let document = open("dashboard", text, limits)?;
        let row = document.root().object();
        let dashboard = row.and_then(|row| dashboard(&row, limits));
        document.finish(dashboard)
    }

    /// The name that the user gave it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it is for.
    pub fn description(&self) -> Option<&str> {
        self.description.as_deref()
    }

    /// Whether the user begins with it.
    pub fn is_default(&self) -> bool {
        self.is_default
    }

    /// How many widgets it has.
    pub fn len(&self) -> usize {
        self.widgets.len()
    }

    /// Whether nothing is pinned to it.
    pub fn is_empty(&self) -> bool {
        self.widgets.is_empty()
    }
}

fn dashboard(row: &Object<'_>, limits: &Limits) -> Option<Dashboard> {
    let id = row.integer("id");
    let is_live = is_live(row);
    let owner = owner(row);
    let name = row.required_text("name");
    let description = row.text("description");
    let is_default = row.flag("is_default").unwrap_or(false);
    let positions = row.list_within("layout", widgets(limits), |node, _| item(&node));
    let mut ids = Vec::new();
    let pinned = row.list_within("widgets", widgets(limits), |node, index| {
        let pinned = pinned(&node, index, id, limits)?;
        let (kind, name) = ("widget", pinned.placed.widget.id.clone());
        if ids.contains(&name) {
            node.report(CatalogError::DuplicateKey {
                kind,
                name: name.clone(),
            });
        }
        ids.push(name);
        Some(pinned)
    });
    row.finish();
    let mut widgets: Vec<PinnedWidget> = pinned.unwrap_or_default();
    widgets.sort_by_key(|pinned| pinned.order);
    let dashboard = Dashboard {
        owner: owner?,
        name,
        description,
        is_default,
        widgets,
        positions: positions.unwrap_or_default(),
    };
    is_live.then_some(dashboard)
}

/// The place of one widget, as a grid on a screen keeps it.
fn item(node: &Node<'_>) -> Option<(String, Position)> {
    let object = node.object()?;
    let id = object.required_text("i");
    let position = coordinates(&object);
    object.ignore(&[
        "isBounded",
        "isDraggable",
        "isResizable",
        "maxH",
        "maxW",
        "minH",
        "minW",
        "moved",
        "resizeHandles",
        "static",
    ]);
    object.finish();
    Some((id, position?))
}

/// The columns of a row that say nothing of what the widget shows.
const COLUMNS: [&str; 6] = [
    "created_at",
    "dashboard_id",
    "id",
    "is_active",
    "sort_order",
    "source_template_id",
];

/// A row of a widget that is active.
fn pinned(
    node: &Node<'_>,
    index: usize,
    dashboard: Option<i64>,
    limits: &Limits,
) -> Option<PinnedWidget> {
    let row = node.object()?;
    let id = row.required_integer("id");
    let order = row.integer("sort_order").unwrap_or_default();
    if let Some(of) = row.get("dashboard_id")
        && of.integer() != dashboard
    {
        let whose = "dashboard";
        of.report(ReportError::ForeignRow { whose });
    }
    if row.flag("is_active") == Some(false) {
        return None;
    }
    let Some(id) = id else {
        // A row of no widget is the dashboard's own mistake, with all that is wrong with it.
        row.ignore(&COLUMNS);
        row.ignore(&["position", "title", "widget_config", "widget_type"]);
        row.finish();
        return None;
    };
    let at = At::root("dashboard");
    let at = at.key("widgets").index(index).path();
    let (widget, errors) = match read(node.written(), limits) {
        Ok(widget) => (widget, None),
        Err(errors) => {
            let mut findings = Findings::default();
            for error in errors.clone() {
                let moved = error.path().moved("widget", at.as_str());
                findings.push(match moved {
                    Some(path) => error.moved(path),
                    None => error,
                });
            }
            (unreadable(), findings.into_errors().or(Some(errors)))
        }
    };
    let widget = Widget {
        id: id.to_string(),
        ..widget
    };
    Some(PinnedWidget {
        placed: PlacedWidget {
            modules: widget.module.iter().cloned().collect(),
            section: None,
            at: at.inside("widget_config"),
            widget,
        },
        errors,
        order: (order, id),
    })
}

/// The widget of one row, which is a document of its own so that its findings are of this widget alone.
fn read(text: &str, limits: &Limits) -> Result<Widget, Errors> {
    let document = open("widget", text, limits)?;
    let row = document.root().object();
    let widget = row.and_then(|row| row_of_widget(&row, limits));
    document
        .finish(widget)
        .map(|widget| widget.unwrap_or_else(unreadable))
}

fn row_of_widget(row: &Object<'_>, limits: &Limits) -> Option<Widget> {
    row.ignore(&COLUMNS);
    let kind = row.required("widget_type");
    let kind = kind.and_then(|node| node.word(&WidgetKind::PLACED));
    let position = row.required("position").and_then(|node| position(&node));
    let title = row.text("title");
    let config = row.required("widget_config").filter(is_clean);
    let config = config.and_then(|node| node.object());
    let widget = config.as_ref().and_then(|config| {
        let own = config.text("title");
        if own.is_none() && title.is_none() {
            config.missing("title");
        }
        let widget = parts(config, kind, limits);
        config.finish();
        Some(Widget {
            title: title.or(own)?,
            position: Some(position?),
            ..widget?
        })
    });
    row.finish();
    widget
}

/// What stands for a widget whose row cannot be read; its errors are shown in its place.
fn unreadable() -> Widget {
    Widget {
        id: String::new(),
        kind: WidgetKind::DataTable,
        title: String::new(),
        description: None,
        module: None,
        request: Request::default(),
        fixed: Vec::new(),
        position: None,
        chart: None,
    }
}
