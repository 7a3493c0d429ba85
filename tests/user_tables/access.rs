//! A table shows each reader what they may see, and its owner plays no part in it.

use std::collections::BTreeSet;

use measurand::report::{Actor, StoredTable, TablePage, Visibility};
use measurand::{Context, Dialect, ErrorCode, Limits, Moment};
use measurand_tests::support::rows::{database, execute};
use measurand_tests::support::tables;

use super::world::{compiled, compiler, definition, reader, table};

const CASES: &str =
    r#"{"dataSources": ["cases"], "columns": ["case_id"], "sortBy": [{"field": "case_id"}]}"#;
const SUMS: &str =
    r#"{"dataSources": ["cases"], "aggregates": [{"field": "amount", "function": "SUM"}]}"#;

#[test]
fn readers_with_different_rules_have_different_keys_and_rows() {
    let mut client = database("user_tables_readers", "casework");
    for text in [CASES, SUMS] {
        let (mut keys, mut answers) = (BTreeSet::new(), BTreeSet::new());
        let readers = ["all", "north", "no_fraud", "other_tenant"];
        for who in readers {
            let compiled = table(text, who);
            keys.insert(compiled.query().fingerprint());
            answers.insert(execute(compiled.query(), &mut client).expect("rows"));
        }
        assert_eq!((keys.len(), answers.len()), (4, 4), "{text}");
    }
    let north = execute(table(CASES, "north").query(), &mut client);
    assert_eq!(north.expect("rows"), [["1"], ["2"]]);
}

#[test]
fn readers_with_the_same_rules_share_a_key() {
    let mut other = reader("north");
    other.user_id = Some("somebody else".into());
    let compiler = compiler(Dialect::Postgres);
    let page = TablePage::default();
    let compiled = |context: &Context| {
        let found = tables::compiled(&definition(CASES), &compiler, context, &page);
        found.expect("a table").query().fingerprint()
    };
    assert_eq!(compiled(&reader("north")), compiled(&other));
    // Values that are not in the text tell as well: the text is the same, the key is not.
    let rules = r#"{"client_id": 1, "access": [{"dimension": "region", "access_type": "include",
        "allowed_values": ["south"]}]}"#;
    let south = Context::from_json(rules, &Limits::default()).expect("a context");
    assert_ne!(compiled(&reader("north")), compiled(&south));
}

#[test]
fn a_range_of_today_is_another_one_tomorrow() {
    let text = r#"{"dataSources": ["cases"], "columns": ["case_id"],
        "filters": [{"field": "day", "operator": "within", "value": "today"}]}"#;
    let compiler = compiler(Dialect::Postgres);
    let key = |now: &str| {
        let mut context = reader("all");
        context.now = Some(now.to_owned());
        let page = TablePage::default();
        let found = tables::compiled(&definition(text), &compiler, &context, &page);
        found.expect("a table").query().fingerprint()
    };
    assert_eq!(key("2026-11-20T00:00:00Z"), key("2026-11-20T23:59:59Z"));
    assert_ne!(key("2026-11-20T23:59:59Z"), key("2026-11-21T00:00:00Z"));
}

