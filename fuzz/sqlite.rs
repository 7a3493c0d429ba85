//! SQLite in memory, and whether its rows are the model's.

use measurand::CompiledQuery;
use measurand_tests::reference::model::World;
use measurand_tests::reference::spelling;
use measurand_tests::reference::value::Value;
use measurand_tests::support::rows::NULL;
use measurand_tests::support::sqlite;
use rusqlite::Connection;

/// A database with the model's tables.
pub struct Database(Connection);

impl Database {
    #[expect(clippy::new_without_default, reason = "it opens a database")]
    pub fn new() -> Self {
        let connection = Connection::open_in_memory().expect("a database in memory");
        let tables = spelling::TABLES.replace("TABLE ", "TABLE public.");
        for statement in ["ATTACH ':memory:' AS public", &tables] {
            connection
                .execute_batch(statement)
                .expect("the model's tables");
        }
        Self(connection)
    }

    /// Puts the world's rows in the place of those before.
    pub fn fill(&mut self, world: &World) {
        let rows = spelling::sqlite_rows(world);
        let filled = self.0.execute_batch(&format!("BEGIN; {rows} COMMIT;"));
        filled.unwrap_or_else(|error| panic!("{error}\n{rows}"));
    }

    /// Fails if the rows of the statement are not these.
    pub fn agrees(&self, query: &CompiledQuery, expected: &[Vec<Value>]) {
        let found = sqlite::execute(query, &self.0);
        let agrees = found.as_ref().is_ok_and(|found| {
            found.len() == expected.len()
                && expected.iter().zip(found).all(|(expected, found)| {
                    expected.len() == found.len()
                        && expected
                            .iter()
                            .zip(found)
                            .all(|(value, text)| value.is_said_by(text, NULL))
                })
        });
        assert!(
            agrees,
            "{}\n{:?}\nthe model says {expected:?}\nSQLite says {found:?}",
            query.sql(),
            query.params()
        );
    }
}
