//! Writing a batch: one immediate transaction, one statement a table, each row once.

use super::SqliteStore;
use super::campaigns::{insert_alerts, upsert_campaigns};
use crate::batch::{self, CountKey, Lane, Place, Row, SessionDelta, clamp};
use crate::panes::{Pane, PaneKey, StoredPane};
use crate::rows::{corrupt, to_json};
use crate::{Batch, StoreError, panes};
use credsieve_models::verdict::{SessionId, VerdictId};
use serde_json::{Value, json};
use sqlx::{QueryBuilder, SqliteConnection};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Panes of one statement: SQLite takes 32,766 parameters, and a longer statement takes longer to read.
const PANES_AT_ONCE: usize = 64;

impl SqliteStore {
    pub(super) async fn write_batch(&self, all: Batch<'_>) -> Result<(), StoreError> {
        if all.is_empty() {
            return Ok(());
        }
        let outcomes = all.outcomes;
        let rows = batch::rows(outcomes)?;
        let last_places = batch::last_places(outcomes);
        let panes = panes::of_batch(outcomes, self.pane_hash().await?);

        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        let reached = read_progress(&mut tx, &last_places).await?;
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

/// The rows of a statement as one JSON array.
pub(super) fn parameter(rows: impl Iterator<Item = Value>) -> Result<String, StoreError> {
    to_json("batch", &rows.collect::<Vec<_>>())
}

async fn read_progress(
    tx: &mut SqliteConnection,
    lanes: &BTreeMap<Lane<'_>, Place>,
) -> Result<HashMap<(String, i32), Place>, StoreError> {
    let lanes = lanes
        .keys()
        .map(|(source, partition)| json!([source, partition]));
    let reached: Vec<(String, i32, i64, i64)> = sqlx::query_as(
        "SELECT p.source, p.partition, p.last_offset, p.last_index
         FROM json_each(?1) l JOIN progress p
           ON p.source = l.value ->> 0 AND p.partition = l.value ->> 1",
    )
    .bind(parameter(lanes)?)
    .fetch_all(tx)
    .await?;
    let reached = reached.into_iter();
    Ok(reached
        .map(|(source, partition, offset, index)| ((source, partition), (offset, index)))
        .collect())
}

async fn advance_progress(
    tx: &mut SqliteConnection,
    lanes: &BTreeMap<Lane<'_>, Place>,
) -> Result<(), StoreError> {
    let lanes = lanes
        .iter()
        .map(|((source, partition), (offset, index))| json!([source, partition, offset, index]));
    sqlx::query(
        "INSERT INTO progress (source, partition, last_offset, last_index)
         SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(?1) WHERE TRUE
         ON CONFLICT (source, partition) DO UPDATE
         SET last_offset = excluded.last_offset, last_index = excluded.last_index
         WHERE (excluded.last_offset, excluded.last_index)
               > (progress.last_offset, progress.last_index)",
    )
    .bind(parameter(lanes)?)
    .execute(tx)
    .await?;
    Ok(())
}

/// Inserts the verdicts that are not there yet, and answers which these were.
async fn insert_verdicts(
    tx: &mut SqliteConnection,
    rows: &[Row<'_>],
) -> Result<HashSet<VerdictId>, StoreError> {
    let rows = rows.iter().map(|row| {
        let verdict = &row.outcome.verdict;
        let context = &row.outcome.context;
        json!([
            clamp(verdict.time_ms),
            verdict.verdict_id,
            verdict.event_id,
            verdict.revision,
            clamp(verdict.decided_at_ms),
            verdict.tenant,
            context.username,
            context.ip.to_canonical(),
            context.asn,
            verdict.decision,
            verdict.score,
            verdict.attack,
            verdict.session_id,
            verdict.mode,
            verdict.policy,
            row.json,
            verdict.campaign_id,
        ])
    });
    let new: Vec<String> = sqlx::query_scalar(
        "INSERT INTO verdicts (time, verdict_id, event_id, revision, decided_at, tenant, username,
                               ip, asn, decision, score, attack, session_id, mode, policy, verdict,
                               campaign_id)
         SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5,
                value ->> 6, value ->> 7, value ->> 8, value ->> 9, value ->> 10, value ->> 11,
                value ->> 12, value ->> 13, value ->> 14, value ->> 15, value ->> 16
         FROM json_each(?1) WHERE TRUE
         ON CONFLICT DO NOTHING
         RETURNING verdict_id",
    )
    .bind(parameter(rows)?)
    .fetch_all(tx)
    .await?;
    let id = |text: &String| text.parse().map_err(|error| corrupt("id", &error));
    new.iter().map(id).collect()
}

async fn upsert_sessions(
    tx: &mut SqliteConnection,
    sessions: &BTreeMap<SessionId, SessionDelta>,
) -> Result<(), StoreError> {
    let sessions = sessions.iter().map(|(id, delta)| {
        json!([
            id,
            delta.tenant,
            delta.ip,
            delta.first_at_ms,
            delta.last_at_ms,
            delta.attempts,
            delta.challenged,
            delta.blocked,
            delta.attack,
            delta.attack_at_ms,
        ])
    });
    sqlx::query(
        "INSERT INTO sessions AS s (session_id, tenant, ip, first_at, last_at, attempts,
                                    challenged, blocked, attack, attack_at)
         SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5,
                value ->> 6, value ->> 7, value ->> 8, value ->> 9
         FROM json_each(?1) WHERE TRUE
         ON CONFLICT (session_id) DO UPDATE SET
             tenant     = CASE WHEN excluded.first_at < s.first_at THEN excluded.tenant ELSE s.tenant END,
             ip         = CASE WHEN excluded.first_at < s.first_at THEN excluded.ip ELSE s.ip END,
             first_at   = min(s.first_at, excluded.first_at),
             last_at    = max(s.last_at, excluded.last_at),
             attempts   = s.attempts + excluded.attempts,
             challenged = s.challenged + excluded.challenged,
             blocked    = s.blocked + excluded.blocked,
             attack     = CASE WHEN (excluded.attack_at, excluded.attack)
                                    > (coalesce(s.attack_at, -1), s.attack)
                               THEN excluded.attack ELSE s.attack END,
             attack_at  = max(coalesce(s.attack_at, excluded.attack_at),
                              coalesce(excluded.attack_at, s.attack_at))",
    )
    .bind(parameter(sessions)?)
    .execute(tx)
    .await?;
    Ok(())
}

async fn add_counts(
    tx: &mut SqliteConnection,
    counts: &BTreeMap<CountKey<'_>, i64>,
) -> Result<(), StoreError> {
    let counts = counts
        .iter()
        .map(|((hour, tenant, (source, partition)), count)| {
            json!([hour, tenant, source, partition, count])
        });
    sqlx::query(
        "INSERT INTO allow_counts AS c (hour, tenant, source, partition, count)
         SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4
         FROM json_each(?1) WHERE TRUE
         ON CONFLICT (hour, tenant, source, partition)
         DO UPDATE SET count = c.count + excluded.count",
    )
    .bind(parameter(counts)?)
    .execute(tx)
    .await?;
    Ok(())
}

async fn take_counts(
    tx: &mut SqliteConnection,
    counts: &BTreeMap<CountKey<'_>, i64>,
) -> Result<(), StoreError> {
    if counts.is_empty() {
        return Ok(());
    }
    let counts = counts
        .iter()
        .map(|((hour, tenant, (source, partition)), count)| {
            json!([hour, tenant, source, partition, count])
        });
    sqlx::query(
        "UPDATE allow_counts AS c SET count = max(0, c.count - (d.value ->> 4))
         FROM json_each(?1) d
         WHERE c.hour = d.value ->> 0 AND c.tenant = d.value ->> 1 AND c.source = d.value ->> 2
           AND c.partition = d.value ->> 3",
    )
    .bind(parameter(counts)?)
    .execute(tx)
    .await?;
    Ok(())
}

/// Merges the batch's panes into the stored ones. Nobody else writes meanwhile.
async fn merge_panes(
    tx: &mut SqliteConnection,
    panes: BTreeMap<PaneKey, Pane>,
) -> Result<(), StoreError> {
    let keys = panes
        .keys()
        .map(|key| json!([key.whose, key.what, key.hour_ms]));
    let stored: Vec<StoredPane> = sqlx::query_as(
        "SELECT p.whose, p.what, p.hour, p.pane FROM json_each(?1) k JOIN distinct_panes p
           ON p.whose = k.value ->> 0 AND p.what = k.value ->> 1 AND p.hour = k.value ->> 2",
    )
    .bind(parameter(keys)?)
    .fetch_all(&mut *tx)
    .await?;
    let grown = panes::merged(panes, &stored)?;
    // JSON has no bytes, so each pane has parameters of its own.
    for some in grown.chunks(PANES_AT_ONCE) {
        let mut insert = QueryBuilder::new("INSERT INTO distinct_panes (whose, what, hour, pane) ");
        insert.push_values(some, |mut row, (key, bytes)| {
            row.push_bind(&key.whose)
                .push_bind(key.what)
                .push_bind(key.hour_ms)
                .push_bind(bytes);
        });
        insert.push(" ON CONFLICT (whose, what, hour) DO UPDATE SET pane = excluded.pane");
        insert.build().execute(&mut *tx).await?;
    }
    Ok(())
}
