//! No stored value makes the database raise, whatever is asked; and what is a value of its column is found.

use std::cell::RefCell;

use measurand::report::{DynamicTables, RecordReader, TablePage};
use measurand::{Dialect, Limits};
use measurand_tests::support::rows::{Rows, execute};
use postgres::Client;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::world::{compiled, context, database, store};

/// One column of every type, twice where they are compared or added up together.
const TABLES: &str = r#"{
  "table_defs": [
    {"id": 1, "company_id": 1, "name": "Parents", "slug": "parents"},
    {"id": 2, "company_id": 1, "name": "Children", "slug": "children"}],
  "table_columns": [
    {"table_id": 1, "name": "N", "slug": "n", "type": "number"},
    {"table_id": 1, "name": "M", "slug": "m", "type": "number"},
    {"table_id": 1, "name": "I", "slug": "i", "type": "integer"},
    {"table_id": 1, "name": "D", "slug": "d", "type": "date"},
    {"table_id": 1, "name": "T", "slug": "t", "type": "datetime"},
    {"table_id": 1, "name": "B", "slug": "b", "type": "checkbox"},
    {"table_id": 1, "name": "S", "slug": "s", "type": "text"},
    {"table_id": 1, "name": "O", "slug": "o", "type": "multi_select", "settings": {"options": ["red", "12"]}},
    {"table_id": 1, "name": "P", "slug": "p", "type": "relationship", "settings": {"table": "parents"}},
    {"table_id": 1, "name": "Product", "slug": "product", "type": "formula",
     "settings": {"expression": "n * m * n / m * i * i * i / n % m - n"}},
    {"table_id": 1, "name": "Text", "slug": "words", "type": "formula",
     "settings": {"expression": "CONCAT(UPPER(s), CASE WHEN b THEN s || s ELSE '-' END)"}},
    {"table_id": 1, "name": "Test", "slug": "test", "type": "formula",
     "settings": {"expression": "LENGTH(s) * LENGTH(words) * i > ROUND(n, 3) OR d BETWEEN DATE '2020-01-01' AND d"}},
    {"table_id": 1, "name": "Sum", "slug": "sum_of_n", "type": "rollup",
     "settings": {"table": "children", "relationship": "p", "function": "sum", "field": "product"}},
    {"table_id": 1, "name": "Greatest", "slug": "max_of_d", "type": "rollup",
     "settings": {"table": "children", "relationship": "p", "function": "max", "field": "d"}},
    {"table_id": 2, "name": "P", "slug": "p", "type": "relationship", "settings": {"table": "parents"}},
    {"table_id": 2, "name": "N", "slug": "n", "type": "number"},
    {"table_id": 2, "name": "I", "slug": "i", "type": "integer"},
    {"table_id": 2, "name": "D", "slug": "d", "type": "date"},
    {"table_id": 2, "name": "Product", "slug": "product", "type": "formula", "settings": {"expression": "n * i"}}]
}"#;

const QUERIES: [&str; 9] = [
    r#"{"dataSources": ["parents"], "columns": ["id", "n", "m", "i", "d", "t", "b", "s", "o", "p", "product", "words",
        "test", "sum_of_n", "max_of_d", "p.n", "p.d"]}"#,
    r#"{"dataSources": ["parents"], "columns": ["id"], "sortBy": [{"field": "n"}, {"field": "i"}, {"field": "d"},
        {"field": "t"}, {"field": "b"}, {"field": "s"}, {"field": "sum_of_n"}, {"field": "product"}]}"#,
    r#"{"dataSources": ["parents"], "columns": ["id"], "filters": [{"or": [
        {"field": "n", "operator": "gt", "value": 1}, {"field": "i", "operator": "in", "values": [1, 2, 3]},
        {"field": "d", "operator": "between", "value": ["2020-01-01", "2026-01-01"]},
        {"field": "t", "operator": "lt", "value": "2026-01-01T00:00:00Z"}, {"field": "b", "operator": "eq", "value": true},
        {"field": "s", "operator": "contains", "value": "a"}, {"field": "o", "operator": "contains", "value": "red"},
        {"field": "product", "operator": "gt", "value": 0}, {"field": "test", "operator": "eq", "value": true},
        {"field": "sum_of_n", "operator": "isNull"}, {"field": "p.n", "operator": "gt", "value": 0}]}]}"#,
    r#"{"dataSources": ["parents"], "groupBy": ["b"], "aggregates": [{"field": "n", "function": "SUM"},
        {"field": "n", "function": "AVG"}, {"field": "n", "function": "MIN"}, {"field": "n", "function": "MAX"},
        {"field": "n", "function": "STDDEV"}, {"field": "n", "function": "MEDIAN"},
        {"field": "i", "function": "SUM"}, {"field": "d", "function": "MAX"}, {"field": "s", "function": "COUNT_DISTINCT"}]}"#,
    r#"{"dataSources": ["parents"], "aggregates": [{"field": "product", "function": "SUM"},
        {"field": "product", "function": "AVG"}, {"field": "product", "function": "MAX"},
        {"field": "words", "function": "COUNT_DISTINCT"}, {"field": "test", "function": "COUNT"}]}"#,
    r#"{"dataSources": ["parents"], "groupBy": ["d.month"], "aggregates": [{"function": "COUNT"}]}"#,
    r#"{"dataSources": ["parents"], "groupBy": ["t.week"], "aggregates": [{"function": "COUNT"}]}"#,
    r#"{"dataSources": ["parents"], "groupBy": ["sum_of_n", "words"], "aggregates": [{"function": "COUNT"}]}"#,
    r#"{"dataSources": ["children"], "groupBy": ["p.d", "p.s"], "aggregates": [{"field": "product", "function": "SUM"}]}"#,
];

