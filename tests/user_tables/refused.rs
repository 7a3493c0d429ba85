//! What is wrong with a table is said at once, by code and at its place in the definition.

use measurand::report::{TableDefinition, TablePage};
use measurand::{Dialect, Errors, Limits, Scalar};
use measurand_tests::support::{limits, tables};

use super::world::{compiled, compiler, definition, reader};

/// Codes and places.
fn lines(errors: &Errors) -> Vec<String> {
    let line = |error: &measurand::Error| format!("{} {}", error.code(), error.path());
    errors.iter().map(line).collect()
}

fn read(text: &str, limits: &Limits) -> Errors {
    let read = TableDefinition::from_json(text, limits);
    read.expect_err("a definition that is none")
}

/// A definition of cases with these fields besides, and what is found in it.
const OF_CASES: [(&str, &[&str]); 31] = [
    // Names that are nothing.
    (
        r#""columns": ["case_idd"]"#,
        &["unknown-column table.columns[0]"],
    ),
    (
        r#""columns": ["case_id", {"field": "nothing", "label": "X"}]"#,
        &["unknown-column table.columns[1].field"],
    ),
    (
        r#""groupBy": ["state"]"#,
        &["unknown-dimension table.groupBy[0]"],
    ),
    (
        r#""aggregates": [{"field": "sum", "function": "SUM"}]"#,
        &["unknown-column table.aggregates[0]"],
    ),
    (
        r#""aggregates": [{"metric": "cases"}]"#,
        &["unknown-metric table.aggregates[0]"],
    ),
    (
        r#""columns": ["case_id"], "filters": [{"field": "note", "operator": "eq", "value": "x"}]"#,
        &["unknown-dimension table.filters[0].field"],
    ),
    (
        r#""columns": ["case_id"], "sortBy": [{"field": "nothing"}]"#,
        &["unknown-key table.sortBy[0].field"],
    ),
    // Of a module that the reader lacks: the same as if it were not there.
    (
        r#""columns": ["risk"]"#,
        &["unknown-column table.columns[0]"],
    ),
    (
        r#""groupBy": ["risk"]"#,
        &["unknown-dimension table.groupBy[0]"],
    ),
    (
        r#""aggregates": [{"metric": "loss"}]"#,
        &["unknown-metric table.aggregates[0]"],
    ),
    (
        r#""columns": ["loss"]"#,
        &["unknown-column table.columns[0]"],
    ),
    (
        r#""columns": ["case_id"], "filters": [{"field": "loss", "operator": "gt", "value": 1}]"#,
        &["unknown-dimension table.filters[0].field"],
    ),
    // Types, and numbers of values.
    (
        r#""aggregates": [{"field": "status", "function": "SUM"}]"#,
        &["operator-type table.aggregates[0]"],
    ),
    (
        r#""columns": ["case_id"], "filters": [{"field": "amount", "operator": "contains", "value": "1"}]"#,
        &["operator-type table.filters[0].operator"],
    ),
    (
        r#""columns": ["case_id"], "filters": [{"field": "amount", "operator": "gt", "value": "much"}]"#,
        &["value-type table.filters[0].value[0]"],
    ),
    (
        r#""columns": ["case_id"], "filters": [{"field": "amount", "operator": "between", "value": 1}]"#,
        &["operator-arity table.filters[0].value"],
    ),
    (
        r#""columns": ["case_id"], "filters": [{"or": [{"field": "status", "operator": "isNull"},
           {"not": {"field": "nothing", "operator": "isNull"}}]}]"#,
        &["unknown-dimension table.filters[0].or[1].not.field"],
    ),
    // Grains.
    (
        r#""columns": ["status.month"]"#,
        &["grain-unavailable table.columns[0]"],
    ),
    (
        r#""groupBy": ["day.hour"]"#,
        &["grain-unavailable table.groupBy[0]"],
    ),
    (
        r#""aggregates": [{"field": "day.month", "function": "MAX"}]"#,
        &["table-field table.aggregates[0].field"],
    ),
    (
        r#""columns": ["case_id"], "filters": [{"field": "day.month", "operator": "eq", "value": "2026-01-01"}]"#,
        &["table-field table.filters[0].field"],
    ),
    // Groups.
    (
        r#""groupBy": ["amount"]"#,
        &["not-groupable table.groupBy[0]"],
    ),
    (
        r#""columns": ["note", "status"], "groupBy": ["status"]"#,
        &["table-field table.columns[0]"],
    ),
    (
        r#""groupBy": ["status"], "aggregates": [{"field": "amount", "function": "MIN"},
           {"field": "amount", "function": "MAX"}], "sortBy": [{"field": "amount"}]"#,
        &["table-field table.sortBy[0].field"],
    ),
    (
        r#""columns": ["status", "status"], "groupBy": ["status"]"#,
        &["duplicate-column table.columns[1]"],
    ),
    (
        r#""groupBy": ["status", "status"], "aggregates": [{"function": "COUNT"}, {"function": "COUNT"}]"#,
        &[
            "duplicate-metric table.aggregates[1]",
            "duplicate-dimension table.groupBy[1]",
        ],
    ),
    (
        r#""aggregates": [{"function": "SUM"}]"#,
        &["missing-field table.aggregates[0].field"],
    ),
    // Ranges of dates.
    (
        r#""columns": ["case_id"], "filters": [{"field": "closed_on", "operator": "within", "value": "this_year"}]"#,
        &["table-field table.filters[0].field"],
    ),
    (
        r#""columns": ["case_id"], "filters": [{"field": "day", "operator": "within", "value": "soon"}]"#,
        &["unknown-preset table.filters[0].value"],
    ),
    (
        r#""columns": ["case_id"], "filters": [{"field": "day", "operator": "within", "value": ["this_year", "today"]}]"#,
        &["wrong-value table.filters[0].value"],
    ),
    (
        r#""columns": ["case_id"], "filters": [{"field": "day", "operator": "within", "value": "today"},
           {"field": "day", "operator": "within", "value": "this_year"},
           {"or": [{"field": "day", "operator": "within", "value": "this_year"}]}]"#,
        &[
            "table-field table.filters[1].field",
            "table-field table.filters[2].or[0].field",
        ],
    ),
];

