//! The lists topic: how an operator's list entries reach every process.
//!
//! The store holds the entries; the compacted topic `credsieve.lists` carries them (key = id, value
//! = entry, no value = deleted). Every process folds the topic into the same [`Lists`]: what an
//! entry says depends on its own times alone, not on when it arrived. A record is believed: whoever may write
//! to the topic writes the lists.

use crate::follower::{BadRecord, Fold, FollowError, FollowMetrics, Follower};
use crate::handle::EngineHandle;
use crate::readiness::Readiness;
use credsieve_models::KeyHasher;
use credsieve_models::lists::{ListEntry, Lists};
use credsieve_store::{PageRequest, Store, StoreError};
use rdkafka::ClientConfig;
use rdkafka::error::KafkaError;
use rdkafka::producer::{FutureProducer, FutureRecord};
use rdkafka::util::Timeout;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// The most entries that are held. More are left out and counted: an operator's hands write lists.
pub const MAX_ENTRIES: usize = 200_000;
/// How long the broker may take to acknowledge a change, in milliseconds, unless configured.
const DELIVER_WITHIN_MS: &str = "10000";
/// How long to wait for room in the producer's own queue.
const ROOM_WITHIN: Timeout = Timeout::After(Duration::from_secs(1));

/// A change did not reach the topic. It is in the store; publish it again.
#[derive(Debug, thiserror::Error)]
#[error("the change of a list entry was not acknowledged: {0}")]
pub struct NotPublished(#[from] KafkaError);

/// Carries changes to the topic.
#[derive(Clone)]
pub struct ListsPublisher {
    producer: FutureProducer,
    topic: Arc<str>,
}

impl std::fmt::Debug for ListsPublisher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ListsPublisher({})", self.topic)
    }
}

impl ListsPublisher {
    /// A publisher. Must be made within a runtime.
    ///
    /// # Errors
    /// When the client's configuration is refused.
    pub fn new(client: &ClientConfig, topic: &str) -> Result<Self, KafkaError> {
        let mut client = client.clone();
        if client.get("delivery.timeout.ms").is_none() {
            client.set("delivery.timeout.ms", DELIVER_WITHIN_MS);
        }
        let producer = client.set("enable.idempotence", "true").create()?;
        Ok(Self {
            producer,
            topic: topic.into(),
        })
    }

    /// Publishes an entry that was made or changed; returns when the broker has acknowledged.
    ///
    /// # Errors
    /// When it has not, in time.
    ///
    /// # Panics
    /// Never: an entry is strings and times, which JSON can hold.
    pub async fn put(&self, entry: &ListEntry) -> Result<(), NotPublished> {
        let value = serde_json::to_vec(entry).expect("an entry is strings and times");
        let record = FutureRecord::to(&self.topic).key(&entry.id).payload(&value);
        self.send(record).await
    }

    /// Publishes that an entry was deleted; returns when the broker has acknowledged.
    ///
    /// # Errors
    /// When it has not, in time.
    pub async fn remove(&self, id: &str) -> Result<(), NotPublished> {
        self.send(FutureRecord::<str, Vec<u8>>::to(&self.topic).key(id))
            .await
    }

    async fn send<K, V>(&self, record: FutureRecord<'_, K, V>) -> Result<(), NotPublished>
    where
        K: rdkafka::message::ToBytes + ?Sized,
        V: rdkafka::message::ToBytes + ?Sized,
    {
        let sent = self.producer.send(record, ROOM_WITHIN).await;
        sent.map(|_| ()).map_err(|(error, _)| NotPublished(error))
    }
}

/// Reads the topic and keeps the lists in force.
#[derive(Debug)]
pub struct ListsFollower {
    follower: Follower,
    lists: watch::Receiver<Arc<Lists>>,
}

impl ListsFollower {
    /// Starts reading. `/readyz` waits for `lists` until the topic is read to its end once.
    ///
    /// # Errors
    /// When the client's configuration is refused or no thread can be made.
    pub fn start(
        client: &ClientConfig,
        topic: &str,
        hasher: KeyHasher,
        readiness: Arc<Readiness>,
        metrics: FollowMetrics,
    ) -> Result<Self, FollowError> {
        let (sender, lists) = watch::channel(Arc::new(Lists::default()));
        let fold = ListsFold {
            entries: BTreeMap::new(),
            hasher,
            lists: sender,
        };
        let follower = Follower::start(client, topic, "lists", readiness, metrics, fold)?;
        Ok(Self { follower, lists })
    }

