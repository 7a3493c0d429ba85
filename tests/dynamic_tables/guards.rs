//! Whose records are seen: of the company, of the workspace, of the page; and that nothing of a user becomes SQL.

use measurand::report::{DynamicTables, RecordIds, RecordReader, RecordStore, TablePage};
use measurand::{Context, Dialect, ErrorCode, Limits, Scalar};
use measurand_tests::support::rows::{NULL, Rows, execute};

use super::rows::shown;
use super::world::{compiled, context, database, read, tables};

/// Company 2, with tables under the slugs of company 1.
const OTHERS: &str = r#"{
  "table_defs": [{"id": 21, "company_id": 2, "name": "Customers", "slug": "customers"},
    {"id": 22, "company_id": 2, "name": "Invoices", "slug": "invoices"}],
  "table_columns": [{"table_id": 21, "name": "Name", "slug": "name", "type": "text"},
    {"table_id": 22, "name": "Amount", "slug": "amount", "type": "number"},
    {"table_id": 22, "name": "Customer", "slug": "customer", "type": "relationship", "settings": {"table": "customers"}},
    {"table_id": 21, "name": "Invoiced", "slug": "invoiced", "type": "rollup",
     "settings": {"table": "invoices", "relationship": "customer", "function": "count"}}]
}"#;

#[test]
fn two_companies_with_the_same_slugs_see_their_own_records() {
    let mut client = database("dynamic_tables_companies");
    let others = read(OTHERS, Dialect::Postgres).expect("tables");
    let context = context(2, "[]");
    let reader = RecordReader::of(&context);
    let mut rows = |text: &str| {
        let found = compiled(&others, text, &reader, &TablePage::default());
        let found = found.unwrap_or_else(|errors| panic!("{errors}"));
        let answer = execute(found.query(), &mut client).expect("rows");
        shown(&found, answer)
    };
    assert_eq!(
        rows(
            r#"{"dataSources": ["invoices"], "columns": ["id", "amount", "customer", "customer.name"]}"#
        ),
        [["2201", "5000", "101", NULL]]
    );
    assert_eq!(
        rows(r#"{"dataSources": ["customers"], "columns": ["id", "name", "invoiced"]}"#),
        [["2101", "Zoe", NULL]]
    );
}

#[test]
fn nobody_reads_the_tables_of_another_company() {
    let tables = tables(Dialect::Postgres);
    let stranger = context(2, "[]");
    let reader = RecordReader::of(&stranger);
    assert_eq!(tables.visible_to(&reader).count(), 0);
    let text = r#"{"dataSources": ["invoices"], "columns": ["id"]}"#;
    let errors =
        compiled(&tables, text, &reader, &TablePage::default()).expect_err("another company");
    assert!(errors.has(ErrorCode::UnknownTable), "{errors}");
}

#[test]
fn tables_of_a_workspace_are_unknown_outside_of_it() {
    let tables = tables(Dialect::Postgres);
    let context = context(1, "[]");
    let slugs = |reader: &RecordReader<'_>| {
        let seen = tables.visible_to(reader);
        seen.map(|table| table.slug.as_str()).collect::<Vec<_>>()
    };
    let outside = RecordReader::of(&context);
    assert_eq!(slugs(&outside), ["customers", "invoices", "invoice-lines"]);
    assert_eq!(
        slugs(&outside.in_workspace("5")),
        ["customers", "invoices", "invoice-lines", "notes"]
    );
    let page = TablePage::default();
    let asked = [
        (
            r#"{"dataSources": ["notes"], "columns": ["id"]}"#,
            ErrorCode::UnknownTable,
        ),
        (
            r#"{"dataSources": ["invoices"], "columns": ["note_count"]}"#,
            ErrorCode::UnknownColumn,
        ),
    ];
    for (text, code) in asked {
        for reader in [outside, outside.in_workspace("6")] {
            let errors = compiled(&tables, text, &reader, &page).expect_err("another workspace");
            assert!(errors.has(code), "{errors}");
            // What is there and not seen is told of as what is not there.
            let nowhere = text
                .replace("notes", "nates")
                .replace("note_count", "nate_count");
            let absent = compiled(&tables, &nowhere, &reader, &page).expect_err("nothing");
            let absent = absent.to_string().replace("nate_count", "note_count");
            assert_eq!(errors.to_string(), absent);
        }
        assert!(compiled(&tables, text, &outside.in_workspace("5"), &page).is_ok());
    }
}

