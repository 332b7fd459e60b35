//! Events to `POST /v1/events`, or questions to `POST /v1/decide`, at a steady rate.
//!
//! An open loop: a request is timed from the moment at which it was due, not from when it was sent,
//! so that a slow service cannot slow its own measurement down.

use super::{Driven, Feed, TrafficArgs, due, histogram, now_ms, record};
use anyhow::{Context, bail};
use clap::{Args, ValueEnum};
use credsieve_models::Decision;
use hdrhistogram::Histogram;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// How long one request may take.
const REQUEST_LIMIT: Duration = Duration::from_secs(10);

/// Where to, how fast.
#[derive(Args, Clone, Debug)]
pub(super) struct HttpArgs {
    /// The service, such as `http://127.0.0.1:8080`.
    url: String,
    /// What to ask of it.
    #[arg(long, value_enum, default_value_t = Endpoint::Events)]
    endpoint: Endpoint,
    /// The API key.
    #[arg(long, env = "CREDSIEVE_API_KEY", hide_env_values = true)]
    key: Option<String>,
    /// Events a second; 0 for as fast as it answers.
    #[arg(long, default_value_t = 1_000)]
    rate: u32,
    /// Connections that send at once.
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u32).range(1..=4096))]
    connections: u32,
    /// Events in a request; `decide` takes one.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1000))]
    batch: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Endpoint {
    /// `POST /v1/events`: what happened.
    Events,
    /// `POST /v1/decide`: what to do.
    Decide,
}

/// What the connections share. The lock is held while a batch is made, never across a wait.
struct Shared {
    feed: Feed,
    latency: Histogram<u64>,
    counts: BTreeMap<String, u64>,
    lost: u64,
    first_failure: Option<String>,
}

pub(super) fn drive(traffic: &TrafficArgs, args: &HttpArgs) -> anyhow::Result<Driven> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("cannot start the runtime")?;
    runtime.block_on(drive_async(traffic, args))
}

async fn drive_async(traffic: &TrafficArgs, args: &HttpArgs) -> anyhow::Result<Driven> {
    let client = reqwest::Client::builder().timeout(REQUEST_LIMIT).build()?;
    let (path, batch) = match args.endpoint {
        Endpoint::Events => ("/v1/events", args.batch),
        Endpoint::Decide => ("/v1/decide", 1),
    };
    let url = format!("{}{path}", args.url.trim_end_matches('/'));
    let shared = Arc::new(Mutex::new(Shared {
        feed: Feed::new(traffic, Some(now_ms()))?,
        latency: histogram(),
        counts: BTreeMap::new(),
        lost: 0,
        first_failure: None,
    }));
    let started = Instant::now();
    let mut senders = JoinSet::new();
    for _ in 0..args.connections {
        let sender = Sender {
            client: client.clone(),
            url: url.clone(),
            args: args.clone(),
            batch,
            started,
            shared: Arc::clone(&shared),
        };
        senders.spawn(sender.run());
    }
    while let Some(ended) = senders.join_next().await {
        ended.context("a connection's task broke")??;
    }
    let elapsed = started.elapsed();
    let shared = Arc::into_inner(shared)
        .context("every connection has ended")?
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    if let Some(failure) = shared.first_failure {
        eprintln!("first failure: {failure}");
    }
    let driven = Driven {
        target: url,
        sent: shared.feed.sent,
        attack: shared.feed.attack,
        lost: shared.lost,
        elapsed,
        latency: Some(("request", shared.latency)),
        counts: shared.counts.into_iter().collect(),
    };
    shared.feed.finish()?;
    Ok(driven)
}

/// What an answer says.
enum Counted {
    /// What to do about an attempt.
    Decision(Decision),
    /// How many events were refused as none.
    Rejected(u64),
}

struct Sender {
    client: reqwest::Client,
    url: String,
    args: HttpArgs,
    batch: u32,
    started: Instant,
    shared: Arc<Mutex<Shared>>,
}

/// An answer of `/v1/decide` as far as it is counted.
#[derive(Deserialize)]
struct Decided {
    decision: Decision,
}

/// An answer of `/v1/events` as far as it is counted.
#[derive(Deserialize)]
struct Ingested {
    rejected: u64,
}

impl Sender {
    async fn run(self) -> anyhow::Result<()> {
        let mut body = String::new();
        loop {
            let Some((count, due_at)) = self.fill(&mut body)? else {
                return Ok(());
            };
            tokio::time::sleep_until(due_at.into()).await;
            let outcome = self.post(body.clone()).await;
            let took = due_at.elapsed();
            let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
            record(&mut shared.latency, took);
            match outcome {
                Ok(Counted::Decision(decision)) => {
                    let what = format!("decided {}", decision.name());
                    *shared.counts.entry(what).or_default() += 1;
                }
                Ok(Counted::Rejected(rejected)) => shared.lost += rejected,
                Err(error) => {
                    shared.lost += count;
                    shared.first_failure.get_or_insert(format!("{error:#}"));
                    // A service that answers nothing at all is told at once, not after the whole run.
                    if shared.lost >= 1_000 && shared.lost == shared.feed.sent {
                        bail!("no request was answered: {error:#}");
                    }
                }
            }
        }
    }

    /// Makes the next batch: its number of events, and when it is due.
    fn fill(&self, body: &mut String) -> anyhow::Result<Option<(u64, Instant)>> {
        body.clear();
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        let due_at = due(self.started, shared.feed.sent, self.args.rate);
        // The time of sending: now, or the moment at which it is due.
        let ahead = due_at.saturating_duration_since(Instant::now());
        let at_ms = now_ms() + i64::try_from(ahead.as_millis()).unwrap_or(0);
        let mut count = 0;
        while count < u64::from(self.batch) {
            let Some(event) = shared.feed.next(Some(at_ms))? else {
                break;
            };
            body.push_str(&event.event_json);
            body.push('\n');
            count += 1;
        }
        Ok((count > 0).then_some((count, due_at)))
    }

    async fn post(&self, body: String) -> anyhow::Result<Counted> {
        let content_type = match self.args.endpoint {
            Endpoint::Events => "application/x-ndjson",
            Endpoint::Decide => "application/json",
        };
        let mut request = self
            .client
            .post(&self.url)
            .header("content-type", content_type);
        if let Some(key) = &self.args.key {
            request = request.bearer_auth(key);
        }
        let answer = request.body(body).send().await?;
        let status = answer.status();
        let text = answer.text().await?;
        if !status.is_success() {
            bail!("{status}: {}", text.chars().take(300).collect::<String>());
        }
        Ok(match self.args.endpoint {
            Endpoint::Events => {
                let answer: Ingested =
                    serde_json::from_str(&text).context("an answer without its counts")?;
                Counted::Rejected(answer.rejected)
            }
            Endpoint::Decide => {
                let answer: Decided =
                    serde_json::from_str(&text).context("an answer without a decision")?;
                Counted::Decision(answer.decision)
            }
        })
    }
}
