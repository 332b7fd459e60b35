//! Credential stuffing: a list of stolen pairs, each tried once or twice. The classes differ in
//! where it comes from, with what, and how fast.

use super::kit::{Agents, Devices, Kit, KitKnobs};
use super::pairs::{ListKnobs, Pair, Pairs};
use super::sources::{Hop, SourceKnobs, Sources};
use super::thief::{ThiefKnobs, thief_comes};
use super::units::{Percent, Span};
use super::{Target, seeds};
use crate::plan::{Client, Label, Plan};
use crate::rng::{Rng, hash};
use credsieve_models::attempt::{FailureReason, Kind};
use serde::{Deserialize, Serialize};

/// How a list is stuffed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StuffingKnobs {
    /// Where from.
    #[serde(flatten)]
    pub sources: SourceKnobs,
    /// With what.
    #[serde(flatten)]
    pub kit: KitKnobs,
    /// What is on the list.
    #[serde(flatten)]
    pub list: ListKnobs,
    /// What becomes of accounts that fell.
    #[serde(flatten)]
    pub thief: ThiefKnobs,
    /// Does it do every step that a browser does: the look-up before, a second factor after, and a
    /// person's pauses between?
    pub every_step: bool,
}

impl StuffingKnobs {
    /// Loud, from few addresses.
    pub(super) const LOUD: Self = Self {
        sources: SourceKnobs {
            addresses: 6,
            at_once: 6,
            tries: [0, 0],
            neighbours: 3,
            hosting: Percent::new(60),
            carriers: Percent::new(0),
            infected: Percent::new(0),
            gap: Span::NONE,
            hop: Hop::No,
        },
        kit: KitKnobs {
            agents: Agents::PerAddress,
            scripts: Percent::new(10),
            devices: Devices::New,
            device_count: 0,
            forgets_device: Percent::new(15),
        },
        list: ListKnobs {
            known: Percent::new(30),
            right: Percent::new(1),
            twice: Percent::new(5),
            breached: Percent::new(4),
        },
        thief: ThiefKnobs::USUAL,
        every_step: false,
    };

    /// Through thousands of residential proxies, a few tries each.
    pub(super) const PROXIES: Self = Self {
        sources: SourceKnobs {
            addresses: 40_000,
            at_once: 48,
            tries: [1, 3],
            neighbours: 8,
            hosting: Percent::new(15),
            carriers: Percent::new(12),
            infected: Percent::new(20),
            ..Self::LOUD.sources
        },
        kit: KitKnobs {
            scripts: Percent::new(3),
            ..Self::LOUD.kit
        },
        ..Self::LOUD
    };

    /// The same with another program, TLS fingerprint and device every time.
    pub(super) const ROTATING: Self = Self {
        sources: SourceKnobs {
            neighbours: 2,
            ..Self::PROXIES.sources
        },
        kit: KitKnobs {
            agents: Agents::Rotating,
            scripts: Percent::new(1),
            forgets_device: Percent::new(12),
            ..Self::PROXIES.kit
        },
        ..Self::PROXIES
    };

    /// Low and slow: an address tries once in an hour or so, for a day or two.
    pub(super) const SLOW: Self = Self {
        sources: SourceKnobs {
            tries: [4, 16],
            gap: Span::minutes(30, 150),
            neighbours: 2,
            ..Self::PROXIES.sources
        },
        ..Self::PROXIES
    };

    /// From IPv6 homes, hopping inside their prefixes.
    pub(super) const HOPPING: Self = Self {
        sources: SourceKnobs {
            addresses: 12,
            at_once: 12,
            tries: [0, 0],
            neighbours: 1,
            hop: Hop::Each,
            ..Self::PROXIES.sources
        },
        kit: KitKnobs {
            agents: Agents::Rotating,
            ..Self::PROXIES.kit
        },
        ..Self::PROXIES
    };

