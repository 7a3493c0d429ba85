use super::{AccessRule, AccessType, Context, RuleDimension, Tenant};
use crate::error::Errors;
use crate::limits::Limits;
use crate::value::Scalar;

fn read(text: &str) -> Result<Context, Errors> {
    Context::from_json(text, &Limits::default())
}

#[track_caller]
fn check(text: &str, expected: &[&str]) {
    let errors = read(text).expect_err(text);
    let found: Vec<String> = errors
        .iter()
        .map(|error| format!("{} {}", error.code(), error.path()))
        .collect();
    assert_eq!(found, expected, "{text}");
    assert!(!errors.to_string().contains("secret"), "{errors}");
}

#[test]
fn reads_both_forms_of_a_rule() {
    let text = r#"{
        "client_id": 1, "user_id": "usr_123",
        "access": [
            {"dimension": "campaign_name", "allowed_values": [101, "x", null], "nulls": "visible"},
            {"id": 9, "user_id": "usr_123", "client_id": "1", "dimension_id": 7,
             "allowed_values": [], "access_type": "exclude", "created_by": null, "is_active": true,
             "created_at": "2026-01-01", "updated_at": "2026-01-01"},
            {"id": 10, "user_id": "usr_999", "is_active": false}
        ],
        "modules": ["high_risk",
            {"client_id": 1, "module_key": "saas", "is_enabled": true, "config": {}},
            {"module_key": "telehealth"}, {"module_key": "x", "is_enabled": true, "is_active": false}],
        "now": "2026-11-20T10:00:00Z", "timezone": "America/New_York", "week_start": "sunday",
        "fiscal_year_start": "april", "currency": "EUR"
    }"#;
    let first = AccessRule {
        dimension: RuleDimension::Key("campaign_name".into()),
        access_type: AccessType::Include,
        values: vec![
            Scalar::Number("101".into()),
            Scalar::Text("x".into()),
            Scalar::Null,
        ],
        nulls_visible: true,
    };
    let second = AccessRule {
        dimension: RuleDimension::Id(7),
        access_type: AccessType::Exclude,
        values: Vec::new(),
        nulls_visible: false,
    };
    let expected = Context {
        tenant: Tenant::number(1).unwrap(),
        user_id: Some("usr_123".into()),
        access: vec![first, second],
        modules: vec!["high_risk".into(), "saas".into()],
        now: Some("2026-11-20T10:00:00Z".into()),
        timezone: Some("America/New_York".into()),
        week_start: Some("sunday".into()),
        fiscal_year_start: Some("april".into()),
        currency: Some("EUR".into()),
    };
    assert_eq!(read(text).unwrap(), expected);
}

