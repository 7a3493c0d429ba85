//! Everything that the payments catalog offers compiles, and its SQL runs: every metric on every
//! source under every option, every dimension grouped and filtered, every widget of every template.

use measurand_tests::checker::Checked;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use measurand::report::Layers;
use measurand::{
    Catalog, ColumnRole, CompiledQuery, Compiler, Context, Dialect, ErrorCode, Errors,
    FilterRequest, Limits, Request, Scalar, catalog::Toggle,
};
use measurand_tests::support::payments::{ADMINISTRATOR, compiler, database, document};
use measurand_tests::support::reports::{report, stock};
use measurand_tests::support::rows::execute;
use postgres::Client;
use serde_json::Value;

/// As many metrics as one request asks for.
const BATCH: usize = 40;

fn context() -> Context {
    Context::from_json(ADMINISTRATOR, &Limits::default()).expect("a sound context")
}

/// Each source with the metrics it offers.
fn offers(catalog: &Catalog) -> Vec<(&str, Vec<&str>)> {
    let sources = catalog.sources().iter().map(|source| {
        let source = source.key().as_str();
        let keys = catalog.metrics().iter().map(|metric| metric.key().as_str());
        let offered = keys.filter(|metric| catalog.offers_metric(source, metric));
        (source, offered.collect())
    });
    sources.collect()
}

fn dimensions<'c>(catalog: &'c Catalog, source: &str) -> Vec<&'c str> {
    let keys = catalog.dimensions().iter().map(|each| each.key().as_str());
    keys.filter(|key| catalog.offers_dimension(source, key))
        .collect()
}

fn asking(source: &str, metrics: &[&str]) -> Request {
    let request = Request::new().source(source);
    metrics
        .iter()
        .fold(request, |request, metric| request.metric(*metric))
}

/// What a matrix found: how much was tried, and all that does not hold.
#[derive(Default)]
struct Report {
    compiled: usize,
    ran: usize,
    failures: String,
}

impl Report {
    fn checked(
        &mut self,
        compiler: &Compiler,
        request: &Request,
        what: &str,
    ) -> Option<CompiledQuery> {
        match compiler.checked(request, &context()) {
            Ok(query) => {
                self.compiled += 1;
                Some(query)
            }
            Err(errors) => {
                let _ = writeln!(self.failures, "{what}: {errors}");
                None
            }
        }
    }

    fn run(&mut self, client: &mut Client, query: &CompiledQuery, what: &str) {
        match execute(query, client) {
            Ok(_) => self.ran += 1,
            Err(error) => {
                let _ = writeln!(self.failures, "{what}: {error}\n{}", query.sql());
            }
        }
    }

    fn compile_and_run(
        &mut self,
        compiler: &Compiler,
        client: &mut Client,
        request: &Request,
        what: &str,
    ) {
        if let Some(query) = self.checked(compiler, request, what) {
            self.run(client, &query, what);
        }
    }

    fn assert_sound(&self, at_least: (usize, usize)) {
        assert!(self.failures.is_empty(), "{}", self.failures);
        let found = (self.compiled, self.ran);
        assert!(found.0 >= at_least.0 && found.1 >= at_least.1, "{found:?}");
    }
}

#[test]
fn every_metric_compiles_on_every_source_under_every_option() {
    let compiler = compiler(Dialect::Postgres);
    let catalog = compiler.catalog().clone();
    let mut report = Report::default();
    for (source, metrics) in offers(&catalog) {
        for metric in metrics {
            for toggle in catalog.toggles() {
                for option in toggle.options() {
                    let request = asking(source, &[metric])
                        .toggle(toggle.key().as_str(), option.key().as_str());
                    let what = format!("{source}.{metric}, {}={}", toggle.key(), option.key());
                    report.checked(&compiler, &request, &what);
                }
            }
        }
    }
    // 18 options for each pair of a source and a metric.
    report.assert_sound((523 * 18, 0));
}

