//! What a context may not know shows neither by a switch, nor by the choice of a source, nor by an error
//! of the database.
#![allow(
    clippy::unwrap_used,
    reason = "a test that meets what it does not expect must fail"
)]

use measurand::{
    Catalog, CompiledQuery, Compiler, Context, Dialect, ErrorCode, Errors, Limits, Request,
};
use measurand_tests::checker::Checked;
use measurand_tests::support::cluster::cluster;

const CATALOG: &str = r#"{
  "data_sources": [
    {"source_key": "orders", "view_pattern": "public.orders", "metrics": "*",
     "columns": [{"name": "client_id", "data_type": "integer"}, {"name": "date", "data_type": "date"},
       {"name": "kind", "data_type": "text"}, {"name": "campaign_id", "data_type": "integer"},
       {"name": "attempts", "data_type": "integer"}],
     "dimensions": ["kind", "tier", "campaign"]},
    {"source_key": "visits", "view_pattern": "public.visits", "metrics": ["visits"],
     "columns": [{"name": "client_id", "data_type": "integer"}, {"name": "date", "data_type": "date"},
       {"name": "visits", "data_type": "integer"}]}],
  "metrics": [{"metric_key": "attempts", "sql_expression": "SUM(attempts)"},
    {"metric_key": "visits", "sql_expression": "SUM(visits)"}],
  "dimensions": [{"dimension_key": "kind", "column_expression": "kind"},
    {"dimension_key": "tier", "column_expression": "kind", "module": "risk"},
    {"dimension_key": "campaign", "column_expression": "campaign_id",
     "join_table": "public.campaigns", "display_column": "campaign_name",
     "join_condition":
       "CAST(campaigns.code AS integer) = {value} AND campaigns.client_id = {client_id}"}],
  "toggles": [{"toggle_key": "view", "toggle_type": "dimension_switch", "options": [
    {"option_key": "kind", "is_default": true}, {"option_key": "tier"}]}]
}"#;

fn compile(request: &str, context: &str, dialect: Dialect) -> Result<CompiledQuery, Errors> {
    let limits = Limits::default();
    let compiler = Compiler::new(Catalog::from_json(CATALOG)?, dialect);
    let request = Request::from_json(request, &limits)?;
    compiler.checked(&request, &Context::from_json(context, &limits)?)
}

/// The findings in short, with their help.
fn findings(request: &str, context: &str) -> Vec<String> {
    let errors = compile(request, context, Dialect::Postgres).unwrap_err();
    let short = errors.iter().map(|error| {
        let help = error.help().map(ToString::to_string).unwrap_or_default();
        format!("{} {help}", error.code())
    });
    short.collect()
}

#[test]
fn a_switch_does_not_open_a_gated_dimension() {
    const OPEN: &str = r#"{"client_id": 1, "access": []}"#;
    for dimension in ["kind", "view"] {
        let request = |option: &str| {
            format!(
                r#"{{"metrics": ["attempts"], "dimensions": ["{dimension}"],
                    "toggles": {{"view": "{option}"}}}}"#
            )
        };
        let gated = findings(&request("tier"), OPEN);
        let unknown = findings(&request("tyre"), OPEN);
        assert_eq!(gated, ["unknown-option one of `kind`"]);
        assert_eq!(gated, unknown);
        let with_module = r#"{"client_id": 1, "access": [], "modules": ["risk"]}"#;
        let query = compile(&request("tier"), with_module, Dialect::Postgres).unwrap();
        assert_eq!(
            query.columns()[0].definition().map(|name| name.as_str()),
            Some("tier")
        );
    }
}

#[test]
fn a_gated_key_does_not_change_which_source_answers() {
    const OPEN: &str = r#"{"client_id": 1, "access": []}"#;
    let request = |key: &str| {
        format!(
            r#"{{"metrics": ["visits"],
                "filters": {{"dimension": "{key}", "op": "eq", "values": ["a"]}}}}"#
        )
    };
    let gated = findings(&request("tier"), OPEN);
    assert_eq!(gated, findings(&request("gone"), OPEN));
    assert!(gated[0].starts_with("unknown-dimension"), "{gated:?}");
}

