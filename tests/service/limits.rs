//! What takes too long, what is asked for by too many, and what is asked when the service stops.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::people::{ANN, BOB, ROOT};
use super::world::World;

/// Whoever reads the rows of orders waits until the session ends.
const LOCK: &str = "BEGIN; LOCK TABLE reporting.order_summary_1 IN ACCESS EXCLUSIVE MODE";

#[test]
fn a_widget_that_is_too_slow_leaves_the_others() {
    let world = World::set(
        "slow",
        "",
        |settings| settings.statement_timeout = Duration::from_secs(2),
        std::future::pending(),
    );
    let mut session = world.session();
    session.batch_execute(LOCK).expect("a lock");
    let dashboard = world.make(ROOT, "/api/v1/dashboards", json!({"name": "x"}));
    let sources = [
        ("order_summary", "revenue"),
        ("hourly_revenue", "today_revenue"),
    ];
    for (at, (source, metric)) in sources.into_iter().enumerate() {
        world.make(
            ROOT,
            "/api/v1/dashboard-widgets",
            json!({"dashboard_id": dashboard, "widget_type": "metric_card", "title": "x", "sort_order": at,
                   "widget_config": {"request": {"source": source, "metrics": [metric]}},
                   "position": {"x": 0, "y": 0, "w": 2, "h": 2}}),
        );
    }
    let shown = world.post(
        ROOT,
        &format!("/api/v1/dashboards/{dashboard}/run"),
        json!({}),
    );
    assert_eq!(
        shown["answers"][0]["errors"][0]["code"], "too-slow",
        "{shown}"
    );
    assert_eq!(
        shown["answers"][1]["rows"].as_array().map(Vec::len),
        Some(1),
        "{shown}"
    );
    let question = json!({"source": "order_summary", "metrics": ["revenue"]}).to_string();
    let reply = world.call(ANN, "POST", "/api/v1/query", Some(&question));
    assert_eq!(
        (reply.status, reply.codes()),
        (503, vec!["too-slow".to_owned()])
    );
    session.batch_execute("ROLLBACK").expect("no lock");
    assert_eq!(
        world
            .call(ANN, "POST", "/api/v1/query", Some(&question))
            .status,
        200
    );
}

#[test]
fn who_finds_no_connection_is_told_so() {
    let world = World::set(
        "busy",
        "",
        |settings| {
            settings.connections = 1;
            settings.patience = Duration::from_secs(2);
        },
        std::future::pending(),
    );
    let mut session = world.session();
    session.batch_execute(LOCK).expect("a lock");
    let question = json!({"source": "order_summary", "metrics": ["revenue"]}).to_string();
    thread::scope(|scope| {
        let waiting = scope.spawn(|| {
            world
                .call(ANN, "POST", "/api/v1/query", Some(&question))
                .status
        });
        wait_for_a_reader(&world);
        let reply = world.call(BOB, "GET", "/api/v1/reports", None);
        assert_eq!(
            (reply.status, reply.codes()),
            (503, vec!["unavailable".to_owned()])
        );
        session.batch_execute("ROLLBACK").expect("no lock");
        assert_eq!(waiting.join().expect("an answer"), 200);
    });
    assert_eq!(world.call(BOB, "GET", "/api/v1/reports", None).status, 200);
}

