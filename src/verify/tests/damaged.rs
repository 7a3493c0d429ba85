//! The damage that the second checker refuses, done to the statements of this verifier.

use std::collections::BTreeMap;

use super::each_subject;

#[expect(
    unreachable_pub,
    reason = "the tests' own package uses the file from outside"
)]
#[path = "../../../tests/support/damage/mod.rs"]
mod damage;

#[test]
fn all_damage_is_refused() {
    let mut refused: BTreeMap<&str, usize> = BTreeMap::new();
    let mut let_through = Vec::new();
    each_subject(|subject| {
        for (name, sql) in damage::damages(subject.sql(), 9) {
            match subject.check_text(&sql) {
                Ok(()) => let_through.push((name, sql)),
                Err(_) => *refused.entry(name).or_default() += 1,
            }
        }
    });
    assert!(let_through.is_empty(), "{let_through:#?}");
    let total: usize = refused.values().sum();
    assert!(
        total >= 6_000 && refused.len() >= 50,
        "{total}: {refused:?}"
    );
}
