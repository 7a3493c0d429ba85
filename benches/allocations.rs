//! Allocations: how often each measure asks for memory, and for how much.
//!
//! A binary of its own, because counting would slow down what `compile` times.
//! `cargo bench --bench allocations` prints the table; `-- --check` fails where a bound does not hold.

mod workload;

use std::alloc::System;
use std::process::ExitCode;

use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use workload::{Measure, Outcome, SIZES, Workload};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// The most allocations of a warm compile.
const WARM: usize = 64;

fn main() -> ExitCode {
    match table() {
        Ok(warm) if warm <= WARM || !std::env::args().any(|argument| argument == "--check") => {
            ExitCode::SUCCESS
        }
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Prints the table; the most allocations of a warm compile.
fn table() -> Outcome<usize> {
    let mut warm = 0;
    println!(
        "{:>8} {:<16} {:>12} {:>14}",
        "metrics", "measure", "allocations", "bytes"
    );
    for metrics in SIZES {
        let workload = Workload::new(metrics)?;
        for measure in workload.measures() {
            let region = Region::new(ALLOCATOR);
            workload.run(measure)?;
            let change = region.change();
            let calls = change.allocations + change.reallocations;
            println!(
                "{metrics:>8} {:<16} {calls:>12} {:>14}",
                measure.name(),
                change.bytes_allocated
            );
            if measure == Measure::Warm {
                warm = warm.max(calls);
            }
        }
        println!(
            "{metrics:>8} catalog {} bytes, statement {} bytes",
            workload.catalog_bytes(),
            workload.sql(Measure::Warm)?.len()
        );
    }
    println!(
        "\n{} warm compile: {warm} allocations, bound {WARM}",
        if warm <= WARM { "holds" } else { "FAILS" }
    );
    Ok(warm)
}
