//! Campaigns, the accounts that fell to them, and alerts: what a store takes and gives of them.
//!
//! A campaign is told again whenever it changed; the latest word replaces the ones before it, and a
//! late copy of an earlier word changes nothing. Accounts are not kept twice: they are read from
//! the verdicts of the campaign, of each attempt the latest revision.

use crate::Outcome;
use crate::StoreError;
use crate::batch::clamp;
use crate::cursor::Place;
use crate::rows::from_json;
use credsieve_models::alert::Alert;
use credsieve_models::campaign::{Campaign, Phase};
use credsieve_models::time::EpochMs;
use credsieve_models::verdict::{AlertId, Attack, CampaignId, VerdictId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::net::IpAddr;

/// The tenant of an alert of either kind, in the SQL of both databases, as their index `alerts_tenant` has it.
pub(crate) const ALERT_TENANT: &str =
    "coalesce(alert ->> 'tenant', alert -> 'campaign' ->> 'tenant')";

/// What becomes durable together, all or nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Batch<'a> {
    /// Verdicts and revisions, in the order of the stream.
    pub outcomes: &'a [Outcome],
    /// Campaigns that changed.
    pub campaigns: &'a [Campaign],
    /// Alerts that were given.
    pub alerts: &'a [Alert],
}

impl Batch<'_> {
    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.outcomes.is_empty() && self.campaigns.is_empty() && self.alerts.is_empty()
    }
}

/// What to read of the campaigns: every filter that is given must match. Newest last activity
/// first.
#[derive(Clone, Debug, Default)]
pub struct CampaignFilter {
    /// The tenant that is attacked.
    pub tenant: Option<String>,
    /// Over (true) or still going on (false).
    pub closed: Option<bool>,
    /// What it is after.
    pub attack: Option<Attack>,
    /// Last activity from this instant, included.
    pub from_ms: Option<EpochMs>,
    /// Last activity to this instant, excluded.
    pub to_ms: Option<EpochMs>,
}

/// What to read of the alerts: every filter that is given must match. Those stored last first.
#[derive(Clone, Debug, Default)]
pub struct AlertFilter {
    /// The kind, as [`Alert::kind`] spells it.
    pub kind: Option<&'static str>,
    /// The tenant.
    pub tenant: Option<String>,
    /// The user whose account it is, as stored.
    pub username: Option<String>,
    /// The campaign that it is about, or that the takeover belongs to.
    pub campaign_id: Option<CampaignId>,
    /// About what happened from this instant of event time, included.
    pub from_ms: Option<EpochMs>,
    /// About what happened to this instant of event time, excluded.
    pub to_ms: Option<EpochMs>,
}

/// An account that fell to a campaign: somebody got in, and that was flagged, at once or later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// The tenant.
    pub tenant: String,
    /// The user's name, or its pseudonym.
    pub username: String,
    /// When somebody first got in.
    #[serde(rename = "first_at", with = "credsieve_models::time::rfc3339")]
    pub first_at_ms: EpochMs,
    /// When last.
    #[serde(rename = "last_at", with = "credsieve_models::time::rfc3339")]
    pub last_at_ms: EpochMs,
    /// How often.
    pub attempts: i64,
    /// The verdict on the first of these.
    pub verdict_id: VerdictId,
    /// The address that it came from.
    pub ip: IpAddr,
}

/// A campaign's row. A greater rank is a later word.
pub(crate) struct CampaignRow<'a> {
    pub campaign: &'a Campaign,
    pub closed: bool,
    pub last_at_ms: EpochMs,
    pub attempts: i64,
}

impl<'a> CampaignRow<'a> {
    fn of(campaign: &'a Campaign) -> Self {
        Self {
            campaign,
            closed: campaign.phase == Phase::Closed,
            last_at_ms: clamp(campaign.last_at_ms),
            attempts: i64::try_from(campaign.attempts).unwrap_or(i64::MAX),
        }
    }

    fn rank(&self) -> (bool, EpochMs, i64) {
        (self.closed, self.last_at_ms, self.attempts)
    }
}

/// The latest word on each campaign of the batch, by id.
pub(crate) fn latest(campaigns: &[Campaign]) -> BTreeMap<CampaignId, CampaignRow<'_>> {
    let mut latest: BTreeMap<CampaignId, CampaignRow<'_>> = BTreeMap::new();
    for row in campaigns.iter().map(CampaignRow::of) {
        let id = row.campaign.id;
        if latest.get(&id).is_none_or(|held| row.rank() >= held.rank()) {
            latest.insert(id, row);
        }
    }
    latest
}

/// The alerts of the batch, each once, in the order of what they are about.
pub(crate) fn alerts_in_order(alerts: &[Alert]) -> Vec<&Alert> {
    let by_id: BTreeMap<AlertId, &Alert> =
        alerts.iter().map(|alert| (alert.alert_id, alert)).collect();
    let mut alerts: Vec<&Alert> = by_id.into_values().collect();
    alerts.sort_by_key(|alert| alert.time_ms());
    alerts
}

/// A campaign, and its place in the listing.
pub(crate) fn stored_campaign(text: &str) -> Result<(Place, Campaign), StoreError> {
    let campaign: Campaign = from_json("campaign", text)?;
    let place = Place {
        at: campaign.last_at_ms,
        id: campaign.id.0,
    };
    Ok((place, campaign))
}

/// An alert, and its place in the listing.
pub(crate) fn stored_alert(seq: i64, text: &str) -> Result<(Place, Alert), StoreError> {
    let place = Place { at: seq, id: 0 };
    Ok((place, from_json("alert", text)?))
}

/// An account, and its place in the listing.
pub(crate) fn place_of(account: Account) -> (Place, Account) {
    let place = Place {
        at: account.first_at_ms,
        id: account.verdict_id.0,
    };
    (place, account)
}
