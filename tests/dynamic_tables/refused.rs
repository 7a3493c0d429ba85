//! What is wrong with tables and queries is said at once, by code and at its place.

use measurand::report::{DynamicTables, RecordReader, TablePage};
use measurand::{Dialect, Errors, Limits};

use super::world::{compiled, context, read, store, tables};

fn lines(errors: &Errors) -> Vec<String> {
    let line = |error: &measurand::Error| format!("{} {}", error.code(), error.path().as_str());
    errors.iter().map(line).collect()
}

/// Columns of a table of orders beside `status`, `price` and `pieces`, and what is found in them.
const COLUMNS: [(&str, &[&str]); 26] = [
    (
        r#""slug": "Status", "type": "text""#,
        &["slug tables.table_columns[3].slug"],
    ),
    (
        r#""slug": "a\"; --", "type": "text""#,
        &["slug tables.table_columns[3].slug"],
    ),
    (
        r#""slug": "deleted_at", "type": "text""#,
        &["slug tables.table_columns[3].slug"],
    ),
    (
        r#""slug": "status", "type": "text""#,
        &["duplicate-slug tables.table_columns[3].slug"],
    ),
    (
        r#""slug": "x", "type": "money""#,
        &["wrong-value tables.table_columns[3].type"],
    ),
    (
        r#""slug": "x", "type": "relationship""#,
        &["missing-field tables.table_columns[3].settings"],
    ),
    (
        r#""slug": "x", "type": "relationship", "settings": {}"#,
        &["missing-field tables.table_columns[3].settings.table"],
    ),
    (
        r#""slug": "x", "type": "relationship", "settings": {"table": "nothing"}"#,
        &["column-setting tables.table_columns[3].settings.table"],
    ),
    (
        r#""slug": "x", "type": "rollup", "settings": {"table": "orders", "relationship": "status", "function": "count"}"#,
        &["column-setting tables.table_columns[3].settings.relationship"],
    ),
    (
        r#""slug": "x", "type": "rollup", "settings": {"table": "orders", "relationship": "status", "function": "median"}"#,
        &["wrong-value tables.table_columns[3].settings.function"],
    ),
    (
        r#""slug": "x", "type": "rollup", "settings": {"table": "orders", "relationship": "status", "function": "sum"}"#,
        &["missing-field tables.table_columns[3].settings.field"],
    ),
    (
        r#""slug": "x", "type": "rollup", "settings": {"table": "orders", "relationship": "r", "function": "sum", "field": "no"}"#,
        &[
            "column-setting tables.table_columns[3].settings.relationship",
            "column-setting tables.table_columns[3].settings.field",
        ],
    ),
    (
        r#""slug": "x", "type": "rollup", "settings": {"table": "orders", "relationship": "r", "function": "avg", "field": "status"}"#,
        &[
            "column-setting tables.table_columns[3].settings.relationship",
            "column-setting tables.table_columns[3].settings.field",
        ],
    ),
    (
        r#""slug": "x", "type": "multi_select", "settings": {"options": ["a\\b"]}"#,
        &["wrong-value tables.table_columns[3].settings.options[0]"],
    ),
    (
        r#""slug": "x", "type": "formula", "settings": {"expression": "price +"}"#,
        &["fragment-syntax tables.table_columns[3].settings.expression"],
    ),
    (
        r#""slug": "x", "type": "formula", "settings": {"expression": "(SELECT 1)"}"#,
        &["fragment-forbidden tables.table_columns[3].settings.expression"],
    ),
    (
        r#""slug": "x", "type": "formula", "settings": {"expression": "pg_sleep(10)"}"#,
        &["unknown-function tables.table_columns[3].settings.expression"],
    ),
    (
        r#""slug": "x", "type": "formula", "settings": {"expression": "SUM(price)"}"#,
        &["misplaced-aggregate tables.table_columns[3].settings.expression"],
    ),
    (
        r#""slug": "x", "type": "formula", "settings": {"expression": "prise * 2"}"#,
        &["formula-type tables.table_columns[3].settings.expression"],
    ),
    (
        r#""slug": "x", "type": "formula", "settings": {"expression": "company_id"}"#,
        &["formula-type tables.table_columns[3].settings.expression"],
    ),
    (
        r#""slug": "x", "type": "formula", "settings": {"expression": "status * 2"}"#,
        &["formula-type tables.table_columns[3].settings.expression"],
    ),
    (
        r#""slug": "x", "type": "formula", "settings": {"expression": "POWER(price, 2)"}"#,
        &["formula-type tables.table_columns[3].settings.expression"],
    ),
    (
        r#""slug": "x", "type": "formula", "settings": {"expression": "CAST(status AS integer)"}"#,
        &["formula-type tables.table_columns[3].settings.expression"],
    ),
    (
        r#""slug": "x", "type": "formula", "settings": {"expression": "ROUND(price, pieces)"}"#,
        &["formula-type tables.table_columns[3].settings.expression"],
    ),
    (
        r#""slug": "x", "type": "formula", "settings": {"expression": "NULL"}"#,
        &["formula-type tables.table_columns[3].settings.expression"],
    ),
    (
        r#""slug": "x", "type": "formula", "settings": {"expression": "x + 1"}"#,
        &["formula-cycle tables.table_columns[3].settings.expression"],
    ),
];

