//! What is wrong with an emitted statement: always a fault of this library.

use super::ErrorCode;

/// A statement failed its own verification; it is never handed out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the emitted statement failed its verification: {reason}")]
pub struct VerifyError {
    /// What could not be proved; names relations and positions, never values.
    pub reason: String,
}

impl VerifyError {
    /// The stable code.
    pub fn code(&self) -> ErrorCode {
        ErrorCode::Unverified
    }
}
