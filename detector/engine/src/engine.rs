//! The engine: the rooms in the order in which an attempt walks through them.
//!
//! Some attempts of one tick go through a room together, each in its shard and in the order of their
//! sequence numbers; then through the next room. How shards are grouped changes nothing, so one
//! thread, several, or several machines compute the same function.

use crate::agenda::Agenda;
use crate::delta::{DELAY_TICKS, Link, TICK_MS};
use crate::entity::{EntityFacts, EntityShard, links_of};
use crate::frame::Frame;
use crate::judgement::{Judgement, Observed, Words};
use crate::late::Rooms;
use crate::now::Now;
use crate::service::Service;
use crate::shard::{Route, of_hash, of_name};
use crate::signals::UserFacts;
use crate::source::{SourceFacts, SourceShard, Spots};
use crate::state::budget::Budget;
use crate::state::repeats::Repeats;
use crate::user::{Arrival, InForce, UserShard};
use credsieve_models::attempt::FailureReason;
use credsieve_models::key::Domain;
use credsieve_models::lists::Lists;
use credsieve_models::time::EpochMs;
use credsieve_models::{HashSeed, KeyHasher, Policy};
use std::sync::Arc;

/// The engine. It has one owner and no lock.
pub struct Engine {
    pub(crate) policy: Arc<Policy>,
    pub(crate) hasher: KeyHasher,
    pub(crate) budget: Budget,
    pub(crate) seq: u64,
    pub(crate) watermark_ms: EpochMs,
    pub(crate) judged: u64,
    pub(crate) repeated: u64,
    pub(crate) late: u64,
    pub(crate) repeats: Vec<Repeats>,
    pub(crate) sources: Vec<SourceShard>,
    pub(crate) entities: Vec<EntityShard>,
    pub(crate) users: Vec<UserShard>,
    pub(crate) service: Service,
    pub(crate) agenda: Agenda,
}

/// So many attempts go through the rooms together: what they will look at is asked for ahead, and
/// comes from memory side by side rather than one after the other.
pub(crate) const TOGETHER: usize = 32;

/// An attempt with what intake stamped on it, on its way through the rooms.
struct Passing<'a> {
    frame: &'a Frame,
    /// Its place among the frames of the call.
    index: usize,
    now: Now,
    seq: u64,
    route: Route,
    spots: Spots,
    repeat: bool,
    source: SourceFacts,
    entity: EntityFacts,
    judgement: Option<Judgement>,
    /// What its user was known by, where it is to be watched.
    watched: Option<UserFacts>,
}

impl Passing<'_> {
    /// By what a repeat is recognised.
    #[expect(clippy::cast_possible_truncation, reason = "half of a hash is a hash")]
    fn event(&self) -> u64 {
        self.frame.event as u64
    }

    fn arrival(&self, tick: i64) -> Arrival<'_> {
        Arrival {
            frame: self.frame,
            now: self.now,
            tick,
            source: &self.source,
            entity: &self.entity,
        }
    }
}

impl Engine {
    /// An engine with empty state. The policy fixes the size of the state.
    #[must_use]
    pub fn new(policy: Arc<Policy>, seed: HashSeed) -> Self {
        let budget = Budget::of(&policy.state);
        let hasher = KeyHasher::new(seed);
        let shards = || 0..budget.shards;
        Self {
            seq: 0,
            watermark_ms: 0,
            judged: 0,
            repeated: 0,
            late: 0,
            repeats: shards()
                .map(|_| Repeats::new(budget.repeats, budget.shards))
                .collect(),
            sources: shards().map(|_| SourceShard::new(&budget)).collect(),
            entities: shards().map(|_| EntityShard::new(&budget)).collect(),
            users: shards().map(|_| UserShard::new(&budget)).collect(),
            service: Service::new(&budget, hasher, policy.decision.people_per_100_000),
            agenda: Agenda::new(budget.shards as usize),
            policy,
            hasher,
            budget,
        }
    }

    /// The policy in force.
    #[must_use]
    pub fn policy(&self) -> &Arc<Policy> {
        &self.policy
    }

    /// Puts other lists in force.
    pub fn set_lists(&mut self, lists: Arc<Lists>) {
        self.service.set_lists(lists);
    }

