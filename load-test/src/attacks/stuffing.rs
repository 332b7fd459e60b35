//! Credential stuffing: each pair of a list once, through many addresses or through few.

use super::{Sources, Spread, Target, thief_comes};
use crate::names::Name;
use crate::plan::{Label, Plan};
use crate::rng::{Rng, hash};
use credsieve_models::attempt::FailureReason;

/// A stuffing attack.
#[derive(Clone, Debug)]
pub struct Stuffing {
    label: Label,
    sources: Sources,
    /// Of 10,000 names on the list, how many have an account here.
    known: u64,
    /// Of 10,000 of those, how many have the listed password.
    hits: u64,
}

impl Stuffing {
    /// Through thousands of addresses, one to three tries each; so many of them are neighbours.
    #[must_use]
    pub fn through_many(seed: u64, addresses: u32, in_a_network: u32) -> Self {
        let spread = Spread {
            addresses,
            in_a_network,
            at_once: 48,
            tries: 3,
        };
        Self::new(seed, "stuffing_many", spread)
    }

    /// Through a handful of addresses.
    #[must_use]
    pub fn through_few(seed: u64, addresses: u32) -> Self {
        let spread = Spread {
            addresses,
            in_a_network: 3,
            at_once: addresses,
            tries: 0,
        };
        Self::new(seed, "stuffing_few", spread)
    }

    fn new(seed: u64, class: &'static str, spread: Spread) -> Self {
        let sources = Sources::new(hash(seed, 100, 0), spread);
        Self {
            label: Label::attack(class),
            sources,
            known: 3_500,
            hits: 250,
        }
    }

    pub(super) fn strike(
        &mut self,
        target: &Target,
        rng: &mut Rng,
        at_us: u64,
        out: &mut Vec<Plan>,
    ) {
        let (client, _) = self.sources.client(rng);
        let victim = rng.chance(self.known).then(|| target.people.somebody(rng));
        let name = victim.map_or_else(|| target.people.nobody(rng), Name::Of);
        let mut plan = Plan::success(at_us, self.label, client, name);
        plan.breached = rng.chance(2_500);
        let password = rng.next();
        match victim {
            None => out.push(plan.failing(FailureReason::UnknownUser, password)),
            Some(_) if !rng.chance(self.hits) => {
                out.push(plan.failing(FailureReason::BadPassword, password));
            }
            Some(person) if target.people.has_mfa(person) => {
                out.push(plan.failing(FailureReason::BadMfa, password));
            }
            Some(_) => {
                out.push(plan);
                if rng.chance(5_000) {
                    thief_comes(&plan, target, rng, out);
                }
            }
        }
    }
}
