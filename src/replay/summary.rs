//! The summary of a replay, on standard error.

use ahash::AHashMap;
use comfy_table::{CellAlignment, Table, presets};
use credsieve_engine::{EngineStats, Judgement};
use credsieve_models::Address;
use credsieve_models::verdict::{Attack, Decision};
use std::collections::BTreeMap;
use std::io::Write;
use std::time::Instant;

/// Sources that are counted for the list of the top ones; later ones are not.
const MAX_SOURCES: usize = 100_000;
const TOP_SOURCES: usize = 5;

/// Counts over a replay.
pub struct Summary {
    started: Instant,
    rejected: u64,
    decisions: BTreeMap<Decision, u64>,
    attacks: BTreeMap<Attack, u64>,
    sources: AHashMap<Address, u64>,
}

impl Summary {
    /// Starts the clock of the rate.
    pub fn start() -> Self {
        Self {
            started: Instant::now(),
            rejected: 0,
            decisions: BTreeMap::new(),
            attacks: BTreeMap::new(),
            sources: AHashMap::new(),
        }
    }

    /// Counts a bad line.
    pub fn rejected(&mut self) {
        self.rejected += 1;
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
        row("repeats", engine.repeats.to_string());
        row("older than the windows", engine.late.to_string());
        row("bad lines", self.rejected.to_string());
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

    fn top_sources(&self) -> Vec<(Address, u64)> {
        let mut sources: Vec<(Address, u64)> = self.sources.iter().map(|(a, n)| (*a, *n)).collect();
        sources.sort_unstable_by_key(|&(address, count)| (std::cmp::Reverse(count), address));
        sources.truncate(TOP_SOURCES);
        sources
    }
}

fn share(count: u64, of: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "a percentage for people")]
    let percent = count as f64 * 100.0 / of.max(1) as f64;
    format!("{count} ({percent:.1} %)")
}
