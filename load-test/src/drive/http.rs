//! Events to `POST /v1/events`, or questions to `POST /v1/decide`, at a steady rate.
//!
//! A thread of its own makes the requests and hands each over when it is due; whichever connection is
//! free sends it. While none is, requests wait, and that counts: a request is timed from the moment at
//! which it was due.

mod answers;
mod connection;

use super::{
    Driven, Feed, MeasureArgs, Progress, TrafficArgs, due, histogram, now_ms, record, sleep_until,
};
use answers::{Answered, read_answer};
use anyhow::{Context, bail};
use clap::{Args, ValueEnum};
use connection::{Connection, Service};
use hdrhistogram::Histogram;
use hyper::body::Bytes;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

/// Requests that are due and wait for a free connection. Full: the next ones are made later, and are
/// late from the moment at which they were due all the same.
const MOST_WAITING: usize = 4_096;

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
    /// Events in a request: 50 where nothing is said, for `decide` one. With more than one `decide`
    /// asks `/v1/decide/batch`.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=1000))]
    batch: Option<u32>,
    #[command(flatten)]
    pub(super) measure: MeasureArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Endpoint {
    /// `POST /v1/events`: what happened.
    Events,
    /// `POST /v1/decide`: what to do.
    Decide,
}

/// What is asked, and in what form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Events,
    Decide,
    DecideBatch,
}

impl HttpArgs {
    fn form(&self) -> (Form, u32) {
        match (self.endpoint, self.batch) {
            (Endpoint::Events, batch) => (Form::Events, batch.unwrap_or(50)),
            (Endpoint::Decide, None | Some(1)) => (Form::Decide, 1),
            (Endpoint::Decide, Some(batch)) => (Form::DecideBatch, batch),
        }
    }
}

impl Form {
    fn path(self) -> &'static str {
        match self {
            Self::Events => "/v1/events",
            Self::Decide => "/v1/decide",
            Self::DecideBatch => "/v1/decide/batch",
        }
    }

    fn content_type(self) -> &'static str {
        match self {
            Self::Events => "application/x-ndjson",
            Self::Decide | Self::DecideBatch => "application/json",
        }
    }

    /// Before the first event, between two, behind the last.
    fn marks(self) -> [&'static str; 3] {
        match self {
            Self::Events => ["", "\n", "\n"],
            Self::Decide => ["", "", ""],
            Self::DecideBatch => ["[", ",", "]"],
        }
    }
}

/// A request on its way.
struct Request {
    body: Bytes,
    events: u64,
    /// When it is due; where as many as can be are sent, when a connection takes it.
    due_at: Option<Instant>,
}

/// What the answers said.
struct Tally {
    latency: Histogram<u64>,
    counts: BTreeMap<String, u64>,
    lost: u64,
    answered: u64,
    first_failure: Option<String>,
}

pub(super) fn drive(traffic: &TrafficArgs, args: &HttpArgs) -> anyhow::Result<Driven> {
    let (form, batch) = args.form();
    let service = Arc::new(Service::of(&args.url, form, args.key.as_deref())?);
    let feed = Feed::new(traffic, Some(now_ms()))?;
    let progress = Progress::of(feed.events(), args.measure.quiet);
    let watched = args.measure.watch()?;
    // One thread: the service under test is what should have the processors.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("cannot start the runtime")?;
    let (requests, waiting) = mpsc::channel(match args.rate {
        0 => 2 * args.connections as usize,
        _ => MOST_WAITING,
    });
    let tally = Mutex::new(Tally {
        latency: histogram(),
        counts: BTreeMap::new(),
        lost: 0,
        answered: 0,
        first_failure: None,
    });
    let tally = Arc::new(tally);
    let started = Instant::now();
    let (feed, sent) = std::thread::scope(|scope| {
        let maker = scope.spawn(|| {
            let mut maker = Maker {
                feed,
                form,
                batch,
                rate: args.rate,
                started,
                progress: &progress,
            };
            let made = maker.run(&requests);
            // The connections end when nobody can send them anything.
            drop(requests);
            made.map(|()| maker.feed)
        });
        let sent = runtime.block_on(send_all(&service, args.connections, waiting, &tally));
        (maker.join().expect("the maker does not panic"), sent)
    });
    let (feed, elapsed) = (feed?, started.elapsed());
    sent?;
    drop(progress);
    let tally = Arc::into_inner(tally)
        .context("every connection has ended")?
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    if let Some(failure) = tally.first_failure {
        eprintln!("first failure: {failure}");
    }
    let driven = Driven {
        target: service.to_string(),
        rate_asked: args.rate,
        sent: feed.sent,
        attack: feed.attack,
        lost: tally.lost,
        elapsed,
        latency: Some(("request", tally.latency)),
        counts: tally.counts.into_iter().collect(),
        lag: None,
        usage: watched.map(super::Watched::end).transpose()?,
    };
    feed.finish()?;
    Ok(driven)
}

