//! The payments catalog is what it says: sound, of the promised size, and an answer to the report
//! builder's own examples on a real PostgreSQL.

use measurand::{
    AccessType, CompiledQuery, Context, DataType, Dialect, Limits, ListRef, Param, Request,
    RuleForm, ScanPurpose, Value, ValueList,
};
use measurand_tests::checker::Checked;
use measurand_tests::support::payments::{ADMINISTRATOR, catalog, compiler, database, document};
use measurand_tests::support::rows::execute;

/// The user whose rules the report builder's design gives as its example.
const USR_123: &str = r#"{"client_id": 1, "user_id": "usr_123", "access": [
    {"dimension": "campaign_name", "access_type": "include", "allowed_values": [101, 205]}]}"#;

/// Campaigns 101, 205 and 306 of tenant 1, one row without a campaign, and rows of tenant 2 that
/// the same campaign ids and the same view hold.
const ROWS: &str = "
    INSERT INTO public.campaigns (client_id, campaign_id, campaign_name) VALUES
        (1, 101, 'Spring Launch'), (1, 205, 'Retargeting'), (1, 306, 'Search'),
        (2, 101, 'Foreign'), (2, 205, 'Foreign too');
    INSERT INTO reporting.order_summary_1
        (client_id, date, campaign_id, product_id, attempts, approvals, approvals_organic, net_approvals, revenue)
    VALUES
        (1, '2026-11-01', 101, 40, 10, 6, 4, 5, 120.10),
        (1, '2026-11-02', 101, 41, 10, 5, 3, 5, 100.20),
        (1, '2026-11-02', 205, 40, 4, 2, 1, 1, 39.90),
        (1, '2026-11-02', 306, 43, 100, 90, 80, 70, 9000.00),
        (1, '2026-11-03', NULL, 40, 50, 40, 30, 20, 800.00),
        (2, '2026-11-01', 101, 40, 1000, 900, 800, 700, 9999.99),
        (2, '2026-11-01', 205, 40, 1000, 900, 800, 700, 9999.99);
    CREATE TABLE reporting.order_summary_2 (LIKE reporting.order_summary_1);
    INSERT INTO reporting.order_summary_2 (client_id, date, campaign_id, attempts, approvals) VALUES
        (2, '2026-11-01', 101, 7, 3), (1, '2026-11-01', 101, 1000, 1000);";

fn compiled(request: &str, context: &str) -> CompiledQuery {
    let limits = Limits::default();
    let request = Request::from_json(request, &limits).expect("a sound request");
    let context = Context::from_json(context, &limits).expect("a sound context");
    compiler(Dialect::Postgres)
        .checked(&request, &context)
        .unwrap_or_else(|errors| panic!("{errors}"))
}

fn rows(name: &str, query: &CompiledQuery) -> Vec<Vec<String>> {
    let mut client = database(name);
    client.batch_execute(ROWS).expect("the rows fit");
    execute(query, &mut client).unwrap_or_else(|error| panic!("{error}\n{}", query.sql()))
}

#[test]
fn the_catalog_has_no_lints() {
    let catalog = catalog();
    let lints: Vec<String> = catalog.lints().iter().map(ToString::to_string).collect();
    assert_eq!(lints, Vec::<String>::new());
}

#[test]
fn the_catalog_is_as_large_as_promised() {
    let catalog = catalog();
    assert_eq!(catalog.sources().len(), 10);
    assert!(catalog.metrics().len() >= 243);
    assert!(catalog.dimensions().len() >= 56);
    assert_eq!(catalog.templates().len(), 11);
    let variants = catalog.metrics().iter().map(|m| m.variant_count());
    assert!(variants.sum::<usize>() >= 73);
    let metrics = catalog.sources().iter().map(|source| source.metric_count());
    assert!(metrics.sum::<usize>() >= 523);
    let dimensions = catalog.sources().iter().map(|s| s.dimension_count());
    assert!(dimensions.sum::<usize>() >= 172);
}

