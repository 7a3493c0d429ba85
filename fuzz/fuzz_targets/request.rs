//! Any bytes as a request against a real catalog: an error, or a statement that keeps its promises,
//! comes out the same again, has the same text for other values, and is proved by the independent checker.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use measurand::{Catalog, CompiledQuery, Compiler, Context, Dialect, Limits, Param, Request};
use measurand_fuzz::budget::within_budget;
use measurand_fuzz::statement;
use measurand_fuzz::swap::other_values;

static COMPILERS: LazyLock<Vec<Compiler>> = LazyLock::new(|| {
    let text = include_str!("../../tests/catalogs/payments/catalog.json");
    let compiler = |dialect| Compiler::new(Catalog::from_json(text).expect("a catalog"), dialect);
    Dialect::ALL.map(compiler).into()
});

static CONTEXT: LazyLock<Context> = LazyLock::new(|| {
    let text = r#"{"client_id": 1, "now": "2026-11-20T10:00:00Z", "timezone": "America/New_York",
        "access": [{"dimension": "campaign_name", "allowed_values": [101, 103]}]}"#;
    Context::from_json(text, &Limits::default()).expect("a context")
});

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let limits = Limits::default();
    within_budget(text.len(), || {
        let request = match Request::from_json(text, &limits) {
            Ok(request) => request,
            Err(errors) => return statement::refusal(&errors),
        };
        let other = other_values(&request);
        for compiler in COMPILERS.iter() {
            let outcome = compiler.compile(&request, &CONTEXT);
            statement::prove(&outcome, compiler.catalog(), &request, &CONTEXT);
            let Ok(query) = outcome else { continue };
            let again = compiler
                .compile(&request, &CONTEXT)
                .expect("it compiled before");
            assert_eq!((again.sql(), again.params()), (query.sql(), query.params()));
            assert_eq!(again.fingerprint(), query.fingerprint());
            let Ok(other) = compiler.compile(&other, &CONTEXT) else {
                continue;
            };
            // Values that were one value may have become two, which makes a list longer.
            if lengths(&other) == lengths(&query) {
                assert_eq!(
                    other.sql(),
                    query.sql(),
                    "{:?}\n{:?}",
                    query.params(),
                    other.params()
                );
            }
        }
    });
});

/// The lengths of the parameters that are lists.
fn lengths(query: &CompiledQuery) -> Vec<Option<usize>> {
    let lengths = query.params().iter().map(|param| match param {
        Param::List(list) => Some(list.values().len()),
        Param::Scalar(_) => None,
    });
    lengths.collect()
}
