//! A catalog goes into the report builder's tables and comes back the same, on a real PostgreSQL.

use measurand::catalog::spec::CatalogSpec;
use measurand::catalog::sql::{CATALOG_QUERY, OPTIONAL_FIELDS, TABLES};
use measurand::{Catalog, Limits};
use measurand_tests::support::cluster::cluster;
use measurand_tests::support::payments;
use postgres::Client;

/// Stand-ins for the tables of users and clients.
const STUBS: &str = include_str!("../sql/stub_tables.sql");

/// The tables that the design names, in its order.
const DESIGNED: [&str; 18] = [
    "data_sources",
    "metrics",
    "dimensions",
    "data_source_metrics",
    "data_source_dimensions",
    "metric_toggles",
    "metric_toggle_options",
    "metric_variants",
    "report_templates",
    "saved_views",
    "filter_presets",
    "dashboards",
    "dashboard_widgets",
    "scheduled_reports",
    "export_jobs",
    "user_dimension_access",
    "dimension_access_audit",
    "client_modules",
];

/// The tables that hold a catalog, those that others refer to first.
const CATALOG_TABLES: [&str; 9] = [
    "data_sources",
    "metrics",
    "dimensions",
    "data_source_metrics",
    "data_source_dimensions",
    "metric_toggles",
    "metric_toggle_options",
    "metric_variants",
    "report_templates",
];

/// A catalog that says every optional field once.
const EVERY_FIELD: &str = r##"{
  "version": 1,
  "data_sources": [
    {"source_key": "orders", "display_name": "Orders", "view_pattern": "reporting.orders_{client_id}",
     "date_column": "sold_on", "client_id_column": "tenant", "refresh_frequency_minutes": 30,
     "description": "One row per order.", "priority": 10, "primary_key": ["id"],
     "base_filter": "NOT deleted", "access_exempt": ["channel"],
     "columns": [
       {"name": "id", "data_type": "integer"}, {"name": "tenant", "data_type": "integer"},
       {"name": "sold_on", "data_type": "date"}, {"name": "refunded_on", "data_type": "date"},
       {"name": "deleted", "data_type": "boolean"}, {"name": "customer_id", "data_type": "integer"},
       {"name": "campaign_id", "data_type": "integer"}, {"name": "old_campaign_id", "data_type": "integer"},
       {"name": "channel", "data_type": "text"}, {"name": "organic", "data_type": "decimal"},
       {"name": "data", "data_type": "jsonb"}, {"name": "tags", "data_type": "text[]"},
       {"name": "amount", "data_type": "decimal", "column": "data", "path": ["custom", "amount"]}],
     "relationships": [{"name": "customer", "to": "customers", "on": [["customer_id", "id"]],
                        "cardinality": "many_to_one"}],
     "metrics": ["revenue", "rate", {"metric": "cost", "sql_expression": "SUM(amount) / 2"}, "score"],
     "dimensions": ["channel", "date",
       {"dimension": "campaign", "column_expression": "old_campaign_id",
        "join_condition": "{value} = campaigns.id"}]},
    {"source_key": "customers", "view_pattern": "reporting.customers", "date_column": null,
     "client_id_column": null, "primary_key": ["id"], "columns": [{"name": "id", "data_type": "integer"}]},
    {"source_key": "orders_by_customer", "view_pattern": "reporting.orders", "date_column": null,
     "rollup_by": ["customer_id"], "columns": [{"name": "client_id", "data_type": "integer"},
       {"name": "customer_id", "data_type": "integer"},
       {"name": "bought", "data_type": "integer", "rollup": "COUNT(*)"}]}
  ],
  "metrics": [
    {"metric_key": "revenue", "sql_expression": "SUM(amount)", "data_type": "currency",
     "format_pattern": "$#,##0.00", "category": "sales", "sort_order": 3, "is_invertable": true,
     "filter": "amount > 0", "additivity": "additive", "null_as": 0.50, "currency": "USD",
     "module": "high_risk", "variants": [
       {"when": {"mode": "organic"}, "sql_expression": "SUM(organic)", "display_name": "Organic",
        "data_type": "number", "format_pattern": "0", "currency": "EUR"},
       {"when": {"mode": "organic", "basis": "refund"}, "sql_expression": "SUM(organic) / 3"}]},
    {"metric_key": "cost", "sql_expression": "SUM(amount) / 4",
     "additivity": {"semi_additive": {"over": "date", "pick": "last"}},
     "window": {"rolling": {"n": 7, "grain": "day"}}},
    {"metric_key": "rate", "is_derived": true, "derived_formula": "revenue / NULLIF(cost, 0)",
     "data_type": "percentage", "percent_scale": "fraction", "additivity": "non_additive",
     "offset": {"n": 1, "grain": "month"},
     "variants": [{"when": {"mode": "net"}, "derived_formula": "cost / NULLIF(revenue, 0)"}]},
    {"metric_key": "score", "sql_expression": "SUM(my_score(amount))"}
  ],
  "dimensions": [
    {"dimension_key": "campaign", "display_name": "Campaign", "column_expression": "campaign_id",
     "display_column": "name", "join_table": "public.campaigns",
     "join_condition": "{source}.campaign_id = campaigns.id", "join_tenant_column": "client_id",
     "join_unique": true, "value_type": "integer", "synonyms": ["ad"], "module": "high_risk"},
    {"dimension_key": "channel", "column_expression": "channel", "display_column": "label",
     "join_table": "public.channels", "join_condition": "{value} = channels.channel",
     "join_global": true, "is_filterable": false},
    {"dimension_key": "date", "column_expression": "sold_on", "data_type": "date",
     "grains": ["day", "month"]},
    {"dimension_key": "refund_date", "column_expression": "refunded_on"}
  ],
  "toggles": [
    {"toggle_key": "mode", "options": [
      {"option_key": "standard", "is_default": true}, {"option_key": "organic"},
      {"option_key": "net", "format_pattern": "0.0"}]},
    {"toggle_key": "basis", "options": [
      {"option_key": "sale", "is_default": true}, {"option_key": "refund", "date_column": "refunded_on"}]},
    {"toggle_key": "time", "toggle_type": "dimension_switch", "options": [
      {"option_key": "sold", "is_default": true, "dimension_key": "date"},
      {"option_key": "refunded", "dimension_key": "refund_date"}]}
  ],
  "templates": [
    {"template_key": "revenue-report", "name": "Revenue", "layout": {"sections": [{"title": "a  b", "n": 1.50}]},
     "default_filters": {}, "default_date_range": "last_30_days", "required_data_sources": ["orders"],
     "required_toggles": ["mode"], "created_by": "usr_1", "module": "high_risk"}
  ],
  "functions": ["my_score", "other_score"]
}"##;

