//! The limits: from which log-odds an attempt is challenged, so that the share of people challenged
//! holds its budget.
//!
//! The score is a probability, so what it leaves over is the expected number of people among those
//! who would be challenged. A limit rises until that number fits the budget: where an attack looks
//! like people, more of it is let through rather than more people stopped.

use crate::delta::Seen;
use crate::fixed::probability;
use crate::state::fading::{Fading, ONE};
use credsieve_models::Lane;
use credsieve_models::verdict::LogOdds;
use serde::{Deserialize, Serialize};

/// Half-life of what the limits are held against.
const MEMORY_S: i64 = 12 * 3_600;
/// How often the limits move.
const MOVE_S: i64 = 60;
/// Quarters of a nat, from -2.5 to 7: beyond, the score says 99.9 %.
const STEPS: usize = 38;
/// The lowest log-odds that any attempt is challenged from, in 1/256 nat.
pub const LOWEST: i32 = -5 * LogOdds::NAT / 2;
const STEP: i32 = LogOdds::NAT / 4;

/// A budget of less than a person or two could not be held against anything.
const SLACK: u64 = ONE;

/// Lanes that share a limit: what they have in common is what a challenge costs there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Group {
    Success,
    Token,
    Failure,
    Signup,
    Lookup,
}

const GROUPS: usize = 5;

impl Group {
    const ALL: [Self; GROUPS] = [
        Self::Success,
        Self::Token,
        Self::Failure,
        Self::Signup,
        Self::Lookup,
    ];

    fn of(lane: Lane) -> Self {
        match lane {
            Lane::LoginSuccess | Lane::MfaSuccess => Self::Success,
            Lane::TokenSuccess | Lane::TokenFailure => Self::Token,
            Lane::SignupSuccess | Lane::SignupFailure => Self::Signup,
            Lane::LookupSuccess | Lane::LookupFailure => Self::Lookup,
            _ => Self::Failure,
        }
    }

    /// A right password in wrong hands is worth a question earlier than a wrong one. Who looks a name up
    /// seldom shows to have been a person, and lets nobody in: there it takes 400 to one.
    fn lowest(self) -> i32 {
        match self {
            Self::Success | Self::Token => LOWEST,
            Self::Failure | Self::Signup => 0,
            Self::Lookup => 6 * LogOdds::NAT,
        }
    }

    /// Its part of the budget, in percent. Together they are more than the whole: no traffic uses all of them.
    fn part(self) -> u64 {
        match self {
            Self::Success => 20,
            Self::Failure => 80,
            Self::Token | Self::Signup => 6,
            Self::Lookup => 4,
        }
    }
}

/// What successes that are scored again may take beside the budget, in percent of it: nobody is stopped at the
/// door any more, the owner of an account is asked whether it was them.
const AGAIN_PART: u64 = 100;

/// The limits with what they are held against.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Expected people among the attempts of each step of log-odds.
    people_at: Vec<Fading<MEMORY_S>>,
    /// Expected people in all.
    people: Fading<MEMORY_S>,
    from: [i32; GROUPS],
    /// The same for successes that are scored again.
    again_from: i32,
    /// People to expect, by the score, among those who were challenged and might show that they are people.
    expected: [Fading<MEMORY_S>; GROUPS],
    /// Those who showed it by succeeding from the same place soon after: people indeed.
    wronged: [Fading<MEMORY_S>; GROUPS],
    moved: i64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            people_at: vec![Fading::default(); GROUPS * STEPS],
            people: Fading::default(),
            from: Group::ALL.map(|group| group.lowest().max(0)),
            again_from: 0,
            expected: Default::default(),
            wronged: Default::default(),
            moved: 0,
        }
    }
}

/// The people to expect in an attempt with these log-odds, in 2^-16.
#[must_use]
pub fn people_in(log_odds: i32) -> u64 {
    (10_000 - u64::from(probability(LogOdds(log_odds)).0)) * ONE / 10_000
}

