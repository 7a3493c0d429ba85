//! What a caller is told when there is no answer: a status, and findings as JSON.
//!
//! The library's findings are made to be shown: they name keys and places, never a value. What the
//! database says is not: its messages quote rows and statements. Of those a caller learns what kind of
//! failure it was, and the log gets the code.

use std::borrow::Cow;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use deadpool_postgres::PoolError;
use measurand::{ErrorCode, Errors};
use serde::Serialize;
use tokio_postgres::error::SqlState;

use crate::json::json;

/// What a handler gives: an answer, or the reason why there is none.
pub type Answered<T> = Result<T, Refusal>;

/// Why there is no answer: `{"errors": [{"code", "path", "message", "help"}]}`.
#[derive(Debug)]
pub struct Refusal {
    status: StatusCode,
    findings: Vec<Finding>,
}

/// One thing that is wrong.
#[derive(Debug, Clone, Serialize)]
pub struct Finding {
    code: Cow<'static, str>,
    path: Cow<'static, str>,
    message: Cow<'static, str>,
    help: Option<Cow<'static, str>>,
}

#[derive(Serialize)]
struct Body {
    errors: Vec<Finding>,
}

impl Refusal {
    /// A refusal of the service's own, about a place in what was sent.
    pub fn new(
        status: StatusCode,
        code: &'static str,
        path: &'static str,
        message: &'static str,
    ) -> Self {
        let finding = Finding {
            code: code.into(),
            path: path.into(),
            message: message.into(),
            help: None,
        };
        Self {
            status,
            findings: vec![finding],
        }
    }

    /// The same with a way out.
    pub fn with_help(mut self, help: impl Into<Cow<'static, str>>) -> Self {
        if let Some(finding) = self.findings.first_mut() {
            finding.help = Some(help.into());
        }
        self
    }

    /// A body, a path or a query string that the service itself reads.
    pub fn malformed(path: &'static str, message: &'static str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "malformed", path, message)
    }

    /// No such row, or none that this caller sees: the two are not told apart.
    pub fn not_found() -> Self {
        let message = "there is no such thing, or none that you can see";
        Self::new(StatusCode::NOT_FOUND, "not-found", "path", message)
    }

    /// A row that the service has stored and cannot read back.
    pub fn unreadable() -> Self {
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        let message = "a row that is stored cannot be read";
        Self::new(status, "unreadable", "", message)
    }

    /// What is asked for is no value, such as a sum beyond every type.
    pub fn no_value() -> Self {
        let message = "what is asked for cannot be computed or shown";
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "no-value", "", message)
    }

    /// A row that was to be made names what is not there, or is there already.
    pub fn not_made() -> Self {
        let message = "what the row names is not there, or such a row is there already";
        Self::new(StatusCode::CONFLICT, "not-made", "body", message)
    }

    /// Whether a row was not made for this reason.
    pub fn is_not_made(&self) -> bool {
        self.findings
            .iter()
            .any(|finding| finding.code == "not-made")
    }

    /// The findings, where they are shown beside other answers.
    pub fn into_findings(self) -> Vec<Finding> {
        self.findings
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let errors = self.findings;
        json(self.status, &Body { errors })
    }
}

impl From<Errors> for Refusal {
    fn from(errors: Errors) -> Self {
        // The gravest finding decides: a fault of ours before one of the rules, and those before typing
        // mistakes.
        let statuses = errors.iter().map(|error| {
            let is_of_context = error.path().as_str().starts_with("context");
            status(error.code(), is_of_context)
        });
        let status = statuses.max_by_key(|status| gravity(*status));
        let findings = errors.iter().map(|error| Finding {
            code: error.code().as_str().into(),
            path: error.path().as_str().to_owned().into(),
            message: error.message().into(),
            help: error.help().map(|help| help.to_string().into()),
        });
        Self {
            status: status.unwrap_or(StatusCode::UNPROCESSABLE_ENTITY),
            findings: findings.collect(),
        }
    }
}

fn status(code: ErrorCode, is_of_context: bool) -> StatusCode {
    match code {
        ErrorCode::Unverified => StatusCode::INTERNAL_SERVER_ERROR,
        ErrorCode::UnknownTemplate | ErrorCode::UnknownTable | ErrorCode::ForeignRow => {
            StatusCode::NOT_FOUND
        }
        // Rules that cannot be applied let nothing through.
        ErrorCode::AccessDimensionUnavailable => StatusCode::FORBIDDEN,
        _ if is_of_context => StatusCode::FORBIDDEN,
        ErrorCode::JsonSyntax
        | ErrorCode::UnknownField
        | ErrorCode::DuplicateField
        | ErrorCode::MissingField
        | ErrorCode::WrongType
        | ErrorCode::WrongValue => StatusCode::BAD_REQUEST,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

fn gravity(status: StatusCode) -> u8 {
    match status {
        StatusCode::INTERNAL_SERVER_ERROR => 4,
        StatusCode::FORBIDDEN => 3,
        StatusCode::NOT_FOUND => 2,
        StatusCode::UNPROCESSABLE_ENTITY => 1,
        _ => 0,
    }
}

impl From<tokio_postgres::Error> for Refusal {
    fn from(error: tokio_postgres::Error) -> Self {
        let Some(state) = error.code() else {
            log("the database does not answer");
            return unavailable();
        };
        log(state.code());
        match state {
            &SqlState::QUERY_CANCELED => {
                let message = "the question takes longer than it may";
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "too-slow", "", message)
                    .with_help("ask for fewer dates, groups or rows")
            }
            &SqlState::FOREIGN_KEY_VIOLATION => {
                let message =
                    "what the row belongs to, such as its user or its client, is not known";
                let status = StatusCode::UNPROCESSABLE_ENTITY;
                Self::new(status, "unknown-owner", "", message)
            }
            &SqlState::UNDEFINED_TABLE => {
                let message = "the client has no rows of this kind yet";
                Self::new(StatusCode::NOT_FOUND, "no-rows", "", message)
            }
            state => match state.code().get(..2) {
                Some("22") => Self::no_value(),
                // Lost connections, rolled back transactions, too little of something, shutting down.
                Some("08" | "25" | "40" | "53" | "57") => unavailable(),
                _ => {
                    let message = "the database does not do what it is asked";
                    Self::new(StatusCode::INTERNAL_SERVER_ERROR, "database", "", message)
                }
            },
        }
    }
}

impl From<PoolError> for Refusal {
    fn from(error: PoolError) -> Self {
        match error {
            PoolError::Backend(error) => error.into(),
            _ => {
                log("no connection is free");
                unavailable()
            }
        }
    }
}

fn unavailable() -> Refusal {
    let message = "the service is busy or without its database";
    Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "", message)
}

/// One line to the log; never a message of the database, which may quote what a user must not see.
fn log(what: &str) {
    eprintln!("measurand-service: {what}");
}
