//! The corpora as read from their files.

use std::fs;
use std::sync::Arc;

use measurand::{Catalog, CompiledQuery, Compiler, Context, Dialect, Errors, Limits, Request};
use measurand_tests::checker::Checked as _;
use measurand_tests::support::root;

/// A value of a corpus.
pub struct Entry {
    pub reason: String,
    /// The value as it is written in JSON, which may be no JSON at all.
    pub written: String,
    /// The text that it is, where it is one.
    pub text: Option<String>,
    /// What JSON makes of it.
    pub kind: Kind,
}

/// The JSON type of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The value is no JSON.
    None,
    Null,
    Boolean,
    Number,
    Text,
    List,
    Object,
}

impl Kind {
    pub fn of(written: &str) -> Self {
        match serde_json::from_str::<&serde_json::value::RawValue>(written) {
            Err(_) => Kind::None,
            Ok(_) if written.starts_with('"') => match serde_json::from_str::<String>(written) {
                Ok(_) => Kind::Text,
                Err(_) => Kind::None,
            },
            Ok(_) if written.starts_with('[') => Kind::List,
            Ok(_) if written.starts_with('{') => Kind::Object,
            Ok(_) if written.starts_with(['t', 'f']) => Kind::Boolean,
            Ok(_) if written.starts_with('n') => Kind::Null,
            Ok(_) => Kind::Number,
        }
    }
}

/// The files of values.
pub const VALUES: [&str; 6] = [
    "values/sql.txt",
    "values/characters.txt",
    "values/patterns.txt",
    "values/templates.txt",
    "values/numbers.txt",
    "values/dates.txt",
];

/// The values of all files.
pub fn values() -> Vec<Entry> {
    VALUES.iter().flat_map(|file| entries(file)).collect()
}

/// The entries of a file: a reason, a colon, and the value to the end of the line.
pub fn entries(file: &str) -> Vec<Entry> {
    let path = root().join("tests/hostile").join(file);
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{file}: {error}"));
    let lines = text
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    let entry = |line: &str| {
        let (reason, written) = line
            .split_once(": ")
            .unwrap_or_else(|| panic!("{file}: {line}"));
        Entry {
            reason: reason.to_owned(),
            written: written.to_owned(),
            text: serde_json::from_str(written).ok(),
            kind: Kind::of(written),
        }
    };
    let entries: Vec<Entry> = lines.map(entry).collect();
    assert!(!entries.is_empty(), "{file} is empty");
    entries
}

/// The catalog that the values are sent to.
pub fn compiler(dialect: Dialect) -> Compiler {
    let text = include_str!("catalog.json");
    let catalog = Catalog::from_json(text).unwrap_or_else(|errors| panic!("{errors}"));
    Compiler::new(Arc::new(catalog), dialect)
}

/// Reads both documents and compiles through the checked door.
pub fn compile(compiler: &Compiler, request: &str, context: &str) -> Result<CompiledQuery, Errors> {
    let limits = Limits::default();
    let request = Request::from_json(request, &limits)?;
    let context = Context::from_json(context, &limits)?;
    compiler.checked(&request, &context)
}

/// Everything that a service might show or log of findings.
pub fn shown(errors: &Errors) -> String {
    let json = serde_json::to_string(errors).expect("findings serialize");
    format!("{errors}\n{json}\n{errors:?}")
}

/// Codes and places of findings.
pub fn outline(errors: &Errors) -> Vec<String> {
    let line = |error: &measurand::Error| format!("{} {}", error.code(), error.path());
    errors.iter().map(line).collect()
}