    /// The lists in force: empty until the topic was read to its end, then at most half a second
    /// behind it. A receiver that is slow sees the newest only.
    #[must_use]
    pub fn lists(&self) -> watch::Receiver<Arc<Lists>> {
        self.lists.clone()
    }

    /// Stops reading.
    pub async fn stop(self) {
        self.follower.stop().await;
    }
}

/// Hands every change of the lists to the engine, until either is gone.
pub async fn forward(mut lists: watch::Receiver<Arc<Lists>>, engine: EngineHandle) {
    while lists.changed().await.is_ok() {
        let newest = lists.borrow_and_update().clone();
        if engine.set_lists(newest).await.is_err() {
            return;
        }
    }
}

/// The lists as the store holds them: for a process without Kafka, at its start and after every
/// change that its API makes.
///
/// # Errors
/// When the store fails.
pub async fn load(store: &dyn Store, hasher: &KeyHasher) -> Result<Lists, StoreError> {
    let mut entries = Vec::new();
    let mut page = PageRequest {
        limit: 1_000,
        cursor: None,
    };
    loop {
        let found = store.lists(&page).await?;
        entries.extend(found.items.into_iter().map(|stored| stored.entry));
        page.cursor = found.next;
        if page.cursor.is_none() || entries.len() >= MAX_ENTRIES {
            break;
        }
    }
    if page.cursor.is_some() {
        tracing::warn!(MAX_ENTRIES, "there are more list entries than are held");
    }
    Ok(compile(&entries, hasher))
}

fn compile(entries: &[ListEntry], hasher: &KeyHasher) -> Lists {
    let (lists, bad) = Lists::compile(entries, hasher);
    if !bad.is_empty() {
        let entries = bad.len();
        tracing::warn!(
            entries,
            "list entries whose value does not fit are left out"
        );
    }
    lists
}

struct ListsFold {
    entries: BTreeMap<String, ListEntry>,
    hasher: KeyHasher,
    lists: watch::Sender<Arc<Lists>>,
}

impl Fold for ListsFold {
    fn record(&mut self, key: &[u8], value: Option<&[u8]>) -> Result<(), BadRecord> {
        let id = std::str::from_utf8(key).map_err(|_| BadRecord("the key is no id"))?;
        // Whatever the new value is, the one before is over: a process that starts after
        // compaction never sees it, and all must hold the same.
        self.entries.remove(id);
        let Some(value) = value else { return Ok(()) };
        let entry: ListEntry =
            serde_json::from_slice(value).map_err(|_| BadRecord("the value is no list entry"))?;
        if entry.id != id {
            return Err(BadRecord("the key is not the entry's id"));
        }
        entry
            .check()
            .map_err(|_| BadRecord("the entry's value does not fit its dimension"))?;
        if self.entries.len() >= MAX_ENTRIES {
            return Err(BadRecord("there are too many list entries"));
        }
        self.entries.insert(entry.id.clone(), entry);
        Ok(())
    }

    fn settle(&mut self, caught_up: bool) {
        if caught_up {
            // A half-read topic would allow what a later entry denies.
            let entries: Vec<ListEntry> = self.entries.values().cloned().collect();
            let lists = Arc::new(compile(&entries, &self.hasher));
            self.lists.send_replace(lists);
        }
    }
}
