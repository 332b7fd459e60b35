//! The alert: what somebody should hear of at once, the contract of the topic `credsieve.alerts`. A
//! thief is in an account, or a campaign has begun or ended.

use crate::campaign::Campaign;
use crate::time::EpochMs;
use crate::verdict::{AlertId, CampaignId, Decision, Mode, Reason, Score, Verdict, VerdictId};
use serde::{Deserialize, Serialize};

/// An alert.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alert {
    /// The id, by which every sink drops repeats: a function of the verdict, or of the campaign and
    /// its phase.
    pub alert_id: AlertId,
    /// What it says.
    #[serde(flatten)]
    pub news: News,
}

/// What an alert says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum News {
    /// A success looks like a thief's: its account is to be warned.
    AccountTakeover(Takeover),
    /// A campaign opened or closed.
    Campaign {
        /// The campaign as it stands.
        campaign: Campaign,
    },
}

/// An account that a thief seems to have entered.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Takeover {
    /// The verdict that says so.
    pub verdict_id: VerdictId,
    /// The attempt's id, the producer's.
    pub event_id: String,
    /// The tenant.
    pub tenant: String,
    /// The account: the user's name, or its pseudonym where the policy asks for one.
    pub username: Option<String>,
    /// When the thief got in.
    #[serde(rename = "time", with = "crate::time::rfc3339")]
    pub time_ms: EpochMs,
    /// 0 where it was seen at once, higher where it was found later.
    pub revision: u32,
    /// What should be done with such an attempt.
    pub decision: Decision,
    /// The probability that it is one.
    pub score: Score,
    /// Why, strongest first.
    pub reasons: Vec<Reason>,
    /// The campaign that it belongs to.
    pub campaign_id: Option<CampaignId>,
    /// Whether the decision is enforced.
    pub mode: Mode,
}

/// Names are personal: nothing of them is shown.
impl std::fmt::Debug for Takeover {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Takeover")
            .field("verdict_id", &self.verdict_id)
            .finish_non_exhaustive()
    }
}

impl Alert {
    /// The kind of a takeover.
    pub const TAKEOVER: &str = "account_takeover";
    /// The kind of a campaign's opening and end.
    pub const CAMPAIGN: &str = "campaign";

    /// A thief's success, as a verdict saw it.
    #[must_use]
    pub fn takeover(verdict: &Verdict, username: Option<&str>) -> Self {
        Self {
            alert_id: AlertId::of(Self::TAKEOVER, verdict.verdict_id.0),
            news: News::AccountTakeover(Takeover {
                verdict_id: verdict.verdict_id,
                event_id: verdict.event_id.clone(),
                tenant: verdict.tenant.clone(),
                username: username.map(str::to_owned),
                time_ms: verdict.time_ms,
                revision: verdict.revision,
                decision: verdict.decision,
                score: verdict.score,
                reasons: verdict.reasons.clone(),
                campaign_id: verdict.campaign_id,
                mode: verdict.mode,
            }),
        }
    }

    /// A campaign's opening or end.
    #[must_use]
    pub fn campaign(campaign: Campaign) -> Self {
        Self {
            alert_id: AlertId::of(campaign.phase.name(), campaign.id.0),
            news: News::Campaign { campaign },
        }
    }

    /// Event time of what it is about.
    #[must_use]
    pub fn time_ms(&self) -> EpochMs {
        match &self.news {
            News::AccountTakeover(takeover) => takeover.time_ms,
            News::Campaign { campaign } => campaign.closed_at_ms.unwrap_or(campaign.opened_at_ms),
        }
    }

    /// The kind, as it is spelled.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self.news {
            News::AccountTakeover(_) => Self::TAKEOVER,
            News::Campaign { .. } => Self::CAMPAIGN,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::campaign::{Phase, tests::sample as campaign};
    use crate::verdict::tests::sample as verdict;

    #[test]
    fn alerts_read_back_as_they_were_written() {
        let takeover = Alert::takeover(&verdict(), Some("alice"));
        let json = serde_json::to_string(&takeover).unwrap();
        assert!(
            json.contains(r#""kind":"account_takeover","verdict_id""#),
            "{json}"
        );
        assert!(json.contains(r#""username":"alice""#), "{json}");
        assert_eq!(serde_json::from_str::<Alert>(&json).unwrap(), takeover);
        let opened = Alert::campaign(campaign());
        let json = serde_json::to_string(&opened).unwrap();
        assert!(
            json.contains(r#""kind":"campaign","campaign":{"campaign_id""#),
            "{json}"
        );
        assert_eq!(serde_json::from_str::<Alert>(&json).unwrap(), opened);
    }

    #[test]
    fn the_id_tells_a_campaigns_opening_from_its_end_and_does_not_change_with_its_growth() {
        let mut campaign = campaign();
        let opened = Alert::campaign(campaign.clone()).alert_id;
        campaign.attempts += 1;
        assert_eq!(Alert::campaign(campaign.clone()).alert_id, opened);
        campaign.phase = Phase::Closed;
        assert_ne!(Alert::campaign(campaign).alert_id, opened);
    }

    #[test]
    fn the_name_of_an_account_is_not_in_debug_output() {
        let shown = format!("{:?}", Alert::takeover(&verdict(), Some("alice")));
        assert!(!shown.contains("alice"), "{shown}");
    }
}
