//! A second, independent reading of the rules: a catalog, its rows, a request and a context as plain
//! values, and what has to come out, worked out in memory with exact fractions.
//!
//! It shares no code with the library. `number` and `value` are what cells hold, `expression` what
//! catalogs compute, `model` what is defined and asked, `answer` the evaluation, `spelling` the same
//! things as JSON and SQL, `generate` and `ask` random ones.

pub(crate) mod answer;
pub(crate) mod ask;
pub(crate) mod expression;
pub(crate) mod generate;
pub(crate) mod model;
pub(crate) mod number;
pub(crate) mod spelling;
pub(crate) mod value;
