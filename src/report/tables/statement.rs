//! The statements of one table, from its description.
//!
//! In: checked rows, changes and listings, and an actor. Out: [`TableStatement`]. Guaranteed: every
//! row that is read or written passes the guard of its table (`writer.rs`). Codes: none. Next to read:
//! `audit.rs`.

use super::Table;
use super::actor::Actor;
use super::column::ColumnKind;
use super::description::{Changes, Description, Owner, Referred};
use super::read::{Cell, Change, NewRow, Sending};
use super::writer::{Reach, TableStatement, Writer, moment};

impl NewRow {
    /// The statement that makes the row as the actor's and returns its `id`. It returns none, and makes
    /// none, where the template, the dimension or the dashboard that the row names is not there, is no
    /// longer live, or is another user's; and where a user has a rule on the dimension already.
    ///
    /// Where the row is to be the default, no other row of the user is after it. Two rows that are made
    /// in the same moment may both be: the one that changed last counts, and the next change that sets
    /// a default leaves one.
    pub fn insert(&self, actor: &Actor) -> TableStatement {
        let table = self.table.description();
        let mut writer = Writer::new(actor);
        let columns = new_columns(&mut writer, table, self);
        let condition = reference(&mut writer, table, &columns);
        if table.changes == Changes::Audited {
            super::audit::insert(&mut writer, table, &columns, condition.as_deref());
        } else {
            if let Some(among) = becomes_default(table, &self.cells) {
                let same = same_as_new(among, &columns);
                defaults_of_new(&mut writer, table, &same, condition.as_deref());
            }
            insert_into(&mut writer, table, &columns, condition.as_deref());
            writer.push(&[" RETURNING t.id"]);
        }
        writer.finish()
    }
}

impl Change {
    /// The statement that changes the row with this id, if it is one that the actor may change, and
    /// returns its `id`.
    ///
    /// Where the row becomes the default, the user's other rows cease to be in the same statement.
    pub fn update(&self, actor: &Actor, id: i64) -> TableStatement {
        let table = self.table.description();
        let mut writer = Writer::new(actor);
        if table.changes == Changes::Audited {
            super::audit::update(&mut writer, table, self, id);
            return writer.finish();
        }
        let row = writer.row(id);
        let guard = writer.guard(table, "t", Reach::Write);
        let own = becomes_default(table, &self.cells);
        if let Some(among) = own {
            defaults_beside(&mut writer, table, among, &row, &guard);
        }
        writer.push(&["UPDATE ", table.relation, " AS t SET "]);
        assignments(&mut writer, table, self);
        if own.is_some() {
            writer.push(&[" FROM own"]);
        }
        writer.push(&[" WHERE t.id = ", &row]);
        if own.is_some() {
            writer.push(&[" AND own.id = t.id"]);
        }
        writer.push(&[" AND ", &guard, " RETURNING t.id"]);
        writer.finish()
    }
}

impl Table {
    /// The statement that reads the row with this id, if it is one that the actor may see: all
    /// [columns](Table::columns) in their order, JSON and times as text, whole numbers as `BIGINT`.
    pub fn get(self, actor: &Actor, id: i64) -> TableStatement {
        let table = self.description();
        let mut writer = Writer::new(actor);
        let row = writer.row(id);
        let guard = writer.guard(table, "t", Reach::Read);
        select(&mut writer, table);
        writer.push(&[" WHERE t.id = ", &row, " AND ", &guard]);
        writer.finish()
    }

