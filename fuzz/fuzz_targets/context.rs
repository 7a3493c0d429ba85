//! Any bytes as a context: an error, or a statement whose facts have a guard.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use measurand::{Catalog, Compiler, Context, Dialect, ErrorCode, Limits, Request};

static COMPILER: LazyLock<Compiler> = LazyLock::new(|| {
    let text = include_str!("../../tests/catalogs/payments/catalog.json");
    Compiler::new(Catalog::from_json(text).expect("a catalog"), Dialect::Postgres)
});

static REQUEST: LazyLock<Request> = LazyLock::new(|| {
    Request::new().metric("attempts").dimension("campaign_name").preset("last_30_days")
});

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(context) = Context::from_json(text, &Limits::default()) else { return };
    match COMPILER.compile(&REQUEST, &context) {
        Ok(query) => {
            let facts = &query.certificate().scans[0];
            assert!(facts.tenant.is_some());
            assert_eq!(facts.rules.len(), context.access.len());
        }
        Err(errors) => assert!(!errors.has(ErrorCode::Unverified), "{errors}"),
    }
});
