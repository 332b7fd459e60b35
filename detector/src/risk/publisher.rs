//! The publisher: carries the book's changes to `credsieve.risk`.

use super::RiskChange;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::registry::Registry;
use rdkafka::ClientConfig;
use rdkafka::client::ClientContext;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::DeliveryResult;
use rdkafka::producer::{BaseRecord, Producer, ProducerContext, ThreadedProducer};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// How many batches of changes wait for the producer.
///
/// Full means that the broker is away or slow. The batch is then dropped and counted: verdicts must
/// not wait for a cache. An entity that stays hostile is published again when half of its life is
/// over; a tombstone that is lost costs nothing, since API nodes look at the expiry.
pub const QUEUE_DEPTH: usize = 1_024;

/// How long the broker may take to acknowledge, in milliseconds; it also bounds how long the end of
/// the process waits for it.
const DELIVER_WITHIN_MS: &str = "5000";
/// How long to wait for room in the producer's own queue.
const ROOM_RETRY: Duration = Duration::from_millis(20);

/// What became of the changes.
#[derive(Clone, Debug, Default)]
pub struct RiskMetrics {
    /// Changes that the broker acknowledged.
    pub published: Counter,
    /// Changes that found the queue full.
    pub dropped: Counter,
    /// Changes that the broker did not take.
    pub failed: Counter,
}

impl RiskMetrics {
    /// Shows the counters under their names.
    pub fn register(&self, registry: &mut Registry) {
        registry.register(
            "credsieve_risk_changes_published",
            "Changes of hostile entities that the broker acknowledged",
            self.published.clone(),
        );
        registry.register(
            "credsieve_risk_changes_dropped",
            "Changes of hostile entities that found the queue full",
            self.dropped.clone(),
        );
        registry.register(
            "credsieve_risk_changes_failed",
            "Changes of hostile entities that the broker did not take",
            self.failed.clone(),
        );
    }
}

/// The giving end. When every clone is gone the task publishes what waits and ends.
#[derive(Clone, Debug)]
pub struct RiskPublisher {
    queue: mpsc::Sender<Vec<RiskChange>>,
    metrics: RiskMetrics,
}

impl RiskPublisher {
    /// Starts the task. Must be called within a runtime.
    ///
    /// # Errors
    /// When the client's configuration is refused.
    pub fn start(
        client: &ClientConfig,
        topic: String,
        metrics: RiskMetrics,
    ) -> Result<(Self, JoinHandle<()>), KafkaError> {
        let mut client = client.clone();
        client
            .set("enable.idempotence", "true")
            .set("delivery.timeout.ms", DELIVER_WITHIN_MS);
        let context = Deliveries(metrics.clone());
        let producer: ThreadedProducer<Deliveries> = client.create_with_context(context)?;
        let (queue, changes) = mpsc::channel(QUEUE_DEPTH);
        let task = tokio::spawn(run(producer, topic, changes, metrics.clone()));
        Ok((Self { queue, metrics }, task))
    }

    /// Offers changes; never waits. See [`QUEUE_DEPTH`] for what happens when full.
    pub fn offer(&self, changes: Vec<RiskChange>) {
        if changes.is_empty() {
            return;
        }
        if let Err(refused) = self.queue.try_send(changes) {
            let lost = refused.into_inner().len();
            self.metrics.dropped.inc_by(lost as u64);
        }
    }
}

struct Deliveries(RiskMetrics);

impl ClientContext for Deliveries {}

impl ProducerContext for Deliveries {
    type DeliveryOpaque = ();

    fn delivery(&self, result: &DeliveryResult<'_>, (): ()) {
        match result {
            Ok(_) => self.0.published.inc(),
            Err(_) => self.0.failed.inc(),
        };
    }
}

async fn run(
    producer: ThreadedProducer<Deliveries>,
    topic: String,
    mut changes: mpsc::Receiver<Vec<RiskChange>>,
    metrics: RiskMetrics,
) {
    while let Some(batch) = changes.recv().await {
        for change in &batch {
            publish(&producer, &topic, change, &metrics).await;
        }
    }
    // Flushing and dropping a client block.
    let flushed = tokio::task::spawn_blocking(move || producer.flush(Duration::from_secs(5)));
    if !matches!(flushed.await, Ok(Ok(()))) {
        tracing::warn!("the last changes of the risk topic are not acknowledged");
    }
}

async fn publish(
    producer: &ThreadedProducer<Deliveries>,
    topic: &str,
    change: &RiskChange,
    metrics: &RiskMetrics,
) {
    let key = change.entity().to_string();
    let value = match change {
        RiskChange::Put(entry) => {
            Some(serde_json::to_vec(entry).expect("an entry has text keys and finite numbers"))
        }
        RiskChange::Tombstone(_) => None,
    };
    loop {
        let mut record = BaseRecord::<str, [u8]>::to(topic).key(&key);
        if let Some(value) = &value {
            record = record.payload(value);
        }
        match producer.send(record) {
            Ok(()) => return,
            Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), _)) => {
                tokio::time::sleep(ROOM_RETRY).await;
            }
            Err((error, _)) => {
                metrics.failed.inc();
                tracing::warn!(%error, "a change of the risk topic cannot be sent");
                return;
            }
        }
    }
}
