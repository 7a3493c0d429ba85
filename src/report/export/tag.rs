//! Tags: fields inside of JSON that an organisation has made columns of its files.

use super::cell::CellType;
use super::read::{either, open};
use crate::error::{Errors, Help, ReadError};
use crate::json::{JsonKind, Node};
use crate::limits::Limits;

/// A field inside of JSON that is a column of the file, in one of [`TAG_SLOTS`](super::TAG_SLOTS) slots.
///
/// # Source
/// `ReportFieldTag`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldTag {
    /// Whose tag it is.
    pub organization: Option<String>,
    /// What the field is of, such as `CASE`.
    pub entity: String,
    /// Where it is: a document of the entity, and the keys inside, such as `customFields.totalDollarAmount`.
    pub path: String,
    /// The only template whose rows have the field.
    pub template: Option<String>,
    /// The slot, from 1 up, which is its place among the columns of tags.
    pub slot: u8,
    /// The name of the column: lower-case letters, digits and underscores, of 50 bytes at most.
    pub name: String,
    /// What people call it.
    pub label: String,
    /// What it holds.
    pub cell: CellType,
    /// The pattern of a cell; that of its type where absent.
    pub pattern: Option<String>,
}

impl FieldTag {
    /// Reads a list of tags, each a row of `ReportFieldTag` or the same in snake case. Ids and moments are
    /// accepted and mean nothing here.
    ///
    /// ```
    /// use measurand::Limits;
    /// use measurand::report::FieldTag;
    ///
    /// let tags = FieldTag::list_from_json(r#"[{"sourceEntityType": "CASE", "tagSlot": 1,
    ///   "sourceFieldPath": "customFields.totalDollarAmount", "columnName": "total_dollar_amount",
    ///   "displayLabel": "Total Dollar Amount", "dataType": "CURRENCY", "formatPattern": "$#,##0.00"}]"#,
    ///   &Limits::default())?;
    /// assert_eq!((tags[0].slot, &*tags[0].name), (1, "total_dollar_amount"));
    /// # Ok::<(), measurand::Errors>(())
    /// ```
    ///
    /// # Errors
    /// `json-syntax`, `limit-exceeded`, `unknown-field`, `duplicate-field`, `missing-field`, `wrong-type`,
    /// `wrong-value`.
    pub fn list_from_json(text: &str, limits: &Limits) -> Result<Vec<Self>, Errors> {
        let document = open("tags", text, limits)?;
        let tags = document.root().each(|node, _| tag(&node));
        document.finish(tags.unwrap_or_default())
    }
}

fn tag(node: &Node<'_>) -> Option<FieldTag> {
    let row = node.object()?;
    row.ignore(&[
        "id",
        "createdAt",
        "updatedAt",
        "createdById",
        "created_at",
        "updated_at",
        "created_by_id",
    ]);
    let organization = either(&row, ["organization_id", "organizationId"]).and_then(word);
    let entity = required(&row, ["source_entity_type", "sourceEntityType"]);
    let path = required(&row, ["source_field_path", "sourceFieldPath"]);
    let template = either(&row, ["template_id", "templateId"]).and_then(word);
    let slot = either(&row, ["tag_slot", "tagSlot"]);
    if slot.is_none() {
        row.missing("tag_slot");
    }
    // What is no slot of a byte is no slot at all; the exporter says which there are.
    let slot = slot.and_then(|node| node.natural());
    let slot = slot.map(|slot| u8::try_from(slot).unwrap_or(u8::MAX));
    let name = required(&row, ["column_name", "columnName"]);
    let label = required(&row, ["display_label", "displayLabel"]);
    let cell = either(&row, ["data_type", "dataType"]);
    if cell.is_none() {
        row.missing("data_type");
    }
    let cell = cell.and_then(|node| cell_type(&node));
    let pattern = either(&row, ["format_pattern", "formatPattern"]).and_then(|node| node.text());
    row.finish();
    Some(FieldTag {
        organization,
        entity: entity?,
        path: path?,
        template,
        slot: slot?,
        name: name?,
        label: label?,
        cell: cell?,
        pattern,
    })
}

fn required(row: &crate::json::Object<'_>, names: [&'static str; 2]) -> Option<String> {
    let [name, _] = names;
    let node = either(row, names);
    if node.is_none() {
        row.missing(name);
    }
    node.and_then(|node| node.text())
}

/// An id: a string, or a whole number in its digits.
fn word(node: Node<'_>) -> Option<String> {
    match node.kind() {
        JsonKind::Number => node.natural().map(|number| number.to_string()),
        _ => node.text(),
    }
}

/// The type of a cell, in letters of either case.
pub(super) fn cell_type(node: &Node<'_>) -> Option<CellType> {
    let written = node.str()?;
    let found = CellType::parse(&written.to_ascii_lowercase());
    if found.is_none() {
        let subject = "this type of a cell".to_owned();
        let help = Help::one_of(CellType::ALL.map(CellType::as_str));
        node.report_with_help(ReadError::WrongValue { subject }, help);
    }
    found
}
