//! Catalogs made to do harm, or by a very tired hand: refused with typed findings, all at once, or
//! loaded and harmless.

mod fragments;
mod names;
mod selections;

use measurand::Catalog;
use measurand_tests::support::definitions::{base, catalog, check, compile, findings, load, loads};
use serde_json::{Value, json};

fn toggles() -> Value {
    json!([
        {"toggle_key": "mode", "options": [{"option_key": "standard", "is_default": true},
                                           {"option_key": "organic"}, {"option_key": "net"}]},
        {"toggle_key": "basis", "options": [{"option_key": "sale", "is_default": true},
                                            {"option_key": "refund"}]},
    ])
}

fn lookup(condition: &str) -> Value {
    json!({"dimensions": [
        {"dimension_key": "campaign", "column_expression": "campaign_id", "display_column": "name",
         "join_table": "public.campaigns", "join_condition": condition}]})
}

#[test]
fn rows_that_point_at_inactive_rows_are_errors() {
    let rows = json!({
        "data_sources": [{"id": 1, "source_key": "orders", "view_pattern": "orders"},
                         {"id": 2, "source_key": "old", "view_pattern": "old", "is_active": false}],
        "metrics": [{"id": 1, "metric_key": "revenue", "sql_expression": "SUM(amount)", "is_deleted": true}],
        "dimensions": [{"id": 1, "dimension_key": "day", "column_expression": "day"}],
        "data_source_metrics": [{"data_source_id": 1, "metric_id": 1}],
        "data_source_dimensions": [{"data_source_id": 2, "dimension_id": 1},
                                   {"data_source_id": 2, "dimension_id": 1, "is_active": false}],
    });
    let found = findings(Catalog::from_rows_json(&rows.to_string()));
    assert_eq!(
        found,
        [
            "unknown-reference catalog.data_source_metrics[0].metric_id",
            "unknown-reference catalog.data_source_dimensions[0].data_source_id",
        ]
    );
}

#[test]
fn formulas_name_metrics_and_nothing_else() {
    let formula = |formula: &str| json!({"metrics": [base(), {"metric_key": "rate", "derived_formula": formula}]});
    let at = |code: &str| format!("{code} catalog.metrics[1].derived_formula");
    for (text, code) in [
        ("revenue = revenue / 2", "formula-target"),
        ("rate = revenu / 2", "unknown-reference"),
        ("amount / 2", "unknown-reference"),
        ("SUM(revenue)", "misplaced-aggregate"),
        ("revenue; DROP TABLE x", "fragment-forbidden"),
        ("(SELECT 1)", "fragment-forbidden"),
        ("UPPER(revenue)", "fragment-forbidden"),
        ("revenue /", "fragment-syntax"),
        ("", "fragment-syntax"),
        ("{value}", "fragment-forbidden"),
        ("t.revenue", "fragment-forbidden"),
    ] {
        check(formula(text), &[&at(code)]);
    }
    loads(formula("rate = revenue / 2"));
    let unknown = load(&catalog(formula("revenu / 2"))).expect_err("no such metric");
    let help = unknown
        .iter()
        .next()
        .and_then(|error| error.help())
        .map(ToString::to_string);
    assert_eq!(help.as_deref(), Some("did you mean `revenue`?"));
    check(
        json!({"metrics": [{"metric_key": "rate", "is_derived": true}]}),
        &["missing-expression catalog.metrics[0].sql_expression"],
    );
}

#[test]
fn nonsense_in_small_fields_is_refused() {
    let field = |field: &str, value: Value| json!({"metrics": [{"metric_key": "m", "sql_expression": "SUM(a)", field: value}]});
    for value in [json!("0"), json!(true), json!([0]), json!({})] {
        check(
            field("null_as", value),
            &["wrong-type catalog.metrics[0].null_as"],
        );
    }
    let load_number = |digits: &str| {
        let text = catalog(field("null_as", json!("NUMBER"))).to_string();
        findings(Catalog::from_json(&text.replace("\"NUMBER\"", digits)))
    };
    for digits in ["1e3", "1E-400", &"9".repeat(41)] {
        assert_eq!(
            load_number(digits),
            ["wrong-value catalog.metrics[0].null_as"]
        );
    }
    for digits in ["0", "-1.50", "0.0"] {
        assert_eq!(load_number(digits), [""; 0]);
    }
    check(
        field("percent_scale", json!("percent")),
        &["wrong-value catalog.metrics[0].percent_scale"],
    );
    check(
        field("percent_scale", json!(100)),
        &["wrong-type catalog.metrics[0].percent_scale"],
    );
    check(
        field("window", json!("forever")),
        &["wrong-value catalog.metrics[0].window"],
    );
    check(
        field("aggregation_type", json!("total")),
        &["wrong-value catalog.metrics[0].aggregation_type"],
    );
    check(
        field("module", json!("a b")),
        &["invalid-name catalog.metrics[0].module"],
    );
    check(
        json!({"dimensions": [{"dimension_key": "d", "column_expression": "d", "module": "a b"}]}),
        &["invalid-name catalog.dimensions[0].module"],
    );
    check(
        json!({"functions": ["pg_read_file", "sum", "Mine", "mine", "mine"]}),
        &[
            "wrong-value catalog.functions[0]",
            "duplicate-key catalog.functions[1]",
            "invalid-name catalog.functions[2]",
            "duplicate-key catalog.functions[4]",
        ],
    );
}

