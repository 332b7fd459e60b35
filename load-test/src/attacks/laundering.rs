//! Laundering: every address and device first logs in with accounts of the attacker's own, a few
//! hours long, and earns good standing; then it stuffs.
//!
//! The own accounts do nothing that their owners may not do: those logins are labelled as what no
//! log can tell.

use super::kit::Kit;
use super::pairs::Pairs;
use super::sources::Sources;
use super::stuffing::{StuffingKnobs, tried};
use super::thief::thief_comes;
use super::units::Percent;
use super::{Target, seeds};
use crate::plan::{Client, Label, Plan};
use crate::rng::{Rng, hash};
use serde::{Deserialize, Serialize};

/// How standing is earned, and spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaunderingKnobs {
    /// How it stuffs then; `tries` is how often an address does.
    #[serde(flatten)]
    pub stuffing: StuffingKnobs,
    /// How many accounts of their own the attackers have in all.
    pub own_accounts: u32,
    /// How often an address logs in with them first: from, to.
    pub own_logins: [u32; 2],
    /// The share of own logins that go on while it stuffs.
    pub own_meanwhile: Percent,
}

impl LaunderingKnobs {
    pub(super) const USUAL: Self = Self {
        stuffing: StuffingKnobs {
            sources: super::sources::SourceKnobs {
                addresses: 4_000,
                at_once: 30,
                tries: [10, 25],
                neighbours: 1,
                ..StuffingKnobs::PROXIES.sources
            },
            kit: super::kit::KitKnobs {
                devices: super::kit::Devices::Kept,
                forgets_device: Percent::new(5),
                scripts: Percent::new(1),
                ..StuffingKnobs::PROXIES.kit
            },
            ..StuffingKnobs::PROXIES
        },
        own_accounts: 80,
        own_logins: [4, 8],
        own_meanwhile: Percent::new(10),
    };
}

/// An address with what it has still to do.
#[derive(Clone, Copy, Debug)]
struct Slot {
    number: u32,
    own: u64,
    tries: u64,
}

/// A laundering attack.
#[derive(Clone, Debug)]
pub struct Laundering {
    label: Label,
    seed: u64,
    knobs: LaunderingKnobs,
    sources: Sources,
    kit: Kit,
    pairs: Pairs,
    slots: Vec<Slot>,
    next: u32,
}

impl Laundering {
    /// The attack of that seed; its events are of that class.
    #[must_use]
    pub fn new(class: &'static str, seed: u64, knobs: LaunderingKnobs) -> Self {
        let stuffing = knobs.stuffing;
        Self {
            label: Label::attack(class),
            seed: hash(seed, seeds::PAIRS, 1),
            knobs,
            sources: Sources::new(hash(seed, seeds::SOURCES, 0), stuffing.sources),
            kit: Kit::new(hash(seed, seeds::KIT, 0), stuffing.kit),
            pairs: Pairs::new(hash(seed, seeds::PAIRS, 0), stuffing.list),
            slots: Vec::new(),
            next: 0,
        }
    }

    fn fresh(&mut self, rng: &mut Rng) -> Slot {
        let number = self.next % self.knobs.stuffing.sources.addresses.max(1);
        self.next = self.next.wrapping_add(1);
        let from_to = |[low, high]: [u32; 2]| (u64::from(low), u64::from(high.max(low)));
        let (low, high) = from_to(self.knobs.own_logins);
        let own = rng.between(low, high);
        let (low, high) = from_to(self.knobs.stuffing.sources.tries);
        Slot {
            number,
            own,
            tries: rng.between(low, high),
        }
    }

    /// The address that acts next, and whether with an account of its own.
    fn pick(&mut self, rng: &mut Rng) -> (u32, bool) {
        let index = rng.below_u32(self.knobs.stuffing.sources.at_once.max(1)) as usize;
        let index = index.min(self.slots.len());
        if index == self.slots.len() {
            let fresh = self.fresh(rng);
            self.slots.push(fresh);
        } else if self.slots[index].own == 0 && self.slots[index].tries == 0 {
            self.slots[index] = self.fresh(rng);
        }
        let slot = &mut self.slots[index];
        if slot.own > 0 {
            slot.own -= 1;
            return (slot.number, true);
        }
        if rng.chance(self.knobs.own_meanwhile.in_10_000()) {
            return (slot.number, true);
        }
        slot.tries = slot.tries.saturating_sub(1);
        (slot.number, false)
    }

    pub(super) fn strike(
        &mut self,
        target: &Target,
        rng: &mut Rng,
        at_us: u64,
        out: &mut Vec<Plan>,
    ) {
        let (number, own) = self.pick(rng);
        let (agent, endpoint) = self.kit.agent(rng, number);
        let client = Client {
            place: self.sources.place(target, rng, number, at_us),
            agent,
            device: self.kit.device(rng, number),
            endpoint,
        };
        if own {
            let account = u64::from(rng.below_u32(self.knobs.own_accounts));
            let name = target.nobody(hash(self.seed, 1, account));
            out.push(Plan::success(at_us, self.label.undecidable(), client, name));
            return;
        }
        let pair = self.pairs.next(target, rng);
        let plan = Plan {
            breached: pair.breached,
            ..Plan::success(at_us, self.label, client, pair.name)
        };
        let answer = tried(plan, &pair, target);
        out.push(answer);
        if answer.failure.is_none() {
            thief_comes(&answer, self.knobs.stuffing.thief, target, rng, out);
        }
    }
}
