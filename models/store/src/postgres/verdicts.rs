//! Reading verdicts, counts and distinct panes.

use super::{PostgresStore, epoch_ms, instant};
use crate::cursor::{Listing, Place};
use crate::panes::{Pane, hour_of};
use crate::rows::stored_verdict;
use crate::{
    AllowCount, DistinctBy, DistinctOf, Page, PageRequest, StoreError, StoredVerdict,
    VerdictFilter, batch,
};
use credsieve_models::time::EpochMs;
use sqlx::postgres::PgRow;
use sqlx::{Postgres, QueryBuilder, Row};
use time::OffsetDateTime;

fn read(row: &PgRow) -> Result<(Place, StoredVerdict), StoreError> {
    let verdict: String = row.try_get("verdict")?;
    let ip: String = row.try_get("ip")?;
    stored_verdict(&verdict, row.try_get("username")?, &ip, row.try_get("asn")?)
}

impl PostgresStore {
    pub(super) async fn read_verdicts(
        &self,
        filter: &VerdictFilter,
        page: &PageRequest,
    ) -> Result<Page<StoredVerdict>, StoreError> {
        let (after, limit) = Listing::Verdicts.start(page)?;
        let mut query = QueryBuilder::<Postgres>::new(
            "SELECT verdict::text, username, host(ip) AS ip, asn FROM verdicts WHERE TRUE",
        );
        if let Some(tenant) = &filter.tenant {
            query.push(" AND tenant = ").push_bind(tenant);
        }
        if let Some(username) = &filter.username {
            query.push(" AND username = ").push_bind(username);
        }
        if let Some(ip) = filter.ip {
            let ip = ip.to_canonical().to_string();
            query.push(" AND ip = ").push_bind(ip).push("::inet");
        }
        if let Some(decision) = filter.decision {
            query.push(" AND decision = ").push_bind(decision.name());
        }
        if let Some(attack) = filter.attack {
            query.push(" AND attack = ").push_bind(attack.name());
        }
        if let Some(id) = filter.session_id {
            query.push(" AND session_id = ").push_bind(id.to_string());
            query.push("::uuid");
        }
        if let Some(id) = filter.campaign_id {
            query.push(" AND campaign_id = ").push_bind(id.to_string());
            query.push("::uuid");
        }
        if let Some(from_ms) = filter.from_ms {
            query.push(" AND time >= ").push_bind(instant(from_ms));
        }
        if let Some(to_ms) = filter.to_ms.filter(|to_ms| batch::is_end(*to_ms)) {
            query.push(" AND time < ").push_bind(instant(to_ms));
        }
        if let Some(after) = after {
            // Says nothing new, but later partitions are left out by it.
            query.push(" AND time <= ").push_bind(instant(after.at));
            query.push(" AND (time, verdict_id) < (");
            query.push_bind(instant(after.at)).push(", ");
            query
                .push_bind(format!("{:032x}", after.id))
                .push("::uuid)");
        }
        query.push(" ORDER BY time DESC, verdict_id DESC LIMIT ");
        let found = query
            .push_bind(limit)
            .build()
            .fetch_all(&self.readers)
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
        let rows: Vec<(OffsetDateTime, String, i64)> = sqlx::query_as(
            "SELECT hour, tenant, sum(count)::int8 FROM allow_counts
             WHERE hour >= $1 AND hour < $2 AND ($3::text IS NULL OR tenant = $3)
             GROUP BY hour, tenant ORDER BY hour, tenant LIMIT $4",
        )
        .bind(instant(hour_of(from_ms)))
        .bind(instant(to_ms))
        .bind(tenant)
        .bind(i64::from(crate::MOST_ALLOW_COUNTS) + 1)
        .fetch_all(&self.readers)
        .await?;
        let count = |(hour, tenant, count)| AllowCount {
            hour_ms: epoch_ms(hour),
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
             WHERE whose = $1 AND what = $2 AND hour >= $3 AND hour < $4",
        )
        .bind(by.stored())
        .bind(of.name())
        .bind(instant(hour_of(from_ms)))
        .bind(instant(to_ms))
        .fetch_all(&self.readers)
        .await?;
        Pane::union(&panes)
    }

    /// Removes what ended before an instant, table by table. Each step can be done again.
    pub(super) async fn remove_before(&self, before_ms: EpochMs) -> Result<u64, StoreError> {
        let mut verdicts = self.drop_partitions(before_ms).await?;
        verdicts += self.remove_old("verdicts", before_ms).await?;
        for kind in ["sessions", "campaigns", "alerts"] {
            self.remove_old(kind, before_ms).await?;
        }
        for kind in ["allow_counts", "distinct_panes"] {
            self.remove_old(kind, hour_of(before_ms)).await?;
        }
        if verdicts > 0 {
            tracing::info!(verdicts, "old verdicts removed");
        }
        Ok(verdicts)
    }

    /// By a function of the schema's owner: nobody else may delete.
    async fn remove_old(&self, kind: &str, before_ms: EpochMs) -> Result<u64, StoreError> {
        let gone: i64 = sqlx::query_scalar("SELECT remove_old($1, $2)")
            .bind(kind)
            .bind(instant(before_ms))
            .fetch_one(&self.pool)
            .await?;
        Ok(gone.unsigned_abs())
    }
}