#[test]
fn columns_that_protect_records_are_unknown() {
    let tables = tables(Dialect::Postgres);
    let context = context(1, "[]");
    for hidden in [
        "data",
        "company_id",
        "table_id",
        "deleted_at",
        "workspace_id",
        "customer__id",
        "invoices__gross",
        "customer.data",
        "customers.data",
        "invoices.data",
        "pieces__rollup.id",
    ] {
        for text in [
            format!(r#"{{"dataSources": ["invoices"], "columns": ["{hidden}"]}}"#),
            format!(
                r#"{{"dataSources": ["invoices"], "groupBy": ["{hidden}"], "aggregates": [{{"function": "COUNT"}}]}}"#
            ),
            format!(
                r#"{{"dataSources": ["invoices"], "aggregates": [{{"field": "{hidden}", "function": "COUNT"}}]}}"#
            ),
            format!(
                r#"{{"dataSources": ["invoices"], "columns": ["id"], "sortBy": [{{"field": "{hidden}"}}]}}"#
            ),
            format!(
                r#"{{"dataSources": ["invoices"], "columns": ["id"], "filters": [{{"field": "{hidden}", "operator": "isNull"}}]}}"#
            ),
        ] {
            let found = compiled(
                &tables,
                &text,
                &RecordReader::of(&context),
                &TablePage::default(),
            );
            let errors = found.err().unwrap_or_else(|| panic!("{text}"));
            assert!(errors.has(ErrorCode::UnknownColumn), "{text}\n{errors}");
        }
    }
}

#[test]
fn a_rule_holds_on_what_is_rolled_up_and_hides_no_record_beside_it() {
    let mut client = database("dynamic_tables_rules");
    let tables = tables(Dialect::Postgres);
    // The lines are seen by their shipping; invoices have no such column, so they cannot be asked themselves.
    let rules =
        r#"[{"dimension": "shipped", "access_type": "include", "allowed_values": ["2026-02-18"]}]"#;
    let context = context(1, rules);
    let reader = RecordReader::of(&context);
    let page = TablePage::default();
    let text = r#"{"dataSources": ["invoices"], "columns": ["id", "pieces"]}"#;
    let errors =
        compiled(&tables, text, &reader, &page).expect_err("a rule that invoices cannot say");
    assert!(
        errors.has(ErrorCode::AccessDimensionUnavailable),
        "{errors}"
    );
    let text = r#"{"dataSources": ["invoice-lines"], "columns": ["id", "pieces"]}"#;
    let found = compiled(&tables, text, &reader, &page).expect("lines");
    let answer = execute(found.query(), &mut client).expect("rows");
    assert_eq!(shown(&found, answer), [["302", "3"]]);
}

#[test]
fn pages_follow_one_another_over_typed_values_with_and_without_a_value() {
    let mut client = database("dynamic_tables_pages");
    client
        .batch_execute("SET TimeZone TO 'UTC'")
        .expect("a setting");
    let tables = tables(Dialect::Postgres);
    let context = context(1, "[]");
    let reader = RecordReader::of(&context);
    for (fields, direction) in [
        (["amount", "due"], "asc"),
        (["amount", "due"], "desc"),
        (["due", "status"], "asc"),
        (["status", "amount"], "desc"),
        (["gross", "pieces"], "asc"),
        (["pieces", "late"], "desc"),
        (["customer.name", "created_at"], "desc"),
    ] {
        let text = format!(
            r#"{{"dataSources": ["invoices"], "columns": ["id", "{0}", "{1}"],
                "sortBy": [{{"field": "{0}", "direction": "{direction}"}}, {{"field": "{1}"}}]}}"#,
            fields[0], fields[1]
        );
        let mut ask = |page: TablePage| {
            let found = compiled(&tables, &text, &reader, &page);
            let found = found.unwrap_or_else(|errors| panic!("{errors}\n{text}"));
            let answer = execute(found.query(), &mut client).expect("rows");
            (found, answer)
        };
        let (_, all) = ask(TablePage::default());
        assert_eq!(all.len(), 13);
        let mut met = Rows::new();
        let mut after = None;
        loop {
            let page = TablePage {
                limit: Some(4),
                offset: None,
                after,
            };
            let (found, mut rows) = ask(page);
            let is_last = rows.len() <= 4;
            rows.truncate(4);
            let last = rows.last().cloned();
            met.extend(rows);
            if is_last {
                break;
            }
            let last = last.expect("a row");
            let page = found.query().page().expect("a page");
            let keys =
                page.after_columns()
                    .expect("keys")
                    .iter()
                    .map(|at| match last[*at].as_str() {
                        NULL => Scalar::Null,
                        "t" => Scalar::from(true),
                        "f" => Scalar::from(false),
                        text if text.ends_with("+00") => {
                            Scalar::from(format!("{}:00", text.replace(' ', "T")))
                        }
                        text => Scalar::number(text).unwrap_or_else(|| Scalar::from(text)),
                    });
            after = Some(keys.collect());
        }
        assert_eq!(met, all, "{text}");
    }
}

