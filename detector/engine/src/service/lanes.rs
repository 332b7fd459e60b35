//! The lanes: how many strangers come in each now, held against what today's trusted successes lead
//! one to expect (D6, D7).
//!
//! The yardstick is the number of trusted successes, which an attacker cannot make: more visitors
//! mean more honest failures, and no attack. What exceeds the expectation while nothing explains it
//! is the attack; its size relative to the honest part is the prior of every attempt in the lane.

use crate::fixed::ln_ratio;
use crate::state::fading::{Fading, ONE};
use credsieve_models::Lane;
use serde::{Deserialize, Serialize};

/// Of 1,000 attempts of an attack that fail, so many more succeed.
const SUCCEED: u64 = 8;
/// Half-life of "now".
const NOW_S: i64 = 600;
/// Where fewer honest attempts than this are to be expected now, ten minutes do not tell.
const FEW: u64 = ONE / 2;
/// In an outage at least one fails at home for so many trusted successes.
const OUTAGE: u64 = 16;
/// Half-life of what the attack looks like.
const ATTACK_S: i64 = 1_800;
/// Half-life of what is learned.
const LEARNED_S: i64 = 2 * 86_400;
/// A learning period, in seconds.
pub const PERIOD_S: i64 = 600;

/// What is learned about one lane, and what comes now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct LaneState {
    /// First sights of strangers now.
    strangers: Fading<NOW_S>,
    /// The honest part of the strangers in this learning period, in 2^-16.
    strangers_learning: u64,
    /// The honest part of everybody in this learning period.
    all_learning: u64,
    /// Honest strangers learned.
    strangers_learned: Fading<LEARNED_S>,
    /// Honest attempts learned.
    all_learned: Fading<LEARNED_S>,
    /// The trusted successes of the periods that were learned from.
    yard_learned: Fading<LEARNED_S>,
    /// More came in this period than is to be expected: it teaches nothing.
    disturbed: bool,
}

/// All lanes with their yardstick.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lanes {
    states: Vec<LaneState>,
    /// Trusted successes now.
    yard: Fading<NOW_S>,
    /// First sights of strangers whose login failed, over days.
    failed: Fading<LEARNED_S>,
    /// Of these, those who succeeded soon after: people.
    vindicated: Fading<LEARNED_S>,
    /// Learning periods in which a failed login said something else than `other` …
    periods_told: Fading<LEARNED_S>,
    /// … and in which none did.
    periods_other: Fading<LEARNED_S>,
    /// The period of the last failed login, and what was said in it.
    reasons_period: i64,
    told_now: bool,
    /// First sights of people at home whose login failed for another reason than what they entered, now.
    known_other: Fading<NOW_S>,
    /// Unknown names in the attack, and those of them that are near to somebody's.
    unknown: Fading<ATTACK_S>,
    unknown_near: Fading<ATTACK_S>,
    yard_learning: u64,
    /// Trusted successes ever, in 2^-16.
    trusted: u64,
    period: i64,
}

/// What a lane looks like now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LaneFacts {
    /// Strangers now, rounded.
    pub strangers: u32,
    /// Strangers to expect now, rounded.
    pub expected: u32,
    /// The log-odds that an attempt here belongs to an attack, before anything is known about it,
    /// relative to the quiet ones, in 1/256 nat.
    pub excess: i32,
    /// Too few come to tell from ten minutes: these are those who failed in the last days, and the
    /// people among them.
    pub by_days: bool,
}

/// Of 1,000 honest trusted successes, how many strangers a lane has before anything is learned, and
/// how many attempts in all.
fn usual(lane: Lane) -> (u64, u64) {
    match lane {
        Lane::LoginSuccess => (60, 1_060),
        Lane::LoginBadPassword => (12, 60),
        Lane::LoginFailure => (20, 80),
        Lane::LoginUnknownUser | Lane::SignupSuccess => (20, 20),
        Lane::LookupSuccess => (10, 40),
        Lane::MfaSuccess | Lane::TokenSuccess => (10, 200),
        Lane::LoginBadMfa
        | Lane::LoginLocked
        | Lane::LoginOther
        | Lane::SignupFailure
        | Lane::ResetSuccess
        | Lane::ResetFailure
        | Lane::LookupFailure
        | Lane::MfaFailure
        | Lane::TokenFailure => (5, 10),
    }
}

