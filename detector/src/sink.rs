//! The sink: makes outcomes durable, one batch at a time and in order, then says so.
//!
//! Invariant: nothing is confirmed before both outputs have it: the broker has acknowledged the
//! verdicts, alerts and dead letters, the store has committed. Trouble that may pass is waited out with the
//! same batch for as long as it takes, which stops the stages before us one by one; trouble that
//! cannot pass stops the process. A batch is never skipped.

use crate::batch::Ack;
use crate::config::Share;
use crate::findings::Findings;
use crate::kafka::config::Topics;
use crate::kafka::dead_letters::{self, DeadLetter};
use crate::kafka::producer::{Message, Producer, is_hopeless, is_too_large};
use crate::live::Live;
use crate::metrics::{Ended, Metrics};
use crate::owner::Judged;
use crate::readiness::Readiness;
use crate::risk_feed::{EXPIRE_EVERY, RiskFeed};
use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use credsieve_models::alert::{Alert, News};
use credsieve_models::time::EpochMs;
use credsieve_store::{Batch as Durable, Outcome, SharedStore, StoreError};
use rdkafka::error::KafkaError;
use std::fmt::Display;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// Batches that wait are written together up to so many outcomes: the cost of a round trip is
/// shared under load and nobody waits when there is none.
const TOGETHER_OUTCOMES: usize = 8_192;
/// … and up to so many batches, which bounds what is under way.
pub const TOGETHER_BATCHES: usize = 16;

