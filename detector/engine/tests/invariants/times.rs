//! Times that come late, early, or out of order.

use crate::world::*;
use credsieve_engine::{Engine, Frame};
use credsieve_models::verdict::Decision;
use credsieve_models::{Address, Entity, HashSeed, Policy};
use proptest::prelude::*;
use std::net::IpAddr;
use std::sync::Arc;

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
    assert_ne!(view.decision, Decision::Allow, "{view:?}");
    let counted = |name, window| counter(&engine, &last, name, window);
    assert_eq!(counted("distinct_users", "15m"), 30);
    assert!(counted("failures", "24h") >= 60);
    assert!(engine.stats().late >= 4);
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

/// Failures of one address in the order of their times, and the order in which they arrive.
fn late_failures() -> impl Strategy<Value = (Vec<(i64, u8)>, Vec<usize>)> {
    prop::collection::vec((0..1_700_000i64, 0..40u8), 1..80).prop_flat_map(|failures| {
        let order: Vec<usize> = (0..failures.len()).collect();
        (Just(failures), Just(order).prop_shuffle())
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_arrival_changes_no_window((failures, order) in late_failures()) {
        // Two panes of the short window, and the watermark at their end.
        let start_ms = START_MS.div_euclid(1_800_000) * 1_800_000;
        let frames: Vec<Frame> = failures
            .iter()
            .enumerate()
            .map(|(id, (at_ms, user))| {
                let failure = Event { user: Some(*user), ..stuffing_from(2, 1)[0] };
                frame(&failure, id, start_ms + at_ms)
            })
            .collect();
        let last = frame(&success(9, 1, 1), 1_000, start_ms + 1_790_000);
        let counters = |order: &[usize], pinned_first: bool| {
            // One shard, so that what all of them teach in one tick has room.
            let text = "[state]\nmemory_mib = 16\nrepeats = 2000\nshards = 1\n";
            let policy = Policy::parse(text).expect("a small policy");
            let mut engine = Engine::new(Arc::new(policy), HashSeed::REPLAY);
            let mut all: Vec<Frame> = order.iter().map(|n| frames[*n]).collect();
            all.insert(if pinned_first { 0 } else { all.len() }, last);
            // What is written late is in force two ticks later.
            let mut end = last;
            (end.event, end.time_ms) = (7, last.time_ms + 3_000);
            all.push(end);
            run(&mut engine, &all);
            assert_eq!(engine.stats().deltas_dropped, 0);
            let now = engine.watermark_ms();
            let address = Address::new(IpAddr::V4(ip(2))).unwrap();
            [Entity::Ip(address), Entity::Net(address.near()), Entity::Net(address.wide())].map(|entity| {
                let view = engine.entity(entity, now).map_or_else(Vec::new, |view| view.counters);
                // What fades is rounded each time.
                view.into_iter().filter(|c| c.1 != "10m").collect::<Vec<_>>()
            })
        };
        let mut in_order: Vec<usize> = (0..frames.len()).collect();
        in_order.sort_by_key(|n| failures[*n].0);
        let expected = counters(&in_order, false);
        for pinned_first in [false, true] {
            let found = counters(&order, pinned_first);
            prop_assert_eq!(&found, &expected, "the watermark first: {}", pinned_first);
        }
    }
}
