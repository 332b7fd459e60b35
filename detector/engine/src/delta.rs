//! Deltas: what an attempt writes late, in rooms that it has passed already.
//!
//! Nothing flows back at once. A delta of tick t is applied when the stream reaches tick t + D,
//! in the order (tick, sending shard, sequence), so it makes no difference which shard was faster.

use crate::card::Marks;
use crate::in_session::InSession;
use crate::near::NearNames;
use crate::pattern::Pattern;
use crate::service::bulk::NamesThere;
use crate::service::campaigns::Member;
use crate::service::limits::LOWEST;
use crate::shape::Shape;
use crate::source::UserSight;
use crate::state::budget::PENDING_TICKS;
use crate::state::pairs::FirstSight;
use crate::user::Retries;
use credsieve_models::Lane;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// How many ticks later facts and late writes are in force: D.
pub const DELAY_TICKS: i64 = 2;

/// Milliseconds of a tick.
pub const TICK_MS: i64 = 1_000;

/// What links many users.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Link {
    /// A device token.
    Device,
    /// A tool.
    Tool,
    /// A password fingerprint.
    Password,
    /// An autonomous system (kept by the Service room).
    Asn,
}

impl Link {
    /// Tells links of the same key apart in a filter.
    #[must_use]
    pub fn tag(self) -> u64 {
        (self as u64 + 1).rotate_right(8)
    }
}

/// One late write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Change {
    /// To Source: an attempt from this address was flagged in the session that began then.
    Flagged {
        /// The packed address.
        address: u64,
        /// The session's start.
        session_start_s: u32,
        /// The watermark of the flagged attempt.
        at_s: u32,
    },
    /// To Source: this user, above suspicion, succeeded at this address.
    Good {
        /// The packed address.
        address: u64,
        /// The user.
        user: u64,
        /// When.
        time_ms: i64,
    },
    /// To Source: a user who was tried here is no stranger after all.
    Excused {
        /// The packed address.
        address: u64,
        /// When.
        time_ms: i64,
        /// What was counted.
        sight: UserSight,
    },
    /// To Source: a stranger tried a user.
    Stranger {
        /// The packed address.
        address: u64,
        /// The user.
        user: u64,
        /// When.
        time_ms: i64,
    },
    /// To Entity: a user succeeded with this link for the first time.
    Owned {
        /// What kind of link.
        link: Link,
        /// Its key.
        key: u64,
        /// The pane of the short window.
        pane: i64,
    },
    /// To Entity or Service: a user failed with this link.
    Failed {
        /// What kind of link.
        link: Link,
        /// Its key.
        key: u64,
        /// The pane of the short window.
        pane: i64,
        /// Whether this user is new to it.
        sight: FirstSight,
    },
}

/// A late write that takes much room: three lines of a cache, where a [`Change`] takes less than one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Lesson {
    /// To Service: what an attempt teaches about everybody.
    Seen(Seen),
    /// To Service: what an attempt was when it was scored again for the last time.
    SeenAgain {
        /// Its lane.
        lane: Lane,
        /// Its log-odds then, in 1/256 nat.
        log_odds: i32,
        /// The watermark then, in seconds.
        at_s: u32,
    },
    /// To Entity: somebody of this name logged in.
    Named {
        /// The name's variants.
        near: NearNames,
        /// The pane of the standing window.
        pane: i64,
    },
}

/// What one attempt teaches the Service room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "facts that are there or not")]
pub struct Seen {
    /// The lane.
    pub lane: Lane,
    /// The joint pattern.
    pub pattern: Pattern,
    /// The probability that it belongs to an attack, in 1/10,000, without what was learned in hindsight.
    pub hostile: u16,
    /// … and without what its retries took from it.
    pub hostile_but_for_retries: u16,
    /// Its log-odds, in 1/256 nat.
    pub log_odds: i32,
    /// How much of that was learned in hindsight.
    pub shifted: i32,
    /// What the traits of a stranger come to.
    pub marks: Option<Marks>,
    /// It came from a stranger.
    pub stranger: bool,
    /// It was the first of its user in its lane (and at its source) for a while.
    pub first: bool,
    /// It named an unknown user: whether somebody's name is near.
    pub near_name: Option<bool>,
    /// It is the first login after a sign-up: the watermark of that, in seconds.
    pub signed_s: Option<u32>,
    /// Its user succeeded soon after a stranger had failed.
    pub vindicates: bool,
    /// A person was challenged in this lane, as it turns out.
    pub wronged: Option<Lane>,
    /// How much it adds to the yardstick of trusted successes, in 1/256.
    pub trusted: u16,
    /// The country.
    pub country: [u8; 2],
    /// The agent; 0 is none.
    pub agent: u64,
    /// The endpoint; 0 is none.
    pub endpoint: u64,
    /// What the user's name looks like.
    pub shape: Shape,
    /// Whether name and password of a login are in a breach list.
    pub breached: Option<bool>,
    /// Were it a person's, what follows would show it: there is a user, of whom something can be remembered.
    pub may_show: bool,
    /// A look-up: how many names were tried at its address.
    pub names_there: NamesThere,
    /// … and where they were several, a secret key of the address; else 0.
    pub row_from: u64,
    /// What came before in the producer's session.
    pub in_session: InSession,
    /// How its program goes on with the name.
    pub retries: Retries,
    /// It is a login that failed for another reason, as the service said; `None` where it would not say
    /// whether name or password was wrong anyhow.
    pub says_other: Option<bool>,
    /// What a question about it, before its outcome, would have come to, where that was looked at.
    pub question: Option<AskedScore>,
    /// It was not allowed.
    pub flagged: bool,
    /// What it shares with others: what values are learned from, and campaigns made of.
    pub member: Member,
}

