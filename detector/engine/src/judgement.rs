//! What the engine says: about an attempt, before the rim adds the words (ids, tenant, time of day);
//! about an earlier attempt, scored again; and about a campaign.

use crate::frame::Frame;
use credsieve_models::attempt::{Attempt, Kind};
use credsieve_models::campaign::Campaign;
use credsieve_models::time::EpochMs;
use credsieve_models::verdict::{
    Attack, CampaignId, Decision, Mode, Reason, Score, SessionId, Verdict, VerdictId,
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What comes out of the engine. The n-th [`Observed::Repeat`] or [`Observed::Judged`] belongs to the
/// n-th frame; revisions and campaigns stand before the attempt whose watermark closed their tick.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Observed {
    /// It was seen before among the last ids: it changed nothing and has no new verdict.
    Repeat,
    /// It was judged.
    Judged(Judgement),
    /// An earlier attempt was scored again and is judged otherwise now.
    Revised(Box<Revision>),
    /// A campaign opened, grew or closed.
    Campaign(Box<Campaign>),
}

/// What a revision must say and the engine has no key for. It is given with the attempt and comes
/// back with the revision.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Words {
    /// The tenant.
    pub tenant: Box<str>,
    /// The producer's id of the event.
    pub event_id: Box<str>,
    /// The user's name as it may be kept: its pseudonym where the policy asks for one.
    pub username: Option<Box<str>>,
}

/// Names are personal: nothing of them is shown.
impl std::fmt::Debug for Words {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Words")
            .field("event_id", &self.event_id)
            .finish_non_exhaustive()
    }
}

/// A later judgement on an earlier attempt: the same attempt, scored again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// The attempt's words.
    pub words: Words,
    /// 1 for the first revision of the attempt, then rising.
    pub revision: u32,
    /// When the attempt happened.
    pub time_ms: EpochMs,
    /// What was decided before.
    pub was: Decision,
    /// What is to be said now.
    pub judgement: Judgement,
    /// The attempt.
    pub frame: Frame,
}

impl Revision {
    /// The verdict of this revision. `policy` is the policy's hash.
    #[must_use]
    pub fn into_verdict(self, decided_at_ms: EpochMs, policy: &Arc<str>, mode: Mode) -> Verdict {
        let said = Said {
            tenant: &self.words.tenant,
            event_id: &self.words.event_id,
            time_ms: self.time_ms,
            revision: self.revision,
        };
        self.judgement.said(&said, decided_at_ms, policy, mode)
    }

    /// It flags a success that had been let pass: a thief found late. To sign up or to look an
    /// account up gets nobody into somebody else's.
    #[must_use]
    pub fn finds_a_thief(&self) -> bool {
        self.was == Decision::Allow
            && self.judgement.decision != Decision::Allow
            && self.frame.succeeded()
            && !matches!(self.frame.kind, Kind::Signup | Kind::Lookup)
    }
}

/// The judgement on one attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// What a stranger's traits come to on the card: what it is fitted to.
    pub marks: Option<crate::card::Marks>,
    /// What to do.
    pub decision: Decision,
    /// The probability of an attack.
    pub score: Score,
    /// The kind of attack.
    pub attack: Attack,
    /// Why, strongest first.
    pub reasons: Vec<Reason>,
    /// The session of flagged attempts that it belongs to.
    pub session_id: Option<SessionId>,
    /// The campaign that it belongs to.
    pub campaign_id: Option<CampaignId>,
    /// Until when the decision should be remembered.
    pub expires_at_ms: Option<EpochMs>,
    /// It was older than the windows and was judged with what was known.
    pub late: bool,
    /// Many good users share the attempt's address.
    pub shared_address: bool,
    /// Tags of the devices that the user is known by, where the attempt is not allowed: API nodes
    /// must know whom not to block.
    pub known_devices: Vec<u32>,
}

impl Judgement {
    /// The verdict: the judgement with the attempt's words. `policy` is the policy's hash.
    #[must_use]
    pub fn into_verdict(
        self,
        attempt: &Attempt<'_>,
        decided_at_ms: EpochMs,
        policy: &Arc<str>,
        mode: Mode,
    ) -> Verdict {
        let said = Said {
            tenant: &attempt.tenant,
            event_id: &attempt.event_id,
            time_ms: attempt.time_ms,
            revision: 0,
        };
        self.said(&said, decided_at_ms, policy, mode)
    }

    /// The same, for whoever has kept no more of the attempt than a verdict says.
    #[must_use]
    pub fn said(
        self,
        about: &Said<'_>,
        decided_at_ms: EpochMs,
        policy: &Arc<str>,
        mode: Mode,
    ) -> Verdict {
        Verdict {
            verdict_id: VerdictId::of(about.tenant, about.event_id, about.time_ms, about.revision),
            event_id: about.event_id.to_owned(),
            revision: about.revision,
            time_ms: about.time_ms,
            decided_at_ms,
            tenant: about.tenant.to_owned(),
            decision: self.decision,
            score: self.score,
            attack: self.attack,
            reasons: self.reasons,
            session_id: self.session_id,
            campaign_id: self.campaign_id,
            expires_at_ms: self.expires_at_ms,
            policy: Arc::clone(policy),
            mode,
        }
    }
}

/// What identifies a verdict.
#[derive(Clone, Copy)]
pub struct Said<'a> {
    /// The attempt's tenant.
    pub tenant: &'a str,
    /// The attempt's id, the producer's.
    pub event_id: &'a str,
    /// When the attempt happened.
    pub time_ms: EpochMs,
    /// 0 for the first verdict on the attempt.
    pub revision: u32,
}
