//! Worlds and questions drawn from the bytes: everything compiles or is refused as the model refuses it,
//! every statement is proved by the independent checker, and SQLite gives the rows that the model gives.
#![no_main]

use std::cell::RefCell;

use libfuzzer_sys::fuzz_target;
use measurand::{Compiler, Dialect};
use measurand_fuzz::budget::within_budget;
use measurand_fuzz::sqlite::Database;
use measurand_fuzz::worlds::{self, Said};
use measurand_tests::reference::answer;
use measurand_tests::reference::number::BINARY;

thread_local! {
    static DATABASE: RefCell<Database> = RefCell::new(Database::new());
}

/// Whatever the bytes are, what is drawn from them is no larger than this.
const DRAWN: usize = 50_000;

fuzz_target!(|bytes: &[u8]| within_budget(DRAWN, || {
    BINARY.set(true);
    let (world, questions) = worlds::draw(bytes, 3);
    let catalog = worlds::catalog(&world);
    let compilers = [Dialect::Postgres, Dialect::Sqlite];
    let [postgres, lite] = compilers.map(|dialect| Compiler::new(catalog.clone(), dialect));
    DATABASE.with_borrow_mut(|database| {
        database.fill(&world);
        for asked in &questions {
            let said = Said::new(&world, asked);
            said.compile(&postgres);
            let Some(query) = said.compile(&lite) else {
                continue;
            };
            if let Some(expected) = answer::answer(&world, asked) {
                database.agrees(&query, &expected);
            }
        }
    });
}));
