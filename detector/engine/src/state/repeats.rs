//! Repeats: the last event ids, exactly, so that a redelivered event changes nothing.
//!
//! A shard remembers the ids of the last R sequence numbers of the whole stream that fell to it.
//! Ids are keyed hashes, so nobody can aim at one shard or line. Five lie in a cache line, and lines
//! are half full at most; the one in thirty that finds its line full goes to a small map beside them.

use super::memory::{Mapped, prefetch};
use ahash::RandomState;
use bytemuck::Zeroable;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// Ids of a line.
const WAYS: usize = 5;
/// Room beside the lines: for one id in so many, and some more where few are few.
const BESIDE: usize = 20;
const SOME_MORE: usize = 20;

/// One cache line: ids, 0 being none, with the low half of their sequence numbers, and how many were
/// put beside it.
#[derive(Clone, Copy, Zeroable)]
#[repr(C, align(64))]
struct Line {
    ids: [u64; WAYS],
    seqs: [u32; WAYS],
    beside: u32,
}

const _: () = assert!(size_of::<Line>() == 64);

/// The ids of one shard.
pub struct Repeats {
    last: u64,
    latest: u64,
    capacity: usize,
    lines: Mapped<Line>,
    beside: HashMap<u64, u64, RandomState>,
}

impl Repeats {
    /// Bytes that an id takes at most: two fifths of a line, and a twentieth of a place in the map: 17,
    /// of which seven in eight are used, and which doubles twice at most: for its size, and when more than
    /// half of its places are worn out by removals.
    pub const BYTES_AN_ID: usize = (64 * 2_usize).div_ceil(WAYS) + Self::BYTES_BESIDE / BESIDE;
    const BYTES_BESIDE: usize = 80;

    /// Room for a shard's part of the last `last` ids, and a quarter more.
    #[must_use]
    pub fn new(last: u32, shards: u32) -> Self {
        let share = (last / shards) as usize;
        let capacity = share + share / 4 + 20;
        Self {
            last: u64::from(last),
            latest: 0,
            capacity,
            lines: Mapped::zeroed(capacity * 2 / WAYS),
            beside: HashMap::with_capacity_and_hasher(
                capacity / BESIDE + SOME_MORE,
                RandomState::new(),
            ),
        }
    }

    /// The most ids beside the lines.
    fn most_beside(&self) -> usize {
        self.capacity / BESIDE + SOME_MORE
    }

    /// Asks for the line of an event before it is needed.
    pub fn prefetch(&self, event: u64) {
        prefetch(&self.lines[self.line_of(event)]);
    }

    /// Whether the event at sequence number `seq` was seen among the last ids; remembers it if not.
    pub fn is_repeat(&mut self, event: u64, seq: u64) -> bool {
        self.latest = self.latest.max(seq);
        let index = self.line_of(event);
        let line = &mut self.lines[index];
        let mut free = None;
        for way in 0..WAYS {
            if age(line.seqs[way], seq) >= self.last {
                // Forgotten for good: after 2^32 more it would look new.
                line.ids[way] = 0;
            }
            if line.ids[way] == 0 {
                free = Some(way);
            } else if line.ids[way] == event {
                return true;
            }
        }
        if line.beside > 0 && self.is_beside(event, seq) {
            return true;
        }
        if let Some(way) = free {
            let line = &mut self.lines[index];
            line.ids[way] = event;
            line.seqs[way] = low(seq);
        } else {
            self.put_beside(event, seq, index);
        }
        false
    }

    fn is_beside(&self, event: u64, seq: u64) -> bool {
        let known = self.beside.get(&event);
        known.is_some_and(|seen_at| seq.saturating_sub(*seen_at) < self.last)
    }

    /// Puts an id beside its full line. Where there is no room, the oldest are forgotten early.
    fn put_beside(&mut self, event: u64, seq: u64, index: usize) {
        if self.beside.len() >= self.most_beside() {
            self.sweep(seq);
        }
        if self.beside.insert(event, seq).is_none() {
            self.lines[index].beside += 1;
        }
    }

    /// Takes out what is forgotten; where nothing is, the oldest eighth.
    fn sweep(&mut self, seq: u64) {
        let mut seen: Vec<u64> = self.beside.values().copied().collect();
        let eighth = seen.len() / 8;
        let eighth = *seen.select_nth_unstable(eighth).1;
        let forgotten = seq.checked_sub(self.last);
        let until = forgotten
            .filter(|until| seen.iter().any(|seen_at| seen_at <= until))
            .unwrap_or(eighth);
        let gone = self.beside.extract_if(|_, seen_at| *seen_at <= until);
        let gone: Vec<u64> = gone.map(|(event, _)| event).collect();
        for event in gone {
            let index = self.line_of(event);
            self.lines[index].beside -= 1;
        }
    }

