//! The statements that are damaged; the checker of the tests' own package reads this file as well.

/// A name, the request, and what follows `"access":` in the context.
pub(crate) type Query = (&'static str, &'static str, &'static str);

/// Catalogs, with what is asked of them; the last of PostgreSQL alone, since SQLite cannot say it.
pub(crate) const ALL: [(&str, &[Query], &[Query]); 3] = [
    (CATALOG, &QUERIES, &POSTGRES_ALONE),
    (TIMES, &TIME_QUERIES, &MOMENT_QUERIES),
    (RELATED, &RELATED_QUERIES, &RELATED_MOVED),
];

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
     "base_filter": "is_deleted = false", "dimensions": "*",
     "metrics": ["attempts", "approvals", "row_count", "fees", "rate", "twice", "fifty", "any_deleted", "lasting",
                 "attempts_7d", "rows_7d", "most_7d", "kinds_7d", "attempts_ytd", "rows_ever", "least_ever", "kinds_ever", "attempts_before", "last_attempts", "first_deleted"]},
    {"source_key": "flags", "view_pattern": "reporting.flags", "base_filter": "CAST(score_text AS integer) > 0",
     "columns": [
       {"name": "client_id", "data_type": "integer"}, {"name": "date", "data_type": "date"},
       {"name": "campaign_id", "data_type": "integer"}, {"name": "score_text", "data_type": "text"},
       {"name": "kind", "data_type": "text"}, {"name": "attempts", "data_type": "integer"}],
     "metrics": ["attempts", "flagged"], "dimensions": ["campaign", "score", "kind"]},
    {"source_key": "parcels", "view_pattern": "public.parcels", "date_column": null, "client_id_column": "owner",
     "primary_key": ["route", "owner", "stage"],
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
    {"metric_key": "any_deleted", "sql_expression": "BOOL_OR(is_deleted)", "data_type": "boolean"},
    {"metric_key": "attempts_7d", "sql_expression": "SUM(attempts)", "window": {"rolling": {"n": 7, "grain": "day"}}},
    {"metric_key": "rows_7d", "sql_expression": "COUNT(*)", "window": {"rolling": {"n": 7, "grain": "day"}}},
    {"metric_key": "most_7d", "sql_expression": "MAX(attempts)", "window": {"rolling": {"n": 7, "grain": "day"}}},
    {"metric_key": "kinds_7d", "sql_expression": "COUNT(DISTINCT kind)", "window": {"rolling": {"n": 7, "grain": "day"}}},
    {"metric_key": "attempts_ytd", "sql_expression": "SUM(attempts)", "window": {"to_date": {"grain": "year"}}},
    {"metric_key": "rows_ever", "sql_expression": "COUNT(*)", "window": "cumulative"},
    {"metric_key": "least_ever", "sql_expression": "MIN(attempts)", "window": "cumulative"},
    {"metric_key": "kinds_ever", "sql_expression": "COUNT(DISTINCT kind)", "window": "cumulative"},
    {"metric_key": "attempts_before", "sql_expression": "SUM(attempts)", "offset": {"n": 1, "grain": "month"}},
    {"metric_key": "last_attempts", "sql_expression": "SUM(attempts)", "filter": "kind = 'new'",
     "additivity": {"semi_additive": {"over": "date", "pick": "last"}}},
    {"metric_key": "first_deleted", "sql_expression": "BOOL_OR(is_deleted)", "data_type": "boolean",
     "additivity": {"semi_additive": {"over": "date", "pick": "first"}}},
    {"metric_key": "lasting", "derived_formula": "last_attempts / attempts"},
    {"metric_key": "flagged", "sql_expression": "COUNT(kind)"},
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

/// What is asked of the first catalog.
pub(crate) const QUERIES: [Query; 71] = [
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
        "several sources and two periods",
        r#"{"metrics": ["fees", "flagged"], "dimensions": ["campaign"],
            "filters": [{"dimension": "kind", "op": "in", "values": ["x", "y"]}],
            "date_range": {"from": "2024-02-01", "to": "2024-02-29"}, "compare": {"to": "previous_year"}}"#,
        r#"[{"dimension": "score", "access_type": "exclude", "allowed_values": [3]}]"#,
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
        "a truth in two periods",
        r#"{"source": "sales", "metrics": ["any_deleted"], "dimensions": ["kind"],
            "date_range": {"from": "2024-02-01", "to": "2024-02-29"}, "compare": {"to": "previous_year"}}"#,
        "[]",
    ),
    (
        "two conditions behind the tenant's",
        r#"{"source": "parcels", "metrics": ["attempts"],
            "filters": [{"dimension": "route", "op": "gte", "values": [1]},
                        {"dimension": "client", "op": "starts_with", "values": ["a"], "case_sensitive": true}]}"#,
        "[]",
    ),
    (
        "lists of many kinds",
        r#"{"source": "parcels", "metrics": ["attempts"],
            "filters": [{"dimension": "route", "op": "in", "values": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]},
                        {"dimension": "fee", "op": "in", "values": [1.5, 2.5]},
                        {"dimension": "fee", "op": "gt", "values": [0.5]},
                        {"dimension": "stage", "op": "in", "values": [null]},
                        {"dimension": "stage", "op": "not_in", "values": []},
                        {"dimension": "client", "op": "not_in", "values": ["x", null]},
                        {"dimension": "client", "op": "not_contains", "values": ["y"]}]}"#,
        "[]",
    ),
    (
        "labels of many kinds",
        r#"{"source": "parcels", "metrics": ["attempts"],
            "filters": [{"dimension": "route", "op": "neq", "values": ["a"], "on": "label"},
                        {"dimension": "route", "op": "is_null", "on": "label"},
                        {"dimension": "route", "op": "is_not_null", "on": "label"},
                        {"dimension": "route", "op": "in", "values": ["a", null], "on": "label"},
                        {"dimension": "route", "op": "not_in", "values": ["a", null], "on": "label"},
                        {"dimension": "route", "op": "not_in", "values": ["a"], "on": "label"},
                        {"dimension": "route", "op": "between", "values": ["a", "b"], "on": "label"},
                        {"dimension": "route", "op": "not_contains", "values": ["a"], "on": "label",
                         "case_sensitive": true}]}"#,
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
    (
        "total",
        r#"{"source": "sales", "metrics": ["attempts", "rate"], "dimensions": ["campaign"], "totals": true}"#,
        r#"[{"dimension": "campaign", "access_type": "include", "allowed_values": [1, 2]}]"#,
    ),
    (
        "subtotals on a page",
        r#"{"source": "sales", "metrics": ["rate"], "dimensions": ["campaign", {"dimension": "date", "grain": "month"}],
            "totals": ["campaign", "date.month"], "order_by": [{"key": "attempts", "direction": "desc"}],
            "limit": 10, "offset": 20}"#,
        r#"[{"dimension": "kind", "access_type": "exclude", "allowed_values": ["x"]}]"#,
    ),
    (
        "totals with passes of their own",
        r#"{"source": "sales", "metrics": ["attempts"], "dimensions": ["code", "number", "tier"],
            "totals": ["code", ["number", "tier"]]}"#,
        "[]",
    ),
    (
        "totals of the groups that pass",
        r#"{"source": "sales", "metrics": ["row_count"], "dimensions": ["kind", "fiscal"], "totals": ["kind"],
            "metric_filters": [{"metric": "twice", "op": "gt", "values": [1]},
                               {"metric": "attempts", "op": "lt", "values": [9]}], "limit": 5}"#,
        r#"[{"dimension": "campaign", "access_type": "include", "allowed_values": [1, 2]}]"#,
    ),
    (
        "totals of several sources",
        r#"{"metrics": ["row_count", "flagged"], "dimensions": ["campaign"], "totals": true}"#,
        r#"[{"dimension": "campaign", "access_type": "include", "allowed_values": [1, 2]}]"#,
    ),
    (
        "totals of the groups of several sources that pass",
        r#"{"metrics": ["row_count", "flagged"], "dimensions": ["kind"], "totals": true,
            "metric_filters": {"metric": "flagged", "op": "gt", "values": [1]}}"#,
        "[]",
    ),
    (
        "the first members",
        r#"{"source": "sales", "metrics": ["rate"], "dimensions": ["campaign", {"dimension": "date", "grain": "month"}],
            "top": {"n": 3, "by": "twice", "dimension": "campaign"}}"#,
        r#"[{"dimension": "campaign", "access_type": "include", "allowed_values": [1, 2]}]"#,
    ),
    (
        "the first members and others on a page",
        r#"{"source": "sales", "metrics": ["rate"], "dimensions": ["campaign", "kind"], "totals": ["campaign"],
            "top": {"n": 3, "by": "row_count", "dimension": "campaign", "other": true},
            "order_by": [{"key": "attempts", "direction": "desc"}], "limit": 10}"#,
        r#"[{"dimension": "campaign", "access_type": "include", "allowed_values": [1, 2]}]"#,
    ),
    (
        "others for totals alone",
        r#"{"source": "sales", "metrics": ["attempts"], "dimensions": ["kind", "code"], "totals": ["kind"],
            "top": {"n": 3, "by": "attempts", "dimension": "kind", "direction": "asc"}}"#,
        "[]",
    ),
    (
        "the first members of the groups that pass",
        r#"{"metrics": ["row_count", "flagged"], "dimensions": ["kind", "campaign"],
            "metric_filters": {"metric": "flagged", "op": "gt", "values": [1]},
            "top": {"n": 3, "by": "row_count", "dimension": "kind", "other": true}}"#,
        "[]",
    ),
    (
        "every period of the first members",
        r#"{"source": "sales", "metrics": ["attempts"], "dimensions": ["fiscal", {"dimension": "date", "grain": "month"}],
            "date_range": {"from": "2024-01-01", "to": "2024-06-30"}, "fill_gaps": true,
            "top": {"n": 3, "by": "attempts", "dimension": "fiscal", "other": true}}"#,
        "[]",
    ),
    (
        "shares and ranks on a page",
        r#"{"source": "sales", "metrics": ["attempts", "rate"], "dimensions": ["campaign"],
            "shares": ["attempts"], "ranks": ["attempts", "rate"],
            "metric_filters": {"metric": "rate", "op": "gt", "values": [0]},
            "order_by": [{"key": "attempts.rank"}, {"key": "attempts.share", "direction": "desc"}], "limit": 5}"#,
        r#"[{"dimension": "campaign", "access_type": "include", "allowed_values": [1, 2]}]"#,
    ),
    (
        "shares and ranks beside totals and others",
        r#"{"source": "sales", "metrics": ["attempts"], "dimensions": ["kind"], "totals": true,
            "shares": ["attempts"], "ranks": ["attempts"], "top": {"n": 3, "by": "attempts", "other": true}}"#,
        "[]",
    ),
    (
        "shares of others that are hidden",
        r#"{"metrics": ["row_count", "flagged"], "dimensions": ["campaign"], "shares": ["flagged"],
            "top": {"n": 3, "by": "row_count"}}"#,
        "[]",
    ),
    (
        "members as columns",
        r#"{"source": "sales", "metrics": ["rate", "row_count", "any_deleted"], "dimensions": ["campaign"],
            "pivot": {"dimension": "kind", "values": ["new", null, "old"], "other": true},
            "order_by": [{"key": "rate.2", "direction": "desc"}, {"key": "row_count.other"}], "limit": 10}"#,
        r#"[{"dimension": "campaign", "access_type": "include", "allowed_values": [1, 2]}]"#,
    ),
    (
        "months as columns beside the first members and others",
        r#"{"source": "sales", "metrics": ["attempts"], "dimensions": ["kind"],
            "pivot": {"dimension": {"dimension": "date", "grain": "month"}, "values": ["2024-01-01", "2024-02-01"]},
            "top": {"n": 3, "by": "attempts", "other": true}}"#,
        "[]",
    ),
    (
        "members of several sources as columns of one row",
        r#"{"metrics": ["row_count", "flagged"], "pivot": {"dimension": "kind", "values": [null]}}"#,
        "[]",
    ),
    (
        "detail rows",
        r#"{"kind": "rows", "source": "sales", "columns": ["secret", "kind", {"dimension": "date", "grain": "month"}],
            "date_range": {"from": "2024-01-01"}, "order_by": [{"key": "attempts", "direction": "desc"}]}"#,
        r#"[{"dimension": "campaign", "access_type": "include", "allowed_values": [1, 2]}]"#,
    ),
    (
        "a page of detail rows behind a row",
        r#"{"kind": "rows", "source": "sales", "columns": ["id", "campaign", "tier"], "limit": 20,
            "order_by": [{"key": "date", "direction": "desc"}, {"key": "fee", "nulls": "first"}, {"key": "kind"}],
            "after": ["2024-01-01", 2.5, null, 17]}"#,
        r#"[{"dimension": "campaign", "access_type": "include", "allowed_values": [1, 2]}]"#,
    ),
    (
        "a page behind a key",
        r#"{"kind": "rows", "source": "sales", "columns": ["id", "kind"], "limit": 20, "after": [17]}"#,
        "[]",
    ),
    (
        "a page behind missing values",
        r#"{"kind": "rows", "source": "sales", "columns": ["id"], "limit": 20,
            "order_by": [{"key": "id"}, {"key": "campaign", "nulls": "first"}, {"key": "kind", "nulls": "first"}],
            "after": [17, null, null]}"#,
        "[]",
    ),
    (
        "a page behind labels",
        r#"{"kind": "rows", "source": "sales", "columns": ["id", "campaign", "kind"], "limit": 20,
            "order_by": [{"key": "kind.label", "direction": "desc"}, {"key": "campaign.label", "nulls": "first"}],
            "after": ["x", null, 17]}"#,
        r#"[{"dimension": "campaign", "access_type": "include", "allowed_values": [1, 2]}]"#,
    ),
    (
        "a page behind the hidden label of a key that can raise",
        r#"{"kind": "rows", "source": "sales", "columns": ["id"], "limit": 20,
            "order_by": [{"key": "number.label"}], "after": ["x", 17]}"#,
        "[]",
    ),
    (
        "a page behind a key of two columns",
        r#"{"kind": "rows", "source": "parcels", "columns": ["attempts"], "limit": 20, "after": [3, 4]}"#,
        "[]",
    ),
    (
        "a page from the eleventh row, backwards",
        r#"{"kind": "rows", "source": "parcels", "columns": ["route", "Sent On"], "offset": 10,
            "order_by": [{"key": "stage", "direction": "desc"}]}"#,
        "[]",
    ),
    (
        "a page behind what can raise",
        r#"{"kind": "rows", "source": "sales", "columns": ["score"], "order_by": [{"key": "score"}], "after": [3, 4],
            "filters": [{"dimension": "score", "op": "gt", "values": [1]}]}"#,
        r#"[{"dimension": "campaign", "access_type": "include", "allowed_values": [1, 2]}]"#,
    ),
    (
        "aggregates of columns",
        r#"{"source": "sales", "metrics": ["attempts", "attempts.sum", {"column": "fee", "aggregate": "avg"},
                {"column": "kind", "aggregate": "max"}], "dimensions": ["campaign"], "totals": true,
            "metric_filters": {"metric": "secret.count_distinct", "op": "gt", "values": [1]},
            "order_by": [{"key": "date.min"}]}"#,
        r#"[{"dimension": "campaign", "access_type": "include", "allowed_values": [1, 2]}]"#,
    ),
    (
        "members of a lookup",
        r#"{"kind": "values", "from": "lookup", "source": "sales", "dimension": "campaign", "search": "a",
            "order_by": [{"key": "campaign.label", "direction": "desc"}], "limit": 5, "offset": 10}"#,
        r#"[{"dimension": "campaign", "access_type": "include", "allowed_values": [1, 2]},
            {"dimension": "campaign", "access_type": "exclude", "allowed_values": [3]}]"#,
    ),
    (
        "members whose keys can raise",
        r#"{"kind": "values", "from": "lookup", "source": "sales", "dimension": "code"}"#,
        r#"[{"dimension": "code", "access_type": "include", "allowed_values": [1]}]"#,
    ),
    (
        "members whose keys can overflow",
        r#"{"kind": "values", "from": "lookup", "source": "sales", "dimension": "number", "search": "x"}"#,
        "[]",
    ),
    (
        "detail rows that are counted",
        r#"{"kind": "count", "source": "sales", "columns": ["kind"],
            "filters": [{"dimension": "campaign", "op": "neq", "values": [5]}]}"#,
        r#"[{"dimension": "campaign", "access_type": "include", "allowed_values": [1, 2]}]"#,
    ),
    (
        "windows of days",
        r#"{"source": "sales", "metrics": ["attempts_7d", "attempts"], "dimensions": ["campaign", "date"],
            "date_range": {"from": "2024-02-01", "to": "2024-02-05"}}"#,
        r#"[{"dimension": "campaign", "access_type": "include", "allowed_values": [1, 2]}]"#,
    ),
    (
        "counts and extremes of days in windows",
        r#"{"source": "sales", "metrics": ["rows_7d", "attempts_7d", "most_7d"], "dimensions": ["date"],
            "date_range": {"from": "2024-02-01", "to": "2024-02-29"}}"#,
        "[]",
    ),
    (
        "windows of what does not add up",
        r#"{"source": "sales", "metrics": ["kinds_7d", "attempts_7d"], "dimensions": ["campaign", "date"],
            "date_range": {"from": "2024-02-01", "to": "2024-02-05"}}"#,
        "[]",
    ),
    (
        "a window of days by months",
        r#"{"source": "sales", "metrics": ["most_7d"], "dimensions": [{"dimension": "date", "grain": "month"}],
            "date_range": {"from": "2024-02-01", "to": "2024-03-31"}}"#,
        "[]",
    ),
    (
        "windows since ever under totals",
        r#"{"source": "sales", "metrics": ["kinds_ever", "attempts_7d"], "dimensions": ["campaign", {"dimension": "date", "grain": "month"}],
            "date_range": {"from": "2024-02-01", "to": "2024-03-31"}, "totals": ["campaign"],
            "metric_filters": {"metric": "attempts_7d", "op": "gt", "values": [1]}}"#,
        "[]",
    ),
    (
        "one window",
        r#"{"source": "sales", "metrics": ["attempts_7d"], "date_range": {"from": "2024-02-01", "to": "2024-02-05"}}"#,
        "[]",
    ),
    (
        "picked dates",
        r#"{"source": "sales", "metrics": ["last_attempts", "lasting", "first_deleted"], "dimensions": ["campaign"],
            "filters": [{"dimension": "score", "op": "gte", "values": [3]}]}"#,
        r#"[{"dimension": "campaign", "access_type": "include", "allowed_values": [1, 2]}]"#,
    ),
    (
        "picked dates of groups that pass",
        r#"{"source": "sales", "metrics": ["last_attempts"], "dimensions": ["campaign", "tier"], "totals": ["tier"],
            "metric_filters": {"metric": "first_deleted", "op": "is_null"}}"#,
        "[]",
    ),
    (
        "a month before",
        r#"{"source": "sales", "metrics": ["attempts", "attempts_before"], "dimensions": ["campaign"],
            "date_range": {"from": "2024-02-01", "to": "2024-02-29"}}"#,
        "[]",
    ),
    (
        "windows that run",
        r#"{"source": "sales", "metrics": ["attempts_ytd", "rows_ever", "least_ever"], "dimensions": ["campaign", {"dimension": "date", "grain": "month"}],
            "date_range": {"from": "2024-02-01", "to": "2024-03-31"}}"#,
        r#"[{"dimension": "campaign", "access_type": "include", "allowed_values": [1, 2]}]"#,
    ),
];

