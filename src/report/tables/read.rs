//! Rows and changes of rows, as a screen sends them.
//!
//! In: JSON of columns and values. Out: [`NewRow`], [`Change`]. Guaranteed afterwards: every column is
//! one that callers may write, its value is one that the database takes, and what a new row needs is
//! there. Codes: those of `ReadError`, `text-length`, `read-only-column`, `read-only-table`,
//! `nothing-to-change`, `schedule-day`, `unknown-zone`. Next to read: `statement.rs`.

use super::Table;
use super::column::{ColumnKind, ColumnWriter, JsonShape, TableColumn};
use super::description::{Changes, Description};
use super::json_text::look;
use crate::error::{Error, Errors, Help, ReadError, ReportError};
use crate::json::{Bound, Document, Node, Object};
use crate::limits::Limits;
use crate::path::{At, echo};
use crate::report::schedule::{Frequency, Schedule, schedule};
use crate::value::Value;

/// A row to be made, checked.
///
/// ```
/// use measurand::report::{Actor, NewRow, Table};
/// use measurand::{Limits, Moment};
///
/// let text = r#"{"template_id": 3, "name": "My Q4 view", "filters": {"campaign_name": [101]}}"#;
/// let row = NewRow::from_json(Table::SavedViews, text, &Limits::default())?;
///
/// let now = Moment::parse("2026-11-20T10:00:00Z").ok_or("no moment")?;
/// let statement = row.insert(&Actor::new(1, "usr_123", now));
/// assert!(statement.sql().ends_with("RETURNING t.id"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
// Invariant: the cells are of the table's columns, in their order, each once.
pub struct NewRow {
    pub(super) table: Table,
    pub(super) cells: Vec<Cell>,
    pub(super) sending: Sending,
}

/// A change of a row, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
// Invariant: the cells are of the table's columns, in their order, each once, and at least one.
pub struct Change {
    pub(super) table: Table,
    pub(super) cells: Vec<Cell>,
    pub(super) sending: Sending,
}

/// A column and what it becomes, `None` being NULL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cell {
    pub(super) column: &'static TableColumn,
    pub(super) value: Option<Value>,
}

/// What becomes of the next moment at which a report is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Sending {
    /// The table has none, or it stays as it is.
    Unchanged,
    /// There is none.
    Never,
    /// The next of this schedule.
    By(Schedule),
}

/// The columns of a schedule, which are written together.
const TIMING: [&str; 5] = [
    "frequency",
    "day_of_week",
    "day_of_month",
    "time_of_day",
    "timezone",
];

impl NewRow {
    /// Reads an object of columns and their values. Ids, owners and moments are not among them: they
    /// are the actor's or the statement's. What may be absent takes the table's default.
    ///
    /// # Errors
    /// `json-syntax`, `limit-exceeded`, `unknown-field`, `duplicate-field`, `missing-field`,
    /// `wrong-type`, `wrong-value`, `text-length`, `read-only-column`, `read-only-table`; of scheduled
    /// reports also `schedule-day`, `unknown-zone`.
    pub fn from_json(table: Table, text: &str, limits: &Limits) -> Result<Self, Errors> {
        let (cells, sending) = read(table, text, limits, Purpose::New)?;
        Ok(Self {
            table,
            cells,
            sending,
        })
    }

    /// The table.
    pub fn table(&self) -> Table {
        self.table
    }
}

impl Change {
    /// Reads an object of the columns that change and their new values. The columns of a schedule change
    /// together: who states one of them states its `frequency` and the day that goes with it, and so
    /// does who sets `is_active`, since a schedule that rested has to know when it runs next.
    ///
    /// # Errors
    /// As [`NewRow::from_json`], and `nothing-to-change`.
    pub fn from_json(table: Table, text: &str, limits: &Limits) -> Result<Self, Errors> {
        let (cells, sending) = read(table, text, limits, Purpose::Change)?;
        Ok(Self {
            table,
            cells,
            sending,
        })
    }