    fn line_of(&self, event: u64) -> usize {
        // The lower half: the upper one has picked the shard already.
        let line = ((event & 0xffff_ffff) * self.lines.len() as u64) >> 32;
        usize::try_from(line).expect("smaller than the number of lines")
    }

    /// The bytes it may take.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.capacity * Self::BYTES_AN_ID + SOME_MORE * Self::BYTES_BESIDE
    }

    pub(crate) fn ids(&self) -> RepeatIds {
        let in_lines = self
            .lines
            .iter()
            .flat_map(|line| line.ids.iter().zip(line.seqs));
        let in_lines = in_lines
            .filter(|(event, _)| **event != 0)
            .map(|(event, seq)| (age(seq, self.latest), *event));
        let beside = self
            .beside
            .iter()
            .map(|(event, seq)| (self.latest - seq, *event));
        let mut ids: Vec<(u64, u64)> = in_lines
            .chain(beside)
            .filter(|(age, _)| *age < self.last)
            .map(|(age, event)| (self.latest - age, event))
            .collect();
        ids.sort_unstable();
        RepeatIds(ids)
    }

    /// Takes over ids that were read back, if they fit.
    pub(crate) fn adopt(&mut self, read: RepeatIds) -> bool {
        let most = self.lines.len() * WAYS + self.most_beside();
        if read.0.len() > most {
            return false;
        }
        for (seq, event) in read.0 {
            self.is_repeat(event, seq);
        }
        true
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the low half is kept")]
fn low(seq: u64) -> u32 {
    seq as u32
}

/// How many sequence numbers ago that of this low half was: less than 2^32, and no more than there
/// were.
fn age(seen_at: u32, seq: u64) -> u64 {
    u64::from(low(seq).wrapping_sub(seen_at)).min(seq)
}

/// The ids as they are written, oldest first.
#[derive(Serialize, Deserialize)]
pub(crate) struct RepeatIds(Vec<(u64, u64)>);

#[cfg(test)]
mod tests {
    use super::*;

    /// Ids as they come: like chance.
    fn id(n: u64) -> u64 {
        let x = (n + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (x ^ (x >> 29)).wrapping_mul(0xd1b5_4a32_d192_ed03)
    }

    #[test]
    fn an_id_is_known_for_exactly_the_last_ids_and_then_forgotten() {
        let mut repeats = Repeats::new(100, 1);
        assert!(!repeats.is_repeat(7, 0));
        assert!(repeats.is_repeat(7, 99));
        assert!(!repeats.is_repeat(7, 100));
    }

    #[test]
    fn every_one_of_the_last_ids_is_known_and_none_before() {
        const LAST: u64 = 10_000;
        let mut repeats = Repeats::new(10_000, 1);
        for n in 0..35_000 {
            assert!(!repeats.is_repeat(id(n), n), "{n} came for the first time");
            if n >= LAST {
                // A question about the oldest that is remembered, without remembering anything.
                assert!(repeats.is_repeat(id(n + 1 - LAST), n), "{n}");
            }
        }
        assert!(!repeats.beside.is_empty(), "no line was full");
        assert!(!repeats.is_repeat(id(35_000 - LAST - 1), 35_000));
    }

    #[test]
    fn with_little_room_none_of_the_last_ids_is_forgotten_either() {
        let mut shards: Vec<Repeats> = (0..64).map(|_| Repeats::new(10_000, 64)).collect();
        for n in 0..60_000 {
            let shard = |n| usize::try_from(id(n) >> 58).unwrap();
            shards[shard(n)].is_repeat(id(n), n);
            if let Some(oldest) = n.checked_sub(9_999) {
                assert!(shards[shard(oldest)].is_repeat(id(oldest), n), "{n}");
            }
        }
    }

    #[test]
    fn the_room_is_never_exceeded() {
        let mut repeats = Repeats::new(1_000, 10);
        for n in 0..10_000 {
            repeats.is_repeat(id(n), 5);
            assert!(repeats.beside.len() <= repeats.most_beside());
        }
        let beside: u32 = repeats.lines.iter().map(|line| line.beside).sum();
        assert_eq!(beside as usize, repeats.beside.len());
    }

    #[test]
    fn what_is_read_back_knows_the_same_ids() {
        let mut first = Repeats::new(1_000, 1);
        for n in 0..2_500 {
            first.is_repeat(id(n), n + (1 << 33));
        }
        let mut second = Repeats::new(1_000, 1);
        assert!(second.adopt(first.ids()));
        assert_eq!(second.ids().0, first.ids().0);
        assert_eq!(second.ids().0.len(), 1_000);
        assert!(second.is_repeat(id(1_501), 2_500 + (1 << 33)));
        assert!(!second.is_repeat(id(1_500), 2_500 + (1 << 33)));
    }
}
