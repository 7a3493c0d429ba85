//! The description of the service, from the same list as its router.

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Map, Value, json};

use crate::caller::{Audience, CLIENT, ROLE, TEAMS, USER};
use crate::endpoint::Endpoint;
use crate::router;

/// The endpoints of this module, which are for everybody.
pub fn endpoints() -> Vec<Endpoint> {
    let endpoints = vec![
        Endpoint::get("/health", "Says that the service is up.", health),
        Endpoint::get("/openapi.json", "Describes the service.", describe),
    ];
    endpoints
        .into_iter()
        .map(|endpoint| endpoint.for_audience(None))
        .collect()
}

async fn health() -> Response {
    crate::json::json(StatusCode::OK, &json!({"status": "up"}))
}

async fn describe() -> Response {
    crate::json::json(StatusCode::OK, &document())
}

/// The description, in OpenAPI 3.1.
pub fn document() -> Value {
    let mut paths = Map::new();
    for endpoint in router::endpoints() {
        let methods = paths
            .entry(endpoint.path.clone())
            .or_insert_with(|| json!({}));
        if let Value::Object(methods) = methods {
            methods.insert(
                endpoint.method.as_str().to_lowercase(),
                operation(&endpoint),
            );
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": {"title": "Reports over measurand", "version": env!("CARGO_PKG_VERSION")},
        "paths": paths,
        "components": {"responses": {"Refusal": {
            "description": "Why there is no answer.",
            "content": {"application/json": {"schema": refusal()}},
        }}},
    })
}

fn operation(endpoint: &Endpoint) -> Value {
    let mut parameters: Vec<Value> = in_path(&endpoint.path)
        .map(|name| parameter(name, "path", true))
        .collect();
    parameters.extend(
        endpoint
            .query
            .iter()
            .map(|name| parameter(name, "query", false)),
    );
    if let Some(audience) = endpoint.audience {
        let is_administrator = audience == Audience::Administrators;
        parameters.extend([
            parameter(CLIENT, "header", true),
            parameter(USER, "header", true),
            parameter(TEAMS, "header", false),
            parameter(ROLE, "header", is_administrator),
        ]);
    }
    let mut operation = json!({
        "summary": endpoint.summary,
        "parameters": parameters,
        "responses": {
            "2XX": {"description": "The answer.", "content": {endpoint.media_type: {}}},
            "4XX": {"$ref": "#/components/responses/Refusal"},
            "5XX": {"$ref": "#/components/responses/Refusal"},
        },
    });
    let example = endpoint
        .body
        .and_then(|text| serde_json::from_str::<Value>(text).ok());
    if let (Some(example), Value::Object(operation)) = (example, &mut operation) {
        let content =
            json!({"application/json": {"schema": {"type": "object"}, "example": example}});
        operation.insert("requestBody".to_owned(), json!({"content": content}));
    }
    operation
}

fn in_path(path: &str) -> impl Iterator<Item = &str> {
    let parts = path.split('/');
    parts.filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
}

fn parameter(name: &str, place: &str, is_required: bool) -> Value {
    json!({"name": name, "in": place, "required": is_required, "schema": {"type": "string"}})
}

fn refusal() -> Value {
    let text = json!({"type": "string"});
    json!({"type": "object", "required": ["errors"], "properties": {"errors": {
        "type": "array",
        "items": {"type": "object", "required": ["code", "path", "message", "help"], "properties": {
            "code": text, "path": text, "message": text, "help": {"type": ["string", "null"]},
        }},
    }}})
}
