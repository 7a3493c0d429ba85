//! Dynamic tables on PostgreSQL and SQLite against SQL by hand: guards, typed fields, filters, pages, relationships,
//! rollups, formulas, what is refused, and that no stored value raises.

mod guards;
mod refused;
mod rows;
mod stored;
mod world;
