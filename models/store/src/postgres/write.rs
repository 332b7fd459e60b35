//! Writing a batch: one transaction, one statement a table, each row once.

use super::campaigns::{insert_alerts, upsert_campaigns};
use super::{PostgresStore, epoch_ms, id_from_uuid, instant};
use crate::batch::{self, CountKey, Lane, Place, Row, SessionDelta};
use crate::panes::{Pane, PaneKey, StoredPane};
use crate::{Batch, StoreError, panes};
use credsieve_models::verdict::{SessionId, VerdictId};
use sqlx::PgConnection;
use std::collections::{BTreeMap, HashMap, HashSet};
use time::OffsetDateTime;

impl PostgresStore {
    pub(super) async fn write_batch(&self, all: Batch<'_>) -> Result<(), StoreError> {
        if all.is_empty() {
            return Ok(());
        }
        let outcomes = all.outcomes;
        let rows = batch::rows(outcomes)?;
        let last_places = batch::last_places(outcomes);
        let panes = panes::of_batch(outcomes, self.pane_hash().await?);
        let times = rows.iter().map(|row| row.outcome.verdict.time_ms);
        self.ensure_partitions(times.map(batch::clamp)).await?;

        let mut tx = self.writer.begin().await?;
        let reached = lock_progress(&mut tx, &last_places).await?;
        let is_new = insert_verdicts(&mut tx, &rows).await?;
        upsert_sessions(&mut tx, &batch::sessions(&rows, &is_new)).await?;
        add_counts(&mut tx, &batch::new_allows(outcomes, &reached)).await?;
        let others = batch::no_longer_allows(&rows, &is_new, &reached);
        take_counts(&mut tx, &others).await?;
        merge_panes(&mut tx, panes).await?;
        advance_progress(&mut tx, &last_places).await?;
        upsert_campaigns(&mut tx, all.campaigns).await?;
        insert_alerts(&mut tx, all.alerts).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// Locks what is known of the batch's partitions, and answers it: another writer of the same
/// partition waits here, and sees what this one has reached.
async fn lock_progress(
    tx: &mut PgConnection,
    lanes: &BTreeMap<Lane<'_>, Place>,
) -> Result<HashMap<(String, i32), Place>, StoreError> {
    let (sources, partitions): (Vec<&str>, Vec<i32>) = lanes.keys().copied().unzip();
    sqlx::query(
        "INSERT INTO progress (source, partition)
         SELECT * FROM UNNEST($1::text[], $2::int4[]) ON CONFLICT DO NOTHING",
    )
    .bind(&sources)
    .bind(&partitions)
    .execute(&mut *tx)
    .await?;
    let reached: Vec<(String, i32, i64, i64)> = sqlx::query_as(
        "SELECT p.source, p.partition, p.last_offset, p.last_index
         FROM progress p
         JOIN UNNEST($1::text[], $2::int4[]) AS l (source, partition) USING (source, partition)
         ORDER BY p.source, p.partition FOR UPDATE OF p",
    )
    .bind(&sources)
    .bind(&partitions)
    .fetch_all(&mut *tx)
    .await?;
    let reached = reached.into_iter();
    Ok(reached
        .map(|(source, partition, offset, index)| ((source, partition), (offset, index)))
        .collect())
}

async fn advance_progress(
    tx: &mut PgConnection,
    lanes: &BTreeMap<Lane<'_>, Place>,
) -> Result<(), StoreError> {
    let (sources, partitions): (Vec<&str>, Vec<i32>) = lanes.keys().copied().unzip();
    let (offsets, indexes): (Vec<i64>, Vec<i64>) = lanes.values().copied().unzip();
    sqlx::query(
        "UPDATE progress p SET last_offset = l.last_offset, last_index = l.last_index
         FROM UNNEST($1::text[], $2::int4[], $3::int8[], $4::int8[])
              AS l (source, partition, last_offset, last_index)
         WHERE p.source = l.source AND p.partition = l.partition
           AND (l.last_offset, l.last_index) > (p.last_offset, p.last_index)",
    )
    .bind(&sources)
    .bind(&partitions)
    .bind(&offsets)
    .bind(&indexes)
    .execute(tx)
    .await?;
    Ok(())
}

/// Inserts the verdicts that are not there yet, and answers which these were.
async fn insert_verdicts(
    tx: &mut PgConnection,
    rows: &[Row<'_>],
) -> Result<HashSet<VerdictId>, StoreError> {
    if rows.is_empty() {
        return Ok(HashSet::new());
    }
    let verdicts = || rows.iter().map(|row| &row.outcome.verdict);
    let contexts = || rows.iter().map(|row| &row.outcome.context);
    let new: Vec<String> = sqlx::query_scalar(
        "INSERT INTO verdicts (time, verdict_id, event_id, revision, decided_at, tenant, username,
                               ip, asn, decision, score, attack, session_id, mode, policy, verdict,
                               campaign_id)
         SELECT time, verdict_id::uuid, event_id, revision, decided_at, tenant, username, ip::inet,
                asn, decision, score, attack, session_id::uuid, mode, policy, verdict::json,
                campaign_id::uuid
         FROM UNNEST($1::timestamptz[], $2::text[], $3::text[], $4::int8[], $5::timestamptz[],
                     $6::text[], $7::text[], $8::text[], $9::int8[], $10::text[], $11::float8[],
                     $12::text[], $13::text[], $14::text[], $15::text[], $16::text[], $17::text[])
              AS v (time, verdict_id, event_id, revision, decided_at, tenant, username, ip, asn,
                    decision, score, attack, session_id, mode, policy, verdict, campaign_id)
         ON CONFLICT DO NOTHING
         RETURNING verdict_id::text",
    )
    .bind(verdicts().map(|v| instant(v.time_ms)).collect::<Vec<_>>())
    .bind(
        verdicts()
            .map(|v| v.verdict_id.to_string())
            .collect::<Vec<_>>(),
    )
    .bind(verdicts().map(|v| v.event_id.as_str()).collect::<Vec<_>>())
    .bind(
        verdicts()
            .map(|v| i64::from(v.revision))
            .collect::<Vec<_>>(),
    )
    .bind(
        verdicts()
            .map(|v| instant(v.decided_at_ms))
            .collect::<Vec<_>>(),
    )
    .bind(verdicts().map(|v| v.tenant.as_str()).collect::<Vec<_>>())
    .bind(
        contexts()
            .map(|c| c.username.as_deref())
            .collect::<Vec<_>>(),
    )
    .bind(
        contexts()
            .map(|c| c.ip.to_canonical().to_string())
            .collect::<Vec<_>>(),
    )
    .bind(contexts().map(|c| c.asn.map(i64::from)).collect::<Vec<_>>())
    .bind(verdicts().map(|v| v.decision.name()).collect::<Vec<_>>())
    .bind(
        verdicts()
            .map(|v| f64::from(v.score.0) / 10_000.0)
            .collect::<Vec<_>>(),
    )
    .bind(verdicts().map(|v| v.attack.name()).collect::<Vec<_>>())
    .bind(
        verdicts()
            .map(|v| v.session_id.map(|id| id.to_string()))
            .collect::<Vec<_>>(),
    )
    .bind(verdicts().map(|v| v.mode.name()).collect::<Vec<_>>())
    .bind(verdicts().map(|v| &*v.policy).collect::<Vec<&str>>())
    .bind(rows.iter().map(|row| row.json.as_str()).collect::<Vec<_>>())
    .bind(
        verdicts()
            .map(|v| v.campaign_id.map(|id| id.to_string()))
            .collect::<Vec<_>>(),
    )
    .fetch_all(tx)
    .await?;
    new.iter()
        .map(|id| id_from_uuid(id).map(VerdictId))
        .collect()
}

async fn upsert_sessions(
    tx: &mut PgConnection,
    sessions: &BTreeMap<SessionId, SessionDelta>,
) -> Result<(), StoreError> {
    if sessions.is_empty() {
        return Ok(());
    }
    let deltas = || sessions.values();
    sqlx::query(
        "INSERT INTO sessions AS s (session_id, tenant, ip, first_at, last_at, attempts,
                                    challenged, blocked, attack, attack_at)
         SELECT session_id::uuid, tenant, ip::inet, first_at, last_at, attempts, challenged,
                blocked, attack, attack_at
         FROM UNNEST($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[],
                     $6::int8[], $7::int8[], $8::int8[], $9::text[], $10::timestamptz[])
              AS d (session_id, tenant, ip, first_at, last_at, attempts, challenged, blocked,
                    attack, attack_at)
         ON CONFLICT (session_id) DO UPDATE SET
             tenant     = CASE WHEN excluded.first_at < s.first_at THEN excluded.tenant ELSE s.tenant END,
             ip         = CASE WHEN excluded.first_at < s.first_at THEN excluded.ip ELSE s.ip END,
             first_at   = LEAST(s.first_at, excluded.first_at),
             last_at    = GREATEST(s.last_at, excluded.last_at),
             attempts   = s.attempts + excluded.attempts,
             challenged = s.challenged + excluded.challenged,
             blocked    = s.blocked + excluded.blocked,
             attack     = CASE WHEN (excluded.attack_at, excluded.attack)
                                    > (COALESCE(s.attack_at, '-infinity'), s.attack)
                               THEN excluded.attack ELSE s.attack END,
             attack_at  = GREATEST(s.attack_at, excluded.attack_at)",
    )
    .bind(sessions.keys().map(ToString::to_string).collect::<Vec<_>>())
    .bind(deltas().map(|d| d.tenant.as_str()).collect::<Vec<_>>())
    .bind(deltas().map(|d| d.ip.to_string()).collect::<Vec<_>>())
    .bind(deltas().map(|d| instant(d.first_at_ms)).collect::<Vec<_>>())
    .bind(deltas().map(|d| instant(d.last_at_ms)).collect::<Vec<_>>())
    .bind(deltas().map(|d| d.attempts).collect::<Vec<_>>())
    .bind(deltas().map(|d| d.challenged).collect::<Vec<_>>())
    .bind(deltas().map(|d| d.blocked).collect::<Vec<_>>())
    .bind(deltas().map(|d| d.attack.name()).collect::<Vec<_>>())
    .bind(deltas().map(|d| d.attack_at_ms.map(instant)).collect::<Vec<_>>())
    .execute(tx)
    .await?;
    Ok(())
}

async fn add_counts(
    tx: &mut PgConnection,
    counts: &BTreeMap<CountKey<'_>, i64>,
) -> Result<(), StoreError> {
    if counts.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "INSERT INTO allow_counts AS c (hour, tenant, source, partition, count)
         SELECT * FROM UNNEST($1::timestamptz[], $2::text[], $3::text[], $4::int4[], $5::int8[])
         ON CONFLICT (hour, tenant, source, partition)
         DO UPDATE SET count = c.count + excluded.count",
    )
    .bind(counts.keys().map(|key| instant(key.0)).collect::<Vec<_>>())
    .bind(counts.keys().map(|key| key.1).collect::<Vec<_>>())
    .bind(counts.keys().map(|key| key.2.0).collect::<Vec<_>>())
    .bind(counts.keys().map(|key| key.2.1).collect::<Vec<_>>())
    .bind(counts.values().copied().collect::<Vec<_>>())
    .execute(tx)
    .await?;
    Ok(())
}