#[test]
fn a_lookup_that_can_raise_shows_nothing_of_others() {
    const RULED: &str = r#"{"client_id": 1, "access": [
        {"dimension": "campaign", "access_type": "include", "allowed_values": [101]}]}"#;
    let requests = [
        r#"{"metrics": ["attempts"], "dimensions": ["campaign"]}"#,
        r#"{"metrics": ["attempts"], "dimensions": ["campaign"], "filters":
            {"dimension": "campaign", "op": "contains", "values": ["sum"], "on": "label"}}"#,
    ];
    let mut client = cluster().fresh_database("hidden");
    client
        .batch_execute(
            "CREATE TABLE orders
                 (client_id bigint, date date, kind text, campaign_id bigint, attempts bigint);
             CREATE TABLE campaigns (client_id bigint, code text, campaign_name text);
             INSERT INTO orders VALUES (1, '2026-01-01', 'a', 101, 7), (1, '2026-01-01', 'a', 205, 9);
             INSERT INTO campaigns VALUES (1, '101', 'Summer'), (1, '205', 'Summit'), (2, 'poison', 'x');",
        )
        .unwrap();
    for request in requests {
        let query = compile(request, RULED, Dialect::Postgres).unwrap();
        let lookup = query.certificate().scans.last().unwrap();
        assert!(lookup.is_fenced && lookup.rules[0].is_outer, "{lookup}");
        let sql = query.sql().replace("$1", "1").replace("$2", "'{101}'");
        let sql = sql.replace("$3", "'%sum%'");
        let rows = client
            .query(&sql, &[])
            .unwrap_or_else(|e| panic!("{e}\n{sql}"));
        assert_eq!(rows.len(), 1, "{sql}");
        assert_eq!(rows[0].get::<_, &str>(1), "Summer");
        compile(request, RULED, Dialect::Sqlite).unwrap();
    }
}

/// A source whose columns are read by what is gated: by a dimension, by one inside a document, by a metric,
/// by the filter of one that has a date of its own, and by a dimension beside another one that anyone may know.
const GATED_COLUMNS: &str = r#"{
  "data_sources": [{"source_key": "loans", "view_pattern": "public.loans", "date_column": null,
    "primary_key": ["id"], "metrics": "*", "dimensions": "*",
    "columns": [{"name": "client_id", "data_type": "integer"}, {"name": "id", "data_type": "integer"},
      {"name": "hazard", "data_type": "text"}, {"name": "document", "data_type": "jsonb"},
      {"name": "deep", "data_type": "integer", "column": "document", "path": ["inner"]},
      {"name": "charge", "data_type": "decimal"}, {"name": "shared", "data_type": "text"},
      {"name": "settled", "data_type": "boolean"}, {"name": "day", "data_type": "date"}]}],
  "metrics": [{"metric_key": "margin", "sql_expression": "SUM(charge)", "module": "risk"},
    {"metric_key": "balance", "sql_expression": "COUNT(*)", "filter": "settled", "module": "risk",
     "additivity": {"semi_additive": {"over": "day", "pick": "last"}}}],
  "dimensions": [{"dimension_key": "day", "column_expression": "day", "data_type": "date"}, {"dimension_key": "tier", "column_expression": "UPPER(hazard)", "module": "risk"},
    {"dimension_key": "depth", "column_expression": "deep", "module": "risk"},
    {"dimension_key": "gated_word", "column_expression": "shared", "module": "risk"},
    {"dimension_key": "word", "column_expression": "shared"}]
}"#;

/// Could break where detail rows show a declared column without a look at who else reads it.
#[test]
fn detail_rows_do_not_open_what_a_module_reads() {
    let limits = Limits::default();
    let catalog = Catalog::from_json(GATED_COLUMNS).unwrap();
    let compiler = Compiler::new(catalog, Dialect::Postgres);
    let compile = |request: &str, modules: &str| {
        let context = format!(r#"{{"client_id": 1, "access": [], "modules": [{modules}]}}"#);
        let request = Request::from_json(request, &limits).unwrap();
        compiler.checked(&request, &Context::from_json(&context, &limits).unwrap())
    };
    let shown =
        |key: &str| format!(r#"{{"kind": "rows", "source": "loans", "columns": ["{key}"]}}"#);
    let ordered = |key: &str| {
        format!(
            r#"{{"kind": "rows", "source": "loans", "columns": ["id"], "order_by": [{{"key": "{key}"}}]}}"#
        )
    };
    let counted = |key: &str| format!(r#"{{"kind": "count", "columns": ["{key}"]}}"#);
    for request in [&shown as &dyn Fn(&str) -> String, &ordered, &counted] {
        let said = |key: &str| compile(&request(key), "").unwrap_err().to_string();
        let nothing = said("zzzzzzzz");
        for key in [
            "hazard", "document", "deep", "charge", "settled", "tier", "depth",
        ] {
            let found = said(key);
            assert_eq!(found.replace(key, "zzzzzzzz"), nothing);
            // With the module it is there, though documents have no order.
            if let Err(errors) = compile(&request(key), r#""risk""#) {
                let has_no_order = key == "document" && errors.has(ErrorCode::OperatorType);
                assert!(has_no_order, "{key}: {errors}");
            }
        }
        for key in ["shared", "word"] {
            compile(&request(key), "").unwrap_or_else(|errors| panic!("{key}: {errors}"));
        }
    }
}