impl Limits {
    /// Counts an attempt. `budget` is the share of people that may be challenged, in 1/100,000.
    pub fn count(&mut self, at_s: i64, seen: &Seen, budget: u64) {
        let (lane, log_odds) = (seen.lane, seen.log_odds);
        let people = people_in(log_odds);
        self.people.add(at_s, people);
        if log_odds >= LOWEST {
            let step = usize::try_from((log_odds - LOWEST) / STEP)
                .unwrap_or(0)
                .min(STEPS - 1);
            self.people_at[Group::of(lane) as usize * STEPS + step].add(at_s, people);
        }
        if seen.flagged && seen.first && seen.may_show {
            self.expected[Group::of(lane) as usize].add(at_s, people);
        }
        // As far as the success that shows it is one of a person.
        if let Some(lane) = seen.wronged {
            self.wronged[Group::of(lane) as usize].add(at_s, people);
        }
        self.move_on(at_s, budget);
    }

    /// Counts people (in 2^-16) in attempts whose log-odds are below [`LOWEST`].
    pub fn count_plain(&mut self, at_s: i64, people: u64, budget: u64) {
        self.people.add(at_s, people);
        self.move_on(at_s, budget);
    }

    /// Once a minute the limits are set anew.
    fn move_on(&mut self, at_s: i64, budget: u64) {
        if at_s.div_euclid(MOVE_S) > self.moved {
            self.moved = at_s.div_euclid(MOVE_S);
            self.adjust(at_s, budget);
        }
    }

    /// How many times more people were challenged than the score expected, in 1/256: most of them show
    /// it by succeeding soon after. At most 32 times: on traffic unlike all that the card was fitted to, scores
    /// of 99 % were wrong one time in ten. At least a 64th of failures: the card believes itself as far as strangers' traffic bears it out,
    /// and is right more often with traffic that it knows. Where nothing shows it, as expected.
    fn overconfidence(&self, group: Group, at_s: i64) -> u64 {
        const DOUBT: u64 = 4 * ONE;
        let (shown_in_ten, least) = match group {
            Group::Failure => (7, 4),
            Group::Signup | Group::Token => (5, 16),
            // Who looks others up never shows it.
            Group::Lookup => (3, 256),
            Group::Success => return 256,
        };
        let wronged = self.wronged[group as usize].read(at_s) * 10 / shown_in_ten + DOUBT;
        let expected = self.expected[group as usize].read(at_s) + DOUBT;
        (256 * wronged / expected).clamp(least, 32 * 256)
    }

    fn adjust(&mut self, at_s: i64, budget: u64) {
        for group in Group::ALL {
            self.from[group as usize] = self.lowest_with(at_s, group, budget, group.part());
        }
        let part = Group::Success.part() + AGAIN_PART;
        self.again_from = self.lowest_with(at_s, Group::Success, budget, part);
    }

    /// The lowest limit of a group with which so many percent of the budget hold.
    fn lowest_with(&self, at_s: i64, group: Group, budget: u64, part: u64) -> i32 {
        let allowed = self.people.read(at_s) / 100_000 * budget * part / 100 + SLACK;
        let steps = &self.people_at[group as usize * STEPS..][..STEPS];
        let overconfidence = self.overconfidence(group, at_s);
        let mut challenged = 0;
        let mut limit = STEPS;
        while limit > 0 {
            challenged += steps[limit - 1].read(at_s) * overconfidence / 256;
            if challenged > allowed {
                break;
            }
            limit -= 1;
        }
        let from = LOWEST + i32::try_from(limit).unwrap_or(0) * STEP;
        from.max(group.lowest())
    }

    /// The log-odds from which an attempt of that lane is challenged.
    #[must_use]
    pub fn of(&self, lane: Lane) -> LogOdds {
        LogOdds(self.from[Group::of(lane) as usize])
    }

    /// The same for an attempt that is scored again.
    #[must_use]
    pub fn of_again(&self, lane: Lane) -> LogOdds {
        match Group::of(lane) {
            Group::Success => LogOdds(self.again_from),
            _ => self.of(lane),
        }
    }
}

#[cfg(test)]
#[path = "limits_tests.rs"]
pub(crate) mod tests;
