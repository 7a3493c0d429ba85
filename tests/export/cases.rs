//! Files against hand-written SQL on the same rows.

use measurand::Dialect;
use measurand_tests::support::exports::export;
use measurand_tests::support::rows::{Rows, database, execute_text, normalised};
use measurand_tests::support::sqlite;

use super::{context, on_postgres, on_sqlite, stock};

/// A request, the rules of who asks, and the rows by hand.
struct Case {
    name: &'static str,
    request: &'static str,
    access: &'static str,
    sql: &'static str,
}

/// The first tenant's cases, as a hand-written query begins.
const CASES: &str = "(SELECT * FROM public.cases WHERE client_id = 1 AND NOT is_deleted) c";

/// The so-manieth investigation of a case, for somebody who sees all.
const NTH: &str = "(SELECT * FROM public.investigations i WHERE i.client_id = 1 AND i.case_id = c.id \
     ORDER BY i.started_on NULLS LAST, i.id LIMIT 1 OFFSET";

const CASES_OF_ALL: [Case; 29] = [
    Case {
        name: "core columns, a label, a label under another name, a column of a unit",
        request: r#"{"columns": ["case_number", "case_status", "category_name", "business_unit_name", "unit_code"]}"#,
        access: "",
        sql: "SELECT case_number, status, k.name, u.name, u.code FROM {cases} \
              LEFT JOIN public.categories k ON k.client_id = 1 AND k.id = c.category_id \
              LEFT JOIN public.units u ON u.client_id = 1 AND u.id = c.unit_id ORDER BY c.id",
    },
    Case {
        name: "dates and truth come as they are, to be written by the plan",
        request: r#"{"columns": ["opened_on", "is_anonymous"]}"#,
        access: "",
        sql: "SELECT opened_on, is_anonymous FROM {cases} ORDER BY id",
    },
    Case {
        name: "the first two investigations of each case, missing ones NULL",
        request: r#"{"include_tags": false, "columns": ["case_number", "inv_1_status", "inv_1_started_on",
                     "inv_2_status", "inv_2_started_on"]}"#,
        access: "",
        sql: "SELECT case_number, (SELECT x.status FROM {nth} 0) x), (SELECT x.started_on FROM {nth} 0) x), \
              (SELECT x.status FROM {nth} 1) x), (SELECT x.started_on FROM {nth} 1) x) FROM {cases} ORDER BY id",
    },
    Case {
        name: "labels of investigations, and truth",
        request: r#"{"columns": ["case_number", "inv_1_investigator_name", "inv_1_is_closed",
                     "inv_2_investigator_name"]}"#,
        access: "",
        sql: "SELECT case_number, (SELECT p.full_name FROM {nth} 0) x JOIN public.people p \
              ON p.client_id = 1 AND p.id = x.investigator_id), (SELECT x.is_closed FROM {nth} 0) x), \
              (SELECT p.full_name FROM {nth} 1) x JOIN public.people p \
              ON p.client_id = 1 AND p.id = x.investigator_id) FROM {cases} ORDER BY id",
    },
    Case {
        name: "five investigations, of which the last two have one date and none",
        request: r#"{"children": {"inv": 5}, "columns": ["inv_3_status", "inv_3_started_on", "inv_4_status",
                     "inv_4_started_on", "inv_5_status", "inv_5_started_on", "inv_5_is_closed"]}"#,
        access: "",
        sql: "SELECT (SELECT x.status FROM {nth} 2) x), (SELECT x.started_on FROM {nth} 2) x), \
              (SELECT x.status FROM {nth} 3) x), (SELECT x.started_on FROM {nth} 3) x), \
              (SELECT x.status FROM {nth} 4) x), (SELECT x.started_on FROM {nth} 4) x), \
              (SELECT x.is_closed FROM {nth} 4) x) FROM {cases} ORDER BY id",
    },
    Case {
        name: "ten investigations, which is the most, for one that no case has",
        request: r#"{"children": {"inv": 10}, "columns": ["case_number", "inv_10_status", "inv_5_status"]}"#,
        access: "",
        sql: "SELECT case_number, (SELECT x.status FROM {nth} 4) x), NULL FROM {cases} ORDER BY id",
    },
    Case {
        name: "how many investigations there are, whatever is shown",
        request: r#"{"children": {"inv": 1}, "columns": ["case_number", "investigation_count"]}"#,
        access: "",
        sql: "SELECT case_number, (SELECT count(*) FROM public.investigations i WHERE i.client_id = 1 \
              AND i.case_id = c.id) FROM {cases} ORDER BY id",
    },
    Case {
        name: "counts of two groups do not multiply each other",
        request: r#"{"columns": ["case_number", "investigation_count", "subject_count", "inv_1_status"]}"#,
        access: "",
        sql: "SELECT case_number, (SELECT x.status FROM {nth} 0) x), (SELECT count(*) FROM public.investigations i \
              WHERE i.client_id = 1 AND i.case_id = c.id), (SELECT count(*) FROM public.subjects_1 s \
              WHERE s.client_id = 1 AND s.case_id = c.id) FROM {cases} ORDER BY id",
    },
    Case {
        name: "subjects, by the primary key where nothing else orders them",
        request: r#"{"children": {"subject": 2}, "columns": ["case_number", "subject_1_full_name",
                     "subject_2_full_name", "subject_count"]}"#,
        access: "",
        sql: "SELECT case_number, (SELECT full_name FROM public.subjects_1 s WHERE s.client_id = 1 \
              AND s.case_id = c.id ORDER BY number LIMIT 1), (SELECT full_name FROM public.subjects_1 s \
              WHERE s.client_id = 1 AND s.case_id = c.id ORDER BY number LIMIT 1 OFFSET 1), \
              (SELECT count(*) FROM public.subjects_1 s WHERE s.client_id = 1 AND s.case_id = c.id) \
              FROM {cases} ORDER BY id",
    },
    Case {
        name: "what is one to one is a group of one",
        request: r#"{"columns": ["case_number", "outcome_1_result"]}"#,
        access: "",
        sql: "SELECT case_number, o.result FROM {cases} LEFT JOIN public.outcomes o ON o.client_id = 1 \
              AND o.case_id = c.id ORDER BY c.id",
    },
    Case {
        name: "an amount as a number: a number, a text that is one, and NULL for what is none",
        request: r#"{"columns": ["case_number", "amount"]}"#,
        access: "",
        sql: "SELECT case_number, CASE case_number WHEN 'C-001' THEN 1250.5 WHEN 'C-003' THEN 17 END \
              FROM {cases} ORDER BY id",
    },
    Case {
        name: "a date that the calendar does not have is NULL",
        request: r#"{"columns": ["case_number", "due"]}"#,
        access: "",
        sql: "SELECT case_number, CASE case_number WHEN 'C-001' THEN DATE '2026-02-01' END FROM {cases} ORDER BY id",
    },
    Case {
        name: "truth that is none is NULL",
        request: r#"{"columns": ["case_number", "severe"]}"#,
        access: "",
        sql: "SELECT case_number, CASE case_number WHEN 'C-001' THEN true END FROM {cases} ORDER BY id",
    },
    Case {
        name: "a percentage, and one that is null in the document",
        request: r#"{"columns": ["case_number", "share"]}"#,
        access: "",
        sql: "SELECT case_number, (custom_fields ->> 'share')::numeric FROM {cases} ORDER BY id",
    },
    Case {
        name: "a path of two keys, and one that meets a list on its way",
        request: r#"{"columns": ["case_number", "deeper"]}"#,
        access: "",
        sql: "SELECT case_number, custom_fields -> 'deep' ->> 'er' FROM {cases} ORDER BY id",
    },
    Case {
        name: "a field of one template, beside the same field of all",
        request: r#"{"columns": ["case_number", "amount", "fraud_amount"]}"#,
        access: "",
        sql: "SELECT case_number, CASE case_number WHEN 'C-001' THEN 1250.5 WHEN 'C-003' THEN 17 END, \
              CASE WHEN template_id = 'fraud' THEN CASE case_number WHEN 'C-001' THEN 1250.5 WHEN 'C-003' THEN 17 END \
              END FROM {cases} ORDER BY id",
    },
    Case {
        name: "a field of investigations is that of the first of them",
        request: r#"{"columns": ["case_number", "q5"]}"#,
        access: "",
        sql: "SELECT case_number, (SELECT x.responses ->> 'q5' FROM {nth} 0) x) FROM {cases} ORDER BY id",
    },
    Case {
        name: "a field of investigations of one template is that of the first of these",
        request: r#"{"columns": ["case_number", "score", "inv_1_status"]}"#,
        access: "",
        sql: "SELECT case_number, (SELECT x.status FROM {nth} 0) x), (SELECT (responses ->> 'score')::numeric FROM \
              public.investigations i WHERE i.client_id = 1 AND i.case_id = c.id AND i.template_id = 8 \
              ORDER BY started_on NULLS LAST, id LIMIT 1) FROM {cases} ORDER BY id",
    },
    Case {
        name: "a field of what is one to one, malformed in one row",
        request: r#"{"columns": ["case_number", "fine"]}"#,
        access: "",
        sql: "SELECT case_number, CASE case_number WHEN 'C-001' THEN 12.5 END FROM {cases} ORDER BY id",
    },
    Case {
        name: "statuses",
        request: r#"{"filters": {"statuses": ["closed", "no such"]}, "columns": ["case_number"]}"#,
        access: "",
        sql: "SELECT case_number FROM {cases} WHERE status = 'closed' ORDER BY id",
    },
    Case {
        name: "categories, with those without one",
        request: r#"{"filters": {"categories": [20, null]}, "columns": ["case_number", "category_name"]}"#,
        access: "",
        sql: "SELECT case_number, k.name FROM {cases} LEFT JOIN public.categories k ON k.client_id = 1 \
              AND k.id = c.category_id WHERE c.category_id = 20 OR c.category_id IS NULL ORDER BY c.id",
    },
    Case {
        name: "units and locations together",
        request: r#"{"filters": {"business_units": [1, 2], "locations": ["Berlin"]}, "columns": ["case_number"]}"#,
        access: "",
        sql: "SELECT case_number FROM {cases} WHERE unit_id IN (1, 2) AND location = 'Berlin' ORDER BY id",
    },
    Case {
        name: "a filter without a value is met by no row",
        request: r#"{"filters": {"statuses": []}, "columns": ["case_number", "investigation_count"]}"#,
        access: "",
        sql: "SELECT case_number, 1 FROM {cases} WHERE false",
    },
    Case {
        name: "dates, both days included, by the names of an export job",
        request: r#"{"dateRange": {"start": "2026-01-20", "end": "2026-02-03"}, "columns": ["case_number", "inv_1_status"]}"#,
        access: "",
        sql: "SELECT case_number, (SELECT x.status FROM {nth} 0) x) FROM {cases} \
              WHERE opened_on BETWEEN '2026-01-20' AND '2026-02-03' ORDER BY id",
    },
    Case {
        name: "dates by a preset",
        request: r#"{"date_range": {"preset": "last_month"}, "columns": ["case_number"]}"#,
        access: "",
        sql: "SELECT case_number FROM {cases} WHERE opened_on BETWEEN '2026-02-01' AND '2026-02-28' ORDER BY id",
    },
    Case {
        name: "a hidden case is not in the file, and a hidden investigation takes no place",
        request: r#"{"columns": ["case_number", "inv_1_status", "inv_1_started_on", "inv_2_started_on",
                     "investigation_count", "q5"]}"#,
        access: r#"{"dimension": "business_unit", "access_type": "exclude", "allowed_values": [9]}"#,
        sql: "SELECT case_number, (SELECT x.status FROM {seen} 0) x), (SELECT x.started_on FROM {seen} 0) x), \
              (SELECT x.started_on FROM {seen} 1) x), (SELECT count(*) FROM public.investigations i \
              WHERE i.client_id = 1 AND i.case_id = c.id AND i.unit_id <> 9), \
              (SELECT x.responses ->> 'q5' FROM {seen} 0) x) FROM {cases} WHERE unit_id <> 9 ORDER BY id",
    },
    Case {
        name: "a field of a template that only hidden investigations have",
        request: r#"{"columns": ["case_number", "score"]}"#,
        access: r#"{"dimension": "business_unit", "access_type": "exclude", "allowed_values": [9]}"#,
        sql: "SELECT case_number, (SELECT (responses ->> 'score')::numeric FROM public.investigations i \
              WHERE i.client_id = 1 AND i.case_id = c.id AND i.template_id = 8 AND i.unit_id <> 9 \
              ORDER BY started_on NULLS LAST, id LIMIT 1) FROM {cases} WHERE unit_id <> 9 ORDER BY id",
    },
    Case {
        name: "what is left of a document, where it is asked for",
        request: r#"{"include_overflow": true, "columns": ["case_number", "overflow"]}"#,
        access: "",
        sql: "SELECT case_number, custom_fields FROM {cases} ORDER BY id",
    },
    Case {
        name: "all that the definition and the tags have",
        request: "{}",
        access: "",
        sql: "SELECT case_number, c.status, k.name, u.name, u.code, location, opened_on, is_anonymous, \
              (SELECT x.status FROM {nth} 0) x), (SELECT p.full_name FROM {nth} 0) x JOIN public.people p \
              ON p.client_id = 1 AND p.id = x.investigator_id), (SELECT x.started_on FROM {nth} 0) x), \
              (SELECT x.is_closed FROM {nth} 0) x), (SELECT x.status FROM {nth} 1) x), \
              (SELECT p.full_name FROM {nth} 1) x JOIN public.people p ON p.client_id = 1 \
              AND p.id = x.investigator_id), (SELECT x.started_on FROM {nth} 1) x), (SELECT x.is_closed FROM {nth} 1) x), \
              (SELECT count(*) FROM public.investigations i WHERE i.client_id = 1 AND i.case_id = c.id), \
              (SELECT count(*) FROM public.subjects_1 s WHERE s.client_id = 1 AND s.case_id = c.id), o.result, \
              CASE case_number WHEN 'C-001' THEN 1250.5 WHEN 'C-003' THEN 17 END, \
              CASE case_number WHEN 'C-001' THEN DATE '2026-02-01' END, \
              CASE case_number WHEN 'C-001' THEN 1250.5 WHEN 'C-003' THEN 17 END, \
              CASE case_number WHEN 'C-001' THEN true END, (custom_fields ->> 'share')::numeric, \
              (SELECT x.responses ->> 'q5' FROM {nth} 0) x), (SELECT (responses ->> 'score')::numeric FROM \
              public.investigations i WHERE i.client_id = 1 AND i.case_id = c.id AND i.template_id = 8 \
              ORDER BY started_on NULLS LAST, id LIMIT 1), CASE case_number WHEN 'C-001' THEN 12.5 END, \
              custom_fields -> 'deep' ->> 'er' \
              FROM {cases} LEFT JOIN public.categories k ON k.client_id = 1 AND k.id = c.category_id \
              LEFT JOIN public.units u ON u.client_id = 1 AND u.id = c.unit_id \
              LEFT JOIN public.outcomes o ON o.client_id = 1 AND o.case_id = c.id ORDER BY c.id",
    },
];