    /// The table.
    pub fn table(&self) -> Table {
        self.table
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Purpose {
    New,
    Change,
}

fn read(
    table: Table,
    text: &str,
    limits: &Limits,
    purpose: Purpose,
) -> Result<(Vec<Cell>, Sending), Errors> {
    let description = table.description();
    check_writable(description, purpose)?;
    let bytes = Bound {
        limit: "request_bytes",
        bound: limits.request_bytes,
    };
    let document = Document::read(description.name, text, bytes, limits.json_depth)?;
    let reader = Reader {
        description,
        purpose,
        limits,
        is_scheduled: table == Table::ScheduledReports,
    };
    let read = match document.root().object() {
        Some(object) => reader.row(&object),
        // That it is no object has been reported.
        None => (Vec::new(), Sending::Unchanged),
    };
    document.finish(read)
}

fn check_writable(description: &Description, purpose: Purpose) -> Result<(), Errors> {
    let done = match (description.changes, purpose) {
        (Changes::Owner | Changes::Audited, _) => return Ok(()),
        (Changes::MadeAndDeleted, Purpose::New) => return Ok(()),
        (_, Purpose::New) => "made",
        (_, Purpose::Change) => "changed",
    };
    let error = ReportError::ReadOnlyTable {
        table: description.name,
        done,
    };
    Err(Error::new(At::root(description.name).path(), error).into())
}

struct Reader<'a> {
    description: &'static Description,
    purpose: Purpose,
    limits: &'a Limits,
    is_scheduled: bool,
}

impl Reader<'_> {
    fn row(&self, object: &Object<'_>) -> (Vec<Cell>, Sending) {
        let mut cells: Vec<Cell> = Vec::new();
        let mut is_timed = false;
        let mut is_empty = true;
        let mut stated = Vec::new();
        object.each(|name, node| {
            is_empty = false;
            let Some(column) = self.writable(name, &node) else {
                return;
            };
            stated.push(column.name);
            if self.is_scheduled && TIMING.contains(&column.name) {
                is_timed = true;
            } else if let Some(value) = self.value(column, &node) {
                cells.push(Cell { column, value });
            }
        });
        let sending = match self.is_scheduled {
            true => self.sending(object, is_timed, &mut cells),
            false => Sending::Unchanged,
        };
        match self.purpose {
            Purpose::New => {
                let required = self.description.columns.iter().filter(|column| {
                    let is_timing = self.is_scheduled && TIMING.contains(&column.name);
                    column.is_required() && !is_timing && !stated.contains(&column.name)
                });
                required.for_each(|column| object.missing(column.name));
            }
            Purpose::Change if is_empty => {
                let error = Error::new(object.at().path(), ReportError::NothingToChange);
                object.report(error);
            }
            Purpose::Change => {}
        }
        let place = |cell: &Cell| {
            let columns = self.description.columns.iter();
            columns.take_while(|column| *column != cell.column).count()
        };
        cells.sort_by_key(place);
        (cells, sending)
    }

