//! Any bytes as a request against a real catalog: an error or a verified statement.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use measurand::{Catalog, Compiler, Context, Dialect, ErrorCode, Limits, Request};

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
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(request) = Request::from_json(text, &Limits::default()) else { return };
    for compiler in COMPILERS.iter() {
        if let Err(errors) = compiler.compile(&request, &CONTEXT) {
            assert!(!errors.has(ErrorCode::Unverified), "{errors}");
        }
    }
});
