//! What statements read besides, where a rule holds on rows of another source that a request asks for: the
//! certificate names each read. That the rows are right is in `cases/relationships/narrowed`.
#![allow(
    clippy::unwrap_used,
    reason = "a test that meets what it does not expect must fail"
)]

use std::fmt::Write as _;
use std::sync::Arc;

use measurand::{
    Catalog, CompiledQuery, Compiler, Context, Dialect, Errors, Limits, Request, ScanPurpose,
};
use measurand_tests::checker::Checked;
use measurand_tests::support::case::catalog;

fn compile(
    catalog: impl Into<Arc<Catalog>>,
    request: &str,
    access: &str,
) -> Result<CompiledQuery, Errors> {
    let limits = Limits::default();
    let compiler = Compiler::new(catalog, Dialect::Postgres);
    let request = Request::from_json(request, &limits)?;
    let context = format!(r#"{{"client_id": 1, "access": [{access}]}}"#);
    compiler.checked(&request, &Context::from_json(&context, &limits)?)
}

/// What is read, in the order of the text.
fn reads(request: &str, access: &str) -> Vec<String> {
    let query = compile(catalog("depots"), request, access).unwrap();
    let scans = query.certificate().scans.iter();
    let short = scans.map(|scan| match &scan.purpose {
        ScanPurpose::Facts(source) => format!("of {source}"),
        ScanPurpose::Restricting(source) => format!("met {source}"),
        ScanPurpose::Joined(source) => format!("beside {source}"),
        other => panic!("{other:?}"),
    });
    short.collect()
}

const NORTH: &str =
    r#"{"dimension": "district", "access_type": "include", "allowed_values": ["north"]}"#;

#[test]
fn the_certificate_names_what_rows_have_to_meet() {
    let by_both = r#"{"metrics": ["weight_total"], "dimensions": ["origin.depot_name", "target.depot_name"]}"#;
    let met = [
        "of loads",
        "met depots",
        "met depots",
        "beside depots",
        "beside depots",
    ];
    assert_eq!(reads(by_both, NORTH), met);
    assert_eq!(reads(by_both, ""), [met[0], met[3], met[4]]);
    let nobody = r#"{"dimension": "district", "access_type": "exclude", "allowed_values": []}"#;
    assert_eq!(reads(by_both, nobody), [met[0], met[3], met[4]]);
    let total = r#"{"metrics": ["weight_total"]}"#;
    assert_eq!(reads(total, NORTH), ["of loads"]);
}

#[test]
fn what_holds_a_rule_behind_another_source_is_met_behind_it() {
    let by_place = r#"{"metrics": ["visit_minutes"], "dimensions": ["place.depot_name"]}"#;
    let land = r#"{"dimension": "land", "access_type": "include", "allowed_values": ["AT"]}"#;
    let met = ["of visits", "met depots", "met firms", "beside depots"];
    assert_eq!(reads(by_place, land), met);
    // The standing filter of brands can raise, so what is joined meets the groups once more.
    let by_brand = r#"{"metrics": ["crew_count"], "dimensions": ["brand.brand_name"]}"#;
    let rank = r#"{"dimension": "rank", "access_type": "include", "allowed_values": [1]}"#;
    let met = [
        "of crews",
        "met brands",
        "met groups",
        "beside brands",
        "met groups",
    ];
    assert_eq!(reads(by_brand, rank), met);
}

/// Six sources in a row, of which the first and the last say what a rule is about.
fn chain() -> Catalog {
    let mut sources = String::new();
    for at in 0..6 {
        let next = at + 1;
        let step = format!(
            r#"{{"name": "to_{next}", "to": "s{next}", "on": [["next_id", "id"]], "cardinality": "many_to_one"}}"#
        );
        let step = if at < 5 { &*step } else { "" };
        let tint = if at % 5 == 0 { r#", "tint""# } else { "" };
        let comma = if at < 5 { "," } else { "" };
        let _ = write!(
            sources,
            r#"{{"source_key": "s{at}", "view_pattern": "public.s{at}", "date_column": null,
                "primary_key": ["client_id", "id"], "columns": [
                  {{"name": "client_id", "data_type": "integer"}}, {{"name": "id", "data_type": "integer"}},
                  {{"name": "next_id", "data_type": "integer"}}, {{"name": "tint", "data_type": "text"}}],
                "relationships": [{step}], "metrics": ["rows_{at}"], "dimensions": ["id_{at}"{tint}]}}{comma}"#
        );
    }
    let metrics: Vec<String> = (0..6)
        .map(|at| format!(r#"{{"metric_key": "rows_{at}", "sql_expression": "COUNT(*)"}}"#))
        .collect();
    let mut dimensions: Vec<String> = (0..6)
        .map(|at| format!(r#"{{"dimension_key": "id_{at}", "column_expression": "id", "data_type": "integer"}}"#))
        .collect();
    dimensions.push(r#"{"dimension_key": "tint", "column_expression": "tint"}"#.to_owned());
    let text = format!(
        r#"{{"version": 1, "data_sources": [{sources}], "metrics": [{}], "dimensions": [{}]}}"#,
        metrics.join(", "),
        dimensions.join(", ")
    );
    Catalog::from_json(&text).unwrap_or_else(|errors| panic!("{errors}"))
}

/// The second source holds the rule four steps away from it, which is five from the first.
#[test]
fn a_rule_that_holds_too_far_behind_is_refused() {
    let tint = r#"{"dimension": "tint", "access_type": "include", "allowed_values": ["hush"]}"#;
    let by = |metric: &str, key: &str| {
        format!(r#"{{"metrics": ["{metric}"], "dimensions": ["{key}"]}}"#)
    };
    let errors = compile(chain(), &by("rows_0", "id_1"), tint).unwrap_err();
    let found: Vec<String> = errors
        .iter()
        .map(|error| error.code().to_string())
        .collect();
    assert_eq!(found, ["access-dimension-unavailable"]);
    let error = errors.iter().next().unwrap();
    let help = error.help().unwrap().to_string();
    assert!(
        help.contains("`s0` does not lead along `to_1.to_2.to_3.to_4.to_5`"),
        "{help}"
    );
    assert!(!errors.to_string().contains("hush"));
    // Nearer by one, or asked by nothing there, it is answered; so is what lacks no rule.
    for (metric, key) in [("rows_1", "id_2"), ("rows_0", "id_0")] {
        compile(chain(), &by(metric, key), tint).unwrap_or_else(|errors| panic!("{errors}"));
    }
    compile(chain(), &by("rows_0", "id_1"), "").unwrap_or_else(|errors| panic!("{errors}"));
}
