//! A follower: reads a compacted topic from its beginning, every partition, and goes on reading.
//!
//! Used for what every process needs whole: lists and risk. Nothing is committed, so there is no
//! group to balance. The thread survives whatever the broker does: it waits and says so.

use crate::readiness::Readiness;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaError;
use rdkafka::{ClientConfig, Message, Offset, TopicPartitionList};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

/// How long the thread waits for a record before it looks whether it should stop.
const POLL: Duration = Duration::from_millis(100);
/// Changes of a topic that never falls silent are acted on this often.
const SETTLE_AT_LEAST: Duration = Duration::from_millis(500);
/// How often partitions and lag are looked at, and how often while there are no partitions.
const SURVEY: Duration = Duration::from_secs(15);
const SURVEY_SOON: Duration = Duration::from_secs(1);
const ANSWER_WITHIN: Duration = Duration::from_secs(2);

/// What is made of the records.
pub trait Fold: Send + 'static {
    /// Takes one record; no value is a tombstone.
    ///
    /// # Errors
    /// When it cannot be read; it is counted and left out.
    fn record(&mut self, key: &[u8], value: Option<&[u8]>) -> Result<(), BadRecord>;

    /// Acts on what changed: nothing waits at the moment, or enough time has passed.
    fn settle(&mut self, caught_up: bool);
}

/// A record that is not what its topic holds. Says nothing of its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadRecord(pub &'static str);

/// How the reading goes.
#[derive(Clone, Debug, Default)]
pub struct FollowMetrics {
    /// Records read.
    pub records: Counter,
    /// Of these, left out because they could not be read.
    pub bad: Counter,
    /// Records that the topic has and that were not read yet, as of the last look.
    pub lag: Gauge,
}

impl FollowMetrics {
    /// Shows the metrics as `credsieve_<part>_…`.
    pub fn register(&self, part: &str, registry: &mut Registry) {
        let registry = registry.sub_registry_with_prefix(format!("credsieve_{part}"));
        registry.register(
            "records_read",
            "Records read from the compacted topic",
            self.records.clone(),
        );
        registry.register(
            "records_bad",
            "Records of the compacted topic that could not be read",
            self.bad.clone(),
        );
        registry.register(
            "lag_records",
            "Records of the compacted topic that were not read yet",
            self.lag.clone(),
        );
    }
}

/// The reading thread. Dropping it tells the thread to stop.
#[derive(Debug)]
pub struct Follower {
    stop: CancellationToken,
    thread: Option<JoinHandle<()>>,
}

impl Follower {
    /// Starts reading `topic`. `part` is the line of `/readyz` that waits until the end of every
    /// partition was reached once.
    ///
    /// # Errors
    /// When the client's configuration is refused or no thread can be made.
    pub fn start(
        client: &ClientConfig,
        topic: &str,
        part: &'static str,
        readiness: Arc<Readiness>,
        metrics: FollowMetrics,
        fold: impl Fold,
    ) -> Result<Self, FollowError> {
        let consumer: BaseConsumer = reading(client).create()?;
        readiness.wait(part, format!("the whole of topic {topic}"));
        let stop = CancellationToken::new();
        let reader = Reader {
            consumer,
            topic: topic.to_owned(),
            part,
            readiness,
            metrics,
            fold,
            places: BTreeMap::new(),
            caught_up: false,
            told_missing: false,
            unsettled_since: None,
            survey_at: Instant::now(),
            troubled: false,
        };
        let stopped = stop.clone();
        let thread = std::thread::Builder::new()
            .name(format!("follow-{part}"))
            .spawn(move || reader.run(&stopped))?;
        Ok(Self {
            stop,
            thread: Some(thread),
        })
    }