/// One row of zeros for tenant 1 in every source, so that each quotient meets its zero.
const ZEROS: &str = "
    DO $$
    DECLARE
        source text;
        zeros text;
    BEGIN
        FOR source, zeros IN
            SELECT table_name, string_agg(
                CASE WHEN column_name = 'client_id' THEN '1'
                     WHEN data_type IN ('bigint', 'numeric') THEN '0'
                     WHEN data_type = 'text' THEN quote_literal('')
                     WHEN data_type = 'boolean' THEN 'false'
                     WHEN data_type = 'date' THEN quote_literal('2026-11-01')
                     ELSE quote_literal('{}') END, ', ' ORDER BY ordinal_position)
            FROM information_schema.columns WHERE table_schema = 'reporting' GROUP BY table_name
        LOOP
            EXECUTE format('INSERT INTO reporting.%I VALUES (%s)', source, zeros);
        END LOOP;
    END $$";

fn zeros(name: &str) -> Client {
    let mut client = database(name);
    client.batch_execute(ZEROS).expect("the zeros fit");
    for (source, _) in offers(compiler(Dialect::Postgres).catalog()) {
        let sql = format!("SELECT count(*) FROM reporting.{source}_1");
        let row = client.query_one(&sql, &[]).expect("the view exists");
        assert_eq!(row.get::<_, i64>(0), 1, "{source}");
    }
    client
}

/// Batches of metrics run under every combination of options that a variant can tell apart.
#[test]
fn metrics_run_under_every_combination_of_options() {
    let compiler = compiler(Dialect::Postgres);
    let catalog = compiler.catalog().clone();
    let mut client = zeros("metrics");
    let mut report = Report::default();
    let toggles: Vec<&Toggle> = catalog
        .toggles()
        .iter()
        .filter(|toggle| !toggle.is_dimension_switch())
        .collect();
    for (source, metrics) in offers(&catalog) {
        for batch in metrics.chunks(BATCH) {
            for selection in combinations(&toggles) {
                let request = selection
                    .iter()
                    .fold(asking(source, batch), |request, (toggle, option)| {
                        request.toggle(*toggle, *option)
                    });
                let what = format!("{source}, {selection:?}");
                report.compile_and_run(&compiler, &mut client, &request, &what);
            }
        }
    }
    // 17 batches, 3 * 4 * 3 * 2 * 3 combinations.
    report.assert_sound((17 * 216, 17 * 216));
}

fn combinations<'c>(toggles: &[&'c Toggle]) -> Vec<Vec<(&'c str, &'c str)>> {
    let mut all = vec![Vec::new()];
    for toggle in toggles {
        let longer = all.iter().flat_map(|before| {
            toggle.options().iter().map(|option| {
                let mut selection = before.clone();
                selection.push((toggle.key().as_str(), option.key().as_str()));
                selection
            })
        });
        all = longer.collect();
    }
    all
}

#[test]
fn every_dimension_groups_and_filters_on_every_source() {
    let compiler = compiler(Dialect::Postgres);
    let catalog = compiler.catalog().clone();
    let mut client = database("dimensions");
    let mut report = Report::default();
    for (source, metrics) in offers(&catalog) {
        let any = &metrics[..1];
        for key in dimensions(&catalog, source) {
            let dimension = catalog.dimension(key).expect("it is offered");
            let what = format!("{source}.{key}");
            let missing = FilterRequest::dimension(key, "is_not_null", [Scalar::Null; 0]);
            assert!(dimension.is_filterable(), "{what}");
            let filtered = asking(source, any).filter(missing);
            report.compile_and_run(&compiler, &mut client, &filtered, &what);
            if !dimension.is_groupable() {
                let errors = compiler.checked(&asking(source, any).dimension(key), &context());
                assert_only(&errors, ErrorCode::NotGroupable, &what);
                continue;
            }
            let grouped = filtered.clone().dimension(key);
            let Some(query) = report.checked(&compiler, &grouped, &what) else {
                continue;
            };
            report.run(&mut client, &query, &what);
            if query
                .columns()
                .iter()
                .any(|c| c.role() == ColumnRole::DimensionLabel)
            {
                for op in ["contains", "not_contains", "eq", "starts_with"] {
                    let label = FilterRequest::dimension(key, op, ["o'neil_%"]).on_label();
                    let request = grouped.clone().filter(label);
                    report.compile_and_run(&compiler, &mut client, &request, &what);
                }
            }
            for grain in grains(key) {
                let request = asking(source, any).dimension_at(key, &grain);
                report.compile_and_run(&compiler, &mut client, &request, &what);
            }
        }
    }
    // Twice per pair, once where the dimension does not group; labels and grains on top.
    report.assert_sound((506, 506));
}

