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
}

impl ReportError {
    /// The stable code.
    pub fn code(&self) -> ErrorCode {
        match self {
            ReportError::ScheduleDay { .. } => ErrorCode::ScheduleDay,
            ReportError::CronSyntax { .. } => ErrorCode::CronSyntax,
            ReportError::CronSchedule => ErrorCode::CronSchedule,
            ReportError::TextLength { .. } => ErrorCode::TextLength,
            ReportError::ReadOnlyColumn { .. } => ErrorCode::ReadOnlyColumn,
            ReportError::NothingToChange => ErrorCode::NothingToChange,
            ReportError::ReadOnlyTable { .. } => ErrorCode::ReadOnlyTable,
        }
    }
}
