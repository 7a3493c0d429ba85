//! Who sees a table, over HTTP: owner, user, team, stranger and other client, by how far it is shared.

use serde_json::{Value, json};

use super::people::{ANN, BOB, EVE, OTHER_ANN, Person, ROOT, ZOE};
use super::world::{World, rows_of};

fn definition(name: &str) -> Value {
    json!({"name": name, "dataSources": ["order_details"], "columns": [], "groupBy": ["campaign_name"],
           "aggregates": [{"function": "COUNT", "alias": "orders"}], "sortBy": [{"field": "orders"}]})
}

/// Who looks, and whether they see a table of Ann's that is private, shared with Bob and the team of sales, or
/// with everybody. Worked out by hand from: the creator always; TEAM also the users and teams it is shared with;
/// ORG all users of the client; nobody of another client.
const TRUTH: [(Person, bool, bool, bool); 7] = [
    (ANN, true, true, true),
    (BOB, false, true, true),
    (
        Person {
            teams: Some("ops, sales"),
            ..EVE
        },
        false,
        true,
        true,
    ),
    (EVE, false, false, true),
    (ROOT, false, false, true),
    (
        Person {
            teams: Some("sales"),
            ..ZOE
        },
        false,
        false,
        false,
    ),
    (OTHER_ANN, false, false, false),
];

