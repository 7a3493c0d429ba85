//! The statements that are damaged; the checker of the tests' own package reads this file as well.

/// A catalog with guards of every kind.
pub(crate) const CATALOG: &str = r#"{
  "functions": ["fiscal_month", "index"],
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
     "metrics": ["attempts"], "dimensions": ["campaign", "score", "kind"]},
    {"source_key": "parcels", "view_pattern": "public.parcels", "date_column": null, "client_id_column": "owner",
     "columns": [
       {"name": "owner", "data_type": "text"}, {"name": "route", "data_type": "integer"},
       {"name": "stage", "data_type": "integer"}, {"name": "attempts", "data_type": "integer"},
       {"name": "data", "data_type": "jsonb"},
       {"name": "client", "data_type": "text", "column": "data", "path": ["client"]},
       {"name": "fee", "data_type": "decimal"}, {"name": "Sent On", "data_type": "date"},
       {"name": "sent_at", "data_type": "timestamp"}],
     "metrics": ["attempts", "typical", "debit", "late", "sized", "share", "half"],
     "dimensions": ["route", "stage", "client", "fee", "order", "sent_in"]}
  ],
  "metrics": [
    {"metric_key": "attempts", "sql_expression": "SUM(attempts)"},
    {"metric_key": "approvals", "sql_expression": "SUM(approvals)", "filter": "kind = 'new'"},
    {"metric_key": "row_count", "sql_expression": "COUNT(*)"},
    {"metric_key": "fees", "sql_expression": "SUM(fee)"},
    {"metric_key": "rate", "derived_formula": "approvals / attempts"},
    {"metric_key": "twice", "derived_formula": "rate * rate + rate"},
    {"metric_key": "fifty", "derived_formula": "50"},
    {"metric_key": "share", "derived_formula": "attempts / debit"},
    {"metric_key": "half", "derived_formula": "share / 2"},
    {"metric_key": "debit", "sql_expression": "SUM(-attempts)"},
    {"metric_key": "sized", "sql_expression": "MAX(CAST(fee AS numeric(10, 2)))"},
    {"metric_key": "typical", "sql_expression": "PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY attempts DESC)"},
    {"metric_key": "late", "sql_expression": "COUNT(DISTINCT route)",
     "filter": "sent_at > TIMESTAMP '2024-01-01 00:00:00' + INTERVAL '1 day'"}
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
    {"dimension_key": "number", "column_expression": "secret", "value_type": "integer", "display_column": "title",
     "join_table": "public.numbers",
     "join_condition": "{value} = numbers.number + 1 AND numbers.client_id = {client_id}"},
    {"dimension_key": "route", "column_expression": "route", "value_type": "integer", "display_column": "title",
     "join_table": "public.routes", "join_unique": true,
     "join_condition": "{value} = routes.route AND routes.client = {client_id} AND routes.is_open = true"},
    {"dimension_key": "stage", "column_expression": "stage", "value_type": "integer", "display_column": "title",
     "join_table": "public.stages",
     "join_condition": "{value} = stages.stage AND stages.client = {client_id} AND CAST(stages.rank AS integer) > 0"},
    {"dimension_key": "client", "column_expression": "client"},
    {"dimension_key": "fee", "column_expression": "fee"},
    {"dimension_key": "order", "column_expression": "\"Sent On\"", "data_type": "date"},
    {"dimension_key": "sent_in", "column_expression": "EXTRACT(YEAR FROM sent_at)"},
    {"dimension_key": "date", "column_expression": "date", "data_type": "date", "grains": ["day", "month"]},
    {"dimension_key": "tier", "column_expression": "tier"},
    {"dimension_key": "fiscal", "column_expression": "fiscal_month(date)"},
    {"dimension_key": "indexed", "column_expression": "index(kind)"},
    {"dimension_key": "current", "column_expression": "fiscal_month()"},
    {"dimension_key": "score", "column_expression": "CAST(score_text AS integer)", "data_type": "integer"}
  ]
}"#;

