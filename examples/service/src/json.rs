//! Bodies: JSON out, and text that the library reads in.

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::Refusal;

/// The most bytes of a body.
pub const MAX_BODY: usize = 256 * 1024;

/// A response with a JSON body.
pub fn json(status: StatusCode, body: &impl Serialize) -> Response {
    match serde_json::to_vec(body) {
        Ok(text) => {
            let content_type = [(header::CONTENT_TYPE, "application/json")];
            (status, content_type, Body::from(text)).into_response()
        }
        // A row of the database that is of another form. A refusal itself is texts, and can be written.
        Err(_) => Refusal::unreadable().into_response(),
    }
}

/// A JSON body as text. The library reads it, since what it finds wrong has a code, a place and help.
pub struct JsonText(pub String);

impl JsonText {
    /// The body, or an empty object where there is none.
    pub fn or_empty(&self) -> &str {
        if self.0.trim().is_empty() {
            "{}"
        } else {
            &self.0
        }
    }

    /// A small body that the service reads itself. What is wrong is not quoted.
    pub fn read<T: DeserializeOwned>(&self, help: &'static str) -> Result<T, Refusal> {
        let message = "the body is not what is read here";
        serde_json::from_str(&self.0)
            .map_err(|_| Refusal::malformed("body", message).with_help(help))
    }
}

impl<S: Send + Sync> FromRequest<S> for JsonText {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let content_type = request.headers().get(header::CONTENT_TYPE);
        let content_type = content_type.map(|value| value.as_bytes().to_ascii_lowercase());
        let bytes = Bytes::from_request(request, state).await.map_err(|error| {
            let status = error.into_response().status();
            match status {
                StatusCode::PAYLOAD_TOO_LARGE => {
                    Refusal::new(status, "body-too-large", "body", "the body is too large")
                        .with_help("a body has 256 KiB at most")
                }
                _ => Refusal::malformed("body", "the body does not arrive as a whole"),
            }
        })?;
        // A form of another site cannot send this type, so that no page makes a browser change anything.
        let is_json = content_type.is_some_and(|name| name.starts_with(b"application/json"));
        if !bytes.is_empty() && !is_json {
            let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
            let message = "the body is not sent as JSON";
            return Err(Refusal::new(status, "not-json", "content-type", message)
                .with_help("send `content-type: application/json`"));
        }
        String::from_utf8(bytes.into())
            .map(Self)
            .map_err(|_| Refusal::malformed("body", "the body is not UTF-8"))
    }
}

/// The parameters of a path.
pub struct InPath<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for InPath<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        // What is no id is the id of nothing.
        let read = Path::<T>::from_request_parts(parts, state).await;
        read.map(|Path(value)| Self(value))
            .map_err(|_| Refusal::not_found())
    }
}

/// The parameters behind the `?`.
pub struct InQuery<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for InQuery<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let read = Query::<T>::from_request_parts(parts, state).await;
        read.map(|Query(value)| Self(value)).map_err(|_| {
            let message = "a parameter is not known, or its value is of another type";
            Refusal::malformed("query", message).with_help("`/openapi.json` has the parameters")
        })
    }
}