/// A catalog in the words of the design alone.
const DESIGNED_FIELDS: &str = r#"{
  "data_sources": [{"source_key": "orders", "view_pattern": "reporting.orders_{client_id}",
                    "metrics": ["approvals", "attempts", "approval_rate"], "dimensions": ["campaign_name"]}],
  "metrics": [
    {"metric_key": "approvals", "sql_expression": "SUM(approvals)",
     "variants": [{"when": {"approval_mode": "organic"}, "sql_expression": "SUM(approvals_organic)"}]},
    {"metric_key": "attempts", "sql_expression": "SUM(attempts)"},
    {"metric_key": "approval_rate", "is_derived": true, "derived_formula": "approvals / attempts * 100"}],
  "dimensions": [{"dimension_key": "campaign_name", "column_expression": "campaign_id",
    "display_column": "campaign_name", "join_table": "public.campaigns",
    "join_condition": "{source}.campaign_id = campaigns.campaign_id AND campaigns.client_id = {client_id}"}],
  "toggles": [{"toggle_key": "approval_mode", "options": [
    {"option_key": "standard", "is_default": true}, {"option_key": "organic"}]}]
}"#;

/// A database with these scripts run.
fn database(name: &str, scripts: &[&str]) -> Client {
    let mut client = cluster().fresh_database(name);
    for script in scripts {
        client
            .batch_execute(script)
            .unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    client
}

/// Writes a catalog into the tables, as an administrator's tool would.
fn write(client: &mut Client, nested: &str) {
    let spec = CatalogSpec::from_json(nested, &Limits::default());
    let rows = spec
        .unwrap_or_else(|errors| panic!("{errors}"))
        .to_rows_json();
    for table in CATALOG_TABLES {
        write_table(client, table, &rows);
    }
    let functions = "INSERT INTO report_builder.functions
        SELECT json_array_elements_text($1::text::json -> 'functions')";
    if rows.contains("\"functions\"") {
        client.execute(functions, &[&rows]).expect("functions fit");
    }
}

/// A column that the rows mention and the table lacks is an error of the `INSERT`; columns that no
/// row mentions keep their defaults.
fn write_table(client: &mut Client, table: &str, rows: &str) {
    let columns = "SELECT string_agg(DISTINCT quote_ident(name), ', ')
        FROM json_array_elements($1::text::json -> $2) AS row, json_object_keys(row) AS name";
    let columns = client.query_one(columns, &[&rows, &table]).expect("rows");
    let Some(columns) = columns.get::<_, Option<String>>(0) else {
        return;
    };
    let insert = format!(
        "INSERT INTO report_builder.{table} ({columns}) SELECT {columns}
         FROM json_populate_recordset(NULL::report_builder.{table}, $1::text::json -> '{table}')"
    );
    client
        .execute(&insert, &[&rows])
        .unwrap_or_else(|error| panic!("{table}: {error:?}"));
}

fn read(client: &mut Client) -> Catalog {
    let row = client
        .query_one(CATALOG_QUERY, &[])
        .expect("the query runs");
    Catalog::from_rows_json(row.get(0)).unwrap_or_else(|errors| panic!("{errors}"))
}

fn nested(text: &str) -> Catalog {
    Catalog::from_json(text).unwrap_or_else(|errors| panic!("{errors}"))
}

fn assert_comes_back(client: &mut Client, text: &str) {
    write(client, text);
    let (found, written) = (read(client), nested(text));
    assert_eq!(found, written);
    assert_eq!(found.digest(), written.digest());
    assert_eq!(found.lints(), written.lints());
}

#[test]
fn the_designed_tables_exist_by_themselves() {
    let mut client = database("tables", &[STUBS, TABLES]);
    let tables = "SELECT table_name::text FROM information_schema.tables
                  WHERE table_schema = 'report_builder' ORDER BY 1";
    let rows = client.query(tables, &[]).expect("the catalog answers");
    let found: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    let mut expected = DESIGNED;
    expected.sort_unstable();
    assert_eq!(found, expected);

    let columns = "SELECT table_name || '.' || column_name || ' ' || column_default
        FROM information_schema.columns WHERE table_schema = 'beast_insights_v2'
        AND column_name IN ('report_mode', 'is_native_reports_enabled') ORDER BY 1";
    let rows = client.query(columns, &[]).expect("the catalog answers");
    let found: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    assert_eq!(
        found,
        [
            "client_features.is_native_reports_enabled false",
            "clients.report_mode 'powerbi'::character varying",
        ]
    );
}

#[test]
fn optional_fields_may_be_added_twice() {
    database("twice", &[STUBS, TABLES, OPTIONAL_FIELDS, OPTIONAL_FIELDS]);
}

#[test]
fn the_payments_catalog_comes_back_the_same() {
    let mut client = database("payments", &[STUBS, TABLES, OPTIONAL_FIELDS]);
    assert_comes_back(&mut client, payments::TEXT);
}

#[test]
fn every_optional_field_comes_back() {
    let mut client = database("every_field", &[STUBS, TABLES, OPTIONAL_FIELDS]);
    client
        .batch_execute("INSERT INTO beast_insights_v2.users (id) VALUES ('usr_1')")
        .expect("the author of the template fits");
    assert_comes_back(&mut client, EVERY_FIELD);
}

#[test]
fn the_query_reads_the_designed_tables_alone() {
    let mut client = database("designed", &[STUBS, TABLES]);
    assert_comes_back(&mut client, DESIGNED_FIELDS);
}

#[test]
fn empty_tables_are_an_empty_catalog() {
    let empty = nested(r#"{"version": 1}"#);
    assert_eq!(read(&mut database("bare", &[STUBS, TABLES])), empty);
    let scripts = [STUBS, TABLES, OPTIONAL_FIELDS];
    assert_eq!(read(&mut database("empty", &scripts)), empty);
}

/// Rows that are switched off are as if absent.
#[test]
fn inactive_rows_stay_in_the_tables() {
    let mut client = database("inactive", &[STUBS, TABLES]);
    write(&mut client, DESIGNED_FIELDS);
    client
        .batch_execute(
            "UPDATE report_builder.metric_variants SET is_active = false;
             UPDATE report_builder.data_source_metrics SET is_active = false
             WHERE metric_id IN (SELECT id FROM report_builder.metrics WHERE metric_key <> 'approvals')",
        )
        .expect("the rows are there");
    let catalog = read(&mut client);
    assert!(catalog.offers_metric("orders", "approvals"));
    assert!(!catalog.offers_metric("orders", "attempts"));
    assert_eq!(
        catalog.metric("approvals").map(|m| m.variant_count()),
        Some(0)
    );
}
