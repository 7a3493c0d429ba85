//! What is due is held by one service, and the hold ends.

use measurand::report::{
    ExportOutcome, Lease, Scheduled, Table, claim_due, claim_exports, finish_due, finish_export,
    start_export,
};
use postgres::Client;

use super::world::{NOW, actor, another, at, change, database, id, ids, make, moment, query, read};

const DUE: &str = "2026-11-20T13:00:00Z";
const UNTIL: &str = "2026-11-20T13:10:00Z";

/// A daily report of Ann at 08:00 in New York, which is 13:00 in UTC: next on the day of [`NOW`].
fn daily(client: &mut Client) -> i64 {
    let json = r#"{"template_id": 1, "name": "Daily", "frequency": "daily"}"#;
    make(client, &actor(1, "ann"), Table::ScheduledReports, json)
}

fn next(client: &mut Client, row: i64) -> (String, String) {
    let sql = format!(
        "SELECT next_send_at, last_sent_at FROM report_builder.scheduled_reports WHERE id = {row}"
    );
    let row = query(client, &sql).remove(0);
    (row[0].clone(), row[1].clone())
}

fn lease(id: i64) -> Lease {
    Lease {
        of: Scheduled::Reports,
        id,
        client_id: 1,
        until: moment(UNTIL),
    }
}

#[test]
fn a_report_is_due_once() {
    let mut client = database("work_due");
    let row = daily(&mut client);
    assert_eq!(next(&mut client, row).0, "2026-11-20 13:00:00");
    let claim =
        |now: &str, until: &str| claim_due(Scheduled::Reports, moment(now), moment(until), 10);
    assert_eq!(
        ids(&mut client, &claim("2026-11-20T12:59:59.999999Z", UNTIL)),
        [0_i64; 0]
    );

    let held = read(&mut client, &claim(DUE, UNTIL));
    assert_eq!(held.len(), 1);
    let columns: Vec<&str> = Table::ScheduledReports
        .columns()
        .iter()
        .map(|column| column.name())
        .collect();
    let cell = |name: &str| {
        let at = columns
            .iter()
            .position(|column| *column == name)
            .expect("a column");
        held[0][at].as_str()
    };
    assert_eq!(cell("id"), row.to_string());
    assert_eq!((cell("client_id"), cell("user_id")), ("1", "ann"));
    assert_eq!(cell("time_of_day"), "08:00:00");
    assert_eq!(cell("next_send_at"), "2026-11-20 13:10:00");
    assert_eq!(
        held[0].last().map(String::as_str),
        Some("2026-11-20 13:00:00")
    );

    // Held, it is due for nobody; when the hold has run out, it is again.
    assert_eq!(
        ids(&mut client, &claim("2026-11-20T13:09:59Z", UNTIL)),
        [0_i64; 0]
    );
    let again = claim(UNTIL, "2026-11-20T13:20:00Z");
    assert_eq!(ids(&mut client, &again), [row]);

    // The first service is too late to say what is next, but it did send the report.
    let tomorrow = Some(moment("2026-11-21T13:00:00Z"));
    let late = finish_due(&lease(row), Some(moment("2026-11-20T13:11:00Z")), tomorrow);
    assert_eq!(id(&mut client, &late), row);
    let held = (
        "2026-11-20 13:20:00".to_owned(),
        "2026-11-20 13:11:00".to_owned(),
    );
    assert_eq!(next(&mut client, row), held);
    let second = Lease {
        until: moment("2026-11-20T13:20:00Z"),
        ..lease(row)
    };
    let stranger = Lease {
        client_id: 2,
        ..second
    };
    assert_eq!(
        ids(&mut client, &finish_due(&stranger, None, tomorrow)),
        [0_i64; 0]
    );
    assert_eq!(id(&mut client, &finish_due(&second, None, tomorrow)), row);
    let done = (
        "2026-11-21 13:00:00".to_owned(),
        "2026-11-20 13:11:00".to_owned(),
    );
    assert_eq!(next(&mut client, row), done);
}