fn assert_only(result: &Result<CompiledQuery, Errors>, code: ErrorCode, what: &str) {
    let Err(errors) = result else {
        panic!("{what} compiles");
    };
    assert!(
        errors.iter().all(|error| error.code() == code),
        "{what}: {errors}"
    );
}

/// The grains that the catalog offers a date at.
fn grains(dimension: &str) -> Vec<String> {
    let document = document();
    let all = document["dimensions"].as_array().expect("a list");
    let found = all.iter().find(|each| each["dimension_key"] == dimension);
    let grains = found.and_then(|each| each["grains"].as_array());
    let text = |grain: &Value| grain.as_str().expect("a grain").to_owned();
    grains.into_iter().flatten().map(text).collect()
}

/// All metrics of a source by all its dimensions, one at a time, so that every metric has met every
/// join and every bucket.
#[test]
fn all_metrics_by_each_dimension_run() {
    let compiler = compiler(Dialect::Postgres);
    let catalog = compiler.catalog().clone();
    let mut client = zeros("pairs");
    let mut report = Report::default();
    for (source, metrics) in offers(&catalog) {
        for key in dimensions(&catalog, source) {
            if !catalog
                .dimension(key)
                .is_some_and(|each| each.is_groupable())
            {
                continue;
            }
            for batch in metrics.chunks(BATCH) {
                let request = asking(source, batch).dimension(key);
                report.compile_and_run(&compiler, &mut client, &request, source);
            }
        }
    }
    report.assert_sound((314, 314));
}

/// The switch replaces the date by the week or the month wherever the source has them.
#[test]
fn the_time_period_switches_on_every_source_with_dates() {
    let compiler = compiler(Dialect::Postgres);
    let catalog = compiler.catalog().clone();
    let mut client = database("switch");
    let mut report = Report::default();
    for (option, dimension) in [("day", "date"), ("week", "week"), ("month", "month")] {
        for (source, metrics) in offers(&catalog) {
            for asked in ["time_granularity", "date"] {
                let request = asking(source, &metrics[..1])
                    .dimension(asked)
                    .toggle("time_granularity", option);
                let what = format!("{source}, {option}, {asked}");
                if catalog.offers_dimension(source, dimension) {
                    report.compile_and_run(&compiler, &mut client, &request, &what);
                } else {
                    let result = compiler.checked(&request, &context());
                    assert_only(&result, ErrorCode::DimensionUnavailable, &what);
                }
            }
        }
    }
    report.assert_sound((46, 46));
}

#[test]
fn every_widget_of_every_template_compiles_and_runs() {
    let reports = stock();
    let mut client = database("templates");
    let mut found = Report::default();
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for template in reports.compiler().catalog().templates() {
        let report = report(&reports, &template.key, &Layers::default(), &context());
        let report = report.unwrap_or_else(|errors| panic!("{}: {errors}", template.key));
        for widget in report.widgets() {
            let what = format!("{}.{}", template.key, widget.id);
            match report.query(widget) {
                Ok(query) => {
                    found.compiled += 1;
                    found.run(&mut client, query, &what);
                }
                Err(errors) => drop(writeln!(found.failures, "{what}: {errors}")),
            }
            *kinds.entry(widget.kind.as_str()).or_default() += 1;
        }
    }
    found.assert_sound((143, 143));
    assert_eq!(kinds.len(), 4, "{kinds:?}");
}
