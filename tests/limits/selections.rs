//! What a request selects, and how much of it is shown.

use measurand_tests::support::definitions::{base, catalog};
use serde_json::{Value, json};

use super::{Input, Row, revenue};

pub(super) const ROWS: &[Row] = &[
    Row("selected_items", &[3, 200], |count| {
        selected(count, |keys| json!({"metrics": keys}), "request.metrics")
    }),
    Row("selected_items", &[3, 200], |count| {
        let request = |keys: Vec<String>| {
            let keys: Vec<String> = keys.iter().map(|key| key.replace('m', "d")).collect();
            json!({"dimensions": keys})
        };
        selected(count, request, "request.dimensions")
    }),
    Row("selected_items", &[3, 200], |count| {
        let request = |keys: Vec<String>| {
            let keys: Vec<String> = keys.iter().map(|key| key.replace('m', "d")).collect();
            json!({"kind": "rows", "columns": keys})
        };
        selected(count, request, "request.columns")
    }),
    Row("selected_items", &[3, 200], |count| {
        let request = |keys: Vec<String>| {
            let metrics: Vec<&String> = keys.iter().take(shown(count)).collect();
            json!({"metrics": metrics, "shares": keys})
        };
        selected(count, request, "request.shares")
    }),
    Row("selected_items", &[3, 200], |count| {
        let request = |keys: Vec<String>| {
            let metrics: Vec<&String> = keys.iter().take(shown(count)).collect();
            json!({"metrics": metrics, "ranks": keys})
        };
        selected(count, request, "request.ranks")
    }),
    Row("selected_items", &[3, 200], |count| {
        let request = |keys: Vec<String>| {
            let keys: Vec<Value> = keys.iter().map(|key| json!({"key": key})).collect();
            json!({"metrics": ["revenue"], "order_by": keys})
        };
        selected(count, request, "request.order_by")
    }),
    Row("selected_items", &[3, 200], |count| {
        let request = |keys: Vec<String>| {
            let toggles: serde_json::Map<String, Value> = keys
                .iter()
                .map(|key| (key.replace('m', "t"), json!("a")))
                .collect();
            json!({"metrics": ["revenue"], "toggles": toggles})
        };
        selected(count, request, "request.toggles")
    }),
    Row("totals_levels", &[2, 16], |count| {
        let keys: Vec<String> = (0..=count).map(|at| format!("d{at}")).collect();
        let dimension = |key| json!({"dimension_key": key, "column_expression": key});
        let dimensions: Vec<Value> = keys.iter().map(dimension).collect();
        let totals = keys.get(..count);
        Input {
            catalog: catalog(json!({"metrics": [base()], "dimensions": dimensions})).to_string(),
            request: json!({"metrics": ["revenue"], "dimensions": keys, "totals": totals})
                .to_string(),
            path: "request.totals".to_owned(),
            ..revenue()
        }
    }),
    Row("top_members", &[1, 1_000], |count| {
        Input {
        request: json!({"metrics": ["revenue"], "dimensions": ["d"], "top": {"n": count, "by": "revenue"}})
            .to_string(),
        path: "request.top.n".to_owned(),
        ..revenue()
    }
    }),
    Row("pivot_members", &[1, 100], |count| {
        let members: Vec<String> = (0..count).map(|at| at.to_string()).collect();
        Input {
            request:
                json!({"metrics": ["revenue"], "pivot": {"dimension": "d", "values": members}})
                    .to_string(),
            path: "request.pivot.values".to_owned(),
            ..revenue()
        }
    }),
    Row("pivot_columns", &[1, 60], |count| {
        let members: Vec<String> = (0..count).map(|at| at.to_string()).collect();
        Input {
            request:
                json!({"metrics": ["revenue"], "pivot": {"dimension": "d", "values": members}})
                    .to_string(),
            path: "request.pivot".to_owned(),
            ..revenue()
        }
    }),
    Row("max_limit", &[1, 10_000], |limit| Input {
        request: json!({"metrics": ["revenue"], "limit": limit}).to_string(),
        path: "request.limit".to_owned(),
        ..revenue()
    }),
];

/// As many as may be selected, of one too many as well.
fn shown(count: usize) -> usize {
    count.min(if count < 200 { 3 } else { 200 })
}

/// So many metrics, dimensions and toggles, and a request that names them.
fn selected(count: usize, request: impl Fn(Vec<String>) -> Value, path: &str) -> Input {
    let each = |make: &dyn Fn(usize) -> Value| (0..count).map(make).collect::<Vec<Value>>();
    let mut metrics = each(
        &|at| json!({"metric_key": format!("m{at}"), "sql_expression": format!("SUM(c{at})")}),
    );
    metrics.push(base());
    let dimensions = each(
        &|at| json!({"dimension_key": format!("d{at}"), "column_expression": format!("c{at}")}),
    );
    let options = json!([{"option_key": "a", "is_default": true}]);
    let toggles = each(&|at| json!({"toggle_key": format!("t{at}"), "options": options}));
    Input {
        catalog: catalog(json!({"metrics": metrics, "dimensions": dimensions, "toggles": toggles}))
            .to_string(),
        request: request((0..count).map(|at| format!("m{at}")).collect()).to_string(),
        path: path.to_owned(),
        ..revenue()
    }
}
