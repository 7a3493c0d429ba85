//! A second, independent reading of the rules: a catalog, its rows, a request and a context as plain
//! values, and what has to come out, worked out in memory with exact fractions.
//!
//! It shares no code with the library. `number` and `value` are what cells hold, `expression` what
//! catalogs compute, `model` what is defined and asked, `answer` the evaluation, `spelling` the same
//! things as JSON and SQL, `generate` and `ask` random ones.

pub mod answer;
pub mod ask;
pub mod expression;
pub mod generate;
pub mod model;
pub mod number;
pub mod spelling;
pub mod value;
