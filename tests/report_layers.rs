//! Layers and dashboards: what lies on top of what, in numbers that are added up by hand on PostgreSQL, and what
//! is wrong with them, on the widget or the layer that it is wrong with.

use measurand::report::{
    Dashboard, FilterPreset, Layer, Layers, Position, Report, ReportBuilder, SavedView,
};
use measurand::{Catalog, Compiler, Context, Dialect, ErrorCode, Errors, Limits};
use measurand_tests::support::cluster::cluster;
use measurand_tests::support::reports::{check, context, errors, query, report, widget};
use measurand_tests::support::rows::{NULL, Rows, execute, normalised};
use postgres::Client;
use serde_json::{Value, json};

const CATALOG: &str = include_str!("report_layers/catalog.json");
const ROWS: &str = include_str!("report_layers/rows.sql");

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

#[test]
fn without_layers_a_template_shows_its_defaults() {
    let mut client = database("layers_defaults");
    let report = sales(&Value::Null, &Value::Null, &Value::Null);
    assert_eq!(report.name(), "Sales");
    assert!(report.errors().is_none());
    // November has 100, 50, 30 and 3, of which 100 and 30 are paid and 15 came back; October has 7.
    assert_eq!(rows(&report, "total", &mut client)[0][..2], ["183", "7"]);
    assert_eq!(number(&report, "paid", &mut client), "130");
    assert_eq!(number(&report, "net", &mut client), "168");
    assert_eq!(number(&report, "last-year", &mut client), "1000");
    assert_eq!(number(&report, "stock", &mut client), "12");
    let days = rows(&report, "days", &mut client);
    assert_eq!(
        days,
        [
            ["2026-11-18", "33"],
            ["2026-11-10", "50"],
            ["2026-11-02", "100"]
        ]
    );
    assert_eq!(
        rows(&report, "visits", &mut client),
        [["shop", "8"], ["web", "40"]]
    );
    assert_eq!(
        rows(&report, "campaigns", &mut client),
        [["1"], ["2"], [NULL]]
    );
    let ids: Vec<&str> = report.widgets().iter().map(|widget| &*widget.id).collect();
    let order = [
        "campaigns",
        "total",
        "paid",
        "net",
        "last-year",
        "days",
        "visits",
        "stock",
        "again",
    ];
    assert_eq!(ids, order);
}

/// A condition on one dimension takes the place of the lower one, every other adds to them.
#[test]
fn conditions_of_layers_replace_or_add() {
    let mut client = database("layers_conditions");
    let one = is("campaign", &json!(1));
    let two = is("campaign", &json!(2));
    let web = is("channel", &json!("web"));
    let one_or_web = json!({"or": [one, web]});
    let none = Value::Null;
    let from_two = json!({"dimension": "id", "op": "gte", "values": [2]});
    let to_three = json!({"dimension": "id", "op": "lte", "values": [3]});
    for (view, preset, request, total) in [
        (json!([one]), none.clone(), none.clone(), "150"),
        (json!([one]), json!([two]), none.clone(), "30"),
        (json!([one]), json!([two]), json!({"filters": [one]}), "150"),
        (json!([one]), none.clone(), json!({"filters": web}), "100"),
        (
            json!({"filters": {"and": [one, web]}}),
            none.clone(),
            none.clone(),
            "100",
        ),
        // What compares more than one thing is never replaced: campaign 2 on the web.
        (
            json!([one_or_web]),
            none.clone(),
            json!({"filters": [two]}),
            "30",
        ),
        (
            json!([{"not": one}]),
            none.clone(),
            json!({"filters": [one]}),
            NULL,
        ),
        // Both conditions of one layer on one dimension hold, and both give way.
        (
            json!([from_two, to_three]),
            none.clone(),
            none.clone(),
            "80",
        ),
        (
            json!([from_two, to_three]),
            none.clone(),
            json!({"filters": is("id", &json!(1))}),
            "100",
        ),
        (
            json!([one, web]),
            none.clone(),
            json!({"clear": ["campaign"]}),
            "133",
        ),
        (
            json!([one]),
            json!({"clear": ["campaign"]}),
            json!({"filters": [two]}),
            "30",
        ),
    ] {
        let report = sales(&view, &preset, &request);
        let found = number(&report, "total", &mut client);
        assert_eq!(found, total, "{view} {preset} {request}");
    }
    // A widget's own condition holds beside those of all layers: nothing is both paid and open.
    let open = json!({"filters": is("status", &json!("open"))});
    let report = sales(&none, &none, &open);
    assert_eq!(number(&report, "total", &mut client), "53");
    assert_eq!(number(&report, "paid", &mut client), NULL);
    // What can be chosen is not narrowed by what is chosen.
    let report = sales(&none, &none, &json!({"filters": [two]}));
    assert_eq!(
        rows(&report, "campaigns", &mut client),
        [["1"], ["2"], [NULL]]
    );
    assert_eq!(number(&report, "stock", &mut client), "12");
}