/// A query by hand, with what its short names stand for.
fn by_hand(sql: &str) -> String {
    let seen = NTH.replace("i.case_id = c.id", "i.case_id = c.id AND i.unit_id <> 9");
    sql.replace("{cases}", CASES)
        .replace("{nth}", NTH)
        .replace("{seen}", &seen)
}

/// Truth as SQLite has it, and documents without the space that PostgreSQL adds.
fn for_sqlite(rows: &Rows) -> Rows {
    let cell = |cell: &String| match cell.as_str() {
        "t" => "1".to_owned(),
        "f" => "0".to_owned(),
        _ => cell.clone(),
    };
    rows.iter()
        .map(|row| row.iter().map(cell).collect())
        .collect()
}

#[test]
fn files_are_what_the_query_by_hand_finds_on_postgresql() {
    let mut client = database("export_cases", "cases");
    let exporter = stock(Dialect::Postgres);
    for case in &CASES_OF_ALL {
        let context = context(1, case.access);
        let export = export(&exporter, case.request, &context);
        let export = export.unwrap_or_else(|errors| panic!("{}: {errors}", case.name));
        let expected = execute_text(&by_hand(case.sql), &[], &mut client);
        let expected = expected.unwrap_or_else(|error| panic!("{}: {error}", case.name));
        let found = on_postgres(&export, &mut client);
        assert_eq!(
            found,
            normalised(expected),
            "{}\n{}",
            case.name,
            export.sql()
        );
    }
}

