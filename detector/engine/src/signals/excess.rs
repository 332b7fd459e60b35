//! Excess: what comes beyond the usual while an attack runs, and what is like it (D6, D7, D10).

use super::Known;
use crate::service::values::Field;
use credsieve_models::Entity;
use credsieve_models::verdict::{Family, LogOdds, Measure, Reason, Window};

/// How far a value may convict or acquit.
struct Caps {
    most: i32,
    least: i32,
}

const NAT: i32 = LogOdds::NAT;

pub(super) fn reasons(known: &Known<'_>, out: &mut Vec<Reason>) {
    let policy = known.policy;
    let lane = known.lane;
    let facts = known
        .service
        .lanes()
        .facts(lane, known.at_s, 8, policy.decision.prior.0.0);
    out.push(Reason {
        measure: Measure::Excess,
        entity: Entity::Lane(lane),
        window: Window::TenMinutes,
        value: facts.strangers,
        error_permille: 0,
        limit: facts.expected,
        family: Family::Excess,
        weight: LogOdds(facts.excess),
    });
    let frame = known.frame;
    // Thieves come by hand, with other tools: to look unlike the attack acquits no success.
    let least = if lane.is_success() {
        -7 * NAT / 10
    } else {
        -2 * NAT
    };
    let asn = frame.asn.map(|asn| {
        (
            Field::Asn,
            u64::from(asn),
            Entity::Asn(asn),
            Family::Excess,
            Caps {
                most: 5 * NAT / 2,
                least,
            },
        )
    });
    let tool = frame.tool.map(|tool| {
        (
            Field::Tool,
            tool,
            Entity::Tool(tool),
            Family::Tool,
            Caps {
                most: 3 * NAT,
                least,
            },
        )
    });
    let agent = frame.agent.map(|agent| {
        (
            Field::Agent,
            agent,
            Entity::Tool(agent),
            Family::Tool,
            Caps {
                most: 3 * NAT / 2,
                least,
            },
        )
    });
    for (field, value, entity, family, caps) in [asn, tool, agent].into_iter().flatten() {
        let raw = known.service.value_weight(known.at_s, field, value);
        let weight = known.learned(raw).clamp(caps.least, caps.most);
        out.push(Reason {
            measure: Measure::LikeAttack,
            entity,
            window: Window::HalfHour,
            value: tenths(raw),
            error_permille: 0,
            limit: 10,
            family,
            weight: LogOdds(weight),
        });
    }
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
