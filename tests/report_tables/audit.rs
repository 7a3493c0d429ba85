//! No access rule changes without an entry that says who changed what.

use std::thread;
use std::time::Duration;

use measurand::report::{Actor, AuditEntry, Listing, NewRow, RuleVersion, Table};
use measurand::{Context, Limits, Value};
use serde_json::json;

use super::world::{
    actor, another, at, change, database, everything, id, ids, listed, make, new_row, query, read,
};

const RULES: Table = Table::UserDimensionAccess;
const AUDIT: Table = Table::DimensionAccessAudit;

fn entries(client: &mut postgres::Client) -> Vec<Vec<String>> {
    query(
        client,
        "SELECT coalesce(user_dimension_access_id::text, '-'), target_user_id, action, performed_by,
                coalesce(old_values::text, '-'), coalesce(new_values::text, '-'), created_at::text
         FROM report_builder.dimension_access_audit ORDER BY id",
    )
}

fn parsed(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap_or(serde_json::Value::Null)
}

#[test]
fn every_change_leaves_an_entry() {
    let mut client = database("audit");
    let root = actor(1, "root");
    let json = r#"{"user_id": "ann", "dimension_id": 1, "allowed_values": [101, 205, null, "x"]}"#;
    let rule = make(&mut client, &root, RULES, json);
    // The same again is no change, and neither is a rule on what is not there.
    for json in [
        json,
        r#"{"user_id": "ann", "dimension_id": 1, "allowed_values": []}"#,
        r#"{"user_id": "ann", "dimension_id": 3, "allowed_values": []}"#,
        r#"{"user_id": "ann", "dimension_id": 99, "allowed_values": []}"#,
    ] {
        assert_eq!(
            ids(&mut client, &new_row(RULES, json).insert(&root)),
            [0_i64; 0]
        );
    }
    let later = at(1, "bob", "2026-11-21T00:00:00Z");
    let update = change(
        RULES,
        r#"{"access_type": "exclude", "allowed_values": [101]}"#,
    );
    assert_eq!(id(&mut client, &update.update(&later, rule)), rule);
    assert_eq!(id(&mut client, &update.update(&later, rule)), rule);
    let delete = RULES.delete(&later, rule).expect("a statement");
    assert_eq!(id(&mut client, &delete), rule);
    assert_eq!(ids(&mut client, &delete), [0_i64; 0]);
    assert!(
        query(
            &mut client,
            "SELECT id FROM report_builder.user_dimension_access"
        )
        .is_empty()
    );

    let first = json!({"id": rule, "client_id": 1, "dimension_id": 1, "access_type": "include",
                       "allowed_values": [101, 205, null, "x"], "is_active": true});
    let second = json!({"id": rule, "client_id": 1, "dimension_id": 1, "access_type": "exclude",
                        "allowed_values": [101], "is_active": true});
    let entries = entries(&mut client);
    let facts: Vec<(&str, &str, &str, &str)> = entries
        .iter()
        .map(|entry| (&*entry[1], &*entry[2], &*entry[3], &*entry[6]))
        .collect();
    assert_eq!(
        facts,
        [
            ("ann", "created", "root", "2026-11-20 10:00:00"),
            ("ann", "updated", "bob", "2026-11-21 00:00:00"),
            ("ann", "deleted", "bob", "2026-11-21 00:00:00"),
        ]
    );
    let values: Vec<(serde_json::Value, serde_json::Value)> = entries
        .iter()
        .map(|entry| (parsed(&entry[4]), parsed(&entry[5])))
        .collect();
    let null = serde_json::Value::Null;
    assert_eq!(
        values,
        [
            (null.clone(), first.clone()),
            (first, second.clone()),
            (second, null)
        ]
    );
    // The row is gone, and with it the reference to it, but not its id in the values.
    assert!(entries.iter().all(|entry| entry[0] == "-"));
}

