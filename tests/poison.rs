//! Rows that a caller must not see hold values that raise: no request meets them, whatever the plan,
//! and no error tells of them (R20). Results do not depend on the settings of a session.

use std::cell::{Cell, RefCell};

use measurand::{Catalog, CompiledQuery, Compiler, Context, Dialect, Limits, Request};
use measurand_tests::checker::Checked;
use measurand_tests::generate::question::Asked;
use measurand_tests::generate::spelling::Reading;
use measurand_tests::generate::tape::{Case, check};
use measurand_tests::generate::{ask, said, sql};
use measurand_tests::reference::answer::{answer, is_visible};
use measurand_tests::reference::expression::Expr;
use measurand_tests::reference::model::{Question, Row, Rule, TENANT, World};
use measurand_tests::reference::value::Value as ModelValue;
use measurand_tests::support::case::{Expected, cases};
use measurand_tests::support::cluster::cluster;
use measurand_tests::support::literal;
use measurand_tests::support::rows::{self, Rows, database};
use postgres::Client;

/// Every dimension here raises on the hidden rows, and shows their value in the message.
const CATALOG: &str = r#"{
  "functions": ["risky", "is_risky"],
  "data_sources": [
    {"source_key": "ledger", "view_pattern": "public.ledger", "base_filter": "is_deleted = false",
     "columns": [
       {"name": "client_id", "data_type": "integer"}, {"name": "date", "data_type": "date"},
       {"name": "campaign_id", "data_type": "integer"}, {"name": "number_text", "data_type": "text"},
       {"name": "date_text", "data_type": "text"}, {"name": "doc_text", "data_type": "text"},
       {"name": "code_text", "data_type": "text"}, {"name": "is_deleted", "data_type": "boolean"},
       {"name": "mark", "data_type": "integer"}],
     "metrics": "*", "dimensions": "*"},
    {"source_key": "checked", "view_pattern": "public.checked", "base_filter": "is_risky(number_text)",
     "columns": [
       {"name": "client_id", "data_type": "integer"}, {"name": "date", "data_type": "date"},
       {"name": "campaign_id", "data_type": "integer"}, {"name": "number_text", "data_type": "text"},
       {"name": "date_text", "data_type": "text"}, {"name": "doc_text", "data_type": "text"},
       {"name": "code_text", "data_type": "text"}, {"name": "mark", "data_type": "integer"}],
     "metrics": "*", "dimensions": "*"},
    {"source_key": "untyped", "view_pattern": "public.ledger", "base_filter": "is_deleted = false",
     "metrics": "*", "dimensions": "*"}
  ],
  "metrics": [
    {"metric_key": "marks", "sql_expression": "SUM(mark)"},
    {"metric_key": "numbers", "sql_expression": "SUM(CAST(number_text AS integer))"},
    {"metric_key": "late", "sql_expression": "COUNT(*)", "filter": "CAST(date_text AS date) > DATE '2024-01-01'"}
  ],
  "dimensions": [
    {"dimension_key": "campaign", "column_expression": "campaign_id", "data_type": "integer"},
    {"dimension_key": "number", "column_expression": "CAST(number_text AS integer)", "data_type": "integer"},
    {"dimension_key": "cheap", "column_expression": "risky(number_text)", "data_type": "integer"},
    {"dimension_key": "flag", "column_expression": "is_risky(number_text)", "data_type": "boolean"},
    {"dimension_key": "share", "column_expression": "100 / CAST(number_text AS numeric)", "data_type": "decimal"},
    {"dimension_key": "day", "column_expression": "CAST(date_text AS date)", "data_type": "date"},
    {"dimension_key": "made", "column_expression": "MAKE_DATE(2024, 1, CAST(number_text AS integer))", "data_type": "date"},
    {"dimension_key": "part", "column_expression": "SPLIT_PART(number_text, ',', CAST(number_text AS integer))", "data_type": "text"},
    {"dimension_key": "word", "column_expression": "CAST(doc_text AS jsonb) ->> 'word'", "data_type": "text"},
    {"dimension_key": "coded", "column_expression": "campaign_id", "value_type": "integer",
     "display_column": "title", "join_table": "public.codes",
     "join_condition": "{value} = CAST(codes.code_text AS integer) AND codes.client_id = {client_id}"},
    {"dimension_key": "cheap_code", "column_expression": "campaign_id", "value_type": "integer",
     "display_column": "title", "join_table": "public.codes",
     "join_condition": "{value} = risky(codes.code_text) AND codes.client_id = {client_id}"},
    {"dimension_key": "kept_code", "column_expression": "campaign_id", "value_type": "integer",
     "display_column": "title", "join_table": "public.codes",
     "join_condition": "{value} = codes.campaign_id AND codes.client_id = {client_id} AND is_risky(codes.code_text)"}
  ]
}"#;

