//! Who sees and changes a user's table: a truth table over all combinations, the function against what
//! PostgreSQL gives and lets change.

use std::collections::BTreeSet;

use measurand::report::{
    Actor, Change, Lease, Listing, NewRow, Scheduled, Table, TableSharing, Visibility, claim_due,
    clone_table, finish_due,
};
use measurand::{Limits, Value};
use postgres::Client;

use super::world::{
    actor, at, change, database, everything, id, ids, listed, make, moment, new_row, query, read,
};

const TABLES: Table = Table::UserDataTables;

fn json(visibility: &str, users: &[&str], teams: &[&str]) -> String {
    format!(
        r#"{{"name": "T", "data_sources": ["orders"], "columns": [{{"key": "revenue"}}],
             "visibility": "{visibility}", "shared_with_users": {users:?}, "shared_with_teams": {teams:?}}}"#
    )
}

/// The rows of a list as ids.
fn seen(client: &mut Client, actor: &Actor) -> BTreeSet<i64> {
    let rows = listed(client, actor, TABLES, &Listing::default());
    rows.iter()
        .map(|row| row[0].parse().expect("an id"))
        .collect()
}

/// What one actor may do, by hand: their organization and name, whether the users of the table list them,
/// whether they are of a team that it lists, and then for PRIVATE, TEAM and ORG whether they see it.
const BY_HAND: [(i64, &str, bool, bool, [bool; 3]); 12] = [
    // The creator sees it however it is shared.
    (1, "ann", false, false, [true, true, true]),
    (1, "ann", true, true, [true, true, true]),
    // A colleague: with a team only if listed, with the organization in any case.
    (1, "bob", false, false, [false, false, true]),
    (1, "bob", true, false, [false, true, true]),
    (1, "bob", false, true, [false, true, true]),
    (1, "bob", true, true, [false, true, true]),
    // Somebody of another organization never, not even under the creator's name.
    (2, "bob", false, false, [false, false, false]),
    (2, "bob", true, true, [false, false, false]),
    (2, "ann", false, false, [false, false, false]),
    (2, "ann", true, true, [false, false, false]),
    // A name that is SQL is nobody's.
    (1, "ann' OR true --", false, false, [false, false, true]),
    (1, "{ann,bob}", false, false, [false, false, true]),
];

#[test]
fn the_truth_table_by_hand() {
    let mut client = database("sharing_by_hand");
    let ann = actor(1, "ann");
    for (organization, user, is_listed, is_of_team, expected) in BY_HAND {
        for (visibility, is_seen) in Visibility::ALL.into_iter().zip(expected) {
            let listed = if is_listed {
                vec!["zoe", user]
            } else {
                vec!["zoe"]
            };
            let row = make(
                &mut client,
                &ann,
                TABLES,
                &json(visibility.as_str(), &listed, &["sales", "ops"]),
            );
            let teams = if is_of_team {
                vec!["ops", "it"]
            } else {
                vec!["it"]
            };
            let actor = actor(organization, user).of_teams(teams);
            let got = read(&mut client, &TABLES.get(&actor, row));
            assert_eq!(got.len(), usize::from(is_seen), "{actor:?} {visibility:?}");
        }
    }
}

