//! Flat files over HTTP are what SQL by hand finds, and a job says what became of them.

use serde_json::{Value, json};

use super::people::{ANN, BOB, Person, ROOT, ZOE};
use super::world::{World, rows_of};

/// The file of the example as SQL by hand: one text for each line.
fn by_hand(world: &World, relation: &str, client: i64, condition: &str) -> String {
    let lines = world.by_hand(&format!(
        "SELECT concat_ws(',', order_id, date_of_sale, order_status, coalesce(o.campaign_id::text, ''),
                coalesce(c.campaign_name, ''), coalesce(g.gateway_alias, ''), bill_state,
                '$' || to_char(order_total, 'FM999990.00'), CASE WHEN is_refund THEN 'yes' ELSE 'no' END,
                coalesce(to_char(refund_amount, 'FM999990.00'), ''))
         FROM reporting.{relation} AS o
         LEFT JOIN public.campaigns AS c ON c.client_id = {client} AND c.campaign_id = o.campaign_id
         LEFT JOIN public.gateways AS g ON g.client_id = {client} AND g.gateway_id = o.gateway_id
         WHERE o.client_id = {client} AND {condition}
         ORDER BY date_of_sale DESC, order_id DESC"
    ));
    let header = "order_id,date_of_sale,order_status,campaign_id,campaign,gateway,state,order_total,is_refund,refund_amount";
    let lines = lines.into_iter().map(|mut row| row.remove(0));
    [header.to_owned()]
        .into_iter()
        .chain(lines)
        .map(|line| format!("{line}\r\n"))
        .collect()
}

fn make(world: &World, who: Person, request: Value) -> i64 {
    let body = json!({"definition": "orders", "request": request});
    world.make(who, "/api/v1/exports", body)
}

fn run(world: &World, who: Person, id: i64) -> String {
    let reply = world.call(who, "POST", &format!("/api/v1/exports/{id}/run"), None);
    assert_eq!(reply.status, 200, "{}", reply.text());
    assert!(
        reply.head.contains("content-type: text/csv; charset=utf-8"),
        "{}",
        reply.head
    );
    assert!(
        reply.head.contains("cache-control: no-store"),
        "{}",
        reply.head
    );
    reply.text().to_owned()
}

#[test]
fn files_are_what_sql_by_hand_finds() {
    let world = World::new("files");
    world.rule(ANN, "campaign_name", "include", json!([101, 205]));
    world.rule(BOB, "gateway_alias", "exclude", json!([1002]));
    let november = json!({"date_range": {"start": "2026-11-01", "end": "2026-11-20"}});
    let dates = "date_of_sale BETWEEN '2026-11-01' AND '2026-11-20'";
    let approved = json!({"filters": {"statuses": ["approved"], "campaigns": [101, 306, null]}});
    let of_approved =
        "order_status = 'approved' AND (o.campaign_id IN (101, 306) OR o.campaign_id IS NULL)";
    for (who, rule) in [
        (ANN, "o.campaign_id IN (101, 205)"),
        (BOB, "o.gateway_id <> 1002"),
        (ROOT, "true"),
    ] {
        for (request, condition) in [
            (&json!({}), "true"),
            (&november, dates),
            (&approved, of_approved),
        ] {
            let id = make(&world, who, request.clone());
            let found = run(&world, who, id);
            let condition = format!("{rule} AND {condition}");
            let expected = by_hand(&world, "order_details_1", 1, &condition);
            assert!(expected.lines().count() > 5, "{condition}");
            assert_eq!(found, expected, "{} {request}", who.user);
            // The whole file is more than any answer for a screen, and more than one piece.
            let job = world.get(who, &format!("/api/v1/exports/{id}"));
            assert_eq!(job["status"], "completed", "{job}");
            assert_eq!(job["file_size_bytes"], json!(found.len()), "{job}");
        }
    }
    // The other client has its own relation, and its own rows there.
    let id = make(&world, ZOE, json!({}));
    assert_eq!(
        run(&world, ZOE, id),
        by_hand(&world, "order_details_2", 2, "true")
    );
}

