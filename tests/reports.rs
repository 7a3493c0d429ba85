//! The stock templates of the payments catalog: sound, laid out without overlaps, and every widget of them run
//! on PostgreSQL for users with different rules, against what is left when their hidden rows are deleted.

use std::collections::{BTreeMap, BTreeSet};

use measurand::report::{Layers, Layout, Position, Report, WidgetKind};
use measurand::{Context, ErrorCode, Limits};
use measurand_tests::support::payments::{catalog, database};
use measurand_tests::support::reports::{context, report, stock};
use measurand_tests::support::rows::{Rows, execute};
use postgres::Client;

/// Rows for every source that a template asks.
const ROWS: &str = include_str!("../examples/payments/rows.sql");

/// A user: the rule, the same rule as a condition on the rows that it hides, and the column that this
/// condition looks at, by source. A source that is not there has no such dimension.
struct User {
    id: &'static str,
    rule: &'static str,
    hidden: &'static str,
    columns: &'static [(&'static str, &'static str)],
}

const CAMPAIGNS: &[(&str, &str)] = &[
    ("order_summary", "campaign_id"),
    ("cohort_summary", "trial_campaign_id"),
    ("decline_recovery", "campaign_id"),
    ("order_details", "campaign_id"),
];
const PRODUCTS: &[(&str, &str)] = &[
    ("order_summary", "product_id"),
    ("cohort_summary", "trial_product_id"),
    ("decline_recovery", "product_id"),
    ("order_details", "product_id"),
    ("products", "product_id"),
];
const GATEWAYS: &[(&str, &str)] = &[
    ("order_summary", "gateway_id"),
    ("decline_recovery", "gateway_id"),
    ("mid_summary", "gateway_id"),
    ("order_details", "gateway_id"),
];
const HOURS: &[(&str, &str)] = &[("hourly_revenue", "hour")];

const USERS: [User; 7] = [
    User {
        id: "usr_campaigns",
        rule: r#"{"dimension": "campaign_name", "access_type": "include", "allowed_values": [101, 205]}"#,
        hidden: "{} IS NULL OR {} NOT IN (101, 205)",
        columns: CAMPAIGNS,
    },
    User {
        id: "usr_products",
        rule: r#"{"dimension": "product_name", "access_type": "include", "allowed_values": [40, 42]}"#,
        hidden: "{} IS NULL OR {} NOT IN (40, 42)",
        columns: PRODUCTS,
    },
    User {
        id: "usr_no_mask",
        rule: r#"{"dimension": "product_name", "access_type": "exclude", "allowed_values": [42]}"#,
        hidden: "{} IS NULL OR {} = 42",
        columns: PRODUCTS,
    },
    User {
        id: "usr_north",
        rule: r#"{"dimension": "gateway_alias", "access_type": "include", "allowed_values": [1001]}"#,
        hidden: "{} IS NULL OR {} <> 1001",
        columns: GATEWAYS,
    },
    User {
        id: "usr_no_south",
        rule: r#"{"dimension": "gateway_alias", "access_type": "exclude", "allowed_values": [1002],
                  "nulls": "visible"}"#,
        hidden: "{} = 1002",
        columns: GATEWAYS,
    },
    User {
        id: "usr_morning",
        rule: r#"{"dimension": "hour", "access_type": "include", "allowed_values": ["08:00", "09:00", "10:00"]}"#,
        hidden: "{} IS NULL OR {} NOT IN ('08:00', '09:00', '10:00')",
        columns: HOURS,
    },
    User {
        id: "usr_no_noon",
        rule: r#"{"dimension": "hour", "access_type": "exclude", "allowed_values": ["12:00", "15:00", "11:00"]}"#,
        hidden: "{} IS NULL OR {} IN ('12:00', '15:00', '11:00')",
        columns: HOURS,
    },
];

fn of(user: Option<&User>) -> Context {
    let (id, rule) = user.map_or(("usr_admin", ""), |user| (user.id, user.rule));
    context(&format!(
        r#"{{"client_id": 1, "user_id": "{id}", "access": [{rule}], "now": "2026-11-20T10:00:00Z"}}"#
    ))
}

fn keys() -> Vec<String> {
    let catalog = catalog();
    let keys = catalog.templates().iter();
    keys.map(|template| template.key.clone()).collect()
}

/// The rows of every widget that compiles, by template and id.
fn answers(reports: &[(String, Report)], client: &mut Client) -> BTreeMap<(String, String), Rows> {
    let mut answers = BTreeMap::new();
    for (key, report) in reports {
        for widget in report.widgets() {
            if let Ok(query) = report.query(widget) {
                let what = format!("{key}.{}", widget.id);
                let rows = execute(query, client);
                let rows = rows.unwrap_or_else(|error| panic!("{what}: {error}\n{}", query.sql()));
                answers.insert((key.clone(), widget.id.clone()), rows);
            }
        }
    }
    answers
}

fn compiled(user: Option<&User>) -> Vec<(String, Report)> {
    let reports = stock();
    let context = of(user);
    let compile = |key: String| {
        let report = report(&reports, &key, &Layers::default(), &context);
        let report = report.unwrap_or_else(|errors| panic!("{key}: {errors}"));
        assert!(report.errors().is_none(), "{key}: {:?}", report.errors());
        (key, report)
    };
    keys().into_iter().map(compile).collect()
}

