//! Every stock template, run for users with different rules: their figures are what SQL by hand finds.

use serde_json::{Value, json};

use super::people::{ANN, BOB, EVE, Person, ROOT};
use super::world::{World, rows_of};

/// The rule of each user, and the same rule as a condition written by hand.
const USERS: [(Person, &str, &str, &[i64], &str); 3] = [
    (
        ANN,
        "campaign_name",
        "include",
        &[101, 205],
        "campaign_id IN (101, 205)",
    ),
    (BOB, "product_name", "exclude", &[42], "product_id <> 42"),
    (
        EVE,
        "gateway_alias",
        "include",
        &[1001],
        "gateway_id = 1001",
    ),
];

/// The thirty days of the templates, and those before.
const DAYS: &str = "date > DATE '2026-10-21' AND date <= DATE '2026-11-20'";
const BEFORE: &str = "date > DATE '2026-09-21' AND date <= DATE '2026-10-21'";

/// Reports of whose sources none can tell what a user's rule hides: hours know neither campaigns nor products
/// nor gateways, and cohorts no gateways of orders.
const SILENT: [(&str, &str); 4] = [
    ("real-time-pulse", "ann"),
    ("real-time-pulse", "bob"),
    ("real-time-pulse", "eve"),
    ("customer-lifecycle", "eve"),
];

fn world(name: &str) -> World {
    let world = World::new(name);
    for (person, dimension, access_type, values, _) in USERS {
        world.rule(person, dimension, access_type, json!(values));
    }
    world
}

fn widget<'r>(report: &'r Value, id: &str) -> &'r Value {
    let mut widgets = report["widgets"].as_array().expect("widgets").iter();
    let found = widgets.find(|widget| widget["id"] == id);
    found.unwrap_or_else(|| panic!("no widget {id}"))
}

/// The answer of a widget.
fn answer<'r>(report: &'r Value, id: &str) -> &'r Value {
    let at = widget(report, id)["statement"].as_u64();
    let at = at.unwrap_or_else(|| panic!("{id}: {}", widget(report, id)));
    &report["answers"][usize::try_from(at).expect("a position")]
}

#[test]
fn every_template_is_shown_to_users_with_different_rules() {
    let world = world("templates");
    let templates = world.get(ANN, "/api/v1/reports");
    let templates = templates.as_array().expect("a list");
    assert_eq!(templates.len(), 11);
    for template in templates {
        let key = template["key"].as_str().expect("a key");
        let target = format!("/api/v1/reports/{key}/run");
        let everything = world.post(ROOT, &target, json!({}));
        let mut seen: Vec<String> = Vec::new();
        for (person, ..) in USERS {
            let report = world.post(person, &target, json!({}));
            let what = format!("{key} of {}", person.user);
            assert_eq!(report["name"], template["name"], "{what}");
            assert_eq!(report["errors"], Value::Null, "{what}");
            let widgets = report["widgets"].as_array().expect("widgets");
            assert_eq!(
                widgets.len(),
                everything["widgets"].as_array().expect("widgets").len()
            );
            let mut answered = 0;
            for widget in widgets {
                let what = format!("{what}: {}", widget["id"]);
                match widget["statement"].as_u64() {
                    Some(at) => {
                        let answer = &report["answers"][usize::try_from(at).expect("a position")];
                        assert!(answer["rows"].is_array(), "{what}: {answer}");
                        answered += 1;
                    }
                    // A source that cannot tell what is hidden shows nothing.
                    None => {
                        let codes = widget["errors"].as_array().expect(&what).iter();
                        let codes: Vec<&Value> = codes.map(|error| &error["code"]).collect();
                        assert!(
                            codes
                                .iter()
                                .all(|code| *code == "access-dimension-unavailable"),
                            "{what}: {codes:?}"
                        );
                    }
                }
            }
            let is_silent = SILENT.contains(&(key, person.user));
            assert_eq!(answered == 0, is_silent, "{what}");
            seen.push(report["answers"].to_string());
        }
        seen.push(everything["answers"].to_string());
        if key != "real-time-pulse" {
            seen.sort();
            seen.dedup();
            assert_eq!(seen.len(), 4, "{key} shows two users the same");
        }
    }
}

