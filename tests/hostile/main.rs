//! Hostile input: what a request, a context or a catalog may be sent to do harm, and what comes of it.
//!
//! The inputs are plain files: `values/*.txt` for values, `keys.txt` for names, `fragments.toml` for
//! pieces of SQL, `documents.toml` for malformed documents. Each says why it is there.

mod corpus;
mod documents;
mod fragments;
mod keys;
mod stored;
mod values;
