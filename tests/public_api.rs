//! The library as its callers see it: load, look, compile, serialize, share, and the stages alone.
#![allow(
    clippy::unwrap_used,
    reason = "a test that meets what it does not expect must fail"
)]

use measurand_tests::checker::Checked;
use std::collections::HashMap;
use std::error::Error as StdError;
use std::fmt::{Debug, Display};
use std::sync::Arc;
use std::thread;

use measurand::catalog::{Additivity, Lint, MetricType, spec::CatalogSpec};
use measurand::report::{Dashboard, Report, ReportBuilder, SavedView};
use measurand::{
    AccessRule, AccessType, Catalog, Certificate, Column, ColumnRole, CompiledQuery, Compiler,
    Context, DataType, Date, Dialect, Error, ErrorCode, ErrorKind, Errors, FilterRequest, Help,
    Limits, Name, Note, Param, Path, Plan, Provenance, Request, ResolveError, ResolvedQuery,
    RuleDimension, Scalar, ScanPurpose, Statement, Tenant, Value, ValueList, emit, plan, resolve,
};

const CATALOG: &str = r##"{
  "version": 1,
  "data_sources": [{
    "source_key": "order_summary", "display_name": "Orders",
    "view_pattern": "reporting.order_summary_{client_id}", "refresh_frequency_minutes": 15,
    "columns": [
      {"name": "client_id", "data_type": "integer"}, {"name": "date", "data_type": "date"},
      {"name": "campaign_id", "data_type": "integer"}, {"name": "sales_type", "data_type": "text"},
      {"name": "attempts", "data_type": "integer"}, {"name": "approvals", "data_type": "integer"},
      {"name": "approvals_organic", "data_type": "integer"}, {"name": "revenue", "data_type": "decimal"}
    ],
    "metrics": "*", "dimensions": "*"
  }],
  "metrics": [
    {"metric_key": "attempts", "sql_expression": "COUNT(attempts)", "data_type": "integer"},
    {"metric_key": "approvals", "sql_expression": "SUM(approvals)", "data_type": "integer",
     "variants": [{"when": {"approval_mode": "organic"}, "sql_expression": "SUM(approvals_organic)",
                   "display_name": "Organic approvals"}]},
    {"metric_key": "approval_rate", "derived_formula": "approvals / attempts",
     "data_type": "percentage", "format_pattern": "0.00%", "is_derived": true},
    {"metric_key": "revenue", "sql_expression": "SUM(revenue)", "data_type": "currency",
     "currency": "USD", "format_pattern": "$#,##0.00", "category": "money"}
  ],
  "dimensions": [
    {"dimension_key": "campaign_name", "column_expression": "campaign_id", "data_type": "text",
     "join_table": "public.campaigns", "display_column": "campaign_name", "join_unique": true,
     "join_condition": "campaigns.campaign_id = {value} AND campaigns.client_id = {client_id}"},
    {"dimension_key": "date", "column_expression": "date", "data_type": "date"},
    {"dimension_key": "sales_type", "column_expression": "sales_type", "data_type": "text",
     "synonyms": ["channel"]}
  ],
  "toggles": [{"toggle_key": "approval_mode", "options": [
    {"option_key": "standard", "is_default": true}, {"option_key": "organic"}]}]
}"##;

fn catalog() -> Catalog {
    Catalog::from_json(CATALOG).unwrap()
}

fn compiler() -> Compiler {
    Compiler::new(catalog(), Dialect::Postgres)
}

fn context() -> Context {
    let rule = AccessRule {
        dimension: RuleDimension::Key("campaign_name".into()),
        access_type: AccessType::Include,
        values: vec![Scalar::from(101), Scalar::from(205)],
        nulls_visible: false,
    };
    let mut context = Context::new(Tenant::number(1).unwrap(), vec![rule]);
    context.now = Some("2026-11-20T10:00:00Z".into());
    context
}

fn request() -> Request {
    Request::new()
        .metric("approvals")
        .metric("approval_rate")
        .dimension("campaign_name")
        .dimension_at("date", "month")
        .toggle("approval_mode", "organic")
        .filter(FilterRequest::is_not_in("sales_type", ["Test"]))
        .metric_filter(FilterRequest::metric("attempts", "gte", [10]))
        .preset("last_30_days")
        .descending("approvals")
        .limit(50)
}