/// The weight of the usual figures: as if learned from so many trusted successes.
const USUAL_WEIGHT: u64 = 300;

/// From so many periods of nothing but `other` on, six hours, it is the service's habit.
const UNTOLD: u64 = 36 * ONE;

/// Evidence that is relative to what was learned counts by half once so many trusted successes were
/// seen.
const HALF_LEARNED: u64 = 2_000;

impl Default for Lanes {
    fn default() -> Self {
        Self {
            states: vec![LaneState::default(); Lane::COUNT],
            yard: Fading::default(),
            failed: Fading::default(),
            vindicated: Fading::default(),
            periods_told: Fading::default(),
            periods_other: Fading::default(),
            reasons_period: 0,
            told_now: false,
            known_other: Fading::default(),
            unknown: Fading::default(),
            unknown_near: Fading::default(),
            yard_learning: 0,
            trusted: 0,
            period: 0,
        }
    }
}

impl Lanes {
    /// Counts an attempt: `honest` is the probability that it is, in 2^-16; `first` a first sight.
    pub fn count(&mut self, at_s: i64, lane: Lane, stranger: bool, first: bool, honest: u64) {
        self.turn(at_s);
        if !first {
            return;
        }
        let state = &mut self.states[lane.index()];
        state.all_learning += honest;
        if lane == Lane::LoginOther && !stranger {
            self.known_other.add(at_s, ONE);
        }
        if stranger {
            state.strangers.add(at_s, ONE);
            if Self::is_failed_login(lane) {
                self.failed.add(at_s, ONE);
            }
            state.strangers_learning += honest;
            let disturbed = self.beyond(lane, at_s) > 0;
            self.states[lane.index()].disturbed |= disturbed;
        }
    }

    /// Counts a trusted success, or the part that a stranger's is taken for while little is known.
    pub fn count_trusted(&mut self, at_s: i64, amount: u64, stranger: bool) {
        self.turn(at_s);
        self.yard.add(at_s, amount);
        self.yard_learning += amount;
        if !stranger {
            self.trusted = self.trusted.saturating_add(amount);
        }
    }

    /// Closes a learning period: what it taught is bounded by what was expected, so that an attack
    /// that goes unseen moves the expectation slowly.
    pub fn turn(&mut self, at_s: i64) {
        let period = at_s.div_euclid(PERIOD_S);
        if period <= self.period {
            return;
        }
        self.period = period;
        // While nobody is known everybody is a stranger: that teaches little.
        let warmth = u64::from(self.learned().unsigned_abs());
        let warm = |sum: u64| sum / 256 * warmth;
        let taught = warm(self.yard_learning);
        for lane in Lane::ALL.iter().copied() {
            let (strangers, all) = self.learned_rates(lane, at_s);
            let state = &mut self.states[lane.index()];
            let taught_by = (warm(state.strangers_learning), warm(state.all_learning));
            (state.strangers_learning, state.all_learning) = (0, 0);
            if std::mem::take(&mut state.disturbed) && !Self::follows_failures(lane) {
                continue;
            }
            let bound = |(over, under): (u64, u64)| 2 * scaled(taught, over, under) + ONE;
            state
                .strangers_learned
                .add(at_s, taught_by.0.min(bound(strangers)));
            state.all_learned.add(at_s, taught_by.1.min(bound(all)));
            state.yard_learned.add(at_s, taught);
        }
        self.yard_learning = 0;
    }

    /// Strangers, and all attempts, for each trusted success: two ratios.
    fn learned_rates(&self, lane: Lane, at_s: i64) -> ((u64, u64), (u64, u64)) {
        let state = &self.states[lane.index()];
        let (strangers, all) = usual(lane);
        // While nobody is known, everybody is a stranger; and twice as many may come.
        let cold = u64::from((256 - self.learned()).unsigned_abs());
        let strangers = (strangers * (256 - cold) + 2 * all * cold) / 256;
        let under = state.yard_learned.read(at_s) + USUAL_WEIGHT * ONE;
        let over = |learned: &Fading<LEARNED_S>, usual: u64| {
            learned.read(at_s) + usual * USUAL_WEIGHT * ONE / 1_000
        };
        (
            (over(&state.strangers_learned, strangers), under),
            (over(&state.all_learned, all), under),
        )
    }

