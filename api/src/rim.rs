//! The rim: what happens to a request before and after its handler.
//!
//! From the outside in: metrics, headers, panics become problems, too many at once are refused,
//! time is limited, keys are checked. Only then is the body read.

use crate::auth::Caller;
use crate::error::ApiError;
use crate::leftover::Leftover;
use crate::metrics::NO_ROUTE;
use crate::state::ApiState;
use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{self, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use credsieve_store::Scope;
use std::any::Any;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::Instant;

/// When the body of a request must have arrived.
#[derive(Clone, Copy)]
pub(crate) struct BodyDeadline(pub(crate) Instant);

/// Counts every request and marks every answer: it is what its type says, and nobody keeps it.
pub(crate) async fn outermost(
    State(state): State<ApiState>,
    route: Option<MatchedPath>,
    request: Request,
    next: Next,
) -> Response {
    let started = std::time::Instant::now();
    let method = request.method().clone();
    let (request, leftover) = Leftover::of(request);
    let mut response = next.run(request).await;
    let took = started.elapsed();
    leftover.drain().await;
    let headers = response.headers_mut();
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    let route = route.as_ref().map_or(NO_ROUTE, MatchedPath::as_str);
    state
        .metrics
        .record(route, &method, response.status(), took);
    response
}

/// A panic in a handler, as a problem. What it says goes to the log by the panic hook.
pub(crate) fn panicked(_panic: Box<dyn Any + Send>) -> Response {
    ApiError::Internal("a handler panicked").into_response()
}

/// How many requests of a kind are answered at once, and how long each may take.
#[derive(Clone)]
pub(crate) struct Room {
    pub(crate) places: Arc<Semaphore>,
    pub(crate) time: Duration,
    /// How long the body may take of that.
    pub(crate) body: Duration,
}

impl Room {
    /// A room in which a tenth of the time is left for the answer, so that a slow sender is told that
    /// it was slow.
    pub(crate) fn new(places: &Arc<Semaphore>, time: Duration) -> Self {
        Self {
            places: Arc::clone(places),
            time,
            body: time * 9 / 10,
        }
    }
}

/// Refuses what is too many, and gives up on what takes too long. Writes go on by themselves: see
/// [`write()`].
pub(crate) async fn within(State(room): State<Room>, mut request: Request, next: Next) -> Response {
    let Ok(_place) = room.places.try_acquire() else {
        return ApiError::Overloaded.into_response();
    };
    let deadline = BodyDeadline(Instant::now() + room.body);
    request.extensions_mut().insert(deadline);
    match tokio::time::timeout(room.time, next.run(request)).await {
        Ok(response) => response,
        Err(_) => ApiError::TimedOut.into_response(),
    }
}

/// Bytes of bodies that are held at once.
#[derive(Clone)]
pub(crate) struct Budget {
    /// A permit a KiB.
    pub(crate) kib: Arc<Semaphore>,
    /// The most that one body may have; counted for one whose length is not told.
    pub(crate) most: usize,
}

/// Refuses a body for which there is no room, before any of it is read. The room is taken until the
/// answer, since the events of a body are held as long.
pub(crate) async fn held(State(budget): State<Budget>, request: Request, next: Next) -> Response {
    let told = request.headers().get(header::CONTENT_LENGTH);
    let told = told.and_then(|length| length.to_str().ok()?.parse().ok());
    let bytes = told.unwrap_or(budget.most).min(budget.most);
    let kib = u32::try_from(bytes.div_ceil(1024)).unwrap_or(u32::MAX);
    let Ok(_held) = budget.kib.try_acquire_many(kib) else {
        return ApiError::Overloaded.into_response();
    };
    next.run(request).await
}

/// Which scope a group of routes needs.
#[derive(Clone)]
pub(crate) struct Gate {
    pub(crate) state: ApiState,
    pub(crate) scope: Scope,
}

/// Lets in who has a key of the scope, and tells the handler who it is.
pub(crate) async fn gate(
    State(gate): State<Gate>,
    mut request: Request<Body>,
    next: Next,
) -> Result<Response, ApiError> {
    let caller: Caller = gate
        .state
        .keyring
        .caller(request.headers(), gate.scope)
        .await?;
    request.extensions_mut().insert(caller);
    Ok(next.run(request).await)
}

/// Runs a change to its end, whether or not the caller still waits for it: a transaction that is
/// dropped midway leaks into the pool.
pub(crate) async fn write<T, F>(state: &ApiState, change: F) -> Result<T, ApiError>
where
    T: Send + 'static,
    F: Future<Output = Result<T, ApiError>> + Send + 'static,
{
    state
        .writes
        .spawn(change)
        .await
        .unwrap_or(Err(ApiError::Internal("a change panicked")))
}
