//! Hashing for look-ups on the way of every compilation.
//!
//! The standard hasher withstands keys that an attacker chooses. The keys here are ids, names that an
//! administrator wrote, and texts that the library wrote, so a multiplication per word is enough.

use std::collections::HashMap;
use std::hash::{BuildHasher, BuildHasherDefault, Hasher, RandomState};

/// A map from ids or names of a catalog.
pub(crate) type CatalogMap<K, V> = HashMap<K, V, BuildHasherDefault<WordHasher>>;

/// A map from texts, hashed otherwise in every map.
pub(crate) type TextMap<K, V> = HashMap<K, V, Seed>;

/// Where the hashes of one map begin.
#[derive(Clone, Copy)]
pub(crate) struct Seed(u64);

/// Multiplies and folds, two words at a time.
#[derive(Default)]
pub(crate) struct WordHasher(u64);

/// 2^64 divided by the golden ratio, and digits of pi: any odd numbers without a pattern would do.
const FACTORS: [u64; 2] = [0x9e37_79b9_7f4a_7c15, 0x2437_54f9_8f1b_bcdd];

impl WordHasher {
    fn mix(&mut self, one: u64, two: u64) {
        let [first, second] = FACTORS;
        let product = u128::from(self.0 ^ one ^ first) * u128::from(two ^ second);
        self.0 = (product as u64) ^ ((product >> 64) as u64);
    }
}

/// Up to eight bytes as a number.
fn word(bytes: &[u8]) -> u64 {
    match bytes.first_chunk::<8>() {
        Some(all) => u64::from_le_bytes(*all),
        None => bytes
            .iter()
            .fold(0, |word, byte| word << 8 | u64::from(*byte)),
    }
}

impl Hasher for WordHasher {
    fn write(&mut self, bytes: &[u8]) {
        let (pairs, rest) = bytes.as_chunks::<16>();
        for pair in pairs {
            let (one, two) = pair.split_at(8);
            self.mix(word(one), word(two));
        }
        if !rest.is_empty() {
            let (one, two) = rest.split_at(rest.len().min(8));
            self.mix(word(one), word(two) ^ ((rest.len() as u64) << 56));
        }
    }

    fn write_u8(&mut self, number: u8) {
        self.write_u64(number.into());
    }

    fn write_u16(&mut self, number: u16) {
        self.write_u64(number.into());
    }

    fn write_u32(&mut self, number: u32) {
        self.write_u64(number.into());
    }

    fn write_u64(&mut self, number: u64) {
        self.mix(number, 0);
    }

    fn write_usize(&mut self, number: usize) {
        self.write_u64(number as u64);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

impl Default for Seed {
    fn default() -> Self {
        Self(RandomState::new().build_hasher().finish())
    }
}

impl BuildHasher for Seed {
    type Hasher = WordHasher;

    fn build_hasher(&self) -> WordHasher {
        WordHasher(self.0)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::hash::{BuildHasher, BuildHasherDefault};

    use super::WordHasher;

    #[test]
    fn alike_keys_spread_over_high_and_low_bits() {
        let hasher = BuildHasherDefault::<WordHasher>::default();
        let names = (0..4_096).map(|at| hasher.hash_one(format!("revenue_{at:04}")));
        let ids = (0..4_096_u32).map(|at| hasher.hash_one(at));
        for hashes in [names.collect::<Vec<u64>>(), ids.collect()] {
            let low: BTreeSet<u64> = hashes.iter().map(|hash| hash % 4_096).collect();
            let high: BTreeSet<u64> = hashes.iter().map(|hash| hash >> 52).collect();
            // Numbers at random take about 63 of 100 places.
            assert!(low.len() > 1_900, "{} low", low.len());
            assert!(high.len() > 1_900, "{} high", high.len());
        }
    }

    #[test]
    fn what_differs_in_length_alone_differs() {
        let hasher = BuildHasherDefault::<WordHasher>::default();
        let hashes: BTreeSet<u64> = (0..64)
            .map(|length| hasher.hash_one(vec![0_u8; length].as_slice()))
            .collect();
        assert_eq!(hashes.len(), 64);
    }
}
