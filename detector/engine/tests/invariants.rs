//! Invariants 2 to 6 of the design, each as a property over arbitrary logs.

use credsieve_engine::judgement::Words;
use credsieve_engine::{Engine, Frame, Judgement, Observed};
use credsieve_models::attempt::{Attempt, Credential, FailureReason, Kind, Outcome};
use credsieve_models::names::NameSet;
use credsieve_models::verdict::{Decision, Family};
use credsieve_models::{Address, Entity, HashSeed, KeyHasher, Policy};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

const START_MS: i64 = 1_767_225_600_000;

/// One line of a small world: few addresses, users and devices, so that they meet.
#[derive(Clone, Copy, Debug)]
struct Event {
    gap_ms: i64,
    late_ms: i64,
    ip: u8,
    user: Option<u8>,
    device: Option<u8>,
    password: Option<u8>,
    success: bool,
    unknown: bool,
    repeat: bool,
}

fn event() -> impl Strategy<Value = Event> {
    let gap = prop_oneof![
        6 => 0..3_000i64,
        2 => 0..120_000i64,
        1 => Just(16 * 60_000),
        1 => 0..(40 * 3_600_000i64),
    ];
    let late = prop_oneof![8 => Just(0i64), 1 => 0..60_000i64, 1 => 0..(3 * 86_400_000i64)];
    (
        gap,
        late,
        0..12u8,
        prop::option::weighted(0.9, 0..24u8),
        prop::option::weighted(0.7, 0..10u8),
        prop::option::weighted(0.5, 0..4u8),
        prop::bool::weighted(0.25),
        prop::bool::weighted(0.3),
        prop::bool::weighted(0.05),
    )
        .prop_map(
            |(gap_ms, late_ms, ip, user, device, password, success, unknown, repeat)| Event {
                gap_ms,
                late_ms,
                ip,
                user,
                device,
                password,
                success,
                unknown,
                repeat,
            },
        )
}

fn hasher() -> KeyHasher {
    KeyHasher::new(HashSeed::REPLAY)
}

fn ip(n: u8) -> Ipv4Addr {
    // Four addresses a /24, eight a /20.
    Ipv4Addr::new(203, 0, 100 + n / 4 + (n / 8) * 20, 1 + n % 4)
}

fn frame(event: &Event, id: usize, time_ms: i64) -> Frame {
    let text = |prefix: &str, n: u8| format!("{prefix}{n}").into();
    let attempt = Attempt {
        event_id: format!("e{id}").into(),
        time_ms,
        outcome: Some(if event.success {
            Outcome::Success
        } else {
            Outcome::Failure
        }),
        ip: IpAddr::V4(ip(event.ip)),
        kind: Kind::Login,
        credential: Credential::Unknown,
        failure_reason: (!event.success && event.unknown).then_some(FailureReason::UnknownUser),
        username: event.user.map(|n| text("user", n)),
        asn: Some(64_500 + u32::from(event.ip)),
        country: Some([b'A' + event.ip % 3, b'X']),
        device_id: event.device.map(|n| text("device", n)),
        user_agent: Some("agent".into()),
        ja4: None,
        password_fingerprint: event.password.map(|n| text("p", n)),
        breached_password: event.unknown,
        mfa: None,
        tenant: "default".into(),
        app: None,
        endpoint: None,
        session_id: None,
    };
    let names = NameSet::parse("user1\n", &HashSeed::REPLAY);
    Frame::new(&attempt, i64::MAX, &hasher(), &names)
}

/// The log of some events; a repeat carries the id of the event before it.
fn log(events: &[Event]) -> Vec<Frame> {
    let mut now = START_MS;
    events
        .iter()
        .enumerate()
        .map(|(n, event)| {
            now += event.gap_ms;
            let id = if event.repeat { n.saturating_sub(1) } else { n };
            frame(event, id, now - event.late_ms)
        })
        .collect()
}

fn policy(memory_mib: u32) -> Arc<Policy> {
    let text = format!("[state]\nmemory_mib = {memory_mib}\nrepeats = 20000\n");
    Arc::new(Policy::parse(&text).expect("a small policy"))
}

fn engine() -> Engine {
    Engine::new(policy(32), HashSeed::REPLAY)
}

fn run(engine: &mut Engine, frames: &[Frame]) -> Vec<Observed> {
    let mut out = Vec::new();
    engine.observe(frames, &mut out);
    out
}

