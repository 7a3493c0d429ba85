//! What is refused before a statement is made, and that what is not refused is stored.

use measurand::report::{Change, Listing, NewRow, Table};
use measurand::{Errors, Limits, Value};
use measurand_tests::support::random::Random;

use super::world::{actor, database, ids, new_row, read};

/// Codes and places.
type Places = &'static [(&'static str, &'static str)];

fn found(errors: &Errors) -> Vec<(String, String)> {
    errors
        .iter()
        .map(|error| (error.code().to_string(), error.path().to_string()))
        .collect()
}

#[test]
fn new_rows_are_refused_with_the_place_of_each_fault() {
    let long = "x".repeat(201);
    let long = format!(r#"{{"template_id": 1, "name": "{long}"}}"#);
    let long_user = format!(
        r#"{{"user_id": "{}", "dimension_id": 1, "allowed_values": []}}"#,
        "u".repeat(256)
    );
    let table: [(Table, &str, Places); 25] = [
        (
            Table::SavedViews,
            "{}",
            &[
                ("missing-field", "saved_views.template_id"),
                ("missing-field", "saved_views.name"),
            ],
        ),
        (Table::SavedViews, "[]", &[("wrong-type", "saved_views")]),
        (
            Table::SavedViews,
            &long,
            &[("text-length", "saved_views.name")],
        ),
        (
            Table::SavedViews,
            r#"{"template_id": 1, "name": " \t"}"#,
            &[("wrong-value", "saved_views.name")],
        ),
        (
            Table::SavedViews,
            r#"{"template_id": 1, "name": "a\u0000b"}"#,
            &[("wrong-value", "saved_views.name")],
        ),
        (
            Table::SavedViews,
            r#"{"template_id": "1", "name": null}"#,
            &[
                ("wrong-type", "saved_views.template_id"),
                ("wrong-type", "saved_views.name"),
            ],
        ),
        (
            Table::SavedViews,
            r#"{"template_id": 1, "name": "a", "user_id": "bob", "client_id": 2, "id": 5, "is_deleted": false}"#,
            &[
                ("read-only-column", "saved_views.user_id"),
                ("read-only-column", "saved_views.client_id"),
                ("read-only-column", "saved_views.id"),
                ("read-only-column", "saved_views.is_deleted"),
            ],
        ),
        (
            Table::SavedViews,
            r#"{"template_id": 1, "name": "a", "name": "b", "nmae": 1}"#,
            &[
                ("unknown-field", "saved_views.nmae"),
                ("duplicate-field", "saved_views.name"),
            ],
        ),
        (
            Table::SavedViews,
            r#"{"template_id": 1, "name": "a", "toggles": [], "filters": 1, "layout_overrides": "{"}"#,
            &[
                ("wrong-type", "saved_views.toggles"),
                ("wrong-type", "saved_views.filters"),
                ("json-syntax", "saved_views.layout_overrides"),
            ],
        ),
        (
            Table::SavedViews,
            r#"{"template_id": 1, "name": "a", "filters": {"a": "\u0000"}, "toggles": {"a": 1e1000}}"#,
            &[
                ("wrong-value", "saved_views.filters"),
                ("wrong-value", "saved_views.toggles"),
            ],
        ),
        (
            Table::SavedViews,
            r#"{"template_id": 1, "name": "a", "is_default": 1, "is_active": null}"#,
            &[
                ("wrong-type", "saved_views.is_default"),
                ("wrong-type", "saved_views.is_active"),
            ],
        ),
        (
            Table::SavedViews,
            r#"{"template_id": 99999999999999999999, "name": "a"}"#,
            &[("wrong-value", "saved_views.template_id")],
        ),
        (
            Table::FilterPresets,
            r#"{"name": "a"}"#,
            &[("missing-field", "filter_presets.filters")],
        ),
        (
            Table::DashboardWidgets,
            r#"{"dashboard_id": 1, "widget_type": "chart", "widget_config": {}, "position": {}, "sort_order": 2147483648}"#,
            &[("wrong-value", "dashboard_widgets.sort_order")],
        ),
        (
            Table::ScheduledReports,
            r#"{"template_id": 1, "name": "a"}"#,
            &[("missing-field", "scheduled_reports.frequency")],
        ),
        (
            Table::ScheduledReports,
            r#"{"template_id": 1, "name": "a", "frequency": "dayly"}"#,
            &[("wrong-value", "scheduled_reports.frequency")],
        ),
        (
            Table::ScheduledReports,
            r#"{"template_id": 1, "name": "a", "frequency": "daily", "day_of_month": 3}"#,
            &[("schedule-day", "scheduled_reports.day_of_month")],
        ),
        (
            Table::ScheduledReports,
            r#"{"template_id": 1, "name": "a", "frequency": "daily", "timezone": "Mars", "time_of_day": "25:00"}"#,
            &[
                ("wrong-value", "scheduled_reports.time_of_day"),
                ("unknown-zone", "scheduled_reports.timezone"),
            ],
        ),
        (
            Table::ScheduledReports,
            r#"{"template_id": 1, "name": "a", "frequency": "daily", "next_send_at": "2026-01-01", "delivery_channel": "fax", "export_format": "PDF"}"#,
            &[
                ("read-only-column", "scheduled_reports.next_send_at"),
                ("wrong-value", "scheduled_reports.delivery_channel"),
                ("wrong-value", "scheduled_reports.export_format"),
            ],
        ),
        (
            Table::ExportJobs,
            r#"{"format": "csv", "status": "completed"}"#,
            &[("read-only-column", "export_jobs.status")],
        ),
        (
            Table::UserDimensionAccess,
            r#"{"user_id": "a", "dimension_id": 1, "allowed_values": {}}"#,
            &[("wrong-type", "user_dimension_access.allowed_values")],
        ),
        (
            Table::UserDimensionAccess,
            r#"{"user_id": "a", "dimension_id": 1, "allowed_values": [[1]]}"#,
            &[("wrong-type", "user_dimension_access.allowed_values")],
        ),
        (
            Table::UserDimensionAccess,
            r#"{"user_id": "a", "dimension_id": 1, "allowed_values": [], "access_type": "only", "created_by": "b"}"#,
            &[
                ("wrong-value", "user_dimension_access.access_type"),
                ("read-only-column", "user_dimension_access.created_by"),
            ],
        ),
        (
            Table::UserDimensionAccess,
            &long_user,
            &[("text-length", "user_dimension_access.user_id")],
        ),
        (
            Table::DimensionAccessAudit,
            "{}",
            &[("read-only-table", "dimension_access_audit")],
        ),
    ];
    for (table, json, expected) in table {
        let errors = NewRow::from_json(table, json, &Limits::default()).expect_err(json);
        let expected: Vec<(String, String)> = expected
            .iter()
            .map(|(code, path)| ((*code).to_owned(), (*path).to_owned()))
            .collect();
        assert_eq!(found(&errors), expected, "{json}");
    }
}

#[test]
fn changes_are_refused_with_the_place_of_each_fault() {
    let table: [(Table, &str, &str, &str); 9] = [
        (Table::Dashboards, "{}", "nothing-to-change", "dashboards"),
        (
            Table::Dashboards,
            r#"{"name": null}"#,
            "wrong-type",
            "dashboards.name",
        ),
        (
            Table::SavedViews,
            r#"{"template_id": 4}"#,
            "read-only-column",
            "saved_views.template_id",
        ),
        (
            Table::DashboardWidgets,
            r#"{"dashboard_id": 4}"#,
            "read-only-column",
            "dashboard_widgets.dashboard_id",
        ),
        (
            Table::UserDimensionAccess,
            r#"{"user_id": "bob"}"#,
            "read-only-column",
            "user_dimension_access.user_id",
        ),
        // A schedule is changed as a whole, and one that wakes up says when it runs.
        (
            Table::ScheduledReports,
            r#"{"time_of_day": "09:00"}"#,
            "missing-field",
            "scheduled_reports.frequency",
        ),
        (
            Table::ScheduledReports,
            r#"{"is_active": true}"#,
            "missing-field",
            "scheduled_reports.frequency",
        ),
        (
            Table::ScheduledReports,
            r#"{"frequency": "weekly"}"#,
            "missing-field",
            "scheduled_reports.day_of_week",
        ),
        (
            Table::ExportJobs,
            r#"{"format": "csv"}"#,
            "read-only-table",
            "export_jobs",
        ),
    ];
    for (table, json, code, path) in table {
        let errors = Change::from_json(table, json, &Limits::default()).expect_err(json);
        assert_eq!(
            found(&errors),
            [(code.to_owned(), path.to_owned())],
            "{json}"
        );
    }
}

#[test]
fn limits_hold() {
    let limits = Limits {
        request_bytes: 200,
        json_depth: 4,
        list_values: 3,
        max_limit: Some(10),
        ..Limits::default()
    };
    let check = |table, json: &str, path: &str| {
        let errors = NewRow::from_json(table, json, &limits).expect_err(json);
        assert_eq!(
            found(&errors),
            [("limit-exceeded".to_owned(), path.to_owned())],
            "{json}"
        );
    };
    let long = format!(r#"{{"name": "{}"}}"#, "x".repeat(200));
    check(Table::Dashboards, &long, "dashboards");
    check(
        Table::Dashboards,
        r#"{"name": "a", "layout": [[[[1]]]]}"#,
        "dashboards",
    );
    let inside = r#"{"name": "a", "layout": "[[[[[1]]]]]"}"#;
    check(Table::Dashboards, inside, "dashboards.layout");
    let values = r#"{"user_id": "a", "dimension_id": 1, "allowed_values": [1, 2, 3, 4]}"#;
    check(
        Table::UserDimensionAccess,
        values,
        "user_dimension_access.allowed_values",
    );

    let ann = actor(1, "ann");
    let page = |limit| Listing {
        limit,
        ..Listing::default()
    };
    let errors = Table::Dashboards
        .list(&ann, &page(Some(11)), &limits)
        .expect_err("too many");
    assert_eq!(
        found(&errors),
        [("limit-exceeded".to_owned(), "listing.limit".to_owned())]
    );
    let capped = Table::Dashboards
        .list(&ann, &page(None), &limits)
        .expect("a list");
    assert!(capped.sql().contains(" LIMIT $"));
}

#[test]
fn listings_are_refused_with_the_place_of_each_fault() {
    let listing = Listing {
        only: vec![
            ("is_default".into(), Value::Text("true".into())),
            ("name; DROP TABLE x".into(), Value::Integer(1)),
            ("is_active".into(), Value::Boolean(true)),
            ("is_active".into(), Value::Boolean(true)),
        ],
        order_by: Some("nmae".into()),
        ..Listing::default()
    };
    let errors = Table::SavedViews
        .list(&actor(1, "ann"), &listing, &Limits::default())
        .expect_err("refused");
    let expected = [
        ("value-type", "listing.only[0]"),
        ("unknown-column", "listing.only[1]"),
        ("duplicate-column", "listing.only[3]"),
        ("unknown-column", "listing.order_by"),
    ];
    let expected = expected.map(|(code, path)| (code.to_owned(), path.to_owned()));
    assert_eq!(found(&errors), expected);
    assert!(
        errors.to_string().contains("did you mean `name`?"),
        "{errors}"
    );
}

/// Whatever passes the reader is taken by PostgreSQL: no text, however strange, is an error there.
#[test]
fn what_is_not_refused_is_stored() {
    const PIECES: [&str; 24] = [
        "\\u0000",
        "\\u0001",
        "\\ud83d\\ude00",
        "\\ud83d",
        "\\\\",
        "\\\"",
        "'",
        ";",
        "$1",
        "--",
        "é",
        "名",
        "\u{202e}",
        " ",
        "x",
        "\\n",
        "0",
        "-",
        "1e5",
        "\\\\u0000",
        "\u{feff}",
        "%",
        "{",
        "]",
    ];
    const NUMBERS: [&str; 12] = [
        "0",
        "-0",
        "1.50",
        "1e5",
        "1e999",
        "-1e-999",
        "1E+0001000",
        "1e1000",
        "123456789012345678901234567890",
        "0.00000000000000000000000000001",
        "1e131072",
        "9.9e-99999",
    ];
    let mut client = database("input_random");
    let ann = actor(1, "ann");
    let (mut stored, mut refused) = (0, 0);
    let mut random = Random::new(20_261_120);
    for _ in 0..600 {
        let mut text = || -> String {
            (0..=random.below(6))
                .map(|_| *random.pick(&PIECES))
                .collect()
        };
        let (name, key, value) = (text(), text(), text());
        let number = random.pick(&NUMBERS);
        let json = format!(
            r#"{{"name": "{name}", "description": "{value}", "layout": {{"{key}": ["{value}", {number}]}}}}"#
        );
        match NewRow::from_json(Table::Dashboards, &json, &Limits::default()) {
            Err(_) => refused += 1,
            Ok(row) => {
                let made = ids(&mut client, &row.insert(&ann));
                let [id] = made.as_slice() else {
                    panic!("{json}");
                };
                assert_eq!(
                    read(&mut client, &Table::Dashboards.get(&ann, *id)).len(),
                    1
                );
                stored += 1;
            }
        }
    }
    assert!(stored > 100 && refused > 100, "{stored} and {refused}");
    // As long as the column is, in characters that are four bytes each.
    let longest = format!(r#"{{"name": "{}"}}"#, "😀".repeat(200));
    assert_eq!(
        ids(
            &mut client,
            &new_row(Table::Dashboards, &longest).insert(&ann)
        )
        .len(),
        1
    );
}
