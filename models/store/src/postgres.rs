//! The store in PostgreSQL: for a deployment, where several processes share it.
//!
//! Each table has a file: the SQL stands beside the code that uses it. Every write is one
//! transaction, or a single statement; locks are taken in the same order everywhere (partition of
//! the source, verdicts, sessions, counts, panes, campaigns, alerts, acts; rows of each sorted), so that
//! writers wait for each other but never in a circle.

mod admin;
mod audit;
mod campaigns;
mod partitions;
mod roles;
mod schema;
mod sessions;
mod verdicts;
mod write;

use crate::panes::PaneHash;
use crate::rows::corrupt;
use crate::{
    Account, Act, ActFilter, AlertFilter, AllowCount, Batch, CampaignFilter, ChangeError,
    DistinctBy, DistinctOf, Granted, KeyRecord, Page, PageRequest, Review, Session, SessionFilter,
    Store, StoreError, StoredListEntry, StoredVerdict, VerdictFilter, batch,
};
use async_trait::async_trait;
use credsieve_models::alert::Alert;
use credsieve_models::campaign::Campaign;
use credsieve_models::lists::ListEntry;
use credsieve_models::time::EpochMs;
use credsieve_models::verdict::{CampaignId, SessionId};
use partitions::Partitions;
use sqlx::error::DatabaseError;
use sqlx::postgres::{PgConnectOptions, PgDatabaseError, PgPool, PgPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions};
use std::time::Duration;
use time::OffsetDateTime;
use tokio::sync::OnceCell;

/// How many connections, and how long to wait for one.
#[derive(Clone, Copy, Debug)]
pub struct PoolSettings {
    /// At most this many connections for everything but the stream, which has two of its own; half
    /// of them (and at least one) are for listings. Sum them over the processes: the server has a
    /// limit too.
    pub max_connections: u32,
    /// A call that gets no connection within this time fails, as a transient error.
    pub acquire_timeout: Duration,
}

impl Default for PoolSettings {
    fn default() -> Self {
        Self {
            max_connections: 8,
            acquire_timeout: Duration::from_secs(3),
        }
    }
}

/// How long a listing may take, in milliseconds: longer than any caller waits.
const READ_WITHIN_MS: u32 = 10_000;

/// Connections for writing outcomes: one batch at a time, and one to make partitions beside it.
const WRITERS: u32 = 2;

/// The store in PostgreSQL.
#[derive(Debug)]
pub struct PostgresStore {
    /// Keys, changes and short questions.
    pool: PgPool,
    /// Listings and numbers, which may take long: whoever asks for them must not keep keys from
    /// being read or the store from answering.
    readers: PgPool,
    /// The stream's own connections: no number of slow readers keeps verdicts from being stored.
    writer: PgPool,
    partitions: Partitions,
    pane_hash: OnceCell<PaneHash>,
}

impl PostgresStore {
    /// A store that connects when it is first used. Must be called within a Tokio runtime.
    ///
    /// # Errors
    /// When the URL cannot be parsed.
    pub fn connect(url: &str, settings: PoolSettings) -> Result<Self, StoreError> {
        // The parser's error repeats parts of the URL, which may hold a password.
        let options: PgConnectOptions = url.parse().map_err(|_| StoreError::UnreadableUrl)?;
        let options = options
            .application_name("credsieve")
            .disable_statement_logging();
        let pool = |connections: u32| {
            PgPoolOptions::new()
                .max_connections(connections)
                .acquire_timeout(settings.acquire_timeout)
        };
        let readers = (settings.max_connections / 2).max(1);
        let others = settings.max_connections.saturating_sub(readers).max(1);
        let readers = pool(readers).after_connect(|connection, _| {
            Box::pin(async move {
                // Who asked has long gone by then; the server would go on for nobody.
                let limit = format!("SET statement_timeout = {READ_WITHIN_MS}");
                sqlx::query(AssertSqlSafe(limit))
                    .execute(connection)
                    .await?;
                Ok(())
            })
        });
        Ok(Self {
            readers: readers.connect_lazy_with(options.clone()),
            pool: pool(others).connect_lazy_with(options.clone()),
            writer: pool(WRITERS).connect_lazy_with(options),
            partitions: Partitions::default(),
            pane_hash: OnceCell::new(),
        })
    }

    /// The hash of the panes, under the key that the first process to need one has made.
    async fn pane_hash(&self) -> Result<&PaneHash, StoreError> {
        let load = || async {
            let fresh = PaneHash::fresh_key()?;
            sqlx::query("INSERT INTO pane_key (id, key) VALUES (1, $1) ON CONFLICT DO NOTHING")
                .bind(fresh.to_vec())
                .execute(&self.writer)
                .await?;
            let key: Vec<u8> = sqlx::query_scalar("SELECT key FROM pane_key WHERE id = 1")
                .fetch_one(&self.writer)
                .await?;
            PaneHash::from_stored(&key)
        };
        self.pane_hash.get_or_try_init(load).await
    }
}

/// Whether an error of PostgreSQL's may be gone later.
pub(crate) fn is_transient(error: &dyn DatabaseError) -> bool {
    let Some(error) = error.try_downcast_ref::<PgDatabaseError>() else {
        return false;
    };
    match error.code() {
        // Read only: a replica that takes over. Lock not available, query cancelled, and the
        // server going down, coming up or having crashed.
        "25006" | "55P03" | "57014" | "57P01" | "57P02" | "57P03" | "57P05" => true,
        // Connections, serialization failures and deadlocks, too little of a resource, the disk.
        code => ["08", "40", "53", "58"].iter().any(|c| code.starts_with(c)),
    }
}

