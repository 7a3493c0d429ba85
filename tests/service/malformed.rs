//! Whatever is sent, what comes back is a refusal of the one form: never a fault of the service, never SQL.

use serde_json::{Value, json};

use super::http::Reply;
use super::people::{ANN, ROOT};
use super::world::World;

/// What stands in statements and never in an answer.
const SQL: [&str; 9] = [
    "select ",
    "insert into",
    "update report",
    " from reporting",
    " where ",
    "::bigint",
    "::text",
    "report_builder.",
    "syntax error",
];

#[track_caller]
fn is_refused(reply: &Reply, what: &str) {
    assert!(
        (400..500).contains(&reply.status),
        "{what}: {} {}",
        reply.status,
        reply.text()
    );
    reply.codes();
    says_no_sql(reply, what);
}

#[track_caller]
fn says_no_sql(reply: &Reply, what: &str) {
    let text = reply.text().to_lowercase();
    for sql in SQL {
        assert!(!text.contains(sql), "{what}: {text}");
    }
}

/// A row of each kind, so that every path with an id leads to something.
fn filled_world(name: &str) -> World {
    let world = World::new(name);
    let first = world.get(ANN, "/api/v1/reports")[0]["id"].clone();
    world.make(
        ANN,
        "/api/v1/saved-views",
        json!({"template_id": first, "name": "x"}),
    );
    world.make(
        ANN,
        "/api/v1/filter-presets",
        json!({"name": "x", "filters": {}}),
    );
    world.make(ANN, "/api/v1/dashboards", json!({"name": "x"}));
    let widget =
        json!({"dashboard_id": 1, "widget_type": "chart", "widget_config": {}, "position": {}});
    world.make(ANN, "/api/v1/dashboard-widgets", widget);
    let schedule = json!({"template_id": first, "name": "x", "frequency": "daily"});
    world.make(ANN, "/api/v1/scheduled-reports", schedule);
    let table = json!({"name": "x", "dataSources": ["order_details"], "columns": ["bill_state"]});
    world.make(ANN, "/api/v1/tables", table);
    world.make(
        ANN,
        "/api/v1/exports",
        json!({"definition": "orders", "request": {}}),
    );
    world.rule(ANN, "campaign_name", "exclude", json!([]));
    world
}

/// Every operation that takes a body: method, target with the ids filled in, example.
fn with_bodies(world: &World) -> Vec<(String, String, Value)> {
    let document = world.raw("GET", "/openapi.json", &[], None).json();
    let mut found = Vec::new();
    for (path, methods) in document["paths"].as_object().expect("paths") {
        let target = path
            .replace("{id}", "1")
            .replace("{template}", "command-center");
        for (method, operation) in methods.as_object().expect("methods") {
            let example = &operation["requestBody"]["content"]["application/json"]["example"];
            if !example.is_null() {
                found.push((method.to_uppercase(), target.clone(), example.clone()));
            }
        }
    }
    assert!(found.len() > 18, "{}", found.len());
    found
}

#[test]
fn examples_of_the_description_are_taken() {
    let world = filled_world("examples");
    for (method, target, example) in with_bodies(&world) {
        let reply = world.call(
            Person::of_all(),
            &method,
            &target,
            Some(&example.to_string()),
        );
        // Rows of Ann's are not those of an administrator.
        let of_ann = world.call(ANN, &method, &target, Some(&example.to_string()));
        let status = reply.status.min(of_ann.status);
        assert!(
            status < 300,
            "{method} {target}: {} {}",
            reply.text(),
            of_ann.text()
        );
    }
}

/// Stands for an administrator who is also Ann.
struct Person;

impl Person {
    fn of_all() -> super::people::Person {
        super::people::Person {
            role: ROOT.role,
            ..ANN
        }
    }
}

