//! Time: loading a catalog and compiling a request, beside two yardsticks of the same run.
//!
//! `cargo bench --bench compile` prints the table; with `-- --check` it fails where a bound of
//! `BENCHMARKS.md` does not hold. `-- --instructions <measure> <metrics> <count>` does one thing a
//! number of times, for a tool that counts instructions.

mod workload;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use workload::{Measure, Outcome, SIZES, Workload};

/// How long one sample takes at least.
const SAMPLE: Duration = Duration::from_millis(2);
/// The samples of what takes long, and of all else.
const SAMPLES: (usize, usize) = (9, 61);

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match arguments
        .iter()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .as_slice()
    {
        ["--instructions", measure, metrics, count, ..] => repeat(measure, metrics, count),
        arguments => table(arguments.contains(&"--check")),
    };
    match outcome {
        Ok(code) => code,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Does one thing a number of times and prints nothing.
fn repeat(measure: &str, metrics: &str, count: &str) -> Outcome<ExitCode> {
    let found = Measure::ALL.iter().find(|(name, _)| *name == measure);
    let (_, measure) = *found.ok_or("no such measure")?;
    let workload = Workload::new(metrics.parse()?)?;
    for _ in 0..count.parse::<usize>()? {
        workload.run(measure)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The median times of one size, in nanoseconds.
struct Times {
    metrics: usize,
    of: Vec<(Measure, f64)>,
}

impl Times {
    fn get(&self, measure: Measure) -> f64 {
        let found = self.of.iter().find(|(each, _)| *each == measure);
        found.map_or(f64::NAN, |(_, time)| *time)
    }

    fn ratio(&self, measure: Measure, yardstick: Measure) -> f64 {
        self.get(measure) / self.get(yardstick)
    }
}

fn table(checks: bool) -> Outcome<ExitCode> {
    let mut all = Vec::new();
    println!(
        "{:>8} {:<16} {:>14} {:>9} {:>9}",
        "metrics", "measure", "median ns", "x parse", "x push"
    );
    for metrics in SIZES {
        let workload = Workload::new(metrics)?;
        let mut of = time(&workload, &[Measure::Load, Measure::LoadYardstick])?;
        of.extend(time(
            &workload,
            &[Measure::Cold, Measure::Warm, Measure::Parse, Measure::Push],
        )?);
        let wide = [Measure::WideCold, Measure::WideWarm, Measure::WideParse];
        if workload.measures().any(|measure| wide.contains(&measure)) {
            of.extend(time(&workload, &wide)?);
        }
        let times = Times { metrics, of };
        print(&workload, &times)?;
        all.push(times);
    }
    let held = bounds(&all);
    Ok(if checks && !held {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

fn print(workload: &Workload, times: &Times) -> Outcome<()> {
    for (measure, time) in &times.of {
        let (parse, push) = match measure {
            Measure::Load | Measure::LoadYardstick => (String::new(), String::new()),
            Measure::WideCold | Measure::WideWarm | Measure::WideParse => (
                format!("{:.3}", times.ratio(*measure, Measure::WideParse)),
                String::new(),
            ),
            _ => (
                format!("{:.3}", times.ratio(*measure, Measure::Parse)),
                format!("{:.1}", times.ratio(*measure, Measure::Push)),
            ),
        };
        let name = measure.name();
        println!(
            "{:>8} {name:<16} {time:>14.0} {parse:>9} {push:>9}",
            times.metrics
        );
    }
    println!(
        "{:>8} load is {:.2} x its yardstick; catalog {} bytes, statement {} bytes",
        times.metrics,
        times.ratio(Measure::Load, Measure::LoadYardstick),
        workload.catalog_bytes(),
        workload.sql(Measure::Warm)?.len()
    );
    if let Ok(wide) = workload.sql(Measure::WideWarm) {
        println!("{:>8} wide statement {} bytes", times.metrics, wide.len());
    }
    Ok(())
}

/// The median time of each measure. Samples of all measures alternate, so that what else the machine
/// does falls on all of them.
fn time(workload: &Workload, measures: &[Measure]) -> Outcome<Vec<(Measure, f64)>> {
    let mut counts = Vec::with_capacity(measures.len());
    let mut slow = false;
    for measure in measures {
        let mut count = 1_u32;
        let last = loop {
            let spent = sample(workload, *measure, count)?;
            if spent >= SAMPLE {
                break spent;
            }
            count *= 2;
        };
        slow |= last > SAMPLE * 20;
        counts.push(count);
    }
    let samples = if slow { SAMPLES.0 } else { SAMPLES.1 };
    let mut found = vec![Vec::with_capacity(samples); measures.len()];
    for _ in 0..samples {
        for ((measure, count), times) in measures.iter().zip(&counts).zip(&mut found) {
            let spent = sample(workload, *measure, *count)?;
            times.push(spent.as_secs_f64() * 1e9 / f64::from(*count));
        }
    }
    Ok(measures
        .iter()
        .copied()
        .zip(found.into_iter().map(median))
        .collect())
}

fn sample(workload: &Workload, measure: Measure, count: u32) -> Outcome<Duration> {
    let start = Instant::now();
    for _ in 0..count {
        workload.run(measure)?;
    }
    Ok(start.elapsed())
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Prints the bounds and what was found; whether all of them hold.
fn bounds(all: &[Times]) -> bool {
    let worst = |measure, yardstick| {
        all.iter()
            .map(|times| times.ratio(measure, yardstick))
            // Not every catalog has every measure; `max` passes over what is no number.
            .fold(f64::NAN, f64::max)
    };
    let (Some(smallest), Some(largest)) = (all.first(), all.last()) else {
        return false;
    };
    let growth = largest.get(Measure::Warm) / smallest.get(Measure::Warm);
    let load = largest.ratio(Measure::Load, Measure::LoadYardstick);
    let mut held = true;
    println!();
    for (what, found, bound) in [
        (
            "warm compile, in parses of its statement",
            worst(Measure::Warm, Measure::Parse),
            0.10,
        ),
        (
            "cold compile, in parses of its statement",
            worst(Measure::Cold, Measure::Parse),
            2.0,
        ),
        (
            "warm wide compile, in parses of its statement",
            worst(Measure::WideWarm, Measure::WideParse),
            0.15,
        ),
        (
            "warm compile at 10,000 metrics, in those at 10",
            growth,
            1.3,
        ),
        ("load of 10,000 metrics, in its yardstick", load, 3.0),
    ] {
        let holds = found <= bound;
        held &= holds;
        println!(
            "{} {what}: {found:.3}, bound {bound:.2}",
            if holds { "holds" } else { "FAILS" }
        );
    }
    held
}
