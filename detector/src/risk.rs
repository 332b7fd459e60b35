//! Risk: which entities are hostile now, for API nodes that do not see the stream.
//!
//! Owns the contract of the compacted topic `credsieve.risk` ([`RiskEntry`]) and the book of what
//! the topic should hold ([`RiskBook`]). The topic is a cache: an API node that misses a change is
//! a little milder or stricter for a while, never wrong for longer than an entry lives.
//!
//! Invariant: the book holds exactly what its changes, applied in order, leave in the topic, and
//! never more than its capacity.

mod expiring;
mod publisher;

pub(crate) use expiring::Expiring;
pub use publisher::{QUEUE_DEPTH, RiskMetrics, RiskPublisher};

use credsieve_models::verdict::{Decision, Family, LogOdds, Measure, Reason, Score};
use credsieve_models::{Entity, time::EpochMs};
use credsieve_store::Outcome;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How many entities a detector's book holds.
pub const BOOK_CAPACITY: usize = 200_000;
/// How many reasons an entry carries: the strongest.
pub const MAX_REASONS: usize = 8;
/// How many familiar devices an entry of a user carries.
pub const MAX_DEVICES: usize = 8;

/// How long an exceeded rate limit is held against an entity, in milliseconds. It decides by
/// itself, and in the engine it drains in the order of a minute: an API node must not shut somebody
/// out for long after. While attempts go on the entry is told again.
pub const OVER_LIMIT_MS: i64 = 60_000;

/// One hostile entity: the value of `credsieve.risk`. The key is the entity's text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RiskEntry {
    /// The entity.
    pub entity: Entity,
    /// The strictest decision that was made with a reason about it. An API node, which knows less
    /// than the engine, decides nothing stricter.
    pub ceiling: Decision,
    /// The families of its reasons, in order.
    pub families: Vec<Family>,
    /// What is known against it, strongest first.
    pub reasons: Vec<Reason>,
    /// Many good users share this address.
    #[serde(default)]
    pub shared_address: bool,
    /// The instant from which it counts no more.
    #[serde(rename = "expires_at", with = "credsieve_models::time::rfc3339")]
    pub expires_at_ms: EpochMs,
    /// Keyed hashes of devices that the user is known by, where the entity is a user. Only the
    /// upper 24 bits count, the engine's tag of a device: the engine keeps no more of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty", with = "hex")]
    pub familiar_devices: Vec<u64>,
}

/// What the engine knows beside the verdict.
#[derive(Clone, Copy, Debug, Default)]
pub struct Known<'a> {
    /// Keyed hashes of the devices that the attempt's user is known by, or the engine's tags of
    /// them in the upper half; empty where not known.
    pub familiar_devices: &'a [u64],
    /// Many good users share the attempt's address.
    pub shared_address: bool,
}

/// What should become of a key of the topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RiskChange {
    /// The entity is hostile.
    Put(RiskEntry),
    /// It is no longer.
    Tombstone(Entity),
}

impl RiskChange {
    /// The entity that it is about.
    #[must_use]
    pub fn entity(&self) -> Entity {
        match self {
            Self::Put(entry) => entry.entity,
            Self::Tombstone(entity) => *entity,
        }
    }
}

/// What the topic should hold. Pure: time is an argument.
#[derive(Debug)]
pub struct RiskBook {
    published: Expiring<Published>,
    remember_ms: i64,
    now_ms: EpochMs,
}

/// The score of even odds.
const EVEN: Score = Score(5_000);

#[derive(Debug)]
struct Published {
    entry: RiskEntry,
    put_at_ms: EpochMs,
}

impl RiskBook {
    /// An empty book for `capacity` entities. An entry of a verdict without expiry lives for
    /// `remember_ms` after the attempt.
    #[must_use]
    pub fn new(capacity: usize, remember_ms: i64) -> Self {
        Self {
            published: Expiring::new(capacity),
            remember_ms,
            now_ms: EpochMs::MIN,
        }
    }