#[test]
fn nothing_of_a_user_becomes_sql() {
    let mut client = database("dynamic_tables_injection");
    // Names and options may hold anything that is printed; they are labels and literals.
    let text = r#"{
      "table_defs": [{"id": 1, "company_id": 1, "name": "x\"; DROP TABLE table_records; --", "slug": "select"}],
      "table_columns": [
        {"table_id": 1, "name": "'; DELETE FROM table_records; --", "slug": "order", "type": "text"},
        {"table_id": 1, "name": "\" OR TRUE", "slug": "user", "type": "number"},
        {"table_id": 1, "name": "$1", "slug": "end", "type": "multi_select",
         "settings": {"options": ["it's", "]') OR TRUE --", "{client_id}", "$1", "?"]}},
        {"table_id": 1, "name": "x", "slug": "case", "type": "formula", "settings":
         {"expression": "CASE WHEN \"order\" = ''' OR TRUE --' THEN '{client_id} $1 ?' ELSE \"order\" END"}}]
    }"#;
    let tables = read(text, Dialect::Postgres).unwrap_or_else(|errors| panic!("{errors}"));
    let context = context(1, "[]");
    let reader = RecordReader::of(&context);
    client
        .batch_execute(
            r#"INSERT INTO table_records VALUES (900, 1, 1, NULL,
               '{"order": "'' OR TRUE --", "user": 1, "end": ["it''s", "$1"]}', '2026-01-01', NULL)"#,
        )
        .expect("a record");
    let mut ask = |text: &str| {
        let found = compiled(&tables, text, &reader, &TablePage::default());
        let found = found.unwrap_or_else(|errors| panic!("{errors}\n{text}"));
        let answer = execute(found.query(), &mut client);
        shown(
            &found,
            answer.unwrap_or_else(|error| panic!("{error}\n{}", found.query().sql())),
        )
    };
    let filtered = |filter: &str| {
        format!(
            r#"{{"dataSources": ["select"], "columns": ["id", "case"], "filters": [{filter}]}}"#
        )
    };
    let hit = [["900", "{client_id} $1 ?"]];
    for filter in [
        r#"{"field": "order", "operator": "eq", "value": "' OR TRUE --"}"#,
        r#"{"field": "end", "operator": "contains", "value": "it's"}"#,
        r#"{"field": "end", "operator": "contains", "value": "$1"}"#,
        r#"{"field": "case", "operator": "eq", "value": "{client_id} $1 ?"}"#,
    ] {
        assert_eq!(ask(&filtered(filter)), hit, "{filter}");
    }
    for filter in [
        r#"{"field": "order", "operator": "eq", "value": "'; DROP TABLE table_records; --"}"#,
        r#"{"field": "end", "operator": "contains", "value": "]') OR TRUE --"}"#,
        r#"{"field": "end", "operator": "contains", "value": "{client_id}"}"#,
        r#"{"field": "end", "operator": "contains", "value": "?"}"#,
    ] {
        assert_eq!(ask(&filtered(filter)), Rows::new(), "{filter}");
    }
    let still = client
        .query_one("SELECT count(*) FROM table_records", &[])
        .expect("a count");
    assert!(still.get::<_, i64>(0) > 30);
}

