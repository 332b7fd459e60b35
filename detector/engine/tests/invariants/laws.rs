//! Invariants 2, 4, 5 and 6 over arbitrary logs, and what must hold beside them.

use crate::world::*;
use credsieve_engine::judgement::Words;
use credsieve_engine::{Engine, Frame, Observed};
use credsieve_models::attempt::Kind;
use credsieve_models::lists::ListDimension;
use credsieve_models::verdict::{Decision, Family};
use credsieve_models::{Entity, HashSeed};
use proptest::prelude::*;
use std::collections::BTreeSet;

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
        // Twice: a device is familiar when its user has come back on it.
        let own = Event { gap_ms: 60_000, late_ms: 0, ip: from, user: Some(3), device: Some(200),
            password: None, success: true, unknown: false, repeat: false };
        let mut everything = vec![own, own];
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
        // Nobody fails who has succeeded: whose success is above suspicion is another question, and
        // who has had one is no stranger there. And nobody is late: else a success that is on time
        // brings the watermark forward, and with it what is forgotten, which it would do as a failure.
        let mut plain: Vec<Event> = events
            .iter()
            .map(|e| Event {
                user: e.user.map(|user| user + 60 * u8::from(e.success)),
                late_ms: 0,
                ..*e
            })
            .collect();
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
fn a_repeat_changes_nothing() {
    let originals = log(&stuffing_from(2, 30));
    let plain = run(&mut engine(), &originals);
    let frames: Vec<Frame> = originals.iter().flat_map(|f| [*f, *f]).collect();
    let with_repeats = run(&mut engine(), &frames);
    let (repeats, others): (Vec<_>, Vec<_>) = with_repeats
        .into_iter()
        .partition(|o| *o == Observed::Repeat);
    assert_eq!(others, plain);
    assert_eq!(repeats.len(), originals.len());
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
    let day_ms = 86_400_000;
    let ask = |days: i64| asked.peek(frames.last().unwrap(), asked.watermark_ms() + days * day_ms);
    assert_eq!(ask(1).campaign_id, None, "the campaign is over");
    // Too few come here to tell from ten minutes how many ought to fail: it is told from days.
    let later = ask(14);
    assert_eq!(
        later.decision,
        Decision::Allow,
        "time passes without events too: {later:?}"
    );
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
fn what_is_known_of_an_address_is_also_what_was_decided_about_its_network_by_hand() {
    let mut engine = engine();
    let attempt = log(&stuffing_from(2, 1))[0];
    run(&mut engine, &[attempt]);
    let address = Entity::Ip(attempt.address);
    let decision = |engine: &Engine| {
        let view = engine.entity(address, engine.watermark_ms()).unwrap();
        view.decision
    };
    assert_eq!(decision(&engine), Decision::Allow);
    let around = format!("{}/24", ip(2));
    for (dimension, value) in [
        (ListDimension::Address, ip(2).to_string()),
        (ListDimension::Cidr, around),
    ] {
        engine.set_lists(denying_in(dimension, &value, attempt.time_ms));
        assert_eq!(decision(&engine), Decision::Block, "{value}");
    }
}

#[test]
fn a_question_hears_of_a_list_entry_at_its_own_clock_and_the_stream_at_its_watermark() {
    let mut engine = engine();
    let attempt = log(&stuffing_from(2, 1))[0];
    engine.set_lists(denying(ip(2), attempt.time_ms + 3_600_000));
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