/// Waits until somebody waits for the lock.
fn wait_for_a_reader(world: &World) {
    let deadline = Instant::now() + Duration::from_secs(20);
    let waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted";
    while world.by_hand(waiting)[0][0] == "0" {
        assert!(Instant::now() < deadline, "nobody waits");
        thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn what_was_asked_is_answered_when_the_service_stops() {
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let stopped = async { stopped.await.expect("it is told to stop") };
    let world = World::set("stopping", "", |_| {}, stopped);
    let mut session = world.session();
    session.batch_execute(LOCK).expect("a lock");
    let question = json!({"source": "order_summary", "metrics": ["revenue"]}).to_string();
    thread::scope(|scope| {
        let waiting = scope.spawn(|| {
            world
                .call(ANN, "POST", "/api/v1/query", Some(&question))
                .status
        });
        wait_for_a_reader(&world);
        stop.send(()).expect("the service runs");
        // Nobody else is let in from then on.
        let deadline = Instant::now() + Duration::from_secs(20);
        while TcpStream::connect(world.address()).is_ok() {
            assert!(Instant::now() < deadline, "it still listens");
            thread::sleep(Duration::from_millis(10));
        }
        session.batch_execute("ROLLBACK").expect("no lock");
        assert_eq!(waiting.join().expect("an answer"), 200);
    });
}

/// A reader who goes away in the middle of a file gives the job back, and its connection.
#[test]
fn an_abandoned_file_is_given_back() {
    let world = World::set(
        "abandoned",
        "INSERT INTO reporting.order_details_1 (client_id, order_id, date_of_sale, order_total, order_status,
             is_refund, bill_state)
         SELECT 1, 1000000 + n, DATE '2026-11-20', 1, 'approved', false, repeat('x', 200)
         FROM generate_series(1, 100000) AS n",
        |settings| settings.connections = 1,
        std::future::pending(),
    );
    let order = json!({"definition": "orders", "request": {}});
    let id = world.make(ANN, "/api/v1/exports", order);
    let target = format!("/api/v1/exports/{id}");
    let mut stream = TcpStream::connect(world.address()).expect("the service listens");
    let head = format!(
        "POST {target}/run HTTP/1.1\r\nhost: test\r\nx-client-id: 1\r\nx-user-id: ann\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).expect("it is sent");
    let mut first = [0; 1024];
    stream.read_exact(&mut first).expect("the first lines");
    drop(stream);
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        // The one connection is free again as soon as the file is given up.
        let reply = world.call(ANN, "GET", &target, None);
        let status = if reply.status == 200 {
            reply.json()["status"].clone()
        } else {
            Value::Null
        };
        if status == "pending" {
            break;
        }
        assert!(
            status == "processing" || status.is_null(),
            "{}",
            reply.text()
        );
        assert!(Instant::now() < deadline, "{status}");
        thread::sleep(Duration::from_millis(20));
    }
    let whole = world.call(ANN, "POST", &format!("{target}/run"), None);
    assert_eq!(whole.status, 200);
    assert!(whole.text().lines().count() > 100_000);
}

/// Modules are the client's, as they are when it asks.
#[test]
fn what_belongs_to_a_module_is_for_clients_that_have_it() {
    let world = World::with(
        "modules",
        "UPDATE report_builder.report_templates SET module = 'retention' WHERE template_key = 'churn-analysis';
         UPDATE report_builder.dimensions SET module = 'retention' WHERE dimension_key = 'hour_number'",
    );
    let knows = |who| {
        let reports = world.get(who, "/api/v1/reports").to_string();
        let dimensions = world.get(who, "/api/v1/dimensions").to_string();
        let run = world.call(
            who,
            "POST",
            "/api/v1/reports/churn-analysis/run",
            Some("{}"),
        );
        let knows = reports.contains("churn-analysis");
        assert_eq!(dimensions.contains("hour_number"), knows);
        assert_eq!(run.status, if knows { 200 } else { 404 }, "{}", run.text());
        knows
    };
    assert!(!knows(ANN));
    world.by_hand(
        "INSERT INTO report_builder.client_modules (client_id, module_key, is_enabled) VALUES
         (1, 'retention', false), (2, 'retention', true)",
    );
    assert!(!knows(ANN));
    assert!(knows(super::people::OTHER_ANN));
    world.by_hand("UPDATE report_builder.client_modules SET is_enabled = true");
    assert!(knows(ANN));
    world.by_hand("UPDATE report_builder.client_modules SET is_active = false");
    assert!(!knows(ANN));
}
