//! Rows that users keep: list, make, read, change, delete. Every table of the report builder has these
//! five endpoints, or those of them that make sense for it.
//!
//! Whose a row is and who sees it is in the statements that the library emits; a row that a caller may
//! not touch is not found, and nothing here decides about it a second time.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use measurand::report::{Actor, Change, ColumnKind, Listing, NewRow, Table, TableStatement};
use measurand::{Errors, Limits, Timestamp, Value};
use tokio_postgres::Row;

use crate::app::App;
use crate::caller::{Audience, Caller};
use crate::database::Snapshot;
use crate::endpoint::Endpoint;
use crate::error::{Answered, Refusal};
use crate::json::{InPath, InQuery, JsonText, json};
use crate::kept::KeptRow;

/// A table, and how it is offered.
#[derive(Clone, Copy)]
pub struct Resource {
    /// The table.
    pub table: Table,
    /// Where its rows are listed and made.
    pub path: &'static str,
    /// Who may.
    pub audience: Audience,
    /// The parameters of a list: what it is narrowed by, and its order and page.
    pub query: &'static [&'static str],
    /// Whether a row, as JSON, is one that can be used later: a view whose filters cannot be read is not
    /// stored.
    pub check: fn(&str, &Limits) -> Result<(), Errors>,
}

impl Resource {
    /// Lists rows.
    pub fn list(self, summary: &'static str) -> Endpoint {
        let handler = async move |State(app): State<Arc<App>>, caller: Caller, InQuery(pairs)| {
            list(&app, self, &caller, pairs).await
        };
        Endpoint::get(self.path, summary, handler)
            .with_query(self.query)
            .for_audience(Some(self.audience))
    }

    /// Makes a row.
    pub fn make(self, summary: &'static str, example: &'static str) -> Endpoint {
        let handler = async move |State(app): State<Arc<App>>, caller: Caller, body: JsonText| {
            caller.check(self.audience)?;
            let row = NewRow::from_json(self.table, &body.0, &app.limits)?;
            make(&app, self, &caller.actor, &row.insert(&caller.actor)).await
        };
        Endpoint::post(self.path, summary, handler)
            .with_body(example)
            .for_audience(Some(self.audience))
    }

    /// Reads a row.
    pub fn read(self, summary: &'static str) -> Endpoint {
        let handler =
            async move |State(app): State<Arc<App>>, caller: Caller, InPath(id): InPath<i64>| {
                caller.check(self.audience)?;
                let rows = app.database.run(&self.table.get(&caller.actor, id)).await?;
                shown(self.table, &rows, StatusCode::OK)
            };
        Endpoint::get(self.item(), summary, handler).for_audience(Some(self.audience))
    }

    /// Changes a row.
    pub fn change(self, summary: &'static str, example: &'static str) -> Endpoint {
        let handler = async move |State(app): State<Arc<App>>,
                                  caller: Caller,
                                  InPath(id): InPath<i64>,
                                  body: JsonText| {
            caller.check(self.audience)?;
            let change = Change::from_json(self.table, &body.0, &app.limits)?;
            self.apply(&app, &caller.actor, id, &change).await
        };
        Endpoint::patch(self.item(), summary, handler)
            .with_body(example)
            .for_audience(Some(self.audience))
    }

    /// Deletes a row.
    pub fn delete(self, summary: &'static str) -> Endpoint {
        let handler =
            async move |State(app): State<Arc<App>>, caller: Caller, InPath(id): InPath<i64>| {
                caller.check(self.audience)?;
                let statement = self.table.delete(&caller.actor, id);
                let statement = statement.ok_or_else(Refusal::not_found)?;
                match app.database.run(&statement).await?.is_empty() {
                    true => Err(Refusal::not_found()),
                    false => Ok(StatusCode::NO_CONTENT),
                }
            };
        Endpoint::delete(self.item(), summary, handler).for_audience(Some(self.audience))
    }

    /// The path of one row.
    pub fn item(self) -> String {
        format!("{}/{{id}}", self.path)
    }

