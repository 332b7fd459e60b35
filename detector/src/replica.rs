//! Replica: an API node's memory of the risk topic, and decisions from it.
//!
//! The node does not see the stream. It knows the entities that are hostile now, their reasons and
//! the lists, and decides by the same pure function as the engine. What it does not know makes it
//! milder, never stricter: unknown devices mean a challenge at most, and no decision is stricter
//! than the strictest that the engine made about one of the attempt's entities.

use crate::follower::{BadRecord, Fold, FollowError, FollowMetrics, Follower};
use crate::now_ms;
use crate::readiness::Readiness;
use crate::risk::{BOOK_CAPACITY, Expiring, MAX_DEVICES, MAX_REASONS, RiskEntry};
use credsieve_engine::score::{self, Familiarity};
use credsieve_engine::signals;
use credsieve_engine::{Frame, Judgement, device_tag};
use credsieve_models::lists::{ListAction, Lists};
use credsieve_models::time::EpochMs;
use credsieve_models::verdict::{Attack, Decision, Family, Measure, Reason, Window};
use credsieve_models::{Entity, KeyHasher, Policy};
use rdkafka::ClientConfig;
use std::cmp::Reverse;
use std::sync::{Arc, PoisonError, RwLock};

/// How many entities are held: several detectors may publish to one topic. When full, the entry
/// that expires first goes.
pub const CAPACITY: usize = 2 * BOOK_CAPACITY;

/// The memory. Cheap to clone; all clones see the same.
#[derive(Clone, Debug)]
pub struct Replica {
    // Entries behind `Arc`: a look-up copies pointers under the lock and reads them after it.
    entries: Arc<RwLock<Expiring<Arc<RiskEntry>>>>,
    hasher: KeyHasher,
}

impl Replica {
    /// A replica that knows nobody. `hasher` is the deployment's, with which frames are made.
    #[must_use]
    pub fn new(hasher: KeyHasher) -> Self {
        Self {
            entries: Arc::new(RwLock::new(Expiring::new(CAPACITY))),
            hasher,
        }
    }

    /// Starts following `topic`, for as long as the follower lives. `/readyz` waits for `risk`
    /// until the topic is read to its end once.
    ///
    /// # Errors
    /// When the client's configuration is refused or no thread can be made.
    pub fn follow(
        &self,
        client: &ClientConfig,
        topic: &str,
        readiness: Arc<Readiness>,
        metrics: FollowMetrics,
    ) -> Result<Follower, FollowError> {
        let fold = RiskFold(self.clone());
        Follower::start(client, topic, "risk", readiness, metrics, fold)
    }

    /// What an attempt without outcome gets, at `now_ms` of the real clock.
    #[must_use]
    pub fn decide(
        &self,
        frame: &Frame,
        policy: &Policy,
        lists: &Lists,
        now_ms: EpochMs,
    ) -> Judgement {
        let known = self.entries_of(frame, now_ms);
        let familiarity = familiarity(frame, &known);
        let shared = known.iter().any(|entry| entry.shared_address);
        let decide = |reasons: &[Reason]| {
            let least = policy.decision.challenge.0;
            score::decide_from(policy, reasons, familiarity, shared, score::SURER, least)
        };

        let mut evidence = reasons_of(&known);
        evidence.extend(reasons_within(policy, frame, familiarity));
        if !evidence.is_empty() && familiarity != Familiarity::Known {
            evidence.push(signals::stranger(frame.lane()));
        }
        // Where nothing is known there is nothing to block.
        let ceiling = known.iter().map(|entry| entry.ceiling).max();
        let counted = decide(&evidence)
            .decision
            .min(ceiling.unwrap_or(Decision::Challenge));
        // Lists and fences are the operator's word: no ceiling holds for them.
        let list = lists.lookup(&frame.subject(), now_ms);
        let explicit = signals::explicit(policy, &self.hasher, frame, list);
        let asked = (!explicit.is_empty()).then(|| decide(&explicit).decision);
        let reasons = strongest_first([explicit, evidence].concat());
        let decided = decide(&reasons);
        let decision = match list.map(|listed| listed.action) {
            Some(ListAction::Allow) => Decision::Allow,
            _ => counted.max(asked.unwrap_or(Decision::Allow)),
        };
        let is_allowed = decision == Decision::Allow;
        Judgement {
            marks: None,
            decision,
            score: decided.score,
            attack: if is_allowed {
                Attack::None
            } else {
                decided.attack
            },
            reasons,
            session_id: None,
            campaign_id: None,
            expires_at_ms: known
                .iter()
                .map(|entry| entry.expires_at_ms)
                .min()
                .filter(|_| !is_allowed),
            late: false,
            shared_address: shared,
            known_devices: Vec::new(),
        }
    }

    /// The live entry of an entity.
    #[must_use]
    pub fn entity(&self, entity: Entity, now_ms: EpochMs) -> Option<Arc<RiskEntry>> {
        let entries = self.entries.read().unwrap_or_else(PoisonError::into_inner);
        let entry = entries.get(entity)?;
        entry.is_live(now_ms).then(|| Arc::clone(entry))
    }

    /// How many entities are held, expired ones that were not yet swept included.
    #[must_use]
    pub fn len(&self) -> usize {
        let entries = self.entries.read().unwrap_or_else(PoisonError::into_inner);
        entries.len()
    }

