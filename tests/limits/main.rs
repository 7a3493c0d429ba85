//! Every limit: an input exactly at it is fine, one past it is refused where it is, by its name (R29).

mod definitions;
mod documents;
mod selections;
mod statements;

use std::sync::Arc;
use std::time::{Duration, Instant};

use measurand::report::{DynamicTables, RecordStore, ReportBuilder};
use measurand::{
    Catalog, CompiledQuery, Compiler, Context, Dialect, ErrorCode, Errors, Limits, Request,
};
use measurand_tests::checker::Checked as _;
use measurand_tests::support::definitions::{base, catalog};
use measurand_tests::support::{limits, root};
use serde_json::json;

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

/// The rows of all files.
fn rows() -> impl Iterator<Item = &'static Row> {
    let of = [
        documents::ROWS,
        definitions::ROWS,
        selections::ROWS,
        statements::ROWS,
    ];
    of.into_iter().flatten()
}

const CONTEXT: &str = r#"{"client_id": 1, "access": []}"#;

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

fn compiled(input: &Input, limits: &Limits) -> Result<CompiledQuery, Errors> {
    if input.catalog.contains("table_defs") {
        return of_tables(input, limits);
    }
    let catalog = Catalog::from_json_within(&input.catalog, limits.clone())?;
    let request = Request::from_json(&input.request, limits)?;
    let context = Context::from_json(&input.context, limits)?;
    let compiler = Arc::new(Compiler::new(catalog, Dialect::Postgres));
    if input.catalog.contains("sections") {
        ReportBuilder::new(compiler.clone())?;
    }
    compiler.checked(&request, &context)
}

/// The same where the catalog is the tables that users define.
fn of_tables(input: &Input, limits: &Limits) -> Result<CompiledQuery, Errors> {
    let store = RecordStore::default();
    let tables = DynamicTables::from_json(&input.catalog, &store, Dialect::Postgres, limits)?;
    let request = Request::from_json(&input.request, limits)?;
    let context = Context::from_json(&input.context, limits)?;
    tables.compiler().checked(&request, &context)
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
    for Row(name, bounds, input) in rows() {
        for bound in *bounds {
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
            rows().any(|Row(row, ..)| row == name),
            "`{name}` is not tried"
        );
        assert!(
            limits::set(&mut Limits::default(), name, 1).is_some(),
            "`{name}` cannot be set"
        );
    }
    for Row(name, ..) in rows() {
        assert!(fields.contains(name), "`{name}` is no limit");
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
    for &Row(name, _, input) in rows() {
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
