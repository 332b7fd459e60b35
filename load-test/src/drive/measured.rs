//! What a drive measured, and the same as JSON.

use super::process::Usage;
use hdrhistogram::Histogram;
use serde::Serialize;
use std::collections::BTreeMap;
use std::time::Duration;

/// What a drive measured.
#[derive(Clone, Debug)]
pub struct Driven {
    /// Where it went.
    pub target: String,
    /// How many events a second were asked for; 0 for as many as can be.
    pub rate_asked: u32,
    /// How many events were sent.
    pub sent: u64,
    /// How many of them belong to an attack.
    pub attack: u64,
    /// How many failed, or were never answered.
    pub lost: u64,
    /// How long sending took.
    pub elapsed: Duration,
    /// What was timed, and how long it took in microseconds.
    pub latency: Option<(&'static str, Histogram<u64>)>,
    /// What else was counted.
    pub counts: Vec<(String, u64)>,
    /// How far what was judged was behind what was sent.
    pub lag: Option<Lag>,
    /// What it cost the process under test.
    pub usage: Option<Usage>,
}

/// How far the consumers' committed offsets were behind the end of the topic, in events. They are
/// committed about once a second, so a second's worth is no lag.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Lag {
    /// The most that was seen.
    pub most: u64,
    /// When the last event had been sent.
    pub when_sent: u64,
    /// At the end of the measurement.
    pub at_end: u64,
    /// How many of the events sent were judged, and durably.
    pub judged: u64,
    /// Seconds from the first event until the last of these was.
    pub judged_seconds: f64,
}

impl Lag {
    /// Events judged a second.
    #[must_use]
    pub fn judged_rate(&self) -> f64 {
        rate(self.judged, self.judged_seconds)
    }
}

/// The quantiles that are told, with their names.
pub(crate) const QUANTILES: [(&str, f64); 5] = [
    ("p50", 0.5),
    ("p90", 0.9),
    ("p99", 0.99),
    ("p99.9", 0.999),
    ("max", 1.0),
];

/// What was measured, as `--json` tells it.
#[derive(Serialize)]
pub(crate) struct Json<'a> {
    target: &'a str,
    rate_asked: u32,
    sent: u64,
    attack: u64,
    lost: u64,
    seconds: f64,
    rate: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    latency: Option<Latency>,
    counts: BTreeMap<&'a str, u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lag: Option<Lag>,
    #[serde(skip_serializing_if = "Option::is_none")]
    process: Option<Process>,
}

#[derive(Serialize)]
struct Latency {
    of: &'static str,
    measured: u64,
    /// By the name of the quantile.
    microseconds: BTreeMap<&'static str, u64>,
}

#[derive(Serialize)]
struct Process {
    #[serde(flatten)]
    usage: Usage,
    cpu_microseconds_per_event: f64,
}

impl Driven {
    /// The form for `--json`.
    pub(crate) fn json(&self) -> Json<'_> {
        Json {
            target: &self.target,
            rate_asked: self.rate_asked,
            sent: self.sent,
            attack: self.attack,
            lost: self.lost,
            seconds: self.elapsed.as_secs_f64(),
            rate: rate(self.sent, self.elapsed.as_secs_f64()),
            latency: self.latency.as_ref().map(|(of, latency)| Latency {
                of,
                measured: latency.len(),
                microseconds: QUANTILES
                    .iter()
                    .map(|(name, quantile)| (*name, latency.value_at_quantile(*quantile)))
                    .collect(),
            }),
            counts: self
                .counts
                .iter()
                .map(|(name, count)| (name.as_str(), *count))
                .collect(),
            lag: self.lag,
            process: self.usage.map(|usage| Process {
                usage,
                cpu_microseconds_per_event: usage.cpu_us_per(self.sent),
            }),
        }
    }
}

/// So many in so many seconds, a second.
#[expect(
    clippy::cast_precision_loss,
    reason = "counts of events, shown as a rate"
)]
pub(crate) fn rate(count: u64, seconds: f64) -> f64 {
    count as f64 / seconds.max(0.001)
}

/// The longest latency that is told apart, in microseconds.
const LONGEST_US: u64 = 120_000_000;

/// An empty histogram of latencies.
pub(super) fn histogram() -> Histogram<u64> {
    Histogram::new_with_bounds(1, LONGEST_US, 3).expect("constant bounds that the crate accepts")
}

/// Adds a latency.
pub(super) fn record(histogram: &mut Histogram<u64>, latency: Duration) {
    let us = u64::try_from(latency.as_micros()).unwrap_or(LONGEST_US);
    histogram.saturating_record(us.max(1));
}
