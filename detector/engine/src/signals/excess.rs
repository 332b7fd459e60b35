//! Excess: what comes beyond the usual while an attack runs, and what is like it (D6, D7, D10).

use super::Known;
use crate::card::{self, Trait};
use crate::service::values::Field;
use credsieve_models::verdict::{Family, LogOdds, Measure, Reason, Window};
use credsieve_models::{Entity, Lane};

pub(super) fn reasons(known: &Known<'_>, out: &mut Vec<Reason>) {
    // What comes in excess are strangers: it says nothing about those who are known.
    if !known.stranger {
        return;
    }
    let facts = &known.lane_facts;
    let reason = |measure, weight| Reason {
        measure,
        entity: Entity::Lane(known.lane),
        window: if facts.by_days {
            Window::Day
        } else {
            Window::TenMinutes
        },
        value: facts.strangers,
        error_permille: 0,
        limit: facts.expected,
        family: Family::Excess,
        weight: LogOdds(weight),
    };
    let mut level = known.level();
    let mut beyond = known.weigh(&[Trait::Excess, Trait::Warmth]).0;
    // Where too few come for ten minutes to tell, and hardly anybody is known, days have told who comes here:
    // that is the prior itself.
    let (known_by, all) = known.known_by();
    if known_by < all {
        let part = |weight| weight * known_by / all;
        level = part(level);
        beyond = part(beyond) + facts.excess - part(facts.excess);
    }
    if facts.excess == 0 {
        level += std::mem::take(&mut beyond);
    }
    out.push(reason(Measure::Stranger, level));
    out.push(reason(Measure::Excess, beyond));
    let frame = known.frame;
    let asn = frame.asn.map(|asn| (Field::Asn, Entity::Asn(asn)));
    let country = frame
        .country
        .map(|country| (Field::Country, Entity::Country(country)));
    // Of an autonomous system and its country the former says all.
    let network = asn.or(country);
    out.extend(strongest(known, network, Family::Excess, &[Trait::Network]));
    let tool = frame.tool.map(|tool| (Field::Tool, Entity::Tool(tool)));
    let agent = frame.agent.map(|agent| (Field::Agent, Entity::Tool(agent)));
    let tools = [tool, agent].into_iter().flatten();
    let weighed = [Trait::Tool, Trait::Pairing];
    out.extend(strongest(known, tools, Family::Tool, &weighed));
    let endpoint = [(Field::Endpoint, Entity::Lane(known.lane))];
    out.extend(
        strongest(known, endpoint, Family::Excess, &[Trait::Endpoint]).map(|reason| Reason {
            measure: Measure::EndpointLikeAttack,
            ..reason
        }),
    );
    out.extend(what_speaks_for(known));
}

/// The most that a session or retries speak for somebody: to do as people do costs an attacker little.
const SPEAKS_MOST: i32 = 2 * LogOdds::NAT;

/// Where people try several names in one session and the attack one in each, or where programs of people's go on with a
/// name for hours and the attack's do not, that speaks for who does: what is less like the attack. Nothing in it speaks
/// against anybody.
fn what_speaks_for(known: &Known<'_>) -> Option<Reason> {
    let lane = Some(Entity::Lane(known.lane));
    let user = known.frame.user.map(Entity::User);
    let (likeness, measure, entity) = [
        (Field::Session, Measure::SessionLikeAttack, lane),
        (Field::Retries, Measure::RetriesLikeAttack, user),
    ]
    .into_iter()
    .filter_map(|(field, measure, entity)| Some((known.likeness.of(field)?, measure, entity?)))
    .min_by_key(|(likeness, ..)| *likeness)?;
    Some(Reason {
        measure,
        entity,
        window: Window::HalfHour,
        value: tenths(likeness),
        error_permille: 0,
        limit: 10,
        family: Family::Excess,
        weight: LogOdds(likeness.clamp(-SPEAKS_MOST, 0)),
    })
}

/// What is said of a stranger of whom nothing else is known, where no engine knows the lanes.
#[must_use]
pub fn stranger(lane: Lane) -> Reason {
    Reason {
        measure: Measure::Stranger,
        entity: Entity::Lane(lane),
        window: Window::Now,
        value: 0,
        error_permille: 0,
        limit: 0,
        family: Family::Excess,
        weight: card::level(lane),
    }
}

/// The value that is most like the attack, and what the card says of it.
pub(super) fn strongest(
    known: &Known<'_>,
    values: impl IntoIterator<Item = (Field, Entity)>,
    family: Family,
    traits: &[Trait],
) -> Option<Reason> {
    values
        .into_iter()
        .filter_map(|(field, entity)| Some((known.likeness.of(field)?, entity)))
        .max_by_key(|(likeness, _)| *likeness)
        .map(|(likeness, entity)| Reason {
            measure: Measure::LikeAttack,
            entity,
            window: Window::HalfHour,
            value: tenths(likeness),
            error_permille: 0,
            limit: 10,
            family,
            weight: known.weigh(traits),
        })
}

/// A ratio in tenths, from its logarithm.
fn tenths(likeness: i32) -> u32 {
    // Doubling for each 0.69 nat, from 1.0.
    const DOUBLE: i32 = LogOdds::NAT * 69 / 100 + 1;
    let (halves, rest) = (likeness.div_euclid(DOUBLE), likeness.rem_euclid(DOUBLE));
    let base = 10 * DOUBLE + 10 * rest;
    let tenths = if halves >= 0 {
        base << halves.min(12)
    } else {
        base >> (-halves).min(12)
    };
    u32::try_from(tenths / DOUBLE).unwrap_or(0)
}
