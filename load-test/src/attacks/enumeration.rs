//! Enumeration: asking for each name of a list whether it has an account.

use super::{Sources, Spread, Target};
use crate::names::Name;
use crate::plan::{Label, Plan};
use crate::rng::{Rng, hash};
use credsieve_models::attempt::{FailureReason, Kind};

/// An enumeration.
#[derive(Clone, Debug)]
pub struct Enumeration {
    sources: Sources,
}

impl Enumeration {
    /// From that many addresses.
    #[must_use]
    pub fn new(seed: u64, addresses: u32) -> Self {
        let spread = Spread {
            addresses,
            in_a_network: 4,
            at_once: addresses,
            tries: 0,
        };
        Self {
            sources: Sources::new(hash(seed, 103, 0), spread),
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
        let known = rng.chance(3_000).then(|| target.people.somebody(rng));
        let name = known.map_or_else(|| target.people.nobody(rng), Name::Of);
        let mut plan = Plan::success(at_us, Label::attack("enumeration"), client, name);
        plan.kind = Kind::Lookup;
        let unknown = known.is_none();
        out.push(if unknown {
            plan.failing(FailureReason::UnknownUser, 0)
        } else {
            plan
        });
    }
}
