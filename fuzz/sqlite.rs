//! SQLite in memory, and whether its rows are the model's.

use measurand::CompiledQuery;
use measurand_tests::generate::{ask, said, sql};
use measurand_tests::reference::model::{Row, World};
use measurand_tests::support::sqlite;
use rusqlite::Connection;

/// A database with the model's tables.
pub struct Database(Connection);

impl Database {
    /// One whose tables are empty.
    #[expect(clippy::new_without_default, reason = "it opens a database")]
    pub fn new() -> Self {
        Self(ask::memory())
    }

    /// Puts the world's rows in the place of those before.
    pub fn fill(&mut self, world: &World) {
        let rows = sql::sqlite_rows(world);
        let filled = self.0.execute_batch(&format!("BEGIN; {rows} COMMIT;"));
        filled.unwrap_or_else(|error| panic!("{error}\n{rows}"));
    }

    /// Fails if the rows of the statement are not these.
    pub fn agrees(&self, query: &CompiledQuery, expected: &[Row]) {
        let found = sqlite::execute(query, &self.0);
        let agrees = found
            .as_ref()
            .is_ok_and(|found| said::agree(expected, found));
        assert!(
            agrees,
            "{}\n{:?}\nthe model says {}\nSQLite says {found:?}",
            query.sql(),
            query.params(),
            said::shown(expected)
        );
    }
}
