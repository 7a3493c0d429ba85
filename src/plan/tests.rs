//! What a plan promises of the guard: what waits, what the tenant is compared as, what counts.

use super::{Plan, plan};
use crate::catalog::Catalog;
use crate::context::Context;
use crate::dialect::Dialect;
use crate::error::{ErrorCode, Errors};
use crate::limits::Limits;
use crate::output::Note;
use crate::request::Request;
use crate::resolve::{ResolvedQuery, resolve};
use crate::value::{DataType, Param, Value};

const CATALOG: &str = r#"{
  "data_sources": [
    {"source_key": "calm", "view_pattern": "public.calm", "base_filter": "is_deleted = false",
     "columns": [
       {"name": "client_id", "data_type": "text"}, {"name": "date", "data_type": "date"},
       {"name": "is_deleted", "data_type": "boolean"}, {"name": "kind", "data_type": "text"},
       {"name": "size", "data_type": "integer"}, {"name": "seen_at", "data_type": "timestamptz"},
       {"name": "due_on", "data_type": "date"}],
     "metrics": "*", "dimensions": "*"},
    {"source_key": "raising", "view_pattern": "public.raising", "base_filter": "CAST(kind AS integer) > 0",
     "columns": [
       {"name": "client_id", "data_type": "integer"}, {"name": "date", "data_type": "date"},
       {"name": "kind", "data_type": "text"}, {"name": "size", "data_type": "integer"}],
     "metrics": "*", "dimensions": "*"},
    {"source_key": "undeclared", "view_pattern": "public.undeclared", "date_column": null, "dimensions": ["kind"],
     "metrics": ["rows"]},
    {"source_key": "moments", "view_pattern": "public.moments", "date_column": "seen_at",
     "columns": [{"name": "client_id", "data_type": "integer"}, {"name": "seen_at", "data_type": "timestamptz"},
       {"name": "due_on", "data_type": "date"}],
     "metrics": ["rows"], "dimensions": ["seen_at"]}
  ],
  "metrics": [{"metric_key": "rows", "sql_expression": "COUNT(*)"}],
  "dimensions": [
    {"dimension_key": "kind", "column_expression": "kind", "display_column": "title", "join_table": "public.kinds",
     "join_condition": "{value} = kinds.kind AND kinds.client_id = {client_id}"},
    {"dimension_key": "number", "column_expression": "CAST(kind AS integer)", "data_type": "integer"},
    {"dimension_key": "size", "column_expression": "size"},
    {"dimension_key": "seen_at", "column_expression": "seen_at"},
    {"dimension_key": "seen_on", "column_expression": "seen_at", "data_type": "date"},
    {"dimension_key": "date", "column_expression": "date", "data_type": "date"}
  ],
  "toggles": [{"toggle_key": "basis", "options": [
    {"option_key": "booked", "is_default": true}, {"option_key": "seen", "date_column": "seen_at"},
    {"option_key": "due", "date_column": "due_on"}]}]
}"#;

fn within(limits: Limits) -> Catalog {
    Catalog::from_json_within(CATALOG, limits).unwrap_or_else(|errors| panic!("{errors}"))
}

fn resolved<'c>(
    catalog: &'c Catalog,
    request: &str,
    access: &str,
) -> Result<ResolvedQuery<'c>, Errors> {
    let limits = Limits::default();
    let context = format!(r#"{{"client_id": 7, "access": {access}}}"#);
    resolve(
        catalog,
        &Request::from_json(request, &limits)?,
        &Context::from_json(&context, &limits)?,
    )
}

fn planned<'c>(
    catalog: &'c Catalog,
    request: &str,
    access: &str,
    dialect: Dialect,
) -> Result<Plan<'c>, Errors> {
    plan(catalog, resolved(catalog, request, access)?, dialect)
}

fn postgres<'c>(catalog: &'c Catalog, request: &str, access: &str) -> Plan<'c> {
    let found = planned(catalog, request, access, Dialect::Postgres);
    found.unwrap_or_else(|errors| panic!("{request} {access}: {errors}"))
}

