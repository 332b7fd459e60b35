//! The pipeline: the only place where queues are made and stages are started and ended.
//!
//! ```text
//!  Kafka ─ poll thread ─┐ intake      decoded      judged
//!                       ├──────> decoder ───> owner ───> sink ─> Kafka verdicts, dead letters; store
//!  HTTP ── ingest ──────┘ (4)   thread   (4)  thread (8) task        │
//!           ^                                   ^ asks (1,024)       │ completions (64)
//!           └── accepted ── poll thread's ledgers ──────<────────────┘
//! ```
//!
//! Every queue is bounded. When one is full the stage before it waits, so a full output stops the
//! input; the poll thread alone never waits but pauses its partitions. `/v1/decide` has a queue of
//! its own, which the owner serves first.
//!
//! The first stage that fails ends the others: input stops, what is under way is made durable if it
//! can be, offsets are committed, the state is kept. All of it within [`END_WITHIN`].

use crate::batch::{Batch, Done};
use crate::config::DetectorConfig;
use crate::decode::{Decoded, Decoder};
use crate::enrich::{Enrich, EnrichError};
use crate::handle::EngineHandle;
use crate::ingest::Ingest;
use crate::kafka::KafkaConfig;
use crate::kafka::config::KafkaConfigError;
use crate::kafka::consumer::{self, ConsumerError, PollThread, StartAt};
use crate::kafka::producer::{Producer, ProducerError};
use crate::kafka_ingest::{self, KafkaIngest};
use crate::live::Live;
use crate::metrics::Metrics;
use crate::owner::{self, Judged, Owner};
use crate::pipeline_ingest::{self, PipelineIngest};
use crate::readiness::Readiness;
use crate::restore::Restore;
use crate::risk::{self, RiskBook, RiskMetrics, RiskPublisher};
use crate::sink::{Sink, SinkError, TOGETHER_BATCHES};
use crate::snapshot::{Snapshot, SnapshotError};
use credsieve_engine::Engine;
use credsieve_models::names::NameSet;
use credsieve_models::{HashSeed, KeyHasher, Policy};
use credsieve_store::{SharedStore, StoreError};
use rdkafka::error::KafkaError;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::sync_channel;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// Poll thread and HTTP → decoder, in batches. Full: the poll thread holds, then pauses; HTTP
/// answers that it is full.
const INTAKE: usize = 4;
/// Decoder → owner, in batches. Full: the decoder waits.
const DECODED: usize = 4;
/// Owner → sink, in batches: enough that the sink finds several to write together. Full: the owner
/// takes no more input and goes on answering questions.
const JUDGED: usize = 8;
/// Questions to the owner. Full: the handle answers busy at once, and the caller fails open.
const ASKS: usize = 1_024;
/// Sink → poll thread, in batches. Never full: it has room for all that can be under way.
const COMPLETIONS: usize = 64;
const _: () = assert!(COMPLETIONS > INTAKE + 1 + DECODED + 2 + JUDGED + TOGETHER_BATCHES);

/// How long the end may take, from the request to the state on disk.
pub const END_WITHIN: Duration = Duration::from_secs(9);
/// How long the poll thread waits for what is under way.
const DRAIN_WITHIN: Duration = Duration::from_secs(6);
/// How long trouble of an output is still waited out at the end.
const PATIENCE_AT_END: Duration = Duration::from_secs(5);

