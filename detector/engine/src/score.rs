//! The score: weighted reasons -> capped log-odds by family -> probability -> decision.
//!
//! One pure function, [`decide`], used by the engine and by API nodes that only know the hostile
//! entities.

use credsieve_models::Policy;
use credsieve_models::verdict::{Attack, Decision, Reason, Score};

/// Whether the attempt's device is one that its user is known by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Familiarity {
    /// It is.
    Known,
    /// It is not, or the attempt has no device or user.
    Unfamiliar,
    /// Nobody here knows: challenge at most.
    Unknown,
}

/// What the reasons come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decided {
    /// What to do.
    pub decision: Decision,
    /// The probability of an attack.
    pub score: Score,
    /// The kind of attack.
    pub attack: Attack,
}

/// Decides from reasons. `shared_address`: many good users share the attempt's address.
#[must_use]
pub fn decide(
    _policy: &Policy,
    _reasons: &[Reason],
    _familiarity: Familiarity,
    _shared_address: bool,
) -> Decided {
    Decided {
        decision: Decision::Allow,
        score: Score(0),
        attack: Attack::None,
    }
}
