//! Any bytes as a context: an error, or a statement that holds the tenant and every rule, as the
//! independent checker says too.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use measurand::{Catalog, Compiler, Context, Dialect, Limits, Request};
use measurand_fuzz::budget::within_budget;
use measurand_fuzz::statement;

static COMPILERS: LazyLock<Vec<Compiler>> = LazyLock::new(|| {
    let text = include_str!("../../tests/catalogs/payments/catalog.json");
    let compiler = |dialect| Compiler::new(Catalog::from_json(text).expect("a catalog"), dialect);
    Dialect::ALL.map(compiler).into()
});

/// Facts alone, with a lookup, and with a date that depends on the zone.
static REQUESTS: LazyLock<[Request; 3]> = LazyLock::new(|| {
    let attempts = || Request::new().metric("attempts");
    [
        attempts(),
        attempts()
            .dimension("campaign_name")
            .dimension("product_name"),
        attempts().dimension("campaign_name").preset("last_30_days"),
    ]
});

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let limits = Limits::default();
    within_budget(text.len(), || {
        let context = match Context::from_json(text, &limits) {
            Ok(context) => context,
            Err(errors) => return statement::refusal(&errors),
        };
        for compiler in COMPILERS.iter() {
            for request in REQUESTS.iter() {
                let outcome = compiler.compile(request, &context);
                statement::prove(&outcome, compiler.catalog(), request, &context);
            }
        }
    });
});
