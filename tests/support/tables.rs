//! Tables of users compiled through the checker: their statements are read by it.

use measurand::report::{CompiledTable, TableDefinition, TablePage};
use measurand::{Compiler, Context, Errors, Limits};

use crate::checker::Checked;

/// A definition from its JSON.
pub fn definition(text: &str) -> TableDefinition {
    let read = TableDefinition::from_json(text, &Limits::default());
    read.unwrap_or_else(|errors| panic!("{errors}\n{text}"))
}

/// A table, whose statement the checker has read as the answer to the request that the table is.
pub fn compiled(
    definition: &TableDefinition,
    compiler: &Compiler,
    context: &Context,
    page: &TablePage,
) -> Result<CompiledTable, Errors> {
    let table = definition.compile_for(compiler, context, page)?;
    check(&table, compiler, context);
    Ok(table)
}

/// Reads the statement of a table with the checker.
pub fn check(table: &CompiledTable, compiler: &Compiler, context: &Context) {
    let checked = compiler.checked(table.request(), context);
    let checked = checked.unwrap_or_else(|errors| panic!("{errors}"));
    assert_eq!(table.query().sql(), checked.sql());
    assert_eq!(table.query().fingerprint(), checked.fingerprint());
}
