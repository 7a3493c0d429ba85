//! What the targets share: what holds of every statement, and how long anything may take.
#![forbid(unsafe_code)]

pub mod budget;
pub mod statement;
