//! The statements of the service that does the work: reports that are due, files that are exported.
//!
//! In: moments, and what became of a piece of work. Out: [`TableStatement`]. Guaranteed: two services
//! never have one piece of work at once. The two claims, and they alone, reach over all clients: a
//! service asks once for what is due, not once per client. They return whose the
//! row is, and so whose context the report is compiled with. Codes: none. Next to read: `description.rs`.

use super::actor::Actor;
use super::column::ColumnKind;
use super::description::{Description, EXPORT_JOBS, SCHEDULED_REPORTS, USER_DATA_TABLES};
use super::writer::{Reach, TableStatement, Writer, moment};
use crate::value::{Moment, Value};

/// What runs at times of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scheduled {
    /// `scheduled_reports`.
    Reports,
    /// `user_data_tables` with a `schedule_config`.
    UserTables,
}

impl Scheduled {
    /// The table, and the column that says when its rows run next.
    fn table(self) -> (&'static Description, &'static str) {
        match self {
            Scheduled::Reports => (&SCHEDULED_REPORTS, "next_send_at"),
            Scheduled::UserTables => (&USER_DATA_TABLES, "next_scheduled_run"),
        }
    }
}

/// The hold that a service has on what is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    /// What is held.
    pub of: Scheduled,
    /// The row.
    pub id: i64,
    /// Its client.
    pub client_id: i64,
    /// The end of the hold, as it was claimed.
    pub until: Moment,
}

/// What became of a file that was to be exported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExportOutcome {
    /// The file is there.
    Completed {
        /// Where.
        file_url: String,
        /// How large it is.
        file_size_bytes: i64,
        /// When it is deleted.
        expires_at: Option<Moment>,
    },
    /// There is none.
    Failed {
        /// Why, as the user may read it.
        message: String,
    },
    /// Another service is to try.
    GivenBack,
}

/// Picks what is due at a moment, what has waited longest first, and holds it in the same statement:
/// until the end of the hold it is due for nobody else. What another service is about to hold is passed
/// over, not waited for.
///
/// A row has all [columns](super::Table::columns) of the table, the moment of the next run being the end
/// of the hold, and `due_at`, when it was to run. A service that fails lets the hold run out, and the
/// row is due again; one that is done says so by [`finish_due`]. The hold has to be longer than the work
/// takes.
///
/// ```
/// use measurand::Moment;
/// use measurand::report::{Scheduled, claim_due};
///
/// let now = Moment::parse("2026-11-20T13:00:00Z").ok_or("no moment")?;
/// let until = Moment::parse("2026-11-20T13:10:00Z").ok_or("no moment")?;
/// let statement = claim_due(Scheduled::Reports, now, until, 20);
/// assert!(statement.sql().contains("FOR UPDATE OF s SKIP LOCKED"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn claim_due(of: Scheduled, now: Moment, until: Moment, limit: u32) -> TableStatement {
    let (table, next) = of.table();
    let active = if table.has("is_active") {
        "s.is_active AND "
    } else {
        ""
    };
    let sql = format!(
        "WITH due AS (SELECT s.id, s.{next} FROM {relation} AS s \
         WHERE s.{next} <= $1::timestamp AND {active}NOT s.is_deleted \
         ORDER BY s.{next}, s.id LIMIT $3::bigint FOR UPDATE OF s SKIP LOCKED) \
         UPDATE {relation} AS t SET {next} = $2::timestamp FROM due WHERE due.id = t.id \
         RETURNING {columns}, due.{next} AS due_at",
        relation = table.relation,
        columns = table.read_columns("t"),
    );
    let limit = Value::Integer(i64::from(limit));
    TableStatement::new(sql, [moment(now), moment(until), limit])
}

/// Ends a hold: says when it was sent, if it was, and when it runs next.
///
/// The next moment is only written where the hold still stands: a user who changed the schedule since
/// has set another, and a service that comes too late has lost the row to another one. User tables do
/// not keep when they were sent.
pub fn finish_due(
    lease: &Lease,
    sent_at: Option<Moment>,
    next_run: Option<Moment>,
) -> TableStatement {
    let (table, next) = lease.of.table();
    let mut params = vec![
        Value::Integer(lease.id),
        Value::Integer(lease.client_id),
        moment(lease.until),
    ];
    let mut bind = |value: Option<Moment>| match value {
        Some(value) => {
            params.push(moment(value));
            format!("${}{}", params.len(), ColumnKind::Moment.cast())
        }
        None => format!("NULL{}", ColumnKind::Moment.cast()),
    };
    let after = bind(next_run);
    let sent = match sent_at {
        Some(_) if table.has("last_sent_at") => format!(", last_sent_at = {}", bind(sent_at)),
        _ => String::new(),
    };
    let client = if table.has("client_id") {
        "client_id"
    } else {
        "organization_id"
    };
    let sql = format!(
        "UPDATE {relation} AS t SET {next} = CASE WHEN t.{next} = $3::timestamp \
         THEN {after} ELSE t.{next} END{sent} \
         WHERE t.id = $1::bigint AND t.{client} = $2::bigint RETURNING t.id",
        relation = table.relation,
    );
    TableStatement::new(sql, params)
}