    /// How far the service has been learned: 0 to 256.
    #[must_use]
    pub fn learned(&self) -> i32 {
        let trusted = self.trusted / ONE;
        i32::try_from(256 * trusted / (trusted + HALF_LEARNED)).unwrap_or(256)
    }

    /// Whether a lane's successes prove who it is: thieves are in it, but hardly any of its excess.
    #[must_use]
    pub fn follows_failures(lane: Lane) -> bool {
        matches!(lane, Lane::LoginSuccess | Lane::MfaSuccess)
    }

    /// Counts the hostile part of an attempt with an unknown name.
    pub fn count_unknown(&mut self, at_s: i64, near: bool, hostile: u64) {
        self.unknown.add(at_s, hostile);
        if near {
            self.unknown_near.add(at_s, hostile);
        }
    }

    /// Whether to be near to somebody's name speaks for a person: six in ten of those who mistype have
    /// logged in before; how many of an attacker's names happen to be near is seen.
    #[must_use]
    pub fn near_names_are_people(&self, at_s: i64) -> bool {
        let all = self.unknown.read(at_s) + 20 * ONE;
        let hits = self.unknown_near.read(at_s) + ONE;
        hits * 10 < all * 6
    }

    /// Counts a user who succeeded soon after a stranger had failed.
    pub fn count_vindicated(&mut self, at_s: i64) {
        self.vindicated.add(at_s, ONE);
    }

    /// Counts whether a failed login says `other`. By periods, so that it makes no difference how many one
    /// client sends.
    pub fn count_reason(&mut self, at_s: i64, says_other: bool) {
        let period = at_s.div_euclid(PERIOD_S);
        if period > self.reasons_period {
            if self.reasons_period > 0 {
                let past = if self.told_now {
                    &mut self.periods_told
                } else {
                    &mut self.periods_other
                };
                past.add(at_s, ONE);
            }
            (self.reasons_period, self.told_now) = (period, false);
        }
        self.told_now |= !says_other;
    }

    /// Whether this service says `other` whatever happens: then it is no outage. One would have to last for
    /// hours in which no login fails as others do.
    #[must_use]
    pub fn tells_no_reasons(&self, at_s: i64) -> bool {
        let other = self.periods_other.read(at_s);
        other >= UNTOLD && self.periods_told.read(at_s) * 20 < other
    }

    /// Whether the service itself fails: logins of people at home say `other` as well, clearly more often than is
    /// usual here. An attack comes from elsewhere.
    #[must_use]
    pub fn is_outage(&self, at_s: i64) -> bool {
        let known = self.known_other.read(at_s);
        // Hardly ever is there more to look at.
        if known <= 2 * ONE {
            return false;
        }
        let yard = self.yard.read(at_s);
        let ((strangers, under), (all, _)) = self.learned_rates(Lane::LoginOther, at_s);
        let usual = scaled(yard, all.saturating_sub(strangers), under);
        known > usual + noise(usual) && known * OUTAGE > yard
    }

    fn is_failed_login(lane: Lane) -> bool {
        matches!(
            lane,
            Lane::LoginBadPassword
                | Lane::LoginUnknownUser
                | Lane::LoginFailure
                | Lane::LoginLocked
                | Lane::LoginBadMfa
        )
    }

    /// Whether too few come to tell from ten minutes how many ought to fail.
    #[must_use]
    pub fn is_small(&self, at_s: i64) -> bool {
        let (_, (over, under)) = self.learned_rates(Lane::LoginBadPassword, at_s);
        scaled(self.yard.read(at_s), over, under) < FEW
    }

    /// Where too few come to tell from ten minutes, people are told by days: seven in ten who fail
    /// succeed soon after. Answers the honest part of those who failed, and what is beyond it.
    fn beyond_vindicated(&self, at_s: i64) -> (u64, u64) {
        let failed = self.failed.read(at_s);
        let honest = (self.vindicated.read(at_s) * 10 / 7).max(ONE / 2);
        (honest, failed.saturating_sub(honest + noise(honest)))
    }

