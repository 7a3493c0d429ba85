//! Filter presets: conditions under a name, one's own or shared with the client's users.

use measurand::report::{FilterPreset, Table};

use crate::caller::Audience;
use crate::endpoint::Endpoint;
use crate::rows::Resource;

const PRESETS: Resource = Resource {
    table: Table::FilterPresets,
    path: "/api/v1/filter-presets",
    audience: Audience::Users,
    query: &[
        "user_id",
        "is_shared",
        "is_active",
        "order_by",
        "descending",
        "limit",
        "offset",
    ],
    check: |row, limits| FilterPreset::from_json(row, limits).map(drop),
};

/// The endpoints of this module.
pub fn endpoints() -> Vec<Endpoint> {
    vec![
        PRESETS.list("Lists your presets, and those that others share."),
        PRESETS.make(
            "Makes a preset.",
            r#"{"name": "Two campaigns", "is_shared": true, "filters": {"filters":
                [{"dimension": "campaign_name", "op": "in", "values": [101, 205]}]}}"#,
        ),
        PRESETS.read("Shows a preset that you see."),
        PRESETS.change("Changes one of your presets.", r#"{"is_shared": false}"#),
        PRESETS.delete("Deletes one of your presets."),
    ]
}
