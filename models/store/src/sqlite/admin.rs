//! List entries and API keys: few rows, changed by people. Each change is one transaction with the act
//! that tells of it.

use super::SqliteStore;
use super::audit::insert_act;
use crate::cursor::{Listing, Place};
use crate::rows::{from_json, hash_from_stored, scopes_from_names, to_json};
use crate::{Act, ChangeError, KeyRecord, Page, PageRequest, StoreError, StoredListEntry};
use credsieve_models::lists::ListEntry;
use credsieve_models::time::EpochMs;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

fn read_entry(row: &SqliteRow) -> Result<(Place, StoredListEntry), StoreError> {
    let place = Place {
        at: row.try_get("seq")?,
        id: 0,
    };
    let entry: String = row.try_get("entry")?;
    let entry = StoredListEntry {
        entry: from_json("list entry", &entry)?,
        version: row.try_get("version")?,
    };
    Ok((place, entry))
}

fn read_key(row: &SqliteRow) -> Result<KeyRecord, StoreError> {
    let secret_hash: Vec<u8> = row.try_get("secret_hash")?;
    let scopes: String = row.try_get("scopes")?;
    Ok(KeyRecord {
        key_id: row.try_get("key_id")?,
        secret_hash: hash_from_stored(&secret_hash)?,
        name: row.try_get("name")?,
        scopes: scopes_from_names(scopes.split_terminator(','))?,
        created_at_ms: row.try_get("created_at")?,
        revoked_at_ms: row.try_get("revoked_at")?,
    })
}

impl SqliteStore {
    pub(super) async fn read_lists(
        &self,
        page: &PageRequest,
    ) -> Result<Page<StoredListEntry>, StoreError> {
        let (after, limit) = Listing::Lists.start(page)?;
        let rows = sqlx::query(
            "SELECT seq, version, entry FROM list_entries
             WHERE seq > ?1 ORDER BY seq LIMIT ?2",
        )
        .bind(after.map_or(0, |after| after.at))
        .bind(limit)
        .fetch_all(&self.pool)
        .await?;
        let found: Result<Vec<_>, _> = rows.iter().map(read_entry).collect();
        Ok(Listing::Lists.page(page, found?))
    }

    pub(super) async fn read_list_entry(
        &self,
        id: &str,
    ) -> Result<Option<StoredListEntry>, StoreError> {
        let sql = "SELECT seq, version, entry FROM list_entries WHERE id = ?1";
        let row = sqlx::query(sql).bind(id).fetch_optional(&self.pool).await?;
        let entry = row.as_ref().map(read_entry).transpose()?;
        Ok(entry.map(|(_, entry)| entry))
    }

    pub(super) async fn insert_list_entry(
        &self,
        entry: &ListEntry,
        act: &Act,
    ) -> Result<StoredListEntry, StoreError> {
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        sqlx::query("INSERT INTO list_entries (id, entry) VALUES (?1, ?2)")
            .bind(&entry.id)
            .bind(to_json("list entry", entry)?)
            .execute(&mut *tx)
            .await?;
        insert_act(&mut tx, act).await?;
        tx.commit().await?;
        Ok(StoredListEntry {
            entry: entry.clone(),
            version: 1,
        })
    }

    pub(super) async fn replace_list_entry(
        &self,
        entry: &ListEntry,
        version: i64,
        act: &Act,
    ) -> Result<StoredListEntry, ChangeError> {
        let mut tx = self
            .writer
            .begin_with("BEGIN IMMEDIATE")
            .await
            .map_err(StoreError::from)?;
        let changed: Option<i64> = sqlx::query_scalar(
            "UPDATE list_entries SET version = version + 1, entry = ?3
             WHERE id = ?1 AND version = ?2 RETURNING version",
        )
        .bind(&entry.id)
        .bind(version)
        .bind(to_json("list entry", entry)?)
        .fetch_optional(&mut *tx)
        .await
        .map_err(StoreError::from)?;
        let Some(version) = changed else {
            tx.rollback().await.map_err(StoreError::from)?;
            return Err(self.why_unchanged(&entry.id).await);
        };
        insert_act(&mut tx, act).await?;
        tx.commit().await.map_err(StoreError::from)?;
        Ok(StoredListEntry {
            entry: entry.clone(),
            version,
        })
    }

    pub(super) async fn remove_list_entry(
        &self,
        id: &str,
        version: i64,
        act: &Act,
    ) -> Result<(), ChangeError> {
        let mut tx = self
            .writer
            .begin_with("BEGIN IMMEDIATE")
            .await
            .map_err(StoreError::from)?;
        let removed = sqlx::query("DELETE FROM list_entries WHERE id = ?1 AND version = ?2")
            .bind(id)
            .bind(version)
            .execute(&mut *tx)
            .await
            .map_err(StoreError::from)?;
        if removed.rows_affected() == 0 {
            tx.rollback().await.map_err(StoreError::from)?;
            return Err(self.why_unchanged(id).await);
        }
        insert_act(&mut tx, act).await?;
        Ok(tx.commit().await.map_err(StoreError::from)?)
    }

    async fn why_unchanged(&self, id: &str) -> ChangeError {
        match self.read_list_entry(id).await {
            Ok(Some(entry)) => ChangeError::Stale {
                current: entry.version,
            },
            Ok(None) => ChangeError::NotFound,
            Err(error) => error.into(),
        }
    }

    pub(super) async fn insert_key(&self, key: &KeyRecord, act: &Act) -> Result<(), StoreError> {
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        sqlx::query(
            "INSERT INTO api_keys (key_id, secret_hash, name, scopes, created_at, revoked_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )
        .bind(&key.key_id)
        .bind(key.secret_hash.as_slice())
        .bind(&key.name)
        .bind(
            key.scopes
                .iter()
                .map(|s| s.name())
                .collect::<Vec<_>>()
                .join(","),
        )
        .bind(key.created_at_ms)
        .bind(key.revoked_at_ms)
        .execute(&mut *tx)
        .await?;
        insert_act(&mut tx, act).await?;
        Ok(tx.commit().await?)
    }

    pub(super) async fn read_keys(&self) -> Result<Vec<KeyRecord>, StoreError> {
        let rows = sqlx::query(
            "SELECT key_id, secret_hash, name, scopes, created_at, revoked_at
             FROM api_keys ORDER BY created_at, key_id",
        )
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(read_key).collect()
    }

    pub(super) async fn mark_key_revoked(
        &self,
        key_id: &str,
        at_ms: EpochMs,
        act: &Act,
    ) -> Result<bool, StoreError> {
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        let sql = "UPDATE api_keys SET revoked_at = ?2 WHERE key_id = ?1 AND revoked_at IS NULL";
        let revoked = sqlx::query(sql).bind(key_id).bind(at_ms);
        if revoked.execute(&mut *tx).await?.rows_affected() == 0 {
            tx.rollback().await?;
            return Ok(false);
        }
        insert_act(&mut tx, act).await?;
        tx.commit().await?;
        Ok(true)
    }
}
