//! What is wrong with the templates of a catalog, all of it at once, each with its place.

use measurand::report::ReportBuilder;
use measurand::{Catalog, Compiler, Dialect, Errors};
use serde_json::{Value, json};

/// A catalog with these templates: a source with dates that has everything, one without dates, a toggle of a
/// metric deep below another, a switch, and a toggle that moves dates.
fn catalog(templates: &Value) -> String {
    json!({
        "data_sources": [
            {"source_key": "orders", "view_pattern": "reporting.orders_{client_id}",
             "columns": [{"name": "client_id", "data_type": "text"}, {"name": "date", "data_type": "date"},
                {"name": "paid_on", "data_type": "date"}, {"name": "amount", "data_type": "decimal"},
                {"name": "channel", "data_type": "text"}],
             "metrics": ["revenue", "orders", "basket", "share", "risk"],
             "dimensions": ["date", "month", "channel", "gated"]},
            {"source_key": "stock", "view_pattern": "reporting.stock", "date_column": null, "client_id_column": null,
             "columns": [{"name": "units", "data_type": "integer"}], "metrics": ["units"]}
        ],
        "metrics": [
            {"metric_key": "revenue", "sql_expression": "SUM(amount)",
             "variants": [{"when": {"money": "net"}, "sql_expression": "SUM(amount) * 0.8"}]},
            {"metric_key": "orders", "sql_expression": "COUNT(*)"},
            {"metric_key": "basket", "derived_formula": "revenue / orders"},
            {"metric_key": "share", "derived_formula": "basket / 2"},
            {"metric_key": "risk", "sql_expression": "COUNT(*)", "module": "high_risk"},
            {"metric_key": "units", "sql_expression": "SUM(units)"}
        ],
        "dimensions": [
            {"dimension_key": "date", "column_expression": "date", "data_type": "date", "grains": ["day", "month"]},
            {"dimension_key": "month", "column_expression": "date_trunc('month', date::timestamp)::date", "data_type": "date"},
            {"dimension_key": "channel", "column_expression": "channel"},
            {"dimension_key": "gated", "column_expression": "channel", "module": "telehealth"}
        ],
        "toggles": [
            {"toggle_key": "money", "options": [{"option_key": "gross", "is_default": true}, {"option_key": "net"}]},
            {"toggle_key": "period", "toggle_type": "dimension_switch", "options": [
                {"option_key": "day", "is_default": true, "dimension_key": "date"},
                {"option_key": "month", "dimension_key": "month"}]}
        ],
        "templates": templates
    })
    .to_string()
}

fn errors(templates: &Value) -> Option<Errors> {
    let catalog =
        Catalog::from_json(&catalog(templates)).unwrap_or_else(|errors| panic!("{errors}"));
    ReportBuilder::new(Compiler::new(catalog, Dialect::Postgres)).err()
}

/// What is found, as `code path`.
fn found(templates: &Value) -> Vec<String> {
    let errors = errors(templates);
    let each = errors.iter().flatten();
    each.map(|error| format!("{} {}", error.code(), error.path()))
        .collect()
}

fn place() -> Value {
    json!({"x": 0, "y": 0, "w": 3, "h": 2})
}

fn card(request: &Value) -> Value {
    json!({"id": "card", "type": "metric_card", "title": "Card", "request": request, "position": place()})
}

/// A chart of revenue by day.
fn chart(settings: &Value) -> Value {
    let request =
        json!({"metrics": ["orders"], "dimensions": [{"dimension": "date", "grain": "day"}]});
    chart_of(&request, settings)
}

fn chart_of(request: &Value, settings: &Value) -> Value {
    let mut chart = json!({"type": "line", "x": "date.day", "series": [{"key": "orders"}]});
    let own = chart.as_object_mut().expect("an object");
    own.extend(settings.as_object().expect("an object").clone());
    json!({"id": "drawn", "type": "chart", "title": "Drawn", "request": request, "chart": chart, "position": place()})
}

fn template(widgets: &Value, more: &Value) -> Value {
    let mut template = json!({"template_key": "t", "name": "T", "required_data_sources": ["orders"],
        "layout": {"sections": [{"title": "S", "widgets": widgets}]}});
    let own = template.as_object_mut().expect("an object");
    own.extend(more.as_object().expect("an object").clone());
    template
}

fn alone(widget: &Value, more: &Value) -> Vec<String> {
    found(&json!([template(&json!([widget]), more)]))
}

const NOTHING: [&str; 0] = [];

