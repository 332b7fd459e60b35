//! The poll thread: reads `logins`, hands batches on, commits what is durable.
//!
//! A thread with a blocking client rather than an async stream: rebalances are served by whoever
//! polls, and nothing here may stop polling for long, or the group takes our partitions away. So the thread
//! never blocks on the stages behind it. When they are full it holds a few batches and does not poll for a second
//! at most; then it pauses the partitions and polls on.
//!
//! Offsets move through the ledgers of [`Assignment`] and are committed here alone: about once a
//! second, before partitions are given away, and at the end.

use super::assignment::{Assignment, BATCH_RECORDS};
use super::ledger::LedgerError;
use crate::batch::{Ack, Batch, Done, Record};
use crate::metrics::Metrics;
use crate::readiness::Readiness;
use crate::restore;
use credsieve_models::time::EpochMs;
use credsieve_store::Origin;
use rdkafka::client::ClientContext;
use rdkafka::config::{ClientConfig, RDKafkaLogLevel};
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer, ConsumerContext, Rebalance};
use rdkafka::error::{KafkaError, KafkaResult};
use rdkafka::message::{BorrowedMessage, Message, Timestamp};
use rdkafka::topic_partition_list::TopicPartitionListElem;
use rdkafka::{Offset, TopicPartitionList};
use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, SyncSender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

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
/// How long records under way may take to become durable when their partition is taken away.
const REVOKE_WITHIN: Duration = Duration::from_secs(4);
/// How long the group's offsets may take to arrive when a partition becomes ours.
const OFFSETS_WITHIN: Duration = Duration::from_secs(10);
/// How long the broker may take to say how many partitions there are.
const ALL_WITHIN: Duration = Duration::from_secs(2);
/// The same trouble is not logged again within this time.
const LOG_AGAIN_AFTER: Duration = Duration::from_mins(1);

const READY: &str = "kafka";

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

/// Where the group stands when the first partitions become ours: the committed offset of each that
/// has one. An error where the broker did not say.
pub type StartAt = Result<BTreeMap<i32, i64>, String>;

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

/// What the thread shares with the callbacks that librdkafka runs while it polls.
pub struct Context {
    state: Mutex<State>,
    metrics: Arc<Metrics>,
    readiness: Arc<Readiness>,
}

