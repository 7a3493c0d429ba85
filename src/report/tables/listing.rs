//! Lists of rows: narrowed, in a total order, in pages.

use super::Table;
use super::actor::Actor;
use super::column::{ColumnKind, JsonShape, TableColumn};
use super::description::Description;
use super::statement::select;
use super::writer::{Reach, TableStatement, Writer};
use crate::error::{Error, Errors, Findings, Help, Kind, ResolveError};
use crate::limits::Limits;
use crate::path::{At, echo};
use crate::report::user_tables::Destination;
use crate::value::{DataType, Value};

/// Which rows of a table to list, in which order, and how many.
///
/// ```
/// use measurand::report::{Actor, Listing, Table};
/// use measurand::{Limits, Moment, Value};
///
/// let now = Moment::parse("2026-11-20T10:00:00Z").ok_or("no moment")?;
/// let actor = Actor::new(1, "usr_123", now);
/// // The view that a report opens with: of two that were made the default at once, the later one.
/// let listing = Listing {
///     only: vec![
///         ("template_id".into(), Value::Integer(3)),
///         ("is_default".into(), Value::Boolean(true)),
///         ("is_active".into(), Value::Boolean(true)),
///     ],
///     order_by: Some("updated_at".into()),
///     descending: true,
///     limit: Some(1),
///     ..Listing::default()
/// };
/// let statement = Table::SavedViews.list(&actor, &listing, &Limits::default())?;
/// assert!(statement.sql().contains("ORDER BY t.updated_at DESC NULLS LAST, t.id DESC"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listing {
    /// Columns and the one value that rows have there.
    pub only: Vec<(String, Value)>,
    /// The column that orders; the table's own where absent. Rows that agree in it are in the order of
    /// their ids.
    pub order_by: Option<String>,
    /// Whether the order runs down.
    pub descending: bool,
    /// How many rows at most; all where absent and [`Limits::max_limit`] sets no cap.
    pub limit: Option<u64>,
    /// How many rows to leave out in front.
    pub offset: u64,
    /// Of the tables of users, those that are shown there; without an id, anywhere of that kind.
    pub shown_on: Option<Destination>,
}

impl Table {
    /// The statement that lists the rows that the actor may see, all [columns](Table::columns) in their
    /// order, JSON and times as text, whole numbers as `BIGINT`.
    ///
    /// # Errors
    /// `unknown-column`, `duplicate-column`, `value-type`, `limit-exceeded`.
    pub fn list(
        self,
        actor: &Actor,
        listing: &Listing,
        limits: &Limits,
    ) -> Result<TableStatement, Errors> {
        let table = self.description();
        let page = checked(table, listing, limits)?;
        let mut writer = Writer::new(actor);
        let guard = writer.guard(table, "t", Reach::Read);
        select(&mut writer, table);
        writer.push(&[" WHERE ", &guard]);
        for (column, value) in page.only {
            let value = writer.bind(value.clone(), column.kind());
            writer.push(&[" AND t.", column.name(), " = ", &value]);
        }
        if let Some(text) = page.shown_on {
            let text = writer.bind(Value::Text(text.into()), ColumnKind::Json(JsonShape::List));
            writer.push(&[" AND t.", DESTINATIONS, " @> ", &text]);
        }
        let direction = if listing.descending { " DESC" } else { " ASC" };
        writer.push(&[" ORDER BY t.", page.order, direction, " NULLS LAST"]);
        writer.push(&[", t.id", direction]);
        let number = |number: u64| Value::Integer(i64::try_from(number).unwrap_or(i64::MAX));
        if let Some(limit) = page.limit {
            let limit = writer.bind(number(limit), ColumnKind::Size);
            writer.push(&[" LIMIT ", &limit]);
        }
        let offset = writer.bind(number(listing.offset), ColumnKind::Size);
        writer.push(&[" OFFSET ", &offset]);
        Ok(writer.finish())
    }
}

struct Page<'a> {
    only: Vec<(&'static TableColumn, &'a Value)>,
    order: &'static str,
    limit: Option<u64>,
    /// What the destinations of a table have among them, as JSON.
    shown_on: Option<String>,
}

/// The column that says where a table is shown.
const DESTINATIONS: &str = "destinations";

fn checked<'a>(
    table: &'static Description,
    listing: &'a Listing,
    limits: &Limits,
) -> Result<Page<'a>, Errors> {
    let mut findings = Findings::default();
    let root = At::root("listing");
    let all = root.key("only");
    let mut only: Vec<(&'static TableColumn, &Value)> = Vec::new();
    for (at, (name, value)) in listing.only.iter().enumerate() {
        let place = all.index(at);
        let Some(column) = named(table, table.narrowed_by, name) else {
            findings.push(unknown(&place, name, table.narrowed_by));
            continue;
        };
        let (expected, phrase) = taken(column.kind());
        if value.data_type() != expected {
            let error = ResolveError::ValueType { expected: phrase };
            findings.push(Error::new(place.path(), error));
        }
        if only.iter().any(|(other, _)| *other == column) {
            let error = ResolveError::Duplicate {
                kind: Kind::Column,
                name: column.name().to_owned(),
            };
            findings.push(Error::new(place.path(), error));
        }
        only.push((column, value));
    }
    let order = match &listing.order_by {
        None => table.ordered_by.first().copied().unwrap_or("id"),
        Some(name) => match named(table, table.ordered_by, name) {
            Some(column) => column.name(),
            None => {
                findings.push(unknown(&root.key("order_by"), name, table.ordered_by));
                "id"
            }
        },
    };
    let limit = match (listing.limit, limits.max_limit) {
        (Some(limit), Some(most)) if limit > most => {
            let error = ResolveError::LimitExceeded {
                limit: "max_limit",
                bound: most,
            };
            findings.push(Error::new(root.key("limit").path(), error));
            None
        }
        (limit, most) => limit.or(most),
    };
    let shown_on = listing.shown_on.as_ref();
    if shown_on.is_some() && table.column(DESTINATIONS).is_none() {
        findings.push(unknown(
            &root.key("shown_on"),
            DESTINATIONS,
            table.narrowed_by,
        ));
    }
    let shown_on = shown_on.map(Destination::as_list);
    findings.finish(Page {
        only,
        order,
        limit,
        shown_on,
    })
}

fn named(table: &Description, names: &[&'static str], name: &str) -> Option<&'static TableColumn> {
    let known = names.iter().find(|known| **known == name)?;
    table.column(known)
}

fn unknown(place: &At<'_>, name: &str, names: &[&'static str]) -> Error {
    let error = ResolveError::Unknown {
        kind: Kind::Column,
        name: echo(name),
    };
    Error::new(place.path(), error).with_help(Help::nearest(name, names.iter().copied()))
}

/// The type of the values that a column is compared with.
fn taken(kind: ColumnKind) -> (DataType, &'static str) {
    match kind {
        ColumnKind::Id | ColumnKind::Size | ColumnKind::Integer => {
            (DataType::Integer, "a whole number")
        }
        ColumnKind::Flag => (DataType::Boolean, "true or false"),
        ColumnKind::Moment => (DataType::Timestamp, "a date and time"),
        ColumnKind::Text
        | ColumnKind::User
        | ColumnKind::Line(_)
        | ColumnKind::Word(_)
        | ColumnKind::Texts
        | ColumnKind::Json(_)
        | ColumnKind::Time => (DataType::Text, "a text"),
    }
}
