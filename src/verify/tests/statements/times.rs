//! What is asked of values in time.

use super::Query;

pub(crate) const TIME_QUERIES: [Query; 11] = [
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
pub(crate) const MOMENT_QUERIES: [Query; 14] = [
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
