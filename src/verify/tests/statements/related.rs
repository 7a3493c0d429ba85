//! What is asked of rows of other sources.

use super::Query;

/// What is asked of sources that lead to each other.
pub(crate) const RELATED_QUERIES: [Query; 16] = [
    (
        "beside rows",
        r#"{"metrics": ["total"], "dimensions": ["buyer.name", "odd"]}"#,
        "[]",
    ),
    (
        "beside rows, twice",
        r#"{"metrics": ["orders"], "dimensions": ["buyer.name", "agent.land", {"dimension": "agent.born", "grain": "year"}]}"#,
        "[]",
    ),
    (
        "beside rows, by two columns",
        r#"{"metrics": ["orders"], "dimensions": ["size", "buyer.home.zone"]}"#,
        "[]",
    ),
    (
        "an expression of rows that may be missing",
        r#"{"metrics": ["orders"], "dimensions": ["buyer.named", "note_length"]}"#,
        "[]",
    ),
    (
        "what can raise beside rows",
        r#"{"metrics": ["orders"], "dimensions": ["day"], "filters": [{"dimension": "buyer.score", "op": "gt", "values": [5]},
            {"or": [{"dimension": "buyer.land", "op": "contains", "values": ["a"], "on": "label"},
                    {"dimension": "odd", "op": "neq", "values": ["x"]}]}]}"#,
        "[]",
    ),
    (
        "a rule that rows have to meet",
        r#"{"metrics": ["total"], "dimensions": ["day"]}"#,
        r#"[{"dimension": "size", "access_type": "include", "allowed_values": [1, 2]},
            {"dimension": "odd", "access_type": "exclude", "allowed_values": ["x"]}]"#,
    ),
    (
        "a rule that rows have to meet, and what is shown of them",
        r#"{"metrics": ["total"], "dimensions": ["size", "buyer.land"]}"#,
        r#"[{"dimension": "size", "access_type": "exclude", "allowed_values": [1, 2], "nulls": "visible"},
            {"dimension": "size", "access_type": "exclude", "allowed_values": []}]"#,
    ),
    (
        "a rule two steps away",
        r#"{"source": "people", "metrics": ["people"], "filters": {"dimension": "land", "op": "eq", "values": [3]}}"#,
        r#"[{"dimension": "zone", "access_type": "include", "allowed_values": ["north"]}]"#,
    ),
    (
        "rules on either side",
        r#"{"source": "people", "metrics": ["people"], "dimensions": ["home.zone", "land"]}"#,
        r#"[{"dimension": "zone", "access_type": "include", "allowed_values": ["north"]},
            {"dimension": "score", "access_type": "include", "allowed_values": [1]},
            {"dimension": "land", "access_type": "include", "allowed_values": [3]}]"#,
    ),
    (
        "detail rows beside others",
        r#"{"kind": "rows", "source": "orders", "columns": ["id", "buyer.name", "buyer.land"],
            "order_by": [{"key": "buyer.home.zone"}], "after": ["north", 4], "limit": 3}"#,
        r#"[{"dimension": "size", "access_type": "include", "allowed_values": [1, 2]}]"#,
    ),
    (
        "members of other rows",
        r#"{"kind": "values", "source": "orders", "dimension": "buyer.land", "search": "x"}"#,
        "[]",
    ),
    (
        "totals beside rows",
        r#"{"metrics": ["total", "orders"], "dimensions": ["buyer.name", "size"], "totals": ["size"],
            "metric_filters": {"metric": "orders", "op": "gt", "values": [1]}}"#,
        r#"[{"dimension": "size", "access_type": "include", "allowed_values": [1, 2]}]"#,
    ),
    (
        "sums before rows are joined, by two columns",
        r#"{"metrics": ["orders", "last"], "dimensions": ["size", {"dimension": "day", "grain": "month"}]}"#,
        "[]",
    ),
    (
        "sums before rows are joined, and their total",
        r#"{"metrics": ["total", "orders", "first"], "dimensions": ["size"], "totals": true}"#,
        r#"[{"dimension": "size", "access_type": "include", "allowed_values": [1, 2]}]"#,
    ),
    (
        "members ranked by what is shown of them",
        r#"{"metrics": ["orders", "last"], "dimensions": ["size"], "top": {"n": 3, "by": "orders", "other": true}}"#,
        "[]",
    ),
    (
        "columns that are all of other rows",
        r#"{"kind": "count", "source": "orders", "columns": ["id"], "filters": {"dimension": "buyer.name", "op": "is_null"}}"#,
        "[]",
    ),
];

/// What SQLite cannot say of them.
pub(crate) const RELATED_MOVED: [Query; 1] = [(
    "an earlier period beside rows",
    r#"{"metrics": ["total"], "dimensions": ["buyer.name", {"dimension": "day", "grain": "month"}, {"dimension": "buyer.born", "grain": "year"}],
        "date_range": {"from": "2024-02-01", "to": "2024-03-31"}, "compare": {"to": "previous_period"}}"#,
    r#"[{"dimension": "size", "access_type": "include", "allowed_values": [1, 2]}]"#,
)];
