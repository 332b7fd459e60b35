//! What `load-test/peers/run.sh` needs beside the peers themselves: a baseline of our own, the same
//! events as a log of sshd, and verdict lines from what a peer flagged.

mod auth_log;
mod baseline;
mod flags;

use anyhow::Context;
use baseline::{Baseline, Limits};
use clap::{Parser, Subcommand};
use credsieve_models::Attempt;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

#[derive(Parser)]
struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Judge a file of events by distinct users an address: hash maps of `HyperLogLog`++ sketches.
    Baseline {
        #[command(flatten)]
        limits: Limits,
        /// Events, one JSON object a line.
        events: PathBuf,
    },
    /// Write logins as sshd would log them.
    AuthLog {
        /// Events, one JSON object a line.
        events: PathBuf,
    },
    /// Write a verdict for each event: challenged where something flagged it, otherwise allowed.
    Verdicts {
        /// Events, one JSON object a line.
        events: PathBuf,
        /// What was flagged, one JSON object a line: an `event_id`, or an `ip` that is
        /// banned `from` (RFC 3339) for so many `hours`.
        flags: PathBuf,
    },
}

fn main() -> anyhow::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 18, std::io::stdout().lock());
    match Args::parse().command {
        Command::Baseline { limits, events } => {
            let mut baseline = Baseline::new(limits);
            each(&events, |attempt| {
                let flagged = baseline.flags(attempt);
                Ok(flags::write_verdict(&mut out, attempt, flagged)?)
            })?;
        }
        Command::AuthLog { events } => {
            each(&events, |attempt| Ok(auth_log::write(&mut out, attempt)?))?;
        }
        Command::Verdicts { events, flags } => {
            let flags = flags::Flags::read(open(&flags)?)?;
            each(&events, |attempt| {
                let flagged = flags.hit(attempt);
                Ok(flags::write_verdict(&mut out, attempt, flagged)?)
            })?;
        }
    }
    Ok(out.flush()?)
}

fn open(path: &Path) -> anyhow::Result<BufReader<File>> {
    let file = File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
    Ok(BufReader::with_capacity(1 << 18, file))
}

/// Reads a file of events as credsieve does.
fn each(path: &Path, mut visit: impl FnMut(&Attempt) -> anyhow::Result<()>) -> anyhow::Result<()> {
    let mut lines = open(path)?;
    let mut line = Vec::new();
    let mut number = 0;
    while lines.read_until(b'\n', &mut line)? > 0 {
        number += 1;
        let attempt = Attempt::parse(line.trim_ascii_end(), i64::MAX)
            .with_context(|| format!("{}, line {number}", path.display()))?;
        visit(&attempt)?;
        line.clear();
    }
    Ok(())
}
