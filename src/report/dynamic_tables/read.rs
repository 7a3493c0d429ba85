//! Tables as JSON: the rows of `table_defs` and `table_columns`, as a query hands them out.
//!
//! In: `{"table_defs": [...], "table_columns": [...]}`. Out: [`DynamicTable`]s with their columns; deleted rows are as
//! if absent. Guaranteed afterwards: shapes, types, slugs and ids are right, and everything wrong has been reported at
//! its place. What refers to something else is checked in `check.rs`.

use super::definition::{
    DynamicTable, FieldKind, Rollup, RollupFunction, TableField, TableSettings,
};
use super::slug::{column_slug, table_slug};
use super::store::{RecordIds, RecordStore};
use crate::error::{Errors, ReadError, ReportError};
use crate::json::{Bound, Document, JsonKind, Node, Object};
use crate::limits::Limits;
use crate::path::Path;
use crate::value::Uuid;

/// The name of the document in paths.
const DOCUMENT: &str = "tables";

/// The width of `table_defs.name` and of the names of columns.
const NAME: usize = 255;

/// The width of `table_defs.icon`.
const ICON: usize = 50;

/// What tables are read from, and where each and each of its columns stands.
pub(super) struct Read {
    pub(super) tables: Vec<DynamicTable>,
    pub(super) places: Vec<Place>,
}

/// Where a table stands, and where its columns do.
pub(super) struct Place {
    pub(super) table: Path,
    pub(super) columns: Vec<Path>,
}

/// A row of `table_columns`.
struct Row {
    table: String,
    position: i64,
    place: Path,
    table_place: Path,
    field: TableField,
}

/// The words for what columns hold.
#[derive(Clone, Copy)]
enum Word {
    Text,
    Number,
    Integer,
    Boolean,
    Date,
    Moment,
    Select,
    MultiSelect,
    Relationship,
    Rollup,
    Formula,
}

const WORDS: [(&str, Word); 16] = [
    ("text", Word::Text),
    ("long_text", Word::Text),
    ("email", Word::Text),
    ("url", Word::Text),
    ("phone", Word::Text),
    ("user", Word::Text),
    ("number", Word::Number),
    ("integer", Word::Integer),
    ("checkbox", Word::Boolean),
    ("date", Word::Date),
    ("datetime", Word::Moment),
    ("select", Word::Select),
    ("multi_select", Word::MultiSelect),
    ("relationship", Word::Relationship),
    ("rollup", Word::Rollup),
    ("formula", Word::Formula),
];

/// Reads a document.
pub(super) fn read(text: &str, store: &RecordStore, limits: &Limits) -> Result<Read, Errors> {
    let bytes = Bound {
        limit: "catalog_bytes",
        bound: limits.catalog_bytes,
    };
    let document = Document::read(DOCUMENT, text, bytes, limits.json_depth)?;
    let reader = Reader { store, limits };
    let read = document.root().object().map(|object| {
        let bound = Bound {
            limit: "dynamic_tables",
            bound: limits.dynamic_tables,
        };
        let tables = object.list_within("table_defs", bound, |node, _| reader.table(&node));
        if tables.is_none() && object.get_or_null("table_defs").is_none() {
            object.missing("table_defs");
        }
        let all = limits.dynamic_tables.saturating_mul(limits.dynamic_columns);
        let bound = Bound {
            limit: "dynamic_columns",
            bound: all,
        };
        let rows = object.list_within("table_columns", bound, |node, _| reader.column(&node));
        object.finish();
        let tables = tables.unwrap_or_default().into_iter().flatten().collect();
        let rows = rows.unwrap_or_default().into_iter().flatten().collect();
        reader.together(&document, tables, rows)
    });
    document.finish(read.unwrap_or(Read {
        tables: Vec::new(),
        places: Vec::new(),
    }))
}

struct Reader<'r> {
    store: &'r RecordStore,
    limits: &'r Limits,
}

