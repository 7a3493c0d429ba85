//! The router: every endpoint, and what holds for all of them.

use std::io;
use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::map_response;
use axum::response::Response;
use tokio::net::TcpListener;

use crate::app::App;
use crate::endpoint::Endpoint;
use crate::error::Refusal;
use crate::json::MAX_BODY;
use crate::{
    access, catalog, dashboards, exports, filter_presets, openapi, query, reports, saved_views,
    schedules, user_tables, values,
};

/// Every endpoint of the service, the way they are documented.
pub fn endpoints() -> Vec<Endpoint> {
    // Tables whose columns users define belong here too, as a module of their own.
    let resources = [
        openapi::endpoints(),
        catalog::endpoints(),
        reports::endpoints(),
        query::endpoints(),
        values::endpoints(),
        saved_views::endpoints(),
        filter_presets::endpoints(),
        dashboards::endpoints(),
        schedules::endpoints(),
        user_tables::endpoints(),
        exports::endpoints(),
        access::endpoints(),
    ];
    resources.into_iter().flatten().collect()
}

/// The router over what all requests share.
pub fn router(app: Arc<App>) -> Router {
    let mut router = Router::new();
    for endpoint in endpoints() {
        let (path, handler) = endpoint.into_handler();
        router = router.route(&path, handler);
    }
    router
        .fallback(async || Refusal::not_found())
        .method_not_allowed_fallback(async || {
            let status = StatusCode::METHOD_NOT_ALLOWED;
            Refusal::new(status, "method", "method", "the path has no such method")
        })
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(map_response(guarded))
        .with_state(app)
}

/// Answers what comes to a listener until `stopped` is over, and then what has been asked by then.
///
/// # Errors
/// None of a listener like this.
pub async fn serve(
    listener: TcpListener,
    app: Arc<App>,
    stopped: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    axum::serve(listener, router(app))
        .with_graceful_shutdown(stopped)
        .await
}

/// What one user may see must not stay in a cache that another one is answered from, and no browser is
/// to take an answer for a page.
async fn guarded(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let nosniff = HeaderValue::from_static("nosniff");
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, nosniff);
    response
}
