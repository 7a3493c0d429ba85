//! What a statement reads and binds.

use measurand::{Date, Grain, Limits};
use measurand_tests::support::definitions::{base, catalog};
use serde_json::{Value, json};

use super::{Input, Row, compiled, revenue};

pub(super) const ROWS: &[Row] = &[
    Row("sources", &[2, 16], |count| {
        // A metric of its own for each.
        let each = |make: fn(usize) -> Value| (0..count).map(make).collect::<Vec<Value>>();
        let metrics = each(
            |at| json!({"metric_key": format!("m{at}"), "sql_expression": format!("SUM(c{at})")}),
        );
        let sources = each(|at| {
            json!({"source_key": format!("s{at}"), "view_pattern": format!("public.s{at}"),
                   "metrics": [format!("m{at}")]})
        });
        let mut catalog = catalog(json!({"metrics": metrics}));
        catalog["data_sources"] = sources.into();
        let keys: Vec<String> = (0..count).map(|at| format!("m{at}")).collect();
        Input {
            catalog: catalog.to_string(),
            request: json!({"metrics": keys}).to_string(),
            path: "request.metrics[0]".to_owned(),
            ..revenue()
        }
    }),
    Row("relationship_hops", &[1, 4], |hops| {
        let sources = (0..=hops).map(|at| {
            let mut source = json!({"source_key": format!("s{at}"), "view_pattern": format!("public.s{at}"),
                                    "primary_key": ["id"]});
            if at < hops {
                source["relationships"] = json!([{"name": format!("r{at}"), "to": format!("s{}", at + 1),
                                                  "on": [["up", "id"]], "cardinality": "many_to_one"}]);
            }
            source[if at < hops { "metrics" } else { "dimensions" }] = json!("*");
            source
        });
        let key: String = (0..hops).map(|at| format!("r{at}.")).collect();
        let dimension = json!({"dimension_key": "d", "column_expression": "d"});
        let mut catalog = catalog(json!({"metrics": [base()], "dimensions": [dimension]}));
        catalog["data_sources"] = sources.collect::<Vec<Value>>().into();
        Input {
            catalog: catalog.to_string(),
            request: json!({"source": "s0", "metrics": ["revenue"], "dimensions": [key + "d"]})
                .to_string(),
            path: "request.dimensions[0]".to_owned(),
            ..revenue()
        }
    }),
    Row("joins", &[2, 32], |count| {
        let each = |make: fn(usize) -> Value| (0..count).map(make).collect::<Vec<Value>>();
        let dimension = json!({"dimension_key": "d", "column_expression": "d"});
        let mut catalog = catalog(json!({"metrics": [base()], "dimensions": [dimension]}));
        catalog["data_sources"] = json!([
            {"source_key": "near", "view_pattern": "public.near", "metrics": "*", "relationships": each(|at| {
                json!({"name": format!("r{at}"), "to": "far", "on": [[format!("up{at}"), "id"]],
                       "cardinality": "many_to_one"})
            })},
            {"source_key": "far", "view_pattern": "public.far", "primary_key": ["id"], "dimensions": "*"}]);
        let keys = each(|at| json!(format!("r{at}.d")));
        Input {
            catalog: catalog.to_string(),
            request: json!({"metrics": ["revenue"], "dimensions": keys}).to_string(),
            path: "request".to_owned(),
            ..revenue()
        }
    }),
    Row("periods", &[3, 10_000], |count| {
        let dimension =
            json!({"dimension_key": "d", "column_expression": "date", "data_type": "date"});
        let from = Date::parse("2000-01-01").unwrap();
        let to = Grain::Day.shift(from, i32::try_from(count).unwrap() - 1);
        let range = json!({"from": from.to_string(), "to": to.unwrap().to_string()});
        let request = json!({"metrics": ["revenue"], "dimensions": ["d"], "date_range": range,
                             "fill_gaps": true});
        Input {
            catalog: catalog(json!({"metrics": [base()], "dimensions": [dimension]})).to_string(),
            request: request.to_string(),
            path: "request.fill_gaps".to_owned(),
            ..revenue()
        }
    }),
    Row("periods", &[3, 10_000], |count| {
        let dimension =
            json!({"dimension_key": "d", "column_expression": "date", "data_type": "date"});
        let metric = json!({"metric_key": "revenue", "sql_expression": "SUM(revenue)", "window": "cumulative"});
        let from = Date::parse("2000-01-01").unwrap();
        let to = Grain::Day.shift(from, i32::try_from(count).unwrap() - 1);
        let range = json!({"from": from.to_string(), "to": to.unwrap().to_string()});
        let request = json!({"metrics": ["revenue"], "dimensions": ["d"], "date_range": range});
        Input {
            catalog: catalog(json!({"metrics": [metric], "dimensions": [dimension]})).to_string(),
            request: request.to_string(),
            path: "request.metrics".to_owned(),
            ..revenue()
        }
    }),
    Row("frames", &[3, 32], |count| {
        // The period itself is one, and every offset another.
        let offsets = (1..count).map(|at| {
            json!({"metric_key": format!("m{at}"), "sql_expression": "SUM(revenue)",
                   "offset": {"n": at, "grain": "day"}})
        });
        let metrics: Vec<Value> = offsets.collect();
        let keys: Vec<String> = (1..count).map(|at| format!("m{at}")).collect();
        Input {
            catalog: catalog(json!({"metrics": metrics})).to_string(),
            request: json!({"metrics": keys}).to_string(),
            path: "request.metrics".to_owned(),
            ..revenue()
        }
    }),
    Row("parameters", &[3, 1_000], |count| {
        // The tenant is one.
        let filter =
            |index: usize| json!({"dimension": "d", "op": "eq", "values": [format!("x{index}")]});
        let filters: Vec<Value> = (1..count).map(filter).collect();
        Input {
            request: json!({"metrics": ["revenue"], "filters": filters}).to_string(),
            path: "request".to_owned(),
            ..revenue()
        }
    }),
    Row("parameter_bytes", &[20, 100_000], |bytes| {
        // The tenant has eight.
        let filter = json!({"dimension": "d", "op": "eq", "values": ["x".repeat(bytes - 8)]});
        Input {
            request: json!({"metrics": ["revenue"], "filters": filter}).to_string(),
            path: "request".to_owned(),
            ..revenue()
        }
    }),
    Row("parameter_bytes", &[20, 32], |bytes| {
        // A value of a list has four bytes more than it takes alone.
        let values: Vec<usize> = (0..(bytes - 8) / 12).collect();
        let word = "x".repeat((bytes - 8) % 12);
        let filters = json!([{"dimension": "n", "op": "in", "values": values},
                             {"dimension": "d", "op": "eq", "values": [word]}]);
        let dimensions = json!([
            {"dimension_key": "d", "column_expression": "d"},
            {"dimension_key": "n", "column_expression": "n", "value_type": "integer"},
        ]);
        Input {
            catalog: catalog(json!({"metrics": [base()], "dimensions": dimensions})).to_string(),
            request: json!({"metrics": ["revenue"], "filters": filters}).to_string(),
            path: "request".to_owned(),
            ..revenue()
        }
    }),
    Row("statement_bytes", &[1_000, 10_000], |bytes| {
        // A string of the catalog stands in the text once, in its own length.
        let filtered = |length: usize| {
            let mut catalog = catalog(json!({"metrics": [base()]}));
            catalog["data_sources"][0]["base_filter"] =
                json!(format!("note <> '{}'", "x".repeat(length)));
            Input {
                catalog: catalog.to_string(),
                path: "request".to_owned(),
                ..revenue()
            }
        };
        let one = compiled(&filtered(1), &Limits::default()).expect("it compiles");
        filtered(bytes + 1 - one.sql().len())
    }),
];
