//! Reports: the templates of the catalog, run for whoever looks.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use measurand::report::{FilterPreset, Layer, Layers, Report, ReportWidget, SavedView, Table};
use serde::{Deserialize, Serialize};

use crate::answer::{Answer, Rows};
use crate::app::App;
use crate::caller::Caller;
use crate::database::Snapshot;
use crate::endpoint::Endpoint;
use crate::error::{Answered, Finding, Refusal};
use crate::json::{InPath, InQuery, JsonText, json};
use crate::rows::stored;

/// The endpoints of this module.
pub fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::get("/api/v1/reports", "Lists the reports, as a navigation shows them.", list),
        Endpoint::post(
            "/api/v1/reports/{template}/run",
            "Runs a report under a saved view, a filter preset and what is chosen now, any of which may \
             be absent. Each widget has the number of its answer, or its own errors.",
            run,
        )
        .with_query(&["view_id", "preset_id"])
        .with_body(r#"{"date_range": {"preset": "last_30_days"}, "filters": [{"dimension": "campaign_name", "op": "in", "values": [101]}]}"#),
    ]
}

#[derive(Serialize)]
struct Listed<'a> {
    id: Option<i64>,
    key: &'a str,
    name: &'a str,
    description: Option<&'a str>,
    category: &'a str,
    section: Option<&'a str>,
    icon: Option<&'a str>,
}

async fn list(State(app): State<Arc<App>>, caller: Caller) -> Answered<Response> {
    let mut connection = app.database.connection().await?;
    let snapshot = connection.snapshot().await?;
    let context = app.context(&snapshot, &caller.actor).await?;
    let templates = app.reports.templates(&context).into_iter();
    let listed = templates.map(|template| Listed {
        id: template.row_id(),
        key: &template.key,
        name: &template.name,
        description: template.description.as_deref(),
        category: &template.category,
        section: template.nav_section.as_deref(),
        icon: template.nav_icon.as_deref(),
    });
    Ok(json(StatusCode::OK, &listed.collect::<Vec<_>>()))
}

/// The rows that lie under a report.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Under {
    view_id: Option<i64>,
    preset_id: Option<i64>,
}

async fn run(
    State(app): State<Arc<App>>,
    caller: Caller,
    InPath(template): InPath<String>,
    InQuery(under): InQuery<Under>,
    body: JsonText,
) -> Answered<Response> {
    let request = Layer::from_json(body.or_empty(), &app.limits)?;
    let mut connection = app.database.connection().await?;
    let mut snapshot = connection.snapshot().await?;
    let context = app.context(&snapshot, &caller.actor).await?;
    let view = match under.view_id {
        Some(id) => {
            let text = stored(&snapshot, &caller.actor, Table::SavedViews, id).await?;
            let view = SavedView::from_json(&text, &app.limits)?;
            Some(view.ok_or_else(Refusal::not_found)?)
        }
        None => None,
    };
    let preset = match under.preset_id {
        Some(id) => {
            let text = stored(&snapshot, &caller.actor, Table::FilterPresets, id).await?;
            let preset = FilterPreset::from_json(&text, &app.limits)?;
            Some(preset.ok_or_else(Refusal::not_found)?)
        }
        None => None,
    };
    let layers = Layers {
        view: view.as_ref(),
        preset: preset.as_ref(),
        request: Some(&request),
    };
    let report = app.reports.compile_report(&template, &layers, &context)?;
    answered(&report, &mut snapshot).await
}

/// A report, and the answers that its widgets show.
#[derive(Serialize)]
struct Shown<'r> {
    name: &'r str,
    /// A widget has either `statement`, a position in `answers`, or `errors`.
    widgets: &'r [ReportWidget],
    answers: Vec<Outcome>,
    errors: Option<&'r measurand::Errors>,
}

/// What came of one statement.
#[derive(Serialize)]
#[serde(untagged)]
enum Outcome {
    Answer(Answer),
    Refused { errors: Vec<Finding> },
}

/// Runs the statements of a report, each once; what is wrong with one leaves the others.
pub async fn answered(report: &Report, snapshot: &mut Snapshot<'_>) -> Answered<Response> {
    let mut answers = Vec::with_capacity(report.statements().len());
    for query in report.statements() {
        let rows = snapshot.attempt(query.sql(), query.params()).await;
        let rows = rows.and_then(|rows| Rows::of(query, &rows));
        answers.push(match rows {
            Ok(rows) => Outcome::Answer(Answer::with(query, Arc::new(rows))),
            Err(refusal) => Outcome::Refused {
                errors: refusal.into_findings(),
            },
        });
    }
    let shown = Shown {
        name: report.name(),
        widgets: report.widgets(),
        answers,
        errors: report.errors(),
    };
    Ok(json(StatusCode::OK, &shown))
}
