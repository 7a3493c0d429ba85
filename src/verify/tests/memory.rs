//! The memory of verified shapes: what differs in anything is never taken for the same, and it forgets.

use std::sync::Arc;

use super::{Subject, catalog, each_subject};
use crate::certificate::Certificate;
use crate::dialect::Dialect;
use crate::plan::{
    Comparison, FilledGaps, KeyType, ListBind, Operand, Passing, Predicate, Term, Top, Totals,
};
use crate::value::DataType;
use crate::verify::{Shape, VerifiedShapes};

type Types = Vec<(DataType, bool)>;

fn shape(sql: &str, certificate: &Certificate, types: &Types, aliases: &[&str]) -> Arc<Shape> {
    Arc::new(Shape {
        sql: sql.into(),
        certificate: certificate.clone(),
        types: types.clone(),
        aliases: aliases.iter().map(|alias| (*alias).into()).collect(),
        outline: 1,
        digest: [0; 32],
    })
}

#[test]
fn a_shape_is_found_by_all_that_it_was_verified_against() {
    each_subject(|subject| {
        let memory = VerifiedShapes::new(4);
        let certificate = &subject.statement.certificate;
        let types = &subject.types;
        let aliases = ["campaign", "attempts"];
        let find = |sql: &str,
                    certificate: &Certificate,
                    types: &Types,
                    aliases: &[&str],
                    outline: u64| {
            let types = types.iter().copied();
            let found = memory.find(sql, certificate, types, aliases.iter().copied(), outline);
            found.is_some()
        };
        let sql = subject.sql();
        assert!(!find(sql, certificate, types, &aliases, 1));
        memory.remember(shape(sql, certificate, types, &aliases));
        assert!(find(sql, certificate, types, &aliases, 1));

        assert!(!find("SELECT 1", certificate, types, &aliases, 1));
        let mut other = certificate.clone();
        other.scans[0].is_fenced ^= true;
        assert!(!find(sql, &other, types, &aliases, 1));
        let mut more = types.clone();
        more.push((DataType::Text, false));
        assert!(!find(sql, certificate, &more, &aliases, 1));
        if let Some(first) = types.first() {
            let mut other = types.clone();
            other[0] = (first.0, !first.1);
            assert!(!find(sql, certificate, &other, &aliases, 1));
        }
        for aliases in [&["campaign"][..], &["campaign", "approvals"], &[]] {
            assert!(!find(sql, certificate, types, aliases, 1));
        }
        assert!(!find(sql, certificate, types, &aliases, 2));
    });
}

/// Two generations of two: what is asked for stays, what is not asked for goes.
#[test]
fn what_nobody_asks_for_is_forgotten() {
    let catalog = catalog();
    let subject = Subject::new(&catalog, Dialect::Postgres, super::query("rows alone"));
    let certificate = &subject.statement.certificate;
    let memory = VerifiedShapes::new(2);
    let remember = |sql: &str| memory.remember(shape(sql, certificate, &Vec::new(), &[]));
    let knows = |sql: &str| {
        let (types, aliases) = (std::iter::empty(), std::iter::empty());
        let found = memory.find(sql, certificate, types, aliases, 1);
        found.is_some_and(|shape| *shape.sql == *sql)
    };
    assert_eq!(memory.len(), 0);
    for (sql, count) in [("a", 1), ("b", 2), ("c", 3)] {
        remember(sql);
        assert_eq!(memory.len(), count);
    }
    // `a` is of the old generation; asked for, it is of the young one again, beside `c`.
    assert!(knows("a") && knows("c"));
    remember("d");
    assert!(knows("a") && knows("c") && knows("d"));
    assert!(!knows("b"));
    for number in 0..100 {
        remember(&format!("e{number}"));
        assert!(memory.len() <= 4);
    }
    assert!(!knows("a") && knows("e99"));
}

/// A generation is full of texts of 16 MiB too, however few they are; the same text counts once.
#[test]
fn long_texts_are_forgotten_sooner() {
    const MEBIBYTE: usize = 1 << 20;
    let catalog = catalog();
    let subject = Subject::new(&catalog, Dialect::Postgres, super::query("rows alone"));
    let certificate = &subject.statement.certificate;
    let lengths = |lengths: &[usize]| {
        let memory = VerifiedShapes::new(100);
        let mut counts = Vec::new();
        for length in lengths {
            let sql = "x".repeat(*length);
            memory.remember(shape(&sql, certificate, &Vec::new(), &[]));
            counts.push(memory.len());
        }
        counts
    };
    // Each is a generation by itself.
    let long = [9, 10, 11, 12].map(|size| size * MEBIBYTE);
    assert_eq!(lengths(&long), [1, 2, 2, 2]);
    // Two that fill one to the byte, then two more.
    let half = 8 * MEBIBYTE;
    assert_eq!(
        lengths(&[half - 1, half + 1, 1, 2 * half - 1, 2]),
        [1, 2, 3, 4, 3]
    );
    assert_eq!(lengths(&[half - 1; 5]), [1; 5]);
}

