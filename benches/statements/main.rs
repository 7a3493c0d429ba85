//! What emitted statements cost a database, beside the best ones written by hand.
//!
//! `benches/statement_costs` runs it. Both statements of a shape have to give the same rows; then both run in
//! turn, and what counts is the processor time of the server's process, as the kernel counts it.

#![allow(
    clippy::panic,
    reason = "a run without its database or with other rows must fail"
)]

use std::fs;
use std::path::Path;

use measurand::{Catalog, Compiler, Context, Dialect, Limits, Request};
use measurand_tests::checker::Checked as _;
use measurand_tests::support::cluster::cluster;
use measurand_tests::support::rows::{execute, execute_text, normalised};
use measurand_tests::support::{literal, root};
use postgres::Client;
use serde::Deserialize;

/// The most that an emitted statement may cost in those written by hand.
const BOUND: f64 = 1.1;
const SAMPLES: usize = 9;
const ROWS: u64 = 1_500_000;

#[derive(Deserialize)]
struct Shapes {
    shapes: Vec<Shape>,
}

#[derive(Deserialize)]
struct Shape {
    name: String,
    request: String,
    context: String,
    hand: String,
}

fn main() {
    let (options, words): (Vec<String>, Vec<String>) = std::env::args()
        .skip(1)
        .partition(|argument| argument.starts_with("--"));
    let check = options.iter().any(|option| option == "--check");
    let folder = root().join("benches/statements");
    let rows = std::env::var("MEASURAND_ROWS").ok();
    let rows = rows.and_then(|rows| rows.parse().ok()).unwrap_or(ROWS);
    let compiler = Compiler::new(
        Catalog::from_json(&read(&folder.join("catalog.json"))).unwrap_or_else(|e| panic!("{e}")),
        Dialect::Postgres,
    );
    let shapes: Shapes = toml::from_str(&read(&folder.join("shapes.toml"))).expect("shapes");
    eprintln!("making {rows} rows");
    let mut server = Server::new(&read(&folder.join("data.sql")), rows);
    println!("| shape | emitted, ms | by hand, ms | ratio |");
    println!("| --- | ---: | ---: | ---: |");
    let mut worst = 0.0_f64;
    let is_asked = |shape: &&Shape| words.is_empty() || words.contains(&shape.name);
    let asked: Vec<&Shape> = shapes.shapes.iter().filter(is_asked).collect();
    for shape in &asked {
        let [emitted, hand] = server.compare(&compiler, shape);
        let ratio = emitted / hand;
        worst = worst.max(ratio);
        println!("| {} | {emitted:.1} | {hand:.1} | {ratio:.2} |", shape.name);
    }
    println!("\nworst of {}: {worst:.2}", asked.len());
    if check && worst > BOUND {
        panic!("an emitted statement costs more than {BOUND} of what one by hand does");
    }
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A connection, and the process that serves it.
struct Server {
    client: Client,
    process: i32,
}

impl Server {
    fn new(data: &str, rows: u64) -> Self {
        let mut client = cluster().fresh_database("costs");
        for statement in data
            .replace("ROWS_OF_ORDERS", &rows.to_string())
            .split(";\n")
        {
            let made = client.batch_execute(statement);
            made.unwrap_or_else(|error| panic!("{statement}: {error}"));
        }
        let settings = "SET work_mem = '64MB'; SET max_parallel_workers_per_gather = 0;
                        SET plan_cache_mode = force_custom_plan";
        client.batch_execute(settings).expect("settings");
        let process = client.query_one("SELECT pg_backend_pid()", &[]);
        let process = process.expect("a process").get(0);
        Self { client, process }
    }

    /// Milliseconds of the emitted statement and of that by hand, medians of alternate runs.
    fn compare(&mut self, compiler: &Compiler, shape: &Shape) -> [f64; 2] {
        let limits = Limits::default();
        let request = Request::from_json(&shape.request, &limits).unwrap_or_else(|e| panic!("{e}"));
        let context = Context::from_json(&shape.context, &limits).unwrap_or_else(|e| panic!("{e}"));
        let query = compiler.checked(&request, &context);
        let query = query.unwrap_or_else(|errors| panic!("{}\n{errors}", shape.name));
        let emitted = execute(&query, &mut self.client);
        let hand = execute_text(&shape.hand, &[], &mut self.client);
        let [emitted, hand] = [emitted, hand]
            .map(|rows| normalised(rows.unwrap_or_else(|error| panic!("{}: {error}", shape.name))));
        assert!(!hand.is_empty(), "{}: no rows", shape.name);
        assert_eq!(emitted, hand, "{}: other rows", shape.name);
        let values: Vec<String> = query.params().iter().map(literal::postgres).collect();
        let prepare = [
            ("emitted", query.sql(), &*values),
            ("hand", &shape.hand, &[]),
        ];
        let statements = prepare.map(|(name, sql, values)| self.prepare(name, sql, values));
        let mut samples = [Vec::new(), Vec::new()];
        for _ in 0..SAMPLES {
            for (statement, samples) in statements.iter().zip(&mut samples) {
                let before = self.processor_time();
                self.client.batch_execute(statement).expect("it ran before");
                samples.push(self.processor_time() - before);
            }
        }
        samples.map(|mut samples| {
            samples.sort_by(f64::total_cmp);
            samples[SAMPLES / 2]
        })
    }

    /// Prepares a statement; what runs it without handing out rows.
    fn prepare(&mut self, name: &str, sql: &str, values: &[String]) -> String {
        let prepare = format!("DEALLOCATE ALL; PREPARE {name} AS {sql}");
        let prepare = match name {
            "emitted" => prepare,
            _ => prepare.trim_start_matches("DEALLOCATE ALL; ").to_owned(),
        };
        let prepared = self.client.batch_execute(&prepare);
        prepared.unwrap_or_else(|error| panic!("{name}: {error}"));
        let arguments = match values.is_empty() {
            true => String::new(),
            false => format!("({})", values.join(", ")),
        };
        format!("EXPLAIN (ANALYZE, TIMING OFF) EXECUTE {name}{arguments}")
    }

    /// Milliseconds that the server's process had a processor.
    fn processor_time(&self) -> f64 {
        let path = format!("/proc/{}/schedstat", self.process);
        let text = read(Path::new(&path));
        let nanoseconds = text
            .split(' ')
            .next()
            .and_then(|first| first.parse::<f64>().ok());
        nanoseconds.expect("nanoseconds") / 1e6
    }
}
