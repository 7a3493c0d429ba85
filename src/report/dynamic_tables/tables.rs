//! All tables of a company, compiled together, and queries over them.

use super::check::check;
use super::definition::DynamicTable;
use super::fields::{Translated, translate};
use super::lower::lower;
use super::read::read;
use super::store::RecordStore;
use crate::catalog::Catalog;
use crate::compile::Compiler;
use crate::context::Context;
use crate::dialect::Dialect;
use crate::error::{Error, Errors, ReportError};
use crate::limits::Limits;
use crate::path::At;
use crate::report::user_tables::{CompiledTable, TableDefinition, TablePage};

/// The tables that the users of one company have defined, over the one relation that holds their records.
///
/// Built from the rows of `table_defs` and `table_columns`; everything about them is checked once. Queries are
/// [`TableDefinition`]s whose sources are slugs of tables and whose fields are slugs of columns, `id`, `created_at`, or
/// what lies behind relationships, `customer.region`. A company that changes a table builds this anew.
///
/// ```
/// use measurand::report::{DynamicTables, RecordReader, RecordStore, TableDefinition, TablePage};
/// use measurand::{Context, Dialect, Limits};
///
/// let rows = r#"{
///   "table_defs": [{"id": 7, "company_id": 1, "name": "Orders", "slug": "orders"}],
///   "table_columns": [
///     {"table_id": 7, "name": "Status", "slug": "status", "type": "select"},
///     {"table_id": 7, "name": "Price", "slug": "price", "type": "number"},
///     {"table_id": 7, "name": "Pieces", "slug": "pieces", "type": "integer"},
///     {"table_id": 7, "name": "Amount", "slug": "amount", "type": "formula",
///      "settings": {"expression": "price * pieces"}}]
/// }"#;
/// let limits = Limits::default();
/// let tables = DynamicTables::from_json(rows, &RecordStore::default(), Dialect::Postgres, &limits)?;
///
/// let query = TableDefinition::from_json(r#"{
///   "dataSources": ["orders"], "groupBy": ["status"],
///   "aggregates": [{"function": "COUNT"}, {"field": "amount", "function": "SUM"}],
///   "filters": [{"field": "price", "operator": "gt", "value": 10}]
/// }"#, &limits)?;
/// let context = Context::from_json(r#"{"client_id": 1, "access": []}"#, &limits)?;
/// let compiled = tables.compile_for(&query, &RecordReader::of(&context), &TablePage::default())?;
/// let labels: Vec<&str> = compiled.columns().iter().map(|column| &*column.label).collect();
/// assert_eq!(labels, ["Status", "Count of Id", "Sum of Amount"]);
/// # Ok::<(), measurand::Errors>(())
/// ```
pub struct DynamicTables {
    tables: Vec<DynamicTable>,
    pub(super) store: RecordStore,
    pub(super) compiler: Compiler,
}

/// Who reads records: under which context, and in which workspace.
#[derive(Debug, Clone, Copy)]
pub struct RecordReader<'r> {
    /// The company, the user, and the rules that hold for them.
    pub context: &'r Context,
    /// The workspace; tables of others are unknown.
    pub workspace: Option<&'r str>,
}

impl<'r> RecordReader<'r> {
    /// A reader in no workspace.
    pub fn of(context: &'r Context) -> Self {
        Self {
            context,
            workspace: None,
        }
    }

    /// The same in a workspace.
    #[must_use]
    pub fn in_workspace(self, workspace: &'r str) -> Self {
        Self {
            workspace: Some(workspace),
            ..self
        }
    }
}

impl DynamicTables {
    /// Reads and checks the tables of a company: `{"table_defs": [...], "table_columns": [...]}`. Deleted rows are as if
    /// absent, and so are columns of deleted tables.
    ///
    /// # Errors
    /// All findings at once: the codes of any document, `slug`, `duplicate-slug`, `column-setting`, `formula-type`,
    /// `formula-cycle`, `text-length`, `foreign-row`, and those of fragments.
    pub fn from_json(
        text: &str,
        store: &RecordStore,
        dialect: Dialect,
        limits: &Limits,
    ) -> Result<Self, Errors> {
        let checked = check(read(text, store, limits)?, limits)?;
        let catalog = Catalog::check(&lower(&checked, store), limits.clone())?;
        Ok(Self {
            tables: checked.tables,
            store: store.clone(),
            compiler: Compiler::new(catalog, dialect),
        })
    }

    /// The tables that a reader sees, in the order of the rows: those of the company, and those of the workspace.
    pub fn visible_to(&self, reader: &RecordReader<'_>) -> impl Iterator<Item = &DynamicTable> {
        let is_of_company = self.is_of(reader.context);
        let workspace = reader.workspace;
        let tables = self.tables.iter();
        tables.filter(move |table| is_of_company && is_seen(table, workspace))
    }

    /// The compiler of the catalog that the tables are.
    ///
    /// It knows every table and nothing of workspaces: requests of users go through [`compile_for`](Self::compile_for).
    pub fn compiler(&self) -> &Compiler {
        &self.compiler
    }

    /// Compiles a query for a reader: under their company, their workspace and their rules.
    ///
    /// # Errors
    /// `unknown-table` where the reader sees no such table, or is of another company; else as
    /// [`TableDefinition::compile_for`].
    pub fn compile_for(
        &self,
        query: &TableDefinition,
        reader: &RecordReader<'_>,
        page: &TablePage,
    ) -> Result<CompiledTable, Errors> {
        if !self.is_of(reader.context) {
            let path = At::root("table").key("dataSources").path();
            return Err(Error::new(path, ReportError::UnknownTable).into());
        }
        let Translated {
            definition,
            labels,
            findings,
        } = translate(self, query, reader.workspace);
        if let Some(errors) = findings.into_errors() {
            return Err(errors);
        }
        let mut compiled = definition.compile_for(&self.compiler, reader.context, page)?;
        compiled.relabel(|key| labels.get(key).cloned());
        Ok(compiled)
    }

    /// The table with this slug, if a reader in this workspace sees it.
    pub(super) fn visible(&self, slug: &str, workspace: Option<&str>) -> Option<&DynamicTable> {
        let mut tables = self.tables.iter();
        tables.find(|table| table.slug == slug && is_seen(table, workspace))
    }

    /// Whether the tables are of the tenant of a context.
    fn is_of(&self, context: &Context) -> bool {
        let tenant = context.tenant.as_str();
        let mut tables = self.tables.iter();
        tables.all(|table| table.company_id.replace('-', "") == tenant)
    }
}

fn is_seen(table: &DynamicTable, workspace: Option<&str>) -> bool {
    let own = table.workspace_id.as_deref();
    own.is_none() || own == workspace
}