    /// Whether none is held.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn entries_of(&self, frame: &Frame, now_ms: EpochMs) -> Vec<Arc<RiskEntry>> {
        let entities = [
            Some(Entity::Ip(frame.address)),
            Some(Entity::Net(frame.address.near())),
            Some(Entity::Net(frame.address.wide())),
            frame.asn.map(Entity::Asn),
            frame.device.map(Entity::Device),
            frame.tool.map(Entity::Tool),
            frame.user.map(Entity::User),
            frame.password.map(Entity::Password),
        ];
        let entries = self.entries.read().unwrap_or_else(PoisonError::into_inner);
        entities
            .into_iter()
            .flatten()
            .filter_map(|entity| entries.get(entity))
            .filter(|entry| entry.is_live(now_ms))
            .cloned()
            .collect()
    }

    fn put(&self, entry: RiskEntry) {
        let (entity, expires_at_ms) = (entry.entity, entry.expires_at_ms);
        let mut entries = self.entries.write().unwrap_or_else(PoisonError::into_inner);
        entries.insert(entity, expires_at_ms, Arc::new(entry));
    }

    fn remove(&self, entity: Entity) {
        let mut entries = self.entries.write().unwrap_or_else(PoisonError::into_inner);
        entries.remove(entity);
    }

    fn sweep(&self, now_ms: EpochMs) {
        let mut entries = self.entries.write().unwrap_or_else(PoisonError::into_inner);
        while entries.pop_expired(now_ms).is_some() {}
    }
}

/// Every reason of the entries. Of networks, ASN and tool only the strongest counts, as in the
/// engine: they overlap.
fn reasons_of(entries: &[Arc<RiskEntry>]) -> Vec<Reason> {
    let is_wide = |reason: &Reason| {
        matches!(
            reason.entity,
            Entity::Net(_) | Entity::Asn(_) | Entity::Tool(_)
        )
    };
    let every = entries
        .iter()
        .flat_map(|entry| entry.reasons.iter().take(MAX_REASONS).copied());
    let mut reasons = strongest_first(every.collect());
    let mut wide = 0;
    reasons.retain(|reason| {
        wide += usize::from(is_wide(reason));
        !is_wide(reason) || wide == 1
    });
    reasons
}

/// What the attempt itself says, without any memory, and the device, where it is a known one.
fn reasons_within(policy: &Policy, frame: &Frame, familiarity: Familiarity) -> Vec<Reason> {
    let Some(user) = frame.user else {
        return Vec::new();
    };
    let signals = &policy.signals;
    let knows_device = familiarity == Familiarity::Known;
    [
        (
            frame.listed_name,
            Measure::ListedName,
            Family::Identity,
            signals.listed_name.weight.0,
        ),
        (
            frame.breached_password,
            Measure::BreachedPassword,
            Family::Password,
            signals::breached_unlearned(policy),
        ),
        (
            knows_device,
            Measure::KnownDevice,
            Family::Identity,
            policy.familiarity.known_device.0,
        ),
    ]
    .into_iter()
    .filter(|(holds, ..)| *holds)
    .map(|(_, measure, family, weight)| Reason {
        measure,
        entity: Entity::User(user),
        window: Window::Now,
        value: 1,
        error_permille: 0,
        limit: 1,
        family,
        weight,
    })
    .collect()
}

fn strongest_first(mut reasons: Vec<Reason>) -> Vec<Reason> {
    reasons.sort_by_key(|r| (Reverse(r.weight.0.abs()), r.measure, r.entity));
    reasons
}

fn familiarity(frame: &Frame, entries: &[Arc<RiskEntry>]) -> Familiarity {
    let (Some(user), Some(device)) = (frame.user, frame.device) else {
        return Familiarity::Unfamiliar;
    };
    let devices = entries
        .iter()
        .find(|entry| entry.entity == Entity::User(user))
        .map_or(&[][..], |entry| &entry.familiar_devices);
    let tag = device_tag(device);
    if devices.iter().any(|known| device_tag(*known) == tag) {
        Familiarity::Known
    } else if devices.is_empty() || devices.len() >= MAX_DEVICES {
        // Nobody said, or some may have been left out.
        Familiarity::Unknown
    } else {
        Familiarity::Unfamiliar
    }
}

struct RiskFold(Replica);

impl Fold for RiskFold {
    fn record(&mut self, key: &[u8], value: Option<&[u8]>) -> Result<(), BadRecord> {
        let entity: Entity = std::str::from_utf8(key)
            .ok()
            .and_then(|key| key.parse().ok())
            .ok_or(BadRecord("the key is no entity"))?;
        let entry = value.map(serde_json::from_slice::<RiskEntry>);
        match entry {
            Some(Ok(entry)) if entry.entity == entity => {
                if entry.is_live(now_ms()) {
                    self.0.put(entry);
                } else {
                    self.0.remove(entity);
                }
                Ok(())
            }
            // Whatever the new value is, the one before is over.
            Some(bad) => {
                self.0.remove(entity);
                Err(BadRecord(match bad {
                    Ok(_) => "the key is not the entry's entity",
                    Err(_) => "the value is no risk entry",
                }))
            }
            None => {
                self.0.remove(entity);
                Ok(())
            }
        }
    }

    fn settle(&mut self, _caught_up: bool) {
        self.0.sweep(now_ms());
    }
}

#[cfg(test)]
mod tests;