/// Every combination of visibility, lists, organization, user, teams and deletion: the function says what the
/// statements do, reading, listing, changing, cloning and deleting alike.
#[test]
fn the_function_and_postgresql_agree_on_every_combination() {
    let mut client = database("sharing_all");
    let users: [&[&str]; 4] = [&[], &["bob"], &["ann", "zoe"], &["bob", "ann"]];
    let teams: [&[&str]; 4] = [
        &[],
        &["sales"],
        &["ops", "sales"],
        &["it's", "a,b", "{x}", "\"q\""],
    ];
    let mut tables: Vec<(i64, TableSharing)> = Vec::new();
    for (organization, creator) in [(1, "ann"), (1, "bob"), (2, "ann"), (2, "zoe")] {
        for visibility in Visibility::ALL {
            for shared_with_users in users {
                for shared_with_teams in teams {
                    for is_deleted in [false, true] {
                        let owner = actor(organization, creator);
                        let quoted = serde_json::json!({
                            "name": "T", "data_sources": ["orders"], "columns": [],
                            "visibility": visibility.as_str(),
                            "shared_with_users": shared_with_users,
                            "shared_with_teams": shared_with_teams,
                        });
                        let row = make(&mut client, &owner, TABLES, &quoted.to_string());
                        if is_deleted {
                            let delete = TABLES.delete(&owner, row).expect("a statement");
                            assert_eq!(id(&mut client, &delete), row);
                        }
                        let texts =
                            |texts: &[&str]| texts.iter().map(|t| (*t).to_owned()).collect();
                        tables.push((
                            row,
                            TableSharing {
                                organization_id: organization,
                                created_by_id: creator.to_owned(),
                                visibility,
                                shared_with_users: texts(shared_with_users),
                                shared_with_teams: texts(shared_with_teams),
                                is_deleted,
                            },
                        ));
                    }
                }
            }
        }
    }
    assert_eq!(tables.len(), 4 * 3 * 4 * 4 * 2);
    let (mut visible, mut changeable) = (0, 0);
    for organization in [1, 2] {
        for user in ["ann", "bob", "zoe", "root"] {
            for teams in [
                &[][..],
                &["sales"],
                &["ops", "it"],
                &["a,b"],
                &["\"q\"", "{x}"],
            ] {
                let actor = actor(organization, user).of_teams(teams.iter().copied());
                let expected: BTreeSet<i64> = tables
                    .iter()
                    .filter(|(_, sharing)| sharing.is_visible_to(&actor))
                    .map(|(row, _)| *row)
                    .collect();
                assert_eq!(seen(&mut client, &actor), expected, "{actor:?}");
                visible += expected.len();
                if teams.len() > 1 {
                    // Who may change a table does not depend on how many teams somebody is of.
                    continue;
                }
                // All that they may change at once, undone afterwards.
                client.batch_execute("BEGIN").expect("a transaction");
                for (row, sharing) in &tables {
                    let update = change(TABLES, r#"{"name": "mine"}"#).update(&actor, *row);
                    let changed = ids(&mut client, &update);
                    let may = sharing.may_be_changed_by(&actor);
                    assert_eq!(changed.len(), usize::from(may), "{actor:?} {sharing:?}");
                    changeable += changed.len();
                }
                client.batch_execute("ROLLBACK").expect("undone");
            }
        }
    }
    assert!(
        visible > 500 && changeable > 100,
        "{visible} and {changeable}"
    );
}

#[test]
fn only_the_creator_shares_schedules_and_deletes() {
    let mut client = database("sharing_changes");
    let ann = actor(1, "ann");
    let row = make(
        &mut client,
        &ann,
        TABLES,
        &json("ORG", &["bob"], &["sales"]),
    );
    let before = everything(&mut client);
    let others = [
        actor(1, "bob").of_teams(["sales"]),
        actor(2, "ann"),
        actor(2, "both").of_teams(["sales"]),
    ];
    for other in &others {
        for json in [
            r#"{"name": "mine"}"#,
            r#"{"visibility": "PRIVATE"}"#,
            r#"{"shared_with_users": ["bob", "zoe"]}"#,
            r#"{"schedule_config": {"frequency": "daily", "recipients": ["a@b.c"], "format": "csv"}}"#,
            r#"{"schedule_config": null}"#,
        ] {
            assert_eq!(
                ids(&mut client, &change(TABLES, json).update(other, row)),
                [0_i64; 0]
            );
        }
        let delete = TABLES.delete(other, row).expect("a statement");
        assert_eq!(ids(&mut client, &delete), [0_i64; 0], "{other:?}");
    }
    assert_eq!(everything(&mut client), before);
    // What is shared less from now on is seen less from now on.
    let bob = &others[0];
    assert_eq!(seen(&mut client, bob), BTreeSet::from([row]));
    let private = change(TABLES, r#"{"visibility": "PRIVATE"}"#);
    assert_eq!(id(&mut client, &private.update(&ann, row)), row);
    assert!(seen(&mut client, bob).is_empty());
    let team = change(TABLES, r#"{"visibility": "TEAM", "shared_with_users": []}"#);
    assert_eq!(id(&mut client, &team.update(&ann, row)), row);
    assert_eq!(seen(&mut client, bob), BTreeSet::from([row]));
    assert!(seen(&mut client, &actor(1, "bob")).is_empty());
}

#[test]
fn a_clone_is_ones_own_private_and_without_schedule() {
    let mut client = database("sharing_clones");
    let ann = actor(1, "ann");
    let text = r#"{"name": "Original", "description": "d", "ai_prompt": "sales by day",
        "data_sources": ["orders", "targets"], "columns": [{"key": "revenue"}],
        "filters": [{"field": "a"}], "group_by": ["day"], "aggregates": [1], "sort_by": [2],
        "destinations": [{"type": "dashboard", "id": "5"}],
        "visibility": "TEAM", "shared_with_users": ["bob"], "shared_with_teams": ["sales"],
        "schedule_config": {"frequency": "monthly", "recipients": ["a@b.c"], "format": "excel"}}"#;
    let row = make(&mut client, &ann, TABLES, text);
    let bob = at(1, "bob", "2026-11-21T00:00:00Z");
    let name = "it's mine; DROP TABLE x";
    let clone = |actor: &Actor| clone_table(row, name, actor).expect("a statement");
    for other in [actor(2, "bob"), actor(2, "ann"), actor(1, "zoe")] {
        assert_eq!(ids(&mut client, &clone(&other)), [0_i64; 0], "{other:?}");
    }
    let copy = id(&mut client, &clone(&bob));
    let of = |client: &mut Client, row: i64| {
        let sql = format!(
            "SELECT to_jsonb(t)::text FROM report_builder.user_data_tables AS t WHERE id = {row}"
        );
        let text = query(client, &sql).remove(0).remove(0);
        serde_json::from_str::<serde_json::Value>(&text).expect("JSON")
    };
    let mut expected = of(&mut client, row);
    assert_eq!(expected["created_via"], "AI_GENERATED");
    // The first of the next month, at 08:00 in New York.
    assert_eq!(expected["next_scheduled_run"], "2026-12-01T13:00:00");
    for (column, value) in [
        ("id", serde_json::json!(copy)),
        ("created_by_id", "bob".into()),
        ("name", name.into()),
        ("destinations", serde_json::json!([])),
        ("visibility", "PRIVATE".into()),
        ("shared_with_users", serde_json::json!([])),
        ("shared_with_teams", serde_json::json!([])),
        ("schedule_config", serde_json::Value::Null),
        ("next_scheduled_run", serde_json::Value::Null),
        ("created_at", "2026-11-21T00:00:00".into()),
        ("updated_at", "2026-11-21T00:00:00".into()),
    ] {
        expected[column] = value;
    }
    assert_eq!(of(&mut client, copy), expected);
    assert!(
        read(&mut client, &TABLES.get(&ann, copy)).is_empty(),
        "a copy is its maker's"
    );
    // What is no longer seen is no longer cloned.
    let delete = TABLES.delete(&ann, row).expect("a statement");
    assert_eq!(id(&mut client, &delete), row);
    assert_eq!(ids(&mut client, &clone(&bob)), [0_i64; 0]);
    let long = "x".repeat(201);
    for (name, code) in [
        ("", "wrong-value"),
        ("\0", "wrong-value"),
        (&*long, "text-length"),
    ] {
        let errors = clone_table(1, name, &ann).expect_err("no name");
        let error = errors.iter().next().expect("a finding");
        assert_eq!(error.code().as_str(), code);
        assert_eq!(error.path().as_str(), "user_data_tables.name");
    }
}

#[test]
fn tables_are_sent_like_reports() {
    let mut client = database("sharing_due");
    let ann = actor(1, "ann");
    let config = |text: &str| {
        let json = format!(
            r#"{{"name": "T", "data_sources": ["orders"], "columns": [], "schedule_config": {{{text},
                "recipients": ["a@b.c"], "format": "pdf"}}}}"#
        );
        new_row(TABLES, &json)
    };
    // 2026-11-20 is a Friday; 08:00 in New York is 13:00 in UTC.
    for (text, expected) in [
        (r#""frequency": "daily""#, "2026-11-20 13:00:00"),
        (r#""frequency": "weekly""#, "2026-11-23 13:00:00"),
        (
            r#""frequency": "weekly", "day_of_week": 0"#,
            "2026-11-22 13:00:00",
        ),
        (r#""frequency": "monthly""#, "2026-12-01 13:00:00"),
        (
            r#""frequency": "daily", "time_of_day": "09:00", "timezone": "UTC""#,
            "2026-11-21 09:00:00",
        ),
    ] {
        let row = id(&mut client, &config(text).insert(&ann));
        let sql = format!(
            "SELECT next_scheduled_run FROM report_builder.user_data_tables WHERE id = {row}"
        );
        assert_eq!(query(&mut client, &sql), [[expected]], "{text}");
    }
    let (now, until) = (
        moment("2026-11-20T13:00:00Z"),
        moment("2026-11-20T13:10:00Z"),
    );
    let claim = claim_due(Scheduled::UserTables, now, until, 10);
    let due = ids(&mut client, &claim);
    let [row] = due.as_slice() else {
        panic!("{due:?}")
    };
    assert_eq!(ids(&mut client, &claim), [0_i64; 0]);
    let lease = Lease {
        of: Scheduled::UserTables,
        id: *row,
        client_id: 1,
        until,
    };
    let next = Some(moment("2026-11-21T13:00:00Z"));
    let stranger = Lease {
        client_id: 2,
        ..lease
    };
    assert_eq!(
        ids(&mut client, &finish_due(&stranger, Some(now), next)),
        [0_i64; 0]
    );
    assert_eq!(id(&mut client, &finish_due(&lease, Some(now), next)), *row);
    let sql =
        format!("SELECT next_scheduled_run FROM report_builder.user_data_tables WHERE id = {row}");
    assert_eq!(query(&mut client, &sql), [["2026-11-21 13:00:00"]]);
    // Without a schedule, and deleted, it is due no more.
    let none = change(TABLES, r#"{"schedule_config": null}"#);
    assert_eq!(id(&mut client, &none.update(&ann, *row)), *row);
    assert_eq!(query(&mut client, &sql), [["∅"]]);
}

#[test]
fn definitions_are_refused_with_the_place_of_each_fault() {
    let found = |errors: measurand::Errors| -> Vec<(String, String)> {
        errors
            .iter()
            .map(|error| (error.code().to_string(), error.path().to_string()))
            .collect()
    };
    let table: [(&str, &[(&str, &str)]); 4] = [
        (
            "{}",
            &[
                ("missing-field", "user_data_tables.name"),
                ("missing-field", "user_data_tables.data_sources"),
                ("missing-field", "user_data_tables.columns"),
            ],
        ),
        (
            r#"{"name": "T", "data_sources": ["a", "", 1, "a\u0000"], "columns": {}, "visibility": "org", "created_by_id": "bob"}"#,
            &[
                ("wrong-value", "user_data_tables.data_sources[1]"),
                ("wrong-type", "user_data_tables.data_sources[2]"),
                ("wrong-value", "user_data_tables.data_sources[3]"),
                ("wrong-type", "user_data_tables.columns"),
                ("wrong-value", "user_data_tables.visibility"),
                ("read-only-column", "user_data_tables.created_by_id"),
            ],
        ),
        (
            r#"{"name": "T", "data_sources": [], "columns": [], "shared_with_users": null,
                "schedule_config": {"frequency": "daily", "day_of_week": 1, "recipients": [], "format": "fax", "to": 1}}"#,
            &[
                ("wrong-type", "user_data_tables.shared_with_users"),
                (
                    "schedule-day",
                    "user_data_tables.schedule_config.day_of_week",
                ),
                ("wrong-value", "user_data_tables.schedule_config.recipients"),
                ("wrong-value", "user_data_tables.schedule_config.format"),
                ("unknown-field", "user_data_tables.schedule_config.to"),
            ],
        ),
        (
            r#"{"name": "T", "data_sources": [], "columns": [], "schedule_config": {"frequency": "weekly"}}"#,
            &[
                (
                    "missing-field",
                    "user_data_tables.schedule_config.recipients",
                ),
                ("missing-field", "user_data_tables.schedule_config.format"),
            ],
        ),
    ];
    for (json, expected) in table {
        let errors = NewRow::from_json(TABLES, json, &Limits::default()).expect_err(json);
        let expected: Vec<(String, String)> = expected
            .iter()
            .map(|(code, path)| ((*code).to_owned(), (*path).to_owned()))
            .collect();
        assert_eq!(found(errors), expected, "{json}");
    }
    let prompt = Change::from_json(TABLES, r#"{"ai_prompt": "x"}"#, &Limits::default());
    let errors = found(prompt.expect_err("written once"));
    let expected = ("read-only-column", "user_data_tables.ai_prompt");
    assert_eq!(errors, [(expected.0.to_owned(), expected.1.to_owned())]);
    let by = Listing {
        only: vec![("visibility".into(), Value::Text("ORG".into()))],
        ..Listing::default()
    };
    assert!(
        TABLES
            .list(&actor(1, "ann"), &by, &Limits::default())
            .is_ok()
    );
}
