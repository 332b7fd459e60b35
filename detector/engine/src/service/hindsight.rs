//! Hindsight (D18): what became of strangers, half an hour later, corrects what their traits weigh here.
//!
//! Who mistypes a password gets it right a minute later, from the same address and device; who tries a list does not. That says
//! nothing while an attempt is judged, but it says which of its traits people have in this service, and which the attack. So
//! each step of each trait has a *shift* beside its weight on the card. An attempt's score, and whether somebody went on from
//! where it came, say how likely it was an attack in the end; its shifts move a little to where the score would have said so
//! (a logistic regression, one row at a time, that starts at the card).

use super::limits::{LOWEST, people_in};
use super::shown::Shown;
use crate::card::{CardGroup, Marks, Trait};
use crate::delta::Seen;
use crate::fixed::probability;
use crate::state::fading::ONE;
use credsieve_models::verdict::LogOdds;
use credsieve_models::{KeyHasher, Lane, key::Domain};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// Addresses with their devices from where somebody may go on. One that finds its place taken is not learned from: a flood
/// leaves a sample, and pushes nobody out.
const PLACES: usize = 1 << 12;
/// Attempts that wait for what becomes of them, over all places.
const MOST_WAITING: usize = 1 << 13;
/// … and at one place: who tries a thousand names from one device says hardly more than who tries three.
const MOST_AT_A_PLACE: u8 = 3;
/// How long one waits, in seconds.
const PATIENCE_S: u32 = 30 * 60;

/// A shift is kept in 2^-20 nat.
const NAT_BITS: u32 = 20;
/// The most that one step of one trait is shifted by.
const MOST_A_STEP: i32 = 3 << (NAT_BITS - 1);
/// The most that an attempt is shifted by, in 1/256 nat: whoever bends all that is learned here bends no more.
pub const MOST: i32 = 2 * LogOdds::NAT;
/// How far shifts move by what was wrong in a probability, in 2^-20 nat for each ten-thousandth: a fiftieth of a nat for all.
const PACE: i32 = 2;
/// Each step forgets so small a part of its shift when it is moved.
const FORGETS: i32 = 1 << 13;
/// So many places an address has at most, whatever devices it shows.
const PLACES_AN_ADDRESS: u64 = 8;
/// More steps than this no trait has.
const STEPS: usize = 25;

/// What it says, in 1/256 nat, that somebody went on, and that nobody did.
#[derive(Clone, Copy)]
struct Says {
    went_on: i32,
    stayed_away: i32,
}

impl Says {
    /// By the shares that go on, of labelled traffic to choose by: of people who fail 47 % (by log 25 to 95 %), of an attack's
    /// failures 2 %, where people share address and program; of look-ups and sign-ups 40 and 5 %. What follows a success
    /// says nothing of it.
    fn of(group: CardGroup) -> Option<Self> {
        match group {
            CardGroup::WrongPassword
            | CardGroup::UnknownUser
            | CardGroup::Failure
            | CardGroup::Other => Some(Self {
                went_on: -808,
                stayed_away: 157,
            }),
            CardGroup::Signup | CardGroup::Lookup => Some(Self {
                went_on: -532,
                stayed_away: 118,
            }),
            CardGroup::Success | CardGroup::Token => None,
        }
    }
}

/// From where attempts wait.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Place {
    /// The upper half of the key, never 0; 0 is nobody's.
    tag: u32,
    last_s: u32,
    went_on_s: u32,
    waiting: u8,
}

/// An attempt that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Tried {
    at_s: u32,
    /// Its log-odds without shifts.
    log_odds: i32,
    place: u16,
    group: u8,
    /// What part of a person it was taken for, in 2^-16; 0 where it was suspected, far from it, not the first of its kind, or such that
    /// nobody could show.
    people: u32,
    marks: Marks,
}

/// What is learned from what became of strangers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hindsight {
    places: Vec<Place>,
    waiting: VecDeque<Tried>,
    /// By group, trait and step.
    shifts: Vec<i32>,
    shown: Shown,
}

