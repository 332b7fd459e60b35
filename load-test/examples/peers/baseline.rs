//! The straightforward detector: for each address the distinct users who failed there, in hash maps of
//! `HyperLogLog`++ sketches; with `--sources-1h`, for each user also the distinct addresses that failed.
//!
//! Windows hop by half their length, as those of the Kafka Streams job do: every event is counted
//! in the two windows that it falls into, and judged by the older one, which holds between half a
//! window and a whole one.

use ahash::{AHashMap, RandomState};
use clap::Args;
use credsieve_models::Attempt;
use credsieve_models::attempt::Outcome;
use hyperloglogplus::{HyperLogLog, HyperLogLogPlus};
use std::borrow::Borrow;
use std::hash::Hash;
use std::net::IpAddr;

/// 4,096 registers: an error of 1.6 %, and next to none below some hundred.
const PRECISION: u8 = 12;
const MINUTE_MS: i64 = 60_000;

/// From how many on something is flagged.
#[derive(Args, Clone, Copy, Debug)]
pub struct Limits {
    /// Distinct users who failed at an address, in windows of 10 minutes.
    #[arg(long, default_value_t = 15.0)]
    users_10m: f64,
    /// The same in windows of an hour.
    #[arg(long, default_value_t = 30.0)]
    users_1h: f64,
    /// Distinct addresses that failed for a user, in windows of an hour. Not counted where absent.
    #[arg(long)]
    sources_1h: Option<f64>,
}

/// Everything that is remembered.
pub struct Baseline {
    limits: Limits,
    users: [Hopping<IpAddr>; 2],
    sources: Hopping<String>,
}

impl Baseline {
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            users: [Hopping::new(10 * MINUTE_MS), Hopping::new(60 * MINUTE_MS)],
            sources: Hopping::new(60 * MINUTE_MS),
        }
    }

    /// Counts an attempt, then says whether it comes from, or is for, something above a limit.
    pub fn flags(&mut self, attempt: &Attempt) -> bool {
        let Some(user) = attempt.username.as_deref() else {
            return false;
        };
        let (ip, time) = (attempt.ip, attempt.time_ms);
        let failed = attempt.outcome == Some(Outcome::Failure);
        let [short, long] = &mut self.users;
        let user_member = failed.then_some(user);
        let mut flagged = short.count(&ip, time, user_member) >= self.limits.users_10m;
        flagged |= long.count(&ip, time, user_member) >= self.limits.users_1h;
        if let Some(limit) = self.limits.sources_1h {
            let ip_member = failed.then_some(&ip);
            flagged |= self.sources.count(user, time, ip_member) >= limit;
        }
        flagged
    }
}

/// Distinct partners of each key, in windows that hop by half their length.
struct Hopping<K> {
    hop_ms: i64,
    latest: i64,
    hasher: RandomState,
    entries: AHashMap<K, Entry>,
}

/// One key: the window that began with the hop before `hop`, and the one that began with it.
struct Entry {
    hop: i64,
    older: Sketch,
    newer: Sketch,
}

impl<K: Eq + Hash> Hopping<K> {
    fn new(length_ms: i64) -> Self {
        Self {
            hop_ms: length_ms / 2,
            latest: i64::MIN,
            // Fixed, so that the same file gives the same verdicts.
            hasher: RandomState::with_seeds(1, 2, 3, 4),
            entries: AHashMap::new(),
        }
    }

    /// Adds `member` where there is one, and returns how many distinct ones the key has.
    fn count<Q, M>(&mut self, key: &Q, time_ms: i64, member: Option<&M>) -> f64
    where
        K: Borrow<Q>,
        Q: Eq + Hash + ToOwned<Owned = K> + ?Sized,
        M: Hash + ?Sized,
    {
        let hop = time_ms.div_euclid(self.hop_ms);
        if hop > self.latest {
            self.latest = hop;
            self.entries.retain(|_, entry| entry.hop >= hop - 1);
        }
        if !self.entries.contains_key(key) {
            if member.is_none() {
                return 0.0;
            }
            self.entries
                .insert(key.to_owned(), Entry::new(hop, &self.hasher));
        }
        let Some(entry) = self.entries.get_mut(key) else {
            return 0.0;
        };
        entry.move_to(hop, &self.hasher);
        if let Some(member) = member {
            entry.older.insert(member);
            entry.newer.insert(member);
        }
        entry.older.count()
    }
}

impl Entry {
    fn new(hop: i64, hasher: &RandomState) -> Self {
        Self {
            hop,
            older: Sketch::new(hasher),
            newer: Sketch::new(hasher),
        }
    }

    /// A time that is older than the windows is counted in the oldest.
    fn move_to(&mut self, hop: i64, hasher: &RandomState) {
        if hop > self.hop + 1 {
            *self = Self::new(hop, hasher);
        } else if hop == self.hop + 1 {
            self.hop = hop;
            self.older = std::mem::replace(&mut self.newer, Sketch::new(hasher));
        }
    }
}

struct Sketch {
    members: HyperLogLogPlus<u64, RandomState>,
    /// Counting costs more than inserting: done anew only after an insert.
    counted: Option<f64>,
}

impl Sketch {
    fn new(hasher: &RandomState) -> Self {
        let members = HyperLogLogPlus::new(PRECISION, hasher.clone());
        Self {
            members: members.expect("12 is a precision from 4 to 18"),
            counted: None,
        }
    }

    fn insert<M: Hash + ?Sized>(&mut self, member: &M) {
        self.members.insert_any(&member);
        self.counted = None;
    }

    fn count(&mut self) -> f64 {
        *self
            .counted
            .get_or_insert_with(|| self.members.count().round())
    }
}

#[cfg(test)]
mod tests;