#[test]
fn a_catalog_answers_questions() {
    let catalog = catalog();
    assert_eq!(catalog.sources().len(), 1);
    let source = catalog.source("order_summary").unwrap();
    assert_eq!(source.display_name(), "Orders");
    assert_eq!(source.refresh_frequency_minutes(), Some(15));
    assert_eq!(source.column_count(), Some(8));
    assert!(catalog.offers_metric("order_summary", "approval_rate"));
    assert!(!catalog.offers_dimension("order_summary", "gateway"));

    let approvals = catalog.metric("approvals").unwrap();
    assert_eq!(approvals.additivity(), Additivity::Additive);
    assert_eq!(approvals.info().data_type, MetricType::Integer);
    assert_eq!(approvals.variant_count(), 1);
    let rate = catalog.metric("approval_rate").unwrap();
    assert!(rate.is_derived());
    assert_eq!(rate.additivity(), Additivity::NonAdditive);
    assert!(catalog.metric("profit").is_none());

    let sales_type = catalog.dimension("sales_type").unwrap();
    assert!(sales_type.is_groupable() && sales_type.is_filterable());
    assert_eq!(sales_type.synonyms(), ["channel"]);
    assert_eq!(sales_type.info().display_name, "Sales type");

    let toggle = catalog.toggle("approval_mode").unwrap();
    let options: Vec<&str> = toggle.options().iter().map(|o| o.key().as_str()).collect();
    assert_eq!(options.len(), 2);
    assert_eq!(toggle.default_option().unwrap().key().as_str(), "standard");
}

#[test]
fn lints_are_a_call_of_their_own() {
    let scaled = CATALOG.replace("approvals / attempts", "approvals / attempts * 100");
    let catalog = Catalog::from_json(&scaled).unwrap();
    let metric = "approval_rate".to_owned();
    assert!(catalog.lints().contains(&Lint::PercentScale { metric }));
    assert!(self::catalog().lints().is_empty());
}

#[test]
fn both_spellings_are_one_catalog() {
    let limits = Limits::default();
    let spec = CatalogSpec::from_json(CATALOG, &limits).unwrap();
    let listed = CATALOG
        .replace(
            r#""metrics": "*""#,
            r#""metrics": ["attempts", "approvals", "approval_rate", "revenue"]"#,
        )
        .replace(
            r#""dimensions": "*""#,
            r#""dimensions": ["campaign_name", "date", "sales_type"]"#,
        );
    let nested = Catalog::from_json(&listed).unwrap();
    let rows = Catalog::from_rows_json(&spec.to_rows_json()).unwrap();
    assert_eq!(nested, rows);
    assert_eq!(nested.digest(), rows.digest());
    assert_eq!(Catalog::check(&spec, limits).unwrap(), catalog());
}

#[test]
fn a_request_becomes_a_statement() {
    let query = compiler().checked(&request(), &context()).unwrap();
    assert!(query.sql().starts_with("WITH grouped AS ("));
    assert!(
        query
            .sql()
            .contains("sum(o.approvals_organic) AS approvals")
    );
    assert_eq!(query.dialect(), Dialect::Postgres);
    let sources: Vec<&str> = query.sources().into_iter().map(Name::as_str).collect();
    assert_eq!(sources, ["order_summary"]);
    let toggles: HashMap<&str, &str> = query
        .toggles()
        .into_iter()
        .map(|(toggle, option)| (toggle.as_str(), option.as_str()))
        .collect();
    assert_eq!(toggles["approval_mode"], "organic");
    assert!(query.notes().is_empty());
    assert_eq!(query.fingerprint().len(), 64);

    assert_eq!(query.params()[0], Param::Scalar(Value::Integer(1)));
    let campaigns = ValueList::new(DataType::Integer, vec![101.into_value(), 205.into_value()]);
    assert_eq!(query.params()[1], Param::List(campaigns.unwrap()));
    let first_day = Date::parse("2026-10-22").unwrap();
    assert!(
        query
            .params()
            .contains(&Param::Scalar(Value::Date(first_day)))
    );
}

/// Whole numbers as values, to keep the lines above short.
trait IntoValue {
    fn into_value(self) -> Value;
}

impl IntoValue for i64 {
    fn into_value(self) -> Value {
        Value::Integer(self)
    }
}

#[test]
fn columns_say_how_to_show_them() {
    let query = compiler().checked(&request(), &context()).unwrap();
    let shown: Vec<(&str, &str, ColumnRole)> = query
        .columns()
        .iter()
        .map(|column| (column.key(), column.alias(), column.role()))
        .collect();
    assert_eq!(
        shown,
        [
            ("campaign_name", "campaign_name", ColumnRole::DimensionValue),
            (
                "campaign_name.label",
                "campaign_name__label",
                ColumnRole::DimensionLabel
            ),
            ("date.month", "date__month", ColumnRole::DimensionValue),
            ("approvals", "approvals", ColumnRole::Metric),
            ("approval_rate", "approval_rate", ColumnRole::Metric),
        ]
    );
    let types: Vec<&str> = query.columns().iter().map(Column::data_type).collect();
    assert_eq!(types, ["integer", "text", "date", "integer", "percentage"]);
    assert_eq!(query.columns()[3].label(), "Organic approvals");
    assert_eq!(query.columns()[4].format().pattern, Some("0.00%"));
    assert_eq!(query.columns()[2].grain().unwrap().as_str(), "month");
    assert!(query.columns()[0].is_nullable());
}