/// Picks exports that wait, the oldest first, and holds them in the same statement: they are
/// `processing` from then on. Those that another service is about to hold are passed over.
///
/// A row has all [columns](super::Table::columns) of the job. The table does not say since when a job
/// is held; a service that may fail has to keep that itself and give the job back.
pub fn claim_exports(limit: u32) -> TableStatement {
    let sql = format!(
        "WITH waiting AS (SELECT s.id FROM {relation} AS s WHERE s.status = 'pending' \
         ORDER BY s.created_at, s.id LIMIT $1::bigint FOR UPDATE OF s SKIP LOCKED) \
         UPDATE {relation} AS t SET status = 'processing' FROM waiting WHERE waiting.id = t.id \
         RETURNING {columns}",
        relation = EXPORT_JOBS.relation,
        columns = EXPORT_JOBS.read_columns("t"),
    );
    TableStatement::new(sql, [Value::Integer(i64::from(limit))])
}

/// Holds one export of the actor, so that it is written while the actor waits: it is `processing` from then
/// on, whether it waited or was done before. It returns the job as [`claim_exports`] does, and no row where
/// the job is not the actor's or somebody is at work on it.
///
/// ```
/// use measurand::Moment;
/// use measurand::report::{Actor, start_export};
///
/// let now = Moment::parse("2026-11-20T10:00:00Z").ok_or("no moment")?;
/// let statement = start_export(7, &Actor::new(1, "usr_123", now));
/// assert!(statement.sql().contains("t.client_id = $2::bigint AND t.user_id = $3::text"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn start_export(id: i64, actor: &Actor) -> TableStatement {
    let table = &EXPORT_JOBS;
    let mut writer = Writer::new(actor);
    let row = writer.row(id);
    let guard = writer.guard(table, "t", Reach::Write);
    let columns = table.read_columns("t");
    writer.push(&[
        "UPDATE ",
        table.relation,
        " AS t SET status = 'processing' WHERE t.id = ",
        &row,
        " AND ",
        &guard,
        " AND t.status <> 'processing' RETURNING ",
        &columns,
    ]);
    writer.finish()
}

/// Says what became of an export of a client that is `processing`; of any other it changes nothing and
/// returns no row.
pub fn finish_export(
    id: i64,
    client_id: i64,
    outcome: &ExportOutcome,
    now: Moment,
) -> TableStatement {
    let mut params = vec![Value::Integer(id), Value::Integer(client_id)];
    // PostgreSQL keeps no NUL, and what a message quotes may hold one.
    let text = |text: &str| Value::Text(text.replace('\0', "\u{fffd}").into());
    let set = match outcome {
        ExportOutcome::Completed {
            file_url,
            file_size_bytes,
            expires_at,
        } => {
            params.extend([
                moment(now),
                text(file_url),
                Value::Integer(*file_size_bytes),
            ]);
            let expires = match expires_at {
                Some(expires_at) => {
                    params.push(moment(*expires_at));
                    "$6::timestamp"
                }
                None => "NULL::timestamp",
            };
            format!(
                "status = 'completed', completed_at = $3::timestamp, file_url = $4::text, \
                 file_size_bytes = $5::bigint, expires_at = {expires}, error_message = NULL"
            )
        }
        ExportOutcome::Failed { message } => {
            params.extend([moment(now), text(message)]);
            "status = 'failed', completed_at = $3::timestamp, error_message = $4::text".to_owned()
        }
        ExportOutcome::GivenBack => "status = 'pending'".to_owned(),
    };
    let sql = format!(
        "UPDATE {relation} AS t SET {set} WHERE t.id = $1::bigint AND t.client_id = $2::bigint \
         AND t.status = 'processing' RETURNING t.id",
        relation = EXPORT_JOBS.relation,
    );
    TableStatement::new(sql, params)
}
