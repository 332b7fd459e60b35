//! The producer: messages out, each known to be on every in-sync replica before it counts as sent.

use super::config::{KafkaConfig, KafkaConfigError};
use rdkafka::client::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::OwnedHeaders;
use rdkafka::producer::future_producer::DeliveryFuture;
use rdkafka::producer::{FutureProducer, FutureRecord};
use std::collections::VecDeque;

/// A message on its way out.
pub struct Message {
    /// The key, by which a topic is partitioned and compacted.
    pub key: Option<Vec<u8>>,
    /// The payload; absent in a tombstone.
    pub payload: Option<Vec<u8>>,
    /// The headers.
    pub headers: Option<OwnedHeaders>,
}

/// The producer cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum ProducerError {
    /// The configuration cannot be used.
    #[error(transparent)]
    Config(#[from] KafkaConfigError),
    /// librdkafka refuses its settings.
    #[error("kafka producer: {0}")]
    Kafka(#[from] KafkaError),
}

/// A producer whose sends are complete only when the broker has acknowledged.
pub struct Producer {
    inner: FutureProducer<Logged>,
}

struct Logged;

impl ClientContext for Logged {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        super::log(level, facility, message);
    }

    fn error(&self, _: KafkaError, _: &str) {
        // What matters comes back with a delivery, and there it is handled.
    }
}

impl Producer {
    /// A producer for these brokers. It connects by itself, now or later.
    ///
    /// # Errors
    /// When the configuration cannot be used.
    pub fn new(config: &KafkaConfig) -> Result<Self, ProducerError> {
        let inner = config.producer()?.create_with_context(Logged)?;
        Ok(Self { inner })
    }

    /// Sends every message to `topic` and waits for the broker's word on each. Those that are
    /// acknowledged leave `messages`; after an error the rest may be sent again.
    ///
    /// # Errors
    /// The first failure.
    pub async fn send_all(
        &self,
        topic: &str,
        messages: &mut Vec<Message>,
    ) -> Result<(), KafkaError> {
        let mut sent = vec![false; messages.len()];
        let result = self.send_each(topic, messages, &mut sent).await;
        let mut sent = sent.into_iter();
        messages.retain(|_| !sent.next().unwrap_or(false));
        result
    }

    async fn send_each(
        &self,
        topic: &str,
        messages: &[Message],
        sent: &mut [bool],
    ) -> Result<(), KafkaError> {
        let mut under_way: VecDeque<(usize, DeliveryFuture)> = VecDeque::new();
        let mut first_error = None;
        let mut next = 0;
        while next < messages.len() || !under_way.is_empty() {
            if first_error.is_none() && next < messages.len() {
                match self.inner.send_result(record(topic, &messages[next])) {
                    Ok(delivery) => {
                        under_way.push_back((next, delivery));
                        next += 1;
                        continue;
                    }
                    // The client's own queue is full: it empties as deliveries come in below.
                    Err((error, _)) if is_full(&error) && !under_way.is_empty() => {}
                    Err((error, _)) => first_error = Some(error),
                }
            }
            let Some((index, delivery)) = under_way.pop_front() else {
                break;
            };
            match delivery.await {
                Ok(Ok(_)) => sent[index] = true,
                Ok(Err((error, _))) => first_error = first_error.or(Some(error)),
                Err(_) => first_error = first_error.or(Some(KafkaError::Canceled)),
            }
        }
        first_error.map_or(Ok(()), Err)
    }
}

/// A message as the client takes it.
pub(crate) fn record<'a>(topic: &'a str, message: &'a Message) -> FutureRecord<'a, [u8], [u8]> {
    FutureRecord {
        topic,
        partition: None,
        payload: message.payload.as_deref(),
        key: message.key.as_deref(),
        timestamp: None,
        headers: message.headers.clone(),
    }
}

fn is_full(error: &KafkaError) -> bool {
    error.rdkafka_error_code() == Some(RDKafkaErrorCode::QueueFull)
}

/// Whether the topic does not take messages of this size.
#[must_use]
pub fn is_too_large(error: &KafkaError) -> bool {
    error.rdkafka_error_code() == Some(RDKafkaErrorCode::MessageSizeTooLarge)
}

/// Whether sending the same messages again cannot help: a person must change something. A broker
/// that is away, an authority still being renewed or a topic not made yet is worth waiting for.
#[must_use]
pub fn is_hopeless(error: &KafkaError) -> bool {
    matches!(
        error.rdkafka_error_code(),
        Some(
            RDKafkaErrorCode::Fatal
                | RDKafkaErrorCode::InvalidArgument
                | RDKafkaErrorCode::InvalidTopic
                | RDKafkaErrorCode::MessageSizeTooLarge
                | RDKafkaErrorCode::TopicAuthorizationFailed
                | RDKafkaErrorCode::ClusterAuthorizationFailed
        )
    )
}
