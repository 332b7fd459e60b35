//! Where verdicts, sessions, campaigns, alerts, reviews, lists, keys and the trail of acts are kept.
//!
//! One contract, [`Store`], with two implementations: PostgreSQL for a deployment, SQLite as the
//! embedded default. Every write is idempotent: what is delivered twice is stored once.

mod audit;
mod batch;
mod campaigns;
mod cursor;
mod error;
mod keys;
mod migrations;
mod panes;
pub mod postgres;
mod rows;
mod sessions;
pub mod sqlite;
mod verdicts;

use async_trait::async_trait;
use credsieve_models::alert::Alert;
use credsieve_models::campaign::Campaign;
use credsieve_models::lists::ListEntry;
use credsieve_models::time::EpochMs;
use credsieve_models::verdict::{CampaignId, SessionId};
use serde::{Deserialize, Serialize};
use std::path::Path;
use std::sync::Arc;

pub use audit::{Act, ActFilter, ActKind, Actor};
pub use campaigns::{Account, AlertFilter, Batch, CampaignFilter};
pub use error::{ChangeError, StoreError};
pub use keys::{KeyRecord, Scope};
pub use postgres::{PoolSettings, PostgresStore};
pub use sessions::{Review, ReviewVerdict, Session, SessionFilter};
pub use sqlite::SqliteStore;
pub use verdicts::{Context, Origin, Outcome, StoredVerdict, VerdictFilter};

/// A store shared by the roles of a process.
pub type SharedStore = Arc<dyn Store>;

/// Opens the store that a URL names: `postgres://…`, or `sqlite:PATH` (`sqlite::memory:` for one
/// that ends with the process). A PostgreSQL server need not be there yet: [`Store::ping`] tells.
///
/// # Errors
/// When the URL names no store, or the file cannot be opened.
pub async fn open(url: &str) -> Result<SharedStore, StoreError> {
    if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        let store = PostgresStore::connect(url, PoolSettings::default())?;
        return Ok(Arc::new(store));
    }
    match sqlite_path(url).ok_or(StoreError::BadUrl)? {
        "" => Err(StoreError::BadUrl),
        ":memory:" => Ok(Arc::new(SqliteStore::open_in_memory().await?)),
        path => Ok(Arc::new(SqliteStore::open(path).await?)),
    }
}

/// Opens a store that is there already: no file is made, and none ends with the process.
///
/// # Errors
/// Those of [`open`], and when there is no such file.
pub async fn open_existing(url: &str) -> Result<SharedStore, StoreError> {
    match sqlite_path(url) {
        None | Some("") => open(url).await,
        Some(path) if path != ":memory:" && Path::new(path).exists() => open(url).await,
        Some(_) => Err(StoreError::Missing),
    }
}

fn sqlite_path(url: &str) -> Option<&str> {
    let path = url.strip_prefix("sqlite:")?;
    Some(path.strip_prefix("//").unwrap_or(path))
}

/// Where to go on reading. The text is opaque to callers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageRequest {
    /// At most this many items, from 1 to 1,000.
    pub limit: u32,
    /// The `next` of the page before.
    pub cursor: Option<String>,
}

/// A page of a listing.
#[derive(Clone, Debug, Serialize)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// The cursor of the next page; absent on the last.
    pub next: Option<String>,
}

/// A list entry with its version for concurrent changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StoredListEntry {
    /// The entry.
    #[serde(flatten)]
    pub entry: ListEntry,
    /// Rises with every change; give it back to change the entry.
    pub version: i64,
}

/// How many counts of plain allows are told at once; in an hour there may be as many as tenants.
pub const MOST_ALLOW_COUNTS: u32 = 10_000;

/// Plain allows of an hour: all of them, also those that were kept whole on request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AllowCount {
    /// The hour of event time.
    #[serde(rename = "hour", with = "credsieve_models::time::rfc3339")]
    pub hour_ms: EpochMs,
    /// The tenant.
    pub tenant: String,
    /// How many.
    pub count: i64,
}

