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
pub mod pairs;
pub mod sources;
pub mod spray;
pub mod stuffing;
pub mod thief;
pub mod units;

use crate::names::Name;
use crate::people::People;
use crate::plan::Plan;
use crate::rng::Rng;
use brute_force::BruteForce;
use enumeration::Enumeration;
use fake_signup::FakeSignup;
use knobs::Shape;
use spray::Spray;
use stuffing::Stuffing;

pub use knobs::Knobs;

/// What the parts of an attack are drawn from, beside its seed.
mod seeds {
    pub const SOURCES: u64 = 100;
    pub const KIT: u64 = 101;
    pub const PAIRS: u64 = 102;
}

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

    /// The name without an account here that `bits` draw.
    fn nobody(&self, bits: u64) -> Name {
        self.people.nobody(&mut Rng::new(bits))
    }
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
}

impl Attack {
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
        }))
    }

    /// How many attempts a strike makes on the average, in thousandths, the thieves left out.
    #[must_use]
    pub fn attempts_a_strike(&self) -> u64 {
        match &*self.0 {
            Running::Stuffing(attack) => attack.attempts(),
            Running::FakeSignup(attack) => attack.attempts(),
            Running::Spray(_) | Running::BruteForce(_) | Running::Enumeration(_) => 1_000,
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
        }
    }
}
