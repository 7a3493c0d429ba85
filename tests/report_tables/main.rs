//! The statements on the report builder's own tables, on a real PostgreSQL with the tables that ship.
//!
//! Could break where a guard is forgotten in one statement of many, where a parameter does not fit its
//! column, where two users change the same at once, and where what PostgreSQL refuses is not refused
//! before.

mod audit;
mod defaults;
mod definitions;
mod guards;
mod input;
mod shapes;
mod sharing;
mod work;
mod world;
