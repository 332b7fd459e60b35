//! Poisoning: a thief who got in comes again and again over days, always from the same place on the
//! same device, so that what is learned about the owner becomes the thief's.

use super::kit::ordinary;
use super::sources::{SourceKnobs, Sources};
use super::stuffing::StuffingKnobs;
use super::thief::honest_device;
use super::units::{Percent, Span};
use super::{Target, seeds};
use crate::names::Name;
use crate::plan::{Client, Label, Plan};
use crate::rng::{Rng, hash};
use credsieve_models::attempt::FailureReason;
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// How thieves make themselves at home.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PoisoningKnobs {
    /// Where each thief sits.
    #[serde(flatten)]
    pub sources: SourceKnobs,
    /// How many wrong passwords the list had before the right one: from, to.
    pub wrong_before: [u32; 2],
    /// How often the thief comes in all: from, to.
    pub visits: [u32; 2],
    /// The pause between two visits.
    pub visit_after: Span,
}

impl PoisoningKnobs {
    pub(super) const USUAL: Self = Self {
        sources: SourceKnobs {
            addresses: 1_000_000,
            at_once: 1,
            neighbours: 1,
            hosting: Percent::new(5),
            ..StuffingKnobs::PROXIES.sources
        },
        wrong_before: [1, 3],
        visits: [4, 7],
        visit_after: Span::minutes(180, 900),
    };
}

/// A fallen account with the thief's next visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Fallen {
    due_us: u64,
    number: u32,
    visits: u64,
}

/// A poisoning attack.
#[derive(Clone, Debug)]
pub struct Poisoning {
    label: Label,
    seed: u64,
    knobs: PoisoningKnobs,
    sources: Sources,
    /// At most the rate of the attack times the longest pause.
    fallen: BinaryHeap<Reverse<Fallen>>,
    next: u32,
}

impl Poisoning {
    /// The attack of that seed; its events are of that class.
    #[must_use]
    pub fn new(class: &'static str, seed: u64, knobs: PoisoningKnobs) -> Self {
        Self {
            label: Label::attack(class),
            seed: hash(seed, seeds::PAIRS, 0),
            knobs,
            sources: Sources::new(hash(seed, seeds::SOURCES, 0), knobs.sources),
            fallen: BinaryHeap::new(),
            next: 0,
        }
    }

    pub(super) fn strike(
        &mut self,
        target: &Target,
        rng: &mut Rng,
        at_us: u64,
        out: &mut Vec<Plan>,
    ) {
        let due = match self.fallen.peek() {
            Some(Reverse(first)) if first.due_us <= at_us => self.fallen.pop(),
            _ => None,
        };
        let fallen = if let Some(Reverse(fallen)) = due {
            fallen
        } else {
            self.next = self.next.wrapping_add(1);
            let [low, high] = self.knobs.visits.map(u64::from);
            Fallen {
                due_us: at_us,
                number: self.next,
                visits: rng.between(low.max(1), high.max(low).max(1)),
            }
        };
        let first = due.is_none();
        let person = self.victim(target, fallen.number);
        let kit = hash(self.seed, 2, u64::from(fallen.number));
        let (agent, endpoint) = ordinary(kit, Percent::new(0));
        let client = Client {
            place: self.sources.place(target, rng, fallen.number, at_us),
            agent,
            device: honest_device(&mut Rng::new(kit)),
            endpoint,
        };
        let mut plan = Plan::success(at_us, self.label, client, Name::Of(person));
        if first {
            let [low, high] = self.knobs.wrong_before.map(u64::from);
            for _ in 0..rng.between(low, high.max(low)) {
                out.push(plan.failing(FailureReason::BadPassword, rng.next()));
                plan = plan.later(Span::seconds(3, 60).at(rng.next()));
            }
        }
        out.push(plan);
        if fallen.visits > 1 {
            self.fallen.push(Reverse(Fallen {
                due_us: at_us + self.knobs.visit_after.at(rng.next()),
                visits: fallen.visits - 1,
                ..fallen
            }));
        }
    }

    /// Somebody without a second factor.
    fn victim(&self, target: &Target, number: u32) -> u32 {
        let drawn = |salt: u64| target.anybody(hash(self.seed, 10 + salt, u64::from(number)));
        (0..50)
            .map(drawn)
            .find(|person| !target.people.has_mfa(*person))
            .unwrap_or_else(|| drawn(0))
    }
}
