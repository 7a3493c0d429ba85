//! Any text as each kind of fragment: an error, or a statement that keeps its promises and means the
//! same to PostgreSQL's own grammar, as the independent checker says.
#![no_main]

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use measurand::catalog::spec::{
    CatalogSpec, DimensionSpec, MetricSpec, Offer, SourceDimensionSpec, SourceMetricSpec,
    SourceSpec,
};
use measurand::{Catalog, Compiler, Context, Dialect, Limits, Request, Tenant};
use measurand_fuzz::budget::within_budget;
use measurand_fuzz::statement;

/// A field that holds SQL.
type Place = fn(&mut CatalogSpec, String);

const PLACES: [Place; 9] = [
    |spec, text| spec.metrics[0].sql_expression = Some(text),
    |spec, text| spec.metrics[0].filter = Some(text),
    |spec, text| spec.metrics[1].derived_formula = Some(text),
    |spec, text| spec.dimensions[0].column_expression = text,
    |spec, text| spec.data_sources[0].base_filter = Some(text),
    |spec, text| {
        let dimension = &mut spec.dimensions[0];
        dimension.join_table = Some("public.lookup".to_owned());
        dimension.display_column = Some("name".to_owned());
        dimension.join_condition = Some(text);
    },
    |spec, text| {
        if let Offer::Listed(metrics) = &mut spec.data_sources[0].metrics {
            metrics[0].sql_expression = Some(text);
        }
    },
    |spec, text| {
        if let Offer::Listed(dimensions) = &mut spec.data_sources[0].dimensions {
            dimensions[0].column_expression = Some(text);
        }
    },
    |spec, text| spec.data_sources[0].view_pattern = text,
];

/// A catalog in which every field can be replaced.
fn spec() -> CatalogSpec {
    let metric = |metric: &str| SourceMetricSpec {
        metric: metric.to_owned(),
        ..Default::default()
    };
    let dimension = SourceDimensionSpec {
        dimension: "d".to_owned(),
        ..Default::default()
    };
    CatalogSpec {
        data_sources: vec![SourceSpec {
            source_key: "s".to_owned(),
            view_pattern: "s".to_owned(),
            client_id_column: Some("client_id".to_owned()),
            metrics: Offer::Listed(vec![metric("m"), metric("n")]),
            dimensions: Offer::Listed(vec![dimension]),
            ..Default::default()
        }],
        metrics: ["m", "n"]
            .map(|key| MetricSpec {
                metric_key: key.to_owned(),
                sql_expression: Some("SUM(x)".to_owned()),
                ..Default::default()
            })
            .into(),
        dimensions: vec![DimensionSpec {
            dimension_key: "d".to_owned(),
            column_expression: "d".to_owned(),
            is_groupable: true,
            is_filterable: true,
            ..Default::default()
        }],
        ..Default::default()
    }
}

fuzz_target!(|text: &str| {
    let request = Request::new().metric("m").metric("n").dimension("d");
    let context = Context::new(Tenant::number(1).expect("a tenant"), Vec::new());
    let limits = Limits::default();
    within_budget(text.len(), || {
        for place in PLACES {
            let mut spec = spec();
            place(&mut spec, text.to_owned());
            match Catalog::check(&spec, limits.clone()) {
                Ok(catalog) => {
                    let catalog = Arc::new(catalog);
                    for dialect in Dialect::ALL {
                        let compiler = Compiler::new(catalog.clone(), dialect);
                        let outcome = compiler.compile(&request, &context);
                        statement::prove(&outcome, compiler.catalog(), &request, &context);
                    }
                }
                Err(errors) => statement::refusal(&errors),
            }
        }
    });
});
