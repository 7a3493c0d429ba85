//! A compiled query on PostgreSQL: the parameters go to the driver as they are.
//!
//! `cargo run --example tokio_postgres --features postgres-types-0_2 -- "host=localhost user=postgres"`
//! with the relations of `sql/payments_tables.sql` in the database.

use futures_util::TryStreamExt;
use measurand::{Catalog, Compiler, Context, Dialect, Request, Tenant};
use tokio_postgres::{NoTls, Row};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let address = std::env::args()
        .nth(1)
        .ok_or("name a database to connect to")?;
    let (client, connection) = tokio_postgres::connect(&address, NoTls).await?;
    tokio::spawn(connection);

    let catalog = Catalog::from_json(include_str!("payments/catalog.json"))?;
    let compiler = Compiler::new(catalog, Dialect::Postgres);
    let request = Request::new()
        .source("order_summary")
        .metric("approvals")
        .dimension("campaign_name")
        .toggle("approval_mode", "organic");
    let tenant = Tenant::number(1).ok_or("a tenant is not negative")?;
    let query = compiler.compile(&request, &Context::new(tenant, Vec::new()))?;

    let rows: Vec<Row> = client
        .query_raw(query.sql(), query.params())
        .await?
        .try_collect()
        .await?;
    println!("{}\n-- {} rows", query.sql(), rows.len());
    for row in &rows {
        let (campaign, label): (Option<i64>, Option<&str>) = (row.try_get(0)?, row.try_get(1)?);
        println!("{campaign:?} {label:?}");
    }
    Ok(())
}
