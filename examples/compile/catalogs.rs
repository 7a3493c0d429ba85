//! Catalogs that are ready to compile with: that of the file, and the last few of the lines.

use std::fs;
use std::sync::Arc;

use measurand::{Catalog, Compiler, Dialect, ErrorCode, Limits};

use crate::answer::Finding;
use crate::arguments::Arguments;

/// How many catalogs of lines are kept, those used last.
const KEPT: usize = 4;

/// A compiler, or all that is wrong with its catalog.
pub(crate) type Loaded = Result<Arc<Compiler>, Arc<[Finding]>>;

/// The spelling of a catalog.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spelling {
    Nested,
    Rows,
}

pub(crate) struct Catalogs {
    dialect: Dialect,
    limits: Limits,
    file: Option<Loaded>,
    /// Those of lines, by their text, the one used last in front.
    lines: Vec<(Spelling, Box<str>, Loaded)>,
}

impl Catalogs {
    /// Loads the catalog of the file, if there is one. What is wrong with it becomes the answer of
    /// every line that brings no catalog.
    pub(crate) fn new(arguments: &Arguments) -> Self {
        let mut catalogs = Self {
            dialect: arguments.dialect,
            limits: Limits::default(),
            file: None,
            lines: Vec::new(),
        };
        let spelling = match arguments.is_rows {
            true => Spelling::Rows,
            false => Spelling::Nested,
        };
        catalogs.file = arguments.catalog.as_ref().map(|path| {
            let text = fs::read(path).map_err(|error| {
                eprintln!("compile: {}: {error}", path.display());
                unusable("catalog-unreadable", "the catalog's file cannot be read")
            })?;
            let text = String::from_utf8(text).map_err(|_| {
                let code = ErrorCode::JsonSyntax.as_str();
                unusable(code, "the catalog's file is not UTF-8")
            })?;
            catalogs.load(spelling, &text)
        });
        catalogs
    }

    /// The limits of requests and contexts.
    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The longest line there can be reason for: a catalog, a request and a context at their bounds.
    pub(crate) fn longest_line(&self) -> usize {
        /// Names of fields, the id, and blanks.
        const REST: usize = 1 << 20;
        self.limits.catalog_bytes + 2 * self.limits.request_bytes + REST
    }

    /// The compiler of the file's catalog, if there is a file.
    pub(crate) fn of_file(&self) -> Option<Loaded> {
        self.file.clone()
    }

    /// The compiler of a line's own catalog, made only if it is none of the last few.
    pub(crate) fn of_line(&mut self, spelling: Spelling, text: &str) -> Loaded {
        let known = self
            .lines
            .iter()
            .position(|(kept, known, _)| *kept == spelling && **known == *text);
        let entry = match known {
            Some(at) => self.lines.remove(at),
            None => (spelling, text.into(), self.load(spelling, text)),
        };
        let loaded = entry.2.clone();
        self.lines.insert(0, entry);
        self.lines.truncate(KEPT);
        loaded
    }

    fn load(&self, spelling: Spelling, text: &str) -> Loaded {
        let catalog = match spelling {
            Spelling::Nested => Catalog::from_json_within(text, self.limits.clone()),
            Spelling::Rows => Catalog::from_rows_json_within(text, self.limits.clone()),
        };
        match catalog {
            Ok(catalog) => Ok(Arc::new(Compiler::new(catalog, self.dialect))),
            Err(errors) => Err(errors.into_iter().map(Finding::Reported).collect()),
        }
    }
}

fn unusable(code: &'static str, message: &str) -> Arc<[Finding]> {
    Arc::new([Finding::own(code, "catalog", message)])
}