#[test]
fn the_highest_range_holds_where_it_is_not_fixed() {
    let mut client = database("layers_ranges");
    let none = Value::Null;
    let october = json!({"date_range": "last_month"});
    let year = json!({"date_range": {"preset": "this_year"}});
    let day = json!({"dateRange": {"from": "2026-11-18", "to": "2026-11-18"}});
    for (view, preset, request, total) in [
        (&october, &none, &none, "7"),
        (&october, &year, &none, "190"),
        (&october, &year, &day, "33"),
        (&none, &none, &october, "7"),
    ] {
        let report = sales(view, preset, request);
        assert_eq!(number(&report, "total", &mut client), total);
        assert_eq!(number(&report, "last-year", &mut client), "1000");
    }
}

#[test]
fn a_template_has_defaults_of_its_own() {
    let mut client = database("layers_template_defaults");
    let ask = |request: &Value| {
        let layer = layer(request);
        let layers = Layers {
            request: Some(&layer),
            ..Layers::default()
        };
        let report = report(&reports(), "web-sales", &layers, &ana());
        report.unwrap_or_else(|errors| panic!("{errors}"))
    };
    for (request, total) in [
        // This year on the web behind order 1: 30, 7 and 3.
        (json!({}), "40"),
        (json!({"date_range": "this_month"}), "33"),
        (json!({"filters": is("channel", &json!("shop"))}), "50"),
        (json!({"clear": ["id"]}), "140"),
        (json!({"filters": is("campaign", &json!(2))}), "37"),
    ] {
        assert_eq!(
            number(&ask(&request), "total", &mut client),
            total,
            "{request}"
        );
    }
}

#[test]
fn comparisons_grains_and_toggles_of_layers() {
    let mut client = database("layers_others");
    let none = Value::Null;
    let report = sales(&none, &none, &json!({"compare": {"to": "previous_year"}}));
    assert_eq!(rows(&report, "total", &mut client)[0][..2], ["183", NULL]);
    assert_eq!(query(&report, "paid").columns().len(), 1);
    let report = sales(
        &json!({"compare": {"to": "previous_year"}}),
        &none,
        &json!({"compare": "none"}),
    );
    assert_eq!(rows(&report, "total", &mut client), [["183"]]);

    let report = sales(
        &none,
        &none,
        &json!({"grain": "month", "date_range": "this_year"}),
    );
    assert_eq!(
        rows(&report, "days", &mut client),
        [["2026-11-01", "183"], ["2026-10-01", "7"]]
    );
    let chart = widget(&report, "days").chart.clone().expect("a chart");
    assert_eq!(chart.x, "date.month");
    assert_eq!(query(&report, "days").columns()[0].key(), "date.month");

    let net = view(&json!({"toggles": {"money": "net"}}));
    for (request, total) in [
        (json!({}), "168"),
        (json!({"toggles": {"money": "gross"}}), "183"),
    ] {
        let request = layer(&request);
        let layers = Layers {
            view: Some(&net),
            request: Some(&request),
            ..Layers::default()
        };
        let report = self::report(&reports(), "sales", &layers, &ana()).expect("a report");
        assert_eq!(number(&report, "total", &mut client), total);
        // The widget that sets the toggle itself keeps it.
        assert_eq!(number(&report, "net", &mut client), "168");
        assert!(report.errors().is_none());
    }
}

