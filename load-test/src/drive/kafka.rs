//! Events to a Kafka topic at a steady rate, timed until their verdicts can be read.
//!
//! The verdict topic is read from its end by a consumer without a group, so nothing of the service's
//! own is touched. Beside it the offsets that the service's group has committed are held against the end of
//! the topic: what is committed was judged, and durably. Where the service is slower than the rate, the wait
//! for the last verdicts ends after `--wait` without a new one.

mod lag;
mod verdicts;

use super::{Driven, Feed, MeasureArgs, Progress, TrafficArgs, due, now_ms, sleep_until};
use anyhow::{Context, bail};
use clap::Args;
use lag::{Group, LagWatch};
use rdkafka::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::metadata::MetadataPartition;
use rdkafka::producer::{BaseRecord, DefaultProducerContext, Producer, ThreadedProducer};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use verdicts::{InFlight, Verdicts};

/// How long the broker may take to answer a question.
const BROKER_LIMIT: Duration = Duration::from_secs(15);

/// Where to, how fast.
#[derive(Args, Clone, Debug)]
pub(super) struct KafkaArgs {
    /// The brokers, `host:port`, comma-separated.
    bootstrap_servers: String,
    /// The topic to produce to.
    #[arg(long, default_value = "logins")]
    topic: String,
    /// The topic to read verdicts from; empty to read none. Then the wait is for the group.
    #[arg(long, default_value = "verdicts")]
    verdicts: String,
    /// The consumer group of the service, whose lag is measured; empty to measure none.
    #[arg(long, default_value = "credsieve")]
    group: String,
    /// Events a second; 0 for as fast as the broker takes them.
    #[arg(long, default_value_t = 1_000)]
    rate: u32,
    /// How long to wait for the last verdicts while no new one comes.
    #[arg(long, default_value = "30s", value_parser = humantime::parse_duration)]
    wait: Duration,
    /// A further setting of librdkafka, such as `security.protocol=SSL`; may be given several times.
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = parse_setting)]
    settings: Vec<(String, String)>,
    #[command(flatten)]
    pub(super) measure: MeasureArgs,
}

fn parse_setting(text: &str) -> Result<(String, String), String> {
    text.split_once('=')
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .ok_or_else(|| "expected KEY=VALUE".to_owned())
}

pub(super) fn drive(traffic: &TrafficArgs, args: &KafkaArgs) -> anyhow::Result<Driven> {
    let mut feed = Feed::new(traffic, Some(now_ms()))?;
    let timed = !args.verdicts.is_empty();
    let verdicts = timed.then(|| Verdicts::from_now_on(args)).transpose()?;
    let group = match args.group.as_str() {
        "" => None,
        group => Some(Group::of(args, group)?),
    };
    let producer = producer(args)?;
    let watched = args.measure.watch()?;
    let in_flight = InFlight::default();
    let (all_sent, all_read) = (AtomicBool::new(false), AtomicBool::new(!timed));
    let progress = Progress::of(feed.events(), args.measure.quiet);
    let started = Instant::now();
    let (elapsed, seen, lag) = std::thread::scope(|scope| {
        let reading = verdicts.as_ref().map(|verdicts| {
            scope.spawn(|| {
                let seen = verdicts.read(args.wait, &in_flight, &all_sent);
                all_read.store(true, Ordering::Release);
                seen
            })
        });
        let watching = group.as_ref().map(|group| {
            let watch = LagWatch {
                group,
                started,
                wait: args.wait,
                all_sent: &all_sent,
                all_read: &all_read,
                progress: &progress,
            };
            scope.spawn(move || watch.run())
        });
        let outcome = Producing {
            producer: &producer,
            args,
            started,
            in_flight: timed.then_some(&in_flight),
            progress: &progress,
        }
        .run(&mut feed);
        all_sent.store(true, Ordering::Release);
        progress.say("waiting for what is under way");
        let seen = reading.map(|reading| reading.join().expect("the reader does not panic"));
        let lag = watching.map(|watching| watching.join().expect("the watch does not panic"));
        Ok::<_, anyhow::Error>((outcome?, seen.transpose()?, lag))
    })?;
    drop(progress);
    let mut counts = Vec::new();
    let latency = seen.map(|seen| {
        for (decision, count) in &seen.decisions {
            counts.push((format!("decided {decision}"), *count));
        }
        counts.push(("revisions".to_owned(), seen.revisions));
        counts.push(("bytes of verdicts".to_owned(), seen.bytes));
        let ms = seen.last_at.saturating_duration_since(started).as_millis();
        let rate = u128::from(seen.latency.len()) * 1_000 / ms.max(1);
        let rate = u64::try_from(rate).unwrap_or(u64::MAX);
        counts.push(("verdicts a second, until the last".to_owned(), rate));
        ("produced to verdict", seen.latency)
    });
    let driven = Driven {
        target: format!("{} topic {}", args.bootstrap_servers, args.topic),
        rate_asked: args.rate,
        sent: feed.sent,
        attack: feed.attack,
        lost: u64::try_from(in_flight.open())?,
        elapsed,
        latency,
        counts,
        lag: lag.transpose()?,
        usage: watched.map(super::Watched::end).transpose()?,
    };
    feed.finish()?;
    Ok(driven)
}

