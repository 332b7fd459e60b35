//! Enumeration: finding out which of many names have an account, by what a login or a look-up
//! answers.

use super::kit::{Agents, Devices, Kit, KitKnobs};
use super::sources::{SourceKnobs, Sources};
use super::stuffing::StuffingKnobs;
use super::units::Percent;
use super::{Target, seeds};
use crate::names::{self, Name};
use crate::plan::{Client, Label, Plan};
use crate::rng::{Rng, hash};
use credsieve_models::attempt::{FailureReason, Kind};
use serde::{Deserialize, Serialize};

/// How names are tried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnumerationKnobs {
    /// Where from.
    #[serde(flatten)]
    pub sources: SourceKnobs,
    /// With what.
    #[serde(flatten)]
    pub kit: KitKnobs,
    /// What is asked.
    pub by: By,
    /// In which order.
    pub walk: Walk,
    /// The share of names that have an account here.
    pub known: Percent,
}

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// A login with a password that nobody has: the error tells.
    Login,
    /// The page that asks for the name first.
    Lookup,
}

/// In which order names are tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Walk {
    /// Counting through ranges: `ada.barben17`, `ada.barben18`, …; few names are anybody's.
    Ranges,
    /// In the order of the alphabet.
    Alphabet,
    /// In the order of some list.
    Dictionary,
    /// At random, a name now and then twice.
    Random,
    /// Some addresses this way, some that.
    Each,
}

impl EnumerationKnobs {
    /// By the error of a login.
    pub(super) const LOGIN: Self = Self {
        sources: SourceKnobs {
            addresses: 60,
            at_once: 12,
            tries: [60, 150],
            neighbours: 2,
            hosting: Percent::new(30),
            ..StuffingKnobs::PROXIES.sources
        },
        kit: KitKnobs {
            agents: Agents::PerAddress,
            scripts: Percent::new(10),
            devices: Devices::New,
            ..StuffingKnobs::LOUD.kit
        },
        by: By::Login,
        walk: Walk::Dictionary,
        known: Percent::new(30),
    };

    /// By look-up.
    pub(super) const LOOKUP: Self = Self {
        sources: SourceKnobs {
            addresses: 400,
            at_once: 40,
            tries: [5, 20],
            neighbours: 1,
            ..Self::LOGIN.sources
        },
        kit: KitKnobs {
            scripts: Percent::new(1),
            ..Self::LOGIN.kit
        },
        by: By::Lookup,
        walk: Walk::Each,
        ..Self::LOGIN
    };
}

/// How many names a range has.
const RANGE: u64 = 40;
/// How many names of the list are put in order at once.
const STRETCH: u64 = 512;

/// An enumeration.
#[derive(Clone, Debug)]
pub struct Enumeration {
    label: Label,
    seed: u64,
    knobs: EnumerationKnobs,
    sources: Sources,
    kit: Kit,
    step: u64,
    /// How far it has come in ranges.
    counted: u64,
    /// The names that come next in the order of the alphabet, the last one first.
    in_order: Vec<(Name, bool)>,
}

impl Enumeration {
    /// The attack of that seed; its events are of that class.
    #[must_use]
    pub fn new(class: &'static str, seed: u64, knobs: EnumerationKnobs) -> Self {
        Self {
            label: Label::attack(class),
            seed: hash(seed, seeds::PAIRS, 0),
            knobs,
            sources: Sources::new(hash(seed, seeds::SOURCES, 0), knobs.sources),
            kit: Kit::new(hash(seed, seeds::KIT, 0), knobs.kit),
            step: 0,
            counted: 0,
            in_order: Vec::new(),
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
        let (name, known) = self.name(target, rng, number);
        let mut plan = Plan::success(at_us, self.label, client, name);
        let fingerprint = rng.next();
        if self.knobs.by == By::Lookup {
            plan.kind = Kind::Lookup;
        }
        out.push(match (known, self.knobs.by) {
            (false, _) => plan.failing(FailureReason::UnknownUser, fingerprint),
            (true, By::Login) => plan.failing(FailureReason::BadPassword, fingerprint),
            (true, By::Lookup) => plan,
        });
    }

    /// The name that address `number` tries, and whether it has an account.
    fn name(&mut self, target: &Target, rng: &mut Rng, number: u32) -> (Name, bool) {
        let walk = match (self.knobs.walk, number % 4) {
            (Walk::Each, 0) => Walk::Ranges,
            (Walk::Each, 1) => Walk::Alphabet,
            (Walk::Each, 2) => Walk::Dictionary,
            (Walk::Each, _) => Walk::Random,
            (walk, _) => walk,
        };
        match walk {
            Walk::Alphabet => self.next_in_order(target),
            Walk::Ranges => self.next_of_range(target),
            Walk::Random => self.listed(target, u64::MAX / 2 + rng.below(1 << 20)),
            Walk::Dictionary | Walk::Each => {
                self.step += 1;
                self.listed(target, self.step)
            }
        }
    }

    /// The next number of a range of names, in the middle of which somebody's name may be.
    fn next_of_range(&mut self, target: &Target) -> (Name, bool) {
        let (range, place) = (self.counted / RANGE, self.counted % RANGE);
        self.counted += 1;
        let bits = hash(self.seed, 3, range);
        let owner = if bits % 10_000 < self.knobs.known.in_10_000() {
            Name::Of(target.anybody(bits >> 16))
        } else {
            target.nobody(bits)
        };
        let Name::Of(stem) = owner else {
            return (owner, false);
        };
        let first = names::last_part(stem).saturating_sub(u32::try_from(RANGE / 2).unwrap_or(0));
        let last = first + u32::try_from(place).unwrap_or(0);
        if last == names::last_part(stem) {
            return (owner, target.people.is_person(stem));
        }
        let last = u16::try_from(last).unwrap_or(u16::MAX);
        (Name::Walk(stem, last), false)
    }

    fn next_in_order(&mut self, target: &Target) -> (Name, bool) {
        if self.in_order.is_empty() {
            let first = self.step;
            self.step += STRETCH;
            let mut spelled: Vec<(String, (Name, bool))> = (first..first + STRETCH)
                .map(|index| {
                    let listed = self.listed(target, index);
                    let mut text = String::new();
                    listed.0.write(&mut text);
                    (text, listed)
                })
                .collect();
            spelled.sort_by(|(a, _), (b, _)| b.cmp(a));
            self.in_order = spelled.into_iter().map(|(_, listed)| listed).collect();
        }
        self.in_order.pop().expect("it was just filled")
    }

    fn listed(&self, target: &Target, index: u64) -> (Name, bool) {
        let bits = hash(self.seed, 2, index);
        let known = bits % 10_000 < self.knobs.known.in_10_000();
        if !known {
            return (target.nobody(bits), false);
        }
        (Name::Of(target.anybody(bits >> 16)), true)
    }
}
