//! What every request shares: the catalog, compiled once, the pool, and the clock.

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::Arc;

use measurand::catalog::sql::CATALOG_QUERY;
use measurand::report::{Actor, ExportDefinition, Exporter, Listing, ReportBuilder, Table};
use measurand::{Catalog, Compiler, Context, Dialect, Limits, Value};
use serde::Serialize;

use crate::cache::Cache;
use crate::database::{Database, Snapshot};
use crate::error::{Answered, Refusal};
use crate::kept::KeptRow;
use crate::settings::{Clock, Settings};

/// The most rows of an answer; a question that says no limit has this one.
pub const MAX_ROWS: u64 = 10_000;

/// The files that can be exported, by name.
const EXPORTS: &str = include_str!("../exports.json");

/// What every request shares.
pub struct App {
    /// The reports of the catalog, and their compiler.
    pub reports: ReportBuilder,
    /// The files that can be exported, by name.
    pub exporters: BTreeMap<String, Exporter>,
    /// A compiler without a cap on the number of rows: a file has all of its lines, and is streamed.
    pub for_files: Compiler,
    /// The bounds of what callers send.
    pub limits: Limits,
    /// Rows of users' tables, by the fingerprint of their statement.
    pub cache: Cache,
    /// The pool.
    pub database: Database,
    /// What tells the time.
    pub clock: Clock,
    /// The settings that it was started with.
    pub settings: Settings,
}

impl App {
    /// Connects, and loads the catalog from the report builder's tables.
    ///
    /// A service that is to follow changes of the catalog loads it again and exchanges the whole: what
    /// is compiled under one catalog never meets another.
    ///
    /// # Errors
    /// The database does not answer, or what is wrong with the catalog.
    pub async fn start(settings: Settings) -> Result<Arc<Self>, Box<dyn Error>> {
        let database = Database::new(&settings)?;
        let text = read_catalog(&settings).await?;
        let limits = Limits {
            request_bytes: crate::json::MAX_BODY,
            max_limit: Some(MAX_ROWS),
            ..Limits::default()
        };
        let catalog = Catalog::from_rows_json_within(&text, limits.clone())?;
        let uncapped = Limits {
            max_limit: None,
            ..limits.clone()
        };
        let for_files = Catalog::from_rows_json_within(&text, uncapped)?;
        let exporters = exporters(&for_files)?;
        Ok(Arc::new(Self {
            reports: ReportBuilder::new(Compiler::new(catalog, Dialect::Postgres))?,
            exporters,
            for_files: Compiler::new(for_files, Dialect::Postgres),
            limits,
            cache: Cache::default(),
            database,
            clock: settings.clock,
            settings,
        }))
    }

    /// The compiler, with its caches of shapes that are known to be right. They hold no rows and no
    /// values; the rules of a caller are in parameters and never in them.
    pub fn compiler(&self) -> &Compiler {
        self.reports.compiler()
    }

    /// The context of a caller: their rules, and their client's modules, as they are in this snapshot.
    ///
    /// Rules are read for every request, so what is taken from a user is gone with the next one.
    ///
    /// # Errors
    /// The rules cannot be read: then nothing is shown.
    pub async fn context(&self, snapshot: &Snapshot<'_>, actor: &Actor) -> Answered<Context> {
        let listing = Listing {
            only: vec![(
                "user_id".to_owned(),
                Value::Text(actor.user_id.as_str().into()),
            )],
            ..Listing::default()
        };
        // Without a cap on the number of rows: a rule that is left out would show what it hides.
        let all = Limits::default();
        let statement = Table::UserDimensionAccess.list(actor, &listing, &all)?;
        let rules = snapshot.rows(&statement).await?;
        let statement = Table::ClientModules.list(actor, &Listing::default(), &all)?;
        let modules = snapshot.rows(&statement).await?;
        let context = ContextJson {
            client_id: actor.client_id,
            user_id: &actor.user_id,
            now: format!("{}Z", actor.now.to_utc()).replace(' ', "T"),
            access: KeptRow::all(Table::UserDimensionAccess, &rules),
            modules: KeptRow::all(Table::ClientModules, &modules),
        };
        let text = serde_json::to_string(&context).map_err(|_| Refusal::unreadable())?;
        // What administrators have stored is not bounded by what callers may send.
        let stored = Limits {
            request_bytes: 64 << 20,
            ..Limits::default()
        };
        Ok(Context::from_json(&text, &stored)?)
    }
}

#[derive(Serialize)]
struct ContextJson<'a> {
    client_id: i64,
    user_id: &'a str,
    now: String,
    access: Vec<KeptRow<'a>>,
    modules: Vec<KeptRow<'a>>,
}

/// The catalog as JSON. It is large, and read before anybody waits: on a connection of its own.
async fn read_catalog(settings: &Settings) -> Result<String, Box<dyn Error>> {
    let (client, connection) = settings.database.connect(tokio_postgres::NoTls).await?;
    let connection = tokio::spawn(connection);
    let text = client
        .query_one(CATALOG_QUERY, &[])
        .await?
        .try_get("catalog")?;
    drop(client);
    connection.await??;
    Ok(text)
}

fn exporters(catalog: &Catalog) -> Result<BTreeMap<String, Exporter>, Box<dyn Error>> {
    let definitions: BTreeMap<String, Box<serde_json::value::RawValue>> =
        serde_json::from_str(EXPORTS)?;
    let exporters = definitions.into_iter().map(|(name, definition)| {
        let definition = ExportDefinition::from_json(definition.get(), catalog.limits())?;
        // Fields of documents that an organisation has tagged would come from a table of the service's.
        let tags = Vec::new();
        let exporter = Exporter::new(catalog, definition, tags, Dialect::Postgres)?;
        Ok((name, exporter))
    });
    exporters.collect()
}
