//! Of a user's views of one report, and of their dashboards, one is the default.

use std::thread;
use std::time::Duration;

use measurand::report::{Listing, Table};

use super::world::{
    actor, another, at, change, database, everything, id, ids, listed, make, query,
};

const DEFAULTS: &str =
    "SELECT id::text FROM report_builder.saved_views WHERE is_default ORDER BY id";

fn defaults(client: &mut postgres::Client) -> Vec<i64> {
    let rows = query(client, DEFAULTS);
    rows.iter()
        .map(|row| row[0].parse().expect("an id"))
        .collect()
}

#[test]
fn setting_one_clears_the_users_other_of_the_same_report() {
    let mut client = database("defaults");
    let (ann, bob, elsewhere_ann) = (actor(1, "ann"), actor(1, "bob"), actor(2, "ann"));
    let view = |template: i64| {
        format!(r#"{{"template_id": {template}, "name": "View", "is_default": true}}"#)
    };
    let mut make = |actor, template| make(&mut client, actor, Table::SavedViews, &view(template));
    let first = make(&ann, 1);
    let elsewhere = make(&ann, 4);
    let of_bob = make(&bob, 1);
    let of_client_2 = make(&elsewhere_ann, 1);
    let plain = r#"{"template_id": 1, "name": "Plain"}"#;
    let second = make(&ann, 1);
    let untouched = vec![elsewhere, of_bob, of_client_2];
    let with = |row| [untouched.clone(), vec![row]].concat();
    let mut client = client;
    // It is no default and does not become one, so nothing of it changes.
    let bystander = super::world::make(&mut client, &ann, Table::SavedViews, plain);
    assert_eq!(defaults(&mut client), with(second));

    let later = at(1, "ann", "2026-11-21T00:00:00Z");
    let set = change(Table::SavedViews, r#"{"is_default": true, "name": "Mine"}"#);
    assert_eq!(id(&mut client, &set.update(&later, first)), first);
    let mut expected = with(first);
    expected.sort_unstable();
    assert_eq!(defaults(&mut client), expected);
    // Both rows changed at that moment, and no other.
    let changed = query(
        &mut client,
        "SELECT id::text, name FROM report_builder.saved_views
         WHERE updated_at = '2026-11-21 00:00' ORDER BY id",
    );
    let row = |id: i64, name: &str| vec![id.to_string(), name.to_owned()];
    assert_eq!(changed, [row(first, "Mine"), row(second, "View")]);
    let untouched_row = query(
        &mut client,
        &format!("SELECT updated_at FROM report_builder.saved_views WHERE id = {bystander}"),
    );
    assert_eq!(untouched_row, [["2026-11-20 10:00:00"]]);

    let clear = change(Table::SavedViews, r#"{"is_default": false}"#);
    assert_eq!(id(&mut client, &clear.update(&later, first)), first);
    assert_eq!(defaults(&mut client), untouched);
    // A deleted view is nobody's default, and its being one clears nothing.
    assert_eq!(id(&mut client, &set.update(&later, first)), first);
    let delete = Table::SavedViews
        .delete(&later, first)
        .expect("a statement");
    assert_eq!(id(&mut client, &delete), first);
    assert_eq!(defaults(&mut client), untouched);
}

#[test]
fn a_user_has_one_default_dashboard() {
    let mut client = database("defaults_dashboards");
    let ann = actor(1, "ann");
    let json = r#"{"name": "Board", "is_default": true}"#;
    let first = make(&mut client, &ann, Table::Dashboards, json);
    let second = make(&mut client, &ann, Table::Dashboards, json);
    let default = |client: &mut postgres::Client| {
        let rows = listed(
            client,
            &ann,
            Table::Dashboards,
            &Listing {
                only: vec![("is_default".into(), measurand::Value::Boolean(true))],
                ..Listing::default()
            },
        );
        rows.iter().map(|row| row[0].clone()).collect::<Vec<_>>()
    };
    assert_eq!(default(&mut client), [second.to_string()]);
    let set = change(Table::Dashboards, r#"{"is_default": true}"#);
    assert_eq!(id(&mut client, &set.update(&ann, first)), first);
    assert_eq!(default(&mut client), [first.to_string()]);
}

/// Two of a user's tabs set two views as the default at once: the second waits for the first, and one
/// default is left, as often as it is tried.
#[test]
fn two_at_once_leave_one() {
    let mut client = database("defaults_at_once");
    let ann = actor(1, "ann");
    let json = r#"{"template_id": 1, "name": "View"}"#;
    let views: Vec<i64> = (0..3)
        .map(|_| make(&mut client, &ann, Table::SavedViews, json))
        .collect();
    let set = change(Table::SavedViews, r#"{"is_default": true}"#);
    // One holds its change open while the other waits for it.
    let mut other = another("defaults_at_once");
    for (row, next) in [(0, 1), (1, 0), (2, 1), (0, 2)] {
        client.batch_execute("BEGIN").expect("a transaction");
        assert_eq!(id(&mut client, &set.update(&ann, views[row])), views[row]);
        thread::scope(|scope| {
            let waiting = scope.spawn(|| id(&mut other, &set.update(&ann, views[next])));
            thread::sleep(Duration::from_millis(100));
            assert!(!waiting.is_finished(), "nothing is waited for");
            client.batch_execute("COMMIT").expect("committed");
            assert_eq!(waiting.join().expect("no deadlock"), views[next]);
        });
        assert_eq!(defaults(&mut client), [views[next]]);
    }
}

/// To make a row of another one's default clears nothing of one's own.
#[test]
fn a_default_that_is_anothers_clears_nothing() {
    let mut client = database("defaults_of_others");
    let (ann, bob) = (actor(1, "ann"), actor(1, "bob"));
    for (table, json) in [
        (
            Table::Dashboards,
            r#"{"name": "Board", "is_default": true}"#,
        ),
        (
            Table::SavedViews,
            r#"{"template_id": 1, "name": "View", "is_default": true}"#,
        ),
    ] {
        let of_ann = make(&mut client, &ann, table, json);
        make(&mut client, &bob, table, json);
        let before = everything(&mut client);
        let set = change(table, r#"{"is_default": true}"#);
        for row in [of_ann, i64::MAX] {
            assert_eq!(ids(&mut client, &set.update(&bob, row)), [0_i64; 0]);
        }
        assert_eq!(everything(&mut client), before, "{table:?}");
    }
}

/// Changes that meet in opposite orders wait for each other in one order: with the first and the last row in
/// two hands and the one between them in a third, none of them waits for ever.
#[test]
fn changes_that_meet_do_not_lock_each_other_out() {
    let mut client = database("defaults_meet");
    let ann = actor(1, "ann");
    let json = r#"{"template_id": 1, "name": "View"}"#;
    let views: Vec<i64> = (0..3)
        .map(|_| make(&mut client, &ann, Table::SavedViews, json))
        .collect();
    let set = change(Table::SavedViews, r#"{"is_default": true}"#);
    let mut others = [another("defaults_meet"), another("defaults_meet")];
    client.batch_execute("BEGIN").expect("a transaction");
    let between = change(Table::SavedViews, r#"{"name": "Held"}"#);
    assert_eq!(id(&mut client, &between.update(&ann, views[1])), views[1]);
    thread::scope(|scope| {
        let [first, last] = &mut others;
        let (set, ann, views) = (&set, &ann, &views);
        let first = scope.spawn(move || id(first, &set.update(ann, views[0])));
        thread::sleep(Duration::from_millis(100));
        let last = scope.spawn(move || id(last, &set.update(ann, views[2])));
        thread::sleep(Duration::from_millis(100));
        client.batch_execute("COMMIT").expect("committed");
        assert_eq!(first.join().expect("no deadlock"), views[0]);
        assert_eq!(last.join().expect("no deadlock"), views[2]);
    });
    assert_eq!(defaults(&mut client), [views[2]]);
}
