//! The pipeline: the only place where queues are made and stages are started and ended.
//!
//! ```text
//!  Kafka ─ poll thread ─┐ intake      decoded      judged
//!                       ├──────> decoder ───> owner ───> sink ─> Kafka verdicts, dead letters; store
//!  HTTP ── ingest ──────┘ (4)   thread   (4)  thread(16) task        │
//!           ^                                   ^ asks (4,096)       │ completions (4,096)
//!           └── accepted ── poll thread's ledgers ──────<────────────┘
//! ```
//!
//! Every queue is bounded. When one is full the stage before it waits, so a full output stops the
//! input; the poll thread alone never waits long but pauses its partitions. `/v1/decide` has a queue of
//! its own, which the owner serves first.
//!
//! How stages end: [`crate::stages`].

use crate::batch::{Batch, Done};
use crate::config::DetectorConfig;
use crate::decode::{Decoded, Decoder};
use crate::enrich::{Enrich, EnrichError};
use crate::handle::EngineHandle;
use crate::ingest::Ingest;
use crate::kafka::config::KafkaConfigError;
use crate::kafka::consumer::{self, ConsumerError, PollThread, StartAt};
use crate::kafka::producer::{Producer, ProducerError};
use crate::kafka_ingest::{self, KafkaIngest};
use crate::live::Live;
use crate::metrics::Metrics;
use crate::owner::{self, Judged, Owner};
use crate::pipeline_ingest::{self, PipelineIngest};
use crate::readiness::Readiness;
use crate::restore::{self, Restore};
use crate::risk::{self, RiskBook, RiskMetrics, RiskPublisher};
use crate::risk_feed::RiskFeed;
use crate::sink::{KafkaOutput, MOST_BATCHES, Sink, SinkError};
use crate::snapshot::SnapshotError;
use crate::stages::{END_WITHIN, End, Stage, Stages, reached};
use credsieve_engine::Engine;
use credsieve_models::names::NameSet;
use credsieve_models::{HashSeed, KeyHasher, Policy};
use credsieve_store::{SharedStore, StoreError};
use rdkafka::error::KafkaError;
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
const JUDGED: usize = 16;
/// Questions to the owner, a batch as many as are in it: some tens of milliseconds of work. Full: the
/// handle answers busy at once, and the caller fails open.
const ASKS: usize = 4_096;
/// Sink → poll thread, in batches. Never full: it has room for all that can be under way.
const COMPLETIONS: usize = 4_096;
const _: () = assert!(COMPLETIONS > INTAKE + 1 + DECODED + 2 + JUDGED + MOST_BATCHES);

/// How long the poll thread waits, at the end, for what is under way.
const DRAIN_WITHIN: Duration = Duration::from_secs(6);

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

/// What every stage is given besides its queues.
#[derive(Clone, Default)]
struct Shared {
    metrics: Arc<Metrics>,
    readiness: Arc<Readiness>,
    live: Arc<Live>,
}

/// The first stage and its ways in.
struct Input {
    /// The way in over HTTP.
    ingest: Arc<dyn Ingest>,
    /// The same, where it leads into our own queue and so has to be closed at the end.
    own_ingest: Option<Arc<PipelineIngest>>,
    /// The poll thread, where there is Kafka.
    poll: Option<Stage<consumer::Ended>>,
    /// The number of the next attempt over HTTP, where it comes straight in.
    next_http: i64,
}

impl Detector {
    /// Starts every stage, the last one first: each is there when the one before it begins.
    ///
    /// # Errors
    /// When a part cannot be made. Brokers and databases that are away are waited for instead.
    pub async fn start(self) -> Result<Running, DetectorError> {
        let shared = Shared::default();
        let stages = Stages::new(self.shutdown.clone());
        let give_up = CancellationToken::new();

        let (to_decoder, from_intake) = mpsc::channel::<Batch>(INTAKE);
        let (to_owner, from_decoder) = mpsc::channel::<Decoded>(DECODED);
        let (to_sink, from_owner) = mpsc::channel::<Judged>(JUDGED);
        let (handle, asks) = EngineHandle::new(ASKS);
        let (start, starts_at) = oneshot::channel::<StartAt>();

        let (sink, risk) = self.sink(&shared, give_up.clone())?;
        let sink = stages.task(async move { Ok(sink.run(from_owner).await?) });

        let engine = Engine::new(Arc::clone(&self.policy), self.seed);
        let owner = Owner::new(engine, self.config.keep_allows, Arc::clone(&shared.metrics));
        let restore = self.restore(&shared);
        let wiring = owner::Wiring {
            asks,
            start: starts_at,
            restore: Box::new(move |start| restore.at(&start)),
            input: from_decoder,
            output: to_sink,
        };
        let owner = stages.thread("owner", move || own(owner, wiring))?;

        let mut decode = self.decoder(&shared)?;
        let input = self.input(&shared, &stages, to_decoder, start).await?;
        decode.next_http = input.next_http;
        let decoder = stages.thread("decoder", move || {
            decode.run(from_intake, &to_owner);
            Ok(())
        })?;

        let end = End {
            shutdown: self.shutdown,
            give_up,
            ingest: input.own_ingest,
            poll: input.poll,
            decoder,
            owner,
            sink,
            risk,
            store: self.store,
            source: source(&self.config),
            state_file: self.config.state_file,
        };
        Ok(Running {
            handle,
            ingest: input.ingest,
            live: shared.live,
            readiness: shared.readiness,
            metrics: shared.metrics,
            end: tokio::spawn(end.run()),
        })
    }

