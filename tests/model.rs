//! Random catalogs, rows and questions: databases, given the compiled statement, say what an independent
//! model of the rules says (`tests/reference`), and what it refuses is refused.
//!
//! Could fail by any wrong number: a variant that does not cascade, a NULL that "is not" loses, a label
//! that multiplies rows, a rule that is not applied, a day at the edge of a range.

use std::cell::{Cell, RefCell};

use measurand::{CompiledQuery, Dialect};
use measurand_tests::generate::spelling::Reading;
use measurand_tests::generate::tape::{Case, check};
use measurand_tests::generate::{ask, said, sql};
use measurand_tests::reference::answer::{NoAnswer, answer};
use measurand_tests::reference::model::{Question, Row, World};
use measurand_tests::reference::number::BINARY;
use measurand_tests::support::rows::Rows;
use measurand_tests::support::sqlite;

/// Questions of one world, which share its catalog and a round trip.
const QUESTIONS: usize = 10;

/// What came of a run.
#[derive(Default)]
struct Tally {
    compared: Cell<u32>,
    /// Answers that have a row.
    telling: Cell<u32>,
    refused: Cell<u32>,
    doubtful: Cell<u32>,
    /// Not for this database.
    unsupported: Cell<u32>,
}

fn count(cell: &Cell<u32>) {
    cell.set(cell.get() + 1);
}

impl Tally {
    /// What a question compiles to and what has to come out, if the model knows.
    fn expect(&self, compiled: Compiled, world: &World, question: &Question) -> Expected {
        let fail = |what: String| Err(format!("{what}\n{}", ask::described(world, question)));
        match (answer(world, question), compiled) {
            (Err(NoAnswer::Doubtful), _) => count(&self.doubtful),
            (Err(NoAnswer::Refused(code)), Err(errors)) => {
                count(&self.refused);
                if errors.iter().all(|error| error.code().as_str() != code) {
                    return fail(format!("not refused by `{code}`: {errors}"));
                }
            }
            (Err(NoAnswer::Refused(code)), Ok(query)) => {
                return fail(format!("`{code}` is not refused: {}", query.sql()));
            }
            (Ok(rows), Ok(query)) => return Ok(Some((rows, query))),
            (Ok(_), Err(errors)) => {
                // Remainders of computed numbers are not for SQLite.
                let mut codes = errors.iter().map(|error| error.code().as_str());
                if !BINARY.get() || codes.any(|code| code != "dialect-unsupported") {
                    return fail(errors.to_string());
                }
                count(&self.unsupported);
            }
        }
        Ok(None)
    }

    fn compare(
        &self,
        (expected, query): &(Vec<Row>, CompiledQuery),
        found: &Result<Rows, String>,
        world: &World,
        question: &Question,
    ) -> Result<(), String> {
        count(&self.compared);
        self.telling
            .set(self.telling.get() + u32::from(!expected.is_empty()));
        if found
            .as_ref()
            .is_ok_and(|found| said::agree(expected, found))
        {
            return Ok(());
        }
        Err(format!(
            "{}\n{}\n{:?}\nthe model says {}\nthe database says {found:?}",
            ask::described(world, question),
            query.sql(),
            query.params(),
            said::shown(expected)
        ))
    }

    /// Prints what came of it, and fails if it says little.
    fn close(self) {
        let [compared, telling, refused, doubtful, unsupported] = [
            self.compared,
            self.telling,
            self.refused,
            self.doubtful,
            self.unsupported,
        ]
        .map(Cell::into_inner);
        println!(
            "{compared} compared, {telling} with rows, {refused} refused, {doubtful} doubtful, \
             {unsupported} not for this database"
        );
        assert!(telling * 5 > compared * 2 && compared > doubtful * 4 && refused * 100 > compared);
    }
}

type Compiled = Result<CompiledQuery, measurand::Errors>;
type Expected = Result<Option<(Vec<Row>, CompiledQuery)>, String>;

#[test]
fn the_database_says_what_the_model_says() {
    let server = RefCell::new(ask::Server::new("model"));
    let tally = Tally::default();
    check(150, QUESTIONS, |Case { world, questions }| {
        let compiler = ask::compiler(&world, Reading::Plain, Dialect::Postgres);
        let (mut asked, mut queries) = (Vec::new(), Vec::new());
        for (question, _) in &questions {
            let compiled = ask::compile(&compiler, &world, question, false);
            if let Some(expected) = tally.expect(compiled, &world, question)? {
                queries.push(expected.1.clone());
                asked.push((expected, question));
            }
        }
        let mut server = server.borrow_mut();
        server.run(&sql::rows(&world));
        for ((expected, question), found) in asked.iter().zip(server.ask(&queries)) {
            tally.compare(expected, &found, &world, question)?;
        }
        Ok(())
    });
    tally.close();
}

/// SQLite holds what is no integer as binary fractions, so that there such numbers are close, not equal.
#[test]
fn sqlite_says_what_the_model_says() {
    BINARY.set(true);
    let connection = ask::memory();
    let tally = Tally::default();
    check(150, QUESTIONS, |Case { world, questions }| {
        let compiler = ask::compiler(&world, Reading::Plain, Dialect::Sqlite);
        let rows = sql::sqlite_rows(&world);
        let stored = connection.execute_batch(&rows);
        stored.unwrap_or_else(|error| panic!("{error}\n{rows}"));
        for (question, _) in &questions {
            let compiled = ask::compile(&compiler, &world, question, false);
            if let Some(expected) = tally.expect(compiled, &world, question)? {
                let found = sqlite::execute(&expected.1, &connection);
                tally.compare(&expected, &found, &world, question)?;
            }
        }
        Ok(())
    });
    tally.close();
}
