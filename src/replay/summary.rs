//! The summary of a replay, on standard error.

use super::reader::Found;
use ahash::{AHashMap, AHashSet};
use comfy_table::{CellAlignment, Table, presets};
use credsieve_engine::{EngineStats, Judgement, Revision};
use credsieve_models::verdict::{Attack, CampaignId, Decision};
use credsieve_models::{Address, Campaign};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io::Write;
use std::time::Instant;

/// Sources that are counted for the list of the top ones; later ones are not.
const MAX_SOURCES: usize = 100_000;
const TOP_SOURCES: usize = 5;
const TOP_FIELDS: usize = 8;

/// Counts over a replay.
pub struct Summary {
    started: Instant,
    read: Found,
    decisions: BTreeMap<Decision, u64>,
    attacks: BTreeMap<Attack, u64>,
    sources: AHashMap<Address, u64>,
    revisions: BTreeMap<Decision, u64>,
    thieves: u64,
    campaigns: Campaigns,
}

/// The campaigns of a replay: their number, and the largest of them.
#[derive(Default)]
struct Campaigns {
    seen: AHashSet<CampaignId>,
    largest: Option<Campaign>,
}

impl Summary {
    /// Starts the clock of the rate.
    pub fn start() -> Self {
        Self {
            started: Instant::now(),
            read: Found::default(),
            decisions: BTreeMap::new(),
            attacks: BTreeMap::new(),
            sources: AHashMap::new(),
            revisions: BTreeMap::new(),
            thieves: 0,
            campaigns: Campaigns::default(),
        }
    }

    /// Takes what reading came to.
    pub fn read(&mut self, read: Found) {
        self.read = read;
    }

    /// Counts a verdict.
    pub fn judged(&mut self, address: Address, judgement: &Judgement) {
        *self.decisions.entry(judgement.decision).or_default() += 1;
        if judgement.decision == Decision::Allow {
            return;
        }
        *self.attacks.entry(judgement.attack).or_default() += 1;
        if self.sources.len() < MAX_SOURCES || self.sources.contains_key(&address) {
            *self.sources.entry(address).or_default() += 1;
        }
    }

    /// Counts a revision.
    pub fn revised(&mut self, revision: &Revision) {
        let decision = revision.judgement.decision;
        *self.revisions.entry(decision).or_default() += 1;
        self.thieves += u64::from(revision.finds_a_thief());
    }

    /// Counts a campaign, or what became of one.
    pub fn campaign(&mut self, campaign: &Campaign) {
        let seen = &mut self.campaigns.seen;
        if seen.len() < MAX_SOURCES {
            seen.insert(campaign.id);
        }
        let largest = &mut self.campaigns.largest;
        let is_larger = largest
            .as_ref()
            .is_none_or(|held| held.id == campaign.id || held.attempts < campaign.attempts);
        if is_larger {
            *largest = Some(campaign.clone());
        }
    }

    /// Prints it.
    pub fn print(&self, engine: &EngineStats) {
        let seconds = self.started.elapsed().as_secs_f64();
        let mut table = Table::new();
        table.load_style(presets::UTF8_FULL_CONDENSED);
        let mut row = |name: &str, value: String| {
            table.add_row([name.to_owned(), value]);
        };
        row("attempts", engine.attempts.to_string());
        for decision in Decision::ALL {
            let count = self.decisions.get(decision).copied().unwrap_or(0);
            row(
                &format!("  {}", decision.name()),
                share(count, engine.attempts),
            );
        }
        for (attack, count) in &self.attacks {
            row(&format!("    {}", attack.name()), count.to_string());
        }
        let revisions: u64 = self.revisions.values().sum();
        row("revisions", revisions.to_string());
        for (decision, count) in &self.revisions {
            row(&format!("  to {}", decision.name()), count.to_string());
        }
        if self.thieves > 0 {
            row("  thieves found late", self.thieves.to_string());
        }
        row("campaigns", self.campaigns.seen.len().to_string());
        if let Some(largest) = &self.campaigns.largest {
            row("  the largest", largest_campaign(largest));
        }
        row("repeats", engine.repeats.to_string());
        row("older than the windows", engine.late.to_string());
        row("bad lines", self.read.rejected.to_string());
        if !self.read.unknown_fields.is_empty() {
            row("fields not known", self.unknown_fields());
        }
        for (address, count) in self.top_sources() {
            row(&format!("flagged from {address}"), count.to_string());
        }
        #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
        let rate = engine.attempts as f64 / seconds.max(1e-9);
        row("time", format!("{seconds:.2} s, {rate:.0} attempts/s"));
        row("state", format!("{} MiB", engine.state_bytes >> 20));
        if let Some(column) = table.column_mut(1) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        // Nobody may be listening: the verdicts are what counts.
        drop(writeln!(std::io::stderr(), "{table}"));
    }