/// What can raise waits for what protects the rows, and nothing else waits: it would cost an index.
#[test]
fn what_can_raise_waits_and_nothing_else() {
    let catalog = within(Limits::default());
    for (source, raises) in [("calm", false), ("raising", true)] {
        let request = format!(r#"{{"source": "{source}", "metrics": ["rows"]}}"#);
        let plan = postgres(&catalog, &request, "[]");
        let filter = plan.legs[0]
            .scan
            .base_filter
            .as_ref()
            .expect("a standing filter");
        assert_eq!(filter.is_outer, raises, "{source}");
    }
    for (dimension, raises) in [("size", false), ("number", true)] {
        let request = r#"{"source": "calm", "metrics": ["rows"]}"#;
        let rule = format!(
            r#"[{{"dimension": "{dimension}", "access_type": "include", "allowed_values": [1]}}]"#
        );
        let plan = postgres(&catalog, request, &rule);
        assert_eq!(plan.legs[0].scan.rules[0].is_outer, raises, "{dimension}");
        assert!(!plan.legs[0].scan.is_fenced, "{dimension}");

        let request = format!(
            r#"{{"source": "calm", "metrics": ["rows"],
                 "filters": [{{"dimension": "{dimension}", "op": "eq", "values": [1]}}]}}"#
        );
        let plan = postgres(&catalog, &request, "[]");
        assert_eq!(plan.legs[0].scan.inner.is_empty(), raises, "{dimension}");
        assert_eq!(plan.legs[0].scan.outer.is_empty(), !raises, "{dimension}");
        assert_eq!(plan.legs[0].scan.is_fenced, raises, "{dimension}");

        let request =
            format!(r#"{{"source": "calm", "metrics": ["rows"], "dimensions": ["{dimension}"]}}"#);
        let plan = postgres(&catalog, &request, "[]");
        assert_eq!(plan.legs[0].scan.is_fenced, raises, "{dimension}");
    }
}

/// A moment has a day only on a clock, and far ones have none: what reads the day waits, the moment does not.
#[test]
fn days_of_moments_wait_and_nothing_else() {
    let catalog = within(Limits::default());
    let (day, moment) = ("2024-01-01", "2024-01-01T00:00:00Z");
    for (source, dimension, value, basis, waits) in [
        ("calm", "date", day, "booked", false),
        ("calm", "date", day, "seen", true),
        ("calm", "date", day, "due", false),
        ("calm", "seen_on", day, "booked", true),
        ("calm", "seen_on", day, "seen", true),
        ("calm", "seen_at", moment, "booked", false),
        ("calm", "seen_at", moment, "seen", false),
        ("calm", "kind", "x", "seen", false),
        ("moments", "seen_at", moment, "booked", false),
        ("moments", "seen_at", moment, "due", true),
    ] {
        let request = format!(
            r#"{{"source": "{source}", "metrics": ["rows"], "toggles": {{"basis": "{basis}"}},
                 "filters": [{{"dimension": "{dimension}", "op": "eq", "values": ["{value}"]}}]}}"#
        );
        let plan = postgres(&catalog, &request, "[]");
        assert_eq!(
            plan.legs[0].scan.outer.len(),
            usize::from(waits),
            "{request}"
        );
        assert_eq!(
            plan.legs[0].scan.inner.len(),
            usize::from(!waits),
            "{request}"
        );
        assert_eq!(plan.legs[0].scan.is_fenced, waits, "{request}");
    }
}

