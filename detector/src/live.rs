//! Live: the stream's last two minutes in memory, for the overview page.

use credsieve_models::alert::{Alert, News, Takeover};
use credsieve_models::campaign::{Campaign, Phase};
use credsieve_models::verdict::Decision;
use credsieve_store::{Outcome, StoredVerdict};
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

/// How many seconds are remembered.
pub const SECONDS: usize = 120;
/// How many blocked verdicts are remembered.
pub const LATEST: usize = 50;
/// How many campaigns are remembered.
pub const CAMPAIGNS: usize = 20;
/// How many accounts that a thief entered are remembered.
pub const TAKEOVERS: usize = 200;

/// Counts of one second of the machine's clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Second {
    /// Seconds since 1970.
    pub at: i64,
    /// Allowed.
    pub allow: u64,
    /// Challenged.
    pub challenge: u64,
    /// Blocked.
    pub block: u64,
}

/// What the page shows.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct LiveView {
    /// Attempts since the start, by decision.
    pub total: Second,
    /// The last seconds in which something was decided, oldest first.
    pub seconds: Vec<Second>,
    /// The latest blocked verdicts, newest first.
    pub latest_blocked: Vec<StoredVerdict>,
    /// Campaigns as they stand, those that go on first, then the one with the newest activity.
    pub campaigns: Vec<Campaign>,
    /// The latest accounts that a thief entered, the one that was found last first.
    pub takeovers: Vec<Takeover>,
}

/// The memory. Written by the sink once a batch, read by the page.
#[derive(Default)]
pub struct Live {
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    total: Second,
    seconds: VecDeque<Second>,
    latest_blocked: VecDeque<StoredVerdict>,
    campaigns: Vec<Campaign>,
    takeovers: VecDeque<Takeover>,
}

impl Live {
    /// Records a batch of durable outcomes at `now_ms`.
    pub fn record(&self, outcomes: &[Outcome], now_ms: i64) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let at = now_ms.div_euclid(1_000);
        if inner.seconds.back().is_none_or(|s| s.at < at) {
            inner.seconds.push_back(Second {
                at,
                ..Second::default()
            });
            if inner.seconds.len() > SECONDS {
                inner.seconds.pop_front();
            }
        }
        for outcome in outcomes {
            let decision = outcome.verdict.decision;
            // A revision is no further attempt.
            if !outcome.is_revision() {
                inner.total.add(decision);
                if let Some(second) = inner.seconds.back_mut() {
                    second.add(decision);
                }
            }
            if decision == Decision::Block {
                inner.latest_blocked.push_front(StoredVerdict {
                    verdict: outcome.verdict.clone(),
                    username: outcome.context.username.clone(),
                    ip: outcome.context.ip,
                    asn: outcome.context.asn,
                });
                inner.latest_blocked.truncate(LATEST);
            }
        }
    }

    /// Records durable news of campaigns and of accounts that a thief entered.
    pub fn record_campaigns(&self, campaigns: &[Campaign], alerts: &[Alert]) {
        if campaigns.is_empty() && alerts.is_empty() {
            return;
        }
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        for campaign in campaigns {
            inner.campaigns.retain(|held| held.id != campaign.id);
            inner.campaigns.push(campaign.clone());
        }
        inner.campaigns.sort_by_key(|campaign| {
            let is_over = campaign.phase == Phase::Closed;
            (is_over, std::cmp::Reverse(campaign.last_at_ms), campaign.id)
        });
        inner.campaigns.truncate(CAMPAIGNS);
        for alert in alerts {
            if let News::AccountTakeover(takeover) = &alert.news {
                inner.takeovers.push_front(takeover.clone());
            }
        }
        inner.takeovers.truncate(TAKEOVERS);
    }

    /// What the page shows.
    #[must_use]
    pub fn view(&self) -> LiveView {
        let inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        LiveView {
            total: inner.total,
            seconds: inner.seconds.iter().copied().collect(),
            latest_blocked: inner.latest_blocked.iter().cloned().collect(),
            campaigns: inner.campaigns.clone(),
            takeovers: inner.takeovers.iter().cloned().collect(),
        }
    }
}

impl Second {
    fn add(&mut self, decision: Decision) {
        match decision {
            Decision::Allow => self.allow += 1,
            Decision::Challenge => self.challenge += 1,
            Decision::Block => self.block += 1,
        }
    }
}