    /// Looks at one durable outcome; outcomes come in the order of the stream. What should change
    /// in the topic is appended to `changes`.
    ///
    /// `now_ms` is the clock that entries expire by: the engine's time (the watermark plus the real
    /// time since it moved). It never goes back.
    pub fn observe(
        &mut self,
        outcome: &Outcome,
        known: Known<'_>,
        now_ms: EpochMs,
        changes: &mut Vec<RiskChange>,
    ) {
        self.expire(now_ms, changes);
        let verdict = &outcome.verdict;
        if verdict.decision == Decision::Allow {
            return;
        }
        // Below even odds somebody is asked who they are; that makes nobody hostile. A rate limit holds whatever the score.
        let is_sure = verdict.score >= EVEN;
        let tells = |reason: &&Reason| is_sure || reason.measure == Measure::OverLimit;
        let expires_at_ms = verdict
            .expires_at_ms
            .unwrap_or_else(|| verdict.time_ms.saturating_add(self.remember_ms));
        if expires_at_ms <= self.now_ms {
            return; // News that is over: a detector that catches up on a backlog.
        }
        for (entity, mut reasons) in by_entity(verdict.reasons.iter().filter(tells)) {
            reasons.sort_by_key(|reason| std::cmp::Reverse(reason.weight));
            reasons.truncate(MAX_REASONS);
            let mut families: Vec<Family> = reasons.iter().map(|reason| reason.family).collect();
            families.sort_unstable();
            families.dedup();
            let expires_at_ms = if families.contains(&Family::RateLimit) {
                expires_at_ms.min(self.now_ms.saturating_add(OVER_LIMIT_MS))
            } else {
                expires_at_ms
            };
            let is_ip = matches!(entity, Entity::Ip(_));
            let is_user = matches!(entity, Entity::User(_));
            let entry = RiskEntry {
                entity,
                ceiling: verdict.decision,
                families,
                reasons,
                shared_address: is_ip && known.shared_address,
                expires_at_ms,
                familiar_devices: if is_user {
                    devices(known.familiar_devices)
                } else {
                    Vec::new()
                },
            };
            self.enter(entry, changes);
        }
    }

    /// Takes out what has expired at `now_ms`. Call it also while nothing comes in.
    pub fn expire(&mut self, now_ms: EpochMs, changes: &mut Vec<RiskChange>) {
        self.now_ms = self.now_ms.max(now_ms);
        while let Some(entity) = self.published.pop_expired(self.now_ms) {
            changes.push(RiskChange::Tombstone(entity));
        }
    }

    /// How many entities it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.published.len()
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.published.len() == 0
    }

    fn enter(&mut self, mut entry: RiskEntry, changes: &mut Vec<RiskChange>) {
        if let Some(held) = self.published.get(entry.entity) {
            entry.inherit(&held.entry);
            if !self.worth_telling(held, &entry) {
                return;
            }
        }
        let (entity, expires_at_ms) = (entry.entity, entry.expires_at_ms);
        let published = Published {
            entry: entry.clone(),
            put_at_ms: self.now_ms,
        };
        if let Some(evicted) = self.published.insert(entity, expires_at_ms, published) {
            if evicted == entity {
                return; // Full of entries that live longer; it was never published.
            }
            changes.push(RiskChange::Tombstone(evicted));
        }
        changes.push(RiskChange::Put(entry));
    }

    /// A hostile source is judged thousands of times a minute; the topic hears of it when an API
    /// node would answer otherwise, or when it would soon forget.
    fn worth_telling(&self, held: &Published, new: &RiskEntry) -> bool {
        let old = &held.entry;
        let life = old.expires_at_ms.saturating_sub(held.put_at_ms);
        let left = old.expires_at_ms.saturating_sub(self.now_ms);
        new.ceiling != old.ceiling
            || new.shared_address != old.shared_address
            || new.familiar_devices != old.familiar_devices
            || weight_classes(&new.reasons) != weight_classes(&old.reasons)
            || (new.expires_at_ms > old.expires_at_ms && left < life / 2)
    }
}

