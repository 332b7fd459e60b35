//! Findings: what the engine said about a batch, in the words of the outside: verdicts, revisions,
//! campaigns and alerts.
//!
//! The engine gives its revisions and campaigns before the attempt whose watermark brought them
//! about. A revision travels with the batch of that attempt and under its origin, so the offset of
//! that attempt is committed only once the revision is durable.

use crate::config::Share;
use crate::decode::Kept;
use crate::risk_feed::Beside;
use credsieve_engine::{Frame, Judgement, Observed, Revision, Words};
use credsieve_models::alert::Alert;
use credsieve_models::campaign::{Campaign, Phase};
use credsieve_models::time::EpochMs;
use credsieve_models::verdict::{Attack, Decision, Mode};
use credsieve_store::{Batch, Context, Origin, Outcome};
use std::collections::HashMap;
use std::sync::Arc;

/// Tenants whose names are remembered: this many that were seen last, and at most twice as many. Campaigns of
/// others name none.
const MOST_TENANTS: usize = 4_096;

/// The names of tenants, by the hash that the engine knows them by.
#[derive(Debug, Default)]
pub struct Tenants {
    /// Those seen since this was empty last.
    names: HashMap<u64, Box<str>>,
    /// Those seen before, and not since.
    before: HashMap<u64, Box<str>>,
}

impl Tenants {
    fn learn(&mut self, frames: &[Frame], kept: &[Kept]) {
        for (frame, kept) in frames.iter().zip(kept) {
            if self.names.contains_key(&frame.tenant) {
                continue;
            }
            let known = self.before.remove(&frame.tenant);
            let name = known.unwrap_or_else(|| kept.words.tenant.as_ref().into());
            if self.names.len() >= MOST_TENANTS {
                self.before = std::mem::take(&mut self.names);
            }
            self.names.insert(frame.tenant, name);
        }
    }

    /// The name for what the engine says.
    fn name(&self, said: &str) -> Option<String> {
        let hash = u64::from_str_radix(said.strip_prefix('~')?, 16).ok()?;
        let name = self.names.get(&hash).or_else(|| self.before.get(&hash));
        name.map(|name| name.as_ref().to_owned())
    }
}

/// What every verdict of a batch says alike.
pub struct Maker {
    /// The policy's hash.
    pub policy_hash: Arc<str>,
    /// Whether decisions are enforced.
    pub mode: Mode,
    /// The share of plain allows that are stored whole.
    pub keep_allows: Share,
    /// The machine's clock.
    pub decided_at_ms: EpochMs,
}

/// What the engine said about a batch.
#[derive(Default)]
pub struct Findings {
    /// Verdicts and revisions, in the engine's order.
    pub outcomes: Vec<Outcome>,
    /// What is known beside each of these, in their order.
    pub beside: Vec<Beside>,
    /// Campaigns that changed.
    pub campaigns: Vec<Campaign>,
    /// What somebody should hear of at once.
    pub alerts: Vec<Alert>,
    /// How many attempts had been seen before.
    pub repeats: usize,
}

/// The words that the engine gives back with a revision of this attempt.
#[must_use]
pub fn words_of(kept: &Kept) -> Words {
    Words {
        tenant: kept.words.tenant.as_ref().into(),
        event_id: kept.words.event_id.as_ref().into(),
        username: kept.context.username.as_deref().map(Into::into),
    }
}

impl Findings {
    /// What was said about a batch: `observed` from its `frames`, beside each what was kept of it.
    #[must_use]
    pub fn of(
        maker: &Maker,
        tenants: &mut Tenants,
        observed: impl IntoIterator<Item = Observed>,
        frames: &[Frame],
        kept: Vec<Kept>,
    ) -> Self {
        tenants.learn(frames, &kept);
        let mut findings = Self::default();
        findings.outcomes.reserve(kept.len());
        let last = kept.last().map(|kept| kept.origin.clone());
        let mut attempts = frames.iter().zip(kept).peekable();
        let mut unnamed = 0_u32;
        for said in observed {
            match said {
                Observed::Judged(judgement) => {
                    if let Some((frame, kept)) = attempts.next() {
                        findings.judged(maker, judgement, frame, kept);
                    }
                }
                Observed::Repeat => {
                    attempts.next();
                    findings.repeats += 1;
                }
                Observed::Revised(revision) => {
                    let brought_about_by = attempts.peek().map(|(_, kept)| &kept.origin);
                    if let Some(origin) = brought_about_by.or(last.as_ref()).cloned() {
                        findings.revised(maker, *revision, origin);
                    }
                }
                Observed::Campaign(mut campaign) => {
                    if let Some(said) = campaign.tenant.take() {
                        campaign.tenant = tenants.name(&said);
                        unnamed += u32::from(campaign.tenant.is_none());
                    }
                    findings.campaign(*campaign);
                }
            }
        }
        if unnamed > 0 {
            tracing::warn!(
                campaigns = unnamed,
                "campaigns whose tenant was not seen lately name none"
            );
        }
        findings
    }

    /// Adds what was said about the next batch.
    pub fn add(&mut self, next: Self) {
        self.outcomes.extend(next.outcomes);
        self.beside.extend(next.beside);
        self.campaigns.extend(next.campaigns);
        self.alerts.extend(next.alerts);
        self.repeats += next.repeats;
    }

    /// What the store is given of it.
    #[must_use]
    pub fn to_store(&self) -> Batch<'_> {
        Batch {
            outcomes: &self.outcomes,
            campaigns: &self.campaigns,
            alerts: &self.alerts,
        }
    }

    fn judged(&mut self, maker: &Maker, judgement: Judgement, frame: &Frame, kept: Kept) {
        let is_thief = judgement.attack == Attack::AccountTakeover
            && judgement.decision != Decision::Allow
            && frame.succeeded();
        self.beside.push(Beside::of(&judgement));
        let verdict = judgement.into_verdict(
            &kept.words,
            maker.decided_at_ms,
            &maker.policy_hash,
            maker.mode,
        );
        self.outcomes.push(Outcome {
            origin: kept.origin,
            keep_whole: maker.keep_allows.takes(verdict.verdict_id.0),
            verdict,
            context: kept.context,
            was: None,
        });
        self.alert_if(is_thief);
    }

    fn revised(&mut self, maker: &Maker, revision: Revision, origin: Origin) {
        let is_thief = revision.finds_a_thief();
        self.beside.push(Beside::of(&revision.judgement));
        let frame = &revision.frame;
        let context = Context {
            username: revision.words.username.as_deref().map(str::to_owned),
            user_key: frame.user,
            ip: frame.ip,
            asn: frame.asn,
            device_key: frame.device,
        };
        self.outcomes.push(Outcome {
            origin,
            was: Some(revision.was),
            verdict: revision.into_verdict(maker.decided_at_ms, &maker.policy_hash, maker.mode),
            context,
            keep_whole: true,
        });
        self.alert_if(is_thief);
    }

    /// An alert about the outcome that came last.
    fn alert_if(&mut self, is_thief: bool) {
        if let Some(outcome) = self.outcomes.last().filter(|_| is_thief) {
            let username = outcome.context.username.as_deref();
            self.alerts
                .push(Alert::takeover(&outcome.verdict, username));
        }
    }

    fn campaign(&mut self, campaign: Campaign) {
        if campaign.phase != Phase::Growing {
            self.alerts.push(Alert::campaign(campaign.clone()));
        }
        self.campaigns.push(campaign);
    }
}

#[cfg(test)]
mod tests;
