//! Tables as users define them: plain data.

use std::fmt;

/// A table that users define: a row of `table_defs` with the rows of its columns.
///
/// # Source
/// `tableDefs` of the dynamic tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DynamicTable {
    /// The id of the row.
    pub id: String,
    /// Whose it is.
    pub company_id: String,
    /// The workspace that it is of; none where all of the company see it.
    pub workspace_id: Option<String>,
    /// What people call it.
    pub name: String,
    /// What requests call it.
    pub slug: String,
    /// What it is for.
    pub description: Option<String>,
    /// A picture for a screen.
    pub icon: Option<String>,
    /// A colour for a screen, `#1a2b3c`.
    pub color: Option<String>,
    /// What the table is set to.
    pub settings: TableSettings,
    /// Its columns, in the order of their positions.
    pub columns: Vec<TableField>,
}

impl DynamicTable {
    /// The column with this slug.
    pub fn column(&self, slug: &str) -> Option<&TableField> {
        self.columns.iter().find(|column| column.slug == slug)
    }
}

/// What a table is set to. Nothing of a statement depends on it: it is for screens and for whoever writes records.
///
/// # Source
/// `tableDefs.settings` of the dynamic tables.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TableSettings {
    /// Whether a user may have several records.
    pub allow_multiple: Option<bool>,
    /// The template of the name that a record is shown by.
    pub record_name_format: Option<String>,
    /// The kind of view that is shown first.
    pub default_view: Option<String>,
    /// Whether records have comments.
    pub enable_comments: Option<bool>,
    /// Whether records have files.
    pub enable_attachments: Option<bool>,
    /// Whether changes of records are kept.
    pub enable_revisions: Option<bool>,
    /// Whether records can be sent in by a public form.
    pub enable_form: Option<bool>,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableField {
    /// What people call it.
    pub name: String,
    /// What requests call it, and the key in the record's document.
    pub slug: String,
    /// What it holds.
    pub kind: FieldKind,
}

/// What a column holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldKind {
    /// Text: `text`, `long_text`, `email`, `url`, `phone`, `user`.
    Text,
    /// Exact numbers: `number`.
    Number,
    /// Whole numbers of at most 18 digits: `integer`.
    Integer,
    /// Truth: `checkbox`.
    Boolean,
    /// Days: `date`.
    Date,
    /// Moments with their offset: `datetime`.
    Moment,
    /// One of several texts: `select`.
    Select,
    /// Several of the options: `multi_select`, a list of texts.
    MultiSelect {
        /// What may be chosen, and so what can be filtered by.
        options: Vec<String>,
    },
    /// The id of a record of a table: `relationship`.
    Relationship {
        /// The slug of the table.
        table: String,
    },
    /// What the records that refer to this one are added up to: `rollup`.
    Rollup(Rollup),
    /// What is computed from other columns of the record: `formula`.
    Formula {
        /// The expression.
        expression: String,
    },
}

impl FieldKind {
    /// Whether it is kept in the record, and not computed.
    pub fn is_stored(&self) -> bool {
        !matches!(self, Self::Rollup(_) | Self::Formula { .. })
    }
}

/// How the records that refer to a record are added up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rollup {
    /// The slug of the table whose records refer to this one.
    pub table: String,
    /// The slug of the column by which they do.
    pub relationship: String,
    /// How they are added up.
    pub function: RollupFunction,
    /// The slug of the column that is added up; none where records are counted.
    pub field: Option<String>,
}

/// How records are added up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RollupFunction {
    /// How many there are, or how many have a value.
    Count,
    /// The sum.
    Sum,
    /// The mean.
    Avg,
    /// The least.
    Min,
    /// The greatest.
    Max,
}

impl RollupFunction {
    /// Every function with its word.
    pub(super) const ALL: [(&'static str, RollupFunction); 5] = [
        ("count", RollupFunction::Count),
        ("sum", RollupFunction::Sum),
        ("avg", RollupFunction::Avg),
        ("min", RollupFunction::Min),
        ("max", RollupFunction::Max),
    ];

    /// The word in a definition.
    pub fn as_str(self) -> &'static str {
        let mut all = Self::ALL.iter();
        all.find(|(_, each)| *each == self)
            .map_or("", |(word, _)| word)
    }
}

impl fmt::Display for RollupFunction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
