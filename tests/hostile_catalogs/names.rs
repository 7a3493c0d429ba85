//! Names of relations and columns, and what they must not be taken for.

use measurand::{Compiler, Context, Dialect, ErrorCode, Request, Tenant};
use measurand_tests::checker::Checked as _;
use measurand_tests::support::definitions::{base, catalog, check, compile, findings, load, loads};
use measurand_tests::support::root;
use serde_json::{Value, json};

use super::{lookup, toggles};

#[test]
fn relations_are_plain_names() {
    for (pattern, is_fine) in [
        ("orders", true),
        ("reporting.orders_{client_id}", true),
        ("tenant_{client_id}.orders", true),
        ("", false),
        (".", false),
        ("a.b.c", false),
        ("a b", false),
        ("a;b", false),
        ("a--b", false),
        ("\"a\"", false),
        ("1a", false),
        ("a.{tenant}", false),
        ("a.{client_id", false),
        ("a/*", false),
        ("(SELECT 1)", false),
        ("ä", false),
    ] {
        let source = json!({"data_sources": [{"source_key": "orders", "view_pattern": pattern}]});
        let expected: &[&str] = match is_fine {
            true => &[],
            false => &["invalid-relation catalog.data_sources[0].view_pattern"],
        };
        assert_eq!(findings(load(&source)), expected, "{pattern}");
    }
}

/// Found by fuzzing: without declared columns, a control character came as far as the statement, which
/// then failed its own verification.
#[test]
fn columns_are_names_that_a_relation_can_have() {
    let long = "x".repeat(64);
    for name in ["client\u{7f}id", "a\u{85}", "a\nb", "", long.as_str()] {
        for field in ["client_id_column", "date_column"] {
            let mut definitions = json!({"data_sources": [{"source_key": "orders",
                "view_pattern": "orders", "metrics": "*", "dimensions": "*"}]});
            definitions["data_sources"][0][field] = json!(name);
            check(
                definitions,
                &[format!("invalid-name catalog.data_sources[0].{field}").as_str()],
            );
        }
        let mut definitions = lookup("campaigns.id = {value}");
        definitions["dimensions"][0]["join_tenant_column"] = json!(name);
        check(
            definitions,
            &["invalid-name catalog.dimensions[0].join_tenant_column"],
        );
        let mut definitions = json!({"toggles": toggles()});
        definitions["toggles"][0]["options"][0]["date_column"] = json!(name);
        check(
            definitions,
            &["invalid-name catalog.toggles[0].options[0].date_column"],
        );
    }
}

#[test]
fn columns_are_those_that_the_source_declares() {
    let source = |fields: Value| {
        let mut source = json!({"source_key": "orders", "view_pattern": "orders",
            "columns": [{"name": "client_id", "data_type": "integer"}, {"name": "date", "data_type": "date"},
                        {"name": "data", "data_type": "jsonb"}]});
        let fields = fields.as_object().expect("an object").clone();
        source.as_object_mut().expect("an object").extend(fields);
        json!({"data_sources": [source],
               "metrics": [{"metric_key": "m", "sql_expression": "SUM(amount)"}, base()],
               "dimensions": [{"dimension_key": "d", "column_expression": "other"}]})
    };
    let at = |field: &str| format!("unknown-column catalog.data_sources[0].{field}");
    for (fields, field) in [
        (json!({"primary_key": ["id"]}), "primary_key"),
        (json!({"date_column": "day"}), "date_column"),
        (json!({"client_id_column": "tenant"}), "client_id_column"),
        (json!({"base_filter": "NOT deleted"}), "base_filter"),
        (json!({"metrics": ["m"]}), "metrics"),
        (json!({"dimensions": ["d"]}), "dimensions"),
        (
            json!({"dimensions": [{"dimension": "d", "column_expression": "another"}]}),
            "dimensions",
        ),
        (
            json!({"columns": [{"name": "client_id", "data_type": "integer"}, {"name": "date", "data_type": "date"},
                            {"name": "x", "data_type": "text", "path": ["x"]}]}),
            "columns",
        ),
    ] {
        assert_eq!(findings(load(&source(fields))), [at(field)]);
    }
    // `"*"` offers what can be computed, and nothing else.
    let loaded =
        load(&source(json!({"metrics": "*", "dimensions": "*"}))).expect("nothing is named");
    let refused = compile(loaded, json!({"metrics": ["m"]}), json!([])).expect_err("not offered");
    assert!(refused.has(ErrorCode::NoSource));
}

