//! Events to a file, with their own times.

use super::{Driven, Feed, TrafficArgs, create, parse_start};
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
}

impl FileArgs {
    pub(super) fn is_stdout(&self) -> bool {
        self.events_file == Path::new("-")
    }
}

pub(super) fn drive(traffic: &TrafficArgs, args: &FileArgs) -> anyhow::Result<Driven> {
    write(Feed::new(traffic, args.start)?, &args.events_file)
}

/// Writes all events to a file, or to the standard output for `-`.
pub(super) fn write(mut feed: Feed, path: &Path) -> anyhow::Result<Driven> {
    let started = Instant::now();
    let mut out: Box<dyn Write> = if path == Path::new("-") {
        Box::new(BufWriter::with_capacity(1 << 18, std::io::stdout().lock()))
    } else {
        Box::new(create(path)?)
    };
    while let Some(event) = feed.next(None)? {
        out.write_all(event.event_json.as_bytes())?;
        out.write_all(b"\n")?;
    }
    out.flush()?;
    let driven = Driven {
        target: path.display().to_string(),
        sent: feed.sent,
        attack: feed.attack,
        lost: 0,
        elapsed: started.elapsed(),
        latency: None,
        counts: Vec::new(),
    };
    feed.finish()?;
    Ok(driven)
}