#[test]
fn a_saved_view_hides_orders_and_places_widgets() {
    let view = view(&json!({"layout_overrides": {
        "hidden": ["paid", "visits"], "order": ["last-year", "stock"],
        "positions": {"stock": {"x": 1, "y": 30, "w": 4, "h": 5}}}}));
    let layers = Layers {
        view: Some(&view),
        ..Layers::default()
    };
    let report = report(&reports(), "sales", &layers, &ana()).expect("a report");
    let ids: Vec<&str> = report.widgets().iter().map(|widget| &*widget.id).collect();
    assert_eq!(
        ids,
        [
            "campaigns",
            "last-year",
            "total",
            "net",
            "stock",
            "days",
            "again"
        ]
    );
    let place = Position {
        x: 1,
        y: 30,
        w: 4,
        h: 5,
    };
    assert_eq!(widget(&report, "stock").position, Some(place));
    assert!(report.errors().is_none());
    let asked = report
        .statements()
        .iter()
        .any(|query| query.sql().contains("reporting.visits"));
    assert!(!asked, "a hidden widget is not asked");
}

/// What a view says of widgets that are no more is said, and costs nobody else anything.
#[test]
fn a_removed_widget_is_an_error_of_the_view() {
    let stale = view(&json!({"layout_overrides": {
        "hidden": ["totals"], "order": ["net", "gone"], "positions": {"lost": {"x": 0, "y": 0, "w": 1, "h": 1}}}}));
    let layers = Layers {
        view: Some(&stale),
        ..Layers::default()
    };
    let report = report(&reports(), "sales", &layers, &ana()).expect("a report");
    assert_eq!(report.widgets().len(), 9);
    assert!(
        report
            .widgets()
            .iter()
            .all(|widget| widget.statement.is_ok())
    );
    assert_eq!(
        places(report.errors().expect("errors")),
        [
            ("unknown-widget", "view.layout_overrides.hidden[0]"),
            ("unknown-widget", "view.layout_overrides.order[1]"),
            ("unknown-widget", "view.layout_overrides.positions.lost"),
        ]
        .map(|(code, path)| (code.to_owned(), path.to_owned()))
    );
}

fn places(errors: &Errors) -> Vec<(String, String)> {
    let each = errors.iter();
    each.map(|error| (error.code().to_string(), error.path().to_string()))
        .collect()
}

/// Leaving the condition out would show the visits of all campaigns under the name of one.
#[test]
fn a_condition_that_a_source_lacks_is_an_error_of_its_widgets_alone() {
    let report = sales(
        &json!([is("campaign", &json!(1))]),
        &Value::Null,
        &Value::Null,
    );
    for widget in report.widgets() {
        assert_eq!(
            widget.statement.is_err(),
            widget.id == "visits",
            "{}",
            widget.id
        );
    }
    let errors = errors(&report, "visits");
    let [error] = errors.iter().as_slice() else {
        panic!("{errors}");
    };
    assert_eq!(error.code(), ErrorCode::DimensionUnavailable);
    assert_eq!(
        error.path().to_string(),
        "view.filters.filters[0].dimension"
    );
    let widget = "catalog.templates[0].layout.sections[1].widgets[1]";
    assert_eq!(error.related()[0].as_str(), widget);
    assert!(report.errors().is_none());
    // The same for a dimension that the catalog no longer has: all that follow conditions say so.
    let report = sales(
        &json!([is("region", &json!(1))]),
        &Value::Null,
        &Value::Null,
    );
    for widget in report.widgets() {
        let is_free = ["stock", "campaigns"].contains(&&*widget.id);
        assert_eq!(widget.statement.is_ok(), is_free, "{}", widget.id);
    }
}

#[test]
fn a_deleted_option_is_an_error_of_the_widgets_that_use_the_toggle() {
    let stale = view(&json!({"toggles": {"money": "profit", "mode": "x", "unused": "on"}}));
    let layers = Layers {
        view: Some(&stale),
        ..Layers::default()
    };
    let report = report(&reports(), "sales", &layers, &ana()).expect("a report");
    for widget in report.widgets() {
        let uses = ["total", "paid", "last-year", "days", "again"].contains(&&*widget.id);
        assert_eq!(widget.statement.is_err(), uses, "{}", widget.id);
    }
    let own = errors(&report, "total");
    assert_eq!(
        places(&own),
        [("unknown-option".to_owned(), "view.toggles.money".to_owned())]
    );
    // A toggle that is no more, and one that no widget uses, are errors of the view.
    assert_eq!(
        places(report.errors().expect("errors")),
        [
            ("unknown-toggle", "view.toggles.mode"),
            ("no-effect", "view.toggles.unused")
        ]
        .map(|(code, path)| (code.to_owned(), path.to_owned()))
    );
}