impl Default for Hindsight {
    fn default() -> Self {
        Self {
            places: vec![Place::default(); PLACES],
            waiting: VecDeque::with_capacity(MOST_WAITING),
            shifts: vec![0; CardGroup::COUNT * Trait::COUNT * STEPS],
            shown: Shown::default(),
        }
    }
}

impl Hindsight {
    /// Learns what became of earlier attempts, and takes note of this one.
    pub fn learn(&mut self, hasher: &KeyHasher, seen: &Seen) {
        let at_s = seen.member.at_s;
        self.look_back(at_s);
        // Where no names are told, whoever got in may be whoever guessed.
        if seen.member.user == 0 {
            return;
        }
        let group = CardGroup::of(seen.lane);
        if goes_on(seen) {
            let key = key_of(hasher, seen);
            self.go_on(at_s, place_of(hasher, seen, key), tag_of(key));
        } else if let Some(marks) = seen.marks
            && Says::of(group).is_some()
        {
            let key = key_of(hasher, seen);
            let tried = Tried {
                at_s,
                log_odds: seen.log_odds - seen.shifted,
                place: place_of(hasher, seen, key),
                group: group as u8,
                people: people_of(seen),
                marks,
            };
            self.wait(tried, tag_of(key));
        }
    }

    /// How much more a step of a trait weighs here than on the card, in 1/256 nat.
    #[must_use]
    pub fn shift(&self, group: CardGroup, of: Trait, step: u8) -> i32 {
        const HALF: i32 = 1 << (NAT_BITS - 9);
        (self.shifts[index(group, of, step)] + HALF) >> (NAT_BITS - 8)
    }

    /// The same for all traits of an attempt.
    #[must_use]
    pub fn shifts_of(&self, group: CardGroup, marks: &Marks) -> [i32; Trait::COUNT] {
        if Says::of(group).is_none() {
            return [0; Trait::COUNT];
        }
        std::array::from_fn(|at| {
            let of = Trait::ALL[at];
            self.shift(group, of, marks.step(of))
        })
    }

    /// How many people go on.
    #[must_use]
    pub fn shown(&self) -> &Shown {
        &self.shown
    }

    /// All steps shifted alike, in 1/256 nat.
    #[cfg(test)]
    pub(crate) fn shifted_by(by: i32) -> Self {
        let mut bent = Self::default();
        bent.shifts.fill(by << (NAT_BITS - 8));
        bent
    }

    fn wait(&mut self, tried: Tried, tag: u32) {
        let place = &mut self.places[usize::from(tried.place)];
        if tried.at_s > place.last_s.saturating_add(PATIENCE_S) || place.tag == 0 {
            *place = Place {
                tag,
                ..Place::default()
            };
        }
        let is_full = place.waiting >= MOST_AT_A_PLACE || self.waiting.len() >= MOST_WAITING;
        if place.tag != tag || is_full || !is_drawn(tag, self.waiting.len()) {
            return;
        }
        place.waiting += 1;
        place.last_s = tried.at_s;
        self.waiting.push_back(tried);
    }

    fn go_on(&mut self, at_s: u32, place: u16, tag: u32) {
        let place = &mut self.places[usize::from(place)];
        if place.tag == tag {
            place.went_on_s = at_s;
        }
    }

    fn look_back(&mut self, at_s: u32) {
        while let Some(tried) = self.waiting.front().copied()
            && tried.at_s.saturating_add(PATIENCE_S) <= at_s
        {
            self.waiting.pop_front();
            let place = &mut self.places[usize::from(tried.place)];
            place.waiting = place.waiting.saturating_sub(1);
            let went_on = place.went_on_s >= tried.at_s;
            if tried.people > 0 {
                let group = CardGroup::ALL[usize::from(tried.group)];
                let people = u64::from(tried.people);
                self.shown.count(i64::from(at_s), group, people, went_on);
            }
            self.correct(&tried, went_on);
        }
    }

