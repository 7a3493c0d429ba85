//! Random catalogs, rows and questions: PostgreSQL, given the compiled statement, says what an
//! independent model of the rules says (`tests/reference`).
//!
//! `MEASURAND_MODEL_SEED` and `MEASURAND_MODEL_WORLDS` run other and more cases by hand.

use measurand_tests::checker::Checked;
use std::time::{SystemTime, UNIX_EPOCH};

use measurand::{Catalog, Compiler, Context, Dialect, Limits, Request};
use measurand_tests::reference::model::{Question, World};
use measurand_tests::reference::number::BINARY;
use measurand_tests::reference::value;
use measurand_tests::reference::value::Value;
use measurand_tests::reference::{answer, ask, generate, spelling};
use measurand_tests::support::cluster::cluster;
use measurand_tests::support::literal;
use measurand_tests::support::random::Random;
use measurand_tests::support::rows::{NULL, Rows, describe};
use measurand_tests::support::sqlite;
use postgres::{Client, SimpleQueryMessage};

/// Questions of one world, which share a round trip.
const QUESTIONS: usize = 20;

/// What came of a run.
#[derive(Default)]
struct Tally {
    compared: usize,
    undecided: usize,
    /// Cases whose answer has a row.
    telling: usize,
    differences: Vec<String>,
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|text| text.parse().ok())
}

#[test]
fn the_database_says_what_the_model_says() {
    let worlds = number("MEASURAND_MODEL_WORLDS");
    let fresh = number("MEASURAND_MODEL_SEED").unwrap_or_else(|| {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        now.map_or(1, |now| u64::from(now.subsec_nanos()))
    });
    println!("fresh seed: {fresh}");
    let mut client = cluster().fresh_database("model");
    client.batch_execute(spelling::TABLES).unwrap();
    for (seed, worlds) in [(7, 75), (fresh, worlds.unwrap_or(15))] {
        let mut tally = Tally::default();
        let mut random = Random::new(seed);
        for _ in 0..worlds {
            let mut own = Random::new(random.draw());
            let world = generate::world(&mut own);
            compare(&world, &mut own, &mut client, &mut tally);
            assert!(
                tally.differences.len() < 4,
                "seed {seed}\n{}",
                tally.differences.join("\n\n")
            );
        }
        println!(
            "seed {seed}: {} compared, {} with rows, {} undecided",
            tally.compared, tally.telling, tally.undecided
        );
        assert!(
            tally.differences.is_empty(),
            "seed {seed}\n{}",
            tally.differences.join("\n\n")
        );
        // A few worlds may say little; many do not.
        assert!(
            worlds < 50
                || tally.telling * 5 > tally.compared * 2 && tally.compared > tally.undecided * 4,
            "seed {seed} says little"
        );
    }
}

/// Asks a world some questions, all of which have to compile.
fn compare(world: &World, random: &mut Random, client: &mut Client, tally: &mut Tally) {
    let definitions = spelling::catalog(world).to_string();
    let catalog =
        Catalog::from_json(&definitions).unwrap_or_else(|errors| panic!("{errors}\n{definitions}"));
    let compiler = Compiler::new(catalog, Dialect::Postgres);
    let limits = Limits::default();
    let mut cases: Vec<(Question, Vec<Vec<Value>>, String)> = Vec::new();
    for _ in 0..QUESTIONS {
        let question = ask::question(random, world);
        let Ok(expected) = answer::answer(world, &question) else {
            tally.undecided += 1;
            continue;
        };
        let request = spelling::request(world, &question).to_string();
        let context = spelling::context(world, &question).to_string();
        let compiled = Request::from_json(&request, &limits).and_then(|request| {
            let context = Context::from_json(&context, &limits)?;
            compiler.checked(&request, &context)
        });
        match compiled {
            Ok(query) => {
                let values: Vec<String> = query.params().iter().map(literal::postgres).collect();
                let arguments = match values.is_empty() {
                    true => String::new(),
                    false => format!("({})", values.join(", ")),
                };
                let sql = format!(
                    "PREPARE statement AS {};\nEXECUTE statement{arguments};\nDEALLOCATE statement;",
                    query.sql()
                );
                cases.push((question, expected, sql));
            }
            Err(errors) => tally
                .differences
                .push(format!("{errors}\n{request}\n{context}\n{definitions}")),
        }
    }
    let rows = spelling::rows(world);
    client
        .simple_query(&rows)
        .unwrap_or_else(|error| panic!("{}\n{rows}", describe(&error)));
    let all: String = cases.iter().map(|(_, _, sql)| sql.as_str()).collect();
    let together = client.simple_query(&all).map(answers);
    for (at, (question, expected, sql)) in cases.iter().enumerate() {
        // Where one statement fails, each is asked by itself.
        let found = match &together {
            Ok(answers) => Ok(answers[at].clone()),
            Err(_) => {
                let _ = client.simple_query("DEALLOCATE ALL");
                let answer = client.simple_query(sql);
                answer
                    .map(|answer| answers(answer).remove(0))
                    .map_err(|error| describe(&error))
            }
        };
        tally.compared += 1;
        tally.telling += usize::from(!expected.is_empty());
        if !found.as_ref().is_ok_and(|found| agree(expected, found)) {
            let request = spelling::request(world, question);
            let context = spelling::context(world, question);
            tally.differences.push(format!(
                "request {request}\ncontext {context}\ncatalog {definitions}\nrows {rows}\n{sql}\n\
                 the model says {}\nthe database says {found:?}",
                shown(expected)
            ));
        }
    }
}