#[test]
fn files_are_the_same_on_sqlite() {
    let mut client = database("export_cases_sqlite", "cases");
    let connection = sqlite::database("cases");
    let exporter = stock(Dialect::Sqlite);
    for case in &CASES_OF_ALL {
        let context = context(1, case.access);
        let export = export(&exporter, case.request, &context);
        let export = export.unwrap_or_else(|errors| panic!("{}: {errors}", case.name));
        let expected = execute_text(&by_hand(case.sql), &[], &mut client);
        let expected = expected.unwrap_or_else(|error| panic!("{}: {error}", case.name));
        let found = on_sqlite(&export, &connection);
        // SQLite keeps documents as they were written.
        if !case.request.contains("include_overflow") {
            let expected = for_sqlite(&normalised(expected));
            assert_eq!(
                for_sqlite(&found),
                expected,
                "{}\n{}",
                case.name,
                export.sql()
            );
        }
    }
}

/// Both tenants have the same ids, and each finds its own rows alone.
#[test]
fn two_tenants_never_see_each_others_rows() {
    let mut client = database("export_tenants", "cases");
    let request = r#"{"columns": ["case_number", "category_name", "inv_1_status", "inv_2_status",
        "investigation_count", "subject_count", "amount", "q5", "fine"]}"#;
    let tags = super::TAGS.replace(r#""organizationId": "1""#, r#""organizationId": "2""#);
    let tags = tags.replace(r#""organization_id": "1""#, r#""organization_id": "2""#);
    let catalog = super::cases_catalog();
    let theirs = measurand_tests::support::exports::exporter(
        &catalog,
        super::DEFINITION,
        &tags,
        Dialect::Postgres,
    );
    let theirs = theirs.expect("an exporter");
    let export = export(&theirs, request, &context(2, "")).expect("an export");
    let rows = on_postgres(&export, &mut client);
    let expected = [
        [
            "D-001",
            "Their fraud",
            "theirs",
            "∅",
            "1",
            "1",
            "99",
            "theirs",
            "1",
        ],
        ["D-002", "Their conduct", "∅", "∅", "0", "0", "98", "∅", "∅"],
    ];
    assert_eq!(rows, expected.map(|row| row.map(str::to_owned).to_vec()));
    for scan in &export.certificate().scans {
        assert!(scan.tenant.is_some(), "{scan}");
    }
}

/// Pages, each behind the last line of the one before, are the lines of the whole file.
#[test]
fn pages_are_the_lines_of_the_file() {
    let mut client = database("export_pages", "cases");
    let definition = super::DEFINITION.replace(
        r#""filters": {"statuses""#,
        r#""order_by": [{"key": "opened_on", "direction": "desc"}], "filters": {"statuses""#,
    );
    let catalog = super::cases_catalog();
    let exporter = measurand_tests::support::exports::exporter(
        &catalog,
        &definition,
        super::TAGS,
        Dialect::Postgres,
    );
    let exporter = exporter.expect("an exporter");
    let context = context(1, "");
    let columns = r#""columns": ["case_number", "inv_1_status", "investigation_count", "amount"]"#;
    let whole = export(&exporter, &format!("{{{columns}}}"), &context).expect("an export");
    assert!(whole.page().is_none() && whole.columns().len() == 4);
    let whole = on_postgres(&whole, &mut client);
    let numbers: Vec<&str> = whole.iter().map(|row| &*row[0]).collect();
    assert_eq!(numbers, ["C-005", "C-004", "C-003", "C-002", "C-001"]);
    for size in 1..=6 {
        let (mut lines, mut after) = (Rows::new(), String::new());
        loop {
            let request = format!(r#"{{{columns}, "limit": {size}{after}}}"#);
            let page = export(&exporter, &request, &context).expect("a page");
            assert_eq!(page.header().len(), 4);
            let found = on_postgres(&page, &mut client);
            let place = page.page().expect("a page");
            let shown = found.len().min(size);
            lines.extend(found[..shown].iter().map(|row| row[..4].to_vec()));
            if found.len() <= size {
                break;
            }
            let keys = place.after_columns().expect("a way on");
            let keys: Vec<String> = keys
                .iter()
                .map(|at| format!("\"{}\"", found[shown - 1][*at]))
                .collect();
            after = format!(r#", "after": [{}]"#, keys.join(", "));
        }
        assert_eq!(lines, whole, "pages of {size}");
    }
}

/// A service that bounds what a request may ask for bounds the lines, and never the rows beside them.
#[test]
fn a_bound_on_pages_leaves_rows_beside_alone() {
    let mut client = database("export_bound", "cases");
    let limits = measurand::Limits {
        max_limit: Some(1),
        ..measurand::Limits::default()
    };
    let spec = super::cases_catalog().definitions().clone();
    let catalog = measurand::Catalog::check(&spec, limits).expect("a catalog");
    let exporter = measurand_tests::support::exports::exporter(
        &catalog,
        super::DEFINITION,
        super::TAGS,
        Dialect::Postgres,
    );
    let request = measurand::report::ExportRequest {
        children: vec![("inv".to_owned(), 5)],
        columns: Some(vec![
            "case_number".to_owned(),
            "inv_5_started_on".to_owned(),
            "inv_4_started_on".to_owned(),
            "investigation_count".to_owned(),
        ]),
        ..measurand::report::ExportRequest::default()
    };
    let exporter = exporter.expect("an exporter");
    let export = exporter.compile_export(&request, &context(1, ""));
    let rows = on_postgres(&export.expect("an export"), &mut client);
    // The page has one line; the second says that there are more.
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0][..4], ["C-001", "2026-01-10", "∅", "5"]);
}

/// A page of a large table looks up the rows beside its lines, and does not number all that there are.
#[test]
fn a_page_reads_what_is_beside_its_lines_by_an_index() {
    let mut client = database("export_index", "cases");
    let fill = "INSERT INTO public.cases SELECT 1, n, 'L-' || n, 'open', 10, 1, 'Bonn', '2026-04-01', NULL, true, \
        'fraud', '{\"amount\": 1}', false FROM generate_series(1000, 20000) AS n; \
        INSERT INTO public.investigations SELECT 1, n, 1000 + n / 3, 1, 'desk', 'new', '2026-04-02', false, 100, 7, \
        '{\"q5\": \"x\"}' FROM generate_series(1000, 50000) AS n; \
        ANALYZE public.cases; ANALYZE public.investigations;";
    client.batch_execute(fill).expect("many rows");
    let exporter = stock(Dialect::Postgres);
    let request = r#"{"limit": 50, "children": {"inv": 3}}"#;
    let export = export(&exporter, request, &context(1, "")).expect("a page");
    let values: Vec<String> = (export.params().iter())
        .map(measurand_tests::support::literal::postgres)
        .collect();
    let prepare = format!("PREPARE page AS {}", export.sql());
    client.batch_execute(&prepare).expect("a statement");
    let explain = format!("EXPLAIN EXECUTE page({})", values.join(", "));
    let plan = client.query(&explain, &[]).expect("a plan");
    let plan: Vec<String> = plan.iter().map(|row| row.get(0)).collect();
    let plan = plan.join("\n");
    assert!(plan.contains("investigations_case_id_idx"), "{plan}");
    assert!(!plan.contains("Seq Scan on investigations"), "{plan}");
}