    /// The column, if this caller may write it now.
    fn writable(&self, name: &str, node: &Node<'_>) -> Option<&'static TableColumn> {
        let is_written = |column: &&TableColumn| match column.writer {
            ColumnWriter::Caller => true,
            ColumnWriter::Once => self.purpose == Purpose::New,
            ColumnWriter::Statement => false,
        };
        let Some(column) = self.description.column(name) else {
            let field = echo(name);
            let columns = self.description.columns.iter().filter(is_written);
            let help = Help::nearest(name, columns.map(|column| column.name));
            node.report_with_help(ReadError::UnknownField { field }, help);
            return None;
        };
        if !is_written(&column) {
            let column = column.name;
            node.report(ReportError::ReadOnlyColumn { column });
            return None;
        }
        Some(column)
    }

    /// What the column becomes, if the value is one that it takes.
    fn value(&self, column: &'static TableColumn, node: &Node<'_>) -> Option<Option<Value>> {
        if column.nullable && node.is_null() {
            return Some(None);
        }
        let value = match column.kind {
            ColumnKind::Id | ColumnKind::Size => Value::Integer(node.integer()?),
            ColumnKind::Integer => {
                let number = node.integer()?;
                if i32::try_from(number).is_err() {
                    wrong(node, "a number of more than 32 bits");
                    return None;
                }
                Value::Integer(number)
            }
            ColumnKind::Text => Value::Text(storable_text(node)?.into()),
            ColumnKind::Line(most) => {
                let text = storable_text(node)?;
                if text.trim().is_empty() {
                    wrong(node, "a blank text");
                    return None;
                }
                if text.chars().count() > most {
                    let column = column.name;
                    node.report(ReportError::TextLength { column, most });
                    return None;
                }
                Value::Text(text.into())
            }
            ColumnKind::Word(words) => {
                let written = node.str()?;
                let Some(word) = words.iter().find(|word| **word == written) else {
                    node.wrong_word(&written, words.iter().copied());
                    return None;
                };
                Value::Text((*word).into())
            }
            ColumnKind::Flag => Value::Boolean(node.flag()?),
            ColumnKind::Json(shape) => Value::Text(self.json(shape, node)?.into()),
            // Times are written with the schedule that they belong to, moments by statements.
            ColumnKind::Time | ColumnKind::Moment => {
                let column = column.name;
                node.report(ReportError::ReadOnlyColumn { column });
                return None;
            }
        };
        Some(Some(value))
    }

    fn json(&self, shape: JsonShape, node: &Node<'_>) -> Option<String> {
        let text = node.json_text()?;
        let seen = match look(&text) {
            Ok(seen) => seen,
            Err(subject) => {
                wrong(node, subject);
                return None;
            }
        };
        let (is_list, is_object) = (text.starts_with('['), text.starts_with('{'));
        let (is_right, expected) = match shape {
            JsonShape::Object => (is_object, "an object"),
            JsonShape::ListOrObject => (is_list || is_object, "a list or an object"),
            JsonShape::Scalars => (is_list && !seen.is_nested, "a list of plain values"),
        };
        if !is_right {
            node.wrong_type(expected);
            return None;
        }
        let bound = Bound {
            limit: "list_values",
            bound: self.limits.list_values,
        };
        if is_list && seen.members > bound.bound {
            node.report(bound.exceeded());
            return None;
        }
        Some(text)
    }

    /// The columns of the schedule, and when it runs next.
    fn sending(&self, object: &Object<'_>, is_timed: bool, cells: &mut Vec<Cell>) -> Sending {
        let active = cells.iter().find(|cell| cell.column.name == "is_active");
        let active = active.map(|cell| cell.value == Some(Value::Boolean(true)));
        let is_needed = is_timed || self.purpose == Purpose::New || active == Some(true);
        let schedule = is_needed.then(|| schedule(object)).flatten();
        if let Some(schedule) = &schedule {
            cells.extend(timing(schedule).filter_map(|(name, value)| {
                let column = self.description.column(name)?;
                Some(Cell { column, value })
            }));
        }
        match schedule {
            _ if active == Some(false) => Sending::Never,
            Some(schedule) => Sending::By(schedule),
            None => Sending::Unchanged,
        }
    }
}

/// The columns of a schedule and their values; days that it does not have are NULL.
fn timing(schedule: &Schedule) -> impl Iterator<Item = (&'static str, Option<Value>)> {
    let (frequency, weekday, month_day) = match schedule.frequency {
        Frequency::Daily => ("daily", None, None),
        Frequency::Weekly(day) => ("weekly", Some(day.number()), None),
        Frequency::Monthly(day) => ("monthly", None, Some(day)),
    };
    let day = |day: Option<u8>| day.map(|day| Value::Integer(i64::from(day)));
    let text = |text: String| Some(Value::Text(text.into()));
    [
        ("frequency", text(frequency.to_owned())),
        ("day_of_week", day(weekday)),
        ("day_of_month", day(month_day)),
        ("time_of_day", text(schedule.time.to_string())),
        ("timezone", text(schedule.zone.to_string())),
    ]
    .into_iter()
}

fn storable_text(node: &Node<'_>) -> Option<String> {
    let text = node.text()?;
    if text.contains('\0') {
        wrong(node, "the character NUL");
        return None;
    }
    Some(text)
}

fn wrong(node: &Node<'_>, subject: &str) {
    let subject = subject.to_owned();
    node.report(ReadError::WrongValue { subject });
}