#[test]
fn sound_templates_have_no_findings() {
    let orders = card(&json!({"metrics": ["orders"]}));
    assert_eq!(alone(&orders, &json!({})), NOTHING);
    assert_eq!(alone(&chart(&json!({})), &json!({})), NOTHING);
    // A toggle that a component of a component has a variant for is used.
    let share = card(&json!({"metrics": ["share"]}));
    assert_eq!(
        alone(&share, &json!({"required_toggles": ["money"]})),
        NOTHING
    );
    // So is a switch whose dimension is asked for, or that is asked for itself; not at a grain.
    let by = |dimension: &str, x: &str| {
        let request = json!({"metrics": ["orders"], "dimensions": [dimension]});
        chart_of(&request, &json!({"x": x}))
    };
    let switched = json!({"required_toggles": ["period"]});
    assert_eq!(alone(&by("date", "date"), &switched), NOTHING);
    assert_eq!(alone(&by("period", "period"), &switched), NOTHING);
    assert_eq!(alone(&by("month", "month"), &json!({})), NOTHING);
    // A condition and an order use what they name.
    let ordered =
        json!({"metrics": ["orders"], "dimensions": ["channel"], "order_by": [{"key": "revenue"}]});
    let ordered = chart_of(&ordered, &json!({"x": "channel"}));
    assert_eq!(
        alone(&ordered, &json!({"required_toggles": ["money"]})),
        NOTHING
    );
    let tested = json!({"metrics": ["orders"], "metric_filters": {"metric": "basket", "op": "gt", "values": [1]}});
    assert_eq!(
        alone(&card(&tested), &json!({"required_toggles": ["money"]})),
        NOTHING
    );
    // Whoever has the module gets the widget, whichever place says so.
    let risk = card(&json!({"metrics": ["risk"]}));
    let mut gated = risk.clone();
    gated["module"] = json!("high_risk");
    assert_eq!(alone(&gated, &json!({})), NOTHING);
    assert_eq!(alone(&risk, &json!({"module": "high_risk"})), NOTHING);
    let section =
        json!({"layout": {"sections": [{"title": "S", "module": "high_risk", "widgets": [risk]}]}});
    assert_eq!(alone(&risk, &section), NOTHING);
}

#[test]
fn each_fault_has_its_place() {
    const WIDGET: &str = "catalog.templates[0].layout.sections[0].widgets[0]";
    let nothing = json!({});
    let orders = json!({"metrics": ["orders"]});
    let without = |mut widget: Value, field: &str| {
        widget.as_object_mut().expect("an object").remove(field);
        widget
    };
    let without_place = without(card(&orders), "position");
    let chartless = without(chart(&nothing), "chart");
    let mut charted = card(&orders);
    charted["chart"] = json!({});
    let mut badly_named = card(&orders);
    badly_named["id"] = json!("a b");
    let mut fixed = card(&orders);
    fixed["fixed"] = json!(["date_rnge"]);
    let two = json!({"metrics": ["orders"], "dimensions": [{"dimension": "date", "grain": "day"}, "channel"]});
    let total = json!({"metrics": ["orders"], "dimensions": [{"dimension": "date", "grain": "day"}], "totals": true});
    for (widget, expected) in [
        (
            card(&json!({"metrics": ["order"]})),
            "unknown-metric .request.metrics[0]",
        ),
        (
            card(&json!({"metrics": ["orders"], "acess": []})),
            "unknown-field .request.acess",
        ),
        (
            card(&json!({"metrics": ["orders"], "access": []})),
            "unknown-field .request.access",
        ),
        (
            card(
                &json!({"metrics": ["orders"], "filters": [{"dimension": "chanel", "op": "is_null"}]}),
            ),
            "unknown-dimension .request.filters[0].dimension",
        ),
        (
            card(&json!({"metrics": ["orders"], "dimensions": ["channel"]})),
            "widget-request .request",
        ),
        (
            card(&json!({"kind": "values", "dimension": "channel"})),
            "widget-request .request",
        ),
        (
            card(&json!({"metrics": ["gated"]})),
            "unknown-metric .request.metrics[0]",
        ),
        (
            card(&json!({"metrics": ["orders", "risk"]})),
            "widget-module ",
        ),
        (
            card(
                &json!({"metrics": ["orders"], "filters": [{"dimension": "gated", "op": "is_null"}]}),
            ),
            "widget-module ",
        ),
        (without_place, "missing-field .position"),
        (chartless, "missing-field .chart"),
        (charted, "unknown-field .chart"),
        (badly_named, "invalid-name .id"),
        (fixed, "wrong-value .fixed[0]"),
        (chart(&json!({"x": "date"})), "chart-key .chart.x"),
        (chart(&json!({"x": "orders"})), "chart-key .chart.x"),
        (
            chart(&json!({"split_by": "channel"})),
            "chart-key .chart.split_by",
        ),
        (
            chart(&json!({"series": [{"key": "orders.previous"}]})),
            "chart-key .chart.series[0].key",
        ),
        (chart(&json!({"series": []})), "chart-setting .chart.series"),
        (
            chart(&json!({"series": [{"key": "orders"}, {"key": "orders"}]})),
            "chart-setting .chart.series",
        ),
        (
            chart(&json!({"series": [{"key": "orders", "type": "pie"}]})),
            "chart-setting .chart.series",
        ),
        (
            chart(&json!({"type": "pie", "series": [{"key": "orders"}, {"key": "x"}]})),
            "chart-setting .chart.series",
        ),
        (chart(&json!({"type": "radar"})), "wrong-value .chart.type"),
        (
            chart(&json!({"stacking": "percent"})),
            "chart-setting .chart.stacking",
        ),
        (chart_of(&two, &nothing), "chart-setting .chart"),
        (chart_of(&total, &nothing), "widget-request .request"),
    ] {
        let (code, path) = expected.split_once(' ').expect("a code and a place");
        assert_eq!(
            alone(&widget, &nothing),
            [format!("{code} {WIDGET}{path}")],
            "{widget}"
        );
    }
}

