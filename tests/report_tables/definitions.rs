//! Tables that users define, kept in PostgreSQL and read back by those who see them.

use measurand::report::{
    Actor, Destination, DestinationKind, Listing, StoredTable, Table, TableDefinition,
};
use measurand::{ErrorCode, Limits, Moment};
use postgres::Client;

use super::world::{actor, database, id, ids, listed};

/// What a screen sends, with every field.
const SCREENS: [&str; 2] = [
    r#"{"name": "Open cases", "description": "by region", "createdVia": "IMPORT",
      "dataSources": ["cases", "persons"], "columns": ["persons.region", {"field": "n", "label": "How many"}],
      "filters": [{"field": "status", "operator": "in", "value": ["open", null, true, 1.50, 12345678901234567890]},
                  {"or": [{"field": "a", "operator": "isNull"}, {"not": {"and": []}}]},
                  {"field": "b", "operator": "startsWith", "value": "'\"\\x", "on": "label", "caseSensitive": true}],
      "groupBy": ["persons.region", "day.month"],
      "aggregates": [{"function": "COUNT", "alias": "n"}, {"field": "amount", "function": "countDistinct"},
                     {"metric": "loss", "label": "Loss"}],
      "sortBy": [{"field": "n", "direction": "desc"}, {"field": "persons.region"}],
      "destinations": [{"type": "dashboard", "id": 7}, {"type": "view"}],
      "visibility": "TEAM", "sharedWithTeams": ["legal"], "sharedWithUsers": ["bob"],
      "scheduleConfig": {"frequency": "monthly", "day_of_month": 31, "time_of_day": "06:30",
        "timezone": "Europe/Berlin", "recipients": ["ann@example.com"], "format": "pdf"}}"#,
    r#"{"name": "Cases", "aiPrompt": "all cases", "dataSources": ["cases"], "columns": ["case_id"]}"#,
];

fn definition(text: &str) -> TableDefinition {
    TableDefinition::from_json(text, &Limits::default()).unwrap_or_else(|errors| panic!("{errors}"))
}

/// The row as JSON, as a service hands it on.
fn stored(client: &mut Client, id: i64) -> Option<StoredTable> {
    let sql = "SELECT to_json(t)::text FROM report_builder.user_data_tables t WHERE t.id = $1";
    let row = client.query_one(sql, &[&id]).expect("a row");
    let text: String = row.get(0);
    let read = StoredTable::from_json(&text, &Limits::default());
    read.unwrap_or_else(|errors| panic!("{errors}\n{text}"))
}

#[test]
fn a_definition_that_is_kept_is_the_one_that_was_sent() {
    let mut client = database("table_definitions");
    let ann = actor(1, "ann");
    for text in SCREENS {
        let sent = definition(text);
        let row = sent.new_row(&Limits::default());
        let row = row.unwrap_or_else(|errors| panic!("{errors}"));
        let id = id(&mut client, &row.insert(&ann));
        let kept = stored(&mut client, id).expect("a live row");
        assert_eq!(kept.id, id);
        assert_eq!(kept.definition, sent);
        assert_eq!(kept.sharing, sent.sharing(1, "ann"));
        let sql =
            "SELECT next_scheduled_run::text FROM report_builder.user_data_tables WHERE id = $1";
        let next: Option<String> = client.query_one(sql, &[&id]).expect("a row").get(0);
        let by_schedule = sent.delivery.as_ref().and_then(|delivery| {
            let now = Moment::parse(super::world::NOW)?;
            delivery.schedule.next_after(now)
        });
        let by_schedule = by_schedule.map(|next| next.to_utc().to_string());
        assert_eq!(next, by_schedule);
    }
}

#[test]
fn a_change_makes_the_kept_one_say_the_same() {
    let mut client = database("table_definition_changes");
    let ann = actor(1, "ann");
    let [first, second] = SCREENS.map(definition);
    for (before, after) in [(&first, &second), (&second, &first)] {
        let row = before.new_row(&Limits::default()).expect("a row");
        let id = id(&mut client, &row.insert(&ann));
        let change = after.change(&Limits::default()).expect("a change");
        // Another user of the organization sees a table of a team and does not change it.
        assert!(ids(&mut client, &change.update(&actor(1, "bob"), id)).is_empty());
        assert_eq!(ids(&mut client, &change.update(&ann, id)), [id]);
        let kept = stored(&mut client, id).expect("a live row").definition;
        let expected = TableDefinition {
            created_via: before.created_via,
            ai_prompt: before.ai_prompt.clone(),
            ..after.clone()
        };
        assert_eq!(kept, expected);
    }
}

#[test]
fn tables_are_listed_by_where_they_are_shown() {
    let mut client = database("table_destinations");
    let ann = actor(1, "ann");
    let bob = actor(1, "bob");
    for (name, visibility, destinations) in [
        (
            "seven",
            "ORG",
            r#"[{"type": "view"}, {"type": "dashboard", "id": 7}]"#,
        ),
        (
            "seventy-seven",
            "ORG",
            r#"[{"type": "dashboard", "id": "77"}]"#,
        ),
        ("report", "ORG", r#"[{"type": "report", "id": "7"}]"#),
        ("mine", "PRIVATE", r#"[{"type": "dashboard", "id": "7"}]"#),
        ("nowhere", "ORG", "[]"),
    ] {
        let text = format!(
            r#"{{"name": "{name}", "dataSources": ["cases"], "columns": ["case_id"], "visibility": "{visibility}",
                "destinations": {destinations}}}"#
        );
        let row = definition(&text)
            .new_row(&Limits::default())
            .expect("a row");
        id(&mut client, &row.insert(&ann));
    }
    let mut names = |actor: &Actor, kind, place: Option<&str>| {
        let listing = Listing {
            shown_on: Some(Destination {
                kind,
                id: place.map(str::to_owned),
            }),
            ..Listing::default()
        };
        let rows = listed(&mut client, actor, Table::UserDataTables, &listing);
        let names = rows.into_iter().map(|row| row[3].clone());
        names.collect::<Vec<_>>()
    };
    let dashboard = DestinationKind::Dashboard;
    assert_eq!(names(&ann, dashboard, Some("7")), ["mine", "seven"]);
    assert_eq!(names(&bob, dashboard, Some("7")), ["seven"]);
    assert_eq!(names(&bob, dashboard, None), ["seven", "seventy-seven"]);
    assert_eq!(names(&bob, dashboard, Some("' OR true --")), [""; 0]);
    assert_eq!(names(&bob, DestinationKind::Report, None), ["report"]);
    let listing = Listing {
        shown_on: Some(Destination {
            kind: dashboard,
            id: None,
        }),
        ..Listing::default()
    };
    let errors = Table::Dashboards.list(&ann, &listing, &Limits::default());
    let errors = errors.expect_err("dashboards are shown nowhere");
    assert!(errors.has(ErrorCode::UnknownColumn), "{errors}");
}