#[test]
fn every_widget_shows_each_user_what_is_left_without_the_hidden_rows() {
    let mut client = database("stock_reports");
    client.batch_execute(ROWS).expect("the rows fit");
    let everything = compiled(None);
    let full = answers(&everything, &mut client);
    let count: usize = everything
        .iter()
        .map(|(_, report)| report.widgets().len())
        .sum();
    // Nobody's rule hides anything from an administrator, so that every widget answers.
    assert_eq!(full.len(), count);
    assert!(count >= 140, "{count}");
    let empty: Vec<_> = full.iter().filter(|(_, rows)| rows.is_empty()).collect();
    assert!(empty.is_empty(), "{empty:?}");
    let mut answering: BTreeMap<(String, String), usize> = BTreeMap::new();
    for user in &USERS {
        let reports = compiled(Some(user));
        for ((key, report), (_, all)) in reports.iter().zip(&everything) {
            for (widget, unrestricted) in report.widgets().iter().zip(all.widgets()) {
                let what = format!("{}: {key}.{}", user.id, widget.id);
                let sources = all.query(unrestricted).expect(&what).sources();
                let has_rule = |source: &str| user.columns.iter().any(|(own, _)| *own == source);
                let is_expressible = sources.iter().all(|source| has_rule(source.as_str()));
                match report.query(widget) {
                    Ok(_) => assert!(is_expressible, "{what} ignores the rule"),
                    Err(errors) => {
                        assert!(!is_expressible, "{what}: {errors}");
                        let code = ErrorCode::AccessDimensionUnavailable;
                        assert!(
                            errors.iter().all(|each| each.code() == code),
                            "{what}: {errors}"
                        );
                    }
                }
            }
        }
        let seen = answers(&reports, &mut client);
        client.batch_execute("BEGIN").expect("a transaction");
        for (source, column) in user.columns {
            let hidden = user.hidden.replace("{}", column);
            let delete = format!("DELETE FROM reporting.{source}_1 WHERE {hidden}");
            client.batch_execute(&delete).expect("rows are deleted");
        }
        let left = answers(&everything, &mut client);
        client.batch_execute("ROLLBACK").expect("the rows are back");
        for (at, rows) in &seen {
            assert_eq!(Some(rows), left.get(at), "{}: {at:?}", user.id);
            *answering.entry(at.clone()).or_default() += 1;
        }
        // What is hidden is missing: numbers, groups and rows are others. The members of a dimension may be
        // the same ones.
        let kinds = kinds(&everything);
        let same = seen.iter().filter(|(at, rows)| {
            full.get(*at) == Some(*rows) && kinds.get(*at) != Some(&WidgetKind::Filter)
        });
        let same: Vec<_> = same.map(|(at, _)| at).collect();
        assert!(same.is_empty(), "{}: {same:?}", user.id);
    }
    // With the administrator these are three users at least.
    let few: Vec<_> = full
        .keys()
        .filter(|at| answering.get(*at) < Some(&2))
        .collect();
    assert!(few.is_empty(), "{few:?}");
}

fn kinds(reports: &[(String, Report)]) -> BTreeMap<(String, String), WidgetKind> {
    let each = reports.iter().flat_map(|(key, report)| {
        let widgets = report.widgets().iter();
        widgets.map(move |widget| ((key.clone(), widget.id.clone()), widget.kind))
    });
    each.collect()
}

/// Whoever may see something else, or is of another tenant, has keys of their own in any cache.
#[test]
fn fingerprints_differ_between_users_and_tenants() {
    let mut other = of(None);
    other.tenant = measurand::Tenant::number(2).expect("a tenant");
    let reports = stock();
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    let mut count = 0;
    let contexts = USERS.iter().map(|user| (user.id, of(Some(user))));
    for (id, context) in contexts.chain([("admin", of(None)), ("tenant_2", other)]) {
        for key in keys() {
            let report = report(&reports, &key, &Layers::default(), &context);
            let report = report.unwrap_or_else(|errors| panic!("{key}: {errors}"));
            for query in report.statements() {
                count += 1;
                // Two templates may well share a statement, for one user.
                let before = seen.insert(query.fingerprint(), id.to_owned());
                assert!(
                    before.is_none_or(|before| before == id),
                    "{key} of {id}\n{}",
                    query.sql()
                );
            }
        }
    }
    assert!(count > 700, "{count}");
}

#[test]
fn layouts_have_sections_and_widgets_that_do_not_overlap() {
    let mut kinds = BTreeSet::new();
    for template in catalog().templates() {
        let layout = Layout::from_json(&template.layout, &Limits::default());
        let layout = layout.unwrap_or_else(|errors| panic!("{}: {errors}", template.key));
        assert!(layout.sections.len() >= 2, "{}", template.key);
        assert!(!layout.filter_bar.is_empty(), "{}", template.key);
        let widgets: Vec<_> = layout
            .sections
            .iter()
            .flat_map(|each| &each.widgets)
            .collect();
        let own: BTreeSet<&str> = widgets.iter().map(|widget| widget.kind.as_str()).collect();
        let expected = BTreeSet::from(["metric_card", "chart", "data_table"]);
        assert_eq!(own, expected, "{}", template.key);
        for (at, widget) in widgets.iter().enumerate() {
            kinds.insert(format!("{:?}", widget.request.kind));
            let own = widget.position.expect("a place");
            for other in &widgets[at + 1..] {
                let is_apart = !overlap(own, other.position.expect("a place"));
                assert!(is_apart, "{}: {} and {}", template.key, widget.id, other.id);
            }
        }
    }
    assert_eq!(
        kinds,
        ["Aggregate", "Count", "Rows"].map(str::to_owned).into()
    );
}

fn overlap(a: Position, b: Position) -> bool {
    let beside = a.x + a.w <= b.x || b.x + b.w <= a.x;
    let below = a.y + a.h <= b.y || b.y + b.h <= a.y;
    !beside && !below
}
