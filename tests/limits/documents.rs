//! What is read: bytes, depths, nodes and values.

use measurand_tests::support::definitions::{base, catalog};
use serde_json::{Value, json};

use super::{Input, Row, revenue};

pub(super) const ROWS: &[Row] = &[
    Row("request_bytes", &[60, 1 << 20], |bytes| {
        padded(&revenue(), bytes, |input| &mut input.request, "request")
    }),
    Row("request_bytes", &[60, 1 << 20], |bytes| {
        padded(&revenue(), bytes, |input| &mut input.context, "context")
    }),
    Row("catalog_bytes", &[1_000, 1 << 20], |bytes| {
        padded(&revenue(), bytes, |input| &mut input.catalog, "catalog")
    }),
    Row("json_depth", &[8, 30], |depth| {
        // The request, the filters and the list of values are three.
        let filter = json!({"dimension": "d", "op": "in", "values": ["x"]});
        let lists = (3..depth).fold(filter, |filter, _| json!([filter]));
        Input {
            request: json!({"metrics": ["revenue"], "filters": lists}).to_string(),
            path: "request".to_owned(),
            ..revenue()
        }
    }),
    Row("json_depth", &[8, 64], |depth| {
        // The catalog, the list of templates and the template are three.
        let layout = (4..depth).fold(json!({}), |inner, _| json!({"inner": inner}));
        let template = json!({"template_key": "t", "name": "T", "layout": layout});
        Input {
            catalog: catalog(json!({"metrics": [base()], "templates": [template]})).to_string(),
            path: "catalog".to_owned(),
            ..revenue()
        }
    }),
    Row("filter_depth", &[1, 5, 32], |depth| {
        let filter = json!({"dimension": "d", "op": "eq", "values": ["x"]});
        let filter = (0..depth).fold(filter, |filter, _| json!({"not": filter}));
        Input {
            request: json!({"metrics": ["revenue"], "filters": filter}).to_string(),
            path: format!("request.filters{}", ".not".repeat(depth)),
            ..revenue()
        }
    }),
    Row("filter_depth", &[2, 20], |depth| {
        let filter = json!({"metric": "revenue", "op": "gt", "values": [1]});
        let filter = (0..depth).fold(filter, |filter, _| json!({"or": [filter]}));
        Input {
            request: json!({"metrics": ["revenue"], "metric_filters": filter}).to_string(),
            path: format!("request.metric_filters{}.or", ".or[0]".repeat(depth - 1)),
            ..revenue()
        }
    }),
    Row("filter_depth", &[2, 32], |count| {
        // All but one order before the primary key.
        let keys = (1..count).map(|at| format!("d{at}"));
        let dimensions: Vec<Value> = keys
            .clone()
            .map(|key| json!({"dimension_key": key, "column_expression": key}))
            .collect();
        let mut catalog = catalog(json!({"metrics": [], "dimensions": dimensions}));
        catalog["data_sources"][0]["primary_key"] = json!(["id"]);
        let order: Vec<Value> = keys.map(|key| json!({"key": key})).collect();
        let mut after = vec![Value::Null; count - 1];
        after.push(json!(1));
        let request = json!({"kind": "rows", "columns": ["d1"], "order_by": order, "after": after});
        Input {
            catalog: catalog.to_string(),
            request: request.to_string(),
            path: "request.after".to_owned(),
            ..revenue()
        }
    }),
    Row("filter_nodes", &[10, 10_000], |nodes| {
        // The list is one itself.
        let filters = vec![json!({"dimension": "d", "op": "is_null"}); nodes - 1];
        Input {
            request: json!({"metrics": ["revenue"], "filters": filters}).to_string(),
            path: format!("request.filters[{}]", nodes - 2),
            ..revenue()
        }
    }),
    Row("list_values", &[3, 100_000], |count| {
        let filter = json!({"dimension": "d", "op": "in", "values": vec!["x"; count]});
        Input {
            request: json!({"metrics": ["revenue"], "filters": filter}).to_string(),
            path: "request.filters.values".to_owned(),
            ..revenue()
        }
    }),
    Row("list_values", &[3, 100_000], |count| {
        let rule = json!({"dimension": "d", "allowed_values": vec!["x"; count]});
        Input {
            context: json!({"client_id": 1, "access": [rule]}).to_string(),
            path: "context.access[0].allowed_values".to_owned(),
            ..revenue()
        }
    }),
];

/// One of the documents with spaces behind it.
fn padded(input: &Input, bytes: usize, of: fn(&mut Input) -> &mut String, path: &str) -> Input {
    let mut padded = Input {
        catalog: input.catalog.clone(),
        request: input.request.clone(),
        context: input.context.clone(),
        path: path.to_owned(),
    };
    let text = of(&mut padded);
    assert!(text.len() <= bytes, "{} bytes", text.len());
    text.push_str(&" ".repeat(bytes - text.len()));
    padded
}
