//! Campaigns, the accounts that fell to them, and alerts.

use super::SqliteStore;
use super::write::parameter;
use crate::batch::clamp;
use crate::campaigns::{
    ALERT_TENANT, CampaignRow, alerts_in_order, latest, place_of, stored_alert, stored_campaign,
};
use crate::cursor::Listing;
use crate::rows::{corrupt, to_json};
use crate::{Account, AlertFilter, CampaignFilter, Page, PageRequest, StoreError, batch};
use credsieve_models::alert::Alert;
use credsieve_models::campaign::Campaign;
use credsieve_models::verdict::CampaignId;
use serde_json::json;
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row, Sqlite, SqliteConnection};

/// Keeps the latest word on each campaign.
pub(super) async fn upsert_campaigns(
    tx: &mut SqliteConnection,
    campaigns: &[Campaign],
) -> Result<(), StoreError> {
    if campaigns.is_empty() {
        return Ok(());
    }
    let row = |(id, row): (CampaignId, CampaignRow<'_>)| {
        let campaign = row.campaign;
        let json = to_json("campaign", campaign)?;
        Ok(json!([
            id,
            campaign.tenant,
            campaign.attack,
            i64::from(row.closed),
            row.last_at_ms,
            row.attempts,
            json,
        ]))
    };
    let rows: Result<Vec<_>, StoreError> = latest(campaigns).into_iter().map(row).collect();
    sqlx::query(
        "INSERT INTO campaigns AS c (campaign_id, tenant, attack, closed, last_at, attempts,
                                     campaign)
         SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5,
                value ->> 6
         FROM json_each(?1) WHERE TRUE
         ON CONFLICT (campaign_id) DO UPDATE SET
             tenant = excluded.tenant, attack = excluded.attack, closed = excluded.closed,
             last_at = excluded.last_at, attempts = excluded.attempts,
             campaign = excluded.campaign
         WHERE (excluded.closed, excluded.last_at, excluded.attempts)
               > (c.closed, c.last_at, c.attempts)",
    )
    .bind(parameter(rows?.into_iter())?)
    .execute(tx)
    .await?;
    Ok(())
}

/// Keeps each alert once.
pub(super) async fn insert_alerts(
    tx: &mut SqliteConnection,
    alerts: &[Alert],
) -> Result<(), StoreError> {
    if alerts.is_empty() {
        return Ok(());
    }
    let row = |alert: &Alert| {
        let json = to_json("alert", alert)?;
        let time_ms = clamp(alert.time_ms());
        Ok(json!([alert.alert_id, time_ms, alert.kind(), json]))
    };
    let rows: Result<Vec<_>, StoreError> = alerts_in_order(alerts).into_iter().map(row).collect();
    sqlx::query(
        "INSERT INTO alerts (alert_id, time, kind, alert)
         SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3
         FROM json_each(?1) WHERE TRUE
         ON CONFLICT DO NOTHING",
    )
    .bind(parameter(rows?.into_iter())?)
    .execute(tx)
    .await?;
    Ok(())
}

fn account(row: &SqliteRow) -> Result<Account, StoreError> {
    let ip: String = row.try_get("ip")?;
    let verdict_id: String = row.try_get("verdict_id")?;
    Ok(Account {
        tenant: row.try_get("tenant")?,
        username: row.try_get("username")?,
        first_at_ms: row.try_get("time")?,
        last_at_ms: row.try_get("last_at")?,
        attempts: row.try_get("attempts")?,
        verdict_id: verdict_id.parse().map_err(|e| corrupt("id", &e))?,
        ip: ip.parse().map_err(|e| corrupt("address", &e))?,
    })
}

impl SqliteStore {
    pub(super) async fn read_campaigns(
        &self,
        filter: &CampaignFilter,
        page: &PageRequest,
    ) -> Result<Page<Campaign>, StoreError> {
        let (after, limit) = Listing::Campaigns.start(page)?;
        let mut query = QueryBuilder::<Sqlite>::new("SELECT campaign FROM campaigns WHERE TRUE");
        if let Some(tenant) = &filter.tenant {
            query.push(" AND tenant = ").push_bind(tenant);
        }
        if let Some(closed) = filter.closed {
            query.push(" AND closed = ").push_bind(closed);
        }
        if let Some(attack) = filter.attack {
            query.push(" AND attack = ").push_bind(attack.name());
        }
        if let Some(from_ms) = filter.from_ms {
            query.push(" AND last_at >= ").push_bind(from_ms);
        }
        if let Some(to_ms) = filter.to_ms.filter(|to_ms| batch::is_end(*to_ms)) {
            query.push(" AND last_at < ").push_bind(to_ms);
        }
        if let Some(after) = after {
            query.push(" AND (last_at, campaign_id) < (");
            query.push_bind(after.at).push(", ");
            query.push_bind(format!("{:032x}", after.id)).push(")");
        }
        query.push(" ORDER BY last_at DESC, campaign_id DESC LIMIT ");
        let found: Vec<String> = query
            .push_bind(limit)
            .build_query_scalar()
            .fetch_all(&mut *self.reader().await?)
            .await?;
        let found: Result<Vec<_>, _> = found.iter().map(|text| stored_campaign(text)).collect();
        Ok(Listing::Campaigns.page(page, found?))
    }

