//! Replica: an API node's memory of the risk topic, and decisions from it.
//!
//! The node does not see the stream. It knows the entities that are hostile now, their reasons and
//! the lists, and decides by the same pure function as the engine. What it does not know makes it
//! milder, never stricter: unknown devices mean a challenge at most, and no decision is stricter
//! than the strictest that the engine made about one of the attempt's entities.

use crate::follow::{BadRecord, Fold, FollowError, FollowMetrics, Follower};
use crate::readiness::Readiness;
use crate::risk::{BOOK_CAPACITY, Expiring, MAX_DEVICES, MAX_REASONS, RiskEntry};
use credsieve_engine::score::{self, Familiarity};
use credsieve_engine::{Frame, Judgement};
use credsieve_models::lists::{ListAction, Lists};
use credsieve_models::time::EpochMs;
use credsieve_models::verdict::{Attack, Decision, Family, LogOdds, Measure, Reason, Window};
use credsieve_models::{Entity, Policy};
use rdkafka::ClientConfig;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{SystemTime, UNIX_EPOCH};

/// How many entities are held: several detectors may publish to one topic. When full, the entry
/// that expires first goes.
pub const CAPACITY: usize = 2 * BOOK_CAPACITY;

/// The memory. Cheap to clone; all clones see the same.
#[derive(Clone, Debug)]
pub struct Replica {
    // Entries behind `Arc`: a look-up copies pointers under the lock and reads them after it.
    entries: Arc<RwLock<Expiring<Arc<RiskEntry>>>>,
}

impl Default for Replica {
    fn default() -> Self {
        Self {
            entries: Arc::new(RwLock::new(Expiring::new(CAPACITY))),
        }
    }
}

