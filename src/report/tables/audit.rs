//! Changes of access rules, each with its entry in the audit, in one statement.
//!
//! In: checked rows and changes of rules. Out: the text. Guaranteed: no statement writes a rule without
//! writing the entry, and the values of the entry are those that the row had and has in the database,
//! not what a caller read before. Codes: none. Next to read: `statement.rs`.

use super::description::Description;
use super::read::Change;
use super::statement::{Written, assignments, insert_into};
use super::writer::{Reach, Writer};

/// What an entry keeps of a rule. The rule's row may be gone when the entry is read, and so the entry
/// names the client, the row and the dimension itself.
const KEPT: [&str; 6] = [
    "id",
    "client_id",
    "dimension_id",
    "access_type",
    "allowed_values",
    "is_active",
];

/// Makes a rule. Where the user has a rule on the dimension already, nothing is made.
pub(super) fn insert(
    writer: &mut Writer<'_>,
    table: &Description,
    columns: &[Written],
    condition: Option<&str>,
) {
    writer.push(&["WITH written AS ("]);
    insert_into(writer, table, columns, condition);
    writer.push(&[
        " ON CONFLICT ON CONSTRAINT user_dimension_access_uq DO NOTHING RETURNING t.id, t.user_id, NULL::jsonb AS old_values, ",
        &kept("t"),
        " AS new_values)",
    ]);
    entry(writer, "w.id", "created", "");
}

/// Changes a rule; a change after which the rule says what it said before leaves no entry.
pub(super) fn update(writer: &mut Writer<'_>, table: &Description, change: &Change, id: i64) {
    let row = writer.row(id);
    let guard = writer.guard(table, "t", Reach::Write);
    writer.push(&[
        "WITH before AS (SELECT t.id, ",
        &kept("t"),
        " AS old_values FROM ",
        table.relation,
        " AS t WHERE t.id = ",
        &row,
        " AND ",
        &guard,
        " FOR UPDATE OF t), written AS (UPDATE ",
        table.relation,
        " AS t SET ",
    ]);
    assignments(writer, table, change);
    writer.push(&[
        " FROM before WHERE before.id = t.id AND ",
        &guard,
        " RETURNING t.id, t.user_id, before.old_values, ",
        &kept("t"),
        " AS new_values)",
    ]);
    entry(
        writer,
        "w.id",
        "updated",
        " WHERE w.old_values IS DISTINCT FROM w.new_values",
    );
}

/// Deletes a rule. The entry names no row of the table, since there is none any more.
pub(super) fn delete(writer: &mut Writer<'_>, table: &Description, id: i64) {
    let row = writer.row(id);
    let guard = writer.guard(table, "t", Reach::Write);
    writer.push(&[
        "WITH written AS (DELETE FROM ",
        table.relation,
        " AS t WHERE t.id = ",
        &row,
        " AND ",
        &guard,
        " RETURNING t.id, t.user_id, ",
        &kept("t"),
        " AS old_values, NULL::jsonb AS new_values)",
    ]);
    entry(writer, "NULL::bigint", "deleted", "");
}

fn entry(writer: &mut Writer<'_>, rule: &str, action: &str, condition: &str) {
    let (user, now) = (writer.user(), writer.now());
    writer.push(&[
        ", entry AS (INSERT INTO report_builder.dimension_access_audit (user_dimension_access_id, target_user_id, action, performed_by, old_values, new_values, created_at) SELECT ",
        rule,
        ", w.user_id, '",
        action,
        "', ",
        &user,
        ", w.old_values, w.new_values, ",
        &now,
        " FROM written AS w",
        condition,
        ") SELECT w.id FROM written AS w",
    ]);
}

fn kept(alias: &str) -> String {
    let pairs: Vec<String> = KEPT
        .iter()
        .map(|column| format!("'{column}', {alias}.{column}"))
        .collect();
    format!("jsonb_build_object({})", pairs.join(", "))
}
