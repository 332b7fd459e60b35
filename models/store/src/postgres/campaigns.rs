//! Campaigns, the accounts that fell to them, and alerts.

use super::{PostgresStore, epoch_ms, id_from_uuid, instant};
use crate::campaigns::{
    ALERT_TENANT, alerts_in_order, latest, place_of, stored_alert, stored_campaign,
};
use crate::cursor::Listing;
use crate::rows::{corrupt, to_json};
use crate::{Account, AlertFilter, CampaignFilter, Page, PageRequest, StoreError, batch};
use credsieve_models::alert::Alert;
use credsieve_models::campaign::Campaign;
use credsieve_models::verdict::{CampaignId, VerdictId};
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Postgres, QueryBuilder, Row};

/// Keeps the latest word on each campaign.
pub(super) async fn upsert_campaigns(
    tx: &mut PgConnection,
    campaigns: &[Campaign],
) -> Result<(), StoreError> {
    let rows = latest(campaigns);
    if rows.is_empty() {
        return Ok(());
    }
    let all = || rows.values();
    let json: Result<Vec<_>, _> = all().map(|r| to_json("campaign", r.campaign)).collect();
    sqlx::query(
        "INSERT INTO campaigns AS c (campaign_id, tenant, attack, closed, last_at, attempts,
                                     campaign)
         SELECT campaign_id::uuid, tenant, attack, closed, last_at, attempts, campaign::json
         FROM UNNEST($1::text[], $2::text[], $3::text[], $4::bool[], $5::timestamptz[],
                     $6::int8[], $7::text[])
              AS v (campaign_id, tenant, attack, closed, last_at, attempts, campaign)
         ON CONFLICT (campaign_id) DO UPDATE SET
             tenant = excluded.tenant, attack = excluded.attack, closed = excluded.closed,
             last_at = excluded.last_at, attempts = excluded.attempts,
             campaign = excluded.campaign
         WHERE (excluded.closed, excluded.last_at, excluded.attempts)
               > (c.closed, c.last_at, c.attempts)",
    )
    .bind(rows.keys().map(ToString::to_string).collect::<Vec<_>>())
    .bind(
        all()
            .map(|r| r.campaign.tenant.as_deref())
            .collect::<Vec<_>>(),
    )
    .bind(all().map(|r| r.campaign.attack.name()).collect::<Vec<_>>())
    .bind(all().map(|r| r.closed).collect::<Vec<_>>())
    .bind(all().map(|r| instant(r.last_at_ms)).collect::<Vec<_>>())
    .bind(all().map(|r| r.attempts).collect::<Vec<_>>())
    .bind(json?)
    .execute(tx)
    .await?;
    Ok(())
}

/// Keeps each alert once, and gives the numbers in the order in which writers commit: else one number could come to light behind a
/// higher one that was read already. So this comes last in a transaction.
pub(super) async fn insert_alerts(
    tx: &mut PgConnection,
    alerts: &[Alert],
) -> Result<(), StoreError> {
    let alerts = alerts_in_order(alerts);
    if alerts.is_empty() {
        return Ok(());
    }
    sqlx::query("SELECT pg_advisory_xact_lock('alerts'::regclass::oid::bigint)")
        .execute(&mut *tx)
        .await?;
    let all = || alerts.iter();
    let json: Result<Vec<_>, _> = all().map(|alert| to_json("alert", *alert)).collect();
    sqlx::query(
        "INSERT INTO alerts (alert_id, time, kind, alert)
         SELECT alert_id::uuid, time, kind, alert::json
         FROM UNNEST($1::text[], $2::timestamptz[], $3::text[], $4::text[]) WITH ORDINALITY
              AS v (alert_id, time, kind, alert, nth)
         ORDER BY nth
         ON CONFLICT DO NOTHING",
    )
    .bind(all().map(|a| a.alert_id.to_string()).collect::<Vec<_>>())
    .bind(all().map(|a| instant(a.time_ms())).collect::<Vec<_>>())
    .bind(all().map(|a| a.kind()).collect::<Vec<_>>())
    .bind(json?)
    .execute(tx)
    .await?;
    Ok(())
}