impl Reader<'_> {
    /// A row of `table_defs`; nothing where it is deleted.
    fn table(&self, node: &Node<'_>) -> Option<Option<(DynamicTable, Path)>> {
        let row = node.object()?;
        let is_deleted = row.text("deleted_at").is_some();
        let table = DynamicTable {
            id: self.id(row.required("id")),
            company_id: self.id(row.required("company_id")),
            workspace_id: row.get("workspace_id").map(|node| self.id(Some(node))),
            name: named(&row),
            slug: slug(&row, table_slug),
            description: row.text("description"),
            icon: bounded(row.get("icon"), "icon", ICON),
            color: row.get("color").and_then(|node| color(&node)),
            settings: row
                .get("settings")
                .map_or_else(TableSettings::default, |node| settings(&node)),
            columns: Vec::new(),
        };
        row.ignore(&["created_by", "created_at", "updated_at"]);
        row.finish();
        Some((!is_deleted).then(|| (table, node.at().path())))
    }

    /// A row of `table_columns`; nothing where it is deleted.
    fn column(&self, node: &Node<'_>) -> Option<Option<Row>> {
        let row = node.object()?;
        let is_deleted = row.text("deleted_at").is_some();
        let table = self.id(row.required("table_id"));
        let name = named(&row);
        let slug = slug(&row, column_slug);
        let word = row.required("type").and_then(|node| node.word(&WORDS));
        let position = row.integer("position").unwrap_or_default();
        let kind = self.kind(&row, word);
        row.ignore(&[
            "id",
            "description",
            "created_by",
            "created_at",
            "updated_at",
        ]);
        row.finish();
        let kind = kind?;
        let field = TableField { name, slug, kind };
        Some((!is_deleted).then(|| Row {
            table,
            position,
            place: node.at().path(),
            table_place: node.at().key("table_id").path(),
            field,
        }))
    }

    /// What a column holds. Settings that say nothing of statements are the screen's, whatever they are.
    fn kind(&self, row: &Object<'_>, word: Option<Word>) -> Option<FieldKind> {
        let settings = row.get("settings");
        let object = settings.as_ref().and_then(|node| node.object());
        let kind = match word? {
            Word::Text => FieldKind::Text,
            Word::Number => FieldKind::Number,
            Word::Integer => FieldKind::Integer,
            Word::Boolean => FieldKind::Boolean,
            Word::Date => FieldKind::Date,
            Word::Moment => FieldKind::Moment,
            Word::Select => FieldKind::Select,
            Word::MultiSelect => FieldKind::MultiSelect {
                options: object
                    .as_ref()
                    .map(|object| self.options(object))
                    .unwrap_or_default(),
            },
            Word::Relationship => FieldKind::Relationship {
                table: needed(row, object.as_ref(), "table")?,
            },
            Word::Formula => FieldKind::Formula {
                expression: needed(row, object.as_ref(), "expression")?,
            },
            Word::Rollup => {
                let table = needed(row, object.as_ref(), "table")?;
                let relationship = needed(row, object.as_ref(), "relationship")?;
                let object = object.as_ref()?;
                let function = object.required("function");
                let function = function.and_then(|node| node.word(&RollupFunction::ALL))?;
                let field = object.text("field");
                if field.is_none() && function != RollupFunction::Count {
                    object.missing("field");
                }
                FieldKind::Rollup(Rollup {
                    table,
                    relationship,
                    function,
                    field,
                })
            }
        };
        Some(kind)
    }

    /// The options of a column, each a text or `{"value": …}`. They become literals of fragments, which have no
    /// backslash and no control character.
    fn options(&self, settings: &Object<'_>) -> Vec<String> {
        let bound = Bound {
            limit: "dynamic_columns",
            bound: self.limits.dynamic_columns,
        };
        let options = settings.list_within("options", bound, |node, _| {
            let option = match node.kind() {
                JsonKind::Object => {
                    let object = node.object()?;
                    Some(object.required_text("value"))
                }
                _ => node.text(),
            }?;
            let is_plain = |c: char| !c.is_control() && c != '\\';
            if option.is_empty() || option.len() > NAME || !option.chars().all(is_plain) {
                let subject = "an option with a backslash or a control character, or of no or too many characters";
                wrong(&node, subject);
                return None;
            }
            Some(option)
        });
        options.unwrap_or_default()
    }

    /// An id in its one form.
    fn id(&self, node: Option<Node<'_>>) -> String {
        let Some(node) = node else {
            return String::new();
        };
        let found = match self.store.ids {
            RecordIds::Integer => {
                let id = match node.kind() {
                    JsonKind::Text => node.text().and_then(|text| text.parse().ok()),
                    _ => node.integer(),
                };
                id.filter(|id: &i64| *id >= 0).map(|id| id.to_string())
            }
            RecordIds::Uuid => {
                let id = node.text().and_then(|text| Uuid::parse(&text));
                id.map(|id| id.to_string())
            }
        };
        found.unwrap_or_else(|| {
            wrong(&node, "no id of the store");
            String::new()
        })
    }

    /// Every column with its table, in the order of positions.
    fn together(
        &self,
        document: &Document<'_>,
        tables: Vec<(DynamicTable, Path)>,
        mut rows: Vec<Row>,
    ) -> Read {
        let (mut tables, places): (Vec<DynamicTable>, Vec<Path>) = tables.into_iter().unzip();
        let mut places: Vec<Place> = places
            .into_iter()
            .map(|table| Place {
                table,
                columns: Vec::new(),
            })
            .collect();
        rows.sort_by_key(|row| row.position);
        for row in rows {
            let at = tables.iter().position(|table| table.id == row.table);
            let at = at.and_then(|at| Some((tables.get_mut(at)?, places.get_mut(at)?)));
            let Some((table, place)) = at else {
                // A deleted table takes its columns with it; which tables there were is not said.
                continue;
            };
            if table.columns.len() == self.limits.dynamic_columns {
                let bound = Bound {
                    limit: "dynamic_columns",
                    bound: self.limits.dynamic_columns,
                };
                document.report(crate::error::Error::new(row.table_place, bound.exceeded()));
                continue;
            }
            if table.columns.len() < self.limits.dynamic_columns {
                table.columns.push(row.field);
                place.columns.push(row.place);
            }
        }
        Read { tables, places }
    }
}

