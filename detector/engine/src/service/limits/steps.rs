//! People to expect, by the log-odds of the attempts they came in: from it follows how low a limit may
//! be that stops no more of them than it should.

use super::{LOWEST, MEMORY_S, STEP, STEPS};
use crate::state::fading::Fading;
use serde::{Deserialize, Serialize};

/// Expected people at each step of log-odds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Steps(pub(super) Vec<Fading<MEMORY_S>>);

impl Default for Steps {
    fn default() -> Self {
        Self(vec![Fading::default(); STEPS])
    }
}

impl Steps {
    pub(super) fn add(&mut self, at_s: i64, log_odds: i32, people: u64) {
        if log_odds >= LOWEST {
            let step = usize::try_from((log_odds - LOWEST) / STEP).unwrap_or(0);
            self.0[step.min(STEPS - 1)].add(at_s, people);
        }
    }

    /// The lowest step from which there are at most so many people, were there so many times (in 1/256) more than expected.
    pub(super) fn lowest_within(&self, at_s: i64, allowed: u64, overconfidence: u64) -> i32 {
        let mut people = 0;
        let mut limit = STEPS;
        while limit > 0 {
            people += self.0[limit - 1].read(at_s) * overconfidence / 256;
            if people > allowed {
                break;
            }
            limit -= 1;
        }
        LOWEST + i32::try_from(limit).unwrap_or(0) * STEP
    }

    /// Whether there are as many steps as there should be: they were read from a file.
    pub(super) fn is_sound(&self) -> bool {
        self.0.len() == STEPS
    }
}
