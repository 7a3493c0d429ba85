//! Rows that users keep: made, listed, changed and deleted, and schedules with their next moment.

use serde_json::{Value, json};

use super::people::{ANN, BOB, OTHER_ANN, Person, ROOT, ZOE};
use super::world::{World, rows_of};

fn template(world: &World, key: &str) -> i64 {
    let reports = world.get(ROOT, "/api/v1/reports");
    let mut reports = reports.as_array().expect("a list").iter();
    let found = reports.find(|report| report["key"] == key);
    found
        .and_then(|report| report["id"].as_i64())
        .expect("a template")
}

fn names(world: &World, who: Person, target: &str) -> Vec<String> {
    let rows = world.get(who, target);
    let rows = rows.as_array().expect("a list").iter();
    rows.map(|row| row["name"].as_str().expect("a name").to_owned())
        .collect()
}

/// The same life of a row, whatever table it is in.
#[test]
fn rows_are_made_listed_changed_and_deleted_by_whose_they_are() {
    let world = World::new("lives");
    let template = template(&world, "command-center");
    let dashboard = world.make(ANN, "/api/v1/dashboards", json!({"name": "Home"}));
    let cases = [
        (
            "saved-views",
            json!({"template_id": template, "name": "A"}),
            json!({"name": "B"}),
        ),
        (
            "filter-presets",
            json!({"name": "A", "filters": {"grain": "week"}}),
            json!({"name": "B"}),
        ),
        (
            "dashboards",
            json!({"name": "A", "description": "x"}),
            json!({"description": null}),
        ),
        (
            "dashboard-widgets",
            json!({"dashboard_id": dashboard, "widget_type": "metric_card", "title": "A",
                   "widget_config": {"request": {"metrics": ["revenue"]}},
                   "position": {"x": 0, "y": 0, "w": 2, "h": 2}}),
            json!({"title": "B"}),
        ),
        (
            "scheduled-reports",
            json!({"template_id": template, "name": "A", "frequency": "daily"}),
            json!({"frequency": "monthly", "day_of_month": 31}),
        ),
    ];
    for (kind, body, change) in cases {
        let all = format!("/api/v1/{kind}");
        let reply = world.call(ANN, "POST", &all, Some(&body.to_string()));
        assert_eq!(reply.status, 201, "{kind}: {}", reply.text());
        let id = reply.json()["id"].as_i64().expect("an id");
        let one = format!("{all}/{id}");
        assert!(
            reply.head.contains(&format!("location: {one}")),
            "{}",
            reply.head
        );
        for (field, value) in body.as_object().expect("an object") {
            assert_eq!(&reply.json()[field], value, "{kind}.{field}");
        }
        assert_eq!(world.get(ANN, &one), reply.json());
        let listed = world.get(ANN, &all);
        let mut listed = listed.as_array().expect("a list").iter();
        assert!(listed.any(|row| row["id"] == id), "{kind}");
        let changed = world.call(ANN, "PATCH", &one, Some(&change.to_string()));
        assert_eq!(changed.status, 200, "{kind}: {}", changed.text());
        for (field, value) in change.as_object().expect("an object") {
            assert_eq!(&changed.json()[field], value, "{kind}.{field}");
        }
        for stranger in [BOB, ROOT, ZOE, OTHER_ANN] {
            let listed = world.get(stranger, &all);
            assert_eq!(listed, json!([]), "{kind} of {stranger:?}");
            for (method, body) in [
                ("GET", None),
                ("PATCH", Some(change.to_string())),
                ("DELETE", None),
            ] {
                let reply = world.call(stranger, method, &one, body.as_deref());
                assert_eq!(reply.status, 404, "{method} {one} of {stranger:?}");
            }
        }
        assert_eq!(world.call(ANN, "DELETE", &one, None).status, 204, "{kind}");
        for method in ["GET", "DELETE"] {
            assert_eq!(world.call(ANN, method, &one, None).status, 404, "{kind}");
        }
    }
}

