//! Sends labelled traffic somewhere and measures what comes back.
//!
//! An open loop wherever a rate is given: an event is timed from the moment at which it was due, not from
//! when it was sent, so that a slow service cannot slow its own measurement down. Every target is named
//! on the command line: nothing is sent to a place that nobody asked for. Every wait has an end.

mod feed;
pub mod file;
pub mod generate;
pub mod http;
pub mod kafka;
pub mod measured;
pub mod process;
mod progress;

use crate::leaks::{LeaksArgs, run_leaks};
use anyhow::bail;
use clap::{Args, Subcommand};
use credsieve_models::time::{EpochMs, parse_rfc3339};
use feed::{Feed, TrafficArgs, create};
use measured::{Driven, histogram, record};
use process::Watched;
use progress::Progress;
use std::io::Write as _;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Make labelled traffic and send it to a file, to the HTTP interface or to Kafka.
#[derive(Args, Clone, Debug)]
pub struct LoadTestArgs {
    #[command(flatten)]
    traffic: TrafficArgs,
    #[command(subcommand)]
    target: TargetArgs,
}

/// What is measured beside the target, and how it is told.
#[derive(Args, Clone, Debug)]
struct MeasureArgs {
    /// The process under test, on this machine: its memory, and the processor time that an event
    /// costs it, are read from /proc.
    #[arg(long, value_name = "PID")]
    pid: Option<u32>,
    /// One JSON object instead of a table.
    #[arg(long)]
    json: bool,
    /// No progress line. There is none where the standard error is not a terminal.
    #[arg(short, long)]
    quiet: bool,
}

impl MeasureArgs {
    /// Begins to watch the process, where one is named.
    fn watch(&self) -> anyhow::Result<Option<Watched>> {
        self.pid.map(Watched::begin).transpose()
    }
}

#[derive(Subcommand, Clone, Debug)]
enum TargetArgs {
    /// Write the traffic of a mix file, over all its days, and its labels.
    Generate(generate::GenerateArgs),
    /// Write the events to a file, one JSON object a line.
    File(file::FileArgs),
    /// Send the events to the HTTP interface, with the time of sending as their time.
    Http(http::HttpArgs),
    /// Produce the events to a Kafka topic, with the time of sending as their time.
    Kafka(kafka::KafkaArgs),
    /// Send nothing: list every value, and pair of values, that gives an attack away.
    Leaks(LeaksArgs),
}

impl TargetArgs {
    /// Whether the events themselves go to the standard output.
    fn takes_stdout(&self) -> bool {
        match self {
            Self::File(target) => target.is_stdout(),
            Self::Generate(target) => target.is_stdout(),
            Self::Http(_) | Self::Kafka(_) | Self::Leaks(_) => false,
        }
    }

    /// Whether what was measured is told as JSON.
    fn json(&self) -> bool {
        match self {
            Self::Generate(_) | Self::Leaks(_) => false,
            Self::File(target) => target.measure.json,
            Self::Http(target) => target.measure.json,
            Self::Kafka(target) => target.measure.json,
        }
    }
}

/// `credsieve load-test`: prints what was measured on the standard output, or on the standard error
/// where the events go to the output.
///
/// # Errors
/// When the target cannot be reached, refuses events, or loses some.
pub fn run(args: &LoadTestArgs) -> anyhow::Result<()> {
    if let TargetArgs::Leaks(target) = &args.target {
        return leaks(&args.traffic, target);
    }
    let driven = measure(args)?;
    let mut said = if args.target.json() {
        serde_json::to_string(&driven.json())?
    } else {
        driven.to_string()
    };
    said.truncate(said.trim_end().len());
    if args.target.takes_stdout() {
        writeln!(std::io::stderr(), "{said}")?;
    } else {
        crate::report::say(&(said + "\n"))?;
    }
    if driven.lost > 0 {
        bail!(
            "{} of {} events failed or were never answered",
            driven.lost,
            driven.sent
        );
    }
    Ok(())
}