    /// The statement that deletes the row with this id, if it is one that the actor may change, and
    /// returns its `id`; none for the audit, which nobody changes. Rows of tables with `is_deleted` stay
    /// and are as if absent from then on.
    pub fn delete(self, actor: &Actor, id: i64) -> Option<TableStatement> {
        let table = self.description();
        let mut writer = Writer::new(actor);
        match table.changes {
            Changes::Never => return None,
            Changes::Audited => super::audit::delete(&mut writer, table, id),
            Changes::Owner | Changes::MadeAndDeleted => {
                let row = writer.row(id);
                let guard = writer.guard(table, "t", Reach::Write);
                if table.has("is_deleted") {
                    let now = writer.now();
                    writer.push(&["UPDATE ", table.relation, " AS t SET is_deleted = true"]);
                    if table.default_among.is_some() {
                        writer.push(&[", is_default = false"]);
                    }
                    if let Some(next_run) = table.next_run {
                        writer.push(&[", ", next_run, " = NULL"]);
                    }
                    writer.push(&[", updated_at = ", &now]);
                } else {
                    writer.push(&["DELETE FROM ", table.relation, " AS t"]);
                }
                writer.push(&[" WHERE t.id = ", &row, " AND ", &guard, " RETURNING t.id"]);
            }
        }
        Some(writer.finish())
    }
}

/// A column of a new row and what stands for its value.
pub(super) type Written = (&'static str, String);

/// The columns of a new row: what was stated, and what is the actor's.
fn new_columns(writer: &mut Writer<'_>, table: &Description, new: &NewRow) -> Vec<Written> {
    let mut columns = Vec::with_capacity(table.columns.len());
    for column in table.columns {
        let stated = new.cells.iter().find(|cell| cell.column == column);
        let value = match (stated, column.name) {
            (Some(cell), _) => writer.bind_or_null(cell.value.clone(), column.kind),
            (None, "user_id" | "created_by" | "created_by_id") => writer.user(),
            (None, "client_id" | "organization_id") => writer.client(),
            (None, "created_at" | "updated_at") => writer.now(),
            (None, name) if table.next_run == Some(name) => next_sending(writer, &new.sending),
            (None, _) => continue,
        };
        columns.push((column.name, value));
    }
    columns
}

/// When a report is sent next.
fn next_sending(writer: &mut Writer<'_>, sending: &Sending) -> String {
    let next = match sending {
        Sending::By(schedule) => schedule.next_after(writer.moment()).map(moment),
        Sending::Never | Sending::Unchanged => None,
    };
    writer.bind_or_null(next, ColumnKind::Moment)
}

/// The condition that what a new row names is there and is one that the actor may use.
fn reference(writer: &mut Writer<'_>, table: &Description, columns: &[Written]) -> Option<String> {
    let value = |name: &str| {
        let found = columns.iter().find(|(column, _)| *column == name);
        found
            .map(|(_, value)| value.clone())
            .filter(|value| value.starts_with('$'))
    };
    let mut conditions = Vec::new();
    if table.owner == Owner::Dashboard
        && let Some(dashboard) = value("dashboard_id")
    {
        conditions.push(writer.own_dashboard(&dashboard));
    }
    if let Some((column, referred)) = table.refers_to
        && let Some(id) = value(column)
    {
        conditions.push(match referred {
            Referred::Template => format!(
                "EXISTS (SELECT 1 FROM report_builder.report_templates AS r WHERE r.id = {id} AND r.is_active AND NOT r.is_deleted)"
            ),
            Referred::Dimension => format!(
                "EXISTS (SELECT 1 FROM report_builder.dimensions AS r WHERE r.id = {id} AND r.is_active)"
            ),
        });
    }
    (!conditions.is_empty()).then(|| conditions.join(" AND "))
}

/// `INSERT` of one row, if the condition holds.
pub(super) fn insert_into(
    writer: &mut Writer<'_>,
    table: &Description,
    columns: &[Written],
    condition: Option<&str>,
) {
    writer.push(&["INSERT INTO ", table.relation, " AS t ("]);
    for (at, (name, _)) in columns.iter().enumerate() {
        writer.push(&[if at == 0 { "" } else { ", " }, name]);
    }
    writer.push(&[") SELECT "]);
    for (at, (_, value)) in columns.iter().enumerate() {
        writer.push(&[if at == 0 { "" } else { ", " }, value]);
    }
    if let Some(condition) = condition {
        writer.push(&[" WHERE ", condition]);
    }
}

/// What a change sets, and the moment of it.
pub(super) fn assignments(writer: &mut Writer<'_>, table: &Description, change: &Change) {
    let mut separator = "";
    for Cell { column, value } in &change.cells {
        let value = writer.bind_or_null(value.clone(), column.kind);
        writer.push(&[separator, column.name, " = ", &value]);
        separator = ", ";
    }
    if let Some(next_run) = table.next_run
        && change.sending != Sending::Unchanged
    {
        let next = next_sending(writer, &change.sending);
        writer.push(&[separator, next_run, " = ", &next]);
        separator = ", ";
    }
    if table.has("updated_at") {
        let now = writer.now();
        writer.push(&[separator, "updated_at = ", &now]);
    }
}

/// Reads all columns.
pub(super) fn select(writer: &mut Writer<'_>, table: &Description) {
    let columns = table.read_columns("t");
    writer.push(&["SELECT ", &columns, " FROM ", table.relation, " AS t"]);
}

/// The columns in which rows agree of which one is the default, if the cells make a row that one.
fn becomes_default(table: &Description, cells: &[Cell]) -> Option<&'static [&'static str]> {
    let is_set = cells
        .iter()
        .any(|cell| cell.column.name == "is_default" && cell.is_true());
    table.default_among.filter(|_| is_set)
}