    /// Stops the thread and waits for its end, a few seconds where the broker does not answer.
    pub async fn stop(mut self) {
        self.stop.cancel();
        if let Some(thread) = self.thread.take() {
            let joined = tokio::task::spawn_blocking(move || thread.join()).await;
            if !matches!(joined, Ok(Ok(()))) {
                tracing::error!("a thread that followed a topic panicked");
            }
        }
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// Reading cannot start.
#[derive(Debug, thiserror::Error)]
pub enum FollowError {
    /// The client's configuration was refused.
    #[error("kafka client: {0}")]
    Client(#[from] KafkaError),
    /// The system has no thread.
    #[error("no thread: {0}")]
    Thread(#[from] std::io::Error),
}

fn reading(client: &ClientConfig) -> ClientConfig {
    let mut client = client.clone();
    if client.get("group.id").is_none() {
        // librdkafka assigns nothing without a group's name; nobody ever joins this one.
        client.set("group.id", "credsieve-follow");
    }
    client
        .set("enable.auto.commit", "false")
        .set("enable.auto.offset.store", "false")
        .set("enable.partition.eof", "true")
        .set("auto.offset.reset", "earliest")
        .set("queued.max.messages.kbytes", "16384");
    client
}

/// How far a partition was read.
#[derive(Clone, Copy, Debug, Default)]
struct Place {
    next: i64,
    /// The end was reached after `next`, at an offset that librdkafka did not tell.
    at_end: bool,
    end_was_reached: bool,
}

struct Reader<F> {
    consumer: BaseConsumer,
    topic: String,
    part: &'static str,
    readiness: Arc<Readiness>,
    metrics: FollowMetrics,
    fold: F,
    places: BTreeMap<i32, Place>,
    caught_up: bool,
    told_missing: bool,
    unsettled_since: Option<Instant>,
    survey_at: Instant,
    troubled: bool,
}

impl<F: Fold> Reader<F> {
    fn run(mut self, stop: &CancellationToken) {
        while !stop.is_cancelled() {
            if Instant::now() >= self.survey_at {
                self.survey();
            }
            self.step();
        }
    }

    fn step(&mut self) {
        match self.consumer.poll(POLL) {
            None => self.settle(),
            Some(Ok(message)) => {
                let place = self.places.entry(message.partition()).or_default();
                place.next = message.offset() + 1;
                place.at_end = false;
                self.metrics.records.inc();
                let key = message.key().unwrap_or_default();
                if let Err(error) = self.fold.record(key, message.payload()) {
                    // One line for the 1st, 2nd, 4th, 8th …: a topic full of rubbish fills no disk.
                    if (self.metrics.bad.inc() + 1).is_power_of_two() {
                        let (partition, offset) = (message.partition(), message.offset());
                        let topic = &self.topic;
                        tracing::warn!(topic, partition, offset, %error, "a record is left out");
                    }
                }
                self.troubled = false;
                let since = *self.unsettled_since.get_or_insert_with(Instant::now);
                if since.elapsed() >= SETTLE_AT_LEAST {
                    self.settle();
                }
            }
            Some(Err(KafkaError::PartitionEOF(partition))) => self.reached_end(partition),
            Some(Err(error)) => self.trouble(&error),
        }
    }

    fn reached_end(&mut self, partition: i32) {
        let place = self.places.entry(partition).or_default();
        place.at_end = true;
        place.end_was_reached = true;
        if !self.caught_up && self.places.values().all(|place| place.end_was_reached) {
            self.caught_up = true;
            self.unsettled_since = Some(Instant::now());
            self.settle();
            self.readiness.ready(self.part);
            let records = self.metrics.records.get();
            tracing::info!(topic = self.topic, records, "the whole topic is read");
        }
    }

    fn settle(&mut self) {
        if self.unsettled_since.take().is_some() {
            self.fold.settle(self.caught_up);
        }
    }

    /// Says it once until records come again.
    fn trouble(&mut self, error: &KafkaError) {
        if !self.troubled {
            self.troubled = true;
            tracing::warn!(topic = self.topic, %error, "reading waits for the broker");
        }
    }

    /// Assigns partitions that are new and measures the lag.
    fn survey(&mut self) {
        if let Err(error) = self.assign_new().and_then(|()| self.measure_lag()) {
            self.trouble(&error);
        }
        let pause = if self.places.is_empty() {
            SURVEY_SOON
        } else {
            SURVEY
        };
        self.survey_at = Instant::now() + pause;
    }

    fn assign_new(&mut self) -> Result<(), KafkaError> {
        let metadata = self
            .consumer
            .fetch_metadata(Some(&self.topic), ANSWER_WITHIN)?;
        let mut new = TopicPartitionList::new();
        let topics = metadata.topics().iter();
        for topic in topics.filter(|topic| topic.name() == self.topic) {
            if topic.partitions().is_empty() && !self.caught_up {
                let what_for = format!("topic {}, which does not exist", self.topic);
                self.readiness.wait(self.part, what_for);
                if !std::mem::replace(&mut self.told_missing, true) {
                    tracing::warn!(
                        topic = self.topic,
                        "the topic does not exist, and the process waits for it: `credsieve migrate` makes it"
                    );
                }
            }
            for partition in topic.partitions() {
                if !self.places.contains_key(&partition.id()) {
                    new.add_partition_offset(&self.topic, partition.id(), Offset::Beginning)?;
                }
            }
        }
        if new.count() == 0 {
            return Ok(());
        }
        self.consumer.incremental_assign(&new)?;
        for partition in new.elements() {
            self.places.insert(partition.partition(), Place::default());
        }
        if !self.caught_up {
            let what_for = format!("the whole of topic {}", self.topic);
            self.readiness.wait(self.part, what_for);
        }
        Ok(())
    }

    fn measure_lag(&mut self) -> Result<(), KafkaError> {
        let mut lag = 0;
        for (&partition, place) in &mut self.places {
            let (low, high) =
                self.consumer
                    .fetch_watermarks(&self.topic, partition, ANSWER_WITHIN)?;
            if std::mem::take(&mut place.at_end) {
                place.next = high;
            }
            lag += (high - place.next.max(low)).max(0);
        }
        self.metrics.lag.set(lag);
        Ok(())
    }
}
