//! The agenda: in which shards something waits for its time. Without it each tick would have to look
//! into every shard, and most ticks have an attempt or two.
//!
//! It says nothing that the shards do not know themselves: a snapshot leaves it out.

use std::collections::BTreeMap;

/// Stands for nothing to do.
const NEVER: i64 = i64::MAX;

/// When each User shard is to be looked into next.
pub(crate) struct Agenda {
    /// In which shards late writes of a tick wait; of the tick that is being written a shard stands here once.
    writes: BTreeMap<i64, Vec<u32>>,
    /// Of which tick a shard was noted last.
    noted: Vec<i64>,
    /// Lists of shards to be filled again.
    spare: Vec<Vec<u32>>,
    /// The watermark, in seconds, at which a watched attempt may be due: never too late.
    watched: Vec<i64>,
    /// The first of these.
    first_watched: i64,
}

impl Agenda {
    /// Nothing waits.
    pub(crate) fn new(shards: usize) -> Self {
        Self {
            writes: BTreeMap::new(),
            noted: vec![NEVER; shards],
            spare: Vec::new(),
            watched: vec![NEVER; shards],
            first_watched: NEVER,
        }
    }

    /// Late writes of `tick` wait in a shard.
    pub(crate) fn writes_wait(&mut self, shard: usize, tick: i64) {
        if std::mem::replace(&mut self.noted[shard], tick) == tick {
            return;
        }
        let spare = &mut self.spare;
        let shards = self.writes.entry(tick);
        let shards = shards.or_insert_with(|| spare.pop().unwrap_or_default());
        shards.push(u32::try_from(shard).expect("a shard's number is small"));
    }

    /// Takes the oldest tick up to `latest` of which late writes wait, and the shards where they do, in their order.
    pub(crate) fn take_writes(&mut self, latest: i64) -> Option<(i64, Vec<u32>)> {
        let first = self.writes.first_entry()?;
        if *first.key() > latest {
            return None;
        }
        let (tick, mut shards) = first.remove_entry();
        shards.sort_unstable();
        shards.dedup();
        Some((tick, shards))
    }

    /// Takes a list back that was worked through.
    pub(crate) fn done(&mut self, mut shards: Vec<u32>) {
        shards.clear();
        self.spare.push(shards);
    }

    /// A watched attempt of a shard may be due at `at_s`.
    pub(crate) fn watched_until(&mut self, shard: usize, at_s: u32) {
        self.watched[shard] = self.watched[shard].min(i64::from(at_s));
        self.first_watched = self.first_watched.min(i64::from(at_s));
    }

    /// A shard was looked into; `next_s` is when its next watched attempt is due.
    pub(crate) fn watched_taken(&mut self, shard: usize, next_s: Option<u32>) {
        self.watched[shard] = next_s.map_or(NEVER, i64::from);
        self.first_watched = self.watched.iter().copied().fold(NEVER, i64::min);
    }

    /// Whether a watched attempt of any shard may be due.
    pub(crate) fn any_watched(&self, now_s: u32) -> bool {
        self.first_watched <= i64::from(now_s)
    }

    /// Whether a watched attempt of a shard may be due.
    pub(crate) fn is_watched(&self, shard: usize, now_s: u32) -> bool {
        self.watched[shard] <= i64::from(now_s)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_writes_come_first_and_none_before_their_tick() {
        let mut agenda = Agenda::new(3);
        agenda.writes_wait(2, 7);
        agenda.writes_wait(0, 8);
        agenda.writes_wait(2, 8);
        assert_eq!(agenda.take_writes(6), None);
        assert_eq!(agenda.take_writes(9), Some((7, vec![2])));
        assert_eq!(agenda.take_writes(7), None);
        assert_eq!(agenda.take_writes(8), Some((8, vec![0, 2])));
        assert_eq!(agenda.take_writes(i64::MAX), None);
    }

    #[test]
    fn a_shard_is_named_once_a_tick_whatever_it_is_told() {
        let mut agenda = Agenda::new(3);
        for (shard, tick) in [(1, 9), (0, 7), (1, 9), (1, 7), (0, 7), (1, 9)] {
            agenda.writes_wait(shard, tick);
        }
        assert_eq!(agenda.take_writes(9), Some((7, vec![0, 1])));
        agenda.done(vec![0, 1]);
        assert_eq!(agenda.take_writes(9), Some((9, vec![1])));
    }

    #[test]
    fn a_shard_is_looked_into_when_its_first_watched_attempt_is_due() {
        let mut agenda = Agenda::new(2);
        agenda.watched_until(1, 300);
        agenda.watched_until(1, 400);
        assert!(!agenda.any_watched(299));
        assert!(agenda.any_watched(300) && agenda.is_watched(1, 300) && !agenda.is_watched(0, 300));
        agenda.watched_taken(1, Some(400));
        assert!(!agenda.any_watched(399));
        agenda.watched_taken(1, None);
        assert!(!agenda.any_watched(u32::MAX));
    }
}
