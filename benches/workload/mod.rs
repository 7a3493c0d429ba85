//! What is measured: generated catalogs of any size, one request, and the yardsticks beside it.

#![allow(dead_code, reason = "each binary uses its own part")]

mod catalogs;
mod yardstick;

use std::error::Error;
use std::hint::black_box;
use std::sync::Arc;

use measurand::{Catalog, Compiler, Context, Dialect, Limits, Request};

/// The sizes of the catalogs, in metrics.
pub(crate) const SIZES: [usize; 4] = [10, 100, 1_000, 10_000];

pub(crate) type Outcome<T> = Result<T, Box<dyn Error>>;

/// What can be measured, in the order of the tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Measure {
    /// A catalog from JSON text to checked.
    Load,
    /// The same text into plain structures by `serde_json`, and one `sqlparser` parse per fragment.
    LoadYardstick,
    /// A request whose shape the compiler has not seen: the statement is verified.
    Cold,
    /// A request whose shape was verified before.
    Warm,
    /// `sqlparser` parsing the statement that a compile gives.
    Parse,
    /// A buffer of the right size, into which the words of that statement are pushed.
    Push,
}

impl Measure {
    pub(crate) const ALL: [(&'static str, Measure); 6] = [
        ("load", Measure::Load),
        ("load-yardstick", Measure::LoadYardstick),
        ("cold", Measure::Cold),
        ("warm", Measure::Warm),
        ("parse", Measure::Parse),
        ("push", Measure::Push),
    ];

    pub(crate) fn name(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(_, each)| *each == self)
            .map_or("", |(name, _)| name)
    }
}

/// A catalog of one size, and what is compiled against it.
pub(crate) struct Workload {
    text: String,
    catalog: Arc<Catalog>,
    compiler: Compiler,
    request: Request,
    context: Context,
    sql: String,
    words: Vec<String>,
}

impl Workload {
    /// The workload with this many metrics, with the shape of its request already verified.
    pub(crate) fn new(metrics: usize) -> Outcome<Self> {
        let text = catalogs::catalog(metrics);
        let catalog = Arc::new(Catalog::from_json(&text)?);
        let compiler = Compiler::new(catalog.clone(), Dialect::Postgres);
        let limits = Limits::default();
        let request = Request::from_json(&catalogs::request(metrics), &limits)?;
        let context = Context::from_json(catalogs::CONTEXT, &limits)?;
        let sql = compiler.compile(&request, &context)?.sql().to_owned();
        Ok(Self {
            text,
            catalog,
            compiler,
            request,
            context,
            words: sql.split_inclusive(' ').map(str::to_owned).collect(),
            sql,
        })
    }

    /// The bytes of the catalog's text.
    pub(crate) fn catalog_bytes(&self) -> usize {
        self.text.len()
    }

    /// The statement that a compile gives.
    pub(crate) fn sql(&self) -> &str {
        &self.sql
    }

    /// Does what is measured once.
    pub(crate) fn run(&self, measure: Measure) -> Outcome<()> {
        match measure {
            Measure::Load => {
                black_box(Catalog::from_json(black_box(&self.text))?);
            }
            Measure::LoadYardstick => {
                black_box(yardstick::load(black_box(&self.text))?);
            }
            Measure::Cold => {
                let compiler = Compiler::new(self.catalog.clone(), Dialect::Postgres);
                let query = compiler.compile(black_box(&self.request), &self.context)?;
                black_box(query);
            }
            Measure::Warm => {
                let query = self
                    .compiler
                    .compile(black_box(&self.request), &self.context)?;
                black_box(query);
            }
            Measure::Parse => {
                black_box(yardstick::parse(black_box(&self.sql))?);
            }
            Measure::Push => {
                black_box(yardstick::push(black_box(&self.words), self.sql.len()));
            }
        }
        Ok(())
    }
}