/// What SQLite cannot say.
const POSTGRES_ALONE: [Query; 3] = [
    (
        "a month before each",
        r#"{"source": "sales", "metrics": ["attempts_before", "attempts_7d"], "dimensions": [{"dimension": "date", "grain": "month"}],
            "date_range": {"from": "2024-02-01", "to": "2024-03-31"}, "compare": {"to": "previous_year"}}"#,
        "[]",
    ),
    (
        "expressions of many forms",
        r#"{"source": "parcels", "metrics": ["typical", "debit", "sized", "late"], "dimensions": ["order", "sent_in"]}"#,
        "[]",
    ),
    (
        "a median of a column",
        r#"{"source": "parcels", "metrics": ["fee.median", "fee.stddev"], "dimensions": ["route"]}"#,
        "[]",
    ),
];

/// Dates, times and moments, each the date column of a source, and options that bring another; typed
/// paths of every type.
const TIMES: &str = r#"{
  "data_sources": [
    {"source_key": "days", "view_pattern": "reporting.visits", "date_column": "day", "columns": [
       {"name": "client_id", "data_type": "integer"}, {"name": "day", "data_type": "date"},
       {"name": "at", "data_type": "timestamp"}, {"name": "seen", "data_type": "timestamptz"},
       {"name": "data", "data_type": "jsonb"},
       {"name": "paid", "data_type": "boolean", "column": "data", "path": ["paid"]},
       {"name": "due", "data_type": "date", "column": "data", "path": ["terms", "due"]},
       {"name": "size", "data_type": "float", "column": "data", "path": ["size"]},
       {"name": "number", "data_type": "integer", "column": "data", "path": ["number"]},
       {"name": "price", "data_type": "decimal", "column": "data", "path": ["price"]},
       {"name": "note", "data_type": "jsonb", "column": "data", "path": ["it's", "note"]},
       {"name": "kind", "data_type": "text", "column": "data", "path": ["kind"]}],
     "metrics": ["visits", "notes"],
     "dimensions": ["on", "year_of", "paid", "due", "size", "number", "price", "kind", "seen_day"]},
    {"source_key": "times", "view_pattern": "reporting.visits", "date_column": "at", "columns": [
       {"name": "client_id", "data_type": "integer"}, {"name": "day", "data_type": "date"},
       {"name": "at", "data_type": "timestamp"}, {"name": "seen", "data_type": "timestamptz"}],
     "metrics": ["visits"], "dimensions": ["at", "year_at"]},
    {"source_key": "moments", "view_pattern": "reporting.visits", "date_column": "seen", "columns": [
       {"name": "client_id", "data_type": "integer"}, {"name": "day", "data_type": "date"},
       {"name": "at", "data_type": "timestamp"}, {"name": "seen", "data_type": "timestamptz"}],
     "metrics": ["visits"], "dimensions": ["seen", "year_seen", "seen_day"]},
    {"source_key": "keyed", "view_pattern": "reporting.visits", "date_column": "day", "primary_key": ["seen"], "columns": [
       {"name": "client_id", "data_type": "integer"}, {"name": "day", "data_type": "date"},
       {"name": "seen", "data_type": "timestamptz"}],
     "metrics": [], "dimensions": ["seen", "seen_day"]}
  ],
  "metrics": [
    {"metric_key": "visits", "sql_expression": "COUNT(*)"},
    {"metric_key": "notes", "sql_expression": "COUNT(note)"}
  ],
  "dimensions": [
    {"dimension_key": "on", "column_expression": "day", "data_type": "date"},
    {"dimension_key": "year_of", "column_expression": "EXTRACT(YEAR FROM day)", "data_type": "integer"},
    {"dimension_key": "at", "column_expression": "at", "data_type": "timestamp"},
    {"dimension_key": "year_at", "column_expression": "EXTRACT(YEAR FROM at)", "data_type": "integer"},
    {"dimension_key": "seen", "column_expression": "seen", "data_type": "timestamptz"},
    {"dimension_key": "year_seen", "column_expression": "EXTRACT(YEAR FROM seen AT TIME ZONE 'UTC')", "data_type": "integer"},
    {"dimension_key": "seen_day", "column_expression": "seen", "data_type": "date", "value_type": "timestamptz"},
    {"dimension_key": "paid", "column_expression": "paid", "data_type": "boolean"},
    {"dimension_key": "due", "column_expression": "due", "data_type": "date"},
    {"dimension_key": "size", "column_expression": "size", "data_type": "float"},
    {"dimension_key": "number", "column_expression": "number", "data_type": "integer"},
    {"dimension_key": "price", "column_expression": "price", "data_type": "decimal"},
    {"dimension_key": "kind", "column_expression": "kind"}
  ],
  "toggles": [
    {"toggle_key": "basis", "toggle_type": "metric_variant", "options": [
      {"option_key": "own", "is_default": true}, {"option_key": "day", "date_column": "day"},
      {"option_key": "at", "date_column": "at"}, {"option_key": "seen", "date_column": "seen"}]}
  ]
}"#;

