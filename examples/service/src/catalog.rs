//! What can be asked: the dimensions that a caller may know.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;

use crate::app::App;
use crate::caller::Caller;
use crate::endpoint::Endpoint;
use crate::error::Answered;
use crate::json::json;

/// The endpoints of this module.
pub fn endpoints() -> Vec<Endpoint> {
    let summary = "Lists the dimensions that reports are filtered and grouped by.";
    vec![Endpoint::get("/api/v1/dimensions", summary, dimensions)]
}

#[derive(Serialize)]
struct Listed<'a> {
    id: Option<i64>,
    key: &'a str,
    label: &'a str,
    description: Option<&'a str>,
    data_type: &'static str,
}

async fn dimensions(State(app): State<Arc<App>>, caller: Caller) -> Answered<Response> {
    let mut connection = app.database.connection().await?;
    let snapshot = connection.snapshot().await?;
    let context = app.context(&snapshot, &caller.actor).await?;
    let catalog = app.compiler().catalog();
    let known = catalog.dimensions().iter().filter(|dimension| {
        let module = dimension.module();
        module.is_none_or(|module| context.modules.iter().any(|own| own == module))
    });
    let listed = known.map(|dimension| Listed {
        id: dimension.row_id(),
        key: dimension.key().as_str(),
        label: &dimension.info().display_name,
        description: dimension.info().description.as_deref(),
        data_type: dimension.info().data_type.as_str(),
    });
    Ok(json(StatusCode::OK, &listed.collect::<Vec<_>>()))
}
