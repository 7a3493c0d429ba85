//! Worlds and questions of the tests' independent model, read from bytes.

use std::sync::Arc;

use measurand::{Catalog, CompiledQuery, Compiler, Context, Dialect, Errors, Limits, Request};
use measurand_tests::reference::model::{Question, World};
use measurand_tests::reference::{ask, generate, spelling};

use crate::tape;

/// A world, and so many questions to it.
pub fn draw(bytes: &[u8], questions: usize) -> (World, Vec<Question>) {
    let world = generate::world(&mut tape::forwards(bytes));
    let mut random = tape::backwards(bytes);
    let questions = (0..questions).map(|_| ask::question(&mut random, &world));
    let questions = questions.collect();
    (world, questions)
}

/// The world's catalog, which always loads.
pub fn catalog(world: &World) -> Arc<Catalog> {
    let text = spelling::catalog(world).to_string();
    let catalog = Catalog::from_json(&text);
    Arc::new(catalog.unwrap_or_else(|errors| panic!("{errors}\n{text}")))
}

/// A question to a world as the library takes it.
pub struct Asked {
    pub request: Request,
    pub context: Context,
}

impl Asked {
    pub fn new(world: &World, question: &Question) -> Self {
        let limits = Limits::default();
        let request = spelling::request(world, question).to_string();
        let context = spelling::context(world, question).to_string();
        let read = |text: &str, errors: Errors| -> ! { panic!("{errors}\n{text}") };
        Self {
            request: Request::from_json(&request, &limits)
                .unwrap_or_else(|errors| read(&request, errors)),
            context: Context::from_json(&context, &limits)
                .unwrap_or_else(|errors| read(&context, errors)),
        }
    }

    /// The statement for PostgreSQL, which can say everything that is asked here.
    pub fn compile(&self, compiler: &Compiler) -> CompiledQuery {
        let compiled = compiler.compile(&self.request, &self.context);
        compiled.unwrap_or_else(|errors| panic!("{errors}\n{:?}\n{:?}", self.request, self.context))
    }

    /// The statement for SQLite, if it can say it.
    pub fn compile_for_sqlite(&self, compiler: &Compiler) -> Option<CompiledQuery> {
        assert_eq!(compiler.dialect(), Dialect::Sqlite);
        match compiler.compile(&self.request, &self.context) {
            Ok(query) => Some(query),
            Err(errors) => {
                let mut codes = errors.iter().map(|error| error.code().as_str());
                assert!(codes.all(|code| code == "dialect-unsupported"), "{errors}");
                None
            }
        }
    }
}
