//! The descriptions are those of the tables, and a text depends on no value.

use measurand::report::{
    ColumnKind, ColumnWriter, Listing, Scheduled, Table, claim_due, claim_exports,
};
use measurand::{Limits, Value};
use measurand_tests::support::rows::Rows;

use super::world::{
    actor, at, change, database, id, listed, make, moment, new_row, query, read, some_change,
};

/// What the database says of each column, as the description says it.
#[test]
fn descriptions_are_those_of_the_tables() {
    let mut client = database("shapes");
    for table in Table::ALL {
        let sql = format!(
            "SELECT column_name, udt_name, coalesce(character_maximum_length::text, ''), is_nullable,
                    (column_default IS NOT NULL)::text
             FROM information_schema.columns
             WHERE table_schema = 'report_builder' AND table_name = '{}'
             ORDER BY ordinal_position",
            table.name()
        );
        let columns = table.columns();
        let stored = query(&mut client, &sql);
        assert_eq!(stored.len(), columns.len(), "{table:?}");
        for (stored, column) in stored.iter().zip(columns) {
            let (kind, length) = match column.kind() {
                ColumnKind::Id | ColumnKind::Size => ("int8", String::new()),
                ColumnKind::Integer => ("int4", String::new()),
                // Text without a length is `TEXT` or `VARCHAR`, which takes the same.
                ColumnKind::Text if stored[1] == "text" => ("text", String::new()),
                ColumnKind::Text | ColumnKind::User => ("varchar", String::new()),
                ColumnKind::Line(most) => ("varchar", most.to_string()),
                ColumnKind::Word(words) => {
                    assert!(words.iter().all(|word| word.len() <= 50));
                    ("varchar", "50".to_owned())
                }
                ColumnKind::Flag => ("bool", String::new()),
                ColumnKind::Texts => ("_text", String::new()),
                ColumnKind::Json(_) => ("jsonb", String::new()),
                ColumnKind::Time => ("time", String::new()),
                ColumnKind::Moment => ("timestamp", String::new()),
                other => panic!("{other:?}"),
            };
            let nullable = if column.is_nullable() { "YES" } else { "NO" };
            let expected = [column.name(), kind, &length, nullable];
            assert_eq!(stored[..4], expected, "{table:?}");
            // What callers may leave out has a default or may be NULL.
            let has_default = stored[4] == "true";
            let is_callers = column.writer() != ColumnWriter::Statement;
            let is_needed = is_callers && !has_default && !column.is_nullable();
            assert_eq!(
                column.is_required(),
                is_needed,
                "{table:?}.{}",
                column.name()
            );
        }
    }
}

