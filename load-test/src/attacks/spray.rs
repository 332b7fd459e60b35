//! Password spray: a few popular passwords, each against a group of users, a group for each address.

use super::{Sources, Spread, Target, thief_comes};
use crate::names::Name;
use crate::people::popular_password;
use crate::plan::{Label, Plan};
use crate::rng::{Rng, hash};
use credsieve_models::attempt::FailureReason;

/// Users in a group.
const GROUP: u64 = 25;
/// Passwords tried against each.
const PASSWORDS: u64 = 4;

/// A spray.
#[derive(Clone, Debug)]
pub struct Spray {
    seed: u64,
    sources: Sources,
    /// How far each address has come.
    steps: Vec<u64>,
}

impl Spray {
    /// A spray from that many addresses.
    #[must_use]
    pub fn new(seed: u64, addresses: u32) -> Self {
        let spread = Spread {
            addresses,
            in_a_network: 2,
            at_once: addresses,
            tries: 0,
        };
        let steps = vec![0; addresses as usize];
        Self {
            seed,
            sources: Sources::new(hash(seed, 101, 0), spread),
            steps,
        }
    }

    pub(super) fn strike(
        &mut self,
        target: &Target,
        rng: &mut Rng,
        at_us: u64,
        out: &mut Vec<Plan>,
    ) {
        let (client, address) = self.sources.client(rng);
        let step = &mut self.steps[address as usize];
        let (round, user) = (*step / GROUP, *step % GROUP);
        let (group, password) = (round / PASSWORDS, round % PASSWORDS);
        *step += 1;
        // The same user in every round of the group: chosen by a hash, not by the stream.
        let chosen = hash(self.seed, u64::from(address) << 32 | group, user);
        let people = target.people;
        let known = chosen % 10 < 7;
        let name = if known {
            let person = (chosen >> 8) % u64::from(people.count);
            Name::Of(u32::try_from(person).expect("below a 32-bit count"))
        } else {
            people.nobody(&mut Rng::new(chosen))
        };
        let plan = Plan::success(at_us, Label::attack("spray"), client, name);
        let fingerprint = popular_password(password);
        if !known {
            out.push(plan.failing(FailureReason::UnknownUser, fingerprint));
        } else if rng.chance(15) {
            out.push(plan);
            thief_comes(&plan, target, rng, out);
        } else {
            out.push(plan.failing(FailureReason::BadPassword, fingerprint));
        }
    }
}