fn judged(observed: &[Observed]) -> impl Iterator<Item = (usize, &Judgement)> {
    let of_frames = observed
        .iter()
        .filter(|o| matches!(o, Observed::Judged(_) | Observed::Repeat));
    of_frames.enumerate().filter_map(|(n, o)| match o {
        Observed::Judged(judgement) => Some((n, judgement)),
        _ => None,
    })
}

/// An attack that any engine must see: many users fail from one address.
fn stuffing_from(ip: u8, users: u8) -> Vec<Event> {
    (0..users)
        .flat_map(|user| [user, user])
        .map(|user| Event {
            gap_ms: 500,
            late_ms: 0,
            ip,
            user: Some(100 + user),
            device: None,
            password: None,
            success: false,
            unknown: false,
            repeat: false,
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn invariant_2_workers_and_batches_change_no_judgement(
        events in prop::collection::vec(event(), 1..300),
        cut in 1..50usize,
    ) {
        let frames = log(&events);
        let expected = run(&mut engine(), &frames);
        for groups in [4, 64] {
            let (mut other, mut out) = (engine(), Vec::new());
            for batch in frames.chunks(cut) {
                other.observe_in_groups(batch, groups, &|_| Words::default(), &mut out);
            }
            prop_assert_eq!(&out, &expected, "{} groups, batches of {}", groups, cut);
        }
    }

    #[test]
    fn invariant_2_a_snapshot_goes_on_as_if_nothing_had_happened(
        events in prop::collection::vec(event(), 2..200),
        at in 0.0..1.0f64,
    ) {
        let frames = log(&events);
        let expected = run(&mut engine(), &frames);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a place in the log")]
        let (before, after) = frames.split_at((at * frames.len() as f64) as usize);
        let mut first = engine();
        let mut found = run(&mut first, before);
        let mut bytes = Vec::new();
        first.snapshot(&mut bytes).unwrap();
        let mut second = Engine::restore(policy(32), HashSeed::REPLAY, &bytes).unwrap();
        let mut again = Vec::new();
        second.snapshot(&mut again).unwrap();
        prop_assert_eq!(&bytes, &again, "the same state has the same bytes");
        found.extend(run(&mut second, after));
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn invariant_4_failures_elsewhere_never_block_a_user_on_a_familiar_device(
        events in prop::collection::vec(event(), 0..150),
        from in 0..12u8,
    ) {
        let own = Event { gap_ms: 60_000, late_ms: 0, ip: from, user: Some(3), device: Some(200),
            password: None, success: true, unknown: false, repeat: false };
        let mut everything = vec![own];
        // Failures, not successes: five devices of their own would make the first one forgotten.
        everything.extend(events.iter().map(|e| Event {
            user: e.user.filter(|user| *user != 3 || !e.success),
            ..*e
        }));
        everything.extend(stuffing_from(from, 30));
        everything.push(Event { success: false, ..own });
        everything.push(own);
        let frames = log(&everything);
        let device = frames[0].device;
        let observed = run(&mut engine(), &frames);
        for (n, judgement) in judged(&observed) {
            if frames[n].user == frames[0].user && frames[n].device == device {
                prop_assert!(judgement.decision <= Decision::Challenge, "{judgement:?}");
            }
        }
    }

    #[test]
    fn invariant_5_no_success_lowers_what_an_address_or_device_earned(
        events in prop::collection::vec(event(), 1..150),
        // By users who do not fail: a user's own failures at home are excused.
        at in prop::collection::vec((any::<prop::sample::Index>(), 0..12u8, 30..54u8), 1..60),
    ) {
        let mut plain = events.clone();
        plain.extend(stuffing_from(5, 20));
        let mut washed: Vec<Event> = plain.clone();
        for (place, ip, user) in at {
            // Same instant as the event before it, so that no window moves.
            washed.insert(place.index(plain.len()), Event { gap_ms: 0, late_ms: 0, ip,
                user: Some(user), device: Some(user % 10), password: None, success: true,
                unknown: false, repeat: false });
        }
        // Ids must stay the same for the events that both logs share.
        let strip = |e: &Event| Event { repeat: false, ..*e };
        let plain = log(&plain.iter().map(strip).collect::<Vec<_>>());
        let washed = log(&washed.iter().map(strip).collect::<Vec<_>>());
        let (mut a, mut b) = (engine(), engine());
        run(&mut a, &plain);
        run(&mut b, &washed);
        let now = a.watermark_ms();
        prop_assert_eq!(now, b.watermark_ms());
        for frame in &plain {
            let mut entities = vec![
                Entity::Ip(frame.address),
                Entity::Net(frame.address.near()),
                Entity::Net(frame.address.wide()),
            ];
            entities.extend(frame.device.map(Entity::Device));
            for entity in entities {
                let Some(before) = a.entity(entity, now) else { continue };
                let after = b.entity(entity, now).expect("it is known with successes too");
                for ((name, window, was), (.., is)) in before.counters.iter().zip(&after.counters) {
                    prop_assert!(is >= was, "{entity} {name} {window}: {was} became {is}");
                }
            }
        }
    }

    #[test]
    fn invariant_6_a_block_has_two_families_and_no_shared_address(
        events in prop::collection::vec(event(), 1..200),
        seed_users in 0..20u8,
    ) {
        let members = (0..seed_users).map(|user| Event { gap_ms: 5_000, late_ms: 0, ip: 7,
            user: Some(user), device: Some(user % 10), password: None, success: true,
            unknown: false, repeat: false });
        let mut everything: Vec<Event> = members.collect();
        everything.extend(&events);
        everything.extend(stuffing_from(7, 30));
        everything.extend(stuffing_from(2, 30));
        let frames = log(&everything);
        let mut engine = engine();
        let mut observed = Vec::new();
        for frame in &frames {
            let shared = engine
                .entity(Entity::Ip(frame.address), frame.time_ms)
                .and_then(|view| view.counters.iter().find(|c| c.0 == "good_users").map(|c| c.2));
            engine.observe(std::slice::from_ref(frame), &mut observed);
            let Some(Observed::Judged(judgement)) = observed.last() else { continue };
            if judgement.decision == Decision::Block {
                let families: BTreeSet<Family> = judgement.reasons.iter()
                    .filter(|r| r.weight.0 > 0).map(|r| r.family).collect();
                prop_assert!(families.len() >= 2, "{judgement:?}");
                prop_assert!(shared.unwrap_or(0) < 5, "blocked although {shared:?} good users");
            }
        }
    }
}

#[test]
fn an_attack_from_one_address_is_blocked_and_its_session_is_one() {
    let frames = log(&stuffing_from(2, 30));
    let observed = run(&mut engine(), &frames);
    let last = judged(&observed).last().unwrap().1;
    assert_eq!(last.decision, Decision::Block, "{last:?}");
    let sessions: BTreeSet<_> = judged(&observed)
        .filter_map(|(_, j)| j.session_id)
        .collect();
    assert_eq!(sessions.len(), 1);
}

#[test]
fn invariant_3_a_flood_of_strangers_neither_grows_the_state_nor_flushes_out_an_attacker() {
    let mut engine = Engine::new(policy(5), HashSeed::REPLAY);
    let bytes = engine.stats().state_bytes;
    assert!(bytes <= 5 << 20, "{bytes} bytes of a budget of 5 MiB");
    run(&mut engine, &log(&stuffing_from(2, 30)));
    let attacker = Address::new(IpAddr::V4(ip(2))).unwrap();
    let now = engine.watermark_ms();
    let before = engine.entity(Entity::Ip(attacker), now).unwrap();
    let mut observed = Vec::new();
    for n in 0..60_000u32 {
        let event = stuffing_from(0, 1)[0];
        let mut stranger = frame(&event, 1_000_000 + n as usize, now);
        let address = Ipv4Addr::from(0x1000_0000 + n * 7);
        stranger.ip = IpAddr::V4(address);
        stranger.address = Address::new(stranger.ip).unwrap();
        stranger.user = Some(u64::from(n).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        engine.observe(&[stranger], &mut observed);
    }
    let stats = engine.stats();
    assert_eq!(stats.state_bytes, bytes, "nothing grows");
    assert!(
        stats.evicted > 10_000,
        "the flood was larger than the table: {stats:?}"
    );
    let after = engine.entity(Entity::Ip(attacker), now).unwrap();
    assert_eq!(after.counters, before.counters);
}

#[test]
fn invariant_3_a_user_with_a_success_outlives_names_without_one() {
    let mut engine = Engine::new(policy(5), HashSeed::REPLAY);
    let member = Event {
        gap_ms: 0,
        late_ms: 0,
        ip: 1,
        user: Some(3),
        device: Some(1),
        password: None,
        success: true,
        unknown: false,
        repeat: false,
    };
    let member = log(&[member])[0];
    let mut observed = Vec::new();
    engine.observe(&[member], &mut observed);
    for n in 0..60_000u32 {
        let event = stuffing_from(0, 1)[0];
        let mut stranger = frame(&event, 1_000_000 + n as usize, member.time_ms + 1_000);
        stranger.user = Some(u64::from(n + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        engine.observe(&[stranger], &mut observed);
    }
    assert!(engine.stats().evicted > 10_000);
    assert_eq!(engine.known_devices(member.user.unwrap()).len(), 1);
}

#[test]
fn a_repeat_changes_nothing() {
    let originals = log(&stuffing_from(2, 30));
    let plain = run(&mut engine(), &originals);
    let frames: Vec<Frame> = originals.iter().flat_map(|f| [*f, *f]).collect();
    let with_repeats = run(&mut engine(), &frames);
    let judged: Vec<_> = with_repeats
        .iter()
        .filter(|o| **o != Observed::Repeat)
        .cloned()
        .collect();
    assert_eq!(judged, plain);
    assert_eq!(with_repeats.len(), 2 * plain.len());
}

#[test]
fn asking_changes_nothing() {
    let frames = log(&stuffing_from(2, 30));
    let mut asked = engine();
    let mut observed = Vec::new();
    for frame in &frames {
        drop(asked.peek(frame, frame.time_ms + 5_000));
        asked.observe(std::slice::from_ref(frame), &mut observed);
    }
    assert_eq!(observed, run(&mut engine(), &frames));
    let answer = asked.peek(frames.last().unwrap(), asked.watermark_ms());
    assert_eq!(answer.decision, Decision::Block);
    let later = asked.peek(
        frames.last().unwrap(),
        asked.watermark_ms() + 3 * 86_400_000,
    );
    assert_eq!(
        later.decision,
        Decision::Allow,
        "time passes without events too"
    );
}

#[test]
fn a_time_far_ahead_or_far_behind_wipes_no_window() {
    let mut frames = log(&stuffing_from(2, 30));
    let last = *frames.last().unwrap();
    for (n, days) in [(1, -1), (2, -100), (3, -200), (4, -400), (5, -10_000)] {
        let mut odd = last;
        odd.event = n;
        odd.time_ms += days * 86_400_000;
        frames.push(odd);
    }
    // A producer whose clock is four minutes ahead: the record's own clock bounds the watermark.
    let mut ahead = last;
    ahead.event = 9;
    ahead.time_ms += 4 * 60_000;
    ahead.clock_ms = last.time_ms;
    frames.push(ahead);
    let mut engine = engine();
    run(&mut engine, &frames);
    assert_eq!(engine.watermark_ms(), last.time_ms);
    let view = engine
        .entity(Entity::Ip(last.address), engine.watermark_ms())
        .unwrap();
    assert_eq!(view.decision, Decision::Block, "{view:?}");
    assert!(engine.stats().late >= 4);
}

/// A login by `user` on `device` from `ip`, a minute after the one before.
fn success(ip: u8, user: u8, device: u8) -> Event {
    Event {
        gap_ms: 60_000,
        late_ms: 0,
        ip,
        user: Some(user),
        device: Some(device),
        password: None,
        success: true,
        unknown: false,
        repeat: false,
    }
}

fn counter(engine: &Engine, frame: &Frame, name: &str, window: &str) -> u64 {
    let view = engine.entity(Entity::Ip(frame.address), engine.watermark_ms());
    let counters = view.expect("a known address").counters;
    let found = counters.iter().find(|c| (c.0, c.1) == (name, window));
    found.expect("a counter of addresses").2
}

#[test]
fn a_look_up_or_reset_earns_neither_a_known_device_nor_standing() {
    for kind in [Kind::Lookup, Kind::PasswordReset] {
        let events: Vec<Event> = (0..12).map(|user| success(2, user, 200)).collect();
        let mut frames = log(&events);
        for frame in &mut frames {
            frame.kind = kind;
        }
        let mut engine = engine();
        run(&mut engine, &frames);
        for frame in &frames {
            let devices = engine.known_devices(frame.user.unwrap());
            assert!(devices.is_empty(), "{kind:?}");
        }
        assert_eq!(
            counter(&engine, &frames[0], "good_users", "30d"),
            0,
            "{kind:?}"
        );
    }
}

#[test]
fn a_place_first_seen_late_and_then_quiet_counts_a_day_like_any_other() {
    let day_ms = 86_400_000;
    // Somebody else keeps the watermark going.
    let mut events = vec![
        success(9, 1, 1),
        Event {
            late_ms: 60 * day_ms,
            ..stuffing_from(2, 1)[0]
        },
        Event {
            gap_ms: 69 * day_ms,
            ..success(9, 1, 1)
        },
    ];
    events.extend(stuffing_from(2, 30));
    let frames = log(&events);
    let mut engine = engine();
    run(&mut engine, &frames);
    assert_eq!(
        counter(&engine, frames.last().unwrap(), "failures", "24h"),
        60
    );
}

#[test]
fn invariant_3_the_smallest_memory_that_a_policy_allows_holds_all_shards() {
    for (shards, repeats) in [
        (1, 1),
        (1, 60_000),
        (2, 20_000),
        (64, 20_000),
        (1024, 1),
        (1024, 70_000),
    ] {
        let smallest = (4..)
            .find_map(|memory_mib| {
                let text = format!(
                    "[state]\nmemory_mib = {memory_mib}\nshards = {shards}\nrepeats = {repeats}\n"
                );
                Policy::parse(&text).ok()
            })
            .unwrap();
        let memory = u64::from(smallest.state.memory_mib) << 20;
        let mut engine = Engine::new(Arc::new(smallest), HashSeed::REPLAY);
        let bytes = engine.stats().state_bytes;
        assert!(
            bytes <= memory,
            "{shards} shards: {bytes} bytes of {memory}"
        );
        // And it is large enough to learn: late writes are not all dropped.
        let frames = log(&[success(2, 1, 200), success(2, 1, 200), success(2, 1, 200)]);
        run(&mut engine, &frames);
        assert_eq!(engine.stats().deltas_dropped, 0, "{shards} shards");
        assert_eq!(engine.known_devices(frames[0].user.unwrap()).len(), 1);
    }
}

#[test]
fn invariant_3_attacks_that_are_over_leave_the_tables_to_what_comes_after_them() {
    let mut engine = Engine::new(policy(5), HashSeed::REPLAY);
    let template = log(&stuffing_from(0, 1))[0];
    let mut observed = Vec::new();
    let mut id = 0;
    let mut fail = |engine: &mut Engine, n: u32, user: u64, time_ms: i64| {
        id += 1;
        let ip = IpAddr::V4(Ipv4Addr::from(0x1000_0000 + n * 4_099));
        let mut frame = template;
        frame.event = id;
        frame.time_ms = time_ms;
        frame.ip = ip;
        frame.address = Address::new(ip).unwrap();
        frame.user = Some(user.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        engine.observe(&[frame], &mut observed);
        frame
    };
    for n in 0..15_000 {
        for user in 1..5 {
            fail(&mut engine, n, user, START_MS);
        }
    }
    assert!(engine.stats().evicted > 1_000, "the table is full");
    let later = START_MS + 3 * 86_400_000;
    let fresh: Vec<Frame> = (20_000..22_000)
        .map(|n| fail(&mut engine, n, 9, later))
        .collect();
    let kept = fresh
        .iter()
        .filter(|frame| engine.entity(Entity::Ip(frame.address), later).is_some())
        .count();
    assert!(kept > 1_950, "{kept} of 2,000 new addresses are remembered");
}

#[test]
fn a_question_hears_of_a_list_entry_at_its_own_clock_and_the_stream_at_its_watermark() {
    use credsieve_models::lists::{ListAction, ListDimension, ListEntry, Lists};
    let mut engine = engine();
    let attempt = log(&stuffing_from(2, 1))[0];
    let entry = ListEntry {
        id: "1".into(),
        action: ListAction::Deny,
        dimension: ListDimension::Address,
        value: ip(2).to_string(),
        endpoint: None,
        tenant: None,
        reason: String::new(),
        author: String::new(),
        created_at_ms: 0,
        holds_from_ms: attempt.time_ms + 3_600_000,
        expires_at_ms: None,
    };
    let (lists, _) = Lists::compile(&[entry], &hasher());
    engine.set_lists(Arc::new(lists));
    let observed = run(&mut engine, &[attempt]);
    let (_, judgement) = judged(&observed).next().unwrap();
    assert_eq!(judgement.decision, Decision::Allow, "it does not hold yet");
    let question = |clock_ms| Frame {
        outcome: None,
        clock_ms,
        ..attempt
    };
    let asked = |clock_ms| engine.peek(&question(clock_ms), attempt.time_ms).decision;
    assert_eq!(asked(attempt.time_ms), Decision::Allow);
    assert_eq!(asked(attempt.time_ms + 3_600_000), Decision::Block);
}