const TIME_QUERIES: [Query; 11] = [
    (
        "dates at every grain",
        r#"{"source": "days", "metrics": ["visits"], "dimensions": [
                {"dimension": "on", "grain": "day"}, {"dimension": "on", "grain": "week"}, {"dimension": "on", "grain": "month"}, {"dimension": "on", "grain": "quarter"}, {"dimension": "on", "grain": "year"}, {"dimension": "on", "grain": "fiscal_quarter"}, {"dimension": "on", "grain": "fiscal_year"}]}"#,
        r#"[], "week_start": "wednesday", "fiscal_year_start": "february""#,
    ),
    (
        "dates at every grain of the calendar",
        r#"{"source": "days", "metrics": ["visits"], "dimensions": ["on",
                {"dimension": "on", "grain": "day"}, {"dimension": "on", "grain": "week"}, {"dimension": "on", "grain": "month"}, {"dimension": "on", "grain": "quarter"}, {"dimension": "on", "grain": "year"}, {"dimension": "on", "grain": "fiscal_quarter"}, {"dimension": "on", "grain": "fiscal_year"}]}"#,
        r#"[]"#,
    ),
    (
        "times at every grain",
        r#"{"source": "times", "metrics": ["visits"], "dimensions": ["at",
                {"dimension": "at", "grain": "hour"}, {"dimension": "at", "grain": "day"}, {"dimension": "at", "grain": "week"}, {"dimension": "at", "grain": "month"}, {"dimension": "at", "grain": "quarter"}, {"dimension": "at", "grain": "year"}, {"dimension": "at", "grain": "fiscal_quarter"}, {"dimension": "at", "grain": "fiscal_year"}]}"#,
        r#"[], "week_start": "sunday", "fiscal_year_start": "october""#,
    ),
    (
        "times for dates",
        r#"{"source": "days", "metrics": ["visits"], "toggles": {"basis": "at"},
            "dimensions": ["on", "year_of", {"dimension": "on", "grain": "month"}],
            "filters": [{"dimension": "on", "op": "gte", "values": ["2024-01-01"]}]}"#,
        r#"[{"dimension": "on", "access_type": "exclude", "allowed_values": ["2024-01-02"]}]"#,
    ),
    (
        "dates for times",
        r#"{"source": "times", "metrics": ["visits"], "toggles": {"basis": "day"},
            "dimensions": ["at", "year_at", {"dimension": "at", "grain": "month"}],
            "date_range": {"from": "2024-01-01", "to": "2024-01-31"}}"#,
        r#"[]"#,
    ),
    (
        "gaps beside two other keys",
        r#"{"source": "days", "metrics": ["visits", "notes"], "dimensions": ["kind", {"dimension": "on", "grain": "week"}, "paid"],
            "date_range": {"from": "2024-01-01", "to": "2024-01-31"}, "fill_gaps": true}"#,
        "[]",
    ),
    (
        "gaps of dates alone",
        r#"{"source": "days", "metrics": ["visits"], "dimensions": ["on"],
            "date_range": {"from": "2024-01-01", "to": "2024-01-05"}, "fill_gaps": true, "limit": 3}"#,
        "[]",
    ),
    (
        "totals beside gaps of dates alone",
        r#"{"source": "days", "metrics": ["visits"], "dimensions": ["on"], "totals": true,
            "date_range": {"from": "2024-01-01", "to": "2024-01-05"}, "fill_gaps": true}"#,
        "[]",
    ),
    (
        "subtotals beside gaps",
        r#"{"source": "days", "metrics": ["visits"], "dimensions": ["kind", {"dimension": "on", "grain": "week"}, "paid"],
            "totals": ["on.week", ["kind", "on.week"], "paid"], "limit": 3,
            "date_range": {"from": "2024-01-01", "to": "2024-01-31"}, "fill_gaps": true}"#,
        "[]",
    ),
    (
        "detail rows of dates under an option",
        r#"{"kind": "rows", "source": "days", "columns": ["on", "day", {"dimension": "on", "grain": "fiscal_year"}, "note", "size"],
            "toggles": {"basis": "at"}, "order_by": [{"key": "on.fiscal_year"}, {"key": "day", "direction": "desc"}],
            "date_range": {"from": "2024-01-01", "to": "2024-01-05"}, "limit": 3}"#,
        r#"[], "fiscal_year_start": "february""#,
    ),
    (
        "paths of every type",
        r#"{"source": "days", "metrics": ["visits", "notes"],
            "dimensions": ["paid", "due", "size", "number", "price", "kind"],
            "filters": [{"dimension": "number", "op": "lt", "values": [5]}]}"#,
        r#"[{"dimension": "kind", "access_type": "include", "allowed_values": ["a", "b"]}]"#,
    ),
];

