//! Any bytes as a catalog, in both spellings: an error or a catalog, and a catalog compiles.
#![no_main]

use libfuzzer_sys::fuzz_target;
use measurand::{Catalog, Compiler, Context, Dialect, Request, Tenant};

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    for catalog in [Catalog::from_json(text), Catalog::from_rows_json(text)].into_iter().flatten() {
        let mut request = Request::new();
        request.metrics = catalog.metrics().iter().take(20).map(|m| m.key().to_string()).collect();
        let tenant = Tenant::number(1).expect("a tenant");
        let context = Context::new(tenant, Vec::new());
        for dialect in Dialect::ALL {
            let compiler = Compiler::new(Catalog::from_json(text).unwrap_or_else(|_| {
                Catalog::from_rows_json(text).expect("it loaded before")
            }), dialect);
            if let Err(errors) = compiler.compile(&request, &context) {
                assert!(!errors.has(measurand::ErrorCode::Unverified), "{errors}");
            }
        }
    }
});
