//! The stream through a real broker: every record in ends in exactly one durable outcome.

mod support;

use credsieve_models::Verdict;
use credsieve_store::SharedStore;
use std::collections::BTreeSet;
use std::sync::Arc;
use support::store::MemoryStore;
use support::{Read, Stream, event, events, until};

fn verdict_ids(read: &[Read]) -> BTreeSet<u128> {
    read.iter()
        .map(|message| {
            let payload = message.payload.as_deref().unwrap();
            serde_json::from_slice::<Verdict>(payload)
                .unwrap()
                .verdict_id
                .0
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_event_becomes_one_verdict_in_the_topic_and_in_the_store() {
    let stream = Stream::new("every", 1).await;
    let store = Arc::new(MemoryStore::open());
    let detector = stream.detector(Arc::clone(&store) as SharedStore).await;
    stream.produce(&events(0..3_000)).await;
    let read = stream.read(&stream.kafka.topics.verdicts, 3_000).await;
    assert_eq!(read.len(), 3_000);
    assert_eq!(verdict_ids(&read).len(), 3_000);
    until("all rows", || store.len() == 3_000).await;
    assert_eq!(
        detector.metric("credsieve_outcomes_total{outcome=\"verdict\"}"),
        3_000
    );
    detector.stop().await;
    assert_eq!(stream.committed(1).await, [(0, 3_000)].into());
    assert_eq!(read[0].key.as_deref(), Some(b"user0".as_slice()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_is_no_attempt_ends_in_the_dead_letters_byte_for_byte() {
    let stream = Stream::new("dead", 1).await;
    let store = Arc::new(MemoryStore::open());
    let bad: [(&[u8], &str); 4] = [
        (b"{not json", "not_json"),
        (b"\xff\xfe\x00", "not_utf8"),
        (b"[1,2]", "not_object"),
        (b"{\"event_id\":7}", "missing"),
    ];
    let mut records: Vec<Vec<u8>> = bad.iter().map(|(bytes, _)| bytes.to_vec()).collect();
    records.insert(2, event(1));
    let detector = stream.detector(Arc::clone(&store) as SharedStore).await;
    stream.produce(&records).await;
    let dead = stream.read(&stream.kafka.topics.dead_letters, 4).await;
    assert_eq!(dead.len(), 4);
    for (letter, ((bytes, kind), offset)) in dead.iter().zip(bad.iter().zip([0, 1, 3, 4])) {
        assert_eq!(letter.payload.as_deref(), Some(*bytes));
        assert_eq!(letter.headers["kind"], *kind);
        assert_eq!(letter.headers["offset"], offset.to_string());
        assert_eq!(letter.headers["topic"], stream.kafka.topics.logins);
        assert!(!letter.headers["reason"].is_empty());
    }
    until("the good one", || store.len() == 1).await;
    detector.stop().await;
    assert_eq!(stream.committed(1).await, [(0, 5)].into());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_in_the_middle_and_a_new_start_leave_one_verdict_an_event() {
    let stream = Stream::new("restart", 4).await;
    let store = Arc::new(MemoryStore::open());
    stream.produce(&events(0..4_000)).await;
    let first = stream.detector(Arc::clone(&store) as SharedStore).await;
    until("some rows", || store.len() > 0).await;
    first.stop().await;
    stream.produce(&events(4_000..6_000)).await;
    let second = stream.detector(Arc::clone(&store) as SharedStore).await;
    until("all rows", || store.len() == 6_000).await;
    second.stop().await;
    let read = stream.read(&stream.kafka.topics.verdicts, 6_000).await;
    assert_eq!(verdict_ids(&read).len(), 6_000);
    // The first run drained and committed what it had taken: nothing was done twice.
    assert_eq!(read.len(), 6_000);
}
