//! Layers and dashboards: what lies on top of what, in numbers that are added up by hand on PostgreSQL, and what
//! is wrong with them, on the widget or the layer that it is wrong with.

mod dashboards;
mod faults;
mod layers;
mod visibility;

use measurand::report::{Dashboard, FilterPreset, Layer, Layers, Report, ReportBuilder, SavedView};
use measurand::{Catalog, Compiler, Context, Dialect, Errors, Limits};
use measurand_tests::support::cluster::cluster;
use measurand_tests::support::reports::{context, query, report};
use measurand_tests::support::rows::{Rows, execute, normalised};
use postgres::Client;
use serde_json::{Value, json};

const CATALOG: &str = include_str!("catalog.json");
const ROWS: &str = include_str!("rows.sql");

fn reports() -> ReportBuilder {
    let catalog = Catalog::from_json(CATALOG).unwrap_or_else(|errors| panic!("{errors}"));
    let reports = ReportBuilder::new(Compiler::new(catalog, Dialect::Postgres));
    reports.unwrap_or_else(|errors| panic!("{errors}"))
}

fn database(name: &str) -> Client {
    let mut client = cluster().fresh_database(name);
    client.batch_execute(ROWS).expect("the rows fit");
    client
}

fn ana() -> Context {
    with_access("[]")
}

fn with_access(access: &str) -> Context {
    context(&format!(
        r#"{{"client_id": 1, "user_id": "ana", "access": {access}, "now": "2026-11-20T10:00:00Z"}}"#
    ))
}

fn layer(text: &Value) -> Layer {
    let layer = Layer::from_json(&text.to_string(), &Limits::default());
    layer.unwrap_or_else(|errors| panic!("{errors}"))
}

fn view_row(fields: &Value) -> Value {
    let mut row =
        json!({"user_id": "ana", "client_id": 1, "template_key": "sales", "name": "Mine"});
    let own = row.as_object_mut().expect("an object");
    own.extend(fields.as_object().expect("an object").clone());
    row
}

fn view(fields: &Value) -> SavedView {
    let view = SavedView::from_json(&view_row(fields).to_string(), &Limits::default());
    view.unwrap_or_else(|errors| panic!("{errors}"))
        .expect("a live row")
}

fn preset(filters: &Value) -> FilterPreset {
    let row = json!({"user_id": "ana", "client_id": 1, "name": "Mine", "filters": stated(filters)});
    let preset = FilterPreset::from_json(&row.to_string(), &Limits::default());
    preset
        .unwrap_or_else(|errors| panic!("{errors}"))
        .expect("a live row")
}

/// A layer, or conditions alone as a layer.
fn stated(layer: &Value) -> Value {
    match layer {
        Value::Array(filters) => json!({"filters": filters}),
        layer => layer.clone(),
    }
}

/// The report `sales` with a view, a preset and a request, of which null stands for none.
fn sales(view_filters: &Value, preset_filters: &Value, request: &Value) -> Report {
    let view = match view_filters {
        Value::Null => None,
        filters => Some(view(&json!({"filters": stated(filters)}))),
    };
    let preset = (!preset_filters.is_null()).then(|| preset(preset_filters));
    let request = (!request.is_null()).then(|| layer(request));
    let layers = Layers {
        view: view.as_ref(),
        preset: preset.as_ref(),
        request: request.as_ref(),
    };
    let report = report(&reports(), "sales", &layers, &ana());
    report.unwrap_or_else(|errors| panic!("{errors}"))
}

fn rows(report: &Report, id: &str, client: &mut Client) -> Rows {
    let query = query(report, id);
    let rows = execute(query, client);
    normalised(rows.unwrap_or_else(|error| panic!("{id}: {error}\n{}", query.sql())))
}

/// The first number of the first row.
fn number(report: &Report, id: &str, client: &mut Client) -> String {
    let rows = rows(report, id, client);
    rows.first()
        .and_then(|row| row.first())
        .expect("a number")
        .clone()
}

fn is(dimension: &str, value: &Value) -> Value {
    json!({"dimension": dimension, "op": "eq", "values": [value]})
}

fn places(errors: &Errors) -> Vec<(String, String)> {
    let each = errors.iter();
    each.map(|error| (error.code().to_string(), error.path().to_string()))
        .collect()
}

fn pinned(id: u32, config: &Value) -> Value {
    json!({"id": id, "dashboard_id": 5, "source_template_id": null, "widget_type": "metric_card",
        "widget_config": config, "position": {"x": 0, "y": 0, "w": 3, "h": 2}, "title": format!("Number {id}"),
        "sort_order": 10 - id, "is_active": true, "created_at": "2026-11-01T00:00:00"})
}

fn dashboard(widgets: &Value, layout: &Value) -> Dashboard {
    let row = json!({"id": 5, "user_id": "ana", "client_id": 1, "name": "Mine", "description": null,
        "layout": layout, "is_default": true, "widgets": widgets});
    let dashboard = Dashboard::from_json(&row.to_string(), &Limits::default());
    dashboard
        .unwrap_or_else(|errors| panic!("{errors}"))
        .expect("a live row")
}
