//! The report builder's own tables, and the query that reads a catalog from them.
//!
//! The library does no I/O: a service runs these texts itself.

/// The tables of the report builder, for PostgreSQL; refers to the tables of users and
/// clients that a service already has.
pub const TABLES: &str = include_str!("../../sql/report_builder.sql");

/// Columns for the optional fields of a catalog that these tables do not have.
pub const OPTIONAL_FIELDS: &str = include_str!("../../sql/optional_fields.sql");

/// One `SELECT` that returns a catalog in the rows spelling as one JSON text, with or without the
/// optional columns. Its result goes to [`Catalog::from_rows_json`](crate::Catalog::from_rows_json).
///
/// ```no_run
/// # fn load(client: &mut postgres::Client) -> Result<(), Box<dyn std::error::Error>> {
/// use measurand::{Catalog, catalog::sql};
///
/// let row = client.query_one(sql::CATALOG_QUERY, &[])?;
/// let catalog = Catalog::from_rows_json(row.get("catalog"))?;
/// # drop(catalog);
/// # Ok(())
/// # }
/// ```
pub const CATALOG_QUERY: &str = include_str!("../../sql/catalog_rows.sql");
