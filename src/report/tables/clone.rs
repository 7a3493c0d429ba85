//! A user's own copy of a table that they see.

use super::actor::Actor;
use super::column::ColumnKind;
use super::description::USER_DATA_TABLES;
use super::read::checked_name;
use super::writer::{Reach, TableStatement, Writer};
use crate::error::Errors;

/// What a copy has of the table that it is made from: its definition, and how that came about. It is
/// private, and neither its schedule nor where it is pinned comes along.
const COPIED: [&str; 9] = [
    "description",
    "created_via",
    "ai_prompt",
    "data_sources",
    "columns",
    "filters",
    "group_by",
    "aggregates",
    "sort_by",
];

/// The statement that makes a copy of a user's table under a new name, if the actor sees it, as the
/// actor's own and private, and returns its `id`.
///
/// ```
/// use measurand::Moment;
/// use measurand::report::{Actor, clone_table};
///
/// let now = Moment::parse("2026-11-20T10:00:00Z").ok_or("no moment")?;
/// let statement = clone_table(7, "My copy", &Actor::new(1, "usr_123", now))?;
/// assert!(statement.sql().ends_with("RETURNING t.id"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// `wrong-value`, `text-length`: of the name.
pub fn clone_table(id: i64, name: &str, actor: &Actor) -> Result<TableStatement, Errors> {
    let table = &USER_DATA_TABLES;
    let name = checked_name(table, name)?;
    let mut writer = Writer::new(actor);
    let name = writer.bind(name, ColumnKind::Text);
    let (client, user, now) = (writer.client(), writer.user(), writer.now());
    let row = writer.row(id);
    let guard = writer.guard(table, "s", Reach::Read);
    let copied = COPIED.join(", ");
    let read = COPIED.map(|column| format!("s.{column}")).join(", ");
    writer.push(&[
        "INSERT INTO ",
        table.relation,
        " AS t (organization_id, created_by_id, name, visibility, ",
        &copied,
        ", created_at, updated_at) SELECT ",
        &[&*client, &user, &name, "'PRIVATE'", &read, &now, &now].join(", "),
        " FROM ",
        table.relation,
        " AS s WHERE s.id = ",
        &row,
        " AND ",
        &guard,
        " RETURNING t.id",
    ]);
    Ok(writer.finish())
}
