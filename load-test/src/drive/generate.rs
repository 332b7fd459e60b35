//! Writes the traffic of a mix file: for measuring a detector, and for reading what it is measured on.
//!
//! The same as `file` with a mix, except that it lasts as long as the mix says unless told otherwise.

use super::{Driven, Feed, TrafficArgs, file};
use clap::Args;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What to make, and where to write it.
#[derive(Args, Clone, Debug)]
pub(super) struct GenerateArgs {
    /// What the traffic is made of, as docs/traffic.md describes it: a file, or the name of a mix that
    /// comes with credsieve: `default` (20,000 people over four days with every crowd and every
    /// attack), `small`, `large`, `quiet`, `flood`, `no_devices`, `no_fingerprints` or `bare`.
    #[arg(long, value_name = "FILE", default_value = "default")]
    mix: PathBuf,
    /// The same seed gives the same traffic, byte for byte.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Stop after so many events; the schedule of the mix is pressed into the time that they take.
    #[arg(long, conflicts_with = "duration")]
    events: Option<u64>,
    /// Another span of event time, such as `24h`, into which the schedule of the mix is pressed.
    #[arg(long, value_parser = humantime::parse_duration)]
    duration: Option<Duration>,
    /// Write the events here, one JSON object a line; `-` for the standard output.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Write the labels here, for `credsieve evaluate`.
    #[arg(long, value_name = "FILE")]
    labels: Option<PathBuf>,
}

impl GenerateArgs {
    pub(super) fn is_stdout(&self) -> bool {
        self.out == Path::new("-")
    }
}

pub(super) fn drive(args: &GenerateArgs) -> anyhow::Result<Driven> {
    let traffic = TrafficArgs {
        seed: args.seed,
        mix: Some(args.mix.clone()),
        events: args.events,
        duration: args.duration,
        people: 0,
        offices: 0,
        attack_percent: 0,
        labels: args.labels.clone(),
    };
    file::write(Feed::new(&traffic, None)?, &args.out, 0, args.is_stdout())
}
