//! Identity: whether this looks like the user (D14, D16), and honest mistakes.

use super::Known;
use crate::near::NearNames;
use crate::pattern::DeviceState;
use credsieve_models::verdict::{Family, LogOdds, Measure, Reason, Window};
use credsieve_models::{Entity, Lane};

const NAT: i32 = LogOdds::NAT;

pub(super) fn reasons(known: &Known<'_>, out: &mut Vec<Reason>) {
    let Some(key) = known.frame.user else { return };
    let user = Entity::User(key);
    let reason = |measure, value, limit, weight| Reason {
        measure,
        entity: user,
        window: Window::Now,
        value,
        error_permille: 0,
        limit,
        family: Family::Identity,
        weight: LogOdds(weight),
    };
    if known.frame.listed_name {
        let weight = known.policy.signals.listed_name.weight.0.0;
        out.push(reason(Measure::ListedName, 1, 1, weight));
    }
    let measure = match known.pattern.device {
        DeviceState::Known => Measure::KnownDevice,
        DeviceState::Shared => Measure::SharedDevice,
        DeviceState::Others => Measure::OthersDevice,
        DeviceState::New => Measure::NewDevice,
        DeviceState::None => Measure::NoDevice,
    };
    out.push(reason(
        measure,
        known.user.logins,
        4 - known.pattern.place as u32,
        joint_weight(known),
    ));
    if known.user.same_again {
        // With its fingerprint it is known to be the same password; without, only to come as seldom.
        let weight = if known.frame.password.is_some() {
            -8 * NAT
        } else {
            -3 * NAT
        };
        out.push(reason(Measure::SameAgain, 1, 1, weight));
    }
    if is_mistyped_name(known) {
        out.push(reason(Measure::MistypedName, 1, 1, -5 * NAT));
    } else if known.lane == Lane::LoginUnknownUser && known.frame.near != NearNames::default() {
        let near = known.entity.near_names;
        let weight = known.service.lanes().near_weight(known.at_s, near > 0);
        out.push(reason(
            Measure::MistypedName,
            near.into(),
            1,
            known.learned(weight),
        ));
    }
    if known.frame.proves_user() && known.user.since_suspect_s < 3 * 3_600 && known.stranger {
        let minutes = known.user.since_suspect_s / 60;
        out.push(reason(Measure::SuspectSuccess, minutes, 180, 4 * NAT));
    }
}

/// What was learned, as far as it was; beside it the default figures, which convict but gently.
fn joint_weight(known: &Known<'_>) -> i32 {
    let default = known
        .pattern
        .default_weight(known.lane)
        .clamp(-4 * NAT, NAT);
    let seen = known
        .service
        .pattern_weight(known.at_s, known.lane, known.pattern)
        .clamp(-8 * NAT, 5 * NAT);
    let share = known.service.lanes().learned();
    (seen * share + default * (256 - share)) / 256
}

/// The password belongs to somebody, and the name to nobody: it was mistyped, where the device or
/// the address is one that people use.
fn is_mistyped_name(known: &Known<'_>) -> bool {
    let password = &known.entity.password;
    known.user.logins == 0
        && known.frame.failed()
        && password.owners == 1
        && password.users <= 2
        && (known.pattern.device == DeviceState::Others || known.pattern.standing > 0)
}