#[test]
fn bodies_that_are_no_json_or_another_one_are_refused() {
    let world = filled_world("bodies");
    let deep = format!("{}{}", "[".repeat(5_000), "]".repeat(5_000));
    for (method, target, example) in with_bodies(&world) {
        for body in [
            "{",
            "[]",
            "null",
            "1",
            "\"x\"",
            "{\"a\" 1}",
            "{\"zzz\": 1}",
            "\u{feff}{}",
            &deep,
        ] {
            let reply = world.call(Person::of_all(), &method, &target, Some(body));
            is_refused(
                &reply,
                &format!("{method} {target} {}", &body[..body.len().min(20)]),
            );
        }
        // Each field of the example with a value of every other type.
        for field in example.as_object().expect("an object").keys() {
            for value in [
                json!(null),
                json!(true),
                json!(-1),
                json!(1.5),
                json!("'"),
                json!([[]]),
                json!({"x": 1}),
            ] {
                let mut body = example.clone();
                body[field] = value;
                let reply = world.call(Person::of_all(), &method, &target, Some(&body.to_string()));
                let what = format!("{method} {target} {body}");
                assert!(reply.status < 500, "{what}: {}", reply.text());
                says_no_sql(&reply, &what);
            }
        }
        let headers = Person::of_all().headers();
        let typed = |kind: &'static str| {
            let mut headers = headers.clone();
            headers.push(("content-type", kind));
            headers
        };
        let bytes = example.to_string().into_bytes();
        let reply = world.raw(&method, &target, &typed("text/plain"), Some(&bytes));
        assert_eq!(
            (reply.status, reply.codes()),
            (415, vec!["not-json".to_owned()])
        );
        let reply = world.raw(&method, &target, &headers, Some(&bytes));
        assert_eq!(reply.status, 415, "{method} {target}");
        let reply = world.raw(
            &method,
            &target,
            &typed("application/json"),
            Some(b"{\"a\": \"\xff\"}"),
        );
        is_refused(&reply, &target);
        let large = vec![b' '; 256 * 1024 + 1];
        let reply = world.raw(&method, &target, &typed("application/json"), Some(&large));
        assert_eq!(
            (reply.status, reply.codes()),
            (413, vec!["body-too-large".to_owned()])
        );
    }
}

/// Texts that would be SQL where somebody put them into a statement.
const INJECTIONS: [&str; 7] = [
    "'; DROP TABLE report_builder.saved_views; --",
    "x' OR '1'='1",
    "\" UNION SELECT 1 --",
    "$1) OR (true",
    "\\'; SELECT pg_sleep(9); --",
    "e\u{301}\u{202e}😀%_",
    "a\u{0}b",
];

/// The reply without what its caller has written.
fn without(mut reply: Reply, text: &str) -> Reply {
    let written = json!(text).to_string();
    let escaped = written.trim_matches('"');
    reply.body = reply.text().replace(escaped, "").into_bytes();
    reply
}

/// Puts a text into every place of a JSON that holds one.
fn everywhere(example: &Value, text: &str) -> Vec<Value> {
    match example {
        Value::String(_) => vec![json!(text)],
        Value::Array(items) => {
            let each = items.iter().enumerate().flat_map(|(at, item)| {
                everywhere(item, text)
                    .into_iter()
                    .map(move |changed| (at, changed))
            });
            let put = |(at, changed): (usize, Value)| {
                let mut list = items.clone();
                list[at] = changed;
                Value::Array(list)
            };
            each.map(put).collect()
        }
        Value::Object(fields) => {
            let each = fields.iter().flat_map(|(name, item)| {
                everywhere(item, text)
                    .into_iter()
                    .map(move |changed| (name.clone(), changed))
            });
            let put = |(name, changed): (String, Value)| {
                let mut object = fields.clone();
                object.insert(name, changed);
                Value::Object(object)
            };
            each.map(put).collect()
        }
        _ => Vec::new(),
    }
}

#[test]
fn texts_that_look_like_sql_are_texts() {
    let world = filled_world("injections");
    let tables =
        "SELECT count(*) FROM pg_tables WHERE schemaname IN ('report_builder', 'reporting')";
    let before = world.by_hand(tables);
    let mut sent = 0;
    for (method, target, example) in with_bodies(&world) {
        for text in INJECTIONS {
            for body in everywhere(&example, text) {
                let reply = world.call(Person::of_all(), &method, &target, Some(&body.to_string()));
                let what = format!("{method} {target} {body}");
                assert!(reply.status < 500, "{what}: {}", reply.text());
                // A word that is no word of its field is named in the refusal.
                let reply = without(reply, text);
                if reply.status >= 400 {
                    is_refused(&reply, &what);
                }
                sent += 1;
            }
        }
    }
    assert!(sent > 300, "{sent}");
    let escaped =
        |text: &str| -> String { text.bytes().map(|byte| format!("%{byte:02x}")).collect() };
    for injection in INJECTIONS {
        let text = escaped(injection);
        for target in [
            format!("/api/v1/values/campaign_name?search={text}"),
            format!("/api/v1/values/{text}"),
            format!("/api/v1/values/campaign_name?source={text}"),
            format!("/api/v1/values/campaign_name?limit={text}"),
            format!("/api/v1/reports/{text}/run"),
            format!("/api/v1/saved-views/{text}"),
            format!("/api/v1/saved-views?order_by={text}"),
            format!("/api/v1/saved-views?{text}=1"),
            format!("/api/v1/saved-views?template_id={text}"),
            format!("/api/v1/tables?created_by_id={text}"),
            format!("/api/v1/tables/1/execute?limit={text}"),
            format!("/api/v1/exports?status={text}"),
            format!("/api/v1/access/rules?user_id={text}"),
            format!("/api/v1/access/audit?action={text}"),
            format!("/api/v1/access/users/{text}"),
            format!("/api/v1/scheduled-reports/1/runs?count={text}"),
        ] {
            let is_run = target.ends_with("/run") || target.contains("/execute");
            let (method, body) = if is_run {
                ("POST", Some("{}"))
            } else {
                ("GET", None)
            };
            let reply = world.call(Person::of_all(), method, &target, body);
            assert!(reply.status < 500, "{target}: {}", reply.text());
            let reply = without(reply, injection);
            if reply.status >= 400 {
                is_refused(&reply, &target);
            } else {
                says_no_sql(&reply, &target);
            }
        }
    }
    assert_eq!(world.by_hand(tables), before);
}

