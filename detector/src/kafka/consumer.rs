//! The poll thread: reads `logins`, hands batches on, commits what is durable.
//!
//! A thread with a blocking client rather than an async stream: rebalances are served by whoever
//! polls, and nothing here may stop polling for long, or the group takes our partitions away. So the thread
//! never blocks on the stages behind it. When they are full it holds a few batches and does not poll for a second
//! at most; then it pauses the partitions and polls on.
//!
//! Offsets move through the ledgers of [`Assignment`](super::assignment::Assignment) and are committed
//! through the [`Context`] alone: about once a second, before partitions are given away, and at the end.

use super::assignment::BATCH_RECORDS;
use super::context::{READY, State};
use super::ledger::LedgerError;
use crate::batch::{Ack, Batch, Done, Record};
use crate::metrics::Metrics;
use crate::readiness::Readiness;
use credsieve_models::time::EpochMs;
use credsieve_store::Origin;
use rdkafka::config::ClientConfig;
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer};
use rdkafka::error::KafkaError;
use rdkafka::message::{BorrowedMessage, Message, Timestamp};
use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, SyncSender};
use std::sync::{Arc, MutexGuard};
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

pub use super::context::{Context, StartAt};

/// How long a poll waits when there is nothing else to do; bounds how late a shutdown is noticed.
const IDLE: Duration = Duration::from_millis(50);
/// How long a poll waits while batches wait for room behind us.
const BUSY: Duration = Duration::from_millis(2);
/// How long the stages behind us may be full before the partitions are paused: pausing throws away what librdkafka has
/// read ahead, and a busy detector is full many times a second. Until then nothing is polled: rebalances, and errors of
/// the client, wait so much longer.
const PAUSE_AFTER: Duration = Duration::from_secs(1);
/// How often frontiers are committed.
const COMMIT_EVERY: Duration = Duration::from_secs(1);
/// The same trouble is not logged again within this time.
const LOG_AGAIN_AFTER: Duration = Duration::from_mins(1);

