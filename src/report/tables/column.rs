//! What a column takes, and who writes it.

/// A column of one of the report builder's tables.
///
/// ```
/// use measurand::report::{ColumnWriter, Table};
///
/// let columns = Table::SavedViews.columns();
/// let user = columns.iter().find(|column| column.name() == "user_id");
/// assert_eq!(user.map(|column| column.writer()), Some(ColumnWriter::Statement));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TableColumn {
    pub(super) name: &'static str,
    pub(super) kind: ColumnKind,
    pub(super) nullable: bool,
    pub(super) has_default: bool,
    pub(super) writer: ColumnWriter,
}

/// What a column takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ColumnKind {
    /// The id of a row: `BIGINT`.
    Id,
    /// A whole number: `BIGINT`.
    Size,
    /// A whole number: `INTEGER`.
    Integer,
    /// Text of any length: `TEXT`, or `VARCHAR` without one.
    Text,
    /// The id of a user, of at most 255 characters: `VARCHAR` without a length, in an index that takes no
    /// text of any length.
    User,
    /// Text with something in it, of at most so many characters: `VARCHAR(n)`.
    Line(usize),
    /// One of these words: `VARCHAR(50)`.
    Word(&'static [&'static str]),
    /// `BOOLEAN`.
    Flag,
    /// A list of texts with something in each: `TEXT[]`.
    Texts,
    /// `JSONB`; statements take and give it as text.
    Json(JsonShape),
    /// A time that clocks show: `TIME`; statements take and give it as text.
    Time,
    /// A moment as clocks in UTC show it: `TIMESTAMP`.
    Moment,
}

/// The JSON that a column takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum JsonShape {
    /// An object.
    Object,
    /// A list.
    List,
    /// A list, or an object.
    ListOrObject,
    /// A list of strings, numbers, booleans and nulls.
    Scalars,
}

/// Who writes a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ColumnWriter {
    /// Whoever may change the row.
    Caller,
    /// Whoever makes the row, and nobody afterwards.
    Once,
    /// The statements themselves: ids, owners, moments, and what became of a job.
    Statement,
}

impl TableColumn {
    /// The name in the database.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// What it takes.
    pub fn kind(&self) -> ColumnKind {
        self.kind
    }

    /// Whether it may be NULL.
    pub fn is_nullable(&self) -> bool {
        self.nullable
    }

    /// Who writes it.
    pub fn writer(&self) -> ColumnWriter {
        self.writer
    }

    /// Whether whoever makes a row has to state it.
    pub fn is_required(&self) -> bool {
        self.writer != ColumnWriter::Statement && !self.nullable && !self.has_default
    }

    /// How the column of a row under an alias is read.
    pub(super) fn read(&self, alias: &str) -> String {
        let name = self.name;
        match self.kind.read_as() {
            Some(cast) => format!("{alias}.{name}{cast} AS {name}"),
            None => format!("{alias}.{name}"),
        }
    }

    /// A column that is always there and that statements write.
    pub(super) const fn kept(name: &'static str, kind: ColumnKind) -> Self {
        Self {
            name,
            kind,
            nullable: false,
            has_default: false,
            writer: ColumnWriter::Statement,
        }
    }

    /// A column that is always there and that callers write.
    pub(super) const fn required(name: &'static str, kind: ColumnKind) -> Self {
        Self {
            writer: ColumnWriter::Caller,
            ..Self::kept(name, kind)
        }
    }

    /// A column that callers may leave to the database's default.
    pub(super) const fn defaulted(name: &'static str, kind: ColumnKind) -> Self {
        Self {
            has_default: true,
            ..Self::required(name, kind)
        }
    }

    /// A column that may be NULL.
    pub(super) const fn optional(self) -> Self {
        Self {
            nullable: true,
            ..self
        }
    }

    /// A column that is written with the row and never again.
    pub(super) const fn once(self) -> Self {
        Self {
            writer: ColumnWriter::Once,
            ..self
        }
    }
}

impl ColumnKind {
    /// How a parameter is written for the column.
    pub(super) fn cast(self) -> &'static str {
        match self {
            ColumnKind::Id | ColumnKind::Size | ColumnKind::Integer => "::bigint",
            ColumnKind::Text | ColumnKind::User | ColumnKind::Line(_) | ColumnKind::Word(_) => {
                "::text"
            }
            ColumnKind::Flag => "::boolean",
            ColumnKind::Texts => "::text[]",
            ColumnKind::Json(_) => "::text::jsonb",
            ColumnKind::Time => "::text::time",
            ColumnKind::Moment => "::timestamp",
        }
    }

    /// What the column is cast to where a driver would need a type of its own to read it.
    fn read_as(self) -> Option<&'static str> {
        match self {
            ColumnKind::Integer => Some("::bigint"),
            ColumnKind::Json(_) | ColumnKind::Time => Some("::text"),
            _ => None,
        }
    }
}
