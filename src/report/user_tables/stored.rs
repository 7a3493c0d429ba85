//! A table as it is kept: its definition, whose it is, and who sees it.

use super::compiled::{CompiledTable, TablePage};
use super::definition::TableDefinition;
use super::read::{TABLE, definition, either, nothing, open};
use crate::compile::Compiler;
use crate::context::Context;
use crate::error::{Error, Errors, ReportError};
use crate::limits::Limits;
use crate::path::At;
use crate::report::sharing::TableSharing;
use crate::report::tables::Actor;

/// A row of `user_data_tables`.
///
/// ```
/// use measurand::report::{Actor, StoredTable, TablePage};
/// use measurand::{Catalog, Compiler, Context, Dialect, ErrorCode, Limits, Moment};
///
/// let catalog = Catalog::from_json(r#"{
///   "data_sources": [{"source_key": "cases", "view_pattern": "cases", "date_column": null, "dimensions": "*",
///     "columns": [{"name": "client_id", "data_type": "integer"}, {"name": "status", "data_type": "text"}]}],
///   "dimensions": [{"dimension_key": "status", "column_expression": "status"}]
/// }"#)?;
/// let compiler = Compiler::new(catalog, Dialect::Postgres);
/// let limits = Limits::default();
/// let row = r#"{"id": 7, "organization_id": 1, "created_by_id": "ann", "name": "States", "visibility": "TEAM",
///     "shared_with_users": ["bob"], "data_sources": ["cases"], "columns": ["status"]}"#;
/// let table = StoredTable::from_json(row, &limits)?.ok_or("a live row")?;
///
/// let now = Moment::parse("2026-11-20T10:00:00Z").ok_or("no moment")?;
/// let of = |user: &str| {
///     let context = format!(r#"{{"client_id": 1, "user_id": "{user}", "access": []}}"#);
///     Context::from_json(&context, &limits).map(|context| (Actor::new(1, user, now), context))
/// };
/// let (bob, context) = of("bob")?;
/// assert!(table.compile_for(&compiler, &bob, &context, &TablePage::default()).is_ok());
/// let (zoe, context) = of("zoe")?;
/// let errors = table.compile_for(&compiler, &zoe, &context, &TablePage::default()).unwrap_err();
/// assert!(errors.has(ErrorCode::UnknownTable));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct StoredTable {
    /// The id of the row.
    pub id: i64,
    /// What the table shows.
    pub definition: TableDefinition,
    /// Whose it is, and whom it is shared with.
    pub sharing: TableSharing,
}

impl StoredTable {
    /// Reads a row, in the names of its columns or in those of screens; nothing where it is deleted.
    ///
    /// # Errors
    /// As [`TableDefinition::from_json`].
    pub fn from_json(text: &str, limits: &Limits) -> Result<Option<Self>, Errors> {
        let document = open(text, limits)?;
        let row = document.root().object();
        let stored = row.map(|row| {
            let organization = either(&row, "organizationId", "organization_id");
            let creator = either(&row, "createdById", "created_by_id");
            for (field, is_there) in [
                ("organizationId", organization.is_some()),
                ("createdById", creator.is_some()),
            ] {
                if !is_there {
                    row.missing(field);
                }
            }
            let organization = organization.and_then(|node| node.integer());
            let creator = creator.and_then(|node| node.text());
            let deleted = either(&row, "isDeleted", "is_deleted");
            let is_deleted = deleted.and_then(|node| node.flag()).unwrap_or(false);
            let id = row.required_integer("id").unwrap_or_default();
            row.ignore(&["nextScheduledRun", "createdAt", "updatedAt"]);
            row.ignore(&["next_scheduled_run", "created_at", "updated_at"]);
            let definition = definition(&row, limits);
            row.finish();
            let sharing = definition.sharing(
                organization.unwrap_or_default(),
                creator.unwrap_or_default(),
            );
            let stored = StoredTable {
                id,
                definition,
                sharing,
            };
            (!is_deleted).then_some(stored)
        });
        document.finish(stored.unwrap_or_else(|| {
            let definition = nothing();
            let sharing = definition.sharing(0, "");
            Some(StoredTable {
                id: 0,
                definition,
                sharing,
            })
        }))
    }

    /// Compiles the table for somebody who sees it, under their own context.
    ///
    /// # Errors
    /// `unknown-table` where the actor does not see it, or the context is of another tenant or user than the
    /// actor; else as [`TableDefinition::compile_for`].
    pub fn compile_for(
        &self,
        compiler: &Compiler,
        actor: &Actor,
        context: &Context,
        page: &TablePage,
    ) -> Result<CompiledTable, Errors> {
        let is_of_actor = context.tenant.as_number() == Some(actor.client_id)
            && context.user_id.as_deref() == Some(&*actor.user_id);
        if !is_of_actor || !self.sharing.is_visible_to(actor) {
            let path = At::root(TABLE).path();
            return Err(Error::new(path, ReportError::UnknownTable).into());
        }
        self.definition.compile_for(compiler, context, page)
    }
}
