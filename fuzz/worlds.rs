//! Worlds and questions of the tests' independent model, read from bytes.

use std::sync::Arc;

use measurand::{Catalog, CompiledQuery, Compiler, Context, Dialect, Limits, Request};
use measurand_tests::generate::question::{self, Asked};
use measurand_tests::generate::refusal::refusal;
use measurand_tests::generate::spelling::{self, Reading};
use measurand_tests::generate::world;
use measurand_tests::reference::model::World;

use crate::{statement, tape};

/// A world, and so many questions to it.
pub fn draw(bytes: &[u8], questions: usize) -> (World, Vec<Asked>) {
    let (_, rows) = bytes.split_at(bytes.len() / 2);
    let world = world::world(&mut tape::forwards(bytes), &mut tape::forwards(rows));
    let mut random = tape::backwards(bytes);
    let questions = (0..questions).map(|_| question::question(&mut random, &world));
    let questions = questions.collect();
    (world, questions)
}

/// The world's catalog, which always loads.
pub fn catalog(world: &World) -> Arc<Catalog> {
    let text = Reading::Plain.catalog(world).to_string();
    let catalog = Catalog::from_json(&text);
    Arc::new(catalog.unwrap_or_else(|errors| panic!("{errors}\n{text}")))
}

/// A question to a world as the library takes it.
pub struct Said {
    pub request: Request,
    pub context: Context,
    /// How the code begins that it has to be refused with.
    refusal: Option<&'static str>,
}

impl Said {
    pub fn new(world: &World, asked: &Asked) -> Self {
        let limits = Limits::default();
        let request = spelling::request(world, asked, false).to_string();
        let context = spelling::context(world, asked, false).to_string();
        Self {
            request: Request::from_json(&request, &limits)
                .unwrap_or_else(|errors| panic!("{errors}\n{request}")),
            context: Context::from_json(&context, &limits)
                .unwrap_or_else(|errors| panic!("{errors}\n{context}")),
            refusal: refusal(world, asked),
        }
    }

    /// The statement, unless the model knows why there is none or SQLite cannot say it.
    pub fn compile(&self, compiler: &Compiler) -> Option<CompiledQuery> {
        let outcome = compiler.compile(&self.request, &self.context);
        statement::prove(&outcome, compiler.catalog(), &self.request, &self.context);
        match (outcome, self.refusal) {
            (Ok(query), None) => Some(query),
            (Ok(query), Some(code)) => panic!("`{code}` is not refused: {}", query.sql()),
            (Err(errors), refusal) => {
                let mut codes = errors.iter().map(|error| error.code().as_str());
                let is_meant = match refusal {
                    Some(code) => codes.any(|found| found.starts_with(code)),
                    None => {
                        compiler.dialect() == Dialect::Sqlite
                            && codes.all(|code| code == "dialect-unsupported")
                    }
                };
                assert!(is_meant, "{errors}\n{:?}\n{:?}", self.request, self.context);
                None
            }
        }
    }
}