/// Room for a verdict as JSON; most take less.
const VERDICT_BYTES: usize = 1_280;

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
    #[error("the process ended while {0} was in trouble")]
    GaveUp(&'static str),
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

/// Batches that are written together.
#[derive(Default)]
struct Together {
    findings: Findings,
    dead: Vec<DeadLetter>,
    now_ms: EpochMs,
    acks: Vec<Ack>,
}

impl Together {
    fn add(&mut self, judged: Judged) {
        self.findings.add(judged.findings);
        self.dead.extend(judged.dead);
        self.now_ms = judged.now_ms;
        self.acks.push(judged.ack);
    }

    fn is_full(&self) -> bool {
        self.findings.outcomes.len() >= TOGETHER_OUTCOMES || self.acks.len() >= TOGETHER_BATCHES
    }
}

impl Sink {
    /// Works until the input has ended.
    ///
    /// # Errors
    /// When an output will never take what it is given, or the process ends before it does.
    pub async fn run(mut self, mut input: mpsc::Receiver<Judged>) -> Result<(), SinkError> {
        while let Some(first) = self.next(&mut input).await {
            let mut batch = Together::default();
            batch.add(first);
            while !batch.is_full()
                && let Ok(next) = input.try_recv()
            {
                batch.add(next);
            }
            self.write(&batch).await?;
            self.account(batch);
        }
        Ok(())
    }

    /// The next batch; while none comes, entities that are no longer hostile are taken out.
    async fn next(&mut self, input: &mut mpsc::Receiver<Judged>) -> Option<Judged> {
        loop {
            tokio::select! {
                biased;
                // The stream first; the other is housekeeping.
                judged = input.recv() => return judged,
                () = tokio::time::sleep(EXPIRE_EVERY) => {
                    if let Some(risk) = &mut self.risk {
                        risk.expire();
                    }
                }
            }
        }
    }

    /// Writes to both outputs at once, so that neither waits for the other; what is confirmed waits for
    /// both. Joined, never raced: a transaction of the store is not cancelled half way. Where one fails
    /// for good the process ends, and trouble of the other is no longer waited out.
    ///
    /// What was found out later is told first: after a crash nobody might find it out again, and the store
    /// would keep an alert that nobody heard.
    async fn write(&self, batch: &Together) -> Result<(), SinkError> {
        if batch.findings.tells_of_earlier() {
            self.publish(batch).await?;
            return self.keep(&batch.findings).await;
        }
        let end = |_: &SinkError| self.give_up.cancel();
        let (published, stored) = tokio::join!(
            async { self.publish(batch).await.inspect_err(end) },
            async { self.keep(&batch.findings).await.inspect_err(end) },
        );
        match (published, stored) {
            (Ok(()), done) | (done, Ok(())) => done,
            // The one that gave up did so because of the other.
            (Err(SinkError::GaveUp(_)), Err(error)) | (Err(error), Err(_)) => Err(error),
        }
    }

    /// To the broker: verdicts, alerts, dead letters, in this order.
    async fn publish(&self, batch: &Together) -> Result<(), SinkError> {
        let Some(kafka) = &self.kafka else {
            return Ok(());
        };
        let (producer, topics) = (&kafka.producer, &kafka.topics);
        let findings = &batch.findings;
        let published = findings.outcomes.iter().filter(|o| kafka.publishes(o));
        let verdicts = published.map(verdict_message).collect();
        self.send(producer, &topics.verdicts, verdicts).await?;
        let alerts = findings.alerts.iter().map(alert_message);
        let alerts: Vec<_> = alerts.collect::<Result<_, _>>()?;
        if !alerts.is_empty() {
            self.send(producer, &topics.alerts, alerts).await?;
        }
        let dead = batch.dead.iter().map(DeadLetter::message).collect();
        self.send(producer, &topics.dead_letters, dead).await
    }

    /// To the store.
    async fn keep(&self, findings: &Findings) -> Result<(), SinkError> {
        let durable = findings.to_store();
        if durable.is_empty() {
            return Ok(());
        }
        self.store(durable).await
    }

    async fn send(
        &self,
        producer: &Producer,
        topic: &str,
        mut messages: Vec<Message>,
    ) -> Result<(), SinkError> {
        let mut patience = self.patience("kafka");
        // Together, until the topic finds that too large; then each by itself.
        let mut waiting = Vec::new();
        let mut limit = dead_letters::CUT_PAYLOAD_BYTES;
        loop {
            let sent = tokio::select! {
                biased;
                // At the end of the process not even a delivery is waited for. Unlike a transaction
                // of the store it can be left half way: what is sent twice has the same id.
                () = self.give_up.cancelled() => return Err(SinkError::GaveUp("kafka")),
                sent = producer.send_all(topic, &mut messages) => sent,
            };
            match sent {
                Ok(()) => match waiting.pop() {
                    None => {
                        patience.over();
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
                Err(error) => patience.wait(&error).await?,
            }
        }
    }

    async fn store(&self, batch: Durable<'_>) -> Result<(), SinkError> {
        let mut patience = self.patience("store");
        loop {
            // Never raced against a timer: a transaction is not cancelled half way.
            match self.store.write_all(batch).await {
                Ok(()) => {
                    patience.over();
                    return Ok(());
                }
                Err(error) if error.is_transient() => patience.wait(&error).await?,
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

    fn patience(&self, output: &'static str) -> Patience<'_> {
        Patience {
            sink: self,
            output,
            since: Instant::now(),
            // The jitter keeps several detectors from knocking at the same moment.
            delays: ExponentialBuilder::new()
                .with_min_delay(Duration::from_millis(50))
                .with_max_delay(Duration::from_secs(5))
                .without_max_times()
                .with_jitter()
                .build(),
            troubled: false,
        }
    }
}

/// Waits out the trouble of one output with one batch. Logs its start and its end, once each.
struct Patience<'a> {
    sink: &'a Sink,
    output: &'static str,
    since: Instant,
    delays: ExponentialBackoff,
    troubled: bool,
}

impl Patience<'_> {
    async fn wait(&mut self, error: &impl Display) -> Result<(), SinkError> {
        self.sink.metrics.retry(self.output);
        if !self.troubled {
            self.troubled = true;
            tracing::warn!(output = self.output, %error, "an output is in trouble; the stream waits");
            let what = format!("{} to take the output again", self.output);
            self.sink.readiness.wait(self.output_part(), what);
        }
        let delay = self.delays.next().unwrap_or(Duration::from_secs(5));
        tokio::select! {
            biased;
            // The end of the process first: it has a deadline.
            () = self.sink.give_up.cancelled() => Err(SinkError::GaveUp(self.output)),
            () = tokio::time::sleep(delay) => Ok(()),
        }
    }

    fn over(self) {
        let took = self.since.elapsed();
        self.sink.metrics.wrote(self.output, took);
        if self.troubled {
            self.sink.readiness.ready(self.output_part());
            let seconds = took.as_secs();
            tracing::info!(output = self.output, seconds, "an output works again");
        }
    }

    fn output_part(&self) -> &'static str {
        match self.output {
            "kafka" => "kafka output",
            _ => "store output",
        }
    }
}

fn verdict_message(outcome: &Outcome) -> Message {
    // One user's verdicts stay in order in one partition.
    let key = outcome
        .context
        .username
        .as_deref()
        .unwrap_or(&outcome.verdict.event_id);
    let mut payload = Vec::with_capacity(VERDICT_BYTES);
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
