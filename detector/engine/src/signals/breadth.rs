//! Breadth: how many other users are tried from here (D2, D3, D13, D18), at the address, the device
//! and, weaker, the networks.
//!
//! A place where many belong has many who fail: what is usual rises with them. A user's own retries
//! are nobody else's; and more tries a user change the kind of attack that is named, never the
//! weight: nobody gets out of a signal by trying more.

use super::{DISTINCT_ERROR_PERMILLE, Known};
use crate::card::Trait;
use crate::place::PlaceFacts;
use credsieve_models::verdict::{Family, LogOdds, Measure, Reason, Window};
use credsieve_models::{Entity, Policy};

pub(super) fn reasons(known: &Known<'_>, out: &mut Vec<Reason>) {
    // Who belongs here is not asked what others do here.
    if !known.stranger {
        return;
    }
    let (frame, source, entity) = (known.frame, known.source, known.entity);
    let ip = Entity::Ip(frame.address);
    let reason = |entity, measure, window, value, limit, weight| Reason {
        measure,
        entity,
        window,
        value,
        error_permille: DISTINCT_ERROR_PERMILLE,
        limit,
        family: Family::Breadth,
        weight,
    };
    let policy = known.policy;
    let shared = known.shared();
    // A right password at an address where others fail may be a neighbour's.
    let most = if shared || known.frame.proves_user() {
        policy.standing.breadth_cap.0
    } else {
        policy.signals.distinct_users.weight.0
    };
    let good = source.ip.good_users;
    let tried = |traits: &[Trait]| LogOdds(known.weigh(traits).0.min(most.0));
    out.push(reason(
        ip,
        kind(&source.ip),
        Window::Short,
        others(source.ip.short_users),
        (5 + 25 * good) / 100,
        tried(&[Trait::UsersNow, Trait::Belong, Trait::TakenBack]),
    ));
    out.push(reason(
        ip,
        Measure::DailyUsers,
        Window::Day,
        others(source.ip.day_users),
        (40 + 50 * good) / 100,
        tried(&[Trait::UsersToday]),
    ));
    out.push(reason(
        ip,
        Measure::KinNames,
        Window::Short,
        source.ip.kin,
        1,
        tried(&[Trait::Kin]),
    ));
    out.extend(unknown_users(policy, ip, &source.ip));
    if let Some(device) = frame.device {
        let most = policy.signals.devices.weight.0.0;
        out.push(reason(
            Entity::Device(device),
            Measure::DistinctUsers,
            Window::Short,
            others(entity.device.users),
            (20 + 10 * entity.device.owners) / 100,
            LogOdds(known.weigh(&[Trait::DeviceUsers]).0.min(most)),
        ));
    }
    out.extend(networks(known));
}

/// All others who are tried: not the one who tries again.
fn others(users: u32) -> u32 {
    users.saturating_sub(1)
}

/// The networks around the address.
fn networks(known: &Known<'_>) -> impl Iterator<Item = Reason> {
    let (source, address) = (known.source, known.frame.address);
    let most = known.policy.signals.networks.weight.0.0;
    let near: &[Trait] = &[Trait::NearUsers, Trait::NearBelong];
    let wide: &[Trait] = &[Trait::WideUsers];
    [
        (address.near(), &source.near, near, 30),
        (address.wide(), &source.wide, wide, 120),
    ]
    .into_iter()
    .map(move |(prefix, place, traits, base)| Reason {
        measure: Measure::DistinctUsers,
        entity: Entity::Net(prefix),
        window: Window::Short,
        value: others(place.short_users),
        error_permille: DISTINCT_ERROR_PERMILLE,
        limit: (base + 25 * place.good_users) / 100,
        family: Family::Breadth,
        weight: LogOdds(known.weigh(traits).0.min(most)),
    })
}

/// Stuffing tries a user once or twice, spraying several times, brute force many times.
fn kind(place: &PlaceFacts) -> Measure {
    let (failures, users) = (place.short_failures, place.short_users);
    if failures > users.saturating_mul(2) {
        Measure::SprayedUsers
    } else {
        Measure::DistinctUsers
    }
}

/// A large part of the failures names users who do not exist.
fn unknown_users(policy: &Policy, entity: Entity, place: &PlaceFacts) -> Option<Reason> {
    let signal = &policy.signals.unknown_users;
    let percent = u64::from(place.short_unknown) * 100 / u64::from(place.short_failures.max(1));
    let percent = u32::try_from(percent).unwrap_or(100).min(100);
    (place.short_failures >= signal.failures && percent > signal.share_percent).then_some(Reason {
        measure: Measure::UnknownUserShare,
        entity,
        window: Window::Short,
        value: percent,
        error_permille: 0,
        limit: signal.share_percent,
        family: Family::Breadth,
        weight: signal.weight.0,
    })
}
