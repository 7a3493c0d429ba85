//! The JSON form of definitions, and what the documents of exports have in common.

use super::definition::{ChildGroup, ExportDefinition, ExportEntity, FileColumn};
use super::tag::cell_type;
use crate::error::{Errors, ReadError};
use crate::json::{Bound, Document, Node, Object};
use crate::limits::Limits;
use crate::request::OrderRequest;

/// How many rows of a group are shown where its definition does not say.
const USUAL_CHILDREN: u8 = 3;

impl ExportDefinition {
    /// Reads a definition: `source`, `entity` and `children[].entity` (`name`, `documents`, `template`),
    /// `columns` (`name`, `label`, `column`, `show`: `value` or `label`, `type`, `format`, `overflow`),
    /// `children` (`prefix`, `relationship`, `entity`, `columns`, `order_by`, `count`, `shown`), `filters` (an
    /// object from names to dimensions), `order_by`. A column may be written as its name alone.
    ///
    /// ```
    /// use measurand::Limits;
    /// use measurand::report::ExportDefinition;
    ///
    /// let definition = ExportDefinition::from_json(r#"{"source": "cases",
    ///   "entity": {"name": "CASE", "documents": {"customFields": "custom_fields"}, "template": "template_id"},
    ///   "columns": ["case_number", {"name": "category_name", "column": "category", "show": "label"},
    ///     {"name": "case_created_at", "column": "created_at", "type": "date"}],
    ///   "children": [{"prefix": "inv", "relationship": "investigations", "columns": ["status"],
    ///     "order_by": [{"key": "started_at"}], "count": "investigation_count"}],
    ///   "filters": {"statuses": "status"}}"#, &Limits::default())?;
    /// assert_eq!(definition.children[0].shown, 3);
    /// # Ok::<(), measurand::Errors>(())
    /// ```
    ///
    /// # Errors
    /// `json-syntax`, `limit-exceeded`, `unknown-field`, `duplicate-field`, `missing-field`, `wrong-type`,
    /// `wrong-value`.
    pub fn from_json(text: &str, limits: &Limits) -> Result<Self, Errors> {
        let document = open("definition", text, limits)?;
        let definition = document.root().object().map(|row| definition(&row));
        document.finish(definition.unwrap_or_default())
    }
}

pub(super) fn open<'t>(
    name: &'static str,
    text: &'t str,
    limits: &Limits,
) -> Result<Document<'t>, Errors> {
    let bytes = Bound {
        limit: "request_bytes",
        bound: limits.request_bytes,
    };
    Document::read(name, text, bytes, limits.json_depth)
}

/// A field that is written in snake case or as the tables of the service have it.
pub(super) fn either<'o>(row: &'o Object<'_>, names: [&'static str; 2]) -> Option<Node<'o>> {
    let found = row.either(&names, "one of the two spellings is enough")?;
    row.get(found)
}

fn definition(row: &Object<'_>) -> ExportDefinition {
    let definition = ExportDefinition {
        source: row.required_text("source"),
        entity: row.get("entity").and_then(entity).unwrap_or_default(),
        columns: columns(row),
        children: row
            .list("children", |node, _| group(&node))
            .unwrap_or_default(),
        filters: pairs(row.get("filters")),
        order_by: order(row),
    };
    row.finish();
    definition
}

fn entity(node: Node<'_>) -> Option<ExportEntity> {
    let row = node.object()?;
    let entity = ExportEntity {
        name: row.text("name"),
        documents: pairs(row.get("documents")),
        template: row.text("template"),
    };
    row.finish();
    Some(entity)
}

fn group(node: &Node<'_>) -> Option<ChildGroup> {
    let row = node.object()?;
    let shown = row.natural("shown");
    let group = ChildGroup {
        prefix: row.required_text("prefix"),
        relationship: row.required_text("relationship"),
        entity: row.get("entity").and_then(entity).unwrap_or_default(),
        order_by: order(&row),
        columns: columns(&row),
        count: row.text("count"),
        shown: shown.map_or(USUAL_CHILDREN, |shown| {
            u8::try_from(shown).unwrap_or(u8::MAX)
        }),
    };
    row.finish();
    Some(group)
}

fn columns(row: &Object<'_>) -> Vec<FileColumn> {
    let columns = row.list("columns", |node, _| column(&node));
    columns.unwrap_or_default()
}

fn column(node: &Node<'_>) -> Option<FileColumn> {
    if node.kind() == crate::json::JsonKind::Text {
        let name = node.text()?;
        return Some(FileColumn {
            column: name.clone(),
            name,
            ..FileColumn::default()
        });
    }
    let row = node.object()?;
    let name = row.required_text("name");
    let column = FileColumn {
        column: row.text("column").unwrap_or_else(|| name.clone()),
        name,
        label: row.text("label"),
        shows_label: row
            .get("show")
            .and_then(|node| node.word(&[("value", false), ("label", true)]))
            .unwrap_or(false),
        cell: row.get("type").and_then(|node| cell_type(&node)),
        pattern: row.text("format"),
        is_overflow: row.flag("overflow").unwrap_or(false),
    };
    row.finish();
    if column.pattern.is_some() && column.cell.is_none() {
        let subject = "a format of no type".to_owned();
        row.get("format").into_iter().for_each(|node| {
            node.report(ReadError::WrongValue {
                subject: subject.clone(),
            })
        });
    }
    Some(column)
}

fn order(row: &Object<'_>) -> Vec<OrderRequest> {
    let order = row.list("order_by", |node, _| {
        let row = node.object()?;
        let order = OrderRequest {
            key: row.required_text("key"),
            descending: row
                .get("direction")
                .and_then(|node| node.word(&[("asc", false), ("desc", true)]))
                .unwrap_or(false),
            nulls_first: row
                .get("nulls")
                .and_then(|node| node.word(&[("last", false), ("first", true)]))
                .unwrap_or(false),
        };
        row.finish();
        Some(order)
    });
    order.unwrap_or_default()
}

fn pairs(node: Option<Node<'_>>) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    let Some(object) = node.and_then(|node| node.object()) else {
        return pairs;
    };
    object.each(|name, node| {
        pairs.extend(node.text().map(|text| (name.to_owned(), text)));
    });
    pairs
}