#[test]
fn cards_are_what_sql_by_hand_finds() {
    let world = world("cards");
    let everybody = USERS.iter().map(|(person, .., rule)| (*person, *rule));
    for (person, rule) in everybody.chain([(ROOT, "true")]) {
        let report = world.post(person, "/api/v1/reports/command-center/run", json!({}));
        let by_hand = world.by_hand(&format!(
            "WITH now AS (SELECT sum(revenue) AS revenue, sum(approvals) AS approvals, sum(attempts) AS attempts,
                                 sum(cb) AS cb
                          FROM reporting.order_summary_1 WHERE client_id = 1 AND {rule} AND {DAYS}),
                  before AS (SELECT sum(revenue) AS revenue, sum(approvals) AS approvals,
                                    sum(attempts) AS attempts, sum(cb) AS cb
                             FROM reporting.order_summary_1 WHERE client_id = 1 AND {rule} AND {BEFORE})
             SELECT trim_scale(now.revenue), trim_scale(before.revenue),
                    trim_scale(now.revenue - before.revenue), now.approvals, before.approvals,
                    now.cb, before.cb
             FROM now, before"
        ));
        let figures = |id: &str, keys: &[&str]| -> Vec<String> {
            let answer = answer(&report, id);
            let columns = answer["columns"].as_array().expect("columns");
            let row = &rows_of(answer)[0];
            let at = |key: &&str| {
                let found = columns.iter().position(|column| column["key"] == **key);
                row[found.unwrap_or_else(|| panic!("{key}: {answer}"))].clone()
            };
            keys.iter().map(at).collect()
        };
        let mut found = figures(
            "revenue",
            &["revenue", "revenue.previous", "revenue.change"],
        );
        found.extend(figures(
            "approval-rate",
            &["approvals", "approvals.previous"],
        ));
        found.extend(figures("cb", &["cb", "cb.previous"]));
        assert_eq!(found, by_hand[0], "{}", person.user);
    }
}

/// A saved view and a preset lie under the report, and neither widens what is seen.
#[test]
fn views_and_presets_narrow_a_report() {
    let world = world("layers");
    let reports = world.get(ANN, "/api/v1/reports");
    let mut reports = reports.as_array().expect("a list").iter();
    let id = reports.find(|report| report["key"] == "revenue-analytics");
    let id = id.and_then(|report| report["id"].as_i64()).expect("an id");
    let view = world.make(
        ANN,
        "/api/v1/saved-views",
        json!({"template_id": id, "name": "November", "toggles": {"approval_mode": "organic"},
               "filters": {"date_range": {"from": "2026-11-01", "to": "2026-11-20"}}}),
    );
    let preset = world.make(
        BOB,
        "/api/v1/filter-presets",
        json!({"name": "Two", "is_shared": true, "filters": {"filters":
               [{"dimension": "campaign_name", "op": "in", "values": [205, 306]}]}}),
    );
    let target = format!("/api/v1/reports/revenue-analytics/run?view_id={view}&preset_id={preset}");
    let report = world.post(ANN, &target, json!({}));
    let found = rows_of(answer(&report, "approvals"))[0][0].clone();
    let by_hand = world.by_hand(
        "SELECT sum(approvals_organic) FROM reporting.order_summary_1
         WHERE client_id = 1 AND campaign_id = 205 AND date >= '2026-11-01' AND date <= '2026-11-20'",
    );
    assert_eq!(found, by_hand[0][0]);
    // Bob may use his own preset, and not Ann's view.
    let reply = world.call(BOB, "POST", &target, Some("{}"));
    assert_eq!(reply.status, 404, "{}", reply.text());
    // A view is of its template alone.
    let other = format!("/api/v1/reports/command-center/run?view_id={view}");
    let reply = world.call(ANN, "POST", &other, Some("{}"));
    assert_eq!(
        (reply.status, reply.codes()),
        (404, vec!["foreign-row".to_owned()])
    );
}
