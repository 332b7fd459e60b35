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
    by_policy(known, user, out);
    familiarity(known, user, out);
    tries(known, user, out);
}

fn reason(user: Entity, measure: Measure, value: u32, limit: u32, weight: i32) -> Reason {
    Reason {
        measure,
        entity: user,
        window: Window::Now,
        value,
        error_permille: 0,
        limit,
        family: Family::Identity,
        weight: LogOdds(weight),
    }
}

/// What weighs as much as the policy says.
fn by_policy(known: &Known<'_>, user: Entity, out: &mut Vec<Reason>) {
    if known.frame.listed_name {
        let weight = known.policy.signals.listed_name.weight.0.0;
        out.push(reason(user, Measure::ListedName, 1, 1, weight));
    }
    if known.user.copied_device {
        let weight = known.policy.signals.copied_device.weight.0.0;
        let place = 4 - known.pattern.place as u32;
        let logins = known.user.logins;
        out.push(reason(user, Measure::CopiedDevice, logins, place, weight));
    }
}

/// How well the device, the place and the program are known as the user's.
fn familiarity(known: &Known<'_>, user: Entity, out: &mut Vec<Reason>) {
    let measure = match known.pattern.device {
        DeviceState::Known => Measure::KnownDevice,
        DeviceState::Shared => Measure::SharedDevice,
        DeviceState::Others => Measure::OthersDevice,
        DeviceState::New => Measure::NewDevice,
        DeviceState::None => Measure::NoDevice,
    };
    let place = 4 - known.pattern.place as u32;
    let weight = if known.stranger {
        known
            .weigh(&[Trait::Pattern, Trait::PlaceHistory, Trait::Device])
            .0
    } else {
        joint_weight(known)
    };
    out.push(reason(user, measure, known.user.logins, place, weight));
    if known.stranger {
        let minutes = known.user.since_login_s / 60;
        let weight = known.weigh(&[Trait::Since]).0;
        out.push(reason(user, Measure::SinceLogin, minutes, place, weight));
    }
    let own_tool = known.marks.map_or(0, |marks| {
        marks.step(Trait::OwnTool).saturating_sub(1).into()
    });
    let weight = known.weigh(&[Trait::OwnTool]).0;
    out.push(reason(user, Measure::UsualTool, own_tool, 2, weight));
}

/// What was tried with the name before, here and elsewhere, and whether it is somebody else's misspelt.
fn tries(known: &Known<'_>, user: Entity, out: &mut Vec<Reason>) {
    let right = known.user.good_password.into();
    let weight = known.weigh(&[Trait::RightBefore]).0;
    out.push(reason(user, Measure::RightBefore, right, 1, weight));
    let elsewhere = known.user.elsewhere;
    let weight = known.weigh(&[Trait::Elsewhere]).0.min(0);
    out.push(reason(user, Measure::TriedElsewhere, elsewhere, 1, weight));
    let again = if known.user.same_again {
        Measure::SameAgain
    } else {
        Measure::TriedAgain
    };
    out.push(reason(user, again, 1, 1, again_weight(known)));
    let near = known.entity.near_names.into();
    let weight = known.weigh(&[Trait::NearNames]).0;
    out.push(reason(user, Measure::MistypedName, near, 1, weight));
    let minutes = known.user.since_suspect_s / 60;
    let weight = known.weigh(&[Trait::Suspect]).0;
    out.push(reason(user, Measure::SuspectSuccess, minutes, 180, weight));
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
