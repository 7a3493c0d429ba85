//! Access rules: which values of a dimension a user sees. For administrators of the client.
//!
//! Every change leaves an entry in the audit, in the same statement. A change holds from the user's next
//! request on, since rules are read for each.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use measurand::report::{AccessAccount, Actor, RuleVersion, Table, ValuesShown};
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::caller::{Administrator, Audience};
use crate::endpoint::Endpoint;
use crate::error::Answered;
use crate::json::{InPath, InQuery, json};
use crate::rows::Resource;

const RULES: Resource = Resource {
    table: Table::UserDimensionAccess,
    path: "/api/v1/access/rules",
    audience: Audience::Administrators,
    query: &[
        "user_id",
        "dimension_id",
        "is_active",
        "order_by",
        "descending",
        "limit",
        "offset",
    ],
    check: |row, limits| RuleVersion::from_json(row, limits).map(drop),
};

const AUDIT: Resource = Resource {
    table: Table::DimensionAccessAudit,
    path: "/api/v1/access/audit",
    audience: Audience::Administrators,
    query: &[
        "target_user_id",
        "performed_by",
        "action",
        "user_dimension_access_id",
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
        RULES.list("Lists the rules of the client's users."),
        RULES.make(
            "Makes a rule: a user sees only these values of a dimension, or all others.",
            r#"{"user_id": "bob", "dimension_id": 1, "access_type": "include", "allowed_values": [101, 205]}"#,
        ),
        RULES.read("Shows a rule."),
        RULES.change("Changes a rule.", r#"{"allowed_values": [101]}"#),
        RULES.delete("Deletes a rule: its user sees all values again."),
        AUDIT.list("Lists who changed which rule, and how."),
        Endpoint::get(
            "/api/v1/access/users/{user_id}",
            "Says in words what a user sees; with `values=named`, which values are on the lists.",
            account,
        )
        .with_query(&["values"])
        .for_audience(Some(Audience::Administrators)),
    ]
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct How {
    values: Option<Named>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Named {
    Counted,
    Named,
}

#[derive(Serialize)]
struct Account {
    user_id: String,
    rules: Vec<String>,
    sources: Vec<String>,
}

async fn account(
    State(app): State<Arc<App>>,
    Administrator(caller): Administrator,
    InPath(user_id): InPath<String>,
    InQuery(how): InQuery<How>,
) -> Answered<Response> {
    let mut connection = app.database.connection().await?;
    let snapshot = connection.snapshot().await?;
    let of_user = Actor {
        user_id,
        ..caller.actor
    };
    let context = app.context(&snapshot, &of_user).await?;
    let shown = match how.values {
        Some(Named::Named) => ValuesShown::Named,
        Some(Named::Counted) | None => ValuesShown::Counted,
    };
    let account = AccessAccount::of(app.compiler(), &context, shown);
    let account = Account {
        user_id: of_user.user_id,
        rules: account.rules.iter().map(ToString::to_string).collect(),
        sources: account.sources.iter().map(ToString::to_string).collect(),
    };
    Ok(json(StatusCode::OK, &account))
}
