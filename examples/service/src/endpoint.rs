//! Endpoints: the router and its description come from one list of them.

use std::sync::Arc;

use axum::handler::Handler;
use axum::http::Method;
use axum::routing::{MethodFilter, MethodRouter, on};

use crate::app::App;
use crate::caller::Audience;

/// One method of one path: who answers it, and what a caller has to know of it.
pub struct Endpoint {
    /// The method.
    pub method: Method,
    /// The path, with its parameters in braces.
    pub path: String,
    /// What it does, in a sentence.
    pub summary: &'static str,
    /// Who may call it; nobody has to say who they are where it is absent.
    pub audience: Option<Audience>,
    /// The parameters behind the `?`.
    pub query: &'static [&'static str],
    /// An example of the body, as JSON; there is no body where it is absent.
    pub body: Option<&'static str>,
    /// The type of what comes back.
    pub media_type: &'static str,
    handler: MethodRouter<Arc<App>>,
}

impl Endpoint {
    /// An endpoint for every user, which takes nothing and gives JSON.
    pub fn new<H, T>(
        method: Method,
        path: impl Into<String>,
        summary: &'static str,
        handler: H,
    ) -> Self
    where
        H: Handler<T, Arc<App>>,
        T: 'static,
    {
        // The methods of this service are among those that axum filters by.
        let filter = MethodFilter::try_from(method.clone()).unwrap_or(MethodFilter::TRACE);
        Self {
            method,
            path: path.into(),
            summary,
            audience: Some(Audience::Users),
            query: &[],
            body: None,
            media_type: "application/json",
            handler: on(filter, handler),
        }
    }

    /// Reads something.
    pub fn get<H, T>(path: impl Into<String>, summary: &'static str, handler: H) -> Self
    where
        H: Handler<T, Arc<App>>,
        T: 'static,
    {
        Self::new(Method::GET, path, summary, handler)
    }

    /// Makes or runs something.
    pub fn post<H, T>(path: impl Into<String>, summary: &'static str, handler: H) -> Self
    where
        H: Handler<T, Arc<App>>,
        T: 'static,
    {
        Self::new(Method::POST, path, summary, handler)
    }

    /// Changes something.
    pub fn patch<H, T>(path: impl Into<String>, summary: &'static str, handler: H) -> Self
    where
        H: Handler<T, Arc<App>>,
        T: 'static,
    {
        Self::new(Method::PATCH, path, summary, handler)
    }

    /// Deletes something.
    pub fn delete<H, T>(path: impl Into<String>, summary: &'static str, handler: H) -> Self
    where
        H: Handler<T, Arc<App>>,
        T: 'static,
    {
        Self::new(Method::DELETE, path, summary, handler)
    }

    /// The same for others.
    pub fn for_audience(self, audience: Option<Audience>) -> Self {
        Self { audience, ..self }
    }

    /// The same with parameters behind the `?`.
    pub fn with_query(self, query: &'static [&'static str]) -> Self {
        Self { query, ..self }
    }

    /// The same with a body, of which this is an example.
    pub fn with_body(self, example: &'static str) -> Self {
        let body = Some(example);
        Self { body, ..self }
    }

    /// The same with an answer of another type.
    pub fn giving(self, media_type: &'static str) -> Self {
        Self { media_type, ..self }
    }

    /// What answers it.
    pub fn into_handler(self) -> (String, MethodRouter<Arc<App>>) {
        (self.path, self.handler)
    }
}
