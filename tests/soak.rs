//! Many threads, one compiler, very many compiles: every answer is the one that a thread alone gets, and
//! memory stays flat.
//!
//! `MEASURAND_SOAK` is the number of compiles; without it the run takes a few seconds.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use measurand::{CompiledQuery, Context, Dialect, Errors, Limits, Request};
use measurand_tests::checker::Checked as _;
use measurand_tests::support::payments;
use measurand_tests::support::random::Random;
use serde_json::{Value, json};

const THREADS: usize = 16;

/// So many different requests are asked over and over.
const QUESTIONS: usize = 2_000;

/// The most that memory may grow after the warm-up: the allocator's slack of sixteen threads.
const GROWTH: usize = 24 << 20;

/// The number of compiles of one test.
fn compiles() -> usize {
    let asked = std::env::var("MEASURAND_SOAK").ok();
    let asked = asked.map(|count| count.parse().expect("a number of compiles"));
    asked.unwrap_or(if cfg!(debug_assertions) {
        5_000
    } else {
        100_000
    })
}

/// The bytes of this process that are in memory.
fn resident() -> usize {
    let pages =
        std::fs::read_to_string("/proc/self/statm").expect("the kernel's account of memory");
    let pages = pages
        .split_whitespace()
        .nth(1)
        .and_then(|pages| pages.parse::<usize>().ok());
    pages.expect("a number of pages") * 4096
}

/// A question: a request and who asks it.
struct Question {
    request: Request,
    context: Context,
}

/// What is compared of an answer.
#[derive(PartialEq, Eq, Debug)]
enum Answer {
    Compiled {
        sql: String,
        params: String,
        fingerprint: String,
    },
    Refused(String),
}

impl Answer {
    fn of(compiled: Result<CompiledQuery, Errors>) -> Self {
        match compiled {
            Ok(query) => Answer::Compiled {
                sql: query.sql().to_owned(),
                params: serde_json::to_string(query.params()).expect("parameters serialize"),
                fingerprint: query.fingerprint(),
            },
            Err(errors) => Answer::Refused(errors.to_string()),
        }
    }
}

const METRICS: [&str; 4] = ["attempts", "approvals", "approval_rate", "revenue"];
const DIMENSIONS: [&str; 6] = [
    "date",
    "campaign_name",
    "affid",
    "bin",
    "sales_type",
    "is_trial",
];
const OPERATORS: [&str; 6] = ["eq", "neq", "in", "not_in", "is_null", "gt"];

/// A condition with values of its own.
fn condition(random: &mut Random, depth: usize) -> Value {
    if depth > 0 && random.once_in(3) {
        let word = *random.pick(&["and", "or"]);
        let parts: Vec<Value> = (0..=random.below(3))
            .map(|_| condition(random, depth - 1))
            .collect();
        return json!({word: parts});
    }
    if depth > 0 && random.once_in(5) {
        return json!({"not": condition(random, depth - 1)});
    }
    let op = *random.pick(&OPERATORS);
    let (dimension, value) = match random.below(3) {
        0 => ("campaign_name", json!(random.below(1_000_000))),
        1 => (
            "affid",
            json!(format!("affiliate {}", random.below(1_000_000))),
        ),
        _ => ("bin", json!(format!("{}", random.below(1_000_000)))),
    };
    match op {
        "is_null" => json!({"dimension": dimension, "op": op}),
        _ => json!({"dimension": dimension, "op": op, "values": [value]}),
    }
}

fn question(random: &mut Random, tenant: usize) -> Question {
    let mut metrics: Vec<&str> = (0..=random.below(3))
        .map(|_| *random.pick(&METRICS))
        .collect();
    if random.once_in(5) {
        metrics.push("nothing_of_this_name");
    }
    metrics.sort_unstable();
    metrics.dedup();
    let mut dimensions: Vec<&str> = (0..random.below(3))
        .map(|_| *random.pick(&DIMENSIONS))
        .collect();
    dimensions.sort_unstable();
    dimensions.dedup();
    let filters: Vec<Value> = (0..random.below(4)).map(|_| condition(random, 2)).collect();
    let request = json!({"source": "order_summary", "metrics": metrics, "dimensions": dimensions,
        "filters": filters, "date_range": {"preset": random.pick(&["last_week", "this_year", "last_30_days"])},
        "limit": 10 + random.below(100)});
    let values: Vec<usize> = (0..random.below(12))
        .map(|_| random.below(10_000))
        .collect();
    let access = match random.below(3) {
        0 => json!([]),
        1 => {
            json!([{"dimension": "campaign_name", "access_type": "include", "allowed_values": values}])
        }
        _ => {
            json!([{"dimension": "campaign_name", "access_type": "exclude", "allowed_values": values, "nulls": "visible"}])
        }
    };
    let context = json!({"client_id": tenant, "access": access, "now": "2026-11-20T10:00:00Z",
        "timezone": random.pick(&["UTC", "America/New_York", "Asia/Kolkata"])});
    let limits = Limits::default();
    Question {
        request: Request::from_json(&request.to_string(), &limits)
            .unwrap_or_else(|errors| panic!("{errors}")),
        context: Context::from_json(&context.to_string(), &limits)
            .unwrap_or_else(|errors| panic!("{errors}")),
    }
}

