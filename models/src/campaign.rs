//! The campaign: attempts of many sources that are one attack, because they share a tool, a network,
//! a password or a list of names. It says who belongs together and adds no weight to a verdict: what
//! members share weighs through their addresses, networks, passwords, tools and patterns.
//!
//! The engine counts in bounded state, so every number here errs low: it may miss members, it never
//! makes any up.

use crate::attempt::spelled;
use crate::key::Entity;
use crate::time::EpochMs;
use crate::verdict::{Attack, CampaignId};
use serde::{Deserialize, Serialize};

spelled! {
    /// Where a campaign stands in its life.
    Phase {
        /// It has just been recognised.
        Opened = "opened",
        /// It goes on.
        Growing = "growing",
        /// It has been silent for long enough.
        Closed = "closed",
    }
}

/// The most members that a campaign names.
pub const MAX_MEMBERS: usize = 16;

/// A campaign as it stands at one instant. A later state of the same campaign replaces an earlier
/// one: `last_at`, then the phase, say which is later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Campaign {
    /// Its id, the same from its opening to its end.
    #[serde(rename = "campaign_id")]
    pub id: CampaignId,
    /// The tenant that is attacked; absent where it is not known. An attack on several is a campaign in
    /// each. As the engine says it, which keeps no names, it is `~` and the tenant's hash.
    pub tenant: Option<String>,
    /// Where it stands.
    pub phase: Phase,
    /// What it is after.
    pub attack: Attack,
    /// Event time of its first attempt that is known to belong to it.
    #[serde(rename = "opened_at", with = "crate::time::rfc3339")]
    pub opened_at_ms: EpochMs,
    /// Event time of its latest attempt.
    #[serde(rename = "last_at", with = "crate::time::rfc3339")]
    pub last_at_ms: EpochMs,
    /// Event time at which it was found to be over.
    #[serde(rename = "closed_at", with = "crate::time::rfc3339::option")]
    pub closed_at_ms: Option<EpochMs>,
    /// Its attempts.
    pub attempts: u64,
    /// Distinct addresses that it came from.
    pub addresses: u32,
    /// Distinct networks.
    pub networks: u32,
    /// Distinct names that it tried.
    pub users: u32,
    /// Distinct tools.
    pub tools: u32,
    /// Distinct passwords, by fingerprint.
    pub passwords: u32,
    /// Accounts that fell: its successes that were flagged.
    pub accounts: u32,
    /// What its attempts share, the strongest first, at most [`MAX_MEMBERS`].
    pub members: Vec<Entity>,
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn sample() -> Campaign {
        Campaign {
            id: CampaignId(0xc0_ffee),
            tenant: Some("default".into()),
            phase: Phase::Opened,
            attack: Attack::CredentialStuffing,
            opened_at_ms: 1_000,
            last_at_ms: 61_000,
            closed_at_ms: None,
            attempts: 400,
            addresses: 180,
            networks: 90,
            users: 390,
            tools: 2,
            passwords: 395,
            accounts: 3,
            members: vec![
                "tool:~00000000000000aa".parse().unwrap(),
                "asn:64500".parse().unwrap(),
            ],
        }
    }

    #[test]
    fn a_campaign_reads_back_as_it_was_written() {
        let json = serde_json::to_string(&sample()).unwrap();
        assert!(
            json.starts_with(
                r#"{"campaign_id":"00000000000000000000000000c0ffee","tenant":"default","phase":"opened","attack":"credential_stuffing","opened_at":"1970-01-01T00:00:01.000Z""#
            ),
            "{json}"
        );
        assert!(json.contains(r#""closed_at":null"#), "{json}");
        assert!(
            json.ends_with(r#""members":["tool:~00000000000000aa","asn:64500"]}"#),
            "{json}"
        );
        assert_eq!(serde_json::from_str::<Campaign>(&json).unwrap(), sample());
    }
}
