//! Random worlds and questions for the model in `tests/reference`, and how they are spelled for the
//! library and for databases.
//!
//! Every choice is drawn from a [`Random`](crate::support::random::Random), so that a seed makes as many
//! cases as one likes and a tape can be shortened until only what matters is left. What is plain stands
//! first wherever something is chosen: an empty tape is one metric over no rows.

pub mod ask;
pub mod fragment;
pub mod pivot;
pub mod preset;
pub mod question;
pub mod reach;
pub mod refusal;
pub mod said;
pub mod spelling;
pub mod sql;
pub mod tape;
pub mod world;
