//! The detector where no broker is: events over HTTP, or through librdkafka's in-process broker.

mod support;

use credsieve_detector::DetectorConfig;
use credsieve_detector::ingest::Taken;
use credsieve_detector::kafka::KafkaConfig;
use credsieve_models::attempt::RejectKind;
use credsieve_store::{SharedStore, Store};
use rdkafka::ClientConfig;
use rdkafka::mocking::MockCluster;
use rdkafka::producer::{FutureProducer, FutureRecord};
use std::path::Path;
use std::sync::Arc;
use support::store::MemoryStore;
use support::{event, events, start, until};

fn keeping(path: &Path) -> DetectorConfig {
    DetectorConfig {
        state_file: Some(path.to_owned()),
        ..DetectorConfig::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn records_over_http_are_accepted_once_their_outcomes_are_stored() {
    let store = Arc::new(MemoryStore::open());
    let detector = start(DetectorConfig::default(), Arc::clone(&store) as SharedStore).await;
    let records = vec![event(1), b"{oops".to_vec(), event(2)];
    let taken = detector
        .running
        .ingest
        .ingest(records, 1_800_000_000_000)
        .await
        .unwrap();
    assert_eq!(store.len(), 2);
    assert_eq!(taken[0], Taken::Accepted);
    assert!(matches!(&taken[1], Taken::Rejected(reject) if reject.kind == RejectKind::NotJson));
    assert_eq!(taken[2], Taken::Accepted);
    let dead = "credsieve_outcomes_total{outcome=\"dead_letter\"}";
    assert_eq!(detector.metric(dead), 1);
    let many = detector
        .running
        .ingest
        .ingest(events(10..1_510), 1_800_000_000_000)
        .await
        .unwrap();
    assert_eq!(many, vec![Taken::Accepted; 1_500]);
    assert_eq!(store.reached("http").await.unwrap(), [(0, 1_502)]);
    detector.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_and_state_go_on_after_a_restart_without_kafka() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state");
    let store = Arc::new(MemoryStore::open());
    let first = start(keeping(&path), Arc::clone(&store) as SharedStore).await;
    first
        .running
        .ingest
        .ingest(events(0..5), 1_800_000_000_000)
        .await
        .unwrap();
    first.stop().await;
    let second = start(keeping(&path), Arc::clone(&store) as SharedStore).await;
    second
        .running
        .ingest
        .ingest(events(4..7), 1_800_000_000_000)
        .await
        .unwrap();
    assert_eq!(second.metric("credsieve_state_restored"), 1);
    assert_eq!(
        second.metric("credsieve_outcomes_total{outcome=\"repeat\"}"),
        1
    );
    assert_eq!(store.len(), 7);
    second.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_never_reached_the_broker_leaves_the_state_of_the_run_before() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state");
    std::fs::write(&path, b"of the run before").unwrap();
    let config = DetectorConfig {
        // Nobody listens there.
        kafka: Some(KafkaConfig::new("127.0.0.1:9")),
        ..keeping(&path)
    };
    let detector = start(config, Arc::new(MemoryStore::open()) as SharedStore).await;
    detector.stop().await;
    assert_eq!(std::fs::read(&path).unwrap(), b"of the run before");
}

#[tokio::test(flavor = "multi_thread")]
async fn after_the_end_nothing_is_taken_any_more() {
    let store = Arc::new(MemoryStore::open());
    let detector = start(DetectorConfig::default(), store as SharedStore).await;
    let ingest = Arc::clone(&detector.running.ingest);
    detector.stop().await;
    assert!(
        ingest
            .ingest(events(0..1), 1_800_000_000_000)
            .await
            .is_err()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_real_consumer_reads_from_the_in_process_broker() {
    let broker = MockCluster::new(1).unwrap();
    let kafka = KafkaConfig::new(broker.bootstrap_servers());
    for topic in [
        &kafka.topics.logins,
        &kafka.topics.verdicts,
        &kafka.topics.dead_letters,
    ] {
        broker.create_topic(topic, 1, 1).unwrap();
    }
    let store = Arc::new(MemoryStore::open());
    let config = DetectorConfig {
        kafka: Some(kafka.clone()),
        ..DetectorConfig::default()
    };
    let detector = start(config, Arc::clone(&store) as SharedStore).await;
    let mut client = ClientConfig::new();
    client.set("bootstrap.servers", &kafka.bootstrap);
    let producer: FutureProducer = client.create().unwrap();
    for record in events(0..200) {
        let message = FutureRecord::to(&kafka.topics.logins)
            .key("k")
            .payload(&record);
        drop(
            producer
                .send_result(message)
                .map_err(|(error, _)| error)
                .unwrap(),
        );
    }
    until("all rows", || store.len() == 200).await;
    detector.stop().await;
}
