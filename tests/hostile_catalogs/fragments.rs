//! Pieces of SQL: expressions, filters, and the conditions of lookups.

use measurand_tests::support::definitions::{check, compile, findings, load, loads};
use serde_json::json;

use super::lookup;

/// Fragments of one row that are refused wherever they stand.
const REFUSED: [(&str, &str); 31] = [
    ("a = 1)", "fragment-syntax"),
    ("(a = 1", "fragment-syntax"),
    ("a = ", "fragment-syntax"),
    ("a = 1 b", "fragment-syntax"),
    ("a = 'x", "fragment-syntax"),
    ("a = \"x", "fragment-syntax"),
    ("a = 1 /* ", "fragment-syntax"),
    ("", "fragment-syntax"),
    ("-- a = 1", "fragment-syntax"),
    ("a = 1; DELETE FROM orders", "fragment-forbidden"),
    ("a = 1;", "fragment-forbidden"),
    ("a IN (SELECT 1)", "fragment-forbidden"),
    ("EXISTS (SELECT 1)", "fragment-forbidden"),
    ("a = $1", "fragment-forbidden"),
    ("a = ?", "fragment-forbidden"),
    ("a = {tenant}", "fragment-forbidden"),
    ("a = {client_id} OR true OR {value}", "fragment-forbidden"),
    ("a = E'\\\\x'", "fragment-forbidden"),
    ("a = U&'\\0061'", "fragment-forbidden"),
    ("a = $$x$$", "fragment-forbidden"),
    ("a = `b`", "fragment-forbidden"),
    ("a = 'x\\'", "fragment-forbidden"),
    ("orders.* IS NULL", "fragment-forbidden"),
    ("ctid IS NULL", "fragment-forbidden"),
    ("a::regclass IS NULL", "fragment-forbidden"),
    ("pg_catalog.now() = a", "fragment-forbidden"),
    ("current_user = a", "fragment-forbidden"),
    ("ROW_NUMBER() OVER () = 1", "fragment-forbidden"),
    ("pg_sleep(10) IS NULL", "unknown-function"),
    ("lo_import('/etc/passwd') IS NULL", "unknown-function"),
    ("SUM(a) > 1", "misplaced-aggregate"),
];

#[test]
fn fragments_are_refused_wherever_they_stand() {
    for (fragment, code) in REFUSED {
        let definitions = json!({
            "data_sources": [{"source_key": "orders", "view_pattern": "orders", "base_filter": fragment}],
            "metrics": [{"metric_key": "revenue", "sql_expression": "SUM(amount)", "filter": fragment}],
            "dimensions": [{"dimension_key": "flag", "column_expression": fragment}],
        });
        let found = load(&definitions).expect_err(fragment);
        for place in [
            "catalog.data_sources[0].base_filter",
            "catalog.metrics[0].filter",
            "catalog.dimensions[0].column_expression",
        ] {
            let mut here = found.iter().filter(|error| error.path().as_str() == place);
            let is_found = here.any(|error| error.code().as_str() == code);
            assert!(is_found, "{fragment} at {place}\n{found}");
        }
    }
}

#[test]
fn comments_vanish_and_hide_nothing() {
    let definitions = json!({
        "data_sources": [{"source_key": "orders", "view_pattern": "orders", "metrics": "*", "dimensions": "*",
                          "base_filter": "is_deleted = false -- "}],
        "metrics": [{"metric_key": "revenue", "sql_expression": "SUM(amount) /* all of it */ -- and more"}],
        "dimensions": [{"dimension_key": "campaign", "column_expression": "campaign_id /**/",
                        "display_column": "name", "join_table": "campaigns",
                        "join_condition": "{value} = campaigns.id /* AND */ AND campaigns.client_id = {client_id} --"}],
    });
    let loaded = load(&definitions).expect("comments are nothing");
    let query = compile(
        loaded,
        json!({"metrics": ["revenue"], "dimensions": ["campaign"]}),
        json!([]),
    );
    let query = query.expect("the request compiles");
    let sql = query.sql();
    assert!(!sql.contains("--") && !sql.contains("/*"), "{sql}");
    assert_eq!(sql.matches("client_id = $1::bigint").count(), 2, "{sql}");
    assert!(sql.contains("is_deleted = "), "{sql}");
    // A comment that does not end would hide the rest.
    let mut hidden = definitions;
    hidden["dimensions"][0]["join_condition"] =
        json!("{value} = campaigns.id /* AND campaigns.client_id = {client_id}");
    assert_eq!(
        findings(load(&hidden)),
        ["fragment-syntax catalog.dimensions[0].join_condition"]
    );
    // One that ends at the wrong place leaves the lookup without its tenant.
    hidden["dimensions"][0]["join_condition"] =
        json!("{value} = campaigns.id -- AND campaigns.client_id = {client_id}");
    assert_eq!(
        findings(load(&hidden)),
        ["lookup-tenant catalog.dimensions[0].join_condition"]
    );
}

