//! Rules over HTTP: who gives them, when they hold, and what is left of them in the audit.

use serde_json::{Value, json};

use super::people::{ANN, BOB, OTHER_ANN, OTHER_ROOT, ROOT};
use super::world::{World, rows_of};

fn campaigns() -> Value {
    json!({"source": "order_summary", "metrics": ["revenue"], "dimensions": ["campaign_name"]})
}

/// The campaigns that somebody's revenue is of.
fn seen(world: &World, who: super::people::Person) -> Vec<String> {
    let answer = world.post(who, "/api/v1/query", campaigns());
    let mut ids: Vec<String> = rows_of(&answer)
        .into_iter()
        .map(|row| row[0].clone())
        .collect();
    ids.sort();
    ids
}

#[test]
fn a_rule_holds_from_the_next_request_on_until_it_is_taken_back() {
    let world = World::new("revocation");
    let everything = seen(&world, ANN);
    assert_eq!(everything.len(), 5, "{everything:?}");
    let rule = world.rule(ANN, "campaign_name", "include", json!([101, 205]));
    assert_eq!(seen(&world, ANN), ["101", "205"]);
    // It is Ann's at this client alone.
    assert_eq!(seen(&world, BOB), everything);
    assert!(seen(&world, OTHER_ANN).len() > 2);

    let target = format!("/api/v1/access/rules/{rule}");
    let change = |body: Value| {
        let reply = world.call(ROOT, "PATCH", &target, Some(&body.to_string()));
        assert_eq!(reply.status, 200, "{}", reply.text());
    };
    change(json!({"allowed_values": [101]}));
    assert_eq!(seen(&world, ANN), ["101"]);
    change(json!({"allowed_values": []}));
    assert!(seen(&world, ANN).is_empty());
    change(json!({"access_type": "exclude", "allowed_values": [101]}));
    assert_eq!(seen(&world, ANN), ["205", "306", "407"]);
    change(json!({"is_active": false}));
    assert_eq!(seen(&world, ANN), everything);
    assert_eq!(world.call(ROOT, "DELETE", &target, None).status, 204);
    assert_eq!(world.call(ROOT, "DELETE", &target, None).status, 404);

    let audit = world.get(
        ROOT,
        "/api/v1/access/audit?target_user_id=ann&order_by=created_at",
    );
    let audit = audit.as_array().expect("a list");
    let actions: Vec<&Value> = audit.iter().map(|entry| &entry["action"]).collect();
    let updated = json!("updated");
    assert_eq!(
        actions,
        [
            &json!("created"),
            &updated,
            &updated,
            &updated,
            &updated,
            &json!("deleted")
        ]
    );
    assert!(audit.iter().all(|entry| entry["performed_by"] == "root"));
    assert_eq!(audit[0]["new_values"]["allowed_values"], json!([101, 205]));
    assert_eq!(audit[1]["old_values"]["allowed_values"], json!([101, 205]));
    assert_eq!(audit[1]["new_values"]["allowed_values"], json!([101]));
    assert_eq!(audit[5]["new_values"], Value::Null);
}