struct State {
    assignment: Assignment,
    done: Receiver<Vec<Done>>,
    start: Option<oneshot::Sender<StartAt>>,
    /// A ledger fault noticed inside a callback, which cannot return it.
    fault: Option<LedgerError>,
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
        let context = Context {
            state: Mutex::new(State {
                assignment: Assignment::default(),
                done,
                start: Some(wiring.start),
                fault: None,
            }),
            metrics: wiring.metrics,
            readiness: wiring.readiness,
        };
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
        &self.consumer.context().metrics
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

impl State {
    /// Takes the outcomes that have come back, without waiting.
    fn settle(&mut self) -> Result<u64, LedgerError> {
        if let Some(fault) = self.fault {
            return Err(fault);
        }
        let mut stale = 0;
        while let Ok(done) = self.done.try_recv() {
            stale += self.assignment.complete(&done)?;
        }
        Ok(stale)
    }
}

impl Context {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until nothing of these partitions is under way; answers false at the deadline.
    fn settle_until(&self, partitions: &[i32], deadline: Instant) -> Result<bool, LedgerError> {
        let mut state = self.state();
        loop {
            let late = state.settle()?;
            self.metrics.stale(late);
            if state.assignment.is_settled(partitions) {
                return Ok(true);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            match state.done.recv_timeout(left) {
                Ok(done) => self.metrics.stale(state.assignment.complete(&done)?),
                // The deadline, or no batch is under way any more: the stages behind us gave up.
                Err(_) => return Ok(false),
            }
        }
    }

    /// Commits the frontiers that the group does not know yet. Answers whether it worked (for an
    /// asynchronous commit: whether it is on its way).
    fn commit(&self, consumer: &BaseConsumer<Self>, mode: CommitMode) -> bool {
        let topics = match consumer.subscription() {
            Ok(topics) => topics,
            Err(error) => return Self::not_committed(&error),
        };
        let Some(topic) = topics
            .elements()
            .first()
            .map(|topic| topic.topic().to_owned())
        else {
            return false;
        };
        let offsets = self.state().assignment.uncommitted();
        if offsets.is_empty() {
            return true;
        }
        let mut list = TopicPartitionList::with_capacity(offsets.len());
        for (partition, offset) in &offsets {
            let added = list.add_partition_offset(&topic, *partition, Offset::Offset(*offset));
            if let Err(error) = added {
                return Self::not_committed(&error);
            }
        }
        match consumer.commit(&list, mode) {
            Ok(()) => {
                let mut state = self.state();
                for (partition, offset) in offsets {
                    state.assignment.committed(partition, Some(offset));
                }
                true
            }
            Err(error) => Self::not_committed(&error),
        }
    }

    /// No reason to stop: the records are durable, at worst they are read and dropped again.
    fn not_committed(error: &KafkaError) -> bool {
        tracing::warn!(%error, "offsets could not be committed");
        false
    }

    /// Partitions become ours: asks where the group stands there.
    fn assigned(&self, consumer: &BaseConsumer<Self>, list: &TopicPartitionList) {
        self.metrics.rebalance("assign");
        let committed = if list.count() == 0 {
            Ok(TopicPartitionList::new())
        } else {
            consumer.committed_offsets(list.clone(), OFFSETS_WITHIN)
        };
        let known: StartAt = match &committed {
            Ok(offsets) => Ok(offsets
                .elements()
                .iter()
                .filter_map(|element| {
                    Some((element.partition(), committed_offset(element.offset())?))
                })
                .collect()),
            Err(error) => Err(error.to_string()),
        };
        let partitions = numbers(list);
        tracing::info!(?partitions, "partitions are assigned");
        let mut state = self.state();
        state.assignment.assign(partitions.iter().map(|partition| {
            let offset = known.as_ref().ok().and_then(|known| known.get(partition));
            (*partition, offset.copied())
        }));
        if !partitions.is_empty()
            && let Some(start) = state.start.take()
        {
            restore::awaited(&self.readiness);
            // A receiver that is gone has ended with the process.
            drop(start.send(known));
        }
        drop(state);
        self.note_partitions(consumer);
        self.readiness.ready(READY);
    }

    /// Says which partitions are ours. A part of them is worth a warning: verdicts depend on what
    /// the windows have seen, and each detector's see its own part alone.
    fn note_partitions(&self, consumer: &BaseConsumer<Self>) {
        let ours = self.state().assignment.partitions();
        if ours.is_empty() {
            self.readiness
                .note(READY, "no partition is assigned: standing by");
            return;
        }
        let all = consumer.subscription().ok().and_then(|topics| {
            let topic = topics.elements().first()?.topic().to_owned();
            let metadata = consumer.fetch_metadata(Some(&topic), ALL_WITHIN).ok()?;
            Some(metadata.topics().first()?.partitions().len())
        });
        let note = match all {
            Some(all) if ours.len() < all => {
                tracing::warn!(?ours, all, "the windows see a part of the stream alone");
                format!("partitions {ours:?} of {all}: the windows see a part of the stream alone")
            }
            _ => format!("partitions {ours:?}"),
        };
        self.readiness.note(READY, note);
    }

    /// Partitions are taken away: what is under way becomes durable and is committed first, so that
    /// the next owner does not do it again.
    fn revoked(&self, consumer: &BaseConsumer<Self>, list: &TopicPartitionList) {
        let partitions = numbers(list);
        self.state().assignment.forget_held(&partitions);
        if consumer.assignment_lost() {
            // Somebody else may be reading them already; it is too late to commit.
            self.metrics.rebalance("lost");
            tracing::warn!(?partitions, "partitions are lost");
        } else {
            self.metrics.rebalance("revoke");
            match self.settle_until(&partitions, Instant::now() + REVOKE_WITHIN) {
                Ok(true) => tracing::info!(?partitions, "partitions are given away"),
                Ok(false) => tracing::warn!(
                    ?partitions,
                    "partitions are given away with records under way, which will be read again"
                ),
                Err(fault) => self.state().fault = Some(fault),
            }
            if !partitions.is_empty() && self.state().fault.is_none() {
                self.commit(consumer, CommitMode::Sync);
            }
        }
        self.state().assignment.revoke(&partitions);
        if !self.state().assignment.partitions().is_empty() {
            self.note_partitions(consumer);
        }
    }
}

impl ClientContext for Context {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        super::log(level, facility, message);
    }

    fn error(&self, _: KafkaError, _: &str) {
        // The poll that follows returns it, and there it is counted and logged.
    }
}

impl ConsumerContext for Context {
    fn pre_rebalance(&self, consumer: &BaseConsumer<Self>, event: &Rebalance<'_>) {
        match event {
            Rebalance::Assign(list) => self.assigned(consumer, list),
            Rebalance::Revoke(list) => self.revoked(consumer, list),
            Rebalance::Error(error) => tracing::warn!(%error, "a rebalance failed"),
        }
    }

    fn commit_callback(&self, result: KafkaResult<()>, offsets: &TopicPartitionList) {
        if let Err(error) = result {
            Self::not_committed(&error);
            let mut state = self.state();
            for partition in numbers(offsets) {
                // Unknown now, so the next round tries again.
                state.assignment.committed(partition, None);
            }
        }
    }
}

fn numbers(list: &TopicPartitionList) -> Vec<i32> {
    list.elements()
        .iter()
        .map(TopicPartitionListElem::partition)
        .collect()
}

fn committed_offset(offset: Offset) -> Option<i64> {
    match offset {
        Offset::Offset(offset) => Some(offset),
        _ => None,
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
