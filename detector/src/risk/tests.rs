use super::*;
use credsieve_models::Address;
use credsieve_models::verdict::{Attack, Mode, Score, Verdict, VerdictId, Window};
use credsieve_store::{Context, Origin};
use proptest::prelude::*;
use std::collections::BTreeMap;

const REMEMBER_MS: i64 = 1_000;

fn ip(last: u8) -> Entity {
    Entity::Ip(Address::new([203, 0, 113, last].into()).unwrap())
}

fn reason(entity: Entity, family: Family, nats: i32) -> Reason {
    Reason {
        measure: Measure::Failures,
        entity,
        window: Window::Short,
        value: 3,
        error_permille: 0,
        limit: 1,
        family,
        weight: LogOdds(nats * LogOdds::NAT),
    }
}

fn outcome(time_ms: EpochMs, decision: Decision, reasons: Vec<Reason>) -> Outcome {
    Outcome {
        origin: Origin {
            source: "logins".into(),
            partition: 0,
            offset: 0,
            index: 0,
        },
        verdict: Verdict {
            verdict_id: VerdictId(0),
            event_id: String::new(),
            revision: 0,
            time_ms,
            decided_at_ms: time_ms,
            tenant: "default".into(),
            decision,
            score: Score(9_000),
            attack: Attack::BruteForce,
            reasons,
            session_id: None,
            campaign_id: None,
            expires_at_ms: Some(time_ms + REMEMBER_MS),
            policy: "sha256:00".into(),
            mode: Mode::Enforce,
        },
        context: Context {
            username: None,
            user_key: None,
            ip: [203, 0, 113, 1].into(),
            asn: None,
            device_key: None,
        },
        was: None,
        keep_whole: false,
    }
}

fn observe(book: &mut RiskBook, outcome: &Outcome, known: Known<'_>) -> Vec<RiskChange> {
    let mut changes = Vec::new();
    book.observe(outcome, known, outcome.verdict.time_ms, &mut changes);
    changes
}

fn attack(book: &mut RiskBook, time_ms: EpochMs, decision: Decision, nats: i32) -> Vec<RiskChange> {
    let reasons = vec![reason(ip(1), Family::Volume, nats)];
    observe(book, &outcome(time_ms, decision, reasons), Known::default())
}

