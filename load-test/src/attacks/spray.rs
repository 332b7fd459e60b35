//! Password spray: a popular password over many users, then the next one, slowly enough that no
//! user is locked.

use super::kit::{Agents, Devices, Kit, KitKnobs};
use super::sources::{SourceKnobs, Sources};
use super::stuffing::StuffingKnobs;
use super::thief::{ThiefKnobs, thief_comes};
use super::units::Percent;
use super::{Target, seeds};
use crate::names::Name;
use crate::people::popular_password;
use crate::plan::{Client, Label, Plan};
use crate::rng::{Rng, hash};
use credsieve_models::attempt::FailureReason;
use serde::{Deserialize, Serialize};

/// How passwords are sprayed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SprayKnobs {
    /// Where from.
    #[serde(flatten)]
    pub sources: SourceKnobs,
    /// With what.
    #[serde(flatten)]
    pub kit: KitKnobs,
    /// What becomes of accounts that fell.
    #[serde(flatten)]
    pub thief: ThiefKnobs,
    /// How many users are tried with one password before the next one is taken.
    pub users: u32,
    /// How many passwords are tried, the most popular first.
    pub passwords: u32,
    /// The share of names that have an account here.
    pub known: Percent,
    /// Of those, the share that has the password.
    pub right: Percent,
}

impl SprayKnobs {
    /// From one address.
    pub(super) const ONE: Self = Self {
        sources: SourceKnobs {
            addresses: 1,
            at_once: 1,
            neighbours: 1,
            hosting: Percent::new(40),
            ..StuffingKnobs::LOUD.sources
        },
        kit: KitKnobs {
            agents: Agents::PerAddress,
            scripts: Percent::new(10),
            devices: Devices::New,
            ..StuffingKnobs::LOUD.kit
        },
        thief: ThiefKnobs::USUAL,
        users: 400,
        passwords: 8,
        known: Percent::new(70),
        right: Percent::of_10_000(15),
    };

    /// From many addresses, a few users each.
    pub(super) const MANY: Self = Self {
        sources: SourceKnobs {
            addresses: 5_000,
            at_once: 60,
            tries: [2, 6],
            ..StuffingKnobs::PROXIES.sources
        },
        kit: StuffingKnobs::PROXIES.kit,
        users: 3_000,
        ..Self::ONE
    };
}

/// A spray.
#[derive(Clone, Debug)]
pub struct Spray {
    label: Label,
    seed: u64,
    knobs: SprayKnobs,
    sources: Sources,
    kit: Kit,
    step: u64,
}

impl Spray {
    /// The attack of that seed; its events are of that class.
    #[must_use]
    pub fn new(class: &'static str, seed: u64, knobs: SprayKnobs) -> Self {
        Self {
            label: Label::attack(class),
            seed: hash(seed, seeds::PAIRS, 0),
            knobs,
            sources: Sources::new(hash(seed, seeds::SOURCES, 0), knobs.sources),
            kit: Kit::new(hash(seed, seeds::KIT, 0), knobs.kit),
            step: 0,
        }
    }

    pub(super) fn strike(
        &mut self,
        target: &Target,
        rng: &mut Rng,
        at_us: u64,
        out: &mut Vec<Plan>,
    ) {
        let number = self.sources.pick(rng, at_us);
        let (agent, endpoint) = self.kit.agent(rng, number);
        let client = Client {
            place: self.sources.place(target, rng, number, at_us),
            agent,
            device: self.kit.device(rng, number),
            endpoint,
        };
        let users = u64::from(self.knobs.users.max(1));
        let (round, user) = (self.step / users, self.step % users);
        let passwords = u64::from(self.knobs.passwords.max(1));
        let (group, password) = (round / passwords, round % passwords);
        self.step += 1;
        // The same users in every round of the group: chosen by a hash, not by the stream.
        let chosen = hash(self.seed, group, user);
        let known = chosen % 10_000 < self.knobs.known.in_10_000();
        let name = if known {
            Name::Of(target.anybody(chosen >> 16))
        } else {
            target.nobody(chosen)
        };
        let plan = Plan::success(at_us, self.label, client, name);
        let fingerprint = popular_password(password);
        let right = hash(chosen, 1, password) % 10_000 < self.knobs.right.in_10_000();
        match name {
            Name::Of(person) if known && right => {
                if target.people.has_mfa(person) {
                    out.push(plan.failing(FailureReason::BadMfa, 0));
                } else {
                    out.push(plan);
                    thief_comes(&plan, self.knobs.thief, target, rng, out);
                }
            }
            _ if known => out.push(plan.failing(FailureReason::BadPassword, fingerprint)),
            _ => out.push(plan.failing(FailureReason::UnknownUser, fingerprint)),
        }
    }
}
