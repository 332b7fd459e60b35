//! The console: plain pages that show the stream, what waits for a review, and who did what by hand.
//!
//! They are opened by a one-time link or a key, either of which is exchanged for a cookie that
//! scripts cannot read and other sites cannot send ([`login`]). The cookie opens these pages and their data and
//! nothing else; what it allows is [`looker`]'s to say. All text reaches a page as JSON and is set as text, never as markup.

mod acts;
mod login;
mod looker;
mod overview;
mod review;
pub(crate) mod tickets;
mod words;

use crate::error::ApiError;
use crate::extract::MaxBody;
use crate::rim::{Room, within};
use crate::routes::sessions;
use crate::state::ApiState;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, HeaderValue, LOCATION,
    REFERRER_POLICY,
};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, post};
use axum::{Extension, Router};
use credsieve_models::verdict::Score;
use serde::Serialize;
use std::time::Duration;

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The largest form that is read.
const MAX_FORM: usize = 4 * 1024;
/// The largest review that is read.
const MAX_REVIEW: usize = 64 * 1024;
/// How long a form may take to arrive.
const LOGIN_BODY: Duration = Duration::from_secs(1);

/// The routes of the pages.
pub(crate) fn router(state: &ApiState) -> Router<ApiState> {
    let settings = state.parts.settings;
    let room = Room::new(&state.requests, settings.request_timeout);
    let of_writes = Room::new(&state.requests, settings.write_timeout);
    // Anybody may post here, and a body that does not come holds a place.
    let of_logins = Room {
        body: settings.request_timeout.min(LOGIN_BODY),
        ..Room::new(&state.logins, settings.request_timeout)
    };
    let logins = Router::new().route("/login", post(login::login));
    // A review is the API's own, but for how it is known who gives it.
    let reviews = Router::new()
        .route("/review/{id}", post(sessions::review))
        .route_layer(DefaultBodyLimit::max(MAX_REVIEW))
        .route_layer(Extension(MaxBody(MAX_REVIEW)))
        .route_layer(from_fn_with_state(state.clone(), looker::admins))
        .route_layer(from_fn(looker::from_our_pages));
    let out = Router::new()
        .route("/logout", post(login::logout))
        .route_layer(from_fn(looker::from_our_pages));
    let acts = Router::new()
        .route("/acts.json", get(acts::acts))
        .route_layer(from_fn_with_state(state.clone(), looker::admins));
    let pages = pages().merge(out).merge(acts);
    Router::new()
        .merge(furnished(pages, room))
        .merge(furnished(logins, of_logins))
        .merge(furnished(reviews, of_writes))
}

/// What everybody may have, and what is for who may look.
fn pages() -> Router<ApiState> {
    Router::new()
        .route("/", page(include_str!("overview.html")))
        .route("/review", page(include_str!("review.html")))
        .route("/acts", page(include_str!("acts.html")))
        .route("/overview.json", get(overview::overview))
        .route("/review.json", get(review::sessions))
        .route("/review/{id}", get(review::session))
        .route("/open", get(login::open))
        .route("/login", get(async || html(include_str!("login.html"))))
        .route("/console.css", file("css", include_str!("console.css")))
        .route("/page.js", file("javascript", include_str!("page.js")))
        .route(
            "/console.js",
            file("javascript", include_str!("console.js")),
        )
        .route("/review.js", file("javascript", include_str!("review.js")))
        .route("/acts.js", file("javascript", include_str!("acts.js")))
}

/// Routes in a room, with a limit of bodies where they have no other, and what the browser is to know.
fn furnished(routes: Router<ApiState>, room: Room) -> Router<ApiState> {
    routes
        .route_layer(DefaultBodyLimit::max(MAX_FORM))
        .route_layer(Extension(MaxBody(MAX_FORM)))
        .route_layer(from_fn(page_headers))
        .route_layer(from_fn_with_state(room, within))
}

/// What every answer here says to the browser.
async fn page_headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (CONTENT_SECURITY_POLICY, POLICY),
        (REFERRER_POLICY, "no-referrer"),
        (CACHE_CONTROL, "no-store"),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// A page, for who may look; who may not is led to the form.
fn page(text: &'static str) -> MethodRouter<ApiState> {
    get(
        async move |State(state): State<ApiState>, headers: HeaderMap| {
            let looker = looker::look(&state, &headers).await;
            looker.map_or_else(|| to("/login"), |_| html(text).into_response())
        },
    )
}

/// A file that shows nothing.
fn file(kind: &'static str, text: &'static str) -> MethodRouter<ApiState> {
    get(async move || {
        (
            [(CONTENT_TYPE, format!("text/{kind}; charset=utf-8"))],
            text,
        )
    })
}

fn html(text: &'static str) -> impl IntoResponse {
    ([(CONTENT_TYPE, "text/html; charset=utf-8")], text)
}

fn to(path: &'static str) -> Response {
    (StatusCode::SEE_OTHER, [(LOCATION, path)]).into_response()
}

/// What a page draws.
fn as_json(data: &impl Serialize) -> Result<Response, ApiError> {
    let text = serde_json::to_string(data)
        .map_err(|_| ApiError::Internal("a page's data cannot be written"))?;
    // Harmless as it is, since its type is JSON; but then no reader can take a name for a tag.
    let text = text.replace('<', "\\u003c");
    Ok(([(CONTENT_TYPE, "application/json")], text).into_response())
}

fn percent(score: Score) -> String {
    format!("{:.1} %", f64::from(score.0) / 100.0)
}