    /// Makes a change of a row, unless it would leave one that cannot be used.
    ///
    /// # Errors
    /// There is no such row for the actor, or it would be none that can be used.
    pub async fn apply(
        self,
        app: &App,
        actor: &Actor,
        id: i64,
        change: &Change,
    ) -> Answered<Response> {
        let mut connection = app.database.connection().await?;
        let changes = connection.changes().await?;
        if changes.rows(&change.update(actor, id)).await?.is_empty() {
            return Err(Refusal::not_found());
        }
        let rows = changes.rows(&self.table.get(actor, id)).await?;
        self.check_rows(&rows, &app.limits)?;
        changes.commit().await?;
        shown(self.table, &rows, StatusCode::OK)
    }

    fn check_rows(self, rows: &[Row], limits: &Limits) -> Answered<()> {
        for row in rows {
            let text = serde_json::to_string(&KeptRow::new(self.table, row));
            (self.check)(&text.map_err(|_| Refusal::unreadable())?, limits)?;
        }
        Ok(())
    }
}

async fn list(
    app: &App,
    resource: Resource,
    caller: &Caller,
    pairs: Vec<(String, String)>,
) -> Answered<Response> {
    caller.check(resource.audience)?;
    let listing = listing(resource.table, pairs)?;
    let statement = resource.table.list(&caller.actor, &listing, &app.limits)?;
    let rows = app.database.run(&statement).await?;
    Ok(json(StatusCode::OK, &KeptRow::all(resource.table, &rows)))
}

/// Makes a row by a statement that returns its id, unless it would be one that cannot be used.
///
/// # Errors
/// What the row names is not there, or it would be none that can be used.
pub async fn make(
    app: &App,
    resource: Resource,
    actor: &Actor,
    insert: &TableStatement,
) -> Answered<Response> {
    let mut connection = app.database.connection().await?;
    let changes = connection.changes().await?;
    let made = changes.rows(insert).await?;
    let Some(row) = made.first() else {
        return Err(Refusal::not_made());
    };
    let id: i64 = row.try_get("id")?;
    let rows = changes.rows(&resource.table.get(actor, id)).await?;
    resource.check_rows(&rows, &app.limits)?;
    changes.commit().await?;
    let place = [(header::LOCATION, format!("{}/{id}", resource.path))];
    Ok((place, shown(resource.table, &rows, StatusCode::CREATED)?).into_response())
}

/// A row that the actor sees, as JSON, the way the library reads it back.
///
/// # Errors
/// There is no such row for the actor.
pub async fn stored(
    snapshot: &Snapshot<'_>,
    actor: &Actor,
    table: Table,
    id: i64,
) -> Answered<String> {
    let rows = snapshot.rows(&table.get(actor, id)).await?;
    let row = rows.first().ok_or_else(Refusal::not_found)?;
    serde_json::to_string(&KeptRow::new(table, row)).map_err(|_| Refusal::unreadable())
}

/// The one row that was read.
fn shown(table: Table, rows: &[Row], status: StatusCode) -> Answered<Response> {
    let row = rows.first().ok_or_else(Refusal::not_found)?;
    Ok(json(status, &KeptRow::new(table, row)))
}

/// What a query string says of a list; the library says which columns there are.
fn listing(table: Table, pairs: Vec<(String, String)>) -> Answered<Listing> {
    let wrong = || Refusal::malformed("query", "a parameter is of another type");
    let mut listing = Listing::default();
    for (name, text) in pairs {
        match &*name {
            "limit" => listing.limit = Some(text.parse().map_err(|_| wrong())?),
            "offset" => listing.offset = text.parse().map_err(|_| wrong())?,
            "order_by" => listing.order_by = Some(text),
            "descending" => listing.descending = text.parse().map_err(|_| wrong())?,
            _ => {
                let column = table.columns().iter().find(|column| column.name() == name);
                let value = value(column.map(|column| column.kind()), text);
                listing.only.push((name, value.ok_or_else(wrong)?));
            }
        }
    }
    Ok(listing)
}

/// A value that a column of this kind is compared with.
fn value(kind: Option<ColumnKind>, text: String) -> Option<Value> {
    match kind {
        Some(ColumnKind::Id | ColumnKind::Size | ColumnKind::Integer) => {
            text.parse().ok().map(Value::Integer)
        }
        Some(ColumnKind::Flag) => text.parse().ok().map(Value::Boolean),
        Some(ColumnKind::Moment) => Timestamp::parse(&text).map(Value::Timestamp),
        // PostgreSQL stores no text with this character, and so none is equal to one.
        _ if text.contains('\0') => None,
        _ => Some(Value::Text(text.into())),
    }
}
