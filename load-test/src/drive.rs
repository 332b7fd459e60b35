//! Sends labelled traffic somewhere and measures what comes back.
//!
//! Every target is named on the command line: nothing is sent to a place that nobody asked for.
//! Every wait has an end.

pub mod file;
pub mod generate;
pub mod http;
pub mod kafka;

use crate::labels::LabelWriter;
use crate::leaks::{LeaksArgs, run_leaks};
use crate::mix::{A_MONDAY_MS, Mix, MixFile, Settings};
use crate::plan::Labelled;
use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use credsieve_models::time::{EpochMs, parse_rfc3339};
use hdrhistogram::Histogram;
use std::fs::File;
use std::io::BufWriter;
use std::path::PathBuf;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Make labelled traffic and send it to a file, to the HTTP interface or to Kafka.
#[derive(Args, Clone, Debug)]
pub struct LoadTestArgs {
    #[command(flatten)]
    traffic: TrafficArgs,
    #[command(subcommand)]
    target: TargetArgs,
}

/// What is sent.
#[derive(Args, Clone, Debug)]
struct TrafficArgs {
    /// The same seed gives the same traffic, byte for byte.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// What the traffic is made of, as docs/traffic.md describes it: a file, or the name of a mix that
    /// comes with credsieve, such as `default`. Without it, people come more often than in that.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["people", "offices", "attack_percent"])]
    mix: Option<PathBuf>,
    /// How many events; the span of event time follows from it. 100,000 where neither a span nor a
    /// mix is given.
    #[arg(long, conflicts_with = "duration")]
    events: Option<u64>,
    /// The span of event time instead, such as `24h`.
    #[arg(long, value_parser = humantime::parse_duration)]
    duration: Option<Duration>,
    /// How many people have an account.
    #[arg(long, default_value_t = 20_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000_000))]
    people: u32,
    /// How many offices they work in, hundreds of people in the first.
    #[arg(long, default_value_t = 12)]
    offices: u32,
    /// The share of attempts that are an attack, in percent.
    #[arg(long, default_value_t = 40, value_parser = clap::value_parser!(u32).range(0..100))]
    attack_percent: u32,
    /// Write the labels here, for `credsieve evaluate`.
    #[arg(long, value_name = "FILE")]
    labels: Option<PathBuf>,
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
}

/// `credsieve load-test`: prints what was measured on the standard output, or on the standard error
/// where the events go to the output.
///
/// # Errors
/// When the target cannot be reached, refuses events, or loses some.
pub fn run(args: &LoadTestArgs) -> anyhow::Result<()> {
    let driven = match &args.target {
        TargetArgs::Generate(target) => generate::drive(target)?,
        TargetArgs::File(target) => file::drive(&args.traffic, target)?,
        TargetArgs::Http(target) => http::drive(&args.traffic, target)?,
        TargetArgs::Kafka(target) => kafka::drive(&args.traffic, target)?,
        TargetArgs::Leaks(target) => return leaks(&args.traffic, target),
    };
    if args.target.takes_stdout() {
        eprint!("{driven}");
    } else {
        print!("{driven}");
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

/// What a drive measured.
#[derive(Clone, Debug)]
pub struct Driven {
    /// Where it went.
    pub target: String,
    /// How many events were sent.
    pub sent: u64,
    /// How many of them belong to an attack.
    pub attack: u64,
    /// How many failed, or were never answered.
    pub lost: u64,
    /// How long it took.
    pub elapsed: Duration,
    /// What was timed, and how long it took in microseconds.
    pub latency: Option<(&'static str, Histogram<u64>)>,
    /// What else was counted.
    pub counts: Vec<(String, u64)>,
}

/// The longest latency that is told apart, in microseconds.
const LONGEST_US: u64 = 120_000_000;

fn histogram() -> Histogram<u64> {
    Histogram::new_with_bounds(1, LONGEST_US, 3).expect("constant bounds that the crate accepts")
}

fn record(histogram: &mut Histogram<u64>, latency: Duration) {
    let us = u64::try_from(latency.as_micros()).unwrap_or(LONGEST_US);
    histogram.saturating_record(us.max(1));
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

/// The traffic that was asked for: gives events until there are enough, and keeps their labels.
struct Feed {
    mix: Mix,
    left: u64,
    sent: u64,
    attack: u64,
    labels: Option<LabelWriter<BufWriter<File>>>,
}

impl Feed {
    /// The traffic asked for, from then on; where no time is given, from the mix's.
    fn new(traffic: &TrafficArgs, start_ms: Option<EpochMs>) -> anyhow::Result<Self> {
        let span_us = traffic
            .duration
            .map(|span| u64::try_from(span.as_micros()))
            .transpose()
            .context("the duration is too long")?;
        let (mix, left) = match &traffic.mix {
            Some(path) => {
                let mut file = MixFile::read(path)?;
                file.size.start.0 = start_ms.unwrap_or(file.size.start.0);
                of_file(&file, traffic, span_us)?
            }
            None => of_settings(traffic, span_us, start_ms.unwrap_or(A_MONDAY_MS)),
        };
        let labels = match &traffic.labels {
            Some(path) => Some(LabelWriter::new(create(path)?)?),
            None => None,
        };
        Ok(Self {
            mix,
            left,
            sent: 0,
            attack: 0,
            labels,
        })
    }

    /// The next event with its own time, or with that of sending.
    fn next(&mut self, at_ms: Option<EpochMs>) -> anyhow::Result<Option<Labelled>> {
        if self.left == 0 {
            return Ok(None);
        }
        let made = match at_ms {
            Some(now_ms) => self.mix.next_at(now_ms),
            None => self.mix.next(),
        };
        let Some(event) = made else { return Ok(None) };
        self.left -= 1;
        self.sent += 1;
        self.attack += u64::from(event.attack);
        if let Some(labels) = &mut self.labels {
            labels.write(&event)?;
        }
        Ok(Some(event))
    }

    fn finish(self) -> anyhow::Result<()> {
        self.labels.map_or(Ok(()), LabelWriter::finish)
    }
}

fn of_file(
    file: &MixFile,
    traffic: &TrafficArgs,
    span_us: Option<u64>,
) -> anyhow::Result<(Mix, u64)> {
    let seed = traffic.seed;
    Ok(match (span_us, traffic.events) {
        (None, None) => (Mix::from_file(file, seed)?, u64::MAX),
        (Some(span_us), _) => (Mix::over(file, seed, span_us)?, u64::MAX),
        (None, Some(events)) => {
            let span_us = Mix::span_for(file, seed, events);
            (Mix::over(file, seed, span_us)?.endless(), events)
        }
    })
}

fn of_settings(traffic: &TrafficArgs, span_us: Option<u64>, start_ms: EpochMs) -> (Mix, u64) {
    let settings = Settings {
        seed: traffic.seed,
        start_ms,
        duration_ms: span_us.unwrap_or(0) / 1_000,
        people: traffic.people,
        offices: traffic.offices,
        attack_percent: traffic.attack_percent,
    };
    let events = traffic.events.unwrap_or(100_000);
    match span_us {
        Some(_) => (Mix::of(settings), u64::MAX),
        None => (Mix::of_events(settings, events), events),
    }
}

fn create(path: &std::path::Path) -> anyhow::Result<BufWriter<File>> {
    let file = File::create(path).with_context(|| format!("cannot create {}", path.display()))?;
    Ok(BufWriter::with_capacity(1 << 18, file))
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