/// Texts that are almost a value of some type.
const TEXTS: [&str; 52] = [
    "abc",
    "1e999",
    "-1e-999",
    "1e9999",
    "",
    " ",
    " 12 ",
    "12",
    "-7",
    "+7",
    "007",
    "0x1F",
    "NaN",
    "Infinity",
    "-Infinity",
    "1_000",
    "1,5",
    ".5",
    "5.",
    ".",
    "+",
    "-",
    "--1",
    "1-2",
    "1.2.3",
    "5.e3",
    "-.e5",
    "true",
    "false",
    "t",
    "yes",
    "2023-02-30",
    "2024-02-29",
    "0000-01-01",
    "0001-01-01",
    "9999-12-31",
    "10000-01-01",
    "2024-13-01",
    "2024-00-10",
    "24-06-01",
    "10:00:00",
    "now",
    "epoch",
    "2026-01-01T10:00:00Z",
    "2026-02-30T10:00:00+14:00",
    "9999-12-31T23:59:59.999999-14:59",
    "0001-01-01T00:00:00+14:59",
    "2026-01-01 10:00",
    "2026-01-01T24:00:00Z",
    "\u{ff11}\u{ff12}",
    "1\n",
    "red",
];

/// Numbers as JSON writes them.
const NUMBERS: [&str; 16] = [
    "0",
    "-0",
    "1",
    "2",
    "3",
    "-1.50",
    "1e2",
    "1e-3",
    "1e100",
    "1e400",
    "-1e1200",
    "1e-400",
    "0.1",
    "123456789012345678",
    "12345678901234567890",
    "99999999999999999999999999999999999999999999.5",
];

fn number_or_text() -> impl Strategy<Value = String> {
    let text = proptest::sample::select(&TEXTS[..]).prop_map(quoted);
    let number = proptest::sample::select(&NUMBERS[..]).prop_map(str::to_owned);
    let digits = (1usize..400).prop_map(|length| quoted(&"9".repeat(length)));
    let any = "\\PC{0,12}".prop_map(|text| quoted(&text));
    let day = (0u32..11_000, 0u32..15, 0u32..34)
        .prop_map(|(year, month, day)| quoted(&format!("{year:04}-{month:02}-{day:02}")));
    let id = (1u32..30).prop_map(|id| id.to_string());
    prop_oneof![4 => text, 4 => number, 1 => digits, 1 => any, 2 => day, 2 => id]
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).expect("a text")
}