#[test]
fn everything_wrong_is_reported_at_once_in_order() {
    let wrong = json!({
        "data_sources": [
            {"source_key": "orders", "view_pattern": "a.b.c", "base_filter": "SUM(a) > 1",
             "columns": [{"name": "amount", "data_type": "decimal"}, {"name": "amount", "data_type": "text"}],
             "client_id_column": "tenant", "date_column": "amount", "metrics": ["nothing"]},
            {"source_key": "orders", "view_pattern": "orders"},
            {"source_key": "no name", "view_pattern": "orders"},
        ],
        "metrics": [
            {"metric_key": "m", "sql_expression": "amount", "aggregation_type": "x", "filter": "a; b"},
            {"metric_key": "a", "derived_formula": "a + 1"},
            {"metric_key": "none"},
            {"metric_key": "unknown", "derived_formula": "nothing"},
        ],
        "dimensions": [
            {"dimension_key": "d", "column_expression": "MAX(x)", "data_type": "days"},
            {"dimension_key": "l", "column_expression": "c", "display_column": "n", "join_table": "t",
             "join_condition": "t.c = {value}"},
        ],
        "toggles": [{"toggle_key": "mode", "options": []}],
        "templates": [{"template_key": "a b", "name": "x", "layout": {}, "required_toggles": ["mood"]}],
        "functions": ["dblink"],
    });
    assert_eq!(
        findings(load(&wrong)),
        [
            "invalid-relation catalog.data_sources[0].view_pattern",
            "duplicate-key catalog.data_sources[0].columns",
            "misplaced-aggregate catalog.data_sources[0].base_filter",
            "unknown-column catalog.data_sources[0].client_id_column",
            "wrong-value catalog.data_sources[0].date_column",
            "unknown-reference catalog.data_sources[0].metrics",
            "duplicate-key catalog.data_sources[1].source_key",
            "invalid-name catalog.data_sources[2].source_key",
            "wrong-value catalog.metrics[0].aggregation_type",
            "fragment-forbidden catalog.metrics[0].filter",
            "missing-aggregate catalog.metrics[0].sql_expression",
            "metric-cycle catalog.metrics[1].derived_formula",
            "missing-expression catalog.metrics[2].sql_expression",
            "unknown-reference catalog.metrics[3].derived_formula",
            "misplaced-aggregate catalog.dimensions[0].column_expression",
            "wrong-value catalog.dimensions[0].data_type",
            "lookup-tenant catalog.dimensions[1].join_condition",
            "toggle-default catalog.toggles[0].options",
            "invalid-name catalog.templates[0].template_key",
            "unknown-reference catalog.templates[0].required_toggles",
            "wrong-value catalog.functions[0]",
        ]
    );
}

#[test]
fn rules_on_what_is_not_there_fail_closed() {
    let rows = json!({
        "data_sources": [{"id": 1, "source_key": "orders", "view_pattern": "orders"}],
        "metrics": [{"id": 1, "metric_key": "revenue", "sql_expression": "SUM(amount)"}],
        "dimensions": [{"id": 5, "dimension_key": "campaign", "column_expression": "campaign_id",
                        "data_type": "integer"},
                       {"id": 6, "dimension_key": "old", "column_expression": "old", "is_active": false},
                       {"id": 7, "dimension_key": "elsewhere", "column_expression": "elsewhere"}],
        "data_source_metrics": [{"data_source_id": 1, "metric_id": 1}],
        "data_source_dimensions": [{"data_source_id": 1, "dimension_id": 5},
                                   {"data_source_id": 1, "dimension_id": 6, "is_active": false}],
    });
    let rows = rows.to_string();
    let refused = |rule: Value| {
        let loaded = Catalog::from_rows_json(&rows).unwrap_or_else(|errors| panic!("{errors}"));
        let query = compile(loaded, json!({"metrics": ["revenue"]}), json!([rule]));
        match query {
            Ok(_) => Vec::new(),
            Err(errors) => findings(Err(errors)),
        }
    };
    let by_key =
        |key: &str| json!({"dimension": key, "access_type": "exclude", "allowed_values": [1]});
    let by_id =
        |id: i64| json!({"dimension_id": id, "access_type": "exclude", "allowed_values": []});
    assert_eq!(refused(by_key("campaign")), [""; 0]);
    assert_eq!(refused(by_id(5)), [""; 0]);
    assert_eq!(
        refused(by_key("old")),
        ["unknown-dimension context.access[0].dimension"]
    );
    assert_eq!(
        refused(by_id(6)),
        ["unknown-dimension context.access[0].dimension_id"]
    );
    assert_eq!(
        refused(by_key("Campaign")),
        ["unknown-dimension context.access[0].dimension"]
    );
    assert_eq!(
        refused(by_id(99)),
        ["unknown-dimension context.access[0].dimension_id"]
    );
    let unavailable = "access-dimension-unavailable context.access[0]";
    assert_eq!(
        refused(by_key("elsewhere")),
        [format!("{unavailable}.dimension")]
    );
    assert_eq!(refused(by_id(7)), [format!("{unavailable}.dimension_id")]);
}
