//! The attacks: what they try, from where, with which tools.
//!
//! A class is a name, a shape and the shape's [`Knobs`]. All shapes draw from the same
//! [`sources`] (networks where people are too) and the same [`kit`] (the agents that people have),
//! so that what tells them from people is what they do.

pub mod brute_force;
pub mod enumeration;
pub mod fake_signup;
pub mod kit;
mod knobs;
pub mod laundering;
pub mod pairs;
pub mod poisoning;
pub mod sources;
pub mod spray;
pub mod stuffing;
pub mod targeted;
pub mod thief;
pub mod token_replay;
pub mod units;

use crate::names::Name;
use crate::networks::{self, Place};
use crate::people::{Gear, People};
use crate::plan::{Client, Endpoint, Plan};
use crate::rng::{Rng, hash};
use brute_force::BruteForce;
use enumeration::Enumeration;
use fake_signup::FakeSignup;
use knobs::Shape;
use laundering::Laundering;
use poisoning::Poisoning;
use spray::Spray;
use stuffing::Stuffing;
use targeted::Targeted;
use token_replay::TokenReplay;

pub use knobs::Knobs;

/// What the parts of an attack are drawn from, beside its seed.
mod seeds {
    pub const SOURCES: u64 = 100;
    pub const KIT: u64 = 101;
    pub const PAIRS: u64 = 102;
}

/// How many people are looked at until one of them uses the app: about half do.
const APP_DRAWS: u64 = 40;

/// What an attack needs to know about the service it attacks.
pub struct Target<'a> {
    /// Its people.
    pub people: &'a People,
}

impl Target<'_> {
    /// The person that `bits` draw, all alike: a leak asks nobody how often they log in.
    fn anybody(&self, bits: u64) -> u32 {
        let person = bits % u64::from(self.people.count);
        u32::try_from(person).expect("below a 32-bit count")
    }

    /// The person whom a shuffled list of everybody has at that place: nobody comes twice before
    /// all have come.
    fn dealt(&self, seed: u64, place: u64) -> u32 {
        let count = u64::from(self.people.count);
        let mut stride = 1 + seed % count;
        while common_divisor(stride, count) > 1 {
            stride += 1;
        }
        self.anybody((place % count) * stride + seed.rotate_right(32) % count)
    }

    /// A connection in the city and at the provider of that person.
    fn near(&self, person: u32, bits: u64) -> Place {
        networks::home_on(self.people.line(person).nearby(bits), bits)
    }

    /// The app on that person's phone, if it is there and keeps what it is given.
    fn app_of(&self, person: u32, at_us: u64) -> Option<Client> {
        let phone = self.people.device(person, Gear::Phone, at_us);
        (phone.endpoint == Endpoint::App && phone.id.is_some()).then(|| Client {
            place: self.people.home(person, at_us),
            agent: phone.agent,
            device: phone.id,
            endpoint: phone.endpoint,
        })
    }

    /// Somebody who uses the app, with it.
    fn app_user(&self, bits: u64, at_us: u64) -> (u32, Client) {
        for salt in 0..APP_DRAWS {
            let person = self.anybody(hash(bits, 30, salt));
            if let Some(client) = self.app_of(person, at_us) {
                return (person, client);
            }
        }
        let person = self.anybody(bits);
        (person, self.people.usual_client(person, at_us))
    }

    /// The name without an account here that `bits` draw.
    fn nobody(&self, bits: u64) -> Name {
        self.people.nobody(&mut Rng::new(bits))
    }
}

fn common_divisor(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { common_divisor(b, a % b) }
}

/// An attack under way.
#[derive(Clone, Debug)]
pub struct Attack(Box<Running>);

#[derive(Clone, Debug)]
enum Running {
    Stuffing(Stuffing),
    Spray(Spray),
    BruteForce(BruteForce),
    Enumeration(Enumeration),
    FakeSignup(FakeSignup),
    Targeted(Targeted),
    TokenReplay(TokenReplay),
    Laundering(Laundering),
    Poisoning(Poisoning),
}

impl Attack {
    /// The attack of that kind with those knobs, as a mix file has them; the rest are defaults.
    ///
    /// # Errors
    /// When there is no such kind, no such knob, or no such value.
    pub fn from_knobs(kind: &str, table: &toml::Table, seed: u64) -> anyhow::Result<Self> {
        Ok(Self::new(&Knobs::from_table(kind, table)?, seed))
    }

    /// The attack that the knobs describe; another seed, other names and addresses.
    #[must_use]
    pub fn new(knobs: &Knobs, seed: u64) -> Self {
        let class = knobs.class;
        Self(Box::new(match knobs.shape {
            Shape::Stuffing(knobs) => Running::Stuffing(Stuffing::new(class, seed, knobs)),
            Shape::Spray(knobs) => Running::Spray(Spray::new(class, seed, knobs)),
            Shape::BruteForce(knobs) => Running::BruteForce(BruteForce::new(class, seed, knobs)),
            Shape::Enumeration(knobs) => Running::Enumeration(Enumeration::new(class, seed, knobs)),
            Shape::FakeSignup(knobs) => Running::FakeSignup(FakeSignup::new(class, seed, knobs)),
            Shape::Targeted(knobs) => Running::Targeted(Targeted::new(class, seed, knobs)),
            Shape::TokenReplay(knobs) => Running::TokenReplay(TokenReplay::new(class, seed, knobs)),
            Shape::Laundering(knobs) => Running::Laundering(Laundering::new(class, seed, knobs)),
            Shape::Poisoning(knobs) => Running::Poisoning(Poisoning::new(class, seed, knobs)),
        }))
    }

    /// How many attempts a strike makes on the average, in thousandths, the thieves left out.
    #[must_use]
    pub fn attempts_a_strike(&self) -> u64 {
        match &*self.0 {
            Running::Stuffing(attack) => attack.attempts(),
            Running::FakeSignup(attack) => attack.attempts(),
            Running::TokenReplay(attack) => attack.attempts(),
            Running::Targeted(_) => 1_200,
            Running::Poisoning(_) => 1_400,
            Running::Spray(_)
            | Running::BruteForce(_)
            | Running::Enumeration(_)
            | Running::Laundering(_) => 1_000,
        }
    }

    /// The next strike of the attack, and what follows from it.
    pub fn strike(&mut self, target: &Target, rng: &mut Rng, at_us: u64, out: &mut Vec<Plan>) {
        match &mut *self.0 {
            Running::Stuffing(attack) => attack.strike(target, rng, at_us, out),
            Running::Spray(attack) => attack.strike(target, rng, at_us, out),
            Running::BruteForce(attack) => attack.strike(target, rng, at_us, out),
            Running::Enumeration(attack) => attack.strike(target, rng, at_us, out),
            Running::FakeSignup(attack) => attack.strike(target, rng, at_us, out),
            Running::Targeted(attack) => attack.strike(target, rng, at_us, out),
            Running::TokenReplay(attack) => attack.strike(target, rng, at_us, out),
            Running::Laundering(attack) => attack.strike(target, rng, at_us, out),
            Running::Poisoning(attack) => attack.strike(target, rng, at_us, out),
        }
    }
}

#[cfg(test)]
#[path = "attacks_tests.rs"]
mod tests;