/// Any JSON, mostly scalars.
fn value() -> impl Strategy<Value = String> {
    let word =
        proptest::sample::select(&["null", "true", "false", "[]", "{}", r#"["red", "12"]"#][..]);
    let list = proptest::collection::vec(number_or_text(), 0..3);
    prop_oneof![
        8 => number_or_text(),
        2 => word.prop_map(str::to_owned),
        1 => list.prop_map(|all| format!("[{}]", all.join(", "))),
        1 => number_or_text().prop_map(|one| format!(r#"{{"n": {one}}}"#)),
    ]
}

fn document() -> impl Strategy<Value = String> {
    const KEYS: [&str; 9] = ["n", "m", "i", "d", "t", "b", "s", "o", "p"];
    let fields = KEYS.map(|key| {
        proptest::option::weighted(0.9, value())
            .prop_map(move |value| value.map(|value| format!(r#""{key}": {value}"#)))
    });
    let object = fields.prop_map(|fields| {
        let fields: Vec<String> = fields.into_iter().flatten().collect();
        format!("{{{}}}", fields.join(", "))
    });
    prop_oneof![20 => object, 1 => value()]
}

fn fill(client: &mut Client, documents: &[String]) {
    client
        .batch_execute("TRUNCATE table_records")
        .expect("an empty table");
    for (at, document) in documents.iter().enumerate() {
        let table = i64::try_from(at % 2 + 1).expect("a number");
        let id = i64::try_from(at + 1).expect("a number");
        let sql = format!(
            "INSERT INTO table_records VALUES ({id}, 1, {table}, NULL, '{}', '2026-01-01', NULL)",
            document.replace('\'', "''")
        );
        client
            .batch_execute(&sql)
            .unwrap_or_else(|error| panic!("{error}: {document}"));
    }
}

#[test]
fn no_stored_value_raises() {
    let limits = Limits::default();
    let tables = DynamicTables::from_json(TABLES, &store(), Dialect::Postgres, &limits);
    let tables = tables.unwrap_or_else(|errors| panic!("{errors}"));
    let context = context(1, "[]");
    let reader = RecordReader::of(&context);
    let queries = QUERIES.map(|text| {
        let found = compiled(&tables, text, &reader, &TablePage::default());
        found.unwrap_or_else(|errors| panic!("{errors}\n{text}"))
    });
    let client = RefCell::new(database("dynamic_tables_stored"));
    let mut runner = TestRunner::new(Config {
        cases: 100,
        failure_persistence: None,
        ..Config::default()
    });
    let documents = proptest::collection::vec(document(), 1..24);
    let outcome = runner.run(&documents, |documents| {
        let mut client = client.borrow_mut();
        fill(&mut client, &documents);
        for query in &queries {
            let rows = execute(query.query(), &mut client);
            prop_assert!(rows.is_ok(), "{rows:?}\n{}", query.query().sql());
        }
        Ok(())
    });
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
}

#[test]
fn what_is_a_value_is_found_and_nothing_else_is() {
    let limits = Limits::default();
    let tables = DynamicTables::from_json(TABLES, &store(), Dialect::Postgres, &limits);
    let tables = tables.unwrap_or_else(|errors| panic!("{errors}"));
    let context = context(1, "[]");
    let query = r#"{"dataSources": ["parents"], "columns": ["n", "i", "d", "t"], "sortBy": [{"field": "id"}]}"#;
    let query = compiled(
        &tables,
        query,
        &RecordReader::of(&context),
        &TablePage::default(),
    );
    let query = query.unwrap_or_else(|errors| panic!("{errors}"));
    let mut client = database("dynamic_tables_values");
    client
        .batch_execute("SET TimeZone TO 'Asia/Tokyo'; SET DateStyle TO 'SQL, DMY'")
        .expect("settings");
    const NO: &str = "∅";
    let of = |n: &str, i: &str, d: &str, t: &str| {
        let document = format!(r#"{{"n": {n}, "i": {i}, "d": {d}, "t": {t}}}"#);
        document.replace('`', "\"")
    };
    let long = "9".repeat(255);
    let fits = "9".repeat(254);
    let expected: [(String, [&str; 4]); 12] = [
        (
            of("`1e3`", "`+5`", "`2024-02-29`", "`2026-01-01T10:00:00Z`"),
            ["1000", "5", "29/02/2024", "01/01/2026 19:00:00 JST"],
        ),
        (
            of("1e3", "5", "`2023-02-29`", "`2026-01-01T10:00:00.5-01:30`"),
            ["1000", "5", NO, "01/01/2026 20:30:00.5 JST"],
        ),
        (
            of("` 12`", "` 5`", "`2024-2-9`", "`2026-01-01T10:00:00`"),
            [NO, NO, NO, NO],
        ),
        (
            of("`-.5`", "1.0", "`20240229`", "`2026-02-30T10:00:00Z`"),
            ["-0.5", NO, NO, NO],
        ),
        (
            of("`5.`", "`1e1`", "20240229", "`2026-01-01`"),
            ["5", NO, NO, NO],
        ),
        (of("true", "true", "true", "true"), [NO, NO, NO, NO]),
        (
            of("[5]", "[5]", "[`2024-02-29`]", "[`2026-01-01T10:00:00Z`]"),
            [NO, NO, NO, NO],
        ),
        (of("{}", "{}", "{}", "{}"), [NO, NO, NO, NO]),
        (
            of(
                "`NaN`",
                "`123456789012345678`",
                "`0000-01-01`",
                "`2026-01-01T24:00:00Z`",
            ),
            [NO, "123456789012345678", NO, NO],
        ),
        (
            of(
                "`Infinity`",
                "`1234567890123456789`",
                "`infinity`",
                "`infinity`",
            ),
            [NO, NO, NO, NO],
        ),
        (
            of(&format!("`{long}`"), "`0x1F`", "`now`", "`now`"),
            [NO, NO, NO, NO],
        ),
        (
            of(&format!("`{fits}`"), "null", "null", "null"),
            [&fits, NO, NO, NO],
        ),
    ];
    client
        .batch_execute("TRUNCATE table_records")
        .expect("an empty table");
    for (at, (document, _)) in expected.iter().enumerate() {
        let sql = format!(
            "INSERT INTO table_records VALUES ({at}, 1, 1, NULL, '{document}', '2026-01-01', NULL)"
        );
        client
            .batch_execute(&sql)
            .unwrap_or_else(|error| panic!("{error}: {document}"));
    }
    let found = execute(query.query(), &mut client).expect("rows");
    let found = super::rows::shown(&query, found);
    let wanted = expected.map(|(_, cells)| cells.map(str::to_owned).to_vec());
    assert_eq!(found, Rows::from(wanted));
}
