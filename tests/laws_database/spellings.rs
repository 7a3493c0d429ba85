//! What is said in another way has the same rows: defaults, repetitions, another order.

use std::collections::BTreeMap;

use measurand_tests::reference::model::Condition;
use measurand_tests::support::random::Random;

use super::{Answer, Law, check_law, whole};

/// Saying defaults changes no row.
///
/// Could break where the default option is not the one that holds when nothing is said. (Every second
/// question of every law says them too.)
#[test]
fn said_defaults_give_the_same_rows() {
    check_law("defaults", 20, |_, question, _| {
        Some(Law {
            questions: vec![question.clone(), question.clone()],
            holds: Box::new(|answers| answers[0].rows == answers[1].rows),
        })
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
