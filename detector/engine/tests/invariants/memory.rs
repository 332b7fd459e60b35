//! Invariant 3: the memory is bounded, and what is kept is what is worth it.

use crate::world::*;
use credsieve_engine::{Engine, Frame, Observed, Words};
use credsieve_models::lists::ListDimension;
use credsieve_models::{Address, Entity, HashSeed, Policy};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

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

/// Tries from an address of which the last one succeeds.
const TRIES: u32 = 20;

#[test]
fn invariant_3_the_longest_words_change_the_state_by_no_byte_and_are_all_given_back() {
    let mut engine = Engine::new(policy(6), HashSeed::REPLAY);
    let bytes = engine.stats().state_bytes;
    let long = |n: usize, length: usize| format!("{n:0length$}").into_boxed_str();
    let mut observed = Vec::new();
    let network =
        |round: i64| Ipv4Addr::new(100, u8::try_from(round.rem_euclid(12)).unwrap(), 0, 0);
    let mut told = 0;
    for round in 0..40 {
        // From each address some strangers fail and then one succeeds; nobody is let in from there any more later.
        let start_ms = START_MS + round * 1_300_000;
        let frames: Vec<Frame> = (0..200 * TRIES)
            .map(|n| {
                let id = usize::try_from(round).unwrap() * 10_000 + n as usize;
                let mut event = success(0, 0, 0);
                event.success = n % TRIES == TRIES - 1;
                let mut frame = frame(&event, id, start_ms + i64::from(n) * 100);
                frame.ip = IpAddr::V4(Ipv4Addr::from(
                    u32::from(network(round)) + (n / TRIES) * 256,
                ));
                frame.address = Address::new(frame.ip).unwrap();
                let new = (id as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
                (frame.user, frame.device) = (Some(new), Some(new.rotate_left(7)));
                frame
            })
            .collect();
        observed.clear();
        let words = |n| Words {
            tenant: long(1, 128),
            event_id: long(n, 128),
            username: Some(long(n, 320)),
        };
        // When the first one comes, those of the round before are due.
        let denied = format!("{}/16", network(round - 1));
        engine.set_lists(denying_in(ListDimension::Cidr, &denied, 0));
        engine.observe_with_words(&frames[..1], &words, &mut observed);
        engine.set_lists(Arc::default());
        engine.observe_with_words(&frames[1..], &words, &mut observed);
        let revised = observed.iter().filter_map(|o| match o {
            Observed::Revised(revision) => Some(revision),
            _ => None,
        });
        for revision in revised {
            told += 1;
            assert_eq!(revision.words.event_id.len(), 128);
            let name = revision.words.username.as_ref();
            assert_eq!(name.map(|name| name.len()), Some(320));
        }
        assert_eq!(engine.stats().state_bytes, bytes);
    }
    assert!(bytes <= 6 << 20);
    // Two wait in each of the 64 shards, and those of the last round are not due yet.
    assert!(told >= 39 * 120, "{told} told: the watch was not full");
    let mut snapshot = Vec::new();
    engine.snapshot(&mut snapshot).unwrap();
    assert!(snapshot.len() <= 6 << 20, "{} bytes", snapshot.len());
}
