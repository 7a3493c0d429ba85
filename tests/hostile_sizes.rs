//! Catalogs and requests of great size: limits are hit with a typed finding, and nothing takes long.

use std::time::{Duration, Instant};

use measurand::{Catalog, ErrorCode, Limits};
use measurand_tests::support::cluster::cluster;
use measurand_tests::support::definitions::{base, catalog, check, compile, findings, load, loads};
use measurand_tests::support::rows;
use serde_json::{Value, json};

/// A base metric, and levels of two metrics that both rest on both of the level below.
fn diamonds(levels: usize) -> Vec<Value> {
    let mut metrics = vec![
        json!({"metric_key": "a0", "sql_expression": "SUM(amount)"}),
        json!({"metric_key": "b0", "sql_expression": "COUNT(*)"}),
    ];
    for level in 1..=levels {
        let below = level - 1;
        for (key, operator) in [("a", "+"), ("b", "-")] {
            metrics.push(json!({"metric_key": format!("{key}{level}"),
                                "derived_formula": format!("a{below} {operator} b{below}")}));
        }
    }
    metrics
}

#[test]
fn diamonds_load_and_compile() {
    let loaded = loads(json!({"metrics": diamonds(60)}));
    let query = compile(loaded, json!({"metrics": ["a60", "b60"]}), json!([]));
    let query = query.expect("sixty levels of diamonds");
    let bytes = query.sql().len();
    assert!(bytes < 32 << 10, "{bytes} bytes");
    // Each base aggregate stands once.
    assert_eq!(query.sql().matches("sum(").count(), 1, "{}", query.sql());
}

/// A metric, and levels each of which uses the one below twice.
fn doubled(levels: usize) -> Vec<Value> {
    let mut metrics = vec![json!({"metric_key": "a0", "sql_expression": "SUM(amount)"})];
    for level in 1..=levels {
        let below = level - 1;
        let formula = format!("a{below} / 2 + a{below} / 2");
        metrics.push(json!({"metric_key": format!("a{level}"), "derived_formula": formula}));
    }
    metrics
}

/// PostgreSQL would expand a column that is used twice once more at every level; fences keep it from
/// that, so that text, planning and execution grow with the levels and no faster (R8).
#[test]
fn sixty_levels_run_in_milliseconds() {
    let mut client = cluster().fresh_database("levels");
    client
        .batch_execute(
            "CREATE SCHEMA reporting;
             CREATE TABLE reporting.orders_7 (client_id bigint, amount bigint);
             INSERT INTO reporting.orders_7 VALUES (7, 3), (7, 4), (8, 1000);
             SET statement_timeout = '5s'",
        )
        .unwrap();
    // Of sum 7 and count 2: after two levels each is twice what it was. Halves add up to the whole.
    let twice = i64::from(2).pow(30);
    let graphs = [
        (
            diamonds as fn(usize) -> Vec<Value>,
            json!(["a60", "b60"]),
            vec![7 * twice, 2 * twice],
        ),
        (doubled, json!(["a60"]), vec![7]),
    ];
    for (graph, metrics, expected) in graphs {
        let request = json!({"metrics": metrics, "order_by": [{"key": "a60"}],
            "metric_filters": [{"metric": "a60", "op": "gt", "values": [1]}]});
        let query = compile(loads(json!({"metrics": graph(60)})), request, json!([])).unwrap();
        let half = json!({"metrics": ["a30"]});
        let half = compile(loads(json!({"metrics": graph(30)})), half, json!([])).unwrap();
        assert!(
            query.sql().len() < half.sql().len() * 5 / 2,
            "{}",
            query.sql()
        );
        for mode in ["force_custom_plan", "force_generic_plan"] {
            client
                .batch_execute(&format!("SET plan_cache_mode = {mode}"))
                .unwrap();
            let started = Instant::now();
            let found = rows::execute(&query, &mut client).unwrap();
            let took = started.elapsed();
            println!("{mode}: {} bytes, {took:?}", query.sql().len());
            assert!(took < Duration::from_secs(1), "{took:?}\n{}", query.sql());
            let expected: Vec<String> = expected.iter().map(i64::to_string).collect();
            assert_eq!(rows::normalised(found), [expected]);
        }
    }
}

fn chain(levels: usize) -> Value {
    let mut metrics = vec![json!({"metric_key": "m0", "sql_expression": "SUM(amount)"})];
    for level in 1..=levels {
        let formula = format!("m{} + 1", level - 1);
        metrics.push(json!({"metric_key": format!("m{level}"), "derived_formula": formula}));
    }
    json!({"metrics": metrics})
}

