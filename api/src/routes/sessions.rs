//! `/v1/sessions`: bursts of flagged attempts, and what reviewers say about them.

use crate::auth::Caller;
use crate::error::{ApiError, Problem};
use crate::extract::{InPath, Object, Params, address, at_least, if_match, instant, one_of, page};
use crate::rim::write;
use crate::schema::{ReviewRequestSchema, SessionPageSchema, SessionSchema};
use crate::state::{ApiState, now_ms};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::{Extension, Json};
use credsieve_models::verdict::SessionId;
use credsieve_store::{Act, Page, Review, ReviewVerdict, Session, SessionFilter};
use serde::Deserialize;
use utoipa::IntoParams;

pub(crate) const WHAT: &str = "session";
pub(crate) const MIN_ATTEMPTS: &str = "min_attempts";
const MAX_NOTE_BYTES: usize = 4_000;

/// Every filter that is given must match.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct SessionParams {
    /// The source address.
    ip: Option<String>,
    /// `true` for reviewed ones, `false` for those that wait for a review.
    reviewed: Option<String>,
    /// Of so many flagged attempts or more; at least 1.
    min_attempts: Option<String>,
    /// Last activity from this instant, included.
    from: Option<String>,
    /// Last activity to this instant, excluded.
    to: Option<String>,
    /// How many, from 1 to 1,000; 100 where absent.
    limit: Option<String>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

/// Sessions, the one with the newest activity first.
#[utoipa::path(
    get, path = "/v1/sessions", tag = "sessions", security(("key" = ["read"])),
    params(SessionParams),
    responses(
        (status = 200, description = "A page of sessions", body = SessionPageSchema),
        (status = "default", description = "A problem", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn sessions(
    State(state): State<ApiState>,
    Params(params): Params<SessionParams>,
) -> Result<Json<Page<Session>>, ApiError> {
    let page = page(params.limit.as_deref(), params.cursor)?;
    let reviewed = params
        .reviewed
        .map(|text| {
            let from_name = |name: &str| name.parse::<bool>().ok();
            one_of("reviewed", &text, from_name, "true or false")
        })
        .transpose()?;
    let min_attempts = params
        .min_attempts
        .map(|text| at_least(MIN_ATTEMPTS, &text));
    let filter = SessionFilter {
        ip: params.ip.map(|text| address("ip", &text)).transpose()?,
        reviewed,
        min_attempts: min_attempts.transpose()?,
        from_ms: params.from.map(|t| instant("from", &t)).transpose()?,
        to_ms: params.to.map(|t| instant("to", &t)).transpose()?,
    };
    Ok(Json(state.parts.store.sessions(&filter, &page).await?))
}

/// One session. Its verdicts: `/v1/verdicts?session=…`.
#[utoipa::path(
    get, path = "/v1/sessions/{id}", tag = "sessions", security(("key" = ["read"])),
    params(("id" = String, Path, description = "The session's id, 32 hexadecimal digits")),
    responses(
        (status = 200, description = "The session", body = SessionSchema),
        (status = "default", description = "A problem", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn session(
    State(state): State<ApiState>,
    InPath(id): InPath<String>,
) -> Result<Json<Session>, ApiError> {
    let found = state.parts.store.session(session_id(&id)?).await?;
    found.map(Json).ok_or(ApiError::NotFound(WHAT))
}

/// Says what a session was.
///
/// `version` (or `If-Match`) is the version that the reviewer saw. When somebody else reviewed it
/// since, nothing is written and the answer is 409 with the current version.
#[utoipa::path(
    post, path = "/v1/sessions/{id}/review", tag = "sessions", security(("key" = ["admin"])),
    params(("id" = String, Path, description = "The session's id, 32 hexadecimal digits")),
    request_body = ReviewRequestSchema,
    responses(
        (status = 200, description = "The session as it is now", body = SessionSchema),
        (status = 409, description = "Somebody else reviewed it first", body = Problem, content_type = "application/problem+json"),
        (status = "default", description = "A problem", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn review(
    State(state): State<ApiState>,
    Extension(caller): Extension<Caller>,
    InPath(id): InPath<String>,
    headers: HeaderMap,
    body: Object,
) -> Result<Json<Session>, ApiError> {
    let id = session_id(&id)?;
    let (version, review) = read_review(&headers, &body, &caller)?;
    let store = state.parts.store.clone();
    let change = async move {
        let old = store.session(id).await?.ok_or(ApiError::NotFound(WHAT))?;
        if old.version != version {
            let current = old.version;
            return Err(ApiError::Stale { current });
        }
        let act = Act::session_reviewed(id, old.review.as_ref(), &review, &caller.actor());
        store
            .review(id, version, &review, &act)
            .await
            .map_err(|error| ApiError::of_change(error, WHAT))
    };
    write(&state, change).await.map(Json)
}

fn read_review(
    headers: &HeaderMap,
    body: &Object,
    caller: &Caller,
) -> Result<(i64, Review), ApiError> {
    body.only(&["verdict", "note", "version"])?;
    let expected = "attack, honest or test";
    let verdict = body
        .text("verdict", 16, expected)?
        .and_then(|name| verdict_from_name(&name))
        .ok_or(ApiError::Field {
            field: "verdict",
            expected,
        })?;
    let note = body
        .text("note", MAX_NOTE_BYTES, "a text of at most 4,000 bytes")?
        .unwrap_or_default();
    let version = match body.integer("version", "the session's version, a number")? {
        Some(version) => version,
        None => if_match(headers)?.ok_or(ApiError::NoVersion)?,
    };
    let review = Review {
        verdict,
        note,
        author: caller.name.as_ref().to_owned(),
        at_ms: now_ms(),
    };
    Ok((version, review))
}

fn verdict_from_name(name: &str) -> Option<ReviewVerdict> {
    match name {
        "attack" => Some(ReviewVerdict::Attack),
        "honest" => Some(ReviewVerdict::Honest),
        "test" => Some(ReviewVerdict::Test),
        _ => None,
    }
}

pub(crate) fn session_id(text: &str) -> Result<SessionId, ApiError> {
    text.parse().map_err(|_| ApiError::NotFound(WHAT))
}
