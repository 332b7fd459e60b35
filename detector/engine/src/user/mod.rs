//! The User room: what is keyed by a user or a tried name, and the verdict itself.
//!
//! Keeps the devices that a user is known by, from how many places the user is being failed, and an
//! explicit rate limit. It is the last room: it alone judges, and sends back late what earlier rooms
//! must learn.

mod devices;
mod learn;
mod question;
mod record;
mod watch;
mod wrongs;

pub use devices::device_tag;

use crate::delta::{AskedScore, Change, Lesson, Outbox, Queue};
use crate::entity::EntityFacts;
use crate::frame::Frame;
use crate::judgement::Judgement;
use crate::now::Now;
use crate::place::PlaceFacts;
use crate::rate::within_limit;
use crate::score::{self, Familiarity};
use crate::service::Service;
use crate::service::bulk::NamesThere;
use crate::session;
use crate::signals::{self, Known, UserFacts};
use crate::source::SourceFacts;
use crate::state::budget::{Budget, PENDING_TICKS};
use crate::state::pairs::{PairFilter, SparseFilter};
use crate::state::table::{SparseTable, Table};
use credsieve_models::attempt::Kind;
use credsieve_models::key::Domain;
use credsieve_models::verdict::{Attack, Decision, LogOdds, Reason, Score};
use credsieve_models::{KeyHasher, Policy};
use learn::{linked, member, retry_key, wrong_try};
use record::UserRecord;
use serde::{Deserialize, Serialize};
use watch::Watch;
pub use watch::Watched;
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

/// Which limits an attempt is held against.
#[derive(Clone, Copy)]
enum When {
    /// As it comes.
    AtOnce,
    /// Some minutes later.
    Again,
}

/// A judgement with what it was based on, to learn from.
struct Judged {
    judgement: Judgement,
    user: UserFacts,
    /// Of an attack on the account: what is held against the account itself is left out.
    log_odds: i32,
    /// How much of it was learned here, in hindsight.
    shifted: i32,
    pattern: crate::pattern::Pattern,
    stranger: bool,
    /// What a question about it would have come to.
    question: Option<AskedScore>,
}

/// An address is loud from so many users tried, or failures, on, and so many more for each who
/// belongs there.
const LOUD: (u32, u32) = (20, 10);