    /// Judges attempts in their order; their outcomes are appended to `out`, each revision before the
    /// attempt whose watermark closed its tick. `words(n)` says the words of the n-th frame; it is
    /// asked for attempts alone that may be scored again.
    pub fn observe_with_words(
        &mut self,
        frames: &[Frame],
        words: &dyn Fn(usize) -> Words,
        out: &mut Vec<Observed>,
    ) {
        self.observe_in_groups(frames, 1, words, out);
    }

    /// The same without words: what is revised cannot be named.
    pub fn observe(&mut self, frames: &[Frame], out: &mut Vec<Observed>) {
        self.observe_with_words(frames, &|_| Words::default(), out);
    }

    /// The same with the shards of each room in `groups` groups, one after the other: what several
    /// workers would do. The outcome does not depend on it; a property test holds it to that.
    pub fn observe_in_groups(
        &mut self,
        frames: &[Frame],
        groups: usize,
        words: &dyn Fn(usize) -> Words,
        out: &mut Vec<Observed>,
    ) {
        let mut batch: Vec<Passing<'_>> = Vec::with_capacity(frames.len().min(TOGETHER));
        let mut tick = self.tick();
        for (index, frame) in frames.iter().enumerate() {
            let watermark_ms = self.watermark_ms.max(frame.time_ms.min(frame.clock_ms));
            // A tick may be cut anywhere; so many lie in the nearest cache while they pass.
            if watermark_ms.div_euclid(TICK_MS) != tick || batch.len() == TOGETHER {
                self.pass(tick, &mut batch, groups, words, out);
                tick = watermark_ms.div_euclid(TICK_MS);
            }
            self.watermark_ms = watermark_ms;
            batch.push(self.stamp(frame, index));
        }
        self.pass(tick, &mut batch, groups, words, out);
    }

