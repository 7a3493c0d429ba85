//! Dashboards: widgets that a user has pinned.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use measurand::report::{Dashboard, Layer, Layers, Listing, Table};
use measurand::{Limits, Value};

use crate::app::App;
use crate::caller::{Audience, Caller};
use crate::endpoint::Endpoint;
use crate::error::{Answered, Refusal};
use crate::json::{InPath, JsonText};
use crate::kept::KeptRow;
use crate::reports::answered;
use crate::rows::Resource;

const DASHBOARDS: Resource = Resource {
    table: Table::Dashboards,
    path: "/api/v1/dashboards",
    audience: Audience::Users,
    query: &[
        "is_default",
        "is_active",
        "order_by",
        "descending",
        "limit",
        "offset",
    ],
    check: |row, limits| Dashboard::from_json(row, limits).map(drop),
};

const WIDGETS: Resource = Resource {
    table: Table::DashboardWidgets,
    path: "/api/v1/dashboard-widgets",
    audience: Audience::Users,
    query: &[
        "dashboard_id",
        "is_active",
        "order_by",
        "descending",
        "limit",
        "offset",
    ],
    // What is wrong with a widget is shown in its place, and the others stay.
    check: |_, _| Ok(()),
};

/// The endpoints of this module.
pub fn endpoints() -> Vec<Endpoint> {
    vec![
        DASHBOARDS.list("Lists your dashboards."),
        DASHBOARDS.make("Makes a dashboard.", r#"{"name": "Mine", "is_default": true}"#),
        DASHBOARDS.read("Shows one of your dashboards."),
        DASHBOARDS.change("Changes one of your dashboards.", r#"{"description": "What I look at first"}"#),
        DASHBOARDS.delete("Deletes one of your dashboards."),
        WIDGETS.list("Lists what is pinned on your dashboards."),
        WIDGETS.make(
            "Pins a widget on one of your dashboards.",
            r#"{"dashboard_id": 1, "widget_type": "metric_card", "title": "Revenue", "sort_order": 1,
                "widget_config": {"request": {"metrics": ["revenue"]}},
                "position": {"x": 0, "y": 0, "w": 3, "h": 2}}"#,
        ),
        WIDGETS.read("Shows a widget of one of your dashboards."),
        WIDGETS.change("Changes a widget of one of your dashboards.", r#"{"title": "All revenue"}"#),
        WIDGETS.delete("Takes a widget off one of your dashboards."),
        Endpoint::post(
            "/api/v1/dashboards/{id}/run",
            "Runs a dashboard under what is chosen now.",
            run,
        )
        .with_body(r#"{"date_range": {"preset": "last_30_days"}}"#),
    ]
}

async fn run(
    State(app): State<Arc<App>>,
    caller: Caller,
    InPath(id): InPath<i64>,
    body: JsonText,
) -> Answered<Response> {
    let layer = Layer::from_json(body.or_empty(), &app.limits)?;
    let mut connection = app.database.connection().await?;
    let mut snapshot = connection.snapshot().await?;
    let context = app.context(&snapshot, &caller.actor).await?;
    let dashboards = snapshot
        .rows(&Table::Dashboards.get(&caller.actor, id))
        .await?;
    let dashboard = dashboards.first().ok_or_else(Refusal::not_found)?;
    let pinned = Listing {
        only: vec![("dashboard_id".to_owned(), Value::Integer(id))],
        ..Listing::default()
    };
    let pinned = Table::DashboardWidgets.list(&caller.actor, &pinned, &app.limits)?;
    let pinned = snapshot.rows(&pinned).await?;
    let widgets = KeptRow::all(Table::DashboardWidgets, &pinned);
    let row = KeptRow::new(Table::Dashboards, dashboard).with("widgets", widgets);
    let text = serde_json::to_string(&row).map_err(|_| Refusal::unreadable())?;
    // A dashboard is as large as its widgets together.
    let limits = Limits {
        request_bytes: 16 << 20,
        ..app.limits.clone()
    };
    let dashboard = Dashboard::from_json(&text, &limits)?.ok_or_else(Refusal::not_found)?;
    let layers = Layers {
        request: Some(&layer),
        ..Layers::default()
    };
    let report = app
        .reports
        .compile_dashboard(&dashboard, &layers, &context)?;
    answered(&report, &mut snapshot).await
}