    /// Every step that a browser does, with the device cookie kept by each proxy.
    pub(super) const BROWSER_LIKE: Self = Self {
        sources: SourceKnobs {
            tries: [2, 5],
            at_once: 200,
            neighbours: 1,
            hosting: Percent::new(5),
            ..Self::PROXIES.sources
        },
        kit: KitKnobs {
            scripts: Percent::new(0),
            devices: Devices::Kept,
            forgets_device: Percent::new(8),
            ..Self::PROXIES.kit
        },
        every_step: true,
        ..Self::PROXIES
    };

    /// Just under the published limits: an address at most nine times in ten minutes and fourteen
    /// in fifteen; a user from at most two addresses. With a `gap` of 151 s and more, at most four
    /// times in ten minutes.
    pub(super) const PACED: Self = Self {
        sources: SourceKnobs {
            tries: [15, 50],
            gap: Span::seconds(67, 75),
            neighbours: 1,
            ..Self::PROXIES.sources
        },
        kit: KitKnobs {
            scripts: Percent::new(1),
            ..Self::PROXIES.kit
        },
        ..Self::PROXIES
    };
}

/// A stuffing attack.
#[derive(Clone, Debug)]
pub struct Stuffing {
    label: Label,
    knobs: StuffingKnobs,
    sources: Sources,
    kit: Kit,
    pairs: Pairs,
}

impl Stuffing {
    /// The attack of that seed; its events are of that class.
    #[must_use]
    pub fn new(class: &'static str, seed: u64, knobs: StuffingKnobs) -> Self {
        Self {
            label: Label::attack(class),
            knobs,
            sources: Sources::new(hash(seed, seeds::SOURCES, 0), knobs.sources),
            kit: Kit::new(hash(seed, seeds::KIT, 0), knobs.kit),
            pairs: Pairs::new(hash(seed, seeds::PAIRS, 0), knobs.list),
        }
    }

    /// How many attempts one strike makes, in thousandths.
    pub(super) fn attempts(&self) -> u64 {
        if self.knobs.every_step { 2_050 } else { 1_000 }
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
        let pair = self.pairs.next(target, rng);
        let plan = Plan {
            breached: pair.breached,
            ..Plan::success(at_us, self.label, client, pair.name)
        };
        if self.knobs.every_step {
            as_a_browser(plan, &pair, target, rng, out);
        } else {
            out.push(tried(plan, &pair, target));
        }
        if pair.right
            && pair
                .owner
                .is_some_and(|owner| !target.people.has_mfa(owner))
        {
            thief_comes(&plan, self.knobs.thief, target, rng, out);
        }
    }
}

/// How the service answers a pair.
pub(super) fn tried(plan: Plan, pair: &Pair, target: &Target) -> Plan {
    match pair.owner {
        None => plan.failing(FailureReason::UnknownUser, pair.fingerprint),
        Some(_) if !pair.right => plan.failing(FailureReason::BadPassword, pair.fingerprint),
        Some(owner) if target.people.has_mfa(owner) => plan.failing(FailureReason::BadMfa, 0),
        Some(_) => plan,
    }
}

/// The page asks for the name first; whoever is asked for a second factor tries one.
fn as_a_browser(plan: Plan, pair: &Pair, target: &Target, rng: &mut Rng, out: &mut Vec<Plan>) {
    let lookup = Plan {
        kind: Kind::Lookup,
        breached: false,
        ..plan
    };
    out.push(if pair.owner.is_some() {
        lookup
    } else {
        lookup.failing(FailureReason::UnknownUser, 0)
    });
    let login = plan.later(rng.between(4, 25) * 1_000_000);
    let answer = tried(login, pair, target);
    out.push(answer);
    if answer.failure == Some(FailureReason::BadMfa) && rng.chance(6_000) {
        // The page for the code comes next, and a code is tried.
        out.push(answer.later(rng.between(5, 40) * 1_000_000));
    } else if answer.failure == Some(FailureReason::BadPassword) && rng.chance(1_200) {
        out.push(answer.later(rng.between(5, 30) * 1_000_000));
    }
}
