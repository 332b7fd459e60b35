//! The sink: makes outcomes durable in order, then says so.
//!
//! Two steps, each with the batches that wait for it: what is published to the broker, and then kept in the
//! store. While the store writes some the broker takes the next, so a verdict is read in the topic before it
//! is stored. A transaction costs much the same however little it writes, so after each the store rests, unless
//! somebody waits for it, and what is published in the meantime is written together (`sink/together.rs`).
//! What was found out later is told before it is kept, too: after a crash nobody might find it out again,
//! and the store would hold an alert that nobody heard.
//!
//! Invariant: nothing is confirmed before both outputs have it: the broker has acknowledged the
//! verdicts, alerts and dead letters, the store has committed. Trouble that may pass is waited out with the
//! same batch for as long as it takes ([`crate::patience`]), which stops the stages before us one by one; trouble that
//! cannot pass stops the process. A batch is never skipped.

mod together;

pub use together::MOST_BATCHES;

use crate::config::Share;
use crate::kafka::config::Topics;
use crate::kafka::dead_letters::{self, DeadLetter};
use crate::kafka::producer::{Message, Producer, is_hopeless, is_too_large};
use crate::live::Live;
use crate::metrics::{Ended, Metrics};
use crate::owner::Judged;
use crate::patience::{GaveUp, Patience};
use crate::readiness::Readiness;
use crate::risk_feed::{EXPIRE_EVERY, RiskFeed};
use credsieve_models::Verdict;
use credsieve_models::alert::{Alert, News};
use credsieve_store::{Batch as Durable, Outcome, SharedStore, StoreError};
use rdkafka::error::KafkaError;
use std::sync::Arc;
use std::time::{Duration, Instant};
use together::{Gathering, PUBLISHED, Together};
use tokio::sync::mpsc;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

/// The store rests after a transaction for so many times as long as that took …
const REST: u32 = 9;
/// … and never for longer: people look at it, and what is not stored is read again after a crash.
const LONGEST_REST: Duration = Duration::from_millis(250);

/// From so many verdicts on, published together, more are on their way: publishing waits for some of them, since a
/// request costs the broker and everybody behind it much the same whatever it holds. Fewer wait for nobody.
const CROWD: usize = 32;
/// How long it waits.
const CROWD_REST: Duration = Duration::from_millis(2);