fn wrong(node: &Node<'_>, subject: &str) {
    let subject = subject.to_owned();
    node.report(ReadError::WrongValue { subject });
}

/// A setting that a column of this type cannot do without.
fn needed(row: &Object<'_>, settings: Option<&Object<'_>>, name: &'static str) -> Option<String> {
    match settings {
        Some(settings) => Some(settings.required_text(name)),
        None => {
            row.missing("settings");
            None
        }
    }
}

fn slug(row: &Object<'_>, check: fn(&str) -> Result<(), ReportError>) -> String {
    let Some(node) = row.required("slug") else {
        return String::new();
    };
    let slug = node.text().unwrap_or_default();
    if let Err(error) = check(&slug) {
        node.report(error);
    }
    slug
}

/// What people call a table or a column.
fn named(row: &Object<'_>) -> String {
    let node = row.required("name");
    let name = bounded(node, "name", NAME).unwrap_or_default();
    name.trim().to_owned()
}

fn bounded(node: Option<Node<'_>>, column: &'static str, most: usize) -> Option<String> {
    let node = node?;
    let text = node.text()?;
    if text.chars().count() > most {
        node.report(ReportError::TextLength { column, most });
    }
    if text.trim().is_empty() {
        wrong(&node, "a blank text");
    }
    Some(text)
}

/// `#1a2b3c`.
fn color(node: &Node<'_>) -> Option<String> {
    let text = node.text()?;
    let digits = text.strip_prefix('#');
    let is_color = digits
        .is_some_and(|digits| digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit()));
    if !is_color {
        wrong(node, "no color: `#` and six hexadecimal digits");
    }
    Some(text)
}

fn settings(node: &Node<'_>) -> TableSettings {
    let Some(object) = node.object() else {
        return TableSettings::default();
    };
    let settings = TableSettings {
        allow_multiple: object.flag("allowMultiple"),
        record_name_format: object.text("recordNameFormat"),
        default_view: object.text("defaultView"),
        enable_comments: object.flag("enableComments"),
        enable_attachments: object.flag("enableAttachments"),
        enable_revisions: object.flag("enableRevisions"),
        enable_form: object.flag("enableForm"),
    };
    object.finish();
    settings
}