/// Eight visible rows among thousands of hidden ones. `risky` costs next to nothing, so that nothing
/// but a fence keeps the database from calling it first.
const SCHEMA: &str = "
CREATE FUNCTION public.risky(value text) RETURNS integer LANGUAGE plpgsql IMMUTABLE COST 0.0001
    AS $$ BEGIN RETURN value::integer; END $$;
CREATE FUNCTION public.is_risky(value text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE COST 0.0001
    AS $$ BEGIN RETURN value::integer > 0; END $$;
ALTER FUNCTION public.risky PARALLEL SAFE;
ALTER FUNCTION public.is_risky PARALLEL SAFE;
CREATE TABLE public.ledger (
    client_id bigint, date date, campaign_id bigint, number_text text, date_text text,
    doc_text text, code_text text, is_deleted boolean, mark integer
);
INSERT INTO public.ledger
SELECT 1, '2024-01-01', 1 + n % 2, (n % 4 + 1)::text, '2024-01-0' || (n % 4 + 1),
    '{\"word\": \"w' || n || '\"}', '1', false, 1
FROM generate_series(1, 8) AS n;
INSERT INTO public.ledger
SELECT CASE n % 3 WHEN 0 THEN 2 ELSE 1 END, '2024-01-01', CASE n % 3 WHEN 1 THEN 3 ELSE 1 END,
    'SECRET' || n, 'SECRET' || n, 'SECRET' || n, 'SECRET' || n, n % 3 = 2, 1000
FROM generate_series(1, 1500) AS n;
CREATE TABLE public.checked AS
SELECT client_id, date, campaign_id, number_text, date_text, doc_text, code_text, mark
FROM public.ledger WHERE is_deleted = false;
CREATE TABLE public.codes (client_id bigint, campaign_id bigint, code_text text, title text);
INSERT INTO public.codes VALUES (1, 1, '1', 'One'), (1, 2, '2', 'Two');
INSERT INTO public.codes SELECT 2, n, 'SECRET' || n, 'SECRET' FROM generate_series(1, 600) AS n;
";

const INDEXES: &str = "
CREATE INDEX ON public.ledger (client_id, campaign_id);
CREATE INDEX ON public.ledger (number_text);
CREATE INDEX ON public.checked (campaign_id);
CREATE INDEX ON public.codes (client_id);
CREATE INDEX ON public.codes (code_text);
ANALYZE;
";

const SETTINGS: [&str; 6] = [
    "",
    "SET enable_seqscan = off",
    "SET enable_indexscan = off; SET enable_bitmapscan = off",
    "SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;
     SET max_parallel_workers_per_gather = 4",
    "SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_hashagg = off",
    "SET enable_nestloop = off; SET enable_sort = off; SET cpu_operator_cost = 100",
];

const RAISING: [&str; 8] = [
    "number", "cheap", "flag", "share", "day", "made", "part", "word",
];
const LABELLED: [&str; 3] = ["coded", "cheap_code", "kept_code"];

/// A rule that hides the poisoned campaign.
const RULE: &str = r#"{"dimension": "campaign", "access_type": "include", "allowed_values": [1, 2, 21, 22, 23, 24, 25, 26]}"#;
/// Another that does.
const OTHER: &str = r#"{"dimension": "campaign", "access_type": "exclude", "allowed_values": [3,11,12,13,14,15,16,17,18]}"#;

/// A value of a dimension, as JSON.
fn a_value(dimension: &str) -> &'static str {
    match dimension {
        "day" | "made" => r#""2024-01-02""#,
        "word" | "part" => r#""w2""#,
        "flag" => "true",
        _ => "2",
    }
}