#[test]
fn what_a_reader_may_not_know_is_unknown_and_the_same_for_all_that_is() {
    let message = |text: &str, who: &str| compiled(&definition(text), who).map(drop);
    for (gated, nothing) in [
        (r#""columns": ["risk"]"#, r#""columns": ["rusk"]"#),
        (
            r#""columns": ["cases.risk"]"#,
            r#""columns": ["cases.rusk"]"#,
        ),
        (
            r#""aggregates": [{"metric": "cases.loss"}]"#,
            r#""aggregates": [{"metric": "cases.lass"}]"#,
        ),
        (r#""groupBy": ["risk"]"#, r#""groupBy": ["rusk"]"#),
        (
            r#""aggregates": [{"field": "risk", "function": "MAX"}]"#,
            r#""aggregates": [{"field": "rusk", "function": "MAX"}]"#,
        ),
        (
            r#""aggregates": [{"metric": "loss"}]"#,
            r#""aggregates": [{"metric": "lass"}]"#,
        ),
        (
            r#""columns": ["case_id"], "filters": [{"field": "cases.risk", "operator": "isNull"}]"#,
            r#""columns": ["case_id"], "filters": [{"field": "cases.rusk", "operator": "isNull"}]"#,
        ),
    ] {
        let of = |fields: &str| format!(r#"{{"dataSources": ["cases"], {fields}}}"#);
        let hidden = message(&of(gated), "all").expect_err("it is of a module");
        let absent = message(&of(nothing), "all").expect_err("it is not there");
        let absent = absent.to_string();
        let absent = absent.replace("rusk", "risk").replace("lass", "loss");
        assert_eq!(hidden.to_string(), absent);
        assert!(message(&of(gated), "compliance").is_ok(), "{gated}");
    }
}

fn stored(visibility: Visibility) -> StoredTable {
    let text = format!(
        r#"{{"id": 7, "organization_id": 1, "created_by_id": "ann", "name": "Cases",
            "visibility": "{}", "shared_with_users": ["bob"], "shared_with_teams": ["legal"],
            "data_sources": ["cases"], "columns": ["case_id"]}}"#,
        visibility.as_str()
    );
    let stored = StoredTable::from_json(&text, &Limits::default()).expect("a row");
    stored.expect("a live row")
}

/// Who looks at a table of ann's that is shared with bob and with the users of legal: organization, user, teams,
/// and whether they see it while it is PRIVATE, TEAM and ORG.
const LOOKING: [(i64, &str, &[&str], [bool; 3]); 8] = [
    (1, "ann", &[], [true, true, true]),
    (1, "bob", &[], [false, true, true]),
    (1, "cyd", &[], [false, false, true]),
    (1, "cyd", &["legal"], [false, true, true]),
    (1, "cyd", &["sales"], [false, false, true]),
    (2, "ann", &[], [false, false, false]),
    (2, "bob", &["legal"], [false, false, false]),
    (1, "", &[], [false, false, true]),
];

#[test]
fn a_table_compiles_for_those_who_see_it() {
    let compiler = compiler(Dialect::Postgres);
    let now = Moment::parse("2026-11-20T10:00:00Z").expect("a moment");
    for (organization, user, teams, expected) in LOOKING {
        let actor = Actor::new(organization, user, now).of_teams(teams.iter().copied());
        let context =
            format!(r#"{{"client_id": {organization}, "user_id": "{user}x", "access": []}}"#);
        let mut context = Context::from_json(&context, &Limits::default()).expect("a context");
        context.user_id = Some(user.to_owned());
        for (visibility, is_seen) in Visibility::ALL.into_iter().zip(expected) {
            let table = stored(visibility);
            assert_eq!(table.sharing.is_visible_to(&actor), is_seen);
            let found = table.compile_for(&compiler, &actor, &context, &TablePage::default());
            match found {
                Ok(compiled) => {
                    assert!(is_seen, "{organization} {user} {visibility:?}");
                    tables::check(&compiled, &compiler, &context);
                }
                Err(errors) => {
                    assert!(!is_seen, "{organization} {user} {visibility:?}");
                    assert!(errors.has(ErrorCode::UnknownTable));
                }
            }
        }
    }
}

#[test]
fn a_context_of_somebody_else_is_none_for_the_actor() {
    let compiler = compiler(Dialect::Postgres);
    let now = Moment::parse("2026-11-20T10:00:00Z").expect("a moment");
    let ann = Actor::new(1, "ann", now);
    for context in [
        r#"{"client_id": 2, "user_id": "ann", "access": []}"#,
        r#"{"client_id": 1, "user_id": "bob", "access": []}"#,
        r#"{"client_id": 1, "access": []}"#,
        r#"{"client_id": "one", "user_id": "ann", "access": []}"#,
    ] {
        let context = Context::from_json(context, &Limits::default()).expect("a context");
        let table = stored(Visibility::Org);
        let found = table.compile_for(&compiler, &ann, &context, &TablePage::default());
        let errors = found.expect_err("the context is not ann's");
        assert!(errors.has(ErrorCode::UnknownTable), "{errors}");
    }
}

#[test]
fn a_shared_table_shows_the_rules_of_the_reader_and_not_of_the_owner() {
    let mut client = database("user_tables_shared", "casework");
    let compiler = compiler(Dialect::Postgres);
    let now = Moment::parse("2026-11-20T10:00:00Z").expect("a moment");
    let mut rows = |user: &str, rule: &str| {
        let actor = Actor::new(1, user, now);
        let context = format!(r#"{{"client_id": 1, "user_id": "{user}", "access": [{rule}]}}"#);
        let context = Context::from_json(&context, &Limits::default()).expect("a context");
        let table = stored(Visibility::Org);
        let found = table.compile_for(&compiler, &actor, &context, &TablePage::default());
        let found = found.expect("they see the table");
        tables::check(&found, &compiler, &context);
        execute(found.query(), &mut client).expect("rows").len()
    };
    const NORTH: &str =
        r#"{"dimension": "region", "access_type": "include", "allowed_values": ["north"]}"#;
    // Ann may see all eight cases, bob those of the north; it is so whoever made the table.
    assert_eq!((rows("ann", ""), rows("bob", NORTH)), (8, 2));
    assert_eq!((rows("ann", NORTH), rows("bob", "")), (2, 8));
}