/// Whoever does not say who they are, in exactly the form there is, is told nothing.
#[test]
fn callers_that_cannot_be_told_are_refused_everywhere() {
    let world = filled_world("callers");
    let document = world.raw("GET", "/openapi.json", &[], None).json();
    let long = "u".repeat(256);
    let wrong: [&[(&str, &str)]; 16] = [
        &[],
        &[("x-client-id", "1")],
        &[("x-user-id", "ann")],
        &[("x-client-id", ""), ("x-user-id", "ann")],
        &[("x-client-id", "1"), ("x-user-id", "")],
        &[("x-client-id", "0"), ("x-user-id", "ann")],
        &[("x-client-id", "-1"), ("x-user-id", "ann")],
        &[("x-client-id", "+1"), ("x-user-id", "ann")],
        &[("x-client-id", "01"), ("x-user-id", "ann")],
        &[("x-client-id", "1; DROP TABLE x"), ("x-user-id", "ann")],
        &[
            ("x-client-id", "99999999999999999999"),
            ("x-user-id", "ann"),
        ],
        &[
            ("x-client-id", "1"),
            ("x-client-id", "2"),
            ("x-user-id", "ann"),
        ],
        &[
            ("x-client-id", "1"),
            ("x-user-id", "ann"),
            ("x-user-id", "bob"),
        ],
        &[("x-client-id", "1"), ("x-user-id", "ann' OR true")],
        &[
            ("x-client-id", "1"),
            ("x-user-id", "ann"),
            ("x-role", "root"),
        ],
        &[
            ("x-client-id", "1"),
            ("x-user-id", "ann"),
            ("x-teams", "a,,b"),
        ],
    ];
    for (path, methods) in document["paths"].as_object().expect("paths") {
        let target = path
            .replace("{id}", "1")
            .replace("{template}", "command-center");
        let target = target
            .replace("{dimension}", "campaign_name")
            .replace("{user_id}", "ann");
        for method in methods.as_object().expect("methods").keys() {
            let is_public = ["/health", "/openapi.json"].contains(&&**path);
            for headers in wrong {
                let mut headers = headers.to_vec();
                headers.push(("content-type", "application/json"));
                let reply = world.raw(&method.to_uppercase(), &target, &headers, Some(b"{}"));
                if is_public {
                    assert_eq!(reply.status, 200, "{path}");
                } else {
                    assert_eq!(
                        reply.status,
                        401,
                        "{method} {path} {headers:?}: {}",
                        reply.text()
                    );
                    assert_eq!(reply.codes(), ["unknown-caller"]);
                }
            }
        }
    }
    let headers = [("x-client-id", "1"), ("x-user-id", &*long)];
    assert_eq!(
        world.raw("GET", "/api/v1/reports", &headers, None).status,
        401
    );
}

/// A question that takes too long, or more than there is, is refused like any other.
#[test]
fn questions_are_bounded() {
    let world = World::new("bounds");
    let too_many = json!({"source": "order_details", "kind": "rows", "columns": ["order_id"], "limit": 10_001});
    let reply = world.call(ANN, "POST", "/api/v1/query", Some(&too_many.to_string()));
    assert_eq!(
        (reply.status, reply.codes()),
        (422, vec!["limit-exceeded".to_owned()])
    );
    let reply = world.call(ANN, "GET", "/api/v1/values/campaign_name?limit=10001", None);
    assert_eq!(
        (reply.status, reply.codes()),
        (422, vec!["limit-exceeded".to_owned()])
    );
    // Pages of detail rows follow one another to the last.
    let mut after = Value::Null;
    let mut ids = Vec::new();
    loop {
        let mut request = json!({"source": "order_details", "kind": "rows", "columns": ["order_id"], "limit": 1000});
        if !after.is_null() {
            request["after"] = after;
        }
        let answer = world.post(ANN, "/api/v1/query", request);
        ids.extend(
            super::world::rows_of(&answer)
                .into_iter()
                .map(|mut row| row.remove(0)),
        );
        after = answer["next"].clone();
        if after.is_null() {
            break;
        }
    }
    let by_hand = world.by_hand(
        "SELECT order_id FROM reporting.order_details_1 WHERE client_id = 1 ORDER BY order_id",
    );
    assert_eq!(
        ids,
        by_hand
            .into_iter()
            .map(|mut row| row.remove(0))
            .collect::<Vec<_>>()
    );
}
