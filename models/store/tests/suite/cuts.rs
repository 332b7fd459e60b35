//! However a log is cut into batches, and however often parts of it are delivered again, the
//! store ends up the same.

use crate::fixture::{self, Fixture, NOON, all_verdicts, allow, allows, at, block};
use credsieve_models::verdict::SessionId;
use credsieve_store::{DistinctBy, DistinctOf, Outcome, SharedStore};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRng, TestRunner};
use std::collections::BTreeSet;

/// A log: outcomes of two partitions, one to three a message, some messages without any.
fn log() -> impl Strategy<Value = Vec<Outcome>> {
    prop::collection::vec((0..4_u32, 0..2_i32, any::<bool>(), 0..4_i64), 1..25).prop_map(
        |messages| {
            let mut log = Vec::new();
            for (offset, (records, partition, flagged, week)) in (0_i64..).zip(messages) {
                for index in 0..records {
                    let mut outcome = if flagged && index == 0 {
                        block(offset)
                    } else {
                        allow(offset)
                    };
                    outcome.origin.partition = partition;
                    outcome.origin.index = index;
                    outcome.verdict.event_id = format!("{offset}.{index}");
                    log.push(at(outcome, NOON + offset + week * 7 * 86_400_000));
                }
            }
            log
        },
    )
}

/// Batches: each begins anywhere in what was delivered already, and ends anywhere.
fn batches(log: &[Outcome], cuts: &[(usize, usize)]) -> Vec<Vec<Outcome>> {
    let mut delivered = 0;
    let mut batches = Vec::new();
    for &(back, length) in cuts {
        let from = delivered - back.min(delivered);
        let to = (from + length).min(log.len());
        batches.push(log[from..to].to_vec());
        delivered = delivered.max(to);
    }
    batches.push(log[delivered..].to_vec());
    batches
}

async fn check(store: &SharedStore, log: &[Outcome], batches: &[Vec<Outcome>]) {
    for batch in batches {
        store.write(batch).await.unwrap();
    }
    let plain = log
        .iter()
        .filter(|outcome| outcome.is_plain_allow())
        .count();
    assert_eq!(allows(store).await, i64::try_from(plain).unwrap());
    let flagged = log.len() - plain;
    assert_eq!(all_verdicts(store).await.len(), flagged);
    let session = store.session(SessionId(7)).await.unwrap();
    let attempts = session.map_or(0, |session| session.attempts);
    assert_eq!(attempts, i64::try_from(flagged).unwrap());
    let users: BTreeSet<_> = log.iter().map(|outcome| outcome.context.user_key).collect();
    let by = DistinctBy::Tenant("default".into());
    let distinct = store
        .distinct(DistinctOf::Users, &by, 0, i64::MAX)
        .await
        .unwrap();
    assert_eq!(distinct, users.len() as u64);
}

fn any_cut_gives_the_same(cases: u32, fixture: impl AsyncFn() -> Fixture) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let config = Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    };
    let rng = TestRng::deterministic_rng(config.rng_algorithm);
    let cuts = prop::collection::vec((0..12_usize, 0..20_usize), 0..8);
    TestRunner::new_with_rng(config, rng)
        .run(&(log(), cuts), |(log, cuts)| {
            let batches = batches(&log, &cuts);
            runtime.block_on(async {
                let fixture = fixture().await;
                check(&fixture.store, &log, &batches).await;
            });
            Ok(())
        })
        .unwrap();
}

#[test]
fn any_cut_of_a_log_gives_the_same_in_sqlite() {
    any_cut_gives_the_same(48, async || fixture::sqlite().await);
}

#[test]
fn any_cut_of_a_log_gives_the_same_in_postgres() {
    any_cut_gives_the_same(16, async || fixture::postgres().await);
}