    /// The strangers beyond what is to be expected, in 2^-16.
    fn beyond(&self, lane: Lane, at_s: i64) -> u64 {
        let strangers = self.states[lane.index()].strangers.read(at_s);
        // Most lanes are quiet: so few are never beyond it.
        if strangers <= 2 * ONE {
            return 0;
        }
        let ((over, under), _) = self.learned_rates(lane, at_s);
        let expected = scaled(self.yard.read(at_s), over, under);
        strangers.saturating_sub(expected + noise(expected))
    }

    /// Whether more comes in a lane than is to be expected.
    #[must_use]
    pub fn is_disturbed(&self, lane: Lane) -> bool {
        self.states[lane.index()].disturbed && !Self::follows_failures(lane)
    }

    /// What a lane looks like now. `quiet` is the log-odds of an attempt in a lane without excess.
    #[must_use]
    pub fn facts(&self, lane: Lane, at_s: i64, quiet: i32) -> LaneFacts {
        let by_days = Self::is_failed_login(lane) && self.is_small(at_s);
        let (honest, beyond, seen_in) = if Self::follows_failures(lane) {
            let failing = || {
                Lane::ALL
                    .iter()
                    .copied()
                    .filter(|l| Self::is_failed_login(*l))
            };
            let (mut sum, mut most) = (0, (0, lane));
            for failing in failing() {
                let beyond = self.beyond(failing, at_s);
                sum += beyond;
                // Of equals the last.
                if beyond >= most.0 {
                    most = (beyond, failing);
                }
            }
            (self.honest(lane, at_s), sum / 1_000 * SUCCEED, most.1)
        } else if by_days {
            let (honest, beyond) = self.beyond_vindicated(at_s);
            (honest, beyond, lane)
        } else if lane == Lane::LoginOther {
            self.beside_an_outage(at_s)
        } else if matches!(lane, Lane::ResetSuccess | Lane::ResetFailure) {
            // Who is asked to choose a new password does.
            (ONE, 0, lane)
        } else {
            (self.honest(lane, at_s), self.beyond(lane, at_s), lane)
        };
        let (strangers, expected) = if by_days {
            (self.failed.read(at_s), honest)
        } else {
            let ((over, under), _) = self.learned_rates(seen_in, at_s);
            let expected = scaled(self.yard.read(at_s), over, under);
            (self.states[seen_in.index()].strangers.read(at_s), expected)
        };
        let rounded = |sum: u64| u32::try_from((sum + ONE / 2) / ONE).unwrap_or(u32::MAX);
        LaneFacts {
            strangers: rounded(strangers),
            expected: rounded(expected),
            by_days,
            excess: if beyond == 0 {
                0
            } else {
                (ln_ratio(beyond, honest) - quiet).max(0)
            },
        }
    }

    /// Honest attempts to expect in a lane now.
    fn honest(&self, lane: Lane, at_s: i64) -> u64 {
        let (_, (over, under)) = self.learned_rates(lane, at_s);
        scaled(self.yard.read(at_s), over, under).max(ONE / 2)
    }

    /// An outage is no guess; but an attack goes on in one. Its odds are those of the guesses that are
    /// told apart, second-hand: a twelfth of the honest part at most.
    fn beside_an_outage(&self, at_s: i64) -> (u64, u64, Lane) {
        let guesses = [
            Lane::LoginBadPassword,
            Lane::LoginUnknownUser,
            Lane::LoginFailure,
        ];
        let most = guesses
            .into_iter()
            .max_by_key(|lane| self.beyond(*lane, at_s))
            .unwrap_or(Lane::LoginFailure);
        let beyond = self.beyond(most, at_s);
        let here = self.states[Lane::LoginOther.index()].strangers.read(at_s);
        let honest = self.honest(most, at_s).max(here.saturating_sub(beyond));
        (honest, beyond.min(honest / 12), most)
    }
}

/// By how much more may come than is expected before it says anything: two standard deviations and two.
fn noise(expected: u64) -> u64 {
    2 * (expected.saturating_mul(ONE)).isqrt() + 2 * ONE
}

/// `amount × over / under` without overflow.
fn scaled(amount: u64, over: u64, under: u64) -> u64 {
    if let Some(product) = amount.checked_mul(over) {
        return product / under.max(1);
    }
    let product = u128::from(amount) * u128::from(over) / u128::from(under.max(1));
    u64::try_from(product).unwrap_or(u64::MAX)
}

#[cfg(test)]
#[path = "lanes_tests.rs"]
mod tests;
