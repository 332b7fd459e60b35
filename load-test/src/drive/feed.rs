//! The feed: which traffic is sent, event by event, and its labels.

use crate::labels::LabelWriter;
use crate::mix::{A_MONDAY_MS, Mix, MixFile, Settings};
use crate::plan::Labelled;
use anyhow::Context;
use clap::{Args, Parser as _};
use credsieve_models::time::EpochMs;
use std::fs::File;
use std::io::BufWriter;
use std::path::PathBuf;
use std::time::Duration;

/// What is sent.
#[derive(Args, Clone, Debug, PartialEq)]
pub(super) struct TrafficArgs {
    /// The same seed gives the same traffic, byte for byte.
    #[arg(long, default_value_t = 1)]
    pub(super) seed: u64,
    /// What the traffic is made of, as docs/traffic.md describes it: a file, or the name of a mix that
    /// comes with credsieve, such as `default`. Without it, people come more often than in that.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["people", "offices", "attack_percent"])]
    pub(super) mix: Option<PathBuf>,
    /// How many events; the span of event time follows from it. 100,000 where neither a span nor a
    /// mix is given.
    #[arg(long, conflicts_with = "duration")]
    pub(super) events: Option<u64>,
    /// The span of event time instead, such as `24h`.
    #[arg(long, value_parser = humantime::parse_duration)]
    pub(super) duration: Option<Duration>,
    /// How many people have an account.
    #[arg(long, default_value_t = 20_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000_000))]
    pub(super) people: u32,
    /// How many offices they work in, hundreds of people in the first.
    #[arg(long, default_value_t = 12)]
    pub(super) offices: u32,
    /// The share of attempts that are an attack, in percent.
    #[arg(long, default_value_t = 40, value_parser = clap::value_parser!(u32).range(0..100))]
    pub(super) attack_percent: u32,
    /// Write the labels here, for `credsieve evaluate`.
    #[arg(long, value_name = "FILE")]
    pub(super) labels: Option<PathBuf>,
}

impl TrafficArgs {
    /// Whether none of them was given, or each as it is anyway.
    pub(super) fn are_as_ever(&self) -> bool {
        #[derive(clap::Parser)]
        struct Ever {
            #[command(flatten)]
            traffic: TrafficArgs,
        }
        Ever::try_parse_from(["load-test"]).is_ok_and(|ever| ever.traffic == *self)
    }
}

/// The traffic that was asked for: gives events until there are enough, and keeps their labels.
pub(super) struct Feed {
    mix: Mix,
    left: u64,
    pub(super) sent: u64,
    pub(super) attack: u64,
    labels: Option<LabelWriter<BufWriter<File>>>,
}

impl Feed {
    /// The traffic asked for, from then on; where no time is given, from the mix's.
    pub(super) fn new(traffic: &TrafficArgs, start_ms: Option<EpochMs>) -> anyhow::Result<Self> {
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
    pub(super) fn next(&mut self, at_ms: Option<EpochMs>) -> anyhow::Result<Option<Labelled>> {
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

    /// How many there will be, where that is known before.
    pub(super) fn events(&self) -> Option<u64> {
        let known = self.sent.checked_add(self.left)?;
        (known < u64::MAX).then_some(known)
    }

    pub(super) fn finish(self) -> anyhow::Result<()> {
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

pub(super) fn create(path: &std::path::Path) -> anyhow::Result<BufWriter<File>> {
    let file = File::create(path).with_context(|| format!("cannot create {}", path.display()))?;
    Ok(BufWriter::with_capacity(1 << 18, file))
}
