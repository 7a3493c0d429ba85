//! Flat files: jobs, and the lines of a file while they are written.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use measurand::report::{
    ExportColumn, ExportOutcome, ExportRequest, ExportStatement, NewRow, Table, finish_export,
    start_export,
};
use measurand::{Value, Zone};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::app::App;
use crate::caller::{Audience, Caller};
use crate::csv::{self, Cell};
use crate::database::{Connection, Snapshot};
use crate::endpoint::Endpoint;
use crate::error::{Answered, Refusal};
use crate::files::{self, Lines, Pieces};
use crate::json::{InPath, JsonText, json};
use crate::rows::{Resource, make, stored};

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
    snapshot: &Snapshot<'_>,
    caller: &Caller,
    order: &Order,
) -> Answered<ExportStatement> {
    let Some(exporter) = app.exporters.get(&order.definition) else {
        let message = "there is no such file";
        let refusal = Refusal::new(
            StatusCode::NOT_FOUND,
            "unknown-definition",
            "definition",
            message,
        );
        return Err(refusal.with_help("`/api/v1/export-definitions` lists them"));
    };
    let request = ExportRequest::from_json(order.request.get(), &app.limits)?;
    let context = app.context(snapshot, &caller.actor).await?;
    Ok(exporter.compile_export(&request, &context)?)
}

async fn create(State(app): State<Arc<App>>, caller: Caller, body: JsonText) -> Answered<Response> {
    let order: Order = body.read("the fields are `definition` and `request`")?;
    {
        let mut connection = app.database.connection().await?;
        let snapshot = connection.snapshot().await?;
        compiled(&app, &snapshot, &caller, &order).await?;
    }
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
    let order = {
        let snapshot = connection.snapshot().await?;
        let text = stored(&snapshot, &caller.actor, Table::ExportJobs, id).await?;
        let job: Stored = serde_json::from_str(&text).map_err(|_| Refusal::unreadable())?;
        // What cannot be answered is refused before the job is held, and leaves it as it is.
        compiled(&app, &snapshot, &caller, &job.filters).await?;
        job.filters
    };
    let started = connection.run(&start_export(id, &caller.actor)).await?;
    if started.is_empty() {
        let message = "the file is being written";
        let status = StatusCode::CONFLICT;
        return Err(Refusal::new(status, "in-progress", "path", message));
    }
    files::written_by("export.csv", |pieces| async move {
        let written = write(&app, connection, &caller, &order, &pieces).await;
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
        // Whoever reads to the end finds the job finished.
        let finish = finish_export(id, caller.actor.client_id, &outcome, app.clock.now());
        let finished = app.database.run(&finish).await;
        written.and(finished).map(drop)
    })
    .await
}

/// Writes the lines of an order, under the rules of the snapshot that the rows are read from.
async fn write(
    app: &App,
    mut connection: Connection,
    caller: &Caller,
    order: &Order,
    pieces: &Pieces,
) -> Answered<Option<i64>> {
    let snapshot = connection.snapshot().await?;
    snapshot.allow(app.settings.export_timeout).await?;
    let statement = compiled(app, &snapshot, caller, order).await?;
    let lines = Lines {
        sql: statement.sql(),
        params: statement.params(),
        header: statement.header(),
        cells: Box::new(|values| {
            let columns = statement.columns().iter().zip(values);
            let in_file = columns.filter(|(column, _)| column.is_in_file());
            in_file
                .map(|(column, value)| cell(column, value.as_ref()))
                .collect()
        }),
    };
    files::write(&lines, &snapshot, pieces).await
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