/// SQLite has no moments.
const MOMENT_QUERIES: [Query; 14] = [
    (
        "a page behind a day of moments",
        r#"{"kind": "rows", "source": "keyed", "columns": ["seen", {"dimension": "seen", "grain": "hour"}],
            "order_by": [{"key": "seen_day"}, {"key": "seen.hour", "direction": "desc"}],
            "after": ["2024-01-01", null, "2024-01-01T00:00:00Z"], "limit": 3}"#,
        r#"[], "timezone": "Europe/Berlin""#,
    ),
    (
        "moments at every grain",
        r#"{"source": "moments", "metrics": ["visits"], "dimensions": ["seen", "seen_day",
                {"dimension": "seen", "grain": "hour"}, {"dimension": "seen", "grain": "day"}, {"dimension": "seen", "grain": "week"}, {"dimension": "seen", "grain": "month"}, {"dimension": "seen", "grain": "quarter"}, {"dimension": "seen", "grain": "year"}, {"dimension": "seen", "grain": "fiscal_quarter"}, {"dimension": "seen", "grain": "fiscal_year"}]}"#,
        r#"[], "timezone": "Asia/Kolkata", "week_start": "saturday", "fiscal_year_start": "april""#,
    ),
    (
        "moments for dates",
        r#"{"source": "days", "metrics": ["visits"], "toggles": {"basis": "seen"},
            "dimensions": ["on", "year_of", {"dimension": "on", "grain": "month"}],
            "filters": [{"dimension": "on", "op": "gte", "values": ["2024-01-01"]}]}"#,
        r#"[], "timezone": "Asia/Kolkata""#,
    ),
    (
        "moments for times",
        r#"{"source": "times", "metrics": ["visits"], "toggles": {"basis": "seen"},
            "dimensions": ["at", "year_at", {"dimension": "at", "grain": "hour"}]}"#,
        r#"[], "timezone": "Asia/Kolkata""#,
    ),
    (
        "dates for moments",
        r#"{"source": "moments", "metrics": ["visits"], "toggles": {"basis": "day"},
            "dimensions": ["seen", "year_seen", "seen_day", {"dimension": "seen", "grain": "month"}]}"#,
        r#"[], "timezone": "Asia/Kolkata""#,
    ),
    (
        "times for moments",
        r#"{"source": "moments", "metrics": ["visits"], "toggles": {"basis": "at"},
            "dimensions": ["seen", "year_seen", {"dimension": "seen", "grain": "week"}]}"#,
        r#"[], "timezone": "Asia/Kolkata""#,
    ),
    (
        "gaps of two periods",
        r#"{"source": "moments", "metrics": ["visits"], "dimensions": [{"dimension": "seen", "grain": "month"}, "year_seen"],
            "date_range": {"from": "2024-02-01", "to": "2024-03-31"}, "compare": {"to": "previous_period"}, "fill_gaps": true}"#,
        r#"[], "timezone": "Europe/Berlin""#,
    ),
    (
        "gaps of hours",
        r#"{"source": "moments", "metrics": ["visits"], "dimensions": [{"dimension": "seen", "grain": "hour"}],
            "date_range": {"from": "2024-03-31", "to": "2024-03-31"}, "fill_gaps": true}"#,
        r#"[], "timezone": "Europe/Berlin""#,
    ),
    (
        "days of moments",
        r#"{"source": "days", "metrics": ["visits"], "dimensions": ["seen_day"],
            "filters": [{"dimension": "seen_day", "op": "between", "values": ["2024-01-01", "2024-01-31"]}]}"#,
        r#"[{"dimension": "seen_day", "access_type": "include", "allowed_values": ["2024-01-02"]}]"#,
    ),
    (
        "days of an earlier period",
        r#"{"source": "days", "metrics": ["visits"], "dimensions": [{"dimension": "on", "grain": "month"}],
            "date_range": {"from": "2024-02-01", "to": "2024-03-31"}, "compare": {"to": "previous_period"}}"#,
        r#"[], "timezone": "Europe/Berlin""#,
    ),
    (
        "days of an earlier period, under an option",
        r#"{"source": "days", "metrics": ["visits"], "toggles": {"basis": "seen"}, "dimensions": [{"dimension": "on", "grain": "month"}],
            "date_range": {"from": "2024-02-01", "to": "2024-03-31"}, "compare": {"to": "previous_period"}}"#,
        r#"[], "timezone": "Europe/Berlin""#,
    ),
    (
        "times of an earlier period",
        r#"{"source": "times", "metrics": ["visits"], "dimensions": [{"dimension": "at", "grain": "month"}],
            "date_range": {"from": "2024-02-01", "to": "2024-03-31"}, "compare": {"to": "previous_period"}}"#,
        r#"[], "timezone": "Europe/Berlin""#,
    ),
    (
        "moments of an earlier period",
        r#"{"source": "moments", "metrics": ["visits"], "dimensions": [{"dimension": "seen", "grain": "month"}],
            "date_range": {"from": "2024-02-01", "to": "2024-03-31"}, "compare": {"to": "previous_period"}}"#,
        r#"[], "timezone": "Europe/Berlin""#,
    ),
    (
        "moments of an earlier period, under an option",
        r#"{"source": "moments", "metrics": ["visits"], "toggles": {"basis": "day"}, "dimensions": [{"dimension": "seen", "grain": "month"}],
            "date_range": {"from": "2024-02-01", "to": "2024-03-31"}, "compare": {"to": "previous_period"}}"#,
        r#"[], "timezone": "Europe/Berlin""#,
    ),
];

