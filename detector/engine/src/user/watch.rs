//! The watch: successes of strangers that were let in, to be scored again when more is known.
//!
//! A thief's success often comes before the attack is understood. Where it scored enough to be worth it, the same attempt is
//! scored again five minutes later, and after twenty if its score has not fallen too low, with what was known of its user then and what is known of
//! everything else now; never "everybody with this value".

use super::{Arrival, InForce, UserShard, When};
use crate::delta::{Change, Lesson};
use crate::frame::Frame;
use crate::in_session::InSession;
use crate::judgement::{Judgement, Revision, Words};
use crate::now::Now;
use crate::signals::{HARDLY_KNOWN, UserFacts};
use credsieve_models::attempt::Kind;
use credsieve_models::verdict::{Decision, Score};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// When an attempt is scored again, in seconds after it.
const AFTER_S: [u32; 2] = [5 * 60, 20 * 60];

/// Who scores less is not looked at again: next to none of them is found to be a thief within twenty minutes, and they are two
/// thirds of all (decision 100).
pub(super) const WATCHED_FROM: Score = Score(300);

/// An attempt that is watched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watched {
    /// The attempt.
    pub frame: Frame,
    /// What its user was known by when it came.
    pub user: UserFacts,
    /// How many users belonged at its address then.
    pub good_users: u32,
    /// What had come before in its session.
    pub in_session: InSession,
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
    /// Bytes that an attempt takes at most: a place in either queue, itself with what the allocator adds, and
    /// the words that a tenant, an event and a user may have at most, likewise.
    pub const BYTES: usize =
        2 * size_of::<Waiting>() + size_of::<Self>() + 128 + 128 + 320 + 4 * ALLOCATED_BYTES;
}

/// What an allocation takes beside its bytes, at most.
const ALLOCATED_BYTES: usize = 16;

/// A watched attempt in its queue, with what is looked at whenever there is no room, of all that wait.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Waiting {
    score: Score,
    at_s: u32,
    watched: Box<Watched>,
}

/// The watch of one shard: a queue for each time of scoring again. When full, drops the attempt with
/// the lowest score: thieves are missed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watch {
    queues: [VecDeque<Waiting>; 2],
    /// None that waits has a lower score: so most who would not be watched are told without a look at all.
    #[serde(skip)]
    none_below: Score,
}

impl Watch {
    /// Watches an attempt, if there is room or its score is above the lowest.
    pub fn add(&mut self, watched: Box<Watched>, most: usize) {
        self.push(0, watched, most);
    }

    /// Whether an attempt with this score would be watched.
    pub fn takes(&mut self, score: Score, most: usize) -> bool {
        if self.len() < most {
            return true;
        }
        if score <= self.none_below {
            return false;
        }
        self.lowest().is_some_and(|(lowest, ..)| {
            self.none_below = lowest;
            lowest < score
        })
    }

    /// The lowest score, and in which queue at which place it waits.
    fn lowest(&self) -> Option<(Score, usize, usize)> {
        let of_queue = |queue: &VecDeque<Waiting>| queue.iter().map(|w| w.score).min();
        let lowest = self.queues.iter().filter_map(of_queue).min()?;
        let place = |queue: &VecDeque<Waiting>| queue.iter().position(|w| w.score == lowest);
        let mut places = self.queues.iter().map(place).enumerate();
        places.find_map(|(q, place)| Some((lowest, q, place?)))
    }

    fn push(&mut self, queue: usize, watched: Box<Watched>, most: usize) {
        if self.len() >= most {
            match self.lowest() {
                Some((score, q, n)) if score < watched.score => {
                    self.queues[q].remove(n);
                }
                _ => return,
            }
        }
        self.none_below = self.none_below.min(watched.score);
        let queue = &mut self.queues[queue];
        // The whole room at once: a queue that doubles would take more than its budget.
        queue.reserve_exact(most.saturating_sub(queue.len()));
        // Mostly the last one; what came late may be taken up again before what came before it.
        let before = queue.iter().rposition(|w| w.at_s <= watched.at_s);
        let waiting = Waiting {
            score: watched.score,
            at_s: watched.at_s,
            watched,
        };
        queue.insert(before.map_or(0, |n| n + 1), waiting);
    }

    /// Takes the attempts that are due, oldest first, each with whether it is the last time: after a
    /// hole in the log the first time comes when the second one is due as well.
    pub fn due(&mut self, now: Now) -> Vec<(Box<Watched>, bool)> {
        let now_s = now.watermark_s();
        let mut due = Vec::new();
        for (n, after_s) in AFTER_S.iter().enumerate() {
            while let Some(first) = self.queues[n].front()
                && first.at_s.saturating_add(*after_s) <= now_s
            {
                let last = first.at_s.saturating_add(AFTER_S[1]) <= now_s;
                due.extend(self.queues[n].pop_front().map(|w| (w.watched, last)));
            }
        }
        due
    }

    /// When the next one is due, as a watermark in seconds.
    #[must_use]
    pub fn next_due_s(&self) -> Option<u32> {
        let fronts = self.queues.iter().zip(AFTER_S);
        fronts
            .filter_map(|(queue, after_s)| Some(queue.front()?.at_s.saturating_add(after_s)))
            .min()
    }

    /// Watches on, until the second time.
    pub fn again(&mut self, watched: Box<Watched>, most: usize) {
        self.push(1, watched, most);
    }

    /// How many are watched.
    #[must_use]
    pub fn len(&self) -> usize {
        self.queues.iter().map(VecDeque::len).sum()
    }
}

