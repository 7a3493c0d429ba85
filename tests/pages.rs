//! Pages of detail rows, walked from the first to the last: together they are the rows of the request
//! without pages, in its order, each once.
//!
//! Could break where a page begins a row too early or too late: at values that are missing, at ties, where
//! keys run in two directions, where a value is compared as another type than it is ordered.

use std::cell::{Cell, RefCell};

use measurand::{
    Catalog, ColumnRole, CompiledQuery, Compiler, Context, Dialect, Limits, Page, Param, Request,
    Tenant, Value,
};
use measurand_tests::checker::Checked;
use measurand_tests::generate::question::Asked;
use measurand_tests::generate::spelling::{self, Reading};
use measurand_tests::generate::tape::{Case, check};
use measurand_tests::generate::{ask, sql};
use measurand_tests::reference::model::World;
use measurand_tests::support::case::catalog;
use measurand_tests::support::cluster::cluster;
use measurand_tests::support::rows::{self, NULL, Rows};
use measurand_tests::support::{literal, sqlite};
use serde_json::{Value as Json, json};

/// Questions of one world, which share its rows.
const QUESTIONS: usize = 10;

#[test]
fn pages_are_the_rows_on_postgresql() {
    let server = RefCell::new(ask::Server::new("pages"));
    walk_pages(
        Dialect::Postgres,
        |world| server.borrow_mut().run(&sql::rows(world)),
        |query| {
            server
                .borrow_mut()
                .ask(std::slice::from_ref(query))
                .remove(0)
        },
    );
}

#[test]
fn pages_are_the_rows_on_sqlite() {
    let connection = ask::memory();
    walk_pages(
        Dialect::Sqlite,
        |world| {
            let stored = connection.execute_batch(&sql::sqlite_rows(world));
            stored.unwrap_or_else(|error| panic!("{error}"));
        },
        |query| sqlite::execute(query, &connection),
    );
}

fn walk_pages(
    dialect: Dialect,
    store: impl Fn(&World),
    ask: impl Fn(&CompiledQuery) -> Result<Rows, String>,
) {
    let (walked, pages) = (Cell::new(0_u32), Cell::new(0_u32));
    check(60, QUESTIONS, |Case { world, questions }| {
        let compiler = ask::compiler(&world, Reading::Plain, dialect);
        store(&world);
        for (mut question, mut random) in questions {
            let size = 1 + random.below(3);
            question.has_module = true;
            question.is_count = false;
            (question.limit, question.offset) = (None, None);
            match &mut question.question.detail {
                Some(detail) if world.is_keyed => detail.after = None,
                _ => continue,
            }
            let walk = Walk {
                compiler: &compiler,
                world: &world,
                question: &question,
                size,
                ask: &ask,
            };
            let Some((all, found)) = walk.both(&pages)? else {
                continue;
            };
            walked.set(walked.get() + 1);
            if all != found {
                let described = ask::described(&world, &question);
                return Err(format!(
                    "{all:?}\nin pages of {size}: {found:?}\n{described}"
                ));
            }
        }
        Ok(())
    });
    println!("{} walked, {} pages", walked.get(), pages.get());
    assert!(
        walked.get() > 50 && pages.get() > walked.get() * 2,
        "says little"
    );
}

/// A request whose pages are walked.
struct Walk<'w, A> {
    compiler: &'w Compiler,
    world: &'w World,
    question: &'w Asked,
    size: usize,
    ask: &'w A,
}