#[test]
fn a_table_is_seen_as_far_as_it_is_shared() {
    let world = World::new("truth");
    let id = world.make(ANN, "/api/v1/tables", definition("Campaigns"));
    let target = format!("/api/v1/tables/{id}");
    for (at, visibility) in ["PRIVATE", "TEAM", "ORG"].into_iter().enumerate() {
        let shared = json!({"visibility": visibility, "sharedWithUsers": ["bob"], "sharedWithTeams": ["sales"]});
        world.post(ANN, &format!("{target}/share"), shared);
        for (who, private, team, organization) in TRUTH {
            let sees = [private, team, organization][at];
            let what = format!("{visibility} to {who:?}");
            let listed = world.get(who, "/api/v1/tables");
            let listed = listed
                .as_array()
                .expect("a list")
                .iter()
                .any(|row| row["name"] == "Campaigns");
            assert_eq!(listed, sees, "{what}");
            let reading = [
                ("GET", target.clone(), None),
                ("POST", format!("{target}/execute"), None),
                ("POST", format!("{target}/export"), None),
                (
                    "POST",
                    format!("{target}/clone"),
                    Some(r#"{"name": "Mine"}"#),
                ),
            ];
            for (method, target, body) in reading {
                let reply = world.call(who, method, &target, body);
                assert_eq!(
                    reply.status < 300,
                    sees,
                    "{what}: {target} {}",
                    reply.text()
                );
                assert!(sees || reply.codes() == ["not-found"], "{what}: {target}");
            }
        }
        // Whoever sees it may not change it.
        let body = definition("Taken over").to_string();
        for (who, ..) in TRUTH.iter().skip(1) {
            for (method, target, body) in [
                ("PUT", target.clone(), Some(&*body)),
                ("DELETE", target.clone(), None),
                (
                    "POST",
                    format!("{target}/share"),
                    Some(r#"{"visibility": "ORG"}"#),
                ),
                (
                    "POST",
                    format!("{target}/schedule"),
                    Some(r#"{"scheduleConfig": null}"#),
                ),
            ] {
                let reply = world.call(*who, method, &target, body);
                assert_eq!(
                    (reply.status, reply.codes()),
                    (404, vec!["not-found".to_owned()]),
                    "{who:?} {target}"
                );
            }
        }
        assert_eq!(world.get(ANN, &target)["name"], "Campaigns");
    }
}

#[test]
fn a_clone_is_private_and_shows_the_rules_of_its_owner() {
    let world = World::new("clones");
    world.rule(BOB, "campaign_name", "include", json!([205, 306]));
    let id = world.make(ANN, "/api/v1/tables", definition("Campaigns"));
    world.post(
        ANN,
        &format!("/api/v1/tables/{id}/share"),
        json!({"visibility": "ORG"}),
    );
    let copy = world.make(
        BOB,
        &format!("/api/v1/tables/{id}/clone"),
        json!({"name": "Bob's"}),
    );
    let row = world.get(BOB, &format!("/api/v1/tables/{copy}"));
    assert_eq!(
        (&row["visibility"], &row["created_by_id"]),
        (&json!("PRIVATE"), &json!("bob"))
    );
    assert_eq!(
        world
            .call(ANN, "GET", &format!("/api/v1/tables/{copy}"), None)
            .status,
        404
    );
    let by_hand = |condition: &str| {
        world.by_hand(&format!(
            "SELECT campaign_id, count(*) FROM reporting.order_details_1
             WHERE client_id = 1 AND {condition} GROUP BY 1 ORDER BY 2, 1"
        ))
    };
    let executed = |who: Person, id: i64| {
        let answer = world
            .call(who, "POST", &format!("/api/v1/tables/{id}/execute"), None)
            .json();
        let counts = rows_of(&answer["answer"])
            .into_iter()
            .map(|row| vec![row[0].clone(), row[2].clone()]);
        let mut counts: Vec<Vec<String>> = counts.collect();
        counts.sort();
        counts
    };
    let sorted = |mut rows: Vec<Vec<String>>| {
        rows.sort();
        rows
    };
    let of_bob = sorted(by_hand("campaign_id IN (205, 306)"));
    assert_eq!(of_bob.len(), 2);
    assert_eq!(executed(BOB, copy), of_bob);
    assert_eq!(executed(BOB, id), of_bob);
    assert_eq!(executed(ANN, id), sorted(by_hand("true")));
}

#[test]
fn tables_are_changed_sent_and_deleted_by_their_owner() {
    let world = World::new("owners");
    let id = world.make(ANN, "/api/v1/tables", definition("Campaigns"));
    let target = format!("/api/v1/tables/{id}");
    let mut changed = definition("By gateway");
    changed["groupBy"] = json!(["gateway_alias"]);
    let reply = world.call(ANN, "PUT", &target, Some(&changed.to_string()));
    assert_eq!(reply.status, 200, "{}", reply.text());
    assert_eq!(
        world.get(ANN, &target)["group_by"],
        json!(["gateway_alias"])
    );
    // Weekly on Mondays at eight in New York, which is 13:00 in UTC; the clock stands on Friday.
    let sent = json!({"scheduleConfig": {"frequency": "weekly", "recipients": ["a@example.com"], "format": "csv",
                      "day_of_week": 1, "time_of_day": "08:00", "timezone": "America/New_York"}});
    let row = world.post(ANN, &format!("{target}/schedule"), sent);
    assert_eq!(row["next_scheduled_run"], "2026-11-23 13:00:00");
    let row = world.post(
        ANN,
        &format!("{target}/schedule"),
        json!({"scheduleConfig": null}),
    );
    assert_eq!(row["next_scheduled_run"], Value::Null);
    let csv = world.call(ANN, "POST", &format!("{target}/export"), None);
    let mut lines = csv.text().lines();
    assert_eq!(lines.next(), Some("Gateway,orders"));
    assert_eq!(lines.count(), 4);
    assert_eq!(world.call(ANN, "DELETE", &target, None).status, 204);
    assert_eq!(world.call(ANN, "GET", &target, None).status, 404);
    // A table that means nothing is not kept.
    let mut wrong = definition("Wrong");
    wrong["groupBy"] = json!(["campain_name"]);
    let reply = world.call(ANN, "POST", "/api/v1/tables", Some(&wrong.to_string()));
    assert_eq!(
        (reply.status, reply.codes()),
        (422, vec!["unknown-dimension".to_owned()])
    );
    assert!(reply.text().contains("campaign_name"), "{}", reply.text());
}

/// What is kept of a table is shown to nobody who sees other rows, and no longer than it stands.
#[test]
fn kept_rows_are_those_of_the_reader() {
    let world = World::new("kept");
    let id = world.make(ANN, "/api/v1/tables", definition("Campaigns"));
    let target = format!("/api/v1/tables/{id}");
    world.post(
        ANN,
        &format!("{target}/share"),
        json!({"visibility": "ORG"}),
    );
    let total = |who: Person, how: &str| -> i64 {
        let reply = world.call(who, "POST", &format!("{target}/{how}"), None);
        let rows = rows_of(&reply.json()["answer"]);
        let counts = rows
            .iter()
            .map(|row| row[2].parse::<i64>().expect("a number"));
        counts.sum()
    };
    let all = total(ANN, "execute");
    world.by_hand("DELETE FROM reporting.order_details_1 WHERE campaign_id = 306");
    // The rows stand for an hour, for everybody who sees the same.
    assert_eq!(total(ANN, "execute"), all);
    assert_eq!(total(BOB, "execute"), all);
    // Eve has a rule, and so she has never been shown them.
    world.rule(EVE, "campaign_name", "exclude", json!([407]));
    let of_eve = total(EVE, "execute");
    let by_hand = world.by_hand(
        "SELECT count(*) FROM reporting.order_details_1 WHERE client_id = 1 AND campaign_id <> 407",
    );
    assert_eq!(of_eve.to_string(), by_hand[0][0]);
    // Whoever gets a rule is not shown what was kept before.
    world.rule(BOB, "campaign_name", "exclude", json!([407]));
    assert_eq!(total(BOB, "execute"), of_eve);
    let fresh = total(ANN, "refresh");
    assert!(of_eve < fresh && fresh < all, "{of_eve} {fresh} {all}");
    assert_eq!(total(ANN, "execute"), fresh);
}

/// Notes tell of the rules of one reader. Readers who are shown the same rows have one key, and still the notes of
/// one are not shown to the other.
#[test]
fn notes_are_not_kept_with_rows() {
    let exempt = "UPDATE report_builder.data_sources SET access_exempt = '[\"hour\"]' WHERE source_key = 'order_details'";
    for first in [ANN, BOB] {
        let world = World::with(&format!("notes_{}", first.user), exempt);
        world.rule(ANN, "hour", "include", json!(["08:00"]));
        let id = world.make(ROOT, "/api/v1/tables", definition("Campaigns"));
        let target = format!("/api/v1/tables/{id}");
        let everybody = json!({"visibility": "ORG"});
        world.post(ROOT, &format!("{target}/share"), everybody);
        let answer = |who: Person| {
            let reply = world.call(who, "POST", &format!("{target}/execute"), None);
            reply.json()["answer"].clone()
        };
        answer(first);
        let (of_ann, of_bob) = (answer(ANN), answer(BOB));
        assert_eq!(of_ann["rows"], of_bob["rows"]);
        assert_eq!(of_ann["notes"][0]["dimension"], "hour", "{of_ann}");
        assert_eq!(of_bob["notes"], json!([]));
    }
}
