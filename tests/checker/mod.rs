//! A second reader of emitted statements, which shares nothing with the library's own.
//!
//! It reads the text with PostgreSQL's own grammar, in process, and knows nothing but the text, the
//! parameters, the request, the context and the definitions of the catalog. What it does not know, it
//! refuses. To read the code: [`check`], then `shape.rs`, then `guard.rs`.

mod bucket;
mod conditions;
mod exact;
mod form;
mod fragment;
mod functions;
mod guard;
mod lexical;
mod lower;
mod lower_expression;
mod meaning;
mod metrics;
mod normal;
mod outside;
mod parameters;
mod paths;
mod raise;
mod rules;
mod search;
mod shape;
mod sqlite;
mod tree;
mod values;

use measurand::{Catalog, CompiledQuery, Compiler, Context, Dialect, Errors, Param, Request};

use lower::Lowered;
use meaning::Known;
use metrics::Metrics;
use tree::{Select, Tree};

/// A statement as it would be run, and what it says of itself: the source that answers and the names
/// of the result's columns, both of which are checked.
#[derive(Clone, Copy)]
pub struct Emitted<'a> {
    pub sql: &'a str,
    pub params: &'a [Param],
    pub dialect: Dialect,
    pub source: &'a str,
    pub aliases: &'a [&'a str],
}

/// The one door through which tests compile: what comes out is checked.
pub trait Checked {
    /// Compiles, and checks the statement.
    ///
    /// # Panics
    /// If the checker refuses the statement.
    fn checked(&self, request: &Request, context: &Context) -> Result<CompiledQuery, Errors>;
}

impl Checked for Compiler {
    fn checked(&self, request: &Request, context: &Context) -> Result<CompiledQuery, Errors> {
        let query = self.compile(request, context)?;
        let checked = on_a_large_stack(|| check(&query, self.catalog(), request, context));
        if let Err(faults) = checked {
            let faults = faults.join("\n  ");
            panic!(
                "the checker refuses a statement:\n  {faults}\n{}",
                query.sql()
            );
        }
        Ok(query)
    }
}

/// What a statement nests, the grammar and this reader walk by recursion; a test may well compile on a
/// stack that is too small for that.
fn on_a_large_stack<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(256 << 20);
        let thread = thread.spawn_scoped(scope, work).expect("a thread");
        thread
            .join()
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// Checks a compiled statement.
///
/// # Errors
/// Everything that is wrong with it.
pub fn check(
    query: &CompiledQuery,
    catalog: &Catalog,
    request: &Request,
    context: &Context,
) -> Result<(), Vec<String>> {
    let sources = query.sources();
    let [source] = sources.as_slice() else {
        return Err(vec![format!("{} sources", sources.len())]);
    };
    let aliases: Vec<&str> = query
        .columns()
        .iter()
        .map(|column| column.alias())
        .collect();
    let emitted = Emitted {
        sql: query.sql(),
        params: query.params(),
        dialect: query.dialect(),
        source: source.as_str(),
        aliases: &aliases,
    };
    check_emitted(emitted, catalog, request, context)
}

/// Checks a statement, wherever it comes from.
///
/// # Errors
/// Everything that is wrong with it.
pub fn check_emitted(
    emitted: Emitted<'_>,
    catalog: &Catalog,
    request: &Request,
    context: &Context,
) -> Result<(), Vec<String>> {
    let spec = catalog.definitions();
    let is_sqlite = emitted.dialect == Dialect::Sqlite;
    let mut faults = Vec::new();
    let mark = if is_sqlite { '?' } else { '$' };
    let placeholders = lexical::read(emitted.sql, mark)
        .and_then(|numbers| lexical::check_numbers(&numbers, emitted.params.len()));
    faults.extend(placeholders.err());
    let source = spec
        .data_sources
        .iter()
        .find(|source| source.source_key == emitted.source);
    let Some(source) = source else {
        return Err(vec!["a source that the catalog does not have".to_owned()]);
    };
    if request
        .source
        .as_ref()
        .is_some_and(|asked| *asked != source.source_key)
    {
        faults.push("another source than the request's answers".to_owned());
    }
    let options = meaning::options(spec, request);
    let known = Known {
        options: &options,
        spec,
        source,
        request,
        context,
        is_sqlite,
        max_limit: catalog.limits().max_limit,
    };
    let text = match is_sqlite {
        true => sqlite::as_postgres(emitted.sql),
        false => emitted.sql.to_owned(),
    };
    match lower::statement(&text) {
        Ok(statement) => faults.extend(check_tree(&known, &emitted, statement)),
        Err(fault) => faults.push(fault),
    }
    match faults.is_empty() {
        true => Ok(()),
        false => Err(faults),
    }
}

/// What is wrong with a statement that the grammar has read.
fn check_tree(known: &Known<'_>, emitted: &Emitted<'_>, statement: Select) -> Vec<String> {
    let mut faults = Vec::new();
    faults.extend(parameters::check(&statement, emitted.params, known.is_sqlite).err());
    statement.visit(&mut |tree| {
        let fault = functions::check_node(tree, &known.spec.functions, known.is_sqlite);
        faults.extend(fault.err());
        if !known.is_sqlite {
            faults.extend(exact::check_node(tree, &|name| known.column_type(name)).err());
        }
    });
    let bound = parameters::bind(statement, emitted.params, known.is_sqlite);
    faults.extend(check_meaning(known, emitted.aliases, &bound).err());
    faults
}

/// Every part of the statement is what the catalog, the request and the context mean, and nothing else
/// is there.
fn check_meaning(known: &Known<'_>, aliases: &[&str], statement: &Select) -> Lowered<()> {
    let layout = shape::layout(statement, known.is_sqlite)?;
    let metrics = Metrics::new(known);
    metrics.prepare()?;
    let asked = known.asked()?;
    let facts = known.facts(layout.facts)?;
    if !known.is_sqlite {
        let keys = asked.iter().map(|asked| known.followed(&asked.dimension).0);
        let keys: Vec<Tree> = keys.collect();
        known.check_fences(&facts.guard, &facts.all, layout.grouped, &keys)?;
    }
    let wanted = known.row_conditions(&metrics)?;
    known.check_conditions(facts.rest, layout.grouped, wanted)?;
    let mut columns = known.grouped(layout.grouped, &facts.guard, &asked, &metrics)?;
    for level in &layout.levels {
        columns = known.level(level, &columns, &metrics)?;
    }
    known.joined(&layout, &columns, &asked)?;
    known.result(&layout, &columns, &asked, &metrics, aliases)
}