#[test]
fn the_certificate_lists_every_read() {
    let query = compiler().checked(&request(), &context()).unwrap();
    let certificate: &Certificate = query.certificate();
    let [facts, lookup] = certificate.scans.as_slice() else {
        panic!("two reads: {certificate}");
    };
    assert_eq!(facts.relation, "reporting.order_summary_1");
    assert!(matches!(&facts.purpose, ScanPurpose::Facts(key) if key.as_str() == "order_summary"));
    assert!(matches!(&lookup.purpose, ScanPurpose::Lookup(key) if key.as_str() == "campaign_name"));
    for scan in &certificate.scans {
        assert_eq!(scan.tenant.as_ref().unwrap().parameter, 1);
        assert_eq!(scan.rules.len(), 1);
    }
}

#[test]
fn provenance_goes_down_to_columns() {
    let query = compiler().checked(&request(), &context()).unwrap();
    let provenance: Vec<Provenance> = query.provenance();
    assert_eq!(provenance.len(), query.columns().len());
    let rate = provenance.last().unwrap();
    assert_eq!(rate.expression, "approvals / attempts");
    let parts: Vec<&str> = rate
        .components
        .iter()
        .map(|part| part.key.as_str())
        .collect();
    assert_eq!(parts, ["approvals", "attempts"]);
    assert_eq!(rate.components[0].variant[0].1.as_str(), "organic");
    assert_eq!(rate.source_columns, ["approvals_organic", "attempts"]);
}

#[test]
fn everything_serializes() {
    let query = compiler().checked(&request(), &context()).unwrap();
    let json = serde_json::to_value(&query).unwrap();
    let fields: Vec<&str> = json
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(
        fields,
        [
            "certificate",
            "columns",
            "dialect",
            "fingerprint",
            "notes",
            "params",
            "provenance",
            "sources",
            "sql",
            "toggles"
        ]
    );
    assert_eq!(json["params"][0]["type"], "int8");
    assert_eq!(json["columns"][1]["role"], "dimension_label");
    assert_eq!(json["certificate"]["scans"][0]["tenant"]["parameter"], 1);

    let errors = compiler()
        .checked(&Request::new().metric("profit"), &context())
        .unwrap_err();
    let json = serde_json::to_value(&errors).unwrap();
    assert_eq!(json[0]["code"], "unknown-metric");
    assert_eq!(json[0]["path"], "request.metrics[0]");
}

#[test]
fn errors_are_data_and_text() {
    let request = Request::new().metric("aprovals").dimension("sales_tpye");
    let errors: Errors = compiler().checked(&request, &context()).unwrap_err();
    assert!(errors.has(ErrorCode::UnknownMetric) && errors.has(ErrorCode::UnknownDimension));
    let first: &Error = errors.iter().next().unwrap();
    let place: &Path = first.path();
    assert_eq!(place.as_str(), "request.metrics[0]");
    assert!(matches!(
        first.kind(),
        ErrorKind::Resolve(ResolveError::Unknown { .. })
    ));
    assert_eq!(first.help(), Some(&Help::DidYouMean("approvals".into())));
    assert_eq!(errors.to_string().lines().count(), 6);
    fn is_error<T: StdError + Send + Sync + 'static>(_: &T) {}
    is_error(first);
    is_error(&errors);
}

#[test]
fn notes_ride_along_with_answers() {
    let mut context = context();
    context.access[0].values.clear();
    let query = compiler()
        .checked(&Request::new().metric("attempts"), &context)
        .unwrap();
    let dimension = Name::new("campaign_name").unwrap();
    assert_eq!(query.notes(), [Note::EmptyInclude { dimension }]);
    assert!(query.sql().contains("AND FALSE"));
}

#[test]
fn stages_can_be_called_alone() {
    let catalog = catalog();
    let resolved: ResolvedQuery<'_> = resolve(&catalog, &request(), &context()).unwrap();
    assert!(format!("{resolved:?}").contains("order_summary"));
    let planned: Plan<'_> = plan(&catalog, resolved, Dialect::Postgres).unwrap();
    let explained = planned.to_string();
    assert!(explained.starts_with("scan    order_summary (reporting.order_summary_1)"));
    let statement: Statement = emit(&planned);
    let query = compiler().checked(&request(), &context()).unwrap();
    assert_eq!(statement.sql(), query.sql());
    assert_eq!(statement.certificate(), query.certificate());
}