#[test]
fn an_entry_reads_back_as_it_was_written() {
    let entry = RiskEntry {
        entity: Entity::User(7),
        ceiling: Decision::Block,
        families: vec![Family::UnderFire],
        reasons: vec![reason(Entity::User(7), Family::UnderFire, 2)],
        shared_address: false,
        expires_at_ms: 1_000,
        familiar_devices: vec![1, u64::MAX],
    };
    let json = serde_json::to_string(&entry).unwrap();
    let devices = r#""familiar_devices":["0000000000000001","ffffffffffffffff"]"#;
    assert!(json.contains(devices), "{json}");
    assert!(json.contains(r#""expires_at":"1970-01-01T00:00:01.000Z""#));
    assert_eq!(serde_json::from_str::<RiskEntry>(&json).unwrap(), entry);
}

#[test]
fn an_allowed_attempt_enters_nobody() {
    let mut book = RiskBook::new(10, REMEMBER_MS);
    assert_eq!(attack(&mut book, 0, Decision::Allow, 3), []);
    assert!(book.is_empty());
}

#[test]
fn a_verdict_below_even_odds_asks_somebody_and_enters_nobody() {
    for (score, entered) in [(4_999, 0), (5_000, 1)] {
        for revision in [0, 1] {
            let mut book = RiskBook::new(10, REMEMBER_MS);
            let reasons = vec![reason(ip(1), Family::Volume, 3)];
            let mut asked = outcome(0, Decision::Challenge, reasons);
            asked.verdict.revision = revision;
            asked.verdict.score = Score(score);
            let changes = observe(&mut book, &asked, Known::default());
            assert_eq!(changes.len(), entered);
        }
    }
}

#[test]
fn a_rate_limit_enters_whatever_the_score() {
    let mut book = RiskBook::new(10, REMEMBER_MS);
    let over = Reason {
        measure: Measure::OverLimit,
        ..reason(ip(1), Family::RateLimit, 3)
    };
    let other = reason(ip(2), Family::Volume, 3);
    let mut limited = outcome(0, Decision::Challenge, vec![over, other]);
    limited.verdict.score = Score(100);
    let changes = observe(&mut book, &limited, Known::default());
    assert_eq!(changes.len(), 1, "and nobody else");
}

#[test]
fn the_same_again_is_told_only_when_half_of_its_life_is_over() {
    let mut book = RiskBook::new(10, REMEMBER_MS);
    let told: Vec<i64> = (0..2_000)
        .step_by(100)
        .filter(|&at| !attack(&mut book, at, Decision::Challenge, 3).is_empty())
        .collect();
    assert_eq!(told, [0, 600, 1_200, 1_800]);
}

#[test]
fn a_stricter_ceiling_and_another_weight_are_told_at_once() {
    let mut book = RiskBook::new(10, REMEMBER_MS);
    attack(&mut book, 0, Decision::Challenge, 3);
    assert_eq!(attack(&mut book, 1, Decision::Block, 3).len(), 1);
    assert_eq!(attack(&mut book, 2, Decision::Challenge, 3), []);
    assert_eq!(attack(&mut book, 3, Decision::Challenge, 4).len(), 1);
    let changes = attack(&mut book, 4, Decision::Challenge, 5);
    let [RiskChange::Put(entry)] = &changes[..] else {
        panic!("{changes:?}");
    };
    assert_eq!(entry.ceiling, Decision::Block, "it only rises");
}

#[test]
fn an_entry_ends_with_a_tombstone_when_it_expires() {
    let mut book = RiskBook::new(10, REMEMBER_MS);
    attack(&mut book, 0, Decision::Block, 3);
    let mut changes = Vec::new();
    book.expire(REMEMBER_MS - 1, &mut changes);
    assert_eq!(changes, []);
    book.expire(REMEMBER_MS, &mut changes);
    assert_eq!(changes, [RiskChange::Tombstone(ip(1))]);
}

#[test]
fn an_exceeded_limit_is_held_against_nobody_for_long() {
    const HOUR_MS: i64 = 3_600_000;
    let mut book = RiskBook::new(10, HOUR_MS);
    let mut expiry = |at_ms, family| {
        let mut outcome = outcome(at_ms, Decision::Block, vec![reason(ip(1), family, 8)]);
        outcome.verdict.expires_at_ms = Some(at_ms + HOUR_MS);
        match &observe(&mut book, &outcome, Known::default())[..] {
            [RiskChange::Put(entry)] => Some(entry.expires_at_ms),
            _ => None,
        }
    };
    assert_eq!(expiry(0, Family::Volume), Some(HOUR_MS));
    assert_eq!(expiry(1, Family::RateLimit), Some(1 + OVER_LIMIT_MS));
    assert_eq!(expiry(20_000, Family::RateLimit), None);
    assert_eq!(
        expiry(40_000, Family::RateLimit),
        Some(40_000 + OVER_LIMIT_MS)
    );
    assert_eq!(expiry(50_000, Family::Volume), Some(50_000 + HOUR_MS));
}

#[test]
fn what_was_over_before_it_came_enters_nobody() {
    let mut book = RiskBook::new(10, REMEMBER_MS);
    let old = outcome(0, Decision::Block, vec![reason(ip(1), Family::Volume, 3)]);
    let mut changes = Vec::new();
    book.observe(&old, Known::default(), REMEMBER_MS, &mut changes);
    assert_eq!(changes, []);
}

#[test]
fn what_belongs_to_one_attempt_is_not_held_against_the_next() {
    let mut book = RiskBook::new(10, REMEMBER_MS);
    let mut listed = reason(ip(1), Family::List, 9);
    listed.measure = Measure::Listed;
    let mut breached = reason(Entity::User(7), Family::Password, 2);
    breached.measure = Measure::BreachedPassword;
    let denied = outcome(0, Decision::Block, vec![listed, breached]);
    assert_eq!(observe(&mut book, &denied, Known::default()), []);
}

#[test]
fn a_user_under_fire_carries_at_most_eight_familiar_devices() {
    let mut book = RiskBook::new(10, REMEMBER_MS);
    let reasons = vec![
        reason(Entity::User(7), Family::UnderFire, 2),
        reason(ip(1), Family::Volume, 3),
    ];
    let fire = outcome(0, Decision::Challenge, reasons);
    let known = Known {
        familiar_devices: &[9, 8, 7, 6, 5, 4, 3, 2, 1, 1],
        shared_address: true,
    };
    for change in observe(&mut book, &fire, known) {
        let RiskChange::Put(entry) = change else {
            panic!("a tombstone")
        };
        let is_user = matches!(entry.entity, Entity::User(_));
        let devices: &[u64] = if is_user {
            &[1, 2, 3, 4, 5, 6, 7, 8]
        } else {
            &[]
        };
        assert_eq!(entry.familiar_devices, devices);
        assert_eq!(entry.shared_address, !is_user);
    }
    assert_eq!(
        observe(
            &mut book,
            &fire,
            Known {
                familiar_devices: &[],
                ..known
            }
        ),
        [],
        "devices stay known"
    );
}

#[test]
fn a_full_book_lets_the_entry_go_that_expires_first() {
    let mut book = RiskBook::new(2, REMEMBER_MS);
    let mut changes = Vec::new();
    for (last, at) in [(1, 20), (2, 10), (3, 30)] {
        let reasons = vec![reason(ip(last), Family::Volume, 3)];
        let outcome = outcome(at, Decision::Block, reasons);
        book.observe(&outcome, Known::default(), 0, &mut changes);
    }
    let gone: Vec<_> = changes
        .iter()
        .filter(|change| matches!(change, RiskChange::Tombstone(_)))
        .collect();
    assert_eq!(gone, [&RiskChange::Tombstone(ip(2))]);
}

fn any_outcome() -> impl Strategy<Value = (Outcome, i64)> {
    let one = (0u8..12, 0usize..3, -2i32..6).prop_map(|(last, family, nats)| {
        reason(
            ip(last),
            [Family::Volume, Family::Breadth, Family::List][family],
            nats,
        )
    });
    let decision = prop::sample::select(Decision::ALL);
    (
        0i64..5_000,
        decision,
        prop::collection::vec(one, 0..6),
        0i64..5_000,
    )
        .prop_map(|(at, decision, reasons, now)| (outcome(at, decision, reasons), now))
}

proptest! {
    #[test]
    fn whatever_comes_the_book_is_bounded_and_the_topic_holds_what_it_holds(
        outcomes in prop::collection::vec(any_outcome(), 0..200),
        capacity in 1usize..8,
    ) {
        let mut book = RiskBook::new(capacity, REMEMBER_MS);
        let mut topic = BTreeMap::new();
        let mut ever = std::collections::BTreeSet::new();
        let mut apply = |topic: &mut BTreeMap<Entity, RiskEntry>, changes: Vec<RiskChange>| {
            for change in changes {
                match change {
                    RiskChange::Put(entry) => {
                        ever.insert(entry.entity);
                        topic.insert(entry.entity, entry);
                    }
                    RiskChange::Tombstone(entity) => { topic.remove(&entity); }
                }
            }
        };
        for (outcome, now_ms) in &outcomes {
            let mut changes = Vec::new();
            book.observe(outcome, Known::default(), *now_ms, &mut changes);
            apply(&mut topic, changes);
            prop_assert!(book.len() <= capacity);
            prop_assert_eq!(book.len(), topic.len());
            for (entity, entry) in &topic {
                prop_assert_eq!(&book.published.get(*entity).unwrap().entry, entry);
            }
        }
        let mut changes = Vec::new();
        book.expire(EpochMs::MAX, &mut changes);
        apply(&mut topic, changes);
        prop_assert!(book.is_empty());
        prop_assert!(topic.is_empty(), "after the last expiry every key has its tombstone");
    }
}
