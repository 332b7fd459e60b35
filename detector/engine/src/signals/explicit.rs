//! Explicit rules: what the operator decided by hand. Lists, fences, and (with the volume) limits.
//!
//! The reason of an explicit rule asks for a decision by itself: its value says which.

use crate::frame::Frame;
use credsieve_models::key::Domain;
use credsieve_models::lists::{ListAction, Listed};
use credsieve_models::verdict::{Decision, Family, LogOdds, Measure, Reason, Window};
use credsieve_models::{Entity, KeyHasher, Policy};

/// What an explicit rule adds to the score, so that the score agrees with the decision.
const WEIGHT: LogOdds = LogOdds(8 * LogOdds::NAT);

/// The reason of an explicit rule that asks for `decision`: 0 allow, 1 challenge, 2 block.
#[must_use]
pub fn asks_for(decision: Decision, reason: Reason) -> Reason {
    let (value, weight) = match decision {
        Decision::Allow => (0, LogOdds(-WEIGHT.0)),
        Decision::Challenge => (1, WEIGHT),
        Decision::Block => (2, WEIGHT),
    };
    Reason {
        value,
        weight,
        ..reason
    }
}

/// The reasons of lists and fences. That of a list is about whom the entry names.
#[must_use]
pub fn explicit(
    policy: &Policy,
    hasher: &KeyHasher,
    frame: &Frame,
    list: Option<Listed>,
) -> Vec<Reason> {
    let reason = |measure| Reason {
        measure,
        entity: Entity::Ip(frame.address),
        window: Window::Now,
        value: 0,
        error_permille: 0,
        limit: 0,
        family: Family::List,
        weight: LogOdds::default(),
    };
    let mut reasons = Vec::new();
    if let Some(Listed { action, entity }) = list {
        let decision = match action {
            ListAction::Allow => Decision::Allow,
            ListAction::Deny => Decision::Block,
        };
        let listed = Reason {
            entity,
            ..reason(Measure::Listed)
        };
        reasons.push(asks_for(decision, listed));
    }
    if let Some(country) = frame.country {
        let outside = policy.geo_fences.iter().filter(|fence| {
            let here = fence.endpoint.as_ref().is_none_or(|name| {
                frame.endpoint == Some(hasher.hash64(Domain::Endpoint, &[name.as_bytes()]))
            });
            let inside = fence
                .countries
                .iter()
                .any(|code| code.as_bytes().eq_ignore_ascii_case(&country));
            here && !inside
        });
        if let Some(strictest) = outside.map(|fence| fence.outside).max() {
            reasons.push(asks_for(strictest, reason(Measure::OutsideFence)));
        }
    }
    reasons
}
