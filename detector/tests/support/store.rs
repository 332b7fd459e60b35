//! A store in memory that a test can stop, and that remembers what was written.

use async_trait::async_trait;
use credsieve_models::alert::Alert;
use credsieve_models::campaign::Campaign;
use credsieve_models::lists::ListEntry;
use credsieve_models::time::EpochMs;
use credsieve_models::verdict::{CampaignId, SessionId};
use credsieve_store::{
    Account, Act, ActFilter, AlertFilter, AllowCount, Batch, CampaignFilter, ChangeError,
    DistinctBy, DistinctOf, KeyRecord, Outcome, Page, PageRequest, Review, Session, SessionFilter,
    Store, StoreError, StoredListEntry, StoredVerdict, VerdictFilter,
};
use std::collections::BTreeMap;
use std::sync::Mutex;
use tokio::sync::Semaphore;

/// Keeps outcomes by verdict id. Each write takes a permit from the gate.
pub struct MemoryStore {
    pub written: Mutex<BTreeMap<u128, Outcome>>,
    pub calls: Mutex<usize>,
    gate: Semaphore,
    failing: Mutex<Option<fn() -> StoreError>>,
}

impl MemoryStore {
    /// A store that takes everything.
    pub fn open() -> Self {
        let store = Self::closed();
        store.open_gate();
        store
    }

    /// A store that hangs until the gate is opened.
    pub fn closed() -> Self {
        Self {
            written: Mutex::default(),
            calls: Mutex::default(),
            gate: Semaphore::new(0),
            failing: Mutex::default(),
        }
    }

    pub fn open_gate(&self) {
        self.gate.add_permits(1_000_000);
    }

    /// From now on every write fails so, or none.
    pub fn fail(&self, with: Option<fn() -> StoreError>) {
        *self.failing.lock().unwrap() = with;
    }

    pub fn len(&self) -> usize {
        self.written.lock().unwrap().len()
    }

    pub fn calls(&self) -> usize {
        *self.calls.lock().unwrap()
    }
}

fn not_here<T>() -> Result<T, StoreError> {
    Err(StoreError::BadCursor)
}

#[async_trait]
impl Store for MemoryStore {
    async fn migrate(&self) -> Result<(), StoreError> {
        Ok(())
    }

    async fn ping(&self) -> Result<(), StoreError> {
        Ok(())
    }

    async fn write_all(&self, batch: Batch<'_>) -> Result<(), StoreError> {
        *self.calls.lock().unwrap() += 1;
        self.gate
            .acquire()
            .await
            .expect("the gate is never taken away")
            .forget();
        if let Some(failure) = *self.failing.lock().unwrap() {
            return Err(failure());
        }
        let mut written = self.written.lock().unwrap();
        for outcome in batch.outcomes {
            let id = outcome.verdict.verdict_id.0;
            written.entry(id).or_insert_with(|| outcome.clone());
        }
        Ok(())
    }

    async fn reached(&self, source: &str) -> Result<Vec<(i32, i64)>, StoreError> {
        let mut reached = BTreeMap::new();
        for outcome in self.written.lock().unwrap().values() {
            if &*outcome.origin.source == source {
                let next = reached.entry(outcome.origin.partition).or_insert(0);
                *next = (*next).max(outcome.origin.offset + 1);
            }
        }
        Ok(reached.into_iter().collect())
    }

    async fn verdicts(
        &self,
        _: &VerdictFilter,
        _: &PageRequest,
    ) -> Result<Page<StoredVerdict>, StoreError> {
        not_here()
    }

    async fn allow_counts(
        &self,
        _: EpochMs,
        _: EpochMs,
        _: Option<&str>,
    ) -> Result<Vec<AllowCount>, StoreError> {
        not_here()
    }

    async fn distinct(
        &self,
        _: DistinctOf,
        _: &DistinctBy,
        _: EpochMs,
        _: EpochMs,
    ) -> Result<u64, StoreError> {
        not_here()
    }

    async fn sessions(
        &self,
        _: &SessionFilter,
        _: &PageRequest,
    ) -> Result<Page<Session>, StoreError> {
        not_here()
    }

    async fn session(&self, _: SessionId) -> Result<Option<Session>, StoreError> {
        not_here()
    }

    async fn review(
        &self,
        _: SessionId,
        _: i64,
        _: &Review,
        _: &Act,
    ) -> Result<Session, ChangeError> {
        Err(ChangeError::NotFound)
    }

    async fn campaigns(
        &self,
        _: &CampaignFilter,
        _: &PageRequest,
    ) -> Result<Page<Campaign>, StoreError> {
        not_here()
    }

    async fn campaign(&self, _: CampaignId) -> Result<Option<Campaign>, StoreError> {
        not_here()
    }

    async fn accounts(&self, _: CampaignId, _: &PageRequest) -> Result<Page<Account>, StoreError> {
        not_here()
    }

    async fn alerts(&self, _: &AlertFilter, _: &PageRequest) -> Result<Page<Alert>, StoreError> {
        not_here()
    }

    async fn lists(&self, _: &PageRequest) -> Result<Page<StoredListEntry>, StoreError> {
        not_here()
    }

    async fn list_entry(&self, _: &str) -> Result<Option<StoredListEntry>, StoreError> {
        not_here()
    }

    async fn create_list_entry(
        &self,
        _: &ListEntry,
        _: &Act,
    ) -> Result<StoredListEntry, StoreError> {
        not_here()
    }

    async fn update_list_entry(
        &self,
        _: &ListEntry,
        _: i64,
        _: &Act,
    ) -> Result<StoredListEntry, ChangeError> {
        Err(ChangeError::NotFound)
    }

    async fn delete_list_entry(&self, _: &str, _: i64, _: &Act) -> Result<(), ChangeError> {
        Err(ChangeError::NotFound)
    }

    async fn tell(&self, _: &Act) -> Result<(), StoreError> {
        not_here()
    }

    async fn create_key(&self, _: &KeyRecord, _: &Act) -> Result<(), StoreError> {
        not_here()
    }

    async fn keys(&self) -> Result<Vec<KeyRecord>, StoreError> {
        not_here()
    }

    async fn revoke_key(&self, _: &str, _: EpochMs, _: &Act) -> Result<bool, StoreError> {
        not_here()
    }

    async fn audit(&self, _: &ActFilter, _: &PageRequest) -> Result<Page<Act>, StoreError> {
        not_here()
    }

    async fn retain_from(&self, _: EpochMs) -> Result<u64, StoreError> {
        not_here()
    }
}
