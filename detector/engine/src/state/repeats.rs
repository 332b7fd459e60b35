//! Repeats: the last event ids, exactly, so that a redelivered event changes nothing.
//!
//! A shard remembers the ids of the last R sequence numbers of the whole stream that fell to it.
//! Its room is a quarter above its share; ids are keyed hashes, so nobody can aim at one shard.

use ahash::RandomState;
use serde::{Deserialize, Serialize};
use std::collections::{HashSet, VecDeque};

/// The ids of one shard.
pub struct Repeats {
    last: u64,
    capacity: usize,
    order: VecDeque<(u64, u64)>,
    known: HashSet<u64, RandomState>,
}

impl Repeats {
    /// Bytes that an id takes at most: 16 in the order, and up to 41 in the set, which doubles once
    /// when more than half of its places are worn out by removals.
    pub const BYTES_AN_ID: usize = 60;

    /// Room for a shard's part of the last `last` ids.
    #[must_use]
    pub fn new(last: u32, shards: u32) -> Self {
        let share = (last / shards) as usize;
        let capacity = share + share / 4 + 16;
        Self {
            last: u64::from(last),
            capacity,
            order: VecDeque::with_capacity(capacity),
            known: HashSet::with_capacity_and_hasher(capacity, RandomState::new()),
        }
    }

    /// Whether the event at sequence number `seq` was seen among the last ids; remembers it if not.
    pub fn is_repeat(&mut self, event: u64, seq: u64) -> bool {
        while let Some(&(seen_at, old)) = self.order.front() {
            let full = self.order.len() >= self.capacity;
            if !full && seen_at + self.last > seq {
                break;
            }
            self.order.pop_front();
            self.known.remove(&old);
        }
        if !self.known.insert(event) {
            return true;
        }
        self.order.push_back((seq, event));
        false
    }

    /// The bytes it may take.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.capacity * Self::BYTES_AN_ID
    }

    pub(crate) fn ids(&self) -> RepeatIds {
        RepeatIds(self.order.iter().copied().collect())
    }

    /// Takes over ids that were read back, if they fit.
    pub(crate) fn adopt(&mut self, read: RepeatIds) -> bool {
        if read.0.len() > self.capacity {
            return false;
        }
        // Into the room that was taken at the start: what is sized by the ids would grow later.
        self.known.extend(read.0.iter().map(|(_, event)| *event));
        self.order.extend(read.0);
        true
    }
}

/// The ids as they are written, oldest first.
#[derive(Serialize, Deserialize)]
pub(crate) struct RepeatIds(Vec<(u64, u64)>);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_known_for_exactly_the_last_ids_and_then_forgotten() {
        let mut repeats = Repeats::new(100, 1);
        assert!(!repeats.is_repeat(7, 0));
        assert!(repeats.is_repeat(7, 99));
        assert!(!repeats.is_repeat(7, 100));
    }

    #[test]
    fn the_room_is_never_exceeded() {
        let mut repeats = Repeats::new(100, 10);
        for n in 0..1_000 {
            repeats.is_repeat(n, 5);
            assert!(repeats.order.len() <= repeats.capacity);
            assert_eq!(repeats.order.len(), repeats.known.len());
        }
    }

    #[test]
    fn what_is_read_back_lies_in_the_same_room() {
        let mut first = Repeats::new(1_000, 1);
        for n in 0..900 {
            first.is_repeat(n, n);
        }
        let mut second = Repeats::new(1_000, 1);
        let room = second.order.capacity();
        assert!(second.adopt(first.ids()));
        for n in 900..3_000 {
            second.is_repeat(n, n);
        }
        assert_eq!(second.order.capacity(), room);
    }
}
