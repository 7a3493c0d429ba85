//! What a catalog defines.

use measurand_tests::support::definitions::{base, catalog};
use serde_json::{Value, json};

use super::{Input, Row, revenue};

pub(super) const ROWS: &[Row] = &[
    Row("dynamic_tables", &[1, 20], |count| {
        let table = |at| json!({"id": at, "company_id": 1, "name": "T", "slug": format!("t{at}")});
        let tables: Vec<Value> = (0..count).map(table).collect();
        Input {
            catalog: json!({"table_defs": tables}).to_string(),
            request: r#"{"kind": "rows", "source": "t0", "columns": ["id"]}"#.to_owned(),
            path: "tables.table_defs".to_owned(),
            ..revenue()
        }
    }),
    Row("dynamic_columns", &[1, 50], |count| {
        let table = json!({"id": 1, "company_id": 1, "name": "T", "slug": "t"});
        let column =
            |at| json!({"table_id": 1, "name": "C", "slug": format!("c{at}"), "type": "text"});
        let columns: Vec<Value> = (0..count).map(column).collect();
        Input {
            catalog: json!({"table_defs": [table], "table_columns": columns}).to_string(),
            request: r#"{"kind": "rows", "source": "t", "columns": ["c0"]}"#.to_owned(),
            path: format!("tables.table_columns[{}].table_id", count - 1),
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
];

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

/// A catalog of one metric with this SQL.
fn metric(sql: String) -> Input {
    let metric = json!({"metric_key": "revenue", "sql_expression": sql});
    Input {
        catalog: catalog(json!({"metrics": [metric]})).to_string(),
        path: "catalog.metrics[0].sql_expression".to_owned(),
        ..revenue()
    }
}