/// What a login would have come to, had somebody asked about it before its outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedScore {
    /// Its log-odds, in 1/256 nat.
    pub log_odds: i32,
    /// For how many logins it stands.
    pub times: u8,
}

impl Seen {
    /// Whether all that it teaches is that one more came who is like people: most attempts of a day.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        self.log_odds < LOWEST
            && !self.first
            && !self.flagged
            && !self.vindicates
            && self.trusted == 0
            && self.signed_s.is_none()
            && self.wronged.is_none()
            && self
                .question
                .is_none_or(|question| question.log_odds < LOWEST)
            && self.says_other.is_none()
            && self.lane != Lane::SignupSuccess
    }
}

/// What one shard has sent and is not yet in force.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Outbox {
    /// Changes of single entities.
    pub changes: Queue<Change>,
    /// What is about many.
    pub lessons: Queue<Lesson>,
    /// The people of each tick in attempts that teach nothing else, in 2^-16.
    pub plain: Queue<u64>,
}

impl Outbox {
    /// The tick of each late write that waits.
    pub fn ticks(&self) -> impl Iterator<Item = i64> + '_ {
        let (changes, lessons) = (self.changes.ticks(), self.lessons.ticks());
        changes.chain(lessons).chain(self.plain.ticks())
    }

    /// Late writes dropped so far.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.changes.dropped + self.lessons.dropped
    }
}

/// Late writes in the order of their sending, each with its tick. Holds at most `limit` a tick; later ones
/// are dropped and counted: counts then come out low.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Queue<T> {
    waiting: VecDeque<(i64, T)>,
    tick: i64,
    sent_this_tick: usize,
    dropped: u64,
}

impl<T> Default for Queue<T> {
    fn default() -> Self {
        Self {
            waiting: VecDeque::new(),
            tick: 0,
            sent_this_tick: 0,
            dropped: 0,
        }
    }
}

impl<T> Queue<T> {
    /// Bytes of a late write that waits.
    pub const BYTES: usize = size_of::<(i64, T)>();

    /// Sends a late write.
    pub fn send(&mut self, tick: i64, write: T, limit: usize) {
        if self.tick != tick {
            self.tick = tick;
            self.sent_this_tick = 0;
        }
        if self.sent_this_tick >= limit {
            self.dropped += 1;
            return;
        }
        self.sent_this_tick += 1;
        if self.waiting.len() == self.waiting.capacity() {
            // It doubles like any queue, but never beyond its budget.
            let most = limit * PENDING_TICKS;
            let more = self.waiting.len().max(8);
            let room = most.saturating_sub(self.waiting.len()).max(1);
            self.waiting.reserve_exact(more.min(room));
        }
        self.waiting.push_back((tick, write));
    }

    /// Takes what is in force at `tick`, oldest first.
    pub fn in_force(&mut self, tick: i64) -> impl Iterator<Item = T> + '_ {
        std::iter::from_fn(move || {
            let due = self.waiting.front()?.0 + DELAY_TICKS <= tick;
            due.then(|| self.waiting.pop_front()).flatten()
        })
        .map(|(_, write)| write)
    }

    /// The tick of each that waits.
    pub fn ticks(&self) -> impl Iterator<Item = i64> + '_ {
        self.waiting.iter().map(|(tick, _)| *tick)
    }
}

impl Queue<u64> {
    /// Adds to the sum of a tick.
    pub fn add(&mut self, tick: i64, amount: u64) {
        match self.waiting.back_mut() {
            Some((latest, sum)) if *latest == tick => *sum += amount,
            _ => self.send(tick, amount, 1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHANGE: Change = Change::Good {
        address: 1,
        user: 2,
        time_ms: 3,
    };

    #[test]
    fn a_delta_is_in_force_two_ticks_later_and_once() {
        let mut queue = Queue::default();
        queue.send(10, CHANGE, 9);
        assert_eq!(queue.in_force(11).count(), 0);
        assert_eq!(queue.in_force(12).count(), 1);
        assert_eq!(queue.in_force(13).count(), 0);
    }

    #[test]
    fn the_sum_of_a_tick_takes_one_place() {
        let mut queue = Queue::default();
        for (tick, amount) in [(10, 1), (10, 2), (11, 4)] {
            queue.add(tick, amount);
        }
        assert_eq!(queue.in_force(12).collect::<Vec<_>>(), [3]);
        assert_eq!(queue.in_force(13).collect::<Vec<_>>(), [4]);
        assert_eq!(queue.dropped, 0);
    }

    #[test]
    fn what_exceeds_the_limit_of_a_tick_is_dropped_and_counted() {
        let mut queue = Queue::default();
        for _ in 0..5 {
            queue.send(10, CHANGE, 3);
        }
        queue.send(11, CHANGE, 3);
        assert_eq!((queue.waiting.len(), queue.dropped), (4, 2));
    }

    #[test]
    fn a_flood_makes_the_queue_no_larger_than_its_budget() {
        const LIMIT: usize = 100;
        let mut queue = Queue::default();
        for tick in 0..50 {
            assert!(queue.in_force(tick).count() <= LIMIT);
            for _ in 0..300 {
                queue.send(tick, CHANGE, LIMIT);
            }
            assert!(queue.waiting.len() <= LIMIT * PENDING_TICKS);
            assert!(queue.waiting.capacity() <= LIMIT * PENDING_TICKS);
        }
    }
}