#[test]
fn what_is_wrong_with_a_table_over_one_source() {
    let mut failures = Vec::new();
    for (fields, expected) in OF_CASES {
        let text = format!(r#"{{"dataSources": ["cases"], {fields}}}"#);
        let found = match compiled(&definition(&text), "all") {
            Ok(table) => vec![table.query().sql().to_owned()],
            Err(errors) => lines(&errors),
        };
        if found != expected {
            failures.push(format!("{fields}\n  {found:#?}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// Definitions over several sources, and what is found in them.
const OVER_SEVERAL: [(&str, &[&str]); 18] = [
    (
        r#"{"dataSources": ["cases", "person"], "columns": ["case_id"]}"#,
        &["unknown-source table.dataSources[1]"],
    ),
    (
        r#"{"dataSources": ["cases", "cases"], "columns": ["case_id"]}"#,
        &["table-source table.dataSources[1]"],
    ),
    (
        r#"{"dataSources": ["cases", "persons"], "columns": ["case_id"]}"#,
        &["table-source table.dataSources[1]"],
    ),
    (
        r#"{"dataSources": ["cases"], "columns": ["case_id", "persons.region"]}"#,
        &["table-source table.columns[1]"],
    ),
    // Reached without saying so.
    (
        r#"{"dataSources": ["cases"], "columns": ["case_id", "region"], "sortBy": [{"field": "person.level"}]}"#,
        &[
            "table-source table.columns[1]",
            "table-source table.sortBy[0].field",
        ],
    ),
    (
        r#"{"dataSources": ["cases", "surveys"], "columns": ["case_id", "surveys.category"]}"#,
        &["table-source table.columns[1]"],
    ),
    // Each person would be there once for each of their cases.
    (
        r#"{"dataSources": ["cases", "investigations"], "columns": ["case_id", "investigations.hours"]}"#,
        &["fan-out table.columns[1]"],
    ),
    (
        r#"{"dataSources": ["cases", "investigations"], "groupBy": ["investigations.hours"],
           "aggregates": [{"field": "cases.amount", "function": "SUM"}]}"#,
        &["metric-unavailable table.aggregates[0]"],
    ),
    (
        r#"{"dataSources": ["cases", "staff"], "columns": ["case_id", "staff.team"]}"#,
        &["ambiguous-path table.columns[1]"],
    ),
    // A column that is no dimension does not come along.
    (
        r#"{"dataSources": ["cases", "persons"], "columns": ["case_id", "persons.name"]}"#,
        &["unknown-dimension table.columns[1]"],
    ),
    (
        r#"{"dataSources": ["cases", "persons"], "columns": ["case_id", "persons.status"]}"#,
        &["table-field table.columns[1]"],
    ),
    (
        r#"{"dataSources": ["cases", "persons"], "columns": ["case_id", "persons.nothing"]}"#,
        &["unknown-dimension table.columns[1]"],
    ),
    // Cases have the column, and persons do not.
    (
        r#"{"dataSources": ["cases", "persons"], "columns": ["case_id", "persons.note"]}"#,
        &["unknown-dimension table.columns[1]"],
    ),
    (
        r#"{"dataSources": ["cases", "persons"], "aggregates": [{"field": "persons.amount", "function": "SUM"}]}"#,
        &["metric-unavailable table.aggregates[0]"],
    ),
    // Both have the column, and the source that is asked first would answer for the other.
    (
        r#"{"dataSources": ["investigations", "cases"], "groupBy": ["cases.status"], "aggregates": [
           {"field": "investigations.case_id", "function": "COUNT"},
           {"field": "cases.amount", "function": "SUM"}, {"field": "cases.case_id", "function": "countDistinct"}]}"#,
        &["table-source table.aggregates[2]"],
    ),
    (
        r#"{"dataSources": ["surveys"], "aggregates": [{"function": "COUNT"}]}"#,
        &["table-source table.aggregates[0]"],
    ),
    (
        r#"{"dataSources": ["cases", "persons"], "aggregates": [{"field": "staff.*", "function": "COUNT"},
           {"field": "surveys.score", "function": "SUM"}]}"#,
        &[
            "table-source table.aggregates[0].field",
            "table-source table.aggregates[1].field",
        ],
    ),
    // What a metric rests on is listed too.
    (
        r#"{"dataSources": ["investigations"], "aggregates": [{"metric": "hours_per_case"}]}"#,
        &["table-source table.aggregates[0]"],
    ),
];

#[test]
fn what_is_wrong_with_a_table_over_several() {
    let mut failures = Vec::new();
    for (text, expected) in OVER_SEVERAL {
        let found = match compiled(&definition(text), "all") {
            Ok(table) => vec![table.query().sql().to_owned()],
            Err(errors) => lines(&errors),
        };
        if found != expected {
            failures.push(format!("{text}\n  {found:#?}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn everything_is_said_at_once() {
    let text = r#"{"dataSources": ["cases", "nowhere"], "columns": ["case_id", "persons.region", "stat"],
        "filters": [{"field": "amount", "operator": "gt", "value": "x"},
                    {"field": "closed_on", "operator": "within", "value": "today"}],
        "sortBy": [{"field": "nothing"}]}"#;
    let errors = compiled(&definition(text), "all").expect_err("much is wrong");
    assert_eq!(
        lines(&errors),
        [
            "unknown-source table.dataSources[1]",
            "table-source table.columns[1]",
            "table-field table.filters[1].field",
            "unknown-column table.columns[2]",
            "unknown-key table.sortBy[0].field",
            "value-type table.filters[0].value[0]",
        ]
    );
}

#[test]
fn what_is_wrong_with_a_page_is_of_the_page() {
    let table = definition(r#"{"dataSources": ["surveys"], "columns": ["score"]}"#);
    let page = TablePage {
        limit: Some(5),
        offset: None,
        after: Some(vec![Scalar::from(1)]),
    };
    let found = tables::compiled(&table, &compiler(Dialect::Postgres), &reader("all"), &page);
    let errors = found.expect_err("surveys have no primary key");
    assert_eq!(lines(&errors), ["no-primary-key page.after"]);
}

#[test]
fn what_is_wrong_with_a_context_stays_there() {
    let mut context = reader("all");
    context.timezone = Some("Nowhere/At_All".into());
    let table = definition(r#"{"dataSources": ["cases"], "columns": ["case_id"]}"#);
    let page = TablePage::default();
    let found = tables::compiled(&table, &compiler(Dialect::Postgres), &context, &page);
    let errors = found.expect_err("no such zone");
    assert_eq!(lines(&errors), ["unknown-zone context.timezone"]);
}

#[test]
fn malformed_definitions() {
    let cases: [(&str, &[&str]); 12] = [
        ("[]", &["wrong-type table"]),
        (
            r#"{"columns": ["a"]}"#,
            &["missing-field table.dataSources"],
        ),
        (
            r#"{"dataSources": [], "columns": []}"#,
            &["wrong-value table.dataSources", "wrong-value table.columns"],
        ),
        (
            r#"{"dataSources": ["a"]}"#,
            &["missing-field table.columns"],
        ),
        (
            r#"{"dataSources": ["a"], "data_sources": ["b"], "columns": ["x", 3], "limit": 5}"#,
            &[
                "unknown-field table.data_sources",
                "wrong-type table.columns[1]",
                "unknown-field table.limit",
            ],
        ),
        (
            r#"{"dataSources": ["a"], "columns": ["x"], "filters": [{"field": "x", "operator": "is", "value": 1},
               {"field": "x", "operator": "eq"}, {"field": "x", "operator": "eq", "value": 1, "values": [1]},
               {"field": "x", "operator": "eq", "value": {"a": 1}}]}"#,
            &[
                "wrong-value table.filters[0].operator",
                "missing-field table.filters[1].value",
                "unknown-field table.filters[2].values",
                "wrong-type table.filters[3].value",
            ],
        ),
        (
            r#"{"dataSources": ["a"], "columns": ["x"], "aggregates": [{"field": "x", "function": "PRODUCT"},
               {"metric": "m", "function": "SUM"}, {}]}"#,
            &[
                "wrong-value table.aggregates[0].function",
                "unknown-field table.aggregates[1].function",
                "missing-field table.aggregates[2].function",
            ],
        ),
        (
            r#"{"dataSources": ["a"], "columns": ["x"], "sortBy": [{"field": "x", "direction": "up"}],
               "destinations": [{"type": "wall"}, {"id": "7"}], "visibility": "WORLD"}"#,
            &[
                "wrong-value table.visibility",
                "wrong-value table.sortBy[0].direction",
                "wrong-value table.destinations[0].type",
                "missing-field table.destinations[1].type",
            ],
        ),
        (
            r#"{"dataSources": ["a"], "columns": ["x"], "scheduleConfig": {"frequency": "hourly", "recipients": [],
               "format": "docx"}}"#,
            &[
                "wrong-value table.scheduleConfig.frequency",
                "wrong-value table.scheduleConfig.recipients",
                "wrong-value table.scheduleConfig.format",
            ],
        ),
        (
            r#"{"dataSources": ["a"], "columns": ["x"], "sharedWithUsers": [" "], "createdVia": "MAGIC"}"#,
            &[
                "wrong-value table.createdVia",
                "wrong-value table.sharedWithUsers[0]",
            ],
        ),
        // Nothing of a context is in a definition.
        (
            r#"{"dataSources": ["a"], "columns": ["x"], "client_id": 2, "access": [], "organizationId": 2}"#,
            &[
                "unknown-field table.client_id",
                "unknown-field table.access",
                "unknown-field table.organizationId",
            ],
        ),
        ("{", &["json-syntax table"]),
    ];
    for (text, expected) in cases {
        assert_eq!(lines(&read(text, &Limits::default())), expected, "{text}");
    }
}

