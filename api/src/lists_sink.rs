//! Where a changed list goes: to the detectors, over Kafka or straight into the engine.

use async_trait::async_trait;
use credsieve_detector::handle::{Busy, EngineHandle};
use credsieve_detector::lists_topic::{ListsPublisher, NotPublished, load};
use credsieve_models::KeyHasher;
use credsieve_store::{SharedStore, Store, StoreError, StoredListEntry};
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
    async fn publish(&self, stored: &StoredListEntry) -> Result<(), SinkError>;

    /// The entry of that id is gone.
    async fn remove(&self, id: &str) -> Result<(), SinkError>;
}

/// Tells what the store has of an id, `told` as this caller left it (`None` where it is gone), until that is
/// what was told last: two changes may meet between the store and the topic, and the older one come last.
/// Each further round is another person's change.
///
/// # Errors
/// When the detectors cannot be told, or the store cannot be asked.
pub async fn tell(
    sink: &dyn ListsSink,
    store: &dyn Store,
    id: &str,
    mut told: Option<StoredListEntry>,
) -> Result<(), SinkError> {
    loop {
        match &told {
            Some(stored) => sink.publish(stored).await?,
            None => sink.remove(id).await?,
        }
        let stands = store.list_entry(id).await?;
        if stands == told {
            return Ok(());
        }
        told = stands;
    }
}

#[async_trait]
impl ListsSink for ListsPublisher {
    async fn publish(&self, stored: &StoredListEntry) -> Result<(), SinkError> {
        Ok(self.put(&stored.entry).await?)
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
    async fn publish(&self, _stored: &StoredListEntry) -> Result<(), SinkError> {
        self.reload().await
    }

    async fn remove(&self, _id: &str) -> Result<(), SinkError> {
        self.reload().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use credsieve_models::lists::ListEntry;
    use credsieve_models::{HashSeed, KeyHasher};
    use credsieve_store::{Act, Actor, SqliteStore};

    /// A topic, and a store that somebody else changes just before the first record lands there.
    struct Overtaken {
        store: SqliteStore,
        removes: bool,
        topic: Mutex<Vec<Option<i64>>>,
    }

    fn entry() -> ListEntry {
        let json = r#"{"id":"a","action":"deny","dimension":"country","value":"DE",
            "created_at":"2026-01-01T00:00:00Z","holds_from":"2026-01-01T00:00:00Z"}"#;
        ListEntry::by_hand(json).unwrap()
    }

    fn act() -> Act {
        let hasher = KeyHasher::new(HashSeed::REPLAY);
        Act::list_entry_created(&entry(), &Actor::command_line(), &hasher)
    }

    #[async_trait]
    impl ListsSink for Overtaken {
        async fn publish(&self, stored: &StoredListEntry) -> Result<(), SinkError> {
            let mut topic = self.topic.lock().await;
            if topic.is_empty() && self.removes {
                let removed = self.store.delete_list_entry("a", 1, &act()).await;
                removed.unwrap();
                topic.push(None);
            } else if topic.is_empty() {
                let changed = self.store.update_list_entry(&entry(), 1, &act()).await;
                topic.push(Some(changed.unwrap().version));
            }
            topic.push(Some(stored.version));
            Ok(())
        }

        async fn remove(&self, _id: &str) -> Result<(), SinkError> {
            self.topic.lock().await.push(None);
            Ok(())
        }
    }

    #[tokio::test]
    async fn what_stands_in_the_store_is_told_last_when_two_changes_meet() {
        for (removes, last) in [(false, Some(2)), (true, None)] {
            let store = SqliteStore::open_in_memory().await.unwrap();
            store.migrate().await.unwrap();
            let made = store.create_list_entry(&entry(), &act()).await.unwrap();
            let topic = Mutex::default();
            let sink = Overtaken {
                store,
                removes,
                topic,
            };
            tell(&sink, &sink.store, "a", Some(made)).await.unwrap();
            let topic = sink.topic.into_inner();
            assert_eq!(topic, [last, Some(1), last]);
        }
    }
}
