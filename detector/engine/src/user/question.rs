//! What a question about a login would have come to before its outcome was known.
//!
//! An auth service asks before it checks a password, and challenges by the answer: most people who come as strangers are about
//! to succeed. So the limit of questions is held against what questions about the logins that came would have scored, and
//! against how these ended.

use super::{Arrival, InForce, Judged};
use crate::delta::Question;
use crate::score;
use crate::signals::{self, Known};
use credsieve_models::attempt::Kind;

/// To look at a question costs as much as the login itself. Of those that succeed one in so many is looked at, and of those that
/// fail: there are many in an attack, and few of them are people's.
const OF_SUCCESSES: u8 = 4;
const OF_FAILURES: u8 = 8;

/// What a question about a stranger's login would have come to. Nobody else is asked for more than they have.
pub(super) fn before(
    arrival: &Arrival<'_>,
    force: InForce<'_>,
    judged: &Judged,
) -> Option<Question> {
    let frame = arrival.frame;
    if !judged.stranger || frame.kind != Kind::Login || frame.outcome.is_none() {
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
    let facts = (arrival.source, arrival.entity, &judged.user);
    let at_s = i64::from(arrival.now.watermark_s());
    let known = Known::new(force.policy, &question, at_s, facts, force.service);
    let reasons = signals::reasons(&known);
    let log_odds = score::log_odds(force.policy, &reasons, known.shared()).0;
    Some(Question { log_odds, times })
}
