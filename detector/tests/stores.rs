//! The whole path with real parts at both ends: a broker, and each store that a deployment can have.

mod support;

use credsieve_detector::config::Share;
use credsieve_models::verdict::VerdictId;
use credsieve_models::{Verdict, time::EpochMs};
use credsieve_store::{PageRequest, SharedStore, VerdictFilter};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Instant;
use support::{DEADLINE, Stream, events};

const EVENTS: usize = 2_500;

/// The id of every verdict in the store.
async fn stored(store: &SharedStore) -> Vec<VerdictId> {
    let mut page = PageRequest {
        limit: 1_000,
        cursor: None,
    };
    let mut ids = Vec::new();
    loop {
        let found = store
            .verdicts(&VerdictFilter::default(), &page)
            .await
            .unwrap();
        ids.extend(found.items.iter().map(|stored| stored.verdict.verdict_id));
        match found.next {
            Some(next) => page.cursor = Some(next),
            None => return ids,
        }
    }
}

async fn counted(store: &SharedStore) -> i64 {
    let counts = store.allow_counts(0, EpochMs::MAX / 2, None).await.unwrap();
    counts.iter().map(|count| count.count).sum()
}

/// Two runs over four partitions, all verdicts kept whole.
async fn one_row_and_one_message_an_event(name: &str, store: SharedStore) {
    store.migrate().await.unwrap();
    let stream = Stream::new(name, 4).await;
    let all = |config: &mut credsieve_detector::DetectorConfig| config.keep_allows = Share::ALL;
    let first = stream.detector_with(Arc::clone(&store), all).await;
    stream.produce(&events(0..EVENTS)).await;
    let deadline = Instant::now() + DEADLINE;
    while stored(&store).await.is_empty() {
        assert!(Instant::now() < deadline, "nothing is stored");
    }
    first.stop().await;
    let second = stream.detector_with(Arc::clone(&store), all).await;
    let messages = stream.read(&stream.kafka.topics.verdicts, EVENTS).await;
    second.stop().await;
    let published: BTreeSet<VerdictId> = messages
        .iter()
        .map(|message| message.payload.as_deref().unwrap())
        .map(|json| serde_json::from_slice::<Verdict>(json).unwrap().verdict_id)
        .collect();
    let rows = stored(&store).await;
    assert_eq!(rows.len(), EVENTS);
    assert_eq!(rows.into_iter().collect::<BTreeSet<_>>(), published);

    // And a run that only counts what is plainly allowed.
    let third = stream.detector(Arc::clone(&store)).await;
    stream.produce(&events(EVENTS..2 * EVENTS)).await;
    stream.read(&stream.kafka.topics.verdicts, 2 * EVENTS).await;
    third.stop().await;
    let rows = stored(&store).await.len();
    let counted = usize::try_from(counted(&store).await).unwrap();
    let committed = stream.committed(4).await;
    // Each of these events is plainly allowed, and so counted; the first half is kept whole besides.
    assert_eq!((rows, counted), (EVENTS, 2 * EVENTS));
    let reached = store.reached(&stream.kafka.topics.logins).await.unwrap();
    assert_eq!(
        reached
            .into_iter()
            .collect::<std::collections::BTreeMap<_, _>>(),
        committed
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_has_one_row_and_the_topic_one_message_an_event() {
    let store = credsieve_store::SqliteStore::open_in_memory()
        .await
        .unwrap();
    one_row_and_one_message_an_event("sqlite", Arc::new(store)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_has_one_row_and_the_topic_one_message_an_event() {
    let cluster = credsieve_testkit::postgres::PostgresCluster::shared().unwrap();
    let url = cluster.create_database().unwrap();
    let store = credsieve_store::open(&url).await.unwrap();
    one_row_and_one_message_an_event("postgres", store).await;
}
