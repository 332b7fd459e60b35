//! The attacks: what they try, from where, with which tools.
//!
//! All share [`Sources`]: rented home connections and hosting companies, in the networks where
//! people are too, and browsers from the table that people use.

pub mod brute_force;
pub mod enumeration;
pub mod fake_signup;
pub mod spray;
pub mod stuffing;

use crate::agents;
use crate::networks::{self, Place};
use crate::people::People;
use crate::plan::{Client, Endpoint, Label, Plan};
use crate::rng::{Rng, hash};

pub use brute_force::BruteForce;
pub use enumeration::Enumeration;
pub use fake_signup::FakeSignup;
pub use spray::Spray;
pub use stuffing::Stuffing;

/// How an attack changes its addresses.
#[derive(Clone, Copy, Debug)]
pub struct Spread {
    /// How many addresses it has in all; they are used in turn.
    pub addresses: u32,
    /// How many of them stand in one /24 or /56.
    pub in_a_network: u32,
    /// How many are in use at once.
    pub at_once: u32,
    /// The most tries before an address rests; 0 for no limit.
    pub tries: u32,
}

/// One address in use.
#[derive(Clone, Copy, Debug)]
struct Slot {
    number: u32,
    left: u32,
}

/// The addresses of one attack.
#[derive(Clone, Debug)]
pub struct Sources {
    seed: u64,
    spread: Spread,
    slots: Vec<Slot>,
    next: u32,
}

impl Sources {
    /// The sources of the attack of that seed.
    #[must_use]
    pub fn new(seed: u64, spread: Spread) -> Self {
        Self {
            seed,
            spread,
            slots: Vec::new(),
            next: 0,
        }
    }

    /// The number of the address that tries next.
    fn pick(&mut self, rng: &mut Rng) -> u32 {
        let slot = rng.below_u32(self.spread.at_once) as usize;
        if slot >= self.slots.len() {
            let fresh = self.fresh(rng);
            self.slots.push(fresh);
            return fresh.number;
        }
        if self.spread.tries > 0 && self.slots[slot].left == 0 {
            self.slots[slot] = self.fresh(rng);
        }
        let slot = &mut self.slots[slot];
        slot.left = slot.left.saturating_sub(1);
        slot.number
    }

    fn fresh(&mut self, rng: &mut Rng) -> Slot {
        let number = self.next % self.spread.addresses;
        self.next = self.next.wrapping_add(1);
        let tries = rng.between(1, u64::from(self.spread.tries.max(1)));
        Slot {
            number,
            left: u32::try_from(tries - 1).expect("below a 32-bit number"),
        }
    }

    /// Where address `number` is.
    #[must_use]
    pub fn place(&self, number: u32) -> Place {
        let network = hash(self.seed, 1, u64::from(number / self.spread.in_a_network));
        let first = match network % 10 {
            0..5 => networks::home(network),
            // Behind a carrier's shared addresses, beside thousands of its customers.
            5 if self.spread.tries > 0 => return networks::mobile(network.rotate_right(8)),
            _ => networks::hosted(network),
        };
        networks::neighbour(first, hash(self.seed, 2, u64::from(number)))
    }

    /// The client that tries next, and the number of its address.
    fn client(&mut self, rng: &mut Rng) -> (Client, u32) {
        let number = self.pick(rng);
        let kit = hash(self.seed, 3, u64::from(number));
        let (agent, endpoint) = match kit % 100 {
            0..70 => (agents::desktop(kit.rotate_right(8)), Endpoint::Web),
            70..80 => (agents::phone(kit.rotate_right(8)), Endpoint::Web),
            80..94 => (agents::app(kit.rotate_right(8)), Endpoint::App),
            _ => (agents::script(kit.rotate_right(8)), Endpoint::Api),
        };
        // Kits invent a device for every try; some forget to.
        let device = (!rng.chance(2_000)).then(|| rng.next());
        (
            Client {
                place: self.place(number),
                agent,
                device,
                endpoint,
            },
            number,
        )
    }
}

/// What an attack needs to know about the service it attacks.
pub struct Target<'a> {
    /// Its people.
    pub people: &'a People,
    /// How long a thief waits before using a password that was found right.
    pub thief_waits_us: u64,
}

/// An attack.
#[derive(Clone, Debug)]
pub enum Attack {
    /// Pairs of name and password from somebody else's leak.
    Stuffing(Stuffing),
    /// Popular passwords against many users.
    Spray(Spray),
    /// Many passwords against few users.
    BruteForce(BruteForce),
    /// Finding out which accounts exist.
    Enumeration(Enumeration),
    /// Accounts made by a machine.
    FakeSignup(FakeSignup),
}

impl Attack {
    /// The next attempt of the attack, and what follows from it.
    pub fn strike(&mut self, target: &Target, rng: &mut Rng, at_us: u64, out: &mut Vec<Plan>) {
        match self {
            Self::Stuffing(attack) => attack.strike(target, rng, at_us, out),
            Self::Spray(attack) => attack.strike(target, rng, at_us, out),
            Self::BruteForce(attack) => attack.strike(target, rng, at_us, out),
            Self::Enumeration(attack) => attack.strike(target, rng, at_us, out),
            Self::FakeSignup(attack) => attack.strike(target, rng, at_us, out),
        }
    }
}

/// A password was right: sooner or later a thief comes by hand, from elsewhere, with a usual browser.
fn thief_comes(found: &Plan, target: &Target, rng: &mut Rng, out: &mut Vec<Plan>) {
    let client = Client {
        place: if rng.chance(1_500) {
            networks::mobile(rng.next())
        } else {
            networks::home(rng.next())
        },
        agent: agents::desktop(rng.next()),
        device: (!rng.chance(1_500)).then(|| rng.next()),
        endpoint: Endpoint::Web,
    };
    let at_us = found.at_us + target.thief_waits_us / 2 + rng.below(target.thief_waits_us);
    out.push(Plan::success(
        at_us,
        Label::attack("takeover"),
        client,
        found.name,
    ));
}
