//! All that the payments catalog offers compiles for SQLite too, and runs there.

#[path = "../examples/quickstart/binding.rs"]
mod binding;

use std::sync::Arc;

use measurand::report::{Layers, ReportBuilder};
use measurand::{Compiler, Context, Dialect, ErrorCode, FilterRequest, Limits, Request, Scalar};
use measurand_tests::checker::Checked;
use measurand_tests::support::payments::{ADMINISTRATOR, TABLES, compiler};
use rusqlite::{Connection, params_from_iter};

/// The relations, empty; SQLite reads the same definitions once the schemas are attached.
fn database() -> Connection {
    let connection = Connection::open_in_memory().expect("SQLite opens");
    let tables = TABLES.replace("CREATE SCHEMA IF NOT EXISTS reporting;", "");
    connection
        .execute_batch("ATTACH ':memory:' AS reporting; ATTACH ':memory:' AS public;")
        .and_then(|()| connection.execute_batch(&tables))
        .expect("the relations fit");
    connection
}

/// What SQLite cannot say is an error of its widget alone; all else runs.
#[test]
fn the_widgets_of_the_templates_run() {
    let compiler = Arc::new(compiler(Dialect::Sqlite));
    let reports = ReportBuilder::new(compiler.clone()).unwrap_or_else(|errors| panic!("{errors}"));
    let context = Context::from_json(ADMINISTRATOR, &Limits::default()).expect("a sound context");
    let connection = database();
    let (mut ran, mut unsupported) = (0, 0);
    for template in compiler.catalog().templates() {
        let report = reports.compile_report(&template.key, &Layers::default(), &context);
        for widget in report.expect("a known template").widgets() {
            match &widget.statement {
                Ok(_) => {
                    compile_and_run(&compiler, &connection, &widget.request);
                    ran += 1;
                }
                Err(errors) => {
                    let has = errors.has(ErrorCode::DialectUnsupported);
                    assert!(has, "{}.{}: {errors}", template.key, widget.id);
                    unsupported += 1;
                }
            }
        }
    }
    assert_eq!((ran, unsupported), (140, 3));
}

fn compile_and_run(compiler: &Compiler, connection: &Connection, request: &Request) {
    let context = Context::from_json(ADMINISTRATOR, &Limits::default()).expect("a sound context");
    let query = compiler
        .checked(request, &context)
        .unwrap_or_else(|errors| panic!("{errors}\n{request:?}"));
    let params = query.params().iter().map(binding::bound);
    let params: Vec<_> = params
        .collect::<Result<_, _>>()
        .expect("every parameter binds");
    let ran = connection.prepare(query.sql()).and_then(|mut statement| {
        assert_eq!(statement.column_count(), query.columns().len());
        let mut rows = statement.query(params_from_iter(params))?;
        while rows.next()?.is_some() {}
        Ok(())
    });
    ran.unwrap_or_else(|error| panic!("{error}\n{}", query.sql()));
}

#[test]
fn every_metric_runs_under_every_option() {
    let compiler = compiler(Dialect::Sqlite);
    let catalog = compiler.catalog();
    let connection = database();
    let mut ran = 0;
    for source in catalog.sources() {
        let source = source.key().as_str();
        for metric in catalog.metrics() {
            let metric = metric.key().as_str();
            if !catalog.offers_metric(source, metric) {
                continue;
            }
            for toggle in catalog.toggles() {
                for option in toggle.options() {
                    let request = Request::new()
                        .source(source)
                        .metric(metric)
                        .toggle(toggle.key().as_str(), option.key().as_str());
                    compile_and_run(&compiler, &connection, &request);
                    ran += 1;
                }
            }
        }
    }
    assert!(ran >= 523 * 18, "{ran}");
}

#[test]
fn every_dimension_groups_and_filters() {
    let compiler = compiler(Dialect::Sqlite);
    let catalog = compiler.catalog();
    let connection = database();
    let mut ran = 0;
    for source in catalog.sources() {
        let source = source.key().as_str();
        for dimension in catalog.dimensions() {
            let key = dimension.key().as_str();
            if !catalog.offers_dimension(source, key) || !dimension.is_groupable() {
                continue;
            }
            let present = FilterRequest::dimension(key, "is_not_null", [Scalar::Null; 0]);
            let request = Request::new().source(source).dimension(key).filter(present);
            compile_and_run(&compiler, &connection, &request);
            ran += 1;
        }
    }
    assert!(ran >= 170, "{ran}");
}
