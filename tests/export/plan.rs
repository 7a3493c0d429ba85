//! The plan of a file's columns, its cells, and what tells one export from another.

use measurand::report::{CellFormat, CellType, ExportColumnKind};
use measurand::{Date, Decimal, Dialect, Moment, Timestamp, Value, Zone};
use measurand_tests::support::exports::export;
use serde_json::json;
use sqlparser::ast::{SetExpr, Statement};
use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::parser::Parser;

use super::{context, stock};

#[test]
fn the_plan_says_where_each_column_comes_from_and_how_it_is_written() {
    let exporter = stock(Dialect::Postgres);
    let request = r#"{"columns": ["case_number", "opened_on", "business_unit_name", "inv_2_status", "investigation_count",
        "fraud_amount", "amount"]}"#;
    let export = export(&exporter, request, &context(1, "")).expect("an export");
    let plan = serde_json::to_value(export.columns()).expect("a plan");
    let expected = json!([
        {"name": "case_number", "label": "Case number", "kind": "core", "data_type": "text", "format": null},
        {"name": "business_unit_name", "label": "Business unit", "kind": "core", "data_type": "text", "format": null},
        {"name": "opened_on", "label": "Opened on", "kind": "core", "data_type": "date",
         "format": {"type": "date", "pattern": "DD.MM.YYYY"}},
        {"name": "inv_2_status", "label": "Inv 2 Status", "kind": "child", "group": "inv", "number": 2,
         "data_type": "text", "format": null},
        {"name": "investigation_count", "label": "Investigation count", "kind": "count", "group": "inv",
         "data_type": "integer", "format": null},
        {"name": "amount", "label": "Amount", "kind": "tag", "slot": 1, "data_type": "decimal",
         "format": {"type": "number", "pattern": null}},
        {"name": "fraud_amount", "label": "Amount (fraud)", "kind": "tag", "slot": 3, "data_type": "decimal",
         "format": {"type": "currency", "pattern": "$#,##0.00"}},
    ]);
    assert_eq!(plan, expected);
    let header = [
        "case_number",
        "business_unit_name",
        "opened_on",
        "inv_2_status",
        "investigation_count",
        "amount",
        "fraud_amount",
    ];
    assert_eq!(export.header(), header);
    let whole = serde_json::to_value(&export).expect("an export");
    assert_eq!(whole["columns"], expected);
    assert_eq!(whole["dialect"], "postgres");
    assert!(whole.get("page").is_none());
}

#[test]
fn what_only_the_next_page_needs_is_no_column_of_the_file() {
    let exporter = stock(Dialect::Postgres);
    let request = r#"{"columns": ["case_status"], "limit": 2}"#;
    let export = export(&exporter, request, &context(1, "")).expect("an export");
    assert_eq!(export.header(), ["case_status"]);
    let kinds: Vec<bool> = export
        .columns()
        .iter()
        .map(|column| column.is_in_file())
        .collect();
    assert_eq!(kinds, [true, false]);
    assert_eq!(export.columns()[1].kind, ExportColumnKind::PageKey);
    let page = export.page().expect("a page");
    assert_eq!((page.limit(), page.after_columns()), (2, Some(&[1][..])));
}

/// The slots are in the order of their numbers, whatever order they were written in.
#[test]
fn tags_stand_in_the_order_of_their_slots() {
    let exporter = stock(Dialect::Postgres);
    let slots: Vec<u8> = exporter.tags().map(|tag| tag.slot).collect();
    assert_eq!(slots, [1, 2, 3, 4, 5, 6, 7, 8, 20]);
    let request = r#"{"include_children": false}"#;
    let export = export(&exporter, request, &context(1, "")).expect("an export");
    let header = export.header();
    assert_eq!(header.len(), 17);
    assert_eq!(header[8..11], ["amount", "due", "fraud_amount"]);
    assert_eq!(header.last(), Some(&"deeper"));
    // Tags of investigations are theirs, shown or not.
    assert!(header.contains(&"q5") && !header.contains(&"inv_1_status"));
}