#[test]
fn metrics_aggregate_once_and_everything() {
    let sql = |sql: &str| json!({"metrics": [{"metric_key": "m", "sql_expression": sql}]});
    let at = |code: &str| format!("{code} catalog.metrics[0].sql_expression");
    for (text, code) in [
        ("amount", "missing-aggregate"),
        ("1", "missing-aggregate"),
        ("SUM(a) + b", "missing-aggregate"),
        ("SUM(AVG(a))", "misplaced-aggregate"),
        ("SUM(a) FILTER (WHERE COUNT(b) > 1)", "misplaced-aggregate"),
        ("SUM(a) OVER ()", "fragment-forbidden"),
        ("COUNT(DISTINCT a, b)", "fragment-syntax"),
        ("SUM(*)", "fragment-forbidden"),
        ("SUM(o.a)", "fragment-forbidden"),
        ("SUM({value})", "fragment-forbidden"),
    ] {
        check(sql(text), &[&at(code)]);
    }
    loads(sql("SUM(a) / NULLIF(COUNT(*), 0) + 1"));
}

#[test]
fn lookups_are_joined_by_their_key_and_tenant_alone() {
    let condition = ["join-condition catalog.dimensions[0].join_condition"];
    let forbidden = ["fragment-forbidden catalog.dimensions[0].join_condition"];
    let tenant = "campaigns.client_id = {client_id}";
    let with = |rest: &str| lookup(&format!("{rest} AND {tenant}"));
    loads(with("{value} = campaigns.id"));
    loads(with(
        "{source}.campaign_id = campaigns.id AND campaigns.is_live",
    ));
    loads(with("campaigns.id = {source}.campaign_id"));
    check(
        lookup("{value} = campaigns.id"),
        &["lookup-tenant catalog.dimensions[0].join_condition"],
    );
    // Neither under an `OR` nor under a `NOT` does the tenant hold.
    check(
        lookup(&format!(
            "{{value}} = campaigns.id AND (campaigns.a OR {tenant})"
        )),
        &condition,
    );
    check(
        lookup(&format!("{{value}} = campaigns.id AND NOT ({tenant})")),
        &condition,
    );
    check(
        lookup(&format!("{{value}} = campaigns.id OR {tenant}")),
        &condition,
    );
    check(
        lookup("{value} = campaigns.id AND campaigns.client_id >= {client_id}"),
        &condition,
    );
    check(
        lookup("{value} = campaigns.id AND {client_id} = {client_id}"),
        &condition,
    );
    check(
        lookup("{value} = campaigns.id AND {source}.client_id = {client_id}"),
        &condition,
    );
    check(
        lookup("{value} = campaigns.id AND ABS(campaigns.client_id) = {client_id}"),
        &condition,
    );
    check(with("{source}.other_id = campaigns.id"), &condition);
    check(
        with("{value} = campaigns.id AND {source}.day = campaigns.day"),
        &condition,
    );
    check(
        with("{value} = campaigns.id AND {value} = campaigns.old_id"),
        &condition,
    );
    check(with("{value} + 1 = campaigns.id"), &condition);
    check(with("{value} = products.id"), &condition);
    check(with("{value} = id"), &condition);
    check(with("{value} > campaigns.id"), &condition);
    check(with("{value} = campaigns.id AND {source}.live"), &condition);
    check(
        with("{value} = campaigns.id AND public.campaigns.live"),
        &forbidden,
    );
    check(lookup(tenant), &condition);
}
