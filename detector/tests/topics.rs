//! Topics as `credsieve migrate` makes them, and events that come over HTTP into them.

mod common;

use common::client;
use credsieve_detector::ingest::{Ingest, IngestError, Taken};
use credsieve_detector::kafka::admin::{self, Ensured};
use credsieve_detector::kafka::config::Topics;
use credsieve_detector::kafka_ingest::{IN_FLIGHT, KafkaIngest};
use credsieve_models::attempt::RejectKind;
use credsieve_models::{HashSeed, KeyHasher};
use credsieve_testkit::kafka::KafkaBroker;
use rdkafka::admin::{AdminClient, AdminOptions, ResourceSpecifier};
use rdkafka::client::DefaultClientContext;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::{ClientConfig, Message, Offset, TopicPartitionList};
use std::time::{Duration, Instant};

/// In the past: a broker refuses records that are stamped far ahead of its own clock.
const ARRIVAL_MS: i64 = 1_770_000_000_000;

fn topics(prefix: &str) -> Topics {
    let name = |name: &str| format!("{prefix}.{name}");
    Topics {
        logins: name("logins"),
        verdicts: name("verdicts"),
        alerts: name("alerts"),
        dead_letters: name("dead-letters"),
        risk: name("risk"),
        lists: name("lists"),
    }
}

async fn settings(topic: &str) -> Vec<(String, Option<String>)> {
    let admin: AdminClient<DefaultClientContext> = client().create().unwrap();
    let specifier = ResourceSpecifier::Topic(topic);
    let described = admin
        .describe_configs([&specifier], &AdminOptions::new())
        .await
        .unwrap();
    let resource = described.into_iter().next().unwrap().unwrap();
    let entries = resource.entries.into_iter();
    entries.map(|entry| (entry.name, entry.value)).collect()
}

async fn setting(topic: &str, name: &str) -> String {
    let found = settings(topic).await.into_iter().find(|(n, _)| n == name);
    found.unwrap().1.unwrap()
}

#[tokio::test]
async fn missing_topics_are_made_as_their_parts_need_them() {
    let topics = topics("new");
    let ensured = admin::ensure_topics(&client(), &topics, 3, 1)
        .await
        .unwrap();
    assert_eq!(ensured.len(), 6);
    assert!(ensured.iter().all(|(_, state)| *state == Ensured::Created));
    for (topic, name, value) in [
        (&topics.logins, "message.timestamp.type", "LogAppendTime"),
        (&topics.verdicts, "cleanup.policy", "delete"),
        (&topics.lists, "cleanup.policy", "compact"),
        (&topics.risk, "retention.ms", "604800000"),
    ] {
        assert_eq!(setting(topic, name).await, value, "{topic} {name}");
    }
    let policy = setting(&topics.risk, "cleanup.policy").await;
    let mut policy: Vec<&str> = policy.split(',').collect();
    policy.sort_unstable();
    assert_eq!(policy, ["compact", "delete"]);

    let again = admin::ensure_topics(&client(), &topics, 3, 1)
        .await
        .unwrap();
    assert!(again.iter().all(|(_, state)| *state == Ensured::Existing));
}

#[tokio::test]
async fn an_existing_topic_of_logins_is_made_to_stamp_and_keeps_its_other_settings() {
    let topics = topics("old");
    let own = [
        ("message.timestamp.type", "CreateTime"),
        ("retention.ms", "1234567"),
    ];
    let broker = KafkaBroker::shared();
    broker.create_topic(&topics.logins, 2, &own).await.unwrap();
    let ensured = admin::ensure_topics(&client(), &topics, 3, 1)
        .await
        .unwrap();
    assert_eq!(ensured[0], (topics.logins.clone(), Ensured::Restamped));
    let stamp = setting(&topics.logins, "message.timestamp.type").await;
    assert_eq!(stamp, "LogAppendTime");
    assert_eq!(setting(&topics.logins, "retention.ms").await, "1234567");
}

#[tokio::test]
async fn a_topic_that_the_broker_refuses_is_named() {
    let refused = admin::ensure_topics(&client(), &topics("three"), 1, 3).await;
    let error = refused.unwrap_err().to_string();
    assert!(error.contains("three.logins"), "{error}");
}

fn ingest(client: &ClientConfig, topics: &Topics, capacity: u32) -> KafkaIngest {
    let hasher = KeyHasher::new(HashSeed::REPLAY);
    KafkaIngest::new(client, topics, hasher, capacity).unwrap()
}

fn event(id: &str, username: &str) -> Vec<u8> {
    format!(
        r#"{{"event_id":"{id}", "time":"2026-01-31T10:30:00Z","outcome":"failure","ip":"203.0.113.9","username":"{username}","x":1}}"#
    )
    .into_bytes()
}

