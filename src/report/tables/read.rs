//! Rows and changes of rows, as a screen sends them.
//!
//! In: JSON of columns and values. Out: [`NewRow`], [`Change`]. Guaranteed afterwards: every column is
//! one that callers may write, its value is one that the database takes, and what a new row needs is
//! there. Codes: those of `ReadError`, `text-length`, `read-only-column`, `read-only-table`,
//! `nothing-to-change`, `schedule-day`, `unknown-zone`. Next to read: `statement.rs`.

use super::Table;
use super::column::{ColumnKind, ColumnWriter, JsonShape, TableColumn};
use super::description::{Changes, Description, FORMATS};
use super::json_text::look;
use crate::error::{Error, ErrorKind, Errors, Help, ReadError, ReportError};
use crate::json::{Bound, Document, Node, Object};
use crate::limits::Limits;
use crate::path::{At, echo};
use crate::report::schedule::{Frequency, Schedule, UnstatedDay, schedule};
use crate::value::{Param, Value, ValueList};

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
    pub(super) value: Option<Param>,
}

impl Cell {
    /// Whether the column becomes true.
    pub(super) fn is_true(&self) -> bool {
        self.value == Some(Param::Scalar(Value::Boolean(true)))
    }
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
        is_user_table: table == Table::UserDataTables,
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
    is_user_table: bool,
}

