//! Lints: what is suspicious in a catalog without being wrong, one catalog for each.

use measurand::Catalog;
use serde_json::{Value, json};

/// The lints of a catalog, as data.
fn lints(catalog: Value) -> Vec<Value> {
    let loaded = Catalog::from_json(&catalog.to_string());
    let loaded = loaded.unwrap_or_else(|errors| panic!("{errors}"));
    let lints = loaded.lints().iter();
    lints
        .map(|lint| {
            assert!(!lint.to_string().ends_with('.') && !lint.to_string().contains('\n'));
            serde_json::to_value(lint).expect("lints serialize")
        })
        .collect()
}

/// A source that declares its columns and offers everything, and these definitions.
fn catalog(definitions: Value) -> Value {
    let columns = ["amount", "attempts", "approvals"];
    let mut columns: Vec<Value> = columns
        .iter()
        .map(|name| json!({"name": name, "data_type": "decimal"}))
        .collect();
    columns.push(json!({"name": "client_id", "data_type": "integer"}));
    columns.push(json!({"name": "date", "data_type": "date"}));
    let mut catalog = json!({
        "data_sources": [{"source_key": "orders", "view_pattern": "orders", "columns": columns,
                          "metrics": "*", "dimensions": "*"}],
    });
    let fields = definitions.as_object().expect("an object").clone();
    catalog.as_object_mut().expect("an object").extend(fields);
    catalog
}

#[track_caller]
fn check(definitions: Value, expected: Value) {
    assert_eq!(json!(lints(catalog(definitions))), expected);
}

fn metric(key: &str, fields: Value) -> Value {
    let mut metric = json!({"metric_key": key});
    let fields = fields.as_object().expect("an object").clone();
    metric.as_object_mut().expect("an object").extend(fields);
    metric
}

fn counts() -> [Value; 2] {
    [
        metric("attempts", json!({"sql_expression": "SUM(attempts)"})),
        metric("approvals", json!({"sql_expression": "SUM(approvals)"})),
    ]
}

#[test]
fn a_clean_catalog_has_none() {
    let [attempts, approvals] = counts();
    check(
        json!({
            "metrics": [attempts, approvals,
                metric("approval_rate", json!({"derived_formula": "approvals / attempts", "format_pattern": "0.0%"})),
                metric("approval_points", json!({"derived_formula": "approvals * 100 / attempts",
                    "format_pattern": "0.0%", "percent_scale": "points"})),
                metric("hundreds", json!({"sql_expression": "SUM(amount) * 100", "format_pattern": "0"})),
                metric("price", json!({"sql_expression": "AVG(amount)"})),
                metric("net", json!({"sql_expression": "SUM(amount)", "additivity": "additive", "variants": [
                    {"when": {"mode": "organic"}, "sql_expression": "SUM(amount) / 2"}]})),
            ],
            "dimensions": [{"dimension_key": "date", "column_expression": "date", "data_type": "date"}],
            "toggles": [{"toggle_key": "mode", "options": [{"option_key": "standard", "is_default": true},
                                                           {"option_key": "organic"}]}],
        }),
        json!([]),
    );
}

#[test]
fn percent_scale() {
    let [attempts, approvals] = counts();
    for formula in [
        "approvals * 100 / attempts",
        "approvals * 100.0 / attempts",
        "100 * approvals / attempts",
        "(100 * approvals) / attempts",
    ] {
        let rate = json!({"derived_formula": formula, "format_pattern": "0.0%"});
        check(
            json!({"metrics": [attempts, approvals, metric("rate", rate)]}),
            json!([{"lint": "percent-scale", "metric": "rate"}]),
        );
    }
    // A thousand is no hundred.
    let rate = json!({"derived_formula": "approvals * 1000 / attempts", "format_pattern": "0.0%"});
    check(
        json!({"metrics": [attempts, approvals, metric("rate", rate)]}),
        json!([]),
    );
}

#[test]
fn average_of_ratios() {
    for sql in [
        "AVG(approvals / attempts)",
        "SUM( approvals / NULLIF(attempts, 0) )",
    ] {
        check(
            json!({"metrics": [metric("rate", json!({"sql_expression": sql}))]}),
            json!([{"lint": "average-of-ratios", "metric": "rate"}]),
        );
    }
    let rate = json!({"sql_expression": "SUM(approvals) / SUM(attempts)"});
    check(json!({"metrics": [metric("rate", rate)]}), json!([]));
}

#[test]
fn not_additive() {
    for sql in [
        "AVG(amount)",
        "COUNT(DISTINCT amount)",
        "MAX(amount)",
        "SUM(amount) / COUNT(*)",
    ] {
        check(
            json!({"metrics": [metric("m", json!({"sql_expression": sql, "additivity": "additive"}))]}),
            json!([{"lint": "not-additive", "metric": "m"}]),
        );
    }
    let [attempts, approvals] = counts();
    let rate = json!({"derived_formula": "approvals / attempts", "additivity": "additive"});
    check(
        json!({"metrics": [attempts, approvals, metric("rate", rate)]}),
        json!([{"lint": "not-additive", "metric": "rate"}]),
    );
}

#[test]
fn undeclared_columns() {
    let found =
        lints(json!({"data_sources": [{"source_key": "orders", "view_pattern": "orders"}]}));
    assert_eq!(
        found,
        [json!({"lint": "undeclared-columns", "source": "orders"})]
    );
}

#[test]
fn what_no_source_offers() {
    check(
        json!({
            "metrics": [metric("refunds", json!({"sql_expression": "SUM(refunds)"}))],
            "dimensions": [{"dimension_key": "campaign", "column_expression": "campaign_id"}],
        }),
        json!([{"lint": "unoffered-metric", "metric": "refunds"},
               {"lint": "unoffered-dimension", "dimension": "campaign"}]),
    );
}

#[test]
fn duplicate_label() {
    check(
        json!({
            "metrics": [
                metric("net", json!({"sql_expression": "SUM(amount)", "display_name": "Revenue"})),
                metric("gross", json!({"sql_expression": "SUM(amount)", "display_name": "Revenue"})),
            ],
            // A dimension may be called like a metric.
            "dimensions": [{"dimension_key": "date", "column_expression": "date", "display_name": "Revenue"}],
        }),
        json!([{"lint": "duplicate-label", "label": "Revenue", "keys": ["gross", "net"]}]),
    );
}

#[test]
fn unreachable_variant() {
    let toggles = json!([
        {"toggle_key": "mode", "options": [{"option_key": "standard", "is_default": true}, {"option_key": "organic"}]},
        {"toggle_key": "basis", "options": [{"option_key": "sale", "is_default": true}, {"option_key": "refund"}]},
    ]);
    let variant = |when: Value| json!({"when": when, "sql_expression": "SUM(attempts)"});
    let organic = variant(json!({"mode": "organic"}));
    let sale = variant(json!({"mode": "organic", "basis": "sale"}));
    let refund = variant(json!({"mode": "organic", "basis": "refund"}));
    let of = |variants: Value| {
        json!({"toggles": toggles,
               "metrics": [metric("net", json!({"sql_expression": "SUM(amount)", "variants": variants}))]})
    };
    check(
        of(json!([organic, sale, refund])),
        json!([{"lint": "unreachable-variant", "metric": "net", "when": "mode: organic"}]),
    );
    check(of(json!([organic, sale])), json!([]));
}

#[test]
fn derived_without_formula() {
    check(
        json!({"metrics": [metric("net", json!({"sql_expression": "SUM(amount)", "is_derived": true}))]}),
        json!([{"lint": "derived-without-formula", "metric": "net"}]),
    );
}
