//! Case files: a catalog, a request, a context, and what has to come out.

use crate::checker::Checked;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex};

use super::root;

use measurand::{Catalog, CompiledQuery, Compiler, Context, Dialect, Errors, Limits, Request};

/// A case as its file says.
pub struct Case {
    /// `filters/eq_date`.
    pub name: String,
    pub about: String,
    pub catalog: String,
    pub request: String,
    pub context: String,
    pub expected: Expected,
    /// What may stand nowhere in the findings.
    pub never_says: Option<String>,
    /// Whether it also makes sense on SQLite.
    pub sqlite: bool,
}

/// What has to come out of a case.
pub enum Expected {
    /// The rows of a hand-written query.
    Check(String),
    /// Rows worked out by hand; `∅` is NULL.
    Rows(Vec<Vec<String>>),
    /// Findings.
    Errors(Vec<ExpectedError>),
}

/// A finding that has to come out.
pub struct ExpectedError {
    pub code: String,
    pub path: Option<String>,
    /// What the help has to name.
    pub suggests: Option<String>,
}

/// Every case below a folder of `tests`, by name.
pub fn cases(folder: &str) -> Vec<Case> {
    let root = root().join("tests").join(folder);
    let mut files = Vec::new();
    collect(&root, &mut files);
    files.sort();
    assert!(!files.is_empty(), "no case in {}", root.display());
    files.iter().map(|file| read(&root, file)).collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder of cases") {
        let path = entry.expect("an entry of the folder").path();
        if path.is_dir() {
            collect(&path, files);
        } else if path
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            files.push(path);
        }
    }
}

fn read(root: &Path, file: &Path) -> Case {
    let name = file
        .strip_prefix(root)
        .expect("below the root")
        .with_extension("");
    let name = name.to_str().expect("a plain name").to_owned();
    let text = fs::read_to_string(file).expect("a readable case");
    let table: toml::Table = text
        .parse()
        .unwrap_or_else(|error| panic!("{name}: {error}"));
    for field in table.keys() {
        const KNOWN: [&str; 9] = [
            "about",
            "catalog",
            "request",
            "context",
            "check",
            "rows",
            "errors",
            "never_says",
            "sqlite",
        ];
        assert!(
            KNOWN.contains(&field.as_str()),
            "{name}: unknown field `{field}`"
        );
    }
    let text = |field: &str| {
        table
            .get(field)
            .and_then(toml::Value::as_str)
            .map(str::to_owned)
    };
    let required =
        |field: &str| text(field).unwrap_or_else(|| panic!("{name}: field `{field}` is missing"));
    let expected = match (text("check"), table.get("rows"), table.get("errors")) {
        (Some(check), None, None) => Expected::Check(check),
        (None, Some(rows), None) => Expected::Rows(
            rows.clone()
                .try_into()
                .unwrap_or_else(|error| panic!("{name}: rows: {error}")),
        ),
        (None, None, Some(errors)) => Expected::Errors(expected_errors(&name, errors)),
        _ => panic!("{name}: one of `check`, `rows` and `errors` says what is expected"),
    };
    Case {
        about: required("about"),
        catalog: required("catalog"),
        request: required("request"),
        context: required("context"),
        sqlite: table
            .get("sqlite")
            .and_then(toml::Value::as_bool)
            .unwrap_or(false),
        never_says: text("never_says"),
        expected,
        name,
    }
}

fn expected_errors(name: &str, errors: &toml::Value) -> Vec<ExpectedError> {
    let errors = errors
        .as_array()
        .unwrap_or_else(|| panic!("{name}: `errors` is a list"));
    errors
        .iter()
        .map(|error| {
            let text = |field| {
                error
                    .get(field)
                    .and_then(toml::Value::as_str)
                    .map(str::to_owned)
            };
            ExpectedError {
                code: text("code").unwrap_or_else(|| panic!("{name}: an error has a code")),
                path: text("path"),
                suggests: text("suggests"),
            }
        })
        .collect()
}

/// The catalog of a folder of `tests/catalogs`, loaded once.
pub fn catalog(name: &str) -> Arc<Catalog> {
    static LOADED: LazyLock<Mutex<BTreeMap<String, Arc<Catalog>>>> = LazyLock::new(Mutex::default);
    let mut loaded = LOADED.lock().expect("no test panicked while loading");
    let catalog = loaded.entry(name.to_owned()).or_insert_with(|| {
        let text = fs::read_to_string(catalog_folder(name).join("catalog.json"));
        let text = text.unwrap_or_else(|error| panic!("catalog {name}: {error}"));
        let catalog = Catalog::from_json(&text);
        Arc::new(catalog.unwrap_or_else(|errors| panic!("catalog {name}:\n{errors}")))
    });
    catalog.clone()
}

/// The folder of a catalog, with its schema and its rows.
pub fn catalog_folder(name: &str) -> PathBuf {
    root().join("tests/catalogs").join(name)
}

impl Case {
    /// What the case compiles to.
    pub fn checked(&self, compiler: &Compiler) -> Result<CompiledQuery, Errors> {
        let limits = Limits::default();
        let request = Request::from_json(&self.request, &limits)?;
        let context = Context::from_json(&self.context, &limits)?;
        compiler.checked(&request, &context)
    }

    /// A compiler for the case's catalog.
    pub fn compiler(&self, dialect: Dialect) -> Compiler {
        Compiler::new(catalog(&self.catalog), dialect)
    }
}