#[test]
fn a_tenant_has_one_form() {
    let tenant = |written: &str| {
        let context = read(&format!(r#"{{"client_id": {written}, "access": []}}"#));
        context.map(|context| {
            (
                context.tenant.as_str().to_owned(),
                context.tenant.as_number(),
            )
        })
    };
    assert_eq!(tenant("1").unwrap(), ("1".into(), Some(1)));
    assert_eq!(tenant("\"1\"").unwrap(), ("1".into(), Some(1)));
    assert_eq!(tenant("0").unwrap(), ("0".into(), Some(0)));
    assert_eq!(tenant("\"acme_1\"").unwrap(), ("acme_1".into(), None));
    for written in [
        "-1",
        "-0",
        "1.0",
        "1e2",
        "99999999999999999999",
        "\"01\"",
        "\" 1\"",
        "\"1 \"",
        "\"-1\"",
        "\"+1\"",
        "\"\"",
        "\"99999999999999999999\"",
        "\"Acme\"",
        "\"a b\"",
        "\"a;b\"",
        "\"é\"",
    ] {
        let text = format!(r#"{{"client_id": {written}, "access": []}}"#);
        check(&text, &["tenant-invalid context.client_id"]);
    }
    for written in ["true", "null", "[1]", "{}"] {
        let text = format!(r#"{{"client_id": {written}, "access": []}}"#);
        check(&text, &["wrong-type context.client_id"]);
    }
    check(r#"{"access": []}"#, &["missing-field context.client_id"]);
}

#[test]
fn rules_have_to_be_stated() {
    check(r#"{"client_id": 1}"#, &["missing-access context.access"]);
    check(
        r#"{"client_id": 1, "access": null}"#,
        &["missing-access context.access"],
    );
    check(
        r#"{"client_id": 1, "access": {}}"#,
        &["wrong-type context.access"],
    );
    check(
        "{}",
        &[
            "missing-field context.client_id",
            "missing-access context.access",
        ],
    );
    check("[]", &["wrong-type context"]);
    assert!(
        read(r#"{"client_id": 1, "access": []}"#)
            .unwrap()
            .access
            .is_empty()
    );
}

#[test]
fn a_rule_that_is_not_understood_is_no_context() {
    #[track_caller]
    fn rule(rule: &str, expected: &[&str]) {
        let text = format!(r#"{{"client_id": 1, "user_id": 5, "access": [{rule}]}}"#);
        check(&text, expected);
    }
    rule("1", &["wrong-type context.access[0]"]);
    rule("null", &["wrong-type context.access[0]"]);
    rule(
        "{}",
        &[
            "missing-field context.access[0].dimension",
            "missing-field context.access[0].allowed_values",
        ],
    );
    rule(
        r#"{"dimension": "a", "dimension_id": 1, "allowed_values": []}"#,
        &["unknown-field context.access[0].dimension_id"],
    );
    rule(
        r#"{"dimension": "a", "allowed_values": "secret"}"#,
        &["wrong-type context.access[0].allowed_values"],
    );
    rule(
        r#"{"dimension": "a", "allowed_values": null}"#,
        &["wrong-type context.access[0].allowed_values"],
    );
    rule(
        r#"{"dimension": "a", "allowed_values": [["secret"]]}"#,
        &["wrong-type context.access[0].allowed_values[0]"],
    );
    rule(
        r#"{"dimension": "a", "allowed_values": [], "access_type": "deny", "nulls": "shown"}"#,
        &[
            "wrong-value context.access[0].access_type",
            "wrong-value context.access[0].nulls",
        ],
    );
    rule(
        r#"{"dimension": "a", "values": [1]}"#,
        &[
            "missing-field context.access[0].allowed_values",
            "unknown-field context.access[0].values",
        ],
    );
    rule(
        r#"{"dimension": "a", "allowed_values": [], "is_active": "false"}"#,
        &["wrong-type context.access[0].is_active"],
    );
    rule(
        r#"{"dimension": "a", "allowed_values": [], "user_id": "6"}"#,
        &["wrong-value context.access[0].user_id"],
    );
    rule(
        r#"{"dimension": "a", "allowed_values": [], "client_id": 2}"#,
        &["wrong-value context.access[0].client_id"],
    );
    let own = r#"{"client_id": 1, "user_id": 5, "access": [
        {"dimension": "a", "allowed_values": [], "user_id": "5", "client_id": 1}]}"#;
    assert_eq!(read(own).unwrap().user_id.as_deref(), Some("5"));
    check(
        r#"{"client_id": 1, "access": [{"dimension": "a", "allowed_values": [], "user_id": "5"}]}"#,
        &["wrong-value context.access[0].user_id"],
    );
    check(
        r#"{"client_id": 1, "access": [], "modules": [{"module_key": "x", "is_enabled": true, "client_id": 2}]}"#,
        &["wrong-value context.modules[0].client_id"],
    );
}

#[test]
fn the_rest_has_its_types() {
    check(
        r#"{"client_id": 1, "access": [], "user_id": 1.5, "modules": [1], "now": 1, "timezone": [], "week_start": true, "fiscal_year_start": 4, "acces": []}"#,
        &[
            "wrong-type context.user_id",
            "wrong-type context.modules[0]",
            "wrong-type context.now",
            "wrong-type context.timezone",
            "wrong-type context.week_start",
            "wrong-type context.fiscal_year_start",
            "unknown-field context.acces",
        ],
    );
    let limits = Limits {
        list_values: 2,
        ..Limits::default()
    };
    let text = r#"{"client_id": 1, "access": [{"dimension": "a", "allowed_values": [1, 2, 3]}]}"#;
    let errors = Context::from_json(text, &limits).unwrap_err();
    let error = errors.iter().next().unwrap();
    assert_eq!(error.path().as_str(), "context.access[0].allowed_values");
    assert_eq!(error.message(), "the limit `list_values` of 2 is exceeded");
}

proptest::proptest! {
    #[test]
    fn no_text_is_too_much(text in proptest::prelude::any::<String>()) {
        if let Err(errors) = read(&text) {
            // A text may happen to be an object; then its fields have places of their own.
            let of_context = |error: &crate::error::Error| error.path().as_str().starts_with("context");
            proptest::prop_assert!(errors.iter().all(of_context));
        }
    }
}

/// A log says which tenant it is about.
#[test]
fn a_tenant_shows_what_it_is() {
    assert_eq!(format!("{:?}", Tenant::number(7).unwrap()), "Tenant(7)");
    assert_eq!(
        format!("{:?}", Tenant::word("acme").unwrap()),
        "Tenant(acme)"
    );
}
