//! Graphs of metrics, on a stack of 256 KiB: sound ones load and compile to a statement whose size is
//! linear in what it says, those that rest on themselves or are too deep are refused, and all of it ends
//! quickly.
#![no_main]

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use measurand::{Catalog, Compiler, Context, Dialect, ErrorCode, Errors, Request, Tenant};
use measurand_fuzz::budget::within_budget;
use measurand_fuzz::graph::{Graph, Verdict, key};
use measurand_fuzz::{statement, tape};

fuzz_target!(|bytes: &[u8]| {
    let graph = Graph::draw(&mut tape::forwards(bytes));
    let asked = graph.asked(&mut tape::backwards(bytes));
    let text = graph.catalog().to_string();
    std::thread::scope(|scope| {
        let work = || {
            within_budget(text.len(), || {
                let loaded = Catalog::from_json(&text);
                agree(&graph, &loaded);
                match loaded {
                    Ok(catalog) => compiled(&graph, &asked, &Arc::new(catalog)),
                    Err(errors) => statement::refusal(&errors),
                }
            });
        };
        let thread = std::thread::Builder::new().stack_size(256 << 10);
        let thread = thread.spawn_scoped(scope, work).expect("a thread");
        // The panic itself has ended the process already.
        thread.join().expect("no panic");
    });
});

/// The rules and the library say the same; variants are left to the library.
fn agree(graph: &Graph, loaded: &Result<Catalog, Errors>) {
    if graph.has_variants() {
        return;
    }
    let code = match graph.verdict() {
        Verdict::Sound => {
            assert!(
                loaded.is_ok(),
                "{}",
                loaded.as_ref().expect_err("just looked at")
            );
            return;
        }
        Verdict::Cyclic => ErrorCode::MetricCycle,
        Verdict::TooDeep => ErrorCode::LimitExceeded,
    };
    assert!(
        loaded.as_ref().is_err_and(|errors| errors.has(code)),
        "no `{code}`"
    );
}

fn compiled(graph: &Graph, asked: &[usize], catalog: &Arc<Catalog>) {
    let context = Context::new(Tenant::number(1).expect("a tenant"), Vec::new());
    let request = Request::new().dimension("d");
    let request = asked
        .iter()
        .fold(request, |request, at| request.metric(key(*at)));
    for dialect in Dialect::ALL {
        let compiler = Compiler::new(catalog.clone(), dialect);
        let outcome = compiler.compile(&request, &context);
        statement::check(&outcome, &context, catalog.limits());
        if graph.has_variants() {
            continue;
        }
        let query = outcome.unwrap_or_else(|errors| panic!("{errors}"));
        let (bytes, most) = (query.sql().len(), graph.most_bytes(asked));
        assert!(
            bytes <= most,
            "{bytes} bytes, at most {most}\n{}",
            query.sql()
        );
    }
}
