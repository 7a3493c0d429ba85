//! The values of a dimension, for a filter bar: those that the caller may see.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use measurand::Request;
use serde::Deserialize;

use crate::answer::Answer;
use crate::app::App;
use crate::caller::Caller;
use crate::endpoint::Endpoint;
use crate::error::Answered;
use crate::json::{InPath, InQuery, json};

/// How many values there are where a caller does not say.
const USUAL: u64 = 50;

/// The endpoints of this module.
pub fn endpoints() -> Vec<Endpoint> {
    let summary = "Lists values of a dimension, those whose label has `search` in it.";
    vec![
        Endpoint::get("/api/v1/values/{dimension}", summary, values)
            .with_query(&["search", "source", "limit", "offset"]),
    ]
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Which {
    search: Option<String>,
    source: Option<String>,
    limit: Option<u64>,
    offset: Option<u64>,
}

async fn values(
    State(app): State<Arc<App>>,
    caller: Caller,
    InPath(dimension): InPath<String>,
    InQuery(which): InQuery<Which>,
) -> Answered<Response> {
    let mut request = Request::values(dimension.as_str()).limit(which.limit.unwrap_or(USUAL));
    if let Some(search) = which.search {
        request = request.search(search);
    }
    request.source = which.source;
    request.offset = which.offset;
    let mut connection = app.database.connection().await?;
    let snapshot = connection.snapshot().await?;
    let context = app.context(&snapshot, &caller.actor).await?;
    let query = app.compiler().compile(&request, &context)?;
    Ok(json(StatusCode::OK, &Answer::of(&query, &snapshot).await?))
}