#[test]
fn what_reaches_no_widget_is_an_error_of_the_layer() {
    let request = layer(
        &json!({"filters": [is("channel", &json!("web"))], "date_range": "last_month",
        "compare": {"to": "previous_year"}, "grain": "month", "toggles": {"money": "net"}}),
    );
    let layers = Layers {
        request: Some(&request),
        ..Layers::default()
    };
    let report = report(&reports(), "warehouse", &layers, &ana()).expect("a report");
    assert!(widget(&report, "units").statement.is_ok());
    let found = places(report.errors().expect("errors"));
    let paths: Vec<&str> = found.iter().map(|(_, path)| &**path).collect();
    let all = [
        "layer.filters[0]",
        "layer.date_range",
        "layer.compare",
        "layer.grain",
        "layer.toggles.money",
    ];
    assert_eq!(paths, all);
    assert!(
        found.iter().all(|(code, _)| code == "no-effect"),
        "{found:?}"
    );
}

#[test]
fn nothing_of_a_context_is_in_a_layer() {
    let limits = Limits::default();
    for field in [
        "access",
        "client_id",
        "user_id",
        "modules",
        "tenant",
        "allowed_values",
    ] {
        let inside = json!([{"dimension": "channel", "op": "eq", "values": ["web"], field: 1}]);
        for text in [
            json!({field: []}),
            json!({"filters": inside}),
            json!({"filters": [{"or": inside}]}),
            json!({"date_range": {"preset": "today", field: 1}}),
            json!({"toggles": {field: "x"}}),
        ] {
            let errors = Layer::from_json(&text.to_string(), &limits).expect_err("refused");
            assert!(errors.has(ErrorCode::AccessInLayer), "{text}: {errors}");
            let row = view_row(&json!({"filters": text}));
            let errors = SavedView::from_json(&row.to_string(), &limits).expect_err("refused");
            assert!(errors.has(ErrorCode::AccessInLayer), "{text}: {errors}");
            let row = json!({"user_id": "ana", "client_id": 1, "name": "n", "filters": text});
            let errors = FilterPreset::from_json(&row.to_string(), &limits).expect_err("refused");
            assert!(errors.has(ErrorCode::AccessInLayer), "{text}: {errors}");
        }
        for fields in [
            json!({"toggles": {field: "x"}}),
            json!({"layout_overrides": {field: []}}),
        ] {
            let row = view_row(&fields).to_string();
            let errors = SavedView::from_json(&row, &limits).expect_err("refused");
            assert!(errors.has(ErrorCode::AccessInLayer), "{row}: {errors}");
        }
        // The configuration of a pinned widget is a layer too; the error is that widget's.
        let config = json!({"request": {"metrics": ["revenue"], field: []}});
        let dashboard = dashboard(&json!([pinned(1, &config)]), &json!([]));
        let report = reports().compile_dashboard(&dashboard, &Layers::default(), &ana());
        let report = report.expect("a dashboard");
        assert!(
            errors(&report, "1").has(ErrorCode::AccessInLayer),
            "{field}"
        );
    }
}

/// Rules of the context hold under every layer, and one widget's error is nobody else's.
#[test]
fn rules_hold_whatever_layers_say() {
    let mut client = database("layers_rules");
    let access = r#"[{"dimension": "campaign", "access_type": "include", "allowed_values": [2]}]"#;
    let request = layer(&json!({"clear": ["campaign"], "filters": [], "date_range": "this_year"}));
    let layers = Layers {
        request: Some(&request),
        ..Layers::default()
    };
    let report = report(&reports(), "sales", &layers, &with_access(access)).expect("a report");
    assert_eq!(number(&report, "total", &mut client), "37");
    assert_eq!(rows(&report, "campaigns", &mut client), [["2"]]);
    for id in ["visits", "stock"] {
        let errors = errors(&report, id);
        assert!(
            errors.has(ErrorCode::AccessDimensionUnavailable),
            "{id}: {errors}"
        );
    }
}

