//! `GET /v1/verdicts`: what was decided, newest first.

use crate::error::{ApiError, Problem};
use crate::extract::{Params, address, instant, one_of, page};
use crate::schema::VerdictPageSchema;
use crate::state::ApiState;
use axum::Json;
use axum::extract::State;
use credsieve_models::names;
use credsieve_models::verdict::CampaignId;
use credsieve_models::{Attack, Decision, KeyHasher};
use credsieve_store::{Page, StoredVerdict, VerdictFilter};
use serde::Deserialize;
use utoipa::IntoParams;

/// Every filter that is given must match.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct VerdictParams {
    /// The tenant.
    tenant: Option<String>,
    /// The user's name in any spelling, or its pseudonym.
    user: Option<String>,
    /// The address.
    ip: Option<String>,
    /// `allow`, `challenge` or `block`.
    decision: Option<String>,
    /// The kind of attack, such as `credential_stuffing`.
    attack: Option<String>,
    /// The session.
    session: Option<String>,
    /// The campaign.
    campaign: Option<String>,
    /// From this event time, included.
    from: Option<String>,
    /// To this event time, excluded.
    to: Option<String>,
    /// How many, from 1 to 1,000; 100 where absent.
    limit: Option<String>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

/// Verdicts, newest first.
///
/// A revision is a verdict of its own, with a higher `revision`: of one attempt's the highest counts.
/// Plain allows are kept only where the deployment says so; `/v1/stats/allows` counts them.
#[utoipa::path(
    get, path = "/v1/verdicts", tag = "verdicts", security(("key" = ["read"])),
    params(VerdictParams),
    responses(
        (status = 200, description = "A page of verdicts", body = VerdictPageSchema),
        (status = "default", description = "A problem", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn verdicts(
    State(state): State<ApiState>,
    Params(params): Params<VerdictParams>,
) -> Result<Json<Page<StoredVerdict>>, ApiError> {
    let page = page(params.limit.as_deref(), params.cursor.clone())?;
    let filter = filter(&state, params)?;
    Ok(Json(state.parts.store.verdicts(&filter, &page).await?))
}

fn filter(state: &ApiState, params: VerdictParams) -> Result<VerdictFilter, ApiError> {
    let username = params
        .user
        .map(|name| as_stored(state, &name, params.tenant.as_deref()));
    let session_id = params
        .session
        .map(|text| {
            text.parse().map_err(|_| ApiError::Field {
                field: "session",
                expected: "32 hexadecimal digits",
            })
        })
        .transpose()?;
    let ip = params.ip.map(|text| address("ip", &text)).transpose()?;
    let decision = params
        .decision
        .map(|text| {
            let expected = "allow, challenge or block";
            one_of("decision", &text, Decision::from_name, expected)
        })
        .transpose()?;
    let attack = params
        .attack
        .map(|text| {
            let expected = "a kind of attack, such as credential_stuffing";
            one_of("attack", &text, Attack::from_name, expected)
        })
        .transpose()?;
    Ok(VerdictFilter {
        tenant: params.tenant,
        username,
        ip,
        decision,
        attack,
        session_id,
        campaign_id: campaign_id(params.campaign)?,
        from_ms: params.from.map(|t| instant("from", &t)).transpose()?,
        to_ms: params.to.map(|t| instant("to", &t)).transpose()?,
    })
}

/// The campaign in a parameter.
pub(super) fn campaign_id(text: Option<String>) -> Result<Option<CampaignId>, ApiError> {
    text.map(|text| {
        text.parse().map_err(|_| ApiError::Field {
            field: "campaign",
            expected: "32 hexadecimal digits",
        })
    })
    .transpose()
}

/// The name in a parameter as the store has it, in the tenant that is asked for.
pub(super) fn as_stored(state: &ApiState, name: &str, tenant: Option<&str>) -> String {
    let pseudonymised = state.parts.policy.privacy.pseudonymise_usernames;
    let tenant = tenant.unwrap_or("default");
    stored_name(name, tenant, pseudonymised, &state.parts.hasher)
}

/// The name normalised, or the pseudonym that verdicts carry.
fn stored_name(name: &str, tenant: &str, pseudonymised: bool, hasher: &KeyHasher) -> String {
    let normalised = names::normalise(name);
    let is_pseudonym = normalised.len() == 17
        && normalised.starts_with('~')
        && normalised[1..].bytes().all(|byte| byte.is_ascii_hexdigit());
    if pseudonymised && !is_pseudonym {
        format!("~{:016x}", hasher.user(tenant, &normalised))
    } else {
        normalised.into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use credsieve_models::HashSeed;

    #[test]
    fn a_name_is_looked_up_as_it_was_stored() {
        let hasher = KeyHasher::new(HashSeed::REPLAY);
        assert_eq!(stored_name(" Bob ", "default", false, &hasher), "bob");
        let pseudonym = stored_name("Bob", "default", true, &hasher);
        assert_eq!(
            pseudonym,
            format!("~{:016x}", hasher.user("default", "bob"))
        );
        assert_eq!(stored_name(&pseudonym, "default", true, &hasher), pseudonym);
    }
}