#[test]
fn rules_are_for_administrators_of_their_client() {
    let world = World::new("administrators");
    let rule = world.rule(BOB, "campaign_name", "exclude", json!([306]));
    let of_rule = format!("/api/v1/access/rules/{rule}");
    let body = json!({"user_id": "ann", "dimension_id": world.dimension("campaign_name"),
                      "allowed_values": [306]})
    .to_string();
    for (method, target, body) in [
        ("GET", "/api/v1/access/rules", None),
        ("POST", "/api/v1/access/rules", Some(&*body)),
        ("GET", &*of_rule, None),
        ("PATCH", &*of_rule, Some(r#"{"allowed_values": []}"#)),
        ("DELETE", &*of_rule, None),
        ("GET", "/api/v1/access/audit", None),
        ("GET", "/api/v1/access/users/bob", None),
    ] {
        let reply = world.call(BOB, method, target, body);
        assert_eq!(
            (reply.status, reply.codes()),
            (403, vec!["not-allowed".to_owned()]),
            "{target}"
        );
        // The administrator of another client finds none of it.
        let reply = world.call(OTHER_ROOT, method, target, body);
        match (method, target) {
            ("GET", "/api/v1/access/rules") => assert_eq!(reply.json(), json!([]), "{target}"),
            ("GET", "/api/v1/access/audit") => {
                // The one rule that this administrator has made for their own client.
                let entries = reply.json();
                assert_eq!(entries.as_array().map(Vec::len), Some(1), "{entries}");
                assert_eq!(entries[0]["new_values"]["client_id"], 2);
            }
            ("POST", _) => assert_eq!(reply.status, 201, "a rule of the other client"),
            ("GET", "/api/v1/access/users/bob") => assert_eq!(reply.json()["rules"], json!([])),
            _ => assert_eq!(reply.status, 404, "{method} {target}"),
        }
    }
    let rules = world.get(ROOT, "/api/v1/access/rules");
    assert_eq!(rules.as_array().map(Vec::len), Some(1), "{rules}");
    assert_eq!(rules[0]["allowed_values"], json!([306]));
}

#[test]
fn what_a_user_sees_is_said_in_words() {
    let world = World::new("account");
    world.rule(ANN, "campaign_name", "include", json!([101, 205]));
    let account = world.get(ROOT, "/api/v1/access/users/ann");
    assert_eq!(
        account["rules"],
        json!(["campaign_name: only 2 listed values; rows without a value are hidden"])
    );
    let sources = account["sources"].as_array().expect("a list");
    assert!(
        sources.contains(&json!("order_summary: restricted by campaign_name")),
        "{account}"
    );
    let hours =
        "an access rule on dimension `campaign_name` cannot be applied to source `hourly_revenue`";
    assert!(
        sources.contains(&json!(format!("hourly_revenue: unavailable: {hours}"))),
        "{account}"
    );
    let named = world.get(ROOT, "/api/v1/access/users/ann?values=named");
    assert_eq!(
        named["rules"],
        json!(["campaign_name: only 2 listed values (101, 205); rows without a value are hidden"])
    );
}

/// Numbers of rules reach the statement with all of their digits.
#[test]
fn values_of_rules_are_exact() {
    let world = World::with(
        "exact",
        "UPDATE reporting.order_summary_1 SET campaign_id = 9007199254740993 WHERE campaign_id = 306;
         UPDATE reporting.order_summary_1 SET campaign_id = 9007199254740992 WHERE campaign_id = 407",
    );
    world.rule(
        ANN,
        "campaign_name",
        "include",
        json!([9_007_199_254_740_993_i64]),
    );
    assert_eq!(seen(&world, ANN), ["9007199254740993"]);
}

/// A rule that means nothing lets nothing through, and what is on its list is not told.
#[test]
fn rules_that_cannot_be_applied_show_nothing() {
    let world = World::new("closed");
    world.rule(ANN, "campaign_name", "include", json!(["sekret-word"]));
    let reply = world.call(ANN, "POST", "/api/v1/query", Some(&campaigns().to_string()));
    assert_eq!(
        (reply.status, reply.codes()),
        (403, vec!["value-type".to_owned()])
    );
    assert!(!reply.text().contains("sekret"), "{}", reply.text());
    let make = |body: Value| {
        world.call(
            ROOT,
            "POST",
            "/api/v1/access/rules",
            Some(&body.to_string()),
        )
    };
    // No such dimension, and a second rule on one that has one.
    let nowhere = make(json!({"user_id": "ann", "dimension_id": 999_999, "allowed_values": []}));
    assert_eq!(
        (nowhere.status, nowhere.codes()),
        (409, vec!["not-made".to_owned()])
    );
    let dimension = world.dimension("campaign_name");
    let second =
        make(json!({"user_id": "ann", "dimension_id": dimension, "allowed_values": [101]}));
    assert_eq!(
        (second.status, second.codes()),
        (409, vec!["not-made".to_owned()])
    );
    // And a user that nobody knows.
    let nobody =
        make(json!({"user_id": "nobody", "dimension_id": dimension, "allowed_values": [1]}));
    assert_eq!(
        (nobody.status, nobody.codes()),
        (422, vec!["unknown-owner".to_owned()])
    );
}
