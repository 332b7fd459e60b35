//! Events to a Kafka topic at a steady rate, timed until their verdicts can be read.
//!
//! The verdict topic is read from its end by a consumer without a group, so nothing of the service's
//! own is touched. Where the service is slower than the rate, the wait for the last verdicts ends
//! after `--wait` without a new one.

use super::{Driven, Feed, TrafficArgs, due, histogram, now_ms, record};
use anyhow::{Context, bail};
use clap::Args;
use credsieve_models::Decision;
use hdrhistogram::Histogram;
use rdkafka::ClientConfig;
use rdkafka::Message;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};
use serde::Deserialize;
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long the broker may take to answer a question.
const BROKER_LIMIT: Duration = Duration::from_secs(15);

/// At most so many events are timed at once; those beyond are sent, but not timed.
const MOST_IN_FLIGHT: usize = 2_000_000;

/// Where to, how fast.
#[derive(Args, Clone, Debug)]
pub(super) struct KafkaArgs {
    /// The brokers, `host:port`, comma-separated.
    bootstrap_servers: String,
    /// The topic to produce to.
    #[arg(long, default_value = "logins")]
    topic: String,
    /// The topic to read verdicts from; empty to measure none.
    #[arg(long, default_value = "verdicts")]
    verdicts: String,
    /// Events a second; 0 for as fast as the broker takes them.
    #[arg(long, default_value_t = 1_000)]
    rate: u32,
    /// How long to wait for the last verdicts while no new one comes.
    #[arg(long, default_value = "30s", value_parser = humantime::parse_duration)]
    wait: Duration,
    /// A further setting of librdkafka, such as `security.protocol=SSL`; may be given several times.
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = parse_setting)]
    settings: Vec<(String, String)>,
}

fn parse_setting(text: &str) -> Result<(String, String), String> {
    text.split_once('=')
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .ok_or_else(|| "expected KEY=VALUE".to_owned())
}

/// What producing and reading share. Locked for a moment an event, never across a wait.
#[derive(Default)]
struct InFlight {
    sent_at: HashMap<u128, Instant>,
}

/// What reading counted.
struct Seen {
    latency: Histogram<u64>,
    decisions: BTreeMap<&'static str, u64>,
    revisions: u64,
    last_at: Instant,
}

#[derive(Deserialize)]
struct VerdictLine<'a> {
    #[serde(borrow)]
    event_id: Cow<'a, str>,
    revision: u32,
    decision: Decision,
}

pub(super) fn drive(traffic: &TrafficArgs, args: &KafkaArgs) -> anyhow::Result<Driven> {
    let mut feed = Feed::new(traffic, Some(now_ms()))?;
    let reader = if args.verdicts.is_empty() {
        None
    } else {
        Some(reader(args)?)
    };
    let producer: BaseProducer = config(args)
        .set("linger.ms", "5")
        .set("compression.type", "zstd")
        .set("message.timeout.ms", "30000")
        .create()
        .context("cannot make a producer")?;
    let in_flight = Mutex::new(InFlight::default());
    let all_sent = AtomicBool::new(false);
    let started = Instant::now();
    let timed = reader.is_some();
    let (elapsed, seen) = std::thread::scope(|scope| {
        let reading = reader
            .as_ref()
            .map(|reader| scope.spawn(|| read(reader, args, &in_flight, &all_sent)));
        let outcome = produce(
            &producer,
            args,
            &mut feed,
            started,
            timed.then_some(&in_flight),
        );
        all_sent.store(true, Ordering::Release);
        let seen = reading.map(|reading| reading.join().expect("the reader does not panic"));
        Ok::<_, anyhow::Error>((outcome?, seen.transpose()?))
    })?;
    let unanswered = in_flight
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner)
        .sent_at
        .len();
    let mut counts = Vec::new();
    let latency = seen.map(|seen| {
        for (decision, count) in seen.decisions {
            counts.push((format!("decided {decision}"), count));
        }
        counts.push(("revisions".to_owned(), seen.revisions));
        let ms = seen.last_at.saturating_duration_since(started).as_millis();
        let rate = u128::from(seen.latency.len()) * 1_000 / ms.max(1);
        let rate = u64::try_from(rate).unwrap_or(u64::MAX);
        counts.push(("verdicts a second, until the last".to_owned(), rate));
        ("produced to verdict", seen.latency)
    });
    let driven = Driven {
        target: format!("{} topic {}", args.bootstrap_servers, args.topic),
        sent: feed.sent,
        attack: feed.attack,
        lost: u64::try_from(unanswered)?,
        elapsed,
        latency,
        counts,
    };
    feed.finish()?;
    Ok(driven)
}

fn config(args: &KafkaArgs) -> ClientConfig {
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", &args.bootstrap_servers);
    for (key, value) in &args.settings {
        config.set(key, value);
    }
    config
}

