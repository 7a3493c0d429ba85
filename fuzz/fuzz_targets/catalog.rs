//! Any bytes as a catalog, in both spellings: an error, or a catalog of which every metric and every
//! dimension is refused in order or compiles to a statement that keeps its promises.
#![no_main]

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use measurand::{Catalog, Compiler, Context, Dialect, Request, Tenant};
use measurand_fuzz::budget::within_budget;
use measurand_fuzz::statement;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    within_budget(text.len(), || {
        for loaded in [Catalog::from_json(text), Catalog::from_rows_json(text)] {
            match loaded {
                Ok(catalog) => asked(&Arc::new(catalog)),
                Err(errors) => statement::refusal(&errors),
            }
        }
    });
});

fn asked(catalog: &Arc<Catalog>) {
    let context = Context::new(Tenant::number(1).expect("a tenant"), Vec::new());
    let metrics: Vec<&str> = catalog
        .metrics()
        .iter()
        .take(8)
        .map(|m| m.key().as_str())
        .collect();
    let dimensions = catalog
        .dimensions()
        .iter()
        .take(8)
        .map(|d| d.key().as_str());
    let mut requests = vec![
        metrics
            .iter()
            .fold(Request::new(), |request, key| request.metric(*key)),
    ];
    requests.extend(metrics.iter().map(|key| Request::new().metric(*key)));
    requests.extend(dimensions.map(|key| {
        let request = Request::new().dimension(key);
        metrics
            .first()
            .into_iter()
            .fold(request, |request, metric| request.metric(*metric))
    }));
    for dialect in Dialect::ALL {
        let compiler = Compiler::new(catalog.clone(), dialect);
        for request in &requests {
            let outcome = compiler.compile(request, &context);
            statement::check(&outcome, &context, catalog.limits());
        }
    }
}