/// One column says that tenants are texts, the other that they are numbers; lookups say nothing.
#[test]
fn the_tenant_is_compared_as_its_column_says() {
    let catalog = within(Limits::default());
    let (number, text) = (Value::Integer(7), Value::Text("7".into()));
    for (source, expected) in [
        ("calm", &text),
        ("raising", &number),
        ("undeclared", &number),
    ] {
        let request =
            format!(r#"{{"source": "{source}", "metrics": ["rows"], "dimensions": ["kind"]}}"#);
        let plan = postgres(&catalog, &request, "[]");
        let facts = plan.legs[0].scan.tenant.expect("a tenant column");
        assert_eq!(facts.data_type, expected.data_type(), "{source}");
        assert_eq!(
            plan.binds[facts.value.0],
            Param::Scalar(expected.clone()),
            "{source}"
        );
        let lookups = plan.lookup_tenant;
        assert_eq!(lookups.data_type, DataType::Integer, "{source}");
        assert_eq!(
            plan.binds[lookups.value.0],
            Param::Scalar(number.clone()),
            "{source}"
        );
        assert_eq!(
            facts.value == lookups.value,
            *expected == number,
            "{source}"
        );
    }
}

/// A rule is a set, so equal rules bind equally; how long the list is written decides the text.
#[test]
fn a_rule_binds_a_set_and_keeps_its_length() {
    let catalog = within(Limits::default());
    let request = r#"{"source": "calm", "metrics": ["rows"]}"#;
    for (values, is_long) in [
        ("3, 1, 3, 1, 3, 1, 3, 1", false),
        ("3, 1, 3, 1, 3, 1, 3, 1, 3", true),
    ] {
        let rule = format!(
            r#"[{{"dimension": "size", "access_type": "exclude", "allowed_values": [{values}]}}]"#
        );
        let plan = postgres(&catalog, request, &rule);
        let super::RuleShape::NotListed { list, .. } = plan.legs[0].scan.rules[0].form else {
            panic!("a list");
        };
        assert_eq!(list.is_long, is_long);
        let Param::List(bound) = &plan.binds[list.values.0] else {
            panic!("a list");
        };
        assert_eq!(bound.values(), [Value::Integer(1), Value::Integer(3)]);
    }
}

/// Moments have many forms in SQLite, and it knows no zones: none of them is compared there.
#[test]
fn sqlite_is_not_asked_about_moments() {
    let catalog = within(Limits::default());
    let basis = r#"{"source": "calm", "metrics": ["rows"], "date_range": {"from": "2024-01-01"}"#;
    let asks = [
        (
            r#"{"source": "calm", "metrics": ["rows"], "dimensions": ["seen_at"]}"#,
            "[]",
            true,
        ),
        (
            r#"{"source": "calm", "metrics": ["rows"],
                "filters": [{"dimension": "seen_at", "op": "is_null"}]}"#,
            "[]",
            true,
        ),
        (
            r#"{"source": "calm", "metrics": ["rows"],
                "filters": [{"dimension": "seen_on", "op": "is_null"}]}"#,
            "[]",
            true,
        ),
        (
            r#"{"source": "calm", "metrics": ["rows"]}"#,
            r#"[{"dimension": "seen_at", "access_type": "exclude", "allowed_values": [null]}]"#,
            true,
        ),
        (
            r#"{"source": "moments", "metrics": ["rows"], "date_range": {"from": "2024-01-01"}}"#,
            "[]",
            true,
        ),
        (r#"{"source": "moments", "metrics": ["rows"]}"#, "[]", false),
        (&format!("{basis}}}"), "[]", false),
        (
            &format!(r#"{basis}, "toggles": {{"basis": "booked"}}}}"#),
            "[]",
            false,
        ),
        (
            &format!(r#"{basis}, "toggles": {{"basis": "seen"}}}}"#),
            "[]",
            true,
        ),
        (
            r#"{"source": "calm", "metrics": ["rows"], "toggles": {"basis": "seen"}}"#,
            "[]",
            true,
        ),
    ];
    for (request, access, is_refused) in asks {
        postgres(&catalog, request, access);
        match planned(&catalog, request, access, Dialect::Sqlite) {
            Ok(_) => assert!(!is_refused, "{request} {access}"),
            Err(errors) => {
                assert!(errors.has(ErrorCode::DialectUnsupported), "{errors}");
                assert!(is_refused, "{request} {access}: {errors}");
            }
        }
    }
}

/// Where nobody declares a type, the values of a list say it together; nothing but NULL says none.
#[test]
fn values_of_a_rule_are_of_one_type() {
    let catalog = within(Limits::default());
    let request = r#"{"source": "undeclared", "metrics": ["rows"]}"#;
    let rule = |values: &str| {
        format!(
            r#"[{{"dimension": "kind", "access_type": "include", "allowed_values": [{values}]}}]"#
        )
    };
    for values in [
        "1, 2",
        r#""a", "b""#,
        "null",
        "null, null",
        r#"null, "a""#,
        "",
    ] {
        postgres(&catalog, request, &rule(values));
    }
    for values in [r#"1, "a""#, r#""a", null, 1"#, "true, 1"] {
        let errors = resolved(&catalog, request, &rule(values)).unwrap_err();
        assert!(errors.has(ErrorCode::ValueType), "{values}: {errors}");
        let paths: Vec<_> = errors.iter().map(|error| error.path().as_str()).collect();
        assert_eq!(paths, ["context.access[0].allowed_values"], "{values}");
    }
}

#[test]
fn a_list_is_as_long_as_its_limit() {
    let catalog = within(Limits {
        list_values: 2,
        ..Limits::default()
    });
    let request = r#"{"source": "calm", "metrics": ["rows"]}"#;
    let rule = |values: &str| {
        format!(
            r#"[{{"dimension": "size", "access_type": "include", "allowed_values": [{values}]}}]"#
        )
    };
    postgres(&catalog, request, &rule("1, 2"));
    let errors = resolved(&catalog, request, &rule("1, 2, 3")).unwrap_err();
    assert!(errors.has(ErrorCode::LimitExceeded), "{errors}");
}

/// Only an include list shows nothing when it is empty; an empty exclude list shows everything.
#[test]
fn an_empty_include_list_is_noted() {
    let catalog = within(Limits::default());
    let request = r#"{"source": "calm", "metrics": ["rows"]}"#;
    for (access_type, values, is_noted) in [
        ("include", "", true),
        ("include", "1", false),
        ("include", "null", false),
        ("exclude", "", false),
        ("exclude", "1", false),
    ] {
        let rule = format!(
            r#"[{{"dimension": "size", "access_type": "{access_type}", "allowed_values": [{values}]}}]"#
        );
        let notes = resolved(&catalog, request, &rule).unwrap().notes;
        let found = matches!(notes[..], [Note::EmptyInclude { .. }]);
        assert_eq!(found, is_noted, "{access_type} [{values}]");
        assert_eq!(notes.len(), usize::from(is_noted));
    }
}

/// What a list and NULL come to, for both kinds of rule (R21).
#[test]
fn lists_and_nulls_come_to_one_form() {
    use super::RuleShape::{Everything, Listed, NotListed, NotNull, Nothing, OnlyNull};
    let catalog = within(Limits::default());
    let request = r#"{"source": "calm", "metrics": ["rows"]}"#;
    for (access_type, values, hidden, visible) in [
        ("include", "1", "listed", "listed or null"),
        ("include", "1, null", "listed or null", "listed or null"),
        ("include", "null", "only null", "only null"),
        ("include", "", "nothing", "nothing"),
        ("exclude", "1", "not listed", "not listed or null"),
        ("exclude", "1, null", "not listed", "not listed"),
        ("exclude", "null", "not null", "not null"),
        ("exclude", "", "everything", "everything"),
    ] {
        for (nulls, expected) in [("hidden", hidden), ("visible", visible)] {
            let rule = format!(
                r#"[{{"dimension": "size", "access_type": "{access_type}", "nulls": "{nulls}",
                      "allowed_values": [{values}]}}]"#
            );
            let plan = postgres(&catalog, request, &rule);
            let found = match plan.legs[0].scan.rules[0].form {
                Listed { or_null: false, .. } => "listed",
                Listed { or_null: true, .. } => "listed or null",
                NotListed { or_null: false, .. } => "not listed",
                NotListed { or_null: true, .. } => "not listed or null",
                OnlyNull => "only null",
                NotNull => "not null",
                Nothing => "nothing",
                Everything => "everything",
            };
            assert_eq!(found, expected, "{rule}");
        }
    }
}

