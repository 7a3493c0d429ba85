//! The memory of verified shapes: what differs in anything is never taken for the same, and it forgets.

use std::sync::Arc;

use super::{Subject, catalog, each_subject};
use crate::certificate::Certificate;
use crate::dialect::Dialect;
use crate::value::DataType;
use crate::verify::{Shape, VerifiedShapes};

type Types = Vec<(DataType, bool)>;

fn shape(sql: &str, certificate: &Certificate, types: &Types, aliases: &[&str]) -> Arc<Shape> {
    Arc::new(Shape {
        sql: sql.into(),
        certificate: certificate.clone(),
        types: types.clone(),
        aliases: aliases.iter().map(|alias| (*alias).into()).collect(),
        outline: [1, 2, 3].into(),
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
                    outline: [usize; 3]| {
            let types = types.iter().copied();
            let found = memory.find(
                sql,
                certificate,
                types,
                aliases.iter().copied(),
                outline.into_iter(),
            );
            found.is_some()
        };
        let sql = subject.sql();
        assert!(!find(sql, certificate, types, &aliases, [1, 2, 3]));
        memory.remember(shape(sql, certificate, types, &aliases));
        assert!(find(sql, certificate, types, &aliases, [1, 2, 3]));

        assert!(!find("SELECT 1", certificate, types, &aliases, [1, 2, 3]));
        let mut other = certificate.clone();
        other.scans[0].is_fenced ^= true;
        assert!(!find(sql, &other, types, &aliases, [1, 2, 3]));
        let mut more = types.clone();
        more.push((DataType::Text, false));
        assert!(!find(sql, certificate, &more, &aliases, [1, 2, 3]));
        if let Some(first) = types.first() {
            let mut other = types.clone();
            other[0] = (first.0, !first.1);
            assert!(!find(sql, certificate, &other, &aliases, [1, 2, 3]));
        }
        for aliases in [&["campaign"][..], &["campaign", "approvals"], &[]] {
            assert!(!find(sql, certificate, types, aliases, [1, 2, 3]));
        }
        for outline in [[0, 2, 3], [1, 0, 3], [1, 2, 0], [3, 2, 1]] {
            assert!(!find(sql, certificate, types, &aliases, outline));
        }
    });
}

/// Two generations of two: what is asked for stays, what is not asked for goes.
#[test]
fn what_nobody_asks_for_is_forgotten() {
    let catalog = catalog();
    let subject = Subject::new(&catalog, Dialect::Postgres, &super::QUERIES[0]);
    let certificate = &subject.statement.certificate;
    let memory = VerifiedShapes::new(2);
    let remember = |sql: &str| memory.remember(shape(sql, certificate, &Vec::new(), &[]));
    let knows = |sql: &str| {
        let (types, aliases) = (std::iter::empty(), std::iter::empty());
        let found = memory.find(sql, certificate, types, aliases, [1, 2, 3].into_iter());
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
    let subject = Subject::new(&catalog, Dialect::Postgres, &super::QUERIES[0]);
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