#[test]
fn cells_are_written_by_their_patterns() {
    let zone = Zone::parse("America/New_York").expect("a zone");
    let number = |text: &str| Value::Decimal(Decimal::parse(text).expect("a number"));
    let date = Value::Date(Date::parse("2026-03-09").expect("a date"));
    let clock = Value::Timestamp(Timestamp::parse("2026-03-09 23:05").expect("a time"));
    let moment = Value::Timestamptz(Moment::parse("2026-03-09T02:30:00Z").expect("a moment"));
    let cases = [
        (
            CellType::Currency,
            Some("$#,##0.00"),
            number("1250.5"),
            "$1,250.50",
        ),
        (CellType::Currency, None, number("1250.505"), "1,250.51"),
        (
            CellType::Currency,
            Some("#,##0.00 EUR"),
            Value::Integer(-3),
            "-3.00 EUR",
        ),
        (CellType::Percentage, Some("0.0%"), number("0.125"), "12.5%"),
        (CellType::Percentage, None, number("1"), "100.00%"),
        (CellType::Number, None, number("17.125"), "17.125"),
        (CellType::Number, Some("000"), Value::Integer(7), "007"),
        (CellType::Date, None, date.clone(), "2026-03-09"),
        (CellType::Date, Some("DD.MM.YY"), date, "09.03.26"),
        (
            CellType::Date,
            Some("YYYY-MM-DD HH:mm"),
            clock,
            "2026-03-09 23:05",
        ),
        // Clocks had been moved the night before.
        (
            CellType::Date,
            Some("YYYY-MM-DD HH:mm"),
            moment,
            "2026-03-08 22:30",
        ),
        (
            CellType::Boolean,
            Some("Yes/No"),
            Value::Boolean(true),
            "Yes",
        ),
        (CellType::Boolean, None, Value::Boolean(false), "false"),
        (CellType::Text, None, Value::Text("=1+1".into()), "=1+1"),
        // What the pattern has no way to show is shown as it is.
        (
            CellType::Number,
            Some("0.00"),
            Value::Text("n/a".into()),
            "n/a",
        ),
    ];
    for (cell, pattern, value, expected) in cases {
        let format = CellFormat::new(cell, pattern).expect("a pattern");
        assert_eq!(
            format.write(Some(&value), &zone),
            expected,
            "{cell:?} {pattern:?}"
        );
        assert_eq!(format.write(None, &zone), "");
    }
}

#[test]
fn the_text_holds_no_value_and_depends_on_none() {
    let exporter = stock(Dialect::Postgres);
    let of = |values: &str, from: &str| {
        let request = format!(
            r#"{{"filters": {{"statuses": {values}}}, "date_range": {{"start": "{from}", "end": "2026-12-31"}}}}"#
        );
        export(&exporter, &request, &context(1, "")).expect("an export")
    };
    let one = of(r#"["open"]"#, "2026-01-01");
    let other = of(r#"["closed", "secret"]"#, "2026-02-01");
    assert_eq!(one.sql(), other.sql());
    assert_ne!(one.fingerprint(), other.fingerprint());
    assert_eq!(
        one.fingerprint(),
        of(r#"["open"]"#, "2026-01-01").fingerprint()
    );
    for word in ["'open", "secret", "2026", "'fraud"] {
        assert!(!other.sql().contains(word), "{word}\n{}", other.sql());
    }
    assert!(!format!("{other:?}").contains("secret"));
}

/// Two ways to write a cell are two files, though one statement gives the rows of both.
#[test]
fn another_pattern_is_another_fingerprint() {
    let print = |tags: &str| {
        let catalog = super::cases_catalog();
        let exporter = measurand_tests::support::exports::exporter(
            &catalog,
            super::DEFINITION,
            tags,
            Dialect::Postgres,
        );
        let exporter = exporter.expect("an exporter");
        let export = export(&exporter, "{}", &context(1, "")).expect("an export");
        (export.sql().to_owned(), export.fingerprint())
    };
    let (one, first) = print(super::TAGS);
    let (other, second) = print(&super::TAGS.replace("$#,##0.00", "#,##0"));
    assert_eq!(one, other);
    assert_ne!(first, second);
}

#[test]
fn every_statement_is_one_select_to_another_parser() {
    let exporter = stock(Dialect::Postgres);
    for request in [
        "{}",
        r#"{"include_children": false}"#,
        r#"{"children": {"inv": 10}, "limit": 5}"#,
    ] {
        let export = export(&exporter, request, &context(1, "")).expect("an export");
        let parsed = Parser::parse_sql(&PostgreSqlDialect {}, export.sql()).expect("a statement");
        let [Statement::Query(query)] = parsed.as_slice() else {
            panic!("not one query\n{}", export.sql());
        };
        assert!(matches!(*query.body, SetExpr::Select(_)) && query.locks.is_empty());
    }
}