#[test]
fn ids_may_be_uuids() {
    const COMPANY: &str = "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11";
    const OTHER: &str = "b0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11";
    let id = |number: u32| format!("00000000-0000-4000-8000-{number:012}");
    let (orders, lines) = (id(1), id(2));
    let text = format!(
        r#"{{"table_defs": [{{"id": "{orders}", "company_id": "{COMPANY}", "name": "O", "slug": "orders"}},
          {{"id": "{lines}", "company_id": "{COMPANY}", "name": "L", "slug": "lines"}}],
        "table_columns": [
          {{"table_id": "{lines}", "name": "O", "slug": "order", "type": "relationship", "settings": {{"table": "orders"}}}},
          {{"table_id": "{lines}", "name": "N", "slug": "n", "type": "number"}},
          {{"table_id": "{orders}", "name": "S", "slug": "total", "type": "rollup",
            "settings": {{"table": "lines", "relationship": "order", "function": "sum", "field": "n"}}}}]}}"#
    );
    let store = RecordStore {
        ids: RecordIds::Uuid,
        relation: "public.records".to_owned(),
        ..RecordStore::default()
    };
    let limits = Limits::default();
    let tables = DynamicTables::from_json(&text, &store, Dialect::Postgres, &limits);
    let tables = tables.unwrap_or_else(|errors| panic!("{errors}"));
    let mut client = database("dynamic_tables_uuids");
    client
        .batch_execute(
            "CREATE TABLE records (id uuid PRIMARY KEY, company_id uuid, table_id uuid, data jsonb,
             created_at timestamptz, deleted_at timestamptz)",
        )
        .expect("a relation");
    let of_order = |order: &str, n: u32| format!(r#"{{"order": "{order}", "n": {n}}}"#);
    let rows = [
        (id(10), COMPANY, &orders, "{}".to_owned()),
        (id(11), COMPANY, &orders, "{}".to_owned()),
        (id(12), OTHER, &orders, "{}".to_owned()),
        (id(20), COMPANY, &lines, of_order(&id(10).to_uppercase(), 5)),
        (id(21), COMPANY, &lines, of_order(&id(10), 2)),
        (id(22), COMPANY, &lines, of_order("nothing", 7)),
        (id(23), OTHER, &lines, of_order(&id(10), 100)),
    ];
    for (id, company, table, data) in rows {
        let sql = format!(
            "INSERT INTO records VALUES ('{id}', '{company}', '{table}', '{data}', now(), NULL)"
        );
        client
            .batch_execute(&sql)
            .unwrap_or_else(|error| panic!("{error}"));
    }
    let context = format!(r#"{{"client_id": "{COMPANY}", "access": []}}"#);
    let context = Context::from_json(&context, &limits).expect("a context");
    let query = r#"{"dataSources": ["orders"], "columns": ["id", "total"]}"#;
    let page = TablePage::default();
    let found = compiled(&tables, query, &RecordReader::of(&context), &page);
    let found = found.unwrap_or_else(|errors| panic!("{errors}"));
    let answer = execute(found.query(), &mut client).expect("rows");
    assert_eq!(
        shown(&found, answer),
        [[id(10), "7".to_owned()], [id(11), NULL.to_owned()]]
    );
    let stranger = format!(r#"{{"client_id": "{OTHER}", "access": []}}"#);
    let stranger = Context::from_json(&stranger, &limits).expect("a context");
    let errors = compiled(&tables, query, &RecordReader::of(&stranger), &page);
    assert!(
        errors
            .expect_err("another company")
            .has(ErrorCode::UnknownTable)
    );
}