#[test]
fn chains_end_at_a_hundred_levels() {
    let loaded = loads(chain(100));
    let query = compile(loaded, json!({"metrics": ["m100"]}), json!([]));
    query.expect("a hundred levels");
    check(
        chain(101),
        &["limit-exceeded catalog.metrics[101].derived_formula"],
    );
    // Further levels say the same, and are not reported.
    check(
        chain(3_000),
        &["limit-exceeded catalog.metrics[101].derived_formula"],
    );
}

#[test]
fn formulas_end_at_ten_thousand_nodes() {
    // A base is one node, each metric above it three, a sum of k metrics 2k - 1: 5k in all.
    let sum = |count: usize| {
        let mut metrics = vec![base()];
        let names: Vec<String> = (0..count).map(|index| format!("m{index}")).collect();
        for name in &names {
            metrics.push(json!({"metric_key": name, "derived_formula": "revenue + 1"}));
        }
        metrics.push(json!({"metric_key": "top", "derived_formula": names.join(" + ")}));
        catalog(json!({"metrics": metrics})).to_string()
    };
    let within = |text: &str, formula_nodes| {
        let limits = Limits {
            formula_nodes,
            ..Limits::default()
        };
        findings(Catalog::from_json_within(text, limits))
    };
    assert_eq!(within(&sum(20), 100), [""; 0]);
    let expected = ["limit-exceeded catalog.metrics[21].derived_formula"];
    assert_eq!(within(&sum(20), 99), expected);
    // The same by default, with sums of sums.
    let sums = |groups: usize| {
        let mut metrics = vec![base()];
        let mut tops = Vec::new();
        for group in 0..groups {
            let names: Vec<String> = (0..40).map(|index| format!("m{group}_{index}")).collect();
            for name in &names {
                metrics.push(json!({"metric_key": name, "derived_formula": "revenue + 1"}));
            }
            metrics.push(
                json!({"metric_key": format!("t{group}"), "derived_formula": names.join(" + ")}),
            );
            tops.push(format!("t{group}"));
        }
        metrics.push(json!({"metric_key": "top", "derived_formula": tops.join(" + ")}));
        json!({"metrics": metrics})
    };
    // A group has 40 * 3 + 79 = 199 nodes, and costs two more in the sum.
    loads(sums(49));
    check(
        sums(50),
        &["limit-exceeded catalog.metrics[2051].derived_formula"],
    );
}

#[test]
fn fragments_end_at_their_limits_without_a_crash() {
    let run = || {
        let sql = |sql: String| json!({"metrics": [{"metric_key": "m", "sql_expression": sql}]});
        let expected = ["limit-exceeded catalog.metrics[0].sql_expression"];
        check(
            sql(format!("SUM(a) /* {} */", "x".repeat(16 << 10))),
            &expected,
        );
        check(
            sql(format!("SUM({}a{})", "(".repeat(5_000), ")".repeat(5_000))),
            &expected,
        );
        check(
            sql(format!("SUM({}a{})", "ABS(".repeat(96), ")".repeat(96))),
            &expected,
        );
        check(sql(format!("SUM({}a)", "- ".repeat(3_000))), &expected);
        check(
            sql(format!(
                "COUNT(CASE WHEN {}a THEN 1 END)",
                "NOT ".repeat(2_000)
            )),
            &expected,
        );
        check(sql(format!("SUM(a{})", "+a".repeat(5_000))), &expected);
        check(sql(format!("SUM(a{})", "+a".repeat(100_000))), &expected);
        loads(sql(format!(
            "SUM({}a{})",
            "ABS(".repeat(90),
            ")".repeat(90)
        )));
        // Even where the limits allow nearly everything, a chain of operators is no tree to fall
        // over.
        let limits = Limits {
            fragment_bytes: 16 << 20,
            fragment_nodes: 1 << 20,
            ..Limits::default()
        };
        for operator in ["+", " AND ", " OR ", "||", "=", "::int", "->"] {
            let chain = format!(
                "COUNT(CASE WHEN a{} THEN 1 END)",
                format!("{operator}a").repeat(100_000)
            );
            let text = catalog(sql(chain)).to_string();
            let found = findings(Catalog::from_json_within(&text, limits.clone()));
            assert!(found.len() <= 1_001, "{operator}: {} findings", found.len());
        }
    };
    let thread = std::thread::Builder::new().stack_size(256 << 10).spawn(run);
    thread.expect("a thread").join().expect("no crash");
}