#[test]
fn lists_are_narrowed_ordered_and_paged() {
    let world = World::new("lists");
    let template = template(&world, "command-center");
    for (name, is_default) in [("b", false), ("a", true), ("c", false), ("d", true)] {
        let body = json!({"template_id": template, "name": name, "is_default": is_default});
        world.make(ANN, "/api/v1/saved-views", body);
    }
    let views = |query: &str| names(&world, ANN, &format!("/api/v1/saved-views{query}"));
    assert_eq!(views(""), ["a", "b", "c", "d"]);
    assert_eq!(views("?descending=true&limit=2&offset=1"), ["c", "b"]);
    assert_eq!(views(&format!("?template_id={template}&limit=1")), ["a"]);
    assert!(views("?template_id=0").is_empty());
    // There is one default.
    assert_eq!(views("?is_default=true"), ["d"]);
    for query in [
        "?name=a",
        "?order_by=layout",
        "?limit=x",
        "?is_default=maybe",
        "?descending=1",
    ] {
        let reply = world.call(ANN, "GET", &format!("/api/v1/saved-views{query}"), None);
        assert!(
            matches!(reply.status, 400 | 422),
            "{query}: {}",
            reply.text()
        );
        reply.codes();
    }
}

#[test]
fn a_shared_preset_is_seen_by_the_users_of_its_client() {
    let world = World::new("presets");
    let body = json!({"name": "Shared", "is_shared": true, "filters": {"grain": "week"}});
    let id = world.make(ANN, "/api/v1/filter-presets", body);
    let one = format!("/api/v1/filter-presets/{id}");
    assert_eq!(world.get(BOB, &one)["name"], "Shared");
    assert_eq!(
        world
            .call(BOB, "PATCH", &one, Some(r#"{"name": "x"}"#))
            .status,
        404
    );
    assert_eq!(world.call(ZOE, "GET", &one, None).status, 404);
    let reply = world.call(ANN, "PATCH", &one, Some(r#"{"is_shared": false}"#));
    assert_eq!(reply.status, 200);
    assert_eq!(world.call(BOB, "GET", &one, None).status, 404);
}

/// Views and presets that could not be used are not stored.
#[test]
fn rows_that_could_not_be_used_are_not_kept() {
    let world = World::new("unusable");
    let template = template(&world, "command-center");
    let view = json!({"template_id": template, "name": "x", "filters": {"filter": []}});
    let reply = world.call(ANN, "POST", "/api/v1/saved-views", Some(&view.to_string()));
    assert_eq!(
        (reply.status, reply.codes()),
        (400, vec!["unknown-field".to_owned()])
    );
    let rules = json!({"name": "x", "filters": {"access": []}});
    let reply = world.call(
        ANN,
        "POST",
        "/api/v1/filter-presets",
        Some(&rules.to_string()),
    );
    assert_eq!(
        (reply.status, reply.codes()),
        (422, vec!["access-in-layer".to_owned()])
    );
    assert!(names(&world, ANN, "/api/v1/saved-views").is_empty());
    let preset = json!({"name": "x", "filters": {"grain": "week"}});
    let id = world.make(ANN, "/api/v1/filter-presets", preset);
    let one = format!("/api/v1/filter-presets/{id}");
    let reply = world.call(
        ANN,
        "PATCH",
        &one,
        Some(r#"{"filters": {"grain": "fortnight"}}"#),
    );
    assert_eq!(
        (reply.status, reply.codes()),
        (400, vec!["wrong-value".to_owned()])
    );
    assert_eq!(world.get(ANN, &one)["filters"], json!({"grain": "week"}));
    let nowhere = json!({"template_id": 999_999, "name": "x"});
    let reply = world.call(
        ANN,
        "POST",
        "/api/v1/saved-views",
        Some(&nowhere.to_string()),
    );
    assert_eq!(
        (reply.status, reply.codes()),
        (409, vec!["not-made".to_owned()])
    );
}

/// The clock stands at 10:00 in UTC on Friday, the 20th of November 2026: 05:00 in New York, whose clocks went
/// back on the 1st and go forward on the 14th of March.
#[test]
fn schedules_say_when_they_run_next() {
    let world = World::new("schedules");
    let template = template(&world, "command-center");
    let made = |schedule: Value| {
        let mut body = json!({"template_id": template, "name": "x"});
        let fields = schedule.as_object().expect("an object").clone();
        body.as_object_mut().expect("an object").extend(fields);
        world.post(ANN, "/api/v1/scheduled-reports", body)
    };
    for (schedule, next) in [
        (json!({"frequency": "daily"}), "2026-11-20 13:00:00"),
        (
            json!({"frequency": "daily", "time_of_day": "04:59"}),
            "2026-11-21 09:59:00",
        ),
        (
            json!({"frequency": "daily", "timezone": "UTC"}),
            "2026-11-21 08:00:00",
        ),
        (
            json!({"frequency": "weekly", "day_of_week": 1, "timezone": "UTC"}),
            "2026-11-23 08:00:00",
        ),
        (
            json!({"frequency": "monthly", "day_of_month": 31, "timezone": "UTC"}),
            "2026-11-30 08:00:00",
        ),
    ] {
        let row = made(schedule.clone());
        assert_eq!(row["next_send_at"], next, "{schedule}");
        let paused = format!("/api/v1/scheduled-reports/{}", row["id"]);
        let reply = world.call(ANN, "PATCH", &paused, Some(r#"{"is_active": false}"#));
        assert_eq!(
            reply.json()["next_send_at"],
            Value::Null,
            "{}",
            reply.text()
        );
    }
    let row = made(json!({"frequency": "monthly", "day_of_month": 31, "time_of_day": "08:30"}));
    let runs = world.get(
        ANN,
        &format!("/api/v1/scheduled-reports/{}/runs?count=5", row["id"]),
    );
    assert_eq!(
        runs["runs"],
        json!([
            "2026-11-30 13:30:00+00",
            "2026-12-31 13:30:00+00",
            "2027-01-31 13:30:00+00",
            "2027-02-28 13:30:00+00",
            "2027-03-31 12:30:00+00"
        ])
    );
    let weekly = made(json!({"frequency": "weekly", "day_of_week": 1, "time_of_day": "08:30"}));
    let runs = world.get(
        ANN,
        &format!("/api/v1/scheduled-reports/{}/runs?count=1", weekly["id"]),
    );
    assert_eq!(runs["cron"], json!(["0 30 8 * * 1"]));
    for wrong in [
        json!({"frequency": "weekly"}),
        json!({"frequency": "hourly"}),
        json!({"frequency": "daily", "timezone": "Mars/Base"}),
        json!({"frequency": "monthly", "day_of_month": 32}),
    ] {
        let mut body = json!({"template_id": template, "name": "x"});
        let fields = wrong.as_object().expect("an object").clone();
        body.as_object_mut().expect("an object").extend(fields);
        let reply = world.call(
            ANN,
            "POST",
            "/api/v1/scheduled-reports",
            Some(&body.to_string()),
        );
        assert!(
            matches!(reply.status, 400 | 422),
            "{wrong}: {}",
            reply.text()
        );
        reply.codes();
    }
}

#[test]
fn a_dashboard_shows_what_is_pinned_and_what_is_wrong_in_its_place() {
    let world = World::new("dashboards");
    world.rule(ANN, "campaign_name", "include", json!([205]));
    let dashboard = world.make(ANN, "/api/v1/dashboards", json!({"name": "Mine"}));
    let pin = |order: i64, request: Value| {
        world.make(
            ANN,
            "/api/v1/dashboard-widgets",
            json!({"dashboard_id": dashboard, "widget_type": "metric_card", "title": "x", "sort_order": order,
                   "widget_config": {"request": request}, "position": {"x": 0, "y": 0, "w": 2, "h": 2}}),
        )
    };
    pin(
        2,
        json!({"source": "order_summary", "metrics": ["revenue"]}),
    );
    pin(1, json!({"metrics": ["revenu"]}));
    pin(
        3,
        json!({"source": "hourly_revenue", "metrics": ["today_revenue"]}),
    );
    // Nobody pins anything on a dashboard of somebody else.
    let foreign = json!({"dashboard_id": dashboard, "widget_type": "metric_card", "widget_config": {},
                         "position": {}});
    let reply = world.call(
        BOB,
        "POST",
        "/api/v1/dashboard-widgets",
        Some(&foreign.to_string()),
    );
    assert_eq!(
        (reply.status, reply.codes()),
        (409, vec!["not-made".to_owned()])
    );

    let target = format!("/api/v1/dashboards/{dashboard}/run");
    let shown = world.post(
        ANN,
        &target,
        json!({"toggles": {"approval_mode": "organic"}}),
    );
    let widgets = shown["widgets"].as_array().expect("widgets");
    let codes: Vec<&Value> = widgets
        .iter()
        .map(|widget| &widget["errors"][0]["code"])
        .collect();
    assert_eq!(
        codes,
        [
            &json!("unknown-metric"),
            &Value::Null,
            &json!("access-dimension-unavailable")
        ]
    );
    let by_hand = world.by_hand(
        "SELECT trim_scale(sum(revenue)) FROM reporting.order_summary_1
         WHERE client_id = 1 AND campaign_id = 205",
    );
    assert_eq!(rows_of(&shown["answers"][0]), by_hand);
    assert_eq!(world.call(BOB, "POST", &target, Some("{}")).status, 404);
}
