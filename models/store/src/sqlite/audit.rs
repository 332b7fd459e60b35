//! The trail of what people did.

use super::SqliteStore;
use crate::cursor::{Listing, Place};
use crate::rows::corrupt;
use crate::{Act, ActFilter, ActKind, Page, PageRequest, StoreError, batch};
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row, Sqlite, SqliteConnection};

/// Adds an act to the trail, in the transaction of what it tells of.
pub(super) async fn insert_act(tx: &mut SqliteConnection, act: &Act) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO audit (at, actor, key_id, act, subject, old_value, new_value)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )
    .bind(batch::clamp(act.at_ms))
    .bind(&act.actor)
    .bind(&act.key_id)
    .bind(act.act.name())
    .bind(&act.subject)
    .bind(&act.old)
    .bind(&act.new)
    .execute(tx)
    .await?;
    Ok(())
}

fn read(row: &SqliteRow) -> Result<(Place, Act), StoreError> {
    let place = Place {
        at: row.try_get("seq")?,
        id: 0,
    };
    let act: String = row.try_get("act")?;
    let act = Act {
        at_ms: row.try_get("at")?,
        actor: row.try_get("actor")?,
        key_id: row.try_get("key_id")?,
        act: ActKind::from_name(&act).ok_or_else(|| corrupt("act", &act))?,
        subject: row.try_get("subject")?,
        old: row.try_get("old_value")?,
        new: row.try_get("new_value")?,
    };
    Ok((place, act))
}

impl SqliteStore {
    pub(super) async fn write_act(&self, act: &Act) -> Result<(), StoreError> {
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        insert_act(&mut tx, act).await?;
        Ok(tx.commit().await?)
    }

    pub(super) async fn read_audit(
        &self,
        filter: &ActFilter,
        page: &PageRequest,
    ) -> Result<Page<Act>, StoreError> {
        let (after, limit) = Listing::Audit.start(page)?;
        let mut query = QueryBuilder::<Sqlite>::new(
            "SELECT seq, at, actor, key_id, act, subject, old_value, new_value
             FROM audit WHERE TRUE",
        );
        if let Some(act) = filter.act {
            query.push(" AND act = ").push_bind(act.name());
        }
        if let Some(actor) = &filter.actor {
            query.push(" AND actor = ").push_bind(actor);
        }
        if let Some(subject) = &filter.subject {
            query.push(" AND subject = ").push_bind(subject);
        }
        if let Some(from_ms) = filter.from_ms {
            query.push(" AND at >= ").push_bind(from_ms);
        }
        if let Some(to_ms) = filter.to_ms.filter(|to_ms| batch::is_end(*to_ms)) {
            query.push(" AND at < ").push_bind(to_ms);
        }
        if let Some(after) = after {
            query.push(" AND seq < ").push_bind(after.at);
        }
        query.push(" ORDER BY seq DESC LIMIT ");
        let found = query
            .push_bind(limit)
            .build()
            .fetch_all(&mut *self.reader().await?)
            .await?;
        let found: Result<Vec<_>, _> = found.iter().map(read).collect();
        Ok(Listing::Audit.page(page, found?))
    }
}
