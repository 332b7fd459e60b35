//! The User room: what is keyed by a user or a tried name, and the verdict itself.
//!
//! Keeps the devices that a user is known by, from how many places the user is being failed, and an
//! explicit rate limit. It is the last room: it alone judges, and sends back late what earlier rooms
//! must learn.

use crate::delta::{Change, Outbox};
use crate::entity::{EntityFacts, links_of};
use crate::frame::{Frame, counts_as_failure};
use crate::judgement::Judgement;
use crate::now::Now;
use crate::rate::within_limit;
use crate::score::{self, Familiarity};
use crate::service::{Facts, Service};
use crate::session;
use crate::signals::{self, UserFacts};
use crate::source::SourceFacts;
use crate::state::budget::Budget;
use crate::state::pairs::{FirstSight, PairFilter, SparseFilter};
use crate::state::table::{Record, SparseTable, Table};
use credsieve_models::attempt::Kind;
use credsieve_models::key::Domain;
use credsieve_models::verdict::{Attack, Decision};
use credsieve_models::{KeyHasher, Policy};
use serde::{Deserialize, Serialize};

/// Panes of the under-fire window: three of 15 minutes, so that 30 minutes always fit.
const FIRE_PANES: usize = 3;
const DEVICES: usize = 4;

/// What is known about a user: two cache lines, a part of them kept for familiarity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[repr(C, align(64))]
pub struct UserRecord {
    key: u64,
    last_seen_s: u32,
    limit_used_ms: u32,
    /// Tags of known devices, the most recent first; 0 is none.
    devices: [u32; DEVICES],
    successes: u32,
    fire_pane: u32,
    fire: [FirePane; FIRE_PANES],
    reserved: [u64; 4],
}

const _: () = assert!(size_of::<UserRecord>() == 128);

/// From where the user was failed in one pane.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[repr(C)]
struct FirePane {
    /// Addresses: seen in the pane, and of these new to the pane before.
    addresses: u8,
    new_addresses: u8,
    /// Distinct ASNs (16-bit tags) and countries; more than fit are not needed.
    asns: [u16; 3],
    countries: [[u8; 2]; 2],
}

impl Record for UserRecord {
    fn key(&self) -> u64 {
        self.key
    }
    fn is_live(&self) -> bool {
        self.last_seen_s != 0
    }
    /// Names without a success go first.
    fn worth(&self, _: u32) -> u32 {
        u32::from(self.successes > 0)
    }
    fn last_seen_s(&self) -> u32 {
        self.last_seen_s
    }
}

/// The tag by which a device is remembered: the upper half of its key, never 0.
#[must_use]
pub fn device_tag(device: u64) -> u32 {
    ((device >> 32) as u32).max(1)
}

impl UserRecord {
    fn touch(&mut self, now: Now) {
        let passed_ms = now
            .watermark_s()
            .saturating_sub(self.last_seen_s)
            .saturating_mul(1_000);
        self.limit_used_ms = self.limit_used_ms.saturating_sub(passed_ms);
        self.last_seen_s = self.last_seen_s.max(now.watermark_s());
    }

    /// Brings the panes to the one of `pane`; answers which of them is its, if any.
    fn turn_fire(&mut self, pane: i64) -> Option<usize> {
        let pane = u32::try_from(pane).unwrap_or(u32::MAX);
        let ahead = pane.saturating_sub(self.fire_pane) as usize;
        if ahead > 0 {
            self.fire.rotate_right(ahead.min(FIRE_PANES));
            self.fire[..ahead.min(FIRE_PANES)].fill(FirePane::default());
            self.fire_pane = pane;
        }
        let behind = self.fire_pane.saturating_sub(pane) as usize;
        (behind < FIRE_PANES).then_some(behind)
    }

    fn add_failure(&mut self, frame: &Frame, pane: i64, sight: FirstSight) {
        let Some(index) = self.turn_fire(pane) else {
            return;
        };
        let fire = &mut self.fire[index];
        fire.addresses = fire.addresses.saturating_add(u8::from(sight.in_pane));
        fire.new_addresses = fire.new_addresses.saturating_add(u8::from(sight.in_window));
        if let Some(asn) = frame.asn {
            // Folded to 16 bits: two ASNs that fold alike count as one (misses, never invents).
            #[expect(clippy::cast_possible_truncation, reason = "a tag")]
            let tag = ((asn ^ (asn >> 16)) as u16).max(1);
            remember(&mut fire.asns, tag);
        }
        if let Some(country) = frame.country {
            remember(&mut fire.countries, country);
        }
    }

