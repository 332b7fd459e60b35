//! `/v1/campaigns`: attacks from many sources that are one, and the accounts that fell to them.

use crate::error::{ApiError, Problem};
use crate::extract::{InPath, Params, instant, one_of, page};
use crate::schema::{AccountPageSchema, CampaignPageSchema, CampaignSchema};
use crate::state::ApiState;
use axum::Json;
use axum::extract::State;
use credsieve_models::verdict::CampaignId;
use credsieve_models::{Attack, Campaign};
use credsieve_store::{Account, CampaignFilter, Page};
use serde::Deserialize;
use utoipa::IntoParams;

const WHAT: &str = "campaign";

/// Every filter that is given must match.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct CampaignParams {
    /// The tenant that is attacked.
    tenant: Option<String>,
    /// `open` for those that go on, `closed` for those that are over.
    state: Option<String>,
    /// The kind of attack, such as `credential_stuffing`.
    attack: Option<String>,
    /// Last activity from this instant, included.
    from: Option<String>,
    /// Last activity to this instant, excluded.
    to: Option<String>,
    /// How many, from 1 to 1,000; 100 where absent.
    limit: Option<String>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

/// How a listing goes on.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AccountParams {
    /// How many, from 1 to 1,000; 100 where absent.
    limit: Option<String>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

/// Campaigns, the one with the newest activity first.
#[utoipa::path(
    get, path = "/v1/campaigns", tag = "campaigns", security(("key" = ["read"])),
    params(CampaignParams),
    responses(
        (status = 200, description = "A page of campaigns", body = CampaignPageSchema),
        (status = "default", description = "A problem", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn campaigns(
    State(state): State<ApiState>,
    Params(params): Params<CampaignParams>,
) -> Result<Json<Page<Campaign>>, ApiError> {
    let page = page(params.limit.as_deref(), params.cursor.clone())?;
    let filter = filter(params)?;
    Ok(Json(state.parts.store.campaigns(&filter, &page).await?))
}

fn filter(params: CampaignParams) -> Result<CampaignFilter, ApiError> {
    let is_closed = |name: &str| match name {
        "open" => Some(false),
        "closed" => Some(true),
        _ => None,
    };
    let closed = params
        .state
        .map(|text| one_of("state", &text, is_closed, "open or closed"))
        .transpose()?;
    let attack = params
        .attack
        .map(|text| {
            let expected = "a kind of attack, such as credential_stuffing";
            one_of("attack", &text, Attack::from_name, expected)
        })
        .transpose()?;
    Ok(CampaignFilter {
        tenant: params.tenant,
        closed,
        attack,
        from_ms: params.from.map(|t| instant("from", &t)).transpose()?,
        to_ms: params.to.map(|t| instant("to", &t)).transpose()?,
    })
}

/// One campaign. Its verdicts: `/v1/verdicts?campaign=…`.
#[utoipa::path(
    get, path = "/v1/campaigns/{id}", tag = "campaigns", security(("key" = ["read"])),
    params(("id" = String, Path, description = "The campaign's id, 32 hexadecimal digits")),
    responses(
        (status = 200, description = "The campaign", body = CampaignSchema),
        (status = "default", description = "A problem", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn campaign(
    State(state): State<ApiState>,
    InPath(id): InPath<String>,
) -> Result<Json<Campaign>, ApiError> {
    found(&state, campaign_id(&id)?).await.map(Json)
}

/// The accounts that fell to a campaign, the one that fell last first: warn these.
///
/// Somebody got in by an attempt of the campaign, and its latest verdict says that it was a thief.
#[utoipa::path(
    get, path = "/v1/campaigns/{id}/accounts", tag = "campaigns", security(("key" = ["read"])),
    params(
        ("id" = String, Path, description = "The campaign's id, 32 hexadecimal digits"),
        AccountParams,
    ),
    responses(
        (status = 200, description = "A page of accounts", body = AccountPageSchema),
        (status = "default", description = "A problem", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn accounts(
    State(state): State<ApiState>,
    InPath(id): InPath<String>,
    Params(params): Params<AccountParams>,
) -> Result<Json<Page<Account>>, ApiError> {
    let page = page(params.limit.as_deref(), params.cursor)?;
    let id = campaign_id(&id)?;
    // A campaign that nobody knows is told from one to which no account fell.
    found(&state, id).await?;
    Ok(Json(state.parts.store.accounts(id, &page).await?))
}

async fn found(state: &ApiState, id: CampaignId) -> Result<Campaign, ApiError> {
    let found = state.parts.store.campaign(id).await?;
    found.ok_or(ApiError::NotFound(WHAT))
}

fn campaign_id(text: &str) -> Result<CampaignId, ApiError> {
    text.parse().map_err(|_| ApiError::NotFound(WHAT))
}