#[test]
fn limits_hold() {
    let deep = |depth: usize| {
        let inner = r#"{"field": "x", "operator": "isNull"}"#.to_owned();
        let nested = (1..depth).fold(inner, |inner, _| format!(r#"{{"not": {inner}}}"#));
        format!(r#"{{"dataSources": ["a"], "columns": ["x"], "filters": [{nested}]}}"#)
    };
    let cases = [
        (
            "sources",
            1,
            r#"{"dataSources": ["a", "b"], "columns": ["x"]}"#.to_owned(),
        ),
        (
            "selected_items",
            1,
            r#"{"dataSources": ["a"], "columns": ["x", "y"]}"#.to_owned(),
        ),
        (
            "list_values",
            1,
            r#"{"dataSources": ["a"], "columns": ["x"],
                "filters": [{"field": "x", "operator": "in", "value": [1, 2]}]}"#
                .to_owned(),
        ),
        ("filter_depth", 3, deep(4)),
        ("filter_nodes", 3, deep(4)),
        ("request_bytes", 20, deep(1)),
    ];
    for (name, bound, text) in cases {
        let mut few = Limits::default();
        limits::set(&mut few, name, bound).expect("a limit");
        let errors = read(&text, &few).to_string();
        assert!(errors.contains("limit-exceeded"), "{name}: {errors}");
        assert!(errors.contains(name), "{name}: {errors}");
        assert!(TableDefinition::from_json(&text, &Limits::default()).is_ok());
    }
    let mut few = Limits::default();
    limits::set(&mut few, "filter_depth", 4).expect("a limit");
    assert!(TableDefinition::from_json(&deep(4), &few).is_ok());
}
