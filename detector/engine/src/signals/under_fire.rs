//! Under fire: a user is being failed from many places at once (D5). Evidence about the user, not
//! about the attempt's source: it never blocks, and it says nothing against the user's own places.

use super::{DISTINCT_ERROR_PERMILLE, Known};
use crate::card::Trait;
use credsieve_models::Entity;
use credsieve_models::verdict::{Family, LogOdds, Measure, Reason, Window};

pub(super) fn reasons(known: &Known<'_>, out: &mut Vec<Reason>) {
    let signal = &known.policy.signals.under_fire;
    let Some(key) = known.frame.user else { return };
    let others = known.user.failing_addresses.saturating_sub(1);
    if known.stranger {
        out.push(Reason {
            measure: Measure::FailingAddresses,
            entity: Entity::User(key),
            window: Window::HalfHour,
            value: others,
            error_permille: DISTINCT_ERROR_PERMILLE,
            limit: 1,
            family: Family::UnderFire,
            weight: LogOdds(
                known
                    .weigh(&[Trait::FailingAddresses])
                    .0
                    .min(signal.weight.0.0),
            ),
        });
    }
}
