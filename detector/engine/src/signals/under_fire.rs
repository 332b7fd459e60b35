//! Under fire: a user is being failed from many places at once (D5). Evidence about the user, not
//! about the attempt's source: it never blocks, and it says nothing against the user's own places.

use super::weigh::graded;
use super::{DISTINCT_ERROR_PERMILLE, Known};
use credsieve_models::Entity;
use credsieve_models::verdict::{Family, Measure, Reason, Window};

pub(super) fn reasons(known: &Known<'_>, out: &mut Vec<Reason>) {
    let signal = &known.policy.signals.under_fire;
    let Some(key) = known.frame.user else { return };
    let others = known.user.failing_addresses.saturating_sub(1);
    if known.stranger && others >= 1 {
        out.push(Reason {
            measure: Measure::FailingAddresses,
            entity: Entity::User(key),
            window: Window::HalfHour,
            value: others,
            error_permille: DISTINCT_ERROR_PERMILLE,
            limit: 1,
            family: Family::UnderFire,
            weight: graded(others, 100, 150, signal.weight.0),
        });
    }
}
