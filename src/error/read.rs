//! What is wrong with the text of a document.

use super::ErrorCode;

/// A document is malformed, whatever it describes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The text is no JSON.
    #[error("the text is not valid JSON: {reason}")]
    Syntax {
        /// What the reader stumbled over, and where.
        reason: String,
    },
    /// A field that the document does not have.
    #[error("unknown field `{field}`")]
    UnknownField {
        /// The field as written.
        field: String,
    },
    /// The same field twice.
    #[error("field `{field}` is written twice")]
    DuplicateField {
        /// The field.
        field: String,
    },
    /// A field that has to be there.
    #[error("field `{field}` is missing")]
    MissingField {
        /// The field.
        field: &'static str,
    },
    /// JSON of another type than the field takes.
    #[error("expected {expected}, found {found}")]
    WrongType {
        /// What the field takes.
        expected: &'static str,
        /// What was written.
        found: &'static str,
    },
    /// A word or number that the field does not take.
    #[error("{subject} is not allowed here")]
    WrongValue {
        /// What was written, where it may be repeated; else its kind.
        subject: String,
    },
    /// A bound of [`Limits`](crate::Limits) was hit.
    #[error("the limit `{limit}` of {bound} is exceeded")]
    LimitExceeded {
        /// The name of the limit.
        limit: &'static str,
        /// Its bound.
        bound: u64,
    },
}

impl ReadError {
    /// The stable code.
    pub fn code(&self) -> ErrorCode {
        match self {
            ReadError::Syntax { .. } => ErrorCode::JsonSyntax,
            ReadError::UnknownField { .. } => ErrorCode::UnknownField,
            ReadError::DuplicateField { .. } => ErrorCode::DuplicateField,
            ReadError::MissingField { .. } => ErrorCode::MissingField,
            ReadError::WrongType { .. } => ErrorCode::WrongType,
            ReadError::WrongValue { .. } => ErrorCode::WrongValue,
            ReadError::LimitExceeded { .. } => ErrorCode::LimitExceeded,
        }
    }
}
