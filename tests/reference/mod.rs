//! A second, independent reading of the rules: a catalog, its rows and a question as plain values, and the
//! rows that have to come out, worked out in memory with exact fractions. No code of the library.
//! `number` and `value` are what cells hold, `expression` what catalogs compute, `model` what is defined
//! and asked, `answer` the evaluation, `reach` what it reads over
//! relationships, `rows` that of detail rows, `members` that of lookups, `pivot` that of
//! members as columns; comments cite the rules of `DESIGN.md`. `tests/generate` has what
//! is not about rows: what is refused, what ranges of days are called, how all of it is spelled, and
//! random worlds. `tests/README.md` lists what is not modelled.

pub mod answer;
pub mod expression;
pub mod frames;
pub mod members;
pub mod model;
pub mod number;
pub mod pivot;
pub mod reach;
pub mod rows;
pub mod value;