fn agree(expected: &[Vec<Value>], found: &Rows) -> bool {
    let same = |left: &Vec<Value>, right: &Vec<String>| {
        let mut cells = left.iter().zip(right);
        left.len() == right.len() && cells.all(|(value, text)| value.is_said_by(text, NULL))
    };
    expected.len() == found.len()
        && expected
            .iter()
            .zip(found)
            .all(|(left, right)| same(left, right))
}

/// The rows of each `EXECUTE`, which stands between a `PREPARE` and a `DEALLOCATE`.
fn answers(messages: Vec<SimpleQueryMessage>) -> Vec<Rows> {
    let (mut found, mut rows, mut ended) = (Vec::new(), Rows::new(), 0);
    for message in messages {
        match message {
            SimpleQueryMessage::Row(row) => {
                let cell = |at| row.get(at).map_or_else(|| NULL.to_owned(), str::to_owned);
                rows.push((0..row.len()).map(cell).collect());
            }
            SimpleQueryMessage::CommandComplete(_) => {
                ended += 1;
                if ended % 3 == 2 {
                    found.push(std::mem::take(&mut rows));
                }
            }
            _ => {}
        }
    }
    found
}

fn shown(rows: &[Vec<Value>]) -> String {
    let cell = |value: &Value| match value {
        Value::Number(number) if number.is_rounded => format!("~{}", number.approximately()),
        Value::Number(number) => number.digits(),
        Value::Date(days) => value::date_text(*days),
        other => format!("{other:?}"),
    };
    let row = |row: &Vec<Value>| row.iter().map(cell).collect::<Vec<_>>().join(", ");
    rows.iter().map(row).collect::<Vec<_>>().join(" | ")
}

/// SQLite holds what is no integer as binary fractions, so that there such numbers are close, not equal.
#[test]
fn sqlite_says_what_the_model_says() {
    BINARY.set(true);
    let connection = rusqlite::Connection::open_in_memory().unwrap();
    connection
        .execute_batch("ATTACH ':memory:' AS public")
        .unwrap();
    connection
        .execute_batch(&spelling::TABLES.replace("TABLE ", "TABLE public."))
        .unwrap();
    let limits = Limits::default();
    let mut random = Random::new(11);
    let (mut compared, mut telling, mut refused) = (0, 0, 0);
    for _ in 0..number("MEASURAND_MODEL_WORLDS").unwrap_or(75) {
        let mut own = Random::new(random.draw());
        let world = generate::world(&mut own);
        let definitions = spelling::catalog(&world).to_string();
        let catalog = Catalog::from_json(&definitions).unwrap();
        let compiler = Compiler::new(catalog, Dialect::Sqlite);
        let rows = spelling::sqlite_rows(&world);
        connection
            .execute_batch(&rows)
            .unwrap_or_else(|error| panic!("{error}\n{rows}"));
        for _ in 0..QUESTIONS {
            let question = ask::question(&mut own, &world);
            let Ok(expected) = answer::answer(&world, &question) else {
                continue;
            };
            let request = spelling::request(&world, &question).to_string();
            let context = spelling::context(&world, &question).to_string();
            let request = Request::from_json(&request, &limits).unwrap();
            let context = Context::from_json(&context, &limits).unwrap();
            let query = match compiler.checked(&request, &context) {
                Ok(query) => query,
                // Remainders of computed numbers.
                Err(errors) => {
                    let mut codes = errors.iter().map(|error| error.code().as_str());
                    assert!(codes.all(|code| code == "dialect-unsupported"), "{errors}");
                    refused += 1;
                    continue;
                }
            };
            let found = sqlite::execute(&query, &connection);
            compared += 1;
            telling += usize::from(!expected.is_empty());
            assert!(
                found.as_ref().is_ok_and(|found| agree(&expected, found)),
                "request {}\ncontext {}\ncatalog {definitions}\nrows {rows}\n{}\n{:?}\n\
                 the model says {}\nthe database says {found:?}",
                spelling::request(&world, &question),
                spelling::context(&world, &question),
                query.sql(),
                query.params(),
                shown(&expected)
            );
        }
    }
    println!("{compared} compared, {telling} with rows, {refused} not for SQLite");
    assert!(telling > 300 || compared < 900, "says little");
}
