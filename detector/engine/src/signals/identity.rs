//! Identity: whether this looks like the user.

use super::UserFacts;
use crate::frame::Frame;
use credsieve_models::verdict::{Family, Measure, Reason, Window};
use credsieve_models::{Entity, Policy};

pub(super) fn reasons(policy: &Policy, frame: &Frame, user: &UserFacts, out: &mut Vec<Reason>) {
    let Some(key) = frame.user else { return };
    let mut push = |measure, entity, weight| {
        out.push(Reason {
            measure,
            entity,
            window: Window::Now,
            value: 1,
            error_permille: 0,
            limit: 1,
            family: Family::Identity,
            weight,
        });
    };
    if frame.listed_name {
        let weight = policy.signals.listed_name.weight.0;
        push(Measure::ListedName, Entity::User(key), weight);
    }
    if user.known_device
        && let Some(device) = frame.device
    {
        let weight = policy.familiarity.known_device.0;
        push(Measure::KnownDevice, Entity::Device(device), weight);
    }
}
