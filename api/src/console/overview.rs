//! The overview's data: what the stream did in the last two minutes, in words.

use super::looker::look;
use super::{as_json, percent, words};
use crate::error::ApiError;
use crate::state::{ApiState, now_ms};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use credsieve_detector::live::{LATEST, Second};
use credsieve_models::alert::Takeover;
use credsieve_models::campaign::{Campaign, Phase};
use credsieve_models::time::to_rfc3339;
use credsieve_store::{Scope, StoredVerdict};
use serde::Serialize;

/// What the page draws.
#[derive(Serialize)]
struct Overview {
    /// The service's clock, in seconds since 1970: the right end of the picture.
    now: i64,
    mode: &'static str,
    /// The name of the key; nobody's for who came by a one-time link.
    who: Option<String>,
    total: Second,
    seconds: Vec<Second>,
    campaigns: Vec<CampaignRow>,
    fallen: Vec<FallenRow>,
    blocked: Vec<BlockedRow>,
    waiting: Vec<String>,
}

/// One line of the table.
#[derive(Serialize)]
struct BlockedRow {
    id: String,
    time: String,
    user: Option<String>,
    address: String,
    network: Option<String>,
    attack: &'static str,
    score: String,
    reasons: Vec<String>,
}

/// One line of the table of campaigns.
#[derive(Serialize)]
struct CampaignRow {
    id: String,
    since: String,
    over: bool,
    attack: &'static str,
    attempts: u64,
    addresses: u32,
    users: u32,
    shared: Vec<String>,
    /// How many accounts fell.
    fell: u32,
    /// The names of these, as far as they are remembered.
    accounts: Vec<String>,
}

/// One line of the table of accounts that fell.
#[derive(Serialize)]
struct FallenRow {
    id: String,
    time: String,
    user: Option<String>,
    /// The success was let pass, and what it was became clear later.
    later: bool,
    campaign: bool,
    score: String,
    reasons: Vec<String>,
}

/// The page's data: for its cookie, or for a read key.
pub(super) async fn overview(
    State(state): State<ApiState>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let caller = match look(&state, &headers).await {
        Some(looker) => looker.caller,
        None => Some(state.keyring.caller(&headers, Scope::Read).await?),
    };
    let live = state
        .parts
        .live
        .as_ref()
        .ok_or(ApiError::NotHere("live view of the stream"))?;
    let view = live.view();
    let waiting = state.parts.readiness.waiting();
    let overview = Overview {
        now: now_ms().div_euclid(1_000),
        mode: state.parts.policy.mode.0.name(),
        who: caller.map(|caller| caller.name.as_ref().to_owned()),
        total: view.total,
        seconds: view.seconds,
        campaigns: view
            .campaigns
            .iter()
            .map(|campaign| campaign_row(campaign, &view.takeovers))
            .collect(),
        fallen: view.takeovers.iter().take(LATEST).map(fallen_row).collect(),
        blocked: view.latest_blocked.iter().map(row).collect(),
        waiting: waiting.into_iter().map(|(_, what)| what).collect(),
    };
    as_json(&overview)
}

fn campaign_row(campaign: &Campaign, takeovers: &[Takeover]) -> CampaignRow {
    let mut accounts: Vec<String> = Vec::new();
    for takeover in takeovers {
        if takeover.campaign_id == Some(campaign.id)
            && let Some(name) = &takeover.username
            && !accounts.contains(name)
        {
            accounts.push(name.clone());
        }
    }
    let known = u32::try_from(accounts.len()).unwrap_or(u32::MAX);
    CampaignRow {
        id: campaign.id.to_string(),
        since: to_rfc3339(campaign.opened_at_ms),
        over: campaign.phase == Phase::Closed,
        attack: words::attack(campaign.attack),
        attempts: campaign.attempts,
        addresses: campaign.addresses,
        users: campaign.users,
        shared: words::members(&campaign.members),
        fell: campaign.accounts.max(known),
        accounts,
    }
}

fn fallen_row(takeover: &Takeover) -> FallenRow {
    FallenRow {
        id: takeover.verdict_id.to_string(),
        time: to_rfc3339(takeover.time_ms),
        user: takeover.username.clone(),
        later: takeover.revision > 0,
        campaign: takeover.campaign_id.is_some(),
        score: percent(takeover.score),
        reasons: takeover.reasons.iter().map(words::reason).collect(),
    }
}

fn row(stored: &StoredVerdict) -> BlockedRow {
    let verdict = &stored.verdict;
    BlockedRow {
        id: verdict.verdict_id.to_string(),
        time: to_rfc3339(verdict.time_ms),
        user: stored.username.clone(),
        address: stored.ip.to_string(),
        network: stored.asn.map(|asn| format!("AS{asn}")),
        attack: words::attack(verdict.attack),
        score: percent(verdict.score),
        reasons: verdict.reasons.iter().map(words::reason).collect(),
    }
}
