//! Groups add up, and pages make up the whole.

use measurand_tests::generate::question::Asked;
use measurand_tests::reference::model::{Group, Subject, World};

use super::{COUNT, Law, check_law, counting, found};

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
