//! Invariant 2 with everything that is told: revisions, campaigns, words.

use crate::attackers::stuffing;
use crate::town::*;
use crate::world::policy;
use credsieve_engine::{Engine, Frame, Observed};
use credsieve_models::HashSeed;
use credsieve_models::campaign::Phase;
use proptest::prelude::*;
use std::sync::OnceLock;

/// A day with attacks whose thieves come first: there are campaigns, and revisions of what was let in.
fn day() -> &'static (Vec<Try>, Vec<Frame>) {
    static DAY: OnceLock<(Vec<Try>, Vec<Frame>)> = OnceLock::new();
    DAY.get_or_init(|| {
        let until_ms = KNOWN_FROM_MS + 8 * HOUR_MS;
        let mut tries = life(KNOWN_FROM_MS, until_ms);
        for attack in 0..6u32 {
            let start_ms = KNOWN_FROM_MS + i64::from(attack) * HOUR_MS;
            let from = guess(100 + attack, "");
            // Two thieves at one instant; then the attack shows itself.
            for victim in [attack * 20, attack * 20 + 1] {
                let mut thief = from.clone().at(start_ms);
                thief.user = person(victim).user;
                thief.device = Some(format!("thief-{attack}"));
                thief.failed = None;
                tries.push(thief);
            }
            let victims = attack * 20 + 2..attack * 20 + 60;
            tries.extend(stuffing(&from, victims, start_ms + 10_000, 2_500));
        }
        frames(&tries)
    })
}

fn run(engine: &mut Engine, groups: usize, cut: usize, from: usize) -> Vec<Observed> {
    let (tries, frames) = day();
    let mut out = Vec::new();
    for (nth, batch) in frames[from..].chunks(cut).enumerate() {
        let offset = from + nth * cut;
        let words = |n: usize| words(&tries[offset + n], offset + n);
        engine.observe_in_groups(batch, groups, &words, &mut out);
    }
    out
}

fn expected() -> &'static Vec<Observed> {
    static EXPECTED: OnceLock<Vec<Observed>> = OnceLock::new();
    EXPECTED.get_or_init(|| run(&mut engine(), 1, usize::MAX, 0))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, ..ProptestConfig::default() })]

    #[test]
    fn workers_and_batches_change_nothing_that_is_told(cut in 1..700usize) {
        for groups in [1, 4, 64] {
            let found = run(&mut engine(), groups, cut, 0);
            prop_assert!(found == *expected(), "{groups} groups, batches of {cut}");
        }
    }

    #[test]
    fn a_snapshot_taken_anywhere_goes_on_with_what_is_watched_and_open(at in 0.0..1.0f64) {
        let (tries, frames) = day();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a place in the log")]
        let at = (at * frames.len() as f64) as usize;
        let mut first = engine();
        let mut found = Vec::new();
        first.observe_with_words(&frames[..at], &|n| words(&tries[n], n), &mut found);
        let mut bytes = Vec::new();
        first.snapshot(&mut bytes).unwrap();
        let mut second = Engine::restore(policy(32), HashSeed::REPLAY, &bytes).unwrap();
        found.extend(run(&mut second, 1, usize::MAX, at));
        prop_assert!(found == *expected(), "a snapshot before attempt {at}");
    }
}

#[test]
fn the_same_state_has_the_same_bytes_however_it_was_come_to() {
    let bytes = |groups, cut| {
        let mut engine = engine();
        run(&mut engine, groups, cut, 0);
        let mut bytes = Vec::new();
        engine.snapshot(&mut bytes).unwrap();
        bytes
    };
    assert!(bytes(1, usize::MAX) == bytes(4, 97));
}

#[test]
fn revisions_come_in_order_before_the_attempt_whose_watermark_closes_their_tick() {
    let (_, frames) = day();
    let mut next = 0;
    let mut group: Vec<(i64, &str)> = Vec::new();
    let mut revised = 0;
    for observed in expected() {
        match observed {
            Observed::Judged(_) | Observed::Repeat => {
                assert!(group.is_sorted(), "{group:?}");
                group.clear();
                next += 1;
            }
            Observed::Revised(revision) => {
                revised += 1;
                let attempt = (revision.time_ms, &*revision.words.event_id);
                assert_eq!(attempt.1, event_id_of(&revision.frame, frames));
                group.push(attempt);
                // The attempt that follows is the first whose tick is five or twenty minutes later.
                let tick = |ms: i64| ms.div_euclid(1_000);
                let due: Vec<i64> = [5, 20]
                    .map(|minutes| tick(revision.time_ms) + minutes * 60)
                    .into();
                let (here, before) = (tick(frames[next].time_ms), tick(frames[next - 1].time_ms));
                assert!(
                    due.iter().any(|due| before < *due && *due <= here),
                    "due at {due:?}, told between {before} and {here}"
                );
            }
            Observed::Campaign(_) => {}
        }
    }
    assert!(revised >= 6, "{revised} revisions");
}

fn event_id_of(frame: &Frame, frames: &[Frame]) -> String {
    let n = frames.iter().position(|f| f.event == frame.event).unwrap();
    event_id(&day().0[n], n)
}

#[test]
fn campaigns_open_before_they_grow_and_close() {
    let mut phases = std::collections::BTreeMap::<_, Vec<Phase>>::new();
    for observed in expected() {
        if let Observed::Campaign(campaign) = observed {
            phases
                .entry(campaign.id.0)
                .or_default()
                .push(campaign.phase);
        }
    }
    assert!(!phases.is_empty());
    for told in phases.values() {
        assert_eq!(told[0], Phase::Opened, "{told:?}");
        let closed = told.iter().position(|phase| *phase == Phase::Closed);
        assert!(closed.is_none_or(|at| at + 1 == told.len()), "{told:?}");
    }
    assert!(
        phases
            .values()
            .any(|told| told.last() == Some(&Phase::Closed))
    );
}
