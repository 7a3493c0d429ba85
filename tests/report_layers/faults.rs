//! What is wrong with layers, said on the widget or the layer that it is wrong with.

use measurand::report::{FilterPreset, Layer, Layers, SavedView};
use measurand::{ErrorCode, Limits};
use measurand_tests::support::reports::{errors, report, widget};
use serde_json::{Value, json};

use super::{ana, dashboard, is, layer, pinned, places, reports, sales, view, view_row};

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