/// Runs the work on many threads until so many pieces are done; a piece has a number.
fn on_threads(count: usize, work: impl Fn(usize) + Sync) {
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                loop {
                    let piece = next.fetch_add(1, Ordering::Relaxed);
                    if piece >= count {
                        break;
                    }
                    work(piece);
                }
            });
        }
    });
}

/// Compares memory now with what it was after the warm-up.
fn check_memory(what: &str, before: usize, started: Instant, count: usize) {
    let after = resident();
    let grown = after.saturating_sub(before);
    let elapsed = started.elapsed();
    println!(
        "{what}: {count} compiles in {elapsed:.1?}, resident {before} bytes before, {after} after"
    );
    assert!(grown < GROWTH, "{what}: memory has grown by {grown} bytes");
}

/// One test, since each would measure the other's memory.
#[test]
fn answers_are_the_same_on_many_threads_and_memory_is_flat() {
    let count = compiles();
    the_same_questions_over_and_over(count);
    shapes_that_never_repeat(count);
}

fn the_same_questions_over_and_over(count: usize) {
    let mut random = Random::new(11);
    let questions: Vec<Question> = (0..QUESTIONS)
        .map(|at| question(&mut random, at % 5))
        .collect();
    let alone = payments::compiler(Dialect::Postgres);
    let expected: Vec<Answer> = questions
        .iter()
        .map(|question| Answer::of(alone.checked(&question.request, &question.context)))
        .collect();
    let is_refused = |answer: &&Answer| matches!(answer, Answer::Refused(_));
    let refused = expected.iter().filter(is_refused).count();
    assert!(
        (QUESTIONS / 10..QUESTIONS / 2).contains(&refused),
        "{refused} are refused"
    );
    let shared = Arc::new(payments::compiler(Dialect::Postgres));
    let ask = |piece: usize| {
        // A step that shares no factor with the number, so that neighbours ask for different things.
        let at = piece * 787 % QUESTIONS;
        let question = &questions[at];
        let answer = Answer::of(shared.compile(&question.request, &question.context));
        assert_eq!(answer, expected[at]);
    };
    on_threads(count / 10, ask);
    let (before, started) = (resident(), Instant::now());
    on_threads(count, ask);
    check_memory("the same questions", before, started, count);
}

/// The memory of verified shapes is bounded, however many there are.
fn shapes_that_never_repeat(count: usize) {
    let shared = payments::compiler(Dialect::Postgres);
    let limits = Limits::default();
    let context = Context::from_json(payments::ADMINISTRATOR, &limits).expect("a context");
    // The digits of a number, as operators that take no value.
    let question = |piece: usize| {
        let conditions: Vec<Value> = (0..20)
            .map(|bit| {
                let op = if piece >> bit & 1 == 0 {
                    "is_null"
                } else {
                    "is_not_null"
                };
                json!({"dimension": "affid", "op": op})
            })
            .collect();
        let request = json!({"source": "order_summary", "metrics": ["attempts"], "filters": {"or": conditions}});
        Request::from_json(&request.to_string(), &limits).expect("a request")
    };
    let ask = |piece: usize| {
        let query = shared
            .compile(&question(piece), &context)
            .unwrap_or_else(|errors| panic!("{errors}"));
        assert_eq!(query.params().len(), 1);
    };
    let warm_up = 6_000;
    on_threads(warm_up, ask);
    let (before, started) = (resident(), Instant::now());
    let rest = (count / 4).max(4_000);
    on_threads(rest, |piece| ask(warm_up + piece));
    check_memory("shapes that never repeat", before, started, rest);
    let kept = shared.verified_shapes();
    assert!(kept > 1_000 && kept <= 2_048, "{kept} shapes are kept");
    // The checker keeps what it has read, so it comes after the measurement.
    on_threads(rest.min(10_000), |piece| {
        let checked = shared.checked(&question(warm_up + piece), &context);
        checked.unwrap_or_else(|errors| panic!("{errors}"));
    });
}
