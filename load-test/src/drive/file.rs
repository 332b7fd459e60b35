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
    /// The time of the first event.
    #[arg(long, value_name = "TIME", value_parser = parse_start, default_value = "2026-01-05T00:00:00Z")]
    start: EpochMs,
}

impl FileArgs {
    pub(super) fn is_stdout(&self) -> bool {
        self.events_file == Path::new("-")
    }
}

pub(super) fn drive(traffic: &TrafficArgs, args: &FileArgs) -> anyhow::Result<Driven> {
    let started = Instant::now();
    let mut feed = Feed::new(traffic, args.start)?;
    let mut out: Box<dyn Write> = if args.is_stdout() {
        Box::new(BufWriter::with_capacity(1 << 18, std::io::stdout().lock()))
    } else {
        Box::new(create(&args.events_file)?)
    };
    while let Some(event) = feed.next(None)? {
        out.write_all(event.event_json.as_bytes())?;
        out.write_all(b"\n")?;
    }
    out.flush()?;
    let driven = Driven {
        target: args.events_file.display().to_string(),
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