impl<A: Fn(&CompiledQuery) -> Result<Rows, String>> Walk<'_, A> {
    /// The rows at once, and page by page; none where the request is refused.
    fn both(&self, pages: &Cell<u32>) -> Result<Option<(Rows, Rows)>, String> {
        let Some(whole) = self.query(|_| {}) else {
            return Ok(None);
        };
        let all = (self.ask)(&whole)?;
        let mut found = Rows::new();
        let mut after: Option<Vec<Json>> = None;
        loop {
            pages.set(pages.get() + 1);
            let query = self.query(|request| {
                request["limit"] = json!(self.size);
                if let Some(after) = &after {
                    request["after"] = json!(after);
                }
            });
            let query = query.ok_or("the page of a request that compiles does not")?;
            let mut rows =
                (self.ask)(&query).map_err(|error| format!("{error}\n{}", query.sql()))?;
            let page = query.page().ok_or("no page")?;
            let has_more = rows.len() > self.size;
            rows.truncate(self.size);
            let keys = page.after_columns().ok_or("no keys of the next page")?;
            let last = rows.last().cloned();
            let shown = whole.columns().len();
            found.extend(rows.into_iter().map(|mut row| {
                row.truncate(shown);
                row
            }));
            let Some(last) = last.filter(|_| has_more) else {
                return Ok(Some((all, found)));
            };
            if found.len() > all.len() {
                return Err(format!("{all:?}\nand more: {found:?}\n{}", query.sql()));
            }
            let types = query.columns();
            let values = keys
                .iter()
                .map(|at| written(&last[*at], types[*at].data_type()));
            after = Some(values.collect());
        }
    }

    fn query(&self, change: impl FnOnce(&mut Json)) -> Option<CompiledQuery> {
        let limits = Limits::default();
        let mut request = spelling::request(self.world, self.question, false);
        change(&mut request);
        let context = spelling::context(self.world, self.question, false).to_string();
        let request = Request::from_json(&request.to_string(), &limits).ok()?;
        let context = Context::from_json(&context, &limits).ok()?;
        self.compiler.checked(&request, &context).ok()
    }
}

/// A cell of a result as the value of a request.
fn written(cell: &str, data_type: &str) -> Json {
    match (cell, data_type) {
        (NULL, _) => Json::Null,
        ("t" | "1", "boolean") => json!(true),
        ("f" | "0", "boolean") => json!(false),
        (text, _) => json!(text),
    }
}

/// A catalog of one source with a primary key, for the plans of PostgreSQL.
const CATALOG: &str = r#"{
  "data_sources": [{"source_key": "orders", "view_pattern": "public.orders_{client_id}", "date_column": "day",
    "primary_key": ["day", "id"], "metrics": [], "dimensions": ["shop"],
    "columns": [{"name": "client_id", "data_type": "integer"}, {"name": "id", "data_type": "integer"},
      {"name": "day", "data_type": "date"}, {"name": "shop_id", "data_type": "integer"}]}],
  "metrics": [],
  "dimensions": [{"dimension_key": "shop", "column_expression": "shop_id", "value_type": "integer",
    "join_table": "public.shops", "display_column": "name", "join_unique": true,
    "join_condition": "shops.shop_id = {value} AND shops.client_id = {client_id}"}]
}"#;

const ORDERS: &str = "
    CREATE TABLE public.orders_1 (client_id bigint NOT NULL, id bigint NOT NULL, day date NOT NULL,
        shop_id bigint, PRIMARY KEY (day, id));
    CREATE TABLE public.shops (client_id bigint, shop_id bigint, name text);
    INSERT INTO public.orders_1
        SELECT 1, n, DATE '2024-01-01' + n / 100, n % 7 FROM generate_series(1, 30000) AS n;
    ANALYZE;";

/// A page behind a row begins in the index of the primary key, in either direction: nothing is sorted but
/// the page itself, and no row before it is read.
///
/// Could break where a condition, an order or a fence hides the columns of the index from the database.
#[test]
fn pages_behind_a_row_are_read_from_the_index() {
    let mut client = cluster().fresh_database("index of pages");
    client.batch_execute(ORDERS).expect("the orders");
    let catalog = Catalog::from_json(CATALOG).expect("a catalog");
    let compiler = Compiler::new(catalog, Dialect::Postgres);
    let context = Context::new(Tenant::number(1).expect("a tenant"), Vec::new());
    for columns in [vec!["id"], vec!["id", "shop"]] {
        for request in [
            Request::rows(columns.clone()),
            Request::rows(columns.clone()).descending("day"),
        ] {
            let request = request.limit(20).after(["2024-05-05", "12500"]);
            let query = compiler.checked(&request, &context).expect("a page");
            let explained = format!("EXPLAIN (COSTS OFF) {}", query.sql());
            let values: Vec<String> = query.params().iter().map(literal::postgres).collect();
            let texts = (1..).zip(&values);
            let explained = texts.fold(explained, |sql, (number, value)| {
                sql.replace(&format!("${number}::"), &format!("{value}::"))
            });
            let plan = rows::rows(client.simple_query(&explained)).expect("a plan");
            let plan = plan.concat().join("\n");
            let (above, scan) = plan.split_once("Index").unwrap_or_else(|| panic!("{plan}"));
            assert!(scan.contains("Index Cond: (ROW("), "{plan}");
            let sorts = above.matches("Sort Key").count();
            assert!(sorts < columns.len(), "{plan}");
        }
    }
}

