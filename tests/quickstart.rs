//! The statements of the quickstart on its own data, against SQL written by hand.

#[path = "../examples/quickstart/binding.rs"]
mod binding;
#[path = "../examples/quickstart/data.rs"]
mod data;
#[path = "../examples/quickstart/questions.rs"]
mod questions;

use measurand::{Catalog, Compiler, Context, Dialect, Limits, Request};
use measurand_tests::checker::Checked;
use questions::{CATALOG, CONTEXTS, REQUESTS};
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

type Rows = Vec<Vec<Value>>;

/// What the three people may see, in the order of the contexts.
const GUARDS: [&str; 3] = [
    "client_id = 1",
    "client_id = 1 AND campaign_id IN (101, 205)",
    "client_id = 1 AND 1 = 0",
];

/// The answers in the order of the requests, with `{guard}` for what may be seen.
const CHECKS: [&str; 3] = [
    "SELECT t.campaign_id,
            (SELECT campaign_name FROM public.campaigns c
             WHERE c.client_id = 1 AND c.campaign_id = t.campaign_id),
            sum(attempts), sum(approvals_organic), sum(approvals_organic) * 1.0 / sum(attempts),
            sum(revenue), sum(revenue) * 1.0 / sum(approvals),
            sum(cb_organic) * 1.0 / sum(approvals_organic)
     FROM reporting.order_summary_1 t
     WHERE {guard} AND date BETWEEN '2026-08-23' AND '2026-11-20'
     GROUP BY t.campaign_id ORDER BY sum(revenue) DESC LIMIT 10",
    "SELECT substr(date, 1, 7) || '-01' AS month, sales_type, sum(revenue), sum(refund_dollar),
            sum(revenue) - sum(refund_dollar) - sum(cb_dollar), sum(refund) * 1.0 / sum(approvals)
     FROM reporting.order_summary_1
     WHERE {guard} AND sales_type IN ('Initials', 'Rebills') AND date BETWEEN '2026-09-01' AND '2026-11-19'
     GROUP BY 1, 2 ORDER BY 1, 2",
    "SELECT t.gateway_id, g.gateway_alias, t.bin, b.issuer, sum(approvals),
            sum(approvals) * 1.0 / sum(attempts), sum(revenue), sum(cb) * 1.0 / sum(approvals) AS rate
     FROM reporting.order_summary_1 t
     JOIN public.gateways g ON g.gateway_id = t.gateway_id AND g.client_id = 1
     JOIN public.bins b ON b.bin = t.bin
     WHERE t.{guard} AND t.bin IN ('411111', '520082')
     GROUP BY 1, 2, 3, 4 HAVING sum(approvals) > 500 ORDER BY rate DESC, 2, 4",
];

fn filled() -> Connection {
    let mut connection = Connection::open_in_memory().expect("SQLite opens");
    let mut told = 0;
    let rows = data::fill(&mut connection, |rows| told = rows).expect("the data fit");
    assert!(told > 20_000 && rows == told + 500, "{told}, {rows}");
    connection
}

fn rows(connection: &Connection, sql: &str, params: Vec<Value>) -> Rows {
    let mut statement = connection
        .prepare(sql)
        .unwrap_or_else(|error| panic!("{error}\n{sql}"));
    let width = statement.column_count();
    statement
        .query_map(params_from_iter(params), |row| {
            (0..width).map(|at| row.get(at)).collect()
        })
        .and_then(Iterator::collect)
        .unwrap_or_else(|error| panic!("{error}\n{sql}"))
}

#[test]
fn compiled_statements_give_the_rows_of_handwritten_ones() {
    let connection = filled();
    let catalog = Catalog::from_json(CATALOG).expect("the catalog is sound");
    let compiler = Compiler::new(catalog, Dialect::Sqlite);
    let limits = Limits::default();
    let mut sizes = Vec::new();
    for ((title, request), check) in REQUESTS.iter().zip(CHECKS) {
        let request = Request::from_json(request, &limits).expect("a sound request");
        for ((who, context), guard) in CONTEXTS.iter().zip(GUARDS) {
            let context = Context::from_json(context, &limits).expect("a sound context");
            let query = compiler.checked(&request, &context).expect("it compiles");
            let params = query.params().iter().map(binding::bound);
            let params = params
                .collect::<Result<_, _>>()
                .expect("every parameter binds");
            let found = rows(&connection, query.sql(), params);
            let expected = rows(&connection, &check.replace("{guard}", guard), Vec::new());
            assert_eq!(found, expected, "{title}, {who}\n{}", query.sql());
            sizes.push(found.len());
        }
    }
    // An empty list shows nothing; everybody else sees something.
    assert_eq!(sizes, [8, 2, 0, 6, 6, 0, 6, 6, 0]);
}

/// The data hold what the guards and the joins have to get right, or the test above shows little.
#[test]
fn the_data_are_as_untidy_as_real_ones() {
    let connection = filled();
    for (what, sql) in [
        ("rows without a campaign", "campaign_id IS NULL"),
        ("rows of a lost campaign", "campaign_id = 999"),
        ("rows without an affiliate", "affid IS NULL"),
        ("rows of another tenant", "client_id = 2"),
    ] {
        let sql = format!("SELECT count(*) > 100 FROM reporting.order_summary_1 WHERE {sql}");
        let is_met = rows(&connection, &sql, Vec::new());
        assert_eq!(is_met, [[Value::Integer(1)]], "{what}");
    }
    let days = "SELECT count(DISTINCT date) FROM reporting.order_summary_1";
    let days = rows(&connection, days, Vec::new());
    assert_ne!(days, vec![vec![Value::Integer(i64::from(data::DAYS))]]);
}
