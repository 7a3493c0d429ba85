//! Flat files: jobs, and the lines of a file while they are written.

use std::io;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use futures_util::{StreamExt, TryStreamExt, stream};
use measurand::report::{
    ExportColumn, ExportOutcome, ExportRequest, ExportStatement, NewRow, Table, finish_export,
    start_export,
};
use measurand::{Value, Zone};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tokio::sync::mpsc::{Receiver, Sender, channel};

use crate::app::App;
use crate::caller::{Audience, Caller};
use crate::csv::{self, Cell};
use crate::database::{Connection, values};
use crate::endpoint::Endpoint;
use crate::error::{Answered, Refusal};
use crate::json::{InPath, JsonText, json};
use crate::reports::row;
use crate::rows::{Resource, make};

const EXPORTS: Resource = Resource {
    table: Table::ExportJobs,
    path: "/api/v1/exports",
    audience: Audience::Users,
    query: &[
        "format",
        "status",
        "order_by",
        "descending",
        "limit",
        "offset",
    ],
    check: |_, _| Ok(()),
};

/// How many bytes of a file are sent at once, and how many such pieces wait for a slow reader.
const PIECE: usize = 64 * 1024;
const WAITING: usize = 4;

/// The endpoints of this module.
pub fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::get("/api/v1/export-definitions", "Lists the files that there are, and their columns.", definitions),
        EXPORTS.list("Lists your exports."),
        Endpoint::post(EXPORTS.path, "Makes an export; nothing is read yet.", create).with_body(
            r#"{"definition": "orders", "request": {"date_range": {"start": "2026-11-01", "end": "2026-11-20"},
                "filters": {"statuses": ["approved"]}}}"#,
        ),
        EXPORTS.read("Shows one of your exports, and what became of it."),
        EXPORTS.delete("Deletes one of your exports."),
        Endpoint::post(
            format!("{}/run", EXPORTS.item()),
            "Writes the file, line by line, under your rules of this moment.",
            run,
        )
        .giving("text/csv"),
    ]
}

#[derive(Serialize)]
struct Offered<'e> {
    name: &'e str,
    columns: Vec<ExportColumn>,
}

async fn definitions(State(app): State<Arc<App>>, caller: Caller) -> Answered<Response> {
    let mut connection = app.database.connection().await?;
    let snapshot = connection.snapshot().await?;
    let context = app.context(&snapshot, &caller.actor).await?;
    let all = ExportRequest::default();
    // A file that the caller's rules leave nothing of is not offered.
    let offered = app.exporters.iter().filter_map(|(name, exporter)| {
        let statement = exporter.compile_export(&all, &context).ok()?;
        let columns = statement.columns().to_vec();
        Some(Offered { name, columns })
    });
    Ok(json(StatusCode::OK, &offered.collect::<Vec<_>>()))
}

/// What a job keeps in its `filters`: which file, and what is asked of it.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Order {
    definition: String,
    request: Box<RawValue>,
}

/// A job as the library makes it.
#[derive(Serialize)]
struct Job<'o> {
    format: &'static str,
    filters: &'o Order,
}

/// The columns of a job that running it needs.
#[derive(Deserialize)]
struct Stored {
    filters: Order,
}

/// The statement of an order, under the rules of the caller.
async fn compiled(
    app: &App,
    connection: &mut Connection,
    caller: &Caller,
    order: &Order,
) -> Answered<ExportStatement> {
    let Some(exporter) = app.exporters.get(&order.definition) else {
        let message = "there is no such file";
        let status = StatusCode::NOT_FOUND;
        return Err(
            Refusal::new(status, "unknown-definition", "definition", message)
                .with_help("`/api/v1/export-definitions` lists them"),
        );
    };
    let request = ExportRequest::from_json(order.request.get(), &app.limits)?;
    let snapshot = connection.snapshot().await?;
    let context = app.context(&snapshot, &caller.actor).await?;
    Ok(exporter.compile_export(&request, &context)?)
}

async fn create(State(app): State<Arc<App>>, caller: Caller, body: JsonText) -> Answered<Response> {
    let order: Order = body.read("the fields are `definition` and `request`")?;
    let mut connection = app.database.connection().await?;
    compiled(&app, &mut connection, &caller, &order).await?;
    drop(connection);
    let job = Job {
        format: "csv",
        filters: &order,
    };
    let job = serde_json::to_string(&job).map_err(|_| Refusal::unreadable())?;
    let insert = NewRow::from_json(Table::ExportJobs, &job, &app.limits)?.insert(&caller.actor);
    make(&app, EXPORTS, &caller.actor, &insert).await
}

