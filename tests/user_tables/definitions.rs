//! Definitions as they are read, what is kept of them, and how long their rows are.

use measurand::report::{
    DeliveryFormat, DestinationKind, FilterOperator, StoredTable, TableDefinition, TableOrigin,
    TablePage, Visibility,
};
use measurand::{Dialect, Limits, Moment, Request};
use measurand_tests::checker::Checked;
use measurand_tests::support::rows::{database, execute};
use measurand_tests::support::tables;

use super::world::{compiler, definition, reader, table};

const OF_SCREENS: &str = r#"{"name": "Open cases", "description": "by region", "createdVia": "IMPORT",
  "dataSources": ["cases", "persons"], "columns": ["persons.region"],
  "filters": [{"field": "status", "operator": "eq", "value": "open", "caseSensitive": true}],
  "groupBy": ["persons.region"], "aggregates": [{"function": "COUNT", "alias": "n"}],
  "sortBy": [{"field": "n", "direction": "desc"}],
  "destinations": [{"type": "dashboard", "id": 7}, {"type": "view"}, {"type": "report", "id": "q4"}],
  "visibility": "TEAM", "sharedWithTeams": ["legal"], "sharedWithUsers": ["bob"],
  "scheduleConfig": {"frequency": "weekly", "recipients": ["ann@example.com"], "format": "excel"}}"#;

const OF_ROWS: &str = r#"{"name": "Open cases", "description": "by region", "created_via": "IMPORT",
  "data_sources": ["cases", "persons"], "columns": [{"field": "persons.region"}],
  "filters": [{"field": "status", "operator": "equals", "values": ["open"], "case_sensitive": true}],
  "group_by": ["persons.region"], "aggregates": [{"function": "count", "alias": "n"}],
  "sort_by": [{"field": "n", "direction": "desc"}],
  "destinations": [{"type": "dashboard", "id": "7"}, {"type": "view", "id": null}, {"type": "report", "id": "q4"}],
  "visibility": "TEAM", "shared_with_teams": ["legal"], "shared_with_users": ["bob"],
  "schedule_config": {"frequency": "weekly", "day_of_week": 1, "time_of_day": "08:00",
    "recipients": ["ann@example.com"], "format": "excel"}}"#;

#[test]
fn both_spellings_say_the_same() {
    let table = definition(OF_SCREENS);
    assert_eq!(table, definition(OF_ROWS));
    assert_eq!(table.created_via, TableOrigin::Import);
    assert_eq!(table.visibility, Visibility::Team);
    let places = table.destinations.iter();
    let places: Vec<_> = places.map(|each| (each.kind, each.id.as_deref())).collect();
    assert_eq!(
        places,
        [
            (DestinationKind::Dashboard, Some("7")),
            (DestinationKind::View, None),
            (DestinationKind::Report, Some("q4")),
        ]
    );
    let delivery = table.delivery.expect("it is sent");
    assert_eq!(delivery.format, DeliveryFormat::Excel);
    assert_eq!(delivery.schedule.cron(), ["0 0 8 * * 1"]);
}

#[test]
fn a_prompt_says_how_a_table_came_about() {
    let text = r#"{"dataSources": ["cases"], "columns": ["case_id"], "aiPrompt": "all cases"}"#;
    let table = definition(text);
    assert_eq!(table.created_via, TableOrigin::AiGenerated);
    assert_eq!(table.visibility, Visibility::Private);
}

