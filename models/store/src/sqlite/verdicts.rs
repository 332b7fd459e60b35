//! Reading verdicts, counts and distinct panes.

use super::SqliteStore;
use crate::cursor::{Listing, Place};
use crate::panes::{Pane, hour_of};
use crate::rows::stored_verdict;
use crate::{
    AllowCount, DistinctBy, DistinctOf, Page, PageRequest, StoreError, StoredVerdict,
    VerdictFilter, batch,
};
use credsieve_models::time::EpochMs;
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row, Sqlite};

/// Writers wait while verdicts are removed: not all at once.
const DELETED_AT_ONCE: i64 = 5_000;

fn read(row: &SqliteRow) -> Result<(Place, StoredVerdict), StoreError> {
    let verdict: String = row.try_get("verdict")?;
    let ip: String = row.try_get("ip")?;
    stored_verdict(&verdict, row.try_get("username")?, &ip, row.try_get("asn")?)
}

impl SqliteStore {
    pub(super) async fn read_verdicts(
        &self,
        filter: &VerdictFilter,
        page: &PageRequest,
    ) -> Result<Page<StoredVerdict>, StoreError> {
        let (after, limit) = Listing::Verdicts.start(page)?;
        let mut query = QueryBuilder::<Sqlite>::new(
            "SELECT verdict, username, ip, asn FROM verdicts WHERE TRUE",
        );
        if let Some(tenant) = &filter.tenant {
            query.push(" AND tenant = ").push_bind(tenant);
        }
        if let Some(username) = &filter.username {
            query.push(" AND username = ").push_bind(username);
        }
        if let Some(ip) = filter.ip {
            let ip = ip.to_canonical().to_string();
            query.push(" AND ip = ").push_bind(ip);
        }
        if let Some(decision) = filter.decision {
            query.push(" AND decision = ").push_bind(decision.name());
        }
        if let Some(attack) = filter.attack {
            query.push(" AND attack = ").push_bind(attack.name());
        }
        if let Some(id) = filter.session_id {
            query.push(" AND session_id = ").push_bind(id.to_string());
        }
        if let Some(id) = filter.campaign_id {
            query.push(" AND campaign_id = ").push_bind(id.to_string());
        }
        if let Some(from_ms) = filter.from_ms {
            query.push(" AND time >= ").push_bind(from_ms);
        }
        if let Some(to_ms) = filter.to_ms.filter(|to_ms| batch::is_end(*to_ms)) {
            query.push(" AND time < ").push_bind(to_ms);
        }
        if let Some(after) = after {
            query.push(" AND (time, verdict_id) < (");
            query.push_bind(after.at).push(", ");
            query.push_bind(format!("{:032x}", after.id)).push(")");
        }
        query.push(" ORDER BY time DESC, verdict_id DESC LIMIT ");
        let found = query
            .push_bind(limit)
            .build()
            .fetch_all(&mut *self.reader().await?)
            .await?;
        let found: Result<Vec<_>, _> = found.iter().map(read).collect();
        Ok(Listing::Verdicts.page(page, found?))
    }

    pub(super) async fn read_allow_counts(
        &self,
        from_ms: EpochMs,
        to_ms: EpochMs,
        tenant: Option<&str>,
    ) -> Result<Vec<AllowCount>, StoreError> {
        let rows: Vec<(EpochMs, String, i64)> = sqlx::query_as(
            "SELECT hour, tenant, sum(count) FROM allow_counts
             WHERE hour >= ?1 AND hour < ?2 AND (?3 IS NULL OR tenant = ?3)
             GROUP BY hour, tenant ORDER BY hour, tenant LIMIT ?4",
        )
        .bind(hour_of(from_ms))
        .bind(to_ms)
        .bind(tenant)
        .bind(i64::from(crate::MOST_ALLOW_COUNTS) + 1)
        .fetch_all(&mut *self.reader().await?)
        .await?;
        let count = |(hour_ms, tenant, count)| AllowCount {
            hour_ms,
            tenant,
            count,
        };
        Ok(rows.into_iter().map(count).collect())
    }

    pub(super) async fn read_distinct(
        &self,
        of: DistinctOf,
        by: &DistinctBy,
        from_ms: EpochMs,
        to_ms: EpochMs,
    ) -> Result<u64, StoreError> {
        let panes: Vec<Vec<u8>> = sqlx::query_scalar(
            "SELECT pane FROM distinct_panes
             WHERE whose = ?1 AND what = ?2 AND hour >= ?3 AND hour < ?4",
        )
        .bind(by.stored())
        .bind(of.name())
        .bind(hour_of(from_ms))
        .bind(to_ms)
        .fetch_all(&mut *self.reader().await?)
        .await?;
        Pane::union(&panes)
    }

    /// Removes what ended before an instant.
    pub(super) async fn remove_before(&self, before_ms: EpochMs) -> Result<u64, StoreError> {
        let mut verdicts = 0;
        loop {
            let gone = sqlx::query(
                "DELETE FROM verdicts WHERE (time, verdict_id) IN
                 (SELECT time, verdict_id FROM verdicts WHERE time < ?1 ORDER BY time LIMIT ?2)",
            )
            .bind(before_ms)
            .bind(DELETED_AT_ONCE)
            .execute(&self.writer)
            .await?
            .rows_affected();
            if gone == 0 {
                break;
            }
            verdicts += gone;
        }
        sqlx::query("DELETE FROM sessions WHERE last_at < ?1 AND review IS NULL")
            .bind(before_ms)
            .execute(&self.writer)
            .await?;
        for sql in [
            "DELETE FROM campaigns WHERE last_at < ?1",
            "DELETE FROM alerts WHERE time < ?1",
        ] {
            let deleted = sqlx::query(sql).bind(before_ms);
            deleted.execute(&self.writer).await?;
        }
        for sql in [
            "DELETE FROM allow_counts WHERE hour < ?1",
            "DELETE FROM distinct_panes WHERE hour < ?1",
        ] {
            let deleted = sqlx::query(sql).bind(hour_of(before_ms));
            deleted.execute(&self.writer).await?;
        }
        if verdicts > 0 {
            tracing::info!(verdicts, "old verdicts removed");
        }
        Ok(verdicts)
    }
}