#[test]
fn a_template_says_what_it_needs() {
    let at = |field: &str| format!("catalog.templates[0].{field}");
    let orders = card(&json!({"metrics": ["orders"]}));
    let needs = |more: &Value| alone(&orders, more);
    let none = needs(&json!({"required_data_sources": []}));
    assert_eq!(
        none,
        [format!("template-needs {}", at("required_data_sources"))]
    );
    let more = needs(&json!({"required_data_sources": ["orders", "stock"]}));
    assert_eq!(
        more,
        [format!("template-needs {}", at("required_data_sources"))]
    );
    let unused = needs(&json!({"required_toggles": ["money"]}));
    assert_eq!(
        unused,
        [format!("template-needs {}", at("required_toggles"))]
    );
    let revenue = alone(&card(&json!({"metrics": ["share"]})), &json!({}));
    assert_eq!(
        revenue,
        [format!("template-needs {}", at("required_toggles"))]
    );

    let preset = needs(&json!({"default_date_range": "last_week_or_so"}));
    assert!(
        preset.contains(&format!("unknown-preset {}", at("default_date_range"))),
        "{preset:?}"
    );
    // A widget without dates has to say that no range reaches it.
    let stock = card(&json!({"metrics": ["units"]}));
    let errors = errors(&json!([template(
        &json!([stock]),
        &json!({"required_data_sources": ["stock"]})
    )]));
    let errors = errors.expect("a range");
    let [error] = errors.iter().as_slice() else {
        panic!("{errors}");
    };
    assert_eq!(error.code().as_str(), "no-date-column");
    assert_eq!(error.path().as_str(), at("default_date_range"));
    assert_eq!(
        error.related()[0].as_str(),
        at("layout.sections[0].widgets[0]")
    );

    for (filters, expected) in [
        (
            json!({"filters": [{"dimension": "chanel", "op": "is_null"}]}),
            "unknown-dimension .filters[0].dimension",
        ),
        (
            json!({"filters": {"and": [{"dimension": "chanel", "op": "is_null"}]}}),
            "unknown-dimension .filters.and[0].dimension",
        ),
        (
            json!({"filters": [], "access": []}),
            "access-in-layer .access",
        ),
        (json!({"filter": []}), "unknown-field .filter"),
        (json!({"grain": "day"}), "no-effect .grain"),
        (
            json!({"toggles": {"money": "net"}}),
            "no-effect .toggles.money",
        ),
        (
            json!({"toggles": {"mode": "net"}}),
            "unknown-toggle .toggles.mode",
        ),
    ] {
        let (code, path) = expected.split_once(' ').expect("a code and a place");
        let found = needs(&json!({"default_filters": filters}));
        assert_eq!(
            found,
            [format!("{code} {}{path}", at("default_filters"))],
            "{filters}"
        );
    }
}

#[test]
fn everything_is_found_at_once() {
    let bad = |key: &str| {
        let widgets = json!([
            card(&json!({"metrics": ["order"]})),
            card(&json!({"metrics": ["orders"], "dimensions": ["date"]}))
        ]);
        template(&widgets, &json!({"template_key": key}))
    };
    let mut unreadable = bad("a");
    unreadable["layout"]["sections"][0]["colour"] = json!("red");
    unreadable["layout"]["filter_bar"] =
        json!([{"id": "card", "title": "F", "request": {"metrics": ["orders"]}}]);
    let lost = json!({"metrics": ["revenu"], "dimensions": ["chanel"], "order_by": [{"key": "x"}]});
    let table = json!({"id": "table", "type": "data_table", "title": "T", "request": lost, "position": place()});
    let compiled = template(
        &json!([card(&json!({"metrics": ["order"]})), table]),
        &json!({"template_key": "b"}),
    );
    let layout = "catalog.templates[0].layout";
    let widget = "catalog.templates[1].layout.sections[0].widgets";
    assert_eq!(
        found(&json!([unreadable, compiled])),
        [
            format!("widget-request {layout}.filter_bar[0].request"),
            format!("duplicate-key {layout}.sections[0].widgets[0].id"),
            format!("duplicate-key {layout}.sections[0].widgets[1].id"),
            format!("widget-request {layout}.sections[0].widgets[1].request"),
            format!("unknown-field {layout}.sections[0].colour"),
            format!("unknown-metric {widget}[0].request.metrics[0]"),
            format!("unknown-metric {widget}[1].request.metrics[0]"),
            format!("unknown-dimension {widget}[1].request.dimensions[0]"),
            format!("unknown-key {widget}[1].request.order_by[0].key"),
        ]
    );
}