/// One pass gives all levels unless a key could be taken for one that is rolled up at others.
#[test]
fn one_pass_gives_all_levels_where_keys_are_told_apart() {
    let catalog = Catalog::from_json(
        r#"{
          "data_sources": [{"source_key": "sales", "view_pattern": "public.sales",
            "columns": [{"name": "client_id", "data_type": "integer"}, {"name": "date", "data_type": "date"},
                        {"name": "kind", "data_type": "text"}, {"name": "place", "data_type": "text"}],
            "metrics": "*", "dimensions": "*"}],
          "metrics": [{"metric_key": "rows", "sql_expression": "COUNT(*)"}],
          "dimensions": [
            {"dimension_key": "level", "column_expression": "place"},
            {"dimension_key": "kind", "column_expression": "kind"},
            {"dimension_key": "same", "column_expression": "kind"},
            {"dimension_key": "short", "column_expression": "LEFT(kind, 3)"},
            {"dimension_key": "shorter", "column_expression": "LEFT(kind, 2)"},
            {"dimension_key": "fixed", "column_expression": "'x'"},
            {"dimension_key": "date", "column_expression": "date", "data_type": "date", "grains": ["day", "month"]}
          ]
        }"#,
    )
    .unwrap_or_else(|errors| panic!("{errors}"));
    let planned = |dimensions: &str, totals: &str, dialect| {
        let request =
            format!(r#"{{"metrics": ["rows"], "dimensions": [{dimensions}], "totals": {totals}}}"#);
        let plan = planned(&catalog, &request, "[]", dialect);
        let plan = plan.unwrap_or_else(|errors| panic!("{request}: {errors}"));
        let name = plan
            .totals
            .as_ref()
            .map(|totals| totals.level.alias.to_string());
        let totals = plan.totals.expect("totals");
        let numbers: Vec<usize> = totals.levels.iter().map(|level| level.number).collect();
        (
            totals.in_one_pass,
            totals.marks,
            numbers,
            name.unwrap_or_default(),
        )
    };
    let month = r#"{"dimension": "date", "grain": "month"}"#;
    let by_month = format!(r#""date", {month}"#);
    for (dimensions, totals, in_one_pass, marks, numbers) in [
        (r#""level", "kind""#, "true", true, &[0][..], &[0, 1][..]),
        (
            r#""level", "kind""#,
            r#"["kind"]"#,
            true,
            &[0, 1],
            &[0, 2, 3],
        ),
        (
            r#""level", "kind""#,
            r#"["kind", "level"]"#,
            true,
            &[0, 1],
            &[0, 1, 2, 3],
        ),
        (r#""kind", "same""#, "true", true, &[0], &[0, 1]),
        (
            r#""kind", "same""#,
            r#"["kind"]"#,
            false,
            &[0, 1],
            &[0, 1, 2],
        ),
        (
            r#""short", "shorter""#,
            r#"["short"]"#,
            false,
            &[0, 1],
            &[0, 1, 2],
        ),
        (r#""level", "fixed""#, "true", false, &[0], &[0, 1]),
        (&by_month, r#"["date.month"]"#, true, &[0, 1], &[0, 2, 3]),
        (
            r#""date", {"dimension": "date", "grain": "day"}"#,
            r#"["date"]"#,
            false,
            &[0, 1],
            &[0, 1, 2],
        ),
    ] {
        let found = planned(dimensions, totals, Dialect::Postgres);
        let what = format!("{dimensions} by {totals}");
        assert_eq!(
            (found.0, &*found.1, &*found.2),
            (in_one_pass, marks, numbers),
            "{what}"
        );
        // The column of the steps leaves names to the dimensions.
        let name = if dimensions.contains("level") {
            "level_2"
        } else {
            "level"
        };
        assert_eq!(found.3, name, "{what}");
        assert!(!planned(dimensions, totals, Dialect::Sqlite).0, "{what}");
    }
}

/// What a metric above it needs of a metric in another frame leaves the metric's name to the metric.
#[test]
fn columns_are_named_alike_in_every_order() {
    let catalog = Catalog::from_json(
        r#"{
          "data_sources": [{"source_key": "sales", "view_pattern": "sales", "metrics": "*", "dimensions": []}],
          "metrics": [
            {"metric_key": "revenue", "sql_expression": "SUM(amount)"},
            {"metric_key": "twice_before", "derived_formula": "revenue * 2", "offset": {"grain": "month", "n": 1}}],
          "dimensions": []
        }"#,
    )
    .unwrap_or_else(|errors| panic!("{errors}"));
    let aliases = |metrics: &str, more: &str| {
        let request = format!(
            r#"{{"metrics": {metrics}, "date_range": {{"from": "2026-01-01", "to": "2026-01-31"}}{more}}}"#
        );
        let plan = postgres(&catalog, &request, "[]");
        let columns = plan.columns.iter().map(|column| column.alias().to_owned());
        let mut columns: Vec<String> = columns.collect();
        columns.sort();
        columns
    };
    for more in [
        "",
        r#", "compare": {"to": {"offset": 1, "grain": "month"}}"#,
    ] {
        let one_way = aliases(r#"["revenue", "twice_before"]"#, more);
        let other_way = aliases(r#"["twice_before", "revenue"]"#, more);
        assert_eq!(one_way, other_way);
        assert!(
            one_way.iter().any(|alias| alias == "revenue"),
            "{one_way:?}"
        );
    }
}

const LINKED: &str = r#"{
  "data_sources": [
    {"source_key": "orders", "view_pattern": "public.orders", "date_column": "day", "primary_key": ["id"],
     "columns": [
       {"name": "client_id", "data_type": "integer"}, {"name": "id", "data_type": "integer"},
       {"name": "day", "data_type": "date"}, {"name": "shop_id", "data_type": "integer"},
       {"name": "buyer_id", "data_type": "integer"}, {"name": "kind", "data_type": "text"},
       {"name": "amount", "data_type": "decimal"}, {"name": "weight", "data_type": "float"}],
     "relationships": [
       {"name": "shop", "to": "shops", "on": [["shop_id", "id"]], "cardinality": "many_to_one"},
       {"name": "former", "to": "shops", "on": [["buyer_id", "id"]], "cardinality": "many_to_one"},
       {"name": "buyer", "to": "people", "on": [["buyer_id", "id"]], "cardinality": "many_to_one"},
       {"name": "note", "to": "notes", "on": [["id", "id"]], "cardinality": "many_to_one"}],
     "metrics": ["total", "orders", "buyers", "mean", "heft", "lightest", "running"], "dimensions": ["day", "kind"]},
    {"source_key": "shops", "view_pattern": "public.shops", "date_column": null, "primary_key": ["id"],
     "columns": [{"name": "client_id", "data_type": "integer"}, {"name": "id", "data_type": "integer"},
       {"name": "town", "data_type": "text"}, {"name": "size_text", "data_type": "text"}],
     "dimensions": ["town", "size"]},
    {"source_key": "people", "view_pattern": "public.people", "date_column": "born", "primary_key": ["id"],
     "columns": [{"name": "client_id", "data_type": "integer"}, {"name": "id", "data_type": "integer"},
       {"name": "born", "data_type": "date"}, {"name": "land", "data_type": "text"}],
     "dimensions": ["land"]},
    {"source_key": "notes", "view_pattern": "public.notes", "date_column": null, "primary_key": ["id"],
     "columns": [{"name": "client_id", "data_type": "integer"}, {"name": "id", "data_type": "integer"},
       {"name": "tone", "data_type": "text"}],
     "dimensions": ["tone"]}
  ],
  "metrics": [
    {"metric_key": "total", "sql_expression": "SUM(amount)"}, {"metric_key": "orders", "sql_expression": "COUNT(*)"},
    {"metric_key": "buyers", "sql_expression": "COUNT(DISTINCT buyer_id)"},
    {"metric_key": "mean", "sql_expression": "AVG(amount)"}, {"metric_key": "heft", "sql_expression": "SUM(weight)"},
    {"metric_key": "lightest", "sql_expression": "MIN(weight)"},
    {"metric_key": "running", "sql_expression": "SUM(amount)", "window": "cumulative"}
  ],
  "dimensions": [
    {"dimension_key": "day", "column_expression": "day", "data_type": "date", "grains": ["day", "week", "month", "year"]},
    {"dimension_key": "kind", "column_expression": "kind"}, {"dimension_key": "town", "column_expression": "town"},
    {"dimension_key": "size", "column_expression": "CAST(size_text AS integer)", "data_type": "integer"},
    {"dimension_key": "land", "column_expression": "land"}, {"dimension_key": "tone", "column_expression": "tone"}
  ]
}"#;

/// Sums come before joins where they are fewer than rows, as far as a catalog tells, and come to the same.
#[test]
fn sums_come_before_joins_where_they_are_fewer_and_the_same() {
    let catalog = Catalog::from_json(LINKED).unwrap_or_else(|errors| panic!("{errors}"));
    let postgres_alone = Some(Dialect::Postgres);
    for (metrics, dimensions, rest, dialect) in [
        (r#""orders""#, r#""shop.town""#, "", None),
        (r#""orders", "lightest""#, r#""shop.town""#, "", None),
        (r#""total", "orders""#, r#""shop.town""#, "", postgres_alone),
        (r#""orders""#, r#""shop.town", "day.month""#, "", None),
        (
            r#""orders""#,
            r#""day.year", "shop.town""#,
            r#", "totals": true"#,
            None,
        ),
    ] {
        let request = summed_request(metrics, dimensions, rest);
        for each in [Dialect::Postgres, Dialect::Sqlite] {
            let plan = planned(&catalog, &request, "[]", each).expect("a plan");
            let wanted = dialect.is_none_or(|only| only == each);
            assert_eq!(plan.legs[0].summed.is_some(), wanted, "{request} {each:?}");
        }
    }
    let far = r#", "filters": [{"dimension": "shop.town", "op": "eq", "values": ["x"]}]"#;
    let range = r#", "date_range": {"from": "2024-01-01", "to": "2024-03-31"}"#;
    let top = r#", "top": {"n": 3, "by": "orders"}"#;
    let tested =
        r#", "totals": true, "metric_filters": {"metric": "orders", "op": "gt", "values": [1]}"#;
    for (metrics, dimensions, rest) in [
        (r#""orders", "buyers""#, r#""shop.town""#, ""),
        (r#""orders", "mean""#, r#""shop.town""#, ""),
        (r#""orders", "heft""#, r#""shop.town""#, ""),
        (r#""running""#, r#""shop.town", "day.month""#, range),
        (r#""orders""#, r#""shop.town", "kind""#, ""),
        (r#""orders""#, r#""shop.town", "day""#, ""),
        (r#""orders""#, r#""shop.town", "day.week""#, ""),
        (r#""orders""#, r#""shop.town", "former.town""#, ""),
        (r#""orders""#, r#""buyer.land""#, ""),
        (r#""orders""#, r#""note.tone""#, ""),
        (r#""orders""#, r#""shop.size""#, ""),
        (r#""orders""#, r#""kind""#, ""),
        (r#""orders""#, r#""shop.town""#, far),
        (r#""orders""#, r#""shop.town""#, top),
        (r#""orders""#, r#""shop.town""#, tested),
    ] {
        let plan = postgres(&catalog, &summed_request(metrics, dimensions, rest), "[]");
        let are_summed = plan.legs.iter().any(|leg| leg.summed.is_some());
        assert!(!are_summed, "{metrics} by {dimensions}{rest}");
    }
}

/// A request of the source with all relationships; a dimension with a grain behind it is one at that grain.
fn summed_request(metrics: &str, dimensions: &str, rest: &str) -> String {
    let dimensions: Vec<String> = dimensions
        .split(", ")
        .map(
            |written| match written.trim_matches('"').split_once("day.") {
                Some(("", grain)) => format!(r#"{{"dimension": "day", "grain": "{grain}"}}"#),
                _ => written.to_owned(),
            },
        )
        .collect();
    let dimensions = dimensions.join(", ");
    format!(r#"{{"source": "orders", "metrics": [{metrics}], "dimensions": [{dimensions}]{rest}}}"#)
}
