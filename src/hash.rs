//! Maps for look-ups on the way of every compilation.
//!
//! The keys are ids, names that an administrator wrote, and texts that the library wrote; hashing them
//! need not withstand an attacker as the standard hasher does. The seed differs in every process, and
//! nothing depends on the order of a map.

use std::collections::HashMap;

use foldhash::fast::{FixedState, RandomState};

/// A map from ids, names or texts.
pub(crate) type CatalogMap<K, V> = HashMap<K, V, RandomState>;

/// What makes the hashers of outlines. Outlines are compared within one process.
pub(crate) fn outline_hasher() -> FixedState {
    FixedState::default()
}
