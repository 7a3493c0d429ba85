//! What a caller may not see changes nothing of what they see.

use std::cell::{Cell, RefCell};

use measurand::{CompiledQuery, Dialect};
use measurand_tests::generate::question::Asked;
use measurand_tests::generate::spelling::Reading;
use measurand_tests::generate::tape::{Case, check};
use measurand_tests::generate::world::{KIND, id};
use measurand_tests::generate::{ask, sql};
use measurand_tests::reference::answer::{allows, is_visible};
use measurand_tests::reference::model::{Row, TENANT, World};
use measurand_tests::reference::reach::{ID, finds};
use measurand_tests::reference::value::Value;
use measurand_tests::support::random::Random;

use super::QUESTIONS;

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