/// What is compiled: a name, the request, the access rules.
pub(crate) const QUERIES: [(&str, &str, &str); 25] = [
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
        "lookups with conditions",
        r#"{"source": "parcels", "metrics": ["attempts"], "dimensions": ["route", "stage", "client"]}"#,
        r#"[{"dimension": "stage", "access_type": "include", "allowed_values": [1]}]"#,
    ),
    (
        "many alternatives",
        r#"{"source": "parcels", "metrics": ["attempts"],
            "filters": [{"or": [
                {"dimension": "route", "op": "eq", "values": [1]}, {"dimension": "route", "op": "eq", "values": [2]},
                {"dimension": "route", "op": "eq", "values": [3]}, {"dimension": "route", "op": "eq", "values": [4]},
                {"dimension": "route", "op": "eq", "values": [5]}, {"dimension": "route", "op": "eq", "values": [6]},
                {"dimension": "route", "op": "eq", "values": [7]}, {"dimension": "route", "op": "eq", "values": [8]},
                {"dimension": "route", "op": "eq", "values": [9]}, {"dimension": "route", "op": "eq", "values": [10]},
                {"dimension": "route", "op": "eq", "values": [11]}, {"dimension": "route", "op": "eq", "values": [12]},
                {"dimension": "route", "op": "eq", "values": [13]}, {"dimension": "route", "op": "eq", "values": [14]},
                {"dimension": "route", "op": "eq", "values": [15]}, {"dimension": "route", "op": "eq", "values": [16]},
                {"dimension": "route", "op": "eq", "values": [17]}]}]}"#,
        "[]",
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
        "levels that nothing above uses",
        r#"{"source": "sales", "metrics": ["twice"]}"#,
        "[]",
    ),
    (
        "levels that are used once, from the eleventh row",
        r#"{"source": "parcels", "metrics": ["half"], "dimensions": ["route"], "offset": 10}"#,
        "[]",
    ),
    (
        "a condition at the end of the text",
        r#"{"source": "sales", "metrics": ["attempts"],
            "metric_filters": [{"or": [{"metric": "attempts", "op": "gt", "values": [5]},
                                       {"metric": "attempts", "op": "lt", "values": [3]}]}]}"#,
        "[]",
    ),
    (
        "functions of the catalog",
        r#"{"source": "sales", "metrics": ["attempts"], "dimensions": ["fiscal", "indexed", "current"],
            "filters": [{"dimension": "campaign", "op": "neq", "values": [5]}]}"#,
        "[]",
    ),
    (
        "raising lookups without rules",
        r#"{"source": "sales", "metrics": ["attempts"], "dimensions": ["code", "number"]}"#,
        "[]",
    ),
    (
        "a lookup that overflows under a rule",
        r#"{"source": "sales", "metrics": ["attempts"], "dimensions": ["number"]}"#,
        r#"[{"dimension": "number", "access_type": "include", "allowed_values": [1]}]"#,
    ),
    (
        "several sources",
        r#"{"metrics": ["fees", "debit", "twice"]}"#,
        "[]",
    ),
    (
        "an earlier period",
        r#"{"source": "sales", "metrics": ["attempts", "rate"], "dimensions": ["campaign"],
            "date_range": {"from": "2024-02-01", "to": "2024-02-29"}, "compare": {"to": "previous_period"}}"#,
        r#"[{"dimension": "campaign", "access_type": "include", "allowed_values": [1, 2]}]"#,
    ),
    (
        "neither a key nor an aggregate",
        r#"{"source": "sales", "metrics": ["fifty"]}"#,
        "[]",
    ),
    (
        "a rule on decimals",
        r#"{"source": "parcels", "metrics": ["attempts"]}"#,
        r#"[{"dimension": "fee", "access_type": "include", "allowed_values": [1.5, 2, 3, 4, 5, 6, 7, 8, 9]},
            {"dimension": "fee", "access_type": "exclude", "allowed_values": [1.5]}]"#,
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

/// What SQLite cannot say.
pub(crate) const POSTGRES_ALONE: [(&str, &str, &str); 1] = [(
    "expressions of many forms",
    r#"{"source": "parcels", "metrics": ["typical", "debit", "sized", "late"], "dimensions": ["order", "sent_in"]}"#,
    "[]",
)];
