//! Who shows to be a person (D18): strangers ask for what needs no secret, and people go on.
//!
//! Who looks a name up logs in under it, or signs up with it; who signs up logs in. A machine asks for
//! the next name. That says nothing while an attempt is judged, but a little later it says how many of
//! those whom the score suspects were people, challenged or not. It holds only where people do go on:
//! a partner's server that looks customers up never does. So what is usual is a median over hours:
//! an attack has some of them, a habit has all. And since an attack may last for days, what is usual
//! of those who look a name up where fewer than 8 are tried is known of those alone whom the score
//! holds for people.

use super::bulk::NamesThere;
use crate::delta::Seen;
use credsieve_models::Lane;
use credsieve_models::verdict::LogOdds;
use serde::{Deserialize, Serialize};

/// Requests of a kind that wait for an answer. One that finds its place taken, within the hour, is not counted: a flood
/// leaves a sample.
const PLACES: usize = 1 << 12;
/// The hours that are remembered.
const HOURS: usize = 32;
/// An hour of the clock counts once so many have asked; until then it goes on.
const ENOUGH: u32 = 8;
const HOUR_S: i64 = 3_600;
/// Fewer hours make no habit.
const FEW_HOURS: usize = 12;
/// Only whom the score holds for a person at seven to one tells what people do.
const UNSUSPECTED: i32 = -2 * LogOdds::NAT;

/// What strangers ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Asked {
    /// Whether there is such a user: who may ask comes back from the same address.
    LookUp,
    /// An account: whoever uses it is the one who made it.
    SignUp,
}

impl Asked {
    /// What there is.
    pub const COUNT: usize = 2;

    /// What an attempt in this lane asks for.
    #[must_use]
    pub fn in_lane(lane: Lane) -> Option<Self> {
        match lane {
            Lane::LookupSuccess | Lane::LookupFailure => Some(Self::LookUp),
            Lane::SignupSuccess => Some(Self::SignUp),
            _ => None,
        }
    }

    /// How long an answer may take, in seconds.
    fn patience_s(self) -> i64 {
        match self {
            Self::LookUp => 20 * 60,
            Self::SignUp => 24 * 3_600,
        }
    }

    /// The habits that an attempt tells of, as bits.
    fn told(self, seen: &Seen) -> u8 {
        match self {
            Self::LookUp => {
                let alone = seen.names_there == NamesThere::Few && seen.log_odds < UNSUSPECTED;
                Habits::LOOK_UPS | (Habits::ALONE * u8::from(alone))
            }
            Self::SignUp => Habits::SIGN_UPS,
        }
    }

    /// By what an answer is recognised; 0 where nobody could answer.
    fn key(self, seen: &Seen) -> u64 {
        let user = seen.member.user;
        let from = match self {
            Self::LookUp => seen.member.address,
            Self::SignUp => 0,
        };
        if user == 0 {
            return 0;
        }
        // User keys are secret hashes already, so places cannot be aimed at.
        let mixed = (user ^ from.rotate_left(29)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (mixed ^ (mixed >> 32)).max(1)
    }
}

/// Somebody who asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Waiting {
    /// The upper half of the key, never 0; 0 is nobody.
    tag: u32,
    asked_s: u32,
    suspected: bool,
    /// The habits that it tells of.
    told: u8,
}

/// How many of those who ask go on, hour by hour.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Habit {
    /// The hour of the clock in which the first of those below asked.
    hour: i64,
    asked: u32,
    went_on: u32,
    /// The shares of past hours, in 1/256.
    shares: [u16; HOURS],
    hours: u64,
    /// Their median, where it is a habit; 0 where it is none.
    usual: u16,
}

impl Habit {
    /// `from`: from which share on it is a habit, and below which no longer.
    fn turn(&mut self, at_s: i64, from: (u16, u16)) {
        if at_s.div_euclid(HOUR_S) <= self.hour || self.asked < ENOUGH {
            return;
        }
        let share = 256 * self.went_on.min(self.asked) / self.asked;
        let slot = usize::try_from(self.hours % HOURS as u64).unwrap_or(0);
        self.shares[slot] = u16::try_from(share).unwrap_or(256);
        self.hours += 1;
        (self.asked, self.went_on) = (0, 0);
        let median = self.median();
        let least = if self.usual > 0 { from.1 } else { from.0 };
        self.usual = if median >= least { median } else { 0 };
    }

    fn median(&self) -> u16 {
        let known = usize::try_from(self.hours).unwrap_or(HOURS).min(HOURS);
        if known < FEW_HOURS {
            return 0;
        }
        let mut shares = self.shares;
        let (_, middle, _) = shares[..known].select_nth_unstable(known / 2);
        *middle
    }
}

