//! Password: what passwords are tried (D3 by fingerprint, breached pairs).

use super::DISTINCT_ERROR_PERMILLE;
use crate::entity::EntityFacts;
use crate::frame::Frame;
use credsieve_models::verdict::{Family, Measure, Reason, Window};
use credsieve_models::{Entity, Policy};

pub(super) fn reasons(policy: &Policy, frame: &Frame, entity: &EntityFacts, out: &mut Vec<Reason>) {
    let shared = &policy.signals.shared_password;
    if let Some(password) = frame.password
        && entity.password.users >= shared.users
    {
        out.push(Reason {
            measure: Measure::DistinctUsers,
            entity: Entity::Password(password),
            window: Window::Short,
            value: entity.password.users,
            error_permille: DISTINCT_ERROR_PERMILLE,
            limit: shared.users,
            family: Family::Password,
            weight: shared.weight.0,
        });
    }
    if frame.breached_password
        && let Some(user) = frame.user
    {
        out.push(Reason {
            measure: Measure::BreachedPassword,
            entity: Entity::User(user),
            window: Window::Now,
            value: 1,
            error_permille: 0,
            limit: 1,
            family: Family::Password,
            weight: policy.signals.breached_password.weight.0,
        });
    }
}
