//! What the targets share: what holds of every statement, how long anything may take, and what they
//! draw from bytes.
#![forbid(unsafe_code)]

pub mod budget;
pub mod graph;
pub mod sqlite;
pub mod statement;
pub mod swap;
pub mod tape;
pub mod worlds;