/// Requests and their access rules.
fn attacks() -> Vec<(String, String)> {
    let mut attacks = Vec::new();
    for source in ["ledger", "checked", "untyped"] {
        let mut add = |rest: &str, rules: &[&str]| {
            let request = format!(r#"{{"source": "{source}", {rest}}}"#);
            attacks.push((request, format!("[{}]", rules.join(", "))));
        };
        for metrics in [r#"["marks"]"#, r#"["numbers"]"#, r#"["late", "numbers"]"#] {
            add(&format!(r#""metrics": {metrics}"#), &[RULE]);
            add(
                &format!(r#""metrics": {metrics}, "dimensions": ["campaign"]"#),
                &[OTHER],
            );
            add(
                &format!(
                    r#""metrics": {metrics}, "metric_filters": {{"metric": "numbers", "op": "gt", "values": [1]}}"#
                ),
                &[RULE],
            );
        }
        for dimension in RAISING {
            let value = a_value(dimension);
            add(
                &format!(r#""metrics": ["marks"], "dimensions": ["{dimension}"]"#),
                &[RULE],
            );
            add(
                &format!(
                    r#""metrics": ["marks"], "dimensions": ["{dimension}"], "order_by": [{{"key": "{dimension}"}}], "limit": 1"#
                ),
                &[OTHER],
            );
            let leaf = |op: &str, values: &str| {
                format!(r#"{{"dimension": "{dimension}", "op": "{op}", "values": [{values}]}}"#)
            };
            let order = if dimension == "flag" {
                "is_not_null"
            } else {
                "gt"
            };
            let bound = if dimension == "flag" { "" } else { value };
            let filters = [
                leaf("eq", value),
                leaf("neq", value),
                leaf("in", &format!("{value}, null")),
                leaf("not_in", value),
                leaf("is_null", ""),
                leaf(order, bound),
                format!(r#"{{"not": {}}}"#, leaf("eq", value)),
                format!(
                    r#"{{"or": [{}, {{"dimension": "campaign", "op": "eq", "values": [3]}}]}}"#,
                    leaf("eq", value)
                ),
            ];
            for filter in filters {
                add(
                    &format!(r#""metrics": ["marks"], "filters": [{filter}]"#),
                    &[RULE],
                );
                add(
                    &format!(
                        r#""metrics": ["marks"], "filters": [{filter}], "date_range": {{"from": "2024-01-01"}}"#
                    ),
                    &[OTHER, RULE],
                );
            }
            for rule in [
                format!(
                    r#"{{"dimension": "{dimension}", "access_type": "include", "allowed_values": [{value}]}}"#
                ),
                format!(
                    r#"{{"dimension": "{dimension}", "access_type": "exclude", "allowed_values": [{value}]}}"#
                ),
                format!(
                    r#"{{"dimension": "{dimension}", "access_type": "exclude", "allowed_values": [null]}}"#
                ),
                format!(
                    r#"{{"dimension": "{dimension}", "access_type": "include", "allowed_values": [{value}, null], "nulls": "visible"}}"#
                ),
            ] {
                add(r#""metrics": ["marks"]"#, &[&rule, RULE]);
                add(
                    r#""metrics": ["marks"], "dimensions": ["campaign"]"#,
                    &[RULE, &rule],
                );
                add(
                    &format!(r#""metrics": ["marks"], "dimensions": ["{dimension}"]"#),
                    &[OTHER, &rule],
                );
            }
        }
        for dimension in LABELLED {
            let by = format!(r#""metrics": ["marks"], "dimensions": ["{dimension}"]"#);
            add(&by, &[RULE]);
            let own = format!(
                r#"{{"dimension": "{dimension}", "access_type": "include", "allowed_values": [1]}}"#
            );
            add(&by, &[RULE, &own]);
            add(&by, &[&own]);
            for (op, values) in [
                ("contains", r#""n""#),
                ("eq", r#""One""#),
                ("is_null", ""),
                ("not_in", r#""One", null"#),
            ] {
                let filter = format!(
                    r#"{{"dimension": "{dimension}", "op": "{op}", "values": [{values}], "on": "label"}}"#
                );
                add(
                    &format!(r#""metrics": ["marks"], "filters": [{filter}]"#),
                    &[RULE],
                );
                add(
                    &format!(r#"{by}, "filters": [{{"not": {filter}}}]"#),
                    &[&own, OTHER],
                );
            }
        }
    }
    attacks
}

fn compile(compiler: &Compiler, request: &str, access: &str) -> CompiledQuery {
    let limits = Limits::default();
    let context = format!(r#"{{"client_id": 1, "access": {access}}}"#);
    let request_read = Request::from_json(request, &limits);
    let request_read = request_read.unwrap_or_else(|errors| panic!("{errors}\n{request}"));
    let context = Context::from_json(&context, &limits);
    let context = context.unwrap_or_else(|errors| panic!("{errors}\n{access}"));
    let compiled = compiler.checked(&request_read, &context);
    compiled.unwrap_or_else(|errors| panic!("{errors}\n{request}\n{access}"))
}

#[test]
fn no_hidden_row_raises_under_any_plan() {
    let catalog = Catalog::from_json(CATALOG).unwrap_or_else(|errors| panic!("{errors}"));
    let compiler = Compiler::new(catalog, Dialect::Postgres);
    let queries: Vec<CompiledQuery> = attacks()
        .iter()
        .map(|(request, access)| compile(&compiler, request, access))
        .collect();
    assert!(queries.len() > 300, "only {} requests", queries.len());
    let mut expected: Vec<Option<Rows>> = vec![None; queries.len()];
    let mut client = cluster().fresh_database("poison");
    client.batch_execute(SCHEMA).unwrap();
    for (index, preparation) in ["", "ANALYZE", INDEXES].iter().enumerate() {
        client.batch_execute(preparation).unwrap();
        for settings in SETTINGS {
            for mode in ["force_custom_plan", "force_generic_plan"] {
                // Without indexes, most settings choose among the same plans.
                if index < 2 && !settings.is_empty() {
                    continue;
                }
                client.batch_execute("RESET ALL").unwrap();
                client.batch_execute(settings).unwrap();
                client
                    .batch_execute(&format!("SET plan_cache_mode = {mode}"))
                    .unwrap();
                for (query, expected) in queries.iter().zip(&mut expected) {
                    let found = rows::execute(query, &mut client).unwrap_or_else(|error| {
                        panic!(
                            "{error}\nunder {mode}; {settings}; {preparation}\n{}",
                            query.sql()
                        )
                    });
                    let found = sorted(found);
                    let seen = found.iter().flatten().any(|cell| cell.contains("SECRET"));
                    assert!(!seen, "a hidden value: {}", query.sql());
                    assert_eq!(expected.get_or_insert_with(|| found.clone()), &found);
                }
            }
        }
    }
}

/// The same for random catalogs, rows and requests. Numbers are read from texts, by a cast or by a function
/// that costs next to nothing; rows hidden by the tenant, by a rule or by a standing filter that cannot
/// raise hold a text that is no number. Nothing raises, and what comes out is what the model says (R20).
///
/// Could break where a fence is missing: around a rule or a standing filter that can raise, below a
/// filter or a group key that can, inside a lookup. That it can fail is shown by taking fences away.
#[test]
fn no_hidden_row_raises_in_random_requests() {
    let server = RefCell::new(ask::Server::new("random poison"));
    server.borrow_mut().run(RISKY);
    let (tried, bitten) = (Cell::new(0), Cell::new(0));
    check(
        40,
        6,
        |Case {
             world,
             mut questions,
         }| {
            ask::by_one_caller(&mut questions);
            let compiler = ask::compiler(&world, Reading::Risky, Dialect::Postgres);
            let compile = |(question, _): &(Asked, _)| {
                let query = ask::compile(&compiler, &world, question, false).ok()?;
                Some((query, answer(&world, question)))
            };
            let (queries, expected): (Vec<CompiledQuery>, Vec<_>) =
                questions.iter().filter_map(compile).unzip();
            let caller = &questions[0].0;
            let is_poisoned = |row: &Row| is_hidden_safely(&world, caller, row);
            let tenant = ModelValue::integer(caller.tenant);
            let is_hidden = |table: usize, row: &Row| table == 0 && row[TENANT] != tenant;
            let poisoned = sql::rows_with(&world, &is_poisoned, &is_hidden, &|_, _| false);
            let mut server = server.borrow_mut();
            server.run(&poisoned);
            for mode in ["force_custom_plan", "force_generic_plan"] {
                server.run(&format!("SET plan_cache_mode = {mode}"));
                for (at, found) in server.ask(&queries).iter().enumerate() {
                    tried.set(tried.get() + 1);
                    let is_right = match (&expected[at], found) {
                        (Some(expected), Ok(found)) => said::agree(expected, found),
                        (_, found) => found.is_ok(),
                    };
                    if !is_right {
                        let described = ask::described(&world, &questions[at].0);
                        return Err(format!(
                            "{found:?}\n{}\n{described}\n{poisoned}",
                            queries[at].sql()
                        ));
                    }
                }
                let unfenced = server.ask_texts(&queries, &|text| text.replace("OFFSET 0", ""));
                let secrets = unfenced.iter().filter_map(|found| found.as_ref().err());
                let told = secrets.filter(|error| error.contains("SECRET")).count();
                bitten.set(bitten.get() + told);
            }
            Ok(())
        },
    );
    println!(
        "{} tried, {} raise without fences",
        tried.get(),
        bitten.get()
    );
    assert!(tried.get() > 100 && bitten.get() * 100 > tried.get());
}

const RISKY: &str = "CREATE FUNCTION public.risky(value text) RETURNS integer
    LANGUAGE plpgsql IMMUTABLE COST 0.0001 AS $$ BEGIN RETURN value::integer; END $$;";

/// Whether something that cannot raise hides the row: only then must nothing that can ever see it.
fn is_hidden_safely(world: &World, caller: &Question, row: &Row) -> bool {
    let can_raise =
        |expr: &Expr| sql::sql(expr, &sql::risky_column) != sql::sql(expr, &sql::column);
    let mut safe = world.clone();
    safe.base_filter = safe.base_filter.filter(|filter| !can_raise(filter));
    let mut caller = caller.clone();
    let dimension = |rule: &Rule| &world.dimensions[rule.dimension].value;
    caller.rules.retain(|rule| !can_raise(dimension(rule)));
    !is_visible(&safe, &caller, row)
}

fn sorted(mut rows: Rows) -> Rows {
    rows.sort();
    rows
}

/// The poison works: without a fence, and without a guard, the database tells of hidden rows.
#[test]
fn the_poison_bites_where_nothing_guards() {
    let mut client = cluster().fresh_database("bites");
    client.batch_execute(SCHEMA).unwrap();
    let mut bites = |sql: &str| {
        let error = rows::rows(client.simple_query(sql)).unwrap_err();
        assert!(error.contains("SECRET"), "{sql}: {error}");
    };
    for expression in [
        "CAST(number_text AS integer)",
        "public.risky(number_text)",
        "100 / CAST(number_text AS numeric)",
        "CAST(date_text AS date)",
        "CAST(doc_text AS jsonb) ->> 'word'",
    ] {
        bites(&format!("SELECT {expression} FROM public.ledger"));
    }
    let catalog = Catalog::from_json(CATALOG).unwrap();
    let compiler = Compiler::new(catalog, Dialect::Postgres);
    let mut unfenced = |request: &str, access: &str| {
        let query = compile(&compiler, request, access);
        assert!(query.sql().contains("OFFSET 0"));
        let sql = query.sql().replace("OFFSET 0", "");
        let values: Vec<String> = query.params().iter().map(literal::postgres).collect();
        let Err(error) = rows::execute_text(&sql, &values, &mut client) else {
            panic!("no error without a fence: {sql}");
        };
        assert!(error.contains("SECRET"), "{sql}: {error}");
    };
    // A filter, a standing filter, a rule, the key of a lookup, a condition of a lookup.
    let filter = r#""filters": [{"dimension": "flag", "op": "eq", "values": [true]}]"#;
    unfenced(
        &format!(r#"{{"source": "ledger", "metrics": ["marks"], {filter}}}"#),
        "[]",
    );
    unfenced(
        r#"{"source": "checked", "metrics": ["marks"]}"#,
        &format!("[{RULE}]"),
    );
    let rule = r#"{"dimension": "cheap", "access_type": "include", "allowed_values": [2]}"#;
    unfenced(
        r#"{"source": "ledger", "metrics": ["marks"]}"#,
        &format!("[{rule}]"),
    );
    let rule = r#"{"dimension": "cheap_code", "access_type": "include", "allowed_values": [1]}"#;
    unfenced(
        r#"{"source": "ledger", "metrics": ["marks"], "dimensions": ["cheap_code"]}"#,
        &format!("[{RULE}, {rule}]"),
    );
    unfenced(
        r#"{"source": "ledger", "metrics": ["marks"], "dimensions": ["kept_code"]}"#,
        &format!("[{RULE}]"),
    );
}

/// What a visible row raises is the caller's to see; still, no other row is in the message.
#[test]
fn an_error_of_a_visible_row_names_no_hidden_one() {
    let catalog = Catalog::from_json(CATALOG).unwrap();
    let compiler = Compiler::new(catalog, Dialect::Postgres);
    let mut client = cluster().fresh_database("visible");
    client.batch_execute(SCHEMA).unwrap();
    let own = "INSERT INTO public.ledger SELECT 1, '2024-01-01', 1, 'mine', 'mine', 'mine', 'mine', false, 1";
    client.batch_execute(own).unwrap();
    for dimension in RAISING {
        let request = format!(
            r#"{{"source": "ledger", "metrics": ["marks"], "dimensions": ["{dimension}"]}}"#
        );
        let query = compile(&compiler, &request, &format!("[{RULE}]"));
        let error = rows::execute(&query, &mut client).unwrap_err();
        assert!(
            error.contains("mine") && !error.contains("SECRET"),
            "{error}"
        );
    }
}

/// Settings that a session may have, none of which is a setting that results may depend on.
const ODD: [&str; 9] = [
    "SET TimeZone = 'Pacific/Apia'",
    "SET TimeZone = 'America/St_Johns'; SET DateStyle = 'German, DMY'",
    "SET DateStyle = 'SQL, MDY'; SET IntervalStyle = 'sql_standard'",
    "SET search_path = ''",
    "SET standard_conforming_strings = off; SET backslash_quote = on; SET escape_string_warning = off",
    "SET extra_float_digits = -15; SET bytea_output = 'escape'; SET array_nulls = off",
    "SET lc_numeric = 'C'; SET lc_time = 'C'; SET lc_monetary = 'C'; SET transform_null_equals = on",
    "SET enable_hashagg = off; SET enable_sort = off; SET from_collapse_limit = 1; SET join_collapse_limit = 1",
    "SET work_mem = '64kB'; SET plan_cache_mode = force_generic_plan; SET default_transaction_read_only = on",
];

/// Dates are compared as JSON, whose form no setting changes.
#[test]
fn results_do_not_depend_on_the_session() {
    let mut client = database("settings", "payments");
    let all = cases("cases");
    let chosen: Vec<_> = all
        .iter()
        .filter(|case| case.catalog == "payments" && !matches!(case.expected, Expected::Errors(_)))
        .enumerate()
        .filter(|(at, case)| at % 4 == 0 || case.name.starts_with("dates/"))
        .map(|(_, case)| case)
        .collect();
    assert!(chosen.len() > 100, "only {} cases", chosen.len());
    for case in chosen {
        let query = case.checked(&case.compiler(Dialect::Postgres)).unwrap();
        // The text of a moment is in the session's zone, so moments are compared as such.
        let columns: Vec<String> = query
            .columns()
            .iter()
            .map(|column| {
                let name = format!("q.\"{}\"", column.alias());
                match column.data_type() {
                    "timestamptz" => format!("extract(epoch FROM {name})"),
                    _ => name,
                }
            })
            .collect();
        let sql = format!(
            "SELECT json_build_array({})::text FROM ({}) AS q",
            columns.join(", "),
            query.sql()
        );
        let values: Vec<String> = query.params().iter().map(literal::postgres).collect();
        let plain = under("", &sql, &values, &mut client);
        for settings in ODD {
            let found = under(settings, &sql, &values, &mut client);
            assert_eq!(found, plain, "{} under {settings}\n{sql}", case.name);
        }
    }
}

fn under(settings: &str, sql: &str, values: &[String], client: &mut Client) -> Rows {
    client.batch_execute("DEALLOCATE ALL; RESET ALL").unwrap();
    client.batch_execute(settings).unwrap();
    let failed = |error: postgres::Error| panic!("{}\n{settings}\n{sql}", rows::describe(&error));
    client
        .batch_execute(&format!("PREPARE statement AS {sql}"))
        .unwrap_or_else(failed);
    // The parameters of this test are texts with backslashes; a client binds them without any.
    client
        .batch_execute("SET standard_conforming_strings = on")
        .unwrap();
    let arguments = match values.is_empty() {
        true => String::new(),
        false => format!("({})", values.join(", ")),
    };
    rows::rows(client.simple_query(&format!("EXECUTE statement{arguments}")))
        .unwrap_or_else(|error| panic!("{error}\n{settings}\n{sql}"))
}
