//! Brute force: many passwords against one user, then against the next; and lock-out, which is the
//! same against many users at once, for its own sake.

use super::kit::{Agents, Devices, Kit, KitKnobs};
use super::sources::{SourceKnobs, Sources};
use super::stuffing::StuffingKnobs;
use super::thief::{ThiefKnobs, thief_comes};
use super::units::{Percent, Span};
use super::{Target, seeds};
use crate::names::Name;
use crate::people::popular_password;
use crate::plan::{Client, Label, Plan};
use crate::rng::{Rng, hash};
use credsieve_models::attempt::FailureReason;
use serde::{Deserialize, Serialize};

/// How users are attacked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BruteForceKnobs {
    /// Where from.
    #[serde(flatten)]
    pub sources: SourceKnobs,
    /// With what.
    #[serde(flatten)]
    pub kit: KitKnobs,
    /// What becomes of accounts that fell.
    #[serde(flatten)]
    pub thief: ThiefKnobs,
    /// How many users are attacked at once.
    pub victims: u32,
    /// How many tries before the next user is taken; 0 for never.
    pub tries_a_victim: u32,
    /// The share of users whose password is found in the end.
    pub right: Percent,
    /// The share of tries that meet an account locked meanwhile.
    pub locked: Percent,
}

impl BruteForceKnobs {
    /// One user from one address, a new one for each.
    pub(super) const SINGLE: Self = Self {
        sources: SourceKnobs {
            addresses: 1_000,
            at_once: 1,
            tries: [0, 0],
            neighbours: 1,
            hosting: Percent::new(30),
            ..StuffingKnobs::PROXIES.sources
        },
        kit: KitKnobs {
            agents: Agents::PerAddress,
            scripts: Percent::new(10),
            devices: Devices::New,
            forgets_device: Percent::new(30),
            ..StuffingKnobs::LOUD.kit
        },
        thief: ThiefKnobs::USUAL,
        victims: 1,
        tries_a_victim: 150,
        right: Percent::new(8),
        locked: Percent::of_10_000(250),
    };

    /// One user from many addresses.
    pub(super) const DISTRIBUTED: Self = Self {
        sources: SourceKnobs {
            addresses: 8_000,
            at_once: 40,
            tries: [1, 3],
            ..StuffingKnobs::PROXIES.sources
        },
        kit: KitKnobs {
            agents: Agents::Rotating,
            ..StuffingKnobs::PROXIES.kit
        },
        tries_a_victim: 250,
        ..Self::SINGLE
    };

    /// Failures on known names, for days, so that their owners are locked out.
    pub(super) const LOCKOUT: Self = Self {
        sources: SourceKnobs {
            tries: [8, 25],
            gap: Span::minutes(10, 60),
            neighbours: 2,
            ..StuffingKnobs::PROXIES.sources
        },
        kit: StuffingKnobs::PROXIES.kit,
        victims: 8,
        tries_a_victim: 0,
        right: Percent::new(0),
        locked: Percent::new(15),
        ..Self::SINGLE
    };
}

/// A brute-force attack.
#[derive(Clone, Debug)]
pub struct BruteForce {
    label: Label,
    seed: u64,
    knobs: BruteForceKnobs,
    sources: Sources,
    kit: Kit,
    tries: u64,
}

impl BruteForce {
    /// The attack of that seed; its events are of that class.
    #[must_use]
    pub fn new(class: &'static str, seed: u64, knobs: BruteForceKnobs) -> Self {
        Self {
            label: Label::attack(class),
            seed: hash(seed, seeds::PAIRS, 0),
            knobs,
            sources: Sources::new(hash(seed, seeds::SOURCES, 0), knobs.sources),
            kit: Kit::new(hash(seed, seeds::KIT, 0), knobs.kit),
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
        let victims = u64::from(self.knobs.victims.max(1));
        let each = u64::from(self.knobs.tries_a_victim);
        let round = self.tries.checked_div(each * victims).unwrap_or(0);
        let which = round * victims + rng.below(victims);
        let last_of_round = each > 0 && (self.tries + 1).is_multiple_of(each * victims);
        self.tries += 1;
        let person = target.anybody(hash(self.seed, 1, which));

        // An attack on one user from one address takes a new address with the next user.
        let number = if self.knobs.sources.at_once == 1 {
            u32::try_from(which % u64::from(self.knobs.sources.addresses.max(1)))
                .expect("below a 32-bit count")
        } else {
            self.sources.pick(rng, at_us)
        };
        let (agent, endpoint) = self.kit.agent(rng, number);
        let client = Client {
            place: self.sources.place(target, rng, number, at_us),
            agent,
            device: self.kit.device(rng, number),
            endpoint,
        };
        let plan = Plan::success(at_us, self.label, client, Name::Of(person));
        // What a dictionary has for this user, and now and then one that everybody loves.
        let fingerprint = match rng.below(40) {
            0 => popular_password(rng.below(40)),
            _ => hash(self.seed, 2, self.tries),
        };
        let found = last_of_round && rng.chance(self.knobs.right.in_10_000());
        if found && !target.people.has_mfa(person) {
            out.push(plan);
            thief_comes(&plan, self.knobs.thief, target, rng, out);
        } else if found {
            out.push(plan.failing(FailureReason::BadMfa, 0));
        } else if rng.chance(self.knobs.locked.in_10_000()) {
            out.push(plan.failing(FailureReason::Locked, fingerprint));
        } else {
            out.push(plan.failing(FailureReason::BadPassword, fingerprint));
        }
    }
}
