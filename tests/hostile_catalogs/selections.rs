//! Toggles and variants: what contradicts itself under some selection.

use measurand::Catalog;
use measurand_tests::support::definitions::{base, check, findings, loads};
use serde_json::{Value, json};

use super::toggles;

#[test]
fn cycles_are_found_under_every_selection() {
    check(
        json!({"metrics": [{"metric_key": "a", "derived_formula": "a + 1"}]}),
        &["metric-cycle catalog.metrics[0].derived_formula"],
    );
    // Two cycles, each reported.
    check(
        json!({"metrics": [
            {"metric_key": "a", "derived_formula": "b + 1"}, {"metric_key": "b", "derived_formula": "a + 1"},
            {"metric_key": "c", "derived_formula": "d + 1"}, {"metric_key": "d", "derived_formula": "c + 1"},
        ]}),
        &[
            "metric-cycle catalog.metrics[0].derived_formula",
            "metric-cycle catalog.metrics[2].derived_formula",
        ],
    );
    // A variant closes it, at the variant.
    check(
        json!({"toggles": toggles(), "metrics": [base(),
            {"metric_key": "a", "derived_formula": "revenue * 2",
             "variants": [{"when": {"mode": "organic"}, "derived_formula": "b"}]},
            {"metric_key": "b", "derived_formula": "a * 2"},
        ]}),
        &["metric-cycle catalog.metrics[1].variants[0].derived_formula"],
    );
    // A variant of a variant's component closes it three metrics further.
    check(
        json!({"toggles": toggles(), "metrics": [base(),
            {"metric_key": "a", "derived_formula": "revenue",
             "variants": [{"when": {"mode": "organic", "basis": "refund"}, "derived_formula": "d"}]},
            {"metric_key": "b", "derived_formula": "a"}, {"metric_key": "c", "derived_formula": "b"},
            {"metric_key": "d", "derived_formula": "c"},
        ]}),
        &["metric-cycle catalog.metrics[1].variants[0].derived_formula"],
    );
}

#[test]
fn what_no_selection_closes_is_no_cycle() {
    // Each direction under another option of one toggle: never both.
    loads(json!({"toggles": toggles(), "metrics": [base(),
        {"metric_key": "a", "derived_formula": "revenue",
         "variants": [{"when": {"mode": "organic"}, "derived_formula": "b"}]},
        {"metric_key": "b", "derived_formula": "revenue",
         "variants": [{"when": {"mode": "net"}, "derived_formula": "a"}]},
    ]}));
    // Every option takes the cycle of the base definitions away.
    let all_options = ["standard", "organic", "net"]
        .map(|option| json!({"when": {"mode": option}, "sql_expression": "SUM(amount)"}));
    loads(json!({"toggles": toggles(), "metrics": [
        {"metric_key": "a", "derived_formula": "b", "variants": all_options},
        {"metric_key": "b", "derived_formula": "a"},
    ]}));
}

#[test]
fn toggles_have_one_default() {
    let options = |options: Value| json!({"toggles": [{"toggle_key": "mode", "options": options}]});
    let expected = ["toggle-default catalog.toggles[0].options"];
    check(options(json!([])), &expected);
    check(
        options(json!([{"option_key": "a"}, {"option_key": "b"}])),
        &expected,
    );
    check(
        options(
            json!([{"option_key": "a", "is_default": true}, {"option_key": "b", "is_default": true}]),
        ),
        &expected,
    );
    // An inactive default is as if absent.
    check(
        options(
            json!([{"option_key": "a", "is_default": true, "is_active": false}, {"option_key": "b"}]),
        ),
        &expected,
    );
}

#[test]
fn ambiguous_variants_are_refused_unless_a_more_specific_one_decides() {
    let variants = |variants: Value| {
        json!({"toggles": toggles(), "metrics": [
            {"metric_key": "revenue", "sql_expression": "SUM(amount)", "variants": variants}]})
    };
    let organic = json!({"when": {"mode": "organic"}, "sql_expression": "SUM(a)"});
    let refund = json!({"when": {"basis": "refund"}, "sql_expression": "SUM(b)"});
    let both = json!({"when": {"mode": "organic", "basis": "refund"}, "sql_expression": "SUM(c)"});
    let expected = ["ambiguous-variant catalog.metrics[0].variants"];
    check(variants(json!([organic, refund])), &expected);
    loads(variants(json!([organic, refund, both])));
    loads(variants(json!([both, organic])));
    // What overlaps nowhere is not ambiguous.
    let net = json!({"when": {"mode": "net"}, "sql_expression": "SUM(d)"});
    loads(variants(json!([organic, net])));
}

#[test]
fn contradictions_of_a_variant_are_refused() {
    // In rows, an option by id and another option of the same toggle by name.
    let rows = json!({
        "metrics": [{"id": 1, "metric_key": "revenue", "sql_expression": "SUM(amount)"}],
        "metric_toggles": [{"id": 1, "toggle_key": "mode"}, {"id": 2, "toggle_key": "basis"}],
        "metric_toggle_options": [
            {"id": 1, "toggle_id": 1, "option_key": "standard", "is_default": true},
            {"id": 2, "toggle_id": 1, "option_key": "organic"},
            {"id": 3, "toggle_id": 2, "option_key": "sale", "is_default": true},
            {"id": 4, "toggle_id": 9, "option_key": "refund"},
            {"id": 2, "toggle_id": 2, "option_key": "refund"},
        ],
        "metric_variants": [
            {"id": 1, "metric_id": 1, "toggle_option_id": 2, "when": {"mode": "standard"}, "sql_expression": "SUM(a)"},
            {"id": 2, "metric_id": 8, "toggle_option_id": 7, "sql_expression": "SUM(a)"},
        ],
    });
    let found = findings(Catalog::from_rows_json(&rows.to_string()));
    assert_eq!(
        found,
        [
            "unknown-reference catalog.metric_toggle_options[3].toggle_id",
            "duplicate-key catalog.metric_toggle_options[4].id",
            "wrong-value catalog.metric_variants[0].when.mode",
            "unknown-reference catalog.metric_variants[1].metric_id",
            "unknown-reference catalog.metric_variants[1].toggle_option_id",
        ]
    );
}