#[test]
fn one_compiler_serves_all_threads() {
    let compiler = Arc::new(compiler());
    let texts: Vec<String> = thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|_| {
                let compiler = compiler.clone();
                scope.spawn(move || {
                    let query = compiler.checked(&request(), &context()).unwrap();
                    query.sql().to_owned()
                })
            })
            .collect();
        threads.into_iter().map(|t| t.join().unwrap()).collect()
    });
    assert!(texts.iter().all(|text| text == &texts[0]));
    assert_eq!(compiler.verified_shapes(), 1);
}

#[test]
fn what_callers_hold_can_be_shared() {
    fn is_shared<T: Send + Sync + 'static>() {}
    is_shared::<Catalog>();
    is_shared::<Compiler>();
    is_shared::<CompiledQuery>();
    is_shared::<Request>();
    is_shared::<Context>();
    is_shared::<Errors>();
    is_shared::<Param>();
    is_shared::<ReportBuilder>();
    is_shared::<Report>();
    is_shared::<Dashboard>();
    is_shared::<SavedView>();
    fn is_shown<T: Debug + Display>() {}
    is_shown::<Errors>();
    is_shown::<Error>();
    is_shown::<Certificate>();
    is_shown::<Plan<'_>>();
    is_shown::<Value>();
    fn is_cheap_to_keep<T: Clone + Debug>() {}
    is_cheap_to_keep::<CompiledQuery>();
    is_cheap_to_keep::<Request>();
    is_cheap_to_keep::<Context>();
    is_cheap_to_keep::<Errors>();
}

#[test]
fn debug_forms_show_no_values() {
    let request = request().filter(FilterRequest::is_in("sales_type", ["Secret"]));
    let query = compiler().checked(&request, &context()).unwrap();
    let catalog = catalog();
    let resolved = resolve(&catalog, &request, &context()).unwrap();
    let shown = format!(
        "{query:?} {resolved:?} {} {:?}",
        query.certificate(),
        compiler()
    );
    assert!(
        !shown.contains("Secret") && !shown.contains("205"),
        "{shown}"
    );
}

/// Rows and columns may be kept under a fingerprint, so what is shown otherwise has another one.
#[test]
fn one_text_under_two_labels_has_two_fingerprints() -> Result<(), Errors> {
    const CATALOG: &str = r#"{
      "data_sources": [{"source_key": "orders", "view_pattern": "orders", "metrics": "*"}],
      "metrics": [{"metric_key": "revenue", "sql_expression": "SUM(x)", "variants": [
        {"when": {"view": "net"}, "sql_expression": "SUM(x)", "display_name": "Net revenue"}]}],
      "toggles": [{"toggle_key": "view", "options": [
        {"option_key": "gross", "is_default": true}, {"option_key": "net"}]}]
    }"#;
    let compiler = Compiler::new(Catalog::from_json(CATALOG)?, Dialect::Postgres);
    let context = Context::from_json(r#"{"client_id": 1, "access": []}"#, &Limits::default())?;
    let gross = compiler.checked(&Request::new().metric("revenue"), &context)?;
    let net = Request::new().metric("revenue").toggle("view", "net");
    let net = compiler.checked(&net, &context)?;
    assert_eq!(gross.sql(), net.sql());
    assert_ne!(gross.fingerprint(), net.fingerprint());
    Ok(())
}

/// An access list is a set: neither its order nor a value said twice makes another query of it.
#[test]
fn equal_rules_have_one_fingerprint() -> Result<(), Errors> {
    const CATALOG: &str = r#"{
      "data_sources": [{"source_key": "orders", "view_pattern": "orders", "metrics": "*", "dimensions": "*"}],
      "metrics": [{"metric_key": "revenue", "sql_expression": "SUM(x)"}],
      "dimensions": [{"dimension_key": "channel", "column_expression": "channel"}]
    }"#;
    let compiler = Compiler::new(Catalog::from_json(CATALOG)?, Dialect::Postgres);
    let fingerprint = |values: &str| {
        let context = format!(
            r#"{{"client_id": 1, "access": [{{"dimension": "channel", "allowed_values": {values}}}]}}"#
        );
        let context = Context::from_json(&context, &Limits::default())?;
        let query = compiler.checked(&Request::new().metric("revenue"), &context)?;
        Ok::<String, Errors>(query.fingerprint())
    };
    let one = fingerprint(r#"["a", "b"]"#)?;
    assert_eq!(one, fingerprint(r#"["b", "a"]"#)?);
    assert_eq!(one, fingerprint(r#"["b", "a", "b"]"#)?);
    assert_ne!(one, fingerprint(r#"["a", "b", "c"]"#)?);
    Ok(())
}
