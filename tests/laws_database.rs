//! Laws of the rows that PostgreSQL gives, tried on random catalogs, rows and requests. Each says what
//! could break it; none knows what the rows should be.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

use measurand::{ColumnRole, CompiledQuery, Dialect};
use measurand_tests::generate::question::{self, Asked, members, row_condition, rule};
use measurand_tests::generate::spelling::Reading;
use measurand_tests::generate::tape::{Case, check};
use measurand_tests::generate::world::{AMOUNT, KIND, QTY, id, plain_metric};
use measurand_tests::generate::{ask, sql};
use measurand_tests::reference::answer::{Asked as Model, allows, is_visible};
use measurand_tests::reference::expression::Expr;
use measurand_tests::reference::model::{
    Aggregate, Condition, Definition, Group, Question, Row, Rule, Subject, TENANT, Test, World,
};
use measurand_tests::reference::reach::{Far, ID, Path, finds, is_unavailable, met};
use measurand_tests::reference::value::Value;
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

/// Saying defaults changes no row.
///
/// Could break where the default option is not the one that holds when nothing is said. (Every second
/// question of every law below says them too.)
#[test]
fn said_defaults_give_the_same_rows() {
    check_law("defaults", 20, |_, question, _| {
        Some(Law {
            questions: vec![question.clone(), question.clone()],
            holds: Box::new(|answers| answers[0].rows == answers[1].rows),
        })
    });
}

/// A rule, or one more filter under `and`, never adds a row: no group comes up, and none counts more (R23).
///
/// Could break where rules are joined by `or`, where the last of two rules on one dimension wins, or where
/// a rule or filter joins something that multiplies rows.
#[test]
fn a_rule_or_a_filter_never_adds_a_row() {
    check_law("narrowing", 20, |world, question, random| {
        let base = counting(world, question);
        let mut ruled = base.clone();
        ruled.rules.push(rule(random, world));
        let depth = random.below(3);
        let filtered = with_filter(&base, row_condition(random, world, depth));
        let is_bound = !is_unavailable(world, &ruled, &asked(world, &ruled));
        Some(Law {
            questions: [
                Some(base),
                Some(filtered).filter(|filtered| found(world, filtered).is_some()),
                Some(ruled).filter(|_| is_bound),
            ]
            .into_iter()
            .flatten()
            .collect(),
            holds: Box::new(|answers| {
                let all: BTreeMap<_, _> = answers[0].parted().into_iter().collect();
                answers[1..]
                    .iter()
                    .flat_map(Answer::parted)
                    .all(|(keys, metrics)| {
                        let known = all.get(&keys).map(|known| exact(&known[0]));
                        known.is_some_and(|known| known >= exact(&metrics[0]))
                    })
            }),
        })
    });
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

/// Rows where a condition holds and rows where `not` of it holds are all rows, each once, in every group;
/// so are rows above a value, rows up to it, and rows that have none (R12).
///
/// Could break where "is not" loses NULL, where `not` is pushed inside and turns an unknown into a false,
/// or where a filter on labels multiplies or loses rows without a label.
#[test]
fn a_condition_its_complement_and_the_unknown_part_the_rows() {
    check_law("complement", 20, |world, question, random| {
        let base = counting(world, question);
        let depth = random.below(3);
        let condition = row_condition(random, world, depth);
        let complement = Condition::Not(Box::new(condition.clone()));
        // Whoever asks about rows of other sources is held to their rules, so all rows are those asked about too.
        let all = |one: &Condition, other: &Condition| {
            let both = vec![one.clone(), other.clone()];
            with_filter(&base, Condition::Any(both))
        };
        let mut questions = vec![
            all(&condition, &complement),
            with_filter(&base, condition),
            with_filter(&base, complement),
        ];
        let ordered = world
            .dimensions
            .iter()
            .position(|dimension| dimension.is_offered && dimension.value_type != "boolean");
        if let Some(dimension) = ordered.filter(|_| random.once_in(2)) {
            let bound = question::member(random, world, dimension);
            let test = |op: &'static str, values: Vec<Value>| {
                let (of, is_case_sensitive) = (Subject::Value(dimension), false);
                Condition::Test(Test {
                    of,
                    op,
                    values,
                    is_case_sensitive,
                })
            };
            let (above, below) = *random.pick(&[("gt", "lte"), ("gte", "lt"), ("eq", "neq")]);
            let one = test(above, vec![bound.clone()]);
            questions = vec![all(&one, &Condition::Not(Box::new(one.clone())))];
            questions.push(with_filter(&base, test(above, vec![bound.clone()])));
            questions.push(with_filter(&base, test(below, vec![bound])));
            if above != "eq" {
                questions.push(with_filter(&base, test("is_null", Vec::new())));
            }
        }
        Some(parts(questions))
    });
}