impl Reader<'_> {
    fn row(&self, object: &Object<'_>) -> (Vec<Cell>, Sending) {
        let mut cells: Vec<Cell> = Vec::new();
        let mut is_timed = false;
        let mut is_empty = true;
        let mut stated = Vec::new();
        let mut delivery = None;
        object.each(|name, node| {
            is_empty = false;
            let Some(column) = self.writable(name, &node) else {
                return;
            };
            stated.push(column.name);
            if self.is_scheduled && TIMING.contains(&column.name) {
                is_timed = true;
            } else if column.name == "schedule_config" {
                delivery = Some(self.delivery(&node));
            } else if let Some(value) = self.value(column, &node) {
                cells.push(Cell { column, value });
            }
        });
        let sending = match delivery {
            _ if self.is_scheduled => self.sending(object, is_timed, &mut cells),
            None => Sending::Unchanged,
            Some(delivery) => self.delivered(delivery, &mut cells),
        };
        if self.is_user_table && self.purpose == Purpose::New && !stated.contains(&"created_via") {
            self.say_how_it_was_made(&mut cells);
        }
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
    fn value(&self, column: &'static TableColumn, node: &Node<'_>) -> Option<Option<Param>> {
        if column.nullable && node.is_null() {
            return Some(None);
        }
        if column.kind == ColumnKind::Texts {
            let texts = self.texts(node)?;
            let list = ValueList::of_texts(texts.iter().map(String::as_str));
            return Some(Some(Param::List(list)));
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
            ColumnKind::User => self.line(column, 255, node)?,
            ColumnKind::Line(most) => self.line(column, most, node)?,
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
            ColumnKind::Texts | ColumnKind::Time | ColumnKind::Moment => {
                let column = column.name;
                node.report(ReportError::ReadOnlyColumn { column });
                return None;
            }
        };
        Some(Some(Param::Scalar(value)))
    }

    /// A line of text.
    fn line(&self, column: &TableColumn, most: usize, node: &Node<'_>) -> Option<Value> {
        let text = node.text()?;
        match check_line(&text, column.name, most) {
            Ok(()) => Some(Value::Text(text.into())),
            Err(error) => {
                node.report(error);
                None
            }
        }
    }

    /// A list of texts with something in each.
    fn texts(&self, node: &Node<'_>) -> Option<Vec<String>> {
        let mut are_right = true;
        let texts = node.each_within(self.list_bound(), |node, _| {
            let text = storable_text(&node).filter(|text| {
                let is_blank = text.trim().is_empty();
                if is_blank {
                    wrong(&node, "a blank text");
                }
                !is_blank
            });
            are_right &= text.is_some();
            text
        });
        texts.filter(|_| are_right)
    }

    fn list_bound(&self) -> Bound {
        Bound {
            limit: "list_values",
            bound: self.limits.list_values,
        }
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
            JsonShape::List => (is_list, "a list"),
            JsonShape::ListOrObject => (is_list || is_object, "a list or an object"),
            JsonShape::Scalars => (is_list && !seen.is_nested, "a list of plain values"),
        };
        if !is_right {
            node.wrong_type(expected);
            return None;
        }
        let bound = self.list_bound();
        if is_list && seen.members > bound.bound {
            node.report(bound.exceeded());
            return None;
        }
        Some(text)
    }

    /// The columns of the schedule, and when it runs next.
    fn sending(&self, object: &Object<'_>, is_timed: bool, cells: &mut Vec<Cell>) -> Sending {
        let active = cells.iter().find(|cell| cell.column.name == "is_active");
        let active = active.map(Cell::is_true);
        let is_needed = is_timed || self.purpose == Purpose::New || active == Some(true);
        let schedule = is_needed
            .then(|| schedule(object, UnstatedDay::Missing))
            .flatten();
        if let Some(schedule) = &schedule {
            cells.extend(timing(schedule).filter_map(|(name, value)| {
                let column = self.description.column(name)?;
                let value = value.map(Param::Scalar);
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

impl Reader<'_> {
    /// To whom a table is sent, as what, and when: the text of it, and the schedule; nothing where it is
    /// sent no longer.
    fn delivery(&self, node: &Node<'_>) -> Option<(String, Schedule)> {
        if node.is_null() {
            return None;
        }
        let object = node.object()?;
        let schedule = schedule(&object, UnstatedDay::First);
        if let Some(recipients) = object.required("recipients")
            && self
                .texts(&recipients)
                .is_some_and(|texts| texts.is_empty())
        {
            wrong(&recipients, "an empty list");
        }
        if let Some(format) = object.required("format") {
            let words = FORMATS.iter().map(|word| (*word, ()));
            format.word(&words.collect::<Vec<_>>());
        }
        object.finish();
        Some((node.json_text()?, schedule?))
    }

    /// The cell of a delivery, and when it runs next.
    fn delivered(&self, delivery: Option<(String, Schedule)>, cells: &mut Vec<Cell>) -> Sending {
        let Some(column) = self.description.column("schedule_config") else {
            return Sending::Unchanged;
        };
        let (value, sending) = match delivery {
            None => (None, Sending::Never),
            Some((text, schedule)) => {
                let text = Param::Scalar(Value::Text(text.into()));
                (Some(text), Sending::By(schedule))
            }
        };
        cells.push(Cell { column, value });
        sending
    }

    /// A table that came from a prompt says so.
    fn say_how_it_was_made(&self, cells: &mut Vec<Cell>) {
        let is_prompted = |cell: &Cell| cell.column.name == "ai_prompt" && cell.value.is_some();
        if cells.iter().any(is_prompted)
            && let Some(column) = self.description.column("created_via")
        {
            let value = Some(Param::Scalar(Value::Text("AI_GENERATED".into())));
            cells.push(Cell { column, value });
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

/// Whether a line of text is one that its column takes.
fn check_line(text: &str, column: &'static str, most: usize) -> Result<(), ErrorKind> {
    let wrong = |subject: &str| ReadError::WrongValue {
        subject: subject.to_owned(),
    };
    if text.contains('\0') {
        return Err(wrong("the character NUL").into());
    }
    if text.trim().is_empty() {
        return Err(wrong("a blank text").into());
    }
    if text.chars().count() > most {
        return Err(ReportError::TextLength { column, most }.into());
    }
    Ok(())
}

/// The name of a row, given by itself.
pub(super) fn checked_name(table: &Description, name: &str) -> Result<Value, Errors> {
    let most = match table.column("name").map(|column| column.kind) {
        Some(ColumnKind::Line(most)) => most,
        _ => usize::MAX,
    };
    let path = || At::root(table.name).key("name").path();
    check_line(name, "name", most).map_err(|error| Error::new(path(), error))?;
    Ok(Value::Text(name.into()))
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