async fn take_counts(
    tx: &mut PgConnection,
    counts: &BTreeMap<CountKey<'_>, i64>,
) -> Result<(), StoreError> {
    if counts.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "UPDATE allow_counts c SET count = GREATEST(0, c.count - d.count)
         FROM UNNEST($1::timestamptz[], $2::text[], $3::text[], $4::int4[], $5::int8[])
              AS d (hour, tenant, source, partition, count)
         WHERE c.hour = d.hour AND c.tenant = d.tenant AND c.source = d.source
           AND c.partition = d.partition",
    )
    .bind(counts.keys().map(|key| instant(key.0)).collect::<Vec<_>>())
    .bind(counts.keys().map(|key| key.1).collect::<Vec<_>>())
    .bind(counts.keys().map(|key| key.2.0).collect::<Vec<_>>())
    .bind(counts.keys().map(|key| key.2.1).collect::<Vec<_>>())
    .bind(counts.values().copied().collect::<Vec<_>>())
    .execute(tx)
    .await?;
    Ok(())
}

/// Merges the batch's panes into the stored ones, each under the lock of its row.
async fn merge_panes(
    tx: &mut PgConnection,
    panes: BTreeMap<PaneKey, Pane>,
) -> Result<(), StoreError> {
    let hours: Vec<_> = panes.keys().map(|key| instant(key.hour_ms)).collect();
    let whose: Vec<&str> = panes.keys().map(|key| key.whose.as_str()).collect();
    let what: Vec<&str> = panes.keys().map(|key| key.what).collect();
    // An empty pane first where there is none: then there is a row to lock.
    sqlx::query(
        "INSERT INTO distinct_panes (whose, what, hour, pane)
         SELECT whose, what, hour, ''::bytea
         FROM UNNEST($1::text[], $2::text[], $3::timestamptz[]) AS k (whose, what, hour)
         ON CONFLICT DO NOTHING",
    )
    .bind(&whose)
    .bind(&what)
    .bind(&hours)
    .execute(&mut *tx)
    .await?;
    let stored: Vec<(String, String, OffsetDateTime, Vec<u8>)> = sqlx::query_as(
        "SELECT p.whose, p.what, p.hour, p.pane FROM distinct_panes p
         JOIN UNNEST($1::text[], $2::text[], $3::timestamptz[]) AS k (whose, what, hour)
         USING (whose, what, hour)
         ORDER BY p.whose, p.what, p.hour FOR UPDATE OF p",
    )
    .bind(&whose)
    .bind(&what)
    .bind(&hours)
    .fetch_all(&mut *tx)
    .await?;
    let stored: Vec<StoredPane> = stored
        .into_iter()
        .map(|(whose, what, hour, bytes)| (whose, what, epoch_ms(hour), bytes))
        .collect();

    // An upsert, should the retention have removed a row since.
    let changed = panes::merged(panes, &stored)?;
    let key = |at: usize| &changed[at].0;
    let all = 0..changed.len();
    sqlx::query(
        "INSERT INTO distinct_panes (whose, what, hour, pane)
         SELECT * FROM UNNEST($1::text[], $2::text[], $3::timestamptz[], $4::bytea[])
         ON CONFLICT (whose, what, hour) DO UPDATE SET pane = excluded.pane",
    )
    .bind(
        all.clone()
            .map(|at| key(at).whose.as_str())
            .collect::<Vec<_>>(),
    )
    .bind(all.clone().map(|at| key(at).what).collect::<Vec<_>>())
    .bind(
        all.clone()
            .map(|at| instant(key(at).hour_ms))
            .collect::<Vec<_>>(),
    )
    .bind(
        changed
            .iter()
            .map(|(_, bytes)| bytes.as_slice())
            .collect::<Vec<_>>(),
    )
    .execute(tx)
    .await?;
    Ok(())
}
