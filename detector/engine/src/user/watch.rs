//! The watch: successes of strangers that were let in, to be scored again when more is known.
//!
//! A thief's success often comes before the attack is understood. The same attempt is scored again
//! five and twenty minutes later, with what was known of its user then and what is known of
//! everything else now; never "everybody with this value".

use crate::frame::Frame;
use crate::judgement::Words;
use crate::now::Now;
use crate::signals::UserFacts;
use credsieve_models::verdict::{Decision, Score};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// When an attempt is scored again, in seconds after it.
const AFTER_S: [u32; 2] = [5 * 60, 20 * 60];

/// An attempt that is watched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watched {
    /// The attempt.
    pub frame: Frame,
    /// What its user was known by when it came.
    pub user: UserFacts,
    /// How many users belonged at its address then.
    pub good_users: u32,
    /// Whose its device and password were then.
    pub owners: (u32, u32),
    /// Its words.
    pub words: Words,
    /// Where a session of its address began.
    pub session_start_s: u32,
    /// The watermark of its coming.
    pub at_s: u32,
    /// The decision that stands.
    pub decision: Decision,
    /// The score that stands; who is dropped when the watch is full.
    pub score: Score,
}

impl Watched {
    /// Bytes that an attempt takes at most, with the words that a tenant, an event and a user may
    /// have at most.
    pub const BYTES: usize = size_of::<Self>() + 128 + 128 + 320;
}

/// The watch of one shard: a queue for each time of scoring again. When full, drops the attempt with
/// the lowest score: thieves are missed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watch {
    queues: [VecDeque<Watched>; 2],
}

impl Watch {
    /// Watches an attempt, if there is room or its score is above the lowest.
    pub fn add(&mut self, watched: Watched, most: usize) {
        self.push(0, watched, most);
    }

    fn push(&mut self, queue: usize, watched: Watched, most: usize) {
        if self.len() >= most {
            let all = self.queues.iter().enumerate();
            let lowest = all
                .flat_map(|(q, queue)| queue.iter().enumerate().map(move |(n, w)| (w.score, q, n)))
                .min();
            match lowest {
                Some((score, q, n)) if score < watched.score => {
                    self.queues[q].remove(n);
                }
                _ => return,
            }
        }
        self.queues[queue].push_back(watched);
    }

    /// Takes the attempts that are due, oldest first, each with whether it is the last time.
    pub fn due(&mut self, now: Now) -> Vec<(Watched, bool)> {
        let now_s = now.watermark_s();
        let mut due = Vec::new();
        for (n, after_s) in AFTER_S.iter().enumerate() {
            while let Some(first) = self.queues[n].front()
                && first.at_s.saturating_add(*after_s) <= now_s
            {
                due.extend(self.queues[n].pop_front().map(|w| (w, n == 1)));
            }
        }
        due
    }

    /// Watches on, until the second time.
    pub fn again(&mut self, watched: Watched, most: usize) {
        self.push(1, watched, most);
    }

    /// How many are watched.
    #[must_use]
    pub fn len(&self) -> usize {
        self.queues.iter().map(VecDeque::len).sum()
    }
}
