//! The catalog of cases and investigations, and those who look.

use measurand::report::{CompiledTable, TableDefinition, TablePage};
use measurand::{Compiler, Context, Dialect, Errors, Limits};
use measurand_tests::support::case::catalog;
use measurand_tests::support::tables;

pub use measurand_tests::support::tables::definition;

/// Who looks, by name.
const READERS: [(&str, &str); 5] = [
    ("all", r#""client_id": 1, "access": []"#),
    ("other_tenant", r#""client_id": 2, "access": []"#),
    (
        "north",
        r#""client_id": 1, "access": [{"dimension": "region", "access_type": "include", "allowed_values": ["north"]}]"#,
    ),
    (
        "no_fraud",
        r#""client_id": 1, "access": [{"dimension": "category", "access_type": "exclude", "allowed_values": [1]}]"#,
    ),
    (
        "compliance",
        r#""client_id": 1, "access": [], "modules": ["compliance", "finance"]"#,
    ),
];

/// The context of a reader, on the 20th of November 2026.
pub fn reader(name: &str) -> Context {
    let mut readers = READERS.iter();
    let found = readers.find(|(reader, _)| *reader == name);
    let (_, fields) = found.unwrap_or_else(|| panic!("no reader {name}"));
    let text = format!(r#"{{{fields}, "user_id": "{name}", "now": "2026-11-20T10:00:00Z"}}"#);
    Context::from_json(&text, &Limits::default()).unwrap_or_else(|errors| panic!("{errors}"))
}

pub fn compiler(dialect: Dialect) -> Compiler {
    Compiler::new(catalog("casework"), dialect)
}

/// A table as PostgreSQL is asked for it.
pub fn compiled(table: &TableDefinition, who: &str) -> Result<CompiledTable, Errors> {
    let compiler = compiler(Dialect::Postgres);
    tables::compiled(table, &compiler, &reader(who), &TablePage::default())
}

/// The same of JSON that has to compile.
pub fn table(text: &str, who: &str) -> CompiledTable {
    compiled(&definition(text), who).unwrap_or_else(|errors| panic!("{errors}\n{text}"))
}
