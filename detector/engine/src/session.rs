//! Sessions: a burst of flagged attempts from one source, ended by silence.
//!
//! Whether an attempt is flagged is known in the User room only, and the Source room learns it D
//! later. So the Source room proposes a start for the session that a flagged attempt would open;
//! the proposal stands for a minute, long enough for the first flag to come back and make it real.
//! Attempts of all users of the source thus carry one id from the first flagged one on.

use bytemuck::Zeroable;
use credsieve_models::key::Domain;
use credsieve_models::verdict::SessionId;
use credsieve_models::{Address, KeyHasher};
use serde::{Deserialize, Serialize};

/// How long a proposed start stands.
const PROPOSAL_S: u32 = 60;

/// While attempts follow one another this closely, a flag may be on its way: no new proposal.
const FLAG_UNDER_WAY_S: u32 = 3;

/// Marks a start that no flagged attempt has made real.
const PROPOSED: u16 = u16::MAX;

/// Where a source's session stands: 6 bytes in its record, by the watermark's seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Zeroable)]
#[repr(C, packed(2))]
pub struct Session {
    start_s: u32,
    /// Minutes from the start to the last flagged attempt, or [`PROPOSED`].
    last_flagged_min: u16,
}

impl Default for Session {
    fn default() -> Self {
        Self {
            start_s: 0,
            last_flagged_min: PROPOSED,
        }
    }
}

impl Session {
    /// The session as an attempt at `now_s`, `idle_s` after the one before it, finds it: still open,
    /// or proposed anew.
    #[must_use]
    pub fn at(self, now_s: u32, idle_s: u32, silence_s: u32) -> Self {
        let age_s = now_s.saturating_sub(self.start_s);
        let stands = if self.last_flagged_min == PROPOSED {
            self.start_s != 0 && (age_s <= PROPOSAL_S || idle_s <= FLAG_UNDER_WAY_S)
        } else {
            age_s <= u32::from(self.last_flagged_min) * 60 + 59 + silence_s
        };
        if stands {
            self
        } else {
            Self {
                start_s: now_s,
                last_flagged_min: PROPOSED,
            }
        }
    }

    /// Learns that an attempt at `at_s` was flagged under the start that it was given.
    pub fn flagged(&mut self, start_s: u32, at_s: u32) {
        let minute = u16::try_from(at_s.saturating_sub(start_s) / 60)
            .unwrap_or(PROPOSED - 1)
            .min(PROPOSED - 1);
        if self.start_s == start_s {
            let last = self.last_flagged_min;
            self.last_flagged_min = if last == PROPOSED {
                minute
            } else {
                last.max(minute)
            };
        } else if self.last_flagged_min == PROPOSED {
            // The proposal moved on before the flag came back: the burst keeps its first id.
            *self = Self {
                start_s,
                last_flagged_min: minute,
            };
        }
    }

    /// The start.
    #[must_use]
    pub fn start_s(self) -> u32 {
        self.start_s
    }
}

/// The id of the session of `address` that began then.
#[must_use]
pub fn id(hasher: &KeyHasher, address: Address, start_s: u32) -> SessionId {
    SessionId(hasher.hash128(
        Domain::Session,
        &[&address.packed().to_le_bytes(), &start_s.to_le_bytes()],
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SILENCE_S: u32 = 1_800;

    #[test]
    fn flagged_attempts_share_a_session_until_the_silence() {
        let mut session = Session::default().at(1_000, 9, SILENCE_S);
        assert_eq!(session.start_s(), 1_000);
        session = session.at(1_001, 1, SILENCE_S);
        assert_eq!(
            session.start_s(),
            1_000,
            "the first flag is still on its way"
        );
        session.flagged(1_000, 1_000);
        assert_eq!(session.at(2_800, 9, SILENCE_S).start_s(), 1_000);
        session.flagged(1_000, 2_800);
        assert_eq!(session.at(4_600, 9, SILENCE_S).start_s(), 1_000);
        assert_eq!(session.at(4_661, 9, SILENCE_S).start_s(), 4_661);
    }

    #[test]
    fn a_source_that_is_never_flagged_proposes_anew_each_minute() {
        let session = Session::default().at(1_000, 9, SILENCE_S);
        assert_eq!(session.at(1_060, 9, SILENCE_S).start_s(), 1_000);
        assert_eq!(session.at(1_061, 9, SILENCE_S).start_s(), 1_061);
    }

    #[test]
    fn a_flag_that_comes_back_after_a_new_proposal_keeps_the_first_id() {
        let mut session = Session::default()
            .at(1_000, 9, SILENCE_S)
            .at(1_061, 9, SILENCE_S);
        session.flagged(1_000, 1_060);
        assert_eq!(session.at(1_062, 1, SILENCE_S).start_s(), 1_000);
    }

    #[test]
    fn a_burst_that_is_first_flagged_in_the_last_second_of_a_proposal_keeps_one_id() {
        let mut session = Session::default().at(1_000, 9, SILENCE_S);
        for now_s in 1_055..1_063 {
            session = session.at(now_s, 1, SILENCE_S);
            assert_eq!(session.start_s(), 1_000);
        }
        session.flagged(1_000, 1_060);
        assert_eq!(session.at(1_063, 1, SILENCE_S).start_s(), 1_000);
    }
}
