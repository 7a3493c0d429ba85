//! The description says what the router does, and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::people::ROOT;
use super::world::World;

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// The methods of each path, as the service describes them.
pub fn described(world: &World) -> BTreeMap<String, BTreeSet<String>> {
    let document = world.raw("GET", "/openapi.json", &[], None).json();
    let paths = document["paths"].as_object().expect("paths");
    let methods = |path: &Value| path.as_object().expect("methods").keys().cloned().collect();
    paths
        .iter()
        .map(|(path, value)| (path.clone(), methods(value)))
        .collect()
}

/// A path with something in the place of its parameters.
fn filled(path: &str) -> String {
    path.replace("{id}", "1")
        .replace("{template}", "x")
        .replace("{dimension}", "x")
        .replace("{user_id}", "x")
}

/// Asked over HTTP: what is described is there, and what is not described is not.
#[test]
fn the_router_has_the_methods_that_are_described() {
    let world = World::new("description");
    let described = described(&world);
    assert!(described.len() > 25, "{described:?}");
    for (path, methods) in &described {
        let target = filled(path);
        assert!(!target.contains('{'), "{path}");
        for method in METHODS {
            let reply = world.call(ROOT, &method.to_uppercase(), &target, Some("{"));
            let is_there = reply.status != 405;
            assert_eq!(
                is_there,
                methods.contains(method),
                "{method} {path}: {}",
                reply.text()
            );
            if !is_there {
                assert_eq!(reply.codes(), ["method"]);
            }
        }
    }
    // The other way: the source of every module names no path that the description lacks.
    let folder = measurand_tests::support::root().join("examples/service/src");
    let mut named = BTreeSet::new();
    for file in std::fs::read_dir(folder).expect("the sources") {
        let text = std::fs::read_to_string(file.expect("a file").path()).expect("a source");
        assert!(!text.contains(".route(") || text.contains("for endpoint in endpoints()"));
        let strings = text.split('"').skip(1).step_by(2);
        named.extend(
            strings
                .filter(|each| each.starts_with("/api/"))
                .map(str::to_owned),
        );
    }
    for path in named {
        assert!(described.contains_key(&path), "{path} is not described");
    }
}

/// What is no endpoint is refused like everything else.
#[test]
fn other_paths_are_not_found() {
    let world = World::new("other_paths");
    for path in [
        "/",
        "/api/v1",
        "/api/v1/reports/",
        "/api/v2/reports",
        "/%00",
        "/..%2f..%2fetc",
    ] {
        let reply = world.call(ROOT, "GET", path, None);
        assert_eq!(
            (reply.status, reply.codes()),
            (404, vec!["not-found".to_owned()]),
            "{path}"
        );
    }
}

#[test]
fn the_description_is_well_formed() {
    let world = World::new("well_formed");
    let document = world.raw("GET", "/openapi.json", &[], None).json();
    assert_eq!(document["openapi"], "3.1.0");
    for (path, methods) in document["paths"].as_object().expect("paths") {
        for (method, operation) in methods.as_object().expect("methods") {
            let what = format!("{method} {path}");
            let summary = operation["summary"].as_str().expect(&what);
            assert!(summary.ends_with('.'), "{what}: {summary}");
            let parameters = operation["parameters"].as_array().expect(&what);
            let in_path = |each: &&Value| each["in"] == "path";
            assert_eq!(
                parameters.iter().filter(in_path).count(),
                path.matches('{').count(),
                "{what}"
            );
            let public = ["/health", "/openapi.json"].contains(&path.as_str());
            let says_who = parameters.iter().any(|each| each["name"] == "x-client-id");
            assert_eq!(says_who, !public, "{what}");
            if ["patch", "put"].contains(&method.as_str()) {
                assert!(operation["requestBody"].is_object(), "{what}");
            }
        }
    }
}
