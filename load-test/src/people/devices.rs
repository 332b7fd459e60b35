//! What people hold in their hands: a few devices each, which they keep for long.

use super::{DAY, People, Spot, Trait};
use crate::agents::{self, Agent};
use crate::plan::Endpoint;
use crate::rng::hash;

/// Which of a person's devices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gear {
    /// The computer at home.
    Desktop,
    /// The phone.
    Phone,
    /// The computer in the office.
    Work,
    /// The tablet.
    Tablet,
}

/// Whether the service sees a device for the first time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fresh {
    /// No.
    No,
    /// It is new, or somebody else's.
    New,
    /// Its cookies were cleared: another id, all else the same.
    Cleared,
    /// It never sends an id.
    None,
}

/// A device at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Device {
    /// The producer's device token.
    pub id: Option<u64>,
    /// The program.
    pub agent: Agent,
    /// Where it comes in.
    pub endpoint: Endpoint,
    /// Whether it is new.
    pub fresh: Fresh,
}

impl People {
    /// Which device a person takes there; `bits` are the visit's.
    pub(crate) fn gear_at(&self, person: u32, spot: Spot, bits: u64) -> Gear {
        // Some hardly ever touch a computer, some hardly ever a phone.
        let by_phone = self.drawn(person, Trait::PhonePerson) / 125;
        let by_phone = 10 + by_phone;
        match spot {
            Spot::Office if bits % 100 < 92 => Gear::Work,
            Spot::Office | Spot::Mobile => Gear::Phone,
            Spot::Travel | Spot::Home if by_phone.is_multiple_of(3) && (bits >> 8) % 100 < 12 => {
                Gear::Tablet
            }
            _ if bits % 100 < by_phone => Gear::Phone,
            _ => Gear::Desktop,
        }
    }

    /// That device of a person at that time.
    #[must_use]
    pub fn device(&self, person: u32, gear: Gear, at_us: u64) -> Device {
        let knobs = &self.crowds().devices;
        let person = self.owner_of(person, gear);
        let number = (u64::from(person) << 2) | gear as u64;
        if gear == Gear::Work
            && let Some(shared) = self.terminal(person, at_us)
        {
            return shared;
        }
        let visits = self.visits_per_day(person);
        // A first sight lasts as long as it takes, on average, until the next visit.
        let between = (DAY * 100 / visits).min(400 * DAY);
        let phase = hash(self.seed, 40, number);
        let span = |visits_to: u64, low: u64, high: u64| {
            (between.saturating_mul(visits_to.max(1))).clamp(low * DAY, high * DAY)
        };
        let life = span(knobs.visits_to_new, 30, 1_200);
        let aged = at_us + phase % life;
        let generation = aged / life;
        let clears = self.is(person, Trait::Clearing, knobs.clearing);
        let kept = span(knobs.visits_to_clear, 3, 1_200);
        let uncleared = at_us + (phase >> 8) % kept;
        let clear = if clears { uncleared / kept } else { 0 };
        let own = hash(self.seed, 41, (number << 16) | generation);
        let id = hash(own, 42, clear);
        let none = hash(own, 43, 0) % 10_000 < knobs.none.in_10_000();
        let fresh = if none {
            Fresh::None
        } else if generation > 0 && aged % life < between {
            Fresh::New
        } else if clears && clear > 0 && uncleared % kept < between {
            Fresh::Cleared
        } else {
            Fresh::No
        };
        let (agent, endpoint) = self.program(person, gear, own);
        Device {
            id: (!none).then_some(id),
            agent,
            endpoint,
            fresh,
        }
    }

    /// Whose device it is: some share the computer at home.
    fn owner_of(&self, person: u32, gear: Gear) -> u32 {
        let share = self.crowds().home.same_desktop;
        let same = gear == Gear::Desktop
            && self.shares_home(person)
            && self.is(person / 2, Trait::SameDesktop, share);
        if same { person & !1 } else { person }
    }

    /// One of the terminals of an office where nobody has a desk of their own.
    fn terminal(&self, person: u32, at_us: u64) -> Option<Device> {
        let office = self.office_number(person)?;
        let own = hash(self.seed, 44, office);
        let shared =
            office > 0 && (own >> 16) % 10_000 < self.crowds().office.terminals.in_10_000();
        // Two shifts of a dozen terminals.
        let seat = hash(own, u64::from(person), at_us / DAY) % 12;
        shared.then(|| Device {
            id: Some(hash(own, 47, seat)),
            agent: agents::desktop(own),
            endpoint: Endpoint::Web,
            fresh: Fresh::No,
        })
    }

    fn program(&self, person: u32, gear: Gear, own: u64) -> (Agent, Endpoint) {
        match gear {
            Gear::Desktop => (agents::desktop(own), Endpoint::Web),
            Gear::Tablet => (agents::tablet(own), Endpoint::Web),
            Gear::Work => {
                // Most of an office has the same computers.
                let office = self.office_number(person).unwrap_or(0);
                let bits = if own % 10 < 7 {
                    hash(self.seed, 44, office)
                } else {
                    own
                };
                (agents::desktop(bits), Endpoint::Web)
            }
            Gear::Phone if self.drawn(person, Trait::App) < 5_500 => {
                (agents::app_beside(agents::phone(own), own), Endpoint::App)
            }
            Gear::Phone => (agents::phone(own), Endpoint::Web),
        }
    }
}
