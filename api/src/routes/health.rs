//! `/healthz`, `/readyz` and `/metrics`: for the machines that look after this one.

use crate::error::{ApiError, Problem};
use crate::state::ApiState;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use credsieve_store::Scope;
use serde::Serialize;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};
use utoipa::ToSchema;

const METRICS_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
/// How long an answer of the store to a ping is used again: anybody may ask here.
const PING_FRESH: Duration = Duration::from_secs(2);
/// How long a ping may take.
const PING_WAIT: Duration = Duration::from_secs(1);

/// The process runs.
#[derive(Serialize, ToSchema)]
pub(crate) struct Health {
    /// Always `ok`.
    status: &'static str,
}

/// Whether the process can do its work.
#[derive(Serialize, ToSchema)]
#[expect(clippy::struct_field_names, reason = "the names in the JSON")]
pub(crate) struct Ready {
    /// Whether it can.
    ready: bool,
    /// What it waits for.
    waiting: Vec<Part>,
    /// What an operator should know although it is ready: for a key with the scope `read`.
    notes: Vec<Part>,
}

/// A part of the process and what is to be said about it.
#[derive(Serialize, ToSchema)]
pub(crate) struct Part {
    /// The part.
    part: &'static str,
    /// What is to be said: for a key with the scope `read`, since it names files and offsets.
    #[serde(skip_serializing_if = "Option::is_none")]
    what: Option<String>,
}

/// Whether the process runs. Open to all.
#[utoipa::path(
    get, path = "/healthz", tag = "health", security(()),
    responses((status = 200, description = "It runs", body = Health))
)]
pub(crate) async fn healthz() -> Json<Health> {
    Json(Health { status: "ok" })
}

/// Whether the process can do its work, and which of its parts it waits for. Open to all; what
/// there is to say about these parts is for a key with the scope `read`.
#[utoipa::path(
    get, path = "/readyz", tag = "health", security(()),
    responses(
        (status = 200, description = "It can", body = Ready),
        (status = 503, description = "It waits for something", body = Ready),
    )
)]
pub(crate) async fn readyz(State(state): State<ApiState>, headers: HeaderMap) -> impl IntoResponse {
    let in_full = state.keyring.caller(&headers, Scope::Read).await.is_ok();
    let part = |(part, what)| Part {
        part,
        what: in_full.then_some(what),
    };
    let mut waiting: Vec<Part> = state
        .parts
        .readiness
        .waiting()
        .into_iter()
        .map(part)
        .collect();
    if !store_answers(&state).await && waiting.iter().all(|part| part.part != "store") {
        waiting.push(Part {
            part: "store",
            what: in_full.then(|| "the store does not answer".to_owned()),
        });
    }
    let mut notes = Vec::new();
    if in_full {
        notes.extend(state.parts.readiness.notes().into_iter().map(part));
    }
    let ready = Ready {
        ready: waiting.is_empty(),
        waiting,
        notes,
    };
    let status = if ready.ready {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (status, Json(ready))
}

/// Whether the store answered within the last seconds, or does now.
async fn store_answers(state: &ApiState) -> bool {
    let mut seen = state.store_seen.lock().await;
    if let Some((at, good)) = *seen
        && at.elapsed() < PING_FRESH
    {
        return good;
    }
    let store = Arc::clone(&state.parts.store);
    // On its own, so that giving up waiting cancels nothing in the store.
    let ping = tokio::spawn(async move { store.ping().await });
    let good = matches!(tokio::time::timeout(PING_WAIT, ping).await, Ok(Ok(Ok(()))));
    *seen = Some((Instant::now(), good));
    good
}

/// The process's metrics, in the text format of `OpenMetrics`.
#[utoipa::path(
    get, path = "/metrics", tag = "health", security(("key" = ["read"])),
    responses(
        (status = 200, description = "The metrics", body = String, content_type = "application/openmetrics-text"),
        (status = "default", description = "A problem", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn metrics(State(state): State<ApiState>) -> Result<impl IntoResponse, ApiError> {
    let mut text = String::new();
    let registry = &state.parts.registry;
    let registry = registry.lock().unwrap_or_else(PoisonError::into_inner);
    prometheus_client::encoding::text::encode(&mut text, &registry)
        .map_err(|_| ApiError::Internal("metrics cannot be written"))?;
    Ok(([(header::CONTENT_TYPE, METRICS_TYPE)], text))
}