/// The sink cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum SinkError {
    /// The broker will never take this.
    #[error("kafka does not take the output: {0}")]
    Kafka(#[from] KafkaError),
    /// The store will never take this.
    #[error("the store does not take the output: {0}")]
    Store(#[from] StoreError),
    /// The process is ending and an output is still in trouble. What is not confirmed is read again.
    #[error(transparent)]
    GaveUp(#[from] GaveUp),
    /// An alert cannot be written as JSON: a fault of ours.
    #[error("an alert cannot be written: {0}")]
    Json(#[from] serde_json::Error),
}

/// The sink's parts.
pub struct Sink {
    /// The store.
    pub store: SharedStore,
    /// Kafka, where it is configured.
    pub kafka: Option<KafkaOutput>,
    /// The hostile entities, for API nodes that do not see the stream.
    pub risk: Option<RiskFeed>,
    /// The last two minutes, for the overview page.
    pub live: Arc<Live>,
    /// Counters.
    pub metrics: Arc<Metrics>,
    /// What the process waits for.
    pub readiness: Arc<Readiness>,
    /// From here on trouble is no longer waited out.
    pub give_up: CancellationToken,
}

/// Where the sink publishes.
pub struct KafkaOutput {
    /// The producer.
    pub producer: Producer,
    /// The topics' names.
    pub topics: Topics,
    /// The share of plain allows that are published.
    pub allows: Share,
}

impl KafkaOutput {
    fn publishes(&self, outcome: &Outcome) -> bool {
        !outcome.is_plain_allow() || self.allows.takes(outcome.verdict.verdict_id.0)
    }
}

impl Sink {
    /// Works until the input has ended.
    ///
    /// # Errors
    /// When an output will never take what it is given, or the process ends before it does.
    pub async fn run(self, input: mpsc::Receiver<Judged>) -> Result<(), SinkError> {
        let patience = Patience {
            metrics: Arc::clone(&self.metrics),
            readiness: self.readiness,
            give_up: self.give_up.clone(),
        };
        let publisher = Publisher {
            kafka: self.kafka,
            patience: patience.clone(),
        };
        let keeper = Keeper {
            store: self.store,
            risk: self.risk,
            live: self.live,
            metrics: self.metrics,
            patience,
        };
        let (to_keeper, published) = mpsc::channel(PUBLISHED);
        // Joined, never raced: a transaction of the store is not cancelled half way. Where one fails for good the
        // process ends, and trouble of the other is no longer waited out.
        let end = |_: &SinkError| self.give_up.cancel();
        let done = tokio::join!(
            async { publisher.run(input, to_keeper).await.inspect_err(end) },
            async { keeper.run(published).await.inspect_err(end) },
        );
        match done {
            (Ok(()), done) | (done, Ok(())) => done,
            // The one that gave up did so because of the other.
            (Err(SinkError::GaveUp(_)), Err(error)) | (Err(error), Err(_)) => Err(error),
        }
    }
}

/// The first step: to the broker.
struct Publisher {
    kafka: Option<KafkaOutput>,
    patience: Patience,
}

impl Publisher {
    async fn run(
        self,
        mut input: mpsc::Receiver<Judged>,
        published: mpsc::Sender<Together>,
    ) -> Result<(), SinkError> {
        loop {
            let first = tokio::select! {
                biased;
                // The store takes no more: it says why.
                () = published.closed() => return Ok(()),
                first = input.recv() => first,
            };
            let Some(first) = first else { return Ok(()) };
            let mut batch = Together::from(first);
            batch.add_waiting(&mut input);
            let verdicts = self.publish(&batch).await?;
            batch.forget_payloads();
            let crowded = is_crowd(verdicts, batch.was_cut());
            if published.send(batch).await.is_err() {
                return Ok(());
            }
            if crowded {
                sleep(CROWD_REST).await;
            }
        }
    }

    /// Verdicts, alerts, dead letters, in this order. Answers how many verdicts there were.
    async fn publish(&self, batch: &Together) -> Result<usize, SinkError> {
        let Some(kafka) = &self.kafka else {
            return Ok(0);
        };
        let (producer, topics) = (&kafka.producer, &kafka.topics);
        let findings = &batch.findings;
        let published = findings.outcomes.iter().filter(|o| kafka.publishes(o));
        let verdicts: Vec<_> = published.map(verdict_message).collect();
        let count = verdicts.len();
        self.send(producer, &topics.verdicts, verdicts).await?;
        let alerts = findings.alerts.iter().map(alert_message);
        let alerts: Vec<_> = alerts.collect::<Result<_, _>>()?;
        self.send(producer, &topics.alerts, alerts).await?;
        let dead = batch.dead.iter().map(DeadLetter::message).collect();
        self.send(producer, &topics.dead_letters, dead).await?;
        Ok(count)
    }

    async fn send(
        &self,
        producer: &Producer,
        topic: &str,
        mut messages: Vec<Message>,
    ) -> Result<(), SinkError> {
        if messages.is_empty() {
            return Ok(());
        }
        let mut trouble = self.patience.with("kafka");
        // Together, until the topic finds that too large; then each by itself.
        let mut waiting = Vec::new();
        let mut limit = dead_letters::CUT_PAYLOAD_BYTES;
        loop {
            let sent = tokio::select! {
                biased;
                // At the end of the process not even a delivery is waited for. Unlike a transaction
                // of the store it can be left half way: what is sent twice has the same id.
                () = self.patience.give_up.cancelled() => return Err(GaveUp("kafka").into()),
                sent = producer.send_all(topic, &mut messages) => sent,
            };
            match sent {
                Ok(()) => match waiting.pop() {
                    None => {
                        trouble.over();
                        return Ok(());
                    }
                    Some(next) => {
                        messages.push(next);
                        limit = dead_letters::CUT_PAYLOAD_BYTES;
                    }
                },
                Err(error) if is_too_large(&error) && messages.len() > 1 => {
                    waiting = messages.split_off(1);
                    waiting.reverse();
                }
                // Verdicts are small; a dead letter can be as large as what the broker ever took.
                Err(error) if is_too_large(&error) && limit >= dead_letters::LEAST_BYTES => {
                    for message in &mut messages {
                        dead_letters::cut(message, limit);
                    }
                    limit /= 4;
                }
                Err(error) if is_hopeless(&error) => return Err(error.into()),
                Err(error) => trouble.wait(&error).await?,
            }
        }
    }
}

/// The second step: to the store. Then all is durable.
struct Keeper {
    store: SharedStore,
    risk: Option<RiskFeed>,
    live: Arc<Live>,
    metrics: Arc<Metrics>,
    patience: Patience,
}

impl Keeper {
    async fn run(mut self, published: mpsc::Receiver<Together>) -> Result<(), SinkError> {
        let mut gathering = Gathering::of(published);
        while let Some(group) = self.next(&mut gathering).await {
            let durable = group.findings.to_store();
            if durable.is_empty() {
                self.account(group);
                continue;
            }
            let begun = Instant::now();
            gathering.during(self.keep(durable)).await?;
            let rest = (begun.elapsed() * REST).min(LONGEST_REST);
            self.account(group);
            gathering.at_most_during(sleep(rest)).await;
        }
        Ok(())
    }

    /// The next group; while none comes, entities that are no longer hostile are taken out.
    async fn next(&mut self, gathering: &mut Gathering) -> Option<Together> {
        loop {
            tokio::select! {
                biased;
                // The stream first; the other is housekeeping.
                group = gathering.next() => return group,
                () = sleep(EXPIRE_EVERY) => {
                    if let Some(risk) = &mut self.risk {
                        risk.expire();
                    }
                }
            }
        }
    }

    async fn keep(&self, batch: Durable<'_>) -> Result<(), SinkError> {
        let mut trouble = self.patience.with("store");
        loop {
            // Never raced against a timer: a transaction is not cancelled half way.
            match self.store.write_all(batch).await {
                Ok(()) => {
                    trouble.over();
                    return Ok(());
                }
                Err(error) if error.is_transient() => trouble.wait(&error).await?,
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Everything is durable: counts it, shows it, and tells those who wait.
    fn account(&mut self, batch: Together) {
        let findings = &batch.findings;
        self.metrics.findings(findings);
        for dead in &batch.dead {
            self.metrics.dead_letter(dead.reject.kind);
        }
        // A revision is no outcome of a record: its attempt has had one.
        let of_records = findings.outcomes.iter().filter(|o| !o.is_revision());
        self.metrics.ended(Ended::Verdict, of_records.count());
        self.metrics.ended(Ended::DeadLetter, batch.dead.len());
        self.metrics.ended(Ended::Repeat, findings.repeats);
        self.live.record(&findings.outcomes, crate::now_ms());
        self.live
            .record_campaigns(&findings.campaigns, &findings.alerts);
        if let Some(risk) = &mut self.risk {
            risk.observe(&findings.outcomes, &findings.beside, batch.now_ms);
        }
        for ack in batch.acks {
            ack.confirm();
        }
    }
}

/// Whether more verdicts are to be waited for. Where a group was cut they are there already.
fn is_crowd(verdicts: usize, was_cut: bool) -> bool {
    verdicts >= CROWD && !was_cut
}

fn verdict_message(outcome: &Outcome) -> Message {
    // One user's verdicts stay in order in one partition.
    let key = outcome
        .context
        .username
        .as_deref()
        .unwrap_or(&outcome.verdict.event_id);
    let mut payload = Vec::with_capacity(Verdict::JSON_BYTES);
    outcome.verdict.write_json(&mut payload);
    Message {
        key: Some(key.as_bytes().to_vec()),
        payload: Some(payload),
        headers: None,
    }
}

fn alert_message(alert: &Alert) -> Result<Message, serde_json::Error> {
    // What is said of one campaign, or of one user, stays in order in one partition.
    let key = match &alert.news {
        News::AccountTakeover(takeover) => match &takeover.username {
            Some(username) => username.clone(),
            None => takeover.event_id.clone(),
        },
        News::Campaign { campaign } => campaign.id.to_string(),
    };
    Ok(Message {
        key: Some(key.into_bytes()),
        payload: Some(serde_json::to_vec(alert)?),
        headers: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn publishing_waits_for_more_where_many_come_and_none_are_there_yet() {
        assert!(is_crowd(CROWD, false));
        assert!(!is_crowd(CROWD - 1, false), "few wait for nobody");
        assert!(!is_crowd(CROWD, true), "a backlog is there already");
        assert!(!is_crowd(0, false), "nothing was sent");
    }
}
