//! Two users with different rules never see each other's rows: all endpoints, byte by byte.
//!
//! Every hidden row carries a marker. What each user is shown is what an unrestricted user is shown in a
//! database whose hidden rows were deleted, and no marker of the other one is in any byte of any response.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::description::described;
use super::http::Reply;
use super::people::{ANN, BOB, Person, ROOT};
use super::world::World;

/// Labels, states and addresses say whose row it is: of campaign 101 Ann's, of 205 Bob's, of all others nobody's.
const MARKS: &str = "
UPDATE public.campaigns SET campaign_name = CASE WHEN client_id = 2 THEN 'of-nobody'
    WHEN campaign_id = 101 THEN 'of-ann' WHEN campaign_id = 205 THEN 'of-bob' ELSE 'of-nobody' END;
UPDATE reporting.order_details_1 SET
    bill_state = CASE WHEN client_id = 2 THEN 'of-nobody'
        WHEN campaign_id = 101 THEN 'of-ann' WHEN campaign_id = 205 THEN 'of-bob' ELSE 'of-nobody' END,
    bill_email = CASE WHEN client_id = 2 THEN 'of-nobody'
        WHEN campaign_id = 101 THEN 'of-ann' WHEN campaign_id = 205 THEN 'of-bob' ELSE 'of-nobody' END
        || order_id || '@example.com';
UPDATE reporting.order_summary_1 SET affid = CASE WHEN client_id = 2 THEN 'of-nobody'
        WHEN campaign_id = 101 THEN 'of-ann' WHEN campaign_id = 205 THEN 'of-bob' ELSE 'of-nobody' END;
";

/// What is left when all is deleted that a user must not see.
fn left(campaign: i64) -> String {
    let tables = [
        ("order_summary_1", "campaign_id"),
        ("order_details_1", "campaign_id"),
        ("cohort_summary_1", "trial_campaign_id"),
        ("decline_recovery_1", "campaign_id"),
    ];
    let delete = |(table, column): (&str, &str)| {
        format!("DELETE FROM reporting.{table} WHERE {column} IS DISTINCT FROM {campaign};\n")
    };
    let rows: String = tables.into_iter().map(delete).collect();
    format!(
        "{rows}DELETE FROM public.campaigns WHERE client_id = 1 AND campaign_id <> {campaign};\n"
    )
}

/// The rows of one user.
#[derive(Clone, Copy)]
struct Own {
    view: i64,
    preset: i64,
    dashboard: i64,
    widget: i64,
    schedule: i64,
    table: i64,
    export: i64,
}

/// A world in which both users have rows of every kind, and a table that everybody sees.
struct Fixture {
    world: World,
    ann: Own,
    bob: Own,
    shared: i64,
    rule: i64,
}

fn fixture(name: &str, script: &str, has_rules: bool) -> Fixture {
    let world = World::with(name, &format!("{MARKS}{script}"));
    let mut rules = [0, 0];
    if has_rules {
        rules[0] = world.rule(ANN, "campaign_name", "include", json!([101]));
        rules[1] = world.rule(BOB, "campaign_name", "include", json!([205]));
    }
    let definition = |name: &str| {
        json!({"name": name, "dataSources": ["order_details"], "columns": ["order_id", "bill_email", "campaign_name"],
               "sortBy": [{"field": "order_id"}]})
    };
    let shared = world.make(ROOT, "/api/v1/tables", definition("Everybody's"));
    world.post(
        ROOT,
        &format!("/api/v1/tables/{shared}/share"),
        json!({"visibility": "ORG"}),
    );
    let template = template(&world, "revenue-analytics");
    let own = |who: Person| {
        let name = format!("of-{}", who.user);
        let filters = json!({"filters": [{"dimension": "affid", "op": "neq", "values": [name]}]});
        let dashboard = world.make(who, "/api/v1/dashboards", json!({"name": name}));
        Own {
            view: world.make(
                who,
                "/api/v1/saved-views",
                json!({"template_id": template, "name": name, "filters": filters}),
            ),
            preset: world.make(who, "/api/v1/filter-presets", json!({"name": name, "filters": filters})),
            dashboard,
            widget: world.make(
                who,
                "/api/v1/dashboard-widgets",
                json!({"dashboard_id": dashboard, "widget_type": "data_table", "title": name,
                       "widget_config": {"request": {"source": "order_summary", "metrics": ["revenue", "approvals"],
                                                     "dimensions": ["affid", "campaign_name"]}},
                       "position": {"x": 0, "y": 0, "w": 2, "h": 2}}),
            ),
            schedule: world.make(
                who,
                "/api/v1/scheduled-reports",
                json!({"template_id": template, "name": name, "frequency": "daily"}),
            ),
            table: world.make(who, "/api/v1/tables", definition(&name)),
            export: world.make(
                who,
                "/api/v1/exports",
                json!({"definition": "orders", "request": {"date_range": {"start": "2026-01-01", "end": "2026-11-20"}}}),
            ),
        }
    };
    let (ann, bob) = (own(ANN), own(BOB));
    Fixture {
        ann,
        bob,
        shared,
        rule: rules[1],
        world,
    }
}