    fn facts(&self, frame: &Frame, now: Now) -> UserFacts {
        let mut copy = *self;
        let current = copy.turn_fire(now.pane()).unwrap_or(0);
        let window = &copy.fire[current..];
        let oldest = window.iter().rposition(|p| p.addresses > 0);
        let addresses = window
            .iter()
            .enumerate()
            .map(|(index, p)| {
                // The union: all of the oldest pane, and what each later one added.
                u32::from(if Some(index) == oldest {
                    p.addresses
                } else {
                    p.new_addresses
                })
            })
            .sum();
        let device = frame.device.map(device_tag);
        UserFacts {
            known_device: device.is_some_and(|tag| self.devices.contains(&tag)),
            failing_addresses: addresses,
            failing_asns: distinct(window.iter().flat_map(|p| p.asns)),
            failing_countries: distinct(window.iter().flat_map(|p| p.countries)),
            over_limit: false,
        }
    }

    /// Remembers a device as the most recent; the least recent of four is forgotten.
    fn learn_device(&mut self, tag: u32) {
        let place = self.devices.iter().position(|known| *known == tag);
        let end = place.unwrap_or(DEVICES - 1);
        self.devices[..=end].rotate_right(1);
        self.devices[0] = tag;
    }
}

/// Puts a value that is not the default one into the first free place, once.
fn remember<T: Copy + Default + PartialEq, const N: usize>(set: &mut [T; N], value: T) {
    if value != T::default()
        && !set.contains(&value)
        && let Some(free) = set.iter_mut().find(|v| **v == T::default())
    {
        *free = value;
    }
}

fn distinct<T: Copy + Default + Ord>(values: impl Iterator<Item = T>) -> u32 {
    let mut seen: Vec<T> = values.filter(|v| *v != T::default()).collect();
    seen.sort_unstable();
    seen.dedup();
    u32::try_from(seen.len()).unwrap_or(u32::MAX)
}

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
    outbox: Outbox,
    deltas_a_tick: usize,
}

impl UserShard {
    /// An empty shard.
    #[must_use]
    pub fn new(budget: &Budget) -> Self {
        Self {
            users: Table::with_bytes(budget.users),
            short: PairFilter::with_bytes(budget.user_short),
            outbox: Outbox::default(),
            deltas_a_tick: budget.deltas_a_tick,
        }
    }

    /// Counts an attempt at its user and judges it.
    pub fn observe(&mut self, arrival: &Arrival<'_>, force: InForce<'_>) -> Judgement {
        let over_limit = self.count(arrival, force);
        let judgement = self.judge(arrival, force, over_limit);
        self.learn(arrival, force.hasher, &judgement);
        judgement
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
        self.judge(arrival, force, over_limit)
    }

    /// The facts of a user, for a person who looks.
    #[must_use]
    pub fn user(&self, frame: &Frame, now: Now) -> Option<(UserFacts, u32)> {
        let key = frame.user?;
        let record = self.users.get(key, key)?;
        Some((record.facts(frame, now), record.successes))
    }

    /// Tags of the devices that a user is known by.
    #[must_use]
    pub fn devices(&self, user: u64) -> Vec<u32> {
        self.users.get(user, user).map_or_else(Vec::new, |record| {
            record.devices.iter().copied().filter(|d| *d != 0).collect()
        })
    }

