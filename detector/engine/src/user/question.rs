//! What a question about a login would have come to before its outcome was known.
//!
//! An auth service asks before it checks a password, and challenges by the answer: most people who come as strangers are about
//! to succeed. So the limit of questions is held against what questions about the logins that came would have scored, and
//! against how these ended.

use super::{Arrival, InForce, Judged, Retries, UserShard};
use crate::delta::AskedScore;
use crate::frame::Frame;
use crate::score;
use crate::signals::{self, Known};
use credsieve_models::attempt::Kind;
use credsieve_models::verdict::{Decision, Family};

/// To look at a question costs as much as the login itself. Of those that succeed one in so many is looked at, and of those that
/// fail: there are many in an attack, and few of them are people's.
const OF_SUCCESSES: u8 = 4;
const OF_FAILURES: u8 = 8;

/// An account speaks for strangers once in so long: else whoever has a few of their own, and logs in to them from everywhere, lifts
/// the limit for all.
const SPEAKS_EVERY_S: u32 = 6 * 3_600;

/// Whether how a login ended says something about strangers: any failure does, a success where nobody doubts it and the account
/// was at rest before.
fn speaks_for_strangers(frame: &Frame, judged: &Judged) -> bool {
    let is_rested = judged.user.since_login_s >= SPEAKS_EVERY_S;
    !frame.succeeded() || (is_rested && judged.judgement.decision == Decision::Allow)
}

impl UserShard {
    /// What a question about a stranger's login would have come to, or nearly so: its address has counted the login by now, and of who
    /// is known there networks and tools were not looked at.
    pub(super) fn question_before(
        &self,
        arrival: &Arrival<'_>,
        force: InForce<'_>,
        judged: &Judged,
    ) -> Option<AskedScore> {
        let frame = arrival.frame;
        if !judged.stranger || frame.kind != Kind::Login || frame.outcome.is_none() {
            return None;
        }
        // Whom a list lets in is not asked, and an attack's own accounts are nobody's.
        let reasons = &judged.judgement.reasons;
        if judged.user.doubt.0 > 0 || reasons.iter().any(|r| r.family == Family::List) {
            return None;
        }
        if !speaks_for_strangers(frame, judged) {
            return None;
        }
        let times = if frame.succeeded() {
            OF_SUCCESSES
        } else {
            OF_FAILURES
        };
        if !frame.event.is_multiple_of(u128::from(times)) {
            return None;
        }
        let question = frame.before_its_outcome();
        let mut user = judged.user;
        (user.same_again, user.retries) = (false, Retries::Untold);
        self.tell_repeats(&question, arrival.now, force, &mut user);
        let facts = (arrival.source, arrival.entity, &user);
        let at_s = i64::from(arrival.now.watermark_s());
        let known = Known::new(force.policy, &question, at_s, facts, force.service);
        let reasons = signals::reasons(&known);
        let log_odds = score::log_odds(force.policy, &reasons, known.shared()).0;
        Some(AskedScore { log_odds, times })
    }
}
