//! Timing: when names are tried at an address (D11, D17). A machine keeps its pace, or tries a little
//! for hours; a person tries a few times and is done.

use super::Known;
use crate::card::Trait;
use credsieve_models::Entity;
use credsieve_models::verdict::{Family, Measure, Reason, Window};

pub(super) fn reasons(known: &Known<'_>, out: &mut Vec<Reason>) {
    if !known.stranger {
        return;
    }
    let rhythm = &known.source.ip.rhythm;
    let reason = |measure, window, value, limit, of| Reason {
        measure,
        entity: Entity::Ip(known.frame.address),
        window,
        value,
        error_permille: 0,
        limit,
        family: Family::Timing,
        weight: known.weigh(&[of]),
    };
    out.push(reason(
        Measure::Pace,
        Window::Now,
        rhythm.gap_ms.div_ceil(1_000),
        rhythm.steady,
        Trait::Pace,
    ));
    out.push(reason(
        Measure::SlowTries,
        Window::Day,
        rhythm.spans,
        2,
        Trait::Slow,
    ));
}
