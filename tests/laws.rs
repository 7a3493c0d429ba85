//! Laws of the text of a statement, tried on random catalogs and requests. Each says what could break it.
//!
//! Laws of the rows are in `laws_database/`, on PostgreSQL; that databases say what the model says is in
//! `model.rs`; that one text goes with one shape on the catalog of payments, and what fingerprints cover,
//! in `shape.rs`.

use std::cell::Cell;
use std::fs;

use measurand::{Catalog, CompiledQuery, Compiler, Context, Dialect, Limits, Request};
use measurand_tests::checker::Checked;
use measurand_tests::generate::ask;
use measurand_tests::generate::question::{self, Asked};
use measurand_tests::generate::spelling::Reading;
use measurand_tests::generate::tape::{Case, check};
use measurand_tests::reference::model::World;
use measurand_tests::support::case::catalog_folder;
use measurand_tests::support::random::Random;
use serde_json::Value;

/// Questions of one world, which share its catalog.
const QUESTIONS: usize = 5;

/// Everything that a query hands out.
fn bytes(query: &CompiledQuery) -> String {
    serde_json::to_string(query).unwrap()
}

/// Tries a law of two compilations on random worlds, for both databases.
///
/// The second gets a world's catalog, the question and choices of its own, and gives the other query.
fn check_pairs(
    cases: u32,
    other: impl Fn(&Value, &Compiler, &World, &Asked, &mut Random) -> CompiledQuery,
    same: impl Fn(&CompiledQuery, &CompiledQuery) -> bool,
) {
    let compared = Cell::new(0);
    check(cases, QUESTIONS, |Case { world, questions }| {
        let written = Reading::Plain.catalog(&world);
        let dialects = [Dialect::Postgres, Dialect::Sqlite];
        let compilers = dialects.map(|dialect| ask::compiler(&world, Reading::Plain, dialect));
        for (question, mut random) in questions {
            for compiler in &compilers {
                let Ok(one) = ask::compile(compiler, &world, &question, false) else {
                    continue;
                };
                let two = other(&written, compiler, &world, &question, &mut random);
                compared.set(compared.get() + 1);
                if !same(&one, &two) {
                    let described = ask::described(&world, &question);
                    let [one, two] = [one, two].map(|query| bytes(&query));
                    return Err(format!("{one}\n{two}\n{described}"));
                }
            }
        }
        Ok(())
    });
    assert!(compared.get() > cases, "only {} pairs", compared.get());
}

/// The same catalog, request and context give the same bytes, in the same compiler and in another one
/// that read the text again (R28).
///
/// Could break where something iterates over a hash map, or remembers what was compiled before.
#[test]
fn compiling_twice_gives_the_same_bytes() {
    check_pairs(
        40,
        |_, compiler, world, question, random| match random.once_in(2) {
            true => ask::compile(compiler, world, question, false).unwrap(),
            false => {
                let again = ask::compiler(world, Reading::Plain, compiler.dialect());
                ask::compile(&again, world, question, false).unwrap()
            }
        },
        |one, two| bytes(one) == bytes(two),
    );
}

/// Where things stand in a catalog says nothing (R28).
///
/// Could break where the first of several wins: of variants, of options, of sources, of components.
#[test]
fn the_order_of_declarations_does_not_matter() {
    check_pairs(
        40,
        |written, compiler, world, question, random| {
            let mut permuted = written.clone();
            permute(&mut permuted, random);
            let permuted = Catalog::from_json(&permuted.to_string()).unwrap();
            let permuted = Compiler::new(permuted, compiler.dialect());
            ask::compile(&permuted, world, question, false).unwrap()
        },
        |one, two| bytes(one) == bytes(two),
    );
}

/// Shuffles every list whose order has no meaning: steps into a document, pairs of columns and the columns of a
/// primary key, which order its rows, have one.
fn permute(value: &mut Value, random: &mut Random) {
    match value {
        Value::Array(items) => {
            random.shuffle(items);
            items.iter_mut().for_each(|item| permute(item, random));
        }
        Value::Object(fields) => {
            for (key, field) in fields.iter_mut() {
                if !["path", "on", "primary_key"].contains(&key.as_str()) {
                    permute(field, random);
                }
            }
        }
        _ => {}
    }
}

/// The same for the catalog of payments, which has several sources, relationships and templates.
#[test]
fn the_order_of_declarations_in_payments_does_not_matter() {
    let text = fs::read_to_string(catalog_folder("payments").join("catalog.json")).unwrap();
    let written: Value = serde_json::from_str(&text).unwrap();
    let plain = Catalog::from_json(&text).unwrap();
    let digest = plain.digest();
    let plain = Compiler::new(plain, Dialect::Postgres);
    let limits = Limits::default();
    let requests = [
        r#"{"metrics": ["value_per_attempt", "refund", "spread"], "dimensions": ["campaign_name", "gateway_alias", "date"],
            "toggles": {"display_mode": "dollar", "date_basis": "refund_date", "time_granularity": "month"}}"#,
        r#"{"metrics": ["net_sales"], "dimensions": ["sales_type"], "filters": [{"dimension": "affid", "op": "in", "values": ["a"]}]}"#,
        r#"{"source": "order_events", "metrics": ["fee_total", "refunded_events"], "dimensions": ["channel", "event_time"]}"#,
        r#"{"metrics": ["flagged_marks"], "dimensions": ["campaign_name"]}"#,
    ];
    let context = r#"{"client_id": 1, "access": [{"dimension": "campaign_name", "access_type": "exclude", "allowed_values": [103]}]}"#;
    let context = Context::from_json(context, &limits).unwrap();
    for seed in 0..25 {
        let mut permuted = written.clone();
        permute(&mut permuted, &mut Random::new(seed));
        assert_ne!(permuted, written);
        let permuted = Catalog::from_json(&permuted.to_string()).unwrap();
        assert_eq!(permuted.digest(), digest);
        let permuted = Compiler::new(permuted, Dialect::Postgres);
        for request in requests {
            let request = Request::from_json(request, &limits).unwrap();
            let [one, two] = [&plain, &permuted].map(|compiler| {
                let query = compiler.checked(&request, &context);
                bytes(&query.unwrap_or_else(|errors| panic!("{errors}")))
            });
            assert_eq!(one, two, "seed {seed}");
        }
    }
}

/// Other values of the same shape have the same text, and another fingerprint where they differ (R26).
///
/// Could break where a value, or how many there are, gets into the text: a limit, a day, an empty text to
/// search for, one value in a list.
#[test]
fn other_values_have_the_same_text() {
    check_pairs(
        60,
        |_, compiler, world, question, random| {
            let other = question::other_values(random, world, question);
            ask::compile(compiler, world, &other, false).unwrap_or_else(|errors| panic!("{errors}"))
        },
        |one, two| {
            let same_params = one.params() == two.params();
            let same_print = one.fingerprint() == two.fingerprint();
            one.sql() == two.sql() && same_params == same_print
        },
    );
}

/// What holds anyway may be said or not: default options, an ascending order with NULL last, a search
/// that ignores case, hidden NULLs, empty filters, weeks from Monday, UTC.
///
/// Could break where a default is settled in two places, or where saying it makes another shape.
#[test]
fn saying_what_holds_anyway_changes_nothing() {
    check_pairs(
        60,
        |_, compiler, world, question, _| {
            let said = ask::compile(compiler, world, question, true);
            said.unwrap_or_else(|errors| panic!("{errors}"))
        },
        |one, two| bytes(one) == bytes(two) && one.fingerprint() == two.fingerprint(),
    );
}