/// More lines than a screen is shown, in more pieces than wait at once.
#[test]
fn a_large_file_is_whole() {
    let world = World::with(
        "large_file",
        "INSERT INTO reporting.order_details_1 (client_id, order_id, date_of_sale, order_total, order_status,
             is_refund, bill_state)
         SELECT 1, 1000000 + n, DATE '2026-11-20', 1, 'approved', false, 'CA' FROM generate_series(1, 30000) AS n",
    );
    let id = make(&world, ROOT, json!({}));
    let found = run(&world, ROOT, id);
    assert!(found.len() > 20 * 64 * 1024, "{}", found.len());
    assert!(
        found == by_hand(&world, "order_details_1", 1, "true"),
        "the file is another"
    );
    // The file of a table has all of its lines too; a screen is told that there are more.
    let table = json!({"name": "All", "dataSources": ["order_details"], "columns": ["order_id", "order_status"],
                       "sortBy": [{"field": "order_id"}]});
    let table = world.make(ROOT, "/api/v1/tables", table);
    let file = world.call(
        ROOT,
        "POST",
        &format!("/api/v1/tables/{table}/export"),
        None,
    );
    let lines = world.by_hand(
        "SELECT order_id || ',' || order_status FROM reporting.order_details_1 WHERE client_id = 1 ORDER BY order_id",
    );
    let lines: Vec<String> = lines.into_iter().map(|mut row| row.remove(0)).collect();
    let found: Vec<&str> = file.text().lines().skip(1).collect();
    assert!(found == lines, "{} and {}", found.len(), lines.len());
    let shown = world.call(
        ROOT,
        "POST",
        &format!("/api/v1/tables/{table}/execute"),
        None,
    );
    let answer = &shown.json()["answer"];
    assert_eq!(
        (&answer["is_cut"], rows_of(answer).len()),
        (&json!(true), 10_000)
    );
}

#[test]
fn jobs_are_their_users_alone_and_run_by_one() {
    let world = World::new("jobs");
    let id = make(&world, ANN, json!({}));
    let target = format!("/api/v1/exports/{id}");
    let run_target = format!("{target}/run");
    for (who, method, target) in [
        (BOB, "GET", &target),
        (BOB, "DELETE", &target),
        (BOB, "POST", &run_target),
        (ROOT, "POST", &run_target),
        (ZOE, "POST", &run_target),
    ] {
        let reply = world.call(who, method, target, None);
        assert_eq!(
            (reply.status, reply.codes()),
            (404, vec!["not-found".to_owned()]),
            "{method} {target}"
        );
    }
    world.by_hand("UPDATE report_builder.export_jobs SET status = 'processing'");
    let reply = world.call(ANN, "POST", &run_target, None);
    assert_eq!(
        (reply.status, reply.codes()),
        (409, vec!["in-progress".to_owned()])
    );
    world.by_hand("UPDATE report_builder.export_jobs SET status = 'pending'");
    // What cannot be read is an answer of its own, and the job says so.
    world.by_hand("ALTER TABLE reporting.order_details_1 RENAME TO gone");
    let reply = world.call(ANN, "POST", &run_target, None);
    assert_eq!(
        (reply.status, reply.codes()),
        (404, vec!["no-rows".to_owned()])
    );
    assert_eq!(world.get(ANN, &target)["status"], "failed");
    world.by_hand("ALTER TABLE reporting.gone RENAME TO order_details_1");
    assert!(run(&world, ANN, id).lines().count() > 2_000);
    assert_eq!(world.call(ANN, "DELETE", &target, None).status, 204);
    assert_eq!(world.call(ANN, "GET", &target, None).status, 404);
}

/// Cells that a spreadsheet would run are text, quotes and lines stay inside their cell.
#[test]
fn cells_are_safe_to_open() {
    let world = World::with(
        "cells",
        "DELETE FROM reporting.order_details_1;
         INSERT INTO reporting.order_details_1 (client_id, order_id, date_of_sale, order_total, order_status,
             is_refund, bill_state)
         VALUES (1, 1, '2026-11-20', -5, '=HYPERLINK(1)', false, E'say \"so\",\\nor not')",
    );
    let id = make(&world, ANN, json!({}));
    let found = run(&world, ANN, id);
    let (_, line) = found.split_once("\r\n").expect("a header");
    assert_eq!(
        line,
        "1,2026-11-20,'=HYPERLINK(1),,,,\"say \"\"so\"\",\nor not\",-$5.00,no,\r\n"
    );
}

#[test]
fn orders_that_mean_nothing_are_not_taken() {
    let world = World::new("orders");
    for (body, status, code) in [
        (
            json!({"definition": "nothing", "request": {}}),
            404,
            "unknown-definition",
        ),
        (json!({"definition": "orders"}), 400, "malformed"),
        (
            json!({"definition": "orders", "request": {}, "more": 1}),
            400,
            "malformed",
        ),
        (
            json!({"definition": "orders", "request": {"filters": {"x": [1]}}}),
            422,
            "unknown-key",
        ),
        (
            json!({"definition": "orders", "request": {"limt": 3}}),
            400,
            "unknown-field",
        ),
        (
            json!({"definition": "orders", "request": {"filters": {"campaigns": ["x"]}}}),
            422,
            "value-type",
        ),
    ] {
        let reply = world.call(ANN, "POST", "/api/v1/exports", Some(&body.to_string()));
        assert_eq!(
            (reply.status, reply.codes()),
            (status, vec![code.to_owned()]),
            "{body}"
        );
    }
    assert_eq!(world.get(ANN, "/api/v1/exports"), json!([]));
    let offered = world.get(ANN, "/api/v1/export-definitions");
    assert_eq!(offered[0]["name"], "orders");
    assert_eq!(offered[0]["columns"][0]["name"], "order_id");
}