fn same_as_new(among: &[&'static str], columns: &[Written]) -> String {
    let same = columns.iter().filter(|(name, _)| among.contains(name));
    same.map(|(name, value)| format!(" AND t.{name} = {value}"))
        .collect()
}

/// The steps in front of an `INSERT` of a default.
fn defaults_of_new(
    writer: &mut Writer<'_>,
    table: &Description,
    same: &str,
    condition: Option<&str>,
) {
    let guard = writer.guard(table, "t", Reach::Write);
    own_rows(writer, table, &[&guard, same]);
    let condition = condition.map(|condition| format!(" AND {condition}"));
    others(writer, table, condition.as_deref().unwrap_or_default());
}

/// The steps in front of an `UPDATE` that makes a row the default.
fn defaults_beside(
    writer: &mut Writer<'_>,
    table: &Description,
    among: &[&str],
    row: &str,
    guard: &str,
) {
    let theirs = writer.guard(table, "o", Reach::Write);
    let relation = table.relation;
    let same: String = among
        .iter()
        .map(|column| {
            format!(
                " AND t.{column} = (SELECT o.{column} FROM {relation} AS o WHERE o.id = {row} AND {theirs})"
            )
        })
        .collect();
    own_rows(writer, table, &[guard, &same]);
    let beside =
        format!(" AND t.id <> {row} AND EXISTS (SELECT 1 FROM own AS o WHERE o.id = {row})");
    others(writer, table, &beside);
}

/// The rows among which one is the default, locked in one order, so that two changes at once wait for
/// each other and leave one default.
fn own_rows(writer: &mut Writer<'_>, table: &Description, conditions: &[&str]) {
    writer.push(&[
        "WITH own AS (SELECT t.id FROM ",
        table.relation,
        " AS t WHERE ",
    ]);
    writer.push(conditions);
    writer.push(&[" ORDER BY t.id FOR UPDATE OF t), "]);
}

/// The rows that cease to be the default. It is not asked whether they were: the change that was waited
/// for may have made them so.
fn others(writer: &mut Writer<'_>, table: &Description, condition: &str) {
    let now = writer.now();
    writer.push(&[
        "others AS (UPDATE ",
        table.relation,
        " AS t SET is_default = false, updated_at = CASE WHEN t.is_default THEN ",
        &now,
        " ELSE t.updated_at END FROM own WHERE own.id = t.id",
        condition,
        ") ",
    ]);
}
