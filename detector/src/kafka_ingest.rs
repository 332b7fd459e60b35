//! Kafka ingest: events that come over HTTP go to the topic of logins, byte for byte, where they
//! take the same way as everybody's.
//!
//! A record is checked before it is sent, so that a bad one is answered to whom it concerns. It is
//! accepted when the broker has acknowledged it.

use crate::ingest::{Ingest, IngestError, Taken};
use async_trait::async_trait;
use credsieve_models::time::EpochMs;
use credsieve_models::{Attempt, KeyHasher};
use rdkafka::ClientConfig;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::producer::{DeliveryFuture, FutureProducer, FutureRecord};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// How many records may wait for their acknowledgement. One more call is answered
/// [`IngestError::Full`]: its caller has the events still and tries again.
pub const IN_FLIGHT: u32 = 50_000;
/// How long the broker may take to acknowledge, in milliseconds, unless configured.
const DELIVER_WITHIN_MS: &str = "10000";
/// How much the producer's own queue may hold, in KiB, whatever the records' size.
const QUEUE_KIB: &str = "65536";

/// The way in through the broker.
pub struct KafkaIngest {
    producer: FutureProducer,
    topic: String,
    hasher: KeyHasher,
    in_flight: Arc<Semaphore>,
    capacity: u32,
}

impl std::fmt::Debug for KafkaIngest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "KafkaIngest({})", self.topic)
    }
}

impl KafkaIngest {
    /// A way into `topic`. `capacity` is how many records may wait, usually [`IN_FLIGHT`]. Must be
    /// made within a runtime.
    ///
    /// # Errors
    /// When the client's configuration is refused.
    pub fn new(
        client: &ClientConfig,
        topic: &str,
        hasher: KeyHasher,
        capacity: u32,
    ) -> Result<Self, KafkaError> {
        let mut client = client.clone();
        if client.get("delivery.timeout.ms").is_none() {
            client.set("delivery.timeout.ms", DELIVER_WITHIN_MS);
        }
        let producer = client
            .set("enable.idempotence", "true")
            .set("queue.buffering.max.kbytes", QUEUE_KIB)
            .create()?;
        Ok(Self {
            producer,
            topic: topic.to_owned(),
            hasher,
            in_flight: Arc::new(Semaphore::new(capacity as usize)),
            capacity,
        })
    }

    fn send(
        &self,
        record: &[u8],
        key: &str,
        arrival_ms: EpochMs,
    ) -> Result<DeliveryFuture, IngestError> {
        // The time of arrival is the record's clock, unless the topic stamps it on append.
        let message = FutureRecord::to(&self.topic)
            .key(key)
            .payload(record)
            .timestamp(arrival_ms);
        self.producer
            .send_result(message)
            .map_err(|(error, _)| match error {
                KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull) => IngestError::Full,
                error => IngestError::Unconfirmed(error.to_string()),
            })
    }

    /// Keeps the attempts of a user, or of an address where no user is named, in one partition and
    /// so in order. The user's name is hashed: keys show up in tools that never show values.
    fn key(&self, attempt: &Attempt<'_>) -> String {
        match attempt.username.as_deref() {
            Some(name) => format!("{:016x}", self.hasher.user(&attempt.tenant, name)),
            None => attempt.ip.to_string(),
        }
    }
}

#[async_trait]
impl Ingest for KafkaIngest {
    async fn ingest(
        &self,
        records: Vec<Vec<u8>>,
        arrival_ms: EpochMs,
    ) -> Result<Vec<Taken>, IngestError> {
        // A call that is larger than everything still gets its turn, alone.
        let wanted = u32::try_from(records.len()).unwrap_or(u32::MAX);
        let _room = self
            .in_flight
            .try_acquire_many(wanted.min(self.capacity))
            .map_err(|_| IngestError::Full)?;
        let mut taken = Vec::with_capacity(records.len());
        let mut deliveries = Vec::with_capacity(records.len());
        for record in &records {
            match Attempt::parse(record, arrival_ms) {
                Err(reject) => taken.push(Taken::Rejected(reject)),
                Ok(attempt) => {
                    deliveries.push(self.send(record, &self.key(&attempt), arrival_ms)?);
                    taken.push(Taken::Accepted);
                }
            }
        }
        for delivery in deliveries {
            let delivered = delivery
                .await
                .map_err(|_| IngestError::Unconfirmed("the producer is gone".into()))?;
            delivered.map_err(|(error, _)| IngestError::Unconfirmed(error.to_string()))?;
        }
        Ok(taken)
    }
}
