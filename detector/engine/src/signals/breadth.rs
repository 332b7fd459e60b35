//! Breadth: how many other users are tried from here (D2, D3, D13, D18), at the address, the device
//! and, weaker, the networks.
//!
//! A place where many belong has many who fail: what is usual rises with them. A user's own retries
//! are nobody else's; and more tries a user change the kind of attack that is named, never the
//! weight: nobody gets out of a signal by trying more.

use super::weigh::graded;
use super::{DISTINCT_ERROR_PERMILLE, Known};
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
    let others = others(source.ip.short_users);
    // While nobody is known, only the loud stand out.
    let usual = 5 + known.unlearned(300).unsigned_abs() + 25 * good;
    out.push(reason(
        ip,
        kind(&source.ip),
        Window::Short,
        others,
        usual / 100,
        graded(others, usual, 250, most),
    ));
    let today = source.ip.day_users.saturating_sub(1);
    let usual_today = 40 + known.unlearned(500).unsigned_abs() + 50 * good;
    let by_now = graded(others, usual, 250, most);
    let by_day = graded(today, usual_today, 220, most);
    if by_day > by_now {
        out.push(reason(
            ip,
            Measure::DailyUsers,
            Window::Day,
            today,
            usual_today / 100,
            LogOdds(by_day.0 - by_now.0),
        ));
    }
    out.extend(unknown_users(policy, ip, &source.ip));
    if let Some(device) = frame.device {
        let on_it = entity.device.users.saturating_sub(1);
        let usual = 20 + 10 * entity.device.owners;
        out.push(reason(
            Entity::Device(device),
            Measure::DistinctUsers,
            Window::Short,
            on_it,
            usual / 100,
            graded(on_it, usual, 200, policy.signals.devices.weight.0),
        ));
    }
    out.extend(networks(known));
}

/// All others who are tried: not the one who tries again.
fn others(users: u32) -> u32 {
    users.saturating_sub(1)
}

/// Networks overlap, so only the stronger counts.
fn networks(known: &Known<'_>) -> Option<Reason> {
    let (source, address) = (known.source, known.frame.address);
    let most = known.policy.signals.networks.weight.0;
    [
        (address.near(), &source.near, 150, 30),
        (address.wide(), &source.wide, 80, 120),
    ]
    .into_iter()
    .map(|(prefix, place, slope, base)| {
        let usual = base + 25 * place.good_users;
        let tried = others(place.short_users);
        Reason {
            measure: Measure::DistinctUsers,
            entity: Entity::Net(prefix),
            window: Window::Short,
            value: tried,
            error_permille: DISTINCT_ERROR_PERMILLE,
            limit: usual / 100,
            family: Family::Breadth,
            weight: graded(tried, usual, slope, most),
        }
    })
    .max_by_key(|reason| reason.weight)
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