/// Drives the target and says what was measured, whatever was lost.
///
/// # Errors
/// When the target cannot be reached, or nothing is to be driven.
pub fn measure(args: &LoadTestArgs) -> anyhow::Result<Driven> {
    match &args.target {
        // It has its own of most, and would leave these unread.
        TargetArgs::Generate(_) if !args.traffic.are_as_ever() => {
            bail!("options of `generate` stand after it: `load-test generate --seed 7 …`")
        }
        TargetArgs::Generate(target) => generate::drive(target),
        TargetArgs::File(target) => file::drive(&args.traffic, target),
        TargetArgs::Http(target) => http::drive(&args.traffic, target),
        TargetArgs::Kafka(target) => kafka::drive(&args.traffic, target),
        TargetArgs::Leaks(_) => bail!("`leaks` sends nothing"),
    }
}

/// The traffic that was asked for, or that of files, held against what it must not give away.
fn leaks(traffic: &TrafficArgs, args: &LeaksArgs) -> anyhow::Result<()> {
    let mut traffic = traffic.clone();
    if traffic.events.is_none() && traffic.duration.is_none() {
        traffic.mix.get_or_insert_with(|| "default".into());
    }
    run_leaks(args, &mut |each| {
        let mut feed = Feed::new(&traffic, None)?;
        while let Some(event) = feed.next(None)? {
            each(&event)?;
        }
        feed.finish()
    })
}

fn now_ms() -> EpochMs {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

fn parse_start(text: &str) -> Result<EpochMs, String> {
    parse_rfc3339(text).ok_or_else(|| "expected RFC 3339, such as 2026-01-05T00:00:00Z".to_owned())
}

/// Sleeps until then, to some ten microseconds: the timers of an async runtime are a millisecond or two
/// late, which at a login's speed is most of what is measured.
fn sleep_until(due_at: Instant) {
    let early = due_at.saturating_duration_since(Instant::now());
    if !early.is_zero() {
        std::thread::sleep(early);
    }
}

/// When the event of that number is due at `rate` events a second; at once where the rate is 0.
fn due(started: Instant, number: u64, rate: u32) -> Instant {
    if rate == 0 {
        return Instant::now();
    }
    let ns = u128::from(number) * 1_000_000_000 / u128::from(rate);
    started + Duration::from_nanos(u64::try_from(ns).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        args: LoadTestArgs,
    }

    #[test]
    fn a_target_must_be_named() {
        assert!(Line::try_parse_from(["load-test"]).is_err());
        assert!(Line::try_parse_from(["load-test", "http"]).is_err());
        assert!(Line::try_parse_from(["load-test", "kafka"]).is_err());
        assert!(Line::try_parse_from(["load-test", "file"]).is_err());
    }

    #[test]
    fn options_that_generate_would_not_read_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out.ndjson");
        let out = out.to_str().unwrap();
        let line = ["load-test", "--seed", "7", "generate", "--out", out];
        let line = Line::try_parse_from(line).unwrap();
        let error = run(&line.args).unwrap_err();
        assert!(error.to_string().contains("stand after it"), "{error}");
    }

    #[test]
    fn a_file_drive_writes_every_event_and_its_label_and_the_same_bytes_again() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str| {
            let (events, labels) = (folder.path().join(name), folder.path().join("labels.csv"));
            let line = Line::try_parse_from([
                "load-test",
                "--events",
                "5000",
                "--labels",
                labels.to_str().unwrap(),
                "file",
                events.to_str().unwrap(),
            ])
            .unwrap();
            run(&line.args).unwrap();
            (
                std::fs::read(events).unwrap(),
                std::fs::read(labels).unwrap(),
            )
        };
        let (events, labels) = write("one.ndjson");
        assert_eq!(events.split_inclusive(|byte| *byte == b'\n').count(), 5_000);
        let truths = crate::labels::read(&labels[..], "labels.csv").unwrap();
        assert_eq!(truths.len(), 5_000);
        assert!(truths.iter().any(|truth| truth.attack));
        assert!((events, labels) == write("two.ndjson"));
    }

    #[test]
    fn events_are_due_at_the_rate_asked_for() {
        let started = Instant::now();
        assert_eq!(due(started, 500, 250), started + Duration::from_secs(2));
    }
}
