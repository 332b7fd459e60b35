//! The poll thread's place in its consumer group: which partitions are ours, and what is committed of them.
//!
//! librdkafka tells of rebalances by calls from within a poll, so what the thread and these calls share is
//! here, behind one lock that is never held over a wait for the broker. A partition is given away
//! only after what is under way of it is durable and committed, or the time for that is over.

use super::assignment::Assignment;
use super::ledger::LedgerError;
use crate::batch::Done;
use crate::metrics::Metrics;
use crate::readiness::Readiness;
use crate::restore;
use rdkafka::client::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer, ConsumerContext, Rebalance};
use rdkafka::error::{KafkaError, KafkaResult};
use rdkafka::topic_partition_list::TopicPartitionListElem;
use rdkafka::{Offset, TopicPartitionList};
use std::collections::BTreeMap;
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// How long records under way may take to become durable when their partition is taken away.
const REVOKE_WITHIN: Duration = Duration::from_secs(4);
/// How long the group's offsets may take to arrive when a partition becomes ours.
const OFFSETS_WITHIN: Duration = Duration::from_secs(10);
/// How long the broker may take to say how many partitions there are.
const ALL_WITHIN: Duration = Duration::from_secs(2);

/// What the process waits for here.
pub(super) const READY: &str = "kafka";

/// Where the group stands when the first partitions become ours: the committed offset of each that
/// has one. An error where the broker did not say.
pub type StartAt = Result<BTreeMap<i32, i64>, String>;

/// What the thread shares with the callbacks that librdkafka runs while it polls.
pub struct Context {
    state: Mutex<State>,
    metrics: Arc<Metrics>,
    readiness: Arc<Readiness>,
}

/// What is under way of each partition, and what the callbacks leave for the thread.
pub(super) struct State {
    pub(super) assignment: Assignment,
    done: Receiver<Vec<Done>>,
    start: Option<oneshot::Sender<StartAt>>,
    /// A ledger fault noticed inside a callback, which cannot return it.
    fault: Option<LedgerError>,
}

impl State {
    /// Takes the outcomes that have come back, without waiting.
    pub(super) fn settle(&mut self) -> Result<u64, LedgerError> {
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
    /// Before the first assignment. `done` brings back the outcomes of what was handed on; `start` is told once,
    /// where the group stood then.
    pub(super) fn new(
        done: Receiver<Vec<Done>>,
        start: oneshot::Sender<StartAt>,
        metrics: Arc<Metrics>,
        readiness: Arc<Readiness>,
    ) -> Self {
        Self {
            state: Mutex::new(State {
                assignment: Assignment::default(),
                done,
                start: Some(start),
                fault: None,
            }),
            metrics,
            readiness,
        }
    }

    pub(super) fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until nothing of these partitions is under way; answers false at the deadline.
    pub(super) fn settle_until(
        &self,
        partitions: &[i32],
        deadline: Instant,
    ) -> Result<bool, LedgerError> {
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
    pub(super) fn commit(&self, consumer: &BaseConsumer<Self>, mode: CommitMode) -> bool {
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