fn template(world: &World, key: &str) -> i64 {
    let reports = world.get(ROOT, "/api/v1/reports");
    let mut reports = reports.as_array().expect("a list").iter();
    let found = reports.find(|report| report["key"] == key);
    found
        .and_then(|report| report["id"].as_i64())
        .expect("a template")
}

/// A call of an endpoint.
struct Call {
    method: &'static str,
    target: String,
    body: Option<Value>,
}

impl Call {
    fn by(&self, who: Person, world: &World) -> Reply {
        let body = self.body.as_ref().map(Value::to_string);
        world.call(who, self.method, &self.target, body.as_deref())
    }
}

fn call(method: &'static str, target: impl Into<String>, body: Option<Value>) -> Call {
    Call {
        method,
        target: target.into(),
        body,
    }
}

const TEMPLATES: [&str; 11] = [
    "command-center",
    "real-time-pulse",
    "revenue-analytics",
    "subscription-intelligence",
    "customer-lifecycle",
    "churn-analysis",
    "payment-health-recovery",
    "channel-acquisition",
    "financial-performance",
    "product-plan-performance",
    "transaction-explorer",
];

/// What an endpoint shows.
enum Shows {
    /// Rows that reports are about: compared with what is left.
    Data(Vec<Call>),
    /// Rows of users, or what administrators see: nothing of the other one.
    Kept(Vec<Call>),
    /// The same for everybody.
    Same(Vec<Call>),
}

