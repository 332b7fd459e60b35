//! The store in SQLite: embedded, one process, one file.
//!
//! One connection writes, one answers short questions, a few list: in WAL mode they do not wait for each
//! other. A write is one immediate transaction, or a single statement. A batch goes in as one JSON parameter a table, so
//! that its size never meets SQLite's limit of parameters.

mod admin;
mod audit;
mod campaigns;
mod sessions;
mod verdicts;
mod write;

use crate::panes::PaneHash;
use crate::{
    Account, Act, ActFilter, AlertFilter, AllowCount, Batch, CampaignFilter, ChangeError,
    DistinctBy, DistinctOf, KeyRecord, Page, PageRequest, Review, Session, SessionFilter, Store,
    StoreError, StoredListEntry, StoredVerdict, VerdictFilter, migrations,
};
use async_trait::async_trait;
use credsieve_models::alert::Alert;
use credsieve_models::campaign::Campaign;
use credsieve_models::lists::ListEntry;
use credsieve_models::time::EpochMs;
use credsieve_models::verdict::{CampaignId, SessionId};
use sqlx::error::DatabaseError;
use sqlx::migrate::MigrateError;
use sqlx::pool::PoolConnection;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteError, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};
use sqlx::{ConnectOptions, Connection, Sqlite, SqliteConnection};
use std::ops::{Deref, DerefMut};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::OnceCell;

/// How long a call waits for a connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(3);

/// How long a statement waits for another process that has the file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(3);

/// How often what another process may be doing to a new file at the same moment is tried again, and
/// after what time.
const START_TRIES: u32 = 40;
const START_AGAIN: Duration = Duration::from_millis(50);

/// Connections for listings.
const READERS: u32 = 4;

/// How long a listing may take: longer than any caller waits.
const READ_WITHIN: Duration = Duration::from_secs(10);

/// After how many of SQLite's steps a listing asks whether it should go on: well below a millisecond.
const STEPS: i32 = 10_000;

/// The store in SQLite.
#[derive(Debug)]
pub struct SqliteStore {
    /// A single connection: writers queue here, in order, instead of finding the file locked.
    writer: SqlitePool,
    /// A single connection for keys and short questions.
    pool: SqlitePool,
    /// Listings and numbers, which may take long: whoever asks for them must not keep keys from
    /// being read or the store from answering.
    readers: SqlitePool,
    read_within: Duration,
    pane_hash: OnceCell<PaneHash>,
}