    /// Moves the shifts of an attempt to where its score would have said what is known of it now.
    fn correct(&mut self, tried: &Tried, went_on: bool) {
        let group = CardGroup::ALL[usize::from(tried.group)];
        let Some(says) = Says::of(group) else { return };
        let known = if went_on {
            says.went_on
        } else if tried.marks.is_repeat() {
            // A forgotten program never goes on.
            0
        } else {
            says.stayed_away
        };
        let sum: i32 = self.shifts_of(group, &tried.marks).iter().sum();
        let said = probability(LogOdds(tried.log_odds + sum.clamp(-MOST, MOST)));
        let is = probability(LogOdds(tried.log_odds + known));
        let by = PACE * (i32::from(is.0) - i32::from(said.0));
        // Beyond the bound nothing would be said by more, and steps that others share would run away.
        if sum.abs() >= MOST && sum.signum() == by.signum() {
            return;
        }
        for of in Trait::ALL {
            let shift = &mut self.shifts[index(group, *of, tried.marks.step(*of))];
            let kept = *shift - *shift / FORGETS;
            *shift = (kept + by).clamp(-MOST_A_STEP, MOST_A_STEP);
        }
    }

    /// Makes room for all that may wait: what was read from a file has room for what it holds, and would double.
    pub(super) fn make_room(&mut self) {
        let more = MOST_WAITING.saturating_sub(self.waiting.len());
        self.waiting.reserve_exact(more);
    }

    /// Whether it can be gone on with: it was read from a file.
    #[must_use]
    pub(super) fn is_sound(&self) -> bool {
        let fits = |tried: &Tried| {
            usize::from(tried.place) < PLACES
                && usize::from(tried.group) < CardGroup::COUNT
                && tried.log_odds.unsigned_abs() < 1 << 20
                && u64::from(tried.people) <= ONE
        };
        let in_bounds = |shift: &i32| shift.abs() <= MOST_A_STEP;
        self.places.len() == PLACES
            && self.shifts.len() == CardGroup::COUNT * Trait::COUNT * STEPS
            && self.waiting.len() <= MOST_WAITING
            && self.shifts.iter().all(in_bounds)
            && self.waiting.iter().all(fits)
    }
}

/// Of what comes once half the room is taken every fourth place is drawn, and ever fewer: a sample of the whole half hour.
fn is_drawn(tag: u32, waiting: usize) -> bool {
    let bits = match MOST_WAITING / (MOST_WAITING - waiting).max(1) {
        0..2 => 0,
        2..4 => 2,
        4..8 => 4,
        _ => 6,
    };
    tag.trailing_zeros() >= bits
}

/// A success of somebody who does not look like a thief.
fn goes_on(seen: &Seen) -> bool {
    matches!(
        seen.lane,
        Lane::LoginSuccess | Lane::MfaSuccess | Lane::TokenSuccess
    ) && seen.log_odds < 0
}

/// What part of a person somebody is taken for who was not suspected, but might have been, and could show it: of what may be the
/// service's own fault nobody can.
fn people_of(seen: &Seen) -> u32 {
    let unsuspected = !seen.flagged && (LOWEST..0).contains(&seen.log_odds);
    let could_show = seen.may_show || seen.lane == Lane::LoginUnknownUser;
    if unsuspected && seen.first && could_show {
        u32::try_from(people_in(seen.log_odds)).unwrap_or(0)
    } else {
        0
    }
}

/// Address and device; without one, the program.
fn key_of(hasher: &KeyHasher, seen: &Seen) -> u64 {
    let from = if seen.member.device == 0 {
        seen.agent
    } else {
        seen.member.device
    };
    hasher.hash_words(Domain::Slot, seen.member.address, from)
}

/// One of the few of its address.
fn place_of(hasher: &KeyHasher, seen: &Seen, key: u64) -> u16 {
    let address = hasher.hash_words(Domain::Slot, seen.member.address, PLACES_AN_ADDRESS);
    let place = address - address % PLACES_AN_ADDRESS + key % PLACES_AN_ADDRESS;
    u16::try_from(place % PLACES as u64).unwrap_or(0)
}

fn tag_of(key: u64) -> u32 {
    u32::try_from(key >> 32).unwrap_or(0).max(1)
}

fn index(group: CardGroup, of: Trait, step: u8) -> usize {
    (group as usize * Trait::COUNT + of as usize) * STEPS + usize::from(step).min(STEPS - 1)
}

#[cfg(test)]
#[path = "hindsight_tests.rs"]
mod tests;
