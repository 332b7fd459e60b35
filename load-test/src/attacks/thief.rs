//! The thief, who comes later, by hand, for an account whose password was found: from elsewhere,
//! with a usual browser of his own.

use super::Target;
use super::kit::ordinary;
use super::units::{Percent, Span};
use crate::names::Name;
use crate::networks::{self, Provider};
use crate::plan::{Client, Label, Plan};
use crate::rng::Rng;
use serde::{Deserialize, Serialize};

/// What becomes of an account whose password was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThiefKnobs {
    /// For how many of the accounts a thief comes.
    pub thieves: Percent,
    /// How long after.
    pub thief_after: Span,
    /// The share of thieves who come by a connection in the owner's country.
    pub thief_in_country: Percent,
}

impl ThiefKnobs {
    pub(super) const USUAL: Self = Self {
        thieves: Percent::new(60),
        thief_after: Span::minutes(4, 240),
        thief_in_country: Percent::new(40),
    };
}

/// The device of somebody who has never been here: a new one, or none as often as people have none.
pub(super) fn honest_device(rng: &mut Rng) -> Option<u64> {
    let device = rng.next();
    (!rng.chance(1_200)).then_some(device)
}

/// A password was right: for a part of the accounts a thief comes, once or a few times.
pub(super) fn thief_comes(
    found: &Plan,
    knobs: ThiefKnobs,
    target: &Target,
    rng: &mut Rng,
    out: &mut Vec<Plan>,
) {
    if !rng.chance(knobs.thieves.in_10_000()) {
        return;
    }
    let place = match (found.name, rng.below(100)) {
        (Name::Of(owner), _) if rng.chance(knobs.thief_in_country.in_10_000()) => {
            networks::home_in(target.people.country(owner), rng.next())
        }
        (_, 0..15) => networks::mobile(rng.next()),
        (_, 15..30) => Provider::of(rng.next()).exit(rng.next()),
        _ => networks::home(rng.next()),
    };
    let (agent, endpoint) = ordinary(rng.next(), Percent::of_10_000(50));
    let client = Client {
        place,
        agent,
        device: honest_device(rng),
        endpoint,
    };
    let mut at_us = found.at_us + knobs.thief_after.at(rng.next());
    for _ in 0..=rng.below(10) / 7 {
        let plan = Plan {
            breached: found.breached,
            ..Plan::success(at_us, Label::attack("takeover"), client, found.name)
        };
        out.push(plan);
        at_us += Span::minutes(5, 90).at(rng.next());
    }
}