/// The habits of a service: of all who look names up, of those who look one up where fewer than 8 are tried and are not
/// suspected, of those who sign up.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Habits([Habit; 3]);

impl Habits {
    const LOOK_UPS: u8 = 1;
    const ALONE: u8 = 2;
    const SIGN_UPS: u8 = 4;
    /// From which share on, in 1/256, those who go on are a habit, and below which no longer. Where nearly all who look
    /// a name up go on, the others are no people either; of those who are people anyway most will do; of sign-ups
    /// some must, to be counted with.
    const HABITUAL: [(u16, u16); 3] = [(180, 148), (154, 128), (96, 80)];

    /// Those that an attempt tells of.
    fn told(&mut self, told: u8) -> impl Iterator<Item = (&mut Habit, (u16, u16))> {
        let habits = self.0.iter_mut().zip(Self::HABITUAL).enumerate();
        habits.filter_map(move |(n, habit)| ((told >> n) & 1 == 1).then_some(habit))
    }

    /// What is usual, where it is a habit.
    fn usual(&self, told: u8) -> Option<u64> {
        let usual = self.0[told.trailing_zeros() as usize].usual;
        (usual > 0).then_some(u64::from(usual))
    }
}

/// Those who wait, and what is usual.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shows {
    waiting: [Vec<Waiting>; Asked::COUNT],
    habits: Habits,
}

impl Default for Shows {
    fn default() -> Self {
        Self {
            waiting: std::array::from_fn(|_| vec![Waiting::default(); PLACES]),
            habits: Habits::default(),
        }
    }
}

fn place(key: u64) -> usize {
    usize::try_from(key).unwrap_or(0) % PLACES
}

fn tag(key: u64) -> u32 {
    u32::try_from(key >> 32).unwrap_or(0).max(1)
}

impl Shows {
    /// Counts somebody who asks, suspected or not; whether an answer would be seen.
    pub fn ask(&mut self, at_s: i64, asked: Asked, seen: &Seen, suspected: bool) -> bool {
        let key = asked.key(seen);
        let waiting = &mut self.waiting[asked as usize][place(key)];
        let held_s = asked.patience_s().min(HOUR_S);
        if key == 0 || (waiting.tag != 0 && at_s <= i64::from(waiting.asked_s) + held_s) {
            return false;
        }
        let told = asked.told(seen);
        *waiting = Waiting {
            tag: tag(key),
            asked_s: u32::try_from(at_s).unwrap_or(u32::MAX),
            suspected,
            told,
        };
        for (habit, from) in self.habits.told(told) {
            habit.turn(at_s, from);
            if habit.asked == 0 {
                habit.hour = at_s.div_euclid(HOUR_S);
            }
            habit.asked += 1;
        }
        true
    }

    /// Counts who goes on; whether the one who had asked was suspected. `None` where nobody had.
    pub fn go_on(&mut self, at_s: i64, asked: Asked, seen: &Seen) -> Option<bool> {
        let key = asked.key(seen);
        let waiting = &mut self.waiting[asked as usize][place(key)];
        let until_s = i64::from(waiting.asked_s) + asked.patience_s();
        if key == 0 || waiting.tag != tag(key) || at_s > until_s {
            return None;
        }
        let Waiting {
            suspected, told, ..
        } = std::mem::take(waiting);
        for (habit, from) in self.habits.told(told) {
            habit.turn(at_s, from);
            habit.went_on += 1;
        }
        Some(suspected)
    }

    /// Whether it can be gone on with: it was read from a file.
    #[must_use]
    pub(super) fn is_sound(&self) -> bool {
        self.waiting.iter().all(|waiting| waiting.len() == PLACES)
    }

    #[cfg(test)]
    pub(super) fn spoil(&mut self) {
        self.waiting[0].truncate(1);
    }

    /// The share of those who ask that usually goes on, in 1/256, where most do.
    #[must_use]
    pub fn usual(&self, asked: Asked) -> Option<u64> {
        self.habits.usual(match asked {
            Asked::LookUp => Habits::LOOK_UPS,
            Asked::SignUp => Habits::SIGN_UPS,
        })
    }

    /// The same of those who look a name up where fewer than 8 are tried, and whom the score holds for people.
    #[must_use]
    pub fn usual_alone(&self) -> Option<u64> {
        self.habits.usual(Habits::ALONE)
    }
}

#[cfg(test)]
#[path = "shows_tests.rs"]
mod tests;
