//! Where a changed list goes: to the detectors, over Kafka or straight into the engine.

use async_trait::async_trait;
use credsieve_detector::handle::{Busy, EngineHandle};
use credsieve_detector::lists_topic::{ListsPublisher, NotPublished, load};
use credsieve_models::KeyHasher;
use credsieve_models::lists::ListEntry;
use credsieve_store::{SharedStore, StoreError};
use std::sync::Arc;
use tokio::sync::Mutex;

/// The detectors could not be told.
#[derive(Debug, thiserror::Error)]
pub enum SinkError {
    /// The broker did not take it.
    #[error(transparent)]
    Broker(#[from] NotPublished),
    /// The store, from which the lists are read, failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The engine is gone.
    #[error(transparent)]
    Engine(#[from] Busy),
}

/// The way of lists to detectors. Two: the topic of lists by [`ListsPublisher`], and [`EngineLists`].
/// Both calls may be repeated; the last one for an id counts.
#[async_trait]
pub trait ListsSink: Send + Sync + 'static {
    /// An entry is new or changed.
    async fn publish(&self, entry: &ListEntry) -> Result<(), SinkError>;

    /// The entry of that id is gone.
    async fn remove(&self, id: &str) -> Result<(), SinkError>;
}

#[async_trait]
impl ListsSink for ListsPublisher {
    async fn publish(&self, entry: &ListEntry) -> Result<(), SinkError> {
        Ok(self.put(entry).await?)
    }

    async fn remove(&self, id: &str) -> Result<(), SinkError> {
        Ok(Self::remove(self, id).await?)
    }
}

/// Lists straight into the engine of this process, read whole from the store after every change.
pub struct EngineLists {
    store: SharedStore,
    engine: EngineHandle,
    hasher: KeyHasher,
    /// Held while reading and handing over, so that no older reading overtakes a newer one.
    order: Mutex<()>,
}

impl EngineLists {
    /// A sink that reads from `store` and tells `engine`.
    #[must_use]
    pub fn new(store: SharedStore, engine: EngineHandle, hasher: KeyHasher) -> Self {
        Self {
            store,
            engine,
            hasher,
            order: Mutex::new(()),
        }
    }

    /// Puts what is stored in force. To be called once at the start.
    ///
    /// # Errors
    /// When the store fails or the engine is gone.
    pub async fn reload(&self) -> Result<(), SinkError> {
        let _order = self.order.lock().await;
        let lists = load(self.store.as_ref(), &self.hasher).await?;
        Ok(self.engine.set_lists(Arc::new(lists)).await?)
    }
}

#[async_trait]
impl ListsSink for EngineLists {
    async fn publish(&self, _entry: &ListEntry) -> Result<(), SinkError> {
        self.reload().await
    }

    async fn remove(&self, _id: &str) -> Result<(), SinkError> {
        self.reload().await
    }
}
