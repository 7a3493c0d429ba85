//! Everything works on a thread with a stack of 256 KiB, at the limits and beyond them (R29).

use measurand_tests::checker::Checked;
use std::fmt::Write as _;

use measurand::report::Layer;
use measurand::{Catalog, Compiler, Context, Dialect, ErrorCode, Errors, Limits, Request};

/// Runs on a small stack; an overflow would end the whole process.
fn on_a_small_stack<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let thread = std::thread::Builder::new()
        .stack_size(256 << 10)
        .spawn(work);
    thread.expect("a thread").join().expect("no panic")
}

const CONTEXT: &str = r#"{"client_id": 1, "access": []}"#;

fn compile(catalog: &str, request: &str) -> Result<String, Errors> {
    let limits = Limits::default();
    let compiler = Compiler::new(Catalog::from_json(catalog)?, Dialect::Postgres);
    let request = Request::from_json(request, &limits)?;
    let context = Context::from_json(CONTEXT, &limits)?;
    compiler
        .checked(&request, &context)
        .map(|query| query.sql().to_owned())
}

/// A catalog with one source and these metrics, written as JSON.
fn catalog(metrics: &str) -> String {
    format!(
        r#"{{"data_sources": [{{"source_key": "orders", "view_pattern": "orders",
             "metrics": "*", "dimensions": "*"}}],
            "metrics": [{{"metric_key": "m0", "sql_expression": "SUM(x)"}}{metrics}],
            "dimensions": [{{"dimension_key": "d", "column_expression": "d"}}]}}"#
    )
}

/// Metrics that each use the one below twice.
fn diamonds(levels: usize) -> String {
    (1..=levels).fold(String::new(), |mut metrics, level| {
        let below = level - 1;
        let _ = write!(
            metrics,
            r#", {{"metric_key": "m{level}", "derived_formula": "m{below} + m{below} / 2"}}"#
        );
        metrics
    })
}

#[test]
fn diamonds_of_sixty_levels_stay_small() {
    let sql = on_a_small_stack(|| {
        compile(
            &catalog(&diamonds(60)),
            r#"{"metrics": ["m60"], "dimensions": ["d"]}"#,
        )
    });
    let sql = sql.expect("sixty levels are within the limits");
    assert!(sql.len() < 16 << 10, "{} bytes", sql.len());
    // Each level is used twice by the next one, so each but the last is fenced.
    assert_eq!(sql.matches("OFFSET 0").count(), 59);
}

#[test]
fn levels_at_the_limit_compile_and_one_more_is_an_error() {
    let at = on_a_small_stack(|| compile(&catalog(&diamonds(100)), r#"{"metrics": ["m100"]}"#));
    assert!(at.is_ok());
    let past = on_a_small_stack(|| compile(&catalog(&diamonds(101)), r#"{"metrics": ["m101"]}"#));
    assert!(
        past.expect_err("past the limit")
            .has(ErrorCode::LimitExceeded)
    );
}

/// A filter nested this deep.
fn nested(depth: usize) -> String {
    let mut filter = r#"{"dimension": "d", "op": "eq", "values": ["x"]}"#.to_owned();
    for _ in 1..depth {
        filter = format!(r#"{{"not": {filter}}}"#);
    }
    format!(r#"{{"metrics": ["m0"], "filters": {filter}}}"#)
}

#[test]
fn filters_at_the_limit_compile_and_one_more_is_an_error() {
    assert!(on_a_small_stack(|| compile(&catalog(""), &nested(33))).is_ok());
    let past = on_a_small_stack(|| compile(&catalog(""), &nested(34)));
    assert!(
        past.expect_err("past the limit")
            .has(ErrorCode::LimitExceeded)
    );
}

#[test]
fn documents_beyond_any_depth_are_an_error() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let request = format!(r#"{{"metrics": {deep}}}"#);
    let catalog_text = format!(r#"{{"metrics": {deep}}}"#);
    let past = on_a_small_stack(move || compile(&catalog(""), &request));
    assert!(past.expect_err("too deep").has(ErrorCode::LimitExceeded));
    let past = on_a_small_stack(move || Catalog::from_json(&catalog_text).map(|_| ()));
    assert!(past.expect_err("too deep").has(ErrorCode::LimitExceeded));
}

/// Looking for what is of a context goes as deep as a document may.
#[test]
fn layers_at_the_limit_of_depth_are_read() {
    let nested = |depth: usize| {
        let (open, close) = ("{\"a\":[".repeat(depth), "]}".repeat(depth));
        format!(r#"{{"date_range": {open}1{close}}}"#)
    };
    for (depth, code) in [
        (31, ErrorCode::UnknownField),
        (32, ErrorCode::LimitExceeded),
    ] {
        let text = nested(depth);
        let read = on_a_small_stack(move || Layer::from_json(&text, &Limits::default()));
        assert!(read.expect_err("no layer").has(code), "{depth}");
    }
}

/// A fragment whose tree is this deep.
fn deep_fragment(depth: usize) -> String {
    let metric = format!("{}x{}", "ABS(".repeat(depth), ")".repeat(depth));
    format!(r#", {{"metric_key": "deep", "sql_expression": "SUM({metric})"}}"#)
}

#[test]
fn fragments_at_the_limit_compile_and_deeper_ones_are_an_error() {
    let request = r#"{"metrics": ["deep"]}"#;
    let at = on_a_small_stack(|| compile(&catalog(&deep_fragment(90)), request));
    assert!(at.is_ok(), "{at:?}");
    let past = on_a_small_stack(|| compile(&catalog(&deep_fragment(97)), request));
    assert!(past.expect_err("too deep").has(ErrorCode::LimitExceeded));
}

#[test]
fn a_flat_chain_of_forty_thousand_operators_is_an_error() {
    let chain = vec!["x"; 40_000].join("+");
    let metric = format!(r#", {{"metric_key": "flat", "sql_expression": "SUM({chain})"}}"#);
    let past = on_a_small_stack(move || compile(&catalog(&metric), r#"{"metrics": ["flat"]}"#));
    assert!(past.expect_err("too long").has(ErrorCode::LimitExceeded));
}