    /// Intake: the sequence number, the watermark, the way through the rooms.
    fn stamp<'a>(&mut self, frame: &'a Frame, index: usize) -> Passing<'a> {
        let seq = self.seq;
        self.seq += 1;
        Passing {
            frame,
            index,
            now: Now::new(frame.time_ms, self.watermark_ms),
            seq,
            route: Route::of(frame, &self.hasher, self.budget.shards),
            spots: Spots::of(frame, &self.hasher),
            repeat: false,
            source: SourceFacts::default(),
            entity: EntityFacts::default(),
            judgement: None,
            watched: None,
        }
    }

    /// Takes some attempts of one tick through the rooms, and first what comes into force with it.
    fn pass(
        &mut self,
        tick: i64,
        batch: &mut Vec<Passing<'_>>,
        groups: usize,
        words: &dyn Fn(usize) -> Words,
        out: &mut Vec<Observed>,
    ) {
        let Some(first) = batch.first() else { return };
        let now = Now::new(first.now.watermark_ms(), first.now.watermark_ms());
        self.come_into_force(tick);
        self.score_again(tick, now, out);
        let told = self.service.tell_campaigns(now.watermark_ms());
        out.extend(
            told.into_iter()
                .map(|campaign| Observed::Campaign(Box::new(campaign))),
        );
        if self
            .service
            .lanes()
            .tells_no_reasons(i64::from(now.watermark_s()))
        {
            let frames: Vec<Frame> = batch.iter().map(|p| p.frame.without_other()).collect();
            let mut plain: Vec<Passing<'_>> = batch
                .drain(..)
                .zip(&frames)
                .map(|(passing, frame)| Passing { frame, ..passing })
                .collect();
            self.pass_rooms(tick, &mut plain, groups, words, out);
        } else {
            self.pass_rooms(tick, batch, groups, words, out);
            batch.clear();
        }
    }

    /// Takes some attempts of one tick from room to room.
    fn pass_rooms(
        &mut self,
        tick: i64,
        batch: &mut [Passing<'_>],
        groups: usize,
        words: &dyn Fn(usize) -> Words,
        out: &mut Vec<Observed>,
    ) {
        let shards = self.budget.shards as usize;
        let of_group =
            |group: usize| move |shard: usize| groups == 1 || shard * groups / shards == group;
        self.prefetch_sources_and_users(batch);
        for group in 0..groups {
            self.pass_repeats(batch, of_group(group));
        }
        for group in 0..groups {
            self.pass_source(batch, of_group(group));
        }
        self.prefetch_entities(batch);
        for group in 0..groups {
            self.pass_entity(batch, of_group(group));
        }
        for group in 0..groups {
            self.pass_user(tick, batch, of_group(group));
        }
        for passing in batch.iter_mut() {
            if let Some((user, judgement)) = passing.watched.zip(passing.judgement.as_ref()) {
                let arrival = passing.arrival(tick);
                let shard = &mut self.users[passing.route.user];
                shard.watch(&arrival, user, judgement, || words(passing.index));
                self.look_again(passing.route.user);
            }
            out.push(self.outcome(passing));
        }
    }

    /// Asks for what the attempts look at in the Source and the User room: first the keys of all,
    /// then, when these have come, the records.
    fn prefetch_sources_and_users(&self, together: &[Passing<'_>]) {
        for passing in together {
            self.repeats[passing.route.repeats].prefetch(passing.event());
            self.sources[passing.route.source].prefetch_keys(passing.frame, &passing.spots);
            if let Some(user) = passing.frame.user {
                self.users[passing.route.user].prefetch_keys(user);
            }
        }
        for passing in together {
            self.sources[passing.route.source].prefetch_records(passing.frame, &passing.spots);
            if let Some(user) = passing.frame.user {
                self.users[passing.route.user].prefetch_record(user);
            }
        }
    }

    /// The same in the Entity room, for those who go there, and for what is counted of a try.
    fn prefetch_entities(&self, together: &[Passing<'_>]) {
        let unfamiliar = || together.iter().filter(|p| !p.source.familiar);
        for passing in unfamiliar() {
            self.prefetch_link_keys(passing.frame);
            self.users[passing.route.user].prefetch_try(passing.frame, &self.hasher);
        }
        for passing in unfamiliar() {
            self.prefetch_link_records(passing.frame);
        }
    }

    pub(crate) fn prefetch_link_keys(&self, frame: &Frame) {
        let shards = self.budget.shards;
        for (link, key) in links_of(frame) {
            self.entities[of_hash(key, shards)].prefetch_keys(link, key);
        }
        for variant in asked_names(frame) {
            self.entities[of_name(variant, shards)].prefetch_name(variant);
        }
    }

    pub(crate) fn prefetch_link_records(&self, frame: &Frame) {
        for (link, key) in links_of(frame) {
            self.entities[of_hash(key, self.budget.shards)].prefetch_record(link, key);
        }
    }

    /// Notes when the watch of a shard is to be looked at.
    pub(crate) fn look_again(&mut self, shard: usize) {
        if let Some(at_s) = self.users[shard].next_due_s() {
            self.agenda.watched_until(shard, at_s);
        }
    }

    /// Makes the agenda anew, from a state that was read back.
    pub(crate) fn note_what_waits(&mut self) {
        for (shard, user) in self.users.iter().enumerate() {
            for tick in user.ticks_of_writes() {
                self.agenda.writes_wait(shard, tick);
            }
            self.agenda.watched_taken(shard, user.next_due_s());
        }
    }

    /// Late writes of tick t are applied when the stream reaches t + D, in the order (tick, sending
    /// shard, sequence); changes and lessons go to different parts of the rooms.
    fn come_into_force(&mut self, tick: i64) {
        let Self {
            users,
            sources,
            entities,
            service,
            agenda,
            hasher,
            budget,
            ..
        } = self;
        let mut rooms = Rooms {
            sources,
            entities,
            service,
            hasher,
            shards: budget.shards,
        };
        let latest = tick - DELAY_TICKS;
        let mut due = Vec::new();
        while let Some((written, shards)) = agenda.take_writes(latest) {
            for shard in &shards {
                let user = &mut users[*shard as usize];
                for change in user.changes_in_force(written + DELAY_TICKS) {
                    due.push(change);
                    if due.len() == TOGETHER {
                        rooms.apply(&mut due);
                    }
                }
                for lesson in user.lessons_in_force(written + DELAY_TICKS) {
                    rooms.teach(&lesson);
                }
                let people = user.plain_in_force(written + DELAY_TICKS);
                if people > 0 {
                    rooms.service.learn_plain(written, people);
                }
            }
            agenda.done(shards);
        }
        rooms.apply(&mut due);
    }

    fn pass_repeats(&mut self, batch: &mut [Passing<'_>], mine: impl Fn(usize) -> bool) {
        for passing in batch.iter_mut().filter(|p| mine(p.route.repeats)) {
            let repeats = &mut self.repeats[passing.route.repeats];
            passing.repeat = repeats.is_repeat(passing.event(), passing.seq);
        }
    }

    fn pass_source(&mut self, batch: &mut [Passing<'_>], mine: impl Fn(usize) -> bool) {
        for passing in batch
            .iter_mut()
            .filter(|p| !p.repeat && mine(p.route.source))
        {
            let shard = &mut self.sources[passing.route.source];
            passing.source =
                shard.observe(passing.frame, &passing.spots, passing.now, &self.policy);
        }
    }

    fn pass_entity(&mut self, batch: &mut [Passing<'_>], mine: impl Fn(usize) -> bool) {
        for passing in batch.iter_mut().filter(|p| !p.repeat && !p.source.familiar) {
            self.read_links(passing.frame, passing.now, &mine, &mut passing.entity);
        }
    }

    pub(crate) fn read_links(
        &self,
        frame: &Frame,
        now: Now,
        mine: impl Fn(usize) -> bool,
        facts: &mut EntityFacts,
    ) {
        let known = asked_names(frame).filter(|variant| {
            let shard = of_name(*variant, self.budget.shards);
            mine(shard) && self.entities[shard].has_name(*variant, now.month_pane())
        });
        facts.near_names += u8::try_from(known.count()).unwrap_or(u8::MAX);
        for (link, key) in links_of(frame) {
            let shard = of_hash(key, self.budget.shards);
            if !mine(shard) {
                continue;
            }
            let read = self.entities[shard].facts(link, key, now.pane());
            match link {
                Link::Device => facts.device = read,
                Link::Tool => facts.tool = read,
                Link::Password => facts.password = read,
                Link::Asn => {}
            }
        }
    }

    fn pass_user(&mut self, tick: i64, batch: &mut [Passing<'_>], mine: impl Fn(usize) -> bool) {
        let force = InForce {
            policy: &self.policy,
            service: &self.service,
            hasher: &self.hasher,
        };
        for passing in batch.iter_mut().filter(|p| !p.repeat && mine(p.route.user)) {
            let arrival = passing.arrival(tick);
            let (judgement, watched) = self.users[passing.route.user].observe(&arrival, force);
            self.agenda.writes_wait(passing.route.user, tick);
            passing.judgement = Some(judgement);
            passing.watched = watched;
        }
    }

    fn outcome(&mut self, passing: &mut Passing<'_>) -> Observed {
        let Some(judgement) = passing.judgement.take() else {
            self.repeated += 1;
            return Observed::Repeat;
        };
        self.judged += 1;
        self.late += u64::from(judgement.late);
        Observed::Judged(judgement)
    }

    /// What an attempt would get now, without changing anything. `now_ms` is the engine's time: the
    /// watermark plus the real time since it moved.
    #[must_use]
    pub fn peek(&self, frame: &Frame, now_ms: EpochMs) -> Judgement {
        let now_ms = now_ms.max(self.watermark_ms);
        let now = Now::new(now_ms, now_ms);
        let route = Route::of(frame, &self.hasher, self.budget.shards);
        let spots = Spots::of(frame, &self.hasher);
        let source = self.sources[route.source].peek(&spots, now, &self.policy);
        let mut entity = EntityFacts::default();
        self.read_links(frame, now, |_| true, &mut entity);
        let arrival = Arrival {
            frame,
            now,
            tick: now_ms.div_euclid(TICK_MS),
            source: &source,
            entity: &entity,
        };
        let force = InForce {
            policy: &self.policy,
            service: &self.service,
            hasher: &self.hasher,
        };
        self.users[route.user].peek(&arrival, force)
    }

    /// Tags of the devices that a user is known by, at most four.
    #[must_use]
    pub fn known_devices(&self, user: u64) -> Vec<u32> {
        self.users[of_hash(user, self.budget.shards)].devices(user)
    }

    /// The event time reached.
    #[must_use]
    pub fn watermark_ms(&self) -> EpochMs {
        self.watermark_ms
    }

    fn tick(&self) -> i64 {
        self.watermark_ms.div_euclid(TICK_MS)
    }
}

/// The variants of a name that does not exist: is it near to somebody's?
fn asked_names(frame: &Frame) -> impl Iterator<Item = u64> + '_ {
    let unknown = frame.failure_reason == Some(FailureReason::UnknownUser);
    unknown.then(|| frame.near.keys()).into_iter().flatten()
}

/// How far behind the stream facts are in force, in milliseconds.
pub const FACTS_DELAY_MS: i64 = DELAY_TICKS * TICK_MS;

/// A value that differs when the seed does, to recognise a snapshot of another deployment.
pub(crate) fn seed_check(hasher: &KeyHasher) -> u64 {
    hasher.hash_words(Domain::Slot, u64::MAX, u64::MAX)
}
