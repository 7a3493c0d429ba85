//! Random catalogs, rows and questions: databases, given the compiled statement, say what an independent
//! model of the rules says (`tests/reference`), and what it refuses is refused.
//!
//! Could fail by any wrong number: a variant that does not cascade, a NULL that "is not" loses, a label
//! that multiplies rows, a rule that is not applied, a day at the edge of a range.

use std::cell::{Cell, RefCell};

use measurand::{CompiledQuery, Dialect, ScanPurpose};
use measurand_tests::generate::pivot::pivoted;
use measurand_tests::generate::question::Asked;
use measurand_tests::generate::refusal::refusal;
use measurand_tests::generate::spelling::Reading;
use measurand_tests::generate::tape::{Case, check, find};
use measurand_tests::generate::world::QTY;
use measurand_tests::generate::{ask, said, sql};
use measurand_tests::reference::answer::answer;
use measurand_tests::reference::model::{Row, World};
use measurand_tests::reference::number::BINARY;
use measurand_tests::reference::value::Value;
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
    /// Those that rest on far rows.
    reaching: Cell<u32>,
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
    fn expect(&self, compiled: Compiled, world: &World, question: &Asked) -> Expected {
        let fail = |what: String| Err(format!("{what}\n{}", ask::described(world, question)));
        let refused = refusal(world, question);
        let answer = match refused {
            Some(_) => None,
            None => answer(world, question),
        };
        match (refused, answer, compiled) {
            (Some(code), _, Err(errors)) => {
                count(&self.refused);
                let mut codes = errors.iter().map(|error| error.code().as_str());
                if !codes.any(|found| found.starts_with(code)) {
                    return fail(format!("not refused by `{code}`: {errors}"));
                }
            }
            (Some(code), _, Ok(query)) => {
                return fail(format!("`{code}` is not refused: {}", query.sql()));
            }
            (None, None, Ok(_)) => count(&self.doubtful),
            (None, Some(rows), Ok(query)) => return Ok(Some((rows, query))),
            (None, _, Err(errors)) => {
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
        question: &Asked,
    ) -> Result<(), String> {
        count(&self.compared);
        self.telling
            .set(self.telling.get() + u32::from(!expected.is_empty()));
        let is_far = |purpose: &ScanPurpose| {
            matches!(
                purpose,
                ScanPurpose::Joined(_) | ScanPurpose::Restricting(_)
            )
        };
        if query
            .certificate()
            .scans
            .iter()
            .any(|scan| is_far(&scan.purpose))
        {
            count(&self.reaching);
        }
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
        let [compared, telling, reaching, refused, doubtful, unsupported] = [
            self.compared,
            self.telling,
            self.reaching,
            self.refused,
            self.doubtful,
            self.unsupported,
        ]
        .map(Cell::into_inner);
        println!(
            "{compared} compared, {telling} with rows, {reaching} over relationships, {refused} refused, {doubtful} doubtful, \
             {unsupported} not for this database"
        );
        assert!(telling * 5 > compared * 2 && compared > doubtful * 4 && refused * 100 > compared);
        assert!(reaching * 20 > compared);
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
        for (question, mut random) in questions {
            let question = pivoted(&mut random, &world, &question);
            let compiled = ask::compile(&compiler, &world, &question, false);
            if let Some(expected) = tally.expect(compiled, &world, &question)? {
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
        for (question, mut random) in questions {
            let question = &pivoted(&mut random, &world, &question);
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

/// Tells the model something wrong.
type Plant = fn(&mut World, &mut Asked);

/// Where model and database differ, the case that is reported is small: here the model is told something
/// wrong, by a changed world or question, and what is left is what shows it and hardly more.
#[test]
fn a_planted_difference_shrinks_to_a_small_world() {
    BINARY.set(true);
    let plants: [(&str, Plant); 4] = [
        ("NULL is zero", |world, _| {
            let zero = |cell: &mut Value| *cell = Value::integer(0);
            let cells = world.rows.iter_mut().map(|row| &mut row[QTY]);
            cells.filter(|cell| cell.is_null()).for_each(zero);
        }),
        ("variants do not hold", |world, _| {
            world
                .metrics
                .iter_mut()
                .for_each(|metric| metric.variants.clear());
        }),
        ("subtotals are not there", |_, question| {
            question.totals = question.totals.take().map(|_| Vec::new());
        }),
        ("an exclude list shows what has no value", |_, question| {
            for rule in question.rules.iter_mut().filter(|rule| !rule.is_include) {
                rule.nulls_visible = true;
            }
        }),
    ];
    let connection = ask::memory();
    for (name, plant) in plants {
        let tally = Tally::default();
        let found = find(8, 500, QUESTIONS, &|Case { world, questions }| {
            let compiler = ask::compiler(&world, Reading::Plain, Dialect::Sqlite);
            connection
                .execute_batch(&sql::sqlite_rows(&world))
                .map_err(|error| error.to_string())?;
            for (question, _) in questions {
                let (mut wrong, mut asked) = (world.clone(), question.clone());
                plant(&mut wrong, &mut asked);
                let compiled = ask::compile(&compiler, &world, &question, false);
                if let Some(expected) = tally.expect(compiled, &wrong, &asked)? {
                    let found = sqlite::execute(&expected.1, &connection);
                    tally.compare(&expected, &found, &world, &question)?;
                }
            }
            Ok(())
        });
        let (message, Case { world, questions }) = found.expect("the plant is found");
        println!("{name}\n{message}");
        let (question, _) = &questions[0];
        let selected = question.metrics.len() + question.groups.len() + question.rules.len();
        let conditions = question.filters.len() + question.metric_filters.len();
        let named = selected + conditions + question.order.len();
        let size = [
            world.metrics.len(),
            world.dimensions.len(),
            world.rows.len(),
            questions.len(),
            named,
        ];
        let most = [2, 2, 2, 1, 2];
        assert!(
            size.iter().zip(most).all(|(size, most)| *size <= most),
            "{name}: {size:?}\n{message}"
        );
    }
}
