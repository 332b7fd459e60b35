//! What is written, and that it is written once.

use crate::fixture::{NOON, all_verdicts, allow, allows, at, block, first};
use credsieve_models::time::MAX_EPOCH_MS;
use credsieve_models::verdict::{Decision, SessionId, VerdictId};
use credsieve_store::{Outcome, SharedStore, VerdictFilter};
use tokio::task::JoinSet;

pub async fn a_verdict_reads_back_as_it_was_written(store: SharedStore) {
    let written = block(1);
    store.write(std::slice::from_ref(&written)).await.unwrap();
    let read = all_verdicts(&store).await;
    assert_eq!(read.len(), 1);
    assert_eq!(read[0].verdict, written.verdict);
    assert_eq!(read[0].username, written.context.username);
    assert_eq!(read[0].ip, written.context.ip);
    assert_eq!(read[0].asn, written.context.asn);
    let text = |verdict| serde_json::to_string(verdict).unwrap();
    assert_eq!(text(&read[0].verdict), text(&written.verdict));
}

pub async fn a_batch_that_comes_again_adds_nothing(store: SharedStore) {
    let batch = [allow(0), block(1), allow(2), block(3)];
    for _ in 0..3 {
        store.write(&batch).await.unwrap();
    }
    // The same outcome twice in one batch, and an empty batch.
    store.write(&[block(3), block(3), allow(2)]).await.unwrap();
    store.write(&[]).await.unwrap();
    assert_eq!(all_verdicts(&store).await.len(), 2);
    assert_eq!(allows(&store).await, 2);
    let session = store.session(SessionId(7)).await.unwrap().unwrap();
    assert_eq!((session.attempts, session.blocked), (2, 2));
    assert_eq!(store.reached("logins").await.unwrap(), [(0, 4)]);
}

pub async fn every_outcome_moves_what_its_partition_has_reached(store: SharedStore) {
    assert_eq!(store.reached("logins").await.unwrap(), []);
    let mut other = allow(41);
    other.origin.partition = 3;
    let mut http = block(7);
    http.origin.source = "http".into();
    store.write(&[block(9), other, http]).await.unwrap();
    assert_eq!(store.reached("logins").await.unwrap(), [(0, 10), (3, 42)]);
    assert_eq!(store.reached("http").await.unwrap(), [(0, 8)]);
    store.write(&[block(5)]).await.unwrap();
    assert_eq!(store.reached("logins").await.unwrap(), [(0, 10), (3, 42)]);
}

pub async fn several_records_of_one_message_count_each_once(store: SharedStore) {
    let record = |index: u32| {
        let mut outcome = allow(5);
        outcome.origin.index = index;
        outcome
    };
    store.write(&[record(0), record(1)]).await.unwrap();
    store
        .write(&[record(1), record(2), record(3)])
        .await
        .unwrap();
    store.write(&[record(0), record(3)]).await.unwrap();
    assert_eq!(allows(&store).await, 4);
}

pub async fn a_plain_allow_that_is_kept_whole_is_counted_too(store: SharedStore) {
    let mut kept = allow(0);
    kept.keep_whole = true;
    // A session on an allow says that nothing of it was flagged.
    kept.verdict.session_id = Some(SessionId(8));
    store.write(&[kept.clone(), allow(1)]).await.unwrap();
    store.write(&[kept.clone()]).await.unwrap();
    assert_eq!(allows(&store).await, 2);
    assert_eq!(all_verdicts(&store).await[0].verdict, kept.verdict);
    assert_eq!(store.session(SessionId(8)).await.unwrap(), None);
}

pub async fn a_revision_is_kept_even_when_it_says_allow(store: SharedStore) {
    let mut revision = allow(0);
    revision.verdict.revision = 1;
    let revision = at(revision, NOON);
    store.write(&[allow(0), revision.clone()]).await.unwrap();
    let read = all_verdicts(&store).await;
    assert_eq!(read.len(), 1);
    assert_eq!(read[0].verdict, revision.verdict);
    assert_eq!(allows(&store).await, 1);
}

pub async fn an_attempt_that_is_judged_otherwise_after_a_death_counts_once(store: SharedStore) {
    let first = [allow(0), allow(1), block(2), allow(3)];
    store.write(&first).await.unwrap();
    // The windows are gone: what was let pass is blocked, what was blocked is let pass.
    let again = [allow(0), block(1), allow(2), allow(3), allow(4), block(5)];
    for _ in 0..2 {
        store.write(&again).await.unwrap();
        assert_eq!(all_verdicts(&store).await.len(), 3);
        assert_eq!(allows(&store).await, 3);
    }
    let session = store.session(SessionId(7)).await.unwrap().unwrap();
    assert_eq!(session.attempts, 3);
}

pub async fn overlapping_batches_written_at_once_leave_each_verdict_once(store: SharedStore) {
    // Prefixes of one log, over several weeks so that partitions are made at the same time, and
    // in two sources, so that writers meet in verdicts and sessions without a common partition.
    const WEEK_MS: i64 = 7 * 86_400_000;
    let log: Vec<Outcome> = (0..60)
        .map(|n| match n % 3 {
            0 => allow(n),
            _ => at(block(n), NOON + (n % 5) * WEEK_MS),
        })
        .collect();
    let mut writers = JoinSet::new();
    for writer in 0..8_usize {
        let store = store.clone();
        let mut batch = log[..60 - writer * 4].to_vec();
        if writer % 2 == 1 {
            for outcome in &mut batch {
                outcome.origin.source = "again".into();
            }
            // The order within a batch decides nothing about locks.
            batch.reverse();
        }
        writers.spawn(async move { store.write(&batch).await });
    }
    while let Some(written) = writers.join_next().await {
        written.unwrap().unwrap();
    }
    assert_eq!(all_verdicts(&store).await.len(), 40);
    let session = store.session(SessionId(7)).await.unwrap().unwrap();
    assert_eq!((session.attempts, session.blocked), (40, 40));
    let reached = store.reached("logins").await.unwrap();
    assert_eq!(reached, [(0, 60)]);
}