/// Without a schema, a relation of a step's name would be hidden by the step: groups would be read for
/// rows, without a guard. The steps are those of all statements that are shown as pages.
#[test]
fn no_relation_is_taken_for_a_step() {
    let folder = root().join("tests/snapshots");
    let mut steps = std::collections::BTreeSet::new();
    for page in std::fs::read_dir(folder).expect("a folder") {
        let page = std::fs::read_to_string(page.expect("a page").path()).expect("a text");
        for line in page.lines() {
            let line = line.strip_prefix("WITH ").unwrap_or(line);
            let name = line.strip_suffix(" AS (");
            let is_name =
                |name: &&str| name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
            steps.extend(name.filter(is_name).map(str::to_owned));
        }
    }
    assert!(steps.len() >= 10, "{steps:?}");
    for step in ["export_rows", "export_children_1"] {
        assert!(steps.contains(step), "no page has `{step}`");
    }
    for step in steps {
        let of = |pattern: String| {
            let source = json!([{"source_key": "s", "view_pattern": pattern, "metrics": "*"}]);
            findings(load(&catalog(
                json!({"metrics": [base()], "data_sources": source}),
            )))
        };
        let found = of(step.clone());
        assert_eq!(
            found,
            ["invalid-relation catalog.data_sources[0].view_pattern"],
            "{step}"
        );
        let found = of(format!("reporting.{step}"));
        assert!(found.is_empty(), "{step}: {found:?}");
    }
    let source =
        json!([{"source_key": "s", "view_pattern": "grouped_{client_id}", "metrics": "*"}]);
    let named = loads(json!({"metrics": [base()], "data_sources": source}));
    let compiler = Compiler::new(named, Dialect::Postgres);
    let request = Request::new().metric("revenue");
    let context = Context::new(Tenant::number(2).expect("a tenant"), Vec::new());
    let errors = compiler.checked(&request, &context).expect_err("a step");
    assert_eq!(
        errors.iter().next().map(|e| e.code()),
        Some(ErrorCode::InvalidRelation)
    );
}

/// A column that is named like a dimension of a module is not what the key means without the module, though
/// another dimension may show the same.
#[test]
fn a_key_means_one_thing_for_all() {
    let columns = ["client_id", "flag"].map(|name| json!({"name": name, "data_type": "integer"}));
    let source = json!([{"source_key": "s", "view_pattern": "public.s", "date_column": null,
                         "columns": columns, "metrics": [], "dimensions": "*"}]);
    let dimension = |key: &str| json!({"dimension_key": key, "column_expression": "flag"});
    let mut gated = dimension("flag");
    gated["module"] = json!("extra");
    let named =
        json!({"metrics": [], "data_sources": source, "dimensions": [gated, dimension("shown")]});
    let compiler = Compiler::new(loads(named), Dialect::Postgres);
    let mut context = Context::new(Tenant::number(1).expect("a tenant"), Vec::new());
    for (modules, column, is_known) in [
        (&[][..], "flag", false),
        (&[], "shown", true),
        (&["extra".to_owned()], "flag", true),
    ] {
        context.modules = modules.to_vec();
        let asked = compiler.checked(&Request::rows([column]).source("s"), &context);
        let codes: Vec<ErrorCode> = match asked {
            Ok(_) => Vec::new(),
            Err(errors) => errors.iter().map(|error| error.code()).collect(),
        };
        let expected = if is_known {
            vec![]
        } else {
            vec![ErrorCode::UnknownColumn]
        };
        assert_eq!(codes, expected, "{column} with {modules:?}");
    }
}