    pub(super) async fn read_campaign(
        &self,
        id: CampaignId,
    ) -> Result<Option<Campaign>, StoreError> {
        let sql = "SELECT campaign FROM campaigns WHERE campaign_id = ?1";
        let found: Option<String> = sqlx::query_scalar(sql)
            .bind(id.to_string())
            .fetch_optional(&self.pool)
            .await?;
        let found = found.map(|text| stored_campaign(&text)).transpose()?;
        Ok(found.map(|(_, campaign)| campaign))
    }

    pub(super) async fn read_accounts(
        &self,
        id: CampaignId,
        page: &PageRequest,
    ) -> Result<Page<Account>, StoreError> {
        let (after, limit) = Listing::Accounts.start(page)?;
        let mut query = QueryBuilder::<Sqlite>::new(
            "SELECT tenant, username, time, last_at, attempts, verdict_id, ip
             FROM (
                 SELECT v.tenant, v.username, v.time, v.verdict_id, v.ip,
                        count(*) OVER account AS attempts,
                        max(v.time) OVER account AS last_at,
                        row_number() OVER (account ORDER BY v.time, v.verdict_id) AS nth
                 FROM verdicts v
                 WHERE v.attack = 'account_takeover' AND v.decision <> 'allow'
                   AND v.username IS NOT NULL
                   AND NOT EXISTS (
                       SELECT 1 FROM verdicts later
                       WHERE later.time = v.time AND later.tenant = v.tenant
                         AND later.event_id = v.event_id AND later.revision > v.revision)
                   AND v.campaign_id = ",
        );
        query.push_bind(id.to_string());
        query.push(" WINDOW account AS (PARTITION BY v.tenant, v.username)) f WHERE nth = 1");
        if let Some(after) = after {
            query.push(" AND (time, verdict_id) < (");
            query.push_bind(after.at).push(", ");
            query.push_bind(format!("{:032x}", after.id)).push(")");
        }
        query.push(" ORDER BY f.time DESC, f.verdict_id DESC LIMIT ");
        let found = query
            .push_bind(limit)
            .build()
            .fetch_all(&mut *self.reader().await?)
            .await?;
        let found: Result<Vec<_>, _> = found.iter().map(|row| account(row).map(place_of)).collect();
        Ok(Listing::Accounts.page(page, found?))
    }

    pub(super) async fn read_alerts(
        &self,
        filter: &AlertFilter,
        page: &PageRequest,
    ) -> Result<Page<Alert>, StoreError> {
        let (after, limit) = Listing::Alerts.start(page)?;
        let mut query = QueryBuilder::<Sqlite>::new("SELECT seq, alert FROM alerts WHERE TRUE");
        if let Some(kind) = filter.kind {
            query.push(" AND kind = ").push_bind(kind);
        }
        if let Some(tenant) = &filter.tenant {
            query.push(" AND ").push(ALERT_TENANT).push(" = ");
            query.push_bind(tenant);
        }
        if let Some(username) = &filter.username {
            query
                .push(" AND alert ->> 'username' = ")
                .push_bind(username);
        }
        if let Some(id) = filter.campaign_id {
            query.push(
                " AND coalesce(alert ->> 'campaign_id', alert -> 'campaign' ->> 'campaign_id') = ",
            );
            query.push_bind(id.to_string());
        }
        if let Some(from_ms) = filter.from_ms {
            query.push(" AND time >= ").push_bind(from_ms);
        }
        if let Some(to_ms) = filter.to_ms.filter(|to_ms| batch::is_end(*to_ms)) {
            query.push(" AND time < ").push_bind(to_ms);
        }
        if let Some(after) = after {
            query.push(" AND seq < ").push_bind(after.at);
        }
        query.push(" ORDER BY seq DESC LIMIT ");
        let found: Vec<(i64, String)> = query
            .push_bind(limit)
            .build_query_as()
            .fetch_all(&mut *self.reader().await?)
            .await?;
        let found: Result<Vec<_>, _> = found
            .iter()
            .map(|(seq, text)| stored_alert(*seq, text))
            .collect();
        Ok(Listing::Alerts.page(page, found?))
    }
}