fn orders(rest: &str) -> String {
    format!(
        r#"{{"table_defs": [{{"id": 1, "company_id": 1, "name": "Orders", "slug": "orders"}}],
        "table_columns": [{{"table_id": 1, "name": "Status", "slug": "status", "type": "text"}},
          {{"table_id": 1, "name": "Price", "slug": "price", "type": "number"}},
          {{"table_id": 1, "name": "Pieces", "slug": "pieces", "type": "integer"}}{rest}]}}"#
    )
}

#[test]
fn what_is_wrong_with_columns() {
    for (column, expected) in COLUMNS {
        let text = orders(&format!(r#", {{"table_id": 1, "name": "X", {column}}}"#));
        let errors = read(&text, Dialect::Postgres).err();
        let errors = errors.unwrap_or_else(|| panic!("{column}"));
        assert_eq!(lines(&errors), expected, "{column}\n{errors}");
    }
    assert!(read(&orders(""), Dialect::Postgres).is_ok());
}

/// Rows of `table_defs`, and what is found in them.
const TABLES: [(&str, &[&str]); 8] = [
    (
        r#"{"id": 1, "company_id": 1, "name": "A", "slug": "a-b"}, {"id": 2, "company_id": 1, "name": "B", "slug": "a_b"}"#,
        &["duplicate-slug tables.table_defs[1].slug"],
    ),
    (
        r#"{"id": 1, "company_id": 1, "name": "A", "slug": "a"}, {"id": 1, "company_id": 1, "name": "B", "slug": "b"}"#,
        &["duplicate-slug tables.table_defs[1].id"],
    ),
    (
        r#"{"id": 1, "company_id": 1, "name": "A", "slug": "a"}, {"id": 2, "company_id": 2, "name": "B", "slug": "b"}"#,
        &["foreign-row tables.table_defs[1].company_id"],
    ),
    (
        r#"{"id": "x", "company_id": 1, "name": "A", "slug": "a"}"#,
        &["wrong-value tables.table_defs[0].id"],
    ),
    (
        r##"{"id": 1, "company_id": 1, "name": "A", "slug": "a", "color": "#12345g"}"##,
        &["wrong-value tables.table_defs[0].color"],
    ),
    (
        r#"{"id": 1, "company_id": 1, "name": " ", "slug": "a"}"#,
        &["wrong-value tables.table_defs[0].name"],
    ),
    (
        r#"{"id": 1, "company_id": 1, "name": "A", "slug": "a", "settings": {"enableForms": true}}"#,
        &["unknown-field tables.table_defs[0].settings.enableForms"],
    ),
    (
        r#"{"company_id": 1, "slug": "a/b", "workspace": 5}"#,
        &[
            "missing-field tables.table_defs[0].id",
            "missing-field tables.table_defs[0].name",
            "slug tables.table_defs[0].slug",
            "unknown-field tables.table_defs[0].workspace",
        ],
    ),
];

#[test]
fn what_is_wrong_with_tables() {
    for (rows, expected) in TABLES {
        let text = format!(r#"{{"table_defs": [{rows}]}}"#);
        let errors = read(&text, Dialect::Postgres).err();
        let errors = errors.unwrap_or_else(|| panic!("{rows}"));
        assert_eq!(lines(&errors), expected, "{rows}\n{errors}");
    }
    let errors = read("{}", Dialect::Postgres).err().expect("nothing");
    assert_eq!(lines(&errors), ["missing-field tables.table_defs"]);
}

#[test]
fn formulas_rest_on_one_another_within_bounds() {
    let chain = |count: usize, of: &dyn Fn(usize) -> String| {
        let all = (0..count).map(|at| {
            format!(
                r#", {{"table_id": 1, "name": "F", "slug": "f{at}", "type": "formula", "settings": {{"expression": "{}"}}}}"#,
                of(at)
            )
        });
        orders(&all.collect::<String>())
    };
    let found = |text: &str, limits: &Limits| {
        let read = DynamicTables::from_json(text, &store(), Dialect::Postgres, limits);
        read.err().map(|errors| {
            let error = errors.iter().next().expect("an error");
            format!("{} {}", error.code(), error.message())
        })
    };
    let limits = Limits::default();
    // Each adds to the one before it.
    let sums = |at: usize| match at {
        0 => "price + 1".to_owned(),
        _ => format!("f{} + 1", at - 1),
    };
    assert_eq!(found(&chain(40, &sums), &limits), None);
    let deep = Limits {
        formula_depth: 39,
        ..Limits::default()
    };
    let message = found(&chain(40, &sums), &deep).expect("too deep");
    assert!(
        message.starts_with("limit-exceeded") && message.contains("formula_depth"),
        "{message}"
    );
    // Each is twice the one before it: the text would have 2^40 names.
    let doubles = |at: usize| match at {
        0 => "price".to_owned(),
        _ => format!("f{0} + f{0}", at - 1),
    };
    let message = found(&chain(40, &doubles), &limits).expect("too large");
    assert!(message.starts_with("limit-exceeded"), "{message}");
    let products = |at: usize| match at {
        0 => "price".to_owned(),
        _ => format!("f{0} * f{0}", at - 1),
    };
    let message = found(&chain(8, &products), &limits).expect("too many digits");
    assert!(
        message.starts_with("formula-type") && message.contains("64 values"),
        "{message}"
    );
    let around = |at: usize| format!("f{} + 1", (at + 1) % 3);
    let message = found(&chain(3, &around), &limits).expect("a cycle");
    assert!(message.contains("f0 -> f1 -> f2 -> f0"), "{message}");
    for (limits, text) in [
        (
            Limits {
                dynamic_columns: 2,
                ..Limits::default()
            },
            orders(""),
        ),
        (
            Limits {
                dynamic_tables: 0,
                ..Limits::default()
            },
            orders(""),
        ),
        (
            Limits {
                catalog_bytes: 100,
                ..Limits::default()
            },
            orders(""),
        ),
    ] {
        let message = found(&text, &limits).expect("a limit");
        assert!(message.starts_with("limit-exceeded"), "{message}");
    }
}

/// Queries of invoices, and what is found in them.
const QUERIES: [(&str, &[&str]); 11] = [
    (
        r#""columns": ["amuont"]"#,
        &["unknown-column table.columns[0]"],
    ),
    (
        r#""columns": ["customer.nam"]"#,
        &["unknown-column table.columns[0]"],
    ),
    (
        r#""columns": ["id"], "filters": [{"field": "tags", "operator": "eq", "value": "red"}]"#,
        &["table-field table.filters[0].operator"],
    ),
    (
        r#""columns": ["id"], "filters": [{"field": "tags", "operator": "contains", "value": "blue"}]"#,
        &["table-field table.filters[0].value"],
    ),
    (
        r#""aggregates": [{"field": "pieces", "function": "SUM"}]"#,
        &["table-field table.aggregates[0].field"],
    ),
    (
        r#""aggregates": [{"field": "size", "function": "SUM"}]"#,
        &["table-field table.aggregates[0].field"],
    ),
    (
        r#""aggregates": [{"field": "gross", "function": "MEDIAN"}]"#,
        &["table-field table.aggregates[0].field"],
    ),
    (
        r#""aggregates": [{"metric": "invoices__gross__sum"}]"#,
        &["unknown-metric table.aggregates[0].field"],
    ),
    (
        r#""columns": ["id"], "filters": [{"field": "amount", "operator": "gt", "value": "much"}]"#,
        &["value-type table.filters[0].value[0]"],
    ),
    (
        r#""columns": ["id"], "filters": [{"field": "amount", "operator": "contains", "value": "1"}]"#,
        &["operator-type table.filters[0].operator"],
    ),
    (
        r#""columns": ["id"], "sortBy": [{"field": "nothing"}]"#,
        &["unknown-column table.sortBy[0].field"],
    ),
];

#[test]
fn what_is_wrong_with_queries() {
    let tables = tables(Dialect::Postgres);
    let context = context(1, "[]");
    for (rest, expected) in QUERIES {
        let text = format!(r#"{{"dataSources": ["invoices"], {rest}}}"#);
        let found = compiled(
            &tables,
            &text,
            &RecordReader::of(&context),
            &TablePage::default(),
        );
        let errors = found.err().unwrap_or_else(|| panic!("{text}"));
        assert_eq!(lines(&errors), expected, "{text}\n{errors}");
    }
}
