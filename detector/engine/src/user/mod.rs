//! The User room: what is keyed by a user or a tried name, and the verdict itself.
//!
//! Keeps the devices that a user is known by, from how many places the user is being failed, and an
//! explicit rate limit. It is the last room: it alone judges, and sends back late what earlier rooms
//! must learn.

mod devices;
mod judge;
mod learn;
mod question;
mod record;
mod watch;
mod wrongs;

pub use devices::device_tag;

use crate::delta::{Change, Lesson, Outbox, Queue};
use crate::entity::EntityFacts;
use crate::frame::Frame;
use crate::judgement::Judgement;
use crate::now::Now;
use crate::rate::within_limit;
use crate::service::Service;
use crate::service::bulk::NamesThere;
use crate::signals::UserFacts;
use crate::source::SourceFacts;
use crate::state::budget::{Budget, PENDING_TICKS};
use crate::state::pairs::{PairFilter, SparseFilter};
use crate::state::table::{SparseTable, Table};
use credsieve_models::attempt::Kind;
use credsieve_models::key::Domain;
use credsieve_models::verdict::Decision;
use credsieve_models::{KeyHasher, Policy};
use judge::{Judged, When};
use learn::{linked, retry_key, wrong_try};
pub(crate) use record::UserRecord;
use serde::{Deserialize, Serialize};
pub use watch::Watched;
use watch::{WATCHED_FROM, Watch};
pub use wrongs::Retries;
use wrongs::{SavedWrongs, Wrongs};

/// What an attempt brings into the room.
#[derive(Clone, Copy)]
pub struct Arrival<'a> {
    /// The attempt.
    pub frame: &'a Frame,
    /// Its instant.
    pub now: Now,
    /// The tick of its watermark.
    pub tick: i64,
    /// What the Source room said.
    pub source: &'a SourceFacts,
    /// What the Entity room said.
    pub entity: &'a EntityFacts,
}

/// What is in force for everybody.
#[derive(Clone, Copy)]
pub struct InForce<'a> {
    /// The policy.
    pub policy: &'a Policy,
    /// The facts.
    pub service: &'a Service,
    /// The deployment's hash.
    pub hasher: &'a KeyHasher,
}

/// One shard of the User room.
pub struct UserShard {
    users: Table<UserRecord>,
    short: PairFilter,
    wrongs: Wrongs,
    outbox: Outbox,
    watch: Watch,
    changes_a_tick: usize,
    lessons_a_tick: usize,
    most_watched: usize,
}

/// Where an attempt looks a name up, how many were tried at its address within a day.
fn names_looked_up(frame: &Frame, day_users: u32) -> NamesThere {
    match frame.kind {
        Kind::Lookup => NamesThere::of(day_users),
        _ => NamesThere::default(),
    }
}

/// Of a look-up in a row, a secret key of where it comes from.
fn row_from(frame: &Frame, day_users: u32, hasher: &KeyHasher) -> u64 {
    match names_looked_up(frame, day_users) {
        NamesThere::Few => 0,
        _ => hasher
            .hash_words(Domain::Slot, frame.address.packed(), 31)
            .max(1),
    }
}

/// Seconds after which a user who comes again counts again.
const FOR_A_WHILE_S: u32 = 1_800;

impl UserShard {
    /// An empty shard.
    #[must_use]
    pub fn new(budget: &Budget) -> Self {
        Self {
            users: Table::with_bytes(budget.users),
            short: PairFilter::with_bytes(budget.user_short),
            wrongs: Wrongs::with_bytes(budget.wrongs),
            outbox: Outbox::default(),
            watch: Watch::default(),
            changes_a_tick: budget.changes_a_tick,
            lessons_a_tick: budget.lessons_a_tick,
            most_watched: budget.watched,
        }
    }

    /// Asks for the keys where a user's record lies, before they are needed.
    pub fn prefetch_keys(&self, user: u64) {
        self.users.prefetch_keys(user);
    }

    /// Asks for a user's record, whose keys were asked for earlier.
    pub fn prefetch_record(&self, user: u64) {
        self.users.prefetch_record(user, user);
    }

    /// Asks for where a try is counted, before it is needed.
    pub fn prefetch_try(&self, frame: &Frame, hasher: &KeyHasher) {
        let Some(user) = frame.user.filter(|_| frame.tries_name()) else {
            return;
        };
        for (_, _, pair) in linked(frame, hasher, user) {
            self.short.prefetch(pair);
        }
        if let Some(wrong) = wrong_try(frame, hasher) {
            self.wrongs.prefetch_keys(&wrong);
        }
        if let Some(program) = retry_key(frame, hasher) {
            self.wrongs.prefetch_program(program);
        }
    }