async fn run(
    State(app): State<Arc<App>>,
    caller: Caller,
    InPath(id): InPath<i64>,
) -> Answered<Response> {
    let mut connection = app.database.connection().await?;
    let text = {
        let snapshot = connection.snapshot().await?;
        row(&snapshot, &caller, Table::ExportJobs, id).await?
    };
    let stored: Stored = serde_json::from_str(&text).map_err(|_| Refusal::unreadable())?;
    // Compiled before the job is held: what cannot be answered leaves it as it is.
    let statement = compiled(&app, &mut connection, &caller, &stored.filters).await?;
    let started = connection.run(&start_export(id, &caller.actor)).await?;
    if started.is_empty() {
        let message = "the file is being written";
        return Err(Refusal::new(
            StatusCode::CONFLICT,
            "in-progress",
            "path",
            message,
        ));
    }
    let (pieces, mut received) = channel(WAITING);
    let actor = caller.actor;
    tokio::spawn(async move {
        let written = write(&app, connection, &statement, &pieces).await;
        let outcome = match &written {
            Ok(Some(bytes)) => ExportOutcome::Completed {
                file_url: format!("{}/{id}/run", EXPORTS.path),
                file_size_bytes: *bytes,
                expires_at: None,
            },
            // The reader went away.
            Ok(None) => ExportOutcome::GivenBack,
            Err(_) => ExportOutcome::Failed {
                message: "the rows could not be read".to_owned(),
            },
        };
        let finish = finish_export(id, actor.client_id, &outcome, app.clock.now());
        // Without a database the job stays as it is, and so does the log of that.
        let finished = app.database.run(&finish).await;
        let last = match (written, finished) {
            (Err(refusal), _) | (Ok(_), Err(refusal)) => Err(refusal),
            (Ok(_), Ok(_)) => Ok(Bytes::new()),
        };
        // Whoever reads to the end finds the job finished.
        let _ = pieces.send(last).await;
    });
    // What goes wrong before the first line is an answer of its own.
    let first = received.recv().await.ok_or_else(Refusal::unreadable)??;
    Ok(csv::response(body(first, received), "export.csv"))
}

/// The file as a stream. What goes wrong in the middle breaks it off, so that half a file is never taken
/// for a whole one.
fn body(first: Bytes, received: Receiver<Answered<Bytes>>) -> Body {
    let rest = stream::unfold(received, async |mut received| {
        let piece = received.recv().await?;
        Some((piece, received))
    });
    let pieces = stream::once(async { Ok(first) }).chain(rest);
    Body::from_stream(pieces.map_err(|_| io::Error::other("the rows could not be read")))
}

/// Writes the lines and says how many bytes they have; nothing where nobody reads them any more.
async fn write(
    app: &App,
    mut connection: Connection,
    statement: &ExportStatement,
    pieces: &Sender<Answered<Bytes>>,
) -> Answered<Option<i64>> {
    let snapshot = connection.snapshot().await?;
    snapshot.allow(app.settings.export_timeout).await?;
    let rows = snapshot.stream(statement.sql(), statement.params()).await?;
    let mut rows = std::pin::pin!(rows);
    let mut bytes = 0;
    let mut text = csv::header(statement.header());
    while let Some(row) = rows.try_next().await? {
        let values = values(&row)?;
        let columns = statement.columns().iter().zip(&values);
        let in_file = columns.filter(|(column, _)| column.is_in_file());
        csv::line(
            &mut text,
            in_file.map(|(column, value)| cell(column, value.as_ref())),
        );
        if text.len() >= PIECE {
            bytes += text.len();
            let piece = Bytes::from(std::mem::take(&mut text));
            if pieces.send(Ok(piece)).await.is_err() {
                return Ok(None);
            }
        }
    }
    bytes += text.len();
    if pieces.send(Ok(Bytes::from(text))).await.is_err() {
        return Ok(None);
    }
    Ok(Some(i64::try_from(bytes).unwrap_or(i64::MAX)))
}

/// A cell the way the plan of the columns has it.
fn cell(column: &ExportColumn, value: Option<&Value>) -> Cell {
    match &column.format {
        None => csv::plain(value),
        Some(format) => Cell {
            text: format.write(value, &Zone::utc()),
            is_foreign: matches!(value, Some(Value::Text(_))),
        },
    }
}
