//! Breadth: how many users are failed from one place or with one link (D2, D3, D13).
//!
//! Only failures count, so no success can thin them out. More tries a user change the kind of
//! attack that is named, never the weight: nobody gets out of a signal by trying more.

use super::DISTINCT_ERROR_PERMILLE;
use crate::entity::{EntityFacts, LinkFacts};
use crate::frame::Frame;
use crate::place::PlaceFacts;
use crate::service::Facts;
use crate::source::SourceFacts;
use credsieve_models::verdict::{Family, Measure, Reason, Window};
use credsieve_models::{Entity, Policy};

pub(super) fn reasons(
    policy: &Policy,
    frame: &Frame,
    source: &SourceFacts,
    entity: &EntityFacts,
    facts: Facts,
    out: &mut Vec<Reason>,
) {
    let wider = &policy.signals.widening;
    let ip = Entity::Ip(frame.address);
    let belong = source.ip.good_users;
    let usual = belong >= policy.standing.shared_users && source.ip.short_users <= belong;
    out.extend(
        many_users(policy, ip, of_place(&source.ip), 1).map(|mut reason| {
            // An office on a Monday morning: people mistype, and there are many of them.
            if usual {
                reason.weight = reason.weight.min(policy.standing.breadth_cap.0);
            }
            reason
        }),
    );
    out.extend(unknown_users(policy, ip, &source.ip));
    if let Some(device) = frame.device {
        let device = Entity::Device(device);
        out.extend(many_users(policy, device, entity.device, wider.device));
    }

    // Networks, ASN and tool overlap: only the strongest of them counts, and for less.
    let mut wide_places = vec![
        many_users(
            policy,
            Entity::Net(frame.address.near()),
            of_place(&source.near),
            wider.near,
        ),
        many_users(
            policy,
            Entity::Net(frame.address.wide()),
            of_place(&source.wide),
            wider.wide,
        ),
    ];
    if let Some(asn) = frame.asn {
        wide_places.push(many_users(policy, Entity::Asn(asn), facts.asn, wider.asn));
    }
    if let Some(tool) = frame.tool {
        wide_places.push(many_users(
            policy,
            Entity::Tool(tool),
            entity.tool,
            wider.tool,
        ));
    }
    let strongest = wide_places.into_iter().flatten().max_by_key(|r| r.weight);
    out.extend(strongest.map(|mut reason| {
        reason.weight = reason.weight.min(wider.network_weight.0);
        reason
    }));
}

fn of_place(place: &PlaceFacts) -> LinkFacts {
    LinkFacts {
        failures: place.short_failures,
        users: place.short_users,
    }
}

/// Stuffing or spray: many users fail here. `scale` multiplies the limits at wider places.
fn many_users(policy: &Policy, entity: Entity, seen: LinkFacts, scale: u32) -> Option<Reason> {
    let (stuffing, spray) = (
        &policy.signals.distinct_users,
        &policy.signals.sprayed_users,
    );
    let LinkFacts { failures, users } = seen;
    let reaches = |count: u32, limit: u32| count >= limit.saturating_mul(scale);
    let tries_beyond = |tries: u32| failures > users.saturating_mul(tries);
    let (measure, limit, weight) =
        if reaches(users, stuffing.users) && reaches(failures, stuffing.failures) {
            let measure = if tries_beyond(stuffing.max_tries_per_user) {
                Measure::SprayedUsers
            } else {
                Measure::DistinctUsers
            };
            (measure, stuffing.users, stuffing.weight)
        } else if reaches(users, spray.users)
            && failures >= users.saturating_mul(spray.min_tries_per_user)
        {
            let measure = if tries_beyond(spray.max_tries_per_user) {
                Measure::Failures
            } else {
                Measure::SprayedUsers
            };
            (measure, spray.users, spray.weight)
        } else {
            return None;
        };
    Some(Reason {
        measure,
        entity,
        window: Window::Short,
        value: if measure == Measure::Failures {
            failures
        } else {
            users
        },
        error_permille: DISTINCT_ERROR_PERMILLE,
        limit: limit.saturating_mul(scale),
        family: Family::Breadth,
        weight: weight.0,
    })
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
