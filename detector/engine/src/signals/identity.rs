//! Identity: whether this looks like the user (D14, D16), and honest mistakes.

use super::{HARDLY_KNOWN, Known};
use crate::card::Trait;
use crate::fixed::probability;
use crate::pattern::DeviceState;
use credsieve_models::Entity;
use credsieve_models::attempt::Kind;
use credsieve_models::verdict::{Family, LogOdds, Measure, Reason, Window};

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
    if known.user.copied_device {
        let weight = known.policy.signals.copied_device.weight.0.0;
        let place = 4 - known.pattern.place as u32;
        out.push(reason(
            Measure::CopiedDevice,
            known.user.logins,
            place,
            weight,
        ));
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
        if known.stranger {
            known
                .weigh(&[Trait::Pattern, Trait::PlaceHistory, Trait::Device])
                .0
        } else {
            joint_weight(known)
        },
    ));
    if known.stranger {
        out.push(reason(
            Measure::SinceLogin,
            known.user.since_login_s / 60,
            4 - known.pattern.place as u32,
            known.weigh(&[Trait::Since]).0,
        ));
    }
    out.push(reason(
        Measure::UsualTool,
        known.marks.map_or(0, |marks| {
            marks.step(Trait::OwnTool).saturating_sub(1).into()
        }),
        2,
        known.weigh(&[Trait::OwnTool]).0,
    ));
    out.push(reason(
        Measure::RightBefore,
        known.user.good_password.into(),
        1,
        known.weigh(&[Trait::RightBefore]).0,
    ));
    out.push(reason(
        Measure::TriedElsewhere,
        known.user.elsewhere,
        1,
        known.weigh(&[Trait::Elsewhere]).0.min(0),
    ));
    let again = if known.user.same_again {
        Measure::SameAgain
    } else {
        Measure::TriedAgain
    };
    out.push(reason(again, 1, 1, again_weight(known)));
    let near = known.entity.near_names.into();
    out.push(reason(
        Measure::MistypedName,
        near,
        1,
        known.weigh(&[Trait::NearNames]).0,
    ));
    let minutes = known.user.since_suspect_s / 60;
    out.push(reason(
        Measure::SuspectSuccess,
        minutes,
        180,
        known.weigh(&[Trait::Suspect]).0,
    ));
}

/// Whether the account itself is doubted, and what is missing to the odds that it is an attack's own. However well its
/// device and place are known, they are the attacker's.
#[must_use]
pub fn doubt(known: &Known<'_>, log_odds: LogOdds) -> Option<Reason> {
    let (frame, doubt) = (known.frame, known.user.doubt);
    let asks =
        frame.outcome.is_none() && matches!(frame.kind, Kind::Login | Kind::Mfa | Kind::Token);
    let user = frame.user.filter(|_| frame.proves_user() || asks)?;
    let is_known = known.service.lanes().learned() >= HARDLY_KNOWN;
    let reason = (is_known && doubt.0 > 0).then(|| Reason {
        measure: Measure::DoubtfulSignup,
        entity: Entity::User(user),
        window: Window::Now,
        value: u32::from(probability(doubt).0 / 100),
        error_permille: 0,
        limit: 0,
        family: Family::Identity,
        weight: LogOdds((doubt.0 - log_odds.0).max(0)),
    });
    let off = &known.policy.signals.off;
    reason.filter(|reason| off.is_empty() || !off.contains(&reason.signal()))
}

/// Of somebody who is known here: a forgotten program that repeats itself. With its fingerprint it is
/// known to be the same password; without, only to come as seldom.
fn again_weight(known: &Known<'_>) -> i32 {
    match (known.stranger, known.user.same_again) {
        (true, _) if known.tries_again() => known.weigh(&[Trait::Again]).0,
        (false, true) if known.frame.password.is_some() => -8 * NAT,
        (false, true) => -3 * NAT,
        _ => 0,
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
