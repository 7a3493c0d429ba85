//! The database: a pool of connections, snapshots to read in, and changes that are made or not.
//!
//! There is no SQL here but that of transactions: every statement comes from the library.

use std::time::Duration;

use deadpool_postgres::{
    Manager, ManagerConfig, Object, Pool, RecyclingMethod, Runtime, Transaction,
};
use futures_util::TryStreamExt;
use measurand::report::TableStatement;
use measurand::{Param, Value};
use tokio_postgres::{IsolationLevel, NoTls, Row, RowStream};

use crate::error::{Answered, Refusal};
use crate::settings::Settings;

/// The pool.
pub struct Database(Pool);

/// A connection, for as long as it is held.
pub struct Connection(Object);

/// A transaction that reads one state of the database: the rules of the caller and the rows that they
/// let through are of the same moment. It ends with its scope.
pub struct Snapshot<'c>(Transaction<'c>);

/// A transaction that changes rows. What is not committed is undone with its scope.
pub struct Changes<'c>(Transaction<'c>);

impl Database {
    /// Makes the pool; connections are opened when they are needed.
    ///
    /// # Errors
    /// None of a pool like this.
    pub fn new(settings: &Settings) -> Result<Self, deadpool_postgres::BuildError> {
        let mut config = settings.database.clone();
        let timeout = settings.statement_timeout.as_millis();
        config.options(format!(
            "-c statement_timeout={timeout} -c idle_in_transaction_session_timeout={timeout}"
        ));
        config.application_name("measurand-service");
        let recycling_method = RecyclingMethod::Fast;
        let manager = Manager::from_config(config, NoTls, ManagerConfig { recycling_method });
        let pool = Pool::builder(manager)
            .max_size(settings.connections)
            .wait_timeout(Some(settings.patience))
            .create_timeout(Some(settings.patience))
            .runtime(Runtime::Tokio1);
        pool.build().map(Self)
    }

    /// A connection, as soon as one is free.
    ///
    /// # Errors
    /// None is free for too long, or the database does not answer.
    pub async fn connection(&self) -> Answered<Connection> {
        Ok(Connection(self.0.get().await?))
    }

    /// Runs one statement by itself.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn run(&self, statement: &TableStatement) -> Answered<Vec<Row>> {
        self.connection().await?.run(statement).await
    }

    /// Closes the connections, those that are held as soon as they are given back.
    pub fn close(&self) {
        self.0.close();
    }
}

impl Connection {
    /// Runs one statement by itself. Who holds a connection asks for no second one: where all do, each
    /// waits for the others.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn run(&self, statement: &TableStatement) -> Answered<Vec<Row>> {
        let rows = self.0.query_raw(statement.sql(), statement.params());
        Ok(rows.await?.try_collect().await?)
    }

    /// Begins to read.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn snapshot(&mut self) -> Answered<Snapshot<'_>> {
        let transaction = self.0.build_transaction().read_only(true);
        let transaction = transaction.isolation_level(IsolationLevel::RepeatableRead);
        Ok(Snapshot(transaction.start().await?))
    }

    /// Begins to change.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn changes(&mut self) -> Answered<Changes<'_>> {
        Ok(Changes(self.0.transaction().await?))
    }
}

impl Snapshot<'_> {
    /// Runs a statement on the report builder's tables.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn rows(&self, statement: &TableStatement) -> Answered<Vec<Row>> {
        self.query(statement.sql(), statement.params()).await
    }

    /// Runs a compiled statement.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn query(&self, sql: &str, params: &[Param]) -> Answered<Vec<Row>> {
        Ok(self.stream(sql, params).await?.try_collect().await?)
    }

    /// Runs a compiled statement whose rows are taken one after the other.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn stream(&self, sql: &str, params: &[Param]) -> Answered<RowStream> {
        Ok(self.0.query_raw(sql, params).await?)
    }

    /// Runs a compiled statement whose failure leaves the snapshot as it is, so that others can follow.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn attempt(&mut self, sql: &str, params: &[Param]) -> Answered<Vec<Row>> {
        let attempt = Snapshot(self.0.transaction().await?);
        let rows = attempt.query(sql, params).await;
        match rows {
            Ok(_) => attempt.0.commit().await?,
            Err(_) => attempt.0.rollback().await?,
        }
        rows
    }

    /// Lets statements of this snapshot run for so long.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn allow(&self, timeout: Duration) -> Answered<()> {
        let setting = format!("SET LOCAL statement_timeout = {}", timeout.as_millis());
        Ok(self.0.batch_execute(&setting).await?)
    }
}

impl<'c> Changes<'c> {
    /// Keeps what was changed.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn commit(self) -> Answered<()> {
        Ok(self.0.commit().await?)
    }
}

impl<'c> Changes<'c> {
    /// Runs a statement on the report builder's tables.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn rows(&self, statement: &TableStatement) -> Answered<Vec<Row>> {
        let rows = self
            .0
            .query_raw(statement.sql(), statement.params())
            .await?;
        Ok(rows.try_collect().await?)
    }
}

/// The values of a row, in order.
///
/// # Errors
/// A value that the library has no form for.
pub fn values(row: &Row) -> Answered<Vec<Option<Value>>> {
    let value = |at| {
        let read = row.try_get(at);
        read.map_err(|_| Refusal::no_value())
    };
    (0..row.len()).map(value).collect()
}
