//! Fake sign-ups: accounts made by a machine, a part of which log in later.

use super::kit::{Devices, Kit, KitKnobs};
use super::sources::{SourceKnobs, Sources};
use super::stuffing::StuffingKnobs;
use super::units::{Percent, Span};
use super::{Target, seeds};
use crate::names::Name;
use crate::plan::{Client, Label, Plan};
use crate::rng::{Rng, hash};
use credsieve_models::attempt::{FailureReason, Kind};
use serde::{Deserialize, Serialize};

/// How accounts are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FakeSignupKnobs {
    /// Where from.
    #[serde(flatten)]
    pub sources: SourceKnobs,
    /// With what.
    #[serde(flatten)]
    pub kit: KitKnobs,
    /// The share that the service refuses.
    pub refused: Percent,
    /// Of the others, the share that log in later.
    pub used: Percent,
    /// How long after.
    pub used_after: Span,
    /// The share of names at mail domains that are thrown away after use.
    pub thrown: Percent,
    /// The share of addresses whose devices are a farm of few, where the others' are thrown away.
    pub farmed: Percent,
}

impl FakeSignupKnobs {
    pub(super) const USUAL: Self = Self {
        sources: SourceKnobs {
            addresses: 600,
            at_once: 30,
            tries: [2, 8],
            neighbours: 4,
            ..StuffingKnobs::PROXIES.sources
        },
        kit: KitKnobs {
            devices: Devices::New,
            device_count: 25,
            scripts: Percent::new(2),
            ..StuffingKnobs::PROXIES.kit
        },
        refused: Percent::new(10),
        used: Percent::new(25),
        used_after: Span::minutes(2, 300),
        thrown: Percent::new(15),
        farmed: Percent::new(40),
    };
}

/// A wave of fake sign-ups.
#[derive(Clone, Debug)]
pub struct FakeSignup {
    label: Label,
    knobs: FakeSignupKnobs,
    sources: Sources,
    kit: Kit,
    farm: Kit,
    seed: u64,
}

impl FakeSignup {
    /// The attack of that seed; its events are of that class.
    #[must_use]
    pub fn new(class: &'static str, seed: u64, knobs: FakeSignupKnobs) -> Self {
        let farm = KitKnobs {
            devices: Devices::Few,
            ..knobs.kit
        };
        Self {
            label: Label::attack(class),
            knobs,
            sources: Sources::new(hash(seed, seeds::SOURCES, 0), knobs.sources),
            kit: Kit::new(hash(seed, seeds::KIT, 0), knobs.kit),
            farm: Kit::new(hash(seed, seeds::KIT, 1), farm),
            seed: hash(seed, seeds::PAIRS, 0),
        }
    }

    /// How many attempts one strike makes, in thousandths.
    pub(super) fn attempts(&self) -> u64 {
        1_000 + self.knobs.used.in_10_000() / 10
    }

    pub(super) fn strike(
        &mut self,
        target: &Target,
        rng: &mut Rng,
        at_us: u64,
        out: &mut Vec<Plan>,
    ) {
        let number = self.sources.pick(rng, at_us);
        let farmed = hash(self.seed, 1, u64::from(number)) % 10_000 < self.knobs.farmed.in_10_000();
        let kit = if farmed { &self.farm } else { &self.kit };
        let (agent, endpoint) = kit.agent(rng, number);
        let client = Client {
            place: self.sources.place(target, rng, number, at_us),
            agent,
            device: kit.device(rng, number),
            endpoint,
        };
        let name = match target.people.nobody(rng) {
            Name::Of(number) if rng.chance(self.knobs.thrown.in_10_000()) => Name::Thrown(number),
            name => name,
        };
        let login = Plan::success(at_us, self.label, client, name);
        let signup = Plan {
            kind: Kind::Signup,
            ..login
        };
        if rng.chance(self.knobs.refused.in_10_000()) {
            out.push(signup.failing(FailureReason::Other, 0));
            return;
        }
        out.push(signup);
        if rng.chance(self.knobs.used.in_10_000()) {
            out.push(login.later(self.knobs.used_after.at(rng.next())));
        }
    }
}
