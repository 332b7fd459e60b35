//! The joint cells: how often each pattern of a lane is seen in people and in the attack (D7, D14).

use crate::fixed::ln;
use crate::pattern::Pattern;
use crate::state::fading::{Fading, ONE};
use credsieve_models::Lane;
use serde::{Deserialize, Serialize};

/// Half-life of what people look like.
const PEOPLE_S: i64 = 3 * 86_400;
/// Half-life of what the attack looks like.
const ATTACK_S: i64 = 1_800;

/// The weight of the usual figures beside what was counted.
const USUAL_PEOPLE: u64 = 40 * ONE;
const USUAL_ATTACK: u64 = 20 * ONE;

/// One suspect is no evidence: so much is taken off each pattern's count in the attack.
const NO_EVIDENCE: u64 = 3 * ONE / 2;

/// A pattern never seen among people is no rarer than this.
const LEAST_SEEN: u64 = ONE / 2;

/// The cells of all lanes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cells {
    people: Vec<Fading<PEOPLE_S>>,
    people_of_lane: Vec<Fading<PEOPLE_S>>,
    attack: Vec<Fading<ATTACK_S>>,
    attack_of_group: Vec<Fading<ATTACK_S>>,
    /// By standing alone, four to a lane or group.
    people_standing: Vec<Fading<PEOPLE_S>>,
    attack_standing: Vec<Fading<ATTACK_S>>,
}

/// Lanes whose attackers look alike: whether a password was right is chance to them.
fn group(lane: Lane) -> usize {
    match lane {
        Lane::LoginUnknownUser => 1,
        Lane::SignupSuccess | Lane::SignupFailure => 2,
        Lane::LookupSuccess | Lane::LookupFailure => 3,
        Lane::ResetSuccess | Lane::ResetFailure => 4,
        Lane::TokenSuccess | Lane::TokenFailure => 5,
        _ => 0,
    }
}

const GROUPS: usize = 6;

const _: () = assert!(
    (Lane::COUNT + GROUPS) * (Pattern::COUNT + 1) * size_of::<Fading<ATTACK_S>>() < 200 << 10,
    "the Service room sets 1,240 KiB apart for these and its smaller parts"
);

impl Default for Cells {
    fn default() -> Self {
        Self {
            people: vec![Fading::default(); Lane::COUNT * Pattern::COUNT],
            people_of_lane: vec![Fading::default(); Lane::COUNT],
            attack: vec![Fading::default(); GROUPS * Pattern::COUNT],
            attack_of_group: vec![Fading::default(); GROUPS],
            people_standing: vec![Fading::default(); Lane::COUNT * 4],
            attack_standing: vec![Fading::default(); GROUPS * 4],
        }
    }
}

impl Cells {
    /// Counts the honest part of a first sight.
    pub fn count_people(&mut self, at_s: i64, lane: Lane, pattern: Pattern, honest: u64) {
        self.people[lane.index() * Pattern::COUNT + pattern.index()].add(at_s, honest);
        self.people_of_lane[lane.index()].add(at_s, honest);
        self.people_standing[lane.index() * 4 + usize::from(pattern.standing)].add(at_s, honest);
    }

    /// Counts the hostile part of a first sight.
    pub fn count_attack(&mut self, at_s: i64, lane: Lane, pattern: Pattern, hostile: u64) {
        let group = group(lane);
        self.attack[group * Pattern::COUNT + pattern.index()].add(at_s, hostile);
        self.attack_of_group[group].add(at_s, hostile);
        self.attack_standing[group * 4 + usize::from(pattern.standing)].add(at_s, hostile);
    }

    /// log P(pattern | attack) / P(pattern | people) in a lane, in 1/256 nat.
    #[must_use]
    pub fn weight(&self, at_s: i64, lane: Lane, pattern: Pattern) -> i32 {
        self.attack_share(at_s, lane, pattern) - self.people_share(at_s, lane, pattern)
    }

    fn attack_share(&self, at_s: i64, lane: Lane, pattern: Pattern) -> i32 {
        let group = group(lane);
        let seen = |pattern: Pattern| {
            self.attack[group * Pattern::COUNT + pattern.index()].read(at_s)
                + USUAL_ATTACK / 1_000 * pattern.usual_in_attacks(lane) / 1_000
        };
        let all = self.attack_of_group[group].read(at_s) + USUAL_ATTACK;
        let standing = self.attack_standing[group * 4 + usize::from(pattern.standing)].read(at_s);
        share(pattern, seen, NO_EVIDENCE, standing + USUAL_ATTACK / 4, all)
    }

    /// Who fails looks like who succeeds: what is too rare alone backs off to 0.4 of its share among
    /// successes.
    fn people_share(&self, at_s: i64, lane: Lane, pattern: Pattern) -> i32 {
        let own = self.people_share_in(at_s, lane, pattern);
        if lane.is_success() {
            own
        } else {
            const TWO_FIFTHS: i32 = 235;
            own.max(self.people_share_in(at_s, Lane::LoginSuccess, pattern) - TWO_FIFTHS)
        }
    }

    fn people_share_in(&self, at_s: i64, lane: Lane, pattern: Pattern) -> i32 {
        let seen = |pattern: Pattern| {
            self.people[lane.index() * Pattern::COUNT + pattern.index()].read(at_s)
                + USUAL_PEOPLE / 1_000 * pattern.usual_in_people(lane) / 1_000
        };
        let all = self.people_of_lane[lane.index()].read(at_s) + USUAL_PEOPLE;
        let standing = self.people_standing[lane.index() * 4 + usize::from(pattern.standing)];
        share(
            pattern,
            seen,
            0,
            standing.read(at_s) + USUAL_PEOPLE / 4,
            all,
        )
    }
}

/// The logarithm of a pattern's share: that of device, place and history, never rarer than
/// [`LEAST_SEEN`], times that of the standing given these, which leans on the standing's share over
/// all where few were seen.
fn share(
    pattern: Pattern,
    seen: impl Fn(Pattern) -> u64,
    no_evidence: u64,
    of_standing: u64,
    all: u64,
) -> i32 {
    const LEANS: u64 = 4;
    let whole: u64 = pattern.with_any_standing().map(&seen).sum();
    let here = seen(pattern) + LEANS * (of_standing / (all / ONE).max(1));
    let given = ln(here.max(1)) - ln(whole + LEANS * ONE);
    ln(whole.saturating_sub(no_evidence).max(LEAST_SEEN)) - ln(all) + given
}

#[cfg(test)]
#[path = "cells_tests.rs"]
mod tests;
