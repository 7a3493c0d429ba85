//! What is measured: generated catalogs of any size, two requests, and the yardsticks beside them.

#![allow(dead_code, reason = "each binary uses its own part")]

mod catalogs;
mod yardstick;

use std::error::Error;
use std::hint::black_box;
use std::sync::Arc;

use measurand::{Catalog, CompiledQuery, Compiler, Context, Dialect, Limits, Request};

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
    /// The wide request, where its shape has not been seen.
    WideCold,
    /// The wide request, where its shape was verified before.
    WideWarm,
    /// `sqlparser` parsing the statement of the wide request.
    WideParse,
}

impl Measure {
    pub(crate) const ALL: [(&'static str, Measure); 9] = [
        ("load", Measure::Load),
        ("load-yardstick", Measure::LoadYardstick),
        ("cold", Measure::Cold),
        ("warm", Measure::Warm),
        ("parse", Measure::Parse),
        ("push", Measure::Push),
        ("wide-cold", Measure::WideCold),
        ("wide-warm", Measure::WideWarm),
        ("wide-parse", Measure::WideParse),
    ];

    /// Whether it is about the wide request.
    fn is_wide(self) -> bool {
        matches!(
            self,
            Measure::WideCold | Measure::WideWarm | Measure::WideParse
        )
    }

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
    context: Context,
    usual: Asked,
    /// Catalogs with few metrics have no three sources to ask.
    wide: Option<Asked>,
    words: Vec<String>,
}

/// A request, and the statement that it gives.
struct Asked {
    request: Request,
    sql: String,
}

/// The fewest metrics with which a catalog has three sources of them.
const WIDE_FROM: usize = 1_000;

impl Workload {
    /// The workload with this many metrics, with the shape of its request already verified.
    pub(crate) fn new(metrics: usize) -> Outcome<Self> {
        let text = catalogs::catalog(metrics);
        let catalog = Arc::new(Catalog::from_json(&text)?);
        let compiler = Compiler::new(catalog.clone(), Dialect::Postgres);
        let limits = Limits::default();
        let context = Context::from_json(catalogs::CONTEXT, &limits)?;
        let ask = |text: String| -> Outcome<Asked> {
            let request = Request::from_json(&text, &limits)?;
            let sql = compiler.compile(&request, &context)?.sql().to_owned();
            Ok(Asked { request, sql })
        };
        let usual = ask(catalogs::request(metrics))?;
        let wide = (metrics >= WIDE_FROM).then(|| ask(catalogs::wide_request()));
        let wide = wide.transpose()?;
        Ok(Self {
            text,
            catalog,
            words: usual.sql.split_inclusive(' ').map(str::to_owned).collect(),
            compiler,
            context,
            usual,
            wide,
        })
    }

    /// What can be measured on a catalog of this size.
    pub(crate) fn measures(&self) -> impl Iterator<Item = Measure> {
        let has_wide = self.wide.is_some();
        let all = Measure::ALL.iter().map(|(_, measure)| *measure);
        all.filter(move |measure| has_wide || !measure.is_wide())
    }

    /// The bytes of the catalog's text.
    pub(crate) fn catalog_bytes(&self) -> usize {
        self.text.len()
    }

    /// The statement that is measured.
    pub(crate) fn sql(&self, measure: Measure) -> Outcome<&str> {
        Ok(&self.asked(measure)?.sql)
    }

    fn asked(&self, measure: Measure) -> Outcome<&Asked> {
        if measure.is_wide() {
            return self.wide.as_ref().ok_or("the catalog is too small".into());
        }
        Ok(&self.usual)
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
            Measure::Cold | Measure::WideCold => {
                let compiler = Compiler::new(self.catalog.clone(), Dialect::Postgres);
                black_box(self.compile(&compiler, measure)?);
            }
            Measure::Warm | Measure::WideWarm => {
                black_box(self.compile(&self.compiler, measure)?);
            }
            Measure::Parse | Measure::WideParse => {
                black_box(yardstick::parse(black_box(self.sql(measure)?))?);
            }
            Measure::Push => {
                black_box(yardstick::push(
                    black_box(&self.words),
                    self.usual.sql.len(),
                ));
            }
        }
        Ok(())
    }

    fn compile(&self, compiler: &Compiler, measure: Measure) -> Outcome<CompiledQuery> {
        let request = &self.asked(measure)?.request;
        Ok(compiler.compile(black_box(request), &self.context)?)
    }
}
