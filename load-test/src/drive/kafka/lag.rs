//! The lag: how far what the service's group has committed is behind the end of the topic.
//!
//! The group is asked, never joined.

use super::super::Progress;
use super::super::measured::Lag;
use super::{BROKER_LIMIT, KafkaArgs, config, partitions};
use anyhow::Context;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How often the group is asked.
const ASK_EVERY: Duration = Duration::from_millis(200);
/// How long the group may take for its last commit once every verdict has been read.
const LAST_COMMIT: Duration = Duration::from_secs(5);

/// The service's consumer group, as a bystander sees it.
pub(super) struct Group {
    client: BaseConsumer,
    topic: String,
    partitions: Vec<i32>,
    /// The end of the topic before anything was sent, over all partitions.
    began_at: i64,
}

/// Offsets, summed over the partitions.
#[derive(Clone, Copy)]
struct Place {
    committed: i64,
    end: i64,
}

impl Group {
    pub fn of(args: &KafkaArgs, group: &str) -> anyhow::Result<Self> {
        let client: BaseConsumer = config(args, &[("group.id", group)])
            .create()
            .context("cannot make a consumer")?;
        let mut group = Self {
            partitions: partitions(&client, &args.topic, args)?,
            client,
            topic: args.topic.clone(),
            began_at: 0,
        };
        group.began_at = group.place()?.end;
        Ok(group)
    }

    fn place(&self) -> anyhow::Result<Place> {
        let mut list = TopicPartitionList::new();
        for partition in &self.partitions {
            list.add_partition(&self.topic, *partition);
        }
        let committed = self.client.committed_offsets(list, BROKER_LIMIT)?;
        let mut place = Place {
            committed: 0,
            end: 0,
        };
        for partition in &self.partitions {
            let (first, end) =
                self.client
                    .fetch_watermarks(&self.topic, *partition, BROKER_LIMIT)?;
            let committed = committed.find_partition(&self.topic, *partition);
            place.end += end;
            place.committed += match committed.map(|known| known.offset()) {
                Some(Offset::Offset(offset)) => offset,
                // Nothing yet: all that is there is still to be judged.
                _ => first,
            };
        }
        Ok(place)
    }
}

/// Watches a group for as long as a drive lasts.
pub(super) struct LagWatch<'a> {
    pub group: &'a Group,
    pub started: Instant,
    pub wait: Duration,
    pub all_sent: &'a AtomicBool,
    /// Every verdict was read, or none is waited for.
    pub all_read: &'a AtomicBool,
    pub progress: &'a Progress,
}

impl LagWatch<'_> {
    /// Until all that was sent is committed; or, once nothing else is waited for, until the group has not
    /// moved for a while.
    pub fn run(self) -> anyhow::Result<Lag> {
        let began_at = self.group.began_at;
        let timed = !self.all_read.load(Ordering::Acquire);
        let patience = if timed { LAST_COMMIT } else { self.wait };
        let mut lag = Lag::default();
        let mut known = 0;
        let mut moved_at = Instant::now();
        let mut sent_before = false;
        loop {
            // Both before the question, so that what it says holds for after.
            let sent = self.all_sent.load(Ordering::Acquire);
            let read = self.all_read.load(Ordering::Acquire);
            let place = self.group.place()?;
            let now = Instant::now();
            let behind = u64::try_from(place.end - place.committed).unwrap_or(0);
            lag.most = lag.most.max(behind);
            lag.at_end = behind;
            if sent && !sent_before {
                lag.when_sent = behind;
            }
            sent_before = sent;
            if place.committed != known {
                known = place.committed;
                lag.judged = u64::try_from(known - began_at).unwrap_or(0);
                lag.judged_seconds = now.duration_since(self.started).as_secs_f64();
                moved_at = now;
            }
            if !(sent && read) {
                moved_at = now;
            }
            self.progress.say(&format!("{behind} behind"));
            if sent && read && (behind == 0 || now.duration_since(moved_at) > patience) {
                return Ok(lag);
            }
            std::thread::sleep(ASK_EVERY);
        }
    }
}
