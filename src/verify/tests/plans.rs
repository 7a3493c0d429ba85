//! Plans that contradict themselves: what is written from them is refused, though it is what they say.

use std::borrow::Cow;

use super::statements::ALL;
use super::{Subject, catalog, query};
use crate::catalog::Catalog;
use crate::catalog::spelling::KeySpelling;
use crate::dialect::Dialect;
use crate::emit::emit;
use crate::plan::{Level, OutputTerm, Passing, Summed, Term, Top, Totals};

type Change = fn(&mut Subject<'_>);

fn passing<'s, 'c>(subject: &'s mut Subject<'c>) -> &'s mut Passing<'c> {
    subject.plan.passing.as_mut().unwrap()
}

fn totals<'s, 'c>(subject: &'s mut Subject<'c>) -> &'s mut Totals<'c> {
    subject.plan.totals.as_mut().unwrap()
}

fn top<'s, 'c>(subject: &'s mut Subject<'c>) -> &'s mut Top<'c> {
    subject.plan.top.as_mut().unwrap()
}

const CHANGES: [(&str, &[Change]); 12] = [
    (
        "the first members and others on a page",
        &[
            |s| top(s).key = 1,
            |s| top(s).kept = None,
            |s| top(s).plan.limit = None,
            |s| top(s).plan.offset = top(s).plan.limit,
            |s| drop(top(s).plan.legs.pop()),
            |s| top(s).plan.order.truncate(1),
            |s| top(s).plan.order.reverse(),
            |s| top(s).plan.order[0].nulls_first = true,
            |s| top(s).plan.order[1].descending = true,
            |s| top(s).plan.order[1].what = OutputTerm::Term(Term::Measure(0)),
            |s| top(s).plan.legs[0].is_previous = true,
            |s| {
                let other = s.plan.legs[0].keys[1];
                top(s).plan.legs[0].keys = vec![other];
            },
        ],
    ),
    (
        "shares and ranks on a page",
        &[
            |s| s.plan.placed[0].of = Term::Key(0),
            |s| s.plan.placed[0].of = Term::Placed(1),
            |s| s.plan.placed[1].of = Term::Measure(9),
            |s| drop(s.plan.placed.pop()),
            |s| s.plan.measures[0].last_use = 0,
        ],
    ),
    (
        "shares of others that are hidden",
        &[|s| top(s).kept = None],
    ),
    (
        "the first members of the groups that pass",
        &[
            |s| s.plan.group_predicates = passing(s).plan.group_predicates.clone(),
            |s| top(s).plan.group_predicates = passing(s).plan.group_predicates.clone(),
            |s| top(s).plan.legs.reverse(),
            |s| drop(passing(s).plan.legs.pop()),
        ],
    ),
    (
        "plain",
        &[|s| {
            let level = |number| Level {
                number,
                by: Vec::new(),
            };
            s.plan.totals = Some(Totals {
                level: Cow::Owned(KeySpelling::new("level")),
                levels: vec![level(0), level(1)],
                marks: Vec::new(),
                in_one_pass: false,
            });
        }],
    ),
    (
        "totals of the groups that pass",
        &[
            |s| passing(s).types.truncate(1),
            |s| drop(passing(s).plan.keys.pop()),
            |s| passing(s).plan.group_predicates.clear(),
            |s| s.plan.group_predicates = passing(s).plan.group_predicates.clone(),
        ],
    ),
    (
        "totals of the groups of several sources that pass",
        &[|s| drop(passing(s).plan.legs.pop())],
    ),
    (
        "totals with passes of their own",
        &[
            |s| {
                let levels = totals(s).levels.iter_mut();
                levels.for_each(|level| level.number += 1);
            },
            |s| totals(s).levels[0].by.truncate(1),
            |s| totals(s).levels.last_mut().unwrap().by.push(0),
            |s| totals(s).levels.swap(0, 1),
            |s| totals(s).levels[2].number = totals(s).levels[1].number,
            |s| totals(s).levels.clear(),
            |s| {
                let keys = s.plan.keys.len();
                totals(s).marks.push(keys);
            },
        ],
    ),
    (
        "subtotals on a page",
        &[
            |s| totals(s).levels[1].number += 1,
            |s| totals(s).marks.reverse(),
        ],
    ),
    (
        "a page of detail rows behind a row",
        &[
            |s| {
                let rows = s.plan.rows.as_mut().unwrap();
                rows.after.as_mut().unwrap().truncate(1);
            },
            |s| {
                let rows = s.plan.rows.as_mut().unwrap();
                rows.after.as_mut().unwrap().push(None);
            },
            |s| s.plan.legs[0].keys.truncate(1),
        ],
    ),
    (
        "a page behind labels",
        &[|s| s.plan.rows.as_mut().unwrap().order[2].by_label = true],
    ),
    (
        "a page behind the hidden label of a key that can raise",
        &[|s| s.plan.keys[1].lookup = None],
    ),
];

#[test]
fn what_a_contradiction_gives_is_refused() {
    let catalog: Catalog = catalog();
    for dialect in [Dialect::Postgres, Dialect::Sqlite] {
        for (name, changes) in CHANGES {
            // There numbers of levels are told apart by passes, whatever they are.
            if dialect == Dialect::Sqlite && name == "subtotals on a page" {
                continue;
            }
            for (position, change) in changes.iter().enumerate() {
                let mut subject = Subject::new(&catalog, dialect, query(name));
                change(&mut subject);
                let statement = emit(&subject.plan);
                let read =
                    subject.read_with(&statement.sql, &statement.certificate, &statement.order);
                assert!(
                    read.is_err(),
                    "{name}: {position} ({dialect:?})\n{}",
                    statement.sql
                );
            }
        }
    }
}

const OF_SUMS: [(&str, &[Change]); 2] = [
    (
        "sums before rows are joined, by two columns",
        &[
            |s| summed(s).links.truncate(1),
            |s| summed(s).links[1].1 = summed(s).links[0].1.clone(),
            |s| s.plan.legs[0].scan.is_fenced = true,
            |s| s.plan.legs[0].scan.joins[0].shown[0].1 = KeySpelling::new("orders"),
            |s| s.plan.legs[0].scan.joins.clear(),
        ],
    ),
    (
        "members ranked by what is shown of them",
        &[
            |s| top(s).sums = Some(vec![1]),
            |s| top(s).sums = Some(Vec::new()),
            |s| top(s).sums = Some(vec![0, 0]),
            |s| s.plan.legs[0].scan.is_fenced = true,
        ],
    ),
];

fn summed<'s, 'c>(subject: &'s mut Subject<'c>) -> &'s mut Summed {
    subject.plan.legs[0].summed.as_mut().unwrap()
}

/// Sums stand for rows only where nothing looks at these, and under names of their own.
#[test]
fn sums_of_a_contradiction_are_refused() {
    let (catalog, queries, _) = ALL[2];
    let catalog = Catalog::from_json(catalog).unwrap_or_else(|errors| panic!("{errors}"));
    for dialect in [Dialect::Postgres, Dialect::Sqlite] {
        for (name, changes) in OF_SUMS {
            let query = queries.iter().find(|query| query.0 == name);
            let query = query.expect("a query of this name");
            for (position, change) in changes.iter().enumerate() {
                let mut subject = Subject::new(&catalog, dialect, query);
                change(&mut subject);
                let statement = emit(&subject.plan);
                let read =
                    subject.read_with(&statement.sql, &statement.certificate, &statement.order);
                assert!(read.is_err(), "{name}: {position}\n{}", statement.sql);
            }
        }
    }
}