/// What is called of each endpoint by a user, who has the first rows; the other ones are the other user's. An
/// endpoint that is not here fails the test.
fn shown(method: &str, path: &str, fixture: &Fixture, own: &Own, other: &Own) -> Option<Shows> {
    let get = |target: String| call("GET", target, None);
    let post = |target: String, body: Value| call("POST", target, Some(body));
    let run = |target: String| call("POST", target, None);
    let item = |id: i64| path.replace("{id}", &id.to_string());
    let both = |mine: i64, theirs: i64| {
        let make: &'static str = match method {
            "patch" => "PATCH",
            "delete" => "DELETE",
            _ => "GET",
        };
        let body = (method == "patch").then(|| json!({"is_active": true, "frequency": "daily"}));
        // Of what is theirs everything is tried, of what is one's own only reading: it is needed again.
        let theirs = call(make, item(theirs), body);
        Shows::Kept(vec![get(item(mine)), theirs])
    };
    let sales = json!({"source": "order_summary", "metrics": ["revenue", "approval_rate"]});
    let with = |more: Value| {
        let mut request = sales.clone();
        let fields = more.as_object().expect("an object").clone();
        request.as_object_mut().expect("an object").extend(fields);
        request
    };
    Some(match (method, path) {
        ("get", "/health" | "/openapi.json" | "/api/v1/reports" | "/api/v1/dimensions") => {
            Shows::Same(vec![get(path.to_owned())])
        }
        // Columns alone, without a row.
        ("get", "/api/v1/export-definitions") => Shows::Same(vec![get(path.to_owned())]),
        ("post", "/api/v1/reports/{template}/run") => {
            let mut calls: Vec<Call> = TEMPLATES
                .iter()
                .map(|key| post(path.replace("{template}", key), json!({"date_range": {"from": "2025-11-01", "to": "2026-11-20"}})))
                .collect();
            let (view, preset) = (own.view, own.preset);
            let under = format!("/api/v1/reports/revenue-analytics/run?view_id={view}&preset_id={preset}");
            calls.push(post(under, json!({})));
            Shows::Data(calls)
        }
        ("post", "/api/v1/query") => Shows::Data(
            [
                sales.clone(),
                with(json!({"dimensions": ["campaign_name", "affid"], "totals": true})),
                with(json!({"dimensions": ["affid"], "top": {"n": 1, "by": "revenue", "other": true}})),
                with(json!({"dimensions": [{"dimension": "date", "grain": "month"}],
                            "compare": {"to": "previous_year"}, "date_range": {"preset": "this_year"}})),
                with(json!({"filters": {"dimension": "affid", "op": "contains", "values": ["of-"]}})),
                json!({"kind": "count", "source": "order_details", "columns": ["bill_email"]}),
                json!({"kind": "rows", "source": "order_details", "limit": 40,
                       "columns": ["order_id", "bill_email", "bill_state", "campaign_name"]}),
                json!({"kind": "values", "source": "order_details", "dimension": "bill_state", "search": "of-"}),
                json!({"kind": "values", "dimension": "campaign_name", "from": "lookup"}),
            ]
            .into_iter()
            .map(|request| post(path.to_owned(), request))
            .collect(),
        ),
        ("get", "/api/v1/values/{dimension}") => Shows::Data(
            ["campaign_name", "campaign_name?search=of", "bill_state?source=order_details&limit=2000&search=of", "affid",
             "bill_state?source=order_details", "product_name"]
                .into_iter()
                .map(|rest| get(format!("/api/v1/values/{rest}")))
                .collect(),
        ),
        ("post", "/api/v1/dashboards/{id}/run") => {
            Shows::Data(vec![post(item(own.dashboard), json!({"date_range": {"preset": "this_year"}}))])
        }
        ("post", "/api/v1/tables/{id}/execute" | "/api/v1/tables/{id}/refresh") => {
            Shows::Data(vec![run(item(fixture.shared)), run(item(own.table))])
        }
        ("post", "/api/v1/tables/{id}/export") => {
            Shows::Data(vec![run(item(fixture.shared)), run(item(own.table))])
        }
        ("post", "/api/v1/exports/{id}/run") => Shows::Data(vec![run(item(own.export))]),
        ("get", "/api/v1/scheduled-reports/{id}/runs") => both(own.schedule, other.schedule),
        ("get" | "patch" | "delete", "/api/v1/saved-views/{id}") => both(own.view, other.view),
        ("get" | "patch" | "delete", "/api/v1/filter-presets/{id}") => both(own.preset, other.preset),
        ("get" | "patch" | "delete", "/api/v1/dashboards/{id}") => both(own.dashboard, other.dashboard),
        ("get" | "patch" | "delete", "/api/v1/dashboard-widgets/{id}") => both(own.widget, other.widget),
        ("get" | "patch" | "delete", "/api/v1/scheduled-reports/{id}") => both(own.schedule, other.schedule),
        ("get" | "delete", "/api/v1/exports/{id}") => both(own.export, other.export),
        ("get" | "delete", "/api/v1/tables/{id}") => both(own.table, other.table),
        ("put", "/api/v1/tables/{id}") => {
            let body = json!({"name": "x", "dataSources": ["order_details"], "columns": ["bill_email"]});
            Shows::Kept(vec![call("PUT", item(other.table), Some(body))])
        }
        ("post", "/api/v1/tables/{id}/clone") => {
            Shows::Kept(vec![post(item(other.table), json!({"name": "x"}))])
        }
        ("post", "/api/v1/tables/{id}/share") => {
            Shows::Kept(vec![post(item(other.table), json!({"visibility": "ORG"}))])
        }
        ("post", "/api/v1/tables/{id}/schedule") => {
            Shows::Kept(vec![post(item(other.table), json!({"scheduleConfig": null}))])
        }
        // With a limit, an order and, by the name of the other user, a condition that finds nothing.
        ("get", "/api/v1/saved-views" | "/api/v1/filter-presets" | "/api/v1/dashboards"
            | "/api/v1/dashboard-widgets" | "/api/v1/scheduled-reports" | "/api/v1/exports" | "/api/v1/tables") => {
            Shows::Kept(vec![get(path.to_owned()), get(format!("{path}?limit=1000&descending=true"))])
        }
        // What is made names what is the other one's.
        ("post", "/api/v1/saved-views" | "/api/v1/filter-presets" | "/api/v1/dashboards"
            | "/api/v1/scheduled-reports" | "/api/v1/exports" | "/api/v1/tables") => {
            Shows::Kept(vec![post(path.to_owned(), json!({"name": "x", "id": other.view}))])
        }
        ("post", "/api/v1/dashboard-widgets") => Shows::Kept(vec![post(
            path.to_owned(),
            json!({"dashboard_id": other.dashboard, "widget_type": "chart", "widget_config": {}, "position": {}}),
        )]),
        ("get" | "post", "/api/v1/access/rules") | ("get", "/api/v1/access/audit") => {
            let make = if method == "get" { "GET" } else { "POST" };
            Shows::Kept(vec![call(make, path, (method == "post").then(|| json!({})))])
        }
        ("get" | "patch" | "delete", "/api/v1/access/rules/{id}") => both(fixture.rule, fixture.rule),
        ("get", "/api/v1/access/users/{user_id}") => {
            Shows::Kept(vec![get(path.replace("{user_id}", "bob")), get(path.replace("{user_id}", "ann"))])
        }
        _ => return None,
    })
}