impl Replica {
    /// A replica that follows `topic` for as long as the follower lives. `/readyz` waits for `risk`
    /// until the topic is read to its end once.
    ///
    /// # Errors
    /// When the client's configuration is refused or no thread can be made.
    pub fn follow(
        client: &ClientConfig,
        topic: &str,
        readiness: Arc<Readiness>,
        metrics: FollowMetrics,
    ) -> Result<(Self, Follower), FollowError> {
        let replica = Self::default();
        let fold = RiskFold(replica.clone());
        let follower = Follower::start(client, topic, "risk", readiness, metrics, fold)?;
        Ok((replica, follower))
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
        let decide = |reasons: &[Reason]| score::decide(policy, reasons, familiarity, shared);

        let evidence = reasons_of(&known);
        // Where nothing is known there is nothing to block.
        let ceiling = known.iter().map(|entry| entry.ceiling).max();
        let counted = decide(&evidence)
            .decision
            .min(ceiling.unwrap_or(Decision::Challenge));
        // A list is the operator's word: no ceiling holds for it.
        let list = lists.lookup(&frame.subject(), now_ms);
        let explicit = list.map(|action| listed(frame, action));
        let reasons = strongest_first(explicit.into_iter().chain(evidence).collect());
        let decided = decide(&reasons);
        let decision = match list {
            Some(ListAction::Allow) => Decision::Allow,
            Some(ListAction::Deny) => Decision::Block,
            None => counted,
        };
        let is_allowed = decision == Decision::Allow;
        Judgement {
            decision,
            score: decided.score,
            attack: if is_allowed {
                Attack::None
            } else {
                decided.attack
            },
            reasons,
            session_id: None,
            expires_at_ms: known
                .iter()
                .map(|entry| entry.expires_at_ms)
                .min()
                .filter(|_| !is_allowed),
            late: false,
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

fn strongest_first(mut reasons: Vec<Reason>) -> Vec<Reason> {
    reasons.sort_by_key(|reason| std::cmp::Reverse(reason.weight.0.abs()));
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
    if devices.contains(&device) {
        Familiarity::Known
    } else if devices.is_empty() || devices.len() >= MAX_DEVICES {
        // Nobody said, or some may have been left out.
        Familiarity::Unknown
    } else {
        Familiarity::Unfamiliar
    }
}

/// The reason of a list, as the engine writes it: its value asks for a decision.
fn listed(frame: &Frame, action: ListAction) -> Reason {
    let (value, nats) = match action {
        ListAction::Allow => (0, -8),
        ListAction::Deny => (2, 8),
    };
    Reason {
        measure: Measure::Listed,
        entity: Entity::Ip(frame.address),
        window: Window::Now,
        value,
        error_permille: 0,
        limit: 0,
        family: Family::List,
        weight: LogOdds(nats * LogOdds::NAT),
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

fn now_ms() -> EpochMs {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH);
    since_1970.map_or(0, |d| {
        EpochMs::try_from(d.as_millis()).unwrap_or(EpochMs::MAX)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use credsieve_models::attempt::Attempt;
    use credsieve_models::lists::{ListDimension, ListEntry};
    use credsieve_models::names::NameSet;
    use credsieve_models::{HashSeed, KeyHasher};

    const LATER: EpochMs = 1_000;

    fn frame(json: &str) -> Frame {
        let attempt = Attempt::parse_question(json.as_bytes(), 0).unwrap();
        let names = NameSet::parse("", &HashSeed::REPLAY);
        Frame::new(&attempt, 0, &KeyHasher::new(HashSeed::REPLAY), &names)
    }

    fn alice() -> Frame {
        frame(r#"{"ip":"203.0.113.9","asn":64500,"username":"alice","device_id":"d1"}"#)
    }

    fn entry(entity: Entity, ceiling: Decision, nats: i32) -> RiskEntry {
        let reason = Reason {
            measure: Measure::DistinctUsers,
            entity,
            window: Window::Short,
            value: 50,
            error_permille: 0,
            limit: 15,
            family: Family::Breadth,
            weight: LogOdds(nats * LogOdds::NAT),
        };
        RiskEntry {
            entity,
            ceiling,
            families: vec![Family::Breadth],
            reasons: vec![reason],
            shared_address: false,
            expires_at_ms: LATER,
            familiar_devices: Vec::new(),
        }
    }

    fn decide(replica: &Replica, frame: &Frame, now_ms: EpochMs) -> Judgement {
        replica.decide(frame, &Policy::default(), &Lists::default(), now_ms)
    }

    #[test]
    fn reasons_of_every_entity_of_the_attempt_count_until_they_expire() {
        let replica = Replica::default();
        let frame = alice();
        let user = Entity::User(frame.user.unwrap());
        replica.put(entry(Entity::Ip(frame.address), Decision::Block, 5));
        replica.put(entry(user, Decision::Block, 2));
        replica.put(entry(Entity::Asn(64_501), Decision::Block, 9));
        let of = |now_ms| decide(&replica, &frame, now_ms).reasons;
        let entities: Vec<Entity> = of(LATER - 1).iter().map(|r| r.entity).collect();
        assert_eq!(entities, [Entity::Ip(frame.address), user]);
        assert_eq!(of(LATER), []);
    }

    #[test]
    fn of_networks_asn_and_tool_only_the_strongest_counts() {
        let replica = Replica::default();
        let frame = alice();
        for (entity, nats) in [
            (Entity::Net(frame.address.near()), 2),
            (Entity::Net(frame.address.wide()), 3),
            (Entity::Asn(64_500), 1),
            (Entity::Ip(frame.address), 1),
        ] {
            replica.put(entry(entity, Decision::Block, nats));
        }
        let reasons = decide(&replica, &frame, 0).reasons;
        let entities: Vec<Entity> = reasons.iter().map(|r| r.entity).collect();
        let wide = Entity::Net(frame.address.wide());
        assert_eq!(entities, [wide, Entity::Ip(frame.address)]);
    }

    #[test]
    fn nothing_is_stricter_than_what_the_engine_decided_there() {
        let replica = Replica::default();
        let frame = frame(r#"{"ip":"203.0.113.9"}"#);
        replica.put(entry(Entity::Ip(frame.address), Decision::Challenge, 50));
        let decided = decide(&replica, &frame, 0).decision;
        assert!(decided <= Decision::Challenge, "{decided:?}");
    }

    #[test]
    fn a_device_is_known_unfamiliar_or_unknown() {
        let frame = alice();
        let (user, device) = (Entity::User(frame.user.unwrap()), frame.device.unwrap());
        let with = |devices: &[u64]| {
            let mut entry = entry(user, Decision::Block, 2);
            entry.familiar_devices = devices.to_vec();
            familiarity(&frame, &[Arc::new(entry)])
        };
        assert_eq!(with(&[1, device]), Familiarity::Known);
        assert_eq!(with(&[1, 2]), Familiarity::Unfamiliar);
        assert_eq!(with(&[]), Familiarity::Unknown);
        assert_eq!(with(&[1, 2, 3, 4, 5, 6, 7, 8]), Familiarity::Unknown);
        assert_eq!(familiarity(&frame, &[]), Familiarity::Unknown);
        let nobody = self::frame(r#"{"ip":"203.0.113.9"}"#);
        assert_eq!(familiarity(&nobody, &[]), Familiarity::Unfamiliar);
    }

    #[test]
    fn an_operators_lists_stand_above_what_is_known() {
        let frame = alice();
        let replica = Replica::default();
        replica.put(entry(Entity::Ip(frame.address), Decision::Block, 5));
        for (action, decision) in [
            (ListAction::Allow, Decision::Allow),
            (ListAction::Deny, Decision::Block),
        ] {
            let listed = ListEntry {
                id: "1".into(),
                action,
                dimension: ListDimension::User,
                value: "alice".into(),
                endpoint: None,
                tenant: None,
                reason: String::new(),
                author: String::new(),
                created_at_ms: 0,
                holds_from_ms: 0,
                expires_at_ms: None,
            };
            let hasher = KeyHasher::new(HashSeed::REPLAY);
            let (lists, _) = Lists::compile(&[listed], &hasher);
            let judgement = replica.decide(&frame, &Policy::default(), &lists, 0);
            assert_eq!(judgement.decision, decision);
            assert_eq!(judgement.reasons[0].measure, Measure::Listed);
        }
    }

    #[test]
    fn tombstones_remove_and_what_cannot_be_read_replaces_what_was_there() {
        let replica = Replica::default();
        let mut fold = RiskFold(replica.clone());
        let entity = Entity::Asn(64_500);
        let mut live = entry(entity, Decision::Block, 1);
        live.expires_at_ms = now_ms() + 3_600_000;
        let value = serde_json::to_vec(&live).unwrap();
        for (end, is_good) in [(None, true), (Some(&b"{}"[..]), false)] {
            fold.record(b"asn:64500", Some(&value)).unwrap();
            assert_eq!(replica.len(), 1);
            assert_eq!(fold.record(b"asn:64500", end).is_ok(), is_good);
            assert!(replica.is_empty());
        }
        assert!(fold.record(b"asn:64501", Some(&value)).is_err());
        assert!(fold.record(b"\xff", None).is_err());
        assert!(replica.is_empty());
    }
}