pub async fn writers_of_one_partition_at_once_count_each_allow_once(store: SharedStore) {
    let log: Vec<Outcome> = (0..60).map(allow).collect();
    for reached in [1, 10, 25, 40, 60] {
        let mut writers = JoinSet::new();
        for _ in 0..6 {
            let store = store.clone();
            let batch = log[..reached].to_vec();
            writers.spawn(async move { store.write(&batch).await });
        }
        while let Some(written) = writers.join_next().await {
            written.unwrap().unwrap();
        }
        assert_eq!(usize::try_from(allows(&store).await).unwrap(), reached);
    }
}

pub async fn times_in_1970_and_2099_and_9999_are_stored(store: SharedStore) {
    let times = [0, 1, 4_095_000_000_123, MAX_EPOCH_MS];
    let batch: Vec<_> = (0..)
        .zip(times)
        .map(|(n, time_ms)| at(block(n), time_ms))
        .collect();
    store.write(&batch).await.unwrap();
    store.write(&batch).await.unwrap();
    let read: Vec<_> = all_verdicts(&store)
        .await
        .into_iter()
        .map(|v| v.verdict)
        .collect();
    let mut written: Vec<_> = batch.into_iter().map(|o| o.verdict).collect();
    written.reverse();
    assert_eq!(read, written);
    let plain: Vec<_> = (10..)
        .zip(times)
        .map(|(n, time_ms)| at(allow(n), time_ms))
        .collect();
    store.write(&plain).await.unwrap();
    assert_eq!(allows(&store).await, 4);
}

pub async fn a_batch_over_many_weeks_is_stored_whole(store: SharedStore) {
    // More weeks than partitions are made for one batch.
    const EIGHT_DAYS_MS: i64 = 8 * 86_400_000;
    let spread = |n: i64| at(block(n), NOON - n % 40 * EIGHT_DAYS_MS);
    let batch: Vec<_> = (0..40).map(spread).collect();
    store.write(&batch).await.unwrap();
    // Again, and others of the same weeks: some of these lie in the default partition now.
    let more: Vec<_> = (40..80).map(spread).collect();
    store.write(&batch).await.unwrap();
    store.write(&more).await.unwrap();
    store.write(&more).await.unwrap();
    assert_eq!(all_verdicts(&store).await.len(), 80);
    assert_eq!(store.retain_from(NOON + EIGHT_DAYS_MS).await.unwrap(), 80);
    assert_eq!(all_verdicts(&store).await.len(), 0);
}

pub async fn odd_unicode_survives(store: SharedStore) {
    let odd = "a\u{1}\u{7f}\"'\\ \u{202e}ß\u{0301}\u{10ffff}\u{1f600}%_{}\n";
    let mut outcome = block(1);
    outcome.verdict.tenant = odd.into();
    outcome.verdict.event_id = odd.into();
    outcome.context.username = Some(odd.into());
    let outcome = at(outcome, NOON);
    let mut plain = allow(2);
    plain.verdict.tenant = odd.into();
    store.write(&[outcome.clone(), plain]).await.unwrap();
    let filter = VerdictFilter {
        tenant: Some(odd.into()),
        username: Some(odd.into()),
        ..VerdictFilter::default()
    };
    let page = store.verdicts(&filter, &first(10)).await.unwrap();
    assert_eq!(page.items.len(), 1);
    assert_eq!(page.items[0].verdict, outcome.verdict);
    let counts = store.allow_counts(0, i64::MAX, None).await.unwrap();
    assert_eq!(counts[0].tenant, odd);
}

pub async fn migrating_twice_changes_nothing(store: SharedStore) {
    let mut other = block(2);
    other.verdict.decision = Decision::Challenge;
    other.verdict.verdict_id = VerdictId(u128::MAX);
    store.write(&[block(1), other]).await.unwrap();
    store.migrate().await.unwrap();
    store.ping().await.unwrap();
    assert_eq!(all_verdicts(&store).await.len(), 2);
}

pub async fn of_very_many_counts_the_oldest_are_read_and_one_more(store: SharedStore) {
    let most = credsieve_store::MOST_ALLOW_COUNTS as usize;
    let of_tenant = |n: usize| {
        let mut outcome = allow(i64::try_from(n).unwrap());
        outcome.verdict.tenant = format!("tenant{n}");
        at(outcome, NOON)
    };
    let outcomes: Vec<Outcome> = (0..most + 10).map(of_tenant).collect();
    for some in outcomes.chunks(2_000) {
        store.write(some).await.unwrap();
    }
    let counts = store.allow_counts(0, i64::MAX, None).await.unwrap();
    assert_eq!(counts.len(), most + 1);
    let of_one = store.allow_counts(0, i64::MAX, Some("tenant9")).await;
    let of_one = of_one.unwrap();
    assert_eq!((of_one.len(), of_one[0].count), (1, 1));
}
