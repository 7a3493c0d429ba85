//! Any text as each kind of fragment: an error, or a statement that verifies.
#![no_main]

use libfuzzer_sys::fuzz_target;
use measurand::catalog::spec::{
    CatalogSpec, DimensionSpec, MetricSpec, Offer, SourceDimensionSpec, SourceMetricSpec, SourceSpec,
};
use measurand::{Catalog, Compiler, Context, Dialect, ErrorCode, Limits, Request, Tenant};

fuzz_target!(|text: &str| {
    let spec = |fragment: &dyn Fn(&mut CatalogSpec)| {
        let metric = |metric: &str| SourceMetricSpec { metric: metric.to_owned(), ..Default::default() };
        let dimension = SourceDimensionSpec { dimension: "d".to_owned(), ..Default::default() };
        let mut spec = CatalogSpec {
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
        };
        fragment(&mut spec);
        spec
    };
    let places: [&dyn Fn(&mut CatalogSpec); 6] = [
        &|spec| spec.metrics[0].sql_expression = Some(text.to_owned()),
        &|spec| spec.metrics[0].filter = Some(text.to_owned()),
        &|spec| spec.metrics[1].derived_formula = Some(text.to_owned()),
        &|spec| spec.dimensions[0].column_expression = text.to_owned(),
        &|spec| spec.data_sources[0].base_filter = Some(text.to_owned()),
        &|spec| {
            let dimension = &mut spec.dimensions[0];
            dimension.join_table = Some("public.lookup".to_owned());
            dimension.display_column = Some("name".to_owned());
            dimension.join_condition = Some(text.to_owned());
        },
    ];
    for place in places {
        for dialect in Dialect::ALL {
            let Ok(catalog) = Catalog::check(&spec(place), Limits::default()) else { break };
            let request = Request::new().metric("m").metric("n").dimension("d");
            let context = Context::new(Tenant::number(1).expect("a tenant"), Vec::new());
            if let Err(errors) = Compiler::new(catalog, dialect).compile(&request, &context) {
                assert!(!errors.has(ErrorCode::Unverified), "{errors}\n{text}");
            }
        }
    }
});
