//! With what an attack comes: agents from the table that people use, and what it shows as a device.

use super::units::Percent;
use crate::agents::{self, Agent};
use crate::plan::Endpoint;
use crate::rng::{Rng, hash};
use serde::{Deserialize, Serialize};

/// With what an attack comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KitKnobs {
    /// How agents, and with them TLS fingerprints, change.
    pub agents: Agents,
    /// The share of scripts' libraries among the agents.
    pub scripts: Percent,
    /// What is shown as a device.
    pub devices: Devices,
    /// How many devices where they are few.
    pub device_count: u32,
    /// The share of tries that show none all the same.
    pub forgets_device: Percent,
}

/// How agents change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Agents {
    /// One for the whole attack.
    One,
    /// Three for the whole attack.
    Few,
    /// Each address has its own.
    PerAddress,
    /// Another with every try.
    Rotating,
}

/// What is shown as a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Devices {
    /// Nothing.
    None,
    /// A new one with every try.
    New,
    /// The cookie that an address was given is kept there.
    Kept,
    /// A few, in turn.
    Few,
}

/// What an attack shows of itself.
#[derive(Clone, Copy, Debug)]
pub struct Kit {
    seed: u64,
    knobs: KitKnobs,
}

impl Kit {
    /// The kit of the attack of that seed.
    #[must_use]
    pub fn new(seed: u64, knobs: KitKnobs) -> Self {
        Self { seed, knobs }
    }

    /// The program that address `number` shows now, and where it comes in.
    pub fn agent(&self, rng: &mut Rng, number: u32) -> (Agent, Endpoint) {
        let bits = match self.knobs.agents {
            Agents::One => hash(self.seed, 10, 0),
            Agents::Few => hash(self.seed, 10, 1 + u64::from(number % 3)),
            Agents::PerAddress => hash(self.seed, 11, u64::from(number)),
            Agents::Rotating => rng.next(),
        };
        ordinary(bits, self.knobs.scripts)
    }

    /// What address `number` shows as its device now.
    pub fn device(&self, rng: &mut Rng, number: u32) -> Option<u64> {
        if rng.chance(self.knobs.forgets_device.in_10_000()) {
            return None;
        }
        match self.knobs.devices {
            Devices::None => None,
            Devices::New => Some(rng.next()),
            Devices::Kept => Some(hash(self.seed, 12, u64::from(number))),
            Devices::Few => {
                let which = rng.below_u32(self.knobs.device_count);
                Some(hash(self.seed, 13, u64::from(which)))
            }
        }
    }
}

/// An agent as people have them, but for the share of scripts.
pub fn ordinary(bits: u64, scripts: Percent) -> (Agent, Endpoint) {
    let own = bits.rotate_right(16);
    if bits % 10_000 < scripts.in_10_000() {
        return (agents::script(own), Endpoint::Api);
    }
    match hash(bits, 14, 0) % 100 {
        0..62 => (agents::desktop(own), Endpoint::Web),
        62..66 => (agents::tablet(own), Endpoint::Web),
        66..84 => (agents::phone(own), Endpoint::Web),
        _ => (agents::app(own), Endpoint::App),
    }
}