/// Everything that a topic holds: partition, key, value, timestamp.
fn read(topic: &str, partitions: i32, count: usize) -> Vec<(i32, Vec<u8>, Vec<u8>, i64)> {
    let consumer: BaseConsumer = client().set("group.id", "test").create().unwrap();
    let mut all = TopicPartitionList::new();
    for partition in 0..partitions {
        all.add_partition_offset(topic, partition, Offset::Beginning)
            .unwrap();
    }
    consumer.assign(&all).unwrap();
    let deadline = Instant::now() + Duration::from_secs(30);
    let mut records = Vec::new();
    while records.len() < count {
        assert!(Instant::now() < deadline, "{} of {count}", records.len());
        if let Some(message) = consumer.poll(Duration::from_millis(100)) {
            let message = message.unwrap();
            records.push((
                message.partition(),
                message.key().unwrap_or_default().to_vec(),
                message.payload().unwrap().to_vec(),
                message.timestamp().to_millis().unwrap(),
            ));
        }
    }
    records
}

#[tokio::test]
async fn good_records_reach_the_topic_byte_for_byte_and_bad_ones_are_answered() {
    let topics = topics("ingest");
    let topic = topics.logins.as_str();
    let broker = KafkaBroker::shared();
    broker.create_topic(topic, 4, &[]).await.unwrap();
    let dead = topics.dead_letters.as_str();
    broker.create_topic(dead, 1, &[]).await.unwrap();
    let ingest = ingest(&client(), &topics, IN_FLIGHT);
    let records = vec![
        event("1", "Alice"),
        b"{".to_vec(),
        event("2", "bob"),
        event("3", " alice "),
        event("4", ""),
    ];
    let taken = ingest.ingest(records.clone(), ARRIVAL_MS).await.unwrap();
    let Taken::Rejected(reject) = &taken[1] else {
        panic!("{taken:?}")
    };
    assert_eq!(reject.kind, RejectKind::NotJson);
    let letters = read(dead, 1, 1);
    assert_eq!(letters[0].2, records[1], "byte for byte");
    for good in [0, 2, 3, 4] {
        assert_eq!(taken[good], Taken::Accepted);
    }

    let read = read(topic, 4, 4);
    let of = |index: usize| read.iter().find(|r| r.2 == records[index]).unwrap();
    assert_eq!(of(0).3, ARRIVAL_MS, "the arrival is the record's clock");
    assert_eq!(
        (of(0).0, &of(0).1),
        (of(3).0, &of(3).1),
        "one user, one partition"
    );
    assert_ne!(of(0).1, of(2).1);
    assert_eq!(
        of(4).1,
        b"203.0.113.9",
        "without a user the address is the key"
    );
    let shown = String::from_utf8(of(0).1.clone()).unwrap();
    assert!(!shown.to_lowercase().contains("alice"), "{shown}");
}

#[tokio::test]
async fn a_bad_line_that_no_topic_takes_whole_is_cut_and_spoils_nothing() {
    let topics = topics("large");
    let broker = KafkaBroker::shared();
    broker.create_topic(&topics.logins, 1, &[]).await.unwrap();
    let small = [("max.message.bytes", "100000")];
    let dead = topics.dead_letters.as_str();
    broker.create_topic(dead, 1, &small).await.unwrap();
    let ingest = ingest(&client(), &topics, IN_FLIGHT);
    // The first is too large for the client, the second for the topic.
    let records = vec![vec![b'x'; 3_000_000], vec![b'y'; 300_000], event("1", "a")];
    let taken = ingest.ingest(records, ARRIVAL_MS).await.unwrap();
    assert_eq!(taken[2], Taken::Accepted);
    let letters = read(dead, 1, 2);
    for letter in letters {
        assert!(letter.2.len() > 30_000 && letter.2.len() < 100_000);
    }
    assert_eq!(read(&topics.logins, 1, 1).len(), 1);
}

#[tokio::test]
async fn a_full_way_in_says_so_at_once_and_a_silent_broker_confirms_nothing() {
    let mut nowhere = ClientConfig::new();
    nowhere
        .set("bootstrap.servers", "127.0.0.1:1")
        .set("delivery.timeout.ms", "500")
        .set("log_level", "0");
    let ingest = ingest(&nowhere, &topics("nowhere"), 2);
    let call = |n: usize| ingest.ingest(vec![event("1", "alice"); n], ARRIVAL_MS);
    let waiting = call(2);
    let full = async {
        tokio::task::yield_now().await;
        call(1).await
    };
    let (first, second) = tokio::join!(biased; waiting, full);
    assert!(matches!(second, Err(IngestError::Full)), "{second:?}");
    assert!(
        matches!(first, Err(IngestError::Unconfirmed(_))),
        "{first:?}"
    );
}
