//! A node: a detector with the HTTP face in front of its engine. What `detector` and `standalone`
//! share.

use super::retention;
use crate::config::{Config, POLICY_NAMED_BY, load_names, load_policy};
use anyhow::{Context, Result};
use credsieve_api::{ApiState, Decider, EngineLists, ListsSink, Parts, Settings};
use credsieve_detector::enrich::Enrich;
use credsieve_detector::follower::FollowMetrics;
use credsieve_detector::kafka::KafkaConfig;
use credsieve_detector::lists_topic::{ListsFollower, ListsPublisher, forward};
use credsieve_detector::{Detector, Running};
use credsieve_models::{HashSeed, KeyHasher};
use credsieve_store::SharedStore;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// How long the end waits for what the store is doing.
const CLOSE_WITHIN: Duration = Duration::from_secs(3);

/// A node at work.
pub struct Node {
    /// Its HTTP state, for links.
    pub api: ApiState,
    /// Where it listens.
    pub address: SocketAddr,
    /// The detector.
    pub detector: Running,
    store: SharedStore,
    follower: Option<ListsFollower>,
    http: JoinHandle<std::io::Result<()>>,
    shutdown: CancellationToken,
}

impl Node {
    /// Starts everything: the store's schema is brought up to date by its owner, lists come into force, the
    /// stream is read, HTTP is served.
    ///
    /// # Errors
    /// When a part cannot be started. Brokers that are away are waited for instead.
    pub async fn start(
        config: &Config,
        seed: HashSeed,
        store: SharedStore,
        shutdown: CancellationToken,
    ) -> Result<Self> {
        let policy = Arc::new(load_policy(config.policy.as_deref(), POLICY_NAMED_BY)?);
        let names = Arc::new(load_names(&policy, config.policy.as_deref(), &seed)?);
        let listener = TcpListener::bind(config.http.listen)
            .await
            .with_context(|| format!("listening on {}", config.http.listen))?;
        let address = listener.local_addr()?;
        store.prepare().await.context("preparing the store")?;
        let detector = Detector {
            config: config.detector(),
            policy: Arc::clone(&policy),
            seed,
            names: Arc::clone(&names),
            store: Arc::clone(&store),
            shutdown: shutdown.clone(),
        }
        .start()
        .await?;
        let hasher = KeyHasher::new(seed);
        let (lists, follower) = lists(config.kafka.as_ref(), &detector, &store, hasher).await?;
        let api = ApiState::new(Parts {
            store: Arc::clone(&store),
            decider: Decider::Engine(detector.handle.clone()),
            ingest: Some(Arc::clone(&detector.ingest)),
            live: Some(Arc::clone(&detector.live)),
            readiness: Arc::clone(&detector.readiness),
            policy,
            hasher,
            enrich: Arc::new(open_enrich(config)?),
            names,
            lists,
            registry: detector.metrics.registry(),
            settings: Settings {
                secure_cookies: config.http.secure_cookies,
                ..Settings::default()
            },
        });
        tokio::spawn(retention::run(
            Arc::clone(&store),
            detector.handle.clone(),
            config.store.retention_days,
            shutdown.clone(),
        ));
        let http = tokio::spawn(credsieve_api::serve(
            listener,
            api.clone(),
            shutdown.clone(),
        ));
        tracing::info!(%address, "listening");
        Ok(Self {
            api,
            address,
            detector,
            store,
            follower,
            http,
            shutdown,
        })
    }

    /// Waits until the shutdown is asked for or a part fails, then for the drain.
    ///
    /// # Errors
    /// Why a part failed, or what could not be kept.
    pub async fn join(self) -> Result<()> {
        let http = self.http;
        let shutdown = self.shutdown;
        let served = tokio::spawn(async move {
            let served = http.await;
            // Without its face the node is of no use to anybody: let it be started again.
            shutdown.cancel();
            served
        });
        let detected = self.detector.join().await;
        let served = served.await?;
        if let Some(follower) = self.follower {
            follower.stop().await;
        }
        close(&self.store).await;
        detected.context("the detector failed")?;
        served?.context("serving HTTP failed")
    }
}

/// Ends a store in order, so that a copy of SQLite's file holds all that was written. What is under way
/// is waited for, but not for longer than whoever stops the process will wait.
pub async fn close(store: &SharedStore) {
    if tokio::time::timeout(CLOSE_WITHIN, store.close())
        .await
        .is_err()
    {
        tracing::warn!("the store was still busy at the end");
    }
}

/// Databases of addresses, as configured.
///
/// # Errors
/// When a file is no such database.
pub fn open_enrich(config: &Config) -> Result<Enrich> {
    Ok(Enrich::open(
        config.enrich.asn_database.as_deref(),
        config.enrich.country_database.as_deref(),
    )?)
}

/// The way of lists: over their topic where there is Kafka, else straight into the engine.
async fn lists(
    kafka: Option<&KafkaConfig>,
    detector: &Running,
    store: &SharedStore,
    hasher: KeyHasher,
) -> Result<(Arc<dyn ListsSink>, Option<ListsFollower>)> {
    let Some(kafka) = kafka else {
        let lists = EngineLists::new(Arc::clone(store), detector.handle.clone(), hasher);
        lists.reload().await.context("reading the lists")?;
        return Ok((Arc::new(lists), None));
    };
    let client = kafka.client()?;
    let metrics = FollowMetrics::default();
    detector
        .metrics
        .register(|registry| metrics.register("lists", registry));
    let follower = ListsFollower::start(
        &client,
        &kafka.topics.lists,
        hasher,
        Arc::clone(&detector.readiness),
        metrics,
    )?;
    tokio::spawn(forward(follower.lists(), detector.handle.clone()));
    let publisher = ListsPublisher::new(&client, &kafka.topics.lists)?;
    Ok((Arc::new(publisher), Some(follower)))
}
