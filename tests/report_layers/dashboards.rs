//! Dashboards, on which widgets are pinned.

use measurand::report::{Layers, Position};
use measurand_tests::support::reports::{check, errors, widget};
use serde_json::json;

use super::{ana, dashboard, database, is, layer, number, pinned, places, preset, reports, view};

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