/// Rows that an include list shows, rows that an exclude list of the same values shows, and rows without
/// a value part the rows; a list with NULL leaves none over (R21).
///
/// Could break where NULL slips through an exclude list, or twice through both, where a long list is
/// written in another form than a short one, or where an empty list means its contrary.
#[test]
fn include_exclude_and_what_has_no_value_part_the_rows() {
    check_law("lists", 20, |world, question, random| {
        let mut base = counting(world, question);
        // Rules do not follow switches and dates that options bring, the filter would.
        base.options.fill(0);
        let usable = |at: &usize| {
            let dimension = &world.dimensions[*at];
            dimension.is_offered && !dimension.is_exempt && dimension.path.is_empty()
        };
        let dimensions: Vec<usize> = (0..world.dimensions.len()).filter(usable).collect();
        let dimension = *dimensions.get(random.below(dimensions.len()))?;
        // What other sources say too may be something else there, and rows are held to both.
        let mut asked = asked(world, &base).into_iter();
        let is_far = |at: usize| !world.dimensions[at].path.is_empty();
        let reads_far = asked.any(is_far) || !found(world, &base)?.is_empty();
        let is_own = |far: &Far| {
            let mut offers = far.offers.iter();
            offers.all(|(key, _)| *key != world.dimensions[dimension].key)
        };
        if reads_far && !world.reach.sources.iter().all(is_own) {
            return None;
        }
        let count = random.below(14);
        let values = members(random, world, dimension, count);
        let ruled = |is_include| {
            let mut ruled = base.clone();
            let (values, nulls_visible) = (values.clone(), false);
            ruled.rules.push(Rule {
                dimension,
                is_include,
                values,
                nulls_visible,
            });
            ruled
        };
        let mut questions = vec![base.clone(), ruled(true), ruled(false)];
        if !values.is_empty() && !values.contains(&Value::Null) {
            let (of, op, values) = (Subject::Value(dimension), "is_null", Vec::new());
            let test = Test {
                of,
                op,
                values,
                is_case_sensitive: false,
            };
            questions.push(with_filter(&base, Condition::Test(test)));
        }
        Some(parts(questions))
    });
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

/// What is asked by more is of the same rows, so that the groups of one answer add up to those of the other; where
/// a rule holds on what is asked for besides, it is of these rows at most.
fn is_of_same_or_less(world: &World, coarse: Asked, fine: Asked) -> Option<Law> {
    let rows = [&coarse, &fine].map(|question| found(world, question));
    let [all, fewer] = rows;
    match all? == fewer? {
        true => Some(adds_up(coarse, fine)),
        false => Some(Law {
            questions: vec![coarse, fine],
            holds: Box::new(|answers| {
                let [all, fewer] = [0, 1].map(|at| {
                    let sums = answers[at].sums(0).into_values();
                    sums.map(|sums| sums[0].unwrap_or(0)).sum::<i128>()
                });
                fewer <= all
            }),
        }),
    }
}

/// Whether the groups of one answer add up to those of another, which has so many dimensions less.
fn adds_up(coarse: Asked, fine: Asked) -> Law {
    Law {
        questions: vec![coarse, fine],
        holds: Box::new(|answers| {
            let keys = answers[0].query.columns().len() - COUNT;
            let (all, found) = (answers[0].sums(usize::MAX), answers[1].sums(keys));
            // Of no rows there is a total, but no group.
            found == all || found.is_empty() && keys == 0
        }),
    }
}

/// The groups of an additive metric add up to its total (R8, R11).
///
/// Could break where a lookup multiplies or loses rows, or where orphans and NULL members drop out.
#[test]
fn groups_of_an_additive_metric_add_up_to_its_total() {
    check_law("groups", 20, |world, question, _| {
        let fine = counting(world, question);
        let mut coarse = fine.clone();
        coarse.groups.clear();
        match fine.groups.is_empty() {
            true => None,
            false => is_of_same_or_less(world, coarse, fine),
        }
    });
}

/// One more dimension changes no total of the groups there were, nor their labels (R11).
///
/// Could break where the lookup of the new dimension multiplies or loses rows, and where two members of
/// one label become one.
#[test]
fn one_more_dimension_keeps_the_totals() {
    check_law("dimension", 30, |world, question, random| {
        let coarse = counting(world, question);
        let mut fine = coarse.clone();
        let dimension = random.below(world.dimensions.len());
        let of = Subject::Value(dimension);
        // After a switch, two keys may mean one dimension.
        let is_new = fine.options.iter().all(|option| *option == 0)
            && fine
                .groups
                .iter()
                .all(|group| matches!(group.of, Subject::Value(other) if other != dimension));
        fine.groups.push(Group { of, grain: None });
        match world.dimensions[dimension].is_offered && is_new {
            true => is_of_same_or_less(world, coarse, fine),
            false => None,
        }
    });
}

/// A filter, or a rule, said twice changes nothing (R21).
///
/// Could break where a second rule on one dimension replaces the first, or where equal parameters are
/// merged wrongly.
#[test]
fn the_same_filter_twice_changes_nothing() {
    check_law("twice", 20, |_, question, _| {
        let mut twice = question.clone();
        twice.filters.extend(question.filters.clone());
        twice.metric_filters.extend(question.metric_filters.clone());
        twice.rules.extend(question.rules.clone());
        Some(Law {
            questions: vec![question.clone(), twice],
            holds: Box::new(|answers| answers[0].rows == answers[1].rows),
        })
    });
}

/// The order of filters, of the members of lists and of rules changes nothing; that of metrics and
/// dimensions moves columns alone.
///
/// Could break where a parameter lands in another's place, where a step of formulas takes the wrong
/// column, or where a label belongs to the neighbouring dimension.
#[test]
fn permuted_requests_give_the_same_rows() {
    check_law("permuted", 20, |_, question, random| {
        let mut permuted = question.clone();
        let changed = &mut permuted.question;
        let filters = changed
            .filters
            .iter_mut()
            .chain(&mut changed.metric_filters);
        filters.for_each(|filter| shuffle(filter, random));
        random.shuffle(&mut changed.filters);
        random.shuffle(&mut changed.metric_filters);
        random.shuffle(&mut changed.rules);
        let rules = changed.rules.iter_mut();
        rules.for_each(|rule| random.shuffle(&mut rule.values));
        let (mut plain, mut moved) = (question.clone(), permuted.clone());
        plain.question = whole(plain.question);
        moved.question = whole(moved.question);
        random.shuffle(&mut moved.metrics);
        random.shuffle(&mut moved.groups);
        Some(Law {
            questions: vec![question.clone(), permuted, plain, moved],
            holds: Box::new(|answers| {
                let columns = |answer: &Answer| {
                    let mut rows: Vec<BTreeMap<String, String>> = Vec::new();
                    for row in &answer.rows {
                        let aliases = answer.query.columns().iter();
                        let names = aliases.map(|column| column.alias().to_owned());
                        rows.push(names.zip(row.iter().cloned()).collect());
                    }
                    rows.sort();
                    rows
                };
                answers[0].rows == answers[1].rows && columns(&answers[2]) == columns(&answers[3])
            }),
        })
    });
}

fn shuffle(condition: &mut Condition, random: &mut Random) {
    match condition {
        Condition::All(parts) | Condition::Any(parts) => {
            random.shuffle(parts);
            parts.iter_mut().for_each(|part| shuffle(part, random));
        }
        Condition::Not(part) => shuffle(part, random),
        Condition::Test(test) if test.op.ends_with("in") => random.shuffle(&mut test.values),
        Condition::Test(_) => {}
    }
}

/// Pages make up the whole: the order is total, so no row is on two of them and none is missing (R15).
///
/// Could break where ties are broken by nothing, or by a column that has ties itself.
#[test]
fn pages_make_up_the_whole() {
    check_law("pages", 20, |_, question, random| {
        let page = |offset: Option<usize>, limit: Option<usize>| {
            let mut page = question.clone();
            page.is_count = false;
            page.totals = None;
            (page.offset, page.limit) = (offset, limit);
            page
        };
        let size = random.below(6);
        Some(Law {
            questions: vec![
                page(None, None),
                page(None, Some(size)),
                page(Some(size), Some(size)),
                page(Some(2 * size), None),
            ],
            holds: Box::new(|answers| {
                let pages = answers[1..].iter().flat_map(|answer| &answer.rows);
                answers[0].rows.iter().eq(pages)
            }),
        })
    });
}

/// A row that the caller may not see changes nothing: not the rows, not their order, no error. Rows of
/// other tenants, rows that rules or the standing filter hide, and labels that nobody may see are
/// changed or taken away, and every answer stays what it was (R20, R21).
///
/// Could break where any relation is read without its guard: a lookup, a filter on labels, a condition
/// that is put beside the guard with `or`. That it can fail is shown by taking the tenant's equality out.
#[test]
fn a_hidden_row_is_never_found() {
    let server = RefCell::new(ask::Server::new("hidden"));
    let (tried, bitten) = (Cell::new(0), Cell::new(0));
    check(
        25,
        QUESTIONS,
        |Case {
             world,
             mut questions,
         }| {
            ask::by_one_caller(&mut questions);
            let compiler = ask::compiler(&world, Reading::Plain, Dialect::Postgres);
            let mut other = world.clone();
            let (caller, random) = questions.first_mut().ok_or("a question")?;
            change_hidden(&mut other, caller, random);
            let compile =
                |(question, _): &(Asked, _)| ask::compile(&compiler, &world, question, false);
            let queries: Vec<CompiledQuery> = questions.iter().flat_map(compile).collect();
            let mut server = server.borrow_mut();
            let unguarded =
                |text: &str| text.replace("t.client_id = $1::bigint", "$1::bigint IS NOT NULL");
            server.run(&sql::rows(&world));
            let one = server.ask(&queries);
            let open = server.ask_texts(&queries, &unguarded);
            server.run(&sql::rows(&other));
            let two = server.ask(&queries);
            let open_two = server.ask_texts(&queries, &unguarded);
            tried.set(tried.get() + queries.len());
            bitten.set(
                bitten.get()
                    + open
                        .iter()
                        .zip(&open_two)
                        .filter(|(one, two)| one != two)
                        .count(),
            );
            for (at, (one, two)) in one.iter().zip(&two).enumerate() {
                if one.is_err() || one != two {
                    return Err(format!(
                        "{}\n{one:?}\n{two:?}\n{}\n{}",
                        queries[at].sql(),
                        ask::described(&world, &questions[0].0),
                        sql::rows(&other)
                    ));
                }
            }
            Ok(())
        },
    );
    println!(
        "{} tried, {} differ without the tenant",
        tried.get(),
        bitten.get()
    );
    assert!(bitten.get() * 6 > tried.get());
}

/// Changes what the caller may not see, or takes it away.
fn change_hidden(world: &mut World, caller: &Asked, random: &mut Random) {
    // What one question leads to, another does not.
    let mut caller = caller.clone();
    caller.question.groups.clear();
    caller.question.filters.clear();
    caller.question.detail = None;
    let caller = &caller;
    for source in 0..world.reach.sources.len() {
        let far = world.reach.sources[source].clone();
        for (at, row) in far.rows.iter().enumerate() {
            let mut other = row.clone();
            other[ID + 1..].clone_from_slice(&random.pick(&far.rows)[ID + 1..]);
            // What a rule hides behind a row hides it as well.
            let is_shown =
                |row: &Row| far.shows(world, caller, row) && finds(world, caller, source, row);
            if !is_shown(row) && !is_shown(&other) {
                world.reach.sources[source].rows[at] = other;
            }
        }
    }
    world.rows = with_changed_hidden(world, &world.rows, caller, random);
    world.others = with_changed_hidden(world, &world.others, caller, random);
    let tenant = Value::integer(caller.tenant);
    for row in world.lookups[0]
        .iter_mut()
        .filter(|row| row[TENANT] != tenant)
    {
        row[2] = Value::Text("hidden".to_owned());
        row[1] = Value::integer(id(random));
    }
    // A label whose key no dimension of its lookup may show.
    for table in 0..world.lookups.len() {
        for at in 0..world.lookups[table].len() {
            let key = world.lookups[table][at][1].clone();
            let mut uses = (0..world.dimensions.len()).filter(|dimension| {
                world.dimensions[*dimension]
                    .lookup
                    .is_some_and(|lookup| lookup.table == table)
            });
            if uses.all(|dimension| is_denied(world, caller, dimension, &key)) {
                world.lookups[table][at][2] = Value::Text("hidden".to_owned());
            }
        }
    }
}

fn with_changed_hidden(
    world: &World,
    rows: &[Row],
    caller: &Asked,
    random: &mut Random,
) -> Vec<Row> {
    let mut kept = Vec::new();
    for row in rows {
        let mut other = row.clone();
        // The tenant stays; other cells come from elsewhere.
        let donor = random.pick(rows);
        let from = 1 + random.below(row.len() - 1);
        other[from..].clone_from_slice(&donor[from..]);
        other[KIND] = Value::Text("hidden".to_owned());
        match [row, &other].map(|row| is_visible(world, caller, row)) {
            [true, _] => kept.push(row.clone()),
            [false, false] => kept.push(other),
            // Taken away from every caller; the rows behind it keep their numbers.
            [false, true] => {
                other[TENANT] = Value::integer(3);
                kept.push(other);
            }
        }
    }
    kept
}

fn is_denied(world: &World, caller: &Asked, dimension: usize, key: &Value) -> bool {
    let mut rules = caller
        .rules
        .iter()
        .filter(|rule| rule.dimension == dimension);
    !world.dimensions[dimension].is_exempt && rules.any(|rule| !allows(rule, key))
}