#[test]
fn a_row_comes_back_as_it_was_written() {
    let mut client = database("shapes_back");
    let ann = actor(1, "ann");
    let hostile = r#"'; DROP TABLE report_builder.saved_views; -- $1 \\ \" 名前"#;
    let json = format!(
        r#"{{"template_id": 1, "name": "{hostile}", "filters": {{"a'b": [1, 2.50, null, "{hostile}"]}},
            "layout_overrides": null, "toggles": "{{\"mode\": \"net\"}}", "is_active": false}}"#
    );
    let row = make(&mut client, &ann, Table::SavedViews, &json);
    let stored = read(&mut client, &Table::SavedViews.get(&ann, row)).remove(0);
    let name = r#"'; DROP TABLE report_builder.saved_views; -- $1 \ " 名前"#;
    let now = "2026-11-20 10:00:00";
    let expected = [
        row.to_string(),
        "ann".to_owned(),
        "1".to_owned(),
        "1".to_owned(),
        name.to_owned(),
        format!(r#"{{"a'b": [1, 2.50, null, "{hostile}"]}}"#),
        "∅".to_owned(),
        r#"{"mode": "net"}"#.to_owned(),
        "f".to_owned(),
        "f".to_owned(),
        "f".to_owned(),
        now.to_owned(),
        now.to_owned(),
    ];
    assert_eq!(stored, expected);

    // A change touches what it states and the moment of the change.
    let later = at(1, "ann", "2026-12-01T00:00:00.000001Z");
    let change = change(Table::SavedViews, r#"{"filters": [], "toggles": null}"#);
    assert_eq!(id(&mut client, &change.update(&later, row)), row);
    let changed = read(&mut client, &Table::SavedViews.get(&ann, row)).remove(0);
    let mut expected = expected.to_vec();
    expected[5] = "[]".to_owned();
    expected[7] = "∅".to_owned();
    expected[12] = "2026-12-01 00:00:00.000001".to_owned();
    assert_eq!(changed, expected);
}

#[test]
fn what_is_left_out_has_the_defaults_of_the_table() {
    let mut client = database("shapes_defaults");
    let ann = actor(1, "ann");
    let json = r#"{"template_id": 1, "name": "S", "frequency": "weekly", "day_of_week": 0}"#;
    let row = make(&mut client, &ann, Table::ScheduledReports, json);
    let stored = query(
        &mut client,
        &format!(
            "SELECT frequency, day_of_week, day_of_month, time_of_day, timezone, delivery_channel,
                    delivery_target, filters, export_format, last_sent_at, next_send_at, is_active
             FROM report_builder.scheduled_reports WHERE id = {row}"
        ),
    );
    // The next Sunday after Friday 2026-11-20; 08:00 in New York is 13:00 in UTC.
    let expected = [
        "weekly",
        "0",
        "∅",
        "08:00:00",
        "America/New_York",
        "email",
        "∅",
        "{}",
        "pdf",
        "∅",
        "2026-11-22 13:00:00",
        "t",
    ];
    assert_eq!(stored, [expected.map(str::to_owned).to_vec()]);
}

#[test]
fn lists_are_narrowed_ordered_and_cut() {
    let mut client = database("shapes_lists");
    let ann = actor(1, "ann");
    let mut rows = Vec::new();
    for (name, template, hour) in [("b", 1, 1), ("a", 4, 2), ("b", 4, 3), ("c", 1, 4)] {
        let by = at(1, "ann", &format!("2026-11-20T0{hour}:00:00Z"));
        let json = format!(r#"{{"template_id": {template}, "name": "{name}"}}"#);
        rows.push(make(&mut client, &by, Table::SavedViews, &json).to_string());
    }
    let mut check = |listing: Listing, expected: &[usize]| {
        let listed: Rows = listed(&mut client, &ann, Table::SavedViews, &listing);
        let found: Vec<&str> = listed.iter().map(|row| &*row[0]).collect();
        let expected: Vec<&str> = expected.iter().map(|at| &*rows[*at]).collect();
        assert_eq!(found, expected, "{listing:?}");
    };
    let all = Listing::default();
    check(all.clone(), &[1, 0, 2, 3]);
    let down = Listing {
        descending: true,
        ..all.clone()
    };
    check(down.clone(), &[3, 2, 0, 1]);
    let page = Listing {
        limit: Some(2),
        offset: 1,
        ..all.clone()
    };
    check(page, &[0, 2]);
    let newest = Listing {
        order_by: Some("created_at".into()),
        limit: Some(1),
        ..down
    };
    check(newest, &[3]);
    let of_template = Listing {
        only: vec![("template_id".into(), Value::Integer(4))],
        ..all.clone()
    };
    check(of_template, &[1, 2]);
    let beyond = Listing {
        limit: Some(u64::MAX),
        offset: u64::MAX,
        ..all
    };
    check(beyond, &[]);
}

/// Every listing that the descriptions allow is one that PostgreSQL takes.
#[test]
fn every_order_and_every_narrowing_runs() {
    let mut client = database("shapes_listings");
    let ann = actor(1, "ann");
    let (mut ran, mut refused) = (0, 0);
    for table in Table::ALL {
        for column in table.columns() {
            let value = match column.kind() {
                ColumnKind::Flag => Value::Boolean(true),
                ColumnKind::Id | ColumnKind::Size | ColumnKind::Integer => Value::Integer(1),
                ColumnKind::Moment => Value::Timestamp(ann.now.to_utc()),
                _ => Value::Text("ann".into()),
            };
            let narrowed = Listing {
                only: vec![(column.name().into(), value)],
                ..Listing::default()
            };
            let ordered = Listing {
                order_by: Some(column.name().into()),
                ..Listing::default()
            };
            for listing in [narrowed, ordered] {
                match table.list(&ann, &listing, &Limits::default()) {
                    Ok(statement) => {
                        read(&mut client, &statement);
                        ran += 1;
                    }
                    Err(_) => refused += 1,
                }
            }
        }
    }
    assert!(ran > 30 && refused > 30, "{ran} and {refused}");
}

/// Two rows, two changes, two actors and two pages of one shape are one text, and no text has a value.
#[test]
fn a_text_depends_on_the_shape_alone() {
    let word = "qqzzqq";
    let (ann, other) = (actor(1, "ann"), at(7, word, "2027-01-01T00:00:00Z"));
    let view = |name: &str, template: i64| {
        let json = format!(
            r#"{{"filters": {{"{name}": 1}}, "name": "{name}", "is_default": true, "template_id": {template}}}"#
        );
        new_row(Table::SavedViews, &json)
    };
    let mut pairs = vec![(
        view("a", 1).insert(&ann),
        view(word, 987_654_321).insert(&other),
    )];
    let schedule = |name: &str, day: u8| {
        let json = format!(r#"{{"name": "{name}", "frequency": "weekly", "day_of_week": {day}}}"#);
        change(Table::ScheduledReports, &json)
    };
    pairs.push((
        schedule("a", 0).update(&ann, 1),
        schedule(word, 6).update(&other, 987_654_321),
    ));
    let rule = |user: &str, values: &str| {
        let json =
            format!(r#"{{"user_id": "{user}", "dimension_id": 1, "allowed_values": [{values}]}}"#);
        new_row(Table::UserDimensionAccess, &json)
    };
    pairs.push((
        rule("a", "1").insert(&ann),
        rule(word, "\"qqzzqq\"").insert(&other),
    ));
    for table in Table::ALL {
        pairs.push((table.get(&ann, 1), table.get(&other, 987_654_321)));
        if let Some(statement) = table.delete(&ann, 1) {
            let second = table.delete(&other, 987_654_321).expect("as the first");
            pairs.push((statement, second));
        }
        if let Some(change) = some_change(table) {
            pairs.push((change.update(&ann, 1), change.update(&other, 987_654_321)));
        }
        let page = |limit| Listing {
            limit: Some(limit),
            ..Listing::default()
        };
        let list = |actor, limit| table.list(actor, &page(limit), &Limits::default());
        let (first, second) = (list(&ann, 1), list(&other, 987_654_321));
        pairs.push((first.expect("a list"), second.expect("a list")));
    }
    let due = |now: &str, limit| claim_due(Scheduled::Reports, moment(now), moment(now), limit);
    pairs.push((
        due("2026-01-01T00:00:00Z", 1),
        due("2027-01-01T00:00:00Z", 987_654_321),
    ));
    pairs.push((claim_exports(1), claim_exports(987_654_321)));
    for (first, second) in pairs {
        assert_eq!(first.sql(), second.sql());
        for value in [word, "987654321", "2027"] {
            assert!(!second.sql().contains(value), "{}", second.sql());
        }
        assert_eq!(first.params().len(), second.params().len());
        for at in 1..=first.params().len() {
            assert!(first.sql().contains(&format!("${at}::")), "{}", first.sql());
        }
    }
}
