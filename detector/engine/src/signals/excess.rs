//! Excess: what comes beyond the usual while an attack runs, and what is like it (D6, D7, D10).

use super::Known;
use crate::service::values::Field;
use credsieve_models::verdict::{Family, LogOdds, Measure, Reason, Window};
use credsieve_models::{Entity, Lane};

const NAT: i32 = LogOdds::NAT;

pub(super) fn reasons(known: &Known<'_>, out: &mut Vec<Reason>) {
    // What comes in excess are strangers: it says nothing about those who are known.
    if !known.stranger {
        return;
    }
    let policy = known.policy;
    let lane = known.lane;
    let facts = known
        .service
        .lanes()
        .facts(lane, known.at_s, policy.decision.prior.0.0);
    // A campaign of the service's own brings sign-ups: their number alone convicts nobody.
    let signs_up = matches!(lane, Lane::SignupSuccess | Lane::SignupFailure);
    let most = if signs_up && !known.service.sign_ups_fall_short(known.at_s) {
        4 * NAT
    } else {
        i32::MAX
    };
    out.push(Reason {
        measure: Measure::Excess,
        entity: Entity::Lane(lane),
        window: if facts.by_days {
            Window::Day
        } else {
            Window::TenMinutes
        },
        value: facts.strangers,
        error_permille: 0,
        limit: facts.expected,
        family: Family::Excess,
        weight: LogOdds(facts.excess.min(most)),
    });
    let frame = known.frame;
    // The strongest of what overlaps. Thieves come by hand, and several attacks run at once: to look
    // unlike the present one acquits little.
    let asn = frame
        .asn
        .map(|asn| (Field::Asn, u64::from(asn), Entity::Asn(asn)));
    let country = frame.country.map(|country| {
        let value = u64::from(u16::from_be_bytes(country));
        (Field::Country, value, Entity::Country(country))
    });
    out.extend(strongest(
        known,
        [asn, country],
        Family::Excess,
        5 * NAT / 2,
    ));
    let tool = frame
        .tool
        .map(|tool| (Field::Tool, tool, Entity::Tool(tool)));
    let agent = frame
        .agent
        .map(|agent| (Field::Agent, agent, Entity::Tool(agent)));
    out.extend(strongest(known, [tool, agent], Family::Tool, 3 * NAT));
}

/// The least that a value can take away.
const LEAST: i32 = -7 * NAT / 10;

fn strongest(
    known: &Known<'_>,
    values: [Option<(Field, u64, Entity)>; 2],
    family: Family,
    most: i32,
) -> Option<Reason> {
    values
        .into_iter()
        .flatten()
        .map(|(field, value, entity)| {
            let raw = known.service.value_weight(known.at_s, field, value);
            Reason {
                measure: Measure::LikeAttack,
                entity,
                window: Window::HalfHour,
                value: tenths(raw),
                error_permille: 0,
                limit: 10,
                family,
                weight: LogOdds(known.learned(raw).clamp(LEAST, most)),
            }
        })
        .max_by_key(|reason| reason.weight)
}

/// A ratio in tenths, from its logarithm.
fn tenths(weight: i32) -> u32 {
    // Doubling for each 0.69 nat, from 1.0.
    let (halves, rest) = (weight.div_euclid(177), weight.rem_euclid(177));
    let base = 10 * 177 + 10 * rest;
    let tenths = if halves >= 0 {
        base << halves.min(12)
    } else {
        base >> (-halves).min(12)
    };
    u32::try_from(tenths / 177).unwrap_or(0)
}