/// What a page says of itself: how many rows were asked for, and where the next one begins.
#[test]
fn a_page_says_what_the_next_one_needs() {
    let tickets = catalog("tickets");
    let compiler = Compiler::new(tickets, Dialect::Postgres);
    let context = Context::new(Tenant::number(1).expect("a tenant"), Vec::new());
    let compile = |request: Request| compiler.checked(&request, &context).expect("a page");
    let tickets = |columns: &[&str]| Request::rows(columns.to_vec()).source("tickets");

    let query = compile(tickets(&["agent"]).descending("day").limit(20));
    let roles: Vec<ColumnRole> = query.columns().iter().map(|column| column.role()).collect();
    let (value, label) = (ColumnRole::DimensionValue, ColumnRole::DimensionLabel);
    assert_eq!(
        roles,
        [value, label, ColumnRole::PageKey, ColumnRole::PageKey]
    );
    let page = query.page().expect("a page");
    assert_eq!(page.limit(), 20);
    assert_eq!(page.after_columns(), Some(&[2, 3][..]));
    let [agent, _, day, id] = query.columns() else {
        panic!("four columns");
    };
    assert_eq!([day.key(), id.key()], ["day", "ticket_id"]);
    assert!(agent.is_nullable() && day.is_nullable() && !id.is_nullable());
    let json = serde_json::to_value(&query).expect("JSON");
    assert_eq!(json["page"], json!({"limit": 20, "after_columns": [2, 3]}));
    assert_eq!(json["columns"][3]["role"], "page_key");
    let last = query.params().last().expect("a parameter");
    assert_eq!(*last, Param::Scalar(Value::Integer(21)));

    // What is asked for is no key of the page, and another answer.
    let asked = compile(
        tickets(&["agent", "day", "ticket_id"])
            .descending("day")
            .limit(20),
    );
    assert_eq!(asked.sql(), query.sql());
    assert_ne!(asked.fingerprint(), query.fingerprint());
    assert_eq!(asked.columns()[3].role(), ColumnRole::Column);
    assert_eq!(asked.columns()[3].label(), "Ticket id");

    // Without a limit there is no page, and without a primary key no way on but an offset.
    let all = compile(tickets(&["agent"]).descending("day"));
    assert!(all.page().is_none() && all.columns().len() == 2);
    assert!(
        serde_json::to_value(&all)
            .expect("JSON")
            .get("page")
            .is_none()
    );
    let notes = compile(Request::rows(["note"]).ascending("minutes").limit(20));
    assert_eq!(notes.page().and_then(Page::after_columns), None);
    assert_eq!(
        (notes.page().map(Page::limit), notes.columns().len()),
        (Some(20), 1)
    );

    // A service's own limit makes pages as well.
    let limits = Limits {
        max_limit: Some(7),
        ..Limits::default()
    };
    let capped = Catalog::from_json_within(CATALOG, limits).expect("a catalog");
    let capped = Compiler::new(capped, Dialect::Sqlite);
    let query = capped
        .checked(&Request::rows(["shop"]), &context)
        .expect("a page");
    let page = query.page().expect("a page");
    assert_eq!((page.limit(), page.after_columns()), (7, Some(&[2, 3][..])));
}
