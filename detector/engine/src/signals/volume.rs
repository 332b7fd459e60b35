//! Volume: how much comes from an address (D1, D4), and explicit rate limits.

use super::weigh::graded;
use super::{Known, asks_for};
use crate::card::Trait;
use credsieve_models::Entity;
use credsieve_models::policy::{Levels, RateLimit};
use credsieve_models::verdict::{Family, LogOdds, Measure, Reason, Window};

pub(super) fn reasons(known: &Known<'_>, out: &mut Vec<Reason>) {
    let Known {
        policy,
        frame,
        source,
        user,
        ..
    } = known;
    let ip = Entity::Ip(frame.address);
    let signals = &policy.signals;
    let reason = |measure, window, value, limit, weight| Reason {
        measure,
        entity: ip,
        window,
        value,
        error_permille: 0,
        limit,
        family: Family::Volume,
        weight,
    };
    // Where many belong, many come. A forgotten program that repeats itself is no guessing.
    let good = source.ip.good_users;
    let guesses = !user.same_again && !user.known_device;
    // On an unknown device at the user's own address it may be a neighbour who guesses.
    let at_home = if known.stranger { 0 } else { 6 };
    if guesses
        && let Some((limit, weight)) = level(
            &signals.attempts,
            source.ip.attempts.saturating_sub(2 * good + at_home),
        )
    {
        out.push(reason(
            Measure::Attempts,
            Window::TenMinutes,
            source.ip.attempts,
            limit + 2 * good + at_home,
            weight,
        ));
    }
    // Who forgot a password tries some; nobody tries thirty.
    let usual = 100 * (signals.failures.usual + at_home) + 50 * good;
    let most = signals.failures.weight.0;
    let weight = match (known.stranger, guesses) {
        (true, _) => LogOdds(known.weigh(&[Trait::Failures]).0.min(most.0)),
        (false, true) => graded(source.ip.failures, usual, 300, most),
        (false, false) => LogOdds(0),
    };
    out.push(reason(
        Measure::Failures,
        Window::TenMinutes,
        source.ip.failures,
        usual / 100,
        weight,
    ));
    let daily = &signals.daily_failures;
    let weight = known.weigh(&[Trait::FailuresToday, Trait::TriesEach]);
    out.push(reason(
        Measure::DailyFailures,
        Window::Day,
        source.ip.day_failures,
        (100 * daily.usual + 60 * good) / 100,
        LogOdds(weight.0.min(daily.weight.0.0)),
    ));
    rate_limits(known, ip, out);
}

/// The limits of the policy that the address or the user is over.
fn rate_limits(known: &Known<'_>, ip: Entity, out: &mut Vec<Reason>) {
    let limits = &known.policy.rate_limits;
    if known.source.over_limit {
        out.extend(limits.ip.as_ref().map(|limit| over_limit(ip, limit)));
    }
    if known.user.over_limit
        && let Some(user) = known.frame.user
    {
        let entity = Entity::User(user);
        out.extend(limits.user.as_ref().map(|limit| over_limit(entity, limit)));
    }
}

/// The highest level that a value reaches, with its weight.
fn level(levels: &Levels, value: u32) -> Option<(u32, LogOdds)> {
    levels
        .levels
        .into_iter()
        .zip(levels.weights)
        .rev()
        .find(|(limit, _)| value >= *limit)
        .map(|(limit, weight)| (limit, weight.0))
}

fn over_limit(entity: Entity, limit: &RateLimit) -> Reason {
    asks_for(
        limit.decision,
        Reason {
            measure: Measure::OverLimit,
            entity,
            window: Window::Now,
            value: 0,
            error_permille: 0,
            limit: limit.attempts,
            family: Family::RateLimit,
            weight: LogOdds::default(),
        },
    )
}