fn is_loud(ip: &PlaceFacts) -> bool {
    let tried = ip.short_users.max(ip.short_failures);
    tried > LOUD.0 + LOUD.1 * ip.good_users
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

    /// The tick of the oldest late write that waits.
    #[must_use]
    pub fn oldest_write(&self) -> Option<i64> {
        self.outbox.oldest()
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

    fn judge(&self, arrival: &Arrival<'_>, force: InForce<'_>, over_limit: bool) -> Judged {
        let (frame, now) = (arrival.frame, arrival.now);
        let mut user = frame
            .user
            .and_then(|key| self.users.get(key, key))
            .map_or_else(UserFacts::unknown, |record| record.facts(frame, now));
        user.over_limit = over_limit;
        // Whoever switches the guess off has a known device again.
        let off = &force.policy.signals.off;
        if user.copied_device && off.iter().any(|signal| signal == "user.copied_device") {
            (user.known_device, user.copied_device) = (true, false);
        }
        self.judge_known(arrival, force, user, When::AtOnce)
    }

    /// What an attempt, or a question, repeats.
    fn tell_repeats(&self, frame: &Frame, now: Now, force: InForce<'_>, user: &mut UserFacts) {
        let now_s = now.watermark_s();
        if let Some(wrong) = wrong_try(frame, force.hasher) {
            user.same_again = self.wrongs.is_stale(&wrong, now_s);
            user.passwords = self.wrongs.passwords(&wrong, now_s);
            user.elsewhere = self.wrongs.elsewhere(&wrong, now_s);
        }
        // Whoever repeats one and the same wrong thing is known by that.
        if let Some(program) = retry_key(frame, force.hasher)
            && !user.same_again
        {
            user.retries = self.wrongs.retries(program, now_s);
        }
    }

    fn judge_known(
        &self,
        arrival: &Arrival<'_>,
        force: InForce<'_>,
        mut user: UserFacts,
        when: When,
    ) -> Judged {
        let (frame, now, policy) = (arrival.frame, arrival.now, force.policy);
        let source = arrival.source;
        self.tell_repeats(frame, now, force, &mut user);
        let facts = (arrival.source, arrival.entity, &user);
        let at_s = i64::from(now.watermark_s());
        let known = Known::new(policy, frame, at_s, facts, force.service);
        let mut reasons = signals::reasons(&known);
        reasons.extend(by_hand(arrival, force));
        // Whether it is a copy is a guess: its owner is never locked out by it.
        let familiarity = if user.known_device || user.copied_device {
            Familiarity::Known
        } else {
            Familiarity::Unfamiliar
        };
        let shared = known.shared();
        let log_odds = score::log_odds(policy, &reasons, shared);
        let doubt = signals::doubt(&known, log_odds);
        let mut limit = match when {
            // A question about a login comes before its outcome: who is asked may be about to succeed.
            When::AtOnce if frame.asks_about_login() => force.service.limit_of_question(at_s),
            When::AtOnce => force.service.limit(at_s, known.lane),
            When::Again => force.service.limit_again(at_s, known.lane),
        };
        if frame.kind == Kind::Lookup {
            let names = names_looked_up(frame, source.ip.day_users);
            // The rows of those who are known are not remembered.
            let from = if known.stranger {
                row_from(frame, source.ip.day_users, force.hasher)
            } else {
                0
            };
            limit = limit.max(force.service.lowest_of_look_ups(names, from));
        }
        // No budget of logins is spent on it: of accounts that are doubted next to none are people's.
        let is_doubted = doubt.is_some();
        if is_doubted {
            limit = LogOdds(0);
        }
        // Of what is scored again the owner of an account is asked, and stopped by nothing: that is worth it earlier than the
        // policy's threshold.
        let least = match when {
            When::Again if limit.0 < 0 => Score(0),
            _ => policy.decision.challenge.0,
        };
        reasons.extend(doubt);
        let mut decided = score::decide_from(policy, &reasons, familiarity, shared, limit, least);
        // Whoever is blocked cannot show that it was a mistake. So only what is loud is, and no
        // look-up or sign-up: they let nobody into what is somebody else's.
        // What comes too late to be counted is held against counts of another time.
        let may_block = is_loud(&source.ip)
            && !now.is_late()
            && !matches!(frame.kind, Kind::Lookup | Kind::Signup);
        if !may_block && !score::is_blocked_by_hand(&reasons, familiarity) {
            decided.decision = decided.decision.min(Decision::Challenge);
        }
        let flagged = decided.decision != Decision::Allow;
        // What is flagged is told whole: somebody has to answer for it, and API nodes go by it.
        if !flagged {
            signals::tell_what_counts(&mut reasons);
        }
        reasons.sort_by_key(|r| (std::cmp::Reverse(r.weight.0.abs()), r.measure, r.entity));
        // An account of the attack's own is nobody's that fell.
        let attack = if is_doubted && flagged {
            Attack::FakeSignup
        } else {
            attack(frame, decided.attack)
        };
        let judgement = Judgement {
            marks: known.marks,
            decision: decided.decision,
            score: decided.score,
            attack,
            reasons,
            session_id: flagged
                .then(|| session::id(force.hasher, frame.address, arrival.source.session_start_s)),
            campaign_id: flagged
                .then(|| force.service.campaign_of(&member(frame, now, attack)))
                .flatten()
                .map(|found| found.id),
            expires_at_ms: flagged.then(|| now.watermark_ms() + policy.decision.remember.ms),
            late: now.is_late(),
            shared_address: shared,
            known_devices: if flagged {
                frame.user.map_or_else(Vec::new, |user| self.devices(user))
            } else {
                Vec::new()
            },
        };
        let (pattern, stranger) = (known.pattern, known.stranger);
        let shifted = known.shifted();
        Judged {
            judgement,
            user,
            log_odds: log_odds.0,
            shifted,
            pattern,
            stranger,
            question: None,
        }
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

/// The reasons of what the operator decided by hand.
fn by_hand(arrival: &Arrival<'_>, force: InForce<'_>) -> Vec<Reason> {
    let (frame, now) = (arrival.frame, arrival.now);
    // A question has a clock of its own, and the stream may be quiet.
    let asked_ms = if frame.outcome.is_none() {
        frame.clock_ms
    } else {
        now.watermark_ms()
    };
    let list = force
        .service
        .lists()
        .lookup_asked(&frame.subject(), now.watermark_ms(), asked_ms);
    signals::explicit(force.policy, force.hasher, frame, list)
}

/// What kind of attack this attempt is part of: what was attempted says more than the counts.
fn attack(frame: &Frame, found: Attack) -> Attack {
    match (found, frame.kind) {
        (Attack::None, _) => Attack::None,
        (_, Kind::Signup) => Attack::FakeSignup,
        (_, Kind::Lookup) => Attack::Enumeration,
        _ if frame.succeeded() => Attack::AccountTakeover,
        (found, _) => found,
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
