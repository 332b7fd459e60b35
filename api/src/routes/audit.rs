//! `GET /v1/audit`: who did what by hand, the last act first.

use crate::error::{ApiError, Problem};
use crate::extract::{Params, instant, one_of, page};
use crate::schema::ActPageSchema;
use crate::state::ApiState;
use axum::Json;
use axum::extract::State;
use credsieve_store::{Act, ActFilter, ActKind, Page};
use serde::Deserialize;
use utoipa::IntoParams;

/// Every filter that is given must match.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AuditParams {
    /// `key_created`, `key_revoked`, `list_entry_created`, `list_entry_changed`,
    /// `list_entry_removed` or `session_reviewed`.
    act: Option<String>,
    /// The name of the key that acted, or `command line`.
    actor: Option<String>,
    /// To what it was done, such as `list_entry:` with the entry's id.
    subject: Option<String>,
    /// Done from this instant, included.
    from: Option<String>,
    /// Done to this instant, excluded.
    to: Option<String>,
    /// How many, from 1 to 1,000; 100 where absent.
    limit: Option<String>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

/// What people did by hand, the last act first.
///
/// Keys made and revoked, list entries added, changed and removed, and reviews: through this API and
/// on the command line. What was refused or changed nothing is not there, but
/// for the removal of an entry that was gone already, which detectors are told again.
#[utoipa::path(
    get, path = "/v1/audit", tag = "audit", security(("key" = ["admin"])),
    params(AuditParams),
    responses(
        (status = 200, description = "A page of acts", body = ActPageSchema),
        (status = "default", description = "A problem", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn audit(
    State(state): State<ApiState>,
    Params(params): Params<AuditParams>,
) -> Result<Json<Page<Act>>, ApiError> {
    let page = page(params.limit.as_deref(), params.cursor.clone())?;
    let filter = filter(params)?;
    Ok(Json(state.parts.store.audit(&filter, &page).await?))
}

fn filter(params: AuditParams) -> Result<ActFilter, ApiError> {
    let act = params
        .act
        .map(|text| {
            let expected = "a kind of act, such as list_entry_changed";
            one_of("act", &text, ActKind::from_name, expected)
        })
        .transpose()?;
    Ok(ActFilter {
        act,
        actor: params.actor,
        subject: params.subject,
        from_ms: params.from.map(|t| instant("from", &t)).transpose()?,
        to_ms: params.to.map(|t| instant("to", &t)).transpose()?,
    })
}
