//! Signals: facts -> weighted reasons. One family a file; the published figure of each stands in
//! the policy, its source in `docs/detection.md`.

mod breadth;
mod explicit;
mod identity;
mod password;
mod under_fire;
mod volume;

pub use explicit::{asks_for, explicit};

use crate::entity::EntityFacts;
use crate::frame::Frame;
use crate::service::Facts;
use crate::source::SourceFacts;
use credsieve_models::Policy;
use credsieve_models::verdict::Reason;

/// What is known about the attempt's user.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UserFacts {
    /// The attempt's device is one that the user is known by.
    pub known_device: bool,
    /// Distinct addresses from which the user failed in 30 to 45 minutes.
    pub failing_addresses: u32,
    /// Distinct ASNs likewise, as far as they are remembered.
    pub failing_asns: u32,
    /// Distinct countries likewise.
    pub failing_countries: u32,
    /// The explicit rate limit of the user is exceeded.
    pub over_limit: bool,
}

/// The error of distinct counts, in 1/1,000: a pair filter at its stated fill misses at most one
/// first sight in a hundred. They come out low, never high.
const DISTINCT_ERROR_PERMILLE: u16 = 10;

/// Every reason that the facts give, in a fixed order.
#[must_use]
pub fn reasons(
    policy: &Policy,
    frame: &Frame,
    source: &SourceFacts,
    entity: &EntityFacts,
    facts: Facts,
    user: &UserFacts,
) -> Vec<Reason> {
    let mut reasons = Vec::new();
    volume::reasons(policy, frame, source, user, &mut reasons);
    breadth::reasons(policy, frame, source, entity, facts, &mut reasons);
    password::reasons(policy, frame, entity, &mut reasons);
    under_fire::reasons(policy, frame, user, &mut reasons);
    identity::reasons(policy, frame, user, &mut reasons);
    reasons.retain(|reason| reason.weight.0 != 0);
    reasons
}
