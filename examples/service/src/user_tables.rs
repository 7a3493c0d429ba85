//! Tables that users define, share, copy and run.
//!
//! A table has no rows: it is a question, and each reader gets the answer that their own rules allow.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use measurand::report::{
    Change, CompiledTable, ShownColumn, StoredTable, Table, TableDefinition, TablePage, clone_table,
};
use measurand::{Compiler, Value};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::answer::Answer;
use crate::app::App;
use crate::caller::{Audience, Caller};
use crate::csv::{self, Cell};
use crate::database::Snapshot;
use crate::endpoint::Endpoint;
use crate::error::{Answered, Refusal};
use crate::files::{self, Lines};
use crate::json::{InPath, InQuery, JsonText, json};
use crate::rows::{Resource, make, stored};

const TABLES: Resource = Resource {
    table: Table::UserDataTables,
    path: "/api/v1/tables",
    audience: Audience::Users,
    query: &[
        "created_by_id",
        "created_via",
        "visibility",
        "order_by",
        "descending",
        "limit",
        "offset",
    ],
    check: |row, limits| StoredTable::from_json(row, limits).map(drop),
};

/// The endpoints of this module.
pub fn endpoints() -> Vec<Endpoint> {
    let definition = r#"{"name": "Orders by state", "dataSources": ["order_details"], "columns": [],
        "groupBy": ["bill_state"], "aggregates": [{"function": "COUNT", "alias": "orders"}],
        "sortBy": [{"field": "orders", "direction": "desc"}]}"#;
    let of = |rest: &str| format!("{}{rest}", TABLES.item());
    vec![
        TABLES.list("Lists the tables that you see: your own, and those that are shared with you."),
        Endpoint::post(TABLES.path, "Makes a table.", create).with_body(definition),
        TABLES.read("Shows the definition of a table that you see."),
        Endpoint::new(axum::http::Method::PUT, TABLES.item(), "Changes one of your tables.", update)
            .with_body(definition),
        TABLES.delete("Deletes one of your tables."),
        Endpoint::post(of("/execute"), "Runs a table that you see.", execute)
            .with_query(&["limit", "offset"]),
        Endpoint::post(of("/refresh"), "Runs a table that you see, whatever is kept of it.", refresh)
            .with_query(&["limit", "offset"]),
        Endpoint::post(of("/export"), "Gives the rows of a table that you see as CSV.", export)
            .giving("text/csv"),
        Endpoint::post(of("/clone"), "Makes a copy of your own of a table that you see.", clone)
            .with_body(r#"{"name": "My copy"}"#),
        Endpoint::post(of("/share"), "Shares one of your tables.", share).with_body(
            r#"{"visibility": "TEAM", "sharedWithTeams": ["sales"], "sharedWithUsers": ["bob"]}"#,
        ),
        Endpoint::post(of("/schedule"), "Has one of your tables sent, or with null no longer.", schedule)
            .with_body(r#"{"scheduleConfig": {"frequency": "weekly", "recipients": ["ann@example.com"], "format": "csv"}}"#),
    ]
}

/// Makes sure that the table means something for whoever defines it, before it is kept.
async fn checked(app: &App, caller: &Caller, body: &JsonText) -> Answered<TableDefinition> {
    let definition = TableDefinition::from_json(&body.0, &app.limits)?;
    let mut connection = app.database.connection().await?;
    let snapshot = connection.snapshot().await?;
    let context = app.context(&snapshot, &caller.actor).await?;
    definition.compile_for(app.compiler(), &context, &TablePage::default())?;
    Ok(definition)
}

async fn create(State(app): State<Arc<App>>, caller: Caller, body: JsonText) -> Answered<Response> {
    let definition = checked(&app, &caller, &body).await?;
    let insert = definition.new_row(&app.limits)?.insert(&caller.actor);
    make(&app, TABLES, &caller.actor, &insert).await
}

async fn update(
    State(app): State<Arc<App>>,
    caller: Caller,
    InPath(id): InPath<i64>,
    body: JsonText,
) -> Answered<Response> {
    let definition = checked(&app, &caller, &body).await?;
    let change = definition.change(&app.limits)?;
    TABLES.apply(&app, &caller.actor, id, &change).await
}

/// A table that the caller sees, compiled under the caller's own rules.
async fn compiled(
    app: &App,
    compiler: &Compiler,
    snapshot: &Snapshot<'_>,
    caller: &Caller,
    id: i64,
    page: &TablePage,
) -> Answered<CompiledTable> {
    let text = stored(snapshot, &caller.actor, Table::UserDataTables, id).await?;
    let table = StoredTable::from_json(&text, &app.limits)?.ok_or_else(Refusal::not_found)?;
    let context = app.context(snapshot, &caller.actor).await?;
    Ok(table.compile_for(compiler, &caller.actor, &context, page)?)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Page {
    limit: Option<u64>,
    offset: Option<u64>,
}

#[derive(Serialize)]
struct Shown<'t> {
    /// What the user calls the columns, and where the rows of the answer have them.
    columns: &'t [ShownColumn],
    answer: Answer,
}

async fn execute(
    State(app): State<Arc<App>>,
    caller: Caller,
    InPath(id): InPath<i64>,
    InQuery(page): InQuery<Page>,
) -> Answered<Response> {
    rows(&app, &caller, id, page, Freshness::Kept).await
}

async fn refresh(
    State(app): State<Arc<App>>,
    caller: Caller,
    InPath(id): InPath<i64>,
    InQuery(page): InQuery<Page>,
) -> Answered<Response> {
    rows(&app, &caller, id, page, Freshness::Computed).await
}

/// Whether rows may be those that were computed for somebody who sees the same.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Freshness {
    Kept,
    Computed,
}