#[test]
fn sources_are_those_of_the_design_with_all_their_columns() {
    let catalog = catalog();
    let columns = [
        ("order_summary", 37),
        ("mid_summary", 26),
        ("cohort_summary", 25),
        ("cb_refund_alert", 33),
        ("decline_recovery", 27),
        ("hourly_revenue", 11),
        ("alert_summary", 31),
        ("alert_details", 31),
        ("order_details", 35),
        ("products", 18),
    ];
    for (key, count) in columns {
        let source = catalog.source(key).expect(key);
        assert_eq!(source.column_count(), Some(count), "{key}");
    }
}

#[test]
fn toggles_have_the_options_of_the_design() {
    let catalog = catalog();
    let expected: [(&str, bool, &[&str]); 6] = [
        ("approval_mode", false, &["standard", "organic", "net"]),
        (
            "date_basis",
            false,
            &["transaction_date", "initial_date", "cb_date", "refund_date"],
        ),
        ("time_granularity", true, &["day", "week", "month"]),
        ("profitability_view", false, &["gross", "net", "detailed"]),
        ("retention_base", false, &["initials", "rebills"]),
        ("display_mode", false, &["count", "dollar", "percentage"]),
    ];
    assert_eq!(catalog.toggles().len(), expected.len());
    for (key, is_switch, options) in expected {
        let toggle = catalog.toggle(key).expect(key);
        assert_eq!(toggle.is_dimension_switch(), is_switch, "{key}");
        let found: Vec<&str> = toggle.options().iter().map(|o| o.key().as_str()).collect();
        assert_eq!(found, options, "{key}");
        let default = toggle.default_option().map(|option| option.key().as_str());
        assert_eq!(default, options.first().copied(), "{key}");
    }
}

#[test]
fn templates_are_those_of_the_design() {
    let templates = document();
    let templates = templates["templates"].as_array().expect("a list");
    let sources_of = |key: &str| -> Vec<String> {
        let template = templates.iter().find(|t| t["template_key"] == key);
        let sources =
            template.unwrap_or_else(|| panic!("no template {key}"))["required_data_sources"]
                .as_array()
                .expect("a list")
                .iter();
        sources
            .map(|s| s.as_str().expect("a key").to_owned())
            .collect()
    };
    for (key, sources) in [
        ("command-center", &["hourly_revenue", "order_summary"][..]),
        ("real-time-pulse", &["hourly_revenue"]),
        ("revenue-analytics", &["order_summary"]),
        (
            "subscription-intelligence",
            &["order_summary", "cohort_summary"],
        ),
        ("customer-lifecycle", &["cohort_summary"]),
        ("churn-analysis", &["order_summary", "cohort_summary"]),
        (
            "payment-health-recovery",
            &["decline_recovery", "mid_summary"],
        ),
        ("channel-acquisition", &["order_summary"]),
        ("financial-performance", &["order_summary"]),
        ("product-plan-performance", &["order_summary", "products"]),
        ("transaction-explorer", &["order_details"]),
    ] {
        assert_eq!(sources_of(key), sources, "{key}");
    }
}

/// The variant of a base metric reaches the metrics derived from it.
#[test]
fn organic_approvals_are_counted_in_the_rate_too() {
    let request = r#"{"source": "order_summary", "metrics": ["approvals", "approval_rate"],
                      "toggles": {"approval_mode": "organic"}}"#;
    let query = compiled(request, ADMINISTRATOR);
    assert!(
        query.sql().contains("sum(o.approvals_organic)"),
        "{}",
        query.sql()
    );
    assert!(!query.sql().contains("o.approvals)"), "{}", query.sql());
    // Tenant 1 has 4 + 3 + 1 + 80 + 30 organic approvals in 10 + 10 + 4 + 100 + 50 attempts.
    let found = rows("organic", &query);
    assert_eq!(found, [["118", "0.67816091954022988506"]]);

    let standard = compiled(
        r#"{"source": "order_summary", "metrics": ["approvals", "approval_rate"]}"#,
        ADMINISTRATOR,
    );
    assert_eq!(
        rows("standard", &standard),
        [["143", "0.82183908045977011494"]]
    );
}