/// Makes the requests, each when it is due.
struct Maker<'a> {
    feed: Feed,
    form: Form,
    batch: u32,
    rate: u32,
    started: Instant,
    progress: &'a Progress,
}

impl Maker<'_> {
    /// Ends with the traffic, or when no connection is left to take a request.
    fn run(&mut self, requests: &mpsc::Sender<Request>) -> anyhow::Result<()> {
        while let Some(request) = self.next()? {
            if let Some(due_at) = request.due_at {
                sleep_until(due_at);
            }
            if requests.blocking_send(request).is_err() {
                break;
            }
            self.progress.sent(self.feed.sent);
        }
        Ok(())
    }

    fn next(&mut self) -> anyhow::Result<Option<Request>> {
        let due_at = due(self.started, self.feed.sent, self.rate);
        // The time of sending: now, or the moment at which it is due.
        let ahead = due_at.saturating_duration_since(Instant::now());
        let at_ms = now_ms() + i64::try_from(ahead.as_millis()).unwrap_or(0);
        let [before, between, behind] = self.form.marks();
        let mut body = String::from(before);
        let mut events = 0;
        while events < u64::from(self.batch) {
            let Some(event) = self.feed.next(Some(at_ms))? else {
                break;
            };
            if events > 0 {
                body.push_str(between);
            }
            body.push_str(&event.event_json);
            events += 1;
        }
        body.push_str(behind);
        Ok((events > 0).then(|| Request {
            body: body.into(),
            events,
            due_at: (self.rate > 0).then_some(due_at),
        }))
    }
}

async fn send_all(
    service: &Arc<Service>,
    connections: u32,
    waiting: mpsc::Receiver<Request>,
    tally: &Arc<Mutex<Tally>>,
) -> anyhow::Result<()> {
    let waiting = Arc::new(tokio::sync::Mutex::new(waiting));
    let mut senders = JoinSet::new();
    for _ in 0..connections {
        let sender = Sender {
            connection: Connection::to(Arc::clone(service)),
            waiting: Arc::clone(&waiting),
            tally: Arc::clone(tally),
        };
        senders.spawn(sender.run());
    }
    drop(waiting);
    let mut outcome = Ok(());
    while let Some(ended) = senders.join_next().await {
        let sent = ended
            .context("a connection's task broke")
            .and_then(|sent| sent);
        // All are waited for: the requests that wait go with the last connection, and the maker's end
        // with them.
        if outcome.is_ok() && sent.is_err() {
            outcome = sent;
            senders.abort_all();
        }
    }
    outcome
}

struct Sender {
    connection: Connection,
    waiting: Arc<tokio::sync::Mutex<mpsc::Receiver<Request>>>,
    tally: Arc<Mutex<Tally>>,
}

impl Sender {
    async fn run(mut self) -> anyhow::Result<()> {
        loop {
            let request = self.waiting.lock().await.recv().await;
            let Some(Request {
                body,
                events,
                due_at,
            }) = request
            else {
                return Ok(());
            };
            let due_at = due_at.unwrap_or_else(Instant::now);
            let answer = self.connection.post(body).await;
            let took = due_at.elapsed();
            let answered = answer
                .and_then(|(status, text)| read_answer(self.connection.form(), status, &text));
            self.tally().add(events, took, answered)?;
        }
    }

    fn tally(&self) -> MutexGuard<'_, Tally> {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tally {
    fn add(
        &mut self,
        events: u64,
        took: std::time::Duration,
        answered: anyhow::Result<Answered>,
    ) -> anyhow::Result<()> {
        record(&mut self.latency, took);
        match answered {
            Ok(answered) => {
                self.answered += events;
                self.lost += answered.refused;
                for (decision, count) in answered.decided {
                    let what = format!("decided {}", decision.name());
                    *self.counts.entry(what).or_default() += count;
                }
            }
            Err(error) => {
                self.lost += events;
                self.first_failure.get_or_insert(format!("{error:#}"));
                // A service that answers nothing at all is told at once, not after the whole run.
                if self.lost >= 1_000 && self.answered == 0 {
                    bail!("no request was answered: {error:#}");
                }
            }
        }
        Ok(())
    }
}
