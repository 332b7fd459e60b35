//! What the tests of the stream share: a topic of their own, a detector on it, and what came out.

#![allow(dead_code, reason = "each test binary uses its own part")]

pub mod store;

use credsieve_detector::kafka::KafkaConfig;
use credsieve_detector::kafka::config::Topics;
use credsieve_detector::{Detector, DetectorConfig, Running};
use credsieve_models::names::NameSet;
use credsieve_models::{HashSeed, Policy};
use credsieve_store::SharedStore;
use credsieve_testkit::kafka::KafkaBroker;
use rdkafka::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::message::{Headers, Message};
use rdkafka::producer::{FutureProducer, FutureRecord};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

/// Longer than any of this takes on a busy machine; reached only by a test that fails.
pub const DEADLINE: Duration = Duration::from_mins(1);

/// The topics of one test.
pub struct Stream {
    pub kafka: KafkaConfig,
}

impl Stream {
    /// Topics with names of their own on the shared broker.
    pub async fn new(name: &str, partitions: i32) -> Self {
        Self::on(KafkaBroker::shared(), name, partitions).await
    }

    /// Topics with names of their own on a broker.
    pub async fn on(broker: &KafkaBroker, name: &str, partitions: i32) -> Self {
        let mut kafka = KafkaConfig::new(broker.bootstrap());
        kafka.group = format!("{name}-group");
        // A rebalance must not wait for a member that a test has left behind.
        kafka.session_timeout_ms = 6_000;
        kafka.topics = Topics {
            logins: format!("{name}-logins"),
            verdicts: format!("{name}-verdicts"),
            alerts: format!("{name}-alerts"),
            dead_letters: format!("{name}-dead"),
            risk: format!("{name}-risk"),
            lists: format!("{name}-lists"),
        };
        let topics = &kafka.topics;
        let in_order = [("message.timestamp.type", "LogAppendTime")];
        broker
            .create_topic(&topics.logins, partitions, &in_order)
            .await
            .unwrap();
        for out in [
            &topics.verdicts,
            &topics.alerts,
            &topics.dead_letters,
            &topics.risk,
        ] {
            broker.create_topic(out, 1, &[]).await.unwrap();
        }
        Self { kafka }
    }

    /// Starts a detector on these topics.
    pub async fn detector(&self, store: SharedStore) -> Started {
        self.detector_with(store, |_| ()).await
    }

    /// Starts a detector with a changed configuration.
    pub async fn detector_with(
        &self,
        store: SharedStore,
        change: impl FnOnce(&mut DetectorConfig),
    ) -> Started {
        let mut config = DetectorConfig {
            kafka: Some(self.kafka.clone()),
            ..DetectorConfig::default()
        };
        change(&mut config);
        start(config, store).await
    }

    /// Produces records, spread over the partitions by their number, and waits for the broker.
    pub async fn produce(&self, records: &[Vec<u8>]) {
        let producer: FutureProducer = self.client().create().unwrap();
        let mut sent = Vec::new();
        for (number, record) in records.iter().enumerate() {
            let key = number.to_string();
            let message = FutureRecord::to(&self.kafka.topics.logins)
                .key(&key)
                .payload(record);
            sent.push(
                producer
                    .send_result(message)
                    .map_err(|(error, _)| error)
                    .unwrap(),
            );
        }
        for delivery in sent {
            delivery.await.unwrap().unwrap();
        }
    }

    /// Reads a topic from its beginning until `enough` messages are there, then what is left.
    pub async fn read(&self, topic: &str, enough: usize) -> Vec<Read> {
        let (topic, mut client) = (topic.to_owned(), self.client());
        client.set("group.id", format!("{topic}-reader-{enough}"));
        client
            .set("auto.offset.reset", "earliest")
            .set("enable.auto.commit", "false");
        tokio::task::spawn_blocking(move || read_all(&client, &topic, enough))
            .await
            .unwrap()
    }

    /// What the group has committed, by partition.
    pub async fn committed(&self, partitions: i32) -> BTreeMap<i32, i64> {
        let mut client = self.client();
        client.set("group.id", &self.kafka.group);
        let topic = self.kafka.topics.logins.clone();
        tokio::task::spawn_blocking(move || {
            let consumer: BaseConsumer = client.create().unwrap();
            let mut list = rdkafka::TopicPartitionList::new();
            list.add_partition_range(&topic, 0, partitions - 1);
            let offsets = consumer.committed_offsets(list, DEADLINE).unwrap();
            let elements = offsets.elements();
            elements
                .iter()
                .filter_map(|element| match element.offset() {
                    rdkafka::Offset::Offset(offset) => Some((element.partition(), offset)),
                    _ => None,
                })
                .collect()
        })
        .await
        .unwrap()
    }