/// Runs within a time that a walk of quadratic or worse cost would not keep.
#[track_caller]
fn swiftly<T>(run: impl FnOnce() -> T) -> T {
    let started = Instant::now();
    let value = run();
    let elapsed = started.elapsed();
    let allowed = Duration::from_secs(if cfg!(debug_assertions) { 20 } else { 3 });
    assert!(elapsed < allowed, "{elapsed:?}");
    value
}

#[test]
fn large_graphs_load_swiftly() {
    // Layers of forty metrics, each of which rests on eight of the layer below.
    let layered = |layers: usize| {
        let mut metrics = Vec::new();
        for layer in 0..layers {
            for index in 0..40 {
                let key = format!("m{layer}_{index}");
                let metric = match layer {
                    0 => json!({"metric_key": key, "sql_expression": format!("SUM(c{index})")}),
                    _ => {
                        let below = (0..8)
                            .map(|step| format!("m{}_{}", layer - 1, (index + step * 7) % 40));
                        let formula = below.collect::<Vec<_>>().join(" + ");
                        json!({"metric_key": key, "derived_formula": formula})
                    }
                };
                metrics.push(metric);
            }
        }
        json!({"metrics": metrics})
    };
    // 15 layers are 40 + 14 * 40 * 15 = 8 440 nodes.
    swiftly(|| loads(layered(15)));
    // 75 layers are 3 000 metrics, and too much for each of the forty at the top.
    let found = swiftly(|| findings(load(&catalog(layered(75)))));
    assert_eq!(found.len(), 40, "{found:?}");
    assert!(
        found
            .iter()
            .all(|found| found.starts_with("limit-exceeded"))
    );
}

#[test]
fn a_wide_graph_costs_what_it_holds() {
    // Ten thousand metrics that rest on one chain of ninety.
    let mut definitions = chain(90);
    let metrics = definitions["metrics"].as_array_mut().expect("a list");
    for index in 0..10_000 {
        metrics.push(json!({"metric_key": format!("w{index}"), "derived_formula": "m90 + m89"}));
    }
    swiftly(|| loads(definitions));
}

#[test]
fn what_rests_on_nothing_is_taken_away_swiftly() {
    // No source has the column at the bottom of a chain, so that none offers the ninety-nine above.
    let mut definitions = catalog(chain(100));
    definitions["data_sources"][0]["columns"] = json!([{"name": "client_id", "data_type": "integer"}, {"name": "date", "data_type": "date"}]);
    let loaded = swiftly(|| load(&definitions)).expect("nothing is named");
    let refused =
        compile(loaded, json!({"metrics": ["m100"]}), json!([])).expect_err("not offered");
    assert!(refused.has(ErrorCode::NoSource));
}

#[test]
fn findings_without_end_are_cut_off_swiftly() {
    let mut dimensions = Vec::new();
    for index in 0..5_000 {
        dimensions.push(
            json!({"dimension_key": format!("dimension_number_{index}"), "column_expression": "x",
                               "data_type": "integer"}),
        );
    }
    let loaded = loads(json!({"dimensions": dimensions, "metrics": [base()]}));
    let unknown = |index| json!({"dimension": format!("dimensoin_numbr_{index}"), "op": "is_null"});
    let filters: Vec<Value> = (0..9_000).map(unknown).collect();
    let request = json!({"metrics": ["revenue"], "filters": filters});
    let errors = swiftly(|| compile(loaded, request, json!([]))).expect_err("nothing is known");
    assert_eq!(errors.iter().count(), 1_001);
    let last = errors.iter().last().map(ToString::to_string);
    assert_eq!(
        last.as_deref(),
        Some("limit-exceeded: the limit `findings` of 1000 is exceeded (request)")
    );
    // So many values that do not convert.
    let loaded = loads(json!({"metrics": [base()], "dimensions": [
        {"dimension_key": "n", "column_expression": "n", "data_type": "integer"}]}));
    let values: Vec<&str> = std::iter::repeat_n("x", 100_000).collect();
    let filter = json!({"dimension": "n", "op": "in", "values": values});
    let errors = swiftly(|| {
        compile(
            loaded,
            json!({"metrics": ["revenue"], "filters": filter}),
            json!([]),
        )
    });
    assert_eq!(errors.expect_err("no number").iter().count(), 1_001);
}
