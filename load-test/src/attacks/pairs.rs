//! A list of stolen pairs of name and password, as it is bought: most names have no account here,
//! and of those that have one, few have that password here.
//!
//! Pair number N is the same pair always, so that a pair tried twice has the same fingerprint.

use super::Target;
use super::units::Percent;
use crate::names::Name;
use crate::rng::{Rng, hash};
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// What is on the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListKnobs {
    /// The share of names that have an account here.
    pub known: Percent,
    /// Of those, the share whose password is the listed one.
    pub right: Percent,
    /// The share of pairs that are tried a second time.
    pub twice: Percent,
    /// The share of pairs that the service's own breach list has as well.
    pub breached: Percent,
}

/// One pair of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The name.
    pub name: Name,
    /// Whose it is, where somebody here has it.
    pub owner: Option<u32>,
    /// Whether the password is right.
    pub right: bool,
    /// The password's digest.
    pub fingerprint: u64,
    /// Whether the service's own breach list has it as well.
    pub breached: bool,
}

/// How many pairs back a second try looks: a list is tried again in part, some time later.
const BACK: u64 = 400;

/// The list of one attack.
#[derive(Clone, Debug)]
pub struct Pairs {
    seed: u64,
    knobs: ListKnobs,
    next: u64,
    /// Pairs that are tried a second time, and when in the count of pairs: at most [`BACK`].
    again: BinaryHeap<Reverse<(u64, u64)>>,
}

impl Pairs {
    /// The list of the attack of that seed.
    #[must_use]
    pub fn new(seed: u64, knobs: ListKnobs) -> Self {
        Self {
            seed,
            knobs,
            next: 0,
            again: BinaryHeap::new(),
        }
    }

    /// The pair that is tried next.
    pub fn next(&mut self, target: &Target, rng: &mut Rng) -> Pair {
        if let Some(Reverse((due, pair))) = self.again.peek().copied()
            && due <= self.next
        {
            self.again.pop();
            return self.pair(target, pair);
        }
        let number = self.next;
        self.next += 1;
        if rng.chance(self.knobs.twice.in_10_000()) {
            self.again
                .push(Reverse((number + 1 + rng.below(BACK), number)));
        }
        self.pair(target, number)
    }

    /// Pair number `number`.
    #[must_use]
    pub fn pair(&self, target: &Target, number: u64) -> Pair {
        let bits = hash(self.seed, 20, number);
        let fingerprint = hash(self.seed, 21, number);
        let known = bits % 10_000 < self.knobs.known.in_10_000();
        let breached = (bits >> 16) % 10_000 < self.knobs.breached.in_10_000();
        if !known {
            return Pair {
                name: target.nobody(bits),
                owner: None,
                right: false,
                fingerprint,
                breached,
            };
        }
        let owner = target.dealt(hash(self.seed, 22, 0), number);
        Pair {
            name: Name::Of(owner),
            owner: Some(owner),
            right: (bits >> 32) % 10_000 < self.knobs.right.in_10_000(),
            fingerprint,
            breached,
        }
    }
}