impl UserShard {
    /// Watches an attempt that was let in, if there is room; `words` is asked for what it is called only then.
    pub fn watch(
        &mut self,
        arrival: &Arrival<'_>,
        user: UserFacts,
        judgement: &Judgement,
        words: impl FnOnce() -> Words,
    ) {
        if !self.watch.takes(judgement.score, self.most_watched) {
            return;
        }
        let watched = Watched {
            frame: *arrival.frame,
            user,
            good_users: arrival.source.ip.good_users,
            in_session: arrival.source.in_session,
            owners: (arrival.entity.device.owners, arrival.entity.password.owners),
            words: words(),
            session_start_s: arrival.source.session_start_s,
            at_s: arrival.now.watermark_s(),
            decision: judgement.decision,
            score: judgement.score,
        };
        self.watch.add(Box::new(watched), self.most_watched);
    }

    /// Takes the watched attempts that are due, each with whether it is the last time.
    pub fn due(&mut self, now: Now) -> Vec<(Box<Watched>, bool)> {
        self.watch.due(now)
    }

    /// When the next watched attempt is due, as a watermark in seconds.
    #[must_use]
    pub fn next_due_s(&self) -> Option<u32> {
        self.watch.next_due_s()
    }

    /// Scores a watched attempt again with what is known now. A revision where it is no longer
    /// allowed; else it is watched on, once, unless its score has fallen too low.
    pub fn score_again(
        &mut self,
        mut watched: Box<Watched>,
        last: bool,
        arrival: &Arrival<'_>,
        force: InForce<'_>,
    ) -> Option<Revision> {
        let frame = watched.frame;
        let mut source = *arrival.source;
        source.session_start_s = watched.session_start_s;
        source.ip.good_users = watched.good_users;
        source.in_session = watched.in_session;
        let record = frame.user.and_then(|user| self.users.get(user, user));
        let now = record.map_or(watched.user, |record| record.facts(&frame, arrival.now));
        let user = as_it_came(watched.user, now);
        if record.is_some_and(|record| record.owner_seen_since(watched.at_s, &frame)) {
            return None;
        }
        let mut entity = *arrival.entity;
        (entity.device.owners, entity.password.owners) = watched.owners;
        let arrival = Arrival {
            source: &source,
            entity: &entity,
            ..*arrival
        };
        let judged = self.judge_known(&arrival, force, user, When::Again);
        let allowed = judged.judgement.decision == Decision::Allow;
        let last = last || judged.judgement.score < WATCHED_FROM;
        let cold = force.service.lanes().learned() < HARDLY_KNOWN;
        if frame.kind == Kind::Signup
            && watched.user.logins == 0
            && !(cold || frame.mfa_passed)
            && let Some(record) = frame.user.and_then(|user| self.users.get_mut(user, user))
        {
            record.doubt_again(judged.log_odds, !allowed);
        }
        if last || !allowed {
            let again = Lesson::SeenAgain {
                lane: frame.lane(),
                log_odds: judged.log_odds,
                at_s: arrival.now.watermark_s(),
            };
            self.teach(&arrival, again);
        }
        if allowed {
            if !last {
                watched.score = judged.judgement.score;
                self.watch.again(watched, self.most_watched);
            }
            return None;
        }
        self.take_back(&watched, arrival.now);
        self.send(
            &arrival,
            Change::Flagged {
                address: frame.address.packed(),
                session_start_s: watched.session_start_s,
                at_s: arrival.now.watermark_s(),
            },
        );
        Some(Revision {
            words: watched.words,
            revision: 1,
            time_ms: frame.time_ms,
            was: watched.decision,
            judgement: judged.judgement,
            frame,
        })
    }

    /// A success that is no longer allowed is forgotten, and remembered as suspect.
    fn take_back(&mut self, watched: &Watched, now: Now) {
        let frame = &watched.frame;
        if let Some(record) = frame.user.and_then(|user| self.users.get_mut(user, user)) {
            // Where it was the first there ever was, there is no owner to protect from it; and what taught nothing is not
            // forgotten.
            let taught =
                frame.kind != Kind::Signup && (!watched.user.copied_device || frame.mfa_passed);
            if watched.user.logins > 0 && taught {
                record.forget(frame, &watched.user);
            }
            record.suspect(frame, now);
        }
    }
}

/// What is known of the user some minutes later: the user as it was when the attempt came, and how it has been failed since.
fn as_it_came(came: UserFacts, now: UserFacts) -> UserFacts {
    // Each field by its name: a new one must say to which of the two it belongs.
    UserFacts {
        known_device: came.known_device,
        copied_device: came.copied_device,
        place: came.place,
        knows_tool: came.knows_tool,
        knows_agent: came.knows_agent,
        good_password: came.good_password,
        has_tool: came.has_tool,
        has_password: came.has_password,
        doubt: came.doubt,
        logins: came.logins,
        tried_from: came.tried_from,
        since_login_s: came.since_login_s,
        // Its own success has taken these back.
        flagged_here: came.flagged_here.or(now.flagged_here),
        signed_s: now.signed_s,
        failed_here: now.failed_here,
        failing_addresses: now.failing_addresses,
        failing_asns: now.failing_asns,
        failing_countries: now.failing_countries,
        since_suspect_s: now.since_suspect_s,
        same_again: now.same_again,
        passwords: now.passwords,
        elsewhere: now.elsewhere,
        retries: now.retries,
        over_limit: now.over_limit,
    }
}
