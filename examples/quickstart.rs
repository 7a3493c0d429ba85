//! From a catalog to tables of numbers, on SQLite in memory: three questions, each asked by three
//! people who may see different rows.
//!
//! `cargo run --example quickstart`

#[path = "quickstart/binding.rs"]
mod binding;
#[path = "quickstart/data.rs"]
mod data;
#[path = "quickstart/questions.rs"]
mod questions;
#[path = "quickstart/table.rs"]
mod table;

use std::error::Error;
use std::io::{IsTerminal, Write};

use measurand::{Catalog, CompiledQuery, Compiler, Context, Dialect, Limits, Request};
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

fn main() -> Result<(), Box<dyn Error>> {
    let mut connection = Connection::open_in_memory()?;
    let rows = data::fill(&mut connection, show_progress)?;
    eprintln!(
        "\rmade {rows} rows of orders for {} tenants",
        data::TENANTS.len()
    );

    // The catalog is checked once and serves every request.
    let catalog = Catalog::from_json(questions::CATALOG)?;
    let compiler = Compiler::new(catalog, Dialect::Sqlite);
    let limits = Limits::default();

    let mut out = std::io::stdout().lock();
    for (title, request) in questions::REQUESTS {
        let request = Request::from_json(request, &limits)?;
        for (who, context) in questions::CONTEXTS {
            let context = Context::from_json(context, &limits)?;
            let query = compiler.compile(&request, &context)?;
            let rows = run(&connection, &query)?;
            let shown = show(&mut out, &format!("{title}; asked by {who}"), &query, &rows);
            if let Err(error) = shown {
                // A reader such as `head` that has seen enough is no failure.
                let is_over = error.kind() == std::io::ErrorKind::BrokenPipe;
                return if is_over { Ok(()) } else { Err(error.into()) };
            }
        }
    }
    Ok(())
}

/// Runs a statement with its parameters.
fn run(connection: &Connection, query: &CompiledQuery) -> Result<Vec<Vec<Value>>, Box<dyn Error>> {
    let params = query.params().iter().map(binding::bound);
    let params = params.collect::<Result<Vec<Value>, _>>()?;
    let mut statement = connection.prepare(query.sql())?;
    let width = statement.column_count();
    let rows = statement.query_map(params_from_iter(params), |row| {
        (0..width).map(|at| row.get(at)).collect()
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn show(
    out: &mut impl Write,
    title: &str,
    query: &CompiledQuery,
    rows: &[Vec<Value>],
) -> std::io::Result<()> {
    writeln!(out, "\n== {title}\n\n{}\n", query.sql())?;
    for (number, param) in (1..).zip(query.params()) {
        let param = serde_json::to_string(param)?;
        writeln!(out, "?{number} {param}")?;
    }
    writeln!(out, "\n{}\n", query.certificate())?;
    write!(out, "{}", table::table(query.columns(), rows))?;
    writeln!(out, "({} rows)", rows.len())
}

/// One line that counts up, where somebody is looking.
fn show_progress(rows: usize) {
    let mut out = std::io::stderr();
    if out.is_terminal() {
        // A line that cannot be shown is no reason to stop.
        let _ = write!(out, "\rmaking orders: {rows} rows");
        let _ = out.flush();
    }
}
