//! Where an attack comes from: its addresses, and how it changes them.
//!
//! Invariant: every address is in a network where people are too. Homes are drawn as people's homes
//! are, some are a person's own (a proxy on an infected machine) and the rest carriers' shared
//! addresses and hosting companies, where people's VPN exits are.

use super::Target;
use super::units::{Percent, Span};
use crate::networks::{self, Place, Provider};
use crate::rng::{Rng, hash};
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::net::{IpAddr, Ipv6Addr};

/// Where an attack comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceKnobs {
    /// How many addresses in all, used in turn; without meaning where `gap` is set.
    pub addresses: u32,
    /// How many of them are in use at once.
    pub at_once: u32,
    /// How often an address tries before it rests: from, to. 0 for no limit.
    pub tries: [u32; 2],
    /// The pause of one address between its tries. Where it is set, there are as many addresses as
    /// the rate of the attack needs.
    pub gap: Span,
    /// How many addresses stand in one /24 or /56.
    pub neighbours: u32,
    /// The share of carriers' shared addresses.
    pub carriers: Percent,
    /// The share of addresses at hosting companies.
    pub hosting: Percent,
    /// Of the others, the share that is a person's own home; the rest are homes as people have.
    pub infected: Percent,
    /// How IPv6 addresses change with every try.
    pub hop: Hop,
}

/// The part of the IPv6 space inside which an address changes with every try.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hop {
    /// It does not change.
    No,
    /// The host inside a /64.
    #[serde(rename = "inside_64")]
    Inside64,
    /// The network inside a /56, and the host.
    #[serde(rename = "inside_56")]
    Inside56,
    /// The network inside a /48, and the host.
    #[serde(rename = "inside_48")]
    Inside48,
    /// Every try from another home.
    Across,
    /// Each of the four, some addresses this way and some that.
    Each,
}

/// One address in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Slot {
    free_us: u64,
    number: u32,
    left: u32,
}

/// The addresses of one attack.
#[derive(Clone, Debug)]
pub struct Sources {
    seed: u64,
    knobs: SourceKnobs,
    /// Those in use, where they keep no pace.
    slots: Vec<Slot>,
    /// Those in use, where they do: the first to be free at the top. There are no more than the
    /// attack's rate times the longest gap.
    paced: BinaryHeap<Reverse<Slot>>,
    next: u32,
}

impl Sources {
    /// The sources of the attack of that seed.
    #[must_use]
    pub fn new(seed: u64, knobs: SourceKnobs) -> Self {
        Self {
            seed,
            knobs,
            slots: Vec::new(),
            paced: BinaryHeap::new(),
            next: 0,
        }
    }

    /// The number of the address that tries next.
    pub fn pick(&mut self, rng: &mut Rng, at_us: u64) -> u32 {
        if self.knobs.gap.high_us > 0 {
            return self.pick_paced(rng, at_us);
        }
        let index = rng.below_u32(self.knobs.at_once) as usize;
        if index >= self.slots.len() {
            let fresh = self.fresh(rng);
            self.slots.push(fresh);
            return fresh.number;
        }
        if self.knobs.tries[1] > 0 && self.slots[index].left == 0 {
            self.slots[index] = self.fresh(rng);
            return self.slots[index].number;
        }
        let slot = &mut self.slots[index];
        slot.left = slot.left.saturating_sub(1);
        slot.number
    }

    fn pick_paced(&mut self, rng: &mut Rng, at_us: u64) -> u32 {
        let mut slot = match self.paced.peek() {
            Some(Reverse(first)) if first.free_us <= at_us => {
                let Reverse(mut slot) = self.paced.pop().expect("it was just seen");
                slot.left = slot.left.saturating_sub(1);
                slot
            }
            _ => self.fresh(rng),
        };
        let number = slot.number;
        if self.knobs.tries[1] == 0 || slot.left > 0 {
            // Each address has a pace of its own, and is a little late now and then.
            let pace = self.knobs.gap.at(hash(self.seed, 4, u64::from(number)));
            slot.free_us = at_us + pace + rng.below(pace / 32 + 1);
            self.paced.push(Reverse(slot));
        }
        number
    }

    fn fresh(&mut self, rng: &mut Rng) -> Slot {
        let paced = self.knobs.gap.high_us > 0;
        let number = if paced {
            self.next
        } else {
            self.next % self.knobs.addresses.max(1)
        };
        self.next = self.next.wrapping_add(1);
        let [low, high] = self.knobs.tries;
        let tries = rng.between(u64::from(low.max(1)), u64::from(high.max(low).max(1)));
        Slot {
            free_us: 0,
            number,
            left: u32::try_from(tries - 1).expect("below a 32-bit number"),
        }
    }

    /// Where address `number` is when it tries.
    pub fn place(&self, target: &Target, rng: &mut Rng, number: u32, at_us: u64) -> Place {
        let network = hash(
            self.seed,
            1,
            u64::from(number / self.knobs.neighbours.max(1)),
        );
        if self.knobs.hop != Hop::No {
            return hopped(network, self.hop_of(network), rng);
        }
        let (carriers, hosting) = (
            self.knobs.carriers.in_10_000(),
            self.knobs.hosting.in_10_000(),
        );
        let own = hash(self.seed, 2, u64::from(number));
        let drawn = network % 10_000;
        let first = if drawn < carriers {
            // Behind a carrier's shared addresses, beside thousands of its customers.
            return networks::mobile(own);
        } else if drawn < carriers + hosting {
            // Mostly VPN exits, which people use too, and some rented servers.
            let bits = network.rotate_right(16);
            if bits.is_multiple_of(4) {
                networks::server(bits >> 2)
            } else {
                Provider::of(bits >> 2).exit(bits >> 8)
            }
        } else if own % 10_000 < self.knobs.infected.in_10_000() {
            return target.people.home(target.anybody(own >> 16), at_us);
        } else {
            networks::home(network.rotate_right(16))
        };
        if self.knobs.neighbours > 1 {
            networks::neighbour(first, own.rotate_right(8))
        } else {
            first
        }
    }

    fn hop_of(&self, network: u64) -> Hop {
        match self.knobs.hop {
            Hop::Each => match network.rotate_right(8) % 4 {
                0 => Hop::Inside64,
                1 => Hop::Inside56,
                2 => Hop::Inside48,
                _ => Hop::Across,
            },
            hop => hop,
        }
    }
}

/// A home with IPv6.
fn home_with_v6(bits: u64) -> (Place, Ipv6Addr) {
    for salt in 0.. {
        let place = networks::home(hash(bits, 5, salt));
        if let IpAddr::V6(v6) = place.ip {
            return (place, v6);
        }
    }
    unreachable!("some homes have IPv6")
}

fn hopped(network: u64, hop: Hop, rng: &mut Rng) -> Place {
    let bits = if hop == Hop::Across {
        rng.next()
    } else {
        network
    };
    let (place, base) = home_with_v6(bits);
    let free_subnets = match hop {
        Hop::Inside48 => 16,
        Hop::Inside56 => 8,
        _ => 0,
    };
    let mask = (1u128 << (64 + free_subnets)) - 1;
    let drawn = u128::from(rng.next()) << 64 | u128::from(rng.next());
    let ip = Ipv6Addr::from_bits(base.to_bits() & !mask | drawn & mask);
    Place {
        ip: IpAddr::V6(ip),
        ..place
    }
}
