//! The HTTP face: decide, ingest, read, review.
//!
//! A connection comes in by the [`door`]. A request meets the [`rim`] (counted, limited, its key checked), is taken apart by [`extract`],
//! answered by one of [`mod@routes`] (a question with an [`answer`]), and whatever goes wrong becomes a problem in [`error`]. Who may
//! ask is [`auth`]; what handlers share is [`state`]; lists leave through [`lists_sink`]; the
//! pages are [`console`]. Without a key `/healthz` and `/readyz` are open, and of the pages what shows nothing: the way to the form, the form, `/open` and their files.

mod answer;
pub mod auth;
mod console;
mod door;
pub mod error;
mod extract;
mod json_array;
mod leftover;
pub mod lists_sink;
mod metrics;
pub mod openapi;
mod rim;
mod routes;
pub mod schema;
mod serve;
pub mod state;

pub use auth::generate_key;
pub use lists_sink::{EngineLists, ListsSink, SinkError};
pub use routes::{Route, routes};
pub use serve::serve;
pub use state::{ApiState, Decider, Parts, Settings};

use axum::Router;
use axum::middleware::from_fn_with_state;
use error::ApiError;
use tower_http::catch_panic::CatchPanicLayer;

/// Everything that is served over HTTP.
pub fn router(state: ApiState) -> Router {
    Router::new()
        .merge(routes::router(&state))
        .merge(console::router(&state))
        .fallback(async || ApiError::NoRoute)
        .method_not_allowed_fallback(async || ApiError::Method)
        .layer(CatchPanicLayer::custom(rim::panicked))
        .layer(from_fn_with_state(state.clone(), rim::outermost))
        .with_state(state)
}
