//! Laws of the rows that PostgreSQL gives, tried on random catalogs, rows and requests. Each says what
//! could break it; none knows what the rows should be.

mod filters;
mod groups;
mod hidden_rows;
mod spellings;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

use measurand::{ColumnRole, CompiledQuery, Dialect};
use measurand_tests::generate::question::Asked;
use measurand_tests::generate::spelling::Reading;
use measurand_tests::generate::tape::{Case, check};
use measurand_tests::generate::world::{AMOUNT, QTY, plain_metric};
use measurand_tests::generate::{ask, sql};
use measurand_tests::reference::answer::Asked as Model;
use measurand_tests::reference::expression::Expr;
use measurand_tests::reference::model::{Aggregate, Condition, Definition, Question, World};
use measurand_tests::reference::reach::{Path, met};
use measurand_tests::support::random::Random;
use measurand_tests::support::rows::Rows;

/// Questions of one world, which share its catalog and a round trip.
const QUESTIONS: usize = 6;

/// Metrics that every world gets after its own: rows, and two sums.
const COUNT: usize = 3;

/// Questions to one world, and what has to hold between their answers.
struct Law {
    questions: Vec<Asked>,
    holds: Box<Holds>,
}

type Holds = dyn Fn(&[Answer]) -> bool;

/// A query and its rows.
struct Answer {
    query: CompiledQuery,
    rows: Rows,
}

impl Answer {
    /// Members with their labels, and metrics, of each row.
    fn parted(&self) -> Vec<(Vec<String>, Vec<String>)> {
        let columns = self.query.columns().iter();
        let is_key = |role| {
            matches!(
                role,
                ColumnRole::DimensionValue | ColumnRole::DimensionLabel
            )
        };
        let keys = columns.filter(|column| is_key(column.role())).count();
        let rows = self.rows.iter().map(|row| {
            let (members, metrics) = row.split_at(keys);
            (members.to_vec(), metrics.to_vec())
        });
        rows.collect()
    }

    /// The sums of the metrics of the rows that share so many first members.
    fn sums(&self, members: usize) -> BTreeMap<Vec<String>, Vec<Option<i128>>> {
        let mut sums: BTreeMap<Vec<String>, Vec<Option<i128>>> = BTreeMap::new();
        for (mut keys, metrics) in self.parted() {
            keys.truncate(members);
            let metrics: Vec<Option<i128>> = metrics.iter().map(|text| exact(text)).collect();
            match sums.get_mut(&keys) {
                None => drop(sums.insert(keys, metrics)),
                Some(sums) => {
                    for (sum, metric) in sums.iter_mut().zip(metrics) {
                        *sum = sum.map_or(metric, |sum| Some(sum + metric.unwrap_or(0)));
                    }
                }
            }
        }
        sums
    }
}

/// A decimal as a whole number of its smallest parts; NULL is none.
fn exact(text: &str) -> Option<i128> {
    const DIGITS: usize = 26;
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    assert!(fraction.len() <= DIGITS, "{text} has many digits");
    format!("{whole}{fraction:0<DIGITS$}").parse().ok()
}

/// Adds the metrics that laws count by: the rows, and sums of two columns.
fn with_counts(world: &mut World) {
    let aggregate = |kind, column: Option<usize>| {
        let part = Aggregate {
            kind,
            argument: column.map(Expr::Reference),
            filter: None,
        };
        Definition::Aggregates(vec![part], Expr::Reference(0))
    };
    let definitions = [
        aggregate("COUNT", None),
        aggregate("SUM", Some(QTY)),
        aggregate("SUM", Some(AMOUNT)),
    ];
    assert_eq!(definitions.len(), COUNT);
    let metrics = definitions.map(|definition| plain_metric("decimal", definition));
    world.metrics.extend(metrics);
}

/// The question with nothing but the counting metrics, and nothing about groups, pages or other periods.
fn counting(world: &World, question: &Asked) -> Asked {
    let metrics = world.metrics.len() - COUNT..world.metrics.len();
    let mut counting = question.clone();
    counting
        .filters
        .retain(|condition| !condition.names_metric());
    counting.back = None;
    counting.question = Question {
        metrics: metrics.collect(),
        metric_filters: Vec::new(),
        compare: None,
        is_count: false,
        search: None,
        ..whole(counting.question)
    };
    counting
}

