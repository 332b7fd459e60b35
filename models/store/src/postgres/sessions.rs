//! Reading and reviewing sessions.

use super::audit::insert_act;
use super::{PostgresStore, epoch_ms, id_from_uuid, instant};
use crate::cursor::{Listing, Place};
use crate::rows::{corrupt, from_json, to_json};
use crate::sessions::condition_of_index;
use crate::{
    Act, ChangeError, Page, PageRequest, Review, Session, SessionFilter, StoreError, batch,
};
use credsieve_models::verdict::{Attack, SessionId};
use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, Postgres, QueryBuilder, Row};

/// What a session is read from.
const COLUMNS: &str = "session_id::text, tenant, host(ip) AS ip, first_at, last_at, attempts,
                       challenged, blocked, attack, version, review::text";

fn read(row: &PgRow) -> Result<Session, StoreError> {
    let ip: String = row.try_get("ip")?;
    let attack: String = row.try_get("attack")?;
    let review: Option<String> = row.try_get("review")?;
    let session_id: String = row.try_get("session_id")?;
    Ok(Session {
        session_id: SessionId(id_from_uuid(&session_id)?),
        tenant: row.try_get("tenant")?,
        ip: ip.parse().map_err(|e| corrupt("address", &e))?,
        first_at_ms: epoch_ms(row.try_get("first_at")?),
        last_at_ms: epoch_ms(row.try_get("last_at")?),
        attempts: row.try_get("attempts")?,
        challenged: row.try_get("challenged")?,
        blocked: row.try_get("blocked")?,
        attack: Attack::from_name(&attack).ok_or_else(|| corrupt("attack", &attack))?,
        version: row.try_get("version")?,
        review: review.map(|text| from_json("review", &text)).transpose()?,
    })
}

impl PostgresStore {
    pub(super) async fn read_sessions(
        &self,
        filter: &SessionFilter,
        page: &PageRequest,
    ) -> Result<Page<Session>, StoreError> {
        let (after, limit) = Listing::Sessions.start(page)?;
        let select = format!("SELECT {COLUMNS} FROM sessions WHERE TRUE");
        let mut query = QueryBuilder::<Postgres>::new(select);
        if let Some(ip) = filter.ip {
            let ip = ip.to_canonical().to_string();
            query.push(" AND ip = ").push_bind(ip).push("::inet");
        }
        match filter.reviewed {
            Some(true) => query.push(" AND review IS NOT NULL"),
            Some(false) => query.push(" AND review IS NULL"),
            None => &mut query,
        };
        if let Some(min) = filter.min_attempts {
            query.push(" AND attempts >= ").push_bind(min);
            query.push(condition_of_index(min));
        }
        if let Some(from_ms) = filter.from_ms {
            query.push(" AND last_at >= ").push_bind(instant(from_ms));
        }
        if let Some(to_ms) = filter.to_ms.filter(|to_ms| batch::is_end(*to_ms)) {
            query.push(" AND last_at < ").push_bind(instant(to_ms));
        }
        if let Some(after) = after {
            query.push(" AND (last_at, session_id) < (");
            query.push_bind(instant(after.at)).push(", ");
            query
                .push_bind(format!("{:032x}", after.id))
                .push("::uuid)");
        }
        query.push(" ORDER BY last_at DESC, session_id DESC LIMIT ");
        let found = query
            .push_bind(limit)
            .build()
            .fetch_all(&self.readers)
            .await?;
        let place = |session: Session| {
            let at = session.last_at_ms;
            let id = session.session_id.0;
            (Place { at, id }, session)
        };
        let found: Result<Vec<_>, _> = found.iter().map(|row| read(row).map(place)).collect();
        Ok(Listing::Sessions.page(page, found?))
    }

    pub(super) async fn read_session(&self, id: SessionId) -> Result<Option<Session>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM sessions WHERE session_id = $1::uuid");
        let row = sqlx::query(AssertSqlSafe(sql))
            .bind(id.to_string())
            .fetch_optional(&self.pool)
            .await?;
        row.as_ref().map(read).transpose()
    }

    /// The version is checked, the session changed and the history written, in one statement; and the
    /// act in the same transaction.
    pub(super) async fn write_review(
        &self,
        id: SessionId,
        version: i64,
        review: &Review,
        act: &Act,
    ) -> Result<Session, ChangeError> {
        let mut tx = self.pool.begin().await.map_err(StoreError::from)?;
        let sql = format!(
            "WITH changed AS (
                 UPDATE sessions SET version = version + 1, review = $3::json
                 WHERE session_id = $1::uuid AND version = $2 RETURNING *
             ), kept AS (
                 INSERT INTO reviews (session_id, version, review)
                 SELECT session_id, version, review FROM changed
             )
             SELECT {COLUMNS} FROM changed"
        );
        let changed = sqlx::query(AssertSqlSafe(sql))
            .bind(id.to_string())
            .bind(version)
            .bind(to_json("review", review)?)
            .fetch_optional(&mut *tx)
            .await
            .map_err(StoreError::from)?;
        let Some(row) = changed else {
            tx.rollback().await.map_err(StoreError::from)?;
            return Err(match self.read_session(id).await? {
                Some(session) => ChangeError::Stale {
                    current: session.version,
                },
                None => ChangeError::NotFound,
            });
        };
        insert_act(&mut tx, act).await?;
        tx.commit().await.map_err(StoreError::from)?;
        Ok(read(&row)?)
    }
}
