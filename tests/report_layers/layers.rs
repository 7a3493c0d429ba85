//! What lies on top of what, and what the numbers are then.

use measurand::report::{Layers, Position};
use measurand_tests::support::reports::{query, report, widget};
use measurand_tests::support::rows::NULL;
use serde_json::{Value, json};

use super::{ana, database, is, layer, number, reports, rows, sales, view};

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
    // A range of its own is more exact than the template's, and gives way to users alone.
    assert_eq!(number(&ask(&json!({})), "october", &mut client), "7");
    let november = ask(&json!({"date_range": "this_month"}));
    assert_eq!(number(&november, "october", &mut client), "33");
    // What is fixed against every part is the same under every layer.
    let before = ask(&json!({}));
    assert_eq!(rows(&before, "steady", &mut client).len(), 2);
    for request in [
        json!({"filters": [is("channel", &json!("shop"))]}),
        json!({"clear": ["channel"]}),
        json!({"date_range": "last_year"}),
        json!({"compare": "none"}),
        json!({"grain": "month"}),
        json!({"toggles": {"money": "net"}}),
    ] {
        let (before, after) = (widget(&before, "steady"), ask(&request));
        let after = widget(&after, "steady");
        assert_eq!(
            (&before.request, &before.chart),
            (&after.request, &after.chart),
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
