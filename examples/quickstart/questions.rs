//! What is asked, and who asks.

/// Requests as a browser would send them, with a title.
pub(crate) const REQUESTS: [(&str, &str); 3] = [
    (
        "Campaigns of the last 90 days, organic approvals only",
        r#"{
          "source": "order_summary",
          "metrics": ["attempts", "approvals", "approval_rate", "revenue", "aov", "cb_rate"],
          "dimensions": ["campaign_name"],
          "toggles": {"approval_mode": "organic"},
          "date_range": {"preset": "last_90_days"},
          "order_by": [{"key": "revenue", "direction": "desc"}],
          "limit": 10
        }"#,
    ),
    (
        "Net revenue by month and kind of sale",
        r#"{
          "source": "order_summary",
          "metrics": ["revenue", "refund_amount", "net_revenue", "refund_share"],
          "dimensions": ["time_granularity", "sales_type"],
          "toggles": {"time_granularity": "month"},
          "filters": {"dimension": "sales_type", "op": "neq", "values": ["Straight Sales"]},
          "date_range": {"from": "2026-09-01", "to": "2026-11-19"}
        }"#,
    ),
    (
        "Gateways with more than 500 approvals on cards of two banks",
        r#"{
          "source": "order_summary",
          "metrics": ["gross_approvals", "gross_approval_rate", "revenue", "chargeback_rate"],
          "dimensions": ["gateway_alias", "bin"],
          "filters": {"or": [
            {"dimension": "bin", "op": "contains", "values": ["union"], "on": "label"},
            {"dimension": "bin", "op": "eq", "values": ["520082"]}
          ]},
          "metric_filters": {"metric": "gross_approvals", "op": "gt", "values": [500]},
          "order_by": [{"key": "chargeback_rate", "direction": "desc"}]
        }"#,
    ),
];

/// Contexts as the host service makes them from its own session and tables, with a title.
pub(crate) const CONTEXTS: [(&str, &str); 3] = [
    (
        "an administrator of tenant 1",
        r#"{"client_id": 1, "user_id": "usr_001", "access": [], "now": "2026-11-20T10:00:00Z"}"#,
    ),
    (
        "a user who sees campaigns 101 and 205",
        r#"{"client_id": 1, "user_id": "usr_123", "now": "2026-11-20T10:00:00Z", "access": [
             {"dimension": "campaign_name", "access_type": "include", "allowed_values": [101, 205]}]}"#,
    ),
    (
        "a user whose list of campaigns is empty",
        r#"{"client_id": 1, "user_id": "usr_456", "now": "2026-11-20T10:00:00Z", "access": [
             {"dimension": "campaign_name", "access_type": "include", "allowed_values": []}]}"#,
    ),
];

/// The catalog of the payments example.
pub(crate) const CATALOG: &str = include_str!("../payments/catalog.json");
