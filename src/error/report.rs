//! What is wrong with what a report builder keeps.

use super::ErrorCode;

/// What a report builder keeps is not what it has to be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReportError {
    /// A day that the frequency of the schedule does not have.
    #[error("a schedule of this frequency takes no `{field}`")]
    ScheduleDay {
        /// The field that states it.
        field: &'static str,
    },
    /// A cron pattern that is none.
    #[error("expected {expected} in the pattern")]
    CronSyntax {
        /// What a schedule's pattern has there.
        expected: &'static str,
    },
    /// Cron patterns that say something else than a schedule can.
    #[error("the patterns are those of no daily, weekly or monthly schedule")]
    CronSchedule,
    /// A widget asks for something that it cannot show.
    #[error("a widget of type `{widget}` cannot show the answer to this request")]
    WidgetRequest {
        /// The type.
        widget: &'static str,
    },
    /// A widget uses what belongs to a module, and does not say so.
    #[error("the widget uses what belongs to module `{module}`, and does not say so")]
    WidgetModule {
        /// The module.
        module: String,
    },
    /// Settings of a chart that contradict each other.
    #[error("{reason}")]
    ChartSetting {
        /// What is wrong.
        reason: &'static str,
    },
    /// A chart draws what its request does not have.
    #[error("the request has no {expected} `{key}`")]
    ChartKey {
        /// What a chart has there.
        expected: &'static str,
        /// The key as written.
        key: String,
    },
    /// What a template says it needs is not what its widgets use.
    #[error("{kind} `{name}` {reason}")]
    TemplateNeeds {
        /// The kind of thing.
        kind: &'static str,
        /// Its key.
        name: String,
        /// What is wrong.
        reason: &'static str,
    },
    /// No such template, or none for this context.
    #[error("unknown template `{name}`")]
    UnknownTemplate {
        /// The key as written.
        name: String,
    },
    /// No such widget, or none for this context.
    #[error("unknown widget `{name}`")]
    UnknownWidget {
        /// The id as written.
        name: String,
    },
    /// A layer has what only a context may have.
    #[error("`{field}` is of the context and of no layer")]
    AccessInLayer {
        /// The field.
        field: &'static str,
    },
    /// A row of somebody else.
    #[error("the row is of another {whose}")]
    ForeignRow {
        /// `tenant`, `user`, `template` or `dashboard`.
        whose: &'static str,
    },
    /// A part of a layer that reaches no widget.
    #[error("no widget of the report follows this part of `{part}`")]
    NoEffect {
        /// The field of the layer.
        part: &'static str,
    },
    /// A text that is longer than its column.
    #[error("the text is longer than the {most} characters of `{column}`")]
    TextLength {
        /// The column.
        column: &'static str,
        /// How many characters it has.
        most: usize,
    },
    /// A column that statements write themselves, or only with the row.
    #[error("column `{column}` is not for callers to write here")]
    ReadOnlyColumn {
        /// The column.
        column: &'static str,
    },
    /// A change without any column.
    #[error("the change says nothing that changes")]
    NothingToChange,
    /// A table whose rows are not written this way.
    #[error("rows of `{table}` are not {done} by callers")]
    ReadOnlyTable {
        /// The table.
        table: &'static str,
        /// What was to be done.
        done: &'static str,
    },
    /// A source that a user's table lists, or reads, and that is not what it has to be.
    #[error("source `{name}` {reason}")]
    TableSource {
        /// The key.
        name: String,
        /// What is wrong.
        reason: &'static str,
    },
    /// A field of a user's table that does not mean one thing in its place.
    #[error("`{name}` {reason}")]
    TableField {
        /// The field as written.
        name: String,
        /// What is wrong.
        reason: &'static str,
    },
    /// No such table of a user, or none that this one sees.
    #[error("there is no such table")]
    UnknownTable,
    /// A slug of a dynamic table or of one of its columns that is none.
    #[error("slug `{slug}` {reason}")]
    Slug {
        /// The slug as written.
        slug: String,
        /// What is wrong.
        reason: &'static str,
    },
    /// Two dynamic tables, or two columns of one, under one slug or id.
    #[error("another {kind} is `{slug}`")]
    DuplicateSlug {
        /// `table`, `column` or `id`.
        kind: &'static str,
        /// The slug as written.
        slug: String,
    },
    /// A setting of a column that does not fit what it refers to.
    #[error("`{setting}` {reason}")]
    ColumnSetting {
        /// The setting.
        setting: &'static str,
        /// What is wrong.
        reason: &'static str,
    },
    /// A formula over a record that does not compute with what it names.
    #[error("{reason}")]
    FormulaType {
        /// What is wrong.
        reason: String,
    },
    /// Formulas that rest on one another.
    #[error("the formula rests on itself: {way}")]
    FormulaCycle {
        /// The slugs along the cycle.
        way: String,
    },
    /// Two tags in one slot.
    #[error("slot {slot} has another tag")]
    DuplicateSlot {
        /// The slot.
        slot: u8,
    },
    /// Two tags of one field under one template.
    #[error("another tag is of the same field")]
    DuplicateTag,
    /// A tag of something that the export does not have.
    #[error("the export has no entity `{name}`")]
    TagEntity {
        /// The entity as written.
        name: String,
    },
    /// A tag whose path leads to no field.
    #[error("{reason}")]
    TagPath {
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A tag that is limited to a template of rows that have none.
    #[error("{reason}")]
    TagTemplate {
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A pattern that cells of this type are not written by.
    #[error("the text is no pattern of a {cell}: {reason}")]
    FormatPattern {
        /// The type of the cells.
        cell: &'static str,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A group of rows beside that no relationship leads to.
    #[error("{reason}")]
    ChildRelationship {
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A column that tells rows apart, and a dimension that has its name and another value.
    #[error("column `{column}` tells rows apart, and a dimension of this name is something else")]
    ExportKey {
        /// The column.
        column: String,
    },
}

impl ReportError {
    /// The stable code.
    pub fn code(&self) -> ErrorCode {
        match self {
            ReportError::ScheduleDay { .. } => ErrorCode::ScheduleDay,
            ReportError::CronSyntax { .. } => ErrorCode::CronSyntax,
            ReportError::CronSchedule => ErrorCode::CronSchedule,
            ReportError::WidgetRequest { .. } => ErrorCode::WidgetRequest,
            ReportError::WidgetModule { .. } => ErrorCode::WidgetModule,
            ReportError::ChartSetting { .. } => ErrorCode::ChartSetting,
            ReportError::ChartKey { .. } => ErrorCode::ChartKey,
            ReportError::TemplateNeeds { .. } => ErrorCode::TemplateNeeds,
            ReportError::UnknownTemplate { .. } => ErrorCode::UnknownTemplate,
            ReportError::UnknownWidget { .. } => ErrorCode::UnknownWidget,
            ReportError::AccessInLayer { .. } => ErrorCode::AccessInLayer,
            ReportError::ForeignRow { .. } => ErrorCode::ForeignRow,
            ReportError::NoEffect { .. } => ErrorCode::NoEffect,
            ReportError::TextLength { .. } => ErrorCode::TextLength,
            ReportError::ReadOnlyColumn { .. } => ErrorCode::ReadOnlyColumn,
            ReportError::NothingToChange => ErrorCode::NothingToChange,
            ReportError::ReadOnlyTable { .. } => ErrorCode::ReadOnlyTable,
            ReportError::TableSource { .. } => ErrorCode::TableSource,
            ReportError::TableField { .. } => ErrorCode::TableField,
            ReportError::UnknownTable => ErrorCode::UnknownTable,
            ReportError::Slug { .. } => ErrorCode::Slug,
            ReportError::DuplicateSlug { .. } => ErrorCode::DuplicateSlug,
            ReportError::ColumnSetting { .. } => ErrorCode::ColumnSetting,
            ReportError::FormulaType { .. } => ErrorCode::FormulaType,
            ReportError::FormulaCycle { .. } => ErrorCode::FormulaCycle,
            ReportError::DuplicateSlot { .. } => ErrorCode::DuplicateSlot,
            ReportError::DuplicateTag => ErrorCode::DuplicateTag,
            ReportError::TagEntity { .. } => ErrorCode::TagEntity,
            ReportError::TagPath { .. } => ErrorCode::TagPath,
            ReportError::TagTemplate { .. } => ErrorCode::TagTemplate,
            ReportError::FormatPattern { .. } => ErrorCode::FormatPattern,
            ReportError::ChildRelationship { .. } => ErrorCode::ChildRelationship,
            ReportError::ExportKey { .. } => ErrorCode::ExportKey,
        }
    }
}
