//! Rows of tables that users define, kept for as long as their sources stand.
//!
//! The key is the fingerprint of the compiled statement, which covers tenant, access rules, dates and
//! every parameter: whoever may see other rows has another key. A rule that changes changes the key, and
//! so what was kept under the old one is never shown again. The statement is compiled for each reader
//! before anything is looked up, and what is said of the rows is said by that statement.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use measurand::Moment;
use measurand::report::CacheEntry;

use crate::answer::Rows;

/// The most answers, and the most values of one, that are kept.
const MOST_ANSWERS: usize = 200;
const MOST_CELLS: usize = 5_000;

/// Rows by the fingerprint of their statement.
#[derive(Default)]
pub struct Cache(Mutex<HashMap<String, Kept>>);

struct Kept {
    rows: Arc<Rows>,
    expires_at: Moment,
}

impl Cache {
    /// The rows under a key, if they still stand.
    pub fn get(&self, entry: &CacheEntry, now: Moment) -> Option<Arc<Rows>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = kept.get(&entry.key).filter(|kept| kept.expires_at > now);
        kept.map(|kept| Arc::clone(&kept.rows))
    }

    /// Keeps rows until they are to be computed anew.
    pub fn put(&self, entry: CacheEntry, rows: &Arc<Rows>, now: Moment) {
        if rows.cells() > MOST_CELLS {
            return;
        }
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MOST_ANSWERS {
            kept.retain(|_, kept| kept.expires_at > now);
        }
        // One that is full of rows that stand takes no more of them.
        if kept.len() < MOST_ANSWERS || kept.contains_key(&entry.key) {
            let expires_at = entry.expires_at;
            let rows = Arc::clone(rows);
            kept.insert(entry.key, Kept { rows, expires_at });
        }
    }
}
