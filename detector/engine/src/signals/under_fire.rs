//! Under fire: a user is being failed from many places at once (D5). Evidence about the user, not
//! about the attempt's source: it never blocks.

use super::{DISTINCT_ERROR_PERMILLE, UserFacts};
use crate::frame::Frame;
use credsieve_models::verdict::{Family, Measure, Reason, Window};
use credsieve_models::{Entity, Policy};

pub(super) fn reasons(policy: &Policy, frame: &Frame, user: &UserFacts, out: &mut Vec<Reason>) {
    let signal = &policy.signals.under_fire;
    let Some(key) = frame.user else { return };
    let widely = user.failing_asns >= signal.asns || user.failing_countries >= signal.countries;
    if user.failing_addresses >= signal.addresses && widely {
        out.push(Reason {
            measure: Measure::FailingAddresses,
            entity: Entity::User(key),
            window: Window::HalfHour,
            value: user.failing_addresses,
            error_permille: DISTINCT_ERROR_PERMILLE,
            limit: signal.addresses,
            family: Family::UnderFire,
            weight: signal.weight.0,
        });
    }
}