#[test]
fn every_operator_is_read_as_it_is_written() {
    const WORDS: [(&str, Option<&str>); 16] = [
        ("eq", Some("eq")),
        ("notEquals", Some("neq")),
        ("in", Some("in")),
        ("notIn", Some("not_in")),
        ("greaterThan", Some("gt")),
        ("greaterThanOrEqual", Some("gte")),
        ("lessThan", Some("lt")),
        ("lessThanOrEqual", Some("lte")),
        ("between", Some("between")),
        ("contains", Some("contains")),
        ("notContains", Some("not_contains")),
        ("startsWith", Some("starts_with")),
        ("endsWith", Some("ends_with")),
        ("isNull", Some("is_null")),
        ("isNotNull", Some("is_not_null")),
        ("within", None),
    ];
    for (word, request) in WORDS {
        let operator = FilterOperator::parse(word).unwrap_or_else(|| panic!("{word}"));
        assert_eq!(operator.in_requests(), request, "{word}");
        assert_eq!(FilterOperator::parse(operator.as_str()), Some(operator));
        // The word of requests and the one in snake case mean the same.
        let others = request.into_iter().map(str::to_owned).chain([snake(word)]);
        for other in others {
            assert_eq!(FilterOperator::parse(&other), Some(operator), "{other}");
        }
    }
    assert_eq!(FilterOperator::parse("like"), None);
}

fn snake(word: &str) -> String {
    let each = word.chars().map(|letter| match letter.is_uppercase() {
        true => format!("_{}", letter.to_lowercase()),
        false => letter.to_string(),
    });
    each.collect()
}

#[test]
fn a_deleted_row_is_no_table() {
    let row = |rest: &str| {
        let text = format!(
            r#"{{"id": 7, "organization_id": 1, "created_by_id": "ann", "name": "x", "data_sources": ["cases"],
                "columns": ["case_id"], "next_scheduled_run": null, "created_at": "2026-01-01", "updated_at": "x",
                "created_via": "BUILDER"{rest}}}"#
        );
        StoredTable::from_json(&text, &Limits::default())
    };
    let live = row("").expect("a row").expect("a live one");
    assert_eq!((live.id, &*live.sharing.created_by_id), (7, "ann"));
    assert_eq!(row(r#", "is_deleted": true"#), Ok(None));
    let errors = row(r#", "owner": "bob""#).expect_err("an unknown column");
    assert_eq!(errors.iter().count(), 1, "{errors}");
    let errors = StoredTable::from_json("{}", &Limits::default()).expect_err("nothing");
    let missing = errors.iter().map(|error| error.path().to_string());
    let missing: Vec<String> = missing.collect();
    assert_eq!(
        missing,
        [
            "table.organizationId",
            "table.createdById",
            "table.id",
            "table.dataSources",
            "table.columns"
        ]
    );
}

fn moment(text: &str) -> Moment {
    Moment::parse(text).expect("a moment")
}

#[test]
fn rows_are_kept_as_long_as_their_sources_stand() {
    let entry = |text: &str, now: &str, seconds: Option<u64>| {
        let compiled = table(text, "all");
        let entry = compiled.cache_entry(moment(now), seconds);
        entry.map(|entry| {
            assert_eq!(entry.key, compiled.query().fingerprint());
            entry.expires_at.to_string()
        })
    };
    const NOW: &str = "2026-11-20T10:00:00Z";
    let cases = r#"{"dataSources": ["cases"], "columns": ["case_id"]}"#;
    // Cases are filled twice an hour, investigations every five minutes, surveys nobody knows how often.
    assert_eq!(
        entry(cases, NOW, None).as_deref(),
        Some("2026-11-20 10:30:00+00")
    );
    assert_eq!(
        entry(cases, NOW, Some(60)).as_deref(),
        Some("2026-11-20 10:01:00+00")
    );
    let both = r#"{"dataSources": ["investigations", "cases"], "columns": ["investigation_id", "cases.status"]}"#;
    assert_eq!(
        entry(both, NOW, None).as_deref(),
        Some("2026-11-20 10:05:00+00")
    );
    let surveys = r#"{"dataSources": ["surveys"], "columns": ["score"]}"#;
    assert_eq!(entry(surveys, NOW, None), None);
    // What is sent is computed anew, and what is looked at afterwards is no older.
    let sent = r#"{"dataSources": ["cases"], "columns": ["case_id"], "scheduleConfig": {"frequency": "daily",
        "timezone": "Europe/Berlin", "recipients": ["ann@example.com"], "format": "csv"}}"#;
    assert_eq!(
        entry(sent, "2026-11-20T06:50:00Z", None).as_deref(),
        Some("2026-11-20 07:00:00+00")
    );
    assert_eq!(
        entry(sent, NOW, None).as_deref(),
        Some("2026-11-20 10:30:00+00")
    );
    // Longer than there are years.
    let last = entry(cases, "9999-12-31T23:59:00Z", Some(u64::MAX));
    assert_eq!(last.as_deref(), Some("9999-12-31 23:59:59.999999+00"));
}

