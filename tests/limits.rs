//! Every limit: an input exactly at it is fine, one past it is refused where it is, by its name (R29).

use std::sync::Arc;
use std::time::{Duration, Instant};

use measurand::report::ReportBuilder;
use measurand::{
    Catalog, CompiledQuery, Compiler, Context, Date, Dialect, ErrorCode, Errors, Grain, Limits,
    Request,
};
use measurand_tests::checker::Checked as _;
use measurand_tests::support::definitions::{base, catalog};
use measurand_tests::support::{limits, root};
use serde_json::{Value, json};

/// What a limit is tried with.
struct Input {
    catalog: String,
    request: String,
    context: String,
    /// Where the input is refused that is one past the limit.
    path: String,
}

/// A limit by the name of its field, the bounds to try, and an input of exactly so much.
struct Row(&'static str, &'static [usize], fn(usize) -> Input);

const CONTEXT: &str = r#"{"client_id": 1, "access": []}"#;

const ROWS: [Row; 42] = [
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
    Row("widgets", &[2, 5, 200], |count| {
        let place = json!({"x": 0, "y": 0, "w": 1, "h": 1});
        let widgets = (0..count).map(|at| {
            json!({"id": format!("w{at}"), "type": "metric_card", "title": "W", "position": place,
                "request": {"metrics": ["revenue"]}})
        });
        // Every widget in a section of its own but the last two.
        let mut widgets: Vec<Value> = widgets.collect();
        let last = widgets.split_off(count.saturating_sub(2));
        let alone = widgets.into_iter().map(|widget| vec![widget]);
        let sections = alone.chain([last]);
        let path = format!(
            "catalog.templates[0].layout.sections[{}].widgets",
            count.saturating_sub(2)
        );
        templated(sections.collect(), path + "[1].id")
    }),
    Row("widgets", &[1, 4, 200], |count| {
        templated(
            vec![Vec::new(); count],
            "catalog.templates[0].layout.sections".to_owned(),
        )
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
    Row("reached_dimensions", &[2, 3_000], |count| {
        // The path itself is one.
        let dimensions = (1..count).map(|at| format!("d{at}"));
        let dimensions =
            dimensions.map(|key| json!({"dimension_key": key, "column_expression": key}));
        let mut catalog =
            catalog(json!({"metrics": [base()], "dimensions": dimensions.collect::<Vec<_>>()}));
        catalog["data_sources"] = json!([
            {"source_key": "near", "view_pattern": "public.near", "metrics": "*", "relationships": [
                {"name": "r", "to": "far", "on": [["up", "id"]], "cardinality": "many_to_one"}]},
            {"source_key": "far", "view_pattern": "public.far", "primary_key": ["id"], "dimensions": "*"}]);
        Input {
            catalog: catalog.to_string(),
            path: "catalog".to_owned(),
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
    Row("fragment_bytes", &[10, 16 << 10], |bytes| {
        metric(format!("{:bytes$}", "SUM(a)"))
    }),
    Row("fragment_nodes", &[5, 2_000], |nodes| {
        // The call inside and the one around it are two.
        metric(format!(
            "SUM(COALESCE({}))",
            vec!["a"; nodes - 2].join(", ")
        ))
    }),
    Row("fragment_depth", &[5, 96], |depth| {
        // The column and the aggregate are two.
        metric(format!(
            "SUM({}a{})",
            "ABS(".repeat(depth - 2),
            ")".repeat(depth - 2)
        ))
    }),
    Row("formula_nodes", &[100, 101], |nodes| {
        // The aggregate below is one, each sum two more than the column that it begins with.
        let sums = format!("revenue{}", " + 1".repeat((nodes - 2) / 2));
        let formula = if nodes % 2 == 0 {
            sums
        } else {
            format!("ABS({sums})")
        };
        Input {
            catalog: catalog(
                json!({"metrics": [base(), {"metric_key": "m", "derived_formula": formula}]}),
            )
            .to_string(),
            request: json!({"metrics": ["m"]}).to_string(),
            path: "catalog.metrics[1].derived_formula".to_owned(),
            ..revenue()
        }
    }),
    Row("formula_depth", &[2, 100], |depth| {
        let level = |level: usize| match level {
            0 => json!({"metric_key": "m0", "sql_expression": "SUM(a)"}),
            _ => {
                json!({"metric_key": format!("m{level}"), "derived_formula": format!("m{} + 1", level - 1)})
            }
        };
        let metrics: Vec<Value> = (0..=depth).map(level).collect();
        Input {
            catalog: catalog(json!({"metrics": metrics})).to_string(),
            request: json!({"metrics": [format!("m{depth}")]}).to_string(),
            path: format!("catalog.metrics[{depth}].derived_formula"),
            ..revenue()
        }
    }),
    Row("variant_combinations", &[5, 4_096], |count| {
        let option =
            |index: usize| json!({"option_key": format!("o{index}"), "is_default": index == 0});
        let options: Vec<Value> = (0..count).map(option).collect();
        let variant =
            |index: usize| json!({"when": {"t": format!("o{index}")}, "sql_expression": "SUM(b)"});
        Input {
            catalog: catalog(json!({
                "toggles": [{"toggle_key": "t", "options": options}],
                "metrics": [{"metric_key": "revenue", "sql_expression": "SUM(a)", "variants": [variant(1), variant(2)]}],
            })).to_string(),
            path: "catalog.metrics[0].variants".to_owned(),
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
    Row("max_limit", &[1, 10_000], |limit| Input {
        request: json!({"metrics": ["revenue"], "limit": limit}).to_string(),
        path: "request.limit".to_owned(),
        ..revenue()
    }),
];

/// A catalog of one metric and one dimension, and a request for the metric.
fn revenue() -> Input {
    let dimension = json!({"dimension_key": "d", "column_expression": "d"});
    Input {
        catalog: catalog(json!({"metrics": [base()], "dimensions": [dimension]})).to_string(),
        request: r#"{"metrics": ["revenue"]}"#.to_owned(),
        context: CONTEXT.to_owned(),
        path: String::new(),
    }
}

/// A catalog with a template of these widgets, section by section.
fn templated(sections: Vec<Vec<Value>>, path: String) -> Input {
    let is_asked = sections.iter().any(|widgets| !widgets.is_empty());
    let sections = sections
        .into_iter()
        .map(|widgets| json!({"title": "S", "widgets": widgets}));
    let layout = json!({"sections": sections.collect::<Vec<Value>>()});
    let needed = if is_asked {
        json!(["orders"])
    } else {
        json!([])
    };
    let template = json!({"template_key": "t", "name": "T", "layout": layout, "required_data_sources": needed});
    Input {
        catalog: catalog(json!({"metrics": [base()], "templates": [template]})).to_string(),
        path,
        ..revenue()
    }
}

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

/// So many metrics, dimensions and toggles, and a request that names them.
/// As many as may be selected, of one too many as well.
fn shown(count: usize) -> usize {
    count.min(if count < 200 { 3 } else { 200 })
}

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

/// A catalog of one metric with this SQL.
fn metric(sql: String) -> Input {
    let metric = json!({"metric_key": "revenue", "sql_expression": sql});
    Input {
        catalog: catalog(json!({"metrics": [metric]})).to_string(),
        path: "catalog.metrics[0].sql_expression".to_owned(),
        ..revenue()
    }
}

fn compiled(input: &Input, limits: &Limits) -> Result<CompiledQuery, Errors> {
    let catalog = Catalog::from_json_within(&input.catalog, limits.clone())?;
    let request = Request::from_json(&input.request, limits)?;
    let context = Context::from_json(&input.context, limits)?;
    let compiler = Arc::new(Compiler::new(catalog, Dialect::Postgres));
    if input.catalog.contains("sections") {
        ReportBuilder::new(compiler.clone())?;
    }
    compiler.checked(&request, &context)
}

/// Whether the finding of this limit is there.
fn names_limit(errors: &Errors, path: &str, name: &str, bound: usize) -> bool {
    errors.iter().any(|error| {
        error.code() == ErrorCode::LimitExceeded
            && error.path().as_str() == path
            && error.message() == format!("the limit `{name}` of {bound} is exceeded")
    })
}

#[test]
fn at_a_limit_all_is_well_and_one_past_it_is_refused() {
    for Row(name, bounds, input) in ROWS {
        for bound in bounds {
            let mut limits = Limits::default();
            limits::set(&mut limits, name, *bound).expect("a limit of this name");
            if let Err(errors) = compiled(&input(*bound), &limits) {
                panic!("{name} {bound} is refused\n{errors}");
            }
            let past = input(bound + 1);
            match compiled(&past, &limits) {
                Ok(_) => panic!("{name} {bound} holds one more"),
                Err(errors) => {
                    let is_named = names_limit(&errors, &past.path, name, *bound);
                    assert!(is_named, "{name} {bound} at {}\n{errors}", past.path);
                }
            }
        }
    }
}

#[test]
fn every_limit_has_a_row() {
    let text = std::fs::read_to_string(root().join("src/limits.rs")).expect("the limits");
    let fields = text
        .lines()
        .filter_map(|line| line.strip_prefix("    pub ")?.split_once(':'));
    let fields: Vec<&str> = fields.map(|(name, _)| name).collect();
    assert!(fields.len() >= 17, "{fields:?}");
    for name in &fields {
        assert!(
            ROWS.iter().any(|Row(row, ..)| row == name),
            "`{name}` is not tried"
        );
        assert!(
            limits::set(&mut Limits::default(), name, 1).is_some(),
            "`{name}` cannot be set"
        );
    }
    for Row(name, ..) in ROWS {
        assert!(fields.contains(&name), "`{name}` is no limit");
    }
}

/// A request that was built in Rust has met no reader, and the same limits hold.
#[test]
fn requests_that_nobody_read_have_the_same_limits() {
    // A condition as deep as is allowed is one of as many and one.
    const BOUNDS: [(&str, usize); 4] = [
        ("filter_depth", 3),
        ("filter_nodes", 4),
        ("list_values", 3),
        ("selected_items", 3),
    ];
    let mut limits = Limits::default();
    for (name, bound) in BOUNDS {
        limits::set(&mut limits, name, bound).expect("a limit of this name");
    }
    for Row(name, _, input) in ROWS {
        let Some((_, bound)) = BOUNDS.iter().find(|(limit, _)| *limit == name) else {
            continue;
        };
        let check = |size: usize| {
            let input = input(size);
            let wide = Limits::default();
            let catalog =
                Catalog::from_json_within(&input.catalog, limits.clone()).expect("a catalog");
            let request = Request::from_json(&input.request, &wide).expect("a request");
            let context = Context::from_json(&input.context, &wide).expect("a context");
            Compiler::new(catalog, Dialect::Postgres)
                .checked(&request, &context)
                .map(|_| ())
        };
        check(*bound).unwrap_or_else(|errors| panic!("{name}\n{errors}"));
        let errors = check(bound + 1).expect_err(name);
        let is_named = errors.iter().all(|error| {
            error.code() == ErrorCode::LimitExceeded
                && error.message().contains(&format!("`{name}`"))
        });
        assert!(is_named, "{name}\n{errors}");
    }
}

/// Lists in lists, objects in objects, and both in turn, with and without their ends.
#[test]
fn a_hundred_thousand_levels_end_at_once() {
    const DEPTH: usize = 100_000;
    let shapes = [
        ("[", "]"),
        ("{\"a\":", "}"),
        ("[{\"a\":", "}]"),
        ("{\"a\":[", "]}"),
        ("[[{\"metrics\":", "}]]"),
    ];
    let limits = Limits {
        request_bytes: 64 << 20,
        ..Limits::default()
    };
    let read = |text: &str| {
        [
            ("catalog", Catalog::from_json(text).map(|_| ())),
            ("catalog", Catalog::from_rows_json(text).map(|_| ())),
            ("request", Request::from_json(text, &limits).map(|_| ())),
            ("context", Context::from_json(text, &limits).map(|_| ())),
        ]
    };
    for (open, close) in shapes {
        for (before, behind) in [
            ("", ""),
            (r#"{"metrics": "#, "}"),
            (r#"{"client_id": 1, "access": "#, "}"),
        ] {
            for closed in [true, false] {
                let inside = format!("{}1{}", open.repeat(DEPTH), close.repeat(DEPTH));
                let end = if closed {
                    inside.len()
                } else {
                    open.len() * DEPTH
                };
                let text = format!("{before}{}{behind}", &inside[..end]);
                let started = Instant::now();
                for (document, read) in read(&text) {
                    let errors = read.expect_err("too deep");
                    assert!(names_limit(&errors, document, "json_depth", 64), "{errors}");
                }
                assert!(
                    started.elapsed() < Duration::from_secs(2),
                    "{:?}",
                    started.elapsed()
                );
            }
        }
    }
}