    /// The late writes that come into force at `tick`.
    pub fn in_force(&mut self, tick: i64) -> impl Iterator<Item = crate::delta::Delta> + '_ {
        self.outbox.in_force(tick)
    }

    /// Counts at the user; answers whether the user's explicit rate limit is exceeded.
    fn count(&mut self, arrival: &Arrival<'_>, force: InForce<'_>) -> bool {
        let (frame, now) = (arrival.frame, arrival.now);
        let Some(user) = frame.user else { return false };
        let fresh = UserRecord {
            key: user,
            last_seen_s: now.watermark_s(),
            fire_pane: u32::try_from(now.pane()).unwrap_or(u32::MAX),
            ..UserRecord::default()
        };
        let record = self.users.get_or_insert(user, user, fresh);
        record.touch(now);
        if let Some((pane, sight)) = arrival.source.user_sight {
            record.add_failure(frame, pane, sight);
        }
        let limit = force.policy.rate_limits.user.as_ref();
        limit.is_some_and(|limit| !within_limit(&mut record.limit_used_ms, limit))
    }

    fn judge(&self, arrival: &Arrival<'_>, force: InForce<'_>, over_limit: bool) -> Judgement {
        let (frame, now, policy) = (arrival.frame, arrival.now, force.policy);
        let mut user = frame
            .user
            .and_then(|key| self.users.get(key, key))
            .map_or_else(UserFacts::default, |record| record.facts(frame, now));
        user.over_limit = over_limit;
        let facts: Facts = if arrival.source.familiar {
            Facts::default()
        } else {
            force.service.facts(frame.asn, now.pane())
        };
        let mut reasons =
            signals::reasons(policy, frame, arrival.source, arrival.entity, facts, &user);
        // A question has a clock of its own, and the stream may be quiet.
        let asked_ms = if frame.outcome.is_none() {
            frame.clock_ms
        } else {
            now.watermark_ms()
        };
        let list =
            force
                .service
                .lists()
                .lookup_asked(&frame.subject(), now.watermark_ms(), asked_ms);
        reasons.extend(signals::explicit(policy, force.hasher, frame, list));
        let familiarity = if user.known_device {
            Familiarity::Known
        } else {
            Familiarity::Unfamiliar
        };
        let shared = arrival.source.ip.good_users >= policy.standing.shared_users;
        let decided = score::decide(policy, &reasons, familiarity, shared);
        reasons.sort_by_key(|r| (std::cmp::Reverse(r.weight.0.abs()), r.measure, r.entity));
        let flagged = decided.decision != Decision::Allow;
        Judgement {
            decision: decided.decision,
            score: decided.score,
            attack: attack(frame, decided.attack),
            reasons,
            session_id: flagged
                .then(|| session::id(force.hasher, frame.address, arrival.source.session_start_s)),
            campaign_id: None,
            expires_at_ms: flagged.then(|| now.watermark_ms() + policy.decision.remember.ms),
            late: now.is_late(),
            shared_address: shared,
            known_devices: if flagged {
                frame.user.map_or_else(Vec::new, |user| self.devices(user))
            } else {
                Vec::new()
            },
        }
    }

    /// Learns from the judged attempt, and sends what earlier rooms must learn.
    fn learn(&mut self, arrival: &Arrival<'_>, hasher: &KeyHasher, judgement: &Judgement) {
        let (frame, now) = (arrival.frame, arrival.now);
        if judgement.decision != Decision::Allow {
            self.send(
                arrival,
                Change::Flagged {
                    address: frame.address.packed(),
                    session_start_s: arrival.source.session_start_s,
                    at_s: now.watermark_s(),
                },
            );
        }
        let Some(user) = frame.user else { return };
        if counts_as_failure(frame) {
            for (link, key) in links_of(frame) {
                let pair = hasher.hash_words(Domain::Pair, user, key ^ link.tag());
                let sight = self.short.insert(pair, now.pane());
                let pane = now.pane();
                self.send(
                    arrival,
                    Change::Failed {
                        link,
                        key,
                        pane,
                        sight,
                    },
                );
            }
        }
        if frame.proves_user() {
            self.learn_success(arrival, user, judgement);
        }
    }

    /// A success above suspicion makes its device known. It earns its address standing, and so does
    /// one on a device that was known before, whatever the verdict: else one wrong challenge would
    /// confirm itself for ever.
    fn learn_success(&mut self, arrival: &Arrival<'_>, user: u64, judgement: &Judgement) {
        let Some(record) = self.users.get_mut(user, user) else {
            return;
        };
        record.successes = record.successes.saturating_add(1);
        let tag = arrival.frame.device.map(device_tag);
        let known_before = tag.is_some_and(|tag| record.devices.contains(&tag));
        let above_suspicion = judgement.decision == Decision::Allow || arrival.frame.mfa_passed;
        if let Some(tag) = tag
            && (above_suspicion || known_before)
        {
            record.learn_device(tag);
        }
        if above_suspicion || known_before {
            self.send(
                arrival,
                Change::Good {
                    address: arrival.frame.address.packed(),
                    user,
                    time_ms: arrival.now.time_ms(),
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
                + self.deltas_a_tick
                    * crate::state::budget::PENDING_TICKS
                    * crate::state::budget::DELTA_BYTES,
            self.users.live(),
            self.users.evicted(),
            self.short.fill_permille(),
            self.outbox.dropped(),
        )
    }
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
        (&self.users, &self.short, &self.outbox).serialize(out)
    }
}

/// A shard as it is read back.
#[derive(Deserialize)]
pub(crate) struct SavedUser(SparseTable<UserRecord>, SparseFilter, Outbox);

impl UserShard {
    pub(crate) fn adopt(&mut self, saved: SavedUser) -> bool {
        self.outbox = saved.2;
        self.users.adopt(saved.0) && self.short.adopt(saved.1)
    }
}