/// What is counted distinct, by the hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DistinctOf {
    /// Users.
    Users,
    /// Addresses.
    Addresses,
    /// Devices.
    Devices,
}

/// Whose distinct values to count.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum DistinctBy {
    /// Of a tenant.
    Tenant(String),
    /// Of an ASN, over all tenants.
    Asn(u32),
}

/// What came of granting rights to the roles of the service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Granted {
    /// The store knows no users: whoever opens the file may do everything.
    NoUsers,
    /// These roles have what they need, and no more.
    To(Vec<&'static str>),
    /// These roles are not there, and this user may not make them: nothing was granted.
    Missing(Vec<&'static str>),
}

/// The contract of a store. The same suite of tests runs on every implementation.
///
/// What people do by hand comes with the [`Act`] that tells of it: both are written, or neither. An
/// act's `old` is what the caller read, and true since nothing is written at another version.
#[async_trait]
pub trait Store: Send + Sync + 'static {
    /// Brings the schema up to date. In PostgreSQL its owner alone can.
    async fn migrate(&self) -> Result<(), StoreError>;

    /// As [`Store::migrate`], but whoever does not own the schema only looks whether it is up to date.
    async fn prepare(&self) -> Result<(), StoreError> {
        self.migrate().await
    }

    /// Looks whether the schema is up to date, and changes nothing.
    async fn check(&self) -> Result<(), StoreError> {
        Ok(())
    }

    /// Lets the roles of the service do what they need, where the store knows users. For whoever migrates.
    async fn grant(&self) -> Result<Granted, StoreError> {
        Ok(Granted::NoUsers)
    }

    /// Whether the store answers.
    async fn ping(&self) -> Result<(), StoreError>;

    /// Stores a batch, all or nothing, once: verdicts that are no plain allow (or are to be kept)
    /// whole, by `verdict_id`; plain allows, kept or not, as counts by hour, tenant and partition,
    /// adding only what lies beyond the place (offset and index) that the partition has reached;
    /// sessions from the verdicts that were new; distinct users, addresses and devices by hour,
    /// tenant and ASN; the latest word on each campaign; each alert once.
    ///
    /// A revision stands beside the verdicts before it. It carries the origin of the record that
    /// brought it about, and adds to its session where the attempt had been let pass.
    ///
    /// The batches of a partition come in the order of its log, and a redelivery may begin
    /// anywhere and be cut anyhow. What lies before the reached place counts as delivered: a
    /// partition's batches must not overtake each other.
    async fn write_all(&self, batch: Batch<'_>) -> Result<(), StoreError>;

    /// Stores outcomes alone.
    async fn write(&self, outcomes: &[Outcome]) -> Result<(), StoreError> {
        let batch = Batch {
            outcomes,
            ..Batch::default()
        };
        self.write_all(batch).await
    }

    /// The next offset of each partition of `source` whose outcomes before it are stored: one
    /// beyond the highest that was written, whatever became of it. Where a message was cut in two
    /// by the end of a batch, its second half is not stored yet.
    async fn reached(&self, source: &str) -> Result<Vec<(i32, i64)>, StoreError>;

    /// Verdicts, newest first.
    async fn verdicts(
        &self,
        filter: &VerdictFilter,
        page: &PageRequest,
    ) -> Result<Page<StoredVerdict>, StoreError>;

    /// Counts of all plain allows by hour and tenant, summed over partitions, over the hours that
    /// touch the range, oldest first; of more than [`MOST_ALLOW_COUNTS`] the oldest, one more than those.
    async fn allow_counts(
        &self,
        from_ms: EpochMs,
        to_ms: EpochMs,
        tenant: Option<&str>,
    ) -> Result<Vec<AllowCount>, StoreError>;

    /// An estimate of the distinct values over the hours that touch the range, merged on reading.
    async fn distinct(
        &self,
        of: DistinctOf,
        by: &DistinctBy,
        from_ms: EpochMs,
        to_ms: EpochMs,
    ) -> Result<u64, StoreError>;

    /// Sessions, the one with the newest activity first. One that becomes active while somebody
    /// pages moves to the top: it is on an earlier page then, and never seen twice.
    async fn sessions(
        &self,
        filter: &SessionFilter,
        page: &PageRequest,
    ) -> Result<Page<Session>, StoreError>;

    /// One session.
    async fn session(&self, id: SessionId) -> Result<Option<Session>, StoreError>;

    /// Records a review if the session still has `version`; earlier reviews are kept as history.
    async fn review(
        &self,
        id: SessionId,
        version: i64,
        review: &Review,
        act: &Act,
    ) -> Result<Session, ChangeError>;

    /// Campaigns, the one with the newest activity first, as they were last said to stand.
    async fn campaigns(
        &self,
        filter: &CampaignFilter,
        page: &PageRequest,
    ) -> Result<Page<Campaign>, StoreError>;

    /// One campaign.
    async fn campaign(&self, id: CampaignId) -> Result<Option<Campaign>, StoreError>;

    /// The accounts that fell to a campaign, the one that fell last first: whoever got in by an
    /// attempt of it that is flagged as a takeover by its latest revision.
    async fn accounts(
        &self,
        id: CampaignId,
        page: &PageRequest,
    ) -> Result<Page<Account>, StoreError>;

    /// Alerts, the one stored last first: one that was found late is new, although it tells of
    /// something older. Whoever reads until an alert that is known already has missed none.
    async fn alerts(
        &self,
        filter: &AlertFilter,
        page: &PageRequest,
    ) -> Result<Page<Alert>, StoreError>;

    /// Every list entry, in the order of creation.
    async fn lists(&self, page: &PageRequest) -> Result<Page<StoredListEntry>, StoreError>;

    /// One list entry.
    async fn list_entry(&self, id: &str) -> Result<Option<StoredListEntry>, StoreError>;

    /// Adds an entry (its id is fresh) at version 1.
    async fn create_list_entry(
        &self,
        entry: &ListEntry,
        act: &Act,
    ) -> Result<StoredListEntry, StoreError>;

    /// Replaces an entry if it still has `version`.
    async fn update_list_entry(
        &self,
        entry: &ListEntry,
        version: i64,
        act: &Act,
    ) -> Result<StoredListEntry, ChangeError>;

    /// Removes an entry if it still has `version`.
    async fn delete_list_entry(&self, id: &str, version: i64, act: &Act)
    -> Result<(), ChangeError>;

    /// Adds to the trail an act that changed nothing here, only elsewhere.
    async fn tell(&self, act: &Act) -> Result<(), StoreError>;

    /// Adds a key.
    async fn create_key(&self, key: &KeyRecord, act: &Act) -> Result<(), StoreError>;

    /// Every key, revoked ones too, in the order of creation.
    async fn keys(&self) -> Result<Vec<KeyRecord>, StoreError>;

    /// Revokes a key; false where there is none of that id or it is revoked already.
    async fn revoke_key(&self, key_id: &str, at_ms: EpochMs, act: &Act)
    -> Result<bool, StoreError>;

    /// What people did, the last act first. Nothing removes an act.
    async fn audit(&self, filter: &ActFilter, page: &PageRequest) -> Result<Page<Act>, StoreError>;

    /// Removes what is older than `before_ms` of event time (partitions that ended before it,
    /// sessions without review, campaigns, alerts, counts, panes). What the partitions of a source have reached
    /// stays. Answers how many verdicts went.
    async fn retain_from(&self, before_ms: EpochMs) -> Result<u64, StoreError>;

    /// Ends the store in order, once what is under way is done; later calls fail.
    async fn close(&self) {}
}
