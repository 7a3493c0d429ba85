//! Formats of a catalog's metrics, as a compiled query has them.

use measurand::format::Style;
use measurand::{Catalog, Compiler, Context, Decimal, Dialect, ErrorCode, Limits, Request, Value};
use measurand_tests::checker::Checked;
use serde_json::json;

const CATALOG: &str = r##"{
  "data_sources": [{"source_key": "orders", "view_pattern": "reporting.orders", "client_id_column": null,
    "metrics": "*", "dimensions": "*"}],
  "dimensions": [],
  "metrics": [
    {"metric_key": "approvals", "sql_expression": "SUM(approvals)", "data_type": "integer", "format_pattern": "#,##0",
     "variants": [
       {"when": {"display": "dollars"}, "sql_expression": "SUM(amount)", "data_type": "currency", "currency": "USD"},
       {"when": {"display": "euros"}, "sql_expression": "SUM(euros)", "data_type": "currency", "currency": "EUR",
        "format_pattern": "#,##0.0 ¤"}]},
    {"metric_key": "attempts", "sql_expression": "SUM(attempts)"},
    {"metric_key": "rate", "derived_formula": "approvals / attempts", "data_type": "percentage",
     "format_pattern": "0.00%"},
    {"metric_key": "points", "derived_formula": "100 * approvals / attempts", "data_type": "percentage",
     "format_pattern": "0.00%"},
    {"metric_key": "unclear", "derived_formula": "CASE WHEN attempts > 0 THEN approvals / attempts * 100 END",
     "data_type": "percentage", "format_pattern": "0.00%"},
    {"metric_key": "stated", "derived_formula": "CASE WHEN attempts > 0 THEN approvals / attempts * 100 END",
     "data_type": "percentage", "format_pattern": "0.00%", "percent_scale": "points"},
    {"metric_key": "volume", "sql_expression": "SUM(amount)", "data_type": "currency", "currency": "@context",
     "format_pattern": "¤#,##0.00"}],
  "toggles": [{"toggle_key": "display", "options": [
    {"option_key": "counts", "is_default": true},
    {"option_key": "dollars", "format_pattern": "$#,##0.00"},
    {"option_key": "euros", "format_pattern": "$#,##0"}]}]
}"##;

fn compiler() -> Compiler {
    let catalog = Catalog::from_json(CATALOG).unwrap_or_else(|errors| panic!("{errors}"));
    Compiler::new(catalog, Dialect::Postgres)
}

fn context(currency: &str) -> Context {
    let text = format!(r#"{{"client_id": 1, "access": [], "currency": {currency}}}"#);
    Context::from_json(&text, &Limits::default()).unwrap_or_else(|errors| panic!("{errors}"))
}

/// The first column's format as JSON, and what it writes for a value.
fn shown(request: &Request, currency: &str, value: &str) -> (serde_json::Value, String) {
    let query = compiler().checked(request, &context(currency));
    let query = query.unwrap_or_else(|errors| panic!("{errors}"));
    let format = query.columns()[0].format();
    let value = Value::Decimal(Decimal::parse(value).expect("a number"));
    let written = format.write(Some(&value), &Style::default());
    (serde_json::to_value(format).expect("JSON"), written)
}

#[test]
fn a_percentage_is_never_a_hundred_times_too_large() {
    let of = |metric: &str, value: &str| {
        let (format, text) = shown(&Request::new().metric(metric), "null", value);
        (
            format["percent_scale"].clone(),
            format["spreadsheet"].clone(),
            text,
        )
    };
    assert_eq!(
        of("rate", "0.8512"),
        (json!(null), json!("0.00%"), "85.12%".into())
    );
    assert_eq!(
        of("points", "85.12"),
        (json!("points"), json!("0.00\"%\""), "85.12%".into())
    );
    assert_eq!(
        of("stated", "85.12"),
        (json!("points"), json!("0.00\"%\""), "85.12%".into())
    );
    // Nobody can tell: no sign, and no translation.
    assert_eq!(
        of("unclear", "85.12"),
        (json!(null), json!(null), "85.12".into())
    );
}

#[test]
fn an_option_shows_otherwise_what_it_changes() {
    let of = |option: &str| {
        let request = Request::new().metric("approvals").toggle("display", option);
        let (format, text) = shown(&request, "null", "1234.5");
        (format["pattern"].clone(), format["currency"].clone(), text)
    };
    assert_eq!(of("counts"), (json!("#,##0"), json!(null), "1,235".into()));
    assert_eq!(
        of("dollars"),
        (json!("$#,##0.00"), json!("USD"), "$1,234.50".into())
    );
    // What the variant says itself comes first.
    assert_eq!(
        of("euros"),
        (json!("#,##0.0 ¤"), json!("EUR"), "1,234.5 €".into())
    );
}

#[test]
fn amounts_are_in_the_currency_of_the_context() {
    let request = Request::new().metric("volume");
    let (format, text) = shown(&request, "\"EUR\"", "-5");
    assert_eq!(text, "-€5.00");
    let options = json!({
        "style": "currency", "currency": "EUR", "currencyDisplay": "narrowSymbol", "minimumFractionDigits": 2,
        "maximumFractionDigits": 2, "useGrouping": true, "signDisplay": "negative"
    });
    let expected = json!({
        "pattern": "¤#,##0.00", "percent_scale": null, "currency": "EUR",
        "intl": {"type": "number", "options": options}, "d3": null, "spreadsheet": "\"€\"#,##0.00"
    });
    assert_eq!(format, expected);
    let (format, _) = shown(&request, "\"USD\"", "-5");
    assert_eq!(
        format["d3"],
        json!({"type": "number", "specifier": "$,.2f"})
    );

    // Another currency is another result.
    let compiler = compiler();
    let compile = |currency: &str| {
        compiler
            .checked(&request, &context(currency))
            .expect("a query")
    };
    assert_ne!(
        compile("\"USD\"").fingerprint(),
        compile("\"CAD\"").fingerprint()
    );
    assert_eq!(compile("\"USD\"").sql(), compile("\"CAD\"").sql());
    // Who asks for no such metric needs none.
    let request = Request::new().metric("attempts");
    let query = compiler
        .checked(&request, &context("null"))
        .expect("a query");
    assert_eq!(query.columns()[0].format().currency, None);
    let errors = compiler
        .checked(&request, &context("\"euro\""))
        .expect_err("no code");
    assert!(errors.has(ErrorCode::WrongValue));
}
