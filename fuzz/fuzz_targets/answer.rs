//! Worlds and questions drawn from the bytes: everything compiles, every statement keeps its promises,
//! and SQLite gives the rows that the independent model gives.
#![no_main]

use std::cell::RefCell;

use libfuzzer_sys::fuzz_target;
use measurand::{Compiler, Dialect, Limits};
use measurand_fuzz::budget::within_budget;
use measurand_fuzz::worlds::{self, Asked};
use measurand_fuzz::{sqlite, statement};
use measurand_tests::reference::answer;
use measurand_tests::reference::number::BINARY;

thread_local! {
    static DATABASE: RefCell<sqlite::Database> = RefCell::new(sqlite::Database::new());
}

/// Whatever the bytes are, what is drawn from them is no larger than this.
const DRAWN: usize = 50_000;

fuzz_target!(|bytes: &[u8]| within_budget(DRAWN, || {
    BINARY.set(true);
    let limits = Limits::default();
    let (world, questions) = worlds::draw(bytes, 3);
    let catalog = worlds::catalog(&world);
    let compilers = [Dialect::Postgres, Dialect::Sqlite];
    let [postgres, lite] = compilers.map(|dialect| Compiler::new(catalog.clone(), dialect));
    DATABASE.with_borrow_mut(|database| {
        database.fill(&world);
        for question in &questions {
            let asked = Asked::new(&world, question);
            let query = asked.compile(&postgres);
            statement::check(&Ok(query), &asked.context, &limits);
            let Some(query) = asked.compile_for_sqlite(&lite) else {
                continue;
            };
            statement::check(&Ok(query.clone()), &asked.context, &limits);
            if let Ok(expected) = answer::answer(&world, question) {
                database.agrees(&query, &expected);
            }
        }
    });
}));
