//! Distinct users, addresses and devices.

use crate::fixture::{NOON, allow, at};
use credsieve_store::{DistinctBy, DistinctOf, Outcome, SharedStore};
use std::net::{IpAddr, Ipv4Addr};
use tokio::task::JoinSet;

const HOUR_MS: i64 = 3_600_000;

/// The attempt of a user in an hour after noon, from an address and a device of its own.
fn seen(hour: i64, user: u32) -> Outcome {
    let mut outcome = at(
        allow(hour * 100_000 + i64::from(user)),
        NOON + hour * HOUR_MS + 5,
    );
    outcome.context.user_key = Some(user.into());
    outcome.context.device_key = Some((user / 2).into());
    outcome.context.ip = IpAddr::V4(Ipv4Addr::from(0x0a00_0000 + user / 4));
    outcome
}

fn tenant() -> DistinctBy {
    DistinctBy::Tenant("default".into())
}

fn assert_about(estimate: u64, truth: u64) {
    let off = estimate.abs_diff(truth);
    assert!(off * 100 <= truth * 3, "{estimate} instead of {truth}");
}

pub async fn distinct_values_are_merged_over_hours_and_a_repeat_changes_nothing(
    store: SharedStore,
) {
    // 4,000 users in the first hour; half of them and 2,000 others in the second.
    let first: Vec<_> = (0..4_000).map(|user| seen(0, user)).collect();
    let second: Vec<_> = (2_000..6_000).map(|user| seen(1, user)).collect();
    for batch in first.chunks(700).chain(second.chunks(900)) {
        store.write(batch).await.unwrap();
    }
    let count =
        async |of, from_ms, to_ms| store.distinct(of, &tenant(), from_ms, to_ms).await.unwrap();
    let (middle, end) = (NOON + HOUR_MS, NOON + 2 * HOUR_MS);
    assert_about(count(DistinctOf::Users, NOON, middle).await, 4_000);
    assert_about(count(DistinctOf::Users, middle, end).await, 4_000);
    let both = count(DistinctOf::Users, NOON, end).await;
    assert_about(both, 6_000);
    assert_about(count(DistinctOf::Devices, NOON, end).await, 3_000);
    assert_about(count(DistinctOf::Addresses, NOON, end).await, 1_500);
    // A range that only touches an hour counts it whole.
    assert_eq!(count(DistinctOf::Users, middle - 1, middle + 1).await, both);
    assert_eq!(count(DistinctOf::Users, end, end + HOUR_MS).await, 0);
    assert_eq!(count(DistinctOf::Users, i64::MIN, i64::MAX).await, both);

    for batch in second.chunks(1_300) {
        store.write(batch).await.unwrap();
    }
    assert_eq!(count(DistinctOf::Users, NOON, end).await, both);
}

pub async fn distinct_is_by_tenant_and_by_asn_over_tenants(store: SharedStore) {
    let mut outcomes: Vec<_> = (0..20).map(|user| seen(0, user)).collect();
    for outcome in &mut outcomes[10..] {
        outcome.verdict.tenant = "acme".into();
    }
    outcomes[0].context.asn = Some(64_501);
    outcomes[1].context.asn = None;
    outcomes[1].context.user_key = None;
    store.write(&outcomes).await.unwrap();
    let users = async |by| {
        let range = (NOON, NOON + HOUR_MS);
        store
            .distinct(DistinctOf::Users, &by, range.0, range.1)
            .await
            .unwrap()
    };
    assert_eq!(users(tenant()).await, 9);
    assert_eq!(users(DistinctBy::Tenant("acme".into())).await, 10);
    assert_eq!(users(DistinctBy::Tenant("nobody".into())).await, 0);
    assert_eq!(users(DistinctBy::Asn(64_500)).await, 18);
    assert_eq!(users(DistinctBy::Asn(64_501)).await, 1);
}

pub async fn writers_at_once_lose_no_value(store: SharedStore) {
    let mut writers = JoinSet::new();
    for writer in 0..6_u32 {
        let store = store.clone();
        writers.spawn(async move {
            for part in 0..5 {
                let from = (writer * 5 + part) * 20;
                let mut batch: Vec<_> = (from..from + 20).map(|user| seen(0, user)).collect();
                let partition = i32::try_from(writer).unwrap();
                for outcome in &mut batch {
                    outcome.origin.partition = partition;
                }
                store.write(&batch).await.unwrap();
            }
        });
    }
    while let Some(done) = writers.join_next().await {
        done.unwrap();
    }
    let of = DistinctOf::Users;
    let users = store
        .distinct(of, &tenant(), NOON, NOON + HOUR_MS)
        .await
        .unwrap();
    assert_eq!(users, 600);
}