fn account(row: &PgRow) -> Result<Account, StoreError> {
    let ip: String = row.try_get("ip")?;
    let verdict_id: String = row.try_get("verdict_id")?;
    Ok(Account {
        tenant: row.try_get("tenant")?,
        username: row.try_get("username")?,
        first_at_ms: epoch_ms(row.try_get("time")?),
        last_at_ms: epoch_ms(row.try_get("last_at")?),
        attempts: row.try_get("attempts")?,
        verdict_id: VerdictId(id_from_uuid(&verdict_id)?),
        ip: ip.parse().map_err(|e| corrupt("address", &e))?,
    })
}

impl PostgresStore {
    pub(super) async fn read_campaigns(
        &self,
        filter: &CampaignFilter,
        page: &PageRequest,
    ) -> Result<Page<Campaign>, StoreError> {
        let (after, limit) = Listing::Campaigns.start(page)?;
        let mut query =
            QueryBuilder::<Postgres>::new("SELECT campaign::text FROM campaigns WHERE TRUE");
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
            query.push(" AND last_at >= ").push_bind(instant(from_ms));
        }
        if let Some(to_ms) = filter.to_ms.filter(|to_ms| batch::is_end(*to_ms)) {
            query.push(" AND last_at < ").push_bind(instant(to_ms));
        }
        if let Some(after) = after {
            query.push(" AND (last_at, campaign_id) < (");
            query.push_bind(instant(after.at)).push(", ");
            query
                .push_bind(format!("{:032x}", after.id))
                .push("::uuid)");
        }
        query.push(" ORDER BY last_at DESC, campaign_id DESC LIMIT ");
        let found: Vec<String> = query
            .push_bind(limit)
            .build_query_scalar()
            .fetch_all(&self.readers)
            .await?;
        let found: Result<Vec<_>, _> = found.iter().map(|text| stored_campaign(text)).collect();
        Ok(Listing::Campaigns.page(page, found?))
    }

    pub(super) async fn read_campaign(
        &self,
        id: CampaignId,
    ) -> Result<Option<Campaign>, StoreError> {
        let sql = "SELECT campaign::text FROM campaigns WHERE campaign_id = $1::uuid";
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
        let mut query = QueryBuilder::<Postgres>::new(
            "SELECT tenant, username, time, last_at, attempts, verdict_id::text, host(ip) AS ip
             FROM (
                 SELECT v.tenant, v.username, v.time, v.verdict_id, v.ip,
                        count(*) OVER account AS attempts,
                        max(v.time) OVER account AS last_at,
                        row_number() OVER (account ORDER BY v.time, v.verdict_id) AS nth
                 FROM verdicts v
                 WHERE v.attack = 'account_takeover' AND v.decision <> 'allow'
                   AND v.username IS NOT NULL
                   AND NOT EXISTS (
                       SELECT FROM verdicts later
                       WHERE later.time = v.time AND later.tenant = v.tenant
                         AND later.event_id = v.event_id AND later.revision > v.revision)
                   AND v.campaign_id = ",
        );
        query.push_bind(id.to_string()).push("::uuid");
        query.push(" WINDOW account AS (PARTITION BY v.tenant, v.username)) f WHERE nth = 1");
        if let Some(after) = after {
            query.push(" AND (time, verdict_id) < (");
            query.push_bind(instant(after.at)).push(", ");
            query
                .push_bind(format!("{:032x}", after.id))
                .push("::uuid)");
        }
        query.push(" ORDER BY f.time DESC, f.verdict_id DESC LIMIT ");
        let found = query
            .push_bind(limit)
            .build()
            .fetch_all(&self.readers)
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
        let mut query =
            QueryBuilder::<Postgres>::new("SELECT seq, alert::text FROM alerts WHERE TRUE");
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
            query.push(" AND time >= ").push_bind(instant(from_ms));
        }
        if let Some(to_ms) = filter.to_ms.filter(|to_ms| batch::is_end(*to_ms)) {
            query.push(" AND time < ").push_bind(instant(to_ms));
        }
        if let Some(after) = after {
            query.push(" AND seq < ").push_bind(after.at);
        }
        query.push(" ORDER BY seq DESC LIMIT ");
        let found: Vec<(i64, String)> = query
            .push_bind(limit)
            .build_query_as()
            .fetch_all(&self.readers)
            .await?;
        let found: Result<Vec<_>, _> = found
            .iter()
            .map(|(seq, text)| stored_alert(*seq, text))
            .collect();
        Ok(Listing::Alerts.page(page, found?))
    }
}
