//! Nobody reads or changes what is another's, whatever ids they know.

use measurand::report::{Actor, Listing, Table};

use super::world::{
    actor, change, database, everything, id, ids, listed, make, new_row, one_of_each, query, read,
    some_change,
};

/// Everybody who is not Ann at client 1, Ann at client 2 included, and names that are SQL.
fn others() -> Vec<Actor> {
    vec![
        actor(1, "bob"),
        actor(2, "ann"),
        actor(2, "zoe"),
        actor(1, ""),
        actor(1, "ann' OR '1'='1"),
        actor(1, "ann'; DROP TABLE report_builder.saved_views; --"),
        actor(-1, "ann"),
        actor(i64::MAX, "ann"),
    ]
}

#[test]
fn an_owner_reads_changes_and_deletes_what_is_theirs() {
    let mut client = database("guards_owner");
    let ann = actor(1, "ann");
    // From the back, so that a widget is deleted before its dashboard.
    for (table, row) in one_of_each(&mut client, &ann).into_iter().rev() {
        assert_eq!(
            read(&mut client, &table.get(&ann, row)).len(),
            1,
            "{table:?}"
        );
        let all = listed(&mut client, &ann, table, &Listing::default());
        assert_eq!(all.len(), 1, "{table:?}");
        assert_eq!(all[0].len(), table.columns().len(), "{table:?}");
        if let Some(change) = some_change(table) {
            assert_eq!(id(&mut client, &change.update(&ann, row)), row, "{table:?}");
        }
        let delete = table.delete(&ann, row).expect("an owner deletes");
        assert_eq!(id(&mut client, &delete), row, "{table:?}");
        // What is deleted is gone for its owner too, once and for all.
        assert_eq!(
            read(&mut client, &table.get(&ann, row)).len(),
            0,
            "{table:?}"
        );
        assert!(listed(&mut client, &ann, table, &Listing::default()).is_empty());
        assert_eq!(ids(&mut client, &delete), [0_i64; 0], "{table:?}");
        if let Some(change) = some_change(table) {
            assert_eq!(ids(&mut client, &change.update(&ann, row)), [0_i64; 0]);
        }
        let is_kept = table
            .columns()
            .iter()
            .any(|column| column.name() == "is_deleted");
        let left = format!("SELECT id FROM report_builder.{}", table.name());
        assert_eq!(
            query(&mut client, &left).len(),
            usize::from(is_kept),
            "{table:?}"
        );
    }
}

#[test]
fn nobody_else_reads_or_changes_it() {
    let mut client = database("guards_others");
    let ann = actor(1, "ann");
    let made = one_of_each(&mut client, &ann);
    let before = everything(&mut client);
    for other in others() {
        for (table, row) in &made {
            let (table, row) = (*table, *row);
            assert!(
                read(&mut client, &table.get(&other, row)).is_empty(),
                "{table:?} {other:?}"
            );
            assert!(listed(&mut client, &other, table, &Listing::default()).is_empty());
            if let Some(change) = some_change(table) {
                assert_eq!(ids(&mut client, &change.update(&other, row)), [0_i64; 0]);
            }
            let delete = table.delete(&other, row).expect("a statement");
            assert_eq!(ids(&mut client, &delete), [0_i64; 0], "{table:?} {other:?}");
        }
        // To set a default of one's own among rows of another clears nothing there.
        for table in [Table::SavedViews, Table::Dashboards] {
            let row = made
                .iter()
                .find(|(made, _)| *made == table)
                .expect("made")
                .1;
            let default = change(table, r#"{"is_default": true}"#).update(&other, row);
            assert_eq!(ids(&mut client, &default), [0_i64; 0]);
        }
    }
    assert_eq!(everything(&mut client), before);
}

#[test]
fn a_widget_goes_on_dashboards_of_ones_own() {
    let mut client = database("guards_widgets");
    let ann = actor(1, "ann");
    let board = make(&mut client, &ann, Table::Dashboards, r#"{"name": "Board"}"#);
    let widget = |template: &str| {
        let json = format!(
            r#"{{"dashboard_id": {board}, "source_template_id": {template}, "widget_type": "chart",
                 "widget_config": {{}}, "position": {{}}}}"#
        );
        new_row(Table::DashboardWidgets, &json)
    };
    for other in others() {
        assert_eq!(ids(&mut client, &widget("null").insert(&other)), [0_i64; 0]);
    }
    for template in ["2", "3", "99"] {
        assert_eq!(ids(&mut client, &widget(template).insert(&ann)), [0_i64; 0]);
    }
    let row = id(&mut client, &widget("1").insert(&ann));
    // With the dashboard, what is on it is gone.
    let delete = Table::Dashboards.delete(&ann, board).expect("a statement");
    assert_eq!(id(&mut client, &delete), board);
    assert!(read(&mut client, &Table::DashboardWidgets.get(&ann, row)).is_empty());
    assert_eq!(ids(&mut client, &widget("1").insert(&ann)), [0_i64; 0]);
    let stored = query(
        &mut client,
        "SELECT id FROM report_builder.dashboard_widgets",
    );
    assert_eq!(stored.len(), 1);
}

