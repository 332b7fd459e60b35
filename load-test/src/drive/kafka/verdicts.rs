//! The reading side: verdicts as they come, each held against the event that it is about.

use super::super::{histogram, record};
use super::{BROKER_LIMIT, KafkaArgs, config, partitions};
use anyhow::Context;
use credsieve_models::Decision;
use hdrhistogram::Histogram;
use rdkafka::Message;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};
use serde::Deserialize;
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// At most so many events are timed at once; those beyond are sent, but not timed.
const MOST_IN_FLIGHT: usize = 2_000_000;

/// When each event without a verdict was due. Locked for a moment an event, never across a wait.
#[derive(Default)]
pub(super) struct InFlight {
    due_at: Mutex<HashMap<u128, Instant>>,
}

impl InFlight {
    pub fn add(&self, event_id: &str, due_at: Instant) {
        if let Ok(id) = u128::from_str_radix(event_id, 16) {
            let mut open = self.lock();
            if open.len() < MOST_IN_FLIGHT {
                open.insert(id, due_at);
            }
        }
    }

    /// How many have no verdict.
    pub fn open(&self) -> usize {
        self.lock().len()
    }

    fn answered(&self, event_id: &str) -> Option<Instant> {
        let id = u128::from_str_radix(event_id, 16).ok()?;
        self.lock().remove(&id)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<u128, Instant>> {
        self.due_at.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What reading counted.
pub(super) struct Seen {
    pub latency: Histogram<u64>,
    pub decisions: BTreeMap<&'static str, u64>,
    pub revisions: u64,
    /// Of the payloads of all that came.
    pub bytes: u64,
    pub last_at: Instant,
}

#[derive(Deserialize)]
struct VerdictLine<'a> {
    #[serde(borrow)]
    event_id: Cow<'a, str>,
    revision: u32,
    decision: Decision,
}

/// The verdict topic.
pub(super) struct Verdicts {
    reader: BaseConsumer,
}

impl Verdicts {
    /// Stands at the end of every partition.
    pub fn from_now_on(args: &KafkaArgs) -> anyhow::Result<Self> {
        let ours = [
            ("group.id", "credsieve-load-test"),
            ("enable.auto.commit", "false"),
            ("fetch.wait.max.ms", "10"),
            ("fetch.queue.backoff.ms", "5"),
        ];
        let reader: BaseConsumer = config(args, &ours)
            .create()
            .context("cannot make a consumer")?;
        let mut assignment = TopicPartitionList::new();
        for partition in partitions(&reader, &args.verdicts, args)? {
            // A fixed offset, so that a verdict made while the consumer still connects is not missed.
            let (_, end) = reader.fetch_watermarks(&args.verdicts, partition, BROKER_LIMIT)?;
            assignment.add_partition_offset(&args.verdicts, partition, Offset::Offset(end))?;
        }
        reader.assign(&assignment)?;
        Ok(Self { reader })
    }

    /// Reads until every event has its verdict, or none has come for `wait`.
    pub fn read(
        &self,
        wait: Duration,
        in_flight: &InFlight,
        all_sent: &AtomicBool,
    ) -> anyhow::Result<Seen> {
        let mut seen = Seen {
            latency: histogram(),
            decisions: BTreeMap::new(),
            revisions: 0,
            bytes: 0,
            last_at: Instant::now(),
        };
        let mut quiet_since = seen.last_at;
        loop {
            let polled = self.reader.poll(Duration::from_millis(100));
            let now = Instant::now();
            if let Some(message) = polled {
                let message = message.context("cannot read the verdicts")?;
                if seen.count(message.payload().unwrap_or_default(), now, in_flight) {
                    (seen.last_at, quiet_since) = (now, now);
                }
            }
            if !all_sent.load(Ordering::Acquire) {
                quiet_since = now;
            } else if in_flight.open() == 0 || now.duration_since(quiet_since) > wait {
                return Ok(seen);
            }
        }
    }
}

impl Seen {
    /// Counts a verdict; says whether it was one that was waited for.
    fn count(&mut self, payload: &[u8], now: Instant, in_flight: &InFlight) -> bool {
        let Ok(verdict) = serde_json::from_slice::<VerdictLine>(payload) else {
            return false;
        };
        self.bytes += payload.len() as u64;
        if verdict.revision > 0 {
            self.revisions += 1;
            return false;
        }
        let Some(due_at) = in_flight.answered(&verdict.event_id) else {
            return false;
        };
        record(&mut self.latency, now.saturating_duration_since(due_at));
        *self.decisions.entry(verdict.decision.name()).or_default() += 1;
        true
    }
}
