//! `GET /v1/alerts`: what somebody should hear of at once, the one given last first.
//!
//! The same alerts as in the topic, for whoever has no Kafka. They are in the order in which they were
//! stored: a takeover that is found late tells of an instant that a reader by time has passed already.

use super::verdicts::{as_stored, campaign_id};
use crate::error::{ApiError, Problem};
use crate::extract::{Params, instant, one_of, page};
use crate::schema::AlertPageSchema;
use crate::state::ApiState;
use axum::Json;
use axum::extract::State;
use credsieve_models::alert::Alert;
use credsieve_store::{AlertFilter, Page};
use serde::Deserialize;
use utoipa::IntoParams;

/// Every filter that is given must match.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AlertParams {
    /// `account_takeover` or `campaign`.
    kind: Option<String>,
    /// The tenant.
    tenant: Option<String>,
    /// Whose account it is: the user's name in any spelling, or its pseudonym.
    user: Option<String>,
    /// The campaign: its opening, its end, and the takeovers that belong to it.
    campaign: Option<String>,
    /// What happened from this event time, included.
    from: Option<String>,
    /// What happened to this event time, excluded.
    to: Option<String>,
    /// How many, from 1 to 1,000; 100 where absent.
    limit: Option<String>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

/// Alerts, the one given last first.
///
/// A takeover that was found late stands where it was found, with the `time` at which the thief got
/// in. To hear of each once: read from the top until an `alert_id` that you have, every minute or so.
#[utoipa::path(
    get, path = "/v1/alerts", tag = "alerts", security(("key" = ["read"])),
    params(AlertParams),
    responses(
        (status = 200, description = "A page of alerts", body = AlertPageSchema),
        (status = "default", description = "A problem", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn alerts(
    State(state): State<ApiState>,
    Params(params): Params<AlertParams>,
) -> Result<Json<Page<Alert>>, ApiError> {
    let page = page(params.limit.as_deref(), params.cursor.clone())?;
    let filter = filter(&state, params)?;
    Ok(Json(state.parts.store.alerts(&filter, &page).await?))
}

fn filter(state: &ApiState, params: AlertParams) -> Result<AlertFilter, ApiError> {
    let known = |name: &str| {
        let kinds = [Alert::TAKEOVER, Alert::CAMPAIGN];
        kinds.into_iter().find(|kind| *kind == name)
    };
    let kind = params
        .kind
        .map(|text| one_of("kind", &text, known, "account_takeover or campaign"))
        .transpose()?;
    let username = params
        .user
        .map(|name| as_stored(state, &name, params.tenant.as_deref()));
    Ok(AlertFilter {
        kind,
        tenant: params.tenant,
        username,
        campaign_id: campaign_id(params.campaign)?,
        from_ms: params.from.map(|t| instant("from", &t)).transpose()?,
        to_ms: params.to.map(|t| instant("to", &t)).transpose()?,
    })
}
