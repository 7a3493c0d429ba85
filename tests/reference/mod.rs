//! A second, independent reading of the rules: a catalog, its rows, a request and a context as plain
//! values, and what has to come out, worked out in memory with exact fractions.
//!
//! It shares no code with the library. `number` and `value` are what cells hold, `expression` what
//! catalogs compute, `model` what is defined and asked, `answer` the evaluation; comments cite the rules
//! of `DESIGN.md`. Random worlds and questions, and their spelling as JSON and SQL, are in
//! `tests/generate`.
//!
//! Not modelled, and therefore held by cases worked out by hand alone: the choice among several sources
//! (R14), sources without a tenant or without declared columns, tenants that are words, JSON paths,
//! moments and times (`timestamp`, `timestamptz`), floats, `LIKE` and casts in fragments, the functions
//! `POWER`, `SQRT`, `LN`, `EXP`, `CONCAT` and those of dates, standard deviations, medians and
//! collations other than by bytes.

pub mod answer;
pub mod expression;
pub mod model;
pub mod number;
pub mod value;
