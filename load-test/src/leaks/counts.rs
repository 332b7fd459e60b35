//! Counts of people's events and of each attack class's, and what they say.

use super::{Limits, Told};
use crate::report::share;

/// How many people must be expected before their absence says something.
pub(super) const LEAST_PEOPLE: f64 = 10.0;

/// So few attempts of a class are no part of it.
const LEAST_CARRIERS: u64 = 10;

/// How often something was seen in people's events, and in each attack class.
#[derive(Clone, Debug, Default)]
pub(super) struct Counts {
    pub people: u64,
    pub attacks: Vec<u64>,
}

impl Counts {
    /// `class` is `None` for people.
    pub fn count(&mut self, class: Option<usize>) {
        let Some(class) = class else {
            self.people += 1;
            return;
        };
        if self.attacks.len() <= class {
            self.attacks.resize(class + 1, 0);
        }
        self.attacks[class] += 1;
    }

    /// Attacks and people.
    pub fn events(&self) -> u64 {
        self.people + self.attacks()
    }

    /// The classes of which at least that share carries it, and at least [`LEAST_CARRIERS`] attempts.
    pub fn carriers<'a>(
        &'a self,
        all: &'a Counts,
        carried: f64,
    ) -> impl Iterator<Item = usize> + 'a {
        let counts = self.attacks.iter().zip(&all.attacks).enumerate();
        counts
            .filter(move |(_, (count, of))| {
                **count >= LEAST_CARRIERS && share(**count, **of) >= carried
            })
            .map(|(class, _)| class)
    }

    /// Events of that class.
    pub fn of(&self, class: usize) -> u64 {
        self.attacks.get(class).copied().unwrap_or(0)
    }

    /// Attacks of all classes.
    pub fn attacks(&self) -> u64 {
        self.attacks.iter().sum()
    }

    /// The share of attacks among its events, where people count for as much as attacks among
    /// `those` if attacks are more than half there. `None` where that says nothing: with people so
    /// few that fewer than [`LEAST_PEOPLE`] of them are to be expected here.
    pub fn share_of_attacks(&self, those: &Counts) -> Option<f64> {
        #[expect(
            clippy::cast_precision_loss,
            reason = "counts of events, far below 2^52"
        )]
        let [attacks, people, all_attacks, all_people] =
            [self.attacks(), self.people, those.attacks(), those.people].map(|count| count as f64);
        let weight = (all_attacks / all_people).max(1.0);
        if weight > 1.0 && all_people * attacks / all_attacks < LEAST_PEOPLE {
            return None;
        }
        Some(attacks / (attacks + weight * people))
    }

    /// Whether it tells attacks from people among `those`.
    pub fn tells(&self, those: &Counts, limits: Limits) -> bool {
        self.events() >= limits.least
            && self
                .share_of_attacks(those)
                .is_some_and(|share| share >= limits.attacks)
    }
}

/// The attack classes, by number.
#[derive(Default)]
pub(super) struct Classes {
    names: Vec<String>,
}

impl Classes {
    /// The name of a class.
    pub fn name(&self, class: usize) -> &str {
        &self.names[class]
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// The number of an attack's class, a new one where it was not seen yet; `None` for people.
    pub fn number(&mut self, told: &Told) -> Option<usize> {
        if told.attack && self.find(told).is_none() {
            self.names.push(told.class.to_owned());
        }
        self.find(told)
    }

    /// The number of an attack's class; `None` for people.
    pub fn find(&self, told: &Told) -> Option<usize> {
        let class = || self.names.iter().position(|name| name == told.class);
        told.attack.then(class).flatten()
    }
}