/// Everything that is called of every endpoint by one user.
fn all(fixture: &Fixture, own: &Own, other: &Own) -> Vec<(String, Shows)> {
    let mut all = Vec::new();
    for (path, methods) in described(&fixture.world) {
        for method in methods {
            let what = format!("{method} {path}");
            let shows = shown(&method, &path, fixture, own, other);
            all.push((
                what.clone(),
                shows.unwrap_or_else(|| panic!("{what} is not tested")),
            ));
        }
    }
    all
}

fn data(fixture: &Fixture, own: &Own, other: &Own) -> Vec<Call> {
    let calls = all(fixture, own, other)
        .into_iter()
        .filter_map(|(_, shows)| match shows {
            Shows::Data(calls) => Some(calls),
            Shows::Kept(_) | Shows::Same(_) => None,
        });
    calls.flatten().collect()
}

/// What a reply shows, by widget where there are several answers. A widget that is refused shows nothing.
fn figures(reply: &Reply) -> BTreeMap<String, String> {
    let whole = |text: String| BTreeMap::from([(String::new(), text)]);
    if reply.head.contains("content-type: text/csv") {
        return whole(reply.text().to_owned());
    }
    let json = reply.json();
    let Some(widgets) = json["widgets"].as_array() else {
        let rows = &json.get("answer").unwrap_or(&json)["rows"];
        assert!(rows.is_array(), "{json}");
        return whole(rows.to_string());
    };
    let answered = widgets.iter().filter_map(|widget| {
        let at = usize::try_from(widget["statement"].as_u64()?).ok()?;
        let rows = &json["answers"][at]["rows"];
        assert!(rows.is_array(), "{json}");
        Some((widget["id"].to_string(), rows.to_string()))
    });
    answered.collect()
}

#[track_caller]
fn shows_nothing_hidden(who: Person, reply: &Reply, what: &str) {
    let bytes = String::from_utf8_lossy(&reply.body).into_owned() + &reply.head;
    let hidden = if who.user == "ann" {
        ["of-bob", "of-nobody"]
    } else {
        ["of-ann", "of-nobody"]
    };
    for marker in hidden {
        assert!(
            !bytes.contains(marker),
            "{what} shows {} {marker}: {bytes}",
            who.user
        );
    }
}

/// The same call gone wrong, once where it is read and once where it is understood, tells nothing either.
fn refuses_without_hidden(who: Person, call: &Call, world: &World) {
    let Some(Value::Object(fields)) = &call.body else {
        return;
    };
    for (field, value) in [
        ("zzz", json!(1)),
        (
            "filters",
            json!([{"dimension": "campaign_name", "op": "in", "values": ["x"]}]),
        ),
    ] {
        let mut body = fields.clone();
        body.insert(field.to_owned(), value);
        let body = Value::Object(body).to_string();
        let reply = world.call(who, call.method, &call.target, Some(&body));
        let what = format!("{} {body}", call.target);
        assert!(reply.status < 500, "{what}: {}", reply.text());
        assert!(
            field != "zzz" || reply.status == 400,
            "{what}: {}",
            reply.text()
        );
        shows_nothing_hidden(who, &reply, &what);
    }
}