    /// The sink, and the task that publishes what it finds hostile.
    fn sink(
        &self,
        shared: &Shared,
        give_up: CancellationToken,
    ) -> Result<(Sink, Option<JoinHandle<()>>), DetectorError> {
        let mut sink = Sink {
            store: Arc::clone(&self.store),
            kafka: None,
            risk: None,
            live: Arc::clone(&shared.live),
            metrics: Arc::clone(&shared.metrics),
            readiness: Arc::clone(&shared.readiness),
            give_up,
        };
        let Some(kafka) = &self.config.kafka else {
            return Ok((sink, None));
        };
        sink.kafka = Some(KafkaOutput {
            producer: Producer::new(kafka)?,
            topics: kafka.topics.clone(),
            allows: kafka.publish_allows,
        });
        let counters = RiskMetrics::default();
        shared
            .metrics
            .register(|registry| counters.register(registry));
        let topic = kafka.topics.risk.clone();
        let (publisher, task) = RiskPublisher::start(&kafka.client()?, topic, counters)?;
        let book = RiskBook::new(risk::BOOK_CAPACITY, self.policy.decision.remember.ms);
        sink.risk = Some(RiskFeed::new(book, publisher));
        Ok((sink, Some(task)))
    }

    fn restore(&self, shared: &Shared) -> Restore {
        Restore {
            path: self.config.state_file.clone(),
            source: source(&self.config),
            policy: Arc::clone(&self.policy),
            seed: self.seed,
            readiness: Arc::clone(&shared.readiness),
            metrics: Arc::clone(&shared.metrics),
        }
    }

    fn decoder(&self, shared: &Shared) -> Result<Decoder, DetectorError> {
        let asn = self.config.asn_database.as_deref();
        let country = self.config.country_database.as_deref();
        Ok(Decoder {
            hasher: KeyHasher::new(self.seed),
            names: Arc::clone(&self.names),
            enrich: Enrich::open(asn, country)?,
            pseudonymise: self.policy.privacy.pseudonymise_usernames,
            next_http: 0,
            metrics: Arc::clone(&shared.metrics),
        })
    }

    /// Kafka where it is configured, also for what comes over HTTP; else HTTP straight in.
    async fn input(
        &self,
        shared: &Shared,
        stages: &Stages,
        to_decoder: mpsc::Sender<Batch>,
        start: oneshot::Sender<StartAt>,
    ) -> Result<Input, DetectorError> {
        let Some(kafka) = &self.config.kafka else {
            let reached = reached(&self.store).await?;
            let next_http = reached.get(&0).copied().unwrap_or(0);
            // The owner listens; where it has died already, the shutdown is on its way.
            restore::awaited(&shared.readiness);
            drop(start.send(Ok(reached)));
            let ingest = Arc::new(PipelineIngest::new(to_decoder, Arc::clone(&shared.metrics)));
            return Ok(Input {
                ingest: Arc::clone(&ingest) as Arc<dyn Ingest>,
                own_ingest: Some(ingest),
                poll: None,
                next_http,
            });
        };
        let topic = &kafka.topics.logins;
        let wiring = consumer::Wiring {
            decoder: to_decoder,
            completions: sync_channel::<Vec<Done>>(COMPLETIONS),
            start,
            metrics: Arc::clone(&shared.metrics),
            readiness: Arc::clone(&shared.readiness),
            shutdown: self.shutdown.clone(),
        };
        let poll = PollThread::subscribe(&kafka.consumer()?, topic, wiring)?;
        let poll = stages.thread("poll thread", move || Ok(poll.run(DRAIN_WITHIN)?))?;
        let hasher = KeyHasher::new(self.seed);
        let client = kafka.client()?;
        let ingest = KafkaIngest::new(&client, &kafka.topics, hasher, kafka_ingest::IN_FLIGHT)?;
        Ok(Input {
            ingest: Arc::new(ingest),
            own_ingest: None,
            poll: Some(poll),
            next_http: 0,
        })
    }
}

fn source(config: &DetectorConfig) -> String {
    match &config.kafka {
        Some(kafka) => kafka.topics.logins.clone(),
        None => pipeline_ingest::SOURCE.to_owned(),
    }
}

/// The owner's thread, with a runtime for its queues alone.
fn own(owner: Owner, wiring: owner::Wiring) -> Result<Engine, DetectorError> {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    Ok(runtime.block_on(owner.run(wiring)))
}