    /// Counts an attempt at its user and judges it.
    pub fn observe(
        &mut self,
        arrival: &Arrival<'_>,
        force: InForce<'_>,
    ) -> (Judgement, Option<UserFacts>) {
        let over_limit = self.count(arrival, force);
        let mut judged = self.judge(arrival, force, over_limit);
        judged.question = self.question_before(arrival, force, &judged);
        self.learn(arrival, force, &judged);
        let watched = judged.stranger
            && judged.judgement.decision == Decision::Allow
            && judged.judgement.score >= WATCHED_FROM
            && arrival.frame.succeeded()
            && matches!(
                arrival.frame.kind,
                Kind::Login | Kind::Mfa | Kind::Token | Kind::Signup
            );
        (judged.judgement, watched.then_some(judged.user))
    }

    /// What an attempt would get, changing nothing.
    #[must_use]
    pub fn peek(&self, arrival: &Arrival<'_>, force: InForce<'_>) -> Judgement {
        let over_limit = force.policy.rate_limits.user.as_ref().is_some_and(|limit| {
            let user = arrival.frame.user.unwrap_or(0);
            self.users.get(user, user).is_some_and(|record| {
                let mut copy = *record;
                copy.touch(arrival.now);
                !within_limit(&mut copy.limit_used_ms, limit)
            })
        });
        self.judge(arrival, force, over_limit).judgement
    }

    /// The facts of a user, for a person who looks.
    #[must_use]
    pub fn user(&self, frame: &Frame, now: Now) -> Option<UserFacts> {
        let key = frame.user?;
        Some(self.users.get(key, key)?.facts(frame, now))
    }

    /// Tags of the devices that a user is known by.
    #[must_use]
    pub fn devices(&self, user: u64) -> Vec<u32> {
        self.users
            .get(user, user)
            .map_or_else(Vec::new, |record| record.devices().collect())
    }

    /// The changes that come into force at `tick`.
    pub fn changes_in_force(&mut self, tick: i64) -> impl Iterator<Item = Change> + '_ {
        self.outbox.changes.in_force(tick)
    }

    /// The lessons that do.
    pub fn lessons_in_force(&mut self, tick: i64) -> impl Iterator<Item = Lesson> + '_ {
        self.outbox.lessons.in_force(tick)
    }

    /// The people in attempts that teach nothing else, likewise, in 2^-16.
    pub fn plain_in_force(&mut self, tick: i64) -> u64 {
        self.outbox.plain.in_force(tick).sum()
    }

    /// The tick of each late write that waits.
    pub fn ticks_of_writes(&self) -> impl Iterator<Item = i64> + '_ {
        self.outbox.ticks()
    }

    /// Counts at the user; answers whether the user's explicit rate limit is exceeded.
    fn count(&mut self, arrival: &Arrival<'_>, force: InForce<'_>) -> bool {
        let (frame, now) = (arrival.frame, arrival.now);
        let Some(user) = frame.user else { return false };
        let fresh = UserRecord::fresh(now);
        let record = self.users.get_or_insert(user, user, fresh);
        record.touch(now);
        let limit = force.policy.rate_limits.user.as_ref();
        limit.is_some_and(|limit| !within_limit(&mut record.limit_used_ms, limit))
    }

    fn send(&mut self, arrival: &Arrival<'_>, change: Change) {
        let limit = self.changes_a_tick;
        self.outbox.changes.send(arrival.tick, change, limit);
    }

    fn teach(&mut self, arrival: &Arrival<'_>, lesson: Lesson) {
        let limit = self.lessons_a_tick;
        self.outbox.lessons.send(arrival.tick, lesson, limit);
    }

    /// (bytes, live entities, evicted, filter fill in 1/1,000, deltas dropped).
    #[must_use]
    pub fn usage(&self) -> (usize, u64, u64, u32, u64) {
        (
            self.users.bytes()
                + self.short.bytes()
                + self.wrongs.usage().0
                + self.most_watched * Watched::BYTES
                + PENDING_TICKS * self.changes_a_tick * Queue::<Change>::BYTES
                + PENDING_TICKS * self.lessons_a_tick * Queue::<Lesson>::BYTES,
            self.users.live() + self.wrongs.usage().1,
            self.users.evicted() + self.wrongs.usage().2,
            self.short.fill_permille(),
            self.outbox.dropped(),
        )
    }
}

impl Serialize for UserShard {
    fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        (
            &self.users,
            &self.short,
            &self.outbox,
            &self.wrongs,
            &self.watch,
        )
            .serialize(out)
    }
}

/// A shard as it is read back.
#[derive(Deserialize)]
pub(crate) struct SavedUser(
    SparseTable<UserRecord>,
    SparseFilter,
    Outbox,
    SavedWrongs,
    Watch,
);

impl UserShard {
    pub(crate) fn adopt(&mut self, saved: SavedUser) -> bool {
        self.outbox = saved.2;
        self.watch = saved.4;
        self.users.adopt(saved.0) && self.short.adopt(saved.1) && self.wrongs.adopt(saved.3)
    }
}

#[cfg(test)]
mod question_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod watch_tests;
#[cfg(test)]
mod wrongs_tests;