    /// Commits an offset in the group's name.
    pub async fn commit(&self, partition: i32, offset: i64) {
        let mut client = self.client();
        client.set("group.id", &self.kafka.group);
        let topic = self.kafka.topics.logins.clone();
        let commit = move || {
            let consumer: BaseConsumer = client.create().unwrap();
            let mut list = rdkafka::TopicPartitionList::new();
            let offset = rdkafka::Offset::Offset(offset);
            list.add_partition_offset(&topic, partition, offset)
                .unwrap();
            consumer
                .commit(&list, rdkafka::consumer::CommitMode::Sync)
                .unwrap();
        };
        tokio::task::spawn_blocking(commit).await.unwrap();
    }

    /// Whether the group would begin where the topic begins.
    pub async fn nothing_is_committed(&self, partitions: i32) -> bool {
        self.committed(partitions)
            .await
            .values()
            .all(|offset| *offset == 0)
    }

    fn client(&self) -> ClientConfig {
        let mut client = ClientConfig::new();
        client.set("bootstrap.servers", &self.kafka.bootstrap);
        // What the broker takes is larger than librdkafka's default.
        client.set("message.max.bytes", "2000000");
        client
    }
}

/// A message that came out.
#[derive(Clone, Debug, PartialEq)]
pub struct Read {
    pub key: Option<Vec<u8>>,
    pub payload: Option<Vec<u8>>,
    pub headers: BTreeMap<String, String>,
}

fn read_all(client: &ClientConfig, topic: &str, enough: usize) -> Vec<Read> {
    let consumer: BaseConsumer = client.create().unwrap();
    consumer.subscribe(&[topic]).unwrap();
    let deadline = Instant::now() + DEADLINE;
    let mut read = Vec::new();
    loop {
        // Once enough is there, a poll that finds nothing more ends the reading.
        match consumer.poll(Duration::from_millis(500)) {
            Some(Ok(message)) => read.push(Read {
                key: message.key().map(<[u8]>::to_vec),
                payload: message.payload().map(<[u8]>::to_vec),
                headers: headers(&message),
            }),
            Some(Err(error)) => panic!("reading {topic}: {error}"),
            None if read.len() >= enough => return read,
            None => assert!(
                Instant::now() < deadline,
                "{} of {enough} in {topic}",
                read.len()
            ),
        }
    }
}

fn headers(message: &impl Message) -> BTreeMap<String, String> {
    let Some(headers) = message.headers() else {
        return BTreeMap::new();
    };
    headers
        .iter()
        .map(|header| {
            let value = String::from_utf8(header.value.unwrap_or_default().to_vec()).unwrap();
            (header.key.to_owned(), value)
        })
        .collect()
}

/// A detector that a test started.
pub struct Started {
    pub running: Running,
    pub shutdown: CancellationToken,
}

impl Started {
    /// Asks it to end and waits for that; fails where it ends badly.
    pub async fn stop(self) {
        self.shutdown.cancel();
        self.running.join().await.unwrap();
    }

    /// The value of a metric, with its labels as they are printed; 0 where it is not there.
    pub fn metric(&self, name: &str) -> u64 {
        let text = self.running.metrics.encode();
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix(&format!("{name} ")));
        line.map_or(0, |value| value.parse().unwrap())
    }
}

/// Starts a detector.
pub async fn start(config: DetectorConfig, store: SharedStore) -> Started {
    let shutdown = CancellationToken::new();
    let detector = Detector {
        config,
        policy: Arc::new(Policy::default()),
        seed: HashSeed::REPLAY,
        names: Arc::new(NameSet::parse("", &HashSeed::REPLAY)),
        store,
        shutdown: shutdown.clone(),
    };
    let running = detector.start().await.unwrap();
    Started { running, shutdown }
}

/// Waits until a condition holds; fails at the deadline.
pub async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + DEADLINE;
    while !holds() {
        assert!(Instant::now() < deadline, "still waiting: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// A good record, a while ago.
pub fn event(number: usize) -> Vec<u8> {
    format!(
        r#"{{"event_id":"e{number}","time":{time},"outcome":"success","ip":"203.0.113.{host}","username":"user{number}"}}"#,
        time = 1_700_000_000_000 + number,
        host = number % 250,
    )
    .into_bytes()
}

/// Good records.
pub fn events(numbers: std::ops::Range<usize>) -> Vec<Vec<u8>> {
    numbers.map(event).collect()
}
