//! The statements that are damaged; the checker of the tests' own package reads this file as well.

/// A catalog with guards of every kind.
pub(crate) const CATALOG: &str = r#"{
  "functions": ["fiscal_month"],
  "data_sources": [
    {"source_key": "sales", "view_pattern": "reporting.sales_{client_id}", "primary_key": ["id"],
     "columns": [
       {"name": "client_id", "data_type": "integer"}, {"name": "id", "data_type": "integer"},
       {"name": "date", "data_type": "date"}, {"name": "campaign_id", "data_type": "integer"},
       {"name": "secret", "data_type": "integer"}, {"name": "kind", "data_type": "text"},
       {"name": "score_text", "data_type": "text"}, {"name": "is_deleted", "data_type": "boolean"},
       {"name": "attempts", "data_type": "integer"}, {"name": "approvals", "data_type": "integer"},
       {"name": "data", "data_type": "jsonb"},
       {"name": "fee", "data_type": "decimal", "column": "data", "path": ["custom", "fee"]},
       {"name": "tier", "data_type": "text", "column": "data", "path": ["tier"]}],
     "base_filter": "is_deleted = false", "metrics": "*", "dimensions": "*"},
    {"source_key": "flags", "view_pattern": "reporting.flags", "base_filter": "CAST(score_text AS integer) > 0",
     "columns": [
       {"name": "client_id", "data_type": "integer"}, {"name": "date", "data_type": "date"},
       {"name": "campaign_id", "data_type": "integer"}, {"name": "score_text", "data_type": "text"},
       {"name": "kind", "data_type": "text"}, {"name": "attempts", "data_type": "integer"}],
     "metrics": ["attempts"], "dimensions": ["campaign", "score", "kind"]}
  ],
  "metrics": [
    {"metric_key": "attempts", "sql_expression": "SUM(attempts)"},
    {"metric_key": "approvals", "sql_expression": "SUM(approvals)", "filter": "kind = 'new'"},
    {"metric_key": "row_count", "sql_expression": "COUNT(*)"},
    {"metric_key": "fees", "sql_expression": "SUM(fee)"},
    {"metric_key": "rate", "derived_formula": "approvals / attempts"},
    {"metric_key": "twice", "derived_formula": "rate * rate + rate"}
  ],
  "dimensions": [
    {"dimension_key": "campaign", "column_expression": "campaign_id", "value_type": "integer",
     "display_column": "campaign_name", "join_table": "public.campaigns", "join_unique": true,
     "join_condition": "{source}.campaign_id = campaigns.campaign_id AND campaigns.client_id = {client_id}"},
    {"dimension_key": "kind", "column_expression": "kind", "display_column": "title", "join_table": "public.kinds",
     "join_global": true, "join_condition": "{value} = kinds.kind"},
    {"dimension_key": "code", "column_expression": "secret", "value_type": "integer", "display_column": "title",
     "join_table": "public.codes",
     "join_condition": "{value} = CAST(codes.code AS integer) AND codes.client_id = {client_id}"},
    {"dimension_key": "date", "column_expression": "date", "data_type": "date", "grains": ["day", "month"]},
    {"dimension_key": "tier", "column_expression": "tier"},
    {"dimension_key": "score", "column_expression": "CAST(score_text AS integer)", "data_type": "integer"}
  ]
}"#;

/// What is compiled: a name, the request, the access rules.
pub(crate) const QUERIES: [(&str, &str, &str); 13] = [
    (
        "rows alone",
        r#"{"source": "sales", "metrics": ["row_count"]}"#,
        "[]",
    ),
    (
        "plain",
        r#"{"source": "sales", "metrics": ["attempts"]}"#,
        "[]",
    ),
    (
        "rules",
        r#"{"source": "sales", "metrics": ["attempts", "approvals"], "dimensions": ["campaign"]}"#,
        r#"[{"dimension": "campaign", "access_type": "include", "allowed_values": [1, 2]},
            {"dimension": "kind", "access_type": "exclude", "allowed_values": ["x"]}]"#,
    ),
    (
        "two rules of one type",
        r#"{"source": "sales", "metrics": ["attempts"]}"#,
        r#"[{"dimension": "campaign", "access_type": "include", "allowed_values": [1, 2]},
            {"dimension": "code", "access_type": "include", "allowed_values": [1, 2]}]"#,
    ),
    (
        "long lists and nulls",
        r#"{"source": "sales", "metrics": ["attempts"], "dimensions": ["kind"]}"#,
        r#"[{"dimension": "campaign", "access_type": "include", "allowed_values": [1,2,3,4,5,6,7,8,9,null]},
            {"dimension": "kind", "access_type": "exclude", "allowed_values": ["x"], "nulls": "visible"},
            {"dimension": "tier", "access_type": "exclude", "allowed_values": [null]}]"#,
    ),
    (
        "no row",
        r#"{"source": "sales", "metrics": ["attempts"], "dimensions": ["campaign"]}"#,
        r#"[{"dimension": "campaign", "access_type": "include", "allowed_values": []},
            {"dimension": "tier", "access_type": "exclude", "allowed_values": []}]"#,
    ),
    (
        "label filter",
        r#"{"source": "sales", "metrics": ["attempts"], "dimensions": ["campaign"],
            "filters": [{"dimension": "campaign", "op": "contains", "values": ["a"], "on": "label"},
                        {"dimension": "kind", "op": "is_not_null"}]}"#,
        r#"[{"dimension": "campaign", "access_type": "include", "allowed_values": [1, 2]}]"#,
    ),
    (
        "raising filter",
        r#"{"source": "sales", "metrics": ["attempts"], "dimensions": ["campaign"],
            "filters": [{"dimension": "score", "op": "gt", "values": [1]}]}"#,
        r#"[{"dimension": "campaign", "access_type": "include", "allowed_values": [1, 2]}]"#,
    ),
    (
        "raising rule",
        r#"{"source": "sales", "metrics": ["attempts"], "dimensions": ["score"]}"#,
        r#"[{"dimension": "score", "access_type": "include", "allowed_values": [1, 2]},
            {"dimension": "campaign", "access_type": "include", "allowed_values": [3]}]"#,
    ),
    (
        "raising standing filter",
        r#"{"source": "flags", "metrics": ["attempts"], "dimensions": ["campaign"]}"#,
        r#"[{"dimension": "campaign", "access_type": "exclude", "allowed_values": [1]}]"#,
    ),
    (
        "raising lookup",
        r#"{"source": "sales", "metrics": ["attempts"], "dimensions": ["code"]}"#,
        r#"[{"dimension": "code", "access_type": "include", "allowed_values": [1]}]"#,
    ),
    (
        "paths, levels and a page",
        r#"{"source": "sales", "metrics": ["fees", "twice"], "dimensions": ["tier", "campaign", "kind"],
            "metric_filters": [{"metric": "rate", "op": "gt", "values": [0]}],
            "date_range": {"from": "2024-01-01", "to": "2024-12-31"},
            "order_by": [{"key": "fees", "direction": "desc"}], "limit": 5, "offset": 10}"#,
        "[]",
    ),
    (
        "conditions of many kinds",
        r#"{"source": "sales", "metrics": ["attempts"], "dimensions": ["date", {"dimension": "date", "grain": "month"}],
            "filters": [{"or": [{"dimension": "campaign", "op": "in", "values": [1, null]},
                                {"not": {"dimension": "kind", "op": "eq", "values": ["a"]}}]},
                        {"dimension": "campaign", "op": "between", "values": [1, 9]}]}"#,
        r#"[{"dimension": "campaign", "access_type": "include", "allowed_values": [1, 2]}]"#,
    ),
];
