//! The parts of a bundle agree: pages add up to the totals, the count is that of the rows, and the values are those
//! that the rows have.
//!
//! Could break where a part asks another source, forgets a filter, a rule or a condition on groups, or counts a page.

use std::collections::BTreeSet;

use measurand::{
    Bundle, CompiledBundle, CompiledQuery, Compiler, Context, Dialect, ErrorCode, Limits, PartKind,
};
use measurand_tests::checker::Checked;
use measurand_tests::support::case::catalog;
use measurand_tests::support::rows::{self, NULL, Rows};
use measurand_tests::support::sqlite;

/// A request without its page, and the rules.
const REQUESTS: [(&str, &str); 9] = [
    (
        r#""metrics": ["attempts"], "dimensions": ["campaign_name"]"#,
        "[]",
    ),
    (
        r#""metrics": ["attempts"], "dimensions": ["sales_type", {"dimension": "date", "grain": "month"}],
           "date_range": {"from": "2024-01-01", "to": "2024-12-31"}, "order_by": [{"key": "attempts", "direction": "desc"}]"#,
        "[]",
    ),
    (
        r#""metrics": ["attempts"], "dimensions": ["campaign_name", {"dimension": "date", "grain": "month"}],
           "date_range": {"from": "2024-01-01", "to": "2024-12-31"}, "fill_gaps": true"#,
        "[]",
    ),
    (
        r#""metrics": ["attempts"], "dimensions": ["campaign_name"],
           "metric_filters": {"metric": "attempts", "op": "gte", "values": [20]}"#,
        "[]",
    ),
    (
        r#""metrics": ["attempts"], "dimensions": ["bin"],
           "filters": [{"dimension": "sales_type", "op": "eq", "values": ["Initials"]}, {"metric": "approvals", "op": "gt", "values": [5]}]"#,
        "[]",
    ),
    (
        r#""metrics": ["attempts"], "dimensions": ["campaign_name", "gateway_alias"], "toggles": {"approval_mode": "net"}"#,
        r#"[{"dimension": "campaign_name", "access_type": "exclude", "allowed_values": [103, 107]}]"#,
    ),
    (
        r#""metrics": ["attempts.sum"], "dimensions": ["product_name"], "source": "order_summary""#,
        r#"[{"dimension": "sales_type", "access_type": "include", "allowed_values": ["Rebills", null]}]"#,
    ),
    (
        r#""metrics": ["attempts"], "dimensions": ["affid"], "filters": {"dimension": "affid", "op": "neq", "values": ["aff1"]}"#,
        "[]",
    ),
    (
        r#""metrics": ["attempts"], "dimensions": ["campaign_name"], "shares": ["attempts"], "ranks": ["attempts"]"#,
        "[]",
    ),
];

fn bundle(request: &str, parts: &str) -> Bundle {
    let text = format!(r#"{{"request": {{{request}}}, {parts}}}"#);
    let bundle = Bundle::from_json(&text, &Limits::default());
    bundle.unwrap_or_else(|errors| panic!("{errors}\n{text}"))
}

fn context(access: &str) -> Context {
    let text = format!(r#"{{"client_id": 1, "access": {access}}}"#);
    Context::from_json(&text, &Limits::default()).expect("a context")
}

fn part<'c>(compiled: &'c CompiledBundle, kind: &PartKind) -> &'c CompiledQuery {
    let found = compiled.query(kind).expect("a part that was asked for");
    found.unwrap_or_else(|errors| panic!("{kind:?}: {errors}"))
}

/// What a row has of the metric that is added up.
fn number(query: &CompiledQuery, row: &[String]) -> i64 {
    let columns = query.columns().iter();
    let mut keys = columns.map(|column| column.key());
    let at = keys
        .position(|key| key.starts_with("attempts"))
        .expect("the metric");
    match row[at].as_str() {
        NULL => 0,
        number => number.parse().expect("a whole number"),
    }
}

