//! Outcomes as they are written, and verdicts as they are read back.

use credsieve_models::time::EpochMs;
use credsieve_models::verdict::{Attack, CampaignId, Decision, SessionId, Verdict};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;
use std::sync::Arc;

/// Where a record came from. One message may carry several records: `index` tells them apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The topic, or `http`.
    pub source: Arc<str>,
    /// The partition; 0 for `http`.
    pub partition: i32,
    /// The offset in the partition; a running number for `http`.
    pub offset: i64,
    /// The place in the message.
    pub index: u32,
}

/// What a verdict is about, as far as it may be kept. Not part of the verdict's own JSON.
#[derive(Clone, PartialEq, Eq)]
pub struct Context {
    /// The user's name, or its pseudonym where the policy asks for one.
    pub username: Option<String>,
    /// The keyed hash of tenant and user.
    pub user_key: Option<u64>,
    /// The address.
    pub ip: IpAddr,
    /// The ASN.
    pub asn: Option<u32>,
    /// The keyed hash of the device.
    pub device_key: Option<u64>,
}

/// Names and addresses are personal: nothing of them is shown.
impl std::fmt::Debug for Context {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Context(…)")
    }
}

/// One verdict on its way to the store.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Where the attempt came from.
    pub origin: Origin,
    /// The verdict.
    pub verdict: Verdict,
    /// What it is about.
    pub context: Context,
    /// Of a revision: what had been decided before.
    pub was: Option<Decision>,
    /// Store it whole although it is a plain allow (the configured sample, or all).
    pub keep_whole: bool,
}

impl Outcome {
    /// Whether the verdict is an allow with nothing to say: counted, and kept only on request. A
    /// revision always has something to say, and its attempt is counted already.
    #[must_use]
    pub fn is_plain_allow(&self) -> bool {
        self.verdict.decision == Decision::Allow
            && self.verdict.attack == Attack::None
            && self.verdict.revision == 0
    }

    /// Whether the verdict has a row of its own.
    #[must_use]
    pub fn is_kept_whole(&self) -> bool {
        self.keep_whole || !self.is_plain_allow()
    }

    /// Whether it is a later verdict on an attempt that has one already.
    #[must_use]
    pub fn is_revision(&self) -> bool {
        self.verdict.revision > 0
    }
}

/// A verdict as it is read back, with what it is about.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StoredVerdict {
    /// The verdict.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// The user's name, or its pseudonym.
    pub username: Option<String>,
    /// The address.
    pub ip: IpAddr,
    /// The ASN.
    pub asn: Option<u32>,
}

/// What to read of the verdicts: every filter that is given must match. Newest first.
#[derive(Clone, Debug, Default)]
pub struct VerdictFilter {
    /// The tenant.
    pub tenant: Option<String>,
    /// The user, as stored.
    pub username: Option<String>,
    /// The address.
    pub ip: Option<IpAddr>,
    /// The decision.
    pub decision: Option<Decision>,
    /// The kind of attack.
    pub attack: Option<Attack>,
    /// The session.
    pub session_id: Option<SessionId>,
    /// The campaign.
    pub campaign_id: Option<CampaignId>,
    /// From this instant of event time, included.
    pub from_ms: Option<EpochMs>,
    /// To this instant of event time, excluded.
    pub to_ms: Option<EpochMs>,
}
