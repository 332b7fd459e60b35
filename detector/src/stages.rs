//! Stages: how they begin and end together.
//!
//! A stage that ends, by an error, a panic or by itself, ends the others: input stops, what is under
//! way is made durable if it can be, offsets are committed, the state is kept. All of it within
//! [`END_WITHIN`]; what did not become durable by then was not committed and is read again.

use crate::kafka::consumer;
use crate::pipeline::DetectorError;
use crate::pipeline_ingest::{self, PipelineIngest};
use crate::snapshot::Snapshot;
use credsieve_engine::Engine;
use credsieve_store::{SharedStore, StoreError};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// How long the end may take, from the request to the state on disk.
pub const END_WITHIN: Duration = Duration::from_secs(9);
/// How long trouble of an output is still waited out at the end.
const PATIENCE_AT_END: Duration = Duration::from_secs(5);

/// The result of a stage, when it has one.
pub(crate) type Stage<T> = oneshot::Receiver<Result<T, DetectorError>>;

/// Starts stages. One that ends, by itself, by an error or by a panic, ends the others.
pub(crate) struct Stages {
    shutdown: CancellationToken,
}

impl Stages {
    pub fn new(shutdown: CancellationToken) -> Self {
        Self { shutdown }
    }

    pub fn thread<T: Send + 'static>(
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

    pub fn task(
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
pub(crate) struct End {
    pub shutdown: CancellationToken,
    pub give_up: CancellationToken,
    pub ingest: Option<Arc<PipelineIngest>>,
    pub poll: Option<Stage<consumer::Ended>>,
    pub decoder: Stage<()>,
    pub owner: Stage<Engine>,
    pub sink: Stage<()>,
    pub risk: Option<JoinHandle<()>>,
    pub store: SharedStore,
    pub source: String,
    pub state_file: Option<PathBuf>,
}

impl End {
    pub async fn run(self) -> Result<(), DetectorError> {
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
        let place = match poll {
            Some(ended) => ended.drained.then_some(ended.frontiers),
            None => Some(reached(&self.store).await?),
        };
        match (place, self.state_file) {
            // Never ours, or no longer: what the last run kept is worth more than empty windows.
            (Some(place), Some(_)) if place.is_empty() => {
                tracing::info!("no place in the stream was reached; an older state stays");
            }
            (Some(place), Some(path)) => keep(engine, self.source, place, path).await?,
            (None, Some(_)) => {
                tracing::warn!("the state is not kept: it has seen more than is durable");
            }
            (_, None) => {}
        }
        if let Some(risk) = self.risk {
            // It ended with the sink, once the broker had acknowledged or its own time was over.
            // What it could not publish is a cache's loss.
            drop(risk.await);
        }
        Ok(())
    }
}

/// Keeps the state for the next start.
async fn keep(
    engine: Engine,
    source: String,
    place: BTreeMap<i32, i64>,
    path: PathBuf,
) -> Result<(), DetectorError> {
    let write = move || Snapshot::of(&engine, &source, place)?.write(&path);
    tokio::task::spawn_blocking(write)
        .await
        .map_err(|_| DetectorError::Died("writer of the state"))??;
    tracing::info!("the state is kept");
    Ok(())
}

async fn ended<T>(name: &'static str, stage: Stage<T>) -> Result<T, DetectorError> {
    stage.await.unwrap_or(Err(DetectorError::Died(name)))
}

/// The place in the stream of what came over HTTP: what the store says.
pub(crate) async fn reached(store: &SharedStore) -> Result<BTreeMap<i32, i64>, StoreError> {
    Ok(store
        .reached(pipeline_ingest::SOURCE)
        .await?
        .into_iter()
        .collect())
}