#[test]
fn what_a_row_names_has_to_be_live() {
    let mut client = database("guards_live");
    let ann = actor(1, "ann");
    for template in [2, 3, 99] {
        let view = format!(r#"{{"template_id": {template}, "name": "View", "is_default": true}}"#);
        let schedule =
            format!(r#"{{"template_id": {template}, "name": "S", "frequency": "daily"}}"#);
        let export = format!(r#"{{"template_id": {template}, "format": "pdf"}}"#);
        for (table, json) in [
            (Table::SavedViews, view),
            (Table::ScheduledReports, schedule),
            (Table::ExportJobs, export),
        ] {
            let made = ids(&mut client, &new_row(table, &json).insert(&ann));
            assert_eq!(made, [0_i64; 0], "{table:?} {template}");
        }
    }
    assert!(
        query(&mut client, "SELECT id FROM report_builder.saved_views").is_empty(),
        "nothing is made"
    );
}

/// Who sees a preset, and who changes it: worked out for its owner, a colleague, and users elsewhere.
#[test]
fn a_shared_preset_is_seen_by_its_client_and_changed_by_its_owner() {
    let mut client = database("guards_presets");
    let ann = actor(1, "ann");
    const TABLE: [(bool, bool, [bool; 4]); 4] = [
        // shared, active: seen by Ann, Bob, Ann at client 2, Zoe at client 2
        (false, true, [true, false, false, false]),
        (true, true, [true, true, false, false]),
        (true, false, [true, false, false, false]),
        (false, false, [true, false, false, false]),
    ];
    let people = [
        ann.clone(),
        actor(1, "bob"),
        actor(2, "ann"),
        actor(2, "zoe"),
    ];
    for (is_shared, is_active, seen) in TABLE {
        let json = format!(
            r#"{{"name": "P", "filters": [], "is_shared": {is_shared}, "is_active": {is_active}}}"#
        );
        let preset = make(&mut client, &ann, Table::FilterPresets, &json);
        for (person, is_seen) in people.iter().zip(seen) {
            let got = read(&mut client, &Table::FilterPresets.get(person, preset));
            assert_eq!(
                got.len(),
                usize::from(is_seen),
                "{is_shared} {is_active} {person:?}"
            );
            let list = listed(
                &mut client,
                person,
                Table::FilterPresets,
                &Listing::default(),
            );
            assert_eq!(
                list.len(),
                usize::from(is_seen),
                "{is_shared} {is_active} {person:?}"
            );
        }
        for other in &people[1..] {
            for json in [r#"{"name": "mine"}"#, r#"{"is_shared": false}"#] {
                let update = change(Table::FilterPresets, json).update(other, preset);
                assert_eq!(ids(&mut client, &update), [0_i64; 0], "{other:?}");
            }
            let delete = Table::FilterPresets
                .delete(other, preset)
                .expect("a statement");
            assert_eq!(ids(&mut client, &delete), [0_i64; 0], "{other:?}");
        }
        let delete = Table::FilterPresets
            .delete(&ann, preset)
            .expect("a statement");
        assert_eq!(id(&mut client, &delete), preset);
        // Deleted, it is shared with nobody.
        for person in &people {
            assert!(read(&mut client, &Table::FilterPresets.get(person, preset)).is_empty());
        }
    }
}
