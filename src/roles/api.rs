//! `credsieve api`: a node that only answers. It decides from the compacted topic of risk, by the
//! same pure function as the engine; what it does not know it challenges at most.

use super::node::{close, open_enrich};
use super::standalone::open_existing_store;
use crate::config::{CommonArgs, Config, POLICY_NAMED_BY, load_names, load_policy};
use anyhow::{Context, Result};
use credsieve_api::{ApiState, Decider, Parts, Settings};
use credsieve_detector::follower::FollowMetrics;
use credsieve_detector::kafka_ingest::{IN_FLIGHT, KafkaIngest};
use credsieve_detector::lists_topic::{ListsFollower, ListsPublisher};
use credsieve_detector::readiness::Readiness;
use credsieve_detector::replica::Replica;
use credsieve_models::KeyHasher;
use credsieve_store::{SharedStore, StoreError};
use prometheus_client::registry::Registry;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Options of `credsieve api`.
#[derive(clap::Args, Debug)]
pub struct ApiArgs {
    #[command(flatten)]
    pub common: CommonArgs,
}

/// Runs the role until the shutdown.
///
/// # Errors
/// Why it could not start, or what failed.
pub async fn run(args: &ApiArgs, shutdown: CancellationToken) -> Result<()> {
    let config = Config::load(&args.common)?;
    let hasher = KeyHasher::new(config.shared_seed()?);
    let kafka = config.kafka.as_ref().context(
        "no broker: set --kafka (or CREDSIEVE_KAFKA_BOOTSTRAP_SERVERS, or kafka.bootstrap_servers)",
    )?;
    let policy = Arc::new(load_policy(config.policy.as_deref(), POLICY_NAMED_BY)?);
    let names = load_names(&policy, config.policy.as_deref(), &hasher.seed())?;
    let store = open_existing_store(&config).await?;
    check(&store).await.context("looking at the store")?;
    let listener = TcpListener::bind(config.http.listen)
        .await
        .with_context(|| format!("listening on {}", config.http.listen))?;

    let readiness = Arc::new(Readiness::default());
    let registry = Arc::new(Mutex::new(Registry::default()));
    let client = kafka.client()?;
    let follow = |part: &str| {
        let metrics = FollowMetrics::default();
        metrics.register(
            part,
            &mut registry
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner),
        );
        metrics
    };
    let replica = Replica::new(hasher);
    let risk = replica.follow(
        &client,
        &kafka.topics.risk,
        Arc::clone(&readiness),
        follow("risk"),
    )?;
    let lists = ListsFollower::start(
        &client,
        &kafka.topics.lists,
        hasher,
        Arc::clone(&readiness),
        follow("lists"),
    )?;
    let api = ApiState::new(Parts {
        store: Arc::clone(&store),
        decider: Decider::Replica {
            replica,
            lists: lists.lists(),
        },
        ingest: Some(Arc::new(KafkaIngest::new(
            &client,
            &kafka.topics,
            hasher,
            IN_FLIGHT,
        )?)),
        live: None,
        readiness,
        policy,
        hasher,
        enrich: Arc::new(open_enrich(&config)?),
        names: Arc::new(names),
        lists: Arc::new(ListsPublisher::new(&client, &kafka.topics.lists)?),
        registry,
        settings: Settings {
            secure_cookies: config.http.secure_cookies,
            ..Settings::default()
        },
    });
    tracing::info!(address = %listener.local_addr()?, "listening");
    let served = credsieve_api::serve(listener, api, shutdown).await;
    risk.stop().await;
    lists.stop().await;
    close(&store).await;
    served.context("serving HTTP failed")
}

/// Refuses a schema that this version cannot use. A newer one it can, as long as it was only expanded; and a store
/// that does not answer yet is waited for.
async fn check(store: &SharedStore) -> Result<(), StoreError> {
    match store.check().await {
        Err(error @ (StoreError::Behind { .. } | StoreError::NotGranted)) => Err(error),
        Err(error) => {
            tracing::warn!(%error, "whether the store is up to date cannot be told");
            Ok(())
        }
        Ok(()) => Ok(()),
    }
}
