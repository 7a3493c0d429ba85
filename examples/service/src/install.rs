//! The tables of the report builder, the payments catalog in them, and two years of made-up rows for two
//! clients. A service of one's own has migrations in this place.

use measurand::Limits;
use measurand::catalog::spec::CatalogSpec;
use measurand::catalog::sql::{OPTIONAL_FIELDS, TABLES};
use measurand::report::USER_DATA_TABLES;
use tokio_postgres::{Client, Config, NoTls};

/// Stand-ins for tables of users and clients, which a real database has already.
const USERS_AND_CLIENTS: &str = include_str!("../../../sql/stub_tables.sql");

/// The relations that reports are about.
const REPORTING: &str = include_str!("../../../sql/payments_tables.sql");

/// Their rows.
const ROWS: &str = include_str!("../../payments/rows.sql");

/// The catalog, in the spelling for people.
const CATALOG: &str = include_str!("../../payments/catalog.json");

/// Two clients, and users of them. `root` administers both.
const PEOPLE: &str = "
INSERT INTO beast_insights_v2.clients (id, name) VALUES (1, 'One'), (2, 'Two');
INSERT INTO beast_insights_v2.users (id) VALUES ('ann'), ('bob'), ('eve'), ('root'), ('zoe');";

/// Relations of the second client: each client has their own.
const SECOND_CLIENT: &str = r"
DO $$
DECLARE relation text;
BEGIN
    FOR relation IN SELECT left(tablename, -1) FROM pg_tables WHERE schemaname = 'reporting' AND tablename LIKE '%\_1'
    LOOP
        EXECUTE format('CREATE TABLE reporting.%I (LIKE reporting.%I)', relation || '2', relation || '1');
        EXECUTE format('INSERT INTO reporting.%I SELECT * FROM reporting.%I WHERE client_id = 2', relation || '2', relation || '1');
    END LOOP;
END $$";

/// The tables of a catalog, those that others refer to first.
const CATALOG_TABLES: [&str; 9] = [
    "data_sources",
    "metrics",
    "dimensions",
    "data_source_metrics",
    "data_source_dimensions",
    "metric_toggles",
    "metric_toggle_options",
    "metric_variants",
    "report_templates",
];

/// Makes all of it in an empty database.
///
/// # Errors
/// The database does not answer, or is not empty.
pub async fn install(database: &Config) -> Result<(), Box<dyn std::error::Error>> {
    let (mut client, connection) = database.connect(NoTls).await?;
    let connection = tokio::spawn(connection);
    let transaction = client.transaction().await?;
    let scripts = [
        USERS_AND_CLIENTS,
        TABLES,
        OPTIONAL_FIELDS,
        USER_DATA_TABLES,
        PEOPLE,
        REPORTING,
        ROWS,
        SECOND_CLIENT,
    ];
    for script in scripts {
        transaction.batch_execute(script).await?;
    }
    let rows = CatalogSpec::from_json(CATALOG, &Limits::default())?.to_rows_json();
    write_catalog(transaction.client(), &rows).await?;
    transaction.commit().await?;
    drop(client);
    connection.await??;
    Ok(())
}

/// Writes the rows of a catalog into its tables. Columns that no row mentions keep their defaults.
async fn write_catalog(client: &Client, rows: &str) -> Result<(), tokio_postgres::Error> {
    for table in CATALOG_TABLES {
        let mentioned = "SELECT string_agg(DISTINCT quote_ident(name), ', ')
            FROM json_array_elements($1::text::json -> $2) AS row, json_object_keys(row) AS name";
        let columns = client.query_one(mentioned, &[&rows, &table]).await?;
        let Some(columns) = columns.try_get::<_, Option<String>>(0)? else {
            continue;
        };
        let insert = format!(
            "INSERT INTO report_builder.{table} ({columns}) SELECT {columns}
             FROM json_populate_recordset(NULL::report_builder.{table}, $1::text::json -> '{table}')"
        );
        client.execute(&insert, &[&rows]).await?;
    }
    Ok(())
}