#[test]
fn an_administrator_sees_and_changes_rules_of_their_client_alone() {
    let mut client = database("audit_tenants");
    let roots = [actor(1, "root"), actor(2, "root")];
    let json = r#"{"user_id": "both", "dimension_id": 1, "allowed_values": [1]}"#;
    let rules: Vec<i64> = roots
        .iter()
        .map(|root| make(&mut client, root, RULES, json))
        .collect();
    let entries = query(
        &mut client,
        "SELECT id FROM report_builder.dimension_access_audit ORDER BY id",
    );
    let entries: Vec<i64> = entries
        .iter()
        .map(|row| row[0].parse().expect("an id"))
        .collect();
    let before = everything(&mut client);
    for (own, other) in [(0, 1), (1, 0)] {
        let root: &Actor = &roots[own];
        for table in [RULES, AUDIT] {
            let rows = if table == RULES { &rules } else { &entries };
            assert_eq!(read(&mut client, &table.get(root, rows[own])).len(), 1);
            assert!(read(&mut client, &table.get(root, rows[other])).is_empty());
            let all = listed(&mut client, root, table, &Listing::default());
            assert_eq!(all.len(), 1, "{table:?}");
            assert_eq!(all[0][0], rows[own].to_string());
        }
        let update = change(RULES, r#"{"allowed_values": []}"#);
        assert_eq!(
            ids(&mut client, &update.update(root, rules[other])),
            [0_i64; 0]
        );
        let delete = RULES.delete(root, rules[other]).expect("a statement");
        assert_eq!(ids(&mut client, &delete), [0_i64; 0]);
        assert!(AUDIT.delete(root, entries[own]).is_none());
    }
    assert_eq!(everything(&mut client), before);
    // An entry of a deleted rule is still one of its client, and of no other.
    let delete = RULES.delete(&roots[0], rules[0]).expect("a statement");
    assert_eq!(id(&mut client, &delete), rules[0]);
    let of = |user: &str| Listing {
        only: vec![("target_user_id".into(), Value::Text(user.into()))],
        ..Listing::default()
    };
    assert_eq!(listed(&mut client, &roots[0], AUDIT, &of("both")).len(), 2);
    assert_eq!(listed(&mut client, &roots[1], AUDIT, &of("both")).len(), 1);
    assert!(listed(&mut client, &roots[0], AUDIT, &of("ann")).is_empty());
}

/// The entry tells what the rule was when it was changed, not what somebody had read before.
#[test]
fn a_change_that_waited_tells_what_it_found() {
    let mut client = database("audit_at_once");
    let root = actor(1, "root");
    let json = r#"{"user_id": "ann", "dimension_id": 1, "allowed_values": [1]}"#;
    let rule = make(&mut client, &root, RULES, json);
    let mut other = another("audit_at_once");
    let first = change(RULES, r#"{"allowed_values": [2]}"#);
    let second = change(RULES, r#"{"allowed_values": [3]}"#);
    client.batch_execute("BEGIN").expect("a transaction");
    assert_eq!(id(&mut client, &first.update(&root, rule)), rule);
    thread::scope(|scope| {
        let waiting = scope.spawn(|| id(&mut other, &second.update(&root, rule)));
        thread::sleep(Duration::from_millis(100));
        assert!(!waiting.is_finished(), "nothing is waited for");
        client.batch_execute("COMMIT").expect("committed");
        assert_eq!(waiting.join().expect("no deadlock"), rule);
    });
    let values: Vec<(String, String)> = entries(&mut client)
        .iter()
        .map(|entry| {
            let of = |text: &str| parsed(text)["allowed_values"].to_string();
            (of(&entry[4]), of(&entry[5]))
        })
        .collect();
    let pair = |old: &str, new: &str| (old.to_owned(), new.to_owned());
    assert_eq!(
        values,
        [pair("null", "[1]"), pair("[1]", "[2]"), pair("[2]", "[3]")]
    );
}

/// What the statements keep is what a context takes.
#[test]
fn listed_rules_are_the_rules_of_a_context() {
    let mut client = database("audit_context");
    let root = actor(1, "root");
    for json in [
        r#"{"user_id": "ann", "dimension_id": 1, "allowed_values": [101, 205]}"#,
        r#"{"user_id": "ann", "dimension_id": 2, "allowed_values": ["x"], "access_type": "exclude", "is_active": false}"#,
        r#"{"user_id": "bob", "dimension_id": 2, "allowed_values": [null]}"#,
    ] {
        make(&mut client, &root, RULES, json);
    }
    let listing = Listing {
        only: vec![("user_id".into(), Value::Text("ann".into()))],
        ..Listing::default()
    };
    let names: Vec<&str> = RULES.columns().iter().map(|column| column.name()).collect();
    let rows: Vec<serde_json::Value> = listed(&mut client, &root, RULES, &listing)
        .iter()
        .map(|row| {
            let cells = names.iter().zip(row).map(|(name, cell)| {
                let value = match *name {
                    "user_id" | "access_type" | "created_by" | "created_at" | "updated_at" => {
                        json!(cell)
                    }
                    "is_active" => json!(cell == "t"),
                    _ => parsed(cell),
                };
                ((*name).to_owned(), value)
            });
            serde_json::Value::Object(cells.collect())
        })
        .collect();
    assert_eq!(rows.len(), 2);
    let context = json!({"client_id": 1, "user_id": "ann", "access": rows}).to_string();
    let context = Context::from_json(&context, &Limits::default()).expect("a context");
    let rules: Vec<usize> = context
        .access
        .iter()
        .map(|rule| rule.values.len())
        .collect();
    assert_eq!(rules, [2], "the rule that rests is left out");
}

/// A context of a client knows the modules that are on for it, and those of no other one.
#[test]
fn modules_are_read_back_by_contexts_of_their_client() {
    let mut client = database("modules");
    client
        .batch_execute(
            r#"INSERT INTO report_builder.client_modules (client_id, module_key, is_enabled, is_active, config)
               VALUES (1, 'on', true, true, '{"a": 1}'), (1, 'off', false, true, NULL),
                      (1, 'resting', true, false, NULL), (2, 'theirs', true, true, NULL)"#,
        )
        .expect("modules");
    let table = Table::ClientModules;
    let names: Vec<&str> = table.columns().iter().map(|column| column.name()).collect();
    for (of, listed_of, known) in [(1, 3, vec!["on"]), (2, 1, vec!["theirs"]), (3, 0, vec![])] {
        let rows = listed(&mut client, &actor(of, "ann"), table, &Listing::default());
        assert_eq!(rows.len(), listed_of);
        let rows: Vec<serde_json::Value> = rows
            .iter()
            .map(|row| {
                let cells = names.iter().zip(row).map(|(name, cell)| {
                    let value = match *name {
                        "is_enabled" | "is_active" => json!(cell == "t"),
                        "id" | "client_id" => parsed(cell),
                        _ => json!(cell),
                    };
                    ((*name).to_owned(), value)
                });
                serde_json::Value::Object(cells.collect())
            })
            .collect();
        let text = json!({"client_id": of, "access": [], "modules": rows}).to_string();
        let context = Context::from_json(&text, &Limits::default()).expect("a context");
        assert_eq!(context.modules, known);
        // Of another client they are refused.
        if of < 3 {
            let text = json!({"client_id": 3, "access": [], "modules": rows}).to_string();
            assert!(Context::from_json(&text, &Limits::default()).is_err());
        }
    }
    assert!(table.delete(&actor(1, "root"), 1).is_none());
    assert!(NewRow::from_json(table, "{}", &Limits::default()).is_err());
}

/// The entry as data and the entry that the statement writes are one.
#[test]
fn an_entry_as_data_is_the_entry_that_is_written() {
    let mut client = database("audit_data");
    let limits = Limits::default();
    let root = actor(1, "root");
    let json = r#"{"user_id": "ann", "dimension_id": 2, "allowed_values": ["a\"b", 1.50, null, true, -7]}"#;
    let rule = make(&mut client, &root, RULES, json);
    let stored = |client: &mut postgres::Client| {
        let sql = "SELECT to_jsonb(t)::text FROM report_builder.user_dimension_access AS t";
        let row = query(client, sql).pop();
        row.map(|row| RuleVersion::from_json(&row[0], &limits).expect("a rule"))
    };
    let mut versions = vec![None, stored(&mut client)];
    let mut actors = vec![root];
    for (at_hour, json) in [
        (11, r#"{"access_type": "exclude"}"#),
        (12, r#"{"allowed_values": []}"#),
        (13, r#"{"is_active": false}"#),
        // Nothing changes, and nothing is written.
        (14, r#"{"is_active": false}"#),
    ] {
        let by = at(1, "bob", &format!("2026-11-20T{at_hour}:00:00Z"));
        assert_eq!(
            id(&mut client, &change(RULES, json).update(&by, rule)),
            rule
        );
        versions.push(stored(&mut client));
        actors.push(by);
    }
    let by = at(1, "root", "2026-11-20T15:00:00.000001Z");
    let delete = RULES.delete(&by, rule).expect("a statement");
    assert_eq!(id(&mut client, &delete), rule);
    versions.push(stored(&mut client));
    actors.push(by);

    let pairs = versions.iter().zip(&versions[1..]).zip(&actors);
    let expected: Vec<AuditEntry> = pairs
        .filter_map(|((old, new), by)| AuditEntry::between("ann", old.as_ref(), new.as_ref(), by))
        .collect();
    assert_eq!(expected.len(), 5);
    // Both as one JSON object and as a driver hands out the columns, JSON among them as text.
    let as_object = query(
        &mut client,
        "SELECT to_jsonb(t)::text FROM report_builder.dimension_access_audit AS t ORDER BY id",
    );
    let names: Vec<&str> = AUDIT.columns().iter().map(|column| column.name()).collect();
    let rows = listed(&mut client, &actors[0], AUDIT, &Listing::default());
    let as_columns = rows.iter().map(|row| {
        let cells = names.iter().zip(row).map(|(name, cell)| {
            let value = if cell == "∅" {
                json!(null)
            } else {
                json!(cell)
            };
            ((*name).to_owned(), value)
        });
        serde_json::Value::Object(cells.collect()).to_string()
    });
    let as_object = as_object.into_iter().map(|row| row[0].clone());
    for texts in [as_object.collect::<Vec<_>>(), as_columns.collect()] {
        let read: Vec<AuditEntry> = texts
            .iter()
            .map(|text| AuditEntry::from_json(text, &limits).unwrap_or_else(|e| panic!("{e}")))
            .collect();
        assert_eq!(read, expected);
    }
}

#[test]
fn versions_and_entries_are_refused_where_they_are_none() {
    let limits = Limits::default();
    let version = r#"{"id": 1, "client_id": 1, "dimension_id": 1, "access_type": "include",
                      "allowed_values": [1], "is_active": true}"#;
    let other = version.replacen("1", "2", 1);
    let read = |text: &str| RuleVersion::from_json(text, &limits).expect("a version");
    let (version, other) = (read(version), read(&other));
    let root = actor(1, "root");
    assert_eq!(
        AuditEntry::between("ann", Some(&version), Some(&other), &root),
        None
    );
    assert_eq!(AuditEntry::between("ann", None, None, &root), None);
    for (text, code, path) in [
        ("{}", "missing-field", "rule.id"),
        (
            r#"{"id": 1, "client_id": 1, "dimension_id": 1, "access_type": "only", "allowed_values": [[]], "is_active": true}"#,
            "wrong-value",
            "rule.access_type",
        ),
        (
            r#"{"id": 1, "client_id": 1, "dimension_id": 1, "access_type": "include", "allowed_values": "[[]]", "is_active": true}"#,
            "wrong-type",
            "allowed_values[0]",
        ),
        (
            r#"{"id": 1, "client_id": 1, "dimension_id": 1, "access_type": "include", "allowed_values": null, "is_active": true}"#,
            "wrong-type",
            "rule.allowed_values",
        ),
    ] {
        let errors = RuleVersion::from_json(text, &limits).expect_err(text);
        let first = errors.iter().next().expect("a finding");
        assert_eq!(
            (first.code().as_str(), first.path().as_str()),
            (code, path),
            "{text}"
        );
    }
    let entry = r#"{"target_user_id": "a", "action": "updated", "performed_by": "b", "created_at": "yesterday", "old_values": {}}"#;
    let errors = AuditEntry::from_json(entry, &limits).expect_err("no moment");
    let found: Vec<String> = errors
        .iter()
        .map(|error| error.path().to_string())
        .collect();
    assert!(found.contains(&"entry.created_at".to_owned()), "{found:?}");
    assert!(
        found.contains(&"old_values.allowed_values".to_owned()),
        "{found:?}"
    );
}