/// Sources that lead to each other.
pub(crate) const RELATED: &str = r#"{
  "data_sources": [
    {"source_key": "orders", "view_pattern": "public.orders_{client_id}", "date_column": "day", "primary_key": ["id"],
     "columns": [
       {"name": "client_id", "data_type": "integer"}, {"name": "id", "data_type": "integer"},
       {"name": "day", "data_type": "date"}, {"name": "buyer_id", "data_type": "integer"},
       {"name": "shop", "data_type": "text"}, {"name": "bay", "data_type": "integer"},
       {"name": "amount", "data_type": "decimal"}, {"name": "note", "data_type": "text"},
       {"name": "j1__name", "data_type": "text"}, {"name": "data", "data_type": "jsonb"},
       {"name": "agent_id", "data_type": "integer", "column": "data", "path": ["agent"]}],
     "metrics": ["total", "orders", "first", "last"], "dimensions": ["day", "note_length", "odd"],
     "relationships": [
       {"name": "buyer", "to": "people", "on": [["buyer_id", "id"]], "cardinality": "many_to_one"},
       {"name": "agent", "to": "people", "on": [["agent_id", "id"]], "cardinality": "many_to_one"},
       {"name": "place", "to": "bays", "on": [["shop", "shop"], ["bay", "bay"]], "cardinality": "many_to_one"}]},
    {"source_key": "people", "view_pattern": "public.people", "date_column": "born", "primary_key": ["client_id", "id"],
     "base_filter": "gone = false",
     "columns": [
       {"name": "client_id", "data_type": "integer"}, {"name": "id", "data_type": "integer"},
       {"name": "name", "data_type": "text"}, {"name": "land_id", "data_type": "integer"},
       {"name": "born", "data_type": "date"}, {"name": "gone", "data_type": "boolean"},
       {"name": "score_text", "data_type": "text"}],
     "metrics": ["people"], "dimensions": ["name", "land", "born", "score", "named"],
     "relationships": [{"name": "home", "to": "lands", "on": [["land_id", "id"]], "cardinality": "many_to_one"}]},
    {"source_key": "lands", "view_pattern": "public.lands", "client_id_column": null, "primary_key": ["id"],
     "columns": [{"name": "id", "data_type": "integer"}, {"name": "zone", "data_type": "text"}],
     "date_column": null, "metrics": ["lands"], "dimensions": ["zone"]},
    {"source_key": "bays", "view_pattern": "public.bays", "date_column": null, "primary_key": ["shop", "bay", "client_id"],
     "columns": [
       {"name": "client_id", "data_type": "integer"}, {"name": "shop", "data_type": "text"},
       {"name": "bay", "data_type": "integer"}, {"name": "size", "data_type": "integer"}],
     "metrics": ["bays"], "dimensions": ["size"]}
  ],
  "metrics": [
    {"metric_key": "total", "sql_expression": "SUM(amount)"}, {"metric_key": "orders", "sql_expression": "COUNT(*)"},
    {"metric_key": "first", "sql_expression": "MIN(bay)"}, {"metric_key": "last", "sql_expression": "MAX(amount)", "filter": "bay > 1"},
    {"metric_key": "people", "sql_expression": "COUNT(*)"}, {"metric_key": "lands", "sql_expression": "COUNT(*)"},
    {"metric_key": "bays", "sql_expression": "COUNT(*)"}
  ],
  "dimensions": [
    {"dimension_key": "day", "column_expression": "day", "data_type": "date", "grains": ["day", "month"]},
    {"dimension_key": "born", "column_expression": "born", "data_type": "date", "grains": ["year"]},
    {"dimension_key": "note_length", "column_expression": "LENGTH(note)", "data_type": "integer"},
    {"dimension_key": "odd", "column_expression": "j1__name"},
    {"dimension_key": "name", "column_expression": "name"},
    {"dimension_key": "named", "column_expression": "COALESCE(name, 'nobody')"},
    {"dimension_key": "score", "column_expression": "CAST(score_text AS integer)", "data_type": "integer"},
    {"dimension_key": "land", "column_expression": "land_id", "value_type": "integer", "display_column": "title",
     "join_table": "public.titles", "join_unique": true,
     "join_condition": "{value} = titles.land AND titles.client_id = {client_id}"},
    {"dimension_key": "zone", "column_expression": "zone"},
    {"dimension_key": "size", "column_expression": "size", "data_type": "integer"}
  ]
}"#;

/// What is asked of sources that lead to each other.
pub(crate) const RELATED_QUERIES: [Query; 15] = [
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
