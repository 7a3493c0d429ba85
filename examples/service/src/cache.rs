//! Rows of tables that users define, kept for as long as their sources stand.
//!
//! The key is the fingerprint of the compiled statement, which covers tenant, access rules, dates and
//! every parameter: whoever may see other rows has another key. A rule that changes changes the key, and
//! so what was kept under the old one is never shown again. The statement is compiled for each reader
//! before anything is looked up.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use measurand::Moment;
use measurand::report::CacheEntry;
use serde_json::value::RawValue;

/// The most answers, and the most bytes of one, that are kept.
const MOST_ANSWERS: usize = 1_000;
const MOST_BYTES: usize = 1 << 20;

/// Answers as JSON, by the fingerprint of their statement.
#[derive(Default)]
pub struct Cache(Mutex<HashMap<String, Kept>>);

struct Kept {
    answer: Arc<RawValue>,
    expires_at: Moment,
}

impl Cache {
    /// The answer under a key, if it still stands.
    pub fn get(&self, entry: &CacheEntry, now: Moment) -> Option<Arc<RawValue>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = kept.get(&entry.key).filter(|kept| kept.expires_at > now);
        kept.map(|kept| kept.answer.clone())
    }

    /// Keeps an answer until it is to be computed anew.
    pub fn put(&self, entry: CacheEntry, answer: Arc<RawValue>, now: Moment) {
        if answer.get().len() > MOST_BYTES {
            return;
        }
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MOST_ANSWERS {
            kept.retain(|_, kept| kept.expires_at > now);
        }
        // One that is full of answers that stand takes no more of them.
        if kept.len() < MOST_ANSWERS || kept.contains_key(&entry.key) {
            let expires_at = entry.expires_at;
            kept.insert(entry.key, Kept { answer, expires_at });
        }
    }
}