/// Why the detector ended, or could not start.
#[derive(Debug, thiserror::Error)]
pub enum DetectorError {
    /// The configuration of Kafka cannot be used.
    #[error(transparent)]
    KafkaConfig(#[from] KafkaConfigError),
    /// A client cannot be made.
    #[error("kafka client: {0}")]
    Client(#[from] KafkaError),
    /// The consumer cannot go on.
    #[error(transparent)]
    Consumer(#[from] ConsumerError),
    /// The producer cannot be made.
    #[error(transparent)]
    Producer(#[from] ProducerError),
    /// The sink cannot go on.
    #[error(transparent)]
    Sink(#[from] SinkError),
    /// The store does not answer at the start or the end.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A database of addresses cannot be used.
    #[error(transparent)]
    Enrich(#[from] EnrichError),
    /// The state cannot be kept.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    /// A thread cannot be made.
    #[error("a thread cannot be started: {0}")]
    Thread(#[from] std::io::Error),
    /// A stage died: a fault of ours.
    #[error("the {0} died")]
    Died(&'static str),
    /// What was under way did not become durable in time. It is read again at the next start.
    #[error("the stages did not end within {END_WITHIN:?}")]
    TooLate,
}

/// What a detector is made of.
pub struct Detector {
    /// Its configuration.
    pub config: DetectorConfig,
    /// The policy in force.
    pub policy: Arc<Policy>,
    /// The deployment's hash seed.
    pub seed: HashSeed,
    /// Names that attackers try first.
    pub names: Arc<NameSet>,
    /// The store.
    pub store: SharedStore,
    /// Ends the detector. The detector cancels it too, when a stage fails.
    pub shutdown: CancellationToken,
}

/// A detector at work: what the rest of the process shares with it.
pub struct Running {
    /// Asks the engine.
    pub handle: EngineHandle,
    /// Takes events over HTTP: through the broker where there is one, else straight in.
    pub ingest: Arc<dyn Ingest>,
    /// The last two minutes.
    pub live: Arc<Live>,
    /// What the process waits for.
    pub readiness: Arc<Readiness>,
    /// Counters.
    pub metrics: Arc<Metrics>,
    end: JoinHandle<Result<(), DetectorError>>,
}

impl Running {
    /// Waits for the end: after the shutdown was asked for, or a stage failed.
    ///
    /// # Errors
    /// Why a stage failed, or what could not be kept.
    pub async fn join(self) -> Result<(), DetectorError> {
        self.end
            .await
            .unwrap_or(Err(DetectorError::Died("supervisor")))
    }
}

impl Detector {
    /// Starts every stage.
    ///
    /// # Errors
    /// When a part cannot be made. Brokers and databases that are away are waited for instead.
    pub async fn start(self) -> Result<Running, DetectorError> {
        let metrics = Arc::new(Metrics::default());
        let readiness = Arc::new(Readiness::default());
        let live = Arc::new(Live::default());
        let hasher = KeyHasher::new(self.seed);
        let stages = Stages {
            shutdown: self.shutdown.clone(),
        };
        let give_up = CancellationToken::new();

        let (intake, from_intake) = mpsc::channel::<Batch>(INTAKE);
        let (decoded, from_decoder) = mpsc::channel::<Decoded>(DECODED);
        let (judged, from_owner) = mpsc::channel::<Judged>(JUDGED);
        let completions = sync_channel::<Vec<Done>>(COMPLETIONS);
        let (start, starts_at) = oneshot::channel::<StartAt>();
        let (handle, asks) = EngineHandle::new(ASKS);

        // The last stage first: each is there when the one before it begins.
        let sink = Sink {
            store: Arc::clone(&self.store),
            kafka: self.config.kafka.as_ref().map(output).transpose()?,
            risk: self
                .config
                .kafka
                .as_ref()
                .map(|kafka| self.risk(kafka, &metrics))
                .transpose()?,
            live: Arc::clone(&live),
            metrics: Arc::clone(&metrics),
            readiness: Arc::clone(&readiness),
            give_up: give_up.clone(),
        };
        let sink = stages.task(async move { Ok(sink.run(from_owner).await?) });

        let owner = Owner::new(
            Engine::new(Arc::clone(&self.policy), self.seed),
            self.config.keep_allows,
            Arc::clone(&metrics),
        );
        let restore = self.restore(&metrics, &readiness);
        let wiring = owner::Wiring {
            asks,
            start: starts_at,
            restore: Box::new(move |start| restore.at(&start)),
            input: from_decoder,
            output: judged,
        };
        let owner = stages.thread("owner", move || own(owner, wiring))?;

        let enrich = Enrich::open(
            self.config.asn_database.as_deref(),
            self.config.country_database.as_deref(),
        )?;
        let mut decoder = Decoder::new(
            hasher.clone(),
            Arc::clone(&self.names),
            enrich,
            &self.policy,
        );
        let (poll, ingest, pipeline_ingest): (_, Arc<dyn Ingest>, _) = match &self.config.kafka {
            Some(kafka) => {
                let wiring = consumer::Wiring {
                    decoder: intake,
                    completions,
                    start,
                    metrics: Arc::clone(&metrics),
                    readiness: Arc::clone(&readiness),
                    shutdown: self.shutdown.clone(),
                };
                let poll = PollThread::subscribe(&kafka.consumer()?, &kafka.topics.logins, wiring)?;
                let poll = stages.thread("poll thread", move || Ok(poll.run(DRAIN_WITHIN)?))?;
                let capacity = kafka_ingest::IN_FLIGHT;
                let topic = &kafka.topics.logins;
                let ingest = KafkaIngest::new(&kafka.client()?, topic, hasher, capacity)?;
                (Some(poll), Arc::new(ingest), None)
            }
            None => {
                let reached = reached(&self.store).await?;
                decoder.next_http = reached.get(&0).copied().unwrap_or(0);
                // The owner is there and listens; it cannot be gone yet.
                drop(start.send(Ok(reached)));
                let ingest = Arc::new(PipelineIngest::new(intake, Arc::clone(&metrics)));
                (None, Arc::clone(&ingest) as Arc<dyn Ingest>, Some(ingest))
            }
        };
        let decoder = stages.thread("decoder", move || {
            decode(decoder, from_intake, &decoded);
            Ok(())
        })?;

        let end = End {
            shutdown: self.shutdown,
            give_up,
            ingest: pipeline_ingest,
            poll,
            decoder,
            owner,
            sink,
            store: self.store,
            source: source(&self.config),
            state_file: self.config.state_file,
        };
        Ok(Running {
            handle,
            ingest,
            live,
            readiness,
            metrics,
            end: tokio::spawn(end.run()),
        })
    }

    fn risk(
        &self,
        kafka: &KafkaConfig,
        metrics: &Metrics,
    ) -> Result<(RiskBook, RiskPublisher), DetectorError> {
        let counters = RiskMetrics::default();
        metrics.register(|registry| counters.register(registry));
        let book = RiskBook::new(risk::BOOK_CAPACITY, self.policy.decision.remember.ms);
        let topic = kafka.topics.risk.clone();
        // The task ends by itself when the sink, which holds the giving end, has ended.
        let (publisher, _task) = RiskPublisher::start(&kafka.client()?, topic, counters)?;
        Ok((book, publisher))
    }

    fn restore(&self, metrics: &Arc<Metrics>, readiness: &Arc<Readiness>) -> Restore {
        Restore {
            path: self.config.state_file.clone(),
            source: source(&self.config),
            policy: Arc::clone(&self.policy),
            seed: self.seed,
            readiness: Arc::clone(readiness),
            metrics: Arc::clone(metrics),
        }
    }
}

fn source(config: &DetectorConfig) -> String {
    match &config.kafka {
        Some(kafka) => kafka.topics.logins.clone(),
        None => pipeline_ingest::SOURCE.to_owned(),
    }
}

fn output(kafka: &KafkaConfig) -> Result<(Producer, crate::kafka::config::Topics), ProducerError> {
    Ok((Producer::new(kafka)?, kafka.topics.clone()))
}

async fn reached(store: &SharedStore) -> Result<BTreeMap<i32, i64>, StoreError> {
    Ok(store
        .reached(pipeline_ingest::SOURCE)
        .await?
        .into_iter()
        .collect())
}

/// The decoder's thread: ends when nobody can send any more, or nobody listens.
fn decode(mut decoder: Decoder, mut input: mpsc::Receiver<Batch>, output: &mpsc::Sender<Decoded>) {
    while let Some(batch) = input.blocking_recv() {
        if output.blocking_send(decoder.decode(batch)).is_err() {
            break;
        }
    }
}

/// The owner's thread, with a runtime for its queues alone.
fn own(owner: Owner, wiring: owner::Wiring) -> Result<Engine, DetectorError> {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    Ok(runtime.block_on(owner.run(wiring)))
}

type Stage<T> = oneshot::Receiver<Result<T, DetectorError>>;

/// Starts stages. One that ends, by itself, by an error or by a panic, ends the others.
struct Stages {
    shutdown: CancellationToken,
}

impl Stages {
    fn thread<T: Send + 'static>(
        &self,
        name: &'static str,
        work: impl FnOnce() -> Result<T, DetectorError> + Send + 'static,
    ) -> Result<Stage<T>, std::io::Error> {
        let (result, stage) = oneshot::channel();
        let end = self.shutdown.clone().drop_guard();
        std::thread::Builder::new()
            .name(name.into())
            .spawn(move || {
                // Nobody listens only where the process has given up on us.
                drop(result.send(work()));
                drop(end);
            })?;
        Ok(stage)
    }

    fn task(
        &self,
        work: impl Future<Output = Result<(), DetectorError>> + Send + 'static,
    ) -> Stage<()> {
        let (result, stage) = oneshot::channel();
        let end = self.shutdown.clone().drop_guard();
        tokio::spawn(async move {
            drop(result.send(work.await));
            drop(end);
        });
        stage
    }
}

/// The end, which waits from the start on.
struct End {
    shutdown: CancellationToken,
    give_up: CancellationToken,
    ingest: Option<Arc<PipelineIngest>>,
    poll: Option<Stage<consumer::Ended>>,
    decoder: Stage<()>,
    owner: Stage<Engine>,
    sink: Stage<()>,
    store: SharedStore,
    source: String,
    state_file: Option<PathBuf>,
}

impl End {
    async fn run(self) -> Result<(), DetectorError> {
        self.shutdown.cancelled().await;
        tracing::info!("the detector ends: input stops, what is under way is made durable");
        let give_up = self.give_up.clone();
        tokio::spawn(async move {
            tokio::time::sleep(PATIENCE_AT_END).await;
            give_up.cancel();
        });
        let ended = tokio::time::timeout(END_WITHIN, self.finish()).await;
        ended.unwrap_or(Err(DetectorError::TooLate))
    }

    /// Awaits the stages in the order of the stream: each ends when the one before it has ended and
    /// its queue is empty. The stage that failed is the one with an error; the others just end.
    async fn finish(self) -> Result<(), DetectorError> {
        if let Some(ingest) = &self.ingest {
            ingest.close();
        }
        let poll = match self.poll {
            Some(poll) => Some(ended("poll thread", poll).await),
            None => None,
        };
        let decoder = ended("decoder", self.decoder).await;
        let owner = ended("owner", self.owner).await;
        ended("sink", self.sink).await?;
        let (poll, (), engine) = (poll.transpose()?, decoder?, owner?);
        let positions = match poll {
            Some(ended) if ended.drained => ended.frontiers,
            Some(_) => {
                tracing::warn!("the state is not kept: offsets lie behind what it has seen");
                return Ok(());
            }
            None => reached(&self.store).await?,
        };
        let Some(path) = self.state_file else {
            return Ok(());
        };
        let source = self.source;
        let write = move || Snapshot::of(&engine, &source, positions)?.write(&path);
        tokio::task::spawn_blocking(write)
            .await
            .map_err(|_| DetectorError::Died("writer of the state"))??;
        tracing::info!("the state is kept");
        Ok(())
    }
}

async fn ended<T>(name: &'static str, stage: Stage<T>) -> Result<T, DetectorError> {
    stage.await.unwrap_or(Err(DetectorError::Died(name)))
}
