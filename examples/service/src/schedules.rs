//! Scheduled reports: when they are sent next, and the times after that.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use measurand::report::{Schedule, Table};
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::caller::{Audience, Caller};
use crate::endpoint::Endpoint;
use crate::error::Answered;
use crate::json::{InPath, InQuery, json};
use crate::rows::{Resource, stored};

const SCHEDULES: Resource = Resource {
    table: Table::ScheduledReports,
    path: "/api/v1/scheduled-reports",
    audience: Audience::Users,
    query: &[
        "template_id",
        "is_active",
        "order_by",
        "descending",
        "limit",
        "offset",
    ],
    // The library has read the schedule itself when the row was made.
    check: |_, _| Ok(()),
};

/// The most times that are told in advance.
const MOST_RUNS: usize = 100;

/// The endpoints of this module.
pub fn endpoints() -> Vec<Endpoint> {
    vec![
        SCHEDULES.list("Lists your scheduled reports."),
        SCHEDULES.make(
            "Schedules a report.",
            r#"{"template_id": 1, "name": "On Mondays", "frequency": "weekly", "day_of_week": 1,
                "time_of_day": "08:30", "timezone": "America/New_York", "delivery_channel": "email",
                "delivery_target": "ann@example.com", "export_format": "csv"}"#,
        ),
        SCHEDULES.read("Shows one of your scheduled reports, and when it is sent next."),
        SCHEDULES.change(
            "Changes one of your scheduled reports.",
            r#"{"frequency": "daily", "time_of_day": "07:00"}"#,
        ),
        SCHEDULES.delete("Deletes one of your scheduled reports."),
        Endpoint::get(
            "/api/v1/scheduled-reports/{id}/runs",
            "Tells the next times of one of your scheduled reports, and its cron patterns.",
            runs,
        )
        .with_query(&["count"]),
    ]
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HowMany {
    count: Option<usize>,
}

/// Of a row, the columns that a schedule is read from.
#[derive(Deserialize, Serialize)]
struct Timing {
    frequency: String,
    day_of_week: Option<i64>,
    day_of_month: Option<i64>,
    time_of_day: String,
    timezone: String,
}

#[derive(Serialize)]
struct Runs {
    runs: Vec<String>,
    cron: Vec<String>,
}

async fn runs(
    State(app): State<Arc<App>>,
    caller: Caller,
    InPath(id): InPath<i64>,
    InQuery(how_many): InQuery<HowMany>,
) -> Answered<Response> {
    let mut connection = app.database.connection().await?;
    let snapshot = connection.snapshot().await?;
    let text = stored(&snapshot, &caller.actor, Table::ScheduledReports, id).await?;
    let unreadable = |_| crate::error::Refusal::unreadable();
    let timing: Timing = serde_json::from_str(&text).map_err(unreadable)?;
    let timing = serde_json::to_string(&timing).map_err(unreadable)?;
    let schedule = Schedule::from_json(&timing, &app.limits)?;
    let count = how_many.count.unwrap_or(5).min(MOST_RUNS);
    let times = schedule.runs_after(caller.actor.now).take(count);
    let runs = Runs {
        runs: times.map(|moment| moment.to_string()).collect(),
        cron: schedule.cron(),
    };
    Ok(json(StatusCode::OK, &runs))
}