#[test]
fn rows_of_others_are_refused() {
    let reports = reports();
    let compile = |layers: &Layers<'_>, template: &str| {
        let report = report(&reports, template, layers, &ana());
        report.map(|_| ()).map_err(|errors| places(&errors))
    };
    let foreign = |fields: &Value| {
        let view = view(fields);
        let layers = Layers {
            view: Some(&view),
            ..Layers::default()
        };
        compile(&layers, "sales")
    };
    let refused = |path: &str| Err(vec![("foreign-row".to_owned(), path.to_owned())]);
    assert_eq!(foreign(&json!({})), Ok(()));
    assert_eq!(foreign(&json!({"user_id": "bob"})), refused("view.user_id"));
    assert_eq!(foreign(&json!({"client_id": 2})), refused("view.client_id"));
    assert_eq!(
        foreign(&json!({"template_key": "risk"})),
        refused("view.template_key")
    );
    let by_id = json!({"template_key": null, "template_id": 1});
    assert_eq!(foreign(&by_id), refused("view.template_id"));

    let of = |user: &str, tenant: u32, is_shared: bool| {
        let row = json!({"user_id": user, "client_id": tenant, "name": "n", "filters": {}, "is_shared": is_shared});
        let preset = FilterPreset::from_json(&row.to_string(), &Limits::default());
        let preset = preset.expect("a row").expect("a live row");
        let layers = Layers {
            preset: Some(&preset),
            ..Layers::default()
        };
        compile(&layers, "sales")
    };
    assert_eq!(of("ana", 1, false), Ok(()));
    assert_eq!(of("bob", 1, false), refused("preset.user_id"));
    assert_eq!(of("bob", 1, true), Ok(()));
    assert_eq!(of("bob", 2, true), refused("preset.client_id"));

    // Rows name templates by id, where the catalog came as rows.
    let rows = reports.compiler().catalog().definitions().to_rows_json();
    let catalog = Catalog::from_rows_json(&rows).unwrap_or_else(|errors| panic!("{errors}"));
    let of_rows = ReportBuilder::new(Compiler::new(catalog, Dialect::Postgres)).expect("templates");
    let named = view(&by_id);
    let layers = Layers {
        view: Some(&named),
        ..Layers::default()
    };
    assert!(report(&of_rows, "sales", &layers, &ana()).is_ok());
    let other = report(&of_rows, "warehouse", &layers, &ana()).expect_err("another template");
    assert_eq!(Err(places(&other)), refused("view.template_id"));

    let deleted = view_row(&json!({"is_deleted": true})).to_string();
    assert_eq!(SavedView::from_json(&deleted, &Limits::default()), Ok(None));
}

/// Two cards that ask the same in two ways share a statement.
#[test]
fn equal_statements_are_there_once() {
    let report = sales(&Value::Null, &Value::Null, &Value::Null);
    let (total, again) = (widget(&report, "total"), widget(&report, "again"));
    assert_ne!(total.request, again.request);
    assert_eq!(total.statement, again.statement);
    let mut fingerprints: Vec<String> = report
        .statements()
        .iter()
        .map(|q| q.fingerprint())
        .collect();
    assert_eq!(fingerprints.len(), report.widgets().len() - 1);
    fingerprints.sort();
    fingerprints.dedup();
    assert_eq!(fingerprints.len(), report.statements().len());
    let json = serde_json::to_value(&report).expect("a report serializes");
    assert_eq!(
        json["widgets"][1]["statement"],
        json["widgets"][8]["statement"]
    );
    assert_eq!(
        json["statements"].as_array().map(Vec::len),
        Some(fingerprints.len())
    );
    // The same input gives the same report.
    let again = sales(&Value::Null, &Value::Null, &Value::Null);
    assert_eq!(
        json,
        serde_json::to_value(&again).expect("a report serializes")
    );
}

