//! The statements that are damaged; the checker of the tests' own package reads these files as well.

mod catalogs;
mod related;
mod sales;
mod times;

pub(crate) use catalogs::CATALOG;
pub(crate) use sales::QUERIES;

use catalogs::{RELATED, TIMES};
use related::{RELATED_MOVED, RELATED_QUERIES};
use sales::POSTGRES_ALONE;
use times::{MOMENT_QUERIES, TIME_QUERIES};

/// A name, the request, and what follows `"access":` in the context.
pub(crate) type Query = (&'static str, &'static str, &'static str);

/// Catalogs, with what is asked of them; the last of PostgreSQL alone, since SQLite cannot say it.
pub(crate) const ALL: [(&str, &[Query], &[Query]); 3] = [
    (CATALOG, &QUERIES, &POSTGRES_ALONE),
    (TIMES, &TIME_QUERIES, &MOMENT_QUERIES),
    (RELATED, &RELATED_QUERIES, &RELATED_MOVED),
];
