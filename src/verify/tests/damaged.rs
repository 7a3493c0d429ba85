//! The damage that the second checker refuses, done to the statements of this verifier.
//!
//! The verifier answers for who sees which rows. What a request asks to be computed it takes from the
//! plan's own words, so damage to that is the business of the checker in `tests/`; each kind of damage
//! that it lets through is listed here, and no other may be.

use std::collections::{BTreeMap, BTreeSet};

use super::each_subject;

#[expect(
    unreachable_pub,
    reason = "the tests' own package uses the file from outside"
)]
#[path = "../../../tests/support/damage.rs"]
mod damage;

/// Damage to what is computed, or to conditions of the request; no row is seen that was not to be seen.
/// (The system column stands in the inner part of a lookup's guard, which does not hand it out.)
const COMPUTED: [&str; 17] = [
    "NOT added",
    "NULL let in",
    "NULL test changed",
    "arithmetic changed",
    "case changed",
    "cast changed",
    "comparison changed",
    "division truncates",
    "division unguarded",
    "escape changed",
    "filter of an aggregate dropped",
    "function changed",
    "list test changed",
    "number changed",
    "period changed",
    "system column",
    "truth test changed",
];

#[test]
fn damage_to_guards_is_refused() {
    let mut refused: BTreeMap<&str, usize> = BTreeMap::new();
    let mut let_through: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    each_subject(|subject| {
        for (name, sql) in damage::damages(subject.sql(), 9) {
            match subject.check_text(&sql) {
                Ok(()) => {
                    let_through.entry(name).or_default().insert(sql);
                }
                Err(_) => *refused.entry(name).or_default() += 1,
            }
        }
    });
    let_through.retain(|name, _| !COMPUTED.contains(name));
    assert!(let_through.is_empty(), "{let_through:#?}");
    let total: usize = refused.values().sum();
    assert!(
        total >= 6_000 && refused.len() >= 50,
        "{total}: {refused:?}"
    );
}