#[test]
fn what_belongs_to_a_module_is_unknown_without_it() {
    let reports = reports();
    let keys = |context: &Context| -> Vec<String> {
        reports
            .templates(context)
            .iter()
            .map(|template| template.key.clone())
            .collect()
    };
    let mut with = ana();
    with.modules = vec!["high_risk".to_owned()];
    assert_eq!(keys(&ana()), ["sales", "warehouse", "web-sales"]);
    assert_eq!(keys(&with), ["risk", "sales", "warehouse", "web-sales"]);
    let ask = |template: &str, context: &Context| {
        report(&reports, template, &Layers::default(), context).map_err(|errors| errors.to_string())
    };
    // The same words for what is gated and for what does not exist.
    let gated = ask("risk", &ana()).expect_err("unknown");
    let absent = ask("rusk", &ana()).expect_err("unknown");
    assert_eq!(gated.replace("risk", "rusk"), absent);
    assert!(gated.starts_with("error[unknown-template]"), "{gated}");
    let mut client = database("layers_modules");
    let risk = ask("risk", &with).expect("a report");
    // Of the last thirty days, one order has more than 5 returned.
    assert_eq!(number(&risk, "disputes", &mut client), "1");
    let ids = |report: &Report| {
        report
            .widgets()
            .iter()
            .any(|widget| widget.id == "disputes")
    };
    assert!(!ids(&ask("sales", &ana()).expect("a report")));
    assert!(ids(&ask("sales", &with).expect("a report")));
    // A view that names a gated widget names one that is unknown.
    let view = view(&json!({"layout_overrides": {"hidden": ["disputes"]}}));
    let layers = Layers {
        view: Some(&view),
        ..Layers::default()
    };
    let without = report(&reports, "sales", &layers, &ana()).expect("a report");
    assert!(
        without
            .errors()
            .is_some_and(|errors| errors.has(ErrorCode::UnknownWidget))
    );
    let known = report(&reports, "sales", &layers, &with).expect("a report");
    assert!(known.errors().is_none() && !ids(&known));
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

#[test]
fn a_dashboard_shows_what_is_pinned_to_it() {
    let mut client = database("layers_dashboard");
    let november = json!({"metrics": ["revenue"], "date_range": {"preset": "this_month"}});
    let mut inactive = pinned(4, &json!({"nonsense": 1}));
    inactive["is_active"] = json!(false);
    let widgets = json!([
        pinned(1, &json!({"request": november})),
        pinned(2, &json!({"request": {"metrics": ["revenew"]}})),
        pinned(
            3,
            &json!({"request": {"metrics": ["visits"]}, "colour": "red"})
        ),
        inactive,
        pinned(
            5,
            &json!({"request": {"metrics": ["disputes"]}, "module": "high_risk"})
        ),
        pinned(
            6,
            &json!({"request": {"source": "orders", "metrics": ["revenue"],
            "date_range": {"preset": "this_month"}}, "description": "again"})
        ),
    ]);
    let layout = json!([{"i": "1", "x": 2, "y": 3, "w": 4, "h": 5, "moved": false, "static": false},
        {"i": "99", "x": 0, "y": 0, "w": 1, "h": 1}]);
    let dashboard = dashboard(&widgets, &layout);
    assert!(dashboard.is_default() && dashboard.len() == 5);
    let reports = reports();
    let compile = |layers: &Layers<'_>| {
        let report = reports
            .compile_dashboard(&dashboard, layers, &ana())
            .expect("a report");
        check(&reports, &report, &ana());
        report
    };
    let report = compile(&Layers::default());
    // By `sort_order`, and without what is inactive or gated.
    let ids: Vec<&str> = report.widgets().iter().map(|widget| &*widget.id).collect();
    assert_eq!(ids, ["6", "3", "2", "1"]);
    assert_eq!(number(&report, "1", &mut client), "183");
    let place = Position {
        x: 2,
        y: 3,
        w: 4,
        h: 5,
    };
    assert_eq!(widget(&report, "1").position, Some(place));
    assert_eq!(
        widget(&report, "1").statement,
        widget(&report, "6").statement
    );
    let place = |code: &str, path: &str| vec![(code.to_owned(), path.to_owned())];
    let metric = "dashboard.widgets[1].widget_config.request.metrics[0]";
    assert_eq!(
        places(&errors(&report, "2")),
        place("unknown-metric", metric)
    );
    let colour = "dashboard.widgets[2].widget_config.colour";
    assert_eq!(
        places(&errors(&report, "3")),
        place("unknown-field", colour)
    );
    let stale = report.errors().expect("a place of nothing");
    assert_eq!(
        places(stale),
        place("unknown-widget", "dashboard.layout[1].i")
    );

    let preset = preset(&json!([is("campaign", &json!(1))]));
    let request = layer(&json!({"date_range": "last_year"}));
    let layers = Layers {
        preset: Some(&preset),
        request: Some(&request),
        ..Layers::default()
    };
    assert_eq!(number(&compile(&layers), "1", &mut client), "1000");

    let view = view(&json!({}));
    let layers = Layers {
        view: Some(&view),
        ..Layers::default()
    };
    let refused = reports.compile_dashboard(&dashboard, &layers, &ana());
    assert_eq!(
        places(&refused.expect_err("a view")),
        place("foreign-row", "view.template_key")
    );
    let mut bob = ana();
    bob.user_id = Some("bob".to_owned());
    let refused = reports.compile_dashboard(&dashboard, &Layers::default(), &bob);
    assert_eq!(
        places(&refused.expect_err("bob's")),
        place("foreign-row", "dashboard.user_id")
    );
}
