//! What is refused, of definitions, tags and requests, each with its code and its place.

use measurand::{Context, Dialect, ErrorCode, Errors, Limits};
use measurand_tests::support::exports::{export, exporter};

use super::{DEFINITION, TAGS, cases_catalog, context, stock};

/// The findings as `code place`.
fn findings(errors: &Errors) -> Vec<String> {
    let errors = errors.iter();
    errors
        .map(|error| format!("{} {}", error.code(), error.path()))
        .collect()
}

fn of_definition(from: &str, to: &str) -> Vec<String> {
    let changed = DEFINITION.replacen(from, to, 1);
    assert_ne!(changed, DEFINITION, "{from}");
    match exporter(&cases_catalog(), &changed, "[]", Dialect::Postgres) {
        Ok(_) => Vec::new(),
        Err(errors) => findings(&errors),
    }
}

fn tag(fields: &str) -> String {
    let all = [
        ("source_entity_type", r#""CASE""#),
        ("source_field_path", r#""customFields.a""#),
        ("tag_slot", "1"),
        ("column_name", r#""a""#),
        ("display_label", r#""A""#),
        ("data_type", r#""TEXT""#),
    ];
    let mut out = vec![fields.to_owned()];
    for (name, value) in all {
        if !fields.contains(&format!("\"{name}\"")) {
            out.push(format!("\"{name}\": {value}"));
        }
    }
    out.retain(|part| !part.is_empty());
    format!("{{{}}}", out.join(", "))
}

fn of_tags(tags: &[&str]) -> Vec<String> {
    let tags: Vec<String> = tags.iter().map(|fields| tag(fields)).collect();
    let tags = format!("[{}]", tags.join(", "));
    match exporter(&cases_catalog(), DEFINITION, &tags, Dialect::Postgres) {
        Ok(_) => Vec::new(),
        Err(errors) => findings(&errors),
    }
}

fn of_request(request: &str) -> Vec<String> {
    match export(&stock(Dialect::Postgres), request, &context(1, "")) {
        Ok(_) => Vec::new(),
        Err(errors) => findings(&errors),
    }
}

#[test]
fn slots_are_twenty_and_each_is_there_once() {
    let numbered = |slot: u32| {
        format!(
            r#""tag_slot": {slot}, "column_name": "c{slot}", "source_field_path": "customFields.f{slot}""#
        )
    };
    let all: Vec<String> = (1..=20).map(numbered).collect();
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    assert_eq!(of_tags(&all), [""; 0]);
    for slot in [0, 21, 255, 256, 100_000] {
        assert_eq!(
            of_tags(&[&numbered(slot)]),
            ["wrong-value tags[0].tag_slot"],
            "{slot}"
        );
    }
    let twice = [
        all[0],
        all[1],
        r#""tag_slot": 1, "column_name": "b", "source_field_path": "customFields.b""#,
    ];
    assert_eq!(of_tags(&twice), ["duplicate-slot tags[2].tag_slot"]);
}

#[test]
fn a_field_is_tagged_once_under_each_template() {
    let slot =
        |slot: u32, rest: &str| format!(r#""tag_slot": {slot}, "column_name": "c{slot}"{rest}"#);
    let (one, two) = (slot(1, ""), slot(2, ""));
    assert_eq!(
        of_tags(&[&one, &two]),
        ["duplicate-tag tags[1].source_field_path"]
    );
    let (fraud, other) = (
        slot(2, r#", "template_id": "fraud""#),
        slot(3, r#", "template_id": "other""#),
    );
    assert_eq!(of_tags(&[&one, &fraud, &other]), [""; 0]);
    let again = slot(4, r#", "template_id": "fraud""#);
    assert_eq!(
        of_tags(&[&one, &fraud, &again]),
        ["duplicate-tag tags[2].source_field_path"]
    );
}

#[test]
fn tags_have_to_lead_to_a_field() {
    let cases = [
        (
            r#""source_entity_type": "CASES""#,
            "tag-entity tags[0].source_entity_type",
        ),
        (
            r#""source_entity_type": "DISCLOSURE""#,
            "tag-entity tags[0].source_entity_type",
        ),
        (
            r#""source_field_path": "customField.a""#,
            "tag-path tags[0].source_field_path",
        ),
        (
            r#""source_field_path": "customFields""#,
            "tag-path tags[0].source_field_path",
        ),
        (
            r#""source_field_path": "customFields..a""#,
            "tag-path tags[0].source_field_path",
        ),
        (
            r#""source_field_path": "customFields.""#,
            "tag-path tags[0].source_field_path",
        ),
        (
            r#""source_field_path": "responses.q5""#,
            "tag-path tags[0].source_field_path",
        ),
        (
            r#""source_entity_type": "OUTCOME", "source_field_path": "details.a", "template_id": "x""#,
            "tag-template tags[0].template_id",
        ),
        (
            r#""source_entity_type": "INVESTIGATION", "source_field_path": "responses.a", "template_id": "seven""#,
            "tag-template tags[0].template_id",
        ),
        (r#""column_name": "A""#, "wrong-value tags[0].column_name"),
        (r#""column_name": "1a""#, "wrong-value tags[0].column_name"),
        (r#""column_name": "a-b""#, "wrong-value tags[0].column_name"),
        (r#""column_name": """#, "wrong-value tags[0].column_name"),
        (
            r#""column_name": "case_number""#,
            "duplicate-column tags[0].column_name",
        ),
        (
            r#""column_name": "inv_10_status""#,
            "duplicate-column tags[0].column_name",
        ),
        (
            r#""column_name": "investigation_count""#,
            "duplicate-column tags[0].column_name",
        ),
    ];
    for (fields, expected) in cases {
        assert_eq!(of_tags(&[fields]), [expected], "{fields}");
    }
    let long = format!(r#""column_name": "{}""#, "a".repeat(51));
    assert_eq!(of_tags(&[&long]), ["wrong-value tags[0].column_name"]);
    let long = format!(r#""display_label": "{}""#, "é".repeat(101));
    assert_eq!(of_tags(&[&long]), ["wrong-value tags[0].display_label"]);
    assert_eq!(of_tags(&[&long.replace("éé", "é")]), [""; 0]);
}

#[test]
fn patterns_are_those_of_their_types() {
    for (cell, pattern, place) in [
        ("TEXT", "0.00", "0..4"),
        ("NUMBER", "YYYY", "0..4"),
        ("CURRENCY", "$", "0..1"),
        ("CURRENCY", "¤0.00", "0..2"),
        ("PERCENTAGE", "0%%", "2..3"),
        ("DATE", "yyyy-mm-dd", "0..4"),
        ("BOOLEAN", "yes", "0..3"),
    ] {
        let fields = format!(r#""data_type": "{cell}", "format_pattern": "{pattern}""#);
        assert_eq!(
            of_tags(&[&fields]),
            [format!("format-pattern tags[0].format_pattern@{place}")],
            "{cell}"
        );
    }
    let found = of_definition(r#""format": "DD.MM.YYYY""#, r#""format": "0.00""#);
    assert_eq!(found, ["format-pattern definition.columns[6].format@0..1"]);
    assert_eq!(
        of_tags(&[r#""data_type": "MONEY""#]),
        ["wrong-value tags[0].data_type"]
    );
}

#[test]
fn tags_are_of_one_organisation_and_of_the_one_who_asks() {
    let (one, other) = (
        r#""organization_id": "1""#,
        r#""organization_id": "2", "tag_slot": 2, "column_name": "b", "source_field_path": "customFields.b""#,
    );
    assert_eq!(
        of_tags(&[one, other]),
        ["foreign-row tags[1].organization_id"]
    );
    let errors = export(&stock(Dialect::Postgres), "{}", &context(2, ""));
    assert_eq!(
        findings(&errors.expect_err("tags of another")),
        ["foreign-row tags"]
    );
    // The same UUID in other letters is the same organisation.
    let catalog = cases_catalog();
    let of_uuid = |written: &str| {
        let own = |key: &str| format!(r#""{key}": "{written}""#);
        let tags = TAGS.replace(r#""organizationId": "1""#, &own("organizationId"));
        let tags = tags.replace(r#""organization_id": "1""#, &own("organization_id"));
        let stock = exporter(&catalog, DEFINITION, &tags, Dialect::Postgres);
        let stock = stock.expect("an exporter");
        let asked = |client_id: &str| {
            let asked = format!(r#"{{"client_id": {client_id}, "access": []}}"#);
            let context = Context::from_json(&asked, &Limits::default()).expect("a context");
            let found = export(&stock, "{}", &context).map_err(|errors| findings(&errors));
            let found = found.err().unwrap_or_default();
            found.iter().any(|found| found.starts_with("foreign-row"))
        };
        // The service's own number for the organisation, and the organisation as the tenant.
        [
            asked("1"),
            asked(r#""a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11""#),
        ]
    };
    assert_eq!(
        of_uuid("A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11"),
        [false, false]
    );
    assert_eq!(
        of_uuid("b0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
        [false, true]
    );
}

#[test]
fn definitions_name_what_there_is() {
    let cases = [
        (
            r#""source": "cases""#,
            r#""source": "case""#,
            "unknown-source definition.source",
        ),
        (
            r#""source": "cases""#,
            r#""source": "case_events""#,
            "no-primary-key definition.source",
        ),
        (
            r#""relationship": "investigations""#,
            r#""relationship": "investigation""#,
            "child-relationship definition.children[0].relationship",
        ),
        (
            r#""relationship": "outcome""#,
            r#""relationship": "unit""#,
            "child-relationship definition.children[2].relationship",
        ),
        (
            r#""column": "business_unit""#,
            r#""column": "bussiness_unit""#,
            "unknown-column definition.columns[3]",
        ),
        (
            r#"{"name": "location_name", "column": "location"}"#,
            r#"{"name": "location_name", "column": "location", "show": "label"}"#,
            "wrong-value definition.columns[5].show",
        ),
        (
            r#""name": "case_status""#,
            r#""name": "case_number""#,
            "duplicate-column definition.columns[1].name",
        ),
        (
            r#""prefix": "subject""#,
            r#""prefix": "inv""#,
            "duplicate-column definition.children[1].prefix",
        ),
        (
            r#""shown": 2"#,
            r#""shown": 11"#,
            "wrong-value definition.children[0].shown",
        ),
        (
            r#"[{"key": "started_on"}]"#,
            r#"[{"key": "begun"}]"#,
            "unknown-column definition.children[0].order_by[0]",
        ),
        (
            r#""statuses": "status""#,
            r#""statuses": "status", "x": 1"#,
            "wrong-type definition.filters.x",
        ),
    ];
    for (from, to, expected) in cases {
        let found = of_definition(from, to);
        assert!(
            found.iter().any(|found| found == expected),
            "{to}: {found:?}"
        );
    }
}

#[test]
fn requests_name_what_there_is() {
    let cases = [
        (
            r#"{"filters": {"status": ["open"]}}"#,
            "unknown-key export.filters.status",
        ),
        (
            r#"{"filters": {"categories": ["x"]}}"#,
            "value-type export.filters.categories[0]",
        ),
        (
            r#"{"children": {"investigation": 1}}"#,
            "unknown-key export.children.investigation",
        ),
        (
            r#"{"children": {"inv": 11}}"#,
            "wrong-value export.children.inv",
        ),
        (
            r#"{"columns": ["case_numbr"]}"#,
            "unknown-column export.columns[0]",
        ),
        (r#"{"columns": []}"#, "wrong-value export.columns"),
        (
            r#"{"columns": ["overflow"]}"#,
            "unknown-column export.columns[0]",
        ),
        (
            r#"{"dateRange": {"start": "2026-02-30"}}"#,
            "invalid-date export.date_range.from",
        ),
        (
            r#"{"dateRange": {"start": "2026-02-02", "end": "2026-02-01"}}"#,
            "range-order export.date_range",
        ),
        (
            r#"{"column": ["case_number"]}"#,
            "unknown-field export.column",
        ),
        (
            r#"{"limit": 5, "after": [1, 2]}"#,
            "wrong-value export.after",
        ),
    ];
    for (request, expected) in cases {
        assert_eq!(of_request(request), [expected], "{request}");
    }
}

/// A rule that rows beside cannot be held to is an error, never passed over.
#[test]
fn a_rule_that_rows_beside_cannot_be_held_to_is_refused() {
    let rule =
        r#"{"dimension": "investigator", "access_type": "exclude", "allowed_values": [100]}"#;
    let errors = export(&stock(Dialect::Postgres), "{}", &context(1, rule));
    let errors = errors.expect_err("a rule that cases cannot express");
    assert!(
        errors.has(ErrorCode::AccessDimensionUnavailable),
        "{errors}"
    );
}

/// What a module gates stays gated where a tag leads to it.
#[test]
fn a_tag_opens_no_module() {
    let tags = format!(
        "[{}]",
        tag(r#""source_field_path": "customFields.reserve", "data_type": "CURRENCY""#)
    );
    let exporter = exporter(&cases_catalog(), DEFINITION, &tags, Dialect::Postgres);
    let exporter = exporter.expect("an exporter");
    let request = r#"{"columns": ["a"]}"#;
    assert!(export(&exporter, request, &context(1, "")).is_ok());
    let mut without = context(1, "");
    without.modules.clear();
    let errors = export(&exporter, request, &without).expect_err("a gated field");
    assert_eq!(
        findings(&errors),
        ["unknown-column tags[0].source_field_path"]
    );
}

/// SQLite and PostgreSQL bound what a statement reads; so does the library, before.
#[test]
fn rows_beside_are_bounded() {
    let fields: Vec<String> = (1..=20)
        .map(|slot| {
            format!(
                r#""source_entity_type": "INVESTIGATION", "source_field_path": "responses.f{slot}", "tag_slot": {slot},
                "column_name": "c{slot}", "template_id": {slot}"#
            )
        })
        .collect();
    let tags: Vec<String> = fields.iter().map(|fields| tag(fields)).collect();
    let tags = format!("[{}]", tags.join(", "));
    let exporter = exporter(&cases_catalog(), DEFINITION, &tags, Dialect::Postgres);
    let exporter = exporter.expect("an exporter");
    let wide = r#"{"children": {"inv": 10, "subject": 10}}"#;
    let errors = export(&exporter, wide, &context(1, "")).expect_err("more than are read");
    assert_eq!(findings(&errors), ["limit-exceeded export.children"]);
    assert!(export(&exporter, r#"{"children": {"inv": 9}}"#, &context(1, "")).is_ok());
}

#[test]
fn the_tags_of_the_tests_are_sound() {
    let exporter = exporter(&cases_catalog(), DEFINITION, TAGS, Dialect::Sqlite);
    assert!(exporter.is_ok(), "{:?}", exporter.err());
}
