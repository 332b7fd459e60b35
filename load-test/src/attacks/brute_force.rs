//! Brute force: many passwords against a few users.

use super::{Sources, Spread, Target};
use crate::names::Name;
use crate::plan::{Label, Plan};
use crate::rng::{Rng, hash};
use credsieve_models::attempt::FailureReason;

/// A brute-force attack.
#[derive(Clone, Debug)]
pub struct BruteForce {
    seed: u64,
    sources: Sources,
    victims: u64,
    tries: u64,
}

impl BruteForce {
    /// Against that many users.
    #[must_use]
    pub fn new(seed: u64, victims: u32) -> Self {
        let spread = Spread {
            addresses: 6,
            in_a_network: 1,
            at_once: 6,
            tries: 0,
        };
        let sources = Sources::new(hash(seed, 102, 0), spread);
        Self {
            seed,
            sources,
            victims: u64::from(victims),
            tries: 0,
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
        let victim = hash(self.seed, 1, rng.below(self.victims)) % u64::from(target.people.count);
        let name = Name::Of(u32::try_from(victim).expect("below a 32-bit count"));
        self.tries += 1;
        let locked = rng.chance(500);
        let reason = if locked {
            FailureReason::Locked
        } else {
            FailureReason::BadPassword
        };
        let plan = Plan::success(at_us, Label::attack("brute_force"), client, name);
        out.push(plan.failing(reason, hash(self.seed, 2, self.tries)));
    }
}