    /// Warns where nobody has a name and there are fields that are not known: one is probably the name,
    /// without which every attempt is a stranger's.
    pub fn warn_of_names(&self) {
        if self.read.attempts > 0
            && !self.read.has_usernames
            && !self.read.unknown_fields.is_empty()
        {
            warn(&format!(
                "no attempt has a `username`; fields that are not known and were ignored: {}",
                self.unknown_fields()
            ));
        }
    }

    /// The commonest names that are no fields: one of them may be misspelt.
    fn unknown_fields(&self) -> String {
        let mut names: Vec<(&str, u64)> = self
            .read
            .unknown_fields
            .iter()
            .map(|(name, lines)| (name.as_str(), *lines))
            .collect();
        names.sort_by_key(|&(_, lines)| Reverse(lines));
        let more = names.len().saturating_sub(TOP_FIELDS);
        let mut said: Vec<String> = names
            .iter()
            .take(TOP_FIELDS)
            .map(|(name, _)| {
                name.chars()
                    .take(40)
                    .flat_map(char::escape_default)
                    .collect()
            })
            .collect();
        if more > 0 {
            said.push(format!("and {more} more"));
        }
        said.join(", ")
    }

    fn top_sources(&self) -> Vec<(Address, u64)> {
        let mut sources: Vec<(Address, u64)> = self.sources.iter().map(|(a, n)| (*a, *n)).collect();
        sources.sort_unstable_by_key(|&(address, count)| (Reverse(count), address));
        sources.truncate(TOP_SOURCES);
        sources
    }
}

/// Says what is odd about the input. Nobody may be listening: the verdicts are what counts.
pub fn warn(what: &str) {
    drop(writeln!(std::io::stderr(), "replay: {what}"));
}

/// Warns where much is older than what stood before it in the file: its verdicts are worth little.
pub fn warn_of_order(engine: &EngineStats) {
    if engine.late * 100 > engine.attempts {
        warn(&format!(
            "{} of {} attempts are at least 15 minutes older than others before them, and were held against counts \
             of another time: sort the file by time",
            engine.late, engine.attempts
        ));
    }
}

fn largest_campaign(campaign: &Campaign) -> String {
    format!(
        "{}: {} attempts, {} addresses, {} users, {} accounts fell",
        campaign.attack.name(),
        campaign.attempts,
        campaign.addresses,
        campaign.users,
        campaign.accounts,
    )
}

fn share(count: u64, of: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "a percentage for people")]
    let percent = count as f64 * 100.0 / of.max(1) as f64;
    format!("{count} ({percent:.1} %)")
}

#[cfg(test)]
mod tests {
    use super::*;
    use credsieve_models::campaign::Phase;

    fn campaign(id: u128, attempts: u64) -> Campaign {
        Campaign {
            id: CampaignId(id),
            tenant: None,
            phase: Phase::Growing,
            attack: Attack::CredentialStuffing,
            opened_at_ms: 0,
            last_at_ms: 0,
            closed_at_ms: None,
            attempts,
            addresses: 0,
            networks: 0,
            users: 0,
            tools: 0,
            passwords: 0,
            accounts: 0,
            members: Vec::new(),
        }
    }

    #[test]
    fn a_campaign_that_is_told_several_times_is_one_and_the_largest_is_shown_as_it_ended() {
        let mut summary = Summary::start();
        for (id, attempts) in [(1, 10), (2, 30), (1, 20), (2, 50), (1, 40)] {
            summary.campaign(&campaign(id, attempts));
        }
        assert_eq!(summary.campaigns.seen.len(), 2);
        let largest = summary.campaigns.largest.unwrap();
        assert_eq!((largest.id, largest.attempts), (CampaignId(2), 50));
    }
}