/// An instant as PostgreSQL gets it.
fn instant(ms: EpochMs) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(batch::clamp(ms)) * 1_000_000)
        .expect("clamped to the years that a date can have")
}

/// An instant as PostgreSQL gave it.
fn epoch_ms(at: OffsetDateTime) -> EpochMs {
    let ms = at.unix_timestamp_nanos().div_euclid(1_000_000);
    i64::try_from(ms).expect("the years that a date can have fit in milliseconds")
}

/// A 128-bit id from PostgreSQL's text form of a uuid.
fn id_from_uuid(text: &str) -> Result<u128, StoreError> {
    u128::from_str_radix(&text.replace('-', ""), 16).map_err(|error| corrupt("id", &error))
}

#[async_trait]
impl Store for PostgresStore {
    async fn migrate(&self) -> Result<(), StoreError> {
        self.run_migrations().await
    }

    async fn prepare(&self) -> Result<(), StoreError> {
        self.prepare_schema().await
    }

    async fn check(&self) -> Result<(), StoreError> {
        self.check_schema().await
    }

    async fn grant(&self) -> Result<Granted, StoreError> {
        self.grant_roles().await
    }

    async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT 1").execute(&self.pool).await?;
        Ok(())
    }

    async fn write_all(&self, batch: Batch<'_>) -> Result<(), StoreError> {
        self.write_batch(batch).await
    }

    async fn reached(&self, source: &str) -> Result<Vec<(i32, i64)>, StoreError> {
        let sql = "SELECT partition, last_offset + 1 FROM progress
                   WHERE source = $1 AND last_offset >= 0 ORDER BY partition";
        Ok(sqlx::query_as(sql)
            .bind(source)
            .fetch_all(&self.pool)
            .await?)
    }

    async fn verdicts(
        &self,
        filter: &VerdictFilter,
        page: &PageRequest,
    ) -> Result<Page<StoredVerdict>, StoreError> {
        self.read_verdicts(filter, page).await
    }

    async fn allow_counts(
        &self,
        from_ms: EpochMs,
        to_ms: EpochMs,
        tenant: Option<&str>,
    ) -> Result<Vec<AllowCount>, StoreError> {
        self.read_allow_counts(from_ms, to_ms, tenant).await
    }

    async fn distinct(
        &self,
        of: DistinctOf,
        by: &DistinctBy,
        from_ms: EpochMs,
        to_ms: EpochMs,
    ) -> Result<u64, StoreError> {
        self.read_distinct(of, by, from_ms, to_ms).await
    }

    async fn sessions(
        &self,
        filter: &SessionFilter,
        page: &PageRequest,
    ) -> Result<Page<Session>, StoreError> {
        self.read_sessions(filter, page).await
    }

    async fn session(&self, id: SessionId) -> Result<Option<Session>, StoreError> {
        self.read_session(id).await
    }

    async fn review(
        &self,
        id: SessionId,
        version: i64,
        review: &Review,
        act: &Act,
    ) -> Result<Session, ChangeError> {
        self.write_review(id, version, review, act).await
    }

    async fn campaigns(
        &self,
        filter: &CampaignFilter,
        page: &PageRequest,
    ) -> Result<Page<Campaign>, StoreError> {
        self.read_campaigns(filter, page).await
    }

    async fn campaign(&self, id: CampaignId) -> Result<Option<Campaign>, StoreError> {
        self.read_campaign(id).await
    }

    async fn accounts(
        &self,
        id: CampaignId,
        page: &PageRequest,
    ) -> Result<Page<Account>, StoreError> {
        self.read_accounts(id, page).await
    }

    async fn alerts(
        &self,
        filter: &AlertFilter,
        page: &PageRequest,
    ) -> Result<Page<Alert>, StoreError> {
        self.read_alerts(filter, page).await
    }

    async fn lists(&self, page: &PageRequest) -> Result<Page<StoredListEntry>, StoreError> {
        self.read_lists(page).await
    }

    async fn list_entry(&self, id: &str) -> Result<Option<StoredListEntry>, StoreError> {
        self.read_list_entry(id).await
    }

    async fn create_list_entry(
        &self,
        entry: &ListEntry,
        act: &Act,
    ) -> Result<StoredListEntry, StoreError> {
        self.insert_list_entry(entry, act).await
    }

    async fn update_list_entry(
        &self,
        entry: &ListEntry,
        version: i64,
        act: &Act,
    ) -> Result<StoredListEntry, ChangeError> {
        self.replace_list_entry(entry, version, act).await
    }

    async fn delete_list_entry(
        &self,
        id: &str,
        version: i64,
        act: &Act,
    ) -> Result<(), ChangeError> {
        self.remove_list_entry(id, version, act).await
    }

    async fn tell(&self, act: &Act) -> Result<(), StoreError> {
        self.write_act(act).await
    }

    async fn create_key(&self, key: &KeyRecord, act: &Act) -> Result<(), StoreError> {
        self.insert_key(key, act).await
    }

    async fn keys(&self) -> Result<Vec<KeyRecord>, StoreError> {
        self.read_keys().await
    }

    async fn revoke_key(
        &self,
        key_id: &str,
        at_ms: EpochMs,
        act: &Act,
    ) -> Result<bool, StoreError> {
        self.mark_key_revoked(key_id, at_ms, act).await
    }

    async fn audit(&self, filter: &ActFilter, page: &PageRequest) -> Result<Page<Act>, StoreError> {
        self.read_audit(filter, page).await
    }

    async fn retain_from(&self, before_ms: EpochMs) -> Result<u64, StoreError> {
        self.remove_before(before_ms).await
    }

    async fn close(&self) {
        self.readers.close().await;
        self.pool.close().await;
        self.writer.close().await;
    }
}