async fn rows(
    app: &App,
    caller: &Caller,
    id: i64,
    page: Page,
    freshness: Freshness,
) -> Answered<Response> {
    let now = caller.actor.now;
    let mut connection = app.database.connection().await?;
    let snapshot = connection.snapshot().await?;
    let page = TablePage {
        limit: page.limit,
        offset: page.offset,
        after: None,
    };
    let table = compiled(app, app.compiler(), &snapshot, caller, id, &page).await?;
    let entry = table.cache_entry(now, None);
    let kept = entry.as_ref().and_then(|entry| app.cache.get(entry, now));
    let answer = match kept.filter(|_| freshness == Freshness::Kept) {
        Some(rows) => Answer::with(table.query(), rows),
        None => {
            let answer = Answer::of(table.query(), &snapshot).await?;
            if let Some(entry) = entry {
                app.cache.put(entry, answer.rows(), now);
            }
            answer
        }
    };
    let columns = table.columns();
    Ok(json(StatusCode::OK, &Shown { columns, answer }))
}

async fn export(
    State(app): State<Arc<App>>,
    caller: Caller,
    InPath(id): InPath<i64>,
) -> Answered<Response> {
    let mut connection = app.database.connection().await?;
    files::written_by("table.csv", |pieces| async move {
        let snapshot = connection.snapshot().await?;
        snapshot.allow(app.settings.export_timeout).await?;
        let (all, compiler) = (TablePage::default(), &app.for_files);
        let table = compiled(&app, compiler, &snapshot, &caller, id, &all).await?;
        let query = table.query();
        let columns = table.columns();
        let lines = Lines {
            sql: query.sql(),
            params: query.params(),
            header: columns.iter().map(|column| &*column.label).collect(),
            cells: Box::new(|values| columns.iter().map(|column| cell(column, values)).collect()),
        };
        files::write(&lines, &snapshot, &pieces).await.map(drop)
    })
    .await
}

/// What a column shows: its label where it has one.
fn cell(column: &ShownColumn, values: &[Option<Value>]) -> Cell {
    let shown = column.value_label.unwrap_or(column.value);
    csv::plain(values.get(shown).and_then(Option::as_ref))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Copy {
    name: String,
}

async fn clone(
    State(app): State<Arc<App>>,
    caller: Caller,
    InPath(id): InPath<i64>,
    body: JsonText,
) -> Answered<Response> {
    let copy: Copy = body.read("`name` is the name of the copy")?;
    let statement = clone_table(id, &copy.name, &caller.actor)?;
    // There is one reason why nothing is made: the caller does not see the table.
    match make(&app, TABLES, &caller.actor, &statement).await {
        Err(refusal) if refusal.is_not_made() => Err(Refusal::not_found()),
        answered => answered,
    }
}

/// How far a table is shared; what the library reads, and nothing else of a table.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Sharing {
    visibility: Box<RawValue>,
    shared_with_teams: Option<Box<RawValue>>,
    shared_with_users: Option<Box<RawValue>>,
}

#[derive(Serialize)]
struct SharingColumns<'s> {
    visibility: &'s RawValue,
    shared_with_teams: &'s RawValue,
    shared_with_users: &'s RawValue,
}

async fn share(
    State(app): State<Arc<App>>,
    caller: Caller,
    InPath(id): InPath<i64>,
    body: JsonText,
) -> Answered<Response> {
    let help = "the fields are `visibility`, `sharedWithTeams` and `sharedWithUsers`";
    let sharing: Sharing = body.read(help)?;
    // What is not said is shared with nobody.
    let nobody: &RawValue = serde_json::from_str("[]").map_err(|_| Refusal::unreadable())?;
    change(
        &app,
        &caller,
        id,
        &SharingColumns {
            visibility: &sharing.visibility,
            shared_with_teams: sharing.shared_with_teams.as_deref().unwrap_or(nobody),
            shared_with_users: sharing.shared_with_users.as_deref().unwrap_or(nobody),
        },
    )
    .await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Sending {
    schedule_config: Box<RawValue>,
}

#[derive(Serialize)]
struct SendingColumns<'s> {
    schedule_config: &'s RawValue,
}

async fn schedule(
    State(app): State<Arc<App>>,
    caller: Caller,
    InPath(id): InPath<i64>,
    body: JsonText,
) -> Answered<Response> {
    let sending: Sending = body.read("`scheduleConfig` is a schedule with recipients, or null")?;
    let schedule_config = &*sending.schedule_config;
    change(&app, &caller, id, &SendingColumns { schedule_config }).await
}

/// Changes some columns of one of the caller's tables.
async fn change(
    app: &App,
    caller: &Caller,
    id: i64,
    columns: &impl Serialize,
) -> Answered<Response> {
    let text = serde_json::to_string(columns).map_err(|_| Refusal::unreadable())?;
    let change = Change::from_json(Table::UserDataTables, &text, &app.limits)?;
    TABLES.apply(app, &caller.actor, id, &change).await
}