#[test]
fn a_user_sees_the_campaigns_of_the_rule_only() {
    let request = r#"{"source": "order_summary", "metrics": ["attempts", "revenue"],
                      "dimensions": ["campaign_name"]}"#;
    let query = compiled(request, USR_123);
    assert_eq!(
        rows("usr_123", &query),
        [
            ["205", "Retargeting", "4", "39.90"],
            ["101", "Spring Launch", "20", "220.30"],
        ]
    );
    // Without a dimension the rule holds as well.
    let total = r#"{"source": "order_summary", "metrics": ["attempts", "revenue"]}"#;
    let total = compiled(total, USR_123);
    assert_eq!(rows("usr_123_total", &total), [["24", "260.20"]]);
}

#[test]
fn the_certificate_names_the_guard_of_both_relations() {
    let request = r#"{"source": "order_summary", "metrics": ["attempts"],
                      "dimensions": ["campaign_name"]}"#;
    let query = compiled(request, USR_123);
    let scans = &query.certificate().scans;
    let purposes: Vec<_> = scans
        .iter()
        .map(|s| (s.relation.as_str(), &s.purpose))
        .collect();
    assert!(
        matches!(
            purposes[..],
            [
                ("reporting.order_summary_1", ScanPurpose::Facts(source)),
                ("public.campaigns", ScanPurpose::Lookup(dimension)),
            ] if source.as_str() == "order_summary" && dimension.as_str() == "campaign_name"
        ),
        "{purposes:?}"
    );
    for scan in scans {
        let tenant = scan.tenant.as_ref().expect("a tenant guard");
        assert_eq!(tenant.column, "t.client_id");
        assert_eq!(
            parameter(&query, tenant.parameter),
            &Param::Scalar(Value::Integer(1))
        );
        let [rule] = &scan.rules[..] else {
            panic!("one rule: {:?}", scan.rules);
        };
        assert_eq!(rule.dimension.as_str(), "campaign_name");
        assert_eq!(rule.access_type, AccessType::Include);
        assert_eq!(rule.value, "t.campaign_id");
        let RuleForm::Listed {
            list:
                ListRef {
                    parameter: number,
                    element,
                    is_long,
                },
            or_null,
        } = rule.form
        else {
            panic!("a list: {:?}", rule.form);
        };
        assert_eq!(
            (element, is_long, or_null),
            (DataType::Integer, false, false)
        );
        let campaigns = [101, 205].map(Value::Integer).to_vec();
        let campaigns = ValueList::new(DataType::Integer, campaigns).expect("of one type");
        assert_eq!(parameter(&query, number), &Param::List(campaigns));
    }
}

fn parameter(query: &CompiledQuery, number: u16) -> &Param {
    let at = usize::from(number) - 1;
    query.params().get(at).expect("a parameter of this number")
}

/// The design's second rule of the same user: rules on two dimensions hold together.
#[test]
fn rules_on_campaigns_and_products_hold_together() {
    let context = r#"{"client_id": 1, "user_id": "usr_123", "access": [
        {"dimension": "campaign_name", "access_type": "include", "allowed_values": [101, 205]},
        {"dimension": "product_name", "access_type": "include", "allowed_values": [41, 42]}]}"#;
    let request = r#"{"source": "order_summary", "metrics": ["attempts", "revenue"]}"#;
    let query = compiled(request, context);
    assert_eq!(rows("two_rules", &query), [["10", "100.20"]]);
}

/// The same request for the other tenant reads the other view, and there only its own rows.
#[test]
fn the_other_tenant_sees_its_own_rows_only() {
    let request = r#"{"source": "order_summary", "metrics": ["attempts", "approvals"],
                      "dimensions": ["campaign_name"]}"#;
    let query = compiled(request, r#"{"client_id": 2, "access": []}"#);
    assert_eq!(rows("tenant_2", &query), [["101", "Foreign", "7", "3"]]);
}
