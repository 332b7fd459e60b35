//! What the engine says about an attempt, before the rim adds the words (ids, tenant, time of day).

use credsieve_models::attempt::Attempt;
use credsieve_models::time::EpochMs;
use credsieve_models::verdict::{
    Attack, Decision, Mode, Reason, Score, SessionId, Verdict, VerdictId,
};
use std::sync::Arc;

/// What becomes of one attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Observed {
    /// It was seen before among the last ids: it changed nothing and has no new verdict.
    Repeat,
    /// It was judged.
    Judged(Judgement),
}

/// The judgement on one attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
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
        let revision = 0;
        Verdict {
            verdict_id: VerdictId::of(
                &attempt.tenant,
                &attempt.event_id,
                attempt.time_ms,
                revision,
            ),
            event_id: attempt.event_id.as_ref().to_owned(),
            revision,
            time_ms: attempt.time_ms,
            decided_at_ms,
            tenant: attempt.tenant.as_ref().to_owned(),
            decision: self.decision,
            score: self.score,
            attack: self.attack,
            reasons: self.reasons,
            session_id: self.session_id,
            campaign_id: None,
            expires_at_ms: self.expires_at_ms,
            policy: Arc::clone(policy),
            mode,
        }
    }
}