impl SqliteStore {
    /// Opens the file, and makes it where there is none.
    ///
    /// # Errors
    /// When the file cannot be opened or is no database.
    pub async fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        make_private(path.as_ref()).map_err(sqlx::Error::Io)?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // Offsets are committed once outcomes are stored: they must outlive a power cut.
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(BUSY_TIMEOUT)
            .disable_statement_logging();
        // A full disk lets SQLite roll back by itself. Nothing is left then that the pool could roll
        // back, and it goes on counting the transaction: only a new connection begins another.
        let only_free = pool(1).before_acquire(|connection, _| {
            let is_free = !connection.is_in_transaction();
            Box::pin(async move { Ok(is_free) })
        });
        let writer = opened(&only_free, &options).await?;
        let options = options.read_only(true);
        let short = opened(&pool(1), &options).await?;
        let readers = opened(&pool(READERS), &options).await?;
        Ok(Self::new(writer, short, readers))
    }

    /// Opens a store that lives as long as this value.
    ///
    /// # Errors
    /// When SQLite cannot.
    pub async fn open_in_memory() -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::new()
            .in_memory(true)
            .disable_statement_logging();
        // Each connection has a memory of its own, so there is one, which is never replaced.
        // The limit of a listing must not end what comes after it.
        let unlimited = pool(1).before_acquire(|connection, _| {
            Box::pin(async move {
                connection.lock_handle().await?.remove_progress_handler();
                Ok(true)
            })
        });
        let only = unlimited.connect_with(options).await?;
        Ok(Self::new(only.clone(), only.clone(), only))
    }

    fn new(writer: SqlitePool, pool: SqlitePool, readers: SqlitePool) -> Self {
        Self {
            writer,
            pool,
            readers,
            read_within: READ_WITHIN,
            pane_hash: OnceCell::new(),
        }
    }

    /// A connection for one listing.
    async fn reader(&self) -> Result<Reader, StoreError> {
        let mut connection = self.readers.acquire().await?;
        let asked = Arc::new(());
        let (waiting, since, within) = (Arc::downgrade(&asked), Instant::now(), self.read_within);
        connection
            .lock_handle()
            .await?
            .set_progress_handler(STEPS, move || {
                waiting.strong_count() > 0 && since.elapsed() < within
            });
        Ok(Reader {
            _asked: asked,
            connection,
        })
    }

    /// The hash of the panes, under the key that the first write made.
    async fn pane_hash(&self) -> Result<&PaneHash, StoreError> {
        let load = || async {
            let fresh = PaneHash::fresh_key()?;
            sqlx::query("INSERT INTO pane_key (id, key) VALUES (1, ?1) ON CONFLICT DO NOTHING")
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

/// A connection for one listing, which ends when it takes too long or nobody waits for it any more:
/// SQLite by itself would go on, and keep the connection.
struct Reader {
    /// Dropped with the request, and before the connection goes back.
    _asked: Arc<()>,
    connection: PoolConnection<Sqlite>,
}

impl Deref for Reader {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        &self.connection
    }
}

impl DerefMut for Reader {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        &mut self.connection
    }
}

/// Makes the file where there is none, for its owner alone: it holds names and addresses. SQLite
/// gives the files beside it the same permissions.
fn make_private(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

fn pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .min_connections(1)
        .max_connections(connections)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .idle_timeout(None)
        .max_lifetime(None)
}

/// Whether an error of SQLite's may be gone later.
pub(crate) fn is_transient(error: &dyn DatabaseError) -> bool {
    let Some(error) = error.try_downcast_ref::<SqliteError>() else {
        return false;
    };
    let code: Option<u32> = error.code().and_then(|code| code.parse().ok());
    // The lower byte is the kind: busy, locked, interrupted, I/O error, full, cannot open.
    code.is_some_and(|code| matches!(code & 0xff, 5 | 6 | 9 | 10 | 13 | 14))
}

/// Opens connections. The first one to a new file switches it to its write-ahead log, and that switch
/// does not wait for another process: it says at once that the file is locked.
async fn opened(
    pool: &SqlitePoolOptions,
    options: &SqliteConnectOptions,
) -> Result<SqlitePool, StoreError> {
    let mut tries = 0;
    loop {
        match pool.clone().connect_with(options.clone()).await {
            Err(sqlx::Error::Database(error)) if is_transient(&*error) && tries < START_TRIES => {
                tries += 1;
                tokio::time::sleep(START_AGAIN).await;
            }
            opened => return Ok(opened?),
        }
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn migrate(&self) -> Result<(), StoreError> {
        let mut tries = 0;
        loop {
            match migrations::sqlite().run(&self.writer).await {
                // SQLite has no lock over several migrations: another process may just have done
                // the same. What is done is not done again, so the next try finds out.
                Err(MigrateError::Execute(_) | MigrateError::ExecuteMigration(..))
                    if tries < START_TRIES =>
                {
                    tries += 1;
                    tokio::time::sleep(START_AGAIN).await;
                }
                done => return Ok(done?),
            }
        }
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
                   WHERE source = ?1 ORDER BY partition";
        let reached = sqlx::query_as(sql).bind(source);
        Ok(reached.fetch_all(&self.pool).await?)
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

    /// The last connection to end empties the write-ahead log into the file, which one that only reads
    /// cannot.
    async fn close(&self) {
        self.readers.close().await;
        self.pool.close().await;
        self.writer.close().await;
    }
}

#[cfg(test)]
mod full_tests;
#[cfg(test)]
mod slow_tests;