/// A client's settings: ours, then those of the command line over them.
fn config(args: &KafkaArgs, ours: &[(&str, &str)]) -> ClientConfig {
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", &args.bootstrap_servers);
    for (key, value) in ours {
        config.set(*key, *value);
    }
    for (key, value) in &args.settings {
        config.set(key, value);
    }
    config
}

/// The partitions of a topic.
fn partitions(client: &BaseConsumer, topic: &str, args: &KafkaArgs) -> anyhow::Result<Vec<i32>> {
    let metadata = client
        .fetch_metadata(Some(topic), BROKER_LIMIT)
        .with_context(|| format!("no broker at {}", args.bootstrap_servers))?;
    let partitions = metadata
        .topics()
        .first()
        .map_or(&[][..], |topic| topic.partitions());
    if partitions.is_empty() {
        bail!("the topic `{topic}` does not exist");
    }
    Ok(partitions.iter().map(MetadataPartition::id).collect())
}

type Sending = ThreadedProducer<DefaultProducerContext>;

fn producer(args: &KafkaArgs) -> anyhow::Result<Sending> {
    // At a given rate what is timed should not be our own waiting for company; else throughput counts.
    let linger = if args.rate > 0 { "1" } else { "20" };
    let ours = [
        ("linger.ms", linger),
        ("compression.type", "lz4"),
        ("message.timeout.ms", "30000"),
    ];
    config(args, &ours)
        .create()
        .context("cannot make a producer")
}

/// The sending side.
struct Producing<'a> {
    producer: &'a Sending,
    args: &'a KafkaArgs,
    started: Instant,
    in_flight: Option<&'a InFlight>,
    progress: &'a Progress,
}

impl Producing<'_> {
    /// Sends everything, each event when it is due; says how long that took.
    fn run(&self, feed: &mut Feed) -> anyhow::Result<Duration> {
        loop {
            let due_at = due(self.started, feed.sent, self.args.rate);
            sleep_until(due_at);
            let Some(event) = feed.next(Some(now_ms()))? else {
                break;
            };
            if let Some(in_flight) = self.in_flight {
                in_flight.add(&event.event_id, due_at);
            }
            self.send(&event.username, &event.event_json)?;
            if feed.sent.is_multiple_of(256) {
                self.progress.sent(feed.sent);
            }
        }
        self.progress.sent(feed.sent);
        self.producer
            .flush(Duration::from_secs(30))
            .context("the broker did not take every event")?;
        Ok(self.started.elapsed())
    }

    /// Hands an event to librdkafka, whose queue is bounded: while it is full, deliveries are awaited.
    fn send(&self, key: &str, payload: &str) -> anyhow::Result<()> {
        let deadline = Instant::now() + Duration::from_mins(1);
        let mut record = BaseRecord::to(&self.args.topic).key(key).payload(payload);
        loop {
            match self.producer.send(record) {
                Ok(()) => return Ok(()),
                Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), back))
                    if Instant::now() < deadline =>
                {
                    record = back;
                    std::thread::sleep(Duration::from_millis(2));
                }
                Err((error, _)) => return Err(error).context("cannot produce"),
            }
        }
    }
}