/// The question without an order, pages, totals, and of all members.
fn whole(question: Question) -> Question {
    Question {
        order: Vec::new(),
        limit: None,
        offset: None,
        totals: None,
        top: None,
        standings: Vec::new(),
        ..question
    }
}

fn with_filter(question: &Asked, condition: Condition) -> Asked {
    let mut other = question.clone();
    other.filters.push(condition);
    other
}

/// Tries a law on random worlds, by contexts that know all of them. A first question that is refused
/// says nothing; the others have to compile where the first does.
fn check_law(name: &str, cases: u32, law: impl Fn(&World, &Asked, &mut Random) -> Option<Law>) {
    let server = RefCell::new(ask::Server::new(name));
    let (tried, telling) = (Cell::new(0_u32), Cell::new(0_u32));
    check(
        cases,
        QUESTIONS,
        |Case {
             mut world,
             questions,
         }| {
            with_counts(&mut world);
            let compiler = ask::compiler(&world, Reading::Plain, Dialect::Postgres);
            let (mut laws, mut queries) = (Vec::new(), Vec::new());
            for (mut question, mut random) in questions {
                question.has_module = true;
                question.detail = None;
                question.of_lookup = false;
                let Some(law) = law(&world, &question, &mut random) else {
                    continue;
                };
                let first = queries.len();
                for (at, question) in law.questions.iter().enumerate() {
                    match ask::compile(&compiler, &world, question, at % 2 == 1) {
                        Ok(query) => queries.push(query),
                        Err(_) if at == 0 => break,
                        Err(errors) => {
                            let described = ask::described(&world, question);
                            return Err(format!("{errors}\n{described}"));
                        }
                    }
                }
                if queries.len() > first {
                    laws.push((law, first));
                }
            }
            let mut server = server.borrow_mut();
            server.run(&sql::rows(&world));
            let found = server.ask(&queries);
            for (law, first) in laws {
                let mut answers = Vec::new();
                for at in first..first + law.questions.len() {
                    let query = queries[at].clone();
                    match &found[at] {
                        Ok(rows) => answers.push(Answer {
                            query,
                            rows: rows.clone(),
                        }),
                        Err(error) => return Err(format!("{error}\n{}", query.sql())),
                    }
                }
                tried.set(tried.get() + 1);
                telling.set(telling.get() + u32::from(answers.iter().any(|a| a.rows.len() > 1)));
                if !(law.holds)(&answers) {
                    let asked = law
                        .questions
                        .iter()
                        .zip(&answers)
                        .map(|(question, answer)| {
                            let described = ask::described(&world, question);
                            format!("{described}\n{}\n{:?}", answer.query.sql(), answer.rows)
                        });
                    return Err(asked.collect::<Vec<_>>().join("\n\n"));
                }
            }
            Ok(())
        },
    );
    println!("{} tried, {} with rows", tried.get(), telling.get());
    assert!(
        telling.get() * 10 > tried.get() && tried.get() > cases,
        "says little"
    );
}

/// Answers that part the rows of the first: their groups' counts and sums add up to its.
fn parts(questions: Vec<Asked>) -> Law {
    Law {
        questions,
        holds: Box::new(|answers| {
            let all = answers[0].sums(usize::MAX);
            let empty = |metrics: &Vec<Option<i128>>| metrics[0] == Some(0);
            let mut found: BTreeMap<Vec<String>, Vec<Option<i128>>> = BTreeMap::new();
            for (keys, metrics) in answers[1..].iter().flat_map(|a| a.sums(usize::MAX)) {
                let sums = found
                    .entry(keys)
                    .or_insert_with(|| vec![None; metrics.len()]);
                for (sum, metric) in sums.iter_mut().zip(metrics) {
                    *sum = sum.map_or(metric, |sum| Some(sum + metric.unwrap_or(0)));
                }
            }
            found == all || found.values().all(empty) && all.values().all(empty)
        }),
    }
}

/// The dimensions that a question asks for.
fn asked(world: &World, question: &Asked) -> Vec<usize> {
    let model = Model { world, question };
    model.asked()
}

/// What rows of the two sources have to find for a question.
fn found(world: &World, question: &Asked) -> Option<BTreeSet<Path>> {
    let met = met(world, question, &asked(world, question))?;
    Some(met.into_iter().collect())
}
