//! Events to a file, with their own times.

use super::{
    Driven, Feed, MeasureArgs, Progress, TrafficArgs, create, due, parse_start, sleep_until,
};
use clap::Args;
use credsieve_models::time::EpochMs;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Where to and from when.
#[derive(Args, Clone, Debug)]
pub(super) struct FileArgs {
    /// The file; `-` for the standard output.
    events_file: PathBuf,
    /// When the traffic begins; 2026-01-05T00:00:00Z or the mix's where nothing is said.
    #[arg(long, value_name = "TIME", value_parser = parse_start)]
    start: Option<EpochMs>,
    /// Events a second, each written out when it is due; 0 for as fast as can be.
    #[arg(long, default_value_t = 0)]
    rate: u32,
    #[command(flatten)]
    pub(super) measure: MeasureArgs,
}

impl FileArgs {
    pub(super) fn is_stdout(&self) -> bool {
        self.events_file == Path::new("-")
    }
}

pub(super) fn drive(traffic: &TrafficArgs, args: &FileArgs) -> anyhow::Result<Driven> {
    let feed = Feed::new(traffic, args.start)?;
    let watched = args.measure.watch()?;
    // The events' own output leaves no room for a line of ours where both are the same terminal.
    let quiet = args.measure.quiet || args.is_stdout();
    let mut driven = write(feed, &args.events_file, args.rate, quiet)?;
    driven.usage = watched.map(super::Watched::end).transpose()?;
    Ok(driven)
}

/// Writes all events to a file, or to the standard output for `-`.
pub(super) fn write(mut feed: Feed, path: &Path, rate: u32, quiet: bool) -> anyhow::Result<Driven> {
    let progress = Progress::of(feed.events(), quiet);
    let started = Instant::now();
    let mut out: Box<dyn Write> = if path == Path::new("-") {
        Box::new(BufWriter::with_capacity(1 << 18, std::io::stdout().lock()))
    } else {
        Box::new(create(path)?)
    };
    loop {
        if rate > 0 {
            let due_at = due(started, feed.sent, rate);
            if due_at > Instant::now() {
                // Whoever reads along has what was due before.
                out.flush()?;
                sleep_until(due_at);
            }
        }
        let Some(event) = feed.next(None)? else {
            break;
        };
        out.write_all(event.event_json.as_bytes())?;
        out.write_all(b"\n")?;
        if feed.sent.is_multiple_of(1_024) || rate > 0 {
            progress.sent(feed.sent);
        }
    }
    out.flush()?;
    let driven = Driven {
        target: path.display().to_string(),
        rate_asked: rate,
        sent: feed.sent,
        attack: feed.attack,
        lost: 0,
        elapsed: started.elapsed(),
        latency: None,
        counts: Vec::new(),
        lag: None,
        usage: None,
    };
    feed.finish()?;
    Ok(driven)
}
