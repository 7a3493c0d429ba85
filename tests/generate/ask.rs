//! Worlds given to the library and to databases.

use measurand::{Catalog, CompiledQuery, Compiler, Context, Dialect, Errors, Limits, Request};
use postgres::{Client, SimpleQueryMessage};
use rusqlite::Connection;

use crate::checker::Checked;
use crate::generate::question::Asked;
use crate::generate::spelling::{self, Reading};
use crate::generate::sql;
use crate::reference::model::World;
use crate::support::cluster::cluster;
use crate::support::literal;
use crate::support::random::Random;
use crate::support::rows::{NULL, Rows, describe, without_unexpected_null};

/// A compiler for a world's catalog.
///
/// # Panics
/// If the catalog does not load: every random one has to.
pub fn compiler(world: &World, reading: Reading, dialect: Dialect) -> Compiler {
    let definitions = reading.catalog(world).to_string();
    let catalog = Catalog::from_json(&definitions);
    let catalog = catalog.unwrap_or_else(|errors| panic!("{errors}\n{definitions}"));
    Compiler::new(catalog, dialect)
}

/// A question compiled; with all that holds anyway said, if `is_explicit`.
pub fn compile(
    compiler: &Compiler,
    world: &World,
    question: &Asked,
    is_explicit: bool,
) -> Result<CompiledQuery, Errors> {
    let limits = Limits::default();
    let request = spelling::request(world, question, is_explicit).to_string();
    let context = spelling::context(world, question, is_explicit).to_string();
    let request = Request::from_json(&request, &limits)?;
    compiler.checked(&request, &Context::from_json(&context, &limits)?)
}

/// A case for a message.
pub fn described(world: &World, question: &Asked) -> String {
    format!(
        "request {}\ncontext {}\ncatalog {}\nrows {}",
        spelling::request(world, question, false),
        spelling::context(world, question, false),
        Reading::Plain.catalog(world),
        sql::rows(world)
    )
}

/// All questions of a world are asked by one caller, under one tenant and one set of rules.
pub fn by_one_caller(questions: &mut [(Asked, Random)]) {
    let first = questions.first().map(|(question, _)| question.clone());
    for ((question, _), first) in questions.iter_mut().zip(std::iter::repeat(first).flatten()) {
        (question.tenant, question.rules) = (first.tenant, first.question.rules);
    }
}

/// A database in memory with the empty relations.
pub fn memory() -> Connection {
    let connection = Connection::open_in_memory().expect("a database in memory");
    let tables = sql::TABLES.replace("TABLE ", "TABLE public.");
    let made = connection.execute_batch(&format!("ATTACH ':memory:' AS public; {tables}"));
    made.expect("the relations");
    connection
}

/// A server's database with the empty relations, which answers statements by the batch.
pub struct Server {
    client: Client,
}

impl Server {
    /// A new database of this name.
    pub fn new(name: &str) -> Self {
        let mut client = cluster().fresh_database(name);
        client.batch_execute(sql::TABLES).expect("the relations");
        Self { client }
    }

    /// Runs statements that give nothing.
    pub fn run(&mut self, statements: &str) {
        let done = self.client.simple_query(statements);
        done.unwrap_or_else(|error| panic!("{}\n{statements}", describe(&error)));
    }

    /// The rows of each query, in one round trip unless one fails.
    pub fn ask(&mut self, queries: &[CompiledQuery]) -> Vec<Result<Rows, String>> {
        let found = self.ask_texts(queries, &str::to_owned).into_iter();
        let checked = found.zip(queries);
        checked
            .map(|(rows, query)| rows.and_then(|rows| without_unexpected_null(query, rows)))
            .collect()
    }

    /// The same for statements whose text is changed first.
    pub fn ask_texts(
        &mut self,
        queries: &[CompiledQuery],
        change: &dyn Fn(&str) -> String,
    ) -> Vec<Result<Rows, String>> {
        let texts: Vec<String> = queries
            .iter()
            .map(|query| statements(query, change))
            .collect();
        if let Ok(messages) = self.client.simple_query(&texts.concat()) {
            return answers(messages).into_iter().map(Ok).collect();
        }
        let mut found = Vec::new();
        for text in &texts {
            let _ = self.client.simple_query("DEALLOCATE ALL");
            let answer = self.client.simple_query(text);
            let rows = answer.map(|messages| answers(messages).remove(0));
            found.push(rows.map_err(|error| describe(&error)));
        }
        let _ = self.client.simple_query("DEALLOCATE ALL");
        found
    }
}

/// A query through `PREPARE` and `EXECUTE`, so that every column comes as text.
fn statements(query: &CompiledQuery, change: &dyn Fn(&str) -> String) -> String {
    let values: Vec<String> = query.params().iter().map(literal::postgres).collect();
    let arguments = match values.is_empty() {
        true => String::new(),
        false => format!("({})", values.join(", ")),
    };
    let sql = change(query.sql());
    format!("PREPARE statement AS {sql};\nEXECUTE statement{arguments};\nDEALLOCATE statement;")
}

/// The rows of each `EXECUTE`, which stands between a `PREPARE` and a `DEALLOCATE`.
fn answers(messages: Vec<SimpleQueryMessage>) -> Vec<Rows> {
    let (mut found, mut rows, mut ended) = (Vec::new(), Rows::new(), 0);
    for message in messages {
        match message {
            SimpleQueryMessage::Row(row) => {
                let cell = |at| row.get(at).map_or_else(|| NULL.to_owned(), str::to_owned);
                rows.push((0..row.len()).map(cell).collect());
            }
            SimpleQueryMessage::CommandComplete(_) => {
                ended += 1;
                if ended % 3 == 2 {
                    found.push(std::mem::take(&mut rows));
                }
            }
            _ => {}
        }
    }
    found
}