/// A consumer that stands at the end of every partition of the verdict topic.
fn reader(args: &KafkaArgs) -> anyhow::Result<BaseConsumer> {
    let reader: BaseConsumer = config(args)
        .set("group.id", "credsieve-load-test")
        .set("enable.auto.commit", "false")
        .set("fetch.wait.max.ms", "10")
        .set("fetch.queue.backoff.ms", "5")
        .create()
        .context("cannot make a consumer")?;
    let metadata = reader
        .fetch_metadata(Some(&args.verdicts), BROKER_LIMIT)
        .with_context(|| format!("no broker at {}", args.bootstrap_servers))?;
    let mut assignment = TopicPartitionList::new();
    let partitions = metadata
        .topics()
        .first()
        .map_or(&[][..], |topic| topic.partitions());
    for partition in partitions {
        // A fixed offset, so that a verdict made while the consumer still connects is not missed.
        let (_, end) = reader.fetch_watermarks(&args.verdicts, partition.id(), BROKER_LIMIT)?;
        assignment.add_partition_offset(&args.verdicts, partition.id(), Offset::Offset(end))?;
    }
    if partitions.is_empty() {
        bail!("the topic `{}` does not exist", args.verdicts);
    }
    reader.assign(&assignment)?;
    Ok(reader)
}

fn produce(
    producer: &BaseProducer,
    args: &KafkaArgs,
    feed: &mut Feed,
    started: Instant,
    in_flight: Option<&Mutex<InFlight>>,
) -> anyhow::Result<Duration> {
    loop {
        let due_at = due(started, feed.sent, args.rate);
        let early = due_at.saturating_duration_since(Instant::now());
        if !early.is_zero() {
            producer.poll(early.min(Duration::from_millis(5)));
            continue;
        }
        let Some(event) = feed.next(Some(now_ms()))? else {
            break;
        };
        if let (Some(in_flight), Ok(id)) = (in_flight, u128::from_str_radix(&event.event_id, 16)) {
            let mut in_flight = in_flight.lock().unwrap_or_else(PoisonError::into_inner);
            if in_flight.sent_at.len() < MOST_IN_FLIGHT {
                in_flight.sent_at.insert(id, due_at);
            }
        }
        send(producer, &args.topic, &event.username, &event.event_json)?;
        if feed.sent.is_multiple_of(256) {
            producer.poll(Duration::ZERO);
        }
    }
    producer
        .flush(Duration::from_secs(30))
        .context("the broker did not take every event")?;
    Ok(started.elapsed())
}

/// Hands an event to librdkafka, whose queue is bounded: while it is full, deliveries are awaited.
fn send(producer: &BaseProducer, topic: &str, key: &str, payload: &str) -> anyhow::Result<()> {
    let deadline = Instant::now() + Duration::from_mins(1);
    let mut record = BaseRecord::to(topic).key(key).payload(payload);
    loop {
        match producer.send(record) {
            Ok(()) => return Ok(()),
            Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), back))
                if Instant::now() < deadline =>
            {
                record = back;
                producer.poll(Duration::from_millis(10));
            }
            Err((error, _)) => return Err(error).context("cannot produce"),
        }
    }
}

fn read(
    reader: &BaseConsumer,
    args: &KafkaArgs,
    in_flight: &Mutex<InFlight>,
    all_sent: &AtomicBool,
) -> anyhow::Result<Seen> {
    let mut seen = Seen {
        latency: histogram(),
        decisions: BTreeMap::new(),
        revisions: 0,
        last_at: Instant::now(),
    };
    loop {
        let polled = reader.poll(Duration::from_millis(100));
        let now = Instant::now();
        if let Some(message) = polled {
            let message = message.context("cannot read the verdicts")?;
            if count(
                message.payload().unwrap_or_default(),
                now,
                in_flight,
                &mut seen,
            ) {
                seen.last_at = now;
            }
            continue;
        }
        if !all_sent.load(Ordering::Acquire) {
            seen.last_at = now;
            continue;
        }
        let open = !in_flight
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .sent_at
            .is_empty();
        if !open || now.duration_since(seen.last_at) > args.wait {
            return Ok(seen);
        }
    }
}

/// Counts a verdict; says whether it was one that was waited for.
fn count(payload: &[u8], now: Instant, in_flight: &Mutex<InFlight>, seen: &mut Seen) -> bool {
    let Ok(verdict) = serde_json::from_slice::<VerdictLine>(payload) else {
        return false;
    };
    let Ok(id) = u128::from_str_radix(&verdict.event_id, 16) else {
        return false;
    };
    let sent_at = in_flight
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .sent_at
        .remove(&id);
    if let Some(sent_at) = sent_at {
        record(&mut seen.latency, now.saturating_duration_since(sent_at));
        *seen.decisions.entry(verdict.decision.name()).or_default() += 1;
    } else if verdict.revision > 0 {
        seen.revisions += 1;
    }
    sent_at.is_some()
}