impl RiskEntry {
    /// Whether it still counts.
    #[must_use]
    pub fn is_live(&self, now_ms: EpochMs) -> bool {
        now_ms < self.expires_at_ms
    }

    /// Keeps of the entry before what one verdict does not undo: within an entry's life the ceiling
    /// only rises (verdicts on the same address differ from user to user), nothing but an exceeded
    /// limit is forgotten sooner, and devices stay known where this verdict is not about them.
    fn inherit(&mut self, before: &Self) {
        self.ceiling = self.ceiling.max(before.ceiling);
        if !self.families.contains(&Family::RateLimit) {
            self.expires_at_ms = self.expires_at_ms.max(before.expires_at_ms);
        }
        if self.familiar_devices.is_empty() {
            self.familiar_devices.clone_from(&before.familiar_devices);
        }
    }
}

/// The reasons that will hold for the next attempt too, by entity.
fn by_entity<'a>(reasons: impl Iterator<Item = &'a Reason>) -> BTreeMap<Entity, Vec<Reason>> {
    let mut by_entity: BTreeMap<Entity, Vec<Reason>> = BTreeMap::new();
    for reason in reasons {
        if !is_of_one_attempt(reason.measure) && reason.weight > LogOdds(0) {
            by_entity.entry(reason.entity).or_default().push(*reason);
        }
    }
    by_entity
}

/// Whether a reason of this measure says something of one attempt alone, or of an account that anybody may name. API nodes see some of it in
/// the attempt, in lists and policy themselves; held against the next attempt it would be wrong.
fn is_of_one_attempt(measure: Measure) -> bool {
    matches!(
        measure,
        Measure::Listed
            | Measure::OutsideFence
            | Measure::BreachedPassword
            | Measure::ListedName
            | Measure::KnownDevice
            | Measure::SharedDevice
            | Measure::OthersDevice
            | Measure::CopiedDevice
            | Measure::DoubtfulSignup
            | Measure::NewDevice
            | Measure::NoDevice
            | Measure::SameAgain
            | Measure::MistypedName
            | Measure::Stranger
            | Measure::TriedAgain
            | Measure::SuspectSuccess
            | Measure::Excess
    )
}

/// The weight of each family in whole nats: what differs by less decides the same.
fn weight_classes(reasons: &[Reason]) -> BTreeMap<Family, i32> {
    let mut sums: BTreeMap<Family, i32> = BTreeMap::new();
    for reason in reasons {
        let sum = sums.entry(reason.family).or_default();
        *sum = sum.saturating_add(reason.weight.0);
    }
    for sum in sums.values_mut() {
        *sum = sum.div_euclid(LogOdds::NAT);
    }
    sums
}

fn devices(known: &[u64]) -> Vec<u64> {
    let mut devices = known.to_vec();
    devices.sort_unstable();
    devices.dedup();
    devices.truncate(MAX_DEVICES);
    devices
}

/// Hashes as 16 hexadecimal digits: JSON numbers lose the last bits of 64 in many readers.
mod hex {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(hashes: &[u64], out: S) -> Result<S::Ok, S::Error> {
        out.collect_seq(hashes.iter().map(|hash| format!("{hash:016x}")))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(input: D) -> Result<Vec<u64>, D::Error> {
        let texts = Vec::<String>::deserialize(input)?;
        let parse = |text: &String| {
            let is_hash = text.len() == 16 && text.bytes().all(|b| b.is_ascii_hexdigit());
            is_hash
                .then(|| u64::from_str_radix(text, 16).ok())
                .flatten()
                .ok_or_else(|| D::Error::custom("expected hashes of 16 hexadecimal digits"))
        };
        texts.iter().map(parse).collect()
    }
}

#[cfg(test)]
mod tests;