#[test]
fn a_change_of_what_is_shown_changes_the_key_and_a_name_does_not() {
    let key = |text: &str| table(text, "all").query().fingerprint();
    let first = key(r#"{"dataSources": ["cases"], "columns": ["case_id"]}"#);
    let same = [
        r#"{"dataSources": ["cases"], "columns": [{"field": "case_id", "label": "No."}], "name": "x"}"#,
        r#"{"dataSources": ["cases"], "columns": ["cases.case_id"], "visibility": "ORG",
            "destinations": [{"type": "view"}]}"#,
    ];
    for text in same {
        assert_eq!(key(text), first, "{text}");
    }
    let other = [
        r#"{"dataSources": ["cases"], "columns": ["case_id", "status"]}"#,
        r#"{"dataSources": ["cases"], "columns": ["case_id"],
            "filters": [{"field": "status", "operator": "eq", "value": "open"}]}"#,
        r#"{"dataSources": ["cases"], "columns": ["case_id"], "sortBy": [{"field": "case_id", "direction": "desc"}]}"#,
    ];
    for text in other {
        assert_ne!(key(text), first, "{text}");
    }
}

#[test]
fn pages_follow_one_another_and_are_counted() {
    let mut client = database("user_tables_pages", "casework");
    let all = definition(
        r#"{"dataSources": ["cases", "persons"], "columns": ["status", "persons.region"],
            "filters": [{"field": "status", "operator": "isNotNull"}], "sortBy": [{"field": "day"}]}"#,
    );
    let compiler = compiler(Dialect::Postgres);
    let context = reader("all");
    let (mut found, mut page) = (Vec::new(), TablePage::default());
    page.limit = Some(3);
    loop {
        let compiled = tables::compiled(&all, &compiler, &context, &page).expect("a page");
        let query = compiled.query();
        let rows = execute(query, &mut client).expect("rows");
        let asked = query.page().expect("a page");
        let shown = rows.iter().take(3);
        // What the next page needs stands behind what is shown.
        assert_eq!(compiled.columns().len(), 2);
        let after = asked.after_columns().expect("a primary key");
        found.extend(shown.map(|row| row[after[after.len() - 1]].clone()));
        if rows.len() <= 3 {
            let count = compiled.request().clone().count();
            let count = Request {
                limit: None,
                after: None,
                ..count
            };
            let count = compiler.checked(&count, &context).expect("a count");
            let counted = execute(&count, &mut client).expect("a number");
            assert_eq!(counted, [["7"]]);
            break;
        }
        let last = &rows[2];
        page.after = Some(after.iter().map(|at| last[*at].as_str().into()).collect());
    }
    // Case 6 has no status; case 8 is of the year before.
    assert_eq!(found, ["8", "1", "2", "3", "4", "5", "7"]);
}

#[test]
fn a_definition_is_kept_and_read_back() {
    let read = TableDefinition::from_json(OF_SCREENS, &Limits::default()).expect("a definition");
    assert!(read.new_row(&Limits::default()).is_ok());
    assert!(read.change(&Limits::default()).is_ok());
    let nameless = definition(r#"{"dataSources": ["cases"], "columns": ["case_id"]}"#);
    let errors = nameless
        .new_row(&Limits::default())
        .expect_err("without a name");
    assert_eq!(
        errors.to_string(),
        "error[missing-field]: field `name` is missing\n  at user_data_tables.name"
    );
}