/// The consumer cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum ConsumerError {
    /// The client cannot be made, or says that it is of no more use.
    #[error("kafka consumer: {0}")]
    Kafka(#[from] KafkaError),
    /// A fault of ours: the offsets can no longer be trusted, so nothing more is committed.
    #[error("offset ledger: {0}")]
    Ledger(#[from] LedgerError),
}

/// Where the consumer stood when it ended.
#[derive(Debug)]
pub struct Ended {
    /// The frontier of each partition.
    pub frontiers: BTreeMap<i32, i64>,
    /// Everything handed on was durable and is committed.
    pub drained: bool,
}

/// The poll thread's parts.
pub struct PollThread {
    consumer: BaseConsumer<Context>,
    /// Queue to the decoder: bounded, and never waited for.
    decoder: mpsc::Sender<Batch>,
    completions: SyncSender<Vec<Done>>,
    source: Arc<str>,
    shutdown: CancellationToken,
    trouble: Option<(String, Instant)>,
    full_since: Option<Instant>,
    paused: bool,
}

/// What the poll thread is connected to.
pub struct Wiring {
    /// Queue to the decoder.
    pub decoder: mpsc::Sender<Batch>,
    /// The way on which outcomes come back, both ends; the sending one travels with each batch.
    pub completions: (SyncSender<Vec<Done>>, Receiver<Vec<Done>>),
    /// Told once, where the group stood at our first assignment.
    pub start: oneshot::Sender<StartAt>,
    /// Counters.
    pub metrics: Arc<Metrics>,
    /// What the process waits for.
    pub readiness: Arc<Readiness>,
    /// Ends the polling.
    pub shutdown: CancellationToken,
}

impl PollThread {
    /// A consumer of `topic` that has joined its group's waiting line.
    ///
    /// # Errors
    /// When the client's settings are wrong.
    pub fn subscribe(
        config: &ClientConfig,
        topic: &str,
        wiring: Wiring,
    ) -> Result<Self, ConsumerError> {
        wiring
            .readiness
            .wait(READY, "the first assignment of partitions");
        let (completions, done) = wiring.completions;
        let context = Context::new(done, wiring.start, wiring.metrics, wiring.readiness);
        let consumer: BaseConsumer<Context> = config.create_with_context(context)?;
        consumer.subscribe(&[topic])?;
        Ok(Self {
            consumer,
            decoder: wiring.decoder,
            completions,
            source: topic.into(),
            shutdown: wiring.shutdown,
            trouble: None,
            full_since: None,
            paused: false,
        })
    }

    /// Polls until shutdown, then waits at most `drain_within` for what is under way.
    ///
    /// # Errors
    /// When the client is of no more use or a ledger is broken. Nothing is lost: what was not
    /// committed is read again.
    pub fn run(mut self, drain_within: Duration) -> Result<Ended, ConsumerError> {
        let mut commit_at = Instant::now() + COMMIT_EVERY;
        while !self.shutdown.is_cancelled() {
            self.poll()?;
            self.hand_on()?;
            self.pause_or_resume()?;
            let stale = self.state().settle()?;
            self.metrics().stale(stale);
            if Instant::now() >= commit_at {
                self.consumer
                    .context()
                    .commit(&self.consumer, CommitMode::Async);
                commit_at = Instant::now() + COMMIT_EVERY;
            }
        }
        self.drain(Instant::now() + drain_within)
    }

    /// Takes what is there: waits for one message, then takes what comes without waiting. Waits a little where there is
    /// no room for more.
    fn poll(&mut self) -> Result<(), ConsumerError> {
        if self.full_since.is_some() && !self.paused {
            std::thread::sleep(BUSY);
            return Ok(());
        }
        let mut wait = if self.state().assignment.held() == 0 {
            IDLE
        } else {
            BUSY
        };
        for _ in 0..BATCH_RECORDS {
            match self.consumer.poll(wait) {
                None => break,
                Some(Ok(message)) => {
                    let record = self.record(&message);
                    let assignment = &mut self.state().assignment;
                    assignment.hold(record);
                    if assignment.is_full() {
                        break;
                    }
                }
                Some(Err(error)) => self.note(error)?,
            }
            wait = Duration::ZERO;
        }
        Ok(())
    }

    fn record(&self, message: &BorrowedMessage<'_>) -> Record {
        Record {
            origin: Origin {
                source: Arc::clone(&self.source),
                partition: message.partition(),
                offset: message.offset(),
                index: 0,
            },
            clock_ms: clock_of(message.timestamp(), crate::now_ms()),
            key: message.key().map(<[u8]>::to_vec),
            payload: message.payload().map(<[u8]>::to_vec),
        }
    }

    /// Hands batches on as long as the decoder has room.
    fn hand_on(&self) -> Result<(), ConsumerError> {
        while self.state().assignment.held() > 0 {
            let Ok(room) = self.decoder.try_reserve() else {
                // Full, or gone: if it is gone, the shutdown is on its way.
                break;
            };
            let (records, done) = self.state().assignment.take_batch()?;
            self.metrics().records_in("kafka", records.len());
            let completions = self.completions.clone();
            room.send(Batch {
                records,
                ack: Ack::Kafka { done, completions },
            });
            self.metrics().queue("intake", &self.decoder);
        }
        Ok(())
    }

    /// Pauses when there was no room for long, until nothing waits for it any more.
    fn pause_or_resume(&mut self) -> Result<(), ConsumerError> {
        let (full, held) = {
            let assignment = &self.state().assignment;
            (assignment.is_full(), assignment.held())
        };
        self.full_since = full.then(|| self.full_since.unwrap_or_else(Instant::now));
        let pause = if self.paused {
            held > 0
        } else {
            self.full_since
                .is_some_and(|since| since.elapsed() >= PAUSE_AFTER)
        };
        // While paused, again and again: partitions assigned since are not paused yet.
        if pause {
            self.consumer.pause(&self.consumer.assignment()?)?;
        } else if self.paused {
            self.consumer.resume(&self.consumer.assignment()?)?;
        }
        if pause != self.paused {
            self.paused = pause;
            self.metrics().paused(pause);
        }
        Ok(())
    }

    /// Waits for what is under way, commits, and leaves the group.
    fn drain(self, deadline: Instant) -> Result<Ended, ConsumerError> {
        // Without our end of the queue the stages behind us end when they are empty.
        let Self {
            consumer,
            decoder,
            completions,
            ..
        } = self;
        drop((decoder, completions));
        let context = consumer.context();
        let partitions = context.state().assignment.partitions();
        context.state().assignment.forget_held(&partitions);
        let settled = context.settle_until(&partitions, deadline)?;
        let committed = context.commit(&consumer, CommitMode::Sync);
        let frontiers = context.state().assignment.frontiers();
        // Closing revokes the partitions; nothing of them is under way for us any more.
        context.state().assignment.revoke(&partitions);
        Ok(Ended {
            frontiers,
            drained: settled && committed,
        })
    }

    /// Decides whether an error ends the consumer; one that passes is counted and logged once.
    fn note(&mut self, error: KafkaError) -> Result<(), ConsumerError> {
        if matches!(error, KafkaError::MessageConsumptionFatal(_)) {
            return Err(error.into());
        }
        self.metrics().kafka_error();
        let text = error.to_string();
        let news = self
            .trouble
            .as_ref()
            .is_none_or(|(known, at)| *known != text || at.elapsed() >= LOG_AGAIN_AFTER);
        if news {
            tracing::warn!(error = %text, "the kafka consumer has trouble and goes on trying");
            self.trouble = Some((text, Instant::now()));
        }
        Ok(())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.consumer.context().state()
    }

    fn metrics(&self) -> &Metrics {
        self.consumer.context().metrics()
    }
}

/// The clock of a record: the broker's stamp where the topic stamps on append, which no producer can
/// forge; else the earlier of the producer's stamp and our clock.
fn clock_of(stamp: Timestamp, now_ms: EpochMs) -> EpochMs {
    match stamp {
        Timestamp::LogAppendTime(stamp) => stamp,
        Timestamp::CreateTime(stamp) => stamp.min(now_ms),
        Timestamp::NotAvailable => now_ms,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_of_a_record_is_the_brokers_stamp_or_the_earlier_of_producer_and_detector() {
        assert_eq!(clock_of(Timestamp::LogAppendTime(9_000), 5_000), 9_000);
        assert_eq!(clock_of(Timestamp::CreateTime(9_000), 5_000), 5_000);
        assert_eq!(clock_of(Timestamp::CreateTime(4_000), 5_000), 4_000);
        assert_eq!(clock_of(Timestamp::NotAvailable, 5_000), 5_000);
    }
}
