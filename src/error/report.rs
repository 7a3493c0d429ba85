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
}

impl ReportError {
    /// The stable code.
    pub fn code(&self) -> ErrorCode {
        match self {
            ReportError::ScheduleDay { .. } => ErrorCode::ScheduleDay,
            ReportError::CronSyntax { .. } => ErrorCode::CronSyntax,
            ReportError::CronSchedule => ErrorCode::CronSchedule,
        }
    }
}