/// A plan's digest, after a change of it.
fn outline(change: impl Fn(&mut Subject<'_>), query: &str, dialect: Dialect) -> u64 {
    // Parts of the catalog are told by where they lie.
    static CATALOG: std::sync::LazyLock<crate::catalog::Catalog> =
        std::sync::LazyLock::new(catalog);
    let mut subject = Subject::new(&CATALOG, dialect, super::query(query));
    change(&mut subject);
    subject.plan.outline(&subject.statement.order)
}

type Change = fn(&mut Subject<'_>);

#[test]
fn plans_that_differ_have_other_outlines() {
    const SEEN: [(&str, &[Change]); 12] = [
        (
            "paths, levels and a page",
            &[
                |s| s.plan.limit = None,
                |s| s.plan.offset = s.plan.limit,
                |s| s.plan.levels += 1,
                |s| {
                    s.plan.gaps = Some(FilledGaps {
                        key: 0,
                        periods: ListBind {
                            values: s.plan.zone,
                            element: DataType::Date,
                            is_long: false,
                        },
                    });
                },
                |s| s.plan.keys[0].grain = Some(crate::calendar::Grain::Day),
                |s| s.plan.keys[1].lookup = None,
                |s| s.plan.keys.swap(0, 1),
                |s| s.plan.measures.swap(0, 1),
                |s| s.plan.measures[0].leg += 1,
                |s| s.plan.measures[0].last_use += 1,
                |s| s.plan.measures[0].text = s.plan.measures[1].text,
                |s| s.plan.measures[0].name = s.plan.measures[1].name.clone(),
                |s| s.plan.computed[0].level += 1,
                |s| s.plan.computed[0].uses += 1,
                |s| s.plan.computed[0].last_use += 1,
                |s| s.plan.computed[0].arguments.reverse(),
                |s| s.plan.computed[0].text = s.plan.computed[1].text,
                |s| s.plan.computed[0].name = s.plan.computed[1].name.clone(),
                |s| s.plan.outputs.swap(0, 1),
                |s| s.plan.outputs[0].what = s.plan.outputs[1].what,
                |s| s.plan.outputs[0].alias = s.plan.outputs[1].alias.clone(),
                |s| s.plan.order.swap(0, 1),
                |s| s.plan.order[0].descending ^= true,
                |s| s.plan.order[0].nulls_first ^= true,
                |s| s.plan.group_predicates.clear(),
                |s| s.plan.periods.week_start = crate::calendar::Weekday::Sunday,
                |s| s.plan.periods.fiscal_year_start = crate::calendar::Month::April,
                |s| s.plan.zone.0 += 1,
                |s| s.statement.order.swap(0, 1),
                |s| s.plan.legs[0].scan.dates.as_mut().unwrap().from = None,
                |s| s.plan.legs[0].scan.dates = None,
                |s| s.plan.legs[0].scan.base_filter = None,
                |s| s.plan.legs[0].scan.columns.reverse(),
                |s| s.plan.legs[0].scan.date_column = None,
                |s| s.plan.legs[0].keys.swap(0, 1),
            ],
        ),
        (
            "conditions of many kinds",
            &[
                |s| s.plan.legs[0].scan.inner.swap(0, 1),
                |s| drop(s.plan.legs[0].scan.inner.pop()),
                |s| s.plan.legs[0].scan.outer = std::mem::take(&mut s.plan.legs[0].scan.inner),
                |s| {
                    change_first(s, &mut |_, comparison| {
                        *comparison = Comparison::Null { negated: true };
                    })
                },
                |s| {
                    change_first(s, &mut |_, comparison| {
                        if let Comparison::In { with_null, .. } = comparison {
                            *with_null ^= true;
                        }
                    })
                },
                |s| change_first(s, &mut |operand, _| *operand = Operand::Term(Term::Key(0))),
                |s| change_first(s, &mut |operand, _| *operand = Operand::Term(Term::Key(1))),
                |s| s.plan.legs[0].scan.rules[0].is_outer ^= true,
                |s| {
                    let key = s.plan.legs[0].keys[0];
                    s.plan.legs[0].scan.rules[0].value = key;
                },
            ],
        ),
        (
            "label filter",
            &[|s| {
                change_first(s, &mut |operand, _| {
                    if let Operand::Label(value, text, ..) = *operand {
                        *operand = Operand::Value(value, text);
                    }
                })
            }],
        ),
        (
            "many alternatives",
            &[|s| {
                let inner = &mut s.plan.legs[0].scan.inner;
                if let Some(Predicate::Any(parts)) = inner.pop() {
                    inner.push(Predicate::All(parts));
                }
            }],
        ),
        (
            "an earlier period",
            &[
                |s| s.plan.legs[0].is_previous ^= true,
                |s| s.plan.legs.reverse(),
                |s| drop(s.plan.legs.pop()),
                |s| s.plan.legs[1].scan.moved = None,
            ],
        ),
        (
            "several sources",
            &[|s| {
                let source = s.plan.legs[0].scan.source;
                s.plan.legs[1].scan.source = source;
            }],
        ),
        (
            "subtotals on a page",
            &[
                |s| s.plan.totals = None,
                |s| change_totals(s, &mut |totals| totals.in_one_pass ^= true),
                |s| change_totals(s, &mut |totals| totals.marks.reverse()),
                |s| change_totals(s, &mut |totals| totals.levels[1].number += 1),
                |s| change_totals(s, &mut |totals| totals.levels[1].by.clear()),
                |s| change_totals(s, &mut |totals| drop(totals.levels.remove(1))),
            ],
        ),
        (
            "totals of the groups that pass",
            &[
                |s| s.plan.passing = None,
                |s| change_passing(s, &mut |passing| passing.plan.group_predicates.swap(0, 1)),
                |s| change_passing(s, &mut |passing| passing.plan.levels += 1),
                |s| change_passing(s, &mut |passing| passing.types.reverse()),
            ],
        ),
        (
            "the first members and others on a page",
            &[
                |s| s.plan.top = None,
                |s| change_top(s, &mut |top| top.key += 1),
                |s| change_top(s, &mut |top| top.key_type = KeyType::Same),
                |s| change_top(s, &mut |top| top.kept = None),
                |s| change_top(s, &mut |top| top.shows_other ^= true),
                |s| change_top(s, &mut |top| top.plan.limit = None),
            ],
        ),
        (
            "a page behind labels",
            &[
                |s| s.plan.rows.as_mut().unwrap().order[0].by_label = false,
                |s| s.plan.rows.as_mut().unwrap().order.swap(0, 1),
            ],
        ),
        (
            "shares and ranks on a page",
            &[
                |s| s.plan.placed.clear(),
                |s| s.plan.placed.swap(0, 1),
                |s| s.plan.placed[0].share = None,
                |s| s.plan.placed[0].of = Term::Key(0),
                |s| s.plan.placed[0].name = s.plan.placed[1].name.clone(),
            ],
        ),
        ("plain", &[]),
    ];
    for dialect in [Dialect::Postgres, Dialect::Sqlite] {
        let mut outlines = std::collections::BTreeSet::new();
        let mut count = 0;
        for (query, changes) in SEEN {
            let unchanged = outline(|_| {}, query, dialect);
            assert_eq!(unchanged, outline(|_| {}, query, dialect), "{query}");
            count += 1 + changes.len();
            outlines.insert(unchanged);
            for (position, change) in changes.iter().enumerate() {
                let is_new = outlines.insert(outline(change, query, dialect));
                assert!(is_new, "{query}: change {position} is not seen");
            }
        }
        assert_eq!(outlines.len(), count);
    }
}

fn change_totals(subject: &mut Subject<'_>, change: &mut dyn FnMut(&mut Totals<'_>)) {
    change(subject.plan.totals.as_mut().unwrap());
}

fn change_passing(subject: &mut Subject<'_>, change: &mut dyn FnMut(&mut Passing<'_>)) {
    change(subject.plan.passing.as_mut().unwrap());
}

fn change_top(subject: &mut Subject<'_>, change: &mut dyn FnMut(&mut Top<'_>)) {
    change(subject.plan.top.as_mut().unwrap());
}

/// Changes the first test among the conditions beside the guard.
fn change_first(
    subject: &mut Subject<'_>,
    change: &mut dyn FnMut(&mut Operand<'_>, &mut Comparison),
) {
    fn first<'p, 'c>(
        predicate: &'p mut Predicate<'c>,
    ) -> (&'p mut Operand<'c>, &'p mut Comparison) {
        match predicate {
            Predicate::All(parts) | Predicate::Any(parts) => first(&mut parts[0]),
            Predicate::Not(part) => first(part),
            Predicate::Test(operand, comparison) => (operand, comparison),
        }
    }
    let (operand, comparison) = first(&mut subject.plan.legs[0].scan.inner[0]);
    change(operand, comparison);
}
