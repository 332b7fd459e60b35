use super::*;
use crate::risk::{Known, RiskBook, RiskChange};
use credsieve_engine::{Engine, Observed};
use credsieve_models::HashSeed;
use credsieve_models::attempt::Attempt;
use credsieve_models::lists::{ListDimension, ListEntry};
use credsieve_models::names::NameSet;
use credsieve_models::verdict::{Family, LogOdds, Measure, Mode, Verdict, Window};
use credsieve_store::{Context, Origin, Outcome};

const LATER: EpochMs = 1_000;

fn frame(json: &str) -> Frame {
    let attempt = Attempt::parse_question(json.as_bytes(), 0).unwrap().attempt;
    let names = NameSet::parse("", &HashSeed::REPLAY);
    Frame::new(&attempt, 0, &KeyHasher::new(HashSeed::REPLAY), &names)
}

fn replica() -> Replica {
    Replica::new(KeyHasher::new(HashSeed::REPLAY))
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

/// What is said against entities: not that it is a stranger.
fn evidence(reasons: &[Reason]) -> Vec<Entity> {
    let evidence = reasons.iter().filter(|r| r.measure != Measure::Stranger);
    evidence.map(|r| r.entity).collect()
}

#[test]
fn reasons_of_every_entity_of_the_attempt_count_until_they_expire() {
    let replica = replica();
    let frame = alice();
    let user = Entity::User(frame.user.unwrap());
    replica.put(entry(Entity::Ip(frame.address), Decision::Block, 5));
    replica.put(entry(user, Decision::Block, 2));
    replica.put(entry(Entity::Asn(64_501), Decision::Block, 9));
    let of = |now_ms| decide(&replica, &frame, now_ms).reasons;
    let entities = evidence(&of(LATER - 1));
    assert_eq!(entities, [Entity::Ip(frame.address), user]);
    assert_eq!(of(LATER), []);
}

#[test]
fn of_networks_asn_and_tool_only_the_strongest_counts() {
    let replica = replica();
    let frame = alice();
    for (entity, nats) in [
        (Entity::Net(frame.address.near()), 2),
        (Entity::Net(frame.address.wide()), 3),
        (Entity::Asn(64_500), 1),
        (Entity::Ip(frame.address), 1),
    ] {
        replica.put(entry(entity, Decision::Block, nats));
    }
    let entities = evidence(&decide(&replica, &frame, 0).reasons);
    let wide = Entity::Net(frame.address.wide());
    assert_eq!(entities, [wide, Entity::Ip(frame.address)]);
}

/// Two families about the address, strong enough to block.
fn under_attack(frame: &Frame, ceiling: Decision) -> Replica {
    let replica = replica();
    let mut hostile = entry(Entity::Ip(frame.address), ceiling, 6);
    hostile.reasons.push(Reason {
        measure: Measure::Failures,
        family: Family::Volume,
        ..hostile.reasons[0]
    });
    replica.put(hostile);
    replica
}

#[test]
fn a_hostile_address_is_blocked_and_with_a_device_nobody_knows_challenged() {
    for (json, expected) in [
        (r#"{"ip":"203.0.113.9"}"#, Decision::Block),
        (
            r#"{"ip":"203.0.113.9","username":"alice"}"#,
            Decision::Block,
        ),
        (
            r#"{"ip":"203.0.113.9","username":"alice","device_id":"d1"}"#,
            Decision::Challenge,
        ),
        (r#"{"ip":"203.0.113.10"}"#, Decision::Allow),
    ] {
        let replica = under_attack(&alice(), Decision::Block);
        let judgement = decide(&replica, &frame(json), 0);
        assert_eq!(judgement.decision, expected, "{json}");
        let is_hostile = expected != Decision::Allow;
        assert_eq!(judgement.attack == Attack::CredentialStuffing, is_hostile);
        assert_eq!(judgement.expires_at_ms.is_some(), is_hostile);
    }
}

#[test]
fn nothing_is_stricter_than_what_the_engine_decided_there() {
    let frame = frame(r#"{"ip":"203.0.113.9"}"#);
    let replica = under_attack(&frame, Decision::Challenge);
    let decided = decide(&replica, &frame, 0).decision;
    assert_eq!(decided, Decision::Challenge);
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
    let tag = u64::from(device_tag(device)) << 32;
    assert_eq!(with(&[tag]), Familiarity::Known);
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
    let replica = replica();
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
            changed_by: None,
            changed_at_ms: None,
            holds_from_ms: 0,
            expires_at_ms: None,
        };
        let hasher = KeyHasher::new(HashSeed::REPLAY);
        let (lists, _) = Lists::compile(&[listed], &hasher);
        let judgement = replica.decide(&frame, &Policy::default(), &lists, 0);
        assert_eq!(judgement.decision, decision);
        let (listed, user) = (judgement.reasons[0], frame.user.unwrap());
        assert_eq!(
            (listed.measure, listed.entity),
            (Measure::Listed, Entity::User(user))
        );
    }
}

#[test]
fn a_fence_and_a_breached_pair_are_seen_in_the_attempt_itself() {
    let policy = "[[geo_fences]]\nendpoint = \"admin\"\ncountries = [\"DE\"]\noutside = \"block\"";
    let policy = Policy::parse(policy).unwrap();
    let decide = |json: &str| {
        let judgement = replica().decide(&frame(json), &policy, &Lists::default(), 0);
        let measures: Vec<Measure> = judgement.reasons.iter().map(|r| r.measure).collect();
        (judgement.decision, measures)
    };
    let outside = decide(r#"{"ip":"203.0.113.9","country":"FR","endpoint":"admin"}"#);
    assert_eq!(outside, (Decision::Block, vec![Measure::OutsideFence]));
    let inside = decide(r#"{"ip":"203.0.113.9","country":"DE","endpoint":"admin"}"#);
    assert_eq!(inside, (Decision::Allow, vec![]));
    let breached = r#"{"ip":"203.0.113.9","username":"bob","breached_password":true}"#;
    let expected = (
        Decision::Allow,
        vec![Measure::Stranger, Measure::BreachedPassword],
    );
    assert_eq!(decide(breached), expected);
}

#[test]
fn tombstones_remove_and_what_cannot_be_read_replaces_what_was_there() {
    let replica = replica();
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

/// The whole way without the broker: engine -> verdict -> book -> replica.
#[test]
fn while_an_attack_runs_a_node_answers_its_sources_as_the_engine_does() {
    let policy = Arc::new(Policy::default());
    let mut engine = Engine::new(Arc::clone(&policy), HashSeed::REPLAY);
    let mut book = RiskBook::new(100, policy.decision.remember.ms);
    let replica = replica();
    let (hasher, names) = (
        KeyHasher::new(HashSeed::REPLAY),
        NameSet::parse("", &HashSeed::REPLAY),
    );
    let start_ms = 1_770_000_000_000;
    for n in 0..60 {
        let time_ms = start_ms + 1_000 * n;
        let json = format!(
            r#"{{"event_id":"{n}","time":{time_ms},"outcome":"failure","ip":"203.0.113.9","username":"user{n}"}}"#
        );
        let attempt = Attempt::parse(json.as_bytes(), time_ms).unwrap();
        let mut observed = Vec::new();
        engine.observe(
            &[Frame::new(&attempt, time_ms, &hasher, &names)],
            &mut observed,
        );
        let Some(Observed::Judged(judgement)) = observed.last() else {
            panic!("{observed:?}")
        };
        let hash = policy.hash();
        let verdict = judgement
            .clone()
            .into_verdict(&attempt, time_ms, &hash, Mode::Enforce);
        let mut changes = Vec::new();
        book.observe(&outcome(verdict), Known::default(), time_ms, &mut changes);
        for change in changes {
            match change {
                RiskChange::Put(entry) => replica.put(entry),
                RiskChange::Tombstone(entity) => replica.remove(entity),
            }
        }
    }
    let now_ms = engine.watermark_ms();
    let from_there = frame(r#"{"ip":"203.0.113.9","username":"victim"}"#);
    let of_engine = engine.peek(&from_there, now_ms);
    assert_eq!(of_engine.decision, Decision::Block, "{of_engine:?}");
    let of_node = decide(&replica, &from_there, now_ms);
    assert_eq!(of_node.decision, Decision::Block, "{of_node:?}");
    assert_eq!(of_node.attack, of_engine.attack);

    // That an attack runs at all is a fact about everybody, which a node does not know: it is milder.
    let from_elsewhere = frame(r#"{"ip":"198.51.100.1","username":"victim"}"#);
    let of_node = decide(&replica, &from_elsewhere, now_ms);
    assert_eq!(of_node.decision, Decision::Allow, "{of_node:?}");
}

fn outcome(verdict: Verdict) -> Outcome {
    Outcome {
        origin: Origin {
            source: "logins".into(),
            partition: 0,
            offset: 0,
            index: 0,
        },
        verdict,
        context: Context {
            username: None,
            user_key: None,
            ip: [203, 0, 113, 9].into(),
            asn: None,
            device_key: None,
        },
        was: None,
        keep_whole: false,
    }
}
