//! The User room: what is keyed by a user or a tried name, and the verdict itself.
//!
//! Keeps the devices that a user is known by, from how many places the user is being failed, and an
//! explicit rate limit. It is the last room: it alone judges, and sends back late what earlier rooms
//! must learn.

mod record;
mod watch;
mod wrongs;

pub use record::device_tag;

use crate::delta::{Change, Link, Outbox, Seen};
use crate::entity::{EntityFacts, links_of};
use crate::frame::{Frame, counts_as_failure};
use crate::judgement::{Judgement, Revision, Words};
use crate::near::NearNames;
use crate::now::Now;
use crate::rate::within_limit;
use crate::score::{self, Familiarity};
use crate::service::Service;
use crate::service::campaigns::Member;
use crate::session;
use crate::signals::{self, Known, UserFacts};
use crate::source::SourceFacts;
use crate::state::budget::Budget;
use crate::state::pairs::{PairFilter, SparseFilter};
use crate::state::table::{SparseTable, Table};
use credsieve_models::attempt::{FailureReason, Kind};
use credsieve_models::key::Domain;
use credsieve_models::verdict::{Attack, Decision, Reason};
use credsieve_models::{KeyHasher, Lane, Policy};
use record::UserRecord;
use serde::{Deserialize, Serialize};
use watch::Watch;
pub use watch::Watched;
use wrongs::{SavedWrongs, Wrongs};

/// What an attempt brings into the room.
#[derive(Clone, Copy)]
pub struct Arrival<'a> {
    /// The attempt.
    pub frame: &'a Frame,
    /// Its instant.
    pub now: Now,
    /// Its sequence number.
    pub seq: u64,
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
    deltas_a_tick: usize,
    most_watched: usize,
}

