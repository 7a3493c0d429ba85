//! The catalogs, in which everything that a guard can be of occurs.

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

/// Dates, times and moments, each the date column of a source, and options that bring another; typed
/// paths of every type.
pub(crate) const TIMES: &str = r#"{
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