#[test]
fn what_a_user_changes_meanwhile_stands() {
    let mut client = database("work_changed");
    let ann = at(1, "ann", "2026-11-20T13:05:00Z");
    let tomorrow = Some(moment("2026-11-21T13:00:00Z"));
    let claim = claim_due(Scheduled::Reports, moment(DUE), moment(UNTIL), 10);
    for (json, expected) in [
        // Saturday is the day after; 09:30 in Berlin is 08:30 in UTC.
        (
            r#"{"frequency": "weekly", "day_of_week": 6, "time_of_day": "09:30", "timezone": "Europe/Berlin"}"#,
            "2026-11-21 08:30:00",
        ),
        (r#"{"is_active": false}"#, "∅"),
        (r#"{"name": "Renamed"}"#, "2026-11-21 13:00:00"),
    ] {
        let row = daily(&mut client);
        assert_eq!(ids(&mut client, &claim), [row]);
        let update = change(Table::ScheduledReports, json).update(&ann, row);
        assert_eq!(id(&mut client, &update), row);
        let finish = finish_due(&lease(row), Some(ann.now), tomorrow);
        assert_eq!(id(&mut client, &finish), row);
        assert_eq!(next(&mut client, row).0, expected, "{json}");
    }
    // One that rests or is deleted is never due; one that wakes up is next due from now on.
    let row = daily(&mut client);
    let rest = change(Table::ScheduledReports, r#"{"is_active": false}"#);
    assert_eq!(id(&mut client, &rest.update(&ann, row)), row);
    assert_eq!(next(&mut client, row).0, "∅");
    let wake = change(
        Table::ScheduledReports,
        r#"{"is_active": true, "frequency": "monthly", "day_of_month": 31}"#,
    );
    assert_eq!(id(&mut client, &wake.update(&ann, row)), row);
    assert_eq!(next(&mut client, row).0, "2026-11-30 13:00:00");
    let delete = Table::ScheduledReports
        .delete(&ann, row)
        .expect("a statement");
    assert_eq!(id(&mut client, &delete), row);
    let late = claim_due(
        Scheduled::Reports,
        moment("2027-01-01T00:00:00Z"),
        moment("2027-01-02T00:00:00Z"),
        9,
    );
    assert!(!ids(&mut client, &late).contains(&row));
    // Nor is one that somebody else put to rest or deleted, whatever moment it was left with.
    for state in ["is_active = false", "is_deleted = true"] {
        let row = daily(&mut client);
        let sql = format!("UPDATE report_builder.scheduled_reports SET {state} WHERE id = {row}");
        client.batch_execute(&sql).expect("by hand");
        assert_eq!(next(&mut client, row).0, "2026-11-20 13:00:00");
        assert!(!ids(&mut client, &late).contains(&row), "{state}");
    }
}

#[test]
fn services_at_once_hold_different_reports() {
    let mut client = database("work_at_once");
    let rows: Vec<i64> = (0..5).map(|_| daily(&mut client)).collect();
    // The one that has waited longest is the last.
    client
        .batch_execute("UPDATE report_builder.scheduled_reports SET next_send_at = '2026-11-20 12:00' WHERE id = (SELECT max(id) FROM report_builder.scheduled_reports)")
        .expect("an earlier moment");
    let mut other = another("work_at_once");
    let claim = |limit| claim_due(Scheduled::Reports, moment(DUE), moment(UNTIL), limit);
    client.batch_execute("BEGIN").expect("a transaction");
    let mut held = ids(&mut client, &claim(2));
    held.sort_unstable();
    assert_eq!(held, [rows[0], rows[4]]);
    // It waits for nothing and takes the rest.
    let mut rest = ids(&mut other, &claim(10));
    rest.sort_unstable();
    assert_eq!(rest, rows[1..4]);
    client.batch_execute("ROLLBACK").expect("given up");
    let mut again = ids(&mut other, &claim(10));
    again.sort_unstable();
    assert_eq!(again, [rows[0], rows[4]]);
    assert_eq!(ids(&mut client, &claim(0)), [0_i64; 0]);
}

/// A user who waits for a file holds the job as a service does, and so only one of them writes it.
#[test]
fn an_export_is_started_by_whose_it_is() {
    let mut client = database("work_started");
    let ann = actor(1, "ann");
    let job = make(&mut client, &ann, Table::ExportJobs, r#"{"format": "csv"}"#);
    for other in [actor(1, "bob"), actor(2, "ann"), actor(2, "zoe")] {
        assert_eq!(ids(&mut client, &start_export(job, &other)), [0_i64; 0]);
    }
    assert_eq!(ids(&mut client, &start_export(job, &ann)), [job]);
    assert_eq!(ids(&mut client, &start_export(job, &ann)), [0_i64; 0]);
    assert_eq!(ids(&mut client, &claim_exports(10)), [0_i64; 0]);
    let failed = ExportOutcome::Failed {
        message: "too slow".to_owned(),
    };
    assert_eq!(
        id(&mut client, &finish_export(job, 1, &failed, moment(DUE))),
        job
    );
    // What is done may be done again.
    assert_eq!(ids(&mut client, &start_export(job, &ann)), [job]);
}

#[test]
fn exports_are_done_once() {
    let mut client = database("work_exports");
    let export = |client: &mut Client, tenant, user, now| {
        make(
            client,
            &at(tenant, user, now),
            Table::ExportJobs,
            r#"{"format": "csv"}"#,
        )
    };
    let second = export(&mut client, 1, "ann", NOW);
    let first = export(&mut client, 2, "zoe", "2026-11-19T10:00:00Z");
    let now = moment(DUE);
    let completed = ExportOutcome::Completed {
        file_url: "s3://bucket/it's".to_owned(),
        file_size_bytes: 5_000_000_000,
        expires_at: Some(moment("2026-11-27T13:00:00Z")),
    };
    // What nobody holds cannot be finished.
    assert_eq!(
        ids(&mut client, &finish_export(first, 2, &completed, now)),
        [0_i64; 0]
    );
    assert_eq!(ids(&mut client, &claim_exports(1)), [first]);
    assert_eq!(ids(&mut client, &claim_exports(10)), [second]);
    assert_eq!(ids(&mut client, &claim_exports(10)), [0_i64; 0]);
    // Nor by the service of another client.
    assert_eq!(
        ids(&mut client, &finish_export(first, 1, &completed, now)),
        [0_i64; 0]
    );
    assert_eq!(
        id(&mut client, &finish_export(first, 2, &completed, now)),
        first
    );
    assert_eq!(
        ids(&mut client, &finish_export(first, 2, &completed, now)),
        [0_i64; 0]
    );
    let given_back = finish_export(second, 1, &ExportOutcome::GivenBack, now);
    assert_eq!(id(&mut client, &given_back), second);
    assert_eq!(ids(&mut client, &claim_exports(10)), [second]);
    let failed = ExportOutcome::Failed {
        message: "no \0 file".to_owned(),
    };
    assert_eq!(
        id(&mut client, &finish_export(second, 1, &failed, now)),
        second
    );
    let rows = query(
        &mut client,
        "SELECT status, file_url, file_size_bytes, error_message, completed_at, expires_at
         FROM report_builder.export_jobs ORDER BY created_at",
    );
    let row = |cells: [&str; 6]| cells.map(str::to_owned).to_vec();
    assert_eq!(
        rows,
        [
            row([
                "completed",
                "s3://bucket/it's",
                "5000000000",
                "∅",
                "2026-11-20 13:00:00",
                "2026-11-27 13:00:00"
            ]),
            row([
                "failed",
                "∅",
                "∅",
                "no \u{fffd} file",
                "2026-11-20 13:00:00",
                "∅"
            ]),
        ]
    );
    let endless = ExportOutcome::Completed {
        file_url: String::new(),
        file_size_bytes: 0,
        expires_at: None,
    };
    let third = export(&mut client, 1, "ann", NOW);
    assert_eq!(ids(&mut client, &claim_exports(10)), [third]);
    assert_eq!(
        id(&mut client, &finish_export(third, 1, &endless, now)),
        third
    );
}
