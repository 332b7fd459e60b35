//! Times that come late, early, or out of order.

use crate::world::*;
use credsieve_models::Entity;
use credsieve_models::verdict::Decision;

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
