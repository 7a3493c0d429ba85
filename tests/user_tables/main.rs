//! Tables that users define, on PostgreSQL and SQLite against SQL by hand: rows, groups, readers, keys, and what
//! is refused.

mod access;
mod definitions;
mod refused;
mod rows;
mod world;
