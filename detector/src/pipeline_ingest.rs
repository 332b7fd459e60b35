//! Pipeline ingest: events that come over HTTP where there is no Kafka go straight to the decoder,
//! and are accepted when their outcomes are stored.

use crate::batch::{Ack, Batch, Record};
use crate::ingest::{Ingest, IngestError, Taken};
use crate::kafka::assignment::BATCH_RECORDS;
use crate::metrics::Metrics;
use async_trait::async_trait;
use credsieve_models::time::EpochMs;
use credsieve_store::Origin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};

/// The source of such records.
pub const SOURCE: &str = "http";
/// How long outcomes may take to be stored before the caller is told that it is not known.
const STORED_WITHIN: Duration = Duration::from_secs(10);

/// The way in without Kafka.
pub struct PipelineIngest {
    /// Queue to the decoder; `None` once the process is ending.
    decoder: Mutex<Option<mpsc::Sender<Batch>>>,
    source: Arc<str>,
    metrics: Arc<Metrics>,
}

impl PipelineIngest {
    /// A way in to this decoder.
    #[must_use]
    pub fn new(decoder: mpsc::Sender<Batch>, metrics: Arc<Metrics>) -> Self {
        Self {
            decoder: Mutex::new(Some(decoder)),
            source: SOURCE.into(),
            metrics,
        }
    }

    /// Takes nothing more. What was taken goes on its way.
    pub fn close(&self) {
        self.decoder
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
    }

    fn decoder(&self) -> Option<mpsc::Sender<Batch>> {
        self.decoder
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn batch(&self, payloads: Vec<Vec<u8>>, arrival_ms: EpochMs) -> (Batch, Answer) {
        let (reply, answer) = oneshot::channel();
        let taken = Vec::with_capacity(payloads.len());
        let records = payloads.into_iter().map(|payload| Record {
            origin: Origin {
                source: Arc::clone(&self.source),
                partition: 0,
                // The decoder numbers the attempts.
                offset: 0,
                index: 0,
            },
            clock_ms: arrival_ms,
            key: None,
            payload: Some(payload),
        });
        let records = records.collect();
        let ack = Ack::Http { taken, reply };
        (Batch { records, ack }, answer)
    }
}

type Answer = oneshot::Receiver<Vec<Taken>>;

#[async_trait]
impl Ingest for PipelineIngest {
    async fn ingest(
        &self,
        records: Vec<Vec<u8>>,
        arrival_ms: EpochMs,
    ) -> Result<Vec<Taken>, IngestError> {
        let stopped = || IngestError::Unconfirmed("the detector has stopped".into());
        let decoder = self.decoder().ok_or_else(stopped)?;
        let count = records.len();
        let mut records = records.into_iter();
        let mut answers = Vec::new();
        loop {
            let part: Vec<_> = records.by_ref().take(BATCH_RECORDS).collect();
            if part.is_empty() {
                break;
            }
            let (batch, answer) = self.batch(part, arrival_ms);
            if answers.is_empty() {
                // Only the first part may be refused: nothing is taken then.
                let room = decoder.try_reserve().map_err(|refused| match refused {
                    mpsc::error::TrySendError::Full(()) => IngestError::Full,
                    mpsc::error::TrySendError::Closed(()) => stopped(),
                })?;
                room.send(batch);
            } else {
                decoder.send(batch).await.map_err(|_| stopped())?;
            }
            answers.push(answer);
        }
        drop(decoder);
        self.metrics.records_in(SOURCE, count);
        tokio::time::timeout(STORED_WITHIN, gather(answers, count))
            .await
            .map_err(|_| IngestError::Unconfirmed("the store takes too long".into()))?
            .ok_or_else(stopped)
    }
}

async fn gather(answers: Vec<Answer>, count: usize) -> Option<Vec<Taken>> {
    let mut taken = Vec::with_capacity(count);
    for answer in answers {
        taken.extend(answer.await.ok()?);
    }
    Some(taken)
}
