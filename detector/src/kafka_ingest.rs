//! Kafka ingest: events that come over HTTP go to the topic of logins, byte for byte, where they
//! take the same way as everybody's.
//!
//! A record is checked before it is sent, so that a bad one is answered to whom it concerns; it goes
//! to the dead letters too. A call is answered when the broker has acknowledged all of it.

use crate::batch::Record;
use crate::ingest::{Ingest, IngestError, Taken};
use crate::kafka::config::Topics;
use crate::kafka::dead_letters::{self, DeadLetter};
use crate::kafka::producer::{Message, is_too_large, record};
use crate::pipeline_ingest::SOURCE;
use async_trait::async_trait;
use credsieve_models::time::EpochMs;
use credsieve_models::{Attempt, KeyHasher, Reject};
use credsieve_store::Origin;
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
    dead_letters: String,
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
    /// A way into the topic of logins, and beside it that of dead letters. `capacity` is how many records may wait, usually [`IN_FLIGHT`]. Must be
    /// made within a runtime.
    ///
    /// # Errors
    /// When the client's configuration is refused.
    pub fn new(
        client: &ClientConfig,
        topics: &Topics,
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
            topic: topics.logins.clone(),
            dead_letters: topics.dead_letters.clone(),
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
            .map_err(|(error, _)| refused(&error))
    }

    /// Sends dead letters. One that its topic finds too large is cut until it is taken.
    async fn bury(&self, letters: Vec<Message>) -> Result<(), IngestError> {
        let send = |letter: &Message| {
            let sent = self
                .producer
                .send_result(record(&self.dead_letters, letter));
            sent.map_err(|(error, _)| error)
        };
        // All at once; whatever is too large has its turn alone.
        let sent: Vec<_> = letters.iter().map(send).collect();
        for (mut letter, sent) in letters.into_iter().zip(sent) {
            let mut delivered = delivered(sent).await?;
            let mut limit = dead_letters::CUT_PAYLOAD_BYTES;
            while let Err(error) = &delivered {
                if !is_too_large(error) || limit < dead_letters::LEAST_BYTES {
                    return Err(refused(error));
                }
                dead_letters::cut(&mut letter, limit);
                limit /= 4;
                delivered = self::delivered(send(&letter)).await?;
            }
        }
        Ok(())
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

/// A record of a call as a dead letter; its place is its number in the call.
fn dead_letter(number: usize, record: &[u8], arrival_ms: EpochMs, reject: &Reject) -> Message {
    let letter = DeadLetter {
        record: Record {
            origin: Origin {
                source: SOURCE.into(),
                partition: 0,
                offset: i64::try_from(number).unwrap_or(i64::MAX),
                index: 0,
            },
            clock_ms: arrival_ms,
            key: None,
            payload: Some(record.to_vec()),
        },
        reject: reject.clone(),
    };
    letter.message()
}

fn refused(error: &KafkaError) -> IngestError {
    match error {
        KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull) => IngestError::Full,
        error => IngestError::Unconfirmed(error.to_string()),
    }
}

/// What the broker says to a message, or the client already did.
async fn delivered(
    sent: Result<DeliveryFuture, KafkaError>,
) -> Result<Result<(), KafkaError>, IngestError> {
    Ok(match sent {
        Ok(delivery) => match delivery.await.map_err(|_| gone())? {
            Ok(_) => Ok(()),
            Err((error, _)) => Err(error),
        },
        Err(error) => Err(error),
    })
}

fn gone() -> IngestError {
    IngestError::Unconfirmed("the producer is gone".into())
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
        let mut letters = Vec::new();
        for (number, record) in records.iter().enumerate() {
            match Attempt::parse(record, arrival_ms) {
                Err(reject) => {
                    letters.push(dead_letter(number, record, arrival_ms, &reject));
                    taken.push(Taken::Rejected(reject));
                }
                Ok(attempt) => {
                    deliveries.push(self.send(record, &self.key(&attempt), arrival_ms)?);
                    taken.push(Taken::Accepted);
                }
            }
        }
        for delivery in deliveries {
            let delivered = delivery.await.map_err(|_| gone())?;
            delivered.map_err(|(error, _)| IngestError::Unconfirmed(error.to_string()))?;
        }
        self.bury(letters).await?;
        Ok(taken)
    }
}
