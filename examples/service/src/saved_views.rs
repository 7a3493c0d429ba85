//! Saved views: what a user makes of a report.

use measurand::report::{SavedView, Table};

use crate::caller::Audience;
use crate::endpoint::Endpoint;
use crate::rows::Resource;

const VIEWS: Resource = Resource {
    table: Table::SavedViews,
    path: "/api/v1/saved-views",
    audience: Audience::Users,
    query: &[
        "template_id",
        "is_default",
        "is_active",
        "order_by",
        "descending",
        "limit",
        "offset",
    ],
    check: |row, limits| SavedView::from_json(row, limits).map(drop),
};

/// The endpoints of this module.
pub fn endpoints() -> Vec<Endpoint> {
    vec![
        VIEWS.list("Lists your views."),
        VIEWS.make(
            "Makes a view of a report.",
            r#"{"template_id": 1, "name": "Last quarter", "filters": {"date_range": {"preset": "last_quarter"}},
                "toggles": {"approval_mode": "organic"}, "is_default": true}"#,
        ),
        VIEWS.read("Shows one of your views."),
        VIEWS.change("Changes one of your views.", r#"{"name": "The last quarter"}"#),
        VIEWS.delete("Deletes one of your views."),
    ]
}