fn agree(compiler: &Compiler, ask: &mut dyn FnMut(&CompiledQuery) -> Rows) {
    for (request, access) in REQUESTS {
        let context = context(access);
        let whole = bundle(request, r#""data": true"#);
        let dimension = whole.request.dimensions[0].dimension.clone();
        let parts =
            format!(r#""data": true, "totals": true, "count": true, "values": ["{dimension}"]"#);
        let (mut sum, mut count) = (0, 0);
        let mut members = BTreeSet::new();
        for page in 0.. {
            let paged = format!(r#"{request}, "limit": 4, "offset": {}"#, page * 4);
            let compiled = compiler.checked_bundle(&bundle(&paged, &parts), &context);
            let data = part(&compiled, &PartKind::Data);
            let rows = ask(data);
            sum += rows.iter().map(|row| number(data, row)).sum::<i64>();
            count += rows.len();
            members.extend(rows.iter().map(|row| row[0].clone()));
            if rows.len() == 4 {
                continue;
            }
            let totals = part(&compiled, &PartKind::Totals);
            let [total] = &ask(totals)[..] else {
                panic!("the total is one row: {}", totals.sql());
            };
            assert_eq!(number(totals, total), sum, "{request}\n{}", totals.sql());
            let counted = ask(part(&compiled, &PartKind::Count));
            assert_eq!(counted, [[count.to_string()]], "{request}");
            let values = ask(part(&compiled, &PartKind::Values(dimension.clone())));
            let values: BTreeSet<String> = values.into_iter().map(|row| row[0].clone()).collect();
            assert!(
                members.is_subset(&values),
                "{request}: {members:?} of {values:?}"
            );
            // Conditions on groups, and those on the dimension itself, leave members out of the data alone.
            let is_narrowed =
                request.contains("\"metric") && request.contains("op") || request.contains("neq");
            assert!(
                is_narrowed || members == values,
                "{request}: {members:?}, {values:?}"
            );
            break;
        }
        assert!(count > 0, "{request} has no rows");
    }
}

#[test]
fn parts_agree_on_postgresql() {
    let mut client = rows::database("bundle", "payments");
    let compiler = Compiler::new(catalog("payments"), Dialect::Postgres);
    agree(&compiler, &mut |query| {
        rows::execute(query, &mut client).expect("rows")
    });
}

#[test]
fn parts_agree_on_sqlite() {
    let connection = sqlite::database("payments");
    let compiler = Compiler::new(catalog("payments"), Dialect::Sqlite);
    agree(&compiler, &mut |query| {
        sqlite::execute(query, &connection).expect("rows")
    });
}

#[test]
fn equal_statements_are_one() {
    let compiler = Compiler::new(catalog("payments"), Dialect::Postgres);
    let parts = r#""data": true, "totals": true, "values": ["bin", {"dimension": "bin"}]"#;
    let bundle = bundle(
        r#""metrics": ["attempts"], "source": "order_summary""#,
        parts,
    );
    let compiled = compiler.checked_bundle(&bundle, &context("[]"));
    assert_eq!((compiled.parts().len(), compiled.queries().len()), (4, 2));
    let positions: Vec<usize> = (compiled.parts().iter())
        .map(|part| part.result().expect("a statement"))
        .collect();
    assert_eq!(positions, [0, 0, 1, 1]);
    let json = serde_json::to_value(&compiled).expect("JSON");
    assert_eq!(json["parts"][2]["part"], "values");
    assert_eq!(json["parts"][3]["query"], 1);
}

#[test]
fn each_part_has_its_own_errors() {
    let compiler = Compiler::new(catalog("payments"), Dialect::Postgres);
    let parts = r#""data": true, "totals": true, "count": true, "values": ["bins", "bin"]"#;
    let asked = bundle(r#""metrics": ["attempts"], "dimensions": ["bin"]"#, parts);
    let compiled = compiler.checked_bundle(&asked, &context("[]"));
    let wrong = compiled.query(&PartKind::Values("bins".to_owned()));
    let wrong = wrong.expect("a part").expect_err("no such dimension");
    assert!(wrong.has(ErrorCode::UnknownDimension));
    assert_eq!(compiled.queries().len(), 4);
    let values = bundle(
        r#""kind": "values", "dimension": "bin", "source": "order_summary""#,
        r#""data": true, "count": true"#,
    );
    let compiled = compiler.checked_bundle(&values, &context("[]"));
    let count = compiled.query(&PartKind::Count).expect("a part");
    assert!(count.expect_err("no count").has(ErrorCode::WrongValue));
    let rows = bundle(
        r#""kind": "rows", "source": "products", "columns": ["price"]"#,
        r#""data": true, "totals": true, "count": true, "values": ["product_group"]"#,
    );
    let compiled = compiler.checked_bundle(&rows, &context("[]"));
    let totals = compiled.query(&PartKind::Totals).expect("a part");
    assert!(
        totals
            .expect_err("rows have none")
            .has(ErrorCode::WrongValue)
    );
    assert_eq!(compiled.queries().len(), 3);
}

/// What is chosen of a dimension does not hide what else could be; beside others it holds.
#[test]
fn own_conditions_leave_other_members_to_choose() {
    let connection = sqlite::database("payments");
    let compiler = Compiler::new(catalog("payments"), Dialect::Sqlite);
    let own = r#"{"dimension": "sales_type", "op": "eq", "values": ["Rebills"]}"#;
    let other = r#"{"dimension": "bin", "op": "eq", "values": ["520000"]}"#;
    for (filters, expected) in [
        (format!("[{own}]"), 4),
        (format!("[{own}, {other}]"), 2),
        (format!(r#"{{"and": [{{"and": [{own}]}}, {other}]}}"#), 2),
        (format!(r#"[{{"or": [{own}, {other}]}}]"#), 2),
    ] {
        let request = format!(
            r#""metrics": ["attempts"], "dimensions": ["sales_type"], "source": "order_summary", "filters": {filters}"#
        );
        let asked = bundle(&request, r#""values": ["sales_type"]"#);
        let compiled = compiler.checked_bundle(&asked, &context("[]"));
        let values = part(&compiled, &PartKind::Values("sales_type".to_owned()));
        let found = sqlite::execute(values, &connection).expect("rows");
        assert_eq!(found.len(), expected, "{filters}: {found:?}");
    }
}

#[test]
fn what_is_wrong_with_a_bundle_is_said() {
    let text =
        r#"{"request": {"metrics": [1]}, "data": 1, "values": [{"search": "a"}, 3], "rows": true}"#;
    let errors = Bundle::from_json(text, &Limits::default()).expect_err("errors");
    let found: Vec<String> = errors
        .iter()
        .map(|error| format!("{} {}", error.code(), error.path()))
        .collect();
    let expected = [
        "wrong-type bundle.request.metrics[0]",
        "wrong-type bundle.data",
        "missing-field bundle.values[0].dimension",
        "wrong-type bundle.values[1]",
        "unknown-field bundle.rows",
    ];
    assert!(
        expected
            .iter()
            .all(|wanted| found.iter().any(|found| found == wanted)),
        "{found:?}"
    );
    let errors = Bundle::from_json(r#"{"data": true}"#, &Limits::default()).expect_err("errors");
    assert!(errors.has(ErrorCode::MissingField));
}