/// A judgement with what it was based on, to learn from.
struct Judged {
    judgement: Judgement,
    user: UserFacts,
    log_odds: i32,
    pattern: crate::pattern::Pattern,
    stranger: bool,
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
            deltas_a_tick: budget.deltas_a_tick,
            most_watched: budget.watched,
        }
    }

    /// Counts an attempt at its user and judges it.
    pub fn observe(
        &mut self,
        arrival: &Arrival<'_>,
        force: InForce<'_>,
    ) -> (Judgement, Option<UserFacts>) {
        let over_limit = self.count(arrival, force);
        let judged = self.judge(arrival, force, over_limit);
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

    /// Watches an attempt that was let in.
    pub fn watch(
        &mut self,
        arrival: &Arrival<'_>,
        user: UserFacts,
        judgement: &Judgement,
        words: Words,
    ) {
        let watched = Watched {
            frame: *arrival.frame,
            user,
            good_users: arrival.source.ip.good_users,
            owners: (arrival.entity.device.owners, arrival.entity.password.owners),
            words,
            session_start_s: arrival.source.session_start_s,
            at_s: arrival.now.watermark_s(),
            decision: judgement.decision,
            score: judgement.score,
        };
        self.watch.add(watched, self.most_watched);
    }

    /// Takes the watched attempts that are due, each with whether it is the last time.
    pub fn due(&mut self, now: Now) -> Vec<(Watched, bool)> {
        self.watch.due(now)
    }

    /// Scores a watched attempt again with what is known now. A revision where it is no longer
    /// allowed; else it is watched on, once.
    pub fn score_again(
        &mut self,
        mut watched: Watched,
        last: bool,
        arrival: &Arrival<'_>,
        force: InForce<'_>,
    ) -> Option<Revision> {
        let frame = watched.frame;
        let mut source = *arrival.source;
        source.session_start_s = watched.session_start_s;
        source.ip.good_users = watched.good_users;
        let record = frame.user.and_then(|user| self.users.get(user, user));
        let mut user = record.map_or(watched.user, |record| record.facts(&frame, arrival.now));
        if record.is_some_and(|record| record.owner_seen_since(watched.at_s)) {
            return None;
        }
        user.known_device = watched.user.known_device;
        user.place = watched.user.place;
        user.knows_tool = watched.user.knows_tool;
        user.knows_agent = watched.user.knows_agent;
        user.good_password = watched.user.good_password;
        user.logins = watched.user.logins;
        user.tried_from = watched.user.tried_from;
        user.since_login_s = watched.user.since_login_s;
        let mut entity = *arrival.entity;
        (entity.device.owners, entity.password.owners) = watched.owners;
        let arrival = Arrival {
            source: &source,
            entity: &entity,
            ..*arrival
        };
        let judged = self.judge_known(&arrival, force, user);
        if judged.judgement.decision == Decision::Allow {
            if !last {
                watched.score = judged.judgement.score;
                self.watch.again(watched, self.most_watched);
            }
            return None;
        }
        if let Some(record) = frame.user.and_then(|user| self.users.get_mut(user, user)) {
            record.forget(&frame);
            record.suspect(&frame, arrival.now);
        }
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

    /// The late writes that come into force at `tick`.
    pub fn in_force(&mut self, tick: i64) -> impl Iterator<Item = crate::delta::Delta> + '_ {
        self.outbox.in_force(tick)
    }

    /// Counts at the user; answers whether the user's explicit rate limit is exceeded.
    fn count(&mut self, arrival: &Arrival<'_>, force: InForce<'_>) -> bool {
        let (frame, now) = (arrival.frame, arrival.now);
        let Some(user) = frame.user else { return false };
        let fresh = UserRecord::fresh(user, now);
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
        self.judge_known(arrival, force, user)
    }

    fn judge_known(
        &self,
        arrival: &Arrival<'_>,
        force: InForce<'_>,
        mut user: UserFacts,
    ) -> Judged {
        let (frame, now, policy) = (arrival.frame, arrival.now, force.policy);
        user.same_again = wrong_key(frame, force.hasher).is_some_and(|key| {
            self.wrongs
                .is_stale(key, now.watermark_s(), frame.password.is_some())
        });
        let facts = (arrival.source, arrival.entity, &user);
        let at_s = i64::from(now.watermark_s());
        let known = Known::new(policy, frame, at_s, facts, force.service);
        let mut reasons = signals::reasons(&known);
        reasons.extend(by_hand(arrival, force));
        let familiarity = if user.known_device {
            Familiarity::Known
        } else {
            Familiarity::Unfamiliar
        };
        let shared = known.shared();
        let decided = score::decide_from(
            policy,
            &reasons,
            familiarity,
            shared,
            force.service.limit(at_s, known.lane),
        );
        reasons.sort_by_key(|r| (std::cmp::Reverse(r.weight.0.abs()), r.measure, r.entity));
        let flagged = decided.decision != Decision::Allow;
        let attack = attack(frame, decided.attack);
        let judgement = Judgement {
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
        Judged {
            judgement,
            user,
            log_odds: decided.log_odds.0,
            pattern,
            stranger,
        }
    }

    /// Learns from the judged attempt, and sends what earlier rooms must learn.
    fn learn(&mut self, arrival: &Arrival<'_>, force: InForce<'_>, judged: &Judged) {
        let (frame, now) = (arrival.frame, arrival.now);
        if judged.judgement.decision != Decision::Allow {
            self.send(
                arrival,
                Change::Flagged {
                    address: frame.address.packed(),
                    session_start_s: arrival.source.session_start_s,
                    at_s: now.watermark_s(),
                },
            );
        }
        self.send(arrival, Change::Seen(seen(arrival, force, judged)));
        let Some(user) = frame.user else { return };
        if frame.tries_name() {
            self.learn_try(arrival, force.hasher, user, judged);
        }
        if frame.proves_user() || (frame.kind == Kind::Signup && frame.succeeded()) {
            self.learn_success(arrival, force, user, judged);
        }
    }

    /// A try by a stranger counts against where it came from; one by somebody who belongs there is
    /// taken back.
    fn learn_try(&mut self, arrival: &Arrival<'_>, hasher: &KeyHasher, user: u64, judged: &Judged) {
        let (frame, now) = (arrival.frame, arrival.now);
        let address = frame.address.packed();
        let time_ms = now.time_ms();
        if let Some(key) = wrong_key(frame, hasher) {
            self.wrongs.count(key, now.watermark_s());
        }
        if !judged.stranger || judged.user.same_again {
            if let Some(sight) = arrival.source.user_sight {
                self.send(
                    arrival,
                    Change::Excused {
                        address,
                        time_ms,
                        sight,
                    },
                );
            }
            return;
        }
        self.send(
            arrival,
            Change::Stranger {
                address,
                user,
                time_ms,
            },
        );
        if let Some(sight) = arrival.source.user_sight
            && counts_as_failure(frame)
            && let Some(record) = self.users.get_mut(user, user)
        {
            let flagged = judged.judgement.decision != Decision::Allow;
            record.add_failure(frame, sight.pane, sight.short, flagged);
        }
        let pane = now.pane();
        for (link, key) in links_of(frame) {
            let pair = hasher.hash_words(Domain::Pair, user, key ^ link.tag());
            let sight = self.short.insert(pair, pane);
            let change = Change::Failed {
                link,
                key,
                pane,
                sight,
            };
            self.send(arrival, change);
        }
    }

    /// A success above suspicion teaches what the user's logins look like. It earns its address
    /// standing, and so does one on a device that was known before, whatever the verdict: else one
    /// wrong challenge would confirm itself for ever. A sign-up begins what is known of a user.
    fn learn_success(
        &mut self,
        arrival: &Arrival<'_>,
        force: InForce<'_>,
        user: u64,
        judged: &Judged,
    ) {
        let (frame, now) = (arrival.frame, arrival.now);
        let Some(record) = self.users.get_mut(user, user) else {
            return;
        };
        if frame.kind == Kind::Signup {
            record.sign_up(now);
        } else {
            record.take_sign_up();
        }
        let above_suspicion = judged.judgement.decision == Decision::Allow || frame.mfa_passed;
        if !above_suspicion && !judged.user.known_device {
            record.suspect(frame, now);
            return;
        }
        if frame.kind == Kind::Signup && record.logins() > 0 {
            return;
        }
        let pane = now.pane();
        let device = frame.device.filter(|_| !judged.user.known_device);
        let password = frame.password.filter(|_| !judged.user.good_password);
        record.learn(frame, now);
        // While nobody is known, whoever is let in belongs.
        let cold = force.service.lanes().learned() < 128;
        let newly_named = record.logins() <= 1 && frame.near != NearNames::default();
        let established = cold || record.is_established(frame);
        for (link, key) in [(Link::Device, device), (Link::Password, password)] {
            if let Some(key) = key {
                self.send(arrival, Change::Owned { link, key, pane });
            }
        }
        if newly_named {
            let change = Change::Named {
                near: frame.near,
                pane: now.month_pane(),
            };
            self.send(arrival, change);
        }
        if established && frame.proves_user() {
            self.send(
                arrival,
                Change::Good {
                    address: frame.address.packed(),
                    user,
                    time_ms: now.time_ms(),
                },
            );
        }
    }

    fn send(&mut self, arrival: &Arrival<'_>, change: Change) {
        self.outbox
            .send(arrival.tick, arrival.seq, change, self.deltas_a_tick);
    }

    /// (bytes, live entities, evicted, filter fill in 1/1,000, deltas dropped).
    #[must_use]
    pub fn usage(&self) -> (usize, u64, u64, u32, u64) {
        (
            self.users.bytes()
                + self.short.bytes()
                + self.wrongs.usage().0
                + self.most_watched * Watched::BYTES
                + self.deltas_a_tick
                    * crate::state::budget::PENDING_TICKS
                    * crate::state::budget::DELTA_BYTES,
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

/// What the Service room learns.
fn seen(arrival: &Arrival<'_>, force: InForce<'_>, judged: &Judged) -> Seen {
    let (frame, now) = (arrival.frame, arrival.now);
    let for_a_while = judged.user.since_login_s >= FOR_A_WHILE_S;
    let first = if frame.tries_name() {
        arrival
            .source
            .user_sight
            .is_some_and(|sight| sight.short.in_window)
            && !judged.user.same_again
    } else {
        for_a_while || judged.stranger
    };
    let trusted = if !frame.proves_user() || !first || frame.user.is_none() {
        0
    } else if judged.stranger {
        // While little is known, whoever is let in is what there is to go by.
        256 - force.service.lanes().learned()
    } else {
        256
    };
    Seen {
        lane: frame.lane(),
        pattern: judged.pattern,
        hostile: judged.judgement.score.0,
        log_odds: judged.log_odds,
        stranger: judged.stranger,
        first,
        near_name: (frame.failure_reason == Some(FailureReason::UnknownUser) && judged.stranger)
            .then_some(arrival.entity.near_names > 0),
        signed_s: judged.user.signed_s.filter(|_| frame.proves_user()),
        vindicates: frame.proves_user() && judged.user.failed_here,
        wronged: wronged(frame, judged),
        trusted: u16::try_from(trusted).unwrap_or(0),
        country: frame.country.unwrap_or_default(),
        agent: frame.agent.unwrap_or(0),
        flagged: judged.judgement.decision != Decision::Allow,
        member: member(frame, now, judged.judgement.attack),
    }
}

/// The lane in which a person was challenged, as a success shows: one from where a failure had been
/// flagged, or the first one after a sign-up that had been.
fn wronged(frame: &Frame, judged: &Judged) -> Option<Lane> {
    if !frame.proves_user() || judged.judgement.decision != Decision::Allow {
        return None;
    }
    let user = &judged.user;
    let signup = user.flagged_sign_up.then_some(Lane::SignupSuccess);
    let failure = (user.failed_here && user.flagged_here).then_some(Lane::LoginBadPassword);
    signup.or(failure)
}

/// An attempt as campaigns see it.
fn member(frame: &Frame, now: Now, attack: Attack) -> Member {
    Member {
        time_ms: now.time_ms(),
        at_s: now.watermark_s(),
        attack,
        tenant: frame.tenant,
        address: frame.address.packed(),
        asn: frame.asn.unwrap_or(0),
        user: frame.user.unwrap_or(0),
        device: frame.device.unwrap_or(0),
        password: frame.password.unwrap_or(0),
        tool: frame.tool.unwrap_or(0),
        fell: frame.proves_user(),
    }
}

/// What a wrong attempt is recognised by when it comes again: the user, the password where its
/// fingerprint is known, and the network.
fn wrong_key(frame: &Frame, hasher: &KeyHasher) -> Option<u64> {
    if !counts_as_failure(frame) {
        return None;
    }
    let place = frame.address.near().packed() ^ frame.password.unwrap_or(0).rotate_left(1);
    Some(hasher.hash_words(Domain::Pair, frame.user?, place ^ (9u64).rotate_right(8)))
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
