//! Fake sign-ups: accounts made by a machine, nearly none of which is ever used.

use super::{Sources, Spread, Target};
use crate::plan::{Label, Plan};
use crate::rng::{Rng, hash};
use credsieve_models::attempt::{FailureReason, Kind};

/// A burst of fake sign-ups.
#[derive(Clone, Debug)]
pub struct FakeSignup {
    sources: Sources,
}

impl FakeSignup {
    /// From that many addresses.
    #[must_use]
    pub fn new(seed: u64, addresses: u32) -> Self {
        let spread = Spread {
            addresses,
            in_a_network: 6,
            at_once: 20,
            tries: 5,
        };
        Self {
            sources: Sources::new(hash(seed, 104, 0), spread),
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
        let name = target.people.nobody(rng);
        let mut plan = Plan::success(at_us, Label::attack("fake_signup"), client, name);
        plan.kind = Kind::Signup;
        let refused = rng.chance(1_000);
        out.push(if refused {
            plan.failing(FailureReason::Other, 0)
        } else {
            plan
        });
        if !refused && rng.chance(400) {
            let login = Plan {
                kind: Kind::Login,
                ..plan
            };
            out.push(login.later(rng.between(10, 900) * 1_000_000));
        }
    }
}