#[test]
fn every_endpoint_shows_each_user_what_their_rules_leave() {
    let fixture = fixture("isolation", "", true);
    let users = [
        (ANN, fixture.ann, fixture.bob, "left_of_ann", 101),
        (BOB, fixture.bob, fixture.ann, "left_of_bob", 205),
    ];
    let mut differing = BTreeSet::new();
    let mut compared = 0;
    let mut seen: [BTreeMap<String, String>; 2] = Default::default();
    for (at, (who, own, other, name, campaign)) in users.into_iter().enumerate() {
        let left = self::fixture(name, &left(campaign), false);
        for (what, shows) in all(&fixture, &own, &other) {
            match shows {
                Shows::Data(calls) => {
                    for call in calls {
                        let what = format!("{what} {} {:?}", call.target, call.body);
                        let (found, expected) =
                            (call.by(who, &fixture.world), call.by(who, &left.world));
                        assert_eq!(found.status, 200, "{what}: {}", found.text());
                        assert_eq!(expected.status, 200, "{what}: {}", expected.text());
                        shows_nothing_hidden(who, &found, &what);
                        refuses_without_hidden(who, &call, &fixture.world);
                        let expected = figures(&expected);
                        for (widget, figures) in figures(&found) {
                            assert_eq!(
                                Some(&figures),
                                expected.get(&widget),
                                "{} {what} {widget}",
                                who.user
                            );
                            compared += 1;
                            // Ids of rows of users differ; the question is the same one.
                            let key = format!("{} {:?} {widget}", call.target, call.body);
                            seen[at].insert(key, figures);
                        }
                    }
                }
                Shows::Kept(calls) => {
                    for call in calls {
                        let reply = call.by(who, &fixture.world);
                        let what = format!("{what} {}", call.target);
                        assert!(reply.status < 500, "{what}: {}", reply.text());
                        shows_nothing_hidden(who, &reply, &what);
                        if reply.status >= 400 {
                            reply.codes();
                        }
                    }
                }
                Shows::Same(calls) => {
                    for call in calls {
                        let reply = call.by(who, &fixture.world);
                        assert_eq!(reply.status, 200, "{what}");
                        shows_nothing_hidden(who, &reply, &what);
                    }
                }
            }
        }
    }
    assert!(compared > 250, "{compared}");
    for (what, figures) in &seen[0] {
        if seen[1].get(what).is_some_and(|other| other != figures) {
            differing.insert(what);
        }
    }
    // The two are shown different rows nearly everywhere: it is not that nobody is shown anything.
    assert!(differing.len() > 80, "{}", differing.len());
    // What was tried on rows of the other one left them as they were.
    for (who, own) in [(ANN, fixture.ann), (BOB, fixture.bob)] {
        for target in [
            format!("/api/v1/saved-views/{}", own.view),
            format!("/api/v1/filter-presets/{}", own.preset),
            format!("/api/v1/dashboards/{}", own.dashboard),
            format!("/api/v1/scheduled-reports/{}", own.schedule),
            format!("/api/v1/tables/{}", own.table),
        ] {
            let row = fixture.world.get(who, &target);
            assert_eq!(row["name"], format!("of-{}", who.user), "{target}");
        }
        fixture
            .world
            .get(who, &format!("/api/v1/dashboard-widgets/{}", own.widget));
        fixture
            .world
            .get(who, &format!("/api/v1/exports/{}", own.export));
    }
}

/// Asked in turn and at the same time, each gets what they got alone.
#[test]
fn answers_do_not_depend_on_who_asks_beside() {
    let fixture = fixture("beside", "", true);
    let of = |who: Person| {
        let (own, other) = match who.user {
            "ann" => (fixture.ann, fixture.bob),
            _ => (fixture.bob, fixture.ann),
        };
        data(&fixture, &own, &other)
    };
    let alone = |who: Person| -> Vec<(Call, Vec<u8>)> {
        let calls = of(who).into_iter();
        calls
            .map(|call| {
                let body = call.by(who, &fixture.world).body;
                (call, body)
            })
            .collect()
    };
    let (ann, bob) = (alone(ANN), alone(BOB));
    assert!(ann.len() > 30, "{}", ann.len());
    for ((of_ann, first), (of_bob, second)) in ann.iter().zip(&bob) {
        assert!(
            of_ann.by(ANN, &fixture.world).body == *first,
            "{}",
            of_ann.target
        );
        assert!(
            of_bob.by(BOB, &fixture.world).body == *second,
            "{}",
            of_bob.target
        );
    }
    std::thread::scope(|scope| {
        for (who, calls) in [(ANN, &ann), (BOB, &bob)] {
            let world = &fixture.world;
            scope.spawn(move || {
                for round in 0..3 {
                    for (call, expected) in calls {
                        let reply = call.by(who, world);
                        let what = format!("{} {} in round {round}", who.user, call.target);
                        assert_eq!(reply.status, 200, "{what}: {}", reply.text());
                        assert!(reply.body == *expected, "{what}: {}", reply.text());
                        shows_nothing_hidden(who, &reply, &what);
                    }
                }
            });
        }
    });
}
