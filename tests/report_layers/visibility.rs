//! Who sees what: rules, rows of others, modules, and values in texts.

use measurand::report::{FilterPreset, Layers, Report, ReportBuilder, SavedView};
use measurand::{Catalog, Compiler, Context, Dialect, ErrorCode, Limits};
use measurand_tests::support::reports::{errors, report};
use serde_json::{Value, json};

use super::{ana, database, layer, number, places, reports, rows, view, view_row, with_access};

/// Rules of the context hold under every layer, and one widget's error is nobody else's.
#[test]
fn rules_hold_whatever_layers_say() {
    let mut client = database("layers_rules");
    let access = r#"[{"dimension": "campaign", "access_type": "include", "allowed_values": [2]}]"#;
    let request = layer(&json!({"clear": ["campaign"], "filters": [], "date_range": "this_year"}));
    let layers = Layers {
        request: Some(&request),
        ..Layers::default()
    };
    let report = report(&reports(), "sales", &layers, &with_access(access)).expect("a report");
    assert_eq!(number(&report, "total", &mut client), "37");
    assert_eq!(rows(&report, "campaigns", &mut client), [["2"]]);
    for id in ["visits", "stock"] {
        let errors = errors(&report, id);
        assert!(
            errors.has(ErrorCode::AccessDimensionUnavailable),
            "{id}: {errors}"
        );
    }
}

#[test]
fn rows_of_others_are_refused() {
    let reports = reports();
    let compile = |layers: &Layers<'_>, template: &str| {
        let report = report(&reports, template, layers, &ana());
        report.map(|_| ()).map_err(|errors| places(&errors))
    };
    let foreign = |fields: &Value| {
        let view = view(fields);
        let layers = Layers {
            view: Some(&view),
            ..Layers::default()
        };
        compile(&layers, "sales")
    };
    let refused = |path: &str| Err(vec![("foreign-row".to_owned(), path.to_owned())]);
    assert_eq!(foreign(&json!({})), Ok(()));
    assert_eq!(foreign(&json!({"user_id": "bob"})), refused("view.user_id"));
    assert_eq!(foreign(&json!({"client_id": 2})), refused("view.client_id"));
    assert_eq!(
        foreign(&json!({"template_key": "risk"})),
        refused("view.template_key")
    );
    let by_id = json!({"template_key": null, "template_id": 1});
    assert_eq!(foreign(&by_id), refused("view.template_id"));

    let of = |user: &str, tenant: u32, is_shared: bool| {
        let row = json!({"user_id": user, "client_id": tenant, "name": "n", "filters": {}, "is_shared": is_shared});
        let preset = FilterPreset::from_json(&row.to_string(), &Limits::default());
        let preset = preset.expect("a row").expect("a live row");
        let layers = Layers {
            preset: Some(&preset),
            ..Layers::default()
        };
        compile(&layers, "sales")
    };
    assert_eq!(of("ana", 1, false), Ok(()));
    assert_eq!(of("bob", 1, false), refused("preset.user_id"));
    assert_eq!(of("bob", 1, true), Ok(()));
    assert_eq!(of("bob", 2, true), refused("preset.client_id"));

    // Rows name templates by id, where the catalog came as rows.
    let rows = reports.compiler().catalog().definitions().to_rows_json();
    let catalog = Catalog::from_rows_json(&rows).unwrap_or_else(|errors| panic!("{errors}"));
    let of_rows = ReportBuilder::new(Compiler::new(catalog, Dialect::Postgres)).expect("templates");
    let named = view(&by_id);
    let layers = Layers {
        view: Some(&named),
        ..Layers::default()
    };
    assert!(report(&of_rows, "sales", &layers, &ana()).is_ok());
    let other = report(&of_rows, "warehouse", &layers, &ana()).expect_err("another template");
    assert_eq!(Err(places(&other)), refused("view.template_id"));

    let deleted = view_row(&json!({"is_deleted": true})).to_string();
    assert_eq!(SavedView::from_json(&deleted, &Limits::default()), Ok(None));
}

/// What users look for, and what they may see, is in no message and no debugging output.
#[test]
fn values_are_shown_in_no_text() {
    let access =
        r#"[{"dimension": "campaign", "access_type": "include", "allowed_values": [31337]}]"#;
    let condition =
        json!([{"dimension": "campaign", "op": "in", "values": [27182818, "31415926x"]}]);
    let request = layer(&json!({"filters": condition, "toggles": {"money": "net"}}));
    let layers = Layers {
        request: Some(&request),
        ..Layers::default()
    };
    let report = report(&reports(), "sales", &layers, &with_access(access)).expect("a report");
    let errors = errors(&report, "total");
    assert!(errors.has(ErrorCode::ValueType), "{errors}");
    assert_eq!(
        errors
            .iter()
            .next()
            .map(|error| error.path().to_string())
            .as_deref(),
        Some("layer.filters[0].values[1]")
    );
    let shown = format!(
        "{report:?} {}",
        serde_json::to_string(&report.widgets()).expect("widgets serialize")
    );
    for value in ["27182818", "31415926", "31337"] {
        assert!(!shown.contains(value), "{value} is shown");
    }
}

#[test]
fn what_belongs_to_a_module_is_unknown_without_it() {
    let reports = reports();
    let keys = |context: &Context| -> Vec<String> {
        reports
            .templates(context)
            .iter()
            .map(|template| template.key.clone())
            .collect()
    };
    let mut with = ana();
    with.modules = vec!["high_risk".to_owned()];
    assert_eq!(keys(&ana()), ["sales", "warehouse", "web-sales"]);
    assert_eq!(keys(&with), ["risk", "sales", "warehouse", "web-sales"]);
    let ask = |template: &str, context: &Context| {
        report(&reports, template, &Layers::default(), context).map_err(|errors| errors.to_string())
    };
    // The same words for what is gated and for what does not exist.
    let gated = ask("risk", &ana()).expect_err("unknown");
    let absent = ask("rusk", &ana()).expect_err("unknown");
    assert_eq!(gated.replace("risk", "rusk"), absent);
    assert!(gated.starts_with("error[unknown-template]"), "{gated}");
    let mut client = database("layers_modules");
    let risk = ask("risk", &with).expect("a report");
    // Of the last thirty days, one order has more than 5 returned.
    assert_eq!(number(&risk, "disputes", &mut client), "1");
    let ids = |report: &Report| {
        report
            .widgets()
            .iter()
            .any(|widget| widget.id == "disputes")
    };
    assert!(!ids(&ask("sales", &ana()).expect("a report")));
    assert!(ids(&ask("sales", &with).expect("a report")));
    // A view that names a gated widget names one that is unknown.
    let view = view(&json!({"layout_overrides": {"hidden": ["disputes"]}}));
    let layers = Layers {
        view: Some(&view),
        ..Layers::default()
    };
    let without = report(&reports, "sales", &layers, &ana()).expect("a report");
    assert!(
        without
            .errors()
            .is_some_and(|errors| errors.has(ErrorCode::UnknownWidget))
    );
    let known = report(&reports, "sales", &layers, &with).expect("a report");
    assert!(known.errors().is_none() && !ids(&known));
}
