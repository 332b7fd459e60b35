//! Follow-through: how many of those who sign up log in soon after (D18).
//!
//! A campaign of the service's own brings a rush of sign-ups, and so does a machine. People use the
//! account that they made; a machine makes the next one. What is usual is learned while nothing is
//! amiss. Known late, since people take minutes.

use crate::state::fading::{Fading, ONE};
use serde::{Deserialize, Serialize};

/// Minutes that are remembered.
const MINUTES: i64 = 64;
const PLACES: usize = 64;
/// A sign-up is judged from this age on, in minutes.
const TIME_TO_FOLLOW_MIN: i64 = 12;
/// Half-life of what is usual.
const LEARNED_S: i64 = 3 * 86_400;
/// As if learned from so many sign-ups, half of which were followed by a login.
const USUAL_WEIGHT: u64 = 20 * ONE;

/// The sign-ups of the last hour by their minute, and those followed by a login.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FollowThrough {
    signed: Vec<u32>,
    followed: Vec<u32>,
    minute: i64,
    learned_signed: Fading<LEARNED_S>,
    learned_followed: Fading<LEARNED_S>,
}

impl Default for FollowThrough {
    fn default() -> Self {
        Self {
            signed: vec![0; PLACES],
            followed: vec![0; PLACES],
            minute: 0,
            learned_signed: Fading::default(),
            learned_followed: Fading::default(),
        }
    }
}

fn place(minute: i64) -> usize {
    usize::try_from(minute.rem_euclid(MINUTES)).unwrap_or(0)
}

impl FollowThrough {
    /// Brings the minutes to `at_s`; those that leave the hour teach what is usual.
    fn turn(&mut self, at_s: i64) {
        let minute = at_s.div_euclid(60);
        let from = self.minute.max(minute - MINUTES) + 1;
        for passing in from..=minute {
            let slot = place(passing);
            let (signed, followed) = (self.signed[slot], self.followed[slot]);
            if signed > 0 && !self.falls_short(at_s) {
                self.learned_signed.add(at_s, u64::from(signed) * ONE);
                self.learned_followed
                    .add(at_s, u64::from(followed.min(signed)) * ONE);
            }
            (self.signed[slot], self.followed[slot]) = (0, 0);
        }
        self.minute = self.minute.max(minute);
    }

    /// Counts a sign-up.
    pub fn sign_up(&mut self, at_s: i64) {
        self.turn(at_s);
        self.signed[place(at_s.div_euclid(60))] += 1;
    }

    /// Counts the first login after a sign-up at `signed_s`.
    pub fn log_in(&mut self, at_s: i64, signed_s: i64) {
        self.turn(at_s);
        if at_s - signed_s < (MINUTES - 1) * 60 {
            self.followed[place(signed_s.div_euclid(60))] += 1;
        }
    }

    /// Whether clearly fewer follow through than is usual.
    #[must_use]
    pub fn falls_short(&self, at_s: i64) -> bool {
        let now = at_s.div_euclid(60);
        let old_enough = (now - MINUTES + 2..=now - TIME_TO_FOLLOW_MIN)
            .filter(|minute| *minute <= self.minute && *minute > self.minute - MINUTES);
        let (signed, followed) = old_enough.fold((0u64, 0u64), |(signed, followed), minute| {
            let slot = place(minute);
            (
                signed + u64::from(self.signed[slot]),
                followed + u64::from(self.followed[slot]),
            )
        });
        let usual = self.learned_followed.read(at_s) + USUAL_WEIGHT / 2;
        let of = self.learned_signed.read(at_s) + USUAL_WEIGHT;
        let expected = signed * ONE * (usual >> 8) / (of >> 8).max(1);
        let noise = 2 * (expected * ONE).isqrt() + ONE;
        followed * ONE + noise < expected
    }
}
