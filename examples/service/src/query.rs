//! Questions that no template asks.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use measurand::Request;

use crate::answer::Answer;
use crate::app::App;
use crate::caller::Caller;
use crate::endpoint::Endpoint;
use crate::error::Answered;
use crate::json::{JsonText, json};

/// The endpoints of this module.
pub fn endpoints() -> Vec<Endpoint> {
    let summary = "Answers a request: metrics by dimensions, detail rows, values, or their number.";
    let example = r#"{"metrics": ["revenue", "approval_rate"], "dimensions": ["campaign_name"],
        "date_range": {"preset": "last_month"}, "limit": 20}"#;
    vec![Endpoint::post("/api/v1/query", summary, answer).with_body(example)]
}

async fn answer(State(app): State<Arc<App>>, caller: Caller, body: JsonText) -> Answered<Response> {
    let request = Request::from_json(&body.0, &app.limits)?;
    let mut connection = app.database.connection().await?;
    let snapshot = connection.snapshot().await?;
    let context = app.context(&snapshot, &caller.actor).await?;
    let query = app.compiler().compile(&request, &context)?;
    Ok(json(StatusCode::OK, &Answer::of(&query, &snapshot).await?))
}
